/* See evidence_cache.h. */
#include "fleet/evidence_cache.h"

#include <string.h>

enum { SLOTS = 4 * KR_EVIDENCE_CACHE_LIMIT, PROBE_LIMIT = 64 };

static uint64_t hash_of(const struct kr_text parts[KR_MACHINE_PART_COUNT]) {
    uint64_t hash = 0;
    for (size_t i = KR_MACHINE_NAME + 1; i < KR_MACHINE_PART_COUNT; i++)
        if (parts[i].size > 0) hash = (hash ^ kr_text_hash(parts[i])) * UINT64_C(0x9E3779B97F4A7C15) + i;
    return hash ^ hash >> 32;
}

static bool has_parts(const struct kr_evidence_entry *entry, const struct kr_text parts[KR_MACHINE_PART_COUNT]) {
    for (size_t i = KR_MACHINE_NAME + 1; i < KR_MACHINE_PART_COUNT; i++)
        if (!kr_text_equal(entry->parts[i], parts[i])) return false;
    return true;
}

static void empty(struct kr_evidence_cache *cache) {
    kr_arena_free(&cache->arena);
    memset(cache->slots, 0, SLOTS * sizeof *cache->slots);
    cache->count = 0;
}

static bool is_full(const struct kr_evidence_cache *cache) { return cache->count == KR_EVIDENCE_CACHE_LIMIT || cache->arena.taken_size > KR_EVIDENCE_CACHE_SIZE_LIMIT; }

static bool copy_parts(struct kr_evidence_cache *cache, const struct kr_text parts[KR_MACHINE_PART_COUNT], struct kr_evidence_entry *entry) {
    for (size_t i = KR_MACHINE_NAME + 1; i < KR_MACHINE_PART_COUNT; i++) {
        if (parts[i].data == NULL) continue;
        const char *copy = kr_arena_copy(&cache->arena, parts[i].data, parts[i].size);
        if (copy == NULL) return false;
        entry->parts[i] = (struct kr_text){copy, parts[i].size};
    }
    return true;
}

/* The slot of the entry, or the free one for it. Texts made to collide make the cache start anew, which only costs time. */
static size_t find_slot(struct kr_evidence_cache *cache, uint64_t hash, const struct kr_text parts[KR_MACHINE_PART_COUNT]) {
    size_t slot = (size_t)hash & (SLOTS - 1);
    for (size_t probes = 0; cache->slots[slot] != NULL; slot = (slot + 1) & (SLOTS - 1)) {
        if (cache->slots[slot]->hash == hash && has_parts(cache->slots[slot], parts)) return slot;
        if (++probes < PROBE_LIMIT) continue;
        empty(cache);
        return (size_t)hash & (SLOTS - 1);
    }
    return slot;
}

struct kr_evidence_entry *kr_evidence_cache_find(struct kr_evidence_cache *cache, const struct kr_text parts[KR_MACHINE_PART_COUNT], bool *is_new) {
    if (cache->slots == NULL) cache->slots = kr_memory_take(SLOTS, sizeof *cache->slots);
    if (cache->slots == NULL) return NULL;
    uint64_t hash = hash_of(parts);
    size_t slot = find_slot(cache, hash, parts);
    *is_new = cache->slots[slot] == NULL;
    if (!*is_new) return cache->slots[slot];
    if (is_full(cache)) {
        empty(cache);
        slot = (size_t)hash & (SLOTS - 1);
    }
    struct kr_evidence_entry *entry = kr_arena_take(&cache->arena, 1, sizeof *entry);
    if (entry == NULL || !copy_parts(cache, parts, entry)) return NULL;
    entry->hash = hash;
    cache->slots[slot] = entry;
    cache->count++;
    return entry;
}

void kr_evidence_cache_free(struct kr_evidence_cache *cache) {
    kr_memory_free(cache->slots);
    kr_arena_free(&cache->arena);
}

/* ---- Recognising ---------------------------------------------------------------------------------------------------------------------------- */

/* What people and programs write where they know nothing. */
static bool is_blank(struct kr_text text) {
    static const char *const words[] = {"", "-", "?", "N/A", "n/a", "NA", "Unknown", "unknown", "UNKNOWN", "null", "NULL", "None", "none"};
    text = kr_text_trim(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (kr_text_is(text, words[i])) return true;
    return false;
}

static void fail(struct kr_evidence_entry *entry, const char *before, struct kr_text text, const char *after) {
    struct kr_buffer out = kr_buffer_over(entry->problem, sizeof entry->problem);
    enum { SHOWN = 48 };
    entry->status = KMSRULES_INVALID_ROW;
    kr_buffer_add_string(&out, before);
    if (kr_text_has_product_key(text)) {
        kr_buffer_add_string(&out, "(text that looks like a product key)");
    } else {
        kr_buffer_add_string(&out, "\"");
        kr_buffer_add_escaped(&out, (struct kr_text){text.data, text.size < SHOWN ? text.size : SHOWN});
        kr_buffer_add_string(&out, text.size < SHOWN ? "\"" : "…\"");
    }
    kr_buffer_add_string(&out, after);
}

/* "1,23E+05": what a spreadsheet makes of a number. */
static bool is_damaged(struct kr_text text) {
    bool has_exponent = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if ((c == 'E' || c == 'e') && i > 0) has_exponent = true;
        else if (!((c >= '0' && c <= '9') || c == ',' || c == '.' || c == '+' || c == '-')) return false;
    }
    return has_exponent;
}

static void read_build(struct kr_evidence_entry *entry) {
    struct kr_text text = kr_text_trim(entry->parts[KR_MACHINE_BUILD]);
    if (is_blank(text) || kmsrules_build_number(text.data, text.size, &entry->evidence.build, NULL) == KMSRULES_OK) return;
    fail(entry, "build ", text, is_damaged(text) ? " was changed by a spreadsheet; export the column as text" : " is not a build such as 19045 or 10.0.19045");
}

static void read_sku(struct kr_evidence_entry *entry) {
    struct kr_text text = kr_text_trim(entry->parts[KR_MACHINE_SKU]);
    uint64_t number;
    if (is_blank(text)) return;
    if (!kr_text_number(text, 0, UINT32_MAX - 1, &number)) fail(entry, "SKU ", text, is_damaged(text) ? " was changed by a spreadsheet; export the column as text" : " is not a number such as 48");
    else entry->evidence.sku = (uint32_t)number;
}

static void read_product_type(const struct kmsrules_ruleset *ruleset, struct kr_evidence_entry *entry) {
    struct kr_text text = kr_text_trim(entry->parts[KR_MACHINE_PRODUCT_TYPE]);
    kmsrules_kind kind;
    if (is_blank(text)) return;
    if (kmsrules_product_type(ruleset, text.data, text.size, &kind) != KMSRULES_OK) fail(entry, "product type ", text, " is none that the tables know, such as workstation or 3");
    else entry->evidence.product_type = (int)kind;
}

static void read_texts(struct kr_evidence_entry *entry) {
    struct kr_text os = entry->parts[KR_MACHINE_OS], edition_id = kr_text_trim(entry->parts[KR_MACHINE_EDITION_ID]);
    if (!is_blank(os)) entry->evidence.text = os.data, entry->evidence.text_size = os.size;
    if (!is_blank(edition_id)) entry->evidence.edition_id = edition_id.data, entry->evidence.edition_id_size = edition_id.size;
    if (os.size > KR_NAME_SIZE_LIMIT) fail(entry, "the name of the operating system ", os, " has more than 256 bytes");
    else if (kr_text_has_product_key(edition_id)) fail(entry, "the EditionID is ", edition_id, "");
}

bool kr_evidence_recognize(const struct kmsrules_ruleset *ruleset, struct kr_evidence_entry *entry) {
    entry->evidence = (kmsrules_evidence)KMSRULES_NO_EVIDENCE;
    entry->status = KMSRULES_OK;
    read_texts(entry);
    if (entry->status == KMSRULES_OK) read_build(entry);
    if (entry->status == KMSRULES_OK) read_sku(entry);
    if (entry->status == KMSRULES_OK) read_product_type(ruleset, entry);
    if (entry->status != KMSRULES_OK) return true;
    entry->status = kmsrules_recognize(ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, &entry->evidence, &entry->identity);
    if (entry->status == KMSRULES_INVALID_ARGUMENT) fail(entry, "the name of the operating system is ", entry->parts[KR_MACHINE_OS], "");
    return entry->status != KMSRULES_NO_MEMORY;
}
