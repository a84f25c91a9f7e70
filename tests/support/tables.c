/* See tables.h. */
#include "support/tables.h"

#include <CUnit/Basic.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep_worse(struct load *load, kmsrules_status status) {
    if (status != KMSRULES_OK) load->status = status;
}

void load_start(struct load *load, const kmsrules_limits *limits) {
    *load = (struct load){0};
    load->status = kmsrules_builder_new(&load->builder);
    CU_ASSERT_EQUAL_FATAL(load->status, KMSRULES_OK);
    if (limits) CU_ASSERT_EQUAL_FATAL(kmsrules_builder_set_limits(load->builder, limits), KMSRULES_OK);
}

void load_provide(struct load *load, const char *path, struct kr_text table) {
    keep_worse(load, kmsrules_builder_provide(load->builder, path, table.data, table.size));
}

void load_add(struct load *load, const char *path) { keep_worse(load, kmsrules_builder_add(load->builder, path)); }

void load_build(struct load *load) { keep_worse(load, kmsrules_builder_build(load->builder, &load->ruleset)); }

void load_end(struct load *load) {
    kmsrules_builder_free(load->builder);
    kmsrules_ruleset_free(load->ruleset);
    *load = (struct load){0};
}

static void add_problem(struct kr_buffer *lines, const kmsrules_problem *problem, const char *prefix) {
    const char *file = problem->place.file;
    if (strncmp(file, prefix, strlen(prefix)) == 0) file += strlen(prefix);
    text_add(lines, "%s:%u:%u: %s\n", file, problem->place.line, problem->place.column, problem->code);
}

static void print_problems(const struct load *load) {
    for (size_t i = 0; i < kmsrules_builder_problem_count(load->builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(load->builder, i);
        printf("\n      %s:%u:%u: %s %s", problem->place.file, problem->place.line, problem->place.column, problem->code, problem->text);
    }
}

/* Warnings leave the ruleset, errors do not. */
static bool has_error(const struct load *load) {
    for (size_t i = 0; i < kmsrules_builder_problem_count(load->builder); i++)
        if (kmsrules_builder_problem(load->builder, i)->is_error) return true;
    return false;
}

bool load_says(const struct load *load, const char *prefix, const char *expected) {
    struct kr_buffer lines = {0};
    for (size_t i = 0; i < kmsrules_builder_problem_count(load->builder); i++)
        add_problem(&lines, kmsrules_builder_problem(load->builder, i), prefix);
    char *said = kr_buffer_finish(&lines);
    bool is_consistent = has_error(load) == (load->status != KMSRULES_OK) && (load->ruleset != NULL) == (load->status == KMSRULES_OK);
    bool is_right = said && strcmp(said, expected) == 0 && is_consistent;
    if (!is_right) {
        printf("\n    expected:\n%s    status \"%s\", found:", expected, kmsrules_status_text(load->status));
        print_problems(load);
    }
    free(said);
    return is_right;
}

void load_table(struct load *load, const kmsrules_limits *limits, struct kr_text table) {
    load_start(load, limits);
    load_provide(load, "t.xml", table);
    load_add(load, "t.xml");
    load_build(load);
}

bool table_says(struct kr_text table, const kmsrules_limits *limits, const char *expected) {
    struct load load;
    load_table(&load, limits, table);
    bool is_right = load_says(&load, "", expected);
    load_end(&load);
    return is_right;
}

struct kr_text file_text(const char *path) {
    struct kr_text text = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (!file) return text;
    size_t capacity = 1 << 16, count;
    char *data = malloc(capacity);
    while (data && (count = fread(data + text.size, 1, capacity - text.size - 1, file)) > 0) {
        text.size += count;
        if (capacity - text.size > 1) continue;
        char *grown = realloc(data, capacity *= 2);
        if (!grown) free(data);
        data = grown;
    }
    fclose(file);
    if (data) data[text.size] = '\0';
    text.data = data;
    return text;
}

void text_add(struct kr_buffer *text, const char *format, ...) {
    char storage[2048];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(storage, sizeof storage, format, arguments);
    va_end(arguments);
    CU_ASSERT_FATAL(size >= 0 && (size_t)size < sizeof storage);
    kr_buffer_add(text, (struct kr_text){storage, (size_t)size});
}

struct kr_text text_view(const struct kr_buffer *text) {
    return (struct kr_text){text->data, text->size};
}
