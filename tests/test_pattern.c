/* Patterns: what the dialect refuses and where, the limits, what matches, the step budget, out of memory, and thousands of made-up patterns against
 * PCRE2 asked in another way. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "names/pattern.h"
#include "support/allocation.h"

#include <CUnit/Basic.h>
#include <pcre2.h>

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

/* ---- Refusals ------------------------------------------------------------------------------------------------------------------------------- */

struct refusal {
    const char *text;
    size_t offset;
    const char *words; /* that the fault holds */
};

static void check_refusal(struct kr_text text, enum kr_pattern_result expected, size_t offset, const char *words) {
    struct kr_pattern_fault fault;
    struct kr_pattern *const untouched = (struct kr_pattern *)(void *)&fault, *pattern = untouched;
    enum kr_pattern_result result = kr_pattern_compile(text, &pattern, &fault);
    bool is_right = result == expected && fault.offset == offset && strstr(fault.text, words) != NULL && pattern == untouched;
    bool is_line = strlen(fault.text) < sizeof fault.text - 1 && strpbrk(fault.text, "\r\n\t") == NULL;
    if (!is_right || !is_line) printf("\n    %.*s: %d, offset %zu: %s", (int)text.size, text.data, (int)result, fault.offset, fault.text);
    CU_ASSERT(is_right && is_line);
}

#define CHECK_REFUSALS(rows) \
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows)[0]; i++) check_refusal(kr_text_of((rows)[i].text), KR_PATTERN_WRONG, (rows)[i].offset, (rows)[i].words)

static void refused_escapes(void) {
    static const struct refusal rows[] = {
        {"(a)\\1", 3, "\\1 (a back-reference) is not allowed"}, {"(?<name>a)\\9", 10, "back-reference"},
        {"a\\g{1}", 1, "back-reference"}, {"(?<name>a)\\k<name>", 10, "back-reference"},
        {"a\\Ca", 1, "\\C (a single byte)"}, {"\\X", 0, "grapheme"}, {"ab\\R", 2, "line end"}, {"a\\Kb", 1, "\\K (a new start"},
        {"\\Ga", 0, "whole name"}, {"\\Aa", 0, "whole name"}, {"a\\z", 1, "whole name"}, {"a\\Z", 1, "whole name"},
        {"a\\b", 1, "word boundary"}, {"\\Ba", 0, "word boundary"}, {"\\Q(\\E", 0, "quotation"}, {"\\E", 0, "quotation"},
        {"\\D", 0, "\\D is not allowed"}, {"\\W", 0, "\\W"}, {"\\S", 0, "\\S"}, {"\\N", 0, "\\N"}, {"\\h", 0, "\\h"}, {"\\n", 0, "\\n"},
        {"\\t", 0, "\\t"}, {"\\x41", 0, "\\x"}, {"\\x{41}", 0, "\\x"}, {"\\p{L}", 0, "\\p"}, {"\\P{L}", 0, "\\P"}, {"\\o{101}", 0, "\\o"},
        {"\\0", 0, "\\0"}, {"\\cA", 0, "\\c"}, {"\\u0041", 0, "\\u"}, {"a[b\\b]", 3, "\\b"}, {"[\\1]", 1, "\\1"}, {"[^\\D]", 2, "\\D"},
        {"ab\\", 2, "\\ ends the pattern"}, {"\\ ", 0, "only before"}, {"\\\xc3\xa9", 0, "only before"}, {"[a\\", 2, "\\ ends the pattern"},
    };
    CHECK_REFUSALS(rows);
}

static void refused_groups(void) {
    static const struct refusal rows[] = {
        {"(*UTF)a", 0, "(* is not allowed"}, {"(*LIMIT_MATCH=1)a", 0, "(*"}, {"(*NO_JIT)", 0, "(*"}, {"a(*COMMIT)b", 1, "verb"}, {"(*pla:a)", 0, "verb"},
        {"(?=a)", 0, "look-ahead"}, {"a(?!b)", 1, "look-ahead"}, {"(?<=a)b", 0, "look-behind"}, {"(?<!a)b", 0, "look-behind"},
        {"(?>a)", 0, "atomic"}, {"(?|a|b)", 0, "branch reset"}, {"a(?#b)", 1, "comment"}, {"(a)(?(1)b|c)", 3, "conditional"}, {"(?(DEFINE)a)", 0, "conditional"},
        {"(?R)", 0, "recursion"}, {"a(?0)", 1, "recursion"}, {"(a)(?1)", 3, "recursion"}, {"(a)(?-1)", 3, "recursion"}, {"(?+1)(a)", 0, "recursion"},
        {"(?&name)(?<name>a)", 0, "recursion"}, {"(?P>name)", 0, "recursion"}, {"(?<name>a)(?P=name)", 10, "back-reference"},
        {"(?C)", 0, "callout"}, {"a(?C1)", 1, "callout"}, {"(?C'x')", 0, "callout"},
        {"(?i)a", 0, "inline options"}, {"a(?i:b)", 1, "inline options"}, {"(?-i)a", 0, "inline options"}, {"(?^)a", 0, "inline options"}, {"(?", 0, "inline options"},
        {"(?xx)", 0, "inline options"}, {"(?J)", 0, "inline options"}, {"(?)", 0, "inline options"},
        {"(?P<name>a)", 0, "write (?<name>...)"}, {"(?'name'a)", 0, "write (?<name>...)"},
        {"a(?<other>b)", 4, "no such group"}, {"(?<>a)", 3, "no such group"}, {"(?<name", 3, "no such group"}, {"(?<names>a)", 3, "no such group"},
        {"(?<nam>a)", 3, "no such group"}, {"(?<Name>a)", 3, "no such group"}, {"(?<", 3, "no such group"}, {"(?<name >a)", 3, "no such group"},
        {"(?<sku>a)|(?<sku>b)", 10, "second group <sku>"}, {"(?<build>(?<build>b))", 9, "second group <build>"},
        {"windows (7|8", 8, "( is never closed"}, {"(a)(b(c)", 3, "never closed"}, {"(", 0, "never closed"}, {"((a)", 0, "never closed"},
        {"a)", 1, ") closes no group"}, {")", 0, "closes no group"}, {"(a))b", 3, "closes no group"},
    };
    CHECK_REFUSALS(rows);
}

static void refused_quantifiers(void) {
    static const struct refusal rows[] = {
        {"(a+)+", 1, "within a group that has one"}, {"((a{100}){100}){100}", 2, "within a group"}, {"x(?:b(?:c(?:d?)))*", 13, "within a group"},
        {"(?:a*|b){2}", 3, "within a group"}, {"(?<name>[a-z]+)?", 8, "within a group"}, {"(?:ab??c)?", 4, "within a group"}, {"(?:(?:a)*b)+", 3, "within a group"},
        {"(?:a|\\d+)*?", 5, "within a group"}, {"(?:(?:a+)b(?:c*))?", 6, "within a group"},
        {"*a", 0, "* has nothing to repeat"}, {"+", 0, "nothing"}, {"?", 0, "nothing"}, {"{2}", 0, "nothing"}, {"a|*", 2, "nothing"}, {"(+a)", 1, "nothing"},
        {"(?:*a)", 3, "nothing"}, {"(?<sku>?)", 7, "nothing"},
        {"a**", 2, "repeats a quantifier"}, {"a{2}{3}", 4, "repeats a quantifier"}, {"a+*", 2, "repeats a quantifier"}, {"a???", 3, "repeats a quantifier"},
        {"a+?+", 3, "repeats a quantifier"}, {"(?:a){2}{3}{4}", 8, "repeats a quantifier"},
        {"a++", 2, "possessive"}, {"a*+", 2, "possessive"}, {"a?+", 2, "possessive"}, {"a{2}+", 4, "possessive"}, {"(a)++", 4, "possessive"},
        {"a{", 1, "{ begins no"}, {"a{,3}", 1, "{ begins no"}, {"a{x}", 1, "{ begins no"}, {"a{1,2", 1, "{ begins no"}, {"a{ 1 }", 1, "{ begins no"}, {"{", 0, "{ begins no"},
        {"a{1,x}", 1, "{ begins no"}, {"a}", 1, "} closes nothing"}, {"a]", 1, "] closes nothing"},
        {"a{3,2}", 6, "out of order"}, {"a{65536}", 7, "too big"},
    };
    CHECK_REFUSALS(rows);
}

static void refused_characters(void) {
    static const struct refusal rows[] = {
        {"^windows", 0, "remove the ^"}, {"windows$", 7, "remove the $"}, {"a|^b", 2, "whole name"}, {"(a$)", 2, "whole name"},
        {"Windows", 0, "W never matches"}, {"[a-Z]", 3, "Z never matches"}, {"a\tb", 1, "U+0009"}, {"a\nb", 1, "U+000A"}, {"[\x7f]", 1, "U+007F"},
        {"a[", 1, "[ is never closed"}, {"[a\\]", 0, "never closed"}, {"[^", 0, "never closed"}, {"[]a]", 1, "empty class"}, {"[^]a]", 2, "empty class"}, {"[]", 1, "empty class"},
        {"[[:alpha:]]", 1, "[:alpha:]"}, {"[a[b]", 2, "\\["}, {"[[.a.]]", 1, "\\["}, {"[z-a]", 3, "out of order"}, {"[\\d-z]", 4, "invalid range"}, {"[:a:]", 4, "POSIX"},
        {"ab\xff", 2, "byte 0xFF is not UTF-8"}, {"\xc3", 0, "not UTF-8"}, {"a\xed\xa0\x80", 1, "not UTF-8"}, {"\xc0\xaf", 0, "not UTF-8"}, {"[\xf4\x90\x80\x80]", 1, "not UTF-8"},
    };
    CHECK_REFUSALS(rows);
    check_refusal((struct kr_text){"a\0b", 3}, KR_PATTERN_WRONG, 1, "U+0000");
}

/* ---- Limits --------------------------------------------------------------------------------------------------------------------------------- */

static void size_limit(void) {
    char text[KR_PATTERN_SIZE_LIMIT + 2];
    struct kr_pattern_fault fault;
    memset(text, 'a', sizeof text);
    for (size_t size = KR_PATTERN_SIZE_LIMIT - 1; size <= KR_PATTERN_SIZE_LIMIT; size++) {
        struct kr_pattern *pattern = NULL;
        CU_ASSERT_EQUAL(kr_pattern_compile((struct kr_text){text, size}, &pattern, &fault), KR_PATTERN_COMPILED);
        kr_pattern_free(pattern);
    }
    check_refusal((struct kr_text){text, KR_PATTERN_SIZE_LIMIT + 1}, KR_PATTERN_TOO_LARGE, KR_PATTERN_SIZE_LIMIT, "513 bytes, the limit is 512");
}

static void depth_limit(void) {
    for (size_t depth = KR_PATTERN_DEPTH_LIMIT - 1; depth <= KR_PATTERN_DEPTH_LIMIT + 1; depth++) {
        char text[64] = "";
        for (size_t i = 0; i < depth; i++) strcat(text, "(");
        strcat(text, "a");
        for (size_t i = 0; i < depth; i++) strcat(text, ")");
        if (depth <= KR_PATTERN_DEPTH_LIMIT)
            kr_pattern_free(compiled(text));
        else
            check_refusal(kr_text_of(text), KR_PATTERN_TOO_LARGE, KR_PATTERN_DEPTH_LIMIT, "17 groups within each other, the limit is 16");
    }
}

enum { OPTIONS = PCRE2_UTF | PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_UCP };

static pcre2_code *oracle_code(const char *text, size_t size, uint32_t options) {
    int error;
    size_t offset;
    pcre2_compile_context *settings = pcre2_compile_context_create(NULL);
    pcre2_set_newline(settings, PCRE2_NEWLINE_ANY);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, size, OPTIONS | options, &error, &offset, settings);
    pcre2_compile_context_free(settings);
    return code;
}

enum { AS_COMPILED = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C };

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
            size_t length = (size_t)snprintf(text, size, "(?:aaaaaaaaaaaaaaaa){116}");
            for (int i = 0; i < wide; i++) length += (size_t)snprintf(text + length, size - length, "a");
            for (int i = 0; i < narrow; i++) length += (size_t)snprintf(text + length, size - length, "\\d");
            if (oracle_size(text) == target) return true;
        }
    return false;
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
            check_refusal(kr_text_of(text), KR_PATTERN_TOO_LARGE, 0, "compiled pattern has 16385 bytes, the limit is 16384; reduce");
    }
    check_refusal(kr_text_of("(?:abcdefgh){65535}"), KR_PATTERN_TOO_LARGE, 19, "too large");
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

/* Patterns of exactly the limit and one less and more: a backtracking end of nearly so many steps, and one step for each `0` before it. */
static void write_heavy(int filler_count, int letter_count, char *text, char *subject) {
    memset(text, '0', (size_t)filler_count);
    strcpy(text + filler_count, "[a-z]*[a-z]*[a-z]*[0-9]");
    memset(subject, '0', (size_t)filler_count);
    memset(subject + filler_count, 'a', (size_t)letter_count);
    subject[filler_count + letter_count] = '\0';
}

static int heavy_letter_count(char *text, char *subject) {
    int count = 1;
    do write_heavy(0, ++count, text, subject);
    while (count_steps(text, subject) <= KR_PATTERN_STEP_LIMIT - 1);
    return count - 1;
}

static void exact_budget(void) {
    char text[512], subject[2 * KR_PATTERN_SUBJECT_LIMIT];
    struct kr_text parts[KR_PART_COUNT];
    int letters = heavy_letter_count(text, subject), found_count = 0;
    for (; letters > 0 && found_count < 3; letters--) {
        write_heavy(0, letters, text, subject);
        size_t missing = KR_PATTERN_STEP_LIMIT - count_steps(text, subject), room = (size_t)(KR_PATTERN_SUBJECT_LIMIT - letters);
        if (missing + 1 > room) continue;
        for (int more = -1; more <= 1; more++, found_count++) {
            write_heavy((int)missing + more, letters, text, subject);
            struct kr_pattern *pattern = compiled(text);
            CU_ASSERT_EQUAL(count_steps(text, subject), (size_t)(KR_PATTERN_STEP_LIMIT + more));
            CU_ASSERT_EQUAL(kr_pattern_match(pattern, kr_text_of(subject), parts), more > 0 ? KR_MATCH_UNDECIDED : KR_MATCH_NO);
            kr_pattern_free(pattern);
        }
    }
    CU_ASSERT_EQUAL(found_count, 3);
}
