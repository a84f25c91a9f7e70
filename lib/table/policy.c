/* See policy.h; <interval>, <cache>, <transition>, <observation>, <discovery> and <srv-record> as compiled, for compile.h. */
#include "table/policy.h"

#include "base/guid.h"
#include "table/compile.h"

const char *const kr_interval_words[] = {"activation",    "renewal",     "retry",           "validity", "cmid-retention",
                                         "initial-grace", "final-grace", "dns-publication", "warning",  NULL};
_Static_assert(sizeof kr_interval_words / sizeof kr_interval_words[0] == KMSRULES_INTERVAL_COUNT + 1, "every kind of interval has its word");

const char *const kr_transition_words[] = {"discovered", "cached", "bound", "count", "step", NULL};
_Static_assert(sizeof kr_transition_words / sizeof kr_transition_words[0] == KMSRULES_TRANSITION_COUNT + 1, "every kind of transition has its word");

const char *const kr_observation_words[] = {"host-not-activated", "no-requests",  "no-clients",   "below-threshold",      "at-limit",      "few-of-many", "failed-requests", "not-published",
                                            "low-priority",       "no-count",     "client-not-activated", "no-host-found", "not-renewed", "host-set",    "stale-values",    "without-kms",
                                            "over-limit",         "requests-disagree", "other-port",      "no-port",              "no-time-left",  "too-much-left", "short-renewal", "other-product",
                                            "other-host",         "other-key",    "unread-value", "not-counting",         "no-product",    NULL};
_Static_assert(sizeof kr_observation_words / sizeof kr_observation_words[0] == KMSRULES_OBSERVATION_COUNT + 1, "every kind of observation has its word");

const char *kmsrules_observation_text(kmsrules_observation_kind kind) { return (unsigned)kind < KMSRULES_OBSERVATION_COUNT ? kr_observation_words[kind] : NULL; }
const char *const kr_selection_words[] = {"priority-and-weight", "any-record", NULL};
_Static_assert(sizeof kr_selection_words / sizeof kr_selection_words[0] == KMSRULES_SELECTION_COUNT + 1, "every way to choose has its word");

const char *kmsrules_selection_text(kmsrules_selection selection) { return (unsigned)selection < KMSRULES_SELECTION_COUNT ? kr_selection_words[selection] : NULL; }

const char *const kr_expiry_words[] = {"notification", "reduced-functionality", NULL};
_Static_assert(sizeof kr_expiry_words / sizeof kr_expiry_words[0] == KMSRULES_EXPIRY_COUNT + 1, "every kind of expiry has its word");

const char *kmsrules_interval_text(kmsrules_interval_kind kind) { return (unsigned)kind < KMSRULES_INTERVAL_COUNT ? kr_interval_words[kind] : NULL; }

const char *kmsrules_transition_text(kmsrules_transition_kind kind) { return (unsigned)kind < KMSRULES_TRANSITION_COUNT ? kr_transition_words[kind] : NULL; }

const char *kmsrules_expiry_text(kmsrules_expiry_kind kind) { return (unsigned)kind < KMSRULES_EXPIRY_COUNT ? kr_expiry_words[kind] : NULL; }

/* ---- Durations ---- */

enum { LARGEST_NUMBER = 999999 };

struct unit {
    char letter;
    uint64_t seconds;
};

/* The numbers with the letters of `units`, each at most once and in their order, from *offset on; false unless there is at least one. */
static bool add_units(struct kr_text text, size_t *offset, const struct unit *units, size_t count, uint64_t *seconds) {
    size_t first = *offset;
    for (size_t i = 0; i < count; i++) {
        size_t end = *offset;
        uint64_t number;
        while (end < text.size && text.data[end] >= '0' && text.data[end] <= '9') end++;
        if (end == text.size || text.data[end] != units[i].letter) continue;
        if (!kr_text_number((struct kr_text){text.data + *offset, end - *offset}, 0, LARGEST_NUMBER, &number)) return false;
        *seconds += number * units[i].seconds;
        *offset = end + 1;
    }
    return *offset > first;
}

bool kr_duration_of(struct kr_text text, uint64_t *seconds) {
    static const struct unit days = {'D', 86400}, times[] = {{'H', 3600}, {'M', 60}, {'S', 1}};
    size_t offset = 1;
    uint64_t sum = 0;
    if (text.size == 0 || text.data[0] != 'P') return false;
    bool has_days = add_units(text, &offset, &days, 1, &sum), has_time = offset < text.size && text.data[offset] == 'T';
    if (has_time) offset++;
    if (has_time && !add_units(text, &offset, times, 3, &sum)) return false;
    if (offset != text.size || (!has_days && !has_time)) return false;
    *seconds = sum;
    return true;
}

/* "7d": a number and the letter of its unit. */
static bool read_short(struct kr_text text, uint64_t *seconds) {
    static const struct unit units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    uint64_t number;
    for (size_t i = 0; text.size > 0 && i < sizeof units / sizeof units[0]; i++) {
        if (text.data[text.size - 1] != units[i].letter || !kr_text_number((struct kr_text){text.data, text.size - 1}, 0, LARGEST_NUMBER, &number)) continue;
        *seconds = number * units[i].seconds;
        return true;
    }
    return false;
}

kmsrules_status kmsrules_duration_read(const char *text, size_t size, uint64_t *seconds) {
    if (text == NULL || seconds == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_text view = {text, size};
    return kr_duration_of(view, seconds) || read_short(view, seconds) ? KMSRULES_OK : KMSRULES_INVALID_ARGUMENT;
}

/* ---- Compiling ---- */

struct policy {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    struct kr_problems *problems;
    kmsrules_interval *intervals;
    kmsrules_transition *transitions;
    kmsrules_observation *observations;
    kmsrules_discovery_rule *discovery_rules;
    kmsrules_virtual_machines *virtual_machines;
    kmsrules_expiry *expiries;
    kmsrules_activation_id *activation_ids;
    uint32_t *ruling, *ruling_discovery, *ruling_virtual; /* those of the ruleset */
    const struct kr_entry *observation_entries[KMSRULES_OBSERVATION_COUNT], *cache_entry, *srv_entry;
    const struct kr_entry **interval_entries, **discovery_entries, **virtual_entries, **activation_entries;
    bool has_memory;
};

static const struct kr_entry *entry_of(const struct policy *policy, const struct kr_table_row *row) { return &policy->model->entries[row->entry]; }

static const char *copy_text(struct policy *policy, const struct kr_entry *entry, enum kr_attribute_kind attribute) {
    return kr_ruleset_copy_text(policy->ruleset, entry, attribute, &policy->has_memory);
}

static const kmsrules_id *copy_ids(struct policy *policy, struct kr_ids ids) { return kr_ruleset_copy_ids(policy->ruleset, ids, &policy->has_memory).items; }

static void report_duplicate(struct policy *policy, const struct kr_entry *second, const struct kr_entry *first) {
    kr_problems_add(policy->problems, KR910_DUPLICATE_ID, second->at, "<%s> says again what %s:%u:%u says; within a layer everything is said once", kr_element_name(second->kind),
                    policy->ruleset->files[first->at.file].path, first->at.line, first->at.column);
}

/* Within a layer each thing is said once; a later layer's row rules. */
static bool rule(struct policy *policy, const struct kr_entry *const *entries, uint32_t *ruling, uint32_t index) {
    const struct kr_entry *entry = entries[index], *before = *ruling == KR_NONE ? NULL : entries[*ruling];
    bool is_twice = before != NULL && before->layer == entry->layer;
    if (is_twice) report_duplicate(policy, entry, before);
    *ruling = index;
    return !is_twice;
}

/* `ruling` has a place for each edition and one for all others. */
static void rule_members(struct policy *policy, const struct kr_entry *const *entries, uint32_t *ruling, uint32_t index, const struct kr_table_row *row) {
    if (!row->has_editions) rule(policy, entries, &ruling[policy->ruleset->edition_count], index);
    for (uint32_t i = 0; i < row->members.count; i++)
        if (!rule(policy, entries, &ruling[row->members.items[i]], index)) break;
}

static void compile_interval(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    uint32_t index = policy->ruleset->interval_count++, edition_count = policy->ruleset->edition_count;
    kmsrules_interval *interval = &policy->intervals[index];
    interval->kind = (kmsrules_interval_kind)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_OF), kr_interval_words);
    interval->editions = copy_ids(policy, row->members);
    interval->edition_count = row->members.count;
    interval->sources = copy_ids(policy, row->sources);
    interval->source_count = row->sources.count;
    interval->note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE);
    interval->at = kr_ruleset_place(policy->ruleset, entry);
    kr_duration_of(kr_entry_get(entry, KR_ATTRIBUTE_DURATION), &interval->seconds);
    policy->interval_entries[index] = entry;
    uint32_t *ruling = &policy->ruling[(size_t)interval->kind * (edition_count + 1)];
    rule_members(policy, policy->interval_entries, ruling, index, row);
}

static void compile_virtual_machines(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    uint32_t index = policy->ruleset->virtual_machines_count++;
    policy->virtual_machines[index] = (kmsrules_virtual_machines){
        .are_counted = kr_text_is(kr_entry_get(entry, KR_ATTRIBUTE_COUNTS), "yes"), .hosts = copy_ids(policy, row->members), .host_count = row->members.count,
        .sources = copy_ids(policy, row->sources), .source_count = row->sources.count, .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE),
        .at = kr_ruleset_place(policy->ruleset, entry)};
    policy->virtual_entries[index] = entry;
    rule_members(policy, policy->virtual_entries, policy->ruling_virtual, index, row);
}

static const uint32_t *copy_numbers(struct policy *policy, struct kr_text list, size_t *count) {
    struct kr_text word;
    uint64_t number = 0;
    *count = 0;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) (*count)++;
    uint32_t *numbers = kr_arena_take(&policy->ruleset->arena, *count, sizeof *numbers);
    if (numbers == NULL) return policy->has_memory = false, NULL;
    for (size_t offset = 0, i = 0; kr_text_next_word(list, &offset, &word); i++)
        if (kr_text_number(word, 0, UINT32_MAX, &number)) numbers[i] = (uint32_t)number;
    return numbers;
}

static void compile_expiry(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    kmsrules_expiry *expiry = &policy->expiries[policy->ruleset->expiry_count++];
    *expiry = (kmsrules_expiry){
        .kind = (kmsrules_expiry_kind)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_TO), kr_expiry_words), .text = copy_text(policy, entry, KR_ATTRIBUTE_TEXT),
        .editions = copy_ids(policy, row->members), .edition_count = row->members.count, .sources = copy_ids(policy, row->sources),
        .source_count = row->sources.count, .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE), .at = kr_ruleset_place(policy->ruleset, entry)};
    expiry->builds = copy_numbers(policy, kr_entry_get(entry, KR_ATTRIBUTE_BUILDS), &expiry->build_count);
}

/* A later layer's row of the same id takes the place of an earlier one's. */
static void compile_activation_id(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    kmsrules_guid guid;
    uint32_t index = 0, count = policy->ruleset->activation_id_count;
    if (!kr_guid_of(kr_entry_get(entry, KR_ATTRIBUTE_ID), &guid)) return;
    while (index < count && memcmp(&policy->activation_ids[index].id, &guid, sizeof guid) != 0) index++;
    if (index < count && policy->activation_entries[index]->layer == entry->layer) report_duplicate(policy, entry, policy->activation_entries[index]);
    if (index == count) policy->ruleset->activation_id_count++;
    policy->activation_entries[index] = entry;
    policy->activation_ids[index] = (kmsrules_activation_id){
        .id = guid, .editions = copy_ids(policy, row->members), .edition_count = row->members.count, .sources = copy_ids(policy, row->sources),
        .source_count = row->sources.count, .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE), .at = kr_ruleset_place(policy->ruleset, entry)};
}

static void compile_cache(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    uint64_t factor = 0;
    if (policy->cache_entry != NULL && policy->cache_entry->layer == entry->layer) report_duplicate(policy, entry, policy->cache_entry);
    policy->cache_entry = entry;
    kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_FACTOR), 1, UINT32_MAX, &factor);
    policy->ruleset->cache = (kmsrules_cache){.factor = (uint32_t)factor, .sources = copy_ids(policy, row->sources), .source_count = row->sources.count,
                                              .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE), .at = kr_ruleset_place(policy->ruleset, entry)};
}

static void compile_transition(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    kmsrules_transition *transition = &policy->transitions[policy->ruleset->transition_count++];
    struct kr_text list = kr_entry_get(entry, KR_ATTRIBUTE_INTERVALS), word;
    transition->kind = (kmsrules_transition_kind)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_OF), kr_transition_words);
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) transition->intervals |= 1u << kr_text_index(word, kr_interval_words);
    transition->text = copy_text(policy, entry, KR_ATTRIBUTE_TEXT);
    transition->command = copy_text(policy, entry, KR_ATTRIBUTE_COMMAND);
    transition->error = copy_text(policy, entry, KR_ATTRIBUTE_ERROR);
    transition->note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE);
    transition->sources = copy_ids(policy, row->sources);
    transition->source_count = row->sources.count;
    transition->at = kr_ruleset_place(policy->ruleset, entry);
}

/* One row for each kind: the last layer's. */
static void compile_observation(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    kmsrules_observation_kind kind = (kmsrules_observation_kind)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_OF), kr_observation_words);
    const struct kr_entry *before = policy->observation_entries[kind];
    if (before != NULL && before->layer == entry->layer) report_duplicate(policy, entry, before);
    policy->observation_entries[kind] = entry;
    policy->observations[kind] = (kmsrules_observation){.kind = kind, .is_finding = kr_text_is(kr_entry_get(entry, KR_ATTRIBUTE_LEVEL), "finding"),
                                                        .text = copy_text(policy, entry, KR_ATTRIBUTE_TEXT), .command = copy_text(policy, entry, KR_ATTRIBUTE_COMMAND),
                                                        .error = copy_text(policy, entry, KR_ATTRIBUTE_ERROR), .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE),
                                                        .sources = copy_ids(policy, row->sources), .source_count = row->sources.count,
                                                        .at = kr_ruleset_place(policy->ruleset, entry)};
}

static void compile_discovery(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    uint32_t index = policy->ruleset->discovery_rule_count++;
    policy->discovery_rules[index] = (kmsrules_discovery_rule){
        .selection = (kmsrules_selection)kr_text_index(kr_entry_get(entry, KR_ATTRIBUTE_BY), kr_selection_words),
        .editions = copy_ids(policy, row->members), .edition_count = row->members.count,
        .sources = copy_ids(policy, row->sources), .source_count = row->sources.count,
        .against = copy_ids(policy, row->against), .against_count = row->against.count,
        .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE), .at = kr_ruleset_place(policy->ruleset, entry)};
    policy->discovery_entries[index] = entry;
    rule_members(policy, policy->discovery_entries, policy->ruling_discovery, index, row);
}

static void compile_srv_record(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    uint64_t port = 0;
    if (policy->srv_entry != NULL && policy->srv_entry->layer == entry->layer) report_duplicate(policy, entry, policy->srv_entry);
    policy->srv_entry = entry;
    kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_PORT), 1, UINT16_MAX, &port);
    policy->ruleset->srv_name = (kmsrules_srv_name){.name = copy_text(policy, entry, KR_ATTRIBUTE_NAME), .port = (uint32_t)port, .sources = copy_ids(policy, row->sources),
                                                    .source_count = row->sources.count, .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE),
                                                    .at = kr_ruleset_place(policy->ruleset, entry)};
}

static bool take_entries(struct policy *policy) {
    policy->interval_entries = kr_memory_take(kr_model_count(policy->model, KR_ELEMENT_INTERVAL), sizeof *policy->interval_entries);
    policy->discovery_entries = kr_memory_take(kr_model_count(policy->model, KR_ELEMENT_DISCOVERY), sizeof *policy->discovery_entries);
    policy->virtual_entries = kr_memory_take(kr_model_count(policy->model, KR_ELEMENT_VIRTUAL_MACHINES), sizeof *policy->virtual_entries);
    policy->activation_entries = kr_memory_take(kr_model_count(policy->model, KR_ELEMENT_ACTIVATION_ID), sizeof *policy->activation_entries);
    return policy->interval_entries != NULL && policy->discovery_entries != NULL && policy->virtual_entries != NULL && policy->activation_entries != NULL;
}

static uint32_t *take_ruling(struct policy *policy, size_t count) {
    uint32_t *ruling = kr_arena_take(&policy->ruleset->arena, count, sizeof *ruling);
    if (ruling == NULL) return policy->has_memory = false, NULL;
    for (size_t i = 0; i < count; i++) ruling[i] = KR_NONE;
    return ruling;
}

static void *take_records(struct policy *policy, size_t count, size_t size) {
    void *records = kr_arena_take(&policy->ruleset->arena, count, size);
    if (records == NULL) policy->has_memory = false;
    return records;
}

static bool prepare(struct policy *policy) {
    struct kmsrules_ruleset *ruleset = policy->ruleset;
    size_t places = (size_t)ruleset->edition_count + 1;
    ruleset->intervals = policy->intervals = take_records(policy, kr_model_count(policy->model, KR_ELEMENT_INTERVAL), sizeof *policy->intervals);
    ruleset->transitions = policy->transitions = take_records(policy, kr_model_count(policy->model, KR_ELEMENT_TRANSITION), sizeof *policy->transitions);
    ruleset->observations = policy->observations = take_records(policy, KMSRULES_OBSERVATION_COUNT, sizeof *policy->observations);
    ruleset->discovery_rules = policy->discovery_rules = take_records(policy, kr_model_count(policy->model, KR_ELEMENT_DISCOVERY), sizeof *policy->discovery_rules);
    ruleset->virtual_machines = policy->virtual_machines = take_records(policy, kr_model_count(policy->model, KR_ELEMENT_VIRTUAL_MACHINES), sizeof *policy->virtual_machines);
    ruleset->expiries = policy->expiries = take_records(policy, kr_model_count(policy->model, KR_ELEMENT_EXPIRY), sizeof *policy->expiries);
    ruleset->activation_ids = policy->activation_ids = take_records(policy, kr_model_count(policy->model, KR_ELEMENT_ACTIVATION_ID), sizeof *policy->activation_ids);
    ruleset->ruling_intervals = policy->ruling = take_ruling(policy, KMSRULES_INTERVAL_COUNT * places);
    ruleset->ruling_discovery = policy->ruling_discovery = take_ruling(policy, places);
    ruleset->ruling_virtual_machines = policy->ruling_virtual = take_ruling(policy, places);
    return take_entries(policy) && policy->has_memory;
}

bool kr_ruleset_compile_policy(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems) {
    struct policy policy = {.ruleset = ruleset, .tables = tables, .model = model, .problems = problems, .has_memory = true};
    policy.has_memory = prepare(&policy);
    for (uint32_t i = 0; policy.has_memory && i < tables->policy_count; i++) {
        switch (entry_of(&policy, &tables->policies[i])->kind) {
        case KR_ELEMENT_INTERVAL: compile_interval(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_CACHE: compile_cache(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_OBSERVATION: compile_observation(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_DISCOVERY: compile_discovery(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_SRV_RECORD: compile_srv_record(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_VIRTUAL_MACHINES: compile_virtual_machines(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_EXPIRY: compile_expiry(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_ACTIVATION_ID: compile_activation_id(&policy, &tables->policies[i]); break;
        default: compile_transition(&policy, &tables->policies[i]);
        }
    }
    kr_memory_free((void *)policy.interval_entries);
    kr_memory_free((void *)policy.discovery_entries);
    kr_memory_free((void *)policy.virtual_entries);
    kr_memory_free((void *)policy.activation_entries);
    return policy.has_memory;
}
