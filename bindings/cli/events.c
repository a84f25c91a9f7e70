/* kmsrules events EXPORT…: the activation events of exports, one by one, and how many there are of each id and result. */
#include "cells.h"
#include "event_file.h"
#include "inventory_file.h"
#include "messages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIME_SIZE = 32, GUID_SIZE = 37, RESULT_SIZE = 11 };

/* Events of one id and result. */
struct count {
    int id;
    uint32_t result;
    uint64_t events;
};

struct listing {
    enum format format;
    FILE *out;
    const char *file; /* being read */
    struct count *counts;
    size_t count_count, count_capacity;
    uint64_t read, unreadable, written;
    size_t files, files_read;
    bool is_quiet; /* nothing is listed */
};

/* ---- Counting ------------------------------------------------------------------------------------------------------------------------------- */

/* Few: they are looked through. False when out of memory. */
static bool count_event(struct listing *listing, const kmsrules_event *event) {
    size_t at = 0;
    while (at < listing->count_count && (listing->counts[at].id < event->id || (listing->counts[at].id == event->id && listing->counts[at].result < event->result))) at++;
    if (at == listing->count_count || listing->counts[at].id != event->id || listing->counts[at].result != event->result) {
        if (listing->count_count == listing->count_capacity) {
            size_t capacity = listing->count_capacity == 0 ? 16 : 2 * listing->count_capacity;
            struct count *counts = realloc(listing->counts, capacity * sizeof *counts);
            if (counts == NULL) return false;
            listing->counts = counts;
            listing->count_capacity = capacity;
        }
        memmove(listing->counts + at + 1, listing->counts + at, (listing->count_count++ - at) * sizeof *listing->counts);
        listing->counts[at] = (struct count){event->id, event->result, 0};
    }
    listing->counts[at].events++;
    return true;
}

/* ---- Values --------------------------------------------------------------------------------------------------------------------------------- */

/* "2024-05-06T07:08:09Z", NULL: not known */
static const char *time_text(int64_t seconds, char room[TIME_SIZE]) {
    time_t moment = (time_t)seconds;
    struct tm parts;
    if (seconds == KMSRULES_NO_TIME || gmtime_r(&moment, &parts) == NULL || strftime(room, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) return NULL;
    return room;
}

static const char *guid_text(bool has_guid, const kmsrules_guid *guid, char room[GUID_SIZE]) {
    char *out = room;
    for (size_t i = 0; has_guid && i < sizeof guid->bytes; i++) out += snprintf(out, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", guid->bytes[i]);
    return has_guid ? room : NULL;
}

static const char *result_text(uint32_t result, char room[RESULT_SIZE]) {
    snprintf(room, RESULT_SIZE, "0x%08" PRIX32, result);
    return room;
}

/* What is written of one event: texts NULL and numbers below 0 are not known. */
enum { NUMBERS = 9 };
static const char *const number_names[NUMBERS] = {"record", "minimum", "count", "activation_minutes", "renewal_minutes", "minutes_left", "virtual", "activated", "license_status"};

struct item {
    const char *client, *client_as_written, *computer; /* on the heap */
    char times[2][TIME_SIZE], guids[2][GUID_SIZE], result_room[RESULT_SIZE];
    const char *logged, *client_time, *cmid, *activation_id, *result;
    int64_t numbers[NUMBERS];
};

static bool take_item(const kmsrules_event *event, struct item *item) {
    bool is_read = event->status == KMSRULES_OK;
    *item = (struct item){.numbers = {event->record_id, event->minimum, event->count, event->activation_minutes, event->renewal_minutes, event->minutes_left, event->is_virtual,
                                      event->is_activated, event->license_status}};
    item->logged = time_text(event->logged_at, item->times[0]);
    item->client_time = time_text(event->client_time, item->times[1]);
    item->cmid = guid_text(event->has_cmid, &event->cmid, item->guids[0]);
    item->activation_id = guid_text(event->has_activation_id, &event->activation_id, item->guids[1]);
    item->result = is_read ? result_text(event->result, item->result_room) : NULL;
    item->client = event->client.data == NULL ? NULL : string_of(event->client);
    item->client_as_written = event->client_as_written.data == NULL ? NULL : string_of(event->client_as_written);
    item->computer = event->computer.data == NULL ? NULL : string_of(event->computer);
    return (item->client != NULL) == (event->client.data != NULL) && (item->client_as_written != NULL) == (event->client_as_written.data != NULL) &&
           (item->computer != NULL) == (event->computer.data != NULL);
}

static void free_item(struct item *item) {
    free((char *)item->client);
    free((char *)item->client_as_written);
    free((char *)item->computer);
}

/* ---- Writing -------------------------------------------------------------------------------------------------------------------------------- */

static void write_part(FILE *out, const char *name, const char *text) {
    if (text == NULL) return;
    fprintf(out, "  %s ", name);
    write_escaped(out, text);
}

static void write_text(const struct listing *listing, const kmsrules_event *event, const struct item *item) {
    FILE *out = listing->out;
    write_escaped(out, listing->file);
    fprintf(out, ":%" PRIu64 "  ", event->line);
    if (event->id > 0) fprintf(out, "%d", event->id);
    if (event->problem != NULL) {
        fprintf(out, "%sunreadable: %s\n", event->id > 0 ? "  " : "", event->problem);
        return;
    }
    fprintf(out, "  %s", item->result);
    write_part(out, event->id == 12288 ? "asked" : "client", item->client);
    write_part(out, "cmid", item->cmid);
    write_part(out, "at", item->client_time);
    write_part(out, "logged", item->logged);
    write_part(out, "by", item->computer);
    for (size_t i = 0; i < NUMBERS; i++)
        if (item->numbers[i] >= 0) fprintf(out, "  %s %" PRId64, number_names[i], item->numbers[i]);
    write_part(out, "activation", item->activation_id);
    fputc('\n', out);
}

static void member(FILE *out, const char *name, const char *value) {
    fprintf(out, ",\"%s\":", name);
    write_json(out, value);
}

static void write_json_event(const struct listing *listing, const kmsrules_event *event, const struct item *item) {
    FILE *out = listing->out;
    fputs("{\"file\":", out);
    write_json(out, listing->file);
    fprintf(out, ",\"line\":%" PRIu64 ",\"column\":", event->line);
    fprintf(out, event->column == 0 ? "null" : "%" PRIu64, event->column);
    fprintf(out, event->id == 0 ? ",\"id\":null" : ",\"id\":%d", event->id);
    member(out, "result", item->result);
    member(out, "client", item->client);
    member(out, "client_as_written", item->client_as_written);
    member(out, "cmid", item->cmid);
    member(out, "client_time", item->client_time);
    member(out, "logged", item->logged);
    member(out, "computer", item->computer);
    for (size_t i = 0; i < NUMBERS; i++) {
        fprintf(out, ",\"%s\":", number_names[i]);
        bool is_truth = strcmp(number_names[i], "virtual") == 0 || strcmp(number_names[i], "activated") == 0;
        if (item->numbers[i] < 0) fputs("null", out);
        else if (is_truth) fputs(item->numbers[i] != 0 ? "true" : "false", out);
        else fprintf(out, "%" PRId64, item->numbers[i]);
    }
    member(out, "activation_id", item->activation_id);
    member(out, "problem", event->problem);
    fputc('}', out);
}

static void write_csv_event(const struct listing *listing, const kmsrules_event *event, const struct item *item) {
    FILE *out = listing->out;
    const char *const texts[] = {item->result, item->client, item->client_as_written, item->cmid, item->client_time, item->logged, item->computer};
    write_csv_cell(out, listing->file);
    fprintf(out, ",%" PRIu64 ",", event->line);
    if (event->id > 0) fprintf(out, "%d", event->id);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) fputc(',', out), write_csv_cell(out, texts[i]);
    for (size_t i = 0; i < NUMBERS; i++) fprintf(out, item->numbers[i] < 0 ? "," : ",%" PRId64, item->numbers[i]);
    fputc(',', out);
    write_csv_cell(out, item->activation_id);
    fputc(',', out);
    write_csv_cell(out, event->problem);
    fputs("\r\n", out);
}

static void write_event(struct listing *listing, const kmsrules_event *event, const struct item *item) {
    switch (listing->format) {
    case FORMAT_TEXT: write_text(listing, event, item); break;
    case FORMAT_CSV: write_csv_event(listing, event, item); break;
    case FORMAT_JSON: fputs(listing->written == 0 ? "\n  " : ",\n  ", listing->out); /* fall through */
    default: write_json_event(listing, event, item);
    }
    if (listing->format == FORMAT_NDJSON) fputc('\n', listing->out);
    listing->written++;
}

static void write_start(const struct listing *listing) {
    if (listing->format == FORMAT_JSON) fputs("{\"schema\":\"kmsrules/events/1\",\n \"items\":[", listing->out);
    if (listing->format != FORMAT_CSV) return;
    fputs("file,line,id,result,client,client_as_written,cmid,client_time,logged,computer", listing->out);
    for (size_t i = 0; i < NUMBERS; i++) fprintf(listing->out, ",%s", number_names[i]);
    fputs(",activation_id,problem\r\n", listing->out);
}

static void write_text_end(const struct listing *listing) {
    for (size_t i = 0; i < listing->count_count; i++) {
        if (i == 0 && listing->written > 0) fputc('\n', listing->out);
        fprintf(listing->out, "%d  0x%08" PRIX32 "  %" PRIu64 "\n", listing->counts[i].id, listing->counts[i].result, listing->counts[i].events);
    }
    fprintf(listing->out, "read %" PRIu64 " of %" PRIu64 " events, %zu of %zu files\n", listing->read, listing->read + listing->unreadable, listing->files_read, listing->files);
}

static void write_end(const struct listing *listing) {
    if (listing->format == FORMAT_TEXT) write_text_end(listing);
    if (listing->format != FORMAT_JSON) return;
    fprintf(listing->out, "],\n \"counts\":[");
    for (size_t i = 0; i < listing->count_count; i++)
        fprintf(listing->out, "%s{\"id\":%d,\"result\":\"0x%08" PRIX32 "\",\"events\":%" PRIu64 "}", i == 0 ? "" : ",", listing->counts[i].id, listing->counts[i].result, listing->counts[i].events);
    fprintf(listing->out, "],\n \"read\":{\"events\":%" PRIu64 ",\"unreadable\":%" PRIu64 ",\"files\":%zu,\"files_read\":%zu}}\n", listing->read, listing->unreadable, listing->files, listing->files_read);
}

/* ---- Running -------------------------------------------------------------------------------------------------------------------------------- */

static bool take_event(struct listing *listing, const kmsrules_event *event) {
    struct item item;
    bool is_read = event->status == KMSRULES_OK, has_memory = !is_read || count_event(listing, event);
    if (has_memory && !listing->is_quiet) {
        has_memory = take_item(event, &item);
        if (has_memory) write_event(listing, event, &item);
        free_item(&item);
    }
    listing->read += is_read;
    listing->unreadable += !is_read;
    if (!has_memory) complain("out of memory");
    return has_memory;
}

static int list_file(const struct arguments *arguments, struct listing *listing, const char *path) {
    struct event_file *file;
    const kmsrules_event *event = NULL;
    uint64_t unreadable = listing->unreadable;
    int status = event_file_open(arguments, path, &file);
    if (status != EXIT_YES) return status;
    listing->file = event_file_name(file);
    while ((status = event_file_next(file, &event)) == EXIT_YES && event != NULL) {
        if (take_event(listing, event)) continue;
        status = EXIT_SYSTEM;
        break;
    }
    listing->files_read += status == EXIT_YES;
    event_file_close(file);
    return status == EXIT_YES && listing->unreadable > unreadable ? EXIT_INVALID : status;
}

int run_events(const struct arguments *arguments, struct result *result) {
    struct listing listing = {.format = arguments->format, .out = result->out, .files = arguments->words.count, .is_quiet = arguments->is_quiet};
    int status = EXIT_YES;
    write_start(&listing);
    for (size_t i = 0; i < arguments->words.count; i++) status = worse_status(status, list_file(arguments, &listing, arguments->words.items[i]));
    write_end(&listing);
    result->is_report = status != EXIT_WRONG_USE;
    free(listing.counts);
    return status;
}
