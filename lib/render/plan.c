/* A plan for people; the form may change. In: what was planned. Out: lines of text. Decides nothing. */
#include "ask/plan.h"
#include "render/page.h"

enum { SHOWN_TIES = 4 };

static void add_number(struct kr_page *page, uint64_t number) { kr_buffer_add_number(&page->out, number); }

static void add_plural(struct kr_page *page, uint64_t number, const char *noun) {
    add_number(page, number);
    kr_words_say(&page->out, number == 1 ? " %" : " %s", noun);
}

static void add_product(struct kr_page *page, const kmsrules_planned *product) {
    add_number(page, product->machines);
    kr_words_say(&page->out, " × %", kr_words_product(page->ruleset, product->kind, product->id));
}

/* ---- In one sentence ---- */

static bool is_short(const kmsrules_placement *placement) {
    for (size_t i = 0; i < placement->threshold_count; i++)
        if (placement->thresholds[i].certain < placement->thresholds[i].minimum) return true;
    return false;
}

static bool has_short_placement(const kmsrules_plan_option *option) {
    for (size_t i = 0; i < option->placement_count; i++)
        if (is_short(&option->placements[i])) return true;
    return false;
}

static void add_summary(struct kr_page *page, const kmsrules_plan_content *content) {
    if (page->has_color) kr_buffer_add_string(&page->out, content->covered == content->machines ? "\x1b[1;32m" : "\x1b[1;31m");
    if (content->option_count == 0) {
        kr_words_say(&page->out, "Nothing to choose from covers any of ");
        add_plural(page, content->machines, "machine");
    } else {
        add_plural(page, content->host_count, "host");
        kr_words_say(&page->out, content->host_count == 1 ? " covers " : " cover ");
        add_number(page, content->covered);
        kr_words_say(&page->out, " of ");
        add_plural(page, content->machines, "machine");
    }
    if (content->option_count > 0 && has_short_placement(&content->options[0])) kr_words_say(&page->out, "; not every threshold is reached, see below");
    kr_words_say(&page->out, content->is_optimal ? "." : "; the search was given up, there may be a better plan.");
    if (page->has_color) kr_buffer_add_string(&page->out, "\x1b[0m");
    kr_words_say(&page->out, "\n");
}

/* ---- Placements ---- */

static void add_updates(struct kr_page *page, const kmsrules_id *updates, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0) kr_words_say(&page->out, ", then ");
        kr_words_updates(&page->out, page->ruleset, (struct kr_ids){&updates[i], 1});
    }
}

/* What would reach a threshold that is not reached for certain. */
static void add_shortfall(struct kr_page *page, const kmsrules_plan_threshold *threshold) {
    if (threshold->possible >= threshold->minimum) {
        kr_words_say(&page->out, "reached if ");
        add_number(page, threshold->minimum - threshold->certain);
        kr_words_say(&page->out, " of those that another host covers as well use this one");
        return;
    }
    kr_words_say(&page->out, "not reached: ");
    add_plural(page, threshold->minimum - threshold->possible, "more machine");
    kr_words_say(&page->out, " (");
    kr_words_kinds(&page->out, page->ruleset->thresholds[threshold->kind].counts, "or");
    kr_words_say(&page->out, ") would reach it");
}

static void add_threshold(struct kr_page *page, const kmsrules_plan_threshold *threshold) {
    kr_words_say(&page->out, "      threshold: ");
    kr_words_threshold(&page->out, page->ruleset, (int)threshold->kind);
    kr_words_say(&page->out, ": ");
    add_number(page, threshold->possible);
    kr_words_say(&page->out, ", ");
    if (threshold->certain >= threshold->minimum) kr_words_say(&page->out, "reached");
    else add_shortfall(page, threshold);
    kr_words_say(&page->out, "\n");
}

/* Of another application than the one before it, on the same machine. */
static bool is_on_same_host(const struct kr_page *page, const kmsrules_plan_option *option, size_t index) {
    const kmsrules_placement *placement = &option->placements[index], *before = index == 0 ? NULL : &option->placements[index - 1];
    const kmsrules_key_group *groups = page->ruleset->groups;
    return before != NULL && before->host == placement->host && groups[before->key_group].application != groups[placement->key_group].application;
}

static void add_placement(struct kr_page *page, const kmsrules_plan_option *option, size_t index) {
    const kmsrules_placement *placement = &option->placements[index];
    kr_words_say(&page->out, is_on_same_host(page, option, index) ? "  the same %, also with key group % (\"%\")\n      " : "  %, with key group % (\"%\")\n      ",
                 page->ruleset->editions[placement->host].name, page->ruleset->groups[placement->key_group].id, kr_words_group(page->ruleset, placement->key_group));
    kr_words_placement(&page->out, page->ruleset, placement);
    kr_words_say(&page->out, "\n      covers ");
    add_plural(page, placement->machines, "machine");
    kr_words_say(&page->out, ": ");
    kr_words_planned(&page->out, page->ruleset, placement->covers, placement->cover_count);
    if (placement->update_count > 0) kr_words_say(&page->out, "\n      install (or confirm) ");
    add_updates(page, placement->updates, placement->update_count);
    kr_words_say(&page->out, "\n");
    for (size_t i = 0; i < placement->threshold_count; i++) add_threshold(page, &placement->thresholds[i]);
}

/* The hosts and groups of an option in one line. */
static void add_tie(struct kr_page *page, const kmsrules_plan_option *option) {
    kr_words_say(&page->out, "  - ");
    for (size_t i = 0; i < option->placement_count; i++) {
        const kmsrules_placement *placement = &option->placements[i];
        kr_words_say(&page->out, i == 0 ? "% with %" : "; % with %", page->ruleset->editions[placement->host].name, page->ruleset->groups[placement->key_group].id);
        if (placement->update_count > 0) kr_words_say(&page->out, " and ");
        for (size_t j = 0; j < placement->update_count; j++)
            kr_words_say(&page->out, j == 0 ? "%" : ", %", page->ruleset->updates[placement->updates[j]].id);
    }
    kr_words_say(&page->out, "\n");
}

static void add_options(struct kr_page *page, const kmsrules_plan_content *content) {
    if (content->option_count == 0) return;
    kr_page_heading(page, "Plan");
    for (size_t i = 0; i < content->options[0].placement_count; i++) add_placement(page, &content->options[0], i);
    if (content->tie_count < 2) return;
    kr_page_heading(page, "Equally good");
    size_t shown = content->option_count - 1 < SHOWN_TIES ? content->option_count - 1 : SHOWN_TIES;
    for (size_t i = 1; i <= shown; i++) add_tie(page, &content->options[i]);
    if (content->tie_count - 1 == shown) return;
    kr_words_say(&page->out, "  - and ");
    add_number(page, content->tie_count - 1 - shown);
    kr_words_say(&page->out, " more\n");
}

/* ---- Alternatives ---- */

/* Tenths of a percent, cut off: 100.0 is said of all machines alone. */
static void add_share(struct kr_page *page, uint64_t part, uint64_t whole) {
    char text[8];
    struct kr_buffer share = kr_buffer_over(text, sizeof text);
    double tenths = (double)part * 1000.0 / (double)whole;
    uint64_t shown = part == whole ? 1000 : tenths >= 999.0 ? 999 : (uint64_t)tenths;
    kr_buffer_add_number(&share, shown / 10);
    kr_buffer_add_string(&share, ".");
    kr_buffer_add_number(&share, shown % 10);
    kr_buffer_add_string(&share, "%");
    kr_page_indent(page, share.size < 6 ? 6 - share.size : 0);
    kr_buffer_add_string(&page->out, text);
}

static void add_alternative(struct kr_page *page, const kmsrules_plan_alternative *alternative, uint64_t machines) {
    kr_words_say(&page->out, "  ");
    add_share(page, alternative->machines, machines);
    kr_words_say(&page->out, "  ");
    kr_words_editions(&page->out, page->ruleset, (struct kr_ids){alternative->hosts, (uint32_t)alternative->host_count});
    for (size_t i = 0; i < alternative->key_group_count; i++)
        kr_words_say(&page->out, i == 0 ? ", with %" : " and %", page->ruleset->groups[alternative->key_groups[i]].id);
    for (size_t i = 0; i < alternative->update_count; i++)
        kr_words_say(&page->out, i == 0 ? "; needs %" : ", %", page->ruleset->updates[alternative->updates[i]].id);
    if (alternative->uncovered_count > 0) kr_words_say(&page->out, "; not ");
    kr_words_planned(&page->out, page->ruleset, alternative->uncovered, alternative->uncovered_count);
    kr_words_say(&page->out, "\n");
}

static void add_alternatives(struct kr_page *page, const kmsrules_plan_content *content) {
    if (content->alternative_count == 0) return;
    kr_page_heading(page, "With one host: what it covers, best first");
    for (size_t i = 0; i < content->alternative_count; i++) add_alternative(page, &content->alternatives[i], content->machines);
    if (content->alternative_total == content->alternative_count) return;
    kr_words_say(&page->out, "  and ");
    add_number(page, content->alternative_total - content->alternative_count);
    kr_words_say(&page->out, " more\n");
}

/* ---- What stays uncovered ---- */

static void add_uncovered(struct kr_page *page, const kmsrules_plan_content *content) {
    if (content->uncovered_count == 0 && content->unrecognised == 0) return;
    kr_page_heading(page, "Not covered");
    for (size_t i = 0; i < content->uncovered_count; i++) {
        kr_words_say(&page->out, "  ");
        kr_page_colored(page, kr_page_verdict_word(content->uncovered[i].verdict), (int)content->uncovered[i].verdict, 14);
        add_product(page, &content->uncovered[i].product);
        kr_words_say(&page->out, ": ");
        kr_words_uncovered(&page->out, page->ruleset, &content->uncovered[i]);
        kr_words_say(&page->out, "\n");
    }
    if (content->unrecognised == 0) return;
    kr_words_say(&page->out, "  unrecognised  ");
    add_plural(page, content->unrecognised, "machine");
    kr_words_say(&page->out, "\n");
}

static void add_advice(struct kr_page *page, const kmsrules_plan_content *content) {
    if (content->advice_count > 0) kr_page_heading(page, "Advice");
    for (size_t i = 0; i < content->advice_count; i++) {
        kr_words_say(&page->out, "  - ");
        kr_words_advice(&page->out, page->ruleset, &content->advice[i]);
        kr_words_say(&page->out, "\n");
    }
}

/* ---- Public form ---- */

kmsrules_status kmsrules_plan_print(const kmsrules_plan *plan, bool color, char **text, size_t *size) {
    if (plan == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = plan->ruleset, .has_color = color};
    add_summary(&page, &plan->content);
    add_options(&page, &plan->content);
    add_uncovered(&page, &plan->content);
    add_alternatives(&page, &plan->content);
    add_advice(&page, &plan->content);
    kr_words_say(&page.out, "\n");
    kr_words_revision(&page.out, plan->ruleset, plan->date);
    kr_words_say(&page.out, "\n");
    return kr_page_finish(&page, text, size);
}
