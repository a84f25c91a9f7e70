/* Views of bytes, a growing or fixed buffer to write text into, UTF-8, and places in a file. */
#ifndef KR_TEXT_H
#define KR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view: not owned, not NUL-terminated. */
struct kr_text {
    const char *data;
    size_t size;
};
struct kr_text kr_text_of(const char *string); /* NULL gives the empty view */
bool kr_text_equal(struct kr_text a, struct kr_text b);
bool kr_text_is(struct kr_text text, const char *string);
/* Which of the words, closed by NULL, the text is; the index of the NULL when none. */
size_t kr_text_index(struct kr_text text, const char *const *words);
bool kr_text_starts_with(struct kr_text text, const char *start);
uint64_t kr_text_hash(struct kr_text text); /* the same on every machine; 8 bytes a step: a few ns for a name */
/* Without spaces and tabs at both ends. */
struct kr_text kr_text_trim(struct kr_text text);
/* Of ASCII, whatever the locale. A space is a blank, tab, CR or LF. */
static inline bool kr_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool kr_is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool kr_is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/* Lower case of A to Z whatever the locale; every other byte stays. */
static inline char kr_ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }
/* Of a hexadecimal digit, in either case; -1: none. */
static inline int kr_hex_value(char c) {
    char lower = kr_ascii_lower(c);
    if (kr_is_digit(c)) return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
/* Writes the text in lower case to `lower`, which has room for it and may be the text itself. */
void kr_text_lower(struct kr_text text, char *lower);
bool kr_text_equal_ignoring_case(struct kr_text a, struct kr_text b); /* of A to Z */
/* Eight bytes, the first in the lowest bits on every machine. */
static inline uint64_t kr_read_word(const char *data) {
    uint64_t word;
    memcpy(&word, data, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}
/* The next blank-separated word from *offset on; false at the end. Blanks: space, tab, CR, LF. */
bool kr_text_next_word(struct kr_text list, size_t *offset, struct kr_text *word);
/* A whole number in ASCII digits without sign or leading zero, within [minimum, maximum]. */
bool kr_text_number(struct kr_text text, uint64_t minimum, uint64_t maximum, uint64_t *number);
/* Where what looks like a product key begins, which never comes in or goes out; `text.size`: nothing does. Most bytes are not looked at. See product_key.c. */
size_t kr_text_find_product_key(struct kr_text text);
enum { KR_PRODUCT_KEY_SIZE = 25 }; /* the letters and digits of one; most names are shorter */
static inline bool kr_text_has_product_key(struct kr_text text) { return text.size >= KR_PRODUCT_KEY_SIZE && kr_text_find_product_key(text) < text.size; }

/* Offset of the first byte that is not part of strict UTF-8 (no surrogates, no overlong form), or `text.size`. */
size_t kr_utf8_valid_size(struct kr_text text);
/* The character at *offset, which moves behind it; U+FFFD and one byte for an invalid one. */
/* Whether the last word, whatever punctuation stands behind it, may be the last part of a product key: five of the key's own, or five capital letters and digits. */
bool kr_text_ends_in_key_part(struct kr_text text);
/* Whether there is no other word. */
bool kr_text_is_key_part(struct kr_text text);
uint32_t kr_utf8_next(struct kr_text text, size_t *offset);

/* Text being written. All zero: grows on the heap. After kr_buffer_over(): fills the given storage, keeps it NUL-terminated and goes on counting in `size`. */
struct kr_buffer {
    char *data;
    size_t size;     /* bytes written, or that would have been */
    size_t capacity; /* bytes there are */
    bool is_fixed;
    bool has_failed; /* out of memory: what follows is dropped, kr_buffer_finish() gives NULL */
};
struct kr_buffer kr_buffer_over(char *storage, size_t size);
void kr_buffer_add(struct kr_buffer *buffer, struct kr_text text);
void kr_buffer_add_string(struct kr_buffer *buffer, const char *string); /* NULL adds nothing */
void kr_buffer_add_number(struct kr_buffer *buffer, uint64_t number);
/* Text of a table or a user, for people: C0, DEL, C1, bidirectional and zero-width controls, U+2028/9 and invalid bytes come out as \x1b or \u{202e}. */
void kr_buffer_add_escaped(struct kr_buffer *buffer, struct kr_text text);
char *kr_buffer_finish(struct kr_buffer *buffer); /* growing form: hands out the NUL-terminated text, to be freed with kr_memory_free(), or NULL */
void kr_buffer_free(struct kr_buffer *buffer);

/* Line and column (both from 1, the column in bytes) of an offset. CRLF, LF and a lone CR each end a line. Continues from *place (offset 0, line 1, column 1 at first)
 * when `offset` lies behind it, so that rising offsets cost one pass over the text. */
struct kr_position {
    size_t offset;
    uint32_t line, column;
};
void kr_position_move(struct kr_position *position, struct kr_text text, size_t offset);

#endif
