/* kmsrules can HOST EDITION…: the verdict in one word; as JSON the same document as explain. */
#include "asking.h"

int run_can(const struct arguments *arguments, struct result *result) {
    kmsrules_answer *answer = NULL;
    if (arguments->format == FORMAT_JSON) return run_explain(arguments, result);
    int exit_status = ask(arguments, false, &answer);
    if (exit_status != EXIT_YES) return exit_status;
    kmsrules_verdict verdict = kmsrules_answer_verdict(answer);
    fprintf(result->out, "%s\n", kmsrules_verdict_text(verdict));
    kmsrules_answer_free(answer);
    return status_of_verdict(arguments, verdict);
}
