/* Every id declared once. In: entries. Out: symbols, numbered by kind in reading order; what a later layer replaces is marked. See resolver.h. */
#include "table/resolver.h"

static size_t first_slot(const struct kr_tables *tables, enum kr_space space, struct kr_text id) {
    return (size_t)(kr_text_hash(id) + (uint64_t)space * 0x9e3779b97f4a7c15u) & (tables->slot_count - 1);
}

static struct kr_symbol *find_symbol(const struct kr_tables *tables, enum kr_space space, struct kr_text id) {
    if (tables->slot_count == 0) return NULL;
    for (size_t slot = first_slot(tables, space, id); tables->slots[slot] != 0; slot = (slot + 1) & (tables->slot_count - 1)) {
        struct kr_symbol *symbol = &tables->symbols[tables->slots[slot] - 1];
        if (symbol->space == space && kr_text_equal(symbol->id, id)) return symbol;
    }
    return NULL;
}

const struct kr_symbol *kr_tables_find(const struct kr_tables *tables, enum kr_space space, struct kr_text id) { return find_symbol(tables, space, id); }

#define PROBE_LIMIT 1000 /* the hash has no key: ids made to collide are refused before they cost quadratic time */

/* False when too many ids have alike hashes. */
static bool add_symbol(struct kr_tables *tables, struct kr_symbol symbol) {
    size_t slot = first_slot(tables, symbol.space, symbol.id);
    for (size_t probes = 0; tables->slots[slot] != 0; slot = (slot + 1) & (tables->slot_count - 1))
        if (++probes > PROBE_LIMIT) return false;
    tables->symbols[tables->symbol_count++] = symbol;
    tables->slots[slot] = (uint32_t)tables->symbol_count;
    return true;
}

static enum kr_space space_of(enum kr_element_kind kind) {
    switch (kind) {
    case KR_ELEMENT_SOURCE: return KR_SPACE_SOURCE;
    case KR_ELEMENT_APPLICATION: return KR_SPACE_APPLICATION;
    case KR_ELEMENT_RELEASE:
    case KR_ELEMENT_EDITION:
    case KR_ELEMENT_SET: return KR_SPACE_MEMBER;
    case KR_ELEMENT_GROUP: return KR_SPACE_GROUP;
    case KR_ELEMENT_LINE: return KR_SPACE_LINE;
    case KR_ELEMENT_UPDATE: return KR_SPACE_UPDATE;
    case KR_ELEMENT_ERROR: return KR_SPACE_ERROR;
    case KR_ELEMENT_STEP: return KR_SPACE_STEP;
    default: return KR_SPACE_COUNT;
    }
}

static void report_duplicate(struct kr_resolver *resolver, const struct kr_entry *entry, struct kr_at at, struct kr_text id, uint32_t first) {
    const struct kr_at *there = &resolver->model->entries[first].at;
    bool is_later = entry->layer > resolver->model->entries[first].layer;
    kr_problems_add(resolver->problems, KR910_DUPLICATE_ID, at, "id \"%.*s\" is already used at %s:%u:%u; %s", (int)id.size, id.data, kr_model_path(resolver->model, first),
                    there->line, there->column, is_later ? "rename one, or write replace=\"yes\" to take its place" : "rename one");
}

/* Takes the place of the element of that id in an earlier layer; false when there is none it may replace. */
static bool replace(struct kr_resolver *resolver, uint32_t entry, uint32_t *first) {
    struct kr_model *model = resolver->model;
    if (model->entries[*first].layer >= model->entries[entry].layer) return false;
    model->entries[*first].is_replaced = true;
    *first = entry;
    return true;
}

static bool wants_replacement(const struct kr_entry *entry) { return kr_text_is(kr_entry_get(entry, KR_ATTRIBUTE_REPLACE), "yes"); }

/* It was replaced, or stands in something that was. */
static bool is_dropped(const struct kr_model *model, uint32_t entry) {
    uint32_t parent = model->entries[entry].parent;
    if (model->entries[entry].is_replaced) return true;
    return parent != KMSRULES_NONE && model->entries[parent].is_replaced;
}

/* An id as it stands in an attribute; its place is reckoned only when it is needed. */
struct written_id {
    struct kr_text id;
    uint32_t entry;
    enum kr_attribute_kind attribute;
    bool is_alias;
};

static struct kr_at place_of(const struct kr_resolver *resolver, const struct written_id *written) {
    return kr_word_at(resolver, written->entry, written->attribute, written->id);
}

static void declare_new(struct kr_resolver *resolver, const struct written_id *written, enum kr_space space) {
    const struct kr_entry *entry = &resolver->model->entries[written->entry];
    if (wants_replacement(entry) && !written->is_alias)
        kr_problems_add(resolver->problems, KR911_UNKNOWN_ID, place_of(resolver, written), "nothing of an earlier layer has the id \"%.*s\" that this replaces",
                        (int)written->id.size, written->id.data);
    struct kr_symbol symbol = {.id = written->id, .space = space, .kind = entry->kind, .entry = written->entry, .index = KMSRULES_NONE};
    if (!add_symbol(resolver->tables, symbol))
        kr_problems_add(resolver->problems, KR904_LIMIT, place_of(resolver, written), "more than %d ids have alike hashes", PROBE_LIMIT);
}

/* replace="yes" is for the id of an element; an alias takes only what is free. */
static void declare_id(struct kr_resolver *resolver, const struct written_id *written) {
    const struct kr_entry *entry = &resolver->model->entries[written->entry];
    struct kr_symbol *known = find_symbol(resolver->tables, space_of(entry->kind), written->id);
    if (known == NULL) {
        declare_new(resolver, written, space_of(entry->kind));
    } else if (is_dropped(resolver->model, known->entry)) {
        known->entry = written->entry;
        known->kind = entry->kind;
    } else if (written->is_alias || known->kind != entry->kind || !wants_replacement(entry) || !replace(resolver, written->entry, &known->entry)) {
        report_duplicate(resolver, entry, place_of(resolver, written), written->id, known->entry);
    } else {
        known->is_replacement = true;
    }
}

static void declare_aliases(struct kr_resolver *resolver, uint32_t index) {
    struct kr_text aliases = kr_entry_get(&resolver->model->entries[index], KR_ATTRIBUTE_ALIAS);
    struct written_id written = {.entry = index, .attribute = KR_ATTRIBUTE_ALIAS, .is_alias = true};
    for (size_t offset = 0; !kr_problems_is_full(resolver->problems) && kr_text_next_word(aliases, &offset, &written.id);) declare_id(resolver, &written);
}

bool kr_kind_of(struct kr_text word, kmsrules_kind *kind) {
    for (int i = 0; i < KMSRULES_KIND_COUNT; i++)
        if (kr_text_is(word, kmsrules_kind_text((kmsrules_kind)i))) return *kind = (kmsrules_kind)i, true;
    return false;
}

static void declare_threshold(struct kr_resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_text word = kr_entry_get(entry, KR_ATTRIBUTE_KIND);
    kmsrules_kind kind;
    if (!kr_kind_of(word, &kind)) return;
    uint32_t *known = &resolver->tables->thresholds[kind];
    if (*known == KMSRULES_NONE) {
        *known = index;
        if (wants_replacement(entry))
            kr_problems_add(resolver->problems, KR911_UNKNOWN_ID, kr_model_at(resolver->model, entry, KR_ATTRIBUTE_KIND, SIZE_MAX),
                            "no earlier layer has a threshold for kind %.*s that this replaces", (int)word.size, word.data);
    } else if (!wants_replacement(entry) || !replace(resolver, index, known))
        report_duplicate(resolver, entry, kr_model_at(resolver->model, entry, KR_ATTRIBUTE_KIND, SIZE_MAX), word, *known);
}

static void declare_ids(struct kr_resolver *resolver) {
    for (uint32_t i = 0; i < resolver->model->entry_count; i++) {
        const struct kr_entry *entry = &resolver->model->entries[i];
        struct kr_text id = kr_entry_get(entry, KR_ATTRIBUTE_ID);
        if (entry->kind == KR_ELEMENT_THRESHOLD) declare_threshold(resolver, i);
        if (space_of(entry->kind) == KR_SPACE_COUNT || id.size == 0) continue;
        declare_id(resolver, &(struct written_id){.id = id, .entry = i, .attribute = KR_ATTRIBUTE_ID});
        if (entry->kind == KR_ELEMENT_UPDATE) declare_aliases(resolver, i);
    }
}

/* Rows that an earlier layer added by reference to a group that a later one replaces. */
static bool refers_to_replaced(const struct kr_resolver *resolver, const struct kr_entry *entry) {
    if (entry->kind != KR_ELEMENT_GROUP_REFERENCE) return false;
    const struct kr_symbol *group = find_symbol(resolver->tables, KR_SPACE_GROUP, kr_entry_get(entry, KR_ATTRIBUTE_REF));
    return group != NULL && group->is_replacement && resolver->model->entries[group->entry].layer > entry->layer;
}

/* What stands in a replaced element goes with it. */
static void drop_children_of_replaced(struct kr_resolver *resolver) {
    struct kr_model *model = resolver->model;
    for (size_t i = 0; i < model->entry_count; i++) {
        struct kr_entry *entry = &model->entries[i];
        if (refers_to_replaced(resolver, entry)) entry->is_replaced = true;
        if (entry->parent != KMSRULES_NONE && model->entries[entry->parent].is_replaced) entry->is_replaced = true;
    }
}

static bool is_alias(const struct kr_model *model, const struct kr_symbol *symbol) {
    return !kr_text_equal(symbol->id, kr_entry_get(&model->entries[symbol->entry], KR_ATTRIBUTE_ID));
}

/* Things are numbered in reading order, a replacement at its own place; a symbol whose element was replaced away names nothing any more. */
static bool number_things(struct kr_resolver *resolver, enum kr_element_kind kind, struct kr_things *things) {
    struct kr_tables *tables = resolver->tables;
    things->entries = kr_arena_take(&tables->arena, tables->symbol_count, sizeof *things->entries);
    if (things->entries == NULL) return false;
    for (uint32_t i = 0; i < resolver->model->entry_count; i++) {
        const struct kr_entry *entry = &resolver->model->entries[i];
        struct kr_text id = kr_entry_get(entry, KR_ATTRIBUTE_ID);
        if (entry->kind != kind || entry->is_replaced || id.size == 0) continue;
        struct kr_symbol *symbol = find_symbol(tables, space_of(kind), id);
        if (symbol == NULL || symbol->entry != i) continue; /* refused, which was reported */
        symbol->index = things->count;
        things->entries[things->count++] = i;
    }
    return true;
}

/* An alias has the index of its update. */
static void number_aliases(struct kr_resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    for (size_t i = 0; i < tables->symbol_count; i++) {
        struct kr_symbol *symbol = &tables->symbols[i];
        const struct kr_entry *entry = &resolver->model->entries[symbol->entry];
        if (entry->is_replaced || !is_alias(resolver->model, symbol)) continue;
        const struct kr_symbol *update = find_symbol(tables, symbol->space, kr_entry_get(entry, KR_ATTRIBUTE_ID));
        if (update != NULL) symbol->index = update->index;
    }
}

/* Room for every id and alias that could be declared. */
static bool prepare(struct kr_resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    size_t count = 0, slots = 16;
    for (size_t i = 0; i < resolver->model->entry_count; i++) {
        struct kr_text aliases = kr_entry_get(&resolver->model->entries[i], KR_ATTRIBUTE_ALIAS), word;
        size_t offset = 0;
        count++;
        while (kr_text_next_word(aliases, &offset, &word)) count++;
    }
    while (slots < 2 * count) slots *= 2;
    tables->symbols = kr_memory_take(count, sizeof *tables->symbols);
    tables->slots = kr_memory_take(slots, sizeof *tables->slots);
    tables->slot_count = slots;
    return tables->symbols != NULL && tables->slots != NULL;
}

static bool number_all(struct kr_resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    return number_things(resolver, KR_ELEMENT_SOURCE, &tables->sources) && number_things(resolver, KR_ELEMENT_APPLICATION, &tables->applications) &&
           number_things(resolver, KR_ELEMENT_RELEASE, &tables->releases) && number_things(resolver, KR_ELEMENT_EDITION, &tables->editions) &&
           number_things(resolver, KR_ELEMENT_SET, &tables->sets) && number_things(resolver, KR_ELEMENT_GROUP, &tables->groups) && number_things(resolver, KR_ELEMENT_LINE, &tables->lines) &&
           number_things(resolver, KR_ELEMENT_UPDATE, &tables->updates) && number_things(resolver, KR_ELEMENT_ERROR, &tables->errors) &&
           number_things(resolver, KR_ELEMENT_STEP, &tables->steps);
}

bool kr_declare_all(struct kr_resolver *resolver) {
    if (!prepare(resolver)) return false;
    declare_ids(resolver);
    drop_children_of_replaced(resolver);
    if (!number_all(resolver)) return false;
    number_aliases(resolver);
    return true;
}
