/* The clients that asked, gathered from events. In: events in any order. Out: for each host, application and CMID when it asked first and last, and under which names.
 *
 *   pools   (host, application) ◀──pool── askers (pool, CMID) ◀──asker── aliases (asker, name), linked from the asker by `next` */
#ifndef KR_CENSUS_H
#define KR_CENSUS_H

#include "fleet/names_seen.h"
#include "ruleset/ruleset.h"

#define KR_ASKER_LIMIT 1000000u
#define KR_ALIAS_LIMIT 2000000u
#define KR_RECORD_LIMIT 4000000u
#define KR_HOST_LIMIT 64u
#define KR_RESULT_LIMIT 64u

/* Accepted requests of one kind of evidence. */
struct kr_contact {
    int64_t first, last;  /* KMSRULES_NO_TIME: none */
    int64_t minutes_left; /* of the activation at the last one; below 0: not given, or not activated */
    kmsrules_kind kind;
    bool is_uncounted;    /* a virtual machine on a host that counts none */
    bool is_unlicensed;   /* it said so at the last one */
};

struct kr_asker {
    kmsrules_guid cmid;
    struct kr_contact contact;       /* what counts, of both: */
    struct kr_contact sure, assumed; /* assumed: a server by the minimum alone, which Office has too */
    uint32_t pool, aliases; /* the first alias, KR_NONE: no name */
    int64_t edition_at;    /* of the last request that says the edition */
    kmsrules_id edition;   /* KR_NONE: not known */
    bool was_client;       /* what is assumed is its Office then */
};

static inline bool kr_asker_is_assumed(const struct kr_asker *asker) { return asker->sure.last == KMSRULES_NO_TIME; }

struct kr_alias {
    const struct kr_seen *name;
    uint32_t asker, next;
    int64_t last;
};

/* Where items are found by their hash: index + 1, 0: free. A power of two, at most half of it used. */
struct kr_slots {
    uint32_t *items;
    size_t count;
};

struct kr_census_pool {
    const struct kr_seen *host; /* NULL: not said */
    kmsrules_id application;
    uint64_t asked;             /* the largest threshold; and kinds, bit per kind: without what is assumed */
    unsigned kinds;
    size_t assumed;             /* askers */
};

struct kmsrules_census {
    struct kmsrules_ruleset *ruleset;
    kmsrules_id host;
    int64_t as_of, retention;
    bool counts_virtual;
    kmsrules_id windows[KMSRULES_KIND_COUNT]; /* the application of the first release of each kind */

    struct kr_census_pool *pools;
    struct kr_asker *askers;
    struct kr_alias *aliases;
    struct kr_slots asker_slots, alias_slots; /* by CMID and pool; by name and asker */
    uint64_t *records; /* hashes of records, 0: free */
    size_t pool_count, pool_capacity, asker_count, asker_capacity, alias_count, alias_capacity, record_count, record_room;
    struct kr_names_seen names, hosts;

    kmsrules_result_count results[KR_RESULT_LIMIT];
    size_t result_count;
    uint64_t requests, incomplete, assumed, repeated, later, other;
    uint64_t given[KMSRULES_KIND_COUNT];
    kmsrules_gaps gaps;
    bool is_given;
};

/* Whether an asker is remembered at a time not before its last request. */
static inline bool kr_asker_counts(const struct kmsrules_census *census, const struct kr_asker *asker, int64_t time) {
    return !asker->contact.is_uncounted && time - asker->contact.last < census->retention;
}
/* What was asked for, assumed servers among it. */
static inline unsigned kr_pool_kinds(const struct kr_census_pool *pool) { return pool->kinds | (pool->assumed > 0 ? 1u << KMSRULES_SERVER : 0); }
static inline uint64_t kr_pool_asked(const struct kmsrules_census *census, const struct kr_census_pool *pool) {
    uint64_t least = pool->assumed > 0 ? census->ruleset->thresholds[KMSRULES_SERVER].minimum : 0;
    return pool->asked > least ? pool->asked : least;
}
/* The threshold of a kind counts these kinds. */
static inline bool kr_counts_for(const struct kmsrules_ruleset *ruleset, kmsrules_kind threshold, kmsrules_kind kind) {
    return (ruleset->thresholds[threshold].counts >> kind & 1u) != 0;
}
/* Whether editions of this kind belong to the application (KR_NONE: one of Office), and there is a threshold. */
bool kr_census_has_kind(const struct kmsrules_census *census, kmsrules_id application, kmsrules_kind kind);
/* The name it asked under last, NULL: none. */
const struct kr_seen *kr_asker_name(const struct kmsrules_census *census, const struct kr_asker *asker);

#endif
