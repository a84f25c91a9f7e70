/* Which key group of a host serves a whole fleet best. In: the tallies. Out: rows by verdict for each group, and the group to assume for each application. */
#include "ask/authority.h"
#include "fleet/fleet.h"

/* A group's verdict over the host editions of an answer: those that cannot hold it say no; where they differ the answer is no better than conditional. */
static kmsrules_verdict verdict_with(const kmsrules_answer *answer, kmsrules_id group) {
    kmsrules_verdict best = KMSRULES_NO, worst = KMSRULES_YES;
    for (size_t i = 0; i < answer->host_count; i++) {
        kmsrules_verdict verdict = KMSRULES_NO;
        for (size_t j = 0; j < answer->hosts[i].choice_count; j++)
            if (answer->hosts[i].choices[j].key_group == group) verdict = answer->hosts[i].choices[j].verdict;
        if (verdict < best) best = verdict;
        if (verdict > worst) worst = verdict;
    }
    if (best == worst) return best;
    return best > KMSRULES_CONDITIONAL ? best : KMSRULES_CONDITIONAL;
}

static void mark_held(const kmsrules_answer *answer, struct kr_key_tally *tallies) {
    for (size_t i = 0; i < answer->host_count; i++)
        for (size_t j = 0; j < answer->hosts[i].choice_count; j++) tallies[answer->hosts[i].choices[j].key_group].can_be_held = true;
}

static kmsrules_status tally_product(kmsrules_fleet *fleet, uint32_t product, struct kr_key_tally *tallies) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    kmsrules_answer *answer = NULL;
    kmsrules_status status = kr_fleet_ask(fleet, product, KR_NONE, &answer);
    if (status != KMSRULES_OK) return status;
    mark_held(answer, tallies);
    for (kmsrules_id group = 0; group < ruleset->group_count; group++)
        if (ruleset->group_applications[group] == kr_fleet_application(fleet, product)) tallies[group].rows[verdict_with(answer, group)] += fleet->tallies[product].rows;
    kmsrules_answer_free(answer);
    return KMSRULES_OK;
}

kmsrules_status kr_fleet_tally_keys(kmsrules_fleet *fleet, struct kr_arena *arena, struct kr_key_tally **tallies) {
    kmsrules_status status = KMSRULES_OK;
    *tallies = kr_arena_take(arena, fleet->question->ruleset->group_count, sizeof **tallies);
    if (*tallies == NULL) return KMSRULES_NO_MEMORY;
    for (uint32_t i = 0; i < fleet->product_count && status == KMSRULES_OK; i++)
        if (fleet->tallies[i].rows > 0) status = tally_product(fleet, i, *tallies);
    return status;
}

bool kr_fleet_is_better(const kmsrules_fleet *fleet, const struct kr_key_tally *tallies, kmsrules_id group, kmsrules_id other) {
    const uint64_t *rows = tallies[group].rows, *other_rows = tallies[other].rows;
    for (int verdict = KMSRULES_NO; verdict > KMSRULES_YES; verdict--)
        if (rows[verdict] != other_rows[verdict]) return rows[verdict] < other_rows[verdict];
    if (kr_is_below(fleet->question->ruleset, group, other)) return false;
    return kr_is_below(fleet->question->ruleset, other, group) || group > other;
}

kmsrules_status kr_fleet_choose_keys(kmsrules_fleet *fleet) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    struct kr_arena arena = {0};
    struct kr_key_tally *tallies;
    if (fleet->has_keys) return KMSRULES_OK;
    for (uint32_t i = 0; i < ruleset->application_count; i++) fleet->keys[i] = KR_NONE;
    kmsrules_status status = fleet->keys_are_given ? KMSRULES_OK : kr_fleet_tally_keys(fleet, &arena, &tallies);
    for (kmsrules_id group = 0; status == KMSRULES_OK && !fleet->keys_are_given && group < ruleset->group_count; group++) {
        kmsrules_id *key = &fleet->keys[ruleset->group_applications[group]];
        if (tallies[group].can_be_held && (*key == KR_NONE || kr_fleet_is_better(fleet, tallies, group, *key))) *key = group;
    }
    kr_arena_free(&arena);
    fleet->has_keys = status == KMSRULES_OK;
    return status;
}
