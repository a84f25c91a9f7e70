/* See model.h. */
#include "table/model.h"

#include <string.h>

/* The reader's state while one file is read: which entry each open element became. */
struct open_entry {
    enum kr_element_kind kind;
    uint32_t entry;
};

struct model_reader {
    struct kr_model *model;
    const kmsrules_limits *limits;
    struct kr_problems *problems;
    uint32_t layer;
    struct open_entry *open; /* [element_depth] */
    size_t depth;
    size_t skipped_depth; /* open elements below one that cannot stand there: their contents are not judged */
};

static size_t count_given(const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    size_t count = 0;
    for (size_t i = 0; i < KR_ATTRIBUTE_COUNT; i++) count += values[i].data != NULL;
    return count;
}

static bool copy_attributes(struct kr_arena *arena, const struct kr_text values[KR_ATTRIBUTE_COUNT], struct kr_entry *entry) {
    entry->attribute_count = 0;
    entry->attributes = kr_arena_take(arena, count_given(values), sizeof *entry->attributes);
    if (entry->attributes == NULL) return false;
    for (size_t i = 0; i < KR_ATTRIBUTE_COUNT; i++) {
        if (values[i].data == NULL) continue;
        char *copy = kr_arena_copy(arena, values[i].data, values[i].size);
        if (copy == NULL) return false;
        entry->attributes[entry->attribute_count++] =
            (struct kr_entry_attribute){(enum kr_attribute_kind)i, {copy, kr_document_unescape(copy, values[i].size)}};
    }
    return true;
}

static bool add_entry(struct model_reader *reader, struct kr_entry entry, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    struct kr_model *model = reader->model;
    void *entries = model->entries;
    if (!kr_memory_reserve(&entries, &model->entry_capacity, model->entry_count, sizeof *model->entries)) return false;
    model->entries = entries;
    if (!copy_attributes(&model->arena, values, &entry)) return false;
    model->entries[model->entry_count++] = entry;
    return true;
}

static bool open_element(void *target, const struct kr_document *document, const struct kr_element *element) {
    struct model_reader *reader = target;
    struct kr_model *model = reader->model;
    if (reader->skipped_depth > 0) {
        reader->skipped_depth++;
        return true;
    }
    if (model->entry_count == reader->limits->element_count) {
        kr_problems_add(reader->problems, KR904_LIMIT, element->at, "more than %zu elements", reader->limits->element_count);
        return false;
    }
    struct open_entry parent = reader->depth > 0 ? reader->open[reader->depth - 1] : (struct open_entry){KR_ELEMENT_NONE, KMSRULES_NONE};
    struct kr_text values[KR_ATTRIBUTE_COUNT];
    bool is_sound;
    enum kr_element_kind kind = kr_shape_check(document, element, parent.kind, reader->limits, reader->problems, values, &is_sound);
    if (kind == KR_ELEMENT_NONE) {
        reader->skipped_depth = 1;
        return reader->depth > 0 && !kr_problems_is_full(reader->problems);
    }
    bool is_root = parent.kind == KR_ELEMENT_NONE, is_top = parent.kind == KR_ELEMENT_RULESET || parent.kind == KR_ELEMENT_TABLE;
    struct kr_entry entry = {.kind = kind, .at = element->at, .layer = reader->layer, .is_unsound = !is_sound,
                             .parent = is_root || is_top ? KMSRULES_NONE : parent.entry};
    if (!add_entry(reader, entry, values)) {
        model->has_failed = true;
        return false;
    }
    reader->open[reader->depth++] = (struct open_entry){kind, (uint32_t)(model->entry_count - 1)};
    return !kr_problems_is_full(reader->problems);
}

static void close_element(void *target) {
    struct model_reader *reader = target;
    if (reader->skipped_depth > 0)
        reader->skipped_depth--;
    else
        reader->depth--;
}

void kr_model_read(struct kr_model *model, uint32_t file, const kmsrules_limits *limits, struct kr_problems *problems) {
    struct model_reader reader = {.model = model, .limits = limits, .problems = problems, .layer = model->files[file].layer};
    reader.open = kr_memory_take(kr_document_most(limits->element_depth, model->files[file].bytes), sizeof *reader.open);
    if (reader.open == NULL) {
        model->has_failed = true;
        return;
    }
    struct kr_document document = {.file = file, .limits = limits, .problems = problems};
    kr_document_read(&document, model->files[file].bytes, &(struct kr_reader){&reader, open_element, close_element});
    kr_memory_free(reader.open);
}

struct kr_text kr_entry_get(const struct kr_entry *entry, enum kr_attribute_kind kind) {
    for (size_t i = 0; i < entry->attribute_count; i++)
        if (entry->attributes[i].kind == kind) return entry->attributes[i].text;
    return (struct kr_text){NULL, 0};
}

size_t kr_model_count(const struct kr_model *model, enum kr_element_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < model->entry_count; i++) count += model->entries[i].kind == kind;
    return count;
}

const char *kr_model_path(const struct kr_model *model, uint32_t entry) { return model->files[model->entries[entry].at.file].path; }

struct kr_document kr_model_document(const struct kr_model *model, uint32_t file) {
    struct kr_text text = model->files[file].bytes;
    if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) text = (struct kr_text){text.data + 3, text.size - 3};
    return (struct kr_document){.text = text, .file = file};
}

struct kr_at kr_model_at(const struct kr_model *model, const struct kr_entry *entry, enum kr_attribute_kind kind, size_t offset) {
    struct kr_document document = kr_model_document(model, entry->at.file);
    return kr_document_attribute_at(&document, entry->at, kr_text_of(kr_attribute_name(kind)), offset);
}

void kr_model_free(struct kr_model *model) {
    kr_memory_free(model->entries);
    kr_memory_free(model->files);
    kr_arena_free(&model->arena);
    *model = (struct kr_model){0};
}
