/* See remedy.h. A state of affairs is a list of slots, each a host and an application that needs a key group; updates are added to it until every slot has one that
 * does. States: the host as it is, with other keys, one edition of a release, another host. */
#include "ask/remedy.h"

#include "ask/decide.h"
#include "ask/remedy_state.h"

static const kmsrules_facts nothing_known = KMSRULES_NO_FACTS;

/* ---- Slots of the hosts asked about ---- */

bool kr_remedying_assemble(const struct kr_remedying *of, uint32_t first_host, uint32_t host_count, const kmsrules_id *assigned, struct kr_slot *slots) {
    for (uint32_t i = 0; i < host_count * of->applications.count; i++) {
        uint32_t place = first_host * of->applications.count + i;
        kmsrules_id group = assigned[i % of->applications.count];
        slots[i] = group == KR_NONE ? of->stay[place] : of->others[place];
        while (group != KR_NONE && slots[i].count > 0 && slots[i].holdings->group != group) {
            slots[i].holdings++;
            slots[i].count--;
        }
        if (slots[i].count == 0) return false;
        if (group != KR_NONE) slots[i].count = 1;
    }
    return true;
}


/* The groups of a host besides the one given for the application. */
static bool other_groups(struct kr_remedying *of, kmsrules_id host, kmsrules_id given, struct kr_ids *groups) {
    struct kr_ids choices = kr_choices_of(of->ruleset, host);
    kmsrules_id *others = kr_arena_take(&of->scratch, choices.count, sizeof *others);
    if (others == NULL) return false;
    *groups = (struct kr_ids){others, 0};
    for (uint32_t i = 0; i < choices.count; i++)
        if (choices.items[i] != given) others[groups->count++] = choices.items[i];
    return true;
}

static bool fill_slots(struct kr_remedying *of, kmsrules_id host, kmsrules_id application, size_t place) {
    struct kr_slot *stay = &of->stay[place], *others = &of->others[place];
    const kmsrules_facts *facts = &of->known.facts;
    *stay = *others = (struct kr_slot){.host = host, .application = application};
    if (of->question->key_count == 0) return kr_slot_fill(stay, of->ruleset, &of->scratch, kr_choices_of(of->ruleset, host), of->editions, facts);
    kmsrules_id given = kr_question_key_for(of->question, application);
    struct kr_ids groups;
    return kr_slot_fill(stay, of->ruleset, &of->scratch, (struct kr_ids){&given, 1}, of->editions, facts) &&
           other_groups(of, host, given, &groups) && kr_slot_fill(others, of->ruleset, &of->scratch, groups, of->editions, facts);
}

static bool collect_applications(struct kr_remedying *of) {
    kmsrules_id *items = kr_arena_take(&of->scratch, of->ruleset->application_count, sizeof *items);
    if (items == NULL) return false;
    of->applications = (struct kr_ids){items, 0};
    for (kmsrules_id application = 0; application < of->ruleset->application_count; application++)
        if (kr_has_application(of->ruleset, of->editions, application)) items[of->applications.count++] = application;
    return true;
}

static bool prepare(struct kr_remedying *of) {
    if (!collect_applications(of) || !kr_update_room_take(&of->room, of->ruleset, &of->scratch)) return false;
    size_t count = of->applications.count;
    of->stay = kr_arena_take(&of->scratch, of->hosts.count * count, sizeof *of->stay);
    of->others = kr_arena_take(&of->scratch, of->hosts.count * count, sizeof *of->others);
    if (of->stay == NULL || of->others == NULL) return false;
    if (!kr_knowledge_start(&of->known, &of->scratch, kr_question_facts(of->question)) || !kr_knowledge_start(&of->nothing, &of->scratch, nothing_known)) return false;
    for (size_t i = 0; i < of->hosts.count * count; i++)
        if (!fill_slots(of, of->hosts.items[i / count], of->applications.items[i % count], i)) return false;
    return true;
}

/* ---- Machines ---- */

/* Thresholds that share their count are reached together. */
static void require_machines(struct kr_remedying *of, unsigned kinds, uint64_t count) {
    uint32_t i = 0;
    while (i < of->machine_count && of->machines[i].kinds != kinds) i++;
    if (i == of->machine_count) of->machines[of->machine_count++] = (kmsrules_change){.kind = KMSRULES_ADD_MACHINES, .host = KR_NONE, .key_group = KR_NONE,
                                                                                    .update = KR_NONE, .kinds = kinds};
    if (count > of->machines[i].count) of->machines[i].count = count;
}

static void count_machines(struct kr_remedying *of, const kmsrules_facts *facts) {
    for (uint32_t i = 0; i < of->editions.count; i++) {
        kmsrules_kind kind = of->ruleset->editions[of->editions.items[i]].kind;
        uint64_t missing = kr_machines_missing(of->ruleset, kind, facts);
        if (missing > 0) require_machines(of, of->ruleset->thresholds[kind].counts, missing);
    }
}

/* ---- States ---- */

static uint32_t place_of(const struct kr_slot *slot, kmsrules_id group) {
    uint32_t place = 0;
    while (place < slot->count && slot->holdings[place].group != group) place++;
    return place;
}

/* Whether another key may be needed: the one given does not do as things are. */
static bool is_open(const struct kr_remedying *of, uint32_t first_host, uint32_t host_count, uint32_t application) {
    for (uint32_t i = first_host; i < first_host + host_count; i++) {
        const struct kr_slot *slot = &of->stay[i * of->applications.count + application];
        if (kr_slots_unserved(of->ruleset, slot, 1, &of->known.facts) != KR_NONE) return true;
    }
    return false;
}

/* Whether the keys as given can do at all, whatever updates are added. */
static bool may_stay(const struct kr_remedying *of, uint32_t first_host, uint32_t host_count, uint32_t application) {
    for (uint32_t i = first_host; i < first_host + host_count; i++)
        if (of->stay[i * of->applications.count + application].count == 0) return false;
    return true;
}

/* Where the wheel of an application starts: at the key given, else at the first other one; false where there is none. */
static bool start_key(const struct kr_remedying *of, uint32_t first_host, uint32_t host_count, uint32_t application, kmsrules_id *assigned) {
    const struct kr_slot *others = &of->others[first_host * of->applications.count + application];
    assigned[application] = KR_NONE;
    if (may_stay(of, first_host, host_count, application)) return true;
    if (others->count > 0) assigned[application] = others->holdings[0].group;
    return others->count > 0;
}

/* The next combination of keys, like the wheels of a counter; false after the last. */
static bool turn_keys(const struct kr_remedying *of, uint32_t first_host, uint32_t host_count, kmsrules_id *assigned) {
    for (uint32_t i = 0; i < of->applications.count; i++) {
        const struct kr_slot *others = &of->others[first_host * of->applications.count + i];
        uint32_t next = assigned[i] == KR_NONE ? 0 : place_of(others, assigned[i]) + 1;
        bool has_next = next < others->count && is_open(of, first_host, host_count, i);
        if (has_next) assigned[i] = others->holdings[next].group;
        else (void)start_key(of, first_host, host_count, i, assigned);
        if (has_next) return true;
    }
    return false;
}

/* The host asked about, or one edition of the release asked about, with every combination of keys. */
static bool search_host(struct kr_remedying *of, uint32_t first_host, uint32_t host_count, kmsrules_id *assigned, struct kr_slot *slots) {
    for (uint32_t i = 0; i < of->applications.count; i++)
        if (!start_key(of, first_host, host_count, i, assigned)) return true;
    do {
        struct kr_state state = {.of = of, .updating = {.knowledge = &of->known, .slots = slots, .slot_count = host_count * of->applications.count},
                                 .has_host_change = host_count < of->hosts.count, .host_change = KMSRULES_LEARN, .assigned = assigned};
        kr_knowledge_set_added(&of->known, NULL, 0);
        if (kr_remedying_assemble(of, first_host, host_count, assigned, slots) && !kr_state_search(&state)) return false;
    } while (kr_effort_spend(&of->effort, of->applications.count) && turn_keys(of, first_host, host_count, assigned));
    return true;
}

static bool search_hosts_asked(struct kr_remedying *of, kmsrules_id *assigned, struct kr_slot *slots) {
    if (!search_host(of, 0, of->hosts.count, assigned, slots)) return false;
    for (uint32_t i = 0; of->hosts.count > 1 && i < of->hosts.count; i++)
        if (!search_host(of, i, 1, assigned, slots)) return false;
    return true;
}

/* A host of which nothing is known and that holds no key yet; a state without a group for one of the applications is left out. */
static bool search_other_host(struct kr_remedying *of, kmsrules_id host, const kmsrules_id *assigned, struct kr_slot *slots) {
    for (uint32_t i = 0; i < of->applications.count; i++) {
        slots[i] = (struct kr_slot){.host = host, .application = of->applications.items[i]};
        if (!kr_slot_fill(&slots[i], of->ruleset, &of->scratch, kr_choices_of(of->ruleset, host), of->editions, &nothing_known)) return false;
        if (slots[i].count == 0) return true;
    }
    struct kr_state state = {.of = of, .updating = {.knowledge = &of->nothing, .slots = slots, .slot_count = of->applications.count}, .has_host_change = true,
                             .host_change = KMSRULES_USE_HOST, .assigned = assigned};
    return kr_state_search(&state);
}

static bool search_other_hosts(struct kr_remedying *of, kmsrules_id *assigned, struct kr_slot *slots) {
    for (uint32_t i = 0; i < of->applications.count; i++) assigned[i] = KR_NONE;
    for (kmsrules_id host = 0; host < of->ruleset->edition_count; host++) {
        bool is_candidate = of->ruleset->editions[host].can_host && !kr_ids_hold(of->hosts, host);
        if (is_candidate && !search_other_host(of, host, assigned, slots)) return false;
    }
    return true;
}

static bool search(struct kr_remedying *of) {
    if (!prepare(of)) return false;
    kmsrules_id *assigned = kr_arena_take(&of->scratch, of->applications.count, sizeof *assigned);
    struct kr_slot *slots = kr_arena_take(&of->scratch, (size_t)of->hosts.count * of->applications.count, sizeof *slots);
    return assigned != NULL && slots != NULL && search_hosts_asked(of, assigned, slots) && search_other_hosts(of, assigned, slots) && kr_remedying_finish(of);
}

bool kr_answer_add_remedies(kmsrules_answer *answer, const kmsrules_question *question, struct kr_ids hosts, struct kr_ids editions) {
    kmsrules_facts facts = kr_question_facts(question);
    struct kr_remedying of = {.answer = answer, .question = question, .ruleset = question->ruleset, .hosts = hosts, .editions = editions, .effort = {0, true, false}};
    answer->has_remedies = true;
    answer->has_all_remedies = true;
    if (answer->verdict == KMSRULES_YES) return true;
    count_machines(&of, &facts);
    bool has_memory = search(&of);
    answer->has_all_remedies = of.effort.is_complete;
    kr_memory_free(of.ranked);
    kr_arena_free(&of.scratch);
    return has_memory;
}
