/* See resolve.h. Ids are declared first (declare.c), then the things that have them are filled in, then the rows that name them (refer.c). */
#include "table/resolve.h"

#include <string.h>

#include "table/resolver.h"

/* ---- Things ---- */

static kmsrules_volume volume_of(const struct kr_entry *entry) {
    struct kr_text volume = kr_entry_get(entry, KR_ATTRIBUTE_VOLUME);
    if (kr_text_is(volume, "yes")) return KMSRULES_VOLUME_YES;
    return kr_text_is(volume, "no") ? KMSRULES_VOLUME_NO : KMSRULES_VOLUME_UNLISTED;
}

static kmsrules_kind kind_of_entry(const struct kr_entry *entry) {
    kmsrules_kind kind = KMSRULES_CLIENT;
    kr_kind_of(kr_entry_get(entry, KR_ATTRIBUTE_KIND), &kind);
    return kind;
}

static uint32_t refer_application(struct kr_resolver *resolver, uint32_t entry) {
    uint32_t application = kr_index_of(kr_refer(resolver, entry, KR_ATTRIBUTE_APPLICATION, KR_SPACE_APPLICATION));
    return application == KMSRULES_NONE ? 0 : application;
}

static void resolve_releases(struct kr_resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    for (uint32_t i = 0; i < tables->releases.count; i++) tables->release_applications[i] = refer_application(resolver, tables->releases.entries[i]);
}

static void resolve_edition(struct kr_resolver *resolver, kmsrules_id edition) {
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
    const struct kr_symbol *symbol = kr_tables_find(tables, KR_SPACE_MEMBER, kr_entry_get(release, KR_ATTRIBUTE_ID));
    facts->kind = kind_of_entry(release);
    if (symbol == NULL || symbol->kind != KR_ELEMENT_RELEASE || symbol->index == KMSRULES_NONE) return;
    facts->release = symbol->index;
    facts->application = tables->release_applications[symbol->index];
}

static bool list_release_members(struct kr_resolver *resolver) {
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

static void resolve_update(struct kr_resolver *resolver, kmsrules_id update) {
    struct kr_tables *tables = resolver->tables;
    uint32_t index = tables->updates.entries[update];
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_table_update *facts = &tables->update_facts[update];
    struct kr_text build = kr_entry_get(entry, KR_ATTRIBUTE_BUILD), position = kr_entry_get(entry, KR_ATTRIBUTE_POSITION);
    uint64_t order = 0;
    facts->line = kr_index_of(kr_refer(resolver, index, KR_ATTRIBUTE_LINE, KR_SPACE_LINE));
    if (build.data != NULL) order = revision_of(build);
    if (position.data != NULL) kr_text_number(position, 1, UINT32_MAX - 1, &order);
    facts->order = (uint32_t)order;
    facts->after_any_of = kr_refer_list(resolver, index, KR_ATTRIBUTE_AFTER_ANY_OF, KR_SPACE_UPDATE);
    facts->sources = kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
}

static void resolve_step(struct kr_resolver *resolver, uint32_t step) {
    uint32_t index = resolver->tables->steps.entries[step];
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_table_step *facts = &resolver->tables->step_facts[step];
    facts->has_hosts = kr_entry_get(entry, KR_ATTRIBUTE_HOSTS).data != NULL;
    facts->has_editions = kr_entry_get(entry, KR_ATTRIBUTE_EDITIONS).data != NULL;
    facts->hosts = kr_expand(resolver, index, KR_ATTRIBUTE_HOSTS, ALL_EDITIONS);
    facts->editions = kr_expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS);
    facts->applications = kr_refer_list(resolver, index, KR_ATTRIBUTE_APPLICATIONS, KR_SPACE_APPLICATION);
    facts->sources = kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
}

/* A set is a list of its own, resolved for both ways of reading a release; sets among its words are no part of it. */
static void resolve_set(struct kr_resolver *resolver, uint32_t set) {
    uint32_t index = resolver->tables->sets.entries[set];
    struct kr_text list = kr_entry_get(&resolver->model->entries[index], KR_ATTRIBUTE_EDITIONS), word;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) {
        struct kr_text id = word.data[0] == '-' ? (struct kr_text){word.data + 1, word.size - 1} : word;
        const struct kr_symbol *symbol = kr_tables_find(resolver->tables, KR_SPACE_MEMBER, id);
        if (symbol != NULL && symbol->kind == KR_ELEMENT_SET)
            kr_problems_add(resolver->problems, KR912_WRONG_KIND, kr_word_at(resolver, index, KR_ATTRIBUTE_EDITIONS, word), "a set holds editions and releases, no sets");
    }
    struct kr_ids all = kr_expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS);
    resolver->tables->set_members[ALL_EDITIONS][set] = all;
    if (resolver->problems->error_count == 0) resolver->tables->set_members[VOLUME_EDITIONS][set] = kr_expand_quietly(resolver, index, KR_ATTRIBUTE_EDITIONS, VOLUME_EDITIONS);
    else resolver->tables->set_members[VOLUME_EDITIONS][set] = all; /* refused anyway: the same words are not complained of twice */
}

static bool resolve_things(struct kr_resolver *resolver) {
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
    tables->error_sources = kr_arena_take(arena, tables->errors.count, sizeof *tables->error_sources);
    tables->step_facts = kr_arena_take(arena, tables->steps.count, sizeof *tables->step_facts);
    resolver->edition_marks = kr_memory_take(tables->editions.count, sizeof *resolver->edition_marks);
    resolver->symbol_marks = kr_memory_take(tables->symbol_count, sizeof *resolver->symbol_marks);
    if (tables->set_members[VOLUME_EDITIONS] == NULL || tables->set_members[ALL_EDITIONS] == NULL || tables->edition_facts == NULL || tables->release_applications == NULL || tables->release_members == NULL || tables->group_applications == NULL ||
        tables->group_above == NULL || tables->line_hosts == NULL || tables->update_facts == NULL || tables->step_facts == NULL || tables->error_sources == NULL || resolver->edition_marks == NULL ||
        resolver->symbol_marks == NULL)
        return false;
    resolve_releases(resolver);
    for (uint32_t i = 0; i < tables->editions.count; i++) resolve_edition(resolver, i);
    if (!list_release_members(resolver)) return false;
    for (uint32_t i = 0; i < tables->sets.count; i++) resolve_set(resolver, i);
    for (uint32_t i = 0; i < tables->groups.count; i++) {
        tables->group_applications[i] = refer_application(resolver, tables->groups.entries[i]);
        tables->group_above[i] = kr_refer_list(resolver, tables->groups.entries[i], KR_ATTRIBUTE_ABOVE, KR_SPACE_GROUP);
    }
    for (uint32_t i = 0; i < tables->lines.count; i++) tables->line_hosts[i] = kr_expand(resolver, tables->lines.entries[i], KR_ATTRIBUTE_HOSTS, ALL_EDITIONS);
    for (uint32_t i = 0; i < tables->updates.count; i++) resolve_update(resolver, i);
    for (uint32_t i = 0; i < tables->errors.count; i++) tables->error_sources[i] = kr_refer_list(resolver, tables->errors.entries[i], KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    for (uint32_t i = 0; i < tables->steps.count; i++) resolve_step(resolver, i);
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
    case KR_ELEMENT_SECOND_HOST: return KR_RELATION_SECOND_HOST;
    case KR_ELEMENT_WITHOUT_THRESHOLD: return KR_RELATION_WITHOUT_THRESHOLD;
    default: return KR_RELATION_THRESHOLD;
    }
}

static bool is_row(enum kr_element_kind kind) {
    return kind == KR_ELEMENT_EDITION || kind == KR_ELEMENT_THRESHOLD || kind == KR_ELEMENT_GROUP || (kind >= KR_ELEMENT_COVERS && kind <= KR_ELEMENT_NO_CLIENT) ||
           kind == KR_ELEMENT_REQUIRES || kind == KR_ELEMENT_CANNOT_SERVE || kind == KR_ELEMENT_SECOND_HOST || kind == KR_ELEMENT_WITHOUT_THRESHOLD;
}

/* The group a row stands in, or that an entry is. */
static kmsrules_id owner_of(struct kr_resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    uint32_t owner = entry->kind == KR_ELEMENT_GROUP ? index : entry->parent;
    if (owner == KMSRULES_NONE) return KMSRULES_NONE;
    const struct kr_entry *group = &resolver->model->entries[owner];
    struct kr_text id = kr_entry_get(group, group->kind == KR_ELEMENT_GROUP ? KR_ATTRIBUTE_ID : KR_ATTRIBUTE_REF);
    const struct kr_symbol *symbol = id.data == NULL ? NULL : kr_tables_find(resolver->tables, KR_SPACE_GROUP, id);
    return kr_index_of(symbol);
}

static void resolve_members(struct kr_resolver *resolver, uint32_t index, struct kr_table_row *row) {
    switch (row->relation) {
    case KR_RELATION_COVERS:
    case KR_RELATION_WITHOUT_THRESHOLD:
    case KR_RELATION_UNDOCUMENTED_EDITIONS: row->members = kr_expand(resolver, index, KR_ATTRIBUTE_EDITIONS, VOLUME_EDITIONS); break;
    case KR_RELATION_EXCLUDES_EDITIONS:
    case KR_RELATION_NO_HOST:
    case KR_RELATION_NO_CLIENT: row->members = kr_expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS); break;
    case KR_RELATION_FITS:
    case KR_RELATION_UNDOCUMENTED_HOSTS: row->members = kr_expand(resolver, index, KR_ATTRIBUTE_HOSTS, VOLUME_EDITIONS); break;
    case KR_RELATION_EXCLUDES_HOSTS:
    case KR_RELATION_REQUIRES:
    case KR_RELATION_CANNOT_SERVE: row->members = kr_expand(resolver, index, KR_ATTRIBUTE_HOSTS, ALL_EDITIONS); break;
    case KR_RELATION_EDITION: row->members = kr_refer_itself(resolver, index); break;
    case KR_RELATION_COVERS_GROUP: row->inherits = kr_index_of(kr_refer(resolver, index, KR_ATTRIBUTE_KEY_GROUP, KR_SPACE_GROUP)); break;
    default: break;
    }
}

static void resolve_row(struct kr_resolver *resolver, uint32_t index, struct kr_table_row *row) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    *row = (struct kr_table_row){.relation = relation_of(entry), .entry = index, .inherits = KMSRULES_NONE};
    row->group = entry->kind == KR_ELEMENT_EDITION ? KMSRULES_NONE : owner_of(resolver, index);
    row->sources = kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    resolve_members(resolver, index, row);
    if (row->relation != KR_RELATION_REQUIRES && row->relation != KR_RELATION_CANNOT_SERVE) return;
    row->has_editions = kr_entry_get(entry, KR_ATTRIBUTE_EDITIONS).data != NULL;
    row->has_groups = kr_entry_get(entry, KR_ATTRIBUTE_KEY_GROUPS).data != NULL;
    row->editions = kr_expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS);
    row->groups = kr_refer_list(resolver, index, KR_ATTRIBUTE_KEY_GROUPS, KR_SPACE_GROUP);
    row->any_of = kr_refer_list(resolver, index, KR_ATTRIBUTE_ANY_OF, KR_SPACE_UPDATE);
}

/* What a <spelling> or a <pattern> names; a pattern may leave that to its named groups. */
static void resolve_spelling(struct kr_resolver *resolver, uint32_t index, struct kr_table_spelling *spelling) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    *spelling = (struct kr_table_spelling){.entry = index};
    kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    if (kr_entry_get(entry, KR_ATTRIBUTE_KEY_GROUPS).data != NULL) {
        spelling->kind = KMSRULES_KEY_GROUP;
        spelling->ids = kr_refer_list(resolver, index, KR_ATTRIBUTE_KEY_GROUPS, KR_SPACE_GROUP);
        return;
    }
    bool is_release = kr_entry_get(entry, KR_ATTRIBUTE_RELEASES).data != NULL;
    enum kr_attribute_kind attribute = is_release ? KR_ATTRIBUTE_RELEASES : KR_ATTRIBUTE_EDITIONS;
    enum kr_element_kind wanted = is_release ? KR_ELEMENT_RELEASE : KR_ELEMENT_EDITION;
    if (kr_entry_get(entry, attribute).data == NULL) return;
    spelling->kind = is_release ? KMSRULES_RELEASE : KMSRULES_EDITION;
    struct kr_text list = kr_entry_get(entry, attribute), word;
    spelling->ids = kr_refer_list(resolver, index, attribute, KR_SPACE_MEMBER);
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) {
        const struct kr_symbol *symbol = kr_tables_find(resolver->tables, KR_SPACE_MEMBER, word);
        if (symbol != NULL && symbol->kind != wanted)
            kr_problems_add(resolver->problems, KR912_WRONG_KIND, kr_word_at(resolver, index, attribute, word), "\"%.*s\" is a %s, but %s is needed", (int)word.size,
                            word.data, kr_element_name(symbol->kind), is_release ? "a release" : "an edition");
    }
}

static void resolve_prediction(struct kr_resolver *resolver, uint32_t index, struct kr_table_prediction *prediction) {
    *prediction = (struct kr_table_prediction){.entry = index, .error = kr_index_of(kr_refer(resolver, index, KR_ATTRIBUTE_ERROR, KR_SPACE_ERROR))};
    prediction->editions = kr_expand(resolver, index, KR_ATTRIBUTE_EDITIONS, ALL_EDITIONS);
    prediction->any_of = kr_refer_list(resolver, index, KR_ATTRIBUTE_ANY_OF, KR_SPACE_UPDATE);
    prediction->sources = kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
}

/* Elements that are no row of a decision but name a source all the same. */
static bool is_sourced(enum kr_element_kind kind) {
    return kind == KR_ELEMENT_LINE || kind == KR_ELEMENT_WORD || kind == KR_ELEMENT_VERSION || kind == KR_ELEMENT_COLUMN ||
           kind == KR_ELEMENT_PRODUCT_TYPE || kind == KR_ELEMENT_SLMGR_LINE || kind == KR_ELEMENT_SLMGR_CHANNEL || kind == KR_ELEMENT_SLMGR_BUILD ||
           kind == KR_ELEMENT_EVENT_COLUMN || kind == KR_ELEMENT_EVENT_FIELDS || kind == KR_ELEMENT_LICENSE_WORD || kind == KR_ELEMENT_EVENT_PROVIDER;
}

static const enum kr_element_kind policies[] = {KR_ELEMENT_INTERVAL,   KR_ELEMENT_CACHE,            KR_ELEMENT_TRANSITION, KR_ELEMENT_OBSERVATION,  KR_ELEMENT_DISCOVERY,
                                               KR_ELEMENT_SRV_RECORD, KR_ELEMENT_VIRTUAL_MACHINES, KR_ELEMENT_EXPIRY,     KR_ELEMENT_ACTIVATION_ID};
enum { POLICY_KINDS = sizeof policies / sizeof policies[0] };

static bool is_policy(enum kr_element_kind kind) {
    size_t index = 0;
    while (index < POLICY_KINDS && policies[index] != kind) index++;
    return index < POLICY_KINDS;
}

static size_t count_policies(const struct kr_model *model) {
    size_t count = 0;
    for (size_t i = 0; i < POLICY_KINDS; i++) count += kr_model_count(model, policies[i]);
    return count;
}

static void resolve_policy(struct kr_resolver *resolver, uint32_t index, struct kr_table_row *policy) {
    *policy = (struct kr_table_row){.entry = index, .group = KMSRULES_NONE, .inherits = KMSRULES_NONE};
    policy->sources = kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    bool is_of_hosts = resolver->model->entries[index].kind == KR_ELEMENT_VIRTUAL_MACHINES;
    enum kr_attribute_kind members = is_of_hosts ? KR_ATTRIBUTE_HOSTS : KR_ATTRIBUTE_EDITIONS;
    policy->has_editions = kr_entry_get(&resolver->model->entries[index], members).data != NULL;
    policy->members = kr_expand(resolver, index, members, ALL_EDITIONS);
    policy->against = kr_refer_list(resolver, index, KR_ATTRIBUTE_AGAINST, KR_SPACE_SOURCE);
}

static void resolve_entry(struct kr_resolver *resolver, uint32_t index) {
    const struct kr_entry *entry = &resolver->model->entries[index];
    struct kr_tables *tables = resolver->tables;
    if (entry->is_replaced || entry->is_unsound) return;
    if (entry->kind == KR_ELEMENT_GROUP_REFERENCE) kr_refer(resolver, index, KR_ATTRIBUTE_REF, KR_SPACE_GROUP);
    if (entry->kind == KR_ELEMENT_SPELLING) resolve_spelling(resolver, index, &tables->spellings[tables->spelling_count++]);
    if (entry->kind == KR_ELEMENT_PATTERN) resolve_spelling(resolver, index, &tables->patterns[tables->pattern_count++]);
    if (is_sourced(entry->kind)) kr_refer_list(resolver, index, KR_ATTRIBUTE_SOURCE, KR_SPACE_SOURCE);
    if (entry->kind == KR_ELEMENT_PREDICTS) resolve_prediction(resolver, index, &tables->predictions[tables->prediction_count++]);
    if (is_policy(entry->kind)) resolve_policy(resolver, index, &tables->policies[tables->policy_count++]);
    if (is_row(entry->kind)) resolve_row(resolver, index, &tables->rows[tables->row_count++]);
}

static bool resolve_rows(struct kr_resolver *resolver) {
    struct kr_tables *tables = resolver->tables;
    size_t count = resolver->model->entry_count;
    tables->rows = kr_memory_take(count, sizeof *tables->rows);
    tables->spellings = kr_memory_take(count, sizeof *tables->spellings);
    tables->patterns = kr_memory_take(kr_model_count(resolver->model, KR_ELEMENT_PATTERN), sizeof *tables->patterns);
    tables->predictions = kr_memory_take(kr_model_count(resolver->model, KR_ELEMENT_PREDICTS), sizeof *tables->predictions);
    tables->policies = kr_memory_take(count_policies(resolver->model), sizeof *tables->policies);
    if (tables->policies == NULL || tables->rows == NULL || tables->spellings == NULL || tables->patterns == NULL || tables->predictions == NULL) return false;
    for (uint32_t i = 0; i < count && !tables->has_failed; i++) resolve_entry(resolver, i);
    return true;
}

/* ---- All of it ---- */

void kr_tables_resolve(struct kr_tables *tables, struct kr_model *model, const kmsrules_limits *limits, struct kr_problems *problems) {
    struct kr_resolver resolver = {.tables = tables, .model = model, .limits = limits, .problems = problems};
    for (int i = 0; i < KMSRULES_KIND_COUNT; i++) tables->thresholds[i] = KMSRULES_NONE;
    bool is_done = kr_declare_all(&resolver) && resolve_things(&resolver) && resolve_rows(&resolver);
    if (!is_done) tables->has_failed = true;
    kr_memory_free(resolver.scratch);
    kr_memory_free(resolver.edition_marks);
    kr_memory_free(resolver.symbol_marks);
}

void kr_tables_free(struct kr_tables *tables) {
    kr_memory_free(tables->symbols);
    kr_memory_free(tables->slots);
    kr_memory_free(tables->rows);
    kr_memory_free(tables->policies);
    kr_memory_free(tables->spellings);
    kr_memory_free(tables->patterns);
    kr_memory_free(tables->predictions);
    kr_arena_free(&tables->arena);
    *tables = (struct kr_tables){0};
}
