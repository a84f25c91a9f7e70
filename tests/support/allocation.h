/* Lets allocations of the calling thread fail: those of the library, of libxml2 and of the C library itself.
 *
 *   for (size_t nth = 1;; nth++) {
 *       allocation_fail(nth, false);
 *       status = kmsrules_…(…);
 *       if (!allocation_stop()) break;     the call made fewer than nth allocations
 *       check that status is KMSRULES_NO_MEMORY
 *   }
 */
#ifndef TESTS_ALLOCATION_H
#define TESTS_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>

/* False where allocations cannot be made to fail (clang, thread sanitizer): leave the test out. */
bool allocation_can_fail(void);

/* The nth allocation from now on (1: the next one) gives NULL, and with `for_ever` every one after it. */
void allocation_fail(size_t nth, bool for_ever);

/* Allocations succeed again; whether one was made to fail. */
bool allocation_stop(void);

/* Allocations of this thread since its start, failed ones included. */
size_t allocation_count(void);

/* Blocks that this thread took and did not free, since its start; those it freed for others count as well, so that only differences mean something. */
long allocation_live(void);

/* Most bytes that blocks of this thread held at once from allocation_watch() to allocation_peak(), over what they held at first; 0 where nobody counts. */
void allocation_watch(void);
size_t allocation_peak(void);

#endif
