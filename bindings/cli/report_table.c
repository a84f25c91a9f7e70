/* `check` as tables: CSV with every machine, Markdown with a summary and those that are not yes. */
#include "cells.h"
#include "products.h"
#include "report.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

/* ---- CSV ------------------------------------------------------------------------------------------------------------------------------------ */

static bool csv_start(struct report *report) {
    fputs("file,line,name,text,edition,verdict,code,reason,duplicate_of\r\n", report->out);
    return true;
}

static void csv_row(struct report *report, const struct report_row *row) {
    FILE *out = report->out;
    write_csv_cell(out, row->file);
    fprintf(out, ",%" PRIu64 ",", row->line);
    write_csv_cell(out, row->name);
    fputc(',', out);
    write_csv_cell(out, row->text);
    fputc(',', out);
    write_csv_cell(out, row->kind == 0 ? NULL : id_of(report->ruleset, row->kind, row->id));
    fprintf(out, ",%s,%s,", row_verdict_word(row->verdict), row->code == NULL ? "" : row->code);
    write_csv_cell(out, row->reason);
    fputc(',', out);
    if (row->twin_line > 0) {
        char place[PATH_MAX + 32];
        snprintf(place, sizeof place, "%s:%" PRIu64, row->twin_file, row->twin_line);
        write_csv_cell(out, place);
    }
    fputs("\r\n", out);
}

const struct report_form csv_report = {.lists_all = true, .start = csv_start, .row = csv_row};

/* ---- Markdown ------------------------------------------------------------------------------------------------------------------------------- */

static void markdown_row(struct report *report, const struct report_row *row) {
    FILE *out = report->rows;
    fputs("| ", out);
    write_markdown(out, row->file);
    fprintf(out, ":%" PRIu64 " | ", row->line);
    write_markdown(out, row->name);
    fputs(" | ", out);
    write_markdown(out, row->kind == 0 ? row->text : full_name_of(report->ruleset, row->kind, row->id));
    fprintf(out, " | %s | %s | ", row_verdict_word(row->verdict), row->code == NULL ? "" : row->code);
    write_markdown(out, row->reason);
    if (row->twin_line > 0) {
        fputs(" (the same name as ", out);
        write_markdown(out, row->twin_file);
        fprintf(out, ":%" PRIu64 ")", row->twin_line);
    }
    fputs(" |\n", out);
}

static void write_releases(struct report *report, const kmsrules_fleet_summary *summary) {
    size_t count = 0;
    struct release_rows *releases = report_releases(report, summary, &count);
    fputs("\n| release | yes | conditional | undocumented | no |\n|---|---:|---:|---:|---:|\n", report->out);
    for (size_t i = 0; releases != NULL && i < count; i++) {
        fputs("| ", report->out);
        write_markdown(report->out, releases[i].name);
        for (int verdict = 0; verdict < KMSRULES_NO_VERDICT; verdict++) fprintf(report->out, " | %" PRIu64, releases[i].rows[verdict]);
        fputs(" |\n", report->out);
    }
    free(releases);
}

static void write_updates(const struct report *report, const kmsrules_id *updates, size_t count, const char *between) {
    for (size_t i = 0; i < count; i++) fprintf(report->out, "%s%s", i == 0 ? "" : between, kmsrules_ruleset_update(report->ruleset, updates[i])->id);
}

static void write_needs(const struct report *report, const kmsrules_fleet_summary *summary) {
    for (size_t i = 0; i < summary->need_count; i++) {
        const kmsrules_requirement *requirement = &summary->needs[i].requirement;
        fputs("\nNeeds: ", report->out);
        write_updates(report, requirement->any_of, requirement->any_of_count, " or ");
        fprintf(report->out, "%s, for %" PRIu64 " machines\n", requirement->or_later ? " or any later" : "", summary->needs[i].rows);
    }
    if (summary->settling_count == 0) return;
    fputs("\nAll conditional machines are settled by: ", report->out);
    write_updates(report, summary->settling, summary->settling_count, ", ");
    fputc('\n', report->out);
}

static void markdown_end(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    fputs("# ", out);
    write_markdown(out, full_name_of(report->ruleset, report->host_kind, report->host));
    fputs("\n\n| verdict | machines |\n|---|---:|\n", out);
    for (int verdict = 0; verdict < KMSRULES_NO_VERDICT; verdict++) fprintf(out, "| %s | %" PRIu64 " |\n", kmsrules_verdict_text((kmsrules_verdict)verdict), summary->rows[verdict]);
    fprintf(out, "| unrecognised | %" PRIu64 " |\n| unreadable | %" PRIu64 " |\n", totals->unrecognised, totals->unreadable);
    write_releases(report, summary);
    for (size_t i = 0; i < summary->key_count; i++) {
        if (!summary->keys[i].is_taken) continue;
        fprintf(out, "\n%s: ", report->arguments->keys.count == 0 ? "Key group assumed" : "Key group");
        write_markdown(out, kmsrules_ruleset_key_group(report->ruleset, summary->keys[i].key_group)->name);
        fputc('\n', out);
    }
    write_needs(report, summary);
    for (size_t i = 0; i < summary->threshold_count; i++) {
        const kmsrules_fleet_threshold *threshold = &summary->thresholds[i];
        fprintf(out, "\nThreshold of %s for %s: %" PRIu64 " of %" PRIu64 " (%" PRIu64 " possible), reached: %s\n", kmsrules_ruleset_application(report->ruleset, threshold->application)->id,
                kmsrules_kind_text(threshold->kind), threshold->certain, threshold->minimum, threshold->possible, threshold_word(threshold));
    }
    fprintf(out, "\nRead %" PRIu64 " of %" PRIu64 " rows, %zu of %zu files.\n", totals->rows - totals->unreadable, totals->rows, totals->files_read, totals->files);
    if (report->row_count > 0) fputs("\n| place | machine | product | verdict | code | reason |\n|---|---|---|---|---|---|\n", out);
    report_append_rows(report);
}

const struct report_form markdown_report = {.rows_are_last = true, .row = markdown_row, .end = markdown_end};
