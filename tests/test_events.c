/* Exports of events: XML, tables and text (faults F177 to F194 of the catalogue of bad inputs that are about events). Expected values are what a person reads in the input. */
#include "base/memory.h"
#include "support/allocation.h"
#include "support/portions.h"
#include "support/tables.h"

#include <CUnit/Basic.h>
#include <libxml/xmlerror.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_events_register(void);

static kmsrules_ruleset *windows;

static int start(void) { return kmsrules_ruleset_default(&windows) == KMSRULES_OK ? 0 : -1; }

static int end(void) {
    kmsrules_ruleset_free(windows);
    return 0;
}

/* ---- Reading a whole export into one text --------------------------------------------------------------------------------------------------- */

static void add_view(struct kr_buffer *log, const char *name, kmsrules_text text) {
    if (text.data != NULL) text_add(log, " %s=%.*s", name, (int)text.size, text.data);
}

static void add_number(struct kr_buffer *log, const char *name, int64_t number) {
    if (number >= 0) text_add(log, " %s=%" PRId64, name, number);
}

static void add_guid(struct kr_buffer *log, const char *name, bool has_guid, const kmsrules_guid *guid) {
    if (!has_guid) return;
    text_add(log, " %s=", name);
    for (size_t i = 0; i < sizeof guid->bytes; i++) text_add(log, "%02x", guid->bytes[i]);
}

static void add_event(struct kr_buffer *log, const kmsrules_event *event) {
    text_add(log, "%" PRIu64 ":%" PRIu64 " %d", event->line, event->column, event->id);
    if (event->status != KMSRULES_OK) {
        text_add(log, " bad %s|", event->problem);
        return;
    }
    text_add(log, " 0x%08" PRIX32, event->result);
    add_view(log, "client", event->client);
    if (event->client.size != event->client_as_written.size) add_view(log, "written", event->client_as_written);
    add_guid(log, "cmid", event->has_cmid, &event->cmid);
    if (event->client_time != KMSRULES_NO_TIME) text_add(log, " time=%" PRId64, event->client_time);
    if (event->logged_at != KMSRULES_NO_TIME) text_add(log, " logged=%" PRId64, event->logged_at);
    add_view(log, "by", event->computer);
    add_number(log, "record", event->record_id);
    add_number(log, "minimum", event->minimum);
    add_number(log, "count", event->count);
    add_number(log, "interval", event->activation_minutes);
    add_number(log, "renewal", event->renewal_minutes);
    add_number(log, "left", event->minutes_left);
    add_number(log, "vm", event->is_virtual);
    add_number(log, "activated", event->is_activated);
    add_number(log, "status", event->license_status);
    add_guid(log, "sku", event->has_activation_id, &event->activation_id);
    text_add(log, "|");
}

/* How the bytes are cut. */
struct cut {
    unsigned kind; /* PORTIONS_… */
    uint32_t seed;
};

static size_t portion_of(struct cut *cut, size_t left) {
    size_t size = left;
    if (cut->kind == PORTIONS_BYTES) size = 1;
    if (cut->kind == PORTIONS_RANDOM) size = portions_random(&cut->seed) % 5000;
    if (cut->kind == PORTIONS_SMALL_RANDOM) size = portions_random(&cut->seed) % 9;
    return size < left ? size : left;
}

/* Feeds each portion in a block of exactly its size. NULL when out of memory, which is a status; the log ends in "end|", "stop …|" or "memory|". */
static char *read_events(struct kr_text bytes, const kmsrules_events_options *options, struct cut cut) {
    struct kr_buffer log = {0};
    kmsrules_events *events = NULL;
    const kmsrules_event *event = NULL;
    char *block = NULL;
    size_t offset = 0;
    bool is_ended = false;
    kmsrules_status status = kmsrules_events_new(windows, options, &events);
    while (status == KMSRULES_OK) {
        status = kmsrules_events_next(events, &event);
        if (status != KMSRULES_OK) break;
        if (event != NULL) add_event(&log, event);
        if (event != NULL) continue;
        if (is_ended) break;
        size_t size = portion_of(&cut, bytes.size - offset);
        free(block);
        block = NULL;
        is_ended = offset == bytes.size;
        if (is_ended) kmsrules_events_end(events);
        if (is_ended || size == 0) continue;
        block = malloc(size);
        if (block == NULL) status = KMSRULES_NO_MEMORY; /* it is made to fail, too */
        if (block == NULL) break;
        memcpy(block, bytes.data + offset, size);
        kmsrules_events_feed(events, block, size);
        offset += size;
    }
    const kmsrules_inventory_fault *fault = kmsrules_events_why(events);
    if (fault != NULL) text_add(&log, "stop %" PRIu64 ":%" PRIu64 " %s|", fault->line, fault->column, fault->text);
    else text_add(&log, status == KMSRULES_OK ? "end|" : status == KMSRULES_NO_MEMORY ? "memory|" : "refused|");
    kmsrules_events_free(events);
    free(block);
    return kr_buffer_finish(&log);
}

static bool is_like(const char *name, const char *found, const char *expected) {
    bool is_same = found != NULL && strcmp(found, expected) == 0;
    if (!is_same) printf("\n  %s\n    expected %s\n    found    %s\n", name, expected, found == NULL ? "(nothing)" : found);
    return is_same;
}

/* The same however it is cut. */
static bool says_with(const char *name, struct kr_text bytes, const kmsrules_events_options *options, const char *expected) {
    bool is_right = true;
    for (unsigned kind = 0; kind < PORTIONS_KINDS; kind++)
        for (uint32_t seed = 1; seed <= (kind < PORTIONS_RANDOM ? 1 : 3); seed++) {
            char *found = read_events(bytes, options, (struct cut){kind, seed});
            is_right &= is_like(name, found, expected);
            kr_memory_free(found);
        }
    return is_right;
}

static bool says(const char *text, const char *expected) { return says_with(text, kr_text_of(text), NULL, expected); }

/* ---- Pieces --------------------------------------------------------------------------------------------------------------------------------- */

#define CMID "00000000-0000-4000-8000-000000000001"
#define CMID_HEX "00000000000040008000000000000001"
#define SKU "68531fb9-5511-4989-97be-d11a0f55633f"
#define SKU_HEX "68531fb95511498997bed11a0f55633f"
#define FIELDS "0x0,25,pc001.contoso.example," CMID ",2024/5/6 7:08,0,1,249120," SKU
/* 2024-05-06T07:08:00Z is 1714979280 seconds after 1970. */
#define READ "12290 0x00000000 client=pc001.contoso.example cmid=" CMID_HEX " time=1714979280"
#define READ_REST " minimum=25 left=249120 vm=0 status=1 sku=" SKU_HEX "|"

#define SYSTEM(id) "<System><EventID>" id "</EventID><TimeCreated SystemTime='2024-05-06T07:08:09.1234567Z'/><EventRecordID>77</EventRecordID><Computer>kms01.contoso.example</Computer></System>"
#define DATA "<EventData><Data>0x0</Data><Data>25</Data><Data>pc001.contoso.example</Data><Data>" CMID "</Data><Data>2024/5/6 7:08</Data><Data>0</Data><Data>1</Data><Data>249120</Data><Data>" SKU "</Data></EventData>"
#define EVENT "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" SYSTEM("12290") DATA "</Event>"
#define READ_XML READ " logged=1714979289 by=kms01.contoso.example record=77" READ_REST

/* ---- Samples -------------------------------------------------------------------------------------------------------------------------------- */

static void samples_say_what_a_person_reads(void) {
    static const struct {
        const char *file;
        kmsrules_date_order order;
        const char *expected;
    } samples[] = {
        {"constructed_12290.xml", KMSRULES_YEAR_FIRST,
         "1:1 12290 0x00000000 client=pc001.contoso.example cmid=" CMID_HEX " time=1714979280 logged=1714979289 by=kms01.contoso.example minimum=25 left=249120 vm=0 status=1 "
         "sku=00000000000000000000000000000000|end|"},
        {"constructed_winevent.csv", KMSRULES_YEAR_FIRST,
         "2:1 12290 0x00000000 client=pc001.contoso.example cmid=" CMID_HEX " time=1714979280 minimum=25 left=249120 vm=0 status=1 sku=00000000000000000000000000000000|"
         "5:1 12290 0x00000000 client=srv001.contoso.example cmid=00000000000040008000000000000002 time=1714979460 minimum=5 left=259200 vm=1 status=1 "
         "sku=00000000000000000000000000000000|end|"},
        {"event_12288_2008r2_06C.txt", KMSRULES_YEAR_FIRST,
         "1:1 12288 0xC004F06C client=<KMS Host FQDN>:1688 cmid=36f27b392fd5440bbe67a09996d27a38 time=1285782720 minimum=5 left=41760 vm=0 status=2 sku=" SKU_HEX "|end|"},
        {"event_12288_documented_example.txt", KMSRULES_YEAR_FIRST,
         "1:1 12288 0x00000000 client=kms01.contoso.com:1688 cmid=08c3bda0c5564b619e4e7bf6d4df80be time=1137205800 minimum=25 left=40123 vm=1 status=2 "
         "sku=cf67834ddb4a402cab1f2c134f02b700|end|"},
        {"event_12288_office2010.txt", KMSRULES_YEAR_FIRST,
         "1:1 0 bad cmid \".......-b604-4b8c-9a48-99d4348fcf37\" is no client machine id (field 4 of event 12288)|end|"},
        {"event_12289_documented_example.txt", KMSRULES_YEAR_FIRST,
         "stop 1:1 client-time \"1/14/2006 2:30\" does not say which is the day and which the month: say --date-order dmy or mdy|"},
        {"event_12289_documented_example.txt", KMSRULES_MONTH_FIRST, "1:1 12289 0x00000000 time=1137205800 count=4 interval=120 renewal=10080 activated=0|end|"},
        {"event_12289_documented_example.txt", KMSRULES_DAY_FIRST, "1:1 12289 bad client-time \"1/14/2006 2:30\" is no date and time that there is|end|"},
        {"event_12289_office2010.txt", KMSRULES_YEAR_FIRST, "1:1 12289 0x00000000 time=1354604760 count=10 interval=120 renewal=10080 activated=1|end|"},
        {"event_12290_2008r2_06C.txt", KMSRULES_YEAR_FIRST,
         "1:1 12290 0xC004F06C client=<KMS Client name> cmid=36f27b392fd5440bbe67a09996d27a38 time=1285796760 minimum=5 left=41520 vm=0 status=2 sku=" SKU_HEX "|end|"},
        {"event_12290_documented_example.txt", KMSRULES_YEAR_FIRST,
         "1:1 12290 0x00000000 client=kms03.site5.contoso.com cmid=e5c98033aab64d0b9af91d399597dd56 time=1137278160 minimum=25 left=40123 vm=1 status=2 "
         "sku=cf67834ddb4a402cab1f2c134f02b700|end|"},
        {"event_12293.txt", KMSRULES_YEAR_FIRST, "stop 1:1 no column for the message or the client machine id; found: Source: Security-SPP; nor does a line hold an event|"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tests/exports/%s", KMSRULES_SOURCE_DIR, samples[i].file);
        struct kr_text bytes = file_text(path);
        kmsrules_events_options options = {.date_order = samples[i].order};
        CU_ASSERT(bytes.data != NULL && says_with(samples[i].file, bytes, &options, samples[i].expected));
        free((char *)bytes.data);
    }
}

/* ---- Text ----------------------------------------------------------------------------------------------------------------------------------- */

static void lines_are_found_by_shape(void) {
    CU_ASSERT(says(FIELDS, "1:1 " READ READ_REST "end|"));
    CU_ASSERT(says("\n\n" FIELDS "\r\n" FIELDS "\r\n", "3:1 " READ READ_REST "4:1 " READ READ_REST "end|"));
    CU_ASSERT(says("0x0, 25, pc001.contoso.example, " CMID ", 2024/05/06 07:08, 0, 1, 249120, " SKU "\n", "1:1 " READ READ_REST "end|"));
    /* F184: text of another language around it */
    CU_ASSERT(says("Eine Aktivierungsanforderung wurde verarbeitet.\nInfo:\n" FIELDS "\n", "3:1 " READ READ_REST "end|"));
    CU_ASSERT(says("\xE8\xA6\x81\xE6\xB1\x82: " FIELDS ". (\xE5\xAE\x8C)\n", "1:1 " READ READ_REST "end|"));
    CU_ASSERT(says("Traitement 1, 2, 3. Informations : " FIELDS "\n", "1:1 " READ READ_REST "end|"));
    CU_ASSERT(says("Info: 0x0, 0x0, 1, 0, 10, 120, 10080, 2024/5/6 7:08 sagt er.\n", "1:1 12289 0x00000000 time=1714979280 count=10 interval=120 renewal=10080 activated=1|end|"));
    /* a comma of text, a number and a comma, are no event */
    CU_ASSERT(says("0x0, said nobody\n" FIELDS, "2:1 " READ READ_REST "end|"));
}

/* A line that most of an event stands in is one, and is not passed over as text. */
static void damaged_lines_are_told(void) {
    CU_ASSERT(says("0xZZ,25,pc001," CMID ",2024/5/6 7:08,0,1,249120," SKU "\n" FIELDS, "1:1 0 bad result \"0xZZ\" is no result such as 0xC004F038 (field 1 of event 12290)|2:1 " READ READ_REST "end|"));
    CU_ASSERT(says("Info: 0xZZ,25,pc001," CMID ",2024/5/6 7:08\n", "1:1 0 bad result \"0xZZ\" is no result such as 0xC004F038 (field 1 of event 12290)|end|"));
    CU_ASSERT(says(",25,pc001," CMID ",2024/5/6 7:08\n", "1:1 0 bad result \"\" is no result such as 0xC004F038 (field 1 of event 12290)|end|"));
    CU_ASSERT(says("0x0,abc,pc001," CMID ",2024/5/6 7:08,0,1,249120," SKU "\n", "1:1 0 bad minimum \"abc\" is no whole number (field 2 of event 12290)|end|"));
    CU_ASSERT(says("5,abc,pc001," CMID ",2024/5/6 7:08,0\n", "1:1 0 bad minimum \"abc\" is no whole number (field 2 of event 12290)|end|"));
    CU_ASSERT(says("0xZZ,0x8,1,0,10,120,10080,2024/5/6 7:08\n", "1:1 0 bad result \"0xZZ\" is no result such as 0xC004F038 (field 1 of event 12289)|end|"));
    CU_ASSERT(says("0xZZ,0x0,kms01.contoso.example:1688," CMID ",2024/5/6 7:08,0,2,41760," SKU ",5\n", "1:1 0 bad result \"0xZZ\" is no result such as 0xC004F038 (field 1 of event 12288)|end|"));
    CU_ASSERT(says("Id,Message\n12290,\"Info: 0xZZ,25,pc001," CMID ",2024/5/6 7:08\"\n", "2:1 12290 bad result \"0xZZ\" is no result such as 0xC004F038 (field 1 of event 12290)|end|"));
    CU_ASSERT(says("25,pc001," CMID ",2024/5/6 7:08,0,1,249120," SKU "\n", "1:1 0 bad result \"\" is no result such as 0xC004F038 (field 1 of event 12290)|end|"));
    CU_ASSERT(says("0x0,25,pc001\n" FIELDS, "1:1 0 bad 3 fields; event 12290 has from 5 to 9|2:1 " READ READ_REST "end|")); /* cut off */
    CU_ASSERT(says("pc001," CMID ",2024/5/6 7:08,0,1,249120," SKU "\n" FIELDS, "1:1 0 bad result \"\" is no result such as 0xC004F038 (field 1 of event 12290)|2:1 " READ READ_REST "end|"));
    CU_ASSERT(says(CMID ",2024/5/6 7:08,0,1,249120," SKU "\n" FIELDS, "1:1 0 bad result \"\" is no result such as 0xC004F038 (field 1 of event 12290)|2:1 " READ READ_REST "end|"));
    CU_ASSERT(says("0x8007000D, 5 times\n" FIELDS, "2:1 " READ READ_REST "end|"));
    /* text is none, whatever commas, numbers and ids stand in it */
    CU_ASSERT(says("Host 1, key 2, client 3, since 2024/5/6 7:08\n" FIELDS, "2:1 " READ READ_REST "end|"));
    CU_ASSERT(says("pc001, pc002, " CMID ", pc003, pc004\n" FIELDS, "2:1 " READ READ_REST "end|"));
}

static void xml_behind_text_is_said(void) {
    CU_ASSERT(says("PS C:\\> wevtutil\n" EVENT "\n", "stop 2:1 XML begins here, behind what is none and was read as text: remove what stands before it|"));
    CU_ASSERT(says("Info:\n" FIELDS "\nEvent Xml:\n" EVENT "\nInfo:\n" FIELDS "\n", "2:1 " READ READ_REST "6:1 " READ READ_REST "end|")); /* as the Event Viewer copies it: said twice, taken once */
    CU_ASSERT(says("x\n<EventData>\n" FIELDS "\n", "3:1 " READ READ_REST "end|"));
}

/* Other events hold results, numbers and commas as well. */
static void lines_of_other_events_are_none(void) {
    static const char *const lines[] = {
        "1: 040fa323-92b1-4baf-97a2-5b67feaefddb, 1, 0 [(0 [0xC004F014, 0, 0], [(?)(?)(?)(?)(?)(?)(?)(?)])(1 )(2 )(3 )]\n",
        "2: 6f327760-8c5c-417c-9b61-836a98287e0c, 1, 1 [(0 [0x00000000, 1, 0], [(?)(?)( 1 0x00000000 30 0 msft:rm/algorithm/volume/1.0 0x00000000 259192)(?)(?)(?)])(1 )(2 )]\n",
        "Faulting application name: sppsvc.exe, version: 6.1.7601.17514, time stamp: 0x4ce7a2b2, Faulting module name: ntdll.dll, version: 6.1.7601.17514, time stamp: 0x4ce7b8f0\n",
        "Exception code: 0xc0000005, fault offset: 0x0000000000052f86, process id: 0x4d8, application start time: 0x01cd9\n",
        "Exception code: 0xc0000005, 0, 0, 0\n",
        "0x80041003, 25\n",
        "0xC004F074, 0xC004F038, 0xC004F042\n",
        "codes 0x0, 25, 5, 50, 180\n",
        "0x80070005, 0x0, 5, 3, 2\n",
        "192.168.1.5, 200, GET, /a, 2026-01-01 00:00:00, 0, 1\n",
        "1, 25, 30, 2026-01-01 00:00, 1, 2\n",
        "Session 5, 0, 0x1, 0x2, 2026-01-01 00:00:00, 0\n",
        "The bugcheck was: 0x000000d1 (0x00000000, 0x00000002, 0x00000000, 0x8a3f2b11).\n",
        "DeviceIoControl(\\\\?\\fdc#generic_floppy_drive - 00000000000004A0,0x00560000,0000000000000000,0,0,0000000000353B50,4096,[0])\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", lines[i], FIELDS);
        CU_ASSERT(says(text, "2:1 " READ READ_REST "end|"));
    }
}

/* The Volume Shadow Copy service has events of the same numbers. Of an unknown provider whose fields fit they are taken. */
static void providers_tell_logs_apart(void) {
#define BY(provider) "<Event><System><Provider Name='" provider "'/><EventID>12290</EventID><EventRecordID>77</EventRecordID><TimeCreated SystemTime='2024-05-06T07:08:09Z'/><Computer>kms01.contoso.example</Computer></System>"
#define FLOPPY "<EventData><Data>DeviceIoControl(0,1)</Data><Data>0x80070001, Incorrect function.</Data></EventData></Event>"
    CU_ASSERT(says(BY("VSS") FLOPPY "\n" EVENT, "2:1 " READ_XML "end|"));
    CU_ASSERT(says(BY("VSS") "</Event>\n" EVENT, "2:1 " READ_XML "end|"));
    CU_ASSERT(says(BY("Somebody") DATA "</Event>", "1:1 " READ_XML "end|"));
    CU_ASSERT(says(BY("KmsRequests") "<EventData><Data>Info: 0x0,25,pc001,0000</Data></EventData></Event>", "1:1 12290 bad cmid \"0000\" is no client machine id (field 4 of event 12290)|end|"));
    CU_ASSERT(says(BY("Somebody") "<EventData><Data>0x0</Data><Data>25</Data><Data>pc001</Data><Data>" CMID "</Data><Data>then</Data></EventData></Event>",
                   "1:1 12290 bad client-time \"then\" is no date and time (field 5 of event 12290)|end|")); /* damaged, whoever logged it */
    CU_ASSERT(says(BY("Foo") "<EventData><Data Name='ErrorCode'>0x5</Data></EventData></Event>\n" EVENT, "2:1 " READ_XML "end|"));
    CU_ASSERT(says("Id,ProviderName,Message\n12290,Somebody,\"Info: 0xZZ,25,pc001," CMID ",2024/5/6 7:08\"\n12290,Somebody,\n",
                   "2:1 12290 bad result \"0xZZ\" is no result such as 0xC004F038 (field 1 of event 12290)|3:1 12290 bad the message is empty: the machine that exported it had no text for it; export with wevtutil qe LOG /f:xml|end|"));
    CU_ASSERT(says("Id,ProviderName,Message\n12290,VSS,Hello\n12290,Microsoft-Windows-Security-SPP,Hello\n12290,,Hello\n12290,VSS,\"" FIELDS "\"\n",
                   "3:1 12290 bad the message holds no fields of its event|4:1 12290 bad the message holds no fields of its event|5:1 " READ READ_REST "end|"));
}

/* U+FEFF in a name is part of it; where a line begins with it, two files were joined. */
static void marks_within_lines_are_text(void) {
    CU_ASSERT(says("0x0,25,pc\xEF\xBB\xBF" "01," CMID ",2024/5/6 7:08\n" FIELDS, "1:1 12290 0x00000000 client=pc\xEF\xBB\xBF" "01 cmid=" CMID_HEX " time=1714979280 minimum=25|2:1 " READ READ_REST "end|"));
    CU_ASSERT(says(FIELDS "\n\xEF\xBB\xBF" FIELDS, "1:1 " READ READ_REST "stop 2:1 byte order mark in the middle of the text: two files were joined here; give them one by one, or remove the mark|"));
}

static void last_fields_may_be_missing(void) {
    CU_ASSERT(says("0x0,25,pc001.contoso.example," CMID ",2024/5/6 7:08,0,1,249120,\n", "1:1 12290 0x00000000 client=pc001.contoso.example cmid=" CMID_HEX " time=1714979280 minimum=25 left=249120 vm=0 status=1|end|"));
    CU_ASSERT(says("0xC004F074, 0x0, kms01.contoso.example:1688, " CMID ", 2024/5/6 7:08",
                   "1:1 12288 0xC004F074 client=kms01.contoso.example:1688 cmid=" CMID_HEX " time=1714979280|end|"));
    CU_ASSERT(says("0x0,25,pc001," CMID ",2024/5/6 7:08,0,1,249120", "1:1 12290 0x00000000 client=pc001 cmid=" CMID_HEX " time=1714979280 minimum=25 left=249120 vm=0 status=1|end|"));
    CU_ASSERT(says("0x0,25,pc001," CMID "\n", "1:1 0 bad 4 fields; event 12290 has from 5 to 9|end|"));
    CU_ASSERT(says("0x0,25,pc001," CMID ",2024/5/6 7:08,2,1,249120," SKU "\n", "1:1 0 bad virtual \"2\" is neither 0 nor 1 (field 6 of event 12290)|end|"));
}

/* F187 */
static void results_are_normalised(void) {
    static const char *const forms[][2] = {{"0xC004F038", "0xC004F038"}, {"0xc004f038", "0xC004F038"}, {"3221549112", "0xC004F038"}, {"-1073418184", "0xC004F038"}, 
                                           {"0x0", "0x00000000"},        {"0x00000000", "0x00000000"}, {"0", "0x00000000"},          {"0xDEADBEEF", "0xDEADBEEF"}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char text[256], expected[256];
        snprintf(text, sizeof text, "%s,25,pc001," CMID ",2024/5/6 7:08\n", forms[i][0]);
        snprintf(expected, sizeof expected, "1:1 12290 %s client=pc001 cmid=" CMID_HEX " time=1714979280 minimum=25|end|", forms[i][1]);
        CU_ASSERT(says(text, expected));
    }
    CU_ASSERT(says("0x1C004F038,25,pc001," CMID ",2024/5/6 7:08\n" FIELDS, "1:1 0 bad result \"0x1C004F038\" is no result such as 0xC004F038 (field 1 of event 12290)|2:1 " READ READ_REST "end|")); /* 33 bits */
    CU_ASSERT(says("4294967296,25,pc001," CMID ",2024/5/6 7:08\n" FIELDS, "1:1 0 bad result \"4294967296\" is no result such as 0xC004F038 (field 1 of event 12290)|2:1 " READ READ_REST "end|"));
    CU_ASSERT(says("-2147483649,25,pc001," CMID ",2024/5/6 7:08\n" FIELDS, "1:1 0 bad result \"-2147483649\" is no result such as 0xC004F038 (field 1 of event 12290)|2:1 " READ READ_REST "end|"));
}

/* F189 */
static void names_are_normalised(void) {
    static const char *const names[][2] = {
        {"pc001.", "client=pc001 written=pc001."},
        {"  pc001  ", "client=pc001"},
        {"pc001:1688", "client=pc001 written=pc001:1688"},
        {"pc001.contoso.example.:49152", "client=pc001.contoso.example written=pc001.contoso.example.:49152"},
        {"2001:db8::5", "client=2001:db8::5"},
        {"[2001:db8::5]:1688", "client=2001:db8::5 written=[2001:db8::5]:1688"},
        {"[2001:db8::5]", "client=2001:db8::5 written=[2001:db8::5]"},
        {"[2001:db8::5]x", "client=[2001:db8::5]x"},
        {"pc001:http", "client=pc001:http"},
        {".", "client=."},
        {"PC 001", "client=PC 001"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[256], expected[256];
        snprintf(text, sizeof text, "0x0,25,%s," CMID ",2024/5/6 7:08\n", names[i][0]);
        snprintf(expected, sizeof expected, "1:1 12290 0x00000000 %s cmid=" CMID_HEX " time=1714979280 minimum=25|end|", names[i][1]);
        CU_ASSERT(says(text, expected));
    }
    CU_ASSERT(says("0x0,25,," CMID ",2024/5/6 7:08\n", "1:1 12290 0x00000000 cmid=" CMID_HEX " time=1714979280 minimum=25|end|"));
    CU_ASSERT(says("0x0,25,ABCDE-ABCDE-ABCDE-ABCDE-ABCDE," CMID ",2024/5/6 7:08\n", "1:1 12290 bad client \"(a product key)\" looks like a product key|end|"));
    for (size_t size = 255; size <= 256; size++) {
        char name[257] = "", text[512], found[512];
        memset(name, 'a', size);
        snprintf(text, sizeof text, "0x0,25,%s," CMID ",2024/5/6 7:08\n", name);
        snprintf(found, sizeof found, "1:1 12290 0x00000000 client=%s cmid=" CMID_HEX " time=1714979280 minimum=25|end|", name);
        if (size == 256) snprintf(found, sizeof found, "1:1 12290 bad client \"%.64s...\" is longer than a name can be, 255 bytes|end|", name);
        CU_ASSERT(says(text, found));
    }
}

/* F185, F186 */
static void times_are_never_guessed(void) {
    static const struct {
        const char *time;
        kmsrules_date_order order;
        int64_t seconds; /* -1: no such time, -2: not known without an order */
    } times[] = {
        {"2010/9/29 21:46", KMSRULES_YEAR_FIRST, 1285796760},
        {"2010/9/29 21:46", KMSRULES_MONTH_FIRST, 1285796760},
        {"2010-09-29 21:46:00", KMSRULES_DAY_FIRST, 1285796760},
        {"2010-09-29T21:46:00Z", KMSRULES_YEAR_FIRST, 1285796760},
        {"2010-09-29T23:46:00+02:00", KMSRULES_YEAR_FIRST, 1285796760},
        {"2010/9/29 9:46 PM", KMSRULES_YEAR_FIRST, 1285796760}, /* nothing is left open */
        {"2010/9/29 9:46 PM", KMSRULES_MONTH_FIRST, 1285796760},
        {"1/14/2006 2:30", KMSRULES_YEAR_FIRST, -2},
        {"1/14/2006 2:30", KMSRULES_MONTH_FIRST, 1137205800},
        {"1/14/2006 2:30", KMSRULES_DAY_FIRST, -1},
        {"14.01.2006 02:30", KMSRULES_YEAR_FIRST, -2},
        {"14.01.2006 02:30", KMSRULES_DAY_FIRST, 1137205800},
        {"1/14/2006 2:30:00 AM", KMSRULES_MONTH_FIRST, 1137205800},
        {"1/14/2006 2:30:00\xE2\x80\xAF" "AM", KMSRULES_MONTH_FIRST, 1137205800},
        {"1/14/2006 12:30:00 AM", KMSRULES_MONTH_FIRST, 1137198600},
        {"1/14/2006 12:30:00 PM", KMSRULES_MONTH_FIRST, 1137241800},
        {"1/14/2006 13:30:00 PM", KMSRULES_MONTH_FIRST, -1},
        {"2011/2/29 1:00", KMSRULES_YEAR_FIRST, -1},
        {"2012/2/29 1:00", KMSRULES_YEAR_FIRST, 1330477200},
        {"2100/2/29 1:00", KMSRULES_YEAR_FIRST, -1},
        {"2016/12/31 23:59:60", KMSRULES_YEAR_FIRST, -1},
        {"2024/13/1 1:00", KMSRULES_YEAR_FIRST, -1},
        {"2024/1/0 1:00", KMSRULES_YEAR_FIRST, -1},
        {"2024/1/1 24:00", KMSRULES_YEAR_FIRST, -1},
        {"2036/1/1 0:00", KMSRULES_YEAR_FIRST, 2082758400},
        {"2001/1/1 0:00", KMSRULES_YEAR_FIRST, 978307200},
        {"06/1/14 2:30", KMSRULES_MONTH_FIRST, -1},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[256], expected[320];
        kmsrules_events_options options = {.date_order = times[i].order};
        snprintf(text, sizeof text, "0x0,25,pc001," CMID ",%s,0\n", times[i].time);
        snprintf(expected, sizeof expected, "1:1 12290 0x00000000 client=pc001 cmid=" CMID_HEX " time=%" PRId64 " minimum=25 vm=0|end|", times[i].seconds);
        if (times[i].seconds == -1) snprintf(expected, sizeof expected, "1:1 12290 bad client-time \"%s\" is no date and time that there is|end|", times[i].time);
        if (times[i].seconds == -2)
            snprintf(expected, sizeof expected, "stop 1:1 client-time \"%s\" does not say which is the day and which the month: say --date-order dmy or mdy|", times[i].time);
        CU_ASSERT(says_with(times[i].time, kr_text_of(text), &options, expected));
    }
}

/* F191 */
static void other_forms_are_refused_by_name(void) {
    CU_ASSERT(says("\nTimeCreated  : 5/6/2024 9:08:09 AM\nProviderName : Microsoft-Windows-Security-SPP\nId           : 12290\n",
                   "stop 3:1 this is the text of Format-List, which wraps and cuts lines: use Export-Csv -NoTypeInformation -Encoding UTF8 instead, or wevtutil qe LOG /f:xml|"));
    CU_ASSERT(says("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj/></Objs>",
                   "stop 0:0 this is CliXml: wevtutil qe LOG /f:xml, or Import-Clixml FILE | Export-Csv -NoTypeInformation -Encoding UTF8 events.csv|"));
    CU_ASSERT(says_with("evtx", (struct kr_text){"ElfFile\0\0\0\0\0", 12}, NULL, "stop 0:0 this is an event log (.evtx): export it with wevtutil qe FILE /lf:true /f:xml|"));
    CU_ASSERT(says("<html><body>", "stop 0:0 this is HTML, no export of events: wevtutil qe LOG /f:xml|"));
    CU_ASSERT(says("Name,OS\nPC001,Windows 10\n", "stop 1:1 no column for the message or the client machine id; found: Name, OS; nor does a line hold an event|"));
    CU_ASSERT(says("Computername,LicenseStatus,Count\npc001,Licensed,3\n",
                   "stop 1:1 no column for the message or the client machine id; found: Computername, LicenseStatus, Count; nor does a line hold an event|"));
    CU_ASSERT(says("", "end|"));
    CU_ASSERT(says(" \r\n\n", "end|"));
}

/* ---- Tables --------------------------------------------------------------------------------------------------------------------------------- */

#define POSH "ComputerName,TimeCreated,Id,Level,MinActivateCount,ClientFqdn,ClientMachineID,ClientTimestamp,IsClientVM,LicenseState,LicenseStateExpiration,LicenseStateExpirationMin,ProductSkuId," \
             "ProductSkuName,KmsErrorCode,KmsErrorMessage\n"
#define REPORT "TimeCreated;ErrorCode;MinCount;ComputerName;ClientId;ClientTime;IsVM;LicenseStatus;Expiration;ProductId\n"

static void tables_of_scripts_are_read(void) {
    CU_ASSERT(says(POSH "kms01,2024-05-06T07:08:09Z,12290,Information,25,pc001," CMID ",2024/5/6 7:08,False,Activated,2024-10-26,249120," SKU ",Windows,0x0,Success\n",
                   "2:1 12290 0x00000000 client=pc001 cmid=" CMID_HEX " time=1714979280 logged=1714979289 by=kms01 minimum=25 left=249120 vm=0 status=1 sku=" SKU_HEX "|end|"));
    CU_ASSERT(says("\xEF\xBB\xBF" REPORT "06.05.2024 09:08:09;0x0;5;srv001;" CMID ";2024/5/6 7:08;True;OOBGrace;173.00:00:00;" SKU "\n",
                   "2:1 12290 0x00000000 client=srv001 cmid=" CMID_HEX " time=1714979280 minimum=5 left=249120 vm=1 status=2 sku=" SKU_HEX "|end|"));
    CU_ASSERT(says(REPORT "x;C004F038;5;srv001;{" CMID "};2024/5/6 7:08;0;3;60;\n", "2:1 12290 0xC004F038 client=srv001 cmid=" CMID_HEX " time=1714979280 minimum=5 left=60 vm=0 status=3|end|"));
    CU_ASSERT(says(REPORT "x;0x0;5;srv001;" CMID ";06.05.2024 07:08;True;OOBGrace;173.00:00:00;" SKU "\n",
                   "stop 2:1 client-time \"06.05.2024 07:08\" does not say which is the day and which the month: say --date-order dmy or mdy|"));
    CU_ASSERT(says(REPORT "x;0x0;5;srv001;" CMID ";2024/5/6 7:08;True;Dormant;173.00:00:00;" SKU "\nx;0x0;5;srv001;;2024/5/6 7:08;True;Licensed;1;" SKU "\nx;0x0\n",
                   "2:1 12290 bad license-status \"Dormant\" is no license status, 0 to 6|3:1 12290 bad no client machine id|4:0 0 bad 2 fields, header has 10|end|"));
}

static void local_times_need_their_zone(void) {
    static const char table[] = "\"TimeCreated\",\"Id\",\"RecordId\",\"MachineName\",\"Message\"\n\"06.05.2024 09:08:09\",\"12290\",\"7\",\"kms01\",\"Info:\r\n" FIELDS "\"\n";
    kmsrules_events_options zone = {.date_order = KMSRULES_DAY_FIRST, .has_time_zone = true, .time_zone_minutes = 120}, unordered = {.has_time_zone = true};
    CU_ASSERT(says(table, "2:1 " READ " by=kms01 record=7" READ_REST "end|"));
    CU_ASSERT(says_with("zone", kr_text_of(table), &zone, "2:1 " READ " logged=1714979289 by=kms01 record=7" READ_REST "end|"));
    CU_ASSERT(says_with("no order", kr_text_of(table), &unordered,
                        "stop 2:1 logged \"06.05.2024 09:08:09\" does not say which is the day and which the month: say --date-order dmy or mdy|"));
}

static void messages_hold_their_event(void) {
    CU_ASSERT(says("Id,Message\n12290,\n", "2:1 12290 bad the message is empty: the machine that exported it had no text for it; export with wevtutil qe LOG /f:xml|end|"));
    CU_ASSERT(says("Id,Message\n12290,Hello\n", "2:1 12290 bad the message holds no fields of its event|end|"));
    CU_ASSERT(says("Id,Message\nx,Hello\n", "2:1 0 bad id \"x\" is no number from 0 to 65535|end|"));
    CU_ASSERT(says("Id,Message\n12288,\"" FIELDS "\"\n", "2:1 12288 bad flags \"25\" is no flags such as 0x8 (field 2 of event 12288)|end|"));
    CU_ASSERT(says("Id,Message\n4624,\"An account, 1, 2\"\n12290,\"" FIELDS "\"\n", "3:1 " READ READ_REST "end|"));
}

/* ---- XML ------------------------------------------------------------------------------------------------------------------------------------ */

/* F190: what changes nothing. */
static void forms_of_xml_say_the_same(void) {
    static const char *const forms[] = {
        EVENT,
        "<?xml version=\"1.0\" encoding=\"UTF-16\" standalone=\"yes\"?>" EVENT, /* what it says of its encoding is of the file before it was decoded */
        "<Event>" SYSTEM("12290") DATA "</Event>",
        "<e:Event xmlns:e='u'><e:System><e:EventID Qualifiers='16384'>12290</e:EventID><e:TimeCreated SystemTime='2024-05-06T07:08:09Z'/><e:EventRecordID>77</e:EventRecordID>"
        "<e:Computer>kms01.contoso.example</e:Computer></e:System><e:EventData><e:Data>0x0</e:Data><e:Data>25</e:Data><e:Data>pc001.contoso.example</e:Data><e:Data>" CMID
        "</e:Data><e:Data>2024/5/6 7:08</e:Data><e:Data>0</e:Data><e:Data>1</e:Data><e:Data>249120</e:Data><e:Data>" SKU "</e:Data></e:EventData></e:Event>",
        "<Event><System><EventID>122<![CDATA[90]]></EventID><TimeCreated SystemTime='2024-05-06T07:08:09&#x5a;'/><EventRecordID>7<!-- 8 -->7</EventRecordID><Computer>kms01&#46;contoso.example"
        "</Computer></System>" DATA "</Event>",
        "<Event a='>' b=\"'\">" SYSTEM("12290") "<EventData><Data/><Data Name=''>0x0</Data><Data>\n 25 </Data><Data>pc001.contoso.exampl&#x65;</Data><Data><![CDATA[" CMID
        "]]></Data><Data>2024/5/6 7:08</Data><Data>0</Data><Data>1</Data><Data>249120</Data><Data>" SKU "</Data></EventData></Event>",
        "<Event>" SYSTEM("12290") "<EventData><Data>" FIELDS "</Data></EventData></Event>",
        "<Event>" SYSTEM("12290") "<RenderingInfo Culture='de-DE'><Message>Eine Aktivierungsanforderung.\nInfo:\n" FIELDS "</Message><Level>Informationen</Level></RenderingInfo></Event>",
        "<Event><Unknown1><Deep><Deeper a='1'>x</Deeper></Deep></Unknown1><Unknown2/>" SYSTEM("12290") DATA "<UserData><Data>0</Data></UserData><?p i?></Event>", /* F194 */
        "<Event>" SYSTEM("12290") "<EventData><Data Name='ProductId'>" SKU "</Data><Data Name='ErrorCode'>0x0</Data><Data Name='MinCount'>25</Data><Data Name='ClientFqdn'>pc001.contoso.example</Data>"
        "<Data Name='ClientId'>" CMID "</Data><Data Name='ClientTime'>2024/5/6 7:08</Data><Data Name='IsVM'>0</Data><Data Name='LicenseStatus'>1</Data><Data Name='Expiration'>249120</Data></EventData></Event>",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t before = strncmp(forms[i], "<?xml", 5) == 0 ? strlen("<?xml version=\"1.0\" encoding=\"UTF-16\" standalone=\"yes\"?>") : 0;
        char expected[512];
        snprintf(expected, sizeof expected, "1:%zu " READ_XML "end|", before + 1);
        CU_ASSERT(says(forms[i], expected));
    }
}

/* F177: places are those of the file. */
static void events_need_no_root(void) {
    char expected[2048];
    snprintf(expected, sizeof expected, "1:1 " READ_XML "1:%zu " READ_XML "2:3 " READ_XML "3:1 " READ_XML "end|", sizeof EVENT);
    CU_ASSERT(says(EVENT EVENT "\r\n  " EVENT "\r" EVENT, expected));
    CU_ASSERT(says("<Events>\n" EVENT "\n <Other x='<!'/></Events>\n", "2:1 " READ_XML "stop 3:2 \"<\" in an attribute value must be written &lt;|"));
    CU_ASSERT(says("<?xml version='1.0'?>\n<!-- <Event> -->\n<Events>\n" EVENT "\n<Other x='>'>\n" EVENT "</Other></Events>\n", "4:1 " READ_XML "6:1 " READ_XML "end|"));
    CU_ASSERT(says("<Events>" EVENT "</Events>\n<?xml version='1.0'?>\n<Events>\n" EVENT "</Events>", "1:9 " READ_XML "4:1 " READ_XML "end|"));
    CU_ASSERT(says("<Events/>", "end|"));
    CU_ASSERT(says("<Events></Events>", "end|"));
    CU_ASSERT(says("<x:Events xmlns:x='u'><x:Event><x:System><x:EventID>1</x:EventID></x:System></x:Event></x:Events>", "end|"));
    CU_ASSERT(says("<svg><g/></svg>", "stop 1:16 XML without an <Event>: export the log with wevtutil qe LOG /f:xml|"));
}

/* F182 */
static void incomplete_events_are_said(void) {
    CU_ASSERT(says("\n <Event/>", "2:2 0 bad an <Event> without <EventID>|end|"));
    CU_ASSERT(says("<Event><System><EventID></EventID></System></Event>", "1:1 0 bad <EventID> \"\" is no number from 0 to 65535|end|"));
    CU_ASSERT(says("<Event><System><EventID>70000</EventID></System></Event>", "1:1 0 bad <EventID> \"70000\" is no number from 0 to 65535|end|"));
    CU_ASSERT(says("<Event>" SYSTEM("12290") "</Event>\n" EVENT, "1:1 12290 bad an <Event> without <EventData>|2:1 " READ_XML "end|"));
    CU_ASSERT(says("<Event>" SYSTEM("12290") "<EventData/></Event>", "1:1 12290 bad an <Event> without the fields of its kind|end|"));
    CU_ASSERT(says("<Event><System><EventID>12290</EventID></System>" DATA "</Event>", "1:1 12290 bad an <Event> without <Computer>|end|"));
    CU_ASSERT(says("<Event>" SYSTEM("12290") "<EventData><Data>x</Data></EventData></Event>", "1:1 12290 bad result \"x\" is no result such as 0xC004F038 (field 1 of event 12290)|end|"));
    CU_ASSERT(says("<Event>" SYSTEM("4624") "</Event>", "end|"));
    CU_ASSERT(says("<Events>\nnoise &amp; more\n" EVENT "</Events>", "2:1 0 bad text between the events, which is not read|3:1 " READ_XML "end|"));
}

static void broken_xml_is_said_where(void) {
    CU_ASSERT(says(EVENT "\n<Event><System>", "1:1 " READ_XML "stop 2:1 the file ends within this <Event>|"));
    CU_ASSERT(says(EVENT "\n<Eve", "1:1 " READ_XML "stop 2:1 the file ends within this tag|"));
    CU_ASSERT(says(EVENT "\n<!-- x", "1:1 " READ_XML "stop 2:1 the comment opened here is not closed|"));
    CU_ASSERT(says("<Event><![CDATA[ x", "stop 1:8 the CDATA section opened here is not closed|"));
    CU_ASSERT(says("<Events>" EVENT "\n", "1:9 " READ_XML "stop 2:1 the file ends before its last element is closed|"));
    CU_ASSERT(says("<Event><System></Event></System>", "stop 1:16 this tag closes another element than the one that is open|"));
    CU_ASSERT(says("<Event/></Event>", "1:1 0 bad an <Event> without <EventID>|stop 1:9 this tag closes nothing|"));
    CU_ASSERT(says("<Event/></kmsrules>", "1:1 0 bad an <Event> without <EventID>|stop 1:9 this tag closes nothing|"));
    CU_ASSERT(says("<Event>\n<System a='1' a='2'/></Event>", "stop 2:1 an attribute is given twice|"));
    CU_ASSERT(says("<Event>\n<a>x&90</a></Event>", "stop 2:5 this reference does not end in a semicolon; a mere & is written &amp;|")); /* the parser waits for what never comes */
    CU_ASSERT(says("<Event><a>x & y; z</a></Event>", "stop 1:14 this is no well-formed XML|"));
    CU_ASSERT(says("<Event>&lol;</Event>", "stop 1:8 unknown entity; only &amp; &lt; &gt; &quot; &apos; and &#number; exist|"));
    CU_ASSERT(says("<Event><a:b/></Event>", "stop 1:8 this prefix is not declared|"));
    CU_ASSERT(says("<Event>\x01</Event>", "stop 1:8 this is not a character that XML allows|"));
    CU_ASSERT(says("<Event>&#1;</Event>", "stop 1:8 this is not a character that XML allows|"));
    CU_ASSERT(says("<Event <b/></Event>", "stop 1:1 the tag is not closed; add >|"));
}

/* F179 */
static void doctypes_are_refused(void) {
    CU_ASSERT(says("<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><Event>&lol2;</Event>", "stop 1:1 DOCTYPE is not allowed in an export of events; delete it|"));
    CU_ASSERT(says("<?xml version='1.0'?>\n <!DOCTYPE a SYSTEM 'http://example.invalid/'><Event/>", "stop 2:2 DOCTYPE is not allowed in an export of events; delete it|"));
    CU_ASSERT(says(EVENT "\n<!ENTITY x 'y'>", "1:1 " READ_XML "stop 2:1 DOCTYPE is not allowed in an export of events; delete it|"));
    CU_ASSERT(says("<Event><!DOCTYPE a></Event>", "stop 1:8 DOCTYPE is not allowed in an export of events; delete it|"));
}

/* ---- Hostile inputs ------------------------------------------------------------------------------------------------------------------------- */

static char *repeat(char *to, const char *text, size_t count) {
    for (size_t i = 0; i < count; i++) to = strcpy(to, text) + strlen(text);
    return to;
}

static bool stops_with(const char *bytes, const char *expected) {
    char *whole = read_events(kr_text_of(bytes), NULL, (struct cut){PORTIONS_WHOLE, 1}), *cut = read_events(kr_text_of(bytes), NULL, (struct cut){PORTIONS_RANDOM, 5});
    bool is_right = is_like("hostile", whole, expected) && is_like("hostile, cut", cut, expected);
    kr_memory_free(whole);
    kr_memory_free(cut);
    return is_right;
}

static void hostile_inputs_are_refused(void) {
    char *bytes = malloc(24u << 20);
    CU_ASSERT_FATAL(bytes != NULL);
    for (size_t count = 32; count <= 33; count++) { /* depth */
        repeat(repeat(repeat(bytes, "<Event>", 1), "<a>", count - 1), "</a>", count - 1);
        strcat(bytes, "</Event>");
        CU_ASSERT(stops_with(bytes, count == 32 ? "1:1 0 bad an <Event> without <EventID>|end|" : "stop 1:101 elements are nested deeper than 32|"));
    }
    repeat(bytes, "<a>", 1000000);
    CU_ASSERT(stops_with(bytes, "stop 1:97 elements are nested deeper than 32|"));
    for (size_t count = 64; count <= 65; count++) {
        char *at = repeat(bytes, "<Event", 1);
        for (size_t i = 0; i < count; i++) at += sprintf(at, " a%zu=''", i);
        repeat(at, "/>", 1);
        CU_ASSERT(stops_with(bytes, count == 64 ? "1:1 0 bad an <Event> without <EventID>|end|" : "stop 1:1 more than 64 attributes in one tag|"));
    }
    repeat(repeat(bytes, "<Event", 1), " a='1'", 1000000);
    CU_ASSERT(stops_with(bytes, "stop 1:1 more than 64 attributes in one tag|"));
    for (size_t more = 0; more < 2; more++) { /* an event of 1 MiB, and one more */
        size_t around = strlen("<Event></Event>");
        repeat(repeat(repeat(bytes, "<Event>", 1), "x", (1u << 20) - around + more), "</Event>", 1);
        CU_ASSERT(stops_with(bytes, more ? "stop 1:1 an <Event> of more than 1048576 bytes|" : "1:1 0 bad an <Event> without <EventID>|end|"));
        repeat(repeat(repeat(bytes, "<!--", 1), "x", (1u << 20) - strlen("<!---->") + more), "--><Events/>", 1);
        CU_ASSERT(stops_with(bytes, more ? "stop 1:1 a tag, comment or text of more than 1048576 bytes|" : "end|"));
    }
    repeat(repeat(bytes, "<Event>", 1), "x", 20u << 20);
    CU_ASSERT(stops_with(bytes, "stop 1:1 an <Event> of more than 1048576 bytes|"));
    repeat(repeat(repeat(repeat(bytes, "<Event><System><EventID>12290</EventID><Computer>k</Computer></System><EventData>", 1), "<Data>1</Data>", 33), "</EventData></Event>", 1), "", 1);
    CU_ASSERT(stops_with(bytes, "1:1 12290 bad an <Event> with more than 32 <Data>|end|"));
    repeat(bytes, "x", 70000);
    CU_ASSERT(stops_with(bytes, "stop 1:65537 field longer than 65536 bytes|"));
    free(bytes);
    CU_ASSERT(says("<Event>\xC3(</Event>", "stop 1:8 byte 0xC3 is not UTF-8; looks like windows-1252: say --encoding windows-1252|"));
    CU_ASSERT(says_with("NUL", (struct kr_text){"<Event>\0</Event>", 16}, NULL, "stop 1:8 NUL byte; this is no text: export the events as XML or CSV|"));
}

/* Changed bytes never crash, and never give two answers. */
static void changed_bytes_are_read_alike(void) {
    static const char *const seeds[] = {"<?xml version='1.0'?><Events>" EVENT "<!-- c -->\n" EVENT "</Events>", "Id,Message\r\n12290,\"Info:\r\n" FIELDS "\"\r\n", FIELDS "\nInfo: " FIELDS "\n",
                                        "<Events>\n<!-- it's a < b --><x a='1' b=\"2\">t</x><!-- ' < --><?p q?><Event><System><EventID>1</EventID></System>&amp;&#65;<![CDATA[ < ' ]]></Event><e:y xmlns:e='u'/></Events>"};
    enum { SEEDS = sizeof seeds / sizeof seeds[0] };
    uint32_t seed = 7;
    for (size_t round = 0; round < 20000; round++) {
        char bytes[2048];
        size_t size = strlen(seeds[round % SEEDS]);
        memcpy(bytes, seeds[round % SEEDS], size);
        size = portions_mutate(bytes, size, &seed);
        char *whole = read_events((struct kr_text){bytes, size}, NULL, (struct cut){PORTIONS_WHOLE, 1});
        char *cut = read_events((struct kr_text){bytes, size}, NULL, (struct cut){PORTIONS_SMALL_RANDOM, (uint32_t)round + 1});
        bool is_same = whole != NULL && cut != NULL && strcmp(whole, cut) == 0;
        if (!is_same) printf("\n  round %zu\n    %.*s\n    whole %s\n    cut   %s\n", round, (int)size, bytes, whole, cut);
        CU_ASSERT(is_same);
        kr_memory_free(whole);
        kr_memory_free(cut);
    }
}

/* ---- Encodings, ids, interface -------------------------------------------------------------------------------------------------------------- */

static struct kr_text to_utf16(const char *text, bool is_big, char *room) {
    size_t size = 0;
    room[size++] = is_big ? '\xFE' : '\xFF';
    room[size++] = is_big ? '\xFF' : '\xFE';
    for (; *text != '\0'; text++) {
        room[size++] = is_big ? '\0' : *text;
        room[size++] = is_big ? *text : '\0';
    }
    return (struct kr_text){room, size};
}

static void utf16_is_read(void) {
    char room[4096];
    static const char xml[] = "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<Events>\r\n" EVENT "</Events>", csv[] = "Id,Message\r\n12290,\"" FIELDS "\"\r\n";
    for (int is_big = 0; is_big < 2; is_big++) {
        CU_ASSERT(says_with("UTF-16 XML", to_utf16(xml, is_big != 0, room), NULL, "3:1 " READ_XML "end|"));
        CU_ASSERT(says_with("UTF-16 CSV", to_utf16(csv, is_big != 0, room), NULL, "2:1 " READ READ_REST "end|"));
    }
    CU_ASSERT(says_with("mark", kr_text_of("\xEF\xBB\xBF" EVENT), NULL, "1:1 " READ_XML "end|"));
}

static void feed_all(kmsrules_events *events, const char *text) {
    const kmsrules_event *event;
    kmsrules_events_feed(events, text, strlen(text));
    while (kmsrules_events_next(events, &event) == KMSRULES_OK && event != NULL) continue;
    kmsrules_events_end(events);
    while (kmsrules_events_next(events, &event) == KMSRULES_OK && event != NULL) continue;
}

/* F181, F193 */
static void ids_are_counted(void) {
    kmsrules_events *events = NULL;
    size_t count = 9;
    CU_ASSERT_EQUAL_FATAL(kmsrules_events_new(windows, NULL, &events), KMSRULES_OK);
    CU_ASSERT_PTR_NULL(kmsrules_events_seen(events, &count));
    CU_ASSERT_EQUAL(count, 0);
    feed_all(events, "<Event>" SYSTEM("4634") "</Event><Event>" SYSTEM("4624") "</Event><Event>" SYSTEM("4624") "</Event>" EVENT EVENT "<Event/>");
    const kmsrules_event_tally *seen = kmsrules_events_seen(events, &count);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CU_ASSERT(seen[0].id == 4624 && seen[0].count == 2 && seen[1].id == 4634 && seen[1].count == 1 && seen[2].id == 12290 && seen[2].count == 2);
    CU_ASSERT_STRING_EQUAL(kmsrules_events_what(events)->format, "XML");
    kmsrules_events_free(events);
    CU_ASSERT_EQUAL_FATAL(kmsrules_events_new(windows, NULL, &events), KMSRULES_OK);
    CU_ASSERT_PTR_NULL(kmsrules_events_what(events)->format);
    feed_all(events, "# said by somebody\nInfo:\n\n" FIELDS "\n");
    CU_ASSERT_STRING_EQUAL(kmsrules_events_what(events)->format, "text");
    CU_ASSERT_STRING_EQUAL(kmsrules_events_what(events)->encoding, "UTF-8");
    CU_ASSERT_EQUAL(kmsrules_events_what(events)->other_lines, 2);
    CU_ASSERT_EQUAL(kmsrules_events_what(events)->first_other_line, 1);
    CU_ASSERT_EQUAL(kmsrules_events_what(events)->unzoned_times, 0);
    kmsrules_events_free(events);
    CU_ASSERT_EQUAL_FATAL(kmsrules_events_new(windows, NULL, &events), KMSRULES_OK);
    feed_all(events, FIELDS "\n" EVENT "\n"); /* the XML says the same again */
    CU_ASSERT(kmsrules_events_what(events)->other_lines == 1 && kmsrules_events_what(events)->first_other_line == 2);
    kmsrules_events_free(events);
    CU_ASSERT_EQUAL_FATAL(kmsrules_events_new(windows, NULL, &events), KMSRULES_OK);
    feed_all(events, "TimeCreated,Id,Message\n2024-05-06 09:08,12290,\"" FIELDS "\"\n2024-05-06T09:08:09+02:00,12290,\"" FIELDS "\"\n6/5/2024 9:08,12290,\"" FIELDS "\"\n,12290,\"" FIELDS "\"\n");
    CU_ASSERT_EQUAL(kmsrules_events_what(events)->unzoned_times, 2);
    CU_ASSERT_EQUAL(kmsrules_events_what(events)->foreign, 0);
    kmsrules_events_free(events);
    CU_ASSERT_EQUAL_FATAL(kmsrules_events_new(windows, NULL, &events), KMSRULES_OK);
    feed_all(events, "Id,Source,Message\n12289,VSS,Hello\n12290,VSS,Hello\n12290,VSS,\"" FIELDS "\"\n");
    CU_ASSERT_EQUAL(kmsrules_events_what(events)->foreign, 2);
    kmsrules_events_free(events);
}

static void wrong_use_is_refused(void) {
    kmsrules_events *events = NULL;
    const kmsrules_event *event;
    CU_ASSERT_EQUAL(kmsrules_events_new(NULL, NULL, &events), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_new(windows, NULL, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_new(windows, &(kmsrules_events_options){.encoding = "no-such"}, &events), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_new(windows, &(kmsrules_events_options){.time_zone_minutes = 841}, &events), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_new(windows, &(kmsrules_events_options){.time_zone_minutes = -841}, &events), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_new(windows, &(kmsrules_events_options){.date_order = (kmsrules_date_order)3}, &events), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(events);
    CU_ASSERT_EQUAL_FATAL(kmsrules_events_new(windows, &(kmsrules_events_options){.time_zone_minutes = -840}, &events), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_events_feed(events, NULL, 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_next(events, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_end(events), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_events_feed(events, "x", 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT(kmsrules_events_next(events, &event) == KMSRULES_OK && event == NULL);
    kmsrules_events_free(events);
    kmsrules_events_free(NULL);
    CU_ASSERT_EQUAL(kmsrules_events_feed(NULL, "x", 1), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_end(NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_events_next(NULL, &event), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT(kmsrules_events_what(NULL) == NULL && kmsrules_events_why(NULL) == NULL && kmsrules_events_seen(NULL, NULL) == NULL);
}

/* ---- The application's libxml2, and memory -------------------------------------------------------------------------------------------------- */

static void count_errors(void *target, xmlErrorPtr error) {
    (void)error;
    ++*(int *)target;
}

static void handlers_of_the_application_stay(void) {
    int errors = 0;
    xmlSetStructuredErrorFunc(&errors, count_errors);
    CU_ASSERT(says("<Event><a></b></Event>", "stop 1:11 this tag closes another element than the one that is open|"));
    CU_ASSERT(xmlStructuredError == count_errors && xmlStructuredErrorContext == &errors);
    CU_ASSERT_EQUAL(errors, 0);
    xmlSetStructuredErrorFunc(NULL, NULL);
}

static void memory_that_fails_is_said(void) {
    static const char *const inputs[] = {"<Events>" EVENT "<Event/>" EVENT "</Events>", "Id,Message\n12290,\"" FIELDS "\"\n4624,x\n", "Info:\n" FIELDS "\n"};
    if (!allocation_can_fail()) return;
    for (size_t i = 0; i < 6; i++) {
        bool for_ever = i >= 3;
        struct kr_text bytes = kr_text_of(inputs[i % 3]);
        struct cut cut = {PORTIONS_WHOLE, 1};
        char *whole = read_events(bytes, NULL, cut);
        for (size_t nth = 1;; nth++) {
            xmlResetLastError();
            long before = allocation_live();
            allocation_fail(nth, for_ever);
            char *failed = read_events(bytes, NULL, cut);
            bool has_failed = allocation_stop();
            /* the log itself may be what found no memory; what was said before the failure was right */
            const char *end_of = failed == NULL ? NULL : strstr(failed, "memory|");
            bool is_good = failed == NULL || strcmp(failed, whole) == 0 || (end_of != NULL && strncmp(failed, whole, (size_t)(end_of - failed)) == 0);
            if (!is_good) printf("\n  allocation %zu\n    %s\n    %s\n", nth, whole, failed);
            CU_ASSERT(is_good);
            kr_memory_free(failed);
            xmlResetLastError();
            CU_ASSERT_EQUAL(allocation_live(), before);
            if (!has_failed) break;
        }
        kr_memory_free(whole);
    }
}

void test_events_register(void) {
    CU_pSuite suite = CU_add_suite("events", start, end);
    CU_ADD_TEST(suite, samples_say_what_a_person_reads);
    CU_ADD_TEST(suite, lines_are_found_by_shape);
    CU_ADD_TEST(suite, damaged_lines_are_told);
    CU_ADD_TEST(suite, xml_behind_text_is_said);
    CU_ADD_TEST(suite, lines_of_other_events_are_none);
    CU_ADD_TEST(suite, providers_tell_logs_apart);
    CU_ADD_TEST(suite, marks_within_lines_are_text);
    CU_ADD_TEST(suite, last_fields_may_be_missing);
    CU_ADD_TEST(suite, results_are_normalised);
    CU_ADD_TEST(suite, names_are_normalised);
    CU_ADD_TEST(suite, times_are_never_guessed);
    CU_ADD_TEST(suite, other_forms_are_refused_by_name);
    CU_ADD_TEST(suite, tables_of_scripts_are_read);
    CU_ADD_TEST(suite, local_times_need_their_zone);
    CU_ADD_TEST(suite, messages_hold_their_event);
    CU_ADD_TEST(suite, forms_of_xml_say_the_same);
    CU_ADD_TEST(suite, events_need_no_root);
    CU_ADD_TEST(suite, incomplete_events_are_said);
    CU_ADD_TEST(suite, broken_xml_is_said_where);
    CU_ADD_TEST(suite, doctypes_are_refused);
    CU_ADD_TEST(suite, hostile_inputs_are_refused);
    CU_ADD_TEST(suite, changed_bytes_are_read_alike);
    CU_ADD_TEST(suite, utf16_is_read);
    CU_ADD_TEST(suite, ids_are_counted);
    CU_ADD_TEST(suite, wrong_use_is_refused);
    CU_ADD_TEST(suite, handlers_of_the_application_stay);
    CU_ADD_TEST(suite, memory_that_fails_is_said);
}
