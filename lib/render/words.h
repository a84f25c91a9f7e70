/* English sentences about an answer. In: what was decided. Out: text without control characters. Decides nothing, knows no name of its own. */
#ifndef KR_WORDS_H
#define KR_WORDS_H

#include "ask/answer.h"

/* Hosts or editions whose checks are alike are spoken of as one: "these editions". */
struct kr_together {
    bool hosts, editions;
};

/* ---- Whole sentences ---- */

void kr_words_summary(struct kr_buffer *out, const kmsrules_answer *answer);
void kr_words_note(struct kr_buffer *out, const kmsrules_answer *answer, const struct kr_note *note);
void kr_words_check(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_check *check, struct kr_together together);
/* Whether KMS activates an edition at all: "KMS activates Windows 10 Pro". */
void kr_words_uses(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, kmsrules_id edition);
void kr_words_remedy(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_remedy *remedy);
/* `check` is the one the fact belongs to: of a long row the sentence names what the check is about. */
void kr_words_fact(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_fact *fact, const kmsrules_check *check);

const char *kr_words_check_code(kmsrules_check_code code); /* "KR104" */
/* "the client shows 0xC004F042: this KMS cannot be used" */
void kr_words_prediction(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_prediction *prediction);
/* What the tables advise about a plan, with the titles of its sources. */
void kr_words_advice(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_plan_advice *advice);
/* Why nothing in a plan covers a product. */
void kr_words_uncovered(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_uncovered *uncovered);
/* Why a placement has its key group and no lower one. */
void kr_words_placement(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_placement *placement);

/* What is to be said of a license, its number in the place of each %. */
void kr_words_finding(struct kr_buffer *out, const kmsrules_finding *finding);

/* ---- Their parts ---- */

/* The name of an edition or a release. */
const char *kr_words_product(const struct kmsrules_ruleset *ruleset, int kind, kmsrules_id id);
/* "210 × Windows 11 Pro, 14 × Windows Server 2022 Standard and 3 more" */
void kr_words_planned(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_planned *products, size_t count);

/* Adds the pattern, with each % replaced by the next string, escaped. */
void kr_words_say(struct kr_buffer *out, const char *pattern, ...);
/* What stands before item `index` of a list, "A, B, C and 12 more"; false once the rest has been summed up. */
bool kr_words_item(struct kr_buffer *out, size_t index, size_t count);
void kr_words_editions(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids editions);
void kr_words_groups(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids groups);
const char *kr_words_group(const struct kmsrules_ruleset *ruleset, kmsrules_id group); /* its name; "" for KR_NONE */
/* "KB5034768 or any later cumulative update of line 17763" */
void kr_words_updates(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids any_of);
/* ", which itself needs kms-1.0 or kms-1.1"; true when something must be there before one of the updates. */
bool kr_words_prerequisites(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids any_of);
/* "clients and servers", of a bit per kind; `last` stands before the last of them */
void kr_words_kinds(struct kr_buffer *out, unsigned kinds, const char *last);
/* "Ruleset windows, revision 1, sha256:…; as of 2026-11-21"; `date` NULL: without it */
void kr_words_revision(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const char *date);
/* "rules/windows.xml:12:5" */
void kr_words_place(struct kr_buffer *out, kmsrules_place at);
/* "7 days", "2 hours": in the largest unit that gives a whole number */
void kr_words_duration(struct kr_buffer *out, uint64_t seconds);
/* "1 edition", "2 editions" */
void kr_words_number_of(struct kr_buffer *out, uint64_t count, const char *noun);
/* "clients activate from a count of 25 on (clients and servers count)" */
void kr_words_threshold(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, int kind);

/* The checks of an answer, one after the other: the first one for a zeroed place, NULL behind the last. */
struct kr_check_place {
    size_t host, edition, check;
};
const kmsrules_check *kr_words_next_check(const kmsrules_answer *answer, struct kr_check_place *place);

bool kr_words_are_same_requirement(const kmsrules_requirement *a, const kmsrules_requirement *b);
static inline struct kr_ids kr_words_any_of(const kmsrules_requirement *requirement) {
    return (struct kr_ids){requirement->any_of, (uint32_t)requirement->any_of_count};
}
/* The id of a host or an edition as it was asked for; NULL when it was not. */
const char *kr_words_asked_id(const struct kmsrules_ruleset *ruleset, struct kr_asked asked);

#endif
