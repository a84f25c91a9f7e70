/* kmsrules rules list, rules check: the rulesets that are there, and what is wrong with a table. */
#include <stdlib.h>
#include <string.h>

#include "messages.h"
#include "rulesets.h"

/* ---- rules list ---- */

static void list_as_text(const kmsrules_ruleset *ruleset, const char *name, FILE *out) {
    const kmsrules_revision *revision = kmsrules_ruleset_revision(ruleset);
    write_escaped(out, name);
    fprintf(out, "  revision %s", revision->revision);
    if (revision->title != NULL) fputs("  ", out);
    if (revision->title != NULL) write_escaped(out, revision->title);
    fprintf(out, "\n  %s\n  %zu key groups, %zu editions, %zu releases, %zu updates, %zu sources, %zu files\n", revision->fingerprint,
            kmsrules_ruleset_key_group_count(ruleset), kmsrules_ruleset_edition_count(ruleset), kmsrules_ruleset_release_count(ruleset),
            kmsrules_ruleset_update_count(ruleset), kmsrules_ruleset_source_count(ruleset), kmsrules_ruleset_file_count(ruleset));
}

static void write_member(FILE *out, const char *name, const char *value, const char *after) {
    fprintf(out, "   \"%s\": ", name);
    write_json(out, value);
    fputs(after, out);
}

static void list_files(const kmsrules_ruleset *ruleset, FILE *out) {
    fputs("   \"files\": [", out);
    for (size_t i = 0; i < kmsrules_ruleset_file_count(ruleset); i++) {
        fputs(i == 0 ? "\n    " : ",\n    ", out);
        write_json(out, kmsrules_ruleset_file(ruleset, i)->path);
    }
    fputs("\n   ]\n", out);
}

static void list_as_json(const kmsrules_ruleset *ruleset, const char *name, FILE *out) {
    const kmsrules_revision *revision = kmsrules_ruleset_revision(ruleset);
    fputs("  {\n", out);
    write_member(out, "name", name, ",\n");
    write_member(out, "id", revision->id, ",\n");
    write_member(out, "revision", revision->revision, ",\n");
    write_member(out, "title", revision->title, ",\n");
    write_member(out, "fingerprint", revision->fingerprint, ",\n");
    fprintf(out, "   \"key_groups\": %zu,\n   \"editions\": %zu,\n   \"releases\": %zu,\n   \"updates\": %zu,\n   \"sources\": %zu,\n",
            kmsrules_ruleset_key_group_count(ruleset), kmsrules_ruleset_edition_count(ruleset), kmsrules_ruleset_release_count(ruleset),
            kmsrules_ruleset_update_count(ruleset), kmsrules_ruleset_source_count(ruleset));
    list_files(ruleset, out);
    fputs("  }", out);
}

/* One ruleset of the list; `arguments` say which layers. */
static int list_one(const struct arguments *arguments, const char *name, bool is_first, FILE *out) {
    kmsrules_ruleset *ruleset = NULL;
    int status = load_ruleset(arguments, &ruleset);
    if (status != EXIT_YES) return status;
    if (name == NULL) name = kmsrules_ruleset_revision(ruleset)->id;
    if (arguments->format == FORMAT_JSON) {
        fputs(is_first ? "\n" : ",\n", out);
        list_as_json(ruleset, name, out);
    } else {
        list_as_text(ruleset, name, out);
    }
    kmsrules_ruleset_free(ruleset);
    return EXIT_YES;
}

static int list_built_in(const struct arguments *arguments, FILE *out) {
    int status = EXIT_YES;
    for (size_t i = 0; status == EXIT_YES && kmsrules_builtin_name(i) != NULL; i++) {
        const char *name = kmsrules_builtin_name(i);
        struct arguments one = *arguments;
        one.rules = (struct strings){&name, 1};
        status = list_one(&one, name, i == 0, out);
    }
    return status;
}

int run_rules_list(const struct arguments *arguments, struct result *result) {
    bool is_json = arguments->format == FORMAT_JSON;
    if (is_json) fputs("{\n \"schema\": \"kmsrules/rules/1\",\n \"rulesets\": [", result->out);
    int status = arguments->rules.count > 0 ? list_one(arguments, NULL, true, result->out) : list_built_in(arguments, result->out);
    if (is_json) fputs("\n ]\n}\n", result->out);
    return status;
}

/* ---- rules check ---- */

/* What is wrong with a ruleset: the builder's problems, without those that the layers below the checked one have by themselves. */
struct findings {
    const kmsrules_problem **items;
    size_t count, error_count;
};

static bool is_same(const kmsrules_problem *a, const kmsrules_problem *b) {
    return strcmp(a->code, b->code) == 0 && strcmp(a->place.file, b->place.file) == 0 && a->place.line == b->place.line && a->place.column == b->place.column &&
           strcmp(a->text, b->text) == 0;
}

static bool is_found_in(const kmsrules_builder *below, const kmsrules_problem *problem) {
    for (size_t i = 0; i < kmsrules_builder_problem_count(below); i++)
        if (is_same(kmsrules_builder_problem(below, i), problem)) return true;
    return false;
}

/* False when out of memory. */
static bool collect(const kmsrules_builder *builder, const kmsrules_builder *below, struct findings *findings) {
    findings->items = calloc(kmsrules_builder_problem_count(builder) + 1, sizeof *findings->items);
    if (findings->items == NULL) return false;
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(builder, i);
        if (!problem->is_error && is_found_in(below, problem)) continue;
        findings->items[findings->count++] = problem;
        findings->error_count += problem->is_error;
    }
    return true;
}

static const char *plural(size_t count) { return count == 1 ? "" : "s"; }

static void check_as_text(const struct findings *findings, const char *name, FILE *out) {
    size_t errors = findings->error_count, warnings = findings->count - errors;
    write_escaped(out, name);
    if (findings->count == 0) fputs(": no problems\n", out);
    else fprintf(out, ": %zu error%s, %zu warning%s\n", errors, plural(errors), warnings, plural(warnings));
}

static void write_problem(const kmsrules_problem *problem, FILE *out) {
    fprintf(out, "    {\n     \"code\": \"%s\",\n     \"name\": \"%s\",\n     \"severity\": \"%s\",\n     \"file\": ", problem->code, problem->name,
            problem->is_error ? "error" : "warning");
    write_json(out, problem->place.file);
    if (problem->place.line == 0) fputs(",\n     \"line\": null,\n     \"column\": null,\n     \"text\": ", out);
    else fprintf(out, ",\n     \"line\": %u,\n     \"column\": %u,\n     \"text\": ", (unsigned)problem->place.line, (unsigned)problem->place.column);
    write_json(out, problem->text);
    fputs("\n    }", out);
}

static void check_as_json(const struct findings *findings, const char *name, bool is_first, FILE *out) {
    fputs(is_first ? "\n  {\n" : ",\n  {\n", out);
    write_member(out, "name", name, ",\n");
    fprintf(out, "   \"errors\": %zu,\n   \"warnings\": %zu,\n   \"problems\": [", findings->error_count, findings->count - findings->error_count);
    for (size_t i = 0; i < findings->count; i++) {
        fputs(i == 0 ? "\n" : ",\n", out);
        write_problem(findings->items[i], out);
    }
    fputs(findings->count == 0 ? "]\n  }" : "\n   ]\n  }", out);
}

static bool fails_on_warning(const struct arguments *arguments) { return arguments->fail_on != NULL && strcmp(arguments->fail_on, "warning") == 0; }

static int check_fail_on(const struct arguments *arguments) {
    if (arguments->fail_on == NULL || fails_on_warning(arguments) || strcmp(arguments->fail_on, "error") == 0) return EXIT_YES;
    complain_about("--fail-on:", arguments->fail_on, " is not error or warning");
    return EXIT_WRONG_USE;
}

static int report(const struct arguments *arguments, const struct findings *findings, const char *name, bool is_first, FILE *out) {
    if (arguments->format == FORMAT_JSON) check_as_json(findings, name, is_first, out);
    else {
        for (size_t i = 0; i < findings->count && !arguments->is_quiet; i++) print_problem(findings->items[i]);
        check_as_text(findings, name, out);
    }
    return fails_on_warning(arguments) && findings->count > findings->error_count ? EXIT_NO : EXIT_YES;
}

static int fail_for_memory(void) {
    complain("%s", kmsrules_status_text(KMSRULES_NO_MEMORY));
    return status_of_failure(KMSRULES_NO_MEMORY);
}

/* Builds layers for what is wrong with them; NULL when out of memory. */
static kmsrules_builder *build_layers(const struct strings *layers, const char *last, kmsrules_status *built) {
    kmsrules_ruleset *ruleset = NULL;
    kmsrules_builder *builder = add_layers(layers, last);
    *built = builder == NULL ? KMSRULES_NO_MEMORY : kmsrules_builder_build(builder, &ruleset);
    kmsrules_ruleset_free(ruleset);
    return builder;
}

/* The layers of --rules with one more on top, NULL for none. */
static int check_one(const struct arguments *arguments, const char *last, const char *name, bool is_first, FILE *out) {
    kmsrules_status built, built_below = KMSRULES_OK;
    bool has_below = last != NULL && arguments->rules.count > 0;
    kmsrules_builder *builder = build_layers(&arguments->rules, last, &built);
    kmsrules_builder *below = has_below ? build_layers(&arguments->rules, NULL, &built_below) : NULL;
    struct findings findings = {NULL, 0, 0};
    int status;
    if (built == KMSRULES_NO_MEMORY || built_below == KMSRULES_NO_MEMORY || !collect(builder, below, &findings)) {
        status = fail_for_memory();
    } else {
        status = report(arguments, &findings, name, is_first, out);
        if (built != KMSRULES_OK) status = status_of_failure(built);
    }
    free(findings.items);
    kmsrules_builder_free(below);
    kmsrules_builder_free(builder);
    return status;
}

static int check_words(const struct arguments *arguments, FILE *out) {
    const struct strings *words = &arguments->words, *rules = &arguments->rules;
    const char *fallback = rules->count > 0 ? NULL : kmsrules_builtin_name(0);
    if (words->count == 0) return check_one(arguments, fallback, rules->count > 0 ? rules->items[rules->count - 1] : fallback, true, out);
    int status = EXIT_YES;
    for (size_t i = 0; i < words->count; i++) status = worse_status(status, check_one(arguments, words->items[i], words->items[i], i == 0, out));
    return status;
}

int run_rules_check(const struct arguments *arguments, struct result *result) {
    bool is_json = arguments->format == FORMAT_JSON;
    int status = worse_status(check_ruleset_names(&arguments->rules), check_ruleset_names(&arguments->words));
    status = worse_status(status, check_fail_on(arguments));
    if (status != EXIT_YES) return status;
    result->is_report = true;
    if (is_json) fputs("{\n \"schema\": \"kmsrules/problems/1\",\n \"rulesets\": [", result->out);
    status = check_words(arguments, result->out);
    if (is_json) fputs("\n ]\n}\n", result->out);
    return status;
}
