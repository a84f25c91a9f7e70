/* Remedies: the functions' errors, out of memory, tables made to have no end, small stacks. That they are the right ones, tests/oracle/remedies.py says. */
#include "support/allocation.h"
#include "support/tables.h"

#include <CUnit/Basic.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void test_remedy_register(void);

static kmsrules_question *question_to(kmsrules_ruleset *ruleset, const char *host, const char *edition) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(ruleset, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(question, host), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_edition(question, edition), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_remedies(question, true), KMSRULES_OK);
    return question;
}

static kmsrules_answer *answer_to(kmsrules_question *question) {
    kmsrules_answer *answer = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ask(question, &answer), KMSRULES_OK);
    return answer;
}

static kmsrules_ruleset *windows(void) {
    kmsrules_ruleset *ruleset = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ruleset_default(&ruleset), KMSRULES_OK);
    return ruleset;
}

/* ---- Wrong use, and what was not asked for -------------------------------------------------------------------------------------------------- */

static void wrong_use(void) {
    CU_ASSERT_EQUAL(kmsrules_question_set_remedies(NULL, true), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_answer_remedy_count(NULL), 0);
    CU_ASSERT_PTR_NULL(kmsrules_answer_remedy(NULL, 0));
    CU_ASSERT_FALSE(kmsrules_answer_has_all_remedies(NULL));
    CU_ASSERT_PTR_NULL(kmsrules_change_text((kmsrules_change_kind)(KMSRULES_ADD_MACHINES + 1)));
    CU_ASSERT_PTR_NULL(kmsrules_change_text((kmsrules_change_kind)-1));
    CU_ASSERT_STRING_EQUAL(kmsrules_change_text(KMSRULES_LEARN), "learn");
}

static void beyond_the_end(void) {
    kmsrules_ruleset *ruleset = windows();
    kmsrules_question *question = question_to(ruleset, "Windows Server 2012 R2 Standard", "Windows Server 2022 Standard");
    kmsrules_answer *answer = answer_to(question);
    size_t count = kmsrules_answer_remedy_count(answer);
    CU_ASSERT(count > 0);
    CU_ASSERT_PTR_NOT_NULL(kmsrules_answer_remedy(answer, count - 1));
    CU_ASSERT_PTR_NULL(kmsrules_answer_remedy(answer, count));
    CU_ASSERT_PTR_NULL(kmsrules_answer_remedy(answer, SIZE_MAX));
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    kmsrules_ruleset_free(ruleset);
}

/* As snprintf(): the whole length, however much there is room for, and an end in every buffer. */
static void text_of_a_remedy(void) {
    kmsrules_ruleset *ruleset = windows();
    kmsrules_question *question = question_to(ruleset, "Windows Server 2012 R2 Standard", "Windows Server 2022 Standard");
    kmsrules_answer *answer = answer_to(question);
    const kmsrules_remedy *remedy = kmsrules_answer_remedy(answer, 0);
    char whole[1024], part[8];
    size_t length = kmsrules_remedy_text(answer, remedy, NULL, 0);
    CU_ASSERT_FATAL(length > sizeof part && length < sizeof whole);
    CU_ASSERT_EQUAL(kmsrules_remedy_text(answer, remedy, whole, sizeof whole), length);
    CU_ASSERT_EQUAL(strlen(whole), length);
    CU_ASSERT_EQUAL(kmsrules_remedy_text(answer, remedy, part, sizeof part), length);
    CU_ASSERT_EQUAL(strlen(part), sizeof part - 1);
    CU_ASSERT_EQUAL(memcmp(part, whole, sizeof part - 1), 0);
    CU_ASSERT_EQUAL(kmsrules_remedy_text(NULL, remedy, part, sizeof part), 0);
    CU_ASSERT_EQUAL(kmsrules_remedy_text(answer, NULL, part, sizeof part), 0);
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    kmsrules_ruleset_free(ruleset);
}

static void not_asked_for(void) {
    kmsrules_ruleset *ruleset = windows();
    kmsrules_question *question = question_to(ruleset, "Windows Server 2012 R2 Standard", "Windows Server 2022 Standard");
    CU_ASSERT_EQUAL(kmsrules_question_set_remedies(question, false), KMSRULES_OK);
    kmsrules_answer *answer = answer_to(question);
    CU_ASSERT_EQUAL(kmsrules_answer_remedy_count(answer), 0);
    CU_ASSERT_FALSE(kmsrules_answer_has_all_remedies(answer));
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    question = question_to(ruleset, "Windows Server 2022 Standard", "Windows Server 2022 Standard");
    answer = answer_to(question);
    CU_ASSERT_EQUAL(kmsrules_answer_verdict(answer), KMSRULES_YES);
    CU_ASSERT_EQUAL(kmsrules_answer_remedy_count(answer), 0);
    CU_ASSERT(kmsrules_answer_has_all_remedies(answer));
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    kmsrules_ruleset_free(ruleset);
}

/* ---- Out of memory -------------------------------------------------------------------------------------------------------------------------- */

/* The status, and how many remedies with how many changes. */
static kmsrules_status ask(const kmsrules_question *question, size_t *weight) {
    kmsrules_answer *answer = NULL;
    kmsrules_status status = kmsrules_ask(question, &answer);
    CU_ASSERT_EQUAL(answer != NULL, status == KMSRULES_OK);
    *weight = kmsrules_answer_remedy_count(answer);
    for (size_t i = 0; i < kmsrules_answer_remedy_count(answer); i++) *weight = *weight * 31 + kmsrules_answer_remedy(answer, i)->change_count;
    kmsrules_answer_free(answer);
    return status;
}

static void sweep(const kmsrules_question *question, bool for_ever) {
    size_t whole, failed, again;
    CU_ASSERT_EQUAL_FATAL(ask(question, &whole), KMSRULES_OK);
    for (size_t nth = 1;; nth++) {
        long before = allocation_live();
        allocation_fail(nth, for_ever);
        kmsrules_status status = ask(question, &failed);
        if (!allocation_stop()) break;
        CU_ASSERT(status == KMSRULES_NO_MEMORY || (status == KMSRULES_OK && failed == whole));
        CU_ASSERT_EQUAL(allocation_live(), before);
        CU_ASSERT(ask(question, &again) == KMSRULES_OK && again == whole);
    }
}

/* With other hosts and updates; with other keys and machines; with the editions of a release. */
static void out_of_memory(void) {
    if (!allocation_can_fail()) return;
    kmsrules_ruleset *ruleset = windows();
    kmsrules_question *questions[3] = {question_to(ruleset, "Windows Server 2019 Standard", "Windows Server 2025 Standard"),
                                       question_to(ruleset, "Windows Server 2019 Standard", "Windows 10 Enterprise"),
                                       question_to(ruleset, "Windows Server 2012 R2", "Windows 10 Enterprise")};
    CU_ASSERT_EQUAL(kmsrules_question_add_key(questions[1], "windows-7"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_add_edition(questions[1], "Office LTSC 2021"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_count(questions[1], KMSRULES_CLIENT, 3), KMSRULES_OK);
    for (size_t i = 0; i < 3; i++) {
        sweep(questions[i], false);
        sweep(questions[i], true);
        kmsrules_question_free(questions[i]);
    }
    kmsrules_ruleset_free(ruleset);
}

/* ---- Tables without end --------------------------------------------------------------------------------------------------------------------- */

static kmsrules_ruleset *ruleset_with(const struct kr_buffer *rows) {
    struct kr_buffer table = {0};
    struct load load = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    kr_buffer_add(&table, text_view(rows));
    kr_buffer_add_string(&table, TABLE_END);
    load_table(&load, NULL, text_view(&table));
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    kmsrules_ruleset *ruleset = kmsrules_ruleset_retain(load.ruleset);
    load_end(&load);
    kr_buffer_free(&table);
    return ruleset;
}

/* `count` rows, each asking for one of two updates: 2 to the power of `count` remedies. */
static void write_pairs(struct kr_buffer *rows, int count) {
    for (int i = 0; i < count; i++)
        text_add(rows, "<update id=\"a%d\" source=\"s\"/><update id=\"b%d\" source=\"s\"/><requires hosts=\"r7\" any-of=\"a%d b%d\" source=\"s\"/>\n", i, i, i, i);
}

/* `width` updates a level, each after any of the level below; the highest is asked for. */
static void write_levels(struct kr_buffer *rows, int depth, int width) {
    for (int level = 0; level < depth; level++)
        for (int i = 0; i < width; i++) {
            text_add(rows, "<update id=\"u%d-%d\" source=\"s\"", level, i);
            for (int j = 0; level > 0 && j < width; j++) text_add(rows, "%su%d-%d", j == 0 ? " after-any-of=\"" : " ", level - 1, j);
            text_add(rows, "%s/>\n", level > 0 ? "\"" : "");
        }
    text_add(rows, "<requires hosts=\"r7\" any-of=\"u%d-0\" source=\"s\"/>\n", depth - 1);
}

struct trial {
    kmsrules_ruleset *ruleset;
    const char *host; /* NULL: pro */
    size_t remedy_count;
    bool has_all;
    double seconds;
    bool says_so; /* in text and JSON */
};

static bool is_in(kmsrules_status (*render)(const kmsrules_answer *answer, char **text, size_t *size), const kmsrules_answer *answer, const char *words) {
    char *text = NULL;
    size_t size;
    CU_ASSERT_EQUAL_FATAL(render(answer, &text, &size), KMSRULES_OK);
    bool is_there = strstr(text, words) != NULL;
    kmsrules_string_free(text);
    return is_there;
}

static kmsrules_status print_plain(const kmsrules_answer *answer, char **text, size_t *size) { return kmsrules_answer_print(answer, false, text, size); }

static void *try_out(void *data) {
    struct trial *trial = data;
    kmsrules_question *question = question_to(trial->ruleset, trial->host != NULL ? trial->host : "pro", "pro");
    clock_t start = clock();
    kmsrules_answer *answer = answer_to(question);
    trial->seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    trial->remedy_count = kmsrules_answer_remedy_count(answer);
    trial->has_all = kmsrules_answer_has_all_remedies(answer);
    trial->says_so = is_in(kmsrules_answer_json, answer, "\"remedies_complete\": false") && is_in(print_plain, answer, "too many ways to find them all");
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    return NULL;
}

/* On a stack of 256 KiB. */
static struct trial try_host(struct kr_buffer *rows, const char *host) {
    struct trial trial = {.ruleset = ruleset_with(rows), .host = host};
    pthread_attr_t attributes;
    pthread_t thread;
    CU_ASSERT_EQUAL_FATAL(pthread_attr_init(&attributes), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, &attributes, try_out, &trial), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    kmsrules_ruleset_free(trial.ruleset);
    kr_buffer_free(rows);
    return trial;
}

static struct trial try_rows(struct kr_buffer *rows) { return try_host(rows, NULL); }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SECONDS = 30 };
#else
enum { SECONDS = 4 }; /* about one, on a machine that has something else to do */
#endif

static void without_end(struct kr_buffer *rows) {
    struct trial trial = try_rows(rows);
    CU_ASSERT_FALSE(trial.has_all);
    CU_ASSERT(trial.says_so);
    CU_ASSERT(trial.seconds < SECONDS);
}

static void two_to_the_40th(void) {
    struct kr_buffer pairs = {0}, fewer = {0}, levels = {0};
    write_pairs(&pairs, 40);
    without_end(&pairs);
    write_pairs(&fewer, 24); /* each remedy short enough, but too many of them */
    without_end(&fewer);
    write_levels(&levels, 31, 2);
    without_end(&levels);
}

static void as_many_as_there_are(void) {
    struct kr_buffer pairs = {0}, levels = {0};
    write_pairs(&pairs, 8);
    struct trial trial = try_rows(&pairs);
    CU_ASSERT(trial.has_all);
    CU_ASSERT_EQUAL(trial.remedy_count, 256);
    write_levels(&levels, 6, 2); /* u5-0, and one of two on each of five levels */
    trial = try_rows(&levels);
    CU_ASSERT(trial.has_all);
    CU_ASSERT_EQUAL(trial.remedy_count, 32);
}

static void deep_chains(void) {
    struct kr_buffer longest = {0}, fitting = {0};
    write_levels(&longest, 64, 1);
    without_end(&longest); /* longer than a remedy may be */
    write_levels(&fitting, 32, 1);
    struct trial trial = try_rows(&fitting);
    CU_ASSERT(trial.has_all);
    CU_ASSERT_EQUAL(trial.remedy_count, 1);
}

/* Every edition of the release needs the update; any of them that is learnt does, too, but with the update: no smaller change. */
static void wide_release(void) {
    struct kr_buffer rows = {0};
    kr_buffer_add_string(&rows, "<release id=\"wide\" name=\"Wide\" kind=\"server\" application=\"windows\">\n");
    for (int i = 0; i < 2000; i++) text_add(&rows, "<edition id=\"w%d\" name=\"W %d\" volume=\"yes\" source=\"s\"/>\n", i, i);
    kr_buffer_add_string(&rows, "</release>\n<threshold kind=\"server\" minimum=\"5\" counts=\"server\" source=\"s\"/>\n"
                                "<key-group ref=\"client\"><fits hosts=\"wide\" source=\"s\"/></key-group>\n"
                                "<update id=\"u\" source=\"s\"/>\n<requires hosts=\"wide\" any-of=\"u\" source=\"s\"/>\n");
    struct trial trial = try_host(&rows, "wide");
    CU_ASSERT(trial.has_all);
    CU_ASSERT_EQUAL(trial.remedy_count, 2); /* the update, or the host that needs none */
    CU_ASSERT(trial.seconds < SECONDS);
}

void test_remedy_register(void) {
    CU_TestInfo tests[] = {{"wrong use", wrong_use},
                           {"an index beyond the end", beyond_the_end},
                           {"text of a remedy", text_of_a_remedy},
                           {"not asked for, and of a yes", not_asked_for},
                           {"out of memory", out_of_memory},
                           {"tables without end", two_to_the_40th},
                           {"as many remedies as there are", as_many_as_there_are},
                           {"deep chains on a small stack", deep_chains},
                           {"a wide release on a small stack", wide_release},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"remedy", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
