/* Out of memory: every public function with the nth allocation failing, once and from then on for ever. It must say so, leave nothing behind and
 * nothing half done, and work the next time. */
#define _GNU_SOURCE /* memfd_create() */

#include "support/allocation.h"
#include "support/tables.h"

#include <CUnit/Basic.h>
#include <libxml/xmlerror.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void test_memory_register(void);

#define POLICY \
    "  <interval of=\"renewal\" duration=\"P7D\" source=\"s\" note=\"n\"/>\n  <interval of=\"initial-grace\" duration=\"P30D\" editions=\"r7\" source=\"s\"/>\n" \
    "  <cache factor=\"2\" source=\"s\" note=\"n\"/>\n  <virtual-machines counts=\"no\" hosts=\"r7\" source=\"s\" note=\"n\"/>\n" \
    "  <expiry to=\"notification\" text=\"t\" editions=\"r7\" builds=\"7600\" source=\"s\" note=\"n\"/>\n" \
    "  <activation-id id=\"00000000-0000-4000-8000-000000000001\" editions=\"pro\" source=\"s\" note=\"n\"/>\n" \
    "  <srv-record name=\"_vlmcs._tcp\" port=\"1688\" source=\"s\" note=\"n\"/>\n  <discovery by=\"any-record\" source=\"s\" against=\"s\" note=\"n\"/>\n  <discovery by=\"priority-and-weight\" editions=\"r7\" source=\"s\"/>\n" \
    "  <transition of=\"count\" text=\"t\" command=\"c\" error=\"e\" intervals=\"renewal\" source=\"s\" note=\"n\"/>\n  <transition of=\"step\" text=\"t\" source=\"s\"/>\n" \
    "  <slmgr-line text=\"Low\" holds=\"priority\" value=\"low\" source=\"s\"/>\n  <slmgr-channel text=\"K*\" role=\"host\" source=\"s\"/>\n" \
    "  <observation of=\"no-count\" level=\"remark\" text=\"t\" command=\"c\" error=\"e\" source=\"s\" note=\"n\"/>\n"
#define SMALL \
    TABLE_START TABLE_ROWS \
        "  <fold text=\"(r)\" to=\"\"/>\n  <line id=\"100\" name=\"Line\" hosts=\"r7\" source=\"s\"/>\n" \
        "  <update id=\"KB1\" alias=\"one\" line=\"100\" build=\"100.5\" source=\"s\"/>\n  <update id=\"KB2\" after-any-of=\"KB1\" source=\"s\"/>\n" \
        "  <requires hosts=\"r7\" any-of=\"KB2\" source=\"s\"/>\n  <set id=\"all\" editions=\"r7\"/>\n" \
        "  <error id=\"0x80000001\" name=\"E\" scope=\"client\" source=\"s\" note=\"n\"/>\n" \
        "  <predicts check=\"KR105\" error=\"0x80000001\" on=\"host\" editions=\"r7\" any-of=\"KB1\" source=\"s\" note=\"n\"/>\n" \
        "  <step id=\"a\" phase=\"dns\" where=\"host\" title=\"{zone}\" check=\"c\" undo=\"u\" hosts=\"r7\" applications=\"windows\" source=\"s\"><command text=\"x\"/></step>\n" \
        "  <spelling text=\"Seven\" editions=\"pro\" source=\"s\"/>\n  <include href=\"more.xml\"/>\n" POLICY TABLE_END
#define MORE \
    "<table xmlns=\"urn:kmsrules:1\">\n  <key-group id=\"server\" name=\"Server\" kind=\"server\" application=\"windows\" above=\"client\" " \
    "source=\"s\">\n" \
    "    <covers key-group=\"client\" source=\"s\"/>\n    <fits hosts=\"all\" source=\"s\"/>\n  </key-group>\n</table>\n"
#define WRONG TABLE_START TABLE_ROWS "  <set id=\"a\" editions=\"b\"/>\n  <notes/>TODO\n  <fits\n" TABLE_END

/* ---- What a call is compared by ------------------------------------------------------------------------------------------------------------- */

/* One act: does its work with memory failing or not, frees everything, and gives a status and a hash of what came out. */
struct outcome {
    kmsrules_status status;
    uint64_t hash;
};
typedef struct outcome call(void *data);

static uint64_t hash_of(const char *text, size_t size) { return kr_text_hash((struct kr_text){text, size}); }

/* What libxml2 keeps of its last error is not ours. */
static long live_now(void) {
    xmlResetLastError();
    return allocation_live();
}

static bool is_good(struct outcome failed, struct outcome whole) {
    return failed.status == KMSRULES_NO_MEMORY || (failed.status == whole.status && failed.hash == whole.hash);
}

/* libxml2 2.9.14 loses the two blocks of its input buffer when it cannot grow it for a file over 8 KiB (xmlParserInputBufferCreateMem). Small tables,
 * where that cannot happen, are swept without any pardon. */
enum { UPSTREAM_LEAK = 2 };

#if defined(__SANITIZE_ADDRESS__)
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void) { return "leak:xmlBufCreateSize\n"; }
#endif

/* Sweeps over the allocations of an act; every `step`th of them. */
static void sweep(const char *name, call *act, void *data, bool for_ever, size_t step, long pardoned) {
    act(data); /* what libxml2 and the C library keep for good */
    struct outcome whole = act(data);
    size_t failure_count = 0;
    for (size_t nth = 1;; nth += step) {
        long before = live_now();
        allocation_fail(nth, for_ever);
        struct outcome failed = act(data);
        if (!allocation_stop()) {
            CU_assertImplementation(failed.status == whole.status && failed.hash == whole.hash, (unsigned)nth, "works with all its memory", name, "",
                                    CU_FALSE);
            return;
        }
        long leaked = live_now() - before;
        bool has_leaked = leaked != 0 && leaked != pardoned;
        struct outcome again = act(data);
        bool is_right = is_good(failed, whole) && again.status == whole.status && again.hash == whole.hash && !has_leaked;
        if (!is_right && failure_count++ < 5)
            printf("\n    %s: allocation %zu%s: %s, hash %s%s, then %s", name, nth, for_ever ? " and all after it" : "",
                   kmsrules_status_text(failed.status), failed.hash == whole.hash ? "right" : "wrong", has_leaked ? ", leaks" : "",
                   kmsrules_status_text(again.status));
        CU_assertImplementation(is_right, (unsigned)nth, for_ever ? "holds, for ever" : "holds, once", name, "", CU_FALSE);
    }
}

static void sweep_both(const char *name, call *act, void *data) {
    if (!allocation_can_fail()) return;
    sweep(name, act, data, false, 1, 0);
    sweep(name, act, data, true, 1, 0);
}

static void sweep_large(const char *name, call *act, void *data, size_t step) {
    if (!allocation_can_fail()) return;
    sweep(name, act, data, false, step, UPSTREAM_LEAK);
    sweep(name, act, data, true, step, UPSTREAM_LEAK);
}

/* ---- Loads ---------------------------------------------------------------------------------------------------------------------------------- */

static uint64_t hash_of_ruleset(const kmsrules_ruleset *ruleset) {
    uint64_t hash = hash_of(kmsrules_ruleset_revision(ruleset)->fingerprint, 71);
    size_t edition_count = kmsrules_ruleset_edition_count(ruleset), step = 1 + edition_count / 16;
    for (kmsrules_id host = 0; host < edition_count; host += (kmsrules_id)step)
        for (kmsrules_id edition = 0; edition < edition_count; edition += (kmsrules_id)step)
            for (kmsrules_id group = 0; group < kmsrules_ruleset_key_group_count(ruleset); group++)
                hash = hash * 31 + (uint64_t)kmsrules_can(ruleset, host, group, &edition, 1, NULL);
    return hash;
}

static uint64_t hash_of_problems(const kmsrules_builder *builder) {
    uint64_t hash = kmsrules_builder_problem_count(builder);
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(builder, i);
        hash = hash * 31 + hash_of(problem->text, strlen(problem->text)) + problem->place.line;
    }
    return hash;
}

static kmsrules_status worse(kmsrules_status a, kmsrules_status b) { return a == KMSRULES_NO_MEMORY || b == KMSRULES_OK ? a : b; }

/* From a table in memory; NULL: the built-in one of that name. */
struct load_plan {
    const char *name, *table;
};

static struct outcome load_once(void *data) {
    const struct load_plan *plan = data;
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset *ruleset = NULL;
    struct outcome outcome = {kmsrules_builder_new(&builder), 0};
    if (!builder) return outcome;
    if (plan->table) {
        outcome.status = worse(outcome.status, kmsrules_builder_provide(builder, plan->name, plan->table, strlen(plan->table)));
        outcome.status = worse(outcome.status, kmsrules_builder_provide(builder, "more.xml", MORE, strlen(MORE)));
    }
    if (outcome.status == KMSRULES_OK) outcome.status = kmsrules_builder_add(builder, plan->name);
    if (outcome.status != KMSRULES_NO_MEMORY) outcome.status = worse(kmsrules_builder_build(builder, &ruleset), outcome.status);
    CU_ASSERT_EQUAL(ruleset != NULL, outcome.status == KMSRULES_OK);
    if (ruleset) outcome.hash = hash_of_ruleset(ruleset);
    if (outcome.status != KMSRULES_NO_MEMORY) outcome.hash += hash_of_problems(builder);
    kmsrules_builder_free(builder);
    kmsrules_ruleset_free(ruleset);
    return outcome;
}

/* Standard error while loads fail: libxml2 must not complain there. The sanitizers need it for themselves. */
static int silence_errors(int *sink) {
#if defined(__SANITIZE_ADDRESS__)
    *sink = -1;
    return -1;
#else
    int kept = dup(STDERR_FILENO);
    *sink = memfd_create("stderr", 0);
    if (*sink >= 0) dup2(*sink, STDERR_FILENO);
    return kept;
#endif
}

static void restore_errors(int kept, int sink) {
    if (sink < 0) return;
    CU_ASSERT_EQUAL(lseek(sink, 0, SEEK_END), 0);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(sink);
}

static void loads(void) {
    struct load_plan small = {"small.xml", SMALL}, wrong = {"wrong.xml", WRONG}, missing = {"/nowhere/none.xml", NULL};
    int sink, kept = silence_errors(&sink);
    CU_ASSERT_EQUAL(load_once(&small).status, KMSRULES_OK);
    CU_ASSERT_EQUAL(load_once(&wrong).status, KMSRULES_INVALID_TABLE);
    CU_ASSERT_EQUAL(load_once(&missing).status, KMSRULES_UNREADABLE);
    sweep_both("small table", load_once, &small);
    sweep_both("wrong table", load_once, &wrong);
    sweep_both("missing table", load_once, &missing);
    restore_errors(kept, sink);
}

/* From disk, where the C library allocates, too. */
static void load_from_disk(void) {
    char path[] = "/tmp/kmsrules-memory-XXXXXX";
    int descriptor = mkstemp(path);
    CU_ASSERT_FATAL(descriptor >= 0);
    CU_ASSERT_EQUAL(write(descriptor, TABLE_START TABLE_ROWS TABLE_END, strlen(TABLE_START TABLE_ROWS TABLE_END)),
                    (ssize_t)strlen(TABLE_START TABLE_ROWS TABLE_END));
    close(descriptor);
    struct load_plan plan = {path, NULL};
    CU_ASSERT_EQUAL(load_once(&plan).status, KMSRULES_OK);
    sweep_both("table on disk", load_once, &plan);
    unlink(path);
}

static struct outcome load_default(void *data) {
    (void)data;
    kmsrules_ruleset *ruleset = NULL;
    struct outcome outcome = {kmsrules_ruleset_default(&ruleset), 0};
    if (ruleset) outcome.hash = hash_of_ruleset(ruleset);
    kmsrules_ruleset_free(ruleset);
    return outcome;
}

/* Every allocation of the smaller one, every seventh of the larger. */
static void built_in_loads(void) {
    struct load_plan plan = {"windows-2010", NULL};
    int sink, kept = silence_errors(&sink);
    CU_ASSERT_EQUAL(load_once(&plan).status, KMSRULES_OK);
    CU_ASSERT_EQUAL(load_default(NULL).status, KMSRULES_OK);
    sweep_large("windows-2010", load_once, &plan, 1);
    sweep_large("windows", load_default, NULL, 7);
    restore_errors(kept, sink);
}

/* ---- Questions ------------------------------------------------------------------------------------------------------------------------------ */

static kmsrules_ruleset *shared; /* windows */

static int open_ruleset(void) { return kmsrules_ruleset_default(&shared) != KMSRULES_OK; }

static int close_ruleset(void) {
    kmsrules_ruleset_free(shared);
    return 0;
}

static kmsrules_question *base_question(void) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(shared, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(question, "Windows Server 2012 R2 Datacenter"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_edition(question, "Windows Server 2019 Standard"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_edition(question, "Windows 7"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_update(question, "KB1234567"), KMSRULES_OK);
    return question;
}

static uint64_t hash_of_answer(const kmsrules_question *question) {
    kmsrules_answer *answer = NULL;
    char *text = NULL;
    size_t size = 0;
    uint64_t hash = (uint64_t)kmsrules_ask(question, &answer);
    if (answer && kmsrules_answer_json(answer, &text, &size) == KMSRULES_OK) hash = hash_of(text, size);
    kmsrules_string_free(text);
    kmsrules_answer_free(answer);
    return hash;
}

static kmsrules_status set_host(kmsrules_question *question) { return kmsrules_question_set_host(question, "Windows 7"); }
static kmsrules_status add_key(kmsrules_question *question) { return kmsrules_question_add_key(question, "windows-server-2019"); }
static kmsrules_status add_edition(kmsrules_question *question) { return kmsrules_question_add_edition(question, "Windows 10"); }
static kmsrules_status add_update(kmsrules_question *question) { return kmsrules_question_add_update(question, "KB4467695"); }
static kmsrules_status add_unknown_update(kmsrules_question *question) { return kmsrules_question_add_update(question, "KB7654321"); }
static kmsrules_status set_complete(kmsrules_question *question) { return kmsrules_question_set_updates_complete(question, true); }
static kmsrules_status set_build(kmsrules_question *question) { return kmsrules_question_set_host_build(question, "9600"); }
static kmsrules_status set_count(kmsrules_question *question) { return kmsrules_question_set_count(question, KMSRULES_SERVER, 4); }
static kmsrules_status set_date(kmsrules_question *question) { return kmsrules_question_set_date(question, "2026-11-21"); }

static const struct setter {
    const char *name;
    kmsrules_status (*set)(kmsrules_question *question);
} setters[] = {
    {"set_host", set_host},
    {"add_key", add_key},
    {"add_edition", add_edition},
    {"add_update", add_update},
    {"add_update, unknown", add_unknown_update},
    {"set_updates_complete", set_complete},
    {"set_host_build", set_build},
    {"set_count", set_count},
    {"set_date", set_date},
};

/* Whether the setter, failing at `nth`, left the question as it was; false at `*is_done` when it needed less. */
static bool setter_holds(const struct setter *setter, size_t nth, bool for_ever, bool *is_done) {
    kmsrules_question *question = base_question();
    uint64_t before = hash_of_answer(question);
    long live = allocation_live();
    allocation_fail(nth, for_ever);
    kmsrules_status status = setter->set(question);
    *is_done = !allocation_stop();
    bool is_right = *is_done
                        ? status == KMSRULES_OK
                        : status == KMSRULES_OK || (status == KMSRULES_NO_MEMORY && hash_of_answer(question) == before && allocation_live() == live);
    is_right = is_right && setter->set(question) == KMSRULES_OK;
    kmsrules_question_free(question);
    return is_right;
}

static void questions(void) {
    if (!allocation_can_fail()) return;
    for (size_t i = 0; i < sizeof setters / sizeof setters[0]; i++) {
        for (int for_ever = 0; for_ever < 2; for_ever++) {
            bool is_done = false;
            for (size_t nth = 1; !is_done; nth++)
                CU_assertImplementation(setter_holds(&setters[i], nth, for_ever, &is_done), (unsigned)nth, setters[i].name, "setters", "", CU_FALSE);
        }
    }
}

static struct outcome make_question(void *data) {
    (void)data;
    kmsrules_question *question = NULL;
    struct outcome outcome = {kmsrules_question_new(shared, &question), 0};
    kmsrules_question_free(question);
    return outcome;
}

static struct outcome ask(void *data) {
    kmsrules_answer *answer = NULL;
    struct outcome outcome = {kmsrules_ask(data, &answer), 0};
    CU_ASSERT_EQUAL(answer != NULL, outcome.status == KMSRULES_OK);
    if (answer) outcome.hash = (uint64_t)kmsrules_answer_verdict(answer) + kmsrules_answer_note_count(answer) * 16;
    kmsrules_answer_free(answer);
    return outcome;
}

struct search_plan {
    kmsrules_question *question;
    kmsrules_search search;
};

static struct outcome find(void *data) {
    const struct search_plan *plan = data;
    kmsrules_list *list = NULL;
    struct outcome outcome = {kmsrules_find(plan->question, plan->search, &list), 0};
    CU_ASSERT_EQUAL(list != NULL, outcome.status == KMSRULES_OK);
    for (size_t i = 0; i < kmsrules_list_count(list); i++) {
        const kmsrules_list_item *item = kmsrules_list_get(list, i);
        outcome.hash = outcome.hash * 31 + item->host + item->key_group * 7u + item->edition * 3u + (uint64_t)item->verdict + item->need_count;
    }
    kmsrules_list_free(list);
    return outcome;
}

static void answers(void) {
    kmsrules_question *question = base_question();
    sweep_both("question_new", make_question, NULL);
    sweep_both("ask", ask, question);
    for (int search = KMSRULES_SEARCH_EDITIONS; search <= KMSRULES_SEARCH_HIGHEST; search++) {
        struct search_plan plan = {question, (kmsrules_search)search};
        if (search == KMSRULES_SEARCH_HIGHEST) CU_ASSERT_EQUAL(kmsrules_question_add_key(question, "windows-server-2019"), KMSRULES_OK);
        CU_ASSERT_EQUAL(find(&plan).status, KMSRULES_OK);
        sweep_both("find", find, &plan);
    }
    kmsrules_question_free(question);
}

/* ---- Plans ---------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_planner *base_planner(void) {
    kmsrules_question *question = NULL;
    kmsrules_planner *planner = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(shared, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_add_key(question, "windows-server-2022"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_add_key(question, "windows-7"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_date(question, "2026-11-21"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_new(question, &planner), KMSRULES_OK);
    kmsrules_question_free(question);
    static const char *const hosts[] = {"windows-server-2019", "windows-7-professional", "windows-server-2022-standard"};
    static const char *const products[] = {"windows-vista-business", "windows-11-pro", "windows-7-ultimate", "windows-server-2025-standard"};
    for (size_t i = 0; i < 3; i++) CU_ASSERT_EQUAL(kmsrules_planner_add_host(planner, hosts[i]), KMSRULES_OK);
    for (size_t i = 0; i < 4; i++) {
        kmsrules_identity identity;
        CU_ASSERT_EQUAL(kmsrules_identify(shared, KMSRULES_EDITION, products[i], strlen(products[i]), &identity), KMSRULES_OK);
        CU_ASSERT_EQUAL(kmsrules_planner_add_machines(planner, KMSRULES_EDITION, identity.id, 10 + i), KMSRULES_OK);
    }
    return planner;
}

static struct outcome make_planner(void *data) {
    kmsrules_planner *planner = NULL;
    struct outcome outcome = {kmsrules_planner_new(data, &planner), 0};
    CU_ASSERT_EQUAL(planner != NULL, outcome.status == KMSRULES_OK);
    kmsrules_planner_free(planner);
    return outcome;
}

static struct outcome add_hosts(void *data) {
    kmsrules_planner *planner = NULL;
    struct outcome outcome = {kmsrules_planner_new(data, &planner), 0};
    for (int i = 0; i < 40 && outcome.status == KMSRULES_OK; i++) outcome.status = kmsrules_planner_add_host(planner, "windows-server-2025");
    kmsrules_planner_free(planner);
    return outcome;
}

static struct outcome make_plan(void *data) {
    kmsrules_plan *plan = NULL;
    struct outcome outcome = {kmsrules_planner_plan(data, &plan), 0};
    CU_ASSERT_EQUAL(plan != NULL, outcome.status == KMSRULES_OK);
    const kmsrules_plan_content *content = kmsrules_plan_read(plan);
    if (content != NULL) outcome.hash = content->tie_count + content->covered * 31 + content->host_count * 7u + content->is_optimal + content->uncovered_count * 3;
    for (size_t i = 0; content != NULL && i < content->option_count; i++)
        for (size_t j = 0; j < content->options[i].placement_count; j++)
            outcome.hash = outcome.hash * 31 + content->options[i].placements[j].host + content->options[i].placements[j].update_count * 5;
    kmsrules_plan_free(plan);
    return outcome;
}

static struct outcome print_plan(void *data) {
    char *text = NULL;
    size_t size = 0;
    struct outcome outcome = {kmsrules_plan_print(data, true, &text, &size), 0};
    if (outcome.status == KMSRULES_OK) outcome.hash = hash_of(text, size);
    kmsrules_string_free(text);
    return outcome;
}

static struct outcome plan_as_json(void *data) {
    char *text = NULL;
    size_t size = 0;
    struct outcome outcome = {kmsrules_plan_json(data, &text, &size), 0};
    if (outcome.status == KMSRULES_OK) outcome.hash = hash_of(text, size);
    kmsrules_string_free(text);
    return outcome;
}

static void plans(void) {
    kmsrules_question *question = base_question();
    kmsrules_planner *planner = base_planner();
    kmsrules_plan *plan = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_planner_plan(planner, &plan), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_plan_read(plan)->host_count, 2);
    sweep_both("planner_new", make_planner, question);
    sweep_both("planner_add_host", add_hosts, question);
    sweep_both("plan", make_plan, planner);
    sweep_both("plan_print", print_plan, plan);
    sweep_both("plan_json", plan_as_json, plan);
    kmsrules_plan_free(plan);
    kmsrules_planner_free(planner);
    kmsrules_question_free(question);
}

/* ---- Rendering ------------------------------------------------------------------------------------------------------------------------------ */

struct render_plan {
    const kmsrules_answer *answer;
    const kmsrules_list *list;
    int form;
};

static struct outcome render(void *data) {
    const struct render_plan *plan = data;
    char untouched, *text = &untouched;
    size_t size = 0;
    struct outcome outcome = {KMSRULES_OK, 0};
    switch (plan->form) {
    case 0: outcome.status = kmsrules_answer_json(plan->answer, &text, &size); break;
    case 1: outcome.status = kmsrules_answer_print(plan->answer, true, &text, &size); break;
    case 2: outcome.status = kmsrules_answer_print(plan->answer, false, &text, &size); break;
    case 3: outcome.status = kmsrules_list_json(plan->list, &text, &size); break;
    case 4: outcome.status = kmsrules_code_json(shared, kmsrules_code_find("KR105"), &text, &size); break;
    case 5: outcome.status = kmsrules_code_print(kmsrules_code_find("KR105"), true, &text, &size); break;
    default: outcome.status = kmsrules_list_print(plan->list, true, &text, &size);
    }
    CU_ASSERT_EQUAL(text == &untouched, outcome.status != KMSRULES_OK);
    if (outcome.status != KMSRULES_OK) return outcome;
    outcome.hash = hash_of(text, size);
    CU_ASSERT_EQUAL(strlen(text), size);
    kmsrules_string_free(text);
    return outcome;
}

static void rendering(void) {
    kmsrules_question *question = base_question();
    kmsrules_answer *answer = NULL;
    kmsrules_list *list = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ask(question, &answer), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_find(question, KMSRULES_SEARCH_HOSTS, &list), KMSRULES_OK);
    for (int form = 0; form < 7; form++) {
        struct render_plan plan = {answer, list, form};
        sweep_both("render", render, &plan);
    }
    kmsrules_list_free(list);
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
}

/* ---- Differences ---------------------------------------------------------------------------------------------------------------------------- */

struct difference_plan {
    const kmsrules_question *from, *to;
    bool is_fleet;
};

static kmsrules_status compare_fleets(const struct difference_plan *plan, kmsrules_difference **difference) {
    kmsrules_fleet *before = NULL, *after = NULL;
    kmsrules_status status = kmsrules_fleet_new(plan->from, &before);
    if (status == KMSRULES_OK) status = kmsrules_fleet_new(plan->to, &after);
    for (kmsrules_id edition = 0; edition < 2 && status == KMSRULES_OK; edition++) {
        status = kmsrules_fleet_add(before, NULL, 0, 0, 1, KMSRULES_EDITION, edition, NULL);
        if (status == KMSRULES_OK) status = kmsrules_fleet_add(after, "pc", 2, 0, 1, KMSRULES_EDITION, edition, NULL);
    }
    if (status == KMSRULES_OK) status = kmsrules_fleet_compare(before, after, difference);
    kmsrules_fleet_free(before);
    kmsrules_fleet_free(after);
    return status;
}

static struct outcome compare(void *data) {
    const struct difference_plan *plan = data;
    kmsrules_difference *difference = NULL;
    char *document = NULL, *page = NULL;
    size_t size = 0, page_size = 0;
    struct outcome outcome = {plan->is_fleet ? compare_fleets(plan, &difference) : kmsrules_compare(plan->from, plan->to, &difference), 0};
    CU_ASSERT_EQUAL(difference != NULL, outcome.status == KMSRULES_OK);
    if (outcome.status == KMSRULES_OK) outcome.status = kmsrules_difference_json(difference, &document, &size);
    if (outcome.status == KMSRULES_OK) outcome.status = kmsrules_difference_print(difference, true, &page, &page_size);
    if (outcome.status == KMSRULES_OK) outcome.hash = hash_of(document, size) * 31 + hash_of(page, page_size);
    kmsrules_string_free(document);
    kmsrules_string_free(page);
    kmsrules_difference_free(difference);
    return outcome;
}

static kmsrules_question *question_of(kmsrules_ruleset *ruleset, const char *host, const char *key) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(ruleset, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(question, host), KMSRULES_OK);
    if (key != NULL) CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_key(question, key), KMSRULES_OK);
    return question;
}

/* Every allocation over a small world; some of those over the whole ruleset. */
static void differences(void) {
    struct load load = {0};
    load_start(&load, NULL);
    load_provide(&load, "t.xml", kr_text_of(TABLE_START TABLE_ROWS "  <edition id=\"home\" name=\"Home\" kind=\"client\" application=\"windows\" volume=\"no\" source=\"s\"/>\n"
                                            "  <include href=\"more.xml\"/>\n  <set id=\"all\" editions=\"r7\"/>\n  <update id=\"KB1\" source=\"s\"/>\n"
                                            "  <requires hosts=\"r7\" key-groups=\"server\" any-of=\"KB1\" source=\"s\"/>\n" POLICY TABLE_END));
    load_provide(&load, "more.xml", kr_text_of(MORE));
    load_add(&load, "t.xml");
    load_build(&load);
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    kmsrules_question *from = question_of(load.ruleset, "pro", "client"), *to = question_of(load.ruleset, "pro", NULL);
    struct difference_plan plan = {from, to, false}, fleet = {from, to, true};
    CU_ASSERT_EQUAL(compare(&plan).status, KMSRULES_OK);
    sweep_both("compare", compare, &plan);
    sweep_both("fleet_compare", compare, &fleet);
    kmsrules_question_free(from);
    kmsrules_question_free(to);
    load_end(&load);
    struct difference_plan whole = {question_of(shared, "Windows Server 2012 R2 Standard", NULL), question_of(shared, "Windows Server 2022 Standard", NULL), false};
    if (allocation_can_fail()) sweep("compare, windows", compare, &whole, true, 97, 0);
    kmsrules_question_free((kmsrules_question *)whole.from);
    kmsrules_question_free((kmsrules_question *)whole.to);
}

/* ---- Runbooks ------------------------------------------------------------------------------------------------------------------------------- */

struct runbook_plan {
    kmsrules_question *question;
    kmsrules_runbook *runbook;
    int form;
};

static struct outcome make_runbook(void *data) {
    static const char *const zones[] = {"a.example", "b.example"};
    const struct runbook_plan *plan = data;
    kmsrules_runbook_options options = {.host_name = "kms02", .zones = zones, .zone_count = 2, .port = 1700};
    kmsrules_runbook *runbook = NULL;
    struct outcome outcome = {kmsrules_runbook_new(plan->question, &options, &runbook), 0};
    CU_ASSERT_EQUAL(runbook != NULL, outcome.status == KMSRULES_OK);
    for (size_t i = 0; i < kmsrules_runbook_step_count(runbook); i++) {
        const kmsrules_step *step = kmsrules_runbook_step(runbook, i);
        outcome.hash = outcome.hash * 31 + hash_of(step->title, strlen(step->title)) + hash_of(step->check, strlen(step->check)) + step->source_count;
        for (size_t j = 0; j < step->command_count; j++) outcome.hash = outcome.hash * 31 + hash_of(step->commands[j].text, strlen(step->commands[j].text));
    }
    kmsrules_runbook_free(runbook);
    return outcome;
}

static struct outcome render_runbook(void *data) {
    const struct runbook_plan *plan = data;
    char untouched, *text = &untouched;
    size_t size = 0;
    struct outcome outcome = {KMSRULES_OK, 0};
    switch (plan->form) {
    case 0: outcome.status = kmsrules_runbook_json(plan->runbook, &text, &size); break;
    case 1: outcome.status = kmsrules_runbook_print(plan->runbook, true, &text, &size); break;
    case 2: outcome.status = kmsrules_runbook_markdown(plan->runbook, &text, &size); break;
    default: outcome.status = kmsrules_runbook_powershell(plan->runbook, &text, &size);
    }
    CU_ASSERT_EQUAL(text == &untouched, outcome.status != KMSRULES_OK);
    if (outcome.status != KMSRULES_OK) return outcome;
    outcome.hash = hash_of(text, size);
    CU_ASSERT_EQUAL(strlen(text), size);
    kmsrules_string_free(text);
    return outcome;
}

static void runbooks(void) {
    struct runbook_plan plan = {NULL, NULL, 0};
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(shared, &plan.question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(plan.question, "Windows Server 2003 Standard"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_edition(plan.question, "Windows Server 2008 R2 Standard"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_edition(plan.question, "Windows 7"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_runbook_new(plan.question, NULL, &plan.runbook), KMSRULES_OK);
    CU_ASSERT(kmsrules_runbook_step_count(plan.runbook) > 10);
    sweep_both("runbook_new", make_runbook, &plan);
    for (plan.form = 0; plan.form < 4; plan.form++) sweep_both("runbook, rendered", render_runbook, &plan);
    kmsrules_runbook_free(plan.runbook);
    kmsrules_question_free(plan.question);
}

/* ---- Discovery ---- */

static kmsrules_status discover(const kmsrules_records *records, char **document, char **page, size_t sizes[2]) {
    kmsrules_discovery *discovery = NULL;
    kmsrules_status status = kmsrules_discovery_new(shared, records, &discovery);
    if (status == KMSRULES_OK) status = kmsrules_discovery_add_machines(discovery, KMSRULES_EDITION, 12, 30);
    if (status == KMSRULES_OK) status = kmsrules_discovery_add_machines(discovery, KMSRULES_EDITION, 1, 9);
    if (status == KMSRULES_OK) status = kmsrules_discovery_set_draws(discovery, 3, 1);
    if (status == KMSRULES_OK) status = kmsrules_discovery_json(discovery, document, &sizes[0]);
    if (status == KMSRULES_OK) status = kmsrules_discovery_print(discovery, true, page, &sizes[1]);
    kmsrules_discovery_free(discovery);
    return status;
}

static struct outcome find_hosts(void *data) {
    const char *text = data;
    kmsrules_records *records = NULL;
    char *document = NULL, *page = NULL;
    size_t sizes[2] = {0, 0};
    struct outcome outcome = {kmsrules_records_read(shared, text, strlen(text), NULL, &records), 0};
    CU_ASSERT_EQUAL(records != NULL, outcome.status == KMSRULES_OK);
    if (outcome.status == KMSRULES_OK) outcome.status = discover(records, &document, &page, sizes);
    if (outcome.status == KMSRULES_OK) outcome.hash = hash_of(document, sizes[0]) * 31 + hash_of(page, sizes[1]);
    kmsrules_string_free(document);
    kmsrules_string_free(page);
    kmsrules_records_free(records);
    return outcome;
}

static void discoveries(void) {
    static char text[] = "$ORIGIN contoso.example.\n_vlmcs._tcp IN SRV ( 0 100\n 1688 kms01 )\n SRV 0 0 1688 kms02\n SRV 5 0 1688 kms03\nSRV 0 x 1688 kms04\nNameTarget,Priority,Weight,Port\nkms05,5,5,5\n"
                         "\nNameTarget : kms06\nPriority : 0\nWeight : 1\nPort : 1\n";
    CU_ASSERT_EQUAL(find_hosts(text).status, KMSRULES_OK);
    sweep_both("discovery", find_hosts, text);
}

/* ---- What needs no memory ------------------------------------------------------------------------------------------------------------------- */

static void write_sentences(const kmsrules_answer *answer) {
    char buffer[256];
    kmsrules_answer_summary(answer, buffer, sizeof buffer);
    kmsrules_answer_summary(answer, NULL, 0);
    for (size_t i = 0; i < kmsrules_answer_note_count(answer); i++) kmsrules_answer_note(answer, i, buffer, sizeof buffer);
    const kmsrules_edition_answer *edition = &kmsrules_answer_host(answer, 0)->editions[0];
    for (size_t i = 0; i < edition->check_count; i++) {
        kmsrules_check_text(answer, &edition->checks[i], buffer, sizeof buffer);
        for (size_t j = 0; j < edition->checks[i].fact_count; j++) kmsrules_fact_text(answer, &edition->checks[i].facts[j], buffer, 1);
    }
}

/* The functions whose comments say that they allocate nothing. */
static void frugal(void) {
    kmsrules_question *question = base_question();
    kmsrules_answer *answer = NULL;
    kmsrules_identity identity;
    const char *names[3];
    kmsrules_id edition = 3;
    kmsrules_facts facts = KMSRULES_NO_FACTS;
    CU_ASSERT_EQUAL_FATAL(kmsrules_ask(question, &answer), KMSRULES_OK);
    size_t before = allocation_count();
    CU_ASSERT_EQUAL(kmsrules_identify(shared, 15, "Microsoft Windows 7 Professional", 32, &identity), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_identify(shared, 15, "Microsoft Windows 7 Professionnel", 33, &identity), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_suggest(shared, 15, "Windows 7 Profesional", 21, names, 3), 3);
    CU_ASSERT_NOT_EQUAL(kmsrules_can(shared, 20, KMSRULES_NONE, &edition, 1, &facts), KMSRULES_NO_VERDICT);
    write_sentences(answer);
    kmsrules_ruleset_free(kmsrules_ruleset_retain(shared));
    CU_ASSERT_EQUAL(allocation_count(), before);
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
}

/* ---- Events ---------------------------------------------------------------------------------------------------------------------------------- */

#define EVENT_DAY INT64_C(86400)

/* 28 clients, three of which fall silent; two with one CMID, two with one name; a second host. */
static kmsrules_status add_events(kmsrules_census *census) {
    kmsrules_status status = KMSRULES_OK;
    for (unsigned i = 0; status == KMSRULES_OK && i < 31; i++) {
        static const char names[] = "pc00pc01pc02pc03pc04pc05pc06pc07pc08pc09pc10pc11pc12pc13pc14pc15pc16pc17pc18pc19pc20pc21pc22pc23pc24pc25pc26pc27pc27pc29pc30";
        kmsrules_event event = {.id = 12290, .record_id = i, .logged_at = (i < 25 ? 120 : 100) * EVENT_DAY + i, .client_time = KMSRULES_NO_TIME, .minimum = 25, .is_virtual = -1,
                                .computer = {i < 30 ? "kms01" : "kms02", 5}, .client = {names + 4 * i, 4}, .has_cmid = true, .minutes_left = -1, .license_status = -1};
        event.cmid.bytes[0] = (uint8_t)(i == 7 ? 6 : i);
        status = kmsrules_census_add(census, &event);
    }
    return status;
}

/* Each document in its turn; the first that fails ends it. */
static kmsrules_status render_evidence(unsigned document, const kmsrules_census *census, char **text, size_t *size) {
    kmsrules_counts *counts = NULL;
    kmsrules_duplicates *duplicates = NULL;
    kmsrules_forecast *forecast = NULL;
    int state;
    kmsrules_status status = document < 3 ? kmsrules_census_counts(census, &counts) : document < 5 ? kmsrules_census_duplicates(census, &duplicates) : kmsrules_census_forecast(census, 7 * EVENT_DAY, UINT64_MAX, &forecast);
    if (status == KMSRULES_OK) {
        switch (document) {
        case 0: status = kmsrules_counts_json(counts, text, size); break;
        case 1: status = kmsrules_counts_print(counts, true, text, size); break;
        case 2: status = kmsrules_counts_nagios(counts, "30", NULL, &state, text, size); break;
        case 3: status = kmsrules_duplicates_json(duplicates, text, size); break;
        case 4: status = kmsrules_duplicates_print(duplicates, true, text, size); break;
        case 5: status = kmsrules_forecast_json(forecast, text, size); break;
        case 6: status = kmsrules_forecast_print(forecast, true, text, size); break;
        default: status = kmsrules_forecast_draw(forecast, text, size);
        }
    }
    kmsrules_counts_free(counts);
    kmsrules_duplicates_free(duplicates);
    kmsrules_forecast_free(forecast);
    return status;
}

static struct outcome tell(void *data) {
    kmsrules_census *census = NULL;
    char *text = NULL;
    size_t size = 0;
    struct outcome outcome = {kmsrules_census_new(shared, KMSRULES_NONE, 125 * EVENT_DAY, &census), 0};
    if (outcome.status == KMSRULES_OK) outcome.status = add_events(census);
    if (outcome.status == KMSRULES_OK) outcome.status = render_evidence(*(unsigned *)data, census, &text, &size);
    if (outcome.status == KMSRULES_OK) outcome.hash = hash_of(text, size);
    kmsrules_string_free(text);
    kmsrules_census_free(census);
    return outcome;
}

static struct outcome tell_course(void *data) {
    kmsrules_timeline *timeline = NULL;
    char *text = NULL;
    size_t size = 0;
    struct outcome outcome = {kmsrules_timeline_new(shared, KMSRULES_EDITION, 0, 0, EVENT_DAY, 2 * EVENT_DAY, &timeline), 0};
    if (outcome.status == KMSRULES_OK) outcome.status = *(bool *)data ? kmsrules_timeline_json(timeline, &text, &size) : kmsrules_timeline_print(timeline, false, &text, &size);
    if (outcome.status == KMSRULES_OK) outcome.hash = hash_of(text, size);
    kmsrules_string_free(text);
    kmsrules_timeline_free(timeline);
    return outcome;
}

static void evidence(void) {
    for (unsigned document = 0; document < 8; document++) {
        CU_ASSERT_EQUAL(tell(&document).status, KMSRULES_OK);
        sweep_both("what events tell", tell, &document);
    }
    for (int form = 0; form < 2; form++) {
        bool is_json = form == 1;
        sweep_both("timeline", tell_course, &is_json);
    }
}

void test_memory_register(void) {
    CU_TestInfo tests[] = {{"loads", loads}, {"load from disk", load_from_disk}, {"built-in loads", built_in_loads}, CU_TEST_INFO_NULL};
    CU_TestInfo asking[] = {{"questions", questions}, {"answers", answers}, {"plans", plans}, {"rendering", rendering}, {"differences", differences}, {"runbooks", runbooks}, {"discoveries", discoveries}, {"frugal", frugal}, {"evidence", evidence}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {
        {"memory: loads", NULL, NULL, NULL, NULL, tests}, {"memory: asking", open_ruleset, close_ruleset, NULL, NULL, asking}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
