/* See civil.h. */
#include "base/civil.h"

#include "kmsrules/kmsrules.h"

static bool is_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int64_t days_in(int64_t year, int64_t month) {
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 0001-01-01 to the start of the year. */
static int64_t days_before_year(int64_t year) {
    int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    int64_t days = days_before_year(year) - days_before_year(1970) + day - 1;
    for (int64_t i = 1; i < month; i++) days += days_in(year, i);
    return days;
}

/* Exactly `count` digits from *offset on, within the bounds. */
static bool read_digits(struct kr_text text, size_t *offset, size_t count, int64_t minimum, int64_t maximum, int64_t *number) {
    int64_t read = 0;
    if (text.size - *offset < count) return false;
    for (size_t end = *offset + count; *offset < end; (*offset)++) {
        char c = text.data[*offset];
        if (c < '0' || c > '9') return false;
        read = read * 10 + (c - '0');
    }
    *number = read;
    return read >= minimum && read <= maximum;
}

static bool read_character(struct kr_text text, size_t *offset, char c) {
    if (*offset == text.size || text.data[*offset] != c) return false;
    ++*offset;
    return true;
}

static bool read_clock(struct kr_text text, size_t *offset, int64_t *seconds) {
    int64_t hour, minute, second = 0;
    if (!read_digits(text, offset, 2, 0, 23, &hour) || !read_character(text, offset, ':') || !read_digits(text, offset, 2, 0, 59, &minute)) return false;
    if (read_character(text, offset, ':') && !read_digits(text, offset, 2, 0, 59, &second)) return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return read_character(text, offset, 'Z');
}

bool kr_time_of(struct kr_text text, bool is_end, int64_t *time) {
    int64_t year, month, day, seconds = is_end ? KR_DAY - 1 : 0;
    size_t offset = 0;
    if (!read_digits(text, &offset, 4, 1970, 9999, &year) || !read_character(text, &offset, '-')) return false;
    if (!read_digits(text, &offset, 2, 1, 12, &month) || !read_character(text, &offset, '-')) return false;
    if (!read_digits(text, &offset, 2, 1, days_in(year, month), &day)) return false;
    if (read_character(text, &offset, 'T') && !read_clock(text, &offset, &seconds)) return false;
    if (offset != text.size) return false;
    *time = days_of(year, month, day) * KR_DAY + seconds;
    return true;
}

static void add_digits(struct kr_buffer *buffer, int64_t number, size_t count) {
    char digits[4];
    for (size_t i = count; i-- > 0; number /= 10) digits[i] = (char)('0' + number % 10);
    kr_buffer_add(buffer, (struct kr_text){digits, count});
}

void kr_date_add(struct kr_buffer *buffer, int64_t time) {
    int64_t days = time / KR_DAY, year = 1970 + days / 366, month = 1;
    while (days_of(year + 1, 1, 1) <= days) year++;
    days -= days_of(year, 1, 1);
    while (days >= days_in(year, month)) days -= days_in(year, month++);
    add_digits(buffer, year, 4);
    kr_buffer_add_string(buffer, "-");
    add_digits(buffer, month, 2);
    kr_buffer_add_string(buffer, "-");
    add_digits(buffer, days + 1, 2);
}

void kr_time_add(struct kr_buffer *buffer, int64_t time) {
    static const char *const between[] = {"T", ":", ":"};
    int64_t seconds = time % KR_DAY, parts[] = {seconds / 3600, seconds / 60 % 60, seconds % 60};
    kr_date_add(buffer, time);
    for (size_t i = 0; i < 3; i++) {
        kr_buffer_add_string(buffer, between[i]);
        add_digits(buffer, parts[i], 2);
    }
    kr_buffer_add_string(buffer, "Z");
}

kmsrules_status kmsrules_time_read(const char *text, size_t size, bool is_end, int64_t *time) {
    if (text == NULL || time == NULL) return KMSRULES_INVALID_ARGUMENT;
    return kr_time_of((struct kr_text){text, size}, is_end, time) ? KMSRULES_OK : KMSRULES_INVALID_ARGUMENT;
}
