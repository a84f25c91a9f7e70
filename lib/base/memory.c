/* Blocks and arenas. In: sizes. Out: zeroed memory or NULL. The only file that calls the allocator of the C library. */
#include "base/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 8, FIRST_BLOCK_SIZE = 2048, LARGEST_BLOCK_SIZE = 256 * 1024 };

struct kr_arena_block {
    struct kr_arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

void *kr_memory_take(size_t count, size_t size) {
    if (count == 0 || size == 0) return calloc(1, 1); /* calloc(0) may give NULL, which means something else here */
    return count > SIZE_MAX / size ? NULL : calloc(count, size);
}

void kr_memory_free(void *block) { free(block); }

bool kr_memory_reserve(void **items, size_t *capacity, size_t count, size_t size) {
    if (count < *capacity) return true;
    if (*capacity > SIZE_MAX / 2 / size) return false;
    size_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
    if (wanted > SIZE_MAX / size) return false;
    unsigned char *grown = realloc(*items, wanted * size);
    if (!grown) return false;
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    *items = grown;
    *capacity = wanted;
    return true;
}

/* Blocks double, so that an arena of any size costs few of them. */
static size_t choose_block_size(const struct kr_arena *arena, size_t needed) {
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK_SIZE;
    if (size > LARGEST_BLOCK_SIZE) size = LARGEST_BLOCK_SIZE;
    return size < needed ? needed : size;
}

static bool add_block(struct kr_arena *arena, size_t needed) {
    size_t size = choose_block_size(arena, needed);
    if (size > SIZE_MAX - sizeof(struct kr_arena_block)) return false;
    struct kr_arena_block *block = malloc(sizeof *block + size);
    if (!block) return false;
    block->next = arena->blocks;
    block->used = 0;
    block->size = size;
    arena->blocks = block;
    return true;
}

/* Zeroed bytes from a multiple of `step` on. */
static void *take_aligned(struct kr_arena *arena, size_t needed, size_t step) {
    struct kr_arena_block *block = arena->blocks;
    size_t start = block ? (block->used + step - 1) / step * step : 0;
    if (!block || start > block->size || block->size - start < needed) {
        if (!add_block(arena, needed)) return NULL;
        block = arena->blocks;
        start = 0;
    }
    block->used = start + needed;
    arena->taken_size += needed;
    return memset(block->bytes + start, 0, needed);
}

void *kr_arena_take(struct kr_arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    size_t needed = count * size;
    return take_aligned(arena, needed ? needed : 1, alignof(max_align_t));
}

char *kr_arena_copy(struct kr_arena *arena, const char *data, size_t size) {
    if (size == SIZE_MAX) return NULL;
    char *copy = take_aligned(arena, size + 1, 1);
    if (copy && size) memcpy(copy, data, size);
    return copy;
}

const char *kr_arena_copy_string(struct kr_arena *arena, const char *string, bool *has_memory) {
    if (string == NULL) return NULL;
    const char *copy = kr_arena_copy(arena, string, strlen(string));
    if (copy == NULL) *has_memory = false;
    return copy;
}

void kr_arena_free(struct kr_arena *arena) {
    while (arena->blocks) {
        struct kr_arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    arena->taken_size = 0;
}
