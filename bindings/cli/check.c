/* kmsrules check INVENTORY… --host HOST: every machine of an inventory against one host. Without a key the files are read twice: to choose one, then to judge. */
#include "asking.h"
#include "failing.h"
#include "inventory_file.h"
#include "messages.h"
#include "output.h"
#include "products.h"
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_FAULTS = 100, REASONS = 1024, NEAREST = 3, REASON_SIZE = 1024, SUGGESTED_TEXTS = 2000 };

/* Reasons why a text is unknown, by the text: finding the nearest names costs a millisecond. One entry a slot, the last one stays. After SUGGESTED_TEXTS of them nearest
 * names are looked for no longer: a column of other things than systems would take hours. */
struct unknown_reason {
    char *text;
    char reason[REASON_SIZE];
};

/* A file, between its two readings. */
struct input {
    FILE *copy; /* of what can be read only once; NULL: it can be opened again */
    int status; /* of the readings so far */
    bool is_opened;
};

struct checking {
    const struct arguments *arguments;
    struct asking asking;
    kmsrules_fleet *fleet;
    const struct report_form *form;
    struct report report;
    struct report_totals totals;
    struct input *inputs; /* [file] */
    struct unknown_reason *reasons;
    uint64_t shown_faults, suggested_texts;
    bool is_choosing; /* the first of two readings */
    bool has_failed;  /* the library did: nothing more is read */
    int status;
};

static void worsen(struct checking *checking, int status) { checking->status = worse_status(checking->status, status); }

static void fail_library(struct checking *checking, kmsrules_status status) {
    complain("%s", kmsrules_status_text(status));
    checking->has_failed = true;
    worsen(checking, status_of_failure(status));
}

/* ---- What fails ----------------------------------------------------------------------------------------------------------------------------- */

static void judge_whole(struct checking *checking, const struct failing *failing, const kmsrules_fleet_summary *summary) {
    for (int verdict = KMSRULES_CONDITIONAL; verdict <= KMSRULES_NO; verdict++)
        if (summary->rows[verdict] > 0 && verdict >= (int)failing->least) worsen(checking, verdict == KMSRULES_NO ? EXIT_NO : EXIT_UNDECIDED);
    if (failing->unrecognised && checking->totals.unrecognised > 0) worsen(checking, EXIT_UNDECIDED);
    if (checking->totals.unreadable > 0) worsen(checking, EXIT_INVALID);
}

/* ---- Rows that got no verdict --------------------------------------------------------------------------------------------------------------- */

static size_t find_nearest(struct checking *checking, const char *text, const char *names[static NEAREST]) {
    if (checking->suggested_texts == SUGGESTED_TEXTS) return 0;
    checking->suggested_texts++;
    return kmsrules_suggest(checking->asking.ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, text, strlen(text), names, NEAREST);
}

static void say_nearest(struct checking *checking, const char *text, char *reason, size_t size) {
    const char *names[NEAREST];
    size_t count = text[0] == '\0' ? 0 : find_nearest(checking, text, names);
    size_t used = (size_t)snprintf(reason, size, "%s", text[0] == '\0' ? "no operating system is given" : "no product the tables know");
    for (size_t i = 0; i < count && used < size; i++) used += (size_t)snprintf(reason + used, size - used, "%s\"%s\"", i == 0 ? "; nearest: " : ", ", names[i]);
    if (strchr(text, '?') != NULL && used < size) snprintf(reason + used, size - used, "; a ? may stand where (R) was lost in an ASCII export");
}

static const char *reason_unknown(struct checking *checking, const char *text) {
    size_t hash = 5381;
    for (const char *c = text; *c != '\0'; c++) hash = hash * 33 + (unsigned char)*c;
    struct unknown_reason *entry = &checking->reasons[hash % REASONS];
    if (entry->text != NULL && strcmp(entry->text, text) == 0) return entry->reason;
    free(entry->text);
    entry->text = strdup(text); /* NULL: found again the next time */
    say_nearest(checking, text, entry->reason, sizeof entry->reason);
    return entry->reason;
}

static const char *reason_ambiguous(const struct checking *checking, const kmsrules_identity *identity, char *reason, size_t size) {
    size_t used = (size_t)snprintf(reason, size, "ambiguous: ");
    used += kmsrules_identity_text(checking->asking.ruleset, identity, reason + used, size - used);
    for (size_t i = 0; i < identity->candidate_count && i < KMSRULES_CANDIDATE_LIMIT && used < size; i++)
        used += (size_t)snprintf(reason + used, size - used, "%s%s", i == 0 ? "; it may be " : ", ", id_of(checking->asking.ruleset, identity->kind, identity->candidates[i]));
    return reason;
}

/* ---- One machine ---------------------------------------------------------------------------------------------------------------------------- */

static void show_fault(struct checking *checking, const struct inventory_file *file, const kmsrules_machine *machine) {
    if (checking->arguments->is_quiet || checking->shown_faults++ > SHOWN_FAULTS) return;
    if (checking->shown_faults > SHOWN_FAULTS) {
        complain("there are more rows that cannot be read; --format csv lists them all");
        return;
    }
    write_escaped(stderr, file->input.name);
    fprintf(stderr, ":%" PRIu64, machine->line);
    if (machine->column > 0) fprintf(stderr, ":%" PRIu64, machine->column);
    fprintf(stderr, ": %s\n", machine->problem);
}

static void write_row(struct checking *checking, struct report_row *row, const kmsrules_machine *machine) {
    char reason[REASON_SIZE];
    char *name = string_of(machine->name), *text = string_of(machine->text);
    if (name == NULL || text == NULL) {
        fail_library(checking, KMSRULES_NO_MEMORY);
    } else {
        row->name = name;
        row->text = text;
        if (row->verdict == ROW_UNRECOGNISED) row->reason = machine->identity == NULL ? reason_unknown(checking, text) : reason_ambiguous(checking, machine->identity, reason, sizeof reason);
        checking->form->row(&checking->report, row);
        checking->report.row_count++;
    }
    free(name);
    free(text);
}

static const char *code_text(kmsrules_check_code code) {
    static const char *const codes[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106"};
    size_t index = (size_t)code - KMSRULES_KR101;
    return index < sizeof codes / sizeof codes[0] ? codes[index] : NULL;
}

/* Fills in verdict, code and reason; counts the row. */
static bool judge_row(struct checking *checking, const kmsrules_machine *machine, struct report_row *row) {
    const kmsrules_judgement *judgement = NULL;
    checking->totals.rows++;
    if (machine->status == KMSRULES_INVALID_ROW) {
        checking->totals.unreadable++;
        row->verdict = ROW_UNREADABLE;
        row->reason = machine->problem;
        return true;
    }
    if (machine->status != KMSRULES_OK) {
        checking->totals.unrecognised++;
        row->verdict = ROW_UNRECOGNISED;
        return true;
    }
    kmsrules_status status = kmsrules_fleet_judge(checking->fleet, machine->identity->kind, machine->identity->id, &judgement);
    if (status != KMSRULES_OK) return fail_library(checking, status), false;
    checking->totals.answered++;
    row->kind = machine->identity->kind;
    row->id = machine->identity->id;
    row->verdict = (enum row_verdict)judgement->verdict;
    row->reason = judgement->reason;
    row->code = judgement->verdict == KMSRULES_YES ? NULL : code_text(judgement->code);
    return true;
}

static void take_machine(struct checking *checking, const struct inventory_file *file, uint32_t number, const kmsrules_machine *machine) {
    kmsrules_twin twin = {0, 0};
    int kind = machine->status == KMSRULES_OK ? machine->identity->kind : 0;
    struct report_row row = {.file = file->input.name, .line = machine->line, .column = machine->column, .reason = ""};
    kmsrules_status status = KMSRULES_OK;
    if (machine->status != KMSRULES_INVALID_ROW)
        status = kmsrules_fleet_add(checking->fleet, checking->is_choosing ? NULL : machine->name.data, checking->is_choosing ? 0 : machine->name.size, number, machine->line, kind,
                                    kind == 0 ? 0 : machine->identity->id, &twin);
    if (status != KMSRULES_OK) fail_library(checking, status);
    if (status != KMSRULES_OK || checking->is_choosing || !judge_row(checking, machine, &row)) return;
    if (row.verdict == ROW_UNREADABLE) show_fault(checking, file, machine);
    row.twin_line = twin.line;
    row.twin_file = twin.line == 0 ? "" : strcmp(checking->arguments->words.items[twin.file], "-") == 0 ? "standard input" : checking->arguments->words.items[twin.file];
    checking->totals.twins += twin.line > 0;
    if (row.verdict != ROW_YES || twin.line > 0 || checking->form->lists_all) write_row(checking, &row, machine);
}

/* ---- Files ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_read_twice(const struct checking *checking) { return checking->arguments->keys.count == 0; }

static bool prepare_copy(struct checking *checking, struct input *input, const char *path) {
    if (!checking->is_choosing || inventory_can_be_read_again(path)) return true;
    input->copy = open_scratch();
    if (input->copy == NULL) complain("temporary file for what is read twice without --key: %s", strerror(errno));
    return input->copy != NULL;
}

static int open_input(struct checking *checking, struct inventory_file *file, uint32_t number) {
    struct input *input = &checking->inputs[number];
    bool is_again = is_read_twice(checking) && !checking->is_choosing;
    int status = inventory_file_open(file, checking->arguments, checking->asking.ruleset, checking->arguments->words.items[number], is_again ? input->copy : NULL);
    file->input.copy = checking->is_choosing ? input->copy : NULL;
    file->input.is_again = is_again;
    file->is_silent = checking->arguments->is_quiet || (is_again && input->status == EXIT_INVALID);
    file->input.is_mute = is_again && input->status == EXIT_SYSTEM;
    return status;
}

static int read_file(struct checking *checking, uint32_t number) {
    struct inventory_file file;
    const kmsrules_machine *machine = NULL;
    struct input *input = &checking->inputs[number];
    if (input->copy != NULL && !checking->is_choosing) rewind(input->copy);
    int status = open_input(checking, &file, number);
    input->is_opened = status == EXIT_YES;
    while (status == EXIT_YES && !checking->has_failed && (status = inventory_file_next(&file, &machine)) == EXIT_YES && machine != NULL)
        take_machine(checking, &file, number, machine);
    if (file.input.copy != NULL && fflush(file.input.copy) != 0) complain("temporary file: %s", strerror(errno)), status = EXIT_SYSTEM;
    inventory_file_close(&file);
    return checking->has_failed ? worse_status(status, EXIT_SYSTEM) : status;
}

/* What could not be opened the first time is not tried again; what failed later is read again as far as it goes. */
static void read_files(struct checking *checking) {
    bool is_again = is_read_twice(checking) && !checking->is_choosing;
    for (uint32_t i = 0; i < checking->arguments->words.count && checking->status != EXIT_WRONG_USE && !checking->has_failed; i++) {
        struct input *input = &checking->inputs[i];
        if (is_again && !input->is_opened) continue;
        bool is_ready = prepare_copy(checking, input, checking->arguments->words.items[i]);
        input->status = worse_status(input->status, is_ready ? read_file(checking, i) : EXIT_SYSTEM);
        worsen(checking, input->status);
    }
}

static void count_files(struct checking *checking) {
    checking->totals.files = checking->arguments->words.count;
    for (size_t i = 0; i < checking->totals.files; i++) checking->totals.files_read += checking->inputs[i].status == EXIT_YES;
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------------------ */

static const struct report_form *form_of(enum format format) {
    static const struct report_form *const forms[FORMAT_COUNT] = {&text_report, &json_report, &ndjson_report, &csv_report, &markdown_report, &junit_report, &sarif_report};
    return forms[format];
}

static bool prepare(struct checking *checking, struct result *result) {
    const struct arguments *arguments = checking->arguments;
    checking->form = form_of(arguments->format);
    checking->inputs = calloc(arguments->words.count, sizeof *checking->inputs);
    checking->reasons = calloc(REASONS, sizeof *checking->reasons);
    checking->report.arguments = arguments;
    checking->report.ruleset = checking->asking.ruleset;
    checking->report.out = result->out;
    checking->report.wants_color = result->wants_color;
    if (checking->form->rows_are_last && (checking->report.rows = open_scratch()) == NULL) {
        complain("temporary file: %s", strerror(errno));
        return worsen(checking, EXIT_SYSTEM), false;
    }
    bool has_memory = checking->inputs != NULL && checking->reasons != NULL && (checking->form->start == NULL || checking->form->start(&checking->report));
    if (!has_memory) fail_library(checking, KMSRULES_NO_MEMORY);
    return has_memory;
}

static void clean(struct checking *checking) {
    if (checking->form != NULL && checking->form->free != NULL) checking->form->free(&checking->report);
    if (checking->report.rows != NULL) fclose(checking->report.rows);
    for (size_t i = 0; checking->inputs != NULL && i < checking->arguments->words.count; i++)
        if (checking->inputs[i].copy != NULL) fclose(checking->inputs[i].copy);
    for (size_t i = 0; checking->reasons != NULL && i < REASONS; i++) free(checking->reasons[i].text);
    free(checking->inputs);
    free(checking->reasons);
    kmsrules_fleet_free(checking->fleet);
    asking_end(&checking->asking);
}

/* Host and fleet; false after what is wrong was said. */
static bool start_fleet(struct checking *checking) {
    kmsrules_identity identity;
    const char *host = checking->arguments->host;
    checking->asking = asking_start(checking->arguments);
    if (host == NULL) asking_miss(&checking->asking, checking->arguments->command, "--host HOST");
    else asking_set_host(&checking->asking, host);
    worsen(checking, checking->asking.status);
    if (checking->status != EXIT_YES) return false;
    kmsrules_status status = kmsrules_fleet_new(checking->asking.question, &checking->fleet);
    if (status != KMSRULES_OK) return worsen(checking, asking_refused(status)), false;
    if (kmsrules_identify(checking->asking.ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, host, strlen(host), &identity) != KMSRULES_OK) return worsen(checking, EXIT_INTERNAL), false;
    checking->report.host_kind = identity.kind;
    checking->report.host = identity.id;
    return true;
}

static void read_all(struct checking *checking) {
    checking->is_choosing = is_read_twice(checking);
    read_files(checking);
    if (!checking->is_choosing) return;
    checking->is_choosing = false;
    kmsrules_status status = kmsrules_fleet_settle_keys(checking->fleet);
    if (status != KMSRULES_OK) fail_library(checking, status);
    else read_files(checking);
}

static bool write_end(struct checking *checking, const struct failing *failing) {
    const kmsrules_fleet_summary *summary = NULL;
    kmsrules_status status = kmsrules_fleet_sum_up(checking->fleet, &summary);
    if (status != KMSRULES_OK) return fail_library(checking, status), false;
    count_files(checking);
    if (checking->totals.rows == 0 && checking->totals.files_read > 0 && !checking->arguments->is_quiet) complain("no rows: there is nothing to check");
    if (checking->form->end != NULL) checking->form->end(&checking->report, &checking->totals, summary);
    else if (!checking->arguments->is_quiet)
        complain("read %" PRIu64 " of %" PRIu64 " rows, %zu of %zu files", checking->totals.rows - checking->totals.unreadable, checking->totals.rows, checking->totals.files_read, checking->totals.files);
    if (checking->report.rows != NULL && ferror(checking->report.rows)) {
        complain("the result does not fit on the disk");
        return worsen(checking, EXIT_SYSTEM), false;
    }
    judge_whole(checking, failing, summary);
    return true;
}

int run_check(const struct arguments *arguments, struct result *result) {
    struct checking checking = {.arguments = arguments, .status = EXIT_YES};
    struct failing failing;
    if (!read_failing(arguments->fail_on, &failing)) return EXIT_WRONG_USE;
    if (start_fleet(&checking)) {
        bool is_ready = prepare(&checking, result);
        if (is_ready) read_all(&checking);
        /* What was read before a file failed is answered; nothing is where none could be opened. */
        if (is_ready && checking.status != EXIT_WRONG_USE) result->is_report = write_end(&checking, &failing) && (checking.totals.files_read > 0 || checking.totals.rows > 0);
    }
    clean(&checking);
    return checking.status;
}
