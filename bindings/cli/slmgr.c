/* kmsrules slmgr [FILE]: what slmgr /dli or /dlv printed: what a host holds, counts and can do, what a client knows of its host, and what is wrong. */
#include "asking.h"
#include "messages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = (8 << 20) + 1 }; /* one more than the library takes, which then says so */

struct content {
    char *data;
    size_t size;
};

static int fail(const char *name, const char *reason) {
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, name);
    fprintf(stderr, ": %s\n", reason);
    return EXIT_SYSTEM;
}

/* Reads a stream to its end, or to the most there may be. */
static int read_stream(FILE *stream, const char *name, struct content *content) {
    size_t capacity = 0;
    while (content->size < MOST_BYTES && !feof(stream)) {
        if (content->size == capacity) {
            char *more = realloc(content->data, capacity = capacity == 0 ? 65536 : 2 * capacity);
            if (more == NULL) return fail(name, "out of memory");
            content->data = more;
        }
        content->size += fread(content->data + content->size, 1, capacity - content->size, stream);
        if (ferror(stream)) return fail(name, strerror(errno));
    }
    if (content->size > MOST_BYTES) content->size = MOST_BYTES;
    return EXIT_YES;
}

static int read_input(const struct arguments *arguments, const char *path, const char *name, struct content *content) {
    struct stat seen;
    bool is_standard_input = strcmp(path, "-") == 0;
    if (is_standard_input && isatty(STDIN_FILENO) && !arguments->is_quiet) complain("reading from the terminal; Ctrl-D ends the input");
    FILE *stream = is_standard_input ? stdin : fopen(path, "rb");
    if (stream == NULL) return fail(name, strerror(errno));
    bool is_folder = fstat(fileno(stream), &seen) == 0 && S_ISDIR(seen.st_mode);
    int status = is_folder ? fail(name, "is a directory; name a file in it") : read_stream(stream, name, content);
    if (!is_standard_input) fclose(stream);
    return status;
}

static int refuse(const char *name, const kmsrules_inventory_fault *fault) {
    write_escaped(stderr, name);
    if (fault->line > 0) fprintf(stderr, ":%" PRIu64, fault->line);
    if (fault->line > 0 && fault->column > 0) fprintf(stderr, ":%" PRIu64, fault->column);
    fprintf(stderr, ": %s\n", fault->text);
    return EXIT_INVALID;
}

static int print(const struct arguments *arguments, const kmsrules_slmgr *slmgr, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = arguments->format == FORMAT_JSON ? kmsrules_slmgr_json(slmgr, &text, &size) : kmsrules_slmgr_print(slmgr, result->wants_color, &text, &size);
    if (status != KMSRULES_OK) return asking_refused(status);
    fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    return EXIT_YES;
}

static int status_of_findings(const kmsrules_slmgr_content *content) {
    for (size_t i = 0; i < content->license_count; i++)
        for (size_t j = 0; j < content->licenses[i].finding_count; j++)
            if (content->licenses[i].findings[j].observation->is_finding) return EXIT_NO;
    return EXIT_YES;
}

static int read_and_print(const struct arguments *arguments, const struct asking *asking, const char *name, const struct content *content, struct result *result) {
    kmsrules_slmgr *slmgr = NULL;
    kmsrules_status status = kmsrules_slmgr_read(asking->question, arguments->encoding, content->data, content->size, &slmgr);
    if (status == KMSRULES_INVALID_ARGUMENT) return complain_about("--encoding:", arguments->encoding, " names no encoding that is known"), EXIT_WRONG_USE;
    if (status != KMSRULES_OK) return asking_refused(status);
    const kmsrules_inventory_fault *fault = kmsrules_slmgr_why(slmgr);
    int exit_status = fault != NULL ? refuse(name, fault) : print(arguments, slmgr, result);
    if (exit_status == EXIT_YES) exit_status = status_of_findings(kmsrules_slmgr_content_of(slmgr));
    kmsrules_slmgr_free(slmgr);
    return exit_status;
}

int run_slmgr(const struct arguments *arguments, struct result *result) {
    const char *path = arguments->words.count == 0 ? "-" : arguments->words.items[0], *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct content content = {NULL, 0};
    struct asking asking = asking_start(arguments);
    if (arguments->host != NULL) asking_set_host(&asking, arguments->host);
    if (asking.status == EXIT_YES) asking.status = read_input(arguments, path, name, &content);
    if (asking.status == EXIT_YES) asking.status = read_and_print(arguments, &asking, name, &content, result);
    free(content.data);
    asking_end(&asking);
    return asking.status;
}
