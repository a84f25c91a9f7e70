/* What the library says of itself and of its plain values. */
#include "base/memory.h"
#include "kmsrules/kmsrules.h"

#define WORD(words, index) ((size_t)(index) < sizeof(words) / sizeof(words)[0] ? (words)[(size_t)(index)] : NULL)

const char *kmsrules_version(void) { return KMSRULES_VERSION; }

const char *kmsrules_status_text(kmsrules_status status) {
    static const char *const texts[] = {
        [KMSRULES_OK] = "done",
        [KMSRULES_NO_MEMORY] = "out of memory",
        [KMSRULES_INVALID_ARGUMENT] = "an argument is not valid",
        [KMSRULES_UNKNOWN_NAME] = "nothing has this name",
        [KMSRULES_AMBIGUOUS_NAME] = "several things have this name",
        [KMSRULES_INVALID_TABLE] = "a table is not valid",
        [KMSRULES_UNREADABLE] = "a table cannot be read",
        [KMSRULES_NOT_TRUSTED] = "a table can be changed by others",
        [KMSRULES_TWO_KEYS] = "a host holds one key per application",
        [KMSRULES_WRONG_LINE] = "the host build is not one of this host",
        [KMSRULES_BELOW_UPDATE] = "the host build is below that of an installed update",
        [KMSRULES_NOTHING_ASKED] = "the question is not complete",
        [KMSRULES_INVALID_INVENTORY] = "an inventory cannot be read further",
        [KMSRULES_INVALID_ROW] = "a row of an inventory cannot be read",
        [KMSRULES_INVALID_LEDGER] = "a saved ledger cannot be read",
    };
    const char *text = WORD(texts, status);
    return text == NULL ? "unknown status" : text;
}

const char *kmsrules_kind_text(kmsrules_kind kind) {
    static const char *const texts[] = {"client", "server", "office"};
    return WORD(texts, kind);
}

const char *kmsrules_verdict_text(kmsrules_verdict verdict) {
    static const char *const texts[] = {"yes", "conditional", "undocumented", "no"};
    return WORD(texts, verdict);
}

const char *kmsrules_outcome_text(kmsrules_outcome outcome) {
    static const char *const texts[] = {"pass", "unknown", "undocumented", "fail"};
    return WORD(texts, outcome);
}

const char *kmsrules_basis_text(kmsrules_basis basis) {
    static const char *const texts[] = {NULL, "excluded", "not-listed"};
    return WORD(texts, basis);
}

const char *kmsrules_check_name(kmsrules_check_code code) {
    static const char *const texts[] = {"host-runs-kms", "key-fits-host", "edition-uses-kms", "key-covers-edition", "host-updated", "count-reached"};
    return WORD(texts, (int)code - (int)KMSRULES_KR101);
}

const char *kmsrules_change_text(kmsrules_change_kind kind) {
    static const char *const texts[] = {"install-update", "use-key", "use-host", "learn", "add-machines"};
    return WORD(texts, kind);
}

void kmsrules_string_free(char *string) { kr_memory_free(string); }
