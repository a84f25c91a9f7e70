/* See cells.h. */
#include "cells.h"

#include "messages.h"

#include <stdbool.h>
#include <string.h>

/* What a spreadsheet takes for a formula, also behind blanks. */
static bool is_formula(const char *text) {
    while (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n') text++;
    return *text != '\0' && strchr("=+-@", *text) != NULL;
}

static void put_csv(FILE *out, char byte) {
    if (byte == '"') fputc('"', out);
    fputc(byte, out);
}

void write_csv_cell(FILE *out, const char *text) {
    if (text == NULL || text[0] == '\0') return;
    bool is_quoted = is_formula(text) || strpbrk(text, ",;\"'") != NULL || text[0] == ' ' || text[strlen(text) - 1] == ' ';
    if (is_quoted) fputc('"', out);
    if (is_formula(text)) fputc('\'', out);
    write_escaped_by(out, text, put_csv);
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
