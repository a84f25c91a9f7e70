/* How clients spread over the hosts of an SRV answer. In: records, machines by product. Out: shares, expected counts, probabilities.
 *
 *   records ─▶ hosts ─▶ shares by way to choose ─┐
 *   products ─▶ crowds by way to choose ─────────┴─▶ scene ─▶ chance.h        once for all hosts, once without each of them
 *               and thresholds that they need */
#ifndef KR_DISCOVERY_H
#define KR_DISCOVERY_H

#include "fleet/chance.h"
#include "ruleset/ruleset.h"

enum { KR_FAILURE_HOSTS = 32 };
#define KR_DISCOVERY_MACHINES UINT64_C(1000000000)
#define KR_DISCOVERY_STEPS UINT64_C(1000000000) /* of all draws: each takes one for every machine, and one for every threshold of every host */

/* A host: a name and a port. Its records are those of `records` that name it. */
struct kr_record {
    uint32_t priority, weight;
    size_t host;
};

struct kmsrules_discovery {
    struct kmsrules_ruleset *ruleset;
    struct kr_arena arena; /* what came with the records */
    kmsrules_discovery_host *hosts; /* [host] without figures */
    struct kr_record *records;
    size_t host_count, record_count;
    kmsrules_records_content read; /* its counts and names */

    uint64_t *editions, *releases; /* machines */
    uint64_t machines;
    double risk;
    uint64_t draws, seed;

    struct kr_arena summary_arena;
    kmsrules_discovery_summary summary;
    bool has_summary;
};

/* Machines of one application, kind and way to choose. */
struct kr_askers {
    kmsrules_id application;
    kmsrules_kind kind;
    kmsrules_selection selection;
    uint64_t machines;
};

/* What is reckoned with: the hosts there are, and who asks. */
struct kr_scene {
    const kmsrules_discovery *discovery;
    size_t failed; /* the host that is gone; SIZE_MAX: none is */
    uint64_t *parts[KMSRULES_SELECTION_COUNT]; /* [host] of each way to choose */
    uint64_t wholes[KMSRULES_SELECTION_COUNT];
    const struct kr_askers *askers;
    size_t asker_count;
    uint64_t machines[KMSRULES_SELECTION_COUNT]; /* of all askers */
    uint64_t steps; /* that may be taken for each threshold */
    struct kr_arena *arena;
};

/* Copies the records and finds the hosts. */
kmsrules_status kr_discovery_find_hosts(kmsrules_discovery *discovery, const kmsrules_records_content *records);
/* The shares of the hosts there are. */
void kr_discovery_share(struct kr_scene *scene);
/* Whether a threshold counts what these ask for. */
bool kr_discovery_counts(const struct kr_scene *scene, const kmsrules_discovery_threshold *threshold, const struct kr_askers *askers);
/* Fills the figures of hosts and thresholds, both in the scene's arena. False: out of memory. */
bool kr_discovery_reckon(struct kr_scene *scene, kmsrules_discovery_host *hosts, kmsrules_discovery_threshold *thresholds, size_t threshold_count);
/* Draws beside the figures. False: out of memory. */
bool kr_discovery_draw(struct kr_scene *scene, kmsrules_discovery_host *hosts, kmsrules_discovery_threshold *thresholds, size_t threshold_count);

#endif
