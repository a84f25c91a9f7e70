#include "cli.h"
int run_check(const struct arguments *arguments, struct result *result) { (void)arguments; (void)result; return EXIT_INTERNAL; }
