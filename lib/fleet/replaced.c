/* Whose name asks with another CMID since: the machine was installed anew, and its old CMID is no machine that went silent. In: a census. Out: a mark for each asker. */
#include <stdlib.h>

#include "fleet/forecast.h"

/* A name in a pool, used by an asker as its latest. */
struct use {
    const struct kr_seen *name;
    uint32_t pool, asker;
};

static int by_name(const void *first, const void *second) {
    const struct use *a = first, *b = second;
    if (a->pool != b->pool) return a->pool < b->pool ? -1 : 1;
    return ((uintptr_t)a->name > (uintptr_t)b->name) - ((uintptr_t)a->name < (uintptr_t)b->name);
}

static size_t gather(const struct kmsrules_census *census, struct use *uses) {
    size_t count = 0;
    for (size_t i = 0; i < census->asker_count; i++) {
        const struct kr_seen *name = kr_asker_name(census, &census->askers[i]);
        if (name != NULL) uses[count++] = (struct use){name, census->askers[i].pool, (uint32_t)i};
    }
    return count;
}

/* Of one name: who is silent, and came before another of the same evidence began to ask. Its Office may have a CMID of its own, and is no successor. */
static void mark(const struct kmsrules_census *census, const struct kmsrules_forecast *forecast, const struct use *uses, size_t count, bool *replaced) {
    int64_t begun[2] = {KMSRULES_NO_TIME, KMSRULES_NO_TIME};
    for (size_t i = 0; i < count; i++) {
        const struct kr_asker *asker = &census->askers[uses[i].asker];
        int64_t *latest = &begun[kr_asker_is_assumed(asker)];
        if (asker->contact.first > *latest) *latest = asker->contact.first;
    }
    for (size_t i = 0; i < count; i++) {
        const struct kr_asker *asker = &census->askers[uses[i].asker];
        replaced[uses[i].asker] = kr_forecast_is_silent(census, forecast, asker) && asker->contact.last < begun[kr_asker_is_assumed(asker)];
    }
}

bool *kr_forecast_replaced(const struct kmsrules_census *census, const struct kmsrules_forecast *forecast) {
    bool *replaced = kr_memory_take(census->asker_count + 1, sizeof *replaced);
    struct use *uses = kr_memory_take(census->asker_count + 1, sizeof *uses);
    bool has_memory = replaced != NULL && uses != NULL;
    size_t count = has_memory ? gather(census, uses) : 0;
    if (has_memory) qsort(uses, count, sizeof *uses, by_name);
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && by_name(&uses[start], &uses[end]) == 0;) end++;
        mark(census, forecast, uses + start, end - start, replaced);
    }
    kr_memory_free(uses);
    if (has_memory) return replaced;
    kr_memory_free(replaced);
    return NULL;
}
