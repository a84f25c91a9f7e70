/* Times, caches and the rows of a move: durations, what is built in, which row rules, what is refused. */
#include "kmsrules/kmsrules.h"
#include "support/tables.h"
#include "table/policy.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <string.h>

void test_policy_register(void);

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

static void durations(void) {
    static const struct {
        const char *text;
        uint64_t seconds;
    } good[] = {{"P7D", 604800}, {"PT2H", 7200}, {"P180D", 15552000}, {"P0D", 0}, {"PT15M", 900}, {"PT1S", 1}, {"P1DT12H30M5S", 131405}, {"PT1H5S", 3605}, {"P999999D", 86399913600}};
    static const char *const bad[] = {"",   "P",    "PT",   "7D",   "P7",   "P7DT",  "PT2",   "P-1D", "P07D", "P1.5D", "P7d", "p7D", "P7D ", " P7D",
                                      "P1Y", "P1M", "P1W", "PT1D", "P1H", "PT5S1H", "PT1H1H", "P1000000D", "P1D2D", "P18446744073709551616D", ("P\xD9\xA7" "D")};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t seconds = 1;
        CU_assertImplementation(kr_duration_of(kr_text_of(good[i].text), &seconds) && seconds == good[i].seconds, __LINE__, good[i].text, __FILE__, "", CU_FALSE);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t seconds = 17;
        CU_assertImplementation(!kr_duration_of(kr_text_of(bad[i]), &seconds) && seconds == 17, __LINE__, bad[i], __FILE__, "", CU_FALSE);
    }
}

/* As the sources have them. */
static void built_in_intervals(void) {
    static const struct {
        kmsrules_interval_kind kind;
        const char *edition;
        uint64_t days, hours;
    } expected[] = {
        {KMSRULES_ACTIVATION, NULL, 0, 2},         {KMSRULES_RENEWAL, NULL, 7, 0},          {KMSRULES_RETRY, "windows-10-pro", 0, 2},
        {KMSRULES_VALIDITY, NULL, 180, 0},         {KMSRULES_CMID_RETENTION, NULL, 30, 0},  {KMSRULES_INITIAL_GRACE, "windows-7-enterprise", 30, 0},
        {KMSRULES_INITIAL_GRACE, "windows-server-2008-standard", 60, 0},                    {KMSRULES_INITIAL_GRACE, "windows-server-2008-r2-standard", 30, 0},
        {KMSRULES_INITIAL_GRACE, "windows-10-pro", 0, 0},                                   {KMSRULES_FINAL_GRACE, "office-2016-volume-editions", 30, 0},
        {KMSRULES_FINAL_GRACE, NULL, 30, 0},       {KMSRULES_DNS_PUBLICATION, NULL, 0, 24}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        kmsrules_id edition = expected[i].edition == NULL ? KMSRULES_NONE : edition_of(expected[i].edition);
        const kmsrules_interval *interval = kmsrules_ruleset_find_interval(windows, expected[i].kind, edition);
        CU_ASSERT_PTR_NOT_NULL_FATAL(interval);
        CU_ASSERT_EQUAL(interval->seconds, expected[i].days * 86400 + expected[i].hours * 3600);
        CU_ASSERT(interval->source_count > 0);
    }
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_interval(windows, KMSRULES_INITIAL_GRACE, KMSRULES_NONE));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_interval(windows, (kmsrules_interval_kind)KMSRULES_INTERVAL_COUNT, KMSRULES_NONE));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_interval(windows, KMSRULES_RENEWAL, (kmsrules_id)kmsrules_ruleset_edition_count(windows)));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_interval(NULL, KMSRULES_RENEWAL, KMSRULES_NONE));
    CU_ASSERT_EQUAL(kmsrules_ruleset_cache(windows)->factor, 2);
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_cache(NULL));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_interval(windows, kmsrules_ruleset_interval_count(windows)));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_transition(windows, kmsrules_ruleset_transition_count(windows)));
}

static void built_in_transitions(void) {
    unsigned seen = 0;
    bool has_count_error = false;
    for (size_t i = 0; i < kmsrules_ruleset_transition_count(windows); i++) {
        const kmsrules_transition *transition = kmsrules_ruleset_transition(windows, i);
        seen |= 1u << transition->kind;
        CU_ASSERT(transition->source_count > 0 && strlen(transition->text) > 0);
        if (transition->kind == KMSRULES_HOST_COUNT) has_count_error = transition->error != NULL && strcmp(transition->error, "0xC004F038") == 0;
        if (transition->kind == KMSRULES_CLIENTS_DISCOVERED) CU_ASSERT_EQUAL(transition->intervals, 1u << KMSRULES_RENEWAL | 1u << KMSRULES_RETRY);
    }
    CU_ASSERT_EQUAL(seen, (1u << KMSRULES_TRANSITION_COUNT) - 1);
    CU_ASSERT(has_count_error);
    CU_ASSERT_STRING_EQUAL(kmsrules_interval_text(KMSRULES_CMID_RETENTION), "cmid-retention");
    CU_ASSERT_STRING_EQUAL(kmsrules_transition_text(KMSRULES_STEP), "step");
    CU_ASSERT_PTR_NULL(kmsrules_interval_text((kmsrules_interval_kind)-1));
    CU_ASSERT_PTR_NULL(kmsrules_transition_text((kmsrules_transition_kind)KMSRULES_TRANSITION_COUNT));
}

#define TWICE(first, second) kr_text_of(TABLE_START TABLE_ROWS first "\n" second "\n" TABLE_END)
#define RENEWAL "  <interval of=\"renewal\" duration=\"P7D\" source=\"s\"/>"
#define RENEWAL_OF_PRO "  <interval of=\"renewal\" duration=\"P1D\" editions=\"pro\" source=\"s\"/>"
#define RENEWAL_OF_RELEASE "  <interval of=\"renewal\" duration=\"P2D\" editions=\"r7\" source=\"s\"/>"
#define RETRY "  <interval of=\"retry\" duration=\"P7D\" source=\"s\"/>"
#define CACHE "  <cache factor=\"2\" source=\"s\"/>"

static void said_twice(void) {
    CU_ASSERT(table_says(TWICE(RENEWAL, RENEWAL_OF_PRO), NULL, ""));
    CU_ASSERT(table_says(TWICE(RENEWAL, RETRY), NULL, ""));
    CU_ASSERT(table_says(TWICE(RENEWAL, RENEWAL), NULL, "t.xml:14:3: KR910\n"));
    CU_ASSERT(table_says(TWICE(RENEWAL_OF_PRO, RENEWAL_OF_RELEASE), NULL, "t.xml:14:3: KR910\n"));
    CU_ASSERT(table_says(TWICE(CACHE, CACHE), NULL, "t.xml:14:3: KR910\n"));
    CU_ASSERT(table_says(TWICE("", "  <interval of=\"renewal\" duration=\"7D\" source=\"s\"/>"), NULL, "t.xml:14:36: KR908\n"));
    CU_ASSERT(table_says(TWICE("", "  <interval of=\"never\" duration=\"P7D\" source=\"s\"/>"), NULL, "t.xml:14:17: KR908\n"));
    CU_ASSERT(table_says(TWICE("", "  <interval of=\"renewal\" duration=\"P7D\" editions=\"nothing\" source=\"s\"/>"), NULL, "t.xml:14:51: KR911\n"));
    CU_ASSERT(table_says(TWICE("", "  <transition of=\"step\" text=\"a\" intervals=\"renewal often\" source=\"s\"/>"), NULL, "t.xml:14:53: KR908\n"));
    CU_ASSERT(table_says(TWICE("", "  <transition of=\"step\" text=\"a\" command=\"x AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\" source=\"s\"/>"), NULL, "t.xml:14:45: KR918\n"));
}

#define ANY "  <discovery by=\"any-record\" source=\"s\"/>"
#define ANY_OF_PRO "  <discovery by=\"any-record\" editions=\"pro\" source=\"s\" against=\"s\" note=\"n\"/>"
#define WEIGHT_OF_RELEASE "  <discovery by=\"priority-and-weight\" editions=\"r7\" source=\"s\"/>"
#define SRV_NAME "  <srv-record name=\"_a._tcp\" port=\"1688\" source=\"s\"/>"

static void discovery_said_twice(void) {
    CU_ASSERT(table_says(TWICE(ANY, WEIGHT_OF_RELEASE), NULL, ""));
    CU_ASSERT(table_says(TWICE(ANY, ANY), NULL, "t.xml:14:3: KR910\n"));
    CU_ASSERT(table_says(TWICE(ANY_OF_PRO, WEIGHT_OF_RELEASE), NULL, "t.xml:14:3: KR910\n"));
    CU_ASSERT(table_says(TWICE(SRV_NAME, SRV_NAME), NULL, "t.xml:14:3: KR910\n"));
    CU_ASSERT(table_says(TWICE("", "  <discovery by=\"weight\" source=\"s\"/>"), NULL, "t.xml:14:18: KR908\n"));
    CU_ASSERT(table_says(TWICE("", "  <discovery by=\"any-record\" source=\"s\" against=\"t\"/>"), NULL, "t.xml:14:50: KR911\n"));
    CU_ASSERT(table_says(TWICE("", "  <srv-record name=\"_a\" port=\"65536\" source=\"s\"/>"), NULL, "t.xml:14:31: KR908\n"));
}

static void built_in_discovery(void) {
    static const struct { const char *edition; kmsrules_selection selection; } expected[] = {
        {"Windows 7 Professional", KMSRULES_BY_PRIORITY_AND_WEIGHT},        {"Windows Server 2008 R2 Standard", KMSRULES_BY_PRIORITY_AND_WEIGHT},
        {"Windows Server 2025 Standard", KMSRULES_BY_PRIORITY_AND_WEIGHT},  {"Windows Vista Business", KMSRULES_ANY_RECORD},
        {"Windows Server 2008 Standard", KMSRULES_ANY_RECORD},              {"Windows Server 2008 Standard without Hyper-V", KMSRULES_ANY_RECORD},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        kmsrules_identity identity;
        CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, expected[i].edition, strlen(expected[i].edition), &identity), KMSRULES_OK);
        const kmsrules_discovery_rule *rule = kmsrules_ruleset_find_discovery_rule(windows, identity.id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
        CU_ASSERT_EQUAL(rule->selection, expected[i].selection);
        CU_ASSERT(rule->source_count > 0);
    }
    const kmsrules_discovery_rule *rule = kmsrules_ruleset_find_discovery_rule(windows, KMSRULES_NONE);
    CU_ASSERT_EQUAL_FATAL(rule->against_count, 1);
    CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_source(windows, rule->against[0])->id, "wsd-dns");
    CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_srv_name(windows)->name, "_vlmcs._tcp");
    CU_ASSERT_EQUAL(kmsrules_ruleset_srv_name(windows)->port, 1688);
    CU_ASSERT_STRING_EQUAL(kmsrules_selection_text(KMSRULES_ANY_RECORD), "any-record");
    CU_ASSERT_PTR_NULL(kmsrules_selection_text((kmsrules_selection)KMSRULES_SELECTION_COUNT));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_discovery_rule(windows, kmsrules_ruleset_discovery_rule_count(windows)));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_discovery_rule(windows, (kmsrules_id)kmsrules_ruleset_edition_count(windows)));
    CU_ASSERT(kmsrules_ruleset_find_discovery_rule(NULL, 0) == NULL && kmsrules_ruleset_srv_name(NULL) == NULL && kmsrules_ruleset_discovery_rule_count(NULL) == 0);
}

/* A later layer rules; what names an edition rules what names none. */
static void overlays(void) {
    struct load load = {0};
    const char *overlay = "<ruleset xmlns=\"urn:kmsrules:1\" id=\"site\" revision=\"1\">\n  <source id=\"t\" title=\"Site\" reliability=\"primary\"/>\n"
                          "  <interval of=\"renewal\" duration=\"P3D\" source=\"t\"/>\n  <cache factor=\"4\" source=\"t\"/>\n</ruleset>\n";
    kmsrules_identity identity;
    load_start(&load, NULL);
    load_provide(&load, "t.xml", TWICE(RENEWAL RENEWAL_OF_PRO, CACHE));
    load_provide(&load, "site.xml", kr_text_of(overlay));
    load_add(&load, "t.xml");
    load_add(&load, "site.xml");
    load_build(&load);
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(load.ruleset, KMSRULES_EDITION, "pro", 3, &identity), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_ruleset_find_interval(load.ruleset, KMSRULES_RENEWAL, KMSRULES_NONE)->seconds, 3 * 86400);
    CU_ASSERT_EQUAL(kmsrules_ruleset_find_interval(load.ruleset, KMSRULES_RENEWAL, identity.id)->seconds, 86400);
    CU_ASSERT_EQUAL(kmsrules_ruleset_cache(load.ruleset)->factor, 4);
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_find_interval(load.ruleset, KMSRULES_RETRY, identity.id));
    load_end(&load);
}

/* Home has no volume license (facts/editions.csv); the other's course goes on beyond the last of all times. */
static void timelines(void) {
    kmsrules_identity home, pro, windows_10;
    kmsrules_timeline *timeline = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, "windows-10-home", 15, &home), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, "windows-10-pro", 14, &pro), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_RELEASE, "windows-10", 10, &windows_10), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_timeline_new(windows, KMSRULES_RELEASE, windows_10.id, 0, 0, 0, &timeline), KMSRULES_OK);
    CU_ASSERT(kmsrules_timeline_read(timeline)->by_kms == KMSRULES_YES && kmsrules_timeline_read(timeline)->edition != home.id);
    kmsrules_timeline_free(timeline);
    CU_ASSERT_EQUAL(kmsrules_timeline_new(windows, KMSRULES_RELEASE, 100000, 0, 0, 0, &timeline), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_timeline_new(windows, KMSRULES_KEY_GROUP, 0, 0, 0, 0, &timeline), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(kmsrules_timeline_new(windows, KMSRULES_EDITION, home.id, 0, 0, 0, &timeline), KMSRULES_OK);
    const kmsrules_timeline_content *content = kmsrules_timeline_read(timeline);
    CU_ASSERT(content->by_kms == KMSRULES_NO && content->moment_count == 0 && content->left_out == 0 && content->source_count > 0);
    CU_ASSERT_STRING_EQUAL(content->at.file, "data/editions.xml");
    kmsrules_timeline_free(timeline);
    CU_ASSERT_EQUAL_FATAL(kmsrules_timeline_new(windows, KMSRULES_EDITION, pro.id, 0, KMSRULES_LAST_TIME - 8 * 86400, KMSRULES_LAST_TIME, &timeline), KMSRULES_OK);
    content = kmsrules_timeline_read(timeline);
    CU_ASSERT(content->by_kms == KMSRULES_YES && content->moment_count == 3);
    CU_ASSERT_EQUAL(content->left_out, 1u << KMSRULES_MOMENT_FORGOTTEN | 1u << KMSRULES_MOMENT_WARNING | 1u << KMSRULES_MOMENT_END | 1u << KMSRULES_MOMENT_EXPIRED);
    for (size_t i = 0; i < content->moment_count; i++) CU_ASSERT(content->moments[i].time < KMSRULES_LAST_TIME);
    kmsrules_timeline_free(timeline);
}

void test_policy_register(void) {
    CU_TestInfo tests[] = {{"durations", durations},   {"built-in intervals", built_in_intervals}, {"built-in transitions", built_in_transitions},
                           {"said twice", said_twice}, {"discovery said twice", discovery_said_twice}, {"built-in discovery", built_in_discovery}, {"overlays", overlays},       {"timelines", timelines},               CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"policy", open_ruleset, close_ruleset, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
