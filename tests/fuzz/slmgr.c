/* Outputs of slmgr from anywhere: they are told, or it is said where and why not. */
#include "target.h"

static void read_output(const kmsrules_question *question, const char *data, size_t size) {
    kmsrules_slmgr *slmgr = NULL;
    char *text = NULL;
    size_t length = 0;
    require(kmsrules_slmgr_read(question, NULL, data, size, &slmgr) == KMSRULES_OK, "an output is refused");
    const kmsrules_inventory_fault *why = kmsrules_slmgr_why(slmgr);
    require((why == NULL) == (kmsrules_slmgr_content_of(slmgr) != NULL), "neither read nor refused");
    if (why == NULL) {
        require_text(kmsrules_slmgr_json(slmgr, &text, &length), &text, &length);
        require_text(kmsrules_slmgr_print(slmgr, true, &text, &length), &text, &length);
    }
    kmsrules_slmgr_free(slmgr);
}

/* Also with a host, which the output may contradict. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    kmsrules_question *question = NULL;
    require(kmsrules_question_new(tables(), &question) == KMSRULES_OK, "no question");
    read_output(question, (const char *)data, size);
    require(kmsrules_question_set_host(question, "Windows Server 2012 R2 Standard") == KMSRULES_OK, "no host");
    read_output(question, (const char *)data, size);
    kmsrules_question_free(question);
    return 0;
}
