/* See bytes.h. */
#include "table/bytes.h"

#include <limits.h>
#include <string.h>

#include "table/tag.h"

static bool starts_with(struct kr_text text, const char *bytes, size_t size) { return text.size >= size && memcmp(text.data, bytes, size) == 0; }

/* What a file is, when its first bytes say that it is no UTF-8 text; NULL else. */
static const char *foreign_format(struct kr_text bytes) {
    static const struct {
        const char *bytes;
        size_t size;
        const char *what;
    } formats[] = {
        {"\xff\xfe\0\0", 4, "UTF-32LE text; save it as UTF-8"},
        {"\0\0\xfe\xff", 4, "UTF-32BE text; save it as UTF-8"},
        {"\xff\xfe", 2, "UTF-16LE text; save it as UTF-8 (PowerShell: Set-Content -Encoding utf8)"},
        {"\xfe\xff", 2, "UTF-16BE text; save it as UTF-8"},
        {"\x1f\x8b", 2, "gzip data; gunzip it first"},
        {"\xfd" "7zXZ", 5, "xz data; unpack it first"},
        {"BZh", 3, "bzip2 data; unpack it first"},
        {"\x28\xb5\x2f\xfd", 4, "zstd data; unpack it first"},
        {"PK\x03\x04", 4, "a zip archive; unpack it first"},
    };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (starts_with(bytes, formats[i].bytes, formats[i].size)) return formats[i].what;
    return NULL;
}

static bool is_allowed_control(unsigned char c) { return c >= 0x20 || c == '\t' || c == '\n' || c == '\r'; }

/* Looked at all at once: a loop without a way out is one that the compiler can vectorize. */
static bool has_forbidden_control(struct kr_text text) {
    unsigned found = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        found |= (unsigned)(c < 0x20) & (unsigned)(c != '\t') & (unsigned)(c != '\n') & (unsigned)(c != '\r');
    }
    return found != 0;
}

static void report_control(const struct kr_document *document) {
    struct kr_text text = document->text;
    size_t i = 0;
    while (is_allowed_control((unsigned char)text.data[i])) i++;
    if (text.data[i] == '\0')
        kr_problems_add(document->problems, KR902_ENCODING, kr_document_at(document, i), "NUL byte at offset %zu; remove it", i);
    else
        kr_problems_add(document->problems, KR902_ENCODING, kr_document_at(document, i), "control character U+%04X; remove it", (unsigned char)text.data[i]);
}

static bool check_bytes(const struct kr_document *document) {
    struct kr_text text = document->text;
    if (has_forbidden_control(text)) {
        report_control(document);
        return false;
    }
    size_t valid = kr_utf8_valid_size(text);
    if (valid == text.size) return true;
    kr_problems_add(document->problems, KR902_ENCODING, kr_document_at(document, valid),
                    "byte 0x%02X is not UTF-8; save the file as UTF-8 (from Windows-1252: iconv -f WINDOWS-1252 -t UTF-8)",
                    (unsigned char)text.data[valid]);
    return false;
}

/* <?xml version="1.0" encoding="UTF-8"?>: libxml2 would follow any encoding that iconv knows, and version 1.1 with a warning. */
static bool check_declaration(const struct kr_document *document) {
    struct kr_text text = document->text;
    if (!starts_with(text, "<?xml", 5) || text.size == 5 || !kr_tag_is_name_end(text.data[5])) return true;
    struct kr_raw_attribute attribute;
    size_t offset = 5;
    while (kr_tag_next_attribute(text, &offset, &attribute)) {
        struct kr_text name = {text.data + attribute.name, attribute.name_end - attribute.name};
        struct kr_text value = {text.data + attribute.value, attribute.value_end - attribute.value};
        if (kr_text_is(name, "version") && !kr_text_is(value, "1.0")) {
            kr_problems_add(document->problems, KR901_SYNTAX, kr_document_at(document, attribute.name), "XML version \"%.*s\" is not supported; write version=\"1.0\"",
                            (int)(value.size < 32 ? value.size : 32), value.data);
            return false;
        }
        if (kr_text_is(name, "encoding") && !kr_text_equal_ignoring_case(value, kr_text_of("utf-8"))) {
            kr_problems_add(document->problems, KR902_ENCODING, kr_document_at(document, attribute.name),
                            "declared encoding \"%.*s\" is not allowed; save the file as UTF-8 and write encoding=\"UTF-8\"",
                            (int)(value.size < 32 ? value.size : 32), value.data);
            return false;
        }
    }
    return true;
}

/* Offset behind the first `end` after `offset`, or the end of the text. */
static size_t skip_past(struct kr_text text, size_t offset, const char *end) {
    size_t size = strlen(end);
    while (offset + size <= text.size) {
        const char *found = memchr(text.data + offset, end[0], text.size - offset - size + 1);
        if (found == NULL) break;
        offset = (size_t)(found - text.data);
        if (memcmp(found, end, size) == 0) return offset + size;
        offset++;
    }
    return text.size;
}

/* Number of `=` outside of quotes in the tag at `offset`, which moves behind it. */
static size_t count_attributes(struct kr_text text, size_t *offset, size_t limit) {
    size_t count = 0, i = *offset + 1;
    while (i < text.size && text.data[i] != '>' && text.data[i] != '<' && count <= limit) {
        char c = text.data[i++];
        if (c == '=') count++;
        if (c != '"' && c != '\'') continue;
        const char *end = memchr(text.data + i, c, text.size - i);
        i = end == NULL ? text.size : (size_t)(end - text.data) + 1;
    }
    *offset = i;
    return count;
}

/* libxml2 looks for duplicate attributes in quadratic time. Stops at a DOCTYPE, which the parser refuses anyway. */
static bool check_attribute_counts(const struct kr_document *document) {
    struct kr_text text = document->text;
    size_t offset = 0;
    while (offset < text.size) {
        const char *found = memchr(text.data + offset, '<', text.size - offset);
        if (found == NULL) return true;
        size_t tag = offset = (size_t)(found - text.data);
        struct kr_text rest = {found, text.size - tag};
        if (starts_with(rest, "<!--", 4)) {
            offset = skip_past(text, tag + 4, "-->");
        } else if (starts_with(rest, "<![CDATA[", 9)) {
            offset = skip_past(text, tag + 9, "]]>");
        } else if (starts_with(rest, "<?", 2)) {
            offset = skip_past(text, tag + 2, "?>");
        } else if (starts_with(rest, "<!", 2)) {
            return true;
        } else if (count_attributes(text, &offset, document->limits->attribute_count) > document->limits->attribute_count) {
            kr_problems_add(document->problems, KR904_LIMIT, kr_document_at(document, tag), "more than %zu attributes in one tag", document->limits->attribute_count);
            return false;
        }
    }
    return true;
}

/* Also in comments: a key that is in the file gets out of the house with it. */
static bool check_product_keys(const struct kr_document *document) {
    size_t key = kr_text_find_product_key(document->text);
    if (key == document->text.size) return true;
    kr_problems_add(document->problems, KR918_PRODUCT_KEY, kr_document_at(document, key), "this looks like a product key; tables hold no keys");
    return false;
}

bool kr_document_check_bytes(struct kr_document *document, struct kr_text bytes) {
    struct kr_at start = {.file = document->file, .line = 1, .column = 1, .offset = 0};
    const char *format = foreign_format(bytes);
    if (bytes.size == 0) {
        kr_problems_add(document->problems, KR901_SYNTAX, start, "file is empty; check the step that wrote it (a failed redirection leaves 0 bytes)");
        return false;
    }
    if (format != NULL) {
        kr_problems_add(document->problems, KR902_ENCODING, start, "file is %s", format);
        return false;
    }
    if (bytes.size > document->limits->table_size || bytes.size > INT_MAX) {
        kr_problems_add(document->problems, KR904_LIMIT, start, "file has %zu bytes, the limit is %zu", bytes.size, document->limits->table_size);
        return false;
    }
    if (starts_with(bytes, "\xef\xbb\xbf", 3)) document->text = (struct kr_text){bytes.data + 3, bytes.size - 3};
    return check_bytes(document) && check_declaration(document) && check_attribute_counts(document) && check_product_keys(document);
}
