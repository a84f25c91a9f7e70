/* See event_value.h. */
#include "fleet/event_value.h"

#include "base/guid.h"

/* One to eight digits. */
static bool read_hex(struct kr_text text, uint32_t *number) {
    uint32_t value = 0;
    if (text.size == 0 || text.size > 8) return false;
    for (size_t i = 0; i < text.size; i++) {
        int digit = kr_hex_value(text.data[i]);
        if (digit < 0) return false;
        value = value << 4 | (uint32_t)digit;
    }
    *number = value;
    return true;
}

static bool has_hex_mark(struct kr_text text) { return text.size > 2 && text.data[0] == '0' && kr_ascii_lower(text.data[1]) == 'x'; }

static struct kr_text behind(struct kr_text text, size_t size) { return (struct kr_text){text.data + size, text.size - size}; }

bool kr_count_read(struct kr_text text, int64_t *number) {
    int64_t value = 0;
    text = kr_text_trim(text);
    if (text.size == 0 || text.size > 18) return false;
    for (size_t i = 0; i < text.size; i++) {
        if (!kr_is_digit(text.data[i])) return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *number = value;
    return true;
}

/* Negative numbers are the same 32 bits with a sign. */
static bool read_decimal(struct kr_text text, uint32_t *result) {
    int64_t number;
    bool is_negative = text.size > 1 && text.data[0] == '-';
    if (is_negative && !kr_is_digit(text.data[1])) return false;
    if (!kr_count_read(is_negative ? behind(text, 1) : text, &number) || number > (is_negative ? INT64_C(1) << 31 : UINT32_MAX)) return false;
    *result = (uint32_t)(is_negative ? -number : number);
    return true;
}

bool kr_result_read(struct kr_text text, uint32_t *result) {
    text = kr_text_trim(text);
    if (has_hex_mark(text)) return read_hex(behind(text, 2), result);
    return read_decimal(text, result) || (text.size == 8 && read_hex(text, result));
}

bool kr_flags_read(struct kr_text text) {
    uint32_t flags;
    text = kr_text_trim(text);
    return has_hex_mark(text) && read_hex(behind(text, 2), &flags);
}

/* The digits before a character, which is passed. */
static bool read_part(struct kr_text *text, char end, int64_t *number) {
    const char *found = memchr(text->data, end, text->size);
    size_t size = found == NULL ? text->size : (size_t)(found - text->data);
    if (found == NULL || size > 9 || !kr_count_read((struct kr_text){text->data, size}, number)) return false;
    *text = behind(*text, size + 1);
    return true;
}

bool kr_minutes_read(struct kr_text text, int64_t *minutes) {
    int64_t days = 0, hours, whole;
    text = kr_text_trim(text);
    if (kr_count_read(text, minutes)) return true;
    if (text.size == 0) return false;
    const char *dot = memchr(text.data, '.', text.size), *colon = memchr(text.data, ':', text.size);
    if (dot != NULL && colon != NULL && dot < colon && !read_part(&text, '.', &days)) return false;
    if (!read_part(&text, ':', &hours) || !read_part(&text, ':', &whole) || hours > 23 || whole > 59 || text.size < 2 || !kr_is_digit(text.data[0])) return false;
    *minutes = (days * 24 + hours) * 60 + whole;
    return true;
}

bool kr_truth_read(struct kr_text text, int *truth) {
    text = kr_text_trim(text);
    bool is_true = kr_text_is(text, "1") || kr_text_equal_ignoring_case(text, kr_text_of("true"));
    if (!is_true && !kr_text_is(text, "0") && !kr_text_equal_ignoring_case(text, kr_text_of("false"))) return false;
    *truth = is_true;
    return true;
}

bool kr_guid_read(struct kr_text text, kmsrules_guid *guid) {
    text = kr_text_trim(text);
    if (text.size > 2 && text.data[0] == '{' && text.data[text.size - 1] == '}') text = (struct kr_text){text.data + 1, text.size - 2};
    return kr_guid_of(text, guid);
}
