/* The decision: its short form against the recorded one, sets, counts, threads, and that it allocates nothing. */
#include "ask/decide.h"
#include "support/allocation.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_decide_register(void);

enum { RULESET_COUNT = 2 };
static kmsrules_ruleset *rulesets[RULESET_COUNT];

static int build_rulesets(void) {
    for (size_t i = 0; i < RULESET_COUNT; i++) {
        kmsrules_builder *builder = NULL;
        if (kmsrules_builder_new(&builder) != KMSRULES_OK) return 1;
        kmsrules_builder_add(builder, kmsrules_builtin_name(i));
        kmsrules_builder_build(builder, &rulesets[i]);
        kmsrules_builder_free(builder);
        if (rulesets[i] == NULL) return 1;
    }
    return 0;
}

static int free_rulesets(void) {
    for (size_t i = 0; i < RULESET_COUNT; i++) kmsrules_ruleset_free(rulesets[i]);
    return 0;
}

static kmsrules_id id_of(const kmsrules_ruleset *ruleset, unsigned kind, const char *name) {
    kmsrules_identity identity = {.id = KMSRULES_NONE};
    CU_ASSERT_EQUAL(kmsrules_identify(ruleset, kind, name, strlen(name), &identity), KMSRULES_OK);
    return identity.id;
}

/* The same numbers in every run. */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t below(uint64_t *state, size_t limit) { return (size_t)(next_random(state) % limit); }

/* ---- The short form says what the recorded one says ----------------------------------------------------------------------------------------- */

static bool is_worst_outcome(const kmsrules_edition_answer *edition) {
    int worst = KMSRULES_PASS;
    for (size_t i = 0; i < edition->check_count; i++)
        if ((int)edition->checks[i].outcome > worst) worst = (int)edition->checks[i].outcome;
    return (int)edition->verdict == worst;
}

static bool has_right_form(const kmsrules_check *check) {
    bool has_sources = true;
    for (size_t i = 0; i < check->fact_count; i++) has_sources = has_sources && check->facts[i].source_count > 0 && check->facts[i].at.line > 0;
    bool has_basis = (check->outcome == KMSRULES_FAIL) == (check->basis != KMSRULES_NO_BASIS);
    bool needs_row = check->outcome != KMSRULES_PASS && check->basis != KMSRULES_NOT_LISTED;
    return has_sources && has_basis && (!needs_row || check->fact_count > 0);
}

/* Every edition of the answer against kmsrules_can() on the pair that was answered. Returns how many are wrong. */
static size_t count_wrong(const kmsrules_ruleset *ruleset, const kmsrules_answer *answer, const kmsrules_facts *facts) {
    size_t wrong = 0;
    int worst_host = KMSRULES_YES;
    for (size_t i = 0; i < kmsrules_answer_host_count(answer); i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(answer, i);
        int worst = KMSRULES_YES;
        for (size_t j = 0; j < host->edition_count; j++) {
            const kmsrules_edition_answer *edition = &host->editions[j];
            bool is_right =
                is_worst_outcome(edition) && kmsrules_can(ruleset, host->host, host->key_group, &edition->edition, 1, facts) == edition->verdict;
            for (size_t k = 0; k < edition->check_count; k++) is_right = is_right && has_right_form(&edition->checks[k]);
            if (!is_right) wrong++;
            if ((int)edition->verdict > worst) worst = (int)edition->verdict;
        }
        if ((int)host->verdict != worst) wrong++;
        if (worst > worst_host) worst_host = worst;
    }
    return wrong + ((int)kmsrules_answer_verdict(answer) != worst_host);
}

static void add_every_edition(kmsrules_question *question, const kmsrules_ruleset *ruleset) {
    for (kmsrules_id i = 0; i < kmsrules_ruleset_edition_count(ruleset); i++)
        CU_ASSERT_EQUAL(kmsrules_question_add_edition(question, kmsrules_ruleset_edition(ruleset, i)->id), KMSRULES_OK);
}

static void set_facts(kmsrules_question *question, const kmsrules_facts *facts) {
    kmsrules_question_set_updates_complete(question, facts->updates_complete);
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) kmsrules_question_set_count(question, (kmsrules_kind)kind, facts->machines[kind]);
}

/* Every host with every key group, all editions at once. */
static void compare_every_pair(kmsrules_ruleset *ruleset, const kmsrules_facts *facts) {
    kmsrules_question *question = NULL;
    size_t wrong = 0;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(ruleset, &question), KMSRULES_OK);
    for (kmsrules_id group = 0; group < kmsrules_ruleset_key_group_count(ruleset); group++) {
        kmsrules_question_clear(question);
        add_every_edition(question, ruleset);
        set_facts(question, facts);
        CU_ASSERT_EQUAL(kmsrules_question_add_key(question, kmsrules_ruleset_key_group(ruleset, group)->id), KMSRULES_OK);
        for (kmsrules_id host = 0; host < kmsrules_ruleset_edition_count(ruleset); host++) {
            kmsrules_answer *answer = NULL;
            kmsrules_question_set_host(question, kmsrules_ruleset_edition(ruleset, host)->id);
            CU_ASSERT_EQUAL_FATAL(kmsrules_ask(question, &answer), KMSRULES_OK);
            wrong += count_wrong(ruleset, answer, facts);
            kmsrules_answer_free(answer);
        }
    }
    kmsrules_question_free(question);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void recorded_form_with_key(void) {
    kmsrules_facts nothing = KMSRULES_NO_FACTS, all = {NULL, 0, true, 0, KMSRULES_NONE, {10, 3, 4}};
    for (size_t i = 0; i < RULESET_COUNT; i++) {
        compare_every_pair(rulesets[i], &nothing);
        compare_every_pair(rulesets[i], &all);
    }
}

/* No key given: every host with every edition. */
static void recorded_form_without_key(void) {
    for (size_t i = 0; i < RULESET_COUNT; i++) {
        const kmsrules_ruleset *ruleset = rulesets[i];
        kmsrules_question *question = NULL;
        size_t wrong = 0, count = kmsrules_ruleset_edition_count(ruleset);
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(rulesets[i], &question), KMSRULES_OK);
        for (kmsrules_id edition = 0; edition < count; edition++) {
            kmsrules_question_clear(question);
            kmsrules_question_add_edition(question, kmsrules_ruleset_edition(ruleset, edition)->id);
            for (kmsrules_id host = 0; host < count; host++) {
                kmsrules_answer *answer = NULL;
                kmsrules_question_set_host(question, kmsrules_ruleset_edition(ruleset, host)->id);
                CU_ASSERT_EQUAL_FATAL(kmsrules_ask(question, &answer), KMSRULES_OK);
                const kmsrules_host_answer *entry = kmsrules_answer_host(answer, 0);
                bool is_best = kmsrules_answer_verdict(answer) == kmsrules_can(ruleset, host, KMSRULES_NONE, &edition, 1, NULL);
                for (size_t j = 0; j < entry->choice_count; j++) is_best = is_best && entry->choices[j].verdict >= entry->verdict;
                wrong += !is_best || (entry->key_group == KMSRULES_NONE) != (entry->choice_count == 0) || !is_worst_outcome(&entry->editions[0]);
                kmsrules_answer_free(answer);
            }
        }
        kmsrules_question_free(question);
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* ---- Sets ----------------------------------------------------------------------------------------------------------------------------------- */

enum { SET_LIMIT = 8 };

static void shuffle(kmsrules_id *ids, size_t count, uint64_t *random) {
    for (size_t i = count; i > 1; i--) {
        size_t j = below(random, i);
        kmsrules_id id = ids[i - 1];
        ids[i - 1] = ids[j];
        ids[j] = id;
    }
}

/* The best over the groups, per application, of the worst over its editions; counted out with single decisions only. */
static kmsrules_verdict best_by_hand(const kmsrules_ruleset *ruleset, kmsrules_id host, const kmsrules_id *editions, size_t count) {
    int worst = KMSRULES_YES;
    for (kmsrules_id application = 0; application < kmsrules_ruleset_application_count(ruleset); application++) {
        int best = KMSRULES_NO_VERDICT;
        bool is_asked = false;
        for (size_t i = 0; i < count; i++) is_asked |= kmsrules_ruleset_edition(ruleset, editions[i])->application == application;
        for (kmsrules_id group = 0; is_asked && group < kmsrules_ruleset_key_group_count(ruleset); group++) {
            if (kmsrules_ruleset_key_group(ruleset, group)->application != application) continue;
            int all = KMSRULES_YES;
            for (size_t i = 0; i < count; i++) {
                if (kmsrules_ruleset_edition(ruleset, editions[i])->application != application) continue;
                int verdict = (int)kmsrules_can(ruleset, host, group, &editions[i], 1, NULL);
                if (verdict > all) all = verdict;
            }
            if (all < best) best = all;
        }
        if (is_asked && best > worst) worst = best;
    }
    return (kmsrules_verdict)(worst == KMSRULES_NO_VERDICT ? KMSRULES_NO : worst);
}

static void sets(void) {
    uint64_t random = 20100602;
    for (int round = 0; round < 20000; round++) {
        const kmsrules_ruleset *ruleset = rulesets[round % RULESET_COUNT];
        kmsrules_id editions[SET_LIMIT], host = (kmsrules_id)below(&random, kmsrules_ruleset_edition_count(ruleset));
        kmsrules_id group = (kmsrules_id)below(&random, kmsrules_ruleset_key_group_count(ruleset));
        size_t count = 1 + below(&random, SET_LIMIT);
        int worst = KMSRULES_YES;
        for (size_t i = 0; i < count; i++) {
            editions[i] = (kmsrules_id)below(&random, kmsrules_ruleset_edition_count(ruleset));
            int verdict = (int)kmsrules_can(ruleset, host, group, &editions[i], 1, NULL);
            if (verdict > worst) worst = verdict;
        }
        kmsrules_verdict with_key = kmsrules_can(ruleset, host, group, editions, count, NULL);
        kmsrules_verdict without_key = kmsrules_can(ruleset, host, KMSRULES_NONE, editions, count, NULL);
        shuffle(editions, count, &random);
        if ((int)with_key != worst || kmsrules_can(ruleset, host, group, editions, count, NULL) != with_key ||
            kmsrules_can(ruleset, host, KMSRULES_NONE, editions, count, NULL) != without_key ||
            best_by_hand(ruleset, host, editions, count) != without_key) {
            CU_FAIL("a set does not have the worst verdict of its members");
            return;
        }
    }
}

static void wrong_use(void) {
    const kmsrules_ruleset *ruleset = rulesets[0];
    kmsrules_id edition = 0, far = (kmsrules_id)kmsrules_ruleset_edition_count(ruleset), update = (kmsrules_id)kmsrules_ruleset_update_count(ruleset);
    kmsrules_facts facts = KMSRULES_NO_FACTS;
    CU_ASSERT_EQUAL(kmsrules_can(NULL, 0, 0, &edition, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, 0, 0, NULL, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, 0, 0, &edition, 0, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, far, 0, &edition, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, KMSRULES_NONE, 0, &edition, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, 0, (kmsrules_id)kmsrules_ruleset_key_group_count(ruleset), &edition, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, 0, 0, &far, 1, NULL), KMSRULES_NO_VERDICT);
    facts.updates = &update;
    facts.update_count = 1;
    CU_ASSERT_EQUAL(kmsrules_can(ruleset, 0, 0, &edition, 1, &facts), KMSRULES_NO_VERDICT);
}

/* ---- Facts ---------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_verdict ask_2022(const char *edition, const kmsrules_facts *facts) {
    const kmsrules_ruleset *ruleset = rulesets[0];
    kmsrules_id id = id_of(ruleset, KMSRULES_EDITION, edition);
    return kmsrules_can(ruleset, id_of(ruleset, KMSRULES_EDITION, "windows-server-2022-standard"), KMSRULES_NONE, &id, 1, facts);
}

/* Clients from 25, servers and Office from 5; clients and servers add up; -1 is not given. */
static void counts(void) {
    static const struct {
        const char *edition;
        int64_t machines[KMSRULES_KIND_COUNT];
        kmsrules_verdict verdict;
    } rows[] = {
        {"windows-11-pro", {-1, -1, -1}, KMSRULES_YES},
        {"windows-11-pro", {-1, -1, 0}, KMSRULES_YES},
        {"windows-11-pro", {24, 0, -1}, KMSRULES_NO},
        {"windows-11-pro", {24, 1, -1}, KMSRULES_YES},
        {"windows-11-pro", {0, 25, 0}, KMSRULES_YES},
        {"windows-11-pro", {24, -1, -1}, KMSRULES_CONDITIONAL},
        {"windows-11-pro", {-1, 24, 100}, KMSRULES_CONDITIONAL},
        {"windows-11-pro", {25, -1, -1}, KMSRULES_YES},
        {"windows-11-pro", {INT64_MAX, INT64_MAX, INT64_MAX}, KMSRULES_YES},
        {"windows-11-pro", {INT64_MAX, 0, -1}, KMSRULES_YES},
        {"windows-11-pro", {-1, INT64_MAX, 0}, KMSRULES_YES},
        {"windows-server-2022-standard", {4, 0, 100}, KMSRULES_NO},
        {"windows-server-2022-standard", {0, 5, -1}, KMSRULES_YES},
        {"windows-server-2022-standard", {INT64_MAX, INT64_MAX, -1}, KMSRULES_YES},
        {"office-ltsc-2024-volume-editions", {0, 0, -1}, KMSRULES_YES},
        {"office-ltsc-2024-volume-editions", {100, 100, 4}, KMSRULES_NO},
        {"office-ltsc-2024-volume-editions", {-1, -1, 5}, KMSRULES_YES},
        {"office-ltsc-2024-volume-editions", {0, 0, INT64_MAX}, KMSRULES_YES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        kmsrules_facts facts = KMSRULES_NO_FACTS;
        memcpy(facts.machines, rows[i].machines, sizeof facts.machines);
        kmsrules_verdict verdict = ask_2022(rows[i].edition, &facts);
        if (verdict != rows[i].verdict) printf("\n    counts, row %zu: %s", i, kmsrules_verdict_text(verdict));
        CU_ASSERT_EQUAL(verdict, rows[i].verdict);
    }
}

static void refused_counts(void) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(rulesets[0], &question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_count(question, KMSRULES_CLIENT, INT64_MAX), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_count(question, KMSRULES_CLIENT, -1), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_count(question, KMSRULES_CLIENT, -2), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_question_set_count(question, KMSRULES_CLIENT, INT64_MIN), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_question_set_count(question, (kmsrules_kind)3, 1), KMSRULES_INVALID_ARGUMENT);
    kmsrules_question_free(question);
}

/* The 2025 key on Server 2019 needs KB5034768, which is 17763.5458. */
static void host_build(void) {
    static const struct {
        const char *build, *update;
        kmsrules_status set, ask;
        kmsrules_verdict verdict;
    } rows[] = {
        {"17763.5458", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_YES},
        {"10.0.17763.5458", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_YES},
        {"17763.5457", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_NO},
        {"17763.0", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_NO},
        {"17763.4294967294", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_YES},
        {"10.0.17763", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"17763", NULL, KMSRULES_OK, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"17763", "KB5036896", KMSRULES_OK, KMSRULES_OK, KMSRULES_YES},
        {"17763.5696", "KB5036896", KMSRULES_OK, KMSRULES_OK, KMSRULES_YES},
        {"17763.5695", "KB5036896", KMSRULES_OK, KMSRULES_BELOW_UPDATE, KMSRULES_NO_VERDICT},
        {"17763.1", "KB4467695", KMSRULES_OK, KMSRULES_OK, KMSRULES_NO},
        {"20348.2322", NULL, KMSRULES_OK, KMSRULES_WRONG_LINE, KMSRULES_NO_VERDICT},
        {"20348", NULL, KMSRULES_OK, KMSRULES_WRONG_LINE, KMSRULES_NO_VERDICT},
        {"", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"17763.", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"17763.05458", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"10.0", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"10.0.17763.5458.1", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"17763.4294967296", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {" 17763.5458", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
        {"-17763.5458", NULL, KMSRULES_INVALID_ARGUMENT, KMSRULES_OK, KMSRULES_CONDITIONAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        kmsrules_question *question = NULL;
        kmsrules_answer *answer = NULL;
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(rulesets[0], &question), KMSRULES_OK);
        kmsrules_question_set_host(question, "windows-server-2019-standard");
        kmsrules_question_add_edition(question, "windows-server-2025-standard");
        kmsrules_question_add_key(question, "windows-server-2025");
        if (rows[i].update != NULL) CU_ASSERT_EQUAL(kmsrules_question_add_update(question, rows[i].update), KMSRULES_OK);
        kmsrules_status set = kmsrules_question_set_host_build(question, rows[i].build), asked = kmsrules_ask(question, &answer);
        kmsrules_verdict verdict = asked == KMSRULES_OK ? kmsrules_answer_verdict(answer) : KMSRULES_NO_VERDICT;
        bool is_right = set == rows[i].set && asked == rows[i].ask && verdict == rows[i].verdict;
        if (!is_right) printf("\n    build \"%s\": %d, %d, %d", rows[i].build, (int)set, (int)asked, (int)verdict);
        CU_ASSERT(is_right);
        kmsrules_answer_free(answer);
        kmsrules_question_free(question);
    }
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------------------------- */

enum { THREAD_COUNT = 8 };

static uint64_t read_everything(kmsrules_ruleset *ruleset) {
    static const char caption[] = "Microsoft® Windows Server® 2008 Standard ";
    uint64_t sum = 0;
    kmsrules_question *question = NULL;
    kmsrules_answer *answer = NULL;
    const char *names[3];
    kmsrules_identity identity;
    for (kmsrules_id host = 0; host < kmsrules_ruleset_edition_count(ruleset); host++)
        for (kmsrules_id edition = 0; edition < kmsrules_ruleset_edition_count(ruleset); edition += 7)
            sum = sum * 5 + (uint64_t)kmsrules_can(ruleset, host, KMSRULES_NONE, &edition, 1, NULL);
    sum += (uint64_t)kmsrules_identify(ruleset, KMSRULES_EDITION, caption, strlen(caption), &identity);
    sum += kmsrules_suggest(ruleset, KMSRULES_EDITION, "Windows Sever 2012", 18, names, 3);
    if (kmsrules_question_new(ruleset, &question) != KMSRULES_OK) return 0;
    kmsrules_question_set_host(question, "windows-server-2012-r2-standard");
    kmsrules_question_add_edition(question, "windows-10");
    if (kmsrules_ask(question, &answer) == KMSRULES_OK)
        sum = sum * 31 + (uint64_t)kmsrules_answer_verdict(answer) + kmsrules_answer_note_count(answer);
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    return sum;
}

static void *first_use(void *result) {
    kmsrules_ruleset *ruleset = NULL;
    if (kmsrules_ruleset_default(&ruleset) == KMSRULES_OK) *(uint64_t *)result = read_everything(ruleset);
    kmsrules_ruleset_free(ruleset);
    return NULL;
}

static void *shared_use(void *result) {
    kmsrules_ruleset *ruleset = kmsrules_ruleset_retain(rulesets[0]);
    *(uint64_t *)result = read_everything(ruleset);
    kmsrules_ruleset_free(ruleset);
    return NULL;
}

static void run_threads(void *(*work)(void *)) {
    pthread_t threads[THREAD_COUNT];
    uint64_t results[THREAD_COUNT] = {0}, expected = read_everything(rulesets[0]);
    for (size_t i = 0; i < THREAD_COUNT; i++) CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, work, &results[i]), 0);
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        pthread_join(threads[i], NULL);
        CU_ASSERT_EQUAL(results[i], expected);
    }
}

static void threads(void) {
    run_threads(first_use);
    run_threads(shared_use);
}

/* ---- Allocations ---------------------------------------------------------------------------------------------------------------------------- */

static void allocates_nothing(void) {
    const kmsrules_ruleset *ruleset = rulesets[0];
    kmsrules_id host = id_of(ruleset, KMSRULES_EDITION, "windows-server-2019-standard"), editions[2] = {0, host};
    kmsrules_id group = id_of(ruleset, KMSRULES_KEY_GROUP, "windows-server-2025"), update = id_of(ruleset, KMSRULES_UPDATE, "KB5036896");
    kmsrules_facts facts = {&update, 1, true, 17763, 5696, {20, 5, -1}};
    static const char caption[] = "Microsoft(R) Windows(R) Server 2003, Enterprise Edition", slip[] = "Windows Sever 2012";
    const char *names[3];
    kmsrules_identity identity;
    if (!allocation_can_fail()) return;
    allocation_fail(1, true);
    kmsrules_verdict verdict = kmsrules_can(ruleset, host, group, &editions[1], 1, &facts);
    kmsrules_verdict free_choice = kmsrules_can(ruleset, host, KMSRULES_NONE, editions, 2, NULL);
    kmsrules_status recognised = kmsrules_identify(ruleset, 15, caption, sizeof caption - 1, &identity);
    kmsrules_status unknown = kmsrules_identify(ruleset, 15, slip, sizeof slip - 1, &identity);
    size_t count = kmsrules_suggest(ruleset, 15, slip, sizeof slip - 1, names, 3);
    bool has_tried = allocation_stop();
    CU_ASSERT_FALSE(has_tried);
    CU_ASSERT_EQUAL(verdict, KMSRULES_YES);
    CU_ASSERT_EQUAL(free_choice, KMSRULES_NO);
    CU_ASSERT_EQUAL(recognised, KMSRULES_OK);
    CU_ASSERT_EQUAL(unknown, KMSRULES_UNKNOWN_NAME);
    CU_ASSERT_EQUAL(count, 3);
}

void test_decide_register(void) {
    CU_TestInfo tests[] = {{"recorded form, key given", recorded_form_with_key},
                           {"recorded form, no key", recorded_form_without_key},
                           {"sets", sets},
                           {"wrong use", wrong_use},
                           {"counts", counts},
                           {"refused counts", refused_counts},
                           {"host build", host_build},
                           {"threads", threads},
                           {"allocates nothing", allocates_nothing},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"decide", build_rulesets, free_rulesets, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
