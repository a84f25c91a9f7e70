/* A file being read in portions: opened, followed, its progress shown on a terminal. What the portions say is for who reads them. */
#ifndef CLI_INPUT_FILE_H
#define CLI_INPUT_FILE_H

#include "cli.h"

struct input_file {
    const char *name; /* for messages and places: the path, or "standard input" */
    const char *unit; /* what is counted: "rows" */
    FILE *stream;
    FILE *copy;        /* what is read is also written there; NULL: nowhere */
    bool is_lent;      /* the stream is standard input, or read again: not closed */
    bool is_quiet;     /* neither format nor progress is shown */
    bool is_mute;      /* nor is it said when the file cannot be read */
    bool is_again;     /* read a second time: its format was said */
    bool is_at_end;
    int64_t size, done; /* bytes; size -1: not known */
    uint64_t items;     /* read, for the progress */
    double start;      /* when the first bytes came; 0: not yet */
    char *portion;
};

/* A path (`-`: standard input), or a stream, which is read from its start. */
struct input_file input_file_named(const char *path, FILE *stream, bool is_quiet, const char *unit);
/* EXIT_YES, or a status after it has said why not. Ended by input_file_close() either way. */
int input_file_open(struct input_file *file, const char *path, FILE *stream);
/* The next portion, of size 0 at the end; or a status after it has said why not. */
int input_file_read(struct input_file *file, size_t *portion_size);
/* Opens it and reads it to its end, or to the first byte beyond `most`. The bytes are to be freed; NULL only with another status than EXIT_YES. */
int input_file_read_all(struct input_file *file, const char *path, size_t most, char **data, size_t *size);
void input_file_close(struct input_file *file);

/* One line that is written over; `is_last` wipes it. */
void input_file_show_progress(struct input_file *file, bool is_last);
/* What the file was found to be, unless the one before it was the same. `format` NULL: nothing is known yet; `columns` NULL or empty: none. */
void input_file_say_format(const struct input_file *file, const char *format, const char *encoding, char separator, const char *columns);
int input_file_fail(const struct input_file *file, const char *reason, const char *help); /* EXIT_SYSTEM */
int input_file_say_fault(struct input_file *file, const kmsrules_inventory_fault *fault); /* EXIT_INVALID */

#endif
