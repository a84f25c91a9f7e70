/* A date and time as written → seconds since 1970 in UTC. In: text, and in which order a day and a month stand. Out: the time, or why there is none.
 * "2010/9/29 21:46", "2010-09-29T21:46:07.1234567Z", "2010-09-29 21:46:07+02:00"; with an order also "1/14/2006 2:30:00 PM", "14.01.2006 02:30". */
#ifndef KR_EVENT_TIME_H
#define KR_EVENT_TIME_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"

enum kr_time_result {
    KR_TIME_READ,
    KR_TIME_UNORDERED, /* it does not begin with its year, and no order was given */
    KR_TIME_INVALID    /* no such day or time, or not written like one */
};

/* `seconds` as if the clock showed UTC, unless the text names its offset itself: then `*has_offset`, and it is UTC. */
enum kr_time_result kr_time_read(struct kr_text text, kmsrules_date_order order, int64_t *seconds, bool *has_offset);
/* Whether a text looks like one, whatever it says. */
bool kr_time_is_like(struct kr_text text);

#endif
