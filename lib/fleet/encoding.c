/* See encoding.h. */
#include "fleet/encoding.h"

#include <string.h>

enum { NAME_SIZE_LIMIT = 63 };

/* Spelt without dashes and in lower case. */
static const struct {
    const char *spelling;
    enum kr_encoding encoding;
} names[] = {
    {"utf8", KR_ENCODING_UTF8},         {"utf16le", KR_ENCODING_UTF16LE}, {"utf16be", KR_ENCODING_UTF16BE}, {"utf16", KR_ENCODING_UTF16},
    {"unicode", KR_ENCODING_UTF16},     {"ucs2", KR_ENCODING_UTF16},      {"ucs2le", KR_ENCODING_UTF16LE},  {"ucs2be", KR_ENCODING_UTF16BE},
    {"utf32", KR_ENCODING_UTF32},       {"utf32le", KR_ENCODING_UTF32LE}, {"utf32be", KR_ENCODING_UTF32BE},
    {"internal", KR_ENCODING_UNKNOWN}, /* glibc's own, of unchecked content */
    {"wchart", KR_ENCODING_UNKNOWN},    {"char", KR_ENCODING_UNKNOWN}, /* the locale's */
};

static const struct {
    const char *bytes;
    size_t size;
    enum kr_encoding encoding;
} marks[] = {
    {"\xef\xbb\xbf", 3, KR_ENCODING_UTF8},         {"\xff\xfe\0\0", 4, KR_ENCODING_UTF32LE}, /* before UTF-16LE, whose mark is a part of it */
    {"\0\0\xfe\xff", 4, KR_ENCODING_UTF32BE},      {"\xff\xfe", 2, KR_ENCODING_UTF16LE},
    {"\xfe\xff", 2, KR_ENCODING_UTF16BE},
};

/* No slash, which begins //TRANSLIT and //IGNORE; no comma, no blank. */
static bool can_be_in_name(char c) {
    return (kr_ascii_lower(c) >= 'a' && kr_ascii_lower(c) <= 'z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("-_.:+()", c) != NULL);
}

enum kr_encoding kr_encoding_of_name(struct kr_text name) {
    char plain[NAME_SIZE_LIMIT + 1];
    size_t size = 0;
    if (name.size == 0 || name.size > NAME_SIZE_LIMIT) return KR_ENCODING_UNKNOWN;
    for (size_t i = 0; i < name.size; i++) {
        if (!can_be_in_name(name.data[i])) return KR_ENCODING_UNKNOWN;
        if (name.data[i] != '-' && name.data[i] != '_') plain[size++] = kr_ascii_lower(name.data[i]);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (kr_text_is((struct kr_text){plain, size}, names[i].spelling)) return names[i].encoding;
    return KR_ENCODING_OTHER;
}

const char *kr_encoding_name(enum kr_encoding encoding) {
    switch (encoding) {
    case KR_ENCODING_UTF8: return "UTF-8";
    case KR_ENCODING_UTF16:
    case KR_ENCODING_UTF16LE: return "UTF-16LE";
    case KR_ENCODING_UTF16BE: return "UTF-16BE";
    case KR_ENCODING_UTF32:
    case KR_ENCODING_UTF32LE: return "UTF-32LE";
    case KR_ENCODING_UTF32BE: return "UTF-32BE";
    case KR_ENCODING_UNKNOWN:
    case KR_ENCODING_OTHER: break;
    }
    return NULL;
}

enum kr_encoding kr_encoding_of_mark(struct kr_text bytes, size_t *size) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        *size = marks[i].size;
        if (bytes.size >= *size && memcmp(bytes.data, marks[i].bytes, *size) == 0) return marks[i].encoding;
    }
    *size = 0;
    return KR_ENCODING_UNKNOWN;
}

bool kr_encoding_agrees(enum kr_encoding named, enum kr_encoding mark) {
    if (named == KR_ENCODING_UTF16) return mark == KR_ENCODING_UTF16LE || mark == KR_ENCODING_UTF16BE;
    if (named == KR_ENCODING_UTF32) return mark == KR_ENCODING_UTF32LE || mark == KR_ENCODING_UTF32BE;
    return named == mark;
}

/* Three quarters: a name in other letters may stand at the very start. */
static bool are_nearly_all(size_t nuls, size_t count) { return count > 0 && nuls * 4 >= count * 3; }

enum kr_encoding kr_encoding_of_nuls(struct kr_text bytes) {
    size_t nuls[2] = {0, 0};
    for (size_t i = 0; i < bytes.size; i++) nuls[i % 2] += bytes.data[i] == '\0';
    if (nuls[0] == 0 && are_nearly_all(nuls[1], bytes.size / 2)) return KR_ENCODING_UTF16LE;
    if (nuls[1] == 0 && are_nearly_all(nuls[0], (bytes.size + 1) / 2)) return KR_ENCODING_UTF16BE;
    return KR_ENCODING_UNKNOWN;
}
