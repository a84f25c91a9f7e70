/* Answers and lists for people; the form may change. In: what was decided. Out: lines of text. Decides nothing. */
#include "render/page.h"
#include "render/words.h"

#include <string.h>

enum { OUTCOME_WIDTH = 12, CHECK_WIDTH = 18, FACT_INDENT = 6, SOURCE_INDENT = 8 };

/* ---- What is alike is shown once ---- */

static bool are_same_ids(const kmsrules_id *a, size_t a_count, const kmsrules_id *b, size_t b_count) {
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof *a) == 0);
}

static bool are_same_checks(const kmsrules_check *a, const kmsrules_check *b) {
    if (a->code != b->code || a->outcome != b->outcome || a->basis != b->basis) return false;
    if (a->fact_count != b->fact_count || a->requirement_count != b->requirement_count) return false;
    if (!are_same_ids(a->predictions, a->prediction_count, b->predictions, b->prediction_count)) return false;
    for (size_t i = 0; i < a->fact_count; i++)
        if (a->facts[i].row != b->facts[i].row) return false;
    for (size_t i = 0; i < a->requirement_count; i++)
        if (!kr_words_are_same_requirement(&a->requirements[i], &b->requirements[i])) return false;
    return true;
}

/* Rows that only say what an edition or a host is differ from one to the next and tell nothing that its name does not. */
static bool is_own_row(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) {
    return check->outcome == KMSRULES_PASS && check->fact_count == 1 && check->facts[0].row < ruleset->row_count &&
           ruleset->rows[check->facts[0].row].relation == KR_RELATION_EDITION;
}

static bool are_alike_checks(const struct kmsrules_ruleset *ruleset, const kmsrules_check *a, const kmsrules_check *b) {
    if (are_same_checks(a, b)) return true;
    return a->code == b->code && is_own_row(ruleset, a) && is_own_row(ruleset, b);
}

static bool are_alike_editions(const struct kmsrules_ruleset *ruleset, const kmsrules_edition_answer *a, const kmsrules_edition_answer *b) {
    if (a->verdict != b->verdict || a->check_count != b->check_count) return false;
    for (size_t i = 0; i < a->check_count; i++)
        if (!are_alike_checks(ruleset, &a->checks[i], &b->checks[i])) return false;
    return true;
}

static bool are_same_choices(const kmsrules_choice *a, const kmsrules_choice *b) {
    return a->key_group == b->key_group && a->verdict == b->verdict && are_same_ids(a->needs, a->need_count, b->needs, b->need_count);
}

static bool are_alike_hosts(const struct kmsrules_ruleset *ruleset, const kmsrules_host_answer *a, const kmsrules_host_answer *b) {
    if (a->application != b->application || a->verdict != b->verdict || a->key_group != b->key_group || a->key_assumed != b->key_assumed)
        return false;
    if (a->edition_count != b->edition_count || a->choice_count != b->choice_count) return false;
    for (size_t i = 0; i < a->edition_count; i++)
        if (a->editions[i].edition != b->editions[i].edition || !are_alike_editions(ruleset, &a->editions[i], &b->editions[i])) return false;
    for (size_t i = 0; i < a->choice_count; i++)
        if (!are_same_choices(&a->choices[i], &b->choices[i])) return false;
    return true;
}

/* Whether an earlier one of the list has been shown for this one. */
static bool is_shown_edition(const struct kr_page *page, const kmsrules_host_answer *host, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (are_alike_editions(page->ruleset, &host->editions[i], &host->editions[index])) return true;
    return false;
}

static bool is_shown_host(const struct kr_page *page, const kmsrules_answer *answer, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (are_alike_hosts(page->ruleset, &answer->hosts[i], &answer->hosts[index])) return true;
    return false;
}

/* ---- Checks and facts ---- */

static void add_source(struct kr_page *page, const kmsrules_source *source) {
    kr_page_indent(page, SOURCE_INDENT);
    kr_words_say(&page->out, "source: %", source->title);
    if (source->locator != NULL) kr_words_say(&page->out, "; %", source->locator);
    if (source->date != NULL) kr_words_say(&page->out, "; %", source->date);
    kr_words_say(&page->out, "\n");
}

static void add_fact(struct kr_page *page, const kmsrules_fact *fact, const kmsrules_check *check) {
    kr_page_indent(page, FACT_INDENT);
    kr_words_fact(&page->out, page->ruleset, fact, check);
    kr_words_say(&page->out, "\n");
    for (size_t i = 0; i < fact->source_count; i++) add_source(page, &page->ruleset->sources[fact->sources[i]]);
    kr_page_indent(page, SOURCE_INDENT);
    kr_words_say(&page->out, "row: %:", fact->at.file);
    kr_buffer_add_number(&page->out, fact->at.line);
    kr_words_say(&page->out, ":");
    kr_buffer_add_number(&page->out, fact->at.column);
    kr_words_say(&page->out, "\n");
}

/* Where a page tells more of the error, it is named. */
static void add_prediction(struct kr_page *page, const kmsrules_prediction *prediction) {
    const kmsrules_error *error = &page->ruleset->errors[prediction->error];
    kr_page_indent(page, FACT_INDENT);
    kr_words_prediction(&page->out, page->ruleset, prediction);
    if (kmsrules_code_find(error->id) != NULL) kr_words_say(&page->out, " (kmsrules explain %)", error->id);
    if (prediction->note != NULL) kr_words_say(&page->out, "; note: %", prediction->note);
    kr_words_say(&page->out, "\n");
}

static void add_check(struct kr_page *page, const kmsrules_answer *answer, const kmsrules_check *check, struct kr_together together) {
    kr_page_indent(page, 2);
    kr_page_colored(page, kmsrules_outcome_text(check->outcome), (int)check->outcome, OUTCOME_WIDTH);
    kr_words_say(&page->out, "  KR");
    kr_buffer_add_number(&page->out, (uint64_t)check->code);
    kr_words_say(&page->out, "  ");
    kr_page_cell(page, kmsrules_check_name(check->code), CHECK_WIDTH);
    kr_words_say(&page->out, "  ");
    kr_words_check(&page->out, answer, check, together);
    kr_words_say(&page->out, "\n");
    bool is_bare = together.editions && is_own_row(page->ruleset, check);
    for (size_t i = 0; !is_bare && i < check->fact_count; i++) add_fact(page, &check->facts[i], check);
    for (size_t i = 0; i < check->prediction_count; i++) add_prediction(page, &page->ruleset->predictions[check->predictions[i]]);
}

/* ---- One host ---- */

static size_t count_alike_editions(const struct kr_page *page, const kmsrules_host_answer *host, size_t index) {
    size_t count = 0;
    for (size_t i = index; i < host->edition_count; i++) count += are_alike_editions(page->ruleset, &host->editions[index], &host->editions[i]);
    return count;
}

static void add_edition_names(struct kr_page *page, const kmsrules_host_answer *host, size_t index) {
    for (size_t i = index; i < host->edition_count; i++) {
        if (!are_alike_editions(page->ruleset, &host->editions[index], &host->editions[i])) continue;
        kr_words_say(&page->out, i == index ? "\n%" : ", %", page->ruleset->editions[host->editions[i].edition].name);
    }
}

static void add_edition(struct kr_page *page, const kmsrules_answer *answer, const kmsrules_host_answer *host, size_t index, bool is_several_hosts) {
    const kmsrules_edition_answer *edition = &host->editions[index];
    struct kr_together together = {is_several_hosts, count_alike_editions(page, host, index) > 1};
    add_edition_names(page, host, index);
    kr_words_say(&page->out, ": ");
    kr_page_colored(page, kr_page_verdict_word(edition->verdict), (int)edition->verdict, 0);
    kr_words_say(&page->out, "\n");
    for (size_t i = 0; i < edition->check_count; i++) add_check(page, answer, &edition->checks[i], together);
}

static void add_needs(struct kr_page *page, const kmsrules_choice *choice) {
    for (size_t i = 0; choice->verdict != KMSRULES_NO && i < choice->requirement_count; i++) {
        kr_words_say(&page->out, i == 0 ? "; needs " : " and ");
        kr_words_updates(&page->out, page->ruleset, kr_words_any_of(&choice->requirements[i]));
    }
}

static void add_choice(struct kr_page *page, const kmsrules_choice *choice, size_t id_width) {
    const kmsrules_key_group *group = &page->ruleset->groups[choice->key_group];
    kr_page_indent(page, 2);
    kr_page_colored(page, kr_page_verdict_word(choice->verdict), (int)choice->verdict, OUTCOME_WIDTH);
    kr_words_say(&page->out, "  ");
    kr_page_cell(page, group->id, id_width);
    kr_words_say(&page->out, "  %", group->name);
    add_needs(page, choice);
    kr_words_say(&page->out, "\n");
}

static void add_choices(struct kr_page *page, const kmsrules_host_answer *host) {
    size_t width = 0, count = 0;
    for (size_t i = 0; i < host->choice_count; i++) {
        if (host->choices[i].key_group == host->key_group) continue;
        size_t own = kr_page_width(page->ruleset->groups[host->choices[i].key_group].id);
        if (own > width) width = own;
        count++;
    }
    if (count > 0) kr_page_heading(page, "Other key groups this host can hold, highest authority first");
    for (size_t i = 0; i < host->choice_count; i++)
        if (host->choices[i].key_group != host->key_group) add_choice(page, &host->choices[i], width);
}

/* Names the hosts that are alike; says whether they are several. */
static bool add_host_names(struct kr_page *page, const kmsrules_answer *answer, size_t index) {
    size_t count = 0;
    kr_words_say(&page->out, "\nHost ");
    for (size_t i = index; i < answer->host_count; i++) {
        if (!are_alike_hosts(page->ruleset, &answer->hosts[index], &answer->hosts[i])) continue;
        kr_words_say(&page->out, count++ == 0 ? "%" : ", %", page->ruleset->editions[answer->hosts[i].host].name);
    }
    return count > 1;
}

static void add_host(struct kr_page *page, const kmsrules_answer *answer, size_t index) {
    const kmsrules_host_answer *host = &answer->hosts[index];
    bool is_several = add_host_names(page, answer, index);
    kr_words_say(&page->out, ", as KMS host for %: ", page->ruleset->applications[host->application].name);
    kr_page_colored(page, kr_page_verdict_word(host->verdict), (int)host->verdict, 0);
    if (host->key_group == KR_NONE) kr_words_say(&page->out, "\nIt can hold no key group.\n");
    else
        kr_words_say(&page->out, "\nKey group %, \"%\"%\n", page->ruleset->groups[host->key_group].id, kr_words_group(page->ruleset, host->key_group),
                     host->key_assumed ? ", assumed as none was given" : "");
    for (size_t i = 0; i < host->edition_count; i++)
        if (!is_shown_edition(page, host, i)) add_edition(page, answer, host, i, is_several);
    add_choices(page, host);
}

/* ---- The whole answer ---- */

static void add_summary(struct kr_page *page, const kmsrules_answer *answer) {
    static const char *const colors[] = {"\x1b[1;32m", "\x1b[1;33m", "\x1b[1;35m", "\x1b[1;31m"};
    if (page->has_color && answer->verdict <= KMSRULES_NO) kr_buffer_add_string(&page->out, colors[answer->verdict]);
    kr_words_summary(&page->out, answer);
    if (page->has_color) kr_buffer_add_string(&page->out, "\x1b[0m");
    kr_words_say(&page->out, "\n");
}

static bool are_same_strings(const char *a, const char *b) { return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0); }

/* Notes that differ in their host alone. */
static bool are_alike_notes(const struct kr_note *a, const struct kr_note *b) {
    return a->kind == b->kind && a->group == b->group && a->other == b->other && a->verdict == b->verdict && are_same_strings(a->text, b->text) &&
           are_same_ids(a->ids.items, a->ids.count, b->ids.items, b->ids.count);
}

static void add_note(struct kr_page *page, const kmsrules_answer *answer, size_t index) {
    struct kr_note note = answer->notes[index];
    for (size_t i = 0; i < index; i++)
        if (are_alike_notes(&answer->notes[i], &note)) return;
    for (size_t i = index + 1; i < answer->note_count; i++)
        if (are_alike_notes(&answer->notes[i], &note)) note.host = KR_NONE;
    kr_words_say(&page->out, "  - ");
    kr_words_note(&page->out, answer, &note);
    kr_words_say(&page->out, "\n");
}

static void add_notes(struct kr_page *page, const kmsrules_answer *answer) {
    if (answer->note_count > 0) kr_page_heading(page, "Notes");
    for (size_t i = 0; i < answer->note_count; i++) add_note(page, answer, i);
}

static void add_origin(struct kr_page *page, const kmsrules_answer *answer) {
    kr_words_say(&page->out, "\n");
    kr_words_revision(&page->out, page->ruleset, answer->asked.date);
    kr_words_say(&page->out, "\n");
}

/* What is open in an answer. */
struct openings {
    const kmsrules_requirement *requirement; /* the first one that is not known to be met */
    bool has_count; /* a count was given that settles nothing */
};

static struct openings find_openings(const kmsrules_answer *answer) {
    struct openings open = {NULL, false};
    struct kr_check_place place = {0, 0, 0};
    const kmsrules_check *check;
    while ((check = kr_words_next_check(answer, &place)) != NULL) {
        if (check->outcome != KMSRULES_UNKNOWN) continue;
        if (check->code == KMSRULES_KR106) open.has_count = true;
        if (check->requirement_count > 0 && open.requirement == NULL) open.requirement = &check->requirements[0];
    }
    return open;
}

static bool is_given(const struct kmsrules_ruleset *ruleset, const struct kr_asked_question *asked, kmsrules_id update) {
    for (size_t i = 0; i < asked->update_count; i++)
        if (strcmp(asked->updates[i], ruleset->updates[update].id) == 0) return true;
    return false;
}

/* The first update of a requirement, or, when that one is installed, the first that must be there before it. */
static kmsrules_id missing_update(const kmsrules_answer *answer, const kmsrules_requirement *requirement) {
    kmsrules_id update = requirement->any_of[0];
    struct kr_ids before = answer->ruleset->update_orders[update].after_any_of;
    return before.count > 0 && is_given(answer->ruleset, &answer->asked, update) ? before.items[0] : update;
}

static void add_update_hint(struct kr_page *page, kmsrules_id update) {
    uint32_t line = page->ruleset->update_orders[update].line;
    kr_words_say(&page->out, "\nNext: say what is installed, for example --update %", page->ruleset->updates[update].id);
    if (line != KR_NONE) kr_words_say(&page->out, " or a later one");
    if (line != KR_NONE && page->ruleset->lines[line].build != 0) kr_words_say(&page->out, ", or --host-build");
    kr_words_say(&page->out, "; with --complete nothing else is.\n");
}

static bool has_note(const kmsrules_answer *answer, enum kr_note_kind kind) {
    for (size_t i = 0; i < answer->note_count; i++)
        if (answer->notes[i].kind == kind) return true;
    return false;
}

/* What would settle a conditional answer. */
static void add_hint(struct kr_page *page, const kmsrules_answer *answer) {
    struct openings open = find_openings(answer);
    if (answer->verdict != KMSRULES_CONDITIONAL) return;
    if (has_note(answer, KR_NOTE_HOSTS_DIFFER)) kr_words_say(&page->out, "\nNext: name the edition of the host.\n");
    else if (open.requirement != NULL) add_update_hint(page, missing_update(answer, open.requirement));
    else if (open.has_count) kr_words_say(&page->out, "\nNext: give the other counts (--clients, --servers, --office).\n");
}

/* ---- Lists ---- */

/* Widths of the columns; 0: not shown. */
struct columns {
    size_t host, edition, key_id, key;
};

static void widen(size_t *width, const char *name) {
    size_t own = kr_page_width(name);
    if (own > *width) *width = own;
}

static struct columns measure(const kmsrules_list *list) {
    struct columns columns = {0, 0, 0, 0};
    for (size_t i = 0; i < list->count; i++) {
        const kmsrules_list_item *item = &list->items[i];
        if (item->host != KR_NONE) widen(&columns.host, list->ruleset->editions[item->host].name);
        if (item->key_group != KR_NONE) widen(&columns.key_id, list->ruleset->groups[item->key_group].id);
        if (item->key_group != KR_NONE) widen(&columns.key, list->ruleset->groups[item->key_group].name);
        if (item->edition != KR_NONE) widen(&columns.edition, list->ruleset->editions[item->edition].name);
    }
    if (list->asked.host.kind == KMSRULES_EDITION) columns.host = 0; /* every item has the one asked for */
    return columns;
}

static void add_column(struct kr_page *page, const char *name, size_t width, bool is_last) {
    if (width == 0) return;
    kr_words_say(&page->out, "  ");
    kr_page_cell(page, name, is_last ? 0 : width);
}

static void add_item(struct kr_page *page, const kmsrules_list_item *item, struct columns columns) {
    const struct kmsrules_ruleset *ruleset = page->ruleset;
    size_t need_count = item->verdict == KMSRULES_NO ? 0 : item->need_count; /* no update would turn it */
    bool has_needs = need_count > 0;
    kr_page_colored(page, kr_page_verdict_word(item->verdict), (int)item->verdict, OUTCOME_WIDTH);
    add_column(page, item->host == KR_NONE ? "" : ruleset->editions[item->host].name, columns.host,
               columns.edition == 0 && columns.key == 0 && !has_needs);
    add_column(page, item->edition == KR_NONE ? "" : ruleset->editions[item->edition].name, columns.edition, columns.key == 0 && !has_needs);
    add_column(page, item->key_group == KR_NONE ? "" : ruleset->groups[item->key_group].id, columns.key_id, false);
    add_column(page, kr_words_group(ruleset, item->key_group), columns.key, !has_needs);
    for (size_t i = 0; i < need_count; i++) kr_words_say(&page->out, i == 0 ? "  needs %" : ", %", ruleset->updates[item->needs[i]].id);
    kr_words_say(&page->out, "\n");
}

/* ---- Public form ---- */

kmsrules_status kmsrules_answer_print(const kmsrules_answer *answer, bool color, char **text, size_t *size) {
    if (answer == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = answer->ruleset, .has_color = color};
    add_summary(&page, answer);
    for (size_t i = 0; i < answer->host_count; i++)
        if (!is_shown_host(&page, answer, i)) add_host(&page, answer, i);
    kr_page_remedies(&page, answer);
    add_notes(&page, answer);
    add_origin(&page, answer);
    add_hint(&page, answer);
    return kr_page_finish(&page, text, size);
}

kmsrules_status kmsrules_list_print(const kmsrules_list *list, bool color, char **text, size_t *size) {
    if (list == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = list->ruleset, .has_color = color};
    struct columns columns = measure(list);
    for (size_t i = 0; i < list->count; i++) add_item(&page, &list->items[i], columns);
    if (list->count == 0) kr_words_say(&page.out, "none\n");
    return kr_page_finish(&page, text, size);
}
