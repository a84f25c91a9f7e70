/* Counts and duplicates, as they are handed out. */
#ifndef KR_COUNTS_H
#define KR_COUNTS_H

#include "fleet/census.h"

struct kmsrules_counts {
    struct kr_arena arena; /* holds everything below */
    struct kmsrules_ruleset *ruleset;
    kmsrules_counts_content content;
};

struct kmsrules_duplicates {
    struct kr_arena arena;
    struct kmsrules_ruleset *ruleset;
    kmsrules_duplicates_content content;
};

#endif
