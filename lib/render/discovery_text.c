/* How clients spread over hosts, for people; the form may change. Decides nothing. */
#include "fleet/discovery.h"
#include "render/decimal.h"
#include "render/page.h"

#include <string.h>

enum { SHOWN_HOSTS = 50, SHOWN_FAILURES = 8, SHARE_WIDTH = 8, COUNT_WIDTH = 10 };

static void add_plural(struct kr_buffer *out, uint64_t number, const char *noun) { kr_words_number_of(out, number, noun); }

/* ---- Numbers ---- */

/* "66.7%"; what is neither 0 nor 1 is not said to be. */
static void say_chance(struct kr_buffer *out, double chance) {
    if (chance > 0 && chance < 0.001) kr_buffer_add_string(out, "<0.1%");
    else if (chance < 1 && chance > 0.999) kr_buffer_add_string(out, ">99.9%");
    else if (chance == 0 || chance == 1) kr_buffer_add_string(out, chance == 0 ? "0%" : "100%");
    else {
        kr_decimal_add(out, chance * 100, 1, false);
        kr_buffer_add_string(out, "%");
    }
}

static void add_right(struct kr_page *page, struct kr_buffer *text, size_t width) {
    kr_page_indent(page, text->size < width ? width - text->size : 1);
    kr_buffer_add(&page->out, (struct kr_text){text->data, text->size});
}

static void add_chance(struct kr_page *page, double chance, size_t width) {
    char storage[24];
    struct kr_buffer text = kr_buffer_over(storage, sizeof storage);
    say_chance(&text, chance);
    add_right(page, &text, width);
}

static void add_count(struct kr_page *page, double count, size_t width) {
    char storage[32];
    struct kr_buffer text = kr_buffer_over(storage, sizeof storage);
    kr_decimal_add(&text, count, 1, false);
    add_right(page, &text, width);
}

static void add_number(struct kr_page *page, uint64_t number, size_t width) {
    char storage[24];
    struct kr_buffer text = kr_buffer_over(storage, sizeof storage);
    kr_buffer_add_number(&text, number);
    add_right(page, &text, width);
}

/* ---- In one sentence ---- */

static void add_summary(struct kr_page *page, const kmsrules_discovery_summary *summary) {
    if (page->has_color) kr_buffer_add_string(&page->out, summary->is_at_risk ? "\x1b[1;31m" : "\x1b[1;32m");
    add_plural(&page->out, summary->host_count, "host");
    kr_words_say(&page->out, ", ");
    add_plural(&page->out, summary->machines, "machine");
    kr_words_say(&page->out, summary->is_at_risk ? ": a threshold is at risk, its probability below " : ": every threshold is reached with a probability of at least ");
    say_chance(&page->out, summary->risk);
    kr_words_say(&page->out, ".");
    if (page->has_color) kr_buffer_add_string(&page->out, "\x1b[0m");
    kr_words_say(&page->out, "\n");
}

/* ---- Hosts ---- */

static size_t width_of_names(const kmsrules_discovery_summary *summary) {
    size_t widest = 4;
    for (size_t i = 0; i < summary->host_count && i < SHOWN_HOSTS; i++) {
        size_t width = kr_page_width(summary->hosts[i].target);
        if (width > widest) widest = width;
    }
    return widest + 2;
}

static bool has_class(const kmsrules_discovery *discovery, kmsrules_selection selection) {
    for (size_t i = 0; i < discovery->summary.class_count; i++)
        if (discovery->ruleset->discovery_rules[discovery->summary.classes[i].rule].selection == selection) return true;
    return false;
}

static void add_host(struct kr_page *page, const kmsrules_discovery *discovery, const kmsrules_discovery_host *host, size_t width) {
    kr_page_indent(page, 2);
    kr_page_cell(page, host->target, width);
    add_number(page, host->port, 5);
    add_number(page, host->priority, 10);
    add_number(page, host->weight, SHARE_WIDTH);
    for (int i = 0; i < KMSRULES_SELECTION_COUNT; i++)
        if (has_class(discovery, (kmsrules_selection)i)) add_chance(page, host->shares[i], i == 0 ? SHARE_WIDTH : 12);
    add_count(page, host->expected, COUNT_WIDTH);
    if (discovery->summary.draws > 0) add_count(page, host->drawn, COUNT_WIDTH);
    kr_words_say(&page->out, host->is_standby ? "  standby\n" : "\n");
}

static void add_rest(struct kr_page *page, size_t count, size_t shown) {
    if (count <= shown) return;
    kr_words_say(&page->out, "  and ");
    kr_buffer_add_number(&page->out, count - shown);
    kr_words_say(&page->out, " more; --format json has them all\n");
}

static void add_hosts(struct kr_page *page, const kmsrules_discovery *discovery, size_t width) {
    const kmsrules_discovery_summary *summary = &discovery->summary;
    kr_page_heading(page, "Hosts");
    kr_page_indent(page, 2);
    kr_page_cell(page, "host", width);
    kr_words_say(&page->out, " port  priority  weight");
    if (has_class(discovery, KMSRULES_BY_PRIORITY_AND_WEIGHT)) kr_words_say(&page->out, "   share");
    if (has_class(discovery, KMSRULES_ANY_RECORD)) kr_words_say(&page->out, "  any record");
    kr_words_say(&page->out, summary->draws > 0 ? "  expected     drawn\n" : "  expected\n");
    for (size_t i = 0; i < summary->host_count && i < SHOWN_HOSTS; i++) add_host(page, discovery, &summary->hosts[i], width);
    add_rest(page, summary->host_count, SHOWN_HOSTS);
}

/* ---- Thresholds ---- */

static void add_reach(struct kr_page *page, const kmsrules_discovery_summary *summary, const kmsrules_discovery_host *host, size_t index, size_t width) {
    const kmsrules_reach *reach = &host->reaches[index];
    kr_page_indent(page, 2);
    kr_page_cell(page, host->target, width);
    kr_words_say(&page->out, "expected ");
    add_count(page, reach->expected, SHARE_WIDTH);
    kr_words_say(&page->out, "  reached ");
    add_chance(page, reach->probability, SHARE_WIDTH);
    if (summary->draws > 0) {
        kr_words_say(&page->out, "  drawn ");
        add_number(page, reach->drawn, COUNT_WIDTH);
    }
    if (reach->is_at_risk) {
        kr_words_say(&page->out, "  ");
        kr_page_colored(page, "at risk", KMSRULES_NO, 0);
    } else if (!reach->is_needed) {
        kr_words_say(&page->out, "  not needed: none of them comes here");
    }
    kr_words_say(&page->out, "\n");
}

static void add_joint(struct kr_page *page, const char *words, double least, double most) {
    kr_words_say(&page->out, "%", words);
    if (least == most) {
        say_chance(&page->out, least);
        return;
    }
    char low[24], high[24];
    struct kr_buffer first = kr_buffer_over(low, sizeof low), second = kr_buffer_over(high, sizeof high);
    say_chance(&first, least);
    say_chance(&second, most);
    if (strcmp(low, high) == 0) kr_words_say(&page->out, "about %", low);
    else kr_words_say(&page->out, "between % and %", low, high);
    kr_words_say(&page->out, " (too many ways to reckon it exactly)");
}

static void add_together(struct kr_page *page, const kmsrules_discovery_summary *summary, const kmsrules_discovery_threshold *threshold) {
    add_joint(page, "  reached on every host where it is needed: ", threshold->least_all, threshold->most_all);
    add_joint(page, "; on one at least: ", threshold->least_any, threshold->most_any);
    if (summary->draws > 0) {
        kr_words_say(&page->out, " (drawn: ");
        kr_buffer_add_number(&page->out, threshold->drawn_all);
        kr_words_say(&page->out, " and ");
        kr_buffer_add_number(&page->out, threshold->drawn_any);
        kr_words_say(&page->out, " of ");
        kr_buffer_add_number(&page->out, summary->draws);
        kr_words_say(&page->out, ")");
    }
    kr_words_say(&page->out, "\n");
}

static void add_threshold(struct kr_page *page, const kmsrules_discovery *discovery, size_t index, size_t width) {
    const kmsrules_discovery_summary *summary = &discovery->summary;
    const kmsrules_discovery_threshold *threshold = &summary->thresholds[index];
    struct kr_buffer heading = {0};
    kr_words_say(&heading, "%: ", discovery->ruleset->applications[threshold->application].name);
    kr_words_threshold(&heading, discovery->ruleset, (int)threshold->kind);
    kr_words_say(&heading, "; ");
    add_plural(&heading, threshold->machines, "machine");
    char *text = kr_buffer_finish(&heading);
    if (text == NULL) page->out.has_failed = true;
    else kr_page_heading(page, text);
    kr_memory_free(text);
    for (size_t i = 0; i < summary->host_count && i < SHOWN_HOSTS; i++) add_reach(page, summary, &summary->hosts[i], index, width);
    add_rest(page, summary->host_count, SHOWN_HOSTS);
    add_together(page, summary, threshold);
}

/* ---- Failures ---- */

static void add_survivor(struct kr_page *page, const kmsrules_discovery *discovery, const kmsrules_host_failure *failure, const kmsrules_discovery_host *host, size_t width) {
    if (host->expected <= 0) return;
    kr_page_indent(page, 4);
    kr_page_cell(page, host->target, width);
    kr_words_say(&page->out, "expected ");
    add_count(page, host->expected, SHARE_WIDTH);
    for (size_t i = 0, count = 0; i < discovery->summary.threshold_count; i++) {
        if (!host->reaches[i].is_needed) continue;
        kr_words_say(&page->out, count++ == 0 ? "  reached: % " : ", % ", kmsrules_kind_text(failure->thresholds[i].kind));
        kr_buffer_add_number(&page->out, failure->thresholds[i].minimum);
        kr_words_say(&page->out, " ");
        say_chance(&page->out, host->reaches[i].probability);
        if (host->reaches[i].is_at_risk) kr_words_say(&page->out, " at risk");
    }
    kr_words_say(&page->out, "\n");
}

static void add_failures(struct kr_page *page, const kmsrules_discovery *discovery, size_t width) {
    const kmsrules_discovery_summary *summary = &discovery->summary;
    kr_page_heading(page, "When one host is gone");
    if (summary->failure_count == 0) kr_words_say(&page->out, "  not reckoned for more than 32 hosts\n");
    for (size_t i = 0; i < summary->failure_count && i < SHOWN_FAILURES; i++) {
        const kmsrules_host_failure *failure = &summary->failures[i];
        kr_words_say(&page->out, "  without %", summary->hosts[failure->host].target);
        if (summary->host_count == 1) kr_words_say(&page->out, ": nobody is left, no client finds a host");
        kr_words_say(&page->out, "\n");
        for (size_t j = 0; j + 1 < summary->host_count; j++) add_survivor(page, discovery, failure, &failure->hosts[j], width);
    }
    add_rest(page, summary->failure_count, SHOWN_FAILURES);
}

/* ---- Clients ---- */

static void add_sources(struct kr_page *page, const char *before, const kmsrules_id *sources, size_t count) {
    for (size_t i = 0; i < count; i++) {
        kr_words_say(&page->out, i == 0 ? "%" : "; %", i == 0 ? before : page->ruleset->sources[sources[i]].title);
        if (i == 0) kr_words_say(&page->out, "%", page->ruleset->sources[sources[i]].title);
    }
    if (count > 0) kr_words_say(&page->out, "\n");
}

static void add_class(struct kr_page *page, const kmsrules_discovery_class *class) {
    const kmsrules_discovery_rule *rule = &page->ruleset->discovery_rules[class->rule];
    kr_words_say(&page->out, rule->selection == KMSRULES_BY_PRIORITY_AND_WEIGHT ? "  by priority and weight (share): " : "  any record, whatever its priority and weight: ");
    kr_words_planned(&page->out, page->ruleset, class->products, class->product_count);
    kr_words_say(&page->out, "\n");
    add_sources(page, "    source: ", rule->sources, rule->source_count);
    add_sources(page, "    says otherwise: ", rule->against, rule->against_count);
    if (rule->note != NULL) kr_words_say(&page->out, "    note: %\n", rule->note);
}

static void add_clients(struct kr_page *page, const kmsrules_discovery_summary *summary) {
    kr_page_heading(page, "How clients choose");
    for (size_t i = 0; i < summary->class_count; i++) add_class(page, &summary->classes[i]);
    if (summary->left_out_count > 0) {
        kr_words_say(&page->out, "  left out, as KMS does not activate them or nothing is said of them: ");
        kr_words_planned(&page->out, page->ruleset, summary->left_out, summary->left_out_count);
        kr_words_say(&page->out, "\n");
    }
    for (uint32_t i = 0; i < page->ruleset->transition_count; i++) {
        const kmsrules_transition *transition = &page->ruleset->transitions[i];
        if (transition->kind != KMSRULES_CLIENTS_CACHED) continue;
        kr_words_say(&page->out, "  The figures are of machines that ask DNS. %", transition->text);
        if (transition->command != NULL) kr_words_say(&page->out, " (%)", transition->command);
        kr_words_say(&page->out, "\n");
    }
}

static void add_reading(struct kr_page *page, const kmsrules_discovery *discovery) {
    const kmsrules_records_content *read = &discovery->read;
    if (read->duplicates + read->refusals + read->unreadable == 0 && read->name_count < 2) return;
    kr_page_heading(page, "The records");
    if (read->name_count > 1) {
        kr_words_say(&page->out, "  they are of several names, and taken as one answer:");
        for (size_t i = 0; i < read->name_count && i < 5; i++) kr_words_say(&page->out, i == 0 ? " %" : ", %", read->names[i]);
        kr_words_say(&page->out, read->name_count > 5 ? ", …\n" : "\n");
    }
    if (read->duplicates > 0) kr_words_say(&page->out, "  said more than once, and counted once: "), add_plural(&page->out, read->duplicates, "record"), kr_words_say(&page->out, "\n");
    if (read->refusals > 0) kr_words_say(&page->out, "  say that the service is not to be had: "), add_plural(&page->out, read->refusals, "record"), kr_words_say(&page->out, "\n");
    if (read->unreadable > 0) kr_words_say(&page->out, "  could not be read: "), add_plural(&page->out, read->unreadable, "line"), kr_words_say(&page->out, "\n");
}

kmsrules_status kmsrules_discovery_print(kmsrules_discovery *discovery, bool color, char **text, size_t *size) {
    const kmsrules_discovery_summary *summary = NULL;
    if (text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = kmsrules_discovery_sum_up(discovery, &summary);
    if (status != KMSRULES_OK) return status;
    struct kr_page page = {.ruleset = discovery->ruleset, .has_color = color};
    size_t width = width_of_names(summary);
    add_summary(&page, summary);
    add_hosts(&page, discovery, width);
    for (size_t i = 0; i < summary->threshold_count; i++) add_threshold(&page, discovery, i, width);
    add_failures(&page, discovery, width);
    add_clients(&page, summary);
    add_reading(&page, discovery);
    kr_words_say(&page.out, "\n");
    kr_words_revision(&page.out, discovery->ruleset, NULL);
    kr_words_say(&page.out, "\n");
    return kr_page_finish(&page, text, size);
}
