/* An event as it was written → what it says. In: its parts. Out: numbers, times, names; or why it, or the whole file, cannot be read. */
#ifndef KR_EVENT_RECORD_H
#define KR_EVENT_RECORD_H

#include "fleet/event_fields.h"

enum kr_record_result {
    KR_RECORD_READ,
    KR_RECORD_BAD,      /* this event cannot be read */
    KR_RECORD_UNORDERED /* a time of which day and month are not told apart: the file cannot be read without being told */
};

/* `record` is wholly written; `why` holds KR_EVENT_WHY_SIZE bytes and is written unless READ. Texts of the record are views of the parts. */
enum kr_record_result kr_event_record_read(const struct kmsrules_ruleset *ruleset, const kmsrules_events_options *options, const struct kr_event_text *event, kmsrules_event *record, char *why);
/* One of which nothing but its place is known. */
void kr_event_record_clear(kmsrules_event *record, uint64_t line, uint64_t column);

#endif
