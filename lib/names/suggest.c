/* The names nearest to a text. In: a ruleset and a text nobody knows. Out: full names, best first. */
#include "names/suggest.h"

#include <string.h>

#include "ruleset/ruleset.h"

#define SUGGESTION_LIMIT 16 /* more are never asked for */

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static size_t replacement_cost(char a, char b) {
    if (a == b) return 0;
    return kr_is_digit(a) && kr_is_digit(b) ? 2 : 1;
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

/* ---- A lower bound -------------------------------------------------------------------------------------------------------------------------- */

enum { WORD_BITS = 64, MOST_WORDS = KR_NAME_SIZE_LIMIT / WORD_BITS };

/* A text, and for every byte where in the text it stands: bit i of the words for place i. */
struct masked {
    struct kr_text text;
    size_t word_count;
    uint64_t masks[256][MOST_WORDS];
};

static void mask_bytes(struct masked *masked, struct kr_text text) {
    memset(masked, 0, sizeof *masked);
    masked->text = text;
    masked->word_count = (text.size + WORD_BITS - 1) / WORD_BITS;
    for (size_t i = 0; i < text.size; i++) masked->masks[(unsigned char)text.data[i]][i / WORD_BITS] |= (uint64_t)1 << i % WORD_BITS;
}

/* One column of the table of distances, as differences: bits of rows where the value above is smaller by one (up) or greater by one (down). */
struct column {
    uint64_t up, down, diagonal, mask; /* of 64 rows; `diagonal`: equal to the value above on the left; `mask`: of the byte of this column */
};

/* Shifted in from the rows before. */
struct carries {
    uint64_t sum, swap, up, down;
};

static uint64_t shift(uint64_t word, uint64_t *carry) {
    uint64_t shifted = word << 1 | *carry;
    *carry = word >> (WORD_BITS - 1);
    return shifted;
}

/* Hyyrö's bit vectors for edits with swapped neighbours. Returns by how much the last row, which is `last`, grows: 1, 0 or -1. */
static int next_column(struct column *column, uint64_t mask, struct carries *carries, uint64_t last) {
    uint64_t swapped = shift(~column->diagonal & mask, &carries->swap) & column->mask, addend = mask & column->up;
    uint64_t sum = addend + column->up, total = sum + carries->sum;
    carries->sum = (sum < addend) | (total < sum);
    uint64_t diagonal = (total ^ column->up) | mask | column->down | swapped;
    uint64_t right_up = column->down | ~(diagonal | column->up), right_down = diagonal & column->up;
    int growth = (right_up & last) != 0 ? 1 : (right_down & last) != 0 ? -1 : 0;
    right_up = shift(right_up, &carries->up);
    right_down = shift(right_down, &carries->down);
    *column = (struct column){right_down | ~(diagonal | right_up), right_up & diagonal, diagonal, mask};
    return growth;
}

/* The distance where another digit counts once: never more than kr_name_distance(), and some twenty times as fast. */
static size_t least_distance(struct kr_text name, const struct masked *masked) {
    struct column columns[MOST_WORDS];
    size_t distance = masked->text.size;
    if (distance == 0) return name.size;
    for (size_t word = 0; word < masked->word_count; word++) columns[word] = (struct column){UINT64_MAX, 0, 0, 0};
    for (size_t i = 0; i < name.size; i++) {
        struct carries carries = {0, 0, 1, 0};
        for (size_t word = 0; word < masked->word_count; word++) {
            bool is_last = word + 1 == masked->word_count;
            uint64_t last = is_last ? (uint64_t)1 << (masked->text.size - 1) % WORD_BITS : 0;
            distance += (size_t)next_column(&columns[word], masked->masks[(unsigned char)name.data[i]][word], &carries, last);
        }
    }
    return distance;
}

size_t kr_name_least_distance(struct kr_text a, struct kr_text b) {
    struct masked masked;
    if (a.size > KR_NAME_SIZE_LIMIT || b.size > KR_NAME_SIZE_LIMIT) return SIZE_MAX;
    mask_bytes(&masked, b);
    return least_distance(a, &masked);
}

/* ---- Suggestions ---------------------------------------------------------------------------------------------------------------------------- */

/* Whether `shorter` is whole words at the start or at the end of `longer`. */
static bool is_part(struct kr_text shorter, struct kr_text longer) {
    if (shorter.size == 0 || shorter.size >= longer.size) return false;
    size_t rest = longer.size - shorter.size;
    bool is_start = memcmp(longer.data, shorter.data, shorter.size) == 0 && longer.data[shorter.size] == ' ';
    bool is_end = memcmp(longer.data + rest, shorter.data, shorter.size) == 0 && longer.data[rest - 1] == ' ';
    return is_start || is_end;
}

#define BYTES_PER_STEP 4 /* words too many or too few weigh less than letters that are wrong */

/* Of a distance that is not below `limit` no more than that is known. */
static size_t distance_of(struct kr_text name, const struct masked *masked, size_t limit) {
    struct kr_text text = masked->text, shorter = name.size < text.size ? name : text, longer = name.size < text.size ? text : name;
    size_t difference = longer.size - shorter.size, steps = is_part(shorter, longer) ? 1 + difference / BYTES_PER_STEP : SIZE_MAX;
    if (difference >= limit || difference >= steps || least_distance(name, masked) >= limit) return steps;
    return smaller(steps, kr_name_distance(name, text));
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

/* The full names nearest to a folded text. */
static size_t find_nearest(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_text text, struct suggestion *best, size_t capacity) {
    struct masked masked;
    size_t count = 0;
    mask_bytes(&masked, text);
    for (size_t i = 0; i < ruleset->names.count && capacity > 0; i++) {
        const struct kr_name *name = &ruleset->names.items[i];
        if (((unsigned)name->kind & kinds) == 0 || name->id_count != 1) continue;
        size_t limit = count < capacity ? SIZE_MAX : best[count - 1].distance, distance = distance_of(name->text, &masked, limit);
        if (distance < limit) keep(best, &count, capacity, (struct suggestion){full_name(ruleset, name), distance});
    }
    return count;
}

size_t kmsrules_suggest(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, const char **names, size_t capacity) {
    struct suggestion best[SUGGESTION_LIMIT];
    char folded[KR_NAME_SIZE_LIMIT];
    size_t folded_size;
    if (ruleset == NULL || text == NULL || names == NULL) return 0;
    if (capacity > SUGGESTION_LIMIT) capacity = SUGGESTION_LIMIT;
    if (size > KR_NAME_SIZE_LIMIT || !kr_fold_text(&ruleset->names.fold, (struct kr_text){text, size}, folded, &folded_size) || folded_size == 0) return 0;
    size_t count = find_nearest(ruleset, kinds, (struct kr_text){folded, folded_size}, best, capacity);
    for (size_t i = 0; i < count; i++) names[i] = best[i].name;
    return count;
}

/* ---- Words ---------------------------------------------------------------------------------------------------------------------------------- */

enum { LETTERS_PER_SLIP = 4, LEAST_START = 2 };

static struct kr_text without_dashes(const char *text) { return kr_text_of(text + strspn(text, "-")); }

int kmsrules_word_slips(const char *text, const char *word) {
    if (text == NULL || word == NULL) return -1;
    struct kr_text given = without_dashes(text), whole = without_dashes(word);
    size_t shorter = smaller(given.size, whole.size), distance = kr_name_distance(given, whole);
    bool is_start = given.size >= LEAST_START && given.size < whole.size && memcmp(given.data, whole.data, given.size) == 0;
    if (is_start) return 1;
    return distance <= shorter / LETTERS_PER_SLIP + 1 && distance < shorter ? (int)distance : -1;
}
