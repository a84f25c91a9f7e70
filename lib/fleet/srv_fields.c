/* See srv.h; fields, one a line: nslookup of Windows ("priority = 0") and Resolve-DnsName as a list ("Priority : 0"). */
#include "fleet/srv.h"

static const struct {
    const char *name;
    enum kr_srv_part part;
    bool is_in_list; /* of Resolve-DnsName alone */
} fields[] = {
    {"priority", KR_SRV_PRIORITY, false}, {"weight", KR_SRV_WEIGHT, false},   {"port", KR_SRV_PORT, false},     {"svr hostname", KR_SRV_TARGET, false},
    {"nametarget", KR_SRV_TARGET, true},  {"name", KR_SRV_NAME, true},        {"type", KR_SRV_TYPE, true},      {"querytype", KR_SRV_TYPE, true},
};
enum { FIELD_KINDS = sizeof fields / sizeof fields[0] };

/* ---- Blocks ---- */

static struct kr_text value_of(const struct kr_srv_reader *reader, int part) {
    return reader->has_field[part] ? kr_text_of(reader->fields[part]) : (struct kr_text){NULL, 0};
}

static void clear(struct kr_srv_reader *reader) {
    memset(reader->has_field, 0, sizeof reader->has_field);
    reader->is_in_block = reader->is_list = false;
}

static bool is_other_type(const struct kr_srv_reader *reader) {
    return reader->has_field[KR_SRV_TYPE] && !kr_text_equal_ignoring_case(value_of(reader, KR_SRV_TYPE), kr_text_of("SRV"));
}

static int missing_part(const struct kr_srv_reader *reader) {
    for (int part = KR_SRV_PRIORITY; part <= KR_SRV_TARGET; part++)
        if (!reader->has_field[part]) return part;
    return KR_SRV_PART_COUNT;
}

void kr_srv_end_fields(struct kr_srv_reader *reader) {
    if (!reader->is_in_block) return;
    struct kr_text parts[KR_SRV_PART_COUNT];
    int missing = missing_part(reader);
    bool has_any = false;
    for (int part = 0; part < KR_SRV_PART_COUNT; part++) parts[part] = value_of(reader, part);
    for (int part = KR_SRV_PRIORITY; part <= KR_SRV_TARGET; part++) has_any = has_any || reader->has_field[part];
    if (reader->is_list && (is_other_type(reader) || !has_any)) reader->records->content.others++;
    else if (missing < KR_SRV_PART_COUNT) kr_srv_complain(reader, reader->block_line, "the record that begins here lacks its %", kr_text_of(kr_srv_part_names[missing]));
    else kr_srv_add(reader, parts, reader->block_line);
    clear(reader);
}

static bool keep(struct kr_srv_reader *reader, int part, struct kr_text value) {
    if (value.size > KR_SRV_NAME_LIMIT) {
        kr_srv_complain(reader, reader->line, "\"%\" is too long", value);
        return false;
    }
    if (value.size > 0) memcpy(reader->fields[part], value.data, value.size);
    reader->fields[part][value.size] = '\0';
    return reader->has_field[part] = true;
}

void kr_srv_begin_fields(struct kr_srv_reader *reader, struct kr_text name) {
    kr_srv_end_fields(reader);
    reader->is_in_block = true;
    reader->block_line = reader->line;
    if (name.size > 0) keep(reader, KR_SRV_NAME, name);
}

/* ---- Lines ---- */

static const char *find(struct kr_text text, char c) { return text.size == 0 ? NULL : memchr(text.data, c, text.size); }

static int field_of(struct kr_text name, bool is_list) {
    for (int i = 0; i < FIELD_KINDS; i++)
        if ((is_list || !fields[i].is_in_list) && kr_text_equal_ignoring_case(name, kr_text_of(fields[i].name))) return i;
    return -1;
}

/* A field seen before begins another record. */
static void take(struct kr_srv_reader *reader, int part, struct kr_text value, bool is_list) {
    if (!reader->is_in_block || reader->has_field[part]) kr_srv_begin_fields(reader, (struct kr_text){NULL, 0});
    reader->is_list = is_list;
    keep(reader, part, value);
}

/* Where the value ends: before the name of another field and its "=", as a page of Microsoft prints it, or with the line. */
static size_t value_size(struct kr_text rest) {
    const char *equals = find(rest, '=');
    if (equals == NULL) return rest.size;
    struct kr_text before = kr_text_trim((struct kr_text){rest.data, (size_t)(equals - rest.data)});
    for (int i = 0; i < FIELD_KINDS; i++) {
        size_t size = strlen(fields[i].name);
        if (fields[i].is_in_list || before.size <= size) continue;
        struct kr_text name = {before.data + before.size - size, size};
        if (kr_text_equal_ignoring_case(name, kr_text_of(fields[i].name))) return (size_t)(name.data - rest.data);
    }
    return rest.size;
}

/* "priority = 0", several in one line. */
static bool read_equations(struct kr_srv_reader *reader, struct kr_text line) {
    bool has_read = false;
    for (const char *equals; (equals = find(line, '=')) != NULL; has_read = true) {
        int field = field_of(kr_text_trim((struct kr_text){line.data, (size_t)(equals - line.data)}), false);
        if (field < 0) return has_read;
        struct kr_text rest = {equals + 1, line.size - (size_t)(equals + 1 - line.data)};
        size_t size = value_size(rest);
        take(reader, (int)fields[field].part, kr_text_trim((struct kr_text){rest.data, size}), false);
        line = (struct kr_text){rest.data + size, rest.size - size};
    }
    return has_read;
}

/* "Priority : 0": other fields of the list, which stand between the first and an empty line, say nothing here. "Name:" of nslookup has no blank before its colon. */
static bool read_list(struct kr_srv_reader *reader, struct kr_text line) {
    const char *colon = find(line, ':');
    if (colon == NULL || colon == line.data || colon[-1] != ' ') return false;
    int field = field_of(kr_text_trim((struct kr_text){line.data, (size_t)(colon - line.data)}), true);
    if (field < 0) return reader->is_in_block && reader->is_list;
    take(reader, (int)fields[field].part, kr_text_trim((struct kr_text){colon + 1, line.size - (size_t)(colon + 1 - line.data)}), true);
    return true;
}

bool kr_srv_read_fields(struct kr_srv_reader *reader, struct kr_text line) { return read_equations(reader, line) || read_list(reader, line); }
