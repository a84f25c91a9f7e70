/* See json_machine.h. */
#include "fleet/json_machine.h"

#include "base/memory.h"

#include <string.h>

enum { SHOWN_KEY_SIZE = 64 };

struct kr_json_place kr_json_place_in(struct kr_json_place place, struct kr_text text, size_t offset) {
    struct kr_position position = {0, 1, 1};
    kr_position_move(&position, text, offset);
    uint64_t before = position.line == 1 ? place.column - 1 : 0;
    return (struct kr_json_place){place.line + position.line - 1, before + position.column};
}

void kr_json_add_key(struct kr_buffer *buffer, struct kr_text key) {
    size_t size = key.size < SHOWN_KEY_SIZE ? key.size : SHOWN_KEY_SIZE;
    while (size && size < key.size && ((unsigned char)key.data[size] & 0xC0) == 0x80) size--; /* whole characters */
    if (kr_text_has_product_key(key)) kr_buffer_add_string(buffer, "(a product key)");
    else kr_buffer_add_escaped(buffer, (struct kr_text){key.data, size});
    if (size < key.size) kr_buffer_add_string(buffer, "…");
}

/* ---- Search --------------------------------------------------------------------------------------------------------------------------------- */

static bool add_node(struct kr_json_machine *machine, json_t *object, size_t parent, size_t member, uint32_t depth) {
    if (!kr_memory_reserve((void **)&machine->nodes, &machine->node_capacity, machine->node_count, sizeof *machine->nodes)) return false;
    machine->nodes[machine->node_count++] = (struct kr_json_node){object, parent, member, depth};
    return true;
}

/* Members come by rising depth: one of the same rank comes too late, and is a rival when it is as deep in another object. */
static void consider(struct kr_json_machine *machine, enum kr_part part, const struct kr_json_found *candidate) {
    struct kr_json_found *best = &machine->found[part];
    if (!best->value || candidate->rank < best->rank) {
        *best = *candidate;
        return;
    }
    bool is_as_deep = machine->nodes[best->node].depth == machine->nodes[candidate->node].depth;
    if (best->has_rival || candidate->rank != best->rank || candidate->node == best->node || !is_as_deep) return;
    best->has_rival = true;
    best->rival_node = candidate->node;
    best->rival_member = candidate->member;
}

static bool look_into(struct kr_json_machine *machine, size_t node, const struct kr_columns *columns) {
    json_t *object = machine->nodes[node].object;
    uint32_t depth = machine->nodes[node].depth;
    size_t member = 0;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at), member++) {
        struct kr_json_found candidate = {.value = json_object_iter_value(at), .node = node, .member = member};
        candidate.key = (struct kr_text){json_object_iter_key(at), json_object_iter_key_len(at)};
        uint32_t part;
        if (json_is_object(candidate.value) && !add_node(machine, candidate.value, node, member, depth + 1)) return false;
        if (!json_is_null(candidate.value) && columns->find(columns->self, candidate.key, &part, &candidate.rank)) consider(machine, (enum kr_part)part, &candidate);
    }
    return true;
}

bool kr_json_machine_search(struct kr_json_machine *machine, json_t *object, const struct kr_columns *columns) {
    machine->node_count = 0;
    memset(machine->found, 0, sizeof machine->found);
    if (!add_node(machine, object, 0, 0, 0)) return false;
    for (size_t node = 0; node < machine->node_count; node++)
        if (!look_into(machine, node, columns)) return false;
    return true;
}

static bool has(const struct kr_json_machine *machine, enum kr_part part) { return machine->found[part].value != NULL; }

bool kr_json_machine_has_system(const struct kr_json_machine *machine) {
    return has(machine, KR_MACHINE_OS) || has(machine, KR_MACHINE_EDITION_ID) || (has(machine, KR_MACHINE_BUILD) && has(machine, KR_MACHINE_SKU));
}

void kr_json_machine_free(struct kr_json_machine *machine) {
    kr_memory_free(machine->nodes);
    *machine = (struct kr_json_machine){0};
}

/* ---- Row ------------------------------------------------------------------------------------------------------------------------------------ */

/* Where the value of a member of an object stands: down from the machine, by the numbers of the members. */
static size_t offset_of(const struct kr_json_machine *machine, struct kr_text text, size_t node, size_t member) {
    size_t path[KR_JSON_DEPTH_LIMIT + 1], length = 0, offset = 0;
    for (path[length++] = member; node; node = machine->nodes[node].parent) path[length++] = machine->nodes[node].member;
    while (length) offset = kr_json_value_find(text, offset, path[--length]);
    return offset;
}

static void set_place(struct kr_read_fault *fault, struct kr_json_place place) {
    fault->line = place.line;
    fault->column = place.column;
}

static const char *kind_of(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_REAL: return "a number with a point or exponent or beyond 64 bits";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    case JSON_INTEGER: return "a number";
    default: return "a string";
    }
}

_Static_assert(KR_FIELD_SIZE_LIMIT == 65536, "a fault names it");

static bool may_be_number(enum kr_part part) { return part == KR_MACHINE_BUILD || part == KR_MACHINE_SKU || part == KR_MACHINE_PRODUCT_TYPE; }

static struct kr_text write_number(char storage[static 24], json_int_t number) {
    struct kr_buffer buffer = kr_buffer_over(storage, 24);
    if (number < 0) kr_buffer_add_string(&buffer, "-");
    kr_buffer_add_number(&buffer, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    return (struct kr_text){storage, buffer.size};
}

/* A string cut at a NUL would be another one: that file is not read further. */
static enum kr_read_result refuse(const struct kr_json_found *found, enum kr_part part, struct kr_read_fault *fault) {
    struct kr_buffer text = kr_buffer_over(fault->text, sizeof fault->text);
    kr_json_add_key(&text, found->key);
    if (json_is_string(found->value)) {
        bool has_nul = memchr(json_string_value(found->value), '\0', json_string_length(found->value)) != NULL;
        kr_buffer_add_string(&text, has_nul ? " holds \\u0000, which no name has" : " is longer than 65536 bytes");
        return has_nul ? KR_READ_STOPPED : KR_READ_BAD_ROW;
    }
    kr_buffer_add_string(&text, may_be_number(part) ? " must be a string or a whole number, is " : " must be a string, is ");
    kr_buffer_add_string(&text, kind_of(found->value));
    return KR_READ_BAD_ROW;
}

static bool take_part(struct kr_json_machine *machine, enum kr_part part, struct kr_text *text) {
    const json_t *value = machine->found[part].value;
    *text = (struct kr_text){NULL, 0};
    if (!value) return true;
    if (json_is_integer(value) && may_be_number(part)) *text = write_number(machine->numbers[part], json_integer_value(value));
    else if (json_is_string(value)) *text = (struct kr_text){json_string_value(value), json_string_length(value)};
    return text->data && text->size <= KR_FIELD_SIZE_LIMIT && !memchr(text->data, '\0', text->size);
}

/* The part that says which Windows it is; KR_MACHINE_PART_COUNT when none does. */
static enum kr_part deciding_part(const struct kr_row_text *row) {
    if (row->parts[KR_MACHINE_OS].size) return KR_MACHINE_OS;
    if (row->parts[KR_MACHINE_EDITION_ID].size) return KR_MACHINE_EDITION_ID;
    return row->parts[KR_MACHINE_BUILD].size && row->parts[KR_MACHINE_SKU].size ? KR_MACHINE_SKU : KR_MACHINE_PART_COUNT;
}

/* Two objects side by side that both say it are two machines: nobody may choose between them. */
static enum kr_read_result refuse_rivals(const struct kr_json_found *found, struct kr_json_place rival, struct kr_read_fault *fault) {
    struct kr_buffer text = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&text, "several machines in one: ");
    kr_json_add_key(&text, found->key);
    kr_buffer_add_string(&text, " is also given in another object at ");
    kr_buffer_add_number(&text, rival.line);
    kr_buffer_add_string(&text, ":");
    kr_buffer_add_number(&text, rival.column);
    kr_buffer_add_string(&text, "; give a list of machines");
    return KR_READ_BAD_ROW;
}

static enum kr_read_result refuse_unknown(struct kr_read_fault *fault) {
    struct kr_buffer text = kr_buffer_over(fault->text, sizeof fault->text);
    kr_buffer_add_string(&text, "no operating system in this machine; looked for: the name of one, an edition id, a build with a SKU");
    return KR_READ_BAD_ROW;
}

enum kr_read_result kr_json_machine_write(struct kr_json_machine *machine, struct kr_text text, struct kr_json_place place, struct kr_row_text *row,
                                          struct kr_read_fault *fault) {
    row->line = place.line;
    row->column = place.column;
    for (enum kr_part part = 0; part < KR_MACHINE_PART_COUNT; part++) {
        const struct kr_json_found *found = &machine->found[part];
        if (take_part(machine, part, &row->parts[part])) continue;
        set_place(fault, kr_json_place_in(place, text, offset_of(machine, text, found->node, found->member)));
        return refuse(found, part, fault);
    }
    enum kr_part deciding = deciding_part(row);
    set_place(fault, place);
    if (deciding == KR_MACHINE_PART_COUNT) return refuse_unknown(fault);
    const struct kr_json_found *found = &machine->found[deciding];
    if (!found->has_rival) return KR_READ_ROW;
    struct kr_json_place rival = kr_json_place_in(place, text, offset_of(machine, text, found->rival_node, found->rival_member));
    set_place(fault, kr_json_place_in(place, text, offset_of(machine, text, found->node, found->member)));
    return refuse_rivals(found, rival, fault);
}
