/* See ledger.h. */
#include "fleet/ledger.h"

#include "base/civil.h"

_Static_assert(KR_LAST_TIME == KMSRULES_LAST_TIME, "one last time");

/* ---- Places of CMIDs ---- */

static uint32_t first_slot(const struct kr_pool *pool, const kmsrules_guid *cmid) {
    return (uint32_t)kr_text_hash((struct kr_text){(const char *)cmid->bytes, sizeof cmid->bytes}) & (pool->slot_count - 1);
}

/* The slot of a CMID, or the free one where it would go. There is always a free one. */
static uint32_t find_slot(const struct kr_pool *pool, const kmsrules_guid *cmid) {
    uint32_t slot = first_slot(pool, cmid);
    while (pool->slots[slot] != 0 && memcmp(&pool->entries[pool->slots[slot] - 1].cmid, cmid, sizeof *cmid) != 0) slot = (slot + 1) & (pool->slot_count - 1);
    return slot;
}

/* What stands behind a slot that becomes free moves up, unless it stands where it is looked for first. */
static void clear_slot(struct kr_pool *pool, uint32_t slot) {
    uint32_t mask = pool->slot_count - 1, hole = slot;
    for (uint32_t next = (slot + 1) & mask; pool->slots[next] != 0; next = (next + 1) & mask) {
        uint32_t wanted = first_slot(pool, &pool->entries[pool->slots[next] - 1].cmid);
        if (((next - wanted) & mask) < ((next - hole) & mask)) continue;
        pool->slots[hole] = pool->slots[next];
        hole = next;
    }
    pool->slots[hole] = 0;
}

bool kr_pool_grow(struct kr_pool *pool, uint32_t capacity) {
    uint32_t slot_count = 8;
    if (capacity <= pool->capacity) return true;
    while (slot_count < 2 * capacity) slot_count *= 2;
    struct kr_remembered *entries = kr_memory_take(capacity, sizeof *entries);
    uint32_t *slots = kr_memory_take(slot_count, sizeof *slots);
    if (entries == NULL || slots == NULL) {
        kr_memory_free(entries);
        kr_memory_free(slots);
        return false;
    }
    if (pool->capacity == 0) pool->oldest = pool->newest = pool->free = KR_NONE;
    else memcpy(entries, pool->entries, pool->capacity * sizeof *entries);
    for (uint32_t i = capacity; i-- > pool->capacity; pool->free = i) entries[i].newer = pool->free;
    kr_memory_free(pool->entries);
    kr_memory_free(pool->slots);
    pool->entries = entries;
    pool->slots = slots;
    pool->capacity = capacity;
    pool->slot_count = slot_count;
    for (uint32_t i = pool->oldest; i != KR_NONE; i = entries[i].newer) slots[find_slot(pool, &entries[i].cmid)] = i + 1;
    return true;
}

/* ---- Entries in the order of their times ---- */

static void unlink_entry(struct kr_pool *pool, uint32_t index) {
    const struct kr_remembered *entry = &pool->entries[index];
    *(entry->older == KR_NONE ? &pool->oldest : &pool->entries[entry->older].newer) = entry->newer;
    *(entry->newer == KR_NONE ? &pool->newest : &pool->entries[entry->newer].older) = entry->older;
}

/* Behind all that are not newer; requests come nearly in order, so that the place is near the end. */
static void link_entry(struct kr_pool *pool, uint32_t index) {
    struct kr_remembered *entry = &pool->entries[index];
    uint32_t older = pool->newest;
    while (older != KR_NONE && pool->entries[older].time > entry->time) older = pool->entries[older].older;
    entry->older = older;
    entry->newer = older == KR_NONE ? pool->oldest : pool->entries[older].newer;
    *(entry->older == KR_NONE ? &pool->oldest : &pool->entries[entry->older].newer) = index;
    *(entry->newer == KR_NONE ? &pool->newest : &pool->entries[entry->newer].older) = index;
}

static void drop_oldest(struct kr_pool *pool) {
    uint32_t index = pool->oldest;
    struct kr_remembered *entry = &pool->entries[index];
    clear_slot(pool, find_slot(pool, &entry->cmid));
    unlink_entry(pool, index);
    pool->counts[entry->kind]--;
    pool->count--;
    entry->newer = pool->free;
    pool->free = index;
}

static bool is_remembered(int64_t last, int64_t present, int64_t retention) { return present - last < retention; }

void kr_pool_expire(struct kr_pool *pool, int64_t retention) {
    while (pool->count > 0 && !is_remembered(pool->entries[pool->oldest].time, pool->present, retention)) drop_oldest(pool);
}

static void add_entry(struct kr_pool *pool, const kmsrules_guid *cmid, kmsrules_kind kind, int64_t time, uint32_t slot) {
    uint32_t index = pool->free;
    pool->free = pool->entries[index].newer;
    pool->entries[index] = (struct kr_remembered){.cmid = *cmid, .time = time, .kind = kind};
    pool->slots[slot] = index + 1;
    pool->counts[kind]++;
    pool->count++;
    link_entry(pool, index);
}

bool kr_pool_append(struct kr_pool *pool, const kmsrules_guid *cmid, kmsrules_kind kind, int64_t time) {
    uint32_t slot = find_slot(pool, cmid);
    if (pool->slots[slot] != 0) return false;
    add_entry(pool, cmid, kind, time, slot);
    return true;
}

/* ---- Requests ---- */

/* A request that is late takes nothing from one that came later. */
static void renew(struct kr_pool *pool, uint32_t index, const kmsrules_request *request) {
    struct kr_remembered *entry = &pool->entries[index];
    if (request->time < entry->time) return;
    pool->counts[entry->kind]--;
    pool->counts[request->kind]++;
    unlink_entry(pool, index);
    entry->kind = request->kind;
    entry->time = request->time;
    link_entry(pool, index);
}

/* Whether it is remembered; a late one that would be the first to go, or is gone already, never comes in. */
static bool remember(struct kr_pool *pool, const kmsrules_request *request, int64_t retention, bool *has_dropped) {
    uint32_t slot = find_slot(pool, &request->cmid);
    if (pool->slots[slot] != 0) {
        renew(pool, pool->slots[slot] - 1, request);
        return true;
    }
    if (!is_remembered(request->time, pool->present, retention)) return false;
    if (pool->count == pool->capacity) {
        if (request->time < pool->entries[pool->oldest].time) return false;
        drop_oldest(pool);
        *has_dropped = true;
        slot = find_slot(pool, &request->cmid);
    }
    add_entry(pool, &request->cmid, request->kind, request->time, slot);
    return true;
}

static uint64_t count_for(const struct kmsrules_ledger *ledger, const struct kr_pool *pool, kmsrules_kind kind) {
    uint64_t count = 0;
    for (int i = 0; i < KMSRULES_KIND_COUNT; i++)
        if ((ledger->ruleset->thresholds[kind].counts >> i & 1u) != 0) count += pool->counts[i];
    return count;
}

static bool is_valid(const struct kmsrules_ledger *ledger, const kmsrules_request *request) {
    return request->application < ledger->ruleset->application_count && (unsigned)request->kind < KMSRULES_KIND_COUNT &&
           ledger->ruleset->thresholds[request->kind].row != KR_NONE && request->time >= 0 && request->time <= KR_LAST_TIME;
}

kmsrules_status kmsrules_ledger_record(kmsrules_ledger *ledger, const kmsrules_request *request, kmsrules_reply *reply) {
    if (ledger == NULL || request == NULL || reply == NULL || !is_valid(ledger, request)) return KMSRULES_INVALID_ARGUMENT;
    struct kr_pool *pool = &ledger->pools[request->application];
    kmsrules_reply made = {.minimum = ledger->ruleset->thresholds[request->kind].minimum, .is_late = request->time < pool->present};
    if (request->is_accepted && !kr_pool_grow(pool, (uint32_t)(ledger->factor * made.minimum))) return KMSRULES_NO_MEMORY;
    if (!made.is_late) pool->present = request->time;
    kr_pool_expire(pool, ledger->retention);
    if (request->is_accepted && (!request->is_virtual || ledger->counts_virtual)) made.is_counted = remember(pool, request, ledger->retention, &made.has_dropped);
    made.count = count_for(ledger, pool, request->kind);
    made.is_activated = request->is_accepted && made.count >= made.minimum;
    *reply = made;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_ledger_count(const kmsrules_ledger *ledger, kmsrules_id application, int64_t time, uint64_t *count) {
    if (ledger == NULL || count == NULL || application >= ledger->ruleset->application_count || time < 0 || time > KR_LAST_TIME) return KMSRULES_INVALID_ARGUMENT;
    const struct kr_pool *pool = &ledger->pools[application];
    uint64_t remembered = pool->count;
    int64_t at = time < pool->present ? pool->present : time;
    for (uint32_t i = pool->count == 0 ? KR_NONE : pool->oldest; i != KR_NONE && !is_remembered(pool->entries[i].time, at, ledger->retention); i = pool->entries[i].newer)
        remembered--;
    *count = remembered;
    return KMSRULES_OK;
}

uint64_t kmsrules_ledger_capacity(const kmsrules_ledger *ledger, kmsrules_id application) {
    return ledger == NULL || application >= ledger->ruleset->application_count ? 0 : ledger->pools[application].capacity;
}

/* ---- Life ---- */

bool kr_ledger_may_hold(const struct kmsrules_ruleset *ruleset, uint64_t capacity) {
    bool may_hold = capacity == 0;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        may_hold = may_hold || (ruleset->thresholds[kind].row != KR_NONE && ruleset->cache.factor * ruleset->thresholds[kind].minimum == capacity);
    return may_hold;
}

static bool has_threshold(const struct kmsrules_ruleset *ruleset) {
    int kind = 0;
    while (kind < KMSRULES_KIND_COUNT && ruleset->thresholds[kind].row == KR_NONE) kind++;
    return kind < KMSRULES_KIND_COUNT;
}

kmsrules_status kmsrules_ledger_new(kmsrules_ruleset *ruleset, kmsrules_id host, kmsrules_ledger **ledger) {
    if (ruleset == NULL || ledger == NULL) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_interval *retention = kmsrules_ruleset_find_interval(ruleset, KMSRULES_CMID_RETENTION, host);
    const kmsrules_virtual_machines *virtual_machines = kmsrules_ruleset_find_virtual_machines(ruleset, host);
    if (retention == NULL || ruleset->cache.factor == 0 || !has_threshold(ruleset)) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_ledger *made = kr_memory_take(1, sizeof *made);
    struct kr_pool *pools = kr_memory_take(ruleset->application_count, sizeof *pools);
    if (made == NULL || pools == NULL) {
        kr_memory_free(made);
        kr_memory_free(pools);
        return KMSRULES_NO_MEMORY;
    }
    for (uint32_t i = 0; i < ruleset->application_count; i++) pools[i].present = -1;
    *made = (struct kmsrules_ledger){.ruleset = kmsrules_ruleset_retain(ruleset), .host = host, .retention = (int64_t)retention->seconds, .factor = ruleset->cache.factor,
                                     .counts_virtual = virtual_machines == NULL || virtual_machines->are_counted, .pools = pools};
    *ledger = made;
    return KMSRULES_OK;
}

void kmsrules_ledger_free(kmsrules_ledger *ledger) {
    if (ledger == NULL) return;
    for (uint32_t i = 0; i < ledger->ruleset->application_count; i++) {
        kr_memory_free(ledger->pools[i].entries);
        kr_memory_free(ledger->pools[i].slots);
    }
    kr_memory_free(ledger->pools);
    kmsrules_ruleset_free(ledger->ruleset);
    kr_memory_free(ledger);
}
