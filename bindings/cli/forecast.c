/* kmsrules forecast EVENTS…: when counts fall and activations end if silent machines stay away. */
#include "census.h"

static const char default_silence[] = "7d";

static kmsrules_status render(const kmsrules_forecast *forecast, const struct arguments *arguments, bool color, char **text, size_t *size) {
    if (arguments->format == FORMAT_JSON) return kmsrules_forecast_json(forecast, text, size);
    if (arguments->format == FORMAT_SVG) return kmsrules_forecast_draw(forecast, text, size);
    return kmsrules_forecast_print(forecast, color, text, size);
}

/* A threshold that is not met, or will not be. */
static bool is_any_lost(const kmsrules_forecast_content *content) {
    bool is_lost = false;
    for (size_t i = 0; i < content->pool_count; i++) is_lost = is_lost || content->pools[i].avoid_machines > 0;
    return is_lost;
}

static void print(struct gathering *gathering, const kmsrules_forecast *forecast, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = render(forecast, gathering->arguments, result->wants_color, &text, &size);
    gathering_print(gathering, result, status, text, size);
    const kmsrules_forecast_content *content = kmsrules_forecast_read(forecast);
    gathering->status = worse_status(gathering->status, content->pool_count == 0 ? EXIT_UNDECIDED : is_any_lost(content) ? EXIT_NO : EXIT_YES);
}

int run_forecast(const struct arguments *arguments, struct result *result) {
    kmsrules_forecast *forecast = NULL;
    uint64_t horizon = UINT64_MAX, silent_after = 0;
    const char *silence = arguments->silent_after == NULL ? default_silence : arguments->silent_after;
    if (!read_duration("--horizon", arguments->horizon, &horizon) || !read_duration("--silent-after", silence, &silent_after)) return EXIT_WRONG_USE;
    struct gathering gathering = gathering_start(arguments);
    if (gathering.census != NULL && gathering.status != EXIT_WRONG_USE) gathering_refused(&gathering, kmsrules_census_forecast(gathering.census, silent_after, horizon, &forecast));
    if (forecast != NULL) print(&gathering, forecast, result);
    kmsrules_forecast_free(forecast);
    gathering_end(&gathering);
    return gathering.status;
}
