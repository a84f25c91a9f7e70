/* See products.h. */
#include "products.h"

const char *kind_word(int kind) {
    switch (kind) {
    case KMSRULES_EDITION: return "edition";
    case KMSRULES_RELEASE: return "release";
    case KMSRULES_KEY_GROUP: return "key-group";
    default: return "update";
    }
}

const char *id_of(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id) {
    switch (kind) {
    case KMSRULES_EDITION: return kmsrules_ruleset_edition(ruleset, id)->id;
    case KMSRULES_RELEASE: return kmsrules_ruleset_release(ruleset, id)->id;
    case KMSRULES_KEY_GROUP: return kmsrules_ruleset_key_group(ruleset, id)->id;
    default: return kmsrules_ruleset_update(ruleset, id)->id;
    }
}

const char *full_name_of(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id) {
    switch (kind) {
    case KMSRULES_EDITION: return kmsrules_ruleset_edition(ruleset, id)->name;
    case KMSRULES_RELEASE: return kmsrules_ruleset_release(ruleset, id)->name;
    case KMSRULES_KEY_GROUP: return kmsrules_ruleset_key_group(ruleset, id)->name;
    default: return kmsrules_ruleset_update(ruleset, id)->id;
    }
}
