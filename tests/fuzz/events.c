/* Exports from anywhere: the same events come however the bytes are cut, each that cannot be read says why and where, and what is told of them holds them all. */
#include "target.h"

#include <stdio.h>
#include <string.h>

enum { AS_OF = 1735689600, WEEK = 7 * 86400, PIECES = 3 }; /* 2025-01-01 */

/* What came out of one reading. */
struct outcome {
    uint64_t events, unreadable, hash;
    kmsrules_status status;
};

static void add_to_hash(struct outcome *outcome, const void *data, size_t size) {
    for (size_t i = 0; i < size; i++) outcome->hash = (outcome->hash ^ ((const unsigned char *)data)[i]) * 0x100000001B3u;
}

static void take(struct outcome *outcome, const kmsrules_event *event, kmsrules_census *census) {
    bool is_read = event->status == KMSRULES_OK;
    require(event->line > 0 && is_read == (event->problem == NULL), "an event without a place, or without a reason");
    outcome->events++;
    outcome->unreadable += !is_read;
    add_to_hash(outcome, &event->line, sizeof event->line);
    add_to_hash(outcome, &event->column, sizeof event->column);
    add_to_hash(outcome, &event->id, sizeof event->id);
    add_to_hash(outcome, &event->client_time, sizeof event->client_time);
    if (event->client.data != NULL) add_to_hash(outcome, event->client.data, event->client.size);
    if (!is_read) add_to_hash(outcome, event->problem, strlen(event->problem));
    require(census == NULL || kmsrules_census_add(census, event) == KMSRULES_OK, "an event is not taken in");
}

static struct outcome read_all(const char *data, size_t size, size_t piece, kmsrules_census *census) {
    static const kmsrules_events_options options = {NULL, KMSRULES_MONTH_FIRST, true, 60};
    struct outcome outcome = {.status = KMSRULES_OK};
    kmsrules_events *events = NULL;
    const kmsrules_event *event = NULL;
    require(kmsrules_events_new(tables(), &options, &events) == KMSRULES_OK, "no reader");
    for (size_t done = 0, part = 1; outcome.status == KMSRULES_OK && part > 0; done += part) {
        part = size - done < piece ? size - done : piece;
        if (part == 0) kmsrules_events_end(events);
        else kmsrules_events_feed(events, data + done, part);
        while ((outcome.status = kmsrules_events_next(events, &event)) == KMSRULES_OK && event != NULL) take(&outcome, event, census);
    }
    const kmsrules_inventory_fault *fault = kmsrules_events_why(events);
    require((outcome.status == KMSRULES_OK) == (fault == NULL), "it ends without a reason");
    if (fault != NULL) add_to_hash(&outcome, fault->text, strlen(fault->text)), add_to_hash(&outcome, &fault->line, sizeof fault->line);
    kmsrules_events_free(events);
    return outcome;
}

static void tell_counts(const kmsrules_census *census, const struct outcome *outcome) {
    char *text = NULL;
    size_t size = 0;
    int state;
    kmsrules_counts *counts = NULL;
    require(kmsrules_census_counts(census, &counts) == KMSRULES_OK, "no counts");
    const kmsrules_counts_content *content = kmsrules_counts_read(counts);
    require(content->gaps.unreadable == outcome->unreadable, "an event that cannot be read is not said");
    require(content->requests + content->repeated + content->later + content->other + outcome->unreadable == outcome->events, "an event is in no number");
    require_text(kmsrules_counts_json(counts, &text, &size), &text, &size);
    require_text(kmsrules_counts_print(counts, true, &text, &size), &text, &size);
    require_text(kmsrules_counts_nagios(counts, NULL, NULL, &state, &text, &size), &text, &size);
    require(state != 0 || outcome->unreadable == 0, "all is well, though not all could be read");
    kmsrules_counts_free(counts);
}

static void tell_others(const kmsrules_census *census) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_duplicates *duplicates = NULL;
    kmsrules_forecast *forecast = NULL;
    require(kmsrules_census_duplicates(census, &duplicates) == KMSRULES_OK && kmsrules_census_forecast(census, WEEK, UINT64_MAX, &forecast) == KMSRULES_OK, "no duplicates, or no forecast");
    require_text(kmsrules_duplicates_json(duplicates, &text, &size), &text, &size);
    require_text(kmsrules_duplicates_print(duplicates, false, &text, &size), &text, &size);
    require_text(kmsrules_forecast_json(forecast, &text, &size), &text, &size);
    require_text(kmsrules_forecast_print(forecast, false, &text, &size), &text, &size);
    require_text(kmsrules_forecast_draw(forecast, &text, &size), &text, &size);
    kmsrules_duplicates_free(duplicates);
    kmsrules_forecast_free(forecast);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const size_t pieces[PIECES] = {1, 7, 64};
    kmsrules_census *census = NULL;
    require(kmsrules_census_new(tables(), KMSRULES_NONE, AS_OF, &census) == KMSRULES_OK, "no census");
    struct outcome whole = read_all((const char *)data, size, SIZE_MAX, census);
    for (int i = 0; i < PIECES; i++) {
        struct outcome cut = read_all((const char *)data, size, pieces[i], NULL);
        require(cut.status == whole.status && cut.events == whole.events && cut.hash == whole.hash, "other events come when the bytes are cut");
    }
    tell_counts(census, &whole);
    tell_others(census);
    kmsrules_census_free(census);
    return 0;
}
