/* See tag.h. */
#include "table/tag.h"

#include <string.h>

struct kr_at kr_document_at(const struct kr_document *document, size_t offset) {
    struct kr_position position = {0, 1, 1};
    kr_position_move(&position, document->text, offset);
    return (struct kr_at){.file = document->file, .line = position.line, .column = position.column, .offset = offset};
}

bool kr_tag_is_name_end(char c) { return c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

size_t kr_tag_skip_blanks(struct kr_text text, size_t offset) {
    while (offset < text.size && strchr(" \t\r\n", text.data[offset]) != NULL) offset++;
    return offset;
}

bool kr_tag_next_attribute(struct kr_text text, size_t *offset, struct kr_raw_attribute *attribute) {
    size_t i = kr_tag_skip_blanks(text, *offset);
    if (i >= text.size || text.data[i] == '>' || text.data[i] == '/') return false;
    attribute->name = i;
    while (i < text.size && !kr_tag_is_name_end(text.data[i])) i++;
    attribute->name_end = i;
    i = kr_tag_skip_blanks(text, i);
    if (i >= text.size || text.data[i] != '=') return false;
    i = kr_tag_skip_blanks(text, i + 1);
    if (i >= text.size || (text.data[i] != '"' && text.data[i] != '\'')) return false;
    const char *end = memchr(text.data + i + 1, text.data[i], text.size - i - 1);
    if (end == NULL) return false;
    attribute->value = i + 1;
    attribute->value_end = (size_t)(end - text.data);
    *offset = attribute->value_end + 1;
    return true;
}

size_t kr_tag_name_end(struct kr_text text, size_t tag) {
    size_t i = tag + 1;
    while (i < text.size && !kr_tag_is_name_end(text.data[i]) && text.data[i] != '>' && text.data[i] != '/') i++;
    return i;
}

/* Bytes of the character that a reference such as "&#xE9;" or "&lt;" stands for. */
static size_t reference_size(struct kr_text reference) {
    static const char digits[] = "0123456789abcdef";
    uint32_t character = 0, base = reference.size > 2 && reference.data[2] == 'x' ? 16 : 10;
    if (reference.size < 3 || reference.data[1] != '#') return 1;
    for (size_t i = base == 16 ? 3 : 2; i < reference.size && character < 0x10000; i++) {
        const char *digit = memchr(digits, reference.data[i] | 0x20, base);
        if (digit != NULL) character = character * base + (uint32_t)(digit - digits);
    }
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

/* Offset in the raw value of the `count`th byte of the resolved one: a reference stands for the bytes of one character, CRLF for one blank. */
static size_t raw_offset(struct kr_text text, const struct kr_raw_attribute *attribute, size_t count) {
    size_t i = attribute->value;
    while (count > 0 && i < attribute->value_end) {
        size_t start = i, size = 1;
        if (text.data[i] == '&') {
            while (i < attribute->value_end && text.data[i] != ';') i++;
            size = reference_size((struct kr_text){text.data + start, i - start});
        } else if (text.data[i] == '\r' && i + 1 < attribute->value_end && text.data[i + 1] == '\n') {
            i++;
        }
        if (size > count) return start;
        count -= size;
        i++;
    }
    return i;
}

/* Whether a name as written is `local`, with any prefix (but a declaration's) or with none. */
static bool is_named(struct kr_text name, struct kr_text local, bool has_prefix) {
    const char *colon = memchr(name.data, ':', name.size);
    if (!has_prefix || colon == NULL) return !has_prefix && kr_text_equal(name, local);
    struct kr_text prefix = {name.data, (size_t)(colon - name.data)};
    return !kr_text_is(prefix, "xmlns") && kr_text_equal((struct kr_text){colon + 1, name.size - prefix.size - 1}, local);
}

static struct kr_at attribute_at(const struct kr_document *document, struct kr_at element, struct kr_text attribute, bool has_prefix, size_t offset) {
    struct kr_raw_attribute found;
    size_t next = kr_tag_name_end(document->text, element.offset);
    while (kr_tag_next_attribute(document->text, &next, &found)) {
        struct kr_text name = {document->text.data + found.name, found.name_end - found.name};
        if (!is_named(name, attribute, has_prefix)) continue;
        size_t target = offset == SIZE_MAX ? found.name : raw_offset(document->text, &found, offset);
        struct kr_position position = {element.offset, element.line, element.column};
        kr_position_move(&position, document->text, target);
        return (struct kr_at){.file = document->file, .line = position.line, .column = position.column, .offset = target};
    }
    return element;
}

struct kr_at kr_document_attribute_at(const struct kr_document *document, struct kr_at element, struct kr_text attribute, size_t offset) {
    return attribute_at(document, element, attribute, false, offset);
}

struct kr_at kr_document_foreign_attribute_at(const struct kr_document *document, struct kr_at element, struct kr_text local) {
    return attribute_at(document, element, local, true, SIZE_MAX);
}
