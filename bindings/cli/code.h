/* The pages of codes. */
#ifndef CLI_CODE_H
#define CLI_CODE_H

#include "cli.h"

/* Whether the only word of a command is written like a code: "KR104", "0xC004F042". */
bool names_code(const struct arguments *arguments);
/* Prints its page; wrong use where there is none. */
int explain_code(const struct arguments *arguments, struct result *result);

#endif
