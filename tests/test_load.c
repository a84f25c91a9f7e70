/* Loading: places, limits, includes, overlays, files that are not what they should be, and the manners of a library towards its host. */
#define _GNU_SOURCE /* syscall() */

#include "base/memory.h"
#include "support/tables.h"

#include <CUnit/Basic.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void test_load_register(void);

#define SOUND TABLE_START TABLE_ROWS TABLE_END

/* ---- Files on disk -------------------------------------------------------------------------------------------------------------------------- */

static char folder[64]; /* ends in a slash; made for the suite, removed with what is in it */

static int make_folder(void) {
    strcpy(folder, "/tmp/kmsrules-load-XXXXXX");
    if (!mkdtemp(folder) || chmod(folder, 0755) != 0) return 1;
    strcat(folder, "/");
    return 0;
}

static int remove_folder(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *path_of(const char *name) {
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text) {
    unlink(path_of(name));
    FILE *file = fopen(path_of(name), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    CU_ASSERT_EQUAL(chmod(path_of(name), 0644), 0);
}

static bool files_say(const char *names, kmsrules_status status, const char *expected) {
    struct load load;
    struct kr_text word;
    size_t offset = 0;
    load_start(&load, NULL);
    while (kr_text_next_word(kr_text_of(names), &offset, &word)) {
        char name[256];
        snprintf(name, sizeof name, "%s%.*s", word.data[0] == '/' ? "" : folder, (int)word.size, word.data);
        load_add(&load, name);
    }
    load_build(&load);
    bool is_right = load_says(&load, folder, expected) && load.status == status;
    if (load.status != status) printf("\n    %s: status \"%s\"", names, kmsrules_status_text(load.status));
    load_end(&load);
    return is_right;
}

/* ---- Reading in a way of our own ------------------------------------------------------------------------------------------------------------ */

/* read() as the library calls it: the program's own definition comes first. */
enum reading { READ_AS_IT_IS, READ_BYTE_BY_BYTE, READ_INTERRUPTED, READ_FAILING, READ_CHANGED, READ_CUT };
static _Thread_local enum reading reading;
static _Thread_local unsigned read_count;

static void change_table(bool is_cut) {
    int descriptor = open(path_of("changing.xml"), O_WRONLY | O_APPEND);
    if (descriptor < 0) return;
    if (is_cut ? ftruncate(descriptor, 100) != 0 : write(descriptor, "\n", 1) != 1) abort();
    close(descriptor);
}

ssize_t read(int descriptor, void *data, size_t size) {
    read_count++;
    switch (reading) {
    case READ_AS_IT_IS: break;
    case READ_BYTE_BY_BYTE: size = size > 0; break;
    case READ_INTERRUPTED:
        if (read_count % 2 == 1) return errno = EINTR, -1;
        size = size > 100 ? 100 : size;
        break;
    case READ_FAILING:
        if (read_count == 2) return errno = EIO, -1;
        size = size > 100 ? 100 : size;
        break;
    case READ_CHANGED:
    case READ_CUT:
        if (read_count == 1) change_table(reading == READ_CUT);
    }
    return syscall(SYS_read, descriptor, data, size);
}

static bool read_says(int how, const char *name, kmsrules_status status, const char *expected) {
    reading = (enum reading)how;
    read_count = 0;
    bool is_right = files_say(name, status, expected);
    reading = READ_AS_IT_IS;
    return is_right && read_count > 0;
}

static void short_reads(void) {
    write_file("whole.xml", SOUND);
    CU_ASSERT(read_says(READ_BYTE_BY_BYTE, "whole.xml", KMSRULES_OK, ""));
    CU_ASSERT(read_says(READ_INTERRUPTED, "whole.xml", KMSRULES_OK, ""));
}

static void read_errors(void) {
    write_file("whole.xml", SOUND);
    CU_ASSERT(read_says(READ_FAILING, "whole.xml", KMSRULES_UNREADABLE, "whole.xml:0:0: KR921\n"));
    CU_ASSERT(files_say("/proc/self/mem", KMSRULES_UNREADABLE, "/proc/self/mem:0:0: KR921\n"));
}

static void changed_while_read(void) {
    write_file("changing.xml", SOUND);
    CU_ASSERT(read_says(READ_CHANGED, "changing.xml", KMSRULES_UNREADABLE, "changing.xml:0:0: KR921\n"));
    CU_ASSERT(read_says(READ_CUT, "changing.xml", KMSRULES_UNREADABLE, "changing.xml:0:0: KR921\n"));
    CU_ASSERT(files_say("changing.xml", KMSRULES_INVALID_TABLE, "changing.xml:3:3: KR905\nchanging.xml:3:6: KR901\n"));
}

/* ---- Places --------------------------------------------------------------------------------------------------------------------------------- */

/* Line ends replaced by `end`; `table` has LF. */
static void add_with_ends(struct kr_buffer *text, const char *table, const char *end) {
    for (const char *next; *table; table = next) {
        const char *line_end = strchr(table, '\n');
        next = line_end ? line_end + 1 : table + strlen(table);
        kr_buffer_add(text, (struct kr_text){table, (size_t)((line_end ? line_end : next) - table)});
        if (line_end) kr_buffer_add_string(text, end);
    }
}

/* F027 */
static void line_ends(void) {
    static const char rows[] =
        "<ruleset xmlns=\"urn:kmsrules:1\" id=\"test\" revision=\"1\">\n" TABLE_ROWS "  <!-- a comment\n     of two lines -->\n"
        "  <set id=\"all\"\n       editions=\"r7\n  r8 -r9\"/> TODO\n"
        "  <key-group ref=\"clientele\"/>\n"
        "  <notes/>\n";
    static const char *const starts[] = {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "\xef\xbb\xbf<?xml version='1.0'?>\n", "\n",
                                         "\xef\xbb\xbf\n"};
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    static const char expected[] = "t.xml:17:3: KR911\nt.xml:17:7: KR911\nt.xml:17:13: KR909\nt.xml:18:19: KR911\nt.xml:19:3: KR905\n";
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        for (size_t j = 0; j < sizeof ends / sizeof ends[0]; j++) {
            struct kr_buffer text = {0};
            add_with_ends(&text, starts[i], ends[j]);
            add_with_ends(&text, rows, ends[j]);
            kr_buffer_add_string(&text, TABLE_END);
            CU_ASSERT(table_says(text_view(&text), NULL, expected));
            kr_buffer_free(&text);
            add_with_ends(&text, starts[i], ends[j]);
            add_with_ends(&text, "<ruleset xmlns=\"urn:kmsrules:1\" id=\"test\" revision=\"1\">\n" TABLE_ROWS TABLE_END, ends[j]);
            CU_ASSERT(table_says(text_view(&text), NULL, ""));
            kr_buffer_free(&text);
        }
    }
}

/* ---- Limits --------------------------------------------------------------------------------------------------------------------------------- */

/* A table that reaches `reach` exactly of one limit; what it says when the limit is smaller. */
struct limit_case {
    const char *table;
    size_t offset; /* of the limit in kmsrules_limits */
    size_t reach;
    const char *refused;
};
#define LIMIT(name) offsetof(kmsrules_limits, name)

static void set_limit(kmsrules_limits *limits, size_t offset, size_t value) { memcpy((char *)limits + offset, &value, sizeof value); }

/* F236, F242 */
static void limits_at_the_edge(void) {
    static const char long_id[] = TABLE_START TABLE_ROWS "<set id=\"aaaaaaaaaaaaaaaaaaaa\" editions=\"r7\"/>" TABLE_END;
    const struct limit_case cases[] = {
        {SOUND, LIMIT(table_size), sizeof SOUND - 1, "t.xml:1:1: KR904\n"},
        {SOUND, LIMIT(element_depth), 3, "t.xml:6:5: KR904\n"},
        {SOUND, LIMIT(element_count), 9, "t.xml:11:5: KR904\n"},
        {SOUND, LIMIT(attribute_count), 5, "t.xml:9:3: KR904\n"},
        {SOUND, LIMIT(attribute_size), 22, "t.xml:6:23: KR904\n"},
        {long_id, LIMIT(id_size), 20, "t.xml:13:10: KR904\n"},
        {SOUND, LIMIT(name_size), 22, "t.xml:6:29: KR904\n"},
        {SOUND, LIMIT(pair_count), 1, NULL},
        {SOUND, LIMIT(member_count), 8, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kr_text table = kr_text_of(cases[i].table);
        kmsrules_limits limits = *kmsrules_default_limits();
        set_limit(&limits, cases[i].offset, cases[i].reach + 1);
        CU_ASSERT(table_says(table, &limits, ""));
        set_limit(&limits, cases[i].offset, cases[i].reach);
        CU_ASSERT(table_says(table, &limits, ""));
        set_limit(&limits, cases[i].offset, cases[i].reach - 1);
        if (cases[i].refused) CU_assertImplementation(table_says(table, &limits, cases[i].refused), (unsigned)i, "refused", "limits", "", CU_FALSE);
    }
}

#define TWO_GROUPS \
    TABLE_START TABLE_ROWS "<key-group id=\"b\" name=\"B\" kind=\"client\" application=\"windows\" source=\"s\">" \
                           "<covers editions=\"pro\" source=\"s\"/><fits hosts=\"r7\" source=\"s\"/></key-group>\n" TABLE_END

/* Of all tables together, so that the place is that of the whole or of the row that was one too many. */
static void limits_of_pairs_and_members(void) {
    kmsrules_limits limits = *kmsrules_default_limits();
    for (size_t pairs = 1; pairs <= 3; pairs++) {
        limits.pair_count = pairs;
        CU_ASSERT(table_says(kr_text_of(TWO_GROUPS), &limits, pairs < 2 ? "t.xml:1:1: KR904\n" : ""));
    }
    limits = *kmsrules_default_limits();
    size_t least = 0; /* the lists of the table name this many */
    for (size_t members = 1; members <= 20 && least == 0; members++) {
        struct load load;
        limits.member_count = members;
        load_table(&load, &limits, kr_text_of(TWO_GROUPS));
        if (load.status == KMSRULES_OK) least = members;
        for (size_t i = 0; i < kmsrules_builder_problem_count(load.builder); i++)
            CU_ASSERT_STRING_EQUAL(kmsrules_builder_problem(load.builder, i)->code, load.status == KMSRULES_OK ? "KR952" : "KR904");
        load_end(&load);
    }
    CU_ASSERT_EQUAL(least, 13); /* editions of rows: 1 own, 2 covered, 2 hosts; sources: 1 edition, 1 threshold, 2 groups, 4 rows */
}

static void limit_of_problems(void) {
    static const char wrong[] = TABLE_START TABLE_ROWS "<a/>\n<b/>\n<c/>\n" TABLE_END;
    kmsrules_limits limits = *kmsrules_default_limits();
    limits.problem_count = 4;
    CU_ASSERT(table_says(kr_text_of(wrong), &limits, "t.xml:13:1: KR905\nt.xml:14:1: KR905\nt.xml:15:1: KR905\n"));
    limits.problem_count = 3;
    CU_ASSERT(table_says(kr_text_of(wrong), &limits, "t.xml:13:1: KR905\nt.xml:14:1: KR905\nt.xml:15:1: KR905\nt.xml:0:0: KR904\n"));
    limits.problem_count = 2;
    CU_ASSERT(table_says(kr_text_of(wrong), &limits, "t.xml:13:1: KR905\nt.xml:14:1: KR905\nt.xml:0:0: KR904\n"));
}

/* Files f0 to f<count - 1>, each including the next; the last one has the rows. */
static void provide_chain(struct load *load, int count) {
    for (int i = 0; i < count; i++) {
        char path[32], text[2048];
        snprintf(path, sizeof path, "f%d.xml", i);
        if (i + 1 < count) snprintf(text, sizeof text, "%s<include href=\"f%d.xml\"/>\n%s", TABLE_START, i + 1, TABLE_END);
        else snprintf(text, sizeof text, "%s", SOUND);
        load_provide(load, path, kr_text_of(text));
    }
}

static bool chain_says(const kmsrules_limits *limits, int count, const char *expected) {
    struct load load;
    load_start(&load, limits);
    provide_chain(&load, count);
    load_add(&load, "f0.xml");
    load_build(&load);
    bool is_right = load_says(&load, "", expected);
    load_end(&load);
    return is_right;
}

static void include_depth(void) {
    kmsrules_limits limits = *kmsrules_default_limits();
    CU_ASSERT(chain_says(NULL, 64, ""));
    CU_ASSERT(chain_says(NULL, 65, "f63.xml:3:10: KR904\n"));
    CU_ASSERT(chain_says(NULL, 1000, "f63.xml:3:10: KR904\n"));
    limits.include_depth = 3;
    CU_ASSERT(chain_says(&limits, 3, ""));
    CU_ASSERT(chain_says(&limits, 4, "f2.xml:3:10: KR904\n"));
    limits.include_depth = 1;
    CU_ASSERT(chain_says(&limits, 1, ""));
    CU_ASSERT(chain_says(&limits, 2, "f0.xml:3:10: KR904\n"));
}

/* F237 */
static void silly_limits(void) {
    kmsrules_builder *builder = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_builder_new(&builder), KMSRULES_OK);
    for (size_t offset = 0; offset < sizeof(kmsrules_limits); offset += sizeof(size_t)) {
        kmsrules_limits limits = *kmsrules_default_limits();
        const size_t illegal[] = {0, SIZE_MAX, SIZE_MAX / 64 + 1};
        for (size_t i = 0; i < sizeof illegal / sizeof illegal[0]; i++) {
            set_limit(&limits, offset, illegal[i]);
            CU_ASSERT_EQUAL(kmsrules_builder_set_limits(builder, &limits), KMSRULES_INVALID_ARGUMENT);
        }
        set_limit(&limits, offset, SIZE_MAX / 64);
        CU_ASSERT_EQUAL(kmsrules_builder_set_limits(builder, &limits), KMSRULES_OK);
    }
    kmsrules_builder_free(builder);
    kmsrules_limits least, most;
    for (size_t offset = 0; offset < sizeof(kmsrules_limits); offset += sizeof(size_t)) {
        set_limit(&least, offset, 1);
        set_limit(&most, offset, SIZE_MAX / 64);
    }
    CU_ASSERT(table_says(kr_text_of(SOUND), &least, "t.xml:1:1: KR904\nt.xml:0:0: KR904\n"));
    CU_ASSERT(table_says(kr_text_of(SOUND), &most, ""));
    CU_ASSERT(table_says(kr_text_of(TABLE_START "<fits/>"), &most, "t.xml:3:1: KR905\nt.xml:3:8: KR901\n"));
}

/* Names longer than the default may be wanted; the index of names holds them as written. */
static void larger_names(void) {
    struct kr_buffer table = {0};
    kmsrules_limits limits = *kmsrules_default_limits();
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS
                         "<set id=\"all\" editions=\"r7\"/><edition kind=\"client\" application=\"windows\" id=\"long\" volume=\"no\" "
                         "source=\"s\" name=\"");
    for (int i = 0; i < 100; i++) kr_buffer_add_string(&table, "Name ");
    kr_buffer_add_string(&table, "\"/>" TABLE_END);
    CU_ASSERT(table_says(text_view(&table), NULL, "t.xml:13:114: KR904\n"));
    limits.name_size = 500;
    CU_ASSERT(table_says(text_view(&table), &limits, ""));
    kr_buffer_free(&table);
}

/* ---- Includes and layers -------------------------------------------------------------------------------------------------------------------- */

#define INCLUDED(rows) "<table xmlns=\"urn:kmsrules:1\">\n" rows "</table>\n"

static void includes(void) {
    CU_ASSERT_EQUAL(mkdir(path_of("rules"), 0755), 0);
    CU_ASSERT_EQUAL(mkdir(path_of("data"), 0755), 0);
    CU_ASSERT_EQUAL(mkdir(path_of("rules/inner"), 0755), 0);
    /* A diamond, over several spellings of one path and a link: read once. */
    write_file("rules/diamond.xml", TABLE_START "<include href=\"left.xml\"/><include href=\"inner/right.xml\"/>\n" TABLE_END);
    write_file("rules/left.xml", INCLUDED("<include href=\"../data/rows.xml\"/><include href=\"./../data/./rows.xml\"/>"));
    write_file("rules/inner/right.xml", INCLUDED("<include href=\"../../data/rows.xml\"/><include href=\"../../data/link.xml\"/>"));
    write_file("data/rows.xml", INCLUDED(TABLE_ROWS));
    CU_ASSERT_EQUAL(symlink("rows.xml", path_of("data/link.xml")), 0);
    CU_ASSERT(files_say("rules/diamond.xml", KMSRULES_OK, ""));
    /* Cycles, the shortest first. */
    write_file("rules/self.xml", TABLE_START "<include href=\"self.xml\"/>\n" TABLE_ROWS TABLE_END);
    CU_ASSERT(files_say("rules/self.xml", KMSRULES_INVALID_TABLE, "rules/self.xml:3:1: KR913\n"));
    write_file("rules/a.xml", TABLE_START TABLE_ROWS "<include href=\"b.xml\"/>\n" TABLE_END);
    write_file("rules/b.xml", INCLUDED("<include href=\"c.xml\"/>"));
    write_file("rules/c.xml", INCLUDED("\n <include href=\"inner/../b.xml\"/>"));
    CU_ASSERT(files_say("rules/a.xml", KMSRULES_INVALID_TABLE, "rules/c.xml:3:2: KR913\n"));
    write_file("rules/missing.xml", TABLE_START TABLE_ROWS "<include href=\"nowhere.xml\"/><include href=\"inner\"/>\n" TABLE_END);
    CU_ASSERT(files_say("rules/missing.xml", KMSRULES_UNREADABLE, "rules/missing.xml:13:10: KR921\nrules/missing.xml:13:39: KR921\n"));
    /* A file that was included cannot be a layer as well, nor a layer twice. */
    CU_ASSERT(files_say("rules/diamond.xml data/rows.xml", KMSRULES_INVALID_TABLE, "data/rows.xml:0:0: KR910\n"));
    CU_ASSERT(files_say("rules/diamond.xml rules/../rules/diamond.xml", KMSRULES_INVALID_TABLE, "rules/diamond.xml:0:0: KR910\n"));
    CU_ASSERT(files_say("data/rows.xml", KMSRULES_INVALID_TABLE, "data/rows.xml:1:1: KR905\n"));
}

static void include_boundary(void) {
    CU_ASSERT_EQUAL(mkdir(path_of("site"), 0755), 0);
    CU_ASSERT_EQUAL(mkdir(path_of("site/rules"), 0755), 0);
    CU_ASSERT_EQUAL(mkdir(path_of("site2"), 0755), 0);
    write_file("outside.xml", INCLUDED("<a/>"));
    write_file("site2/outside.xml", INCLUDED("<a/>"));
    write_file("site/inside.xml", INCLUDED(TABLE_ROWS));
    CU_ASSERT_EQUAL(symlink("../../outside.xml", path_of("site/rules/link.xml")), 0);
    CU_ASSERT_EQUAL(symlink("../site2", path_of("site/folder")), 0);
    CU_ASSERT_EQUAL(symlink("../inside.xml", path_of("site/rules/inside.xml")), 0);
    write_file("site/rules/root.xml", TABLE_START "<include href=\"../inside.xml\"/>\n"
                                                  "<include href=\"../../outside.xml\"/>\n"
                                                  "<include href=\"link.xml\"/>\n"
                                                  "<include href=\"../folder/outside.xml\"/>\n"
                                                  "<include href=\"../../site2/outside.xml\"/>\n"
                                                  "<include href=\"/etc/passwd\"/>\n"
                                                  "<include href=\"/proc/self/environ\"/>\n"
                                                  "<include href=\"inside.xml\"/>\n" TABLE_END);
    CU_ASSERT(files_say("site/rules/root.xml", KMSRULES_INVALID_TABLE,
                        "site/rules/root.xml:4:10: KR916\nsite/rules/root.xml:5:10: KR916\nsite/rules/root.xml:6:10: KR916\n"
                        "site/rules/root.xml:7:10: KR916\nsite/rules/root.xml:8:10: KR916\nsite/rules/root.xml:9:10: KR916\n"));
    /* The root's own links are followed first: its boundary is where it really lies. */
    CU_ASSERT_EQUAL(symlink("../site/rules/root.xml", path_of("site2/root.xml")), 0);
    write_file("site/rules/root.xml", TABLE_START "<include href=\"../inside.xml\"/>\n" TABLE_END);
    CU_ASSERT(files_say("site/rules/root.xml", KMSRULES_OK, ""));
    write_file("site/rules/root.xml",
               TABLE_START "<include href=\"http://127.0.0.1:9/x.xml\"/><include href=\"file:///etc/passwd\"/>\n" TABLE_ROWS TABLE_END);
    CU_ASSERT(files_say("site/rules/root.xml", KMSRULES_UNREADABLE, "site/rules/root.xml:3:10: KR921\nsite/rules/root.xml:3:52: KR921\n"));
}

static bool provided_say(const char *const files[], const char *roots, const char *expected) {
    struct load load;
    struct kr_text word;
    size_t offset = 0;
    load_start(&load, NULL);
    for (size_t i = 0; files[i]; i += 2) load_provide(&load, files[i], kr_text_of(files[i + 1]));
    while (kr_text_next_word(kr_text_of(roots), &offset, &word)) {
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)word.size, word.data);
        load_add(&load, name);
    }
    load_build(&load);
    bool is_right = load_says(&load, "", expected);
    load_end(&load);
    return is_right;
}

static void provided_includes(void) {
    const char *const sound[] = {"rules/r.xml", TABLE_START "<include href=\"../data/d.xml\"/>" TABLE_END, "data/d.xml", INCLUDED(TABLE_ROWS), NULL};
    CU_ASSERT(provided_say(sound, "rules/r.xml", ""));
    const char *const missing[] = {"r.xml",
                                   TABLE_START "<include href=\"data/editions.xml\"/>\n<include href=\"/etc/passwd\"/>\n" TABLE_ROWS TABLE_END, NULL};
    CU_ASSERT(provided_say(missing, "r.xml", "r.xml:3:10: KR916\nr.xml:4:10: KR916\n"));
    const char *const built_in[] = {"windows", SOUND, NULL}; /* what is offered wins over what is built in */
    CU_ASSERT(provided_say(built_in, "windows", ""));
    struct load load;
    load_start(&load, NULL);
    load_add(&load, "windows-2010");
    load_build(&load);
    CU_ASSERT_EQUAL(load.status, KMSRULES_OK);
    CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_file(load.ruleset, 0)->path, "rules/windows-2010.xml");
    CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_file(load.ruleset, 1)->path, "data/sources.xml");
    load_end(&load);
}

#define BASE_LAYER \
    TABLE_START TABLE_ROWS "  <key-group id=\"server\" name=\"Server\" kind=\"server\" application=\"windows\" above=\"client\" source=\"s\">\n" \
                           "    <covers key-group=\"client\" source=\"s\"/>\n    <fits hosts=\"r7\" source=\"s\"/>\n  </key-group>\n" TABLE_END
#define OVERLAY(rows) "<ruleset xmlns=\"urn:kmsrules:1\" id=\"site\" revision=\"7\">\n" rows TABLE_END

static kmsrules_verdict verdict_of(const char *const files[], const char *roots, const char *group, kmsrules_verdict otherwise) {
    struct load load;
    struct kr_text word;
    size_t offset = 0;
    kmsrules_identity host, key;
    kmsrules_verdict verdict = otherwise;
    load_start(&load, NULL);
    for (size_t i = 0; files[i]; i += 2) load_provide(&load, files[i], kr_text_of(files[i + 1]));
    while (kr_text_next_word(kr_text_of(roots), &offset, &word)) load_add(&load, (char[]){word.data[0], '\0'});
    load_build(&load);
    if (load.status == KMSRULES_OK && kmsrules_identify(load.ruleset, KMSRULES_EDITION, "pro", 3, &host) == KMSRULES_OK &&
        kmsrules_identify(load.ruleset, KMSRULES_KEY_GROUP, group, strlen(group), &key) == KMSRULES_OK)
        verdict = kmsrules_can(load.ruleset, host.id, key.id, &host.id, 1, NULL);
    load_end(&load);
    return verdict;
}

/* A row of a later layer beats one of an earlier layer for the same pair; within one layer they contradict each other. */
static void overlays(void) {
    const char *excludes[] = {"a", BASE_LAYER,
                              "b", OVERLAY("<key-group ref=\"client\"><excludes editions=\"pro\" source=\"s\"/></key-group>"),
                              "c", OVERLAY("<key-group ref=\"client\"><covers editions=\"pro\" source=\"s\"/></key-group>"),
                              NULL};
    CU_ASSERT_EQUAL(verdict_of(excludes, "a", "client", KMSRULES_NO_VERDICT), KMSRULES_YES);
    CU_ASSERT_EQUAL(verdict_of(excludes, "a b", "client", KMSRULES_NO_VERDICT), KMSRULES_NO);
    CU_ASSERT_EQUAL(verdict_of(excludes, "a b c", "client", KMSRULES_NO_VERDICT), KMSRULES_YES);
    CU_ASSERT_EQUAL(verdict_of(excludes, "a c b", "client", KMSRULES_NO_VERDICT), KMSRULES_NO);
    /* What a group inherits belongs to the layer of its covers row. */
    CU_ASSERT_EQUAL(verdict_of(excludes, "a", "server", KMSRULES_NO_VERDICT), KMSRULES_YES);
    CU_ASSERT_EQUAL(verdict_of(excludes, "a b", "server", KMSRULES_NO_VERDICT), KMSRULES_NO);
    const char *hosts[] = {"a", BASE_LAYER,
                           "b", OVERLAY("<no-host editions=\"pro\" source=\"s\"/>"),
                           "c", OVERLAY("<key-group ref=\"client\"><fits hosts=\"pro\" source=\"s\"/></key-group>"),
                           "d", OVERLAY("<key-group ref=\"server\"><fits hosts=\"pro\" source=\"s\"/></key-group>"),
                           "e", OVERLAY("<key-group ref=\"server\"><excludes hosts=\"pro\" source=\"s\"/></key-group>"),
                           NULL};
    /* A later layer that lets a host hold one group lifts no-host, also when a still later one takes that group away again. */
    CU_ASSERT_EQUAL(verdict_of(hosts, "a b d e", "client", KMSRULES_NO_VERDICT), KMSRULES_YES);
    CU_ASSERT_EQUAL(verdict_of(hosts, "a b", "client", KMSRULES_NO_VERDICT), KMSRULES_NO);
    CU_ASSERT_EQUAL(verdict_of(hosts, "a b c", "client", KMSRULES_NO_VERDICT), KMSRULES_YES);
    CU_ASSERT_EQUAL(verdict_of(hosts, "a c b", "client", KMSRULES_NO_VERDICT), KMSRULES_NO);
    const char *replaced[] = {
        "a", BASE_LAYER, "b",
        OVERLAY("<key-group id=\"client\" replace=\"yes\" name=\"Other\" kind=\"client\" application=\"windows\" source=\"s\">"
                "<covers editions=\"pro\" source=\"s\"/><undocumented hosts=\"pro\" note=\"silent\" source=\"s\"/></key-group>"),
        NULL};
    CU_ASSERT_EQUAL(verdict_of(replaced, "a b", "client", KMSRULES_NO_VERDICT), KMSRULES_UNDOCUMENTED);
    const char *sources[] = {"a", BASE_LAYER, "b",
                             OVERLAY("<source id=\"s\" replace=\"yes\" title=\"T\" reliability=\"primary\"/>"
                                     "<application id=\"windows\" replace=\"yes\" name=\"W\"/>"
                                     "<threshold kind=\"client\" replace=\"yes\" minimum=\"1\" counts=\"client\" source=\"s\"/>"
                                     "<release id=\"r7\" replace=\"yes\" name=\"Seven\" kind=\"client\" application=\"windows\">"
                                     "<edition id=\"pro\" name=\"Seven Pro\" volume=\"yes\" source=\"s\"/></release>"),
                             NULL};
    CU_ASSERT_EQUAL(verdict_of(sources, "a b", "client", KMSRULES_NO_VERDICT), KMSRULES_YES);
}

static void overlay_problems(void) {
    const char *again[] = {
        "a", BASE_LAYER, "b",
        OVERLAY("<source id=\"s\" title=\"T\" reliability=\"primary\"/>\n<threshold kind=\"client\" minimum=\"1\" counts=\"client\" source=\"s\"/>\n"
                "<key-group id=\"client\" name=\"N\" kind=\"client\" application=\"windows\" source=\"s\"/>\n"),
        NULL};
    CU_ASSERT(provided_say(again, "a b", "b:2:13: KR910\nb:3:12: KR910\nb:4:16: KR910\n"));
    const char *nothing[] = {"a", BASE_LAYER, "b",
                             OVERLAY("<source id=\"t\" replace=\"yes\" title=\"T\" reliability=\"primary\"/>\n<key-group ref=\"nobody\"/>\n"
                                     "<threshold kind=\"office\" replace=\"yes\" minimum=\"1\" counts=\"office\" source=\"s\"/>\n"),
                             NULL};
    CU_ASSERT(provided_say(nothing, "a b", "b:2:13: KR911\nb:3:17: KR911\nb:4:12: KR911\n"));
    const char *alias[] = {"a", BASE_LAYER, "b",
                           OVERLAY("<update id=\"KB1\" source=\"s\"/><update id=\"KB2\" source=\"s\"/><requires hosts=\"r7\" any-of=\"KB1 KB2\" source=\"s\"/>"), "c",
                           OVERLAY("<update id=\"KB1\" alias=\"KB2\" replace=\"yes\" source=\"s\"/>\n"), NULL};
    CU_ASSERT(provided_say(alias, "a b c", "c:2:25: KR910\n"));
    const char *within[] = {"a", BASE_LAYER, "b",
                            OVERLAY("<update id=\"KB1\" source=\"s\"/>\n<update id=\"KB1\" replace=\"yes\" source=\"s\"/>\n<requires hosts=\"r7\" "
                                    "any-of=\"KB1\" source=\"s\"/>\n"),
                            NULL};
    CU_ASSERT(provided_say(within, "a b", "b:3:13: KR910\n"));
    const char *both[] = {
        "a", BASE_LAYER, "b",
        OVERLAY("<key-group ref=\"client\">\n<excludes editions=\"pro\" source=\"s\"/>\n<covers editions=\"r7\" source=\"s\"/>\n</key-group>"), NULL};
    CU_ASSERT(provided_say(both, "a b", "b:4:1: KR914\n"));
    const char *gone[] = {"a", BASE_LAYER, "b",
                          OVERLAY("<release id=\"r7\" replace=\"yes\" name=\"Seven\" kind=\"client\" application=\"windows\">\n"
                                  "<edition id=\"home\" name=\"Seven Home\" volume=\"yes\" source=\"s\"/></release>\n"),
                          NULL};
    CU_ASSERT(provided_say(gone, "a b", "a:10:23: KR911\n"));
}

/* The example of the issue: one run tells all, and nothing is half loaded. */
static void all_in_one_run(void) {
    const char *const files[] = {
        "root.xml",
        TABLE_START "  <include href=\"cycle.xml\"/>\n  <include href=\"unknown.xml\"/>\n  <include href=\"duplicate.xml\"/>\n"
                    "  <include href=\"source.xml\"/>\n  <include href=\"doctype.xml\"/>\n  <include href=\"absent.xml\"/>\n" TABLE_ROWS TABLE_END,
        "cycle.xml",
        INCLUDED("  <include href=\"again.xml\"/>\n"),
        "again.xml",
        INCLUDED("\n    <include href=\"cycle.xml\"/>\n"),
        "unknown.xml",
        INCLUDED("  <key-group ref=\"client\">\n    <fits hosts=\"pro windows-8\" source=\"s\"/>\n  </key-group>\n"),
        "duplicate.xml",
        INCLUDED("  <set id=\"all\" editions=\"r7\"/>\n  <set id=\"r7\" editions=\"pro\"/>\n"),
        "source.xml",
        INCLUDED("  <no-client editions=\"all\"/>\n"),
        "doctype.xml",
        "<?xml version=\"1.0\"?>\n\n  <!DOCTYPE table SYSTEM \"file:///etc/passwd\">\n" INCLUDED(""),
        NULL};
    CU_ASSERT(provided_say(files, "root.xml",
                           "root.xml:8:12: KR916\nunknown.xml:3:22: KR911\nduplicate.xml:3:12: KR910\nsource.xml:2:3: KR914\nsource.xml:2:3: KR915\n"
                           "doctype.xml:3:3: KR903\nagain.xml:3:5: KR913\n"));
    struct load load;
    load_start(&load, NULL);
    for (size_t i = 0; files[i]; i += 2) load_provide(&load, files[i], kr_text_of(files[i + 1]));
    load_add(&load, "root.xml");
    load_build(&load);
    CU_ASSERT_EQUAL(load.status, KMSRULES_INVALID_TABLE);
    CU_ASSERT_PTR_NULL(load.ruleset);
    CU_ASSERT_EQUAL(kmsrules_builder_build(load.builder, &load.ruleset), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_builder_add(load.builder, "root.xml"), KMSRULES_INVALID_ARGUMENT);
    load_end(&load);
    load_start(&load, NULL);
    CU_ASSERT_EQUAL(kmsrules_builder_build(load.builder, &load.ruleset), KMSRULES_NOTHING_ASKED);
    load_end(&load);
}

/* ---- Files that are no tables --------------------------------------------------------------------------------------------------------------- */

static void missing_files(void) {
    CU_ASSERT(files_say("none.xml", KMSRULES_UNREADABLE, "none.xml:0:0: KR921\n"));
    CU_ASSERT(files_say("none/none.xml", KMSRULES_UNREADABLE, "none/none.xml:0:0: KR921\n"));
    write_file("whole.xml", SOUND);
    CU_ASSERT(files_say("whole.xml none.xml", KMSRULES_UNREADABLE, "none.xml:0:0: KR921\n"));
    CU_ASSERT(files_say("whole.xml/x", KMSRULES_UNREADABLE, "whole.xml/x:0:0: KR921\n"));
}

/* F050: nothing but a path of the file system. */
static void literal_paths(void) {
    write_file("cAd.xml", SOUND);
    CU_ASSERT(files_say("c%41d.xml", KMSRULES_UNREADABLE, "c%41d.xml:0:0: KR921\n"));
    static const char *const paths[] = {"http://127.0.0.1:9/t.xml", "file:///etc/passwd", "-", "", "~/t.xml", "$HOME/t.xml"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct load load;
        load_start(&load, NULL);
        load_add(&load, paths[i]);
        load_build(&load);
        CU_ASSERT_EQUAL(load.status, KMSRULES_UNREADABLE);
        load_end(&load);
    }
}

static void not_regular(void) {
    CU_ASSERT_EQUAL(mkfifo(path_of("fifo.xml"), 0644), 0);
    CU_ASSERT_EQUAL(mkdir(path_of("folder.xml"), 0755), 0);
    CU_ASSERT(files_say("fifo.xml folder.xml /dev/zero /dev/urandom /dev/null", KMSRULES_UNREADABLE,
                        "fifo.xml:0:0: KR921\nfolder.xml:0:0: KR921\n/dev/zero:0:0: KR921\n/dev/urandom:0:0: KR921\n/dev/null:0:0: KR921\n"));
    CU_ASSERT(files_say("/proc/self/status", KMSRULES_UNREADABLE, "/proc/self/status:0:0: KR921\n"));
    write_file("larger.xml", SOUND);
    CU_ASSERT_EQUAL(truncate(path_of("larger.xml"), (8 << 20) + 1), 0);
    CU_ASSERT(files_say("larger.xml", KMSRULES_INVALID_TABLE, "larger.xml:0:0: KR904\n"));
}

static void no_descriptors(void) {
    struct rlimit before, none;
    write_file("whole.xml", SOUND);
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){3, before.rlim_max};
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &none), 0);
    CU_ASSERT(files_say("whole.xml", KMSRULES_UNREADABLE, "whole.xml:0:0: KR921\n"));
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
    CU_ASSERT(files_say("whole.xml", KMSRULES_OK, ""));
}

/* A link is followed once; the table is what it leads to. */
static void links(void) {
    write_file("whole.xml", SOUND);
    CU_ASSERT_EQUAL(symlink("whole.xml", path_of("link.xml")), 0);
    CU_ASSERT_EQUAL(symlink("loop.xml", path_of("loop.xml")), 0);
    CU_ASSERT(files_say("link.xml", KMSRULES_OK, ""));
    CU_ASSERT(files_say("loop.xml", KMSRULES_UNREADABLE, "loop.xml:0:0: KR921\n"));
}

/* Runs a load as another user; gives whether it said so. */
static bool says_as(uid_t user, const char *names, kmsrules_status status, const char *expected) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (setgid(user) != 0 || setuid(user) != 0) _exit(2);
        bool is_right = files_say(names, status, expected);
        fflush(stdout);
        _exit(is_right ? 0 : 1);
    }
    int result = 0;
    return child > 0 && waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

static void no_permission(void) {
    if (geteuid() != 0) {
        write_file("closed.xml", SOUND);
        CU_ASSERT_EQUAL(chmod(path_of("closed.xml"), 0), 0);
        CU_ASSERT(files_say("closed.xml", KMSRULES_UNREADABLE, "closed.xml:0:0: KR921\n"));
        return;
    }
    write_file("closed.xml", SOUND);
    CU_ASSERT_EQUAL(chmod(path_of("closed.xml"), 0600), 0);
    CU_ASSERT_EQUAL(mkdir(path_of("closed"), 0700), 0);
    write_file("closed/in.xml", SOUND);
    CU_ASSERT(says_as(65534, "closed.xml closed/in.xml", KMSRULES_UNREADABLE, "closed.xml:0:0: KR921\nclosed/in.xml:0:0: KR921\n"));
}

static void not_trusted(void) {
    if (geteuid() != 0) {
        printf(" (skipped: not root)");
        return;
    }
    static const mode_t modes[] = {0664, 0646, 0666, 0777};
    write_file("whole.xml", SOUND);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        CU_ASSERT_EQUAL(chmod(path_of("whole.xml"), modes[i]), 0);
        CU_ASSERT(files_say("whole.xml", KMSRULES_NOT_TRUSTED, "whole.xml:0:0: KR922\n"));
        CU_ASSERT(says_as(65534, "whole.xml", KMSRULES_OK, "")); /* whoever has no power has none to lend */
    }
    CU_ASSERT_EQUAL(chmod(path_of("whole.xml"), 0644), 0);
    CU_ASSERT_EQUAL(chown(path_of("whole.xml"), 65534, 65534), 0);
    CU_ASSERT(files_say("whole.xml", KMSRULES_NOT_TRUSTED, "whole.xml:0:0: KR922\n"));
    CU_ASSERT_EQUAL(mkdir(path_of("open"), 0755), 0);
    write_file("open/in.xml", SOUND);
    CU_ASSERT(files_say("open/in.xml", KMSRULES_OK, ""));
    CU_ASSERT_EQUAL(chmod(path_of("open"), 0775), 0);
    CU_ASSERT(files_say("open/in.xml", KMSRULES_NOT_TRUSTED, "open/in.xml:0:0: KR922\n"));
    write_file("including.xml", TABLE_START "<include href=\"open/in.xml\"/>\n" TABLE_END);
    CU_ASSERT(files_say("including.xml", KMSRULES_NOT_TRUSTED, "including.xml:3:10: KR922\n"));
    CU_ASSERT_EQUAL(chmod(path_of("open"), 01777), 0);
    CU_ASSERT(files_say("open/in.xml", KMSRULES_OK, ""));
    CU_ASSERT_EQUAL(chown(path_of("open"), 65534, 65534), 0);
    CU_ASSERT(files_say("open/in.xml", KMSRULES_NOT_TRUSTED, "open/in.xml:0:0: KR922\n"));
}

/* ---- Manners -------------------------------------------------------------------------------------------------------------------------------- */

static unsigned host_error_count;

static void count_host_error(void *data, xmlErrorPtr error) {
    (void)data, (void)error;
    host_error_count++;
}

static void host_error_handler(void) {
    int context = 0;
    xmlSetStructuredErrorFunc(&context, count_host_error);
    CU_ASSERT(table_says(kr_text_of(TABLE_START "<a></b>"), NULL, "t.xml:3:1: KR905\nt.xml:3:4: KR901\n"));
    CU_ASSERT(table_says(kr_text_of(SOUND), NULL, ""));
    CU_ASSERT_PTR_EQUAL(xmlStructuredErrorContext, &context);
    CU_ASSERT(xmlStructuredError == count_host_error);
    CU_ASSERT_EQUAL(host_error_count, 0);
    xmlSetStructuredErrorFunc(NULL, NULL);
}

static unsigned entity_load_count;

static xmlParserInputPtr load_nothing(const char *url, const char *id, xmlParserCtxtPtr context) {
    (void)url, (void)id, (void)context;
    entity_load_count++;
    return NULL;
}

/* F282 */
static void host_globals(void) {
    int substitute = xmlSubstituteEntitiesDefault(1), blanks = xmlKeepBlanksDefault(0), warnings = xmlPedanticParserDefault(1),
        load_dtd = xmlLoadExtDtdDefaultValue;
    int validity = xmlDoValidityCheckingDefaultValue;
    xmlExternalEntityLoader loader = xmlGetExternalEntityLoader();
    xmlLoadExtDtdDefaultValue = 1;
    xmlDoValidityCheckingDefaultValue = 1;
    xmlSetExternalEntityLoader(load_nothing);
    CU_ASSERT(table_says(kr_text_of(SOUND), NULL, ""));
    CU_ASSERT(
        table_says(kr_text_of("<!DOCTYPE ruleset SYSTEM 'x.dtd' [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\n" SOUND), NULL, "t.xml:1:1: KR903\n"));
    CU_ASSERT(table_says(kr_text_of(TABLE_START TABLE_ROWS " <set id=\"a\" editions=\"r7\"> TODO </set>" TABLE_END), NULL, "t.xml:13:29: KR909\n"));
    CU_ASSERT_EQUAL(entity_load_count, 0);
    xmlSetExternalEntityLoader(loader);
    xmlSubstituteEntitiesDefault(substitute);
    xmlKeepBlanksDefault(blanks);
    xmlPedanticParserDefault(warnings);
    xmlLoadExtDtdDefaultValue = load_dtd;
    xmlDoValidityCheckingDefaultValue = validity;
}

static size_t host_blocks;

/* A block with a header, so that free() of it would be noticed. */
static void *take_host_block(size_t size) {
    char *block = malloc(size + 32);
    if (!block) return NULL;
    memcpy(block, "of the host", 12);
    memcpy(block + 16, &size, sizeof size);
    host_blocks++;
    return block + 32;
}

static void free_host_block(void *block) {
    if (!block) return;
    CU_ASSERT(memcmp((char *)block - 32, "of the host", 12) == 0);
    free((char *)block - 32);
}

static void *resize_host_block(void *block, size_t size) {
    size_t held = 0;
    void *grown = take_host_block(size);
    if (block) memcpy(&held, (char *)block - 16, sizeof held);
    if (grown && block) memcpy(grown, block, held < size ? held : size);
    if (grown) free_host_block(block);
    return grown;
}

static char *copy_host_string(const char *string) {
    char *copy = take_host_block(strlen(string) + 1);
    return copy ? strcpy(copy, string) : NULL;
}

static void *take_nothing(size_t size) {
    (void)size;
    return NULL;
}

static void *resize_nothing(void *block, size_t size) {
    (void)block, (void)size;
    return NULL;
}

static char *copy_nothing(const char *string) {
    (void)string;
    return NULL;
}

/* In a process of its own: what libxml2 holds of the old allocator would be given to the new one. */
static void host_allocator(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        xmlResetLastError(); /* of the old allocator */
        xmlMemSetup(free_host_block, take_host_block, resize_host_block, copy_host_string);
        bool is_right =
            table_says(kr_text_of(SOUND), NULL, "") && table_says(kr_text_of(TABLE_START "<a></b>"), NULL, "t.xml:3:1: KR905\nt.xml:3:4: KR901\n");
        is_right = is_right && host_blocks > 0;
        xmlResetLastError();
        xmlMemSetup(free_host_block, take_nothing, resize_nothing, copy_nothing);
        struct load load;
        load_start(&load, NULL);
        load_provide(&load, "t.xml", kr_text_of(SOUND));
        is_right = is_right && kmsrules_builder_add(load.builder, "t.xml") == KMSRULES_NO_MEMORY;
        is_right = is_right && kmsrules_builder_build(load.builder, &load.ruleset) == KMSRULES_NO_MEMORY && !load.ruleset;
        load_end(&load);
        fflush(stdout);
        _exit(is_right ? 0 : 1);
    }
    int result = 0;
    CU_ASSERT(child > 0 && waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 0);
}

static void *load_and_ask(void *data) {
    bool *is_right = data;
    kmsrules_ruleset *ruleset = NULL;
    kmsrules_question *question = NULL;
    kmsrules_answer *answer = NULL;
    *is_right = kmsrules_ruleset_default(&ruleset) == KMSRULES_OK && kmsrules_question_new(ruleset, &question) == KMSRULES_OK &&
                kmsrules_question_set_host(question, "Windows Server 2012 R2 Datacenter") == KMSRULES_OK &&
                kmsrules_question_add_edition(question, "Windows 7 Professional") == KMSRULES_OK && kmsrules_ask(question, &answer) == KMSRULES_OK;
    kmsrules_answer_free(answer);
    kmsrules_question_free(question);
    kmsrules_ruleset_free(ruleset);
    return NULL;
}

static void first_call_in_threads(void) {
    enum { COUNT = 8 };
    pthread_t threads[COUNT];
    bool is_right[COUNT] = {false};
    for (int i = 0; i < COUNT; i++) CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, load_and_ask, &is_right[i]), 0);
    for (int i = 0; i < COUNT; i++) {
        pthread_join(threads[i], NULL);
        CU_ASSERT(is_right[i]);
    }
}

static void small_stack(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    bool is_right = false;
    CU_ASSERT_EQUAL_FATAL(pthread_attr_init(&attributes), 0);
    CU_ASSERT_EQUAL(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, &attributes, load_and_ask, &is_right), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    CU_ASSERT(is_right);
}

static void many_failures(void) {
    for (int i = 0; i < 1000; i++) {
        struct load load;
        load_table(&load, NULL, kr_text_of(i % 2 ? TABLE_START "<a></b>" : TABLE_START "<set id=\"a\" editions=\"b\"/>" TABLE_END));
        CU_ASSERT_EQUAL(load.status, KMSRULES_INVALID_TABLE);
        load_end(&load);
    }
    CU_ASSERT(table_says(kr_text_of(SOUND), NULL, ""));
}

/* ---- Owners --------------------------------------------------------------------------------------------------------------------------------- */

/* The objects of one question, freed in every order. */
static void any_order_of_freeing(void) {
    enum { RULESET, QUESTION, ANSWER, LIST, OBJECT_COUNT };
    for (unsigned order = 0; order < 256; order++) {
        unsigned places[OBJECT_COUNT] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3}, seen = 0;
        for (int i = 0; i < OBJECT_COUNT; i++) seen |= 1u << places[i];
        if (seen != 15) continue;
        struct load load;
        kmsrules_question *question = NULL;
        kmsrules_answer *answer = NULL;
        kmsrules_list *list = NULL;
        load_table(&load, NULL, kr_text_of(SOUND));
        kmsrules_builder_free(load.builder);
        CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(load.ruleset, &question), KMSRULES_OK);
        CU_ASSERT_EQUAL(kmsrules_question_set_host(question, "pro"), KMSRULES_OK);
        CU_ASSERT_EQUAL(kmsrules_question_add_edition(question, "Windows 7"), KMSRULES_OK);
        CU_ASSERT_EQUAL(kmsrules_ask(question, &answer), KMSRULES_OK);
        CU_ASSERT_EQUAL(kmsrules_find(question, KMSRULES_SEARCH_HOSTS, &list), KMSRULES_OK);
        for (int i = 0; i < OBJECT_COUNT; i++) {
            if (places[i] == RULESET) kmsrules_ruleset_free(load.ruleset);
            if (places[i] == QUESTION) kmsrules_question_free(question);
            if (places[i] == ANSWER) kmsrules_answer_free(answer);
            if (places[i] == LIST) kmsrules_list_free(list);
            if (seen & 1u << ANSWER && places[i] != ANSWER) CU_ASSERT_EQUAL(kmsrules_answer_verdict(answer), KMSRULES_YES);
            seen &= ~(1u << places[i]);
        }
    }
}

/* ---- NULL ----------------------------------------------------------------------------------------------------------------------------------- */

/* Every function with NULL where none is allowed; what is there is sound. */
struct null_fixture {
    kmsrules_ruleset *ruleset;
    kmsrules_question *question;
    kmsrules_answer *answer;
    kmsrules_builder *builder;
    kmsrules_list *list;
};

static void refuse_nulls(const struct null_fixture *have) {
    void *const untouched = (void *)&host_blocks;
    kmsrules_builder *builder = untouched;
    kmsrules_ruleset *ruleset = untouched;
    kmsrules_question *question = untouched;
    kmsrules_answer *answer = untouched;
    kmsrules_list *list = untouched;
    kmsrules_identity identity = {0};
    const kmsrules_status statuses[] = {
        kmsrules_builder_new(NULL),
        kmsrules_builder_set_limits(NULL, kmsrules_default_limits()),
        kmsrules_builder_set_limits(have->builder, NULL),
        kmsrules_builder_provide(NULL, "t", "", 0),
        kmsrules_builder_provide(have->builder, NULL, "", 0),
        kmsrules_builder_provide(have->builder, "t", NULL, 1),
        kmsrules_builder_add(NULL, "t"),
        kmsrules_builder_add(have->builder, NULL),
        kmsrules_builder_build(NULL, &ruleset),
        kmsrules_builder_build(have->builder, NULL),
        kmsrules_ruleset_default(NULL),
        kmsrules_identify(NULL, KMSRULES_EDITION, "pro", 3, &identity),
        kmsrules_identify(have->ruleset, KMSRULES_EDITION, NULL, 3, &identity),
        kmsrules_identify(have->ruleset, KMSRULES_EDITION, "pro", 3, NULL),
        kmsrules_question_new(NULL, &question),
        kmsrules_question_new(have->ruleset, NULL),
        kmsrules_question_set_host(NULL, "pro"),
        kmsrules_question_set_host(have->question, NULL),
        kmsrules_question_add_key(NULL, "client"),
        kmsrules_question_add_key(have->question, NULL),
        kmsrules_question_add_edition(NULL, "pro"),
        kmsrules_question_add_edition(have->question, NULL),
        kmsrules_question_add_update(NULL, "KB1"),
        kmsrules_question_add_update(have->question, NULL),
        kmsrules_question_set_updates_complete(NULL, true),
        kmsrules_question_set_host_build(NULL, "17763"),
        kmsrules_question_set_host_build(have->question, NULL),
        kmsrules_question_set_count(NULL, KMSRULES_CLIENT, 1),
        kmsrules_question_set_date(NULL, "2026-11-21"),
        kmsrules_question_set_date(have->question, NULL),
        kmsrules_ask(NULL, &answer),
        kmsrules_ask(have->question, NULL),
        kmsrules_find(NULL, KMSRULES_SEARCH_HOSTS, &list),
        kmsrules_find(have->question, KMSRULES_SEARCH_HOSTS, NULL),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        CU_assertImplementation(statuses[i] == KMSRULES_INVALID_ARGUMENT, (unsigned)i, "is an invalid argument", "NULL arguments, call", "",
                                CU_FALSE);
    CU_ASSERT(builder == untouched && ruleset == untouched && question == untouched && answer == untouched && list == untouched);
}

static void count_nulls(const struct null_fixture *have) {
    const char *names[1];
    kmsrules_id edition = 0;
    const size_t zeros[] = {
        kmsrules_builder_problem_count(NULL),
        kmsrules_ruleset_source_count(NULL),
        kmsrules_ruleset_application_count(NULL),
        kmsrules_ruleset_release_count(NULL),
        kmsrules_ruleset_edition_count(NULL),
        kmsrules_ruleset_key_group_count(NULL),
        kmsrules_ruleset_update_count(NULL),
        kmsrules_ruleset_file_count(NULL),
        kmsrules_list_count(NULL),
        kmsrules_answer_host_count(NULL),
        kmsrules_answer_note_count(NULL),
        kmsrules_suggest(NULL, 15, "x", 1, names, 1),
        kmsrules_suggest(have->ruleset, 15, NULL, 1, names, 1),
        kmsrules_suggest(have->ruleset, 15, "x", 1, NULL, 1),
    };
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        CU_assertImplementation(zeros[i] == 0, (unsigned)i, "is 0", "counts of NULL, call", "", CU_FALSE);
    const void *const nulls[] = {
        kmsrules_builder_problem(NULL, 0),
        kmsrules_ruleset_revision(NULL),
        kmsrules_ruleset_source(NULL, 0),
        kmsrules_ruleset_application(NULL, 0),
        kmsrules_ruleset_release(NULL, 0),
        kmsrules_ruleset_edition(NULL, 0),
        kmsrules_ruleset_key_group(NULL, 0),
        kmsrules_ruleset_update(NULL, 0),
        kmsrules_ruleset_file(NULL, 0),
        kmsrules_list_get(NULL, 0),
        kmsrules_answer_host(NULL, 0),
        kmsrules_answer_ruleset(NULL),
        kmsrules_ruleset_retain(NULL),
        kmsrules_builder_problem(have->builder, SIZE_MAX),
        kmsrules_ruleset_source(have->ruleset, KMSRULES_NONE),
        kmsrules_ruleset_application(have->ruleset, KMSRULES_NONE),
        kmsrules_ruleset_release(have->ruleset, KMSRULES_NONE),
        kmsrules_ruleset_edition(have->ruleset, KMSRULES_NONE),
        kmsrules_ruleset_key_group(have->ruleset, KMSRULES_NONE),
        kmsrules_ruleset_update(have->ruleset, KMSRULES_NONE),
        kmsrules_ruleset_file(have->ruleset, SIZE_MAX),
        kmsrules_list_get(have->list, SIZE_MAX),
        kmsrules_answer_host(have->answer, SIZE_MAX),
        kmsrules_builtin_name(SIZE_MAX - 1),
        kmsrules_kind_text((kmsrules_kind)99),
        kmsrules_verdict_text((kmsrules_verdict)99),
        kmsrules_check_name((kmsrules_check_code)99),
        kmsrules_outcome_text((kmsrules_outcome)99),
        kmsrules_basis_text((kmsrules_basis)99),
    };
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        CU_assertImplementation(nulls[i] == NULL, (unsigned)i, "is NULL", "records of NULL, call", "", CU_FALSE);
    CU_ASSERT_EQUAL(kmsrules_answer_verdict(NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(NULL, 0, 0, &edition, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(have->ruleset, 0, 0, NULL, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(have->ruleset, 0, 0, &edition, 0, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_EQUAL(kmsrules_can(have->ruleset, KMSRULES_NONE, 0, &edition, 1, NULL), KMSRULES_NO_VERDICT);
    CU_ASSERT_PTR_NOT_NULL(kmsrules_status_text((kmsrules_status)99));
}

static void null_arguments(void) {
    struct load load;
    struct null_fixture have = {0};
    load_table(&load, NULL, kr_text_of(SOUND));
    have.ruleset = load.ruleset;
    CU_ASSERT_EQUAL_FATAL(kmsrules_builder_new(&have.builder), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(have.ruleset, &have.question), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_host(have.question, "pro"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_add_edition(have.question, "pro"), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_ask(have.question, &have.answer), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_find(have.question, KMSRULES_SEARCH_HOSTS, &have.list), KMSRULES_OK);
    refuse_nulls(&have);
    count_nulls(&have);
    kmsrules_question_clear(NULL);
    kmsrules_question_free(NULL);
    kmsrules_ruleset_free(NULL);
    kmsrules_builder_free(NULL);
    kmsrules_answer_free(NULL);
    kmsrules_list_free(NULL);
    kmsrules_list_free(have.list);
    kmsrules_answer_free(have.answer);
    kmsrules_question_free(have.question);
    kmsrules_builder_free(have.builder);
    load_end(&load);
}

/* ---- What must change nothing --------------------------------------------------------------------------------------------------------------- */

/* Id of an edition of one ruleset in another. */
static kmsrules_id edition_in(const kmsrules_ruleset *ruleset, const char *id) {
    for (kmsrules_id i = 0; i < kmsrules_ruleset_edition_count(ruleset); i++)
        if (strcmp(kmsrules_ruleset_edition(ruleset, i)->id, id) == 0) return i;
    return KMSRULES_NONE;
}

static kmsrules_id group_in(const kmsrules_ruleset *ruleset, const char *id) {
    for (kmsrules_id i = 0; i < kmsrules_ruleset_key_group_count(ruleset); i++)
        if (strcmp(kmsrules_ruleset_key_group(ruleset, i)->id, id) == 0) return i;
    return KMSRULES_NONE;
}

/* Whether both say the same of every triple of the first. */
static bool agree(const kmsrules_ruleset *one, const kmsrules_ruleset *two) {
    size_t edition_count = kmsrules_ruleset_edition_count(one), group_count = kmsrules_ruleset_key_group_count(one);
    kmsrules_id *editions = calloc(edition_count + 1, sizeof *editions), *groups = calloc(group_count + 1, sizeof *groups);
    bool is_same = editions && groups;
    for (kmsrules_id i = 0; is_same && i < edition_count; i++) editions[i] = edition_in(two, kmsrules_ruleset_edition(one, i)->id);
    for (kmsrules_id i = 0; is_same && i < group_count; i++) groups[i] = group_in(two, kmsrules_ruleset_key_group(one, i)->id);
    if (is_same) groups[group_count] = KMSRULES_NONE;
    for (kmsrules_id host = 0; is_same && host < edition_count; host++)
        for (kmsrules_id group = 0; is_same && group <= group_count; group++)
            for (kmsrules_id edition = 0; is_same && edition < edition_count; edition++)
                is_same = kmsrules_can(one, host, group == group_count ? KMSRULES_NONE : group, &edition, 1, NULL) ==
                          kmsrules_can(two, editions[host], groups[group], &editions[edition], 1, NULL);
    free(editions);
    free(groups);
    return is_same;
}

/* Every tag `rewrite` may change; the rest is copied. */
static void rewrite_tags(struct kr_buffer *out, struct kr_text table, void (*rewrite)(struct kr_buffer *out, struct kr_text tag)) {
    size_t i = 0;
    while (i < table.size) {
        size_t end = i;
        if (table.data[i] != '<') {
            while (end < table.size && table.data[end] != '<') end++;
            kr_buffer_add(out, (struct kr_text){table.data + i, end - i});
        } else if (strncmp(table.data + i, "<!--", 4) == 0) {
            end = (size_t)(strstr(table.data + i, "-->") - table.data) + 3;
            kr_buffer_add(out, (struct kr_text){table.data + i, end - i});
        } else {
            end = (size_t)(strchr(table.data + i, '>') - table.data) + 1;
            rewrite(out, (struct kr_text){table.data + i, end - i});
        }
        i = end;
    }
}

static void add_comment(struct kr_buffer *out, struct kr_text tag) {
    bool is_declaration = tag.data[1] == '?';
    if (!is_declaration) kr_buffer_add_string(out, "<!-- <covers/> -->\r\n\n\t");
    kr_buffer_add(out, tag);
    kr_buffer_add_string(out, "\n<!---->");
}

/* Attributes from the last to the first, in the other kind of quotes. */
static void turn_attributes(struct kr_buffer *out, struct kr_text tag) {
    size_t name_end = strcspn(tag.data, " \n/>"), quote[128], count = 0;
    bool has_apostrophe = memchr(tag.data, '\'', tag.size) != NULL;
    for (size_t i = 0; i < tag.size && count < 128; i++)
        if (tag.data[i] == '"') quote[count++] = i;
    if (tag.data[1] == '?' || count < 4) {
        kr_buffer_add(out, tag);
        return;
    }
    kr_buffer_add(out, (struct kr_text){tag.data, name_end});
    for (size_t i = count; i >= 2; i -= 2) {
        size_t start = i >= 4 ? quote[i - 3] + 1 : name_end;
        struct kr_text name = {tag.data + start, quote[i - 2] - start}, value = {tag.data + quote[i - 2] + 1, quote[i - 1] - quote[i - 2] - 1};
        kr_buffer_add(out, name);
        kr_buffer_add_string(out, has_apostrophe ? "\"" : "'");
        kr_buffer_add(out, value);
        kr_buffer_add_string(out, has_apostrophe ? "\"" : "'");
    }
    kr_buffer_add_string(out, tag.data[tag.size - 2] == '/' ? "\n/>" : "\n>");
}

/* A carriage return before every line feed. */
static void load_with(struct load *load, const kmsrules_ruleset *original, void (*rewrite)(struct kr_buffer *out, struct kr_text tag)) {
    load_start(load, NULL);
    for (size_t i = 0; i < kmsrules_ruleset_file_count(original); i++) {
        const kmsrules_table_file *file = kmsrules_ruleset_file(original, i);
        struct kr_buffer text = {0};
        rewrite_tags(&text, (struct kr_text){file->data, file->size}, rewrite);
        load_provide(load, file->path, text_view(&text));
        kr_buffer_free(&text);
    }
    load_add(load, "rules/windows-2010.xml");
    load_build(load);
}

static bool rewriting_changes_nothing(const kmsrules_ruleset *original, void (*rewrite)(struct kr_buffer *out, struct kr_text tag)) {
    struct load load;
    load_with(&load, original, rewrite);
    bool is_right = load.status == KMSRULES_OK && agree(original, load.ruleset) && agree(load.ruleset, original);
    if (load.status != KMSRULES_OK) load_says(&load, "", "");
    load_end(&load);
    return is_right;
}

/* The rows of a file in two, the file including both. */
static bool splitting_changes_nothing(const kmsrules_ruleset *original) {
    struct load load;
    load_start(&load, NULL);
    for (size_t i = 0; i < kmsrules_ruleset_file_count(original); i++) {
        const kmsrules_table_file *file = kmsrules_ruleset_file(original, i);
        const char *middle = i == 0 ? strstr(file->data, "<key-group id=\"server-group-b\"") : NULL;
        if (i > 0) {
            load_provide(&load, file->path, (struct kr_text){file->data, file->size});
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(middle);
        struct kr_buffer first = {0}, second = {0};
        kr_buffer_add(&first, (struct kr_text){file->data, (size_t)(middle - file->data)});
        kr_buffer_add_string(&first, "<include href=\"second.xml\"/></ruleset>");
        kr_buffer_add_string(&second, "<ruleset xmlns=\"urn:kmsrules:1\" id=\"second\" revision=\"1\">");
        kr_buffer_add_string(&second, middle);
        load_provide(&load, file->path, text_view(&first));
        load_provide(&load, "rules/second.xml", text_view(&second));
        kr_buffer_free(&first);
        kr_buffer_free(&second);
    }
    load_add(&load, "rules/windows-2010.xml");
    load_build(&load);
    bool is_right = load.status == KMSRULES_OK && agree(original, load.ruleset);
    load_end(&load);
    return is_right;
}

static bool adding_changes_nothing(void) {
    static const char unrelated[] =
        OVERLAY("<source id=\"mine\" title=\"T\" reliability=\"unverified\"/>"
                "<edition id=\"unrelated\" name=\"Something else\" kind=\"client\" application=\"windows\" volume=\"no\" source=\"mine\"/>");
    struct load load, original;
    load_start(&original, NULL);
    load_add(&original, "windows-2010");
    load_build(&original);
    load_start(&load, NULL);
    load_provide(&load, "mine.xml", kr_text_of(unrelated));
    load_add(&load, "windows-2010");
    load_add(&load, "mine.xml");
    load_build(&load);
    bool is_right = load.status == KMSRULES_OK && agree(original.ruleset, load.ruleset);
    load_end(&load);
    load_end(&original);
    return is_right;
}

static void metamorphic(void) {
    struct load original;
    load_start(&original, NULL);
    load_add(&original, "windows-2010");
    load_build(&original);
    CU_ASSERT_PTR_NOT_NULL_FATAL(original.ruleset);
    CU_ASSERT(rewriting_changes_nothing(original.ruleset, add_comment));
    CU_ASSERT(rewriting_changes_nothing(original.ruleset, turn_attributes));
    CU_ASSERT(splitting_changes_nothing(original.ruleset));
    CU_ASSERT(adding_changes_nothing());
    load_end(&original);
}

void test_load_register(void) {
    CU_TestInfo places[] = {{"line ends", line_ends},
                            {"limits at the edge", limits_at_the_edge},
                            {"limits of pairs and members", limits_of_pairs_and_members},
                            {"limit of problems", limit_of_problems},
                            {"include depth", include_depth},
                            {"silly limits", silly_limits},
                            {"larger names", larger_names},
                            CU_TEST_INFO_NULL};
    CU_TestInfo layers[] = {{"includes", includes}, {"include boundary", include_boundary}, {"provided includes", provided_includes},
                            {"overlays", overlays}, {"overlay problems", overlay_problems}, {"all in one run", all_in_one_run},
                            CU_TEST_INFO_NULL};
    CU_TestInfo files[] = {{"missing files", missing_files},
                           {"literal paths", literal_paths},
                           {"not regular", not_regular},
                           {"no descriptors", no_descriptors},
                           {"links", links},
                           {"no permission", no_permission},
                           {"not trusted", not_trusted},
                           {"short reads", short_reads},
                           {"read errors", read_errors},
                           {"changed while read", changed_while_read},
                           CU_TEST_INFO_NULL};
    CU_TestInfo manners[] = {{"host's error handler", host_error_handler},
                             {"host's globals", host_globals},
                             {"host's allocator", host_allocator},
                             {"first call in threads", first_call_in_threads},
                             {"small stack", small_stack},
                             {"many failures", many_failures},
                             {"any order of freeing", any_order_of_freeing},
                             {"NULL arguments", null_arguments},
                             {"metamorphic", metamorphic},
                             CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"load: places and limits", NULL, NULL, NULL, NULL, places},
                             {"load: includes and layers", make_folder, remove_folder, NULL, NULL, layers},
                             {"load: files", make_folder, remove_folder, NULL, NULL, files},
                             {"load: manners", NULL, NULL, NULL, NULL, manners},
                             CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
