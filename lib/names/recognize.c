/* What a text names, step by step: as written, as normalised, in other languages, without words that say nothing, by EditionID, by pattern. In: a ruleset and a text.
 * Out: a reading. The index is built by table/spellings.c. */
#include "names/recognize.h"

#include <string.h>

#define PROBE_LIMIT 1000

bool kr_names_reserve(struct kr_names *names, struct kr_arena *arena, size_t capacity) {
    size_t slots = 16;
    while (slots < 2 * capacity) slots *= 2;
    names->items = kr_arena_take(arena, capacity, sizeof *names->items);
    names->slots = kr_arena_take(arena, slots, sizeof *names->slots);
    names->slot_count = slots;
    return names->items != NULL && names->slots != NULL;
}

const struct kr_name *kr_names_add(struct kr_names *names, const struct kr_name *name) {
    size_t mask = names->slot_count - 1, slot = (size_t)name->hash & mask;
    for (size_t probes = 0; names->slots[slot] != 0; slot = (slot + 1) & mask, probes++) {
        if (probes == PROBE_LIMIT) names->is_crowded = true;
        if (names->is_crowded) return NULL;
        const struct kr_name *known = &names->items[names->slots[slot] - 1];
        if (known->hash != name->hash || known->kind != name->kind || !kr_text_equal(known->text, name->text)) continue;
        bool is_same = known->id_count == name->id_count && memcmp(known->ids, name->ids, name->id_count * sizeof *name->ids) == 0;
        return is_same ? NULL : known;
    }
    names->items[names->count++] = *name;
    names->slots[slot] = (uint32_t)names->count;
    return NULL;
}

/* A full name outranks a mere spelling ("Windows 8" is the release, though the caption of the core edition normalises to it); then the kinds have their order. */
static bool is_preferred(const struct kr_name *name, const struct kr_name *other) {
    bool is_spelling = name->origin == KR_NAME_SPELLING, other_is_spelling = other->origin == KR_NAME_SPELLING;
    return is_spelling != other_is_spelling ? other_is_spelling : name->kind < other->kind;
}

static const struct kr_name *find_hashed(const struct kr_names *names, unsigned kinds, struct kr_text text, uint64_t hash) {
    const struct kr_name *best = NULL;
    size_t mask = names->slot_count - 1;
    for (size_t slot = (size_t)hash & mask; names->slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct kr_name *name = &names->items[names->slots[slot] - 1];
        if (name->hash != hash || ((unsigned)name->kind & kinds) == 0 || !kr_text_equal(name->text, text)) continue;
        if (best == NULL || is_preferred(name, best)) best = name;
    }
    return best;
}

const struct kr_name *kr_names_find(const struct kr_names *names, unsigned kinds, struct kr_text text) {
    return find_hashed(names, kinds, text, kr_text_hash(text));
}

static struct kr_text trimmed(struct kr_text text) {
    while (text.size > 0 && text.data[text.size - 1] == ' ') text.size--;
    while (text.size > 0 && text.data[0] == ' ') text = (struct kr_text){text.data + 1, text.size - 1};
    return text;
}

void kr_names_free(struct kr_names *names) {
    for (size_t i = 0; i < names->pattern_count; i++) kr_pattern_free(names->patterns[i].pattern);
}

/* ---- Steps ---------------------------------------------------------------------------------------------------------------------------------- */

bool kr_lower(struct kr_text text, char *lower, size_t *size) {
    text = trimmed(text);
    if (text.size > KR_NAME_SIZE_LIMIT) return false;
    kr_text_lower(text, lower);
    *size = text.size;
    return true;
}

bool kr_has_edition_id(const struct kr_traits *traits, struct kr_text edition_id) {
    struct kr_text word;
    for (size_t offset = 0; kr_text_next_word(traits->edition_ids, &offset, &word);)
        if (kr_text_equal(word, edition_id)) return true;
    return false;
}

bool kr_is_edition_id(const struct kmsrules_ruleset *ruleset, struct kr_text text) {
    if (text.size == 0) return false;
    for (uint32_t i = 0; i < ruleset->edition_count; i++)
        if (kr_has_edition_id(&ruleset->traits[i], text)) return true;
    return false;
}

bool kr_is_named(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_id edition) {
    if (reading->id_count == 0) return true;
    kmsrules_id wanted = reading->kind == KMSRULES_RELEASE ? ruleset->editions[edition].release : edition;
    for (size_t i = 0; i < reading->id_count; i++)
        if (reading->ids[i] == wanted) return true;
    return false;
}

static const char *const origins[] = {[KR_NAME_ID] = "id", [KR_NAME_NAME] = "name", [KR_NAME_SPELLING] = "spelling"};

static const struct kr_filter no_filter = KR_NO_FILTER;

/* The room for an EditionID stays as it is: most names need none, and many are read. */
static void start(struct kr_reading *reading, int kind, const kmsrules_id *ids, size_t id_count, const char *how) {
    reading->kind = kind;
    reading->ids = ids;
    reading->id_count = id_count;
    reading->how = how;
    reading->at = (kmsrules_place){NULL, 0, 0};
    reading->note = NULL;
    reading->has_filter = false;
    reading->filter = no_filter;
}

static void take_name(struct kr_reading *reading, const struct kr_name *name) {
    start(reading, name->kind, name->ids, name->id_count, origins[name->origin]);
    reading->at = name->at;
    reading->note = name->note;
}

/* Normalisation changes some ("Professional" is "pro" then). */
static struct kr_text edition_id_of(const struct kr_phrases *folded_ids, struct kr_text folded) {
    for (size_t i = 0; i < folded_ids->count; i++)
        if (kr_text_equal(folded_ids->items[i].from, folded)) return folded_ids->items[i].to;
    return folded;
}

static void keep_edition_id(struct kr_text edition_id, struct kr_reading *reading) {
    memcpy(reading->edition_id, edition_id.data, edition_id.size);
    reading->filter.edition_ids[1] = (struct kr_text){reading->edition_id, edition_id.size};
    reading->has_filter = true;
}

static bool take_edition_id(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text folded, struct kr_reading *reading) {
    struct kr_text edition_id = edition_id_of(&ruleset->names.folded_ids, folded);
    if ((kinds & KMSRULES_EDITION) == 0 || !kr_is_edition_id(ruleset, edition_id)) return false;
    start(reading, KMSRULES_EDITION, NULL, 0, "edition-id");
    keep_edition_id(edition_id, reading);
    return true;
}

/* An EditionID beside a name: it must be one of what is named, or it is none. */
static bool add_edition_id(const struct kmsrules_ruleset *ruleset, struct kr_text folded, struct kr_reading *reading) {
    struct kr_text edition_id = edition_id_of(&ruleset->names.folded_ids, folded);
    for (uint32_t i = 0; i < ruleset->edition_count; i++) {
        if (!kr_is_named(ruleset, reading, i) || !kr_has_edition_id(&ruleset->traits[i], edition_id)) continue;
        keep_edition_id(edition_id, reading);
        return true;
    }
    return false;
}

static bool read_replaced(const struct kmsrules_ruleset *ruleset, unsigned kinds, const struct kr_replaced *replaced, const char *how, struct kr_reading *reading) {
    const struct kr_name *name = replaced->first == NULL ? NULL : kr_names_find(&ruleset->names, kinds, (struct kr_text){replaced->data, replaced->size});
    if (name == NULL) return false;
    take_name(reading, name);
    reading->how = how;
    reading->at = replaced->first->at;
    return true;
}

enum { MOST_CHOICES = 4 }; /* of more words that may be left out, all are */

/* As few words as possible are left out: "x64" says nothing of most products, and something of a few. */
static bool read_without_words(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, struct kr_replaced *all, struct kr_reading *reading) {
    struct kr_found_phrases found;
    struct kr_replaced some;
    kr_phrases_find(&ruleset->names.ignored, text, &found);
    if (!kr_phrases_replace(&found, text, KR_ALL_PHRASES, all)) return false;
    for (size_t left_out = 1; found.count <= MOST_CHOICES && left_out < found.count; left_out++)
        for (uint32_t which = 1; which < 1u << found.count; which++) {
            if ((size_t)__builtin_popcount(which) != left_out || !kr_phrases_replace(&found, text, which, &some)) continue;
            if (read_replaced(ruleset, kinds, &some, "left-out", reading)) return true;
        }
    return read_replaced(ruleset, kinds, all, "left-out", reading);
}

/* The steps behind normalisation, each on what the one before it made: words of other languages, words left out. `left` becomes what the last steps read. */
static bool read_changed(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, struct kr_replaced *left, struct kr_reading *reading) {
    struct kr_found_phrases found;
    struct kr_replaced translated;
    kr_phrases_find(&ruleset->names.words, text, &found);
    if (!kr_phrases_replace(&found, text, KR_ALL_PHRASES, &translated)) return false;
    if (read_replaced(ruleset, kinds, &translated, "word", reading)) return true;
    if (read_without_words(ruleset, kinds, (struct kr_text){translated.data, translated.size}, left, reading)) return true;
    return take_edition_id(ruleset, kinds, (struct kr_text){left->data, left->size}, reading);
}

/* ---- Patterns ------------------------------------------------------------------------------------------------------------------------------- */

static const struct kr_version *find_version(const struct kr_names *names, struct kr_text name) {
    for (size_t i = 0; i < names->version_count; i++)
        if (kr_text_equal(names->versions[i].name, name)) return &names->versions[i];
    return NULL;
}

/* What a match and a reading within a reading cost besides the steps of the pattern. */
enum { MATCH_STEPS = 20, READING_STEPS = 1000 };

static kmsrules_status read_folded(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, int depth, struct kr_reading *reading);

/* What the named groups say; false when one of them says nothing that is known. */
static bool take_parts(const struct kmsrules_ruleset *ruleset, const struct kr_text parts[KR_PART_COUNT], struct kr_reading *reading) {
    uint64_t number;
    if (parts[KR_PART_BUILD].data != NULL) {
        if (!kr_text_number(parts[KR_PART_BUILD], 1, UINT32_MAX - 1, &number)) return false;
        reading->filter.build = (uint32_t)number;
    }
    if (parts[KR_PART_SKU].data != NULL) {
        if (!kr_text_number(parts[KR_PART_SKU], 0, UINT32_MAX - 1, &number)) return false;
        reading->filter.sku = (uint32_t)number;
    }
    if (parts[KR_PART_VERSION].data != NULL) {
        const struct kr_version *version = find_version(&ruleset->names, parts[KR_PART_VERSION]);
        if (version == NULL) return false;
        reading->filter.version_builds = version->builds;
    }
    return true;
}

/* A match that names nothing, and tells nothing that editions could be found by, is none. */
static bool says_something(const struct kr_reading *reading, unsigned kinds) {
    const struct kr_filter *filter = &reading->filter;
    if (reading->id_count > 0) return true;
    return (kinds & (KMSRULES_EDITION | KMSRULES_RELEASE)) != 0 &&
           (filter->build != 0 || filter->version_builds.count > 0 || filter->sku != KR_NONE || filter->edition_ids[1].size > 0);
}

static kmsrules_status take_match(const struct kmsrules_ruleset *ruleset, unsigned kinds, const struct kr_name_pattern *pattern, const struct kr_text parts[KR_PART_COUNT], int depth,
                                  struct kr_reading *reading) {
    start(reading, pattern->kind == 0 ? KMSRULES_EDITION : pattern->kind, pattern->ids, pattern->id_count, "pattern");
    if (parts[KR_PART_NAME].data != NULL) {
        if (depth == KR_READING_DEPTH) return KMSRULES_UNKNOWN_NAME;
        reading->step_count += READING_STEPS;
        kmsrules_status status = read_folded(ruleset, kinds, parts[KR_PART_NAME], depth + 1, reading);
        if (status != KMSRULES_OK) return status;
    }
    if (parts[KR_PART_EDITION_ID].data != NULL) {
        struct kr_text known = reading->filter.edition_ids[1];
        bool is_beside = reading->id_count > 0 || parts[KR_PART_NAME].data != NULL, is_other = known.size > 0 && !kr_text_equal(known, edition_id_of(&ruleset->names.folded_ids, parts[KR_PART_EDITION_ID]));
        if (is_other) return KMSRULES_UNKNOWN_NAME;
        if (is_beside ? !add_edition_id(ruleset, parts[KR_PART_EDITION_ID], reading) : !take_edition_id(ruleset, kinds, parts[KR_PART_EDITION_ID], reading)) return KMSRULES_UNKNOWN_NAME;
    }
    if (!take_parts(ruleset, parts, reading) || !says_something(reading, kinds)) return KMSRULES_UNKNOWN_NAME;
    reading->has_filter = true;
    reading->how = "pattern";
    reading->at = pattern->at;
    if (pattern->note != NULL) reading->note = pattern->note;
    return KMSRULES_OK;
}

static enum kr_match_result match(const struct kr_name_pattern *pattern, struct kr_text text, struct kr_text parts[KR_PART_COUNT], struct kr_reading *reading) {
    if (reading->step_count >= KR_READING_STEP_LIMIT) return KR_MATCH_UNDECIDED;
    reading->step_count += MATCH_STEPS;
    return kr_pattern_match_counted(pattern->pattern, text, parts, &reading->step_count);
}

/* The first pattern whose groups all say something that is known. One that could not be decided is reported only where none does. */
static kmsrules_status read_patterns(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, int depth, struct kr_reading *reading) {
    const struct kr_name_pattern *undecided = NULL;
    for (size_t i = 0; i < ruleset->names.pattern_count; i++) {
        const struct kr_name_pattern *pattern = &ruleset->names.patterns[i];
        struct kr_text parts[KR_PART_COUNT];
        if (pattern->kind != 0 && ((unsigned)pattern->kind & kinds) == 0) continue;
        enum kr_match_result result = match(pattern, text, parts, reading);
        if (result == KR_MATCH_NO_MEMORY) return KMSRULES_NO_MEMORY;
        kmsrules_status status = result == KR_MATCH_YES ? take_match(ruleset, kinds, pattern, parts, depth, reading) : KMSRULES_UNKNOWN_NAME;
        if (status == KMSRULES_OK || status == KMSRULES_NO_MEMORY) return status;
        if ((result == KR_MATCH_UNDECIDED || status == KMSRULES_AMBIGUOUS_NAME) && undecided == NULL) undecided = pattern;
    }
    if (undecided == NULL) return KMSRULES_UNKNOWN_NAME;
    start(reading, KMSRULES_EDITION, NULL, 0, "undecided");
    reading->at = undecided->at;
    reading->note = undecided->note;
    return KMSRULES_AMBIGUOUS_NAME;
}

static kmsrules_status read_folded(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, int depth, struct kr_reading *reading) {
    struct kr_replaced left = {.size = 0};
    const struct kr_name *name = kr_names_find(&ruleset->names, kinds, text);
    if (name != NULL) take_name(reading, name);
    if (name != NULL || read_changed(ruleset, kinds, text, &left, reading)) return KMSRULES_OK;
    return left.size == 0 ? KMSRULES_UNKNOWN_NAME : read_patterns(ruleset, kinds, (struct kr_text){left.data, left.size}, depth, reading);
}

kmsrules_status kr_read_name(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, struct kr_reading *reading) {
    char folded[KR_NAME_SIZE_LIMIT];
    size_t folded_size;
    reading->step_count = 0;
    if (text.size > KR_NAME_SIZE_LIMIT) return KMSRULES_UNKNOWN_NAME;
    text = trimmed(text);
    const struct kr_name *name = kr_names_find(&ruleset->names, kinds, text);
    if (name != NULL) {
        take_name(reading, name);
        return KMSRULES_OK;
    }
    if (kr_text_has_product_key(text)) return KMSRULES_UNKNOWN_NAME; /* a pattern might take it */
    if (!kr_fold_text(&ruleset->names.fold, text, folded, &folded_size)) return KMSRULES_UNKNOWN_NAME;
    return read_folded(ruleset, kinds, (struct kr_text){folded, folded_size}, 1, reading);
}
