/* See check.h. */
#include "table/check.h"

#include <stdlib.h>
#include <string.h>

#include "table/graph.h"

struct checker {
    const struct kr_tables *tables;
    const struct kr_model *model;
    struct kr_problems *problems;
};

static const struct kr_entry *entry_of(const struct checker *checker, uint32_t entry) { return &checker->model->entries[entry]; }

static const char *text_of(const struct checker *checker, uint32_t entry, enum kr_attribute_kind attribute) {
    const char *text = kr_entry_get(entry_of(checker, entry), attribute).data;
    return text == NULL ? "" : text;
}

static const char *group_id(const struct checker *checker, kmsrules_id group) { return text_of(checker, checker->tables->groups.entries[group], KR_ATTRIBUTE_ID); }

static const char *edition_id(const struct checker *checker, kmsrules_id edition) {
    return text_of(checker, checker->tables->editions.entries[edition], KR_ATTRIBUTE_ID);
}

/* ---- Cycles ---- */

static void report_above_cycle(void *target, uint32_t from, uint32_t to) {
    struct checker *checker = target;
    if (kr_problems_is_full(checker->problems)) return;
    const struct kr_entry *entry = entry_of(checker, checker->tables->groups.entries[from]);
    kr_problems_add(checker->problems, KR913_CYCLE, kr_model_at(checker->model, entry, KR_ATTRIBUTE_ABOVE, SIZE_MAX),
                    "key group \"%s\" is above \"%s\", which is above it in turn", group_id(checker, from), group_id(checker, to));
}

static void report_covers_cycle(void *target, uint32_t from, uint32_t to) {
    struct checker *checker = target;
    if (kr_problems_is_full(checker->problems)) return;
    for (uint32_t i = 0; i < checker->tables->row_count; i++) {
        const struct kr_table_row *row = &checker->tables->rows[i];
        if (row->relation != KR_RELATION_COVERS_GROUP || row->group != from || row->inherits != to) continue;
        kr_problems_add(checker->problems, KR913_CYCLE, entry_of(checker, row->entry)->at, "key group \"%s\" covers what \"%s\" covers, which covers what it covers",
                        group_id(checker, from), group_id(checker, to));
        return;
    }
}

static void report_update_cycle(void *target, uint32_t from, uint32_t to) {
    struct checker *checker = target;
    if (kr_problems_is_full(checker->problems)) return;
    const struct kr_entry *entry = entry_of(checker, checker->tables->updates.entries[from]);
    kr_problems_add(checker->problems, KR913_CYCLE, kr_model_at(checker->model, entry, KR_ATTRIBUTE_AFTER_ANY_OF, SIZE_MAX), "update \"%s\" comes after \"%s\", which comes after it",
                    text_of(checker, checker->tables->updates.entries[from], KR_ATTRIBUTE_ID), text_of(checker, checker->tables->updates.entries[to], KR_ATTRIBUTE_ID));
}

struct kr_ids *kr_tables_inheritance(const struct kr_tables *tables, struct kr_arena *arena) {
    struct kr_ids *edges = kr_arena_take(arena, tables->groups.count, sizeof *edges);
    uint32_t *starts = kr_arena_take(arena, (size_t)tables->groups.count + 1, sizeof *starts);
    kmsrules_id *targets = kr_arena_take(arena, tables->row_count, sizeof *targets);
    if (edges == NULL || starts == NULL || targets == NULL) return NULL;
    for (uint32_t i = 0; i < tables->row_count; i++)
        if (tables->rows[i].inherits != KMSRULES_NONE && tables->rows[i].group != KMSRULES_NONE) starts[tables->rows[i].group + 1]++;
    for (uint32_t i = 0; i < tables->groups.count; i++) {
        starts[i + 1] += starts[i];
        edges[i] = (struct kr_ids){targets + starts[i], 0};
    }
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const struct kr_table_row *row = &tables->rows[i];
        if (row->inherits == KMSRULES_NONE || row->group == KMSRULES_NONE) continue;
        targets[starts[row->group] + edges[row->group].count++] = row->inherits;
    }
    return edges;
}

static bool check_cycles(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    struct kr_arena arena = {0};
    struct kr_ids *inheritance = kr_tables_inheritance(tables, &arena);
    struct kr_ids *prerequisites = kr_arena_take(&arena, tables->updates.count, sizeof *prerequisites);
    bool is_done = inheritance != NULL && prerequisites != NULL;
    for (uint32_t i = 0; is_done && i < tables->updates.count; i++) prerequisites[i] = tables->update_facts[i].after_any_of;
    is_done = is_done && kr_graph_visit(tables->group_above, tables->groups.count, NULL, report_above_cycle, checker) &&
              kr_graph_visit(inheritance, tables->groups.count, NULL, report_covers_cycle, checker) &&
              kr_graph_visit(prerequisites, tables->updates.count, NULL, report_update_cycle, checker);
    kr_arena_free(&arena);
    return is_done;
}

/* ---- Contradictions ---- */

enum subject { ABOUT_NEITHER, ABOUT_EDITIONS, ABOUT_HOSTS };

static enum subject subject_of(enum kr_relation relation) {
    switch (relation) {
    case KR_RELATION_COVERS:
    case KR_RELATION_EXCLUDES_EDITIONS:
    case KR_RELATION_UNDOCUMENTED_EDITIONS: return ABOUT_EDITIONS;
    case KR_RELATION_FITS:
    case KR_RELATION_EXCLUDES_HOSTS:
    case KR_RELATION_UNDOCUMENTED_HOSTS: return ABOUT_HOSTS;
    default: return ABOUT_NEITHER;
    }
}

static bool same_ids(struct kr_ids a, struct kr_ids b) {
    return a.count == b.count && (a.count == 0 || memcmp(a.items, b.items, a.count * sizeof *a.items) == 0);
}

static void report_contradiction(struct checker *checker, const struct kr_table_row *row, const struct kr_table_row *earlier, const char *what, const char *id) {
    const struct kr_entry *entry = entry_of(checker, row->entry), *first = entry_of(checker, earlier->entry);
    kr_problems_add(checker->problems, KR914_CONTRADICTION, entry->at, "<%s> contradicts <%s> at %s:%u:%u for %s \"%s\"; delete one of the two",
                    kr_element_name(entry->kind), kr_element_name(first->kind), kr_model_path(checker->model, earlier->entry), first->at.line, first->at.column, what, id);
}

/* The last row seen for a pair of the group being checked. */
struct last_row {
    uint32_t group_mark, row;
};

static void check_row_against(struct checker *checker, uint32_t index, uint32_t mark, struct last_row *last) {
    const struct kr_table_row *row = &checker->tables->rows[index];
    const struct kr_table_row *twin = NULL;
    uint32_t layer = entry_of(checker, row->entry)->layer;
    bool is_reported = false;
    for (uint32_t i = 0; i < row->members.count; i++) {
        struct last_row *seen = &last[row->members.items[i]];
        const struct kr_table_row *earlier = seen->group_mark == mark ? &checker->tables->rows[seen->row] : NULL;
        *seen = (struct last_row){mark, index};
        if (earlier == NULL || entry_of(checker, earlier->entry)->layer != layer) continue;
        if (earlier->relation != row->relation && !is_reported) {
            report_contradiction(checker, row, earlier, subject_of(row->relation) == ABOUT_HOSTS ? "host" : "edition", edition_id(checker, row->members.items[i]));
            is_reported = true;
        }
        if (i == 0 && earlier->relation == row->relation && same_ids(earlier->members, row->members) && same_ids(earlier->sources, row->sources)) twin = earlier;
    }
    if (twin == NULL || checker->problems->error_count > 0) return; /* warnings are for tables without errors: a list may lack what was refused */
    const struct kr_entry *first = entry_of(checker, twin->entry);
    kr_problems_add(checker->problems, KR955_DUPLICATE_ROW, entry_of(checker, row->entry)->at, "this row says the same as %s:%u:%u", kr_model_path(checker->model, twin->entry),
                    first->at.line, first->at.column);
}

/* Rows sorted by group, in reading order within each. */
static uint32_t *rows_by_group(const struct kr_tables *tables, struct kr_arena *arena, uint32_t **starts) {
    uint32_t *rows = kr_arena_take(arena, tables->row_count, sizeof *rows);
    uint32_t *fill = kr_arena_take(arena, (size_t)tables->groups.count + 1, sizeof *fill);
    *starts = kr_arena_take(arena, (size_t)tables->groups.count + 1, sizeof **starts);
    if (rows == NULL || *starts == NULL || fill == NULL) return NULL;
    for (uint32_t i = 0; i < tables->row_count; i++)
        if (tables->rows[i].group != KMSRULES_NONE) (*starts)[tables->rows[i].group + 1]++;
    for (uint32_t i = 0; i < tables->groups.count; i++) fill[i + 1] = (*starts)[i + 1] += (*starts)[i];
    for (uint32_t i = 0; i < tables->row_count; i++)
        if (tables->rows[i].group != KMSRULES_NONE) rows[fill[tables->rows[i].group]++] = i;
    return rows;
}

static bool check_groups(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    struct kr_arena arena = {0};
    uint32_t *starts, *rows = rows_by_group(tables, &arena, &starts);
    struct last_row *editions = kr_arena_take(&arena, tables->editions.count, sizeof *editions);
    struct last_row *hosts = kr_arena_take(&arena, tables->editions.count, sizeof *hosts);
    bool is_done = rows != NULL && editions != NULL && hosts != NULL;
    for (uint32_t group = 0; is_done && group < tables->groups.count; group++) {
        for (uint32_t i = starts[group]; i < starts[group + 1]; i++) {
            enum subject subject = subject_of(tables->rows[rows[i]].relation);
            if (subject != ABOUT_NEITHER) check_row_against(checker, rows[i], group + 1, subject == ABOUT_EDITIONS ? editions : hosts);
        }
    }
    kr_arena_free(&arena);
    return is_done;
}

static uint32_t layer_of(const struct checker *checker, const struct kr_table_row *row) { return entry_of(checker, row->entry)->layer; }

static bool is_hosting(enum kr_relation relation) { return relation == KR_RELATION_FITS || relation == KR_RELATION_UNDOCUMENTED_HOSTS; }

/* Marks the hosts that rows of one layer name in a row that lets them host; the first row of each. */
static void mark_hosts_of_layer(const struct checker *checker, uint32_t layer, struct last_row *hosts) {
    for (uint32_t i = 0; i < checker->tables->row_count; i++) {
        const struct kr_table_row *row = &checker->tables->rows[i];
        if (!is_hosting(row->relation) || layer_of(checker, row) != layer) continue;
        for (uint32_t j = 0; j < row->members.count; j++)
            if (hosts[row->members.items[j]].group_mark != layer + 1) hosts[row->members.items[j]] = (struct last_row){layer + 1, i};
    }
}

/* The entry that a no-host or no-client row contradicts for an edition, KMSRULES_NONE: none. */
static uint32_t contradicted_entry(const struct checker *checker, const struct kr_table_row *row, kmsrules_id edition, const struct last_row *hosts) {
    const struct kr_tables *tables = checker->tables;
    if (row->relation == KR_RELATION_NO_HOST)
        return hosts[edition].group_mark == layer_of(checker, row) + 1 ? tables->rows[hosts[edition].row].entry : KMSRULES_NONE;
    bool is_client = tables->edition_facts[edition].volume == KMSRULES_VOLUME_YES && entry_of(checker, tables->editions.entries[edition])->layer == layer_of(checker, row);
    return is_client ? tables->editions.entries[edition] : KMSRULES_NONE;
}

/* no-host against fits and undocumented hosts, no-client against volume="yes", within one layer. Rows come layer by layer. */
static bool check_exclusions(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    struct last_row *hosts = kr_memory_take(tables->editions.count, sizeof *hosts);
    uint32_t layers_marked = 0;
    for (uint32_t i = 0; hosts != NULL && i < tables->row_count; i++) {
        const struct kr_table_row *row = &tables->rows[i];
        if (row->relation != KR_RELATION_NO_HOST && row->relation != KR_RELATION_NO_CLIENT) continue;
        if (layers_marked <= layer_of(checker, row)) {
            mark_hosts_of_layer(checker, layer_of(checker, row), hosts);
            layers_marked = layer_of(checker, row) + 1;
        }
        for (uint32_t j = 0; j < row->members.count; j++) {
            uint32_t entry = contradicted_entry(checker, row, row->members.items[j], hosts);
            if (entry == KMSRULES_NONE) continue;
            report_contradiction(checker, row, &(struct kr_table_row){.entry = entry}, row->relation == KR_RELATION_NO_HOST ? "host" : "edition",
                                 edition_id(checker, row->members.items[j]));
        }
    }
    bool has_memory = hosts != NULL;
    kr_memory_free(hosts);
    return has_memory;
}

/* ---- Applications ---- */

static const char *application_id(const struct checker *checker, uint32_t application) {
    if (application >= checker->tables->applications.count) return "";
    return text_of(checker, checker->tables->applications.entries[application], KR_ATTRIBUTE_ID);
}

static void report_foreign(struct checker *checker, uint32_t entry, const char *what, const char *id, uint32_t application, kmsrules_id group) {
    kr_problems_add(checker->problems, KR912_WRONG_KIND, entry_of(checker, entry)->at, "%s \"%s\" is of application \"%s\", key group \"%s\" of \"%s\"", what, id,
                    application_id(checker, application), group_id(checker, group), application_id(checker, checker->tables->group_applications[group]));
}

/* A host holds a key for each application: a group covers, and stands above, what is of its own. */
static void check_applications(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const struct kr_table_row *row = &tables->rows[i];
        bool names_editions = row->relation == KR_RELATION_COVERS || row->relation == KR_RELATION_UNDOCUMENTED_EDITIONS;
        if (row->group == KMSRULES_NONE) continue;
        for (uint32_t j = 0; names_editions && j < row->members.count; j++) {
            uint32_t application = tables->edition_facts[row->members.items[j]].application;
            if (application == tables->group_applications[row->group]) continue;
            report_foreign(checker, row->entry, "edition", edition_id(checker, row->members.items[j]), application, row->group);
            break;
        }
        if (row->inherits != KMSRULES_NONE && tables->group_applications[row->inherits] != tables->group_applications[row->group])
            report_foreign(checker, row->entry, "key group", group_id(checker, row->inherits), tables->group_applications[row->inherits], row->group);
    }
    for (uint32_t group = 0; group < tables->groups.count; group++) {
        for (uint32_t i = 0; i < tables->group_above[group].count; i++) {
            kmsrules_id lower = tables->group_above[group].items[i];
            if (tables->group_applications[lower] != tables->group_applications[group])
                report_foreign(checker, tables->groups.entries[group], "key group", group_id(checker, lower), tables->group_applications[lower], group);
        }
    }
}

/* ---- Gaps ---- */

/* Whether all of the tables was read. Where something was not, what is missing may stand there. */
static bool is_all_read(const struct kr_problems *problems) {
    for (size_t i = 0; i < problems->count; i++) {
        switch (problems->items[i].problem) {
        case KR901_SYNTAX:
        case KR902_ENCODING:
        case KR903_DOCTYPE:
        case KR904_LIMIT:
        case KR905_UNKNOWN_ELEMENT:
        case KR916_INCLUDE:
        case KR918_PRODUCT_KEY:
        case KR921_UNREADABLE:
        case KR922_NOT_TRUSTED: return false;
        default: break;
        }
    }
    return true;
}

static void check_thresholds(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    bool is_reported[KMSRULES_KIND_COUNT] = {false};
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const struct kr_table_row *row = &tables->rows[i];
        for (uint32_t j = 0; row->relation == KR_RELATION_COVERS && j < row->members.count; j++) {
            kmsrules_kind kind = tables->edition_facts[row->members.items[j]].kind;
            if (tables->thresholds[kind] != KMSRULES_NONE || is_reported[kind]) continue;
            is_reported[kind] = true;
            kr_problems_add(checker->problems, KR917_MISSING_THRESHOLD, entry_of(checker, row->entry)->at,
                            "this row covers editions of kind %s, for which there is no <threshold>; include rules/policy.xml or add one", kmsrules_kind_text(kind));
        }
    }
}

static void check_emptiness(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    struct kr_at root = {.file = 0, .line = 1, .column = 1};
    if (checker->problems->error_count > 0) return; /* what is missing may stand in what could not be read */
    if (tables->editions.count == 0)
        kr_problems_add(checker->problems, KR919_EMPTY, root, "this ruleset holds no editions; is it the right file, and does it include data/editions.xml?");
    if (tables->groups.count == 0)
        kr_problems_add(checker->problems, KR919_EMPTY, root, "this ruleset holds no key groups; it would answer no to everything");
}

struct line_place {
    uint32_t line, order, entry;
};

static int compare_line_places(const void *left, const void *right) {
    const struct line_place *a = left, *b = right;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    if (a->order != b->order) return a->order < b->order ? -1 : 1;
    return a->entry < b->entry ? -1 : a->entry > b->entry;
}

static void check_releases(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    for (uint32_t i = 0; i < tables->releases.count; i++)
        if (tables->release_members[i].count == 0)
            kr_problems_add(checker->problems, KR919_EMPTY, entry_of(checker, tables->releases.entries[i])->at, "release \"%s\" holds no edition",
                            text_of(checker, tables->releases.entries[i], KR_ATTRIBUTE_ID));
}

/* A host has one line of builds: a build given for it would else be of two minds. */
static bool check_build_lines(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    uint32_t *lines = kr_memory_take(tables->editions.count, sizeof *lines); /* line + 1 */
    for (uint32_t i = 0; lines != NULL && i < tables->lines.count; i++) {
        uint64_t build;
        if (!kr_text_number(kr_entry_get(entry_of(checker, tables->lines.entries[i]), KR_ATTRIBUTE_ID), 1, UINT32_MAX, &build)) continue;
        for (uint32_t j = 0; j < tables->line_hosts[i].count; j++) {
            uint32_t *line = &lines[tables->line_hosts[i].items[j]];
            if (*line != 0)
                kr_problems_add(checker->problems, KR914_CONTRADICTION, entry_of(checker, tables->lines.entries[i])->at, "host \"%s\" is already in the line of builds \"%s\"",
                                edition_id(checker, tables->line_hosts[i].items[j]), text_of(checker, tables->lines.entries[*line - 1], KR_ATTRIBUTE_ID));
            *line = i + 1;
        }
    }
    bool has_memory = lines != NULL;
    kr_memory_free(lines);
    return has_memory;
}

/* Two updates at one place of a line: neither would be the later one. */
static bool check_lines(struct checker *checker) {
    const struct kr_tables *tables = checker->tables;
    struct line_place *places = kr_memory_take(tables->updates.count, sizeof *places);
    size_t count = 0;
    if (places == NULL) return false;
    for (uint32_t i = 0; i < tables->updates.count; i++)
        if (tables->update_facts[i].line != KMSRULES_NONE)
            places[count++] = (struct line_place){tables->update_facts[i].line, tables->update_facts[i].order, tables->updates.entries[i]};
    if (count > 1) qsort(places, count, sizeof *places, compare_line_places);
    for (size_t i = 1; i < count; i++) {
        if (places[i].line != places[i - 1].line || places[i].order != places[i - 1].order) continue;
        const struct kr_entry *first = entry_of(checker, places[i - 1].entry);
        kr_problems_add(checker->problems, KR914_CONTRADICTION, entry_of(checker, places[i].entry)->at, "update \"%s\" stands at the same place of its line as \"%s\" at %s:%u:%u",
                        text_of(checker, places[i].entry, KR_ATTRIBUTE_ID), text_of(checker, places[i - 1].entry, KR_ATTRIBUTE_ID),
                        kr_model_path(checker->model, places[i - 1].entry), first->at.line, first->at.column);
    }
    kr_memory_free(places);
    return true;
}

/* Collected from the update outwards, then put in an order in which each comes after what it needs itself. */
uint32_t kr_tables_prerequisites(const struct kr_tables *tables, kmsrules_id update, kmsrules_id found[KR_PREREQUISITE_LIMIT + 1]) {
    uint32_t count = 0;
    for (uint32_t next = 0; next <= count; next++) {
        struct kr_ids before = tables->update_facts[next == 0 ? update : found[next - 1]].after_any_of;
        for (uint32_t i = 0; i < before.count; i++) {
            if (kr_ids_hold((struct kr_ids){found, count}, before.items[i])) continue;
            found[count++] = before.items[i];
            if (count > KR_PREREQUISITE_LIMIT) return count;
        }
    }
    for (uint32_t placed = 0; placed < count; placed++) {
        uint32_t ready = placed;
        for (uint32_t i = placed; i < count; i++) {
            struct kr_ids before = tables->update_facts[found[i]].after_any_of;
            uint32_t missing = 0;
            for (uint32_t j = 0; j < before.count; j++) missing += !kr_ids_hold((struct kr_ids){found, placed}, before.items[j]);
            if (missing > 0) continue;
            ready = i;
            break;
        }
        kmsrules_id moved = found[ready];
        found[ready] = found[placed];
        found[placed] = moved;
    }
    return count;
}

static void check_prerequisites(struct checker *checker) {
    kmsrules_id found[KR_PREREQUISITE_LIMIT + 1];
    for (uint32_t i = 0; i < checker->tables->updates.count; i++)
        if (kr_tables_prerequisites(checker->tables, i, found) > KR_PREREQUISITE_LIMIT)
            kr_problems_add(checker->problems, KR904_LIMIT, entry_of(checker, checker->tables->updates.entries[i])->at, "this update has more than %d prerequisites in all",
                            KR_PREREQUISITE_LIMIT);
}

static void check_size(struct checker *checker, uint64_t size, size_t limit, const char *what) {
    if (size > limit)
        kr_problems_add(checker->problems, KR904_LIMIT, (struct kr_at){.file = 0, .line = 1, .column = 1}, "%s are %llu, the limit is %zu", what,
                        (unsigned long long)size, limit);
}

/* What the compiled form takes beyond the tables themselves: products of what they hold. An omitted list of groups means all of them. */
static void check_sizes(struct checker *checker, const kmsrules_limits *limits) {
    const struct kr_tables *tables = checker->tables;
    uint64_t groups = tables->groups.count, editions = tables->editions.count, demands = 0, words = 0;
    for (uint32_t i = 0; i < tables->row_count; i++) {
        const struct kr_table_row *row = &tables->rows[i];
        if (row->relation != KR_RELATION_REQUIRES && row->relation != KR_RELATION_CANNOT_SERVE) continue;
        demands += row->members.count * (row->has_groups ? row->groups.count : groups);
        words += row->has_editions ? (editions + 63) / 64 : 0;
    }
    check_size(checker, groups * editions, limits->pair_count, "key groups times editions");
    check_size(checker, editions * tables->applications.count, limits->pair_count, "editions times applications");
    check_size(checker, groups * ((groups + 63) / 64), limits->member_count, "key groups in words of bits, times key groups");
    check_size(checker, demands, limits->member_count, "hosts times key groups over all <requires> and <cannot-serve>");
    check_size(checker, words, limits->member_count, "editions in words of bits, over all <requires> and <cannot-serve>");
}

bool kr_tables_check(const struct kr_tables *tables, const struct kr_model *model, const kmsrules_limits *limits, struct kr_problems *problems) {
    struct checker checker = {tables, model, problems};
    if (is_all_read(problems)) {
        check_emptiness(&checker);
        check_thresholds(&checker);
        check_releases(&checker);
    check_applications(&checker);
    }
    check_sizes(&checker, limits);
    check_prerequisites(&checker);
    return check_cycles(&checker) && check_groups(&checker) && check_exclusions(&checker) && check_build_lines(&checker) && check_lines(&checker);
}
