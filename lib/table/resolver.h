/* The state of resolving and what its files share: declare.c (ids), refer.c (references and lists), resolve.c (things and rows). */
#ifndef KR_RESOLVER_H
#define KR_RESOLVER_H

#include "table/resolve.h"

struct kr_resolver {
    struct kr_tables *tables;
    struct kr_model *model;
    const kmsrules_limits *limits;
    struct kr_problems *problems;
    uint32_t *edition_marks, *symbol_marks; /* [edition], [symbol]: the list that took it last */
    uint32_t mark;
    kmsrules_id *scratch; /* a list while it is expanded */
    size_t scratch_count, scratch_capacity;
};

/* declare.c: every id once. Room for all symbols; then all of them, numbered. False when out of memory. */
bool kr_declare_all(struct kr_resolver *resolver);

/* refer.c: what a word names. Unknown ones are reported and left out. */
const struct kr_symbol *kr_refer(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space); /* NULL: absent or unknown */
uint32_t kr_index_of(const struct kr_symbol *symbol);                                                                                  /* KMSRULES_NONE for NULL */
struct kr_ids kr_refer_list(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_space space);
struct kr_ids kr_refer_itself(struct kr_resolver *resolver, uint32_t index);
struct kr_at kr_word_at(const struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, struct kr_text word);
/* A list of editions, releases and sets as editions; kr_expand() complains of one that comes out empty. */
struct kr_ids kr_expand(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members);
struct kr_ids kr_expand_quietly(struct kr_resolver *resolver, uint32_t entry, enum kr_attribute_kind attribute, enum kr_members members);

#endif
