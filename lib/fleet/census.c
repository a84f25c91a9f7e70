/* See census.h. */
#include "fleet/census.h"

#include "base/civil.h"

enum { FIRST_SLOTS = 1024, PROBE_LIMIT = 1000 };

/* ---- Life ---- */

kmsrules_status kmsrules_census_new(kmsrules_ruleset *ruleset, kmsrules_id host, int64_t as_of, kmsrules_census **census) {
    kmsrules_ledger *ledger = NULL;
    if (census == NULL || as_of < 0 || as_of > KR_LAST_TIME) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = kmsrules_ledger_new(ruleset, host, &ledger); /* what it asks of host and tables is asked here, too */
    kmsrules_ledger_free(ledger);
    if (status != KMSRULES_OK) return status;
    kmsrules_census *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    const kmsrules_virtual_machines *virtual_machines = kmsrules_ruleset_find_virtual_machines(ruleset, host);
    made->ruleset = kmsrules_ruleset_retain(ruleset);
    made->host = host;
    made->as_of = as_of;
    made->retention = (int64_t)kmsrules_ruleset_find_interval(ruleset, KMSRULES_CMID_RETENTION, host)->seconds;
    made->counts_virtual = virtual_machines == NULL || virtual_machines->are_counted;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) made->windows[kind] = KR_NONE;
    for (uint32_t i = ruleset->release_count; i-- > 0;) made->windows[ruleset->releases[i].kind] = ruleset->releases[i].application;
    *census = made;
    return KMSRULES_OK;
}

void kmsrules_census_free(kmsrules_census *census) {
    if (census == NULL) return;
    kr_names_seen_free(&census->names);
    kr_names_seen_free(&census->hosts);
    kr_memory_free(census->pools);
    kr_memory_free(census->askers);
    kr_memory_free(census->aliases);
    kr_memory_free(census->asker_slots.items);
    kr_memory_free(census->alias_slots.items);
    kr_memory_free(census->records);
    kmsrules_ruleset_free(census->ruleset);
    kr_memory_free(census);
}

bool kr_census_has_kind(const struct kmsrules_census *census, kmsrules_id application, kmsrules_kind kind) {
    const struct kmsrules_ruleset *ruleset = census->ruleset;
    if (ruleset->thresholds[kind].row == KR_NONE) return false;
    if (application == KR_NONE) return kind == KMSRULES_OFFICE;
    for (uint32_t i = 0; i < ruleset->release_count; i++)
        if (ruleset->releases[i].application == application && ruleset->releases[i].kind == kind) return true;
    return false;
}

static bool is_later_name(const struct kr_alias *a, const struct kr_alias *b) {
    if (a->last != b->last) return a->last > b->last;
    return kr_seen_order(a->name, b->name) < 0;
}

const struct kr_seen *kr_asker_name(const struct kmsrules_census *census, const struct kr_asker *asker) {
    const struct kr_alias *latest = NULL;
    for (uint32_t i = asker->aliases; i != KR_NONE; i = census->aliases[i].next)
        if (latest == NULL || is_later_name(&census->aliases[i], latest)) latest = &census->aliases[i];
    return latest == NULL ? NULL : latest->name;
}

/* ---- Records seen before ---- */

static bool grow_records(struct kmsrules_census *census) {
    size_t room = census->record_room == 0 ? FIRST_SLOTS : 2 * census->record_room;
    if (2 * (census->record_count + 1) <= census->record_room) return true;
    uint64_t *records = kr_memory_take(room, sizeof *records);
    if (records == NULL) return false;
    for (size_t i = 0; i < census->record_room; i++) {
        if (census->records[i] == 0) continue;
        size_t slot = (size_t)census->records[i] & (room - 1);
        while (records[slot] != 0) slot = (slot + 1) & (room - 1);
        records[slot] = census->records[i];
    }
    kr_memory_free(census->records);
    census->records = records;
    census->record_room = room;
    return true;
}

/* Numbers of records begin anew with a log: what else tells a record from others belongs to it. Without a number nothing tells it from one that is alike. False when out of
 * memory. */
static bool see_record(struct kmsrules_census *census, const kmsrules_event *event, bool *is_repeated) {
    char key[8 + 8 + sizeof event->cmid + sizeof event->result + 256], *end = key;
    size_t size = event->computer.data == NULL ? 0 : event->computer.size < 256 ? event->computer.size : 256;
    *is_repeated = false;
    if (event->record_id < 0) return true;
    memcpy(end, &event->record_id, 8), end += 8;
    memcpy(end, event->client_time == KMSRULES_NO_TIME ? &event->logged_at : &event->client_time, 8), end += 8;
    memcpy(end, &event->cmid, sizeof event->cmid), end += sizeof event->cmid;
    memcpy(end, &event->result, sizeof event->result), end += sizeof event->result;
    if (size > 0) kr_text_lower((struct kr_text){event->computer.data, size}, end), end += size;
    if (!grow_records(census)) return false;
    uint64_t hash = kr_text_hash((struct kr_text){key, (size_t)(end - key)}) | 1;
    size_t slot = (size_t)hash & (census->record_room - 1);
    while (census->records[slot] != 0 && census->records[slot] != hash) slot = (slot + 1) & (census->record_room - 1);
    *is_repeated = census->records[slot] == hash;
    if (*is_repeated) return true;
    if (census->record_count == KR_RECORD_LIMIT) return census->gaps.is_full = true;
    census->records[slot] = hash;
    census->record_count++;
    return true;
}

/* ---- What a request is about ---- */

struct about {
    kmsrules_id application, edition; /* KR_NONE: not known */
    kmsrules_kind kind;
    bool is_assumed;
};

static bool has_minimum(const struct kmsrules_ruleset *ruleset, kmsrules_kind kind, int64_t minimum) {
    return ruleset->thresholds[kind].row != KR_NONE && minimum >= 0 && ruleset->thresholds[kind].minimum == (uint64_t)minimum;
}

/* False where the request does not say. */
static bool find_about(struct kmsrules_census *census, const kmsrules_event *event, struct about *about) {
    const struct kmsrules_ruleset *ruleset = census->ruleset;
    const kmsrules_activation_id *known = event->has_activation_id ? kr_ruleset_find_activation_id(ruleset, &event->activation_id) : NULL;
    if (known != NULL) {
        const kmsrules_edition *edition = &ruleset->editions[known->editions[0]];
        *about = (struct about){edition->application, known->edition_count == 1 ? known->editions[0] : KR_NONE, edition->kind, false};
        return ruleset->thresholds[edition->kind].row != KR_NONE;
    }
    bool is_client = has_minimum(ruleset, KMSRULES_CLIENT, event->minimum), is_server = !is_client && has_minimum(ruleset, KMSRULES_SERVER, event->minimum);
    kmsrules_kind kind = is_client ? KMSRULES_CLIENT : KMSRULES_SERVER;
    *about = (struct about){census->windows[kind], KR_NONE, kind, is_server};
    if (is_server) census->assumed++;
    return (is_client || is_server) && about->application != KR_NONE;
}

/* SIZE_MAX where there are too many. False when out of memory. */
static bool find_pool(struct kmsrules_census *census, kmsrules_text computer, kmsrules_id application, size_t *pool) {
    struct kr_seen *host = NULL;
    bool is_new = false;
    *pool = SIZE_MAX;
    if (computer.data != NULL) {
        if (census->hosts.count >= KR_HOST_LIMIT + 1) return census->gaps.is_full = true;
        if (!kr_names_seen_add(&census->hosts, (struct kr_text){computer.data, computer.size}, &host, &is_new)) return false;
        if (host == NULL || census->hosts.count > KR_HOST_LIMIT) return census->gaps.is_full = true;
    }
    for (size_t i = 0; i < census->pool_count; i++)
        if (census->pools[i].host == host && census->pools[i].application == application) return *pool = i, true;
    void *pools = census->pools;
    if (!kr_memory_reserve(&pools, &census->pool_capacity, census->pool_count, sizeof *census->pools)) return false;
    census->pools = pools;
    census->pools[census->pool_count] = (struct kr_census_pool){.host = host, .application = application};
    *pool = census->pool_count++;
    return true;
}

/* ---- Askers and their names ---- */

static uint64_t hash_asker(const kmsrules_guid *cmid, size_t pool) {
    return kr_text_hash((struct kr_text){(const char *)cmid->bytes, sizeof cmid->bytes}) + pool * UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t hash_alias(const struct kr_seen *name, uint32_t asker) {
    return kr_text_hash((struct kr_text){name->name, name->name_size}) + asker * UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t hash_asker_at(const struct kmsrules_census *census, size_t index) { return hash_asker(&census->askers[index].cmid, census->askers[index].pool); }

static uint64_t hash_alias_at(const struct kmsrules_census *census, size_t index) { return hash_alias(census->aliases[index].name, census->aliases[index].asker); }

/* Room for one more than `used`. False when out of memory. */
static bool grow_slots(const struct kmsrules_census *census, struct kr_slots *slots, size_t used, uint64_t (*hash_at)(const struct kmsrules_census *, size_t)) {
    if (2 * (used + 1) <= slots->count) return true;
    size_t count = slots->count == 0 ? FIRST_SLOTS : 2 * slots->count;
    uint32_t *items = kr_memory_take(count, sizeof *items);
    if (items == NULL) return false;
    kr_memory_free(slots->items);
    *slots = (struct kr_slots){items, count};
    for (size_t i = 0; i < used; i++) {
        size_t slot = (size_t)hash_at(census, i) & (count - 1);
        while (items[slot] != 0) slot = (slot + 1) & (count - 1);
        items[slot] = (uint32_t)i + 1;
    }
    return true;
}

/* The asker of a CMID, made where there is none; KR_NONE where there are too many. False when out of memory. */
static bool find_asker(struct kmsrules_census *census, const kmsrules_guid *cmid, size_t pool, uint32_t *asker) {
    static const struct kr_contact nobody = {.first = KMSRULES_NO_TIME, .last = KMSRULES_NO_TIME};
    void *askers = census->askers;
    *asker = KR_NONE;
    if (!grow_slots(census, &census->asker_slots, census->asker_count, hash_asker_at)) return false;
    size_t mask = census->asker_slots.count - 1, slot = (size_t)hash_asker(cmid, pool) & mask;
    const uint32_t *slots = census->asker_slots.items;
    for (size_t probes = 0; slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct kr_asker *other = &census->askers[slots[slot] - 1];
        if (other->pool == pool && memcmp(&other->cmid, cmid, sizeof *cmid) == 0) return *asker = slots[slot] - 1, true;
        if (++probes == PROBE_LIMIT) return census->gaps.is_full = true;
    }
    if (census->asker_count == KR_ASKER_LIMIT) return census->gaps.is_full = true;
    if (!kr_memory_reserve(&askers, &census->asker_capacity, census->asker_count, sizeof *census->askers)) return false;
    census->askers = askers;
    census->askers[census->asker_count] = (struct kr_asker){
        .cmid = *cmid, .contact = nobody, .sure = nobody, .assumed = nobody, .pool = (uint32_t)pool, .aliases = KR_NONE, .edition = KR_NONE};
    *asker = (uint32_t)census->asker_count++;
    census->asker_slots.items[slot] = *asker + 1;
    return true;
}

/* The slot of a name of an asker, or the free one where it would go; SIZE_MAX when too many stand in the way. */
static size_t find_alias_slot(const struct kmsrules_census *census, uint32_t asker, const struct kr_seen *name) {
    size_t mask = census->alias_slots.count - 1, slot = (size_t)hash_alias(name, asker) & mask;
    for (size_t probes = 0; census->alias_slots.items[slot] != 0; slot = (slot + 1) & mask) {
        const struct kr_alias *other = &census->aliases[census->alias_slots.items[slot] - 1];
        if (other->asker == asker && other->name == name) return slot;
        if (++probes == PROBE_LIMIT) return SIZE_MAX;
    }
    return slot;
}

static bool add_alias(struct kmsrules_census *census, uint32_t asker, kmsrules_text client, int64_t time) {
    struct kr_seen *name = NULL;
    bool is_new;
    if (client.data == NULL || client.size == 0) return true;
    if (!kr_names_seen_add(&census->names, (struct kr_text){client.data, client.size}, &name, &is_new)) return false;
    if (name == NULL) return census->gaps.is_full = true;
    if (!grow_slots(census, &census->alias_slots, census->alias_count, hash_alias_at)) return false;
    size_t slot = find_alias_slot(census, asker, name);
    if (slot == SIZE_MAX) return census->gaps.is_full = true;
    if (census->alias_slots.items[slot] != 0) {
        struct kr_alias *known = &census->aliases[census->alias_slots.items[slot] - 1];
        if (time > known->last) known->last = time;
        return true;
    }
    void *aliases = census->aliases;
    if (census->alias_count == KR_ALIAS_LIMIT) return census->gaps.is_full = true;
    if (!kr_memory_reserve(&aliases, &census->alias_capacity, census->alias_count, sizeof *census->aliases)) return false;
    census->aliases = aliases;
    census->aliases[census->alias_count] = (struct kr_alias){name, asker, census->askers[asker].aliases, time};
    census->askers[asker].aliases = (uint32_t)census->alias_count++;
    census->alias_slots.items[slot] = (uint32_t)census->alias_count;
    return true;
}

/* Times are often whole minutes: of several requests at one the order of their coming decides nothing. */
static bool is_later(const struct kr_contact *a, const struct kr_contact *b) {
    if (b->last == KMSRULES_NO_TIME || a->last != b->last) return b->last == KMSRULES_NO_TIME || a->last > b->last;
    if (a->is_uncounted != b->is_uncounted) return b->is_uncounted;
    if (a->is_unlicensed != b->is_unlicensed) return b->is_unlicensed;
    if (a->minutes_left != b->minutes_left) return a->minutes_left > b->minutes_left;
    return a->kind < b->kind;
}

static void join(struct kr_contact *contact, const struct kr_contact *other) {
    int64_t first = contact->first == KMSRULES_NO_TIME || other->first < contact->first ? other->first : contact->first;
    if (is_later(other, contact)) *contact = *other;
    contact->first = first;
}

/* What is assumed is joined to what is sure, unless it is the Office of a client. */
static void settle(struct kr_asker *asker) {
    bool is_assumed = kr_asker_is_assumed(asker), has_assumed = asker->assumed.last != KMSRULES_NO_TIME;
    asker->contact = is_assumed ? asker->assumed : asker->sure;
    if (is_assumed || !has_assumed || asker->was_client) return;
    join(&asker->contact, &asker->assumed);
    asker->contact.kind = asker->sure.kind;
}

static void note_edition(struct kr_asker *asker, kmsrules_id edition, int64_t time) {
    bool is_told = asker->edition == KR_NONE || time > asker->edition_at || (time == asker->edition_at && edition < asker->edition);
    if (edition != KR_NONE && is_told) asker->edition = edition, asker->edition_at = time;
}

static void note_request(struct kmsrules_census *census, struct kr_asker *asker, const kmsrules_event *event, const struct about *about, int64_t time) {
    struct kr_census_pool *pool = &census->pools[asker->pool];
    uint64_t minimum = census->ruleset->thresholds[about->kind].minimum;
    struct kr_contact asked = {time, time, event->license_status == 1 ? event->minutes_left : -1, about->kind, event->is_virtual == 1 && !census->counts_virtual,
                               event->license_status >= 0 && event->license_status != 1};
    bool was_assumed = kr_asker_is_assumed(asker) && asker->assumed.last != KMSRULES_NO_TIME;
    join(about->is_assumed ? &asker->assumed : &asker->sure, &asked);
    pool->assumed += kr_asker_is_assumed(asker) - was_assumed;
    note_edition(asker, about->edition, time);
    if (!about->is_assumed) {
        asker->was_client |= about->kind == KMSRULES_CLIENT;
        pool->kinds |= 1u << about->kind;
        if (minimum > pool->asked) pool->asked = minimum;
    }
    settle(asker);
}

static bool add_request(struct kmsrules_census *census, const kmsrules_event *event, int64_t time) {
    struct about about;
    size_t pool;
    uint32_t asker;
    if (!event->has_cmid || time == KMSRULES_NO_TIME || !find_about(census, event, &about)) {
        census->incomplete++;
        return true;
    }
    if (event->result != 0) return true;
    if (!find_pool(census, event->computer, about.application, &pool)) return false;
    if (pool == SIZE_MAX) return true;
    if (!find_asker(census, &event->cmid, pool, &asker)) return false;
    if (asker == KR_NONE) return true;
    note_request(census, &census->askers[asker], event, &about, time);
    return add_alias(census, asker, event->client, time);
}

/* ---- Events ---- */

static void count_result(struct kmsrules_census *census, uint32_t result) {
    size_t index = 0;
    while (index < census->result_count && census->results[index].result != result) index++;
    census->requests++;
    if (index == KR_RESULT_LIMIT) {
        census->gaps.is_full = true;
        return;
    }
    if (index == census->result_count) census->results[census->result_count++] = (kmsrules_result_count){.result = result, .error = KR_NONE};
    census->results[index].requests++;
}

/* By the host's clock where that is known. */
static int64_t time_of(const kmsrules_event *event) {
    int64_t time = event->logged_at != KMSRULES_NO_TIME ? event->logged_at : event->client_time;
    return time >= 0 && time <= KR_LAST_TIME ? time : KMSRULES_NO_TIME;
}

kmsrules_status kmsrules_census_add(kmsrules_census *census, const kmsrules_event *event) {
    bool is_repeated;
    if (census == NULL || event == NULL) return KMSRULES_INVALID_ARGUMENT;
    if (event->status != KMSRULES_OK) return census->gaps.unreadable++, KMSRULES_OK;
    if (event->id != 12290) return census->other++, KMSRULES_OK;
    int64_t time = time_of(event);
    if (time != KMSRULES_NO_TIME && time > census->as_of) return census->later++, KMSRULES_OK;
    if (!see_record(census, event, &is_repeated)) return KMSRULES_NO_MEMORY;
    if (is_repeated) return census->repeated++, KMSRULES_OK;
    count_result(census, event->result);
    return add_request(census, event, time) ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

kmsrules_status kmsrules_census_cut_short(kmsrules_census *census) {
    if (census == NULL) return KMSRULES_INVALID_ARGUMENT;
    census->gaps.cut_short++;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_census_assume(kmsrules_census *census, kmsrules_kind kind, uint64_t machines) {
    if (census == NULL || (unsigned)kind >= KMSRULES_KIND_COUNT || census->ruleset->thresholds[kind].row == KR_NONE) return KMSRULES_INVALID_ARGUMENT;
    uint64_t sum = census->given[0] + census->given[1] + census->given[2];
    if (machines > INT64_MAX || sum > INT64_MAX - machines) return KMSRULES_INVALID_ARGUMENT;
    census->given[kind] += machines;
    census->is_given = true;
    return KMSRULES_OK;
}
