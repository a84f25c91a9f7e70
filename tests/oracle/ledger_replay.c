/* Plays histories from standard input on ledgers and prints every answer, for ledger.py. Lines:
 *   new RULESET HOST|-                                a ledger of its own
 *   record CMID APPLICATION KIND TIME VIRTUAL ACCEPTED   → count minimum activated counted late dropped
 *   count APPLICATION TIME                            → count capacity
 *   reload                                            saves, frees and loads; what was saved twice must be the same text */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <kmsrules/kmsrules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kmsrules_ruleset *ruleset;
static kmsrules_ledger *ledger;
static char loaded[256];

static void fail(const char *what) {
    fprintf(stderr, "ledger-replay: %s\n", what);
    exit(1);
}

static void load_rules(const char *name) {
    kmsrules_builder *builder = NULL;
    if (strcmp(loaded, name) == 0) return;
    kmsrules_ruleset_free(ruleset);
    if (kmsrules_builder_new(&builder) != KMSRULES_OK || kmsrules_builder_add(builder, name) != KMSRULES_OK || kmsrules_builder_build(builder, &ruleset) != KMSRULES_OK) fail(name);
    kmsrules_builder_free(builder);
    snprintf(loaded, sizeof loaded, "%s", name);
}

static void start(const char *rules, const char *host) {
    kmsrules_id id = 0;
    load_rules(rules);
    while (id < kmsrules_ruleset_edition_count(ruleset) && strcmp(kmsrules_ruleset_edition(ruleset, id)->id, host) != 0) id++;
    kmsrules_ledger_free(ledger);
    if (kmsrules_ledger_new(ruleset, strcmp(host, "-") == 0 ? KMSRULES_NONE : id, &ledger) != KMSRULES_OK) fail("new");
}

static void record(uint64_t cmid, kmsrules_request request) {
    kmsrules_reply reply;
    for (int i = 0; i < 8; i++) request.cmid.bytes[15 - i] = (uint8_t)(cmid >> 8 * i);
    if (kmsrules_ledger_record(ledger, &request, &reply) != KMSRULES_OK) fail("record");
    printf("%" PRIu64 " %" PRIu64 " %d %d %d %d\n", reply.count, reply.minimum, reply.is_activated, reply.is_counted, reply.is_late, reply.has_dropped);
}

static void reload(void) {
    char *before = NULL, *after = NULL;
    size_t size = 0, again = 0;
    kmsrules_ledger *made = NULL;
    if (kmsrules_ledger_save(ledger, &before, &size) != KMSRULES_OK) fail("save");
    if (kmsrules_ledger_load(ruleset, before, size, NULL, &made) != KMSRULES_OK) fail("load");
    if (kmsrules_ledger_save(made, &after, &again) != KMSRULES_OK || size != again || memcmp(before, after, size) != 0) fail("not the same again");
    kmsrules_ledger_free(ledger);
    ledger = made;
    kmsrules_string_free(before);
    kmsrules_string_free(after);
}

int main(void) {
    char line[512], rules[256], host[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint64_t cmid, count;
        uint32_t application;
        int64_t time;
        int kind, is_virtual, is_accepted;
        if (sscanf(line, "record %" SCNu64 " %" SCNu32 " %d %" SCNd64 " %d %d", &cmid, &application, &kind, &time, &is_virtual, &is_accepted) == 6) {
            record(cmid, (kmsrules_request){.application = application, .kind = (kmsrules_kind)kind, .time = time, .is_virtual = is_virtual, .is_accepted = is_accepted});
        } else if (sscanf(line, "count %" SCNu32 " %" SCNd64, &application, &time) == 2) {
            if (kmsrules_ledger_count(ledger, application, time, &count) != KMSRULES_OK) fail("count");
            printf("%" PRIu64 " %" PRIu64 "\n", count, kmsrules_ledger_capacity(ledger, application));
        } else if (strcmp(line, "reload\n") == 0) {
            reload();
        } else if (sscanf(line, "new %255s %255s", rules, host) == 2) {
            start(rules, host);
        } else {
            fail(line);
        }
    }
    kmsrules_ledger_free(ledger);
    kmsrules_ruleset_free(ruleset);
    return fflush(stdout) == 0 ? 0 : 1;
}
