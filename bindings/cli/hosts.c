/* kmsrules hosts EDITION…: which hosts with which key groups can activate these editions. */
#include "asking.h"

int run_hosts(const struct arguments *arguments, struct result *result) {
    struct asking asking = asking_start(arguments);
    for (size_t i = 0; i < arguments->words.count; i++) asking_add_edition(&asking, arguments->words.items[i]);
    int status = find(arguments, &asking, KMSRULES_SEARCH_HOSTS, result);
    asking_end(&asking);
    return status;
}
