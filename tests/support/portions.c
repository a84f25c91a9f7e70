/* See portions.h. */
#include "support/portions.h"

#include <stdlib.h>
#include <string.h>

uint32_t portions_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static size_t choose_size(struct portions *portions, size_t left) {
    size_t size = left;
    if (portions->kind == PORTIONS_BYTES) size = 1;
    if (portions->kind == PORTIONS_RANDOM) size = portions_random(&portions->seed) % 5000;
    if (portions->kind == PORTIONS_SMALL_RANDOM) size = portions_random(&portions->seed) % 9; /* none, too */
    return size < left ? size : left;
}

void portions_feed(struct portions *portions, struct kr_text_input *input) {
    size_t left = portions->bytes.size - portions->offset, size = choose_size(portions, left);
    free(portions->block);
    portions->block = NULL;
    if (left == 0) {
        kr_text_input_end(input);
        return;
    }
    portions->block = malloc(size ? size : 1);
    if (!portions->block) abort();
    memcpy(portions->block, portions->bytes.data + portions->offset, size);
    kr_text_input_feed(input, portions->block, size);
    portions->offset += size;
}

void portions_free(struct portions *portions) {
    free(portions->block);
    portions->block = NULL;
}

size_t portions_mutate(char *bytes, size_t size, uint32_t *seed) {
    static const char meaning[] = "\"\"\"\r\n\n,;\t\xEF\xBB\xBF\x1A\0\xC3 a";
    for (uint32_t left = 1 + portions_random(seed) % 4; left > 0 && size > 1; left--) {
        size_t at = portions_random(seed) % size;
        uint32_t kind = portions_random(seed) % 8;
        if (kind == 0) bytes[at] = (char)portions_random(seed);
        else if (kind == 1) memmove(bytes + at, bytes + at + 1, --size - at);
        else if (kind == 2) bytes[at] = bytes[portions_random(seed) % size];
        else bytes[at] = meaning[portions_random(seed) % (sizeof meaning - 1)];
    }
    return size;
}
