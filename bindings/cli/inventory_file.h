/* One inventory file being read: opened, fed to the library in portions, its machines handed out; faults and what it was found to be go to stderr. */
#ifndef CLI_INVENTORY_FILE_H
#define CLI_INVENTORY_FILE_H

#include "input_file.h"

struct inventory_file {
    struct input_file input;
    kmsrules_inventory *inventory;
    bool is_silent; /* faults of the content are not said */
};

/* Whether a path (`-`: standard input) can be read from its start a second time. */
bool inventory_can_be_read_again(const char *path);
/* Opens a file (`-`: standard input), or takes a stream, which is read from its start. EXIT_YES, or a status after it has said why not. Ended by inventory_file_close() either way. */
int inventory_file_open(struct inventory_file *file, const struct arguments *arguments, kmsrules_ruleset *ruleset, const char *path, FILE *stream);
/* The next machine, NULL at the end. EXIT_INVALID: the file cannot be read further, which was said; EXIT_SYSTEM likewise. */
int inventory_file_next(struct inventory_file *file, const kmsrules_machine **machine);
void inventory_file_close(struct inventory_file *file);

/* A view as a string on the heap; NULL when out of memory. */
char *string_of(kmsrules_text text);

#endif
