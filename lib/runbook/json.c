/* A runbook as JSON, as docs/schemas/runbook-1.schema.json describes it. See runbook.h. */
#include "render/json_parts.h"
#include "runbook/runbook.h"

static void add_options(struct kr_json *json, const kmsrules_runbook *runbook) {
    kr_json_open_member(json, "options", "{");
    kr_json_string_member(json, "host_name", runbook->fqdn);
    kr_json_open_member(json, "zones", "[");
    for (size_t i = 0; i < runbook->zone_count; i++) kr_json_string(json, runbook->zones[i]);
    kr_json_close(json, "]");
    kr_json_string_member(json, "dns", kmsrules_dns_text(runbook->dns));
    kr_json_truth_member(json, "offline", runbook->is_offline);
    kr_json_count_member(json, "port", runbook->port);
    kr_json_close(json, "}");
}

static void add_keys(struct kr_json *json, const kmsrules_runbook *runbook) {
    kr_json_open_member(json, "keys", "[");
    for (size_t i = 0; i < runbook->entry_count; i++) {
        const kmsrules_host_answer *entry = &runbook->entries[i];
        kr_json_open(json, "{");
        kr_json_string_member(json, "application", runbook->ruleset->applications[entry->application].id);
        kr_json_string_member(json, "key", entry->key_group == KR_NONE ? NULL : runbook->ruleset->groups[entry->key_group].id);
        kr_json_truth_member(json, "key_assumed", entry->key_assumed);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
}

static void add_reasons(struct kr_json *json, const kmsrules_runbook *runbook) {
    struct kr_reason_place place = {0, 0};
    struct kr_buffer words = {0};
    kr_json_open_member(json, "reasons", "[");
    while (kr_runbook_next_reason(runbook, &place, &words)) kr_json_sentence(json, &words);
    kr_json_close(json, "]");
    kr_buffer_free(&words);
}

static void add_command(struct kr_json *json, const kmsrules_command *command) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "text", command->text);
    kr_json_string_member(json, "shell", command->shell);
    kr_json_truth_member(json, "alternative", command->is_alternative);
    kr_json_close(json, "}");
}

static void add_step(struct kr_json *json, const kmsrules_runbook *runbook, size_t index) {
    const kmsrules_step *step = &runbook->steps[index].shown;
    kr_json_open(json, "{");
    kr_json_count_member(json, "number", (int64_t)index + 1);
    kr_json_string_member(json, "id", step->id);
    kr_json_string_member(json, "phase", step->phase);
    kr_json_string_member(json, "where", step->where);
    kr_json_string_member(json, "title", step->title);
    kr_json_truth_member(json, "elevated", step->is_elevated);
    kr_json_open_member(json, "commands", "[");
    for (size_t i = 0; i < step->command_count; i++) add_command(json, &step->commands[i]);
    kr_json_close(json, "]");
    kr_json_string_member(json, "check", step->check);
    kr_json_string_member(json, "undo", step->undo);
    kr_json_string_member(json, "note", step->note);
    kr_json_open_member(json, "sources", "[");
    for (size_t i = 0; i < step->source_count; i++) kr_json_source(json, &runbook->ruleset->sources[step->sources[i]]);
    kr_json_close(json, "]");
    kr_json_place_member(json, "at", step->at);
    kr_json_close(json, "}");
}

kmsrules_status kmsrules_runbook_json(const kmsrules_runbook *runbook, char **text, size_t *size) {
    if (runbook == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_json json = {0};
    struct kr_buffer summary = {0};
    kr_json_open(&json, "{");
    kr_json_string_member(&json, "schema", "kmsrules/runbook/1");
    kr_json_ruleset(&json, &runbook->ruleset->revision);
    kr_json_string_member(&json, "as_of", runbook->answer->asked.date);
    kr_json_question(&json, runbook->ruleset, &runbook->answer->asked);
    add_options(&json, runbook);
    kr_json_string_member(&json, "verdict", kmsrules_verdict_text(runbook->answer->verdict));
    kr_words_summary(&summary, runbook->answer);
    kr_json_name(&json, "summary");
    kr_json_sentence(&json, &summary);
    kr_json_string_member(&json, "host", runbook->entry_count == 0 ? NULL : runbook->ruleset->editions[runbook->entries[0].host].id);
    add_keys(&json, runbook);
    add_reasons(&json, runbook);
    kr_json_open_member(&json, "steps", "[");
    for (size_t i = 0; i < runbook->step_count; i++) add_step(&json, runbook, i);
    kr_json_close(&json, "]");
    kr_json_notes(&json, runbook->answer);
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}
