/* kmsrules highest KEY…: the highest authority among the key groups you own. */
#include "asking.h"

int run_highest(const struct arguments *arguments, struct result *result) {
    struct asking asking = asking_start(arguments);
    for (size_t i = 0; i < arguments->words.count; i++) asking_add_key(&asking, arguments->words.items[i]);
    if (arguments->host != NULL) asking_set_host(&asking, arguments->host);
    int status = find(arguments, &asking, KMSRULES_SEARCH_HIGHEST, result);
    asking_end(&asking);
    return status;
}
