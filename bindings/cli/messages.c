/* See messages.h. */
#include "messages.h"

#include <kmsrules/kmsrules.h>

#include <stdint.h>
#include <string.h>

#define INVALID UINT32_MAX

/* ---- Characters ---- */

static size_t expected_size(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/* The character at *text, which moves behind it; INVALID and one byte where there is none. Stops at the closing NUL. */
static uint32_t next_character(const char **text) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)*text;
    size_t size = expected_size(bytes[0]);
    uint32_t character = size == 1 ? bytes[0] : bytes[0] & (0x7FU >> size);
    ++*text;
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return INVALID;
        character = character << 6 | (bytes[i] & 0x3F);
    }
    bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (size == 0 || character < least[size] || is_surrogate || character > 0x10FFFF) return INVALID;
    *text += size - 1;
    return character;
}

/* Characters that control a terminal, or change or hide what a reader sees of the others. */
static bool is_unsafe(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || c >= 0xE0000;
}

static void put_as_it_is(FILE *out, char byte) { fputc(byte, out); }

void write_escaped_part(FILE *out, const char *text, size_t size, put_byte *put) {
    for (const char *end = text + size; text < end;) {
        char escape[16] = "";
        const char *start = text;
        uint32_t c = next_character(&text);
        if (c == INVALID || (c < 0x80 && is_unsafe(c))) snprintf(escape, sizeof escape, "\\x%02x", (unsigned)(unsigned char)*start);
        else if (is_unsafe(c)) snprintf(escape, sizeof escape, "\\u{%02x}", (unsigned)c);
        for (const char *byte = escape; *byte != '\0'; byte++) put(out, *byte);
        for (const char *byte = start; escape[0] == '\0' && byte < text; byte++) put(out, *byte);
    }
}

void write_escaped_by(FILE *out, const char *text, put_byte *put) { write_escaped_part(out, text, strlen(text), put); }

void write_escaped(FILE *out, const char *text) {
    size_t size = 0;
    while (text[size] >= 0x20 && text[size] < 0x7F) size++;
    if (size > 0) fwrite(text, 1, size, out);
    if (text[size] != '\0') write_escaped_by(out, text + size, put_as_it_is);
}

static void write_json_escape(FILE *out, uint32_t c) {
    if (c == '"' || c == '\\') fprintf(out, "\\%c", (int)c);
    else if (c < 0x10000) fprintf(out, "\\u%04x", (unsigned)c);
    else fprintf(out, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (c >> 10)), (unsigned)(0xDC00 + (c & 0x3FF)));
}

/* Bytes that stand for themselves, from the start on: most texts are nothing else. */
static size_t plain_size(const char *text) {
    size_t size = 0;
    while (text[size] >= 0x20 && text[size] < 0x7F && text[size] != '"' && text[size] != '\\') size++;
    return size;
}

void write_json(FILE *out, const char *text) {
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    while (*text != '\0') {
        size_t plain = plain_size(text);
        if (plain > 0) fwrite(text, 1, plain, out);
        text += plain;
        if (*text == '\0') break;
        const char *start = text;
        uint32_t c = next_character(&text);
        if (c == INVALID) write_json_escape(out, 0xFFFD);
        else if (c == '"' || c == '\\' || is_unsafe(c)) write_json_escape(out, c);
        else fwrite(start, 1, (size_t)(text - start), out);
    }
    fputc('"', out);
}

/* ---- Messages ---- */

/* What a message shows of a text, at most: more says no more. */
enum { SHOWN_SIZE = 256 };

static void write_start(FILE *out, const char *text) {
    char start[SHOWN_SIZE + 1];
    size_t size = SHOWN_SIZE;
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80) size--; /* not within a character */
    memcpy(start, text, size);
    start[size] = '\0';
    write_escaped(out, start);
    fprintf(out, "...\" (%zu bytes)", strlen(text));
}

void write_quoted(FILE *out, const char *text) {
    if (kmsrules_has_product_key(text, strlen(text))) {
        fputs("(text that looks like a product key)", out);
        return;
    }
    fputc('"', out);
    if (strlen(text) > SHOWN_SIZE) {
        write_start(out, text);
        return;
    }
    write_escaped(out, text);
    fputc('"', out);
}

static char first[512]; /* what was complained of first */

void complain(const char *format, ...) {
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    if (first[0] == '\0') vsnprintf(first, sizeof first, format, again);
    va_end(again);
    fputs("kmsrules: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
}

typedef void write_parts(FILE *out, const char *a, const char *b, const char *c);

static void say(write_parts *write, const char *a, const char *b, const char *c) {
    FILE *copy = first[0] == '\0' ? fmemopen(first, sizeof first, "w") : NULL;
    if (copy != NULL) write(copy, a, b, c), fclose(copy);
    fputs("kmsrules: ", stderr);
    write(stderr, a, b, c);
    fputc('\n', stderr);
}

static void write_about(FILE *out, const char *before, const char *text, const char *after) {
    fprintf(out, "%s ", before);
    write_quoted(out, text);
    fputs(after, out);
}

void complain_about(const char *before, const char *text, const char *after) { say(write_about, before, text, after); }

static void write_of_file(FILE *out, const char *name, const char *reason, const char *help) {
    write_escaped(out, name);
    fprintf(out, ": %s%s", reason, help);
}

void complain_of_file(const char *name, const char *reason, const char *help) { say(write_of_file, name, reason, help); }

/* Behind a bar stand numbers for a machine. */
void write_plugin_unknown(FILE *out) {
    for (char *bar = first; (bar = strchr(bar, '|')) != NULL;) *bar = '/';
    fprintf(out, "KMS UNKNOWN - %s\n", first[0] == '\0' ? "the events cannot be read; standard error says why" : first);
}
