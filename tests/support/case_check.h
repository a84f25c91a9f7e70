/* The `expect` lines: one function a form. In: a question with its answer. Out: a check at the line of the case file. */
#ifndef TESTS_CASE_CHECK_H
#define TESTS_CASE_CHECK_H

#include "support/case_run.h"

struct case_asking {
    const struct test_case *asked;
    kmsrules_ruleset *ruleset;
    kmsrules_question *question;
    kmsrules_answer *answer; /* NULL: refused, or no question of that kind */
    kmsrules_status status;
    const char *refused; /* the name that was not accepted, or NULL */
    char title[512];
};

void case_check(struct case_asking *asking, const struct case_expectation *expectation);

/* Remembers the rows that decided something in the answer: those of a listing that lacks what was asked for do not count. */
void case_collect_rows(const struct case_asking *asking);

#endif
