/* kmsrules duplicates EVENTS…: one CMID under several names, one name with several CMIDs. */
#include "census.h"

static void print(struct gathering *gathering, const kmsrules_duplicates *duplicates, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = gathering->arguments->format == FORMAT_JSON ? kmsrules_duplicates_json(duplicates, &text, &size)
                                                                         : kmsrules_duplicates_print(duplicates, result->wants_color, &text, &size);
    gathering_print(gathering, result, status, text, size);
    if (kmsrules_duplicates_read(duplicates)->item_count > 0) gathering->status = worse_status(gathering->status, EXIT_NO);
}

int run_duplicates(const struct arguments *arguments, struct result *result) {
    struct gathering gathering = gathering_start(arguments);
    kmsrules_duplicates *duplicates = NULL;
    if (gathering.census != NULL && gathering.status != EXIT_WRONG_USE) gathering_refused(&gathering, kmsrules_census_duplicates(gathering.census, &duplicates));
    if (duplicates != NULL) print(&gathering, duplicates, result);
    kmsrules_duplicates_free(duplicates);
    gathering_end(&gathering);
    return gathering.status;
}
