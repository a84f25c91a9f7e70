/* kmsrules plan INVENTORY…: hosts and key groups for a fleet. */
#include "asking.h"
#include "inventory_file.h"
#include "messages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_KINDS = KMSRULES_EDITION | KMSRULES_RELEASE, SHOWN_FAULTS = 100 };

struct planning {
    const struct arguments *arguments;
    struct asking asking;
    kmsrules_planner *planner;
    kmsrules_fleet *fleet; /* counts each machine once */
    uint64_t unreadable, unrecognised;
    int status;
};

static void worsen(struct planning *planning, int status) { planning->status = worse_status(planning->status, status); }

static bool check(struct planning *planning, kmsrules_status status) {
    if (status != KMSRULES_OK) worsen(planning, asking_refused(status));
    return status == KMSRULES_OK;
}

/* ---- Hosts to choose from ---- */

/* A name that means no host is known, yet leaves nothing to choose from. */
static void warn_of_idle_host(const struct planning *planning, const char *name) {
    kmsrules_identity identity;
    kmsrules_status status = kmsrules_identify(planning->asking.ruleset, NAMED_KINDS, name, strlen(name), &identity);
    bool is_edition = status == KMSRULES_OK && identity.kind == KMSRULES_EDITION;
    if (is_edition && !kmsrules_ruleset_edition(planning->asking.ruleset, identity.id)->can_host) complain_about("--host:", name, " can hold no key group and is left out");
}

static void add_hosts(struct planning *planning) {
    for (size_t i = 0; i < planning->arguments->hosts.count; i++) {
        const char *name = planning->arguments->hosts.items[i];
        kmsrules_status status = kmsrules_planner_add_host(planning->planner, name);
        asking_check_name(&planning->asking, NAMED_KINDS, "edition", name, status);
        if (status == KMSRULES_OK && !planning->arguments->is_quiet) warn_of_idle_host(planning, name);
    }
    worsen(planning, planning->asking.status);
}

/* ---- Machines by product ---- */

static void add_product(struct planning *planning, uint64_t machines, const char *name) {
    kmsrules_identity identity;
    kmsrules_status status = kmsrules_identify(planning->asking.ruleset, NAMED_KINDS, name, strlen(name), &identity);
    asking_check_name(&planning->asking, NAMED_KINDS, "edition", name, status);
    if (status == KMSRULES_OK) check(planning, kmsrules_planner_add_machines(planning->planner, identity.kind, identity.id, machines));
}

static void add_fleet_text(struct planning *planning, const char *text) {
    size_t offset = 0, size = strlen(text);
    while (planning->status == EXIT_YES) {
        uint64_t machines = 0;
        kmsrules_text name;
        if (kmsrules_next_machines(text, size, &offset, &machines, &name) != KMSRULES_OK) {
            complain_about("--fleet:", text + offset, " is not of the form 210×Windows 11 Pro");
            worsen(planning, EXIT_WRONG_USE);
            return;
        }
        if (name.data == NULL) return;
        char *string = string_of(name);
        if (string == NULL) worsen(planning, asking_refused(KMSRULES_NO_MEMORY));
        else add_product(planning, machines, string);
        free(string);
        worsen(planning, planning->asking.status);
    }
}

/* ---- Inventories ---- */

static void say_unreadable(struct planning *planning, const struct inventory_file *file, const kmsrules_machine *machine) {
    worsen(planning, EXIT_INVALID);
    if (planning->arguments->is_quiet || planning->unreadable++ >= SHOWN_FAULTS) return;
    write_escaped(stderr, file->input.name);
    fprintf(stderr, ":%" PRIu64, machine->line);
    if (machine->column > 0) fprintf(stderr, ":%" PRIu64, machine->column);
    fprintf(stderr, ": %s\n", machine->problem);
}

static bool add_machine(struct planning *planning, const struct inventory_file *file, uint32_t number, const kmsrules_machine *machine) {
    bool is_known = machine->status == KMSRULES_OK;
    if (machine->status == KMSRULES_INVALID_ROW) return say_unreadable(planning, file, machine), true;
    planning->unrecognised += !is_known;
    return check(planning, kmsrules_fleet_add(planning->fleet, machine->name.data, machine->name.size, number, machine->line, is_known ? machine->identity->kind : 0,
                                              is_known ? machine->identity->id : 0, NULL));
}

static void read_file(struct planning *planning, uint32_t number) {
    struct inventory_file file;
    const kmsrules_machine *machine = NULL;
    int status = inventory_file_open(&file, planning->arguments, planning->asking.ruleset, planning->arguments->words.items[number], NULL);
    while (status == EXIT_YES && (status = inventory_file_next(&file, &machine)) == EXIT_YES && machine != NULL)
        if (!add_machine(planning, &file, number, machine)) break;
    inventory_file_close(&file);
    worsen(planning, status);
}

/* A fleet counts for some host; which one does not matter here. */
static bool start_fleet(struct planning *planning) {
    kmsrules_id host = 0;
    while (host + 1 < kmsrules_ruleset_edition_count(planning->asking.ruleset) && !kmsrules_ruleset_edition(planning->asking.ruleset, host)->can_host) host++;
    const kmsrules_edition *edition = kmsrules_ruleset_edition(planning->asking.ruleset, host);
    kmsrules_question *question = NULL;
    kmsrules_status status = kmsrules_question_new(planning->asking.ruleset, &question);
    if (status == KMSRULES_OK && edition != NULL) status = kmsrules_question_set_host(question, edition->id);
    if (status == KMSRULES_OK) status = kmsrules_fleet_new(question, &planning->fleet);
    kmsrules_question_free(question);
    return check(planning, status);
}

static void add_fleet(struct planning *planning) {
    const kmsrules_fleet_summary *summary = NULL;
    if (!check(planning, kmsrules_fleet_sum_up(planning->fleet, &summary))) return;
    for (size_t i = 0; i < summary->product_count; i++)
        if (!check(planning, kmsrules_planner_add_machines(planning->planner, summary->products[i].kind, summary->products[i].id, summary->products[i].machines))) return;
    check(planning, kmsrules_planner_add_machines(planning->planner, 0, 0, planning->unrecognised));
    if (planning->unrecognised > 0 && !planning->arguments->is_quiet)
        complain("%" PRIu64 " rows name no product the tables know, or several; kmsrules identify says which", planning->unrecognised);
}

/* What can be read of the files counts, as in check. */
static void read_files(struct planning *planning) {
    if (planning->arguments->words.count == 0 || !start_fleet(planning)) return;
    for (uint32_t i = 0; i < planning->arguments->words.count; i++) read_file(planning, i);
    if (planning->status != EXIT_WRONG_USE) add_fleet(planning);
}

/* ---- The whole ---- */

static void print_plan(struct planning *planning, const kmsrules_plan *plan, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    const kmsrules_plan_content *content = kmsrules_plan_read(plan);
    kmsrules_status status = planning->arguments->format == FORMAT_JSON ? kmsrules_plan_json(plan, &text, &size)
                                                                        : kmsrules_plan_print(plan, result->wants_color, &text, &size);
    if (!check(planning, status)) return;
    fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    result->is_report = true;
    if (content->covered < content->machines) worsen(planning, EXIT_NO);
}

static void make_plan(struct planning *planning, struct result *result) {
    kmsrules_plan *plan = NULL;
    kmsrules_status status = kmsrules_planner_plan(planning->planner, &plan);
    if (status == KMSRULES_NOTHING_ASKED) {
        complain("no machines: there is nothing to plan for");
        worsen(planning, planning->arguments->words.count > 0 ? EXIT_YES : EXIT_WRONG_USE);
    } else if (check(planning, status)) {
        print_plan(planning, plan, result);
    }
    kmsrules_plan_free(plan);
}

static void fill_planner(struct planning *planning) {
    if (planning->arguments->most_hosts > 0) check(planning, kmsrules_planner_set_most_hosts(planning->planner, planning->arguments->most_hosts));
    add_hosts(planning);
    for (size_t i = 0; i < planning->arguments->fleet.count; i++) add_fleet_text(planning, planning->arguments->fleet.items[i]);
    if (planning->status == EXIT_YES) read_files(planning);
}

int run_plan(const struct arguments *arguments, struct result *result) {
    struct planning planning = {.arguments = arguments, .status = EXIT_YES};
    planning.asking = asking_start(arguments);
    worsen(&planning, planning.asking.status);
    if (planning.status == EXIT_YES && check(&planning, kmsrules_planner_new(planning.asking.question, &planning.planner))) {
        fill_planner(&planning);
        if (planning.status != EXIT_WRONG_USE) make_plan(&planning, result);
    }
    kmsrules_fleet_free(planning.fleet);
    kmsrules_planner_free(planning.planner);
    asking_end(&planning.asking);
    return planning.status;
}
