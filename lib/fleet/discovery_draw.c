/* See discovery.h; clients drawn one by one, as RFC 2782 says, to show what the figures mean. The figures do not come from here. */
#include "fleet/discovery.h"

/* ---- Random numbers: xoshiro256**, seeded by splitmix64; the same everywhere ---- */

struct random {
    uint64_t state[4];
};

static struct random seeded(uint64_t seed) {
    struct random random;
    for (int i = 0; i < 4; i++) {
        uint64_t mixed = seed += UINT64_C(0x9E3779B97F4A7C15);
        mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
        random.state[i] = mixed ^ mixed >> 31;
    }
    return random;
}

static uint64_t turn(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

static uint64_t next(struct random *random) {
    uint64_t *state = random->state, result = turn(state[1] * 5, 7) * 9, shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = turn(state[3], 45);
    return result;
}

/* From 0 to below `bound`, each as likely as any other. */
static uint64_t below(struct random *random, uint64_t bound) {
    uint64_t uneven = (0 - bound) % bound, number = next(random);
    while (number < uneven) number = next(random);
    return number % bound;
}

/* ---- Records to draw from ---- */

/* The records of the lowest priority: those of weight 0 first, then the others with the sum of the weights so far. */
struct urn {
    size_t *hosts; /* [record] */
    uint64_t *sums;
    size_t count, without_weight;
};

static void put(struct urn *urn, const struct kr_record *record) {
    urn->sums[urn->count] = (urn->count == 0 ? 0 : urn->sums[urn->count - 1]) + record->weight;
    urn->hosts[urn->count++] = record->host;
    urn->without_weight += record->weight == 0;
}

static bool fill(const struct kr_scene *scene, struct urn *urn) {
    const kmsrules_discovery *discovery = scene->discovery;
    uint32_t lowest = discovery->hosts[0].priority;
    urn->hosts = kr_arena_take(scene->arena, discovery->record_count, sizeof *urn->hosts);
    urn->sums = kr_arena_take(scene->arena, discovery->record_count, sizeof *urn->sums);
    if (urn->hosts == NULL || urn->sums == NULL) return false;
    for (int has_weight = 0; has_weight < 2; has_weight++)
        for (size_t i = 0; i < discovery->record_count; i++)
            if (discovery->records[i].priority == lowest && (discovery->records[i].weight > 0) == has_weight) put(urn, &discovery->records[i]);
    return true;
}

static size_t draw_by_weight(const struct urn *urn, struct random *random) {
    uint64_t sum = urn->sums[urn->count - 1], least = urn->without_weight == 0 ? 1 : 0, number = least + below(random, sum + 1 - least);
    if (number == 0) return urn->hosts[below(random, urn->without_weight)];
    size_t low = urn->without_weight, high = urn->count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (urn->sums[middle] >= number) high = middle;
        else low = middle + 1;
    }
    return urn->hosts[low];
}

static size_t draw_any(const struct kr_scene *scene, struct random *random) { return scene->discovery->records[below(random, scene->discovery->record_count)].host; }

/* ---- Draws ---- */

struct drawing {
    struct kr_scene *scene;
    struct urn urn;
    struct random random;
    uint64_t *counts; /* [askers × host] of one draw */
    uint64_t *sums;   /* [host] of all draws */
};

static void draw_once(struct drawing *drawing) {
    const struct kr_scene *scene = drawing->scene;
    size_t host_count = scene->discovery->host_count;
    memset(drawing->counts, 0, scene->asker_count * host_count * sizeof *drawing->counts);
    for (size_t i = 0; i < scene->asker_count; i++) {
        bool has_weight = scene->askers[i].selection == KMSRULES_BY_PRIORITY_AND_WEIGHT;
        for (uint64_t machine = 0; machine < scene->askers[i].machines; machine++) {
            size_t host = has_weight ? draw_by_weight(&drawing->urn, &drawing->random) : draw_any(scene, &drawing->random);
            drawing->counts[i * host_count + host]++;
            drawing->sums[host]++;
        }
    }
}

static uint64_t count_on(const struct drawing *drawing, const kmsrules_discovery_threshold *threshold, size_t host) {
    const struct kr_scene *scene = drawing->scene;
    uint64_t count = 0;
    for (size_t i = 0; i < scene->asker_count; i++)
        if (kr_discovery_counts(scene, threshold, &scene->askers[i])) count += drawing->counts[i * scene->discovery->host_count + host];
    return count;
}

static void note(const struct drawing *drawing, kmsrules_discovery_host *hosts, kmsrules_discovery_threshold *threshold, size_t index) {
    bool all = true, any = false;
    for (size_t host = 0; host < drawing->scene->discovery->host_count; host++) {
        kmsrules_reach *reach = (kmsrules_reach *)&hosts[host].reaches[index];
        bool is_reached = count_on(drawing, threshold, host) >= threshold->minimum;
        reach->drawn += is_reached;
        if (!reach->is_needed) continue;
        any = any || is_reached;
        all = all && is_reached;
    }
    threshold->drawn_all += all;
    threshold->drawn_any += any;
}

bool kr_discovery_draw(struct kr_scene *scene, kmsrules_discovery_host *hosts, kmsrules_discovery_threshold *thresholds, size_t threshold_count) {
    const kmsrules_discovery *discovery = scene->discovery;
    struct drawing drawing = {.scene = scene, .random = seeded(discovery->seed)};
    drawing.counts = kr_arena_take(scene->arena, scene->asker_count * discovery->host_count, sizeof *drawing.counts);
    drawing.sums = kr_arena_take(scene->arena, discovery->host_count, sizeof *drawing.sums);
    if (drawing.counts == NULL || drawing.sums == NULL || !fill(scene, &drawing.urn)) return false;
    for (uint64_t draw = 0; draw < discovery->draws; draw++) {
        draw_once(&drawing);
        for (size_t i = 0; i < threshold_count; i++) note(&drawing, hosts, &thresholds[i], i);
    }
    for (size_t host = 0; discovery->draws > 0 && host < discovery->host_count; host++) hosts[host].drawn = (double)drawing.sums[host] / (double)discovery->draws;
    return true;
}
