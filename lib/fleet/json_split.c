/* See json_split.h. */
#include "fleet/json_split.h"

#include <string.h>

/* Up to NEXT blanks may stand there. */
enum state { TOP, VALUE, VALUE_OR_CLOSE, VALUE_OF_KEY, KEY, KEY_OR_CLOSE, COLON, NEXT, STRING, ESCAPE, HEXADECIMAL, LOW_BACKSLASH, LOW_LETTER, NUMBER, WORD };

enum number_state { MINUS, ZERO, INTEGER, POINT, FRACTION, EXPONENT_LETTER, EXPONENT_SIGN, EXPONENT };

enum { INTEGER_SURE_DIGITS = 18 }; /* fit 64 bits whatever they are */

static struct kr_json_place place_of(const struct kr_json_split *split, uint64_t offset) {
    return (struct kr_json_place){split->line, offset - split->line_start + 1};
}

struct kr_json_place kr_json_split_place(const struct kr_json_split *split) { return place_of(split, split->offset); }

/* ---- Faults --------------------------------------------------------------------------------------------------------------------------------- */

static enum kr_json_event fail(struct kr_json_split *split, struct kr_json_place place, const char *before, struct kr_text quoted, const char *after) {
    struct kr_buffer text = kr_buffer_over(split->fault.text, sizeof split->fault.text);
    kr_buffer_add_string(&text, before);
    kr_buffer_add_escaped(&text, quoted);
    kr_buffer_add_string(&text, after);
    split->fault.line = place.line;
    split->fault.column = place.column;
    split->is_taken = false;
    return KR_JSON_FAULT;
}

static enum kr_json_event fail_plainly(struct kr_json_split *split, struct kr_json_place place, const char *text) {
    return fail(split, place, text, (struct kr_text){NULL, 0}, "; this must be strict JSON (RFC 8259)");
}

static enum kr_json_event fail_here(struct kr_json_split *split, const char *text) { return fail_plainly(split, kr_json_split_place(split), text); }

/* A byte that nothing in this place begins with; what people write there most is called by its name. */
static enum kr_json_event fail_at_byte(struct kr_json_split *split, char c) {
    if (c == '/' || c == '#') return fail_here(split, "comment; JSON has none");
    if (c == '\'') return fail_here(split, "single quote; write double quotes");
    if (c == '+') return fail_here(split, "number with a plus sign");
    if (c == '.') return fail_here(split, "no digit in front of a point");
    if ((unsigned char)c >= 0x80) return fail_here(split, "character that is not ASCII outside of a string");
    if ((unsigned char)c < 0x20 || c == 0x7F) return fail_here(split, "control character outside of a string");
    return fail(split, kr_json_split_place(split), "unexpected ", (struct kr_text){&c, 1}, "; this must be strict JSON (RFC 8259)");
}

/* ---- Brackets ------------------------------------------------------------------------------------------------------------------------------- */

static bool is_in_object(const struct kr_json_split *split) { return split->depth && split->objects >> (split->depth - 1) & 1; }

static enum kr_json_event tell(struct kr_json_split *split, enum kr_json_event event, uint32_t level) {
    split->level = level;
    return level <= split->watch ? event : KR_JSON_MORE;
}

static enum kr_json_event finish_value(struct kr_json_split *split) {
    split->state = split->depth ? NEXT : TOP;
    return tell(split, KR_JSON_END, split->depth);
}

static void keep_cut(struct kr_json_split *split) { split->cut = (struct kr_json_cut){split->offset + 1, split->objects, split->depth}; }

_Static_assert(KR_JSON_DEPTH_LIMIT == 64 && KR_JSON_NUMBER_LIMIT == 64, "the faults name it, and `objects` has so many bits");

static enum kr_json_event open_bracket(struct kr_json_split *split, char c) {
    if (split->depth == KR_JSON_DEPTH_LIMIT) return fail(split, kr_json_split_place(split), "nested deeper than 64", (struct kr_text){NULL, 0}, "");
    uint64_t bit = UINT64_C(1) << split->depth++;
    split->objects = c == '{' ? split->objects | bit : split->objects & ~bit;
    split->state = c == '{' ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
    keep_cut(split);
    return tell(split, KR_JSON_VALUE, split->depth - 1);
}

static enum kr_json_event close_bracket(struct kr_json_split *split) {
    split->depth--;
    keep_cut(split);
    return finish_value(split);
}

/* ---- Strings -------------------------------------------------------------------------------------------------------------------------------- */

static void start_token(struct kr_json_split *split, enum state state) {
    split->token = kr_json_split_place(split);
    split->token_offset = split->offset;
    split->state = (int)state;
}

static void end_token(struct kr_json_split *split, uint64_t end) {
    if (end - split->token_offset > split->longest_token) split->longest_token = (size_t)(end - split->token_offset);
}

static enum kr_json_event end_string(struct kr_json_split *split) {
    end_token(split, split->offset + 1);
    if (!split->is_key) return finish_value(split);
    split->state = COLON;
    return KR_JSON_MORE;
}

static enum kr_json_event in_string(struct kr_json_split *split, char c) {
    if (c == '"') return end_string(split);
    if (c == '\n' || c == '\r') return fail_here(split, "line end inside a string; a quote is missing, or write \\n");
    if ((unsigned char)c < 0x20) return fail_here(split, "control character inside a string; write it as \\u00XX");
    if (c == '\\') {
        split->escape_offset = split->offset;
        split->state = ESCAPE;
    }
    return KR_JSON_MORE;
}

static void start_unit(struct kr_json_split *split) {
    split->state = HEXADECIMAL;
    split->digit_count = 0;
    split->unit = 0;
}

static enum kr_json_event in_escape(struct kr_json_split *split, char c) {
    bool is_known = c != '\0' && strchr("\"\\/bfnrtu", c);
    if (!is_known) return fail_plainly(split, place_of(split, split->escape_offset), "unknown escape in a string; a backslash itself is written \\\\");
    split->wants_low = false;
    split->state = STRING;
    if (c == 'u') start_unit(split);
    return KR_JSON_MORE;
}

static enum kr_json_event fail_at_surrogate(struct kr_json_split *split) {
    return fail_plainly(split, place_of(split, split->escape_offset), "half of a surrogate pair, which is no character");
}

/* One UTF-16 unit was read: a high surrogate needs a low one right behind it, which stands nowhere else. */
static enum kr_json_event end_unit(struct kr_json_split *split) {
    bool is_high = split->unit >= 0xD800 && split->unit <= 0xDBFF, is_low = split->unit >= 0xDC00 && split->unit <= 0xDFFF;
    if (is_low != split->wants_low) return fail_at_surrogate(split);
    split->wants_low = is_high;
    split->state = is_high ? LOW_BACKSLASH : STRING;
    return KR_JSON_MORE;
}

static enum kr_json_event in_hexadecimal(struct kr_json_split *split, char c) {
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    if (!found) return fail_plainly(split, place_of(split, split->escape_offset), "\\u without four hexadecimal digits");
    uint32_t digit = (uint32_t)(found - digits);
    split->unit = split->unit << 4 | (digit < 16 ? digit : digit - 6);
    return ++split->digit_count == 4 ? end_unit(split) : KR_JSON_MORE;
}

static enum kr_json_event before_low(struct kr_json_split *split, char c) {
    bool is_letter_next = split->state == LOW_LETTER;
    if (c != (is_letter_next ? 'u' : '\\')) return fail_at_surrogate(split);
    if (is_letter_next) start_unit(split);
    else split->state = LOW_LETTER;
    return KR_JSON_MORE;
}

/* ---- Numbers and words ---------------------------------------------------------------------------------------------------------------------- */

static enum kr_json_event start_number(struct kr_json_split *split, char c) {
    start_token(split, NUMBER);
    split->number_state = c == '-' ? MINUS : c == '0' ? ZERO : INTEGER;
    split->digit_count = c != '-';
    return tell(split, KR_JSON_VALUE, split->depth);
}

static enum kr_json_event add_digit(struct kr_json_split *split, char c) {
    static const int after[] = {[INTEGER] = INTEGER, [POINT] = FRACTION, [FRACTION] = FRACTION,
                                [EXPONENT_LETTER] = EXPONENT, [EXPONENT_SIGN] = EXPONENT, [EXPONENT] = EXPONENT};
    if (split->number_state == ZERO) return fail_plainly(split, split->token, "number with a leading zero");
    if (++split->digit_count > KR_JSON_NUMBER_LIMIT) return fail(split, split->token, "number of more than 64 digits", (struct kr_text){NULL, 0}, "");
    split->number_state = split->number_state == MINUS ? (c == '0' ? ZERO : INTEGER) : after[split->number_state];
    return KR_JSON_MORE;
}

/* The number ended in front of this byte. */
static enum kr_json_event end_number(struct kr_json_split *split, char c) {
    int state = split->number_state;
    if (state == MINUS && c == 'I') return fail_plainly(split, split->token, "-Infinity is no JSON value");
    if (state != ZERO && state != INTEGER && state != FRACTION && state != EXPONENT) return fail_here(split, "a digit is missing");
    if (state == EXPONENT || split->digit_count > INTEGER_SURE_DIGITS) split->has_odd_number = true;
    end_token(split, split->offset);
    split->is_taken = false;
    return finish_value(split);
}

static enum kr_json_event in_number(struct kr_json_split *split, char c) {
    int state = split->number_state;
    bool is_whole = state == ZERO || state == INTEGER;
    if (kr_is_digit(c)) return add_digit(split, c);
    if (c == '.' && is_whole) split->number_state = POINT;
    else if ((c == 'e' || c == 'E') && (is_whole || state == FRACTION)) split->number_state = EXPONENT_LETTER;
    else if ((c == '+' || c == '-') && state == EXPONENT_LETTER) split->number_state = EXPONENT_SIGN;
    else return end_number(split, c);
    return KR_JSON_MORE;
}

static enum kr_json_event start_word(struct kr_json_split *split, char c) {
    start_token(split, WORD);
    split->word[0] = c;
    split->letter_count = 1;
    return tell(split, KR_JSON_VALUE, split->depth);
}

static enum kr_json_event in_word(struct kr_json_split *split, char c) {
    struct kr_text word = {split->word, (size_t)split->letter_count};
    if (kr_is_letter(c) && word.size < sizeof split->word) {
        split->word[split->letter_count++] = c;
        return KR_JSON_MORE;
    }
    if (!kr_is_letter(c) && (kr_text_is(word, "true") || kr_text_is(word, "false") || kr_text_is(word, "null"))) {
        split->is_taken = false;
        return finish_value(split);
    }
    return fail(split, split->token, "", word, " is no JSON value; this must be strict JSON (RFC 8259)");
}

/* ---- Between them --------------------------------------------------------------------------------------------------------------------------- */

static bool take_blank(struct kr_json_split *split, char c) {
    if (c == '\r' || c == '\n') {
        bool ends_return = c == '\n' && split->offset && split->return_end == split->offset;
        if (!ends_return) split->line++;
        split->line_start = split->offset + 1;
        if (c == '\r') split->return_end = split->offset + 1;
        return true;
    }
    return c == ' ' || c == '\t';
}

static enum kr_json_event start_value(struct kr_json_split *split, char c) {
    split->place = kr_json_split_place(split);
    split->first = c;
    if (c == '{' || c == '[') return open_bracket(split, c);
    if (c == '-' || kr_is_digit(c)) return start_number(split, c);
    if (kr_is_letter(c)) return start_word(split, c);
    if (c != '"') return fail_at_byte(split, c);
    start_token(split, STRING);
    split->is_key = false;
    return tell(split, KR_JSON_VALUE, split->depth);
}

static enum kr_json_event before_value(struct kr_json_split *split, char c) {
    if (take_blank(split, c)) return KR_JSON_MORE;
    if (c == ']' && split->state == VALUE_OR_CLOSE) return close_bracket(split);
    if (c == ']' && split->state == VALUE) return fail_plainly(split, split->comma, "comma behind the last item of a list");
    if ((c == '}' || c == ',') && split->state == VALUE_OF_KEY) return fail_here(split, "a value is missing");
    return start_value(split, c);
}

static enum kr_json_event before_key(struct kr_json_split *split, char c) {
    if (take_blank(split, c)) return KR_JSON_MORE;
    if (c == '}' && split->state == KEY_OR_CLOSE) return close_bracket(split);
    if (c == '}') return fail_plainly(split, split->comma, "comma behind the last member of an object");
    if (kr_is_letter(c)) return fail_here(split, "key without double quotes");
    if (c != '"') return fail_at_byte(split, c);
    split->place = kr_json_split_place(split);
    start_token(split, STRING);
    split->is_key = true;
    return tell(split, KR_JSON_KEY, split->depth);
}

static enum kr_json_event before_colon(struct kr_json_split *split, char c) {
    if (take_blank(split, c)) return KR_JSON_MORE;
    if (c == '/' || c == '#') return fail_at_byte(split, c);
    if (c != ':') return fail_here(split, "a colon is missing behind a key");
    split->state = VALUE_OF_KEY;
    return KR_JSON_MORE;
}

static enum kr_json_event behind_value(struct kr_json_split *split, char c) {
    bool is_object = is_in_object(split);
    if (take_blank(split, c)) return KR_JSON_MORE;
    if (c == (is_object ? '}' : ']')) return close_bracket(split);
    if (c == ',') {
        split->comma = kr_json_split_place(split);
        split->state = is_object ? KEY : VALUE;
        return KR_JSON_MORE;
    }
    if (c == '}' || c == ']') return fail_here(split, is_object ? "] inside an object; a } is missing" : "} inside a list; a ] is missing");
    if (c == '"' || c == '{' || c == '[' || kr_is_digit(c)) return fail_here(split, "a comma is missing");
    return fail_at_byte(split, c);
}

static enum kr_json_event step(struct kr_json_split *split, char c) {
    switch ((enum state)split->state) {
    case TOP:
    case VALUE:
    case VALUE_OR_CLOSE:
    case VALUE_OF_KEY: return before_value(split, c);
    case KEY:
    case KEY_OR_CLOSE: return before_key(split, c);
    case COLON: return before_colon(split, c);
    case NEXT: return behind_value(split, c);
    case STRING: return in_string(split, c);
    case ESCAPE: return in_escape(split, c);
    case HEXADECIMAL: return in_hexadecimal(split, c);
    case LOW_BACKSLASH:
    case LOW_LETTER: return before_low(split, c);
    case NUMBER: return in_number(split, c);
    case WORD: break;
    }
    return in_word(split, c);
}

/* Most bytes stand in strings or are blanks and mean nothing there. */
static size_t skip_plain(const struct kr_json_split *split, struct kr_text text, size_t offset) {
    while (split->state <= NEXT && offset < text.size && text.data[offset] == ' ') offset++;
    if (split->state != STRING) return offset;
    while (offset < text.size && text.data[offset] != '"' && text.data[offset] != '\\' && (unsigned char)text.data[offset] >= 0x20) offset++;
    return offset;
}

void kr_json_split_start(struct kr_json_split *split) { *split = (struct kr_json_split){.line = 1, .state = TOP}; }

enum kr_json_event kr_json_split_scan(struct kr_json_split *split, struct kr_text text, size_t *used) {
    enum kr_json_event event = KR_JSON_MORE;
    size_t offset = 0;
    while (event == KR_JSON_MORE) {
        size_t plain = skip_plain(split, text, offset);
        split->offset += plain - offset;
        offset = plain;
        if (offset == text.size) break;
        split->is_taken = true;
        event = step(split, text.data[offset]);
        offset += split->is_taken;
        split->offset += split->is_taken;
    }
    *used = offset;
    return event;
}

bool kr_json_split_finish(struct kr_json_split *split) {
    if (split->state == TOP) return true;
    bool is_string = split->state >= STRING && split->state <= LOW_LETTER;
    fail(split, kr_json_split_place(split), "the text ends inside ", kr_text_of(is_string ? "a string" : is_in_object(split) ? "an object" : "a list"),
         "; was the file cut off?");
    return false;
}
