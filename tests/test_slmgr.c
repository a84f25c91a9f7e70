/* Output of slmgr: what each sample says to a person who reads it; other languages; what must not be shown, whatever is done to the text. */
#include "fleet/slmgr.h"
#include "support/allocation.h"
#include "support/tables.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>

void test_slmgr_register(void);

#define SAMPLES KMSRULES_SOURCE_DIR "/tests/slmgr/"

static kmsrules_ruleset *windows;
static kmsrules_question *question;

static int open_ruleset(void) {
    return kmsrules_ruleset_default(&windows) != KMSRULES_OK || kmsrules_question_new(windows, &question) != KMSRULES_OK;
}

static int close_ruleset(void) {
    kmsrules_question_free(question);
    kmsrules_ruleset_free(windows);
    return 0;
}

static void check(bool is_so, int line, const char *what) { CU_assertImplementation(is_so, (unsigned)line, what, __FILE__, "", CU_FALSE); }

static kmsrules_slmgr *read_text(struct kr_text text) {
    kmsrules_slmgr *slmgr = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_read(question, NULL, text.data, text.size, &slmgr), KMSRULES_OK);
    return slmgr;
}

static kmsrules_slmgr *read_string(const char *text) { return read_text(kr_text_of(text)); }

static kmsrules_slmgr *read_sample(const char *name) {
    char path[512];
    snprintf(path, sizeof path, SAMPLES "%s", name);
    struct kr_text text = file_text(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text.data);
    kmsrules_slmgr *slmgr = read_text(text);
    free((char *)text.data);
    return slmgr;
}

/* "a b": the ids, in their order. */
static bool are_editions(const kmsrules_license *license, const char *expected) {
    struct kr_buffer text = {0};
    for (size_t i = 0; i < license->edition_count; i++) text_add(&text, "%s%s", i == 0 ? "" : " ", kmsrules_ruleset_edition(windows, license->editions[i])->id);
    bool is_same = kr_text_is(text_view(&text), expected);
    if (!is_same) printf("\neditions: %.*s\n", (int)text.size, text.data);
    kr_buffer_free(&text);
    return is_same;
}

static bool are_groups(const kmsrules_license *license, const char *expected) {
    struct kr_buffer text = {0};
    for (size_t i = 0; i < license->key_group_count; i++) text_add(&text, "%s%s", i == 0 ? "" : " ", kmsrules_ruleset_key_group(windows, license->key_groups[i])->id);
    bool is_same = kr_text_is(text_view(&text), expected);
    if (!is_same) printf("\ngroups: %.*s\n", (int)text.size, text.data);
    kr_buffer_free(&text);
    return is_same;
}

/* "no-requests below-threshold:25": kinds with their numbers. */
static bool shows(const kmsrules_license *license, const char *expected) {
    struct kr_buffer text = {0};
    for (size_t i = 0; i < license->finding_count; i++) {
        text_add(&text, "%s%s", i == 0 ? "" : " ", kmsrules_observation_text(license->findings[i].observation->kind));
        if (license->findings[i].number >= 0) text_add(&text, ":%lld", (long long)license->findings[i].number);
    }
    bool is_same = kr_text_is(text_view(&text), expected);
    if (!is_same) printf("\nshows: %.*s\n", (int)text.size, text.data == NULL ? "" : text.data);
    kr_buffer_free(&text);
    return is_same;
}

static bool is(const char *text, const char *expected) { return expected == NULL ? text == NULL : text != NULL && strcmp(text, expected) == 0; }

/* ---- The samples ---------------------------------------------------------------------------------------------------------------------------- */

/* What a person reads in them. -1: not in it. */
struct expected {
    const char *sample;
    kmsrules_license_role role;
    const char *editions, *groups, *channel;
    int status;
    int64_t minutes_left, count, port, total, failed, licensed, limit;
    int is_published, has_low_priority;
    const char *shows;
};

static const struct expected samples[] = {
    {"dli_client_2025_abridged.txt", KMSRULES_ROLE_CLIENT,
     "windows-server-2012-datacenter windows-server-2012-r2-datacenter windows-server-2016-datacenter windows-server-version-23h2-datacenter windows-server-2019-datacenter "
     "windows-server-2022-datacenter windows-server-2025-datacenter",
     "", "VOLUME_KMSCLIENT", 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, "host-set"},
    {"dli_client_win7_enterprise.txt", KMSRULES_ROLE_CLIENT, "windows-7-enterprise", "", "VOLUME_KMSCLIENT", 1, 243720, -1, -1, -1, -1, -1, -1, -1, -1, ""},
    {"dli_host_2003_kms.txt", KMSRULES_ROLE_HOST, "windows-server-2003-kms-1.0 windows-server-2003-kms-1.1 windows-server-2003-kms-1.2", "windows-vista", "VOLUME_KMS", 1, -1, 0, 1688,
     -1, -1, -1, 50, 1, 0, "no-clients:0"},
    {"dli_host_2008r2_enterprise_groupC.txt", KMSRULES_ROLE_HOST, "windows-server-2008-enterprise windows-server-2008-r2-enterprise",
     "windows-server-2008-group-c windows-server-2008-r2-group-c", "VOLUME_KMS_C", 1, -1, 2, 1688, 826, 0, 826, 50, 1, 0, "below-threshold:25 below-threshold:5 few-of-many:826"},
    {"dlv_client_win7_nongenuine.txt", KMSRULES_ROLE_CLIENT, "windows-7-enterprise", "", "VOLUME_KMSCLIENT", 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, "client-not-activated stale-values"},
    {"dlv_host_2012r2_win10key.txt", KMSRULES_ROLE_HOST, "windows-server-2012-standard windows-server-2012-r2-standard", "windows-server-2012-r2-for-windows-10",
     "VOLUME_KMS_2012-R2_WIN10", 1, -1, 0, 1688, 0, 0, 0, 50, 1, 0, "no-requests:0"},
    {"dlv_host_office2010.txt", KMSRULES_ROLE_HOST, "", "office-2010", "VOLUME_KMS", 1, -1, 0, 1688, -1, -1, -1, 10, 1, 0, "no-clients:0"},
};

static void check_license(const kmsrules_license *license, const struct expected *expected) {
    CU_ASSERT_EQUAL(license->line, 2);
    check(license->role == expected->role, __LINE__, expected->sample);
    check(are_editions(license, expected->editions), __LINE__, expected->sample);
    check(are_groups(license, expected->groups), __LINE__, expected->sample);
    check(is(license->channel, expected->channel), __LINE__, expected->sample);
    check(license->license_status == expected->status && license->minutes_left == expected->minutes_left, __LINE__, expected->sample);
    check(license->count == expected->count && license->port == expected->port && license->limit == expected->limit, __LINE__, expected->sample);
    check(license->requests[KMSRULES_REQUESTS_TOTAL] == expected->total && license->requests[KMSRULES_REQUESTS_FAILED] == expected->failed, __LINE__, expected->sample);
    check(license->requests[KMSRULES_REQUESTS_LICENSED] == expected->licensed, __LINE__, expected->sample);
    check(license->is_published == expected->is_published && license->has_low_priority == expected->has_low_priority, __LINE__, expected->sample);
    check(shows(license, expected->shows), __LINE__, expected->sample);
    check(license->is_in_use && !license->is_told, __LINE__, expected->sample);
}

static void each_sample(void) {
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        kmsrules_slmgr *slmgr = read_sample(samples[i].sample);
        const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
        CU_ASSERT_PTR_NOT_NULL_FATAL(content);
        CU_ASSERT_PTR_NULL(kmsrules_slmgr_why(slmgr));
        CU_ASSERT_EQUAL_FATAL(content->license_count, 1);
        check(content->lines == content->understood && content->unread_count == 0, __LINE__, samples[i].sample);
        check_license(&content->licenses[0], &samples[i]);
        kmsrules_slmgr_free(slmgr);
    }
}

static void client_of_windows_7(void) {
    kmsrules_slmgr *slmgr = read_sample("dli_client_win7_enterprise.txt");
    const kmsrules_license *license = &kmsrules_slmgr_content_of(slmgr)->licenses[0];
    CU_ASSERT(is(license->cmid, "2ffcfc30-6a6a-49ec-92b8-f6150c7df211"));
    CU_ASSERT(is(license->kms_found, "emeronb10-rc3.sppvltest.net:1688"));
    CU_ASSERT(is(license->kms_registered, NULL));
    CU_ASSERT(license->activation_minutes == 15 && license->renewal_minutes == 25 && license->is_caching == 1);
    kmsrules_slmgr_free(slmgr);
    slmgr = read_sample("dli_client_2025_abridged.txt");
    license = &kmsrules_slmgr_content_of(slmgr)->licenses[0];
    CU_ASSERT(is(license->kms_registered, "kms.windows.googlecloud.com:1688") && is(license->kms_address, "35.190.247.13"));
    kmsrules_slmgr_free(slmgr);
    slmgr = read_sample("dlv_client_win7_nongenuine.txt");
    license = &kmsrules_slmgr_content_of(slmgr)->licenses[0];
    CU_ASSERT_EQUAL(license->reason, 0xC004F200);
    CU_ASSERT(is(license->activation_id, "ae2ee509-1b34-41c0-acb7-6d4650168915"));
    kmsrules_slmgr_free(slmgr);
}

/* What a pair can do is what `editions` lists. */
static void check_service(const kmsrules_license_service *service) {
    kmsrules_question *asked = NULL;
    kmsrules_list *list = NULL;
    uint64_t found[KMSRULES_NO] = {0};
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &asked), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_host(asked, kmsrules_ruleset_edition(windows, service->host)->id), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_add_key(asked, kmsrules_ruleset_key_group(windows, service->key_group)->id), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_find(asked, KMSRULES_SEARCH_EDITIONS, &list), KMSRULES_OK);
    for (size_t i = 0; i < kmsrules_list_count(list); i++) found[kmsrules_list_get(list, i)->verdict]++;
    CU_ASSERT(memcmp(found, service->editions, sizeof found) == 0 && found[KMSRULES_YES] + found[KMSRULES_CONDITIONAL] > 0);
    kmsrules_list_free(list);
    kmsrules_question_free(asked);
}

static void several_licenses(void) {
    kmsrules_slmgr *slmgr = read_sample("dlv_host_2019_made.txt");
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    CU_ASSERT_EQUAL_FATAL(content->license_count, 3);
    CU_ASSERT(content->lines == content->understood);
    const kmsrules_license *host = &content->licenses[0], *office = &content->licenses[1], *client = &content->licenses[2];
    CU_ASSERT(host->line == 5 && is(host->version, "10.0.17763.1098") && are_editions(host, "windows-server-2019-standard") && are_groups(host, "windows-server-2019"));
    CU_ASSERT(shows(host, "at-limit:50 failed-requests:12 not-published low-priority"));
    CU_ASSERT(host->requests[KMSRULES_REQUESTS_TOTAL] == 9100 && host->requests[KMSRULES_REQUESTS_INITIAL_GRACE] == 1000 && host->requests[KMSRULES_REQUESTS_NOTIFICATION] == 88);
    CU_ASSERT(host->is_published == 0 && host->has_low_priority == 1 && host->threshold_count == 2 && host->thresholds[0].is_reached && host->thresholds[1].is_reached);
    CU_ASSERT_EQUAL_FATAL(host->service_count, 1);
    check_service(&host->services[0]);
    CU_ASSERT(office->role == KMSRULES_ROLE_HOST && are_groups(office, "office-2016") && are_editions(office, "windows-server-2019-standard") && office->limit == 10);
    CU_ASSERT(office->threshold_count == 1 && office->thresholds[0].kind == KMSRULES_OFFICE && office->thresholds[0].is_reached && shows(office, ""));
    CU_ASSERT(client->role == KMSRULES_ROLE_CLIENT && !client->is_in_use && shows(client, "") && client->license_status == -1);
    kmsrules_slmgr_free(slmgr);
}

/* ---- Forms ---------------------------------------------------------------------------------------------------------------------------------- */

#define NAMED "Name: Windows(R), ServerStandard edition\nDescription: Windows(R) Operating System, VOLUME_KMS_WS22 channel\n"

static void check_same(const char *text, int line) {
    kmsrules_slmgr *slmgr = read_string(text);
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    check(content != NULL && content->license_count == 1, line, text);
    if (content != NULL && content->license_count == 1) {
        const kmsrules_license *license = &content->licenses[0];
        check(license->count == 7 && license->role == KMSRULES_ROLE_HOST && are_groups(license, "windows-server-2022") && content->understood == content->lines, line, text);
    }
    kmsrules_slmgr_free(slmgr);
}

/* Both wordings, indents, line ends, case, blanks before colons, a section missing. */
static void forms(void) {
    check_same(NAMED "Key Management Service is enabled on this machine\n    Current count: 7\n", __LINE__);
    check_same(NAMED "Key Management Service is enabled on this computer\n\tCurrent count: 7\n", __LINE__);
    check_same(NAMED "current COUNT : 7", __LINE__);
    check_same(NAMED "\n\n\n     Current   count:7     \n\n", __LINE__);
    check_same("\xEF\xBB\xBF" NAMED "Current count: 7\n# a comment of whoever kept it: x\n", __LINE__);
    check_same("Name: Windows(R), ServerStandard edition\r\nDescription: Windows(R) Operating System, VOLUME_KMS_WS22 channel\r\nCurrent count: 7\r\n", __LINE__);
    check_same("Name: Windows(R), ServerStandard edition\rDescription: Windows(R) Operating System, VOLUME_KMS_WS22 channel\rCurrent count: 7\r", __LINE__);
    check_same("Description: Windows(R) Operating System, VOLUME_KMS_WS22 channel\nCurrent count: 7\n", __LINE__);
    check_same("Current count: 7\nDescription: Windows(R) Operating System, VOLUME_KMS_WS22 channel\n", __LINE__);
    check_same(NAMED "Current count: 7\nCurrent count: 8\n", __LINE__);
}

static void utf_16(void) {
    const char *text = NAMED "Current count: 7\n";
    char wide[1024] = "\xFF\xFE";
    size_t size = 2;
    for (const char *c = text; *c != '\0'; c++, size += 2) wide[size] = *c;
    kmsrules_slmgr *slmgr = read_text((struct kr_text){wide, size});
    CU_ASSERT_PTR_NOT_NULL_FATAL(kmsrules_slmgr_content_of(slmgr));
    CU_ASSERT_EQUAL(kmsrules_slmgr_content_of(slmgr)->licenses[0].count, 7);
    kmsrules_slmgr_free(slmgr);
}

/* What is not understood is counted and named by its line, also where only its value is strange. */
static void unread_lines(void) {
    kmsrules_slmgr *slmgr = read_string(NAMED "Something new: 5\nCurrent count: many\nnel\nListening on Port: 1688\n");
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    CU_ASSERT_PTR_NOT_NULL_FATAL(content);
    CU_ASSERT(content->lines == 6 && content->understood == 3 && content->unread_count == 3);
    CU_ASSERT(content->unread[0] == 3 && content->unread[1] == 4 && content->unread[2] == 5);
    CU_ASSERT(content->licenses[0].count == -1 && content->licenses[0].port == 1688 && shows(&content->licenses[0], "unread-value:4"));
    kmsrules_slmgr_free(slmgr);
}

/* An error between licenses is not passed over. */
static void errors_between(void) {
    kmsrules_slmgr *slmgr = read_string(NAMED "Error: 0xC0000022\nCurrent count: 30\n");
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    CU_ASSERT_PTR_NOT_NULL_FATAL(content);
    CU_ASSERT(content->unread_count == 1 && content->unread[0] == 3 && content->licenses[0].count == 30);
    kmsrules_slmgr_free(slmgr);
}

static void check_refused(const char *text, uint64_t line, const char *words, int test_line) {
    kmsrules_slmgr *slmgr = read_string(text);
    const kmsrules_inventory_fault *fault = kmsrules_slmgr_why(slmgr);
    char *document = NULL;
    size_t size = 0;
    check(fault != NULL && fault->line == line && (fault->column > 0) == (line > 0) && strstr(fault->text, words) != NULL, test_line, text);
    if (fault != NULL && strstr(fault->text, words) == NULL) printf("\n%s\n", fault->text);
    check(kmsrules_slmgr_content_of(slmgr) == NULL, test_line, text);
    check(kmsrules_slmgr_json(slmgr, &document, &size) == KMSRULES_INVALID_ARGUMENT && document == NULL, test_line, text);
    check(kmsrules_slmgr_print(slmgr, false, &document, &size) == KMSRULES_INVALID_ARGUMENT && document == NULL, test_line, text);
    kmsrules_slmgr_free(slmgr);
}

/* Made of the English outputs: only what the reader must not take for English matters. */
static void other_languages(void) {
    check_refused("Name: Windows(R), ServerStandard-Edition\nBeschreibung: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nTeil-Product Key: 4XZ9Q\nLizenzstatus: Lizenziert\n", 2,
                  "\"Beschreibung: Windows(R) Operating System, VOLUME_KMSCLIENT channel\"", __LINE__);
    check_refused("Nom : Windows(R), \xC3\xA9" "dition ServerStandard\nDescription : Windows(R) Operating System, canal VOLUME_KMSCLIENT\nCl\xC3\xA9 de produit partielle : 4XZ9Q\n"
                  "\xC3\x89tat de la licence : avec licence\n", 1, "\"Nom : Windows(R), \xC3\xA9" "dition ServerStandard\"", __LINE__);
    check_refused("Teil-Product Key: 4XZ9Q\n", 1, "not shown", __LINE__);
    check_refused("Installations-ID: 123456 789012 345678 901234\n", 1, "not shown", __LINE__);
}

static void not_slmgr(void) {
    check_refused("", 0, "nothing in it", __LINE__);
    check_refused("\n \n# only a comment\n", 0, "nothing in it", __LINE__);
    check_refused("hello\n", 1, "\"hello\" is no line of slmgr /dli or /dlv in English; give the output of an English system", __LINE__);
    check_refused("\nError: product not found.\n", 2, "slmgr reports an error and no license: product not found.", __LINE__);
    check_refused("Microsoft (R) Windows Script Host Version 5.812\nError: product not found.\n", 2, "slmgr reports an error", __LINE__);
    check_refused("Microsoft (R) Windows Script Host Version 5.812\nCopyright (C) Microsoft Corporation. All rights reserved.\n", 0, "no license", __LINE__);
    check_refused("x\x01\x1b[31m: y\n", 1, "\\x1b[31m", __LINE__);
    check_refused("Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\n", 1, "(what that means: kmsrules explain 0xC004F074)", __LINE__);
    check_refused("Activating Windows(R), ServerStandard edition ...\nError: 0xc004f038 x\n", 2, "(what that means: kmsrules explain 0xC004F038)", __LINE__);
    check_refused("\x1f\x8b\x08 and more", 0, "this is gzip data: unpack it first (gunzip)", __LINE__);
    check_refused("%PDF-1.7", 0, "this is a PDF, and not the text that the command prints", __LINE__);
    check_refused("<html>", 0, "this is HTML, and not the text that the command prints", __LINE__);
}

/* Nothing is said of inventories, which nobody gave. */
static void no_inventory(void) {
    static const char *const files[] = {"\x1f\x8b", "BZh91AY&SY", "PK\x03\x04", "PK\x05\x06", "SQLite format 3", "#< CLIXML", "<a/>", "REGEDIT4", "\xd0\xcf\x11\xe0"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        kmsrules_slmgr *slmgr = read_text((struct kr_text){files[i], strlen(files[i]) + 1});
        const kmsrules_inventory_fault *fault = kmsrules_slmgr_why(slmgr);
        CU_ASSERT_PTR_NOT_NULL_FATAL(fault);
        check(strstr(fault->text, "inventor") == NULL && strstr(fault->text, "machines") == NULL && strstr(fault->text, "list") == NULL && strstr(fault->text, "CSV") == NULL, __LINE__, fault->text);
        kmsrules_slmgr_free(slmgr);
    }
    kmsrules_slmgr *slmgr = read_text((struct kr_text){"a\0\0\0b", 5});
    CU_ASSERT(kmsrules_slmgr_why(slmgr) != NULL && strstr(kmsrules_slmgr_why(slmgr)->text, "keep in a file what the command prints") != NULL);
    kmsrules_slmgr_free(slmgr);
}

/* The column is that of what stands in the line. */
static void columns(void) {
    static const struct {
        const char *text;
        uint64_t line, column;
    } texts[] = {{"  Hallo: x\n", 1, 3}, {"\n\n\tError: product not found.", 3, 2}, {"Beschreibung: x", 1, 1}, {"   x 4XZ9Q\n", 1, 4}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        kmsrules_slmgr *slmgr = read_string(texts[i].text);
        const kmsrules_inventory_fault *fault = kmsrules_slmgr_why(slmgr);
        check(fault != NULL && fault->line == texts[i].line && fault->column == texts[i].column, __LINE__, texts[i].text);
        kmsrules_slmgr_free(slmgr);
    }
}

static void limits(void) {
    struct kr_buffer text = {0};
    for (int i = 0; i < 1024; i++) text_add(&text, "Name: a\n");
    kmsrules_slmgr *slmgr = read_text(text_view(&text));
    CU_ASSERT_EQUAL(kmsrules_slmgr_content_of(slmgr)->license_count, 1024);
    kmsrules_slmgr_free(slmgr);
    text_add(&text, "Name: b\n");
    check_refused(text.data, 1025, "more than 1024 licenses", __LINE__);
    kr_buffer_free(&text);
    text_add(&text, "Name: a\n");
    while (text.size < 65000) text_add(&text, "Trusted time: 1\n");
    slmgr = read_text(text_view(&text));
    CU_ASSERT_PTR_NULL(kmsrules_slmgr_why(slmgr));
    kmsrules_slmgr_free(slmgr);
    while (text.size < 66000) text_add(&text, "Trusted time: 1\n");
    text_add(&text, "Current count: 7");
    text.data[text.size] = '\0';
    slmgr = read_text(text_view(&text));
    CU_ASSERT(kmsrules_slmgr_why(slmgr) != NULL && strstr(kmsrules_slmgr_why(slmgr)->text, "65536") != NULL);
    kmsrules_slmgr_free(slmgr);
    kr_buffer_free(&text);
    text_add(&text, "%s", NAMED);
    while (text.size < 66000) text_add(&text, "x");
    text.data[text.size] = '\0';
    check_refused(text.data, 3, "65536", __LINE__);
    kr_buffer_free(&text);
    text_add(&text, "Name: ");
    while (text.size < 66000) text_add(&text, "x");
    text.data[text.size] = '\0';
    check_refused(text.data, 1, "65536", __LINE__);
    kr_buffer_free(&text);
    char *large = calloc(1, (8 << 20) + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    memset(large, '\n', (8 << 20) + 1);
    slmgr = read_text((struct kr_text){large, (8 << 20) + 1});
    CU_ASSERT(strstr(kmsrules_slmgr_why(slmgr)->text, "8 MiB") != NULL);
    kmsrules_slmgr_free(slmgr);
    free(large);
}

/* ---- What is observed ----------------------------------------------------------------------------------------------------------------------- */

static void check_shows(const char *text, const char *expected, int line) {
    kmsrules_slmgr *slmgr = read_string(text);
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    check(content != NULL && content->license_count == 1 && shows(&content->licenses[0], expected), line, text);
    kmsrules_slmgr_free(slmgr);
}

#define CLIENT "Name: Windows(R), Professional edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\n"

static void observations(void) {
    check_shows(NAMED "Current count: 24\n", "below-threshold:25", __LINE__);
    check_shows(NAMED "Current count: 25\n", "", __LINE__);
    check_shows(NAMED "Current count: 4\n", "below-threshold:25 below-threshold:5", __LINE__);
    check_shows(NAMED "Current count: 5\n", "below-threshold:25", __LINE__);
    check_shows(NAMED "Current count: 49\n", "", __LINE__);
    check_shows(NAMED "Current count: 50\n", "at-limit:50", __LINE__);
    check_shows(NAMED "Current count: 1\nTotal requests received: 50\n", "below-threshold:25 below-threshold:5", __LINE__);
    check_shows(NAMED "Current count: 1\nTotal requests received: 51\n", "below-threshold:25 below-threshold:5 few-of-many:51", __LINE__);
    check_shows(NAMED "Current count: 1\nTotal requests received: 60\nFailed requests received: 10\n", "below-threshold:25 below-threshold:5 failed-requests:10", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 6000\n", "", __LINE__);
    check_shows(NAMED "Current count: 0\nTotal requests received: 9\n", "no-clients:0", __LINE__);
    check_shows(NAMED "License Status: Notification\nCurrent count: 30\n", "host-not-activated", __LINE__);
    check_shows(NAMED "License Status: Unknown\nCurrent count: 30\n", "", __LINE__);
    check_shows(CLIENT "License Status: Licensed\nVolume activation expiration: 239041 minute(s) (166 day(s))\n", "", __LINE__);
    check_shows(CLIENT "License Status: Licensed\nVolume activation expiration: 239040 minute(s) (166 day(s))\n", "not-renewed:166", __LINE__);
    check_shows(CLIENT "License Status: Initial grace period\nTime remaining: 100 minute(s) (1 day(s))\n", "client-not-activated", __LINE__);
    check_shows(CLIENT "License Status: Licensed\nDNS auto-discovery: KMS name not available\n", "no-host-found", __LINE__);
    check_shows(CLIENT "License Status: Licensed\nRegistered KMS machine name: kms01.contoso.example:1688\nDNS auto-discovery: KMS name not available\n", "host-set", __LINE__);
    check_shows(CLIENT "License Status: Licensed\nActivation Object name: Contoso\nDNS auto-discovery: KMS name not available\n", "", __LINE__);
    check_shows("Name: Windows(R), Professional edition\nDescription: Windows(R) Operating System, OEM_DM channel\nLicense Status: Licensed\n", "without-kms", __LINE__);
    check_shows("Name: Windows(R), Professional edition\nDescription: Windows(R) Operating System, VOLUME_MAK channel\nProduct Key Channel: Volume:MAK\n", "without-kms", __LINE__);
}

/* A count is twice 25 at most (facts/counts.csv); each request counts at most one client, and is of one state. */
static void wrong_numbers(void) {
    check_shows(NAMED "Current count: 51\n", "over-limit:51", __LINE__);
    check_shows(NAMED "Current count: 999\nTotal requests received: 5000\n", "over-limit:999", __LINE__);
    check_shows(NAMED "Current count: 9223372036854775807\n", "over-limit:9223372036854775807", __LINE__);
    check_shows("Name: Office 16, Office16KMSHostVL_KMS_Host edition\nDescription: Office 16, VOLUME_KMS channel\nActivation ID: 98ebfe73-2084-4c97-932c-c0cd1643bea7\nCurrent count: 11\n", "over-limit:11", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 0\n", "requests-disagree", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 29\n", "requests-disagree", __LINE__);
    check_shows(NAMED "Current count: 0\nTotal requests received: 0\nFailed requests received: 12\n", "no-clients:0 failed-requests:12", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\nRequests with License Status Licensed: 101\n", "requests-disagree", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\nFailed requests received: 1\nRequests with License Status Licensed: 101\n", "failed-requests:1", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\nRequests with License Status Licensed: 60\nRequests with License Status Notification: 41\n", "requests-disagree", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\nRequests with License Status Licensed: 9223372036854775807\nRequests with License Status Notification: 9223372036854775807\n"
                "Requests with License Status Unlicensed: 9223372036854775807\n", "requests-disagree", __LINE__);
#define OTHER_STATES "Requests with License Status Unlicensed: 0\nRequests with License Status Initial grace period: 0\nRequests with License Status License expired or Hardware out of tolerance: 0\n" \
                     "Requests with License Status Non-genuine grace period: 0\nRequests with License Status Notification: 0\n"
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\n" OTHER_STATES "Requests with License Status Licensed: 99\n", "requests-disagree", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\nFailed requests received: 1\n" OTHER_STATES "Requests with License Status Licensed: 99\n", "failed-requests:1", __LINE__);
    check_shows(NAMED "Current count: 30\nTotal requests received: 100\n" OTHER_STATES, "", __LINE__);
    check_shows(NAMED "Current count: -5\n", "unread-value:3", __LINE__);
}

/* A label that is known with a value that cannot be read, in its line; each of them, up to a limit. */
static void strange_values(void) {
    check_shows(NAMED "Current count: fifty\n", "unread-value:3", __LINE__);
    check_shows(NAMED "\nCurrent count:\n", "unread-value:4", __LINE__);
    check_shows(NAMED "Current count: 30\nListening on Port: 16.88\nTotal requests received: ?\n", "unread-value:4 unread-value:5", __LINE__);
    check_shows(NAMED "License Status: Licenced\nCurrent count: 30\n", "unread-value:3", __LINE__);
    check_shows(NAMED "Current count: 30\nKMS priority: High\n", "unread-value:4", __LINE__);
    check_shows(CLIENT "License Status: Licensed\nVolume activation expiration: soon\n", "unread-value:4", __LINE__);
    check_shows(CLIENT "License Status: Notification\nNotification Reason: 0xC004\n", "unread-value:4 client-not-activated", __LINE__);
    check_shows(NAMED "Something new: 5\nCurrent count: 30\n", "", __LINE__);
    struct kr_buffer text = {0}, expected = {0};
    text_add(&text, "%s", NAMED "Current count: 30\nKey Management Service is enabled on this machine\nDNS publishing enabled\n");
    for (int line = 6; line < 26; line++) text_add(&text, "Key Management Service is enabled on this machine\nTotal requests received: many\n");
    for (int i = 0; i < 16; i++) text_add(&expected, "%sunread-value:%d", i == 0 ? "" : " ", 7 + 2 * i);
    text.data[text.size] = expected.data[expected.size] = '\0';
    check_shows(text.data, expected.data, __LINE__);
    kr_buffer_free(&text);
    kr_buffer_free(&expected);
}

static int64_t licensed_requests(const char *value) {
    char text[512];
    snprintf(text, sizeof text, NAMED "Current count: 30\nRequests with License Status Licensed: %s\n", value);
    kmsrules_slmgr *slmgr = read_string(text);
    int64_t requests = kmsrules_slmgr_content_of(slmgr)->licenses[0].requests[KMSRULES_REQUESTS_LICENSED];
    kmsrules_slmgr_free(slmgr);
    return requests;
}

/* Marks between thousands, where nothing else can be meant. */
static void thousands(void) {
    static const struct {
        const char *value;
        int64_t number;
    } values[] = {{"8000", 8000}, {"8,000", 8000}, {"8.000", 8000}, {"8 000", 8000}, {"8\xC2\xA0" "000", 8000}, {"8\xE2\x80\xAF" "000", 8000}, {"12,345,678", 12345678}, {"123 456", 123456},
                  {"8,000 requests", 8000}, {"8000 (all)", 8000}, {"9,223,372,036,854,775,807", INT64_MAX}, {"9,223,372,036,854,775,808", -1}, {"9,223,372,036,854,775,807,000,000,000", -1},
                  {"8,00", -1}, {"8,0000", -1}, {"0,800", -1}, {"1234,567", -1}, {"8,000.000", -1}, {"8,000,00", -1}, {"8,", -1}, {"8,000,", -1}, {",000", -1}, {"8'000", -1}, {"", -1}, {"0", 0},
                  {"123456789012345678901234567890", -1}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) check(licensed_requests(values[i].value) == values[i].number, __LINE__, values[i].value);
    check_shows(NAMED "Current count: 30\nTotal requests received: 8,000\nRequests with License Status Licensed: 8,001\n", "requests-disagree", __LINE__);
}

/* WMI: -1 where KMS is not enabled or nobody has asked; no threshold is reached by that, nor by a count that cannot be. */
static void counts_that_are_none(void) {
    check_shows(NAMED "Current count: -1\n", "not-counting", __LINE__);
    check_shows(NAMED "Current count: 4294967295\n", "not-counting", __LINE__);
    check_shows(NAMED "Current count: -1\nTotal requests received: 0\nFailed requests received: 0\n", "not-counting", __LINE__);
    check_shows(NAMED "Current count: -10\n", "unread-value:3", __LINE__);
    check_shows(NAMED "Current count: 30\nCurrent count: -1\n", "", __LINE__);
    static const char *const texts[] = {NAMED "Current count: -1\n", NAMED "Current count: 51\n"};
    for (size_t i = 0; i < 2; i++) {
        char *page = NULL;
        size_t size = 0;
        kmsrules_slmgr *slmgr = read_string(texts[i]);
        CU_ASSERT_EQUAL(kmsrules_slmgr_content_of(slmgr)->licenses[0].threshold_count, 0);
        CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_print(slmgr, false, &page, &size), KMSRULES_OK);
        check(strstr(page, "reached") == NULL, __LINE__, texts[i]);
        kmsrules_string_free(page);
        kmsrules_slmgr_free(slmgr);
    }
}

/* What a person says of some lines out of the middle: whose they are does not stand there. */
static void incomplete(void) {
    check_shows("Key Management Service is enabled on this computer\nCurrent count: 5\n", "no-product", __LINE__);
    check_shows("Current count: 5\n", "no-product", __LINE__);
    check_shows("License Status: Licensed\n", "no-product", __LINE__);
    check_shows("Name: Windows(R), ServerStandard edition\nKey Management Service is enabled on this computer\nCurrent count: 30\n", "", __LINE__);
}

/* KMS has port 1688 unless it is set otherwise (facts/commands.csv). */
static void ports(void) {
    check_shows(NAMED "Current count: 30\nListening on Port: 1688\n", "", __LINE__);
    check_shows(NAMED "Current count: 30\nListening on Port: 1689\n", "other-port:1689", __LINE__);
    check_shows(NAMED "Current count: 30\nListening on Port: 0\n", "no-port", __LINE__);
    check_shows(NAMED "Current count: 30\nListening on Port: 65536\n", "no-port", __LINE__);
#define LICENSED CLIENT "License Status: Licensed\n"
    check_shows(LICENSED "KMS machine name from DNS: kms01.contoso.example:1688\n", "", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: kms01.contoso.example:1690\n", "other-port:1690", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: kms01.contoso.example\n", "", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: kms01.contoso.example:\n", "no-port", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: kms01.contoso.example:168A\n", "no-port", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: fe80::1688\n", "", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: [fe80::1]:1689\n", "other-port:1689", __LINE__);
    check_shows(LICENSED "KMS machine name from DNS: :70000\n", "no-port", __LINE__);
    check_shows(LICENSED "Registered KMS machine name: kms01:70000\nKMS machine name from DNS: kms02:1688\n", "host-set no-port", __LINE__);
}

/* 180 days are 259200 minutes. */
static void times_left(void) {
    check_shows(LICENSED "Volume activation expiration: 259200 minute(s) (180 day(s))\n", "", __LINE__);
    check_shows(LICENSED "Volume activation expiration: 259201 minute(s) (181 day(s))\n", "too-much-left:180", __LINE__);
    check_shows(LICENSED "Volume activation expiration: 9223372036854775807 minute(s)\n", "too-much-left:6405119470038038", __LINE__);
    check_shows(LICENSED "Volume activation expiration: 1 minute(s) (1 day(s))\n", "not-renewed:0", __LINE__);
    check_shows(LICENSED "Volume activation expiration: 0 minute(s) (0 day(s))\n", "no-time-left", __LINE__);
    check_shows(CLIENT "License Status: Notification\nTime remaining: 0 minute(s) (0 day(s))\n", "client-not-activated", __LINE__);
    check_shows(LICENSED "Activation interval: 120 minutes\nRenewal interval: 10080 minutes\n", "", __LINE__);
    check_shows(LICENSED "Activation interval: 120 minutes\nRenewal interval: 120 minutes\n", "", __LINE__);
    check_shows(LICENSED "Activation interval: 10080 minutes\nRenewal interval: 120 minutes\n", "short-renewal:120", __LINE__);
    check_shows(LICENSED "Volume activation expiration: 216000 minute(s) (150 day(s))\nRenewal interval: 43200 minutes\n", "", __LINE__);
    check_shows(LICENSED "Volume activation expiration: 172800 minute(s) (120 day(s))\nRenewal interval: 43200 minutes\n", "not-renewed:120", __LINE__);
}

static void check_product(const char *text, const char *editions, const char *expected, int line) {
    kmsrules_slmgr *slmgr = read_string(text);
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    check(content != NULL && content->license_count > 0, line, text);
    const kmsrules_license *last = content == NULL || content->license_count == 0 ? NULL : &content->licenses[content->license_count - 1];
    if (last != NULL) check(are_editions(last, editions) && shows(last, expected), line, text);
    kmsrules_slmgr_free(slmgr);
}

/* The ids are those of facts/activation_ids.csv. */
static void products(void) {
#define SERVER "Name: Windows(R), ServerStandard edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\n"
    check_product(SERVER "Activation ID: de32eafd-aaee-4662-9444-c1befb41bde2\n", "windows-server-2019-standard", "", __LINE__);
    check_product(SERVER "Activation ID: DE32EAFD-AAEE-4662-9444-C1BEFB41BDE2\n", "windows-server-2019-standard", "", __LINE__);
    check_product("Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nActivation ID: de32eafd-aaee-4662-9444-c1befb41bde2\n", "windows-server-2019-standard", "", __LINE__);
    check_product("Software licensing service version: 10.0.17763.1\n" SERVER "Activation ID: de32eafd-aaee-4662-9444-c1befb41bde2\n", "windows-server-2019-standard", "", __LINE__);
    check_product("Software licensing service version: 10.0.14393.1\n" SERVER "Activation ID: de32eafd-aaee-4662-9444-c1befb41bde2\n", "windows-server-2016-standard", "other-product", __LINE__);
    check_product("Software licensing service version: 10.0.17763.1\nName: Windows(R), ServerDatacenter edition\nActivation ID: de32eafd-aaee-4662-9444-c1befb41bde2\n", "windows-server-2019-datacenter",
                  "other-product", __LINE__);
    check_product("Software licensing service version: 10.0.17763.1\nName: Windows(R) 7, Enterprise edition\nDescription: x, VOLUME_KMSCLIENT channel\n", "windows-7-enterprise", "other-product", __LINE__);
    check_product("Software licensing service version: 10.0.17763.1\nName: Office 16, Office16ProPlusVL_KMS_Client edition\nDescription: Office 16, VOLUME_KMSCLIENT channel\n", "office-2016-volume-editions", "", __LINE__);
    check_product("Software licensing service version: 10.0.99999.1\nName: Windows(R) 7, Enterprise edition\nDescription: x, VOLUME_KMSCLIENT channel\n", "windows-7-enterprise", "", __LINE__);
    check_product("Software licensing service version: 10.0.17763.1\nName: Office 16, x edition\n\n" SERVER, "windows-server-2019-standard", "", __LINE__);
}

/* Feature updates by enablement package: 10.0.26100 beside 26200 was seen, the other families are reckoned likewise (data/slmgr.xml). */
static void builds_behind_the_service(void) {
#define SERVICE(build) "Software licensing service version: 10.0." build ".1\n"
#define NAMED_CLIENT(name) "Name: Windows(R), " name " edition\nDescription: x, VOLUME_KMSCLIENT channel\n"
    check_product(SERVICE("19041") NAMED_CLIENT("ServerDatacenterACor"), "windows-server-version-2004-datacenter windows-server-version-20h2-datacenter", "", __LINE__);
    check_product(SERVICE("19042") NAMED_CLIENT("ServerDatacenterACor"), "windows-server-version-20h2-datacenter", "", __LINE__);
    check_product(SERVICE("18362") NAMED_CLIENT("ServerStandardACor"), "windows-server-version-1903-standard windows-server-version-1909-standard", "", __LINE__);
    check_product(SERVICE("19041") NAMED_CLIENT("EnterpriseS"), "windows-10-enterprise-ltsc-2021", "", __LINE__);
    check_product(SERVICE("19041") NAMED_CLIENT("IoTEnterpriseS"), "windows-10-iot-enterprise-ltsc-2021", "", __LINE__);
    check_product(SERVICE("19041") NAMED_CLIENT("Enterprise"), "windows-10-enterprise", "", __LINE__);
    check_product(SERVICE("22621") NAMED_CLIENT("Enterprise"), "windows-11-enterprise", "", __LINE__);
    check_product(SERVICE("26100") NAMED_CLIENT("EnterpriseS"), "windows-11-enterprise-ltsc-2024", "", __LINE__);
    check_product(SERVICE("26100") NAMED_CLIENT("ServerStandard"), "windows-server-2025-standard", "", __LINE__);
    check_product(SERVICE("14393") NAMED_CLIENT("ServerTurbine"), "windows-server-2022-datacenter-azure-edition windows-server-2025-datacenter-azure-edition", "other-product", __LINE__);
    check_product(SERVICE("19041") "Name: Windows(R) 7, Enterprise edition\nDescription: x, VOLUME_KMSCLIENT channel\n", "windows-7-enterprise", "other-product", __LINE__);
}

static void roles(void) {
    static const struct {
        const char *channel;
        kmsrules_license_role role;
    } channels[] = {{"VOLUME_KMS_WS22", KMSRULES_ROLE_HOST}, {"VOLUME_KMS", KMSRULES_ROLE_HOST},      {"VOLUME_KMS_NEW", KMSRULES_ROLE_HOST}, {"VOLUME_KMSCLIENT", KMSRULES_ROLE_CLIENT},
                    {"VOLUME_MAK", KMSRULES_ROLE_OTHER},     {"VOLUME_MAK_B", KMSRULES_ROLE_OTHER},   {"RETAIL", KMSRULES_ROLE_OTHER},        {"OEM_DM", KMSRULES_ROLE_OTHER},
                    {"volume_kmsclient", KMSRULES_ROLE_CLIENT}, {"TIMEBASED_EVAL", KMSRULES_ROLE_OTHER}};
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "Name: Windows(R), ServerStandard edition\nDescription: Windows(R) Operating System, %s channel\n", channels[i].channel);
        kmsrules_slmgr *slmgr = read_string(text);
        check(kmsrules_slmgr_content_of(slmgr)->licenses[0].role == channels[i].role, __LINE__, channels[i].channel);
        kmsrules_slmgr_free(slmgr);
    }
    static const struct {
        const char *channel;
        kmsrules_license_role role;
    } keys[] = {{"Volume:CSVLK", KMSRULES_ROLE_HOST}, {"Volume:GVLK", KMSRULES_ROLE_CLIENT}, {"Volume:MAK", KMSRULES_ROLE_OTHER}, {"OEM:NONSLP", KMSRULES_ROLE_OTHER}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "Name: Windows(R), ServerStandard edition\nProduct Key Channel: %s\n", keys[i].channel);
        kmsrules_slmgr *slmgr = read_string(text);
        check(kmsrules_slmgr_content_of(slmgr)->licenses[0].role == keys[i].role, __LINE__, keys[i].channel);
        kmsrules_slmgr_free(slmgr);
    }
}

/* The question tells what the output leaves open, and does not overrule it. */
static void told_host(void) {
    kmsrules_question *told = NULL;
    kmsrules_slmgr *slmgr = NULL;
    const char *office = "Name: Office 16, Office16KMSHostVL_KMS_Host edition\nDescription: Office 16, VOLUME_KMS channel\nActivation ID: 98ebfe73-2084-4c97-932c-c0cd1643bea7\nCurrent count: 5\n";
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &told), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_host(told, "Windows Server 2016 Standard"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_read(told, "", office, strlen(office), &slmgr), KMSRULES_OK);
    const kmsrules_license *license = &kmsrules_slmgr_content_of(slmgr)->licenses[0];
    CU_ASSERT(license->is_told && are_editions(license, "windows-server-2016-standard") && are_groups(license, "office-2016") && license->service_count == 1);
    kmsrules_slmgr_free(slmgr);
    CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_read(told, NULL, NAMED, strlen(NAMED), &slmgr), KMSRULES_OK);
    CU_ASSERT(kmsrules_slmgr_content_of(slmgr)->licenses[0].is_told && are_groups(&kmsrules_slmgr_content_of(slmgr)->licenses[0], "windows-server-2022"));
    kmsrules_slmgr_free(slmgr);
    const char *other = "Software licensing service version: 10.0.17763.1\n" NAMED;
    CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_read(told, NULL, other, strlen(other), &slmgr), KMSRULES_OK);
    CU_ASSERT(!kmsrules_slmgr_content_of(slmgr)->licenses[0].is_told && are_editions(&kmsrules_slmgr_content_of(slmgr)->licenses[0], "windows-server-2019-standard"));
    CU_ASSERT(shows(&kmsrules_slmgr_content_of(slmgr)->licenses[0], "other-host no-count"));
    kmsrules_slmgr_free(slmgr);
    slmgr = NULL;
    CU_ASSERT_EQUAL(kmsrules_question_set_host_build(told, "10.0.17763.1"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_slmgr_read(told, NULL, NAMED, strlen(NAMED), &slmgr), KMSRULES_WRONG_LINE);
    CU_ASSERT_PTR_NULL(slmgr);
    kmsrules_question_free(told);
}

#define ENTERPRISE_11 SERVICE("22621") "Name: Windows(R), Enterprise edition\nDescription: x, VOLUME_KMS_W10 channel\n"
#define SAC SERVICE("19041") "Name: Windows(R), ServerDatacenterACor edition\nDescription: x, VOLUME_KMS_WS19 channel\n"
#define OFFICE_HOST "Name: Office 16, Office16KMSHostVL_KMS_Host edition\nDescription: Office 16, VOLUME_KMS channel\nActivation ID: 98ebfe73-2084-4c97-932c-c0cd1643bea7\nCurrent count: 7\n"

/* The service of 19042 says 19041: what was told says which of both it is. A build that is not of the host that was told is wrong use. */
static void told_within_a_family(void) {
    static const struct {
        const char *host, *build;
        kmsrules_status status;
        const char *editions;
    } told[] = {
        {NULL, NULL, KMSRULES_OK, "windows-server-version-2004-datacenter windows-server-version-20h2-datacenter"},
        {"windows-server-version-20h2-datacenter", NULL, KMSRULES_OK, "windows-server-version-20h2-datacenter"},
        {"Windows Server, version 2004 Datacenter", NULL, KMSRULES_OK, "windows-server-version-2004-datacenter"},
        {NULL, "10.0.19042.1", KMSRULES_OK, "windows-server-version-20h2-datacenter"},
        {"windows-server-version-20h2-datacenter", "10.0.19042.1", KMSRULES_OK, "windows-server-version-20h2-datacenter"},
        {"windows-server-version-20h2-datacenter", "10.0.19041.1", KMSRULES_WRONG_LINE, NULL},
        {"Windows Server 2012 R2 Standard", "10.0.17763.1", KMSRULES_WRONG_LINE, NULL},
        {"windows-server-2012-r2", "10.0.17763.1", KMSRULES_WRONG_LINE, NULL},
        {NULL, "10.0.19044.1", KMSRULES_OK, "windows-server-version-2004-datacenter windows-server-version-20h2-datacenter"},
        {"Windows Server 2012 R2 Standard", "10.0.99999.1", KMSRULES_OK, "windows-server-version-2004-datacenter windows-server-version-20h2-datacenter"},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        kmsrules_question *asked = NULL;
        kmsrules_slmgr *slmgr = NULL;
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &asked), KMSRULES_OK);
        if (told[i].host != NULL) CU_ASSERT_EQUAL(kmsrules_question_set_host(asked, told[i].host), KMSRULES_OK);
        if (told[i].build != NULL) CU_ASSERT_EQUAL(kmsrules_question_set_host_build(asked, told[i].build), KMSRULES_OK);
        check(kmsrules_slmgr_read(asked, NULL, SAC, strlen(SAC), &slmgr) == told[i].status, __LINE__, told[i].host);
        if (slmgr != NULL) check(are_editions(&kmsrules_slmgr_content_of(slmgr)->licenses[0], told[i].editions), __LINE__, told[i].host);
        kmsrules_slmgr_free(slmgr);
        kmsrules_question_free(asked);
    }
}

/* What was told and cannot be is said: by the edition, by the key, by the build; and not where it can. */
static void told_otherwise(void) {
    static const struct {
        const char *host, *build, *text, *shows;
    } told[] = {
        {"windows-server-2008", NULL, "Software licensing service version: 10.0.17763.1\n" NAMED "Current count: 30\n", "other-host"},
        {"windows-server-2008", NULL, NAMED "Current count: 30\n", "other-host"},
        {"windows-server-2022", NULL, NAMED "Current count: 30\n", ""},
        {"Windows Server 2022 Datacenter", NULL, NAMED "Current count: 30\n", "other-host"},
        {"windows-server-2008-r2", NULL, "Name: Office 14, OfficeKMSHostVL_KMS_Host edition\nDescription: Office 14, VOLUME_KMS channel\nActivation ID: bfe7a195-4f8f-4f0b-a622-cf13c7d16864\nCurrent count: 7\n", ""},
        {NULL, "10.0.17763.1", "Name: Windows Server(R) 2008 R2, ServerStandard edition\nDescription: x, VOLUME_KMS_R2_B channel\nCurrent count: 30\n", "other-host"},
        {"windows-server-2008", NULL, SERVER "License Status: Licensed\n", ""},
        {NULL, "10.0.14393.1", SERVICE("17763") NAMED "Current count: 30\n", "other-host"},
        {NULL, "10.0.99999.1", NAMED "Current count: 30\n", ""},
        {NULL, "10.0.17763.2", SERVICE("17763") NAMED "Current count: 30\n", ""},
        {"windows-11-enterprise", NULL, ENTERPRISE_11 "Current count: 30\n", "other-key"},
        {NULL, NULL, ENTERPRISE_11 "Current count: 30\n", "other-key"},
        {"windows-10-enterprise", NULL, ENTERPRISE_11 "Current count: 30\n", "other-host other-key"},
        {"windows-server-version-20h2-datacenter", NULL, SAC "Current count: 30\n", "other-key"},
        {"windows-server-version-1909-datacenter", NULL, SAC "Current count: 30\n", "other-host other-key"},
        {"windows-server-version-20h2-datacenter", NULL, OFFICE_HOST, ""},
        {NULL, "10.0.19042.1", SAC "Current count: 30\n", "other-key"},
        {NULL, "10.0.18363.1", SAC "Current count: 30\n", "other-host other-key"},
        {NULL, "10.0.19044.1", SAC "Current count: 30\n", "other-host other-key"},
        {NULL, "10.0.19044.1", SERVICE("17763") "Name: Windows(R), Enterprise edition\nDescription: x, VOLUME_KMS_W10 channel\nCurrent count: 30\n", "other-host"},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        kmsrules_question *asked = NULL;
        kmsrules_slmgr *slmgr = NULL;
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &asked), KMSRULES_OK);
        if (told[i].host != NULL) CU_ASSERT_EQUAL(kmsrules_question_set_host(asked, told[i].host), KMSRULES_OK);
        if (told[i].build != NULL) CU_ASSERT_EQUAL(kmsrules_question_set_host_build(asked, told[i].build), KMSRULES_OK);
        CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_read(asked, NULL, told[i].text, strlen(told[i].text), &slmgr), KMSRULES_OK);
        check(shows(&kmsrules_slmgr_content_of(slmgr)->licenses[0], told[i].shows), __LINE__, told[i].text);
        kmsrules_slmgr_free(slmgr);
        kmsrules_question_free(asked);
    }
}

static void wrong_use(void) {
    kmsrules_slmgr *slmgr = NULL;
    CU_ASSERT_EQUAL(kmsrules_slmgr_read(NULL, NULL, "", 0, &slmgr), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_slmgr_read(question, NULL, NULL, 1, &slmgr), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_slmgr_read(question, NULL, "", 0, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_slmgr_read(question, "no-such-encoding", "", 0, &slmgr), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(slmgr);
    CU_ASSERT_EQUAL(kmsrules_slmgr_read(question, NULL, NULL, 0, &slmgr), KMSRULES_OK);
    kmsrules_slmgr_free(slmgr);
    kmsrules_slmgr_free(NULL);
    CU_ASSERT_PTR_NULL(kmsrules_slmgr_why(NULL));
    CU_ASSERT_PTR_NULL(kmsrules_slmgr_content_of(NULL));
    CU_ASSERT_PTR_NULL(kmsrules_license_status_text(-1));
    CU_ASSERT_PTR_NULL(kmsrules_license_status_text(7));
    CU_ASSERT_STRING_EQUAL(kmsrules_license_status_text(5), "notification");
    CU_ASSERT_PTR_NULL(kmsrules_license_role_text((kmsrules_license_role)3));
    CU_ASSERT_PTR_NULL(kmsrules_request_text((kmsrules_request_kind)8));
    CU_ASSERT_PTR_NULL(kmsrules_observation_text((kmsrules_observation_kind)29));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_observation(windows, (kmsrules_observation_kind)29));
    CU_ASSERT_PTR_NULL(kmsrules_ruleset_observation(NULL, KMSRULES_NO_REQUESTS));
    for (int kind = 0; kind < KMSRULES_OBSERVATION_COUNT; kind++) CU_ASSERT_PTR_NOT_NULL(kmsrules_ruleset_observation(windows, (kmsrules_observation_kind)kind));
}

/* A ruleset without such rows reads nothing and says so. */
static void without_rows(void) {
    struct load load = {0};
    kmsrules_question *asked = NULL;
    kmsrules_slmgr *slmgr = NULL;
    load_table(&load, NULL, kr_text_of(TABLE_START TABLE_ROWS TABLE_END));
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(load.ruleset, &asked), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_slmgr_read(asked, NULL, NAMED, strlen(NAMED), &slmgr), KMSRULES_OK);
    CU_ASSERT_PTR_NOT_NULL(kmsrules_slmgr_why(slmgr));
    kmsrules_slmgr_free(slmgr);
    kmsrules_question_free(asked);
    load_end(&load);
}

/* ---- Its rows ------------------------------------------------------------------------------------------------------------------------------- */

/* The last row of a build rules, so that a later layer does. */
static void build_rows(void) {
    struct load load = {0};
    load_table(&load, NULL, kr_text_of(TABLE_START TABLE_ROWS "  <slmgr-build build=\"5\" builds=\"5 6\" source=\"s\"/>\n  <slmgr-build build=\"5\" builds=\"7 8 9\" source=\"s\"/>\n" TABLE_END));
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(load.ruleset->slmgr_build_count, 2);
    const struct kr_slmgr_build *row = &load.ruleset->slmgr_builds[1];
    CU_ASSERT(row->build == 5 && row->builds.count == 3 && row->builds.items[2] == 9);
    load_end(&load);
}

#define LINE(text, holds) "  <slmgr-line text=\"" text "\" holds=\"" holds "\" source=\"s\"/>\n"
#define CHANNEL(text, role) "  <slmgr-channel text=\"" text "\" role=\"" role "\" source=\"s\"/>\n"
#define OBSERVATION(of) "  <observation of=\"" of "\" level=\"remark\" text=\"So.\" source=\"s\"/>\n"

/* Lines 3 to 12 are the rows of the small table. */
static void rows_said_twice(void) {
    static const struct {
        const char *rows, *says;
    } tables[] = {
        {LINE("Count", "count") LINE("Count of all", "count") CHANNEL("A", "host") CHANNEL("A*", "client") OBSERVATION("no-count") OBSERVATION("no-requests"), ""},
        {LINE("Count", "count") LINE("COUNT", "count"), "t.xml:14:3: KR955\n"},
        {LINE("Count", "count") LINE("count", "port"), "t.xml:14:3: KR920\n"},
        {CHANNEL("RETAIL", "other") CHANNEL("Retail", "client"), "t.xml:14:3: KR920\n"},
        {CHANNEL("RETAIL", "other") CHANNEL("RETAIL", "other"), "t.xml:14:3: KR955\n"},
        {OBSERVATION("no-count") OBSERVATION("no-count"), "t.xml:14:3: KR910\n"},
        {LINE("Low", "priority"), "t.xml:13:3: KR907\n"},
        {LINE("Count", "counts"), "t.xml:13:35: KR908\n"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct kr_buffer text = {0};
        text_add(&text, "%s%s%s%s", TABLE_START, TABLE_ROWS, tables[i].rows, TABLE_END);
        check(table_says(text_view(&text), NULL, tables[i].says), __LINE__, tables[i].rows);
        kr_buffer_free(&text);
    }
}

/* The limit is 1000 of both kinds together. */
static void row_limit(void) {
    for (int over = 0; over < 3; over++) {
        struct kr_buffer text = {0};
        text_add(&text, "%s%s", TABLE_START, TABLE_ROWS);
        for (int i = 0; i < 500; i++) text_add(&text, "  <slmgr-line text=\"L%d\" holds=\"count\" source=\"s\"/>\n  <slmgr-channel text=\"C%d\" role=\"host\" source=\"s\"/>\n", i, i);
        for (int i = 0; i < over; i++) text_add(&text, "  <slmgr-channel text=\"D%d\" role=\"host\" source=\"s\"/>\n", i);
        text_add(&text, "%s", TABLE_END);
        check(table_says(text_view(&text), NULL, over == 0 ? "" : "t.xml:1013:3: KR904\n"), __LINE__, "1000 rows and more");
        kr_buffer_free(&text);
    }
}

/* ---- What must not be shown ----------------------------------------------------------------------------------------------------------------- */

static const char *const secrets[] = {"4XZ9Q", "7QW8E", "1234567890123456", "06401-00206", "411285-03", "AAAAA-BBBBB", "0802019"};

static void check_hides(const char *text, const char *where) {
    for (size_t i = 0; text != NULL && i < sizeof secrets / sizeof secrets[0]; i++) check(strstr(text, secrets[i]) == NULL, __LINE__, where);
}

/* Reads, writes both forms, and looks for secrets in all of it. */
static void check_hides_all(struct kr_text text) {
    kmsrules_slmgr *slmgr = read_text(text);
    const kmsrules_inventory_fault *fault = kmsrules_slmgr_why(slmgr);
    char *document = NULL, *page = NULL;
    size_t size = 0;
    CU_ASSERT_EQUAL(kmsrules_slmgr_json(slmgr, &document, &size), fault == NULL ? KMSRULES_OK : KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_slmgr_print(slmgr, false, &page, &size), fault == NULL ? KMSRULES_OK : KMSRULES_INVALID_ARGUMENT);
    check_hides(document, "json");
    check_hides(page, "text");
    if (fault != NULL) check_hides(fault->text, "fault");
    kmsrules_string_free(document);
    kmsrules_string_free(page);
    kmsrules_slmgr_free(slmgr);
}

static struct kr_text made_sample(void) { return file_text(SAMPLES "dlv_host_2019_made.txt"); }

/* The start and the end of the text, cut anywhere; each time as memory of its own, so that reading beyond it is seen. */
static void cut_anywhere(void) {
    struct kr_text whole = made_sample();
    CU_ASSERT_PTR_NOT_NULL_FATAL(whole.data);
    for (size_t i = 0; i <= whole.size; i++) {
        char *part = malloc(whole.size + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(part);
        memcpy(part, whole.data, i);
        check_hides_all((struct kr_text){part, i});
        memcpy(part, whole.data + i, whole.size - i);
        check_hides_all((struct kr_text){part, whole.size - i});
        free(part);
    }
    free((char *)whole.data);
}

enum { MOST_LINES = 128 };

static size_t split(struct kr_text text, struct kr_text lines[MOST_LINES]) {
    size_t count = 0;
    for (size_t start = 0; start < text.size && count < MOST_LINES; count++) {
        const char *end = memchr(text.data + start, '\n', text.size - start);
        size_t size = end == NULL ? text.size - start : (size_t)(end - text.data) - start;
        lines[count] = (struct kr_text){text.data + start, size};
        start += size + 1;
    }
    return count;
}

static void check_lines(const struct kr_text *lines, size_t count) {
    struct kr_buffer text = {0};
    for (size_t i = 0; i < count; i++) text_add(&text, "%.*s\n", (int)lines[i].size, lines[i].data);
    check_hides_all(text_view(&text));
    kr_buffer_free(&text);
}

/* Lines left out, twice, upside down, without their first characters, in another language. */
static void shuffled(void) {
    struct kr_text whole = made_sample(), lines[MOST_LINES], changed[MOST_LINES + 1];
    size_t count = split(whole, lines);
    for (size_t i = 0; i < count; i++) {
        size_t size = 0;
        for (size_t j = 0; j < count; j++)
            if (j != i) changed[size++] = lines[j];
        check_lines(changed, size);
        changed[size++] = lines[i];
        check_lines(changed, size);
        changed[size++] = lines[i];
        check_lines(changed, size);
    }
    for (size_t i = 0; i < count; i++) changed[i] = lines[count - 1 - i];
    check_lines(changed, count);
    for (size_t cut = 1; cut < 24; cut++) {
        for (size_t i = 0; i < count; i++) changed[i] = lines[i].size > cut ? (struct kr_text){lines[i].data + cut, lines[i].size - cut} : lines[i];
        check_lines(changed, count);
    }
    free((char *)whole.data);
}

/* Every number of every sample made small, huge, negative, empty or none: what is read stays in bounds, and both forms are written. */
static void mutated_numbers(void) {
    static const char *const numbers[] = {"", "0", "-1", "51", "65536", "9223372036854775807", "18446744073709551616"};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, SAMPLES "%s", samples[i].sample);
        struct kr_text whole = file_text(path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(whole.data);
        for (size_t start = 0, end; start < whole.size; start = end + 1) {
            for (end = start; end < whole.size && kr_is_digit(whole.data[end]); end++) continue;
            for (size_t j = 0; end > start && j < sizeof numbers / sizeof numbers[0]; j++) {
                struct kr_buffer text = {0};
                text_add(&text, "%.*s%s%.*s", (int)start, whole.data, numbers[j], (int)(whole.size - end), whole.data + end);
                check_hides_all(text_view(&text));
                kr_buffer_free(&text);
            }
        }
        free((char *)whole.data);
    }
}

/* Each sample up to each of its lines: what is there is read, and nothing is made of what is missing. */
static void cut_at_lines(void) {
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, SAMPLES "%s", samples[i].sample);
        struct kr_text whole = file_text(path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(whole.data);
        for (size_t size = 0; size <= whole.size; size++) {
            if (size > 0 && whole.data[size - 1] != '\n') continue;
            kmsrules_slmgr *slmgr = read_text((struct kr_text){whole.data, size});
            const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
            for (size_t j = 0; content != NULL && j < content->license_count; j++)
                for (size_t k = 0; k < content->licenses[j].finding_count; k++) {
                    const char *kind = kmsrules_observation_text(content->licenses[j].findings[k].observation->kind);
                    check(strcmp(kind, "no-product") == 0 || strcmp(kind, "no-count") == 0 || strcmp(kind, "no-clients") == 0 || strstr(samples[i].shows, kind) != NULL, __LINE__, kind);
                }
            kmsrules_slmgr_free(slmgr);
        }
        free((char *)whole.data);
    }
}

static void misplaced_secrets(void) {
    static const char *const texts[] = {
        NAMED "Registered KMS machine name: AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n",
        "Name: AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\nDescription: x, AAAAA-BBBBB-CCCCC-DDDDD-EEEEE channel\nCurrent count: 7\n",
        "Name: 4XZ9Q\nDescription: 4XZ9Q\nCurrent count: 7\nProduct Key Channel: 4XZ9Q\n",
        NAMED "KMS machine IP address: 1234567890123456\nActivation ID: 12345678-9012-3456-7890-123456789\n",
        "Error: key AAAAA-BBBBB-CCCCC-DDDDD-EEEEE is wrong\n",
        "Error: 4XZ9Q\n",
        "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n",
        "Schl\xC3\xBCssel: AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n",
        "x 4XZ9Q\n",
        "Product key part: 4XZ9Q.\n",
        "Partial key (4XZ9Q)\n",
        "Last5:\"4XZ9Q\"\n",
        "x\xC2\xA0" "4XZ9Q\n",
        "x\xE3\x80\x80" "4XZ9Q\n",
        "\xE5\xAF\x86\xE9\x92\xA5\xEF\xBC\x9A" "4XZ9Q\xE3\x80\x82\n",
        "Error: the key (4XZ9Q).\n",
        "Name: (4XZ9Q)\nDescription: 4XZ9Q.\nCurrent count: 7\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) check_hides_all(kr_text_of(texts[i]));
}

/* Of keys only the five characters that no word is made of, in lower case. */
static void key_parts(void) {
    static const struct {
        const char *text;
        bool ends_in_part, is_part;
    } texts[] = {{"4XT9Q", true, true}, {"4xt9q", true, true}, {" (4XT9Q).", true, true}, {"x 4XT9Q", true, false}, {"x:4XT9Q", true, false}, {"x=\"4xt9q\"", true, false},
                 {"\xEF\xBC\x94\xEF\xBC\xB8\xEF\xBC\xB4\xEF\xBC\x99\xEF\xBC\xB1", true, true}, {"\xE9\x92\xA5" "4XT9Q", true, true}, {"4XT9Q x", false, false}, {"4XT9QX", false, false},
                 {"4XT9", false, false}, {"", false, false}, {"...", false, false}, {"grace", false, false}, {"Grace", false, false}, {"ABCDE", true, true}, {"Volume:CSVLK", true, false}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct kr_text text = kr_text_of(texts[i].text);
        check(kr_text_ends_in_key_part(text) == texts[i].ends_in_part && kr_text_is_key_part(text) == texts[i].is_part, __LINE__, texts[i].text);
    }
}

/* ---- Memory --------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status read_and_write(struct kr_text text) {
    kmsrules_slmgr *slmgr = NULL;
    char *document = NULL, *page = NULL;
    size_t size = 0;
    kmsrules_status status = kmsrules_slmgr_read(question, NULL, text.data, text.size, &slmgr);
    CU_ASSERT_EQUAL(slmgr != NULL, status == KMSRULES_OK);
    if (status == KMSRULES_OK) status = kmsrules_slmgr_json(slmgr, &document, &size);
    if (status == KMSRULES_OK) status = kmsrules_slmgr_print(slmgr, true, &page, &size);
    kmsrules_string_free(document);
    kmsrules_string_free(page);
    kmsrules_slmgr_free(slmgr);
    return status;
}

static void sweep(struct kr_text text, bool for_ever) {
    for (size_t nth = 1;; nth++) {
        long before = allocation_live();
        allocation_fail(nth, for_ever);
        kmsrules_status status = read_and_write(text);
        bool has_failed = allocation_stop();
        CU_ASSERT_EQUAL(status, has_failed ? KMSRULES_NO_MEMORY : KMSRULES_OK);
        CU_ASSERT_EQUAL(allocation_live(), before);
        if (!has_failed || status != KMSRULES_NO_MEMORY) break;
    }
}

static void memory(void) {
    struct kr_text text = made_sample();
    CU_ASSERT_EQUAL(read_and_write(text), KMSRULES_OK);
    if (allocation_can_fail()) {
        sweep(text, false);
        sweep(text, true);
    }
    free((char *)text.data);
}

void test_slmgr_register(void) {
    CU_TestInfo reading[] = {{"each sample", each_sample}, {"clients", client_of_windows_7}, {"several licenses", several_licenses}, {"forms", forms}, {"UTF-16", utf_16},
                             {"unread lines", unread_lines}, {"errors between", errors_between}, {"other languages", other_languages}, {"not slmgr", not_slmgr}, {"no inventory", no_inventory}, {"columns", columns},
                             {"limits", limits}, CU_TEST_INFO_NULL};
    CU_TestInfo judging[] = {{"observations", observations}, {"wrong numbers", wrong_numbers}, {"strange values", strange_values}, {"thousands", thousands}, {"counts that are none", counts_that_are_none}, {"incomplete", incomplete},
                             {"ports", ports}, {"times left", times_left}, {"products", products}, {"roles", roles},
                             {"builds behind the service", builds_behind_the_service}, {"told host", told_host}, {"told within a family", told_within_a_family}, {"build rows", build_rows}, {"told otherwise", told_otherwise}, {"wrong use", wrong_use}, {"without rows", without_rows}, {"rows said twice", rows_said_twice}, {"row limit", row_limit}, CU_TEST_INFO_NULL};
    CU_TestInfo hiding[] = {{"cut anywhere", cut_anywhere}, {"shuffled", shuffled}, {"mutated numbers", mutated_numbers}, {"cut at lines", cut_at_lines}, {"misplaced secrets", misplaced_secrets}, {"key parts", key_parts}, {"memory", memory}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"slmgr: reading", open_ruleset, close_ruleset, NULL, NULL, reading}, {"slmgr: judging", open_ruleset, close_ruleset, NULL, NULL, judging},
                             {"slmgr: hiding", open_ruleset, close_ruleset, NULL, NULL, hiding}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
