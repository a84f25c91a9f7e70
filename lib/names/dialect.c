/* See dialect.h. */
#include "names/dialect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOWHERE SIZE_MAX

const char *const kr_pattern_part_names[] = {"name", "build", "version", "sku", "edition_id"};
_Static_assert(sizeof kr_pattern_part_names / sizeof kr_pattern_part_names[0] == KR_PART_COUNT, "a name for every part");

/* What a quantifier at the offset would repeat. */
enum item { ITEM_NONE, ITEM_ONE, ITEM_REPEATED };

struct group {
    size_t start;  /* its parenthesis */
    size_t repeat; /* the first item in it, at any depth, that has a quantifier, or NOWHERE */
};

/* Goes over the text once. At offset 8 of
 *   (?:ab+|c)d      groups: {the pattern, repeat NOWHERE} {start 0, repeat 4}, the item is `c`: start 7, repeat NOWHERE */
struct scanner {
    struct kr_text text;
    size_t offset;
    struct group groups[KR_PATTERN_DEPTH_LIMIT + 1]; /* the first is the pattern as a whole */
    size_t depth;
    enum item item;
    size_t item_start, item_repeat; /* as in struct group */
    bool has_part[KR_PART_COUNT];
    enum kr_pattern_result result;
    struct kr_pattern_fault *fault;
};

/* Ends the scan: false always. */
__attribute__((format(printf, 3, 4))) static bool refuse(struct scanner *scanner, size_t offset, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(scanner->fault->text, sizeof scanner->fault->text, format, arguments);
    va_end(arguments);
    scanner->fault->offset = offset;
    scanner->result = KR_PATTERN_WRONG;
    return false;
}

static bool refuse_size(struct scanner *scanner, size_t offset, size_t size, const char *what, size_t limit) {
    refuse(scanner, offset, "%zu %s, the limit is %zu; split the pattern into several", size, what, limit);
    scanner->result = KR_PATTERN_TOO_LARGE;
    return false;
}

/* The byte that lies so far ahead, or NUL behind the end. */
static char peek(const struct scanner *scanner, size_t ahead) {
    return scanner->text.size - scanner->offset > ahead ? scanner->text.data[scanner->offset + ahead] : '\0';
}

static bool is_next(const struct scanner *scanner, const char *string) {
    size_t size = strlen(string);
    return scanner->text.size - scanner->offset >= size && memcmp(scanner->text.data + scanner->offset, string, size) == 0;
}

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static bool is_graphic(char c) { return c > ' ' && c < 0x7f; }

static void finish_item(struct scanner *scanner, size_t start, size_t repeat) {
    scanner->item = ITEM_ONE;
    scanner->item_start = start;
    scanner->item_repeat = repeat;
}

/* ---- Characters ----------------------------------------------------------------------------------------------------------------------------- */

/* One character that stands for itself, inside of a class or not. */
static bool scan_character(struct scanner *scanner) {
    char c = peek(scanner, 0);
    if ((unsigned char)c < ' ' || c == 0x7f)
        return refuse(scanner, scanner->offset, "control character U+%04X is not allowed in patterns; remove it", (unsigned)c);
    if (is_upper(c))
        return refuse(scanner, scanner->offset, "%c never matches, as names are lower-cased before; write %c", c, c - 'A' + 'a');
    kr_utf8_next(scanner->text, &scanner->offset);
    return true;
}

/* \1 to \9 are not here: they need no list. */
static const char *refused_escape(char letter) {
    switch (letter) {
    case 'g': case 'k': return " (a back-reference)";
    case 'A': case 'z': case 'Z': case 'G': return " (an anchor: patterns always match the whole name)";
    case 'b': case 'B': return " (a word boundary)";
    case 'K': return " (a new start of the match)";
    case 'C': return " (a single byte)";
    case 'X': return " (a grapheme)";
    case 'R': return " (a line end)";
    case 'Q': case 'E': return " (a quotation)";
    default: return letter >= '1' && letter <= '9' ? " (a back-reference)" : "";
    }
}

static bool scan_escape(struct scanner *scanner) {
    char c = peek(scanner, 1);
    bool is_punctuation = is_graphic(c) && !kr_is_digit(c) && !is_lower(c) && !is_upper(c);
    if (is_punctuation || c == 'd' || c == 'w' || c == 's') {
        scanner->offset += 2;
        return true;
    }
    if (scanner->offset + 1 == scanner->text.size) return refuse(scanner, scanner->offset, "\\ ends the pattern; write \\\\ for the character itself");
    if (!is_graphic(c)) return refuse(scanner, scanner->offset, "\\ stands only before d, w, s and punctuation; write \\\\ for the character itself");
    return refuse(scanner, scanner->offset, "\\%c%s is not allowed in patterns; \\d, \\w, \\s and \\ before punctuation are", c, refused_escape(c));
}

/* PCRE2 takes a ] as the first character for itself, and [: [. [= for the start of a name: both must be written with a backslash here. */
static bool scan_class(struct scanner *scanner) {
    size_t start = scanner->offset++, wide_count = 0;
    if (peek(scanner, 0) == '^') scanner->offset++;
    if (peek(scanner, 0) == ']') return refuse(scanner, scanner->offset, "] closes an empty class; write \\] for the character itself");
    while (scanner->offset < scanner->text.size && peek(scanner, 0) != ']') {
        if (peek(scanner, 0) == '[')
            return refuse(scanner, scanner->offset, "[ within a class ([:alpha:] and the like) is not allowed in patterns; write \\[ for the character itself");
        if ((unsigned char)peek(scanner, 0) >= 0x80 && ++wide_count > KR_PATTERN_CLASS_LIMIT)
            return refuse_size(scanner, scanner->offset, wide_count, "characters outside of ASCII in a class", KR_PATTERN_CLASS_LIMIT);
        if (peek(scanner, 0) == '\\' ? !scan_escape(scanner) : !scan_character(scanner)) return false;
    }
    if (scanner->offset == scanner->text.size) return refuse(scanner, start, "[ is never closed; write ], or \\[ for the character itself");
    scanner->offset++;
    return true;
}

/* ---- Groups --------------------------------------------------------------------------------------------------------------------------------- */

/* What may not stand behind a parenthesis. Earlier rows come first; (? and anything else is taken for an inline option. */
static bool refuse_group(struct scanner *scanner) {
    static const struct {
        const char *start, *what;
    } rows[] = {
        {"(*", "a verb; write \\( for the character itself"},
        {"(?=", "look-ahead"},
        {"(?!", "look-ahead"},
        {"(?<=", "look-behind"},
        {"(?<!", "look-behind"},
        {"(?>", "an atomic group; write (?:...)"},
        {"(?|", "a branch reset; write (?:...)"},
        {"(?#", "a comment"},
        {"(?(", "a conditional"},
        {"(?C", "a callout"},
        {"(?R", "recursion"},
        {"(?&", "recursion"},
        {"(?P>", "recursion"},
        {"(?+", "recursion"},
        {"(?P=", "a back-reference"},
        {"(?P<", "another way to name a group; write (?<name>...)"},
        {"(?'", "another way to name a group; write (?<name>...)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (is_next(scanner, rows[i].start)) return refuse(scanner, scanner->offset, "%s is not allowed in patterns: %s", rows[i].start, rows[i].what);
    char c = peek(scanner, 2);
    if (kr_is_digit(c) || (c == '-' && kr_is_digit(peek(scanner, 3)))) return refuse(scanner, scanner->offset, "(?%c is not allowed in patterns: recursion", c);
    return refuse(scanner, scanner->offset, "(? stands only before : and <name>; inline options are not allowed in patterns");
}

static bool scan_part_name(struct scanner *scanner) {
    for (size_t i = 0; i < KR_PART_COUNT; i++) {
        size_t size = strlen(kr_pattern_part_names[i]);
        scanner->offset += 3;
        bool is_it = is_next(scanner, kr_pattern_part_names[i]) && peek(scanner, size) == '>';
        scanner->offset -= 3;
        if (!is_it) continue;
        if (scanner->has_part[i]) return refuse(scanner, scanner->offset, "a second group <%s>; a pattern may have each once", kr_pattern_part_names[i]);
        scanner->has_part[i] = true;
        scanner->offset += 3 + size + 1;
        return true;
    }
    return refuse(scanner, scanner->offset + 3, "no such group; the names of groups are name, build, version, sku, edition_id");
}

static bool scan_group_start(struct scanner *scanner) {
    if (is_next(scanner, "(?:")) {
        scanner->offset += 3;
        return true;
    }
    if (is_next(scanner, "(?<") && peek(scanner, 3) != '=' && peek(scanner, 3) != '!') return scan_part_name(scanner);
    if (is_next(scanner, "(?") || is_next(scanner, "(*")) return refuse_group(scanner);
    scanner->offset++;
    return true;
}

static bool open_group(struct scanner *scanner) {
    size_t start = scanner->offset;
    if (!scan_group_start(scanner)) return false;
    if (scanner->depth == KR_PATTERN_DEPTH_LIMIT) return refuse_size(scanner, start, scanner->depth + 1, "groups within each other", KR_PATTERN_DEPTH_LIMIT);
    scanner->groups[++scanner->depth] = (struct group){start, NOWHERE};
    scanner->item = ITEM_NONE;
    return true;
}

static bool close_group(struct scanner *scanner) {
    if (scanner->depth == 0) return refuse(scanner, scanner->offset, ") closes no group; remove it, or write \\) for the character itself");
    struct group closed = scanner->groups[scanner->depth--], *outer = &scanner->groups[scanner->depth];
    if (outer->repeat == NOWHERE) outer->repeat = closed.repeat;
    finish_item(scanner, closed.start, closed.repeat);
    scanner->offset++;
    return true;
}

/* ---- Quantifiers ---------------------------------------------------------------------------------------------------------------------------- */

/* Bytes of {n} {n,} {n,m} at the offset, or 0. PCRE2 takes any other { for itself, and which one is another differs between its versions. */
static size_t count_size(const struct scanner *scanner) {
    size_t size = 1;
    while (kr_is_digit(peek(scanner, size))) size++;
    if (size == 1) return 0;
    if (peek(scanner, size) == ',') size++;
    while (kr_is_digit(peek(scanner, size))) size++;
    return peek(scanner, size) == '}' ? size + 1 : 0;
}

static bool scan_quantifier(struct scanner *scanner) {
    size_t start = scanner->offset, size = peek(scanner, 0) == '{' ? count_size(scanner) : 1;
    struct group *group = &scanner->groups[scanner->depth];
    if (size == 0) return refuse(scanner, start, "{ begins no {n}, {n,} or {n,m}; write \\{ for the character itself");
    if (scanner->item == ITEM_NONE) return refuse(scanner, start, "%c has nothing to repeat; write \\%c for the character itself", peek(scanner, 0), peek(scanner, 0));
    if (scanner->item == ITEM_REPEATED) return refuse(scanner, start, "%c repeats a quantifier; leave one of them out", peek(scanner, 0));
    if (scanner->item_repeat != NOWHERE)
        return refuse(scanner, scanner->item_repeat, "a quantifier within a group that has one can take for ever; leave one out, or write (?:|...) for (?:...)?");
    scanner->offset += size;
    if (peek(scanner, 0) == '+') return refuse(scanner, scanner->offset, "+ behind a quantifier (possessive) is not allowed in patterns; remove it");
    if (peek(scanner, 0) == '?') scanner->offset++;
    if (group->repeat == NOWHERE) group->repeat = scanner->item_start;
    scanner->item = ITEM_REPEATED;
    return true;
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------------------ */

static bool scan_item(struct scanner *scanner) {
    size_t start = scanner->offset;
    char c = peek(scanner, 0);
    if (c == '\\' ? !scan_escape(scanner) : c == '[' ? !scan_class(scanner) : !scan_character(scanner)) return false;
    finish_item(scanner, start, NOWHERE);
    return true;
}

static bool scan_next(struct scanner *scanner) {
    char c = peek(scanner, 0);
    switch (c) {
    case '(': return open_group(scanner);
    case ')': return close_group(scanner);
    case '*': case '+': case '?': case '{': return scan_quantifier(scanner);
    case '^': case '$':
        return refuse(scanner, scanner->offset, "patterns always match the whole name; remove the %c, or write \\%c for the character itself", c, c);
    case ']': case '}': return refuse(scanner, scanner->offset, "%c closes nothing; write \\%c for the character itself", c, c);
    case '|':
        scanner->item = ITEM_NONE;
        scanner->offset++;
        return true;
    default: return scan_item(scanner);
    }
}

enum kr_pattern_result kr_dialect_check(struct kr_text text, struct kr_pattern_fault *fault) {
    struct scanner scanner = {.text = text, .groups = {{0, NOWHERE}}, .result = KR_PATTERN_COMPILED, .fault = fault};
    size_t valid = kr_utf8_valid_size(text);
    if (text.size > KR_PATTERN_SIZE_LIMIT) {
        refuse_size(&scanner, KR_PATTERN_SIZE_LIMIT, text.size, "bytes", KR_PATTERN_SIZE_LIMIT);
    } else if (valid < text.size) {
        refuse(&scanner, valid, "byte 0x%02X is not UTF-8; save the file as UTF-8", (unsigned char)text.data[valid]);
    } else {
        while (scanner.offset < text.size && scan_next(&scanner)) continue;
        if (scanner.result == KR_PATTERN_COMPILED && scanner.depth > 0)
            refuse(&scanner, scanner.groups[scanner.depth].start, "( is never closed; write ), or \\( for the character itself");
    }
    return scanner.result;
}
