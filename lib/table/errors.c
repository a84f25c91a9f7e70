/* Errors that Windows shows. In: <error> and <predicts> rows. Out: the ruleset's errors and predictions, each naming the other. See compile.h. */
#include <string.h>

#include "table/compile.h"

#define PREDICTION_LIMIT 256 /* each check that fails is held against all of them */

struct compiler {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    bool has_memory;
};

static const char *copy_text(struct compiler *compiler, const struct kr_entry *entry, enum kr_attribute_kind attribute) {
    return kr_ruleset_copy_text(compiler->ruleset, entry, attribute, &compiler->has_memory);
}

static const kmsrules_id *copy_ids(struct compiler *compiler, struct kr_ids ids) { return kr_ruleset_copy_ids(compiler->ruleset, ids, &compiler->has_memory).items; }

/* The words are those of the shape. */
static unsigned scope_of(struct kr_text list) {
    static const struct {
        const char *word;
        unsigned bit;
    } scopes[] = {{"client", KMSRULES_OF_CLIENT}, {"kms", KMSRULES_OF_KMS}, {"kms-client", KMSRULES_OF_KMS_CLIENT}, {"kms-host", KMSRULES_OF_KMS_HOST}, {"mak", KMSRULES_OF_MAK}};
    unsigned scope = 0;
    struct kr_text word;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);)
        for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
            if (kr_text_is(word, scopes[i].word)) scope |= scopes[i].bit;
    return scope;
}

/* "KR104" */
static kmsrules_check_code check_of(struct kr_text word) {
    uint64_t number = KMSRULES_KR101;
    if (word.size > 2) kr_text_number((struct kr_text){word.data + 2, word.size - 2}, KMSRULES_KR101, KMSRULES_KR106, &number);
    return (kmsrules_check_code)number;
}

static kmsrules_error error_of(struct compiler *compiler, kmsrules_id index) {
    const struct kr_entry *entry = &compiler->model->entries[compiler->tables->errors.entries[index]];
    struct kr_ids sources = compiler->tables->error_sources[index];
    return (kmsrules_error){.id = copy_text(compiler, entry, KR_ATTRIBUTE_ID), .name = copy_text(compiler, entry, KR_ATTRIBUTE_NAME),
                            .note = copy_text(compiler, entry, KR_ATTRIBUTE_NOTE), .scope = scope_of(kr_entry_get(entry, KR_ATTRIBUTE_SCOPE)),
                            .sources = copy_ids(compiler, sources), .source_count = sources.count, .at = kr_ruleset_place(compiler->ruleset, entry)};
}

static kmsrules_prediction prediction_of(struct compiler *compiler, const struct kr_table_prediction *row) {
    const struct kr_entry *entry = &compiler->model->entries[row->entry];
    return (kmsrules_prediction){.check = check_of(kr_entry_get(entry, KR_ATTRIBUTE_CHECK)), .error = row->error,
                                 .is_on_host = kr_text_is(kr_entry_get(entry, KR_ATTRIBUTE_ON), "host"),
                                 .editions = copy_ids(compiler, row->editions), .edition_count = row->editions.count,
                                 .updates = copy_ids(compiler, row->any_of), .update_count = row->any_of.count,
                                 .note = copy_text(compiler, entry, KR_ATTRIBUTE_NOTE), .sources = copy_ids(compiler, row->sources),
                                 .source_count = row->sources.count, .at = kr_ruleset_place(compiler->ruleset, entry)};
}

/* The predictions of each error, in their order. */
static bool list_predictions(struct compiler *compiler, kmsrules_error *errors, const kmsrules_prediction *predictions) {
    uint32_t count = compiler->tables->prediction_count;
    for (uint32_t i = 0; i < compiler->tables->errors.count; i++) {
        kmsrules_id *list = kr_arena_take(&compiler->ruleset->arena, count, sizeof *list);
        if (list == NULL) return false;
        for (uint32_t j = 0; j < count; j++)
            if (predictions[j].error == i) list[errors[i].prediction_count++] = j;
        errors[i].predictions = list;
    }
    return true;
}

bool kr_ruleset_compile_errors(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems) {
    struct compiler compiler = {ruleset, tables, model, true};
    if (tables->prediction_count > PREDICTION_LIMIT) {
        kr_problems_add(problems, KR904_LIMIT, model->entries[tables->predictions[PREDICTION_LIMIT].entry].at, "more than %d <predicts> rows", PREDICTION_LIMIT);
        return true;
    }
    kmsrules_error *errors = kr_arena_take(&ruleset->arena, tables->errors.count, sizeof *errors);
    kmsrules_prediction *predictions = kr_arena_take(&ruleset->arena, tables->prediction_count, sizeof *predictions);
    if (errors == NULL || predictions == NULL) return false;
    for (uint32_t i = 0; i < tables->errors.count; i++) errors[i] = error_of(&compiler, i);
    for (uint32_t i = 0; i < tables->prediction_count; i++) predictions[i] = prediction_of(&compiler, &tables->predictions[i]);
    ruleset->errors = errors;
    ruleset->predictions = predictions;
    ruleset->error_count = tables->errors.count;
    ruleset->prediction_count = tables->prediction_count;
    return compiler.has_memory && list_predictions(&compiler, errors, predictions);
}
