/* What slmgr printed and what it means, for people; the form may change. Decides nothing. */
#include <inttypes.h>
#include <stdio.h>

#include "fleet/slmgr.h"
#include "render/page.h"

enum { LABEL_WIDTH = 14, TEXT_INDENT = 6, MINUTES_A_DAY = 1440, SHOWN_HOSTS = 4 };

/* ---- Sentences ---- */

void kr_words_finding(struct kr_buffer *out, const kmsrules_finding *finding) {
    const char *text = finding->observation->text;
    for (const char *mark = strchr(text, '%'); mark != NULL; mark = strchr(text, '%')) {
        kr_buffer_add_escaped(out, (struct kr_text){text, (size_t)(mark - text)});
        if (finding->number >= 0) kr_buffer_add_number(out, (uint64_t)finding->number);
        text = mark + 1;
    }
    kr_buffer_add_escaped(out, kr_text_of(text));
}

/* "Windows Server 2012 Standard or Windows Server 2012 R2 Standard" */
static void add_editions(struct kr_page *page, const kmsrules_license *license) {
    size_t shown = license->edition_count > SHOWN_HOSTS ? SHOWN_HOSTS - 1 : license->edition_count;
    for (size_t i = 0; i < shown; i++) kr_words_say(&page->out, i == 0 ? "%" : i + 1 == license->edition_count ? " or %" : ", %", page->ruleset->editions[license->editions[i]].name);
    if (shown == license->edition_count) return;
    kr_words_say(&page->out, " or ");
    kr_buffer_add_number(&page->out, license->edition_count - shown);
    kr_words_say(&page->out, " more");
}

static void add_groups(struct kr_page *page, const kmsrules_license *license) {
    for (size_t i = 0; i < license->key_group_count; i++)
        kr_words_say(&page->out, i == 0 ? "\"%\"" : i + 1 == license->key_group_count ? " or \"%\"" : ", \"%\"", kr_words_group(page->ruleset, license->key_groups[i]));
}

/* ---- One license ---- */

static void add_label(struct kr_page *page, const char *label) {
    kr_page_indent(page, 2);
    kr_page_cell(page, label, LABEL_WIDTH);
}

static void add_field(struct kr_page *page, const char *label, const char *value) {
    if (value == NULL) return;
    add_label(page, label);
    kr_words_say(&page->out, "%\n", value);
}

static void add_title(struct kr_page *page, const kmsrules_license *license) {
    static const char *const roles[] = {"a license without KMS", "KMS client", "KMS host"};
    const char *status = kmsrules_license_status_text(license->license_status);
    if (license->edition_count > 0) add_editions(page, license);
    else kr_words_say(&page->out, "%", license->name == NULL ? "A product without a name" : license->name);
    kr_words_say(&page->out, ": %%%", roles[license->role], status == NULL ? "" : ", ", status == NULL ? "" : status);
    kr_words_say(&page->out, license->is_in_use ? "\n" : ", no key installed\n");
}

static void add_key(struct kr_page *page, const kmsrules_license *license) {
    if (license->role != KMSRULES_ROLE_HOST) {
        add_field(page, "Channel", license->channel);
        return;
    }
    add_label(page, "Key group");
    if (license->key_group_count > 0) add_groups(page, license);
    else kr_words_say(&page->out, "not recognised");
    if (license->channel != NULL) kr_words_say(&page->out, " (%)", license->channel);
    kr_words_say(&page->out, "\n");
}

static void add_reason(struct kr_page *page, uint32_t reason) {
    char code[16];
    if (reason == 0) return;
    snprintf(code, sizeof code, "0x%08" PRIX32, reason);
    add_label(page, "Reason");
    kr_words_say(&page->out, "%", code);
    for (uint32_t i = 0; i < page->ruleset->error_count; i++)
        if (strcmp(page->ruleset->errors[i].id, code) == 0) kr_words_say(&page->out, ", %: kmsrules explain %", page->ruleset->errors[i].name, code);
    kr_words_say(&page->out, "\n");
}

static void add_minutes(struct kr_page *page, const char *label, int64_t minutes, bool in_days) {
    if (minutes < 0) return;
    add_label(page, label);
    if (in_days) kr_words_number_of(&page->out, (uint64_t)minutes / MINUTES_A_DAY, "day");
    else kr_words_number_of(&page->out, (uint64_t)minutes, "minute");
    kr_words_say(&page->out, "\n");
}

static void add_count(struct kr_page *page, const kmsrules_license *license) {
    static const char *const kinds[] = {"clients", "servers", "Office computers"};
    if (license->count < 0) return;
    add_label(page, "Count");
    kr_buffer_add_number(&page->out, (uint64_t)license->count);
    if (license->limit >= 0) {
        kr_words_say(&page->out, " of at most ");
        kr_buffer_add_number(&page->out, (uint64_t)license->limit);
    }
    for (size_t i = 0; i < license->threshold_count; i++) {
        const kmsrules_license_threshold *threshold = &license->thresholds[i];
        kr_words_say(&page->out, "; % need ", kinds[threshold->kind]);
        kr_buffer_add_number(&page->out, threshold->minimum);
        kr_words_say(&page->out, threshold->is_reached ? ": reached" : ": not reached");
    }
    kr_words_say(&page->out, "\n");
}

static void add_requests(struct kr_page *page, const kmsrules_license *license) {
    if (license->requests[KMSRULES_REQUESTS_TOTAL] < 0) return;
    add_label(page, "Requests");
    kr_buffer_add_number(&page->out, (uint64_t)license->requests[KMSRULES_REQUESTS_TOTAL]);
    for (int kind = KMSRULES_REQUESTS_FAILED; kind < KMSRULES_REQUEST_COUNT; kind++) {
        if (license->requests[kind] <= 0) continue;
        kr_words_say(&page->out, ", ");
        kr_buffer_add_number(&page->out, (uint64_t)license->requests[kind]);
        kr_words_say(&page->out, " %", kmsrules_request_text((kmsrules_request_kind)kind));
    }
    kr_words_say(&page->out, "\n");
}

static void add_port(struct kr_page *page, const kmsrules_license *license) {
    const char *comma = license->port < 0 ? "" : ", ";
    if (license->port < 0 && license->is_published < 0 && license->has_low_priority < 0) return;
    add_label(page, "Service");
    if (license->port >= 0) {
        kr_words_say(&page->out, "port ");
        kr_buffer_add_number(&page->out, (uint64_t)license->port);
    }
    if (license->is_published >= 0) kr_words_say(&page->out, license->is_published ? "%published in DNS" : "%not published in DNS", comma);
    if (license->is_published >= 0) comma = ", ";
    if (license->has_low_priority >= 0) kr_words_say(&page->out, license->has_low_priority ? "%low priority" : "%normal priority", comma);
    kr_words_say(&page->out, "\n");
}

static void add_service(struct kr_page *page, const kmsrules_license_service *service, bool is_first) {
    static const char *const verdicts[KMSRULES_NO] = {"yes", "conditional", "undocumented"};
    const char *host = page->ruleset->editions[service->host].id, *group = page->ruleset->groups[service->key_group].id;
    add_label(page, is_first ? "Can do" : "");
    for (int verdict = KMSRULES_YES; verdict < KMSRULES_NO; verdict++) {
        if (verdict > KMSRULES_YES) kr_words_say(&page->out, ", ");
        if (verdict == KMSRULES_YES) kr_words_number_of(&page->out, service->editions[verdict], "edition");
        else kr_buffer_add_number(&page->out, service->editions[verdict]);
        kr_words_say(&page->out, " %", verdicts[verdict]);
    }
    kr_words_say(&page->out, ": kmsrules editions % --key %\n", host, group);
}

/* Whether a host before it can do the same with the same key. */
static bool is_again(const kmsrules_license *license, size_t index) {
    const kmsrules_license_service *service = &license->services[index];
    for (size_t i = 0; i < index; i++)
        if (license->services[i].key_group == service->key_group && memcmp(license->services[i].editions, service->editions, sizeof service->editions) == 0) return true;
    return false;
}

static bool shows(const kmsrules_license *license, kmsrules_observation_kind kind) {
    for (size_t i = 0; i < license->finding_count; i++)
        if (license->findings[i].observation->kind == kind) return true;
    return false;
}

static void add_services(struct kr_page *page, const kmsrules_license *license) {
    size_t shown = 0;
    if (shows(license, KMSRULES_OTHER_KEY)) add_field(page, "Can do", "nothing that a source lists: its key does not fit its Windows");
    if (shows(license, KMSRULES_OTHER_KEY)) return;
    for (size_t i = 0; i < license->service_count; i++)
        if (!is_again(license, i)) add_service(page, &license->services[i], shown++ == 0);
    if (license->role != KMSRULES_ROLE_HOST || license->key_group_count == 0 || shown == 1) return;
    add_label(page, license->service_count == 0 ? "Can do" : "");
    kr_words_say(&page->out, license->edition_count == 0 ? "name its Windows with --host to learn what it can activate\n" : "to tell these apart, name its Windows with --host, or give the whole output of /dlv\n");
}

static void add_client(struct kr_page *page, const kmsrules_license *license) {
    add_field(page, "KMS host", license->kms_registered);
    if (license->kms_found != NULL) {
        add_label(page, "KMS host");
        kr_words_say(&page->out, "% (by DNS)\n", license->kms_found);
    }
    add_field(page, "Address", license->kms_address);
    add_field(page, "Domain", license->lookup_domain);
    add_field(page, "AD object", license->ad_object);
    add_field(page, "CMID", license->cmid);
    add_minutes(page, "Asks every", license->activation_minutes, false);
    add_minutes(page, "Renews every", license->renewal_minutes, false);
    if (license->is_caching >= 0) add_field(page, "Caching", license->is_caching ? "keeps the host it found" : "asks DNS every time");
}

static void add_more(struct kr_page *page, const char *name, const char *text) {
    if (text == NULL) return;
    kr_page_indent(page, TEXT_INDENT);
    kr_words_say(&page->out, "%: %\n", name, text);
}

static void add_finding(struct kr_page *page, const kmsrules_finding *finding) {
    const kmsrules_observation *observation = finding->observation;
    kr_page_indent(page, 4);
    kr_page_colored(page, observation->is_finding ? "!" : "-", observation->is_finding ? KMSRULES_NO : KMSRULES_YES, 2);
    kr_words_finding(&page->out, finding);
    kr_words_say(&page->out, "\n");
    add_more(page, "command", observation->command);
    add_more(page, "error", observation->error);
    add_more(page, "note", observation->note);
    kr_page_indent(page, TEXT_INDENT);
    for (size_t i = 0; i < observation->source_count; i++)
        kr_words_say(&page->out, i == 0 ? "source: %" : "; %", page->ruleset->sources[observation->sources[i]].title);
    kr_words_say(&page->out, "\n");
}

static void add_license(struct kr_page *page, const kmsrules_license *license) {
    add_title(page, license);
    add_field(page, "Name", license->name);
    add_key(page, license);
    add_field(page, "Version", license->version);
    add_field(page, "Activation ID", license->activation_id);
    add_reason(page, license->reason);
    add_minutes(page, "Ends in", license->minutes_left, true);
    add_count(page, license);
    add_requests(page, license);
    add_port(page, license);
    add_services(page, license);
    add_client(page, license);
    if (license->finding_count > 0) kr_words_say(&page->out, "  What shows (! is wrong):\n");
    for (size_t i = 0; i < license->finding_count; i++) add_finding(page, &license->findings[i]);
}

/* ---- The whole ---- */

static void add_unread(struct kr_page *page, const kmsrules_slmgr_content *content) {
    uint64_t count = content->lines - content->understood;
    if (count == 0) return;
    kr_words_say(&page->out, "\nNot understood: ");
    kr_words_number_of(&page->out, count, "line");
    for (size_t i = 0; i < content->unread_count; i++) {
        kr_words_say(&page->out, i == 0 ? " (" : ", ");
        kr_buffer_add_number(&page->out, content->unread[i]);
    }
    kr_words_say(&page->out, content->unread_count < count ? ", …)\n" : ")\n");
}

kmsrules_status kmsrules_slmgr_print(const kmsrules_slmgr *slmgr, bool color, char **text, size_t *size) {
    const kmsrules_slmgr_content *content = kmsrules_slmgr_content_of(slmgr);
    if (content == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = slmgr->ruleset, .has_color = color};
    for (size_t i = 0; i < content->license_count; i++) {
        if (i > 0) kr_words_say(&page.out, "\n");
        add_license(&page, &content->licenses[i]);
    }
    add_unread(&page, content);
    kr_words_say(&page.out, "\n");
    kr_words_revision(&page.out, slmgr->ruleset, slmgr->date);
    kr_words_say(&page.out, "\n");
    return kr_page_finish(&page, text, size);
}
