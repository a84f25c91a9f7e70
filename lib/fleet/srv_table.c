/* See srv.h; columns under a header: Resolve-DnsName as a table and as CSV. */
#include "fleet/srv.h"

enum { COLUMN_LIMIT = 64 };

static const char *const part_columns[] = {"priority", "weight", "port", "nametarget", "name", "type"}; /* of Microsoft.DnsClient.Commands.DnsRecord_SRV */
_Static_assert(sizeof part_columns / sizeof part_columns[0] == KR_SRV_PART_COUNT, "every part has its column");

/* ---- Cells ---- */

/* The cell at *offset, which moves behind its separator; quotes around it are left out, doubled ones stay. False: a quote is not closed. */
static bool next_cell(struct kr_text line, char separator, size_t *offset, struct kr_text *cell) {
    size_t start = *offset, end;
    if (start < line.size && line.data[start] == '"') {
        end = ++start;
        while (end < line.size && (line.data[end] != '"' || (end + 1 < line.size && line.data[end + 1] == '"'))) end += line.data[end] == '"' ? 2 : 1;
        if (end >= line.size) return false;
        *cell = kr_text_trim((struct kr_text){line.data + start, end - start});
        end++;
        if (end < line.size && line.data[end] != separator) return false;
    } else {
        end = start;
        while (end < line.size && line.data[end] != separator) end++;
        *cell = kr_text_trim((struct kr_text){line.data + start, end - start});
    }
    *offset = end + 1;
    return true;
}

/* The cells of a line; 0: it cannot be cut, or has too many. */
static size_t cut(struct kr_text line, char separator, struct kr_text cells[COLUMN_LIMIT]) {
    size_t count = 0;
    if (separator == ' ') {
        count = kr_srv_words(line, cells, COLUMN_LIMIT);
        return count > COLUMN_LIMIT ? 0 : count;
    }
    for (size_t offset = 0; offset <= line.size; count++)
        if (count == COLUMN_LIMIT || !next_cell(line, separator, &offset, &cells[count])) return 0;
    return count;
}

/* ---- Headers ---- */

static bool find_columns(struct kr_srv_reader *reader, struct kr_text line, char separator) {
    struct kr_text cells[COLUMN_LIMIT];
    uint32_t columns[KR_SRV_PART_COUNT] = {0};
    size_t count = cut(line, separator, cells);
    for (uint32_t i = 0; i < count; i++)
        for (int part = 0; part < KR_SRV_PART_COUNT; part++)
            if (columns[part] == 0 && kr_text_equal_ignoring_case(cells[i], kr_text_of(part_columns[part]))) columns[part] = i + 1;
    for (int part = KR_SRV_PRIORITY; part <= KR_SRV_TARGET; part++)
        if (columns[part] == 0) return false;
    memcpy(reader->columns, columns, sizeof columns);
    reader->column_count = (uint32_t)count;
    reader->row_count = 0;
    reader->separator = separator;
    reader->shape = separator == ' ' ? KR_SRV_COLUMNS : KR_SRV_SEPARATED;
    return true;
}

bool kr_srv_read_header(struct kr_srv_reader *reader, struct kr_text line) {
    return find_columns(reader, line, ',') || find_columns(reader, line, ';') || find_columns(reader, line, '\t') || find_columns(reader, line, ' ');
}

/* ---- Rows ---- */

static bool is_rule(struct kr_text line) {
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != '-' && line.data[i] != ' ' && line.data[i] != '\t') return false;
    return true;
}

static bool is_srv(struct kr_text type) {
    return type.size == 0 || kr_text_equal_ignoring_case(type, kr_text_of("SRV")) || kr_text_is(type, "33");
}

static void take_row(struct kr_srv_reader *reader, const struct kr_text cells[COLUMN_LIMIT]) {
    struct kr_text parts[KR_SRV_PART_COUNT] = {{NULL, 0}};
    bool is_empty = true;
    for (int part = 0; part < KR_SRV_PART_COUNT; part++)
        if (reader->columns[part] > 0) parts[part] = cells[reader->columns[part] - 1];
    for (int part = KR_SRV_PRIORITY; part <= KR_SRV_TARGET; part++) is_empty = is_empty && parts[part].size == 0;
    reader->row_count++;
    if (is_empty || !is_srv(parts[KR_SRV_TYPE])) reader->records->content.others++;
    else kr_srv_add(reader, parts, reader->line);
}

/* A row of another number of words is the end of a table, of another number of cells a fault of the file. */
bool kr_srv_read_row(struct kr_srv_reader *reader, struct kr_text line) {
    struct kr_text cells[COLUMN_LIMIT];
    bool is_blank = kr_text_trim(line).size == 0;
    if (is_blank && (reader->shape == KR_SRV_SEPARATED || reader->row_count > 0)) reader->shape = KR_SRV_NO_TABLE;
    if (is_blank || is_rule(line)) return true;
    size_t count = cut(line, reader->separator, cells);
    if (count == reader->column_count) {
        take_row(reader, cells);
        return true;
    }
    if (reader->shape == KR_SRV_SEPARATED) {
        kr_srv_complain(reader, reader->line, count == 0 ? "a quote of this row is not closed, or text stands behind it" : "this row has another number of cells than the header",
                        (struct kr_text){NULL, 0});
        return true;
    }
    reader->shape = KR_SRV_NO_TABLE;
    return false;
}
