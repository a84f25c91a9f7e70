/* What is refused before libxml2 sees a byte: all that it would accept silently, slowly or by reading other files. */
#ifndef KR_BYTES_H
#define KR_BYTES_H

#include "table/document.h"

/* False when the bytes are no table, with a problem added. Leaves a byte order mark out of the document's text. */
bool kr_document_check_bytes(struct kr_document *document, struct kr_text bytes);

#endif
