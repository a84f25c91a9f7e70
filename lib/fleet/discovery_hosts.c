/* See discovery.h; the hosts behind the records, and the share that each has of the clients.
 *
 * RFC 2782: of the records with the lowest priority one is drawn by weight. The records of weight 0 stand first in the list, each record has the sum of the weights up to
 * it, and the first whose sum is at least a whole number drawn from 0 to the sum of all is taken. The 0 is there to give records of weight 0 "a very small chance": it goes to
 * whichever of them stands first, which is any of them. Where there is none, the 0 would go to whichever record happens to stand first; the rule itself says that
 * chances are proportional to weights, so that it is not drawn then. Where all weights are 0, the first of the list is taken, which is any of them. */
#include "fleet/discovery.h"

#include <stdlib.h>
#include <string.h>

/* ---- Hosts ---- */

static int compare_names(struct kr_text a, struct kr_text b) {
    size_t size = a.size < b.size ? a.size : b.size;
    for (size_t i = 0; i < size; i++) {
        unsigned char x = (unsigned char)kr_ascii_lower(a.data[i]), y = (unsigned char)kr_ascii_lower(b.data[i]);
        if (x != y) return x < y ? -1 : 1;
    }
    return a.size < b.size ? -1 : a.size > b.size;
}

static int compare_hosts(const kmsrules_discovery_host *a, const kmsrules_discovery_host *b) {
    int order = compare_names(kr_text_of(a->target), kr_text_of(b->target));
    return order != 0 ? order : a->port < b->port ? -1 : a->port > b->port;
}

static int by_name(const void *a, const void *b) { return compare_hosts(a, b); }

/* By priority, by weight from the highest, by name. */
static int by_rank(const void *first, const void *second) {
    const kmsrules_discovery_host *a = first, *b = second;
    if (a->priority != b->priority) return a->priority < b->priority ? -1 : 1;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return compare_hosts(a, b);
}

/* One host for all records of a name and port: sorted, so that equal ones stand together. The spelling is that of the first in the alphabet, whatever the order of records. */
static void merge(kmsrules_discovery *discovery) {
    kmsrules_discovery_host *hosts = discovery->hosts;
    size_t count = 0;
    qsort(hosts, discovery->host_count, sizeof *hosts, by_name);
    for (size_t i = 0; i < discovery->host_count; i++) {
        kmsrules_discovery_host *host = &hosts[count - (count > 0)];
        if (count == 0 || compare_hosts(host, &hosts[i]) != 0) {
            hosts[count++] = hosts[i];
            continue;
        }
        if (strcmp(hosts[i].target, host->target) < 0) host->target = hosts[i].target;
        if (hosts[i].priority == host->priority) host->weight += hosts[i].weight;
        else if (hosts[i].priority < host->priority) host->weight = hosts[i].weight;
        if (hosts[i].priority < host->priority) host->priority = hosts[i].priority;
    }
    discovery->host_count = count;
    qsort(hosts, count, sizeof *hosts, by_rank);
}

static size_t find_host(const kmsrules_discovery *discovery, const kmsrules_srv_record *record) {
    kmsrules_discovery_host wanted = {.target = record->target, .port = record->port};
    size_t host = 0;
    while (compare_hosts(&discovery->hosts[host], &wanted) != 0) host++;
    return host;
}

static bool keep_names(kmsrules_discovery *discovery, const kmsrules_records_content *content) {
    const char **names = kr_arena_take(&discovery->arena, content->name_count, sizeof *names);
    bool has_memory = names != NULL;
    for (size_t i = 0; has_memory && i < content->name_count; i++) names[i] = kr_arena_copy_string(&discovery->arena, content->names[i], &has_memory);
    discovery->read = (kmsrules_records_content){.names = names, .name_count = content->name_count, .unreadable = content->unreadable, .duplicates = content->duplicates,
                                                 .others = content->others, .refusals = content->refusals};
    return has_memory;
}

kmsrules_status kr_discovery_find_hosts(kmsrules_discovery *discovery, const kmsrules_records_content *content) {
    bool has_memory = true;
    discovery->hosts = kr_arena_take(&discovery->arena, content->record_count, sizeof *discovery->hosts);
    discovery->records = kr_arena_take(&discovery->arena, content->record_count, sizeof *discovery->records);
    if (discovery->hosts == NULL || discovery->records == NULL) return KMSRULES_NO_MEMORY;
    for (size_t i = 0; i < content->record_count; i++) {
        const kmsrules_srv_record *record = &content->records[i];
        const char *target = kr_arena_copy_string(&discovery->arena, record->target, &has_memory);
        discovery->hosts[i] = (kmsrules_discovery_host){.target = target, .port = record->port, .priority = record->priority, .weight = record->weight};
    }
    if (!has_memory || !keep_names(discovery, content)) return KMSRULES_NO_MEMORY;
    discovery->host_count = discovery->record_count = content->record_count;
    merge(discovery);
    for (size_t i = 0; i < content->record_count; i++)
        discovery->records[i] = (struct kr_record){content->records[i].priority, content->records[i].weight, find_host(discovery, &content->records[i])};
    for (size_t i = 0; i < discovery->host_count; i++) discovery->hosts[i].is_standby = discovery->hosts[i].priority > discovery->hosts[0].priority;
    return KMSRULES_OK;
}

/* ---- Shares ---- */

static uint32_t lowest_priority(const struct kr_scene *scene) {
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < scene->discovery->record_count; i++) {
        const struct kr_record *record = &scene->discovery->records[i];
        if (record->host != scene->failed && record->priority < lowest) lowest = record->priority;
    }
    return lowest;
}

static bool is_drawn(const struct kr_scene *scene, const struct kr_record *record, uint32_t priority) { return record->host != scene->failed && record->priority == priority; }

/* In parts of (sum + 1) × records of weight 0, or of the sum, or of the records of weight 0: below 2^41. */
static void share_by_weight(struct kr_scene *scene) {
    const kmsrules_discovery *discovery = scene->discovery;
    uint64_t *parts = scene->parts[KMSRULES_BY_PRIORITY_AND_WEIGHT], *whole = &scene->wholes[KMSRULES_BY_PRIORITY_AND_WEIGHT], sum = 0, without_weight = 0;
    uint32_t priority = lowest_priority(scene);
    for (size_t i = 0; i < discovery->record_count; i++) {
        if (!is_drawn(scene, &discovery->records[i], priority)) continue;
        sum += discovery->records[i].weight;
        without_weight += discovery->records[i].weight == 0;
    }
    uint64_t factor = without_weight > 0 ? without_weight : 1;
    for (size_t i = 0; i < discovery->record_count; i++) {
        const struct kr_record *record = &discovery->records[i];
        if (is_drawn(scene, record, priority)) parts[record->host] += record->weight == 0 ? 1 : record->weight * factor;
    }
    *whole = without_weight == 0 ? sum : sum == 0 ? without_weight : (sum + 1) * without_weight;
}

static void share_alike(struct kr_scene *scene) {
    for (size_t i = 0; i < scene->discovery->record_count; i++) {
        const struct kr_record *record = &scene->discovery->records[i];
        if (record->host == scene->failed) continue;
        scene->parts[KMSRULES_ANY_RECORD][record->host]++;
        scene->wholes[KMSRULES_ANY_RECORD]++;
    }
}

void kr_discovery_share(struct kr_scene *scene) {
    share_by_weight(scene);
    share_alike(scene);
}
