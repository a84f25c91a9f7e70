/* kmsrules diff --from HOST[:GROUP]… --to HOST[:GROUP]… [INVENTORY…]: what a move changes, for the ruleset or for a fleet. */
#include "asking.h"
#include "failing.h"
#include "inventory_file.h"
#include "messages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_FAULTS = 100, HOST_KINDS = KMSRULES_EDITION | KMSRULES_RELEASE };

struct moving {
    const struct arguments *arguments;
    struct asking from, to; /* of one ruleset */
    kmsrules_fleet *before, *after; /* NULL without an inventory */
    kmsrules_difference *difference;
    uint64_t rows, unreadable;
    int status;
};

static void worsen(struct moving *moving, int status) { moving->status = worse_status(moving->status, status); }

/* ---- HOST[:GROUP]… ---- */

static bool names(const struct asking *asking, unsigned kinds, const char *text) {
    kmsrules_identity identity;
    kmsrules_status status = kmsrules_identify(asking->ruleset, kinds, text, strlen(text), &identity);
    return status == KMSRULES_OK || status == KMSRULES_AMBIGUOUS_NAME;
}

/* Cuts the text at its last colon, where a key group stands behind it, or where only what stands before it is a host. False: all of it is the host. */
static bool cut_group(const struct asking *asking, char *text) {
    char *colon = strrchr(text, ':');
    if (colon == NULL) return false;
    bool is_host = names(asking, HOST_KINDS, text);
    *colon = '\0';
    if (names(asking, KMSRULES_KEY_GROUP, colon + 1) || (!is_host && names(asking, HOST_KINDS, text))) return true;
    *colon = ':';
    return false;
}

/* The groups in their order: an application without one is answered with the first. */
static void read_side(struct asking *asking, const char *option, const char *side) {
    if (asking->question == NULL) return;
    char *text = strdup(side);
    bool is_cut_short = side[strlen(side) - 1] == ':'; /* a script's empty variable; without its key the answer would be another */
    if (text == NULL) complain("%s: out of memory", option);
    else if (is_cut_short) complain_about(option, side, " names no key group behind its last colon");
    if (text == NULL || is_cut_short) {
        asking->status = worse_status(asking->status, text == NULL ? EXIT_SYSTEM : EXIT_WRONG_USE);
        free(text);
        return;
    }
    size_t group_count = 0;
    while (cut_group(asking, text)) group_count++;
    asking_set_host(asking, text);
    for (const char *group = text; group_count > 0; group_count--) asking_add_key(asking, group += strlen(group) + 1);
    free(text);
}

/* The old host: of the same ruleset, and without the facts, which are those of the new one. */
static void start_from(struct moving *moving) {
    struct asking *from = &moving->from;
    if (moving->to.ruleset == NULL) return;
    from->ruleset = kmsrules_ruleset_retain(moving->to.ruleset);
    kmsrules_status status = kmsrules_question_new(from->ruleset, &from->question);
    if (status != KMSRULES_OK) from->status = asking_refused(status);
}

static void read_sides(struct moving *moving) {
    const struct arguments *arguments = moving->arguments;
    moving->to = asking_start(arguments);
    start_from(moving);
    if (arguments->from == NULL) asking_miss(&moving->from, arguments->command, "--from HOST[:GROUP]");
    else read_side(&moving->from, "--from", arguments->from);
    if (arguments->to == NULL) asking_miss(&moving->to, arguments->command, "--to HOST[:GROUP]");
    else read_side(&moving->to, "--to", arguments->to);
    worsen(moving, worse_status(moving->from.status, moving->to.status));
}

static void refuse(struct moving *moving, const char *option, kmsrules_status status) {
    if (status == KMSRULES_TWO_KEYS) complain("%s: %s", option, kmsrules_status_text(status));
    worsen(moving, status == KMSRULES_TWO_KEYS ? EXIT_WRONG_USE : asking_refused(status));
}

/* ---- Inventories ---- */

static void show_fault(struct moving *moving, const struct inventory_file *file, const kmsrules_machine *machine) {
    if (moving->arguments->is_quiet || moving->unreadable > SHOWN_FAULTS + 1) return;
    if (moving->unreadable > SHOWN_FAULTS) {
        complain("there are more rows that cannot be read");
        return;
    }
    write_escaped(stderr, file->input.name);
    fprintf(stderr, ":%" PRIu64, machine->line);
    if (machine->column > 0) fprintf(stderr, ":%" PRIu64, machine->column);
    fprintf(stderr, ": %s\n", machine->problem);
}

/* Names tell machines apart on the new host's side alone; one side is enough. */
static int add_machine(struct moving *moving, const struct inventory_file *file, uint32_t number, const kmsrules_machine *machine) {
    moving->rows++;
    if (machine->status == KMSRULES_INVALID_ROW) {
        moving->unreadable++;
        show_fault(moving, file, machine);
        return EXIT_YES;
    }
    int kind = machine->status == KMSRULES_OK ? machine->identity->kind : 0;
    kmsrules_id id = kind == 0 ? 0 : machine->identity->id;
    kmsrules_status status = kmsrules_fleet_add(moving->before, NULL, 0, number, machine->line, kind, id, NULL);
    if (status == KMSRULES_OK) status = kmsrules_fleet_add(moving->after, machine->name.data, machine->name.size, number, machine->line, kind, id, NULL);
    return status == KMSRULES_OK ? EXIT_YES : asking_refused(status);
}

/* Whether it was read to its end. */
static bool read_file(struct moving *moving, uint32_t number) {
    struct inventory_file file;
    const kmsrules_machine *machine = NULL;
    int status = inventory_file_open(&file, moving->arguments, moving->to.ruleset, moving->arguments->words.items[number], NULL);
    while (status == EXIT_YES && (status = inventory_file_next(&file, &machine)) == EXIT_YES && machine != NULL)
        status = add_machine(moving, &file, number, machine);
    inventory_file_close(&file);
    worsen(moving, status);
    return status == EXIT_YES;
}

/* What was read before a file failed is answered, as by check; nothing is where none could be read. */
static bool read_files(struct moving *moving) {
    size_t count = moving->arguments->words.count, read = 0;
    kmsrules_status status = kmsrules_fleet_new(moving->from.question, &moving->before);
    if (status != KMSRULES_OK) return refuse(moving, "--from", status), false;
    status = kmsrules_fleet_new(moving->to.question, &moving->after);
    if (status != KMSRULES_OK) return refuse(moving, "--to", status), false;
    for (uint32_t i = 0; i < count && moving->status != EXIT_WRONG_USE; i++) read += read_file(moving, i);
    if (moving->status == EXIT_WRONG_USE || (read == 0 && moving->rows == 0)) return false;
    if (moving->unreadable > 0) worsen(moving, EXIT_INVALID);
    if (!moving->arguments->is_quiet) complain("read %" PRIu64 " of %" PRIu64 " rows, %zu of %zu files", moving->rows - moving->unreadable, moving->rows, read, count);
    return true;
}

/* ---- The result ---- */

static bool compare(struct moving *moving) {
    if (moving->arguments->words.count > 0) {
        kmsrules_status status = read_files(moving) ? kmsrules_fleet_compare(moving->before, moving->after, &moving->difference) : KMSRULES_OK;
        if (status != KMSRULES_OK) refuse(moving, "--to", status);
        return moving->difference != NULL;
    }
    kmsrules_status status = kmsrules_compare(moving->from.question, moving->to.question, &moving->difference);
    if (status != KMSRULES_OK) refuse(moving, "--from and --to", status);
    return status == KMSRULES_OK;
}

static void print(struct moving *moving, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = moving->arguments->format == FORMAT_JSON ? kmsrules_difference_json(moving->difference, &text, &size)
                                                                      : kmsrules_difference_print(moving->difference, result->wants_color, &text, &size);
    if (status != KMSRULES_OK) worsen(moving, asking_refused(status));
    else fwrite(text, 1, size, result->out);
    result->is_report = status == KMSRULES_OK;
    kmsrules_string_free(text);
}

/* Whatever has got worse, by what it is now. */
static void judge_changes(struct moving *moving, const struct failing *failing) {
    const kmsrules_difference_summary *summary = kmsrules_difference_sum_up(moving->difference);
    const uint64_t *rows = summary->rows;
    bool is_conditional = rows[KMSRULES_UNSETTLED] > 0, is_undocumented = rows[KMSRULES_FALLEN] > 0, is_no = rows[KMSRULES_LOST] + rows[KMSRULES_DENIED] > 0;
    if (is_no && failing->least <= KMSRULES_NO) worsen(moving, EXIT_NO);
    if (is_undocumented && failing->least <= KMSRULES_UNDOCUMENTED) worsen(moving, EXIT_UNDECIDED);
    if (is_conditional && failing->least <= KMSRULES_CONDITIONAL) worsen(moving, EXIT_UNDECIDED);
    if (summary->unrecognised > 0 && failing->unrecognised) worsen(moving, EXIT_UNDECIDED);
}

int run_diff(const struct arguments *arguments, struct result *result) {
    struct moving moving = {.arguments = arguments, .status = EXIT_YES};
    struct failing failing;
    if (!read_failing(arguments->fail_on, &failing)) return EXIT_WRONG_USE;
    read_sides(&moving);
    if (moving.status == EXIT_YES && compare(&moving)) {
        print(&moving, result);
        judge_changes(&moving, &failing);
    }
    kmsrules_difference_free(moving.difference);
    kmsrules_fleet_free(moving.before);
    kmsrules_fleet_free(moving.after);
    asking_end(&moving.from);
    asking_end(&moving.to);
    return moving.status;
}
