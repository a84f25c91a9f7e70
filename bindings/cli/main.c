/* kmsrules, the program: chooses the command, runs it, delivers its result, ends with its status. */
#include "cli.h"
#include "messages.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALL_WORDS SIZE_MAX

#define QUESTION_HELP \
    "HOST and EDITION are ids, full names or spellings the tables list; a release stands for its volume editions,\n" \
    "as a host for one of its editions. Without --key the best key group that the host can hold is assumed.\n" \
    "--update @FILE reads KB numbers from a file (@- from standard input): separated by blanks, line ends or commas, # starts a comment.\n"

static const char question_help[] = QUESTION_HELP;
static const char explain_help[] =
    QUESTION_HELP
    "CODE is a check (KR104), a table problem (KR911) or an error that Windows shows (0xC004F042, C004F042, -1073418174): what it means, what decides it,\n"
    "what to do. It takes none of the options below but --rules; --format markdown gives its page as it was written.\n";

const struct command commands[] = {
    {
        .name = "explain",
        .synopsis = "HOST EDITION… | CODE",
        .summary = "can this host activate these editions, and why; or the page of a code",
        .help = explain_help,
        .operands = {"HOST", "EDITION"},
        .most_words = ALL_WORDS,
        .options = TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT,
        .formats = 1U << FORMAT_MARKDOWN,
        .run = run_explain,
    },
    {
        .name = "can",
        .synopsis = "HOST EDITION…",
        .summary = "the same in one word: yes, conditional, undocumented or no",
        .help = question_help,
        .operands = {"HOST", "EDITION"},
        .most_words = ALL_WORDS,
        .options = TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT,
        .run = run_can,
    },
    {
        .name = "editions",
        .synopsis = "HOST",
        .summary = "what can this host activate",
        .help = "Editions that it cannot activate are left out.\n",
        .operands = {"HOST"},
        .most_words = 1,
        .options = TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT,
        .run = run_editions,
    },
    {
        .name = "hosts",
        .synopsis = "EDITION…",
        .summary = "which hosts with which key groups can activate these editions, best first",
        .help = "Pairs that cannot activate them are left out.\n",
        .operands = {"EDITION"},
        .most_words = ALL_WORDS,
        .options = TAKES_ACCEPT,
        .run = run_hosts,
    },
    {
        .name = "keys",
        .synopsis = "[HOST] [EDITION…]",
        .summary = "which key groups can this host hold, highest authority first",
        .help = "The first word is the HOST. With editions, the verdict says whether the key group lets the host activate them.\n",
        .most_words = ALL_WORDS,
        .options = TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT,
        .run = run_keys,
    },
    {
        .name = "highest",
        .synopsis = "KEY…",
        .summary = "the highest authority among the key groups you own",
        .help = "Where none is above all others, each that is below no other is listed.\n",
        .operands = {"KEY"},
        .most_words = ALL_WORDS,
        .options = TAKES_HOST | TAKES_ACCEPT,
        .run = run_highest,
    },
    {
        .name = "identify",
        .synopsis = "[TEXT…]",
        .summary = "which edition, release or key group a text means, and how sure that is",
        .help = "TEXT is a name of any form: id, full name, caption in one of many languages, slmgr line, EditionID, SKU or build, several of these in one.\n"
                "Without TEXT the lines of standard input are read, one name each; with --columns PART=COLUMN,… they are a table with a header.\n"
                "--build, --sku, --edition-id and --product-type are further evidence on every TEXT, or stand alone: beside them lines are read with --plain.\n"
                "--columns text,id,… instead chooses the columns of --format csv.\n",
        .most_words = ALL_WORDS,
        .options = TAKES_EVIDENCE | TAKES_INVENTORY,
        .formats = 1U << FORMAT_NDJSON | 1U << FORMAT_CSV,
        .is_long = true,
        .run = run_identify,
    },
    {
        .name = "check",
        .synopsis = "INVENTORY… --host HOST",
        .summary = "every machine of an inventory against one host: verdicts, needs, thresholds",
        .help = "INVENTORY is a file or - for standard input: CSV (AD, SCCM, VAMT, any with --columns), JSON or NDJSON (Ansible facts), or plain lines; what it is\n"
                "is found by its content and said on standard error. Without --key the key group that serves this fleet best is assumed, and said.\n"
                "csv, ndjson and junit list every machine, the other formats those that are not yes.\n",
        .operands = {"INVENTORY"},
        .most_words = ALL_WORDS,
        .options = TAKES_HOST | TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_INVENTORY | TAKES_FAIL_ON_VERDICT,
        .formats = 1U << FORMAT_NDJSON | 1U << FORMAT_CSV | 1U << FORMAT_MARKDOWN | 1U << FORMAT_JUNIT | 1U << FORMAT_SARIF,
        .reads_files = true,
        .is_long = true,
        .run = run_check,
    },
    {
        .name = "plan",
        .synopsis = "INVENTORY… | --fleet N×NAME,…",
        .summary = "hosts and key groups for a fleet: the fewest hosts, then the fewest updates, then the least authority",
        .help = "INVENTORY is a file as for check, or - for standard input; --fleet names machines by product instead or besides. What hosts need to install is said,\n"
                "which thresholds each host reaches by itself, what stays uncovered and why, and, where one host suffices, what others would cover.\n",
        .operands = {"INVENTORY or --fleet"},
        .most_words = ALL_WORDS,
        .options = TAKES_PLAN | TAKES_INVENTORY,
        .reads_files = true,
        .run = run_plan,
    },
    {
        .name = "diff",
        .synopsis = "--from HOST[:GROUP]… --to HOST[:GROUP]… [INVENTORY…]",
        .summary = "what is gained and lost by moving from one host to another, and what clients do meanwhile",
        .help = "For every edition of the ruleset, or for the machines of an INVENTORY, which is read as by check. GROUP is a key group the host holds, one for each\n"
                "application; without any, the one is assumed, and said, that leaves the fewest no. With any, these are all the host holds. A GROUP stands behind the\n"
                "last colon; a HOST may hold colons itself. Of the old host nothing but its keys is known: where it needs updates, its answers are conditional.\n"
                "Fallen is what was yes or conditional and is undocumented now: that is not lost. --fail-on says what fails of what has got worse.\n",
        .most_words = ALL_WORDS,
        .options = TAKES_SIDES | TAKES_FACTS | TAKES_INVENTORY | TAKES_FAIL_ON_VERDICT,
        .reads_files = true,
        .run = run_diff,
    },
    {
        .name = "runbook",
        .synopsis = "HOST EDITION…",
        .summary = "the ordered steps that make this host activate these editions, each with its check and its undo",
        .help = "Steps are rows of rules/procedures.xml with their sources. Updates known to be installed (--update, --host-build) are no steps; those not known\n"
                "are to be made sure of. It holds no product key: the PowerShell script asks for it when it runs.\n"
                "Where the answer is no for another reason than missing updates and low counts there is no runbook: it says why. The exit status is the verdict.\n",
        .operands = {"HOST", "EDITION"},
        .most_words = ALL_WORDS,
        .options = TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT | TAKES_CIRCUMSTANCES,
        .formats = 1U << FORMAT_MARKDOWN | 1U << FORMAT_POWERSHELL,
        .run = run_runbook,
    },
    {
        .name = "slmgr",
        .synopsis = "[FILE]",
        .summary = "what slmgr /dli or /dlv printed: what a host holds, counts and can do, what a client knows, and what is wrong",
        .help = "FILE, or standard input, is what slmgr.vbs printed in English, of one license or of several (/dlv All). --host names the Windows where the output\n"
                "leaves it open, as that of an Office host; where the output says otherwise, that is believed and it is said. What keys are made of is shown nowhere:\n"
                "neither parts of keys nor installation and product ids.\n"
                "Exit status 1: something is wrong (marked !); 3: this is no output of slmgr, or one in another language.\n",
        .most_words = 1,
        .options = TAKES_LICENSE_HOST | TAKES_FACTS | TAKES_ENCODING,
        .reads_files = true,
        .run = run_slmgr,
    },
    {
        .name = "dns",
        .synopsis = "RECORDS --fleet N×NAME,…",
        .summary = "how clients spread over the hosts of an SRV answer, and which thresholds that puts at risk",
        .help = "RECORDS is a file or - for standard input: what nslookup, dig, host or Resolve-DnsName (also through Export-Csv) say of _vlmcs._tcp, or lines of a zone file;\n"
                "which of these it is, is found by its content. Probabilities are exact, not drawn; --draws shows some draws beside them. What becomes of the others when a\n"
                "host is gone is said for each host. Status 1: a threshold is reached with a probability below --risk on a host where it is needed.\n"
                "Which software and keys stand behind a record is not in DNS: plan and check answer for that.\n",
        .operands = {"RECORDS"},
        .most_words = 1,
        .options = TAKES_DISCOVERY,
        .reads_files = true,
        .run = run_dns,
    },
    {
        .name = "events",
        .synopsis = "EXPORT…",
        .summary = "the activation events of exports of logs, and how many there are of which",
        .help = "EXPORT is a file or - for standard input: XML (wevtutil qe LOG /f:xml), CSV (Get-WinEvent | Export-Csv, and the columns of public reports), or text that\n"
                "holds the fields of events 12288, 12289 and 12290 in its lines; what it is is found by its content and said on standard error.\n"
                "A date is read if it begins with its year; others only with --date-order, which is never guessed.\n",
        .operands = {"EXPORT"},
        .most_words = ALL_WORDS,
        .options = TAKES_EVENTS,
        .formats = 1U << FORMAT_NDJSON | 1U << FORMAT_CSV,
        .reads_files = true,
        .is_long = true,
        .run = run_events,
    },
    {
        .name = "counts",
        .synopsis = "EVENTS… | --clients N --servers N --office N",
        .summary = "what a KMS host counts by its events: CMIDs by application and kind, thresholds, requests by result",
        .help = "EVENTS is read as by events: what the host logged as 12290. Each host and application is counted apart. Status 1: a threshold that machines ask for is not\n"
                "met. --as-of is the date that is counted for; a date without a time means its end. --host tells whether virtual machines count.\n"
                "--format nagios prints one line with performance data and ends as monitoring plugins do: 0 OK, 1 warning, 2 critical, 3 unknown, whatever went wrong.\n",
        .most_words = ALL_WORDS,
        .options = TAKES_EVENTS | TAKES_COUNTS | TAKES_EVENT_HOST | TAKES_RANGES,
        .formats = 1U << FORMAT_NAGIOS,
        .reads_files = true,
        .run = run_counts,
    },
    {
        .name = "forecast",
        .synopsis = "EVENTS…",
        .summary = "when counts fall and activations end if silent machines stay away, and the least that avoids it",
        .help = "EVENTS is read as by events. A machine is silent that has not asked for --silent-after at --as-of; all others are taken to go on renewing. An activation that\n"
                "the count no longer renews ends so long after the machine's last success. svg draws the count over time. Status 1: a threshold is not met, or will not be.\n",
        .operands = {"EVENTS"},
        .most_words = ALL_WORDS,
        .options = TAKES_EVENTS | TAKES_EVENT_HOST | TAKES_FORECAST,
        .formats = 1U << FORMAT_SVG,
        .reads_files = true,
        .run = run_forecast,
    },
    {
        .name = "timeline",
        .synopsis = "EDITION --last-success DATE",
        .summary = "what happens to a machine from its last success on: renewals, the end of its activation, what follows",
        .help = "DATE is a date or a time in UTC. --build tells releases of a product apart that end differently, such as 6000 of Windows Vista without a service pack.\n"
                "Of a release its first edition is told that KMS activates. Status 1: the activation has ended at --as-of, or KMS never activates the edition.\n",
        .operands = {"EDITION"},
        .most_words = 1,
        .options = TAKES_LAST_SUCCESS,
        .run = run_timeline,
    },
    {
        .name = "duplicates",
        .synopsis = "EVENTS…",
        .summary = "one CMID under several names, one name with several CMIDs, and the count without them",
        .help = "EVENTS is read as by events. Machines cloned without sysprep /generalize share a CMID and count once. Status 1: there are duplicates.\n",
        .operands = {"EVENTS"},
        .most_words = ALL_WORDS,
        .options = TAKES_EVENTS | TAKES_EVENT_HOST,
        .reads_files = true,
        .run = run_duplicates,
    },
    {
        .name = "rules",
        .subname = "list",
        .synopsis = "",
        .summary = "the built-in rulesets, or the one of --rules",
        .help = "",
        .run = run_rules_list,
    },
    {
        .name = "rules",
        .subname = "check",
        .synopsis = "[FILE|NAME…]",
        .summary = "what is wrong with tables",
        .help = "Each FILE is checked by itself, or as an overlay on the layers of --rules, whose own warnings are then left out.\n"
                "Without FILE the layers of --rules are checked.\n",
        .most_words = ALL_WORDS,
        .options = TAKES_FAIL_ON,
        .reads_files = true,
        .run = run_rules_check,
    },
    {.name = NULL},
};

/* ---- Help ---- */

static void print_usage(FILE *out, const struct command *command) {
    fprintf(out, "usage: kmsrules [--rules FILE|NAME]… %s%s%s%s%s\n", command->name, command->subname == NULL ? "" : " ",
            command->subname == NULL ? "" : command->subname, command->synopsis[0] == '\0' ? "" : " ", command->synopsis);
}

static void print_command_help(FILE *out, const struct command *command) {
    print_usage(out, command);
    fprintf(out, "\n%s.\n%s", command->summary, command->help);
    if (command->options != 0) fputs("\nOptions:\n", out);
    print_options(out, command);
}

static void print_command_row(FILE *out, const struct command *command) {
    fprintf(out, "  %s%s%s%s%s\n          %s\n", command->name, command->subname == NULL ? "" : " ", command->subname == NULL ? "" : command->subname,
            command->synopsis[0] == '\0' ? "" : " ", command->synopsis, command->summary);
}

void print_help(FILE *out, const struct command *command) {
    if (command == NULL) {
        fputs("usage: kmsrules [--rules FILE|NAME]… COMMAND …\n\n"
              "Which KMS host with which key group can activate which Windows and Office editions, and why.\n\nCommands:\n",
              out);
        for (command = commands; command->name != NULL; command++) print_command_row(out, command);
        command = NULL;
    } else {
        print_command_help(out, command);
    }
    fputs(command == NULL ? "\nOptions:\n" : "\nOptions of every command:\n", out);
    print_options(out, NULL);
    print_status_table(out);
}

/* ---- Running ---- */

static bool wants_color(const struct arguments *arguments) {
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (arguments->color != COLOR_AUTO) return arguments->color == COLOR_ALWAYS;
    if (no_color != NULL && no_color[0] != '\0') return false;
    return arguments->output == NULL && isatty(STDOUT_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static int run(const struct arguments *arguments, struct result *result) {
    if (arguments->wants_version) return fprintf(result->out, "kmsrules %s\n", kmsrules_version()) > 0 ? EXIT_YES : EXIT_SYSTEM;
    if (!arguments->wants_help) return arguments->command->run(arguments, result);
    print_help(result->out, arguments->command);
    return EXIT_YES;
}

static bool is_verdict(int status) { return status == EXIT_YES || status == EXIT_NO || status == EXIT_UNDECIDED; }

static bool overwrites_input(const struct arguments *arguments) {
    const char *input = arguments->output == NULL ? NULL : input_like(arguments, arguments->output);
    if (input != NULL) complain_about("the output would overwrite the input", input, "");
    return input != NULL;
}

/* A result is collected first and delivered as a whole: what fails halfway leaves nothing behind. */
static int run_and_deliver(const struct arguments *arguments) {
    struct content content = {NULL, 0, NULL};
    char *text = NULL;
    size_t size = 0;
    bool is_in_file = arguments->command != NULL && arguments->command->is_long && !arguments->wants_help;
    struct result result = {.out = is_in_file ? open_scratch() : open_memstream(&text, &size), .wants_color = wants_color(arguments)};
    if (result.out == NULL) {
        complain("%s: %s", is_in_file ? "temporary file" : "result", strerror(errno));
        return EXIT_SYSTEM;
    }
    int status = run(arguments, &result);
    bool is_whole = !ferror(result.out) && fflush(result.out) == 0;
    if (!is_in_file && fclose(result.out) != 0) is_whole = false;
    content = is_in_file ? (struct content){NULL, 0, result.out} : (struct content){text, size, NULL};
    if (!is_whole) {
        complain("%s", is_in_file ? "the result does not fit on the disk" : "out of memory");
        status = worse_status(status, EXIT_SYSTEM);
    } else if (!arguments->is_quiet && (is_verdict(status) || result.is_report)) {
        status = worse_status(status, output_deliver(arguments->output, &content));
    }
    if (is_in_file) fclose(result.out);
    free(text);
    return status;
}

/* Whether the first word that is a command is one that can be a plugin. */
static bool names_plugin(int count, char **values) {
    for (int i = 1; i < count; i++)
        for (const struct command *command = commands; command->name != NULL; command++)
            if (strcmp(values[i], command->name) == 0) return (command->formats >> FORMAT_NAGIOS & 1u) != 0;
    return false;
}

/* Also where the rest cannot be read. */
static bool is_plugin(int count, char **values) {
    if (!names_plugin(count, values)) return false;
    for (int i = 1; i < count; i++)
        if (strcmp(values[i], "--format=nagios") == 0 || (i > 1 && strcmp(values[i - 1], "--format") == 0 && strcmp(values[i], "nagios") == 0)) return true;
    return false;
}

int main(int count, char **values) {
    struct arguments arguments;
    if (!output_prepare()) return EXIT_SYSTEM;
    int status = arguments_parse(&arguments, count, values);
    if (status == EXIT_YES && overwrites_input(&arguments)) status = EXIT_WRONG_USE;
    bool is_ready = status == EXIT_YES;
    if (is_ready) status = run_and_deliver(&arguments);
    if (is_plugin(count, values) && !is_ready) write_plugin_unknown(stdout);
    if (is_plugin(count, values) && (!is_ready || status > EXIT_PLUGIN_UNKNOWN)) status = EXIT_PLUGIN_UNKNOWN;
    arguments_free(&arguments);
    return status;
}
