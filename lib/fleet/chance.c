/* See chance.h; the count of one host. */
#include "fleet/chance.h"

#include <string.h>

double kr_share_value(struct kr_share share) { return share.whole == 0 ? 0 : (double)share.part / (double)share.whole; }

/* ---- Binomial terms ---- */

#define NEGLIGIBLE 1e-70 /* beside the most likely term */

/* A sum of positive numbers, to the last digit (Neumaier). */
struct sum {
    double value, rest;
};

static void add(struct sum *sum, double term) {
    double total = sum->value + term;
    sum->rest += sum->value >= term ? (sum->value - total) + term : (term - total) + sum->value;
    sum->value = total;
}

struct terms {
    uint64_t first;
    size_t count;
    double *values;
    struct sum sum;
};

static void put(struct terms *terms, uint64_t count, double value) {
    if (count >= terms->first && count - terms->first < terms->count) terms->values[count - terms->first] = value;
    add(&terms->sum, value);
}

/* The most likely count, or one beside it. */
static uint64_t likely_count(uint64_t machines, struct kr_share share) {
    double mean = ((double)machines + 1) * kr_share_value(share);
    uint64_t count = (uint64_t)mean;
    return count > machines ? machines : count;
}

static void run_outwards(struct terms *terms, uint64_t machines, struct kr_share share) {
    double odds = (double)share.part / (double)(share.whole - share.part), term = 1;
    uint64_t start = likely_count(machines, share);
    put(terms, start, term);
    for (uint64_t count = start; count < machines && term > NEGLIGIBLE; count++) {
        term *= (double)(machines - count) / (double)(count + 1) * odds;
        put(terms, count + 1, term);
    }
    term = 1;
    for (uint64_t count = start; count > 0 && term > NEGLIGIBLE; count--) {
        term *= (double)count / ((double)(machines - count + 1) * odds);
        put(terms, count - 1, term);
    }
}

void kr_chance_terms(uint64_t machines, struct kr_share share, uint64_t first, size_t count, double *values) {
    struct terms terms = {first, count, values, {0, 0}};
    memset(values, 0, count * sizeof *values);
    if (share.part == 0) put(&terms, 0, 1);
    else if (share.part == share.whole) put(&terms, machines, 1);
    else run_outwards(&terms, machines, share);
    double whole = terms.sum.value + terms.sum.rest;
    for (size_t i = 0; i < count; i++) values[i] /= whole;
}

/* ---- One host ---- */

static struct kr_share share_of(const struct kr_crowd *crowd, size_t host) { return (struct kr_share){crowd->parts[host], crowd->whole}; }

/* So far below what is expected that the chance is under 1e-30 (Chernoff). */
static bool is_far_below(double expected, uint64_t minimum) {
    double distance = expected - (double)minimum;
    return distance > 0 && distance * distance > 140 * expected;
}

static double chance_below(const struct kr_crowd crowds[KR_CHANCE_CLASSES], size_t host, uint64_t minimum) {
    double first[KR_CHANCE_MINIMUM], second[KR_CHANCE_MINIMUM];
    struct sum below = {0, 0};
    kr_chance_terms(crowds[0].machines, share_of(&crowds[0], host), 0, minimum, first);
    kr_chance_terms(crowds[1].machines, share_of(&crowds[1], host), 0, minimum, second);
    for (size_t i = 1; i < minimum; i++) second[i] += second[i - 1]; /* at most i of the second crowd */
    for (size_t i = 0; i < minimum; i++) add(&below, first[i] * second[minimum - 1 - i]);
    return below.value + below.rest;
}

double kr_chance_reached(const struct kr_crowd crowds[KR_CHANCE_CLASSES], size_t host, uint64_t minimum) {
    uint64_t certain = 0, possible = 0;
    double expected = 0;
    for (int i = 0; i < KR_CHANCE_CLASSES; i++) {
        struct kr_share share = share_of(&crowds[i], host);
        if (share.part > 0) possible += crowds[i].machines;
        if (share.part > 0 && share.part == share.whole) certain += crowds[i].machines;
        expected += (double)crowds[i].machines * kr_share_value(share);
    }
    if (possible < minimum) return 0;
    if (certain >= minimum || is_far_below(expected, minimum)) return 1;
    double reached = 1 - chance_below(crowds, host, minimum);
    return reached < 0 ? 0 : reached > 1 ? 1 : reached;
}
