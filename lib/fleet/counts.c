/* What hosts count by now. In: a census. Out: pools with their thresholds, requests by result. */
#include "fleet/counts.h"

struct counting {
    const struct kmsrules_census *census;
    kmsrules_counts *counts;
    kmsrules_counts_pool *pools;
    bool has_memory;
};

static const char *copy_name(struct counting *counting, const struct kr_seen *name) {
    if (name == NULL) return NULL;
    const char *copy = kr_arena_copy(&counting->counts->arena, name->name, name->name_size);
    if (copy == NULL) counting->has_memory = false;
    return copy;
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static void add_thresholds(struct counting *counting, kmsrules_counts_pool *pool, unsigned asked) {
    const struct kmsrules_ruleset *ruleset = counting->census->ruleset;
    kmsrules_counts_threshold *thresholds = kr_arena_take(&counting->counts->arena, KMSRULES_KIND_COUNT, sizeof *thresholds);
    if (thresholds == NULL) {
        counting->has_memory = false;
        return;
    }
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        uint64_t count = 0;
        if (!kr_census_has_kind(counting->census, pool->application, (kmsrules_kind)kind)) continue;
        for (int i = 0; i < KMSRULES_KIND_COUNT; i++)
            if (kr_counts_for(ruleset, (kmsrules_kind)kind, (kmsrules_kind)i)) count += pool->kinds[i];
        uint64_t sure = least(kr_counts_for(ruleset, (kmsrules_kind)kind, KMSRULES_SERVER) ? count - pool->assumed : count, pool->capacity);
        count = least(count, pool->capacity);
        thresholds[pool->threshold_count++] = (kmsrules_counts_threshold){
            .kind = (kmsrules_kind)kind, .minimum = ruleset->thresholds[kind].minimum, .count = count, .sure = sure, .is_met = count >= ruleset->thresholds[kind].minimum, .is_asked_for = (asked >> kind & 1u) != 0};
    }
    pool->thresholds = thresholds;
}

static void finish_pool(struct counting *counting, kmsrules_counts_pool *pool, uint64_t asked, unsigned kinds) {
    pool->capacity = asked * counting->census->ruleset->cache.factor;
    pool->shown = least(pool->count, pool->capacity);
    add_thresholds(counting, pool, kinds);
}

static void count_askers(struct counting *counting) {
    const struct kmsrules_census *census = counting->census;
    for (size_t i = 0; i < census->asker_count; i++) {
        const struct kr_asker *asker = &census->askers[i];
        kmsrules_counts_pool *pool = &counting->pools[asker->pool];
        if (census->as_of - asker->contact.last >= census->retention) pool->past++;
        else if (asker->contact.is_uncounted) pool->uncounted++;
        else pool->kinds[asker->contact.kind]++, pool->count++, pool->assumed += kr_asker_is_assumed(asker);
    }
}

static size_t count_given_pools(const struct kmsrules_census *census) {
    if (!census->is_given) return 0;
    bool has_windows = census->given[KMSRULES_CLIENT] + census->given[KMSRULES_SERVER] > 0, has_office = census->given[KMSRULES_OFFICE] > 0;
    return has_windows && has_office ? 2 : 1;
}

/* What was given: Windows machines are one pool, those of Office another. */
static void add_given(struct counting *counting, kmsrules_counts_pool *pools, size_t count) {
    const struct kmsrules_census *census = counting->census;
    bool has_windows = census->given[KMSRULES_CLIENT] + census->given[KMSRULES_SERVER] > 0 || census->given[KMSRULES_OFFICE] == 0;
    for (size_t i = 0; i < count; i++) {
        bool is_windows = has_windows && i == 0;
        uint64_t asked = 0;
        unsigned kinds = 0;
        pools[i].application = is_windows ? census->windows[KMSRULES_CLIENT] : KR_NONE;
        for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
            if ((kind != KMSRULES_OFFICE) != is_windows || census->given[kind] == 0) continue;
            pools[i].kinds[kind] = census->given[kind];
            pools[i].count += census->given[kind];
            kinds |= 1u << kind;
            if (census->ruleset->thresholds[kind].minimum > asked) asked = census->ruleset->thresholds[kind].minimum;
        }
        finish_pool(counting, &pools[i], asked, kinds);
    }
}

static void add_pools(struct counting *counting) {
    const struct kmsrules_census *census = counting->census;
    size_t given = count_given_pools(census);
    counting->pools = kr_arena_take(&counting->counts->arena, census->pool_count + given, sizeof *counting->pools);
    if (counting->pools == NULL) {
        counting->has_memory = false;
        return;
    }
    for (size_t i = 0; i < census->pool_count; i++) {
        counting->pools[i].host = copy_name(counting, census->pools[i].host);
        counting->pools[i].application = census->pools[i].application;
    }
    count_askers(counting);
    for (size_t i = 0; i < census->pool_count; i++) finish_pool(counting, &counting->pools[i], kr_pool_asked(census, &census->pools[i]), kr_pool_kinds(&census->pools[i]));
    add_given(counting, counting->pools + census->pool_count, given);
    counting->counts->content.pools = counting->pools;
    counting->counts->content.pool_count = census->pool_count + given;
}

static kmsrules_id find_error(const struct kmsrules_ruleset *ruleset, uint32_t result) {
    static const char digits[] = "0123456789ABCDEF";
    char id[] = "0x00000000";
    for (int i = 0; i < 8; i++) id[9 - i] = digits[result >> 4 * i & 15];
    for (kmsrules_id error = 0; error < ruleset->error_count; error++)
        if (strcmp(ruleset->errors[error].id, id) == 0) return error;
    return KR_NONE;
}

/* By number: successes are 0. */
static void add_results(struct counting *counting) {
    const struct kmsrules_census *census = counting->census;
    kmsrules_result_count *results = kr_arena_take(&counting->counts->arena, census->result_count, sizeof *results);
    if (results == NULL) {
        counting->has_memory = false;
        return;
    }
    for (size_t i = 0; i < census->result_count; i++) {
        size_t place = i;
        for (; place > 0 && results[place - 1].result > census->results[i].result; place--) results[place] = results[place - 1];
        results[place] = census->results[i];
        results[place].error = find_error(census->ruleset, results[place].result);
    }
    counting->counts->content.results = results;
    counting->counts->content.result_count = census->result_count;
}

kmsrules_status kmsrules_census_counts(const kmsrules_census *census, kmsrules_counts **counts) {
    if (census == NULL || counts == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct counting counting = {.census = census, .counts = kr_memory_take(1, sizeof(kmsrules_counts)), .has_memory = true};
    if (counting.counts == NULL) return KMSRULES_NO_MEMORY;
    counting.counts->ruleset = kmsrules_ruleset_retain(census->ruleset);
    counting.counts->content = (kmsrules_counts_content){
        .as_of = census->as_of, .requests = census->requests, .incomplete = census->incomplete, .assumed = census->assumed, .repeated = census->repeated, .later = census->later,
        .other = census->other, .gaps = census->gaps, .is_given = census->is_given};
    add_pools(&counting);
    if (counting.has_memory) add_results(&counting);
    if (counting.has_memory) *counts = counting.counts;
    else kmsrules_counts_free(counting.counts);
    return counting.has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

void kmsrules_counts_free(kmsrules_counts *counts) {
    if (counts == NULL) return;
    kr_arena_free(&counts->arena);
    kmsrules_ruleset_free(counts->ruleset);
    kr_memory_free(counts);
}

const kmsrules_counts_content *kmsrules_counts_read(const kmsrules_counts *counts) { return counts == NULL ? NULL : &counts->content; }
