/* What the parts of the program share: its options as parsed, its commands, and what ends it. Public API of the library only. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <kmsrules/kmsrules.h>

/* ---- Exit statuses ---- */

enum exit_status {
    EXIT_YES = 0,
    EXIT_NO = 1,
    EXIT_WRONG_USE = 2,
    EXIT_INVALID = 3,
    EXIT_UNDECIDED = 4,
    EXIT_SYSTEM = 5,
    EXIT_NOT_TRUSTED = 6,
    EXIT_INTERNAL = 70,
    EXIT_PLUGIN_UNKNOWN = 3 /* the last that a monitoring plugin may end with */
};

/* The one that counts when several things happened. */
int worse_status(int a, int b);
/* What a failed library call means for the program. */
int status_of_failure(kmsrules_status status);
void print_status_table(FILE *out);

/* ---- Options ---- */

struct strings {
    const char **items;
    size_t count;
};

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_NDJSON,
    FORMAT_CSV,
    FORMAT_MARKDOWN,
    FORMAT_JUNIT,
    FORMAT_SARIF,
    FORMAT_POWERSHELL,
    FORMAT_NAGIOS,
    FORMAT_SVG,
    FORMAT_COUNT
};
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct command;

struct arguments {
    const struct command *command;
    struct strings words; /* what follows the command and is no option */
    struct strings rules, keys, updates; /* of plan: the keys owned */
    struct strings hosts, fleet, zones;
    const char *host_build, *host, *output; /* host: the last of the hosts, NULL: none */
    uint32_t most_hosts; /* 0: not given */
    double risk; /* -1: not given */
    int64_t draws, seed;
    const char *build, *sku, *edition_id, *product_type; /* evidence */
    const char *columns, *encoding, *separator;
    kmsrules_date_order date_order; /* of events */
    bool has_time_zone;
    int time_zone_minutes;
    const char *fail_on, *from, *to;
    const char *host_name; /* of the machine a runbook is for */
    kmsrules_dns dns;
    uint16_t port; /* 0: not given */
    bool is_offline;
    const char *warning, *critical, *horizon, *silent_after, *last_success; /* of counts, forecast and timeline */
    char as_of[24];
    int64_t machines[KMSRULES_KIND_COUNT]; /* -1: not given */
    enum format format;
    enum color color;
    unsigned accepted; /* bit per kmsrules_verdict */
    bool updates_complete, is_quiet, is_plain, wants_help, wants_version;
    void *storage; /* the strings' items */
};

/* Reads argv; EXIT_YES, or a status after it has said on stderr what is wrong. Freed with arguments_free() either way. */
int arguments_parse(struct arguments *arguments, int count, char **values);
void arguments_free(struct arguments *arguments);
/* Whether a file read as input (tables, lists of updates) is the same as `path`. */
const char *input_like(const struct arguments *arguments, const char *path);
void print_options(FILE *out, const struct command *command); /* NULL: the ones that every command takes */

/* ---- Commands ---- */

/* A result being written: commands print to `out`, main delivers it when the command is done. */
struct result {
    FILE *out;
    bool wants_color;
    bool is_report; /* it is also delivered when what it reports is a failure */
};

struct command {
    const char *name, *subname; /* "rules" "list"; subname NULL: the command is one word */
    const char *synopsis; /* "HOST EDITION…" */
    const char *summary; /* one line */
    const char *help; /* the rest of its help page */
    const char *operands[3]; /* the words it cannot do without, NULL at the end */
    size_t most_words;
    unsigned options; /* those it takes besides the general ones */
    unsigned formats; /* bit per enum format, besides text and JSON */
    bool reads_files; /* its words are files */
    bool is_long;     /* its result may be larger than memory should hold */
    int (*run)(const struct arguments *arguments, struct result *result);
};

/* Options that only some commands take. */
enum {
    TAKES_KEYS = 1,
    TAKES_FACTS = 2, /* --update --complete --host-build */
    TAKES_COUNTS = 4,
    TAKES_HOST = 8,
    TAKES_ACCEPT = 16,
    TAKES_FAIL_ON = 32,
    TAKES_EVIDENCE = 64,
    TAKES_INVENTORY = 128, /* --columns --encoding --separator --plain */
    TAKES_FAIL_ON_VERDICT = 256,
    TAKES_PLAN = 512, /* --host --own --fleet --max-hosts --update */
    TAKES_SIDES = 1024, /* --from --to */
    TAKES_CIRCUMSTANCES = 2048, /* --host-name --zone --dns --no-dns --offline --port */
    TAKES_ENCODING = 1 << 14, /* --encoding, without the rest of TAKES_INVENTORY */
    TAKES_DISCOVERY = 4096, /* --fleet --risk --draws --seed --encoding */
    TAKES_EVENTS = 8192, /* --encoding --date-order --time-zone */
    TAKES_RANGES = 1 << 16, /* --warn --crit */
    TAKES_FORECAST = 1 << 17, /* --horizon --silent-after */
    TAKES_LAST_SUCCESS = 1 << 18,
    TAKES_EVENT_HOST = 1 << 19, /* --host */
    TAKES_LICENSE_HOST = 1 << 20 /* --host */
};

extern const struct command commands[]; /* name NULL at the end */
void print_help(FILE *out, const struct command *command); /* NULL: of the program */

int run_explain(const struct arguments *arguments, struct result *result);
int run_can(const struct arguments *arguments, struct result *result);
int run_editions(const struct arguments *arguments, struct result *result);
int run_hosts(const struct arguments *arguments, struct result *result);
int run_keys(const struct arguments *arguments, struct result *result);
int run_highest(const struct arguments *arguments, struct result *result);
int run_identify(const struct arguments *arguments, struct result *result);
int run_check(const struct arguments *arguments, struct result *result);
int run_plan(const struct arguments *arguments, struct result *result);
int run_counts(const struct arguments *arguments, struct result *result);
int run_duplicates(const struct arguments *arguments, struct result *result);
int run_forecast(const struct arguments *arguments, struct result *result);
int run_timeline(const struct arguments *arguments, struct result *result);
int run_diff(const struct arguments *arguments, struct result *result);
int run_runbook(const struct arguments *arguments, struct result *result);
int run_slmgr(const struct arguments *arguments, struct result *result);
int run_dns(const struct arguments *arguments, struct result *result);
int run_events(const struct arguments *arguments, struct result *result);
int run_rules_list(const struct arguments *arguments, struct result *result);
int run_rules_check(const struct arguments *arguments, struct result *result);

#endif
