/* References followed: single ids, lists of ids, lists of editions with releases and sets expanded. See resolver.h. */
#include <string.h>

#include "names/suggest.h"
#include "table/resolver.h"

#define SUGGESTION_SYMBOL_LIMIT 4096 /* among more ids a nearest one is not looked for */

static const char *space_word(enum kr_space space) {
    static const char *const words[KR_SPACE_COUNT] = {"source", "application", "edition, release or set", "key group", "line", "update", "error", "step"};
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
static void report_unknown(struct kr_resolver *resolver, uint32_t entry, enum kr_space space, struct kr_text id, struct kr_at at) {
    if (resolver->model->entries[entry].is_unsound) return;
    if (kr_problems_is_full(resolver->problems)) {
        resolver->problems->is_stopped = true;
        return;
    }
    for (int other = 0; other < KR_SPACE_COUNT; other++) {
        const struct kr_symbol *symbol = kr_tables_find(resolver->tables, (enum kr_space)other, id);
        if (symbol == NULL || other == (int)space || (other == KR_SPACE_MEMBER && space == KR_SPACE_GROUP)) continue;
        const struct kr_at *there = &resolver->model->entries[symbol->entry].at;
        kr_problems_add(resolver->problems, KR912_WRONG_KIND, at, "\"%.*s\" is a %s (%s:%u:%u), but %s %s is needed", (int)id.size, id.data,
                        kr_element_name(symbol->kind), kr_model_path(resolver->model, symbol->entry), there->line, there->column,
                        space == KR_SPACE_MEMBER || space == KR_SPACE_APPLICATION || space == KR_SPACE_UPDATE || space == KR_SPACE_ERROR ? "an" : "a", space_word(space));
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
const struct kr_symbol *kr_refer(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space) {
    struct kr_text id = kr_entry_get(&resolver->model->entries[entry], attribute);
    if (id.data == NULL) return NULL;
    const struct kr_symbol *symbol = kr_tables_find(resolver->tables, space, id);
    if (symbol != NULL && symbol->index != KMSRULES_NONE) return symbol;
    report_unknown(resolver, entry, space, id, kr_model_at(resolver->model, &resolver->model->entries[entry], attribute, 0));
    return NULL;
}

uint32_t kr_index_of(const struct kr_symbol *symbol) { return symbol == NULL ? KMSRULES_NONE : symbol->index; }

static bool put(struct kr_resolver *resolver, kmsrules_id id) {
    void *items = resolver->scratch;
    if (!kr_memory_reserve(&items, &resolver->scratch_capacity, resolver->scratch_count, sizeof *resolver->scratch)) return resolver->tables->has_failed = true, false;
    resolver->scratch = items;
    resolver->scratch[resolver->scratch_count++] = id;
    return true;
}

static void count_members(struct kr_resolver *resolver, uint32_t entry) {
    struct kr_tables *tables = resolver->tables;
    bool was_within = tables->member_count <= resolver->limits->member_count;
    tables->member_count += resolver->scratch_count;
    if (was_within && tables->member_count > resolver->limits->member_count)
        kr_problems_add(resolver->problems, KR904_LIMIT, resolver->model->entries[entry].at, "the lists of the tables name more than %zu ids in all",
                        resolver->limits->member_count);
}

static struct kr_ids take_scratch(struct kr_resolver *resolver, uint32_t entry) {
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

struct kr_at kr_word_at(const struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, struct kr_text word) {
    const struct kr_entry *owner = &resolver->model->entries[entry];
    return kr_model_at(resolver->model, owner, attribute, (size_t)(word.data - kr_entry_get(owner, attribute).data));
}

/* The symbol of one word of a list; NULL when it is unknown or stands there twice, which is reported. */
static const struct kr_symbol *refer_word(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space, struct kr_text word) {
    const struct kr_symbol *symbol = kr_tables_find(resolver->tables, space, word);
    if (symbol == NULL || symbol->index == KMSRULES_NONE) {
        report_unknown(resolver, entry, space, word, kr_word_at(resolver, entry, attribute, word));
        return NULL;
    }
    size_t number = (size_t)(symbol - resolver->tables->symbols);
    if (resolver->symbol_marks[number] == resolver->mark) {
        kr_problems_add(resolver->problems, KR910_DUPLICATE_ID, kr_word_at(resolver, entry, attribute, word), "\"%.*s\" stands twice in this list", (int)word.size,
                        word.data);
        return NULL;
    }
    resolver->symbol_marks[number] = resolver->mark;
    return symbol;
}

struct kr_ids kr_refer_list(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space) {
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

static void add_edition(struct kr_resolver *resolver, kmsrules_id edition) {
    if (resolver->edition_marks[edition] == resolver->mark) return;
    if (put(resolver, edition)) resolver->edition_marks[edition] = resolver->mark;
}

static void add_release(struct kr_resolver *resolver, kmsrules_id release, enum kr_members members) {
    struct kr_ids editions = resolver->tables->release_members[release];
    for (uint32_t i = 0; i < editions.count; i++)
        if (members == ALL_EDITIONS || resolver->tables->edition_facts[editions.items[i]].volume == KMSRULES_VOLUME_YES)
            add_edition(resolver, editions.items[i]);
}

/* What a symbol stands for when it is taken away: all its editions. */
static struct kr_ids all_editions_of(const struct kr_resolver *resolver, const struct kr_symbol *symbol) {
    if (symbol->kind == KR_ELEMENT_EDITION) return (struct kr_ids){&symbol->index, 1};
    return symbol->kind == KR_ELEMENT_SET ? resolver->tables->set_members[ALL_EDITIONS][symbol->index] : resolver->tables->release_members[symbol->index];
}

static void take_away(struct kr_resolver *resolver, const struct kr_symbol *symbol) {
    struct kr_ids editions = all_editions_of(resolver, symbol);
    for (uint32_t i = 0; i < editions.count; i++) resolver->edition_marks[editions.items[i]] = 0;
}

static void add_set(struct kr_resolver *resolver, kmsrules_id set, enum kr_members members) {
    struct kr_ids editions = resolver->tables->set_members[members][set];
    for (uint32_t i = 0; i < editions.count; i++) add_edition(resolver, editions.items[i]);
}

static void apply_symbol(struct kr_resolver *resolver, const struct kr_symbol *symbol, enum kr_members members, bool is_removal) {
    if (is_removal)
        take_away(resolver, symbol);
    else if (symbol->kind == KR_ELEMENT_EDITION)
        add_edition(resolver, symbol->index);
    else if (symbol->kind == KR_ELEMENT_SET)
        add_set(resolver, symbol->index, members);
    else
        add_release(resolver, symbol->index, members);
}

static void apply_list(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members, bool is_removal) {
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
struct kr_ids kr_expand_quietly(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members) {
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

struct kr_ids kr_expand(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members) {
    const struct kr_entry *owner = &resolver->model->entries[entry];
    size_t errors = resolver->problems->error_count;
    struct kr_ids ids = kr_expand_quietly(resolver, entry, attribute, members);
    bool is_given = kr_entry_get(owner, attribute).data != NULL, is_judged = !owner->is_unsound && resolver->problems->error_count == errors && !kr_problems_is_full(resolver->problems);
    bool is_within = resolver->tables->member_count <= resolver->limits->member_count; /* else it was left empty */
    if (ids.count == 0 && is_given && is_judged && is_within && !resolver->tables->has_failed)
        kr_problems_add(resolver->problems, KR919_EMPTY, kr_model_at(resolver->model, owner, attribute, SIZE_MAX), "this list names no edition%s",
                        members == VOLUME_EDITIONS ? "; a release stands for its volume editions here" : "");
    return ids;
}

/* An edition's own row names that edition. */
struct kr_ids kr_refer_itself(struct kr_resolver *resolver, uint32_t index) {
    const struct kr_symbol *symbol = kr_tables_find(resolver->tables, KR_SPACE_MEMBER, kr_entry_get(&resolver->model->entries[index], KR_ATTRIBUTE_ID));
    resolver->scratch_count = 0;
    if (symbol != NULL && symbol->kind == KR_ELEMENT_EDITION) put(resolver, symbol->index);
    return take_scratch(resolver, index);
}
