/* kmsrules counts EVENTS… | --clients N …: what a host counts, by its events or by numbers. */
#include "census.h"
#include "messages.h"

static bool has_numbers(const struct arguments *arguments) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (arguments->machines[kind] >= 0) return true;
    return false;
}

static bool check_range(const char *option, const char *range) {
    if (kmsrules_range_check(range) == KMSRULES_OK) return true;
    complain_about(option, range, " is no range such as 30, 30:, 10:60 or @10:20");
    return false;
}

static bool check_use(const struct arguments *arguments) {
    bool has_files = arguments->words.count > 0, is_nagios = arguments->format == FORMAT_NAGIOS;
    if (has_files == has_numbers(arguments))
        complain(has_files ? "counts: EVENTS and numbers contradict each other" : "counts: EVENTS, --clients, --servers or --office is missing; usage: kmsrules counts EVENTS…");
    else if (!is_nagios && (arguments->warning != NULL || arguments->critical != NULL)) complain("counts: --warn and --crit belong to --format nagios");
    else return check_range("--warn", arguments->warning) && check_range("--crit", arguments->critical);
    return false;
}

static void assume(struct gathering *gathering) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT && gathering->census != NULL; kind++)
        if (gathering->arguments->machines[kind] >= 0)
            gathering_refused(gathering, kmsrules_census_assume(gathering->census, (kmsrules_kind)kind, (uint64_t)gathering->arguments->machines[kind]));
}

static bool is_any_short(const kmsrules_counts_content *content) {
    for (size_t i = 0; i < content->pool_count; i++)
        for (size_t j = 0; j < content->pools[i].threshold_count; j++)
            if (content->pools[i].thresholds[j].is_asked_for && !content->pools[i].thresholds[j].is_met) return true;
    return false;
}

/* A plugin says the state in its line and by its status; nothing else is delivered. */
static int print_nagios(struct gathering *gathering, const kmsrules_counts *counts, struct result *result) {
    int state = EXIT_PLUGIN_UNKNOWN;
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = kmsrules_counts_nagios(counts, gathering->arguments->warning, gathering->arguments->critical, &state, &text, &size);
    gathering_print(gathering, result, status, text, size);
    return state;
}

static int print(struct gathering *gathering, const kmsrules_counts *counts, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    if (gathering->arguments->format == FORMAT_NAGIOS) return print_nagios(gathering, counts, result);
    kmsrules_status status = gathering->arguments->format == FORMAT_JSON ? kmsrules_counts_json(counts, &text, &size) : kmsrules_counts_print(counts, result->wants_color, &text, &size);
    gathering_print(gathering, result, status, text, size);
    const kmsrules_counts_content *content = kmsrules_counts_read(counts);
    return worse_status(gathering->status, content->pool_count == 0 ? EXIT_UNDECIDED : is_any_short(content) ? EXIT_NO : EXIT_YES);
}

static int count(const struct arguments *arguments, struct result *result) {
    kmsrules_counts *counts = NULL;
    if (!check_use(arguments)) return EXIT_WRONG_USE;
    struct gathering gathering = gathering_start(arguments);
    int status = EXIT_YES;
    assume(&gathering);
    if (gathering.census != NULL && gathering.status != EXIT_WRONG_USE) gathering_refused(&gathering, kmsrules_census_counts(gathering.census, &counts));
    if (counts != NULL) status = print(&gathering, counts, result);
    else status = gathering.status;
    kmsrules_counts_free(counts);
    gathering_end(&gathering);
    return status;
}

int run_counts(const struct arguments *arguments, struct result *result) {
    int status = count(arguments, result);
    if (arguments->format != FORMAT_NAGIOS || result->is_report) return status;
    write_plugin_unknown(result->out);
    result->is_report = true;
    return EXIT_PLUGIN_UNKNOWN;
}
