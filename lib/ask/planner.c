/* What a plan is made for, and the making of it. In: machines, hosts, key groups, updates. Out: a plan. */
#include <string.h>

#include "ask/plan.h"

kmsrules_status kmsrules_planner_new(const kmsrules_question *question, kmsrules_planner **planner) {
    if (question == NULL || planner == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_planner *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(question->ruleset);
    made->most_hosts = UINT32_MAX;
    made->editions = kr_memory_take(made->ruleset->edition_count, sizeof *made->editions);
    made->releases = kr_memory_take(made->ruleset->release_count, sizeof *made->releases);
    bool has_memory = made->editions != NULL && made->releases != NULL && kr_question_clone(question, &made->question) == KMSRULES_OK;
    if (has_memory) *planner = made;
    else kmsrules_planner_free(made);
    return has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

void kmsrules_planner_free(kmsrules_planner *planner) {
    if (planner == NULL) return;
    kmsrules_ruleset_free(planner->ruleset);
    kmsrules_question_free(planner->question);
    kr_memory_free(planner->editions);
    kr_memory_free(planner->releases);
    kr_memory_free(planner->hosts);
    kr_memory_free(planner);
}

static uint64_t *machines_of(kmsrules_planner *planner, int kind, kmsrules_id id) {
    if (kind == 0) return &planner->unrecognised;
    if (kind == KMSRULES_EDITION && id < planner->ruleset->edition_count) return &planner->editions[id];
    if (kind == KMSRULES_RELEASE && id < planner->ruleset->release_count) return &planner->releases[id];
    return NULL;
}

kmsrules_status kmsrules_planner_add_machines(kmsrules_planner *planner, int kind, kmsrules_id id, uint64_t machines) {
    uint64_t *count = planner == NULL ? NULL : machines_of(planner, kind, id);
    if (count == NULL || machines > INT64_MAX || planner->machines > INT64_MAX - machines) return KMSRULES_INVALID_ARGUMENT;
    *count += machines;
    planner->machines += machines;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_planner_add_host(kmsrules_planner *planner, const char *name) {
    if (planner == NULL || name == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_identity identity;
    kmsrules_status status = kmsrules_identify(planner->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, name, strlen(name), &identity);
    void *hosts = planner->hosts;
    if (status != KMSRULES_OK) return status;
    if (!kr_memory_reserve(&hosts, &planner->host_capacity, planner->host_count, sizeof *planner->hosts)) return KMSRULES_NO_MEMORY;
    planner->hosts = hosts;
    planner->hosts[planner->host_count++] = (struct kr_asked){identity.kind, identity.id};
    return KMSRULES_OK;
}

kmsrules_status kmsrules_planner_set_most_hosts(kmsrules_planner *planner, uint32_t count) {
    if (planner == NULL || count == 0) return KMSRULES_INVALID_ARGUMENT;
    planner->most_hosts = count;
    return KMSRULES_OK;
}

/* ---- What to choose from ---- */

static void mark_host(const struct kmsrules_ruleset *ruleset, struct kr_asked asked, uint64_t *marked) {
    if (asked.kind == KMSRULES_EDITION) marked[asked.id / 64] |= 1ull << (asked.id % 64);
    for (size_t i = 0; asked.kind == KMSRULES_RELEASE && i < ruleset->releases[asked.id].edition_count; i++) {
        kmsrules_id edition = ruleset->releases[asked.id].editions[i];
        marked[edition / 64] |= 1ull << (edition % 64);
    }
}

/* Those that can host, each once, in the order of declaration. */
static bool collect_hosts(struct kr_planning *planning, const kmsrules_planner *planner) {
    const struct kmsrules_ruleset *ruleset = planning->ruleset;
    uint64_t *marked = kr_arena_take(&planning->scratch, ruleset->edition_words, sizeof *marked);
    kmsrules_id *hosts = kr_arena_take(&planning->scratch, ruleset->edition_count, sizeof *hosts);
    if (marked == NULL || hosts == NULL) return false;
    for (size_t i = 0; i < planner->host_count; i++) mark_host(ruleset, planner->hosts[i], marked);
    planning->hosts.items = hosts;
    for (kmsrules_id edition = 0; edition < ruleset->edition_count; edition++)
        if (ruleset->editions[edition].can_host && (planner->host_count == 0 || kr_bit(marked, edition))) hosts[planning->hosts.count++] = edition;
    return true;
}

static bool collect_owned(struct kr_planning *planning, const kmsrules_planner *planner) {
    if (planner->question->key_count == 0) return true;
    uint64_t *owned = kr_arena_take(&planning->scratch, planning->ruleset->group_words, sizeof *owned);
    for (size_t i = 0; owned != NULL && i < planner->question->key_count; i++)
        owned[planner->question->keys[i] / 64] |= 1ull << (planner->question->keys[i] % 64);
    planning->owned = owned;
    return owned != NULL;
}

/* ---- Products ---- */

static void add_edition(struct kr_planning *planning, kmsrules_id edition, uint64_t machines) {
    const kmsrules_edition *record = &planning->ruleset->editions[edition];
    struct kr_planned *product = &planning->products[planning->product_count++];
    *product = (struct kr_planned){.asked = {KMSRULES_EDITION, edition}, .machines = machines, .kind = record->kind, .application = record->application,
                                   .class = KR_NONE};
    product->editions = (struct kr_ids){&product->asked.id, 1};
}

static bool add_release(struct kr_planning *planning, kmsrules_id release, uint64_t machines) {
    const kmsrules_release *record = &planning->ruleset->releases[release];
    kmsrules_id *editions = kr_arena_take(&planning->scratch, record->edition_count, sizeof *editions);
    uint32_t count = 0;
    if (editions == NULL) return false;
    for (size_t i = 0; i < record->edition_count; i++)
        if (kr_release_takes(planning->ruleset, record, record->editions[i])) editions[count++] = record->editions[i];
    planning->products[planning->product_count++] = (struct kr_planned){.asked = {KMSRULES_RELEASE, release}, .machines = machines, .kind = record->kind,
                                                                        .application = record->application, .editions = {editions, count}, .class = KR_NONE};
    return true;
}

static bool collect_products(struct kr_planning *planning, const kmsrules_planner *planner) {
    const struct kmsrules_ruleset *ruleset = planning->ruleset;
    size_t count = 0;
    for (kmsrules_id edition = 0; edition < ruleset->edition_count; edition++) count += planner->editions[edition] > 0;
    for (kmsrules_id release = 0; release < ruleset->release_count; release++) count += planner->releases[release] > 0;
    planning->products = kr_arena_take(&planning->scratch, count, sizeof *planning->products);
    planning->product_words = (uint32_t)((count + 63) / 64);
    if (planning->products == NULL) return false;
    for (kmsrules_id edition = 0; edition < ruleset->edition_count; edition++)
        if (planner->editions[edition] > 0) add_edition(planning, edition, planner->editions[edition]);
    for (kmsrules_id release = 0; release < ruleset->release_count; release++)
        if (planner->releases[release] > 0 && !add_release(planning, release, planner->releases[release])) return false;
    return true;
}

static bool collect_applications(struct kr_planning *planning) {
    kmsrules_id *applications = kr_arena_take(&planning->scratch, planning->ruleset->application_count, sizeof *applications);
    if (applications == NULL) return false;
    planning->applications.items = applications;
    for (kmsrules_id application = 0; application < planning->ruleset->application_count; application++) {
        bool is_asked = false;
        for (uint32_t i = 0; i < planning->product_count; i++) is_asked = is_asked || planning->products[i].application == application;
        if (is_asked) applications[planning->applications.count++] = application;
    }
    return true;
}

/* ---- Planning ---- */

static bool plan(struct kr_planning *planning, const kmsrules_planner *planner, kmsrules_plan_content *content) {
    bool has_memory = collect_hosts(planning, planner) && collect_owned(planning, planner) && collect_products(planning, planner) &&
                      collect_applications(planning) && kr_plan_collect_candidates(planning) && kr_plan_classify(planning) && kr_plan_cover(planning) &&
                      kr_plan_write(planning, content) && kr_plan_advise(planning, content);
    kr_memory_free(planning->candidates);
    kr_memory_free(planning->solutions);
    kr_arena_free(&planning->scratch);
    return has_memory;
}

kmsrules_status kmsrules_planner_plan(const kmsrules_planner *planner, kmsrules_plan **result) {
    if (planner == NULL || result == NULL) return KMSRULES_INVALID_ARGUMENT;
    if (planner->machines == 0) return KMSRULES_NOTHING_ASKED;
    kmsrules_plan *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    bool has_memory = true;
    made->ruleset = kmsrules_ruleset_retain(planner->ruleset);
    made->date = kr_arena_copy_string(&made->arena, planner->question->date, &has_memory);
    made->content.machines = planner->machines;
    made->content.unrecognised = planner->unrecognised;
    struct kr_planning planning = {.ruleset = planner->ruleset, .arena = &made->arena, .effort = {0, true, false}, .facts = KMSRULES_NO_FACTS,
                                   .most_hosts = planner->most_hosts};
    planning.facts.updates = planner->question->updates;
    planning.facts.update_count = planner->question->update_count;
    if (has_memory) has_memory = plan(&planning, planner, &made->content);
    if (has_memory) *result = made;
    else kmsrules_plan_free(made);
    return has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

void kmsrules_plan_free(kmsrules_plan *plan) {
    if (plan == NULL) return;
    kmsrules_ruleset_free(plan->ruleset);
    kr_arena_free(&plan->arena);
    kr_memory_free(plan);
}

const kmsrules_plan_content *kmsrules_plan_read(const kmsrules_plan *plan) { return plan == NULL ? NULL : &plan->content; }
