/* See event_scan.h. */
#include "fleet/event_scan.h"

enum { PIECE_SIZE = 32 * 1024 }; /* of what is no event, and the rest of its last tag: where it is cut does not depend on the portions it came in */

enum { IN_TEXT, AT_MARK, IN_TAG, IN_COMMENT, IN_CDATA, IN_INSTRUCTION }; /* states */

static const char markup_too_long[] = "a tag, comment or text of more than 1048576 bytes";
static const char event_too_long[] = "an <Event> of more than 1048576 bytes";

static enum kr_scan_result fail(struct kr_event_scan *scan, size_t at, const char *what) {
    scan->at = at;
    scan->what = what;
    return KR_SCAN_FAULT;
}

/* The piece is taken off: what was reckoned from its start is reckoned from its end. */
static enum kr_scan_result cut(struct kr_event_scan *scan, size_t at, enum kr_scan_result result, size_t *size) {
    *size = at;
    scan->next -= at;
    scan->tag = scan->tag > at ? scan->tag - at : 0;
    return result;
}

static bool starts_with(struct kr_text text, size_t at, const char *start) {
    size_t size = strlen(start);
    return text.size - at >= size && memcmp(text.data + at, start, size) == 0;
}

/* The name in the tag that starts at `at`, without a prefix. */
static struct kr_text local_name(struct kr_text text, size_t at) {
    size_t start = at + 1 + (text.data[at + 1] == '/'), end = start;
    for (; end < text.size && !kr_is_space(text.data[end]) && text.data[end] != '>' && text.data[end] != '/'; end++)
        if (text.data[end] == ':') start = end + 1;
    return (struct kr_text){text.data + start, end - start};
}

/* ---- What is used up ------------------------------------------------------------------------------------------------------------------------ */

static enum kr_scan_result run_out(struct kr_event_scan *scan, struct kr_text text, bool is_last, size_t *size) {
    static const char *const ends[] = {NULL, "the file ends within this tag", "the file ends within this tag", "the comment opened here is not closed", "the CDATA section opened here is not closed",
                                       "the processing instruction opened here is not closed"};
    bool is_whole = scan->state == IN_TEXT;
    if (scan->is_in_event && text.size > KR_ROW_SIZE_LIMIT) return fail(scan, 0, event_too_long);
    if (!scan->is_in_event && text.size - scan->tag > KR_ROW_SIZE_LIMIT) return fail(scan, scan->tag, markup_too_long);
    if (is_last && !is_whole) return fail(scan, scan->tag, ends[scan->state]);
    if (is_last && scan->is_in_event) return fail(scan, 0, "the file ends within this <Event>");
    if (is_last && text.size > 0) return cut(scan, text.size, KR_SCAN_PIECE, size);
    if (is_last && scan->depth > 0) return fail(scan, text.size, "the file ends before its last element is closed");
    return is_last ? KR_SCAN_END : KR_SCAN_MORE;
}

/* Whatever the portions it came in. Back among text otherwise. */
static bool is_too_long(struct kr_event_scan *scan, enum kr_scan_result *result) {
    bool is_long = !scan->is_in_event && scan->next - scan->tag > KR_ROW_SIZE_LIMIT;
    if (is_long) *result = fail(scan, scan->tag, markup_too_long);
    scan->state = IN_TEXT;
    return is_long;
}

/* ---- Text between tags ---------------------------------------------------------------------------------------------------------------------- */

/* Between events, and beside them in a list: what else a foreign document holds is its own business. */
static bool finds_stray(struct kr_event_scan *scan, struct kr_text text, size_t end) {
    if (scan->is_in_event || scan->depth > 1 || scan->is_stray_said) return false;
    for (size_t i = scan->next; i < end; i++) {
        if (kr_is_space(text.data[i])) continue;
        scan->is_stray_said = true;
        scan->at = i;
        return true;
    }
    return false;
}

/* To the next "<". */
static bool pass_text(struct kr_event_scan *scan, struct kr_text text, enum kr_scan_result *result) {
    const char *mark = scan->next < text.size ? memchr(text.data + scan->next, '<', text.size - scan->next) : NULL;
    size_t end = mark == NULL ? text.size : (size_t)(mark - text.data);
    if (finds_stray(scan, text, end)) return *result = KR_SCAN_STRAY, false;
    scan->next = end;
    if (mark == NULL || is_too_long(scan, result)) return false;
    scan->tag = end;
    scan->state = AT_MARK;
    return true;
}

/* ---- Marks ---------------------------------------------------------------------------------------------------------------------------------- */

/* What stands at "<", once enough of it is there. */
static bool pass_mark(struct kr_event_scan *scan, struct kr_text text, bool is_last, enum kr_scan_result *result) {
    enum { LONGEST = 9 }; /* "<![CDATA[" */
    if (text.size - scan->tag < LONGEST && !is_last) return false;
    scan->is_stray_said = false;
    scan->attribute_count = 0;
    scan->quote = '\0';
    if (starts_with(text, scan->tag, "<!--")) scan->state = IN_COMMENT, scan->next = scan->tag + 4;
    else if (starts_with(text, scan->tag, "<![CDATA[")) scan->state = IN_CDATA, scan->next = scan->tag + 9;
    else if (starts_with(text, scan->tag, "<!")) return *result = fail(scan, scan->tag, "DOCTYPE is not allowed in an export of events; delete it"), false;
    else if (starts_with(text, scan->tag, "<?")) scan->state = IN_INSTRUCTION, scan->next = scan->tag + 2;
    else scan->state = IN_TAG, scan->next = scan->tag + 1;
    return true;
}

/* To behind `end`, of which the last byte is '>', and which shares none with `start`. */
static bool pass_to(struct kr_event_scan *scan, struct kr_text text, const char *start, const char *end) {
    size_t size = strlen(end), least = scan->tag + strlen(start) + size;
    for (;;) {
        const char *found = scan->next < text.size ? memchr(text.data + scan->next, '>', text.size - scan->next) : NULL;
        scan->next = found == NULL ? text.size : (size_t)(found - text.data) + 1;
        if (found == NULL) return false;
        if (scan->next >= least && memcmp(text.data + scan->next - size, end, size) == 0) return true;
    }
}

/* To behind the tag's '>'; false at the end of the text or for a fault. */
static bool pass_tag(struct kr_event_scan *scan, struct kr_text text, enum kr_scan_result *result) {
    for (; scan->next < text.size; scan->next++) {
        char c = text.data[scan->next];
        if (scan->quote != '\0') {
            if (c == '<') return *result = fail(scan, scan->tag, "\"<\" in an attribute value must be written &lt;"), false; /* libxml2 would go on only behind the tag */
            if (c == scan->quote) scan->quote = '\0';
        } else if (c == '"' || c == '\'') {
            scan->quote = c;
            if (++scan->attribute_count > KR_XML_ATTRIBUTE_LIMIT) return *result = fail(scan, scan->tag, "more than 64 attributes in one tag"), false;
        } else if (c == '<') {
            return *result = fail(scan, scan->tag, "the tag is not closed; add >"), false;
        } else if (c == '>') {
            scan->next++;
            return true;
        }
    }
    return false;
}

/* ---- Elements ------------------------------------------------------------------------------------------------------------------------------- */

static bool close_element(struct kr_event_scan *scan, enum kr_scan_result *result, size_t *size) {
    if (scan->depth == 0) return *result = fail(scan, scan->tag, "this tag closes nothing"), false;
    scan->depth--;
    if (!scan->is_in_event || scan->depth != scan->event_depth) return true;
    scan->is_in_event = false;
    if (scan->next > KR_ROW_SIZE_LIMIT) return *result = fail(scan, 0, event_too_long), false;
    *result = cut(scan, scan->next, KR_SCAN_EVENT, size);
    return false;
}

/* What stands before an event is a piece of its own. */
static bool open_element(struct kr_event_scan *scan, struct kr_text text, enum kr_scan_result *result, size_t *size) {
    struct kr_text name = local_name(text, scan->tag);
    bool is_empty = text.data[scan->next - 2] == '/', starts_event = !scan->is_in_event && kr_text_is(name, "Event");
    if (starts_event && scan->tag > 0) {
        scan->state = AT_MARK;
        scan->next = scan->tag;
        return *result = cut(scan, scan->tag, KR_SCAN_PIECE, size), false;
    }
    if (scan->depth == KR_XML_DEPTH_LIMIT) return *result = fail(scan, scan->tag, "elements are nested deeper than 32"), false;
    if (scan->depth == 0 && kr_text_is(name, "Events")) scan->has_list = true;
    if (starts_event) {
        scan->is_in_event = scan->has_event = true;
        scan->event_depth = scan->depth;
    }
    scan->depth++;
    return is_empty ? close_element(scan, result, size) : true;
}

static bool is_declaration(const struct kr_event_scan *scan, struct kr_text text) {
    return !scan->is_in_event && starts_with(text, scan->tag, "<?xml") && (kr_is_space(text.data[scan->tag + 5]) || text.data[scan->tag + 5] == '?');
}

/* An XML declaration stands at the start of each file that others were joined to. */
static bool end_instruction(struct kr_event_scan *scan, struct kr_text text, enum kr_scan_result *result, size_t *size) {
    if (!is_declaration(scan, text)) return true;
    if (scan->tag > 0) {
        scan->state = AT_MARK;
        scan->next = scan->tag;
        return *result = cut(scan, scan->tag, KR_SCAN_PIECE, size), false;
    }
    return *result = cut(scan, scan->next, KR_SCAN_SKIP, size), false;
}

/* One step; false when there is a result, or (`*result` MORE) the text is used up. */
static bool step(struct kr_event_scan *scan, struct kr_text text, bool is_last, enum kr_scan_result *result, size_t *size) {
    uint8_t state = scan->state;
    *result = KR_SCAN_MORE;
    switch (state) {
    case IN_TEXT: return pass_text(scan, text, result);
    case AT_MARK: return pass_mark(scan, text, is_last, result);
    case IN_TAG:
        if (!pass_tag(scan, text, result) || is_too_long(scan, result)) return false;
        return text.data[scan->tag + 1] == '/' ? close_element(scan, result, size) : open_element(scan, text, result, size);
    case IN_INSTRUCTION:
        if (!pass_to(scan, text, "<?", "?>") || is_too_long(scan, result)) return false;
        return end_instruction(scan, text, result, size);
    default:
        return pass_to(scan, text, state == IN_CDATA ? "<![CDATA[" : "<!--", state == IN_CDATA ? "]]>" : "-->") && !is_too_long(scan, result);
    }
}

/* What is wrong with the text before comes first, which the parser alone may know: it is a piece of its own, and what was found is found again. */
static enum kr_scan_result cut_before(struct kr_event_scan *scan, struct kr_text text, enum kr_scan_result found, size_t *size) {
    scan->state = found == KR_SCAN_STRAY || text.data[scan->at] != '<' ? IN_TEXT : AT_MARK;
    scan->is_stray_said = false;
    scan->next = scan->at;
    return cut(scan, scan->at, KR_SCAN_PIECE, size);
}

enum kr_scan_result kr_event_scan_next(struct kr_event_scan *scan, struct kr_text text, bool is_last, size_t *size) {
    enum kr_scan_result result;
    while (step(scan, text, is_last, &result, size)) {
        if (scan->state != IN_TEXT) continue;
        scan->tag = scan->next; /* where the text starts */
        if (!scan->is_in_event && scan->next >= PIECE_SIZE) return cut(scan, scan->next, KR_SCAN_PIECE, size);
    }
    if (result == KR_SCAN_MORE) result = run_out(scan, text, is_last, size);
    bool is_said = result == KR_SCAN_STRAY || (result == KR_SCAN_FAULT && !scan->is_in_event);
    return is_said && scan->at > 0 && scan->at < text.size ? cut_before(scan, text, result, size) : result;
}
