/* See authority.h. */
#include "ask/authority.h"

bool kr_is_below(const struct kmsrules_ruleset *ruleset, kmsrules_id lower, kmsrules_id higher) {
    return kr_bit(&ruleset->below[(size_t)higher * ruleset->group_words], lower);
}

bool kr_is_highest(const struct kmsrules_ruleset *ruleset, kmsrules_id group, const kmsrules_id *groups, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (kr_is_below(ruleset, group, groups[i])) return false;
    return true;
}

static kmsrules_verdict best_verdict(const kmsrules_choice *choices, size_t count) {
    kmsrules_verdict best = KMSRULES_NO_VERDICT;
    for (size_t i = 0; i < count; i++)
        if (choices[i].verdict < best) best = choices[i].verdict;
    return best;
}

static bool is_below_another(const struct kmsrules_ruleset *ruleset, kmsrules_id group, const kmsrules_choice *choices, size_t count, kmsrules_verdict verdict) {
    for (size_t i = 0; i < count; i++)
        if (choices[i].verdict == verdict && kr_is_below(ruleset, group, choices[i].key_group)) return true;
    return false;
}

kmsrules_id kr_assumed_group(const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choices, size_t count) {
    kmsrules_verdict best = best_verdict(choices, count);
    kmsrules_id assumed = KR_NONE;
    for (size_t i = 0; i < count; i++) {
        kmsrules_id group = choices[i].key_group;
        if (choices[i].verdict != best || is_below_another(ruleset, group, choices, count, best)) continue;
        if (assumed == KR_NONE || group > assumed) assumed = group;
    }
    return assumed;
}
