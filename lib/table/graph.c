/* See graph.h. */
#include "table/graph.h"

enum colour { UNSEEN = 0, ON_PATH, DONE };

struct step {
    uint32_t node, next; /* next edge to follow */
};

static void visit_from(const struct kr_ids *edges, uint32_t start, struct step *path, uint8_t *colours, uint32_t *order, uint32_t *order_count,
                       void (*on_cycle)(void *target, uint32_t from, uint32_t to), void *target) {
    size_t depth = 0;
    path[depth++] = (struct step){start, 0};
    colours[start] = ON_PATH;
    while (depth > 0) {
        struct step *step = &path[depth - 1];
        if (step->next == edges[step->node].count) {
            colours[step->node] = DONE;
            if (order != NULL) order[(*order_count)++] = step->node;
            depth--;
            continue;
        }
        uint32_t to = edges[step->node].items[step->next++];
        if (colours[to] == ON_PATH && on_cycle != NULL) on_cycle(target, step->node, to);
        if (colours[to] != UNSEEN) continue;
        colours[to] = ON_PATH;
        path[depth++] = (struct step){to, 0};
    }
}

bool kr_graph_visit(const struct kr_ids *edges, uint32_t count, uint32_t *order, void (*on_cycle)(void *target, uint32_t from, uint32_t to), void *target) {
    struct step *path = kr_memory_take(count, sizeof *path);
    uint8_t *colours = kr_memory_take(count, sizeof *colours);
    uint32_t order_count = 0;
    bool has_memory = path != NULL && colours != NULL;
    for (uint32_t i = 0; has_memory && i < count; i++)
        if (colours[i] == UNSEEN) visit_from(edges, i, path, colours, order, &order_count, on_cycle, target);
    kr_memory_free(path);
    kr_memory_free(colours);
    return has_memory;
}
