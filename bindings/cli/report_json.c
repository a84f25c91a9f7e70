/* `check` as JSON: the whole document, and one machine a line. */
#include "messages.h"
#include "products.h"
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void member(FILE *out, const char *name, const char *value) {
    fprintf(out, "\"%s\":", name);
    write_json(out, value);
}

static const char *id_or_null(const struct report *report, int kind, kmsrules_id id) { return kind == 0 ? NULL : id_of(report->ruleset, kind, id); }

static void write_row(FILE *out, const struct report *report, const struct report_row *row) {
    fputc('{', out);
    member(out, "file", row->file);
    fprintf(out, ",\"line\":%" PRIu64 ",\"column\":", row->line);
    if (row->column == 0) fputs("null,", out);
    else fprintf(out, "%" PRIu64 ",", row->column);
    member(out, "name", row->name[0] == '\0' ? NULL : row->name);
    fputc(',', out);
    member(out, "text", row->text[0] == '\0' ? NULL : row->text);
    fputc(',', out);
    member(out, "edition", id_or_null(report, row->kind, row->id));
    fputc(',', out);
    member(out, "verdict", row_verdict_word(row->verdict));
    fputc(',', out);
    member(out, "code", row->code);
    fputc(',', out);
    member(out, "reason", row->reason);
    fputs(",\"duplicate_of\":", out);
    if (row->twin_line == 0) {
        fputs("null}", out);
        return;
    }
    fputc('{', out);
    member(out, "file", row->twin_file);
    fprintf(out, ",\"line\":%" PRIu64 "}}", row->twin_line);
}

/* ---- NDJSON --------------------------------------------------------------------------------------------------------------------------------- */

static void ndjson_row(struct report *report, const struct report_row *row) {
    write_row(report->out, report, row);
    fputc('\n', report->out);
}

const struct report_form ndjson_report = {.lists_all = true, .row = ndjson_row};

/* ---- JSON ----------------------------------------------------------------------------------------------------------------------------------- */

static void json_row(struct report *report, const struct report_row *row) {
    fputs(report->row_count == 0 ? "\n  " : ",\n  ", report->rows);
    write_row(report->rows, report, row);
}

static void write_verdicts(FILE *out, const uint64_t rows[KMSRULES_NO_VERDICT]) {
    for (int i = 0; i < KMSRULES_NO_VERDICT; i++) fprintf(out, "%s\"%s\":%" PRIu64, i == 0 ? "" : ",", kmsrules_verdict_text((kmsrules_verdict)i), rows[i]);
}

static void write_updates(FILE *out, const kmsrules_ruleset *ruleset, const kmsrules_id *updates, size_t count) {
    fputc('[', out);
    for (size_t i = 0; i < count; i++) fputs(i == 0 ? "" : ",", out), write_json(out, kmsrules_ruleset_update(ruleset, updates[i])->id);
    fputc(']', out);
}

static void write_needs(FILE *out, const struct report *report, const kmsrules_fleet_summary *summary) {
    fputs(" \"needs\":{\"updates\":[", out);
    for (size_t i = 0; i < summary->need_count; i++) {
        const kmsrules_requirement *requirement = &summary->needs[i].requirement;
        fputs(i == 0 ? "{\"any_of\":" : ",{\"any_of\":", out);
        write_updates(out, report->ruleset, requirement->any_of, requirement->any_of_count);
        fprintf(out, ",\"or_later\":%s,\"rows\":%" PRIu64 "}", requirement->or_later ? "true" : "false", summary->needs[i].rows);
    }
    fputs("],\"settling\":", out);
    write_updates(out, report->ruleset, summary->settling, summary->settling_count);
    fputs(",\"keys\":[", out);
    for (size_t i = 0; i < summary->key_count; i++) {
        const kmsrules_fleet_key *key = &summary->keys[i];
        const kmsrules_key_group *group = kmsrules_ruleset_key_group(report->ruleset, key->key_group);
        fputs(i == 0 ? "\n  {" : ",\n  {", out);
        member(out, "key", group->id);
        fputc(',', out);
        member(out, "application", kmsrules_ruleset_application(report->ruleset, group->application)->id);
        fprintf(out, ",\"taken\":%s,", key->is_taken ? "true" : "false");
        write_verdicts(out, key->rows);
        fputc('}', out);
    }
    fputs("]},\n", out);
}

static void write_counts(FILE *out, const struct report *report, const kmsrules_fleet_summary *summary) {
    fputs(" \"counts\":[", out);
    for (size_t i = 0; i < summary->threshold_count; i++) {
        const kmsrules_fleet_threshold *threshold = &summary->thresholds[i];
        const char *word = threshold_word(threshold);
        fputs(i == 0 ? "\n  {" : ",\n  {", out);
        member(out, "application", kmsrules_ruleset_application(report->ruleset, threshold->application)->id);
        fputc(',', out);
        member(out, "kind", kmsrules_kind_text(threshold->kind));
        fprintf(out, ",\"minimum\":%" PRIu64 ",\"certain\":%" PRIu64 ",\"possible\":%" PRIu64 ",\"met\":%s}", threshold->minimum, threshold->certain, threshold->possible,
                strcmp(word, "yes") == 0 ? "true" : strcmp(word, "no") == 0 ? "false" : "null");
    }
    fputs("],\n", out);
}

static void write_products(FILE *out, const struct report *report, const kmsrules_fleet_summary *summary) {
    size_t count = 0;
    struct release_rows *releases = report_releases(report, summary, &count);
    fputs(" \"releases\":[", out);
    for (size_t i = 0; releases != NULL && i < count; i++) {
        fputs(i == 0 ? "\n  {" : ",\n  {", out);
        member(out, "release", releases[i].id);
        fputc(',', out);
        write_verdicts(out, releases[i].rows);
        fputc('}', out);
    }
    free(releases);
    fputs("],\n \"products\":[", out);
    for (size_t i = 0; i < summary->product_count; i++) {
        const kmsrules_fleet_product *product = &summary->products[i];
        fputs(i == 0 ? "\n  {" : ",\n  {", out);
        member(out, "edition", id_of(report->ruleset, product->kind, product->id));
        fprintf(out, ",\"rows\":%" PRIu64 ",\"machines\":%" PRIu64 ",", product->rows, product->machines);
        member(out, "verdict", kmsrules_verdict_text(product->judgement->verdict));
        fprintf(out, ",\"code\":");
        if (product->judgement->verdict == KMSRULES_YES) fputs("null", out);
        else fprintf(out, "\"KR%d\"", (int)product->judgement->code);
        fputc(',', out);
        member(out, "key", product->judgement->key_group == KMSRULES_NONE ? NULL : kmsrules_ruleset_key_group(report->ruleset, product->judgement->key_group)->id);
        fputc(',', out);
        member(out, "reason", product->judgement->reason);
        fputc('}', out);
    }
    fputs("],\n", out);
}

static void json_end(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary) {
    FILE *out = report->out;
    const kmsrules_revision *revision = kmsrules_ruleset_revision(report->ruleset);
    fputs("{\"schema\":\"kmsrules/check/1\",\n \"ruleset\":{", out);
    member(out, "id", revision->id);
    fputc(',', out);
    member(out, "revision", revision->revision);
    fputc(',', out);
    member(out, "fingerprint", revision->fingerprint);
    fputs("},\n ", out);
    member(out, "as_of", report->arguments->as_of);
    fputs(",\n ", out);
    member(out, "host", id_of(report->ruleset, report->host_kind, report->host));
    fprintf(out, ",\n \"key_assumed\":%s,\n", report->arguments->keys.count == 0 ? "true" : "false");
    fprintf(out, " \"read\":{\"files\":%zu,\"files_read\":%zu,\"rows\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"unreadable\":%" PRIu64 ",\"duplicates\":%" PRIu64 ",\"duplicates_complete\":%s},\n", totals->files,
            totals->files_read, totals->rows, totals->answered, totals->unreadable, totals->twins, summary->names_are_incomplete ? "false" : "true");
    fputs(" \"summary\":{", out);
    write_verdicts(out, summary->rows);
    fprintf(out, ",\"unrecognised\":%" PRIu64 "},\n", totals->unrecognised);
    write_products(out, report, summary);
    write_needs(out, report, summary);
    write_counts(out, report, summary);
    fputs(" \"findings\":[", out);
    report_append_rows(report);
    fputs(report->row_count == 0 ? "]}\n" : "\n ]}\n", out);
}

const struct report_form json_report = {.rows_are_last = true, .row = json_row, .end = json_end};
