/* See text_input.h. Bytes ─▶ head (which says what they are) ─▶ copied or converted into the storage ─▶ checked ─▶ window. */
#include "fleet/text_input.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/memory.h"
#include "fleet/encoding.h"

/* Small enough for a portion to stay in the cache until the reader is done with it. */
enum { PIECE_SIZE = 32 * 1024, FIRST_CAPACITY = 2 * PIECE_SIZE, LEAST_ROOM = 64 };
enum { CONTROL_Z = 0x1A };
enum follows { PERHAPS_MORE, SURELY_MORE, NOTHING };

/* ---- Faults --------------------------------------------------------------------------------------------------------------------------------- */

static struct kr_buffer begin_fault(struct kr_text_input *input, struct kr_text_place place) {
    input->has_fault = true;
    input->fault.line = place.line;
    input->fault.column = place.column;
    return kr_buffer_over(input->fault.text, sizeof input->fault.text);
}

static void fail_file(struct kr_text_input *input, const char *text) {
    struct kr_buffer buffer = begin_fault(input, (struct kr_text_place){0, 0});
    kr_buffer_add_string(&buffer, text);
}

static void add_byte(struct kr_buffer *buffer, const char *before, unsigned char byte) {
    const char digits[2] = {"0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 0xF]};
    kr_buffer_add_string(buffer, before);
    kr_buffer_add(buffer, (struct kr_text){digits, sizeof digits});
}

static struct kr_buffer begin_fault_here(struct kr_text_input *input) { return begin_fault(input, kr_text_input_place(input, input->size)); }

static enum kr_wanted wanted_of(const struct kr_text_input *input) { return input->is_for_events ? KR_WANTS_EVENTS : input->is_for_print ? KR_WANTS_PRINT : KR_WANTS_INVENTORY; }

static void report_nul(struct kr_text_input *input) {
    static const char *const ways[KR_WANTED_COUNT] = {"this is no text: export the list as CSV in UTF-8", "this is no text: export the events as XML or CSV",
                                                      "this is no text: keep in a file what the command prints"};
    struct kr_buffer buffer = begin_fault_here(input);
    kr_buffer_add_string(&buffer, "NUL byte; ");
    if (input->unmarked == KR_ENCODING_UTF16LE)
        kr_buffer_add_string(&buffer, "looks like UTF-16LE without a byte order mark: say --encoding utf-16le");
    else if (input->unmarked == KR_ENCODING_UTF16BE)
        kr_buffer_add_string(&buffer, "looks like UTF-16BE without a byte order mark: say --encoding utf-16be");
    else kr_buffer_add_string(&buffer, ways[wanted_of(input)]);
}

/* These five are no characters of windows-1252, but letters of the encodings of cmd.exe. */
static bool is_oem_letter(unsigned char byte) { return byte != '\0' && strchr("\x81\x8D\x8F\x90\x9D", byte) != NULL; }

static void report_invalid(struct kr_text_input *input, unsigned char byte) {
    struct kr_buffer buffer = begin_fault_here(input);
    add_byte(&buffer, "byte 0x", byte);
    kr_buffer_add_string(&buffer, is_oem_letter(byte) ? " is not UTF-8; looks like the encoding of a console: say --encoding cp850 or cp437"
                                                      : " is not UTF-8; looks like windows-1252: say --encoding windows-1252");
}

static void report(struct kr_text_input *input, struct kr_text rest) {
    static const char mark[] = "byte order mark in the middle of the text: two files were joined here; give them one by one, or remove the mark";
    unsigned char byte = (unsigned char)rest.data[0];
    if (byte == '\0') {
        report_nul(input);
    } else if (byte < ' ') {
        struct kr_buffer buffer = begin_fault_here(input);
        add_byte(&buffer, "control character U+00", byte);
        kr_buffer_add_string(&buffer, "; remove it");
    } else if (rest.size >= 3 && memcmp(rest.data, "\xef\xbb\xbf", 3) == 0) {
        struct kr_buffer buffer = begin_fault_here(input);
        kr_buffer_add_string(&buffer, mark);
    } else {
        report_invalid(input, byte);
    }
}

/* ---- Checking what was copied --------------------------------------------------------------------------------------------------------------- */

/* Other controls are text of a row: refusing the file for one name would leave all other machines unchecked. Whoever shows them escapes them. */
static bool is_forbidden(unsigned char c) { return c == '\0' || c == CONTROL_Z; }

/* Looked at all at once: a loop without a way out is one that the compiler can vectorize. */
static void classify(struct kr_text text, bool *has_control, bool *has_high) {
    unsigned char control = 0, all = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        control |= (unsigned char)((c == '\0') | (c == CONTROL_Z));
        all |= c;
    }
    *has_control = control != 0;
    *has_high = all >= 0x80;
}

/* Within a line of events it is a character of a name, and refusing the file would lose all other events. */
static bool starts_file(const struct kr_text_input *input, const char *mark) {
    char previous = mark > input->window ? mark[-1] : input->start.previous;
    return !input->is_for_events || previous == '\n' || previous == '\r' || previous == '\0';
}

static size_t find_mark(const struct kr_text_input *input, struct kr_text text) {
    for (size_t i = 0; i + 3 <= text.size; i++) {
        const char *found = memchr(text.data + i, '\xef', text.size - i);
        if (!found) break;
        i = (size_t)(found - text.data);
        if (text.size - i >= 3 && memcmp(found, "\xef\xbb\xbf", 3) == 0 && starts_file(input, found)) return i;
    }
    return text.size;
}

static struct kr_text unchecked(const struct kr_text_input *input) {
    const char *start = input->window + input->size;
    return (struct kr_text){start, (size_t)(input->storage + input->filled - start)};
}

/* Offset of the first byte not checked yet that cannot be let through, or how many there are. */
static size_t clean_size(const struct kr_text_input *input) {
    struct kr_text text = unchecked(input);
    bool has_control, has_high;
    classify(text, &has_control, &has_high);
    if (has_high) text.size = kr_utf8_valid_size(text);
    if (has_high) text.size = find_mark(input, text);
    for (size_t i = 0; has_control && i < text.size; i++)
        if (is_forbidden((unsigned char)text.data[i])) return i;
    return text.size;
}

static bool is_incomplete(struct kr_text rest) {
    unsigned char lead = (unsigned char)rest.data[0];
    size_t size = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return rest.size < size;
}

/* Whether a control-Z is the last byte of the input is known when something follows it. */
static void check(struct kr_text_input *input, enum follows follows) {
    if (unchecked(input).size == 0) return;
    input->size += clean_size(input);
    struct kr_text rest = unchecked(input);
    if (rest.size == 0) return;
    bool is_control_z = rest.size == 1 && rest.data[0] == CONTROL_Z;
    if (is_control_z && follows == NOTHING) input->filled--;
    bool can_wait = is_control_z ? follows != SURELY_MORE : follows == PERHAPS_MORE && is_incomplete(rest);
    if (!can_wait) report(input, rest);
}

/* ---- The storage ---------------------------------------------------------------------------------------------------------------------------- */

static size_t usable(const struct kr_text_input *input) { return input->capacity ? input->capacity - KR_TEXT_PADDING : 0; }

/* Moves what is kept to the front, or into a larger storage where it fills more than half: each byte is moved a bounded number of times. */
static bool make_room(struct kr_text_input *input, size_t wanted) {
    if (input->storage && usable(input) - input->filled >= wanted) return true;
    size_t kept = input->storage ? input->filled - (size_t)(input->window - input->storage) : 0;
    char *storage = input->storage;
    if (!storage || kept > usable(input) / 2) {
        size_t capacity = storage ? input->capacity * 2 : FIRST_CAPACITY;
        storage = kr_memory_take(capacity, 1);
        if (!storage) return false;
        input->capacity = capacity;
    }
    if (kept) memmove(storage, input->window, kept);
    if (storage != input->storage) kr_memory_free(input->storage);
    input->storage = input->window = storage;
    input->filled = kept;
    return true;
}

/* ---- Decoding ------------------------------------------------------------------------------------------------------------------------------- */

static struct kr_text source_of(const struct kr_text_input *input) {
    if (input->head_used == input->head_size) return input->bytes;
    return (struct kr_text){input->head + input->head_used, input->head_size - input->head_used};
}

static void take(struct kr_text_input *input, size_t size) {
    if (input->head_used < input->head_size) {
        input->head_used += size;
    } else {
        input->bytes.data += size;
        input->bytes.size -= size;
    }
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static void copy_piece(struct kr_text_input *input) {
    struct kr_text source = source_of(input);
    size_t size = smaller(smaller(source.size, PIECE_SIZE), usable(input) - input->filled);
    memcpy(input->storage + input->filled, source.data, size);
    input->filled += size;
    take(input, size);
    check(input, PERHAPS_MORE);
}

static void report_undecodable(struct kr_text_input *input, unsigned char byte) {
    check(input, SURELY_MORE);
    if (input->has_fault) return;
    const char *name = kr_encoding_name((enum kr_encoding)input->encoding);
    struct kr_buffer buffer = begin_fault_here(input);
    add_byte(&buffer, "byte 0x", byte);
    kr_buffer_add_string(&buffer, " is not ");
    kr_buffer_add_string(&buffer, name ? name : input->encoding_name);
    kr_buffer_add_string(&buffer, ": the file is damaged, ends too early, or has another encoding");
}

/* Converts what fits; 0, or errno: EINVAL for an incomplete character at the end, E2BIG, EILSEQ. */
static int convert(struct kr_text_input *input, const char *bytes, size_t size, size_t *used) {
    char *in = (char *)bytes, *out = input->storage + input->filled; /* iconv() does not write through its first pointer */
    size_t left = size, room = usable(input) - input->filled;
    int error = iconv((iconv_t)input->converter, &in, &left, &out, &room) == (size_t)-1 ? errno : 0;
    *used = size - left;
    input->filled = (size_t)(out - input->storage);
    return error;
}

/* Completes the character in `carry` byte by byte. */
static void convert_carried(struct kr_text_input *input) {
    size_t used;
    int error = EINVAL;
    while (error == EINVAL && input->carry_size < sizeof input->carry && source_of(input).size > 0) {
        input->carry[input->carry_size++] = source_of(input).data[0];
        take(input, 1);
        error = convert(input, input->carry, input->carry_size, &used);
        input->carry_size -= used;
        memmove(input->carry, input->carry + used, input->carry_size);
    }
    check(input, PERHAPS_MORE);
    if (error == EILSEQ || input->carry_size == sizeof input->carry) report_undecodable(input, (unsigned char)input->carry[0]);
}

static void convert_piece(struct kr_text_input *input) {
    struct kr_text source = source_of(input);
    size_t size = smaller(source.size, PIECE_SIZE / 4), used;
    if (input->carry_size > 0) {
        convert_carried(input);
        return;
    }
    int error = convert(input, source.data, size, &used);
    take(input, used);
    check(input, PERHAPS_MORE);
    size_t rest = size - used;
    if (error == EILSEQ || (error == EINVAL && rest >= sizeof input->carry)) {
        report_undecodable(input, (unsigned char)source.data[used]);
    } else if (error == EINVAL && size == source.size) {
        memcpy(input->carry, source.data + used, rest);
        input->carry_size = rest;
        take(input, rest);
    }
}

static bool decode(struct kr_text_input *input) {
    size_t available = source_of(input).size;
    size_t wanted = input->converter ? LEAST_ROOM + 4 * smaller(available, PIECE_SIZE) : available;
    if (!make_room(input, smaller(wanted, PIECE_SIZE))) return false;
    if (input->converter) convert_piece(input);
    else copy_piece(input);
    return true;
}

/* Some encodings hold a character back until they know that no accent follows. */
static bool finish(struct kr_text_input *input) {
    if (!make_room(input, LEAST_ROOM)) return false;
    input->is_finished = true;
    if (input->converter && input->carry_size == 0) {
        char *out = input->storage + input->filled;
        size_t room = usable(input) - input->filled;
        iconv((iconv_t)input->converter, NULL, NULL, &out, &room);
        input->filled = (size_t)(out - input->storage);
    }
    if (input->carry_size > 0) report_undecodable(input, (unsigned char)input->carry[0]);
    else check(input, NOTHING);
    return true;
}

/* ---- What the bytes are --------------------------------------------------------------------------------------------------------------------- */

static bool collect_head(struct kr_text_input *input) {
    size_t size = smaller(input->bytes.size, sizeof input->head - input->head_size);
    if (size > 0) {
        memcpy(input->head + input->head_size, input->bytes.data, size);
        input->head_size += size;
        input->bytes.data += size;
        input->bytes.size -= size;
    }
    return input->head_size == sizeof input->head || input->is_ended;
}

static void report_contradiction(struct kr_text_input *input, enum kr_encoding mark) {
    struct kr_buffer buffer = begin_fault(input, (struct kr_text_place){0, 0});
    input->is_misnamed = true;
    kr_buffer_add_string(&buffer, "the file has a ");
    kr_buffer_add_string(&buffer, kr_encoding_name(mark));
    kr_buffer_add_string(&buffer, " byte order mark, but --encoding ");
    kr_buffer_add_string(&buffer, input->encoding_name);
    kr_buffer_add_string(&buffer, " was given");
}

static void report_unknown(struct kr_text_input *input, struct kr_text name) {
    struct kr_buffer buffer = begin_fault(input, (struct kr_text_place){0, 0});
    input->is_misnamed = true;
    kr_buffer_add_string(&buffer, "unknown encoding ");
    kr_buffer_add_escaped(&buffer, (struct kr_text){name.data, smaller(name.size, sizeof input->encoding_name - 1)});
    kr_buffer_add_string(&buffer, ": known are utf-8, utf-16le, utf-16be, windows-1252, cp850 and what iconv --list prints");
}

/* glibc says EINVAL, too, when there is no memory to load what decodes the encoding. Asked again it finds some, or says ENOMEM, which it meets earlier. */
static iconv_t open_named(const char *name) {
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1 && errno == EINVAL) converter = iconv_open("UTF-8", name);
    return converter;
}

/* ADDED: open. */
static enum kr_text_result open_converter(struct kr_text_input *input) {
    const char *name = kr_encoding_name((enum kr_encoding)input->encoding);
    if (input->encoding == KR_ENCODING_UTF8) return KR_TEXT_ADDED;
    iconv_t converter = open_named(name ? name : input->encoding_name);
    if (converter != (iconv_t)-1) {
        input->converter = converter;
        return KR_TEXT_ADDED;
    }
    if (errno != EINVAL) return KR_TEXT_NO_MEMORY;
    report_unknown(input, kr_text_of(name ? name : input->encoding_name));
    return KR_TEXT_STOPPED;
}

static void settle_encoding(struct kr_text_input *input) {
    struct kr_text head = {input->head, input->head_size};
    bool is_named = input->encoding_name[0] != '\0';
    size_t mark_size;
    enum kr_encoding mark = kr_encoding_of_mark(head, &mark_size);
    const char *foreign = kr_magic_of_bytes(head, wanted_of(input));
    if (foreign) {
        fail_file(input, foreign);
    } else if (mark && is_named && !kr_encoding_agrees((enum kr_encoding)input->encoding, mark)) {
        report_contradiction(input, mark);
    } else if (!is_named && (mark == KR_ENCODING_UTF32LE || mark == KR_ENCODING_UTF32BE)) {
        fail_file(input, "this is UTF-32 text: save it as UTF-8, or say --encoding utf-32");
    } else if (mark) {
        input->encoding = (uint8_t)mark;
        input->head_used = mark_size;
    }
    input->unmarked = (uint8_t)kr_encoding_of_nuls(head);
}

/* Tried again after NO_MEMORY. */
static enum kr_text_result identify(struct kr_text_input *input) {
    if (input->head_used == 0) settle_encoding(input);
    if (input->has_fault) return KR_TEXT_STOPPED;
    enum kr_text_result result = open_converter(input);
    input->is_known = result == KR_TEXT_ADDED;
    return result;
}

/* The first portion is the whole head, however the bytes come. */
static void look_at_start(struct kr_text_input *input) {
    const char *foreign = kr_magic_of_text((struct kr_text){input->window, input->size}, wanted_of(input));
    input->is_opened = true;
    if (!foreign) return;
    input->size = 0;
    fail_file(input, foreign);
}

/* ---- Interface ------------------------------------------------------------------------------------------------------------------------------ */

enum kr_text_result kr_text_input_start(struct kr_text_input *input, struct kr_text encoding) {
    static char nothing[1]; /* an empty window is none at NULL, to which nothing may be added, not even 0 */
    *input = (struct kr_text_input){.window = nothing, .encoding = KR_ENCODING_UTF8};
    input->start = input->recent = (struct kr_text_position){.place = {1, 1}};
    if (encoding.size == 0) return KR_TEXT_MORE;
    input->encoding = (uint8_t)kr_encoding_of_name(encoding);
    if (input->encoding == KR_ENCODING_UNKNOWN) {
        report_unknown(input, encoding);
        return KR_TEXT_STOPPED;
    }
    memcpy(input->encoding_name, encoding.data, encoding.size);
    enum kr_text_result result = open_converter(input); /* only to see whether there is one: which one is known with the first bytes */
    if (input->converter) iconv_close((iconv_t)input->converter);
    input->converter = NULL;
    return result == KR_TEXT_ADDED ? KR_TEXT_MORE : result;
}

void kr_text_input_feed(struct kr_text_input *input, const void *bytes, size_t size) { input->bytes = (struct kr_text){bytes, size}; }

void kr_text_input_end(struct kr_text_input *input) { input->is_ended = true; }

enum kr_text_result kr_text_input_fill(struct kr_text_input *input) {
    size_t before = input->size;
    if (input->has_fault) return KR_TEXT_STOPPED;
    if (!input->is_known && !collect_head(input)) return KR_TEXT_MORE;
    enum kr_text_result result = input->is_known ? KR_TEXT_ADDED : identify(input);
    if (result != KR_TEXT_ADDED) return result;
    while (!input->has_fault && input->size == before) {
        bool has_source = source_of(input).size > 0;
        if (!has_source && !input->is_ended) return KR_TEXT_MORE;
        if (!has_source && input->is_finished) return KR_TEXT_END;
        if (!(has_source ? decode(input) : finish(input))) return KR_TEXT_NO_MEMORY;
        if (!input->is_opened) look_at_start(input);
    }
    return input->size > before ? KR_TEXT_ADDED : KR_TEXT_STOPPED;
}

void kr_text_input_free(struct kr_text_input *input) {
    if (input->converter) iconv_close((iconv_t)input->converter);
    kr_memory_free(input->storage);
    *input = (struct kr_text_input){0};
}
