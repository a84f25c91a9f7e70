/* What a field of an event says. In: its text, blanks around it allowed. Out: a value; false and untouched where the text is none. */
#ifndef KR_EVENT_VALUE_H
#define KR_EVENT_VALUE_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"

/* "0xC004F038", "0x0", "3221549112", "-1073418184", "C004F038". */
bool kr_result_read(struct kr_text text, uint32_t *result);
/* "0x4000008" */
bool kr_flags_read(struct kr_text text);
/* A whole number in ASCII digits, zeros before it allowed, of at most 18. */
bool kr_count_read(struct kr_text text, int64_t *number);
/* Minutes: a whole number, or "173.00:00:00", days before the dot. */
bool kr_minutes_read(struct kr_text text, int64_t *minutes);
/* "0", "1", "False", "True". */
bool kr_truth_read(struct kr_text text, int *truth);
/* With or without braces. */
bool kr_guid_read(struct kr_text text, kmsrules_guid *guid);

#endif
