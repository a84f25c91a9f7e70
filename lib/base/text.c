/* Views, numbers, UTF-8, places in a file and text being written. In: bytes of any kind. Out: what they hold. Knows nothing of tables. */
#include "base/text.h"

#include "base/memory.h"

enum { FIRST_BUFFER_SIZE = 256, REPLACEMENT = 0xFFFD };

/* ---- Views ---------------------------------------------------------------------------------------------------------------------------------- */

struct kr_text kr_text_of(const char *string) {
    return (struct kr_text){string, string ? strlen(string) : 0};
}

bool kr_text_equal(struct kr_text a, struct kr_text b) { return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0); }

/* Most comparisons end at the first byte. */
bool kr_text_is(struct kr_text text, const char *string) {
    size_t i = 0;
    while (i < text.size && string[i] != '\0' && string[i] == text.data[i]) i++;
    return i == text.size && string[i] == '\0';
}

size_t kr_text_index(struct kr_text text, const char *const *words) {
    size_t index = 0;
    while (words[index] != NULL && !kr_text_is(text, words[index])) index++;
    return index;
}

bool kr_text_starts_with(struct kr_text text, const char *start) {
    size_t size = strlen(start);
    return text.size >= size && memcmp(text.data, start, size) == 0;
}

static uint64_t read_short_word(struct kr_text text) {
    uint64_t word = 0;
    for (size_t i = 0; i < text.size; i++) word = word << 8 | (unsigned char)text.data[i];
    return word;
}

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

/* The last step reads the last eight bytes, some of them a second time, instead of a tail byte by byte. */
uint64_t kr_text_hash(struct kr_text text) {
    uint64_t hash = mix(UINT64_C(0x2545F4914F6CDD1D), text.size);
    if (text.size < 8) return mix(mix(hash, read_short_word(text)), 0);
    for (size_t i = 0; i + 8 < text.size; i += 8) hash = mix(hash, kr_read_word(text.data + i));
    return mix(mix(hash, kr_read_word(text.data + text.size - 8)), 0);
}

struct kr_text kr_text_trim(struct kr_text text) {
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) text = (struct kr_text){text.data + 1, text.size - 1};
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t')) text.size--;
    return text;
}

void kr_text_lower(struct kr_text text, char *lower) {
    for (size_t i = 0; i < text.size; i++) lower[i] = kr_ascii_lower(text.data[i]);
}

bool kr_text_equal_ignoring_case(struct kr_text a, struct kr_text b) {
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++)
        if (kr_ascii_lower(a.data[i]) != kr_ascii_lower(b.data[i])) return false;
    return true;
}

bool kr_text_next_word(struct kr_text list, size_t *offset, struct kr_text *word) {
    size_t start = *offset;
    while (start < list.size && kr_is_space(list.data[start])) start++;
    size_t end = start;
    while (end < list.size && !kr_is_space(list.data[end])) end++;
    *offset = end;
    if (start >= end) return false;
    *word = (struct kr_text){list.data + start, end - start};
    return true;
}

bool kr_text_number(struct kr_text text, uint64_t minimum, uint64_t maximum, uint64_t *number) {
    uint64_t value = 0;
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0')) return false;
    for (size_t i = 0; i < text.size; i++) {
        if (!kr_is_digit(text.data[i])) return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    if (value < minimum || value > maximum) return false;
    *number = value;
    return true;
}

/* ---- UTF-8 ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_continuation(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

static size_t expected_size(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

static bool is_strict(uint32_t character, size_t size) {
    if (size == 3) return character >= 0x800 && (character < 0xD800 || character > 0xDFFF);
    if (size == 4) return character >= 0x10000 && character <= 0x10FFFF;
    return true;
}

/* Bytes of the valid character at the start of the text, 0 if there is none. */
static size_t decode(struct kr_text text, uint32_t *character) {
    unsigned char lead = (unsigned char)text.data[0];
    size_t size = expected_size(lead);
    if (size == 0 || size > text.size) return 0;
    uint32_t value = size == 1 ? lead : lead & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(text.data[i])) return 0;
        value = value << 6 | ((unsigned char)text.data[i] & 0x3F);
    }
    if (!is_strict(value, size)) return 0;
    *character = value;
    return size;
}

/* Tables are nearly all ASCII: eight bytes at a time. */
static size_t skip_ascii(struct kr_text text, size_t offset) {
    while (text.size - offset >= 8 && !(kr_read_word(text.data + offset) & UINT64_C(0x8080808080808080))) offset += 8;
    return offset;
}

size_t kr_utf8_valid_size(struct kr_text text) {
    size_t offset = 0;
    uint32_t character;
    while ((offset = skip_ascii(text, offset)) < text.size) {
        size_t size = decode((struct kr_text){text.data + offset, text.size - offset}, &character);
        if (size == 0) break;
        offset += size;
    }
    return offset;
}

uint32_t kr_utf8_next(struct kr_text text, size_t *offset) {
    uint32_t character = REPLACEMENT;
    size_t size = decode((struct kr_text){text.data + *offset, text.size - *offset}, &character);
    *offset += size ? size : 1;
    return character;
}

/* ---- Places --------------------------------------------------------------------------------------------------------------------------------- */

/* The start of the last line that begins in text[start, end), counting the lines; `line_start` when none does. CRLF, LF and a lone CR end a line. */
static size_t count_lines(struct kr_text text, size_t start, size_t end, size_t line_start, uint32_t *line) {
    bool has_returns = memchr(text.data + start, '\r', end - start) != NULL;
    for (size_t i = start; i < end; i++) {
        if (!has_returns) { /* nearly always: from line end to line end */
            const char *found = memchr(text.data + i, '\n', end - i);
            if (found == NULL) break;
            i = (size_t)(found - text.data);
        }
        if (text.data[i] != '\n' && text.data[i] != '\r') continue;
        if (text.data[i] == '\r' && i + 1 < text.size && text.data[i + 1] == '\n') continue;
        ++*line;
        line_start = i + 1;
    }
    return line_start;
}

void kr_position_move(struct kr_position *position, struct kr_text text, size_t offset) {
    if (offset > text.size) offset = text.size;
    if (offset < position->offset || position->line == 0) *position = (struct kr_position){0, 1, 1};
    size_t line_start = position->offset - (position->column - 1);
    if (offset > position->offset) line_start = count_lines(text, position->offset, offset, line_start, &position->line);
    position->offset = offset;
    position->column = (uint32_t)(offset - line_start + 1);
}

/* ---- Text being written --------------------------------------------------------------------------------------------------------------------- */

struct kr_buffer kr_buffer_over(char *storage, size_t size) {
    if (size) storage[0] = '\0';
    return (struct kr_buffer){.data = storage, .capacity = size, .is_fixed = true};
}

static bool grow(struct kr_buffer *buffer, size_t needed) {
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_BUFFER_SIZE;
    while (capacity < needed && capacity <= SIZE_MAX / 2) capacity *= 2;
    char *data = capacity < needed ? NULL : kr_memory_take(capacity, 1);
    if (!data) return false;
    if (buffer->size) memcpy(data, buffer->data, buffer->size);
    kr_memory_free(buffer->data);
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

static void add_fixed(struct kr_buffer *buffer, struct kr_text text) {
    size_t room = buffer->size < buffer->capacity ? buffer->capacity - buffer->size : 0;
    if (room) {
        size_t fitting = text.size < room ? text.size : room - 1;
        memcpy(buffer->data + buffer->size, text.data, fitting);
        buffer->data[buffer->size + fitting] = '\0';
    }
    buffer->size += text.size;
}

static void add_growing(struct kr_buffer *buffer, struct kr_text text) {
    if (buffer->has_failed) return;
    bool fits = buffer->size < buffer->capacity && text.size < buffer->capacity - buffer->size;
    bool overflows = text.size >= SIZE_MAX - buffer->size;
    if (overflows || (!fits && !grow(buffer, buffer->size + text.size + 1))) {
        buffer->has_failed = true;
        return;
    }
    memcpy(buffer->data + buffer->size, text.data, text.size);
    buffer->size += text.size;
    buffer->data[buffer->size] = '\0';
}

void kr_buffer_add(struct kr_buffer *buffer, struct kr_text text) {
    if (text.size == 0) return;
    if (buffer->is_fixed) add_fixed(buffer, text);
    else add_growing(buffer, text);
}

void kr_buffer_add_string(struct kr_buffer *buffer, const char *string) { kr_buffer_add(buffer, kr_text_of(string)); }

void kr_buffer_add_number(struct kr_buffer *buffer, uint64_t number) {
    char digits[20];
    size_t start = sizeof digits;
    do digits[--start] = (char)('0' + number % 10);
    while (number /= 10);
    kr_buffer_add(buffer, (struct kr_text){digits + start, sizeof digits - start});
}

/* Controls, and characters that change or hide what a reader sees of the others, or look like what somebody's font makes of them (private use). */
static bool is_unsafe(uint32_t c) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E}, {0x200B, 0x200F},
        {0x2028, 0x202E}, {0x2060, 0x206F}, {0xE000, 0xF8FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0x10FFFF},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    }
    return false;
}

static void add_hexadecimal(struct kr_buffer *buffer, uint32_t number, unsigned least_digits) {
    char digits[8];
    size_t start = sizeof digits;
    while (number || sizeof digits - start < least_digits) {
        digits[--start] = "0123456789abcdef"[number & 0xF];
        number >>= 4;
    }
    kr_buffer_add(buffer, (struct kr_text){digits + start, sizeof digits - start});
}

static void add_escape(struct kr_buffer *buffer, uint32_t number, bool is_byte) {
    kr_buffer_add_string(buffer, is_byte ? "\\x" : "\\u{");
    add_hexadecimal(buffer, number, 2);
    if (!is_byte) kr_buffer_add_string(buffer, "}");
}

void kr_buffer_add_escaped(struct kr_buffer *buffer, struct kr_text text) {
    size_t plain = 0; /* start of what can be copied as it is */
    for (size_t offset = 0; offset < text.size;) {
        size_t start = offset;
        uint32_t character = 0;
        size_t size = decode((struct kr_text){text.data + start, text.size - start}, &character);
        offset += size ? size : 1;
        if (size && !is_unsafe(character)) continue;
        kr_buffer_add(buffer, (struct kr_text){text.data + plain, start - plain});
        if (size < 2) add_escape(buffer, (unsigned char)text.data[start], true);
        else add_escape(buffer, character, false);
        plain = offset;
    }
    if (plain < text.size) kr_buffer_add(buffer, (struct kr_text){text.data + plain, text.size - plain});
}

char *kr_buffer_finish(struct kr_buffer *buffer) {
    char *text = NULL;
    if (!buffer->is_fixed && !buffer->data && !buffer->has_failed) buffer->has_failed = !grow(buffer, 1);
    if (!buffer->is_fixed && !buffer->has_failed) {
        text = buffer->data;
        buffer->data = NULL;
    }
    kr_buffer_free(buffer);
    return text;
}

void kr_buffer_free(struct kr_buffer *buffer) {
    if (!buffer->is_fixed) kr_memory_free(buffer->data);
    *buffer = (struct kr_buffer){0};
}
