/* See srv.h; the text of an answer cut into lines, and the records collected. */
#include "fleet/srv.h"

#include "fleet/text_input.h"
#include "names/suggest.h"
#include "ruleset/ruleset.h"

const char *const kr_srv_part_names[] = {"priority", "weight", "port", "target", "name", "type"};
_Static_assert(sizeof kr_srv_part_names / sizeof kr_srv_part_names[0] == KR_SRV_PART_COUNT, "every part has its name");

/* ---- Problems ---- */

static const char *write_problem(struct kr_srv_reader *reader, const char *sentence, struct kr_text word) {
    char storage[512];
    struct kr_buffer text = kr_buffer_over(storage, sizeof storage);
    const char *mark = strchr(sentence, '%');
    struct kr_text shown = {word.data, word.size < 60 ? word.size : 60};
    kr_buffer_add(&text, (struct kr_text){sentence, mark == NULL ? strlen(sentence) : (size_t)(mark - sentence)});
    if (mark != NULL) {
        shown.size = kr_utf8_valid_size(shown);
        kr_buffer_add_escaped(&text, shown);
        if (shown.size < word.size) kr_buffer_add_string(&text, "…");
        kr_buffer_add_string(&text, mark + 1);
    }
    const char *copy = kr_arena_copy_string(&reader->records->arena, storage, &(bool){true});
    if (copy == NULL) reader->has_failed = true;
    return copy;
}

static uint64_t column_of(const struct kr_srv_reader *reader, uint64_t at, struct kr_text word) {
    bool is_inside = at == reader->line && reader->line > 0 && word.data != NULL && word.data >= reader->text.data && word.data <= reader->text.data + reader->text.size;
    return is_inside ? (uint64_t)(word.data - reader->text.data) + 1 : 0;
}

void kr_srv_complain(struct kr_srv_reader *reader, uint64_t at, const char *sentence, struct kr_text word) {
    struct kmsrules_records *records = reader->records;
    void *problems = records->problems;
    records->content.unreadable++;
    if (records->content.problem_count == KR_SRV_SHOWN_PROBLEMS) return;
    if (!kr_memory_reserve(&problems, &records->problem_capacity, records->content.problem_count, sizeof *records->problems)) {
        reader->has_failed = true;
        return;
    }
    records->problems = problems;
    records->content.problems = records->problems;
    const char *text = write_problem(reader, sentence, word);
    if (text != NULL) records->problems[records->content.problem_count++] = (kmsrules_record_problem){at, column_of(reader, at, word), text};
}

/* ---- Names ---- */

struct kr_text kr_srv_whole_name(const struct kr_srv_reader *reader, struct kr_text name, char storage[KR_SRV_NAME_LIMIT + 1]) {
    struct kr_buffer whole = kr_buffer_over(storage, KR_SRV_NAME_LIMIT + 1);
    bool is_absolute = name.size > 0 && name.data[name.size - 1] == '.', is_origin = kr_text_is(name, "@");
    if (!is_origin) kr_buffer_add(&whole, (struct kr_text){name.data, name.size - (is_absolute ? 1 : 0)});
    if (!is_absolute && reader->has_origin) {
        if (!is_origin && reader->origin[0] != '\0') kr_buffer_add_string(&whole, ".");
        kr_buffer_add_string(&whole, reader->origin);
    }
    return (struct kr_text){storage, whole.size <= KR_SRV_NAME_LIMIT ? whole.size : 0};
}

static bool starts_with_label(struct kr_text text, struct kr_text start) {
    bool is_long = text.size > start.size && text.data[start.size] == '.';
    return (is_long || text.size == start.size) && kr_text_equal_ignoring_case((struct kr_text){text.data, start.size}, start);
}

/* A name that no origin completes may be any part of the service's from its start. */
static bool is_service(const struct kr_srv_reader *reader, struct kr_text name) {
    if (name.data == NULL || name.size == 0 || starts_with_label(name, reader->service)) return true;
    return !reader->has_origin && starts_with_label(reader->service, name);
}

/* The name, from its start to some dot, is two slips from the service at most: "_vlmc._tcp", "_vlmcs._udp". */
static bool is_misspelt(const struct kr_srv_reader *reader, struct kr_text name) {
    enum { SLIPS = 2 };
    char lower[KR_SRV_NAME_LIMIT + SLIPS];
    size_t longest = reader->service.size + SLIPS < sizeof lower ? reader->service.size + SLIPS : sizeof lower;
    kr_text_lower((struct kr_text){name.data, name.size < longest ? name.size : longest}, lower);
    for (size_t size = 1; size <= name.size && size <= longest; size++) {
        bool is_end = size == name.size || name.data[size] == '.';
        if (is_end && kr_name_distance((struct kr_text){lower, size}, reader->service) <= SLIPS) return true;
    }
    return false;
}

static void leave_out(struct kr_srv_reader *reader, struct kr_text name, uint64_t at) {
    char storage[KR_SRV_NAME_LIMIT + 100];
    struct kr_buffer sentence = kr_buffer_over(storage, sizeof storage);
    if (!is_misspelt(reader, name)) {
        reader->records->content.others++;
        return;
    }
    kr_buffer_add_string(&sentence, "no client asks for \"%\"; the records of KMS hosts are those of \"");
    kr_buffer_add(&sentence, reader->service);
    kr_buffer_add_string(&sentence, "\"");
    kr_srv_complain(reader, at, storage, name);
}

/* Numbers and dots, as a host name never is, or colons. */
bool kr_srv_is_address(struct kr_text word) {
    size_t dots = 0, colons = 0, digits = 0;
    for (size_t i = 0; i < word.size && word.data[i] != '%'; i++) {
        dots += word.data[i] == '.';
        colons += word.data[i] == ':';
        digits += kr_is_digit(word.data[i]);
        if (word.data[i] != '.' && word.data[i] != ':' && kr_hex_value(word.data[i]) < 0) return false;
    }
    return colons > 1 || (dots > 0 && digits > 0 && dots + digits == word.size);
}

static bool can_be_in_target(char c) {
    char lower = kr_ascii_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

static bool is_target(struct kr_text target) {
    bool is_good = target.size > 0 && target.size <= KR_SRV_NAME_LIMIT && target.data[0] != '.' && target.data[target.size - 1] != '.';
    for (size_t i = 0; is_good && i < target.size; i++) is_good = can_be_in_target(target.data[i]) && (target.data[i] != '.' || target.data[i - 1] != '.');
    return is_good;
}

static bool is_cut(struct kr_text target) {
    return target.size > 3 && (memcmp(target.data + target.size - 3, "...", 3) == 0 || memcmp(target.data + target.size - 3, "\xE2\x80\xA6", 3) == 0);
}

/* NULL: it is one; `bare` is without the dot at its end. */
static const char *why_no_target(struct kr_text target, struct kr_text bare) {
    if (is_cut(target)) return "the host name \"%\" is cut off: a table on a terminal shortens names; use Export-Csv or Format-List";
    if (kr_srv_is_address(bare)) return "\"%\" is an address; an SRV record gives the name of its host (RFC 2782)";
    return is_target(bare) ? NULL : "\"%\" is no host name";
}

/* Beyond the limits of names_seen.h a name is left out. */
static void keep_name(struct kr_srv_reader *reader, struct kr_text name) {
    struct kmsrules_records *records = reader->records;
    void *names = (void *)records->names;
    struct kr_seen *entry = NULL;
    bool is_new = false;
    if (name.data == NULL || name.size == 0) return;
    if (!kr_names_seen_add(&reader->names, name, &entry, &is_new)) reader->has_failed = true;
    if (!is_new) return;
    char *copy = kr_arena_copy(&records->arena, entry->name, entry->name_size);
    if (copy == NULL || !kr_memory_reserve(&names, &records->name_capacity, records->content.name_count, sizeof *records->names)) {
        reader->has_failed = true;
        return;
    }
    records->names = names;
    records->names[records->content.name_count++] = copy;
    records->content.names = records->names;
}

/* ---- Records ---- */

/* Where the numbers of records like this one begin. */
static uint16_t *head_of(struct kr_srv_reader *reader, const kmsrules_srv_record *record, struct kr_text target) {
    char lower[KR_SRV_NAME_LIMIT];
    kr_text_lower(target, lower);
    uint64_t numbers = (uint64_t)record->priority << 32 | record->weight << 16 | record->port;
    return &reader->heads[(kr_text_hash((struct kr_text){lower, target.size}) ^ numbers * UINT64_C(0x9E3779B97F4A7C15) >> 32) % KR_SRV_RECORD_LIMIT];
}

static bool is_known(const struct kr_srv_reader *reader, uint16_t number, const kmsrules_srv_record *record, struct kr_text target) {
    for (; number > 0; number = reader->nexts[number - 1]) {
        const kmsrules_srv_record *known = &reader->records->records[number - 1];
        bool is_alike = known->priority == record->priority && known->weight == record->weight && known->port == record->port;
        if (is_alike && kr_text_equal_ignoring_case(kr_text_of(known->target), target)) return true;
    }
    return false;
}

static void keep_record(struct kr_srv_reader *reader, kmsrules_srv_record record, struct kr_text target) {
    struct kmsrules_records *records = reader->records;
    void *items = records->records;
    size_t count = records->content.record_count;
    uint16_t *head = head_of(reader, &record, target);
    if (is_known(reader, *head, &record, target)) {
        records->content.duplicates++;
        return;
    }
    if (count == KR_SRV_RECORD_LIMIT) {
        kr_srv_complain(reader, record.line, "this is one record more than the 4096 that are read; reading stops here", (struct kr_text){NULL, 0});
        reader->is_full = true;
        return;
    }
    record.target = kr_arena_copy(&records->arena, target.data, target.size);
    if (record.target == NULL || !kr_memory_reserve(&items, &records->record_capacity, count, sizeof *records->records)) {
        reader->has_failed = true;
        return;
    }
    records->records = items;
    records->records[count] = record;
    reader->nexts[count] = *head;
    *head = (uint16_t)++records->content.record_count;
    records->content.records = records->records;
}

static bool read_numbers(struct kr_srv_reader *reader, const struct kr_text parts[KR_SRV_PART_COUNT], uint64_t at, uint64_t numbers[KR_SRV_TARGET]) {
    static const char *const sentences[] = {"priority \"%\" is no number from 0 to 65535", "weight \"%\" is no number from 0 to 65535",
                                            "port \"%\" is no number from 0 to 65535"};
    for (int part = KR_SRV_PRIORITY; part < KR_SRV_TARGET; part++) {
        if (kr_text_number(parts[part], 0, UINT16_MAX, &numbers[part])) continue;
        kr_srv_complain(reader, at, sentences[part], parts[part]);
        return false;
    }
    return true;
}

void kr_srv_add(struct kr_srv_reader *reader, const struct kr_text parts[KR_SRV_PART_COUNT], uint64_t at) {
    uint64_t numbers[KR_SRV_TARGET] = {0};
    struct kr_text target = parts[KR_SRV_TARGET];
    if (!is_service(reader, parts[KR_SRV_NAME])) {
        leave_out(reader, parts[KR_SRV_NAME], at);
        return;
    }
    if (!read_numbers(reader, parts, at, numbers)) return;
    if (kr_text_is(target, ".")) {
        reader->records->content.refusals++;
        return;
    }
    struct kr_text bare = {target.data, target.size > 1 && target.data[target.size - 1] == '.' ? target.size - 1 : target.size};
    const char *why = why_no_target(target, bare);
    if (why != NULL) {
        kr_srv_complain(reader, at, why, target);
        return;
    }
    keep_name(reader, parts[KR_SRV_NAME]);
    keep_record(reader, (kmsrules_srv_record){NULL, (uint32_t)numbers[KR_SRV_PRIORITY], (uint32_t)numbers[KR_SRV_WEIGHT], (uint32_t)numbers[KR_SRV_PORT], at}, bare);
}

/* ---- Lines out of text ---- */

/* The size of the line at the start of the text without its end, and with it; false: the text does not hold all of it. CRLF, LF and a lone CR end a line. */
static bool find_line(struct kr_text text, bool is_last, size_t *size, size_t *whole) {
    size_t end = 0;
    while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r') end++;
    if (end == text.size && (!is_last || end == 0)) return false;
    bool is_return = end < text.size && text.data[end] == '\r';
    if (is_return && end + 1 == text.size && !is_last) return false;
    *size = end;
    *whole = end == text.size ? end : is_return && end + 1 < text.size && text.data[end + 1] == '\n' ? end + 2 : end + 1;
    return true;
}

static void read_line(struct kr_srv_reader *reader, struct kr_text line) {
    reader->line++;
    reader->text = line;
    if (kr_text_has_product_key(line))
        kr_srv_complain(reader, reader->line, "this line holds what looks like a product key; kmsrules needs none, and it is not read", (struct kr_text){NULL, 0});
    else
        kr_srv_line(reader, line);
}

static void read_lines(struct kr_srv_reader *reader, struct kr_text_input *input, bool is_last) {
    size_t offset = 0, size = 0, whole = 0;
    while (!reader->is_full && !reader->has_failed && find_line((struct kr_text){input->window + offset, input->size - offset}, is_last, &size, &whole)) {
        if (size > KR_SRV_LINE_LIMIT) break;
        read_line(reader, (struct kr_text){input->window + offset, size});
        offset += whole;
    }
    if (!reader->is_full && input->size - offset > KR_SRV_LINE_LIMIT + 2) {
        kr_srv_complain(reader, reader->line + 1, "this line is longer than 64 KiB; reading stops here", (struct kr_text){NULL, 0});
        reader->is_full = true;
    }
    kr_text_input_consume(input, offset);
}

static void stop(struct kr_srv_reader *reader, const struct kr_read_fault *fault) {
    size_t count = reader->records->content.problem_count;
    kr_srv_complain(reader, fault->line, "%", kr_text_of(fault->text));
    if (reader->records->content.problem_count == count) return;
    const char *text = kr_arena_copy(&reader->records->arena, fault->text, strlen(fault->text)); /* escaped, and whole */
    if (text == NULL) reader->has_failed = true;
    else reader->records->problems[count] = (kmsrules_record_problem){fault->line, fault->column, text};
}

static kmsrules_status read_text(struct kr_srv_reader *reader, struct kr_text_input *input, struct kr_text bytes) {
    bool is_fed = false;
    for (enum kr_text_result result = KR_TEXT_MORE; !reader->is_full && !reader->has_failed; result = kr_text_input_fill(input)) {
        switch (result) {
        case KR_TEXT_ADDED: read_lines(reader, input, false); break;
        case KR_TEXT_MORE:
            if (is_fed || bytes.size == 0) kr_text_input_end(input);
            else kr_text_input_feed(input, bytes.data, bytes.size);
            is_fed = true;
            break;
        case KR_TEXT_END: read_lines(reader, input, true); return KMSRULES_OK;
        case KR_TEXT_STOPPED:
            read_lines(reader, input, false);
            stop(reader, &input->fault);
            return input->is_misnamed && reader->line == 0 ? KMSRULES_INVALID_ARGUMENT : KMSRULES_OK;
        case KR_TEXT_NO_MEMORY: return KMSRULES_NO_MEMORY;
        }
    }
    return KMSRULES_OK;
}

static kmsrules_status read_all(struct kr_srv_reader *reader, struct kr_text bytes, const char *encoding) {
    struct kr_text_input input;
    enum kr_text_result started = kr_text_input_start(&input, kr_text_of(encoding));
    input.is_for_print = true;
    kmsrules_status status = started == KR_TEXT_NO_MEMORY ? KMSRULES_NO_MEMORY : started == KR_TEXT_STOPPED ? KMSRULES_INVALID_ARGUMENT : read_text(reader, &input, bytes);
    if (status == KMSRULES_OK) kr_srv_end(reader);
    kr_text_input_free(&input);
    kr_buffer_free(&reader->joined);
    kr_names_seen_free(&reader->names);
    return status == KMSRULES_OK && reader->has_failed ? KMSRULES_NO_MEMORY : status;
}

/* ---- Public form ---- */

kmsrules_status kmsrules_records_read(const kmsrules_ruleset *ruleset, const char *data, size_t size, const char *encoding, kmsrules_records **records) {
    const kmsrules_srv_name *service = kmsrules_ruleset_srv_name(ruleset);
    if (service == NULL || (data == NULL && size > 0) || records == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_records *made = kr_memory_take(1, sizeof *made);
    struct kr_srv_reader *reader = kr_memory_take(1, sizeof *reader);
    kmsrules_status status = made == NULL || reader == NULL ? KMSRULES_NO_MEMORY : KMSRULES_OK;
    if (status == KMSRULES_OK) {
        kr_srv_start(reader, made, service->name);
        status = read_all(reader, (struct kr_text){data, size}, encoding);
    }
    kr_memory_free(reader);
    if (status == KMSRULES_OK) *records = made;
    else kmsrules_records_free(made);
    return status;
}

void kmsrules_records_free(kmsrules_records *records) {
    if (records == NULL) return;
    kr_memory_free(records->records);
    kr_memory_free((void *)records->names);
    kr_memory_free(records->problems);
    kr_arena_free(&records->arena);
    kr_memory_free(records);
}

const kmsrules_records_content *kmsrules_records_look(const kmsrules_records *records) { return records == NULL ? NULL : &records->content; }
