/* The dialect of patterns: every refusal with its offset, and its limits. Through kr_pattern_compile(), as PCRE2 has the last word on some. */
#include "names/pattern.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <string.h>

void test_dialect_register(void);

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
        {"(a+)+", 1, "within a group that has one"}, {"((a{100}){100}){100}", 2, "within a group"}, {"x(?:b(?:c(?:d?)))*", 12, "within a group"},
        {"(?:a*|b){2}", 3, "within a group"}, {"(?<name>[a-z]+)?", 8, "within a group"}, {"(?:ab??c)?", 4, "within a group"}, {"(?:(?:a)*b)+", 3, "within a group"},
        {"(?:a|\\d+)*?", 5, "within a group"}, {"(?:(?:a+)b(?:c*))?", 6, "within a group"},
        {"*a", 0, "* has nothing to repeat"}, {"+", 0, "nothing"}, {"?", 0, "nothing"}, {"{2}", 0, "nothing"}, {"a|*", 2, "nothing"}, {"(+a)", 1, "nothing"},
        {"(?:*a)", 3, "nothing"}, {"(?<sku>?)", 7, "nothing"},
        {"a**", 2, "repeats a quantifier"}, {"a{2}{3}", 4, "repeats a quantifier"}, {"a+*", 2, "repeats a quantifier"}, {"a???", 3, "repeats a quantifier"},
        {"a+?+", 3, "repeats a quantifier"}, {"(?:a){2}{3}{4}", 8, "repeats a quantifier"},
        {"a++", 2, "possessive"}, {"a*+", 2, "possessive"}, {"a?+", 2, "possessive"}, {"a{2}+", 4, "possessive"}, {"(a)++", 4, "possessive"},
        {"a{", 1, "{ begins no"}, {"a{,3}", 1, "{ begins no"}, {"a{x}", 1, "{ begins no"}, {"a{1,2", 1, "{ begins no"}, {"a{ 1 }", 1, "{ begins no"}, {"{", 0, "{ begins no"},
        {"a{1,x}", 1, "{ begins no"}, {"a}", 1, "} closes nothing"}, {"a]", 1, "] closes nothing"},
        {"a{3,2}", 5, "out of order"}, {"a{65536}", 7, "too big"},
    };
    CHECK_REFUSALS(rows);
}

static void refused_characters(void) {
    static const struct refusal rows[] = {
        {"^windows", 0, "remove the ^"}, {"windows$", 7, "remove the $"}, {"a|^b", 2, "whole name"}, {"(a$)", 2, "whole name"},
        {"Windows", 0, "W never matches"}, {"[a-Z]", 3, "Z never matches"}, {"a\tb", 1, "U+0009"}, {"a\nb", 1, "U+000A"}, {"[\x7f]", 1, "U+007F"},
        {"a[", 1, "[ is never closed"}, {"[a\\]", 0, "never closed"}, {"[^", 0, "never closed"}, {"[]a]", 1, "empty class"}, {"[^]a]", 2, "empty class"}, {"[]", 1, "empty class"},
        {"[[:alpha:]]", 1, "[:alpha:]"}, {"[a[b]", 2, "\\["}, {"[[.a.]]", 1, "\\["}, {"[z-a]", 3, "out of order"}, {"[\\d-z]", 3, "invalid range"}, {"[:a:]", 0, "POSIX"},
        {"ab\xff", 2, "byte 0xFF is not UTF-8"}, {"\xc3", 0, "not UTF-8"}, {"a\xed\xa0\x80", 1, "not UTF-8"}, {"\xc0\xaf", 0, "not UTF-8"}, {"[\xf4\x90\x80\x80]", 1, "not UTF-8"},
    };
    CHECK_REFUSALS(rows);
    check_refusal((struct kr_text){"a\0b", 3}, KR_PATTERN_WRONG, 1, "U+0000");
}

/* ---- Limits --------------------------------------------------------------------------------------------------------------------------------- */

static void check_accepted(struct kr_text text) {
    struct kr_pattern *pattern = NULL;
    struct kr_pattern_fault fault;
    CU_ASSERT_EQUAL(kr_pattern_compile(text, &pattern, &fault), KR_PATTERN_COMPILED);
    kr_pattern_free(pattern);
}

static void size_limit(void) {
    char text[KR_PATTERN_SIZE_LIMIT + 2];
    memset(text, 'a', sizeof text);
    check_accepted((struct kr_text){text, KR_PATTERN_SIZE_LIMIT - 1});
    check_accepted((struct kr_text){text, KR_PATTERN_SIZE_LIMIT});
    check_refusal((struct kr_text){text, KR_PATTERN_SIZE_LIMIT + 1}, KR_PATTERN_TOO_LARGE, KR_PATTERN_SIZE_LIMIT, "513 bytes, the limit is 512; split");
}

static void class_limit(void) {
    check_accepted(kr_text_of("[\xc3\xa0\xc3\xa1\xc3\xa2\xc3\xa3\xc3\xa4\xc3\xa5\xc3\xa6]"));
    check_accepted(kr_text_of("[\xc3\xa0\xc3\xa1\xc3\xa2\xc3\xa3\xc3\xa4\xc3\xa5\xc3\xa6-\xc3\xbf][\xc3\xa0]"));
    check_refusal(kr_text_of("b[^\xc3\xa0\xc3\xa1\xc3\xa2\xc3\xa3z\xc3\xa4\xc3\xa5\xc3\xa6\xc3\xa7\xc3\xa8]"), KR_PATTERN_TOO_LARGE, 20, "9 characters outside of ASCII in a class");
}

static void depth_limit(void) {
    for (size_t depth = KR_PATTERN_DEPTH_LIMIT - 1; depth <= KR_PATTERN_DEPTH_LIMIT + 1; depth++) {
        char text[64] = "";
        for (size_t i = 0; i < depth; i++) strcat(text, "(");
        strcat(text, "a");
        for (size_t i = 0; i < depth; i++) strcat(text, ")");
        if (depth <= KR_PATTERN_DEPTH_LIMIT)
            check_accepted(kr_text_of(text));
        else
            check_refusal(kr_text_of(text), KR_PATTERN_TOO_LARGE, KR_PATTERN_DEPTH_LIMIT, "17 groups within each other, the limit is 16");
    }
}

void test_dialect_register(void) {
    CU_TestInfo tests[] = {{"refused escapes", refused_escapes},
                           {"refused groups", refused_groups},
                           {"refused quantifiers", refused_quantifiers},
                           {"refused characters", refused_characters},
                           {"size limit", size_limit},
                           {"class limit", class_limit},
                           {"depth limit", depth_limit},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"dialect", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
