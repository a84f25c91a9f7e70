/* See inventory_file.h. */
#include "inventory_file.h"

#include "messages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PORTION = 1 << 18 };

char *string_of(kmsrules_text text) {
    char *string = malloc(text.size + 1);
    if (string == NULL) return NULL;
    if (text.size > 0) memcpy(string, text.data, text.size);
    string[text.size] = '\0';
    return string;
}

/* ---- Opening -------------------------------------------------------------------------------------------------------------------------------- */

static int fail(const struct inventory_file *file, const char *reason, const char *help) {
    if (file->is_mute) return EXIT_SYSTEM;
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, file->name);
    fprintf(stderr, ": %s%s\n", reason, help);
    return EXIT_SYSTEM;
}

bool inventory_can_be_read_again(const char *path) {
    struct stat status;
    int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);
    return failed != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode); /* opening it says what is wrong */
}

static int look_at_stream(struct inventory_file *file) {
    struct stat status;
    if (fstat(fileno(file->stream), &status) != 0) return fail(file, strerror(errno), "");
    if (S_ISDIR(status.st_mode)) return fail(file, "is a directory", "; name the files in it");
    if (S_ISREG(status.st_mode)) file->size = status.st_size;
    return EXIT_YES;
}

static int open_stream(struct inventory_file *file, const char *path) {
    bool is_standard_input = strcmp(path, "-") == 0;
    if (is_standard_input && isatty(STDIN_FILENO) && !file->is_quiet) complain("reading from the terminal; Ctrl-D ends the input");
    file->stream = is_standard_input ? stdin : fopen(path, "rb");
    file->is_lent = is_standard_input;
    return file->stream == NULL ? fail(file, strerror(errno), "") : EXIT_YES;
}

static int refuse_options(const struct arguments *arguments) {
    if (arguments->is_plain && arguments->columns != NULL) complain("--plain and --columns contradict each other");
    else if (arguments->is_plain && arguments->separator != NULL) complain("--plain and --separator contradict each other");
    else if (arguments->columns != NULL && arguments->encoding == NULL) complain_about("--columns:", arguments->columns, " is not a list such as name=Computer,os=System,build=Build");
    else complain("--columns is no list such as name=Computer,os=System,build=Build, or --encoding names no encoding that is known");
    return EXIT_WRONG_USE;
}

/* A comma, a semicolon or a tab; 0: not one of them. */
static char separator_of(const char *value) {
    if (strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0) return '\t';
    return strlen(value) == 1 && strchr(",;\t", value[0]) != NULL ? value[0] : 0;
}

static int open_inventory(struct inventory_file *file, const struct arguments *arguments, kmsrules_ruleset *ruleset) {
    bool is_mapping = arguments->columns != NULL && strchr(arguments->columns, '=') != NULL;
    kmsrules_inventory_options options = {arguments->encoding, is_mapping || arguments->command->reads_files ? arguments->columns : NULL, 0, arguments->is_plain};
    if (arguments->separator != NULL) options.separator = separator_of(arguments->separator);
    if (arguments->separator != NULL && options.separator == 0) {
        complain_about("--separator:", arguments->separator, " is not a comma, a semicolon or tab");
        return EXIT_WRONG_USE;
    }
    kmsrules_status status = kmsrules_inventory_new(ruleset, &options, &file->inventory);
    if (status == KMSRULES_OK) return EXIT_YES;
    if (status == KMSRULES_INVALID_ARGUMENT) return refuse_options(arguments);
    complain("%s", kmsrules_status_text(status));
    return status_of_failure(status);
}

int inventory_file_open(struct inventory_file *file, const struct arguments *arguments, kmsrules_ruleset *ruleset, const char *path, FILE *stream) {
    *file = (struct inventory_file){.name = strcmp(path, "-") == 0 ? "standard input" : path, .stream = stream, .is_lent = stream != NULL, .is_quiet = arguments->is_quiet, .size = -1};
    int status = open_inventory(file, arguments, ruleset);
    if (status == EXIT_YES && stream == NULL) status = open_stream(file, path);
    if (status == EXIT_YES) status = look_at_stream(file);
    if (status != EXIT_YES) return status;
    file->portion = malloc(PORTION);
    return file->portion == NULL ? fail(file, "out of memory", "") : EXIT_YES;
}

void inventory_file_close(struct inventory_file *file) {
    kmsrules_inventory_free(file->inventory);
    if (file->stream != NULL && !file->is_lent) fclose(file->stream);
    free(file->portion);
}

/* ---- Progress ------------------------------------------------------------------------------------------------------------------------------- */

static double seconds_now(void) {
    struct timespec now;
    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? (double)now.tv_sec + (double)now.tv_nsec / 1e9 : 0;
}

/* One line that is written over; `is_last` wipes it. On a terminal only, after the first second of the run. */
static void show_progress(struct inventory_file *file, bool is_last) {
    static double first, shown;
    double now;
    if (file->is_quiet || !isatty(STDERR_FILENO) || (now = seconds_now()) == 0) return;
    if (first == 0) first = now;
    if (file->start == 0) file->start = now;
    if (is_last && shown != 0) fputs("\r\033[K", stderr);
    if (is_last || now - first < 1 || now - shown < 0.2) return;
    shown = now;
    fprintf(stderr, "\r\033[K%s%" PRIu64 " rows, %.0f rows/s", file->is_again ? "again: " : "", file->rows, now > file->start ? (double)file->rows / (now - file->start) : 0);
    if (file->size > 0) fprintf(stderr, ", %.0f %%", 100.0 * (double)file->done / (double)file->size);
    fflush(stderr);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

/* What the file was found to be, unless the one before it was the same. */
static void say_format(const struct inventory_file *file) {
    static char said[512];
    char text[512];
    const kmsrules_inventory_format *format = kmsrules_inventory_what(file->inventory);
    if (file->is_quiet || file->is_again || format->format == NULL) return;
    const char *separator = format->separator == ',' ? ", separated by commas" : format->separator == ';' ? ", separated by semicolons" : format->separator == '\t' ? ", separated by tabs" : "";
    snprintf(text, sizeof text, "%s, %s%s%s%s", format->format, format->encoding, separator, format->columns == NULL || format->columns[0] == '\0' ? "" : "; ", format->columns == NULL ? "" : format->columns);
    if (strcmp(text, said) == 0) return;
    strcpy(said, text);
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, file->name);
    fprintf(stderr, ": %s\n", text);
}

static int report_fault(struct inventory_file *file) {
    const kmsrules_inventory_fault *fault = kmsrules_inventory_why(file->inventory);
    show_progress(file, true);
    if (file->is_silent) return EXIT_INVALID;
    write_escaped(stderr, file->name);
    if (fault->line > 0) fprintf(stderr, ":%" PRIu64, fault->line);
    if (fault->line > 0 && fault->column > 0) fprintf(stderr, ":%" PRIu64, fault->column);
    fprintf(stderr, ": %s\n", fault->text);
    return EXIT_INVALID;
}

/* What is there already, so that a slow pipe is followed as it comes. Of a file from the start of the stream on, whoever has read it before. -1 with errno. */
static ssize_t read_portion(const struct inventory_file *file) {
    ssize_t size;
    int descriptor = fileno(file->stream);
    off_t start = file->size < 0 ? 0 : lseek(descriptor, 0, SEEK_CUR);
    do size = file->size < 0 ? read(descriptor, file->portion, PORTION) : pread(descriptor, file->portion, PORTION, start + file->done);
    while (size < 0 && errno == EINTR);
    return size;
}

/* EXIT_YES also at the end of the file, which the inventory was told. */
static int feed(struct inventory_file *file) {
    ssize_t size = read_portion(file);
    if (size < 0) {
        char reason[256];
        snprintf(reason, sizeof reason, "%s after %" PRId64 " bytes", strerror(errno), file->done);
        return fail(file, reason, "");
    }
    if (file->copy != NULL && fwrite(file->portion, 1, (size_t)size, file->copy) != (size_t)size) return fail(file, "its copy cannot be written, which is read again without --key: ", strerror(errno));
    file->done += size;
    file->is_at_end = size == 0;
    show_progress(file, false);
    if (size == 0) kmsrules_inventory_end(file->inventory);
    else kmsrules_inventory_feed(file->inventory, file->portion, (size_t)size);
    return EXIT_YES;
}

int inventory_file_next(struct inventory_file *file, const kmsrules_machine **machine) {
    for (;;) {
        kmsrules_status status = kmsrules_inventory_next(file->inventory, machine);
        if (status == KMSRULES_INVALID_INVENTORY) return report_fault(file);
        if (status != KMSRULES_OK) {
            complain("%s", kmsrules_status_text(status));
            return status_of_failure(status);
        }
        if (*machine == NULL && !file->is_at_end) {
            int fed = feed(file);
            if (fed != EXIT_YES) return fed;
            continue;
        }
        if (file->rows == 0) say_format(file);
        file->rows += *machine != NULL;
        if (*machine == NULL) show_progress(file, true);
        return EXIT_YES;
    }
}
