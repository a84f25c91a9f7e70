/* See fields.h. Looks at eight bytes at a time for those that may end a field. */
#include "fleet/fields.h"

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define EACH_HIGH_BIT UINT64_C(0x8080808080808080)

enum { AT_START, IN_PLAIN, IN_QUOTES, BEHIND_QUOTES }; /* states */

/* The high bits of bytes below ' ' and of bytes that are zero. Only the lowest bit set can be relied on: a borrow may set others above it. */
static inline uint64_t find_controls(uint64_t word) { return (word - EACH_BYTE * ' ') & ~word & EACH_HIGH_BIT; }

static inline uint64_t find_zeros(uint64_t word) { return (word - EACH_BYTE) & ~word & EACH_HIGH_BIT; }

/* The next control character, or byte of the pattern, at or behind `at`. */
static inline size_t find(struct kr_text row, size_t at, uint64_t pattern) {
    for (; at < row.size; at += sizeof pattern) {
        uint64_t word = kr_read_word(row.data + at), found = find_controls(word) | find_zeros(word ^ pattern);
        if (!found) continue;
        at += (size_t)__builtin_ctzll(found) / 8;
        break;
    }
    return at < row.size ? at : row.size;
}

static inline bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/* Of two limits the one that the text reaches first counts, so that it does not matter how much of it there is already. */
static inline enum kr_fields_result check_limits(const struct kr_fields *fields, enum kr_fields_result good) {
    bool is_field_long = fields->end - fields->start > KR_FIELD_SIZE_LIMIT;
    if (is_field_long && fields->start + KR_FIELD_SIZE_LIMIT <= KR_ROW_SIZE_LIMIT) return KR_FIELDS_FIELD_TOO_LONG;
    return fields->at > KR_ROW_SIZE_LIMIT ? KR_FIELDS_ROW_TOO_LONG : good;
}

/* The text is used up. */
static enum kr_fields_result run_out(struct kr_fields *fields, bool is_last) {
    if (fields->state == AT_START) fields->start = fields->at;
    if (fields->state != BEHIND_QUOTES) fields->end = fields->at;
    enum kr_fields_result result = check_limits(fields, is_last ? KR_FIELDS_ROW : KR_FIELDS_MORE);
    if (result != KR_FIELDS_ROW) return result;
    if (fields->state == IN_QUOTES) return KR_FIELDS_UNCLOSED;
    fields->count++;
    return result;
}

/* To behind the closing quote; false when the text does not hold it. A quote at its very end may be the first of two. */
static inline bool close_quotes(struct kr_fields *fields, struct kr_text row, bool is_last) {
    while ((fields->at = find(row, fields->at, EACH_BYTE * '"')) < row.size) {
        size_t at = fields->at;
        if (row.data[at] != '"') {
            fields->line_ends += row.data[at] == '\r' || (row.data[at] == '\n' && row.data[at - 1] != '\r');
            fields->at++;
        } else if (at + 1 < row.size ? row.data[at + 1] != '"' : is_last) {
            fields->end = at;
            fields->at++;
            fields->state = BEHIND_QUOTES;
            return true;
        } else if (at + 1 == row.size) {
            return false;
        } else {
            fields->has_doubled_quote = true;
            fields->at += 2;
        }
    }
    return false;
}

static inline void begin(struct kr_fields *fields, struct kr_text row) {
    bool is_quoted = row.data[fields->at] == '"';
    fields->state = is_quoted ? IN_QUOTES : IN_PLAIN;
    fields->at += is_quoted;
    fields->start = fields->at;
    fields->has_doubled_quote = false;
}

/* To the separator or line end. */
static inline void pass_plain(struct kr_fields *fields, struct kr_text row, char separator) {
    uint64_t pattern = EACH_BYTE * (unsigned char)separator;
    while ((fields->at = find(row, fields->at, pattern)) < row.size) {
        char c = row.data[fields->at];
        if (c == separator || is_line_end(c)) return;
        fields->at++;
    }
}

static inline void pass_stray(struct kr_fields *fields, struct kr_text row, char separator) {
    char c = row.data[fields->at];
    if (c == separator || is_line_end(c)) return;
    if (fields->stray == 0) fields->stray = fields->at;
    pass_plain(fields, row, separator);
}

static inline enum kr_fields_result next(struct kr_fields *fields, struct kr_text row, char separator, bool is_last) {
    if (fields->at == row.size) return run_out(fields, is_last);
    if (fields->state == AT_START) begin(fields, row);
    if (fields->state == IN_QUOTES && !close_quotes(fields, row, is_last)) return run_out(fields, is_last);
    if (fields->state == IN_PLAIN) pass_plain(fields, row, separator);
    else if (fields->at < row.size) pass_stray(fields, row, separator);
    if (fields->at == row.size) return run_out(fields, is_last);
    if (fields->state == IN_PLAIN) fields->end = fields->at;
    fields->count++;
    fields->state = AT_START;
    if (is_line_end(row.data[fields->at])) return check_limits(fields, KR_FIELDS_ROW);
    fields->at++;
    return check_limits(fields, KR_FIELDS_FIELD);
}

enum kr_fields_result kr_fields_next(struct kr_fields *fields, struct kr_text row, char separator, bool is_last) {
    return next(fields, row, separator, is_last);
}

enum kr_fields_result kr_fields_read_row(struct kr_fields *fields, struct kr_text row, const struct kr_fields_wanted *wanted, struct kr_cell *cells) {
    struct kr_fields local = *fields; /* in registers */
    enum kr_fields_result result = KR_FIELDS_FIELD;
    while (result == KR_FIELDS_FIELD) {
        result = next(&local, row, wanted->separator, wanted->is_last);
        if (result > KR_FIELDS_ROW || local.count > wanted->column_count) continue;
        uint8_t part = wanted->parts[local.count - 1];
        if (part < KR_ROW_PART_LIMIT) cells[part] = (struct kr_cell){local.start, local.end - local.start, local.has_doubled_quote};
    }
    *fields = local;
    return result;
}

enum kr_fields_result kr_fields_read_line(struct kr_fields *fields, struct kr_text row, bool is_last) {
    fields->state = IN_PLAIN;
    pass_plain(fields, row, '\n');
    if (fields->at == row.size) return run_out(fields, is_last);
    fields->end = fields->at;
    fields->count = 1;
    return check_limits(fields, KR_FIELDS_ROW);
}
