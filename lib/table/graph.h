/* Orders a graph so that what a node points to comes before it, and finds the edges that close a cycle. No recursion: a chain may be as long as the table. */
#ifndef KR_GRAPH_H
#define KR_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "ruleset/ruleset.h"

/* Visits all nodes; `edges[node]` lists what the node points to. Fills `order` (NULL: not wanted) and calls `on_cycle` (NULL: nobody) for each edge that leads back
 * to a node on the path to it. False when out of memory. */
bool kr_graph_visit(const struct kr_ids *edges, uint32_t count, uint32_t *order, void (*on_cycle)(void *target, uint32_t from, uint32_t to), void *target);

#endif
