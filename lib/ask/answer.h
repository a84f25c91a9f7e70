/* What an answer and a list hold: the question as asked, what was decided, and notes. Words are added by render/. */
#ifndef KR_ANSWER_H
#define KR_ANSWER_H

#include "base/memory.h"
#include "ruleset/ruleset.h"

/* A host or an edition as it was asked for. */
struct kr_asked {
    int kind; /* KMSRULES_EDITION or KMSRULES_RELEASE; 0: not given */
    kmsrules_id id;
};

/* The question as asked, for repeating it; everything in the owner's arena. */
struct kr_asked_question {
    struct kr_asked host;
    const struct kr_asked *editions;
    size_t edition_count;
    struct kr_ids keys;
    const char *const *updates; /* as given: ids of the tables, or KB numbers they do not know */
    size_t update_count;
    bool updates_complete;
    const char *host_build; /* or NULL */
    const char *date;       /* or NULL */
    int64_t machines[KMSRULES_KIND_COUNT];
};

enum kr_note_kind {
    KR_NOTE_KEY_ASSUMED,          /* host, group: none was given, the highest of the best is assumed */
    KR_NOTE_SEVERAL_HIGHEST,      /* host, group, ids: groups as good as `group`, none above another; the last declared is assumed */
    KR_NOTE_CLIENT_KEY_ON_SERVER, /* host, group: the client group that covers what is asked but cannot be installed there; other: a group on this host that covers it */
    KR_NOTE_BETTER_KEY,           /* host, group: the one answered; other: a group on this very host that gives `verdict` */
    KR_NOTE_NO_KEY_FITS,          /* host, application in `other`: no key group of this application can be installed there */
    KR_NOTE_EDITIONS_LEFT_OUT,    /* group holds the release (an id of releases): ids are those of its editions that are not asked about */
    KR_NOTE_HOSTS_DIFFER,         /* group holds the release: its editions do not say the same; ids are the editions, `verdicts` theirs */
    KR_NOTE_COUNT_NOT_GIVEN,      /* other holds the kind: its threshold, not asked about */
    KR_NOTE_UPDATE_UNKNOWN,       /* text: an update the tables do not know; it decides nothing */
    KR_NOTE_BUILD_DECIDES_NOTHING, /* host, text: the build, which has no revision or whose host has no line of builds */
    KR_NOTE_NEVER_ACTIVATED,      /* ids: editions for which no host, key group or update helps */
    KR_NOTE_NO_REMEDY,            /* nothing in these tables makes it a yes */
    KR_NOTE_OTHER_HOST_ONLY,      /* ids, other: editions that no update lets the host serve, and the row that says so; no ids: nothing on this host helps */
    KR_NOTE_COVERAGE_GIVEN_UP     /* group, other: a lower group; ids: what that one covers and `group` does not */
};

struct kr_note {
    enum kr_note_kind kind;
    kmsrules_id host, group, other; /* KR_NONE where they do not apply */
    struct kr_ids ids;
    const kmsrules_verdict *verdicts; /* one per id, or NULL */
    kmsrules_verdict verdict;
    const char *text;
};

struct kmsrules_answer {
    struct kr_arena arena;
    kmsrules_ruleset *ruleset; /* owned */
    struct kr_asked_question asked;
    kmsrules_verdict verdict;
    kmsrules_host_answer *hosts;
    size_t host_count;
    struct kr_note *notes;
    size_t note_count, note_capacity; /* notes grow on the heap */
    const kmsrules_remedy *remedies;
    size_t remedy_count;
    bool has_remedies, has_all_remedies; /* they were asked for; the search for them came to its end */
};

struct kmsrules_list {
    struct kr_arena arena;
    kmsrules_ruleset *ruleset; /* owned */
    struct kr_asked_question asked;
    kmsrules_search search;
    kmsrules_list_item *items;
    size_t count, capacity; /* items grow on the heap, their needs lie in the arena */
};

#endif
