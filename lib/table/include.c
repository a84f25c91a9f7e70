/* See include.h. Built-in tables are found by their paths among the built-in ones, provided ones among the provided ones, then on disk. */
#include "table/include.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "ruleset/builtin.h"
#include "table/graph.h"

static void out_of_memory(struct kr_loader *loader) { loader->problems.status = KMSRULES_NO_MEMORY; }

/* ---- Paths ---- */

static size_t folder_size(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* The folder of `path` and `href` joined, "." and ".." taken out where they have something to go back to. */
static char *join(struct kr_arena *arena, const char *path, struct kr_text href) {
    size_t folder = href.size > 0 && href.data[0] == '/' ? 0 : folder_size(path);
    char *joined = kr_arena_take(arena, folder + href.size + 1, 1);
    if (joined == NULL) return NULL;
    memcpy(joined, path, folder);
    memcpy(joined + folder, href.data, href.size);
    size_t kept = 0;
    for (char *part = joined, *next; *part != '\0'; part = next) {
        size_t size = strcspn(part, "/");
        next = part + size + (part[size] == '/');
        size_t whole = (size_t)(next - part);
        bool is_here = size == 1 && part[0] == '.', is_up = size == 2 && part[0] == '.' && part[1] == '.';
        bool has_parent = kept > 1 && !(kept >= 3 && memcmp(joined + kept - 3, "../", 3) == 0 && (kept == 3 || joined[kept - 4] == '/'));
        if (is_here) continue;
        if (is_up && has_parent) {
            kept--;
            while (kept > 0 && joined[kept - 1] != '/') kept--;
            continue;
        }
        memmove(joined + kept, part, whole);
        kept += whole;
    }
    joined[kept] = '\0';
    return joined;
}

/* The parent of the folder of a resolved root: what its includes must stay below. "/" stays "/". */
static char *boundary_of(struct kr_arena *arena, const char *resolved) {
    size_t size = folder_size(resolved);
    if (size > 1) size--;
    while (size > 1 && resolved[size - 1] != '/') size--;
    return kr_arena_copy(arena, resolved, size);
}

static bool is_below(const char *resolved, const char *boundary) { return strncmp(resolved, boundary, strlen(boundary)) == 0; }

/* ---- Finding a file ---- */

static const struct kr_builtin_file *find_builtin(const char *path) {
    for (size_t i = 0; i < kr_builtin_file_count; i++)
        if (strcmp(kr_builtin_files[i].path, path) == 0) return &kr_builtin_files[i];
    return NULL;
}

static void use_builtin(struct kr_model_file *file, const struct kr_builtin_file *builtin) {
    file->bytes = (struct kr_text){builtin->data, builtin->size};
    file->sha256 = builtin->sha256;
}

static const struct kr_provided *find_provided(const struct kr_loader *loader, const char *path) {
    for (size_t i = 0; i < loader->provided_count; i++)
        if (strcmp(loader->provided[i].path, path) == 0) return &loader->provided[i];
    return NULL;
}

static uint32_t find_read(const struct kr_model *model, const struct kr_model_file *wanted) {
    for (uint32_t i = 0; i < model->file_count; i++)
        if (model->files[i].origin == wanted->origin && strcmp(model->files[i].resolved, wanted->resolved) == 0) return i;
    return KMSRULES_NONE;
}

static bool push_file(struct kr_loader *loader, const struct kr_model_file *file) {
    void *files = loader->model.files;
    bool has_memory = kr_memory_reserve(&files, &loader->model.file_capacity, loader->model.file_count, sizeof *loader->model.files);
    if (!has_memory) return out_of_memory(loader), false;
    loader->model.files = files;
    loader->model.files[loader->model.file_count++] = *file;
    return true;
}

static const char *keep_resolved(struct kr_loader *loader, const char *path) {
    char *resolved = kr_file_resolve(path);
    if (resolved == NULL) {
        if (errno == ENOMEM) out_of_memory(loader);
        return path; /* reading it will say what is wrong */
    }
    const char *kept = kr_arena_copy(&loader->arena, resolved, strlen(resolved));
    kr_memory_free(resolved);
    if (kept == NULL) out_of_memory(loader);
    return kept;
}

/* ---- Reading ---- */

/* Where a file that cannot be read is complained of: its <include>, or the file itself. */
static void report_unreadable(struct kr_loader *loader, enum kr_problem problem, const struct kr_model_file *file, struct kr_at at, const char *message) {
    if (at.line == 0)
        kr_problems_add(&loader->problems, problem, at, "%s", message);
    else
        kr_problems_add(&loader->problems, problem, at, "%s: %s", file->path, message);
}

/* An include that cannot be resolved cannot be read either; trying to read it tells why. */
static void report_unresolved(struct kr_loader *loader, const struct kr_model_file *file, struct kr_at at) {
    struct kr_file read = {0};
    enum kr_file_result result = kr_file_read(file->resolved, loader->limits.table_size, &read);
    if (result == KR_FILE_NO_MEMORY) out_of_memory(loader);
    else report_unreadable(loader, KR921_UNREADABLE, file, at, result == KR_FILE_READ ? "its path cannot be resolved" : read.message);
    kr_memory_free(read.data);
}

static bool read_from_disk(struct kr_loader *loader, struct kr_model_file *file, struct kr_at at) {
    struct kr_file read = {0};
    enum kr_file_result result = kr_file_read(file->includer == KMSRULES_NONE ? file->path : file->resolved, loader->limits.table_size, &read);
    switch (result) {
    case KR_FILE_READ: break;
    case KR_FILE_NO_MEMORY: out_of_memory(loader); return false;
    case KR_FILE_NOT_TRUSTED: report_unreadable(loader, KR922_NOT_TRUSTED, file, at, read.message); return false;
    case KR_FILE_TOO_LARGE: report_unreadable(loader, KR904_LIMIT, file, at, read.message); return false;
    default: report_unreadable(loader, KR921_UNREADABLE, file, at, read.message); return false;
    }
    const char *copy = kr_arena_copy(&loader->arena, read.data, read.size);
    kr_memory_free(read.data);
    file->bytes = (struct kr_text){copy, read.size};
    if (copy == NULL) out_of_memory(loader);
    return copy != NULL;
}

/* Adds a file to the model unless it is there; `at` is the place that asks for it. Returns its index. */
static uint32_t open_file(struct kr_loader *loader, struct kr_model_file *file, struct kr_at at) {
    uint32_t known = find_read(&loader->model, file);
    if (known != KMSRULES_NONE) return known;
    uint32_t index = (uint32_t)loader->model.file_count;
    if (file->includer == KMSRULES_NONE) at = (struct kr_at){.file = index};
    if (file->depth > loader->limits.include_depth) {
        kr_problems_add(&loader->problems, KR904_LIMIT, at, "files are included deeper than %zu", loader->limits.include_depth);
        return KMSRULES_NONE;
    }
    bool is_read = file->origin != KR_FILE_ON_DISK || (file->includer != KMSRULES_NONE && read_from_disk(loader, file, at));
    if (file->includer != KMSRULES_NONE && !is_read) return KMSRULES_NONE;
    if (!push_file(loader, file)) return KMSRULES_NONE;
    if (file->includer == KMSRULES_NONE && !is_read) read_from_disk(loader, &loader->model.files[index], at);
    return index;
}

/* What an href inside `from` names; false when it is nothing that may be read, which is reported. */
static bool find_included(struct kr_loader *loader, uint32_t from, struct kr_text href, struct kr_at at, struct kr_model_file *file) {
    const struct kr_model_file *includer = &loader->model.files[from];
    char *path = join(&loader->arena, includer->path, href);
    if (path == NULL) return out_of_memory(loader), false;
    *file = (struct kr_model_file){.path = path, .resolved = path, .layer = includer->layer, .includer = from, .depth = includer->depth + 1, .root = includer->root};
    const struct kr_builtin_file *builtin = includer->origin == KR_FILE_BUILT_IN ? find_builtin(path) : NULL;
    const struct kr_provided *provided = includer->origin == KR_FILE_BUILT_IN ? NULL : find_provided(loader, path);
    file->origin = builtin != NULL ? KR_FILE_BUILT_IN : provided != NULL ? KR_FILE_PROVIDED : KR_FILE_ON_DISK;
    if (builtin != NULL) use_builtin(file, builtin);
    if (provided != NULL) file->bytes = provided->bytes;
    if (file->origin != KR_FILE_ON_DISK) return true;
    if (includer->origin != KR_FILE_ON_DISK) {
        kr_problems_add(&loader->problems, KR916_INCLUDE, at, "there is no %s table \"%s\"", includer->origin == KR_FILE_BUILT_IN ? "built-in" : "provided", path);
        return false;
    }
    char *real_path = join(&loader->arena, includer->resolved, href);
    if (real_path == NULL) return out_of_memory(loader), false;
    file->resolved = keep_resolved(loader, real_path);
    if (file->resolved == NULL) return false;
    if (file->resolved == real_path) return report_unresolved(loader, file, at), false;
    if (!is_below(file->resolved, file->root)) {
        kr_problems_add(&loader->problems, KR916_INCLUDE, at, "\"%s\" is outside of %s, below which a ruleset must stay", path, file->root);
        return false;
    }
    return true;
}

static void follow(struct kr_loader *loader, uint32_t from, uint32_t entry) {
    const struct kr_entry *include = &loader->model.entries[entry];
    struct kr_text href = kr_entry_get(include, KR_ATTRIBUTE_HREF);
    struct kr_at at = kr_model_at(&loader->model, include, KR_ATTRIBUTE_HREF, SIZE_MAX);
    struct kr_model_file file;
    if (href.data == NULL || !find_included(loader, from, href, at, &file)) return;
    uint32_t to = open_file(loader, &file, at);
    void *includes = loader->includes;
    if (to == KMSRULES_NONE) return;
    if (!kr_memory_reserve(&includes, &loader->include_capacity, loader->include_count, sizeof *loader->includes)) {
        out_of_memory(loader);
        return;
    }
    loader->includes = includes;
    loader->includes[loader->include_count++] = (struct kr_include){from, to, entry};
}

/* Turns a file's bytes into entries, then opens what it includes: breadth first, no recursion. */
static void read_file(struct kr_loader *loader, uint32_t file) {
    size_t first = loader->model.entry_count;
    if (loader->model.files[file].bytes.data == NULL) return;
    kr_model_read(&loader->model, file, &loader->limits, &loader->problems);
    if (loader->model.has_failed) out_of_memory(loader);
    for (size_t i = first; i < loader->model.entry_count && loader->problems.status != KMSRULES_NO_MEMORY; i++)
        if (loader->model.entries[i].kind == KR_ELEMENT_INCLUDE && !loader->model.entries[i].is_unsound) follow(loader, file, (uint32_t)i);
}

static bool find_root(struct kr_loader *loader, const char *file_or_name, struct kr_model_file *file) {
    *file = (struct kr_model_file){.layer = loader->layer_count, .includer = KMSRULES_NONE, .depth = 1};
    const struct kr_provided *provided = find_provided(loader, file_or_name);
    file->path = kr_arena_copy(&loader->arena, file_or_name, strlen(file_or_name));
    for (size_t i = 0; provided == NULL && kr_builtin_rulesets[i] != NULL; i++) {
        if (strcmp(kr_builtin_rulesets[i], file_or_name) != 0) continue;
        struct kr_buffer path = {0};
        kr_buffer_add_string(&path, "rules/");
        kr_buffer_add_string(&path, file_or_name);
        kr_buffer_add_string(&path, ".xml");
        file->path = path.has_failed ? NULL : kr_arena_copy(&loader->arena, path.data, path.size);
        file->origin = KR_FILE_BUILT_IN;
        kr_buffer_free(&path);
    }
    if (file->path == NULL) return out_of_memory(loader), false;
    file->resolved = file->path;
    if (file->origin == KR_FILE_BUILT_IN) {
        const struct kr_builtin_file *builtin = find_builtin(file->path);
        if (builtin != NULL) use_builtin(file, builtin);
    } else if (provided != NULL) {
        file->origin = KR_FILE_PROVIDED;
        file->bytes = provided->bytes;
    } else {
        file->resolved = keep_resolved(loader, file->path);
        file->root = file->resolved == NULL ? NULL : boundary_of(&loader->arena, file->resolved);
        if (file->root == NULL) return out_of_memory(loader), false;
    }
    return true;
}

/* A root must be a <ruleset>; what is a <table> can only be included. */
static void check_root(struct kr_loader *loader, uint32_t file, size_t first_entry) {
    if (first_entry == loader->model.entry_count || loader->model.entries[first_entry].kind != KR_ELEMENT_TABLE) return;
    kr_problems_add(&loader->problems, KR905_UNKNOWN_ELEMENT, loader->model.entries[first_entry].at,
                    "%s is a <table>, which is only included; a ruleset has the root element <ruleset>", loader->model.files[file].path);
}

void kr_loader_add(struct kr_loader *loader, const char *file_or_name) {
    struct kr_model_file root;
    size_t first_entry = loader->model.entry_count;
    if (!find_root(loader, file_or_name, &root)) return;
    uint32_t file = (uint32_t)loader->model.file_count, index = open_file(loader, &root, (struct kr_at){0});
    loader->layer_count++;
    if (index != file && index != KMSRULES_NONE) {
        kr_problems_add(&loader->problems, KR910_DUPLICATE_ID, (struct kr_at){.file = index}, "this file is already part of the ruleset; give it once");
        return;
    }
    for (size_t i = file; i < loader->model.file_count && loader->problems.status != KMSRULES_NO_MEMORY; i++) read_file(loader, (uint32_t)i);
    check_root(loader, file, first_entry);
}

bool kr_loader_provide(struct kr_loader *loader, const char *path, struct kr_text bytes) {
    void *provided = loader->provided;
    if (!kr_memory_reserve(&provided, &loader->provided_capacity, loader->provided_count, sizeof *loader->provided)) return false;
    loader->provided = provided;
    struct kr_provided copy = {kr_arena_copy(&loader->arena, path, strlen(path)), {kr_arena_copy(&loader->arena, bytes.data, bytes.size), bytes.size}};
    if (copy.path == NULL || copy.bytes.data == NULL) return false;
    loader->provided[loader->provided_count++] = copy;
    return true;
}

static void report_cycle(void *target, uint32_t from, uint32_t to) {
    struct kr_loader *loader = target;
    for (size_t i = 0; i < loader->include_count && !kr_problems_is_full(&loader->problems); i++) {
        if (loader->includes[i].from != from || loader->includes[i].to != to) continue;
        const struct kr_entry *entry = &loader->model.entries[loader->includes[i].entry];
        kr_problems_add(&loader->problems, KR913_CYCLE, entry->at, "\"%s\" includes \"%s\", which includes it in turn", loader->model.files[from].path,
                        loader->model.files[to].path);
        return;
    }
}

void kr_loader_check_cycles(struct kr_loader *loader) {
    struct kr_arena arena = {0};
    struct kr_ids *edges = kr_arena_take(&arena, loader->model.file_count, sizeof *edges);
    kmsrules_id *targets = kr_arena_take(&arena, loader->include_count, sizeof *targets);
    /* Files are read one after the other, so that the includes of each stand together. */
    for (size_t i = 0; edges != NULL && targets != NULL && i < loader->include_count; i++) {
        struct kr_ids *list = &edges[loader->includes[i].from];
        if (list->count == 0) list->items = targets + i;
        targets[i] = loader->includes[i].to;
        list->count++;
    }
    bool has_memory = edges != NULL && targets != NULL && kr_graph_visit(edges, (uint32_t)loader->model.file_count, NULL, report_cycle, loader);
    if (!has_memory) out_of_memory(loader);
    kr_arena_free(&arena);
}

void kr_loader_free(struct kr_loader *loader) {
    kr_model_free(&loader->model);
    kr_problems_free(&loader->problems);
    kr_memory_free(loader->provided);
    kr_memory_free(loader->includes);
    kr_arena_free(&loader->arena);
}
