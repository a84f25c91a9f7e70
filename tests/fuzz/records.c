/* Answers of DNS from anywhere: the records are told, and shares and chances lie where shares and chances can. */
#include "target.h"

static bool is_share(double share) { return share >= 0 && share <= 1 + 1e-9; }

static void check(const kmsrules_discovery_summary *summary) {
    double expected = 0;
    for (size_t i = 0; i < summary->host_count; i++) {
        const kmsrules_discovery_host *host = &summary->hosts[i];
        for (int j = 0; j < KMSRULES_SELECTION_COUNT; j++) require(is_share(host->shares[j]), "no share");
        for (size_t j = 0; j < summary->threshold_count; j++) require(is_share(host->reaches[j].probability), "no probability");
        expected += host->expected;
    }
    require(expected > (double)summary->machines * (1 - 1e-9) && expected < (double)summary->machines * (1 + 1e-9), "machines are lost");
}

static void add(kmsrules_discovery *discovery, const char *name, size_t size, uint64_t machines) {
    kmsrules_identity identity;
    require(kmsrules_identify(tables(), KMSRULES_EDITION | KMSRULES_RELEASE, name, size, &identity) == KMSRULES_OK, "no such product");
    require(kmsrules_discovery_add_machines(discovery, identity.kind, identity.id, machines) == KMSRULES_OK, "machines are refused");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    kmsrules_records *records = NULL;
    kmsrules_discovery *discovery = NULL;
    const kmsrules_discovery_summary *summary = NULL;
    char *text = NULL;
    size_t length = 0;
    require(kmsrules_records_read(tables(), (const char *)data, size, NULL, &records) == KMSRULES_OK, "an answer is refused");
    const kmsrules_records_content *content = kmsrules_records_look(records);
    require(content->unreadable >= content->problem_count && (content->unreadable > 0) == (content->problem_count > 0), "what could not be read is not said");
    require(kmsrules_discovery_new(tables(), records, &discovery) == KMSRULES_OK, "no discovery");
    add(discovery, "windows-10-pro", 14, 40);
    add(discovery, "windows-server-2008-standard", 28, 5);
    kmsrules_discovery_set_draws(discovery, 3, 1);
    kmsrules_status status = kmsrules_discovery_sum_up(discovery, &summary);
    require(status == KMSRULES_OK || (status == KMSRULES_NOTHING_ASKED && content->record_count == 0), "no summary");
    if (status == KMSRULES_OK) {
        check(summary);
        require_text(kmsrules_discovery_json(discovery, &text, &length), &text, &length);
        require_text(kmsrules_discovery_print(discovery, true, &text, &length), &text, &length);
    }
    kmsrules_discovery_free(discovery);
    kmsrules_records_free(records);
    return 0;
}
