/* The tables as authored: one entry per element, in reading order, with its place and its attributes as written. In: elements. Out: entries.
 *
 *   entries   [source|release|edition|edition|key-group|covers|…]      attributes of an entry: a run of (kind, text) pairs
 *                       ▲──parent─┘ ▲──parent──────────┘               files: where each entry was read from, and of which layer */
#ifndef KR_MODEL_H
#define KR_MODEL_H

#include "base/memory.h"
#include "kmsrules/kmsrules.h"
#include "table/problems.h"
#include "table/shape.h"

struct kr_entry_attribute {
    enum kr_attribute_kind kind;
    struct kr_text text; /* ends in NUL, in the model's arena */
};

struct kr_entry {
    enum kr_element_kind kind;
    struct kr_at at;
    uint32_t layer;
    uint32_t parent;    /* entry, KMSRULES_NONE at the top level of a file */
    bool is_unsound;    /* a problem was found in it: later stages leave it out */
    bool is_replaced;   /* a later layer replaces it, or what it stands in */
    struct kr_entry_attribute *attributes;
    size_t attribute_count;
};

struct kr_model_file {
    const char *path;     /* as shown */
    const char *resolved; /* links followed; what makes two names one file */
    struct kr_text bytes;
    const char *sha256; /* of the bytes where it is known already, or NULL */
    uint32_t layer;
    uint32_t includer; /* the file that first asked for it, KMSRULES_NONE: a root */
    size_t depth;      /* 1: a root */
    enum { KR_FILE_ON_DISK, KR_FILE_BUILT_IN, KR_FILE_PROVIDED } origin;
    const char *root; /* folder that includes must stay below, resolved */
};

struct kr_model {
    struct kr_arena arena;
    struct kr_entry *entries;
    size_t entry_count, entry_capacity;
    struct kr_model_file *files;
    size_t file_count, file_capacity;
    bool has_failed; /* out of memory */
};

/* Reads the elements of one file of the model into entries. */
void kr_model_read(struct kr_model *model, uint32_t file, const kmsrules_limits *limits, struct kr_problems *problems);
/* The text of an attribute; `data` NULL when it is not there. */
struct kr_text kr_entry_get(const struct kr_entry *entry, enum kr_attribute_kind kind);
/* How many entries are of this kind. */
size_t kr_model_count(const struct kr_model *model, enum kr_element_kind kind);
/* The path, as shown, of the file an entry was read from. */
const char *kr_model_path(const struct kr_model *model, uint32_t entry);
/* A document for questions of place in a file that was read. */
struct kr_document kr_model_document(const struct kr_model *model, uint32_t file);
/* The place of an attribute of an entry, or of the byte at `offset` of its value (SIZE_MAX: of its name). */
struct kr_at kr_model_at(const struct kr_model *model, const struct kr_entry *entry, enum kr_attribute_kind kind, size_t offset);
void kr_model_free(struct kr_model *model);

#endif
