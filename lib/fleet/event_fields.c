/* See event_fields.h. What the fields of an event are is the tables' (<event-fields>); here is only what a part looks like. */
#include "fleet/event_fields.h"

#include "fleet/event_time.h"
#include "fleet/event_value.h"

enum { LEAST_FIELDS = 4, LEAST_DIGITS = 9 }; /* of what looks like the fields of an event though it is none */

void kr_event_say(char *why, const char *what, struct kr_text text, const char *rest) {
    enum { SHOWN_SIZE = 64 };
    struct kr_buffer buffer = kr_buffer_over(why, KR_EVENT_WHY_SIZE);
    size_t size = text.size < SHOWN_SIZE ? text.size : SHOWN_SIZE;
    while (size > 0 && size < text.size && ((unsigned char)text.data[size] & 0xC0) == 0x80) size--;
    kr_buffer_add_string(&buffer, what);
    kr_buffer_add_string(&buffer, " \"");
    if (kr_text_has_product_key(text)) kr_buffer_add_string(&buffer, "(a product key)");
    else kr_buffer_add_escaped(&buffer, (struct kr_text){text.data, size});
    kr_buffer_add_string(&buffer, size < text.size ? "...\"" : "\"");
    kr_buffer_add_string(&buffer, rest);
}

int kr_license_status(const struct kmsrules_ruleset *ruleset, struct kr_text text) {
    int64_t number;
    text = kr_text_trim(text);
    if (kr_count_read(text, &number)) return number <= 6 ? (int)number : -1;
    for (uint32_t i = 0; i < ruleset->license_word_count; i++)
        if (kr_text_equal_ignoring_case(text, ruleset->license_words[i].text)) return ruleset->license_words[i].status;
    return -1;
}

bool kr_event_fields_has(const struct kmsrules_ruleset *ruleset, int id) {
    for (uint32_t i = 0; i < ruleset->event_layout_count; i++)
        if (ruleset->event_layouts[i].id == id) return true;
    return false;
}

bool kr_event_is_foreign(const struct kmsrules_ruleset *ruleset, struct kr_text provider) {
    provider = kr_text_trim(provider);
    for (uint32_t i = 0; i < ruleset->event_provider_count; i++)
        if (kr_text_equal_ignoring_case(provider, ruleset->event_providers[i])) return false;
    return provider.size > 0 && ruleset->event_provider_count > 0;
}

/* ---- Shapes --------------------------------------------------------------------------------------------------------------------------------- */

/* NULL: it looks like one; else what it should be. */
static const char *misses(const struct kmsrules_ruleset *ruleset, enum kr_event_part part, struct kr_text text) {
    uint32_t result;
    int64_t number;
    int truth;
    kmsrules_guid guid;
    switch (part) {
    case KR_EVENT_RESULT: return kr_result_read(text, &result) ? NULL : "no result such as 0xC004F038";
    case KR_EVENT_FLAGS: return kr_flags_read(text) ? NULL : "no flags such as 0x8";
    case KR_EVENT_MINIMUM:
    case KR_EVENT_COUNT:
    case KR_EVENT_ACTIVATION_MINUTES:
    case KR_EVENT_RENEWAL_MINUTES: return kr_count_read(text, &number) ? NULL : "no whole number";
    case KR_EVENT_MINUTES_LEFT: return kr_minutes_read(text, &number) ? NULL : "no number of minutes";
    case KR_EVENT_VIRTUAL:
    case KR_EVENT_ACTIVATED: return kr_truth_read(text, &truth) ? NULL : "neither 0 nor 1";
    case KR_EVENT_CMID: return kr_guid_read(text, &guid) ? NULL : "no client machine id";
    case KR_EVENT_ACTIVATION_ID: return kr_guid_read(text, &guid) ? NULL : "no activation id";
    case KR_EVENT_CLIENT_TIME: return kr_time_is_like(text) ? NULL : "no date and time";
    case KR_EVENT_LICENSE_STATUS: return kr_license_status(ruleset, text) >= 0 ? NULL : "no license status";
    default: return NULL;
    }
}

/* A layout laid over fields from one of them on. */
struct fit {
    const struct kr_event_layout *layout; /* NULL: there is none of this id */
    size_t start, fitting, first_wrong;   /* the first that is not what it should be, or how many there are at most */
};

static bool is_event(const struct kmsrules_ruleset *ruleset, const struct kr_event_layout *layout, const struct kr_text *fields, size_t count) {
    if (count < layout->least || count > layout->count) return false;
    for (size_t i = 0; i < count; i++)
        if (misses(ruleset, layout->parts[i], fields[i]) != NULL) return false;
    return true;
}

static struct fit fit(const struct kmsrules_ruleset *ruleset, const struct kr_event_layout *layout, const struct kr_text *fields, size_t count, size_t start) {
    size_t most = count - start < layout->count ? count - start : layout->count;
    struct fit made = {.layout = layout, .start = start, .first_wrong = most};
    for (size_t i = most; i-- > 0;) {
        if (misses(ruleset, layout->parts[i], fields[start + i]) == NULL) made.fitting++;
        else made.first_wrong = i;
    }
    return made;
}

/* The layout into which most fields fit: of several the last, which are those of the host. Of any id: 0. */
static struct fit find_nearest(const struct kmsrules_ruleset *ruleset, int id, const struct kr_text *fields, size_t count) {
    struct fit nearest = {.layout = NULL};
    for (uint32_t i = 0; i < ruleset->event_layout_count; i++) {
        for (size_t start = 0; (id == 0 || ruleset->event_layouts[i].id == id) && start < 2 && start < count; start++) {
            struct fit made = fit(ruleset, &ruleset->event_layouts[i], fields, count, start);
            bool is_nearer = made.fitting > nearest.fitting || (made.fitting == nearest.fitting && start <= nearest.start);
            if (nearest.layout == NULL || is_nearer) nearest = made;
        }
    }
    return nearest;
}

static void add_number(struct kr_buffer *text, const char *before, uint64_t number) {
    kr_buffer_add_string(text, before);
    kr_buffer_add_number(text, number);
}

/* Which field is none, or that there are too few or too many. */
static void explain(const struct kmsrules_ruleset *ruleset, const struct fit *fit, const struct kr_text *fields, size_t count, char *why) {
    char rest[96];
    const struct kr_event_layout *layout = fit->layout;
    size_t wrong = fit->start + fit->first_wrong;
    bool is_field = wrong < count && fit->first_wrong < layout->count; /* that is wrong, and not how many there are */
    struct kr_buffer text = is_field ? kr_buffer_over(rest, sizeof rest) : kr_buffer_over(why, KR_EVENT_WHY_SIZE);
    if (is_field) {
        kr_buffer_add_string(&text, " is ");
        kr_buffer_add_string(&text, misses(ruleset, layout->parts[fit->first_wrong], fields[wrong]));
        add_number(&text, " (field ", fit->first_wrong + 1);
        add_number(&text, " of event ", (uint64_t)layout->id);
        kr_buffer_add_string(&text, ")");
        kr_event_say(why, kr_event_part_words[layout->parts[fit->first_wrong]], kr_text_trim(fields[wrong]), rest);
    } else {
        add_number(&text, "", count - fit->start);
        add_number(&text, count - fit->start == 1 ? " field; event " : " fields; event ", (uint64_t)layout->id);
        add_number(&text, " has from ", layout->least);
        add_number(&text, " to ", layout->count);
    }
}

/* The layout of an event of this id (0: of any), with the first field at `*start`. NULL: there is none. */
static const struct kr_event_layout *find_layout(const struct kmsrules_ruleset *ruleset, int id, const struct kr_text *fields, size_t count, size_t *start) {
    for (uint32_t i = 0; i < ruleset->event_layout_count; i++)
        for (*start = 0; (id == 0 || ruleset->event_layouts[i].id == id) && *start < 2 && *start < count; ++*start)
            if (is_event(ruleset, &ruleset->event_layouts[i], fields + *start, count - *start)) return &ruleset->event_layouts[i];
    return NULL;
}

enum kr_fields_found kr_event_fields_take(const struct kmsrules_ruleset *ruleset, const struct kr_text *fields, size_t count, struct kr_event_text *event, char *why) {
    size_t start;
    const struct kr_event_layout *layout = find_layout(ruleset, event->id, fields, count, &start);
    if (layout == NULL) {
        struct fit nearest = find_nearest(ruleset, event->id, fields, count);
        if (nearest.layout != NULL) explain(ruleset, &nearest, fields, count, why);
        return count == 0 ? KR_FIELDS_NONE : KR_FIELDS_BROKEN;
    }
    event->id = layout->id;
    for (size_t i = 0; i < count - start; i++) event->parts[layout->parts[i]] = kr_text_trim(fields[start + i]);
    return KR_FIELDS_FOUND;
}

/* ---- In a text ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_word(char c) { return kr_is_digit(c) || kr_is_letter(c) || c == '_'; }

/* The next place where a result and a comma stand; `*size` of the result. SIZE_MAX: none. */
static size_t find_result(struct kr_text line, size_t from, size_t *size) {
    for (size_t start = from; start < line.size; start++) {
        bool is_inside = start > 0 && (is_word(line.data[start - 1]) || line.data[start - 1] == '-');
        bool can_start = kr_is_digit(line.data[start]) || line.data[start] == '-';
        if (is_inside || !can_start) continue;
        size_t end = start + 1, comma;
        while (end < line.size && is_word(line.data[end])) end++;
        for (comma = end; comma < line.size && (line.data[comma] == ' ' || line.data[comma] == '\t');) comma++;
        uint32_t result;
        *size = end - start;
        if (comma < line.size && line.data[comma] == ',' && kr_result_read((struct kr_text){line.data + start, *size}, &result)) return start;
        start = end - 1;
    }
    return SIZE_MAX;
}

static size_t split(struct kr_text line, struct kr_text *fields) {
    size_t count = 0, start = 0;
    while (count < KR_EVENT_FIELD_LIMIT) {
        const char *comma = start < line.size ? memchr(line.data + start, ',', line.size - start) : NULL;
        size_t end = comma == NULL ? line.size : (size_t)(comma - line.data);
        fields[count++] = kr_text_trim((struct kr_text){line.data + start, end - start});
        if (comma == NULL) break;
        start = end + 1;
    }
    return count;
}

/* Text behind the last field on its line begins at a quote, a bracket or a blank; a blank with a digit behind it stands in a date and time. A sentence ends in a full stop. */
static struct kr_text without_text_behind(struct kr_text field) {
    size_t end = 0;
    for (; end < field.size && strchr("\")", field.data[end]) == NULL; end++) {
        bool is_blank = field.data[end] == ' ' || field.data[end] == '\t', has_digit = end + 1 < field.size && kr_is_digit(field.data[end + 1]);
        if (is_blank && !has_digit) break;
    }
    while (end > 0 && (field.data[end - 1] == '.' || field.data[end - 1] == ';')) end--;
    return (struct kr_text){field.data, end};
}

/* A client is a name, though nothing else is asked of it. */
static bool has_letter(struct kr_text text) {
    for (size_t i = 0; i < text.size; i++)
        if (kr_is_letter(text.data[i]) || (unsigned char)text.data[i] >= 0x80) return true;
    return false;
}

/* A result at the start of the line, or behind a blank, a colon or a quote, and two more fields that are in place; the rest may be cut off at the start of a line alone. Lists of
 * other events have such numbers, too. */
static bool looks_meant(const struct kmsrules_ruleset *ruleset, int id, struct kr_text line, size_t start, size_t size, const struct kr_text *fields, size_t count) {
    bool has_mark = size > 2 && kr_ascii_lower(line.data[start + 1]) == 'x', is_start = kr_text_trim((struct kr_text){line.data, start}).size == 0;
    if (!has_mark && size < LEAST_DIGITS) return false;
    if (!is_start && strchr(" \t:\"", line.data[start - 1]) == NULL) return false;
    struct fit nearest = find_nearest(ruleset, id, fields, count);
    if (count + 1 < LEAST_FIELDS || nearest.layout == NULL || nearest.start > 0 || nearest.first_wrong < 3) return false;
    if (nearest.layout->parts[2] == KR_EVENT_CLIENT && !has_letter(fields[2])) return false;
    return count >= LEAST_FIELDS || (has_mark && is_start && nearest.layout->parts[1] == KR_EVENT_MINIMUM);
}

/* As they stand, and, where that fits nothing, without what stands behind the last one. A comma may stand there for a field that is missing. */
static enum kr_fields_found take_list(const struct kmsrules_ruleset *ruleset, struct kr_text *fields, size_t count, struct kr_event_text *event, char *why) {
    if (count > 1 && fields[count - 1].size == 0) count--;
    enum kr_fields_found found = kr_event_fields_take(ruleset, fields, count, event, why);
    char second_why[KR_EVENT_WHY_SIZE];
    struct kr_text whole = fields[count - 1], shorter = without_text_behind(whole);
    if (found == KR_FIELDS_FOUND || shorter.size == whole.size || shorter.size == 0) return found;
    fields[count - 1] = shorter;
    found = kr_event_fields_take(ruleset, fields, count, event, second_why);
    fields[count - 1] = whole;
    return found;
}

static bool is_telling(enum kr_event_part part) { return part == KR_EVENT_CMID || part == KR_EVENT_ACTIVATION_ID; }

/* As programs write one, damaged or not; other numbers may be anything. */
static bool is_marked(struct kr_text field) { return field.size > 2 && field.data[0] == '0' && kr_ascii_lower(field.data[1]) == 'x'; }

/* Most of the fields of an event, an id among them, or a result and a time, each in its place. */
static bool is_most(const struct kmsrules_ruleset *ruleset, int id, const struct kr_text *fields, size_t count, char *why) {
    size_t telling = 0;
    if (count < LEAST_FIELDS) return false;
    struct fit nearest = find_nearest(ruleset, id, fields, count);
    if (nearest.layout == NULL || 2 * nearest.fitting <= count) return false;
    for (size_t i = 0; i < nearest.layout->count && nearest.start + i < count; i++)
        if (misses(ruleset, nearest.layout->parts[i], fields[nearest.start + i]) == NULL)
            telling += is_telling(nearest.layout->parts[i]) || (nearest.layout->parts[i] == KR_EVENT_CLIENT_TIME && is_marked(fields[nearest.start]));
    if (telling > 0) explain(ruleset, &nearest, fields, count, why);
    return telling > 0;
}

bool kr_event_fields_resemble(const struct kmsrules_ruleset *ruleset, int id, const struct kr_text *fields, size_t count) {
    char why[KR_EVENT_WHY_SIZE];
    return is_most(ruleset, id, fields, count, why);
}

/* Why the line is no event says more than what a result further on in it looks like. The first fields may have been cut off. */
static bool is_damaged(const struct kmsrules_ruleset *ruleset, struct kr_text line, int id, char *why) {
    enum { CUT_OFF = 3 };
    struct kr_text fields[CUT_OFF + KR_EVENT_FIELD_LIMIT] = {{"", 0}, {"", 0}, {"", 0}}, *first = &fields[CUT_OFF];
    size_t count = split(line, first), blank = first->size;
    while (blank > 0 && !kr_is_space(first->data[blank - 1])) blank--;
    *first = (struct kr_text){first->data + blank, first->size - blank}; /* without what stands before it */
    for (size_t missing = 0; missing <= CUT_OFF && count >= LEAST_FIELDS; missing++)
        if (is_most(ruleset, id, first - missing, count + missing, why)) return true;
    return false;
}

static enum kr_fields_found find_in_line(const struct kmsrules_ruleset *ruleset, struct kr_text line, struct kr_event_text *event, char *why) {
    enum kr_fields_found best = KR_FIELDS_NONE;
    size_t size;
    for (size_t start = 0; (start = find_result(line, start, &size)) != SIZE_MAX; start += size) {
        struct kr_text fields[KR_EVENT_FIELD_LIMIT];
        char this_why[KR_EVENT_WHY_SIZE];
        size_t count = split((struct kr_text){line.data + start, line.size - start}, fields);
        enum kr_fields_found found = take_list(ruleset, fields, count, event, this_why);
        if (found == KR_FIELDS_FOUND) return found;
        if (best != KR_FIELDS_NONE || !looks_meant(ruleset, event->id, line, start, size, fields, count)) continue;
        best = found;
        memcpy(why, this_why, sizeof this_why);
    }
    return is_damaged(ruleset, line, event->id, why) ? KR_FIELDS_BROKEN : best;
}

enum kr_fields_found kr_event_fields_find(const struct kmsrules_ruleset *ruleset, struct kr_text text, struct kr_event_text *event, char *why) {
    enum kr_fields_found best = KR_FIELDS_NONE;
    for (size_t start = 0; start < text.size;) {
        size_t end = start;
        char this_why[KR_EVENT_WHY_SIZE];
        while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r') end++;
        enum kr_fields_found found = find_in_line(ruleset, (struct kr_text){text.data + start, end - start}, event, this_why);
        if (found == KR_FIELDS_FOUND) return found;
        if (found == KR_FIELDS_BROKEN && best == KR_FIELDS_NONE) {
            best = found;
            memcpy(why, this_why, sizeof this_why);
        }
        start = end + 1;
    }
    return best;
}
