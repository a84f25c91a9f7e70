/* See timeline.h. In: an edition and its last success. Out: what the rows of rules/policy.xml say comes when, or that KMS does not activate it. */
#include "fleet/timeline.h"

#include "base/civil.h"

const char *kmsrules_moment_text(kmsrules_moment_kind kind) {
    static const char *const words[KMSRULES_MOMENT_COUNT] = {"success", "renewal", "retry", "forgotten", "warning", "end", "expired"};
    return (unsigned)kind < KMSRULES_MOMENT_COUNT ? words[kind] : NULL;
}

struct course {
    kmsrules_timeline *timeline;
    kmsrules_moment *moments; /* room for those of every kind, and for each row of <expiry> */
    int64_t start;
};

static const kmsrules_interval *interval_of(const struct course *course, kmsrules_interval_kind kind) {
    return kmsrules_ruleset_find_interval(course->timeline->ruleset, kind, course->timeline->content.edition);
}

/* What comes at one time stays in the order in which it is added; what comes after all times is left out. */
static void add(struct course *course, kmsrules_moment_kind kind, int64_t time, const kmsrules_interval *interval, const kmsrules_expiry *expiry) {
    kmsrules_timeline_content *content = &course->timeline->content;
    bool goes_on = kind == KMSRULES_MOMENT_RENEWAL || kind == KMSRULES_MOMENT_RETRY;
    if (time > KR_LAST_TIME) {
        content->left_out |= 1u << kind;
        return;
    }
    size_t place = content->moment_count++;
    for (; place > 0 && course->moments[place - 1].time > time; place--) course->moments[place] = course->moments[place - 1];
    course->moments[place] = (kmsrules_moment){kind, time, goes_on ? interval->seconds : 0, interval, expiry};
}

static bool names_edition(const struct course *course, const kmsrules_expiry *expiry) {
    return kr_ids_hold((struct kr_ids){expiry->editions, (uint32_t)expiry->edition_count}, course->timeline->content.edition);
}

static void add_expiries(struct course *course, int64_t end, const kmsrules_interval *grace) {
    const struct kmsrules_ruleset *ruleset = course->timeline->ruleset;
    uint32_t build = course->timeline->build;
    bool is_named = false;
    for (uint32_t i = 0; i < ruleset->expiry_count; i++) is_named = is_named || names_edition(course, &ruleset->expiries[i]);
    for (uint32_t i = 0; i < ruleset->expiry_count; i++) {
        const kmsrules_expiry *expiry = &ruleset->expiries[i];
        bool is_of_build = build == 0 || expiry->build_count == 0 || kr_ids_hold((struct kr_ids){expiry->builds, (uint32_t)expiry->build_count}, build);
        if (is_of_build && (is_named ? names_edition(course, expiry) : expiry->edition_count == 0)) add(course, KMSRULES_MOMENT_EXPIRED, end, grace, expiry);
    }
}

static void fill(struct course *course, const kmsrules_interval *validity) {
    const kmsrules_interval *renewal = interval_of(course, KMSRULES_RENEWAL), *retry = interval_of(course, KMSRULES_RETRY), *warning = interval_of(course, KMSRULES_WARNING);
    const kmsrules_interval *forgotten = kmsrules_ruleset_find_interval(course->timeline->ruleset, KMSRULES_CMID_RETENTION, KMSRULES_NONE), *grace = interval_of(course, KMSRULES_FINAL_GRACE);
    int64_t end = course->start + (int64_t)validity->seconds;
    add(course, KMSRULES_MOMENT_SUCCESS, course->start, NULL, NULL);
    if (renewal != NULL) add(course, KMSRULES_MOMENT_RENEWAL, course->start + (int64_t)renewal->seconds, renewal, NULL);
    if (renewal != NULL && retry != NULL) add(course, KMSRULES_MOMENT_RETRY, course->start + (int64_t)renewal->seconds + (int64_t)retry->seconds, retry, NULL);
    if (forgotten != NULL) add(course, KMSRULES_MOMENT_FORGOTTEN, course->start + (int64_t)forgotten->seconds, forgotten, NULL);
    if (warning != NULL && warning->seconds <= validity->seconds) add(course, KMSRULES_MOMENT_WARNING, end - (int64_t)warning->seconds, warning, NULL);
    add(course, KMSRULES_MOMENT_END, end, validity, NULL);
    add_expiries(course, grace == NULL ? end : end + (int64_t)grace->seconds, grace);
}

/* The row that decides KR103. */
static void look_up_use(kmsrules_timeline_content *content, const struct kmsrules_ruleset *ruleset) {
    kr_cell cell = ruleset->uses[content->edition];
    const struct kr_row *row = &ruleset->rows[kr_cell_row(cell)]; /* each edition has one */
    content->by_kms = (kmsrules_verdict)kr_cell_outcome(cell);
    content->sources = row->sources.items;
    content->source_count = row->sources.count;
    content->note = row->note;
    content->at = row->at;
}

static bool is_time(int64_t time) { return time >= 0 && time <= KR_LAST_TIME; }

/* Of a release its first edition that KMS activates, or its first where it activates none. KR_NONE: there is no such product. */
static kmsrules_id edition_of(const struct kmsrules_ruleset *ruleset, int kind, kmsrules_id id) {
    if (kind == KMSRULES_EDITION) return id < ruleset->edition_count ? id : KR_NONE;
    const kmsrules_release *release = kind == KMSRULES_RELEASE ? kmsrules_ruleset_release(ruleset, id) : NULL;
    for (size_t i = 0; release != NULL && i < release->edition_count; i++)
        if ((kmsrules_verdict)kr_cell_outcome(ruleset->uses[release->editions[i]]) != KMSRULES_NO) return release->editions[i];
    return release == NULL ? KR_NONE : release->editions[0];
}

kmsrules_status kmsrules_timeline_new(kmsrules_ruleset *ruleset, int kind, kmsrules_id id, uint32_t build, int64_t last_success, int64_t as_of, kmsrules_timeline **timeline) {
    kmsrules_id edition = ruleset == NULL ? KR_NONE : edition_of(ruleset, kind, id);
    if (timeline == NULL || edition == KR_NONE || !is_time(last_success) || !is_time(as_of) || last_success > as_of) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_interval *validity = kmsrules_ruleset_find_interval(ruleset, KMSRULES_VALIDITY, edition);
    if (validity == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_timeline *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    struct course course = {.timeline = made, .start = last_success};
    made->ruleset = kmsrules_ruleset_retain(ruleset);
    made->build = build;
    made->content = (kmsrules_timeline_content){.edition = edition, .as_of = as_of};
    made->content.moments = course.moments = kr_arena_take(&made->arena, KMSRULES_MOMENT_COUNT + ruleset->expiry_count, sizeof *course.moments);
    if (course.moments == NULL) {
        kmsrules_timeline_free(made);
        return KMSRULES_NO_MEMORY;
    }
    look_up_use(&made->content, ruleset);
    if (made->content.by_kms != KMSRULES_NO) fill(&course, validity);
    *timeline = made;
    return KMSRULES_OK;
}

void kmsrules_timeline_free(kmsrules_timeline *timeline) {
    if (timeline == NULL) return;
    kr_arena_free(&timeline->arena);
    kmsrules_ruleset_free(timeline->ruleset);
    kr_memory_free(timeline);
}

const kmsrules_timeline_content *kmsrules_timeline_read(const kmsrules_timeline *timeline) { return timeline == NULL ? NULL : &timeline->content; }
