/* See cells.h. */
#include "cells.h"

#include "messages.h"

#include <stdbool.h>
#include <string.h>

/* What a spreadsheet takes for a formula, also behind blanks; in East Asian ones also in full width. */
static bool is_formula(const char *text) {
    static const char *const wide[] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};
    while (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n') text++;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0) return true;
    return *text != '\0' && strchr("=+-@", *text) != NULL;
}

/* The part up to a semicolon: where that separates columns, what follows is a cell of its own. */
static size_t part_size(const char *text) {
    size_t size = strcspn(text, ";");
    return text[size] == ';' ? size + 1 : size;
}

static void put_csv(FILE *out, char byte) {
    if (byte == '"') fputc('"', out);
    fputc(byte, out);
}

static void write_csv_part(FILE *out, const char *text, size_t size) {
    size_t plain = 0;
    while (plain < size && text[plain] >= ' ' && text[plain] < 0x7F && text[plain] != '"') plain++;
    if (is_formula(text)) fputc('\'', out);
    fwrite(text, 1, plain, out);
    write_escaped_part(out, text + plain, size - plain, put_csv);
}

void write_csv_cell(FILE *out, const char *text) {
    if (text == NULL || text[0] == '\0') return;
    bool is_quoted = is_formula(text) || strpbrk(text, ",;\"'") != NULL || text[0] == ' ' || text[strlen(text) - 1] == ' ';
    if (is_quoted) fputc('"', out);
    for (size_t size; (size = part_size(text)) > 0; text += size) write_csv_part(out, text, size);
    if (is_quoted) fputc('"', out);
}

static void put_markdown(FILE *out, char byte) {
    if (byte == '&') {
        fputs("&amp;", out);
        return;
    }
    if (strchr("\\|`*_<>[]#~!", byte) != NULL) fputc('\\', out);
    fputc(byte, out);
}

void write_markdown(FILE *out, const char *text) { write_escaped_by(out, text == NULL ? "" : text, put_markdown); }

static void put_xml(FILE *out, char byte) {
    static const struct {
        char byte;
        const char *text;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (entities[i].byte != byte) continue;
        fputs(entities[i].text, out);
        return;
    }
    fputc(byte, out);
}

void write_xml(FILE *out, const char *text) { write_escaped_by(out, text == NULL ? "" : text, put_xml); }
