/* Names: from a spelling to an id, and the nearest names to one that nobody knows. */
#include "kmsrules/kmsrules.h"
#include "names/names.h"
#include "names/suggest.h"
#include "ruleset/ruleset.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_names_register(void);

enum { ANY = KMSRULES_EDITION | KMSRULES_RELEASE | KMSRULES_KEY_GROUP | KMSRULES_UPDATE };

static kmsrules_ruleset *windows, *windows_2010;

static kmsrules_ruleset *build(const char *name) {
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset *ruleset = NULL;
    if (kmsrules_builder_new(&builder) != KMSRULES_OK) return NULL;
    kmsrules_builder_add(builder, name);
    kmsrules_builder_build(builder, &ruleset);
    kmsrules_builder_free(builder);
    return ruleset;
}

static int build_rulesets(void) {
    windows = build("windows");
    windows_2010 = build("windows-2010");
    return windows == NULL || windows_2010 == NULL;
}

static int free_rulesets(void) {
    kmsrules_ruleset_free(windows);
    kmsrules_ruleset_free(windows_2010);
    return 0;
}

static const char *id_text(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id) {
    switch (kind) {
    case KMSRULES_EDITION: return kmsrules_ruleset_edition(ruleset, id)->id;
    case KMSRULES_RELEASE: return kmsrules_ruleset_release(ruleset, id)->id;
    case KMSRULES_KEY_GROUP: return kmsrules_ruleset_key_group(ruleset, id)->id;
    default: return kmsrules_ruleset_update(ruleset, id)->id;
    }
}

static const char *kind_text(int kind) {
    return kind == KMSRULES_EDITION ? "edition" : kind == KMSRULES_RELEASE ? "release" : kind == KMSRULES_KEY_GROUP ? "key-group" : "update";
}

/* "edition windows-7-professional", "edition a b" when ambiguous, "unknown". The text is given without a NUL behind it. */
static void say(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, char *said, size_t said_size) {
    kmsrules_identity identity = {.candidate_count = 0};
    char *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL) abort();
    memcpy(copy, text, size);
    kmsrules_status status = kmsrules_identify(ruleset, kinds, copy, size, &identity);
    free(copy);
    snprintf(said, said_size, "%s", status == KMSRULES_UNKNOWN_NAME ? "unknown" : kmsrules_status_text(status));
    if (status != KMSRULES_OK && status != KMSRULES_AMBIGUOUS_NAME) return;
    size_t length = (size_t)snprintf(said, said_size, "%s", kind_text(identity.kind));
    for (size_t i = 0; i < identity.candidate_count; i++)
        length += (size_t)snprintf(said + length, said_size - length, " %s", id_text(ruleset, identity.kind, identity.candidates[i]));
}

static bool is_said(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, const char *expected) {
    char said[1024];
    say(ruleset, kinds, text, size, said, sizeof said);
    if (strcmp(said, expected) != 0) printf("\n    \"%.*s\": %s, not %s", (int)size, text, said, expected);
    return strcmp(said, expected) == 0;
}

static bool names(unsigned kinds, const char *text, const char *expected) { return is_said(windows, kinds, text, strlen(text), expected); }

/* ---- Ids and full names --------------------------------------------------------------------------------------------------------------------- */

static void every_id(void) {
    const kmsrules_ruleset *rulesets[] = {windows, windows_2010};
    for (size_t i = 0; i < 2; i++) {
        const kmsrules_ruleset *ruleset = rulesets[i];
        size_t counts[] = {kmsrules_ruleset_edition_count(ruleset), kmsrules_ruleset_release_count(ruleset),
                           kmsrules_ruleset_key_group_count(ruleset), kmsrules_ruleset_update_count(ruleset)};
        for (int kind = KMSRULES_EDITION, k = 0; kind <= KMSRULES_UPDATE; kind *= 2, k++)
            for (kmsrules_id id = 0; id < counts[k]; id++) {
                kmsrules_identity identity;
                const char *text = id_text(ruleset, kind, id);
                CU_ASSERT_EQUAL(kmsrules_identify(ruleset, (unsigned)kind, text, strlen(text), &identity), KMSRULES_OK);
                CU_ASSERT(identity.kind == kind && identity.id == id && identity.candidate_count == 1 && identity.candidates[0] == id);
                CU_ASSERT_STRING_EQUAL(identity.how, "id");
                CU_ASSERT(identity.at.line > 0 && identity.at.column > 0);
            }
    }
}

static bool finds(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id, const char *name) {
    char expected[256];
    snprintf(expected, sizeof expected, "%s %s", kind_text(kind), id_text(ruleset, kind, id));
    return is_said(ruleset, (unsigned)kind, name, strlen(name), expected);
}

static void every_full_name(void) {
    const kmsrules_ruleset *rulesets[] = {windows, windows_2010};
    for (size_t i = 0; i < 2; i++) {
        const kmsrules_ruleset *ruleset = rulesets[i];
        for (kmsrules_id id = 0; id < kmsrules_ruleset_edition_count(ruleset); id++)
            CU_ASSERT(finds(ruleset, KMSRULES_EDITION, id, kmsrules_ruleset_edition(ruleset, id)->name));
        for (kmsrules_id id = 0; id < kmsrules_ruleset_release_count(ruleset); id++)
            CU_ASSERT(finds(ruleset, KMSRULES_RELEASE, id, kmsrules_ruleset_release(ruleset, id)->name));
        for (kmsrules_id id = 0; id < kmsrules_ruleset_key_group_count(ruleset); id++)
            CU_ASSERT(finds(ruleset, KMSRULES_KEY_GROUP, id, kmsrules_ruleset_key_group(ruleset, id)->name));
    }
}

/* ---- Captions ------------------------------------------------------------------------------------------------------------------------------- */

/* `"caption",id id` */
static void check_caption(char *line) {
    char expected[1024], *caption = line + 1, *end = strrchr(line, '"');
    CU_ASSERT_FATAL(line[0] == '"' && end > caption && end[1] == ',');
    *end = '\0';
    end[2 + strcspn(end + 2, "\n")] = '\0';
    snprintf(expected, sizeof expected, "edition %s", end + 2);
    CU_ASSERT(is_said(windows, KMSRULES_EDITION | KMSRULES_RELEASE, caption, strlen(caption), expected));
    CU_ASSERT(is_said(windows_2010, KMSRULES_EDITION | KMSRULES_RELEASE, caption, strlen(caption), expected));
}

static void captions_of_the_facts(void) {
    char line[1024];
    size_t count = 0;
    FILE *file = fopen(KMSRULES_SOURCE_DIR "/tests/cases/captions.csv", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#') continue;
        check_caption(line);
        count++;
    }
    fclose(file);
    CU_ASSERT(count > 250);
}

struct row {
    unsigned kinds;
    const char *text, *expected;
};

static void check_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) CU_ASSERT(names(rows[i].kinds, rows[i].text, rows[i].expected));
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])

static void normalisation(void) {
    static const struct row rows[] = {
        {ANY, "Windows 7 Pro", "edition windows-7-professional"},
        {ANY, "windows 7 professional", "edition windows-7-professional"},
        {ANY, "WINDOWS 7 PROFESSIONAL", "edition windows-7-professional"},
        {ANY, "  Windows   7  Professional  ", "edition windows-7-professional"},
        {ANY, "Microsoft Windows 7 Professional ", "edition windows-7-professional"},
        {ANY, "Microsoft\xc2\xae Windows\xc2\xae 7 Professional", "edition windows-7-professional"},
        {ANY, "Microsoft(R) Windows(R) 7 Professional", "edition windows-7-professional"},
        {ANY, "Microsoft(r) Windows(tm) 7 Professional", "edition windows-7-professional"},
        {ANY, "Windows\xe2\x84\xa2 7 Professional", "edition windows-7-professional"},
        {ANY, "Microsoft\xc2\xae Windows Vista\xe2\x84\xa2 Business ", "edition windows-vista-business"},
        {ANY,
         "Windows\xc2\xa0"
         "7\xc2\xa0Professional",
         "edition windows-7-professional"},
        {ANY,
         "Windows\xe2\x80\xaf"
         "7\xe3\x80\x80Professional",
         "edition windows-7-professional"},
        {ANY, "\xc2\xa0Windows 7 Professional\xc2\xa0", "edition windows-7-professional"},
        {ANY, "Windows 10 Professional for Workstations", "edition windows-10-pro-for-workstations"},
        {ANY, "Windows Server 2008 Standard without Hyper\xe2\x80\x91V", "edition windows-server-2008-standard-without-hyper-v"},
        {ANY, "Windows Server version 1809 Datacenter", "edition windows-server-version-1809-datacenter"},
        {ANY, "Windows Server, version 1809, Datacenter", "edition windows-server-version-1809-datacenter"},
        {ANY, "Windows Server 2022 Datacenter Azure Edition", "edition windows-server-2022-datacenter-azure-edition"},
        {ANY, "Windows Server 2008 R2 HPC", "edition windows-server-2008-r2-hpc-edition"},
        {ANY, "Windows Server 2008 R2 Standard Edition", "edition windows-server-2008-r2-standard"},
        {ANY, "Windows-7-Professional", "edition windows-7-professional"},
    };
    CHECK_ROWS(rows);
}

static void what_must_not_match(void) {
    static const struct row rows[] = {
        {ANY, "", "unknown"},
        {ANY, " ", "unknown"},
        {ANY, "\xc2\xa0", "unknown"},
        {ANY, "Microsoft", "unknown"},
        {ANY, "Windows", "unknown"},
        {ANY, "Windows 7 Profesional", "unknown"},
        {ANY, "Windows 7 Professional x", "unknown"},
        {ANY, "Windows7Professional", "unknown"},
        {ANY, "Windows 7 Professionals", "unknown"},
        {ANY, "Windows 1O Pro", "unknown"},
        {ANY, "Windows 10 Pro for Wor\xe2\x84\xaastations", "unknown"}, /* KELVIN SIGN lower-cases to k, but not here */
        {ANY,
         "\xe2\x84\xaa"
         "B968912",
         "unknown"},
        {ANY, "Window\xc5\xbf 7 Professional", "unknown"}, /* LONG S */
        {ANY, "W\xc4\xb0NDOWS 7 PROFESSIONAL", "unknown"}, /* I WITH DOT ABOVE */
        {ANY, "Windows \xd9\xa7 Professional", "unknown"}, /* ARABIC-INDIC DIGIT SEVEN */
        {ANY, "Windows 7 Professional\xff", "unknown"},
        {ANY, "Windows 7\xc2", "unknown"},
        {ANY,
         "Windows\xc0\xa0"
         "7 Professional",
         "unknown"}, /* overlong */
        {ANY,
         "Windows\xed\xa0\x80"
         "7 Professional",
         "unknown"}, /* surrogate */
        {ANY, "Windows 7\xe2\x80\x8b Professional", "unknown"}, /* ZERO WIDTH SPACE is no blank */
    };
    CHECK_ROWS(rows);
}

/* ---- Kinds ---------------------------------------------------------------------------------------------------------------------------------- */

static void precedence(void) {
    static const struct row rows[] = {
        {ANY, "Windows 8", "release windows-8"},
        {ANY, "windows 8", "release windows-8"},
        {ANY, "windows-8", "release windows-8"},
        {ANY, "Microsoft Windows 8", "edition windows-8-core"},
        {ANY, "Microsoft Windows 8 ", "edition windows-8-core"},
        {ANY, "Windows 8.1", "release windows-8.1"},
        {ANY, "Microsoft Windows 8.1", "edition windows-8.1-core"},
        {ANY, "Windows 8 (core)", "edition windows-8-core"},
        {KMSRULES_EDITION, "windows-8", "unknown"},
        {ANY, "windows-7", "release windows-7"},
        {KMSRULES_KEY_GROUP, "windows-7", "key-group windows-7"},
        {KMSRULES_EDITION, "windows-7", "unknown"},
        {KMSRULES_EDITION | KMSRULES_KEY_GROUP, "windows-server-2019", "key-group windows-server-2019"},
        {KMSRULES_RELEASE | KMSRULES_KEY_GROUP, "windows-server-2019", "release windows-server-2019"},
        {ANY, "Windows Server 2019", "release windows-server-2019"},
        {KMSRULES_KEY_GROUP, "Windows Server 2019", "unknown"},
        {ANY, "Volume License for Windows Server 2019", "key-group windows-server-2019"},
        {ANY, "office-2016", "release office-2016"},
        {ANY, "Office 2016", "release office-2016"},
        {KMSRULES_KEY_GROUP, "office-2016", "key-group office-2016"},
        {ANY, "windows-server-2008-r2-group-b", "key-group windows-server-2008-r2-group-b"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "windows-server-2008-r2-group-b", "unknown"},
        {0, "windows-7", "unknown"},
        {KMSRULES_RELEASE, "Windows Server 2008 R2", "release windows-server-2008-r2"},
        {KMSRULES_RELEASE, "Windows Server Semi-Annual Channel", "release windows-server-semi-annual-channel"},
        {ANY, "KMS for Windows Server 2003 v1.2", "edition windows-server-2003-kms-1.2"},
        {ANY, "Windows HPC Server 2008 R2", "edition windows-server-2008-r2-hpc-edition"},
        {ANY, "Windows HPC Server 2008", "edition windows-server-2008-hpc"},
        {ANY, "Windows XP Professional", "edition windows-xp-professional"},
    };
    CHECK_ROWS(rows);
}

static void updates(void) {
    static const struct row rows[] = {
        {KMSRULES_UPDATE, "KB968912", "update KB968912"}, {KMSRULES_UPDATE, " KB968912 ", "update KB968912"},
        {KMSRULES_UPDATE, "KB948003", "update kms-1.1"},  {KMSRULES_UPDATE, "kms-1.2", "update KB968915"},
        {ANY, "KB5034768", "update KB5034768"},           {KMSRULES_UPDATE, "KB9999999", "unknown"},
        {KMSRULES_UPDATE, "windows-7", "unknown"},
    };
    CHECK_ROWS(rows);
}

/* slmgr channel strings, facts/channels.csv, and the names of the key groups in the tables of the facts. */
static void key_groups(void) {
    static const struct row rows[] = {
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_R2_B", "key-group windows-server-2008-r2-group-b"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_R2_C", "key-group windows-server-2008-r2-group-c"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_2012-R2_WIN10", "key-group windows-server-2012-r2-for-windows-10"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_W10", "key-group windows-10"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_WS22", "key-group windows-server-2022"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_A", "key-group windows-server-2008-group-a"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_B", "key-group windows-server-2008-group-b"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_R2_A", "key-group windows-server-2008-r2-group-a"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_2008R2_B", "key-group windows-server-2008-r2-group-b"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_W7", "key-group windows-7"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_WIN8", "key-group windows-8"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_W8", "key-group windows-8"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_2012", "key-group windows-server-2012"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_2012-R2", "key-group windows-server-2012-r2"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_WS16", "key-group windows-server-2016"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_WS19", "key-group windows-server-2019"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_WS25", "key-group windows-server-2025"},
        {KMSRULES_KEY_GROUP, "volume_kms_ws25", "key-group windows-server-2025"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS_C", "key-group windows-server-2008-group-c windows-server-2008-r2-group-c"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMS", "key-group windows-vista office-2010 office-2013 office-2016 office-2019"},
        {KMSRULES_KEY_GROUP, "VOLUME_KMSCLIENT", "unknown"},
        {KMSRULES_KEY_GROUP, "VOLUME_MAK", "unknown"},
        {KMSRULES_KEY_GROUP, "RETAIL", "unknown"},
        {KMSRULES_KEY_GROUP, "Vista VL", "key-group windows-vista"},
        {KMSRULES_KEY_GROUP, "Server Group B (2008)", "key-group windows-server-2008-group-b"},
        {KMSRULES_KEY_GROUP, "Client VL (Windows 7)", "key-group windows-7"},
        {KMSRULES_KEY_GROUP, "Server Group C (2008 R2)", "key-group windows-server-2008-r2-group-c"},
        {KMSRULES_KEY_GROUP, "Server Group A", "key-group windows-server-2008-group-a windows-server-2008-r2-group-a"},
        {KMSRULES_KEY_GROUP, "Volume License for Windows 8.1", "key-group windows-8.1"},
        {KMSRULES_KEY_GROUP, "Volume License for Windows Server 2012 R2 for Windows 10", "key-group windows-server-2012-r2-for-windows-10"},
        {KMSRULES_KEY_GROUP, "Office LTSC 2021 KMS host", "key-group office-ltsc-2021"},
    };
    CHECK_ROWS(rows);
    CU_ASSERT(is_said(windows_2010, KMSRULES_KEY_GROUP, "Server Group A", 14, "key-group server-group-a"));
    CU_ASSERT(is_said(windows_2010, ANY, "client", 6, "key-group client"));
    CU_ASSERT(is_said(windows_2010, ANY, "windows-server-2019", 19, "release windows-server-2019"));
}

static void identity_record(void) {
    kmsrules_identity identity;
    static const char caption[] = "Microsoft Windows 10 Enterprise LTSC", untouched[] = "nobody knows this";
    CU_ASSERT_EQUAL(kmsrules_identify(windows, ANY, caption, sizeof caption - 1, &identity), KMSRULES_AMBIGUOUS_NAME);
    CU_ASSERT(identity.kind == KMSRULES_EDITION && identity.id == KMSRULES_NONE && identity.candidate_count == 2);
    CU_ASSERT_STRING_EQUAL(identity.how, "spelling");
    CU_ASSERT_STRING_EQUAL(identity.at.file, "data/vocabulary.xml");
    CU_ASSERT_EQUAL(kmsrules_identify(windows, ANY, "Windows 7 Professional", 22, &identity), KMSRULES_OK);
    CU_ASSERT_STRING_EQUAL(identity.how, "name");
    CU_ASSERT_STRING_EQUAL(identity.at.file, "data/editions.xml");
    kmsrules_identity before = identity;
    CU_ASSERT_EQUAL(kmsrules_identify(windows, ANY, untouched, sizeof untouched - 1, &identity), KMSRULES_UNKNOWN_NAME);
    CU_ASSERT(identity.id == before.id && identity.kind == before.kind && identity.how == before.how);
    CU_ASSERT_EQUAL(kmsrules_identify(NULL, ANY, "x", 1, &identity), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_identify(windows, ANY, NULL, 0, &identity), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_identify(windows, ANY, "x", 1, NULL), KMSRULES_INVALID_ARGUMENT);
}

/* ---- Sizes and bytes ------------------------------------------------------------------------------------------------------------------------ */

static void sizes(void) {
    static const char name[] = "Windows 7 Professional";
    char text[300];
    memset(text, ' ', sizeof text);
    memcpy(text + 100, name, sizeof name - 1);
    CU_ASSERT(is_said(windows, ANY, text, 256, "edition windows-7-professional"));
    CU_ASSERT(is_said(windows, ANY, text, 257, "unknown"));
    CU_ASSERT(is_said(windows, ANY, text, 300, "unknown"));
    memset(text, 'a', sizeof text);
    CU_ASSERT(is_said(windows, ANY, text, 255, "unknown"));
    CU_ASSERT(is_said(windows, ANY, text, 256, "unknown"));
    CU_ASSERT(is_said(windows, ANY, text, 257, "unknown"));
    CU_ASSERT(is_said(windows, ANY, "Windows 7 Professional\0", 23, "unknown"));
    CU_ASSERT(is_said(windows, ANY, "Windows 7\0Professional", 22, "unknown"));
    CU_ASSERT(is_said(windows, ANY, "windows-7\0", 10, "unknown"));
    CU_ASSERT(is_said(windows, ANY, "Windows 7 Professional N", 22, "edition windows-7-professional"));
}

static void very_long(void) {
    size_t size = 10000000;
    char *text = malloc(size);
    const char *suggestions[3];
    kmsrules_identity identity;
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, 'w', size);
    CU_ASSERT_EQUAL(kmsrules_identify(windows, ANY, text, size, &identity), KMSRULES_UNKNOWN_NAME);
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, ANY, text, size, suggestions, 3), 0);
    free(text);
}

/* What is normalised stays as it is when normalised again, and is known in that form; ids stand as they are written. */
static void folding_twice(void) {
    for (size_t i = 0; i < windows->names.count; i++) {
        if (windows->names.items[i].origin == KR_NAME_ID) continue;
        char once[KR_NAME_SIZE_LIMIT], twice[KR_NAME_SIZE_LIMIT];
        size_t once_size = 0, twice_size = 0;
        CU_ASSERT(kr_fold_text(&windows->names.fold, windows->names.items[i].text, once, &once_size));
        CU_ASSERT(kr_fold_text(&windows->names.fold, (struct kr_text){once, once_size}, twice, &twice_size));
        CU_ASSERT(once_size == twice_size && memcmp(once, twice, once_size) == 0);
        CU_ASSERT_PTR_NOT_NULL(kr_names_find(&windows->names, (unsigned)windows->names.items[i].kind, (struct kr_text){once, once_size}));
    }
}

/* ---- Suggestions ---------------------------------------------------------------------------------------------------------------------------- */

static void slips(void) {
    static const struct row rows[] = {
        {KMSRULES_EDITION | KMSRULES_RELEASE, "Windows Sever 2012", "Windows Server 2012"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "windows sever 2012", "Windows Server 2012"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "Windwos 7 Professional", "Windows 7 Professional"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "Windows 10 Enterprize", "Windows 10 Enterprise"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "Microsoft Windows Server 2008 R2 Entreprise", "Windows Server 2008 R2 Enterprise"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "Windows Server 2019 Data center", "Windows Server 2019 Datacenter"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "windows-serer-2022-standard", "Windows Server 2022 Standard"},
        {KMSRULES_EDITION | KMSRULES_RELEASE, "Offce 2016", "Office 2016"},
        {KMSRULES_KEY_GROUP, "Volume Licence for Windows Server 2019", "Volume License for Windows Server 2019"},
        {KMSRULES_KEY_GROUP, "office-2061", "Office 2016 KMS host"},
        {KMSRULES_UPDATE, "KB968921", "KB968912"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *suggestions[3] = {"", "", ""};
        size_t count = kmsrules_suggest(windows, rows[i].kinds, rows[i].text, strlen(rows[i].text), suggestions, 3);
        if (strcmp(suggestions[0], rows[i].expected) != 0)
            printf("\n    \"%s\": %s, %s, %s", rows[i].text, suggestions[0], suggestions[1], suggestions[2]);
        CU_ASSERT_EQUAL(count, 3);
        CU_ASSERT_STRING_EQUAL(suggestions[0], rows[i].expected);
        CU_ASSERT(strcmp(suggestions[0], suggestions[1]) != 0 && strcmp(suggestions[1], suggestions[2]) != 0 &&
                  strcmp(suggestions[0], suggestions[2]) != 0);
    }
}

static void suggestion_edges(void) {
    const char *suggestions[40];
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, ANY, "Windows Sever 2012", 18, suggestions, 0), 0);
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, ANY, "Windows Sever 2012", 18, suggestions, 1), 1);
    CU_ASSERT(kmsrules_suggest(windows, ANY, "Windows Sever 2012", 18, suggestions, 40) <= 40);
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, 0, "Windows Sever 2012", 18, suggestions, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_suggest(NULL, ANY, "Windows Sever 2012", 18, suggestions, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, ANY, NULL, 0, suggestions, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, ANY, "", 0, suggestions, 3), 0); /* nothing is near to nothing */
    CU_ASSERT_EQUAL(kmsrules_suggest(windows, ANY, " (R) ", 5, suggestions, 3), 0);
    CU_ASSERT_EQUAL(kmsrules_suggest(windows_2010, KMSRULES_KEY_GROUP, "Sever Group B", 13, suggestions, 1), 1);
    CU_ASSERT_STRING_EQUAL(suggestions[0], "Server Group B");
}

static size_t distance(const char *a, const char *b) { return kr_name_distance((struct kr_text){a, strlen(a)}, (struct kr_text){b, strlen(b)}); }

static void distances(void) {
    CU_ASSERT_EQUAL(distance("", ""), 0);
    CU_ASSERT_EQUAL(distance("", "abc"), 3);
    CU_ASSERT_EQUAL(distance("abc", ""), 3);
    CU_ASSERT_EQUAL(distance("sever", "server"), 1);
    CU_ASSERT_EQUAL(distance("windwos", "windows"), 1);
    CU_ASSERT_EQUAL(distance("enterprize", "enterprise"), 1);
    CU_ASSERT_EQUAL(distance("2012", "2016"), 2); /* another product rather than a slip */
    CU_ASSERT_EQUAL(distance("2061", "2016"), 1);
    CU_ASSERT_EQUAL(distance("kitten", "sitting"), 3);
}

/* What a hand does to a word of a command line, and what it does not. */
static void word_slips(void) {
    CU_ASSERT_EQUAL(kmsrules_word_slips("counts", "counts"), 0);
    CU_ASSERT_EQUAL(kmsrules_word_slips("forcast", "forecast"), 1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("cuonts", "counts"), 1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("-format", "--format"), 0);
    CU_ASSERT_EQUAL(kmsrules_word_slips("--last", "--last-success"), 1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("c", "can"), -1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("--foo", "--to"), -1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("xyz", "can"), -1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("", "can"), -1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("counts", ""), -1);
    CU_ASSERT_EQUAL(kmsrules_word_slips(NULL, "can"), -1);
    CU_ASSERT_EQUAL(kmsrules_word_slips("can", NULL), -1);
}

/* Texts of every size up to the limit, of few letters, so that swaps and repetitions are frequent. */
static struct kr_text any_text(char *room, size_t size, const char *letters, uint32_t *state) {
    for (size_t i = 0; i < size; i++) {
        *state = *state * 1664525 + 1013904223;
        room[i] = letters[(*state >> 16) % strlen(letters)];
    }
    return (struct kr_text){room, size};
}

static void least_distances(void) {
    static const size_t sizes[] = {0, 1, 2, 5, 31, 63, 64, 65, 100, 127, 128, 129, 191, 192, 193, 255, 256};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    char a[KR_NAME_SIZE_LIMIT], b[KR_NAME_SIZE_LIMIT];
    uint32_t state = 1;
    size_t differing = 0;
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++)
            for (size_t round = 0; round < 4; round++) {
                struct kr_text first = any_text(a, sizes[i], round < 3 ? "abc " : "a12", &state), second = any_text(b, sizes[j], round < 3 ? "abc " : "a12", &state);
                if (round == 2) memcpy(b, a, sizes[i] < sizes[j] ? sizes[i] : sizes[j]); /* alike */
                size_t least = kr_name_least_distance(first, second), exact = kr_name_distance(first, second);
                CU_ASSERT(round < 3 ? least == exact : least <= exact);
                differing += least != exact;
            }
    CU_ASSERT(differing > 0);
    CU_ASSERT_EQUAL(kr_name_least_distance((struct kr_text){a, 257}, (struct kr_text){b, 1}), SIZE_MAX);
}

void test_names_register(void) {
    CU_TestInfo tests[] = {{"every id", every_id},
                           {"every full name", every_full_name},
                           {"captions of the facts", captions_of_the_facts},
                           {"normalisation", normalisation},
                           {"what must not match", what_must_not_match},
                           {"precedence", precedence},
                           {"updates", updates},
                           {"key groups", key_groups},
                           {"identity record", identity_record},
                           {"sizes", sizes},
                           {"very long", very_long},
                           {"folding twice", folding_twice},
                           {"slips", slips},
                           {"suggestion edges", suggestion_edges},
                           {"distances", distances},
                           {"word slips", word_slips},
                           {"least distances", least_distances},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"names", build_rulesets, free_rulesets, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
