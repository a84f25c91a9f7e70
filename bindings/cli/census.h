/* Events of the command line's files gathered into a census. */
#ifndef CLI_CENSUS_H
#define CLI_CENSUS_H

#include "cli.h"

struct gathering {
    const struct arguments *arguments;
    kmsrules_ruleset *ruleset;
    kmsrules_census *census; /* NULL: wrong use, or nothing could be read */
    int64_t as_of, latest;                   /* the latest accepted request until then, or KMSRULES_NO_TIME */
    uint64_t events, unreadable, later;      /* accepted after the date */
    uint64_t of_clients;                     /* events of other ids */
    int status; /* what went wrong so far */
};

/* Loads the ruleset, reads --as-of, --host and every file. What was read before a file failed is there all the same. To be ended by gathering_end(). */
struct gathering gathering_start(const struct arguments *arguments);
void gathering_end(struct gathering *gathering);
/* The ruleset, the date and the host alone: for commands without files. */
struct gathering gathering_prepare(const struct arguments *arguments);
/* Why a library call failed, said on stderr; worsens the status. */
void gathering_refused(struct gathering *gathering, kmsrules_status status);
/* Delivers a document that the library has rendered, and frees it. */
void gathering_print(struct gathering *gathering, struct result *result, kmsrules_status status, char *text, size_t size);
/* The option's value in seconds, left alone where none was given; false after it has been said that it is none. */
bool read_duration(const char *option, const char *value, uint64_t *seconds);

#endif
