/* Which thing a text names: as written, then as normalised. In: a ruleset and a text. Out: an identity. The index is built by table/spellings.c. */
#include "names/names.h"

#include <string.h>

#include "ruleset/ruleset.h"

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

static const struct kr_name *recognize(const struct kr_names *names, unsigned kinds, struct kr_text text) {
    if (text.size > KR_NAME_SIZE_LIMIT) return NULL;
    text = trimmed(text);
    const struct kr_name *name = kr_names_find(names, kinds, text);
    if (name != NULL) return name;
    char folded[KR_NAME_SIZE_LIMIT];
    size_t folded_size;
    if (!kr_fold_text(&names->fold, text, folded, &folded_size)) return NULL;
    return kr_names_find(names, kinds, (struct kr_text){folded, folded_size});
}

kmsrules_status kmsrules_identify(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, kmsrules_identity *identity) {
    static const char *const origins[] = {[KR_NAME_ID] = "id", [KR_NAME_NAME] = "name", [KR_NAME_SPELLING] = "spelling"};
    if (ruleset == NULL || text == NULL || identity == NULL) return KMSRULES_INVALID_ARGUMENT;
    const struct kr_name *name = recognize(&ruleset->names, kinds, (struct kr_text){text, size});
    /* No table holds a name of that shape, so that what is known needs no look. */
    if (name == NULL) return kr_text_has_product_key((struct kr_text){text, size}) ? KMSRULES_INVALID_ARGUMENT : KMSRULES_UNKNOWN_NAME;
    *identity = (kmsrules_identity){.kind = name->kind, .id = name->id_count == 1 ? name->ids[0] : KMSRULES_NONE, .candidates = name->ids,
                                    .candidate_count = name->id_count, .how = origins[name->origin], .at = name->at};
    return name->id_count == 1 ? KMSRULES_OK : KMSRULES_AMBIGUOUS_NAME;
}
