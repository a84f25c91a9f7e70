/* Forms of single values in the tables. In: a value. Out: whether it has the form. */
#ifndef KR_FORMS_H
#define KR_FORMS_H

#include "base/text.h"

bool kr_is_id(struct kr_text text);            /* a-z 0-9 - _ . and a letter first */
bool kr_is_digits(struct kr_text text);        /* a whole number without leading zero, nine digits at most */
bool kr_is_kb_number(struct kr_text text);     /* KB and digits */
bool kr_is_date(struct kr_text text);          /* 2024-02-13 */
bool kr_is_build(struct kr_text text);         /* 17763.1999 */
bool kr_is_blank(struct kr_text text);         /* holds no word */

#endif
