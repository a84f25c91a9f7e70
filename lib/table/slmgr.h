/* The words of <slmgr-line>: what a line holds, and which values a line that stands for one may have. In: attributes. Out: parts and values. */
#ifndef KR_TABLE_SLMGR_H
#define KR_TABLE_SLMGR_H

#include "base/text.h"

extern const char *const kr_slmgr_part_words[];  /* by enum kr_slmgr_part; NULL at the end */
extern const char *const kr_slmgr_value_words[]; /* of all parts; NULL at the end */

/* Whether a line holding `part` takes this value; `value.data` NULL: none. */
bool kr_slmgr_value_fits(struct kr_text part, struct kr_text value);
/* "no value", or "one of the values: yes, no" */
const char *kr_slmgr_values_of(struct kr_text part);

#endif
