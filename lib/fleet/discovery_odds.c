/* See discovery.h; the figures of a scene. */
#include "fleet/discovery.h"

bool kr_discovery_counts(const struct kr_scene *scene, const kmsrules_discovery_threshold *threshold, const struct kr_askers *askers) {
    return askers->application == threshold->application && (scene->discovery->ruleset->thresholds[threshold->kind].counts >> askers->kind & 1u) != 0;
}

static struct kr_crowd crowd_of(const struct kr_scene *scene, int selection, uint64_t machines) {
    return (struct kr_crowd){machines, scene->parts[selection], scene->wholes[selection]};
}

static double share_of(const struct kr_scene *scene, int selection, size_t host) {
    return kr_share_value((struct kr_share){scene->parts[selection][host], scene->wholes[selection]});
}

static double expected_on(const struct kr_scene *scene, size_t host, const uint64_t machines[KMSRULES_SELECTION_COUNT]) {
    double expected = 0;
    for (int i = 0; i < KMSRULES_SELECTION_COUNT; i++) expected += (double)machines[i] * (double)scene->parts[i][host] / (double)(scene->wholes[i] > 0 ? scene->wholes[i] : 1);
    return expected;
}

static void count_machines(const struct kr_scene *scene, const kmsrules_discovery_threshold *threshold, uint64_t machines[KMSRULES_SELECTION_COUNT]) {
    for (size_t i = 0; i < scene->asker_count; i++)
        if (kr_discovery_counts(scene, threshold, &scene->askers[i])) machines[scene->askers[i].selection] += scene->askers[i].machines;
}

/* Whether both ways to choose come to the same, as where all records are alike: below 2^53 on both sides. */
static bool are_alike(const struct kr_crowd crowds[KR_CHANCE_CLASSES], size_t host_count) {
    for (size_t host = 0; host < host_count; host++)
        if (crowds[0].parts[host] * crowds[1].whole != crowds[1].parts[host] * crowds[0].whole) return false;
    return true;
}

static void unite(struct kr_crowd crowds[KR_CHANCE_CLASSES]) {
    crowds[0].machines += crowds[1].machines;
    crowds[1].machines = 0;
}

/* Whether machines that need the threshold, and do not only count for it, may come to the host. */
static bool is_needed(const struct kr_scene *scene, const kmsrules_discovery_threshold *threshold, size_t host) {
    for (size_t i = 0; i < scene->asker_count; i++) {
        const struct kr_askers *askers = &scene->askers[i];
        if (askers->application == threshold->application && askers->kind == threshold->kind && askers->machines > 0 && scene->parts[askers->selection][host] > 0) return true;
    }
    return false;
}

/* One threshold on every host, and on all together. */
static bool reckon_threshold(struct kr_scene *scene, kmsrules_reach *const *reaches, kmsrules_discovery_threshold *threshold, size_t index) {
    uint64_t machines[KMSRULES_SELECTION_COUNT] = {0};
    struct kr_chance all, any;
    size_t host_count = scene->discovery->host_count;
    double *reached = kr_arena_take(scene->arena, host_count, sizeof *reached);
    bool *are_asked = kr_arena_take(scene->arena, host_count, sizeof *are_asked);
    struct kr_hosts hosts = {are_asked, reached, host_count};
    if (reached == NULL || are_asked == NULL) return false;
    count_machines(scene, threshold, machines);
    struct kr_crowd crowds[KR_CHANCE_CLASSES] = {crowd_of(scene, 0, machines[0]), crowd_of(scene, 1, machines[1])};
    if (are_alike(crowds, host_count)) unite(crowds);
    for (size_t host = 0; host < host_count; host++) {
        kmsrules_reach *reach = &reaches[host][index];
        reach->expected = expected_on(scene, host, machines);
        reach->probability = reached[host] = kr_chance_reached(crowds, host, threshold->minimum);
        reach->is_needed = are_asked[host] = is_needed(scene, threshold, host);
        reach->is_at_risk = reach->is_needed && reach->probability < scene->discovery->risk;
    }
    uint64_t steps = scene->steps;
    threshold->machines = machines[0] + machines[1];
    if (!kr_chance_all(crowds, hosts, threshold->minimum, &steps, &all)) return false;
    if (!kr_chance_any(crowds, hosts, threshold->minimum, &steps, &any)) return false;
    threshold->least_all = all.least, threshold->most_all = all.most;
    threshold->least_any = any.least, threshold->most_any = any.most;
    return true;
}

bool kr_discovery_reckon(struct kr_scene *scene, kmsrules_discovery_host *hosts, kmsrules_discovery_threshold *thresholds, size_t threshold_count) {
    size_t host_count = scene->discovery->host_count;
    kmsrules_reach **reaches = kr_arena_take(scene->arena, host_count, sizeof(kmsrules_reach *));
    for (size_t host = 0; reaches != NULL && host < host_count; host++) {
        reaches[host] = kr_arena_take(scene->arena, threshold_count, sizeof **reaches);
        if (reaches[host] == NULL) return false;
        hosts[host] = scene->discovery->hosts[host];
        for (int i = 0; i < KMSRULES_SELECTION_COUNT; i++) hosts[host].shares[i] = share_of(scene, i, host);
        hosts[host].expected = expected_on(scene, host, scene->machines);
        hosts[host].reaches = reaches[host];
    }
    for (size_t i = 0; reaches != NULL && i < threshold_count; i++)
        if (!reckon_threshold(scene, reaches, &thresholds[i], i)) return false;
    return reaches != NULL;
}
