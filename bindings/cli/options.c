/* The command line: options before and after the command, words, and what contradicts what. In: argv. Out: struct arguments. */
#include "cli.h"
#include "messages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum option {
    OPTION_RULES,
    OPTION_FORMAT,
    OPTION_QUIET,
    OPTION_OUTPUT,
    OPTION_COLOR,
    OPTION_AS_OF,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_KEY,
    OPTION_HOST,
    OPTION_HOST_OF_PLAN,
    OPTION_HOST_OF_EVENTS,
    OPTION_HOST_OF_LICENSE,
    OPTION_OWN,
    OPTION_FLEET,
    OPTION_MAX_HOSTS,
    OPTION_UPDATE,
    OPTION_COMPLETE,
    OPTION_HOST_BUILD,
    OPTION_CLIENTS,
    OPTION_SERVERS,
    OPTION_OFFICE,
    OPTION_ACCEPT,
    OPTION_FAIL_ON,
    OPTION_FAIL_ON_VERDICT,
    OPTION_BUILD,
    OPTION_SKU,
    OPTION_EDITION_ID,
    OPTION_PRODUCT_TYPE,
    OPTION_FROM,
    OPTION_TO,
    OPTION_RISK,
    OPTION_DRAWS,
    OPTION_SEED,
    OPTION_COLUMNS,
    OPTION_ENCODING,
    OPTION_SEPARATOR,
    OPTION_PLAIN,
    OPTION_HOST_NAME,
    OPTION_ZONE,
    OPTION_DNS,
    OPTION_NO_DNS,
    OPTION_OFFLINE,
    OPTION_PORT,
    OPTION_WARN,
    OPTION_CRIT,
    OPTION_HORIZON,
    OPTION_SILENT_AFTER,
    OPTION_LAST_SUCCESS,
    OPTION_DATE_ORDER,
    OPTION_TIME_ZONE,
    OPTION_COUNT
};

static const struct {
    const char *name;
    char letter;
    bool repeats;
    const char *value; /* NULL: takes none */
    unsigned taken_by; /* 0: every command */
    const char *help;
} options[] = {
    [OPTION_RULES] = {"--rules", 0, true, "FILE|NAME", 0, "a table file or a built-in ruleset; later ones are overlays"},
    [OPTION_FORMAT] = {"--format", 0, false, "FORMAT", 0, "text for people (default), or json as its schema says; some commands have more"},
    [OPTION_QUIET] = {"--quiet", 'q', false, NULL, 0, "exit status only"},
    [OPTION_OUTPUT] = {"--output", 'o', false, "FILE", 0, "write the result to FILE, which is replaced as a whole or not at all"},
    [OPTION_COLOR] = {"--color", 0, false, "auto|always|never", 0, "colors; auto: on a terminal, unless NO_COLOR is set or TERM is dumb"},
    [OPTION_AS_OF] = {"--as-of", 0, false, "DATE", 0, "today's date, 2026-11-21 or 2026-11-21T12:00:00Z (UTC)"},
    [OPTION_HELP] = {"--help", 'h', false, NULL, 0, "help, also for each command"},
    [OPTION_VERSION] = {"--version", 0, false, NULL, 0, "version"},
    [OPTION_KEY] = {"--key", 0, true, "GROUP", TAKES_KEYS, "a key group the host holds; repeatable, one per application"},
    [OPTION_HOST] = {"--host", 0, true, "HOST", TAKES_HOST, "the edition that is the host, or its release"},
    [OPTION_HOST_OF_PLAN] = {"--host", 0, true, "HOST", TAKES_PLAN, "a host to choose from; repeatable (default: every host of the tables)"},
    [OPTION_HOST_OF_EVENTS] = {"--host", 0, true, "HOST", TAKES_EVENT_HOST, "the edition that logged the events, or its release: it decides whether virtual machines count"},
    [OPTION_HOST_OF_LICENSE] = {"--host", 0, true, "HOST", TAKES_LICENSE_HOST, "the Windows of a KMS host, where the output leaves it open"},
    [OPTION_OWN] = {"--own", 0, true, "GROUP", TAKES_PLAN, "a key group that is owned; repeatable (default: all)"},
    [OPTION_FLEET] = {"--fleet", 0, true, "N×NAME,…", TAKES_PLAN | TAKES_DISCOVERY, "machines by product, such as \"210×Windows 11 Pro, 14×Windows Server 2022 Standard\" (x serves as well)"},
    [OPTION_MAX_HOSTS] = {"--max-hosts", 0, false, "N", TAKES_PLAN, "at most so many hosts, which then cover as many machines as they can"},
    [OPTION_UPDATE] = {"--update", 0, true, "KB…", TAKES_FACTS | TAKES_PLAN, "updates known to be installed, separated by commas; @FILE reads them from a file"},
    [OPTION_COMPLETE] = {"--complete", 0, false, NULL, TAKES_FACTS, "nothing else is installed"},
    [OPTION_HOST_BUILD] = {"--host-build", 0, false, "BUILD", TAKES_FACTS, "the host's build, such as 10.0.17763.5329"},
    [OPTION_CLIENTS] = {"--clients", 0, false, "N", TAKES_COUNTS, "Windows clients the host has counted"},
    [OPTION_SERVERS] = {"--servers", 0, false, "N", TAKES_COUNTS, "Windows servers the host has counted"},
    [OPTION_OFFICE] = {"--office", 0, false, "N", TAKES_COUNTS, "Office computers the host has counted"},
    [OPTION_ACCEPT] = {"--accept", 0, false, "VERDICTS", TAKES_ACCEPT,
                       "conditional, undocumented or both with a comma: count as yes in the exit status"},
    [OPTION_FAIL_ON] = {"--fail-on", 0, false, "error|warning", TAKES_FAIL_ON, "the least problem that fails (default: error)"},
    [OPTION_FAIL_ON_VERDICT] = {"--fail-on", 0, false, "VERDICTS", TAKES_FAIL_ON_VERDICT,
                                "what fails besides no: conditional, undocumented, unrecognised, several with commas; or never (default: no)"},
    [OPTION_BUILD] = {"--build", 0, false, "BUILD", TAKES_EVIDENCE | TAKES_LAST_SUCCESS, "the build, such as 17763 or 10.0.17763.5329"},
    [OPTION_SKU] = {"--sku", 0, false, "NUMBER", TAKES_EVIDENCE, "the SKU number, such as 48 (OperatingSystemSKU)"},
    [OPTION_EDITION_ID] = {"--edition-id", 0, false, "ID", TAKES_EVIDENCE, "the EditionID, such as ServerStandard"},
    [OPTION_PRODUCT_TYPE] = {"--product-type", 0, false, "TYPE", TAKES_EVIDENCE, "the product type, such as workstation, server or 3"},
    [OPTION_FROM] = {"--from", 0, false, "HOST[:GROUP]…", TAKES_SIDES, "the host as it is, and the key groups it holds, HOST:GROUP:GROUP, one for each application"},
    [OPTION_TO] = {"--to", 0, false, "HOST[:GROUP]…", TAKES_SIDES, "the host to come, likewise; --update, --complete and --host-build are about this one"},
    [OPTION_RISK] = {"--risk", 0, false, "PROBABILITY", TAKES_DISCOVERY, "a threshold reached with less is at risk: 0 to 1, such as 0.95 (default)"},
    [OPTION_DRAWS] = {"--draws", 0, false, "N", TAKES_DISCOVERY, "also draw the fleet N times, to show what the exact figures mean"},
    [OPTION_SEED] = {"--seed", 0, false, "S", TAKES_DISCOVERY, "where the draws start; the same draws for the same number, on every machine (default: 0)"},
    [OPTION_COLUMNS] = {"--columns", 0, false, "PART=COLUMN,…", TAKES_INVENTORY, "which column holds what: name= os= build= sku= edition-id= product-type="},
    [OPTION_ENCODING] = {"--encoding", 0, false, "NAME", TAKES_INVENTORY | TAKES_ENCODING | TAKES_DISCOVERY | TAKES_EVENTS, "the encoding of the input where it is not UTF-8, such as windows-1252"},
    [OPTION_SEPARATOR] = {"--separator", 0, false, "CHARACTER", TAKES_INVENTORY, "what separates columns: a comma, a semicolon or tab"},
    [OPTION_PLAIN] = {"--plain", 0, false, NULL, TAKES_INVENTORY, "every line is one name, without a header"},
    [OPTION_HOST_NAME] = {"--host-name", 0, false, "NAME", TAKES_CIRCUMSTANCES, "the host's name in DNS, its NetBIOS name or its IPv4 address (default: kms01.contoso.example)"},
    [OPTION_ZONE] = {"--zone", 0, true, "ZONE", TAKES_CIRCUMSTANCES, "a DNS zone in which clients look; repeatable (default: the zone of the host's name)"},
    [OPTION_DNS] = {"--dns", 0, false, "automatic|manual|none", TAKES_CIRCUMSTANCES,
                    "how clients find the host: it publishes itself (default), its SRV records are written by hand, or each client is pointed to it"},
    [OPTION_NO_DNS] = {"--no-dns", 0, false, NULL, TAKES_CIRCUMSTANCES, "the same as --dns none"},
    [OPTION_OFFLINE] = {"--offline", 0, false, NULL, TAKES_CIRCUMSTANCES, "the host has no way to the activation servers: by telephone"},
    [OPTION_PORT] = {"--port", 0, false, "N", TAKES_CIRCUMSTANCES, "the TCP port of the host (default: 1688)"},
    [OPTION_WARN] = {"--warn", 0, false, "RANGE", TAKES_RANGES, "with --format nagios: counts that are well, 30 or 30: for at least 30, 10:60, @10:20 for what is not well"},
    [OPTION_CRIT] = {"--crit", 0, false, "RANGE", TAKES_RANGES, "likewise for critical (default: the thresholds that machines asked for)"},
    [OPTION_HORIZON] = {"--horizon", 0, false, "TIME", TAKES_FORECAST, "how far to look, such as 90d or P90D (default: to the end of every activation)"},
    [OPTION_SILENT_AFTER] = {"--silent-after", 0, false, "TIME", TAKES_FORECAST, "a machine that has not asked for so long is taken to stay away (default: 7d)"},
    [OPTION_LAST_SUCCESS] = {"--last-success", 0, false, "DATE", TAKES_LAST_SUCCESS, "when the machine was last activated or renewed"},
    [OPTION_DATE_ORDER] = {"--date-order", 0, false, "ymd|dmy|mdy", TAKES_EVENTS, "how dates are written that do not begin with the year (default: ymd, and a file with one of them is not read)"},
    [OPTION_TIME_ZONE] = {"--time-zone", 0, false, "OFFSET", TAKES_EVENTS, "of the times in a column, such as +02:00 or UTC; without it they are not known"},
};
_Static_assert(sizeof options / sizeof options[0] == OPTION_COUNT, "every option has its row");

/* ---- Values ---- */

static bool refuse(enum option option, const char *value, const char *wanted) {
    fprintf(stderr, "kmsrules: %s: ", options[option].name);
    write_quoted(stderr, value);
    fprintf(stderr, " is not %s\n", wanted);
    return false;
}

static bool read_number(enum option option, const char *value, int64_t *result) {
    int64_t number = 0;
    for (const char *digit = value; *digit != '\0'; digit++) {
        bool fits = *digit >= '0' && *digit <= '9' && number <= (INT64_MAX - (*digit - '0')) / 10;
        if (!fits) return refuse(option, value, "a whole number from 0 to 9223372036854775807");
        number = number * 10 + (*digit - '0');
    }
    *result = number;
    return true;
}

static bool set_most_hosts(struct arguments *arguments, const char *value) {
    int64_t number = 0;
    if (!read_number(OPTION_MAX_HOSTS, value, &number)) return false;
    if (number < 1 || number > UINT32_MAX) return refuse(OPTION_MAX_HOSTS, value, "a whole number from 1 on");
    arguments->most_hosts = (uint32_t)number;
    return true;
}

/* "0.95", in at most 12 decimals; by hand, as a locale may have another point. */
static bool set_risk(struct arguments *arguments, const char *value) {
    double number = 0, unit = 1;
    const char *digit = value;
    size_t decimals = 0;
    while (*digit >= '0' && *digit <= '9' && digit - value < 2) number = number * 10 + (*digit++ - '0');
    if (digit > value && *digit == '.') {
        for (digit++; *digit >= '0' && *digit <= '9' && decimals < 12; decimals++) number += (*digit++ - '0') * (unit /= 10);
        if (decimals == 0) digit = value;
    }
    if (digit == value || *digit != '\0' || number > 1) return refuse(OPTION_RISK, value, "a probability from 0 to 1, such as 0.95");
    arguments->risk = number;
    return true;
}

static bool set_draws(struct arguments *arguments, const char *value) {
    if (!read_number(OPTION_DRAWS, value, &arguments->draws)) return false;
    return arguments->draws > 0 || refuse(OPTION_DRAWS, value, "a whole number from 1 on");
}

/* Which of the words a value is; -1 if none. */
static int word_index(const char *value, const char *const *words, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(value, words[i]) == 0) return i;
    return -1;
}

static const char *const format_words[] = {"text", "json", "ndjson", "csv", "markdown", "junit", "sarif", "powershell", "nagios", "svg"};
_Static_assert(sizeof format_words / sizeof format_words[0] == FORMAT_COUNT, "every format has its word");

/* Which ones there are depends on the command: check_format(). */
static bool set_format(struct arguments *arguments, const char *value) {
    int index = word_index(value, format_words, FORMAT_COUNT);
    if (index >= 0) arguments->format = (enum format)index;
    return true;
}

static bool has_format(const struct command *command, int format) { return format <= FORMAT_JSON || (command->formats >> format & 1U) != 0; }

static bool set_color(struct arguments *arguments, const char *value) {
    static const char *const words[] = {"auto", "always", "never"};
    int index = word_index(value, words, 3);
    if (index < 0) return refuse(OPTION_COLOR, value, "auto, always or never");
    arguments->color = (enum color)index;
    return true;
}

static bool set_dns(struct arguments *arguments, const char *value) {
    for (int dns = 0; kmsrules_dns_text((kmsrules_dns)dns) != NULL; dns++) {
        if (strcmp(value, kmsrules_dns_text((kmsrules_dns)dns)) != 0) continue;
        arguments->dns = (kmsrules_dns)dns;
        return true;
    }
    return refuse(OPTION_DNS, value, "automatic, manual or none");
}

static bool set_port(struct arguments *arguments, const char *value) {
    unsigned number = 0;
    for (const char *digit = value; number <= UINT16_MAX && *digit != '\0'; digit++)
        number = *digit >= '0' && *digit <= '9' ? number * 10 + (unsigned)(*digit - '0') : UINT16_MAX + 1u;
    if (number == 0 || number > UINT16_MAX) return refuse(OPTION_PORT, value, "a port from 1 to 65535");
    arguments->port = (uint16_t)number;
    return true;
}

static bool set_accepted(struct arguments *arguments, const char *value) {
    for (const char *word = value;; word++) {
        size_t size = strcspn(word, ",");
        if (size == strlen("conditional") && strncmp(word, "conditional", size) == 0) arguments->accepted |= 1U << KMSRULES_CONDITIONAL;
        else if (size == strlen("undocumented") && strncmp(word, "undocumented", size) == 0) arguments->accepted |= 1U << KMSRULES_UNDOCUMENTED;
        else return refuse(OPTION_ACCEPT, value, "conditional, undocumented, or both with a comma");
        word += size;
        if (*word == '\0') return true;
    }
}

static bool set_date(struct arguments *arguments, const char *value) {
    if (strlen(value) >= sizeof arguments->as_of) return refuse(OPTION_AS_OF, value, "a date such as 2026-11-21");
    strcpy(arguments->as_of, value);
    return true;
}

static bool set_date_order(struct arguments *arguments, const char *value) {
    static const char *const words[] = {"ymd", "dmy", "mdy"};
    int index = word_index(value, words, 3);
    if (index < 0) return refuse(OPTION_DATE_ORDER, value, "ymd, dmy or mdy");
    arguments->date_order = (kmsrules_date_order)index;
    return true;
}

/* "+02:00", "-0530", "UTC", "Z" */
static bool set_time_zone(struct arguments *arguments, const char *value) {
    bool is_utc = strcmp(value, "UTC") == 0 || strcmp(value, "Z") == 0, has_sign = value[0] == '+' || value[0] == '-';
    char digits[5] = "";
    size_t count = 0;
    for (const char *c = has_sign ? value + 1 : ""; *c != '\0'; c++) {
        if (*c == ':' && count == 2) continue;
        if (*c < '0' || *c > '9' || count == 4) return refuse(OPTION_TIME_ZONE, value, "an offset such as +02:00, or UTC");
        digits[count++] = *c;
    }
    int hours = (digits[0] - '0') * 10 + digits[1] - '0', minutes = (digits[2] - '0') * 10 + digits[3] - '0';
    bool is_offset = has_sign && count == 4 && minutes < 60 && hours * 60 + minutes <= 14 * 60;
    if (!is_utc && !is_offset) return refuse(OPTION_TIME_ZONE, value, "an offset such as +02:00, or UTC");
    arguments->has_time_zone = true;
    arguments->time_zone_minutes = is_utc ? 0 : (hours * 60 + minutes) * (value[0] == '-' ? -1 : 1);
    return true;
}

static void append(struct strings *strings, const char *string) { strings->items[strings->count++] = string; }

static bool set_option(struct arguments *arguments, enum option option, const char *value) {
    switch (option) {
    case OPTION_RULES: append(&arguments->rules, value); return true;
    case OPTION_KEY: append(&arguments->keys, value); return true;
    case OPTION_UPDATE: append(&arguments->updates, value); return true;
    case OPTION_FORMAT: return set_format(arguments, value);
    case OPTION_COLOR: return set_color(arguments, value);
    case OPTION_FAIL_ON:
    case OPTION_FAIL_ON_VERDICT: arguments->fail_on = value; return true;
    case OPTION_BUILD: arguments->build = value; return true;
    case OPTION_SKU: arguments->sku = value; return true;
    case OPTION_EDITION_ID: arguments->edition_id = value; return true;
    case OPTION_PRODUCT_TYPE: arguments->product_type = value; return true;
    case OPTION_FROM: arguments->from = value; return true;
    case OPTION_TO: arguments->to = value; return true;
    case OPTION_RISK: return set_risk(arguments, value);
    case OPTION_DRAWS: return set_draws(arguments, value);
    case OPTION_SEED: return read_number(option, value, &arguments->seed);
    case OPTION_COLUMNS: arguments->columns = value; return true;
    case OPTION_ENCODING: arguments->encoding = value; return true;
    case OPTION_SEPARATOR: arguments->separator = value; return true;
    case OPTION_PLAIN: return arguments->is_plain = true;
    case OPTION_HOST_NAME: arguments->host_name = value; return true;
    case OPTION_ZONE: append(&arguments->zones, value); return true;
    case OPTION_DNS: return set_dns(arguments, value);
    case OPTION_NO_DNS: return set_dns(arguments, kmsrules_dns_text(KMSRULES_DNS_NONE));
    case OPTION_OFFLINE: return arguments->is_offline = true;
    case OPTION_PORT: return set_port(arguments, value);
    case OPTION_DATE_ORDER: return set_date_order(arguments, value);
    case OPTION_TIME_ZONE: return set_time_zone(arguments, value);
    case OPTION_ACCEPT: return set_accepted(arguments, value);
    case OPTION_AS_OF: return set_date(arguments, value);
    case OPTION_CLIENTS: return read_number(option, value, &arguments->machines[KMSRULES_CLIENT]);
    case OPTION_SERVERS: return read_number(option, value, &arguments->machines[KMSRULES_SERVER]);
    case OPTION_OFFICE: return read_number(option, value, &arguments->machines[KMSRULES_OFFICE]);
    case OPTION_OUTPUT: arguments->output = value; return true;
    case OPTION_HOST:
    case OPTION_HOST_OF_PLAN:
    case OPTION_HOST_OF_EVENTS:
    case OPTION_HOST_OF_LICENSE: append(&arguments->hosts, value); return true;
    case OPTION_OWN: append(&arguments->keys, value); return true;
    case OPTION_FLEET: append(&arguments->fleet, value); return true;
    case OPTION_MAX_HOSTS: return set_most_hosts(arguments, value);
    case OPTION_HOST_BUILD: arguments->host_build = value; return true;
    case OPTION_QUIET: return arguments->is_quiet = true;
    case OPTION_COMPLETE: return arguments->updates_complete = true;
    case OPTION_HELP: return arguments->wants_help = true;
    case OPTION_VERSION: return arguments->wants_version = true;
    case OPTION_WARN: arguments->warning = value; return true;
    case OPTION_CRIT: arguments->critical = value; return true;
    case OPTION_HORIZON: arguments->horizon = value; return true;
    case OPTION_SILENT_AFTER: arguments->silent_after = value; return true;
    case OPTION_LAST_SUCCESS: arguments->last_success = value; return true;
    case OPTION_COUNT: break;
    }
    return false;
}

/* ---- Reading argv ---- */

struct reader {
    struct arguments *arguments;
    char **values;
    int count, next;
    const char *given[OPTION_COUNT]; /* the value an option was given with; "" without one */
};

static bool take(struct reader *reader, enum option option, const char *value) {
    const char *name = options[option].name, *before = reader->given[option];
    if (value != NULL && value[0] == '\0') {
        complain("%s: the value is empty", name);
        return false;
    }
    if (!options[option].repeats && before != NULL && value != NULL && strcmp(before, value) != 0) {
        complain("%s is given twice with different values", name);
        return false;
    }
    reader->given[option] = value == NULL ? "" : value;
    return set_option(reader->arguments, option, value);
}

static bool take_with_next(struct reader *reader, enum option option) {
    if (options[option].value == NULL) return take(reader, option, NULL);
    if (reader->next < reader->count) return take(reader, option, reader->values[reader->next++]);
    complain("%s needs a value: %s %s", options[option].name, options[option].name, options[option].value);
    return false;
}

enum { MOST_CHOICES = 64 };

/* The word of which a text has the fewest slips of the hand; NULL: all are others. */
static const char *nearest_of(const char *text, const char *const *words, size_t count) {
    const char *nearest = NULL;
    int least = -1;
    for (size_t i = 0; i < count; i++) {
        int slips = kmsrules_word_slips(text, words[i]);
        if (slips < 0 || (least >= 0 && slips >= least)) continue;
        least = slips;
        nearest = words[i];
    }
    return nearest;
}

/* What was mistyped, the nearest of what it may have meant, and where to look. */
static bool refuse_word(const char *what, const char *text, const char *near, const char *const *choices, size_t count) {
    const char *nearest = nearest_of(near, choices, count);
    char after[128];
    if (nearest == NULL) snprintf(after, sizeof after, "; see kmsrules --help");
    else snprintf(after, sizeof after, "; did you mean %s? See kmsrules --help", nearest);
    complain_about(what, text, after);
    return false;
}

/* What stands behind `=` is no part of its name. */
static bool refuse_option(const char *text) {
    const char *names[OPTION_COUNT];
    char name[32];
    for (int i = 0; i < OPTION_COUNT; i++) names[i] = options[i].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "="), text);
    return refuse_word("unknown option", text, name, names, OPTION_COUNT);
}

static bool read_long(struct reader *reader, const char *text) {
    size_t size = strcspn(text, "=");
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strlen(options[i].name) != size || strncmp(options[i].name, text, size) != 0) continue;
        if (text[size] == '\0') return take_with_next(reader, (enum option)i);
        if (options[i].value != NULL) return take(reader, (enum option)i, text + size + 1);
        complain("%s takes no value", options[i].name);
        return false;
    }
    return refuse_option(text);
}

static bool read_letters(struct reader *reader, const char *text) {
    for (const char *letter = text + 1; *letter != '\0'; letter++) {
        int option = 0;
        while (option < OPTION_COUNT && options[option].letter != *letter) option++;
        if (option == OPTION_COUNT) return refuse_option(text);
        if (options[option].value != NULL && letter[1] != '\0') return take(reader, (enum option)option, letter + 1);
        if (!take_with_next(reader, (enum option)option)) return false;
    }
    return true;
}

static bool read_all(struct reader *reader) {
    bool has_ended = false;
    while (reader->next < reader->count) {
        const char *text = reader->values[reader->next++];
        bool is_number = text[0] == '-' && text[1] >= '0' && text[1] <= '9'; /* of an error, as some programs print it */
        bool is_option = !has_ended && text[0] == '-' && text[1] != '\0' && !is_number;
        if (is_option && strcmp(text, "--") == 0) has_ended = true;
        else if (!is_option) append(&reader->arguments->words, text);
        else if (text[1] == '-' ? !read_long(reader, text) : !read_letters(reader, text)) return false;
    }
    return true;
}

/* ---- The command ---- */

/* A command of two words is found by the first alone where only its help is wanted. */
static const struct command *find_command(const struct strings *words, bool wants_help) {
    for (const struct command *command = commands; command->name != NULL; command++) {
        bool is_it = words->count > 0 && strcmp(words->items[0], command->name) == 0;
        bool is_open = command->subname == NULL || (wants_help && words->count == 1);
        if (!is_open) is_it = is_it && words->count > 1 && strcmp(words->items[1], command->subname) == 0;
        if (is_it) return command;
    }
    return NULL;
}

static bool refuse_command(const struct strings *words) {
    if (words->count == 0) {
        fputs("kmsrules: no command\nusage: kmsrules [--rules FILE|NAME]… COMMAND …; see kmsrules --help\n", stderr);
        return false;
    }
    const char *names[MOST_CHOICES], *subnames[MOST_CHOICES];
    size_t name_count = 0, subname_count = 0;
    for (const struct command *command = commands; command->name != NULL && name_count < MOST_CHOICES; command++) {
        names[name_count++] = command->name;
        if (command->subname != NULL && strcmp(words->items[0], command->name) == 0) subnames[subname_count++] = command->subname;
    }
    if (subname_count == 0) return refuse_word("unknown command", words->items[0], words->items[0], names, name_count);
    if (words->count > 1) return refuse_word("unknown command after rules:", words->items[1], words->items[1], subnames, subname_count);
    complain("%s needs a second word, such as %s %s; see kmsrules --help", words->items[0], words->items[0], subnames[0]);
    return false;
}

static bool choose_command(struct arguments *arguments) {
    struct strings *words = &arguments->words;
    arguments->command = find_command(words, arguments->wants_help);
    if (arguments->command == NULL) return ((arguments->wants_help || arguments->wants_version) && words->count == 0) || refuse_command(words);
    size_t used = arguments->command->subname == NULL || words->count == 1 ? 1 : 2;
    words->items += used;
    words->count -= used;
    return true;
}

/* --fail-on means one thing to some commands and another to others. */
static bool is_taken(const struct command *command, const char *name) {
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strcmp(options[i].name, name) == 0 && (options[i].taken_by == 0 || (options[i].taken_by & command->options) != 0)) return true;
    return false;
}

static bool check_format(const struct arguments *arguments, const char *given) {
    const struct command *command = arguments->command;
    const char *words[FORMAT_COUNT];
    size_t count = 0;
    if (given == NULL) return true;
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (command == NULL || has_format(command, i)) words[count++] = format_words[i];
    for (size_t i = 0; i < count; i++)
        if (strcmp(given, words[i]) == 0) return true;
    const char *nearest = nearest_of(given, words, count);
    fprintf(stderr, "kmsrules: %s has no format ", command == NULL ? "kmsrules" : command->name);
    write_escaped(stderr, given);
    for (size_t i = 0; i < count; i++) fprintf(stderr, "%s %s", i == 0 ? "; it has" : ",", words[i]);
    fprintf(stderr, nearest == NULL ? "\n" : "; did you mean %s?\n", nearest);
    return false;
}

static bool check_options(const struct reader *reader) {
    const struct command *command = reader->arguments->command;
    for (int i = 0; command != NULL && i < OPTION_COUNT; i++) {
        if (reader->given[i] == NULL || is_taken(command, options[i].name)) continue;
        complain("%s%s%s takes no %s", command->name, command->subname == NULL ? "" : " ", command->subname == NULL ? "" : command->subname,
                 options[i].name);
        return false;
    }
    if (!check_format(reader->arguments, reader->given[OPTION_FORMAT])) return false;
    if (reader->given[OPTION_NO_DNS] != NULL && reader->given[OPTION_DNS] != NULL && strcmp(reader->given[OPTION_DNS], kmsrules_dns_text(KMSRULES_DNS_NONE)) != 0) {
        complain("--no-dns and --dns %s contradict each other", reader->given[OPTION_DNS]);
        return false;
    }
    if (reader->given[OPTION_SEED] != NULL && reader->given[OPTION_DRAWS] == NULL) {
        complain("--seed says where draws start; it needs --draws");
        return false;
    }
    if (!reader->arguments->is_quiet || reader->given[OPTION_OUTPUT] == NULL) return true;
    complain("--quiet and --output contradict each other");
    return false;
}

static bool reads_files(const struct arguments *arguments) { return arguments->command != NULL && arguments->command->reads_files; }

/* `-` is standard input to inventories, and a name like any other to tables. */
static bool reads_inventories(const struct arguments *arguments) { return reads_files(arguments) && (arguments->command->options & (TAKES_INVENTORY | TAKES_DISCOVERY | TAKES_EVENTS)) != 0; }

static bool check_inputs(const struct arguments *arguments) {
    size_t count = 0;
    for (size_t i = 0; i < arguments->updates.count; i++) count += strcmp(arguments->updates.items[i], "@-") == 0;
    for (size_t i = 0; reads_inventories(arguments) && i < arguments->words.count; i++) count += strcmp(arguments->words.items[i], "-") == 0;
    if (arguments->command != NULL && (arguments->command->options & TAKES_ENCODING) != 0) count += arguments->words.count == 0 || strcmp(arguments->words.items[0], "-") == 0;
    if (count > 1) complain("standard input can be read only once");
    return count <= 1;
}

/* One host is meant, save where there are several to choose from. */
static bool check_hosts(struct arguments *arguments) {
    for (size_t i = 0; i < arguments->hosts.count; i++) {
        bool is_other = arguments->host != NULL && strcmp(arguments->host, arguments->hosts.items[i]) != 0;
        if (is_other && (arguments->command->options & TAKES_PLAN) == 0) {
            complain("--host is given twice with different values");
            return false;
        }
        arguments->host = arguments->hosts.items[i];
    }
    return true;
}

static bool check_words(const struct arguments *arguments) {
    const struct command *command = arguments->command;
    if (command == NULL || arguments->wants_help) return true;
    if (arguments->words.count > command->most_words) {
        complain_about("unexpected argument", arguments->words.items[command->most_words], "");
        return false;
    }
    bool has_fleet = arguments->fleet.count > 0 && (command->options & TAKES_PLAN) != 0;
    if (arguments->words.count > 0 || has_fleet || command->operands[0] == NULL) return true;
    complain("%s: %s is missing; usage: kmsrules %s %s", command->name, command->operands[0], command->name, command->synopsis);
    return false;
}

/* ---- Whole ---- */

static bool has_product_key(const char *value) { return kmsrules_has_product_key(value, strlen(value)); }

/* Also right behind an option, "-qoXXXXX-…": its letters are no part of the key. */
static bool holds_product_key(const char *value) {
    enum { LONGEST_OPTION = 32 };
    for (size_t i = 0; value[0] == '-' && i < LONGEST_OPTION && value[i] != '\0' && value[i] != '='; i++)
        if (has_product_key(value + i)) return true;
    return has_product_key(value);
}

static int refuse_product_keys(int count, char **values) {
    for (int i = 1; i < count; i++) {
        if (!holds_product_key(values[i])) continue;
        complain("argument %d looks like a product key; kmsrules needs none, and this one is now in the history of your shell", i);
        return EXIT_WRONG_USE;
    }
    return EXIT_YES;
}

static bool set_defaults(struct arguments *arguments, int count) {
    size_t room = (size_t)count + 1;
    const char **storage = calloc(room * 8, sizeof *storage);
    *arguments = (struct arguments){.storage = storage, .machines = {-1, -1, -1}, .risk = -1};
    if (storage == NULL) return false;
    arguments->words.items = storage;
    arguments->rules.items = storage + room;
    arguments->keys.items = storage + 2 * room;
    arguments->updates.items = storage + 3 * room;
    arguments->hosts.items = storage + 4 * room;
    arguments->fleet.items = storage + 5 * room;
    arguments->zones.items = storage + 6 * room;
    return true;
}

/* Where hours count, the time of day belongs to it. */
static bool set_today(struct arguments *arguments) {
    time_t now = time(NULL);
    struct tm today;
    if (arguments->as_of[0] != '\0') return true;
    bool has_hours = arguments->command != NULL && (arguments->command->options & (TAKES_EVENT_HOST | TAKES_LAST_SUCCESS)) != 0;
    const char *form = has_hours ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d";
    return gmtime_r(&now, &today) != NULL && strftime(arguments->as_of, sizeof arguments->as_of, form, &today) > 0;
}

int arguments_parse(struct arguments *arguments, int count, char **values) {
    struct reader reader = {.arguments = arguments, .values = values, .count = count, .next = 1};
    if (!set_defaults(arguments, count)) {
        complain("out of memory");
        return EXIT_SYSTEM;
    }
    if (refuse_product_keys(count, values) != EXIT_YES) return EXIT_WRONG_USE;
    bool is_right = read_all(&reader) && choose_command(arguments) && check_options(&reader) && check_hosts(arguments) && check_inputs(arguments) && check_words(arguments);
    return is_right && set_today(arguments) ? EXIT_YES : EXIT_WRONG_USE;
}

void arguments_free(struct arguments *arguments) { free(arguments->storage); }

static bool is_same_file(const char *path, bool may_be_standard_input, const struct stat *other) {
    struct stat own;
    int failed = may_be_standard_input && strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &own) : stat(path, &own);
    return failed == 0 && own.st_dev == other->st_dev && own.st_ino == other->st_ino;
}

const char *input_like(const struct arguments *arguments, const char *path) {
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
    for (size_t i = 0; i < arguments->rules.count; i++)
        if (is_same_file(arguments->rules.items[i], false, &status)) return arguments->rules.items[i];
    for (size_t i = 0; i < arguments->updates.count; i++)
        if (arguments->updates.items[i][0] == '@' && is_same_file(arguments->updates.items[i] + 1, true, &status)) return arguments->updates.items[i] + 1;
    for (size_t i = 0; reads_files(arguments) && i < arguments->words.count; i++)
        if (is_same_file(arguments->words.items[i], reads_inventories(arguments), &status)) return arguments->words.items[i];
    return NULL;
}

void print_options(FILE *out, const struct command *command) {
    for (int i = 0; i < OPTION_COUNT; i++) {
        bool is_shown = command == NULL ? options[i].taken_by == 0 : (options[i].taken_by & command->options) != 0;
        if (!is_shown) continue;
        if (options[i].letter != 0) fprintf(out, "  -%c, ", options[i].letter);
        else fputs("      ", out);
        fprintf(out, "%s%s%s\n          %s\n", options[i].name, options[i].value == NULL ? "" : " ", options[i].value == NULL ? "" : options[i].value,
                options[i].help);
    }
    if (command == NULL || command->formats == 0) return;
    fputs("      --format", out);
    for (int i = 0, count = 0; i < FORMAT_COUNT; i++)
        if (has_format(command, i)) fprintf(out, "%s%s", count++ == 0 ? " " : "|", format_words[i]);
    fputs("\n          the form of the result\n", out);
}
