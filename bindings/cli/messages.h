/* Messages on stderr, and text made safe for a terminal and for JSON. */
#ifndef CLI_MESSAGES_H
#define CLI_MESSAGES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One line "kmsrules: …". Arguments of %s must be safe or pass through write_escaped() first: use complain_about() for text from outside. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `kmsrules: BEFORE "TEXT"AFTER`: the text is escaped, and left out when it looks like a product key. */
void complain_about(const char *before, const char *text, const char *after);
/* `kmsrules: NAME: REASON HELP`: the name is escaped. */
void complain_of_file(const char *name, const char *reason, const char *help);
/* The line of a monitoring plugin that could not tell: "KMS UNKNOWN - " and what was complained of first. */
void write_plugin_unknown(FILE *out);
/* Control, bidirectional and invisible characters come out as \x1b or \u{202e}, invalid bytes as \xff. */
void write_escaped(FILE *out, const char *text);
/* The same for a reader that obeys some bytes itself: each goes through `put`. */
typedef void put_byte(FILE *out, char byte);
void write_escaped_by(FILE *out, const char *text, put_byte *put);
void write_escaped_part(FILE *out, const char *text, size_t size, put_byte *put); /* of a longer text, cut behind a character */
/* `"TEXT"`, escaped; a product key is not shown. */
void write_quoted(FILE *out, const char *text);
/* A JSON string, or null. */
void write_json(FILE *out, const char *text);

#endif
