/* See notes.h. */
#include "ask/notes.h"

#include <string.h>

#include "ask/authority.h"
#include "ask/decide.h"

static bool add(kmsrules_answer *answer, struct kr_note note) {
    void *notes = answer->notes;
    if (!kr_memory_reserve(&notes, &answer->note_capacity, answer->note_count, sizeof note)) return false;
    answer->notes = notes;
    answer->notes[answer->note_count++] = note;
    return true;
}

static struct kr_note note_of(enum kr_note_kind kind) { return (struct kr_note){.kind = kind, .host = KR_NONE, .group = KR_NONE, .other = KR_NONE}; }

static const kmsrules_choice *find_choice(const kmsrules_host_answer *entry, kmsrules_id group) {
    for (size_t i = 0; i < entry->choice_count; i++)
        if (entry->choices[i].key_group == group) return &entry->choices[i];
    return NULL;
}

static kmsrules_id best_choice(const struct kmsrules_ruleset *ruleset, const kmsrules_host_answer *entry) {
    return kr_assumed_group(ruleset, entry->choices, entry->choice_count);
}

/* Groups as good as the assumed one that are neither above nor below it. */
static bool add_several_highest(kmsrules_answer *answer, const kmsrules_host_answer *entry) {
    kmsrules_id *ids = kr_arena_take(&answer->arena, entry->choice_count, sizeof *ids);
    uint32_t count = 0;
    if (ids == NULL) return false;
    for (size_t i = 0; i < entry->choice_count; i++)
        if (kr_is_best_choice(answer->ruleset, entry->choices, entry->choice_count, i)) ids[count++] = entry->choices[i].key_group;
    struct kr_note note = note_of(KR_NOTE_SEVERAL_HIGHEST);
    note.host = entry->host;
    note.group = entry->key_group;
    note.ids = (struct kr_ids){ids, count};
    return count < 2 || add(answer, note);
}

static bool add_assumption(kmsrules_answer *answer, const kmsrules_host_answer *entry) {
    if (!entry->key_assumed) return true;
    struct kr_note note = note_of(entry->key_group == KR_NONE ? KR_NOTE_NO_KEY_FITS : KR_NOTE_KEY_ASSUMED);
    note.host = entry->host;
    note.group = entry->key_group;
    note.other = entry->application;
    return add(answer, note) && (entry->key_group == KR_NONE || add_several_highest(answer, entry));
}

/* The key given is not the best that this very host could hold. */
static bool add_better_key(kmsrules_answer *answer, const kmsrules_host_answer *entry) {
    kmsrules_id best = best_choice(answer->ruleset, entry);
    if (entry->key_assumed || best == KR_NONE || find_choice(entry, best)->verdict >= entry->verdict) return true;
    struct kr_note note = note_of(KR_NOTE_BETTER_KEY);
    note.host = entry->host;
    note.group = entry->key_group;
    note.other = best;
    note.verdict = find_choice(entry, best)->verdict;
    return add(answer, note);
}

static bool covers_all(const struct kmsrules_ruleset *ruleset, kmsrules_id group, const kmsrules_host_answer *entry) {
    for (size_t i = 0; i < entry->edition_count; i++)
        if (kr_cell_outcome(kr_covers(ruleset, group, entry->editions[i].edition)) != KMSRULES_PASS) return false;
    return true;
}

static bool are_clients(const struct kmsrules_ruleset *ruleset, const kmsrules_host_answer *entry) {
    for (size_t i = 0; i < entry->edition_count; i++)
        if (ruleset->editions[entry->editions[i].edition].kind != KMSRULES_CLIENT) return false;
    return true;
}

/* The first client group of the application that covers what is asked, unless one such can be installed on the host; KR_NONE: nobody falls into the trap. */
static kmsrules_id trap_of(const struct kmsrules_ruleset *ruleset, const kmsrules_host_answer *entry) {
    kmsrules_id trap = KR_NONE;
    for (uint32_t group = 0; group < ruleset->group_count; group++) {
        const kmsrules_key_group *record = &ruleset->groups[group];
        if (record->kind != KMSRULES_CLIENT || record->application != entry->application || !covers_all(ruleset, group, entry)) continue;
        if (kr_cell_outcome(kr_fits(ruleset, entry->host, group)) != KMSRULES_FAIL) return KR_NONE;
        if (trap == KR_NONE) trap = group;
    }
    return trap;
}

/* Clients alone are asked about, on a server: the client group that would be the natural guess cannot sit there. Said when it was given, and when no key
 * was given; not to somebody who gave a server group. */
static bool add_client_trap(kmsrules_answer *answer, const kmsrules_host_answer *entry) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    kmsrules_id cure = best_choice(ruleset, entry);
    bool is_said = entry->key_assumed || (entry->key_group != KR_NONE && ruleset->groups[entry->key_group].kind == KMSRULES_CLIENT);
    if (!is_said || ruleset->editions[entry->host].kind != KMSRULES_SERVER || cure == KR_NONE || find_choice(entry, cure)->verdict == KMSRULES_NO) return true;
    struct kr_note note = note_of(KR_NOTE_CLIENT_KEY_ON_SERVER);
    note.host = entry->host;
    note.group = are_clients(ruleset, entry) ? trap_of(ruleset, entry) : KR_NONE;
    note.other = find_choice(entry, cure)->verdict <= KMSRULES_CONDITIONAL ? cure : KR_NONE;
    return note.group == KR_NONE || add(answer, note);
}

/* What a lower group of this host covers and the one answered does not, though it is above it. */
static bool add_coverage_given_up(kmsrules_answer *answer, const kmsrules_host_answer *entry) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    for (size_t i = 0; entry->key_group != KR_NONE && i < entry->choice_count; i++) {
        kmsrules_id lower = entry->choices[i].key_group;
        if (!kr_is_below(ruleset, lower, entry->key_group)) continue;
        kmsrules_id *ids = kr_arena_take(&answer->arena, ruleset->edition_count, sizeof *ids);
        uint32_t count = 0;
        if (ids == NULL) return false;
        for (uint32_t edition = 0; edition < ruleset->edition_count; edition++) {
            bool is_covered = kr_cell_outcome(kr_covers(ruleset, entry->key_group, edition)) == KMSRULES_PASS;
            bool was_covered = kr_cell_outcome(kr_covers(ruleset, lower, edition)) == KMSRULES_PASS;
            if (was_covered && !is_covered) ids[count++] = edition;
        }
        struct kr_note note = note_of(KR_NOTE_COVERAGE_GIVEN_UP);
        note.group = entry->key_group;
        note.other = lower;
        note.ids = (struct kr_ids){ids, count};
        if (count > 0) return add(answer, note);
    }
    return true;
}

static bool add_entry_notes(kmsrules_answer *answer, const kmsrules_host_answer *entry) {
    return add_assumption(answer, entry) && add_client_trap(answer, entry) && add_better_key(answer, entry) && add_coverage_given_up(answer, entry);
}

/* ---- Of the question ---- */

static bool add_left_out(kmsrules_answer *answer, kmsrules_id index) {
    const kmsrules_release *release = &answer->ruleset->releases[index];
    kmsrules_id *ids = kr_arena_take(&answer->arena, release->edition_count, sizeof *ids);
    struct kr_note note = note_of(KR_NOTE_EDITIONS_LEFT_OUT);
    if (ids == NULL) return false;
    for (size_t i = 0; i < release->edition_count; i++)
        if (!kr_release_takes(answer->ruleset, release, release->editions[i])) ids[note.ids.count++] = release->editions[i];
    note.ids.items = ids;
    note.group = index;
    return note.ids.count == 0 || add(answer, note);
}

static bool add_differing_hosts(kmsrules_answer *answer) {
    kmsrules_id *ids = kr_arena_take(&answer->arena, answer->host_count, sizeof *ids);
    kmsrules_verdict *verdicts = kr_arena_take(&answer->arena, answer->host_count, sizeof *verdicts);
    struct kr_note note = note_of(KR_NOTE_HOSTS_DIFFER);
    bool do_differ = false;
    if (ids == NULL || verdicts == NULL) return false;
    for (size_t next = 0; next < answer->host_count; note.ids.count++) {
        ids[note.ids.count] = answer->hosts[next].host;
        verdicts[note.ids.count] = kr_answer_host_verdict(answer, &next);
        if (verdicts[note.ids.count] != verdicts[0]) do_differ = true;
    }
    note.group = answer->asked.host.id;
    note.ids.items = ids;
    note.verdicts = verdicts;
    return !do_differ || add(answer, note);
}

/* Thresholds of the kinds asked about, where no count was given to check them with. */
static bool add_counts(kmsrules_answer *answer, const kmsrules_facts *facts, struct kr_ids editions) {
    bool is_noted[KMSRULES_KIND_COUNT] = {false};
    for (uint32_t i = 0; i < editions.count; i++) {
        kmsrules_kind kind = answer->ruleset->editions[editions.items[i]].kind;
        const struct kr_threshold *threshold = &answer->ruleset->thresholds[kind];
        bool is_counted = false;
        for (int counted = 0; counted < KMSRULES_KIND_COUNT; counted++)
            if ((threshold->counts >> counted & 1) != 0 && facts->machines[counted] >= 0) is_counted = true;
        if (is_counted || is_noted[kind] || threshold->row == KR_NONE) continue;
        is_noted[kind] = true;
        struct kr_note note = note_of(KR_NOTE_COUNT_NOT_GIVEN);
        note.other = (kmsrules_id)kind;
        if (!add(answer, note)) return false;
    }
    return true;
}

static bool add_unknown_updates(kmsrules_answer *answer) {
    for (size_t i = 0; i < answer->asked.update_count; i++) {
        kmsrules_identity identity;
        const char *name = answer->asked.updates[i];
        if (kmsrules_identify(answer->ruleset, KMSRULES_UPDATE, name, strlen(name), &identity) == KMSRULES_OK) continue;
        struct kr_note note = note_of(KR_NOTE_UPDATE_UNKNOWN);
        note.text = name;
        if (!add(answer, note)) return false;
    }
    return true;
}

static bool add_idle_build(kmsrules_answer *answer, const kmsrules_facts *facts) {
    if (answer->asked.host_build == NULL || answer->host_count == 0) return true;
    bool has_line = answer->ruleset->host_lines[answer->hosts[0].host] != KR_NONE;
    if (has_line && facts->host_revision != KMSRULES_NONE) return true;
    struct kr_note note = note_of(KR_NOTE_BUILD_DECIDES_NOTHING);
    note.host = answer->hosts[0].host;
    note.text = answer->asked.host_build;
    return add(answer, note);
}

/* ---- Where there is no way ---- */

static bool stays_on_host(const kmsrules_remedy *remedy) {
    for (size_t i = 0; i < remedy->change_count; i++)
        if (remedy->changes[i].kind == KMSRULES_USE_HOST) return false;
    return true;
}

/* The row that says that no update exists, among the facts of a check that fails for that reason; else KR_NONE. */
static uint32_t barring_row(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) {
    for (size_t i = 0; check->code == KMSRULES_KR105 && check->outcome == KMSRULES_FAIL && i < check->fact_count; i++)
        if (ruleset->rows[check->facts[i].row].relation == KR_RELATION_CANNOT_SERVE) return check->facts[i].row;
    return KR_NONE;
}

/* The editions that have a check of which `is_about` is true, each once. */
static bool collect_editions(kmsrules_answer *answer, bool (*is_about)(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check), struct kr_note *note) {
    kmsrules_id *ids = kr_arena_take(&answer->arena, answer->ruleset->edition_count, sizeof *ids);
    uint64_t *seen = kr_arena_take(&answer->arena, answer->ruleset->edition_words, sizeof *seen);
    if (ids == NULL || seen == NULL) return false;
    note->ids.items = ids;
    for (size_t i = 0; i < answer->host_count; i++) {
        for (size_t j = 0; j < answer->hosts[i].edition_count; j++) {
            const kmsrules_edition_answer *edition = &answer->hosts[i].editions[j];
            bool is_one = false;
            for (size_t k = 0; k < edition->check_count; k++) is_one = is_one || is_about(answer->ruleset, &edition->checks[k]);
            if (is_one && !kr_bit(seen, edition->edition)) ids[note->ids.count++] = edition->edition;
            if (is_one) seen[edition->edition / 64] |= 1ull << (edition->edition % 64);
        }
    }
    return true;
}

static bool is_never_activated(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) {
    (void)ruleset;
    return check->code == KMSRULES_KR103 && check->outcome != KMSRULES_PASS;
}

static bool is_barred(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) { return barring_row(ruleset, check) != KR_NONE; }

static uint32_t first_barring_row(const kmsrules_answer *answer) {
    for (size_t i = 0; i < answer->host_count; i++)
        for (size_t j = 0; j < answer->hosts[i].edition_count; j++)
            for (size_t k = 0; k < answer->hosts[i].editions[j].check_count; k++) {
                uint32_t row = barring_row(answer->ruleset, &answer->hosts[i].editions[j].checks[k]);
                if (row != KR_NONE) return row;
            }
    return KR_NONE;
}

/* The way that does not exist: none at all, or none on this host. */
static bool add_dead_end(kmsrules_answer *answer) {
    struct kr_note never = note_of(KR_NOTE_NEVER_ACTIVATED), none = note_of(KR_NOTE_NO_REMEDY), other = note_of(KR_NOTE_OTHER_HOST_ONLY);
    if (!answer->has_remedies || answer->verdict == KMSRULES_YES) return true;
    if (!collect_editions(answer, is_never_activated, &never) || !collect_editions(answer, is_barred, &other)) return false;
    if (never.ids.count > 0) return add(answer, never);
    if (answer->remedy_count == 0) return !answer->has_all_remedies || add(answer, none);
    for (size_t i = 0; i < answer->remedy_count; i++)
        if (stays_on_host(&answer->remedies[i])) return true;
    other.other = first_barring_row(answer);
    return add(answer, other);
}

bool kr_answer_add_notes(kmsrules_answer *answer, const kmsrules_question *question, struct kr_ids editions) {
    kmsrules_facts facts = kr_question_facts(question);
    for (size_t i = 0; i < answer->host_count; i++)
        if (!add_entry_notes(answer, &answer->hosts[i])) return false;
    for (size_t i = 0; i < question->edition_count; i++)
        if (question->editions[i].kind == KMSRULES_RELEASE && !add_left_out(answer, question->editions[i].id)) return false;
    if (question->host.kind == KMSRULES_RELEASE && !add_differing_hosts(answer)) return false;
    return add_dead_end(answer) && add_counts(answer, &facts, editions) && add_unknown_updates(answer) && add_idle_build(answer, &facts);
}
