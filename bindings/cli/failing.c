/* See failing.h. */
#include "failing.h"

#include "messages.h"

#include <string.h>

static bool is_word(const char *text, size_t size, const char *word) { return size == strlen(word) && strncmp(text, word, size) == 0; }

static bool refuse_failing(const char *value, const char *reason) {
    complain_about("--fail-on:", value, reason);
    return false;
}

bool read_failing(const char *value, struct failing *failing) {
    bool is_never = false, is_named = false;
    *failing = (struct failing){KMSRULES_NO, false};
    for (const char *word = value; word != NULL; word++) {
        size_t size = strcspn(word, ",");
        bool is_conditional = is_word(word, size, "conditional"), is_undocumented = is_word(word, size, "undocumented");
        if (is_word(word, size, "never")) is_never = true;
        else if (is_word(word, size, "unrecognised")) failing->unrecognised = true;
        else if (is_conditional || is_undocumented || is_word(word, size, "no")) is_named = true;
        else return refuse_failing(value, " is not no, undocumented, conditional, unrecognised (several with commas) or never");
        if (is_conditional) failing->least = KMSRULES_CONDITIONAL;
        if (is_undocumented && failing->least == KMSRULES_NO) failing->least = KMSRULES_UNDOCUMENTED;
        word += size;
        if (*word == '\0') break;
    }
    if (is_never && is_named) return refuse_failing(value, ": never contradicts a verdict");
    if (is_never) failing->least = KMSRULES_NO_VERDICT;
    return true;
}
