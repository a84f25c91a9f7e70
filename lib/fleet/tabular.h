/* Rows of machines or events out of text: separated values with a header, or plain lines, each of which is one part. In: a text input and names of columns. Out: one row a call.
 *
 *   KR_READ_MORE        kr_text_input_feed() or kr_text_input_end(), then again
 *   KR_READ_NO_COLUMNS  kr_tabular_read_lines() and again, or give up
 */
#ifndef KR_TABULAR_H
#define KR_TABULAR_H

#include "base/memory.h"
#include "fleet/fields.h"
#include "fleet/text_input.h"

enum { KR_SEPARATOR_CANDIDATES = 3 };

/* All zero: found out. */
struct kr_tabular_choice {
    char separator; /* an ASCII character other than quote, CR and LF */
    bool is_lines;  /* plain lines, no header */
    uint32_t numbers[KR_ROW_PART_LIMIT]; /* the column (from 1) that holds a part, whatever its name; no two parts share one */
};

struct kr_tabular_column {
    struct kr_text name; /* as in the header, without quotes and blanks around it; valid until kr_tabular_free() */
    uint32_t number;     /* from 1; 0: no column holds this part */
};

struct kr_tabular {
    /* To be read once the first row, bad row or end came. */
    struct kr_tabular_column columns[KR_ROW_PART_LIMIT];
    uint32_t column_count;
    char separator;                            /* 0: a single column, or lines */
    bool is_lines;
    bool has_separator_line, has_type_line;    /* "sep=;" and "#TYPE ..." were skipped */

    /* Private. */
    struct kr_text_input *input;
    struct kr_columns known;
    struct kr_tabular_choice choice;
    uint8_t state;
    bool is_last;          /* the text has ended */
    bool is_after_return;  /* the line before ended in CR: an LF at the start belongs to it */
    size_t row;            /* start of the row in the window */
    uint64_t line;         /* of this start */
    struct kr_fields fields;
    struct kr_fields candidates[KR_SEPARATOR_CANDIDATES];
    uint8_t results[KR_SEPARATOR_CANDIDATES]; /* enum kr_fields_result */
    struct kr_cell cells[KR_ROW_PART_LIMIT];
    uint8_t parts[KR_COLUMN_LIMIT];
    struct kr_arena arena;
    struct kr_read_fault fault; /* that stopped it */
};

void kr_tabular_start(struct kr_tabular *tabular, struct kr_text_input *input, struct kr_columns known, const struct kr_tabular_choice *choice);
/* `row` is written with KR_READ_ROW, `fault` with BAD_ROW, STOPPED and NO_COLUMNS. */
enum kr_read_result kr_tabular_next(struct kr_tabular *tabular, struct kr_row_text *row, struct kr_read_fault *fault);
void kr_tabular_read_lines(struct kr_tabular *tabular); /* after KR_READ_NO_COLUMNS: from the line on that was no header */
void kr_tabular_free(struct kr_tabular *tabular);       /* not the input */

/* Between the files of this module. */
struct kr_text kr_tabular_text(const struct kr_tabular *tabular); /* from the start of the row on */
void kr_tabular_finish_row(struct kr_tabular *tabular, const struct kr_fields *fields);
enum kr_read_result kr_tabular_fill(struct kr_tabular *tabular); /* ROW: there is more text, or its end was reached; MORE, STOPPED, NO_MEMORY */
enum kr_read_result kr_tabular_fail(struct kr_tabular *tabular, enum kr_fields_result why, const struct kr_fields *fields);
enum kr_read_result kr_tabular_read_header(struct kr_tabular *tabular); /* ROW: it was read; END */

#endif
