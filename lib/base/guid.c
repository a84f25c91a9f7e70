/* See guid.h. */
#include "base/guid.h"

enum { TEXT_SIZE = 36 };

static bool is_dash_place(size_t index) { return index == 8 || index == 13 || index == 18 || index == 23; }

bool kr_guid_of(struct kr_text text, kmsrules_guid *guid) {
    kmsrules_guid made = {{0}};
    size_t count = 0;
    if (text.size != TEXT_SIZE) return false;
    for (size_t i = 0; i < TEXT_SIZE; i++) {
        int digit = kr_hex_value(text.data[i]);
        if (is_dash_place(i) ? text.data[i] != '-' : digit < 0) return false;
        if (is_dash_place(i)) continue;
        made.bytes[count / 2] = (uint8_t)(made.bytes[count / 2] << 4 | digit);
        count++;
    }
    *guid = made;
    return true;
}

void kr_guid_add(struct kr_buffer *buffer, const kmsrules_guid *guid) {
    static const char digits[] = "0123456789abcdef";
    char text[TEXT_SIZE];
    for (size_t i = 0, count = 0; i < TEXT_SIZE; i++) {
        if (is_dash_place(i)) {
            text[i] = '-';
            continue;
        }
        text[i] = digits[count % 2 == 0 ? guid->bytes[count / 2] >> 4 : guid->bytes[count / 2] & 15];
        count++;
    }
    kr_buffer_add(buffer, (struct kr_text){text, sizeof text});
}
