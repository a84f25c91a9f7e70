/* What slmgr printed, being read. Everything in its own arena.
 *
 *   text ──▶ lines ──▶ (part, value) by <slmgr-line> ──▶ licenses ──▶ recognised, held against thresholds ──▶ observations
 *            slmgr.c   slmgr_line.c                      slmgr.c      slmgr_judge.c                          slmgr_observe.c */
#ifndef KR_SLMGR_H
#define KR_SLMGR_H

#include "ask/question.h"

struct kmsrules_slmgr {
    struct kr_arena arena;
    kmsrules_ruleset *ruleset; /* owned */
    kmsrules_question *question; /* a copy: what the output does not tell */
    const char *date; /* or NULL */
    kmsrules_license *licenses;
    struct kr_license_marks *marks; /* of each license */
    size_t license_capacity, mark_capacity;
    uint64_t *unread;
    kmsrules_slmgr_content content;
    kmsrules_inventory_fault fault;
    bool has_fault;
    char fault_text[256];
};

#define KR_SLMGR_STRANGE_LIMIT 16

/* What the lines of a license say that is no part of it, and what does not go together. */
struct kr_license_marks {
    const char *product_channel; /* the value of Product Key Channel */
    uint32_t since;              /* build of the first system that prints such lines; 0: any */
    bool is_host, is_client;     /* by its sections */
    bool is_unused, is_stale, has_no_host;
    bool has_count, is_not_counting; /* a line with a count, whatever it is; one that says there is none yet */
    uint64_t strange[KR_SLMGR_STRANGE_LIMIT]; /* lines whose label is known and whose value cannot be read, the first of them */
    size_t strange_count;
    bool is_of_other_id, is_of_other_build; /* the activation id, the build is of another product than the name */
    bool is_other_host;                     /* the host that was told is none of what the output says */
    bool is_other_key;                      /* no edition of the output can hold a key of the output */
};

/* One line without the blanks around it, and what it was found to be. */
struct kr_slmgr_reading {
    const struct kr_slmgr_line *line; /* NULL: none that the tables know */
    bool is_strange;                  /* the line has the label of that row, and a value that no row has */
    struct kr_text value;             /* behind the colon */
};
struct kr_slmgr_reading kr_slmgr_read_line(const struct kmsrules_ruleset *ruleset, struct kr_text line);
/* Whether a line looks like "LABEL: value". */
bool kr_slmgr_is_labelled(struct kr_text line);
/* Whether a text holds what is shown nowhere: a product key, an installation, confirmation or extended product id. */
bool kr_slmgr_is_secret(struct kr_text text);

/* Adds what is to be said of a license that is recognised. False when out of memory. */
bool kr_slmgr_observe(struct kmsrules_slmgr *slmgr, kmsrules_license *license, const struct kr_license_marks *marks);
/* Completes the licenses. OK, WRONG_LINE, BELOW_UPDATE or NO_MEMORY. */
kmsrules_status kr_slmgr_judge(struct kmsrules_slmgr *slmgr);

#endif
