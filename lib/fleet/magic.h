/* Files that are not the text that is wanted, known by their first bytes. In: these bytes. Out: what the file is and how to get one out of it, or NULL. */
#ifndef KR_MAGIC_H
#define KR_MAGIC_H

#include "base/text.h"

enum { KR_MAGIC_SIZE = 64 }; /* bytes that decide */

enum kr_wanted {
    KR_WANTS_INVENTORY,
    KR_WANTS_EVENTS, /* an export of them, which may be XML */
    KR_WANTS_PRINT,  /* what a command prints */
    KR_WANTED_COUNT
};

const char *kr_magic_of_bytes(struct kr_text bytes, enum kr_wanted wanted); /* as they are in the file: archives, workbooks, logs, databases */
const char *kr_magic_of_text(struct kr_text text, enum kr_wanted wanted);   /* in UTF-8, without a byte order mark: XML, HTML, registry exports */

#endif
