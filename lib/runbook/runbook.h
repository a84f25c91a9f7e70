/* A runbook: the steps that take a host to where an answer says it can be. In: a question and the circumstances. Out: steps in their order.
 *
 *   answer ─▶ updates.c: what is open, prerequisites first ┐
 *   ruleset's steps ───────────────────────────────────────┴▶ steps.c: those that apply, once for each update, key group, zone ─▶ template.c: filled
 *                                                                                              └▶ text.c json.c markdown.c powershell.c */
#ifndef KR_RUNBOOK_H
#define KR_RUNBOOK_H

#include "ask/answer.h"
#include "render/page.h"

/* A requirement that is not known to be met, or a prerequisite of one. */
struct kr_open_update {
    struct kr_ids any_of;
    kmsrules_id first; /* the one of them that is spoken of */
    bool is_missing;   /* else not known */
};

/* What a step is about: which of the runbook's updates, key groups and zones; NULL where it is for none in particular. */
struct kr_scene {
    const kmsrules_host_answer *entry;
    const struct kr_open_update *update;
    const char *zone;
    struct kr_ids editions; /* asked for, as far as the step is about them */
};

struct kr_planned_step {
    kmsrules_step shown;
    const struct kr_step *row;
    struct kr_scene scene;
    bool is_first_of_zones; /* of a step for each zone the first one; true for any other step */
};

struct kmsrules_runbook {
    struct kr_arena arena;
    kmsrules_answer *answer; /* owned */
    const struct kmsrules_ruleset *ruleset; /* the answer's */
    const kmsrules_host_answer *entries; /* of the host that the steps are for, one for each application */
    size_t entry_count;
    bool is_possible; /* else there are no steps */
    const char *fqdn, *netbios, *address; /* of the host; what is not known is a word in angle brackets */
    const char *const *zones; /* at least one */
    size_t zone_count;
    kmsrules_dns dns;
    bool is_offline;
    uint32_t port;
    struct kr_open_update *updates;
    size_t update_count, update_capacity; /* updates and steps grow on the heap */
    struct kr_planned_step *steps;
    size_t step_count, step_capacity;
};

enum { KR_KMS_PORT = 1688 };

/* names.c: takes over the names of the options, or what stands in for them. KMSRULES_INVALID_ARGUMENT, KMSRULES_NO_MEMORY. */
kmsrules_status kr_runbook_name(kmsrules_runbook *runbook, const kmsrules_runbook_options *options);
/* updates.c: false when out of memory. */
bool kr_runbook_list_updates(kmsrules_runbook *runbook, const kmsrules_facts *facts);
/* steps.c: false when out of memory. */
bool kr_runbook_plan(kmsrules_runbook *runbook);

/* template.c: what a placeholder stands for, in words for people, escaped. */
void kr_runbook_add_value(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene, enum kr_placeholder placeholder);
/* Of the license that the step is about; NULL: not known. */
const char *kr_runbook_activation_id(const kmsrules_runbook *runbook, const struct kr_scene *scene);
/* A template with its placeholders filled. */
void kr_runbook_fill(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene, struct kr_text template);

/* Why the verdict is no better: one sentence for each application and check, from a zeroed place on. False behind the last. */
struct kr_reason_place {
    size_t entry;
    int check;
};
bool kr_runbook_next_reason(const kmsrules_runbook *runbook, struct kr_reason_place *place, struct kr_buffer *out);
/* What a reader must know before the first step: how sure all of this is; empty for a `yes`. */
const char *kr_runbook_warning(const kmsrules_runbook *runbook);
/* Whether a step names the source. */
bool kr_runbook_names(const kmsrules_runbook *runbook, kmsrules_id source);
/* A phase as a heading: "Activate the host". */
const char *kr_runbook_heading(enum kr_phase phase);
/* "Host Windows 7 Enterprise, key group windows-7 (assumed as none was given)" */
void kr_runbook_add_host(struct kr_buffer *out, const kmsrules_runbook *runbook);
/* "on the host" */
const char *kr_runbook_where(const struct kr_step *row);
/* Ruleset, revision, fingerprint and date, without a line end. */
void kr_runbook_add_origin(struct kr_buffer *out, const kmsrules_runbook *runbook);
/* "Title; locator; date" */
void kr_runbook_add_source(struct kr_buffer *out, const kmsrules_runbook *runbook, kmsrules_id source);

#endif
