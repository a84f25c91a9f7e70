/* One export of events being read: opened, fed to the library in portions, its events handed out; faults and what it was found to be go to stderr. */
#ifndef CLI_EVENT_FILE_H
#define CLI_EVENT_FILE_H

#include "cli.h"

struct event_file;

/* Opens a file (`-`: standard input). EXIT_YES, or a status after it has said why not, with *file NULL. */
int event_file_open(const struct arguments *arguments, const char *path, struct event_file **file);
/* The next event, also one that cannot be read (which was said, with its place); NULL at the end. EXIT_INVALID: the file cannot be read further, which was said; EXIT_SYSTEM likewise. */
int event_file_next(struct event_file *file, const kmsrules_event **event);
/* Of the file so far: each id that was seen, in order. */
const kmsrules_event_tally *event_file_seen(const struct event_file *file, size_t *count);
/* The path, or "standard input". */
const char *event_file_name(const struct event_file *file);
void event_file_close(struct event_file *file); /* NULL is accepted */

#endif
