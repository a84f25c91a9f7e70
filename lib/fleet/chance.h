/* Chances of counts, reckoned and not drawn. In: machines, and the share of each host as a fraction. Out: probabilities.
 *
 * Machines choose by themselves, so the count of one host is binomial, and that of machines which choose in two ways the sum of two binomial counts. Terms are run from the
 * most likely one outwards, each from its neighbour, and divided by their sum: without logarithms and factorials, in additions of positive numbers alone. A term as far from
 * the most likely one as counts are likely to be takes roundings by the root of the machines: below 1e-12 in all for 100 000 machines. */
#ifndef KR_CHANCE_H
#define KR_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KR_CHANCE_CLASSES = 2, KR_CHANCE_MINIMUM = 1000 }; /* ways to choose; the largest threshold of the tables */

struct kr_share {
    uint64_t part, whole; /* part <= whole < 2^53 */
};

/* Machines that choose alike: how many, and the share of each host. */
struct kr_crowd {
    uint64_t machines;
    const uint64_t *parts; /* [host] */
    uint64_t whole;        /* their sum, where any host is left; 0: none is */
};

double kr_share_value(struct kr_share share);
/* The probabilities of the counts `first` to `first` + `count` - 1 of `machines` that each come with this share. */
void kr_chance_terms(uint64_t machines, struct kr_share share, uint64_t first, size_t count, double *terms);
/* That at least `minimum` (1 … 1000) of the crowds come to a host. 0 and 1 are exact where it cannot be and cannot fail. */
double kr_chance_reached(const struct kr_crowd crowds[KR_CHANCE_CLASSES], size_t host, uint64_t minimum);

/* A probability, or the bounds between which it lies where it takes more steps than `KR_CHANCE_STEPS` to reckon. */
#define KR_CHANCE_STEPS UINT64_C(200000000)
struct kr_chance {
    double least, most;
};

/* Hosts asked about; the others take what comes to them. */
struct kr_hosts {
    const bool *are_asked; /* [host] */
    const double *reached; /* [host] the probability that it has the minimum, by itself */
    size_t count;
};
/* That each of these hosts has at least `minimum`, and that one of them has. False: out of memory. */
bool kr_chance_all(const struct kr_crowd crowds[KR_CHANCE_CLASSES], struct kr_hosts hosts, uint64_t minimum, uint64_t *steps, struct kr_chance *chance);
bool kr_chance_any(const struct kr_crowd crowds[KR_CHANCE_CLASSES], struct kr_hosts hosts, uint64_t minimum, uint64_t *steps, struct kr_chance *chance);

#endif
