/* Times in UTC as dates, and back: the calendar of ISO 8601, years 1970 to 9999, without leap seconds. */
#ifndef KR_CIVIL_H
#define KR_CIVIL_H

#include "base/text.h"

#define KR_DAY 86400
#define KR_LAST_TIME INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* "2024-05-06", "2024-05-06T07:08:09Z", also without seconds; a date alone is its first second, or with `is_end` its last. False and untouched when it is none. */
bool kr_time_of(struct kr_text text, bool is_end, int64_t *time);
void kr_time_add(struct kr_buffer *buffer, int64_t time); /* "2024-05-06T07:08:09Z"; of a time from 0 to KR_LAST_TIME */
void kr_date_add(struct kr_buffer *buffer, int64_t time); /* "2024-05-06" */

#endif
