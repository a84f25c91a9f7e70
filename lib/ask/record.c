/* See record.h. */
#include "ask/record.h"

/* Rows being collected for one check: those of an explanation are few, those of a demand as many as there are. */
struct rows {
    uint32_t *items;
    uint32_t count;
};

static void add_row(struct rows *rows, uint32_t row) {
    if (row != KR_NONE) rows->items[rows->count++] = row;
}

static kmsrules_fact fact_of(const struct kmsrules_ruleset *ruleset, uint32_t index) {
    const struct kr_row *row = &ruleset->rows[index];
    return (kmsrules_fact){.row = index, .at = row->at, .label = row->label, .note = row->note, .sources = row->sources.items, .source_count = row->sources.count};
}

static bool names_hosts(enum kr_relation relation) { return relation == KR_RELATION_FITS; }

static bool names_editions(enum kr_relation relation) { return relation == KR_RELATION_COVERS || relation == KR_RELATION_COVERS_GROUP; }

/* What the sources list for a group, where the thing asked for is not on the list. */
static void add_listing_rows(const struct kr_pair *pair, bool (*is_listing)(enum kr_relation relation), struct rows *rows) {
    const struct kmsrules_ruleset *ruleset = pair->ruleset;
    for (uint32_t i = ruleset->group_row_starts[pair->group]; i < ruleset->group_row_starts[pair->group + 1]; i++)
        if (is_listing(ruleset->rows[ruleset->group_rows[i]].relation)) add_row(rows, ruleset->group_rows[i]);
}

/* The row that covers an edition, and from group to group the ones it is inherited by. */
static void add_coverage_rows(const struct kr_pair *pair, kmsrules_id edition, struct rows *rows) {
    const struct kmsrules_ruleset *ruleset = pair->ruleset;
    uint32_t row = kr_cell_row(pair->covers[edition]);
    while (row != KR_NONE) {
        add_row(rows, row);
        if (ruleset->rows[row].relation != KR_RELATION_COVERS_GROUP) return;
        row = kr_cell_row(kr_covers(ruleset, ruleset->rows[row].inherits, edition));
    }
}

static void add_demand_rows(const struct kr_pair *pair, kmsrules_id edition, struct rows *rows) {
    for (uint32_t i = 0; i < pair->demand_count; i++)
        if (kr_demand_applies(&pair->ruleset->rows[pair->demands[i]], edition)) add_row(rows, pair->demands[i]);
}

static void add_deciding_rows(const struct kr_pair *pair, kmsrules_id edition, kmsrules_check_code code, kr_cell cell, struct rows *rows) {
    bool is_unlisted = kr_cell_row(cell) == KR_NONE;
    if (code == KMSRULES_KR101 && is_unlisted)
        add_row(rows, pair->ruleset->edition_rows[pair->host]);
    else if (code == KMSRULES_KR102 && is_unlisted)
        add_listing_rows(pair, names_hosts, rows);
    else if (code == KMSRULES_KR104 && is_unlisted)
        add_listing_rows(pair, names_editions, rows);
    else if (code == KMSRULES_KR104)
        add_coverage_rows(pair, edition, rows);
    else if (code == KMSRULES_KR105)
        add_demand_rows(pair, edition, rows);
    else
        add_row(rows, kr_cell_row(cell));
}

/* The most rows that one check of this pair can name: its group's, one per group a coverage is inherited by, or its demands. */
static size_t most_rows(const struct kr_pair *pair) {
    const struct kmsrules_ruleset *ruleset = pair->ruleset;
    if (pair->group == KR_NONE) return 1;
    size_t listing = ruleset->group_row_starts[pair->group + 1] - ruleset->group_row_starts[pair->group];
    size_t most = listing > pair->demand_count ? listing : pair->demand_count;
    return most > ruleset->group_count + 1u ? most : ruleset->group_count + 1u;
}

static bool has_no_update(const struct kr_pair *pair, kmsrules_id edition) {
    for (uint32_t i = 0; i < pair->demand_count; i++) {
        const struct kr_row *row = &pair->ruleset->rows[pair->demands[i]];
        if (row->relation == KR_RELATION_CANNOT_SERVE && kr_demand_applies(row, edition)) return true;
    }
    return false;
}

static bool is_in_line(const struct kmsrules_ruleset *ruleset, struct kr_ids updates) {
    for (uint32_t i = 0; i < updates.count; i++)
        if (ruleset->update_orders[updates.items[i]].line != KR_NONE) return true;
    return false;
}

/* The open requirement of a demand, if it is one. */
static bool open_requirement(const struct kr_pair *pair, uint32_t index, const kmsrules_facts *facts, kmsrules_requirement *requirement) {
    const struct kr_row *row = &pair->ruleset->rows[index];
    kmsrules_outcome outcome = kr_requirement_outcome(pair->ruleset, pair->host, row->any_of, facts);
    if (outcome == KMSRULES_PASS) return false;
    *requirement = (kmsrules_requirement){.any_of = row->any_of.items, .any_of_count = row->any_of.count, .or_later = is_in_line(pair->ruleset, row->any_of),
                                          .is_known_missing = outcome == KMSRULES_FAIL};
    return true;
}

static bool is_one_of(kmsrules_id update, const kmsrules_requirement *requirement) {
    for (size_t i = 0; i < requirement->any_of_count; i++)
        if (requirement->any_of[i] == update) return true;
    return false;
}

/* A list names each update once, so that equal counts and one being part of the other make them equal in whatever order. */
static bool same_requirement(const kmsrules_requirement *a, const kmsrules_requirement *b) {
    for (size_t i = 0; i < a->any_of_count; i++)
        if (!is_one_of(a->any_of[i], b)) return false;
    return a->any_of_count == b->any_of_count;
}

/* Adds what a demand leaves open, unless it is in the list. */
static void add_requirement(const struct kr_pair *pair, uint32_t demand, const kmsrules_facts *facts, kmsrules_requirement *list, size_t *count) {
    kmsrules_requirement found;
    size_t known = 0;
    if (!open_requirement(pair, demand, facts, &found)) return;
    while (known < *count && !same_requirement(&list[known], &found)) known++;
    if (known == *count) list[(*count)++] = found;
}

/* The open requirements of one edition. */
static void add_requirements(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_requirement *list, size_t *count) {
    if (has_no_update(pair, edition)) return;
    for (uint32_t i = 0; i < pair->demand_count; i++)
        if (kr_demand_applies(&pair->ruleset->rows[pair->demands[i]], edition)) add_requirement(pair, pair->demands[i], facts, list, count);
}

static bool record_facts(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id edition, kr_cell cell, uint32_t *storage, kmsrules_check *check) {
    struct rows rows = {storage, 0};
    add_deciding_rows(pair, edition, check->code, cell, &rows);
    kmsrules_fact *facts = kr_arena_take(arena, rows.count, sizeof *facts);
    if (facts == NULL) return false;
    for (uint32_t i = 0; i < rows.count; i++) facts[i] = fact_of(pair->ruleset, rows.items[i]);
    check->facts = facts;
    check->fact_count = rows.count;
    return true;
}

static bool record_requirements(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_check *check) {
    if (check->code != KMSRULES_KR105 || pair->demand_count == 0) return true;
    kmsrules_requirement *requirements = kr_arena_take(arena, pair->demand_count, sizeof *requirements);
    if (requirements == NULL) return false;
    add_requirements(pair, edition, facts, requirements, &check->requirement_count);
    check->requirements = requirements;
    return true;
}

/* Whether some requirement that fails can be met by nothing but the updates a prediction names. */
static bool is_about_missing(const kmsrules_prediction *prediction, const kmsrules_check *check) {
    for (size_t i = 0; i < check->requirement_count; i++) {
        const kmsrules_requirement *requirement = &check->requirements[i];
        size_t named = 0;
        while (named < requirement->any_of_count && kr_ids_hold((struct kr_ids){prediction->updates, (uint32_t)prediction->update_count}, requirement->any_of[named])) named++;
        if (requirement->is_known_missing && named == requirement->any_of_count) return true;
    }
    return false;
}

static bool predicts(const kmsrules_prediction *prediction, const kmsrules_check *check) {
    if (prediction->check != check->code) return false;
    if (prediction->edition_count > 0 && !kr_ids_hold((struct kr_ids){prediction->editions, (uint32_t)prediction->edition_count}, check->edition)) return false;
    return prediction->update_count == 0 || is_about_missing(prediction, check);
}

static bool record_predictions(struct kr_arena *arena, const struct kmsrules_ruleset *ruleset, kmsrules_check *check) {
    if (check->outcome != KMSRULES_FAIL || ruleset->prediction_count == 0) return true;
    kmsrules_id *predictions = kr_arena_take(arena, ruleset->prediction_count, sizeof *predictions);
    if (predictions == NULL) return false;
    for (uint32_t i = 0; i < ruleset->prediction_count; i++)
        if (predicts(&ruleset->predictions[i], check)) predictions[check->prediction_count++] = i;
    check->predictions = predictions;
    return true;
}

static bool record_check(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_check_code code, kr_cell cell,
                         uint32_t *storage, kmsrules_check *check) {
    *check = (kmsrules_check){.code = code, .outcome = kr_cell_outcome(cell), .basis = kr_cell_basis(cell), .host = pair->host, .key_group = pair->group,
                              .edition = edition};
    return record_facts(arena, pair, edition, cell, storage, check) && record_requirements(arena, pair, edition, facts, check) &&
           record_predictions(arena, pair->ruleset, check);
}

bool kr_record_edition(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_edition_answer *answer) {
    struct kr_checks checks;
    kmsrules_check *records = kr_arena_take(arena, KR_CHECK_COUNT, sizeof *records);
    uint32_t *storage = kr_arena_take(arena, most_rows(pair), sizeof *storage);
    if (records == NULL || storage == NULL) return false;
    kr_decide(pair, edition, facts, &checks);
    *answer = (kmsrules_edition_answer){.edition = edition, .verdict = kr_verdict_of(&checks), .checks = records};
    for (int i = 0; i < KR_CHECK_COUNT; i++) {
        kmsrules_check_code code = (kmsrules_check_code)(KMSRULES_KR101 + i);
        if (!kr_is_asked(pair, edition, facts, code)) continue;
        if (!record_check(arena, pair, edition, facts, code, checks.cells[i], storage, &records[answer->check_count++])) return false;
    }
    return true;
}

/* The updates of all requirements, each once. */
static bool record_needs(struct kr_arena *arena, kmsrules_choice *choice) {
    size_t room = 0;
    for (size_t i = 0; i < choice->requirement_count; i++) room += choice->requirements[i].any_of_count;
    kmsrules_id *needs = kr_arena_take(arena, room, sizeof *needs);
    if (needs == NULL) return false;
    for (size_t i = 0; i < choice->requirement_count; i++) {
        for (size_t j = 0; j < choice->requirements[i].any_of_count; j++) {
            size_t known = 0;
            while (known < choice->need_count && needs[known] != choice->requirements[i].any_of[j]) known++;
            if (known == choice->need_count) needs[choice->need_count++] = choice->requirements[i].any_of[j];
        }
    }
    choice->needs = needs;
    return true;
}

bool kr_record_choice(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id application, const kmsrules_id *editions, size_t edition_count,
                      const kmsrules_facts *facts, kmsrules_choice *choice) {
    *choice = (kmsrules_choice){.key_group = pair->group, .verdict = kr_decide_set(pair, application, editions, edition_count, facts)};
    if (pair->demand_count == 0) return true;
    kmsrules_requirement *requirements = kr_arena_take(arena, pair->demand_count, sizeof *requirements);
    if (requirements == NULL) return false;
    for (size_t i = 0; i < edition_count; i++)
        if (application == KR_NONE || pair->ruleset->editions[editions[i]].application == application)
            add_requirements(pair, editions[i], facts, requirements, &choice->requirement_count);
    choice->requirements = requirements;
    return record_needs(arena, choice);
}

bool kr_record_holding(struct kr_arena *arena, const struct kr_pair *pair, const kmsrules_facts *facts, kmsrules_choice *choice) {
    kmsrules_requirement *requirements = kr_arena_take(arena, pair->demand_count, sizeof *requirements);
    kmsrules_outcome worst = kr_cell_outcome(pair->runs | pair->fits);
    if (requirements == NULL) return false;
    *choice = (kmsrules_choice){.key_group = pair->group, .requirements = requirements};
    for (uint32_t i = 0; i < pair->demand_count; i++) {
        const struct kr_row *row = &pair->ruleset->rows[pair->demands[i]];
        if (row->editions == NULL) add_requirement(pair, pair->demands[i], facts, requirements, &choice->requirement_count);
    }
    for (size_t i = 0; i < choice->requirement_count; i++) {
        kmsrules_outcome outcome = requirements[i].is_known_missing ? KMSRULES_FAIL : KMSRULES_UNKNOWN;
        if (outcome > worst) worst = outcome;
    }
    choice->verdict = (kmsrules_verdict)worst;
    return record_needs(arena, choice);
}
