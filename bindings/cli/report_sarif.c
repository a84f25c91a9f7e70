/* `check` as SARIF 2.1.0: one result for each machine that is not yes, and for each name that stood there before, with the places in the inventory. */
#include "messages.h"
#include "report.h"

#include <inttypes.h>
#include <string.h>

/* Rules that results are of: the checks, then what got no verdict. */
static const char *const unchecked_rules[][3] = {
    {"unrecognised", "machine-recognised", "The operating system of the machine was not recognised."},
    {"unreadable", "row-read", "A row of the inventory could not be read."},
    {"duplicate", "name-unique", "A machine name stands there more than once."},
};

static const char *level_of(enum row_verdict verdict) {
    switch (verdict) {
    case ROW_NO:
    case ROW_UNREADABLE: return "error";
    default: return "warning";
    }
}

/* A path as a reference: what a URI cannot hold comes out as %XX. */
static void write_uri(FILE *out, const char *path) {
    fputc('"', out);
    for (const char *c = path; *c != '\0'; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("-._~/", *c) != NULL;
        if (is_plain) fputc(*c, out);
        else fprintf(out, "%%%02X", (unsigned)(unsigned char)*c);
    }
    fputc('"', out);
}

static void write_place(FILE *out, const char *file, uint64_t line) {
    fputs("\"physicalLocation\":{\"artifactLocation\":{\"uri\":", out);
    write_uri(out, file);
    fprintf(out, "},\"region\":{\"startLine\":%" PRIu64 "}}", line == 0 ? 1 : line);
}

static void write_result(FILE *out, const struct report_row *row, const char *rule, const char *level, const char *text) {
    fprintf(out, "{\"ruleId\":\"%s\",\"level\":\"%s\",\"message\":{\"text\":", rule, level);
    write_json(out, text);
    fputs("},\"locations\":[{", out);
    write_place(out, row->file, row->line);
    if (row->name[0] != '\0') {
        fputs(",\"logicalLocations\":[{\"name\":", out);
        write_json(out, row->name);
        fputs(",\"kind\":\"resource\"}]", out);
    }
    fputs("}],\"properties\":{\"verdict\":", out);
    write_json(out, row_verdict_word(row->verdict));
    fputc('}', out);
}

/* What the machine is, where it is not yes; then that its name stood there before. */
static void sarif_row(struct report *report, const struct report_row *row) {
    FILE *out = report->rows;
    fputs(report->row_count == 0 ? "\n   " : ",\n   ", out);
    if (row->verdict != ROW_YES) {
        write_result(out, row, row->code != NULL ? row->code : row_verdict_word(row->verdict), level_of(row->verdict), row->reason);
        fputs(row->twin_line > 0 ? "},\n   " : "}", out);
    }
    if (row->twin_line == 0) return;
    write_result(out, row, "duplicate", "note", "The name of the machine stood there before; the last row is the machine that counts.");
    fputs(",\"relatedLocations\":[{", out);
    write_place(out, row->twin_file, row->twin_line);
    fputs("}]}", out);
}

static void write_rule(FILE *out, const char *id, const char *name, const char *text, bool is_first) {
    fprintf(out, "%s{\"id\":\"%s\",\"name\":\"%s\",\"shortDescription\":{\"text\":", is_first ? "\n    " : ",\n    ", id, name);
    write_json(out, text);
    fputs("}}", out);
}

static void sarif_end(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    (void)summary;
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\n \"runs\":[{\"tool\":{\"driver\":{\"name\":\"kmsrules\",\"version\":", out);
    write_json(out, kmsrules_version());
    fputs(",\"rules\":[", out);
    for (int code = KMSRULES_KR101; code <= KMSRULES_KR106; code++) {
        char id[16];
        snprintf(id, sizeof id, "KR%d", code);
        write_rule(out, id, kmsrules_check_name((kmsrules_check_code)code), kmsrules_check_name((kmsrules_check_code)code), code == KMSRULES_KR101);
    }
    for (size_t i = 0; i < sizeof unchecked_rules / sizeof unchecked_rules[0]; i++) write_rule(out, unchecked_rules[i][0], unchecked_rules[i][1], unchecked_rules[i][2], false);
    fprintf(out, "\n   ]}},\n  \"invocations\":[{\"executionSuccessful\":%s}],\n  \"results\":[", totals->files == totals->files_read ? "true" : "false");
    report_append_rows(report);
    fputs(report->row_count == 0 ? "]}]}\n" : "\n  ]}]}\n", out);
}

const struct report_form sarif_report = {.rows_are_last = true, .row = sarif_row, .end = sarif_end};
