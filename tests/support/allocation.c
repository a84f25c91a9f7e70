/* See allocation.h. Defines malloc(), calloc(), realloc() and free() in the program, where every shared library finds them first, and passes on to the next
 * ones: the C library's, or those of gcc's address sanitizer. Left out where that cannot work: clang links its sanitizers into the program itself,
 * and the thread sanitizer is not up yet when the first block is asked for. */
#define _GNU_SOURCE /* RTLD_NEXT */

#include "support/allocation.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

static _Thread_local size_t made, failing;
static _Thread_local long live, bytes, peak;
static _Thread_local bool fails_for_ever, has_failed, is_watched;

bool allocation_can_fail(void) {
    void *(*volatile take)(size_t) = malloc; /* the compiler believes that malloc() leaves our variables alone */
    allocation_fail(1, false);
    void *block = take(1);
    bool can_fail = allocation_stop() && !block;
    free(block);
    return can_fail;
}

void allocation_fail(size_t nth, bool for_ever) {
    failing = nth;
    fails_for_ever = for_ever;
    has_failed = false;
}

bool allocation_stop(void) {
    failing = 0;
    return has_failed;
}

size_t allocation_count(void) { return made; }

long allocation_live(void) { return live; }

void allocation_watch(void) {
    bytes = peak = 0;
    is_watched = true;
}

size_t allocation_peak(void) {
    is_watched = false;
    return (size_t)peak;
}

#if !defined(__clang__) && !defined(__SANITIZE_THREAD__)

static bool fails_now(void) {
    made++;
    if (failing == 0 || (failing > 1 && failing--)) return false;
    if (!fails_for_ever) failing = 0;
    has_failed = true;
    errno = ENOMEM;
    return true;
}

/* Not before it is asked for: the address sanitizer cannot tell sizes while the program starts. */
static void count_bytes(void *block, long sign) {
    if (!is_watched || !block) return;
    bytes += sign * (long)malloc_usable_size(block);
    if (bytes > peak) peak = bytes;
}

static void *counted(void *block) {
    live += block != NULL;
    count_bytes(block, 1);
    return block;
}

/* Of realloc(): while it copies, both blocks are there; nobody sees that from here. */
static void *counted_again(void *block, long size_before) {
    if (!block) return NULL;
    if (is_watched) bytes -= size_before;
    count_bytes(block, 1);
    return block;
}

/* POSIX wants this cast, ISO C has none from an object to a function. */
#define NEXT(name, type) (__extension__(type) dlsym(RTLD_NEXT, name))

void *malloc(size_t size) {
    static void *(*_Atomic next)(size_t);
    if (fails_now()) return NULL;
    if (!next) next = NEXT("malloc", void *(*)(size_t));
    return counted(next(size));
}

void *calloc(size_t count, size_t size) {
    static void *(*_Atomic next)(size_t, size_t);
    if (fails_now()) return NULL;
    if (!next) next = NEXT("calloc", void *(*)(size_t, size_t));
    return counted(next(count, size));
}

void *realloc(void *block, size_t size) {
    static void *(*_Atomic next)(void *, size_t);
    if (fails_now()) return NULL;
    if (!next) next = NEXT("realloc", void *(*)(void *, size_t));
    long size_before = is_watched ? (long)malloc_usable_size(block) : 0;
    return block ? counted_again(next(block, size), size_before) : counted(next(NULL, size));
}

void free(void *block) {
    static void (*_Atomic next)(void *);
    static _Thread_local bool is_looking; /* dlsym() frees the message of its last failure: that block stays */
    live -= block != NULL;
    count_bytes(block, -1);
    if (!next && !is_looking) {
        is_looking = true;
        next = NEXT("free", void (*)(void *));
        is_looking = false;
    }
    if (next) next(block);
}

#endif
