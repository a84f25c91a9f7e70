/* A question from the command line, and what its names say. */
#ifndef CLI_ASKING_H
#define CLI_ASKING_H

#include "cli.h"

struct asking {
    kmsrules_ruleset *ruleset;
    kmsrules_question *question;
    int status; /* EXIT_YES until something is wrong; the rest is read all the same, so that all of it is reported */
};

/* Loads the ruleset and sets what the options say. To be ended by asking_end() whatever comes out. */
struct asking asking_start(const struct arguments *arguments);
void asking_end(struct asking *asking);

/* The same with the words HOST EDITION… as well. */
struct asking asking_of(const struct arguments *arguments);

/* Adding what the words of the command say; a name that is not known is reported. */
void asking_set_host(struct asking *asking, const char *name);
void asking_add_edition(struct asking *asking, const char *name);
void asking_add_key(struct asking *asking, const char *name);
/* Says what is wrong with a name that a library function has refused: the nearest names, or what it may mean. `what`: "edition". */
void asking_check_name(struct asking *asking, unsigned kinds, const char *what, const char *text, kmsrules_status status);
void asking_add_updates(struct asking *asking, const char *value);
/* Reports a word the command cannot do without. */
void asking_miss(struct asking *asking, const struct command *command, const char *operand);
/* Reports why a question could not be asked. */
int asking_refused(kmsrules_status status);

/* The whole of explain and can: HOST EDITION… */
int ask(const struct arguments *arguments, bool wants_remedies, kmsrules_answer **answer);
int status_of_verdict(const struct arguments *arguments, kmsrules_verdict verdict);
/* The whole of the inverse questions, once their words are set; prints the list. */
int find(const struct arguments *arguments, struct asking *asking, kmsrules_search search, struct result *result);

#endif
