/* Fleets: judgements, key groups, what settles them, thresholds, twins; against the decision on ids and brute force. */
#include "kmsrules/kmsrules.h"
#include "support/allocation.h"
#include "support/tables.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_fleet_register(void);

static kmsrules_ruleset *windows;

static int open_ruleset(void) { return kmsrules_ruleset_default(&windows) != KMSRULES_OK; }

static int close_ruleset(void) {
    kmsrules_ruleset_free(windows);
    return 0;
}

static uint32_t next_random(uint64_t *random) {
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*random >> 33);
}

static kmsrules_id edition_of(const char *id) {
    kmsrules_identity identity = {.id = KMSRULES_NONE};
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, id, strlen(id), &identity), KMSRULES_OK);
    return identity.id;
}

static kmsrules_question *question_about(const char *host) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(question, host), KMSRULES_OK);
    return question;
}

static kmsrules_fleet *fleet_of(const kmsrules_question *question) {
    kmsrules_fleet *fleet = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_new(question, &fleet), KMSRULES_OK);
    return fleet;
}

static void add(kmsrules_fleet *fleet, const char *name, uint64_t line, kmsrules_id edition, kmsrules_twin *twin) {
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleet, name, name == NULL ? 0 : strlen(name), 0, line, KMSRULES_EDITION, edition, twin), KMSRULES_OK);
}

static const kmsrules_fleet_summary *summary_of(kmsrules_fleet *fleet) {
    const kmsrules_fleet_summary *summary = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_sum_up(fleet, &summary), KMSRULES_OK);
    return summary;
}

/* ---- Key groups ----------------------------------------------------------------------------------------------------------------------------- */

static bool can_hold(kmsrules_id host, kmsrules_id group) {
    kmsrules_question *question = question_about(kmsrules_ruleset_edition(windows, host)->id);
    kmsrules_list *list = NULL;
    bool holds = false;
    CU_ASSERT_EQUAL_FATAL(kmsrules_find(question, KMSRULES_SEARCH_KEYS, &list), KMSRULES_OK);
    for (size_t i = 0; i < kmsrules_list_count(list); i++) holds = holds || kmsrules_list_get(list, i)->key_group == group;
    kmsrules_list_free(list);
    kmsrules_question_free(question);
    return holds;
}

static bool can_hold_any(kmsrules_id host) {
    for (kmsrules_id group = 0; group < kmsrules_ruleset_key_group_count(windows); group++)
        if (kmsrules_ruleset_key_group(windows, group)->application == 0 && can_hold(host, group)) return true;
    return false;
}

enum { PRODUCTS = 6, ROUNDS = 300 };

struct random_fleet {
    kmsrules_id host, editions[PRODUCTS];
    uint64_t rows[PRODUCTS];
};

/* A host that can hold a Windows key, and Windows editions. */
static struct random_fleet random_fleet(uint64_t *random) {
    struct random_fleet made = {.host = 0};
    size_t count = kmsrules_ruleset_edition_count(windows);
    do made.host = next_random(random) % (uint32_t)count;
    while (!kmsrules_ruleset_edition(windows, made.host)->can_host || !can_hold_any(made.host));
    for (size_t i = 0; i < PRODUCTS; i++) {
        do made.editions[i] = next_random(random) % (uint32_t)count;
        while (kmsrules_ruleset_edition(windows, made.editions[i])->application != 0);
        made.rows[i] = 1 + next_random(random) % 9;
    }
    return made;
}

static void count_verdicts(const struct random_fleet *given, kmsrules_id group, uint64_t rows[KMSRULES_NO_VERDICT]) {
    memset(rows, 0, KMSRULES_NO_VERDICT * sizeof *rows);
    for (size_t i = 0; i < PRODUCTS; i++) rows[kmsrules_can(windows, given->host, group, &given->editions[i], 1, NULL)] += given->rows[i];
}

/* Fewer no, then fewer undocumented, then fewer conditional. */
static int compare_verdicts(const uint64_t a[KMSRULES_NO_VERDICT], const uint64_t b[KMSRULES_NO_VERDICT]) {
    for (int verdict = KMSRULES_NO; verdict > KMSRULES_YES; verdict--)
        if (a[verdict] != b[verdict]) return a[verdict] < b[verdict] ? -1 : 1;
    return 0;
}

static const kmsrules_fleet_key *taken_key(const kmsrules_fleet_summary *summary) {
    for (size_t i = 0; i < summary->key_count; i++)
        if (summary->keys[i].is_taken) return &summary->keys[i];
    return NULL;
}

/* The key taken is one than which none serves better; its rows and every judgement are those of the decision on ids. */
static void check_key(const struct random_fleet *given, const kmsrules_fleet_summary *summary) {
    uint64_t best[KMSRULES_NO_VERDICT], rows[KMSRULES_NO_VERDICT];
    const kmsrules_fleet_key *taken = taken_key(summary);
    CU_ASSERT_PTR_NOT_NULL_FATAL(taken);
    count_verdicts(given, taken->key_group, best);
    CU_ASSERT_EQUAL(memcmp(best, taken->rows, sizeof best), 0);
    CU_ASSERT(can_hold(given->host, taken->key_group));
    for (kmsrules_id group = 0; group < kmsrules_ruleset_key_group_count(windows); group++) {
        if (kmsrules_ruleset_key_group(windows, group)->application != 0 || !can_hold(given->host, group)) continue;
        count_verdicts(given, group, rows);
        CU_ASSERT(compare_verdicts(best, rows) <= 0);
    }
    for (size_t i = 0; i < summary->product_count; i++) {
        const kmsrules_fleet_product *product = &summary->products[i];
        CU_ASSERT_EQUAL(product->judgement->verdict, kmsrules_can(windows, given->host, taken->key_group, &product->id, 1, NULL));
        CU_ASSERT_EQUAL(product->judgement->key_group, taken->key_group);
    }
    for (int verdict = 0; verdict < KMSRULES_NO_VERDICT; verdict++) CU_ASSERT_EQUAL(summary->rows[verdict], best[verdict]);
}

/* Whether every conditional row is a yes with these updates installed. */
static bool settles(const struct random_fleet *given, kmsrules_id group, const kmsrules_id *updates, size_t count) {
    kmsrules_facts facts = {updates, count, false, 0, KMSRULES_NONE, {-1, -1, -1}};
    for (size_t i = 0; i < PRODUCTS; i++) {
        bool is_conditional = kmsrules_can(windows, given->host, group, &given->editions[i], 1, NULL) == KMSRULES_CONDITIONAL;
        if (is_conditional && kmsrules_can(windows, given->host, group, &given->editions[i], 1, &facts) != KMSRULES_YES) return false;
    }
    return true;
}

/* No smaller set of any updates of the tables settles it: one update is tried by all, two are not needed here. */
static void check_settling(const struct random_fleet *given, const kmsrules_fleet_summary *summary) {
    kmsrules_id group = taken_key(summary)->key_group;
    if (summary->rows[KMSRULES_CONDITIONAL] == 0) {
        CU_ASSERT_EQUAL(summary->settling_count, 0);
        return;
    }
    CU_ASSERT(summary->settling_count > 0);
    CU_ASSERT(settles(given, group, summary->settling, summary->settling_count));
    for (kmsrules_id update = 0; summary->settling_count > 1 && update < kmsrules_ruleset_update_count(windows); update++) CU_ASSERT_FALSE(settles(given, group, &update, 1));
}

static void keys_and_settling(void) {
    uint64_t random = 5003646;
    for (int round = 0; round < ROUNDS; round++) {
        struct random_fleet given = random_fleet(&random);
        kmsrules_question *question = question_about(kmsrules_ruleset_edition(windows, given.host)->id);
        kmsrules_fleet *fleet = fleet_of(question);
        for (size_t i = 0; i < PRODUCTS; i++)
            for (uint64_t row = 0; row < given.rows[i]; row++) add(fleet, NULL, 0, given.editions[i], NULL);
        const kmsrules_fleet_summary *summary = summary_of(fleet);
        check_key(&given, summary);
        check_settling(&given, summary);
        kmsrules_fleet_free(fleet);
        kmsrules_question_free(question);
    }
}

/* The same question for one machine: what `kmsrules can` says without a key. */
static void one_machine(void) {
    for (kmsrules_id host = 0; host < kmsrules_ruleset_edition_count(windows); host++) {
        kmsrules_question *question = question_about(kmsrules_ruleset_edition(windows, host)->id);
        for (kmsrules_id edition = host % 5; edition < kmsrules_ruleset_edition_count(windows); edition += 5) {
            kmsrules_fleet *fleet = fleet_of(question);
            const kmsrules_judgement *judgement = NULL;
            add(fleet, NULL, 0, edition, NULL);
            CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_judge(fleet, KMSRULES_EDITION, edition, &judgement), KMSRULES_OK);
            CU_ASSERT_EQUAL(judgement->verdict, kmsrules_can(windows, host, KMSRULES_NONE, &edition, 1, NULL));
            kmsrules_fleet_free(fleet);
        }
        kmsrules_question_free(question);
    }
}

/* Settled keys stay, whatever is added after. */
static void settled_keys(void) {
    kmsrules_question *question = question_about("windows-server-2012-r2-standard");
    kmsrules_fleet *fleet = fleet_of(question);
    kmsrules_id xp = edition_of("windows-xp-professional"), ten = edition_of("windows-10-enterprise"), old = edition_of("windows-server-2019-standard");
    add(fleet, NULL, 0, old, NULL);
    kmsrules_id chosen = taken_key(summary_of(fleet))->key_group;
    CU_ASSERT_EQUAL(kmsrules_fleet_settle_keys(fleet), KMSRULES_OK);
    CU_ASSERT_EQUAL(summary_of(fleet)->product_count, 0);
    for (int i = 0; i < 50; i++) add(fleet, NULL, 0, ten, NULL);
    add(fleet, NULL, 0, xp, NULL);
    CU_ASSERT_EQUAL(taken_key(summary_of(fleet))->key_group, chosen);
    CU_ASSERT_EQUAL(summary_of(fleet)->product_count, 2);
    kmsrules_fleet_free(fleet);
    kmsrules_question_free(question);
}

/* ---- Thresholds and twins ------------------------------------------------------------------------------------------------------------------- */

/* 20 clients and 6 servers reach 25; a machine that stands there twice counts once, as what its last row says. */
static void thresholds_and_twins(void) {
    kmsrules_question *question = question_about("windows-server-2008-r2-standard");
    kmsrules_fleet *fleet = NULL;
    kmsrules_id seven = edition_of("windows-7-professional"), server = edition_of("windows-server-2008-r2-standard");
    kmsrules_twin twin = {9, 9};
    CU_ASSERT_EQUAL(kmsrules_question_add_key(question, "windows-server-2008-r2-group-b"), KMSRULES_OK);
    fleet = fleet_of(question);
    for (unsigned i = 0; i < 26; i++) {
        char name[16];
        snprintf(name, sizeof name, "PC%02u", i);
        add(fleet, name, i + 2, i < 20 ? seven : server, &twin);
        CU_ASSERT_EQUAL(twin.line, 0);
    }
    const kmsrules_fleet_summary *summary = summary_of(fleet);
    CU_ASSERT_EQUAL_FATAL(summary->threshold_count, 2);
    CU_ASSERT(summary->thresholds[0].kind == KMSRULES_CLIENT && summary->thresholds[0].minimum == 25 && summary->thresholds[0].certain == 26);
    CU_ASSERT(summary->thresholds[1].kind == KMSRULES_SERVER && summary->thresholds[1].minimum == 5 && summary->thresholds[1].certain == 26);
    add(fleet, "pc03", 40, server, &twin); /* another case, another system */
    CU_ASSERT_EQUAL(twin.line, 5);
    add(fleet, "PC03", 41, seven, &twin);
    CU_ASSERT_EQUAL(twin.line, 40);
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleet, "PC04", 4, 7, 42, 0, 0, &twin), KMSRULES_OK); /* not recognised any more */
    CU_ASSERT_EQUAL(twin.line, 6);
    summary = summary_of(fleet);
    CU_ASSERT_EQUAL(summary->thresholds[0].certain, 25);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_YES], 28);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_NO_VERDICT], 1);
    kmsrules_fleet_free(fleet);
    kmsrules_question_free(question);
}

/* A million names and one more: what is not remembered is said, and found twins stay right. */
static void many_names(void) {
    kmsrules_question *question = question_about("windows-server-2022-standard");
    kmsrules_fleet *fleet = fleet_of(question);
    kmsrules_id ten = edition_of("windows-10-pro");
    kmsrules_twin twin;
    char name[16];
    for (unsigned i = 0; i < 1000000; i++) {
        snprintf(name, sizeof name, "PC%u", i);
        if (kmsrules_fleet_add(fleet, name, strlen(name), 0, i + 2, KMSRULES_EDITION, ten, &twin) != KMSRULES_OK || twin.line != 0) CU_FAIL("a new name");
    }
    CU_ASSERT_FALSE(summary_of(fleet)->names_are_incomplete);
    add(fleet, "PC31337", 1000002, ten, &twin);
    CU_ASSERT_EQUAL(twin.line, 31339);
    add(fleet, "PC-new", 1000003, ten, &twin);
    CU_ASSERT_EQUAL(twin.line, 0);
    CU_ASSERT(summary_of(fleet)->names_are_incomplete);
    kmsrules_fleet_free(fleet);
    kmsrules_question_free(question);
}

/* ---- From bytes to a summary ---------------------------------------------------------------------------------------------------------------- */

static const char inventory[] = "\"Name\",\"OperatingSystem\",\"OperatingSystemVersion\"\r\n"
                                "\"PC001\",\"Windows 7 Professional\",\"6.1 (7601)\"\r\n"
                                "\"PC002\",\"Windows 10 Entreprise LTSC\",\"10.0 (17763)\"\r\n"
                                "\"PC003\",\"Windows 10 Pro\",\"1,23E+05\"\r\n"
                                "\"PC004\",\"Ubuntu 22.04\",\"\"\r\n"
                                "\"PC004\",\"Windows 11 Pro\",\"10.0 (22631)\"\r\n";

/* "PC001=windows-7-professional …" and the rows by verdict; `portion` bytes are fed at a time. The worst status. */
static kmsrules_status read_fleet(kmsrules_fleet *fleet, size_t portion, char *said, size_t said_size) {
    kmsrules_inventory *reader = NULL;
    const kmsrules_machine *machine = NULL;
    size_t length = 0;
    said[0] = '\0';
    kmsrules_status status = kmsrules_inventory_new(windows, NULL, &reader);
    for (size_t offset = 0; status == KMSRULES_OK && offset <= sizeof inventory - 1; offset += portion) {
        size_t rest = sizeof inventory - 1 - offset, size = rest < portion ? rest : portion;
        if (size == 0) kmsrules_inventory_end(reader);
        else kmsrules_inventory_feed(reader, inventory + offset, size);
        if (size > 0 && size < portion) offset = sizeof inventory - 1 - portion; /* the end comes next */
        while ((status = kmsrules_inventory_next(reader, &machine)) == KMSRULES_OK && machine != NULL) {
            bool is_known = machine->status == KMSRULES_OK;
            length += (size_t)snprintf(said + length, said_size - length, "%.*s@%u=%s ", (int)machine->name.size, machine->name.size == 0 ? "" : machine->name.data, (unsigned)machine->line,
                                       is_known ? kmsrules_ruleset_edition(windows, machine->identity->id)->id : kmsrules_status_text(machine->status));
            status = kmsrules_fleet_add(fleet, machine->name.data, machine->name.size, 0, machine->line, is_known ? machine->identity->kind : 0, is_known ? machine->identity->id : 0, NULL);
            if (status != KMSRULES_OK) break;
        }
    }
    kmsrules_inventory_free(reader);
    return status;
}

static const char expected[] = "PC001@2=windows-7-professional PC002@3=windows-10-enterprise-ltsc-2019 PC003@4=a row of an inventory cannot be read PC004@5=nothing has this name "
                               "PC004@6=windows-11-pro ";

static void any_portion(void) {
    for (size_t portion = 1; portion <= sizeof inventory; portion++) {
        kmsrules_question *question = question_about("windows-server-2022-standard");
        kmsrules_fleet *fleet = fleet_of(question);
        char said[1024];
        CU_ASSERT_EQUAL(read_fleet(fleet, portion, said, sizeof said), KMSRULES_OK);
        CU_ASSERT_STRING_EQUAL(said, expected);
        kmsrules_fleet_free(fleet);
        kmsrules_question_free(question);
    }
}

/* The whole way with the nth allocation failing: a status, or the right answer; nothing is left behind. */
static void out_of_memory(void) {
    if (!allocation_can_fail()) return;
    kmsrules_question *question = question_about("windows-server-2012-r2-standard");
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (size_t nth = 1, has_failed = 1; has_failed; nth++) {
            kmsrules_fleet *fleet = NULL;
            const kmsrules_fleet_summary *summary = NULL;
            char said[1024] = "";
            long live = allocation_live();
            allocation_fail(nth, for_ever != 0);
            kmsrules_status status = kmsrules_fleet_new(question, &fleet);
            if (status == KMSRULES_OK) status = read_fleet(fleet, 64, said, sizeof said);
            if (status == KMSRULES_OK) status = kmsrules_fleet_sum_up(fleet, &summary);
            has_failed = allocation_stop();
            CU_ASSERT(status == KMSRULES_OK || status == KMSRULES_NO_MEMORY);
            if (status == KMSRULES_OK) CU_ASSERT(strcmp(said, expected) == 0 && summary->product_count == 3 && summary->rows[KMSRULES_NO_VERDICT] == 2);
            kmsrules_fleet_free(fleet);
            CU_ASSERT_EQUAL(allocation_live(), live);
        }
    kmsrules_question_free(question);
}

static void wrong_use(void) {
    kmsrules_question *question = NULL;
    kmsrules_fleet *fleet = NULL;
    kmsrules_inventory *reader = NULL;
    const kmsrules_judgement *judgement = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_fleet_new(question, &fleet), KMSRULES_NOTHING_ASKED);
    CU_ASSERT_EQUAL(kmsrules_fleet_new(NULL, &fleet), KMSRULES_INVALID_ARGUMENT);
    kmsrules_question_set_host(question, "windows-server-2022-standard");
    kmsrules_question_set_host_build(question, "17763.1");
    CU_ASSERT_EQUAL(kmsrules_fleet_new(question, &fleet), KMSRULES_WRONG_LINE);
    CU_ASSERT_PTR_NULL(fleet);
    kmsrules_question_clear(question);
    kmsrules_question_set_host(question, "windows-server-2022-standard");
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_new(question, &fleet), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleet, NULL, 3, 0, 0, 0, 0, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleet, "a", 1, 0, 0, KMSRULES_EDITION, 99999, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleet, "a", 1, 0, 0, KMSRULES_KEY_GROUP, 0, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_judge(fleet, KMSRULES_EDITION, KMSRULES_NONE, &judgement), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_inventory_new(windows, &(kmsrules_inventory_options){.columns = "os"}, &reader), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_inventory_new(windows, &(kmsrules_inventory_options){.columns = "os=A,os=B"}, &reader), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_inventory_new(windows, &(kmsrules_inventory_options){.columns = "name=A"}, &reader), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_inventory_new(windows, &(kmsrules_inventory_options){.encoding = "no-such-encoding"}, &reader), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_inventory_new(windows, &(kmsrules_inventory_options){.separator = 'x'}, &reader), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(reader);
    kmsrules_fleet_free(fleet);
    kmsrules_fleet_free(NULL);
    kmsrules_inventory_free(NULL);
    kmsrules_question_free(question);
}

void test_fleet_register(void) {
    CU_TestInfo tests[] = {{"keys and what settles", keys_and_settling},
                           {"one machine", one_machine},
                           {"settled keys", settled_keys},
                           {"thresholds and twins", thresholds_and_twins},
                           {"many names", many_names},
                           {"any portion", any_portion},
                           {"out of memory", out_of_memory},
                           {"wrong use", wrong_use},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"fleet", open_ruleset, close_ruleset, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
