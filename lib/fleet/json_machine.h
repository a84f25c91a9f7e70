/* One machine of an inventory: the members of its JSON object, and of the objects in it, that hold its parts. In: the object as a tree and as text. Out: a row, or
 * why there is none. */
#ifndef KR_JSON_MACHINE_H
#define KR_JSON_MACHINE_H

#include "fleet/json_split.h"
#include "fleet/json_value.h"

/* An object of the machine, and which member of which other object it is (number 0: the machine, of none). */
struct kr_json_node {
    json_t *object;
    size_t parent, member;
    uint32_t depth;
};

/* The member that is taken for a part; `value` NULL: none. `rival`: one of the same rank and depth in another object. */
struct kr_json_found {
    json_t *value;
    struct kr_text key;
    size_t node, member, rival_node, rival_member;
    uint32_t rank;
    bool has_rival;
};

struct kr_json_machine {
    struct kr_json_node *nodes;
    size_t node_count, node_capacity;
    struct kr_json_found found[KR_MACHINE_PART_COUNT];
    char numbers[KR_MACHINE_PART_COUNT][24];
};

/* Breadth first, lists left out: of each part the lowest rank, then the shallowest, then the first that is not null. False: no memory. */
bool kr_json_machine_search(struct kr_json_machine *machine, json_t *object, const struct kr_columns *columns);
/* Whether what was found says which Windows it is, whatever its type. */
bool kr_json_machine_has_system(const struct kr_json_machine *machine);
/* KR_READ_ROW, or KR_READ_BAD_ROW or KR_READ_STOPPED with a fault. `text`: the object, which begins at `place`. */
enum kr_read_result kr_json_machine_write(struct kr_json_machine *machine, struct kr_text text, struct kr_json_place place, struct kr_row_text *row,
                                          struct kr_read_fault *fault);
void kr_json_machine_free(struct kr_json_machine *machine);

/* A place in a text that begins at `place`. */
struct kr_json_place kr_json_place_in(struct kr_json_place place, struct kr_text text, size_t offset);
/* A key of a file for people: escaped, cut when long, kept back when it looks like a product key. */
void kr_json_add_key(struct kr_buffer *buffer, struct kr_text key);

#endif
