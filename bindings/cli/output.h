/* Where results go: standard output or a file, whole or not at all. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Descriptors 0 to 2 that are closed are opened on /dev/null in the direction that fails, so that no file gets their number and no output counts as
 * delivered. Broken pipes and exceeded file sizes become errors of write(). */
bool output_prepare(void);
/* A file without a name that is gone when it is closed, in $TMPDIR, or in the system's folder where that is not set or cannot be written. NULL with errno. */
FILE *open_scratch(void);
/* A result: bytes in memory, or a file that holds them. */
struct content {
    const char *data;
    size_t size;
    FILE *file; /* NULL: in memory */
};

/* Writes a result; EXIT_YES, or EXIT_SYSTEM after it has said on stderr what failed. `path` NULL: standard output. */
int output_deliver(const char *path, const struct content *content);

#endif
