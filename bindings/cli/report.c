/* What the forms of a report share. */
#include "report.h"

#include "products.h"

#include <stdlib.h>

const char *row_verdict_word(enum row_verdict verdict) {
    if (verdict == ROW_UNRECOGNISED) return "unrecognised";
    return verdict == ROW_UNREADABLE ? "unreadable" : kmsrules_verdict_text((kmsrules_verdict)verdict);
}

void report_append_rows(struct report *report) {
    char part[65536];
    if (report->rows == NULL || fflush(report->rows) != 0 || fseek(report->rows, 0, SEEK_SET) != 0) return; /* an error of the stream is found at the end */
    for (size_t size; (size = fread(part, 1, sizeof part, report->rows)) > 0;) fwrite(part, 1, size, report->out);
}

/* The release a product belongs to, KMSRULES_NONE for an edition of none. */
static kmsrules_id release_of(const struct report *report, const kmsrules_fleet_product *product) {
    return product->kind == KMSRULES_RELEASE ? product->id : kmsrules_ruleset_edition(report->ruleset, product->id)->release;
}

struct release_rows *report_releases(const struct report *report, const kmsrules_fleet_summary *summary, size_t *count) {
    size_t release_count = kmsrules_ruleset_release_count(report->ruleset);
    struct release_rows *all = calloc(release_count + summary->product_count + 1, sizeof *all);
    if (all == NULL) return NULL;
    for (size_t i = 0, lone = release_count; i < summary->product_count; i++) {
        const kmsrules_fleet_product *product = &summary->products[i];
        kmsrules_id release = release_of(report, product);
        struct release_rows *rows = &all[release == KMSRULES_NONE ? lone++ : release];
        rows->id = release == KMSRULES_NONE ? id_of(report->ruleset, product->kind, product->id) : id_of(report->ruleset, KMSRULES_RELEASE, release);
        rows->name = release == KMSRULES_NONE ? full_name_of(report->ruleset, product->kind, product->id) : full_name_of(report->ruleset, KMSRULES_RELEASE, release);
        rows->rows[product->judgement->verdict] += product->rows;
    }
    *count = 0;
    for (size_t i = 0; i < release_count + summary->product_count; i++)
        if (all[i].id != NULL) all[(*count)++] = all[i];
    return all;
}

const char *threshold_word(const kmsrules_fleet_threshold *threshold) {
    if (threshold->certain >= threshold->minimum) return "yes";
    return threshold->possible < threshold->minimum ? "no" : "unknown";
}
