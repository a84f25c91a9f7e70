/* Reads one table file whole. In: a path, taken literally. Out: its bytes, or what is wrong in words. Knows nothing of XML.
 * Everything is asked of the open descriptor, so that the file judged is the file read. */
#define _XOPEN_SOURCE 700

#include "base/file.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

enum { WRITABLE_BY_OTHERS = S_IWGRP | S_IWOTH, MODE_BITS = 07777 };

/* As strerror() has them, which would speak the language of the host application's locale. */
static const struct {
    int number;
    const char *text;
} system_errors[] = {
    {ENOENT, "No such file or directory"},
    {EACCES, "Permission denied"},
    {EPERM, "Operation not permitted"},
    {ENOTDIR, "Not a directory"},
    {EISDIR, "Is a directory"},
    {ELOOP, "Too many levels of symbolic links"},
    {ENAMETOOLONG, "File name too long"},
    {ENXIO, "No such device or address"},
    {ENODEV, "No such device"},
    {EIO, "Input/output error"},
    {EMFILE, "Too many open files"},
    {ENFILE, "Too many open files in system"},
    {EOVERFLOW, "Value too large for defined data type"},
    {ESTALE, "Stale file handle"},
    {ETIMEDOUT, "Connection timed out"},
};

static struct kr_buffer start_message(struct kr_file *file) { return kr_buffer_over(file->message, sizeof file->message); }

static enum kr_file_result explain(struct kr_file *file, enum kr_file_result result, const char *text) {
    struct kr_buffer message = start_message(file);
    kr_buffer_add_string(&message, text);
    return result;
}

static enum kr_file_result explain_error(struct kr_file *file, int error) {
    if (error == ENOMEM) return explain(file, KR_FILE_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < sizeof system_errors / sizeof system_errors[0]; i++) {
        if (system_errors[i].number == error) return explain(file, KR_FILE_UNREADABLE, system_errors[i].text);
    }
    struct kr_buffer message = start_message(file);
    kr_buffer_add_string(&message, "system error ");
    kr_buffer_add_number(&message, (uint64_t)error);
    return KR_FILE_UNREADABLE;
}

static enum kr_file_result explain_size(struct kr_file *file, size_t size_limit) {
    struct kr_buffer message = start_message(file);
    kr_buffer_add_string(&message, "larger than ");
    kr_buffer_add_number(&message, size_limit);
    kr_buffer_add_string(&message, " bytes");
    return KR_FILE_TOO_LARGE;
}

static enum kr_file_result explain_change(struct kr_file *file) { return explain(file, KR_FILE_CHANGED, "changed while it was read"); }

/* ---- Trust ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_privileged(void) { return geteuid() == 0 || geteuid() != getuid() || getegid() != getgid(); }

static bool is_owner_trusted(const struct stat *status) { return status->st_uid == 0 || status->st_uid == geteuid(); }

static void add_mode(struct kr_buffer *message, mode_t mode) {
    char digits[5] = "0000";
    for (size_t i = 0; i < 4; i++) digits[i] = (char)('0' + (mode >> (9 - 3 * i) & 7));
    kr_buffer_add_string(message, digits);
}

static void add_reason(struct kr_buffer *message, const struct stat *status) {
    if (!is_owner_trusted(status)) {
        kr_buffer_add_string(message, "owned by another user (");
        kr_buffer_add_number(message, status->st_uid);
        kr_buffer_add_string(message, ")");
    } else {
        kr_buffer_add_string(message, "writable by others (mode ");
        add_mode(message, status->st_mode & MODE_BITS);
        kr_buffer_add_string(message, ")");
    }
}

static enum kr_file_result distrust_folder(struct kr_file *file, const char *folder, const struct stat *status) {
    struct kr_buffer message = start_message(file);
    kr_buffer_add_string(&message, "folder ");
    kr_buffer_add_escaped(&message, kr_text_of(folder));
    kr_buffer_add_string(&message, " is ");
    add_reason(&message, status);
    return KR_FILE_NOT_TRUSTED;
}

static enum kr_file_result check_folder(struct kr_file *file, const char *folder) {
    struct stat status;
    if (stat(folder, &status) != 0) return explain_error(file, errno);
    bool is_protected = !(status.st_mode & WRITABLE_BY_OTHERS) || status.st_mode & S_ISVTX;
    return is_protected && is_owner_trusted(&status) ? KR_FILE_READ : distrust_folder(file, folder, &status);
}

/* From the file's folder up to the root; shortens `path` on the way. */
static enum kr_file_result check_folders(struct kr_file *file, char *path) {
    enum kr_file_result result = KR_FILE_READ;
    for (char *slash = strrchr(path, '/'); slash && slash != path && result == KR_FILE_READ; slash = strrchr(path, '/')) {
        *slash = '\0';
        result = check_folder(file, path);
    }
    return result == KR_FILE_READ ? check_folder(file, "/") : result;
}

/* A link on the path may have been turned since the file was opened. */
static bool is_same_file(const char *path, const struct stat *opened) {
    struct stat status;
    return stat(path, &status) == 0 && status.st_dev == opened->st_dev && status.st_ino == opened->st_ino;
}

static enum kr_file_result check_trust(struct kr_file *file, const char *path, const struct stat *status) {
    if (!is_privileged()) return KR_FILE_READ;
    if (!is_owner_trusted(status) || status->st_mode & WRITABLE_BY_OTHERS) {
        struct kr_buffer message = start_message(file);
        add_reason(&message, status);
        return KR_FILE_NOT_TRUSTED;
    }
    char *resolved = kr_file_resolve(path);
    if (!resolved) return explain_error(file, errno);
    enum kr_file_result result = is_same_file(resolved, status) ? check_folders(file, resolved) : explain_change(file);
    kr_memory_free(resolved);
    return result;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_same_time(struct timespec a, struct timespec b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

static bool is_unchanged(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && is_same_time(a->st_mtim, b->st_mtim) &&
           is_same_time(a->st_ctim, b->st_ctim);
}

/* Up to `size` bytes; fewer only at the end of the file. -1 with errno set when it cannot be read. */
static ssize_t read_all(int descriptor, char *data, size_t size) {
    size_t held = 0;
    while (held < size) {
        ssize_t count = read(descriptor, data + held, size - held);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        held += (size_t)count;
    }
    return (ssize_t)held;
}

/* Asks for one byte more than there should be: the file may be growing. The byte behind it stays zero. */
static enum kr_file_result read_contents(struct kr_file *file, int descriptor, const struct stat *before) {
    struct stat after;
    size_t size = (size_t)before->st_size;
    file->data = kr_memory_take(size + 2, 1);
    if (!file->data) return explain_error(file, ENOMEM);
    ssize_t held = read_all(descriptor, file->data, size + 1);
    if (held < 0 || fstat(descriptor, &after) != 0) return explain_error(file, errno);
    if ((size_t)held != size || !is_unchanged(before, &after)) return explain_change(file);
    file->size = size;
    return KR_FILE_READ;
}

static enum kr_file_result read_open(const char *path, int descriptor, size_t size_limit, struct kr_file *file) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return explain_error(file, errno);
    if (S_ISDIR(status.st_mode)) return explain_error(file, EISDIR);
    if (!S_ISREG(status.st_mode)) return explain(file, KR_FILE_UNREADABLE, "not a regular file");
    if ((uintmax_t)status.st_size > size_limit) return explain_size(file, size_limit);
    enum kr_file_result result = check_trust(file, path, &status);
    return result == KR_FILE_READ ? read_contents(file, descriptor, &status) : result;
}

static int open_for_reading(const char *path) {
    int descriptor;
    do descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

enum kr_file_result kr_file_read(const char *path, size_t size_limit, struct kr_file *file) {
    *file = (struct kr_file){0};
    int descriptor = open_for_reading(path);
    if (descriptor < 0) return explain_error(file, errno);
    enum kr_file_result result = read_open(path, descriptor, size_limit, file);
    close(descriptor);
    if (result != KR_FILE_READ) {
        kr_memory_free(file->data);
        file->data = NULL;
    }
    return result;
}

char *kr_file_resolve(const char *path) {
    char *resolved = kr_memory_take(PATH_MAX, 1);
    if (!resolved) {
        errno = ENOMEM;
        return NULL;
    }
    if (realpath(path, resolved)) return resolved;
    int error = errno;
    kr_memory_free(resolved);
    errno = error;
    return NULL;
}
