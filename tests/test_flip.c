/* Flip test: of every denial, making exactly the failed checks hold gives the verdict of the remaining checks, never "no"; leaving one of them failed
 * keeps "no". Once on the cells of every denial, and on a sample of them from the tables on: a layer or a fact that mends one check turns that check. */
#include "ask/decide.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_flip_register(void);

static kmsrules_ruleset *rulesets[2];

static kmsrules_ruleset *build(const char *name, const char *layer) {
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset *ruleset = NULL;
    if (kmsrules_builder_new(&builder) != KMSRULES_OK) return NULL;
    kmsrules_builder_add(builder, name);
    if (layer != NULL) kmsrules_builder_provide(builder, "layer.xml", layer, strlen(layer));
    if (layer != NULL) kmsrules_builder_add(builder, "layer.xml");
    kmsrules_builder_build(builder, &ruleset);
    for (size_t i = 0; ruleset == NULL && i < kmsrules_builder_problem_count(builder); i++)
        printf("\n    %s\n%s", kmsrules_builder_problem(builder, i)->text, layer);
    kmsrules_builder_free(builder);
    return ruleset;
}

static int build_rulesets(void) {
    for (size_t i = 0; i < 2; i++) {
        rulesets[i] = build(kmsrules_builtin_name(i), NULL);
        if (rulesets[i] == NULL) return 1;
    }
    return 0;
}

static int free_rulesets(void) {
    for (size_t i = 0; i < 2; i++) kmsrules_ruleset_free(rulesets[i]);
    return 0;
}

/* Bits of the checks that fail. */
static unsigned failed_checks(const struct kr_checks *checks) {
    unsigned failed = 0;
    for (int i = 0; i < KR_CHECK_COUNT; i++)
        if (kr_cell_outcome(checks->cells[i]) == KMSRULES_FAIL) failed |= 1u << i;
    return failed;
}

static const kr_cell passing = 0;

static struct kr_checks mended(const struct kr_checks *checks, unsigned which) {
    struct kr_checks result = *checks;
    for (int i = 0; i < KR_CHECK_COUNT; i++)
        if ((which >> i & 1) != 0) result.cells[i] = passing;
    return result;
}

/* ---- Every denial --------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_verdict worst_of_others(const struct kr_checks *checks, unsigned failed) {
    int worst = KMSRULES_YES;
    for (int i = 0; i < KR_CHECK_COUNT; i++)
        if ((failed >> i & 1) == 0 && (int)kr_cell_outcome(checks->cells[i]) > worst) worst = (int)kr_cell_outcome(checks->cells[i]);
    return (kmsrules_verdict)worst;
}

/* All proper subsets of the failed checks leave one failed. */
static bool flips(const struct kr_checks *checks) {
    unsigned failed = failed_checks(checks);
    for (unsigned some = (failed - 1) & failed; failed != 0; some = (some - 1) & failed) {
        struct kr_checks partly = mended(checks, some);
        if (kr_verdict_of(&partly) != KMSRULES_NO) return false;
        if (some == 0) break;
    }
    struct kr_checks wholly = mended(checks, failed);
    kmsrules_verdict verdict = kr_verdict_of(&wholly);
    return failed != 0 && verdict != KMSRULES_NO && verdict == worst_of_others(checks, failed);
}

static void count_denials(const struct kmsrules_ruleset *ruleset, const kmsrules_facts *facts, size_t *denials, size_t *wrong) {
    for (kmsrules_id host = 0; host < ruleset->edition_count; host++)
        for (kmsrules_id group = 0; group < ruleset->group_count; group++) {
            struct kr_pair pair = kr_pair_of(ruleset, host, group, KR_NONE);
            for (kmsrules_id edition = 0; edition < ruleset->edition_count; edition++) {
                struct kr_checks checks;
                kr_decide(&pair, edition, facts, &checks);
                bool is_denial = kr_verdict_of(&checks) == KMSRULES_NO;
                *denials += is_denial;
                *wrong += is_denial ? !flips(&checks) : failed_checks(&checks) != 0;
            }
        }
}

static void every_denial(void) {
    static const kmsrules_facts known[] = {KMSRULES_NO_FACTS, {NULL, 0, true, 0, KMSRULES_NONE, {0, 0, 0}}, {NULL, 0, true, 17763, 1, {30, -1, 4}}};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < sizeof known / sizeof known[0]; j++) {
            size_t denials = 0, wrong = 0;
            count_denials(rulesets[i], &known[j], &denials, &wrong);
            CU_ASSERT(denials > 1000);
            CU_ASSERT_EQUAL(wrong, 0);
        }
}

/* ---- A sample, from the tables on ----------------------------------------------------------------------------------------------------------- */

#ifdef __SANITIZE_THREAD__
enum { DENIAL_COUNT = 40 }; /* there is one thread only, and a ruleset takes long to build */
#else
enum { DENIAL_COUNT = 200 };
#endif
enum { UPDATE_LIMIT = 32, KR101 = 1, KR102 = 2, KR103 = 4, KR104 = 8, KR105 = 16, KR106 = 32 };

struct denial {
    const struct kmsrules_ruleset *ruleset;
    const char *name; /* of the ruleset */
    kmsrules_id host, group, edition;
    kmsrules_facts facts;
    struct kr_checks checks;
    unsigned failed;
};

struct layer {
    char text[8192];
    size_t size;
};

static void put(struct layer *layer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    layer->size += (size_t)vsnprintf(layer->text + layer->size, sizeof layer->text - layer->size, format, arguments);
    va_end(arguments);
    if (layer->size >= sizeof layer->text) abort();
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *edition_id(const struct denial *denial, kmsrules_id edition) { return denial->ruleset->editions[edition].id; }

/* Another group of the same application: its fitting mends KR101 and nothing else. */
static kmsrules_id other_group(const struct denial *denial) {
    for (kmsrules_id group = 0; group < denial->ruleset->group_count; group++)
        if (group != denial->group && denial->ruleset->groups[group].application == denial->ruleset->groups[denial->group].application) return group;
    return KR_NONE;
}

static void put_fits(struct layer *layer, const struct denial *denial, kmsrules_id group) {
    put(layer, "<key-group ref=\"%s\"><fits hosts=\"%s\" source=\"here\"/></key-group>", denial->ruleset->groups[group].id,
        edition_id(denial, denial->host));
}

/* What its release brought upon the edition, for itself: the replaced one belongs to none. */
static void put_demand(struct layer *layer, const struct denial *denial, const struct kr_row *row) {
    const char *host = edition_id(denial, denial->host), *edition = edition_id(denial, denial->edition);
    if (row->relation == KR_RELATION_CANNOT_SERVE) {
        put(layer, "<cannot-serve hosts=\"%s\" editions=\"%s\" source=\"here\"/>", host, edition);
        return;
    }
    put(layer, "<requires hosts=\"%s\" key-groups=\"%s\" editions=\"%s\" source=\"here\" any-of=\"", host, denial->ruleset->groups[denial->group].id,
        edition);
    for (uint32_t i = 0; i < row->any_of.count; i++) put(layer, "%s%s", i > 0 ? " " : "", denial->ruleset->updates[row->any_of.items[i]].id);
    put(layer, "\"/>");
}

static void put_volume_edition(struct layer *layer, const struct denial *denial) {
    const kmsrules_edition *edition = &denial->ruleset->editions[denial->edition];
    struct kr_pair pair = kr_pair_of(denial->ruleset, denial->host, denial->group, KR_NONE);
    put(layer, "<edition id=\"%s\" name=\"%s\" kind=\"%s\" application=\"%s\" volume=\"yes\" source=\"here\" replace=\"yes\"/>", edition->id,
        edition->name, kmsrules_kind_text(edition->kind), denial->ruleset->applications[edition->application].id);
    for (uint32_t i = 0; i < pair.demand_count; i++) {
        const struct kr_row *row = &denial->ruleset->rows[pair.demands[i]];
        if (row->editions != NULL && kr_demand_applies(row, denial->edition)) put_demand(layer, denial, row);
    }
}

static void write_layer(const struct denial *denial, unsigned which, struct layer *layer) {
    layer->size = 0;
    put(layer, "<ruleset xmlns=\"urn:kmsrules:1\" id=\"layer\" revision=\"1\"><source id=\"here\" title=\"A layer that mends\" "
               "reliability=\"unverified\"/>");
    if ((which & KR102) != 0) put_fits(layer, denial, denial->group);
    if ((which & (KR101 | KR102)) == KR101) put_fits(layer, denial, other_group(denial));
    if ((which & KR103) != 0) put_volume_edition(layer, denial);
    if ((which & KR104) != 0)
        put(layer, "<key-group ref=\"%s\"><covers editions=\"%s\" source=\"here\"/></key-group>", denial->ruleset->groups[denial->group].id,
            edition_id(denial, denial->edition));
    put(layer, "</ruleset>");
}

/* The first update of every requirement, with all that must be there before. */
static void give_updates(const struct denial *denial, kmsrules_id *updates, kmsrules_facts *facts) {
    struct kr_pair pair = kr_pair_of(denial->ruleset, denial->host, denial->group, KR_NONE);
    facts->updates = updates;
    for (uint32_t i = 0; i < pair.demand_count; i++) {
        const struct kr_row *row = &denial->ruleset->rows[pair.demands[i]];
        if (!kr_demand_applies(row, denial->edition)) continue;
        const struct kr_update_order *order = &denial->ruleset->update_orders[row->any_of.items[0]];
        if (facts->update_count + order->prerequisites.count + 1 > UPDATE_LIMIT) abort();
        updates[facts->update_count++] = row->any_of.items[0];
        for (uint32_t j = 0; j < order->prerequisites.count; j++) updates[facts->update_count++] = order->prerequisites.items[j];
    }
}

static kmsrules_id same_id(const struct kmsrules_ruleset *ruleset, unsigned kind, const char *id) {
    kmsrules_identity identity = {.id = KMSRULES_NONE};
    kmsrules_identify(ruleset, kind, id, strlen(id), &identity);
    return identity.id;
}

/* Decides again with everything given and changed that mends the checks `which`. */
static bool decide_mended(const struct denial *denial, unsigned which, struct kr_checks *checks) {
    static struct layer layer;
    kmsrules_id updates[UPDATE_LIMIT];
    kmsrules_facts facts = denial->facts;
    write_layer(denial, which, &layer);
    kmsrules_ruleset *ruleset = build(denial->name, layer.text);
    if (ruleset == NULL) return false;
    if ((which & KR105) != 0) give_updates(denial, updates, &facts);
    for (size_t i = 0; i < facts.update_count; i++) updates[i] = same_id(ruleset, KMSRULES_UPDATE, denial->ruleset->updates[updates[i]].id);
    for (int kind = 0; (which & KR106) != 0 && kind < KMSRULES_KIND_COUNT; kind++) facts.machines[kind] = 25;
    kmsrules_id host = same_id(ruleset, KMSRULES_EDITION, edition_id(denial, denial->host)),
                edition = same_id(ruleset, KMSRULES_EDITION, edition_id(denial, denial->edition));
    kmsrules_id group = same_id(ruleset, KMSRULES_KEY_GROUP, denial->ruleset->groups[denial->group].id);
    struct kr_pair pair = kr_pair_of(ruleset, host, group, KR_NONE);
    kr_decide(&pair, edition, &facts, checks);
    bool is_same = kmsrules_can(ruleset, host, group, &edition, 1, &facts) == kr_verdict_of(checks);
    kmsrules_ruleset_free(ruleset);
    return is_same;
}

/* Whether tables or facts can mend it: nothing serves what a cannot-serve row names; KR101 apart needs a second group. */
/* A layer that replaces the only edition of its release would leave that empty. */
static bool is_alone(const struct denial *denial) {
    kmsrules_id release = denial->ruleset->editions[denial->edition].release;
    return release != KR_NONE && denial->ruleset->releases[release].edition_count == 1;
}

static bool can_mend(const struct denial *denial, unsigned which) {
    if ((which & KR103) != 0 && is_alone(denial)) return false;
    struct kr_pair pair = kr_pair_of(denial->ruleset, denial->host, denial->group, KR_NONE);
    for (uint32_t i = 0; (which & KR105) != 0 && i < pair.demand_count; i++) {
        const struct kr_row *row = &denial->ruleset->rows[pair.demands[i]];
        if (row->relation == KR_RELATION_CANNOT_SERVE && kr_demand_applies(row, denial->edition)) return false;
    }
    if ((which & (KR101 | KR102)) == KR101) return other_group(denial) != KR_NONE;
    return true;
}

static void report(const struct denial *denial, unsigned which, const struct kr_checks *checks) {
    printf("\n    %s, %s on %s for %s: of the failed checks %02x, %02x were mended, and %02x fail", denial->name,
           denial->ruleset->groups[denial->group].id, edition_id(denial, denial->host), edition_id(denial, denial->edition), denial->failed, which,
           failed_checks(checks));
}

/* Mends the checks `which` and sees that these pass and no other changes its mind; a host on which a group fits runs KMS, even if that was open before. */
static bool turns(const struct denial *denial, unsigned which) {
    struct kr_checks checks;
    bool is_right = decide_mended(denial, which, &checks) && failed_checks(&checks) == (denial->failed & ~which);
    struct kr_checks expected = mended(&denial->checks, (which & KR102) != 0 ? which | KR101 : which);
    for (int i = 0; is_right && i < KR_CHECK_COUNT; i++) is_right = kr_cell_outcome(checks.cells[i]) == kr_cell_outcome(expected.cells[i]);
    is_right = is_right && kr_verdict_of(&checks) == kr_verdict_of(&expected);
    if (!is_right) report(denial, which, &checks);
    return is_right;
}

static void find_denial(uint64_t *random, struct denial *denial) {
    do {
        size_t which = next_random(random) % 4 == 0;
        denial->ruleset = rulesets[which];
        denial->name = kmsrules_builtin_name(which);
        denial->host = (kmsrules_id)(next_random(random) % denial->ruleset->edition_count);
        denial->group = (kmsrules_id)(next_random(random) % denial->ruleset->group_count);
        denial->edition = (kmsrules_id)(next_random(random) % denial->ruleset->edition_count);
        denial->facts = (kmsrules_facts){NULL, 0, next_random(random) % 2 == 0, 0, KMSRULES_NONE, {-1, -1, -1}};
        for (int kind = 0; next_random(random) % 2 == 0 && kind < KMSRULES_KIND_COUNT; kind++) denial->facts.machines[kind] = 1;
        struct kr_pair pair = kr_pair_of(denial->ruleset, denial->host, denial->group, KR_NONE);
        kr_decide(&pair, denial->edition, &denial->facts, &denial->checks);
        denial->failed = failed_checks(&denial->checks);
        /* a row that covers an edition of another application is no row: there is nothing to mend it with */
    } while (denial->failed == 0 || !can_mend(denial, denial->failed) ||
             denial->ruleset->groups[denial->group].application != denial->ruleset->editions[denial->edition].application);
}

/* Each failed check alone, then all at once. What lets K be installed on a host that holds nothing mends both KR101 and KR102. */
static void sample_of_denials(void) {
    uint64_t random = 968912;
    unsigned seen = 0;
    for (int round = 0; round < DENIAL_COUNT; round++) {
        struct denial denial;
        find_denial(&random, &denial);
        seen |= denial.failed;
        CU_ASSERT(turns(&denial, denial.failed));
        for (unsigned check = 1; check <= KR106; check <<= 1) {
            unsigned which = check == KR102 ? denial.failed & (KR101 | KR102) : check;
            if ((denial.failed & check) != 0 && which != denial.failed && can_mend(&denial, which)) CU_ASSERT(turns(&denial, which));
        }
    }
    CU_ASSERT_EQUAL(seen, KR101 | KR102 | KR103 | KR104 | KR105 | KR106);
}

void test_flip_register(void) {
    CU_TestInfo tests[] = {{"every denial", every_denial}, {"a sample of denials, from the tables on", sample_of_denials}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"flip", build_rulesets, free_rulesets, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
