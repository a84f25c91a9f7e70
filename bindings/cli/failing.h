/* What makes a report fail: --fail-on. */
#ifndef CLI_FAILING_H
#define CLI_FAILING_H

#include "cli.h"

/* --fail-on: the least verdict that fails, and whether unrecognised rows do. */
struct failing {
    kmsrules_verdict least; /* KMSRULES_NO_VERDICT: none does */
    bool unrecognised;
};

/* The lowest of the verdicts named, in any order; with `never` none may be. NULL: `no`. False after it has said what is wrong. */
bool read_failing(const char *value, struct failing *failing);

#endif
