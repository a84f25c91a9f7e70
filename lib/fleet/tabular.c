/* See tabular.h. Text ─▶ (lines before the header, header: tabular_header.c) ─▶ rows. */
#include "fleet/tabular.h"

#include <string.h>

enum { IN_HEADER, IN_ROWS, IS_STOPPED }; /* states */

void kr_tabular_start(struct kr_tabular *tabular, struct kr_text_input *input, struct kr_columns known, const struct kr_tabular_choice *choice) {
    *tabular = (struct kr_tabular){.input = input, .known = known, .choice = *choice, .line = 1, .is_lines = choice->is_lines};
    for (size_t i = 0; i < KR_SEPARATOR_CANDIDATES; i++) tabular->results[i] = KR_FIELDS_MORE;
}

void kr_tabular_free(struct kr_tabular *tabular) {
    kr_arena_free(&tabular->arena);
    *tabular = (struct kr_tabular){0};
}

void kr_tabular_read_lines(struct kr_tabular *tabular) {
    tabular->is_lines = true;
    tabular->state = IN_HEADER;
}

/* ---- Text ----------------------------------------------------------------------------------------------------------------------------------- */

struct kr_text kr_tabular_text(const struct kr_tabular *tabular) {
    return (struct kr_text){tabular->input->window + tabular->row, tabular->input->size - tabular->row};
}

/* The LF of a CRLF may come with a later portion, or never. */
static void pass_line_feed(struct kr_tabular *tabular) {
    struct kr_text text = kr_tabular_text(tabular);
    if (!tabular->is_after_return || text.size == 0) return;
    tabular->row += text.data[0] == '\n';
    tabular->is_after_return = false;
}

void kr_tabular_finish_row(struct kr_tabular *tabular, const struct kr_fields *fields) {
    struct kr_text text = kr_tabular_text(tabular);
    bool has_line_end = fields->at < text.size;
    tabular->is_after_return = has_line_end && text.data[fields->at] == '\r';
    tabular->row += fields->at + has_line_end;
    tabular->line += fields->line_ends + 1;
    pass_line_feed(tabular);
}

enum kr_read_result kr_tabular_fill(struct kr_tabular *tabular) {
    kr_text_input_consume(tabular->input, tabular->row);
    tabular->row = 0;
    switch (kr_text_input_fill(tabular->input)) {
    case KR_TEXT_ADDED: pass_line_feed(tabular); return KR_READ_ROW;
    case KR_TEXT_MORE: return KR_READ_MORE;
    case KR_TEXT_NO_MEMORY: return KR_READ_NO_MEMORY;
    case KR_TEXT_END: tabular->is_last = true; return KR_READ_ROW;
    case KR_TEXT_STOPPED: break;
    }
    tabular->fault = tabular->input->fault;
    return KR_READ_STOPPED;
}

/* ---- Faults --------------------------------------------------------------------------------------------------------------------------------- */

static struct kr_buffer begin_fault(struct kr_read_fault *fault, uint64_t line, uint64_t column) {
    fault->line = line;
    fault->column = column;
    return kr_buffer_over(fault->text, sizeof fault->text);
}

static void write_at(struct kr_tabular *tabular, struct kr_read_fault *fault, size_t offset, const char *text) {
    struct kr_text_place place = kr_text_input_place(tabular->input, tabular->row + offset);
    struct kr_buffer buffer = begin_fault(fault, place.line, place.column);
    kr_buffer_add_string(&buffer, text);
}

static void write_limit(struct kr_read_fault *fault, const char *before, uint64_t limit) {
    struct kr_buffer buffer = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&buffer, before);
    kr_buffer_add_number(&buffer, limit);
    kr_buffer_add_string(&buffer, " bytes");
}

enum kr_read_result kr_tabular_fail(struct kr_tabular *tabular, enum kr_fields_result why, const struct kr_fields *fields) {
    struct kr_read_fault *fault = &tabular->fault;
    if (why == KR_FIELDS_UNCLOSED) {
        write_at(tabular, fault, fields->start - 1, "quote opened here is not closed");
    } else if (why == KR_FIELDS_FIELD_TOO_LONG) {
        write_at(tabular, fault, fields->start + KR_FIELD_SIZE_LIMIT, "");
        write_limit(fault, tabular->is_lines ? "line longer than " : "field longer than ", KR_FIELD_SIZE_LIMIT);
    } else {
        *fault = (struct kr_read_fault){.line = tabular->line};
        write_limit(fault, "row longer than ", KR_ROW_SIZE_LIMIT);
    }
    return KR_READ_STOPPED;
}

static void write_count(struct kr_tabular *tabular, struct kr_read_fault *fault) {
    struct kr_buffer buffer = begin_fault(fault, tabular->line, 0);
    kr_buffer_add_number(&buffer, tabular->fields.count);
    kr_buffer_add_string(&buffer, tabular->fields.count == 1 ? " field, header has " : " fields, header has ");
    kr_buffer_add_number(&buffer, tabular->column_count);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------------------------------- */

/* In its place. The rest of the cell is overwritten, so that a line end in it is not counted twice. */
static size_t remove_doubled_quotes(char *cell, size_t size) {
    size_t written = 0;
    for (size_t i = 0; i < size; i++) {
        cell[written++] = cell[i];
        i += cell[i] == '"';
    }
    memset(cell + written, ' ', size - written);
    return written;
}

static void write_row(struct kr_tabular *tabular, struct kr_row_text *row) {
    char *text = tabular->input->window + tabular->row;
    *row = (struct kr_row_text){.line = tabular->line, .column = 1};
    for (size_t i = 0; i < tabular->known.part_count; i++) {
        const struct kr_cell *cell = &tabular->cells[i];
        if (tabular->columns[i].number == 0) continue;
        size_t size = cell->has_doubled_quote ? remove_doubled_quotes(text + cell->start, cell->size) : cell->size;
        row->parts[i] = (struct kr_text){text + cell->start, size};
    }
}

static void write_line(struct kr_tabular *tabular, struct kr_row_text *row) {
    *row = (struct kr_row_text){.line = tabular->line, .column = 1};
    row->parts[tabular->known.line_part] = (struct kr_text){kr_tabular_text(tabular).data, tabular->fields.end};
}

static enum kr_fields_result read_fields(struct kr_tabular *tabular) {
    struct kr_text text = kr_tabular_text(tabular);
    struct kr_fields_wanted wanted = {tabular->parts, tabular->column_count, tabular->separator ? tabular->separator : '\n', tabular->is_last};
    if (text.size == 0) return KR_FIELDS_MORE;
    if (tabular->is_lines) return kr_fields_read_line(&tabular->fields, text, tabular->is_last);
    return kr_fields_read_row(&tabular->fields, text, &wanted, tabular->cells);
}

/* The row that was read to its end; MORE for a blank line, of which nothing comes out. */
static enum kr_read_result judge_row(struct kr_tabular *tabular, struct kr_row_text *row, struct kr_read_fault *fault) {
    const struct kr_fields *fields = &tabular->fields;
    if (fields->count == 1 && kr_text_trim((struct kr_text){kr_tabular_text(tabular).data, fields->at}).size == 0) return KR_READ_MORE;
    if (tabular->is_lines) {
        write_line(tabular, row);
    } else if (fields->stray > 0) {
        write_at(tabular, fault, fields->stray, "text behind the closing quote; quotes within a field are doubled");
        return KR_READ_BAD_ROW;
    } else if (fields->count != tabular->column_count) {
        write_count(tabular, fault);
        return KR_READ_BAD_ROW;
    } else {
        write_row(tabular, row);
    }
    return KR_READ_ROW;
}

static enum kr_read_result read_row(struct kr_tabular *tabular, struct kr_row_text *row, struct kr_read_fault *fault) {
    for (;;) {
        enum kr_fields_result read = read_fields(tabular);
        if (read > KR_FIELDS_MORE) return kr_tabular_fail(tabular, read, &tabular->fields);
        if (read == KR_FIELDS_MORE) {
            if (tabular->is_last) return KR_READ_END;
            enum kr_read_result filled = kr_tabular_fill(tabular);
            if (filled != KR_READ_ROW) return filled;
            continue;
        }
        enum kr_read_result result = judge_row(tabular, row, fault);
        kr_tabular_finish_row(tabular, &tabular->fields);
        tabular->fields = (struct kr_fields){0};
        if (result != KR_READ_MORE) return result;
    }
}

enum kr_read_result kr_tabular_next(struct kr_tabular *tabular, struct kr_row_text *row, struct kr_read_fault *fault) {
    enum kr_read_result result = KR_READ_STOPPED;
    if (tabular->state == IN_HEADER) {
        result = kr_tabular_read_header(tabular);
        if (result == KR_READ_ROW) tabular->state = IN_ROWS;
    }
    if (tabular->state == IN_ROWS) result = read_row(tabular, row, fault);
    if (result == KR_READ_STOPPED) tabular->state = IS_STOPPED;
    if (result == KR_READ_STOPPED || result == KR_READ_NO_COLUMNS) *fault = tabular->fault;
    return result;
}
