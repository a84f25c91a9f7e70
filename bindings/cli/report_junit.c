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

static void write_element(FILE *out, const char *element, const struct report_row *row) {
    fprintf(out, "   <%s", element);
    write_attribute(out, "message", row->reason);
    if (strcmp(element, "skipped") != 0) write_attribute(out, "type", row->code == NULL ? row_verdict_word(row->verdict) : row->code);
    fputs("/>\n", out);
}

static void write_twin(FILE *out, const struct report_row *row) {
    fputs("   <system-out>the same name as ", out);
    write_xml(out, row->twin_file);
    fprintf(out, ":%" PRIu64 "</system-out>\n", row->twin_line);
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
    if (element == NULL && row->twin_line == 0) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    if (element != NULL) write_element(out, element, row);
    if (row->twin_line > 0) write_twin(out, row);
    fputs("  </testcase>\n", out);
}

/* A file that was not read to its end is a test case of its own: its machines are missing. */
static void write_missing_files(FILE *out, size_t count) {
    if (count == 0) return;
    fprintf(out, "  <testcase name=\"files\" classname=\"inventory\">\n   <error message=\"%zu of the files could not be read to the end\" type=\"unreadable\"/>\n  </testcase>\n", count);
}

static void junit_end(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    char counts[160];
    size_t missing = totals->files - totals->files_read;
    uint64_t is_missing = missing > 0;
    snprintf(counts, sizeof counts, " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64 "\" skipped=\"%" PRIu64 "\"", totals->rows + is_missing, summary->rows[KMSRULES_NO],
             totals->unrecognised + totals->unreadable + is_missing, summary->rows[KMSRULES_CONDITIONAL] + summary->rows[KMSRULES_UNDOCUMENTED]);
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites%s>\n <testsuite", counts);
    write_attribute(out, "name", full_name_of(report->ruleset, report->host_kind, report->host));
    fprintf(out, "%s>\n", counts);
    report_append_rows(report);
    write_missing_files(out, missing);
    fputs(" </testsuite>\n</testsuites>\n", out);
}

const struct report_form junit_report = {.lists_all = true, .rows_are_last = true, .row = junit_row, .end = junit_end};
