/* See event_xml.h. Text ─▶ event_scan (whole events) ─▶ libxml2's push parser, within one element of our own that holds events without a root ─▶ slots ─▶ parts. */
#include "fleet/event_xml.h"

#include <libxml/parser.h>

#include "base/memory.h"
#include "base/xml.h"
#include "fleet/event_scan.h"

static const char opening[] = "<kmsrules>", closing[] = "</kmsrules>", nothing[] = "<!---->";

enum { DATA_LIMIT = 32 }; /* more of them are no activation event */

/* Where a text of the event stands in `texts`. */
struct slot {
    size_t start, size;
    bool is_there;
};

enum { SLOT_ID, SLOT_RECORD_ID, SLOT_COMPUTER, SLOT_LOGGED, SLOT_MESSAGE, SLOT_PROVIDER, SLOT_COUNT };

struct kr_event_xml {
    const struct kmsrules_ruleset *ruleset;
    struct kr_text_input *input;
    struct kr_event_scan scan;
    bool is_last, is_finished;

    xmlParserCtxtPtr parser;
    uint64_t fed; /* bytes before the piece being parsed */
    bool has_error;
    int error;
    uint64_t error_at;

    /* Of the event being parsed. */
    uint32_t depth; /* 0: not in one; 1: in <Event> */
    bool is_in_system, is_in_data, has_data, is_complete;
    struct slot slots[SLOT_COUNT], data[DATA_LIMIT], names[DATA_LIMIT];
    size_t data_count;
    struct slot *open; /* takes the characters */
    struct kr_buffer texts;
};

/* ---- What the parser says ------------------------------------------------------------------------------------------------------------------- */

static bool is(const xmlChar *name, const char *word) { return strcmp((const char *)name, word) == 0; }

static void begin_event(struct kr_event_xml *xml) {
    xml->texts.size = 0;
    xml->depth = 1;
    xml->is_in_system = xml->is_in_data = xml->has_data = xml->is_complete = false;
    memset(xml->slots, 0, sizeof xml->slots);
    xml->data_count = 0;
    xml->open = NULL;
}

/* The first of several counts. */
static void open_slot(struct kr_event_xml *xml, struct slot *slot) {
    if (slot->is_there) return;
    *slot = (struct slot){xml->texts.size, 0, true};
    xml->open = slot;
}

static void add_text(struct kr_event_xml *xml, struct slot *slot, struct kr_text text) {
    kr_buffer_add(&xml->texts, text);
    slot->size += text.size;
}

/* libxml2's five pointers per attribute: local name, prefix, namespace, value, end of value. */
static struct kr_text attribute_of(const char *name, int count, const xmlChar **given) {
    for (int i = 0; i < count; i++)
        if (is(given[5 * i], name) && given[5 * i + 1] == NULL) return (struct kr_text){(const char *)given[5 * i + 3], (size_t)(given[5 * i + 4] - given[5 * i + 3])};
    return (struct kr_text){NULL, 0};
}

static void keep(struct kr_event_xml *xml, struct slot *slot, struct kr_text text) {
    if (text.data == NULL || slot->is_there) return;
    *slot = (struct slot){xml->texts.size, 0, true};
    add_text(xml, slot, text);
}

static void open_data(struct kr_event_xml *xml, int attribute_count, const xmlChar **attributes) {
    size_t i = xml->data_count++;
    if (i >= DATA_LIMIT) return;
    xml->data[i].is_there = xml->names[i].is_there = false;
    keep(xml, &xml->names[i], attribute_of("Name", attribute_count, attributes));
    open_slot(xml, &xml->data[i]);
}

static void open_in_system(struct kr_event_xml *xml, const xmlChar *name, int attribute_count, const xmlChar **attributes) {
    if (is(name, "EventID")) open_slot(xml, &xml->slots[SLOT_ID]);
    else if (is(name, "EventRecordID")) open_slot(xml, &xml->slots[SLOT_RECORD_ID]);
    else if (is(name, "Computer")) open_slot(xml, &xml->slots[SLOT_COMPUTER]);
    else if (is(name, "Provider")) keep(xml, &xml->slots[SLOT_PROVIDER], attribute_of("Name", attribute_count, attributes));
    else if (is(name, "TimeCreated")) keep(xml, &xml->slots[SLOT_LOGGED], attribute_of("SystemTime", attribute_count, attributes));
}

static void on_start_element(void *target, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count, const xmlChar **namespaces, int attribute_count,
                             int defaulted_count, const xmlChar **attributes) {
    (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted_count;
    struct kr_event_xml *xml = target;
    if (xml->depth == 0) {
        if (is(name, "Event")) begin_event(xml);
        return;
    }
    xml->depth++;
    xml->open = NULL; /* of an element within another that is wanted nothing is */
    if (xml->depth == 2) {
        xml->is_in_system = is(name, "System");
        xml->is_in_data = is(name, "EventData");
        xml->has_data |= xml->is_in_data;
    } else if (xml->depth == 3) {
        if (xml->is_in_system) open_in_system(xml, name, attribute_count, attributes);
        else if (xml->is_in_data && is(name, "Data")) open_data(xml, attribute_count, attributes);
        else if (!xml->is_in_data && is(name, "Message")) open_slot(xml, &xml->slots[SLOT_MESSAGE]);
    }
}

static void on_end_element(void *target, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    struct kr_event_xml *xml = target;
    xml->open = NULL;
    if (xml->depth == 1) xml->is_complete = true;
    if (xml->depth > 0) xml->depth--;
}

static void on_text(void *target, const xmlChar *characters, int size) {
    struct kr_event_xml *xml = target;
    if (xml->open != NULL) add_text(xml, xml->open, (struct kr_text){(const char *)characters, (size_t)size});
}

static xmlEntityPtr no_entity(void *target, const xmlChar *name) {
    (void)target, (void)name;
    return NULL;
}

/* In all that the parser was given. */
static uint64_t place_of(const xmlParserInput *input) { return (uint64_t)input->consumed + (uint64_t)(input->cur - input->base); }

/* The first counts; a piece begins in the middle of what the parser was given. */
static void on_error(void *target, xmlErrorPtr error) {
    struct kr_event_xml *xml = target;
    const xmlParserInput *input = xml->parser == NULL ? NULL : xml->parser->input;
    if (xml->has_error || error->level == XML_ERR_WARNING) return;
    xml->has_error = true;
    xml->error = error->code;
    xml->error_at = input == NULL || input->cur == NULL ? xml->fed : place_of(input);
}

/* How it is said, and the character before the parser's place at which it began; 0: the place itself. */
struct complaint {
    int code;
    char mark;
    const char *text;
};

static const struct complaint *complaint_of(int code) {
    static const struct complaint known[] = {
        {XML_ERR_TAG_NAME_MISMATCH, '<', "this tag closes another element than the one that is open"},
        {XML_ERR_ATTRIBUTE_REDEFINED, '<', "an attribute is given twice"},
        {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, '<', "an attribute needs a value: name=\"value\""},
        {XML_ERR_ATTRIBUTE_NOT_STARTED, '<', "the value of an attribute must be in quotes"},
        {XML_ERR_LT_IN_ATTRIBUTE, '<', "\"<\" in an attribute value must be written &lt;"},
        {XML_ERR_INVALID_CHAR, '\0', "this is not a character that XML allows"},
        {XML_ERR_INVALID_CHARREF, '&', "this is not a character reference"},
        {XML_ERR_INVALID_HEX_CHARREF, '&', "this is not a character reference"},
        {XML_ERR_INVALID_DEC_CHARREF, '&', "this is not a character reference"},
        {XML_ERR_UNDECLARED_ENTITY, '&', "unknown entity; only &amp; &lt; &gt; &quot; &apos; and &#number; exist"},
        {XML_ERR_ENTITYREF_SEMICOL_MISSING, '&', "this reference does not end in a semicolon; a mere & is written &amp;"},
        {XML_ERR_HYPHEN_IN_COMMENT, '<', "\"--\" inside a comment"},
        {XML_ERR_RESERVED_XML_NAME, '<', "an XML declaration within an event"},
        {XML_NS_ERR_UNDEFINED_NAMESPACE, '<', "this prefix is not declared"},
        {XML_ERR_MISPLACED_CDATA_END, '\0', "\"]]>\" in a text"},
    };
    static const struct complaint other = {0, '\0', "this is no well-formed XML"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].code == code) return &known[i];
    return &other;
}

/* ---- Life ----------------------------------------------------------------------------------------------------------------------------------- */

/* The parser waits at a reference for its semicolon, which no later piece can have. */
static void look_for_reference(struct kr_event_xml *xml) {
    const xmlParserInput *input = xml->parser->input;
    if (xml->has_error || input == NULL || input->cur == NULL || input->cur >= input->end || *input->cur != '&') return;
    xml->has_error = true;
    xml->error = XML_ERR_ENTITYREF_SEMICOL_MISSING;
    xml->error_at = place_of(input);
}

static bool parse(struct kr_event_xml *xml, struct kr_text piece, bool is_last) {
    struct kr_xml_guard guard;
    kr_xml_enter(&guard, on_error, xml);
    xmlParseChunk(xml->parser, piece.data, (int)piece.size, is_last);
    kr_xml_leave(&guard);
    look_for_reference(xml);
    return !xml->has_error;
}

static bool start_parser(struct kr_event_xml *xml) {
    struct kr_xml_guard guard;
    xmlSAXHandler sax;
    memset(&sax, 0, sizeof sax);
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start_element;
    sax.endElementNs = on_end_element;
    sax.characters = sax.cdataBlock = sax.ignorableWhitespace = on_text;
    sax.getEntity = no_entity;
    sax.serror = on_error;
    kr_xml_enter(&guard, on_error, xml);
    xml->parser = xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL);
    if (xml->parser != NULL) xmlCtxtUseOptions(xml->parser, XML_PARSE_NONET);
    kr_xml_leave(&guard);
    xml->fed = sizeof opening - 1;
    return xml->parser != NULL && parse(xml, kr_text_of(opening), false);
}

struct kr_event_xml *kr_event_xml_new(const struct kmsrules_ruleset *ruleset, struct kr_text_input *input) {
    struct kr_event_xml *xml = kr_memory_take(1, sizeof *xml);
    if (xml == NULL) return NULL;
    xml->ruleset = ruleset;
    xml->input = input;
    if (start_parser(xml)) return xml;
    kr_event_xml_free(xml);
    return NULL;
}

void kr_event_xml_free(struct kr_event_xml *xml) {
    if (xml == NULL) return;
    if (xml->parser != NULL) xmlFreeParserCtxt(xml->parser);
    kr_buffer_free(&xml->texts);
    kr_memory_free(xml);
}

/* ---- Parts ---------------------------------------------------------------------------------------------------------------------------------- */

static struct kr_text text_of(const struct kr_event_xml *xml, const struct slot *slot) {
    if (!slot->is_there) return (struct kr_text){NULL, 0};
    return (struct kr_text){xml->texts.data == NULL ? "" : xml->texts.data + slot->start, slot->size};
}

static struct kr_text trim(struct kr_text text) {
    while (text.size > 0 && strchr(" \t\r\n", text.data[0]) != NULL) text = (struct kr_text){text.data + 1, text.size - 1};
    while (text.size > 0 && strchr(" \t\r\n", text.data[text.size - 1]) != NULL) text.size--;
    return text;
}

static enum kr_read_result refuse(const struct kr_event_text *event, struct kr_read_fault *fault, const char *text) {
    fault->line = event->line;
    fault->column = event->column;
    struct kr_buffer buffer = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&buffer, text);
    return KR_READ_BAD_ROW;
}

/* Where every field has a name that the columns of tables have, a CMID among them, by names. */
static bool take_named(const struct kr_event_xml *xml, struct kr_event_text *event) {
    if (xml->data_count == 0) return false;
    for (size_t i = 0; i < xml->data_count; i++) {
        struct kr_text name = text_of(xml, &xml->names[i]);
        uint32_t column = 0;
        while (column < xml->ruleset->event_column_count && !kr_text_equal_ignoring_case(name, xml->ruleset->event_columns[column].name)) column++;
        if (column == xml->ruleset->event_column_count) return false;
        event->parts[xml->ruleset->event_columns[column].part] = trim(text_of(xml, &xml->data[i]));
    }
    return event->parts[KR_EVENT_CMID].size > 0;
}

/* In the data one by one, in one of them as a list, or in the message. */
static enum kr_fields_found take_fields(const struct kr_event_xml *xml, struct kr_event_text *event, char *why) {
    struct kr_text fields[DATA_LIMIT];
    enum kr_fields_found found = KR_FIELDS_NONE;
    if (take_named(xml, event)) return KR_FIELDS_FOUND;
    memset(event->parts, 0, sizeof event->parts);
    for (size_t i = 0; i < xml->data_count; i++) fields[i] = trim(text_of(xml, &xml->data[i]));
    if (xml->data_count > 2) found = kr_event_fields_take(xml->ruleset, fields, xml->data_count, event, why);
    for (size_t i = 0; i < xml->data_count && i < 2 && found == KR_FIELDS_NONE; i++) found = kr_event_fields_find(xml->ruleset, fields[i], event, why);
    if (found == KR_FIELDS_NONE) found = kr_event_fields_find(xml->ruleset, text_of(xml, &xml->slots[SLOT_MESSAGE]), event, why);
    if (found == KR_FIELDS_NONE && xml->data_count > 0) found = kr_event_fields_take(xml->ruleset, fields, xml->data_count, event, why);
    return found;
}

/* One whose fields the tables know. */
static enum kr_read_result take_known(struct kr_event_xml *xml, struct kr_event_text *event, struct kr_read_fault *fault) {
    char why[KR_EVENT_WHY_SIZE];
    if (trim(text_of(xml, &xml->slots[SLOT_COMPUTER])).size == 0) return refuse(event, fault, "an <Event> without <Computer>");
    if (!xml->has_data && !xml->slots[SLOT_MESSAGE].is_there) return refuse(event, fault, "an <Event> without <EventData>");
    if (xml->data_count > DATA_LIMIT) return refuse(event, fault, "an <Event> with more than 32 <Data>");
    enum kr_fields_found found = take_fields(xml, event, why);
    event->parts[KR_EVENT_COMPUTER] = trim(text_of(xml, &xml->slots[SLOT_COMPUTER]));
    event->parts[KR_EVENT_RECORD_ID] = trim(text_of(xml, &xml->slots[SLOT_RECORD_ID]));
    event->parts[KR_EVENT_LOGGED] = trim(text_of(xml, &xml->slots[SLOT_LOGGED]));
    event->is_logged_in_utc = true;
    if (found == KR_FIELDS_FOUND) return KR_READ_ROW;
    return refuse(event, fault, found == KR_FIELDS_BROKEN ? why : "an <Event> without the fields of its kind");
}

/* Damaged, whoever logged it. */
static bool resembles_event(const struct kr_event_xml *xml, int id) {
    struct kr_text fields[DATA_LIMIT];
    char why[KR_EVENT_WHY_SIZE];
    struct kr_event_text event = {.id = id};
    size_t count = xml->data_count < DATA_LIMIT ? xml->data_count : DATA_LIMIT;
    for (size_t i = 0; i < count; i++) fields[i] = trim(text_of(xml, &xml->data[i]));
    for (size_t i = 0; i < count; i++)
        if (kr_event_fields_find(xml->ruleset, fields[i], &event, why) != KR_FIELDS_NONE) return true;
    return kr_event_fields_resemble(xml->ruleset, id, fields, count) || kr_event_fields_find(xml->ruleset, text_of(xml, &xml->slots[SLOT_MESSAGE]), &event, why) != KR_FIELDS_NONE;
}

static enum kr_read_result take_event(struct kr_event_xml *xml, struct kr_event_text *event, struct kr_read_fault *fault) {
    char why[KR_EVENT_WHY_SIZE];
    uint64_t id;
    struct kr_text written = trim(text_of(xml, &xml->slots[SLOT_ID]));
    if (written.data == NULL) return refuse(event, fault, "an <Event> without <EventID>");
    if (!kr_text_number(written, 0, 65535, &id)) {
        kr_event_say(why, "<EventID>", written, " is no number from 0 to 65535");
        return refuse(event, fault, why);
    }
    event->id = (int)id;
    if (!kr_event_fields_has(xml->ruleset, event->id)) return KR_READ_ROW;
    enum kr_read_result result = take_known(xml, event, fault);
    event->is_foreign = result == KR_READ_BAD_ROW && kr_event_is_foreign(xml->ruleset, text_of(xml, &xml->slots[SLOT_PROVIDER])) && !resembles_event(xml, event->id);
    return event->is_foreign ? KR_READ_ROW : result;
}

/* ---- Pieces --------------------------------------------------------------------------------------------------------------------------------- */

static enum kr_read_result stop_at(struct kr_event_xml *xml, struct kr_read_fault *fault, size_t offset, const char *text) {
    struct kr_text_place place = kr_text_input_place(xml->input, offset < xml->input->size ? offset : xml->input->size);
    *fault = (struct kr_read_fault){.line = place.line, .column = place.column};
    struct kr_buffer buffer = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&buffer, text);
    return KR_READ_STOPPED;
}

static enum kr_read_result judge_error(struct kr_event_xml *xml, struct kr_read_fault *fault, size_t size) {
    uint64_t offset = xml->error_at < xml->fed ? 0 : xml->error_at - xml->fed;
    if (xml->error == XML_ERR_NO_MEMORY) return KR_READ_NO_MEMORY;
    const struct complaint *complaint = complaint_of(xml->error);
    const char *text = xml->input->window;
    size_t at = offset < size ? (size_t)offset : size;
    bool is_reference = xml->error == XML_ERR_INVALID_CHAR && at > 0 && text[at - 1] == ';'; /* to a character that is none: libxml2 says the same of both */
    char mark = is_reference ? '&' : complaint->mark;
    for (size_t i = at; mark != '\0' && i > 0; i--) {
        if (text[i - 1] != mark) continue;
        at = i - 1;
        break;
    }
    return stop_at(xml, fault, at, complaint->text);
}

/* ROW: it was right. */
static enum kr_read_result parse_piece(struct kr_event_xml *xml, size_t size, struct kr_read_fault *fault) {
    if (!parse(xml, (struct kr_text){xml->input->window, size}, false)) return judge_error(xml, fault, size);
    xml->fed += size;
    return KR_READ_ROW;
}

/* libxml2 leaves a text alone until something follows it, which is given to it at once: what is wrong has its place in this piece. */
static enum kr_read_result parse_between(struct kr_event_xml *xml, size_t size, struct kr_read_fault *fault) {
    enum kr_read_result result = parse_piece(xml, size, fault);
    if (result != KR_READ_ROW) return result;
    if (!parse(xml, kr_text_of(nothing), false)) {
        xml->fed -= size;
        return judge_error(xml, fault, size);
    }
    xml->fed += sizeof nothing - 1;
    return KR_READ_ROW;
}

static enum kr_read_result read_event(struct kr_event_xml *xml, size_t size, struct kr_event_text *event, struct kr_read_fault *fault) {
    struct kr_text_place place = kr_text_input_place(xml->input, 0);
    *event = (struct kr_event_text){.line = place.line, .column = place.column};
    xml->is_complete = false;
    enum kr_read_result result = parse_piece(xml, size, fault);
    if (result != KR_READ_ROW) return result;
    if (!xml->is_complete || xml->depth > 0 || xml->texts.has_failed) return KR_READ_NO_MEMORY; /* the parser says nothing of some allocations that fail */
    kr_text_input_consume(xml->input, size);
    return take_event(xml, event, fault);
}

static enum kr_read_result finish(struct kr_event_xml *xml, struct kr_read_fault *fault) {
    if (!xml->scan.has_event && !xml->scan.has_list) return stop_at(xml, fault, 0, "XML without an <Event>: export the log with wevtutil qe LOG /f:xml");
    if (!xml->is_finished && !parse(xml, kr_text_of(closing), true)) return judge_error(xml, fault, 0);
    xml->is_finished = true;
    return KR_READ_END;
}

static enum kr_read_result fill(struct kr_event_xml *xml, struct kr_read_fault *fault) {
    switch (kr_text_input_fill(xml->input)) {
    case KR_TEXT_ADDED: return KR_READ_ROW;
    case KR_TEXT_MORE: return KR_READ_MORE;
    case KR_TEXT_END: xml->is_last = true; return KR_READ_ROW;
    case KR_TEXT_STOPPED: *fault = xml->input->fault; return KR_READ_STOPPED;
    default: return KR_READ_NO_MEMORY;
    }
}

/* MORE: go on. */
static enum kr_read_result take_piece(struct kr_event_xml *xml, enum kr_scan_result scanned, size_t size, struct kr_event_text *event, struct kr_read_fault *fault) {
    enum kr_read_result result;
    switch (scanned) {
    case KR_SCAN_EVENT: return read_event(xml, size, event, fault);
    case KR_SCAN_FAULT: return stop_at(xml, fault, xml->scan.at, xml->scan.what);
    case KR_SCAN_END: return finish(xml, fault);
    case KR_SCAN_STRAY: stop_at(xml, fault, xml->scan.at, "text between the events, which is not read"); return KR_READ_BAD_ROW;
    case KR_SCAN_PIECE: result = parse_between(xml, size, fault); break;
    default: result = KR_READ_ROW;
    }
    if (result != KR_READ_ROW) return result;
    kr_text_input_consume(xml->input, size);
    return KR_READ_MORE;
}

enum kr_read_result kr_event_xml_next(struct kr_event_xml *xml, struct kr_event_text *event, struct kr_read_fault *fault) {
    event->id = 0;
    for (;;) {
        size_t size = 0;
        enum kr_scan_result scanned = kr_event_scan_next(&xml->scan, (struct kr_text){xml->input->window, xml->input->size}, xml->is_last, &size);
        enum kr_read_result result = scanned == KR_SCAN_MORE ? fill(xml, fault) : take_piece(xml, scanned, size, event, fault);
        bool goes_on = scanned == KR_SCAN_MORE ? result == KR_READ_ROW : result == KR_READ_MORE;
        if (!goes_on) return result;
    }
}
