/* The index of names. In: ids, full names, <spelling> and <fold> rows. Out: the ruleset's kr_names; overlaps are problems. */
#include "table/compile.h"

#include <string.h>

struct speller {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    struct kr_problems *problems;
    bool has_failed;
};

static struct kr_text keep_text(struct speller *speller, struct kr_text text) {
    const char *copy = kr_arena_copy(&speller->ruleset->arena, text.data == NULL ? "" : text.data, text.size);
    if (copy == NULL) speller->has_failed = true;
    return (struct kr_text){copy, text.size};
}

/* Substring rules are matched against lower case, as the manual says; a rule in upper case could never match. */
static bool compile_fold(struct speller *speller) {
    struct kr_fold *fold = &speller->ruleset->names.fold;
    fold->rules = kr_arena_take(&speller->ruleset->arena, KR_FOLD_LIMIT, sizeof *fold->rules);
    if (fold->rules == NULL) return false;
    for (size_t i = 0; i < speller->model->entry_count; i++) {
        const struct kr_entry *entry = &speller->model->entries[i];
        if (entry->kind != KR_ELEMENT_FOLD) continue;
        if (fold->rule_count == KR_FOLD_LIMIT) {
            kr_problems_add(speller->problems, KR904_LIMIT, entry->at, "more than %d <fold> rows, which every name goes through", KR_FOLD_LIMIT);
            break;
        }
        struct kr_text word = kr_entry_get(entry, KR_ATTRIBUTE_WORD);
        bool is_word = word.data != NULL;
        struct kr_text from = keep_text(speller, is_word ? word : kr_entry_get(entry, KR_ATTRIBUTE_TEXT));
        fold->rules[fold->rule_count++] = (struct kr_fold_rule){from, keep_text(speller, kr_entry_get(entry, KR_ATTRIBUTE_TO)), is_word};
    }
    return !speller->has_failed;
}

static const char *first_id(const struct speller *speller, const struct kr_name *name) {
    switch (name->kind) {
    case KMSRULES_EDITION: return speller->ruleset->editions[name->ids[0]].id;
    case KMSRULES_RELEASE: return speller->ruleset->releases[name->ids[0]].id;
    case KMSRULES_KEY_GROUP: return speller->ruleset->groups[name->ids[0]].id;
    default: return speller->ruleset->updates[name->ids[0]].id;
    }
}

static void add(struct speller *speller, struct kr_name name, uint32_t entry) {
    name.hash = kr_text_hash(name.text);
    const struct kr_name *other = kr_names_add(&speller->ruleset->names, &name);
    if (other == NULL) return;
    kr_problems_add(speller->problems, KR920_OVERLAPPING_NAMES, speller->model->entries[entry].at,
                    "the name \"%.*s\" of \"%s\" is also a name of \"%s\" (%s:%u:%u); change one, or list both in one <spelling>", (int)name.text.size,
                    name.text.data, first_id(speller, &name), first_id(speller, other), other->at.file, other->at.line, other->at.column);
}

/* Under exactly this text: ids of updates are numbers and need no normalisation, which a thousand of them would pay for at every load. */
static void add_exact(struct speller *speller, struct kr_name name, struct kr_text text, uint32_t entry) {
    name.text = keep_text(speller, text);
    if (!speller->has_failed) add(speller, name, entry);
}

/* Under the text as written and as normalised. */
static void add_spelled(struct speller *speller, struct kr_name name, struct kr_text text, uint32_t entry) {
    char folded[KR_NAME_SIZE_LIMIT];
    size_t folded_size;
    name.text = keep_text(speller, text);
    if (!speller->has_failed) add(speller, name, entry);
    if (!kr_fold_text(&speller->ruleset->names.fold, text, folded, &folded_size) || folded_size == 0) return;
    if (kr_text_equal(text, (struct kr_text){folded, folded_size})) return;
    name.text = keep_text(speller, (struct kr_text){folded, folded_size});
    if (!speller->has_failed) add(speller, name, entry);
}

static void add_thing(struct speller *speller, int kind, const struct kr_things *things, uint32_t index) {
    const struct kr_entry *entry = &speller->model->entries[things->entries[index]];
    kmsrules_id *id = kr_arena_take(&speller->ruleset->arena, 1, sizeof *id);
    if (id == NULL) {
        speller->has_failed = true;
        return;
    }
    *id = index;
    struct kr_name name = {.kind = kind, .origin = KR_NAME_ID, .ids = id, .id_count = 1,
                           .at = {speller->ruleset->files[entry->at.file].path, entry->at.line, entry->at.column}};
    struct kr_text aliases = kr_entry_get(entry, KR_ATTRIBUTE_ALIAS), word;
    add_exact(speller, name, kr_entry_get(entry, KR_ATTRIBUTE_ID), things->entries[index]);
    for (size_t offset = 0; kr_text_next_word(aliases, &offset, &word);) add_exact(speller, name, word, things->entries[index]);
    name.origin = KR_NAME_NAME;
    if (kind != KMSRULES_UPDATE) add_spelled(speller, name, kr_entry_get(entry, KR_ATTRIBUTE_NAME), things->entries[index]);
}

static void add_things(struct speller *speller, int kind, const struct kr_things *things) {
    for (uint32_t i = 0; i < things->count && !speller->has_failed; i++) add_thing(speller, kind, things, i);
}

static void add_spelling(struct speller *speller, const struct kr_table_spelling *spelling) {
    const struct kr_entry *entry = &speller->model->entries[spelling->entry];
    kmsrules_id *ids = kr_arena_take(&speller->ruleset->arena, spelling->ids.count, sizeof *ids);
    if (ids == NULL) {
        speller->has_failed = true;
        return;
    }
    if (spelling->ids.count > 0) memcpy(ids, spelling->ids.items, spelling->ids.count * sizeof *ids);
    struct kr_name name = {.kind = spelling->kind, .origin = KR_NAME_SPELLING, .ids = ids, .id_count = spelling->ids.count,
                           .at = {speller->ruleset->files[entry->at.file].path, entry->at.line, entry->at.column}};
    if (kr_entry_get(entry, KR_ATTRIBUTE_NOTE).data != NULL) name.note = keep_text(speller, kr_entry_get(entry, KR_ATTRIBUTE_NOTE)).data;
    add_spelled(speller, name, kr_entry_get(entry, KR_ATTRIBUTE_TEXT), spelling->entry);
}

/* Every symbol has its id, aliases of updates being symbols too; names and spellings stand as written and as normalised. */
static size_t count_names(const struct speller *speller) {
    const struct kr_tables *tables = speller->tables;
    return tables->symbol_count + 2 * ((size_t)tables->editions.count + tables->releases.count + tables->groups.count + tables->spelling_count);
}

bool kr_ruleset_compile_names(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems) {
    struct speller speller = {.ruleset = ruleset, .tables = tables, .model = model, .problems = problems};
    if (!compile_fold(&speller) || !kr_names_reserve(&ruleset->names, &ruleset->arena, count_names(&speller))) return false;
    add_things(&speller, KMSRULES_EDITION, &tables->editions);
    add_things(&speller, KMSRULES_RELEASE, &tables->releases);
    add_things(&speller, KMSRULES_KEY_GROUP, &tables->groups);
    add_things(&speller, KMSRULES_UPDATE, &tables->updates);
    for (uint32_t i = 0; i < tables->spelling_count && !speller.has_failed; i++) add_spelling(&speller, &tables->spellings[i]);
    if (ruleset->names.is_crowded)
        kr_problems_add(problems, KR904_LIMIT, (struct kr_at){.file = 0, .line = 1, .column = 1}, "too many names have alike hashes; they look made to");
    return !speller.has_failed;
}
