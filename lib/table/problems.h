/* Everything that is wrong with a set of tables, with its place. In: findings of the load stages. Out: a list sorted by file, line and column. */
#ifndef KR_PROBLEMS_H
#define KR_PROBLEMS_H

#include "base/memory.h"
#include "base/text.h"
#include "kmsrules/kmsrules.h"

enum kr_problem {
    KR901_SYNTAX,
    KR902_ENCODING,
    KR903_DOCTYPE,
    KR904_LIMIT,
    KR905_UNKNOWN_ELEMENT,
    KR906_UNKNOWN_ATTRIBUTE,
    KR907_MISSING_ATTRIBUTE,
    KR908_BAD_VALUE,
    KR909_UNEXPECTED_TEXT,
    KR910_DUPLICATE_ID,
    KR911_UNKNOWN_ID,
    KR912_WRONG_KIND,
    KR913_CYCLE,
    KR914_CONTRADICTION,
    KR915_MISSING_SOURCE,
    KR916_INCLUDE,
    KR917_MISSING_THRESHOLD,
    KR918_PRODUCT_KEY,
    KR919_EMPTY,
    KR920_OVERLAPPING_NAMES,
    KR921_UNREADABLE,
    KR922_NOT_TRUSTED,
    KR923_BAD_PATTERN,
    KR924_EMPTY_MATCH,
    KR925_SAMPLE,
    KR951_UNCOVERED_RELEASE,
    KR952_UNUSABLE_GROUP,
    KR953_UNUSED_UPDATE,
    KR954_AUTHORITY_COVERS_LESS,
    KR955_DUPLICATE_ROW,
    KR956_USELESS_HOST,
    KR957_MORE_WARNINGS,
    KR958_UNREACHABLE,
    KR_PROBLEM_COUNT
};

/* Where an element stands: offset, line and column of its `<` in a file of the builder. */
struct kr_at {
    uint32_t file;
    uint32_t line, column; /* line 0: the file as a whole */
    size_t offset;
};

struct kr_found {
    enum kr_problem problem;
    struct kr_at at;
    size_t number; /* in order of discovery */
    const char *text;
};

#define KR_WARNINGS_PER_ERROR 50 /* so many times the limit of errors are warnings kept */

struct kr_problems {
    struct kr_arena arena;
    struct kr_found *items;
    size_t count, capacity;
    size_t error_count;
    size_t limit;     /* errors after which kr_problems_is_full() */
    bool has_failed;  /* out of memory: the list is not complete */
    bool is_stopped;  /* something was left out because the list was full */
    bool has_more_warnings; /* warnings were left out */
    kmsrules_status status; /* the worst so far: OK < INVALID_TABLE < UNREADABLE < NOT_TRUSTED < NO_MEMORY */
};

#if defined(__GNUC__)
#define KR_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define KR_PRINTF(text, first)
#endif

/* Adds a finding; its text is escaped, so names from a table may be printed with %s. Errors beyond the limit only set `is_stopped`. */
void kr_problems_add(struct kr_problems *problems, enum kr_problem problem, struct kr_at at, const char *format, ...) KR_PRINTF(4, 5);
bool kr_problems_is_full(const struct kr_problems *problems);
void kr_problems_sort(struct kr_problems *problems);
void kr_problems_free(struct kr_problems *problems);
kmsrules_status kr_problems_worse(kmsrules_status a, kmsrules_status b);

const char *kr_problem_code(enum kr_problem problem); /* "KR911" */
const char *kr_problem_name(enum kr_problem problem); /* "unknown-id" */
bool kr_problem_is_error(enum kr_problem problem);

#endif
