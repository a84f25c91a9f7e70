/* What exports of events are read by. In: <event-column>, <event-fields>, <event-provider> and <license-word> rows. Out: the ruleset's columns, layouts, providers and words. See compile.h. */
#include "table/compile.h"

const char *const kr_event_part_words[] = {"id",          "computer", "record-id",      "logged",       "message",       "result", "flags",     "minimum",            "client",          "cmid",
                                           "client-time", "virtual",  "license-status", "minutes-left", "activation-id", "count",  "activated", "activation-minutes", "renewal-minutes", "unused",
                                           "provider",
                                           NULL};
_Static_assert(sizeof kr_event_part_words / sizeof kr_event_part_words[0] == KR_EVENT_PART_COUNT + 1, "every part has its word");

static enum kr_event_part part_of(struct kr_text word) {
    size_t part = 0;
    while (part + 1 < KR_EVENT_PART_COUNT && !kr_text_is(word, kr_event_part_words[part])) part++;
    return (enum kr_event_part)part;
}

/* `data` NULL when out of memory. */
static struct kr_text copy_lower(struct kmsrules_ruleset *ruleset, struct kr_text text) {
    char *copy = kr_arena_copy(&ruleset->arena, text.data, text.size);
    if (copy != NULL) kr_text_lower(text, copy);
    return (struct kr_text){copy, text.size};
}

static void read_layout(const struct kr_model *model, const struct kr_entry *entry, struct kr_problems *problems, struct kr_event_layout *layout) {
    struct kr_text holds = kr_entry_get(entry, KR_ATTRIBUTE_HOLDS), word;
    uint64_t number = 0;
    if (kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_ID), 1, 65535, &number)) layout->id = (int)number;
    if (kr_text_number(kr_entry_get(entry, KR_ATTRIBUTE_MINIMUM), 1, KR_EVENT_FIELD_LIMIT, &number)) layout->least = (size_t)number;
    for (size_t offset = 0; kr_text_next_word(holds, &offset, &word); layout->count++) {
        if (layout->count < KR_EVENT_FIELD_LIMIT) layout->parts[layout->count] = part_of(word);
    }
    if (layout->count > KR_EVENT_FIELD_LIMIT)
        kr_problems_add(problems, KR908_BAD_VALUE, kr_model_at(model, entry, KR_ATTRIBUTE_HOLDS, 0), "%zu fields; at most %d are read", layout->count, KR_EVENT_FIELD_LIMIT);
    else if (layout->least > layout->count)
        kr_problems_add(problems, KR908_BAD_VALUE, kr_model_at(model, entry, KR_ATTRIBUTE_MINIMUM, 0), "minimum is %zu, but there are only %zu fields", layout->least, layout->count);
}

/* False when out of memory. */
static bool compile_row(struct kmsrules_ruleset *ruleset, const struct kr_model *model, const struct kr_entry *entry, struct kr_problems *problems) {
    if (entry->kind == KR_ELEMENT_EVENT_COLUMN) {
        struct kr_event_column *column = &ruleset->event_columns[ruleset->event_column_count++];
        *column = (struct kr_event_column){copy_lower(ruleset, kr_entry_get(entry, KR_ATTRIBUTE_NAME)), part_of(kr_entry_get(entry, KR_ATTRIBUTE_HOLDS))};
        return column->name.data != NULL;
    }
    if (entry->kind == KR_ELEMENT_LICENSE_WORD) {
        struct kr_license_word *word = &ruleset->license_words[ruleset->license_word_count++];
        *word = (struct kr_license_word){copy_lower(ruleset, kr_entry_get(entry, KR_ATTRIBUTE_TEXT)), kr_entry_get(entry, KR_ATTRIBUTE_TO).data[0] - '0'};
        return word->text.data != NULL;
    }
    if (entry->kind == KR_ELEMENT_EVENT_PROVIDER) {
        struct kr_text *provider = &ruleset->event_providers[ruleset->event_provider_count++];
        *provider = copy_lower(ruleset, kr_entry_get(entry, KR_ATTRIBUTE_NAME));
        return provider->data != NULL;
    }
    if (entry->kind == KR_ELEMENT_EVENT_FIELDS) read_layout(model, entry, problems, &ruleset->event_layouts[ruleset->event_layout_count++]);
    return true;
}

bool kr_ruleset_compile_events(struct kmsrules_ruleset *ruleset, const struct kr_model *model, struct kr_problems *problems) {
    bool has_memory = true;
    ruleset->event_columns = kr_arena_take(&ruleset->arena, kr_model_count(model, KR_ELEMENT_EVENT_COLUMN), sizeof *ruleset->event_columns);
    ruleset->event_layouts = kr_arena_take(&ruleset->arena, kr_model_count(model, KR_ELEMENT_EVENT_FIELDS), sizeof *ruleset->event_layouts);
    ruleset->license_words = kr_arena_take(&ruleset->arena, kr_model_count(model, KR_ELEMENT_LICENSE_WORD), sizeof *ruleset->license_words);
    ruleset->event_providers = kr_arena_take(&ruleset->arena, kr_model_count(model, KR_ELEMENT_EVENT_PROVIDER), sizeof *ruleset->event_providers);
    if (ruleset->event_columns == NULL || ruleset->event_layouts == NULL || ruleset->license_words == NULL || ruleset->event_providers == NULL) return false;
    for (size_t i = 0; has_memory && i < model->entry_count; i++) has_memory = compile_row(ruleset, model, &model->entries[i], problems);
    return has_memory;
}
