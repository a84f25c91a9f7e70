/* Writes down what the decision found: the checks with their rows and open requirements. In: a pair, an edition, facts. Out: records in an arena. */
#ifndef KR_RECORD_H
#define KR_RECORD_H

#include "ask/decide.h"

/* One edition with all its checks; false when out of memory. The verdict is that of the recorded checks. */
bool kr_record_edition(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id edition, const kmsrules_facts *facts, kmsrules_edition_answer *answer);

/* A choice: its verdict over the editions of an application, and its open requirements, each once. */
bool kr_record_choice(struct kr_arena *arena, const struct kr_pair *pair, kmsrules_id application, const kmsrules_id *editions, size_t edition_count,
                      const kmsrules_facts *facts, kmsrules_choice *choice);

/* What holding the group takes whatever edition is asked for: KR101, KR102 and the requirements that name no editions. */
bool kr_record_holding(struct kr_arena *arena, const struct kr_pair *pair, const kmsrules_facts *facts, kmsrules_choice *choice);

#endif
