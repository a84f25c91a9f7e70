/* See columns.h. */
#include "fleet/columns.h"

#include <string.h>

#include "names/recognize.h"

static const char *const part_words[KR_MACHINE_PART_COUNT] = {"name", "os", "build", "sku", "edition-id", "product-type"};

static bool find_named(const struct kr_named_columns *columns, struct kr_text name, uint32_t *part, uint32_t *rank) {
    for (size_t i = 0; i < KR_MACHINE_PART_COUNT; i++) {
        if (columns->names[i].data == NULL || !kr_text_equal_ignoring_case(name, columns->names[i])) continue;
        *part = (uint32_t)i;
        *rank = 0;
        return true;
    }
    return false;
}

static bool find(const void *self, struct kr_text name, uint32_t *part, uint32_t *rank) {
    const struct kr_named_columns *columns = self;
    if (columns->are_given) return find_named(columns, name, part, rank);
    for (uint32_t i = 0; i < columns->ruleset->column_count; i++) {
        if (!kr_text_equal_ignoring_case(name, columns->ruleset->columns[i].name)) continue;
        *part = columns->ruleset->columns[i].part;
        *rank = i;
        return true;
    }
    return false;
}

struct kr_columns kr_columns_of(const struct kr_named_columns *columns) { return kr_machine_columns(find, columns); }

/* "os=OS Name": false for a part that is unknown, named twice, or without a column. */
static bool read_item(struct kr_text item, struct kr_named_columns *columns) {
    const char *equals = item.size == 0 ? NULL : memchr(item.data, '=', item.size);
    if (equals == NULL) return false;
    struct kr_text word = {item.data, (size_t)(equals - item.data)}, name = {equals + 1, item.size - word.size - 1};
    for (size_t i = 0; i < KR_MACHINE_PART_COUNT; i++) {
        if (!kr_text_is(word, part_words[i])) continue;
        if (columns->names[i].data != NULL || name.size == 0) return false;
        columns->names[i] = name;
        return true;
    }
    return false;
}

bool kr_columns_read(const struct kmsrules_ruleset *ruleset, const char *list, struct kr_named_columns *columns) {
    *columns = (struct kr_named_columns){.ruleset = ruleset, .are_given = list != NULL};
    for (const char *start = list; start != NULL;) {
        const char *comma = strchr(start, ',');
        if (!read_item((struct kr_text){start, comma == NULL ? strlen(start) : (size_t)(comma - start)}, columns)) return false;
        start = comma == NULL ? NULL : comma + 1;
    }
    for (size_t i = KR_MACHINE_NAME + 1; i < KR_MACHINE_PART_COUNT; i++)
        if (columns->names[i].data != NULL) return true;
    return list == NULL; /* names alone say nothing of a system */
}
