/* `check` for people: one sentence, the summary, then what is not yes in groups, each with its reason and its first machines. */
#include "messages.h"
#include "products.h"
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 5, TEXT_GROUPS = 20, FAULTS = 20, TWINS = 20 };

/* The first machines of a group, as "file:line name". */
struct samples {
    char *texts[SAMPLES];
    uint64_t count;
};

/* Rows without a product, by what they say; those beyond the limit are only counted. */
struct text_group {
    char *text, *reason;
    struct samples samples;
};

struct text_state {
    struct samples *products; /* [edition …, release …] */
    size_t product_count;
    struct text_group groups[TEXT_GROUPS];
    size_t group_count;
    uint64_t ungrouped;
    char *faults[FAULTS], *twins[TWINS];
    size_t fault_count, twin_count;
};

static bool start(struct report *report) {
    struct text_state *state = calloc(1, sizeof *state);
    if (state == NULL) return false;
    state->product_count = kmsrules_ruleset_edition_count(report->ruleset) + kmsrules_ruleset_release_count(report->ruleset);
    state->products = calloc(state->product_count + 1, sizeof *state->products);
    report->own = state;
    return state->products != NULL;
}

static void free_samples(struct samples *samples) {
    for (size_t i = 0; i < SAMPLES; i++) free(samples->texts[i]);
}

static void free_state(struct report *report) {
    struct text_state *state = report->own;
    if (state == NULL) return;
    for (size_t i = 0; state->products != NULL && i < state->product_count; i++) free_samples(&state->products[i]);
    for (size_t i = 0; i < state->group_count; i++) {
        free(state->groups[i].text);
        free(state->groups[i].reason);
        free_samples(&state->groups[i].samples);
    }
    for (size_t i = 0; i < FAULTS; i++) free(state->faults[i]);
    for (size_t i = 0; i < TWINS; i++) free(state->twins[i]);
    free(state->products);
    free(state);
}

/* ---- Collecting ----------------------------------------------------------------------------------------------------------------------------- */

static void write_place(FILE *out, const struct report_row *row, const char *between, const char *after) {
    write_escaped(out, row->file);
    fprintf(out, ":%" PRIu64, row->line);
    if (row->column > 0 && row->verdict == ROW_UNREADABLE) fprintf(out, ":%" PRIu64, row->column);
    if (after[0] != '\0') fputs(between, out);
    write_escaped(out, after);
}

/* "fleet.csv:7 PC007", escaped, on the heap. NULL when out of memory: a sample less. */
static char *place_text(const struct report_row *row, const char *between, const char *after) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    write_place(out, row, between, after);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

static void add_sample(struct samples *samples, const struct report_row *row) {
    if (samples->count < SAMPLES) samples->texts[samples->count] = place_text(row, " ", row->name);
    samples->count++;
}

static void add_to_group(struct text_state *state, const struct report_row *row) {
    size_t i = 0;
    while (i < state->group_count && strcmp(state->groups[i].text, row->text) != 0) i++;
    if (i == TEXT_GROUPS) {
        state->ungrouped++;
        return;
    }
    if (i == state->group_count) {
        char *text = strdup(row->text), *reason = strdup(row->reason);
        if (text == NULL || reason == NULL) {
            free(text);
            free(reason);
            state->ungrouped++;
            return;
        }
        state->groups[state->group_count++] = (struct text_group){.text = text, .reason = reason};
    }
    add_sample(&state->groups[i].samples, row);
}

static size_t product_index(const struct report *report, int kind, kmsrules_id id) {
    return kind == KMSRULES_EDITION ? id : kmsrules_ruleset_edition_count(report->ruleset) + id;
}

static void add_twin(struct text_state *state, const struct report_row *row) {
    char *text = NULL;
    size_t size = 0;
    if (state->twin_count == TWINS) return;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return; /* it is counted */
    write_place(out, row, " ", row->name);
    fputs(", also ", out);
    if (strcmp(row->file, row->twin_file) != 0) fputs("in ", out), write_escaped(out, row->twin_file), fputc(' ', out);
    fprintf(out, "at line %" PRIu64, row->twin_line);
    if (fclose(out) == 0) state->twins[state->twin_count++] = text;
    else free(text);
}

static void row(struct report *report, const struct report_row *row) {
    struct text_state *state = report->own;
    if (row->twin_line > 0) add_twin(state, row);
    if (row->verdict == ROW_UNREADABLE) {
        if (state->fault_count < FAULTS) state->faults[state->fault_count++] = place_text(row, ": ", row->reason);
    } else if (row->kind == 0) {
        add_to_group(state, row);
    } else if (row->verdict != ROW_YES) {
        add_sample(&state->products[product_index(report, row->kind, row->id)], row);
    }
}

/* ---- Writing -------------------------------------------------------------------------------------------------------------------------------- */

static void write_verdict(const struct report *report, kmsrules_verdict verdict, int width) {
    static const char *const colors[] = {"\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[31m"};
    if (report->wants_color) fputs(colors[verdict], report->out);
    fprintf(report->out, "%-*s", width, kmsrules_verdict_text(verdict));
    if (report->wants_color) fputs("\x1b[0m", report->out);
}

static void write_heading(const struct report *report, const char *heading) {
    fprintf(report->out, report->wants_color ? "\n\x1b[1m%s\x1b[0m\n" : "\n%s\n", heading);
}

static const kmsrules_key_group *taken_group(const struct report *report, const kmsrules_fleet_summary *summary, size_t index) {
    return summary->keys[index].is_taken ? kmsrules_ruleset_key_group(report->ruleset, summary->keys[index].key_group) : NULL;
}

/* "Windows Server 2012 R2 Standard with key group "…" (assumed): 6 of 11 machines yes, 2 undocumented, 3 no." */
static void write_sentence(const struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    const char *before = " with key group ";
    write_escaped(out, full_name_of(report->ruleset, report->host_kind, report->host));
    for (size_t i = 0; i < summary->key_count; i++) {
        const kmsrules_key_group *group = taken_group(report, summary, i);
        if (group == NULL) continue;
        fputs(before, out);
        write_quoted(out, group->name);
        before = " and ";
    }
    if (report->arguments->keys.count == 0 && summary->key_count > 0) fputs(" (assumed)", out);
    fprintf(out, ": %" PRIu64 " of %" PRIu64 " machine%s yes", summary->rows[KMSRULES_YES], totals->rows, totals->rows == 1 ? "" : "s");
    for (int verdict = KMSRULES_CONDITIONAL; verdict <= KMSRULES_NO; verdict++)
        if (summary->rows[verdict] > 0) fprintf(out, ", %" PRIu64 " %s", summary->rows[verdict], kmsrules_verdict_text((kmsrules_verdict)verdict));
    if (totals->unrecognised > 0) fprintf(out, ", %" PRIu64 " unrecognised", totals->unrecognised);
    if (totals->unreadable > 0) fprintf(out, ", %" PRIu64 " unreadable", totals->unreadable);
    fputs(".\n", out);
}

static void write_releases(const struct report *report, const kmsrules_fleet_summary *summary) {
    size_t count = 0;
    struct release_rows *releases = report_releases(report, summary, &count);
    if (count > 0) write_heading(report, "By release");
    if (count > 0) fprintf(report->out, "  %12s %12s %12s %12s\n", "yes", "conditional", "undocumented", "no");
    for (size_t i = 0; releases != NULL && i < count; i++) {
        fputs("  ", report->out);
        for (int verdict = 0; verdict < KMSRULES_NO_VERDICT; verdict++) fprintf(report->out, "%12" PRIu64 " ", releases[i].rows[verdict]);
        fputc(' ', report->out);
        write_escaped(report->out, releases[i].name);
        fputc('\n', report->out);
    }
    free(releases);
}

static void write_samples(FILE *out, const struct samples *samples) {
    for (size_t i = 0; i < SAMPLES && i < samples->count; i++)
        if (samples->texts[i] != NULL) fprintf(out, "      %s\n", samples->texts[i]);
    if (samples->count > SAMPLES) fprintf(out, "      and %" PRIu64 " more\n", samples->count - SAMPLES);
}

static bool is_same_reason(const kmsrules_judgement *a, const kmsrules_judgement *b) { return a->verdict == b->verdict && a->code == b->code && strcmp(a->reason, b->reason) == 0; }

/* Whether an earlier product of the summary has this one's reason, so that it was written there. */
static bool was_written(const kmsrules_fleet_summary *summary, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (is_same_reason(summary->products[i].judgement, summary->products[index].judgement)) return true;
    return false;
}

static uint64_t rows_with_reason(const kmsrules_fleet_summary *summary, const kmsrules_judgement *judgement) {
    uint64_t rows = 0;
    for (size_t i = 0; i < summary->product_count; i++)
        if (is_same_reason(summary->products[i].judgement, judgement)) rows += summary->products[i].rows;
    return rows;
}

static void write_product(const struct report *report, const kmsrules_fleet_product *product) {
    const struct text_state *state = report->own;
    fprintf(report->out, "    %" PRIu64 " × ", product->rows);
    write_escaped(report->out, full_name_of(report->ruleset, product->kind, product->id));
    fputc('\n', report->out);
    write_samples(report->out, &state->products[product_index(report, product->kind, product->id)]);
}

/* Products of one reason stand together. */
static void write_products(const struct report *report, const kmsrules_fleet_summary *summary, kmsrules_verdict verdict) {
    for (size_t i = 0; i < summary->product_count; i++) {
        const kmsrules_judgement *judgement = summary->products[i].judgement;
        if (judgement->verdict != verdict || was_written(summary, i)) continue;
        fputs("  ", report->out);
        write_verdict(report, verdict, 13);
        fprintf(report->out, "%" PRIu64 "  KR%d: %s\n", rows_with_reason(summary, judgement), (int)judgement->code, judgement->reason);
        for (size_t j = i; j < summary->product_count; j++)
            if (is_same_reason(summary->products[j].judgement, judgement)) write_product(report, &summary->products[j]);
    }
}

static void write_findings(const struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    const struct text_state *state = report->own;
    if (totals->rows > summary->rows[KMSRULES_YES]) write_heading(report, "Not yes");
    for (int verdict = KMSRULES_NO; verdict > KMSRULES_YES; verdict--) write_products(report, summary, (kmsrules_verdict)verdict);
    for (size_t i = 0; i < state->group_count; i++) {
        const struct text_group *group = &state->groups[i];
        fprintf(report->out, "  unrecognised %" PRIu64 "  ", group->samples.count);
        write_quoted(report->out, group->text);
        fputs(": ", report->out);
        write_escaped(report->out, group->reason);
        fputc('\n', report->out);
        write_samples(report->out, &group->samples);
    }
    if (state->ungrouped > 0) fprintf(report->out, "  unrecognised %" PRIu64 " more; --format csv lists every machine\n", state->ungrouped);
    for (size_t i = 0; i < state->fault_count; i++)
        if (state->faults[i] != NULL) fprintf(report->out, "  unreadable   %s\n", state->faults[i]);
    if (totals->unreadable > state->fault_count) fprintf(report->out, "  unreadable   %" PRIu64 " more; --format csv lists every row\n", totals->unreadable - state->fault_count);
}

static void write_twins(const struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    const struct text_state *state = report->own;
    if (totals->twins > 0) write_heading(report, "Names that stand there more than once (the last one is the machine that counts)");
    for (size_t i = 0; i < state->twin_count; i++)
        if (state->twins[i] != NULL) fprintf(report->out, "  %s\n", state->twins[i]);
    if (totals->twins > state->twin_count) fprintf(report->out, "  and %" PRIu64 " more\n", totals->twins - state->twin_count);
    if (summary->names_are_incomplete) fputs("\nMore names than are remembered: among the later ones the same name twice was not looked for.\n", report->out);
}

static void write_update_list(FILE *out, const kmsrules_ruleset *ruleset, const kmsrules_id *updates, size_t count, const char *between) {
    for (size_t i = 0; i < count; i++) fprintf(out, "%s%s", i == 0 ? "" : between, kmsrules_ruleset_update(ruleset, updates[i])->id);
}

static void write_needs(const struct report *report, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    if (summary->need_count == 0) return;
    write_heading(report, "Needs");
    for (size_t i = 0; i < summary->need_count; i++) {
        const kmsrules_requirement *requirement = &summary->needs[i].requirement;
        fputs("  ", out);
        write_update_list(out, report->ruleset, requirement->any_of, requirement->any_of_count, " or ");
        fprintf(out, "%s, for %" PRIu64 " machine%s\n", requirement->or_later ? " or any later" : "", summary->needs[i].rows, summary->needs[i].rows == 1 ? "" : "s");
    }
    if (summary->settling_count == 0) return;
    fputs("  ", out);
    write_update_list(out, report->ruleset, summary->settling, summary->settling_count, " and ");
    fprintf(out, " settle%s all %" PRIu64 " conditional: install, or confirm with --update\n", summary->settling_count == 1 ? "s" : "", summary->rows[KMSRULES_CONDITIONAL]);
}

static void write_keys(const struct report *report, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    if (summary->key_count < 2) return;
    write_heading(report, "Key groups this host can hold, best for this fleet first");
    fprintf(out, "  %12s %12s %12s %12s\n", "yes", "conditional", "undocumented", "no");
    for (size_t i = 0; i < summary->key_count; i++) {
        fputs("  ", out);
        for (int verdict = 0; verdict < KMSRULES_NO_VERDICT; verdict++) fprintf(out, "%12" PRIu64 " ", summary->keys[i].rows[verdict]);
        fprintf(out, " %s%s\n", kmsrules_ruleset_key_group(report->ruleset, summary->keys[i].key_group)->id, summary->keys[i].is_taken ? " (this answer)" : "");
    }
}

static void write_thresholds(const struct report *report, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    if (summary->threshold_count > 0) write_heading(report, "Thresholds, by this fleet alone");
    for (size_t i = 0; i < summary->threshold_count; i++) {
        const kmsrules_fleet_threshold *threshold = &summary->thresholds[i];
        const char *word = threshold_word(threshold);
        fputs("  ", out);
        write_escaped(out, kmsrules_ruleset_application(report->ruleset, threshold->application)->name);
        fprintf(out, ", %s: %s, %" PRIu64 " of %" PRIu64, kmsrules_kind_text(threshold->kind),
                strcmp(word, "yes") == 0 ? "reached" : strcmp(word, "no") == 0 ? "not reached" : "not certain", threshold->certain, threshold->minimum);
        if (threshold->possible > threshold->certain) fprintf(out, " (%" PRIu64 " with those that are not decided)", threshold->possible);
        fputc('\n', out);
    }
}

static void end(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    const kmsrules_revision *revision = kmsrules_ruleset_revision(report->ruleset);
    write_sentence(report, totals, summary);
    write_releases(report, summary);
    write_findings(report, totals, summary);
    write_twins(report, totals, summary);
    write_needs(report, summary);
    write_keys(report, summary);
    write_thresholds(report, summary);
    fprintf(report->out, "\nRead %" PRIu64 " of %" PRIu64 " rows", totals->rows - totals->unreadable, totals->rows);
    if (totals->files != 1 || totals->files_read != 1) fprintf(report->out, ", %zu of %zu files", totals->files_read, totals->files);
    fprintf(report->out, ". Ruleset %s, revision %s, %s; as of %s\n", revision->id, revision->revision, revision->fingerprint, report->arguments->as_of);
}

const struct report_form text_report = {.start = start, .row = row, .end = end, .free = free_state};
