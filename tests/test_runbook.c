/* Runbooks: which steps, in which order, for which names; what the facts say of each generation of hosts. Expected values come from host_updates, commands and
 * events of the facts, not from the program. */
#include "ruleset/ruleset.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_runbook_register(void);

static kmsrules_ruleset *rules; /* windows */
static bool *is_used; /* [step row] some runbook of these tests has it */

static int open_rules(void) {
    if (kmsrules_ruleset_default(&rules) != KMSRULES_OK) return 1;
    is_used = calloc(rules->step_count + 1, sizeof *is_used);
    return is_used == NULL;
}

static int close_rules(void) {
    free(is_used);
    kmsrules_ruleset_free(rules);
    return 0;
}

/* ---- Asking --------------------------------------------------------------------------------------------------------------------------------- */

struct plan {
    const char *host, *editions[4], *key, *update;
    bool is_complete;
    kmsrules_runbook_options options;
};

static kmsrules_question *question_of(const struct plan *plan) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(rules, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(question, plan->host), KMSRULES_OK);
    for (size_t i = 0; i < 4 && plan->editions[i] != NULL; i++)
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_edition(question, plan->editions[i]), KMSRULES_OK);
    if (plan->key != NULL) CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_key(question, plan->key), KMSRULES_OK);
    if (plan->update != NULL) CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_update(question, plan->update), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_updates_complete(question, plan->is_complete), KMSRULES_OK);
    return question;
}

static void mark_used(const kmsrules_step *step) {
    for (uint32_t i = 0; i < rules->step_count; i++)
        if (strcmp(rules->steps[i].id, step->id) == 0) is_used[i] = true;
}

/* Every step says what to do, how it is checked, how it is undone, and from where this is known; nothing in it is left unfilled. */
static void check_step(const kmsrules_step *step) {
    const char *texts[] = {step->title, step->check, step->undo, step->note == NULL ? "-" : step->note};
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_FATAL(texts[i] != NULL && texts[i][0] != '\0');
        CU_ASSERT_PTR_NULL(strpbrk(texts[i], "{}"));
    }
    CU_ASSERT(step->source_count > 0);
    CU_ASSERT(step->at.line > 0);
    for (size_t i = 0; i < step->command_count; i++) CU_ASSERT_PTR_NULL(strpbrk(step->commands[i].text, "{}"));
    mark_used(step);
}

static kmsrules_runbook *make(const struct plan *plan) {
    kmsrules_question *question = question_of(plan);
    kmsrules_runbook *runbook = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_runbook_new(question, &plan->options, &runbook), KMSRULES_OK);
    kmsrules_question_free(question);
    for (size_t i = 0; i < kmsrules_runbook_step_count(runbook); i++) check_step(kmsrules_runbook_step(runbook, i));
    CU_ASSERT_PTR_NULL(kmsrules_runbook_step(runbook, kmsrules_runbook_step_count(runbook)));
    return runbook;
}

static const char *what_is_run(const kmsrules_step *step) { return step->command_count == 0 ? "" : step->commands[step->command_count - 1].text; }

/* The expected lines in their order, each found in the title or a command of a step that comes after the step of the line before. `absent`: in no step at all. */
static void expect(const char *file, unsigned line, const struct plan *plan, const char *const *lines, const char *const *absent) {
    kmsrules_runbook *runbook = make(plan);
    size_t next = 0, count = kmsrules_runbook_step_count(runbook);
    for (; *lines != NULL; lines++) {
        bool is_found = false;
        while (!is_found && next < count) {
            const kmsrules_step *step = kmsrules_runbook_step(runbook, next++);
            is_found = strstr(step->title, *lines) != NULL;
            for (size_t i = 0; i < step->command_count; i++) is_found = is_found || strstr(step->commands[i].text, *lines) != NULL;
        }
        if (!is_found) printf("\n    no step, or none in this order: %s", *lines);
        CU_assertImplementation(is_found, line, *lines, file, "", CU_FALSE);
    }
    for (; absent != NULL && *absent != NULL; absent++) {
        for (size_t i = 0; i < count; i++) {
            const kmsrules_step *step = kmsrules_runbook_step(runbook, i);
            bool is_there = strstr(step->title, *absent) != NULL || strstr(what_is_run(step), *absent) != NULL || strstr(step->id, *absent) != NULL;
            if (is_there) printf("\n    step %zu (%s) should not be there: %s", i + 1, step->id, *absent);
            CU_assertImplementation(!is_there, line, *absent, file, "", CU_FALSE);
        }
    }
    kmsrules_runbook_free(runbook);
}
#define LIST(...) \
    (const char *const[]) { __VA_ARGS__, NULL }
#define EXPECT(asked, lines, absent) expect(__FILE__, __LINE__, &(struct plan)asked, lines, absent)
#define PLAN(...) \
    { __VA_ARGS__ }

/* ---- Generations of hosts ------------------------------------------------------------------------------------------------------------------- */

/* kb968915: KMS 1.0 or 1.1 first, then the restart, else 0xC004F050. */
static void server_2003(void) {
    EXPECT(PLAN(.host = "Windows Server 2003 Standard", .editions = {"Windows Server 2008 R2 Standard"}),
           LIST("Make sure that kms-1.0 or kms-1.1", "Restart the computer after kms-1.0 or kms-1.1", "Make sure that KB968915",
                "Restart the computer after KB968915", "/ipk", "/ato", "Services console", "open TCP port 1688", "/sdns", "/dli"),
           LIST("sppsvc", "slsvc", "Set-NetFirewallRule", "advfirewall", "VolumeActivation", "slui.exe"));
    EXPECT(PLAN(.host = "Windows Server 2003 Standard", .editions = {"Windows Server 2008 R2 Standard"}, .is_complete = true, .update = "kms-1.1",
                .key = "windows-server-2008-r2-group-b"),
           LIST("Install KB968915", "Restart the computer after KB968915", "/ipk"), LIST("kms-1.0", "Make sure"));
    EXPECT(PLAN(.host = "Windows Server 2003 Standard", .editions = {"Windows Server 2008 R2 Standard"}, .is_complete = true, .update = "KB968915",
                .key = "windows-server-2008-r2-group-b"),
           LIST("/ipk"), NULL);
    EXPECT(PLAN(.host = "windows-server-2003-kms-1.2", .editions = {"Windows 7 Enterprise"}, .options = {.is_offline = true}),
           LIST("/ipk", "/dti", "papers", "Call", "/atp"), LIST("KB968915", "Restart the computer", "/ato <", "slui.exe"));
}

static void vista(void) {
    EXPECT(PLAN(.host = "Windows Vista Enterprise", .editions = {"Windows Vista Business"}, .options = {.is_offline = true}),
           LIST("/ipk", "/dti", "slui.exe 4", "/atp <confirmation id>"), LIST("papers"));
}

/* A requirement that the prerequisites alone leave open: KMS 1.2 is there, what it stands on is not known to be. */
static void prerequisite_alone(void) {
    struct plan plan = {.host = "Windows Server 2003 Standard", .editions = {"Windows 7 Enterprise"}, .update = "KB968915"};
    expect(__FILE__, __LINE__, &plan, LIST("Make sure that kms-1.0 or kms-1.1", "/ipk"), LIST("Make sure that KB968915"));
}

/* Vista, Server 2008: slsvc and netsh; 7, Server 2008 R2: sppsvc and netsh; 8, Server 2012 and later: cmdlets, and on servers the role. */
static void services_and_firewalls(void) {
    static const char *const hosts[][2] = {{"Windows Vista Enterprise", "Windows Vista Business"},
                                           {"Windows Server 2008 Standard", "Windows Server 2008 Standard"},
                                           {"Windows 7 Enterprise", "Windows 7 Professional"},
                                           {"Windows Server 2008 R2 Standard", "Windows Server 2008 R2 Standard"},
                                           {"Windows 10 Enterprise", "Windows 10 Pro"},
                                           {"Windows Server 2012 Standard", "Windows 8 Pro"},
                                           {"Windows Server 2025 Standard", "Windows 11 Pro"}};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        bool is_old = i < 2, has_netsh = i < 4, is_new_server = i > 4;
        struct plan plan = {.host = hosts[i][0], .editions = {hosts[i][1]}};
        expect(__FILE__, __LINE__, &plan,
               LIST("/ipk", "/ato", is_old ? "net start slsvc" : "net start sppsvc", has_netsh ? "netsh advfirewall" : "Set-NetFirewallRule"),
               LIST(is_old ? "sppsvc" : "slsvc", has_netsh ? "NetFirewallRule" : "netsh", is_new_server ? "no such step" : "VolumeActivation",
                    "Services console"));
        plan.options.port = 1700;
        expect(__FILE__, __LINE__, &plan,
               LIST("/sprt 1700", is_old ? "net start slsvc" : "net start sppsvc", has_netsh ? "Open TCP port 1700" : "-LocalPort 1700"),
               LIST("1688"));
    }
}

static unsigned count_rows(kmsrules_id host, enum kr_phase phase, enum kr_when port) {
    unsigned count = 0, other = 1u << (port == KR_WHEN_DEFAULT_PORT ? KR_WHEN_OTHER_PORT : KR_WHEN_DEFAULT_PORT);
    for (uint32_t i = 0; i < rules->step_count; i++) {
        const struct kr_step *step = &rules->steps[i];
        count += step->phase == phase && (step->when & other) == 0 && (step->hosts == NULL || kr_bit(step->hosts, host));
    }
    return count;
}

/* Whatever can host has exactly one way to restart the service (and for another port to set it first), and one to open the firewall. */
static void every_host(void) {
    size_t host_count = 0;
    for (kmsrules_id host = 0; host < rules->edition_count; host++) {
        if (!rules->editions[host].can_host) continue;
        bool is_right = count_rows(host, KR_SERVICE, KR_WHEN_DEFAULT_PORT) == 1 && count_rows(host, KR_SERVICE, KR_WHEN_OTHER_PORT) == 2 &&
                        count_rows(host, KR_FIREWALL, KR_WHEN_DEFAULT_PORT) == 1 && count_rows(host, KR_FIREWALL, KR_WHEN_OTHER_PORT) == 1;
        if (!is_right) printf("\n    %s has not one step for its service and its firewall each", rules->editions[host].id);
        CU_ASSERT(is_right);
        host_count++;
    }
    CU_ASSERT(host_count > 50);
}

/* host_updates: what each host needs before it serves newer editions. */
static void updates_of_hosts(void) {
    EXPECT(PLAN(.host = "Windows Server 2008 R2 Standard", .editions = {"Windows 10 Enterprise"}, .key = "windows-server-2012-r2-for-windows-10"),
           LIST("Make sure that KB3079821", "/ipk"), NULL);
    EXPECT(PLAN(.host = "Windows Server 2012 R2 Standard", .editions = {"Windows 10 Enterprise", "Windows Server 2016 Standard"},
                .key = "windows-server-2016", .is_complete = true),
           LIST("Install KB3172614 or any later", "/ipk"), LIST("Make sure"));
    EXPECT(PLAN(.host = "Windows Server 2019 Standard", .editions = {"Windows Server 2022 Standard"}, .key = "windows-server-2022"),
           LIST("Make sure that KB5003646 or any later", "/ipk"), LIST("Restart the computer"));
    EXPECT(PLAN(.host = "Windows Server 2019 Standard", .editions = {"Windows Server 2022 Standard"}, .key = "windows-server-2022",
                .update = "KB5003646"),
           LIST("/ipk"), LIST("KB", "Make sure"));
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows Server 2022 Standard"}, .key = "windows-server-2022"),
           LIST("VolumeActivation", "/ipk"), LIST("KB", "Make sure", "-update"));
    EXPECT(PLAN(.host = "Windows Server 2008 R2 Standard", .editions = {"Windows 8 Pro"}, .key = "windows-server-2012"),
           LIST("Make sure that KB2757817 or KB3079821", "/ipk"), NULL);
}

/* Office: its own pack, key and activation id (activation_ids), and the options of slmgr.vbs with it. */
static void office(void) {
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Office LTSC 2021"}),
           LIST("license pack of Office LTSC 2021", "/ipk", "/ato 47f3b983-7c53-4d45-abc6-bcd91e2dd90a", "/dlv 47f3b983-7c53-4d45-abc6-bcd91e2dd90a",
                "ospp.vbs /act", "count of 5"),
           LIST("/ckms", "/sethst", "slmgr.vbs /ato\n"));
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Office LTSC 2021", "Windows 11 Pro"},
                .options = {.is_offline = true, .dns = KMSRULES_DNS_NONE}),
           LIST("license pack", "Volume License for Windows Server 2022", "Office LTSC 2021 KMS host", "/cdns", "slmgr.vbs /dti", "/dti 47f3b983",
                "slui.exe 4", "Call", "/atp <confirmation id>", "/atp <confirmation id> 47f3b983", "/skms kms01.contoso.example:1688",
                "/sethst:kms01.contoso.example"),
           LIST("/ckms", "/sdns", "nslookup"));
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Office LTSC 2024"}), LIST("/ato <activation id>"), NULL);
}

/* ---- Circumstances -------------------------------------------------------------------------------------------------------------------------- */

static void names_of_the_host(void) {
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"},
                .options = {.host_name = "kms02.corp.contoso.example", .dns = KMSRULES_DNS_NONE, .port = 1700}),
           LIST("/cdns", "/skms kms02.corp.contoso.example:1700"), LIST("kms01"));
    kmsrules_runbook *runbook = make(&(struct plan){.host = "Windows Server 2022 Standard",
                                                    .editions = {"Windows 11 Pro"},
                                                    .options = {.host_name = "kms02.corp.contoso.example", .dns = KMSRULES_DNS_NONE}});
    const kmsrules_step *pointing = NULL;
    for (size_t i = 0; i < kmsrules_runbook_step_count(runbook); i++)
        if (strcmp(kmsrules_runbook_step(runbook, i)->id, "point-clients") == 0) pointing = kmsrules_runbook_step(runbook, i);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pointing);
    CU_ASSERT_EQUAL_FATAL(pointing->command_count, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(pointing->commands[0].text, "/skms kms02.corp.contoso.example:1688"));
    CU_ASSERT_PTR_NOT_NULL(strstr(pointing->commands[1].text, "/skms kms02:1688"));
    CU_ASSERT_PTR_NOT_NULL(strstr(pointing->commands[2].text, "/skms <IPv4 address>:1688"));
    CU_ASSERT(!pointing->commands[0].is_alternative && pointing->commands[1].is_alternative && pointing->commands[2].is_alternative);
    kmsrules_runbook_free(runbook);
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"},
                .options = {.host_name = "192.0.2.10", .dns = KMSRULES_DNS_NONE}),
           LIST("/skms 192.0.2.10:1688"), LIST("kms01"));
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"},
                .options = {.host_name = "KMS03", .zones = (const char *const[]){"a.example"}, .zone_count = 1, .dns = KMSRULES_DNS_MANUAL}),
           LIST("/cdns", "-ZoneName a.example -DomainName KMS03.a.example", "nslookup -type=srv _vlmcs._tcp.a.example"), NULL);
}

static void zones(void) {
    static const char *const names[] = {"a.example", "b.example"};
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"}, .options = {.zones = names, .zone_count = 2}),
           LIST("/sdns", "SoftwareProtectionPlatform\" /v DnsDomainPublishList /t REG_MULTI_SZ /d a.example\\0b.example", "_tcp.a.example",
                "_tcp.b.example"),
           LIST("CurrentVersion\\SL", "Add-DnsServerResourceRecord"));
    EXPECT(PLAN(.host = "Windows Server 2008 Standard", .editions = {"Windows Server 2008 Standard"}, .options = {.zones = names, .zone_count = 2}),
           LIST("CurrentVersion\\SL\" /v DnsDomainPublishList"), LIST("SoftwareProtectionPlatform"));
    EXPECT(PLAN(.host = "windows-server-2003-kms-1.2", .editions = {"Windows 7 Enterprise"}, .options = {.zones = names, .zone_count = 2}),
           LIST("DnsDomainPublishList"), LIST("reg add"));
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"},
                .options = {.zones = names, .zone_count = 2, .dns = KMSRULES_DNS_MANUAL}),
           LIST("/cdns", "-ZoneName a.example", "-ZoneName b.example", "_tcp.a.example", "_tcp.b.example"),
           LIST("/sdns", "DnsDomainPublishList", "/skms"));
    EXPECT(PLAN(.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"}, .options = {.zones = names, .zone_count = 1}),
           LIST("/sdns", "_tcp.a.example"), LIST("DnsDomainPublishList", "_tcp.contoso.example"));
}

static kmsrules_status status_of(kmsrules_runbook_options options) {
    kmsrules_question *question = question_of(&(struct plan){.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"}});
    kmsrules_runbook *runbook = NULL;
    kmsrules_status status = kmsrules_runbook_new(question, &options, &runbook);
    CU_ASSERT_EQUAL(runbook != NULL, status == KMSRULES_OK);
    kmsrules_runbook_free(runbook);
    kmsrules_question_free(question);
    return status;
}

/* What is no name of DNS, NetBIOS or IPv4 gets into no command. */
static void bad_names(void) {
    static const char *const bad[] = {"",
                                      "a b",
                                      "a;b",
                                      "a'b",
                                      "a\"b",
                                      "$(x)",
                                      "`x",
                                      "a\nb",
                                      ("a\xe2\x80\x99"
                                       "b"),
                                      "\xe2\x80\x98",
                                      "-a",
                                      "a-",
                                      "a..b",
                                      ".a",
                                      "a.",
                                      "a_b",
                                      "fe80::1",
                                      "[fe80::1]",
                                      "kms:1688",
                                      "256.0.0.1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "01.2.3.4",
                                      "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE",
                                      "aaaaa-bbbbb-ccccc-ddddd-eeeee.example",
                                      "%COMPUTERNAME%",
                                      "{fqdn}"};
    char label[65], name[260];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = bad[i]}), KMSRULES_INVALID_ARGUMENT);
        CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.zones = &bad[i], .zone_count = 1}), KMSRULES_INVALID_ARGUMENT);
    }
    memset(label, 'a', 64);
    label[64] = '\0';
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = label}), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = label + 1}), KMSRULES_OK);
    for (size_t i = 0; i < 255; i++) name[i] = i % 2 == 1 ? '.' : 'a';
    name[255] = '\0';
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = name}), KMSRULES_INVALID_ARGUMENT); /* 255 bytes */
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = name + 2}), KMSRULES_OK); /* 253 */
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.zones = (const char *const[]){"a.example", "A.EXAMPLE"}, .zone_count = 2}),
                    KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.zones = (const char *const[]){"192.0.2.1"}, .zone_count = 1}), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.zones = (const char *const[]){NULL}, .zone_count = 1}), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.zone_count = 1}), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = "192.0.2.1", .dns = KMSRULES_DNS_MANUAL}), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.dns = (kmsrules_dns)3}), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = "kms-01.3com.example"}), KMSRULES_OK);
    CU_ASSERT_EQUAL(status_of((kmsrules_runbook_options){.host_name = "255.255.255.255"}), KMSRULES_OK);
}

/* ---- Verdicts, and what is no question ------------------------------------------------------------------------------------------------------ */

static void verdicts(void) {
    kmsrules_runbook *runbook = make(&(struct plan){.host = "Windows 7 Enterprise", .editions = {"Windows Server 2008 R2 Enterprise"}});
    CU_ASSERT_EQUAL(kmsrules_answer_verdict(kmsrules_runbook_answer(runbook)), KMSRULES_NO);
    CU_ASSERT_EQUAL(kmsrules_runbook_step_count(runbook), 0);
    kmsrules_runbook_free(runbook);
    runbook = make(&(struct plan){.host = "Windows Server 2008 R2 Standard", .editions = {"Windows Server 2016 Standard"}}); /* no update exists */
    CU_ASSERT_EQUAL(kmsrules_answer_verdict(kmsrules_runbook_answer(runbook)), KMSRULES_NO);
    CU_ASSERT_EQUAL(kmsrules_runbook_step_count(runbook), 0);
    kmsrules_runbook_free(runbook);
    runbook = make(&(struct plan){
        .host = "Windows Server 2019 Standard", .editions = {"Windows Server 2022 Standard"}, .key = "windows-server-2022", .is_complete = true});
    CU_ASSERT_EQUAL(kmsrules_answer_verdict(kmsrules_runbook_answer(runbook)), KMSRULES_NO); /* for want of an update alone */
    CU_ASSERT(kmsrules_runbook_step_count(runbook) > 5);
    kmsrules_runbook_free(runbook);
    runbook = make(&(struct plan){.host = "Windows Server 2016 Standard", .editions = {"Windows 11 Pro"}, .key = "windows-server-2016"});
    CU_ASSERT_EQUAL(kmsrules_answer_verdict(kmsrules_runbook_answer(runbook)), KMSRULES_UNDOCUMENTED);
    CU_ASSERT(kmsrules_runbook_step_count(runbook) > 5);
    kmsrules_runbook_free(runbook);
    runbook = make(&(struct plan){.host = "Windows Server 2022", .editions = {"Windows 11"}}); /* releases */
    CU_ASSERT(kmsrules_runbook_step_count(runbook) > 5);
    kmsrules_runbook_free(runbook);
}

static void wrong_use(void) {
    kmsrules_question *question = NULL, *whole = question_of(&(struct plan){.host = "Windows Server 2022 Standard", .editions = {"Windows 11 Pro"}});
    kmsrules_runbook *runbook = NULL;
    char untouched, *text = &untouched;
    size_t size = 7;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(rules, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_runbook_new(question, NULL, &runbook), KMSRULES_NOTHING_ASKED);
    CU_ASSERT_EQUAL(kmsrules_runbook_new(NULL, NULL, &runbook), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_runbook_new(whole, NULL, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(runbook);
    CU_ASSERT_EQUAL(kmsrules_runbook_json(NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_runbook_print(NULL, false, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_runbook_markdown(NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_runbook_powershell(NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT(text == &untouched && size == 7);
    CU_ASSERT_EQUAL_FATAL(kmsrules_runbook_new(whole, NULL, &runbook), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_runbook_json(runbook, NULL, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_runbook_powershell(runbook, &text, NULL), KMSRULES_INVALID_ARGUMENT);
    kmsrules_runbook_free(runbook);
    kmsrules_runbook_free(NULL);
    CU_ASSERT_PTR_NULL(kmsrules_runbook_answer(NULL));
    CU_ASSERT_EQUAL(kmsrules_runbook_step_count(NULL), 0);
    CU_ASSERT_PTR_NULL(kmsrules_dns_text((kmsrules_dns)3));
    CU_ASSERT_PTR_NULL(kmsrules_dns_text((kmsrules_dns)-1));
    CU_ASSERT_STRING_EQUAL(kmsrules_dns_text(KMSRULES_DNS_MANUAL), "manual");
    kmsrules_question_free(question);
    kmsrules_question_free(whole);
}

/* Each step of the tables stands in some runbook of the tests above: a row that no runbook takes would be dead. */
static void every_step(void) {
    CU_ASSERT(rules->step_count > 20);
    for (uint32_t i = 0; i < rules->step_count; i++) {
        if (!is_used[i])
            printf("\n    %s:%u: no runbook of these tests has the step \"%s\"", rules->steps[i].at.file, rules->steps[i].at.line,
                   rules->steps[i].id);
        CU_ASSERT(is_used[i]);
    }
}

void test_runbook_register(void) {
    CU_TestInfo tests[] = {{"Windows Server 2003", server_2003},
                           {"Windows Vista", vista},
                           {"a prerequisite alone", prerequisite_alone},
                           {"services and firewalls", services_and_firewalls},
                           {"every host", every_host},
                           {"updates of hosts", updates_of_hosts},
                           {"Office", office},
                           {"names of the host", names_of_the_host},
                           {"zones", zones},
                           {"bad names", bad_names},
                           {"verdicts", verdicts},
                           {"wrong use", wrong_use},
                           {"every step is taken by some runbook", every_step},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"runbook", open_rules, close_rules, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
