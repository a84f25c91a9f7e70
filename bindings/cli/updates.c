/* The values of --update: KB numbers and ids, or @FILE with a list of them. */
#include "asking.h"
#include "messages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)16 << 20)

/* Where a word of a file stands; file NULL: it comes from the command line. */
struct place {
    const char *file;
    unsigned long line, column;
};

static void refuse_update(struct asking *asking, const struct place *place, const char *word, kmsrules_status status) {
    if (place->file == NULL) {
        fputs("kmsrules: ", stderr);
    } else {
        write_escaped(stderr, place->file);
        fprintf(stderr, ":%lu:%lu: ", place->line, place->column);
    }
    if (status == KMSRULES_NO_MEMORY) {
        fprintf(stderr, "%s\n", kmsrules_status_text(status));
        asking->status = worse_status(asking->status, EXIT_SYSTEM);
        return;
    }
    fputs("unknown update ", stderr);
    write_quoted(stderr, word);
    fputs(": neither a KB number of 5 to 8 digits nor an update of the tables\n", stderr);
    asking->status = worse_status(asking->status, place->file == NULL ? EXIT_WRONG_USE : EXIT_INVALID);
}

static bool is_separator(char c) { return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void add_word(struct asking *asking, struct place place, const char *text, size_t size) {
    char *word = malloc(size + 1);
    if (word == NULL) {
        refuse_update(asking, &place, "", KMSRULES_NO_MEMORY);
        return;
    }
    memcpy(word, text, size);
    word[size] = '\0';
    kmsrules_status status = strlen(word) < size ? KMSRULES_UNKNOWN_NAME : kmsrules_question_add_update(asking->question, word);
    if (status != KMSRULES_OK) refuse_update(asking, &place, word, status);
    free(word);
}

/* `#` starts a comment that ends with the line; only in files. */
static void add_words(struct asking *asking, struct place place, const char *text, size_t size) {
    size_t line_start = 0;
    for (size_t i = 0; i < size;) {
        size_t start = i;
        if (is_separator(text[i])) {
            if (text[i++] != '\n') continue;
            place.line++;
            line_start = i;
        } else if (place.file != NULL && text[i] == '#') {
            while (i < size && text[i] != '\n') i++;
        } else {
            while (i < size && !is_separator(text[i])) i++;
            place.column = start - line_start + 1;
            add_word(asking, place, text + start, i - start);
        }
    }
}

/* ---- @FILE ---- */

static void refuse_file(struct asking *asking, const char *path, const char *reason, int status) {
    fputs("kmsrules: ", stderr);
    write_escaped(stderr, path);
    fprintf(stderr, ": %s\n", reason);
    asking->status = worse_status(asking->status, status);
}

/* What PowerShell writes by default: UTF-16 becomes bytes, in place; what is no ASCII becomes `?` and so an unknown update. */
static size_t narrow(char *text, size_t size) {
    bool is_little = size >= 2 && memcmp(text, "\xff\xfe", 2) == 0, is_big = size >= 2 && memcmp(text, "\xfe\xff", 2) == 0;
    size_t narrowed = 0;
    if (!is_little && !is_big) return size;
    for (size_t i = 2; i + 1 < size; i += 2) {
        char high = text[i + (is_little ? 1 : 0)], low = text[i + (is_little ? 0 : 1)];
        text[narrowed++] = high == 0 && (unsigned char)low < 0x80 ? low : '?';
    }
    return narrowed;
}

/* The whole stream; NULL with errno set, 0 when it is too large. */
static char *read_stream(FILE *stream, size_t *size) {
    char *text = NULL;
    size_t capacity = 0, used = 0;
    while (!feof(stream) && !ferror(stream)) {
        if (used == capacity) {
            capacity = capacity == 0 ? 4096 : capacity * 2;
            char *larger = used >= FILE_LIMIT ? NULL : realloc(text, capacity);
            if (larger == NULL) {
                errno = used >= FILE_LIMIT ? 0 : ENOMEM;
                free(text);
                return NULL;
            }
            text = larger;
        }
        used += fread(text + used, 1, capacity - used, stream);
    }
    if (ferror(stream)) {
        free(text);
        return NULL;
    }
    *size = used;
    return text;
}

static void add_file(struct asking *asking, const char *path) {
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    size_t size = 0;
    char *text = stream == NULL ? NULL : read_stream(stream, &size);
    if (text == NULL) {
        refuse_file(asking, path, errno == 0 ? "larger than 16 MiB" : strerror(errno), errno == 0 ? EXIT_INVALID : EXIT_SYSTEM);
    } else {
        size = narrow(text, size);
        size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        add_words(asking, (struct place){is_stdin ? "standard input" : path, 1, 1}, text + mark, size - mark);
    }
    if (stream != NULL && !is_stdin) fclose(stream);
    free(text);
}

void asking_add_updates(struct asking *asking, const char *value) {
    if (value[0] == '@') add_file(asking, value + 1);
    else add_words(asking, (struct place){NULL, 0, 0}, value, strlen(value));
}
