/* `check` as JUnit XML: one test case a machine. What is not yes fails, is skipped (not decided) or is an error (not read). */
#include "cells.h"
#include "products.h"
#include "report.h"

#include <inttypes.h>
#include <string.h>

static void write_attribute(FILE *out, const char *name, const char *value) {
    fprintf(out, " %s=\"", name);
    write_xml(out, value);
    fputc('"', out);
}

/* The element within a test case; NULL: it passes. */
static const char *element_of(enum row_verdict verdict) {
    switch (verdict) {
    case ROW_YES: return NULL;
    case ROW_NO: return "failure";
    case ROW_CONDITIONAL:
    case ROW_UNDOCUMENTED: return "skipped";
    default: return "error";
    }
}

static void junit_row(struct report *report, const struct report_row *row) {
    FILE *out = report->rows;
    char place[32];
    const char *element = element_of(row->verdict);
    snprintf(place, sizeof place, "line %" PRIu64, row->line);
    fputs("  <testcase", out);
    write_attribute(out, "name", row->name[0] == '\0' ? place : row->name);
    write_attribute(out, "classname", row->kind == 0 ? (row->text[0] == '\0' ? "unreadable" : row->text) : id_of(report->ruleset, row->kind, row->id));
    write_attribute(out, "file", row->file);
    fprintf(out, " line=\"%" PRIu64 "\"", row->line);
    if (element == NULL) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n   <%s", element);
    write_attribute(out, "message", row->reason);
    if (strcmp(element, "skipped") != 0) write_attribute(out, "type", row->code == NULL ? row_verdict_word(row->verdict) : row->code);
    fputs("/>\n  </testcase>\n", out);
}

static void junit_end(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    char counts[160];
    snprintf(counts, sizeof counts, " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64 "\" skipped=\"%" PRIu64 "\"", totals->rows, summary->rows[KMSRULES_NO],
             totals->unrecognised + totals->unreadable, summary->rows[KMSRULES_CONDITIONAL] + summary->rows[KMSRULES_UNDOCUMENTED]);
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites%s>\n <testsuite", counts);
    write_attribute(out, "name", full_name_of(report->ruleset, report->host_kind, report->host));
    fprintf(out, "%s>\n", counts);
    report_append_rows(report);
    fputs(" </testsuite>\n</testsuites>\n", out);
}

const struct report_form junit_report = {.lists_all = true, .rows_are_last = true, .row = junit_row, .end = junit_end};
