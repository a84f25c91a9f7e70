/* Which column holds what: by the <column> rows of the tables, or as the caller says. In: names. Out: parts. */
#ifndef KR_COLUMNS_H
#define KR_COLUMNS_H

#include "fleet/reader.h"

/* Columns as the caller names them: "name=Computer,os=OS Name". */
struct kr_named_columns {
    const struct kmsrules_ruleset *ruleset;
    struct kr_text names[KR_MACHINE_PART_COUNT]; /* `data` NULL: not named */
    bool are_given;                              /* some are: the tables' rows do not count */
};

/* Reads such a list, whose text must live as long; NULL: the tables' rows. False when it is not written like that. */
bool kr_columns_read(const struct kmsrules_ruleset *ruleset, const char *list, struct kr_named_columns *columns);
struct kr_columns kr_columns_of(const struct kr_named_columns *columns);

#endif
