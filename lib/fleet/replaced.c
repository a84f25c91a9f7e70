/* Whose name asks with another CMID since: the machine was installed anew, and its old CMID is no machine that went silent. In: a census. Out: a mark for each asker. */
#include <stdlib.h>

#include "fleet/forecast.h"

/* A name in a pool, used by an asker as its latest. */
struct use {
    const struct kr_seen *name;
    uint32_t pool, asker;
    int64_t last;
};

static int by_name(const void *first, const void *second) {
    const struct use *a = first, *b = second;
    if (a->pool != b->pool) return a->pool < b->pool ? -1 : 1;
    if (a->name != b->name) return (uintptr_t)a->name < (uintptr_t)b->name ? -1 : 1;
    return a->last > b->last ? -1 : a->last < b->last;
}

/* The latest alias of each asker that has one; how many. */
static size_t gather(const struct kmsrules_census *census, struct use *uses) {
    size_t count = 0;
    for (size_t i = 0; i < census->asker_count; i++) {
        const struct kr_seen *name = kr_asker_name(census, &census->askers[i]);
        if (name != NULL) uses[count++] = (struct use){name, census->askers[i].pool, (uint32_t)i, census->askers[i].last};
    }
    return count;
}

bool *kr_forecast_replaced(const struct kmsrules_census *census) {
    bool *replaced = kr_memory_take(census->asker_count + 1, sizeof *replaced);
    struct use *uses = kr_memory_take(census->asker_count + 1, sizeof *uses);
    if (replaced != NULL && uses != NULL) {
        size_t count = gather(census, uses);
        const struct use *latest = uses;
        qsort(uses, count, sizeof *uses, by_name);
        for (size_t i = 1; i < count; i++) {
            if (uses[i].pool != latest->pool || uses[i].name != latest->name) latest = &uses[i];
            replaced[uses[i].asker] = uses[i].last < latest->last;
        }
    }
    bool has_memory = uses != NULL;
    kr_memory_free(uses);
    if (has_memory) return replaced;
    kr_memory_free(replaced);
    return NULL;
}
