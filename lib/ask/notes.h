/* What the reader of an answer should know besides the checks. In: an answer with its hosts recorded. Out: its notes, as data. */
#ifndef KR_NOTES_H
#define KR_NOTES_H

#include "ask/answer.h"
#include "ask/question.h"

/* False when out of memory. */
bool kr_answer_add_notes(kmsrules_answer *answer, const kmsrules_question *question, struct kr_ids editions);

/* The worst verdict over the entries of one host, from *next on, which moves behind them. */
kmsrules_verdict kr_answer_host_verdict(const kmsrules_answer *answer, size_t *next);

#endif
