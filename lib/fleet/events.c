/* Reads one export of activation events. In: bytes. Out: events, ids seen. Its form is found by its first character:
 *
 *   bytes ─▶ text_input ─▶ XML (it starts with <: event_xml) or table or lines (event_rows) ─▶ event_fields ─▶ event_record ─▶ events */
#include <string.h>

#include "base/memory.h"
#include "fleet/encoding.h"
#include "fleet/event_record.h"
#include "fleet/event_rows.h"
#include "fleet/event_xml.h"

enum form { FORM_UNKNOWN, FORM_XML, FORM_ROWS };
enum { TIME_ZONE_LIMIT = 14 * 60 };

struct kmsrules_events {
    kmsrules_ruleset *ruleset; /* owned */
    struct kr_arena arena;     /* options, and what is said about the form */
    kmsrules_events_options options;
    struct kr_text_input input;
    enum form form;
    struct kr_event_xml *xml;
    struct kr_event_rows rows;
    kmsrules_event event;
    char problem[KR_EVENT_WHY_SIZE];
    kmsrules_events_format format;
    kmsrules_inventory_fault fault;
    struct kr_read_fault read_fault;
    kmsrules_event_tally *seen; /* by id */
    size_t seen_count, seen_capacity;
    bool is_ended, has_fault;
};

/* ---- Life ----------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status prepare(kmsrules_events *events, const kmsrules_events_options *options) {
    bool has_memory = true, is_order = (unsigned)options->date_order <= KMSRULES_MONTH_FIRST;
    events->options = *options;
    events->options.encoding = kr_arena_copy_string(&events->arena, options->encoding, &has_memory);
    if (!has_memory) return KMSRULES_NO_MEMORY;
    if (!is_order || options->time_zone_minutes < -TIME_ZONE_LIMIT || options->time_zone_minutes > TIME_ZONE_LIMIT) return KMSRULES_INVALID_ARGUMENT;
    enum kr_text_result started = kr_text_input_start(&events->input, kr_text_of(events->options.encoding));
    events->input.is_for_events = true;
    return started == KR_TEXT_NO_MEMORY ? KMSRULES_NO_MEMORY : started == KR_TEXT_STOPPED ? KMSRULES_INVALID_ARGUMENT : KMSRULES_OK;
}

kmsrules_status kmsrules_events_new(kmsrules_ruleset *ruleset, const kmsrules_events_options *options, kmsrules_events **events) {
    static const kmsrules_events_options defaults = KMSRULES_EVENTS_BY_CONTENT;
    if (ruleset == NULL || events == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_events *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(ruleset);
    kmsrules_status status = prepare(made, options == NULL ? &defaults : options);
    if (status == KMSRULES_OK) *events = made;
    else kmsrules_events_free(made);
    return status;
}

void kmsrules_events_free(kmsrules_events *events) {
    if (events == NULL) return;
    if (events->form == FORM_ROWS) kr_event_rows_free(&events->rows);
    kr_event_xml_free(events->xml);
    kr_text_input_free(&events->input);
    kmsrules_ruleset_free(events->ruleset);
    kr_arena_free(&events->arena);
    kr_memory_free(events->seen);
    kr_memory_free(events);
}

kmsrules_status kmsrules_events_feed(kmsrules_events *events, const char *data, size_t size) {
    if (events == NULL || (data == NULL && size > 0) || events->is_ended) return KMSRULES_INVALID_ARGUMENT;
    if (!events->has_fault && size > 0) kr_text_input_feed(&events->input, data, size);
    return KMSRULES_OK;
}

kmsrules_status kmsrules_events_end(kmsrules_events *events) {
    if (events == NULL) return KMSRULES_INVALID_ARGUMENT;
    if (!events->is_ended) kr_text_input_end(&events->input);
    events->is_ended = true;
    return KMSRULES_OK;
}

/* ---- What it is ----------------------------------------------------------------------------------------------------------------------------- */

static enum kr_read_result start_xml(kmsrules_events *events) {
    events->xml = kr_event_xml_new(events->ruleset, &events->input);
    if (events->xml == NULL) return KR_READ_NO_MEMORY;
    events->form = FORM_XML;
    return KR_READ_ROW;
}

static enum kr_read_result start_rows(kmsrules_events *events) {
    events->form = FORM_ROWS;
    kr_event_rows_start(&events->rows, events->ruleset, &events->input);
    return KR_READ_ROW;
}

/* The first character that is no blank decides. ROW: the form is known. */
static enum kr_read_result find_form(kmsrules_events *events, struct kr_read_fault *fault) {
    for (;;) {
        size_t offset = 0;
        while (offset < events->input.size && strchr(" \t\r\n", events->input.window[offset]) != NULL) offset++;
        if (offset < events->input.size) return events->input.window[offset] == '<' ? start_xml(events) : start_rows(events);
        if (events->input.size > KR_ROW_SIZE_LIMIT) return start_rows(events); /* which will say that this is too long */
        switch (kr_text_input_fill(&events->input)) {
        case KR_TEXT_ADDED: break;
        case KR_TEXT_MORE: return KR_READ_MORE;
        case KR_TEXT_END: return start_rows(events);
        case KR_TEXT_STOPPED: *fault = events->input.fault; return KR_READ_STOPPED;
        default: return KR_READ_NO_MEMORY;
        }
    }
}

static void say_columns(struct kr_buffer *out, const struct kr_tabular *tabular) {
    for (size_t i = 0; i < KR_EVENT_PART_COUNT; i++) {
        if (tabular->columns[i].number == 0) continue;
        kr_buffer_add_string(out, out->size == 0 ? "" : ", ");
        kr_buffer_add_string(out, kr_event_part_words[i]);
        kr_buffer_add_string(out, " from ");
        if (kr_text_has_product_key(tabular->columns[i].name)) kr_buffer_add_string(out, "(a product key)");
        else kr_buffer_add_escaped(out, tabular->columns[i].name);
    }
}

/* Once the first event came, or the end. False when out of memory. */
static bool describe(kmsrules_events *events) {
    kmsrules_events_format *format = &events->format;
    if (events->form == FORM_ROWS) format->other_lines = events->rows.other_lines, format->first_other_line = events->rows.first_other_line;
    if (format->format != NULL) return true;
    const char *encoding = kr_encoding_name((enum kr_encoding)events->input.encoding);
    format->encoding = encoding != NULL ? encoding : events->input.encoding_name;
    if (events->form == FORM_XML) return format->format = "XML", true;
    format->format = events->rows.tabular.column_count == 0 ? "text" : "CSV"; /* an empty file is either */
    format->separator = events->rows.tabular.separator;
    if (events->rows.tabular.column_count == 0) return true;
    struct kr_buffer out = {0};
    say_columns(&out, &events->rows.tabular);
    format->columns = out.has_failed ? NULL : kr_arena_copy(&events->arena, out.data == NULL ? "" : out.data, out.size);
    kr_buffer_free(&out);
    if (format->columns == NULL) format->format = NULL; /* it is tried again */
    return format->columns != NULL;
}

const kmsrules_events_format *kmsrules_events_what(const kmsrules_events *events) { return events == NULL ? NULL : &events->format; }

const kmsrules_inventory_fault *kmsrules_events_why(const kmsrules_events *events) { return events == NULL || !events->has_fault ? NULL : &events->fault; }

/* ---- Ids ------------------------------------------------------------------------------------------------------------------------------------ */

/* At most 65536 of them; most exports have few. */
static bool count_id(kmsrules_events *events, int id) {
    size_t low = 0, high = events->seen_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (events->seen[middle].id < id) low = middle + 1;
        else high = middle;
    }
    if (low == events->seen_count || events->seen[low].id != id) {
        void *items = events->seen;
        bool has_room = kr_memory_reserve(&items, &events->seen_capacity, events->seen_count, sizeof *events->seen);
        events->seen = items;
        if (!has_room) return false;
        memmove(events->seen + low + 1, events->seen + low, (events->seen_count++ - low) * sizeof *events->seen);
        events->seen[low] = (kmsrules_event_tally){id, 0};
    }
    events->seen[low].count++;
    return true;
}

const kmsrules_event_tally *kmsrules_events_seen(const kmsrules_events *events, size_t *count) {
    if (count != NULL) *count = events == NULL ? 0 : events->seen_count;
    return events == NULL ? NULL : events->seen;
}

/* ---- Events --------------------------------------------------------------------------------------------------------------------------------- */

static enum kr_read_result next_text(kmsrules_events *events, struct kr_event_text *event, struct kr_read_fault *fault) {
    if (events->form == FORM_UNKNOWN) {
        enum kr_read_result found = find_form(events, fault);
        if (found != KR_READ_ROW) return found;
    }
    return events->form == FORM_XML ? kr_event_xml_next(events->xml, event, fault) : kr_event_rows_next(&events->rows, event, fault);
}

static void take_bad(kmsrules_events *events, const struct kr_event_text *event, uint64_t line, uint64_t column, const char *problem) {
    memmove(events->problem, problem, strlen(problem) + 1);
    kr_event_record_clear(&events->event, line, column);
    events->event.id = event->id;
    events->event.status = KMSRULES_INVALID_ROW;
    events->event.problem = events->problem;
}

/* ROW: the event is there, or it is one of another log (`*is_other`). */
static enum kr_read_result take_text(kmsrules_events *events, const struct kr_event_text *event, bool *is_other, struct kr_read_fault *fault) {
    char why[KR_EVENT_WHY_SIZE];
    events->format.foreign += event->is_foreign;
    *is_other = event->is_foreign || !kr_event_fields_has(events->ruleset, event->id);
    enum kr_record_result read = *is_other ? KR_RECORD_READ : kr_event_record_read(events->ruleset, &events->options, event, &events->event, why);
    if (read == KR_RECORD_READ && !*is_other) events->format.unzoned_times += events->event.logged_at == KMSRULES_NO_TIME && kr_text_trim(event->parts[KR_EVENT_LOGGED]).size > 0;
    if (read == KR_RECORD_READ) return count_id(events, event->id) ? KR_READ_ROW : KR_READ_NO_MEMORY;
    if (read == KR_RECORD_BAD) {
        take_bad(events, event, event->line, event->column, why);
        return KR_READ_ROW;
    }
    *fault = (struct kr_read_fault){.line = event->line, .column = event->column};
    memcpy(fault->text, why, sizeof why);
    return KR_READ_STOPPED;
}

static kmsrules_status take_fault(kmsrules_events *events, const struct kr_read_fault *fault) {
    events->read_fault = *fault;
    events->fault = (kmsrules_inventory_fault){fault->line, fault->column, events->read_fault.text};
    events->has_fault = true;
    return KMSRULES_INVALID_INVENTORY;
}

kmsrules_status kmsrules_events_next(kmsrules_events *events, const kmsrules_event **event) {
    if (events == NULL || event == NULL) return KMSRULES_INVALID_ARGUMENT;
    if (events->has_fault) return KMSRULES_INVALID_INVENTORY;
    *event = NULL;
    for (bool is_other = true; is_other;) {
        struct kr_event_text text = {.id = 0};
        struct kr_read_fault fault;
        enum kr_read_result result = next_text(events, &text, &fault);
        is_other = false;
        if (result == KR_READ_ROW) result = take_text(events, &text, &is_other, &fault);
        if (result == KR_READ_STOPPED) return take_fault(events, &fault);
        if (result == KR_READ_NO_MEMORY) return KMSRULES_NO_MEMORY;
        if (result != KR_READ_MORE && !describe(events)) return KMSRULES_NO_MEMORY;
        if (result == KR_READ_BAD_ROW) take_bad(events, &text, fault.line, fault.column, fault.text);
        if (!is_other && (result == KR_READ_ROW || result == KR_READ_BAD_ROW)) *event = &events->event;
    }
    return KMSRULES_OK;
}
