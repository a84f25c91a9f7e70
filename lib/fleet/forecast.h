/* A forecast, as it is handed out. */
#ifndef KR_FORECAST_H
#define KR_FORECAST_H

#include "fleet/census.h"

struct kmsrules_forecast {
    struct kr_arena arena; /* holds everything below */
    struct kmsrules_ruleset *ruleset;
    kmsrules_forecast_content content;
    bool *replaced; /* by asker; while it is made */
};

/* A time in which a threshold is met: from the first second on, until before the last; INT64_MAX: without end. */
struct kr_span {
    int64_t from, until;
};
/* Those of one threshold of a pool, in order. */
struct kr_spans {
    struct kr_span *items;
    size_t count, capacity;
};

/* The part in lapses.c: when activations end, once it is known when each threshold is met: `met[pool * KMSRULES_KIND_COUNT + kind]`. False when out of memory. */
bool kr_forecast_lapses(const struct kmsrules_census *census, kmsrules_forecast *forecast, kmsrules_forecast_pool *pools, const struct kr_spans *met);
/* A machine that has not asked for so long, or that is not remembered any more, stays away. */
bool kr_forecast_is_silent(const struct kmsrules_census *census, const struct kmsrules_forecast *forecast, const struct kr_asker *asker);
/* By asker, to be freed; NULL: out of memory. */
bool *kr_forecast_replaced(const struct kmsrules_census *census, const struct kmsrules_forecast *forecast);
/* A copy in the forecast's memory. */
kmsrules_asker kr_forecast_asker(const struct kmsrules_census *census, kmsrules_forecast *forecast, const struct kr_asker *asker, bool *has_memory);

#endif
