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
    uint64_t number = next(random);
    if (number < bound) /* nearly never, and only then can it be one of the first that are left out to make the rest even */
        for (uint64_t uneven = (0 - bound) % bound; number < uneven;) number = next(random);
    return number % bound;
}

/* ---- Records to draw from ---- */

/* The records of the lowest priority: those of weight 0 first, then the others with the sum of the weights so far. A number is looked up in one step on average,
 * however many records there are: the sums are divided into as many equal parts as there are records, and the search begins at the first record of the number's part. */
struct urn {
    size_t *hosts; /* [record] */
    uint64_t *sums;
    size_t *firsts; /* [part] the first record whose sum is not below the part */
    size_t count, without_weight;
    uint64_t part; /* the size of one */
};

static void put(struct urn *urn, const struct kr_record *record) {
    urn->sums[urn->count] = (urn->count == 0 ? 0 : urn->sums[urn->count - 1]) + record->weight;
    urn->hosts[urn->count++] = record->host;
    urn->without_weight += record->weight == 0;
}

static void divide(struct urn *urn) {
    size_t record = urn->without_weight;
    urn->part = urn->sums[urn->count - 1] / urn->count + 1;
    for (size_t i = 0; i < urn->count; i++) {
        while (record + 1 < urn->count && urn->sums[record] < i * urn->part) record++;
        urn->firsts[i] = record;
    }
}

static bool fill(const struct kr_scene *scene, struct urn *urn) {
    const kmsrules_discovery *discovery = scene->discovery;
    uint32_t lowest = discovery->hosts[0].priority;
    urn->hosts = kr_arena_take(scene->arena, discovery->record_count, sizeof *urn->hosts);
    urn->sums = kr_arena_take(scene->arena, discovery->record_count, sizeof *urn->sums);
    urn->firsts = kr_arena_take(scene->arena, discovery->record_count, sizeof *urn->firsts);
    if (urn->hosts == NULL || urn->sums == NULL || urn->firsts == NULL) return false;
    for (int has_weight = 0; has_weight < 2; has_weight++)
        for (size_t i = 0; i < discovery->record_count; i++)
            if (discovery->records[i].priority == lowest && (discovery->records[i].weight > 0) == has_weight) put(urn, &discovery->records[i]);
    divide(urn);
    return true;
}

static size_t draw_by_weight(const struct urn *urn, struct random *random) {
    uint64_t sum = urn->sums[urn->count - 1], least = urn->without_weight == 0 ? 1 : 0, number = least + below(random, sum + 1 - least);
    if (number == 0) return urn->hosts[below(random, urn->without_weight)];
    size_t record = urn->firsts[number / urn->part];
    while (urn->sums[record] < number) record++;
    return urn->hosts[record];
}

static size_t draw_any(const struct kr_scene *scene, struct random *random) { return scene->discovery->records[below(random, scene->discovery->record_count)].host; }

/* ---- Draws ---- */

struct drawing {
    struct kr_scene *scene;
    struct urn urn;
    struct random random;
    const kmsrules_discovery_threshold *thresholds;
    size_t threshold_count;
    size_t *counted;  /* where the thresholds that count the askers being drawn begin in `counts` */
    uint64_t *counts; /* [threshold × host] of one draw */
    uint64_t *sums;   /* [host] of all draws */
};

static size_t find_counted(struct drawing *drawing, const struct kr_askers *askers) {
    size_t count = 0;
    for (size_t i = 0; i < drawing->threshold_count; i++)
        if (kr_discovery_counts(drawing->scene, &drawing->thresholds[i], askers)) drawing->counted[count++] = i * drawing->scene->discovery->host_count;
    return count;
}

static void draw_askers(struct drawing *drawing, const struct kr_askers *askers) {
    bool has_weight = askers->selection == KMSRULES_BY_PRIORITY_AND_WEIGHT;
    size_t count = find_counted(drawing, askers);
    for (uint64_t machine = 0; machine < askers->machines; machine++) {
        size_t host = has_weight ? draw_by_weight(&drawing->urn, &drawing->random) : draw_any(drawing->scene, &drawing->random);
        for (size_t i = 0; i < count; i++) drawing->counts[drawing->counted[i] + host]++;
        drawing->sums[host]++;
    }
}

static void draw_once(struct drawing *drawing) {
    const struct kr_scene *scene = drawing->scene;
    memset(drawing->counts, 0, drawing->threshold_count * scene->discovery->host_count * sizeof *drawing->counts);
    for (size_t i = 0; i < scene->asker_count; i++) draw_askers(drawing, &scene->askers[i]);
}

static void note(const struct drawing *drawing, kmsrules_discovery_host *hosts, kmsrules_discovery_threshold *threshold, size_t index) {
    bool all = true, any = false;
    size_t host_count = drawing->scene->discovery->host_count;
    const uint64_t *counts = drawing->counts + index * host_count;
    for (size_t host = 0; host < host_count; host++) {
        kmsrules_reach *reach = (kmsrules_reach *)&hosts[host].reaches[index];
        bool is_reached = counts[host] >= threshold->minimum;
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
    struct drawing drawing = {.scene = scene, .random = seeded(discovery->seed), .thresholds = thresholds, .threshold_count = threshold_count};
    drawing.counted = kr_arena_take(scene->arena, threshold_count, sizeof *drawing.counted);
    drawing.counts = kr_arena_take(scene->arena, threshold_count * discovery->host_count, sizeof *drawing.counts);
    drawing.sums = kr_arena_take(scene->arena, discovery->host_count, sizeof *drawing.sums);
    if (drawing.counted == NULL || drawing.counts == NULL || drawing.sums == NULL || !fill(scene, &drawing.urn)) return false;
    for (uint64_t draw = 0; draw < discovery->draws; draw++) {
        draw_once(&drawing);
        for (size_t i = 0; i < threshold_count; i++) note(&drawing, hosts, &thresholds[i], i);
    }
    for (size_t host = 0; discovery->draws > 0 && host < discovery->host_count; host++) hosts[host].drawn = (double)drawing.sums[host] / (double)discovery->draws;
    return true;
}
