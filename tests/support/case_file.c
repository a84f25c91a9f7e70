/* See case_file.h. */
#define _XOPEN_SOURCE 700

#include "support/case_file.h"

#include <CUnit/CUnit.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLANKS " \t\r"

static char *failure_lines;

void case_write_failures(char lines[CASE_LINES_SIZE]) {
    failure_lines = lines;
    if (lines != NULL) lines[0] = '\0';
}

void case_assert(bool holds, const char *file, unsigned line, const char *message) {
    if (failure_lines != NULL) {
        size_t size = strlen(failure_lines);
        if (!holds) snprintf(failure_lines + size, CASE_LINES_SIZE - size, "%u ", line);
        return;
    }
    CU_assertImplementation(holds ? CU_TRUE : CU_FALSE, line, message, file, "", CU_FALSE);
}

static void *grow(void *items, size_t count, size_t size) {
    void *grown = realloc(items, (count + 1) * size);
    if (grown == NULL) abort();
    return grown;
}

static void add_word(struct case_words *words, char *word) {
    words->items = grow(words->items, words->count, sizeof *words->items);
    words->items[words->count++] = word;
}

static char *trim(char *text) {
    text += strspn(text, BLANKS);
    size_t size = strlen(text);
    while (size > 0 && strchr(BLANKS, text[size - 1]) != NULL) text[--size] = '\0';
    return text;
}

bool case_split(char *text, struct case_words *words) {
    for (;;) {
        char *comma = strchr(text, ',');
        if (comma != NULL) *comma = '\0';
        char *word = trim(text);
        if (*word == '\0') return false;
        add_word(words, word);
        if (comma == NULL) return true;
        text = comma + 1;
    }
}

/* ---- Lines ---------------------------------------------------------------------------------------------------------------------------------- */

struct reading {
    struct case_file *file;
    unsigned line;
    char *ruleset;
};

static void report(const struct reading *reading, const char *what, const char *word) {
    char message[256];
    snprintf(message, sizeof message, "%s%s%s", what, word[0] ? ": " : "", word);
    case_assert(false, reading->file->name, reading->line, message);
}

/* The first word of a text, cut off; what follows is left in *rest. */
static char *first_word(char *text, char **rest) {
    char *end = text + strcspn(text, BLANKS);
    *rest = *end == '\0' ? end : trim(end + 1);
    *end = '\0';
    return text;
}

static void add_case(struct reading *reading, char *title) {
    struct case_file *file = reading->file;
    if (reading->ruleset == NULL) report(reading, "a case before any ruleset", title);
    file->cases = grow(file->cases, file->count, sizeof *file->cases);
    file->cases[file->count++] =
        (struct test_case){.file = file->name, .line = reading->line, .title = title, .ruleset = reading->ruleset, .machines = {-1, -1, -1}};
}

static bool read_list(struct case_list *list, bool is_each, char *value) {
    if (list->words.count > 0 && list->is_each != is_each) return false;
    list->is_each = is_each;
    return case_split(value, &list->words);
}

/* A host that is not one of several may have commas in its name. */
static bool read_host(struct test_case *made, bool is_each, char *value) {
    if (is_each) return read_list(&made->hosts, true, value);
    if (made->hosts.words.count > 0 || *value == '\0') return false;
    add_word(&made->hosts.words, value);
    return true;
}

static bool read_count(int64_t *machines, const char *value) {
    char *end;
    if (*machines >= 0 || *value < '0' || *value > '9') return false;
    *machines = strtoll(value, &end, 10);
    return *end == '\0';
}

static bool read_text(char **text, char *value) {
    if (*text != NULL || *value == '\0') return false;
    *text = value;
    return true;
}

static bool read_expectation(struct test_case *made, unsigned line, char *value) {
    made->expectations = grow(made->expectations, made->expectation_count, sizeof *made->expectations);
    made->expectations[made->expectation_count++] = (struct case_expectation){line, value};
    return *value != '\0';
}

/* False when the line says nothing that may be said there. */
static bool read_field(struct reading *reading, char *name, char *value) {
    struct test_case *made = &reading->file->cases[reading->file->count - 1];
    bool is_each = strcmp(name, "each") == 0;
    if (is_each) name = first_word(value, &value);
    if (strcmp(name, "host") == 0) return read_host(made, is_each, value);
    if (strcmp(name, "edition") == 0) return read_list(&made->editions, is_each, value);
    if (strcmp(name, "key") == 0) return read_list(&made->keys, is_each, value);
    if (is_each) return false;
    if (strcmp(name, "expect") == 0) return read_expectation(made, reading->line, value);
    if (strcmp(name, "owned") == 0) return case_split(value, &made->owned);
    if (strcmp(name, "update") == 0) return case_split(value, &made->updates);
    if (strcmp(name, "rules") == 0) return case_split(value, &made->overlays);
    if (strcmp(name, "complete") == 0) return *value == '\0' && !made->complete && (made->complete = true);
    if (strcmp(name, "host-build") == 0) return read_text(&made->host_build, value);
    if (strcmp(name, "clients") == 0) return read_count(&made->machines[0], value);
    if (strcmp(name, "servers") == 0) return read_count(&made->machines[1], value);
    if (strcmp(name, "office") == 0) return read_count(&made->machines[2], value);
    return false;
}

static void read_line(struct reading *reading, char *line) {
    bool is_indented = strchr(BLANKS, *line) != NULL;
    char *value, *text = trim(line);
    if (*text == '\0' || *text == '#') return;
    char *name = first_word(text, &value);
    if (!is_indented && strcmp(name, "case") == 0 && *value != '\0') add_case(reading, value);
    else if (!is_indented && strcmp(name, "ruleset") == 0 && *value != '\0') reading->ruleset = value;
    else if (!is_indented || reading->file->count == 0 || !read_field(reading, name, value))
        report(reading, "this line is not understood here", name);
}

static void check_expectations(const struct case_file *file) {
    for (size_t i = 0; i < file->count; i++)
        if (file->cases[i].expectation_count == 0) case_assert(false, file->name, file->cases[i].line, "a case without `expect` tests nothing");
}

/* ---- Files ---------------------------------------------------------------------------------------------------------------------------------- */

static char *read_text_file(const char *name) {
    char path[1024];
    struct stat found;
    snprintf(path, sizeof path, "%s/%s", KMSRULES_SOURCE_DIR, name);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fstat(fileno(stream), &found) != 0) abort();
    char *text = calloc(1, (size_t)found.st_size + 1);
    if (text == NULL || fread(text, 1, (size_t)found.st_size, stream) != (size_t)found.st_size) abort();
    fclose(stream);
    return text;
}

void case_file_parse(const char *name, const char *text, struct case_file *file) {
    *file = (struct case_file){.name = strdup(name), .text = strdup(text)};
    if (file->name == NULL || file->text == NULL) abort();
    struct reading reading = {.file = file};
    for (char *line = file->text; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL) *end = '\0';
        reading.line++;
        read_line(&reading, line);
        line = end == NULL ? NULL : end + 1;
    }
    case_assert(file->count > 0, name, 1, "a case file without a case tests nothing");
    check_expectations(file);
}

void case_file_read(const char *name, struct case_file *file) {
    char *text = read_text_file(name);
    case_file_parse(name, text, file);
    free(text);
}

void case_file_free(struct case_file *file) {
    for (size_t i = 0; i < file->count; i++) {
        struct test_case *made = &file->cases[i];
        free(made->overlays.items);
        free(made->hosts.words.items);
        free(made->editions.words.items);
        free(made->keys.words.items);
        free(made->owned.items);
        free(made->updates.items);
        free(made->expectations);
    }
    free(file->cases);
    free(file->text);
    free(file->name);
}

static void find_under(const char *folder, struct case_words *names) {
    char path[1024], name[1024];
    struct dirent **entries;
    snprintf(path, sizeof path, "%s/%s", KMSRULES_SOURCE_DIR, folder);
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *entry = entries[i]->d_name, *dot = strrchr(entry, '.');
        snprintf(name, sizeof name, "%s/%s", folder, entry);
        if (dot != NULL && strcmp(dot, ".case") == 0) add_word(names, strdup(name));
        else if (dot == NULL) find_under(name, names);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
}

struct case_words case_file_find(void) {
    struct case_words names = {NULL, 0};
    find_under("tests/cases", &names);
    return names;
}

void case_words_free(struct case_words *names) {
    for (size_t i = 0; i < names->count; i++) free(names->items[i]);
    free(names->items);
    *names = (struct case_words){NULL, 0};
}
