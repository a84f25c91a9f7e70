/* Codes: a page for each that the program has, their spellings, the nearest ones, and the errors that follow from a failed check. */
#include "kmsrules/kmsrules.h"
#include "support/tables.h"
#include "table/problems.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_codes_register(void);

static kmsrules_ruleset *windows;

static int open_windows(void) { return kmsrules_ruleset_default(&windows) != KMSRULES_OK; }

static int close_windows(void) {
    kmsrules_ruleset_free(windows);
    return 0;
}

#define IS(actual, expected) CU_assertImplementation((actual) != NULL && strcmp(actual, expected) == 0, __LINE__, (actual) == NULL ? "NULL" : (actual), expected, "", CU_FALSE)

/* ---- Pages and codes ------------------------------------------------------------------------------------------------------------------------ */

/* Whether the page of a code is there, under this name, in its place. */
static bool has_page(size_t *place, const char *code, const char *name) {
    const kmsrules_code *page = kmsrules_code_get((*place)++);
    char heading[128];
    snprintf(heading, sizeof heading, "# %s %s\n", code, name);
    return page != NULL && strcmp(page->code, code) == 0 && strcmp(page->name, name) == 0 && strncmp(page->page, heading, strlen(heading)) == 0 &&
           kmsrules_code_find(code) == page;
}

static bool is_an_error(const char *code) {
    for (size_t i = 0; i < kmsrules_ruleset_error_count(windows); i++)
        if (strcmp(kmsrules_ruleset_error(windows, (kmsrules_id)i)->id, code) == 0) return true;
    return false;
}

/* Every check and every problem, as the library names them, and then nothing but errors of the tables. */
static void every_code_has_a_page(void) {
    size_t place = 0;
    char code[16];
    for (int check = KMSRULES_KR101; kmsrules_check_name((kmsrules_check_code)check) != NULL; check++) {
        snprintf(code, sizeof code, "KR%d", check);
        CU_assertImplementation(has_page(&place, code, kmsrules_check_name((kmsrules_check_code)check)), (unsigned)check, code, "pages", "", CU_FALSE);
    }
    CU_ASSERT_EQUAL(place, 6);
    for (int problem = 0; problem < KR_PROBLEM_COUNT; problem++) {
        const char *name = kr_problem_name((enum kr_problem)problem);
        CU_assertImplementation(has_page(&place, kr_problem_code((enum kr_problem)problem), name), (unsigned)problem, name, "pages", "", CU_FALSE);
    }
    for (const char *before = "0"; place < kmsrules_code_count(); before = kmsrules_code_get(place++)->code) {
        CU_ASSERT_TRUE(is_an_error(kmsrules_code_get(place)->code));
        CU_ASSERT_TRUE(strcmp(before, kmsrules_code_get(place)->code) < 0);
    }
    CU_ASSERT_EQUAL(place, 6 + KR_PROBLEM_COUNT + kmsrules_ruleset_error_count(windows));
    CU_ASSERT_PTR_NULL(kmsrules_code_get(place));
    CU_ASSERT_PTR_NULL(kmsrules_code_get(SIZE_MAX));
}

static void every_error_has_a_page(void) {
    for (size_t i = 0; i < kmsrules_ruleset_error_count(windows); i++) {
        const kmsrules_error *error = kmsrules_ruleset_error(windows, (kmsrules_id)i);
        const kmsrules_code *code = kmsrules_code_find(error->id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(code);
        IS(code->name, error->name);
    }
    CU_ASSERT_TRUE(kmsrules_ruleset_error_count(windows) > 30);
}

static void pages_are_clean(void) {
    for (size_t i = 0; i < kmsrules_code_count(); i++) {
        struct kr_text page = kr_text_of(kmsrules_code_get(i)->page);
        CU_ASSERT_EQUAL(kr_utf8_valid_size(page), page.size);
        CU_ASSERT_FALSE(kr_text_has_product_key(page));
        CU_ASSERT_EQUAL(page.data[page.size - 1], '\n');
        for (size_t j = 0; j < page.size; j++)
            if ((unsigned char)page.data[j] < 0x20 && page.data[j] != '\n') CU_FAIL("a control character in a page");
    }
}

/* ---- Spellings ------------------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *text, *code; /* NULL: none */
    bool is_like;
} spellings[] = {
    {"KR104", "KR104", true},
    {"kr104", "KR104", true},
    {"Kr911", "KR911", true},
    {"0xC004F042", "0xC004F042", true},
    {"0XC004f042", "0xC004F042", true},
    {"c004f042", "0xC004F042", true},
    {"-1073418174", "0xC004F042", true}, /* 0xC004F042 - 2^32 */
    {"3221549122", "0xC004F042", true},
    {"80070005", "0x80070005", true},
    {"-2147024891", "0x80070005", true},
    {"KR107", NULL, true},
    {"KR1", NULL, true},
    {"KR1044", NULL, true},
    {"0xC004F043", NULL, true},
    {"0xC004F0420", NULL, true},
    {"0xC", NULL, true},
    {"-1", NULL, true},
    {"-2147483648", NULL, true},
    {"4294967295", NULL, true},
    {"-2147483649", NULL, false}, /* no number of 32 bits */
    {"4294967296", NULL, false},
    {"2147483647", NULL, false}, /* its highest bit is not set */
    {"104", NULL, false},
    {"-", NULL, false},
    {"-0", NULL, false},
    {"--1073418174", NULL, false},
    {"-01073418174", NULL, false},
    {"C004F04", NULL, false},
    {"C004F0422", NULL, false},
    {"C004F04G", NULL, false},
    {"0x", NULL, false},
    {"0xG", NULL, false},
    {"KR", NULL, false},
    {"KRONOS", NULL, false},
    {"KR 104", NULL, false},
    {"key-covers-edition", NULL, false},
    {"", NULL, false},
    {" KR104", NULL, false},
    {"Windows 7", NULL, false},
};

static void spelled(void) {
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        const kmsrules_code *code = kmsrules_code_find(spellings[i].text);
        bool is_right = spellings[i].code == NULL ? code == NULL : code != NULL && strcmp(code->code, spellings[i].code) == 0;
        CU_assertImplementation(is_right, (unsigned)i, spellings[i].text, "found", "", CU_FALSE);
        CU_assertImplementation(kmsrules_code_is_like(spellings[i].text) == spellings[i].is_like, (unsigned)i, spellings[i].text, "is like a code", "", CU_FALSE);
    }
    CU_ASSERT_PTR_NULL(kmsrules_code_find(NULL));
    CU_ASSERT_FALSE(kmsrules_code_is_like(NULL));
}

/* No name that the tables know is taken for a code. */
static void names_are_no_codes(void) {
    for (size_t i = 0; i < kmsrules_ruleset_edition_count(windows); i++) {
        const kmsrules_edition *edition = kmsrules_ruleset_edition(windows, (kmsrules_id)i);
        CU_ASSERT_FALSE(kmsrules_code_is_like(edition->id));
        CU_ASSERT_FALSE(kmsrules_code_is_like(edition->name));
    }
}

static void check_nearest(const char *text, const char *const *expected, size_t count) {
    const kmsrules_code *codes[8];
    CU_ASSERT_EQUAL_FATAL(kmsrules_code_suggest(text, codes, count), count);
    for (size_t i = 0; i < count; i++) IS(codes[i]->code, expected[i]);
}

static void nearest(void) {
    const kmsrules_code *codes[3], *all[80];
    char huge[4096];
    check_nearest("0xC004F043", (const char *const[]){"0xC004F041", "0xC004F042"}, 2); /* alike but for the last digit; in their order */
    check_nearest("-1073418173", (const char *const[]){"0xC004F041", "0xC004F042"}, 2);
    check_nearest("kr10", (const char *const[]){"KR101"}, 1);
    check_nearest("KR140", (const char *const[]){"KR104"}, 1); /* neighbours swapped are one slip */
    check_nearest("KR104", (const char *const[]){"KR104"}, 1);
    CU_ASSERT_EQUAL(kmsrules_code_suggest("KR9", all, 80), KR_PROBLEM_COUNT + 6); /* two digits more: 2 edits; another digit and two more: 4, which is still near */
    CU_ASSERT_EQUAL(kmsrules_code_suggest("KR104", codes, 0), 0);
    CU_ASSERT_EQUAL(kmsrules_code_suggest("Windows Server 2019", codes, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_code_suggest("", codes, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_code_suggest(NULL, codes, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_code_suggest("KR104", NULL, 3), 0);
    memset(huge, 'F', sizeof huge);
    huge[sizeof huge - 1] = '\0';
    CU_ASSERT_EQUAL(kmsrules_code_suggest(huge, codes, 3), 0);
}

/* ---- Documents ------------------------------------------------------------------------------------------------------------------------------ */

static void documents(void) {
    const kmsrules_code *code = kmsrules_code_find("KR911");
    char *text = NULL;
    size_t size = 0;
    CU_ASSERT_EQUAL_FATAL(kmsrules_code_print(code, false, &text, &size), KMSRULES_OK);
    CU_ASSERT_EQUAL(strlen(text), size);
    CU_ASSERT_EQUAL(strncmp(text, "KR911 unknown-id\n\nWhat it means\n\n", 33), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n    $ kmsrules --rules windows rules check site.xml\n"));
    kmsrules_string_free(text);
    CU_ASSERT_EQUAL_FATAL(kmsrules_code_json(windows, code, &text, &size), KMSRULES_OK);
    CU_ASSERT_EQUAL(strlen(text), size);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"checks\": [],\n \"errors\": []\n}"));
    kmsrules_string_free(text);
    text = NULL;
    CU_ASSERT_EQUAL(kmsrules_code_json(NULL, code, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_code_json(windows, NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_code_json(windows, code, NULL, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_code_json(windows, code, &text, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_code_print(NULL, false, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_code_print(code, false, NULL, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_code_print(code, false, &text, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(text);
}

/* ---- Errors of tables ----------------------------------------------------------------------------------------------------------------------- */

#define ERRORS "  <error id=\"0x80000001\" name=\"One\" scope=\"client\" source=\"s\"/>\n  <error id=\"0x80000002\" name=\"Two\" scope=\"kms-host mak\" source=\"s\" note=\"n\"/>\n"
#define UPDATES \
    "  <update id=\"KB1\" source=\"s\"/>\n  <update id=\"KB2\" source=\"s\"/>\n" \
    "  <requires hosts=\"r7\" any-of=\"KB1 KB2\" source=\"s\"/>\n"

static void records(void) {
    struct load load = {0};
    static const char table[] = TABLE_START TABLE_ROWS UPDATES ERRORS "  <predicts check=\"KR105\" error=\"0x80000002\" on=\"host\" editions=\"pro\" any-of=\"KB2 KB1\" source=\"s\" note=\"m\"/>\n" TABLE_END;
    load_table(&load, NULL, kr_text_of(table));
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_ruleset_error_count(load.ruleset), 2);
    const kmsrules_error *one = kmsrules_ruleset_error(load.ruleset, 0), *two = kmsrules_ruleset_error(load.ruleset, 1);
    CU_ASSERT_EQUAL(one->scope, KMSRULES_OF_CLIENT);
    CU_ASSERT_EQUAL(one->prediction_count, 0);
    CU_ASSERT_PTR_NULL(one->note);
    IS(two->id, "0x80000002");
    IS(two->name, "Two");
    IS(two->note, "n");
    CU_ASSERT_EQUAL(two->scope, KMSRULES_OF_KMS_HOST | KMSRULES_OF_MAK);
    CU_ASSERT_EQUAL(two->source_count, 1);
    CU_ASSERT_EQUAL(two->at.line, 17);
    CU_ASSERT_EQUAL_FATAL(two->prediction_count, 1);
    CU_ASSERT_EQUAL(two->predictions[0], 0);
    const kmsrules_prediction *prediction = kmsrules_ruleset_prediction(load.ruleset, 0);
    CU_ASSERT_EQUAL(prediction->check, KMSRULES_KR105);
    CU_ASSERT_EQUAL(prediction->error, 1);
    CU_ASSERT_TRUE(prediction->is_on_host);
    CU_ASSERT_TRUE(prediction->edition_count == 1 && prediction->editions[0] == 0);
    CU_ASSERT_TRUE(prediction->update_count == 2 && prediction->updates[0] == 1 && prediction->updates[1] == 0);
    IS(prediction->note, "m");
    CU_ASSERT_EQUAL(prediction->source_count, 1);
    CU_ASSERT_EQUAL(prediction->at.line, 18);
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_error(load.ruleset, 2));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_prediction(load.ruleset, 1));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_error(NULL, 0));
    CU_ASSERT_EQUAL(kmsrules_ruleset_prediction_count(NULL), 0);
    load_end(&load);
}

/* How many errors follow from KR105 of the small ruleset with one more row, when nothing is installed; `is_complete` false: when that is not known. */
static size_t predicted(const char *row, bool is_complete) {
    struct load load = {0};
    char table[4096];
    kmsrules_question *question = NULL;
    kmsrules_answer *answer = NULL;
    size_t count = SIZE_MAX;
    snprintf(table, sizeof table, "%s%s%s", TABLE_START TABLE_ROWS UPDATES ERRORS, row, TABLE_END);
    load_table(&load, NULL, kr_text_of(table));
    if (load.status == KMSRULES_OK && kmsrules_question_new(load.ruleset, &question) == KMSRULES_OK && kmsrules_question_set_host(question, "pro") == KMSRULES_OK &&
        kmsrules_question_add_edition(question, "pro") == KMSRULES_OK && kmsrules_question_set_updates_complete(question, is_complete) == KMSRULES_OK &&
        kmsrules_ask(question, &answer) == KMSRULES_OK) {
        const kmsrules_edition_answer *edition = &kmsrules_answer_host(answer, 0)->editions[0];
        count = 0;
        for (size_t i = 0; i < edition->check_count; i++) count += edition->checks[i].prediction_count * (edition->checks[i].code == KMSRULES_KR105 ? 1 : 1000);
    }
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    load_end(&load);
    return count;
}

#define PREDICTS(more) "  <predicts error=\"0x80000001\" on=\"client\" source=\"s\" " more "/>\n"

static void predictions(void) {
    CU_ASSERT_EQUAL(predicted("", true), 0);
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR105\""), true), 1);
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR105\""), false), 0);                             /* unknown: nothing follows */
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR104\""), true), 0);                              /* which passes */
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR105\" any-of=\"KB2 KB1\""), true), 1);
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR105\" any-of=\"KB1\""), true), 0);               /* KB2 would have done, of which the row says nothing */
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR105\" editions=\"pro\""), true), 1);
    CU_ASSERT_EQUAL(predicted(PREDICTS("check=\"KR105\"") PREDICTS("check=\"KR105\" any-of=\"KB1 KB2\""), true), 2);
    CU_ASSERT_EQUAL(predicted("  <edition id=\"other\" name=\"Other\" kind=\"client\" application=\"windows\" volume=\"no\" source=\"s\"/>\n"
                              PREDICTS("check=\"KR105\" editions=\"other\""), true), 0);
}

static void refused(void) {
    CU_ASSERT_TRUE(table_says(kr_text_of(TABLE_START TABLE_ROWS ERRORS ERRORS TABLE_END), NULL, "t.xml:15:14: KR910\nt.xml:16:14: KR910\n"));
    CU_ASSERT_TRUE(table_says(kr_text_of(TABLE_START TABLE_ROWS PREDICTS("check=\"KR104\"") TABLE_END), NULL, "t.xml:13:20: KR911\n"));
    CU_ASSERT_TRUE(table_says(kr_text_of(TABLE_START TABLE_ROWS ERRORS PREDICTS("check=\"KR107\"") TABLE_END), NULL, "t.xml:15:62: KR908\n"));
    CU_ASSERT_TRUE(table_says(kr_text_of(TABLE_START TABLE_ROWS ERRORS PREDICTS("check=\"KR104\" any-of=\"KB1\"") TABLE_END), NULL, "t.xml:15:3: KR907\n"));
    CU_ASSERT_TRUE(table_says(kr_text_of(TABLE_START TABLE_ROWS "  <error id=\"0xc004f042\" name=\"E\" scope=\"client\" source=\"s\"/>\n" TABLE_END), NULL, "t.xml:13:14: KR908\n"));
}

/* 256 predictions, and one more. */
static void limit(void) {
    for (int count = 256; count <= 257; count++) {
        struct kr_buffer table = {0};
        text_add(&table, "%s", TABLE_START TABLE_ROWS ERRORS);
        for (int i = 0; i < count; i++) text_add(&table, "%s", PREDICTS("check=\"KR106\""));
        text_add(&table, "%s", TABLE_END);
        CU_ASSERT_TRUE(table_says(text_view(&table), NULL, count == 256 ? "" : "t.xml:271:3: KR904\n"));
        kr_buffer_free(&table);
    }
}

/* A later layer replaces an error: what predicts it predicts the new one. */
static void replaced(void) {
    struct load load = {0};
    load_start(&load, NULL);
    load_provide(&load, "a.xml", kr_text_of(TABLE_START TABLE_ROWS ERRORS PREDICTS("check=\"KR104\"") TABLE_END));
    load_provide(&load, "b.xml", kr_text_of(TABLE_START "  <error id=\"0x80000001\" name=\"New\" scope=\"mak\" source=\"s\" replace=\"yes\"/>\n" TABLE_END));
    load_add(&load, "a.xml");
    load_add(&load, "b.xml");
    load_build(&load);
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    const kmsrules_prediction *prediction = kmsrules_ruleset_prediction(load.ruleset, 0);
    CU_ASSERT_EQUAL(kmsrules_ruleset_error_count(load.ruleset), 2);
    IS(kmsrules_ruleset_error(load.ruleset, prediction->error)->name, "New");
    load_end(&load);
}

void test_codes_register(void) {
    static CU_TestInfo tests[] = {
        {"every code has a page", every_code_has_a_page},
        {"every error has a page", every_error_has_a_page},
        {"pages are clean", pages_are_clean},
        {"spelled", spelled},
        {"names are no codes", names_are_no_codes},
        {"nearest", nearest},
        {"documents", documents},
        {"records", records},
        {"predictions", predictions},
        {"refused", refused},
        {"limit", limit},
        {"replaced", replaced},
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {{"codes", open_windows, close_windows, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
