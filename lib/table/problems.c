/* See problems.h. */
#include "table/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_SIZE 1024

static const struct {
    const char *code, *name;
} problem_names[] = {
    [KR901_SYNTAX] = {"KR901", "syntax"},
    [KR902_ENCODING] = {"KR902", "encoding"},
    [KR903_DOCTYPE] = {"KR903", "doctype"},
    [KR904_LIMIT] = {"KR904", "limit"},
    [KR905_UNKNOWN_ELEMENT] = {"KR905", "unknown-element"},
    [KR906_UNKNOWN_ATTRIBUTE] = {"KR906", "unknown-attribute"},
    [KR907_MISSING_ATTRIBUTE] = {"KR907", "missing-attribute"},
    [KR908_BAD_VALUE] = {"KR908", "bad-value"},
    [KR909_UNEXPECTED_TEXT] = {"KR909", "unexpected-text"},
    [KR910_DUPLICATE_ID] = {"KR910", "duplicate-id"},
    [KR911_UNKNOWN_ID] = {"KR911", "unknown-id"},
    [KR912_WRONG_KIND] = {"KR912", "wrong-kind"},
    [KR913_CYCLE] = {"KR913", "cycle"},
    [KR914_CONTRADICTION] = {"KR914", "contradiction"},
    [KR915_MISSING_SOURCE] = {"KR915", "missing-source"},
    [KR916_INCLUDE] = {"KR916", "include"},
    [KR917_MISSING_THRESHOLD] = {"KR917", "missing-threshold"},
    [KR918_PRODUCT_KEY] = {"KR918", "product-key"},
    [KR919_EMPTY] = {"KR919", "empty"},
    [KR920_OVERLAPPING_NAMES] = {"KR920", "overlapping-names"},
    [KR921_UNREADABLE] = {"KR921", "unreadable"},
    [KR922_NOT_TRUSTED] = {"KR922", "not-trusted"},
    [KR923_BAD_PATTERN] = {"KR923", "bad-pattern"},
    [KR924_EMPTY_MATCH] = {"KR924", "empty-match"},
    [KR925_SAMPLE] = {"KR925", "sample"},
    [KR951_UNCOVERED_RELEASE] = {"KR951", "uncovered-release"},
    [KR952_UNUSABLE_GROUP] = {"KR952", "unusable-group"},
    [KR953_UNUSED_UPDATE] = {"KR953", "unused-update"},
    [KR954_AUTHORITY_COVERS_LESS] = {"KR954", "authority-covers-less"},
    [KR955_DUPLICATE_ROW] = {"KR955", "duplicate-row"},
    [KR956_USELESS_HOST] = {"KR956", "useless-host"},
    [KR957_MORE_WARNINGS] = {"KR957", "more-warnings"},
    [KR958_UNREACHABLE] = {"KR958", "unreachable"},
};
_Static_assert(sizeof problem_names / sizeof problem_names[0] == KR_PROBLEM_COUNT, "every problem has a code and a name");

const char *kr_problem_code(enum kr_problem problem) { return problem_names[problem].code; }

const char *kr_problem_name(enum kr_problem problem) { return problem_names[problem].name; }

bool kr_problem_is_error(enum kr_problem problem) { return problem < KR951_UNCOVERED_RELEASE; }

static int severity(kmsrules_status status) {
    switch (status) {
    case KMSRULES_OK: return 0;
    case KMSRULES_INVALID_TABLE: return 1;
    case KMSRULES_UNREADABLE: return 2;
    case KMSRULES_NOT_TRUSTED: return 3;
    default: return 4;
    }
}

kmsrules_status kr_problems_worse(kmsrules_status a, kmsrules_status b) { return severity(a) >= severity(b) ? a : b; }

static kmsrules_status status_of(enum kr_problem problem) {
    if (!kr_problem_is_error(problem)) return KMSRULES_OK;
    if (problem == KR921_UNREADABLE) return KMSRULES_UNREADABLE;
    if (problem == KR922_NOT_TRUSTED) return KMSRULES_NOT_TRUSTED;
    return KMSRULES_INVALID_TABLE;
}

static void fail(struct kr_problems *problems) {
    problems->has_failed = true;
    problems->status = KMSRULES_NO_MEMORY;
}

static void append(struct kr_problems *problems, struct kr_found found) {
    void *items = problems->items;
    if (!kr_memory_reserve(&items, &problems->capacity, problems->count, sizeof *problems->items)) {
        fail(problems);
        return;
    }
    problems->items = items;
    problems->items[problems->count++] = found;
}

void kr_problems_add(struct kr_problems *problems, enum kr_problem problem, struct kr_at at, const char *format, ...) {
    problems->status = kr_problems_worse(problems->status, status_of(problem));
    bool is_warning_too_many = !kr_problem_is_error(problem) && problems->count - problems->error_count >= KR_WARNINGS_PER_ERROR * problems->limit;
    if (kr_problems_is_full(problems) || is_warning_too_many) {
        if (is_warning_too_many) problems->has_more_warnings = true;
        else problems->is_stopped = true;
        return;
    }
    char raw[TEXT_SIZE], escaped[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    struct kr_buffer buffer = kr_buffer_over(escaped, sizeof escaped);
    kr_buffer_add_escaped(&buffer, kr_text_of(raw));
    struct kr_text text = kr_text_of(escaped);
    if (kr_text_has_product_key(kr_text_of(raw))) text = kr_text_of("this holds what looks like a product key, which is not shown");
    char *copy = kr_arena_copy(&problems->arena, text.data, text.size);
    if (copy == NULL) {
        fail(problems);
        return;
    }
    if (kr_problem_is_error(problem)) problems->error_count++;
    append(problems, (struct kr_found){.problem = problem, .at = at, .number = problems->count, .text = copy});
}

bool kr_problems_is_full(const struct kr_problems *problems) { return problems->error_count >= problems->limit; }

static int compare_numbers(size_t a, size_t b) { return (a > b) - (a < b); }

static int compare_found(const void *left, const void *right) {
    const struct kr_found *a = left, *b = right;
    int order = compare_numbers(a->at.file, b->at.file);
    if (order == 0) order = compare_numbers(a->at.line, b->at.line);
    if (order == 0) order = compare_numbers(a->at.column, b->at.column);
    if (order == 0) order = compare_numbers(a->problem, b->problem);
    return order != 0 ? order : compare_numbers(a->number, b->number);
}

void kr_problems_sort(struct kr_problems *problems) {
    if (problems->count > 1) qsort(problems->items, problems->count, sizeof *problems->items, compare_found);
}

void kr_problems_free(struct kr_problems *problems) {
    kr_memory_free(problems->items);
    kr_arena_free(&problems->arena);
    problems->items = NULL;
    problems->count = problems->capacity = 0;
}
