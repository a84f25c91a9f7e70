/* What a text says of a product, before other evidence is held against it. */
#ifndef KR_RECOGNIZE_H
#define KR_RECOGNIZE_H

#include "ruleset/ruleset.h"

/* What rules editions out. Zeroes and NULLs say nothing; a product type of -1, a SKU of KR_NONE as well. */
struct kr_filter {
    uint32_t build;
    struct kr_numbers version_builds; /* any of them */
    uint32_t sku;
    struct kr_text edition_ids[2]; /* of the evidence; of the text. ASCII lower case */
    int product_type;
};
#define KR_NO_FILTER {0, {NULL, 0}, KR_NONE, {{NULL, 0}, {NULL, 0}}, -1}

enum {
    KR_READING_DEPTH = 3,       /* patterns within what patterns took for the name */
    KR_READING_STEP_LIMIT = 200000 /* of all matches for one text: patterns within patterns may be tried in very many ways */
};

/* How a text was read: what it may name, and what else it says. `id_count` 0: it names nothing by itself, its filter does. */
struct kr_reading {
    int kind;
    const kmsrules_id *ids;
    size_t id_count;
    const char *how;
    kmsrules_place at;
    const char *note;
    bool has_filter; /* the text says more than a name */
    struct kr_filter filter;
    size_t step_count; /* so far */
    char edition_id[KR_NAME_SIZE_LIMIT]; /* what filter.edition_ids[1] views */
};

/* KMSRULES_OK, KMSRULES_UNKNOWN_NAME, KMSRULES_AMBIGUOUS_NAME (undecided: `how` says so), KMSRULES_NO_MEMORY. */
kmsrules_status kr_read_name(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, struct kr_reading *reading);

/* Whether some edition of the tables has that EditionID (ASCII lower case). */
bool kr_is_edition_id(const struct kmsrules_ruleset *ruleset, struct kr_text text);
bool kr_has_edition_id(const struct kr_traits *traits, struct kr_text edition_id);

/* Whether a reading names an edition, or the release it is of; one that names nothing by itself names them all. */
bool kr_is_named(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_id edition);

/* ASCII lower case, blanks at both ends left out; false when it is longer than KR_NAME_SIZE_LIMIT. */
bool kr_lower(struct kr_text text, char *lower, size_t *size);

#endif
