/* See forms.h. */
#include "table/forms.h"

static bool is_id_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; }

bool kr_is_id(struct kr_text text) {
    if (text.size == 0 || text.data[0] < 'a' || text.data[0] > 'z') return false;
    for (size_t i = 0; i < text.size; i++)
        if (!is_id_character(text.data[i])) return false;
    return true;
}

bool kr_is_digits(struct kr_text text) {
    uint64_t number;
    return kr_text_number(text, 1, 999999999, &number);
}

bool kr_is_kb_number(struct kr_text text) {
    if (text.size < 3 || text.data[0] != 'K' || text.data[1] != 'B') return false;
    for (size_t i = 2; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return true;
}

bool kr_is_date(struct kr_text text) {
    uint64_t month, day;
    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-') return false;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (text.data[i] < '0' || text.data[i] > '9')) return false;
    month = (uint64_t)(text.data[5] - '0') * 10 + (uint64_t)(text.data[6] - '0');
    day = (uint64_t)(text.data[8] - '0') * 10 + (uint64_t)(text.data[9] - '0');
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool kr_is_build(struct kr_text text) {
    const char *dot = memchr(text.data, '.', text.size);
    uint64_t number;
    if (dot == NULL) return false;
    struct kr_text build = {text.data, (size_t)(dot - text.data)}, revision = {dot + 1, text.size - build.size - 1};
    return kr_text_number(build, 1, 999999, &number) && kr_text_number(revision, 0, 999999, &number);
}

bool kr_is_blank(struct kr_text text) {
    size_t offset = 0;
    struct kr_text word;
    return !kr_text_next_word(text, &offset, &word);
}
