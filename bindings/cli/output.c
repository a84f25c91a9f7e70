/* See output.h. */
#include "output.h"

#include "cli.h"
#include "messages.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINK_LIMIT = 40 };

bool output_prepare(void) {
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
        if (open("/dev/null", flags[descriptor]) != descriptor) return false;
    }
    return signal(SIGPIPE, SIG_IGN) != SIG_ERR && signal(SIGXFSZ, SIG_IGN) != SIG_ERR;
}

static FILE *open_nameless(int descriptor, const char *path) {
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w+b");
    if (descriptor >= 0) unlink(path);
    if (descriptor >= 0 && file == NULL) close(descriptor);
    return file;
}

FILE *open_scratch(void) {
    const char *directory = getenv("TMPDIR");
    char path[PATH_MAX];
    bool is_given = directory != NULL && directory[0] != '\0' && (size_t)snprintf(path, sizeof path, "%s/kmsrules.XXXXXX", directory) < sizeof path;
    FILE *file = is_given ? open_nameless(mkstemp(path), path) : NULL;
    return file != NULL ? file : tmpfile();
}

/* False with errno set. */
static bool write_all(int descriptor, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(descriptor, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

/* False with errno set. */
static bool write_content(int descriptor, const struct content *content) {
    char part[65536];
    if (content->file == NULL) return write_all(descriptor, content->data, content->size);
    if (fseek(content->file, 0, SEEK_SET) != 0) return false;
    for (size_t size; (size = fread(part, 1, sizeof part, content->file)) > 0;)
        if (!write_all(descriptor, part, size)) return false;
    return !ferror(content->file);
}

static int fail(const char *path, int error) {
    fputs("kmsrules: ", stderr);
    if (path == NULL) fputs("standard output", stderr);
    else write_escaped(stderr, path);
    fprintf(stderr, ": %s\n", strerror(error));
    return EXIT_SYSTEM;
}

/* An error that comes out only now (a full disk behind a network) is one of ours. EINTR closes all the same on Linux. */
static bool close_checked(int descriptor) { return close(descriptor) == 0 || errno == EINTR; }

static int write_to_stdout(const struct content *content) {
    if (!write_content(STDOUT_FILENO, content) || !close_checked(STDOUT_FILENO)) return fail(NULL, errno);
    return EXIT_YES;
}

/* ---- A file ---- */

/* The file being written, for the signal handler; empty: none. */
static char temporary[PATH_MAX];

static void remove_and_die(int number) {
    if (temporary[0] != '\0') unlink(temporary);
    signal(number, SIG_DFL);
    raise(number);
}

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = remove_and_die}, old;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) /* what nohup ignores stays ignored */
        if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(deadly[i], &action, NULL);
}

/* Writes the directory part of `path` with its slash; false when it does not fit. */
static bool directory_of(const char *path, char *directory, size_t size) {
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (length >= size) return false;
    memcpy(directory, path, length);
    directory[length] = '\0';
    return true;
}

static bool join(char *joined, size_t size, const char *directory, const char *name) {
    return (size_t)snprintf(joined, size, "%s%s", directory, name) < size;
}

/* What the kernel asks of a link that it follows for a privileged process, asked here because the target is renamed over, not opened through the link:
 * in a folder with the sticky bit that others can write, a link belongs to us or to the folder's owner. */
static bool is_trusted_link(const char *link) {
    char directory[PATH_MAX];
    struct stat own, folder;
    if (!directory_of(link, directory, sizeof directory) || lstat(link, &own) != 0 || stat(directory[0] == '\0' ? "." : directory, &folder) != 0) return false;
    bool is_shared = (folder.st_mode & S_ISVTX) != 0 && (folder.st_mode & S_IWOTH) != 0;
    return !is_shared || own.st_uid == geteuid() || own.st_uid == folder.st_uid;
}

/* Follows links at the end of the path, also to a target that is not there yet. False with errno set. */
static bool follow_links(const char *path, char *target, size_t size) {
    char link[PATH_MAX], directory[PATH_MAX];
    if (!join(target, size, "", path)) return errno = ENAMETOOLONG, false;
    for (int i = 0; i < LINK_LIMIT; i++) {
        ssize_t length = readlink(target, link, sizeof link - 1);
        if (length < 0) return true; /* no link, or nothing there: opening it will say */
        link[length] = '\0';
        if (!is_trusted_link(target)) return errno = EACCES, false;
        bool fits = directory_of(target, directory, sizeof directory) && join(target, size, link[0] == '/' ? "" : directory, link);
        if (!fits) return errno = ENAMETOOLONG, false;
    }
    return errno = ELOOP, false;
}

/* A new file beside `target`, known to the signal handler from its first moment. */
static int open_temporary(const char *target) {
    sigset_t all, old;
    char directory[PATH_MAX];
    if (!directory_of(target, directory, sizeof directory) || !join(temporary, sizeof temporary, directory, ".kmsrules-XXXXXX")) {
        temporary[0] = '\0';
        errno = ENAMETOOLONG;
        return -1;
    }
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    int descriptor = mkstemp(temporary);
    if (descriptor < 0) temporary[0] = '\0';
    int error = errno;
    sigprocmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return descriptor;
}

static mode_t mode_for_new_file(void) {
    mode_t mask = umask(0);
    umask(mask);
    return (S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH) & ~mask;
}

static bool sync_directory(const char *target) {
    char directory[PATH_MAX];
    if (!directory_of(target, directory, sizeof directory)) return false;
    int descriptor = open(directory[0] == '\0' ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return true; /* it can be written but not read: the rename stands */
    bool is_synced = fsync(descriptor) == 0 || errno == EINVAL;
    return close(descriptor) == 0 && is_synced;
}

static int give_up(const char *path) {
    int error = errno;
    if (temporary[0] != '\0') unlink(temporary);
    temporary[0] = '\0';
    return fail(path, error);
}

static int replace(const char *path, const char *target, mode_t mode, const struct content *content) {
    catch_signals();
    int descriptor = open_temporary(target);
    if (descriptor < 0) return give_up(path);
    bool is_written = write_content(descriptor, content) && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0;
    int error = errno;
    bool is_closed = close_checked(descriptor);
    if (!is_written) errno = error;
    if (!is_written || !is_closed || rename(temporary, target) != 0) return give_up(path);
    temporary[0] = '\0';
    return sync_directory(target) ? EXIT_YES : fail(path, errno);
}

/* A device, a pipe: it stays what it is. */
static int write_into(const char *path, const struct content *content) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return fail(path, errno);
    bool is_written = write_content(descriptor, content);
    int error = errno;
    if (!close_checked(descriptor) && is_written) return fail(path, errno);
    return is_written ? EXIT_YES : fail(path, error);
}

static int write_to_file(const char *path, const struct content *content) {
    char target[PATH_MAX];
    struct stat old;
    if (!follow_links(path, target, sizeof target)) return fail(path, errno);
    bool exists = stat(target, &old) == 0;
    if (!exists && errno != ENOENT) return fail(path, errno);
    if (exists && !S_ISREG(old.st_mode)) return write_into(path, content);
    if (exists && faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0) return fail(path, errno);
    return replace(path, target, exists ? old.st_mode & 0777 : mode_for_new_file(), content);
}

int output_deliver(const char *path, const struct content *content) { return path == NULL ? write_to_stdout(content) : write_to_file(path, content); }
