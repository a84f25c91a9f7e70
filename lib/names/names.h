/* From a spelling to an id: an index over ids, full names and listed spellings, as written and as normalised by the tables' <fold> rows.
 * Built by table/compile.c, read by identify and suggest. */
#ifndef KR_NAMES_H
#define KR_NAMES_H

#include "base/memory.h"
#include "base/text.h"
#include "kmsrules/kmsrules.h"

#define KR_NAME_SIZE_LIMIT 256

/* One <fold> row: replaces a substring, or a whole word. */
struct kr_fold_rule {
    struct kr_text from, to;
    bool is_word;
};

struct kr_fold {
    struct kr_fold_rule *rules; /* in table order; substrings are replaced before words */
    size_t rule_count;
};

/* Writes the normalised form of `text`: ASCII lower case, substrings replaced, words replaced, blanks collapsed. `folded` holds KR_NAME_SIZE_LIMIT bytes.
 * False when the text or its form is longer than that, or is not UTF-8. */
bool kr_fold_text(const struct kr_fold *fold, struct kr_text text, char *folded, size_t *folded_size);

enum kr_name_origin { KR_NAME_ID, KR_NAME_NAME, KR_NAME_SPELLING };

struct kr_name {
    uint64_t hash;
    struct kr_text text;
    int kind; /* KMSRULES_EDITION … */
    enum kr_name_origin origin;
    const kmsrules_id *ids;
    size_t id_count;
    kmsrules_place at;
};

struct kr_names {
    struct kr_fold fold;
    struct kr_name *items; /* in order of declaration */
    size_t count;
    uint32_t *slots; /* open addressing: index + 1 into items, 0 empty */
    size_t slot_count; /* a power of two, at least twice `count` */
    bool is_crowded;   /* a name was left out: too many have alike hashes, which does not happen by chance */
};

/* Sets up the slots for up to `capacity` names. False when out of memory. */
bool kr_names_reserve(struct kr_names *names, struct kr_arena *arena, size_t capacity);
/* Adds a name under exactly this text. A name of the same kind, text and ids is not added twice; returns the name that stands there with other ids, else NULL. */
const struct kr_name *kr_names_add(struct kr_names *names, const struct kr_name *name);
/* The name of the most preferred wanted kind under exactly this text, or NULL. */
const struct kr_name *kr_names_find(const struct kr_names *names, unsigned kinds, struct kr_text text);

#endif
