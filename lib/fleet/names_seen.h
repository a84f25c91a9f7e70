/* Names of machines that were seen, and where last. In: names. Out: twins. Bounded: beyond its limits a name is not remembered, and that is said. */
#ifndef KR_NAMES_SEEN_H
#define KR_NAMES_SEEN_H

#include "base/memory.h"
#include "base/text.h"

#define KR_NAMES_SEEN_LIMIT 1000000u
#define KR_NAMES_SEEN_SIZE_LIMIT (12u << 20)

/* Kept small: there may be a million. */
struct kr_seen {
    const char *name; /* ASCII lower case */
    uint32_t line, file, product;
    uint16_t name_size;
};

/*   slots ──▶ (12 bits of the hash | number + 1, 0: free) ──▶ chunks[number / CHUNK][number % CHUNK]
 *
 * The bits of the hash spare a look at the entry, which is somewhere else in memory, for nearly all names that are not the one. */
struct kr_names_seen {
    struct kr_arena arena;
    struct kr_seen **chunks;
    size_t chunk_capacity;
    uint32_t *slots;
    size_t slot_count, count, size;
    bool is_full; /* a name was not remembered: too many, too long, or made to collide */
};

/* The entry of a name, `*is_new` when it was not there; NULL with `is_full` when it is not remembered. False when out of memory. */
bool kr_names_seen_add(struct kr_names_seen *seen, struct kr_text name, struct kr_seen **entry, bool *is_new);
void kr_names_seen_free(struct kr_names_seen *seen);
/* By bytes; below 0, 0 or above as of memcmp(). */
int kr_seen_order(const struct kr_seen *a, const struct kr_seen *b);

#endif
