/* See target.h. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void require(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

kmsrules_ruleset *tables(void) {
    static kmsrules_ruleset *windows;
    if (windows == NULL) require(kmsrules_ruleset_default(&windows) == KMSRULES_OK, "the built-in tables cannot be read");
    return windows;
}

void require_text(kmsrules_status status, char **text, const size_t *size) {
    require(status == KMSRULES_OK, "what was read cannot be told");
    require(strlen(*text) == *size, "a text holds a NUL, or is longer than it says");
    kmsrules_string_free(*text);
}
