/* kmsrules slmgr [FILE]: what slmgr /dli or /dlv printed: what a host holds, counts and can do, what a client knows of its host, and what is wrong. */
#include "asking.h"
#include "input_file.h"
#include "messages.h"

#include <stdlib.h>

#define MOST_BYTES ((size_t)8 << 20) /* one more is read, so that the library says that these are too many */

static int print(const struct arguments *arguments, const kmsrules_slmgr *slmgr, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = arguments->format == FORMAT_JSON ? kmsrules_slmgr_json(slmgr, &text, &size) : kmsrules_slmgr_print(slmgr, result->wants_color, &text, &size);
    if (status != KMSRULES_OK) return asking_refused(status);
    fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    return EXIT_YES;
}

static int status_of_findings(const kmsrules_slmgr_content *content) {
    for (size_t i = 0; i < content->license_count; i++)
        for (size_t j = 0; j < content->licenses[i].finding_count; j++)
            if (content->licenses[i].findings[j].observation->is_finding) return EXIT_NO;
    return EXIT_YES;
}

static bool has_host(const kmsrules_slmgr_content *content) {
    for (size_t i = 0; i < content->license_count; i++)
        if (content->licenses[i].role == KMSRULES_ROLE_HOST) return true;
    return false;
}

static int read_and_print(const struct arguments *arguments, const struct asking *asking, struct input_file *file, const char *data, size_t size, struct result *result) {
    kmsrules_slmgr *slmgr = NULL;
    kmsrules_status status = kmsrules_slmgr_read(asking->question, arguments->encoding, data, size, &slmgr);
    if (status == KMSRULES_INVALID_ARGUMENT) return complain_about("--encoding:", arguments->encoding, " names no encoding that is known"), EXIT_WRONG_USE;
    if (status != KMSRULES_OK) return asking_refused(status);
    const kmsrules_inventory_fault *fault = kmsrules_slmgr_why(slmgr);
    int exit_status = fault != NULL ? input_file_say_fault(file, fault) : print(arguments, slmgr, result);
    bool is_idle = fault == NULL && arguments->host != NULL && !has_host(kmsrules_slmgr_content_of(slmgr));
    if (is_idle && !arguments->is_quiet) complain("--host names the Windows of a KMS host, and no license here is a host's");
    if (exit_status == EXIT_YES) exit_status = status_of_findings(kmsrules_slmgr_content_of(slmgr));
    kmsrules_slmgr_free(slmgr);
    return exit_status;
}

int run_slmgr(const struct arguments *arguments, struct result *result) {
    const char *path = arguments->words.count == 0 ? "-" : arguments->words.items[0];
    struct input_file file = input_file_named(path, NULL, arguments->is_quiet, "bytes");
    char *data = NULL;
    size_t size = 0;
    struct asking asking = asking_start(arguments);
    if (arguments->host != NULL) asking_set_host(&asking, arguments->host);
    if (asking.status == EXIT_YES) asking.status = input_file_read_all(&file, path, MOST_BYTES, &data, &size);
    if (asking.status == EXIT_YES) asking.status = read_and_print(arguments, &asking, &file, data, size, result);
    free(data);
    input_file_close(&file);
    asking_end(&asking);
    return asking.status;
}
