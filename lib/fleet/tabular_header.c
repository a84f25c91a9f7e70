/* The header of tabular.h: which lines before it are skipped, which separator it has, and which column holds what. */
#include "fleet/tabular.h"

#include <string.h>

static const char separators[KR_SEPARATOR_CANDIDATES] = {',', ';', '\t'};
static const char *const separator_names[KR_SEPARATOR_CANDIDATES] = {"','", "';'", "tab"};

/* What a header says when it is split at one separator. Offsets are from its start. */
struct layout {
    char separator;
    uint32_t column_count, known_count; /* parts without which the table says nothing */
    struct found {
        uint32_t number, rank;
        struct kr_text name;
        size_t offset, second; /* of a second column as good as this one; 0: none */
    } found[KR_ROW_PART_LIMIT];
};

/* ---- Lines before the header ---------------------------------------------------------------------------------------------------------------- */

static struct kr_text trim(struct kr_text text) {
    while (text.size && strchr(" \t\r\n", text.data[0])) text = (struct kr_text){text.data + 1, text.size - 1};
    while (text.size && strchr(" \t\r\n", text.data[text.size - 1])) text.size--;
    return text;
}

static bool can_separate(char c) {
    bool is_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return !is_word && c != '"' && c != ' ' && (c > ' ' || c == '\t') && c < 0x7F;
}

/* Whether this line is none of the table; what it says is taken over. */
static bool skips(struct kr_tabular *tabular, struct kr_text line) {
    if (!tabular->has_separator_line && line.size == 5 && kr_text_starts_with(line, "sep=") && can_separate(line.data[4])) {
        tabular->has_separator_line = true;
        if (!tabular->choice.separator) tabular->choice.separator = line.data[4];
        return true;
    }
    if (!tabular->has_type_line && kr_text_starts_with(line, "#TYPE ")) {
        tabular->has_type_line = true;
        return true;
    }
    return trim(line).size == 0;
}

/* To the first line of the table; ROW when it was found, END when there is none. A line that is too long is left to the header. */
static enum kr_read_result skip_lines(struct kr_tabular *tabular) {
    for (;;) {
        struct kr_text text = kr_tabular_text(tabular);
        enum kr_fields_result read = text.size == 0 ? KR_FIELDS_MORE : kr_fields_read_line(&tabular->fields, text, tabular->is_last);
        if (read == KR_FIELDS_MORE) {
            if (tabular->is_last) return KR_READ_END;
            enum kr_read_result filled = kr_tabular_fill(tabular);
            if (filled != KR_READ_ROW) return filled;
            continue;
        }
        bool is_skipped = read == KR_FIELDS_ROW && skips(tabular, (struct kr_text){text.data, tabular->fields.end});
        if (is_skipped) kr_tabular_finish_row(tabular, &tabular->fields);
        tabular->fields = (struct kr_fields){0};
        if (!is_skipped) return KR_READ_ROW;
    }
}

/* ---- Splitting the header ------------------------------------------------------------------------------------------------------------------- */

static char separator_of(const struct kr_tabular *tabular, size_t candidate) {
    return tabular->choice.separator ? tabular->choice.separator : separators[candidate];
}

static size_t candidate_count(const struct kr_tabular *tabular) { return tabular->choice.separator ? 1 : KR_SEPARATOR_CANDIDATES; }

static enum kr_fields_result read_to_end(struct kr_fields *fields, struct kr_text text, char separator, bool is_last) {
    enum kr_fields_result result = KR_FIELDS_FIELD;
    while (result == KR_FIELDS_FIELD && fields->count < KR_COLUMN_LIMIT) result = kr_fields_next(fields, text, separator, is_last);
    return result;
}

/* ROW when every candidate has come to the end of the header, or to a fault in it. FIELD: too many columns. */
static enum kr_read_result split(struct kr_tabular *tabular) {
    for (;;) {
        bool needs_more = false;
        for (size_t i = 0; i < candidate_count(tabular); i++) {
            if (tabular->results[i] != KR_FIELDS_MORE) continue;
            tabular->results[i] = (uint8_t)read_to_end(&tabular->candidates[i], kr_tabular_text(tabular), separator_of(tabular, i), tabular->is_last);
            needs_more |= tabular->results[i] == KR_FIELDS_MORE;
        }
        if (!needs_more) return KR_READ_ROW;
        enum kr_read_result filled = kr_tabular_fill(tabular);
        if (filled != KR_READ_ROW) return filled;
    }
}

/* ---- What the columns hold ------------------------------------------------------------------------------------------------------------------ */

static void note_column(struct layout *layout, uint32_t part, uint32_t rank, struct kr_text name, size_t offset) {
    struct found *found = &layout->found[part];
    if (found->number > 0 && rank > found->rank) return;
    if (found->number > 0 && rank == found->rank) {
        if (found->second == 0) found->second = offset;
        return;
    }
    *found = (struct found){.number = layout->column_count, .rank = rank, .name = name, .offset = offset};
}

/* A number given by the caller comes before any name, and a column chosen by number has no other part. */
static void note_cell(const struct kr_tabular *tabular, struct layout *layout, struct kr_text name, size_t offset) {
    uint32_t part = KR_ROW_PART_LIMIT, rank = 0;
    for (size_t i = 0; i < tabular->known.part_count; i++) {
        if (tabular->choice.numbers[i] != layout->column_count) continue;
        layout->found[i] = (struct found){.number = layout->column_count, .name = name, .offset = offset};
        return;
    }
    if (!tabular->known.find(tabular->known.self, name, &part, &rank) || part >= tabular->known.part_count) return;
    if (tabular->choice.numbers[part] == 0) note_column(layout, part, rank, name, offset);
}

static struct layout lay_out(const struct kr_tabular *tabular, char separator) {
    struct layout layout = {.separator = separator};
    struct kr_fields fields = {0};
    struct kr_text text = kr_tabular_text(tabular);
    enum kr_fields_result result = KR_FIELDS_FIELD;
    while (result == KR_FIELDS_FIELD) {
        size_t offset = fields.at;
        result = kr_fields_next(&fields, text, separator, tabular->is_last);
        layout.column_count++;
        note_cell(tabular, &layout, trim((struct kr_text){text.data + fields.start, fields.end - fields.start}), offset);
    }
    for (uint32_t i = 0; i < tabular->known.part_count; i++) layout.known_count += (tabular->known.deciding >> i & 1) && layout.found[i].number > 0;
    return layout;
}

/* ---- Faults of the header ------------------------------------------------------------------------------------------------------------------- */

static struct kr_buffer begin_fault(struct kr_tabular *tabular, struct kr_text_place place) {
    tabular->fault.line = place.line;
    tabular->fault.column = place.column;
    return kr_buffer_over(tabular->fault.text, sizeof tabular->fault.text);
}

static void add_place(struct kr_buffer *buffer, struct kr_text_place place) {
    kr_buffer_add_number(buffer, place.line);
    kr_buffer_add_string(buffer, ":");
    kr_buffer_add_number(buffer, place.column);
}

/* Not cut within a character. */
static void add_name(struct kr_buffer *buffer, struct kr_text name) {
    enum { SHOWN_SIZE = 40 };
    size_t size = name.size;
    if (kr_text_has_product_key(name)) {
        kr_buffer_add_string(buffer, "(a product key)");
        return;
    }
    if (size > SHOWN_SIZE) {
        size = SHOWN_SIZE;
        while (size > 0 && ((unsigned char)name.data[size] & 0xC0) == 0x80) size--;
    }
    kr_buffer_add_escaped(buffer, (struct kr_text){name.data, size});
    if (size < name.size) kr_buffer_add_string(buffer, "...");
}

static enum kr_read_result fail_candidate(struct kr_tabular *tabular, size_t i) {
    enum kr_fields_result why = (enum kr_fields_result)tabular->results[i];
    struct kr_text_place row = {tabular->line, 0};
    if (why == KR_FIELDS_FIELD) {
        struct kr_buffer buffer = begin_fault(tabular, row);
        kr_buffer_add_string(&buffer, "more than ");
        kr_buffer_add_number(&buffer, KR_COLUMN_LIMIT);
        kr_buffer_add_string(&buffer, " columns");
        return KR_READ_STOPPED;
    }
    if (why != KR_FIELDS_ROW) return kr_tabular_fail(tabular, why, &tabular->candidates[i]);
    struct kr_buffer buffer = begin_fault(tabular, kr_text_input_place(tabular->input, tabular->row + tabular->candidates[i].stray));
    kr_buffer_add_string(&buffer, "text behind the closing quote; quotes within a field are doubled");
    return KR_READ_STOPPED;
}

static bool is_sound(const struct kr_tabular *tabular, size_t i) { return tabular->results[i] == KR_FIELDS_ROW && tabular->candidates[i].stray == 0; }

static enum kr_read_result report_twice(struct kr_tabular *tabular, const struct found *found) {
    struct kr_text_place first = kr_text_input_place(tabular->input, tabular->row + found->offset);
    struct kr_buffer buffer = begin_fault(tabular, kr_text_input_place(tabular->input, tabular->row + found->second));
    kr_buffer_add_string(&buffer, "column ");
    add_name(&buffer, found->name);
    kr_buffer_add_string(&buffer, " appears twice (");
    add_place(&buffer, first);
    kr_buffer_add_string(&buffer, ")");
    return KR_READ_STOPPED;
}

static enum kr_read_result report_ambiguous(struct kr_tabular *tabular, size_t a, size_t b) {
    struct kr_buffer buffer = begin_fault(tabular, (struct kr_text_place){tabular->line, 0});
    kr_buffer_add_string(&buffer, separator_names[a]);
    kr_buffer_add_string(&buffer, " and ");
    kr_buffer_add_string(&buffer, separator_names[b]);
    kr_buffer_add_string(&buffer, " may both separate the columns: say --separator");
    return KR_READ_STOPPED;
}

static enum kr_read_result report_number(struct kr_tabular *tabular, uint32_t number, uint32_t column_count) {
    struct kr_buffer buffer = begin_fault(tabular, (struct kr_text_place){tabular->line, 0});
    kr_buffer_add_string(&buffer, "no column #");
    kr_buffer_add_number(&buffer, number);
    kr_buffer_add_string(&buffer, ": the header has ");
    kr_buffer_add_number(&buffer, column_count);
    return KR_READ_STOPPED;
}

/* Lists as many names as there is room for; none where they are the groups of a product key, which tabs part. */
static enum kr_read_result report_unknown(struct kr_tabular *tabular, char separator) {
    enum { ROOM_FOR_NAMES = 120 };
    struct kr_buffer buffer = begin_fault(tabular, (struct kr_text_place){tabular->line, 1});
    struct kr_text text = kr_tabular_text(tabular);
    struct kr_fields fields = {0};
    enum kr_fields_result result = KR_FIELDS_FIELD;
    kr_buffer_add_string(&buffer, tabular->known.missing);
    kr_buffer_add_string(&buffer, "; found: ");
    while (result == KR_FIELDS_FIELD && buffer.size < ROOM_FOR_NAMES) {
        result = kr_fields_next(&fields, text, separator, tabular->is_last);
        if (fields.count > 1) kr_buffer_add_string(&buffer, ", ");
        add_name(&buffer, trim((struct kr_text){text.data + fields.start, fields.end - fields.start}));
    }
    if (result == KR_FIELDS_FIELD) kr_buffer_add_string(&buffer, ", ...");
    if (kr_text_has_product_key((struct kr_text){text.data, fields.end})) {
        buffer = begin_fault(tabular, (struct kr_text_place){tabular->line, 1});
        kr_buffer_add_string(&buffer, tabular->known.missing);
        kr_buffer_add_string(&buffer, "; found: (a product key)");
    }
    return KR_READ_NO_COLUMNS;
}

/* ---- Choosing ------------------------------------------------------------------------------------------------------------------------------- */

/* Nothing by which to recognise a machine is known under any separator. Of faults, the ones that the others do not come from first: what is split well at one
 * separator may be torn at another. */
static enum kr_read_result report_nothing(struct kr_tabular *tabular, char widest, uint32_t width) {
    for (size_t i = 0; i < candidate_count(tabular); i++)
        if (tabular->results[i] == KR_FIELDS_FIELD) return fail_candidate(tabular, i);
    for (size_t i = 0; width < 2 && i < candidate_count(tabular); i++)
        if (!is_sound(tabular, i)) return fail_candidate(tabular, i);
    for (size_t i = 0; i < tabular->known.part_count; i++)
        if (tabular->choice.numbers[i] > width) return report_number(tabular, tabular->choice.numbers[i], width);
    return report_unknown(tabular, widest);
}

/* The candidate under which most is known; ROW, or what is wrong. A header that no separator splits is the same under each. */
static enum kr_read_result choose(struct kr_tabular *tabular, struct layout *best) {
    size_t chosen = 0, equal = 0;
    char widest = separator_of(tabular, 0);
    uint32_t width = 0;
    for (size_t i = 0; i < candidate_count(tabular); i++) {
        if (!is_sound(tabular, i)) continue;
        struct layout layout = lay_out(tabular, separator_of(tabular, i));
        if (layout.column_count > width) widest = layout.separator;
        if (layout.column_count > width) width = layout.column_count;
        if (layout.known_count == 0 || layout.known_count < best->known_count) continue;
        bool is_same = layout.column_count == 1 && best->column_count == 1;
        if (layout.known_count > best->known_count) chosen = equal = i, *best = layout;
        else if (!is_same) equal = i;
    }
    if (best->known_count == 0) return report_nothing(tabular, widest, width);
    return chosen == equal ? KR_READ_ROW : report_ambiguous(tabular, chosen, equal);
}

static enum kr_read_result check(struct kr_tabular *tabular, const struct layout *layout) {
    for (size_t i = 0; i < tabular->known.part_count; i++) {
        if (layout->found[i].second > 0) return report_twice(tabular, &layout->found[i]);
        uint32_t number = tabular->choice.numbers[i];
        if (number > layout->column_count) return report_number(tabular, number, layout->column_count);
    }
    return KR_READ_ROW;
}

static enum kr_read_result take_over(struct kr_tabular *tabular, const struct layout *layout) {
    memset(tabular->parts, KR_ROW_PART_LIMIT, sizeof tabular->parts);
    for (size_t i = 0; i < tabular->known.part_count; i++) {
        const struct found *found = &layout->found[i];
        if (found->number == 0) continue;
        char *name = kr_arena_copy(&tabular->arena, found->name.data, found->name.size);
        if (!name) return KR_READ_NO_MEMORY;
        tabular->columns[i] = (struct kr_tabular_column){{name, found->name.size}, found->number};
        tabular->parts[found->number - 1] = (uint8_t)i;
    }
    tabular->column_count = layout->column_count;
    tabular->separator = layout->column_count == 1 && !tabular->choice.separator ? '\0' : layout->separator;
    return KR_READ_ROW;
}

static const struct kr_fields *fields_of(const struct kr_tabular *tabular, char separator) {
    size_t i = 0;
    while (i + 1 < candidate_count(tabular) && separators[i] != separator) i++;
    return &tabular->candidates[i];
}

enum kr_read_result kr_tabular_read_header(struct kr_tabular *tabular) {
    struct layout layout = {0};
    enum kr_read_result result = KR_READ_ROW;
    bool is_split = tabular->candidates[0].at > 0;
    if (!is_split) result = skip_lines(tabular);
    if (result != KR_READ_ROW || tabular->is_lines) return result;
    if ((result = split(tabular)) != KR_READ_ROW) return result;
    if ((result = choose(tabular, &layout)) != KR_READ_ROW) return result;
    if ((result = check(tabular, &layout)) != KR_READ_ROW) return result;
    if ((result = take_over(tabular, &layout)) != KR_READ_ROW) return result;
    kr_tabular_finish_row(tabular, fields_of(tabular, layout.separator));
    return result;
}
