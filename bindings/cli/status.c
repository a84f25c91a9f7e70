/* Exit statuses: what they mean, and which one counts. */
#include "cli.h"

static const struct {
    int status;
    const char *question, *list, *check; /* can and explain; editions, hosts, keys, highest; rules check. NULL: the same as before */
} meanings[] = {
    {EXIT_YES, "yes; identify: all recognised; slmgr: nothing is wrong; check, diff: nothing at or above --fail-on; counts, forecast: every threshold that was asked for is met; events: all read", "at least one yes", "no errors"},
    {EXIT_NO, "no; identify: some unknown; slmgr: something is wrong; check: a machine that is no; plan: machines uncovered; dns: a threshold at risk; diff: something that was better and is no now; counts, forecast: a threshold is not met or will not be; duplicates: there are some; timeline: the activation has ended, or KMS never activates the edition", "none", "a problem that --fail-on names"},
    {EXIT_WRONG_USE, "wrong use, unknown or ambiguous name on the command line", NULL, NULL},
    {EXIT_INVALID, "input read but invalid (a table, a list of updates, an inventory or a row of it, output of slmgr, an SRV answer or a line of it, an export or an event of it), with file:line:column", NULL, NULL},
    {EXIT_UNDECIDED, "not decided: conditional or undocumented; identify: some ambiguous; check, diff: what --fail-on names and is not no; counts, forecast: no request was accepted", "nothing better than conditional or undocumented", NULL},
    {EXIT_SYSTEM, "the system failed: a file that cannot be opened or read, memory, output not delivered", NULL, NULL},
    {EXIT_NOT_TRUSTED, "not trusted: owner or mode of a table read by a privileged process", NULL, NULL},
    {EXIT_INTERNAL, "internal error", NULL, NULL},
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
        if (meanings[i].list != NULL) fprintf(out, "; lists: %s", meanings[i].list);
        if (meanings[i].check != NULL) fprintf(out, "; rules check: %s", meanings[i].check);
        fputc('\n', out);
    }
    fputs("Where several apply: 70 > 6 > 5 > 3 > 2 > 1 > 4 > 0.\n", out);
}
