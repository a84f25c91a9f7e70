/* Rulesets named on the command line, and their problems. */
#ifndef CLI_RULESETS_H
#define CLI_RULESETS_H

#include "cli.h"

/* The ruleset of the --rules options, or the built-in one; EXIT_YES, or a status after the problems have been printed. */
int load_ruleset(const struct arguments *arguments, kmsrules_ruleset **ruleset);
/* Whether each word is a built-in ruleset or may be a file; EXIT_WRONG_USE after the others have been named. */
int check_ruleset_names(const struct strings *names);
/* A builder to which the layers have been added, NULL when out of memory. What is wrong with them stands in the builder. */
kmsrules_builder *add_layers(const struct strings *layers, const char *last);
/* `file:line:column: CODE name: text` */
void print_problem(const kmsrules_problem *problem);

#endif
