/* The one decision path. In: a ruleset, ids and facts. Out: the cells of the checks, of which the verdict is a view. Allocates nothing.
 *
 *   pair (host, group) ──▶ KR101 KR102                          ┐
 *                    + edition ──▶ KR103 KR104 KR105 KR106      ┘ six cells ──▶ verdict = the worst outcome, the cells' bitwise or */
#ifndef KR_DECIDE_H
#define KR_DECIDE_H

#include "ruleset/ruleset.h"

#define KR_CHECK_COUNT 6

/* What is known of a host and a key group whatever the edition; group KR_NONE: none. */
struct kr_pair {
    const struct kmsrules_ruleset *ruleset;
    kmsrules_id host, group;
    kr_cell runs, fits;
    const kr_cell *covers; /* [edition] */
    const uint32_t *demands;
    uint32_t demand_count;
};

/* Cells by check, KR101 first. A check that is not asked is 0: no outcome but pass, and no row. */
struct kr_checks {
    kr_cell cells[KR_CHECK_COUNT];
};

/* `application` decides KR101 when there is no group. */
struct kr_pair kr_pair_of(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id group, kmsrules_id application);
void kr_decide(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, struct kr_checks *checks);
/* Whether a check is asked at all for this pair and edition. */
bool kr_is_asked(const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_check_code code);
kmsrules_verdict kr_verdict_of(const struct kr_checks *checks);

/* The worst verdict over those of the editions that belong to `application` (KR_NONE: over all). */
kmsrules_verdict kr_decide_set(const struct kr_pair *pair, kmsrules_id application, const kmsrules_id *editions, size_t edition_count, const kmsrules_facts *facts);

/* No key given: the best verdict over the groups that the host can hold for this application, or what is left to say when it can hold none. */
kmsrules_verdict kr_decide_best(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id application, const kmsrules_id *editions, size_t edition_count,
                                const kmsrules_facts *facts);

/* Whether one of the editions belongs to the application. */
bool kr_has_application(const struct kmsrules_ruleset *ruleset, struct kr_ids editions, kmsrules_id application);

/* The groups that a host can hold, highest authority first. */
struct kr_ids kr_choices_of(const struct kmsrules_ruleset *ruleset, kmsrules_id host);

/* Whether a demand (a requires or cannot-serve row) of a pair is about an edition. */
static inline bool kr_demand_applies(const struct kr_row *row, kmsrules_id edition) { return row->editions == NULL || kr_bit(row->editions, edition); }

/* The same of the update itself, whatever must be there before it. */
kmsrules_outcome kr_update_own_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id update, const kmsrules_facts *facts);
/* PASS: installed with all that must be there before it; FAIL: known to be missing; UNKNOWN. */
kmsrules_outcome kr_update_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id update, const kmsrules_facts *facts);
/* The same of the update itself, whatever must be there before it. */
kmsrules_outcome kr_update_own_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id update, const kmsrules_facts *facts);
/* The best over one requirement's updates. */
kmsrules_outcome kr_requirement_outcome(const struct kmsrules_ruleset *ruleset, kmsrules_id host, struct kr_ids any_of, const kmsrules_facts *facts);
/* How many machines a threshold lacks by the counts given; 0: it is reached, or no count of it was given. */
uint64_t kr_machines_missing(const struct kmsrules_ruleset *ruleset, kmsrules_kind kind, const kmsrules_facts *facts);

#endif
