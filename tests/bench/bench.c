/* Measures the library against its floors in one run and prints ratios. `bench [PROGRAM EMPTY-PROGRAM]` also times whole processes.
 * Each figure is the best of many rounds: noise only ever adds. Never part of a test: a slow machine is not a wrong answer. */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "floor.h"

#define QUESTIONS 4096
#define ROUNDS 40
#define SET 8

struct question {
    kmsrules_id host, group, editions[SET];
};

struct bench {
    kmsrules_ruleset *ruleset;
    struct floor_tables floor;
    struct question questions[QUESTIONS];
    const char *names[3];
    kmsrules_question *recorded, *recorded_free;
    char *rows; /* of an inventory */
    size_t rows_size;
};

static volatile uint64_t sink; /* results go here, so that no loop is empty */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static double best_of(void (*run)(struct bench *bench), struct bench *bench, double count) {
    double best = 1e300;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        run(bench);
        double time = (now() - start) / count;
        if (time < best) best = time;
    }
    return best;
}

static void run_floor_can(struct bench *bench) {
    uint64_t sum = 0;
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct question *question = &bench->questions[i];
        sum += floor_can(&bench->floor, question->host, question->group, question->editions[0]);
    }
    sink += sum;
}

static void run_can(struct bench *bench) {
    uint64_t sum = 0;
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct question *question = &bench->questions[i];
        sum += kmsrules_can(bench->ruleset, question->host, question->group, question->editions, 1, NULL);
    }
    sink += sum;
}

static void run_floor_set(struct bench *bench) {
    uint64_t sum = 0;
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct question *question = &bench->questions[i];
        sum += floor_can_all(&bench->floor, question->host, question->group, question->editions, SET);
    }
    sink += sum;
}

static void run_set(struct bench *bench) {
    uint64_t sum = 0;
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct question *question = &bench->questions[i];
        sum += kmsrules_can(bench->ruleset, question->host, question->group, question->editions, SET, NULL);
    }
    sink += sum;
}

static void run_floor_pairs(struct bench *bench) { sink += floor_count_pairs(&bench->floor, bench->questions[0].editions, SET); }

static void run_pairs(struct bench *bench) {
    uint64_t sum = 0;
    for (kmsrules_id host = 0; host < bench->floor.host_count; host++)
        for (kmsrules_id group = 0; group < bench->floor.group_count; group++)
            sum += kmsrules_can(bench->ruleset, host, group, bench->questions[0].editions, SET, NULL);
    sink += sum;
}

static void run_names(struct bench *bench) {
    kmsrules_identity host, group, edition;
    for (size_t i = 0; i < QUESTIONS; i++) {
        kmsrules_identify(bench->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, bench->names[0], strlen(bench->names[0]), &host);
        kmsrules_identify(bench->ruleset, KMSRULES_KEY_GROUP, bench->names[1], strlen(bench->names[1]), &group);
        kmsrules_identify(bench->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, bench->names[2], strlen(bench->names[2]), &edition);
        sink += kmsrules_can(bench->ruleset, host.id, group.id, &edition.id, 1, NULL);
    }
}

static void ask(const kmsrules_question *question) {
    for (size_t i = 0; i < QUESTIONS; i++) {
        kmsrules_answer *answer = NULL;
        if (kmsrules_ask(question, &answer) != KMSRULES_OK) abort();
        sink += kmsrules_answer_verdict(answer);
        kmsrules_answer_free(answer);
    }
}

static void run_recorded(struct bench *bench) { ask(bench->recorded); }

static void run_recorded_free(struct bench *bench) { ask(bench->recorded_free); }

static void must(kmsrules_status status) {
    if (status == KMSRULES_OK) return;
    fprintf(stderr, "bench: %s\n", kmsrules_status_text(status));
    exit(1);
}

static kmsrules_question *deny(kmsrules_ruleset *ruleset, const char *key) {
    kmsrules_question *question;
    must(kmsrules_question_new(ruleset, &question));
    must(kmsrules_question_set_host(question, "Windows 7 Enterprise"));
    must(kmsrules_question_add_edition(question, "Windows Server 2008 R2 Enterprise"));
    if (key != NULL) must(kmsrules_question_add_key(question, key));
    return question;
}

static void prepare(struct bench *bench) {
    uint64_t state = 1;
    must(kmsrules_ruleset_default(&bench->ruleset));
    floor_fill(&bench->floor, bench->ruleset);
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct question *question = &bench->questions[i];
        question->host = next_random(&state) % bench->floor.host_count;
        question->group = next_random(&state) % bench->floor.group_count;
        for (size_t j = 0; j < SET; j++) question->editions[j] = next_random(&state) % bench->floor.host_count;
    }
    bench->names[0] = "Windows Server 2008 R2 Enterprise";
    bench->names[1] = "windows-server-2008-r2-group-c";
    bench->names[2] = "Windows 7 Professional";
    bench->recorded = deny(bench->ruleset, "windows-7");
    bench->recorded_free = deny(bench->ruleset, NULL);
}

static void print(const char *what, double ours, double floor, const char *unit, const char *aim) {
    printf("%-46s %10.2f %s %10.2f %s %8.2f   %s\n", what, ours, unit, floor, unit, ours / floor, aim);
}

static double load_time(const char *name) {
    double best = 1e300;
    for (int i = 0; i < ROUNDS; i++) {
        kmsrules_builder *builder;
        kmsrules_ruleset *ruleset;
        double start = now();
        must(kmsrules_builder_new(&builder));
        must(kmsrules_builder_add(builder, name));
        must(kmsrules_builder_build(builder, &ruleset));
        double time = now() - start;
        if (time < best) best = time;
        kmsrules_builder_free(builder);
        kmsrules_ruleset_free(ruleset);
    }
    return best / 1000;
}

static double parse_time(const char *name, size_t *bytes) {
    kmsrules_builder *builder;
    kmsrules_ruleset *ruleset;
    double best = 1e300;
    must(kmsrules_builder_new(&builder));
    must(kmsrules_builder_add(builder, name));
    must(kmsrules_builder_build(builder, &ruleset));
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        *bytes = 0;
        for (size_t j = 0; j < kmsrules_ruleset_file_count(ruleset); j++) {
            const kmsrules_table_file *file = kmsrules_ruleset_file(ruleset, j);
            sink += floor_parse(file->data, file->size);
            *bytes += file->size;
        }
        double time = now() - start;
        if (time < best) best = time;
    }
    kmsrules_builder_free(builder);
    kmsrules_ruleset_free(ruleset);
    return best / 1000;
}

static void measure_load(const char *name) {
    size_t bytes;
    double parse = parse_time(name, &bytes), load = load_time(name);
    char what[80];
    snprintf(what, sizeof what, "load %s (%zu KB)", name, bytes / 1000);
    print(what, load, parse, "µs", "aim 6");
}

static double cpu_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Processor time of one answer with all its remedies, in µs; the least of a few. */
static double remedies_time(kmsrules_question *question) {
    double best = 1e300;
    for (int i = 0; i < 3; i++) {
        kmsrules_answer *answer;
        double start = cpu_now();
        must(kmsrules_ask(question, &answer));
        double time = cpu_now() - start;
        kmsrules_answer_free(answer);
        if (time < best) best = time;
    }
    return best;
}

static int compare_times(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* Every edition as host, with every `step`th edition, with and without a key. */
static void measure_remedies(const struct bench *bench) {
    enum { STEP = 7 };
    size_t count = 0, edition_count = bench->floor.host_count;
    double *times = malloc(2 * edition_count * (edition_count / STEP + 1) * sizeof *times);
    if (times == NULL) abort();
    for (kmsrules_id host = 0; host < edition_count; host++) {
        for (kmsrules_id edition = 0; edition < edition_count; edition += STEP) {
            kmsrules_question *question;
            must(kmsrules_question_new(bench->ruleset, &question));
            must(kmsrules_question_set_host(question, kmsrules_ruleset_edition(bench->ruleset, host)->id));
            must(kmsrules_question_add_edition(question, kmsrules_ruleset_edition(bench->ruleset, edition)->id));
            must(kmsrules_question_set_remedies(question, true));
            times[count++] = remedies_time(question);
            must(kmsrules_question_add_key(question, "windows-7"));
            times[count++] = remedies_time(question);
            kmsrules_question_free(question);
        }
    }
    qsort(times, count, sizeof *times, compare_times);
    printf("%-46s %10.0f µs median %.0f µs 99 %% %.0f µs worst of %zu   aim 1000 µs\n", "an answer with all its remedies", times[count / 2], times[count * 99 / 100],
           times[count - 1], count);
    free(times);
}

extern char **environ;

static double process_time(char *const *arguments) {
    double best = 1e300;
    for (int i = 0; i < 2 * ROUNDS; i++) {
        posix_spawn_file_actions_t actions;
        pid_t child;
        int status;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1 /* O_WRONLY */, 0);
        double start = now();
        if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) != 0 || waitpid(child, &status, 0) != child) abort();
        double time = now() - start;
        if (time < best) best = time;
        posix_spawn_file_actions_destroy(&actions);
    }
    return best / 1000;
}

static void measure_process(char *program, char *empty) {
    char *can[] = {program, "can", "Windows Server 2008 R2 Enterprise", "Windows 7 Professional", NULL}, *nothing[] = {empty, NULL};
    size_t bytes;
    double parse = parse_time("windows", &bytes), floor = process_time(nothing), ours = process_time(can);
    printf("%-46s %10.0f µs %10.0f µs              aim %.0f µs: a program that only links libxml2 + 6 × the bare parse\n", "whole process: kmsrules can", ours, floor,
           floor + 6 * parse);
}

/* ---- Plans: machines of every edition of the tables, all hosts and all key groups to choose from ---- */

#define ROWS 10000

static kmsrules_planner *new_planner(struct bench *bench, kmsrules_question **question) {
    kmsrules_planner *planner;
    must(kmsrules_question_new(bench->ruleset, question));
    must(kmsrules_question_set_host(*question, "Windows Server 2022 Standard")); /* of the fleet, which counts for some host */
    must(kmsrules_planner_new(*question, &planner));
    return planner;
}

static void plan(kmsrules_planner *planner) {
    kmsrules_plan *plan;
    must(kmsrules_planner_plan(planner, &plan));
    sink += kmsrules_plan_read(plan)->tie_count;
    kmsrules_plan_free(plan);
}

static void run_plan(struct bench *bench) {
    kmsrules_question *question;
    kmsrules_planner *planner = new_planner(bench, &question);
    for (kmsrules_id i = 0; i < ROWS; i++)
        must(kmsrules_planner_add_machines(planner, KMSRULES_EDITION, i % (kmsrules_id)kmsrules_ruleset_edition_count(bench->ruleset), 1));
    plan(planner);
    kmsrules_planner_free(planner);
    kmsrules_question_free(question);
}

/* An inventory in CSV, the editions in turn. */
static char *write_rows(const kmsrules_ruleset *ruleset, size_t *size) {
    char *rows = malloc(ROWS * 320);
    if (rows == NULL) abort();
    *size = (size_t)sprintf(rows, "Name,OperatingSystem\n");
    for (size_t i = 0; i < ROWS; i++)
        *size += (size_t)sprintf(rows + *size, "PC%zu,\"%s\"\n", i, kmsrules_ruleset_edition(ruleset, (kmsrules_id)(i % kmsrules_ruleset_edition_count(ruleset)))->name);
    return rows;
}

static void read_rows(struct bench *bench, kmsrules_fleet *fleet) {
    kmsrules_inventory *inventory;
    const kmsrules_machine *machine;
    must(kmsrules_inventory_new(bench->ruleset, NULL, &inventory));
    must(kmsrules_inventory_feed(inventory, bench->rows, bench->rows_size));
    must(kmsrules_inventory_end(inventory));
    for (;;) {
        must(kmsrules_inventory_next(inventory, &machine));
        if (machine == NULL) break;
        must(machine->status);
        must(kmsrules_fleet_add(fleet, machine->name.data, machine->name.size, 0, machine->line, machine->identity->kind, machine->identity->id, NULL));
    }
    kmsrules_inventory_free(inventory);
}

static void run_plan_of_rows(struct bench *bench) {
    kmsrules_question *question;
    kmsrules_fleet *fleet;
    const kmsrules_fleet_summary *summary;
    kmsrules_planner *planner = new_planner(bench, &question);
    must(kmsrules_fleet_new(question, &fleet));
    read_rows(bench, fleet);
    must(kmsrules_fleet_sum_up(fleet, &summary));
    for (size_t i = 0; i < summary->product_count; i++)
        must(kmsrules_planner_add_machines(planner, summary->products[i].kind, summary->products[i].id, summary->products[i].machines));
    plan(planner);
    kmsrules_fleet_free(fleet);
    kmsrules_planner_free(planner);
    kmsrules_question_free(question);
}

static void measure_plans(struct bench *bench) {
    bench->rows = write_rows(bench->ruleset, &bench->rows_size);
    double alone = best_of(run_plan, bench, 1e6), with_rows = best_of(run_plan_of_rows, bench, 1e6);
    printf("%-46s %10.2f ms                          aim 100 ms\n", "plan, every edition, host and key group", alone);
    printf("%-46s %10.2f ms                          aim 100 ms\n", "the same with 10 000 rows read", with_rows);
    free(bench->rows);
}

int main(int argc, char **argv) {
    static struct bench bench;
    prepare(&bench);
    printf("%-46s %13s %13s %8s\n", "", "kmsrules", "floor", "ratio");
    double floor = best_of(run_floor_can, &bench, QUESTIONS);
    print("decision on ids", best_of(run_can, &bench, QUESTIONS), floor, "ns", "aim 2.5");
    print("a set of 8 editions", best_of(run_set, &bench, QUESTIONS), best_of(run_floor_set, &bench, QUESTIONS), "ns", "aim 3");
    print("all (host, key group) pairs for a set of 8", best_of(run_pairs, &bench, 1000), best_of(run_floor_pairs, &bench, 1000), "µs", "aim 5");
    print("three names to a verdict", best_of(run_names, &bench, QUESTIONS), floor, "ns", "aim 75 ns where the floor is 1.7: 44");
    print("a recorded deny, key group given", best_of(run_recorded, &bench, QUESTIONS), floor, "ns", "aim 1000 ns");
    print("a recorded deny, every key group tried", best_of(run_recorded_free, &bench, QUESTIONS), floor, "ns", "");
    measure_remedies(&bench);
    measure_load("windows-2010");
    measure_load("windows");
    measure_plans(&bench);
    if (argc == 3) measure_process(argv[1], argv[2]);
    kmsrules_question_free(bench.recorded);
    kmsrules_question_free(bench.recorded_free);
    floor_free(&bench.floor);
    kmsrules_ruleset_free(bench.ruleset);
    return 0;
}
