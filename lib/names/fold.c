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

static void lower(struct draft *draft) {
    for (size_t i = 0; i < draft->size; i++)
        if (draft->data[i] >= 'A' && draft->data[i] <= 'Z') draft->data[i] = (char)(draft->data[i] - 'A' + 'a');
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
    lower(&draft);
    for (size_t i = 0; i < fold->rule_count; i++)
        if (!fold->rules[i].is_word && fold->rules[i].from.size > 0 && !replace_substring(&draft, &fold->rules[i])) return false;
    return write_words(fold, (struct kr_text){draft.data, draft.size}, folded, folded_size);
}

/* ---- Phrases -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_ascii(char c) { return (unsigned char)c < 0x80; }

/* Whether a phrase with the letter `edge` at one of its ends may stand beside `neighbour`. */
static bool is_word_end(char edge, char neighbour) { return neighbour == ' ' || (!is_ascii(edge) && is_ascii(neighbour)); }

static bool stands_at(struct kr_text text, size_t offset, struct kr_text phrase) {
    if (text.size - offset < phrase.size || memcmp(text.data + offset, phrase.data, phrase.size) != 0) return false;
    size_t end = offset + phrase.size;
    return end == text.size || is_word_end(phrase.data[phrase.size - 1], text.data[end]);
}

static const struct kr_phrase *phrase_at(const struct kr_phrases *phrases, struct kr_text text, size_t offset) {
    unsigned char first = (unsigned char)text.data[offset];
    if (offset > 0 && !is_word_end(text.data[offset], text.data[offset - 1])) return NULL;
    for (size_t i = phrases->starts[first]; i < phrases->starts[first + 1]; i++)
        if (stands_at(text, offset, phrases->items[i].from)) return &phrases->items[i];
    return NULL;
}

static bool append_between_blanks(struct draft *draft, struct kr_text text) { return append(draft, " ", 1) && append(draft, text.data, text.size) && append(draft, " ", 1); }

bool kr_phrases_replace(const struct kr_phrases *phrases, struct kr_text folded, uint32_t which, struct kr_replaced *replaced) {
    struct draft draft = {.size = 0};
    replaced->first = NULL;
    replaced->count = 0;
    for (size_t i = 0; i < folded.size;) {
        const struct kr_phrase *phrase = phrase_at(phrases, folded, i);
        size_t size = phrase == NULL ? 1 : phrase->from.size;
        bool is_wanted = phrase != NULL && (replaced->count >= 32 || (which >> replaced->count & 1) != 0);
        replaced->count += phrase != NULL;
        if (is_wanted && replaced->first == NULL) replaced->first = phrase;
        if (is_wanted ? !append_between_blanks(&draft, phrase->to) : !append(&draft, folded.data + i, size)) return false;
        i += size;
    }
    return write_words(&(struct kr_fold){NULL, 0}, (struct kr_text){draft.data, draft.size}, replaced->data, &replaced->size);
}
