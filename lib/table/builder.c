/* The public builder: files in, a ruleset or problems out. Runs the stages in turn; each knows only what comes before it. */
#include <string.h>

#include "ruleset/builtin.h"
#include "table/check.h"
#include "table/compile.h"
#include "table/include.h"

struct kmsrules_builder {
    struct kr_loader loader;
    kmsrules_problem *published;
    size_t published_count;
    bool is_built;
};

const kmsrules_limits *kmsrules_default_limits(void) {
    static const kmsrules_limits limits = {
        .table_size = 8u << 20,
        .element_depth = 32,
        .element_count = 400000,
        .attribute_count = 64,
        .attribute_size = 65536,
        .id_size = 64,
        .name_size = KR_NAME_SIZE_LIMIT,
        .include_depth = 64,
        .problem_count = 20,
        .pair_count = 1u << 20,
        .member_count = 2u << 20,
    };
    return &limits;
}

kmsrules_status kmsrules_builder_new(kmsrules_builder **builder) {
    if (builder == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_builder *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->loader.limits = *kmsrules_default_limits();
    made->loader.problems.limit = made->loader.limits.problem_count;
    *builder = made;
    return KMSRULES_OK;
}

void kmsrules_builder_free(kmsrules_builder *builder) {
    if (builder == NULL) return;
    kr_loader_free(&builder->loader);
    kr_memory_free(builder->published);
    kr_memory_free(builder);
}

static bool is_legal_limit(size_t limit) { return limit >= 1 && limit <= SIZE_MAX / 64; }

kmsrules_status kmsrules_builder_set_limits(kmsrules_builder *builder, const kmsrules_limits *limits) {
    if (builder == NULL || limits == NULL) return KMSRULES_INVALID_ARGUMENT;
    bool is_legal = is_legal_limit(limits->table_size) && is_legal_limit(limits->element_depth) && is_legal_limit(limits->element_count) &&
                    is_legal_limit(limits->attribute_count) && is_legal_limit(limits->attribute_size) && is_legal_limit(limits->id_size) &&
                    is_legal_limit(limits->name_size) && is_legal_limit(limits->include_depth) && is_legal_limit(limits->problem_count) &&
                    is_legal_limit(limits->pair_count) && is_legal_limit(limits->member_count);
    if (!is_legal) return KMSRULES_INVALID_ARGUMENT;
    builder->loader.limits = *limits;
    builder->loader.problems.limit = limits->problem_count;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_builder_provide(kmsrules_builder *builder, const char *path, const char *data, size_t size) {
    if (builder == NULL || path == NULL || (data == NULL && size > 0)) return KMSRULES_INVALID_ARGUMENT;
    return kr_loader_provide(&builder->loader, path, (struct kr_text){data, size}) ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

/* What is said of the list of problems itself. */
static kmsrules_problem closing_problem(const kmsrules_builder *builder, enum kr_problem problem, const char *text) {
    return (kmsrules_problem){kr_problem_code(problem), kr_problem_name(problem), text, {builder->loader.model.files[0].path, 0, 0}, kr_problem_is_error(problem)};
}

/* Lays the findings out for kmsrules_builder_problem(). */
static kmsrules_status publish(kmsrules_builder *builder) {
    struct kr_problems *problems = &builder->loader.problems;
    if (problems->status == KMSRULES_NO_MEMORY) return KMSRULES_NO_MEMORY;
    kr_problems_sort(problems);
    size_t count = problems->count;
    kmsrules_problem *published = kr_memory_take(count + 2, sizeof *published);
    if (published == NULL) return problems->status = KMSRULES_NO_MEMORY;
    for (size_t i = 0; i < problems->count; i++) {
        const struct kr_found *found = &problems->items[i];
        published[i] = (kmsrules_problem){kr_problem_code(found->problem), kr_problem_name(found->problem), found->text,
                                          {builder->loader.model.files[found->at.file].path, found->at.line, found->at.column}, kr_problem_is_error(found->problem)};
    }
    if (problems->is_stopped)
        published[count++] = closing_problem(builder, KR904_LIMIT, "reading stopped here because of too many errors; correct these and run again");
    if (problems->has_more_warnings) published[count++] = closing_problem(builder, KR957_MORE_WARNINGS, "there are more warnings, which are left out");
    kr_memory_free(builder->published);
    builder->published = published;
    builder->published_count = count;
    return problems->status;
}

kmsrules_status kmsrules_builder_add(kmsrules_builder *builder, const char *file_or_name) {
    if (builder == NULL || file_or_name == NULL || builder->is_built) return KMSRULES_INVALID_ARGUMENT;
    kr_loader_add(&builder->loader, file_or_name);
    return publish(builder);
}

/* Compiles tables without errors. */
static bool compile(struct kr_loader *loader, const struct kr_tables *tables, kmsrules_ruleset *ruleset) {
    return kr_ruleset_compile(ruleset, tables, &loader->model) && kr_ruleset_compile_names(ruleset, tables, &loader->model, &loader->problems) &&
           kr_ruleset_compile_events(ruleset, &loader->model, &loader->problems) && kr_ruleset_compile_vocabulary(ruleset, tables, &loader->model, &loader->problems) &&
           kr_ruleset_compile_errors(ruleset, tables, &loader->model, &loader->problems) &&
           kr_ruleset_compile_policy(ruleset, tables, &loader->model, &loader->problems) &&
           kr_ruleset_lint(ruleset, tables, &loader->model, &loader->problems);
}

/* The stages after reading; adds problems, and makes the ruleset when there are no errors. */
static void run_stages(struct kr_loader *loader, kmsrules_ruleset **ruleset) {
    struct kr_tables tables = {0};
    bool has_memory = true;
    kr_loader_check_cycles(loader);
    if (!kr_problems_is_full(&loader->problems)) {
        kr_tables_resolve(&tables, &loader->model, &loader->limits, &loader->problems);
        has_memory = !tables.has_failed && kr_tables_check(&tables, &loader->model, &loader->limits, &loader->problems);
    } else {
        loader->problems.is_stopped = true;
    }
    if (has_memory && loader->problems.status == KMSRULES_OK) {
        *ruleset = kr_memory_take(1, sizeof **ruleset);
        has_memory = *ruleset != NULL;
        if (has_memory) atomic_init(&(*ruleset)->owners, 1);
        has_memory = has_memory && compile(loader, &tables, *ruleset);
    }
    if (!has_memory) loader->problems.status = KMSRULES_NO_MEMORY;
    kr_tables_free(&tables);
}

kmsrules_status kmsrules_builder_build(kmsrules_builder *builder, kmsrules_ruleset **ruleset) {
    if (builder == NULL || ruleset == NULL || builder->is_built) return KMSRULES_INVALID_ARGUMENT;
    if (builder->loader.layer_count == 0) return KMSRULES_NOTHING_ASKED;
    if (builder->loader.problems.status == KMSRULES_NO_MEMORY) return KMSRULES_NO_MEMORY;
    kmsrules_ruleset *made = NULL;
    builder->is_built = true;
    run_stages(&builder->loader, &made);
    kmsrules_status status = publish(builder);
    if (status == KMSRULES_OK)
        *ruleset = made;
    else
        kmsrules_ruleset_free(made);
    return status;
}

size_t kmsrules_builder_problem_count(const kmsrules_builder *builder) { return builder == NULL ? 0 : builder->published_count; }

const kmsrules_problem *kmsrules_builder_problem(const kmsrules_builder *builder, size_t index) {
    return index < kmsrules_builder_problem_count(builder) ? &builder->published[index] : NULL;
}

const char *kmsrules_builtin_name(size_t index) {
    for (size_t i = 0; i <= index; i++)
        if (kr_builtin_rulesets[i] == NULL) return NULL;
    return kr_builtin_rulesets[index];
}

kmsrules_status kmsrules_ruleset_default(kmsrules_ruleset **ruleset) {
    kmsrules_builder *builder = NULL;
    if (ruleset == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = kmsrules_builder_new(&builder);
    if (status == KMSRULES_OK) status = kmsrules_builder_add(builder, kmsrules_builtin_name(0));
    if (status == KMSRULES_OK) status = kmsrules_builder_build(builder, ruleset);
    kmsrules_builder_free(builder);
    return status;
}
