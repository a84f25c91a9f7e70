/* What every pair decides. In: the rows of a ruleset. Out: its cells, demands, choices and authority (see ruleset/ruleset.h). */
#include "table/compile.h"

#include <stdlib.h>
#include <string.h>

#include "table/check.h"
#include "table/graph.h"

/* What a row decides for the pairs it names. */
static kr_cell cell_of_row(const struct kmsrules_ruleset *ruleset, uint32_t row) {
    switch (ruleset->rows[row].relation) {
    case KR_RELATION_COVERS:
    case KR_RELATION_COVERS_GROUP:
    case KR_RELATION_FITS: return kr_cell_of(KMSRULES_PASS, KMSRULES_NO_BASIS, row);
    case KR_RELATION_UNDOCUMENTED_EDITIONS:
    case KR_RELATION_UNDOCUMENTED_HOSTS: return kr_cell_of(KMSRULES_SILENT, KMSRULES_NO_BASIS, row);
    default: return kr_cell_of(KMSRULES_FAIL, KMSRULES_EXCLUDED, row);
    }
}

#define NOT_LISTED kr_cell_of(KMSRULES_FAIL, KMSRULES_NOT_LISTED, KR_NONE)

static bool is_open(kr_cell cell) { return kr_cell_outcome(cell) != KMSRULES_FAIL; }

static uint32_t layer_of(const struct kmsrules_ruleset *ruleset, kr_cell cell) {
    uint32_t row = kr_cell_row(cell);
    return row == KR_NONE ? 0 : ruleset->rows[row].layer + 1; /* no row: below every layer */
}

static void fill(kr_cell *cells, size_t count, kr_cell cell) {
    for (size_t i = 0; i < count; i++) cells[i] = cell;
}

/* KR102. Rows come in reading order, so a later layer overwrites; within a layer the first of several alike rows stays. */
static kr_cell *compile_fits(struct kmsrules_ruleset *ruleset) {
    size_t group_count = ruleset->group_count;
    kr_cell *fits = kr_arena_take(&ruleset->arena, ruleset->edition_count * group_count, sizeof *fits);
    if (fits == NULL) return NULL;
    fill(fits, ruleset->edition_count * group_count, NOT_LISTED);
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        bool is_about_hosts =
            row->relation == KR_RELATION_FITS || row->relation == KR_RELATION_EXCLUDES_HOSTS || row->relation == KR_RELATION_UNDOCUMENTED_HOSTS;
        if (!is_about_hosts || row->group == KR_NONE) continue;
        for (uint32_t j = 0; j < row->members.count; j++) {
            kr_cell *cell = &fits[row->members.items[j] * group_count + row->group];
            if (layer_of(ruleset, *cell) < row->layer + 1) *cell = cell_of_row(ruleset, i);
        }
    }
    ruleset->fits = fits;
    return fits;
}

static void mark_hosts(const struct kmsrules_ruleset *ruleset, kmsrules_edition *editions) {
    for (uint32_t host = 0; host < ruleset->edition_count; host++)
        for (uint32_t group = 0; group < ruleset->group_count; group++)
            if (kr_cell_outcome(kr_fits(ruleset, host, group)) == KMSRULES_PASS) editions[host].can_host = true;
}

/* KR104, rows that name the edition themselves. */
static void cover_directly(const struct kmsrules_ruleset *ruleset, kr_cell *covers) {
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        bool is_about_editions = row->relation == KR_RELATION_COVERS || row->relation == KR_RELATION_EXCLUDES_EDITIONS ||
                                 row->relation == KR_RELATION_UNDOCUMENTED_EDITIONS;
        if (!is_about_editions || row->group == KR_NONE) continue;
        for (uint32_t j = 0; j < row->members.count; j++) {
            kr_cell *cell = &covers[(size_t)row->group * ruleset->edition_count + row->members.items[j]];
            if (layer_of(ruleset, *cell) < row->layer + 1) *cell = cell_of_row(ruleset, i);
        }
    }
}

/* Whether coverage through `inherited` (a covers key-group= row) beats what stands in the cell. */
static bool beats(const struct kmsrules_ruleset *ruleset, kr_cell inherited, kr_cell cell) {
    uint32_t row = kr_cell_row(cell), layer = layer_of(ruleset, inherited), other = layer_of(ruleset, cell);
    if (layer != other) return layer > other;
    return row != KR_NONE && ruleset->rows[row].relation == KR_RELATION_COVERS_GROUP && kr_cell_outcome(inherited) < kr_cell_outcome(cell);
}

/* KR104, through "everything that group covers": groups in an order in which what is inherited is complete. */
static void cover_through(const struct kmsrules_ruleset *ruleset, uint32_t row_index, kr_cell *covers) {
    const struct kr_row *row = &ruleset->rows[row_index];
    const kr_cell *from = &covers[(size_t)row->inherits * ruleset->edition_count];
    kr_cell *to = &covers[(size_t)row->group * ruleset->edition_count];
    for (uint32_t i = 0; i < ruleset->edition_count; i++) {
        kr_cell inherited = kr_cell_of(kr_cell_outcome(from[i]), KMSRULES_NO_BASIS, row_index);
        if (is_open(from[i]) && beats(ruleset, inherited, to[i])) to[i] = inherited;
    }
}

/* Rows that inherit, listed by their group, in reading order. */
static bool list_inheriting_rows(const struct kmsrules_ruleset *ruleset, struct kr_arena *arena, struct kr_ids *lists) {
    uint32_t *fill_at = kr_arena_take(arena, (size_t)ruleset->group_count + 1, sizeof *fill_at);
    uint32_t *rows = kr_arena_take(arena, ruleset->row_count, sizeof *rows);
    if (fill_at == NULL || rows == NULL) return false;
    for (uint32_t i = 0; i < ruleset->row_count; i++)
        if (ruleset->rows[i].relation == KR_RELATION_COVERS_GROUP) fill_at[ruleset->rows[i].group + 1]++;
    for (uint32_t i = 0; i < ruleset->group_count; i++) {
        fill_at[i + 1] += fill_at[i];
        lists[i] = (struct kr_ids){rows + fill_at[i], 0};
    }
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        if (row->relation == KR_RELATION_COVERS_GROUP) rows[fill_at[row->group] + lists[row->group].count++] = i;
    }
    return true;
}

static bool compile_covers(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables) {
    struct kr_arena arena = {0};
    size_t size = (size_t)ruleset->group_count * ruleset->edition_count;
    kr_cell *covers = kr_arena_take(&ruleset->arena, size, sizeof *covers);
    struct kr_ids *inheritance = kr_tables_inheritance(tables, &arena);
    struct kr_ids *rows = kr_arena_take(&arena, ruleset->group_count, sizeof *rows);
    uint32_t *order = kr_arena_take(&arena, ruleset->group_count, sizeof *order);
    bool has_memory = covers != NULL && inheritance != NULL && rows != NULL && order != NULL && list_inheriting_rows(ruleset, &arena, rows) &&
                      kr_graph_visit(inheritance, ruleset->group_count, order, NULL, NULL);
    if (has_memory) {
        fill(covers, size, NOT_LISTED);
        cover_directly(ruleset, covers);
        for (uint32_t i = 0; i < ruleset->group_count; i++)
            for (uint32_t j = 0; j < rows[order[i]].count; j++) cover_through(ruleset, rows[order[i]].items[j], covers);
        ruleset->covers = covers;
    }
    kr_arena_free(&arena);
    return has_memory;
}

static bool compile_covered(struct kmsrules_ruleset *ruleset) {
    uint64_t *covered = kr_arena_take(&ruleset->arena, ruleset->edition_words, sizeof *covered);
    if (covered == NULL) return false;
    for (uint32_t group = 0; group < ruleset->group_count; group++)
        for (uint32_t i = 0; i < ruleset->edition_count; i++)
            if (kr_cell_outcome(kr_covers(ruleset, group, i)) == KMSRULES_PASS) covered[i / 64] |= 1ull << (i % 64);
    ruleset->covered = covered;
    return true;
}

/* KR103. */
static bool compile_uses(struct kmsrules_ruleset *ruleset) {
    kr_cell *uses = kr_arena_take(&ruleset->arena, ruleset->edition_count, sizeof *uses);
    if (uses == NULL) return false;
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        if (ruleset->rows[i].relation != KR_RELATION_EDITION) continue;
        kmsrules_id edition = ruleset->rows[i].members.items[0];
        kmsrules_volume volume = ruleset->editions[edition].volume;
        uses[edition] = volume == KMSRULES_VOLUME_YES        ? kr_cell_of(KMSRULES_PASS, KMSRULES_NO_BASIS, i)
                          : volume == KMSRULES_VOLUME_UNLISTED ? kr_cell_of(KMSRULES_SILENT, KMSRULES_NO_BASIS, i)
                                                               : kr_cell_of(KMSRULES_FAIL, KMSRULES_NOT_LISTED, i);
    }
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        for (uint32_t j = 0; row->relation == KR_RELATION_NO_CLIENT && j < row->members.count; j++) {
            kr_cell *cell = &uses[row->members.items[j]];
            const struct kr_row *ruling = &ruleset->rows[kr_cell_row(*cell)];
            if (ruling->layer > row->layer || (ruling->relation == KR_RELATION_NO_CLIENT && ruling->layer == row->layer)) continue;
            *cell = cell_of_row(ruleset, i);
        }
    }
    ruleset->uses = uses;
    return true;
}

/* The no-host row that rules for each host; NOT_LISTED where there is none, or where a later layer names the host in a fits or undocumented row. */
static void rule_out_hosts(const struct kmsrules_ruleset *ruleset, kr_cell *no_host) {
    fill(no_host, ruleset->edition_count, NOT_LISTED);
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        bool is_hosting = row->relation == KR_RELATION_FITS || row->relation == KR_RELATION_UNDOCUMENTED_HOSTS;
        if (row->relation != KR_RELATION_NO_HOST && !is_hosting) continue;
        for (uint32_t j = 0; j < row->members.count; j++) {
            kr_cell *cell = &no_host[row->members.items[j]];
            if (layer_of(ruleset, *cell) >= row->layer + 1) continue; /* rows come layer by layer */
            if (!is_hosting) *cell = cell_of_row(ruleset, i);
            else if (kr_cell_row(*cell) != KR_NONE) *cell = NOT_LISTED;
        }
    }
}

/* KR101: per application the best of what its groups say of the host, unless a source says that it never hosts. */
static bool compile_runs(struct kmsrules_ruleset *ruleset) {
    size_t application_count = ruleset->application_count;
    kr_cell *runs = kr_arena_take(&ruleset->arena, ruleset->edition_count * application_count, sizeof *runs);
    kr_cell *no_host = kr_memory_take(ruleset->edition_count, sizeof *no_host);
    bool has_memory = runs != NULL && no_host != NULL;
    if (has_memory) rule_out_hosts(ruleset, no_host);
    for (size_t host = 0; has_memory && host < ruleset->edition_count; host++) {
        kr_cell *cells = &runs[host * application_count];
        fill(cells, application_count, no_host[host]);
        for (uint32_t group = 0; kr_cell_row(no_host[host]) == KR_NONE && group < ruleset->group_count; group++) {
            kr_cell cell = ruleset->fits[host * ruleset->group_count + group], *best = &cells[ruleset->group_applications[group]];
            if (is_open(cell) && kr_cell_outcome(cell) < kr_cell_outcome(*best)) *best = cell;
        }
    }
    kr_memory_free(no_host);
    ruleset->runs = runs;
    return has_memory;
}

/* ---- KR105 ---- */

static void count_demands(const struct kmsrules_ruleset *ruleset, const struct kr_table_row *rows, uint32_t *starts, uint32_t *demands, uint32_t *places) {
    for (uint32_t i = 0; i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        if (row->relation != KR_RELATION_REQUIRES && row->relation != KR_RELATION_CANNOT_SERVE) continue;
        uint32_t group_count = rows[i].has_groups ? rows[i].groups.count : ruleset->group_count;
        for (uint32_t j = 0; j < row->members.count; j++) {
            for (uint32_t k = 0; k < group_count; k++) {
                uint32_t group = rows[i].has_groups ? rows[i].groups.items[k] : k;
                size_t pair = (size_t)row->members.items[j] * ruleset->group_count + group;
                if (demands == NULL) starts[pair + 1]++;
                else demands[places[pair]++] = i;
            }
        }
    }
}

static bool compile_demands(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, kr_cell *fits) {
    size_t pair_count = (size_t)ruleset->edition_count * ruleset->group_count;
    uint32_t *starts = kr_arena_take(&ruleset->arena, pair_count + 1, sizeof *starts);
    uint32_t *places = kr_memory_take(pair_count + 1, sizeof *places);
    uint32_t *demands = NULL;
    if (starts != NULL && places != NULL) {
        count_demands(ruleset, tables->rows, starts, NULL, NULL);
        for (size_t i = 0; i < pair_count; i++) places[i + 1] = starts[i + 1] += starts[i];
        demands = kr_arena_take(&ruleset->arena, starts[pair_count], sizeof *demands);
        if (demands != NULL) count_demands(ruleset, tables->rows, starts, demands, places);
    }
    for (size_t i = 0; demands != NULL && i < pair_count; i++)
        if (starts[i] != starts[i + 1]) fits[i] |= KR_CELL_HAS_DEMANDS;
    kr_memory_free(places);
    ruleset->demand_starts = starts;
    ruleset->demands = demands;
    return demands != NULL;
}

/* ---- Authority ---- */

/* below[group] = what it is above, directly or not; groups in an order in which lower ones come first. `heights` counts the steps to the lowest. */
static bool compile_below(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, uint32_t *heights) {
    uint64_t *below = kr_arena_take(&ruleset->arena, (size_t)ruleset->group_count * ruleset->group_words, sizeof *below);
    uint32_t *order = kr_memory_take(ruleset->group_count, sizeof *order);
    bool has_memory = below != NULL && order != NULL && kr_graph_visit(tables->group_above, ruleset->group_count, order, NULL, NULL);
    for (uint32_t i = 0; has_memory && i < ruleset->group_count; i++) {
        struct kr_ids lower = tables->group_above[order[i]];
        uint64_t *bits = &below[(size_t)order[i] * ruleset->group_words];
        for (uint32_t j = 0; j < lower.count; j++) {
            for (uint32_t word = 0; word < ruleset->group_words; word++) bits[word] |= below[(size_t)lower.items[j] * ruleset->group_words + word];
            bits[lower.items[j] / 64] |= 1ull << (lower.items[j] % 64);
            if (heights[order[i]] < heights[lower.items[j]] + 1) heights[order[i]] = heights[lower.items[j]] + 1;
        }
    }
    kr_memory_free(order);
    ruleset->below = below;
    return has_memory;
}

struct ranked_group {
    kmsrules_id group;
    uint32_t height;
};

static int compare_ranked_groups(const void *left, const void *right) {
    const struct ranked_group *a = left, *b = right;
    if (a->height != b->height) return a->height > b->height ? -1 : 1;
    return a->group > b->group ? -1 : a->group < b->group;
}

static bool can_hold(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id group) {
    return is_open(kr_fits(ruleset, host, group)) &&
           is_open(ruleset->runs[(size_t)host * ruleset->application_count + ruleset->groups[group].application]);
}

/* The groups each host can hold, highest authority first, the last declared first among equals. */
static bool compile_choices(struct kmsrules_ruleset *ruleset, const uint32_t *heights) {
    struct ranked_group *ranked = kr_memory_take(ruleset->group_count, sizeof *ranked);
    uint32_t *starts = kr_arena_take(&ruleset->arena, (size_t)ruleset->edition_count + 1, sizeof *starts);
    if (ranked == NULL || starts == NULL) {
        kr_memory_free(ranked);
        return false;
    }
    for (uint32_t i = 0; i < ruleset->group_count; i++) ranked[i] = (struct ranked_group){i, heights[i]};
    if (ruleset->group_count > 1) qsort(ranked, ruleset->group_count, sizeof *ranked, compare_ranked_groups);
    for (uint32_t host = 0; host < ruleset->edition_count; host++) {
        starts[host + 1] = starts[host];
        for (uint32_t i = 0; i < ruleset->group_count; i++) starts[host + 1] += can_hold(ruleset, host, i);
    }
    kmsrules_id *choices = kr_arena_take(&ruleset->arena, starts[ruleset->edition_count], sizeof *choices);
    for (uint32_t host = 0, next = 0; choices != NULL && host < ruleset->edition_count; host++)
        for (uint32_t i = 0; i < ruleset->group_count; i++)
            if (can_hold(ruleset, host, ranked[i].group)) choices[next++] = ranked[i].group;
    kr_memory_free(ranked);
    ruleset->choice_starts = starts;
    ruleset->choices = choices;
    return choices != NULL;
}

static bool compile_authority(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables) {
    uint32_t *heights = kr_memory_take(ruleset->group_count, sizeof *heights);
    bool has_memory = heights != NULL && compile_below(ruleset, tables, heights) && compile_choices(ruleset, heights);
    kr_memory_free(heights);
    return has_memory;
}

bool kr_ruleset_compile_cells(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, kmsrules_edition *editions) {
    kr_cell *fits = compile_fits(ruleset);
    if (fits == NULL) return false;
    mark_hosts(ruleset, editions);
    return compile_runs(ruleset) && compile_uses(ruleset) && compile_covers(ruleset, tables) && compile_covered(ruleset) &&
           compile_demands(ruleset, tables, fits) && compile_authority(ruleset, tables);
}
