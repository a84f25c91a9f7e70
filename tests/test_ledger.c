/* Ledgers: thresholds, the bound of the cache, retention, order, virtual machines, saving and loading; the rows behind them. Numbers: facts/counts.csv. */
#include "base/civil.h"
#include "base/sha256.h"
#include "kmsrules/kmsrules.h"
#include "support/allocation.h"
#include "support/tables.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <string.h>

void test_ledger_register(void);

#define DAY INT64_C(86400)
#define START INT64_C(1714978800) /* 2024-05-06T07:00:00Z */
#define SUITE 1                   /* an application of Office */

static kmsrules_ruleset *windows;

static int open_ruleset(void) { return kmsrules_ruleset_default(&windows) != KMSRULES_OK; }

static int close_ruleset(void) {
    kmsrules_ruleset_free(windows);
    return 0;
}

static kmsrules_id edition_of(const char *id) {
    kmsrules_identity identity = {.id = KMSRULES_NONE};
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, id, strlen(id), &identity), KMSRULES_OK);
    return identity.id;
}

static kmsrules_ledger *new_ledger(const char *host) {
    kmsrules_ledger *ledger = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ledger_new(windows, host == NULL ? KMSRULES_NONE : edition_of(host), &ledger), KMSRULES_OK);
    return ledger;
}

static kmsrules_request request_of(unsigned machine, kmsrules_kind kind, int64_t time) {
    kmsrules_request request = {.kind = kind, .time = time, .is_accepted = true, .application = kind == KMSRULES_OFFICE ? SUITE : 0};
    request.cmid.bytes[0] = (uint8_t)(machine >> 8);
    request.cmid.bytes[15] = (uint8_t)machine;
    return request;
}

static kmsrules_reply ask(kmsrules_ledger *ledger, unsigned machine, kmsrules_kind kind, int64_t time) {
    kmsrules_request request = request_of(machine, kind, time);
    kmsrules_reply reply = {0};
    CU_ASSERT_EQUAL_FATAL(kmsrules_ledger_record(ledger, &request, &reply), KMSRULES_OK);
    return reply;
}

static uint64_t count_at(const kmsrules_ledger *ledger, kmsrules_id application, int64_t time) {
    uint64_t count = 0;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ledger_count(ledger, application, time, &count), KMSRULES_OK);
    return count;
}

static void thresholds(void) {
    static const struct {
        kmsrules_kind kind;
        unsigned minimum;
    } expected[] = {{KMSRULES_CLIENT, 25}, {KMSRULES_SERVER, 5}, {KMSRULES_OFFICE, 5}};
    for (size_t i = 0; i < 3; i++) {
        kmsrules_ledger *ledger = new_ledger(NULL);
        for (unsigned machine = 1; machine <= expected[i].minimum + 1; machine++) {
            kmsrules_reply reply = ask(ledger, machine, expected[i].kind, START);
            CU_ASSERT_EQUAL(reply.count, machine);
            CU_ASSERT_EQUAL(reply.minimum, expected[i].minimum);
            CU_ASSERT_EQUAL(reply.is_activated, machine >= expected[i].minimum);
            CU_ASSERT(reply.is_counted && !reply.is_late && !reply.has_dropped);
        }
        kmsrules_ledger_free(ledger);
    }
}

/* Windows clients and servers add up; Office does not, nor does one Office for another. */
static void pools(void) {
    kmsrules_ledger *ledger = new_ledger(NULL);
    for (unsigned i = 0; i < 4; i++) CU_ASSERT_FALSE(ask(ledger, i, KMSRULES_OFFICE, START).is_activated);
    for (unsigned i = 0; i < 4; i++) ask(ledger, i, KMSRULES_CLIENT, START);
    CU_ASSERT_EQUAL(ask(ledger, 9, KMSRULES_SERVER, START).count, 5);
    CU_ASSERT_EQUAL(count_at(ledger, SUITE, START), 4);
    CU_ASSERT_EQUAL(count_at(ledger, SUITE + 1, START), 0);
    kmsrules_ledger_free(ledger);
}

/* 6 servers and 20 clients, four of which fall silent: the chapter's example. */
static void worked_example(void) {
    kmsrules_ledger *ledger = new_ledger("windows-server-2008-r2-standard");
    for (unsigned i = 0; i < 26; i++) ask(ledger, i, i < 6 ? KMSRULES_SERVER : KMSRULES_CLIENT, START);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START), 26);
    for (int64_t week = 1; week <= 4; week++)
        for (unsigned i = 0; i < 22; i++) CU_ASSERT(ask(ledger, i, i < 6 ? KMSRULES_SERVER : KMSRULES_CLIENT, START + week * 7 * DAY).is_activated);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 30 * DAY - 1), 26);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 30 * DAY), 22);
    kmsrules_reply server = ask(ledger, 0, KMSRULES_SERVER, START + 35 * DAY), client = ask(ledger, 6, KMSRULES_CLIENT, START + 35 * DAY), other = ask(ledger, 99, KMSRULES_CLIENT, START + 35 * DAY);
    CU_ASSERT(server.is_activated && server.count == 22);
    CU_ASSERT(!client.is_activated && client.count == 22);
    CU_ASSERT(!other.is_activated && other.count == 23);
    ask(ledger, 22, KMSRULES_CLIENT, START + 35 * DAY);
    CU_ASSERT(ask(ledger, 23, KMSRULES_CLIENT, START + 35 * DAY).is_activated); /* 25 or more */
    kmsrules_ledger_free(ledger);
}

/* As many as given, then one more, which drops the one that asked longest ago. */
static void check_bound(kmsrules_kind kind, unsigned bound) {
    kmsrules_ledger *ledger = new_ledger(NULL);
    kmsrules_id application = kind == KMSRULES_OFFICE ? SUITE : 0;
    CU_ASSERT_EQUAL(kmsrules_ledger_capacity(ledger, application), 0);
    for (unsigned i = 0; i < bound; i++) CU_ASSERT_FALSE(ask(ledger, i, kind, START + i).has_dropped);
    ask(ledger, 0, kind, START + bound); /* the oldest is now 1 */
    CU_ASSERT_EQUAL(count_at(ledger, application, START + bound), bound);
    kmsrules_reply reply = ask(ledger, bound, kind, START + bound + 1);
    CU_ASSERT(reply.has_dropped && reply.is_counted && reply.count == bound);
    CU_ASSERT_FALSE(ask(ledger, 0, kind, START + bound + 2).has_dropped);
    CU_ASSERT(ask(ledger, 1, kind, START + bound + 3).has_dropped); /* it was gone */
    CU_ASSERT_EQUAL(kmsrules_ledger_capacity(ledger, application), bound);
    kmsrules_ledger_free(ledger);
}

static void cache(void) {
    check_bound(KMSRULES_CLIENT, 50);
    check_bound(KMSRULES_SERVER, 10);
    check_bound(KMSRULES_OFFICE, 10);
    kmsrules_ledger *ledger = new_ledger(NULL);
    for (unsigned i = 0; i < 30; i++) ask(ledger, i, KMSRULES_SERVER, START + i);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 30), 10); /* only ever servers */
    CU_ASSERT_EQUAL(ask(ledger, 99, KMSRULES_CLIENT, START + 31).count, 11);
    for (unsigned i = 0; i < 60; i++) ask(ledger, i, KMSRULES_SERVER, START + 40 * DAY + i);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 41 * DAY), 50); /* and never shrinks, though the client is long gone */
    kmsrules_ledger_free(ledger);
}

static void order(void) {
    kmsrules_ledger *ledger = new_ledger(NULL);
    ask(ledger, 1, KMSRULES_CLIENT, START + 30 * DAY);
    kmsrules_reply late = ask(ledger, 2, KMSRULES_CLIENT, START + 1);
    CU_ASSERT(late.is_late && late.is_counted && late.count == 2);
    late = ask(ledger, 3, KMSRULES_CLIENT, START); /* gone by the present of the ledger */
    CU_ASSERT(late.is_late && !late.is_counted && late.count == 2);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START), 2); /* the present does not go back */
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 30 * DAY + 1), 1);
    late = ask(ledger, 1, KMSRULES_CLIENT, START + 2); /* takes nothing from what came later */
    CU_ASSERT(late.is_late && late.is_counted);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 60 * DAY - 1), 1);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 60 * DAY), 0);
    kmsrules_ledger_free(ledger);
    ledger = new_ledger(NULL);
    for (unsigned i = 0; i < 10; i++) ask(ledger, i, KMSRULES_SERVER, START + DAY);
    late = ask(ledger, 10, KMSRULES_SERVER, START); /* would be the first to go */
    CU_ASSERT(!late.is_counted && !late.has_dropped && late.count == 10);
    kmsrules_ledger_free(ledger);
}

static void refused_and_virtual(void) {
    static const struct {
        const char *host;
        bool counts_virtual;
    } hosts[] = {{"windows-server-2008-standard", false}, {"windows-vista-business", false}, {"windows-server-2008-r2-standard", true}, {"windows-7-enterprise", true}, {NULL, true}};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        kmsrules_ledger *ledger = new_ledger(hosts[i].host);
        kmsrules_request request = request_of(1, KMSRULES_SERVER, START);
        kmsrules_reply reply;
        request.is_virtual = true;
        CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &request, &reply), KMSRULES_OK);
        CU_ASSERT(reply.is_counted == hosts[i].counts_virtual && reply.count == hosts[i].counts_virtual);
        for (unsigned machine = 2; machine < 7; machine++) ask(ledger, machine, KMSRULES_SERVER, START);
        CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &request, &reply), KMSRULES_OK);
        CU_ASSERT(reply.is_activated); /* not counted, but served */
        request = request_of(77, KMSRULES_CLIENT, START + DAY);
        request.is_accepted = false;
        CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &request, &reply), KMSRULES_OK);
        CU_ASSERT(!reply.is_counted && !reply.is_activated && reply.count == 5 + (unsigned)hosts[i].counts_virtual);
        CU_ASSERT_EQUAL(kmsrules_ledger_capacity(ledger, 0), 10); /* a refusal asks for no larger cache */
        kmsrules_ledger_free(ledger);
    }
}

static void wrong_use(void) {
    kmsrules_ledger *ledger = new_ledger(NULL), *untouched = NULL;
    kmsrules_request good = request_of(1, KMSRULES_CLIENT, START), bad;
    kmsrules_reply reply;
    uint64_t count = 7;
    bad = good, bad.application = (kmsrules_id)kmsrules_ruleset_application_count(windows);
    CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &bad, &reply), KMSRULES_INVALID_ARGUMENT);
    bad = good, bad.kind = (kmsrules_kind)KMSRULES_KIND_COUNT;
    CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &bad, &reply), KMSRULES_INVALID_ARGUMENT);
    bad = good, bad.time = -1;
    CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &bad, &reply), KMSRULES_INVALID_ARGUMENT);
    bad = good, bad.time = KMSRULES_LAST_TIME + 1;
    CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &bad, &reply), KMSRULES_INVALID_ARGUMENT);
    good.time = KMSRULES_LAST_TIME;
    CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &good, &reply), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_ledger_count(ledger, 0, KMSRULES_LAST_TIME + 1, &count), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_ledger_count(NULL, 0, START, &count), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(count, 7);
    CU_ASSERT_EQUAL(kmsrules_ledger_new(windows, (kmsrules_id)kmsrules_ruleset_edition_count(windows), &untouched), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_ledger_new(NULL, KMSRULES_NONE, &untouched), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(untouched);
    kmsrules_ledger_free(ledger);
    kmsrules_ledger_free(NULL);
    struct load load;
    load_table(&load, NULL, kr_text_of(TABLE_START TABLE_ROWS TABLE_END)); /* no cache, no retention */
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_ledger_new(load.ruleset, KMSRULES_NONE, &untouched), KMSRULES_INVALID_ARGUMENT);
    load_end(&load);
}

/* ---- Saving and loading ---- */

static const char sound[] =
    "kmsrules ledger 2\nhost windows-7-enterprise\npool windows capacity 50 present 2024-05-06T07:00:00Z\n"
    "server 2024-05-05T07:00:00Z 01000000-0000-0000-0000-0000000000a1\nclient 2024-05-06T07:00:00Z 00000000-0000-0000-0000-000000000002\n"
    "sha256 a075ba71440a3a522f53258ab0777844987958dd6d0e55c77e5f72b81544f4c4\n"; /* as sha256sum says */

static void saved_form(void) {
    kmsrules_ledger *ledger = new_ledger("windows-7-enterprise");
    kmsrules_request server = request_of(0x01a1, KMSRULES_SERVER, START - DAY);
    kmsrules_reply reply;
    char *text = NULL;
    size_t size = 0;
    CU_ASSERT_EQUAL(kmsrules_ledger_record(ledger, &server, &reply), KMSRULES_OK);
    ask(ledger, 2, KMSRULES_CLIENT, START);
    CU_ASSERT_EQUAL_FATAL(kmsrules_ledger_save(ledger, &text, &size), KMSRULES_OK);
    CU_ASSERT_STRING_EQUAL(text, sound);
    CU_ASSERT_EQUAL(size, sizeof sound - 1);
    kmsrules_string_free(text);
    kmsrules_ledger_free(ledger);
    CU_ASSERT_EQUAL(kmsrules_ledger_save(NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
}

#define HEAD "kmsrules ledger 2\nhost -\n"
#define HEAD_SUM "sha256 17b9d1f1ebe61cd1a4ad34789de6462f3c42357420329bb6235c8fa16788bfc1"
#define POOL "pool windows capacity 10 present 2024-05-06T07:00:00Z\n"
#define CLIENT "client 2024-05-06T07:00:00Z 00000000-0000-0000-0000-000000000002"

static void corrupt_text(void) {
    static const struct {
        const char *text;
        unsigned line, column;
    } bad[] = {
        {"", 1, 1},
        {"kmsrules ledger 2", 1, 18},
        {"kmsrules ledger 1\nhost -\nend 0\n", 1, 1},
        {"kmsrules ledger 2\r\nhost -\r\n", 1, 1},
        {HEAD, 3, 1},
        {"kmsrules ledger 2\nhost nobody\n", 2, 6},
        {"kmsrules ledger 2\nguest -\n", 2, 1},
        {HEAD "sha256 0000000000000000000000000000000000000000000000000000000000000000\n", 3, 8},
        {HEAD "sha256\n", 3, 7},
        {HEAD HEAD_SUM " 0\n", 3, 8},
        {HEAD HEAD_SUM " \n", 3, 8},
        {HEAD HEAD_SUM, 3, 72},
        {HEAD HEAD_SUM "\n\n", 4, 1},
        {HEAD HEAD_SUM "\n" HEAD_SUM "\n", 4, 1},
        {HEAD "\n", 3, 1},
        {HEAD "client 2024-05-06T07:00:00Z 00000000-0000-0000-0000-000000000002\n", 3, 1},
        {HEAD "pool lunix capacity 50 present 2024-05-06T07:00:00Z\n", 3, 6},
        {HEAD "pool windows capacity 50 present 2024-05-32T07:00:00Z\n", 3, 34},
        {HEAD "pool windows size 50 present 2024-05-06T07:00:00Z\n", 3, 14},
        {HEAD POOL POOL, 4, 6},
        {HEAD POOL "client 2024-05-06T07:00:01Z 00000000-0000-0000-0000-000000000002\n", 4, 8},
        {HEAD POOL "client 2024-05-06T07:00:00Z 00000000-0000-0000-0000-00000000002\n", 4, 29},
        {HEAD POOL CLIENT "\n" CLIENT "\n", 5, 29},
        {HEAD POOL CLIENT "\nclient 2024-05-06T06:00:00Z 00000000-0000-0000-0000-000000000003\n", 5, 8},
        {HEAD "pool windows capacity 0 present 2024-05-06T07:00:00Z\n" CLIENT "\n", 4, 1},
        {HEAD POOL CLIENT " x\n", 4, 66},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        kmsrules_ledger *ledger = NULL;
        kmsrules_ledger_fault fault = {0, 0, NULL};
        kmsrules_status status = kmsrules_ledger_load(windows, bad[i].text, strlen(bad[i].text), &fault, &ledger);
        bool is_right = status == KMSRULES_INVALID_LEDGER && ledger == NULL && fault.line == bad[i].line && fault.column == bad[i].column && fault.problem != NULL;
        CU_assertImplementation(is_right, (unsigned)fault.line * 1000 + (unsigned)fault.column, bad[i].text, "refused at LINE * 1000 + COLUMN", "", CU_FALSE);
        CU_ASSERT_EQUAL(kmsrules_ledger_load(windows, bad[i].text, strlen(bad[i].text), NULL, &ledger), KMSRULES_INVALID_LEDGER);
    }
    for (size_t size = 0; size < sizeof sound - 1; size++) { /* cut short anywhere */
        kmsrules_ledger *ledger = NULL;
        CU_ASSERT_EQUAL(kmsrules_ledger_load(windows, sound, size, NULL, &ledger), KMSRULES_INVALID_LEDGER);
    }
}

/* The text with its sum behind it, as the library wants it. */
static kmsrules_status load_sealed(const char *text, kmsrules_ledger_fault *fault, kmsrules_ledger **ledger) {
    char sealed[512], sum[65];
    struct kr_sha256 hash;
    kr_sha256_start(&hash);
    kr_sha256_add(&hash, text, strlen(text));
    kr_sha256_finish(&hash, sum);
    int size = snprintf(sealed, sizeof sealed, "%ssha256 %s\n", text, sum);
    return kmsrules_ledger_load(windows, sealed, (size_t)size, fault, ledger);
}

/* None before the first request; then twice 5 or twice 25, whatever the text says. */
static void capacities(void) {
    for (unsigned capacity = 0; capacity < 120; capacity++) {
        char text[200];
        kmsrules_ledger *ledger = NULL;
        kmsrules_ledger_fault fault = {0, 0, NULL};
        snprintf(text, sizeof text, HEAD "pool windows capacity %u present 2024-05-06T07:00:00Z\n", capacity);
        kmsrules_status status = load_sealed(text, &fault, &ledger);
        if (capacity == 0 || capacity == 10 || capacity == 50) {
            CU_ASSERT_EQUAL(status, KMSRULES_OK);
            CU_ASSERT_EQUAL(kmsrules_ledger_capacity(ledger, 0), capacity);
        } else {
            CU_ASSERT(status == KMSRULES_INVALID_LEDGER && fault.line == 3 && fault.column == 23);
        }
        kmsrules_ledger_free(ledger);
    }
}

/* Of a ledger with all that one has, every bit by itself. */
static void flipped_bits(void) {
    kmsrules_ledger *ledger = new_ledger("windows-server-2008-r2-standard");
    char *text = NULL;
    size_t size = 0;
    for (unsigned i = 0; i < 30; i++) ask(ledger, i, i % 3 == 0 ? KMSRULES_SERVER : KMSRULES_CLIENT, START + i);
    for (unsigned i = 0; i < 4; i++) ask(ledger, i, KMSRULES_OFFICE, START + i);
    CU_ASSERT_EQUAL_FATAL(kmsrules_ledger_save(ledger, &text, &size), KMSRULES_OK);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        kmsrules_ledger *changed = NULL;
        kmsrules_ledger_fault fault = {0, 0, NULL};
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        CU_ASSERT(kmsrules_ledger_load(windows, text, size, &fault, &changed) == KMSRULES_INVALID_LEDGER && changed == NULL && fault.problem != NULL);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        kmsrules_ledger_free(changed);
    }
    kmsrules_ledger *again = NULL;
    CU_ASSERT_EQUAL(kmsrules_ledger_load(windows, text, size, NULL, &again), KMSRULES_OK);
    CU_ASSERT_EQUAL(count_at(again, 0, START + 30), 30);
    kmsrules_ledger_free(again);
    kmsrules_string_free(text);
    kmsrules_ledger_free(ledger);
}

static void loaded(void) {
    kmsrules_ledger *ledger = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ledger_load(windows, sound, sizeof sound - 1, NULL, &ledger), KMSRULES_OK);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START), 2);
    CU_ASSERT_EQUAL(count_at(ledger, 0, START + 29 * DAY), 1);
    CU_ASSERT_EQUAL(kmsrules_ledger_capacity(ledger, 0), 50);
    kmsrules_ledger_free(ledger);
}

static void memory(void) {
    if (!allocation_can_fail()) return;
    kmsrules_ledger *ledger = NULL;
    kmsrules_request request = request_of(1, KMSRULES_CLIENT, START);
    kmsrules_reply reply = {.count = 99};
    char *text = NULL;
    size_t size = 0;
    for (size_t nth = 1;; nth++) {
        kmsrules_status statuses[4] = {KMSRULES_OK, KMSRULES_OK, KMSRULES_OK, KMSRULES_OK};
        kmsrules_ledger *made = NULL, *again = NULL;
        long before = allocation_live();
        allocation_fail(nth, false);
        statuses[0] = kmsrules_ledger_new(windows, KMSRULES_NONE, &made);
        if (made != NULL) statuses[1] = kmsrules_ledger_record(made, &request, &reply);
        if (made != NULL) statuses[2] = kmsrules_ledger_save(made, &text, &size);
        if (text != NULL) statuses[3] = kmsrules_ledger_load(windows, text, size, NULL, &again);
        bool has_failed = allocation_stop();
        size_t refused = 0;
        for (size_t i = 0; i < 4; i++) refused += statuses[i] == KMSRULES_NO_MEMORY;
        CU_ASSERT_EQUAL(refused, has_failed ? 1 : 0);
        if (statuses[1] == KMSRULES_NO_MEMORY) {
            CU_ASSERT_EQUAL(kmsrules_ledger_capacity(made, 0), 0); /* as it was */
            CU_ASSERT_EQUAL(kmsrules_ledger_record(made, &request, &reply), KMSRULES_OK);
            CU_ASSERT_EQUAL(reply.count, 1);
        }
        kmsrules_string_free(text);
        text = NULL;
        kmsrules_ledger_free(made);
        kmsrules_ledger_free(again);
        CU_ASSERT_EQUAL(allocation_live(), before);
        if (!has_failed) break;
    }
    kmsrules_ledger_free(ledger);
}

/* ---- Times and the rows ---- */

static void times(void) {
    static const struct {
        const char *text;
        int64_t start, end;
    } good[] = {{"1970-01-01", 0, 86399},
                {"2024-02-29", 1709164800, 1709251199},
                {"2000-02-29T23:59:59Z", 951868799, 951868799},
                {"2024-05-06T07:00Z", START, START},
                {"9999-12-31T23:59:59Z", KMSRULES_LAST_TIME, KMSRULES_LAST_TIME}};
    static const char *const bad[] = {"", "2024", "2024-5-6", "2024-02-30", "2023-02-29", "1900-01-01", "2024-13-01", "2024-00-01", "2024-01-00", "2024-05-06T24:00Z", "2024-05-06T07:60Z",
                                      "2024-05-06T07:00:60Z", "2024-05-06T07:00", "2024-05-06 07:00Z", "2024-05-06T", "2024-05-06x", "10000-01-01", "2024-05-06T07:00:00+01"};
    int64_t time = 17;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct kr_buffer text = {0};
        CU_ASSERT(kmsrules_time_read(good[i].text, strlen(good[i].text), false, &time) == KMSRULES_OK && time == good[i].start);
        CU_ASSERT(kmsrules_time_read(good[i].text, strlen(good[i].text), true, &time) == KMSRULES_OK && time == good[i].end);
        kr_date_add(&text, good[i].end);
        CU_ASSERT(text.size == 10 && memcmp(text.data, good[i].text, 10) == 0);
        kr_buffer_free(&text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        time = 17;
        CU_assertImplementation(kmsrules_time_read(bad[i], strlen(bad[i]), false, &time) == KMSRULES_INVALID_ARGUMENT && time == 17, __LINE__, bad[i], __FILE__, "", CU_FALSE);
    }
    for (int64_t day = 0; day < 3000000; day += 97) { /* there and back */
        struct kr_buffer text = {0};
        int64_t again = -1, there = day * DAY < KMSRULES_LAST_TIME ? day * DAY + day % DAY : 0;
        kr_time_add(&text, there);
        CU_ASSERT(kmsrules_time_read(text.data, text.size, false, &again) == KMSRULES_OK && again == there);
        kr_buffer_free(&text);
    }
}

static void short_durations(void) {
    static const struct {
        const char *text;
        uint64_t seconds;
    } good[] = {{"7d", 604800}, {"12h", 43200}, {"30m", 1800}, {"90s", 90}, {"0d", 0}, {"P7D", 604800}, {"PT12H", 43200}};
    static const char *const bad[] = {"", "7", "d", "7w", "7D", "-7d", "1.5d", "07d", "1000000d", "7d ", "1d12h", "P"};
    uint64_t seconds = 17;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CU_ASSERT(kmsrules_duration_read(good[i].text, strlen(good[i].text), &seconds) == KMSRULES_OK && seconds == good[i].seconds);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CU_ASSERT_EQUAL(kmsrules_duration_read(bad[i], strlen(bad[i]), &seconds), KMSRULES_INVALID_ARGUMENT);
}

static void built_in_rows(void) {
    const kmsrules_virtual_machines *old = kmsrules_ruleset_find_virtual_machines(windows, edition_of("windows-server-2008-datacenter"));
    const kmsrules_virtual_machines *later = kmsrules_ruleset_find_virtual_machines(windows, KMSRULES_NONE);
    bool is_reduced_on_vista_alone = false;
    CU_ASSERT_FATAL(old != NULL && later != NULL);
    CU_ASSERT(!old->are_counted && later->are_counted && old->source_count == 3);
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_virtual_machines(windows, (kmsrules_id)kmsrules_ruleset_edition_count(windows)));
    CU_ASSERT_EQUAL(kmsrules_ruleset_virtual_machines_count(windows), 2);
    CU_ASSERT_PTR_EQUAL(kmsrules_ruleset_virtual_machines(windows, 0), later);
    CU_ASSERT_PTR_EQUAL(kmsrules_ruleset_virtual_machines(windows, 1), old);
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_virtual_machines(windows, 2));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_virtual_machines(NULL, 0));
    for (size_t i = 0; i < kmsrules_ruleset_expiry_count(windows); i++) {
        const kmsrules_expiry *expiry = kmsrules_ruleset_expiry(windows, i);
        if (expiry->kind != KMSRULES_REDUCED_FUNCTIONALITY) continue;
        is_reduced_on_vista_alone = expiry->build_count == 1 && expiry->builds[0] == 6000;
        for (size_t j = 0; j < expiry->edition_count; j++) CU_ASSERT_EQUAL(strncmp(kmsrules_ruleset_edition(windows, expiry->editions[j])->id, "windows-vista", 13), 0);
    }
    CU_ASSERT(is_reduced_on_vista_alone);
    CU_ASSERT_STRING_EQUAL(kmsrules_expiry_text(KMSRULES_REDUCED_FUNCTIONALITY), "reduced-functionality");
    CU_ASSERT_PTR_NULL(kmsrules_expiry_text((kmsrules_expiry_kind)KMSRULES_EXPIRY_COUNT));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_expiry(windows, kmsrules_ruleset_expiry_count(windows)));
    CU_ASSERT_EQUAL(kmsrules_ruleset_activation_id_count(windows), 5);
    const kmsrules_activation_id *first = kmsrules_ruleset_activation_id(windows, 0);
    CU_ASSERT(first->id.bytes[0] == 0xae && first->id.bytes[15] == 0x15 && first->edition_count == 1 && first->editions[0] == edition_of("windows-7-enterprise"));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_activation_id(windows, 5));
    CU_ASSERT_EQUAL(kmsrules_ruleset_find_interval(windows, KMSRULES_WARNING, edition_of("windows-10-pro"))->seconds, 30 * DAY);
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_interval(windows, KMSRULES_WARNING, edition_of("windows-7-enterprise")));
}

void test_ledger_register(void) {
    CU_pSuite suite = CU_add_suite("ledger", open_ruleset, close_ruleset);
    CU_add_test(suite, "thresholds of each kind", thresholds);
    CU_add_test(suite, "applications are counted apart", pools);
    CU_add_test(suite, "the worked example of the chapter", worked_example);
    CU_add_test(suite, "the bound of the cache", cache);
    CU_add_test(suite, "requests out of order", order);
    CU_add_test(suite, "refused ones and virtual machines", refused_and_virtual);
    CU_add_test(suite, "wrong use", wrong_use);
    CU_add_test(suite, "the saved form", saved_form);
    CU_add_test(suite, "corrupt text", corrupt_text);
    CU_add_test(suite, "capacities that the tables give", capacities);
    CU_add_test(suite, "every bit of a saved ledger", flipped_bits);
    CU_add_test(suite, "what is loaded", loaded);
    CU_add_test(suite, "out of memory", memory);
    CU_add_test(suite, "times", times);
    CU_add_test(suite, "durations of options", short_durations);
    CU_add_test(suite, "rows that are built in", built_in_rows);
}
