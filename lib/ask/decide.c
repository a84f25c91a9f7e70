/* See decide.h. */
#include "ask/decide.h"

static const kmsrules_facts nothing_known = KMSRULES_NO_FACTS;

/* ---- KR105 ---- */

static bool is_listed(const struct kmsrules_ruleset *ruleset, kmsrules_id update, const kmsrules_facts *facts) {
    const struct kr_update_order *wanted = &ruleset->update_orders[update];
    for (size_t i = 0; i < facts->update_count; i++) {
        const struct kr_update_order *given = &ruleset->update_orders[facts->updates[i]];
        bool is_later = wanted->line != KR_NONE && given->line == wanted->line && given->order >= wanted->order;
        if (facts->updates[i] == update || is_later) return true;
    }
    return false;
}

kmsrules_outcome kr_update_own_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id update, const kmsrules_facts *facts) {
    const struct kr_update_order *wanted = &ruleset->update_orders[update];
    uint32_t line = ruleset->host_lines[host];
    bool build_decides = line != KR_NONE && wanted->line == line && facts->host_build == ruleset->lines[line].build && facts->host_revision != KMSRULES_NONE;
    if (is_listed(ruleset, update, facts)) return KMSRULES_PASS;
    if (build_decides) return facts->host_revision >= wanted->order ? KMSRULES_PASS : KMSRULES_FAIL;
    return facts->updates_complete ? KMSRULES_FAIL : KMSRULES_UNKNOWN;
}

static kmsrules_outcome worse_outcome(kmsrules_outcome a, kmsrules_outcome b) { return a > b ? a : b; }

/* The best outcome of `wanted`, each of which stands in `updates`. */
static kmsrules_outcome best_of(struct kr_ids wanted, struct kr_ids updates, const kmsrules_outcome *outcomes) {
    kmsrules_outcome best = KMSRULES_FAIL;
    for (uint32_t i = 0; i < wanted.count; i++)
        for (uint32_t j = 0; j < updates.count; j++)
            if (updates.items[j] == wanted.items[i] && outcomes[j] < best) best = outcomes[j];
    return best;
}

/* Prerequisites come in an order in which each is decided after its own. */
kmsrules_outcome kr_update_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id update, const kmsrules_facts *facts) {
    const struct kr_update_order *order = &ruleset->update_orders[update];
    kmsrules_outcome outcomes[KR_PREREQUISITE_LIMIT], own = kr_update_own_outcome(ruleset, host, update, facts);
    for (uint32_t i = 0; i < order->prerequisites.count; i++) {
        kmsrules_id before = order->prerequisites.items[i];
        struct kr_ids after_any_of = ruleset->update_orders[before].after_any_of;
        outcomes[i] = kr_update_own_outcome(ruleset, host, before, facts);
        if (after_any_of.count > 0) outcomes[i] = worse_outcome(outcomes[i], best_of(after_any_of, order->prerequisites, outcomes));
    }
    return order->after_any_of.count == 0 ? own : worse_outcome(own, best_of(order->after_any_of, order->prerequisites, outcomes));
}

kmsrules_outcome kr_requirement_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, struct kr_ids any_of, const kmsrules_facts *facts) {
    kmsrules_outcome best = KMSRULES_FAIL;
    for (uint32_t i = 0; i < any_of.count && best != KMSRULES_PASS; i++) {
        kmsrules_outcome outcome = kr_update_outcome(ruleset, host, any_of.items[i], facts);
        if (outcome < best) best = outcome;
    }
    return best;
}

static kr_cell demand_cell(const struct kr_pair *pair, uint32_t index, const kmsrules_facts *facts) {
    const struct kr_row *row = &pair->ruleset->rows[index];
    if (row->relation == KR_RELATION_CANNOT_SERVE) return kr_cell_of(KMSRULES_FAIL, KMSRULES_EXCLUDED, index);
    kmsrules_outcome outcome = kr_requirement_outcome(pair->ruleset, pair->host, row->any_of, facts);
    return kr_cell_of(outcome, outcome == KMSRULES_FAIL ? KMSRULES_EXCLUDED : KMSRULES_NO_BASIS, index);
}

static kr_cell updated_cell(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts) {
    kr_cell worst = 0;
    for (uint32_t i = 0; i < pair->demand_count; i++) {
        if (!kr_demand_applies(&pair->ruleset->rows[pair->demands[i]], edition)) continue;
        kr_cell cell = demand_cell(pair, pair->demands[i], facts);
        if (cell > worst) worst = cell; /* worse outcomes are larger numbers */
    }
    return worst;
}

/* ---- KR106 ---- */

static bool has_counts(const kmsrules_facts *facts) { return facts->machines[0] >= 0 || facts->machines[1] >= 0 || facts->machines[2] >= 0; }

static bool is_counted(const struct kr_threshold *threshold, const kmsrules_facts *facts) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if ((threshold->counts >> kind & 1) != 0 && facts->machines[kind] >= 0) return true;
    return false;
}

static kr_cell count_cell(const struct kmsrules_ruleset *ruleset, kmsrules_id edition, const kmsrules_facts *facts) {
    const struct kr_threshold *threshold = &ruleset->thresholds[ruleset->editions[edition].kind];
    if (threshold->row == KR_NONE || !is_counted(threshold, facts)) return 0;
    uint64_t sum = 0;
    bool is_all_given = true;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        if ((threshold->counts >> kind & 1) == 0) continue;
        if (facts->machines[kind] < 0) is_all_given = false;
        else sum += (uint64_t)facts->machines[kind]; /* three times INT64_MAX would overflow; two and what a threshold holds do not */
        if (sum > INT64_MAX) sum = INT64_MAX;
    }
    if (sum >= threshold->minimum) return kr_cell_of(KMSRULES_PASS, KMSRULES_NO_BASIS, threshold->row);
    return is_all_given ? kr_cell_of(KMSRULES_FAIL, KMSRULES_EXCLUDED, threshold->row) : kr_cell_of(KMSRULES_UNKNOWN, KMSRULES_NO_BASIS, threshold->row);
}

/* ---- One (host, group, edition) ---- */

static inline struct kr_pair pair_of(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id group, kmsrules_id application) {
    struct kr_pair pair = {.ruleset = ruleset, .host = host, .group = group};
    const kr_cell *runs = &ruleset->runs[(size_t)host * ruleset->application_count];
    if (group == KR_NONE) {
        pair.runs = runs[application];
        return pair;
    }
    size_t place = (size_t)host * ruleset->group_count + group;
    pair.runs = runs[ruleset->group_applications[group]];
    pair.fits = ruleset->fits[place];
    pair.covers = &ruleset->covers[(size_t)group * ruleset->edition_count];
    if ((pair.fits & KR_CELL_HAS_DEMANDS) == 0) return pair;
    pair.demands = &ruleset->demands[ruleset->demand_starts[place]];
    pair.demand_count = ruleset->demand_starts[place + 1] - ruleset->demand_starts[place];
    return pair;
}

struct kr_pair kr_pair_of(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id group, kmsrules_id application) {
    return pair_of(ruleset, host, group, application);
}

/* What is the same for all editions of a set is asked once: whether counts were given, and whether the pair has demands. */
static inline void decide(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, bool has_demands, bool counts_given, struct kr_checks *checks) {
    checks->cells[0] = pair->runs;
    checks->cells[1] = pair->fits;
    checks->cells[2] = pair->ruleset->uses[edition];
    checks->cells[3] = pair->covers == NULL ? 0 : pair->covers[edition];
    checks->cells[4] = has_demands ? updated_cell(pair, edition, facts) : 0;
    checks->cells[5] = counts_given ? count_cell(pair->ruleset, edition, facts) : 0;
}

static inline kr_cell worst_of(const struct kr_checks *checks) {
    kr_cell worst = 0;
    for (int i = 0; i < KR_CHECK_COUNT; i++) worst |= checks->cells[i];
    return worst;
}

static inline kmsrules_verdict verdict_of(kr_cell worst) { return (kmsrules_verdict)kr_cell_outcome(worst); }
_Static_assert((int)KMSRULES_PASS == (int)KMSRULES_YES && (int)KMSRULES_UNKNOWN == (int)KMSRULES_CONDITIONAL &&
                   (int)KMSRULES_SILENT == (int)KMSRULES_UNDOCUMENTED && (int)KMSRULES_FAIL == (int)KMSRULES_NO,
               "the verdict is the worst outcome");

void kr_decide(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, struct kr_checks *checks) {
    decide(pair, edition, facts, pair->demand_count > 0, has_counts(facts), checks);
}

kmsrules_verdict kr_verdict_of(const struct kr_checks *checks) { return verdict_of(worst_of(checks)); }

bool kr_is_asked(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_check_code code) {
    if (code == KMSRULES_KR101 || code == KMSRULES_KR103) return true;
    if (code != KMSRULES_KR106) return pair->group != KR_NONE;
    const struct kr_threshold *threshold = &pair->ruleset->thresholds[pair->ruleset->editions[edition].kind];
    return threshold->row != KR_NONE && is_counted(threshold, facts);
}

/* ---- Sets and choices ---- */

/* Nothing is worse: requirements, which take time, need not be looked at any more. */
static inline bool has_failed(kr_cell worst) { return worst >> 31 != 0; }

static inline kmsrules_verdict decide_set(const struct kr_pair *pair, kmsrules_id application, const kmsrules_id *editions, size_t edition_count,
                                          const kmsrules_facts *facts, bool has_demands, bool counts_given) {
    kr_cell worst = pair->runs | pair->fits;
    for (size_t i = 0; i < edition_count && !(has_demands && has_failed(worst)); i++) {
        if (application != KR_NONE && pair->ruleset->editions[editions[i]].application != application) continue;
        struct kr_checks checks;
        decide(pair, editions[i], facts, has_demands, counts_given, &checks);
        worst |= worst_of(&checks);
    }
    return verdict_of(worst);
}

kmsrules_verdict kr_decide_set(const struct kr_pair *pair, kmsrules_id application, const kmsrules_id *editions, size_t edition_count, const kmsrules_facts *facts) {
    return decide_set(pair, application, editions, edition_count, facts, pair->demand_count > 0, has_counts(facts));
}

bool kr_has_application(const struct kmsrules_ruleset *ruleset, struct kr_ids editions, kmsrules_id application) {
    for (uint32_t i = 0; i < editions.count; i++)
        if (ruleset->editions[editions.items[i]].application == application) return true;
    return false;
}

struct kr_ids kr_choices_of(const struct kmsrules_ruleset *ruleset, kmsrules_id host) {
    uint32_t start = ruleset->choice_starts[host];
    return (struct kr_ids){ruleset->choices + start, ruleset->choice_starts[host + 1] - start};
}

kmsrules_verdict kr_decide_best(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id application, const kmsrules_id *editions, size_t edition_count,
                                const kmsrules_facts *facts) {
    struct kr_ids choices = kr_choices_of(ruleset, host);
    kmsrules_verdict best = KMSRULES_NO_VERDICT;
    for (uint32_t i = 0; i < choices.count && best != KMSRULES_YES; i++) {
        if (ruleset->group_applications[choices.items[i]] != application) continue;
        struct kr_pair pair = kr_pair_of(ruleset, host, choices.items[i], application);
        kmsrules_verdict verdict = kr_decide_set(&pair, application, editions, edition_count, facts);
        if (verdict < best) best = verdict;
    }
    if (best != KMSRULES_NO_VERDICT) return best;
    struct kr_pair pair = kr_pair_of(ruleset, host, KR_NONE, application);
    return kr_decide_set(&pair, application, editions, edition_count, facts);
}

static inline bool are_valid(const kmsrules_id *ids, size_t count, uint32_t limit) {
    for (size_t i = 0; i < count; i++)
        if (ids[i] >= limit) return false;
    return true;
}

/* Kept out of kmsrules_can(), whose common case then needs no stack of its own: it halves its time. */
#if defined(__GNUC__)
#define APART __attribute__((noinline))
#else
#define APART
#endif

/* No key group: per application of the editions, each decided once, the worst of them. */
static APART kmsrules_verdict decide_freely(const struct kmsrules_ruleset *ruleset, kmsrules_id host, const kmsrules_id *editions, size_t edition_count,
                                            const kmsrules_facts *facts) {
    kmsrules_verdict worst = KMSRULES_YES;
    for (uint32_t application = 0; application < ruleset->application_count; application++) {
        size_t first = 0;
        while (first < edition_count && ruleset->editions[editions[first]].application != application) first++;
        if (first == edition_count) continue;
        kmsrules_verdict verdict = kr_decide_best(ruleset, host, application, editions + first, edition_count - first, facts);
        if (verdict > worst) worst = verdict;
    }
    return worst;
}

static APART kmsrules_verdict decide_with_facts(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id group, const kmsrules_id *editions,
                                                size_t edition_count, const kmsrules_facts *facts) {
    if (facts == NULL) facts = &nothing_known;
    if (facts->updates == NULL && facts->update_count > 0) return KMSRULES_NO_VERDICT;
    if (!are_valid(facts->updates, facts->update_count, ruleset->update_count) || (group >= ruleset->group_count && group != KMSRULES_NONE)) return KMSRULES_NO_VERDICT;
    if (group == KMSRULES_NONE) return decide_freely(ruleset, host, editions, edition_count, facts);
    struct kr_pair pair = pair_of(ruleset, host, group, KR_NONE);
    return kr_decide_set(&pair, KR_NONE, editions, edition_count, facts);
}

/* The common question, a key group and nothing known of the host, is the same decision without the checks that then have nothing to look at. */
kmsrules_verdict kmsrules_can(const kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id key_group, const kmsrules_id *editions, size_t edition_count,
                              const kmsrules_facts *facts) {
    if (ruleset == NULL || editions == NULL || edition_count == 0 || host >= ruleset->edition_count) return KMSRULES_NO_VERDICT;
    if (!are_valid(editions, edition_count, ruleset->edition_count)) return KMSRULES_NO_VERDICT;
    if (facts != NULL || key_group >= ruleset->group_count) return decide_with_facts(ruleset, host, key_group, editions, edition_count, facts);
    struct kr_pair pair = pair_of(ruleset, host, key_group, KR_NONE);
    kmsrules_verdict verdict = decide_set(&pair, KR_NONE, editions, edition_count, NULL, false, false);
    bool is_settled = verdict == KMSRULES_NO || (pair.fits & KR_CELL_HAS_DEMANDS) == 0;
    return is_settled ? verdict : decide_with_facts(ruleset, host, key_group, editions, edition_count, facts);
}
