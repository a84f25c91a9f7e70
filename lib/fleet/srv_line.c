/* See srv.h; which form a line has, and the forms of one record a line: dig, host, nslookup of BIND, zone files. */
#include "fleet/srv.h"

enum { WORD_LIMIT = 16, RECORD_WORDS = 4 };

/* ---- Words ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }

size_t kr_srv_words(struct kr_text line, struct kr_text *words, size_t limit) {
    size_t count = 0;
    for (size_t offset = 0; offset < line.size;) {
        while (offset < line.size && is_blank(line.data[offset])) offset++;
        size_t start = offset;
        while (offset < line.size && !is_blank(line.data[offset])) offset++;
        if (offset == start) break;
        if (count < limit) words[count] = (struct kr_text){line.data + start, offset - start};
        count++;
    }
    return count;
}

static bool is_number(struct kr_text word) {
    for (size_t i = 0; i < word.size; i++)
        if (!kr_is_digit(word.data[i])) return false;
    return word.size > 0;
}

static bool is_word(struct kr_text word, const char *expected) { return kr_text_equal_ignoring_case(word, kr_text_of(expected)); }

static bool is_among(struct kr_text word, const char *const *list) {
    for (size_t i = 0; list[i] != NULL; i++)
        if (is_word(word, list[i])) return true;
    return false;
}

static bool starts_with(struct kr_text line, const char *start) {
    size_t size = strlen(start);
    return line.size >= size && kr_text_equal_ignoring_case((struct kr_text){line.data, size}, (struct kr_text){start, size});
}

static bool holds(struct kr_text line, const char *part) {
    size_t size = strlen(part);
    for (size_t i = 0; i + size <= line.size; i++)
        if (memcmp(line.data + i, part, size) == 0) return true;
    return false;
}

/* ---- Records of one line ---- */

/* A time to live: "600", "1h30m". */
static bool is_time(struct kr_text word) {
    if (word.size == 0 || word.data[0] < '0' || word.data[0] > '9') return false;
    for (size_t i = 0; i < word.size; i++) {
        char c = kr_ascii_lower(word.data[i]);
        if ((c < '0' || c > '9') && strchr("wdhms", c) == NULL) return false;
    }
    return true;
}

static bool is_class(struct kr_text word) {
    static const char *const classes[] = {"IN", "CH", "HS", "ANY", NULL};
    return is_among(word, classes);
}

static bool is_type(struct kr_text word) {
    static const char *const types[] = {"A",  "AAAA", "CAA",   "CNAME",  "DNAME", "DNSKEY", "DS",   "HINFO", "HTTPS", "LOC", "MX", "NAPTR",
                                        "NS", "NSEC", "NSEC3", "OPENPGPKEY", "PTR", "RP", "RRSIG", "SOA",  "SPF",  "SSHFP", "SVCB", "TLSA", "TXT", "URI", "WINS", "WINSR", NULL};
    return is_among(word, types);
}

/* Behind the owner, which is missing where the line begins with a blank: a time and a class in either order, then the type. */
static size_t find_type(const struct kr_text *words, size_t count, bool has_owner) {
    size_t index = has_owner ? 1 : 0;
    for (int i = 0; i < 2 && index < count && (is_time(words[index]) || is_class(words[index])); i++) index++;
    return index;
}

static void remember_owner(struct kr_srv_reader *reader, struct kr_text owner) {
    reader->has_owner = owner.size <= KR_SRV_NAME_LIMIT;
    if (!reader->has_owner) return;
    memcpy(reader->owner, owner.data, owner.size);
    reader->owner[owner.size] = '\0';
}

/* The four words behind the type. */
static void add_words(struct kr_srv_reader *reader, const struct kr_text *words, size_t count, struct kr_text owner, bool may_complete, uint64_t at) {
    char name[KR_SRV_NAME_LIMIT + 1], target[KR_SRV_NAME_LIMIT + 1];
    struct kr_text parts[KR_SRV_PART_COUNT] = {{NULL, 0}};
    if (count != RECORD_WORDS) {
        kr_srv_complain(reader, at, "an SRV record says four things: priority, weight, port and host; this one does not", (struct kr_text){NULL, 0});
        return;
    }
    for (int part = 0; part < RECORD_WORDS; part++) parts[part] = words[part];
    if (owner.size > 0 && !(kr_text_is(owner, "@") && !reader->has_origin)) parts[KR_SRV_NAME] = kr_srv_whole_name(reader, owner, name);
    bool is_whole = words[KR_SRV_TARGET].data[words[KR_SRV_TARGET].size - 1] == '.' || kr_srv_is_address(words[KR_SRV_TARGET]);
    if (may_complete && reader->has_origin && !is_whole) parts[KR_SRV_TARGET] = kr_srv_whole_name(reader, words[KR_SRV_TARGET], target);
    if (parts[KR_SRV_TARGET].size == 0) parts[KR_SRV_TARGET] = words[KR_SRV_TARGET]; /* too long: refused as it is */
    kr_srv_add(reader, parts, at);
}

/* "[owner] [time] [class] SRV 0 100 1688 host", or a record of another type. */
static bool read_zone_record(struct kr_srv_reader *reader, struct kr_text line, const struct kr_text *words, size_t count, uint64_t at) {
    bool is_bare = is_word(words[0], "SRV"), has_owner = !is_bare && !is_blank(line.data[0]);
    size_t type = find_type(words, count, has_owner);
    if (!is_bare && !has_owner && (type == count || !(is_word(words[type], "SRV") || is_type(words[type])))) {
        has_owner = true; /* an indented line that has its owner all the same */
        type = find_type(words, count, true);
    }
    if (type >= count || count > WORD_LIMIT || !(is_word(words[type], "SRV") || (type > 0 && is_type(words[type])))) return false;
    if (has_owner) remember_owner(reader, words[0]);
    if (!is_word(words[type], "SRV")) {
        reader->records->content.others++;
        return true;
    }
    add_words(reader, words + type + 1, count - type - 1, reader->has_owner && !is_bare ? kr_text_of(reader->owner) : (struct kr_text){NULL, 0}, true, at);
    return true;
}

/* "owner service = 0 100 1688 host" of nslookup, "owner has SRV record 0 100 1688 host" of host, "0 100 1688 host" of dig +short. */
static bool read_answer(struct kr_srv_reader *reader, const struct kr_text *words, size_t count) {
    size_t start = 0;
    if (count > 3 && is_word(words[1], "service") && kr_text_is(words[2], "=")) start = 3;
    else if (count > 4 && is_word(words[1], "has") && is_word(words[2], "SRV") && is_word(words[3], "record")) start = 4;
    else if (count != RECORD_WORDS || !is_number(words[0]) || !is_number(words[1]) || !is_number(words[2])) return false;
    add_words(reader, words + start, count - start, start > 0 ? words[0] : (struct kr_text){NULL, 0}, false, reader->line);
    return true;
}

/* "owner  SRV service location:", whose fields follow. */
static bool read_location(struct kr_srv_reader *reader, const struct kr_text *words, size_t count) {
    if (count < 4 || !is_word(words[1], "SRV") || !is_word(words[2], "service")) return false;
    kr_srv_begin_fields(reader, words[0]);
    return true;
}

/* ---- Zone files ---- */

static bool read_directive(struct kr_srv_reader *reader, const struct kr_text *words, size_t count) {
    char storage[KR_SRV_NAME_LIMIT + 1];
    if (words[0].data[0] != '$' || words[0].size < 2) return false;
    if (is_word(words[0], "$TTL")) return true;
    if (!is_word(words[0], "$ORIGIN") || count < 2) {
        kr_srv_complain(reader, reader->line, "\"%\" is not followed here", words[0]);
        return true;
    }
    struct kr_text origin = kr_text_is(words[1], ".") ? (struct kr_text){storage, 0} : kr_srv_whole_name(reader, words[1], storage);
    if (origin.size > 0) memcpy(reader->origin, origin.data, origin.size);
    reader->origin[origin.size] = '\0';
    return reader->has_origin = true;
}

/* The line without a comment; a semicolon in quotes begins none. */
static struct kr_text cut_comment(struct kr_text line) {
    bool is_quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '"') is_quoted = !is_quoted;
        if (line.data[i] == ';' && !is_quoted) return (struct kr_text){line.data, i};
    }
    return line;
}

static void join(struct kr_srv_reader *reader, struct kr_text line) {
    bool is_quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '"') is_quoted = !is_quoted;
        bool is_parenthesis = !is_quoted && (line.data[i] == '(' || line.data[i] == ')');
        if (is_parenthesis) reader->is_open = line.data[i] == '(';
        kr_buffer_add(&reader->joined, (struct kr_text){is_parenthesis ? " " : &line.data[i], 1});
    }
    kr_buffer_add_string(&reader->joined, " ");
    if (reader->joined.has_failed) reader->has_failed = true;
}

static void read_joined(struct kr_srv_reader *reader) {
    struct kr_text line = {reader->joined.data, reader->joined.size}, words[WORD_LIMIT];
    size_t count = kr_srv_words(line, words, WORD_LIMIT);
    if (!reader->has_failed && count > WORD_LIMIT) reader->records->content.others++; /* longer than any record of this type */
    else if (!reader->has_failed && count > 0) read_zone_record(reader, line, words, count, reader->first_line);
    kr_buffer_free(&reader->joined);
    reader->joined = (struct kr_buffer){0};
}

static bool opens_parenthesis(struct kr_text line) {
    bool is_quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '"') is_quoted = !is_quoted;
        if (line.data[i] == '(' && !is_quoted) return true;
    }
    return false;
}

/* A record in parentheses goes on over lines. */
static bool read_parentheses(struct kr_srv_reader *reader, struct kr_text line, const struct kr_text *words, size_t count) {
    if (!reader->is_open) {
        size_t seen = count < WORD_LIMIT ? count : WORD_LIMIT, type = find_type(words, seen, !is_blank(line.data[0]));
        if (!opens_parenthesis(line) || type >= seen || !(is_word(words[type], "SRV") || is_type(words[type]))) return false;
        reader->first_line = reader->line;
    }
    if (reader->joined.size + line.size > KR_SRV_LINE_LIMIT) {
        kr_srv_complain(reader, reader->first_line, "the parenthesis opened here is not closed within 64 KiB; reading stops here", (struct kr_text){NULL, 0});
        reader->is_full = true;
        return true;
    }
    join(reader, line);
    if (!reader->is_open) read_joined(reader);
    return true;
}

/* ---- What stands around records ---- */

static bool is_failure(struct kr_text line) {
    return starts_with(line, "**") || holds(line, "has no SRV record") || (starts_with(line, "Host ") && holds(line, " not found"));
}

/* What a command was, as a terminal shows it. */
static bool is_prompt(struct kr_text line) {
    bool is_drive = line.size > 2 && line.data[1] == ':' && line.data[2] == '\\';
    return line.data[0] == '>' || starts_with(line, "PS ") || starts_with(line, "$ ") || line.data[0] == '#' || is_drive;
}

/* "internet address = 192.0.2.10", "x has address 192.0.2.10": records of nslookup and host that are no SRV records. */
static bool is_other_record(struct kr_text line) {
    static const char *const marks[] = {"internet address =", "IPv6 address =", "nameserver =", "canonical name =", "mail exchanger =", " has address ", " has IPv6 address ",
                                        " is an alias for ", NULL};
    for (size_t i = 0; marks[i] != NULL; i++)
        if (holds(line, marks[i])) return true;
    return false;
}

/* "Server:  dc01", "Non-authoritative answer:", "name = value", a second address, a time-out that another try followed. */
static bool is_said_besides(struct kr_text line, const struct kr_text *words, size_t count) {
    const char *colon = memchr(line.data, ':', line.size);
    if (count == 1 && kr_srv_is_address(words[0])) return true;
    if (colon != NULL && !holds((struct kr_text){line.data, (size_t)(colon - line.data)}, "SRV")) return true;
    return holds(line, " = ") || starts_with(line, "DNS request timed out") || starts_with(line, "timeout was");
}

/* What dig says in its comments: ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4711", ";; no servers could be reached". */
static bool read_failure_of_dig(struct kr_srv_reader *reader, struct kr_text line) {
    static const char mark[] = "status: ";
    struct kr_text word = {NULL, 0};
    if (!starts_with(line, ";;")) return false;
    if (holds(line, "no servers could be reached")) {
        kr_srv_complain(reader, reader->line, "the answer holds no record: \"%\"", line);
        return true;
    }
    for (size_t i = 0; holds(line, "->>HEADER<<-") && word.data == NULL && i + sizeof mark - 1 <= line.size; i++)
        if (memcmp(line.data + i, mark, sizeof mark - 1) == 0) word = (struct kr_text){line.data + i + sizeof mark - 1, 0};
    while (word.data != NULL && word.data + word.size < line.data + line.size && kr_is_letter(word.data[word.size])) word.size++;
    if (word.size == 0 || is_word(word, "NOERROR")) return false;
    kr_srv_complain(reader, reader->line, "the answer holds no record: its status is \"%\"", word);
    return true;
}

static void read_other(struct kr_srv_reader *reader, struct kr_text line, const struct kr_text *words, size_t count) {
    if (is_prompt(line)) return;
    if (is_failure(line)) kr_srv_complain(reader, reader->line, "the answer holds no record: \"%\"", line);
    else if (is_other_record(line)) reader->records->content.others++;
    else if (!is_said_besides(line, words, count)) kr_srv_complain(reader, reader->line, "\"%\" is no record of a known form", line);
}

/* ---- Lines ---- */

/* Fields of a record may be apart by empty lines where a page is copied; those of a list are not. */
static void end_paragraph(struct kr_srv_reader *reader) {
    bool is_whole = reader->is_list || (reader->has_field[KR_SRV_PRIORITY] && reader->has_field[KR_SRV_WEIGHT] && reader->has_field[KR_SRV_PORT] && reader->has_field[KR_SRV_TARGET]);
    if (is_whole) kr_srv_end_fields(reader);
}

static void read_words(struct kr_srv_reader *reader, struct kr_text line) {
    struct kr_text words[WORD_LIMIT], trimmed = kr_text_trim(line);
    size_t count = kr_srv_words(line, words, WORD_LIMIT);
    if (count == 0) {
        end_paragraph(reader);
        return;
    }
    if (reader->is_open && read_parentheses(reader, line, words, count)) return;
    if (is_prompt(trimmed) || kr_srv_read_fields(reader, trimmed)) return;
    kr_srv_end_fields(reader);
    if (read_location(reader, words, count) || read_answer(reader, words, count) || read_directive(reader, words, count)) return;
    if (read_parentheses(reader, line, words, count) || read_zone_record(reader, line, words, count, reader->line)) return;
    read_other(reader, trimmed, words, count < WORD_LIMIT ? count : WORD_LIMIT);
}

void kr_srv_start(struct kr_srv_reader *reader, struct kmsrules_records *records, const char *service) {
    *reader = (struct kr_srv_reader){.records = records, .service = kr_text_of(service)};
}

void kr_srv_line(struct kr_srv_reader *reader, struct kr_text line) {
    if (reader->shape != KR_SRV_NO_TABLE && kr_srv_read_row(reader, line)) return;
    if (kr_srv_read_header(reader, line) || read_failure_of_dig(reader, line)) return;
    read_words(reader, cut_comment(line));
}

void kr_srv_end(struct kr_srv_reader *reader) {
    if (reader->is_full) return;
    kr_srv_end_fields(reader);
    if (reader->is_open) kr_srv_complain(reader, reader->first_line, "the parenthesis opened here is not closed", (struct kr_text){NULL, 0});
}
