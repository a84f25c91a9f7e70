/* When the activations of machines end. In: a census, and until when each threshold is met. Out: lapses in order of time. */
#include <stdlib.h>

#include "fleet/forecast.h"

static int64_t seconds_of(const struct kmsrules_census *census, kmsrules_interval_kind kind, kmsrules_id edition) {
    const kmsrules_interval *interval = kmsrules_ruleset_find_interval(census->ruleset, kind, edition);
    return interval == NULL ? 0 : (int64_t)interval->seconds;
}

/* The end of an activation; KMSRULES_NO_TIME: it is renewed without end, or was never given. */
static int64_t end_of(const struct kmsrules_census *census, const struct kr_asker *asker, int64_t met_until, bool is_silent) {
    int64_t renewal = seconds_of(census, KMSRULES_RENEWAL, asker->edition), validity = seconds_of(census, KMSRULES_VALIDITY, asker->edition), last = asker->last;
    bool was_renewed = met_until == KMSRULES_NO_TIME || last < met_until;
    if (was_renewed && is_silent) return last + validity;
    if (was_renewed && met_until == KMSRULES_NO_TIME) return KMSRULES_NO_TIME;
    if (renewal <= 0) return last + validity;
    if (was_renewed) return last + (met_until - 1 - last) / renewal * renewal + validity; /* its last renewal before the count is too low */
    if (asker->minutes_left >= 0) return last + (asker->minutes_left < validity / 60 ? asker->minutes_left * 60 : validity);
    last -= ((last - met_until) / renewal + 1) * renewal; /* the last one before the count was too low */
    return last < asker->first ? KMSRULES_NO_TIME : last + validity;
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

bool kr_forecast_lapses(const struct kmsrules_census *census, kmsrules_forecast *forecast, kmsrules_forecast_pool *pools) {
    kmsrules_lapse **rooms = kr_memory_take(census->pool_count, sizeof *rooms);
    bool has_memory = rooms != NULL && take_room(census, forecast, rooms);
    for (size_t i = 0; has_memory && i < census->asker_count; i++) {
        const struct kr_asker *asker = &census->askers[i];
        kmsrules_forecast_pool *pool = &pools[asker->pool];
        bool is_silent = kr_forecast_is_silent(census, forecast, asker);
        int64_t end = end_of(census, asker, pool->met_until[asker->kind], is_silent);
        if (end != KMSRULES_NO_TIME && end <= census->as_of) pool->lapsed++;
        if (end == KMSRULES_NO_TIME || end <= census->as_of || end > forecast->content.end) continue;
        rooms[asker->pool][pool->lapse_count++] = (kmsrules_lapse){kr_forecast_asker(census, forecast, asker, &has_memory), end, is_silent};
    }
    for (size_t i = 0; has_memory && i < census->pool_count; i++) {
        qsort(rooms[i], pools[i].lapse_count, sizeof **rooms, by_time);
        pools[i].lapses = rooms[i];
    }
    kr_memory_free((void *)rooms);
    return has_memory;
}
