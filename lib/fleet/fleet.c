/* The machines of a fleet against one host: how many of each product there are, what the host means for each. In: products, names, a question's host and facts.
 * Out: judgements. The summary is made in summary.c. Reads no file. */
#include "fleet/fleet.h"

#include <string.h>

#include "ask/decide.h"

/* ---- Life ----------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status prepare(const kmsrules_question *question, kmsrules_fleet *fleet) {
    const struct kmsrules_ruleset *ruleset = question->ruleset;
    fleet->product_count = ruleset->edition_count + ruleset->release_count;
    fleet->tallies = kr_memory_take(fleet->product_count, sizeof *fleet->tallies);
    fleet->keys = kr_memory_take(ruleset->application_count, sizeof *fleet->keys);
    if (fleet->tallies == NULL || fleet->keys == NULL) return KMSRULES_NO_MEMORY;
    fleet->keys_are_given = question->key_count > 0;
    return kr_question_clone(question, &fleet->question);
}

/* Facts that contradict each other are refused at once, by asking about something. */
static kmsrules_status try_question(const kmsrules_fleet *fleet) {
    kmsrules_answer *answer = NULL;
    if (fleet->question->host.kind == 0) return KMSRULES_NOTHING_ASKED;
    if (fleet->question->ruleset->edition_count == 0) return KMSRULES_OK;
    if (!kr_question_set_product(fleet->question, (struct kr_asked){KMSRULES_EDITION, 0})) return KMSRULES_NO_MEMORY;
    kmsrules_status status = kmsrules_ask(fleet->question, &answer);
    kmsrules_answer_free(answer);
    return status;
}

kmsrules_status kmsrules_fleet_new(const kmsrules_question *question, kmsrules_fleet **fleet) {
    if (question == NULL || fleet == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_fleet *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    kmsrules_status status = prepare(question, made);
    if (status == KMSRULES_OK) status = try_question(made);
    if (status == KMSRULES_OK) *fleet = made;
    else kmsrules_fleet_free(made);
    return status;
}

void kmsrules_fleet_free(kmsrules_fleet *fleet) {
    if (fleet == NULL) return;
    kmsrules_question_free(fleet->question);
    kr_memory_free(fleet->tallies);
    kr_memory_free(fleet->keys);
    kr_names_seen_free(&fleet->names);
    kr_arena_free(&fleet->judgements);
    kr_arena_free(&fleet->summary_arena);
    kr_memory_free(fleet);
}

/* ---- Adding --------------------------------------------------------------------------------------------------------------------------------- */

/* What was judged with an assumed key may be judged otherwise now. */
static void forget(kmsrules_fleet *fleet) {
    fleet->has_summary = false;
    if (fleet->keys_are_given || fleet->keys_are_settled || !fleet->has_keys) return;
    fleet->has_keys = false;
    for (uint32_t i = 0; i < fleet->product_count; i++) fleet->tallies[i].is_judged = false;
    kr_arena_free(&fleet->judgements);
}

uint32_t kr_fleet_product(const kmsrules_fleet *fleet, int kind, kmsrules_id id) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    if (kind == KMSRULES_EDITION && id < ruleset->edition_count) return id;
    return kind == KMSRULES_RELEASE && id < ruleset->release_count ? ruleset->edition_count + id : KR_NONE;
}

enum { NAME_ROOM = 2048 };

/* A machine counts once for each application (Windows and an Office on it are two rows, not twins); what is not recognised is taken for the first one. Behind the name
 * stand a NUL, which no name has, and the application, in bytes that are no letters. */
static struct kr_text name_within_application(const kmsrules_fleet *fleet, struct kr_text name, uint32_t product, char room[static NAME_ROOM]) {
    kmsrules_id application = product == KR_NONE ? 0 : kr_fleet_application(fleet, product);
    if (application == 0 || name.size > NAME_ROOM / 2) return name;
    memcpy(room, name.data, name.size);
    room[name.size++] = '\0';
    for (; application > 0; application >>= 4) room[name.size++] = (char)(1 + (application & 0xF));
    return (struct kr_text){room, name.size};
}

/* The machine of a name is what its last row says. */
static kmsrules_status count_name(kmsrules_fleet *fleet, struct kr_text name, uint32_t file, uint64_t line, uint32_t product, kmsrules_twin *twin) {
    struct kr_seen *entry;
    bool is_new;
    char room[NAME_ROOM];
    name = name_within_application(fleet, name, product, room);
    if (!kr_names_seen_add(&fleet->names, name, &entry, &is_new)) return KMSRULES_NO_MEMORY;
    if (entry != NULL && !is_new) {
        *twin = (kmsrules_twin){entry->file, entry->line};
        if (entry->product != KR_NONE) fleet->tallies[entry->product].machines--;
    }
    if (entry == NULL) return KMSRULES_OK;
    entry->file = file;
    entry->line = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line;
    entry->product = product;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_fleet_add(kmsrules_fleet *fleet, const char *name, size_t size, uint32_t file, uint64_t line, int kind, kmsrules_id id, kmsrules_twin *twin) {
    kmsrules_twin seen = {0, 0};
    if (fleet == NULL || (name == NULL && size > 0)) return KMSRULES_INVALID_ARGUMENT;
    uint32_t product = kr_fleet_product(fleet, kind, id);
    if (product == KR_NONE && kind != 0) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = size == 0 ? KMSRULES_OK : count_name(fleet, (struct kr_text){name, size}, file, line, product, &seen);
    if (status != KMSRULES_OK) return status;
    forget(fleet);
    if (product == KR_NONE) fleet->unrecognised_rows++;
    else fleet->tallies[product].rows++, fleet->tallies[product].machines++;
    if (twin != NULL) *twin = seen;
    return KMSRULES_OK;
}

/* ---- Judging -------------------------------------------------------------------------------------------------------------------------------- */

kmsrules_id kr_fleet_application(const kmsrules_fleet *fleet, uint32_t product) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    return product < ruleset->edition_count ? ruleset->editions[product].application : ruleset->releases[product - ruleset->edition_count].application;
}

struct kr_asked kr_fleet_asked(const kmsrules_fleet *fleet, uint32_t product) {
    uint32_t edition_count = fleet->question->ruleset->edition_count;
    return product < edition_count ? (struct kr_asked){KMSRULES_EDITION, product} : (struct kr_asked){KMSRULES_RELEASE, product - edition_count};
}

kmsrules_status kr_fleet_ask(kmsrules_fleet *fleet, uint32_t product, kmsrules_id key, kmsrules_answer **answer) {
    if (!kr_question_set_product(fleet->question, kr_fleet_asked(fleet, product))) return KMSRULES_NO_MEMORY;
    if (!fleet->keys_are_given && !kr_question_set_key(fleet->question, key)) return KMSRULES_NO_MEMORY;
    return kmsrules_ask(fleet->question, answer);
}

/* The first check with the worst outcome, in the order of their codes. */
static const kmsrules_check *deciding_check(const kmsrules_answer *answer) {
    const kmsrules_check *worst = NULL;
    for (size_t i = 0; i < answer->host_count; i++)
        for (size_t j = 0; j < answer->hosts[i].edition_count; j++)
            for (size_t k = 0; k < answer->hosts[i].editions[j].check_count; k++) {
                const kmsrules_check *check = &answer->hosts[i].editions[j].checks[k];
                if (worst == NULL || check->outcome > worst->outcome || (check->outcome == worst->outcome && check->code < worst->code)) worst = check;
            }
    return worst;
}

enum { REASON_SIZE = 1024 };

/* Of one host edition its deciding check in words; where several disagree, the sentence about all. */
static bool judge_answer(kmsrules_fleet *fleet, const kmsrules_answer *answer, struct kr_tally *tally) {
    char reason[REASON_SIZE];
    const kmsrules_check *check = deciding_check(answer);
    if (answer->host_count == 1 && check != NULL && answer->verdict != KMSRULES_YES) kmsrules_check_text(answer, check, reason, sizeof reason);
    else kmsrules_answer_summary(answer, reason, sizeof reason);
    tally->judgement = (kmsrules_judgement){answer->verdict, check == NULL ? KMSRULES_KR101 : check->code, answer->host_count == 0 ? KR_NONE : answer->hosts[0].key_group, NULL,
                                             check == NULL ? KMSRULES_NO_BASIS : check->basis};
    tally->judgement.reason = kr_arena_copy(&fleet->judgements, reason, strlen(reason));
    tally->is_judged = tally->judgement.reason != NULL;
    return tally->is_judged;
}

kmsrules_status kr_fleet_judge(kmsrules_fleet *fleet, uint32_t product) {
    struct kr_tally *tally = &fleet->tallies[product];
    kmsrules_answer *answer = NULL;
    if (tally->is_judged) return KMSRULES_OK;
    kmsrules_status status = kr_fleet_choose_keys(fleet);
    if (status == KMSRULES_OK) status = kr_fleet_ask(fleet, product, fleet->keys[kr_fleet_application(fleet, product)], &answer);
    if (status == KMSRULES_OK && !judge_answer(fleet, answer, tally)) status = KMSRULES_NO_MEMORY;
    kmsrules_answer_free(answer);
    return status;
}

kmsrules_status kmsrules_fleet_judge(kmsrules_fleet *fleet, int kind, kmsrules_id id, const kmsrules_judgement **judgement) {
    if (fleet == NULL || judgement == NULL) return KMSRULES_INVALID_ARGUMENT;
    uint32_t product = kr_fleet_product(fleet, kind, id);
    if (product == KR_NONE) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = kr_fleet_judge(fleet, product);
    if (status == KMSRULES_OK) *judgement = &fleet->tallies[product].judgement;
    return status;
}

kmsrules_status kmsrules_fleet_settle_keys(kmsrules_fleet *fleet) {
    if (fleet == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = kr_fleet_choose_keys(fleet);
    if (status != KMSRULES_OK) return status;
    fleet->keys_are_settled = true;
    fleet->has_summary = false;
    fleet->unrecognised_rows = 0;
    for (uint32_t i = 0; i < fleet->product_count; i++) fleet->tallies[i].rows = fleet->tallies[i].machines = 0;
    kr_names_seen_free(&fleet->names);
    return KMSRULES_OK;
}
