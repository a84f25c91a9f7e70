/* Codes by their spelling. In: a text as people paste it. Out: the code it is, or the nearest ones. The pages come from docs/codes. */
#include "base/text.h"
#include "names/suggest.h"
#include "ruleset/builtin.h"

#define NEAR_ENOUGH 4 /* edits, of which another digit counts twice */
enum { ROOM = 32 };   /* longer than a code */

size_t kmsrules_code_count(void) { return kr_builtin_code_count; }

const kmsrules_code *kmsrules_code_get(size_t index) { return index < kr_builtin_code_count ? &kr_builtin_codes[index] : NULL; }

static bool starts_with(const char *text, const char *lower) {
    while (*lower != '\0' && kr_ascii_lower(*text) == *lower) text++, lower++;
    return *lower == '\0';
}

/* Eight hexadecimal digits and nothing else. */
static bool read_hexadecimal(const char *digits, uint32_t *number) {
    uint32_t value = 0;
    size_t size = 0;
    for (; size < 8 && kr_hex_value(digits[size]) >= 0; size++) value = value << 4 | (uint32_t)kr_hex_value(digits[size]);
    if (size != 8 || digits[size] != '\0') return false;
    *number = value;
    return true;
}

/* The number of 32 bits, of which the highest is set; some programs print it with a sign. */
static bool read_decimal(const char *text, uint32_t *number) {
    bool is_negative = text[0] == '-';
    uint64_t value = 0;
    struct kr_text digits = kr_text_of(text + is_negative);
    if (!kr_text_number(digits, is_negative ? 1 : UINT64_C(0x80000000), is_negative ? UINT64_C(0x80000000) : UINT32_MAX, &value)) return false;
    *number = is_negative ? 0u - (uint32_t)value : (uint32_t)value;
    return true;
}

static bool read_error(const char *text, uint32_t *number) {
    if (starts_with(text, "0x")) return read_hexadecimal(text + 2, number);
    return read_hexadecimal(text, number) || read_decimal(text, number);
}

const kmsrules_code *kmsrules_code_find(const char *text) {
    uint32_t number = 0, other = 0;
    if (text == NULL) return NULL;
    bool is_number = read_error(text, &number);
    for (size_t i = 0; i < kr_builtin_code_count; i++) {
        const kmsrules_code *code = &kr_builtin_codes[i];
        if (kr_text_equal_ignoring_case(kr_text_of(text), kr_text_of(code->code))) return code;
        if (is_number && read_error(code->code, &other) && number == other) return code;
    }
    return NULL;
}

bool kmsrules_code_is_like(const char *text) {
    uint32_t number;
    if (text == NULL) return false;
    return read_error(text, &number) || (starts_with(text, "kr") && kr_is_digit(text[2])) || (starts_with(text, "0x") && kr_hex_value(text[2]) >= 0);
}

/* How many edits turn a text in lower case into a code. */
static size_t distance_to(struct kr_text lower, const kmsrules_code *code) {
    char own[ROOM];
    struct kr_text name = kr_text_of(code->code);
    if (name.size > sizeof own) return SIZE_MAX;
    kr_text_lower(name, own);
    return kr_name_distance(lower, (struct kr_text){own, name.size});
}

static size_t common_start(struct kr_text lower, const kmsrules_code *code) {
    size_t size = 0;
    while (size < lower.size && code->code[size] != '\0' && kr_ascii_lower(code->code[size]) == lower.data[size]) size++;
    return size;
}

/* Fewer edits first, then what begins alike for longer: the last digits are what is mistyped, or what differs from a code that has a page. */
static bool is_nearer(struct kr_text lower, const kmsrules_code *a, const kmsrules_code *b) {
    size_t a_distance = distance_to(lower, a), b_distance = distance_to(lower, b);
    return a_distance != b_distance ? a_distance < b_distance : common_start(lower, a) > common_start(lower, b);
}

/* A text as codes are written, in lower case: of an error its number in hexadecimal. Empty when it is too long for a code. */
static struct kr_text written_as_code(const char *text, char room[ROOM]) {
    struct kr_text given = kr_text_of(text);
    uint32_t number;
    if (given.size > ROOM) return (struct kr_text){room, 0};
    if (!read_error(text, &number)) {
        kr_text_lower(given, room);
        return (struct kr_text){room, given.size};
    }
    memcpy(room, "0x", 2);
    for (size_t i = 0; i < 8; i++) room[2 + i] = "0123456789abcdef"[number >> (28 - 4 * i) & 15];
    return (struct kr_text){room, 10};
}

size_t kmsrules_code_suggest(const char *text, const kmsrules_code **codes, size_t capacity) {
    char room[ROOM];
    size_t count = 0;
    if (text == NULL || codes == NULL || capacity == 0) return 0;
    struct kr_text given = written_as_code(text, room);
    for (size_t i = 0; i < kr_builtin_code_count; i++) {
        const kmsrules_code *code = &kr_builtin_codes[i];
        size_t place = count;
        if (distance_to(given, code) > NEAR_ENOUGH) continue;
        while (place > 0 && is_nearer(given, code, codes[place - 1])) place--;
        if (place == capacity) continue;
        if (count < capacity) count++;
        for (size_t j = count - 1; j > place; j--) codes[j] = codes[j - 1];
        codes[place] = code;
    }
    return count;
}
