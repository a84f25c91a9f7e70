/* Machines out of JSON and NDJSON inventories. In: valid UTF-8 without byte order mark, in pieces cut anywhere. Out: rows and faults, in the order of the file.
 * Memory is bounded whatever the file: one machine of at most KR_ROW_SIZE_LIMIT bytes is held at a time, and of an object at the top as much again.
 *
 * A file is
 *   [ {machine}, … ]                                  a list of machines, or
 *   {object} line end {object} line end …             NDJSON, or one object alone, each of which is, in this order,
 *     { "pc01": {machine}, "pc02": {machine}, … }     machines by name: every member is an object, none is called ansible_…
 *     { …os… }                                        a machine: it or an object in it says which Windows it is
 *     { "machines": [machine, …], … }                 a list of machines: under a known name (machines, value, devices, computers, hosts, results),
 *     { "any": [{machine}, …], … }                    or the only list of objects
 *     { … }                                           a machine without an operating system: a bad row
 * Both a machine and a known list of objects, or several such lists: a bad row as well, since nobody may choose. Over KR_ROW_SIZE_LIMIT an object is no machine,
 * and what begins within that many bytes decides: machines by name or a list, which are then read in pieces of one machine. */
#ifndef KR_JSON_ROWS_H
#define KR_JSON_ROWS_H

#include "fleet/reader.h"

struct kr_json_rows;

struct kr_json_rows *kr_json_rows_new(const struct kr_columns *columns); /* NULL: no memory; what `columns` points to must live as long */
void kr_json_rows_free(struct kr_json_rows *rows);

/* The next piece of text; to be called when nothing was fed yet or KR_READ_MORE came. The bytes must stay until KR_READ_MORE comes again. */
void kr_json_rows_feed(struct kr_json_rows *rows, struct kr_text text);
/* No text follows. */
void kr_json_rows_finish(struct kr_json_rows *rows);

/* `row` is written with KR_READ_ROW, `fault` with KR_READ_BAD_ROW and KR_READ_STOPPED. KR_READ_END, KR_READ_STOPPED and KR_READ_NO_MEMORY are final. */
enum kr_read_result kr_json_rows_next(struct kr_json_rows *rows, struct kr_row_text *row, struct kr_read_fault *fault);

#endif
