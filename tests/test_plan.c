/* Plans: the examples of the issue, statuses, texts of fleets. Expected values are worked out by
 * hand from the facts; tests/oracle/plan.py compares whole plans by brute force. */
#include "base/memory.h"
#include "base/text.h"
#include "support/tables.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_plan_register(void);

static kmsrules_ruleset *windows;

static int open_windows(void) { return kmsrules_ruleset_default(&windows) == KMSRULES_OK ? 0 : 1; }

static int close_windows(void) {
    kmsrules_ruleset_free(windows);
    windows = NULL;
    return 0;
}

/* ---- Fleets in words -------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_planner *planner_for(kmsrules_ruleset *ruleset) {
    kmsrules_question *question = NULL;
    kmsrules_planner *planner = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(ruleset, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_new(question, &planner), KMSRULES_OK);
    kmsrules_question_free(question);
    return planner;
}

static kmsrules_identity identity_of(const char *name, size_t size) {
    kmsrules_identity identity;
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION | KMSRULES_RELEASE, name, size, &identity), KMSRULES_OK);
    return identity;
}

static void add_fleet(kmsrules_planner *planner, const char *fleet) {
    size_t offset = 0;
    for (;;) {
        uint64_t machines = 0;
        kmsrules_text name;
        CU_ASSERT_EQUAL_FATAL(kmsrules_next_machines(fleet, strlen(fleet), &offset, &machines, &name), KMSRULES_OK);
        if (name.data == NULL) return;
        kmsrules_identity identity = identity_of(name.data, name.size);
        CU_ASSERT_EQUAL_FATAL(kmsrules_planner_add_machines(planner, identity.kind, identity.id, machines), KMSRULES_OK);
    }
}

static kmsrules_plan *plan_of(kmsrules_planner *planner) {
    kmsrules_plan *plan = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_plan(planner, &plan), KMSRULES_OK);
    return plan;
}

static kmsrules_plan *plan_for(const char *fleet, uint32_t most_hosts) {
    kmsrules_planner *planner = planner_for(windows);
    add_fleet(planner, fleet);
    if (most_hosts > 0) CU_ASSERT_EQUAL_FATAL(kmsrules_planner_set_most_hosts(planner, most_hosts), KMSRULES_OK);
    kmsrules_plan *plan = plan_of(planner);
    kmsrules_planner_free(planner);
    return plan;
}

static bool is_edition(kmsrules_id edition, const char *id) { return strcmp(kmsrules_ruleset_edition(windows, edition)->id, id) == 0; }

static bool is_group(kmsrules_id group, const char *id) { return strcmp(kmsrules_ruleset_key_group(windows, group)->id, id) == 0; }

static bool covers(const kmsrules_placement *placement, const char *name) {
    kmsrules_identity identity = identity_of(name, strlen(name));
    for (size_t i = 0; i < placement->cover_count; i++)
        if (placement->covers[i].kind == identity.kind && placement->covers[i].id == identity.id) return true;
    return false;
}

static const kmsrules_placement *first_placement(const kmsrules_plan *plan) {
    CU_ASSERT_FATAL(kmsrules_plan_read(plan)->option_count > 0);
    CU_ASSERT_FATAL(kmsrules_plan_read(plan)->options[0].placement_count > 0);
    return kmsrules_plan_read(plan)->options[0].placements;
}

static bool says(const kmsrules_plan *plan, const char *words) {
    char *text = NULL;
    size_t size = 0;
    CU_ASSERT_EQUAL_FATAL(kmsrules_plan_print(plan, false, &text, &size), KMSRULES_OK);
    CU_ASSERT_EQUAL(strlen(text), size);
    bool is_there = strstr(text, words) != NULL;
    if (!is_there) printf("\n    not said: %s\n%s", words, text);
    kmsrules_string_free(text);
    return is_there;
}

static void expect_threshold(const kmsrules_plan_threshold *threshold, kmsrules_kind kind, uint64_t minimum, uint64_t certain, uint64_t possible) {
    CU_ASSERT_EQUAL(threshold->kind, kind);
    CU_ASSERT_EQUAL(threshold->minimum, minimum);
    CU_ASSERT_EQUAL(threshold->certain, certain);
    CU_ASSERT_EQUAL(threshold->possible, possible);
}

static void expect_totals(const kmsrules_plan *plan, uint64_t machines, uint64_t covered, uint32_t hosts) {
    const kmsrules_plan_content *content = kmsrules_plan_read(plan);
    CU_ASSERT_EQUAL(content->machines, machines);
    CU_ASSERT_EQUAL(content->covered, covered);
    CU_ASSERT_EQUAL(content->host_count, hosts);
    CU_ASSERT_TRUE(content->is_optimal);
}

/* ---- Examples ----------------------------------------------------------------------------------------------------------------------------------- */

/* Clients activate from a count of 25 on: 20 do not, and 5 more of whatever counts would do. */
static void threshold_not_reached(void) {
    kmsrules_plan *plan = plan_for("20×Windows 7 Professional", 0);
    expect_totals(plan, 20, 20, 1);
    const kmsrules_placement *placement = first_placement(plan);
    CU_ASSERT_EQUAL_FATAL(placement->threshold_count, 1);
    expect_threshold(&placement->thresholds[0], KMSRULES_CLIENT, 25, 20, 20);
    CU_ASSERT_TRUE(says(plan, "not reached: 5 more"));
    kmsrules_plan_free(plan);
}

/* Windows clients and servers share one count: the worked example of 2010. */
static void clients_and_servers_count_together(void) {
    kmsrules_plan *plan = plan_for("20×Windows 7 Professional, 6×Windows Server 2008 R2 Standard", 0);
    expect_totals(plan, 26, 26, 1);
    const kmsrules_placement *placement = first_placement(plan);
    CU_ASSERT_EQUAL_FATAL(placement->threshold_count, 2);
    expect_threshold(&placement->thresholds[0], KMSRULES_CLIENT, 25, 26, 26);
    expect_threshold(&placement->thresholds[1], KMSRULES_SERVER, 5, 26, 26);
    CU_ASSERT_TRUE(says(plan, "26, reached"));
    kmsrules_plan_free(plan);
}

static void the_newest_pair_of_the_fleet(void) {
    kmsrules_plan *plan = plan_for("210×Windows 11 Pro, 14×Windows Server 2022 Standard", 0);
    const kmsrules_plan_content *content = kmsrules_plan_read(plan);
    expect_totals(plan, 224, 224, 1);
    CU_ASSERT_EQUAL(content->tie_count, content->option_count);
    for (size_t i = 0; i < content->option_count; i++) {
        const kmsrules_placement *placement = &content->options[i].placements[0];
        CU_ASSERT_EQUAL(content->options[i].placement_count, 1);
        CU_ASSERT_TRUE(is_group(placement->key_group, "windows-server-2022"));
        CU_ASSERT_TRUE(is_edition(placement->host, "windows-server-2022-standard") || is_edition(placement->host, "windows-server-2022-datacenter"));
        CU_ASSERT_EQUAL(placement->update_count, 0);
        CU_ASSERT_EQUAL(placement->machines, 224);
        CU_ASSERT_EQUAL(placement->because_count, 2); /* no lower key group activates Windows 11, none Windows Server 2022 */
    }
    CU_ASSERT_EQUAL(content->option_count, 2);
    CU_ASSERT_EQUAL(content->uncovered_count, 0);
    kmsrules_plan_free(plan);
}

/* A host holds one key for Windows and one for each Office generation. */
static void office_shares_the_host(void) {
    kmsrules_plan *plan = plan_for("30×Windows 10 Enterprise, 4×Office LTSC 2021", 0);
    expect_totals(plan, 34, 34, 1);
    const kmsrules_plan_option *option = &kmsrules_plan_read(plan)->options[0];
    CU_ASSERT_EQUAL_FATAL(option->placement_count, 2);
    CU_ASSERT_EQUAL(option->placements[0].host, option->placements[1].host);
    for (size_t i = 0; i < 2; i++) {
        const kmsrules_placement *placement = &option->placements[i];
        bool is_office = is_group(placement->key_group, "office-ltsc-2021");
        CU_ASSERT_EQUAL_FATAL(placement->threshold_count, 1);
        if (is_office) expect_threshold(&placement->thresholds[0], KMSRULES_OFFICE, 5, 4, 4);
        else expect_threshold(&placement->thresholds[0], KMSRULES_CLIENT, 25, 30, 30);
        CU_ASSERT_EQUAL(placement->machines, is_office ? 4 : 30);
    }
    kmsrules_plan_free(plan);
}

/* No key group that is said to activate Windows 11 is said to activate Vista. */
static void generations_apart(void) {
    kmsrules_plan *plan = plan_for("10×Windows Vista Business, 30×Windows 11 Pro", 0);
    expect_totals(plan, 40, 40, 2);
    const kmsrules_plan_option *option = &kmsrules_plan_read(plan)->options[0];
    CU_ASSERT_EQUAL_FATAL(option->placement_count, 2);
    CU_ASSERT_NOT_EQUAL(covers(&option->placements[0], "Windows Vista Business"), covers(&option->placements[1], "Windows Vista Business"));
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->alternative_count, 0); /* one host does not suffice */
    kmsrules_plan_free(plan);
}

static void too_few_hosts(void) {
    kmsrules_plan *plan = plan_for("10×Windows Vista Business, 30×Windows 11 Pro", 1);
    const kmsrules_plan_content *content = kmsrules_plan_read(plan);
    expect_totals(plan, 40, 30, 1);
    CU_ASSERT_EQUAL_FATAL(content->uncovered_count, 1);
    CU_ASSERT_EQUAL(content->uncovered[0].product.kind, KMSRULES_EDITION);
    CU_ASSERT_TRUE(is_edition(content->uncovered[0].product.id, "windows-vista-business"));
    CU_ASSERT_EQUAL(content->uncovered[0].product.machines, 10);
    CU_ASSERT_EQUAL(content->uncovered[0].obstacle, KMSRULES_TOO_FEW_HOSTS);
    kmsrules_plan_free(plan);
}

static void nothing_to_cover(void) {
    kmsrules_plan *plan = plan_for("3×Windows 7 Ultimate", 0);
    const kmsrules_plan_content *content = kmsrules_plan_read(plan);
    expect_totals(plan, 3, 0, 0);
    CU_ASSERT_EQUAL(content->option_count, 0);
    CU_ASSERT_EQUAL(content->tie_count, 0);
    CU_ASSERT_EQUAL_FATAL(content->uncovered_count, 1);
    CU_ASSERT_EQUAL(content->uncovered[0].obstacle, KMSRULES_NOT_BY_KMS);
    CU_ASSERT_EQUAL(content->uncovered[0].verdict, KMSRULES_NO);
    CU_ASSERT_EQUAL(content->uncovered[0].host, KMSRULES_NONE);
    CU_ASSERT_TRUE(says(plan, "Windows 7 Ultimate"));
    kmsrules_plan_free(plan);
}

static void nothing_recognised(void) {
    kmsrules_planner *planner = planner_for(windows);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, 0, 0, 5), KMSRULES_OK);
    kmsrules_plan *plan = plan_of(planner);
    expect_totals(plan, 5, 0, 0);
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->unrecognised, 5);
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->option_count, 0);
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->uncovered_count, 0);
    CU_ASSERT_TRUE(says(plan, "5"));
    kmsrules_plan_free(plan);
    kmsrules_planner_free(planner);
}

/* Vista Business alone and an owned key group that is not for it: the sentence names one that is. */
static void not_to_choose(void) {
    kmsrules_question *question = NULL;
    kmsrules_planner *planner = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_add_key(question, "windows-server-2025"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_new(question, &planner), KMSRULES_OK);
    kmsrules_question_free(question);
    add_fleet(planner, "30×Windows Vista Business");
    kmsrules_plan *plan = plan_of(planner);
    CU_ASSERT_EQUAL_FATAL(kmsrules_plan_read(plan)->uncovered_count, 1);
    const kmsrules_uncovered *uncovered = kmsrules_plan_read(plan)->uncovered;
    CU_ASSERT_EQUAL(uncovered->obstacle, KMSRULES_NOT_TO_CHOOSE);
    CU_ASSERT_EQUAL(uncovered->verdict, KMSRULES_UNDOCUMENTED); /* Vista under 2016 and newer */
    CU_ASSERT_FALSE(is_group(uncovered->key_group, "windows-server-2025"));
    kmsrules_plan_free(plan);
    kmsrules_planner_free(planner);
}

/* Windows Server 2019 needs KB5003646 (or a later one of its line) for the key of 2022; who has it installs nothing. */
static void known_updates(void) {
    for (int is_known = 0; is_known < 2; is_known++) {
        kmsrules_question *question = NULL;
        kmsrules_planner *planner = NULL;
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &question), KMSRULES_OK);
        if (is_known) CU_ASSERT_EQUAL(kmsrules_question_add_update(question, "KB5034768"), KMSRULES_OK);
        CU_ASSERT_EQUAL_FATAL(kmsrules_planner_new(question, &planner), KMSRULES_OK);
        kmsrules_question_free(question);
        CU_ASSERT_EQUAL(kmsrules_planner_add_host(planner, "Windows Server 2019 Standard"), KMSRULES_OK);
        add_fleet(planner, "30×Windows Server 2022 Standard");
        kmsrules_plan *plan = plan_of(planner);
        const kmsrules_placement *placement = first_placement(plan);
        CU_ASSERT_TRUE(is_group(placement->key_group, "windows-server-2022"));
        CU_ASSERT_EQUAL_FATAL(placement->update_count, is_known ? 0 : 1);
        if (!is_known) CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_update(windows, placement->updates[0])->id, "KB5003646");
        kmsrules_plan_free(plan);
        kmsrules_planner_free(planner);
    }
}

/* The planner can be changed and asked again; a plan outlives it. */
static void asked_again(void) {
    kmsrules_planner *planner = planner_for(windows);
    add_fleet(planner, "20×Windows 7 Professional");
    kmsrules_plan *before = plan_of(planner);
    add_fleet(planner, "6×Windows Server 2008 R2 Standard");
    add_fleet(planner, "5×Windows 7 Professional");
    kmsrules_plan *after = plan_of(planner);
    kmsrules_planner_free(planner);
    expect_totals(before, 20, 20, 1);
    expect_totals(after, 31, 31, 1);
    CU_ASSERT_EQUAL(kmsrules_plan_read(after)->options[0].placements[0].cover_count, 2);
    kmsrules_plan_free(after);
    kmsrules_plan_free(before);
}

/* Two hosts that need as many updates, but not the same choice of them, are not alike: every way is shown, and none twice. */
static void equally_many_updates(void) {
    static const char table[] = TABLE_START TABLE_ROWS
        "  <release id=\"hosts\" name=\"Hosts\" kind=\"server\" application=\"windows\">\n"
        "    <edition id=\"one\" name=\"Host One\" volume=\"yes\" source=\"s\"/><edition id=\"two\" name=\"Host Two\" volume=\"yes\" source=\"s\"/>\n"
        "  </release>\n  <threshold kind=\"server\" minimum=\"5\" counts=\"client server\" source=\"s\"/>\n"
        "  <update id=\"KB1\" source=\"s\"/><update id=\"KB2\" source=\"s\"/>\n"
        "  <key-group id=\"server\" name=\"Server\" kind=\"server\" application=\"windows\" above=\"client\" source=\"s\">\n"
        "    <covers key-group=\"client\" source=\"s\"/><covers editions=\"hosts\" source=\"s\"/><fits hosts=\"hosts\" source=\"s\"/>\n  </key-group>\n"
        "  <requires hosts=\"one\" any-of=\"KB1 KB2\" source=\"s\"/><requires hosts=\"two\" any-of=\"KB2\" source=\"s\"/>\n" TABLE_END;
    struct load load;
    load_table(&load, NULL, (struct kr_text){table, sizeof table - 1});
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    kmsrules_planner *planner = planner_for(load.ruleset);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, KMSRULES_RELEASE, 1, 30), KMSRULES_OK);
    kmsrules_plan *plan = plan_of(planner);
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->tie_count, 3); /* one with KB1, one with KB2, two with KB2 */
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->option_count, 3);
    kmsrules_plan_free(plan);
    kmsrules_planner_free(planner);
    load_end(&load);
}

/* ---- Numbers and wrong use ---------------------------------------------------------------------------------------------------------------------- */

static void huge_numbers(void) {
    kmsrules_planner *planner = planner_for(windows);
    kmsrules_identity seven = identity_of("Windows 7 Professional", 22), vista = identity_of("Windows Vista Business", 22);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, seven.kind, seven.id, (uint64_t)INT64_MAX + 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, seven.kind, seven.id, UINT64_MAX), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, seven.kind, seven.id, INT64_MAX - 1), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, vista.kind, vista.id, 2), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, vista.kind, vista.id, 1), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, 0, 0, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, seven.kind, seven.id, 0), KMSRULES_OK);
    kmsrules_plan *plan = plan_of(planner);
    expect_totals(plan, INT64_MAX, INT64_MAX, 1);
    expect_threshold(&first_placement(plan)->thresholds[0], KMSRULES_CLIENT, 25, INT64_MAX, INT64_MAX);
    CU_ASSERT_TRUE(says(plan, "9223372036854775807"));
    kmsrules_plan_free(plan);
    kmsrules_planner_free(planner);
}

static void wrong_use(void) {
    kmsrules_planner *planner = planner_for(windows), *untouched = NULL;
    kmsrules_plan *plan = NULL;
    kmsrules_question *question = NULL;
    char *text = NULL;
    size_t size = 0;
    kmsrules_id editions = (kmsrules_id)kmsrules_ruleset_edition_count(windows), releases = (kmsrules_id)kmsrules_ruleset_release_count(windows);
    CU_ASSERT_EQUAL(kmsrules_question_new(windows, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_planner_new(NULL, &untouched), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_new(question, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(untouched);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(NULL, KMSRULES_EDITION, 0, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, KMSRULES_EDITION, editions, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, KMSRULES_RELEASE, releases, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, KMSRULES_EDITION, KMSRULES_NONE, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, KMSRULES_KEY_GROUP, 0, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, -1, 0, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_host(NULL, "Windows 7"), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_host(planner, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_add_host(planner, "Windows Nine"), KMSRULES_UNKNOWN_NAME);
    CU_ASSERT_EQUAL(kmsrules_planner_add_host(planner, ""), KMSRULES_UNKNOWN_NAME);
    CU_ASSERT_EQUAL(kmsrules_planner_add_host(planner, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_set_most_hosts(NULL, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_set_most_hosts(planner, 0), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_set_most_hosts(planner, UINT32_MAX), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_planner_plan(planner, &plan), KMSRULES_NOTHING_ASKED);
    CU_ASSERT_EQUAL(kmsrules_planner_plan(NULL, &plan), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_planner_plan(planner, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(plan);
    CU_ASSERT_PTR_NULL(kmsrules_plan_read(NULL));
    add_fleet(planner, "1×Windows 7 Professional");
    plan = plan_of(planner);
    CU_ASSERT_EQUAL(kmsrules_plan_json(NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_plan_json(plan, NULL, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_plan_json(plan, &text, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_plan_print(NULL, false, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_plan_print(plan, false, NULL, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_plan_print(plan, false, &text, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(text);
    kmsrules_plan_free(plan);
    kmsrules_plan_free(NULL);
    kmsrules_planner_free(planner);
    kmsrules_planner_free(NULL);
    kmsrules_question_free(question);
}

/* ---- Fleets as texts ---------------------------------------------------------------------------------------------------------------------------- */

/* What is read: "210|Windows 11 Pro;14|…", then "!" and the offset where it stops being a fleet. */
static void expect_read(const char *text, const char *expected) {
    struct kr_buffer lines = {0};
    size_t offset = 0;
    for (;;) {
        uint64_t machines = 0;
        kmsrules_text name = {text, 1};
        kmsrules_status status = kmsrules_next_machines(text, strlen(text), &offset, &machines, &name);
        char line[400];
        if (status == KMSRULES_OK && name.data == NULL) break;
        if (status == KMSRULES_OK) snprintf(line, sizeof line, "%llu|%.*s;", (unsigned long long)machines, (int)name.size, name.data);
        else snprintf(line, sizeof line, "!%zu", offset);
        kr_buffer_add_string(&lines, line);
        if (status != KMSRULES_OK) break;
    }
    char *read = kr_buffer_finish(&lines);
    bool is_right = read != NULL && strcmp(read, expected) == 0;
    if (!is_right) printf("\n    \"%s\" is read as %s", text, read);
    CU_ASSERT_TRUE(is_right);
    kr_memory_free(read);
}

static void fleets_as_texts(void) {
    expect_read("210×Windows 11 Pro", "210|Windows 11 Pro;");
    expect_read("14 x Windows Server 2022 Standard", "14|Windows Server 2022 Standard;");
    expect_read("2*Windows 7, 3X Windows 8 ; 4 × Windows 10\n5xOffice 2016", "2|Windows 7;3|Windows 8;4|Windows 10;5|Office 2016;");
    expect_read("1×Windows Server, version 1809 Datacenter, 2×Windows 11 Pro", "1|Windows Server, version 1809 Datacenter;2|Windows 11 Pro;");
    expect_read("  1x A  ,\r\n2x B\r\n", "1|A;2|B;");
    expect_read("1x xbox 2x y", "1|xbox 2x y;");
    expect_read("0x A", "0|A;");
    expect_read("007xA", "!0");
    expect_read("1xA,", "1|A;");
    expect_read("1xA;;2xB", "1|A;;2|B;"); /* an empty entry is no separator that a number follows: it stays in the name, which nothing has */
    expect_read("", "");
    expect_read(" \n\t ", "");
    expect_read("9223372036854775807xA", "9223372036854775807|A;");
    expect_read("9223372036854775808xA", "!0");
    expect_read("99999999999999999999999999xA", "!0");
    expect_read("1xA, 99999999999999999999x B", "1|A, 99999999999999999999x B;"); /* no number of machines: part of the name, which nothing has */
    expect_read("Windows 11 Pro", "!0");
    expect_read("  Windows", "!2");
    expect_read("210 Windows 11", "!0");
    expect_read("210×", "!0");
    expect_read("210×   ", "!0");
    expect_read("×Windows", "!0");
    expect_read("-1×Windows", "!0");
    expect_read("1.5×Windows", "!0");
    expect_read("210\xC3", "!0");
    expect_read("1xA, 2x", "1|A;!5");
}

static void texts_in_wrong_use(void) {
    size_t offset = 0, beyond = 4;
    uint64_t machines = 7;
    kmsrules_text name = {NULL, 0};
    CU_ASSERT_EQUAL(kmsrules_next_machines(NULL, 0, &offset, &machines, &name), KMSRULES_OK);
    CU_ASSERT_PTR_NULL(name.data);
    CU_ASSERT_EQUAL(machines, 7);
    CU_ASSERT_EQUAL(kmsrules_next_machines(NULL, 3, &offset, &machines, &name), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_next_machines("1xA", 3, NULL, &machines, &name), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_next_machines("1xA", 3, &offset, NULL, &name), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_next_machines("1xA", 3, &offset, &machines, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_next_machines("1xA", 3, &beyond, &machines, &name), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(beyond, 4);
    CU_ASSERT_EQUAL(kmsrules_next_machines("1xAB", 3, &offset, &machines, &name), KMSRULES_OK); /* no byte beyond the size */
    CU_ASSERT_EQUAL(name.size, 1);
    CU_ASSERT_EQUAL(offset, 3);
}

void test_plan_register(void) {
    CU_TestInfo examples[] = {{"threshold not reached", threshold_not_reached},
                              {"clients and servers count together", clients_and_servers_count_together},
                              {"the newest pair of the fleet", the_newest_pair_of_the_fleet},
                              {"office shares the host", office_shares_the_host},
                              {"generations apart", generations_apart},
                              {"too few hosts", too_few_hosts},
                              {"nothing to cover", nothing_to_cover},
                              {"nothing recognised", nothing_recognised},
                              {"not to choose", not_to_choose},
                              {"known updates", known_updates},
                              {"asked again", asked_again},
                              {"equally many updates", equally_many_updates},
                              {"huge numbers", huge_numbers},
                              {"wrong use", wrong_use},
                              {"fleets as texts", fleets_as_texts},
                              {"texts in wrong use", texts_in_wrong_use},
                              CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"plan", open_windows, close_windows, NULL, NULL, examples}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
