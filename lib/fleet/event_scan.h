/* Cuts a stream of XML into what can be parsed by itself: a whole <Event>, or what stands between events. In: text from where the last piece ended. Out: pieces, or what is
 * refused before a parser sees it: a DOCTYPE, too many attributes, too deep, too long, an end too early. Knows brackets and quotes; whether the XML is right is the parser's.
 *
 *   <Events> <Event>…</Event> <Event>…</Event> </Events>       pieces: "<Events> ", an event, " ", an event, " </Events>"
 */
#ifndef KR_EVENT_SCAN_H
#define KR_EVENT_SCAN_H

#include "fleet/reader.h"

#define KR_XML_DEPTH_LIMIT 32
#define KR_XML_ATTRIBUTE_LIMIT 64

enum kr_scan_result {
    KR_SCAN_MORE,  /* more text is needed behind this one */
    KR_SCAN_PIECE, /* [0, size) is no event; it may be parsed or thrown away */
    KR_SCAN_SKIP,  /* [0, size) is an XML declaration, which is not for a parser that is in the middle */
    KR_SCAN_EVENT, /* [0, size) is one */
    KR_SCAN_STRAY, /* text between events, from `at` on; nothing is used up */
    KR_SCAN_END,
    KR_SCAN_FAULT  /* at `at`: `what` */
};

/* All zero at the start. Offsets are from the start of the text that is given, of which a piece is taken off the front before the next call. */
struct kr_event_scan {
    size_t at;             /* of STRAY and FAULT */
    const char *what;
    bool has_event, has_list; /* an <Event>, a root <Events> was seen */

    /* Private. */
    uint8_t state;
    char quote;
    size_t next, tag; /* all before `next` is looked at; where the tag, comment … starts */
    uint32_t depth, event_depth, attribute_count;
    bool is_in_event, is_stray_said;
};

enum kr_scan_result kr_event_scan_next(struct kr_event_scan *scan, struct kr_text text, bool is_last, size_t *size);

#endif
