/* What rows say of an operating system, recognised once each: fleets repeat few texts many times. In: the parts of a row. Out: an entry. Bounded: a full cache starts anew. */
#ifndef KR_EVIDENCE_CACHE_H
#define KR_EVIDENCE_CACHE_H

#include "fleet/reader.h"

enum { KR_EVIDENCE_CACHE_LIMIT = 16384 };
#define KR_EVIDENCE_CACHE_SIZE_LIMIT (4u << 20)

struct kr_evidence_entry {
    uint64_t hash;
    struct kr_text parts[KR_MACHINE_PART_COUNT]; /* the name is not one of them */
    kmsrules_status status;
    kmsrules_evidence evidence; /* views of `parts` */
    kmsrules_identity identity;
    char problem[192]; /* of KMSRULES_INVALID_ROW */
};

struct kr_evidence_cache {
    struct kr_arena arena;
    struct kr_evidence_entry **slots;
    size_t count;
};

/* The entry of these parts; `*is_new` when it has to be filled in. NULL when out of memory. Entries found before may be gone. */
struct kr_evidence_entry *kr_evidence_cache_find(struct kr_evidence_cache *cache, const struct kr_text parts[KR_MACHINE_PART_COUNT], bool *is_new);
void kr_evidence_cache_free(struct kr_evidence_cache *cache);

/* Fills in an entry from its parts. False when out of memory. */
bool kr_evidence_recognize(const struct kmsrules_ruleset *ruleset, struct kr_evidence_entry *entry);

#endif
