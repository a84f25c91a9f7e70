/* Reads what slmgr /dli or /dlv printed. In: bytes. Out: licenses as printed, or why there are none. What keys are made of goes no further than here. */
#include "fleet/slmgr.h"

#include <stdio.h>

#include "base/guid.h"
#include "fleet/text_input.h"

enum { SIZE_LIMIT = 8 << 20, LICENSE_LIMIT = 1024, LICENSE_SIZE_LIMIT = 65536, UNREAD_LIMIT = 100, SHOWN_SIZE = 120, ERROR_SIZE = 10, NUMBER_SIZE = 24 };

struct reader {
    struct kmsrules_slmgr *slmgr;
    const struct kmsrules_ruleset *ruleset;
    struct kr_text text;
    size_t start;         /* of the license being read */
    uint64_t line;        /* being read */
    uint64_t labelled;    /* lines not understood that look like "LABEL: value" */
    struct kr_text_place place;         /* of what stands in it */
    struct kr_text_place shown_at, hidden_at, error_at; /* the first of these that may be shown, and that may not; what slmgr said went wrong; line 0: none */
    struct kr_text shown, error;
    bool has_memory, is_stopped;
};

/* ---- Why not ---- */

static void refuse(struct reader *reader, struct kr_text_place place, const char *before, struct kr_text shown, const char *after) {
    struct kmsrules_slmgr *slmgr = reader->slmgr;
    struct kr_buffer out = kr_buffer_over(slmgr->fault_text, sizeof slmgr->fault_text);
    bool is_cut = shown.size > SHOWN_SIZE;
    if (is_cut) shown.size = SHOWN_SIZE;
    while (is_cut && shown.size > 0 && ((unsigned char)shown.data[shown.size] & 0xC0) == 0x80) shown.size--;
    kr_buffer_add_string(&out, before);
    kr_buffer_add_escaped(&out, shown);
    if (is_cut) kr_buffer_add_string(&out, "…");
    kr_buffer_add_string(&out, after);
    slmgr->fault = (kmsrules_inventory_fault){place.line, place.column, slmgr->fault_text};
    slmgr->has_fault = true;
    reader->is_stopped = true;
}

static void refuse_at(struct reader *reader, struct kr_text_place place, const char *why) { refuse(reader, place, why, (struct kr_text){"", 0}, ""); }

static void refuse_all(struct reader *reader, const char *why) { refuse_at(reader, (struct kr_text_place){0, 0}, why); }

/* ---- Licenses ---- */

static kmsrules_license *begin(struct reader *reader) {
    struct kmsrules_slmgr *slmgr = reader->slmgr;
    size_t *count = &slmgr->content.license_count;
    if (*count == LICENSE_LIMIT) return refuse_at(reader, reader->place, "more than 1024 licenses"), NULL;
    void *licenses = slmgr->licenses, *marks = slmgr->marks;
    reader->has_memory = kr_memory_reserve(&licenses, &slmgr->license_capacity, *count, sizeof *slmgr->licenses) && kr_memory_reserve(&marks, &slmgr->mark_capacity, *count, sizeof *slmgr->marks);
    slmgr->licenses = licenses;
    slmgr->marks = marks;
    if (!reader->has_memory) return NULL;
    kmsrules_license *license = &slmgr->licenses[(*count)++];
    *license = (kmsrules_license){.line = reader->line, .license_status = -1, .minutes_left = -1, .count = -1, .port = -1, .limit = -1, .is_published = -1, .has_low_priority = -1,
                                  .activation_minutes = -1, .renewal_minutes = -1, .is_caching = -1};
    for (int kind = 0; kind < KMSRULES_REQUEST_COUNT; kind++) license->requests[kind] = -1;
    slmgr->marks[*count - 1] = (struct kr_license_marks){.product_channel = NULL};
    return license;
}

/* Whether the line begins another license: it says again, or before it is due, what comes first in each. */
static bool begins_another(const kmsrules_license *license, enum kr_slmgr_part part) {
    switch (part) {
    case KR_SLMGR_VERSION: return license->version != NULL || license->name != NULL || license->description != NULL;
    case KR_SLMGR_NAME: return license->name != NULL || license->description != NULL;
    case KR_SLMGR_DESCRIPTION: return license->description != NULL;
    default: return false;
    }
}

static kmsrules_license *license_for(struct reader *reader, enum kr_slmgr_part part, size_t offset) {
    size_t count = reader->slmgr->content.license_count;
    kmsrules_license *license = count == 0 ? NULL : &reader->slmgr->licenses[count - 1];
    if (license != NULL && !begins_another(license, part)) return license;
    reader->start = offset;
    return begin(reader);
}

/* ---- Values ---- */

/* What stands between thousands: a comma, a dot, a blank, two that do not break. */
static struct kr_text mark_at(struct kr_text value, size_t at) {
    static const struct kr_text marks[] = {{",", 1}, {".", 1}, {" ", 1}, {"\xC2\xA0", 2}, {"\xE2\x80\xAF", 3}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (value.size - at > marks[i].size && memcmp(value.data + at, marks[i].data, marks[i].size) == 0) return marks[i];
    return (struct kr_text){"", 0};
}

static size_t digits_at(struct kr_text value, size_t at) {
    size_t size = 0;
    while (at + size < value.size && kr_is_digit(value.data[at + size])) size++;
    return size;
}

/* The number that a value begins with: "243720 minute(s) (169 day(s))", "8000", "8,000", "8 000". All marks in it are the same. */
static bool read_number(struct kr_text value, int64_t *number) {
    char room[NUMBER_SIZE];
    struct kr_buffer digits = kr_buffer_over(room, sizeof room);
    size_t size = digits_at(value, 0);
    uint64_t read = 0;
    if (size == 0) return false;
    struct kr_text mark = size > 3 || value.data[0] == '0' ? (struct kr_text){"", 0} : mark_at(value, size);
    kr_buffer_add(&digits, (struct kr_text){value.data, size});
    while (mark.size > 0 && kr_text_equal(mark_at(value, size), mark) && digits_at(value, size + mark.size) == 3) {
        kr_buffer_add(&digits, (struct kr_text){value.data + size + mark.size, 3});
        size += mark.size + 3;
    }
    bool is_number = digits.size < sizeof room && kr_text_number((struct kr_text){room, digits.size}, 0, INT64_MAX, &read) && (size == value.size || value.data[size] == ' ');
    if (is_number && *number < 0) *number = (int64_t)read;
    return is_number;
}

/* "0xC004F200 (non-genuine)." */
static bool read_code(struct kr_text value, uint32_t *code) {
    uint32_t read = 0;
    if (value.size < ERROR_SIZE || value.data[0] != '0' || kr_ascii_lower(value.data[1]) != 'x') return false;
    for (size_t i = 2; i < ERROR_SIZE; i++) {
        int digit = kr_hex_value(value.data[i]);
        if (digit < 0) return false;
        read = read << 4 | (uint32_t)digit;
    }
    *code = read;
    return true;
}

/* The first of several. What must not be shown, and what is empty, is left out. */
static bool keep(struct reader *reader, struct kr_text value, const char **kept) {
    if (value.size == 0 || *kept != NULL || kr_slmgr_is_secret(value)) return true;
    *kept = kr_arena_copy(&reader->slmgr->arena, value.data, value.size);
    if (*kept == NULL) reader->has_memory = false;
    return true;
}

/* A name that is nothing but five such characters is none. */
static bool keep_name(struct reader *reader, struct kr_text value, const char **kept) {
    return kr_text_is_key_part(value) || keep(reader, value, kept);
}

static bool keep_id(struct reader *reader, struct kr_text value, const char **kept) {
    kmsrules_guid read;
    if (*kept != NULL || !kr_guid_of(value, &read)) return true; /* masked by whoever handed it on */
    *kept = kr_arena_copy(&reader->slmgr->arena, value.data, value.size);
    if (*kept == NULL) reader->has_memory = false;
    return true;
}

static bool keep_truth(int value, int *kept) {
    if (*kept < 0) *kept = value;
    return true;
}

/* ---- Lines ---- */

static bool take_of_client(struct reader *reader, kmsrules_license *license, struct kr_license_marks *marks, const struct kr_slmgr_reading *reading) {
    struct kr_text value = reading->value;
    switch (reading->line->part) {
    case KR_SLMGR_CLIENT: return marks->is_client = true;
    case KR_SLMGR_CMID: return keep_id(reader, value, &license->cmid);
    case KR_SLMGR_KMS_REGISTERED: return keep(reader, value, &license->kms_registered);
    case KR_SLMGR_KMS_FOUND: return keep(reader, value, &license->kms_found);
    case KR_SLMGR_KMS_NOT_FOUND: return marks->has_no_host = true;
    case KR_SLMGR_KMS_ADDRESS: return keep(reader, value, &license->kms_address);
    case KR_SLMGR_LOOKUP_DOMAIN: return keep(reader, value, &license->lookup_domain);
    case KR_SLMGR_ACTIVATION_INTERVAL: return read_number(value, &license->activation_minutes);
    case KR_SLMGR_RENEWAL_INTERVAL: return read_number(value, &license->renewal_minutes);
    case KR_SLMGR_CACHING: return keep_truth(reading->line->value, &license->is_caching);
    case KR_SLMGR_AD_OBJECT: return keep(reader, value, &license->ad_object);
    case KR_SLMGR_STALE: return marks->is_stale = true;
    default: return true;
    }
}

static bool take_of_host(kmsrules_license *license, struct kr_license_marks *marks, const struct kr_slmgr_reading *reading) {
    marks->is_host = true;
    if (reading->line->part == KR_SLMGR_COUNT || reading->line->part == KR_SLMGR_NOT_COUNTING) marks->has_count = true;
    switch (reading->line->part) {
    case KR_SLMGR_HOST: return true;
    case KR_SLMGR_COUNT: return read_number(reading->value, &license->count);
    case KR_SLMGR_NOT_COUNTING: return marks->is_not_counting = true;
    case KR_SLMGR_PORT: return read_number(reading->value, &license->port);
    case KR_SLMGR_PUBLISHING: return keep_truth(reading->line->value, &license->is_published);
    case KR_SLMGR_PRIORITY: return keep_truth(reading->line->value, &license->has_low_priority);
    default: return read_number(reading->value, &license->requests[reading->line->part - KR_SLMGR_REQUESTS]);
    }
}

static bool take(struct reader *reader, kmsrules_license *license, const struct kr_slmgr_reading *reading) {
    struct kr_license_marks *marks = &reader->slmgr->marks[reader->slmgr->content.license_count - 1];
    if (reading->line->since > marks->since) marks->since = reading->line->since;
    switch (reading->line->part) {
    case KR_SLMGR_NAME: return keep_name(reader, reading->value, &license->name);
    case KR_SLMGR_DESCRIPTION: return keep_name(reader, reading->value, &license->description);
    case KR_SLMGR_ACTIVATION_ID: return keep_id(reader, reading->value, &license->activation_id);
    case KR_SLMGR_CHANNEL: return keep_name(reader, reading->value, &marks->product_channel);
    case KR_SLMGR_VERSION: return keep(reader, reading->value, &license->version);
    case KR_SLMGR_STATUS: return keep_truth(reading->line->value, &license->license_status);
    case KR_SLMGR_REASON: return read_code(reading->value, &license->reason);
    case KR_SLMGR_MINUTES_LEFT: return read_number(reading->value, &license->minutes_left);
    case KR_SLMGR_NOT_IN_USE: return marks->is_unused = true;
    default:
        return reading->line->part >= KR_SLMGR_HOST && reading->line->part <= KR_SLMGR_REQUESTS_LAST ? take_of_host(license, marks, reading)
                                                                                                     : take_of_client(reader, license, marks, reading);
    }
}

static void take_strange(struct reader *reader) {
    struct kr_license_marks *marks = &reader->slmgr->marks[reader->slmgr->content.license_count - 1];
    if (marks->strange_count < KR_SLMGR_STRANGE_LIMIT) marks->strange[marks->strange_count++] = reader->line;
}

static void take_unread(struct reader *reader, struct kr_text line) {
    kmsrules_slmgr_content *content = &reader->slmgr->content;
    if (content->unread_count < UNREAD_LIMIT) reader->slmgr->unread[content->unread_count++] = reader->line;
    bool is_labelled = kr_slmgr_is_labelled(line), is_hidden = kr_slmgr_is_secret(line) || kr_text_ends_in_key_part(line);
    reader->labelled += is_labelled;
    if (is_hidden && reader->hidden_at.line == 0) reader->hidden_at = reader->place;
    bool is_better = reader->shown_at.line == 0 || (is_labelled && !kr_slmgr_is_labelled(reader->shown));
    if (is_hidden || !is_better) return;
    reader->shown_at = reader->place;
    reader->shown = line;
}

static void take_error(struct reader *reader, struct kr_text value) {
    if (reader->error_at.line > 0) return;
    reader->error_at = reader->place;
    reader->error = kr_slmgr_is_secret(value) || kr_text_ends_in_key_part(value) ? (struct kr_text){"", 0} : value;
}

static bool is_of_license(const struct kr_slmgr_line *line) { return line->part != KR_SLMGR_SECRET && (line->part != KR_SLMGR_NOTHING || line->since > 0); }

static void take_line(struct reader *reader, struct kr_text line, size_t offset) {
    if (line.size == 0 || line.data[0] == '#') return;
    struct kr_slmgr_reading reading = kr_slmgr_read_line(reader->ruleset, line);
    bool is_error = reading.line != NULL && reading.line->part == KR_SLMGR_ERROR, is_known = reading.line != NULL && !is_error;
    reader->slmgr->content.lines++;
    if (is_error) take_error(reader, reading.value);
    if (is_known && is_of_license(reading.line)) {
        kmsrules_license *license = license_for(reader, reading.line->part, offset);
        if (license == NULL) return;
        is_known = !reading.is_strange && take(reader, license, &reading);
        if (!is_known) take_strange(reader);
    }
    if ((size_t)(line.data - reader->text.data) + line.size - reader->start > LICENSE_SIZE_LIMIT) refuse_at(reader, reader->place, "more than 65536 bytes without another license: is this the output of slmgr alone?");
    if (is_known) reader->slmgr->content.understood++;
    else take_unread(reader, line);
}

/* CRLF, LF and a lone CR each end a line. */
static void take_lines(struct reader *reader) {
    struct kr_text text = reader->text;
    for (size_t offset = 0; offset < text.size && reader->has_memory && !reader->is_stopped;) {
        size_t end = offset;
        while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r') end++;
        struct kr_text line = kr_text_trim((struct kr_text){text.data + offset, end - offset});
        reader->line++;
        reader->place = (struct kr_text_place){reader->line, (uint64_t)(line.data - text.data) - offset + 1};
        take_line(reader, line, offset);
        offset = end + 1 + (end + 1 < text.size && text.data[end] == '\r' && text.data[end + 1] == '\n');
    }
}

/* ---- The whole ---- */

#define GIVE_ENGLISH "give the output of an English system"

static void refuse_strange(struct reader *reader) {
    const kmsrules_slmgr_content *content = &reader->slmgr->content;
    bool is_partly = content->understood > 0;
    if (reader->shown_at.line > 0)
        refuse(reader, reader->shown_at, "\"", reader->shown,
               is_partly ? "\" is no line of slmgr in English: output in another language cannot be read; " GIVE_ENGLISH : "\" is no line of slmgr /dli or /dlv in English; " GIVE_ENGLISH);
    else refuse_at(reader, reader->hidden_at, "this is no line of slmgr /dli or /dlv in English; it is not shown, as it may hold a key; " GIVE_ENGLISH);
}

/* "0xC004F074 The Software Licensing Service …": where the code has a page, that is what to read next. */
static void refuse_error(struct reader *reader) {
    char code[ERROR_SIZE + 1] = "", next[64] = "";
    uint32_t number;
    if (read_code(reader->error, &number)) memcpy(code, reader->error.data, ERROR_SIZE);
    const kmsrules_code *page = kmsrules_code_find(code);
    if (page != NULL) snprintf(next, sizeof next, " (what that means: kmsrules explain %s)", page->code);
    refuse(reader, reader->error_at, "slmgr reports an error and no license: ", reader->error, next);
}

/* More lines look like those of slmgr and are not known than are known: another language, or another program. */
static void check(struct reader *reader) {
    const kmsrules_slmgr_content *content = &reader->slmgr->content;
    if (reader->is_stopped) return;
    if (content->lines == 0) refuse_all(reader, "there is nothing in it: keep what cscript //nologo slmgr.vbs /dlv prints");
    else if (content->license_count == 0 && reader->error_at.line > 0) refuse_error(reader);
    else if (content->understood == 0 || reader->labelled > content->understood) refuse_strange(reader);
    else if (content->license_count == 0) refuse_all(reader, "there is no license in it, as slmgr /dli or /dlv prints it");
}

static kmsrules_status read_text(struct kmsrules_slmgr *slmgr, struct kr_text text) {
    struct reader reader = {.slmgr = slmgr, .ruleset = slmgr->ruleset, .text = text, .has_memory = true};
    slmgr->unread = kr_arena_take(&slmgr->arena, UNREAD_LIMIT, sizeof *slmgr->unread);
    if (slmgr->unread == NULL) return KMSRULES_NO_MEMORY;
    take_lines(&reader);
    if (!reader.has_memory) return KMSRULES_NO_MEMORY;
    check(&reader);
    slmgr->content.licenses = slmgr->licenses;
    slmgr->content.unread = slmgr->unread;
    return slmgr->has_fault ? KMSRULES_OK : kr_slmgr_judge(slmgr);
}

static void take_fault(struct kmsrules_slmgr *slmgr, const struct kr_read_fault *fault) {
    memcpy(slmgr->fault_text, fault->text, sizeof slmgr->fault_text);
    slmgr->fault = (kmsrules_inventory_fault){fault->line, fault->column, slmgr->fault_text};
    slmgr->has_fault = true;
}
_Static_assert(sizeof((struct kr_read_fault *)0)->text == sizeof((struct kmsrules_slmgr *)0)->fault_text, "a fault fits");

static kmsrules_status decode_and_read(struct kmsrules_slmgr *slmgr, struct kr_text_input *input, struct kr_text bytes) {
    bool is_fed = false;
    for (;;) switch (kr_text_input_fill(input)) {
        case KR_TEXT_ADDED: break;
        case KR_TEXT_MORE:
            if (is_fed) kr_text_input_end(input);
            else kr_text_input_feed(input, bytes.data, bytes.size);
            is_fed = true;
            break;
        case KR_TEXT_END: return read_text(slmgr, (struct kr_text){input->window, input->size});
        case KR_TEXT_STOPPED: return take_fault(slmgr, &input->fault), KMSRULES_OK;
        default: return KMSRULES_NO_MEMORY;
        }
}

static kmsrules_status read_bytes(struct kmsrules_slmgr *slmgr, const char *encoding, struct kr_text bytes) {
    static const struct kr_read_fault too_long = {.text = "more than 8 MiB: is this the output of slmgr?"};
    struct kr_text_input input = {0};
    if (bytes.size > SIZE_LIMIT) return take_fault(slmgr, &too_long), KMSRULES_OK;
    enum kr_text_result started = kr_text_input_start(&input, kr_text_of(encoding));
    input.is_for_print = true;
    kmsrules_status status = started == KR_TEXT_NO_MEMORY ? KMSRULES_NO_MEMORY : started == KR_TEXT_STOPPED ? KMSRULES_INVALID_ARGUMENT : decode_and_read(slmgr, &input, bytes);
    kr_text_input_free(&input);
    return status;
}

static kmsrules_status prepare(struct kmsrules_slmgr *slmgr, const kmsrules_question *question) {
    bool has_memory = true;
    slmgr->ruleset = kmsrules_ruleset_retain(question->ruleset);
    slmgr->date = kr_arena_copy_string(&slmgr->arena, question->date, &has_memory);
    return has_memory ? kr_question_clone(question, &slmgr->question) : KMSRULES_NO_MEMORY;
}

kmsrules_status kmsrules_slmgr_read(const kmsrules_question *question, const char *encoding, const char *data, size_t size, kmsrules_slmgr **slmgr) {
    if (question == NULL || (data == NULL && size > 0) || slmgr == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_slmgr *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    kmsrules_status status = prepare(made, question);
    if (status == KMSRULES_OK) status = read_bytes(made, encoding, (struct kr_text){data == NULL ? "" : data, size});
    if (status == KMSRULES_OK) *slmgr = made;
    else kmsrules_slmgr_free(made);
    return status;
}

void kmsrules_slmgr_free(kmsrules_slmgr *slmgr) {
    if (slmgr == NULL) return;
    kmsrules_question_free(slmgr->question);
    kmsrules_ruleset_free(slmgr->ruleset);
    kr_memory_free(slmgr->licenses);
    kr_memory_free(slmgr->marks);
    kr_arena_free(&slmgr->arena);
    kr_memory_free(slmgr);
}

const kmsrules_inventory_fault *kmsrules_slmgr_why(const kmsrules_slmgr *slmgr) { return slmgr == NULL || !slmgr->has_fault ? NULL : &slmgr->fault; }

const kmsrules_slmgr_content *kmsrules_slmgr_content_of(const kmsrules_slmgr *slmgr) { return slmgr == NULL || slmgr->has_fault ? NULL : &slmgr->content; }
