/* Saved ledgers from anywhere: as they are, and with the right sum behind them, so that the sum hides nothing that comes after it. */
#include "base/sha256.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void save(const kmsrules_ledger *ledger, char **text, size_t *size) { require(kmsrules_ledger_save(ledger, text, size) == KMSRULES_OK, "cannot be saved"); }

/* What is loaded from a saved ledger is saved as the same text. */
static void go_round(const kmsrules_ledger *ledger) {
    kmsrules_ledger *again = NULL;
    char *text, *other;
    size_t size, other_size;
    save(ledger, &text, &size);
    require(kmsrules_ledger_load(tables(), text, size, NULL, &again) == KMSRULES_OK, "what was saved cannot be loaded");
    save(again, &other, &other_size);
    require(size == other_size && memcmp(text, other, size) == 0, "another ledger came back");
    kmsrules_string_free(text);
    kmsrules_string_free(other);
    kmsrules_ledger_free(again);
}

/* A new client of each kind, first at the present; then each once more, when all others are long gone. */
static void ask(kmsrules_ledger *ledger, kmsrules_id application) {
    for (int i = 0; i < 2 * KMSRULES_KIND_COUNT; i++) {
        kmsrules_reply reply;
        uint64_t count = 0;
        kmsrules_request request = {.cmid = {{0xFF, (uint8_t)i}}, .application = application, .kind = (kmsrules_kind)(i % KMSRULES_KIND_COUNT), .time = i < KMSRULES_KIND_COUNT ? 0 : KMSRULES_LAST_TIME, .is_accepted = true};
        require(kmsrules_ledger_record(ledger, &request, &reply) == KMSRULES_OK, "a request is refused");
        require(kmsrules_ledger_count(ledger, application, 0, &count) == KMSRULES_OK && count <= kmsrules_ledger_capacity(ledger, application), "more clients than the capacity");
        require(i < KMSRULES_KIND_COUNT || count >= 1, "a client that asked last is not counted");
    }
}

static void load(const char *text, size_t size) {
    kmsrules_ledger *ledger = NULL;
    kmsrules_ledger_fault fault = {0, 0, NULL};
    kmsrules_status status = kmsrules_ledger_load(tables(), text, size, &fault, &ledger);
    require(status == KMSRULES_OK || (status == KMSRULES_INVALID_LEDGER && ledger == NULL && fault.line > 0 && fault.column > 0 && fault.column <= size + 1 && fault.problem != NULL), "refused without a fault");
    if (ledger == NULL) return;
    go_round(ledger);
    for (kmsrules_id application = 0; application < kmsrules_ruleset_application_count(tables()); application++) ask(ledger, application);
    go_round(ledger);
    kmsrules_ledger_free(ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char sum[65], *sealed = malloc(size + 80);
    struct kr_sha256 hash;
    require(sealed != NULL, "out of memory");
    if (size > 0) memcpy(sealed, data, size);
    load(sealed, size);
    kr_sha256_start(&hash);
    kr_sha256_add(&hash, sealed, size);
    kr_sha256_finish(&hash, sum);
    load(sealed, size + (size_t)snprintf(sealed + size, 80, "sha256 %s\n", sum));
    free(sealed);
    return 0;
}
