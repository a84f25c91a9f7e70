/* kmsrules, the program: chooses the command, runs it, delivers its result, ends with its status. */
#include "cli.h"
#include "messages.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALL_WORDS SIZE_MAX

static const char question_help[] =
    "HOST and EDITION are ids, full names or spellings the tables list; a release stands for its volume editions,\n"
    "as a host for one of its editions. Without --key the best key group that the host can hold is assumed.\n"
    "--update @FILE reads KB numbers from a file (@- from standard input): separated by blanks, line ends or commas, # starts a comment.\n";

const struct command commands[] = {
    {"explain", NULL, "HOST EDITION…", "can this host activate these editions, and why", question_help, {"HOST", "EDITION", NULL}, ALL_WORDS,
     TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT, run_explain},
    {"can", NULL, "HOST EDITION…", "the same in one word: yes, conditional, undocumented or no", question_help, {"HOST", "EDITION", NULL}, ALL_WORDS,
     TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT, run_can},
    {"editions", NULL, "HOST", "what can this host activate", "Editions that it cannot activate are left out.\n", {"HOST", NULL, NULL}, 1,
     TAKES_KEYS | TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT, run_editions},
    {"hosts", NULL, "EDITION…", "which hosts with which key groups can activate these editions, best first",
     "Pairs that cannot activate them are left out.\n", {"EDITION", NULL, NULL}, ALL_WORDS, TAKES_ACCEPT, run_hosts},
    {"keys", NULL, "[HOST] [EDITION…]", "which key groups can this host hold, highest authority first",
     "The first word is the HOST. With editions, the verdict says whether the key group lets the host activate them.\n", {NULL, NULL, NULL}, ALL_WORDS,
     TAKES_FACTS | TAKES_COUNTS | TAKES_ACCEPT, run_keys},
    {"highest", NULL, "KEY…", "the highest authority among the key groups you own",
     "Where none is above all others, each that is below no other is listed.\n", {"KEY", NULL, NULL}, ALL_WORDS, TAKES_HOST | TAKES_ACCEPT, run_highest},
    {"rules", "list", "", "the built-in rulesets, or the one of --rules", "", {NULL, NULL, NULL}, 0, 0, run_rules_list},
    {"rules", "check", "[FILE|NAME…]", "what is wrong with tables",
     "Each FILE is checked by itself, or as an overlay on the layers of --rules. Without FILE the layers of --rules are checked.\n", {NULL, NULL, NULL}, ALL_WORDS,
     TAKES_FAIL_ON, run_rules_check},
    {0},
};

/* ---- Help ---- */

static void print_usage(FILE *out, const struct command *command) {
    fprintf(out, "usage: kmsrules [--rules FILE|NAME]… %s%s%s%s%s\n", command->name, command->subname == NULL ? "" : " ", command->subname == NULL ? "" : command->subname,
            command->synopsis[0] == '\0' ? "" : " ", command->synopsis);
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
    char *text = NULL;
    size_t size = 0;
    struct result result = {.out = open_memstream(&text, &size), .wants_color = wants_color(arguments)};
    int status = result.out == NULL ? EXIT_SYSTEM : run(arguments, &result);
    bool is_whole = result.out != NULL && !ferror(result.out);
    if (result.out != NULL && fclose(result.out) != 0) is_whole = false;
    if (!is_whole) {
        complain("out of memory");
        status = worse_status(status, EXIT_SYSTEM);
    } else if (!arguments->is_quiet && (is_verdict(status) || result.is_report)) {
        status = worse_status(status, output_deliver(arguments->output, text, size));
    }
    free(text);
    return status;
}

int main(int count, char **values) {
    struct arguments arguments;
    if (!output_prepare()) return EXIT_SYSTEM;
    int status = arguments_parse(&arguments, count, values);
    if (status == EXIT_YES && overwrites_input(&arguments)) status = EXIT_WRONG_USE;
    if (status == EXIT_YES) status = run_and_deliver(&arguments);
    arguments_free(&arguments);
    return status;
}
