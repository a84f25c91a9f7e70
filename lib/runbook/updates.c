/* The updates that a runbook begins with: every open requirement of the answer, each after what must be there before it. See runbook.h. */
#include "ask/decide.h"
#include "runbook/runbook.h"

struct listing {
    kmsrules_runbook *runbook;
    const kmsrules_facts *facts;
    kmsrules_id host;
};

/* The same alternatives in whatever order: a list names each update once. */
static bool is_listed(const kmsrules_runbook *runbook, struct kr_ids any_of) {
    for (size_t i = 0; i < runbook->update_count; i++) {
        struct kr_ids known = runbook->updates[i].any_of;
        bool is_same = known.count == any_of.count;
        for (uint32_t j = 0; is_same && j < any_of.count; j++) is_same = kr_ids_hold(known, any_of.items[j]);
        if (is_same) return true;
    }
    return false;
}

static bool append(kmsrules_runbook *runbook, struct kr_open_update update) {
    void *updates = runbook->updates;
    if (!kr_memory_reserve(&updates, &runbook->update_capacity, runbook->update_count, sizeof update)) return false;
    runbook->updates = updates;
    runbook->updates[runbook->update_count++] = update;
    return true;
}

/* The alternative that is there already and only lacks its prerequisites, else the first. */
static kmsrules_id spoken_of(const struct listing *listing, struct kr_ids any_of) {
    for (uint32_t i = 0; i < any_of.count; i++)
        if (kr_update_own_outcome(listing->runbook->ruleset, listing->host, any_of.items[i], listing->facts) == KMSRULES_PASS) return any_of.items[i];
    return any_of.items[0];
}

/* Prerequisites form no cycle and are at most KR_PREREQUISITE_LIMIT deep. */
static bool add_update(struct listing *listing, struct kr_ids any_of) {
    const struct kmsrules_ruleset *ruleset = listing->runbook->ruleset;
    kmsrules_id first = spoken_of(listing, any_of);
    struct kr_ids before = ruleset->update_orders[first].after_any_of;
    bool is_ready = before.count == 0 || kr_requirement_outcome(ruleset, listing->host, before, listing->facts) == KMSRULES_PASS;
    if (!is_ready && !add_update(listing, before)) return false;
    kmsrules_outcome own = kr_update_own_outcome(ruleset, listing->host, first, listing->facts);
    if (own == KMSRULES_PASS || is_listed(listing->runbook, any_of)) return true;
    return append(listing->runbook, (struct kr_open_update){any_of, first, own == KMSRULES_FAIL});
}

static const kmsrules_choice *choice_of(const kmsrules_host_answer *entry) {
    for (size_t i = 0; i < entry->choice_count; i++)
        if (entry->choices[i].key_group == entry->key_group) return &entry->choices[i];
    return NULL;
}

bool kr_runbook_list_updates(kmsrules_runbook *runbook, const kmsrules_facts *facts) {
    for (size_t i = 0; i < runbook->entry_count; i++) {
        const kmsrules_choice *choice = choice_of(&runbook->entries[i]);
        struct listing listing = {runbook, facts, runbook->entries[i].host};
        for (size_t j = 0; choice != NULL && j < choice->requirement_count; j++)
            if (!add_update(&listing, kr_words_any_of(&choice->requirements[j]))) return false;
    }
    return true;
}
