/* See census.h. */
#include "census.h"

#include "asking.h"
#include "event_file.h"
#include "messages.h"
#include "rulesets.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

static void worsen(struct gathering *gathering, int status) { gathering->status = worse_status(gathering->status, status); }

void gathering_refused(struct gathering *gathering, kmsrules_status status) {
    if (status == KMSRULES_OK) return;
    if (status == KMSRULES_INVALID_ARGUMENT) complain("the tables say nothing of the cache of a host, of cmid-retention or of thresholds; include rules/policy.xml");
    else complain("%s", kmsrules_status_text(status));
    worsen(gathering, status == KMSRULES_INVALID_ARGUMENT ? EXIT_WRONG_USE : status_of_failure(status));
}

bool read_duration(const char *option, const char *value, uint64_t *seconds) {
    if (value == NULL || kmsrules_duration_read(value, strlen(value), seconds) == KMSRULES_OK) return true;
    complain_about(option, value, " is no time such as 7d, 12h or P7D");
    return false;
}

static bool read_date(struct gathering *gathering) {
    const char *date = gathering->arguments->as_of;
    if (kmsrules_time_read(date, strlen(date), true, &gathering->as_of) == KMSRULES_OK) return true;
    complain_about("--as-of", date, " is no date such as 2026-11-21 or 2026-11-21T12:00:00Z");
    worsen(gathering, EXIT_WRONG_USE);
    return false;
}

static bool are_ruled_alike(const kmsrules_ruleset *ruleset, kmsrules_id a, kmsrules_id b) {
    return kmsrules_ruleset_find_virtual_machines(ruleset, a) == kmsrules_ruleset_find_virtual_machines(ruleset, b) &&
           kmsrules_ruleset_find_interval(ruleset, KMSRULES_CMID_RETENTION, a) == kmsrules_ruleset_find_interval(ruleset, KMSRULES_CMID_RETENTION, b);
}

/* A release stands for its editions where these count alike. */
static bool find_host(struct gathering *gathering, kmsrules_id *host) {
    const char *name = gathering->arguments->host;
    kmsrules_identity identity;
    *host = KMSRULES_NONE;
    if (name == NULL) return true;
    struct asking asking = {.ruleset = gathering->ruleset, .status = EXIT_YES};
    kmsrules_status status = kmsrules_identify(gathering->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, name, strlen(name), &identity);
    asking_check_name(&asking, KMSRULES_EDITION | KMSRULES_RELEASE, "host", name, status);
    worsen(gathering, asking.status);
    if (status != KMSRULES_OK) return false;
    const kmsrules_release *release = identity.kind == KMSRULES_RELEASE ? kmsrules_ruleset_release(gathering->ruleset, identity.id) : NULL;
    *host = release == NULL ? identity.id : release->editions[0];
    for (size_t i = 0; release != NULL && i < release->edition_count; i++) {
        if (are_ruled_alike(gathering->ruleset, *host, release->editions[i])) continue;
        complain_about("--host", name, " has editions that count differently; name one of them");
        worsen(gathering, EXIT_WRONG_USE);
        return false;
    }
    return true;
}

struct gathering gathering_prepare(const struct arguments *arguments) {
    struct gathering gathering = {.arguments = arguments, .latest = KMSRULES_NO_TIME, .status = EXIT_YES};
    kmsrules_id host;
    worsen(&gathering, load_ruleset(arguments, &gathering.ruleset));
    if (gathering.ruleset == NULL || !read_date(&gathering) || !find_host(&gathering, &host)) return gathering;
    gathering_refused(&gathering, kmsrules_census_new(gathering.ruleset, host, gathering.as_of, &gathering.census));
    return gathering;
}

static void take_time(struct gathering *gathering, const kmsrules_event *event) {
    int64_t time = event->logged_at != KMSRULES_NO_TIME ? event->logged_at : event->client_time;
    gathering->of_clients += event->id > 0 && event->id != 12290;
    if (event->status != KMSRULES_OK || event->id != 12290 || event->result != 0 || time == KMSRULES_NO_TIME) return;
    if (time > gathering->as_of) gathering->later++;
    else if (gathering->latest == KMSRULES_NO_TIME || time > gathering->latest) gathering->latest = time;
}

/* An old export, read for today: nothing in it counts any more. Or one that is read for a day before it. */
static void say_date(const struct gathering *gathering) {
    const kmsrules_interval *retention = kmsrules_ruleset_find_interval(gathering->ruleset, KMSRULES_CMID_RETENTION, KMSRULES_NONE);
    time_t moment = (time_t)gathering->latest;
    struct tm parts;
    char day[16];
    if (gathering->latest == KMSRULES_NO_TIME && gathering->later == 0 && gathering->of_clients > 0)
        fprintf(stderr, "kmsrules: these are events of clients (12288, 12289); what a host counts stands in its own log, in events 12290\n");
    if (gathering->latest == KMSRULES_NO_TIME && gathering->later > 0) fprintf(stderr, "kmsrules: all accepted requests are later than --as-of: nothing is counted yet\n");
    if (gathering->latest == KMSRULES_NO_TIME || retention == NULL || (uint64_t)(gathering->as_of - gathering->latest) < retention->seconds) return;
    if (gmtime_r(&moment, &parts) == NULL || strftime(day, sizeof day, "%Y-%m-%d", &parts) == 0) return;
    fprintf(stderr, "kmsrules: the last accepted request is of %s, and nothing is counted any more; --as-of %s tells what was counted then\n", day, day);
}

/* Whether it was read to its end. */
static bool read_file(struct gathering *gathering, const char *path) {
    struct event_file *file = NULL;
    const kmsrules_event *event = NULL;
    kmsrules_status added = KMSRULES_OK;
    int status = event_file_open(gathering->arguments, path, &file);
    while (status == EXIT_YES && added == KMSRULES_OK && (status = event_file_next(file, &event)) == EXIT_YES && event != NULL) {
        gathering->events++;
        gathering->unreadable += event->status != KMSRULES_OK;
        take_time(gathering, event);
        added = kmsrules_census_add(gathering->census, event);
    }
    event_file_close(file);
    bool is_read = status == EXIT_YES && added == KMSRULES_OK;
    if (!is_read) kmsrules_census_cut_short(gathering->census);
    worsen(gathering, status);
    gathering_refused(gathering, added);
    return is_read;
}

struct gathering gathering_start(const struct arguments *arguments) {
    struct gathering gathering = gathering_prepare(arguments);
    size_t read = 0, count = arguments->words.count;
    for (size_t i = 0; i < count && gathering.census != NULL; i++) read += read_file(&gathering, arguments->words.items[i]);
    if (count == 0 || gathering.census == NULL) return gathering;
    if (gathering.unreadable > 0) worsen(&gathering, EXIT_INVALID);
    if (!arguments->is_quiet) {
        fprintf(stderr, "kmsrules: read %" PRIu64 " of %" PRIu64 " events, %zu of %zu files\n", gathering.events - gathering.unreadable, gathering.events, read, count);
        say_date(&gathering);
    }
    if (read > 0 || gathering.events > 0) return gathering;
    kmsrules_census_free(gathering.census);
    gathering.census = NULL;
    return gathering;
}

void gathering_end(struct gathering *gathering) {
    kmsrules_census_free(gathering->census);
    kmsrules_ruleset_free(gathering->ruleset);
}

void gathering_print(struct gathering *gathering, struct result *result, kmsrules_status status, char *text, size_t size) {
    gathering_refused(gathering, status);
    if (status != KMSRULES_OK) return;
    fwrite(text, 1, size, result->out);
    result->is_report = true;
    kmsrules_string_free(text);
}
