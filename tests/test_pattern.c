/* Patterns: the limits of PCRE2, what matches, the step budget, threads, out of memory, and thousands of made-up patterns against PCRE2 asked in
 * another way. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "names/pattern.h"
#include "support/allocation.h"

#include <CUnit/Basic.h>
#include <pcre2.h>
#include <pthread.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void test_pattern_register(void);

static struct kr_pattern *compiled(const char *text) {
    struct kr_pattern *pattern = NULL;
    struct kr_pattern_fault fault;
    if (kr_pattern_compile(kr_text_of(text), &pattern, &fault) != KR_PATTERN_COMPILED) printf("\n    %s: offset %zu: %s", text, fault.offset, fault.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pattern);
    return pattern;
}

/* ---- Limits --------------------------------------------------------------------------------------------------------------------------------- */

static pcre2_code *oracle_code(const char *text, size_t size, uint32_t options) {
    int error;
    size_t offset;
    pcre2_compile_context *settings = pcre2_compile_context_create(NULL);
    pcre2_set_newline(settings, PCRE2_NEWLINE_ANY);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, size, PCRE2_UTF | PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_UCP | options, &error, &offset, settings);
    pcre2_compile_context_free(settings);
    return code;
}

#define AS_COMPILED (PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C)

static size_t oracle_size(const char *text) {
    size_t size = 0;
    pcre2_code *code = oracle_code(text, strlen(text), AS_COMPILED);
    CU_ASSERT_PTR_NOT_NULL_FATAL(code);
    pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size);
    pcre2_code_free(code);
    return size;
}

/* A pattern of exactly so many compiled bytes: a repeated group, and behind it items of 7 and 8 bytes. */
static bool write_of_size(char *text, size_t size, size_t target) {
    for (int wide = 0; wide < 100; wide++)
        for (int narrow = 0; narrow < 8; narrow++) {
            size_t length = (size_t)snprintf(text, size, "(?:aaaaaaaaaaaaaaaa){113}");
            for (int i = 0; i < wide; i++) length += (size_t)snprintf(text + length, size - length, "a");
            for (int i = 0; i < narrow; i++) length += (size_t)snprintf(text + length, size - length, "\\d");
            if (oracle_size(text) == target) return true;
        }
    return false;
}

static void check_too_large(const char *text, const char *words) {
    struct kr_pattern *pattern = NULL;
    struct kr_pattern_fault fault;
    CU_ASSERT_EQUAL(kr_pattern_compile(kr_text_of(text), &pattern, &fault), KR_PATTERN_TOO_LARGE);
    CU_ASSERT_STRING_EQUAL(fault.text, words);
    CU_ASSERT_PTR_NULL(pattern);
}

static void compiled_size_limit(void) {
    char text[KR_PATTERN_SIZE_LIMIT + 1];
    for (size_t target = KR_PATTERN_COMPILED_LIMIT - 1; target <= KR_PATTERN_COMPILED_LIMIT + 1; target++) {
        bool is_there = write_of_size(text, sizeof text, target);
        if (!is_there) printf("\n    no pattern of %zu bytes", target);
        CU_ASSERT(is_there);
        if (!is_there) continue;
        if (target <= KR_PATTERN_COMPILED_LIMIT)
            kr_pattern_free(compiled(text));
        else
            check_too_large(text, "compiled pattern has 16385 bytes, the limit is 16384; reduce the repeat counts");
    }
    check_too_large("(?:abcdefgh){65535}", "regular expression is too large");
}

static void subject_limit(void) {
    char subject[KR_PATTERN_SUBJECT_LIMIT + 1];
    struct kr_text parts[KR_PART_COUNT];
    struct kr_pattern *pattern = compiled("a*");
    memset(subject, 'a', sizeof subject);
    CU_ASSERT_EQUAL(kr_pattern_match(pattern, (struct kr_text){subject, KR_PATTERN_SUBJECT_LIMIT - 1}, parts), KR_MATCH_YES);
    CU_ASSERT_EQUAL(kr_pattern_match(pattern, (struct kr_text){subject, KR_PATTERN_SUBJECT_LIMIT}, parts), KR_MATCH_YES);
    CU_ASSERT_EQUAL(kr_pattern_match(pattern, (struct kr_text){subject, KR_PATTERN_SUBJECT_LIMIT + 1}, parts), KR_MATCH_NO);
    kr_pattern_free(pattern);
}

/* ---- Matching ------------------------------------------------------------------------------------------------------------------------------- */

static enum kr_match_result match_once(const char *text, const char *subject, size_t size) {
    struct kr_text parts[KR_PART_COUNT];
    struct kr_pattern *pattern = compiled(text);
    char *copy = malloc(size > 0 ? size : 1); /* no NUL behind it, and nothing else */
    if (copy == NULL) abort();
    memcpy(copy, subject, size);
    enum kr_match_result result = kr_pattern_match(pattern, (struct kr_text){copy, size}, parts);
    free(copy);
    kr_pattern_free(pattern);
    return result;
}

struct trial {
    const char *text, *subject;
    enum kr_match_result result;
};

static void matches(void) {
    static const struct trial rows[] = {
        {"windows (7|8)", "windows 7", KR_MATCH_YES}, {"windows (7|8)", "windows 8", KR_MATCH_YES}, {"windows (7|8)", "windows 9", KR_MATCH_NO},
        {"windows 7", "windows 7\n", KR_MATCH_NO}, {"windows 7", "windows 7 ", KR_MATCH_NO}, {"windows 7", " windows 7", KR_MATCH_NO},
        {"windows 7", "windows 7 professional", KR_MATCH_NO}, {"windows .*", "windows 7\n", KR_MATCH_NO}, {"windows .*", "windows 7\r", KR_MATCH_NO},
        {"windows .*", "windows 7\xe2\x80\xa8", KR_MATCH_NO}, {"windows .*", "\nwindows 7", KR_MATCH_NO}, {"a|b", "b", KR_MATCH_YES}, {"a|b", "ab", KR_MATCH_NO},
        {"a|ab|abc", "abc", KR_MATCH_YES}, {"(?:a|ab)(?:c|bcd)", "abcd", KR_MATCH_YES}, {"a??b??", "ab", KR_MATCH_YES}, {"a*?", "aaa", KR_MATCH_YES}, {"a{2,3}?", "aaa", KR_MATCH_YES},
        {"", "", KR_MATCH_YES}, {"", "a", KR_MATCH_NO}, {"a*", "", KR_MATCH_YES}, {"a|", "", KR_MATCH_YES}, {"a", "", KR_MATCH_NO},
        {"k", "\xe2\x84\xaa", KR_MATCH_NO}, {"\xe2\x84\xaa", "k", KR_MATCH_NO}, {"s", "\xc5\xbf", KR_MATCH_NO}, {"i", "\xc4\xb1", KR_MATCH_NO}, {"[a-z]", "\xe2\x84\xaa", KR_MATCH_NO},
        {"k", "K", KR_MATCH_NO}, {"\xe2\x84\xaa", "\xe2\x84\xaa", KR_MATCH_YES}, {".", "\xe2\x84\xaa", KR_MATCH_YES}, {".", "\xc3\xa9\xc3\xa9", KR_MATCH_NO},
        {"\\d+", "0123456789", KR_MATCH_YES}, {"\\d", "\xd9\xa7", KR_MATCH_NO}, {"\\w", "\xc3\xa9", KR_MATCH_NO}, {"\\w+", "a_9", KR_MATCH_YES}, {"\\s", " ", KR_MATCH_YES},
        {"\\s", "\xc2\xa0", KR_MATCH_NO}, {"\\s", "\xc2\x85", KR_MATCH_NO}, {"[\\w.\\-]+", "a-b.c", KR_MATCH_YES}, {"[^a]", "\xc3\xa9", KR_MATCH_YES}, {"[^a]", "a", KR_MATCH_NO},
        {"\\(\\)\\[\\]\\{\\}\\^\\$\\.\\|\\?\\*\\+\\\\\\-\\/\\<\\_", "()[]{}^$.|?*+\\-/<_", KR_MATCH_YES}, {"[\\]\\[\\\\^\\-]*", "][\\^-", KR_MATCH_YES}, {"a#b c", "a#b c", KR_MATCH_YES},
        {"(?:|pro|pro +n)", "pro   n", KR_MATCH_YES}, {"(?:server )?20(?:08|12)(?: r2)?", "server 2012 r2", KR_MATCH_YES}, {"((a)(b))", "ab", KR_MATCH_YES},
        {"a", "\xff", KR_MATCH_NO}, {".*", "a\xff", KR_MATCH_NO}, {".*", "\xc3", KR_MATCH_NO}, {".*", "\xed\xa0\x80", KR_MATCH_NO}, {".*", "\xc0\xa0", KR_MATCH_NO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum kr_match_result result = match_once(rows[i].text, rows[i].subject, strlen(rows[i].subject));
        if (result != rows[i].result) printf("\n    %s, %s: %d", rows[i].text, rows[i].subject, (int)result);
        CU_ASSERT_EQUAL(result, rows[i].result);
    }
}

static void counted_bytes(void) {
    struct kr_text parts[KR_PART_COUNT];
    struct kr_pattern *pattern = compiled("");
    CU_ASSERT_EQUAL(match_once("windows", "windows\0", 8), KR_MATCH_NO);
    CU_ASSERT_EQUAL(match_once("windows", "windows\0x", 7), KR_MATCH_YES);
    CU_ASSERT_EQUAL(match_once("a.b", "a\0b", 3), KR_MATCH_YES);
    CU_ASSERT_EQUAL(match_once("a", "\0a", 2), KR_MATCH_NO);
    CU_ASSERT_EQUAL(kr_pattern_match(pattern, (struct kr_text){NULL, 0}, parts), KR_MATCH_YES);
    kr_pattern_free(pattern);
    kr_pattern_free(NULL);
}

/* A blank between the parts; "-": took none. */
static bool has_parts(const char *text, const char *subject, const char *expected) {
    char said[256] = "";
    struct kr_text parts[KR_PART_COUNT];
    struct kr_pattern *pattern = compiled(text);
    bool is_match = kr_pattern_match(pattern, kr_text_of(subject), parts) == KR_MATCH_YES;
    for (size_t i = 0, length = 0; is_match && i < KR_PART_COUNT; i++) {
        if (parts[i].data != NULL) CU_ASSERT(parts[i].data >= subject && parts[i].data + parts[i].size <= subject + strlen(subject));
        length += (size_t)snprintf(said + length, sizeof said - length, i > 0 ? " %.*s" : "%.*s", parts[i].data ? (int)parts[i].size : 1, parts[i].data ? parts[i].data : "-");
    }
    kr_pattern_free(pattern);
    if (strcmp(said, expected) != 0) printf("\n    %s, %s: %s", text, subject, said);
    return strcmp(said, expected) == 0;
}

static void parts_of_names(void) {
    CU_ASSERT(has_parts("(?<name>windows [a-z ]+?) (?:version )?(?<version>\\d+)(?: build (?:10\\.0\\.)(?<build>[\\d.]+))", "windows server version 1809 build 10.0.17763.1", "windows server 17763.1 1809 - -"));
    CU_ASSERT(has_parts("(?<sku>\\d+)/(?<edition_id>\\w+)", "48/professional", "- - - 48 professional"));
    CU_ASSERT(has_parts("(?<edition_id>a)(?<sku>b)(x)(?<version>c)(?<build>d)(?<name>e)", "abxcde", "e d c b a"));
    CU_ASSERT(has_parts("(?:(?<build>\\d)|(?<sku>[a-z]))", "q", "- - - q -"));
    CU_ASSERT(has_parts("(?:(?<build>\\d)|(?<sku>[a-z]))", "7", "- 7 - - -"));
    CU_ASSERT(has_parts("(?:(?<name>[a-z]) )*x", "a b c x", "c - - - -"));
    CU_ASSERT(has_parts("(?<name>)a", "a", " - - - -"));
    CU_ASSERT(has_parts("(?<name>a+)(?<build>a*)", "aaa", "aaa  - - -"));
    CU_ASSERT(has_parts("(?<name>a+?)(?<build>a*)", "aaa", "a aa - - -"));
    struct kr_text parts[KR_PART_COUNT] = {{"kept", 4}};
    struct kr_pattern *pattern = compiled("(?<name>a)b");
    CU_ASSERT_EQUAL(kr_pattern_match(pattern, kr_text_of("ac"), parts), KR_MATCH_NO);
    CU_ASSERT(kr_text_is(parts[0], "kept"));
    kr_pattern_free(pattern);
}

/* ---- The budget ----------------------------------------------------------------------------------------------------------------------------- */

static int count_callout(pcre2_callout_block *block, void *count) {
    (void)block;
    return ++*(size_t *)count > 50 * KR_PATTERN_STEP_LIMIT ? PCRE2_ERROR_CALLOUT : 0;
}

/* Steps of the whole match, counted by PCRE2 outside of the library. */
static size_t count_steps(const char *text, const char *subject) {
    size_t count = 0;
    pcre2_code *code = oracle_code(text, strlen(text), AS_COMPILED);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_set_callout(context, count_callout, &count);
    pcre2_match(code, (PCRE2_SPTR)subject, strlen(subject), 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_code_free(code);
    return count;
}

static double milliseconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Every pattern of these takes more steps than there are, and never says no. */
static void budget(void) {
    static const char *const texts[] = {
        "[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[0-9]", "\\w*\\w*\\w*\\w*\\w*\\w*\\w*\\w*[0-9]", ".*a.*a.*a.*a.*a[0-9]", "(?:a|a)*[0-9]", "(?:a|[a-z]|\\w)*[0-9]",
        ".*?.*?.*?.*?.*?[0-9]", "(?:a|aa|aaa|aaaa)*[0-9]", "(?:|a|a)*[0-9]", "(?<name>a|a)*[0-9]", "a{0,200}a{0,200}a{0,200}[0-9]", "(?:(?:(?:(?:(?:(?:(?:(?:a|a))))))))*[0-9]",
        "(?:(((((((((((((((a|a))))))))))))))))*[0-9]", "[^b]*[^c]*[^d]*[^e]*[0-9]",
    };
    char subject[KR_PATTERN_SUBJECT_LIMIT];
    struct kr_text parts[KR_PART_COUNT];
    memset(subject, 'a', sizeof subject);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct kr_pattern *pattern = compiled(texts[i]);
        double start = milliseconds();
        enum kr_match_result result = kr_pattern_match(pattern, (struct kr_text){subject, sizeof subject}, parts);
        double taken = milliseconds() - start;
        if (result != KR_MATCH_UNDECIDED || taken > 100) printf("\n    %s: %d, %.2f ms", texts[i], (int)result, taken);
        CU_ASSERT_EQUAL(result, KR_MATCH_UNDECIDED);
        CU_ASSERT(taken < 1000); /* some 5 ms, and a sanitizer on a busy machine */
        kr_pattern_free(pattern);
    }
}

/* Patterns of exactly the limit and of one less and more: an end that backtracks nearly so often, and before it what takes two steps, or one. */
static void write_heavy(size_t step_count, char *text, char *subject) {
    size_t blank_count = step_count % 2, length = 0;
    for (size_t i = 0; i < step_count / 2; i++) length += strlen(strcpy(text + length, "(?:)"));
    strcpy(text + length, blank_count > 0 ? " [a-z]*[a-z]*[a-z]*[0-9]" : "[a-z]*[a-z]*[a-z]*[0-9]");
    memset(subject, ' ', blank_count);
    memset(subject + blank_count, 'a', 139);
    subject[blank_count + 139] = '\0';
}

static void exact_budget(void) {
    char text[KR_PATTERN_SIZE_LIMIT + 1], subject[KR_PATTERN_SUBJECT_LIMIT + 1];
    struct kr_text parts[KR_PART_COUNT];
    write_heavy(0, text, subject);
    size_t missing = KR_PATTERN_STEP_LIMIT - count_steps(text, subject);
    CU_ASSERT_FATAL(missing > 0 && missing < 200);
    for (size_t more = 0; more < 3; more++) {
        write_heavy(missing - 1 + more, text, subject);
        struct kr_pattern *pattern = compiled(text);
        CU_ASSERT_EQUAL(count_steps(text, subject), KR_PATTERN_STEP_LIMIT - 1 + more);
        CU_ASSERT_EQUAL(kr_pattern_match(pattern, kr_text_of(subject), parts), more == 2 ? KR_MATCH_UNDECIDED : KR_MATCH_NO);
        kr_pattern_free(pattern);
    }
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------------------------- */

enum { THREAD_COUNT = 4, THREAD_STACK_SIZE = 256 * 1024 };

/* A pattern that all threads have, and one of its own. */
static void *match_often(void *shared) {
    static const char digits[] = "0123456789";
    bool is_right = true;
    for (size_t i = 0; i < 2000; i++) {
        char subject[] = "windows 7";
        struct kr_text parts[KR_PART_COUNT];
        struct kr_pattern *own = NULL;
        struct kr_pattern_fault fault;
        subject[8] = digits[i % 10];
        is_right &= kr_pattern_match(shared, kr_text_of(subject), parts) == (i % 10 < 8 ? KR_MATCH_YES : KR_MATCH_NO);
        is_right &= i % 10 >= 8 || (parts[KR_PART_VERSION].data == subject + 8 && parts[KR_PART_VERSION].size == 1);
        is_right &= kr_pattern_compile(kr_text_of(subject), &own, &fault) == KR_PATTERN_COMPILED && kr_pattern_match(own, kr_text_of(subject), parts) == KR_MATCH_YES;
        kr_pattern_free(own);
    }
    return is_right ? shared : NULL;
}

static void threads(void) {
    pthread_t workers[THREAD_COUNT];
    pthread_attr_t attributes;
    struct kr_pattern *pattern = compiled("windows (?<version>[0-7])");
    CU_ASSERT_FATAL(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, THREAD_STACK_SIZE) == 0);
    for (size_t i = 0; i < THREAD_COUNT; i++) CU_ASSERT_EQUAL_FATAL(pthread_create(&workers[i], &attributes, match_often, pattern), 0);
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        void *result = NULL;
        pthread_join(workers[i], &result);
        CU_ASSERT_PTR_EQUAL(result, pattern);
    }
    pthread_attr_destroy(&attributes);
    kr_pattern_free(pattern);
}

/* ---- Out of memory -------------------------------------------------------------------------------------------------------------------------- */

/* Long enough that PCRE2 needs more than the memory it starts with, for compiling and for matching. */
#define LARGE "(?<name>(?:windows|office|(?<version>[0-9])|x)*)(?<build>(?:abcdefghijklmnopqrstuvwxyz0123456789){20}|\\d*)"

static enum kr_match_result compile_and_match(const char *text, struct kr_text subject, struct kr_text parts[KR_PART_COUNT]) {
    struct kr_pattern *pattern = NULL;
    struct kr_pattern_fault fault;
    enum kr_pattern_result compiling = kr_pattern_compile(kr_text_of(text), &pattern, &fault);
    CU_ASSERT(compiling == KR_PATTERN_COMPILED || compiling == KR_PATTERN_NO_MEMORY);
    CU_ASSERT_EQUAL(pattern != NULL, compiling == KR_PATTERN_COMPILED);
    enum kr_match_result result = pattern == NULL ? KR_MATCH_NO_MEMORY : kr_pattern_match(pattern, subject, parts);
    kr_pattern_free(pattern);
    return result;
}

static size_t sweep(const char *text, struct kr_text subject, enum kr_match_result expected, bool for_ever) {
    for (size_t nth = 1;; nth++) {
        struct kr_text parts[KR_PART_COUNT] = {{NULL, 0}};
        long before = allocation_live();
        allocation_fail(nth, for_ever);
        enum kr_match_result result = compile_and_match(text, subject, parts);
        bool has_failed = allocation_stop();
        CU_ASSERT_EQUAL(allocation_live(), before);
        CU_ASSERT(result == expected || (has_failed && result == KR_MATCH_NO_MEMORY && parts[0].data == NULL));
        if (!has_failed) return nth;
    }
}

static void out_of_memory(void) {
    char subject[KR_PATTERN_SUBJECT_LIMIT];
    if (!allocation_can_fail()) return;
    memset(subject, 'x', sizeof subject);
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        CU_ASSERT(sweep("(?<name>a)b*", kr_text_of("abb"), KR_MATCH_YES, for_ever) > 3);
        CU_ASSERT(sweep("(?<name>a)b*", kr_text_of("abc"), KR_MATCH_NO, for_ever) > 3);
        CU_ASSERT(sweep(LARGE, (struct kr_text){subject, sizeof subject}, KR_MATCH_YES, for_ever) > 3);
        CU_ASSERT(sweep("(?:x|x)*y?[0-9]", (struct kr_text){subject, sizeof subject}, KR_MATCH_UNDECIDED, for_ever) > 3);
    }
}

/* ---- Made-up patterns ----------------------------------------------------------------------------------------------------------------------- */

static uint32_t random_below(uint32_t bound) {
    static uint64_t state = 0x9e3779b97f4a7c15u; /* always the same ones */
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % bound;
}

struct draft {
    char text[KR_PATTERN_SIZE_LIMIT + 1];
    size_t size;
};

static void put(struct draft *draft, const char *string) {
    size_t size = strlen(string);
    if (draft->size + size > KR_PATTERN_SIZE_LIMIT / 2) return; /* what is too large comes from elsewhere */
    memcpy(draft->text + draft->size, string, size);
    draft->size += size;
}

#define PUT_ONE_OF(draft, strings) put(draft, (strings)[random_below(sizeof(strings) / sizeof(strings)[0])])

static void put_alternatives(struct draft *draft, int depth);

static void put_item(struct draft *draft, int depth) {
    static const char *const items[] = {"a", "b", "ab", " ", "1", ".", "[ab]", "[^a]", "[a-z1]", "\\d", "\\w", "\\s", "\\.", "[\\d ]", "\xc3\xa9", "[b\xc3\xa9]"};
    static const char *const groups[] = {"(", "(?:", "(?<name>", "(?<build>", "(?<sku>"};
    static const char *const quantifiers[] = {"*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,}", "{2,4}?"};
    bool is_group = depth > 0 && random_below(3) == 0;
    if (is_group) {
        PUT_ONE_OF(draft, groups);
        put_alternatives(draft, depth - 1);
        put(draft, ")");
    } else {
        PUT_ONE_OF(draft, items);
    }
    if (random_below(is_group ? 5 : 3) == 0) PUT_ONE_OF(draft, quantifiers);
}

static void put_alternatives(struct draft *draft, int depth) {
    do {
        for (uint32_t count = random_below(4); count > 0; count--) put_item(draft, depth);
    } while (random_below(3) == 0 && (put(draft, "|"), true));
}

/* Pieces of patterns in any order, and among them now and then any byte. */
static void put_noise(struct draft *draft) {
    static const char *const pieces[] = {"(", ")", "(?:", "(?<name>", "[", "]", "[^", "{", "}", "{2,3}", "*", "+", "?", "|", "\\", "\\d", "\\.", ".", "a", "b", "-", ":", "^", "$", "(*", "(?"};
    for (uint32_t count = random_below(20); count > 0; count--) {
        char byte[2] = {(char)(1 + random_below(255)), '\0'};
        if (random_below(12) == 0)
            put(draft, byte);
        else
            PUT_ONE_OF(draft, pieces);
    }
}

static struct kr_text random_subject(char storage[KR_PATTERN_SUBJECT_LIMIT]) {
    static const char letters[] = "aaabb1 .\xc3\xa9\n";
    uint32_t size = random_below(random_below(8) == 0 ? KR_PATTERN_SUBJECT_LIMIT : 9), kinds = 1 + random_below(sizeof letters - 1);
    for (uint32_t i = 0; i < size; i++) storage[i] = letters[random_below(kinds)];
    return (struct kr_text){storage, size};
}

/* Anchored by words of the pattern instead of by options, and without callouts. */
static pcre2_code *independent_code(struct kr_text text) {
    char anchored[KR_PATTERN_SIZE_LIMIT + 16];
    int size = snprintf(anchored, sizeof anchored, "^(?:%.*s)\\z", (int)text.size, text.data);
    return oracle_code(anchored, (size_t)size, 0);
}

static int independent_match(const pcre2_code *code, struct kr_text subject) {
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_set_match_limit(context, 300000);
    int result = pcre2_match(code, (PCRE2_SPTR)subject.data, subject.size, 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return result;
}

struct tally {
    size_t accepted, yes, no, undecided;
};

static void compare(const struct kr_pattern *pattern, struct kr_text text, const pcre2_code *code, struct tally *tally) {
    char storage[KR_PATTERN_SUBJECT_LIMIT];
    struct kr_text parts[KR_PART_COUNT], subject = random_subject(storage);
    enum kr_match_result result = kr_pattern_match(pattern, subject, parts);
    int expected = independent_match(code, subject);
    bool is_right = result == KR_MATCH_UNDECIDED || expected == PCRE2_ERROR_MATCHLIMIT || (result == KR_MATCH_YES) == (expected > 0);
    if (!is_right) printf("\n    %.*s, %.*s: %d, not %d", (int)text.size, text.data, (int)subject.size, subject.data, (int)result, expected);
    CU_ASSERT(is_right && result != KR_MATCH_NO_MEMORY);
    tally->yes += result == KR_MATCH_YES;
    tally->no += result == KR_MATCH_NO;
    tally->undecided += result == KR_MATCH_UNDECIDED;
}

static void try_pattern(struct kr_text text, struct tally *tally) {
    struct kr_pattern *pattern = NULL;
    struct kr_pattern_fault fault;
    enum kr_pattern_result result = kr_pattern_compile(text, &pattern, &fault);
    CU_ASSERT_EQUAL(pattern != NULL, result == KR_PATTERN_COMPILED);
    CU_ASSERT(result == KR_PATTERN_COMPILED || (fault.offset <= text.size && fault.text[0] != '\0'));
    if (result != KR_PATTERN_COMPILED) return;
    pcre2_code *code = independent_code(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(code);
    for (int i = 0; i < 8; i++) compare(pattern, text, code, tally);
    tally->accepted++;
    pcre2_code_free(code);
    kr_pattern_free(pattern);
}

static void made_up(void) {
    struct tally tally = {0}, noise = {0};
    for (int i = 0; i < 4000; i++) {
        struct draft draft = {.size = 0};
        put_alternatives(&draft, 3);
        try_pattern((struct kr_text){draft.text, draft.size}, &tally);
        draft.size = 0;
        put_noise(&draft);
        try_pattern((struct kr_text){draft.text, draft.size}, &noise);
    }
    CU_ASSERT(tally.accepted > 2000 && tally.yes > 2000 && tally.no > 4000);
    CU_ASSERT(noise.accepted > 200 && noise.accepted < 2000);
    CU_ASSERT(tally.undecided < tally.accepted / 10);
}

void test_pattern_register(void) {
    CU_TestInfo tests[] = {{"compiled size limit", compiled_size_limit},
                           {"subject limit", subject_limit},
                           {"matches", matches},
                           {"counted bytes", counted_bytes},
                           {"parts", parts_of_names},
                           {"budget", budget},
                           {"exact budget", exact_budget},
                           {"threads", threads},
                           {"out of memory", out_of_memory},
                           {"made-up patterns", made_up},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"pattern", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
