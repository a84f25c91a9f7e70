/* See rulesets.h. */
#include "rulesets.h"

#include "messages.h"

#include <string.h>
#include <sys/stat.h>

/* ---- Names ---- */

static bool is_built_in(const char *name) {
    for (size_t i = 0; kmsrules_builtin_name(i) != NULL; i++)
        if (strcmp(name, kmsrules_builtin_name(i)) == 0) return true;
    return false;
}

static bool ends_in(const char *name, const char *end) {
    size_t size = strlen(name), end_size = strlen(end);
    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

/* A path is opened, and opening says what is wrong with it; any other word must be there. */
static bool may_be_file(const char *name) {
    struct stat status;
    return strchr(name, '/') != NULL || ends_in(name, ".xml") || stat(name, &status) == 0;
}

int check_ruleset_names(const struct strings *names) {
    int status = EXIT_YES;
    for (size_t i = 0; i < names->count; i++) {
        if (is_built_in(names->items[i]) || may_be_file(names->items[i])) continue;
        fputs("kmsrules: no ruleset and no file ", stderr);
        write_quoted(stderr, names->items[i]);
        for (size_t j = 0; kmsrules_builtin_name(j) != NULL; j++)
            fprintf(stderr, "%s\"%s\"", j == 0 ? "; built in: " : ", ", kmsrules_builtin_name(j));
        fputc('\n', stderr);
        status = EXIT_WRONG_USE;
    }
    return status;
}

/* ---- Problems ---- */

void print_problem(const kmsrules_problem *problem) {
    write_escaped(stderr, problem->place.file);
    if (problem->place.line > 0) fprintf(stderr, ":%u:%u", (unsigned)problem->place.line, (unsigned)problem->place.column);
    fprintf(stderr, ": %s %s: %s\n", problem->code, problem->name, problem->text);
}

static void print_errors(const kmsrules_builder *builder) {
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(builder, i);
        if (problem->is_error) print_problem(problem);
    }
}

/* ---- Loading ---- */

kmsrules_builder *add_layers(const struct strings *layers, const char *last) {
    kmsrules_builder *builder = NULL;
    if (kmsrules_builder_new(&builder) != KMSRULES_OK) return NULL;
    for (size_t i = 0; i < layers->count; i++) (void)kmsrules_builder_add(builder, layers->items[i]); /* its status comes again from the build */
    if (last != NULL) (void)kmsrules_builder_add(builder, last);
    return builder;
}

static int fail(kmsrules_status status) {
    complain("%s", kmsrules_status_text(status));
    return status_of_failure(status);
}

static int build_layers(const struct arguments *arguments, kmsrules_ruleset **ruleset) {
    int status = check_ruleset_names(&arguments->rules);
    if (status != EXIT_YES) return status;
    kmsrules_builder *builder = add_layers(&arguments->rules, NULL);
    if (builder == NULL) return fail(KMSRULES_NO_MEMORY);
    kmsrules_status built = kmsrules_builder_build(builder, ruleset);
    print_errors(builder);
    if (built == KMSRULES_NO_MEMORY) complain("%s", kmsrules_status_text(built));
    kmsrules_builder_free(builder);
    return status_of_failure(built);
}

int load_ruleset(const struct arguments *arguments, kmsrules_ruleset **ruleset) {
    if (arguments->rules.count > 0) return build_layers(arguments, ruleset);
    kmsrules_status status = kmsrules_ruleset_default(ruleset);
    return status == KMSRULES_OK ? EXIT_YES : fail(status);
}
