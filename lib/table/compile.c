/* See compile.h. Each step below fills one array of the ruleset. */
#include "table/compile.h"

#include <string.h>

#include "base/sha256.h"
#include "table/check.h"

struct compiler {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    kmsrules_edition *editions; /* the ruleset's, until it is frozen */
};

const char *kr_ruleset_copy_text(struct kmsrules_ruleset *ruleset, const struct kr_entry *entry, enum kr_attribute_kind attribute, bool *has_memory) {
    struct kr_text text = kr_entry_get(entry, attribute);
    if (text.data == NULL) return NULL;
    const char *copy = kr_arena_copy(&ruleset->arena, text.data, text.size);
    if (copy == NULL) *has_memory = false;
    return copy;
}

struct kr_ids kr_ruleset_copy_ids(struct kmsrules_ruleset *ruleset, struct kr_ids ids, bool *has_memory) {
    kmsrules_id *items = kr_arena_take(&ruleset->arena, ids.count, sizeof *items);
    if (items == NULL) {
        *has_memory = false;
        return (struct kr_ids){NULL, 0};
    }
    if (ids.count > 0) memcpy(items, ids.items, ids.count * sizeof *items);
    return (struct kr_ids){items, ids.count};
}

kmsrules_place kr_ruleset_place(const struct kmsrules_ruleset *ruleset, const struct kr_entry *entry) {
    return (kmsrules_place){ruleset->files[entry->at.file].path, entry->at.line, entry->at.column};
}

static bool compile_files(const struct compiler *compiler) {
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    kmsrules_table_file *files = kr_arena_take(&ruleset->arena, compiler->model->file_count, sizeof *files);
    if (files == NULL) return false;
    for (size_t i = 0; i < compiler->model->file_count; i++) {
        const struct kr_model_file *file = &compiler->model->files[i];
        files[i].path = kr_arena_copy(&ruleset->arena, file->path, strlen(file->path));
        files[i].data = file->origin == KR_FILE_BUILT_IN ? file->bytes.data : kr_arena_copy(&ruleset->arena, file->bytes.data, file->bytes.size);
        files[i].size = file->bytes.size;
        files[i].is_layer = file->includer == KMSRULES_NONE;
        if (files[i].path == NULL || files[i].data == NULL) return false;
    }
    ruleset->files = files;
    ruleset->file_count = (uint32_t)compiler->model->file_count;
    return true;
}

/* SHA-256 over the digests of all files in reading order. */
static bool compile_fingerprint(const struct compiler *compiler) {
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    struct kr_sha256 all, one;
    char text[7 + 65] = "sha256:";
    kr_sha256_start(&all);
    for (uint32_t i = 0; i < ruleset->file_count; i++) {
        const char *known = compiler->model->files[i].sha256;
        char digest[65];
        if (known == NULL) {
            kr_sha256_start(&one);
            kr_sha256_add(&one, ruleset->files[i].data, ruleset->files[i].size);
            kr_sha256_finish(&one, digest);
        }
        kr_sha256_add(&all, known == NULL ? digest : known, 64);
    }
    kr_sha256_finish(&all, text + 7);
    ruleset->revision.fingerprint = kr_arena_copy(&ruleset->arena, text, strlen(text));
    return ruleset->revision.fingerprint != NULL;
}

static bool compile_revision(const struct compiler *compiler) {
    bool has_memory = true;
    for (size_t i = 0; i < compiler->model->entry_count; i++) {
        const struct kr_entry *entry = &compiler->model->entries[i];
        if (entry->kind != KR_ELEMENT_RULESET || entry->at.file != 0) continue;
        kmsrules_revision *revision = &compiler->ruleset->revision;
        revision->id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        revision->title = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_TITLE, &has_memory);
        revision->revision = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_REVISION, &has_memory);
        break;
    }
    return has_memory && compile_fingerprint(compiler);
}

static const struct kr_entry *thing(const struct compiler *compiler, const struct kr_things *things, uint32_t index) {
    return &compiler->model->entries[things->entries[index]];
}

static bool compile_sources(const struct compiler *compiler) {
    const struct kr_things *things = &compiler->tables->sources;
    bool has_memory = true;
    kmsrules_source *sources = kr_arena_take(&compiler->ruleset->arena, things->count, sizeof *sources);
    if (sources == NULL) return false;
    for (uint32_t i = 0; i < things->count; i++) {
        const struct kr_entry *entry = thing(compiler, things, i);
        sources[i].id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        sources[i].title = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_TITLE, &has_memory);
        sources[i].locator = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_LOCATOR, &has_memory);
        sources[i].date = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_DATE, &has_memory);
        sources[i].reliability = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_RELIABILITY, &has_memory);
    }
    compiler->ruleset->sources = sources;
    compiler->ruleset->source_count = things->count;
    return has_memory;
}

static bool compile_applications(const struct compiler *compiler) {
    const struct kr_things *things = &compiler->tables->applications;
    bool has_memory = true;
    kmsrules_application *applications = kr_arena_take(&compiler->ruleset->arena, things->count, sizeof *applications);
    if (applications == NULL) return false;
    for (uint32_t i = 0; i < things->count; i++) {
        applications[i].id = kr_ruleset_copy_text(compiler->ruleset, thing(compiler, things, i), KR_ATTRIBUTE_ID, &has_memory);
        applications[i].name = kr_ruleset_copy_text(compiler->ruleset, thing(compiler, things, i), KR_ATTRIBUTE_NAME, &has_memory);
    }
    compiler->ruleset->applications = applications;
    compiler->ruleset->application_count = things->count;
    return has_memory;
}

static kmsrules_kind kind_of(const struct kr_entry *entry) {
    kmsrules_kind kind = KMSRULES_CLIENT;
    kr_kind_of(kr_entry_get(entry, KR_ATTRIBUTE_KIND), &kind);
    return kind;
}

static bool compile_releases(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    bool has_memory = true;
    kmsrules_release *releases = kr_arena_take(&compiler->ruleset->arena, tables->releases.count, sizeof *releases);
    if (releases == NULL) return false;
    for (uint32_t i = 0; i < tables->releases.count; i++) {
        const struct kr_entry *entry = thing(compiler, &tables->releases, i);
        struct kr_ids editions = kr_ruleset_copy_ids(compiler->ruleset, tables->release_members[i], &has_memory);
        releases[i] = (kmsrules_release){.kind = kind_of(entry), .application = tables->release_applications[i], .editions = editions.items,
                                         .edition_count = editions.count, .at = kr_ruleset_place(compiler->ruleset, entry)};
        releases[i].id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        releases[i].name = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NAME, &has_memory);
    }
    compiler->ruleset->releases = releases;
    compiler->ruleset->release_count = tables->releases.count;
    return has_memory;
}

/* A list of numbers that the shape has checked. */
static struct kr_numbers copy_numbers(const struct compiler *compiler, const struct kr_entry *entry, enum kr_attribute_kind attribute, bool *has_memory) {
    struct kr_text list = kr_entry_get(entry, attribute), word;
    uint32_t count = 0;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) count++;
    uint32_t *items = kr_arena_take(&compiler->ruleset->arena, count, sizeof *items);
    if (items == NULL) *has_memory = false;
    if (items == NULL) return (struct kr_numbers){NULL, 0};
    count = 0;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) {
        uint64_t number = 0;
        kr_text_number(word, 1, UINT32_MAX - 1, &number);
        items[count++] = (uint32_t)number;
    }
    return (struct kr_numbers){items, count};
}

static struct kr_text copy_lower(const struct compiler *compiler, const struct kr_entry *entry, enum kr_attribute_kind attribute, bool *has_memory) {
    struct kr_text text = kr_entry_get(entry, attribute);
    char *copy = kr_arena_copy(&compiler->ruleset->arena, text.data == NULL ? "" : text.data, text.size);
    if (copy == NULL) *has_memory = false;
    else kr_text_lower(text, copy);
    return (struct kr_text){copy, copy == NULL ? 0 : text.size};
}

static bool compile_traits(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    bool has_memory = true;
    struct kr_traits *traits = kr_arena_take(&compiler->ruleset->arena, tables->editions.count, sizeof *traits);
    if (traits == NULL) return false;
    for (uint32_t i = 0; i < tables->editions.count; i++) {
        const struct kr_entry *entry = thing(compiler, &tables->editions, i);
        traits[i].builds = copy_numbers(compiler, entry, KR_ATTRIBUTE_BUILDS, &has_memory);
        traits[i].skus = copy_numbers(compiler, entry, KR_ATTRIBUTE_SKUS, &has_memory);
        traits[i].edition_ids = copy_lower(compiler, entry, KR_ATTRIBUTE_EDITION_IDS, &has_memory);
        traits[i].product_type = tables->edition_facts[i].kind;
        kr_kind_of(kr_entry_get(entry, KR_ATTRIBUTE_PRODUCT_TYPE), &traits[i].product_type);
    }
    compiler->ruleset->traits = traits;
    return has_memory;
}

static bool compile_versions(const struct compiler *compiler) {
    struct kr_names *names = &compiler->ruleset->names;
    bool has_memory = true;
    names->versions = kr_arena_take(&compiler->ruleset->arena, kr_model_count(compiler->model, KR_ELEMENT_VERSION), sizeof *names->versions);
    for (size_t i = 0; names->versions != NULL && i < compiler->model->entry_count; i++) {
        const struct kr_entry *entry = &compiler->model->entries[i];
        if (entry->kind != KR_ELEMENT_VERSION) continue;
        struct kr_version *version = &names->versions[names->version_count++];
        version->name = copy_lower(compiler, entry, KR_ATTRIBUTE_NAME, &has_memory);
        version->builds = copy_numbers(compiler, entry, KR_ATTRIBUTE_BUILDS, &has_memory);
    }
    return has_memory && names->versions != NULL;
}

static bool compile_slmgr_builds(const struct compiler *compiler) {
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    bool has_memory = true;
    ruleset->slmgr_builds = kr_arena_take(&ruleset->arena, kr_model_count(compiler->model, KR_ELEMENT_SLMGR_BUILD), sizeof *ruleset->slmgr_builds);
    for (size_t i = 0; ruleset->slmgr_builds != NULL && i < compiler->model->entry_count; i++) {
        const struct kr_entry *entry = &compiler->model->entries[i];
        if (entry->kind != KR_ELEMENT_SLMGR_BUILD) continue;
        struct kr_slmgr_build *row = &ruleset->slmgr_builds[ruleset->slmgr_build_count++];
        uint64_t build = 0;
        kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_BUILD), 1, UINT32_MAX, &build);
        *row = (struct kr_slmgr_build){(uint32_t)build, copy_numbers(compiler, entry, KR_ATTRIBUTE_BUILDS, &has_memory)};
    }
    return has_memory && ruleset->slmgr_builds != NULL;
}

/* What the columns of inventories hold; the words are those of the shape, in its order. */
static enum kr_part part_of(struct kr_text holds) {
    static const char *const words[KR_MACHINE_PART_COUNT] = {"name", "os", "build", "sku", "edition-id", "product-type"};
    size_t part = 0;
    while (part + 1 < KR_MACHINE_PART_COUNT && !kr_text_is(holds, words[part])) part++;
    return (enum kr_part)part;
}

static bool compile_inventories(const struct compiler *compiler) {
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    bool has_memory = true;
    ruleset->columns = kr_arena_take(&ruleset->arena, kr_model_count(compiler->model, KR_ELEMENT_COLUMN), sizeof *ruleset->columns);
    ruleset->product_types = kr_arena_take(&ruleset->arena, kr_model_count(compiler->model, KR_ELEMENT_PRODUCT_TYPE), sizeof *ruleset->product_types);
    if (ruleset->columns == NULL || ruleset->product_types == NULL) return false;
    for (size_t i = 0; i < compiler->model->entry_count; i++) {
        const struct kr_entry *entry = &compiler->model->entries[i];
        if (entry->kind == KR_ELEMENT_COLUMN) {
            struct kr_text name = copy_lower(compiler, entry, KR_ATTRIBUTE_NAME, &has_memory);
            ruleset->columns[ruleset->column_count++] = (struct kr_column){name, part_of(kr_entry_get(entry, KR_ATTRIBUTE_HOLDS))};
        } else if (entry->kind == KR_ELEMENT_PRODUCT_TYPE) {
            struct kr_product_type *type = &ruleset->product_types[ruleset->product_type_count++];
            type->text = copy_lower(compiler, entry, KR_ATTRIBUTE_TEXT, &has_memory);
            kr_kind_of(kr_entry_get(entry, KR_ATTRIBUTE_KIND), &type->kind);
        }
    }
    return has_memory;
}

static bool compile_editions(struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    bool has_memory = true;
    kmsrules_edition *editions = kr_arena_take(&compiler->ruleset->arena, tables->editions.count, sizeof *editions);
    if (editions == NULL) return false;
    for (uint32_t i = 0; i < tables->editions.count; i++) {
        const struct kr_entry *entry = thing(compiler, &tables->editions, i);
        const struct kr_table_edition *facts = &tables->edition_facts[i];
        editions[i] = (kmsrules_edition){.kind = facts->kind, .application = facts->application, .release = facts->release, .volume = facts->volume,
                                         .at = kr_ruleset_place(compiler->ruleset, entry)};
        editions[i].id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        editions[i].name = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NAME, &has_memory);
    }
    compiler->editions = editions;
    compiler->ruleset->editions = editions;
    compiler->ruleset->edition_count = tables->editions.count;
    return has_memory;
}

static bool compile_groups(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    bool has_memory = true;
    kmsrules_key_group *groups = kr_arena_take(&compiler->ruleset->arena, tables->groups.count, sizeof *groups);
    uint32_t *applications = kr_arena_take(&compiler->ruleset->arena, tables->groups.count, sizeof *applications);
    const char **activation_ids = kr_arena_take(&compiler->ruleset->arena, tables->groups.count, sizeof *activation_ids);
    if (groups == NULL || applications == NULL || activation_ids == NULL) return false;
    if (tables->groups.count > 0) memcpy(applications, tables->group_applications, tables->groups.count * sizeof *applications);
    for (uint32_t i = 0; i < tables->groups.count; i++) {
        const struct kr_entry *entry = thing(compiler, &tables->groups, i);
        groups[i] = (kmsrules_key_group){.kind = kind_of(entry), .application = tables->group_applications[i], .at = kr_ruleset_place(compiler->ruleset, entry)};
        groups[i].id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        groups[i].name = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NAME, &has_memory);
        activation_ids[i] = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ACTIVATION_ID, &has_memory);
    }
    compiler->ruleset->group_activation_ids = activation_ids;
    compiler->ruleset->groups = groups;
    compiler->ruleset->group_applications = applications;
    compiler->ruleset->group_count = tables->groups.count;
    return has_memory;
}

static bool compile_lines(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    bool has_memory = true;
    struct kr_line *lines = kr_arena_take(&ruleset->arena, tables->lines.count, sizeof *lines);
    uint32_t *host_lines = kr_arena_take(&ruleset->arena, tables->editions.count, sizeof *host_lines);
    if (lines == NULL || host_lines == NULL) return false;
    for (uint32_t i = 0; i < tables->editions.count; i++) host_lines[i] = KR_NONE;
    for (uint32_t i = 0; i < tables->lines.count; i++) {
        const struct kr_entry *entry = thing(compiler, &tables->lines, i);
        uint64_t build = 0;
        lines[i].id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        lines[i].name = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NAME, &has_memory);
        if (!kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_ID), 1, UINT32_MAX - 1, &build)) continue;
        lines[i].build = (uint32_t)build;
        for (uint32_t j = 0; j < tables->line_hosts[i].count; j++) host_lines[tables->line_hosts[i].items[j]] = i;
    }
    ruleset->lines = lines;
    ruleset->host_lines = host_lines;
    ruleset->line_count = tables->lines.count;
    return has_memory;
}

static bool compile_updates(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    bool has_memory = true;
    kmsrules_update *updates = kr_arena_take(&ruleset->arena, tables->updates.count, sizeof *updates);
    struct kr_update_order *orders = kr_arena_take(&ruleset->arena, tables->updates.count, sizeof *orders);
    if (updates == NULL || orders == NULL) return false;
    for (uint32_t i = 0; i < tables->updates.count; i++) {
        const struct kr_entry *entry = thing(compiler, &tables->updates, i);
        const struct kr_table_update *facts = &tables->update_facts[i];
        updates[i].id = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ID, &has_memory);
        updates[i].name = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NAME, &has_memory);
        updates[i].date = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_DATE, &has_memory);
        updates[i].line = facts->line == KR_NONE ? NULL : ruleset->lines[facts->line].id;
        updates[i].at = kr_ruleset_place(compiler->ruleset, entry);
        orders[i] = (struct kr_update_order){.line = facts->line, .order = facts->order, .after_any_of = kr_ruleset_copy_ids(compiler->ruleset, facts->after_any_of, &has_memory)};
        orders[i].sources = kr_ruleset_copy_ids(compiler->ruleset, facts->sources, &has_memory);
        orders[i].note = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NOTE, &has_memory);
        orders[i].restarts = kr_text_is(kr_entry_get(entry, KR_ATTRIBUTE_RESTART), "yes");
        kmsrules_id prerequisites[KR_PREREQUISITE_LIMIT + 1];
        uint32_t count = kr_tables_prerequisites(tables, i, prerequisites);
        orders[i].prerequisites = kr_ruleset_copy_ids(compiler->ruleset, (struct kr_ids){prerequisites, count}, &has_memory);
    }
    ruleset->updates = updates;
    ruleset->update_orders = orders;
    ruleset->update_count = tables->updates.count;
    return has_memory;
}

static const uint64_t *bits_of(const struct compiler *compiler, struct kr_ids ids, bool *has_memory) {
    uint64_t *bits = kr_arena_take(&compiler->ruleset->arena, compiler->ruleset->edition_words, sizeof *bits);
    if (bits == NULL) *has_memory = false;
    for (uint32_t i = 0; bits != NULL && i < ids.count; i++) bits[ids.items[i] / 64] |= 1ull << (ids.items[i] % 64);
    return bits;
}

static unsigned kinds_of(struct kr_text list) {
    unsigned kinds = 0;
    size_t offset = 0;
    struct kr_text word;
    kmsrules_kind kind;
    while (kr_text_next_word(list, &offset, &word))
        if (kr_kind_of(word, &kind)) kinds |= 1u << kind;
    return kinds;
}

static void compile_second_host(const struct kr_entry *entry, struct kr_row *row) {
    kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_ABOVE), 1, UINT32_MAX, &row->above);
    row->counts = kinds_of(kr_entry_get(entry, KR_ATTRIBUTE_COUNTS));
}

static bool compile_rows(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    bool has_memory = true;
    struct kr_row *rows = kr_arena_take(&ruleset->arena, tables->row_count, sizeof *rows);
    if (rows == NULL) return false;
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const struct kr_table_row *row = &tables->rows[i];
        const struct kr_entry *entry = &compiler->model->entries[row->entry];
        rows[i] = (struct kr_row){.relation = row->relation, .layer = entry->layer, .group = row->group, .inherits = row->inherits, .at = kr_ruleset_place(compiler->ruleset, entry)};
        rows[i].label = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_ROW, &has_memory);
        rows[i].note = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NOTE, &has_memory);
        rows[i].members = kr_ruleset_copy_ids(compiler->ruleset, row->members, &has_memory);
        rows[i].any_of = kr_ruleset_copy_ids(compiler->ruleset, row->any_of, &has_memory);
        rows[i].sources = kr_ruleset_copy_ids(compiler->ruleset, row->sources, &has_memory);
        if (row->relation == KR_RELATION_WITHOUT_THRESHOLD) rows[i].name = kr_ruleset_copy_text(compiler->ruleset, entry, KR_ATTRIBUTE_NAME, &has_memory);
        if (row->relation == KR_RELATION_SECOND_HOST) compile_second_host(entry, &rows[i]);
        if (row->has_editions) rows[i].editions = bits_of(compiler, row->editions, &has_memory);
    }
    ruleset->rows = rows;
    ruleset->row_count = tables->row_count;
    return has_memory;
}

/* Where an explanation finds the rows of a thing. */
static bool compile_row_index(const struct compiler *compiler) {
    struct kmsrules_ruleset *ruleset = compiler->ruleset;
    uint32_t *edition_rows = kr_arena_take(&ruleset->arena, ruleset->edition_count, sizeof *edition_rows);
    uint32_t *starts = kr_arena_take(&ruleset->arena, (size_t)ruleset->group_count + 2, sizeof *starts);
    uint32_t *group_rows = kr_arena_take(&ruleset->arena, ruleset->row_count, sizeof *group_rows);
    if (edition_rows == NULL || starts == NULL || group_rows == NULL) return false;
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        if (ruleset->rows[i].relation == KR_RELATION_EDITION) edition_rows[ruleset->rows[i].members.items[0]] = i;
        if (ruleset->rows[i].group != KR_NONE) starts[ruleset->rows[i].group + 2]++;
    }
    for (uint32_t i = 0; i < ruleset->group_count; i++) starts[i + 2] += starts[i + 1];
    for (uint32_t i = 0; i < ruleset->row_count; i++) /* fills from starts[group + 1], which so becomes the end of the group, the start of the next */
        if (ruleset->rows[i].group != KR_NONE) group_rows[starts[ruleset->rows[i].group + 1]++] = i;
    ruleset->edition_rows = edition_rows;
    ruleset->group_row_starts = starts;
    ruleset->group_rows = group_rows;
    return true;
}

static void compile_thresholds(const struct compiler *compiler) {
    const struct kr_tables *tables = compiler->tables;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        struct kr_threshold *threshold = &compiler->ruleset->thresholds[kind];
        threshold->row = KR_NONE;
        if (tables->thresholds[kind] == KMSRULES_NONE) continue;
        const struct kr_entry *entry = &compiler->model->entries[tables->thresholds[kind]];
        kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_MINIMUM), 1, UINT32_MAX, &threshold->minimum);
        threshold->counts = kinds_of(kr_entry_get(entry, KR_ATTRIBUTE_COUNTS));
        for (uint32_t i = 0; i < tables->row_count; i++)
            if (tables->rows[i].entry == tables->thresholds[kind]) threshold->row = i;
    }
}

bool kr_ruleset_compile(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model) {
    struct compiler compiler = {ruleset, tables, model, NULL};
    ruleset->edition_words = (tables->editions.count + 63) / 64;
    ruleset->group_words = (tables->groups.count + 63) / 64;
    bool has_memory = compile_files(&compiler) && compile_revision(&compiler) && compile_sources(&compiler) && compile_applications(&compiler) &&
                      compile_releases(&compiler) && compile_editions(&compiler) && compile_traits(&compiler) && compile_versions(&compiler) && compile_slmgr_builds(&compiler) &&
                      compile_inventories(&compiler) && compile_groups(&compiler) && compile_lines(&compiler) &&
                      compile_updates(&compiler) && compile_rows(&compiler) && compile_row_index(&compiler);
    if (!has_memory) return false;
    compile_thresholds(&compiler);
    return kr_ruleset_compile_steps(ruleset, tables, model) && kr_ruleset_compile_cells(ruleset, tables, compiler.editions);
}
