/* kmsrules dns RECORDS --fleet N×NAME,…: how clients spread over the hosts that an SRV answer names, and which thresholds that puts at risk. */
#include "asking.h"
#include "input_file.h"
#include "inventory_file.h"
#include "messages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)16 << 20)
enum { NAMED_KINDS = KMSRULES_EDITION | KMSRULES_RELEASE };

struct finding {
    const struct arguments *arguments;
    struct asking asking;
    const char *name; /* of the file, for messages */
    kmsrules_records *records;
    kmsrules_discovery *discovery;
    uint64_t machines; /* that --fleet names */
    int status;
};

static void worsen(struct finding *finding, int status) { finding->status = worse_status(finding->status, status); }

static bool check(struct finding *finding, kmsrules_status status) {
    if (status != KMSRULES_OK) worsen(finding, asking_refused(status));
    return status == KMSRULES_OK;
}

/* ---- The file ---- */

static void refuse_file(struct finding *finding, const char *reason, int status) {
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, finding->name);
    fprintf(stderr, ": %s\n", reason);
    worsen(finding, status);
}

/* The whole of it, to be freed; NULL once it was said why not. */
static char *read_file(struct finding *finding, size_t *size) {
    const char *path = finding->arguments->words.items[0];
    char *text = NULL;
    struct input_file file = input_file_named(path, NULL, finding->arguments->is_quiet, "bytes");
    finding->name = file.name;
    worsen(finding, input_file_read_all(&file, path, FILE_LIMIT, &text, size));
    input_file_close(&file);
    if (text == NULL || *size <= FILE_LIMIT) return text;
    refuse_file(finding, "larger than 16 MiB", EXIT_INVALID);
    free(text);
    return NULL;
}

/* ---- The records ---- */

static void say_problem(const struct finding *finding, const kmsrules_record_problem *problem) {
    write_escaped(stderr, finding->name);
    if (problem->line > 0) fprintf(stderr, ":%" PRIu64, problem->line);
    if (problem->line > 0 && problem->column > 0) fprintf(stderr, ":%" PRIu64, problem->column);
    fprintf(stderr, ": %s\n", problem->text);
}

static void say_reading(struct finding *finding, const kmsrules_records_content *content) {
    if (content->unreadable > 0) worsen(finding, EXIT_INVALID);
    if (finding->arguments->is_quiet) return;
    for (size_t i = 0; i < content->problem_count; i++) say_problem(finding, &content->problems[i]);
    if (content->unreadable > content->problem_count) complain("there are more lines that cannot be read");
    complain("records of KMS: %zu; other records: %" PRIu64 "; lines that could not be read: %" PRIu64, content->record_count, content->others, content->unreadable);
    if (content->refusals > 0) complain("records whose host is \".\", which says that there is no KMS host (RFC 2782): %" PRIu64, content->refusals);
}

static const char *why_no_record(const kmsrules_records_content *content, size_t size) {
    if (size == 0) return "is empty; nslookup -type=srv _vlmcs._tcp.DOMAIN gives what is read here";
    if (content->refusals > 0) return "says that there is no KMS host: each record has the host \".\"; where there is one, its record takes their place in the zone";
    return "holds no SRV record of a KMS host; nslookup -type=srv _vlmcs._tcp.DOMAIN gives them";
}

static bool read_records(struct finding *finding) {
    size_t size = 0;
    char *text = read_file(finding, &size);
    if (text == NULL) return false;
    kmsrules_status status = kmsrules_records_read(finding->asking.ruleset, text, size, finding->arguments->encoding, &finding->records);
    free(text);
    if (status == KMSRULES_INVALID_ARGUMENT) {
        complain(kmsrules_ruleset_srv_name(finding->asking.ruleset) == NULL ? "the tables name no record that KMS hosts publish" : "--encoding names no encoding that is known");
        worsen(finding, EXIT_WRONG_USE);
        return false;
    }
    if (!check(finding, status)) return false;
    const kmsrules_records_content *content = kmsrules_records_look(finding->records);
    say_reading(finding, content);
    if (content->record_count == 0) refuse_file(finding, why_no_record(content, size), EXIT_INVALID);
    return content->record_count > 0;
}

/* ---- The fleet ---- */

static void add_product(struct finding *finding, uint64_t machines, const char *name) {
    kmsrules_identity identity;
    kmsrules_status status = kmsrules_identify(finding->asking.ruleset, NAMED_KINDS, name, strlen(name), &identity);
    asking_check_name(&finding->asking, NAMED_KINDS, "edition", name, status);
    worsen(finding, finding->asking.status);
    if (status != KMSRULES_OK) return;
    finding->machines += machines;
    status = kmsrules_discovery_add_machines(finding->discovery, identity.kind, identity.id, machines);
    if (status == KMSRULES_OK) return;
    if (status == KMSRULES_AMBIGUOUS_NAME) complain_about("--fleet: the editions of", name, " choose their host in different ways; name editions");
    else if (status == KMSRULES_INVALID_ARGUMENT) complain("--fleet: more than 1000000000 machines");
    else check(finding, status);
    if (status != KMSRULES_NO_MEMORY) worsen(finding, EXIT_WRONG_USE);
}

static void add_fleet(struct finding *finding, const char *text) {
    size_t offset = 0, size = strlen(text);
    while (finding->status == EXIT_YES || finding->status == EXIT_INVALID) {
        uint64_t machines = 0;
        kmsrules_text name;
        if (kmsrules_next_machines(text, size, &offset, &machines, &name) != KMSRULES_OK) {
            complain_about("--fleet:", text + offset, " is not of the form 210×Windows 11 Pro");
            worsen(finding, EXIT_WRONG_USE);
            return;
        }
        if (name.data == NULL) return;
        char *string = string_of(name);
        if (string == NULL) worsen(finding, asking_refused(KMSRULES_NO_MEMORY));
        else add_product(finding, machines, string);
        free(string);
    }
}

/* ---- The whole ---- */

static void print(struct finding *finding, const kmsrules_discovery_summary *summary, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = finding->arguments->format == FORMAT_JSON ? kmsrules_discovery_json(finding->discovery, &text, &size)
                                                                       : kmsrules_discovery_print(finding->discovery, result->wants_color, &text, &size);
    if (!check(finding, status)) return;
    fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    result->is_report = true;
    if (summary->is_at_risk) worsen(finding, EXIT_NO);
}

static void answer(struct finding *finding, struct result *result) {
    const kmsrules_discovery_summary *summary = NULL;
    kmsrules_status status = kmsrules_discovery_sum_up(finding->discovery, &summary);
    if (status == KMSRULES_NOTHING_ASKED)
        complain(finding->machines == 0 ? "--fleet: no machines: each number is 0" : "--fleet names no machine that finds a KMS host by DNS: KMS activates none of these editions, or nothing is said of them");
    else if (status == KMSRULES_INVALID_ARGUMENT) complain("--draws: draws × (machines + hosts × thresholds) are more than 1000000000; ask for fewer draws");
    else if (check(finding, status)) print(finding, summary, result);
    if (status == KMSRULES_NOTHING_ASKED || status == KMSRULES_INVALID_ARGUMENT) worsen(finding, EXIT_WRONG_USE);
}

static void prepare(struct finding *finding) {
    const struct arguments *arguments = finding->arguments;
    if (!check(finding, kmsrules_discovery_new(finding->asking.ruleset, finding->records, &finding->discovery))) return;
    if (arguments->risk >= 0) check(finding, kmsrules_discovery_set_risk(finding->discovery, arguments->risk));
    if (arguments->draws > 0) check(finding, kmsrules_discovery_set_draws(finding->discovery, (uint64_t)arguments->draws, (uint64_t)arguments->seed));
    for (size_t i = 0; i < arguments->fleet.count; i++) add_fleet(finding, arguments->fleet.items[i]);
}

int run_dns(const struct arguments *arguments, struct result *result) {
    struct finding finding = {.arguments = arguments, .status = EXIT_YES};
    finding.asking = asking_start(arguments);
    if (arguments->fleet.count == 0) asking_miss(&finding.asking, arguments->command, "--fleet N×NAME,…");
    worsen(&finding, finding.asking.status);
    if (finding.status == EXIT_YES && read_records(&finding)) {
        prepare(&finding);
        if (finding.status == EXIT_YES || finding.status == EXIT_INVALID) answer(&finding, result);
    }
    kmsrules_discovery_free(finding.discovery);
    kmsrules_records_free(finding.records);
    asking_end(&finding.asking);
    return finding.status;
}
