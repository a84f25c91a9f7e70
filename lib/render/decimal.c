/* See decimal.h. */
#include "render/decimal.h"

void kr_decimal_add(struct kr_buffer *out, double value, unsigned decimals, bool is_trimmed) {
    uint64_t scale = 1, whole = (uint64_t)value;
    char digits[16];
    for (unsigned i = 0; i < decimals; i++) scale *= 10;
    uint64_t fraction = (uint64_t)((value - (double)whole) * (double)scale + 0.5);
    if (fraction >= scale) whole++, fraction -= scale;
    kr_buffer_add_number(out, whole);
    for (unsigned i = decimals; i > 0; i--, fraction /= 10) digits[i - 1] = (char)('0' + fraction % 10);
    while (is_trimmed && decimals > 0 && digits[decimals - 1] == '0') decimals--;
    if (decimals > 0) kr_buffer_add_string(out, ".");
    kr_buffer_add(out, (struct kr_text){digits, decimals});
}
