/* Ids of 16 bytes as text: 8-4-4-4-12 hexadecimal digits. */
#ifndef KR_GUID_H
#define KR_GUID_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"

/* In either case. False and untouched when the text is none. */
bool kr_guid_of(struct kr_text text, kmsrules_guid *guid);
void kr_guid_add(struct kr_buffer *buffer, const kmsrules_guid *guid); /* in lower case */

#endif
