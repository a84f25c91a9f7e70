/* See floor.h. In a file of its own, so that the compiler cannot fold a measured loop into it. */
#include "floor.h"

#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>

void floor_fill(struct floor_tables *tables, const kmsrules_ruleset *ruleset) {
    tables->host_count = (uint32_t)kmsrules_ruleset_edition_count(ruleset);
    tables->group_count = (uint32_t)kmsrules_ruleset_key_group_count(ruleset);
    tables->words = (tables->host_count + 63) / 64;
    tables->fits = calloc(tables->host_count, sizeof *tables->fits);
    tables->covers = calloc(tables->group_count * tables->words, sizeof *tables->covers);
    if (tables->fits == NULL || tables->covers == NULL) abort();
    for (uint32_t group = 0; group < tables->group_count; group++) {
        for (uint32_t host = 0; host < tables->host_count; host++) {
            for (uint32_t edition = 0; edition < tables->host_count; edition++) {
                if (kmsrules_can(ruleset, host, group, &edition, 1, NULL) == KMSRULES_NO) continue;
                tables->fits[host] |= 1ull << group;
                tables->covers[group * tables->words + edition / 64] |= 1ull << (edition % 64);
            }
        }
    }
}

void floor_free(struct floor_tables *tables) {
    free(tables->fits);
    free(tables->covers);
}

bool floor_can(const struct floor_tables *tables, uint32_t host, uint32_t group, uint32_t edition) {
    return (tables->fits[host] >> group & tables->covers[group * tables->words + edition / 64] >> (edition % 64) & 1) != 0;
}

bool floor_can_all(const struct floor_tables *tables, uint32_t host, uint32_t group, const uint32_t *editions, size_t count) {
    uint64_t all = tables->fits[host] >> group;
    const uint64_t *covers = &tables->covers[group * tables->words];
    for (size_t i = 0; i < count; i++) all &= covers[editions[i] / 64] >> (editions[i] % 64);
    return (all & 1) != 0;
}

size_t floor_count_pairs(const struct floor_tables *tables, const uint32_t *editions, size_t count) {
    size_t pairs = 0;
    for (uint32_t host = 0; host < tables->host_count; host++)
        for (uint32_t group = 0; group < tables->group_count; group++) pairs += floor_can_all(tables, host, group, editions, count);
    return pairs;
}

static void count_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                          int attribute_count, int defaulted_count, const xmlChar **attributes) {
    (void)name, (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)attribute_count, (void)defaulted_count, (void)attributes;
    ++*(size_t *)data;
}

size_t floor_parse(const char *data, size_t size) {
    size_t elements = 0;
    xmlSAXHandler handler;
    memset(&handler, 0, sizeof handler);
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = count_element;
    if (xmlSAXUserParseMemory(&handler, &elements, data, (int)size) != 0) abort();
    return elements;
}
