/* One CMID under several names, one name with several CMIDs. In: a census. Out: both, and what the count would be with one CMID for each name. */
#include <stdlib.h>

#include "fleet/counts.h"

/* An alias where it can be sorted. */
struct use {
    const struct kr_asker *asker;
    const struct kr_seen *name;
    int64_t last;
    uint32_t pool;
    bool is_counted;
};

struct finding {
    const struct kmsrules_census *census;
    kmsrules_duplicates *duplicates;
    struct use *uses; /* by pool and asker, or by pool and name; then the latest first */
    kmsrules_duplicates_pool *pools;
    kmsrules_duplicate *items;
    size_t item_count;
    bool has_memory;
};

static int order(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static int compare_late(const struct use *a, const struct use *b) {
    if (a->last != b->last) return a->last < b->last ? 1 : -1;
    int by_name = kr_seen_order(a->name, b->name);
    return by_name != 0 ? by_name : memcmp(&a->asker->cmid, &b->asker->cmid, sizeof a->asker->cmid);
}

static int by_asker(const void *first, const void *second) {
    const struct use *a = first, *b = second;
    if (a->pool != b->pool) return order(a->pool, b->pool);
    int by_cmid = memcmp(&a->asker->cmid, &b->asker->cmid, sizeof a->asker->cmid);
    return by_cmid != 0 ? by_cmid : compare_late(a, b);
}

static int by_name(const void *first, const void *second) {
    const struct use *a = first, *b = second;
    if (a->pool != b->pool) return order(a->pool, b->pool);
    int names = kr_seen_order(a->name, b->name);
    return names != 0 ? names : compare_late(a, b);
}

/* How many uses from `start` on are of one asker, or of one name. */
static size_t run_of(const struct finding *finding, size_t start, bool is_of_asker) {
    size_t end = start + 1;
    const struct use *uses = finding->uses;
    while (end < finding->census->alias_count && uses[end].pool == uses[start].pool &&
           (is_of_asker ? uses[end].asker == uses[start].asker : uses[end].name == uses[start].name))
        end++;
    return end - start;
}

static void add_item(struct finding *finding, size_t start, size_t count, bool is_clone) {
    kmsrules_alias *aliases = kr_arena_take(&finding->duplicates->arena, count, sizeof *aliases);
    if (aliases == NULL) {
        finding->has_memory = false;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct use *use = &finding->uses[start + i];
        const char *name = kr_arena_copy(&finding->duplicates->arena, use->name->name, use->name->name_size);
        if (name == NULL) finding->has_memory = false;
        aliases[i] = (kmsrules_alias){name, use->asker->cmid, use->last, use->is_counted};
    }
    finding->items[finding->item_count++] = (kmsrules_duplicate){is_clone, finding->uses[start].pool, aliases, count};
}

static void find_runs(struct finding *finding, bool is_of_asker) {
    size_t count = 0, alias_count = finding->census->alias_count;
    qsort(finding->uses, alias_count, sizeof *finding->uses, is_of_asker ? by_asker : by_name);
    for (size_t i = 0; i < alias_count && finding->has_memory; i += count) {
        count = run_of(finding, i, is_of_asker);
        if (count > 1) add_item(finding, i, count, is_of_asker);
    }
}

static bool has_counted_name(const struct kmsrules_census *census, const struct kr_asker *asker) {
    uint32_t i = asker->aliases;
    while (i != KR_NONE && census->as_of - census->aliases[i].last >= census->retention) i = census->aliases[i].next;
    return i != KR_NONE;
}

/* Each name that asked within the retention is a machine, and so is each CMID that did so under no name. */
static void count_names(struct finding *finding) {
    const struct kmsrules_census *census = finding->census;
    size_t count = 0;
    for (size_t i = 0; i < census->alias_count; i += count) {
        bool is_counted = false;
        count = run_of(finding, i, false);
        for (size_t j = i; j < i + count; j++) is_counted = is_counted || finding->uses[j].is_counted;
        if (is_counted) finding->pools[finding->uses[i].pool].without++;
    }
    for (size_t i = 0; i < census->asker_count; i++) {
        if (!kr_asker_counts(census, &census->askers[i], census->as_of)) continue;
        finding->pools[census->askers[i].pool].count++;
        if (!has_counted_name(census, &census->askers[i])) finding->pools[census->askers[i].pool].without++;
    }
}

static int by_pool(const void *first, const void *second) {
    const kmsrules_duplicate *a = first, *b = second;
    if (a->pool != b->pool) return order(a->pool, b->pool);
    if (a->is_clone != b->is_clone) return a->is_clone ? -1 : 1;
    return a->is_clone ? memcmp(&a->aliases[0].cmid, &b->aliases[0].cmid, sizeof a->aliases[0].cmid) : strcmp(a->aliases[0].name, b->aliases[0].name);
}

static void find(struct finding *finding) {
    const struct kmsrules_census *census = finding->census;
    for (size_t i = 0; i < census->alias_count; i++) {
        const struct kr_alias *alias = &census->aliases[i];
        const struct kr_asker *asker = &census->askers[alias->asker];
        finding->uses[i] = (struct use){asker, alias->name, alias->last, asker->pool, kr_asker_counts(census, asker, census->as_of) && census->as_of - alias->last < census->retention};
    }
    find_runs(finding, true);
    find_runs(finding, false);
    if (!finding->has_memory) return;
    count_names(finding);
    qsort(finding->items, finding->item_count, sizeof *finding->items, by_pool);
}

static void take(struct finding *finding) {
    const struct kmsrules_census *census = finding->census;
    struct kr_arena *arena = &finding->duplicates->arena;
    finding->uses = kr_memory_take(census->alias_count, sizeof *finding->uses);
    finding->pools = kr_arena_take(arena, census->pool_count, sizeof *finding->pools);
    finding->items = kr_arena_take(arena, census->alias_count + 1, sizeof *finding->items); /* each alias is in at most one item of either kind, and two make one */
    finding->has_memory = finding->uses != NULL && finding->pools != NULL && finding->items != NULL;
    for (size_t i = 0; finding->has_memory && i < census->pool_count; i++) {
        const struct kr_seen *host = census->pools[i].host;
        finding->pools[i].application = census->pools[i].application;
        finding->pools[i].host = host == NULL ? NULL : kr_arena_copy(arena, host->name, host->name_size);
        if (host != NULL && finding->pools[i].host == NULL) finding->has_memory = false;
    }
}

kmsrules_status kmsrules_census_duplicates(const kmsrules_census *census, kmsrules_duplicates **duplicates) {
    if (census == NULL || duplicates == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct finding finding = {.census = census, .duplicates = kr_memory_take(1, sizeof(kmsrules_duplicates))};
    if (finding.duplicates == NULL) return KMSRULES_NO_MEMORY;
    finding.duplicates->ruleset = kmsrules_ruleset_retain(census->ruleset);
    take(&finding);
    if (finding.has_memory) find(&finding);
    kr_memory_free(finding.uses);
    finding.duplicates->content = (kmsrules_duplicates_content){.as_of = census->as_of, .pools = finding.pools, .pool_count = census->pool_count, .items = finding.items,
                                                                .item_count = finding.item_count, .gaps = census->gaps};
    if (finding.has_memory) *duplicates = finding.duplicates;
    else kmsrules_duplicates_free(finding.duplicates);
    return finding.has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

void kmsrules_duplicates_free(kmsrules_duplicates *duplicates) {
    if (duplicates == NULL) return;
    kr_arena_free(&duplicates->arena);
    kmsrules_ruleset_free(duplicates->ruleset);
    kr_memory_free(duplicates);
}

const kmsrules_duplicates_content *kmsrules_duplicates_read(const kmsrules_duplicates *duplicates) { return duplicates == NULL ? NULL : &duplicates->content; }
