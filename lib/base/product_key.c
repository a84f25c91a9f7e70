/* Text that looks like a product key, which never comes in or goes out. In: bytes of any kind. Out: where one begins.
 *
 * Keys are made of 24 letters and digits, and N since Windows 8: no vowel, none that looks like another. A key is
 *
 *   joined:  five groups of exactly five letters or digits, of any kind, with one dash between them and no letter or digit at either end;
 *   parted:  five groups of five of the key's own, with one to three dashes, blanks, dots or low lines between them, whatever is stuck to either end;
 *            some letter must be none of A to F, so that hexadecimal and decimal numbers are none;
 *   run:     25 of the key's own with no letter or digit at either end, one such letter and a digit among them.
 *
 * Either case, also as full-width characters; a dash is also one of those that word processors make of it. See docs/codes/KR918.md. */
#include "base/text.h"
#include "kmsrules/kmsrules.h"

enum { WORD = 1, KEY = 2, DIGIT = 4, BEYOND_HEX = 8, DASH = 16, GAP = 32, WIDE = 64 }; /* WIDE: a byte of a character that is not of ASCII */
enum { GROUPS = 5, GROUP_SIZE = 5, KEY_SIZE = KR_PRODUCT_KEY_SIZE, JOINED_SIZE = KEY_SIZE + GROUPS - 1, LARGEST_GAP = 3 };

/* ---- Characters ---- */

enum { W = WORD, D = WORD | KEY | DIGIT, H = WORD | KEY, L = WORD | KEY | BEYOND_HEX, S = GAP, M = GAP | DASH };
static const uint8_t ascii[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* tab */
    S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, M, S, 0, W, W, D, D, D, W, D, D, D, D, 0, 0, 0, 0, 0, 0, /* blank, dash, dot; 0 to 9 */
    0, W, H, H, H, W, H, L, L, W, L, L, W, L, L, W, L, L, L, W, L, W, L, L, L, L, W, 0, 0, 0, 0, S, /* A to Z, low line */
    0, W, H, H, H, W, H, L, L, W, L, L, W, L, L, W, L, L, L, W, L, W, L, L, L, L, W, 0, 0, 0, 0, 0,
};

static unsigned class_of_byte(char c) { return (unsigned char)c < 0x80 ? ascii[(unsigned char)c] : WIDE; }

/* U+FFFD stands for a byte that is no text: a dash of another encoding. */
static unsigned class_of(uint32_t character) {
    static const struct {
        uint32_t first, last;
        unsigned kind;
    } others[] = {{0xA0, 0xA0, S}, {0xAD, 0xAD, M}, {0x2000, 0x200F, S}, {0x2010, 0x2015, M}, {0x202F, 0x202F, S}, {0x205F, 0x2060, S}, {0x2212, 0x2212, M},
                  {0x3000, 0x3000, S}, {0xFE58, 0xFE58, M}, {0xFE63, 0xFE63, M}, {0xFEFF, 0xFEFF, S}, {0xFFFD, 0xFFFD, M}};
    if (character < 0x80) return ascii[character];
    if (character > 0xFF00 && character < 0xFF5F) return ascii[character - 0xFF00 + ' '];
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (character >= others[i].first && character <= others[i].last) return others[i].kind;
    return 0;
}

/* ---- Stretches of bytes that could be in a key ---- */

struct stretch {
    size_t start, end;
};

/* The next one of at least `least` bytes of these classes from stretch->end on. Looks from the back of each window: most bytes are never looked at. */
static bool find_stretch(struct kr_text text, unsigned classes, size_t least, struct stretch *stretch) {
    size_t start = stretch->end, end = start;
    while (text.size - start >= least) {
        for (end = start + least; end > start && (class_of_byte(text.data[end - 1]) & classes) != 0;) end--;
        if (end > start) {
            start = end;
            continue;
        }
        for (end = start + least; end < text.size && (class_of_byte(text.data[end]) & classes) != 0;) end++;
        *stretch = (struct stretch){start, end};
        return true;
    }
    return false;
}

static unsigned class_at(struct kr_text text, size_t offset) { return offset < text.size ? class_of_byte(text.data[offset]) : 0; }

/* The class of the character at *offset, which moves behind it. */
static unsigned next_class(struct kr_text text, size_t *offset) {
    unsigned kind = class_of_byte(text.data[*offset]);
    if (kind == WIDE) return class_of(kr_utf8_next(text, offset));
    ++*offset;
    return kind;
}

/* ---- Keys within a stretch: where one begins; the end of the text: none does ---- */

static size_t find_joined(struct kr_text text, struct stretch stretch) {
    size_t start = 0, begun = 0, count = 0, size = 0; /* of the groups, of this one; groups before, characters of this one */
    for (size_t at = stretch.start, next = at; at <= stretch.end; at = next) {
        unsigned kind = at < stretch.end ? next_class(text, &next) : class_at(text, next++);
        if ((kind & WORD) != 0) {
            if (size++ == 0) begun = at;
            continue;
        }
        count = size == GROUP_SIZE ? count + 1 : 0;
        if (count == 1) start = begun;
        if (count == GROUPS) return start;
        if ((kind & DASH) == 0) count = 0;
        size = 0;
    }
    return text.size;
}

/* Parted, or a run. */
static size_t find_parted(struct kr_text text, struct stretch stretch) {
    size_t start = 0, begun = 0, count = 0, size = 0, gap = 0;
    unsigned kinds = 0, all = 0; /* in this group, in those before */
    bool is_stuck = stretch.start > 0 && (class_at(text, stretch.start - 1) & WORD) != 0;
    for (size_t at = stretch.start, next = at; at <= stretch.end; at = next) {
        unsigned kind = at < stretch.end ? next_class(text, &next) : class_at(text, next++);
        if ((kind & KEY) != 0) {
            if (size++ == 0) begun = at, kinds = 0;
            kinds |= kind;
            if (size == GROUP_SIZE && count >= GROUPS - 1 && ((kinds | all) & BEYOND_HEX) != 0) return start;
            continue;
        }
        if (size == KEY_SIZE && !is_stuck && (kind & WORD) == 0 && (kinds & DIGIT) != 0 && (kinds & BEYOND_HEX) != 0) return begun;
        if (size > 0) {
            count = size == GROUP_SIZE ? count + 1 : size > GROUP_SIZE;
            if (count == 1) start = begun, all = 0;
            all |= kinds;
            size = gap = 0;
        }
        if ((kind & GAP) == 0 || ++gap > LARGEST_GAP) count = 0;
        is_stuck = (kind & WORD) != 0;
    }
    return text.size;
}

/* ---- The last part of a key ---- */

/* The last word of a text, without what stands behind it; a letter that is not of ASCII is no part of a word, as others write none between words. */
struct last_word {
    size_t words, size; /* of the text, of the last one */
    bool is_of_key, has_lower;
};

static struct last_word last_word_of(struct kr_text text) {
    struct last_word last = {0, 0, false, false};
    bool is_within = false;
    for (size_t at = 0, next = 0; at < text.size; at = next) {
        unsigned kind = next_class(text, &next);
        bool is_first = !is_within;
        is_within = (kind & WORD) != 0;
        if (!is_within) continue;
        if (is_first) last = (struct last_word){last.words + 1, 0, true, false};
        last.size++;
        last.is_of_key = last.is_of_key && (kind & KEY) != 0;
        last.has_lower = last.has_lower || (text.data[at] >= 'a' && text.data[at] <= 'z');
    }
    return last;
}

static bool is_part(struct last_word last) { return last.size == GROUP_SIZE && (last.is_of_key || !last.has_lower); }

bool kr_text_ends_in_key_part(struct kr_text text) { return is_part(last_word_of(text)); }

bool kr_text_is_key_part(struct kr_text text) {
    struct last_word last = last_word_of(text);
    return last.words == 1 && is_part(last);
}

/* ---- Public form ---- */

static size_t find(struct kr_text text, unsigned classes, size_t least, size_t (*find_within)(struct kr_text text, struct stretch stretch)) {
    size_t key = text.size;
    for (struct stretch stretch = {0, 0}; key == text.size && find_stretch(text, classes, least, &stretch);) key = find_within(text, stretch);
    return key;
}

size_t kr_text_find_product_key(struct kr_text text) {
    size_t joined = find(text, WORD | DASH | WIDE, JOINED_SIZE, find_joined), parted = find(text, KEY | GAP | WIDE, KEY_SIZE, find_parted);
    return joined < parted ? joined : parted;
}

bool kmsrules_has_product_key(const char *text, size_t size) { return text != NULL && kr_text_has_product_key((struct kr_text){text, size}); }
