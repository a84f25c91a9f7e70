/* The CMIDs a host remembers, one pool for each application. In: requests in any order. Out: counts. Knows no clock and no file.
 *
 *   pool   slots ──▶ (entry + 1, 0: free) ──▶ entries, linked by their time: oldest ◀─older── entry ──newer─▶ newest; free ones by `newer` */
#ifndef KR_LEDGER_H
#define KR_LEDGER_H

#include "ruleset/ruleset.h"

struct kr_remembered {
    kmsrules_guid cmid;
    int64_t time;          /* it asked last */
    uint32_t older, newer; /* KR_NONE: none */
    kmsrules_kind kind;
};

struct kr_pool {
    struct kr_remembered *entries; /* `capacity` of them */
    uint32_t *slots;               /* a power of two, at least twice the capacity */
    uint32_t capacity, slot_count, count;
    uint32_t oldest, newest, free;
    uint64_t counts[KMSRULES_KIND_COUNT]; /* of the entries, by kind */
    int64_t present;                      /* the latest time of a request; -1: none yet */
};

struct kmsrules_ledger {
    struct kmsrules_ruleset *ruleset;
    kmsrules_id host; /* KR_NONE: not said */
    int64_t retention;
    uint64_t factor;
    bool counts_virtual;
    struct kr_pool *pools; /* [application] */
};

/* Larger or the same; false when out of memory, and then as before. */
bool kr_pool_grow(struct kr_pool *pool, uint32_t capacity);
/* Entries in reading order, as they stand in a saved ledger: not older than the newest; false when the CMID is there already. Needs room. */
bool kr_pool_append(struct kr_pool *pool, const kmsrules_guid *cmid, kmsrules_kind kind, int64_t time);
/* Drops what is no longer remembered at the present. */
void kr_pool_expire(struct kr_pool *pool, int64_t retention);
/* Whether so many is what a ledger of these tables remembers at most: nobody until a request is accepted, then as the threshold asked for says. */
bool kr_ledger_may_hold(const struct kmsrules_ruleset *ruleset, uint64_t capacity);

#endif
