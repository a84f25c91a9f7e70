/* Events out of XML, of wevtutil or the event viewer. In: a text input. Out: the parts of one event a call. Knows libxml2, as lib/table/document.c does. */
#ifndef KR_EVENT_XML_H
#define KR_EVENT_XML_H

#include "fleet/event_fields.h"
#include "fleet/text_input.h"

struct kr_event_xml;

struct kr_event_xml *kr_event_xml_new(const struct kmsrules_ruleset *ruleset, struct kr_text_input *input); /* NULL: no memory; both must live as long */
void kr_event_xml_free(struct kr_event_xml *xml);
/* `event` is written with KR_READ_ROW: an event of an id that the tables know the fields of has them. With KR_READ_BAD_ROW and KR_READ_STOPPED `fault` is; `event->id` is 0, or the
 * id of the event that cannot be read. After KR_READ_NO_MEMORY there is no going on. */
enum kr_read_result kr_event_xml_next(struct kr_event_xml *xml, struct kr_event_text *event, struct kr_read_fault *fault);

#endif
