/* Ten million requests on one ledger, on one core: bench-ledger [MOST-SECONDS] (2); status 1 when it takes longer. */
#define _POSIX_C_SOURCE 200809L
#include <kmsrules/kmsrules.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REQUESTS = 10000000, ROUNDS = 3 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A fleet of `machines` clients, one in twelve a server, in any order, a second apart; one request in sixteen comes an hour late. */
static double play(kmsrules_ruleset *ruleset, uint32_t machines, uint64_t *count) {
    kmsrules_ledger *ledger = NULL;
    kmsrules_reply reply = {0};
    uint64_t state = 1;
    if (kmsrules_ledger_new(ruleset, KMSRULES_NONE, &ledger) != KMSRULES_OK) return -1;
    double start = now();
    for (int64_t i = 0; i < REQUESTS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint32_t machine = (uint32_t)(state >> 33) % machines;
        kmsrules_request request = {.kind = machine % 12 == 0 ? KMSRULES_SERVER : KMSRULES_CLIENT, .time = 1700000000 + i - (i % 16 == 15 ? 3600 : 0), .is_accepted = true};
        for (int byte = 0; byte < 4; byte++) request.cmid.bytes[byte] = (uint8_t)(machine >> 8 * byte);
        if (kmsrules_ledger_record(ledger, &request, &reply) != KMSRULES_OK) return -1;
    }
    double seconds = now() - start;
    *count = reply.count;
    kmsrules_ledger_free(ledger);
    return seconds;
}

int main(int argument_count, char **arguments) {
    static const uint32_t fleets[] = {40, 1000, 1000000};
    double most = argument_count > 1 ? atof(arguments[1]) : 2;
    kmsrules_ruleset *ruleset = NULL;
    int status = 0;
    if (kmsrules_ruleset_default(&ruleset) != KMSRULES_OK) return 2;
    for (size_t i = 0; i < sizeof fleets / sizeof fleets[0]; i++) {
        double best = 1e9;
        uint64_t count = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double seconds = play(ruleset, fleets[i], &count);
            if (seconds < best) best = seconds;
        }
        printf("ledger: %d requests of %u machines: %.2f s, %.0f ns each; count %u\n", REQUESTS, fleets[i], best, best / REQUESTS * 1e9, (unsigned)count);
        if (best < 0 || best > most) status = 1;
    }
    kmsrules_ruleset_free(ruleset);
    return status;
}
