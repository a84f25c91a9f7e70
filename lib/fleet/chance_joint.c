/* See chance.h; the counts of all hosts together. The hosts take their machines one after the other: the state is how many of each crowd are left.
 *
 *   (120, 5) ─▶ first host takes (40, 2) ─▶ (80, 3) ─▶ … ─▶ the last one takes the rest
 *
 * Of the states a box is kept that holds all but 1e-30 of what can be. */
#include "fleet/chance.h"

#include "base/memory.h"

enum { STATE_LIMIT = 4000000 };
enum { SPREAD = 12, MARGIN = 100 }; /* a count lies within 12 standard deviations and 100 of its mean, but for exp(-70) */

struct range {
    uint64_t low, high;
};

/* A box of states with their probabilities; the second crowd is the inner dimension. */
struct states {
    struct range left[KR_CHANCE_CLASSES];
    double *values;
};

struct joint {
    const struct kr_crowd *crowds;
    uint64_t left_whole[KR_CHANCE_CLASSES]; /* parts of the hosts that have not taken theirs */
    uint64_t least, most;                   /* what each host takes in all */
    uint64_t *steps;                        /* that may be taken */
    struct states states;
    bool has_memory;
};

static size_t size_of(struct range range) { return (size_t)(range.high - range.low + 1); }

/* Newton from above, as far as it goes. */
static double root(double value) {
    double guess = value > 1 ? value : 1;
    for (double next = (guess + value / guess) / 2; next < guess; next = (guess + value / guess) / 2) guess = next;
    return guess;
}

/* Of machines that each come with this share. */
static struct range likely_range(uint64_t machines, struct kr_share share) {
    if (share.part == 0) return (struct range){0, 0};
    if (share.part == share.whole) return (struct range){machines, machines};
    double chance = kr_share_value(share), mean = (double)machines * chance, width = SPREAD * root(mean * (1 - chance)) + MARGIN;
    return (struct range){mean > width ? (uint64_t)(mean - width) : 0, mean + width < (double)machines ? (uint64_t)(mean + width) : machines};
}

static struct kr_share share_taken(const struct joint *joint, int crowd, size_t host) {
    uint64_t whole = joint->left_whole[crowd];
    return whole == 0 ? (struct kr_share){0, 1} : (struct kr_share){joint->crowds[crowd].parts[host], whole};
}

static bool is_possible(const struct kr_crowd crowds[KR_CHANCE_CLASSES], size_t host) {
    return (crowds[0].machines > 0 && crowds[0].parts[host] > 0) || (crowds[1].machines > 0 && crowds[1].parts[host] > 0);
}

/* ---- One host takes its machines ---- */

/* The room and the steps it takes, or false where that is too much. */
static bool plan_host(struct joint *joint, size_t host, struct range taken[KR_CHANCE_CLASSES], struct range left[KR_CHANCE_CLASSES]) {
    double states = 1, ways = 1, room = 1;
    for (int i = 0; i < KR_CHANCE_CLASSES; i++) {
        struct range *before = &joint->states.left[i];
        struct kr_share share = share_taken(joint, i, host), rest = {share.whole - share.part, share.whole};
        taken[i] = (struct range){likely_range(before->low, share).low, likely_range(before->high, share).high};
        left[i] = (struct range){likely_range(before->low, rest).low, likely_range(before->high, rest).high};
        states *= (double)(before->high - before->low + 1);
        ways *= (double)(taken[i].high - taken[i].low + 1);
        room *= (double)(left[i].high - left[i].low + 1);
    }
    double steps = states * ways + room;
    if (steps > (double)*joint->steps || room > STATE_LIMIT) return false;
    *joint->steps -= (uint64_t)steps;
    return true;
}

/* From one state. */
static void take(const struct joint *joint, uint64_t first_left, uint64_t second_left, double chance, const struct range taken[KR_CHANCE_CLASSES], const double *first,
                 const double *second, struct states *next) {
    size_t width = size_of(next->left[1]);
    for (uint64_t i = taken[0].low; i <= taken[0].high && i <= first_left; i++) {
        uint64_t row = first_left - i;
        double outer = chance * first[i - taken[0].low];
        if (row < next->left[0].low || row > next->left[0].high || outer == 0) continue;
        double *values = &next->values[(size_t)(row - next->left[0].low) * width];
        for (uint64_t j = taken[1].low; j <= taken[1].high && j <= second_left; j++) {
            uint64_t column = second_left - j;
            if (i + j < joint->least || i + j > joint->most || column < next->left[1].low || column > next->left[1].high) continue;
            values[column - next->left[1].low] += outer * second[j - taken[1].low];
        }
    }
}

static void take_all(const struct joint *joint, size_t host, const struct range taken[KR_CHANCE_CLASSES], double *first, double *second, struct states *next) {
    const struct states *states = &joint->states;
    size_t width = size_of(states->left[1]);
    for (uint64_t j = states->left[1].low; j <= states->left[1].high; j++) {
        kr_chance_terms(j, share_taken(joint, 1, host), taken[1].low, size_of(taken[1]), second);
        for (uint64_t i = states->left[0].low; i <= states->left[0].high; i++) {
            double chance = states->values[(size_t)(i - states->left[0].low) * width + (size_t)(j - states->left[1].low)];
            if (chance == 0) continue;
            kr_chance_terms(i, share_taken(joint, 0, host), taken[0].low, size_of(taken[0]), first);
            take(joint, i, j, chance, taken, first, second, next);
        }
    }
}

static bool take_host(struct joint *joint, size_t host) {
    struct range taken[KR_CHANCE_CLASSES];
    struct states next = {0};
    if (!plan_host(joint, host, taken, next.left)) return false;
    next.values = kr_memory_take(size_of(next.left[0]) * size_of(next.left[1]), sizeof *next.values);
    double *first = kr_memory_take(size_of(taken[0]), sizeof *first), *second = kr_memory_take(size_of(taken[1]), sizeof *second);
    joint->has_memory = next.values != NULL && first != NULL && second != NULL;
    if (joint->has_memory) take_all(joint, host, taken, first, second, &next);
    kr_memory_free(first);
    kr_memory_free(second);
    kr_memory_free(joint->states.values);
    joint->states = next;
    for (int i = 0; i < KR_CHANCE_CLASSES; i++) joint->left_whole[i] -= joint->crowds[i].parts[host];
    return joint->has_memory;
}

/* ---- All hosts ---- */

/* Where no other host is left, the last one takes the rest. */
static double sum_last(const struct joint *joint) {
    const struct states *states = &joint->states;
    size_t width = size_of(states->left[1]);
    double sum = 0;
    for (uint64_t i = states->left[0].low; i <= states->left[0].high; i++)
        for (uint64_t j = states->left[1].low; j <= states->left[1].high; j++)
            if (i + j >= joint->least && i + j <= joint->most) sum += states->values[(size_t)(i - states->left[0].low) * width + (size_t)(j - states->left[1].low)];
    return sum;
}

static double sum_states(const struct states *states) {
    double sum = 0;
    for (size_t i = 0; i < size_of(states->left[0]) * size_of(states->left[1]); i++) sum += states->values[i];
    return sum;
}

/* That each host asked about takes `least` to `most`. False: too many steps, or (has_memory) no memory. */
static bool reckon(struct joint *joint, struct kr_hosts hosts, double *chance) {
    size_t last = hosts.count;
    bool is_done = true, has_others = false;
    joint->states.values = kr_memory_take(1, sizeof *joint->states.values);
    joint->has_memory = joint->states.values != NULL;
    if (!joint->has_memory) return false;
    joint->states.values[0] = 1;
    for (int i = 0; i < KR_CHANCE_CLASSES; i++) {
        joint->left_whole[i] = joint->crowds[i].whole;
        joint->states.left[i] = (struct range){joint->crowds[i].machines, joint->crowds[i].machines};
    }
    for (size_t host = 0; host < hosts.count; host++) {
        if (hosts.are_asked[host]) last = host;
        else has_others = has_others || is_possible(joint->crowds, host);
    }
    for (size_t host = 0; host < hosts.count && is_done; host++)
        if (hosts.are_asked[host] && (host != last || has_others)) is_done = take_host(joint, host);
    if (is_done) *chance = has_others ? sum_states(&joint->states) : sum_last(joint);
    kr_memory_free(joint->states.values);
    return is_done;
}

static uint64_t count_asked(struct kr_hosts hosts) {
    uint64_t count = 0;
    for (size_t host = 0; host < hosts.count; host++) count += hosts.are_asked[host];
    return count;
}

static bool has_others(const struct kr_crowd crowds[KR_CHANCE_CLASSES], struct kr_hosts hosts) {
    for (size_t host = 0; host < hosts.count; host++)
        if (!hosts.are_asked[host] && is_possible(crowds, host)) return true;
    return false;
}

static double within(double value, struct kr_chance bounds) { return value < bounds.least ? bounds.least : value > bounds.most ? bounds.most : value; }

#define ALIKE 1e-13 /* bounds that say the same */

/* Narrows the bounds to one value, where that is to be had. */
static bool narrow(struct joint *joint, struct kr_hosts hosts, bool is_complement, struct kr_chance *chance) {
    double value = 0;
    if (chance->least > chance->most) chance->least = chance->most;
    if (chance->most - chance->least <= ALIKE) {
        chance->most = chance->least;
        return true;
    }
    if (!reckon(joint, hosts, &value)) return joint->has_memory;
    chance->least = chance->most = within(is_complement ? 1 - value : value, *chance);
    return true;
}

bool kr_chance_all(const struct kr_crowd crowds[KR_CHANCE_CLASSES], struct kr_hosts hosts, uint64_t minimum, uint64_t *steps, struct kr_chance *chance) {
    struct joint joint = {.crowds = crowds, .least = minimum, .most = UINT64_MAX, .steps = steps, .has_memory = true};
    uint64_t machines = crowds[0].machines + crowds[1].machines, asked = count_asked(hosts);
    *chance = (struct kr_chance){1, 1};
    for (size_t host = 0; host < hosts.count; host++) {
        if (!hosts.are_asked[host]) continue;
        chance->least -= 1 - hosts.reached[host];
        chance->most *= hosts.reached[host]; /* hosts take from each other: that one has many makes the others less likely to */
    }
    if (chance->least < 0) chance->least = 0;
    if (asked == 0 || machines / minimum < asked) *chance = (struct kr_chance){0, 0}; /* there are not enough for all */
    return narrow(&joint, hosts, false, chance);
}

bool kr_chance_any(const struct kr_crowd crowds[KR_CHANCE_CLASSES], struct kr_hosts hosts, uint64_t minimum, uint64_t *steps, struct kr_chance *chance) {
    struct joint joint = {.crowds = crowds, .least = 0, .most = minimum - 1, .steps = steps, .has_memory = true};
    uint64_t machines = crowds[0].machines + crowds[1].machines, asked = count_asked(hosts);
    double none = 1, sum = 0;
    for (size_t host = 0; host < hosts.count; host++) {
        if (!hosts.are_asked[host]) continue;
        none *= 1 - hosts.reached[host];
        sum += hosts.reached[host];
    }
    *chance = (struct kr_chance){1 - none, sum < 1 ? sum : 1};
    if (asked == 0 || machines < minimum) *chance = (struct kr_chance){0, 0};
    else if (machines > asked * (minimum - 1) && !has_others(crowds, hosts)) *chance = (struct kr_chance){1, 1}; /* more than fit below it */
    return narrow(&joint, hosts, true, chance);
}
