/* The names nearest to a text. In: a ruleset and a text nobody knows. Out: full names, best first. */
#include "names/suggest.h"

#include <string.h>

#include "ruleset/ruleset.h"

#define SUGGESTION_LIMIT 16 /* more are never asked for */

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t replacement_cost(char a, char b) {
    if (a == b) return 0;
    return is_digit(a) && is_digit(b) ? 2 : 1;
}

/* Damerau-Levenshtein on three rows. */
size_t kr_name_distance(struct kr_text a, struct kr_text b) {
    size_t rows[3][KR_NAME_SIZE_LIMIT + 1];
    if (a.size > KR_NAME_SIZE_LIMIT || b.size > KR_NAME_SIZE_LIMIT) return SIZE_MAX;
    for (size_t j = 0; j <= b.size; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *twice_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + replacement_cost(a.data[i - 1], b.data[j - 1]));
            bool is_swap = i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            if (is_swap) row[j] = smaller(row[j], twice_above[j - 2] + 1);
        }
    }
    return rows[a.size % 3][b.size];
}

/* Whether `shorter` is whole words at the start or at the end of `longer`. */
static bool is_part(struct kr_text shorter, struct kr_text longer) {
    if (shorter.size == 0 || shorter.size >= longer.size) return false;
    size_t rest = longer.size - shorter.size;
    bool is_start = memcmp(longer.data, shorter.data, shorter.size) == 0 && longer.data[shorter.size] == ' ';
    bool is_end = memcmp(longer.data + rest, shorter.data, shorter.size) == 0 && longer.data[rest - 1] == ' ';
    return is_start || is_end;
}

#define BYTES_PER_STEP 4 /* words too many or too few weigh less than letters that are wrong */

static size_t distance_of(struct kr_text name, struct kr_text text) {
    size_t distance = kr_name_distance(name, text);
    struct kr_text shorter = name.size < text.size ? name : text, longer = name.size < text.size ? text : name;
    size_t steps = 1 + (longer.size - shorter.size) / BYTES_PER_STEP;
    return is_part(shorter, longer) && steps < distance ? steps : distance;
}

struct suggestion {
    const char *name;
    size_t distance;
};

static const char *full_name(const struct kmsrules_ruleset *ruleset, const struct kr_name *name) {
    switch (name->kind) {
    case KMSRULES_EDITION: return ruleset->editions[name->ids[0]].name;
    case KMSRULES_RELEASE: return ruleset->releases[name->ids[0]].name;
    case KMSRULES_KEY_GROUP: return ruleset->groups[name->ids[0]].name;
    default: return ruleset->updates[name->ids[0]].id;
    }
}

/* Keeps the list sorted; a name stands in it once, at its best distance. */
static void keep(struct suggestion *best, size_t *count, size_t capacity, struct suggestion found) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(best[i].name, found.name) != 0) continue;
        if (best[i].distance <= found.distance) return;
        memmove(&best[i], &best[i + 1], (--*count - i) * sizeof *best);
        break;
    }
    size_t place = *count;
    while (place > 0 && best[place - 1].distance > found.distance) place--;
    if (place == capacity) return;
    if (*count < capacity) ++*count;
    memmove(&best[place + 1], &best[place], (*count - 1 - place) * sizeof *best);
    best[place] = found;
}

size_t kmsrules_suggest(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, const char **names, size_t capacity) {
    struct suggestion best[SUGGESTION_LIMIT];
    char folded[KR_NAME_SIZE_LIMIT];
    size_t folded_size, count = 0;
    if (ruleset == NULL || text == NULL || names == NULL) return 0;
    if (capacity > SUGGESTION_LIMIT) capacity = SUGGESTION_LIMIT;
    if (size > KR_NAME_SIZE_LIMIT || !kr_fold_text(&ruleset->names.fold, (struct kr_text){text, size}, folded, &folded_size)) return 0;
    for (size_t i = 0; i < ruleset->names.count; i++) {
        const struct kr_name *name = &ruleset->names.items[i];
        if (((unsigned)name->kind & kinds) == 0 || name->id_count != 1) continue;
        size_t distance = distance_of(name->text, (struct kr_text){folded, folded_size});
        keep(best, &count, capacity, (struct suggestion){full_name(ruleset, name), distance});
    }
    for (size_t i = 0; i < count; i++) names[i] = best[i].name;
    return count;
}
