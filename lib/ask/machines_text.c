/* "210×Windows 11 Pro, 14 x Windows Server 2022 Standard". In: text. Out: one number and name after the other. */
#include "base/text.h"
#include "kmsrules/kmsrules.h"

static bool is_separator(char c) { return c == ',' || c == ';' || c == '\n'; }

static size_t skip_blanks(struct kr_text text, size_t offset) {
    while (offset < text.size && kr_is_space(text.data[offset])) offset++;
    return offset;
}

/* Behind a ×, x, X or *; the offset itself where there is none. */
static size_t skip_times(struct kr_text text, size_t offset) {
    static const char times[] = "\xC3\x97";
    if (offset + 2 <= text.size && memcmp(text.data + offset, times, 2) == 0) return offset + 2;
    return offset < text.size && (text.data[offset] == 'x' || text.data[offset] == 'X' || text.data[offset] == '*') ? offset + 1 : offset;
}

/* Reads "210 ×" and moves behind it. */
static bool read_number(struct kr_text text, size_t *offset, uint64_t *number) {
    size_t start = *offset, end = start;
    while (end < text.size && kr_is_digit(text.data[end])) end++;
    if (!kr_text_number((struct kr_text){text.data + start, end - start}, 0, INT64_MAX, number)) return false;
    end = skip_blanks(text, end);
    size_t behind = skip_times(text, end);
    if (behind == end) return false;
    *offset = behind;
    return true;
}

/* A separator ends a name where a number and its × follow, or nothing: names hold commas, too. */
static bool ends_name(struct kr_text text, size_t offset) {
    uint64_t number;
    if (!is_separator(text.data[offset])) return false;
    offset = skip_blanks(text, offset + 1);
    return offset == text.size || read_number(text, &offset, &number);
}

kmsrules_status kmsrules_next_machines(const char *data, size_t size, size_t *offset, uint64_t *machines, kmsrules_text *name) {
    if ((data == NULL && size > 0) || offset == NULL || machines == NULL || name == NULL || *offset > size) return KMSRULES_INVALID_ARGUMENT;
    struct kr_text text = {data, size};
    uint64_t number;
    size_t start = skip_blanks(text, *offset);
    *offset = start;
    if (start == size) {
        *name = (kmsrules_text){NULL, 0};
        return KMSRULES_OK;
    }
    if (!read_number(text, &start, &number)) return KMSRULES_INVALID_ARGUMENT;
    start = skip_blanks(text, start);
    size_t end = start;
    while (end < size && !ends_name(text, end)) end = is_separator(data[end]) ? skip_blanks(text, end + 1) : end + 1; /* blanks are looked at once */
    struct kr_text found = kr_text_trim((struct kr_text){data + start, end - start});
    while (found.size > 0 && kr_is_space(found.data[found.size - 1])) found.size--;
    if (found.size == 0) return KMSRULES_INVALID_ARGUMENT;
    *machines = number;
    *name = (kmsrules_text){found.data, found.size};
    *offset = end == size ? end : end + 1;
    return KMSRULES_OK;
}
