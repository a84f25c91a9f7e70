/* How far two names are apart. */
#ifndef KR_SUGGEST_H
#define KR_SUGGEST_H

#include "base/text.h"

/* Edits that turn one text into the other, neighbours swapped counting once; another digit counts twice, because it is another product rather than a slip.
 * SIZE_MAX when one is longer than a name may be. */
size_t kr_name_distance(struct kr_text a, struct kr_text b);
/* The same where another digit counts once: never more, and much faster. */
size_t kr_name_least_distance(struct kr_text a, struct kr_text b);

#endif
