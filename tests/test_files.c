/* lib/base/file.c, and the tables compiled in. */
#define _XOPEN_SOURCE 700

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "ruleset/builtin.h"

#include <CUnit/Basic.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void test_files_register(void);

/* ---- Files ---------------------------------------------------------------------------------------------------------------------------------- */

static char folder[64], path[128];

static int make_folder(void) {
    strcpy(folder, "/tmp/kmsrules-base-XXXXXX");
    if (!mkdtemp(folder)) return 1;
    snprintf(path, sizeof path, "%s/table.xml", folder);
    return 0;
}

static int remove_folder(void) {
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text) {
    unlink(path);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static bool gives(const char *name, size_t size_limit, enum kr_file_result expected, const char *message) {
    struct kr_file file;
    enum kr_file_result result = kr_file_read(name, size_limit, &file);
    bool is_right = result == expected && strcmp(file.message, message) == 0 && (result == KR_FILE_READ) == (file.data != NULL);
    if (!is_right) printf("\n    %s: %d \"%s\"", name, (int)result, file.message);
    kr_memory_free(file.data);
    return is_right;
}

static void reading(void) {
    struct kr_file file;
    write_file("<a>\r\n</a>\n");
    CU_ASSERT_EQUAL_FATAL(kr_file_read(path, 10, &file), KR_FILE_READ);
    CU_ASSERT_EQUAL(file.size, 10);
    CU_ASSERT_STRING_EQUAL(file.data, "<a>\r\n</a>\n");
    kr_memory_free(file.data);
    CU_ASSERT(gives(path, 11, KR_FILE_READ, ""));
    CU_ASSERT(gives(path, 9, KR_FILE_TOO_LARGE, "larger than 9 bytes"));
    write_file("");
    CU_ASSERT(gives(path, 0, KR_FILE_READ, ""));
}

static void unreadable(void) {
    unlink(path);
    CU_ASSERT(gives(path, 10, KR_FILE_UNREADABLE, "No such file or directory"));
    CU_ASSERT(gives("", 10, KR_FILE_UNREADABLE, "No such file or directory"));
    CU_ASSERT(gives(folder, 10, KR_FILE_UNREADABLE, "Is a directory"));
    CU_ASSERT(gives("/dev/null", 10, KR_FILE_UNREADABLE, "not a regular file"));
    CU_ASSERT(gives("/etc/passwd/x", 10, KR_FILE_UNREADABLE, "Not a directory"));
    CU_ASSERT(gives("http://localhost/table.xml", 10, KR_FILE_UNREADABLE, "No such file or directory"));
    CU_ASSERT_EQUAL(symlink("table.xml", path), 0);
    CU_ASSERT(gives(path, 10, KR_FILE_UNREADABLE, "Too many levels of symbolic links"));
    unlink(path);
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    CU_ASSERT(gives(path, 10, KR_FILE_UNREADABLE, "not a regular file")); /* and does not wait for a writer */
}

/* A file of /proc says that it is empty and then is not: what a file that grows looks like. */
static void changing(void) { CU_ASSERT(gives("/proc/self/status", 1 << 20, KR_FILE_CHANGED, "changed while it was read")); }

static void trust(void) {
    char message[128];
    if (geteuid() != 0) return; /* everybody else may read what they like */
    write_file("x");
    static const struct {
        mode_t mode;
        const char *message;
    } rows[] = {{0600, ""}, {0444, ""}, {0620, "writable by others (mode 0620)"}, {0602, "writable by others (mode 0602)"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(chmod(path, rows[i].mode), 0);
        CU_ASSERT(gives(path, 10, rows[i].message[0] ? KR_FILE_NOT_TRUSTED : KR_FILE_READ, rows[i].message));
    }
    CU_ASSERT(chmod(path, 0600) == 0 && chown(path, 12345, 0) == 0);
    CU_ASSERT(gives(path, 10, KR_FILE_NOT_TRUSTED, "owned by another user (12345)"));
    CU_ASSERT(chown(path, 0, 0) == 0 && chmod(folder, 0777) == 0);
    snprintf(message, sizeof message, "folder %s is writable by others (mode 0777)", folder);
    CU_ASSERT(gives(path, 10, KR_FILE_NOT_TRUSTED, message));
    CU_ASSERT_EQUAL(chmod(folder, 01777), 0);
    CU_ASSERT(gives(path, 10, KR_FILE_READ, ""));
    CU_ASSERT(chmod(folder, 0700) == 0 && chown(folder, 12345, 0) == 0);
    snprintf(message, sizeof message, "folder %s is owned by another user (12345)", folder);
    CU_ASSERT(gives(path, 10, KR_FILE_NOT_TRUSTED, message));
    CU_ASSERT_EQUAL(chown(folder, 0, 0), 0);
}

static void resolving(void) {
    char *resolved = kr_file_resolve("/proc/../tmp/.");
    CU_ASSERT_PTR_NOT_NULL_FATAL(resolved);
    CU_ASSERT_STRING_EQUAL(resolved, "/tmp");
    kr_memory_free(resolved);
    CU_ASSERT_PTR_NULL(kr_file_resolve("/no such folder/x"));
    CU_ASSERT_EQUAL(errno, ENOENT);
}

/* ---- Tables compiled in --------------------------------------------------------------------------------------------------------------------- */

static void builtin_tables(void) {
    for (size_t i = 0; i < kr_builtin_file_count; i++) {
        struct kr_file file;
        char name[512];
        snprintf(name, sizeof name, "%s/%s", KMSRULES_SOURCE_DIR, kr_builtin_files[i].path);
        FILE *stream = fopen(name, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
        file.data = calloc(1, kr_builtin_files[i].size + 2);
        CU_ASSERT_PTR_NOT_NULL_FATAL(file.data);
        file.size = fread(file.data, 1, kr_builtin_files[i].size + 1, stream);
        fclose(stream);
        CU_ASSERT(kr_text_equal((struct kr_text){file.data, file.size}, (struct kr_text){kr_builtin_files[i].data, kr_builtin_files[i].size}));
        CU_ASSERT_EQUAL(kr_builtin_files[i].data[file.size], '\0');
        free(file.data);
    }
}

void test_files_register(void) {
    CU_TestInfo files[] = {{"reading", reading},     {"unreadable", unreadable},         {"changing", changing}, {"trust", trust},
                           {"resolving", resolving}, {"builtin tables", builtin_tables}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"files", make_folder, remove_folder, NULL, NULL, files}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
