/* Reads one table file whole, as docs/architecture.md ("Reading a table") says. In: a path. Out: its bytes, or what is wrong. Knows nothing of XML. */
#ifndef KR_FILE_H
#define KR_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum kr_file_result {
    KR_FILE_READ,
    KR_FILE_NO_MEMORY,
    KR_FILE_UNREADABLE, /* open, fstat or read failed, or no regular file */
    KR_FILE_TOO_LARGE,
    KR_FILE_CHANGED,    /* while it was read */
    KR_FILE_NOT_TRUSTED /* we are privileged and others can write it, its folder, or own it */
};

struct kr_file {
    char *data; /* `size` bytes and a closing NUL; freed with kr_memory_free() */
    size_t size;
    char message[256]; /* for every result but READ: "No such file or directory"; without the path */
};

/* open(O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_NOCTTY), fstat: regular, at most `size_limit`, read to the end (EINTR, short counts), fstat again: same dev, inode, size, mtime, ctime.
 * Privileged (effective user 0 or set-user-ID): owner must be root or the effective user, no write for group or others; every folder on the resolved path is owned by
 * root or the effective user, and not writable by group or others unless sticky. The path is taken literally. */
enum kr_file_result kr_file_read(const char *path, size_t size_limit, struct kr_file *file);

/* The path with links followed, or NULL with errno set (ENOMEM, too); freed with kr_memory_free(). */
char *kr_file_resolve(const char *path);

#endif
