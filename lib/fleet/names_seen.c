/* See names_seen.h. */
#include "fleet/names_seen.h"

enum { CHUNK = 4096, FIRST_SLOTS = 1024, NAME_LIMIT = 1024, PROBE_LIMIT = 1000 };

static struct kr_seen *entry_of(const struct kr_names_seen *seen, size_t number) { return &seen->chunks[number / CHUNK][number % CHUNK]; }

static struct kr_text name_of(const struct kr_seen *entry) { return (struct kr_text){entry->name, entry->name_size}; }

#define NUMBER_MASK 0xFFFFFu
_Static_assert(KR_NAMES_SEEN_LIMIT < NUMBER_MASK, "a number has its place in a slot");

static uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32) & ~NUMBER_MASK; }

static struct kr_seen *entry_in(const struct kr_names_seen *seen, uint32_t slot) { return entry_of(seen, (slot & NUMBER_MASK) - 1); }

/* The slot of a name, or the free one where it would go; SIZE_MAX when too many stand in the way, which does not happen by chance. */
static size_t find_slot(const struct kr_names_seen *seen, struct kr_text name, uint64_t hash) {
    size_t slot = (size_t)hash & (seen->slot_count - 1);
    for (size_t probes = 0; seen->slots[slot] != 0; slot = (slot + 1) & (seen->slot_count - 1)) {
        if ((seen->slots[slot] & ~NUMBER_MASK) == tag_of(hash) && kr_text_equal(name_of(entry_in(seen, seen->slots[slot])), name)) return slot;
        if (++probes == PROBE_LIMIT) return SIZE_MAX;
    }
    return slot;
}

/* A name already known finds its place in a table of any size. */
static void place(struct kr_names_seen *seen, size_t number) {
    uint64_t hash = kr_text_hash(name_of(entry_of(seen, number)));
    size_t slot = (size_t)hash & (seen->slot_count - 1);
    while (seen->slots[slot] != 0) slot = (slot + 1) & (seen->slot_count - 1);
    seen->slots[slot] = tag_of(hash) | (uint32_t)(number + 1);
}

static bool grow(struct kr_names_seen *seen) {
    if (2 * (seen->count + 1) <= seen->slot_count) return true;
    size_t count = seen->slot_count == 0 ? FIRST_SLOTS : 2 * seen->slot_count;
    uint32_t *slots = kr_memory_take(count, sizeof *slots);
    if (slots == NULL) return false;
    kr_memory_free(seen->slots);
    seen->slots = slots;
    seen->slot_count = count;
    for (size_t i = 0; i < seen->count; i++) place(seen, i);
    return true;
}

static struct kr_seen *next_entry(struct kr_names_seen *seen) {
    if (seen->count % CHUNK == 0) {
        void *chunks = seen->chunks;
        if (!kr_memory_reserve(&chunks, &seen->chunk_capacity, seen->count / CHUNK, sizeof *seen->chunks)) return NULL;
        seen->chunks = chunks;
        seen->chunks[seen->count / CHUNK] = kr_arena_take(&seen->arena, CHUNK, sizeof **seen->chunks);
        if (seen->chunks[seen->count / CHUNK] == NULL) return NULL;
    }
    return entry_of(seen, seen->count);
}

bool kr_names_seen_add(struct kr_names_seen *seen, struct kr_text name, struct kr_seen **entry, bool *is_new) {
    char room[NAME_LIMIT];
    *entry = NULL;
    *is_new = false;
    if (name.size > NAME_LIMIT) return seen->is_full = true;
    if (!grow(seen)) return false;
    kr_text_lower(name, room);
    name.data = room;
    uint64_t hash = kr_text_hash(name);
    size_t slot = find_slot(seen, name, hash);
    if (slot == SIZE_MAX) return seen->is_full = true;
    if (seen->slots[slot] != 0) {
        *entry = entry_in(seen, seen->slots[slot]);
        return true;
    }
    if (seen->count == KR_NAMES_SEEN_LIMIT || seen->size + name.size > KR_NAMES_SEEN_SIZE_LIMIT) return seen->is_full = true;
    struct kr_seen *made = next_entry(seen);
    const char *copy = made == NULL ? NULL : kr_arena_copy(&seen->arena, name.data, name.size);
    if (copy == NULL) return false;
    made->name = copy;
    made->name_size = (uint16_t)name.size;
    seen->size += name.size;
    seen->slots[slot] = tag_of(hash) | (uint32_t)++seen->count;
    *entry = made;
    *is_new = true;
    return true;
}

void kr_names_seen_free(struct kr_names_seen *seen) {
    kr_memory_free(seen->slots);
    kr_memory_free(seen->chunks);
    kr_arena_free(&seen->arena);
    *seen = (struct kr_names_seen){0};
}

int kr_seen_order(const struct kr_seen *a, const struct kr_seen *b) {
    int by_bytes = memcmp(a->name, b->name, a->name_size < b->name_size ? a->name_size : b->name_size);
    return by_bytes != 0 ? by_bytes : (a->name_size > b->name_size) - (a->name_size < b->name_size);
}
