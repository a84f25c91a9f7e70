/* See input_file.h. */
#include "input_file.h"

#include "messages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PORTION = 1 << 18 };

/* ---- Opening -------------------------------------------------------------------------------------------------------------------------------- */

int input_file_fail(const struct input_file *file, const char *reason, const char *help) {
    if (!file->is_mute) complain_of_file(file->name, reason, help);
    return EXIT_SYSTEM;
}

static int look_at_stream(struct input_file *file) {
    struct stat status;
    if (fstat(fileno(file->stream), &status) != 0) return input_file_fail(file, strerror(errno), "");
    if (S_ISDIR(status.st_mode)) return input_file_fail(file, "is a directory", "; name the files in it");
    if (S_ISREG(status.st_mode)) file->size = status.st_size;
    return EXIT_YES;
}

static int open_stream(struct input_file *file, const char *path) {
    bool is_standard_input = strcmp(path, "-") == 0;
    if (is_standard_input && isatty(STDIN_FILENO) && !file->is_quiet) complain("reading from the terminal; Ctrl-D ends the input");
    file->stream = is_standard_input ? stdin : fopen(path, "rb");
    file->is_lent = is_standard_input;
    return file->stream == NULL ? input_file_fail(file, strerror(errno), "") : EXIT_YES;
}

int input_file_open(struct input_file *file, const char *path, FILE *stream) {
    int status = stream == NULL ? open_stream(file, path) : EXIT_YES;
    if (status == EXIT_YES) status = look_at_stream(file);
    if (status != EXIT_YES) return status;
    file->portion = malloc(PORTION);
    return file->portion == NULL ? input_file_fail(file, "out of memory", "") : EXIT_YES;
}

void input_file_close(struct input_file *file) {
    if (file->stream != NULL && !file->is_lent) fclose(file->stream);
    free(file->portion);
}

struct input_file input_file_named(const char *path, FILE *stream, bool is_quiet, const char *unit) {
    return (struct input_file){.name = strcmp(path, "-") == 0 ? "standard input" : path, .stream = stream, .is_lent = stream != NULL, .is_quiet = is_quiet, .size = -1, .unit = unit};
}

/* ---- Progress ------------------------------------------------------------------------------------------------------------------------------- */

static double seconds_now(void) {
    struct timespec now;
    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? (double)now.tv_sec + (double)now.tv_nsec / 1e9 : 0;
}

/* One line that is written over; `is_last` wipes it. On a terminal only, after the first second of the run. */
void input_file_show_progress(struct input_file *file, bool is_last) {
    static double first, shown;
    double now;
    if (file->is_quiet || !isatty(STDERR_FILENO) || (now = seconds_now()) == 0) return;
    if (first == 0) first = now;
    if (file->start == 0) file->start = now;
    if (is_last && shown != 0) fputs("\r\033[K", stderr);
    if (is_last || now - first < 1 || now - shown < 0.2) return;
    shown = now;
    fprintf(stderr, "\r\033[K%s%" PRIu64 " %s, %.0f %s/s", file->is_again ? "again: " : "", file->items, file->unit, now > file->start ? (double)file->items / (now - file->start) : 0, file->unit);
    if (file->size > 0) fprintf(stderr, ", %.0f %%", 100.0 * (double)file->done / (double)file->size);
    fflush(stderr);
}

/* ---- What is said --------------------------------------------------------------------------------------------------------------------------- */

void input_file_say_format(const struct input_file *file, const char *format, const char *encoding, char separator, const char *columns) {
    static char said[512];
    char text[sizeof said];
    if (format == NULL || file->is_quiet || file->is_again) return;
    const char *separated = separator == ',' ? ", separated by commas" : separator == ';' ? ", separated by semicolons" : separator == '\t' ? ", separated by tabs" : "";
    bool has_columns = columns != NULL && columns[0] != '\0';
    snprintf(text, sizeof text, "%s, %s%s%s%s", format, encoding, separated, has_columns ? "; " : "", has_columns ? columns : "");
    if (strcmp(text, said) == 0) return;
    snprintf(said, sizeof said, "%s", text);
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, file->name);
    fprintf(stderr, ": %s\n", text);
}

int input_file_say_fault(struct input_file *file, const kmsrules_inventory_fault *fault) {
    input_file_show_progress(file, true);
    write_escaped(stderr, file->name);
    if (fault->line > 0) fprintf(stderr, ":%" PRIu64, fault->line);
    if (fault->line > 0 && fault->column > 0) fprintf(stderr, ":%" PRIu64, fault->column);
    fprintf(stderr, ": %s\n", fault->text);
    return EXIT_INVALID;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

/* What is there already, so that a slow pipe is followed as it comes. Of a file from the start of the stream on, whoever has read it before. -1 with errno. */
static ssize_t read_portion(const struct input_file *file) {
    ssize_t size;
    int descriptor = fileno(file->stream);
    off_t start = file->size < 0 ? 0 : lseek(descriptor, 0, SEEK_CUR);
    do size = file->size < 0 ? read(descriptor, file->portion, PORTION) : pread(descriptor, file->portion, PORTION, start + file->done);
    while (size < 0 && errno == EINTR);
    return size;
}

int input_file_read(struct input_file *file, size_t *portion_size) {
    ssize_t size = read_portion(file);
    if (size < 0) {
        char reason[256];
        snprintf(reason, sizeof reason, "%s after %" PRId64 " bytes", strerror(errno), file->done);
        return input_file_fail(file, reason, "");
    }
    if (file->copy != NULL && fwrite(file->portion, 1, (size_t)size, file->copy) != (size_t)size) return input_file_fail(file, "its copy cannot be written, which is read again without --key: ", strerror(errno));
    file->done += size;
    file->is_at_end = size == 0;
    input_file_show_progress(file, false);
    *portion_size = (size_t)size;
    return EXIT_YES;
}

int input_file_read_all(struct input_file *file, const char *path, size_t most, char **data, size_t *size) {
    int status = input_file_open(file, path, NULL);
    char *read = status == EXIT_YES ? malloc(1) : NULL; /* NULL is no bytes, even none */
    *data = NULL;
    *size = 0;
    while (status == EXIT_YES && read != NULL && !file->is_at_end && *size <= most) {
        size_t portion = 0;
        status = input_file_read(file, &portion);
        char *more = status == EXIT_YES ? realloc(read, *size + portion + 1) : NULL;
        if (more == NULL && status == EXIT_YES) status = input_file_fail(file, "out of memory", "");
        if (more == NULL) break;
        read = more;
        memcpy(read + *size, file->portion, portion);
        *size += portion;
        file->items = *size;
    }
    if (read == NULL && status == EXIT_YES) status = input_file_fail(file, "out of memory", "");
    if (status == EXIT_YES) *data = read;
    else free(read);
    return status;
}
