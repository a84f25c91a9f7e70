/* A number with a point in it, whatever the locale. */
#ifndef KR_DECIMAL_H
#define KR_DECIMAL_H

#include "base/text.h"

/* 0 <= value < 2^53, rounded to so many decimals (at most 12); without zeros at the end where it is trimmed. */
void kr_decimal_add(struct kr_buffer *out, double value, unsigned decimals, bool is_trimmed);

#endif
