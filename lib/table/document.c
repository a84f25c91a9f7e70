/* See document.h. The bytes were checked before (bytes.h); places in a tag come from its raw text (tag.h). */
#include "table/document.h"

#include <string.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "base/xml.h"
#include "table/bytes.h"
#include "table/tag.h"

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
    kr_problems_add(parse->document->problems, problem, kr_document_at(parse->document, offset), "%s", text);
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
    kr_problems_add(parse->document->problems, KR909_UNEXPECTED_TEXT, kr_document_at(parse->document, kr_tag_skip_blanks(parse->document->text, start)),
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
    size_t name = offset + 2 <= text.size ? offset + 2 : offset, name_end = kr_tag_name_end(text, name == 0 ? 0 : name - 1);
    if (open == NULL) return;
    size_t open_end = kr_tag_name_end(text, open->offset);
    kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, offset),
                    "</%.*s> closes <%.*s> opened at %u:%u; close or rename one of the two tags", (int)(name_end - name), text.data + name,
                    (int)(open_end - open->offset - 1), text.data + open->offset + 1, open->line, open->column);
}

static void report_duplicate_attribute(const struct parse *parse) {
    struct kr_text text = parse->document->text;
    size_t tag = parser_offset_back_to(parse, '<'), next = kr_tag_name_end(text, tag), again;
    struct kr_raw_attribute first, second;
    while (kr_tag_next_attribute(text, &next, &first)) {
        for (again = next; kr_tag_next_attribute(text, &again, &second);) {
            size_t size = first.name_end - first.name;
            if (second.name_end - second.name != size || memcmp(text.data + first.name, text.data + second.name, size) != 0) continue;
            struct kr_at at = kr_document_at(parse->document, first.name);
            kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, second.name),
                            "attribute %.*s is given twice (first at %u:%u); keep one", (int)size, text.data + first.name, at.line, at.column);
            return;
        }
    }
    kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, tag), "an attribute is given twice");
}

static void report_extra_content(const struct parse *parse) {
    size_t offset = kr_tag_skip_blanks(parse->document->text, parser_offset(parse));
    struct kr_text text = parse->document->text;
    bool is_element = offset < text.size && text.data[offset] == '<';
    kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, offset),
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
        kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, here - 1),
                        is_reference ? "a mere & must be written &amp;" : "a mere < must be written &lt;; a tag starts with a name");
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].code != error->code) continue;
        size_t offset = known[i].mark == NULL ? parser_offset(parse) : offset_of_last(parse, known[i].mark);
        kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, offset), "%s", known[i].text);
        return;
    }
    struct kr_text message = kr_text_of(error->message);
    while (message.size > 0 && strchr(" \n", message.data[message.size - 1]) != NULL) message.size--;
    kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, parser_offset(parse)), "%.*s", (int)message.size,
                    message.size == 0 ? "" : message.data);
}

static void report_unclosed(const struct parse *parse) {
    const struct open_element *open = parse->depth > 0 ? &parse->open[parse->depth - 1] : NULL;
    struct kr_text text = parse->document->text;
    if (open == NULL) {
        kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, text.size), "the file ends before its root element");
        return;
    }
    size_t name_end = kr_tag_name_end(text, open->offset);
    kr_problems_add(parse->document->problems, KR901_SYNTAX, kr_document_at(parse->document, text.size), "the file ends before <%.*s> opened at %u:%u is closed",
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

static void parse_bytes(struct parse *parse) {
    struct kr_xml_guard guard;
    xmlSAXHandler sax = handlers();
    kr_xml_enter(&guard, on_error, parse);
    parse->context = xmlNewParserCtxt();
    if (parse->context == NULL) {
        parse->is_out_of_memory = true;
    } else {
        *parse->context->sax = sax;
        parse->context->userData = parse;
        xmlCtxtReadMemory(parse->context, parse->document->text.data, (int)parse->document->text.size, NULL, NULL, XML_PARSE_NONET);
    }
    kr_xml_leave(&guard);
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
    if (!kr_document_check_bytes(document, bytes)) return;
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
