/* Tables → frozen ruleset: records, cells, closures, names. In: tables without errors. Out: kmsrules_ruleset. */
#ifndef KR_COMPILE_H
#define KR_COMPILE_H

#include "table/resolve.h"

/* Fills an all-zero ruleset from its arena; false when out of memory. The files' bytes are copied, so that the ruleset needs nothing else. */
bool kr_ruleset_compile(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model);

/* The part in cells.c: what every pair of host, group and edition decides, with the row that decides it. Needs the records and rows.
 * Completes `editions`, which are the ruleset's, with what follows from the cells. */
bool kr_ruleset_compile_cells(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, kmsrules_edition *editions);

/* The part in procedures.c: the steps of runbooks, in the order of their phases. Needs the records. */
bool kr_ruleset_compile_steps(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model);

/* The part in spellings.c: the index of names. An overlap is a problem (KR920). */
bool kr_ruleset_compile_names(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems);

/* The part in vocabulary.c: what stands behind the index. Conflicting words and useless patterns are problems (KR920, KR923 to KR925, KR955, KR958). */
bool kr_ruleset_compile_vocabulary(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems);

/* The part in errors.c: the errors that Windows shows and the checks that predict them. More predictions than an answer may list are a problem (KR904). */
bool kr_ruleset_compile_errors(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems);
/* The part in slmgr.c: the lines and channels of slmgr's output, before vocabulary.c looks for those given twice. More than an output can be held against are a problem (KR904). */
bool kr_ruleset_compile_slmgr(struct kmsrules_ruleset *ruleset, const struct kr_model *model, struct kr_problems *problems);
/* The part in policy.c: intervals, caches, transitions, observations. Two that say the same of one thing within a layer are a problem (KR910). */
/* The part in policy.c: intervals, caches, transitions, discovery. Two that say the same of one thing within a layer are a problem (KR910). */
bool kr_ruleset_compile_policy(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems);

/* The part in event_tables.c: what exports of events are read by. A list of more fields than an event may have, or of fewer than it must, is a problem (KR908). */
bool kr_ruleset_compile_events(struct kmsrules_ruleset *ruleset, const struct kr_model *model, struct kr_problems *problems);

/* Copies in the ruleset's memory; `*has_memory` false when there is none left. A text is NULL where the attribute is not there. */
const char *kr_ruleset_copy_text(struct kmsrules_ruleset *ruleset, const struct kr_entry *entry, enum kr_attribute_kind attribute, bool *has_memory);
struct kr_ids kr_ruleset_copy_ids(struct kmsrules_ruleset *ruleset, struct kr_ids ids, bool *has_memory);

/* Where an entry stands, once the ruleset has its files. */
kmsrules_place kr_ruleset_place(const struct kmsrules_ruleset *ruleset, const struct kr_entry *entry);

#endif
