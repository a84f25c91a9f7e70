/* What a move from one host to another changes. Everything in its own arena.
 *
 *   fleet of the old host ──▶ judgement ─┐
 *                                        ├─▶ product: before, after, change ──▶ counts by change
 *   fleet of the new host ──▶ judgement ─┘ */
#ifndef KR_DIFFERENCE_H
#define KR_DIFFERENCE_H

#include "fleet/fleet.h"

struct kmsrules_difference {
    struct kr_arena arena;
    kmsrules_ruleset *ruleset; /* owned */
    struct kr_asked before, after; /* the hosts */
    const char *date;              /* or NULL */
    kmsrules_difference_summary summary;
};

#endif
