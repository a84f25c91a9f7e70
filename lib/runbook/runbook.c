/* See runbook.h. */
#include "runbook/runbook.h"

#include <limits.h>

#include "ask/notes.h"
#include "ask/question.h"

/* ---- Life ---- */

/* Updates can be installed, and machines come in time. */
static bool is_curable(const kmsrules_check *check) {
    return check->outcome != KMSRULES_FAIL || check->code == KMSRULES_KR106 || (check->code == KMSRULES_KR105 && check->requirement_count > 0);
}

/* Whether steps can lead to where nothing fails. */
static bool can_succeed(const kmsrules_host_answer *entries, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < entries[i].edition_count; j++)
            for (size_t k = 0; k < entries[i].editions[j].check_count; k++)
                if (!is_curable(&entries[i].editions[j].checks[k])) return false;
    return count > 0;
}

/* Of the hosts that a release stands for, the first with the best verdict; of those that fail, one that steps can help before one that they cannot. */
static void choose_host(kmsrules_runbook *runbook) {
    const kmsrules_answer *answer = runbook->answer;
    unsigned best = UINT_MAX;
    for (size_t next = 0, first = 0; next < answer->host_count; first = next) {
        unsigned rank = 2 * (unsigned)kr_answer_host_verdict(answer, &next);
        bool is_possible = can_succeed(&answer->hosts[first], next - first);
        if (!is_possible) rank++;
        if (rank >= best) continue;
        best = rank;
        runbook->entries = &answer->hosts[first];
        runbook->entry_count = next - first;
        runbook->is_possible = is_possible;
    }
}

static kmsrules_status make(kmsrules_runbook *runbook, const kmsrules_question *question, const kmsrules_runbook_options *options) {
    runbook->dns = options->dns;
    runbook->is_offline = options->is_offline;
    runbook->port = options->port == 0 ? KR_KMS_PORT : options->port;
    kmsrules_status status = kr_runbook_name(runbook, options);
    if (status == KMSRULES_OK) status = kmsrules_ask(question, &runbook->answer);
    if (status != KMSRULES_OK) return status;
    runbook->ruleset = runbook->answer->ruleset;
    choose_host(runbook);
    if (!runbook->is_possible) return KMSRULES_OK;
    kmsrules_facts facts = kr_question_facts(question);
    return kr_runbook_list_updates(runbook, &facts) && kr_runbook_plan(runbook) ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

kmsrules_status kmsrules_runbook_new(const kmsrules_question *question, const kmsrules_runbook_options *options, kmsrules_runbook **runbook) {
    static const kmsrules_runbook_options usual = KMSRULES_USUAL_RUNBOOK;
    if (options == NULL) options = &usual;
    bool has_zones = options->zone_count == 0 || options->zones != NULL;
    if (question == NULL || runbook == NULL || !has_zones || kmsrules_dns_text(options->dns) == NULL) return KMSRULES_INVALID_ARGUMENT;
    for (size_t i = 0; i < options->zone_count; i++)
        if (options->zones[i] == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_runbook *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    kmsrules_status status = make(made, question, options);
    if (status == KMSRULES_OK) *runbook = made;
    else kmsrules_runbook_free(made);
    return status;
}

void kmsrules_runbook_free(kmsrules_runbook *runbook) {
    if (runbook == NULL) return;
    kmsrules_answer_free(runbook->answer);
    kr_memory_free(runbook->updates);
    kr_memory_free(runbook->steps);
    kr_arena_free(&runbook->arena);
    kr_memory_free(runbook);
}

const kmsrules_answer *kmsrules_runbook_answer(const kmsrules_runbook *runbook) { return runbook == NULL ? NULL : runbook->answer; }

size_t kmsrules_runbook_step_count(const kmsrules_runbook *runbook) { return runbook == NULL ? 0 : runbook->step_count; }

const kmsrules_step *kmsrules_runbook_step(const kmsrules_runbook *runbook, size_t index) {
    return index < kmsrules_runbook_step_count(runbook) ? &runbook->steps[index].shown : NULL;
}

const char *kmsrules_dns_text(kmsrules_dns dns) {
    static const char *const words[] = {"automatic", "manual", "none"};
    return (unsigned)dns <= KMSRULES_DNS_NONE ? words[dns] : NULL;
}

/* ---- What all forms say ---- */

/* The outcome of a check that makes a verdict; they have one order. */
static const kmsrules_check *find_check(const kmsrules_edition_answer *edition, int check, kmsrules_outcome outcome) {
    for (size_t i = 0; i < edition->check_count; i++)
        if (edition->checks[i].code == (kmsrules_check_code)(KMSRULES_KR101 + check) && edition->checks[i].outcome == outcome) return &edition->checks[i];
    return NULL;
}

/* One sentence on the editions of which the check has the outcome; false when there is none. */
static bool say_reason(const kmsrules_runbook *runbook, const kmsrules_host_answer *entry, int check, struct kr_buffer *out) {
    kmsrules_outcome outcome = (kmsrules_outcome)runbook->answer->verdict;
    const kmsrules_check *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < entry->edition_count; i++) {
        const kmsrules_check *found = find_check(&entry->editions[i], check, outcome);
        if (found != NULL && first == NULL) first = found;
        count += found != NULL;
    }
    if (first == NULL) return false;
    kr_words_check(out, runbook->answer, first, (struct kr_together){false, false});
    if (count == 1) return true;
    kr_words_say(out, " (and alike for ");
    kr_buffer_add_number(out, count - 1);
    kr_words_say(out, " more)");
    return true;
}

bool kr_runbook_next_reason(const kmsrules_runbook *runbook, struct kr_reason_place *place, struct kr_buffer *out) {
    if (runbook->answer->verdict == KMSRULES_YES) return false;
    for (; place->entry < runbook->entry_count; place->entry++, place->check = 0)
        while (place->check <= KMSRULES_KR106 - KMSRULES_KR101)
            if (say_reason(runbook, &runbook->entries[place->entry], place->check++, out)) return true;
    return false;
}

const char *kr_runbook_warning(const kmsrules_runbook *runbook) {
    static const char *const warnings[] = {
        [KMSRULES_YES] = "",
        [KMSRULES_CONDITIONAL] = "This holds if what is not known turns out right: the first steps make sure of it",
        [KMSRULES_UNDOCUMENTED] = "No source says that this works: the steps are what would be done if it does",
        [KMSRULES_NO] = "As it stands it does not work: the steps install what is missing, and machines that are too few must become more",
    };
    return runbook->is_possible ? warnings[runbook->answer->verdict] : "There is no runbook, because no step would make it work";
}

const char *kr_runbook_where(const struct kr_step *row) {
    static const char *const places[] = {[KR_ON_HOST] = "on the host", [KR_ON_CLIENT] = "on a client", [KR_ON_DNS_SERVER] = "on the DNS server"};
    return places[row->where];
}

const char *kr_runbook_heading(enum kr_phase phase) {
    static const char *const headings[] = {"Prepare", "Install the key", "Activate the host", "Service", "Firewall", "DNS", "Verify", "Clients"};
    return headings[phase];
}

bool kr_runbook_names(const kmsrules_runbook *runbook, kmsrules_id source) {
    for (size_t i = 0; i < runbook->step_count; i++)
        for (size_t j = 0; j < runbook->steps[i].shown.source_count; j++)
            if (runbook->steps[i].shown.sources[j] == source) return true;
    return false;
}

void kr_runbook_add_host(struct kr_buffer *out, const kmsrules_runbook *runbook) {
    for (size_t i = 0; i < runbook->entry_count; i++) {
        const kmsrules_host_answer *entry = &runbook->entries[i];
        if (i == 0) kr_words_say(out, "Host %", runbook->ruleset->editions[entry->host].name);
        if (entry->key_group == KR_NONE) continue;
        kr_words_say(out, ", key group % \"%\"%", runbook->ruleset->groups[entry->key_group].id, kr_words_group(runbook->ruleset, entry->key_group),
                     entry->key_assumed ? " (assumed as none was given)" : "");
    }
}

void kr_runbook_add_origin(struct kr_buffer *out, const kmsrules_runbook *runbook) { kr_words_revision(out, runbook->ruleset, runbook->answer->asked.date); }

void kr_runbook_add_source(struct kr_buffer *out, const kmsrules_runbook *runbook, kmsrules_id source) {
    const kmsrules_source *record = &runbook->ruleset->sources[source];
    kr_words_say(out, "%", record->title);
    if (record->locator != NULL) kr_words_say(out, "; %", record->locator);
    if (record->date != NULL) kr_words_say(out, "; %", record->date);
}
