/* See document.h. Before libxml2 sees a byte, everything is refused that it would accept silently, slowly or by reading other files. */
#include "table/document.h"

#include <limits.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

/* ---- Places ---- */

static struct kr_at at_offset(const struct kr_document *document, size_t offset) {
    struct kr_position position = {0, 1, 1};
    kr_position_move(&position, document->text, offset);
    return (struct kr_at){.file = document->file, .line = position.line, .column = position.column, .offset = offset};
}

static bool is_name_end(char c) { return c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static size_t skip_blanks(struct kr_text text, size_t offset) {
    while (offset < text.size && strchr(" \t\r\n", text.data[offset]) != NULL) offset++;
    return offset;
}

/* An attribute of the tag being scanned: offsets of its name and of its raw value. */
struct raw_attribute {
    size_t name, name_end, value, value_end;
};

/* The next attribute from *offset on; false at the end of the tag. */
static bool next_attribute(struct kr_text text, size_t *offset, struct raw_attribute *attribute) {
    size_t i = skip_blanks(text, *offset);
    if (i >= text.size || text.data[i] == '>' || text.data[i] == '/') return false;
    attribute->name = i;
    while (i < text.size && !is_name_end(text.data[i])) i++;
    attribute->name_end = i;
    i = skip_blanks(text, i);
    if (i >= text.size || text.data[i] != '=') return false;
    i = skip_blanks(text, i + 1);
    if (i >= text.size || (text.data[i] != '"' && text.data[i] != '\'')) return false;
    const char *end = memchr(text.data + i + 1, text.data[i], text.size - i - 1);
    if (end == NULL) return false;
    attribute->value = i + 1;
    attribute->value_end = (size_t)(end - text.data);
    *offset = attribute->value_end + 1;
    return true;
}

/* Offset behind the tag's name. */
static size_t tag_name_end(struct kr_text text, size_t tag) {
    size_t i = tag + 1;
    while (i < text.size && !is_name_end(text.data[i]) && text.data[i] != '>' && text.data[i] != '/') i++;
    return i;
}

/* Offset in the raw value of the `count`th byte of the resolved one: a reference stands for one character, CRLF for one blank. */
static size_t raw_offset(struct kr_text text, const struct raw_attribute *attribute, size_t count) {
    size_t i = attribute->value;
    while (count > 0 && i < attribute->value_end) {
        if (text.data[i] == '&')
            while (i < attribute->value_end && text.data[i] != ';') i++;
        else if (text.data[i] == '\r' && i + 1 < attribute->value_end && text.data[i + 1] == '\n')
            i++;
        i++;
        count--;
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
    struct raw_attribute found;
    size_t next = tag_name_end(document->text, element.offset);
    while (next_attribute(document->text, &next, &found)) {
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

size_t kr_document_unescape(char *value, size_t size) {
    static const char ampersand[] = "&#38;";
    size_t kept = 0;
    if (memchr(value, '&', size) == NULL) return size;
    for (size_t i = 0; i < size; kept++) {
        bool is_reference = size - i >= 5 && memcmp(value + i, ampersand, 5) == 0;
        value[kept] = value[i];
        i += is_reference ? 5 : 1;
    }
    value[kept] = '\0';
    return kept;
}

/* ---- Before the parser ---- */

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
        kr_problems_add(document->problems, KR902_ENCODING, at_offset(document, i), "NUL byte at offset %zu; remove it", i);
    else
        kr_problems_add(document->problems, KR902_ENCODING, at_offset(document, i), "control character U+%04X; remove it", (unsigned char)text.data[i]);
}

static bool check_bytes(const struct kr_document *document) {
    struct kr_text text = document->text;
    if (has_forbidden_control(text)) {
        report_control(document);
        return false;
    }
    size_t valid = kr_utf8_valid_size(text);
    if (valid == text.size) return true;
    kr_problems_add(document->problems, KR902_ENCODING, at_offset(document, valid),
                    "byte 0x%02X is not UTF-8; save the file as UTF-8 (from Windows-1252: iconv -f WINDOWS-1252 -t UTF-8)",
                    (unsigned char)text.data[valid]);
    return false;
}

static bool equal_ignoring_case(struct kr_text text, const char *lower) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (lower[i] == '\0' || c != lower[i]) return false;
    }
    return lower[text.size] == '\0';
}

/* <?xml version="1.0" encoding="UTF-8"?>: libxml2 would follow any encoding that iconv knows, and version 1.1 with a warning. */
static bool check_declaration(const struct kr_document *document) {
    struct kr_text text = document->text;
    if (!starts_with(text, "<?xml", 5) || text.size == 5 || !is_name_end(text.data[5])) return true;
    struct raw_attribute attribute;
    size_t offset = 5;
    while (next_attribute(text, &offset, &attribute)) {
        struct kr_text name = {text.data + attribute.name, attribute.name_end - attribute.name};
        struct kr_text value = {text.data + attribute.value, attribute.value_end - attribute.value};
        if (kr_text_is(name, "version") && !kr_text_is(value, "1.0")) {
            kr_problems_add(document->problems, KR901_SYNTAX, at_offset(document, attribute.name), "XML version \"%.*s\" is not supported; write version=\"1.0\"",
                            (int)(value.size < 32 ? value.size : 32), value.data);
            return false;
        }
        if (kr_text_is(name, "encoding") && !equal_ignoring_case(value, "utf-8")) {
            kr_problems_add(document->problems, KR902_ENCODING, at_offset(document, attribute.name),
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
            kr_problems_add(document->problems, KR904_LIMIT, at_offset(document, tag), "more than %zu attributes in one tag", document->limits->attribute_count);
            return false;
        }
    }
    return true;
}

/* The byte a key starts at: five bytes before one of its dashes. */
static size_t product_key_offset(struct kr_text text) {
    enum { GROUP_SIZE = 5, KEY_SIZE = 29 };
    for (size_t dash = GROUP_SIZE; dash < text.size; dash++) {
        if (text.data[dash] != '-') continue;
        size_t key = dash - GROUP_SIZE, start = key == 0 ? 0 : key - 1, end = key + KEY_SIZE + 1;
        if (end > text.size) end = text.size;
        if (kr_text_has_product_key((struct kr_text){text.data + start, end - start})) return key;
    }
    return 0;
}

/* Also in comments: a key that is in the file gets out of the house with it. */
static bool check_product_keys(const struct kr_document *document) {
    if (!kr_text_has_product_key(document->text)) return true;
    kr_problems_add(document->problems, KR918_PRODUCT_KEY, at_offset(document, product_key_offset(document->text)),
                    "this looks like a product key; tables hold no keys");
    return false;
}

static bool check_before_parsing(struct kr_document *document, struct kr_text bytes) {
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

/* ---- The parser ---- */

struct open_element {
    size_t offset;
    uint32_t line, column;
};

struct parse {
    const struct kr_document *document;
    const struct kr_reader *reader;
    xmlParserCtxtPtr context;
    struct kr_position position; /* of the last element: places rise */
    struct open_element *open;   /* [element_depth] */
    struct kr_attribute *attributes; /* [attribute_capacity] */
    size_t attribute_capacity, depth;
    bool has_ended, has_root_closed, is_stopped, has_error, is_out_of_memory;
    bool is_text_reported; /* since the last tag */
};

/* Offset in the text of the byte the parser stands at. */
static size_t parser_offset(const struct parse *parse) {
    const xmlParserInput *input = parse->context->input;
    if (input == NULL || input->cur == NULL) return parse->document->text.size;
    size_t offset = (size_t)input->consumed + (size_t)(input->cur - input->base);
    return offset < parse->document->text.size ? offset : parse->document->text.size;
}

/* Offset of the last `byte` at or before the parser's place. */
static size_t parser_offset_back_to(const struct parse *parse, char byte) {
    const char *data = parse->document->text.data;
    size_t offset = parser_offset(parse);
    if (offset == parse->document->text.size && offset > 0) offset--;
    while (offset > 0 && data[offset] != byte) offset--;
    return offset;
}

/* The last place at or before the parser's where `mark` stands. */
static size_t offset_of_last(const struct parse *parse, const char *mark) {
    size_t size = strlen(mark), offset = parser_offset(parse);
    if (offset + size > parse->document->text.size) offset = parse->document->text.size < size ? 0 : parse->document->text.size - size;
    while (offset > 0 && memcmp(parse->document->text.data + offset, mark, size) != 0) offset--;
    return offset;
}

static void stop(struct parse *parse) {
    parse->is_stopped = true;
    xmlStopParser(parse->context);
}

static void refuse(struct parse *parse, enum kr_problem problem, size_t offset, const char *text) {
    kr_problems_add(parse->document->problems, problem, at_offset(parse->document, offset), "%s", text);
    stop(parse);
}

static struct kr_text text_of(const xmlChar *start, const xmlChar *end) { return (struct kr_text){(const char *)start, (size_t)(end - start)}; }

/* libxml2's five pointers per attribute: local name, prefix, namespace, value, end of value. */
static void lay_out_attributes(struct parse *parse, size_t count, const xmlChar **given) {
    for (size_t i = 0; i < count; i++)
        parse->attributes[i] = (struct kr_attribute){
            .name = kr_text_of((const char *)given[5 * i]), .value = text_of(given[5 * i + 3], given[5 * i + 4]), .has_prefix = given[5 * i + 1] != NULL};
}

static void on_start_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                             int attribute_count, int defaulted_count, const xmlChar **attributes) {
    (void)prefix, (void)namespace_count, (void)namespaces, (void)defaulted_count;
    struct parse *parse = data;
    const struct kr_document *document = parse->document;
    if (parse->is_stopped) return;
    parse->is_text_reported = false;
    kr_position_move(&parse->position, document->text, parser_offset_back_to(parse, '<'));
    struct kr_at at = {document->file, parse->position.line, parse->position.column, parse->position.offset};
    if (parse->depth == document->limits->element_depth) {
        kr_problems_add(document->problems, KR904_LIMIT, at, "elements are nested deeper than %zu", document->limits->element_depth);
        stop(parse);
        return;
    }
    if ((size_t)attribute_count > parse->attribute_capacity) { /* they were counted before: never so */
        refuse(parse, KR904_LIMIT, at.offset, "too many attributes in one tag");
        return;
    }
    parse->open[parse->depth++] = (struct open_element){at.offset, at.line, at.column};
    lay_out_attributes(parse, (size_t)attribute_count, attributes);
    struct kr_element element = {.name = kr_text_of((const char *)name), .namespace_name = kr_text_of((const char *)uri), .at = at,
                                 .attributes = parse->attributes, .attribute_count = (size_t)attribute_count};
    if (!parse->reader->open(parse->reader->target, document, &element)) stop(parse);
}

static void on_end_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    struct parse *parse = data;
    if (parse->is_stopped) return;
    parse->is_text_reported = false;
    if (parse->depth > 0) parse->depth--;
    parse->has_root_closed = parse->depth == 0;
    parse->reader->close(parse->reader->target);
}

/* libxml2 hands a text out in pieces: of those between two tags the first that is not blank counts. */
static void report_text(struct parse *parse, struct kr_text text, size_t start) {
    struct kr_text word;
    size_t offset = 0;
    if (parse->is_stopped || parse->is_text_reported || !kr_text_next_word(text, &offset, &word)) return;
    parse->is_text_reported = true;
    kr_problems_add(parse->document->problems, KR909_UNEXPECTED_TEXT, at_offset(parse->document, skip_blanks(parse->document->text, start)),
                    "text \"%.*s\" where only elements may stand; remove it or write a comment", (int)(word.size < 64 ? word.size : 64), word.data);
}

/* The piece ends where the parser stands. A CR that was taken out of it makes it longer there; a reference stands there for its only character. */
static void on_text(void *data, const xmlChar *characters, int size) {
    struct parse *parse = data;
    struct kr_text text = {(const char *)characters, (size_t)size}, whole = parse->document->text;
    size_t start = parser_offset(parse);
    if (start > 0 && whole.data[start - 1] == ';' && text.data[text.size - 1] != ';')
        start = parser_offset_back_to(parse, '&');
    else
        for (size_t i = 0; i < text.size && start > 0; i++, start--)
            if (start >= 2 && whole.data[start - 1] == '\n' && whole.data[start - 2] == '\r') start--;
    report_text(parse, text, start);
}

static void on_cdata(void *data, const xmlChar *characters, int size) {
    struct parse *parse = data;
    report_text(parse, (struct kr_text){(const char *)characters, (size_t)size}, offset_of_last(parse, "<![CDATA["));
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id) {
    (void)name, (void)external_id, (void)system_id;
    struct parse *parse = data;
    if (parse->is_stopped) return;
    refuse(parse, KR903_DOCTYPE, parser_offset_back_to(parse, '<'), "DOCTYPE is not allowed in a rule table; delete it");
}

static void on_end_document(void *data) { ((struct parse *)data)->has_ended = true; }

static xmlEntityPtr no_entity(void *data, const xmlChar *name) {
    (void)data, (void)name;
    return NULL;
}

/* ---- What libxml2 complains of, in our words and with our places ---- */

static void report_end_tag(const struct parse *parse) {
    const struct open_element *open = parse->depth > 0 ? &parse->open[parse->depth - 1] : NULL;
    struct kr_text text = parse->document->text;
    size_t offset = parser_offset_back_to(parse, '<');
    size_t name = offset + 2 <= text.size ? offset + 2 : offset, name_end = tag_name_end(text, name == 0 ? 0 : name - 1);
    if (open == NULL) return;
    size_t open_end = tag_name_end(text, open->offset);
    kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, offset),
                    "</%.*s> closes <%.*s> opened at %u:%u; close or rename one of the two tags", (int)(name_end - name), text.data + name,
                    (int)(open_end - open->offset - 1), text.data + open->offset + 1, open->line, open->column);
}

static void report_duplicate_attribute(const struct parse *parse) {
    struct kr_text text = parse->document->text;
    size_t tag = parser_offset_back_to(parse, '<'), next = tag_name_end(text, tag), again;
    struct raw_attribute first, second;
    while (next_attribute(text, &next, &first)) {
        for (again = next; next_attribute(text, &again, &second);) {
            size_t size = first.name_end - first.name;
            if (second.name_end - second.name != size || memcmp(text.data + first.name, text.data + second.name, size) != 0) continue;
            struct kr_at at = at_offset(parse->document, first.name);
            kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, second.name),
                            "attribute %.*s is given twice (first at %u:%u); keep one", (int)size, text.data + first.name, at.line, at.column);
            return;
        }
    }
    kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, tag), "an attribute is given twice");
}

static void report_extra_content(const struct parse *parse) {
    size_t offset = skip_blanks(parse->document->text, parser_offset(parse));
    struct kr_text text = parse->document->text;
    bool is_element = offset < text.size && text.data[offset] == '<';
    kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, offset),
                    is_element ? "second root element; merge the tables or use two files" : "text after the root element; delete it");
}

/* Offset and wording for the remaining kinds of syntax error. */
static void report_syntax(const struct parse *parse, const xmlError *error) {
    static const struct {
        int code;
        const char *mark; /* the place is where this last stood; NULL: where the parser stands */
        const char *text;
    } known[] = {
        {XML_ERR_RESERVED_XML_NAME, "<?", "the XML declaration must be the first bytes of the file; delete what stands before it"},
        {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, NULL, "an attribute needs a value: name=\"value\""},
        {XML_ERR_ATTRIBUTE_NOT_STARTED, NULL, "the value of an attribute must be in quotes"},
        {XML_ERR_LT_IN_ATTRIBUTE, NULL, "\"<\" in an attribute value must be written &lt;"},
        {XML_ERR_INVALID_CHAR, "&", "this is not a character that XML allows; remove it"},
        {XML_ERR_INVALID_CHARREF, "&", "this is not a character reference"},
        {XML_ERR_INVALID_HEX_CHARREF, "&", "this is not a character reference"},
        {XML_ERR_INVALID_DEC_CHARREF, "&", "this is not a character reference"},
        {XML_ERR_UNDECLARED_ENTITY, "&", "unknown entity; only &amp; &lt; &gt; &quot; &apos; and &#number; exist"},
        {XML_ERR_ENTITYREF_SEMICOL_MISSING, "&", "this reference does not end in a semicolon; a mere & is written &amp;"},
        {XML_ERR_HYPHEN_IN_COMMENT, "--", "\"--\" inside a comment; use one dash"},
        {XML_ERR_COMMENT_NOT_FINISHED, "<!--", "the comment opened here is not closed; add -->"},
        {XML_ERR_CDATA_NOT_FINISHED, "<![CDATA[", "the CDATA section opened here is not closed; add ]]>"},
        {XML_ERR_GT_REQUIRED, NULL, "the tag is not closed; add >"},
        {XML_ERR_SPACE_REQUIRED, NULL, "a blank is needed between two attributes"},
        {XML_ERR_PI_NOT_FINISHED, "<?", "the processing instruction opened here is not closed; add ?>"},
        {XML_ERR_MISPLACED_CDATA_END, NULL, "\"]]>\" in a text"},
    };
    size_t here = parser_offset(parse);
    if (error->code == XML_ERR_NAME_REQUIRED && here > 0 && (parse->document->text.data[here - 1] == '&' || parse->document->text.data[here - 1] == '<')) {
        bool is_reference = parse->document->text.data[here - 1] == '&';
        kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, here - 1),
                        is_reference ? "a mere & must be written &amp;" : "a mere < must be written &lt;; a tag starts with a name");
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].code != error->code) continue;
        size_t offset = known[i].mark == NULL ? parser_offset(parse) : offset_of_last(parse, known[i].mark);
        kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, offset), "%s", known[i].text);
        return;
    }
    struct kr_text message = kr_text_of(error->message);
    while (message.size > 0 && strchr(" \n", message.data[message.size - 1]) != NULL) message.size--;
    kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, parser_offset(parse)), "%.*s", (int)message.size,
                    message.size == 0 ? "" : message.data);
}

static void report_unclosed(const struct parse *parse) {
    const struct open_element *open = parse->depth > 0 ? &parse->open[parse->depth - 1] : NULL;
    struct kr_text text = parse->document->text;
    if (open == NULL) {
        kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, text.size), "the file ends before its root element");
        return;
    }
    size_t name_end = tag_name_end(text, open->offset);
    kr_problems_add(parse->document->problems, KR901_SYNTAX, at_offset(parse->document, text.size), "the file ends before <%.*s> opened at %u:%u is closed",
                    (int)(name_end - open->offset - 1), text.data + open->offset + 1, open->line, open->column);
}

/* Of the errors of a file the first counts: what follows it are its consequences. */
static void on_error(void *data, xmlErrorPtr error) {
    struct parse *parse = data;
    if (error->level < XML_ERR_ERROR) return;
    if (error->code == XML_ERR_NO_MEMORY || error->message == NULL) parse->is_out_of_memory = true; /* no memory for the message is none for the rest */
    if (parse->is_stopped || parse->has_error || parse->context == NULL || parse->is_out_of_memory) {
        parse->has_error = true;
        return;
    }
    parse->has_error = true;
    switch (error->code) {
    case XML_ERR_TAG_NAME_MISMATCH: report_end_tag(parse); break;
    case XML_ERR_TAG_NOT_FINISHED:
    case XML_ERR_DOCUMENT_EMPTY: report_unclosed(parse); break;
    case XML_ERR_ATTRIBUTE_REDEFINED: report_duplicate_attribute(parse); break;
    case XML_ERR_DOCUMENT_END: report_extra_content(parse); break;
    default: report_syntax(parse, error);
    }
    stop(parse);
}

static xmlSAXHandler handlers(void) {
    xmlSAXHandler sax;
    memset(&sax, 0, sizeof sax);
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start_element;
    sax.endElementNs = on_end_element;
    sax.characters = on_text;
    sax.cdataBlock = on_cdata;
    sax.internalSubset = on_doctype;
    sax.getEntity = no_entity;
    sax.endDocument = on_end_document;
    sax.serror = on_error;
    return sax;
}

/* An error that libxml2 cannot tie to our context goes to the thread's handler: ours while we parse, then the application's again. */
static void parse_bytes(struct parse *parse) {
    xmlStructuredErrorFunc host_handler = xmlStructuredError;
    void *host_context = xmlStructuredErrorContext;
    xmlSAXHandler sax = handlers();
    xmlSetStructuredErrorFunc(parse, on_error);
    parse->context = xmlNewParserCtxt();
    if (parse->context == NULL) {
        parse->is_out_of_memory = true;
    } else {
        *parse->context->sax = sax;
        parse->context->userData = parse;
        xmlCtxtReadMemory(parse->context, parse->document->text.data, (int)parse->document->text.size, NULL, NULL, XML_PARSE_NONET);
    }
    xmlSetStructuredErrorFunc(host_context, host_handler);
}

/* Well-formed, no error anywhere, the end seen and the root closed: `wellFormed` alone lies after some allocation failures. */
static void judge(const struct parse *parse) {
    bool is_complete = parse->context != NULL && parse->context->wellFormed && !parse->has_error && parse->has_ended && parse->has_root_closed;
    if (is_complete || parse->is_stopped) return;
    parse->document->problems->has_failed = true;
    parse->document->problems->status = KMSRULES_NO_MEMORY;
}

size_t kr_document_most(size_t limit, struct kr_text bytes) { return limit < bytes.size ? limit : bytes.size; }

void kr_document_read(struct kr_document *document, struct kr_text bytes, const struct kr_reader *reader) {
    document->text = bytes;
    if (!check_before_parsing(document, bytes)) return;
    struct parse parse = {.document = document, .reader = reader, .position = {0, 1, 1}};
    parse.open = kr_memory_take(kr_document_most(document->limits->element_depth, bytes), sizeof *parse.open);
    parse.attribute_capacity = kr_document_most(document->limits->attribute_count, bytes);
    parse.attributes = kr_memory_take(parse.attribute_capacity, sizeof *parse.attributes);
    if (parse.open != NULL && parse.attributes != NULL) parse_bytes(&parse);
    judge(&parse);
    if (parse.context != NULL) xmlFreeParserCtxt(parse.context);
    kr_memory_free(parse.open);
    kr_memory_free(parse.attributes);
}
