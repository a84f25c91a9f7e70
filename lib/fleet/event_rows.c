/* See event_rows.h. What no header makes a table of is read as lines, each of which may hold the fields of an event. */
#include "fleet/event_rows.h"

#include <string.h>

enum { COMMENT = '#' };

static bool find_column(const void *self, struct kr_text name, uint32_t *part, uint32_t *rank) {
    const struct kmsrules_ruleset *ruleset = self;
    for (uint32_t i = 0; i < ruleset->event_column_count; i++) {
        if (!kr_text_equal_ignoring_case(name, ruleset->event_columns[i].name)) continue;
        *part = ruleset->event_columns[i].part;
        *rank = i;
        return true;
    }
    return false;
}

void kr_event_rows_start(struct kr_event_rows *rows, const struct kmsrules_ruleset *ruleset, struct kr_text_input *input) {
    const uint32_t deciding = 1u << KR_EVENT_MESSAGE | 1u << KR_EVENT_CMID;
    struct kr_columns columns = {find_column, ruleset, KR_EVENT_PART_COUNT, deciding, KR_EVENT_MESSAGE, "no column for the message or the client machine id"};
    *rows = (struct kr_event_rows){.ruleset = ruleset};
    kr_tabular_start(&rows->tabular, input, columns, &(struct kr_tabular_choice){0});
}

void kr_event_rows_free(struct kr_event_rows *rows) { kr_tabular_free(&rows->tabular); }

static enum kr_read_result refuse(const struct kr_event_text *event, struct kr_read_fault *fault, const char *text) {
    *fault = (struct kr_read_fault){.line = event->line, .column = event->column};
    struct kr_buffer buffer = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&buffer, text);
    return KR_READ_BAD_ROW;
}

/* ---- Tables --------------------------------------------------------------------------------------------------------------------------------- */

static bool has_column(const struct kr_event_rows *rows, enum kr_event_part part) { return rows->tabular.columns[part].number > 0; }

/* Some scripts call the client what others call the computer that logged the event. */
static void settle_client(const struct kr_event_rows *rows, struct kr_event_text *event) {
    if (has_column(rows, KR_EVENT_CLIENT) || !has_column(rows, KR_EVENT_COMPUTER) || has_column(rows, KR_EVENT_MESSAGE)) return;
    event->parts[KR_EVENT_CLIENT] = event->parts[KR_EVENT_COMPUTER];
    event->parts[KR_EVENT_COMPUTER] = (struct kr_text){NULL, 0};
}

static enum kr_read_result take_message(const struct kr_event_rows *rows, struct kr_event_text *event, struct kr_read_fault *fault) {
    char why[KR_EVENT_WHY_SIZE];
    struct kr_text message = event->parts[KR_EVENT_MESSAGE];
    if (kr_text_trim(message).size == 0) return refuse(event, fault, "the message is empty: the machine that exported it had no text for it; export with wevtutil qe LOG /f:xml");
    switch (kr_event_fields_find(rows->ruleset, message, event, why)) {
    case KR_FIELDS_FOUND: return KR_READ_ROW;
    case KR_FIELDS_BROKEN: return refuse(event, fault, why);
    default: return refuse(event, fault, "the message holds no fields of its event");
    }
}

/* With a message in which nothing resembles an event: an empty one may be of any. */
static bool is_of_another(const struct kr_event_rows *rows, const struct kr_row_text *row, int id) {
    struct kr_event_text event = {.id = id};
    char why[KR_EVENT_WHY_SIZE];
    struct kr_text message = kr_text_trim(row->parts[KR_EVENT_MESSAGE]);
    return kr_event_is_foreign(rows->ruleset, row->parts[KR_EVENT_PROVIDER]) && message.size > 0 && kr_event_fields_find(rows->ruleset, message, &event, why) == KR_FIELDS_NONE;
}

static enum kr_read_result take_row(const struct kr_event_rows *rows, const struct kr_row_text *row, struct kr_event_text *event, struct kr_read_fault *fault) {
    uint64_t id;
    struct kr_text written = kr_text_trim(row->parts[KR_EVENT_ID]);
    *event = (struct kr_event_text){.line = row->line, .column = row->column};
    memcpy(event->parts, row->parts, sizeof event->parts);
    bool has_fields = kr_text_trim(event->parts[KR_EVENT_CMID]).size > 0;
    enum kr_read_result result = KR_READ_ROW;
    if (has_column(rows, KR_EVENT_ID)) {
        if (!kr_text_number(written, 0, 65535, &id)) {
            char why[KR_EVENT_WHY_SIZE];
            kr_event_say(why, "id", written, " is no number from 0 to 65535");
            return refuse(event, fault, why);
        }
        event->id = (int)id;
        if (!kr_event_fields_has(rows->ruleset, event->id)) return KR_READ_ROW;
    } else if (!has_column(rows, KR_EVENT_MESSAGE)) {
        event->id = 12290; /* what the scripts without such a column list */
    }
    settle_client(rows, event);
    if (!has_fields) result = has_column(rows, KR_EVENT_MESSAGE) ? take_message(rows, event, fault) : refuse(event, fault, "no client machine id");
    event->is_foreign = result == KR_READ_BAD_ROW && is_of_another(rows, row, event->id);
    return event->is_foreign ? KR_READ_ROW : result;
}

/* ---- Lines ---------------------------------------------------------------------------------------------------------------------------------- */

/* "TimeCreated  : …" in the first lines, the colon below the colon. */
static size_t colon_of(struct kr_text line) {
    size_t end = 0;
    while (end < line.size && ((line.data[end] >= 'A' && line.data[end] <= 'Z') || (line.data[end] >= 'a' && line.data[end] <= 'z'))) end++;
    if (end == 0) return 0;
    while (end < line.size && line.data[end] == ' ') end++;
    bool is_colon = end > 0 && end + 1 < line.size && line.data[end] == ':' && line.data[end - 1] == ' ' && line.data[end + 1] == ' ';
    return is_colon ? end : 0;
}

static bool is_formatted_list(struct kr_event_rows *rows, struct kr_text line) {
    size_t colon = colon_of(line);
    if (rows->line_count++ == 0) rows->colon = colon;
    return rows->line_count == 2 && colon > 0 && colon == rows->colon;
}

static bool starts_xml(struct kr_text line) {
    return kr_text_starts_with(line, "<Event>") || kr_text_starts_with(line, "<Event ") || kr_text_starts_with(line, "<Events>") || kr_text_starts_with(line, "<?xml");
}

/* What the Event Viewer copies is an event's text, and its XML behind it, which says the same. */
static bool passes_xml(struct kr_event_rows *rows, struct kr_text line) {
    static const char end[] = "</Event>";
    size_t size = sizeof end - 1;
    bool is_in_xml = rows->is_in_xml || (rows->has_event && starts_xml(line)), ends = line.size >= size && memcmp(line.data + line.size - size, end, size) == 0;
    rows->is_in_xml = is_in_xml && !ends;
    return is_in_xml;
}

static enum kr_read_result pass_line(struct kr_event_rows *rows, const struct kr_row_text *row) {
    if (rows->other_lines++ == 0) rows->first_other_line = row->line;
    return KR_READ_MORE;
}

/* MORE: no event. */
static enum kr_read_result take_line(struct kr_event_rows *rows, const struct kr_row_text *row, struct kr_event_text *event, struct kr_read_fault *fault) {
    char why[KR_EVENT_WHY_SIZE];
    struct kr_text line = row->parts[KR_EVENT_MESSAGE];
    *event = (struct kr_event_text){.line = row->line, .column = row->column};
    if (is_formatted_list(rows, line)) {
        refuse(event, fault, "this is the text of Format-List, which wraps and cuts lines: use Export-Csv -NoTypeInformation -Encoding UTF8 instead, or wevtutil qe LOG /f:xml");
        return KR_READ_STOPPED;
    }
    if (passes_xml(rows, kr_text_trim(line))) return pass_line(rows, row);
    if (starts_xml(kr_text_trim(line))) {
        refuse(event, fault, "XML begins here, behind what is none and was read as text: remove what stands before it");
        return KR_READ_STOPPED;
    }
    enum kr_fields_found found = line.size > 0 && line.data[0] == COMMENT ? KR_FIELDS_NONE : kr_event_fields_find(rows->ruleset, line, event, why);
    rows->has_event |= found != KR_FIELDS_NONE;
    if (found == KR_FIELDS_FOUND) return KR_READ_ROW;
    if (found == KR_FIELDS_BROKEN) return refuse(event, fault, why);
    return pass_line(rows, row);
}

static enum kr_read_result end_lines(const struct kr_event_rows *rows, struct kr_read_fault *fault) {
    if (rows->has_event || rows->line_count == 0) return KR_READ_END;
    *fault = rows->header;
    strncat(fault->text, "; nor does a line hold an event", sizeof fault->text - strlen(fault->text) - 1);
    return KR_READ_STOPPED;
}

/* ---- Both ----------------------------------------------------------------------------------------------------------------------------------- */

enum kr_read_result kr_event_rows_next(struct kr_event_rows *rows, struct kr_event_text *event, struct kr_read_fault *fault) {
    struct kr_row_text row;
    for (;;) {
        enum kr_read_result result = kr_tabular_next(&rows->tabular, &row, fault);
        if (result == KR_READ_NO_COLUMNS) {
            rows->header = *fault;
            kr_tabular_read_lines(&rows->tabular);
            continue;
        }
        if (result == KR_READ_END && rows->tabular.is_lines) return end_lines(rows, fault);
        if (result != KR_READ_ROW) return result;
        if (!rows->tabular.is_lines) return take_row(rows, &row, event, fault);
        result = take_line(rows, &row, event, fault);
        if (result != KR_READ_MORE) return result;
    }
}
