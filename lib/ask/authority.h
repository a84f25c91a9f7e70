/* Which key groups are above which. In: groups. Out: the highest among them. */
#ifndef KR_AUTHORITY_H
#define KR_AUTHORITY_H

#include "ruleset/ruleset.h"

bool kr_is_below(const struct kmsrules_ruleset *ruleset, kmsrules_id lower, kmsrules_id higher);

/* How many groups are below one: what orders groups of which neither is above the other. */
uint32_t kr_count_below(const struct kmsrules_ruleset *ruleset, kmsrules_id group);

/* Whether none of the groups is above `group`. */
bool kr_is_highest(const struct kmsrules_ruleset *ruleset, kmsrules_id group, const kmsrules_id *groups, size_t count);

/* Whether a choice is of the best verdict of them all, and not below another such one. */
bool kr_is_best_choice(const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choices, size_t count, size_t index);

/* The group to assume among choices: of the best verdict, not below another of them, the last declared of several such; KR_NONE without choices. */
kmsrules_id kr_assumed_group(const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choices, size_t count);

#endif
