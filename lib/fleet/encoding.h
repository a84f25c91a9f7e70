/* Names of encodings, and what the first bytes of a file say about its encoding. In: names and bytes. Out: one of these. */
#ifndef KR_ENCODING_H
#define KR_ENCODING_H

#include "base/text.h"

enum kr_encoding {
    KR_ENCODING_UNKNOWN,
    KR_ENCODING_UTF8,
    KR_ENCODING_UTF16, /* of either byte order: little-endian if no mark says otherwise, as Windows means it */
    KR_ENCODING_UTF16LE,
    KR_ENCODING_UTF16BE,
    KR_ENCODING_UTF32,
    KR_ENCODING_UTF32LE,
    KR_ENCODING_UTF32BE,
    KR_ENCODING_OTHER /* whatever iconv(3) makes of the name */
};

/* "utf-8", "UTF16LE", "windows-1252"; unknown for what cannot be a name: empty, over 63 bytes, or with characters that iconv_open() takes for orders. */
enum kr_encoding kr_encoding_of_name(struct kr_text name);
const char *kr_encoding_name(enum kr_encoding encoding);

/* By the byte order mark at the start, whose size is written; unknown (and 0) without one. */
enum kr_encoding kr_encoding_of_mark(struct kr_text bytes, size_t *size);
/* Whether a file with this mark can be what the caller called it. */
bool kr_encoding_agrees(enum kr_encoding named, enum kr_encoding mark);
/* UTF-16 of one byte order when (nearly) every second byte is NUL, unknown else. */
enum kr_encoding kr_encoding_of_nuls(struct kr_text bytes);

#endif
