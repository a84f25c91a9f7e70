/* See discovery.h; the object that people hold, and its summary. */
#include "fleet/discovery.h"

#include <string.h>

kmsrules_status kmsrules_discovery_new(kmsrules_ruleset *ruleset, const kmsrules_records *records, kmsrules_discovery **discovery) {
    if (ruleset == NULL || records == NULL || discovery == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_discovery *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(ruleset);
    made->risk = 0.95;
    made->editions = kr_memory_take(ruleset->edition_count, sizeof *made->editions);
    made->releases = kr_memory_take(ruleset->release_count, sizeof *made->releases);
    kmsrules_status status = made->editions == NULL || made->releases == NULL ? KMSRULES_NO_MEMORY : kr_discovery_find_hosts(made, kmsrules_records_look(records));
    if (status == KMSRULES_OK) *discovery = made;
    else kmsrules_discovery_free(made);
    return status;
}

void kmsrules_discovery_free(kmsrules_discovery *discovery) {
    if (discovery == NULL) return;
    kmsrules_ruleset_free(discovery->ruleset);
    kr_memory_free(discovery->editions);
    kr_memory_free(discovery->releases);
    kr_arena_free(&discovery->arena);
    kr_arena_free(&discovery->summary_arena);
    kr_memory_free(discovery);
}

static void forget_summary(kmsrules_discovery *discovery) {
    kr_arena_free(&discovery->summary_arena);
    discovery->summary = (kmsrules_discovery_summary){0};
    discovery->has_summary = false;
}

/* ---- Machines ---- */

/* The rule by which an edition chooses; NULL: KMS does not activate it, or nothing is said of it. */
static const kmsrules_discovery_rule *rule_of_edition(const struct kmsrules_ruleset *ruleset, kmsrules_id edition) {
    return kr_cell_outcome(ruleset->uses[edition]) == KMSRULES_FAIL ? NULL : kmsrules_ruleset_find_discovery_rule(ruleset, edition);
}

/* Of a release: that of its editions which have one; false: they differ in how they choose. */
static bool find_rule(const struct kmsrules_ruleset *ruleset, int kind, kmsrules_id id, const kmsrules_discovery_rule **rule) {
    if (kind == KMSRULES_EDITION) {
        *rule = rule_of_edition(ruleset, id);
        return true;
    }
    *rule = NULL;
    for (size_t i = 0; i < ruleset->releases[id].edition_count; i++) {
        const kmsrules_discovery_rule *own = rule_of_edition(ruleset, ruleset->releases[id].editions[i]);
        if (own != NULL && *rule != NULL && own->selection != (*rule)->selection) return false;
        if (*rule == NULL) *rule = own;
    }
    return true;
}

kmsrules_status kmsrules_discovery_add_machines(kmsrules_discovery *discovery, int kind, kmsrules_id id, uint64_t machines) {
    if (discovery == NULL) return KMSRULES_INVALID_ARGUMENT;
    const struct kmsrules_ruleset *ruleset = discovery->ruleset;
    bool is_known = (kind == KMSRULES_EDITION && id < ruleset->edition_count) || (kind == KMSRULES_RELEASE && id < ruleset->release_count);
    const kmsrules_discovery_rule *rule;
    if (!is_known || machines > KR_DISCOVERY_MACHINES || discovery->machines > KR_DISCOVERY_MACHINES - machines) return KMSRULES_INVALID_ARGUMENT;
    if (!find_rule(ruleset, kind, id, &rule)) return KMSRULES_AMBIGUOUS_NAME;
    (kind == KMSRULES_EDITION ? discovery->editions : discovery->releases)[id] += machines;
    discovery->machines += machines;
    forget_summary(discovery);
    return KMSRULES_OK;
}

kmsrules_status kmsrules_discovery_set_risk(kmsrules_discovery *discovery, double probability) {
    if (discovery == NULL || !(probability >= 0 && probability <= 1)) return KMSRULES_INVALID_ARGUMENT;
    discovery->risk = probability;
    forget_summary(discovery);
    return KMSRULES_OK;
}

kmsrules_status kmsrules_discovery_set_draws(kmsrules_discovery *discovery, uint64_t draws, uint64_t seed) {
    if (discovery == NULL) return KMSRULES_INVALID_ARGUMENT;
    discovery->draws = draws;
    discovery->seed = seed;
    forget_summary(discovery);
    return KMSRULES_OK;
}

/* ---- The summary ---- */

struct summing {
    kmsrules_discovery *discovery;
    struct kr_arena *arena;
    kmsrules_discovery_class *classes; /* [rule], then one for those left out */
    struct kr_askers *askers;
    size_t asker_count;
    kmsrules_discovery_threshold *thresholds;
    size_t threshold_count;
};

static uint32_t rule_index(const struct kmsrules_ruleset *ruleset, const kmsrules_discovery_rule *rule) {
    return rule == NULL ? ruleset->discovery_rule_count : (uint32_t)(rule - ruleset->discovery_rules);
}

static void count_askers(struct summing *summing, struct kr_askers asker) {
    for (size_t i = 0; i < summing->asker_count; i++) {
        struct kr_askers *known = &summing->askers[i];
        if (known->application != asker.application || known->kind != asker.kind || known->selection != asker.selection) continue;
        known->machines += asker.machines;
        return;
    }
    summing->askers[summing->asker_count++] = asker;
}

static void put_product(struct summing *summing, int kind, kmsrules_id id) {
    const struct kmsrules_ruleset *ruleset = summing->discovery->ruleset;
    uint64_t machines = kind == KMSRULES_EDITION ? summing->discovery->editions[id] : summing->discovery->releases[id];
    const kmsrules_discovery_rule *rule = NULL;
    if (machines == 0) return;
    find_rule(ruleset, kind, id, &rule);
    kmsrules_discovery_class *class = &summing->classes[rule_index(ruleset, rule)];
    ((kmsrules_planned *)class->products)[class->product_count++] = (kmsrules_planned){kind, id, machines};
    class->machines += machines;
    if (rule == NULL) return;
    bool is_edition = kind == KMSRULES_EDITION;
    count_askers(summing, (struct kr_askers){.application = is_edition ? ruleset->editions[id].application : ruleset->releases[id].application,
                                             .kind = is_edition ? ruleset->editions[id].kind : ruleset->releases[id].kind, .selection = rule->selection, .machines = machines});
}

static bool prepare(struct summing *summing) {
    const struct kmsrules_ruleset *ruleset = summing->discovery->ruleset;
    size_t products = 0, classes = (size_t)ruleset->discovery_rule_count + 1;
    for (uint32_t i = 0; i < ruleset->edition_count; i++) products += summing->discovery->editions[i] > 0;
    for (uint32_t i = 0; i < ruleset->release_count; i++) products += summing->discovery->releases[i] > 0;
    summing->classes = kr_arena_take(summing->arena, classes, sizeof *summing->classes);
    summing->askers = kr_arena_take(summing->arena, products, sizeof *summing->askers);
    summing->thresholds = kr_arena_take(summing->arena, products, sizeof *summing->thresholds);
    if (summing->classes == NULL || summing->askers == NULL || summing->thresholds == NULL) return false;
    for (size_t i = 0; i < classes; i++) {
        summing->classes[i] = (kmsrules_discovery_class){.rule = (kmsrules_id)i, .products = kr_arena_take(summing->arena, products, sizeof(kmsrules_planned))};
        if (summing->classes[i].products == NULL) return false;
    }
    return true;
}

/* Each kind of each application that the fleet has needs its threshold. */
static void find_thresholds(struct summing *summing) {
    const struct kmsrules_ruleset *ruleset = summing->discovery->ruleset;
    for (uint32_t application = 0; application < ruleset->application_count; application++)
        for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
            bool is_needed = false;
            for (size_t i = 0; i < summing->asker_count; i++)
                is_needed = is_needed || (summing->askers[i].application == application && (int)summing->askers[i].kind == kind);
            if (is_needed && ruleset->thresholds[kind].row != KR_NONE)
                summing->thresholds[summing->threshold_count++] =
                    (kmsrules_discovery_threshold){.application = application, .kind = (kmsrules_kind)kind, .minimum = ruleset->thresholds[kind].minimum};
        }
}

static void take_classes(struct summing *summing) {
    kmsrules_discovery_summary *summary = &summing->discovery->summary;
    uint32_t rule_count = summing->discovery->ruleset->discovery_rule_count;
    summary->classes = summing->classes;
    for (uint32_t i = 0; i < rule_count; i++)
        if (summing->classes[i].product_count > 0) summing->classes[summary->class_count++] = summing->classes[i];
    for (size_t i = 0; i < summary->class_count; i++) summary->machines += summary->classes[i].machines;
    summary->left_out = summing->classes[rule_count].products;
    summary->left_out_count = summing->classes[rule_count].product_count;
}

/* ---- Scenes ---- */

static bool set_scene(struct kr_scene *scene, struct summing *summing, size_t failed) {
    *scene = (struct kr_scene){.discovery = summing->discovery, .failed = failed, .askers = summing->askers, .asker_count = summing->asker_count, .steps = KR_CHANCE_STEPS,
                               .arena = summing->arena};
    for (int i = 0; i < KMSRULES_SELECTION_COUNT; i++) {
        scene->parts[i] = kr_arena_take(summing->arena, summing->discovery->host_count, sizeof *scene->parts[i]);
        if (scene->parts[i] == NULL) return false;
    }
    for (size_t i = 0; i < summing->asker_count; i++) scene->machines[summing->askers[i].selection] += summing->askers[i].machines;
    kr_discovery_share(scene);
    return true;
}

static kmsrules_discovery_threshold *copy_thresholds(struct summing *summing) {
    kmsrules_discovery_threshold *copy = kr_arena_take(summing->arena, summing->threshold_count, sizeof *copy);
    if (copy != NULL && summing->threshold_count > 0) memcpy(copy, summing->thresholds, summing->threshold_count * sizeof *copy);
    return copy;
}

static bool reckon_failure(struct summing *summing, kmsrules_host_failure *failure, size_t host) {
    size_t host_count = summing->discovery->host_count;
    struct kr_scene scene;
    kmsrules_discovery_host *hosts = kr_arena_take(summing->arena, host_count, sizeof *hosts);
    kmsrules_discovery_threshold *thresholds = copy_thresholds(summing);
    if (hosts == NULL || thresholds == NULL || !set_scene(&scene, summing, host)) return false;
    scene.steps = KR_CHANCE_STEPS / KR_FAILURE_HOSTS;
    if (!kr_discovery_reckon(&scene, hosts, thresholds, summing->threshold_count)) return false;
    for (size_t i = host; i + 1 < host_count; i++) hosts[i] = hosts[i + 1];
    uint32_t lowest = host_count > 1 ? hosts[0].priority : 0;
    for (size_t i = 0; i + 1 < host_count; i++) hosts[i].is_standby = hosts[i].priority > lowest;
    *failure = (kmsrules_host_failure){host, hosts, thresholds};
    return true;
}

static bool reckon_failures(struct summing *summing) {
    kmsrules_discovery_summary *summary = &summing->discovery->summary;
    if (summary->host_count > KR_FAILURE_HOSTS) return true;
    kmsrules_host_failure *failures = kr_arena_take(summing->arena, summary->host_count, sizeof *failures);
    for (size_t i = 0; failures != NULL && i < summary->host_count; i++)
        if (!reckon_failure(summing, &failures[i], i)) return false;
    summary->failures = failures;
    summary->failure_count = summary->host_count;
    return failures != NULL;
}

static bool reckon(struct summing *summing) {
    kmsrules_discovery *discovery = summing->discovery;
    kmsrules_discovery_summary *summary = &discovery->summary;
    struct kr_scene scene;
    kmsrules_discovery_host *hosts = kr_arena_take(summing->arena, discovery->host_count, sizeof *hosts);
    kmsrules_discovery_threshold *thresholds = copy_thresholds(summing);
    if (hosts == NULL || thresholds == NULL || !set_scene(&scene, summing, SIZE_MAX)) return false;
    if (!kr_discovery_reckon(&scene, hosts, thresholds, summing->threshold_count)) return false;
    if (discovery->draws > 0 && !kr_discovery_draw(&scene, hosts, thresholds, summing->threshold_count)) return false;
    summary->hosts = hosts, summary->host_count = discovery->host_count;
    summary->thresholds = thresholds, summary->threshold_count = summing->threshold_count;
    summary->draws = discovery->draws, summary->seed = discovery->seed, summary->risk = discovery->risk;
    for (size_t i = 0; i < summary->host_count; i++)
        for (size_t j = 0; j < summary->threshold_count; j++) summary->is_at_risk = summary->is_at_risk || hosts[i].reaches[j].is_at_risk;
    return reckon_failures(summing);
}

static kmsrules_status sum_up(kmsrules_discovery *discovery) {
    struct summing summing = {.discovery = discovery, .arena = &discovery->summary_arena};
    if (!prepare(&summing)) return KMSRULES_NO_MEMORY;
    for (kmsrules_id i = 0; i < discovery->ruleset->edition_count; i++) put_product(&summing, KMSRULES_EDITION, i);
    for (kmsrules_id i = 0; i < discovery->ruleset->release_count; i++) put_product(&summing, KMSRULES_RELEASE, i);
    find_thresholds(&summing);
    take_classes(&summing);
    if (discovery->summary.machines == 0) return KMSRULES_NOTHING_ASKED;
    if (discovery->draws > KR_DISCOVERY_STEPS / (discovery->summary.machines + discovery->host_count * summing.threshold_count)) return KMSRULES_INVALID_ARGUMENT;
    return reckon(&summing) ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

kmsrules_status kmsrules_discovery_sum_up(kmsrules_discovery *discovery, const kmsrules_discovery_summary **summary) {
    if (discovery == NULL || summary == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = discovery->has_summary ? KMSRULES_OK : discovery->host_count == 0 || discovery->machines == 0 ? KMSRULES_NOTHING_ASKED : sum_up(discovery);
    if (status != KMSRULES_OK) {
        forget_summary(discovery);
        return status;
    }
    discovery->has_summary = true;
    *summary = &discovery->summary;
    return KMSRULES_OK;
}
