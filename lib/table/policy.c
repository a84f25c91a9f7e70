/* See policy.h; <interval>, <cache>, <transition>, <observation>, <discovery> and <srv-record> as compiled, for compile.h. */
#include "table/policy.h"

#include "table/compile.h"

const char *const kr_interval_words[] = {"activation",    "renewal",     "retry",           "validity", "cmid-retention",
                                         "initial-grace", "final-grace", "dns-publication", NULL};
_Static_assert(sizeof kr_interval_words / sizeof kr_interval_words[0] == KMSRULES_INTERVAL_COUNT + 1, "every kind of interval has its word");

const char *const kr_transition_words[] = {"discovered", "cached", "bound", "count", "step", NULL};
_Static_assert(sizeof kr_transition_words / sizeof kr_transition_words[0] == KMSRULES_TRANSITION_COUNT + 1, "every kind of transition has its word");

const char *const kr_observation_words[] = {"host-not-activated", "no-requests",  "no-clients",   "below-threshold",      "at-limit",      "few-of-many", "failed-requests", "not-published",
                                            "low-priority",       "no-count",     "client-not-activated", "no-host-found", "not-renewed", "host-set",    "stale-values",    "without-kms", NULL};
_Static_assert(sizeof kr_observation_words / sizeof kr_observation_words[0] == KMSRULES_OBSERVATION_COUNT + 1, "every kind of observation has its word");

const char *kmsrules_observation_text(kmsrules_observation_kind kind) { return (unsigned)kind < KMSRULES_OBSERVATION_COUNT ? kr_observation_words[kind] : NULL; }
const char *const kr_selection_words[] = {"priority-and-weight", "any-record", NULL};
_Static_assert(sizeof kr_selection_words / sizeof kr_selection_words[0] == KMSRULES_SELECTION_COUNT + 1, "every way to choose has its word");

const char *kmsrules_selection_text(kmsrules_selection selection) { return (unsigned)selection < KMSRULES_SELECTION_COUNT ? kr_selection_words[selection] : NULL; }

const char *kmsrules_interval_text(kmsrules_interval_kind kind) { return (unsigned)kind < KMSRULES_INTERVAL_COUNT ? kr_interval_words[kind] : NULL; }

const char *kmsrules_transition_text(kmsrules_transition_kind kind) { return (unsigned)kind < KMSRULES_TRANSITION_COUNT ? kr_transition_words[kind] : NULL; }

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

/* ---- Compiling ---- */

struct policy {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    struct kr_problems *problems;
    kmsrules_interval *intervals;
    kmsrules_transition *transitions;
    kmsrules_observation *observations;
    const struct kr_entry *observation_entries[KMSRULES_OBSERVATION_COUNT];
    kmsrules_discovery_rule *discovery_rules;
    uint32_t *ruling, *ruling_discovery; /* those of the ruleset */
    const struct kr_entry **interval_entries, **discovery_entries, *cache_entry, *srv_entry;
    bool has_memory;
};

static const struct kr_entry *entry_of(const struct policy *policy, const struct kr_table_row *row) { return &policy->model->entries[row->entry]; }

static const char *copy_text(struct policy *policy, const struct kr_entry *entry, enum kr_attribute_kind attribute) {
    return kr_arena_copy_string(&policy->ruleset->arena, kr_entry_get(entry, attribute).data, &policy->has_memory);
}

static const kmsrules_id *copy_ids(struct policy *policy, struct kr_ids ids) {
    kmsrules_id *items = kr_arena_take(&policy->ruleset->arena, ids.count, sizeof *items);
    if (items == NULL) policy->has_memory = false;
    else if (ids.count > 0) memcpy(items, ids.items, ids.count * sizeof *items);
    return items;
}

static unsigned word_index(struct kr_text word, const char *const *words) {
    unsigned index = 0;
    while (words[index + 1] != NULL && !kr_text_is(word, words[index])) index++;
    return index;
}

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

static void rule_members(struct policy *policy, const struct kr_entry *const *entries, uint32_t *ruling, const struct kr_table_row *row, uint32_t index) {
    if (!row->has_editions) rule(policy, entries, &ruling[policy->ruleset->edition_count], index);
    for (uint32_t i = 0; i < row->members.count; i++)
        if (!rule(policy, entries, &ruling[row->members.items[i]], index)) break;
}

static void compile_interval(struct policy *policy, const struct kr_table_row *row) {
    const struct kr_entry *entry = entry_of(policy, row);
    uint32_t index = policy->ruleset->interval_count++, edition_count = policy->ruleset->edition_count;
    kmsrules_interval *interval = &policy->intervals[index];
    interval->kind = (kmsrules_interval_kind)word_index(kr_entry_get(entry, KR_ATTRIBUTE_OF), kr_interval_words);
    interval->editions = copy_ids(policy, row->members);
    interval->edition_count = row->members.count;
    interval->sources = copy_ids(policy, row->sources);
    interval->source_count = row->sources.count;
    interval->note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE);
    interval->at = kr_ruleset_place(policy->ruleset, entry);
    kr_duration_of(kr_entry_get(entry, KR_ATTRIBUTE_DURATION), &interval->seconds);
    policy->interval_entries[index] = entry;
    uint32_t *ruling = &policy->ruling[(size_t)interval->kind * (edition_count + 1)];
    rule_members(policy, policy->interval_entries, ruling, row, index);
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
    transition->kind = (kmsrules_transition_kind)word_index(kr_entry_get(entry, KR_ATTRIBUTE_OF), kr_transition_words);
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) transition->intervals |= 1u << word_index(word, kr_interval_words);
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
    kmsrules_observation_kind kind = (kmsrules_observation_kind)word_index(kr_entry_get(entry, KR_ATTRIBUTE_OF), kr_observation_words);
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
        .selection = (kmsrules_selection)word_index(kr_entry_get(entry, KR_ATTRIBUTE_BY), kr_selection_words),
        .editions = copy_ids(policy, row->members), .edition_count = row->members.count,
        .sources = copy_ids(policy, row->sources), .source_count = row->sources.count,
        .against = copy_ids(policy, row->against), .against_count = row->against.count,
        .note = copy_text(policy, entry, KR_ATTRIBUTE_NOTE), .at = kr_ruleset_place(policy->ruleset, entry)};
    policy->discovery_entries[index] = entry;
    rule_members(policy, policy->discovery_entries, policy->ruling_discovery, row, index);
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

static bool prepare_discovery(struct policy *policy) {
    size_t count = kr_model_count(policy->model, KR_ELEMENT_DISCOVERY), ruling = (size_t)policy->ruleset->edition_count + 1;
    policy->discovery_rules = kr_arena_take(&policy->ruleset->arena, count, sizeof *policy->discovery_rules);
    policy->ruling_discovery = kr_arena_take(&policy->ruleset->arena, ruling, sizeof *policy->ruling_discovery);
    policy->discovery_entries = kr_memory_take(count, sizeof *policy->discovery_entries);
    if (policy->discovery_rules == NULL || policy->ruling_discovery == NULL || policy->discovery_entries == NULL) return false;
    for (size_t i = 0; i < ruling; i++) policy->ruling_discovery[i] = KR_NONE;
    policy->ruleset->discovery_rules = policy->discovery_rules;
    policy->ruleset->ruling_discovery = policy->ruling_discovery;
    return true;
}

static bool prepare(struct policy *policy) {
    size_t intervals = kr_model_count(policy->model, KR_ELEMENT_INTERVAL), transitions = kr_model_count(policy->model, KR_ELEMENT_TRANSITION);
    size_t ruling = (size_t)KMSRULES_INTERVAL_COUNT * ((size_t)policy->ruleset->edition_count + 1);
    policy->intervals = kr_arena_take(&policy->ruleset->arena, intervals, sizeof *policy->intervals);
    policy->transitions = kr_arena_take(&policy->ruleset->arena, transitions, sizeof *policy->transitions);
    policy->ruling = kr_arena_take(&policy->ruleset->arena, ruling, sizeof *policy->ruling);
    policy->observations = kr_arena_take(&policy->ruleset->arena, KMSRULES_OBSERVATION_COUNT, sizeof *policy->observations);
    policy->interval_entries = kr_memory_take(intervals, sizeof *policy->interval_entries);
    if (policy->intervals == NULL || policy->transitions == NULL || policy->ruling == NULL || policy->observations == NULL ||
        policy->interval_entries == NULL)
        return false;
    for (size_t i = 0; i < ruling; i++) policy->ruling[i] = KR_NONE;
    policy->ruleset->intervals = policy->intervals;
    policy->ruleset->transitions = policy->transitions;
    policy->ruleset->observations = policy->observations;
    policy->ruleset->ruling_intervals = policy->ruling;
    return true;
}

bool kr_ruleset_compile_policy(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems) {
    struct policy policy = {.ruleset = ruleset, .tables = tables, .model = model, .problems = problems, .has_memory = true};
    policy.has_memory = prepare(&policy) && prepare_discovery(&policy);
    for (uint32_t i = 0; policy.has_memory && i < tables->policy_count; i++) {
        switch (entry_of(&policy, &tables->policies[i])->kind) {
        case KR_ELEMENT_INTERVAL: compile_interval(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_CACHE: compile_cache(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_OBSERVATION: compile_observation(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_DISCOVERY: compile_discovery(&policy, &tables->policies[i]); break;
        case KR_ELEMENT_SRV_RECORD: compile_srv_record(&policy, &tables->policies[i]); break;
        default: compile_transition(&policy, &tables->policies[i]);
        }
    }
    kr_memory_free((void *)policy.interval_entries);
    kr_memory_free((void *)policy.discovery_entries);
    return policy.has_memory;
}
