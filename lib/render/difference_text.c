/* A difference for people; the form may change. Editions of a release that change alike are one line. Decides nothing. */
#include <string.h>

#include "fleet/difference.h"
#include "render/page.h"
#include "render/words.h"

enum { LABEL_SIZE = 512, VERDICTS_WIDTH = 29, STEP_INDENT = 5 };

static const char *asked_name(const struct kmsrules_ruleset *ruleset, struct kr_asked asked) {
    return asked.kind == KMSRULES_RELEASE ? ruleset->releases[asked.id].name : ruleset->editions[asked.id].name;
}

/* ---- Head ---- */

static const char *noun_of(const kmsrules_difference *difference) { return difference->summary.is_fleet ? "row" : "edition"; }

static void add_summary(struct kr_page *page, const kmsrules_difference *difference) {
    static const char *const words[KMSRULES_SHIFT_COUNT] = {"gained",  "lost",                    "fallen to undocumented",  "from yes to conditional",
                                                             "settled", "from no to undocumented", "from undocumented to no", "unchanged"};
    const kmsrules_difference_summary *summary = &difference->summary;
    kr_words_say(&page->out, "From % to %: ", asked_name(page->ruleset, difference->before), asked_name(page->ruleset, difference->after));
    kr_words_number_of(&page->out, summary->rows[KMSRULES_GAINED], noun_of(difference));
    kr_words_say(&page->out, " gained");
    for (int change = KMSRULES_LOST; change < KMSRULES_SHIFT_COUNT; change++) {
        if (summary->rows[change] == 0 && change != KMSRULES_LOST) continue;
        kr_words_say(&page->out, ", ");
        kr_buffer_add_number(&page->out, summary->rows[change]);
        kr_words_say(&page->out, " %", words[change]);
    }
    if (summary->no_before_and_after > 0) {
        kr_words_say(&page->out, summary->is_fleet ? " (" : "; ");
        kr_buffer_add_number(&page->out, summary->no_before_and_after);
        kr_words_say(&page->out, summary->is_fleet ? " of these are no on either host)" : " more are no on either host");
    }
    kr_words_say(&page->out, ".\n");
    if (summary->unrecognised == 0) return;
    kr_words_number_of(&page->out, summary->unrecognised, "row");
    kr_words_say(&page->out, summary->unrecognised == 1 ? " is not recognised: nothing is said of it.\n" : " are not recognised: nothing is said of them.\n");
}

static void add_key(struct kr_page *page, kmsrules_id group, bool is_assumed) {
    if (group == KR_NONE) kr_words_say(&page->out, is_assumed ? "no key that fits" : "no key");
    else kr_words_say(&page->out, "\"%\"%", kr_words_group(page->ruleset, group), is_assumed ? " (assumed as none was given)" : "");
}

static void add_keys(struct kr_page *page, const kmsrules_difference *difference) {
    const kmsrules_difference_summary *summary = &difference->summary;
    if (summary->key_count > 0) kr_page_heading(page, "Keys");
    for (size_t i = 0; i < summary->key_count; i++) {
        const kmsrules_difference_key *key = &summary->keys[i];
        kr_words_say(&page->out, "  %: ", page->ruleset->applications[key->application].name);
        add_key(page, key->before, key->before_assumed);
        kr_words_say(&page->out, " -> ");
        add_key(page, key->after, key->after_assumed);
        kr_words_say(&page->out, "\n");
        if (key->before == KR_NONE || key->after != KR_NONE) continue;
        kr_words_say(&page->out, "    what the old host serves of % is lost%\n", page->ruleset->applications[key->application].name,
                     key->after_assumed ? "" : " unless such a key moves, too");
    }
}

/* ---- Products ---- */

/* The one that keeps a product from being better; of two equal ones the later. */
static const kmsrules_judgement *worse_side(const kmsrules_difference_product *product) {
    return product->before.verdict > product->after.verdict ? &product->before : &product->after;
}

static bool are_alike_judgements(const kmsrules_judgement *a, const kmsrules_judgement *b) {
    return a->verdict == b->verdict && a->code == b->code && a->basis == b->basis;
}

static bool are_alike(const kmsrules_difference_product *a, const kmsrules_difference_product *b) {
    return a->change == b->change && are_alike_judgements(&a->before, &b->before) && are_alike_judgements(&a->after, &b->after);
}

static kmsrules_id release_of(const struct kmsrules_ruleset *ruleset, const kmsrules_difference_product *product) {
    return product->kind == KMSRULES_EDITION ? ruleset->editions[product->id].release : KR_NONE;
}

/* Editions that change alike, of one release, which stand together. */
struct group {
    const kmsrules_difference_product *first;
    uint64_t editions, rows, machines;
};

/* The group that begins at `index`; false when that one is part of another. */
static bool find_group(const struct kr_page *page, const kmsrules_difference_summary *summary, size_t index, struct group *group) {
    const kmsrules_difference_product *products = summary->products, *first = &products[index];
    kmsrules_id release = release_of(page->ruleset, first);
    *group = (struct group){first, 0, 0, 0};
    for (size_t i = index; release != KR_NONE && i-- > 0 && release_of(page->ruleset, &products[i]) == release;)
        if (are_alike(&products[i], first)) return false;
    for (size_t i = index; i < summary->product_count && (i == index || (release != KR_NONE && release_of(page->ruleset, &products[i]) == release)); i++) {
        if (!are_alike(&products[i], first)) continue;
        group->editions++;
        group->rows += products[i].rows;
        group->machines += products[i].machines;
    }
    return true;
}

static const char *label_of(const struct kr_page *page, const struct group *group, bool is_fleet, char label[static LABEL_SIZE]) {
    struct kr_buffer out = kr_buffer_over(label, LABEL_SIZE);
    kmsrules_id release = release_of(page->ruleset, group->first);
    bool is_several = group->editions > 1;
    kr_buffer_add_string(&out, is_several ? page->ruleset->releases[release].name : asked_name(page->ruleset, (struct kr_asked){group->first->kind, group->first->id}));
    if (!is_several && !is_fleet) return label;
    kr_buffer_add_string(&out, " (");
    if (is_several && !is_fleet && group->editions < page->ruleset->releases[release].edition_count) {
        kr_buffer_add_number(&out, group->editions);
        kr_buffer_add_string(&out, " of ");
        kr_words_number_of(&out, page->ruleset->releases[release].edition_count, "edition");
    } else if (is_several) {
        kr_words_number_of(&out, group->editions, "edition");
    }
    if (is_several && is_fleet) kr_buffer_add_string(&out, ", ");
    if (is_fleet) kr_words_number_of(&out, group->machines, "machine");
    kr_buffer_add_string(&out, ")");
    return label;
}

static void add_verdicts(struct kr_page *page, const kmsrules_difference_product *product) {
    size_t width = strlen(kr_page_verdict_word(product->before.verdict)), after = strlen(kr_page_verdict_word(product->after.verdict));
    kr_page_colored(page, kr_page_verdict_word(product->before.verdict), (int)product->before.verdict, 0);
    if (product->before.verdict != product->after.verdict) {
        kr_words_say(&page->out, " -> ");
        kr_page_colored(page, kr_page_verdict_word(product->after.verdict), (int)product->after.verdict, 0);
        width += 4 + after;
    }
    const kmsrules_judgement *side = worse_side(product);
    if (side->verdict == KMSRULES_YES) return;
    kr_page_indent(page, width < VERDICTS_WIDTH ? VERDICTS_WIDTH - width : 1);
    kr_words_say(&page->out, "KR");
    kr_buffer_add_number(&page->out, (uint64_t)side->code);
    if (side->basis != KMSRULES_NO_BASIS) kr_words_say(&page->out, " %", kmsrules_basis_text(side->basis));
}

static void add_group(struct kr_page *page, const struct group *group, const char *label, size_t width) {
    bool is_explained = group->first->change != KMSRULES_GAINED && group->first->change != KMSRULES_SETTLED && group->first->change != KMSRULES_UNCHANGED;
    kr_words_say(&page->out, "  ");
    kr_page_cell(page, label, width);
    kr_words_say(&page->out, "  ");
    add_verdicts(page, group->first);
    if (is_explained) kr_words_say(&page->out, "\n      %", group->first->after.reason); /* escaped already: it holds nothing to escape */
    kr_words_say(&page->out, "\n");
}

static size_t width_of_groups(const struct kr_page *page, const kmsrules_difference_summary *summary) {
    size_t width = 0;
    struct group group;
    char label[LABEL_SIZE];
    for (size_t i = 0; i < summary->product_count; i++) {
        if (!find_group(page, summary, i, &group)) continue;
        size_t own = kr_page_width(label_of(page, &group, summary->is_fleet, label));
        if (own > width) width = own;
    }
    return width;
}

static void add_change(struct kr_page *page, const kmsrules_difference *difference, kmsrules_shift change, size_t width) {
    static const char *const headings[KMSRULES_SHIFT_COUNT] = {
        "Gained", "Lost", "Fallen to undocumented: not lost, but the sources do not say", "From yes to conditional", "Settled: from conditional to yes",
        "From no to undocumented", "From undocumented to no", "Unchanged"};
    const kmsrules_difference_summary *summary = &difference->summary;
    struct group group;
    char label[LABEL_SIZE];
    if (summary->rows[change] == 0) return;
    kr_page_heading(page, headings[change]);
    for (size_t i = 0; i < summary->product_count; i++)
        if (summary->products[i].change == change && find_group(page, summary, i, &group))
            add_group(page, &group, label_of(page, &group, summary->is_fleet, label), width);
}

/* ---- The new host ---- */

static void add_needs(struct kr_page *page, const kmsrules_difference *difference) {
    const kmsrules_difference_summary *summary = &difference->summary;
    if (summary->need_count > 0) kr_page_heading(page, "Needs of the new host");
    for (size_t i = 0; i < summary->need_count; i++) {
        kr_words_say(&page->out, "  ");
        kr_words_updates(&page->out, page->ruleset, kr_words_any_of(&summary->needs[i].requirement));
        kr_words_say(&page->out, ", for ");
        kr_words_number_of(&page->out, summary->needs[i].rows, noun_of(difference));
        kr_words_say(&page->out, summary->needs[i].requirement.is_known_missing ? ": not installed\n" : ": install, or confirm with --update\n");
    }
}

/* What clients see while the count is too low; NULL where the tables do not say. */
static const char *error_of_count(const struct kmsrules_ruleset *ruleset) {
    for (uint32_t i = 0; i < ruleset->transition_count; i++)
        if (ruleset->transitions[i].kind == KMSRULES_HOST_COUNT && ruleset->transitions[i].error != NULL) return ruleset->transitions[i].error;
    return NULL;
}

static void add_threshold(struct kr_page *page, const kmsrules_fleet_threshold *threshold) {
    const char *error = error_of_count(page->ruleset);
    bool is_reached = threshold->certain >= threshold->minimum, is_open = !is_reached && threshold->possible >= threshold->minimum;
    kr_words_say(&page->out, "  %, %: %, ", page->ruleset->applications[threshold->application].name, kmsrules_kind_text(threshold->kind),
                 is_reached ? "will be reached" : is_open ? "not certain" : "will not be reached");
    kr_buffer_add_number(&page->out, threshold->certain);
    kr_words_say(&page->out, " of ");
    kr_buffer_add_number(&page->out, threshold->minimum);
    if (threshold->possible > threshold->certain) {
        kr_words_say(&page->out, " (");
        kr_buffer_add_number(&page->out, threshold->possible);
        kr_words_say(&page->out, " with those that are not decided)");
    }
    kr_words_say(&page->out, is_reached ? "; before that machines get " : "; until it is machines get ");
    kr_words_say(&page->out, "%\n", error == NULL ? "no activation" : error);
}

static void add_thresholds(struct kr_page *page, const kmsrules_difference *difference) {
    const kmsrules_interval *renewal = kmsrules_ruleset_find_interval(page->ruleset, KMSRULES_RENEWAL, KMSRULES_NONE);
    const kmsrules_difference_summary *summary = &difference->summary;
    if (summary->threshold_count > 0) kr_page_heading(page, "Thresholds on the new host, which counts from 0, by this fleet alone");
    for (size_t i = 0; i < summary->threshold_count; i++) add_threshold(page, &summary->thresholds[i]);
    if (summary->threshold_count == 0 || renewal == NULL) return;
    kr_words_say(&page->out, "  Every machine that runs and finds its host by DNS has asked it ");
    kr_words_duration(&page->out, renewal->seconds);
    kr_words_say(&page->out, " after the old host has stopped answering.\n");
}

/* ---- The move ---- */

static void add_intervals(struct kr_page *page, unsigned intervals) {
    unsigned count = 0;
    for (int kind = 0; kind < KMSRULES_INTERVAL_COUNT; kind++) {
        const kmsrules_interval *interval = kmsrules_ruleset_find_interval(page->ruleset, (kmsrules_interval_kind)kind, KMSRULES_NONE);
        if ((intervals >> kind & 1u) == 0 || interval == NULL) continue;
        kr_words_say(&page->out, count++ == 0 ? " (%: " : ", %: ", kmsrules_interval_text(interval->kind));
        kr_words_duration(&page->out, interval->seconds);
    }
    if (count > 0) kr_words_say(&page->out, ")");
}

static void add_line(struct kr_page *page, const char *name, const char *text) {
    if (text == NULL) return;
    kr_page_indent(page, STEP_INDENT);
    kr_words_say(&page->out, "%: %\n", name, text);
}

static void add_transition(struct kr_page *page, const kmsrules_transition *transition) {
    kr_words_say(&page->out, "%", transition->text);
    add_intervals(page, transition->intervals);
    kr_words_say(&page->out, "\n");
    add_line(page, "command", transition->command);
    add_line(page, "error", transition->error);
    add_line(page, "note", transition->note);
    kr_page_indent(page, STEP_INDENT);
    for (size_t i = 0; i < transition->source_count; i++)
        kr_words_say(&page->out, i == 0 ? "source: %" : "; %", page->ruleset->sources[transition->sources[i]].title);
    kr_words_say(&page->out, "\n");
}

static void add_meanwhile(struct kr_page *page) {
    static const char *const names[KMSRULES_STEP] = {"Clients that find their host by DNS", "Clients that keep the host they found", "Clients whose host is set by hand", "The count"};
    kr_page_heading(page, "What clients do meanwhile");
    for (uint32_t i = 0; i < page->ruleset->transition_count; i++) {
        const kmsrules_transition *transition = &page->ruleset->transitions[i];
        if (transition->kind == KMSRULES_STEP) continue;
        kr_words_say(&page->out, "  %: ", names[transition->kind]);
        add_transition(page, transition);
    }
}

static void add_steps(struct kr_page *page) {
    uint64_t number = 0;
    kr_page_heading(page, "Steps, in this order");
    for (uint32_t i = 0; i < page->ruleset->transition_count; i++) {
        if (page->ruleset->transitions[i].kind != KMSRULES_STEP) continue;
        kr_page_indent(page, ++number < 10 ? 2 : 1);
        kr_buffer_add_number(&page->out, number);
        kr_words_say(&page->out, ". ");
        add_transition(page, &page->ruleset->transitions[i]);
    }
}

static void add_origin(struct kr_page *page, const kmsrules_difference *difference) {
    kr_words_say(&page->out, "\n");
    kr_words_revision(&page->out, page->ruleset, difference->date);
    kr_words_say(&page->out, "\n");
}

kmsrules_status kmsrules_difference_print(const kmsrules_difference *difference, bool color, char **text, size_t *size) {
    if (difference == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = difference->ruleset, .has_color = color};
    size_t width = width_of_groups(&page, &difference->summary);
    add_summary(&page, difference);
    add_keys(&page, difference);
    for (int change = 0; change < KMSRULES_SHIFT_COUNT; change++) add_change(&page, difference, (kmsrules_shift)change, width);
    add_needs(&page, difference);
    add_thresholds(&page, difference);
    if (page.ruleset->transition_count > 0) add_meanwhile(&page);
    if (page.ruleset->transition_count > 0) add_steps(&page);
    if (page.ruleset->transition_count == 0) kr_words_say(&page.out, "\nThe tables do not say what clients do meanwhile.\n");
    add_origin(&page, difference);
    return kr_page_finish(&page, text, size);
}
