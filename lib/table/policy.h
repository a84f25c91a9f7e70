/* What is said of time and of moving a host: the words of its elements, and durations. In: attributes. Out: numbers. */
#ifndef KR_POLICY_H
#define KR_POLICY_H

#include "base/text.h"

extern const char *const kr_interval_words[];   /* by kmsrules_interval_kind; NULL at the end */
extern const char *const kr_transition_words[]; /* by kmsrules_transition_kind; NULL at the end */
extern const char *const kr_observation_words[]; /* by kmsrules_observation_kind; NULL at the end */
extern const char *const kr_selection_words[];  /* by kmsrules_selection; NULL at the end */
extern const char *const kr_expiry_words[];     /* by kmsrules_expiry_kind; NULL at the end */

/* ISO 8601 in days, hours, minutes and seconds, each a whole number up to 999999: "P7D", "PT2H", "P1DT12H30M". False and untouched when it is none. */
bool kr_duration_of(struct kr_text text, uint64_t *seconds);

#endif
