/* The steps of runbooks. In: their entries, with the lists resolved. Out: steps in the order of their phases. See ruleset/step.h. */
#include "table/compile.h"

struct procedures {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    bool has_memory;
};

static struct kr_text copy_text(struct procedures *procedures, const struct kr_entry *entry, enum kr_attribute_kind attribute) {
    struct kr_text text = kr_entry_get(entry, attribute);
    const char *copy = kr_arena_copy(&procedures->ruleset->arena, text.data == NULL ? "" : text.data, text.size);
    if (copy == NULL) procedures->has_memory = false;
    return (struct kr_text){copy, copy == NULL ? 0 : text.size};
}

static const kmsrules_id *copy_ids(struct procedures *procedures, struct kr_ids ids) { return kr_ruleset_copy_ids(procedures->ruleset, ids, &procedures->has_memory).items; }

static const uint64_t *bits_of(struct procedures *procedures, struct kr_ids ids) {
    uint64_t *bits = kr_arena_take(&procedures->ruleset->arena, procedures->ruleset->edition_words, sizeof *bits);
    if (bits == NULL) procedures->has_memory = false;
    for (uint32_t i = 0; bits != NULL && i < ids.count; i++) bits[ids.items[i] / 64] |= UINT64_C(1) << (ids.items[i] % 64);
    return bits;
}

static unsigned conditions_of(struct kr_text list) {
    unsigned conditions = 0;
    struct kr_text word;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) conditions |= 1u << kr_text_index(word, kr_when_words);
    return conditions;
}

static bool says_yes(const struct kr_entry *entry, enum kr_attribute_kind attribute) { return kr_text_is(kr_entry_get(entry, attribute), "yes"); }

/* A step's commands stand right behind it. */
static void compile_commands(struct procedures *procedures, uint32_t entry, struct kr_step *step) {
    const struct kr_model *model = procedures->model;
    uint32_t first = entry + 1, last = first;
    while (last < model->entry_count && model->entries[last].parent == entry) last++;
    struct kr_command *commands = kr_arena_take(&procedures->ruleset->arena, last - first, sizeof *commands);
    if (commands == NULL) procedures->has_memory = false;
    for (uint32_t i = first; commands != NULL && i < last; i++) {
        const struct kr_entry *command = &model->entries[i];
        commands[step->command_count++] = (struct kr_command){
            .text = copy_text(procedures, command, KR_ATTRIBUTE_TEXT),
            .is_powershell = kr_text_is(kr_entry_get(command, KR_ATTRIBUTE_SHELL), "powershell"),
            .is_alternative = says_yes(command, KR_ATTRIBUTE_ALTERNATIVE),
            .may_fail = says_yes(command, KR_ATTRIBUTE_MAY_FAIL),
        };
    }
    step->commands = commands;
}

static void compile_step(struct procedures *procedures, uint32_t index, struct kr_step *step) {
    const struct kr_table_step *facts = &procedures->tables->step_facts[index];
    const struct kr_entry *entry = &procedures->model->entries[procedures->tables->steps.entries[index]];
    *step = (struct kr_step){
        .id = copy_text(procedures, entry, KR_ATTRIBUTE_ID).data,
        .title = copy_text(procedures, entry, KR_ATTRIBUTE_TITLE),
        .check = copy_text(procedures, entry, KR_ATTRIBUTE_CHECK),
        .undo = copy_text(procedures, entry, KR_ATTRIBUTE_UNDO),
        .note = copy_text(procedures, entry, KR_ATTRIBUTE_NOTE),
        .phase = (enum kr_phase)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_PHASE), kr_phase_words),
        .where = (enum kr_where)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_WHERE), kr_where_words),
        .each = (enum kr_each)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_EACH), kr_each_words),
        .when = conditions_of(kr_entry_get(entry, KR_ATTRIBUTE_WHEN)),
        .is_elevated = says_yes(entry, KR_ATTRIBUTE_ELEVATED),
        .hosts = facts->has_hosts ? bits_of(procedures, facts->hosts) : NULL,
        .editions = facts->has_editions ? bits_of(procedures, facts->editions) : NULL,
        .applications = copy_ids(procedures, facts->applications),
        .application_count = facts->applications.count,
        .sources = copy_ids(procedures, facts->sources),
        .source_count = facts->sources.count,
        .at = kr_ruleset_place(procedures->ruleset, entry),
    };
    compile_commands(procedures, procedures->tables->steps.entries[index], step);
}

static enum kr_phase phase_of(const struct procedures *procedures, uint32_t step) {
    const struct kr_entry *entry = &procedures->model->entries[procedures->tables->steps.entries[step]];
    return (enum kr_phase)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_PHASE), kr_phase_words);
}

bool kr_ruleset_compile_steps(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model) {
    struct procedures procedures = {ruleset, tables, model, true};
    struct kr_step *steps = kr_arena_take(&ruleset->arena, tables->steps.count, sizeof *steps);
    if (steps == NULL) return false;
    for (int phase = 0; kr_phase_words[phase] != NULL; phase++)
        for (uint32_t i = 0; i < tables->steps.count; i++)
            if (phase_of(&procedures, i) == (enum kr_phase)phase) compile_step(&procedures, i, &steps[ruleset->step_count++]);
    ruleset->steps = steps;
    return procedures.has_memory;
}
