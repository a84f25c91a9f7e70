/* What is to be observed of a license. In: what it says and is. Out: findings, each a row of <observation>. See slmgr.h. */
#include "fleet/slmgr.h"

enum { MINUTES_A_DAY = 1440, LICENSED = 1, NO_PORT = 0 };

struct observing {
    const struct kmsrules_ruleset *ruleset;
    const struct kr_license_marks *marks;
    kmsrules_finding findings[KMSRULES_OBSERVATION_COUNT + KMSRULES_KIND_COUNT + KR_SLMGR_STRANGE_LIMIT];
    size_t count;
};

static void observe(struct observing *observing, bool is_so, kmsrules_observation_kind kind, int64_t number) {
    const kmsrules_observation *observation = kmsrules_ruleset_observation(observing->ruleset, kind);
    if (is_so && observation != NULL) observing->findings[observing->count++] = (kmsrules_finding){observation, number};
}

static bool is_not_licensed(const kmsrules_license *license) { return license->license_status >= 0 && license->license_status != LICENSED; }

static int64_t or_none(int64_t number) { return number < 0 ? 0 : number; }

/* ---- Ports ---- */

/* The port behind the last colon of HOST:PORT, or NO_PORT; -1: no colon, or an address that has several. */
static int64_t port_of(const char *host) {
    const char *colon = host == NULL ? NULL : strrchr(host, ':');
    uint64_t port = NO_PORT;
    if (colon == NULL || (strchr(host, ':') != colon && colon[-1] != ']')) return -1;
    kr_text_number(kr_text_of(colon + 1), 1, UINT16_MAX, &port);
    return (int64_t)port;
}

static void observe_port(struct observing *observing, int64_t port) {
    bool is_none = port == NO_PORT || port > UINT16_MAX;
    const kmsrules_srv_name *usual = kmsrules_ruleset_srv_name(observing->ruleset);
    observe(observing, is_none, KMSRULES_NO_PORT, -1);
    observe(observing, !is_none && port > 0 && usual != NULL && (uint64_t)port != usual->port, KMSRULES_OTHER_PORT, port);
}

/* ---- Of a host ---- */

/* The sum of the requests by the state of their clients, or more than there can be; *is_whole: none of them is missing. */
static uint64_t sum_of_requests(const kmsrules_license *license, bool *is_whole) {
    uint64_t sum = 0;
    *is_whole = true;
    for (int kind = KMSRULES_REQUESTS_UNLICENSED; kind < KMSRULES_REQUEST_COUNT; kind++) {
        if (license->requests[kind] < 0) *is_whole = false;
        sum += (uint64_t)or_none(license->requests[kind]);
        if (sum > INT64_MAX) return UINT64_MAX;
    }
    return sum;
}

/* Whether the requests that failed are among the others or beside them, no source says: either goes. */
static bool do_requests_disagree(const kmsrules_license *license) {
    int64_t total = license->requests[KMSRULES_REQUESTS_TOTAL], failed = or_none(license->requests[KMSRULES_REQUESTS_FAILED]);
    bool is_whole;
    uint64_t sum = sum_of_requests(license, &is_whole);
    if (total < 0) return false;
    bool are_too_many = sum > (uint64_t)total + (uint64_t)failed, are_too_few = is_whole && failed <= total && sum < (uint64_t)(total - failed);
    return are_too_many || are_too_few || license->count > total;
}

static void observe_counts(struct observing *observing, const kmsrules_license *license) {
    bool is_not_counting = observing->marks->is_not_counting && license->count < 0;
    int64_t total = license->requests[KMSRULES_REQUESTS_TOTAL], failed = or_none(license->requests[KMSRULES_REQUESTS_FAILED]);
    bool is_below = false, has_none = total == 0 && failed == 0 && license->count <= 0 && !is_not_counting;
    observe(observing, is_not_counting, KMSRULES_NOT_COUNTING, -1);
    observe(observing, has_none, KMSRULES_NO_REQUESTS, 0);
    observe(observing, !has_none && license->count == 0, KMSRULES_NO_CLIENTS, 0);
    for (size_t i = 0; i < license->threshold_count; i++) {
        is_below = is_below || (license->count > 0 && !license->thresholds[i].is_reached);
        observe(observing, license->count > 0 && !license->thresholds[i].is_reached, KMSRULES_BELOW_THRESHOLD, (int64_t)license->thresholds[i].minimum);
    }
    observe(observing, is_below && license->limit > 0 && total - failed > license->limit, KMSRULES_FEW_OF_MANY, total - failed);
    observe(observing, license->limit > 0 && license->count == license->limit, KMSRULES_AT_LIMIT, license->count);
    observe(observing, license->limit > 0 && license->count > license->limit, KMSRULES_OVER_LIMIT, license->count);
    observe(observing, failed > 0, KMSRULES_FAILED_REQUESTS, failed);
    observe(observing, do_requests_disagree(license), KMSRULES_REQUESTS_DISAGREE, -1);
}

static void observe_host(struct observing *observing, const kmsrules_license *license) {
    observe(observing, observing->marks->is_other_host, KMSRULES_OTHER_HOST, -1);
    observe(observing, observing->marks->is_other_key, KMSRULES_OTHER_KEY, -1);
    observe(observing, is_not_licensed(license), KMSRULES_HOST_NOT_ACTIVATED, -1);
    observe_counts(observing, license);
    observe_port(observing, license->port);
    observe(observing, license->is_published == 0, KMSRULES_NOT_PUBLISHED, -1);
    observe(observing, license->has_low_priority == 1, KMSRULES_LOW_PRIORITY, -1);
    observe(observing, !observing->marks->has_count, KMSRULES_NO_COUNT, -1);
}

/* ---- Of a client ---- */

/* What is left of an activation, against how long one lasts. A renewal sets it back to the whole; a client may have been given a longer interval than the default. */
static void observe_time_left(struct observing *observing, const kmsrules_license *license) {
    kmsrules_id edition = license->edition_count > 0 ? license->editions[0] : KMSRULES_NONE;
    const kmsrules_interval *validity = kmsrules_ruleset_find_interval(observing->ruleset, KMSRULES_VALIDITY, edition);
    const kmsrules_interval *renewal = kmsrules_ruleset_find_interval(observing->ruleset, KMSRULES_RENEWAL, edition);
    if (license->license_status != LICENSED || license->minutes_left < 0 || license->ad_object != NULL) return;
    uint64_t left = (uint64_t)license->minutes_left, whole = validity == NULL ? left : validity->seconds / 60, due = renewal == NULL ? whole : renewal->seconds / 60;
    if (license->renewal_minutes > 0 && (uint64_t)license->renewal_minutes > due) due = (uint64_t)license->renewal_minutes;
    observe(observing, left == 0, KMSRULES_NO_TIME_LEFT, -1);
    observe(observing, left > 0 && left <= whole && (whole - left) / 2 >= due, KMSRULES_NOT_RENEWED, license->minutes_left / MINUTES_A_DAY);
    observe(observing, left > whole, KMSRULES_TOO_MUCH_LEFT, license->minutes_left / MINUTES_A_DAY);
}

static void observe_client(struct observing *observing, const kmsrules_license *license) {
    bool has_host = license->kms_registered != NULL || license->kms_found != NULL || license->ad_object != NULL;
    observe(observing, is_not_licensed(license), KMSRULES_CLIENT_NOT_ACTIVATED, -1);
    observe(observing, observing->marks->has_no_host && !has_host, KMSRULES_NO_HOST_FOUND, -1);
    observe_time_left(observing, license);
    observe(observing, license->kms_registered != NULL, KMSRULES_HOST_SET, -1);
    observe_port(observing, port_of(license->kms_registered != NULL ? license->kms_registered : license->kms_found));
    observe(observing, license->renewal_minutes >= 0 && license->renewal_minutes < license->activation_minutes, KMSRULES_SHORT_RENEWAL, license->renewal_minutes);
    observe(observing, observing->marks->is_stale, KMSRULES_STALE_VALUES, -1);
}

/* ---- The whole ---- */

bool kr_slmgr_observe(struct kmsrules_slmgr *slmgr, kmsrules_license *license, const struct kr_license_marks *marks) {
    struct observing observing = {.ruleset = slmgr->ruleset, .marks = marks, .count = 0};
    if (!license->is_in_use) return true;
    for (size_t i = 0; i < marks->strange_count; i++) observe(&observing, true, KMSRULES_UNREAD_VALUE, (int64_t)marks->strange[i]);
    observe(&observing, license->name == NULL && license->description == NULL, KMSRULES_NO_PRODUCT, -1);
    observe(&observing, marks->is_of_other_id || marks->is_of_other_build, KMSRULES_OTHER_PRODUCT, -1);
    if (license->role == KMSRULES_ROLE_HOST) observe_host(&observing, license);
    else if (license->role == KMSRULES_ROLE_CLIENT) observe_client(&observing, license);
    else observe(&observing, license->channel != NULL, KMSRULES_WITHOUT_KMS, -1);
    kmsrules_finding *findings = kr_arena_take(&slmgr->arena, observing.count, sizeof *findings);
    if (findings == NULL) return false;
    if (observing.count > 0) memcpy(findings, observing.findings, observing.count * sizeof *findings);
    license->findings = findings;
    license->finding_count = observing.count;
    return true;
}
