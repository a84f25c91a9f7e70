/* kmsrules editions HOST: what this host (with these keys) can activate. */
#include "asking.h"

int run_editions(const struct arguments *arguments, struct result *result) {
    struct asking asking = asking_start(arguments);
    asking_set_host(&asking, arguments->words.items[0]);
    int status = find(arguments, &asking, KMSRULES_SEARCH_EDITIONS, result);
    asking_end(&asking);
    return status;
}
