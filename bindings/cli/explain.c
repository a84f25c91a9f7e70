/* kmsrules explain HOST EDITION…: the verdict, every check with its sources, the other key groups. */
#include "asking.h"
#include "code.h"
#include "messages.h"

int run_explain(const struct arguments *arguments, struct result *result) {
    kmsrules_answer *answer = NULL;
    char *text = NULL;
    size_t size = 0;
    if (names_code(arguments)) return explain_code(arguments, result);
    if (arguments->format == FORMAT_MARKDOWN) return complain("explain: --format markdown is for the page of a code, such as explain KR104"), EXIT_WRONG_USE;
    int exit_status = ask(arguments, true, &answer);
    if (exit_status != EXIT_YES) return exit_status;
    kmsrules_status status = arguments->format == FORMAT_JSON ? kmsrules_answer_json(answer, &text, &size)
                                                              : kmsrules_answer_print(answer, result->wants_color, &text, &size);
    if (status == KMSRULES_OK) fwrite(text, 1, size, result->out);
    exit_status = status == KMSRULES_OK ? status_of_verdict(arguments, kmsrules_answer_verdict(answer)) : asking_refused(status);
    kmsrules_string_free(text);
    kmsrules_answer_free(answer);
    return exit_status;
}
