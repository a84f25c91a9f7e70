/* Makes one system call of the program fail, or a signal arrive during it: PRELOAD_CALL=fsync PRELOAD_ERRNO=28, or PRELOAD_SIGNAL=15. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the call is to fail now; the signal does not come back. */
static int is_struck(const char *call) {
    const char *struck = getenv("PRELOAD_CALL"), *error = getenv("PRELOAD_ERRNO"), *number = getenv("PRELOAD_SIGNAL");
    if (struck == NULL || strcmp(struck, call) != 0) return 0;
    if (number != NULL) raise(atoi(number));
    if (error == NULL) return 0;
    errno = atoi(error);
    return 1;
}

int fsync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return is_struck("fsync") ? -1 : real(descriptor);
}

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    return is_struck("rename") ? -1 : real(from, to);
}

int close(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
    int result = real(descriptor);
    return is_struck("close") ? -1 : result;
}

/* Half of what is asked for is written, as on a disk that fills up; PRELOAD_CALL=short only does that. */
ssize_t write(int descriptor, const void *data, size_t size) {
    ssize_t (*real)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    const char *struck = getenv("PRELOAD_CALL");
    if (struck != NULL && strcmp(struck, "short") == 0 && size > 1) return real(descriptor, data, 1 + size / 2);
    return is_struck("write") ? -1 : real(descriptor, data, size);
}
