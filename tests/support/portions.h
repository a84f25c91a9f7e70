/* Feeds bytes to a text input in portions of any size, each in a block of exactly its size that is gone with the next one. */
#ifndef TESTS_PORTIONS_H
#define TESTS_PORTIONS_H

#include "fleet/text_input.h"

/* All at once, byte by byte, by two or three around the size of a head, at random. */
enum { PORTIONS_WHOLE, PORTIONS_BYTES, PORTIONS_RANDOM, PORTIONS_SMALL_RANDOM, PORTIONS_KINDS };

struct portions {
    struct kr_text bytes;
    unsigned kind;
    uint32_t seed;
    size_t offset;
    char *block;
};

void portions_feed(struct portions *portions, struct kr_text_input *input); /* the next portion, or the end */
void portions_free(struct portions *portions);
uint32_t portions_random(uint32_t *seed);
/* One to four random changes: bytes set, removed, doubled, or one of the characters that mean something. */
size_t portions_mutate(char *bytes, size_t size, uint32_t *seed);

#endif
