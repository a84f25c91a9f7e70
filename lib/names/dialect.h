/* The dialect of patterns, held against a pattern before PCRE2 sees it. In: the text. Out: accepted, or what in it is refused and where.
 * Knows nothing of PCRE2; the dialect is described in docs/rule-tables.md ("Patterns"). */
#ifndef KR_DIALECT_H
#define KR_DIALECT_H

#include "names/pattern.h"

/* The names of the groups, by kr_pattern_part. */
extern const char *const kr_pattern_part_names[KR_PART_COUNT];

/* KR_PATTERN_COMPILED when the text is of the dialect, as far as that can be seen without compiling; else KR_PATTERN_WRONG or _TOO_LARGE and the fault. */
enum kr_pattern_result kr_dialect_check(struct kr_text text, struct kr_pattern_fault *fault);

#endif
