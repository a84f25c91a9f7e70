/* Files that are no inventory, or no export of events, in text, known by their first bytes. In: these bytes. Out: what the file is and how to get one out of it, or NULL. */
#ifndef KR_MAGIC_H
#define KR_MAGIC_H

#include "base/text.h"

enum { KR_MAGIC_SIZE = 64 }; /* bytes that decide */

const char *kr_magic_of_bytes(struct kr_text bytes, bool is_for_events); /* as they are in the file: archives, workbooks, logs, databases */
const char *kr_magic_of_text(struct kr_text text, bool is_for_events);   /* in UTF-8, without a byte order mark: XML, HTML, registry exports */

#endif
