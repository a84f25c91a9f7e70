/* Plans for tables with more ways than anybody can go through: the search is given up in time, says so, has something, and needs no more stack than a
 * small thread has. */
#define _POSIX_C_SOURCE 200809L
#include "base/memory.h"
#include "base/text.h"
#include "support/tables.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void test_plan_limits_register(void);

enum { STACK_SIZE = 256 * 1024, SECONDS_ALLOWED = 20 /* on a slow machine under a sanitizer; about two on a usual one */ };

static void add(struct kr_buffer *table, const char *format, ...) {
    char line[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    kr_buffer_add_string(table, line);
}

static void add_start(struct kr_buffer *table, int product_count, int host_count) {
    add(table, "%s<source id=\"s\" title=\"S\" reliability=\"primary\"/><application id=\"a\" name=\"A\"/>"
               "<threshold kind=\"client\" minimum=\"25\" counts=\"client\" source=\"s\"/><release id=\"r\" name=\"R\" kind=\"client\" application=\"a\">", TABLE_START);
    for (int i = 0; i < product_count; i++) add(table, "<edition id=\"p%d\" name=\"Product %d\" volume=\"yes\" source=\"s\"/>\n", i, i);
    add(table, "</release><release id=\"h\" name=\"H\" kind=\"client\" application=\"a\">");
    for (int i = 0; i < host_count; i++) add(table, "<edition id=\"h%d\" name=\"Host %d\" volume=\"yes\" source=\"s\"/>\n", i, i);
    add(table, "</release>");
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Every group covers a product of its own and sits on a random half of the hosts. */
static void write_disjoint(struct kr_buffer *table) {
    uint64_t random = 1;
    add_start(table, 300, 100);
    for (int i = 0; i < 300; i++) {
        add(table, "<key-group id=\"g%d\" name=\"Group %d\" kind=\"client\" application=\"a\" source=\"s\"><covers editions=\"p%d\" source=\"s\"/><fits hosts=\"h%d", i, i, i, i % 100);
        for (int host = 0; host < 100; host++)
            if (host != i % 100 && next_random(&random) % 2 == 0) add(table, " h%d", host);
        add(table, "\" source=\"s\"/></key-group>\n");
    }
}

/* A set cover with much to choose from: every group covers some random products. */
static void write_overlapping(struct kr_buffer *table) {
    uint64_t random = 2;
    add_start(table, 120, 3);
    for (int i = 0; i < 200; i++) {
        add(table, "<key-group id=\"g%d\" name=\"Group %d\" kind=\"client\" application=\"a\" source=\"s\"><covers editions=\"p%d", i, i, i % 120);
        for (int product = 0; product < 120; product++)
            if (product != i % 120 && next_random(&random) % 16 == 0) add(table, " p%d", product);
        add(table, "\" source=\"s\"/><fits hosts=\"h\" source=\"s\"/></key-group>\n");
    }
}

/* Every product waits for updates of its own, each with ten that would do. */
static void write_requiring(struct kr_buffer *table) {
    add_start(table, 24, 2);
    for (int i = 0; i < 240; i++) add(table, "<update id=\"KB%d\" source=\"s\"/>\n", 1000 + i);
    add(table, "<key-group id=\"g\" name=\"Group\" kind=\"client\" application=\"a\" source=\"s\"><covers editions=\"r\" source=\"s\"/><fits hosts=\"h\" source=\"s\"/></key-group>");
    for (int row = 0; row < 24 * 12; row++) {
        add(table, "<requires hosts=\"h\" editions=\"p%d\" source=\"s\" any-of=\"", row % 24);
        for (int i = 0; i < 10; i++) add(table, " KB%d", 1000 + (row * 7 + i * 23) % 240);
        add(table, "\"/>\n");
    }
}

struct hostile {
    const char *name;
    void (*write)(struct kr_buffer *table);
    uint32_t most_hosts;
    kmsrules_ruleset *ruleset;
    bool is_optimal;
    uint64_t covered;
    double seconds;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *plan_hostile(void *data) {
    struct hostile *hostile = data;
    double start = now();
    kmsrules_question *question = NULL;
    kmsrules_planner *planner = NULL;
    kmsrules_plan *plan = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(hostile->ruleset, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_new(question, &planner), KMSRULES_OK);
    kmsrules_question_free(question);
    if (hostile->most_hosts > 0) kmsrules_planner_set_most_hosts(planner, hostile->most_hosts);
    for (kmsrules_id i = 0; i < kmsrules_ruleset_release(hostile->ruleset, 0)->edition_count; i++) kmsrules_planner_add_machines(planner, KMSRULES_EDITION, i, 10 + i);
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_plan(planner, &plan), KMSRULES_OK);
    char *text = NULL;
    size_t size = 0;
    CU_ASSERT_EQUAL(kmsrules_plan_print(plan, true, &text, &size), KMSRULES_OK);
    hostile->is_optimal = kmsrules_plan_read(plan)->is_optimal;
    hostile->covered = kmsrules_plan_read(plan)->covered;
    kmsrules_string_free(text);
    kmsrules_plan_free(plan);
    kmsrules_planner_free(planner);
    hostile->seconds = now() - start;
    return NULL;
}

static void run_on_small_stack(struct hostile *hostile) {
    pthread_attr_t attributes;
    pthread_t thread;
    CU_ASSERT_FATAL(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, &attributes, plan_hostile, hostile), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}

static void hostile_tables(void) {
    struct hostile cases[] = {
        {.name = "disjoint", .write = write_disjoint}, {.name = "disjoint, at most 20 hosts", .write = write_disjoint, .most_hosts = 20},
        {.name = "overlapping", .write = write_overlapping}, {.name = "overlapping, at most 6 hosts", .write = write_overlapping, .most_hosts = 6},
        {.name = "requiring", .write = write_requiring}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kr_buffer table = {0};
        struct load load;
        cases[i].write(&table);
        kr_buffer_add_string(&table, TABLE_END);
        char *text = kr_buffer_finish(&table);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        load_table(&load, NULL, (struct kr_text){text, strlen(text)});
        CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
        cases[i].ruleset = load.ruleset;
        run_on_small_stack(&cases[i]);
        CU_ASSERT_FALSE(cases[i].is_optimal);
        CU_ASSERT_TRUE(cases[i].covered > 0); /* what is there is the best found */
        if (cases[i].seconds >= SECONDS_ALLOWED) printf("\n    %s takes %.1f s", cases[i].name, cases[i].seconds);
        CU_ASSERT_TRUE(cases[i].seconds < SECONDS_ALLOWED);
        load_end(&load);
        kr_memory_free(text);
    }
}

void test_plan_limits_register(void) {
    CU_TestInfo tests[] = {{"hostile tables", hostile_tables}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"plan: limits", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
