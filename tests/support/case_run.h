/* Asks a case's questions and compares the answers with what it expects. Reads the library through its public header alone. */
#ifndef TESTS_CASE_RUN_H
#define TESTS_CASE_RUN_H

#include "kmsrules/kmsrules.h"
#include "support/case_file.h"

/* Rulesets by name and overlays, each built once; freed by case_rulesets_free(). NULL when it cannot be built. */
kmsrules_ruleset *case_ruleset(const char *name, const char *folder, const struct case_words *overlays);
void case_rulesets_free(void);

/* One check per expectation and combination of what the case lists with `each`. */
void case_run(const struct test_case *asked);

/* Rows that the answers to cases named as the reason of an outcome. */
struct case_rows {
    const kmsrules_ruleset **rulesets;
    kmsrules_place *places;
    size_t count, capacity;
};
bool case_rows_decided(const kmsrules_ruleset *ruleset, const kmsrules_place *place);
void case_rows_add(const kmsrules_ruleset *ruleset, const kmsrules_place *place);
void case_rows_free(void);

#endif
