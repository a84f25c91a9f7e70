/* See event_time.h. */
#include "fleet/event_time.h"

struct reading {
    struct kr_text text;
    size_t at;
};

struct moment {
    int64_t year, month, day, hour, minute, second;
};

static char here(const struct reading *reading) { return reading->at < reading->text.size ? reading->text.data[reading->at] : '\0'; }

static bool passes(struct reading *reading, char c) {
    if (here(reading) != c) return false;
    reading->at++;
    return true;
}

/* Also the narrow and the plain no-break space, which newer systems write before AM and PM. */
static bool pass_blanks(struct reading *reading) {
    static const char *const blanks[] = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF"};
    size_t start = reading->at;
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        size_t size = strlen(blanks[i]);
        if (reading->text.size - reading->at < size || memcmp(reading->text.data + reading->at, blanks[i], size) != 0) continue;
        reading->at += size;
        i = SIZE_MAX; /* from the first on */
    }
    return reading->at > start;
}

/* At most `most` digits; how many there were. */
static size_t read_digits(struct reading *reading, size_t most, int64_t *number) {
    size_t start = reading->at;
    *number = 0;
    while (reading->at - start < most && kr_is_digit(here(reading))) *number = *number * 10 + (reading->text.data[reading->at++] - '0');
    return reading->at - start;
}

static int64_t days_of_month(int64_t year, int64_t month) {
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap);
}

/* Since 1970-01-01. The year begins in March, so that a leap day is its last. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day) {
    int64_t shifted = year - (month <= 2), era = shifted / 400, of_era = shifted % 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

static enum kr_time_result read_date(struct reading *reading, kmsrules_date_order order, struct moment *moment) {
    int64_t first, second, third;
    size_t first_size = read_digits(reading, 4, &first);
    char separator = here(reading);
    if (first_size == 0 || first_size == 3 || (separator != '/' && separator != '-' && separator != '.')) return KR_TIME_INVALID;
    reading->at++;
    bool has_second = read_digits(reading, 2, &second) > 0 && passes(reading, separator);
    size_t third_size = read_digits(reading, 4, &third);
    bool is_year_first = first_size == 4;
    if (!has_second || (is_year_first ? third_size == 0 || third_size > 2 : third_size != 4)) return KR_TIME_INVALID;
    if (!is_year_first && order == KMSRULES_YEAR_FIRST) return KR_TIME_UNORDERED;
    if (is_year_first) *moment = (struct moment){.year = first, .month = second, .day = third};
    else if (order == KMSRULES_DAY_FIRST) *moment = (struct moment){.year = third, .month = second, .day = first};
    else *moment = (struct moment){.year = third, .month = first, .day = second};
    bool is_month = moment->year >= 1601 && moment->month >= 1 && moment->month <= 12;
    return is_month && moment->day >= 1 && moment->day <= days_of_month(moment->year, moment->month) ? KR_TIME_READ : KR_TIME_INVALID;
}

/* "2:30", "02:30:07", "02:30:07.1234567" */
static bool read_clock(struct reading *reading, struct moment *moment) {
    if (read_digits(reading, 2, &moment->hour) == 0 || !passes(reading, ':') || read_digits(reading, 2, &moment->minute) != 2) return false;
    if (passes(reading, ':') && read_digits(reading, 2, &moment->second) != 2) return false;
    if (passes(reading, '.'))
        while (kr_is_digit(here(reading))) reading->at++;
    return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 59;
}

static enum kr_time_result read_half(struct reading *reading, struct moment *moment) {
    size_t before = reading->at;
    pass_blanks(reading);
    char half = kr_ascii_lower(here(reading));
    bool has_half = reading->text.size - reading->at >= 2 && (half == 'a' || half == 'p') && kr_ascii_lower(reading->text.data[reading->at + 1]) == 'm';
    if (!has_half) return reading->at = before, KR_TIME_READ;
    reading->at += 2;
    if (moment->hour < 1 || moment->hour > 12) return KR_TIME_INVALID;
    moment->hour = moment->hour % 12 + (half == 'p' ? 12 : 0);
    return KR_TIME_READ;
}

/* "Z", "+02:00", "-0500"; seconds east of UTC. */
static bool read_offset(struct reading *reading, int64_t *offset, bool *has_offset) {
    int64_t hours, minutes;
    char sign = here(reading);
    *offset = 0;
    *has_offset = passes(reading, 'Z') || passes(reading, 'z');
    if (*has_offset || (sign != '+' && sign != '-')) return true;
    reading->at++;
    if (read_digits(reading, 2, &hours) != 2) return false;
    passes(reading, ':');
    if (read_digits(reading, 2, &minutes) != 2 || hours > 14 || minutes > 59) return false;
    *has_offset = true;
    *offset = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

enum kr_time_result kr_time_read(struct kr_text text, kmsrules_date_order order, int64_t *seconds, bool *has_offset) {
    struct reading reading = {kr_text_trim(text), 0};
    struct moment moment = {0};
    int64_t offset;
    enum kr_time_result result = read_date(&reading, order, &moment);
    if (result != KR_TIME_READ) return result;
    if (!passes(&reading, 'T') && !passes(&reading, 't') && !pass_blanks(&reading)) return KR_TIME_INVALID;
    if (!read_clock(&reading, &moment)) return KR_TIME_INVALID;
    if ((result = read_half(&reading, &moment)) != KR_TIME_READ) return result;
    if (!read_offset(&reading, &offset, has_offset) || reading.at < reading.text.size) return KR_TIME_INVALID;
    *seconds = days_since_1970(moment.year, moment.month, moment.day) * 86400 + moment.hour * 3600 + moment.minute * 60 + moment.second - offset;
    return KR_TIME_READ;
}

bool kr_time_is_like(struct kr_text text) {
    size_t digits = 0, separators = 0;
    text = kr_text_trim(text);
    for (size_t i = 0; i < text.size; i++) {
        bool is_digit = kr_is_digit(text.data[i]), is_separator = memchr("/-.:", text.data[i], 4) != NULL;
        bool is_part = memchr(" \t+TZtzAPMapm\xC2\xA0\xE2\x80\xAF", text.data[i], 18) != NULL;
        if (!is_digit && !is_separator && !is_part) return false;
        digits += is_digit;
        separators += is_separator;
    }
    return digits >= 6 && separators >= 2 && text.size <= 48 && kr_is_digit(text.data[0]);
}
