/* Events out of tables and out of lines of text. In: a text input. Out: the parts of one event a call. */
#ifndef KR_EVENT_ROWS_H
#define KR_EVENT_ROWS_H

#include "fleet/event_fields.h"
#include "fleet/tabular.h"

struct kr_event_rows {
    struct kr_tabular tabular; /* to be read: columns, separator, is_lines */
    uint64_t other_lines, first_other_line; /* not blank, without an event */

    /* Private. */
    const struct kmsrules_ruleset *ruleset;
    struct kr_read_fault header; /* why this is no table, if it is no events either */
    bool has_event, is_in_xml;
    size_t line_count, colon; /* of lines; where the first has " : " */
};

void kr_event_rows_start(struct kr_event_rows *rows, const struct kmsrules_ruleset *ruleset, struct kr_text_input *input);
void kr_event_rows_free(struct kr_event_rows *rows);
/* `event` is written with KR_READ_ROW and lives until the next call, `fault` with KR_READ_BAD_ROW and KR_READ_STOPPED. */
enum kr_read_result kr_event_rows_next(struct kr_event_rows *rows, struct kr_event_text *event, struct kr_read_fault *fault);

#endif
