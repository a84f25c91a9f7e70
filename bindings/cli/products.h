/* Ids and names of what the library names by number. */
#ifndef CLI_PRODUCTS_H
#define CLI_PRODUCTS_H

#include "cli.h"

/* "edition", "release", "key-group", "update". */
const char *kind_word(int kind);
const char *id_of(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id);
const char *full_name_of(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id); /* of an update its id */

#endif
