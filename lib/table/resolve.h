/* Entries → tables: every id declared once and every reference followed. In: the model. Out: things by index and rows that name them by index.
 *
 *   <fits hosts="windows-7 -windows-7-enterprise" …/>   ──▶   {relation FITS, group 4, members [7 8 9 …], sources [2]} */
#ifndef KR_RESOLVE_H
#define KR_RESOLVE_H

#include "base/memory.h"
#include "ruleset/ruleset.h"
#include "table/model.h"
#include "table/problems.h"

/* Ids of different name spaces may be equal; editions, releases and sets share one. */
enum kr_space { KR_SPACE_SOURCE, KR_SPACE_APPLICATION, KR_SPACE_MEMBER, KR_SPACE_GROUP, KR_SPACE_LINE, KR_SPACE_UPDATE, KR_SPACE_ERROR, KR_SPACE_STEP, KR_SPACE_COUNT };

struct kr_symbol {
    struct kr_text id;
    enum kr_space space;
    enum kr_element_kind kind; /* what it was declared as */
    uint32_t entry;
    uint32_t index; /* among the things of its kind */
    bool is_replacement;
};

/* Things of one kind, in order of declaration: the entry of each. */
struct kr_things {
    uint32_t *entries;
    uint32_t count;
};

/* A relation as resolved. An edition's and a group's own row stand here, too. */
struct kr_table_row {
    enum kr_relation relation;
    uint32_t entry;
    kmsrules_id group, inherits;
    struct kr_ids members, any_of, editions, groups, sources;
    struct kr_ids against; /* discovery: sources that say otherwise */
    bool has_editions, has_groups; /* requires: whether the list was written */
};

struct kr_table_edition {
    uint32_t release; /* KMSRULES_NONE: of no release */
    uint32_t application;
    kmsrules_kind kind;
    kmsrules_volume volume;
};

struct kr_table_update {
    uint32_t line; /* KMSRULES_NONE: in none */
    uint32_t order;
    struct kr_ids after_any_of, sources;
};

/* A step's lists; `has_…`: whether the list was written. */
struct kr_table_step {
    struct kr_ids hosts, editions, applications, sources;
    bool has_hosts, has_editions;
};

struct kr_table_spelling {
    uint32_t entry;
    int kind; /* KMSRULES_EDITION …; 0: a pattern that names nothing itself */
    struct kr_ids ids;
};

/* A <predicts> row; a list that was not written is empty. */
struct kr_table_prediction {
    uint32_t entry;
    kmsrules_id error;
    struct kr_ids editions, any_of, sources;
};

/* How a list reads a release. */
enum kr_members { VOLUME_EDITIONS, ALL_EDITIONS };

struct kr_tables {
    struct kr_arena arena;
    struct kr_symbol *symbols;
    uint32_t *slots;
    size_t symbol_count, slot_count;

    struct kr_things sources, applications, releases, editions, sets, groups, lines, updates, errors, steps;
    struct kr_table_edition *edition_facts;  /* [edition] */
    uint32_t *release_applications;          /* [release] */
    struct kr_ids *release_members;          /* [release] editions */
    struct kr_ids *set_members[2];           /* by enum kr_members, [set] */
    uint32_t *group_applications;            /* [group] */
    struct kr_ids *group_above;              /* [group] groups directly below it */
    struct kr_ids *line_hosts;               /* [line] */
    struct kr_table_update *update_facts;    /* [update] */
    struct kr_table_step *step_facts;        /* [step] */
    struct kr_table_spelling *spellings, *patterns;
    uint32_t spelling_count, pattern_count;
    struct kr_ids *error_sources;            /* [error] */
    struct kr_table_prediction *predictions;
    uint32_t prediction_count;
    uint32_t thresholds[KMSRULES_KIND_COUNT]; /* entry, KMSRULES_NONE: none */
    struct kr_table_row *rows, *policies; /* policies: intervals, caches, transitions, observations and what is said of discovery, which decide nothing */
    uint32_t row_count, policy_count;
    size_t member_count; /* ids of all lists so far */
    bool has_failed;     /* out of memory */
};

void kr_tables_resolve(struct kr_tables *tables, struct kr_model *model, const kmsrules_limits *limits, struct kr_problems *problems);
/* The kind that a word names; false and untouched when it names none. */
bool kr_kind_of(struct kr_text word, kmsrules_kind *kind);
const struct kr_symbol *kr_tables_find(const struct kr_tables *tables, enum kr_space space, struct kr_text id);
void kr_tables_free(struct kr_tables *tables);

#endif
