/* The fields of one row of separated values (RFC 4180). In: text that may stop anywhere. Out: where its fields and its end are; goes on where it stopped.
 * Line ends are LF, CRLF and a lone CR; of a CRLF the row ends at the CR. A quote within a field that does not begin with one is text. */
#ifndef KR_FIELDS_H
#define KR_FIELDS_H

#include "fleet/reader.h"

enum kr_fields_result {
    KR_FIELDS_FIELD, /* one field; more of the row follows */
    KR_FIELDS_ROW,   /* the row is complete, its line end at `at` */
    KR_FIELDS_MORE,  /* the row is not complete in this text */
    KR_FIELDS_FIELD_TOO_LONG,
    KR_FIELDS_ROW_TOO_LONG,
    KR_FIELDS_UNCLOSED /* the quote before `start` */
};

/* All zero: at the start of a row. Offsets are from there. */
struct kr_fields {
    size_t at;         /* all before it is read */
    size_t start, end; /* of the field, without its quotes */
    size_t stray;      /* the first text behind a closing quote; 0: none */
    uint64_t line_ends; /* within quotes */
    uint32_t count;    /* of fields read */
    uint8_t state;
    bool has_doubled_quote; /* the field */
};

struct kr_cell {
    size_t start, size;
    bool has_doubled_quote;
};

/* Which part the columns hold: `parts[column]`, KR_ROW_PART_LIMIT for none. */
struct kr_fields_wanted {
    const uint8_t *parts;
    uint32_t column_count;
    char separator; /* '\n': there is none */
    bool is_last;   /* no text comes after this one */
};

/* KR_TEXT_PADDING bytes behind the text can be read. */
enum kr_fields_result kr_fields_next(struct kr_fields *fields, struct kr_text row, char separator, bool is_last);
/* The whole row, or what there is of it; the cells of wanted parts are written. */
enum kr_fields_result kr_fields_read_row(struct kr_fields *fields, struct kr_text row, const struct kr_fields_wanted *wanted, struct kr_cell *cells);
/* The line as one field. */
enum kr_fields_result kr_fields_read_line(struct kr_fields *fields, struct kr_text row, bool is_last);

#endif
