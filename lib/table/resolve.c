/* See resolve.h. */
#include "table/resolve.h"

#include <string.h>

#include "names/suggest.h"

#define SUGGESTION_SYMBOL_LIMIT 4096 /* among more ids a nearest one is not looked for */

struct resolver {
    struct kr_tables *tables;
    struct kr_model *model;
    const kmsrules_limits *limits;
    struct kr_problems *problems;
    uint32_t *edition_marks, *symbol_marks; /* [edition], [symbol]: the list that took it last */
    uint32_t mark;
    kmsrules_id *scratch; /* a list while it is expanded */
    size_t scratch_count, scratch_capacity;
};

/* ---- Symbols ---- */

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

static void add_symbol(struct kr_tables *tables, struct kr_symbol symbol) {
    size_t slot = first_slot(tables, symbol.space, symbol.id);
    while (tables->slots[slot] != 0) slot = (slot + 1) & (tables->slot_count - 1);
    tables->symbols[tables->symbol_count++] = symbol;
    tables->slots[slot] = (uint32_t)tables->symbol_count;
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
    default: return KR_SPACE_COUNT;
    }
}

static const char *path_of(const struct resolver *resolver, uint32_t entry) {
    return resolver->model->files[resolver->model->entries[entry].at.file].path;
}

static void report_duplicate(struct resolver *resolver, const struct kr_entry *entry, struct kr_at at, struct kr_text id, uint32_t first) {
    const struct kr_at *there = &resolver->model->entries[first].at;
    bool is_later = entry->layer > resolver->model->entries[first].layer;
    kr_problems_add(resolver->problems, KR910_DUPLICATE_ID, at, "id \"%.*s\" is already used at %s:%u:%u; %s", (int)id.size, id.data, path_of(resolver, first),
                    there->line, there->column, is_later ? "rename one, or write replace=\"yes\" to take its place" : "rename one");
}

/* Takes the place of the element of that id in an earlier layer; false when there is none it may replace. */
static bool replace(struct resolver *resolver, uint32_t entry, uint32_t *first) {
    struct kr_model *model = resolver->model;
    if (model->entries[*first].layer >= model->entries[entry].layer) return false;
    model->entries[*first].is_replaced = true;
    *first = entry;
    return true;
}

static bool wants_replacement(const struct kr_entry *entry) { return kr_text_is(kr_entry_get(entry, KR_ATTRIBUTE_REPLACE), "yes"); }

/* It stands in something that was replaced. */
static bool is_dropped(const struct kr_model *model, uint32_t entry) {
    uint32_t parent = model->entries[entry].parent;
    return parent != KMSRULES_NONE && model->entries[parent].is_replaced;
}

static void declare_id(struct resolver *resolver, uint32_t index, struct kr_text id, struct kr_at at, bool is_alias) {
    struct kr_entry *entry = &resolver->model->entries[index];
    enum kr_space space = space_of(entry->kind);
    struct kr_symbol *known = find_symbol(resolver->tables, space, id);
    if (known == NULL) {
        if (wants_replacement(entry) && !is_alias)
            kr_problems_add(resolver->problems, KR911_UNKNOWN_ID, at, "nothing of an earlier layer has the id \"%.*s\" that this replaces", (int)id.size, id.data);
        add_symbol(resolver->tables, (struct kr_symbol){.id = id, .space = space, .kind = entry->kind, .entry = index, .index = KMSRULES_NONE});
    } else if (is_dropped(resolver->model, known->entry)) {
        known->entry = index;
        known->kind = entry->kind;
    } else if (known->kind != entry->kind || !wants_replacement(entry) || !replace(resolver, index, &known->entry)) {
        report_duplicate(resolver, entry, at, id, known->entry);
    } else {
        known->is_replacement = true;
    }
}

static void declare_aliases(struct resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_text aliases = kr_entry_get(entry, KR_ATTRIBUTE_ALIAS), word;
    size_t offset = 0;
    while (kr_text_next_word(aliases, &offset, &word))
        declare_id(resolver, index, word, kr_model_at(resolver->model, entry, KR_ATTRIBUTE_ALIAS, (size_t)(word.data - aliases.data)), true);
}

static bool kind_of(struct kr_text word, kmsrules_kind *kind) {
    for (int i = 0; i < KMSRULES_KIND_COUNT; i++)
        if (kr_text_is(word, kmsrules_kind_text((kmsrules_kind)i))) return *kind = (kmsrules_kind)i, true;
    return false;
}

static void declare_threshold(struct resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_text word = kr_entry_get(entry, KR_ATTRIBUTE_KIND);
    kmsrules_kind kind;
    if (!kind_of(word, &kind)) return;
    uint32_t *known = &resolver->tables->thresholds[kind];
    if (*known == KMSRULES_NONE) {
        *known = index;
        if (wants_replacement(entry))
            kr_problems_add(resolver->problems, KR911_UNKNOWN_ID, kr_model_at(resolver->model, entry, KR_ATTRIBUTE_KIND, SIZE_MAX),
                            "no earlier layer has a threshold for kind %.*s that this replaces", (int)word.size, word.data);
    } else if (!wants_replacement(entry) || !replace(resolver, index, known))
        report_duplicate(resolver, entry, kr_model_at(resolver->model, entry, KR_ATTRIBUTE_KIND, SIZE_MAX), word, *known);
}

static void declare_all(struct resolver *resolver) {
    for (uint32_t i = 0; i < resolver->model->entry_count; i++) {
        const struct kr_entry *entry = &resolver->model->entries[i];
        struct kr_text id = kr_entry_get(entry, KR_ATTRIBUTE_ID);
        if (entry->kind == KR_ELEMENT_THRESHOLD) declare_threshold(resolver, i);
        if (space_of(entry->kind) == KR_SPACE_COUNT || id.size == 0) continue;
        declare_id(resolver, i, id, kr_model_at(resolver->model, entry, KR_ATTRIBUTE_ID, 0), false);
        if (entry->kind == KR_ELEMENT_UPDATE) declare_aliases(resolver, i);
    }
}

/* Rows that an earlier layer added by reference to a group that a later one replaces. */
static bool refers_to_replaced(const struct resolver *resolver, const struct kr_entry *entry) {
    if (entry->kind != KR_ELEMENT_GROUP_REFERENCE) return false;
    const struct kr_symbol *group = find_symbol(resolver->tables, KR_SPACE_GROUP, kr_entry_get(entry, KR_ATTRIBUTE_REF));
    return group != NULL && group->is_replacement && resolver->model->entries[group->entry].layer > entry->layer;
}

/* What stands in a replaced element goes with it. */
static void drop_children_of_replaced(struct resolver *resolver) {
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
static bool number_things(struct resolver *resolver, enum kr_element_kind kind, struct kr_things *things) {
    struct kr_tables *tables = resolver->tables;
    things->entries = kr_arena_take(&tables->arena, tables->symbol_count, sizeof *things->entries);
    if (things->entries == NULL) return false;
    for (uint32_t i = 0; i < resolver->model->entry_count; i++) {
        const struct kr_entry *entry = &resolver->model->entries[i];
        struct kr_text id = kr_entry_get(entry, KR_ATTRIBUTE_ID);
        if (entry->kind != kind || entry->is_replaced || id.size == 0) continue;
        struct kr_symbol *symbol = find_symbol(tables, space_of(kind), id);
        if (symbol->entry != i) continue; /* a duplicate, which was reported */
        symbol->index = things->count;
        things->entries[things->count++] = i;
    }
    return true;
}

/* An alias has the index of its update. */
static void number_aliases(struct resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    for (size_t i = 0; i < tables->symbol_count; i++) {
        struct kr_symbol *symbol = &tables->symbols[i];
        const struct kr_entry *entry = &resolver->model->entries[symbol->entry];
        if (entry->is_replaced || !is_alias(resolver->model, symbol)) continue;
        symbol->index = find_symbol(tables, symbol->space, kr_entry_get(entry, KR_ATTRIBUTE_ID))->index;
    }
}

/* ---- References ---- */

static const char *space_word(enum kr_space space) {
    static const char *const words[KR_SPACE_COUNT] = {"source", "application", "edition, release or set", "key group", "line", "update"};
    return words[space];
}

static const struct kr_symbol *nearest_symbol(const struct kr_tables *tables, enum kr_space space, struct kr_text id) {
    const struct kr_symbol *nearest = NULL;
    size_t best = 1 + id.size / 2;
    for (size_t i = 0; i < tables->symbol_count && tables->symbol_count <= SUGGESTION_SYMBOL_LIMIT; i++) {
        const struct kr_symbol *symbol = &tables->symbols[i];
        if (symbol->space != space || symbol->index == KMSRULES_NONE) continue;
        size_t distance = kr_name_distance(symbol->id, id);
        if (distance >= best) continue;
        best = distance;
        nearest = symbol;
    }
    return nearest;
}

/* An unsound entry was complained of already: that what it names is unknown may follow from that. */
static void report_unknown(struct resolver *resolver, uint32_t entry, enum kr_space space, struct kr_text id, struct kr_at at) {
    if (resolver->model->entries[entry].is_unsound) return;
    if (kr_problems_is_full(resolver->problems)) {
        resolver->problems->is_stopped = true;
        return;
    }
    for (int other = 0; other < KR_SPACE_COUNT; other++) {
        const struct kr_symbol *symbol = find_symbol(resolver->tables, (enum kr_space)other, id);
        if (symbol == NULL || other == (int)space || (other == KR_SPACE_MEMBER && space == KR_SPACE_GROUP)) continue;
        const struct kr_at *there = &resolver->model->entries[symbol->entry].at;
        kr_problems_add(resolver->problems, KR912_WRONG_KIND, at, "\"%.*s\" is a %s (%s:%u:%u), but %s %s is needed", (int)id.size, id.data,
                        kr_element_name(symbol->kind), path_of(resolver, symbol->entry), there->line, there->column,
                        space == KR_SPACE_MEMBER || space == KR_SPACE_APPLICATION || space == KR_SPACE_UPDATE ? "an" : "a", space_word(space));
        return;
    }
    const struct kr_symbol *nearest = nearest_symbol(resolver->tables, space, id);
    if (nearest != NULL)
        kr_problems_add(resolver->problems, KR911_UNKNOWN_ID, at, "%s \"%.*s\" is not declared; did you mean \"%.*s\"?", space_word(space), (int)id.size,
                        id.data, (int)nearest->id.size, nearest->id.data);
    else
        kr_problems_add(resolver->problems, KR911_UNKNOWN_ID, at, "%s \"%.*s\" is not declared", space_word(space), (int)id.size, id.data);
}

/* The symbol an attribute names, or NULL (absent, or unknown and reported). */
static const struct kr_symbol *refer(struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space) {
    struct kr_text id = kr_entry_get(&resolver->model->entries[entry], attribute);
    if (id.data == NULL) return NULL;
    const struct kr_symbol *symbol = find_symbol(resolver->tables, space, id);
    if (symbol != NULL && symbol->index != KMSRULES_NONE) return symbol;
    report_unknown(resolver, entry, space, id, kr_model_at(resolver->model, &resolver->model->entries[entry], attribute, 0));
    return NULL;
}

static uint32_t index_of(const struct kr_symbol *symbol) { return symbol == NULL ? KMSRULES_NONE : symbol->index; }

static bool put(struct resolver *resolver, kmsrules_id id) {
    void *items = resolver->scratch;
    if (!kr_memory_reserve(&items, &resolver->scratch_capacity, resolver->scratch_count, sizeof *resolver->scratch)) return resolver->tables->has_failed = true, false;
    resolver->scratch = items;
    resolver->scratch[resolver->scratch_count++] = id;
    return true;
}

static void count_members(struct resolver *resolver, uint32_t entry) {
    struct kr_tables *tables = resolver->tables;
    bool was_within = tables->member_count <= resolver->limits->member_count;
    tables->member_count += resolver->scratch_count;
    if (was_within && tables->member_count > resolver->limits->member_count)
        kr_problems_add(resolver->problems, KR904_LIMIT, resolver->model->entries[entry].at, "the lists of the tables name more than %zu ids in all",
                        resolver->limits->member_count);
}

static struct kr_ids take_scratch(struct resolver *resolver, uint32_t entry) {
    count_members(resolver, entry);
    if (resolver->tables->member_count > resolver->limits->member_count) return (struct kr_ids){NULL, 0};
    kmsrules_id *items = kr_arena_take(&resolver->tables->arena, resolver->scratch_count, sizeof *items);
    if (items == NULL) {
        resolver->tables->has_failed = true;
        return (struct kr_ids){NULL, 0};
    }
    if (resolver->scratch_count > 0) memcpy(items, resolver->scratch, resolver->scratch_count * sizeof *items);
    return (struct kr_ids){items, (uint32_t)resolver->scratch_count};
}

static struct kr_at word_at(const struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, struct kr_text word) {
    const struct kr_entry *owner = &resolver->model->entries[entry];
    return kr_model_at(resolver->model, owner, attribute, (size_t)(word.data - kr_entry_get(owner, attribute).data));
}

/* The symbol of one word of a list; NULL when it is unknown or stands there twice, which is reported. */
static const struct kr_symbol *refer_word(struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space, struct kr_text word) {
    const struct kr_symbol *symbol = find_symbol(resolver->tables, space, word);
    if (symbol == NULL || symbol->index == KMSRULES_NONE) {
        report_unknown(resolver, entry, space, word, word_at(resolver, entry, attribute, word));
        return NULL;
    }
    size_t number = (size_t)(symbol - resolver->tables->symbols);
    if (resolver->symbol_marks[number] == resolver->mark) {
        kr_problems_add(resolver->problems, KR910_DUPLICATE_ID, word_at(resolver, entry, attribute, word), "\"%.*s\" stands twice in this list", (int)word.size,
                        word.data);
        return NULL;
    }
    resolver->symbol_marks[number] = resolver->mark;
    return symbol;
}

static struct kr_ids refer_list(struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space) {
    struct kr_text list = kr_entry_get(&resolver->model->entries[entry], attribute), word;
    size_t offset = 0;
    resolver->mark++;
    resolver->scratch_count = 0;
    while (kr_text_next_word(list, &offset, &word)) {
        const struct kr_symbol *symbol = refer_word(resolver, entry, attribute, space, word);
        if (symbol != NULL && !put(resolver, symbol->index)) break;
    }
    return take_scratch(resolver, entry);
}

/* ---- Lists of editions ---- */

static void add_edition(struct resolver *resolver, kmsrules_id edition) {
    if (resolver->edition_marks[edition] == resolver->mark) return;
    if (put(resolver, edition)) resolver->edition_marks[edition] = resolver->mark;
}

static void add_release(struct resolver *resolver, kmsrules_id release, enum kr_members members) {
    struct kr_ids editions = resolver->tables->release_members[release];
    for (uint32_t i = 0; i < editions.count; i++)
        if (members == ALL_EDITIONS || resolver->tables->edition_facts[editions.items[i]].volume == KMSRULES_VOLUME_YES)
            add_edition(resolver, editions.items[i]);
}

/* What a symbol stands for when it is taken away: all its editions. */
static struct kr_ids all_editions_of(const struct resolver *resolver, const struct kr_symbol *symbol) {
    if (symbol->kind == KR_ELEMENT_EDITION) return (struct kr_ids){&symbol->index, 1};
    return symbol->kind == KR_ELEMENT_SET ? resolver->tables->set_members[ALL_EDITIONS][symbol->index] : resolver->tables->release_members[symbol->index];
}

static void take_away(struct resolver *resolver, const struct kr_symbol *symbol) {
    struct kr_ids editions = all_editions_of(resolver, symbol);
    for (uint32_t i = 0; i < editions.count; i++) resolver->edition_marks[editions.items[i]] = 0;
}

static void add_set(struct resolver *resolver, kmsrules_id set, enum kr_members members) {
    struct kr_ids editions = resolver->tables->set_members[members][set];
    for (uint32_t i = 0; i < editions.count; i++) add_edition(resolver, editions.items[i]);
}

static void apply_symbol(struct resolver *resolver, const struct kr_symbol *symbol, enum kr_members members, bool is_removal) {
    if (is_removal)
        take_away(resolver, symbol);
    else if (symbol->kind == KR_ELEMENT_EDITION)
        add_edition(resolver, symbol->index);
    else if (symbol->kind == KR_ELEMENT_SET)
        add_set(resolver, symbol->index, members);
    else
        add_release(resolver, symbol->index, members);
}

static void apply_list(struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members, bool is_removal) {
    struct kr_text list = kr_entry_get(&resolver->model->entries[entry], attribute), word;
    size_t offset = 0;
    while (kr_text_next_word(list, &offset, &word)) {
        if ((word.data[0] == '-') != is_removal) continue;
        struct kr_text id = is_removal ? (struct kr_text){word.data + 1, word.size - 1} : word;
        const struct kr_symbol *symbol = refer_word(resolver, entry, attribute, KR_SPACE_MEMBER, id);
        if (symbol != NULL) apply_symbol(resolver, symbol, members, is_removal);
    }
}

/* A member list: what is added, then what is taken away. */
static struct kr_ids expand_quietly(struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members) {
    resolver->mark++;
    resolver->scratch_count = 0;
    apply_list(resolver, entry, attribute, members, false);
    apply_list(resolver, entry, attribute, members, true);
    size_t kept = 0;
    for (size_t i = 0; i < resolver->scratch_count; i++) {
        kmsrules_id edition = resolver->scratch[i];
        if (resolver->edition_marks[edition] == resolver->mark) resolver->scratch[kept++] = edition;
    }
    resolver->scratch_count = kept;
    return take_scratch(resolver, entry);
}

static struct kr_ids expand(struct resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members) {
    const struct kr_entry *owner = &resolver->model->entries[entry];
    size_t errors = resolver->problems->error_count;
    struct kr_ids ids = expand_quietly(resolver, entry, attribute, members);
    bool is_given = kr_entry_get(owner, attribute).data != NULL, is_judged = !owner->is_unsound && resolver->problems->error_count == errors && !kr_problems_is_full(resolver->problems);
    bool is_within = resolver->tables->member_count <= resolver->limits->member_count; /* else it was left empty */
    if (ids.count == 0 && is_given && is_judged && is_within && !resolver->tables->has_failed)
        kr_problems_add(resolver->problems, KR919_EMPTY, kr_model_at(resolver->model, owner, attribute, SIZE_MAX), "this list names no edition%s",
                        members == VOLUME_EDITIONS ? "; a release stands for its volume editions here" : "");
    return ids;
}

/* ---- Things ---- */

static kmsrules_volume volume_of(const struct kr_entry *entry) {
    struct kr_text volume = kr_entry_get(entry, KR_ATTRIBUTE_VOLUME);
    if (kr_text_is(volume, "yes")) return KMSRULES_VOLUME_YES;
    return kr_text_is(volume, "no") ? KMSRULES_VOLUME_NO : KMSRULES_VOLUME_UNLISTED;
}

static kmsrules_kind kind_of_entry(const struct kr_entry *entry) {
    kmsrules_kind kind = KMSRULES_CLIENT;
    kind_of(kr_entry_get(entry, KR_ATTRIBUTE_KIND), &kind);
    return kind;
}

static uint32_t refer_application(struct resolver *resolver, uint32_t entry) {
    uint32_t application = index_of(refer(resolver, entry, KR_ATTRIBUTE_APPLICATION, KR_SPACE_APPLICATION));
    return application == KMSRULES_NONE ? 0 : application;
}

static void resolve_releases(struct resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    for (uint32_t i = 0; i < tables->releases.count; i++) tables->release_applications[i] = refer_application(resolver, tables->releases.entries[i]);
}

static void resolve_edition(struct resolver *resolver, kmsrules_id edition) {
    struct kr_tables *tables = resolver->tables;
    uint32_t index = tables->editions.entries[edition];
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_table_edition *facts = &tables->edition_facts[edition];
    facts->volume = volume_of(entry);
    facts->release = KMSRULES_NONE;
    if (entry->parent == KMSRULES_NONE) {
        facts->kind = kind_of_entry(entry);
        facts->application = refer_application(resolver, index);
        return;
    }
    const struct kr_entry *release = &resolver->model->entries[entry->parent];
    const struct kr_symbol *symbol = find_symbol(tables, KR_SPACE_MEMBER, kr_entry_get(release, KR_ATTRIBUTE_ID));
    facts->kind = kind_of_entry(release);
    if (symbol == NULL || symbol->kind != KR_ELEMENT_RELEASE || symbol->index == KMSRULES_NONE) return;
    facts->release = symbol->index;
    facts->application = tables->release_applications[symbol->index];
}

static bool list_release_members(struct resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    uint32_t *starts = kr_arena_take(&tables->arena, (size_t)tables->releases.count + 1, sizeof *starts);
    kmsrules_id *members = kr_arena_take(&tables->arena, tables->editions.count, sizeof *members);
    if (starts == NULL || members == NULL) return false;
    for (uint32_t i = 0; i < tables->editions.count; i++)
        if (tables->edition_facts[i].release != KMSRULES_NONE) starts[tables->edition_facts[i].release + 1]++;
    for (uint32_t i = 0; i < tables->releases.count; i++) {
        starts[i + 1] += starts[i];
        tables->release_members[i] = (struct kr_ids){members + starts[i], 0};
    }
    for (uint32_t i = 0; i < tables->editions.count; i++) {
        uint32_t release = tables->edition_facts[i].release;
        if (release == KMSRULES_NONE) continue;
        struct kr_ids *list = &tables->release_members[release];
        members[starts[release] + list->count++] = i;
    }
    return true;
}

/* "17763.1999" → 1999. */
static uint32_t revision_of(struct kr_text build) {
    const char *dot = memchr(build.data, '.', build.size);
    uint64_t revision = 0;
    if (dot != NULL) kr_text_number((struct kr_text){dot + 1, build.size - (size_t)(dot - build.data) - 1}, 0, UINT32_MAX - 1, &revision);
    return (uint32_t)revision;
}

static void resolve_update(struct resolver *resolver, kmsrules_id update) {
    struct kr_tables *tables = resolver->tables;
    uint32_t index = tables->updates.entries[update];
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_table_update *facts = &tables->update_facts[update];
    struct kr_text build = kr_entry_get(entry, KR_ATTRIBUTE_BUILD), position = kr_entry_get(entry, KR_ATTRIBUTE_POSITION);
    uint64_t order = 0;
    facts->line = index_of(refer(resolver, index, KR_ATTRIBUTE_LINE, KR_SPACE_LINE));
    if (build.data != NULL) order = revision_of(build);
    if (position.data != NULL) kr_text_number(position, 1, UINT32_MAX - 1, &order);
    facts->order = (uint32_t)order;
    facts->after_any_of = refer_list(resolver, index, KR_ATTRIBUTE_AFTER_ANY_OF, KR_SPACE_UPDATE);
}

/* A set is a list of its own, resolved for both ways of reading a release; sets among its words are no part of it. */
static void resolve_set(struct resolver *resolver, uint32_t set) {
    uint32_t index = resolver->tables->sets.entries[set];
    struct kr_text list = kr_entry_get(&resolver->model->entries[index], KR_ATTRIBUTE_EDITIONS), word;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) {
        struct kr_text id = word.data[0] == '-' ? (struct kr_text){word.data + 1, word.size - 1} : word;
        const struct kr_symbol *symbol = find_symbol(resolver->tables, KR_SPACE_MEMBER, id);
        if (symbol != NULL && symbol->kind == KR_ELEMENT_SET)
            kr_problems_add(resolver->problems, KR912_WRONG_KIND, word_at(resolver, index, KR_ATTRIBUTE_EDITIONS, word), "a set holds editions and releases, no sets");
    }
    struct kr_ids all = expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS);
    resolver->tables->set_members[ALL_EDITIONS][set] = all;
    if (resolver->problems->error_count == 0) resolver->tables->set_members[VOLUME_EDITIONS][set] = expand_quietly(resolver, index, KR_ATTRIBUTE_EDITIONS, VOLUME_EDITIONS);
    else resolver->tables->set_members[VOLUME_EDITIONS][set] = all; /* refused anyway: the same words are not complained of twice */
}

static bool resolve_things(struct resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    struct kr_arena *arena = &tables->arena;
    tables->edition_facts = kr_arena_take(arena, tables->editions.count, sizeof *tables->edition_facts);
    tables->release_applications = kr_arena_take(arena, tables->releases.count, sizeof *tables->release_applications);
    tables->release_members = kr_arena_take(arena, tables->releases.count, sizeof *tables->release_members);
    tables->set_members[VOLUME_EDITIONS] = kr_arena_take(arena, tables->sets.count, sizeof *tables->set_members[0]);
    tables->set_members[ALL_EDITIONS] = kr_arena_take(arena, tables->sets.count, sizeof *tables->set_members[0]);
    tables->group_applications = kr_arena_take(arena, tables->groups.count, sizeof *tables->group_applications);
    tables->group_above = kr_arena_take(arena, tables->groups.count, sizeof *tables->group_above);
    tables->line_hosts = kr_arena_take(arena, tables->lines.count, sizeof *tables->line_hosts);
    tables->update_facts = kr_arena_take(arena, tables->updates.count, sizeof *tables->update_facts);
    resolver->edition_marks = kr_memory_take(tables->editions.count, sizeof *resolver->edition_marks);
    resolver->symbol_marks = kr_memory_take(tables->symbol_count, sizeof *resolver->symbol_marks);
    if (tables->set_members[VOLUME_EDITIONS] == NULL || tables->set_members[ALL_EDITIONS] == NULL || tables->edition_facts == NULL || tables->release_applications == NULL || tables->release_members == NULL || tables->group_applications == NULL ||
        tables->group_above == NULL || tables->line_hosts == NULL || tables->update_facts == NULL || resolver->edition_marks == NULL ||
        resolver->symbol_marks == NULL)
        return false;
    resolve_releases(resolver);
    for (uint32_t i = 0; i < tables->editions.count; i++) resolve_edition(resolver, i);
    if (!list_release_members(resolver)) return false;
    for (uint32_t i = 0; i < tables->sets.count; i++) resolve_set(resolver, i);
    for (uint32_t i = 0; i < tables->groups.count; i++) {
        tables->group_applications[i] = refer_application(resolver, tables->groups.entries[i]);
        tables->group_above[i] = refer_list(resolver, tables->groups.entries[i], KR_ATTRIBUTE_ABOVE, KR_SPACE_GROUP);
    }
    for (uint32_t i = 0; i < tables->lines.count; i++) tables->line_hosts[i] = expand(resolver, tables->lines.entries[i], KR_ATTRIBUTE_HOSTS, ALL_EDITIONS);
    for (uint32_t i = 0; i < tables->updates.count; i++) resolve_update(resolver, i);
    return true;
}

/* ---- Rows ---- */

static enum kr_relation relation_of(const struct kr_entry *entry) {
    bool names_hosts = kr_entry_get(entry, KR_ATTRIBUTE_HOSTS).data != NULL;
    switch (entry->kind) {
    case KR_ELEMENT_EDITION: return KR_RELATION_EDITION;
    case KR_ELEMENT_GROUP: return KR_RELATION_GROUP;
    case KR_ELEMENT_COVERS: return kr_entry_get(entry, KR_ATTRIBUTE_KEY_GROUP).data != NULL ? KR_RELATION_COVERS_GROUP : KR_RELATION_COVERS;
    case KR_ELEMENT_FITS: return KR_RELATION_FITS;
    case KR_ELEMENT_EXCLUDES: return names_hosts ? KR_RELATION_EXCLUDES_HOSTS : KR_RELATION_EXCLUDES_EDITIONS;
    case KR_ELEMENT_UNDOCUMENTED: return names_hosts ? KR_RELATION_UNDOCUMENTED_HOSTS : KR_RELATION_UNDOCUMENTED_EDITIONS;
    case KR_ELEMENT_NO_HOST: return KR_RELATION_NO_HOST;
    case KR_ELEMENT_NO_CLIENT: return KR_RELATION_NO_CLIENT;
    case KR_ELEMENT_REQUIRES: return KR_RELATION_REQUIRES;
    case KR_ELEMENT_CANNOT_SERVE: return KR_RELATION_CANNOT_SERVE;
    default: return KR_RELATION_THRESHOLD;
    }
}

static bool is_row(enum kr_element_kind kind) {
    return kind == KR_ELEMENT_EDITION || kind == KR_ELEMENT_THRESHOLD || kind == KR_ELEMENT_GROUP || (kind >= KR_ELEMENT_COVERS && kind <= KR_ELEMENT_NO_CLIENT) ||
           kind == KR_ELEMENT_REQUIRES || kind == KR_ELEMENT_CANNOT_SERVE;
}

/* The group a row stands in, or that an entry is. */
static kmsrules_id owner_of(struct resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    uint32_t owner = entry->kind == KR_ELEMENT_GROUP ? index : entry->parent;
    if (owner == KMSRULES_NONE) return KMSRULES_NONE;
    const struct kr_entry *group = &resolver->model->entries[owner];
    struct kr_text id = kr_entry_get(group, group->kind == KR_ELEMENT_GROUP ? KR_ATTRIBUTE_ID : KR_ATTRIBUTE_REF);
    const struct kr_symbol *symbol = id.data == NULL ? NULL : find_symbol(resolver->tables, KR_SPACE_GROUP, id);
    return index_of(symbol);
}

/* An edition's own row names that edition. */
static struct kr_ids refer_itself(struct resolver *resolver, uint32_t index) {
    const struct kr_symbol *symbol = find_symbol(resolver->tables, KR_SPACE_MEMBER, kr_entry_get(&resolver->model->entries[index], KR_ATTRIBUTE_ID));
    resolver->scratch_count = 0;
    if (symbol != NULL && symbol->kind == KR_ELEMENT_EDITION) put(resolver, symbol->index);
    return take_scratch(resolver, index);
}

static void resolve_members(struct resolver *resolver, uint32_t index, struct kr_table_row *row) {
    switch (row->relation) {
    case KR_RELATION_COVERS:
    case KR_RELATION_UNDOCUMENTED_EDITIONS: row->members = expand(resolver, index, KR_ATTRIBUTE_EDITIONS, VOLUME_EDITIONS); break;
    case KR_RELATION_EXCLUDES_EDITIONS:
    case KR_RELATION_NO_HOST:
    case KR_RELATION_NO_CLIENT: row->members = expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS); break;
    case KR_RELATION_FITS:
    case KR_RELATION_UNDOCUMENTED_HOSTS: row->members = expand(resolver, index, KR_ATTRIBUTE_HOSTS, VOLUME_EDITIONS); break;
    case KR_RELATION_EXCLUDES_HOSTS:
    case KR_RELATION_REQUIRES:
    case KR_RELATION_CANNOT_SERVE: row->members = expand(resolver, index, KR_ATTRIBUTE_HOSTS, ALL_EDITIONS); break;
    case KR_RELATION_EDITION: row->members = refer_itself(resolver, index); break;
    case KR_RELATION_COVERS_GROUP: row->inherits = index_of(refer(resolver, index, KR_ATTRIBUTE_KEY_GROUP, KR_SPACE_GROUP)); break;
    default: break;
    }
}

static void resolve_row(struct resolver *resolver, uint32_t index, struct kr_table_row *row) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    *row = (struct kr_table_row){.relation = relation_of(entry), .entry = index, .inherits = KMSRULES_NONE};
    row->group = entry->kind == KR_ELEMENT_EDITION ? KMSRULES_NONE : owner_of(resolver, index);
    row->sources = refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    resolve_members(resolver, index, row);
    if (row->relation != KR_RELATION_REQUIRES && row->relation != KR_RELATION_CANNOT_SERVE) return;
    row->has_editions = kr_entry_get(entry, KR_ATTRIBUTE_EDITIONS).data != NULL;
    row->has_groups = kr_entry_get(entry, KR_ATTRIBUTE_KEY_GROUPS).data != NULL;
    row->editions = expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS);
    row->groups = refer_list(resolver, index, KR_ATTRIBUTE_KEY_GROUPS, KR_SPACE_GROUP);
    row->any_of = refer_list(resolver, index, KR_ATTRIBUTE_ANY_OF, KR_SPACE_UPDATE);
}

static void resolve_spelling(struct resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_table_spelling *spelling = &resolver->tables->spellings[resolver->tables->spelling_count++];
    spelling->entry = index;
    refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    if (kr_entry_get(entry, KR_ATTRIBUTE_KEY_GROUPS).data != NULL) {
        spelling->kind = KMSRULES_KEY_GROUP;
        spelling->ids = refer_list(resolver, index, KR_ATTRIBUTE_KEY_GROUPS, KR_SPACE_GROUP);
        return;
    }
    bool is_release = kr_entry_get(entry, KR_ATTRIBUTE_RELEASE).data != NULL;
    enum kr_attribute_kind attribute = is_release ? KR_ATTRIBUTE_RELEASE : KR_ATTRIBUTE_EDITIONS;
    enum kr_element_kind wanted = is_release ? KR_ELEMENT_RELEASE : KR_ELEMENT_EDITION;
    spelling->kind = is_release ? KMSRULES_RELEASE : KMSRULES_EDITION;
    struct kr_text list = kr_entry_get(entry, attribute), word;
    spelling->ids = refer_list(resolver, index, attribute, KR_SPACE_MEMBER);
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) {
        const struct kr_symbol *symbol = find_symbol(resolver->tables, KR_SPACE_MEMBER, word);
        if (symbol != NULL && symbol->kind != wanted)
            kr_problems_add(resolver->problems, KR912_WRONG_KIND, word_at(resolver, index, attribute, word), "\"%.*s\" is a %s, but %s is needed", (int)word.size,
                            word.data, kr_element_name(symbol->kind), is_release ? "a release" : "an edition");
    }
}

static void resolve_entry(struct resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_tables *tables = resolver->tables;
    if (entry->is_replaced || entry->is_unsound) return;
    if (entry->kind == KR_ELEMENT_GROUP_REFERENCE) refer(resolver, index, KR_ATTRIBUTE_REF, KR_SPACE_GROUP);
    if (entry->kind == KR_ELEMENT_SPELLING) resolve_spelling(resolver, index);
    if (entry->kind == KR_ELEMENT_UPDATE || entry->kind == KR_ELEMENT_LINE) refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    if (is_row(entry->kind)) resolve_row(resolver, index, &tables->rows[tables->row_count++]);
}

static bool resolve_rows(struct resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    size_t count = resolver->model->entry_count;
    tables->rows = kr_memory_take(count, sizeof *tables->rows);
    tables->spellings = kr_memory_take(count, sizeof *tables->spellings);
    if (tables->rows == NULL || tables->spellings == NULL) return false;
    for (uint32_t i = 0; i < count && !tables->has_failed; i++) resolve_entry(resolver, i);
    return true;
}

/* ---- All of it ---- */

/* Room for every id and alias that could be declared. */
static bool prepare_symbols(struct resolver *resolver) {
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
    tables->symbol_capacity = count;
    tables->slot_count = slots;
    return tables->symbols != NULL && tables->slots != NULL;
}

static bool number_all(struct resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    return number_things(resolver, KR_ELEMENT_SOURCE, &tables->sources) && number_things(resolver, KR_ELEMENT_APPLICATION, &tables->applications) &&
           number_things(resolver, KR_ELEMENT_RELEASE, &tables->releases) && number_things(resolver, KR_ELEMENT_EDITION, &tables->editions) &&
           number_things(resolver, KR_ELEMENT_SET, &tables->sets) && number_things(resolver, KR_ELEMENT_GROUP, &tables->groups) && number_things(resolver, KR_ELEMENT_LINE, &tables->lines) &&
           number_things(resolver, KR_ELEMENT_UPDATE, &tables->updates);
}

void kr_tables_resolve(struct kr_tables *tables, struct kr_model *model, const kmsrules_limits *limits, struct kr_problems *problems) {
    struct resolver resolver = {.tables = tables, .model = model, .limits = limits, .problems = problems};
    for (int i = 0; i < KMSRULES_KIND_COUNT; i++) tables->thresholds[i] = KMSRULES_NONE;
    bool is_done = prepare_symbols(&resolver);
    if (is_done) {
        declare_all(&resolver);
        drop_children_of_replaced(&resolver);
        is_done = number_all(&resolver);
        if (is_done) number_aliases(&resolver);
        is_done = is_done && resolve_things(&resolver) && resolve_rows(&resolver);
    }
    if (!is_done) tables->has_failed = true;
    kr_memory_free(resolver.scratch);
    kr_memory_free(resolver.edition_marks);
    kr_memory_free(resolver.symbol_marks);
}

void kr_tables_free(struct kr_tables *tables) {
    kr_memory_free(tables->symbols);
    kr_memory_free(tables->slots);
    kr_memory_free(tables->rows);
    kr_memory_free(tables->spellings);
    kr_arena_free(&tables->arena);
    *tables = (struct kr_tables){0};
}
