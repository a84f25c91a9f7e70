/* kmsrules: which KMS host with which key group can activate which editions, and why.
 *
 * Tables (XML) are built into a ruleset, which never changes. A question holds the facts asked about; asking it gives an answer, which never
 * changes either. The rules behind every verdict are rows of the tables: docs/rule-tables.md says how a row is written and what it decides.
 *
 * Threads. A ruleset, an answer and a list may be used by any number of threads at once. A builder and a question belong to one thread at a time.
 * No function prints, exits, reads the environment, the clock or the locale. Only kmsrules_builder_add() opens files.
 *
 * Ownership. What `_new`, `_build` and the asking functions hand out is freed by the `_free` of its noun; every `_free` accepts NULL; objects may be
 * freed in any order. Records are lent by const pointer and live as long as the object they came from. Strings are UTF-8 and end in NUL.
 *
 * Errors. Functions that can fail return a kmsrules_status and leave their outputs untouched unless it is KMSRULES_OK. A NULL argument where
 * none is allowed is KMSRULES_INVALID_ARGUMENT. Out of memory is a status like any other: nothing is half done after it.
 */
#ifndef KMSRULES_H
#define KMSRULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && !defined(SWIG)
#define KMSRULES_API __attribute__((visibility("default")))
#else
#define KMSRULES_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Library ------------------------------------------------------------------------------------------------------------------------------ */

#define KMSRULES_VERSION "0.1.0"

typedef enum kmsrules_status {
    KMSRULES_OK = 0,
    KMSRULES_NO_MEMORY,
    KMSRULES_INVALID_ARGUMENT, /* NULL, an id out of range, a malformed build, date or KB number, text shaped like a product key */
    KMSRULES_UNKNOWN_NAME,     /* no such edition, release, key group or update: see kmsrules_suggest() */
    KMSRULES_AMBIGUOUS_NAME,   /* the spelling names several: see kmsrules_identify() */
    KMSRULES_INVALID_TABLE,    /* the builder holds the problems */
    KMSRULES_UNREADABLE,       /* a file cannot be opened or read: the builder holds the problem */
    KMSRULES_NOT_TRUSTED,      /* a privileged process and a table that others can write: the builder holds the problem */
    KMSRULES_TWO_KEYS,         /* two key groups of one application; a host holds one key per application */
    KMSRULES_WRONG_LINE,       /* the host build is of another line than the host's */
    KMSRULES_BELOW_UPDATE,     /* the host build is below that of an update said to be installed */
    KMSRULES_NOTHING_ASKED,    /* the question lacks its host or its editions */
    KMSRULES_INVALID_INVENTORY, /* an inventory or export of events cannot be read further: kmsrules_inventory_why() or kmsrules_events_why() says why */
    KMSRULES_INVALID_ROW,      /* one row of an inventory, or one event, cannot be read: its `problem` says why */
    KMSRULES_INVALID_LEDGER    /* a saved ledger cannot be read: its fault says why and where */
} kmsrules_status;

/* The version of the library in use, "0.1.0"; compare with KMSRULES_VERSION. */
KMSRULES_API const char *kmsrules_version(void);

/* One lower-case English clause for a status, never NULL: "out of memory". */
KMSRULES_API const char *kmsrules_status_text(kmsrules_status status);

/* Frees a string that a kmsrules function handed out. NULL is accepted. */
KMSRULES_API void kmsrules_string_free(char *string);

/* Index of an edition, release, key group, application, update or source in its ruleset, in the order of declaration; of use with that ruleset only. */
typedef uint32_t kmsrules_id;
#define KMSRULES_NONE UINT32_MAX /* no such thing; where a key group is asked for: none given */

typedef enum kmsrules_kind { KMSRULES_CLIENT = 0, KMSRULES_SERVER, KMSRULES_OFFICE } kmsrules_kind;
#define KMSRULES_KIND_COUNT 3

/* "client", "server" or "office"; NULL for any other value. */
KMSRULES_API const char *kmsrules_kind_text(kmsrules_kind kind);

/* Where a table element stands. */
typedef struct kmsrules_place {
    const char *file; /* as it was named to the builder, or "rules/windows.xml" for a built-in table */
    uint32_t line;    /* from 1 */
    uint32_t column;  /* in bytes, from 1 */
} kmsrules_place;

/* ---- Building ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct kmsrules_builder kmsrules_builder;
typedef struct kmsrules_ruleset kmsrules_ruleset;

/* What a table may ask of the machine; exceeding one is an error of its own (KR904). */
typedef struct kmsrules_limits {
    size_t table_size;       /* bytes of one file: 8 MiB */
    size_t element_depth;    /* 32 */
    size_t element_count;    /* of all files together: 400000 */
    size_t attribute_count;  /* in one tag: 64 */
    size_t attribute_size;   /* bytes of one attribute value: 65536 */
    size_t id_size;          /* bytes: 64 */
    size_t name_size;        /* bytes of a name, title or spelling: 256 */
    size_t include_depth;    /* 64 */
    size_t problem_count;    /* errors after which reading stops: 20 */
    size_t pair_count;       /* key groups times editions: 1048576 */
    size_t member_count;     /* ids of all lists together, releases expanded: 2097152 */
} kmsrules_limits;

/* A problem found in a table. Errors (KR901 to KR949) refuse the ruleset, warnings (KR950 to KR999) do not. */
typedef struct kmsrules_problem {
    const char *code;     /* "KR911" */
    const char *name;     /* "unknown-id" */
    const char *text;     /* what is wrong and what to do about it, one line */
    kmsrules_place place; /* line 0: the file as a whole */
    bool is_error;
} kmsrules_problem;

/* The limits in force unless kmsrules_builder_set_limits() is called; static. */
KMSRULES_API const kmsrules_limits *kmsrules_default_limits(void);

KMSRULES_API kmsrules_status kmsrules_builder_new(kmsrules_builder **builder);
KMSRULES_API void kmsrules_builder_free(kmsrules_builder *builder);

/* Replaces the limits. Every number from 1 to SIZE_MAX / 64 is legal; KMSRULES_INVALID_ARGUMENT else. */
KMSRULES_API kmsrules_status kmsrules_builder_set_limits(kmsrules_builder *builder, const kmsrules_limits *limits);

/* Offers a table from memory under a path, for kmsrules_builder_add() and for includes; it wins over a file of that path. The bytes are copied. */
KMSRULES_API kmsrules_status kmsrules_builder_provide(kmsrules_builder *builder, const char *path, const char *data, size_t size);

/* Adds a layer: a built-in ruleset by its name ("windows", "windows-2010"), else a table file by its path (looked up with kmsrules_builder_provide() first).
 * The first layer is the ruleset, each later one an overlay. The file and what it includes are read at once. Returns KMSRULES_INVALID_TABLE,
 * KMSRULES_UNREADABLE or KMSRULES_NOT_TRUSTED when a problem was added; more layers may be added all the same, so that all problems come out together. */
KMSRULES_API kmsrules_status kmsrules_builder_add(kmsrules_builder *builder, const char *file_or_name);

/* Checks and compiles what was added and hands out the ruleset; KMSRULES_NOTHING_ASKED without a layer. The worst status of any
 * kmsrules_builder_add() before is returned again. The builder can be freed or asked for its problems (warnings, too) but not built a second time. */
KMSRULES_API kmsrules_status kmsrules_builder_build(kmsrules_builder *builder, kmsrules_ruleset **ruleset);

/* Problems found so far, by file (in reading order), line and column; a lent problem lives until the builder is used again. */
KMSRULES_API size_t kmsrules_builder_problem_count(const kmsrules_builder *builder);
KMSRULES_API const kmsrules_problem *kmsrules_builder_problem(const kmsrules_builder *builder, size_t index); /* NULL beyond the end */

/* Names of the built-in rulesets, "windows" first; NULL beyond the end. */
KMSRULES_API const char *kmsrules_builtin_name(size_t index);

/* ---- Ruleset ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct kmsrules_revision {
    const char *id;          /* of the first layer */
    const char *title;       /* or NULL */
    const char *revision;    /* digits */
    const char *fingerprint; /* "sha256:" and 64 hexadecimal digits, over the SHA-256 digests of all files in reading order */
} kmsrules_revision;

typedef struct kmsrules_source {
    const char *id, *title;
    const char *locator, *date; /* or NULL */
    const char *reliability;    /* "primary", "secondary", "third-party" or "unverified" */
} kmsrules_source;

typedef struct kmsrules_application {
    const char *id, *name;
} kmsrules_application;

typedef struct kmsrules_release {
    const char *id, *name;
    kmsrules_kind kind;
    kmsrules_id application;
    const kmsrules_id *editions; /* its members */
    size_t edition_count;
    kmsrules_place at;
} kmsrules_release;

typedef enum kmsrules_volume { KMSRULES_VOLUME_NO = 0, KMSRULES_VOLUME_YES, KMSRULES_VOLUME_UNLISTED } kmsrules_volume;

typedef struct kmsrules_edition {
    const char *id, *name;
    kmsrules_kind kind;
    kmsrules_id application;
    kmsrules_id release; /* KMSRULES_NONE: of no release */
    kmsrules_volume volume;
    bool can_host; /* some key group fits it */
    kmsrules_place at;
} kmsrules_edition;

typedef struct kmsrules_key_group {
    const char *id, *name;
    kmsrules_kind kind;
    kmsrules_id application;
    kmsrules_place at;
} kmsrules_key_group;

typedef struct kmsrules_update {
    const char *id;
    const char *name, *date; /* or NULL */
    const char *line;        /* id of its cumulative line, or NULL; in a line "or any later" holds */
    kmsrules_place at;
} kmsrules_update;

typedef enum kmsrules_check_code {
    KMSRULES_KR101 = 101, /* host-runs-kms */
    KMSRULES_KR102,       /* key-fits-host */
    KMSRULES_KR103,       /* edition-uses-kms */
    KMSRULES_KR104,       /* key-covers-edition */
    KMSRULES_KR105,       /* host-updated */
    KMSRULES_KR106        /* count-reached */
} kmsrules_check_code;

/* What an error is about, as its sources say; combined with |. */
enum {
    KMSRULES_OF_CLIENT = 1, /* any Windows that is to be activated */
    KMSRULES_OF_KMS = 2,    /* KMS, which side is not said */
    KMSRULES_OF_KMS_CLIENT = 4,
    KMSRULES_OF_KMS_HOST = 8,
    KMSRULES_OF_MAK = 16 /* keys that activate without KMS */
};

/* An error that Windows shows. */
typedef struct kmsrules_error {
    const char *id;   /* "0xC004F042", its digits in upper case */
    const char *name; /* a few words */
    const char *note; /* or NULL */
    unsigned scope;   /* KMSRULES_OF_CLIENT … */
    const kmsrules_id *predictions; /* that lead to it */
    size_t prediction_count;
    const kmsrules_id *sources; /* at least one */
    size_t source_count;
    kmsrules_place at;
} kmsrules_error;

/* A check that fails, and the error that follows. */
typedef struct kmsrules_prediction {
    kmsrules_check_code check;
    kmsrules_id error;
    bool is_on_host;             /* the KMS host shows it, else the client */
    const kmsrules_id *editions; /* only for these; none: for all */
    size_t edition_count;
    const kmsrules_id *updates; /* only where each update that would do is one of these; none: whichever is missing */
    size_t update_count;
    const char *note;           /* or NULL */
    const kmsrules_id *sources; /* at least one */
    size_t source_count;
    kmsrules_place at;
} kmsrules_prediction;
/* ---- policy: time, counts, moving a host ---- */

/* What a duration is the length of. */
typedef enum kmsrules_interval_kind {
    KMSRULES_ACTIVATION = 0,   /* a client that is not activated asks this often */
    KMSRULES_RENEWAL,          /* an activated one renews this often */
    KMSRULES_RETRY,            /* and asks this often once a renewal has failed */
    KMSRULES_VALIDITY,         /* an activation lasts this long after the last renewal */
    KMSRULES_CMID_RETENTION,   /* a host remembers a client this long after it asked last */
    KMSRULES_INITIAL_GRACE,    /* from installation to the first notification */
    KMSRULES_FINAL_GRACE,      /* from the end of an activation to the notifications */
    KMSRULES_DNS_PUBLICATION,  /* a host writes its DNS record this often */
    KMSRULES_WARNING           /* before the end of an activation its user is told so */
} kmsrules_interval_kind;
#define KMSRULES_INTERVAL_COUNT 9

/* "activation", "renewal", "retry", "validity", "cmid-retention", "initial-grace", "final-grace", "dns-publication", "warning"; NULL for any other value. */
KMSRULES_API const char *kmsrules_interval_text(kmsrules_interval_kind kind);

typedef struct kmsrules_interval {
    kmsrules_interval_kind kind;
    uint64_t seconds;
    const kmsrules_id *editions; /* none: of all that no other row of this kind names */
    size_t edition_count;
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_interval;

/* How many clients a host remembers: `factor` times the largest threshold it was asked for. */
typedef struct kmsrules_cache {
    uint32_t factor;
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_cache;

typedef enum kmsrules_transition_kind {
    KMSRULES_CLIENTS_DISCOVERED = 0, /* what clients do that find their host by DNS */
    KMSRULES_CLIENTS_CACHED,         /* that keep the host they have found */
    KMSRULES_CLIENTS_BOUND,          /* whose host was set by hand */
    KMSRULES_HOST_COUNT,             /* what becomes of the count */
    KMSRULES_STEP                    /* one step of the move, in their order */
} kmsrules_transition_kind;
#define KMSRULES_TRANSITION_COUNT 5

/* "discovered", "cached", "bound", "count" or "step"; NULL for any other value. */
KMSRULES_API const char *kmsrules_transition_text(kmsrules_transition_kind kind);

/* What happens, or is to be done, when clients move from one host to another. */
typedef struct kmsrules_transition {
    kmsrules_transition_kind kind;
    const char *text;    /* sentences */
    const char *command; /* that does it, words in capitals standing for something; or NULL */
    const char *error;   /* what is seen meanwhile, "0x…"; or NULL */
    unsigned intervals;  /* how long it takes: bit per kmsrules_interval_kind */
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_transition;

/* ---- observations: what slmgr's output shows ---- */

/* Whose license it is, as its channel says. */
typedef enum kmsrules_license_role { KMSRULES_ROLE_OTHER = 0, KMSRULES_ROLE_CLIENT, KMSRULES_ROLE_HOST } kmsrules_license_role;

/* What a KMS host has been asked since it holds its key, by the state of those that asked. */
typedef enum kmsrules_request_kind {
    KMSRULES_REQUESTS_TOTAL = 0,
    KMSRULES_REQUESTS_FAILED,
    KMSRULES_REQUESTS_UNLICENSED,
    KMSRULES_REQUESTS_LICENSED,
    KMSRULES_REQUESTS_INITIAL_GRACE,
    KMSRULES_REQUESTS_EXPIRED, /* or hardware out of tolerance */
    KMSRULES_REQUESTS_NON_GENUINE,
    KMSRULES_REQUESTS_NOTIFICATION
} kmsrules_request_kind;
#define KMSRULES_REQUEST_COUNT 8
#define KMSRULES_LICENSE_STATUS_COUNT 7 /* as in kmsrules_event: 0 unlicensed to 6 extended grace */

/* "other", "client", "host"; "total", "failed", "unlicensed" …; "unlicensed", "licensed", "initial-grace", "out-of-tolerance", "non-genuine", "notification",
 * "extended-grace". NULL for any other value. */
KMSRULES_API const char *kmsrules_license_role_text(kmsrules_license_role role);
KMSRULES_API const char *kmsrules_request_text(kmsrules_request_kind kind);
KMSRULES_API const char *kmsrules_license_status_text(int status);

/* What can be observed of a license. */
typedef enum kmsrules_observation_kind {
    KMSRULES_HOST_NOT_ACTIVATED = 0, /* a host in any state but licensed */
    KMSRULES_NO_REQUESTS,            /* a host was asked 0 times, and counts none */
    KMSRULES_NO_CLIENTS,             /* its count is 0, though it was asked or does not say how often */
    KMSRULES_BELOW_THRESHOLD,        /* its count is above 0 and below a threshold of what its key covers: the number */
    KMSRULES_AT_LIMIT,               /* its count is at the most that it keeps: the number */
    KMSRULES_FEW_OF_MANY,            /* its count is below a threshold, though more requests than it can count clients did not fail: their number */
    KMSRULES_FAILED_REQUESTS,        /* requests failed: their number */
    KMSRULES_NOT_PUBLISHED,          /* it does not publish itself in DNS */
    KMSRULES_LOW_PRIORITY,
    KMSRULES_NO_COUNT,               /* a host's license without a count */
    KMSRULES_CLIENT_NOT_ACTIVATED,   /* a client in any state but licensed */
    KMSRULES_NO_HOST_FOUND,          /* a client that found no host in DNS, and to which none is set */
    KMSRULES_NOT_RENEWED,            /* two renewals or more, by the default or the client's own interval if that is longer, have not happened: days left */
    KMSRULES_HOST_SET,               /* its host was set by hand */
    KMSRULES_STALE_VALUES,           /* slmgr says that its values are old */
    KMSRULES_WITHOUT_KMS,            /* a license in use that is neither a client's nor a host's */
    KMSRULES_OVER_LIMIT,             /* a host's count is above the most that it can be: the number */
    KMSRULES_REQUESTS_DISAGREE,      /* its numbers of requests do not add up, or are fewer than the clients it counts */
    KMSRULES_OTHER_PORT,             /* a host listens on, or a client asks at, another port than KMS has by default: the port */
    KMSRULES_NO_PORT,                /* the port of a host is none from 1 to 65535 */
    KMSRULES_NO_TIME_LEFT,           /* a licensed client has 0 minutes left */
    KMSRULES_TOO_MUCH_LEFT,          /* it has more left than an activation lasts: days left */
    KMSRULES_SHORT_RENEWAL,          /* its renewal interval is shorter than its activation interval: the minutes of it */
    KMSRULES_OTHER_PRODUCT,          /* the activation id or the build is of another product than the name, which is believed */
    KMSRULES_OTHER_HOST,             /* the host or build of the question is of none that the output, which is believed, can be of */
    KMSRULES_OTHER_KEY,              /* no edition that the output can be of can hold a key that it can be of */
    KMSRULES_UNREAD_VALUE,           /* a line has a label that is known and a value that cannot be read: the line; once for each, 16 at most */
    KMSRULES_NOT_COUNTING,           /* a host says that it has no count: nobody has asked, or KMS is not enabled */
    KMSRULES_NO_PRODUCT              /* the license has neither a name nor a description */
} kmsrules_observation_kind;
#define KMSRULES_OBSERVATION_COUNT 29

/* "host-not-activated", "no-requests" …; NULL for any other value. */
KMSRULES_API const char *kmsrules_observation_text(kmsrules_observation_kind kind);

/* What the tables say of one (<observation>). */
typedef struct kmsrules_observation {
    kmsrules_observation_kind kind;
    bool is_finding;     /* something is wrong; else it is worth knowing */
    const char *text;    /* sentences; each % in it stands for the number */
    const char *command; /* to be run, or NULL */
    const char *error;   /* what is seen meanwhile, "0x…"; or NULL */
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_observation;
/* NULL where the tables say nothing of it. */
KMSRULES_API const kmsrules_observation *kmsrules_ruleset_observation(const kmsrules_ruleset *ruleset, kmsrules_observation_kind kind);

/* How clients choose among the SRV records of a DNS answer. */
typedef enum kmsrules_selection {
    KMSRULES_BY_PRIORITY_AND_WEIGHT = 0, /* RFC 2782 */
    KMSRULES_ANY_RECORD                  /* whatever its priority and weight */
} kmsrules_selection;
#define KMSRULES_SELECTION_COUNT 2

/* "priority-and-weight" or "any-record"; NULL for any other value. */
KMSRULES_API const char *kmsrules_selection_text(kmsrules_selection selection);

typedef struct kmsrules_discovery_rule {
    kmsrules_selection selection;
    const kmsrules_id *editions; /* none: of all that no other row names */
    size_t edition_count;
    const kmsrules_id *sources;
    size_t source_count;
    const kmsrules_id *against; /* sources that say otherwise */
    size_t against_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_discovery_rule;

/* The records that KMS hosts publish. */
typedef struct kmsrules_srv_name {
    const char *name; /* "_vlmcs._tcp", without the domain */
    uint32_t port;
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_srv_name;

/* Whether a host counts clients that run in virtual machines. */
typedef struct kmsrules_virtual_machines {
    bool are_counted;
    const kmsrules_id *hosts; /* none: all that no other row names */
    size_t host_count;
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_virtual_machines;

typedef enum kmsrules_expiry_kind { KMSRULES_NOTIFICATION = 0, KMSRULES_REDUCED_FUNCTIONALITY } kmsrules_expiry_kind;
#define KMSRULES_EXPIRY_COUNT 2

/* "notification" or "reduced-functionality"; NULL for any other value. */
KMSRULES_API const char *kmsrules_expiry_text(kmsrules_expiry_kind kind);

/* What a machine is like once its activation has ended. The rows that name its edition, or else those that name none, say so. */
typedef struct kmsrules_expiry {
    kmsrules_expiry_kind kind;
    const char *text; /* a sentence */
    const kmsrules_id *editions; /* none: all that no other row names */
    size_t edition_count;
    const uint32_t *builds; /* only for these; none: for all */
    size_t build_count;
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_expiry;

/* A client machine id (CMID) or an activation id: 16 bytes, in the order in which its 32 hexadecimal digits are written. */
typedef struct kmsrules_guid {
    uint8_t bytes[16];
} kmsrules_guid;

/* Which editions ask a host with this activation id. */
typedef struct kmsrules_activation_id {
    kmsrules_guid id;
    const kmsrules_id *editions; /* of one application and kind, that of the first */
    size_t edition_count;
    const kmsrules_id *sources;
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_activation_id;

typedef struct kmsrules_table_file {
    const char *path; /* as in kmsrules_place */
    const char *data;
    size_t size;
    bool is_layer; /* the root file of a layer; its includes follow it */
} kmsrules_table_file;

/* The built-in ruleset "windows". Reads no file; KMSRULES_NO_MEMORY is its only error. */
KMSRULES_API kmsrules_status kmsrules_ruleset_default(kmsrules_ruleset **ruleset);
/* One more owner; returns its argument. Any thread. */
KMSRULES_API kmsrules_ruleset *kmsrules_ruleset_retain(kmsrules_ruleset *ruleset);
/* Gives up one ownership; the last one frees. Any thread. */
KMSRULES_API void kmsrules_ruleset_free(kmsrules_ruleset *ruleset);

KMSRULES_API const kmsrules_revision *kmsrules_ruleset_revision(const kmsrules_ruleset *ruleset);

/* Each record function returns NULL when the index is not below its count (or the ruleset is NULL, whose counts are 0). */
KMSRULES_API size_t kmsrules_ruleset_source_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_source *kmsrules_ruleset_source(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_application_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_application *kmsrules_ruleset_application(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_release_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_release *kmsrules_ruleset_release(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_edition_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_edition *kmsrules_ruleset_edition(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_key_group_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_key_group *kmsrules_ruleset_key_group(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_update_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_update *kmsrules_ruleset_update(const kmsrules_ruleset *ruleset, kmsrules_id id);
/* Errors and predictions have indices of their own, which kmsrules_prediction and kmsrules_check name. */
KMSRULES_API size_t kmsrules_ruleset_error_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_error *kmsrules_ruleset_error(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_prediction_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_prediction *kmsrules_ruleset_prediction(const kmsrules_ruleset *ruleset, kmsrules_id id);
KMSRULES_API size_t kmsrules_ruleset_interval_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_interval *kmsrules_ruleset_interval(const kmsrules_ruleset *ruleset, size_t index);
KMSRULES_API size_t kmsrules_ruleset_transition_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_transition *kmsrules_ruleset_transition(const kmsrules_ruleset *ruleset, size_t index);
/* The interval that rules an edition (KMSRULES_NONE: any that no row names): the last layer's row that names it, else the last layer's row for all; NULL without one. */
KMSRULES_API const kmsrules_interval *kmsrules_ruleset_find_interval(const kmsrules_ruleset *ruleset, kmsrules_interval_kind kind, kmsrules_id edition);
/* NULL where the tables say nothing of it. */
KMSRULES_API const kmsrules_cache *kmsrules_ruleset_cache(const kmsrules_ruleset *ruleset);
/* How clients find a host: the rule of an edition as kmsrules_ruleset_find_interval(), and the name of the records; NULL where the tables say nothing of it. */
KMSRULES_API size_t kmsrules_ruleset_discovery_rule_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_discovery_rule *kmsrules_ruleset_discovery_rule(const kmsrules_ruleset *ruleset, size_t index);
KMSRULES_API const kmsrules_discovery_rule *kmsrules_ruleset_find_discovery_rule(const kmsrules_ruleset *ruleset, kmsrules_id edition);
KMSRULES_API const kmsrules_srv_name *kmsrules_ruleset_srv_name(const kmsrules_ruleset *ruleset);
/* The row that rules a host (KMSRULES_NONE: any that no row names): the last layer's row that names it, else the last layer's row for all; NULL without one. */
KMSRULES_API const kmsrules_virtual_machines *kmsrules_ruleset_find_virtual_machines(const kmsrules_ruleset *ruleset, kmsrules_id host);
KMSRULES_API size_t kmsrules_ruleset_virtual_machines_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_virtual_machines *kmsrules_ruleset_virtual_machines(const kmsrules_ruleset *ruleset, size_t index);
KMSRULES_API size_t kmsrules_ruleset_expiry_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_expiry *kmsrules_ruleset_expiry(const kmsrules_ruleset *ruleset, size_t index);
KMSRULES_API size_t kmsrules_ruleset_activation_id_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_activation_id *kmsrules_ruleset_activation_id(const kmsrules_ruleset *ruleset, size_t index);
/* The files the ruleset was made of, in reading order, with their bytes: enough to build it again with kmsrules_builder_provide(). */
KMSRULES_API size_t kmsrules_ruleset_file_count(const kmsrules_ruleset *ruleset);
KMSRULES_API const kmsrules_table_file *kmsrules_ruleset_file(const kmsrules_ruleset *ruleset, size_t index);

/* ---- Names -------------------------------------------------------------------------------------------------------------------------------- */

/* What a name may stand for; combined with |. An edition is preferred to a release, a release to a key group, a key group to an update. */
enum { KMSRULES_EDITION = 1, KMSRULES_RELEASE = 2, KMSRULES_KEY_GROUP = 4, KMSRULES_UPDATE = 8 };

/* What tells products apart besides a name; combined with |. */
enum { KMSRULES_BY_BUILD = 1, KMSRULES_BY_SKU = 2, KMSRULES_BY_EDITION_ID = 4, KMSRULES_BY_PRODUCT_TYPE = 8 };

#define KMSRULES_CANDIDATE_LIMIT 32 /* candidates that are listed; more are only counted */

typedef struct kmsrules_identity {
    int kind;       /* KMSRULES_EDITION … of `id` or of the candidates */
    kmsrules_id id; /* KMSRULES_NONE when ambiguous */
    kmsrules_id candidates[KMSRULES_CANDIDATE_LIMIT]; /* the id alone when recognised */
    size_t candidate_count;
    const char *how;   /* the step: "id", "name", "spelling", "word" (of another language), "left-out" (words that say nothing), "edition-id", "pattern"; without a
                          text "sku", "build" or "product-type"; "undecided": matching a pattern took too many steps, and there are no candidates */
    kmsrules_place at; /* the row that gives this name; `file` NULL where the builds, SKUs or EditionIDs of editions decided */
    const char *note;  /* of that row, or NULL */
    unsigned narrowed; /* KMSRULES_BY_…: the evidence that ruled out some of what the name may stand for */
    unsigned unknown;  /* evidence that no edition of the tables has, such as a newer build: it was left out of account */
    unsigned decides;  /* ambiguous: evidence not given of which some two candidates have no value in common, so that it tells these apart whatever it is */
    bool is_contradicted; /* ambiguous: the name and the other evidence name different products; the candidates are those of both */
} kmsrules_identity;

/* What is known of a product as installed. KMSRULES_NO_EVIDENCE is the legal start. */
typedef struct kmsrules_evidence {
    const char *text; /* a name of any form; NULL: none */
    size_t text_size;
    const char *edition_id; /* "ServerStandard", as in the registry; NULL: not given */
    size_t edition_id_size;
    uint32_t build;       /* 17763; 0: not given. See kmsrules_build_number() */
    uint32_t sku;         /* 48, as OperatingSystemSKU; KMSRULES_NONE: not given */
    int product_type;     /* KMSRULES_CLIENT: workstation, KMSRULES_SERVER: server or domain controller; -1: not given */
} kmsrules_evidence;
#define KMSRULES_NO_EVIDENCE {NULL, 0, NULL, 0, 0, KMSRULES_NONE, -1}

/* Which thing of the wanted kinds a text names. Tried in this order: an id, a full name or a listed spelling as written; the same after the normalisation of the tables'
 * <fold> rows; with the words of other languages replaced (<word>); with words left out that say nothing (<ignore>); an EditionID; the <pattern> rows, which also take
 * a build or version out of the text. (Updates: by id or alias as written only; kmsrules_question_add_update() takes any spelling of a KB number.)
 * KMSRULES_UNKNOWN_NAME or KMSRULES_AMBIGUOUS_NAME (then `identity` holds the candidates). Texts over 256 bytes are unknown. Text shaped like a
 * product key is KMSRULES_INVALID_ARGUMENT: it is no name, and belongs in no message. Allocates nothing, save where matching a pattern needs more than
 * 24 KiB: KMSRULES_NO_MEMORY is possible only there. */
KMSRULES_API kmsrules_status kmsrules_identify(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size,
                                               kmsrules_identity *identity);

/* Which edition or release all the evidence together means. A release stands for its editions as soon as a SKU or an EditionID is given, and for the only one that the
 * evidence leaves of it. Without a text, and where it is not known, the SKU or EditionID decides together with the rest; a build or product type alone gives releases.
 * Evidence that no edition has is left out of account and listed in `unknown`. Where a known name and the rest contradict each other the answer is ambiguous.
 * Errors as kmsrules_identify(); KMSRULES_UNKNOWN_NAME also without any evidence that is known. */
KMSRULES_API kmsrules_status kmsrules_recognize(const kmsrules_ruleset *ruleset, unsigned kinds, const kmsrules_evidence *evidence,
                                                kmsrules_identity *identity);

/* How a product was recognised, or why it was not told apart and what would decide it: one English clause, as kmsrules_answer_summary() writes it. */
KMSRULES_API size_t kmsrules_identity_text(const kmsrules_ruleset *ruleset, const kmsrules_identity *identity, char *buffer, size_t size);

/* The build in a text: "17763", "10.0.17763", "10.0.17763.5329", "17763.5329", "10.0 (17763)", "Build 17763". `*revision` is KMSRULES_NONE where there is none; NULL is
 * accepted. KMSRULES_INVALID_ARGUMENT: no build. */
KMSRULES_API kmsrules_status kmsrules_build_number(const char *text, size_t size, uint32_t *build, uint32_t *revision);

/* Whether a text holds what looks like a product key, as all that reads and writes texts here asks: see docs/codes/KR918.md. NULL holds none. */
KMSRULES_API bool kmsrules_has_product_key(const char *text, size_t size);

/* The kind that a word for the product type stands for (<product-type> rows: "workstation", "3", "ServerNT"), or KMSRULES_UNKNOWN_NAME. */
KMSRULES_API kmsrules_status kmsrules_product_type(const kmsrules_ruleset *ruleset, const char *text, size_t size, kmsrules_kind *kind);

/* The full names nearest to a text, best first; fills up to `capacity` lent strings, returns how many. Allocates nothing. */
KMSRULES_API size_t kmsrules_suggest(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, const char **names,
                                     size_t capacity);
/* How many slips of the hand make this text of a word, such as one of a command line; the start of a word is one slip, dashes before both do not matter. -1: so many that
 * it is another word, or NULL. Allocates nothing; any threads. */
KMSRULES_API int kmsrules_word_slips(const char *text, const char *word);

/* ---- Deciding on ids ---------------------------------------------------------------------------------------------------------------------- */

/* Best to worst. A set of editions has the worst verdict of its members, a free choice the best of the choices. */
typedef enum kmsrules_verdict {
    KMSRULES_YES = 0,      /* every check holds on the facts given */
    KMSRULES_CONDITIONAL,  /* nothing fails, but a fact that matters was not given */
    KMSRULES_UNDOCUMENTED, /* the sources are silent in a way that matters, or contradict each other */
    KMSRULES_NO,           /* a check fails */
    KMSRULES_NO_VERDICT    /* wrong use: an id out of range or no editions */
} kmsrules_verdict;

/* "yes", "conditional", "undocumented", "no"; NULL for any other value. */
KMSRULES_API const char *kmsrules_verdict_text(kmsrules_verdict verdict);

/* What is known about the host besides its edition. KMSRULES_NO_FACTS is the legal start; update ids may repeat and stand in any order. */
typedef struct kmsrules_facts {
    const kmsrules_id *updates; /* known to be installed */
    size_t update_count;
    bool updates_complete;                 /* nothing else is installed */
    uint32_t host_build;                   /* 17763; 0: not given */
    uint32_t host_revision;                /* 5329; KMSRULES_NONE: not given */
    int64_t machines[KMSRULES_KIND_COUNT]; /* counted by kind; -1: not given */
} kmsrules_facts;
#define KMSRULES_NO_FACTS {NULL, 0, false, 0, KMSRULES_NONE, {-1, -1, -1}}

/* The verdict on one host edition, one key group (KMSRULES_NONE: the best that the host can hold, per application) and a set of editions.
 * `facts` NULL: nothing is known. The same checks as in kmsrules_ask(), only unrecorded. Allocates nothing, takes no lock; any thread. */
KMSRULES_API kmsrules_verdict kmsrules_can(const kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id key_group, const kmsrules_id *editions,
                                           size_t edition_count, const kmsrules_facts *facts);

/* ---- Asking ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct kmsrules_question kmsrules_question;

/* A question to one ruleset, of which it becomes an owner. Names are NUL-terminated UTF-8 and may be any that kmsrules_identify() recognises;
 * an unknown or ambiguous one changes nothing. */
KMSRULES_API kmsrules_status kmsrules_question_new(kmsrules_ruleset *ruleset, kmsrules_question **question);
KMSRULES_API void kmsrules_question_free(kmsrules_question *question);
/* Forgets everything but the ruleset. */
KMSRULES_API void kmsrules_question_clear(kmsrules_question *question);
/* The host: an edition, or a release for "one of its editions, I do not say which". Replaces the one set before. */
KMSRULES_API kmsrules_status kmsrules_question_set_host(kmsrules_question *question, const char *name);
/* A key group the host holds; if any is added, these are all it holds. To kmsrules_ask(), two of one application are KMSRULES_TWO_KEYS. */
KMSRULES_API kmsrules_status kmsrules_question_add_key(kmsrules_question *question, const char *name);
/* An edition to activate; a release stands for its volume editions that the ruleset covers. Twice the same counts once. */
KMSRULES_API kmsrules_status kmsrules_question_add_edition(kmsrules_question *question, const char *name);
/* An update known to be installed: an id, an alias, or any KB number ("KB5036896", "5036896"). One that the tables do not know is kept and noted. */
KMSRULES_API kmsrules_status kmsrules_question_add_update(kmsrules_question *question, const char *name);
/* Whether the updates added are all that is installed; false at first. */
KMSRULES_API kmsrules_status kmsrules_question_set_updates_complete(kmsrules_question *question, bool complete);
/* The host's build: "10.0.17763.5329", "17763.5329", or without revision. */
KMSRULES_API kmsrules_status kmsrules_question_set_host_build(kmsrules_question *question, const char *build);
/* How many machines of a kind the host has counted, 0 to INT64_MAX; -1 takes it back. */
KMSRULES_API kmsrules_status kmsrules_question_set_count(kmsrules_question *question, kmsrules_kind kind, int64_t machines);
/* Today's date, "2026-11-21" or "2026-11-21T12:00:00Z" (UTC), printed in the answer; the library has no clock of its own. */
KMSRULES_API kmsrules_status kmsrules_question_set_date(kmsrules_question *question, const char *date);

/* Whether the answer also says what is the least that would make it a yes; false at first. On the built-in tables this takes less than a millisecond. */
KMSRULES_API kmsrules_status kmsrules_question_set_remedies(kmsrules_question *question, bool wanted);

typedef struct kmsrules_answer kmsrules_answer;

/* Answers with everything recorded. KMSRULES_NOTHING_ASKED, KMSRULES_TWO_KEYS, KMSRULES_WRONG_LINE, KMSRULES_BELOW_UPDATE,
 * KMSRULES_NO_MEMORY. */
KMSRULES_API kmsrules_status kmsrules_ask(const kmsrules_question *question, kmsrules_answer **answer);

/* The inverse questions. The members of the question that a search does not read are ignored. */
typedef enum kmsrules_search {
    KMSRULES_SEARCH_EDITIONS = 0, /* what can this host (with these keys) activate */
    KMSRULES_SEARCH_HOSTS,        /* which (host, key group) pairs can activate these editions; best first, fewest needs, highest authority */
    KMSRULES_SEARCH_KEYS,         /* which key groups can this host hold (for these editions); without host: which groups cover these editions */
    KMSRULES_SEARCH_HIGHEST       /* the highest authority among these keys (that fit this host) */
} kmsrules_search;

typedef struct kmsrules_list kmsrules_list;

typedef struct kmsrules_list_item {
    kmsrules_id host, key_group, edition; /* KMSRULES_NONE where the member does not apply */
    kmsrules_verdict verdict;
    const kmsrules_id *needs; /* updates of open requirements */
    size_t need_count;
} kmsrules_list_item;

/* Searches; items with the verdict `no` are left out, save for KMSRULES_SEARCH_KEYS. Over editions of several applications an item's verdict is no better than
 * what the host can do for the other applications. Without editions, KMSRULES_SEARCH_KEYS and KMSRULES_SEARCH_HIGHEST tell what it takes to hold the group.
 * Errors as kmsrules_ask(). */
KMSRULES_API kmsrules_status kmsrules_find(const kmsrules_question *question, kmsrules_search search, kmsrules_list **list);
KMSRULES_API void kmsrules_list_free(kmsrules_list *list);
KMSRULES_API size_t kmsrules_list_count(const kmsrules_list *list);
KMSRULES_API const kmsrules_list_item *kmsrules_list_get(const kmsrules_list *list, size_t index); /* NULL beyond the end */

/* ---- Answer ------------------------------------------------------------------------------------------------------------------------------- */

/* Best to worst; the verdict of a (host, key group, edition) is its worst outcome. */
typedef enum kmsrules_outcome { KMSRULES_PASS = 0, KMSRULES_UNKNOWN, KMSRULES_SILENT, KMSRULES_FAIL } kmsrules_outcome;

typedef enum kmsrules_basis {
    KMSRULES_NO_BASIS = 0, /* the check does not fail */
    KMSRULES_EXCLUDED,     /* a source says no */
    KMSRULES_NOT_LISTED    /* the sources list what works, and this is not there */
} kmsrules_basis;

/* "host-runs-kms" …; "pass", "unknown", "undocumented", "fail"; "excluded", "not-listed" or NULL. NULL for any other value. */
KMSRULES_API const char *kmsrules_check_name(kmsrules_check_code code);
KMSRULES_API const char *kmsrules_outcome_text(kmsrules_outcome outcome);
KMSRULES_API const char *kmsrules_basis_text(kmsrules_basis basis);

/* A table row that decided a check. */
typedef struct kmsrules_fact {
    uint32_t row;               /* of use with kmsrules_fact_text() only */
    kmsrules_place at;          /* the row's element */
    const char *label;          /* row or section within the sources, or NULL */
    const char *note;           /* the row's note, or NULL */
    const kmsrules_id *sources; /* at least one */
    size_t source_count;
} kmsrules_fact;

/* An update requirement that is not known to be met: one of `any_of`; in a cumulative line any later update serves as well. */
typedef struct kmsrules_requirement {
    const kmsrules_id *any_of;
    size_t any_of_count;
    bool or_later;         /* one of them is in a cumulative line */
    bool is_known_missing; /* else unknown */
} kmsrules_requirement;

typedef struct kmsrules_check {
    kmsrules_check_code code;
    kmsrules_outcome outcome;
    kmsrules_basis basis;
    const kmsrules_fact *facts;
    size_t fact_count;
    const kmsrules_requirement *requirements; /* KR105: the open ones */
    size_t requirement_count;
    kmsrules_id host, key_group, edition; /* what was checked; key_group may be KMSRULES_NONE */
    const kmsrules_id *predictions; /* of a check that fails: which errors follow, see kmsrules_ruleset_prediction() */
    size_t prediction_count;
} kmsrules_check;

typedef struct kmsrules_edition_answer {
    kmsrules_id edition;
    kmsrules_verdict verdict; /* the worst outcome of its checks */
    const kmsrules_check *checks;
    size_t check_count;
} kmsrules_edition_answer;

/* A key group the host can hold, with what it would give for the same editions. */
typedef struct kmsrules_choice {
    kmsrules_id key_group;
    kmsrules_verdict verdict;
    const kmsrules_requirement *requirements; /* open ones, each once */
    size_t requirement_count;
    const kmsrules_id *needs; /* flat union of their updates */
    size_t need_count;
} kmsrules_choice;

/* One host edition and one application. */
typedef struct kmsrules_host_answer {
    kmsrules_id host;
    kmsrules_id application;
    kmsrules_verdict verdict;
    kmsrules_id key_group;  /* KMSRULES_NONE: the host can hold none */
    bool key_assumed;       /* no key was given: the best was taken */
    const kmsrules_edition_answer *editions;
    size_t edition_count;
    const kmsrules_choice *choices; /* every group the host can hold for this application, highest first */
    size_t choice_count;
} kmsrules_host_answer;

typedef enum kmsrules_change_kind {
    KMSRULES_INSTALL_UPDATE = 0, /* or confirm that it is installed */
    KMSRULES_USE_KEY,            /* another key group in the place of the one given for its application, or beside it */
    KMSRULES_USE_HOST,           /* another host, of which nothing is known: neither updates nor build nor keys of the old one count */
    KMSRULES_LEARN,              /* that the host is this edition of the release asked about */
    KMSRULES_ADD_MACHINES        /* or count those not counted yet */
} kmsrules_change_kind;

/* One change. Members that do not apply are KMSRULES_NONE, false or 0. */
typedef struct kmsrules_change {
    kmsrules_change_kind kind;
    kmsrules_id host;      /* of use-host and learn */
    kmsrules_id key_group; /* of use-key; of use-host where one application is asked about: the key group it then holds */
    kmsrules_id update;    /* of install-update */
    bool or_later;         /* any later update of its line serves as well */
    uint64_t count;        /* of add-machines: how many */
    unsigned kinds;        /* of add-machines: of any of these kinds, a bit per kmsrules_kind */
} kmsrules_change;

/* Changes that together make the answer a yes. No part of them does, and none of the updates can be exchanged for an earlier one of its line.
 * Updates come in an order in which they can be installed. */
typedef struct kmsrules_remedy {
    const kmsrules_change *changes;
    size_t change_count;
    kmsrules_id host;              /* the host after the changes; KMSRULES_NONE: a release, whichever of its editions it is */
    const kmsrules_id *key_groups; /* the key groups it then holds, one for each application asked about: the one given, else the lowest authority
                                      that suffices; none where the editions of a release differ in them */
    size_t key_group_count;
} kmsrules_remedy;

/* "install-update", "use-key", "use-host", "learn", "add-machines"; NULL for any other value. */
KMSRULES_API const char *kmsrules_change_text(kmsrules_change_kind kind);

KMSRULES_API void kmsrules_answer_free(kmsrules_answer *answer);
KMSRULES_API kmsrules_verdict kmsrules_answer_verdict(const kmsrules_answer *answer);
/* The ruleset that answered, lent. */
KMSRULES_API const kmsrules_ruleset *kmsrules_answer_ruleset(const kmsrules_answer *answer);
KMSRULES_API size_t kmsrules_answer_host_count(const kmsrules_answer *answer);
KMSRULES_API const kmsrules_host_answer *kmsrules_answer_host(const kmsrules_answer *answer, size_t index); /* NULL beyond the end */
/* What the reader should know besides: assumptions, releases expanded, better keys on the same host, facts that decided nothing. */
KMSRULES_API size_t kmsrules_answer_note_count(const kmsrules_answer *answer);

/* Every remedy, if the question wanted them: fewest changes first, then fewest updates, then on the same host, then with the same keys, then with the least
 * authority. None of a yes; none where nothing in the tables helps, which a note then says. */
KMSRULES_API size_t kmsrules_answer_remedy_count(const kmsrules_answer *answer);
KMSRULES_API const kmsrules_remedy *kmsrules_answer_remedy(const kmsrules_answer *answer, size_t index); /* NULL beyond the end */
/* False when remedies were not asked for, or when tables have so many ways (over 16384 remedies, 32 updates in one, twenty million steps of search) that not all were found. */
KMSRULES_API bool kmsrules_answer_has_all_remedies(const kmsrules_answer *answer);

/* Sentences in English. Write up to `size` bytes with the closing NUL and return the length of the whole text without it, as snprintf() does;
 * `buffer` may be NULL when `size` is 0. Controls, bidirectional and invisible characters of table texts come out escaped (\u{202e}). Allocate nothing. */
KMSRULES_API size_t kmsrules_answer_summary(const kmsrules_answer *answer, char *buffer, size_t size);
KMSRULES_API size_t kmsrules_answer_note(const kmsrules_answer *answer, size_t index, char *buffer, size_t size);
KMSRULES_API size_t kmsrules_remedy_text(const kmsrules_answer *answer, const kmsrules_remedy *remedy, char *buffer, size_t size); /* "install KB5003646 …" */
KMSRULES_API size_t kmsrules_check_text(const kmsrules_answer *answer, const kmsrules_check *check, char *buffer, size_t size);
KMSRULES_API size_t kmsrules_fact_text(const kmsrules_answer *answer, const kmsrules_fact *fact, char *buffer, size_t size);

/* ---- Codes -------------------------------------------------------------------------------------------------------------------------------- */

/* The page of a code: of a check (KR101 …), of a table problem (KR901 …), or of an error that Windows shows (0xC004F042 …). Static. */
typedef struct kmsrules_code {
    const char *code; /* "KR104", "0xC004F042" */
    const char *name; /* "key-covers-edition", "this KMS cannot be used" */
    const char *page; /* Markdown; its first line is "# CODE NAME" */
} kmsrules_code;

/* All of them: checks, table problems, then errors, each in order. NULL beyond the end. */
KMSRULES_API size_t kmsrules_code_count(void);
KMSRULES_API const kmsrules_code *kmsrules_code_get(size_t index);

/* The code that a text is, in upper or lower case; of an error also its hexadecimal digits alone ("C004F042") and its number ("-1073418174", "3221549122").
 * NULL: none. `text` ends in NUL; NULL gives NULL. */
KMSRULES_API const kmsrules_code *kmsrules_code_find(const char *text);
/* Whether a text is written like a code, known or not: KR or 0x and a digit, or the number of an error. No name of an edition is. */
KMSRULES_API bool kmsrules_code_is_like(const char *text);
/* The nearest codes to a text that is none, best first; returns how many, at most `capacity`. A text far from all of them, or NULL, has none. */
KMSRULES_API size_t kmsrules_code_suggest(const char *text, const kmsrules_code **codes, size_t capacity);

/* ---- Inventories -------------------------------------------------------------------------------------------------------------------------- */

/* A view: not owned, not NUL-terminated. */
typedef struct kmsrules_text {
    const char *data; /* NULL: not there */
    size_t size;
} kmsrules_text;

typedef struct kmsrules_inventory kmsrules_inventory;

/* How a file is read. KMSRULES_FOUND_BY_CONTENT is the legal start. */
typedef struct kmsrules_inventory_options {
    const char *encoding; /* a name that iconv() knows; NULL: UTF-8, or what the byte order mark says */
    const char *columns;  /* "name=Computer,os=OS Name,build=…,sku=…,edition-id=…,product-type=…": which column holds what, instead of the tables' <column> rows; NULL: those */
    char separator;       /* ',' ';' or '\t'; 0: found in the header */
    bool is_plain;        /* every line is one name, without a header */
} kmsrules_inventory_options;
#define KMSRULES_FOUND_BY_CONTENT {NULL, NULL, 0, false}

/* What a row of an inventory says. Views and pointers are lent until the inventory is used again. */
typedef struct kmsrules_machine {
    uint64_t line;      /* physical line of the file on which the row starts, from 1 */
    uint64_t column;    /* in bytes of UTF-8, from 1; 0: the whole row */
    kmsrules_text name; /* of the machine */
    kmsrules_text text; /* what says its operating system: the caption, else its EditionID, SKU or build */
    kmsrules_evidence evidence;
    kmsrules_status status; /* KMSRULES_OK, _AMBIGUOUS_NAME, _UNKNOWN_NAME; KMSRULES_INVALID_ROW: it could not be read, `problem` says why */
    const kmsrules_identity *identity; /* of KMSRULES_OK and KMSRULES_AMBIGUOUS_NAME; else NULL */
    const char *problem; /* one line, escaped; else NULL */
} kmsrules_machine;

/* What a file was found to be. Lent until the inventory is freed. */
typedef struct kmsrules_inventory_format {
    const char *format;   /* "CSV", "JSON" (also one object a line), "plain lines"; NULL: not known yet */
    const char *encoding; /* "UTF-8", "UTF-16LE" … */
    char separator;       /* of CSV, else 0 */
    const char *columns;  /* the columns taken, for people: "os from OperatingSystem, build from OperatingSystemVersion"; NULL: none */
} kmsrules_inventory_format;

/* Why a file could not be read further. */
typedef struct kmsrules_inventory_fault {
    uint64_t line;   /* 0: the file as a whole */
    uint64_t column; /* 0: the line as a whole */
    const char *text;
} kmsrules_inventory_fault;

/* A reader of one file, of which bytes come in and machines come out. It owns the ruleset with others. Opens no file, keeps no more of it than the row being read, and
 * remembers names it has recognised. `options` NULL: found by content. KMSRULES_INVALID_ARGUMENT: an encoding that is not known, or columns not written as above. */
KMSRULES_API kmsrules_status kmsrules_inventory_new(kmsrules_ruleset *ruleset, const kmsrules_inventory_options *options, kmsrules_inventory **inventory);
KMSRULES_API void kmsrules_inventory_free(kmsrules_inventory *inventory);
/* The next bytes of the file, cut anywhere. They are not copied: they stay where they are until kmsrules_inventory_next() has no machine left. After a fault they are ignored.
 * Errors: KMSRULES_INVALID_ARGUMENT, also after the end. */
KMSRULES_API kmsrules_status kmsrules_inventory_feed(kmsrules_inventory *inventory, const char *data, size_t size);
/* There are no more bytes. */
KMSRULES_API kmsrules_status kmsrules_inventory_end(kmsrules_inventory *inventory);
/* The next machine of what was fed; `*machine` NULL: none before more is fed, or at the end. KMSRULES_INVALID_INVENTORY: the file cannot be read further,
 * kmsrules_inventory_why() says why; what came before it was read. KMSRULES_NO_MEMORY. */
KMSRULES_API kmsrules_status kmsrules_inventory_next(kmsrules_inventory *inventory, const kmsrules_machine **machine);
KMSRULES_API const kmsrules_inventory_format *kmsrules_inventory_what(const kmsrules_inventory *inventory);
KMSRULES_API const kmsrules_inventory_fault *kmsrules_inventory_why(const kmsrules_inventory *inventory); /* NULL: no fault */

/* ---- Fleet ---------------------------------------------------------------------------------------------------------------------------------- */

typedef struct kmsrules_fleet kmsrules_fleet;

/* What one host means for one edition or release of a fleet. */
typedef struct kmsrules_judgement {
    kmsrules_verdict verdict;
    kmsrules_check_code code; /* the first check with the worst outcome; of a `yes`: KMSRULES_KR101, which passed */
    kmsrules_id key_group;    /* that was taken; KMSRULES_NONE: the host can hold none */
    const char *reason;       /* one sentence */
    kmsrules_basis basis;     /* of that check */
} kmsrules_judgement;

/* Where a machine of the same name was added before; `line` 0: nowhere. */
typedef struct kmsrules_twin {
    uint32_t file;
    uint64_t line;
} kmsrules_twin;

typedef struct kmsrules_fleet_product {
    int kind; /* KMSRULES_EDITION or KMSRULES_RELEASE */
    kmsrules_id id;
    uint64_t rows;     /* that were added */
    uint64_t machines; /* the same, each name once */
    const kmsrules_judgement *judgement;
} kmsrules_fleet_product;

typedef struct kmsrules_fleet_need {
    kmsrules_requirement requirement;
    uint64_t rows; /* that wait for it */
} kmsrules_fleet_need;

typedef struct kmsrules_fleet_key {
    kmsrules_id key_group;
    bool is_taken;                          /* the one that the judgements are about */
    uint64_t rows[KMSRULES_NO_VERDICT];     /* of its application, by verdict with this group */
} kmsrules_fleet_key;

/* The machines of one application against one threshold. */
typedef struct kmsrules_fleet_threshold {
    kmsrules_id application;
    kmsrules_kind kind;
    uint64_t minimum;
    uint64_t certain;  /* machines that count for it and are answered yes */
    uint64_t possible; /* the same with conditional and undocumented ones */
} kmsrules_fleet_threshold;

/* Everything about a fleet, lent until it is changed. */
typedef struct kmsrules_fleet_summary {
    uint64_t rows[KMSRULES_NO_VERDICT + 1]; /* by verdict; the last one: not recognised */
    const kmsrules_fleet_product *products; /* in the order of declaration, editions first */
    size_t product_count;
    const kmsrules_fleet_need *needs; /* update requirements not known to be met, of products that nothing else denies */
    size_t need_count;
    const kmsrules_id *settling; /* the fewest updates that make every conditional of the needs a yes; none where no three of them do */
    size_t settling_count;
    const kmsrules_fleet_key *keys; /* of each application every key group the host can hold, best first for this fleet */
    size_t key_count;
    const kmsrules_fleet_threshold *thresholds;
    size_t threshold_count;
    bool names_are_incomplete; /* more names than are remembered (1 000 000, or 12 MiB of them): twins among the later ones were not looked for */
} kmsrules_fleet_summary;

/* A fleet for the host, keys and facts of a question, which is copied; its editions do not matter. KMSRULES_NOTHING_ASKED without a host; errors as kmsrules_ask(). */
KMSRULES_API kmsrules_status kmsrules_fleet_new(const kmsrules_question *question, kmsrules_fleet **fleet);
KMSRULES_API void kmsrules_fleet_free(kmsrules_fleet *fleet);
/* Counts a row: `kind` and `id` of what was recognised, kind 0: nothing. Names (NULL or size 0: none) are compared without ASCII case; of rows of one name and
 * application (Windows, each Office; what is not recognised counts as the first) the last one is the machine. `file` is the caller's number for where it stands. `twin` may be NULL. */
KMSRULES_API kmsrules_status kmsrules_fleet_add(kmsrules_fleet *fleet, const char *name, size_t size, uint32_t file, uint64_t line, int kind, kmsrules_id id,
                                                kmsrules_twin *twin);
/* What the host means for an edition or release. Where the question has no key, each application's is the group under which the fewest rows added so far are `no`, then undocumented,
 * then conditional, then the one of the highest authority: add the whole fleet first. Lent until the fleet is changed. */
KMSRULES_API kmsrules_status kmsrules_fleet_judge(kmsrules_fleet *fleet, int kind, kmsrules_id id, const kmsrules_judgement **judgement);
/* Chooses the key groups for the rows added so far, for good, and forgets the rows: for reading a fleet twice, first to choose and then to judge row by row. */
KMSRULES_API kmsrules_status kmsrules_fleet_settle_keys(kmsrules_fleet *fleet);
/* Everything about the fleet as added so far. Lent until it is changed. */
KMSRULES_API kmsrules_status kmsrules_fleet_sum_up(kmsrules_fleet *fleet, const kmsrules_fleet_summary **summary);

/* ---- Plan ----------------------------------------------------------------------------------------------------------------------------------- */

typedef struct kmsrules_planner kmsrules_planner;
typedef struct kmsrules_plan kmsrules_plan;

/* What a plan is made for. Of the question, which is copied, the key groups count as those that are owned (any number of them; none: all are), the updates as those known to
 * be installed on the hosts, and the date; nothing else of it matters. One thread at a time. */
KMSRULES_API kmsrules_status kmsrules_planner_new(const kmsrules_question *question, kmsrules_planner **planner);
KMSRULES_API void kmsrules_planner_free(kmsrules_planner *planner);
/* Adds machines of an edition or a release (KMSRULES_EDITION, KMSRULES_RELEASE); kind 0: of nothing recognised. KMSRULES_INVALID_ARGUMENT: no such thing, or
 * more than INT64_MAX of all together. */
KMSRULES_API kmsrules_status kmsrules_planner_add_machines(kmsrules_planner *planner, int kind, kmsrules_id id, uint64_t machines);
/* A host to choose from: an edition, or a release for all of its editions that can host; names as kmsrules_question_set_host(). Without any, all hosts of the
 * tables are to choose from. */
KMSRULES_API kmsrules_status kmsrules_planner_add_host(kmsrules_planner *planner, const char *name);
/* At most so many hosts, from 1; then what covers the most machines is planned. */
KMSRULES_API kmsrules_status kmsrules_planner_set_most_hosts(kmsrules_planner *planner, uint32_t count);

/* The next "210×Windows 11 Pro" of a text such as "210×Windows 11 Pro, 14 x Windows Server 2022 Standard" (× x X or *; separated by commas, semicolons or line
 * ends that a number follows) from *offset on, 0 at first. `name` NULL: the end. KMSRULES_INVALID_ARGUMENT: what stands at *offset is not of this form. */
KMSRULES_API kmsrules_status kmsrules_next_machines(const char *text, size_t size, size_t *offset, uint64_t *machines, kmsrules_text *name);

/* Machines of an edition or release. */
typedef struct kmsrules_planned {
    int kind; /* KMSRULES_EDITION or KMSRULES_RELEASE */
    kmsrules_id id;
    uint64_t machines;
} kmsrules_planned;

typedef struct kmsrules_plan_threshold {
    kmsrules_kind kind;
    uint64_t minimum;
    uint64_t certain;  /* machines that count for it and that no other placement covers */
    uint64_t possible; /* the same with those that another one covers, too */
} kmsrules_plan_threshold;

/* A host that holds a key group. Placements of one plan and host are one machine unless they are of one application. */
typedef struct kmsrules_placement {
    kmsrules_id host, key_group;
    const kmsrules_id *updates; /* to install, in this order, besides those known; of a line any later one serves as well */
    size_t update_count;
    const kmsrules_planned *covers;
    size_t cover_count;
    uint64_t machines; /* of all of these */
    const kmsrules_planned *because; /* what neither another placement covers nor, on whatever host to choose from, a lower key group that is owned */
    size_t because_count;
    bool is_lowest; /* no key group that is owned is below it */
    const kmsrules_plan_threshold *thresholds;
    size_t threshold_count;
} kmsrules_placement;

/* One of the best sets of placements. */
typedef struct kmsrules_plan_option {
    const kmsrules_placement *placements;
    size_t placement_count;
} kmsrules_plan_option;

/* Why nothing in a plan covers a product. */
typedef enum kmsrules_obstacle {
    KMSRULES_NOT_BY_KMS = 0,   /* KMS does not activate it (KR103) */
    KMSRULES_NO_CANDIDATE,     /* no host and key group of the tables serves it */
    KMSRULES_NOT_TO_CHOOSE,    /* one does that was not to choose from: `host` and `key_group` */
    KMSRULES_NOT_DOCUMENTED,   /* the sources leave open whether `host` with `key_group` serves it */
    KMSRULES_TOO_FEW_HOSTS,    /* it takes more hosts than allowed */
    KMSRULES_NOT_FOUND         /* the search was given up before it found how: too many ways, over 32 updates for a key group, over 32 placements */
} kmsrules_obstacle;

typedef struct kmsrules_uncovered {
    kmsrules_planned product;
    kmsrules_verdict verdict; /* the best that the hosts and key groups to choose from have for it */
    kmsrules_obstacle obstacle;
    kmsrules_id host, key_group; /* or KMSRULES_NONE */
} kmsrules_uncovered;

/* One host with a key group for each application, and what it would cover. */
typedef struct kmsrules_plan_alternative {
    const kmsrules_id *hosts; /* alike */
    size_t host_count;
    const kmsrules_id *key_groups;
    size_t key_group_count;
    const kmsrules_id *updates;
    size_t update_count;
    uint64_t machines; /* at least: updates that one key group needs may let another cover more */
    const kmsrules_planned *uncovered;
    size_t uncovered_count;
} kmsrules_plan_alternative;

typedef enum kmsrules_advice_kind {
    KMSRULES_SECOND_HOST = 0,  /* the plan has one host for so many machines that the tables advise another */
    KMSRULES_WITHOUT_THRESHOLD /* a threshold is not reached, and the products can be activated in a way that has none */
} kmsrules_advice_kind;

typedef struct kmsrules_plan_advice {
    kmsrules_advice_kind kind;
    kmsrules_fact fact;
    uint64_t machines; /* of second-host: covered, of the kinds that count */
    const kmsrules_planned *products; /* of without-threshold */
    size_t product_count;
} kmsrules_plan_advice;

/* Everything about a plan, lent until it is freed. The options are those of the fewest machines uncovered, then the fewest hosts, then the fewest updates, then
 * the least authority (groups below the key groups chosen, summed up). */
typedef struct kmsrules_plan_content {
    const kmsrules_plan_option *options; /* 16 at most; none when nothing is covered */
    size_t option_count;
    uint64_t tie_count; /* of all of them */
    uint32_t host_count; /* that an option takes */
    bool is_optimal; /* false: the tables have so many ways that the search was given up; what is there is the best found */
    uint64_t machines, covered; /* of the fleet, and of what an option covers */
    uint64_t unrecognised;      /* machines of nothing recognised, among `machines` */
    const kmsrules_uncovered *uncovered; /* products that the first option leaves; where hosts are limited another option may leave others */
    size_t uncovered_count;
    const kmsrules_plan_alternative *alternatives; /* where one host suffices: the others by what they would cover, 12 at most */
    size_t alternative_count;
    uint64_t alternative_total;
    const kmsrules_plan_advice *advice;
    size_t advice_count;
} kmsrules_plan_content;

/* Plans. KMSRULES_NOTHING_ASKED: no machines. KMSRULES_NO_MEMORY. The planner can be changed and asked again. */
KMSRULES_API kmsrules_status kmsrules_planner_plan(const kmsrules_planner *planner, kmsrules_plan **plan);
KMSRULES_API void kmsrules_plan_free(kmsrules_plan *plan);
KMSRULES_API const kmsrules_plan_content *kmsrules_plan_read(const kmsrules_plan *plan); /* NULL for NULL */
/* ---- Events --------------------------------------------------------------------------------------------------------------------------------- */

#define KMSRULES_NO_TIME INT64_MIN /* a time that is not known; else seconds since 1970-01-01T00:00:00Z */

/* What an activation event says (ids 12288 and 12289 on the client, 12290 on the host). Views are lent until the reader is used again. Numbers below 0: not given. */
typedef struct kmsrules_event {
    int id;                  /* 12288: request sent, 12289: response received, 12290: request processed */
    uint64_t line, column;   /* where it starts in its file, from 1 */
    int64_t record_id;       /* EventRecordID */
    int64_t logged_at;       /* by the clock of the machine that logged it, or KMSRULES_NO_TIME */
    int64_t client_time;     /* of the request, by the clock of the client, or KMSRULES_NO_TIME */
    kmsrules_text computer;  /* that logged it; data NULL: not given */
    kmsrules_text client;    /* 12290: the client's name, without a trailing dot; 12288: host:port that was asked */
    uint32_t result;         /* HRESULT; 0: success */
    int64_t minimum;         /* 12288, 12290: the count that the client needs */
    int64_t count;           /* 12289: the current count of the host */
    int64_t activation_minutes, renewal_minutes; /* 12289 */
    int64_t minutes_left;    /* 12288, 12290: to the end of the activation or grace */
    int is_virtual;          /* 12288, 12290: 1 in a virtual machine, 0 not */
    int is_activated;        /* 12289 */
    int license_status;      /* 12288, 12290: 0 unlicensed, 1 licensed, 2 initial grace, 3 out of tolerance, 4 non-genuine, 5 notification, 6 extended grace */
    bool has_cmid, has_activation_id;
    kmsrules_guid cmid, activation_id;
    kmsrules_status status;  /* KMSRULES_OK, or KMSRULES_INVALID_ROW: it could not be read, `problem` says why, and only its place is sure */
    const char *problem;     /* one line, escaped; else NULL */
    kmsrules_text client_as_written; /* as it stands in the file, blanks around it left out; the same as `client` where nothing was changed */
} kmsrules_event;

/* Which of the first two numbers of "1/2/2006" is the day. A date that begins with its year needs none. */
typedef enum kmsrules_date_order { KMSRULES_YEAR_FIRST = 0, KMSRULES_DAY_FIRST, KMSRULES_MONTH_FIRST } kmsrules_date_order;

/* How an export is read. KMSRULES_EVENTS_BY_CONTENT is the legal start. */
typedef struct kmsrules_events_options {
    const char *encoding;           /* a name that iconv() knows; NULL: UTF-8, or what the byte order mark says */
    kmsrules_date_order date_order; /* of dates that do not begin with the year: without it a file that has them is not read. Never guessed */
    bool has_time_zone;             /* whether the next member counts; else the times in a column, which are local, are not known */
    int time_zone_minutes;          /* of those times, east of UTC: from -840 to 840 */
} kmsrules_events_options;
#define KMSRULES_EVENTS_BY_CONTENT {NULL, KMSRULES_YEAR_FIRST, false, 0}

/* What an export was found to be. Lent until the reader is freed. */
typedef struct kmsrules_events_format {
    const char *format;   /* "XML", "CSV", "text"; NULL: not known yet */
    const char *encoding; /* "UTF-8", "UTF-16LE" … */
    char separator;       /* of CSV, else 0 */
    const char *columns;  /* the columns taken, for people: "id from Id, message from Message"; NULL: none */
    uint64_t other_lines;      /* of text, so far: lines that are not blank and hold no event */
    uint64_t first_other_line; /* from 1; 0: none */
    uint64_t foreign;          /* so far: events with the number of an activation event, which another provider logged: left out */
    uint64_t unzoned_times;    /* so far: times in a column that were left out because neither they nor the options say in which time zone they are */
} kmsrules_events_format;

/* Events of one id that were read so far, of whatever log. */
typedef struct kmsrules_event_tally {
    int id;
    uint64_t count;
} kmsrules_event_tally;

typedef struct kmsrules_events kmsrules_events;

/* A reader of one export, of which bytes come in and activation events come out: XML (wevtutil qe … /f:xml: events without a root, or with one), tables (Get-WinEvent |
 * Export-Csv, and those of scripts whose columns the <event-column> rows name), or text that holds the fields of an event in a line. It owns the ruleset with others. Opens no
 * file, keeps no more of it than the event being read. `options` NULL: by content. KMSRULES_INVALID_ARGUMENT: an encoding that is not known, a time zone out of range. */
KMSRULES_API kmsrules_status kmsrules_events_new(kmsrules_ruleset *ruleset, const kmsrules_events_options *options, kmsrules_events **events);
KMSRULES_API void kmsrules_events_free(kmsrules_events *events);
/* The next bytes of the file, cut anywhere. They are not copied: they stay where they are until kmsrules_events_next() has no event left. After a fault they are ignored.
 * Errors: KMSRULES_INVALID_ARGUMENT, also after the end. */
KMSRULES_API kmsrules_status kmsrules_events_feed(kmsrules_events *events, const char *data, size_t size);
/* There are no more bytes. */
KMSRULES_API kmsrules_status kmsrules_events_end(kmsrules_events *events);
/* The next activation event of what was fed, or one that cannot be read; `*event` NULL: none before more is fed, or at the end. Events of other ids are counted, not handed out.
 * A client's name is that of the file without blanks around it, its trailing dot and, of 12290, a port; an address in brackets loses them. One of more than 255 bytes cannot be
 * read. KMSRULES_INVALID_INVENTORY: the file cannot be read further, kmsrules_events_why() says why; what came before it was read. KMSRULES_NO_MEMORY: free the reader. */
KMSRULES_API kmsrules_status kmsrules_events_next(kmsrules_events *events, const kmsrules_event **event);
KMSRULES_API const kmsrules_events_format *kmsrules_events_what(const kmsrules_events *events);
KMSRULES_API const kmsrules_inventory_fault *kmsrules_events_why(const kmsrules_events *events); /* NULL: no fault */
/* Each id that was seen, in order, also those of other logs; lent until the reader is used again. NULL and 0 before any. */
KMSRULES_API const kmsrules_event_tally *kmsrules_events_seen(const kmsrules_events *events, size_t *count);
/* ---- Time and the ledger -------------------------------------------------------------------------------------------------------------------- */

#define KMSRULES_LAST_TIME INT64_C(253402300799) /* 9999-12-31T23:59:59Z; times of ledgers are from 0 to here */

/* A time as written, in UTC: "2024-05-06T07:08:09Z", the seconds may be missing; a date alone, "2024-05-06", is its first second or, with `is_end`, its last one.
 * KMSRULES_INVALID_ARGUMENT: no such time, or none of 1970 to 9999. */
KMSRULES_API kmsrules_status kmsrules_time_read(const char *text, size_t size, bool is_end, int64_t *time);
/* "7d", "12h", "30m", "90s" or as in tables "P7D", "PT12H", each number up to 999999. KMSRULES_INVALID_ARGUMENT: none of these. */
KMSRULES_API kmsrules_status kmsrules_duration_read(const char *text, size_t size, uint64_t *seconds);

/* The client machine ids (CMIDs) that one KMS host remembers, and when each asked last: what it counts, and whom it activates.
 *
 * Each application is counted apart. A host remembers a CMID for the time of the tables (`cmid-retention`, 30 days) after it asked last: at the end of the last of these
 * seconds it is gone. It remembers no more than the tables' `cache` times the largest threshold it was asked for, which never shrinks; beyond that the one that asked
 * longest ago goes first, of several the one recorded first. A refused request is not counted, nor is a virtual machine where the tables say that this host counts none.
 *
 * A ledger has no clock: times are given, in seconds since 1970-01-01T00:00:00Z, and need not be in order. The latest one is its present, by application, and does not go
 * back: a request of an earlier time is recorded with that time, but answered with the count of the present. One thread at a time. No function reads or writes files. */
typedef struct kmsrules_ledger kmsrules_ledger;

typedef struct kmsrules_request {
    kmsrules_guid cmid;
    kmsrules_id application;
    kmsrules_kind kind; /* whose threshold it asks for */
    int64_t time;       /* 0 to KMSRULES_LAST_TIME */
    bool is_virtual;    /* the client runs in a virtual machine */
    bool is_accepted;   /* the host's key covers it; a host that refuses a client does not count it */
} kmsrules_request;

typedef struct kmsrules_reply {
    uint64_t count;    /* of those that count for this kind, after the request */
    uint64_t minimum;  /* the threshold of this kind */
    bool is_activated; /* accepted, and the count has reached the minimum */
    bool is_counted;   /* the host now remembers the CMID */
    bool is_late;      /* earlier than a request recorded before */
    bool has_dropped;  /* the cache was full, and the CMID that asked longest ago was dropped for this one */
} kmsrules_reply;

/* A ledger of a host edition (KMSRULES_NONE: any that no row of the tables names), empty. KMSRULES_INVALID_ARGUMENT: no such edition, or tables that say nothing of the
 * cache, of cmid-retention or of any threshold. Owns the ruleset with others. */
KMSRULES_API kmsrules_status kmsrules_ledger_new(kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_ledger **ledger);
KMSRULES_API void kmsrules_ledger_free(kmsrules_ledger *ledger);
/* Records a request, then answers it. KMSRULES_INVALID_ARGUMENT: no such application, a kind without a threshold, a time out of range. Takes memory only for a larger
 * cache: KMSRULES_NO_MEMORY leaves the ledger as it was. A request in order takes the same time however many there are. */
KMSRULES_API kmsrules_status kmsrules_ledger_record(kmsrules_ledger *ledger, const kmsrules_request *request, kmsrules_reply *reply);
/* What the host shows for an application at a time, of all that it has recorded by now; a time before its present is taken for that. KMSRULES_INVALID_ARGUMENT as above. */
KMSRULES_API kmsrules_status kmsrules_ledger_count(const kmsrules_ledger *ledger, kmsrules_id application, int64_t time, uint64_t *count);
/* How many CMIDs it may remember for an application by now, 0 before the first request; 0 for NULL or no such application. */
KMSRULES_API uint64_t kmsrules_ledger_capacity(const kmsrules_ledger *ledger, kmsrules_id application);

/* The whole ledger as text, "kmsrules ledger 2", a line for each CMID and the SHA-256 of them all, freed with kmsrules_string_free(): what is loaded from it answers as this
 * one. To survive a crash, write it beside the old file, flush it to the disk, and rename it over that one. */
KMSRULES_API kmsrules_status kmsrules_ledger_save(const kmsrules_ledger *ledger, char **text, size_t *size);

/* Why a saved ledger was refused. */
typedef struct kmsrules_ledger_fault {
    uint64_t line, column; /* from 1, the column in bytes */
    const char *problem;   /* one clause, static */
} kmsrules_ledger_fault;

/* The ledger of a text made by kmsrules_ledger_save(), with these tables. KMSRULES_INVALID_LEDGER: it is cut short, changed in any bit, of another version, or of hosts,
 * applications or a cache that the tables do not know; `fault` says where (NULL is accepted). The sum finds damage; it does not show who wrote the text. What the tables no
 * longer remember is left out. KMSRULES_INVALID_ARGUMENT as kmsrules_ledger_new(). */
KMSRULES_API kmsrules_status kmsrules_ledger_load(kmsrules_ruleset *ruleset, const char *data, size_t size, kmsrules_ledger_fault *fault, kmsrules_ledger **ledger);

/* ---- What events tell: counts, duplicates, forecast --------------------------------------------------------------------------------------- */

/* The clients that asked KMS hosts, gathered from events until a date. Each host (the computer that logged) and application is a pool of its own.
 *
 * A request tells its application by its activation id, where the tables know that; else a minimum as large as the threshold of clients is a Windows client, and one as
 * large as that of servers is taken for a Windows server, though it may be Office, unless this host accepted its CMID as a Windows client's: such requests are counted (`assumed`). A request that the host refused (result not 0)
 * does not count. Bounded: 1 000 000 clients, 2 000 000 pairs of a client and a name, 4 000 000 records, 64 hosts, 64 results; what is beyond is left out, and said
 * (`gaps`). One thread at a time. */
typedef struct kmsrules_census kmsrules_census;

/* The host (an edition, or KMSRULES_NONE) tells whether virtual machines count and how long a CMID is remembered. Events later than `as_of` are left out.
 * KMSRULES_INVALID_ARGUMENT: as kmsrules_ledger_new(), or a time out of range. Owns the ruleset with others. */
KMSRULES_API kmsrules_status kmsrules_census_new(kmsrules_ruleset *ruleset, kmsrules_id host, int64_t as_of, kmsrules_census **census);
KMSRULES_API void kmsrules_census_free(kmsrules_census *census);
/* Takes an event in, in any order; a record of the same computer, record id, CMID, time and result a second time is left out. Events other than 12290 are only numbered. KMSRULES_NO_MEMORY. */
KMSRULES_API kmsrules_status kmsrules_census_add(kmsrules_census *census, const kmsrules_event *event);
/* An export could not be opened, or not be read to its end: what else it holds is missing from all that is told, which says so (`gaps`). Once for each. KMSRULES_OK. */
KMSRULES_API kmsrules_status kmsrules_census_cut_short(kmsrules_census *census);
/* Machines that are known by their number alone, all of them within the retention; for counts only. KMSRULES_INVALID_ARGUMENT: a kind without a threshold, or more
 * than INT64_MAX together. Office machines are those of one generation, whichever that is. */
KMSRULES_API kmsrules_status kmsrules_census_assume(kmsrules_census *census, kmsrules_kind kind, uint64_t machines);

/* What was there, or may have been, and is not in what is told: with any of it a count may be too low, and a forecast too early. */
typedef struct kmsrules_gaps {
    uint64_t unreadable; /* events that could not be read */
    uint64_t cut_short;  /* exports that could not be read, or not to their end */
    bool is_full;        /* a limit was exceeded */
} kmsrules_gaps;

typedef struct kmsrules_counts_threshold {
    kmsrules_kind kind;
    uint64_t minimum;
    uint64_t count;   /* of those that count for it, as the host shows it */
    uint64_t sure;    /* the same without what is assumed */
    bool is_met;
    bool is_asked_for; /* some machine of this kind has asked */
} kmsrules_counts_threshold;

typedef struct kmsrules_counts_pool {
    const char *host;        /* in lower case; NULL: the events do not say */
    kmsrules_id application; /* KMSRULES_NONE: an Office generation that was not said */
    uint64_t count;          /* CMIDs that asked within the retention */
    uint64_t shown;          /* what the host shows: no more than its cache holds */
    uint64_t capacity;       /* of its cache, by what it was asked for; 0: by nobody */
    uint64_t kinds[KMSRULES_KIND_COUNT]; /* of `count` */
    uint64_t assumed;        /* of kinds[KMSRULES_SERVER]: by their minimum alone, which Office has too */
    uint64_t uncounted;      /* virtual machines within the retention that this host does not count */
    uint64_t past;           /* CMIDs that asked longer ago */
    const kmsrules_counts_threshold *thresholds;
    size_t threshold_count;
} kmsrules_counts_pool;

typedef struct kmsrules_result_count {
    uint32_t result; /* HRESULT; 0: accepted */
    kmsrules_id error; /* of the tables, or KMSRULES_NONE */
    uint64_t requests;
} kmsrules_result_count;

/* Everything about counts, lent until they are freed. */
typedef struct kmsrules_counts_content {
    int64_t as_of;
    const kmsrules_counts_pool *pools;
    size_t pool_count;
    uint64_t requests; /* events 12290 until the date, each once */
    const kmsrules_result_count *results; /* by result, successes first */
    size_t result_count;
    uint64_t incomplete; /* requests without CMID, time or a minimum that the tables know */
    uint64_t assumed;    /* with the minimum of servers, and no activation id that is known */
    uint64_t repeated, later, other; /* not among the requests: the same record again; after the date; other events */
    kmsrules_gaps gaps;
    bool is_given;       /* the numbers were given, no events */
} kmsrules_counts_content;

typedef struct kmsrules_counts kmsrules_counts;
KMSRULES_API kmsrules_status kmsrules_census_counts(const kmsrules_census *census, kmsrules_counts **counts);
KMSRULES_API void kmsrules_counts_free(kmsrules_counts *counts);
KMSRULES_API const kmsrules_counts_content *kmsrules_counts_read(const kmsrules_counts *counts); /* NULL for NULL */

/* A name with a CMID of its own, or one of several. */
typedef struct kmsrules_alias {
    const char *name; /* in lower case */
    kmsrules_guid cmid;
    int64_t last;     /* this name asked with this CMID last */
    bool is_counted;  /* within the retention */
} kmsrules_alias;

typedef struct kmsrules_duplicate {
    bool is_clone; /* one CMID under several names; else one name with several CMIDs */
    size_t pool;   /* index into the pools */
    const kmsrules_alias *aliases; /* two at least, those that asked last first */
    size_t alias_count;
} kmsrules_duplicate;

typedef struct kmsrules_duplicates_pool {
    const char *host;
    kmsrules_id application;
    uint64_t count;   /* as in kmsrules_counts_pool */
    uint64_t without; /* what it would be with one CMID for each name; a CMID that asked within the retention, but under no name, is a machine of its own */
} kmsrules_duplicates_pool;

typedef struct kmsrules_duplicates_content {
    int64_t as_of;
    const kmsrules_duplicates_pool *pools;
    size_t pool_count;
    const kmsrules_duplicate *items; /* by pool, clones first */
    size_t item_count;
    kmsrules_gaps gaps;
} kmsrules_duplicates_content;

typedef struct kmsrules_duplicates kmsrules_duplicates;
KMSRULES_API kmsrules_status kmsrules_census_duplicates(const kmsrules_census *census, kmsrules_duplicates **duplicates);
KMSRULES_API void kmsrules_duplicates_free(kmsrules_duplicates *duplicates);
KMSRULES_API const kmsrules_duplicates_content *kmsrules_duplicates_read(const kmsrules_duplicates *duplicates); /* NULL for NULL */

/* A machine that asked a host, by its CMID. */
typedef struct kmsrules_asker {
    const char *name; /* it asked under last, in lower case; NULL: none */
    kmsrules_guid cmid;
    kmsrules_kind kind;
    int64_t last; /* it asked last, and was not refused */
    uint64_t names;   /* under which it asked: several are clones, or it was renamed */
    bool is_replaced; /* its name asks with another CMID since: it was installed anew */
} kmsrules_asker;

/* A day on which machines are no longer counted. */
typedef struct kmsrules_forecast_step {
    int64_t time;   /* of the last of them on this day */
    uint64_t count; /* after it */
    unsigned lost;  /* thresholds that are no longer met from now on: bit per kind */
    const kmsrules_asker *silent; /* those that fall out */
    size_t silent_count;
} kmsrules_forecast_step;

/* When a machine's activation ends. */
typedef struct kmsrules_lapse {
    kmsrules_asker asker;
    int64_t time;
    bool is_silent; /* it stays away itself; else it asks, and the count is too low to renew it */
} kmsrules_lapse;

typedef struct kmsrules_count_point {
    int64_t time; /* from here on */
    uint64_t count;
} kmsrules_count_point;

typedef struct kmsrules_forecast_pool {
    const char *host;
    kmsrules_id application;
    uint64_t count, capacity;
    uint64_t assumed; /* of `count`: servers by their minimum alone, which Office has too */
    uint64_t silent; /* counted still, though silent */
    uint64_t minimums[KMSRULES_KIND_COUNT];  /* thresholds that machines of this kind have asked for; else 0 */
    int64_t met_until[KMSRULES_KIND_COUNT];  /* when the threshold was, or will be, lost; KMSRULES_NO_TIME: it is met and stays so; before all times: it never was (0) */
    const kmsrules_forecast_step *steps; /* in order of time */
    size_t step_count;
    const kmsrules_lapse *lapses; /* likewise */
    size_t lapse_count;
    uint64_t lapsed;              /* machines whose activation has ended by now */
    uint64_t avoid_machines;      /* as many silent ones must ask again, and go on asking, so that no threshold is lost, or the one lost is met again; 0: none is needed */
    int64_t avoid_before;         /* by when; KMSRULES_NO_TIME: it is lost already */
    kmsrules_kind avoid_kind;     /* of the threshold */
    const kmsrules_count_point *points; /* the count over time, as far as the events tell, and on to the last step */
    size_t point_count;
} kmsrules_forecast_pool;

typedef struct kmsrules_forecast_content {
    int64_t as_of, end; /* nothing later than `end` is told */
    uint64_t silent_after;
    uint64_t refused; /* requests that the host refused: a machine that asks in vain is silent here */
    const kmsrules_forecast_pool *pools;
    size_t pool_count;
    kmsrules_gaps gaps;
} kmsrules_forecast_content;

typedef struct kmsrules_forecast kmsrules_forecast;

/* What becomes of the counts if machines that have not asked for `silent_after` seconds stay away for good and all others go on renewing. Nothing later than `horizon`
 * seconds after the date is told. An estimate where events say no more: a machine is taken to have asked between its first and last request as often as it should; it was
 * last activated when it asked last while its threshold was met. Events need not be the first of a host: a threshold that is met at some time is taken to have been so before.
 * Where the last request was in vain, what it says of its license goes before: how long its activation has left, or that there is none, and then none ends.
 * Looked for is that in 20 000 000 steps at most, of all machines together: beyond them there are gaps (`is_full`). KMSRULES_NO_MEMORY. */
KMSRULES_API kmsrules_status kmsrules_census_forecast(const kmsrules_census *census, uint64_t silent_after, uint64_t horizon, kmsrules_forecast **forecast);
KMSRULES_API void kmsrules_forecast_free(kmsrules_forecast *forecast);
KMSRULES_API const kmsrules_forecast_content *kmsrules_forecast_read(const kmsrules_forecast *forecast); /* NULL for NULL */

/* What happens to one machine from its last success on, by itself. */
typedef enum kmsrules_moment_kind {
    KMSRULES_MOMENT_SUCCESS = 0,   /* it was activated or renewed */
    KMSRULES_MOMENT_RENEWAL,       /* it asks again: the first renewal due */
    KMSRULES_MOMENT_RETRY,         /* where that failed, it asks again after this long */
    KMSRULES_MOMENT_FORGOTTEN,     /* its host no longer counts it, unless it has asked */
    KMSRULES_MOMENT_WARNING,       /* its user is told that the end is near */
    KMSRULES_MOMENT_END,           /* the activation ends */
    KMSRULES_MOMENT_EXPIRED        /* what it is like after the grace that follows */
} kmsrules_moment_kind;
#define KMSRULES_MOMENT_COUNT 7

/* "success", "renewal", "retry", "forgotten", "warning", "end" or "expired"; NULL for any other value. */
KMSRULES_API const char *kmsrules_moment_text(kmsrules_moment_kind kind);

typedef struct kmsrules_moment {
    kmsrules_moment_kind kind;
    int64_t time;
    uint64_t every; /* renewal, retry: it goes on so, every so many seconds; else 0 */
    const kmsrules_interval *interval; /* the row that says so; NULL: the time was given */
    const kmsrules_expiry *expiry;     /* of expired, by build; else NULL */
} kmsrules_moment;

typedef struct kmsrules_timeline_content {
    kmsrules_id edition;
    int64_t as_of;
    const kmsrules_moment *moments; /* in order of time; those of a kind of which the tables say nothing are left out */
    size_t moment_count;
    unsigned left_out;       /* those that come after KMSRULES_LAST_TIME: bit per kmsrules_moment_kind */
    kmsrules_verdict by_kms; /* whether KMS activates the edition at all (KR103). KMSRULES_NO: there are no moments */
    const kmsrules_id *sources; /* of the row that says so */
    size_t source_count;
    const char *note; /* or NULL */
    kmsrules_place at;
} kmsrules_timeline_content;

typedef struct kmsrules_timeline kmsrules_timeline;

/* The course of a machine of this edition, or of the first edition of this release that KMS activates (`kind`: KMSRULES_EDITION, KMSRULES_RELEASE), that was activated or renewed at `last_success` and has asked in vain since, with the host's defaults. `build`: 6000, or 0 where it
 * is not known, and then every build is told of. `as_of` is printed alone. An edition that KMS does not activate has no course: that is an answer, too (`by_kms`).
 * KMSRULES_INVALID_ARGUMENT: no such product, times out of range, a success later than `as_of`, or tables without `validity`. */
KMSRULES_API kmsrules_status kmsrules_timeline_new(kmsrules_ruleset *ruleset, int kind, kmsrules_id id, uint32_t build, int64_t last_success, int64_t as_of, kmsrules_timeline **timeline);
KMSRULES_API void kmsrules_timeline_free(kmsrules_timeline *timeline);
KMSRULES_API const kmsrules_timeline_content *kmsrules_timeline_read(const kmsrules_timeline *timeline); /* NULL for NULL */

/* ---- Difference ----------------------------------------------------------------------------------------------------------------------------- */

/* From one host with its keys to another: what becomes of a product. Each pair of verdicts has one. Read backwards, gained is lost or fallen, settled is unsettled, opened
 * is denied. */
typedef enum kmsrules_shift {
    KMSRULES_GAINED = 0, /* no or undocumented before, yes or conditional after */
    KMSRULES_LOST,       /* yes or conditional before, no after */
    KMSRULES_FALLEN,     /* yes or conditional before, undocumented after */
    KMSRULES_UNSETTLED,  /* yes before, conditional after */
    KMSRULES_SETTLED,    /* conditional before, yes after */
    KMSRULES_OPENED,     /* no before, undocumented after */
    KMSRULES_DENIED,     /* undocumented before, no after */
    KMSRULES_UNCHANGED   /* the same verdict, of whatever basis */
} kmsrules_shift;
#define KMSRULES_SHIFT_COUNT 8

/* Of verdicts from KMSRULES_YES to KMSRULES_NO; KMSRULES_UNCHANGED for any other. */
KMSRULES_API kmsrules_shift kmsrules_shift_of(kmsrules_verdict before, kmsrules_verdict after);
/* "gained", "lost", "fallen", "unsettled", "settled", "opened", "denied", "unchanged"; NULL for any other value. */
KMSRULES_API const char *kmsrules_shift_text(kmsrules_shift change);

typedef struct kmsrules_difference_product {
    int kind; /* KMSRULES_EDITION or, of fleets, KMSRULES_RELEASE */
    kmsrules_id id;
    kmsrules_shift change;
    kmsrules_judgement before, after;
    uint64_t rows;     /* of the fleet; 1 of a ruleset */
    uint64_t machines; /* the same, each name once */
} kmsrules_difference_product;

/* The key groups of one application. Where the question names none, the one under which the fewest rows (editions) are no, then undocumented, then conditional. */
typedef struct kmsrules_difference_key {
    kmsrules_id application;
    kmsrules_id before, after; /* KMSRULES_NONE: none is held, or can be */
    bool before_assumed, after_assumed;
} kmsrules_difference_key;

typedef struct kmsrules_difference_summary {
    bool is_fleet; /* else over every edition of the ruleset */
    const kmsrules_difference_product *products; /* in the order of declaration, editions first. Of a ruleset without those that are no before and after */
    size_t product_count;
    uint64_t rows[KMSRULES_SHIFT_COUNT]; /* by change, of a ruleset without those left out */
    uint64_t machines[KMSRULES_SHIFT_COUNT];
    uint64_t no_before_and_after; /* rows: of a ruleset left out, of a fleet among the unchanged */
    uint64_t unrecognised;        /* rows of the fleet of which nothing is said */
    const kmsrules_difference_key *keys; /* of each application of the products that has a key on either side */
    size_t key_count;
    const kmsrules_fleet_need *needs; /* what the new host is not known to have, and the rows that wait for it */
    size_t need_count;
    const kmsrules_id *settling; /* as in kmsrules_fleet_summary; of fleets only */
    size_t settling_count;
    const kmsrules_fleet_threshold *thresholds; /* of the new host, by this fleet alone; of fleets only */
    size_t threshold_count;
} kmsrules_difference_summary;

typedef struct kmsrules_difference kmsrules_difference;

/* What changes from the host, keys and facts of one question to those of another, for every edition of their ruleset; the editions of the questions do not matter. Facts
 * belong to the question they were given to: what is not known of the old host leaves its answers conditional, as anywhere. A question that names keys names all that its
 * host holds. The date is that of `to`. KMSRULES_INVALID_ARGUMENT: questions of two rulesets; errors as kmsrules_ask(). Owns the ruleset with others. */
KMSRULES_API kmsrules_status kmsrules_compare(const kmsrules_question *from, const kmsrules_question *to, kmsrules_difference **difference);
/* The same for the rows that were added to two fleets, one for each host; which machines they are is read from `to`. KMSRULES_INVALID_ARGUMENT also where not the same rows
 * were added to both. The fleets may be freed or changed afterwards. */
KMSRULES_API kmsrules_status kmsrules_fleet_compare(kmsrules_fleet *from, kmsrules_fleet *to, kmsrules_difference **difference);
KMSRULES_API void kmsrules_difference_free(kmsrules_difference *difference);
/* Lent until the difference is freed; NULL for NULL. */
KMSRULES_API const kmsrules_difference_summary *kmsrules_difference_sum_up(const kmsrules_difference *difference);

/* ---- slmgr output --------------------------------------------------------------------------------------------------------------------------- */

/* A threshold of what a host's key covers, against the host's count. */
typedef struct kmsrules_license_threshold {
    kmsrules_kind kind;
    uint64_t minimum;
    bool is_reached;
} kmsrules_license_threshold;

/* What a host, if it is this edition and holds this key group, can activate: editions by verdict, whatever its count. Those with `no` are not counted. */
typedef struct kmsrules_license_service {
    kmsrules_id host, key_group;
    uint64_t editions[KMSRULES_NO];
} kmsrules_license_service;

typedef struct kmsrules_finding {
    const kmsrules_observation *observation;
    int64_t number; /* that its text may name; -1: none */
} kmsrules_finding;

/* One license of an output. Strings are as printed, NULL where there is no such line; numbers below 0: not given. No part of a product key, installation id or product id
 * is in any of them: a value that looks like one is left out. */
typedef struct kmsrules_license {
    uint64_t line; /* on which it starts, from 1 */
    kmsrules_license_role role;
    const char *name, *description, *channel; /* the channel is that of the description, else the one of the key */
    const char *version;                      /* of the licensing service, "10.0.17763.1" */
    const char *activation_id;                /* or NULL where it is none */
    const kmsrules_id *editions;              /* of a host: what it may run on; else what is licensed. None: not recognised */
    size_t edition_count;
    bool is_told;                  /* the question told which of them */
    bool is_in_use;                /* false: slmgr says that no key is installed for it */
    const kmsrules_id *key_groups; /* of a host: what its key may be of. None: not recognised */
    size_t key_group_count;
    int license_status; /* kmsrules_license_status_text() */
    uint32_t reason;    /* of a notification, an HRESULT; 0: not given */
    int64_t minutes_left; /* of the activation or grace */
    int64_t count, port;
    int64_t limit;          /* the most that the count can be; -1: not known */
    int is_published;       /* in DNS */
    int has_low_priority;
    int64_t requests[KMSRULES_REQUEST_COUNT];
    const char *cmid;       /* of a client, or NULL where it is none */
    const char *kms_registered, *kms_found, *kms_address; /* HOST:PORT: set by hand, found in DNS; and the address that answered */
    const char *lookup_domain;
    const char *ad_object; /* the activation object of Active Directory that activated it */
    int64_t activation_minutes, renewal_minutes; /* intervals */
    int is_caching;         /* its host */
    const kmsrules_license_threshold *thresholds; /* of a host with a count that can be, of those key groups */
    size_t threshold_count;
    const kmsrules_license_service *services; /* of each pair of edition and key group that fit; none of more than 16 */
    size_t service_count;
    const kmsrules_finding *findings;
    size_t finding_count;
} kmsrules_license;

typedef struct kmsrules_slmgr kmsrules_slmgr;

/* Everything that was read, lent until it is freed. */
typedef struct kmsrules_slmgr_content {
    const kmsrules_license *licenses;
    size_t license_count;
    uint64_t lines;       /* with something in them; those that begin with # do not count */
    uint64_t understood;  /* of these */
    const uint64_t *unread; /* the numbers of the others, 100 at most */
    size_t unread_count;
} kmsrules_slmgr_content;

/* Reads what slmgr.vbs /dli or /dlv printed, in English, of one license or several. The bytes are copied; up to 8 MiB, 1024 licenses, 64 KiB for each. Of the question the host, the
 * updates and the build count, for what the output does not tell, and the date. `encoding` NULL or "": UTF-8, or what the byte order mark says. What cannot be read is
 * no error: kmsrules_slmgr_why(). KMSRULES_INVALID_ARGUMENT: an encoding that is not known. KMSRULES_WRONG_LINE, KMSRULES_BELOW_UPDATE: the
 * build is none of the question's host.
 * KMSRULES_NO_MEMORY. Owns the ruleset with others. */
KMSRULES_API kmsrules_status kmsrules_slmgr_read(const kmsrules_question *question, const char *encoding, const char *data, size_t size, kmsrules_slmgr **slmgr);
KMSRULES_API void kmsrules_slmgr_free(kmsrules_slmgr *slmgr);
/* Why nothing was read: no output of slmgr, or one in another language, with the line that was not understood. NULL: it was read. */
KMSRULES_API const kmsrules_inventory_fault *kmsrules_slmgr_why(const kmsrules_slmgr *slmgr);
/* NULL where nothing was read. */
KMSRULES_API const kmsrules_slmgr_content *kmsrules_slmgr_content_of(const kmsrules_slmgr *slmgr);
/* ---- Discovery ------------------------------------------------------------------------------------------------------------------------------ */

/* SRV records read from an answer of DNS: nslookup (of Windows and of BIND), dig, host, Resolve-DnsName (its table, its list, CSV of it), lines of a zone file. Which of
 * these it is, is found by its content, line by line; several may follow one another. Never changes; any threads. */
typedef struct kmsrules_records kmsrules_records;

typedef struct kmsrules_srv_record {
    const char *target; /* host name, without a trailing dot */
    uint32_t priority, weight, port;
    uint64_t line;      /* on which it starts, from 1 */
} kmsrules_srv_record;

typedef struct kmsrules_record_problem {
    uint64_t line, column; /* from 1; column 0: the line as a whole */
    const char *text;      /* one line, escaped */
} kmsrules_record_problem;

typedef struct kmsrules_records_content {
    const kmsrules_srv_record *records; /* of the service of KMS, each once, 4096 at most */
    size_t record_count;
    const char *const *names; /* under which they stand, in lower case, without a trailing dot; more than one is more than one answer */
    size_t name_count;
    const kmsrules_record_problem *problems; /* lines that could not be read: the first 100 */
    size_t problem_count;
    uint64_t unreadable; /* of all lines */
    uint64_t duplicates; /* records said once more */
    uint64_t others;     /* records of other types or other services */
    uint64_t refusals;   /* records whose target is ".": the service is not to be had */
} kmsrules_records_content;

/* Reads the whole of an answer. The ruleset says which service is that of KMS. `encoding`: as for inventories, NULL: found by the byte order mark, else UTF-8.
 * KMSRULES_OK also where lines could not be read: they are problems. KMSRULES_INVALID_ARGUMENT: the ruleset names no service, or there is no such encoding.
 * A line longer than 64 KiB, more than 4096 records and bytes of another encoding are problems, at which reading stops. */
KMSRULES_API kmsrules_status kmsrules_records_read(const kmsrules_ruleset *ruleset, const char *data, size_t size, const char *encoding, kmsrules_records **records);
KMSRULES_API void kmsrules_records_free(kmsrules_records *records);
KMSRULES_API const kmsrules_records_content *kmsrules_records_look(const kmsrules_records *records); /* NULL for NULL */

/* How a threshold fares on one host. What may come to it counts as if every machine of the fleet asked DNS once, by itself, and the host it chose alone. Probabilities
 * are exact up to 1e-12 for fleets of 100 000 machines (the error grows with the root of the machines), never drawn. */
typedef struct kmsrules_reach {
    double expected;    /* machines that count for it */
    double probability; /* that they are as many as it asks for */
    bool is_needed;     /* machines that need it, and do not only count for it, may come here */
    bool is_at_risk;    /* it is needed, and the probability is below the risk */
    uint64_t drawn;     /* draws in which it was reached */
} kmsrules_reach;

/* A threshold that machines of the fleet need. */
typedef struct kmsrules_discovery_threshold {
    kmsrules_id application;
    kmsrules_kind kind;
    uint64_t minimum;
    uint64_t machines; /* of the fleet that count for it */
    double least_all, most_all; /* probability that every host where it is needed reaches it; apart where it takes too many steps to reckon */
    double least_any, most_any; /* that one of these does */
    uint64_t drawn_all, drawn_any;
} kmsrules_discovery_threshold;

typedef struct kmsrules_discovery_host {
    const char *target;
    uint32_t port;
    uint32_t priority; /* the lowest of its records */
    uint32_t weight;   /* of all its records of this priority */
    bool is_standby;   /* other hosts have a lower priority: clients that honour it come only when none of these answers */
    double shares[KMSRULES_SELECTION_COUNT]; /* of the clients that choose so */
    double expected;   /* machines of the fleet, of all kinds */
    double drawn;      /* the same, as the draws have it on average */
    const kmsrules_reach *reaches; /* [threshold] */
} kmsrules_discovery_host;

/* One host is gone, as if its records were not there. */
typedef struct kmsrules_host_failure {
    size_t host; /* index into `hosts` */
    const kmsrules_discovery_host *hosts; /* the others, in their order; without draws */
    const kmsrules_discovery_threshold *thresholds;
} kmsrules_host_failure;

/* Machines by the way they choose. */
typedef struct kmsrules_discovery_class {
    kmsrules_id rule; /* index of the discovery rule */
    const kmsrules_planned *products;
    size_t product_count;
    uint64_t machines;
} kmsrules_discovery_class;

typedef struct kmsrules_discovery_summary {
    const kmsrules_discovery_host *hosts; /* by priority, then by weight, the highest first, then by name */
    size_t host_count;
    const kmsrules_discovery_threshold *thresholds;
    size_t threshold_count;
    const kmsrules_host_failure *failures; /* one for each host; none where there are more than 32 hosts */
    size_t failure_count;
    const kmsrules_discovery_class *classes;
    size_t class_count;
    const kmsrules_planned *left_out; /* that KMS does not activate, or of which the tables do not say how they choose */
    size_t left_out_count;
    uint64_t machines; /* that ask: without those left out */
    uint64_t draws, seed;
    double risk;
    bool is_at_risk; /* some threshold on some host */
} kmsrules_discovery_summary;

typedef struct kmsrules_discovery kmsrules_discovery;

/* For the records, which may be freed afterwards. One thread at a time. */
KMSRULES_API kmsrules_status kmsrules_discovery_new(kmsrules_ruleset *ruleset, const kmsrules_records *records, kmsrules_discovery **discovery);
KMSRULES_API void kmsrules_discovery_free(kmsrules_discovery *discovery);
/* Adds machines of an edition or a release (KMSRULES_EDITION, KMSRULES_RELEASE). KMSRULES_INVALID_ARGUMENT: no such thing, or more than 1 000 000 000 of all together;
 * KMSRULES_AMBIGUOUS_NAME: the editions of the release choose in different ways. */
KMSRULES_API kmsrules_status kmsrules_discovery_add_machines(kmsrules_discovery *discovery, int kind, kmsrules_id id, uint64_t machines);
/* A probability below it is a risk; 0.95 unless set; from 0 to 1. */
KMSRULES_API kmsrules_status kmsrules_discovery_set_risk(kmsrules_discovery *discovery, double probability);
/* Also draws, to show what the exact figures mean: the same on every machine for one seed. 0: none. Draws × (machines that ask + hosts × thresholds) are at most
 * 1 000 000 000. */
KMSRULES_API kmsrules_status kmsrules_discovery_set_draws(kmsrules_discovery *discovery, uint64_t draws, uint64_t seed);
/* Lent until the discovery is changed or freed. KMSRULES_NOTHING_ASKED: no machines that ask, or no host; KMSRULES_INVALID_ARGUMENT: more draws than that. */
KMSRULES_API kmsrules_status kmsrules_discovery_sum_up(kmsrules_discovery *discovery, const kmsrules_discovery_summary **summary);

/* ---- Rendering ---------------------------------------------------------------------------------------------------------------------------- */

/* Whole documents, freed with kmsrules_string_free(): JSON as its schema files say (answer-1, list-1, plan-1), or text for people, which may change. */
KMSRULES_API kmsrules_status kmsrules_answer_json(const kmsrules_answer *answer, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_answer_print(const kmsrules_answer *answer, bool color, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_plan_json(const kmsrules_plan *plan, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_plan_print(const kmsrules_plan *plan, bool color, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_list_json(const kmsrules_list *list, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_list_print(const kmsrules_list *list, bool color, char **text, size_t *size);
/* The page of a code: JSON (code-1) with the errors that follow from a check, or the checks an error follows from, as the ruleset has them; or for a terminal. */
KMSRULES_API kmsrules_status kmsrules_code_json(const kmsrules_ruleset *ruleset, const kmsrules_code *code, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_code_print(const kmsrules_code *code, bool color, char **text, size_t *size);
/* With what clients do meanwhile and the steps of the move, from the tables (diff-1). */
KMSRULES_API kmsrules_status kmsrules_difference_json(const kmsrules_difference *difference, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_difference_print(const kmsrules_difference *difference, bool color, char **text, size_t *size);
/* What slmgr printed, with what it means (slmgr-1). KMSRULES_INVALID_ARGUMENT where nothing was read. */
KMSRULES_API kmsrules_status kmsrules_slmgr_json(const kmsrules_slmgr *slmgr, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_slmgr_print(const kmsrules_slmgr *slmgr, bool color, char **text, size_t *size);

/* ---- Runbook ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct kmsrules_runbook kmsrules_runbook;

/* How clients find the host. */
typedef enum kmsrules_dns {
    KMSRULES_DNS_AUTOMATIC = 0, /* the host publishes itself by dynamic updates */
    KMSRULES_DNS_MANUAL,        /* somebody writes its SRV records */
    KMSRULES_DNS_NONE           /* not at all: each client is pointed to it */
} kmsrules_dns;

/* "automatic", "manual", "none"; NULL for any other value. */
KMSRULES_API const char *kmsrules_dns_text(kmsrules_dns dns);

/* The circumstances of a runbook. KMSRULES_USUAL_RUNBOOK is the legal start. Names are letters, digits and dashes between dots; nothing else is taken. */
typedef struct kmsrules_runbook_options {
    const char *host_name;    /* in DNS, NetBIOS, or an IPv4 address (IPv6: slmgr.vbs does not read it); NULL: kms01.contoso.example */
    const char *const *zones; /* DNS zones in which clients look, each once; without any, the one of the host's name */
    size_t zone_count;
    kmsrules_dns dns;
    bool is_offline; /* the host has no way to the activation servers: by telephone */
    uint16_t port;   /* 0: 1688 */
} kmsrules_runbook_options;
#define KMSRULES_USUAL_RUNBOOK {NULL, NULL, 0, KMSRULES_DNS_AUTOMATIC, false, 0}

typedef struct kmsrules_command {
    const char *text;    /* as typed at a prompt; what nobody can know stands in angle brackets, <KMS host key> */
    const char *shell;   /* "cmd" (which PowerShell runs as well, save for %SystemRoot%) or "powershell" */
    bool is_alternative; /* instead of the one before */
} kmsrules_command;

/* One step. Texts are escaped as by kmsrules_answer_summary(). */
typedef struct kmsrules_step {
    const char *id;    /* of its row */
    const char *phase; /* "prepare", "install", "activate", "service", "firewall", "dns", "verify", "client" */
    const char *where; /* "host", "client", "dns-server" */
    const char *title; /* what to do, one clause */
    const kmsrules_command *commands; /* none: done by hand */
    size_t command_count;
    const char *check; /* how to see that it worked */
    const char *undo;  /* how to take it back, or why there is nothing to take back */
    const char *note;  /* or NULL */
    bool is_elevated;  /* needs the rights of an administrator */
    const kmsrules_id *sources; /* at least one */
    size_t source_count;
    kmsrules_place at; /* of its row */
} kmsrules_step;

/* The steps that take the question's host to where it activates the editions asked for, from what is known of it: updates that are known to be installed are no steps,
 * those not known are to be made sure of, those missing are installed. A release as host stands for the best of its editions. There are no steps where no step would help: where the
 * verdict is `no` for another reason than missing updates and low counts. `options` NULL: the usual ones.
 * The question may be changed or freed afterwards. Errors as kmsrules_ask(); KMSRULES_INVALID_ARGUMENT also for a name that is none, an IPv4 address together with
 * KMSRULES_DNS_MANUAL (an SRV record points to a name), a zone given twice, and text shaped like a product key. */
KMSRULES_API kmsrules_status kmsrules_runbook_new(const kmsrules_question *question, const kmsrules_runbook_options *options, kmsrules_runbook **runbook);
KMSRULES_API void kmsrules_runbook_free(kmsrules_runbook *runbook);
/* The answer that the runbook is made from, lent. */
KMSRULES_API const kmsrules_answer *kmsrules_runbook_answer(const kmsrules_runbook *runbook);
KMSRULES_API size_t kmsrules_runbook_step_count(const kmsrules_runbook *runbook);
KMSRULES_API const kmsrules_step *kmsrules_runbook_step(const kmsrules_runbook *runbook, size_t index); /* NULL beyond the end */

/* Whole documents, freed with kmsrules_string_free(). JSON as runbook-1 says; text and Markdown for people, which may change. The PowerShell script runs what is to be done on
 * the host and says what is to be done elsewhere; it holds no key, refuses to run unelevated, and is plain ASCII. Without steps it says why and stops. */
KMSRULES_API kmsrules_status kmsrules_runbook_json(const kmsrules_runbook *runbook, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_runbook_print(const kmsrules_runbook *runbook, bool color, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_runbook_markdown(const kmsrules_runbook *runbook, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_runbook_powershell(const kmsrules_runbook *runbook, char **text, size_t *size);
/* With what hosts mean for each other when one fails (discovery-1); errors as kmsrules_discovery_sum_up(). */
KMSRULES_API kmsrules_status kmsrules_discovery_json(kmsrules_discovery *discovery, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_discovery_print(kmsrules_discovery *discovery, bool color, char **text, size_t *size);

/* Counts (counts-1) and duplicates (duplicates-1) of events. */
KMSRULES_API kmsrules_status kmsrules_counts_json(const kmsrules_counts *counts, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_counts_print(const kmsrules_counts *counts, bool color, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_duplicates_json(const kmsrules_duplicates *duplicates, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_duplicates_print(const kmsrules_duplicates *duplicates, bool color, char **text, size_t *size);
/* A forecast (forecast-1), and as a drawing: the count over time with its thresholds and the date, an SVG document without anything outside of it. */
KMSRULES_API kmsrules_status kmsrules_forecast_json(const kmsrules_forecast *forecast, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_forecast_print(const kmsrules_forecast *forecast, bool color, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_forecast_draw(const kmsrules_forecast *forecast, char **text, size_t *size);
/* A timeline (timeline-1). */
KMSRULES_API kmsrules_status kmsrules_timeline_json(const kmsrules_timeline *timeline, char **text, size_t *size);
KMSRULES_API kmsrules_status kmsrules_timeline_print(const kmsrules_timeline *timeline, bool color, char **text, size_t *size);
/* Whether that is a range of kmsrules_counts_nagios(), as NULL is: KMSRULES_OK or KMSRULES_INVALID_ARGUMENT. */
KMSRULES_API kmsrules_status kmsrules_range_check(const char *range);
/* One line as monitoring plugins print it: "KMS OK - …|'windows'=26;25:;10:;0;50". `warning` and `critical` are ranges of counts that are well, for every pool: "30" or
 * "30:" for at least 30, "10:20", "~:20", and "@10:20" for what is not well; NULL: none to warn, and critical is a threshold that was asked for and is not met.
 * `state`: 0 OK, 1 WARNING, 2 CRITICAL; else 3 UNKNOWN where nothing has asked, where there are gaps, or where it is worse without what is assumed: the line says which. KMSRULES_INVALID_ARGUMENT: a range that is none. */
KMSRULES_API kmsrules_status kmsrules_counts_nagios(const kmsrules_counts *counts, const char *warning, const char *critical, int *state, char **text, size_t *size);

#ifdef __cplusplus
}
#endif
#endif
