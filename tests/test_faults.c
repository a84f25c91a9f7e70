/* The catalogue of faults: a folder for each fault that is a table (tests/faults/F…/expect says what the load must say), tests in C for tables too
 * large to keep, and tests/faults/catalogue.csv, which says of every fault where it is tested or why it is not. */
#define _XOPEN_SOURCE 700

#include "base/memory.h"
#include "support/tables.h"

#include <CUnit/Basic.h>

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void test_faults_register(void);

#define TESTS KMSRULES_SOURCE_DIR "/tests/"
#define FAULTS TESTS "faults/"

/* ---- Folders -------------------------------------------------------------------------------------------------------------------------------- */

/* One "load" of an expect file while its lines are read. */
struct expectation {
    const char *folder; /* "F001" */
    char *files; /* "rules.xml overlay.xml" */
    unsigned line;
    struct kr_buffer problems;
};

static void judge(struct expectation *expectation) {
    char prefix[512], path[1024];
    struct kr_text list = kr_text_of(expectation->files), file;
    struct load load;
    size_t offset = 0;
    if (!expectation->files) return;
    snprintf(prefix, sizeof prefix, FAULTS "%s/", expectation->folder);
    load_start(&load, NULL);
    while (kr_text_next_word(list, &offset, &file)) {
        snprintf(path, sizeof path, "%s%.*s", prefix, (int)file.size, file.data);
        load_add(&load, path);
    }
    load_build(&load);
    char *problems = kr_buffer_finish(&expectation->problems);
    snprintf(path, sizeof path, "%sexpect", prefix);
    CU_assertImplementation(load_says(&load, prefix, problems), expectation->line, expectation->files, path, "", CU_FALSE);
    kr_memory_free(problems);
    load_end(&load);
}

static void read_expectations(const char *folder, char *text) {
    struct expectation expectation = {.folder = folder};
    unsigned number = 0;
    for (char *line = text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        number++;
        if (strncmp(line, "load ", 5) == 0) {
            judge(&expectation);
            expectation.files = line + 5;
            expectation.line = number;
        } else if (*line != '#' && strcmp(line, "accepted") != 0) {
            text_add(&expectation.problems, "%s\n", line);
        }
    }
    judge(&expectation);
}

static int is_fault(const struct dirent *entry) { return entry->d_name[0] == 'F'; }

static void folders(void) {
    struct dirent **entries = NULL;
    int count = scandir(FAULTS, &entries, is_fault, alphasort);
    CU_ASSERT(count > 0);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, FAULTS "%s/expect", entries[i]->d_name);
        struct kr_text text = file_text(path);
        CU_assertImplementation(text.data != NULL, 0, "is there", path, "", CU_FALSE);
        if (text.data) read_expectations(entries[i]->d_name, (char *)text.data);
        free((char *)text.data);
        free(entries[i]);
    }
    free(entries);
}

/* ---- Memory --------------------------------------------------------------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool can_limit_memory = false; /* the sanitizers need address space of their own */
#else
static const bool can_limit_memory = true;
#endif

static size_t address_space(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%lu", &pages) != 1) pages = 0;
        fclose(file);
    }
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Loads a table in a process of its own that may take `size` bytes more than it has. Gives its status, or -1 when it dies. */
static int status_within(size_t size, struct kr_text table) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct load load;
        struct rlimit limit = {address_space() + size, address_space() + size};
        if (can_limit_memory && setrlimit(RLIMIT_AS, &limit) != 0) _exit(99);
        load_table(&load, NULL, table);
        _exit((int)load.status);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

#define HOSTILE_SIZE ((size_t)20 << 20)

/* Bytes in use by malloc(); 0 where a sanitizer has its own. */
static size_t used_size(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* What a ruleset holds on to. */
static size_t held_size(struct kr_text table) {
    struct load load;
    size_t before = used_size();
    load_table(&load, NULL, table);
    kmsrules_builder_free(load.builder);
    load.builder = NULL;
    CU_ASSERT_PTR_NOT_NULL(load.ruleset);
    size_t after = used_size();
    load_end(&load);
    return after - before;
}

/* ---- Tables made here ----------------------------------------------------------------------------------------------------------------------- */

static void check_hostile(struct kr_buffer *table, const char *expected) {
    CU_ASSERT_FATAL(!table->has_failed);
    CU_ASSERT(table_says(text_view(table), NULL, expected));
    CU_ASSERT_EQUAL(status_within(HOSTILE_SIZE + 3 * table->size, text_view(table)), KMSRULES_INVALID_TABLE);
    kr_buffer_free(table);
}

/* F029 */
static void seventy_thousand_lines(void) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 13; i < 70000; i++) kr_buffer_add_string(&table, "\n");
    kr_buffer_add_string(&table, "  <fits hosts=\"r7\" source=\"s\"/>\n" TABLE_END);
    CU_ASSERT(table_says(text_view(&table), NULL, "t.xml:70000:3: KR905\n"));
    kr_buffer_free(&table);
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 13; i < 70000; i++) kr_buffer_add_string(&table, "<!-- -->\r\n");
    kr_buffer_add_string(&table, "  <set id=\"all\" editions=\"r7 r8\"/>\n" TABLE_END);
    CU_ASSERT(table_says(text_view(&table), NULL, "t.xml:70000:30: KR911\n"));
    kr_buffer_free(&table);
}

static void nest(struct kr_buffer *table, int depth) {
    kr_buffer_add_string(table, "<ruleset xmlns='urn:kmsrules:1' id='t' revision='1'>\n");
    for (int i = 1; i < depth; i++) kr_buffer_add_string(table, "<a>");
}

/* F042. What stands in an unknown element is not judged, but it must end. */
static void deep_nesting(void) {
    struct kr_buffer table = {0};
    static const int depths[] = {33, 257, 100000, 2000000};
    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        nest(&table, depths[i]);
        check_hostile(&table, "t.xml:2:1: KR905\nt.xml:2:94: KR904\n");
    }
    nest(&table, 32);
    for (int i = 1; i < 32; i++) kr_buffer_add_string(&table, "</a>");
    kr_buffer_add_string(&table, "</ruleset>");
    CU_ASSERT(table_says(text_view(&table), NULL, "t.xml:2:1: KR905\n"));
    kr_buffer_free(&table);
    nest(&table, 5000000);
    check_hostile(&table, "t.xml:1:1: KR904\n"); /* larger than a table may be */
}

static void check_attributes(int count, const char *format) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS "  <set id=\"all\" editions=\"r7\"");
    for (int i = 0; i < count; i++) text_add(&table, format, i);
    kr_buffer_add_string(&table, "/>\n" TABLE_END);
    check_hostile(&table, "t.xml:13:3: KR904\n");
}

/* F043, F044 */
static void many_attributes(void) {
    check_attributes(63, " a%d=\"1\"");
    check_attributes(50000, " a%d=\"1\"");
    check_attributes(200000, " a%d='>'");
    check_attributes(50000, " xmlns:a%d=\"urn:x\"");
}

/* F045: the default limits refuse the size, larger ones the twentieth error. */
static void many_names(void) {
    struct kr_buffer table = {0};
    kmsrules_limits limits = *kmsrules_default_limits();
    limits.table_size = 64 << 20;
    struct kr_buffer expected = {0};
    kr_buffer_add_string(&table, TABLE_START);
    for (int i = 0; i < 1000000; i++) text_add(&table, "<n%d/>\n", i);
    kr_buffer_add_string(&table, TABLE_END);
    for (int i = 0; i < 20; i++) text_add(&expected, "t.xml:%d:1: KR905\n", i + 3);
    kr_buffer_add_string(&expected, "t.xml:0:0: KR904\n");
    size_t bytes = table.size;
    CU_ASSERT(bytes > kmsrules_default_limits()->table_size);
    CU_ASSERT(table_says(text_view(&table), &limits, expected.data));
    check_hostile(&table, "t.xml:1:1: KR904\n");
    kr_buffer_free(&expected);
}

/* F047: what would unpack to gigabytes is not looked into. */
static void compressed_bombs(void) {
    static const char *const starts[] = {"\x1f\x8b\x08",
                                         ("\xfd" "7zXZ"),
                                         "BZh9", "\x28\xb5\x2f\xfd", "PK\x03\x04"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct kr_buffer table = {0};
        kr_buffer_add_string(&table, starts[i]);
        for (int j = 0; j < 117000; j++) kr_buffer_add_string(&table, "\x01");
        check_hostile(&table, "t.xml:1:1: KR902\n");
    }
}

/* F049 */
static void hostile_environment(void) {
    static const char *const names[] = {"XML_CATALOG_FILES", "SGML_CATALOG_FILES", "http_proxy", "XML_DEBUG_CATALOG"};
    char path[] = FAULTS "F036/rules.xml";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) setenv(names[i], "file://" FAULTS "F036/ruleset.dtd", 1);
    struct load load;
    load_start(&load, NULL);
    load_add(&load, path);
    load_build(&load);
    CU_ASSERT(load_says(&load, FAULTS "F036/", "rules.xml:2:1: KR903\n"));
    load_end(&load);
    CU_ASSERT(table_says(kr_text_of(TABLE_START TABLE_ROWS TABLE_END), NULL, ""));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) unsetenv(names[i]);
}

/* F032 as large as it comes: refused before an entity is read. */
static void blown_up_entities(void) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, "<!DOCTYPE ruleset [<!ENTITY a \"");
    for (int i = 0; i < 100000; i++) kr_buffer_add_string(&table, "a");
    kr_buffer_add_string(&table, "\">]>\n<ruleset xmlns='urn:kmsrules:1' id='t' revision='1'>");
    for (int i = 0; i < 2000; i++) kr_buffer_add_string(&table, "&a;");
    kr_buffer_add_string(&table, "</ruleset>");
    check_hostile(&table, "t.xml:1:1: KR903\n");
}

/* A short row that means every host times every key group: what it multiplies to is refused before it is laid out. */
static void many_demands(void) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS "<update id=\"KB1\" source=\"s\"/>\n");
    for (int i = 0; i < 3000; i++)
        text_add(&table, "<key-group id=\"g%d\" name=\"G%d\" kind=\"client\" application=\"windows\" source=\"s\"><covers editions=\"pro\" source=\"s\"/></key-group>\n", i, i);
    for (int i = 0; i < 1000; i++) kr_buffer_add_string(&table, "<requires hosts=\"r7\" any-of=\"KB1\" source=\"s\"/>\n");
    kr_buffer_add_string(&table, TABLE_END);
    CU_ASSERT(table_says(text_view(&table), NULL, "t.xml:1:1: KR904\n"));
    kr_buffer_free(&table);
}

/* F084: 2^40 paths from the top to the bottom. */
static void fan_out(void) {
    enum { LAYERS = 40 };
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int layer = 0; layer < LAYERS; layer++) {
        for (int side = 0; side < 2; side++) {
            text_add(&table, "<key-group id=\"g%d.%d\" name=\"G%d.%d\" kind=\"client\" application=\"windows\" source=\"s\"", layer, side, layer,
                     side);
            if (layer > 0)
                text_add(&table, " above=\"g%d.0 g%d.1\"><covers key-group=\"g%d.0\" source=\"s\"/><covers key-group=\"g%d.1\" source=\"s\"/>",
                         layer - 1, layer - 1, layer - 1, layer - 1);
            else kr_buffer_add_string(&table, "><covers key-group=\"client\" source=\"s\"/>");
            kr_buffer_add_string(&table, "<fits hosts=\"r7\" source=\"s\"/></key-group>\n");
        }
    }
    kr_buffer_add_string(&table, TABLE_END);
    struct load load;
    load_table(&load, NULL, text_view(&table));
    CU_ASSERT(load_says(&load, "", ""));
    kmsrules_id edition = 0;
    CU_ASSERT_EQUAL(kmsrules_ruleset_key_group_count(load.ruleset), 2 * LAYERS + 1);
    CU_ASSERT_EQUAL(kmsrules_can(load.ruleset, 0, 2 * LAYERS, &edition, 1, NULL), KMSRULES_YES);
    load_end(&load);
    kr_buffer_free(&table);
}

/* A chain of groups as long as the table: nothing recurses. */
static void long_chains(void) {
    enum { LENGTH = 1000 };
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 0; i < LENGTH; i++) {
        text_add(&table, "<key-group id=\"g%d\" name=\"G%d\" kind=\"client\" application=\"windows\" source=\"s\" above=\"g%d\">", i, i,
                 (i + 1) % LENGTH);
        text_add(&table, "<covers key-group=\"g%d\" source=\"s\"/><fits hosts=\"r7\" source=\"s\"/></key-group>\n", (i + 1) % LENGTH);
    }
    for (int i = 0; i < LENGTH; i++) text_add(&table, "<update id=\"KB%d\" source=\"s\" after-any-of=\"KB%d\"/>\n", i + 1, (i + 1) % LENGTH + 1);
    kr_buffer_add_string(&table, TABLE_END);
    struct load load;
    load_table(&load, NULL, text_view(&table));
    CU_ASSERT_EQUAL(load.status, KMSRULES_INVALID_TABLE);
    load_end(&load);
    kr_buffer_free(&table);
}

/* F228: the largest table that is read, in little memory. */
static void largest_table(void) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 0; table.size < (8u << 20) - 200; i++)
        text_add(&table, "<update id=\"KB%d\" source=\"s\" note=\"words that fill the table until it is as large as a table may be at all\"/>\n",
                 i + 1);
    kr_buffer_add_string(&table, TABLE_END);
    int status = status_within((size_t)64 << 20, text_view(&table));
    CU_ASSERT(status == KMSRULES_OK || status == KMSRULES_NO_MEMORY);
    CU_ASSERT_EQUAL(status_within((size_t)12 * table.size, text_view(&table)), KMSRULES_OK); /* at most at once, with all stages */
    CU_ASSERT(held_size(text_view(&table)) <= 4 * table.size + ((size_t)16 << 20));
    kr_buffer_free(&table);
}

/* ---- Replay --------------------------------------------------------------------------------------------------------------------------------- */

/* Loads `table` whole and cut off here and there: whatever comes out, nothing breaks, and no piece is taken for a ruleset. */
static void replay(const char *path, struct kr_text table) {
    for (size_t size = table.size, step = 1 + table.size / 16;; size -= step) {
        struct load load;
        load_start(&load, NULL);
        load_provide(&load, path, (struct kr_text){table.data, size});
        load_add(&load, path);
        load_build(&load);
        CU_ASSERT_EQUAL(load.ruleset != NULL, load.status == KMSRULES_OK);
        CU_ASSERT_NOT_EQUAL(load.status, KMSRULES_NO_MEMORY);
        if (size < table.size / 2) CU_assertImplementation(load.status != KMSRULES_OK, (unsigned)size, "a piece is refused", path, "", CU_FALSE);
        load_end(&load);
        if (size < step) break;
    }
}

static void replay_folder(const char *folder) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[1024];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
        if (entries[i]->d_name[0] != '.' && is_folder) replay_folder(path);
        if (S_ISREG(status.st_mode)) {
            struct kr_text table = file_text(path);
            CU_ASSERT_PTR_NOT_NULL_FATAL(table.data);
            replay(path, table);
            free((char *)table.data);
        }
        free(entries[i]);
    }
    free(entries);
}

/* Every table that ever made trouble, or was made to. */
static void replayed(void) {
    replay_folder(TESTS "faults");
    replay_folder(TESTS "corpus");
}

/* ---- Catalogue ------------------------------------------------------------------------------------------------------------------------------ */

/* Every fault that was thought of. */
static const int fault_numbers[] = {
    1,   4,   6,   7,   8,   9,   10,  12,  14,  15,  16,  17,  19,  20,  22,  23,  24,  25,  26,  27,  28,  29,  30,  32,  34,  35,  36,  37,
    38,  39,  40,  42,  43,  44,  45,  47,  49,  50,  51,  54,  55,  56,  58,  59,  60,  61,  62,  63,  65,  66,  67,  68,  69,  70,  73,  74,
    75,  76,  77,  79,  81,  83,  84,  85,  86,  87,  88,  91,  92,  93,  94,  96,  97,  98,  99,  100, 101, 103, 104, 106, 107, 108, 109, 111,
    112, 113, 115, 117, 118, 119, 120, 121, 122, 123, 124, 126, 127, 128, 129, 132, 134, 135, 136, 137, 138, 140, 141, 142, 143, 144, 145, 146,
    147, 150, 151, 152, 153, 155, 156, 157, 159, 160, 161, 162, 163, 165, 166, 168, 169, 170, 171, 172, 174, 176, 177, 179, 181, 182, 184, 185,
    186, 187, 189, 190, 191, 192, 193, 194, 195, 198, 199, 200, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 215, 216, 218, 219, 220, 221,
    222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 233, 234, 236, 237, 239, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 253, 255,
    256, 258, 259, 260, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 276, 277, 278, 279, 280, 281, 282, 283, 284, 285,
    286, 287, 288, 289, 290, 291, 292, 295, 296, 297, 298, 299, 300, 301, 302, 310, 313, 314, 316, 317, 319, 320, 321, 322, 324, 325, 326, 327};
enum { FAULT_COUNT = sizeof fault_numbers / sizeof fault_numbers[0] };

/* "folder", a file below tests/, or a file and a function in it; nothing where a reason says why. */
static bool is_tested(const char *id, const char *where, const char *reason) {
    char path[512], definition[256];
    const char *colon = strstr(where, ": ");
    if (*where == '\0') return *reason != '\0';
    if (strcmp(where, "folder") == 0) snprintf(path, sizeof path, FAULTS "%s/expect", id);
    else snprintf(path, sizeof path, TESTS "%.*s", colon ? (int)(colon - where) : (int)strlen(where), where);
    bool is_python = colon && colon - where > 3 && strncmp(colon - 3, ".py", 3) == 0;
    snprintf(definition, sizeof definition, is_python ? "    def %s(self" : "static void %s(void) {", colon ? colon + 2 : "");
    struct kr_text text = file_text(path);
    bool is_there = text.data && (!colon || strstr(text.data, definition));
    free((char *)text.data);
    return is_there;
}

static void catalogue(void) {
    struct kr_text text = file_text(FAULTS "catalogue.csv");
    CU_ASSERT_PTR_NOT_NULL_FATAL(text.data);
    char *line = strchr(text.data, '\n'), *next;
    int row = 0;
    for (line = line ? line + 1 : NULL; line && *line; line = next, row++) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        char *where = strchr(line, ','), *reason = where ? strchr(where + 1, ',') : NULL;
        bool is_right = reason && row < FAULT_COUNT && line[0] == 'F' && atoi(line + 1) == fault_numbers[row];
        if (is_right) {
            *where++ = *reason++ = '\0';
            is_right = is_tested(line, where, reason);
        }
        CU_assertImplementation(is_right, (unsigned)row + 2, line, FAULTS "catalogue.csv", "", CU_FALSE);
    }
    CU_ASSERT_EQUAL(row, FAULT_COUNT);
    free((char *)text.data);
}

void test_faults_register(void) {
    CU_TestInfo tests[] = {{"folders", folders},
                           {"seventy thousand lines", seventy_thousand_lines},
                           {"deep nesting", deep_nesting},
                           {"many attributes", many_attributes},
                           {"many names", many_names},
                           {"compressed bombs", compressed_bombs},
                           {"hostile environment", hostile_environment},
                           {"blown-up entities", blown_up_entities},
                           {"fan-out", fan_out},
                           {"many demands", many_demands},
                           {"long chains", long_chains},
                           {"largest table", largest_table},
                           {"replayed", replayed},
                           {"catalogue", catalogue},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"faults", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
