/* Reads one inventory: what it is, its rows, what each says of an operating system. In: bytes. Out: machines. One form after another is tried by content:
 *
 *   bytes ─▶ text_input ─▶ JSON (it starts with { or [) or table (its header names a column) or plain lines (its first lines name products) ─▶ rows ─▶ evidence_cache ─▶ machines */
#include <string.h>

#include "fleet/columns.h"
#include "fleet/encoding.h"
#include "fleet/evidence_cache.h"
#include "fleet/json_rows.h"
#include "fleet/tabular.h"

enum form { FORM_UNKNOWN, FORM_TABLE, FORM_JSON };

struct kmsrules_inventory {
    kmsrules_ruleset *ruleset; /* owned */
    struct kr_arena arena;     /* options, and what is said about the form */
    struct kr_named_columns named;
    struct kr_tabular_choice choice;
    struct kr_text_input input;
    enum form form;
    struct kr_tabular tabular;
    struct kr_json_rows *json;
    size_t json_size; /* bytes of the window that the JSON reader has */
    struct kr_evidence_cache cache;
    kmsrules_machine machine;
    char problem[256];
    kmsrules_inventory_format format;
    kmsrules_inventory_fault fault;
    struct kr_read_fault read_fault;
    bool is_ended, has_fault;
};

/* ---- Life ----------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status prepare(kmsrules_inventory *inventory, const kmsrules_inventory_options *options) {
    bool has_memory = true;
    const char *encoding = kr_arena_copy_string(&inventory->arena, options->encoding, &has_memory);
    const char *columns = kr_arena_copy_string(&inventory->arena, options->columns, &has_memory);
    if (!has_memory) return KMSRULES_NO_MEMORY;
    if (!kr_columns_read(inventory->ruleset, columns, &inventory->named)) return KMSRULES_INVALID_ARGUMENT;
    bool is_separator = options->separator == 0 || options->separator == ',' || options->separator == ';' || options->separator == '\t';
    if (!is_separator || (options->is_plain && (columns != NULL || options->separator != 0))) return KMSRULES_INVALID_ARGUMENT;
    inventory->choice.separator = options->separator;
    inventory->choice.is_lines = options->is_plain;
    enum kr_text_result started = kr_text_input_start(&inventory->input, kr_text_of(encoding));
    return started == KR_TEXT_NO_MEMORY ? KMSRULES_NO_MEMORY : started == KR_TEXT_STOPPED ? KMSRULES_INVALID_ARGUMENT : KMSRULES_OK;
}

kmsrules_status kmsrules_inventory_new(kmsrules_ruleset *ruleset, const kmsrules_inventory_options *options, kmsrules_inventory **inventory) {
    static const kmsrules_inventory_options defaults = KMSRULES_FOUND_BY_CONTENT;
    if (ruleset == NULL || inventory == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_inventory *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(ruleset);
    kmsrules_status status = prepare(made, options == NULL ? &defaults : options);
    if (status == KMSRULES_OK) *inventory = made;
    else kmsrules_inventory_free(made);
    return status;
}

void kmsrules_inventory_free(kmsrules_inventory *inventory) {
    if (inventory == NULL) return;
    if (inventory->form == FORM_TABLE) kr_tabular_free(&inventory->tabular);
    kr_json_rows_free(inventory->json);
    kr_text_input_free(&inventory->input);
    kr_evidence_cache_free(&inventory->cache);
    kmsrules_ruleset_free(inventory->ruleset);
    kr_arena_free(&inventory->arena);
    kr_memory_free(inventory);
}

/* ---- What it is ----------------------------------------------------------------------------------------------------------------------------- */

static enum kr_read_result stop(kmsrules_inventory *inventory, const struct kr_read_fault *fault) {
    inventory->read_fault = *fault;
    return KR_READ_STOPPED;
}

/* More text in the window: ROW; MORE, END of the bytes, or why not. */
static enum kr_read_result fill(kmsrules_inventory *inventory) {
    switch (kr_text_input_fill(&inventory->input)) {
    case KR_TEXT_ADDED: return KR_READ_ROW;
    case KR_TEXT_MORE: return KR_READ_MORE;
    case KR_TEXT_END: return KR_READ_END;
    case KR_TEXT_STOPPED: return stop(inventory, &inventory->input.fault);
    default: return KR_READ_NO_MEMORY;
    }
}

static enum kr_read_result start_table(kmsrules_inventory *inventory) {
    inventory->form = FORM_TABLE;
    kr_tabular_start(&inventory->tabular, &inventory->input, kr_columns_of(&inventory->named), &inventory->choice);
    return KR_READ_ROW;
}

static enum kr_read_result start_json(kmsrules_inventory *inventory) {
    struct kr_columns columns = kr_columns_of(&inventory->named);
    inventory->json = kr_json_rows_new(&columns);
    if (inventory->json == NULL) return KR_READ_NO_MEMORY;
    inventory->form = FORM_JSON;
    kr_json_rows_feed(inventory->json, (struct kr_text){inventory->input.window, inventory->json_size = inventory->input.size});
    return KR_READ_ROW;
}

/* The first byte that is no blank decides. ROW: the form is known. */
static enum kr_read_result find_form(kmsrules_inventory *inventory) {
    if (inventory->choice.is_lines) return start_table(inventory);
    for (;;) {
        size_t offset = 0;
        while (offset < inventory->input.size && kr_is_space(inventory->input.window[offset])) offset++;
        if (offset < inventory->input.size) {
            bool is_json = inventory->input.window[offset] == '{' || inventory->input.window[offset] == '[';
            return is_json ? start_json(inventory) : start_table(inventory);
        }
        if (inventory->input.size > KR_ROW_SIZE_LIMIT) return start_table(inventory); /* which will say that this is too long */
        enum kr_read_result filled = fill(inventory);
        if (filled == KR_READ_END) return start_table(inventory);
        if (filled != KR_READ_ROW) return filled;
    }
}

/* Whether one of the first two lines is a name by itself: then there is no header. */
static bool starts_with_names(const kmsrules_inventory *inventory) {
    struct kr_text text = kr_tabular_text(&inventory->tabular);
    kmsrules_identity identity;
    for (size_t line = 0, start = 0; line < 2 && start < text.size; line++) {
        size_t end = start;
        while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r') end++;
        kmsrules_status status = kmsrules_identify(inventory->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, text.data + start, end - start, &identity);
        if (status == KMSRULES_OK || status == KMSRULES_AMBIGUOUS_NAME) return true;
        start = end;
        while (start < text.size && (text.data[start] == '\n' || text.data[start] == '\r')) start++;
    }
    return false;
}

static void say_columns(struct kr_buffer *out, const struct kr_tabular *tabular) {
    static const char *const parts[KR_MACHINE_PART_COUNT] = {"name", "os", "build", "sku", "edition-id", "product-type"};
    for (size_t i = 0; i < KR_MACHINE_PART_COUNT; i++) {
        if (tabular->columns[i].number == 0) continue;
        kr_buffer_add_string(out, out->size == 0 ? "" : ", ");
        kr_buffer_add_string(out, parts[i]);
        kr_buffer_add_string(out, " from ");
        if (kr_text_has_product_key(tabular->columns[i].name)) kr_buffer_add_string(out, "(a product key)");
        else kr_buffer_add_escaped(out, tabular->columns[i].name);
    }
}

/* Once the first row came. False when out of memory. */
static bool describe(kmsrules_inventory *inventory) {
    const struct kr_tabular *tabular = &inventory->tabular;
    kmsrules_inventory_format *format = &inventory->format;
    if (format->format != NULL) return true;
    const char *encoding = kr_encoding_name((enum kr_encoding)inventory->input.encoding);
    format->encoding = encoding != NULL ? encoding : inventory->input.encoding_name;
    if (inventory->form == FORM_JSON) return format->format = "JSON", true;
    format->format = tabular->is_lines ? "plain lines" : "CSV";
    format->separator = tabular->separator;
    if (tabular->is_lines) return true;
    struct kr_buffer out = {0};
    say_columns(&out, tabular);
    format->columns = out.has_failed ? NULL : kr_arena_copy(&inventory->arena, out.data == NULL ? "" : out.data, out.size);
    kr_buffer_free(&out);
    return format->columns != NULL;
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------------------------------- */

static enum kr_read_result next_of_table(kmsrules_inventory *inventory, struct kr_row_text *row, struct kr_read_fault *fault) {
    enum kr_read_result result = kr_tabular_next(&inventory->tabular, row, fault);
    if (result != KR_READ_NO_COLUMNS) return result;
    bool may_be_lines = !inventory->named.are_given && inventory->choice.separator == 0;
    if (!may_be_lines || !starts_with_names(inventory)) {
        strncat(fault->text, "; name it with --columns os=COLUMN,…, or say --plain where every line is a name", sizeof fault->text - strlen(fault->text) - 1);
        return KR_READ_STOPPED;
    }
    kr_tabular_read_lines(&inventory->tabular);
    return kr_tabular_next(&inventory->tabular, row, fault);
}

static enum kr_read_result next_of_json(kmsrules_inventory *inventory, struct kr_row_text *row, struct kr_read_fault *fault) {
    for (;;) {
        enum kr_read_result result = kr_json_rows_next(inventory->json, row, fault);
        if (result != KR_READ_MORE) return result;
        kr_text_input_consume(&inventory->input, inventory->json_size);
        inventory->json_size = 0;
        result = inventory->input.size > 0 ? KR_READ_ROW : fill(inventory);
        if (result == KR_READ_STOPPED) *fault = inventory->read_fault;
        if (result == KR_READ_END) kr_json_rows_finish(inventory->json);
        else if (result == KR_READ_ROW) kr_json_rows_feed(inventory->json, (struct kr_text){inventory->input.window, inventory->json_size = inventory->input.size});
        else return result;
    }
}

static enum kr_read_result next_row(kmsrules_inventory *inventory, struct kr_row_text *row, struct kr_read_fault *fault) {
    if (inventory->form == FORM_UNKNOWN) {
        enum kr_read_result found = find_form(inventory);
        if (found == KR_READ_STOPPED) *fault = inventory->read_fault;
        if (found != KR_READ_ROW) return found;
    }
    return inventory->form == FORM_JSON ? next_of_json(inventory, row, fault) : next_of_table(inventory, row, fault);
}

/* ---- Machines ------------------------------------------------------------------------------------------------------------------------------- */

static void take_bad_row(kmsrules_inventory *inventory, uint64_t line, uint64_t column, const char *problem) {
    kmsrules_machine *machine = &inventory->machine;
    strcpy(inventory->problem, problem);
    *machine = (kmsrules_machine){.line = line, .column = column, .evidence = KMSRULES_NO_EVIDENCE, .status = KMSRULES_INVALID_ROW, .problem = inventory->problem};
}

static kmsrules_text view(struct kr_text text) { return (kmsrules_text){text.data, text.size}; }

/* What says the operating system. */
static kmsrules_text text_of(const struct kr_row_text *row) {
    static const enum kr_part order[] = {KR_MACHINE_OS, KR_MACHINE_EDITION_ID, KR_MACHINE_SKU, KR_MACHINE_BUILD};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (row->parts[order[i]].size > 0) return view(row->parts[order[i]]);
    return view(row->parts[KR_MACHINE_OS]);
}

static bool take_row(kmsrules_inventory *inventory, const struct kr_row_text *row) {
    kmsrules_machine *machine = &inventory->machine;
    bool is_new;
    if (kr_text_has_product_key(row->parts[KR_MACHINE_NAME])) {
        take_bad_row(inventory, row->line, row->column, "the name of the machine looks like a product key, which is not shown");
        return true;
    }
    struct kr_evidence_entry *entry = kr_evidence_cache_find(&inventory->cache, row->parts, &is_new);
    if (entry == NULL || (is_new && !kr_evidence_recognize(inventory->ruleset, entry))) return false;
    bool is_bad = entry->status == KMSRULES_INVALID_ROW, has_identity = entry->status == KMSRULES_OK || entry->status == KMSRULES_AMBIGUOUS_NAME;
    machine->line = row->line;
    machine->column = row->column;
    machine->name = view(row->parts[KR_MACHINE_NAME]);
    machine->text = is_bad ? (kmsrules_text){NULL, 0} : text_of(row);
    machine->evidence = is_bad ? (kmsrules_evidence)KMSRULES_NO_EVIDENCE : entry->evidence;
    machine->status = entry->status;
    machine->identity = has_identity ? &entry->identity : NULL;
    machine->problem = is_bad ? entry->problem : NULL;
    return true;
}

static kmsrules_status take_fault(kmsrules_inventory *inventory, const struct kr_read_fault *fault) {
    inventory->read_fault = *fault;
    inventory->fault = (kmsrules_inventory_fault){fault->line, fault->column, inventory->read_fault.text};
    inventory->has_fault = true;
    return KMSRULES_INVALID_INVENTORY;
}

kmsrules_status kmsrules_inventory_next(kmsrules_inventory *inventory, const kmsrules_machine **machine) {
    if (inventory == NULL || machine == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_row_text row;
    struct kr_read_fault fault;
    if (inventory->has_fault) return KMSRULES_INVALID_INVENTORY;
    enum kr_read_result result = next_row(inventory, &row, &fault);
    bool has_memory = result != KR_READ_NO_MEMORY;
    *machine = NULL;
    if (result == KR_READ_STOPPED) return take_fault(inventory, &fault);
    if (has_memory && (result == KR_READ_ROW || result == KR_READ_BAD_ROW || result == KR_READ_END)) has_memory = describe(inventory);
    if (has_memory && result == KR_READ_ROW) has_memory = take_row(inventory, &row);
    if (!has_memory) return KMSRULES_NO_MEMORY;
    if (result == KR_READ_BAD_ROW) take_bad_row(inventory, fault.line, fault.column, fault.text);
    if (result == KR_READ_ROW || result == KR_READ_BAD_ROW) *machine = &inventory->machine;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_inventory_feed(kmsrules_inventory *inventory, const char *data, size_t size) {
    if (inventory == NULL || (data == NULL && size > 0) || inventory->is_ended) return KMSRULES_INVALID_ARGUMENT;
    if (!inventory->has_fault && size > 0) kr_text_input_feed(&inventory->input, data, size);
    return KMSRULES_OK;
}

kmsrules_status kmsrules_inventory_end(kmsrules_inventory *inventory) {
    if (inventory == NULL) return KMSRULES_INVALID_ARGUMENT;
    if (!inventory->is_ended) kr_text_input_end(&inventory->input);
    inventory->is_ended = true;
    return KMSRULES_OK;
}

const kmsrules_inventory_format *kmsrules_inventory_what(const kmsrules_inventory *inventory) { return inventory == NULL ? NULL : &inventory->format; }

const kmsrules_inventory_fault *kmsrules_inventory_why(const kmsrules_inventory *inventory) { return inventory == NULL || !inventory->has_fault ? NULL : &inventory->fault; }
