/* kmsrules runbook HOST EDITION…: the steps that take the host to where it activates them. */
#include "asking.h"
#include "messages.h"

#include <string.h>

static kmsrules_runbook_options options_of(const struct arguments *arguments) {
    return (kmsrules_runbook_options){arguments->host_name, arguments->zones.items, arguments->zones.count, arguments->dns, arguments->is_offline, arguments->port};
}

static bool is_good(const kmsrules_question *question, kmsrules_runbook_options options) {
    kmsrules_runbook *runbook = NULL;
    kmsrules_status status = kmsrules_runbook_new(question, &options, &runbook);
    kmsrules_runbook_free(runbook);
    return status != KMSRULES_INVALID_ARGUMENT;
}

static int refuse_name(const char *option, const char *name, const char *wanted) {
    fprintf(stderr, "kmsrules: %s: ", option);
    write_quoted(stderr, name);
    fprintf(stderr, " is not %s\n", wanted);
    return EXIT_WRONG_USE;
}

/* Which of the names the library did not take. */
static int refuse_circumstances(const kmsrules_question *question, const struct arguments *arguments) {
    const char *host_name = arguments->host_name;
    bool is_ipv6 = host_name != NULL && strchr(host_name, ':') != NULL;
    if (is_ipv6) return refuse_name("--host-name", host_name, "a name or an IPv4 address: slmgr.vbs does not read IPv6 addresses, and the port is said by --port");
    if (!is_good(question, (kmsrules_runbook_options){.host_name = host_name}))
        return refuse_name("--host-name", host_name, "a name of letters, digits and dashes between dots, or an IPv4 address");
    if (!is_good(question, (kmsrules_runbook_options){.host_name = host_name, .dns = arguments->dns}))
        return refuse_name("--host-name", host_name, "a name: the SRV records of --dns manual point to one");
    for (size_t i = 0; i < arguments->zones.count; i++)
        if (!is_good(question, (kmsrules_runbook_options){.zones = &arguments->zones.items[i], .zone_count = 1}))
            return refuse_name("--zone", arguments->zones.items[i], "a DNS zone: letters, digits and dashes between dots");
    complain("--zone: a zone is given twice");
    return EXIT_WRONG_USE;
}

static kmsrules_status render(const struct arguments *arguments, const struct result *result, const kmsrules_runbook *runbook, char **text, size_t *size) {
    switch (arguments->format) {
    case FORMAT_JSON: return kmsrules_runbook_json(runbook, text, size);
    case FORMAT_MARKDOWN: return kmsrules_runbook_markdown(runbook, text, size);
    case FORMAT_POWERSHELL: return kmsrules_runbook_powershell(runbook, text, size);
    default: return kmsrules_runbook_print(runbook, result->wants_color, text, size);
    }
}

static int print(const struct arguments *arguments, struct result *result, const kmsrules_runbook *runbook) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = render(arguments, result, runbook, &text, &size);
    if (status != KMSRULES_OK) return asking_refused(status);
    fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    return status_of_verdict(arguments, kmsrules_answer_verdict(kmsrules_runbook_answer(runbook)));
}

int run_runbook(const struct arguments *arguments, struct result *result) {
    struct asking asking = asking_of(arguments);
    kmsrules_runbook *runbook = NULL;
    if (asking.status == EXIT_YES) {
        kmsrules_runbook_options options = options_of(arguments);
        kmsrules_status status = kmsrules_runbook_new(asking.question, &options, &runbook);
        if (status == KMSRULES_INVALID_ARGUMENT) asking.status = refuse_circumstances(asking.question, arguments);
        else if (status != KMSRULES_OK) asking.status = asking_refused(status);
    }
    if (asking.status == EXIT_YES) asking.status = print(arguments, result, runbook);
    kmsrules_runbook_free(runbook);
    asking_end(&asking);
    return asking.status;
}
