/* Every case file under tests/cases, and that together they decide every row of the built-in tables. */
#include "ruleset/ruleset.h"
#include "support/case_file.h"
#include "support/case_run.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <string.h>

void test_cases_register(void);

static struct case_words names;

/* The test is called what its file is called. */
static void run_case_file(void) {
    struct case_file file;
    char name[1024];
    snprintf(name, sizeof name, "tests/cases/%s", CU_get_current_test()->pName);
    case_file_read(name, &file);
    for (size_t i = 0; i < file.count; i++) case_run(&file.cases[i]);
    case_file_free(&file);
}

static void finds_case_files(void) { case_assert(names.count > 0, "tests/cases", 0, "there is no case file"); }

/* ---- The runner itself ---------------------------------------------------------------------------------------------------------------------- */

#define QUESTION "ruleset windows-2010\ncase t\n host Windows 7\n edition windows-7-enterprise\n "
#define SERVER "ruleset windows-2010\ncase t\n host windows-7-enterprise\n edition windows-server-2008-r2-standard\n key client\n "

/* A text and the lines at which it fails. */
static void runner_finds_faults(void) {
    static const struct {
        const char *text, *lines;
    } rows[] = {
        {QUESTION "expect yes\n", ""},
        {"\r\n# remark\r\n" QUESTION "expect\tyes\r\n", ""},
        {"", "1 "},
        {"ruleset windows\n", "1 "},
        {QUESTION "key client\n", "2 "},
        {QUESTION "expect no KR104 not-listed\n", "5 "},
        {QUESTION "expect yes\n expect no KR104 not-listed\n", "6 "},
        {QUESTION "expect yes KR104\n", "5 "},
        {QUESTION "expect\n", "5 5 "},
        {QUESTION "expect perhaps\n", "5 "},
        {QUESTION "expects yes\n expect yes\n", "5 "},
        {QUESTION "host Windows 7\n expect yes\n", "5 "},
        {QUESTION "edition windows-7-professional,,\n expect yes\n", "5 "},
        {QUESTION "each edition windows-7-professional\n expect yes\n", "5 "},
        {QUESTION "clients many\n expect yes\n", "5 "},
        {QUESTION "complete yes\n expect yes\n", "5 "},
        {QUESTION "each owned client\n expect yes\n", "5 "},
        {QUESTION "key nonsense\n expect yes\n", "6 "},
        {QUESTION "expect error unknown-name\n", "5 "},
        {QUESTION "expect key server-group-a\n expect choice client no\n expect asked windows-7\n expect note no such note\n", "5 6 7 8 "},
        {"case t\n host Windows 7\n expect yes\n", "1 1 "},
        {" host Windows 7\n" QUESTION "expect yes\n", "1 "},
        {"ruleset nowhere\ncase t\n expect yes\n", "2 "},
        {QUESTION "rules nowhere.xml\n expect yes\n", "2 "},
        {SERVER "expect no KR104 not-listed\n", ""},
        {SERVER "expect no KR104 excluded\n", "6 "},
        {SERVER "expect no KR104\n", "6 "},
        {SERVER "expect no\n", "6 "},
        {SERVER "expect no KR104 not-listed KR102 excluded\n", "6 "},
        {SERVER "expect no KR104 not-listed KB968912\n", "6 "},
        {SERVER "expect source KR104 tn-keys\n expect source KR104 seed-chap\n", "6 "},
        {SERVER "expect highest client\n", ""},
        {SERVER "each edition windows-7-enterprise\n expect yes\n", "6 7 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char lines[CASE_LINES_SIZE];
        struct case_file file;
        case_write_failures(lines);
        case_file_parse("tests/cases/none.case", rows[i].text, &file);
        for (size_t j = 0; j < file.count; j++) case_run(&file.cases[j]);
        case_file_free(&file);
        case_write_failures(NULL);
        if (strcmp(lines, rows[i].lines) != 0) printf("\n    fails at lines %s, not at %s:\n%s", lines, rows[i].lines, rows[i].text);
        CU_ASSERT_STRING_EQUAL(lines, rows[i].lines);
    }
    case_rows_free(); /* these do not count as cases */
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------------------------------- */

static bool has_below(const struct kmsrules_ruleset *ruleset, kmsrules_id group) {
    for (kmsrules_id other = 0; other < ruleset->group_count; other++)
        if (kr_bit(ruleset->below + (size_t)group * ruleset->group_words, other)) return true;
    return false;
}

/* Whether a case has to decide the row: an edition only once for each thing that `volume` can say, a group only if it is above another. */
static bool must_be_decided(const struct kmsrules_ruleset *ruleset, const struct kr_row *row) {
    if (row->relation == KR_RELATION_GROUP) return has_below(ruleset, row->group);
    return row->relation != KR_RELATION_EDITION && row->relation < KR_RELATION_SECOND_HOST; /* advice decides nothing */
}

static void check_rows(const char *name) {
    static const struct case_words no_overlays = {NULL, 0};
    const struct kmsrules_ruleset *ruleset = case_ruleset(name, "", &no_overlays);
    char message[512];
    CU_ASSERT_PTR_NOT_NULL_FATAL(ruleset);
    size_t count = 0;
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        if (!must_be_decided(ruleset, row)) continue;
        count++;
        snprintf(message, sizeof message, "no case of the ruleset %s decides this row, column %u", name, row->at.column);
        case_assert(case_rows_decided(ruleset, &row->at), row->at.file, row->at.line, message);
    }
    CU_ASSERT(count > 0);
}

static void check_volumes(const char *name) {
    static const struct case_words no_overlays = {NULL, 0};
    const struct kmsrules_ruleset *ruleset = case_ruleset(name, "", &no_overlays);
    bool is_decided[3] = {false, false, false};
    CU_ASSERT_PTR_NOT_NULL_FATAL(ruleset);
    for (kmsrules_id edition = 0; edition < ruleset->edition_count; edition++)
        if (case_rows_decided(ruleset, &ruleset->rows[ruleset->edition_rows[edition]].at)) is_decided[ruleset->editions[edition].volume] = true;
    CU_ASSERT(is_decided[KMSRULES_VOLUME_NO]);
    CU_ASSERT(is_decided[KMSRULES_VOLUME_YES]);
    CU_ASSERT(is_decided[KMSRULES_VOLUME_UNLISTED]);
}

static void every_row(void) {
    for (size_t i = 0; kmsrules_builtin_name(i) != NULL; i++) {
        check_rows(kmsrules_builtin_name(i));
        check_volumes(kmsrules_builtin_name(i));
    }
}

/* ---- */

static int clean_up(void) {
    case_rows_free();
    case_rulesets_free();
    case_words_free(&names);
    return 0;
}

void test_cases_register(void) {
    CU_pSuite suite = CU_add_suite("cases", NULL, clean_up);
    names = case_file_find();
    CU_add_test(suite, "the runner finds faults", runner_finds_faults);
    CU_add_test(suite, "there are case files", finds_case_files);
    for (size_t i = 0; i < names.count; i++) CU_add_test(suite, names.items[i] + strlen("tests/cases/"), run_case_file);
    CU_add_test(suite, "every row is decided by a case", every_row);
}
