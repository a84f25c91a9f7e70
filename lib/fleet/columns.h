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

/* Columns of inventories: a machine is recognised by its system, build, SKU or EditionID. */
static inline struct kr_columns kr_machine_columns(bool (*find)(const void *, struct kr_text, uint32_t *, uint32_t *), const void *self) {
    const uint32_t deciding = 1u << KR_MACHINE_OS | 1u << KR_MACHINE_BUILD | 1u << KR_MACHINE_SKU | 1u << KR_MACHINE_EDITION_ID;
    return (struct kr_columns){find, self, KR_MACHINE_PART_COUNT, deciding, KR_MACHINE_OS, "no column for os"};
}

#endif
