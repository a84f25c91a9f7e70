/* When the activations of machines end. In: a census, and when each threshold is met. Out: lapses in order of time. */
#include <stdlib.h>

#include "base/civil.h"
#include "fleet/forecast.h"

enum { LOOK_LIMIT = 20000000 }; /* back, of all machines together: logs of decades with a threshold lost and met again every few days need more, and nobody has them */

static int64_t seconds_of(const struct kmsrules_census *census, kmsrules_interval_kind kind, kmsrules_id edition) {
    const kmsrules_interval *interval = kmsrules_ruleset_find_interval(census->ruleset, kind, edition);
    return interval == NULL ? 0 : (int64_t)interval->seconds;
}

/* The last of the times a, a ± step, a ± 2 step and so on before `end`. */
static int64_t last_before(int64_t end, int64_t a, int64_t step) {
    int64_t behind = (end - 1 - a) % step;
    return end - 1 - (behind < 0 ? behind + step : behind);
}

/* How many spans begin by this time: one at least, for the first has no beginning. */
static size_t count_until(const struct kr_spans *met, int64_t time) {
    size_t low = 0, high = met->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (met->items[middle].from <= time) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* When a machine last asked while its threshold was met: INT64_MAX: it does so without end; KMSRULES_NO_TIME: never. It has asked first and last, between them every `renewal`
 * before the last, and, unless it is silent, goes on so. Each turn goes back by one renewal at least. */
static int64_t last_success(const struct kr_spans *met, const struct kr_asker *asker, int64_t renewal, bool is_silent, uint32_t *looks) {
    if (met->count == 0) return KMSRULES_NO_TIME;
    const struct kr_span *span = &met->items[met->count - 1];
    if (!is_silent && span->until == INT64_MAX) return INT64_MAX;
    int64_t time = is_silent ? asker->contact.last : last_before(span->until, asker->contact.last, renewal);
    for (; *looks < LOOK_LIMIT; ++*looks) {
        if (time < asker->contact.first) time = asker->contact.first;
        span = &met->items[count_until(met, time) - 1];
        if (time < span->until) return time;
        if (time == asker->contact.first) return KMSRULES_NO_TIME;
        time = last_before(span->until, asker->contact.last, renewal);
    }
    return KMSRULES_NO_TIME;
}

/* The end of an activation; KMSRULES_NO_TIME: it is renewed without end, or there is none. */
static int64_t end_of(const struct kmsrules_census *census, const struct kr_asker *asker, const struct kr_spans *met, bool is_silent, uint32_t *looks) {
    int64_t renewal = seconds_of(census, KMSRULES_RENEWAL, asker->edition), validity = seconds_of(census, KMSRULES_VALIDITY, asker->edition);
    int64_t success = last_success(met, asker, renewal > 0 ? renewal : KR_LAST_TIME, is_silent, looks);
    if (success == INT64_MAX) return KMSRULES_NO_TIME;
    if (success >= asker->contact.last) return success + validity;
    if (asker->contact.minutes_left >= 0) return asker->contact.last + (asker->contact.minutes_left < validity / 60 ? asker->contact.minutes_left * 60 : validity);
    return asker->contact.is_unlicensed || success == KMSRULES_NO_TIME ? KMSRULES_NO_TIME : success + validity;
}

static int by_time(const void *first, const void *second) {
    const kmsrules_lapse *a = first, *b = second;
    if (a->time != b->time) return a->time < b->time ? -1 : 1;
    return memcmp(&a->asker.cmid, &b->asker.cmid, sizeof a->asker.cmid);
}

/* Room for the lapses of each pool: as many as it has askers. */
static bool take_room(const struct kmsrules_census *census, kmsrules_forecast *forecast, kmsrules_lapse **rooms) {
    size_t *counts = kr_memory_take(census->pool_count, sizeof *counts);
    bool has_memory = counts != NULL;
    for (size_t i = 0; has_memory && i < census->asker_count; i++) counts[census->askers[i].pool]++;
    for (size_t i = 0; has_memory && i < census->pool_count; i++) {
        rooms[i] = kr_arena_take(&forecast->arena, counts[i], sizeof **rooms);
        has_memory = rooms[i] != NULL;
    }
    kr_memory_free(counts);
    return has_memory;
}

bool kr_forecast_lapses(const struct kmsrules_census *census, kmsrules_forecast *forecast, kmsrules_forecast_pool *pools, const struct kr_spans *met) {
    kmsrules_lapse **rooms = kr_memory_take(census->pool_count, sizeof *rooms);
    bool has_memory = rooms != NULL && take_room(census, forecast, rooms);
    uint32_t looks = 0;
    for (size_t i = 0; has_memory && i < census->asker_count; i++) {
        const struct kr_asker *asker = &census->askers[i];
        kmsrules_forecast_pool *pool = &pools[asker->pool];
        bool is_silent = kr_forecast_is_silent(census, forecast, asker);
        int64_t end = end_of(census, asker, &met[asker->pool * KMSRULES_KIND_COUNT + asker->contact.kind], is_silent, &looks);
        if (end != KMSRULES_NO_TIME && end <= census->as_of) pool->lapsed++;
        if (end == KMSRULES_NO_TIME || end <= census->as_of || end > forecast->content.end) continue;
        rooms[asker->pool][pool->lapse_count++] = (kmsrules_lapse){kr_forecast_asker(census, forecast, asker, &has_memory), end, is_silent};
    }
    for (size_t i = 0; has_memory && i < census->pool_count; i++) {
        qsort(rooms[i], pools[i].lapse_count, sizeof **rooms, by_time);
        pools[i].lapses = rooms[i];
    }
    forecast->content.gaps.is_full |= looks == LOOK_LIMIT;
    kr_memory_free((void *)rooms);
    return has_memory;
}
