/* See authority.h. */
#include "ask/authority.h"

bool kr_is_below(const struct kmsrules_ruleset *ruleset, kmsrules_id lower, kmsrules_id higher) {
    return kr_bit(&ruleset->below[(size_t)higher * ruleset->group_words], lower);
}

uint32_t kr_count_below(const struct kmsrules_ruleset *ruleset, kmsrules_id group) {
    uint32_t count = 0;
    for (kmsrules_id other = 0; other < ruleset->group_count; other++) count += kr_is_below(ruleset, other, group);
    return count;
}

bool kr_is_highest(const struct kmsrules_ruleset *ruleset, kmsrules_id group, const kmsrules_id *groups, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (kr_is_below(ruleset, group, groups[i])) return false;
    return true;
}

bool kr_is_best_choice(const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choices, size_t count, size_t index) {
    const kmsrules_choice *choice = &choices[index];
    for (size_t i = 0; i < count; i++) {
        if (choices[i].verdict < choice->verdict) return false;
        if (choices[i].verdict == choice->verdict && kr_is_below(ruleset, choice->key_group, choices[i].key_group)) return false;
    }
    return true;
}

kmsrules_id kr_assumed_group(const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choices, size_t count) {
    kmsrules_id assumed = KR_NONE;
    for (size_t i = 0; i < count; i++) {
        if (!kr_is_best_choice(ruleset, choices, count, i)) continue;
        if (assumed == KR_NONE || choices[i].key_group > assumed) assumed = choices[i].key_group;
    }
    return assumed;
}
