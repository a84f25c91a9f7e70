/* Which files a ruleset is made of. In: the roots and their <include> elements. Out: the model's files with their bytes, read into entries. */
#ifndef KR_INCLUDE_H
#define KR_INCLUDE_H

#include "table/model.h"

/* A table offered from memory. */
struct kr_provided {
    const char *path;
    struct kr_text bytes;
};

/* One <include>: which file asked for which. */
struct kr_include {
    uint32_t from, to, entry;
};

struct kr_loader {
    struct kr_model model;
    struct kr_problems problems;
    kmsrules_limits limits;
    struct kr_arena arena; /* bytes and paths of files */
    struct kr_provided *provided;
    size_t provided_count, provided_capacity;
    struct kr_include *includes;
    size_t include_count, include_capacity;
    uint32_t layer_count;
};

bool kr_loader_provide(struct kr_loader *loader, const char *path, struct kr_text bytes);
/* Reads a root and everything it includes as the next layer. Problems tell what went wrong; `problems.status` is NO_MEMORY when memory ran out. */
void kr_loader_add(struct kr_loader *loader, const char *file_or_name);
/* Includes that lead back to themselves. */
void kr_loader_check_cycles(struct kr_loader *loader);
void kr_loader_free(struct kr_loader *loader);

#endif
