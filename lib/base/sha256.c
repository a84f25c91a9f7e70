/* SHA-256 (FIPS 180-4). In: bytes in any portions. Out: the digest in hexadecimal. The names of FIPS are kept: a to h, W, K, Σ, σ, Ch, Maj. */
#include "base/sha256.h"

#include <string.h>

enum { BLOCK_SIZE = 64, ROUNDS = 64, LENGTH_SIZE = 8 };

static const uint32_t K[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotate(uint32_t x, unsigned bits) { return x >> bits | x << (32 - bits); }

static uint32_t big_sigma_0(uint32_t x) { return rotate(x, 2) ^ rotate(x, 13) ^ rotate(x, 22); }

static uint32_t big_sigma_1(uint32_t x) { return rotate(x, 6) ^ rotate(x, 11) ^ rotate(x, 25); }

static uint32_t small_sigma_0(uint32_t x) { return rotate(x, 7) ^ rotate(x, 18) ^ x >> 3; }

static uint32_t small_sigma_1(uint32_t x) { return rotate(x, 17) ^ rotate(x, 19) ^ x >> 10; }

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z) { return (x & y) ^ (~x & z); }

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z) { return (x & y) ^ (x & z) ^ (y & z); }

static void schedule(const uint8_t *block, uint32_t W[ROUNDS]) {
    for (size_t t = 0; t < 16; t++, block += 4) {
        W[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    }
    for (size_t t = 16; t < ROUNDS; t++) W[t] = small_sigma_1(W[t - 2]) + W[t - 7] + small_sigma_0(W[t - 15]) + W[t - 16];
}

static void add_block(uint32_t state[8], const uint8_t *block) {
    uint32_t W[ROUNDS];
    schedule(block, W);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (size_t t = 0; t < ROUNDS; t++) {
        uint32_t first = h + big_sigma_1(e) + choose(e, f, g) + K[t] + W[t];
        uint32_t second = big_sigma_0(a) + majority(a, b, c);
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + second;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void kr_sha256_start(struct kr_sha256 *hash) {
    *hash = (struct kr_sha256){0};
    memcpy(hash->state, START, sizeof START);
}

void kr_sha256_add(struct kr_sha256 *hash, const void *data, size_t size) {
    const uint8_t *bytes = data;
    size_t held = hash->size % BLOCK_SIZE;
    hash->size += size;
    if (held && size >= BLOCK_SIZE - held) {
        memcpy(hash->block + held, bytes, BLOCK_SIZE - held);
        add_block(hash->state, hash->block);
        bytes += BLOCK_SIZE - held;
        size -= BLOCK_SIZE - held;
        held = 0;
    }
    for (; !held && size >= BLOCK_SIZE; bytes += BLOCK_SIZE, size -= BLOCK_SIZE) add_block(hash->state, bytes);
    if (size) memcpy(hash->block + held, bytes, size);
}

static void pad(struct kr_sha256 *hash) {
    static const uint8_t padding[BLOCK_SIZE] = {0x80};
    uint64_t bits = hash->size * 8;
    size_t held = hash->size % BLOCK_SIZE;
    size_t end = held < BLOCK_SIZE - LENGTH_SIZE ? BLOCK_SIZE - LENGTH_SIZE : 2 * BLOCK_SIZE - LENGTH_SIZE;
    kr_sha256_add(hash, padding, end - held);
    uint8_t length[LENGTH_SIZE];
    for (size_t i = 0; i < LENGTH_SIZE; i++) length[i] = (uint8_t)(bits >> (8 * (LENGTH_SIZE - 1 - i)));
    kr_sha256_add(hash, length, sizeof length);
}

void kr_sha256_finish(struct kr_sha256 *hash, char hex[65]) {
    pad(hash);
    for (size_t i = 0; i < 64; i++) hex[i] = "0123456789abcdef"[hash->state[i / 8] >> (28 - 4 * (i % 8)) & 0xF];
    hex[64] = '\0';
}
