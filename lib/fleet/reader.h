/* What the readers of inventories and of events share: the parts that a row may hold (of a machine: enum kr_part; of an event: enum kr_event_part), and how columns are known
 * by their names. */
#ifndef KR_READER_H
#define KR_READER_H

#include "base/text.h"
#include "ruleset/ruleset.h"

enum { KR_ROW_PART_LIMIT = 24 };
_Static_assert((int)KR_MACHINE_PART_COUNT <= (int)KR_ROW_PART_LIMIT && (int)KR_EVENT_PART_COUNT <= (int)KR_ROW_PART_LIMIT, "a row has room for either");

/* Which part a column (or a key of a JSON object) of this name holds; among several of one part the lowest rank is taken. Names compare without ASCII case. */
struct kr_columns {
    bool (*find)(const void *self, struct kr_text name, uint32_t *part, uint32_t *rank);
    const void *self;
    uint32_t part_count; /* parts are below */
    uint32_t deciding;   /* a bit for each part without any of which a table says nothing */
    uint32_t line_part;  /* what a plain line is */
    const char *missing; /* "no column for os" */
};

/* One row; texts are UTF-8, valid until the reader is used again; `data` NULL where the row has no such part. */
struct kr_row_text {
    struct kr_text parts[KR_ROW_PART_LIMIT];
    uint64_t line;   /* physical line of the file, from 1, on which the row starts */
    uint64_t column; /* in bytes of UTF-8, from 1 */
};

enum kr_read_result {
    KR_READ_ROW,       /* `row` was written */
    KR_READ_BAD_ROW,   /* one row cannot be read: `fault` says why; reading goes on */
    KR_READ_MORE,      /* feed more bytes, or say that there are none */
    KR_READ_END,       /* all was read */
    KR_READ_STOPPED,   /* the file cannot be read further: `fault` says why */
    KR_READ_NO_MEMORY,
    KR_READ_NO_COLUMNS /* a table whose header names nothing to recognise a machine by: `fault` says what was found; it may be read as plain lines */
};

struct kr_read_fault {
    uint64_t line, column; /* column 0: the row, or (line 0, too) the file as a whole */
    char text[256];        /* one line, what is wrong and what to do; escaped already */
};

#define KR_FIELD_SIZE_LIMIT 65536
#define KR_COLUMN_LIMIT 1024
#define KR_ROW_SIZE_LIMIT (1u << 20)
#define KR_JSON_DEPTH_LIMIT 64

#endif
