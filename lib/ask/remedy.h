/* What is the least that would make an answer a yes. In: a question with its single hosts and editions. Out: every minimal set of changes, best first.
 *
 *   no proper subset of a remedy's changes suffices, and none of its updates can be exchanged for an earlier one of the same line: "or later" says that. */
#ifndef KR_REMEDY_H
#define KR_REMEDY_H

#include "ask/answer.h"
#include "ask/question.h"

/* False when out of memory. An answer that is a yes gets none. */
bool kr_answer_add_remedies(kmsrules_answer *answer, const kmsrules_question *question, struct kr_ids hosts, struct kr_ids editions);

#endif
