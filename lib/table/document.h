/* XML bytes → elements with exact places. The only place that knows libxml2. In: the bytes of one file. Out: calls to a reader, problems. */
#ifndef KR_DOCUMENT_H
#define KR_DOCUMENT_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"
#include "table/problems.h"

/* One file while it is read. */
struct kr_document {
    struct kr_text text; /* without a byte order mark, which offsets and columns do not count */
    uint32_t file;
    const kmsrules_limits *limits;
    struct kr_problems *problems;
};

struct kr_attribute {
    struct kr_text name;
    struct kr_text value; /* references resolved */
    bool has_prefix;
};

struct kr_element {
    struct kr_text name;
    struct kr_text namespace_name; /* empty: none */
    struct kr_at at;
    const struct kr_attribute *attributes;
    size_t attribute_count;
};

/* Is told every element in order; what it returns false for ends the file. Its texts live during the call only. */
struct kr_reader {
    void *target;
    bool (*open)(void *target, const struct kr_document *document, const struct kr_element *element);
    void (*close)(void *target);
};

/* Reads one file; `bytes` as they lie on disk. Whatever is wrong with it is added to the problems. `document` is set up for later questions of place. */
void kr_document_read(struct kr_document *document, struct kr_text bytes, const struct kr_reader *reader);

/* In attributes the parser leaves one reference unresolved, that to "&" itself. Resolves it in place, in a value with a closing NUL; returns the new size. */
size_t kr_document_unescape(char *value, size_t size);

/* The place of an attribute's name in the tag at `element`, or of the `offset`th byte of its value when `offset` is not SIZE_MAX. */
struct kr_at kr_document_attribute_at(const struct kr_document *document, struct kr_at element, struct kr_text attribute, size_t offset);
/* The place of the name of an attribute with a prefix: one of another vocabulary, or a mistake. */
struct kr_at kr_document_foreign_attribute_at(const struct kr_document *document, struct kr_at element, struct kr_text local);

/* As many elements or attributes as the limit allows and the bytes can hold: limits may be far beyond what memory holds. */
size_t kr_document_most(size_t limit, struct kr_text bytes);

#endif
