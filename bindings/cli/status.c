/* Exit statuses: what they mean, and which one counts. */
#include "cli.h"

static const struct {
    int status;
    const char *question, *report; /* can and explain; commands that report */
} meanings[] = {
    {EXIT_YES, "yes", "nothing found"},
    {EXIT_NO, "no", "at least one finding"},
    {EXIT_WRONG_USE, "wrong use, unknown or ambiguous name on the command line", NULL},
    {EXIT_INVALID, "input read but invalid (a table), with file:line:column", NULL},
    {EXIT_UNDECIDED, "not decided: conditional or undocumented", "only conditional or undocumented results"},
    {EXIT_SYSTEM, "the system failed: a file cannot be read, memory, output not delivered", NULL},
    {EXIT_NOT_TRUSTED, "not trusted: owner or mode of a table read by a privileged process", NULL},
    {EXIT_INTERNAL, "internal error", NULL},
};

/* Worst first. */
static const int precedence[] = {EXIT_INTERNAL, EXIT_NOT_TRUSTED, EXIT_SYSTEM, EXIT_INVALID, EXIT_WRONG_USE, EXIT_NO, EXIT_UNDECIDED, EXIT_YES};
_Static_assert(sizeof precedence / sizeof precedence[0] == sizeof meanings / sizeof meanings[0], "every status has its place");

int worse_status(int a, int b) {
    for (size_t i = 0; i < sizeof precedence / sizeof precedence[0]; i++)
        if (precedence[i] == a || precedence[i] == b) return precedence[i];
    return EXIT_INTERNAL;
}

int status_of_failure(kmsrules_status status) {
    switch (status) {
    case KMSRULES_OK: return EXIT_YES;
    case KMSRULES_INVALID_TABLE: return EXIT_INVALID;
    case KMSRULES_NO_MEMORY:
    case KMSRULES_UNREADABLE: return EXIT_SYSTEM;
    case KMSRULES_NOT_TRUSTED: return EXIT_NOT_TRUSTED;
    case KMSRULES_UNKNOWN_NAME:
    case KMSRULES_AMBIGUOUS_NAME:
    case KMSRULES_TWO_KEYS:
    case KMSRULES_WRONG_LINE:
    case KMSRULES_BELOW_UPDATE:
    case KMSRULES_NOTHING_ASKED: return EXIT_WRONG_USE;
    default: return EXIT_INTERNAL;
    }
}

void print_status_table(FILE *out) {
    fputs("\nExit status:\n", out);
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        fprintf(out, "  %2d  %s", meanings[i].status, meanings[i].question);
        if (meanings[i].report != NULL) fprintf(out, "; lists and checks: %s", meanings[i].report);
        fputc('\n', out);
    }
    fputs("Where several apply: 70 > 6 > 5 > 3 > 2 > 1 > 4 > 0.\n", out);
}
