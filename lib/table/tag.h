/* The raw text of a tag: where its attributes stand. The parser hands out their values only. In: the bytes of a file and offsets. Out: offsets and places. */
#ifndef KR_TAG_H
#define KR_TAG_H

#include "table/document.h"

/* An attribute of the tag being scanned: offsets of its name and of its raw value. */
struct kr_raw_attribute {
    size_t name, name_end, value, value_end;
};

/* The next attribute from *offset on, which moves behind it; false at the end of the tag. */
bool kr_tag_next_attribute(struct kr_text text, size_t *offset, struct kr_raw_attribute *attribute);
/* Offset behind the name of the tag that starts at `tag`. */
size_t kr_tag_name_end(struct kr_text text, size_t tag);
bool kr_tag_is_name_end(char c);
/* Offset of the first byte from `offset` on that is no blank. */
size_t kr_tag_skip_blanks(struct kr_text text, size_t offset);
/* The place of an offset in a document. */
struct kr_at kr_document_at(const struct kr_document *document, size_t offset);

#endif
