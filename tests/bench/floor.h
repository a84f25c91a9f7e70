/* What the library is measured against: the same questions answered by hand-written C on bare bit sets, and libxml2's bare parse of the same bytes. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmsrules/kmsrules.h"

struct floor_tables {
    uint64_t *fits;   /* [host] bits over groups */
    uint64_t *covers; /* [group × words] bits over editions */
    size_t words;
    uint32_t host_count, group_count;
};

/* Fills the bit sets from a ruleset by asking it. */
void floor_fill(struct floor_tables *tables, const kmsrules_ruleset *ruleset);
void floor_free(struct floor_tables *tables);

bool floor_can(const struct floor_tables *tables, uint32_t host, uint32_t group, uint32_t edition);
bool floor_can_all(const struct floor_tables *tables, uint32_t host, uint32_t group, const uint32_t *editions, size_t count);
size_t floor_count_pairs(const struct floor_tables *tables, const uint32_t *editions, size_t count);

/* Bare SAX2 parse of a file, empty handlers; the number of elements. */
size_t floor_parse(const char *data, size_t size);

#endif
