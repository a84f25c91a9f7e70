/* One line of slmgr's output. In: its text, the <slmgr-line> rows. Out: which row it is and the value behind it; whether it may be shown. See slmgr.h. */
#include "fleet/slmgr.h"

enum { SHOWN_SIZE = 256, SECRET_DIGITS = 16 };

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
/* Of a word: also whatever is not ASCII. */
static bool is_of_word(char c) { return kr_is_digit(c) || (kr_ascii_lower(c) >= 'a' && kr_ascii_lower(c) <= 'z') || ((unsigned char)c & 0x80) != 0; }

/* ---- Which row ---- */

/* The start of a line in lower case, blanks as one and none before a colon; long enough for every text of the tables. */
struct folded {
    char text[SHOWN_SIZE + 1];
    size_t size;
};

static void fold(struct kr_text line, struct folded *folded) {
    folded->size = 0;
    for (size_t i = 0; i < line.size && folded->size <= SHOWN_SIZE; i++) {
        char *last = folded->size == 0 ? NULL : &folded->text[folded->size - 1];
        if (is_blank(line.data[i]) && last != NULL && *last == ' ') continue;
        if (line.data[i] == ':' && last != NULL && *last == ' ') folded->size--;
        folded->text[folded->size++] = is_blank(line.data[i]) ? ' ' : kr_ascii_lower(line.data[i]);
    }
}

/* A line that stands for a value, or begins a section, or is of no use ends with its text; any other has a colon behind it. */
static bool takes_value(const struct kr_slmgr_line *line) {
    switch (line->part) {
    case KR_SLMGR_NOTHING:
    case KR_SLMGR_HOST:
    case KR_SLMGR_NOT_COUNTING:
    case KR_SLMGR_CLIENT:
    case KR_SLMGR_KMS_NOT_FOUND:
    case KR_SLMGR_NOT_IN_USE:
    case KR_SLMGR_STALE: return false;
    default: return line->value < 0;
    }
}

static bool is_line(const struct kr_slmgr_line *line, const struct folded *folded) {
    size_t size = line->text.size;
    if (size > folded->size || memcmp(line->text.data, folded->text, size) != 0) return false;
    if (size == folded->size) return true;
    char next = folded->text[size];
    return next == ':' || (!takes_value(line) && (!is_of_word(next) || !is_of_word(folded->text[size - 1])));
}

/* The row of another value of the same label: "License Status: …". */
static const struct kr_slmgr_line *find_label(const struct kmsrules_ruleset *ruleset, const struct folded *folded) {
    for (uint32_t i = 0; i < ruleset->slmgr_line_count; i++) {
        const struct kr_slmgr_line *row = &ruleset->slmgr_lines[i];
        const char *colon = row->value < 0 ? NULL : memchr(row->text.data, ':', row->text.size);
        size_t size = colon == NULL ? 0 : (size_t)(colon - row->text.data) + 1;
        if (size > 0 && size <= folded->size && memcmp(row->text.data, folded->text, size) == 0) return row;
    }
    return NULL;
}

/* Behind the colon that follows the row's text, in the line as it is. */
static struct kr_text value_behind(struct kr_text line, struct kr_text text) {
    size_t colons = 1, i = 0;
    for (size_t j = 0; j < text.size; j++) colons += text.data[j] == ':';
    while (i < line.size && (line.data[i] != ':' || --colons > 0)) i++;
    return i == line.size ? (struct kr_text){line.data + line.size, 0} : kr_text_trim((struct kr_text){line.data + i + 1, line.size - i - 1});
}

struct kr_slmgr_reading kr_slmgr_read_line(const struct kmsrules_ruleset *ruleset, struct kr_text line) {
    struct kr_slmgr_reading reading = {NULL, false, {NULL, 0}};
    struct folded folded;
    fold(line, &folded);
    for (uint32_t i = 0; i < ruleset->slmgr_line_count; i++) {
        const struct kr_slmgr_line *row = &ruleset->slmgr_lines[i];
        if (is_line(row, &folded) && (reading.line == NULL || row->text.size > reading.line->text.size)) reading.line = row;
    }
    if (reading.line == NULL) reading.is_strange = (reading.line = find_label(ruleset, &folded)) != NULL;
    if (reading.line != NULL && takes_value(reading.line)) reading.value = value_behind(line, reading.line->text);
    return reading;
}

bool kr_slmgr_is_labelled(struct kr_text line) {
    const char *colon = memchr(line.data, ':', line.size);
    size_t size = colon == NULL ? 0 : (size_t)(colon - line.data);
    return size > 0 && size <= 96 && (size + 1 == line.size || is_blank(line.data[size + 1]));
}

/* ---- What must not be shown ---- */

/* So many digits, joined by nothing but blanks, dashes and dots: an installation id, a confirmation id, an extended product id. */
static bool has_long_number(struct kr_text text) {
    size_t digits = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (kr_is_digit(text.data[i])) digits++;
        else if (!is_blank(text.data[i]) && text.data[i] != '-' && text.data[i] != '.') digits = 0;
        if (digits >= SECRET_DIGITS) return true;
    }
    return false;
}

bool kr_slmgr_is_secret(struct kr_text text) { return kr_text_has_product_key(text) || has_long_number(text); }
