/* See slmgr.h; <slmgr-line> and <slmgr-channel> as compiled, for compile.h. */
#include "table/slmgr.h"

#include "table/compile.h"

#define ROW_LIMIT 1000 /* each line of an output is held against all of them */

const char *const kr_slmgr_part_words[] = {
    "nothing",          "secret",           "name",          "description",         "activation-id",      "channel",       "version",        "license-status",
    "reason",           "minutes-left",     "host",          "count",               "not-counting",       "port",          "dns-publishing", "priority",
    "requests",         "failed-requests",  "requests-unlicensed", "requests-licensed", "requests-initial-grace", "requests-expired", "requests-non-genuine", "requests-notification",
    "client",           "cmid",             "kms-registered", "kms-found",          "kms-not-found",      "kms-address",   "lookup-domain",  "activation-interval",
    "renewal-interval", "caching",          "ad-object",     "not-in-use",          "stale",              "error",         NULL};
_Static_assert(sizeof kr_slmgr_part_words / sizeof kr_slmgr_part_words[0] == KR_SLMGR_PART_COUNT + 1, "every part has its word");

const char *const kr_slmgr_value_words[] = {"unlicensed", "licensed", "initial-grace", "out-of-tolerance", "non-genuine", "notification", "extended-grace", "no", "yes", "normal", "low", NULL};

/* The parts whose lines stand for a value: which words of the list above, in the order of their numbers. */
static const struct value_range {
    enum kr_slmgr_part part;
    size_t first, count;
    const char *said;
} ranges[] = {
    {KR_SLMGR_STATUS, 0, KMSRULES_LICENSE_STATUS_COUNT, "one of the values: unlicensed, licensed, initial-grace, out-of-tolerance, non-genuine, notification, extended-grace"},
    {KR_SLMGR_PUBLISHING, 7, 2, "one of the values: no, yes"},
    {KR_SLMGR_PRIORITY, 9, 2, "one of the values: normal, low"},
    {KR_SLMGR_CACHING, 7, 2, "one of the values: no, yes"},
};
#define RANGE_COUNT (sizeof ranges / sizeof ranges[0])

const char *kmsrules_license_status_text(int status) {
    return status >= 0 && status < KMSRULES_LICENSE_STATUS_COUNT ? kr_slmgr_value_words[status] : NULL;
}

static enum kr_slmgr_part part_of(struct kr_text word) {
    int part = 0;
    while (part + 1 < KR_SLMGR_PART_COUNT && !kr_text_is(word, kr_slmgr_part_words[part])) part++;
    return (enum kr_slmgr_part)part;
}

static const struct value_range *range_of(enum kr_slmgr_part part) {
    for (size_t i = 0; i < RANGE_COUNT; i++)
        if (ranges[i].part == part) return &ranges[i];
    return NULL;
}

/* The number of a value; -1: none. */
static int value_of(enum kr_slmgr_part part, struct kr_text value) {
    const struct value_range *range = range_of(part);
    for (size_t i = 0; range != NULL && i < range->count; i++)
        if (kr_text_is(value, kr_slmgr_value_words[range->first + i])) return (int)i;
    return -1;
}

bool kr_slmgr_value_fits(struct kr_text part, struct kr_text value) {
    enum kr_slmgr_part held = part_of(part);
    return range_of(held) == NULL ? value.data == NULL : value_of(held, value) >= 0;
}

const char *kr_slmgr_values_of(struct kr_text part) {
    const struct value_range *range = range_of(part_of(part));
    return range == NULL ? "no value" : range->said;
}

/* ---- Compiling ---- */

static bool copy_lower(struct kmsrules_ruleset *ruleset, struct kr_text text, struct kr_text *lower) {
    char *copy = kr_arena_copy(&ruleset->arena, text.data == NULL ? "" : text.data, text.size);
    if (copy == NULL) return false;
    kr_text_lower(text, copy);
    *lower = (struct kr_text){copy, text.size};
    return true;
}

static bool compile_line(struct kmsrules_ruleset *ruleset, const struct kr_entry *entry) {
    struct kr_slmgr_line *line = &ruleset->slmgr_lines[ruleset->slmgr_line_count++];
    uint64_t since = 0;
    kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_SINCE), 1, UINT32_MAX, &since);
    line->part = part_of(kr_entry_get(entry, KR_ATTRIBUTE_HOLDS));
    line->value = value_of(line->part, kr_entry_get(entry, KR_ATTRIBUTE_VALUE));
    line->since = (uint32_t)since;
    return copy_lower(ruleset, kr_entry_get(entry, KR_ATTRIBUTE_TEXT), &line->text);
}

static bool compile_channel(struct kmsrules_ruleset *ruleset, const struct kr_entry *entry) {
    struct kr_slmgr_channel *channel = &ruleset->slmgr_channels[ruleset->slmgr_channel_count++];
    struct kr_text role = kr_entry_get(entry, KR_ATTRIBUTE_ROLE);
    channel->role = kr_text_is(role, "host") ? KMSRULES_ROLE_HOST : kr_text_is(role, "client") ? KMSRULES_ROLE_CLIENT : KMSRULES_ROLE_OTHER;
    return copy_lower(ruleset, kr_entry_get(entry, KR_ATTRIBUTE_TEXT), &channel->text);
}

bool kr_ruleset_compile_slmgr(struct kmsrules_ruleset *ruleset, const struct kr_model *model, struct kr_problems *problems) {
    size_t line_count = kr_model_count(model, KR_ELEMENT_SLMGR_LINE), channel_count = kr_model_count(model, KR_ELEMENT_SLMGR_CHANNEL);
    ruleset->slmgr_lines = kr_arena_take(&ruleset->arena, line_count, sizeof *ruleset->slmgr_lines);
    ruleset->slmgr_channels = kr_arena_take(&ruleset->arena, channel_count, sizeof *ruleset->slmgr_channels);
    bool has_memory = ruleset->slmgr_lines != NULL && ruleset->slmgr_channels != NULL;
    for (size_t i = 0; has_memory && i < model->entry_count; i++) {
        const struct kr_entry *entry = &model->entries[i];
        if (entry->kind == KR_ELEMENT_SLMGR_LINE) has_memory = compile_line(ruleset, entry);
        if (entry->kind == KR_ELEMENT_SLMGR_CHANNEL) has_memory = compile_channel(ruleset, entry);
        if (ruleset->slmgr_line_count + ruleset->slmgr_channel_count != ROW_LIMIT + 1 || (entry->kind != KR_ELEMENT_SLMGR_LINE && entry->kind != KR_ELEMENT_SLMGR_CHANNEL)) continue;
        kr_problems_add(problems, KR904_LIMIT, entry->at, "more than %d <slmgr-line> and <slmgr-channel> rows", ROW_LIMIT);
    }
    return has_memory;
}
