/* Placeholders of steps, filled for people. In: a template and what the step is about. Out: text without control characters. See runbook.h. */
#include "runbook/runbook.h"

static void add_names(struct kr_buffer *out, const kmsrules_runbook *runbook, const char *between) {
    for (size_t i = 0; i < runbook->zone_count; i++) kr_words_say(out, "%%", i == 0 ? "" : between, runbook->zones[i]);
}

/* A step that is for no key group in particular speaks of all. */
static void add_key_groups(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene) {
    size_t count = scene->entry == NULL ? runbook->entry_count : 1;
    const kmsrules_host_answer *entries = scene->entry == NULL ? runbook->entries : scene->entry;
    for (size_t i = 0; i < count && kr_words_item(out, i, count); i++) kr_words_say(out, "%", kr_words_group(runbook->ruleset, entries[i].key_group));
}

static void add_applications(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene) {
    size_t count = scene->entry == NULL ? runbook->entry_count : 1;
    const kmsrules_host_answer *entries = scene->entry == NULL ? runbook->entries : scene->entry;
    for (size_t i = 0; i < count && kr_words_item(out, i, count); i++) kr_words_say(out, "%", runbook->ruleset->applications[entries[i].application].name);
}

const char *kr_runbook_activation_id(const kmsrules_runbook *runbook, const struct kr_scene *scene) {
    kmsrules_id group = scene->entry == NULL ? KR_NONE : scene->entry->key_group;
    return group == KR_NONE ? NULL : runbook->ruleset->group_activation_ids[group];
}

static void add_activation_id(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene) {
    const char *id = kr_runbook_activation_id(runbook, scene);
    kr_words_say(out, "%", id == NULL ? "<activation id>" : id);
}

static void add_thresholds(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene) {
    bool is_said[KMSRULES_KIND_COUNT] = {false}, is_first = true;
    for (uint32_t i = 0; i < scene->editions.count; i++) {
        kmsrules_kind kind = runbook->ruleset->editions[scene->editions.items[i]].kind;
        if (is_said[kind] || runbook->ruleset->thresholds[kind].row == KR_NONE) continue;
        is_said[kind] = true;
        kr_words_say(out, is_first ? "" : "; ");
        kr_words_threshold(out, runbook->ruleset, (int)kind);
        is_first = false;
    }
    if (is_first) kr_words_say(out, "no threshold is known");
}

static void add_update(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_open_update *update) {
    if (update == NULL) return;
    kr_words_updates(out, runbook->ruleset, update->any_of);
    if (update->any_of.count > 1) kr_words_prerequisites(out, runbook->ruleset, update->any_of);
}

static void add_update_note(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_open_update *update) {
    if (update == NULL) return;
    const char *name = runbook->ruleset->updates[update->first].name, *note = runbook->ruleset->update_orders[update->first].note;
    if (name != NULL) kr_words_say(out, "%: %", runbook->ruleset->updates[update->first].id, name);
    if (note != NULL) kr_words_say(out, name == NULL ? "%" : "; %", note);
}

void kr_runbook_add_value(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene, enum kr_placeholder placeholder) {
    switch (placeholder) {
    case KR_FILL_ACTIVATION_ID: add_activation_id(out, runbook, scene); break;
    case KR_FILL_ADDRESS: kr_words_say(out, "%", runbook->address); break;
    case KR_FILL_APPLICATION: add_applications(out, runbook, scene); break;
    case KR_FILL_CONFIRMATION_ID: kr_words_say(out, "<confirmation id>"); break;
    case KR_FILL_EDITIONS: kr_words_editions(out, runbook->ruleset, scene->editions); break;
    case KR_FILL_FQDN: kr_words_say(out, "%", runbook->fqdn); break;
    case KR_FILL_KEY: kr_words_say(out, "<KMS host key>"); break;
    case KR_FILL_KEY_GROUP: add_key_groups(out, runbook, scene); break;
    case KR_FILL_NETBIOS: kr_words_say(out, "%", runbook->netbios); break;
    case KR_FILL_PORT: kr_buffer_add_number(out, runbook->port); break;
    case KR_FILL_SYSTEM: kr_words_say(out, "%", "%SystemRoot%\\System32"); break;
    case KR_FILL_THRESHOLDS: add_thresholds(out, runbook, scene); break;
    case KR_FILL_UPDATE: add_update(out, runbook, scene->update); break;
    case KR_FILL_UPDATE_NOTE: add_update_note(out, runbook, scene->update); break;
    case KR_FILL_ZONE: kr_words_say(out, "%", scene->zone == NULL ? runbook->zones[0] : scene->zone); break;
    case KR_FILL_ZONE_LIST: add_names(out, runbook, "\\0"); break;
    case KR_FILL_ZONES: add_names(out, runbook, ", "); break;
    case KR_FILL_COUNT: break;
    }
}

void kr_runbook_fill(struct kr_buffer *out, const kmsrules_runbook *runbook, const struct kr_scene *scene, struct kr_text template) {
    struct kr_text literal;
    enum kr_placeholder placeholder;
    for (size_t offset = 0; kr_template_next(template, &offset, &literal, &placeholder);) {
        if (placeholder == KR_FILL_COUNT) kr_buffer_add_escaped(out, literal);
        else kr_runbook_add_value(out, runbook, scene, placeholder);
    }
}
