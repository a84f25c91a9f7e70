/* From a name of any form to an id: an index over ids, full names and listed spellings, as written and as normalised by the tables' <fold> rows;
 * behind it words of other languages, words that may be left out, EditionIDs and patterns. Built by table/spellings.c, read by identify and suggest. */
#ifndef KR_NAMES_H
#define KR_NAMES_H

#include "base/memory.h"
#include "base/text.h"
#include "kmsrules/kmsrules.h"
#include "names/pattern.h"

#define KR_NAME_SIZE_LIMIT 256
/* Rows that every name pays for. The samples, and the steps of holding them against patterns, are those of all patterns together. */
enum { KR_FOLD_LIMIT = 256, KR_PHRASE_LIMIT = 10000, KR_NAME_PATTERN_LIMIT = 256, KR_SAMPLE_LIMIT = 1000, KR_SAMPLE_STEP_LIMIT = 20000000 };

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

/* Words of a folded name and what stands for them: the English ones, or nothing. */
struct kr_phrase {
    struct kr_text from, to; /* folded */
    kmsrules_place at;
};

struct kr_phrases {
    struct kr_phrase *items; /* as kr_phrase_order() has them, each text once */
    size_t count;
};

/* Longest first, then by their bytes. */
int kr_phrase_order(struct kr_text a, struct kr_text b);

/* Where phrases stand in a folded text, from the left. Two of them are never side by side. */
struct kr_found_phrases {
    const struct kr_phrase *items[KR_NAME_SIZE_LIMIT / 2];
    uint16_t offsets[KR_NAME_SIZE_LIMIT / 2];
    size_t count;
};

/* Finds the phrases that stand in a text as whole words, the longest at each place; where another script begins, a word ends as well. */
void kr_phrases_find(const struct kr_phrases *phrases, struct kr_text folded, struct kr_found_phrases *found);

/* A folded text with phrases replaced. */
struct kr_replaced {
    char data[KR_NAME_SIZE_LIMIT];
    size_t size;
    const struct kr_phrase *first; /* the row that was used first, NULL: none */
};

/* Replaces what was found: the phrases whose bit is set in `which`, counted from the left; those behind the last bit always. False when there is no room. */
#define KR_ALL_PHRASES UINT32_MAX
bool kr_phrases_replace(const struct kr_found_phrases *found, struct kr_text folded, uint32_t which, struct kr_replaced *replaced);

struct kr_numbers {
    const uint32_t *items;
    uint32_t count;
};
static inline bool kr_numbers_hold(struct kr_numbers numbers, uint32_t number) {
    for (uint32_t i = 0; i < numbers.count; i++)
        if (numbers.items[i] == number) return true;
    return false;
}

/* What is known of an edition besides its names. */
struct kr_traits {
    struct kr_numbers builds, skus;
    struct kr_text edition_ids; /* blank-separated, ASCII lower case */
    kmsrules_kind product_type; /* what Windows reports: workstation or server */
};

/* A feature update: "22H2". */
struct kr_version {
    struct kr_text name; /* ASCII lower case */
    struct kr_numbers builds;
};

struct kr_name_pattern {
    struct kr_pattern *pattern;
    int kind; /* KMSRULES_EDITION … of `ids`; 0: its named groups say what it is */
    const kmsrules_id *ids;
    size_t id_count;
    kmsrules_place at;
    const char *note; /* or NULL */
};

enum kr_name_origin { KR_NAME_ID, KR_NAME_NAME, KR_NAME_SPELLING };

struct kr_name {
    uint64_t hash;
    struct kr_text text;
    int kind; /* KMSRULES_EDITION … */
    enum kr_name_origin origin;
    const kmsrules_id *ids;
    size_t id_count;
    kmsrules_place at;
    const char *note; /* of a spelling, or NULL */
};

struct kr_names {
    struct kr_fold fold;
    struct kr_phrases words;   /* other languages */
    struct kr_phrases ignored; /* may be left out; `to` is empty */
    struct kr_phrases folded_ids; /* EditionIDs that normalisation changes; `to`: as in kr_traits */
    struct kr_version *versions;
    size_t version_count;
    struct kr_name_pattern *patterns; /* in table order */
    size_t pattern_count;
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
void kr_names_free(struct kr_names *names); /* the patterns; all else is in the arena */

#endif
