/* See xml.h. */
#include "base/xml.h"

#include <pthread.h>
#include <libxml/parser.h>

void kr_xml_enter(struct kr_xml_guard *guard, xmlStructuredErrorFunc handler, void *context) {
    static pthread_once_t is_initialized = PTHREAD_ONCE_INIT;
    pthread_once(&is_initialized, xmlInitParser);
    *guard = (struct kr_xml_guard){xmlStructuredError, xmlStructuredErrorContext};
    xmlSetStructuredErrorFunc(context, handler);
}

void kr_xml_leave(const struct kr_xml_guard *guard) { xmlSetStructuredErrorFunc(guard->host_context, guard->host_handler); }
