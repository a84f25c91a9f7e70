/* SHA-256 (FIPS 180-4). In: bytes. Out: the digest. */
#ifndef KR_SHA256_H
#define KR_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct kr_sha256 {
    uint32_t state[8];
    uint64_t size;
    uint8_t block[64];
};
void kr_sha256_start(struct kr_sha256 *hash);
void kr_sha256_add(struct kr_sha256 *hash, const void *data, size_t size);
void kr_sha256_finish(struct kr_sha256 *hash, char hex[65]); /* 64 lower-case digits and NUL */

#endif
