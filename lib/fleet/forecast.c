/* What becomes of the counts. In: a census, who counts as silent. Out: the days on which counts fall, who causes it, what would avoid it. */
#include "fleet/forecast.h"

#include <stdlib.h>

#include "base/civil.h"

/* A machine comes into the count, or leaves it. */
struct change {
    int64_t time;
    const struct kr_asker *asker;
    bool leaves;
};

struct forecasting {
    const struct kmsrules_census *census;
    kmsrules_forecast *forecast;
    kmsrules_forecast_pool *pools;
    struct change *changes; /* of one pool after the other, by time */
    size_t change_count;
    struct kr_spans *met; /* [pool * KMSRULES_KIND_COUNT + kind] */
    bool has_memory;
};

/* A pool while its changes are gone through. */
struct sweep {
    struct forecasting *forecasting;
    const struct kr_census_pool *census_pool;
    kmsrules_forecast_pool *pool;
    struct kr_spans *met; /* [kind] */
    kmsrules_forecast_step *steps;
    kmsrules_asker *silent;
    kmsrules_count_point *points;
    size_t silent_count;
    uint64_t kinds[KMSRULES_KIND_COUNT], assumed;
    bool is_met[KMSRULES_KIND_COUNT];
};

bool kr_forecast_is_silent(const struct kmsrules_census *census, const struct kmsrules_forecast *forecast, const struct kr_asker *asker) {
    int64_t quiet = census->as_of - asker->contact.last;
    return quiet >= census->retention || (uint64_t)quiet > forecast->content.silent_after;
}

kmsrules_asker kr_forecast_asker(const struct kmsrules_census *census, kmsrules_forecast *forecast, const struct kr_asker *asker, bool *has_memory) {
    const struct kr_seen *name = kr_asker_name(census, asker);
    const char *copy = name == NULL ? NULL : kr_arena_copy(&forecast->arena, name->name, name->name_size);
    if (name != NULL && copy == NULL) *has_memory = false;
    uint64_t names = 0;
    for (uint32_t i = asker->aliases; i != KR_NONE; i = census->aliases[i].next) names++;
    return (kmsrules_asker){copy, asker->cmid, asker->contact.kind, asker->contact.last, names, forecast->replaced[asker - census->askers]};
}

static int by_time(const void *first, const void *second) {
    const struct change *a = first, *b = second;
    if (a->asker->pool != b->asker->pool) return a->asker->pool < b->asker->pool ? -1 : 1;
    if (a->time != b->time) return a->time < b->time ? -1 : 1;
    if (a->leaves != b->leaves) return a->leaves ? 1 : -1;
    return memcmp(&a->asker->cmid, &b->asker->cmid, sizeof a->asker->cmid);
}

static bool gather_changes(struct forecasting *forecasting) {
    const struct kmsrules_census *census = forecasting->census;
    forecasting->changes = kr_memory_take(2 * census->asker_count, sizeof *forecasting->changes);
    if (forecasting->changes == NULL) return forecasting->has_memory = false;
    for (size_t i = 0; i < census->asker_count; i++) {
        const struct kr_asker *asker = &census->askers[i];
        if (asker->contact.is_uncounted) continue;
        forecasting->changes[forecasting->change_count++] = (struct change){asker->contact.first, asker, false};
        if (kr_forecast_is_silent(census, forecasting->forecast, asker))
            forecasting->changes[forecasting->change_count++] = (struct change){asker->contact.last + census->retention, asker, true};
    }
    qsort(forecasting->changes, forecasting->change_count, sizeof *forecasting->changes, by_time);
    return true;
}

/* ---- One pool ---- */

static uint64_t count_for(const struct sweep *sweep, int threshold) {
    const struct kmsrules_ruleset *ruleset = sweep->forecasting->census->ruleset;
    uint64_t count = 0;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (kr_counts_for(ruleset, (kmsrules_kind)threshold, (kmsrules_kind)kind)) count += sweep->kinds[kind];
    return count < sweep->pool->capacity ? count : sweep->pool->capacity;
}

static uint64_t count_all(const struct sweep *sweep) { return sweep->kinds[0] + sweep->kinds[1] + sweep->kinds[2]; }

/* Events need not be the first ones of a host: those before a threshold is first met tell nothing against it. */
static void begin_span(struct sweep *sweep, int kind, int64_t time) {
    struct kr_spans *met = &sweep->met[kind];
    void *items = met->items;
    if (!kr_memory_reserve(&items, &met->capacity, met->count, sizeof *met->items)) {
        sweep->forecasting->has_memory = false;
        return;
    }
    met->items = items;
    met->items[met->count] = (struct kr_span){met->count == 0 ? KMSRULES_NO_TIME : time, INT64_MAX};
    met->count++;
}

/* Which thresholds have been lost at this time. */
static unsigned judge(struct sweep *sweep, int64_t time) {
    unsigned lost = 0;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        if (sweep->pool->minimums[kind] == 0) continue;
        bool is_met = count_for(sweep, kind) >= sweep->pool->minimums[kind];
        if (sweep->is_met[kind] && !is_met) {
            lost |= 1u << kind;
            sweep->pool->met_until[kind] = time;
            sweep->met[kind].items[sweep->met[kind].count - 1].until = time;
        } else if (is_met && !sweep->is_met[kind]) {
            sweep->pool->met_until[kind] = KMSRULES_NO_TIME;
            begin_span(sweep, kind, time);
        }
        sweep->is_met[kind] = is_met;
    }
    return lost;
}

static void add_point(struct sweep *sweep, int64_t time) {
    kmsrules_forecast_pool *pool = sweep->pool;
    if (pool->point_count > 0 && sweep->points[pool->point_count - 1].time == time) pool->point_count--;
    sweep->points[pool->point_count++] = (kmsrules_count_point){time, count_all(sweep)};
}

/* Those that fall out on one day are one step. */
static void add_step(struct sweep *sweep, const struct change *change, unsigned lost) {
    struct forecasting *forecasting = sweep->forecasting;
    kmsrules_forecast_pool *pool = sweep->pool;
    kmsrules_forecast_step *step = pool->step_count == 0 ? NULL : &sweep->steps[pool->step_count - 1];
    if (step == NULL || step->time / KR_DAY != change->time / KR_DAY) {
        step = &sweep->steps[pool->step_count++];
        *step = (kmsrules_forecast_step){.silent = &sweep->silent[sweep->silent_count]};
    }
    sweep->silent[sweep->silent_count++] = kr_forecast_asker(forecasting->census, forecasting->forecast, change->asker, &forecasting->has_memory);
    step->silent_count++;
    step->time = change->time;
    step->count = count_all(sweep);
    step->lost |= lost;
}

/* The least that keeps a threshold, or brings it back: as many as are missing when all silent ones are gone. Of several thresholds the one lost first, then the largest. */
static void find_least(struct sweep *sweep) {
    kmsrules_forecast_pool *pool = sweep->pool;
    int64_t as_of = sweep->forecasting->census->as_of, earliest = INT64_MAX;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        if (pool->minimums[kind] == 0 || sweep->is_met[kind] || pool->met_until[kind] > sweep->forecasting->forecast->content.end) continue;
        bool is_first = pool->met_until[kind] < earliest || (pool->met_until[kind] == earliest && pool->minimums[kind] > pool->minimums[pool->avoid_kind]);
        if (!is_first) continue;
        earliest = pool->met_until[kind];
        pool->avoid_kind = (kmsrules_kind)kind;
        pool->avoid_machines = pool->minimums[kind] - count_for(sweep, kind);
        pool->avoid_before = earliest > as_of ? earliest : KMSRULES_NO_TIME;
    }
}

static void prepare(struct sweep *sweep, size_t change_count) {
    struct forecasting *forecasting = sweep->forecasting;
    const struct kmsrules_ruleset *ruleset = forecasting->census->ruleset;
    struct kr_arena *arena = &forecasting->forecast->arena;
    kmsrules_forecast_pool *pool = sweep->pool;
    const struct kr_seen *host = sweep->census_pool->host;
    pool->application = sweep->census_pool->application;
    pool->host = host == NULL ? NULL : kr_arena_copy(arena, host->name, host->name_size);
    pool->capacity = kr_pool_asked(forecasting->census, sweep->census_pool) * ruleset->cache.factor;
    pool->avoid_before = KMSRULES_NO_TIME;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if ((kr_pool_kinds(sweep->census_pool) >> kind & 1u) != 0) pool->minimums[kind] = ruleset->thresholds[kind].minimum;
    sweep->steps = kr_arena_take(arena, change_count, sizeof *sweep->steps);
    sweep->silent = kr_arena_take(arena, change_count, sizeof *sweep->silent);
    sweep->points = kr_arena_take(arena, change_count + 1, sizeof *sweep->points);
    if ((host != NULL && pool->host == NULL) || sweep->steps == NULL || sweep->silent == NULL || sweep->points == NULL) forecasting->has_memory = false;
    pool->steps = sweep->steps;
    pool->points = sweep->points;
}

static void take_count(struct sweep *sweep) {
    sweep->pool->count = count_all(sweep);
    sweep->pool->assumed = sweep->assumed;
    add_point(sweep, sweep->forecasting->census->as_of);
}

static void go_through(struct sweep *sweep, const struct change *changes, size_t count) {
    int64_t as_of = sweep->forecasting->census->as_of, end = sweep->forecasting->forecast->content.end;
    bool is_past = true;
    for (size_t i = 0; i < count && sweep->forecasting->has_memory; i++) {
        const struct change *change = &changes[i];
        if (is_past && change->time > as_of) is_past = false, take_count(sweep);
        if (change->leaves) sweep->kinds[change->asker->contact.kind]--, sweep->assumed -= kr_asker_is_assumed(change->asker);
        else sweep->kinds[change->asker->contact.kind]++, sweep->assumed += kr_asker_is_assumed(change->asker);
        bool is_last = i + 1 == count || changes[i + 1].time != change->time; /* of those at this time */
        unsigned lost = is_last ? judge(sweep, change->time) : 0;
        if (!is_past) sweep->pool->silent++;
        if (!is_past && change->time <= end) add_step(sweep, change, lost);
        if (is_last && (is_past || change->time <= end)) add_point(sweep, change->time);
    }
    if (is_past) take_count(sweep);
    find_least(sweep);
}

/* A threshold that has never been met was met until before all times. */
static void forecast_pool(struct forecasting *forecasting, size_t index, const struct change *changes, size_t count) {
    struct sweep sweep = {.forecasting = forecasting, .census_pool = &forecasting->census->pools[index], .pool = &forecasting->pools[index],
                          .met = &forecasting->met[index * KMSRULES_KIND_COUNT]};
    prepare(&sweep, count);
    if (forecasting->has_memory) go_through(&sweep, changes, count);
}

static void forecast_pools(struct forecasting *forecasting) {
    size_t start = 0, threshold_count = forecasting->census->pool_count * KMSRULES_KIND_COUNT;
    forecasting->met = kr_memory_take(threshold_count, sizeof *forecasting->met);
    if (forecasting->met == NULL) forecasting->has_memory = false;
    for (size_t i = 0; i < forecasting->census->pool_count && forecasting->has_memory; i++) {
        size_t end = start;
        while (end < forecasting->change_count && forecasting->changes[end].asker->pool == i) end++;
        forecast_pool(forecasting, i, forecasting->changes + start, end - start);
        start = end;
    }
    if (forecasting->has_memory) forecasting->has_memory = kr_forecast_lapses(forecasting->census, forecasting->forecast, forecasting->pools, forecasting->met);
    for (size_t i = 0; forecasting->met != NULL && i < threshold_count; i++) kr_memory_free(forecasting->met[i].items);
    kr_memory_free(forecasting->met);
}

/* ---- Whole ---- */

static int64_t end_of(const struct kmsrules_census *census, uint64_t horizon) {
    return horizon >= (uint64_t)(KR_LAST_TIME - census->as_of) ? KR_LAST_TIME : census->as_of + (int64_t)horizon;
}

static uint64_t count_refused(const struct kmsrules_census *census) {
    uint64_t refused = 0;
    for (size_t i = 0; i < census->result_count; i++) refused += census->results[i].result == 0 ? 0 : census->results[i].requests;
    return refused;
}

kmsrules_status kmsrules_census_forecast(const kmsrules_census *census, uint64_t silent_after, uint64_t horizon, kmsrules_forecast **forecast) {
    if (census == NULL || forecast == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct forecasting forecasting = {.census = census, .forecast = kr_memory_take(1, sizeof(kmsrules_forecast)), .has_memory = true};
    kmsrules_forecast *made = forecasting.forecast;
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(census->ruleset);
    made->content = (kmsrules_forecast_content){.as_of = census->as_of, .end = end_of(census, horizon), .silent_after = silent_after, .refused = count_refused(census), .pool_count = census->pool_count, .gaps = census->gaps};
    made->content.pools = forecasting.pools = kr_arena_take(&made->arena, census->pool_count, sizeof *forecasting.pools);
    made->replaced = kr_forecast_replaced(census, made);
    if (forecasting.pools == NULL || made->replaced == NULL) forecasting.has_memory = false;
    if (forecasting.has_memory && gather_changes(&forecasting)) forecast_pools(&forecasting);
    kr_memory_free(forecasting.changes);
    kr_memory_free(made->replaced);
    made->replaced = NULL;
    if (forecasting.has_memory) *forecast = made;
    else kmsrules_forecast_free(made);
    return forecasting.has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

void kmsrules_forecast_free(kmsrules_forecast *forecast) {
    if (forecast == NULL) return;
    kr_arena_free(&forecast->arena);
    kmsrules_ruleset_free(forecast->ruleset);
    kr_memory_free(forecast);
}

const kmsrules_forecast_content *kmsrules_forecast_read(const kmsrules_forecast *forecast) { return forecast == NULL ? NULL : &forecast->content; }
