/* See names.h. */
#include "names/names.h"

#include <string.h>

/* A text of at most KR_NAME_SIZE_LIMIT bytes being rewritten. */
struct draft {
    char data[KR_NAME_SIZE_LIMIT];
    size_t size;
};

static bool append(struct draft *draft, const char *data, size_t size) {
    if (size > sizeof draft->data - draft->size) return false;
    if (size > 0) memcpy(draft->data + draft->size, data, size);
    draft->size += size;
    return true;
}

static bool replace_substring(struct draft *draft, const struct kr_fold_rule *rule) {
    const char *first = memchr(draft->data, rule->from.data[0], draft->size);
    if (first == NULL) return true;
    struct draft next = {.size = 0};
    size_t i = 0;
    while (i < draft->size) {
        bool is_here = draft->size - i >= rule->from.size && memcmp(draft->data + i, rule->from.data, rule->from.size) == 0;
        if (is_here ? !append(&next, rule->to.data, rule->to.size) : !append(&next, draft->data + i, 1)) return false;
        i += is_here ? rule->from.size : 1;
    }
    memcpy(draft->data, next.data, next.size);
    draft->size = next.size;
    return true;
}

static struct kr_text replaced_word(const struct kr_fold *fold, struct kr_text word) {
    for (size_t i = 0; i < fold->rule_count; i++)
        if (fold->rules[i].is_word && kr_text_equal(fold->rules[i].from, word)) word = fold->rules[i].to;
    return word;
}

/* Words replaced, joined by single blanks. */
static bool write_words(const struct kr_fold *fold, struct kr_text text, char *folded, size_t *folded_size) {
    struct draft result = {.size = 0};
    size_t offset = 0;
    struct kr_text word;
    while (kr_text_next_word(text, &offset, &word)) {
        word = replaced_word(fold, word);
        if (word.size == 0) continue;
        if (result.size > 0 && !append(&result, " ", 1)) return false;
        if (!append(&result, word.data, word.size)) return false;
    }
    memcpy(folded, result.data, result.size);
    *folded_size = result.size;
    return true;
}

bool kr_fold_text(const struct kr_fold *fold, struct kr_text text, char *folded, size_t *folded_size) {
    struct draft draft = {.size = 0};
    if (!append(&draft, text.data, text.size) || kr_utf8_valid_size(text) != text.size) return false;
    kr_text_lower((struct kr_text){draft.data, draft.size}, draft.data);
    for (size_t i = 0; i < fold->rule_count; i++)
        if (!fold->rules[i].is_word && fold->rules[i].from.size > 0 && !replace_substring(&draft, &fold->rules[i])) return false;
    return write_words(fold, (struct kr_text){draft.data, draft.size}, folded, folded_size);
}

/* ---- Phrases -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_ascii(char c) { return (unsigned char)c < 0x80; }

/* Whether a phrase with the letter `edge` at one of its ends may stand beside `neighbour`. */
static bool is_word_end(char edge, char neighbour) { return neighbour == ' ' || (!is_ascii(edge) && is_ascii(neighbour)); }

static bool starts_at(struct kr_text text, size_t offset) { return offset == 0 || is_word_end(text.data[offset], text.data[offset - 1]); }

static bool ends_at(struct kr_text text, size_t offset) { return offset == text.size || is_word_end(text.data[offset - 1], text.data[offset]); }

int kr_phrase_order(struct kr_text a, struct kr_text b) {
    if (a.size != b.size) return a.size > b.size ? -1 : 1;
    return a.size == 0 ? 0 : memcmp(a.data, b.data, a.size);
}

static const struct kr_phrase *find_phrase(const struct kr_phrases *phrases, struct kr_text text) {
    size_t low = 0, high = phrases->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = kr_phrase_order(phrases->items[middle].from, text);
        if (order == 0) return &phrases->items[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static const struct kr_phrase *phrase_at(const struct kr_phrases *phrases, struct kr_text text, size_t offset) {
    size_t longest = phrases->items[0].from.size, rest = text.size - offset;
    for (size_t size = rest < longest ? rest : longest; size > 0; size--) {
        const struct kr_phrase *phrase = ends_at(text, offset + size) ? find_phrase(phrases, (struct kr_text){text.data + offset, size}) : NULL;
        if (phrase != NULL) return phrase;
    }
    return NULL;
}

void kr_phrases_find(const struct kr_phrases *phrases, struct kr_text folded, struct kr_found_phrases *found) {
    found->count = 0;
    for (size_t i = 0; phrases->count > 0 && i < folded.size;) {
        const struct kr_phrase *phrase = starts_at(folded, i) ? phrase_at(phrases, folded, i) : NULL;
        if (phrase != NULL) {
            found->items[found->count] = phrase;
            found->offsets[found->count++] = (uint16_t)i;
        }
        i += phrase == NULL ? 1 : phrase->from.size;
    }
}

/* Blanks are written only when a word follows, and one of each run. */
static bool append_words(struct kr_replaced *replaced, bool *is_apart, struct kr_text text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == ' ') {
            *is_apart = true;
            continue;
        }
        size_t size = *is_apart && replaced->size > 0 ? 2 : 1;
        if (size > sizeof replaced->data - replaced->size) return false;
        if (size == 2) replaced->data[replaced->size++] = ' ';
        replaced->data[replaced->size++] = text.data[i];
        *is_apart = false;
    }
    return true;
}

static struct kr_text between(struct kr_text text, size_t start, size_t end) { return (struct kr_text){text.data + start, end - start}; }

bool kr_phrases_replace(const struct kr_found_phrases *found, struct kr_text folded, uint32_t which, struct kr_replaced *replaced) {
    size_t start = 0;
    bool is_apart = false;
    replaced->first = NULL;
    replaced->size = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct kr_phrase *phrase = found->items[i];
        if (i < 32 && (which >> i & 1) == 0) continue;
        if (replaced->first == NULL) replaced->first = phrase;
        if (!append_words(replaced, &is_apart, between(folded, start, found->offsets[i]))) return false;
        is_apart = true;
        if (!append_words(replaced, &is_apart, phrase->to)) return false;
        is_apart = true;
        start = found->offsets[i] + phrase->from.size;
    }
    return append_words(replaced, &is_apart, between(folded, start, folded.size));
}
