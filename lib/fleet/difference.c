/* From one host to another: what becomes of every edition, or of every product of a fleet. In: two questions or fleets. Out: a record, without words. */
#include "fleet/difference.h"

#include <string.h>

/* ---- Changes ---- */

const char *kmsrules_shift_text(kmsrules_shift change) {
    static const char *const texts[] = {"gained", "lost", "fallen", "unsettled", "settled", "opened", "denied", "unchanged"};
    _Static_assert(sizeof texts / sizeof texts[0] == KMSRULES_SHIFT_COUNT, "every change has its word");
    return (unsigned)change < KMSRULES_SHIFT_COUNT ? texts[change] : NULL;
}

kmsrules_shift kmsrules_shift_of(kmsrules_verdict before, kmsrules_verdict after) {
    static const kmsrules_shift changes[KMSRULES_NO_VERDICT][KMSRULES_NO_VERDICT] = {
        /* after            yes                  conditional          undocumented         no */
        /* yes */          {KMSRULES_UNCHANGED,  KMSRULES_UNSETTLED,  KMSRULES_FALLEN,     KMSRULES_LOST},
        /* conditional */  {KMSRULES_SETTLED,    KMSRULES_UNCHANGED,  KMSRULES_FALLEN,     KMSRULES_LOST},
        /* undocumented */ {KMSRULES_GAINED,     KMSRULES_GAINED,     KMSRULES_UNCHANGED,  KMSRULES_DENIED},
        /* no */           {KMSRULES_GAINED,     KMSRULES_GAINED,     KMSRULES_OPENED,     KMSRULES_UNCHANGED},
    };
    bool are_verdicts = (unsigned)before < KMSRULES_NO_VERDICT && (unsigned)after < KMSRULES_NO_VERDICT;
    return are_verdicts ? changes[before][after] : KMSRULES_UNCHANGED;
}

/* ---- Products ---- */

static kmsrules_judgement copy_judgement(kmsrules_difference *difference, kmsrules_judgement judgement, bool *has_memory) {
    judgement.reason = kr_arena_copy_string(&difference->arena, judgement.reason, has_memory);
    return judgement;
}

static bool is_no(const kmsrules_difference_product *product) { return product->before.verdict == KMSRULES_NO && product->after.verdict == KMSRULES_NO; }

/* Of a ruleset, what no side activates is only counted. */
static kmsrules_status add_product(kmsrules_difference *difference, kmsrules_fleet *from, kmsrules_fleet *to, uint32_t index, kmsrules_difference_product *product) {
    kmsrules_difference_summary *summary = &difference->summary;
    struct kr_asked asked = kr_fleet_asked(to, index);
    bool has_memory = true;
    kmsrules_status status = kr_fleet_judge(from, index);
    if (status == KMSRULES_OK) status = kr_fleet_judge(to, index);
    if (status != KMSRULES_OK) return status;
    *product = (kmsrules_difference_product){.kind = asked.kind, .id = asked.id, .rows = to->tallies[index].rows, .machines = to->tallies[index].machines};
    product->before = copy_judgement(difference, from->tallies[index].judgement, &has_memory);
    product->after = copy_judgement(difference, to->tallies[index].judgement, &has_memory);
    product->change = kmsrules_shift_of(product->before.verdict, product->after.verdict);
    if (is_no(product)) summary->no_before_and_after += product->rows;
    if (is_no(product) && !summary->is_fleet) return has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
    summary->rows[product->change] += product->rows;
    summary->machines[product->change] += product->machines;
    summary->product_count++;
    return has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

static kmsrules_status add_products(kmsrules_difference *difference, kmsrules_fleet *from, kmsrules_fleet *to) {
    kmsrules_status status = KMSRULES_OK;
    kmsrules_difference_product *products = kr_arena_take(&difference->arena, to->product_count, sizeof *products);
    if (products == NULL) return KMSRULES_NO_MEMORY;
    difference->summary.products = products;
    for (uint32_t i = 0; i < to->product_count && status == KMSRULES_OK; i++)
        if (to->tallies[i].rows > 0) status = add_product(difference, from, to, i, &products[difference->summary.product_count]);
    return status;
}

/* ---- Keys ---- */

static kmsrules_id key_of(const kmsrules_fleet *fleet, kmsrules_id application) {
    const kmsrules_question *question = fleet->question;
    if (!fleet->keys_are_given) return fleet->keys[application];
    for (size_t i = 0; i < question->key_count; i++)
        if (question->ruleset->group_applications[question->keys[i]] == application) return question->keys[i];
    return KR_NONE;
}

static bool has_product_of(const kmsrules_fleet *fleet, kmsrules_id application) {
    for (uint32_t i = 0; i < fleet->product_count; i++)
        if (fleet->tallies[i].rows > 0 && kr_fleet_application(fleet, i) == application) return true;
    return false;
}

static kmsrules_status add_keys(kmsrules_difference *difference, const kmsrules_fleet *from, const kmsrules_fleet *to) {
    uint32_t application_count = difference->ruleset->application_count;
    kmsrules_difference_key *keys = kr_arena_take(&difference->arena, application_count, sizeof *keys);
    if (keys == NULL) return KMSRULES_NO_MEMORY;
    for (kmsrules_id application = 0; application < application_count; application++) {
        kmsrules_difference_key key = {application, key_of(from, application), key_of(to, application), !from->keys_are_given, !to->keys_are_given};
        bool is_held = key.before != KR_NONE || key.after != KR_NONE;
        if (is_held && has_product_of(to, application)) keys[difference->summary.key_count++] = key;
    }
    difference->summary.keys = keys;
    return KMSRULES_OK;
}

/* ---- What the new host needs ---- */

static const void *copy_items(kmsrules_difference *difference, const void *items, size_t count, size_t size, bool *has_memory) {
    void *copy = kr_arena_take(&difference->arena, count, size);
    if (copy == NULL) *has_memory = false;
    else if (count > 0) memcpy(copy, items, count * size);
    return copy;
}

static bool copy_needs(kmsrules_difference *difference, const kmsrules_fleet_summary *read) {
    bool has_memory = true;
    kmsrules_fleet_need *needs = kr_arena_take(&difference->arena, read->need_count, sizeof *needs);
    if (needs == NULL) return false;
    for (size_t i = 0; i < read->need_count; i++) {
        needs[i] = read->needs[i];
        needs[i].requirement.any_of =
            copy_items(difference, needs[i].requirement.any_of, needs[i].requirement.any_of_count, sizeof *needs[i].requirement.any_of, &has_memory);
    }
    difference->summary.needs = needs;
    difference->summary.need_count = read->need_count;
    return has_memory;
}

/* Machines that only the fleet of a person has: a ruleset's editions reach no threshold. */
static bool copy_fleet_parts(kmsrules_difference *difference, const kmsrules_fleet_summary *read) {
    kmsrules_difference_summary *summary = &difference->summary;
    bool has_memory = true;
    summary->settling = copy_items(difference, read->settling, read->settling_count, sizeof *read->settling, &has_memory);
    summary->settling_count = read->settling_count;
    summary->thresholds = copy_items(difference, read->thresholds, read->threshold_count, sizeof *read->thresholds, &has_memory);
    summary->threshold_count = read->threshold_count;
    summary->unrecognised = read->rows[KMSRULES_NO_VERDICT];
    return has_memory;
}

static kmsrules_status add_needs(kmsrules_difference *difference, kmsrules_fleet *to) {
    const kmsrules_fleet_summary *read = NULL;
    kmsrules_status status = kmsrules_fleet_sum_up(to, &read);
    if (status != KMSRULES_OK) return status;
    bool has_memory = copy_needs(difference, read) && (!difference->summary.is_fleet || copy_fleet_parts(difference, read));
    return has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

/* ---- All of it ---- */

static kmsrules_status fill(kmsrules_difference *difference, kmsrules_fleet *from, kmsrules_fleet *to) {
    bool has_memory = true;
    difference->before = from->question->host;
    difference->after = to->question->host;
    difference->date = kr_arena_copy_string(&difference->arena, to->question->date, &has_memory);
    kmsrules_status status = has_memory ? add_products(difference, from, to) : KMSRULES_NO_MEMORY;
    if (status == KMSRULES_OK) status = kr_fleet_choose_keys(from); /* also where there is no product */
    if (status == KMSRULES_OK) status = kr_fleet_choose_keys(to);
    if (status == KMSRULES_OK) status = add_keys(difference, from, to);
    return status == KMSRULES_OK ? add_needs(difference, to) : status;
}

static kmsrules_status compare(kmsrules_fleet *from, kmsrules_fleet *to, bool is_fleet, kmsrules_difference **difference) {
    kmsrules_difference *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(to->question->ruleset);
    made->summary.is_fleet = is_fleet;
    kmsrules_status status = fill(made, from, to);
    if (status == KMSRULES_OK) *difference = made;
    else kmsrules_difference_free(made);
    return status;
}

static bool have_same_rows(const kmsrules_fleet *from, const kmsrules_fleet *to) {
    for (uint32_t i = 0; i < to->product_count; i++)
        if (from->tallies[i].rows != to->tallies[i].rows) return false;
    return from->unrecognised_rows == to->unrecognised_rows;
}

kmsrules_status kmsrules_fleet_compare(kmsrules_fleet *from, kmsrules_fleet *to, kmsrules_difference **difference) {
    if (from == NULL || to == NULL || difference == NULL || from->question->ruleset != to->question->ruleset) return KMSRULES_INVALID_ARGUMENT;
    return have_same_rows(from, to) ? compare(from, to, true, difference) : KMSRULES_INVALID_ARGUMENT;
}

/* The ruleset as a fleet that has one of each edition. */
static kmsrules_status make_fleet(const kmsrules_question *question, kmsrules_fleet **fleet) {
    kmsrules_status status = kmsrules_fleet_new(question, fleet);
    for (kmsrules_id edition = 0; status == KMSRULES_OK && edition < question->ruleset->edition_count; edition++)
        status = kmsrules_fleet_add(*fleet, NULL, 0, 0, 0, KMSRULES_EDITION, edition, NULL);
    return status;
}

kmsrules_status kmsrules_compare(const kmsrules_question *from, const kmsrules_question *to, kmsrules_difference **difference) {
    kmsrules_fleet *before = NULL, *after = NULL;
    if (from == NULL || to == NULL || difference == NULL || from->ruleset != to->ruleset) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = make_fleet(from, &before);
    if (status == KMSRULES_OK) status = make_fleet(to, &after);
    if (status == KMSRULES_OK) status = compare(before, after, false, difference);
    kmsrules_fleet_free(before);
    kmsrules_fleet_free(after);
    return status;
}

void kmsrules_difference_free(kmsrules_difference *difference) {
    if (difference == NULL) return;
    kmsrules_ruleset_free(difference->ruleset);
    kr_arena_free(&difference->arena);
    kr_memory_free(difference);
}

const kmsrules_difference_summary *kmsrules_difference_sum_up(const kmsrules_difference *difference) { return difference == NULL ? NULL : &difference->summary; }
