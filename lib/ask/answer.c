/* Answers a question: per host edition and application a key group, its checks, the other choices; then what the reader should know besides. */
#include "ask/answer.h"

#include <string.h>

#include "ask/authority.h"
#include "ask/notes.h"
#include "ask/question.h"
#include "ask/record.h"
#include "ask/remedy.h"

struct asking {
    const kmsrules_question *question;
    const struct kmsrules_ruleset *ruleset;
    kmsrules_answer *answer;
    kmsrules_facts facts;
    struct kr_ids hosts, editions; /* single ones */
};

/* Every group that the host can hold for the application, with what it would give. */
static bool record_choices(struct asking *asking, kmsrules_host_answer *entry) {
    struct kr_ids groups = kr_choices_of(asking->ruleset, entry->host);
    struct kr_arena *arena = &asking->answer->arena;
    kmsrules_choice *choices = kr_arena_take(arena, groups.count, sizeof *choices);
    if (choices == NULL) return false;
    for (uint32_t i = 0; i < groups.count; i++) {
        if (asking->ruleset->groups[groups.items[i]].application != entry->application) continue;
        struct kr_pair pair = kr_pair_of(asking->ruleset, entry->host, groups.items[i], entry->application);
        if (!kr_record_choice(arena, &pair, entry->application, asking->editions.items, asking->editions.count, &asking->facts, &choices[entry->choice_count++]))
            return false;
    }
    entry->choices = choices;
    return true;
}

static void choose_group(const struct asking *asking, kmsrules_host_answer *entry) {
    entry->key_assumed = asking->question->key_count == 0;
    entry->key_group = entry->key_assumed ? kr_assumed_group(asking->ruleset, entry->choices, entry->choice_count)
                                          : kr_question_key_for(asking->question, entry->application);
}

static bool record_editions(struct asking *asking, kmsrules_host_answer *entry) {
    struct kr_pair pair = kr_pair_of(asking->ruleset, entry->host, entry->key_group, entry->application);
    kmsrules_edition_answer *editions = kr_arena_take(&asking->answer->arena, asking->editions.count, sizeof *editions);
    if (editions == NULL) return false;
    for (uint32_t i = 0; i < asking->editions.count; i++) {
        kmsrules_id edition = asking->editions.items[i];
        if (asking->ruleset->editions[edition].application != entry->application) continue;
        kmsrules_edition_answer *record = &editions[entry->edition_count++];
        if (!kr_record_edition(&asking->answer->arena, &pair, edition, &asking->facts, record)) return false;
        if (record->verdict > entry->verdict) entry->verdict = record->verdict;
    }
    entry->editions = editions;
    return true;
}

static bool record_host(struct asking *asking, kmsrules_id host, kmsrules_id application) {
    kmsrules_host_answer *entry = &asking->answer->hosts[asking->answer->host_count++];
    *entry = (kmsrules_host_answer){.host = host, .application = application, .verdict = KMSRULES_YES, .key_group = KR_NONE};
    if (!record_choices(asking, entry)) return false;
    choose_group(asking, entry);
    return record_editions(asking, entry);
}

/* One entry for each host edition and application. */
static bool record_hosts(struct asking *asking) {
    uint32_t application_count = 0;
    for (uint32_t i = 0; i < asking->ruleset->application_count; i++) application_count += kr_has_application(asking->ruleset, asking->editions, i);
    asking->answer->hosts = kr_arena_take(&asking->answer->arena, (size_t)asking->hosts.count * application_count, sizeof *asking->answer->hosts);
    if (asking->answer->hosts == NULL) return false;
    for (uint32_t i = 0; i < asking->hosts.count; i++)
        for (uint32_t application = 0; application < asking->ruleset->application_count; application++)
            if (kr_has_application(asking->ruleset, asking->editions, application) && !record_host(asking, asking->hosts.items[i], application)) return false;
    return true;
}

/* The entries of one host stand together. */
kmsrules_verdict kr_answer_host_verdict(const kmsrules_answer *answer, size_t *next) {
    kmsrules_verdict worst = KMSRULES_YES;
    kmsrules_id host = answer->hosts[*next].host;
    for (; *next < answer->host_count && answer->hosts[*next].host == host; ++*next)
        if (answer->hosts[*next].verdict > worst) worst = answer->hosts[*next].verdict;
    return worst;
}

/* Hosts that do not agree: which one it is was not said, so that the answer is no better than conditional. */
static kmsrules_verdict combined_verdict(const kmsrules_answer *answer) {
    kmsrules_verdict best = KMSRULES_NO, worst = KMSRULES_YES;
    for (size_t next = 0; next < answer->host_count;) {
        kmsrules_verdict verdict = kr_answer_host_verdict(answer, &next);
        if (verdict < best) best = verdict;
        if (verdict > worst) worst = verdict;
    }
    if (best == worst) return best;
    return best > KMSRULES_CONDITIONAL ? best : KMSRULES_CONDITIONAL;
}

static kmsrules_status check_question(struct asking *asking, struct kr_arena *arena) {
    const kmsrules_question *question = asking->question;
    if (question->host.kind == 0 || question->edition_count == 0) return KMSRULES_NOTHING_ASKED;
    if (kr_question_has_two_keys(question)) return KMSRULES_TWO_KEYS;
    if (!kr_question_hosts(question, arena, &asking->hosts) || !kr_question_editions(question, arena, &asking->editions)) return KMSRULES_NO_MEMORY;
    for (uint32_t i = 0; i < asking->hosts.count; i++) {
        kmsrules_status status = kr_question_check_build(question, asking->hosts.items[i]);
        if (status != KMSRULES_OK) return status;
    }
    return KMSRULES_OK;
}

kmsrules_status kmsrules_ask(const kmsrules_question *question, kmsrules_answer **answer) {
    if (question == NULL || answer == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_answer *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->ruleset = kmsrules_ruleset_retain(question->ruleset);
    struct asking asking = {.question = question, .ruleset = question->ruleset, .answer = made, .facts = kr_question_facts(question)};
    kmsrules_status status = check_question(&asking, &made->arena);
    if (status == KMSRULES_OK) {
        bool has_memory = kr_question_copy(question, &made->arena, &made->asked) && record_hosts(&asking);
        if (has_memory) made->verdict = combined_verdict(made);
        if (has_memory && question->wants_remedies) has_memory = kr_answer_add_remedies(made, question, asking.hosts, asking.editions);
        if (!has_memory || !kr_answer_add_notes(made, question, asking.editions)) status = KMSRULES_NO_MEMORY;
    }
    if (status == KMSRULES_OK)
        *answer = made;
    else
        kmsrules_answer_free(made);
    return status;
}

void kmsrules_answer_free(kmsrules_answer *answer) {
    if (answer == NULL) return;
    kmsrules_ruleset_free(answer->ruleset);
    kr_memory_free(answer->notes);
    kr_arena_free(&answer->arena);
    kr_memory_free(answer);
}

kmsrules_verdict kmsrules_answer_verdict(const kmsrules_answer *answer) { return answer == NULL ? KMSRULES_NO_VERDICT : answer->verdict; }

const kmsrules_ruleset *kmsrules_answer_ruleset(const kmsrules_answer *answer) { return answer == NULL ? NULL : answer->ruleset; }

size_t kmsrules_answer_host_count(const kmsrules_answer *answer) { return answer == NULL ? 0 : answer->host_count; }

const kmsrules_host_answer *kmsrules_answer_host(const kmsrules_answer *answer, size_t index) {
    return index < kmsrules_answer_host_count(answer) ? &answer->hosts[index] : NULL;
}

size_t kmsrules_answer_note_count(const kmsrules_answer *answer) { return answer == NULL ? 0 : answer->note_count; }

size_t kmsrules_answer_remedy_count(const kmsrules_answer *answer) { return answer == NULL ? 0 : answer->remedy_count; }

const kmsrules_remedy *kmsrules_answer_remedy(const kmsrules_answer *answer, size_t index) {
    return index < kmsrules_answer_remedy_count(answer) ? &answer->remedies[index] : NULL;
}

bool kmsrules_answer_has_all_remedies(const kmsrules_answer *answer) { return answer != NULL && answer->has_all_remedies; }
