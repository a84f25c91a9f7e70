/* Patterns of the tables: compiled once, matched against whole folded names. In: a <pattern match=> text. Out: a frozen pattern; per match what its named
 * groups held. pattern.c knows PCRE2, alone in the library, and shows it only what dialect.c let through; neither knows of editions. */
#ifndef KR_PATTERN_H
#define KR_PATTERN_H

#include "base/text.h"

#define KR_PATTERN_SIZE_LIMIT 512        /* bytes of a pattern */
#define KR_PATTERN_COMPILED_LIMIT 16384  /* bytes that PCRE2 makes of it */
#define KR_PATTERN_DEPTH_LIMIT 16        /* groups within groups */
#define KR_PATTERN_CLASS_LIMIT 8         /* characters outside of ASCII in a class: PCRE2 tries them one after another within one step */
#define KR_PATTERN_SUBJECT_LIMIT 256     /* bytes of a name */
#define KR_PATTERN_STEP_LIMIT 20000      /* automatic callouts of one match: some 0.3 ms, 40 ms for the worst patterns that were found */

/* Named groups a pattern may have: (?<name>…) (?<build>…) (?<version>…) (?<sku>…) (?<edition_id>…). */
enum kr_pattern_part { KR_PART_NAME, KR_PART_BUILD, KR_PART_VERSION, KR_PART_SKU, KR_PART_EDITION_ID, KR_PART_COUNT };

struct kr_pattern; /* never changes once compiled; any threads */

enum kr_pattern_result {
    KR_PATTERN_COMPILED,
    KR_PATTERN_WRONG,     /* does not compile, or uses what the dialect leaves out */
    KR_PATTERN_TOO_LARGE, /* one of the limits above */
    KR_PATTERN_NO_MEMORY
};

/* Why a pattern was refused. */
struct kr_pattern_fault {
    size_t offset;  /* byte of the pattern it is about: the ( that is never closed, the item that is repeated within a repeated group; where PCRE2 stopped */
    char text[160]; /* one line of printable ASCII: "\1 (a back-reference) is not allowed in patterns; \d, \w, \s and \ before punctuation are" */
};

/* Compiles under the dialect of docs/rule-tables.md ("Patterns"): both ends anchored, ASCII folding only, no back-reference, recursion, look-around, conditional, verb,
 * callout, inline option, atomic group, possessive quantifier, ^ or $, upper-case letter; no \ but before d, w, s and ASCII punctuation; no quantifier on a group that holds one; named groups only as above,
 * each once. `*pattern` is written on success only. A pattern that takes the empty name is legal: match it against "" to know. */
enum kr_pattern_result kr_pattern_compile(struct kr_text text, struct kr_pattern **pattern, struct kr_pattern_fault *fault);
void kr_pattern_free(struct kr_pattern *pattern);

enum kr_match_result {
    KR_MATCH_NO,
    KR_MATCH_YES,
    KR_MATCH_UNDECIDED, /* the step limit was reached: never "no" */
    KR_MATCH_NO_MEMORY
};

/* Whether the pattern takes the whole subject, which the caller has folded; one that is too long or not UTF-8 is taken by none. `parts` (views into the subject, `data` NULL for a group that took no part) is written on YES only. */
enum kr_match_result kr_pattern_match(const struct kr_pattern *pattern, struct kr_text subject, struct kr_text parts[KR_PART_COUNT]);
/* The same; adds the steps it took to `*all_steps`. */
enum kr_match_result kr_pattern_match_counted(const struct kr_pattern *pattern, struct kr_text subject, struct kr_text parts[KR_PART_COUNT], size_t *all_steps);

bool kr_pattern_has_part(const struct kr_pattern *pattern, enum kr_pattern_part part);

#endif
