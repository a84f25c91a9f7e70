/* The course of one machine, as it is handed out. */
#ifndef KR_TIMELINE_H
#define KR_TIMELINE_H

#include "ruleset/ruleset.h"

struct kmsrules_timeline {
    struct kr_arena arena; /* holds the moments */
    struct kmsrules_ruleset *ruleset;
    uint32_t build; /* 0: not given */
    kmsrules_timeline_content content;
};

#endif
