/* What slmgr printed and what it means as JSON, as docs/schemas/slmgr-1.schema.json describes it. Decides nothing. */
#include <inttypes.h>
#include <stdio.h>

#include "fleet/slmgr.h"
#include "render/json_parts.h"
#include "render/words.h"

static void add_truth(struct kr_json *json, const char *name, int value) {
    kr_json_name(json, name);
    kr_json_word(json, value < 0 ? "null" : value > 0 ? "true" : "false");
}

/* ---- What it is ---- */

static void add_product(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_license *license) {
    kr_json_open_member(json, "editions", "[");
    for (size_t i = 0; i < license->edition_count; i++) kr_json_string(json, ruleset->editions[license->editions[i]].id);
    kr_json_close(json, "]");
    kr_json_truth_member(json, "told", license->is_told);
    kr_json_open_member(json, "keys", "[");
    for (size_t i = 0; i < license->key_group_count; i++) kr_json_string(json, ruleset->groups[license->key_groups[i]].id);
    kr_json_close(json, "]");
}

static void add_reason(struct kr_json *json, uint32_t reason) {
    char code[16];
    snprintf(code, sizeof code, "0x%08" PRIX32, reason);
    kr_json_string_member(json, "reason", reason == 0 ? NULL : code);
}

static void add_state(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_license *license) {
    kr_json_count_member(json, "line", (int64_t)license->line);
    kr_json_string_member(json, "role", kmsrules_license_role_text(license->role));
    kr_json_string_member(json, "name", license->name);
    kr_json_string_member(json, "description", license->description);
    kr_json_string_member(json, "channel", license->channel);
    kr_json_string_member(json, "version", license->version);
    kr_json_string_member(json, "activation_id", license->activation_id);
    kr_json_truth_member(json, "in_use", license->is_in_use);
    add_product(json, ruleset, license);
    kr_json_string_member(json, "status", kmsrules_license_status_text(license->license_status));
    add_reason(json, license->reason);
    kr_json_count_member(json, "minutes_left", license->minutes_left);
}

/* ---- A host ---- */

static void add_thresholds(struct kr_json *json, const kmsrules_license *license) {
    kr_json_open_member(json, "thresholds", "[");
    for (size_t i = 0; i < license->threshold_count; i++) {
        kr_json_open(json, "{");
        kr_json_string_member(json, "kind", kmsrules_kind_text(license->thresholds[i].kind));
        kr_json_count_member(json, "minimum", (int64_t)license->thresholds[i].minimum);
        kr_json_truth_member(json, "met", license->thresholds[i].is_reached);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
}

static void add_requests(struct kr_json *json, const kmsrules_license *license) {
    static const char *const names[KMSRULES_REQUEST_COUNT] = {"total", "failed", "unlicensed", "licensed", "initial_grace", "expired", "non_genuine", "notification"};
    kr_json_open_member(json, "requests", "{");
    for (int kind = 0; kind < KMSRULES_REQUEST_COUNT; kind++) kr_json_count_member(json, names[kind], license->requests[kind]);
    kr_json_close(json, "}");
}

static void add_services(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_license *license) {
    kr_json_open_member(json, "can", "[");
    for (size_t i = 0; i < license->service_count; i++) {
        const kmsrules_license_service *service = &license->services[i];
        kr_json_open(json, "{");
        kr_json_string_member(json, "host", ruleset->editions[service->host].id);
        kr_json_string_member(json, "key", ruleset->groups[service->key_group].id);
        for (int verdict = KMSRULES_YES; verdict < KMSRULES_NO; verdict++)
            kr_json_count_member(json, kmsrules_verdict_text((kmsrules_verdict)verdict), (int64_t)service->editions[verdict]);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
}

static void add_host(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_license *license) {
    if (license->role != KMSRULES_ROLE_HOST) {
        kr_json_string_member(json, "host", NULL);
        return;
    }
    kr_json_open_member(json, "host", "{");
    kr_json_count_member(json, "count", license->count);
    kr_json_count_member(json, "cap", license->limit);
    add_thresholds(json, license);
    kr_json_count_member(json, "port", license->port);
    add_truth(json, "published", license->is_published);
    add_truth(json, "low_priority", license->has_low_priority);
    add_requests(json, license);
    add_services(json, ruleset, license);
    kr_json_close(json, "}");
}

/* ---- A client ---- */

static void add_client(struct kr_json *json, const kmsrules_license *license) {
    if (license->role != KMSRULES_ROLE_CLIENT) {
        kr_json_string_member(json, "client", NULL);
        return;
    }
    kr_json_open_member(json, "client", "{");
    kr_json_string_member(json, "cmid", license->cmid);
    kr_json_string_member(json, "registered", license->kms_registered);
    kr_json_string_member(json, "found", license->kms_found);
    kr_json_string_member(json, "address", license->kms_address);
    kr_json_string_member(json, "lookup_domain", license->lookup_domain);
    kr_json_string_member(json, "ad_object", license->ad_object);
    kr_json_count_member(json, "activation_minutes", license->activation_minutes);
    kr_json_count_member(json, "renewal_minutes", license->renewal_minutes);
    add_truth(json, "caching", license->is_caching);
    kr_json_close(json, "}");
}

/* ---- What shows ---- */

static void add_finding(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_finding *finding) {
    const kmsrules_observation *observation = finding->observation;
    struct kr_buffer words = {0};
    kr_json_open(json, "{");
    kr_json_string_member(json, "of", kmsrules_observation_text(observation->kind));
    kr_json_string_member(json, "level", observation->is_finding ? "finding" : "remark");
    kr_json_count_member(json, "number", finding->number);
    kr_words_finding(&words, finding);
    kr_json_name(json, "text");
    kr_json_sentence(json, &words);
    kr_json_string_member(json, "command", observation->command);
    kr_json_string_member(json, "error", observation->error);
    kr_json_sources_member(json, "sources", ruleset, observation->sources, observation->source_count);
    kr_json_string_member(json, "note", observation->note);
    kr_json_place_member(json, "at", observation->at);
    kr_json_close(json, "}");
}

static void add_license(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_license *license) {
    kr_json_open(json, "{");
    add_state(json, ruleset, license);
    add_host(json, ruleset, license);
    add_client(json, license);
    kr_json_open_member(json, "findings", "[");
    for (size_t i = 0; i < license->finding_count; i++) add_finding(json, ruleset, &license->findings[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

/* ---- The whole ---- */

static void add_head(struct kr_json *json, const kmsrules_slmgr *slmgr) {
    kr_json_string_member(json, "schema", "kmsrules/slmgr/1");
    kr_json_ruleset(json, &slmgr->ruleset->revision);
    kr_json_string_member(json, "as_of", slmgr->date);
}

static void add_read(struct kr_json *json, const kmsrules_slmgr_content *content) {
    kr_json_open_member(json, "read", "{");
    kr_json_count_member(json, "lines", (int64_t)content->lines);
    kr_json_count_member(json, "understood", (int64_t)content->understood);
    kr_json_open_member(json, "not_understood", "[");
    for (size_t i = 0; i < content->unread_count; i++) {
        char number[24];
        snprintf(number, sizeof number, "%" PRIu64, content->unread[i]);
        kr_json_word(json, number);
    }
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

kmsrules_status kmsrules_slmgr_json(const kmsrules_slmgr *slmgr, char **text, size_t *size) {
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    struct kr_json json = {0};
    if (content == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kr_json_open(&json, "{");
    add_head(&json, slmgr);
    add_read(&json, content);
    kr_json_open_member(&json, "licenses", "[");
    for (size_t i = 0; i < content->license_count; i++) add_license(&json, slmgr->ruleset, &content->licenses[i]);
    kr_json_close(&json, "]");
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}
