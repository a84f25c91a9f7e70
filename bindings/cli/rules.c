/* kmsrules rules list, rules check: the rulesets that are there, and what is wrong with a table. */
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

struct counts {
    size_t errors, warnings;
};

static struct counts count_problems(const kmsrules_builder *builder) {
    struct counts counts = {0, 0};
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        if (kmsrules_builder_problem(builder, i)->is_error) counts.errors++;
        else counts.warnings++;
    }
    return counts;
}

static const char *plural(size_t count) { return count == 1 ? "" : "s"; }

static void check_as_text(const kmsrules_builder *builder, const char *name, FILE *out) {
    struct counts counts = count_problems(builder);
    write_escaped(out, name);
    if (counts.errors + counts.warnings == 0) fputs(": no problems\n", out);
    else fprintf(out, ": %zu error%s, %zu warning%s\n", counts.errors, plural(counts.errors), counts.warnings, plural(counts.warnings));
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

static void check_as_json(const kmsrules_builder *builder, const char *name, bool is_first, FILE *out) {
    struct counts counts = count_problems(builder);
    size_t count = kmsrules_builder_problem_count(builder);
    fputs(is_first ? "\n  {\n" : ",\n  {\n", out);
    write_member(out, "name", name, ",\n");
    fprintf(out, "   \"errors\": %zu,\n   \"warnings\": %zu,\n   \"problems\": [", counts.errors, counts.warnings);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "\n" : ",\n", out);
        write_problem(kmsrules_builder_problem(builder, i), out);
    }
    fputs(count == 0 ? "]\n  }" : "\n   ]\n  }", out);
}

static int status_of_check(const struct arguments *arguments, const kmsrules_builder *builder, kmsrules_status built) {
    if (built != KMSRULES_OK) return status_of_failure(built);
    return arguments->fails_on_warning && count_problems(builder).warnings > 0 ? EXIT_NO : EXIT_YES;
}

/* The layers of --rules with one more on top, NULL for none. */
static int check_one(const struct arguments *arguments, const char *last, const char *name, bool is_first, FILE *out) {
    kmsrules_ruleset *ruleset = NULL;
    kmsrules_builder *builder = add_layers(&arguments->rules, last);
    kmsrules_status built = builder == NULL ? KMSRULES_NO_MEMORY : kmsrules_builder_build(builder, &ruleset);
    if (built == KMSRULES_NO_MEMORY) complain("%s", kmsrules_status_text(built));
    if (arguments->format == FORMAT_JSON) {
        check_as_json(builder, name, is_first, out);
    } else {
        if (!arguments->is_quiet) print_problems(builder, true);
        check_as_text(builder, name, out);
    }
    int status = status_of_check(arguments, builder, built);
    kmsrules_ruleset_free(ruleset);
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
    if (status != EXIT_YES) return status;
    result->is_report = true;
    if (is_json) fputs("{\n \"schema\": \"kmsrules/problems/1\",\n \"rulesets\": [", result->out);
    status = check_words(arguments, result->out);
    if (is_json) fputs("\n ]\n}\n", result->out);
    return status;
}
