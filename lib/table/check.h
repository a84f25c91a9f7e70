/* What no single element can show: cycles, contradictions, gaps. In: tables as resolved. Out: problems. */
#ifndef KR_CHECK_H
#define KR_CHECK_H

#include "table/resolve.h"

/* Adds what is wrong with the tables as a whole. False when out of memory. */
bool kr_tables_check(const struct kr_tables *tables, const struct kr_model *model, const kmsrules_limits *limits, struct kr_problems *problems);
/* Findings that need the compiled form (warnings only): gaps in coverage, groups and hosts of no use, authority that covers less. */
bool kr_ruleset_lint(const struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems);
/* For each group the groups it inherits coverage from, in file order: covers key-group= as a graph. NULL when out of memory. */
struct kr_ids *kr_tables_inheritance(const struct kr_tables *tables, struct kr_arena *arena);

/* Everything that an update's after-any-of leads to, each after its own prerequisites; stops at KR_PREREQUISITE_LIMIT + 1. */
uint32_t kr_tables_prerequisites(const struct kr_tables *tables, kmsrules_id update, kmsrules_id found[KR_PREREQUISITE_LIMIT + 1]);

#endif
