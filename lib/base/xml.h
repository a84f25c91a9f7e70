/* What every parser of XML here needs of libxml2 besides its own work: its one initialization, and the error handler of the application around us, which is kept. */
#ifndef KR_XML_H
#define KR_XML_H

#include <libxml/xmlerror.h>

struct kr_xml_guard {
    xmlStructuredErrorFunc host_handler;
    void *host_context;
};

/* What libxml2 cannot tie to a parser of ours goes to the handler from here on, on this thread. The first call of a process initializes libxml2, once for all threads. The first
 * call of each thread makes that thread's state inside libxml2, which 2.9.14 does not survive when there is no memory at all: nothing here can prevent it, see
 * docs/architecture.md. */
void kr_xml_enter(struct kr_xml_guard *guard, xmlStructuredErrorFunc handler, void *context);
/* The application's handler is back. */
void kr_xml_leave(const struct kr_xml_guard *guard);

#endif
