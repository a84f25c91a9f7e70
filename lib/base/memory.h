/* The only allocator of the library: blocks and arenas. In: sizes. Out: zeroed memory, or NULL when there is none. */
#ifndef KR_MEMORY_H
#define KR_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* count × size zeroed bytes; NULL when out of memory or when the product overflows. Freed with kr_memory_free(). */
void *kr_memory_take(size_t count, size_t size);
void kr_memory_free(void *block);

/* Makes room for one more item in a growing array: `*items` holds `count` items of `size` bytes and `*capacity` places. New places are zeroed. */
bool kr_memory_reserve(void **items, size_t *capacity, size_t count, size_t size);

/* An arena gives memory that is freed all at once. All zero is a legal empty arena:
 *   blocks ──▶ [next|used|size|bytes…] ──▶ [next|used|size|bytes…] */
struct kr_arena {
    struct kr_arena_block *blocks;
    size_t taken_size; /* bytes handed out so far */
};
void *kr_arena_take(struct kr_arena *arena, size_t count, size_t size); /* zeroed, aligned for any type; count 0 gives a legal pointer */
char *kr_arena_copy(struct kr_arena *arena, const char *data, size_t size); /* with a closing NUL */
const char *kr_arena_copy_string(struct kr_arena *arena, const char *string, bool *has_memory); /* NULL for NULL, and, with *has_memory false, when out of memory */
void kr_arena_free(struct kr_arena *arena);                                  /* leaves it empty, usable again */

#endif
