/* See event_record.h. A part that is not there is not given; one that is there must be what it should. */
#include "fleet/event_record.h"

#include "fleet/event_time.h"
#include "fleet/event_value.h"

enum { NAME_SIZE_LIMIT = 255, HOST_PORT_LIMIT = 262 }; /* of a DNS name; with a port */

struct reading {
    const struct kmsrules_ruleset *ruleset;
    const kmsrules_events_options *options;
    const struct kr_event_text *event;
    kmsrules_event *record;
    char *why;
    enum kr_record_result result; /* of the first part that is wrong */
};

void kr_event_record_clear(kmsrules_event *record, uint64_t line, uint64_t column) {
    *record = (kmsrules_event){.line = line, .column = column, .record_id = -1, .logged_at = KMSRULES_NO_TIME, .client_time = KMSRULES_NO_TIME, .minimum = -1, .count = -1,
                               .activation_minutes = -1, .renewal_minutes = -1, .minutes_left = -1, .is_virtual = -1, .is_activated = -1, .license_status = -1};
}

static struct kr_text part(const struct reading *reading, enum kr_event_part kind) { return kr_text_trim(reading->event->parts[kind]); }

static void refuse(struct reading *reading, enum kr_record_result result, const char *what, struct kr_text text, const char *rest) {
    if (reading->result != KR_RECORD_READ) return;
    reading->result = result;
    kr_event_say(reading->why, what, text, rest);
}

/* ---- Names ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_digits(struct kr_text text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return text.size > 0;
}

/* "[2001:db8::5]:1688" → "2001:db8::5", "pc001:1688" → "pc001"; an address without brackets stays, of which several colons are part. */
static struct kr_text without_port(struct kr_text name) {
    const char *bracket = name.size > 0 && name.data[0] == '[' ? memchr(name.data, ']', name.size) : NULL;
    if (bracket != NULL) {
        struct kr_text behind = {bracket + 1, name.size - (size_t)(bracket + 1 - name.data)};
        bool is_address = behind.size == 0 || (behind.data[0] == ':' && is_digits((struct kr_text){behind.data + 1, behind.size - 1}));
        return is_address ? (struct kr_text){name.data + 1, (size_t)(bracket - name.data) - 1} : name;
    }
    const char *colon = name.size > 0 ? memchr(name.data, ':', name.size) : NULL;
    size_t size = colon == NULL ? name.size : (size_t)(colon - name.data);
    return colon != NULL && is_digits((struct kr_text){colon + 1, name.size - size - 1}) ? (struct kr_text){name.data, size} : name;
}

static void read_client(struct reading *reading) {
    struct kr_text written = part(reading, KR_EVENT_CLIENT), name = written;
    bool has_port = reading->record->id == 12288; /* it is part of what was asked */
    if (!has_port) name = without_port(name);
    if (name.size > 1 && name.data[name.size - 1] == '.') name.size--;
    if (name.size > (has_port ? HOST_PORT_LIMIT : NAME_SIZE_LIMIT)) refuse(reading, KR_RECORD_BAD, "client", written, " is longer than a name can be, 255 bytes");
    if (kr_text_has_product_key(written)) refuse(reading, KR_RECORD_BAD, "client", written, " looks like a product key");
    if (name.size == 0) return;
    reading->record->client = (kmsrules_text){name.data, name.size};
    reading->record->client_as_written = (kmsrules_text){written.data, written.size};
}

static void read_computer(struct reading *reading) {
    struct kr_text name = part(reading, KR_EVENT_COMPUTER);
    if (kr_text_has_product_key(name)) refuse(reading, KR_RECORD_BAD, "computer", name, " looks like a product key");
    if (name.size > 0) reading->record->computer = (kmsrules_text){name.data, name.size};
}

/* ---- Times ---------------------------------------------------------------------------------------------------------------------------------- */

static int64_t read_time(struct reading *reading, enum kr_event_part kind, const char *what, bool *has_offset) {
    struct kr_text text = part(reading, kind);
    int64_t seconds = KMSRULES_NO_TIME;
    switch (kr_time_read(text, reading->options->date_order, &seconds, has_offset)) {
    case KR_TIME_READ: break;
    case KR_TIME_INVALID: refuse(reading, KR_RECORD_BAD, what, text, " is no date and time that there is"); break;
    case KR_TIME_UNORDERED: refuse(reading, KR_RECORD_UNORDERED, what, text, " does not say which is the day and which the month: say --date-order dmy or mdy"); break;
    }
    return seconds;
}

/* Local times of a table are known by nothing but the option; those that name their offset, by themselves. */
static void read_logged(struct reading *reading) {
    struct kr_text text = part(reading, KR_EVENT_LOGGED);
    int64_t seconds = 0;
    bool has_offset = false, is_known = reading->event->is_logged_in_utc || reading->options->has_time_zone;
    if (text.size == 0) return;
    if (!is_known && (kr_time_read(text, reading->options->date_order, &seconds, &has_offset) != KR_TIME_READ || !has_offset)) return;
    seconds = read_time(reading, KR_EVENT_LOGGED, "logged", &has_offset);
    bool is_local = seconds != KMSRULES_NO_TIME && !has_offset && !reading->event->is_logged_in_utc;
    reading->record->logged_at = is_local ? seconds - reading->options->time_zone_minutes * INT64_C(60) : seconds;
}

static void read_client_time(struct reading *reading) {
    bool has_offset;
    if (part(reading, KR_EVENT_CLIENT_TIME).size > 0) reading->record->client_time = read_time(reading, KR_EVENT_CLIENT_TIME, "client-time", &has_offset);
}

/* ---- Numbers -------------------------------------------------------------------------------------------------------------------------------- */

static void read_count(struct reading *reading, enum kr_event_part kind, int64_t *number) {
    struct kr_text text = part(reading, kind);
    bool is_minutes = kind == KR_EVENT_MINUTES_LEFT;
    if (text.size == 0 || (is_minutes ? kr_minutes_read(text, number) : kr_count_read(text, number))) return;
    refuse(reading, KR_RECORD_BAD, kr_event_part_words[kind], text, " is no whole number");
}

static void read_truth(struct reading *reading, enum kr_event_part kind, int *truth) {
    struct kr_text text = part(reading, kind);
    if (text.size > 0 && !kr_truth_read(text, truth)) refuse(reading, KR_RECORD_BAD, kr_event_part_words[kind], text, " is neither 0 nor 1");
}

static void read_guid(struct reading *reading, enum kr_event_part kind, bool *has_guid, kmsrules_guid *guid) {
    struct kr_text text = part(reading, kind);
    *has_guid = kr_guid_read(text, guid);
    if (text.size > 0 && !*has_guid) refuse(reading, KR_RECORD_BAD, kr_event_part_words[kind], text, " is no id of 32 hexadecimal digits");
}

static void read_license_status(struct reading *reading) {
    struct kr_text text = part(reading, KR_EVENT_LICENSE_STATUS);
    if (text.size == 0) return;
    reading->record->license_status = kr_license_status(reading->ruleset, text);
    if (reading->record->license_status < 0) refuse(reading, KR_RECORD_BAD, "license-status", text, " is no license status, 0 to 6");
}

static void read_numbers(struct reading *reading) {
    kmsrules_event *record = reading->record;
    struct kr_text result = part(reading, KR_EVENT_RESULT);
    if (!kr_result_read(result, &record->result)) refuse(reading, KR_RECORD_BAD, "result", result, " is no result such as 0xC004F038");
    read_count(reading, KR_EVENT_RECORD_ID, &record->record_id);
    read_count(reading, KR_EVENT_MINIMUM, &record->minimum);
    read_count(reading, KR_EVENT_COUNT, &record->count);
    read_count(reading, KR_EVENT_ACTIVATION_MINUTES, &record->activation_minutes);
    read_count(reading, KR_EVENT_RENEWAL_MINUTES, &record->renewal_minutes);
    read_count(reading, KR_EVENT_MINUTES_LEFT, &record->minutes_left);
    read_truth(reading, KR_EVENT_VIRTUAL, &record->is_virtual);
    read_truth(reading, KR_EVENT_ACTIVATED, &record->is_activated);
    read_license_status(reading);
    read_guid(reading, KR_EVENT_CMID, &record->has_cmid, &record->cmid);
    read_guid(reading, KR_EVENT_ACTIVATION_ID, &record->has_activation_id, &record->activation_id);
}

enum kr_record_result kr_event_record_read(const struct kmsrules_ruleset *ruleset, const kmsrules_events_options *options, const struct kr_event_text *event, kmsrules_event *record, char *why) {
    struct reading reading = {ruleset, options, event, record, why, KR_RECORD_READ};
    kr_event_record_clear(record, event->line, event->column);
    record->id = event->id;
    read_numbers(&reading);
    read_client(&reading);
    read_computer(&reading);
    read_client_time(&reading);
    read_logged(&reading);
    return reading.result;
}
