/* The fields of an event, by their shapes. In: texts in order (data of an event, or "0x0,25,pc001,…" within a longer text). Out: which part is which, or why none is. */
#ifndef KR_EVENT_FIELDS_H
#define KR_EVENT_FIELDS_H

#include "fleet/reader.h"

/* One event as it was written: each part's text, `data` NULL where there is none. */
struct kr_event_text {
    struct kr_text parts[KR_EVENT_PART_COUNT];
    int id;                /* 0: not known */
    uint64_t line, column; /* where it starts */
    bool is_logged_in_utc; /* the part KR_EVENT_LOGGED */
    bool is_foreign;       /* of another provider, and with nothing that resembles the fields of its id: an event of another log */
};

enum kr_fields_found {
    KR_FIELDS_NONE,   /* nothing that looks like the fields of an event */
    KR_FIELDS_BROKEN, /* fields that no event of the id has, or of no known id: `why` says which is wrong */
    KR_FIELDS_FOUND   /* `event` has them, and its id */
};

enum { KR_EVENT_WHY_SIZE = 256 };

/* What there is of them in `fields`, of the event `event->id`, or of any where that is 0. A field before them (the constant slot) may stand there. `why` holds KR_EVENT_WHY_SIZE bytes. */
enum kr_fields_found kr_event_fields_take(const struct kmsrules_ruleset *ruleset, const struct kr_text *fields, size_t count, struct kr_event_text *event, char *why);
/* In the lines of a text, whatever stands before them and behind. */
enum kr_fields_found kr_event_fields_find(const struct kmsrules_ruleset *ruleset, struct kr_text text, struct kr_event_text *event, char *why);
/* Whether most of the fields are in place, of one of that id, or of any (0). */
bool kr_event_fields_resemble(const struct kmsrules_ruleset *ruleset, int id, const struct kr_text *fields, size_t count);
/* Whether another provider is named than those of the tables. */
bool kr_event_is_foreign(const struct kmsrules_ruleset *ruleset, struct kr_text provider);
/* Whether the tables know what the fields of such an event are. */
bool kr_event_fields_has(const struct kmsrules_ruleset *ruleset, int id);

/* A license status by its number or a word of the tables; below 0: none. */
int kr_license_status(const struct kmsrules_ruleset *ruleset, struct kr_text text);
/* `WHAT "TEXT"REST` into a fault of that size: escaped, cut to 64 bytes, without what looks like a product key. */
void kr_event_say(char *why, const char *what, struct kr_text text, const char *rest);

#endif
