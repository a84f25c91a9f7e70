/* What the licenses of an output mean. In: lines as read. Out: whose they are, what they may be, what a host can do. See slmgr.h. */
#include "fleet/slmgr.h"

#include "base/guid.h"

enum { PAIR_LIMIT = 16 };

struct judge {
    struct kmsrules_slmgr *slmgr;
    const struct kmsrules_ruleset *ruleset;
    kmsrules_license *license;
    struct kr_license_marks *marks;
    const char *version; /* of the licensing service: slmgr prints it once, before the first of its licenses; NULL: not yet */
    bool has_memory;
};

/* Ids of one kind that a license may be of; those that were held against each other keep at least one. */
struct candidates {
    kmsrules_id ids[KMSRULES_CANDIDATE_LIMIT];
    size_t count;
};

static bool holds(const struct candidates *candidates, kmsrules_id id) {
    for (size_t i = 0; i < candidates->count; i++)
        if (candidates->ids[i] == id) return true;
    return false;
}

static void add(struct candidates *candidates, kmsrules_id id) {
    if (candidates->count < KMSRULES_CANDIDATE_LIMIT && !holds(candidates, id)) candidates->ids[candidates->count++] = id;
}

/* Those of which `others` has some, too; all where it has none of them or nothing. */
static void narrow(struct candidates *candidates, const struct candidates *others) {
    struct candidates common = {.count = 0};
    for (size_t i = 0; i < candidates->count; i++)
        if (holds(others, candidates->ids[i])) add(&common, candidates->ids[i]);
    if (common.count > 0 || candidates->count == 0) *candidates = candidates->count == 0 ? *others : common;
}

/* Whether both have some, and none of these is the same. */
static bool are_apart(const struct candidates *candidates, const struct candidates *others) {
    for (size_t i = 0; i < candidates->count; i++)
        if (holds(others, candidates->ids[i])) return false;
    return candidates->count > 0 && others->count > 0;
}

static const kmsrules_id *copy_ids(struct judge *judge, const struct candidates *candidates) {
    kmsrules_id *ids = kr_arena_take(&judge->slmgr->arena, candidates->count, sizeof *ids);
    if (ids == NULL) judge->has_memory = false;
    else if (candidates->count > 0) memcpy(ids, candidates->ids, candidates->count * sizeof *ids);
    return ids;
}

/* ---- Whose it is ---- */

/* The first word behind the last comma: "…, VOLUME_KMSCLIENT channel". */
static struct kr_text channel_of(const char *description) {
    const char *comma = description == NULL ? NULL : strrchr(description, ',');
    struct kr_text word = {"", 0};
    size_t offset = 0;
    if (comma != NULL) kr_text_next_word(kr_text_of(comma + 1), &offset, &word);
    return word;
}

static bool begins_with(struct kr_text text, struct kr_text start) {
    return text.size >= start.size && kr_text_equal_ignoring_case((struct kr_text){text.data, start.size}, start);
}

/* The row with the longest text that it is or begins with. */
static const struct kr_slmgr_channel *find_channel(const struct kmsrules_ruleset *ruleset, struct kr_text channel) {
    const struct kr_slmgr_channel *found = NULL;
    for (uint32_t i = 0; i < ruleset->slmgr_channel_count; i++) {
        const struct kr_slmgr_channel *row = &ruleset->slmgr_channels[i];
        bool is_start = row->text.size > 0 && row->text.data[row->text.size - 1] == '*';
        bool is_match = is_start ? begins_with(channel, (struct kr_text){row->text.data, row->text.size - 1}) : kr_text_equal_ignoring_case(channel, row->text);
        if (is_match && (found == NULL || row->text.size > found->text.size)) found = row;
    }
    return found;
}

static void judge_role(struct judge *judge) {
    kmsrules_license *license = judge->license;
    struct kr_text word = channel_of(license->description);
    const struct kr_slmgr_channel *row = find_channel(judge->ruleset, word);
    if (row == NULL) row = find_channel(judge->ruleset, kr_text_of(judge->marks->product_channel));
    if (row != NULL) license->role = row->role;
    else license->role = judge->marks->is_host ? KMSRULES_ROLE_HOST : judge->marks->is_client ? KMSRULES_ROLE_CLIENT : KMSRULES_ROLE_OTHER;
    license->channel = word.size == 0 ? judge->marks->product_channel : kr_arena_copy(&judge->slmgr->arena, word.data, word.size);
    if (word.size > 0 && license->channel == NULL) judge->has_memory = false;
    license->is_in_use = !judge->marks->is_unused;
}

/* ---- What it may be ---- */

static void add_release(const struct judge *judge, struct candidates *editions, kmsrules_id release) {
    const kmsrules_release *members = &judge->ruleset->releases[release];
    for (size_t i = 0; i < members->edition_count; i++) add(editions, members->editions[i]);
}

static void add_identity(const struct judge *judge, struct candidates *found, const kmsrules_identity *identity) {
    for (size_t i = 0; i < identity->candidate_count && i < KMSRULES_CANDIDATE_LIMIT; i++) {
        if (identity->kind == KMSRULES_RELEASE) add_release(judge, found, identity->candidates[i]);
        else add(found, identity->candidates[i]);
    }
}

/* A build that no edition has is news, and contradicts nothing. */
static bool is_known_build(const struct kmsrules_ruleset *ruleset, uint32_t build) {
    for (uint32_t i = 0; i < ruleset->edition_count; i++)
        for (uint32_t j = 0; j < ruleset->traits[i].builds.count; j++)
            if (ruleset->traits[i].builds.items[j] == build) return true;
    return false;
}

/* Adds what the text may mean with this build (0: none); nothing where the two contradict each other. */
static void recognize(struct judge *judge, unsigned kinds, const char *text, uint32_t build, struct candidates *found) {
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    kmsrules_identity identity;
    if (text == NULL) return;
    evidence.text = text;
    evidence.text_size = strlen(text);
    evidence.build = build;
    kmsrules_status status = kinds == KMSRULES_KEY_GROUP ? kmsrules_identify(judge->ruleset, kinds, text, evidence.text_size, &identity)
                                                         : kmsrules_recognize(judge->ruleset, kinds, &evidence, &identity);
    bool is_contradicted = status == KMSRULES_AMBIGUOUS_NAME && identity.is_contradicted && build != 0;
    if (status == KMSRULES_NO_MEMORY) judge->has_memory = false;
    if (status == KMSRULES_OK || (status == KMSRULES_AMBIGUOUS_NAME && !is_contradicted)) add_identity(judge, found, &identity);
}

/* Adds what the text may mean on any of these builds. Where all of them say otherwise, the text is believed. */
static void recognize_product(struct judge *judge, const char *text, struct kr_numbers builds, struct candidates *found) {
    const unsigned kinds = KMSRULES_EDITION | KMSRULES_RELEASE;
    bool is_known = false;
    for (uint32_t i = 0; i < builds.count; i++) {
        recognize(judge, kinds, text, builds.items[i], found);
        is_known = is_known || is_known_build(judge->ruleset, builds.items[i]);
    }
    if (found->count > 0) return;
    recognize(judge, kinds, text, 0, found);
    if (found->count > 0 && is_known) judge->marks->is_of_other_build = true;
}

/* Leaves those that have the build, or of which none is known. False where that is none of them. */
static bool leave_build(const struct judge *judge, struct candidates *editions, uint32_t build) {
    struct candidates left = {.count = 0};
    for (size_t i = 0; i < editions->count; i++) {
        const struct kr_numbers builds = judge->ruleset->traits[editions->ids[i]].builds;
        if (builds.count == 0 || kr_numbers_hold(builds, build)) add(&left, editions->ids[i]);
    }
    if (left.count == 0) return editions->count == 0;
    *editions = left;
    return true;
}

/* Without the editions that are older than what slmgr printed, or, of a host, that cannot be one; unless none is left. */
static void leave_out_editions(const struct judge *judge, struct candidates *editions) {
    struct candidates left = {.count = 0};
    for (size_t i = 0; i < editions->count; i++) {
        const struct kr_numbers *builds = &judge->ruleset->traits[editions->ids[i]].builds;
        bool is_new_enough = builds->count == 0;
        for (uint32_t j = 0; j < builds->count; j++) is_new_enough = is_new_enough || builds->items[j] >= judge->marks->since;
        bool can_be = judge->license->role != KMSRULES_ROLE_HOST || judge->ruleset->editions[editions->ids[i]].can_host;
        if (is_new_enough && can_be) add(&left, editions->ids[i]);
    }
    if (left.count > 0) *editions = left;
}

/* The editions whose license has this activation id. */
static void find_by_id(const struct judge *judge, struct candidates *editions) {
    kmsrules_guid id;
    const char *text = judge->license->activation_id;
    const kmsrules_activation_id *known = text != NULL && kr_guid_of(kr_text_of(text), &id) ? kr_ruleset_find_activation_id(judge->ruleset, &id) : NULL;
    for (size_t i = 0; known != NULL && i < known->edition_count; i++) add(editions, known->editions[i]);
}

/* 0 where slmgr does not print it. */
static uint32_t printed_build(struct judge *judge) {
    uint32_t build = 0;
    if (judge->license->version != NULL) judge->version = judge->license->version;
    if (judge->version != NULL) (void)kmsrules_build_number(judge->version, strlen(judge->version), &build, NULL);
    return build;
}

/* The builds of Windows whose licensing service has this one: by the last row, else itself. */
static struct kr_numbers builds_behind(const struct kmsrules_ruleset *ruleset, const uint32_t *build) {
    for (uint32_t i = ruleset->slmgr_build_count; i > 0; i--)
        if (ruleset->slmgr_builds[i - 1].build == *build) return ruleset->slmgr_builds[i - 1].builds;
    return (struct kr_numbers){build, 1};
}

/* What the name says and the id says, too; the name where they differ. The build that was told says which of those that the output leaves open. */
static void recognize_edition(struct judge *judge, struct candidates *editions) {
    const uint32_t printed = printed_build(judge), *told = &judge->slmgr->question->facts.host_build;
    struct kr_numbers builds = builds_behind(judge->ruleset, &printed);
    struct candidates by_id = {.count = 0};
    bool is_told = *told != 0 && judge->license->role == KMSRULES_ROLE_HOST, is_alone = is_told && printed == 0;
    bool is_open = is_alone || kr_numbers_hold(builds, *told);
    if (is_alone) builds = (struct kr_numbers){told, 1};
    recognize_product(judge, judge->license->name, builds, editions);
    if (editions->count == 0) recognize_product(judge, judge->license->description, builds, editions);
    if (is_told) judge->marks->is_other_host = !is_open || (!leave_build(judge, editions, *told) && is_known_build(judge->ruleset, *told));
    if (is_alone) judge->marks->is_of_other_build = false;
    find_by_id(judge, &by_id);
    if (are_apart(editions, &by_id)) judge->marks->is_of_other_id = true;
    narrow(editions, &by_id);
    leave_out_editions(judge, editions);
}

static void recognize_group(struct judge *judge, struct candidates *groups) {
    const kmsrules_license *license = judge->license;
    const char *const texts[] = {license->description, license->name, license->activation_id, license->channel};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct candidates found = {.count = 0};
        recognize(judge, KMSRULES_KEY_GROUP, texts[i], 0, &found);
        narrow(groups, &found);
    }
}

/* A product of one application has a key of that. */
static void leave_out_applications(const struct judge *judge, const struct candidates *editions, struct candidates *groups) {
    struct candidates same = {.count = 0};
    for (size_t i = 0; i < groups->count; i++)
        for (size_t j = 0; j < editions->count; j++)
            if (judge->ruleset->groups[groups->ids[i]].application == judge->ruleset->editions[editions->ids[j]].application) add(&same, groups->ids[i]);
    narrow(groups, &same);
}

/* An Office host runs on the Windows of which the same output has a license. */
static void take_windows(const struct judge *judge, struct candidates *editions) {
    const kmsrules_slmgr_content *content = &judge->slmgr->content;
    for (size_t i = 0; i < content->license_count && editions->count == 0; i++) {
        const kmsrules_license *other = &judge->slmgr->licenses[i];
        if (other == judge->license || !other->is_in_use) continue;
        for (size_t j = 0; j < other->edition_count; j++)
            if (judge->ruleset->editions[other->editions[j]].kind != KMSRULES_OFFICE) add(editions, other->editions[j]);
    }
}

static bool can_hold(const struct judge *judge, kmsrules_id host, kmsrules_id group) {
    return kr_cell_outcome(kr_fits(judge->ruleset, host, group)) != KMSRULES_FAIL;
}

static bool can_hold_any(const struct judge *judge, kmsrules_id host, const struct candidates *groups) {
    for (size_t i = 0; i < groups->count; i++)
        if (can_hold(judge, host, groups->ids[i])) return true;
    return false;
}

/* The host that the question names, as far as the output does not say otherwise; where the output leaves the Windows open, those that can hold its key. */
static void take_told_host(struct judge *judge, struct candidates *editions, const struct candidates *groups) {
    const kmsrules_question *question = judge->slmgr->question;
    struct candidates told = {.count = 0};
    struct kr_ids hosts;
    if (question->host.kind == 0) return;
    if (!kr_question_hosts(question, &judge->slmgr->arena, &hosts)) judge->has_memory = false;
    for (uint32_t i = 0; judge->has_memory && i < hosts.count; i++)
        if (editions->count > 0 || groups->count == 0 || can_hold_any(judge, hosts.items[i], groups)) add(&told, hosts.items[i]);
    if (told.count == 0 || are_apart(editions, &told)) judge->marks->is_other_host = true;
    narrow(editions, &told);
    judge->license->is_told = editions->count > 0 && holds(&told, editions->ids[0]);
}

/* The groups that some host can hold, and the hosts that can hold some group; all of them where there are none. */
static void pair(struct judge *judge, struct candidates *editions, struct candidates *groups) {
    struct candidates hosts = {.count = 0}, held = {.count = 0};
    for (size_t i = 0; i < editions->count; i++)
        for (size_t j = 0; j < groups->count; j++) {
            if (!can_hold(judge, editions->ids[i], groups->ids[j])) continue;
            add(&hosts, editions->ids[i]);
            add(&held, groups->ids[j]);
        }
    judge->marks->is_other_key = hosts.count == 0 && editions->count > 0 && groups->count > 0;
    narrow(editions, &hosts);
    narrow(groups, &held);
}

static void publish(struct judge *judge, const struct candidates *editions, const struct candidates *groups) {
    judge->license->editions = copy_ids(judge, editions);
    judge->license->edition_count = editions->count;
    judge->license->key_groups = copy_ids(judge, groups);
    judge->license->key_group_count = groups->count;
}

static void judge_product(struct judge *judge) {
    struct candidates editions = {.count = 0}, groups = {.count = 0};
    recognize_edition(judge, &editions);
    if (judge->license->role == KMSRULES_ROLE_HOST) {
        recognize_group(judge, &groups);
        leave_out_applications(judge, &editions, &groups);
    }
    publish(judge, &editions, &groups);
}

/* Once every license has its product. */
static void judge_host(struct judge *judge) {
    struct candidates editions = {.count = 0}, groups = {.count = 0};
    for (size_t i = 0; i < judge->license->edition_count; i++) add(&editions, judge->license->editions[i]);
    for (size_t i = 0; i < judge->license->key_group_count; i++) add(&groups, judge->license->key_groups[i]);
    take_windows(judge, &editions);
    pair(judge, &editions, &groups);
    take_told_host(judge, &editions, &groups);
    pair(judge, &editions, &groups);
    publish(judge, &editions, &groups);
}

/* ---- What it can do ---- */

/* The kinds of which the groups cover an edition; a bit each. */
static unsigned covered_kinds(const struct judge *judge) {
    const kmsrules_license *license = judge->license;
    unsigned kinds = 0;
    for (size_t i = 0; i < license->key_group_count; i++)
        for (kmsrules_id edition = 0; edition < judge->ruleset->edition_count; edition++)
            if (kr_cell_outcome(kr_covers(judge->ruleset, license->key_groups[i], edition)) == KMSRULES_PASS) kinds |= 1u << judge->ruleset->editions[edition].kind;
    return kinds;
}

/* Each application has a count of its own. */
static bool is_of_one_application(const struct judge *judge) {
    const kmsrules_license *license = judge->license;
    for (size_t i = 1; i < license->key_group_count; i++)
        if (judge->ruleset->groups[license->key_groups[i]].application != judge->ruleset->groups[license->key_groups[0]].application) return false;
    return license->key_group_count > 0;
}

static void judge_thresholds(struct judge *judge) {
    kmsrules_license *license = judge->license;
    unsigned kinds = is_of_one_application(judge) ? covered_kinds(judge) : 0;
    kmsrules_license_threshold *thresholds = kr_arena_take(&judge->slmgr->arena, KMSRULES_KIND_COUNT, sizeof *thresholds);
    uint64_t largest = 0;
    if (thresholds == NULL) judge->has_memory = false;
    for (int kind = 0; thresholds != NULL && license->count >= 0 && kind < KMSRULES_KIND_COUNT; kind++) {
        const struct kr_threshold *threshold = &judge->ruleset->thresholds[kind];
        if ((kinds >> kind & 1u) == 0 || threshold->row == KR_NONE) continue;
        thresholds[license->threshold_count++] = (kmsrules_license_threshold){(kmsrules_kind)kind, threshold->minimum, (uint64_t)license->count >= threshold->minimum};
        if (threshold->minimum > largest) largest = threshold->minimum;
    }
    license->thresholds = thresholds;
    if (largest > 0 && judge->ruleset->cache.factor > 0) license->limit = (int64_t)(largest * judge->ruleset->cache.factor);
    if (license->limit >= 0 && license->count > license->limit) license->threshold_count = 0; /* a count that cannot be reaches nothing */
}

static kmsrules_license_service service_of(const struct judge *judge, kmsrules_id host, kmsrules_id group) {
    kmsrules_license_service service = {.host = host, .key_group = group};
    kmsrules_facts facts = kr_question_facts(judge->slmgr->question);
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) facts.machines[kind] = -1;
    for (kmsrules_id edition = 0; edition < judge->ruleset->edition_count; edition++) {
        kmsrules_verdict verdict = kmsrules_can(judge->ruleset, host, group, &edition, 1, &facts);
        if (verdict < KMSRULES_NO) service.editions[verdict]++;
    }
    return service;
}

static void judge_services(struct judge *judge) {
    kmsrules_license *license = judge->license;
    kmsrules_license_service services[PAIR_LIMIT];
    size_t count = 0;
    for (size_t i = 0; i < license->edition_count; i++)
        for (size_t j = 0; j < license->key_group_count; j++) {
            if (!can_hold(judge, license->editions[i], license->key_groups[j]) || kr_question_check_build(judge->slmgr->question, license->editions[i]) != KMSRULES_OK) continue;
            if (count == PAIR_LIMIT) return;
            services[count++] = service_of(judge, license->editions[i], license->key_groups[j]);
        }
    kmsrules_license_service *copy = kr_arena_take(&judge->slmgr->arena, count, sizeof *copy);
    if (copy == NULL) judge->has_memory = false;
    else if (count > 0) memcpy(copy, services, count * sizeof *copy);
    license->services = copy;
    license->service_count = copy == NULL ? 0 : count;
}

static void judge_findings(struct judge *judge) {
    if (!kr_slmgr_observe(judge->slmgr, judge->license, judge->marks)) judge->has_memory = false;
}

/* ---- All of them ---- */

static void judge_each(struct judge *judge, void (*step)(struct judge *judge), bool are_hosts) {
    for (size_t i = 0; judge->has_memory && i < judge->slmgr->content.license_count; i++) {
        judge->license = &judge->slmgr->licenses[i];
        judge->marks = &judge->slmgr->marks[i];
        if (!are_hosts || judge->license->role == KMSRULES_ROLE_HOST) step(judge);
    }
}

/* The build that was told is one of this host. One that no edition has may be news. */
static kmsrules_status check_build(const struct kmsrules_slmgr *slmgr, kmsrules_id host) {
    const struct kr_numbers builds = slmgr->ruleset->traits[host].builds;
    uint32_t told = slmgr->question->facts.host_build;
    if (told != 0 && builds.count > 0 && !kr_numbers_hold(builds, told) && is_known_build(slmgr->ruleset, told)) return KMSRULES_WRONG_LINE;
    return kr_question_check_build(slmgr->question, host);
}

/* Of one of the hosts that were told. */
static kmsrules_status check_told(struct kmsrules_slmgr *slmgr) {
    kmsrules_status status = KMSRULES_OK;
    struct kr_ids hosts;
    if (slmgr->question->host.kind == 0) return KMSRULES_OK;
    if (!kr_question_hosts(slmgr->question, &slmgr->arena, &hosts)) return KMSRULES_NO_MEMORY;
    for (uint32_t i = 0; i < hosts.count && (i == 0 || status != KMSRULES_OK); i++) status = check_build(slmgr, hosts.items[i]);
    return status;
}

kmsrules_status kr_slmgr_judge(struct kmsrules_slmgr *slmgr) {
    struct judge judge = {.slmgr = slmgr, .ruleset = slmgr->ruleset, .has_memory = true};
    kmsrules_status status = check_told(slmgr);
    if (status != KMSRULES_OK) return status;
    judge_each(&judge, judge_role, false);
    judge_each(&judge, judge_product, false);
    judge_each(&judge, judge_host, true);
    judge_each(&judge, judge_thresholds, true);
    judge_each(&judge, judge_services, true);
    judge_each(&judge, judge_findings, false);
    return judge.has_memory ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

const char *kmsrules_license_role_text(kmsrules_license_role role) {
    static const char *const words[] = {"other", "client", "host"};
    return (unsigned)role < sizeof words / sizeof words[0] ? words[role] : NULL;
}

const char *kmsrules_request_text(kmsrules_request_kind kind) {
    static const char *const words[KMSRULES_REQUEST_COUNT] = {"total", "failed", "unlicensed", "licensed", "initial-grace", "expired", "non-genuine", "notification"};
    return (unsigned)kind < KMSRULES_REQUEST_COUNT ? words[kind] : NULL;
}
