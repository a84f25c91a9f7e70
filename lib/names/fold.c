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
