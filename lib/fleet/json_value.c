/* See json_value.h. The only file that lets jansson read. */
#include "fleet/json_value.h"

#include "base/memory.h"

#include <string.h>

/* ---- Parsing -------------------------------------------------------------------------------------------------------------------------------- */

/* What jansson gets: ["xxx…",VALUE]. jansson 2.14 drops bytes of a token, and says nothing, while its token buffer has no memory to grow. It grows with the first
 * token, which is longer than all others and is counted afterwards: what gets lost is always one of the x. */
struct source {
    struct kr_text value;
    size_t filler_size, offset;
};

#define FILLER "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
enum { FILLER_STEP = sizeof FILLER - 1, LEAST_FILLER_SIZE = 20, OPENING_SIZE = 2, MIDDLE_SIZE = 2 };

static bool is_power_of_two(size_t size) { return (size & (size - 1)) == 0; }

/* The closing quote, with all x or with one lost, never is the byte for which the token buffer must grow: jansson would look for it behind the buffer's end.
 * The buffer's size is a power of two, and its last byte a NUL. */
static size_t filler_size_for(size_t longest_token) {
    size_t size = longest_token < LEAST_FILLER_SIZE ? LEAST_FILLER_SIZE : longest_token + 2;
    while (is_power_of_two(size + 1) || is_power_of_two(size + 2)) size++;
    return size;
}

static size_t value_start(const struct source *source) { return OPENING_SIZE + source->filler_size + MIDDLE_SIZE; }

static struct kr_text rest_of(struct kr_text text, size_t offset) { return (struct kr_text){text.data + offset, text.size - offset}; }

/* What comes next, or a part of it. */
static struct kr_text next_piece(const struct source *source) {
    size_t offset = source->offset;
    if (offset < OPENING_SIZE) return rest_of((struct kr_text){"[\"", OPENING_SIZE}, offset);
    offset -= OPENING_SIZE;
    if (offset < source->filler_size) {
        size_t left = source->filler_size - offset;
        return (struct kr_text){FILLER, left < FILLER_STEP ? left : FILLER_STEP};
    }
    offset -= source->filler_size;
    if (offset < MIDDLE_SIZE) return rest_of((struct kr_text){"\",", MIDDLE_SIZE}, offset);
    offset -= MIDDLE_SIZE;
    if (offset < source->value.size) return rest_of(source->value, offset);
    return rest_of((struct kr_text){"]", 1}, offset == source->value.size ? 0 : 1);
}

static size_t give(void *buffer, size_t size, void *data) {
    struct source *source = data;
    size_t given = 0;
    while (given < size) {
        struct kr_text piece = next_piece(source);
        if (piece.size == 0) break;
        if (piece.size > size - given) piece.size = size - given;
        memcpy((char *)buffer + given, piece.data, piece.size);
        given += piece.size;
        source->offset += piece.size;
    }
    return given;
}

/* The key that ends in front of `end`. Inside of it a quote stands behind a backslash. */
static struct kr_text key_before(struct kr_text text, size_t end, size_t *offset) {
    size_t start = end - 2;
    while (start && (text.data[start] != '"' || text.data[start - 1] == '\\')) start--;
    *offset = start;
    return (struct kr_text){text.data + start + 1, end - start - 2};
}

/* Memory that the token buffer is going to ask for: when there is too little, better now. */
static bool has_memory_for(size_t filler_size) {
    void *block = kr_memory_take(filler_size, 4);
    kr_memory_free(block);
    return block != NULL;
}

/* The syntax is sound already: what jansson complains of is a key, or else memory, whatever it says. */
enum kr_json_parsing kr_json_value_parse(struct kr_text text, size_t longest_token, json_t **root, size_t *offset, struct kr_text *key) {
    struct source source = {text, filler_size_for(longest_token), 0};
    json_error_t error;
    *root = NULL;
    if (!has_memory_for(source.filler_size)) return KR_JSON_NO_MEMORY;
    json_t *pair = json_load_callback(give, &source, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (pair && json_string_length(json_array_get(pair, 0)) == source.filler_size) *root = json_incref(json_array_get(pair, 1));
    json_decref(pair);
    if (*root) return KR_JSON_PARSED;
    if (pair || (json_error_code(&error) != json_error_duplicate_key && json_error_code(&error) != json_error_null_byte_in_key)) return KR_JSON_NO_MEMORY;
    *key = key_before(text, (size_t)error.position - value_start(&source), offset);
    return json_error_code(&error) == json_error_duplicate_key ? KR_JSON_KEY_TWICE : KR_JSON_KEY_WITH_NUL;
}

/* ---- Bytes ---------------------------------------------------------------------------------------------------------------------------------- */

static size_t skip_string(struct kr_text text, size_t offset) {
    for (offset++; offset < text.size && text.data[offset] != '"'; offset++)
        if (text.data[offset] == '\\') offset++;
    return offset < text.size ? offset + 1 : text.size;
}

static bool is_of_number(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

/* 1.5e999 ─▶ 1.5e000, 123456789012345678901 ─▶ 1.3456789012345678901: still no integers, which is all that anybody asks. */
static void tame_number(struct kr_text number, char *data) {
    static const char most[] = "9223372036854775807";
    size_t sign = number.data[0] == '-', digits = number.size - sign, i = 0;
    while (i < number.size && number.data[i] != '.' && number.data[i] != 'e' && number.data[i] != 'E') i++;
    bool is_integer = i == number.size;
    bool is_beyond = digits > sizeof most - 1 || (digits == sizeof most - 1 && memcmp(number.data + sign, most, digits) > 0);
    if (is_integer && is_beyond) data[sign + 1] = '.';
    while (i < number.size && number.data[i] != 'e' && number.data[i] != 'E') i++;
    for (; i < number.size; i++)
        if (data[i] >= '1' && data[i] <= '9') data[i] = '0';
}

void kr_json_value_tame_numbers(char *data, size_t size) {
    struct kr_text text = {data, size};
    for (size_t offset = 0; offset < size;) {
        char c = data[offset];
        size_t end = c == '"' ? skip_string(text, offset) : offset + 1;
        bool is_number = c == '-' || (c >= '0' && c <= '9');
        while (is_number && end < size && is_of_number(data[end])) end++;
        if (is_number) tame_number((struct kr_text){data + offset, end - offset}, data + offset);
        offset = end;
    }
}

static size_t skip_blanks(struct kr_text text, size_t offset) {
    while (offset < text.size && (text.data[offset] == ' ' || text.data[offset] == '\t' || text.data[offset] == '\n' || text.data[offset] == '\r')) offset++;
    return offset;
}

/* Offset of the comma or bracket behind the value. */
static size_t skip_value(struct kr_text text, size_t offset) {
    size_t depth = 0;
    while (offset < text.size) {
        char c = text.data[offset];
        bool is_closing = c == '}' || c == ']';
        if (depth == 0 && (is_closing || c == ',')) break;
        if (c == '{' || c == '[') depth++;
        if (is_closing) depth--;
        offset = c == '"' ? skip_string(text, offset) : offset + 1;
    }
    return offset;
}

size_t kr_json_value_find(struct kr_text text, size_t object, size_t member) {
    size_t offset = object + 1;
    for (size_t i = 0;; i++) {
        offset = skip_string(text, skip_blanks(text, offset));
        offset = skip_blanks(text, skip_blanks(text, offset) + 1);
        if (i == member || offset >= text.size) return offset;
        offset = skip_value(text, offset) + 1;
    }
}
