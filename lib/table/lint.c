/* Warnings that need the compiled form: gaps in coverage, groups, hosts and updates of no use, authority that covers less. See check.h. */
#include "table/check.h"

#include <string.h>

struct linter {
    const struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    struct kr_problems *problems;
};

static struct kr_at at_of(const struct linter *linter, const struct kr_things *things, uint32_t index) {
    return linter->model->entries[things->entries[index]].at;
}

static bool names_editions(enum kr_relation relation) {
    return relation >= KR_RELATION_COVERS && relation != KR_RELATION_COVERS_GROUP && relation < KR_RELATION_THRESHOLD && relation != KR_RELATION_NO_CLIENT;
}

/* Releases that some row names, by an edition or as a host. */
static bool *mentioned_releases(const struct linter *linter) {
    const struct kmsrules_ruleset *ruleset = linter->ruleset;
    bool *mentioned = kr_memory_take(ruleset->release_count, sizeof *mentioned);
    for (uint32_t i = 0; mentioned != NULL && i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        for (uint32_t j = 0; names_editions(row->relation) && j < row->members.count; j++) {
            kmsrules_id release = ruleset->editions[row->members.items[j]].release;
            if (release != KMSRULES_NONE) mentioned[release] = true;
        }
    }
    return mentioned;
}

/* Neither covered by a group nor accounted for as undocumented or excluded. */
static bool is_forgotten(const struct kmsrules_ruleset *ruleset, kmsrules_id edition) {
    for (uint32_t group = 0; group < ruleset->group_count; group++)
        if (kr_cell_row(kr_covers(ruleset, group, edition)) != KR_NONE) return false;
    return true;
}

static void lint_release(const struct linter *linter, kmsrules_id index) {
    const kmsrules_release *release = &linter->ruleset->releases[index];
    size_t count = 0;
    const char *first = "";
    for (size_t i = release->edition_count; i-- > 0;) {
        const kmsrules_edition *edition = &linter->ruleset->editions[release->editions[i]];
        if (edition->volume != KMSRULES_VOLUME_YES || !is_forgotten(linter->ruleset, release->editions[i])) continue;
        count++;
        first = edition->id;
    }
    if (count > 1)
        kr_problems_add(linter->problems, KR951_UNCOVERED_RELEASE, at_of(linter, &linter->tables->releases, index), "no key group names \"%s\" or %zu other volume edition%s of this release",
                        first, count - 1, count == 2 ? "" : "s");
    else if (count == 1)
        kr_problems_add(linter->problems, KR951_UNCOVERED_RELEASE, at_of(linter, &linter->tables->releases, index), "no key group names \"%s\"", first);
}

static bool lint_releases(const struct linter *linter) {
    bool *mentioned = mentioned_releases(linter);
    if (mentioned == NULL) return false;
    for (uint32_t i = 0; i < linter->ruleset->release_count; i++)
        if (mentioned[i]) lint_release(linter, i);
    kr_memory_free(mentioned);
    return true;
}

static void lint_group(const struct linter *linter, kmsrules_id group) {
    const struct kmsrules_ruleset *ruleset = linter->ruleset;
    bool fits_host = false, covers_edition = false;
    for (uint32_t i = 0; i < ruleset->edition_count; i++) {
        fits_host = fits_host || kr_cell_outcome(kr_fits(ruleset, i, group)) != KMSRULES_FAIL;
        covers_edition = covers_edition || kr_cell_outcome(kr_covers(ruleset, group, i)) != KMSRULES_FAIL;
    }
    if (!fits_host) kr_problems_add(linter->problems, KR952_UNUSABLE_GROUP, at_of(linter, &linter->tables->groups, group), "key group \"%s\" fits no host", ruleset->groups[group].id);
    if (!covers_edition)
        kr_problems_add(linter->problems, KR952_UNUSABLE_GROUP, at_of(linter, &linter->tables->groups, group), "key group \"%s\" covers no edition", ruleset->groups[group].id);
}

/* Direct steps only: what is lost further down was said there. */
static void lint_authority(const struct linter *linter, kmsrules_id group) {
    const struct kmsrules_ruleset *ruleset = linter->ruleset;
    struct kr_ids lower = linter->tables->group_above[group];
    for (uint32_t i = 0; i < lower.count; i++) {
        size_t count = 0;
        const char *first = "";
        for (uint32_t edition = ruleset->edition_count; edition-- > 0;) {
            kmsrules_outcome higher_outcome = kr_cell_outcome(kr_covers(ruleset, group, edition));
            kmsrules_outcome lower_outcome = kr_cell_outcome(kr_covers(ruleset, lower.items[i], edition));
            if (lower_outcome != KMSRULES_PASS || higher_outcome == KMSRULES_PASS) continue;
            count++;
            first = ruleset->editions[edition].id;
        }
        if (count > 0)
            kr_problems_add(linter->problems, KR954_AUTHORITY_COVERS_LESS, at_of(linter, &linter->tables->groups, group),
                            "key group \"%s\" is above \"%s\" but does not cover %zu of its editions, \"%s\" first", ruleset->groups[group].id,
                            ruleset->groups[lower.items[i]].id, count, first);
    }
}

/* Marks of what some requirement or prerequisite names: an update, or its whole line. */
static void mark_used(const struct linter *linter, struct kr_ids updates, bool *used_updates, bool *used_lines) {
    for (uint32_t i = 0; i < updates.count; i++) {
        uint32_t line = linter->ruleset->update_orders[updates.items[i]].line;
        used_updates[updates.items[i]] = true;
        if (line != KR_NONE) used_lines[line] = true;
    }
}

static bool lint_updates(const struct linter *linter) {
    const struct kmsrules_ruleset *ruleset = linter->ruleset;
    struct kr_arena arena = {0};
    bool *used_updates = kr_arena_take(&arena, ruleset->update_count, sizeof *used_updates);
    bool *used_lines = kr_arena_take(&arena, ruleset->line_count, sizeof *used_lines);
    bool has_memory = used_updates != NULL && used_lines != NULL;
    for (uint32_t i = 0; has_memory && i < ruleset->row_count; i++) mark_used(linter, ruleset->rows[i].any_of, used_updates, used_lines);
    for (uint32_t i = 0; has_memory && i < ruleset->update_count; i++) mark_used(linter, ruleset->update_orders[i].after_any_of, used_updates, used_lines);
    for (uint32_t i = 0; has_memory && i < ruleset->update_count; i++)
        if (!used_updates[i] && ruleset->update_orders[i].line == KR_NONE)
            kr_problems_add(linter->problems, KR953_UNUSED_UPDATE, at_of(linter, &linter->tables->updates, i), "nothing requires update \"%s\"", ruleset->updates[i].id);
    for (uint32_t i = 0; has_memory && i < ruleset->line_count; i++)
        if (!used_lines[i])
            kr_problems_add(linter->problems, KR953_UNUSED_UPDATE, at_of(linter, &linter->tables->lines, i), "nothing requires an update of line \"%s\"", ruleset->lines[i].id);
    kr_arena_free(&arena);
    return has_memory;
}

static bool has_host(const struct kmsrules_ruleset *ruleset, const kmsrules_release *release) {
    for (size_t i = 0; i < release->edition_count; i++)
        if (ruleset->choice_starts[release->editions[i]] != ruleset->choice_starts[release->editions[i] + 1]) return true;
    return false;
}

/* Releases that updates are demanded of, and no edition of which can host. */
static bool lint_hosts(const struct linter *linter) {
    const struct kmsrules_ruleset *ruleset = linter->ruleset;
    bool *is_seen = kr_memory_take(ruleset->release_count, sizeof *is_seen);
    for (uint32_t i = 0; is_seen != NULL && i < ruleset->row_count; i++) {
        const struct kr_row *row = &ruleset->rows[i];
        for (uint32_t j = 0; row->relation == KR_RELATION_REQUIRES && j < row->members.count; j++) {
            kmsrules_id release = ruleset->editions[row->members.items[j]].release;
            if (release == KMSRULES_NONE || is_seen[release]) continue;
            is_seen[release] = true;
            if (has_host(ruleset, &ruleset->releases[release])) continue;
            kr_problems_add(linter->problems, KR956_USELESS_HOST, linter->model->entries[linter->tables->rows[i].entry].at,
                            "no key group fits any edition of \"%s\", so that this row never matters for it", ruleset->releases[release].id);
        }
    }
    bool has_memory = is_seen != NULL;
    kr_memory_free(is_seen);
    return has_memory;
}

bool kr_ruleset_lint(const struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems) {
    struct linter linter = {ruleset, tables, model, problems};
    for (uint32_t group = 0; group < ruleset->group_count; group++) {
        lint_group(&linter, group);
        lint_authority(&linter, group);
    }
    return lint_releases(&linter) && lint_updates(&linter) && lint_hosts(&linter);
}
