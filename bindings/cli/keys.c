/* kmsrules keys [HOST] [EDITION…]: which key groups a host can hold, for these editions. */
#include "asking.h"

int run_keys(const struct arguments *arguments, struct result *result) {
    struct asking asking = asking_start(arguments);
    if (arguments->words.count > 0) asking_set_host(&asking, arguments->words.items[0]);
    for (size_t i = 1; i < arguments->words.count; i++) asking_add_edition(&asking, arguments->words.items[i]);
    int status = find(arguments, &asking, KMSRULES_SEARCH_KEYS, result);
    asking_end(&asking);
    return status;
}
