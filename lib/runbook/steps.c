/* Which steps of the ruleset make up a runbook, and in which order. Knows conditions, no step of its own. See runbook.h. */
#include "runbook/runbook.h"

static unsigned bit(enum kr_when condition) { return 1u << condition; }

/* ---- Conditions ---- */

static bool update_restarts(const struct kmsrules_ruleset *ruleset, const struct kr_open_update *update) {
    for (uint32_t i = 0; i < update->any_of.count; i++)
        if (ruleset->update_orders[update->any_of.items[i]].restarts) return true;
    return false;
}

static unsigned conditions_of_update(const kmsrules_runbook *runbook, const struct kr_open_update *update) {
    if (update == NULL) return 0;
    unsigned conditions = bit(update->is_missing ? KR_WHEN_UPDATE_MISSING : KR_WHEN_UPDATE_UNKNOWN);
    return update_restarts(runbook->ruleset, update) ? conditions | bit(KR_WHEN_UPDATE_RESTARTS) : conditions;
}

static unsigned conditions_of(const kmsrules_runbook *runbook, const struct kr_scene *scene) {
    static const unsigned dns[] = {
        [KMSRULES_DNS_AUTOMATIC] = 1u << KR_WHEN_DNS | 1u << KR_WHEN_DNS_AUTOMATIC,
        [KMSRULES_DNS_MANUAL] = 1u << KR_WHEN_DNS | 1u << KR_WHEN_DNS_MANUAL,
        [KMSRULES_DNS_NONE] = 1u << KR_WHEN_NO_DNS,
    };
    return dns[runbook->dns] | bit(runbook->is_offline ? KR_WHEN_OFFLINE : KR_WHEN_ONLINE) | bit(runbook->zone_count > 1 ? KR_WHEN_SEVERAL_ZONES : KR_WHEN_ONE_ZONE) |
           bit(runbook->port == KR_KMS_PORT ? KR_WHEN_DEFAULT_PORT : KR_WHEN_OTHER_PORT) | conditions_of_update(runbook, scene->update);
}

static bool names_application(const struct kr_step *row, kmsrules_id application) {
    for (uint32_t i = 0; i < row->application_count; i++)
        if (row->applications[i] == application) return true;
    return row->application_count == 0;
}

/* Of the editions asked for, those that the step is about; in an arena. False when out of memory. */
static bool select_editions(kmsrules_runbook *runbook, const struct kr_step *row, struct kr_scene *scene) {
    const kmsrules_host_answer *entries = scene->entry == NULL ? runbook->entries : scene->entry;
    size_t entry_count = scene->entry == NULL ? runbook->entry_count : 1, room = 0;
    for (size_t i = 0; i < entry_count; i++) room += entries[i].edition_count;
    kmsrules_id *editions = kr_arena_take(&runbook->arena, room, sizeof *editions);
    scene->editions = (struct kr_ids){editions, 0};
    for (size_t i = 0; editions != NULL && i < entry_count; i++) {
        for (size_t j = 0; names_application(row, entries[i].application) && j < entries[i].edition_count; j++) {
            kmsrules_id edition = entries[i].editions[j].edition;
            if (row->editions == NULL || kr_bit(row->editions, edition)) editions[scene->editions.count++] = edition;
        }
    }
    return editions != NULL;
}

/* ---- Steps as shown ---- */

static const char *fill(kmsrules_runbook *runbook, const struct kr_scene *scene, struct kr_text template) {
    struct kr_buffer text = {0};
    kr_runbook_fill(&text, runbook, scene, template);
    char *filled = kr_buffer_finish(&text);
    const char *copy = filled == NULL ? NULL : kr_arena_copy(&runbook->arena, filled, strlen(filled));
    kr_memory_free(filled);
    return copy;
}

static bool show_commands(kmsrules_runbook *runbook, struct kr_planned_step *step) {
    kmsrules_command *commands = kr_arena_take(&runbook->arena, step->row->command_count, sizeof *commands);
    if (commands == NULL) return false;
    for (uint32_t i = 0; i < step->row->command_count; i++) {
        const struct kr_command *command = &step->row->commands[i];
        commands[i] = (kmsrules_command){.shell = kr_shell_words[command->is_powershell], .is_alternative = i > 0 && command->is_alternative};
        commands[i].text = fill(runbook, &step->scene, command->text);
        if (commands[i].text == NULL) return false;
    }
    step->shown.commands = commands;
    step->shown.command_count = step->row->command_count;
    return true;
}

/* The sources of the update that the step is about, then the step's own, each once. */
static bool show_sources(kmsrules_runbook *runbook, struct kr_planned_step *step) {
    struct kr_ids own = {step->row->sources, step->row->source_count}, others = {NULL, 0};
    if (step->scene.update != NULL) others = runbook->ruleset->update_orders[step->scene.update->first].sources;
    kmsrules_id *sources = kr_arena_take(&runbook->arena, (size_t)own.count + others.count, sizeof *sources);
    if (sources == NULL) return false;
    for (uint32_t i = 0; i < own.count + others.count; i++) {
        kmsrules_id source = i < others.count ? others.items[i] : own.items[i - others.count];
        size_t known = 0;
        while (known < step->shown.source_count && sources[known] != source) known++;
        if (known == step->shown.source_count) sources[step->shown.source_count++] = source;
    }
    step->shown.sources = sources;
    return true;
}

static bool show(kmsrules_runbook *runbook, struct kr_planned_step *step) {
    const struct kr_step *row = step->row;
    kmsrules_step *shown = &step->shown;
    *shown = (kmsrules_step){.id = row->id, .phase = kr_phase_words[row->phase], .where = kr_where_words[row->where], .is_elevated = row->is_elevated, .at = row->at};
    shown->title = fill(runbook, &step->scene, row->title);
    shown->check = fill(runbook, &step->scene, row->check);
    shown->undo = fill(runbook, &step->scene, row->undo);
    const char *note = fill(runbook, &step->scene, row->note);
    if (shown->title == NULL || shown->check == NULL || shown->undo == NULL || note == NULL) return false;
    shown->note = note[0] == '\0' ? NULL : note;
    return show_commands(runbook, step) && show_sources(runbook, step);
}

/* ---- Choosing ---- */

/* Adds the row if all that it names is the case. */
static bool add_row(kmsrules_runbook *runbook, const struct kr_step *row, struct kr_scene scene) {
    bool is_for_host = row->hosts == NULL || kr_bit(row->hosts, runbook->entries[0].host);
    if (!is_for_host || (row->when & ~conditions_of(runbook, &scene)) != 0) return true;
    if (!select_editions(runbook, row, &scene)) return false;
    if (scene.editions.count == 0) return true;
    void *steps = runbook->steps;
    if (!kr_memory_reserve(&steps, &runbook->step_capacity, runbook->step_count, sizeof *runbook->steps)) return false;
    runbook->steps = steps;
    struct kr_planned_step *step = &runbook->steps[runbook->step_count];
    *step = (struct kr_planned_step){.row = row, .scene = scene, .is_first_of_zones = scene.zone == NULL || scene.zone == runbook->zones[0]};
    if (!show(runbook, step)) return false;
    runbook->step_count++;
    return true;
}

static size_t round_count(const kmsrules_runbook *runbook, enum kr_each each) {
    switch (each) {
    case KR_EACH_UPDATE: return runbook->update_count;
    case KR_EACH_KEY_GROUP: return runbook->entry_count;
    case KR_EACH_ZONE: return runbook->zone_count;
    case KR_ONCE: break;
    }
    return 1;
}

static struct kr_scene scene_of(const kmsrules_runbook *runbook, enum kr_each each, size_t round) {
    struct kr_scene scene = {NULL, NULL, NULL, {NULL, 0}};
    if (each == KR_EACH_UPDATE) scene.update = &runbook->updates[round];
    if (each == KR_EACH_KEY_GROUP) scene.entry = &runbook->entries[round];
    if (each == KR_EACH_ZONE) scene.zone = runbook->zones[round];
    return scene;
}

/* Rows that stand together and are for each of the same come together for each of them. */
bool kr_runbook_plan(kmsrules_runbook *runbook) {
    const struct kr_step *rows = runbook->ruleset->steps;
    uint32_t count = runbook->ruleset->step_count;
    for (uint32_t first = 0, last = 0; first < count; first = last) {
        while (last < count && rows[last].each == rows[first].each && rows[last].phase == rows[first].phase) last++;
        for (size_t round = 0; round < round_count(runbook, rows[first].each); round++)
            for (uint32_t i = first; i < last; i++)
                if (!add_row(runbook, &rows[i], scene_of(runbook, rows[first].each, round))) return false;
    }
    return true;
}
