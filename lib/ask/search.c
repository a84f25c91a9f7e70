/* The inverse questions. In: a question with some of its members. Out: a list, best first where there is a best. */
#include <stdlib.h>
#include <string.h>

#include "ask/answer.h"
#include "ask/authority.h"
#include "ask/decide.h"
#include "ask/question.h"
#include "ask/record.h"

struct searching {
    const kmsrules_question *question;
    const struct kmsrules_ruleset *ruleset;
    kmsrules_list *list;
    kmsrules_facts facts;
    struct kr_ids hosts, editions;
};

static bool add(struct searching *searching, kmsrules_list_item item) {
    kmsrules_list *list = searching->list;
    void *items = list->items;
    if (!kr_memory_reserve(&items, &list->capacity, list->count, sizeof item)) return false;
    list->items = items;
    list->items[list->count++] = item;
    return true;
}

/* The pair's verdict on the editions of its application (on all of them when there is none of it), with what it needs. */
static bool decide_pair(struct searching *searching, kmsrules_id host, kmsrules_id group, struct kr_ids editions, kmsrules_choice *choice) {
    kmsrules_id application = searching->ruleset->groups[group].application;
    bool has_own = kr_has_application(searching->ruleset, editions, application);
    struct kr_pair pair = kr_pair_of(searching->ruleset, host, group, application);
    return kr_record_choice(&searching->list->arena, &pair, has_own ? application : KR_NONE, editions.items, editions.count, &searching->facts, choice);
}

static bool add_choice(struct searching *searching, kmsrules_id host, kmsrules_id edition, const kmsrules_choice *choice) {
    return add(searching, (kmsrules_list_item){.host = host, .key_group = choice->key_group, .edition = edition, .verdict = choice->verdict, .needs = choice->needs,
                                               .need_count = choice->need_count});
}

/* ---- Editions ---- */

static bool choose_for_edition(struct searching *searching, kmsrules_id host, kmsrules_id edition, kmsrules_choice *choice) {
    kmsrules_id application = searching->ruleset->editions[edition].application;
    struct kr_ids groups = kr_choices_of(searching->ruleset, host), one = {&edition, 1};
    if (searching->question->key_count > 0) return decide_pair(searching, host, kr_question_key_for(searching->question, application), one, choice);
    kmsrules_choice *choices = kr_memory_take(groups.count, sizeof *choices);
    size_t count = 0;
    if (choices == NULL) return false;
    for (uint32_t i = 0; i < groups.count; i++) {
        if (searching->ruleset->groups[groups.items[i]].application != application) continue;
        struct kr_pair pair = kr_pair_of(searching->ruleset, host, groups.items[i], application);
        choices[count++] = (kmsrules_choice){.key_group = groups.items[i], .verdict = kr_decide_set(&pair, KR_NONE, &edition, 1, &searching->facts)};
    }
    kmsrules_id group = kr_assumed_group(searching->ruleset, choices, count);
    kr_memory_free(choices);
    *choice = (kmsrules_choice){.key_group = KR_NONE, .verdict = KMSRULES_NO};
    return group == KR_NONE || decide_pair(searching, host, group, one, choice);
}

static bool find_editions(struct searching *searching) {
    for (uint32_t i = 0; i < searching->hosts.count; i++) {
        for (kmsrules_id edition = 0; edition < searching->ruleset->edition_count; edition++) {
            kmsrules_choice choice;
            if (!choose_for_edition(searching, searching->hosts.items[i], edition, &choice)) return false;
            if (choice.verdict != KMSRULES_NO && !add_choice(searching, searching->hosts.items[i], edition, &choice)) return false;
        }
    }
    return true;
}

/* ---- Hosts ---- */

struct ranked_item {
    kmsrules_list_item item;
    uint32_t authority;
};

static int compare_ranks(const void *left, const void *right) {
    const struct ranked_item *a = left, *b = right;
    if (a->item.verdict != b->item.verdict) return a->item.verdict < b->item.verdict ? -1 : 1;
    if (a->item.need_count != b->item.need_count) return a->item.need_count < b->item.need_count ? -1 : 1;
    if (a->authority != b->authority) return a->authority > b->authority ? -1 : 1;
    if (a->item.key_group != b->item.key_group) return a->item.key_group > b->item.key_group ? -1 : 1;
    return a->item.host < b->item.host ? -1 : a->item.host > b->item.host;
}

static bool sort_best_first(struct searching *searching) {
    kmsrules_list *list = searching->list;
    struct ranked_item *ranked = kr_memory_take(list->count, sizeof *ranked);
    if (ranked == NULL) return false;
    for (size_t i = 0; i < list->count; i++) ranked[i] = (struct ranked_item){list->items[i], kr_count_below(searching->ruleset, list->items[i].key_group)};
    if (list->count > 1) qsort(ranked, list->count, sizeof *ranked, compare_ranks);
    for (size_t i = 0; i < list->count; i++) list->items[i] = ranked[i].item;
    kr_memory_free(ranked);
    return true;
}

/* A host holds a key for each application: what a pair is worth is no more than the best that the other applications asked about can get on this host. */
static kmsrules_verdict verdict_of_others(const struct searching *searching, kmsrules_id host, kmsrules_id own_application) {
    kmsrules_verdict worst = KMSRULES_YES;
    for (kmsrules_id application = 0; application < searching->ruleset->application_count; application++) {
        if (application == own_application || !kr_has_application(searching->ruleset, searching->editions, application)) continue;
        kmsrules_verdict best =
            kr_decide_best(searching->ruleset, host, application, searching->editions.items, searching->editions.count, &searching->facts);
        if (best > worst) worst = best;
    }
    return worst;
}

/* The pair's choice with the verdict that it has among all applications asked about. */
static bool decide_pair_among_all(struct searching *searching, kmsrules_id host, kmsrules_id group, kmsrules_choice *choice) {
    if (!decide_pair(searching, host, group, searching->editions, choice)) return false;
    kmsrules_verdict others = verdict_of_others(searching, host, searching->ruleset->group_applications[group]);
    if (others > choice->verdict) choice->verdict = others;
    return true;
}

static bool find_hosts(struct searching *searching) {
    for (kmsrules_id host = 0; host < searching->ruleset->edition_count; host++) {
        struct kr_ids groups = kr_choices_of(searching->ruleset, host);
        for (uint32_t i = 0; i < groups.count; i++) {
            kmsrules_choice choice;
            if (!decide_pair_among_all(searching, host, groups.items[i], &choice)) return false;
            if (choice.verdict != KMSRULES_NO && !add_choice(searching, host, KR_NONE, &choice)) return false;
        }
    }
    return sort_best_first(searching);
}

/* ---- Key groups ---- */

/* Whether the host can hold the group at all: KR101, KR102, and the updates that it needs whatever edition is asked for. */
static bool add_holding(struct searching *searching, kmsrules_id host, kmsrules_id group) {
    kmsrules_choice choice;
    struct kr_pair pair = kr_pair_of(searching->ruleset, host, group, KR_NONE);
    return kr_record_holding(&searching->list->arena, &pair, &searching->facts, &choice) && add_choice(searching, host, KR_NONE, &choice);
}

static bool find_keys_of_host(struct searching *searching, kmsrules_id host) {
    struct kr_ids groups = kr_choices_of(searching->ruleset, host);
    for (uint32_t i = 0; i < groups.count; i++) {
        kmsrules_choice choice;
        bool is_open = searching->editions.count == 0;
        if (is_open && !add_holding(searching, host, groups.items[i])) return false;
        if (is_open || !kr_has_application(searching->ruleset, searching->editions, searching->ruleset->group_applications[groups.items[i]])) continue;
        if (!decide_pair_among_all(searching, host, groups.items[i], &choice) || !add_choice(searching, host, KR_NONE, &choice)) return false;
    }
    return true;
}

/* Without a host: the groups whose coverage alone reaches the editions. */
static bool find_covering_keys(struct searching *searching) {
    for (kmsrules_id group = searching->ruleset->group_count; group-- > 0;) {
        kr_cell worst = 0;
        bool is_asked = searching->editions.count == 0;
        for (uint32_t i = 0; i < searching->editions.count; i++) {
            kmsrules_id edition = searching->editions.items[i];
            if (searching->ruleset->editions[edition].application != searching->ruleset->groups[group].application) continue;
            is_asked = true;
            worst |= kr_covers(searching->ruleset, group, edition) | searching->ruleset->uses[edition];
        }
        kmsrules_choice choice = {.key_group = group, .verdict = (kmsrules_verdict)kr_cell_outcome(worst)};
        if (is_asked && !add_choice(searching, KR_NONE, KR_NONE, &choice)) return false;
    }
    return true;
}

static bool find_keys(struct searching *searching) {
    if (searching->question->host.kind == 0) return find_covering_keys(searching);
    for (uint32_t i = 0; i < searching->hosts.count; i++)
        if (!find_keys_of_host(searching, searching->hosts.items[i])) return false;
    return true;
}

/* ---- The highest authority ---- */

static bool find_highest_on(struct searching *searching, kmsrules_id host) {
    const kmsrules_question *question = searching->question;
    kmsrules_id *fitting = kr_memory_take(question->key_count, sizeof *fitting);
    size_t count = 0;
    bool has_memory = fitting != NULL;
    for (size_t i = 0; has_memory && i < question->key_count; i++) {
        kmsrules_id group = question->keys[i];
        if (host == KR_NONE || kr_cell_outcome(kr_fits(searching->ruleset, host, group)) != KMSRULES_FAIL) fitting[count++] = group;
    }
    for (size_t i = 0; has_memory && i < count; i++) {
        if (!kr_is_highest(searching->ruleset, fitting[i], fitting, count)) continue;
        kmsrules_choice choice = {.key_group = fitting[i], .verdict = KMSRULES_YES};
        has_memory = host == KR_NONE ? add_choice(searching, host, KR_NONE, &choice) : add_holding(searching, host, fitting[i]);
    }
    kr_memory_free(fitting);
    return has_memory;
}

static bool find_highest(struct searching *searching) {
    if (searching->question->host.kind == 0) return find_highest_on(searching, KR_NONE);
    for (uint32_t i = 0; i < searching->hosts.count; i++)
        if (!find_highest_on(searching, searching->hosts.items[i])) return false;
    return true;
}

/* ---- */

static bool is_complete(const kmsrules_question *question, kmsrules_search search) {
    switch (search) {
    case KMSRULES_SEARCH_EDITIONS: return question->host.kind != 0;
    case KMSRULES_SEARCH_HOSTS: return question->edition_count > 0;
    case KMSRULES_SEARCH_HIGHEST: return question->key_count > 0;
    default: return true;
    }
}

/* SEARCH_HOSTS asks of every host, SEARCH_EDITIONS of every edition. */
static kmsrules_status prepare(struct searching *searching, kmsrules_search search) {
    const kmsrules_question *question = searching->question;
    struct kr_arena *arena = &searching->list->arena;
    bool wants_host = question->host.kind != 0 && search != KMSRULES_SEARCH_HOSTS;
    bool has_memory = kr_question_copy(question, arena, &searching->list->asked) && (!wants_host || kr_question_hosts(question, arena, &searching->hosts)) &&
                      kr_question_editions(question, arena, &searching->editions);
    if (!has_memory) return KMSRULES_NO_MEMORY;
    if (search == KMSRULES_SEARCH_EDITIONS && kr_question_has_two_keys(question)) return KMSRULES_TWO_KEYS;
    for (uint32_t i = 0; i < searching->hosts.count; i++) {
        kmsrules_status status = kr_question_check_build(question, searching->hosts.items[i]);
        if (status != KMSRULES_OK) return status;
    }
    return KMSRULES_OK;
}

static bool run(struct searching *searching, kmsrules_search search) {
    switch (search) {
    case KMSRULES_SEARCH_EDITIONS: return find_editions(searching);
    case KMSRULES_SEARCH_HOSTS: return find_hosts(searching);
    case KMSRULES_SEARCH_KEYS: return find_keys(searching);
    default: return find_highest(searching);
    }
}

kmsrules_status kmsrules_find(const kmsrules_question *question, kmsrules_search search, kmsrules_list **list) {
    if (question == NULL || list == NULL || (unsigned)search > KMSRULES_SEARCH_HIGHEST) return KMSRULES_INVALID_ARGUMENT;
    if (!is_complete(question, search)) return KMSRULES_NOTHING_ASKED;
    kmsrules_list *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(question->ruleset);
    made->search = search;
    struct searching searching = {.question = question, .ruleset = question->ruleset, .list = made, .facts = kr_question_facts(question)};
    kmsrules_status status = prepare(&searching, search);
    if (status == KMSRULES_OK && !run(&searching, search)) status = KMSRULES_NO_MEMORY;
    if (status == KMSRULES_OK)
        *list = made;
    else
        kmsrules_list_free(made);
    return status;
}

void kmsrules_list_free(kmsrules_list *list) {
    if (list == NULL) return;
    kmsrules_ruleset_free(list->ruleset);
    kr_memory_free(list->items);
    kr_arena_free(&list->arena);
    kr_memory_free(list);
}

size_t kmsrules_list_count(const kmsrules_list *list) { return list == NULL ? 0 : list->count; }

const kmsrules_list_item *kmsrules_list_get(const kmsrules_list *list, size_t index) { return index < kmsrules_list_count(list) ? &list->items[index] : NULL; }
