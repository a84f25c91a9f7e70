/* See event_file.h. */
#include "event_file.h"

#include "input_file.h"
#include "messages.h"
#include "rulesets.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SAID_LIMIT = 100, SHOWN_IDS = 10 };

struct event_file {
    struct input_file input;
    kmsrules_events *events;
    uint64_t unreadable;
    bool is_done; /* what there is to say at the end was said */
};

/* ---- Opening -------------------------------------------------------------------------------------------------------------------------------- */

static int open_events(const struct arguments *arguments, struct event_file *file) {
    kmsrules_ruleset *ruleset = NULL;
    kmsrules_events_options options = {arguments->encoding, arguments->date_order, arguments->has_time_zone, arguments->time_zone_minutes};
    int status = load_ruleset(arguments, &ruleset);
    if (status != EXIT_YES) return status;
    kmsrules_status made = kmsrules_events_new(ruleset, &options, &file->events);
    kmsrules_ruleset_free(ruleset);
    if (made == KMSRULES_OK) return EXIT_YES;
    if (made == KMSRULES_INVALID_ARGUMENT) return complain_about("--encoding:", arguments->encoding == NULL ? "" : arguments->encoding, " names no encoding that is known"), EXIT_WRONG_USE;
    complain("%s", kmsrules_status_text(made));
    return status_of_failure(made);
}

int event_file_open(const struct arguments *arguments, const char *path, struct event_file **file) {
    struct event_file *made = calloc(1, sizeof *made);
    *file = NULL;
    if (made == NULL) {
        complain("out of memory");
        return EXIT_SYSTEM;
    }
    made->input = input_file_named(path, NULL, arguments->is_quiet, "events");
    int status = open_events(arguments, made);
    if (status == EXIT_YES) status = input_file_open(&made->input, path, NULL);
    if (status == EXIT_YES) *file = made;
    else event_file_close(made);
    return status;
}

void event_file_close(struct event_file *file) {
    if (file == NULL) return;
    kmsrules_events_free(file->events);
    input_file_close(&file->input);
    free(file);
}

const kmsrules_event_tally *event_file_seen(const struct event_file *file, size_t *count) { return kmsrules_events_seen(file->events, count); }

const char *event_file_name(const struct event_file *file) { return file->input.name; }

/* ---- What is said --------------------------------------------------------------------------------------------------------------------------- */

static void say_format(const struct event_file *file) {
    const kmsrules_events_format *format = kmsrules_events_what(file->events);
    input_file_say_format(&file->input, format->format, format->encoding, format->separator, format->columns);
}

static void say_unreadable(struct event_file *file, const kmsrules_event *event) {
    if (file->input.is_quiet || file->unreadable++ >= SAID_LIMIT) return;
    input_file_show_progress(&file->input, true);
    write_escaped(stderr, file->input.name);
    fprintf(stderr, ":%" PRIu64, event->line);
    if (event->column > 0) fprintf(stderr, ":%" PRIu64, event->column);
    fprintf(stderr, ": %s\n", event->problem);
}

static void begin_note(const struct event_file *file) {
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, file->input.name);
    fputs(": ", stderr);
}

/* An export of another log holds none that count; nor does any where the ruleset does not say what the fields are. */
static void say_foreign(const struct event_file *file) {
    size_t count;
    uint64_t events = 0;
    const kmsrules_event_tally *seen = kmsrules_events_seen(file->events, &count);
    for (size_t i = 0; i < count; i++) events += seen[i].count;
    if (file->input.items > 0 || events == 0) return;
    begin_note(file);
    fprintf(stderr, "no activation events (12288, 12289, 12290) among %" PRIu64 " events; ids seen:", events);
    for (size_t i = 0; i < count && i < SHOWN_IDS; i++) fprintf(stderr, "%s %d", i == 0 ? "" : ",", seen[i].id);
    fputs(count > SHOWN_IDS ? ", ...\n" : "\n", stderr);
}

static void say_end(struct event_file *file) {
    const kmsrules_events_format *format = kmsrules_events_what(file->events);
    input_file_show_progress(&file->input, true);
    if (file->input.is_quiet || file->is_done) return;
    file->is_done = true;
    if (file->unreadable > SAID_LIMIT) begin_note(file), fprintf(stderr, "%" PRIu64 " more events that cannot be read\n", file->unreadable - SAID_LIMIT);
    if (format->other_lines == 1) begin_note(file), fprintf(stderr, "line %" PRIu64 " holds no event\n", format->first_other_line);
    if (format->other_lines > 1) begin_note(file), fprintf(stderr, "%" PRIu64 " lines hold no event, the first is line %" PRIu64 "\n", format->other_lines, format->first_other_line);
    if (format->foreign > 0) begin_note(file), fprintf(stderr, "%" PRIu64 " %s of other providers, with the numbers of activation events, %s left out\n", format->foreign, format->foreign == 1 ? "event" : "events", format->foreign == 1 ? "is" : "are");
    if (format->unzoned_times > 0) begin_note(file), fprintf(stderr, "%" PRIu64 " logged times are left out: they do not say their time zone; say --time-zone, such as +01:00\n", format->unzoned_times);
    if (file->input.done == 0) begin_note(file), fputs("the file is empty: no events\n", stderr);
    say_foreign(file);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

/* EXIT_YES also at the end of the file, which the reader was told. */
static int feed(struct event_file *file) {
    size_t size;
    int status = input_file_read(&file->input, &size);
    if (status != EXIT_YES) return status;
    if (size == 0) kmsrules_events_end(file->events);
    else kmsrules_events_feed(file->events, file->input.portion, size);
    return EXIT_YES;
}

int event_file_next(struct event_file *file, const kmsrules_event **event) {
    for (;;) {
        kmsrules_status status = kmsrules_events_next(file->events, event);
        if (status == KMSRULES_INVALID_INVENTORY) {
            input_file_show_progress(&file->input, true);
            return file->input.is_quiet ? EXIT_INVALID : input_file_say_fault(&file->input, kmsrules_events_why(file->events));
        }
        if (status != KMSRULES_OK) {
            complain("%s", kmsrules_status_text(status));
            return status_of_failure(status);
        }
        if (*event == NULL && !file->input.is_at_end) {
            int fed = feed(file);
            if (fed != EXIT_YES) return fed;
            continue;
        }
        if (file->input.items == 0) say_format(file);
        file->input.items += *event != NULL;
        if (*event == NULL) say_end(file);
        else if ((*event)->status != KMSRULES_OK) say_unreadable(file, *event);
        return EXIT_YES;
    }
}
