/* The first sentence of an answer, and its notes. See words.h. */
#include "render/words.h"

enum { SHOWN_GROUPS = 3, SHOWN_CONDITIONS = 2 };

/* ---- Summary ---- */

const char *kr_words_asked_id(const struct kmsrules_ruleset *ruleset, struct kr_asked asked) {
    if (asked.kind == 0) return NULL;
    return asked.kind == KMSRULES_RELEASE ? ruleset->releases[asked.id].id : ruleset->editions[asked.id].id;
}

static const char *asked_name(const struct kmsrules_ruleset *ruleset, struct kr_asked asked) {
    if (asked.kind == 0) return "";
    return asked.kind == KMSRULES_RELEASE ? ruleset->releases[asked.id].name : ruleset->editions[asked.id].name;
}

static void add_asked_editions(struct kr_buffer *out, const kmsrules_answer *answer) {
    size_t count = answer->asked.edition_count;
    if (answer->verdict == KMSRULES_NO && count > 1) kr_words_say(out, "all of ");
    for (size_t i = 0; i < count && kr_words_item(out, i, count); i++) kr_words_say(out, "%", asked_name(answer->ruleset, answer->asked.editions[i]));
}

/* The key groups of an answer, each once; SIZE_MAX when there are more than `capacity`. */
static size_t list_groups(const kmsrules_answer *answer, kmsrules_id *groups, size_t capacity, bool *is_assumed) {
    size_t count = 0;
    *is_assumed = true;
    for (size_t i = 0; i < answer->host_count; i++) {
        kmsrules_id group = answer->hosts[i].key_group;
        if (group == KR_NONE || kr_ids_hold((struct kr_ids){groups, (uint32_t)count}, group)) continue;
        if (count == capacity) return SIZE_MAX;
        groups[count++] = group;
        *is_assumed = *is_assumed && answer->hosts[i].key_assumed;
    }
    return count;
}

/* " with key group "A"", " with any key group it can hold" */
static void add_keys(struct kr_buffer *out, const kmsrules_answer *answer) {
    kmsrules_id groups[SHOWN_GROUPS];
    bool is_assumed;
    size_t count = list_groups(answer, groups, SHOWN_GROUPS, &is_assumed);
    if (count == 0) return;
    if (is_assumed && answer->verdict == KMSRULES_NO) kr_words_say(out, " with any key group it can hold");
    if (count == SIZE_MAX || (is_assumed && answer->verdict == KMSRULES_NO)) return;
    kr_words_say(out, count == 1 ? " with key group " : " with key groups ");
    kr_words_groups(out, answer->ruleset, (struct kr_ids){groups, (uint32_t)count});
}

/* " (KR102, KR105)": the checks with the outcome that made the verdict. */
static void add_codes(struct kr_buffer *out, const kmsrules_answer *answer) {
    static const char *const codes[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106"};
    unsigned found = 0;
    struct kr_check_place place = {0, 0, 0};
    const kmsrules_check *check;
    while ((check = kr_words_next_check(answer, &place)) != NULL)
        if ((int)check->outcome == (int)answer->verdict && check->outcome != KMSRULES_PASS) found |= 1u << (check->code - KMSRULES_KR101);
    if (found == 0) return;
    bool is_first = true;
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if ((found >> i & 1) == 0) continue;
        kr_words_say(out, is_first ? " (%" : ", %", codes[i]);
        is_first = false;
    }
    kr_words_say(out, ")");
}

static const struct kr_note *find_note(const kmsrules_answer *answer, enum kr_note_kind kind) {
    for (size_t i = 0; i < answer->note_count; i++)
        if (answer->notes[i].kind == kind) return &answer->notes[i];
    return NULL;
}

/* The open requirements of an answer, each once; SIZE_MAX when there are more than `capacity`. */
static size_t list_requirements(const kmsrules_answer *answer, const kmsrules_requirement **found, size_t capacity) {
    size_t count = 0;
    struct kr_check_place place = {0, 0, 0};
    const kmsrules_check *check;
    while ((check = kr_words_next_check(answer, &place)) != NULL) {
        for (size_t i = 0; i < check->requirement_count; i++) {
            size_t known = 0;
            while (known < count && !kr_words_are_same_requirement(found[known], &check->requirements[i])) known++;
            if (known < count) continue;
            if (count == capacity) return SIZE_MAX;
            found[count++] = &check->requirements[i];
        }
    }
    return count;
}

static bool is_count_open(const kmsrules_answer *answer) {
    struct kr_check_place place = {0, 0, 0};
    const kmsrules_check *check;
    while ((check = kr_words_next_check(answer, &place)) != NULL)
        if (check->code == KMSRULES_KR106 && check->outcome == KMSRULES_UNKNOWN) return true;
    return false;
}

static void add_requirements(struct kr_buffer *out, const kmsrules_answer *answer) {
    const kmsrules_requirement *requirements[SHOWN_CONDITIONS];
    size_t count = list_requirements(answer, requirements, SHOWN_CONDITIONS);
    if (count == SIZE_MAX) kr_words_say(out, " if the updates it needs are installed");
    for (size_t i = 0; count != SIZE_MAX && i < count; i++) {
        kr_words_say(out, i == 0 ? " if " : " and ");
        kr_words_updates(out, answer->ruleset, kr_words_any_of(requirements[i]));
        kr_words_say(out, kr_words_prerequisites(out, answer->ruleset, kr_words_any_of(requirements[i])) ? ", is installed" : " is installed");
    }
    if (is_count_open(answer)) kr_words_say(out, count == 0 ? " if the count is reached" : " and the count is reached");
}

/* " if KB5034768 or any later … is installed" */
static void add_condition(struct kr_buffer *out, const kmsrules_answer *answer) {
    const struct kr_note *differ = find_note(answer, KR_NOTE_HOSTS_DIFFER);
    if (differ == NULL) add_requirements(out, answer);
    else kr_words_say(out, "; it depends on which edition of % the host is", answer->ruleset->releases[differ->group].name);
}

void kr_words_summary(struct kr_buffer *out, const kmsrules_answer *answer) {
    static const char *const starts[] = {"Yes: ", "Conditional: ", "Undocumented: the sources do not settle whether ", "No: "};
    bool is_no = answer->verdict == KMSRULES_NO;
    if (answer->verdict > KMSRULES_NO) return;
    kr_words_say(out, "%%", starts[answer->verdict], asked_name(answer->ruleset, answer->asked.host));
    if (!is_no) add_keys(out, answer);
    kr_words_say(out, is_no ? " cannot activate " : " can activate ");
    add_asked_editions(out, answer);
    if (is_no) add_keys(out, answer);
    if (answer->verdict == KMSRULES_CONDITIONAL) add_condition(out, answer);
    add_codes(out, answer);
    kr_words_say(out, ".");
}

/* ---- Notes ---- */

/* KR_NONE: hosts of which the same is said. */
static const char *host_name(const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    return note->host == KR_NONE ? "these hosts" : ruleset->editions[note->host].name;
}

static void note_client_key(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    const char *group = kr_words_group(ruleset, note->group), *host = host_name(ruleset, note);
    kr_words_say(out, "key group \"%\" is for client hosts: it covers what is asked, but cannot be installed on %", group, host);
    if (note->other != KR_NONE) kr_words_say(out, "; key group \"%\" can, and covers it as well", kr_words_group(ruleset, note->other));
}

static void note_better_key(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_say(out, "%: with key group \"%\"", host_name(ruleset, note), kr_words_group(ruleset, note->other));
    bool is_beside = note->group != KR_NONE && ruleset->group_applications[note->group] != ruleset->group_applications[note->other];
    if (note->group != KR_NONE) kr_words_say(out, is_beside ? " besides \"%\"" : " instead of \"%\"", kr_words_group(ruleset, note->group));
    kr_words_say(out, ", on the same host, the verdict is %", kmsrules_verdict_text(note->verdict));
}

static void note_hosts_differ(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_say(out, "the editions of % do not say the same: ", ruleset->releases[note->group].name);
    for (uint32_t i = 0; i < note->ids.count; i++) {
        if (i > 0) kr_words_say(out, ", ");
        kr_words_say(out, "% %", ruleset->editions[note->ids.items[i]].name, note->verdicts == NULL ? "" : kmsrules_verdict_text(note->verdicts[i]));
    }
}

static void note_several_highest(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_say(out, "on %, key groups ", host_name(ruleset, note));
    kr_words_groups(out, ruleset, note->ids);
    kr_words_say(out, " are equally good and none of them is above another; the last declared, \"%\", is assumed",
                 kr_words_group(ruleset, note->group));
}

static void note_left_out(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_say(out, "% stands for its volume editions that some key group covers; left out: ", ruleset->releases[note->group].name);
    kr_words_editions(out, ruleset, note->ids);
}

static void note_given_up(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_say(out, "key group \"%\" does not cover ", kr_words_group(ruleset, note->group));
    kr_words_editions(out, ruleset, note->ids);
    kr_words_say(out, ", which the lower \"%\" does", kr_words_group(ruleset, note->other));
}

static void note_count(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_threshold(out, ruleset, (int)note->other);
    kr_words_say(out, "; how many the host has counted was not given");
}

static void note_never_activated(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const struct kr_note *note) {
    kr_words_say(out, "KR103 decides on ");
    kr_words_editions(out, ruleset, note->ids);
    kr_words_say(out, note->ids.count == 1 ? " itself: no host, key group or update helps" : " themselves: no host, key group or update helps");
}

static void add_sources(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids sources) {
    kr_words_say(out, sources.count == 1 ? "source: " : "sources: ");
    for (uint32_t i = 0; i < sources.count; i++) kr_words_say(out, i == 0 ? "%" : "; %", ruleset->sources[sources.items[i]].title);
}

static void note_other_host_only(struct kr_buffer *out, const kmsrules_answer *answer, const struct kr_note *note) {
    const char *host = asked_name(answer->ruleset, answer->asked.host);
    if (note->ids.count == 0) {
        kr_words_say(out, "no update and no other key group on % makes it a yes: only another host does", host);
        return;
    }
    kr_words_say(out, "no update exists that lets % serve ", host);
    kr_words_editions(out, answer->ruleset, note->ids);
    kr_words_say(out, " (KR105, ");
    add_sources(out, answer->ruleset, answer->ruleset->rows[note->other].sources);
    kr_words_say(out, "); only another host does");
}

void kr_words_note(struct kr_buffer *out, const kmsrules_answer *answer, const struct kr_note *note) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    switch (note->kind) {
    case KR_NOTE_KEY_ASSUMED:
        kr_words_say(out, "no key group was given for %: the best it can hold is assumed, \"%\"", host_name(ruleset, note),
                     kr_words_group(ruleset, note->group));
        break;
    case KR_NOTE_SEVERAL_HIGHEST: note_several_highest(out, ruleset, note); break;
    case KR_NOTE_CLIENT_KEY_ON_SERVER: note_client_key(out, ruleset, note); break;
    case KR_NOTE_BETTER_KEY: note_better_key(out, ruleset, note); break;
    case KR_NOTE_NO_KEY_FITS:
        kr_words_say(out, "no % key group can be installed on %", ruleset->applications[note->other].name, host_name(ruleset, note));
        break;
    case KR_NOTE_EDITIONS_LEFT_OUT: note_left_out(out, ruleset, note); break;
    case KR_NOTE_HOSTS_DIFFER: note_hosts_differ(out, ruleset, note); break;
    case KR_NOTE_COUNT_NOT_GIVEN: note_count(out, ruleset, note); break;
    case KR_NOTE_UPDATE_UNKNOWN: kr_words_say(out, "update % is in no table, so it decides nothing", note->text); break;
    case KR_NOTE_BUILD_DECIDES_NOTHING:
        kr_words_say(out, ruleset->host_lines[note->host] == KR_NONE ? "build % decides nothing: no line of cumulative updates by build is known for %"
                                                                     : "build % decides nothing for %: it has no revision",
                     note->text, host_name(ruleset, note));
        break;
    case KR_NOTE_NEVER_ACTIVATED: note_never_activated(out, ruleset, note); break;
    case KR_NOTE_NO_REMEDY: kr_words_say(out, "nothing in these tables makes it a yes: no host, with whatever key groups and updates"); break;
    case KR_NOTE_OTHER_HOST_ONLY: note_other_host_only(out, answer, note); break;
    case KR_NOTE_COVERAGE_GIVEN_UP: note_given_up(out, ruleset, note); break;
    }
}

/* ---- Public form ---- */

size_t kmsrules_answer_summary(const kmsrules_answer *answer, char *buffer, size_t size) {
    struct kr_buffer out = kr_buffer_over(buffer, buffer == NULL ? 0 : size);
    if (answer != NULL) kr_words_summary(&out, answer);
    return out.size;
}

size_t kmsrules_answer_note(const kmsrules_answer *answer, size_t index, char *buffer, size_t size) {
    struct kr_buffer out = kr_buffer_over(buffer, buffer == NULL ? 0 : size);
    if (answer != NULL && index < answer->note_count) kr_words_note(&out, answer, &answer->notes[index]);
    return out.size;
}
