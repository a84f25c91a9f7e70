/* SRV records out of an answer of DNS, line by line. In: lines. Out: records of the service of KMS, and what could not be read.
 *
 *   bytes ─▶ text_input ─▶ srv.c ─▶ srv_line.c ─┬─ one record a line: dig, host, zone file, nslookup of BIND ─┐
 *            decoded       lines    which form   ├─ srv_table.c: columns under a header ──────────────────────┼─▶ kr_srv_add()
 *                                                └─ srv_fields.c: one field a line, nslookup of Windows ──────┘  */
#ifndef KR_SRV_H
#define KR_SRV_H

#include "base/memory.h"
#include "base/text.h"
#include "fleet/names_seen.h"
#include "kmsrules/kmsrules.h"

enum { KR_SRV_LINE_LIMIT = 65536, KR_SRV_RECORD_LIMIT = 4096, KR_SRV_NAME_LIMIT = 255, KR_SRV_SHOWN_PROBLEMS = 100 };

struct kmsrules_records {
    struct kr_arena arena; /* names and texts */
    kmsrules_records_content content;
    kmsrules_srv_record *records;
    const char **names;
    kmsrules_record_problem *problems;
    size_t record_capacity, name_capacity, problem_capacity;
};

/* The parts of a record as they are written; `data` NULL: not there. */
enum kr_srv_part { KR_SRV_PRIORITY, KR_SRV_WEIGHT, KR_SRV_PORT, KR_SRV_TARGET, KR_SRV_NAME, KR_SRV_TYPE, KR_SRV_PART_COUNT };
extern const char *const kr_srv_part_names[]; /* "priority" */

enum kr_srv_shape { KR_SRV_NO_TABLE, KR_SRV_COLUMNS, KR_SRV_SEPARATED };

struct kr_srv_reader {
    struct kmsrules_records *records;
    struct kr_text service; /* "_vlmcs._tcp" */
    struct kr_text text;    /* the line being read, for columns */
    uint64_t line;
    bool has_failed; /* out of memory */
    bool is_full;    /* reading stops */
    struct kr_names_seen names;
    uint16_t heads[KR_SRV_RECORD_LIMIT], nexts[KR_SRV_RECORD_LIMIT]; /* of records with the same hash: their number + 1, 0: none */

    /* Zone files: names without a dot at the end belong to the origin; a line that begins with a blank has the owner of the one before it. */
    char origin[KR_SRV_NAME_LIMIT + 1], owner[KR_SRV_NAME_LIMIT + 1];
    bool has_origin, has_owner;
    struct kr_buffer joined; /* lines since a parenthesis was opened */
    bool is_open;
    uint64_t first_line;

    /* Fields, one a line. */
    char fields[KR_SRV_PART_COUNT][KR_SRV_NAME_LIMIT + 1];
    bool has_field[KR_SRV_PART_COUNT], is_in_block, is_list;
    uint64_t block_line;

    /* Columns under a header. */
    enum kr_srv_shape shape;
    char separator;
    uint32_t columns[KR_SRV_PART_COUNT]; /* from 1; 0: none */
    uint32_t column_count, row_count;
};

void kr_srv_start(struct kr_srv_reader *reader, struct kmsrules_records *records, const char *service);
void kr_srv_line(struct kr_srv_reader *reader, struct kr_text line); /* without its line end */
void kr_srv_end(struct kr_srv_reader *reader);

/* ---- Between the files of this module ---- */

/* Takes a record with its four parts, of the line `at`; complains of what is no number and no name. `name` NULL: not said. */
void kr_srv_add(struct kr_srv_reader *reader, const struct kr_text parts[KR_SRV_PART_COUNT], uint64_t at);
/* Complains of the line; `%` in the sentence is the word, escaped; a word in the line gives the column. */
void kr_srv_complain(struct kr_srv_reader *reader, uint64_t at, const char *sentence, struct kr_text word);
/* The name with the origin, where it has no dot at its end, in `storage`; without its last dot. Empty where it is too long. */
struct kr_text kr_srv_whole_name(const struct kr_srv_reader *reader, struct kr_text name, char storage[KR_SRV_NAME_LIMIT + 1]);
bool kr_srv_is_address(struct kr_text word); /* IPv4 or IPv6, also with a zone; no name is one */
/* Blank-separated words; what is beyond `limit` is counted. */
size_t kr_srv_words(struct kr_text line, struct kr_text *words, size_t limit);

bool kr_srv_read_header(struct kr_srv_reader *reader, struct kr_text line); /* it is a header: columns begin */
bool kr_srv_read_row(struct kr_srv_reader *reader, struct kr_text line);    /* it was a row of the columns begun, which end where it is none */
bool kr_srv_read_fields(struct kr_srv_reader *reader, struct kr_text line); /* it holds fields */
void kr_srv_begin_fields(struct kr_srv_reader *reader, struct kr_text name);
void kr_srv_end_fields(struct kr_srv_reader *reader);

#endif
