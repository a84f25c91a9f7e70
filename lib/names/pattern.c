/* See pattern.h. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "names/pattern.h"

#include <pcre2.h>
#include <stdalign.h>

#include "base/memory.h"
#include "names/dialect.h"

/* What bounds a match is the step limit. PCRE2's own limits stand behind it, should its callouts ever come more sparsely. */
enum { MATCH_CALL_LIMIT = 10 * KR_PATTERN_STEP_LIMIT, MATCH_DEPTH_LIMIT = KR_PATTERN_STEP_LIMIT, MATCH_HEAP_LIMIT_KIB = 8192 };

struct kr_pattern {
    pcre2_general_context *memory;
    pcre2_code *code;
    uint32_t groups[KR_PART_COUNT]; /* the numbers that PCRE2 gave them; 0: the pattern has no such group */
};

static void *take(size_t size, void *unused) {
    (void)unused;
    return kr_memory_take(1, size);
}

static void give_back(void *block, void *unused) {
    (void)unused;
    kr_memory_free(block);
}

/* ---- Compiling ------------------------------------------------------------------------------------------------------------------------------ */

/* What the library was built for (line ends, \R) is said again: a pattern means the same everywhere. */
static pcre2_compile_context *new_settings(const struct kr_pattern *pattern) {
    pcre2_compile_context *settings = pcre2_compile_context_create(pattern->memory);
    if (settings == NULL) return NULL;
    pcre2_set_max_pattern_length(settings, KR_PATTERN_SIZE_LIMIT);
    pcre2_set_parens_nest_limit(settings, KR_PATTERN_DEPTH_LIMIT);
    pcre2_set_newline(settings, PCRE2_NEWLINE_ANY);
    pcre2_set_bsr(settings, PCRE2_BSR_UNICODE);
    return settings;
}

static enum kr_pattern_result translate(int error, size_t offset, struct kr_pattern_fault *fault) {
    fault->offset = offset;
    pcre2_get_error_message(error, (PCRE2_UCHAR *)fault->text, sizeof fault->text);
    switch (error) {
    case PCRE2_ERROR_HEAP_FAILED: return KR_PATTERN_NO_MEMORY;
    case PCRE2_ERROR_PATTERN_TOO_LARGE:
    case PCRE2_ERROR_PATTERN_TOO_COMPLICATED:
    case PCRE2_ERROR_PATTERN_STRING_TOO_LONG:
    case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP: return KR_PATTERN_TOO_LARGE;
    default: return KR_PATTERN_WRONG;
    }
}

static enum kr_pattern_result check_compiled_size(const struct kr_pattern *pattern, struct kr_pattern_fault *fault) {
    size_t size = 0;
    pcre2_pattern_info(pattern->code, PCRE2_INFO_SIZE, &size);
    if (size <= KR_PATTERN_COMPILED_LIMIT) return KR_PATTERN_COMPILED;
    struct kr_buffer text = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&text, "compiled pattern has ");
    kr_buffer_add_number(&text, size);
    kr_buffer_add_string(&text, " bytes, the limit is ");
    kr_buffer_add_number(&text, KR_PATTERN_COMPILED_LIMIT);
    kr_buffer_add_string(&text, "; reduce the repeat counts");
    return KR_PATTERN_TOO_LARGE;
}

/* Plain groups do not capture: their number would be in the size of every frame of a match. */
static enum kr_pattern_result compile(struct kr_pattern *pattern, struct kr_text text, pcre2_compile_context *settings, struct kr_pattern_fault *fault) {
    static const uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE | PCRE2_AUTO_CALLOUT;
    int error = 0;
    size_t offset = 0;
    pattern->code = pcre2_compile((PCRE2_SPTR)(text.size == 0 ? "" : text.data), text.size, options, &error, &offset, settings);
    if (pattern->code == NULL) return translate(error, offset, fault);
    for (size_t i = 0; i < KR_PART_COUNT; i++) {
        int group = pcre2_substring_number_from_name(pattern->code, (PCRE2_SPTR)kr_pattern_part_names[i]);
        pattern->groups[i] = group > 0 ? (uint32_t)group : 0;
    }
    return check_compiled_size(pattern, fault);
}

enum kr_pattern_result kr_pattern_compile(struct kr_text text, struct kr_pattern **pattern, struct kr_pattern_fault *fault) {
    struct kr_pattern *made = NULL;
    pcre2_compile_context *settings = NULL;
    *fault = (struct kr_pattern_fault){.offset = 0};
    enum kr_pattern_result result = kr_dialect_check(text, fault);
    if (result != KR_PATTERN_COMPILED) return result;

    result = KR_PATTERN_NO_MEMORY;
    if ((made = kr_memory_take(1, sizeof *made)) == NULL) goto cleanup;
    if ((made->memory = pcre2_general_context_create(take, give_back, NULL)) == NULL) goto cleanup;
    if ((settings = new_settings(made)) == NULL) goto cleanup;
    result = compile(made, text, settings, fault);

cleanup:
    pcre2_compile_context_free(settings);
    if (result == KR_PATTERN_COMPILED)
        *pattern = made;
    else
        kr_pattern_free(made);
    return result;
}

void kr_pattern_free(struct kr_pattern *pattern) {
    if (pattern == NULL) return;
    pcre2_code_free(pattern->code);
    pcre2_general_context_free(pattern->memory);
    kr_memory_free(pattern);
}

/* ---- Matching ------------------------------------------------------------------------------------------------------------------------------- */

/* PCRE2 calls this before every item of the pattern that it tries. */
static int count_step(pcre2_callout_block *unused, void *step_count) {
    (void)unused;
    return ++*(size_t *)step_count > KR_PATTERN_STEP_LIMIT ? PCRE2_ERROR_CALLOUT : 0;
}

/* What a match takes, on the stack: the first frames of PCRE2 have 20 KiB. Only what does not fit comes from the heap. */
struct room {
    alignas(max_align_t) unsigned char bytes[24 * 1024];
    size_t used;
};

static void *take_room(size_t size, void *target) {
    struct room *room = target;
    size_t start = (room->used + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (start > sizeof room->bytes || size > sizeof room->bytes - start) return kr_memory_take(1, size);
    room->used = start + size;
    return room->bytes + start;
}

static void give_back_room(void *block, void *target) {
    const struct room *room = target;
    bool is_in_room = (uintptr_t)block >= (uintptr_t)room->bytes && (uintptr_t)block < (uintptr_t)room->bytes + sizeof room->bytes;
    if (!is_in_room) kr_memory_free(block);
}

static pcre2_match_context *new_limits(pcre2_general_context *memory, size_t *step_count) {
    pcre2_match_context *limits = pcre2_match_context_create(memory);
    if (limits == NULL) return NULL;
    pcre2_set_match_limit(limits, MATCH_CALL_LIMIT);
    pcre2_set_depth_limit(limits, MATCH_DEPTH_LIMIT);
    pcre2_set_heap_limit(limits, MATCH_HEAP_LIMIT_KIB);
    pcre2_set_callout(limits, count_step, step_count);
    return limits;
}

/* Whatever PCRE2 did not finish is undecided, for whatever reason. */
static enum kr_match_result judge(int outcome) {
    if (outcome > 0) return KR_MATCH_YES;
    if (outcome == PCRE2_ERROR_NOMATCH) return KR_MATCH_NO;
    return outcome == PCRE2_ERROR_NOMEMORY ? KR_MATCH_NO_MEMORY : KR_MATCH_UNDECIDED;
}

static void write_parts(const struct kr_pattern *pattern, struct kr_text subject, pcre2_match_data *data, struct kr_text parts[KR_PART_COUNT]) {
    const size_t *ends = pcre2_get_ovector_pointer(data);
    for (size_t i = 0; i < KR_PART_COUNT; i++) {
        const size_t *pair = ends + 2 * (size_t)pattern->groups[i];
        bool took_part = pattern->groups[i] > 0 && pair[0] != PCRE2_UNSET;
        parts[i] = took_part ? (struct kr_text){subject.data + pair[0], pair[1] - pair[0]} : (struct kr_text){NULL, 0};
    }
}

bool kr_pattern_has_part(const struct kr_pattern *pattern, enum kr_pattern_part part) { return pattern->groups[part] > 0; }

enum kr_match_result kr_pattern_match(const struct kr_pattern *pattern, struct kr_text subject, struct kr_text parts[KR_PART_COUNT]) {
    return kr_pattern_match_counted(pattern, subject, parts, &(size_t){0});
}

enum kr_match_result kr_pattern_match_counted(const struct kr_pattern *pattern, struct kr_text subject, struct kr_text parts[KR_PART_COUNT], size_t *all_steps) {
    if (subject.size > KR_PATTERN_SUBJECT_LIMIT || kr_utf8_valid_size(subject) != subject.size) return KR_MATCH_NO;
    if (subject.size == 0) subject.data = "";
    enum kr_match_result result = KR_MATCH_NO_MEMORY;
    size_t step_count = 0;
    struct room room;
    room.used = 0;
    pcre2_general_context *memory = NULL;
    pcre2_match_context *limits = NULL;
    pcre2_match_data *data = NULL;
    if ((memory = pcre2_general_context_create(take_room, give_back_room, &room)) == NULL) goto cleanup;
    if ((limits = new_limits(memory, &step_count)) == NULL) goto cleanup;
    if ((data = pcre2_match_data_create_from_pattern(pattern->code, memory)) == NULL) goto cleanup;
    result = judge(pcre2_match(pattern->code, (PCRE2_SPTR)subject.data, subject.size, 0, PCRE2_NO_UTF_CHECK, data, limits));
    if (result == KR_MATCH_YES) write_parts(pattern, subject, data, parts);

cleanup:
    *all_steps += step_count;
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    pcre2_general_context_free(memory);
    return result;
}
