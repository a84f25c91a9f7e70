/* The compiled form of the tables: what a decision reads. Filled once by table/compile.c, never changed after.
 *
 *            host-major                    group-major                  host-major
 *   fits     [host][group]   KR102        covers [group][edition] KR104  demands [host][group] → rows that ask for updates, KR105
 *   runs     [host][application] KR101    uses   [edition]        KR103  thresholds [kind]                                   KR106
 *
 * Each of these is a cell: what is decided and the row that decided it in one word, so that a verdict and its explanation cannot differ. */
#ifndef KR_RULESET_H
#define KR_RULESET_H

#include <stdatomic.h>

#include "base/memory.h"
#include "base/text.h"
#include "kmsrules/kmsrules.h"
#include "names/names.h"
#include "ruleset/step.h"

#define KR_NONE KMSRULES_NONE

/* outcome (3 bits) | basis (2 bits) | has demands (1 bit) | row + 1, 0 for none (26 bits).
 * An outcome is written as 000 pass, 001 unknown, 011 undocumented, 111 fail: the worst outcome of several cells is that of their bitwise or. */
typedef uint32_t kr_cell;
#define KR_CELL_ROW_MASK 0x03ffffffu
#define KR_CELL_HAS_DEMANDS 0x04000000u /* of a fits cell: the pair has rows in `demands` */

static inline kr_cell kr_cell_of(kmsrules_outcome outcome, kmsrules_basis basis, uint32_t row) {
    return ((1u << (unsigned)outcome) - 1u) << 29 | (uint32_t)basis << 27 | ((row + 1) & KR_CELL_ROW_MASK);
}
static inline kmsrules_outcome kr_cell_outcome(kr_cell cell) { return (kmsrules_outcome)((cell >> 31) + (cell >> 30 & 1u) + (cell >> 29 & 1u)); }
static inline kmsrules_basis kr_cell_basis(kr_cell cell) { return (kmsrules_basis)(cell >> 27 & 3u); }
static inline uint32_t kr_cell_row(kr_cell cell) { return (cell & KR_CELL_ROW_MASK) - 1; } /* KR_NONE when no row decided */

/* A range of ids in the ruleset's memory. */
struct kr_ids {
    const kmsrules_id *items;
    uint32_t count;
};
static inline bool kr_ids_hold(struct kr_ids ids, kmsrules_id id) {
    uint32_t index = 0;
    while (index < ids.count && ids.items[index] != id) index++;
    return index < ids.count;
}

enum kr_relation {
    KR_RELATION_EDITION, /* an <edition>: its volume decides KR103 */
    KR_RELATION_GROUP,   /* a <key-group>: its authority */
    KR_RELATION_COVERS,
    KR_RELATION_COVERS_GROUP,
    KR_RELATION_FITS,
    KR_RELATION_EXCLUDES_EDITIONS,
    KR_RELATION_EXCLUDES_HOSTS,
    KR_RELATION_UNDOCUMENTED_EDITIONS,
    KR_RELATION_UNDOCUMENTED_HOSTS,
    KR_RELATION_NO_HOST,
    KR_RELATION_NO_CLIENT,
    KR_RELATION_REQUIRES,
    KR_RELATION_CANNOT_SERVE,
    KR_RELATION_THRESHOLD,
    KR_RELATION_SECOND_HOST,      /* advice: `above`, `counts` */
    KR_RELATION_WITHOUT_THRESHOLD /* advice: `name` */
};

/* One row of a table, as compiled. */
struct kr_row {
    enum kr_relation relation;
    uint32_t layer;
    kmsrules_id group;     /* the group it belongs to; KR_NONE for rows outside of groups */
    kmsrules_id inherits;  /* covers key-group= */
    struct kr_ids members; /* the editions, hosts or groups it names; of requires and cannot-serve: the hosts */
    struct kr_ids any_of;  /* requires: the updates */
    const uint64_t *editions; /* requires, cannot-serve: a bit set; NULL means all */
    kmsrules_place at;
    const char *label, *note; /* or NULL */
    const char *name;         /* without-threshold: the way that needs none */
    uint64_t above;           /* second-host */
    unsigned counts;          /* second-host: bit per kind */
    struct kr_ids sources;
};

/* Where an update stands: in its line (KR_NONE: in none), by build revision or position, and what must be there before it: one of `after_any_of`.
 * `prerequisites` is everything that this leads to, each after its own prerequisites. */
#define KR_PREREQUISITE_LIMIT 64
struct kr_update_order {
    uint32_t line;
    uint32_t order;
    struct kr_ids after_any_of;
    struct kr_ids prerequisites;
    struct kr_ids sources;
    const char *note; /* or NULL */
    bool restarts;    /* the computer must be restarted after it */
};

struct kr_line {
    const char *id, *name;
    uint32_t build; /* 0: the line has no builds */
};

/* What a column of an inventory holds, by its name (compared without ASCII case). */
enum kr_part { KR_MACHINE_NAME, KR_MACHINE_OS, KR_MACHINE_BUILD, KR_MACHINE_SKU, KR_MACHINE_EDITION_ID, KR_MACHINE_PRODUCT_TYPE, KR_MACHINE_PART_COUNT };

struct kr_column {
    struct kr_text name; /* ASCII lower case */
    enum kr_part part;
};

/* What a column of an export of events, or a field of what an event says, holds. */
enum kr_event_part {
    KR_EVENT_ID,
    KR_EVENT_COMPUTER,  /* that logged it */
    KR_EVENT_RECORD_ID,
    KR_EVENT_LOGGED,    /* when */
    KR_EVENT_MESSAGE,   /* text with the fields in it */
    KR_EVENT_RESULT,
    KR_EVENT_FLAGS,
    KR_EVENT_MINIMUM,
    KR_EVENT_CLIENT,
    KR_EVENT_CMID,
    KR_EVENT_CLIENT_TIME,
    KR_EVENT_VIRTUAL,
    KR_EVENT_LICENSE_STATUS,
    KR_EVENT_MINUTES_LEFT,
    KR_EVENT_ACTIVATION_ID,
    KR_EVENT_COUNT,
    KR_EVENT_ACTIVATED,
    KR_EVENT_ACTIVATION_MINUTES,
    KR_EVENT_RENEWAL_MINUTES,
    KR_EVENT_UNUSED,
    KR_EVENT_PROVIDER,  /* what logged it */
    KR_EVENT_PART_COUNT
};
extern const char *const kr_event_part_words[]; /* by part; NULL at the end */

struct kr_event_column {
    struct kr_text name; /* ASCII lower case */
    enum kr_event_part part;
};

/* What the fields of one event are, in order; the last may be missing, but not the first `least`. */
#define KR_EVENT_FIELD_LIMIT 16
struct kr_event_layout {
    int id;
    size_t count, least;
    enum kr_event_part parts[KR_EVENT_FIELD_LIMIT];
};

/* A word for a license status that scripts write instead of its number. */
struct kr_license_word {
    struct kr_text text; /* ASCII lower case */
    int status;
};

/* A word for the product type: "workstation", "3", "ServerNT". */
struct kr_product_type {
    struct kr_text text; /* ASCII lower case */
    kmsrules_kind kind;
};

/* What a line of slmgr's output says. Those from KR_SLMGR_REQUESTS to KR_SLMGR_REQUESTS_LAST are by kmsrules_request_kind. */
enum kr_slmgr_part {
    KR_SLMGR_NOTHING, /* that is of use here */
    KR_SLMGR_SECRET,  /* what is kept nowhere */
    KR_SLMGR_NAME,
    KR_SLMGR_DESCRIPTION,
    KR_SLMGR_ACTIVATION_ID,
    KR_SLMGR_CHANNEL,
    KR_SLMGR_VERSION,
    KR_SLMGR_STATUS,
    KR_SLMGR_REASON,
    KR_SLMGR_MINUTES_LEFT,
    KR_SLMGR_HOST, /* what follows is about a KMS host */
    KR_SLMGR_COUNT,
    KR_SLMGR_NOT_COUNTING, /* a count that is none */
    KR_SLMGR_PORT,
    KR_SLMGR_PUBLISHING,
    KR_SLMGR_PRIORITY,
    KR_SLMGR_REQUESTS,
    KR_SLMGR_REQUESTS_LAST = KR_SLMGR_REQUESTS + KMSRULES_REQUEST_COUNT - 1,
    KR_SLMGR_CLIENT, /* what follows is about a KMS client */
    KR_SLMGR_CMID,
    KR_SLMGR_KMS_REGISTERED,
    KR_SLMGR_KMS_FOUND,
    KR_SLMGR_KMS_NOT_FOUND,
    KR_SLMGR_KMS_ADDRESS,
    KR_SLMGR_LOOKUP_DOMAIN,
    KR_SLMGR_ACTIVATION_INTERVAL,
    KR_SLMGR_RENEWAL_INTERVAL,
    KR_SLMGR_CACHING,
    KR_SLMGR_AD_OBJECT,
    KR_SLMGR_NOT_IN_USE,
    KR_SLMGR_STALE,
    KR_SLMGR_ERROR,
    KR_SLMGR_PART_COUNT
};

struct kr_slmgr_line {
    struct kr_text text; /* ASCII lower case */
    enum kr_slmgr_part part;
    int value;      /* that the line as a whole stands for; -1: it stands behind the colon, or there is none */
    uint32_t since; /* build of the first system whose slmgr has this line; 0: not said */
};

struct kr_slmgr_channel {
    struct kr_text text; /* ASCII lower case; * at the end: whatever begins so */
    kmsrules_license_role role;
};

/* The builds of Windows whose licensing service says `build`. */
struct kr_slmgr_build {
    uint32_t build;
    struct kr_numbers builds;
};

struct kr_threshold {
    uint64_t minimum;
    unsigned counts; /* bit per kind */
    uint32_t row;    /* KR_NONE: no threshold of this kind */
};

struct kmsrules_ruleset {
    atomic_size_t owners;
    struct kr_arena arena; /* holds everything below, and this struct's strings */
    kmsrules_revision revision;

    const kmsrules_table_file *files;
    const kmsrules_source *sources;
    const kmsrules_application *applications;
    const kmsrules_release *releases;
    const kmsrules_edition *editions;
    const kmsrules_key_group *groups;
    const kmsrules_update *updates;
    const struct kr_line *lines;
    const struct kr_row *rows;
    uint32_t file_count, source_count, application_count, release_count, edition_count, group_count, update_count, line_count, row_count;

    const struct kr_traits *traits;     /* [edition] */
    const uint32_t *group_applications; /* [group] */
    const char *const *group_activation_ids;  /* [group] of its license; NULL: not known */
    const kr_cell *runs;   /* [host × application] */
    const kr_cell *fits;   /* [host × group] */
    const kr_cell *uses;   /* [edition] */
    const kr_cell *covers; /* [group × edition] */
    const uint32_t *demand_starts; /* [host × group + 1] into demands */
    const uint32_t *demands;       /* rows: cannot-serve, requires */
    const uint32_t *choice_starts; /* [host + 1] into choices */
    const kmsrules_id *choices;    /* the groups a host can hold, highest authority first */
    const uint64_t *below;         /* [group] bit sets of the groups below it */
    uint32_t edition_words, group_words; /* 64-bit words of a bit set over editions, over groups */

    const uint32_t *edition_rows;     /* [edition] its own row */
    const uint32_t *group_row_starts; /* [group + 1] into group_rows */
    const uint32_t *group_rows;       /* the rows that stand in each group, in reading order */

    const struct kr_update_order *update_orders; /* [update] */
    const uint32_t *host_lines;                  /* [edition] the numeric line of a host, KR_NONE: none */
    struct kr_threshold thresholds[KMSRULES_KIND_COUNT];
    const kmsrules_interval *intervals;
    const uint32_t *ruling_intervals; /* [kind × (edition, then one for all)] into intervals, KR_NONE: none */
    const kmsrules_transition *transitions;
    uint32_t interval_count, transition_count;
    const kmsrules_virtual_machines *virtual_machines;
    const uint32_t *ruling_virtual_machines; /* [edition, then one for all] into virtual_machines, KR_NONE: none */
    const kmsrules_expiry *expiries;
    const kmsrules_activation_id *activation_ids; /* each id once */
    uint32_t virtual_machines_count, expiry_count, activation_id_count;
    kmsrules_cache cache;
    const struct kr_step *steps; /* of runbooks, by phase and then in reading order */
    uint32_t step_count;
    const kmsrules_observation *observations; /* by kind; `text` NULL: none */
    const kmsrules_discovery_rule *discovery_rules;
    const uint32_t *ruling_discovery; /* [edition, then one for all] into discovery_rules, KR_NONE: none */
    uint32_t discovery_rule_count;
    kmsrules_srv_name srv_name; /* `name` NULL: none */
    const uint64_t *covered; /* bit set: editions that some group covers */

    const kmsrules_error *errors;
    const kmsrules_prediction *predictions;
    uint32_t error_count, prediction_count;

    struct kr_names names;
    struct kr_column *columns; /* of inventories, in table order */
    struct kr_product_type *product_types;
    uint32_t column_count, product_type_count;

    struct kr_slmgr_line *slmgr_lines; /* in table order */
    struct kr_slmgr_channel *slmgr_channels;
    struct kr_slmgr_build *slmgr_builds;
    uint32_t slmgr_line_count, slmgr_channel_count, slmgr_build_count;
    struct kr_event_column *event_columns; /* in table order, as the rest */
    struct kr_event_layout *event_layouts;
    struct kr_license_word *license_words;
    struct kr_text *event_providers; /* ASCII lower case */
    uint32_t event_column_count, event_layout_count, license_word_count, event_provider_count;
};

/* The ruling cells of KR102 and KR104; where a whole row of them is read, decide.c and cells.c reckon the place of the row once. */
static inline kr_cell kr_fits(const struct kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_id group) {
    return ruleset->fits[(size_t)host * ruleset->group_count + group];
}
static inline kr_cell kr_covers(const struct kmsrules_ruleset *ruleset, kmsrules_id group, kmsrules_id edition) {
    return ruleset->covers[(size_t)group * ruleset->edition_count + edition];
}

/* The row of an id; NULL: none. */
const kmsrules_activation_id *kr_ruleset_find_activation_id(const struct kmsrules_ruleset *ruleset, const kmsrules_guid *id);

static inline bool kr_bit(const uint64_t *bits, uint32_t index) { return (bits[index / 64] >> (index % 64) & 1) != 0; }

#endif
