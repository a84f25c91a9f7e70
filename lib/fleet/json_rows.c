/* See json_rows.h. */
#include "fleet/json_rows.h"

#include "base/memory.h"
#include "fleet/json_machine.h"
#include "fleet/json_shape.h"

#include <string.h>

/* Where machines stand. */
enum source { AT_TOP, IN_LIST, BY_NAME, IN_MEMBER };
static const uint32_t machine_level[] = {[AT_TOP] = 0, [IN_LIST] = 1, [BY_NAME] = 1, [IN_MEMBER] = 2};

/* An object at the top is collected. When it turns out to hold machines, its text is taken back and goes through the splitter once more, now that the level of the
 * machines is known:
 *
 *   chunk ─▶ split ─▶ collected ─▶ jansson ─▶ shape ─▶ machine ─▶ row
 *              ▲                                │
 *              └───────────── again ◀───────────┘ */
struct kr_json_rows {
    struct kr_columns columns;
    struct kr_json_split split;
    struct kr_json_split object_start; /* as `split` was behind the { of the object at the top */
    struct kr_text chunk, rest_of_again;
    struct kr_buffer again, collected;
    enum source source;
    uint64_t member, wanted_member;
    bool is_collecting, is_finished, had_list;
    char wrong; /* first byte of what stands where a machine should, 0: none */
    size_t value_start; /* of the machine in what is collected: behind its name */
    uint64_t last_line; /* on which the last value at the top ended */
    struct kr_json_place place, name_place;
    json_t *root;
    struct kr_json_machine machine;
    enum kr_read_result final; /* KR_READ_ROW: not yet */
    struct kr_read_fault fault;
};

/* ---- Life ----------------------------------------------------------------------------------------------------------------------------------- */

struct kr_json_rows *kr_json_rows_new(const struct kr_columns *columns) {
    struct kr_json_rows *rows = kr_memory_take(1, sizeof *rows);
    if (!rows) return NULL;
    rows->columns = *columns;
    kr_json_split_start(&rows->split);
    return rows;
}

static void drop_root(struct kr_json_rows *rows) {
    json_decref(rows->root);
    rows->root = NULL;
}

static void drop_text(struct kr_json_rows *rows) {
    kr_buffer_free(&rows->again);
    kr_buffer_free(&rows->collected);
    kr_json_machine_free(&rows->machine);
}

void kr_json_rows_free(struct kr_json_rows *rows) {
    if (!rows) return;
    drop_root(rows);
    drop_text(rows);
    kr_memory_free(rows);
}

void kr_json_rows_feed(struct kr_json_rows *rows, struct kr_text text) { rows->chunk = text; }

void kr_json_rows_finish(struct kr_json_rows *rows) { rows->is_finished = true; }

/* ---- Results -------------------------------------------------------------------------------------------------------------------------------- */

static enum kr_read_result tell(struct kr_json_rows *rows, enum kr_read_result result, struct kr_json_place place, const char *text) {
    struct kr_buffer buffer = kr_buffer_over(rows->fault.text, sizeof rows->fault.text);
    kr_buffer_add_string(&buffer, text);
    rows->fault.line = place.line;
    rows->fault.column = place.column;
    return result;
}

/* From the functions below: there is no result yet. */
#define GO_ON KR_READ_MORE

static enum kr_read_result refuse_wrong(struct kr_json_rows *rows) {
    char c = rows->wrong;
    rows->wrong = '\0';
    const char *text = "a machine must be an object, is a number";
    if (c == '[') text = "a machine must be an object, is a list";
    if (c == '"') text = "a machine must be an object, is a string";
    if (c == 'n') text = "a machine must be an object, is null";
    if (c == 't' || c == 'f') text = "a machine must be an object, is true or false";
    return tell(rows, KR_READ_BAD_ROW, rows->place, text);
}

/* ---- Machines ------------------------------------------------------------------------------------------------------------------------------- */

static void start_collecting(struct kr_json_rows *rows, const char *start) {
    rows->is_collecting = true;
    rows->collected.size = 0;
    rows->value_start = 0;
    rows->split.longest_token = 0;
    rows->split.has_odd_number = false;
    kr_buffer_add_string(&rows->collected, start);
}

static struct kr_text machine_text(const struct kr_json_rows *rows) {
    return (struct kr_text){rows->collected.data + rows->value_start, rows->collected.size - rows->value_start};
}

static enum kr_read_result stop_at_key(struct kr_json_rows *rows, enum kr_json_parsing parsing, size_t offset, struct kr_text key) {
    struct kr_json_place place = rows->name_place;
    if (offset >= rows->value_start) place = kr_json_place_in(rows->place, machine_text(rows), offset - rows->value_start);
    tell(rows, KR_READ_STOPPED, place, "");
    struct kr_buffer text = kr_buffer_over(rows->fault.text, sizeof rows->fault.text);
    kr_buffer_add_string(&text, "key ");
    kr_json_add_key(&text, key);
    kr_buffer_add_string(&text, parsing == KR_JSON_KEY_TWICE ? " given twice" : " holds \\u0000, which no name has");
    return KR_READ_STOPPED;
}

static enum kr_read_result parse(struct kr_json_rows *rows) {
    struct kr_buffer *collected = &rows->collected;
    size_t offset;
    struct kr_text key;
    rows->is_collecting = false;
    if (rows->split.has_odd_number) kr_json_value_tame_numbers(collected->data, collected->size);
    struct kr_text text = {collected->data, collected->size};
    enum kr_json_parsing parsing = kr_json_value_parse(text, rows->split.longest_token, &rows->root, &offset, &key);
    if (parsing == KR_JSON_NO_MEMORY) return KR_READ_NO_MEMORY;
    return parsing == KR_JSON_PARSED ? GO_ON : stop_at_key(rows, parsing, offset, key);
}

static enum kr_read_result write_row(struct kr_json_rows *rows, struct kr_row_text *row) {
    return kr_json_machine_write(&rows->machine, machine_text(rows), rows->place, row, &rows->fault);
}

/* The name of the member is the machine's where it has none of its own. */
static enum kr_read_result write_named_row(struct kr_json_rows *rows, struct kr_row_text *row) {
    void *member = json_object_iter(rows->root);
    if (!kr_json_machine_search(&rows->machine, json_object_iter_value(member), &rows->columns)) return KR_READ_NO_MEMORY;
    enum kr_read_result result = write_row(rows, row);
    struct kr_text *name = &row->parts[KR_MACHINE_NAME];
    if (!name->data) *name = (struct kr_text){json_object_iter_key(member), json_object_iter_key_len(member)};
    return result;
}

/* ---- An object at the top ------------------------------------------------------------------------------------------------------------------- */

/* It holds machines: back behind its { with its text. */
static enum kr_read_result read_again(struct kr_json_rows *rows, enum source source, size_t member) {
    kr_buffer_free(&rows->again);
    rows->again = rows->collected;
    rows->collected = (struct kr_buffer){0};
    rows->rest_of_again = (struct kr_text){rows->again.data + 1, rows->again.size - 1};
    rows->split = rows->object_start;
    rows->split.watch = machine_level[source];
    rows->source = source;
    rows->wanted_member = member + 1;
    rows->member = 0;
    rows->is_collecting = false;
    drop_root(rows);
    return GO_ON;
}

static enum kr_read_result take_object(struct kr_json_rows *rows, struct kr_row_text *row) {
    size_t member = 0;
    enum kr_read_result result = parse(rows);
    if (result != GO_ON) return result;
    if (!kr_json_machine_search(&rows->machine, rows->root, &rows->columns)) return KR_READ_NO_MEMORY;
    rows->last_line = rows->split.line;
    switch (kr_json_shape_of(rows->root, kr_json_machine_has_system(&rows->machine), &member)) {
    case KR_JSON_BY_NAME: return read_again(rows, BY_NAME, 0);
    case KR_JSON_LIST: return read_again(rows, IN_MEMBER, member);
    case KR_JSON_MACHINE_AND_LIST: return tell(rows, KR_READ_BAD_ROW, rows->place, "both a machine and a list of machines; give one of them");
    case KR_JSON_SEVERAL_LISTS: return tell(rows, KR_READ_BAD_ROW, rows->place, "several lists that may be the machines; give one of them");
    case KR_JSON_MACHINE: break;
    }
    return write_row(rows, row);
}

_Static_assert(KR_ROW_SIZE_LIMIT == 1048576, "the text names it");

static enum kr_read_result stop_too_large(struct kr_json_rows *rows) {
    return tell(rows, KR_READ_STOPPED, rows->place, "a machine of more than 1048576 bytes; an inventory is a list of machines, or has one a line");
}

/* Brackets that are open behind the last one are closed there, over bytes that come back afterwards; the text is over the limit, so there is room. */
static enum kr_read_result parse_beginning(struct kr_json_rows *rows) {
    const struct kr_json_cut *cut = &rows->split.cut;
    struct kr_buffer *collected = &rows->collected;
    char kept[KR_JSON_DEPTH_LIMIT];
    size_t size = collected->size, end = (size_t)(cut->offset - (rows->object_start.offset - 1));
    char *closing = collected->data + end;
    memcpy(kept, closing, sizeof kept);
    for (uint32_t depth = cut->depth; depth; depth--) *closing++ = cut->objects >> (depth - 1) & 1 ? '}' : ']';
    collected->size = end + cut->depth;
    enum kr_read_result result = parse(rows);
    memcpy(collected->data + end, kept, sizeof kept);
    collected->size = size;
    return result;
}

/* Too large for a machine: its beginning tells where the machines are. */
static enum kr_read_result take_beginning(struct kr_json_rows *rows) {
    size_t member = 0;
    enum kr_read_result result = parse_beginning(rows);
    if (result != GO_ON) return result;
    switch (kr_json_shape_of(rows->root, false, &member)) {
    case KR_JSON_BY_NAME: return read_again(rows, BY_NAME, 0);
    case KR_JSON_LIST: return read_again(rows, IN_MEMBER, member);
    case KR_JSON_SEVERAL_LISTS: return tell(rows, KR_READ_STOPPED, rows->place, "several lists that may be the machines; give one of them");
    case KR_JSON_MACHINE:
    case KR_JSON_MACHINE_AND_LIST: break;
    }
    return stop_too_large(rows);
}

/* ---- Events --------------------------------------------------------------------------------------------------------------------------------- */

static bool is_machine(const struct kr_json_rows *rows) {
    return rows->split.level == machine_level[rows->source] && (rows->source != IN_MEMBER || rows->member == rows->wanted_member);
}

static enum kr_read_result start_at_top(struct kr_json_rows *rows) {
    char c = rows->split.first;
    bool is_first = rows->last_line == 0;
    if (rows->had_list) return tell(rows, KR_READ_STOPPED, rows->place, "text behind the list of machines");
    if (c == '[' && is_first) {
        rows->source = IN_LIST;
        rows->had_list = true;
        rows->split.watch = machine_level[IN_LIST];
        return GO_ON;
    }
    const char *expected = is_first ? "expected a list of machines or an object with \"machines\"" : "expected an object: one machine a line";
    if (c != '{') return tell(rows, KR_READ_STOPPED, rows->place, expected);
    if (rows->last_line == rows->place.line) return tell(rows, KR_READ_STOPPED, rows->place, "expected a line end between two objects");
    start_collecting(rows, "{");
    rows->object_start = rows->split;
    return GO_ON;
}

static enum kr_read_result start_machine(struct kr_json_rows *rows) {
    rows->place = rows->split.place;
    if (rows->source == AT_TOP) return start_at_top(rows);
    if (rows->split.first != '{') {
        rows->wrong = rows->split.first;
        rows->is_collecting = false;
    } else if (rows->source == BY_NAME) {
        rows->value_start = rows->collected.size - 1; /* the { came with the text behind the name */
    } else {
        start_collecting(rows, "{");
    }
    return GO_ON;
}

static enum kr_read_result end_machine(struct kr_json_rows *rows, struct kr_row_text *row) {
    if (rows->wrong) return refuse_wrong(rows);
    if (rows->source == AT_TOP) return take_object(rows, row);
    if (rows->source == BY_NAME) kr_buffer_add_string(&rows->collected, "}");
    enum kr_read_result result = parse(rows);
    if (result != GO_ON) return result;
    if (rows->source == BY_NAME) return write_named_row(rows, row);
    if (!kr_json_machine_search(&rows->machine, rows->root, &rows->columns)) return KR_READ_NO_MEMORY;
    return write_row(rows, row);
}

static void end_container(struct kr_json_rows *rows) {
    rows->source = AT_TOP;
    rows->split.watch = machine_level[AT_TOP];
    rows->last_line = rows->split.line;
}

static void start_name(struct kr_json_rows *rows) {
    if (rows->split.level != 1) return;
    rows->member++;
    if (rows->source != BY_NAME) return;
    rows->place = rows->name_place = rows->split.place;
    start_collecting(rows, "{\"");
}

static enum kr_read_result handle(struct kr_json_rows *rows, enum kr_json_event event, struct kr_row_text *row) {
    switch (event) {
    case KR_JSON_KEY: start_name(rows); break;
    case KR_JSON_VALUE:
        if (is_machine(rows)) return start_machine(rows);
        break;
    case KR_JSON_END:
        if (is_machine(rows)) return end_machine(rows, row);
        if (rows->split.level == 0) end_container(rows);
        break;
    case KR_JSON_FAULT: rows->fault = rows->split.fault; return KR_READ_STOPPED;
    case KR_JSON_MORE: break;
    }
    return GO_ON;
}

/* ---- The way through ------------------------------------------------------------------------------------------------------------------------ */

/* What is looked at next: never so much that a machine over the limit would be collected whole, so that the limit does not depend on the pieces. */
static struct kr_text next_text(const struct kr_json_rows *rows) {
    struct kr_text text = rows->rest_of_again.size ? rows->rest_of_again : rows->chunk;
    size_t room = KR_ROW_SIZE_LIMIT + 1 - (rows->collected.size - rows->value_start);
    if (rows->is_collecting && text.size > room) text.size = room;
    return text;
}

static void move(struct kr_json_rows *rows, size_t used) {
    struct kr_text *text = rows->rest_of_again.size ? &rows->rest_of_again : &rows->chunk;
    *text = (struct kr_text){text->data + used, text->size - used};
    if (rows->again.data && rows->rest_of_again.size == 0) kr_buffer_free(&rows->again);
}

static enum kr_read_result look(struct kr_json_rows *rows, struct kr_text text, struct kr_row_text *row) {
    size_t used;
    enum kr_json_event event = kr_json_split_scan(&rows->split, text, &used);
    if (rows->is_collecting) kr_buffer_add(&rows->collected, (struct kr_text){text.data, used});
    move(rows, used);
    if (rows->collected.has_failed) return KR_READ_NO_MEMORY;
    bool is_too_large = rows->is_collecting && rows->collected.size - rows->value_start > KR_ROW_SIZE_LIMIT;
    if (!is_too_large || event == KR_JSON_FAULT) return handle(rows, event, row);
    return rows->source == AT_TOP ? take_beginning(rows) : stop_too_large(rows);
}

static enum kr_read_result end(struct kr_json_rows *rows) {
    if (kr_json_split_finish(&rows->split)) return KR_READ_END;
    rows->fault = rows->split.fault;
    return KR_READ_STOPPED;
}

/* No row is to be had any more: what the last one needed is not either. */
static enum kr_read_result settle(struct kr_json_rows *rows, enum kr_read_result result) {
    if (result != KR_READ_END && result != KR_READ_STOPPED && result != KR_READ_NO_MEMORY) return result;
    drop_root(rows);
    drop_text(rows);
    return rows->final = result;
}

enum kr_read_result kr_json_rows_next(struct kr_json_rows *rows, struct kr_row_text *row, struct kr_read_fault *fault) {
    enum kr_read_result result = rows->final ? rows->final : GO_ON;
    drop_root(rows);
    while (result == GO_ON) {
        struct kr_text text = next_text(rows);
        if (text.size == 0 && !rows->is_finished) return KR_READ_MORE;
        result = text.size ? look(rows, text, row) : end(rows);
    }
    if (result == KR_READ_BAD_ROW || result == KR_READ_STOPPED) *fault = rows->fault;
    return settle(rows, result);
}
