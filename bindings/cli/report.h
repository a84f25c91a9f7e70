/* What `check` found, on its way into one of the forms of a result. The forms decide nothing. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"

/* Verdicts of rows: those of the library, then the two of rows that got none. */
enum row_verdict { ROW_YES = KMSRULES_YES, ROW_CONDITIONAL, ROW_UNDOCUMENTED, ROW_NO, ROW_UNRECOGNISED, ROW_UNREADABLE, ROW_VERDICTS };
const char *row_verdict_word(enum row_verdict verdict);

/* One machine; texts are never NULL unless it is said. */
struct report_row {
    const char *file;
    uint64_t line, column; /* column 0: the row */
    const char *name, *text;
    int kind;              /* of the product; 0: none */
    kmsrules_id id;
    enum row_verdict verdict;
    const char *code;      /* "KR104", NULL: none decided */
    const char *reason;
    const char *twin_file; /* where the name stood before */
    uint64_t twin_line;    /* 0: nowhere */
};

struct report_totals {
    size_t files, files_read; /* asked for, read to the end */
    uint64_t rows, answered, unrecognised, unreadable, twins;
};

struct report {
    const struct arguments *arguments;
    const kmsrules_ruleset *ruleset;
    int host_kind;
    kmsrules_id host;
    FILE *out;     /* the result */
    FILE *rows;    /* rows that stand behind what is known only at the end; NULL: rows go to `out` */
    bool wants_color;
    uint64_t row_count; /* written so far */
    void *own;     /* of the form */
};

struct report_form {
    bool lists_all;    /* also rows that are yes */
    bool rows_are_last; /* rows are kept until the end is known */
    bool (*start)(struct report *report); /* false when out of memory; NULL: nothing to do */
    void (*row)(struct report *report, const struct report_row *row);
    void (*end)(struct report *report, const struct report_totals *totals, const kmsrules_fleet_summary *summary);
    void (*free)(struct report *report); /* or NULL */
};
extern const struct report_form text_report, json_report, ndjson_report, csv_report, markdown_report, junit_report, sarif_report;

/* Copies the rows that were kept behind what was written. */
void report_append_rows(struct report *report);

/* Rows of one release, by verdict; sums up the products that belong to it. */
struct release_rows {
    const char *id, *name;
    uint64_t rows[KMSRULES_NO_VERDICT];
};
/* All releases the fleet has, in order of declaration; editions of no release stand for themselves. On the heap; NULL when out of memory. */
struct release_rows *report_releases(const struct report *report, const kmsrules_fleet_summary *summary, size_t *count);

/* Whether a threshold is reached: "yes", "no", or "unknown" where it depends on machines that are not certain. */
const char *threshold_word(const kmsrules_fleet_threshold *threshold);

#endif
