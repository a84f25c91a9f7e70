/* Ledgers saved as text and loaded again. In: a ledger, or bytes from anywhere. Out: text, or a ledger; what is wrong with it, and where.
 *
 *   kmsrules ledger 2
 *   host windows-server-2019-standard                       or: host -
 *   pool windows capacity 50 present 2024-05-06T07:08:09Z
 *   client 2024-05-06T07:08:09Z 00000000-0000-4000-8000-000000000001        from the oldest on
 *   sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 of every byte above: a file that was damaged is not read */
#include "base/civil.h"
#include "base/guid.h"
#include "base/sha256.h"
#include "fleet/ledger.h"

#define FIRST_LINE "kmsrules ledger 2"

static void sum_up(struct kr_text text, char sum[65]) {
    struct kr_sha256 hash;
    kr_sha256_start(&hash);
    kr_sha256_add(&hash, text.data, text.size);
    kr_sha256_finish(&hash, sum);
}

/* ---- Saving ---- */

static void add_pool(struct kr_buffer *out, const struct kmsrules_ledger *ledger, uint32_t application) {
    const struct kr_pool *pool = &ledger->pools[application];
    if (pool->present < 0) return;
    kr_buffer_add_string(out, "pool ");
    kr_buffer_add_string(out, ledger->ruleset->applications[application].id);
    kr_buffer_add_string(out, " capacity ");
    kr_buffer_add_number(out, pool->capacity);
    kr_buffer_add_string(out, " present ");
    kr_time_add(out, pool->present);
    kr_buffer_add_string(out, "\n");
    for (uint32_t i = pool->count == 0 ? KR_NONE : pool->oldest; i != KR_NONE; i = pool->entries[i].newer) {
        kr_buffer_add_string(out, kmsrules_kind_text(pool->entries[i].kind));
        kr_buffer_add_string(out, " ");
        kr_time_add(out, pool->entries[i].time);
        kr_buffer_add_string(out, " ");
        kr_guid_add(out, &pool->entries[i].cmid);
        kr_buffer_add_string(out, "\n");
    }
}

kmsrules_status kmsrules_ledger_save(const kmsrules_ledger *ledger, char **text, size_t *size) {
    struct kr_buffer out = {0};
    char sum[65] = "";
    if (ledger == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kr_buffer_add_string(&out, FIRST_LINE "\nhost ");
    kr_buffer_add_string(&out, ledger->host == KR_NONE ? "-" : ledger->ruleset->editions[ledger->host].id);
    kr_buffer_add_string(&out, "\n");
    for (uint32_t i = 0; i < ledger->ruleset->application_count; i++) add_pool(&out, ledger, i);
    if (!out.has_failed) sum_up((struct kr_text){out.data, out.size}, sum);
    kr_buffer_add_string(&out, "sha256 ");
    kr_buffer_add_string(&out, sum);
    kr_buffer_add_string(&out, "\n");
    size_t written = out.size;
    char *finished = kr_buffer_finish(&out);
    if (finished == NULL) return KMSRULES_NO_MEMORY;
    *text = finished;
    *size = written;
    return KMSRULES_OK;
}

/* ---- Loading ---- */

struct loading {
    struct kmsrules_ruleset *ruleset;
    kmsrules_ledger *ledger;
    struct kr_text text, line;
    size_t offset; /* behind the line */
    uint64_t line_number;
    struct kr_pool *pool; /* the one whose clients come, NULL before the first */
    int64_t last;         /* the time of the last client of this pool */
    kmsrules_ledger_fault fault;
    kmsrules_status status;
};

static bool refuse(struct loading *loading, const char *at, const char *problem) {
    loading->fault = (kmsrules_ledger_fault){loading->line_number, (uint64_t)(at - loading->line.data) + 1, problem};
    loading->status = KMSRULES_INVALID_LEDGER;
    return false;
}

/* Each line ends in LF, the last one as well: one that does not was cut short. */
static bool next_line(struct loading *loading) {
    const char *start = loading->text.data + loading->offset;
    size_t left = loading->text.size - loading->offset;
    const char *end = left == 0 ? NULL : memchr(start, '\n', left);
    loading->line_number++;
    loading->line = (struct kr_text){start, end == NULL ? left : (size_t)(end - start)};
    if (end == NULL) return refuse(loading, start + left, "the text ends here, before its last line");
    loading->offset += loading->line.size + 1;
    return true;
}

/* The words of a line, each behind one blank; at most `count`, the rest empty ones behind its end. */
static void split(struct kr_text line, struct kr_text *words, size_t count) {
    for (size_t i = 0, offset = 0; i < count; i++) {
        const char *start = line.data + offset, *blank = memchr(start, ' ', line.size - offset);
        size_t size = blank == NULL || i + 1 == count ? line.size - offset : (size_t)(blank - start);
        words[i] = (struct kr_text){start, size};
        offset += size + (offset + size < line.size);
    }
}

static kmsrules_id find_application(const struct kmsrules_ruleset *ruleset, struct kr_text id) {
    kmsrules_id application = 0;
    while (application < ruleset->application_count && !kr_text_is(id, ruleset->applications[application].id)) application++;
    return application;
}

static bool find_host(const struct kmsrules_ruleset *ruleset, struct kr_text id, kmsrules_id *host) {
    *host = KR_NONE;
    if (kr_text_is(id, "-")) return true;
    for (*host = 0; *host < ruleset->edition_count && !kr_text_is(id, ruleset->editions[*host].id);) ++*host;
    return *host < ruleset->edition_count;
}

static bool read_head(struct loading *loading) {
    struct kr_text words[2];
    kmsrules_id host;
    if (!next_line(loading)) return false;
    if (!kr_text_is(loading->line, FIRST_LINE)) return refuse(loading, loading->line.data, "the first line is not \"" FIRST_LINE "\": no saved ledger, or one of another version");
    if (!next_line(loading)) return false;
    split(loading->line, words, 2);
    if (!kr_text_is(words[0], "host")) return refuse(loading, words[0].data, "the second line does not name the host");
    if (!find_host(loading->ruleset, words[1], &host)) return refuse(loading, words[1].data, "the tables know no such host");
    loading->status = kmsrules_ledger_new(loading->ruleset, host, &loading->ledger);
    return loading->status == KMSRULES_OK;
}

static bool read_pool(struct loading *loading, const struct kr_text words[6]) {
    uint64_t capacity;
    int64_t present;
    kmsrules_id application = find_application(loading->ruleset, words[1]);
    if (application == loading->ruleset->application_count) return refuse(loading, words[1].data, "the tables know no such application");
    struct kr_pool *pool = &loading->ledger->pools[application];
    if (pool->present >= 0) return refuse(loading, words[1].data, "this application was there before");
    if (!kr_text_is(words[2], "capacity")) return refuse(loading, words[2].data, "expected \"capacity\"");
    if (!kr_text_number(words[3], 0, UINT32_MAX, &capacity) || !kr_ledger_may_hold(loading->ruleset, capacity))
        return refuse(loading, words[3].data, "no capacity that these tables give: 0, or their cache times a threshold");
    if (!kr_text_is(words[4], "present")) return refuse(loading, words[4].data, "expected \"present\"");
    if (!kr_time_of(words[5], false, &present)) return refuse(loading, words[5].data, "no time such as 2024-05-06T07:08:09Z");
    if (!kr_pool_grow(pool, (uint32_t)capacity)) return loading->status = KMSRULES_NO_MEMORY, false;
    pool->present = present;
    loading->pool = pool;
    loading->last = 0;
    return true;
}

static bool read_client(struct loading *loading, kmsrules_kind kind, const struct kr_text words[6]) {
    kmsrules_guid cmid;
    int64_t time;
    struct kr_pool *pool = loading->pool;
    if (pool == NULL) return refuse(loading, words[0].data, "expected a pool before its first client");
    if (loading->ruleset->thresholds[kind].row == KR_NONE) return refuse(loading, words[0].data, "the tables have no threshold of this kind");
    if (!kr_time_of(words[1], false, &time)) return refuse(loading, words[1].data, "no time such as 2024-05-06T07:08:09Z");
    if (time < loading->last || time > pool->present) return refuse(loading, words[1].data, "a time out of order");
    if (!kr_guid_of(words[2], &cmid)) return refuse(loading, words[2].data, "no CMID");
    if (words[3].size > 0) return refuse(loading, words[3].data, "something stands behind the CMID");
    if (pool->count == pool->capacity) return refuse(loading, words[0].data, "more clients than the capacity of their pool");
    if (!kr_pool_append(pool, &cmid, kind, time)) return refuse(loading, words[2].data, "this CMID was there before");
    loading->last = time;
    return true;
}

static bool read_sum(struct loading *loading, const struct kr_text words[6]) {
    char sum[65];
    struct kr_text said = {words[1].data, (size_t)(loading->line.data + loading->line.size - words[1].data)};
    sum_up((struct kr_text){loading->text.data, (size_t)(loading->line.data - loading->text.data)}, sum);
    if (!kr_text_is(said, sum)) return refuse(loading, said.data, "not the sum of the lines above: the text was changed after it was saved; take an older one");
    if (loading->offset == loading->text.size) return true;
    loading->line = (struct kr_text){loading->text.data + loading->offset, 0};
    loading->line_number++;
    return refuse(loading, loading->line.data, "something stands behind the sum");
}

/* False at the end, or with a fault. */
static bool read_line(struct loading *loading) {
    struct kr_text words[6];
    if (!next_line(loading)) return false;
    split(loading->line, words, 6);
    if (kr_text_is(words[0], "pool")) return read_pool(loading, words);
    if (kr_text_is(words[0], "sha256")) return read_sum(loading, words) && false;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (kr_text_is(words[0], kmsrules_kind_text((kmsrules_kind)kind))) return read_client(loading, (kmsrules_kind)kind, words);
    return refuse(loading, words[0].data, "expected a pool, a client or the sum");
}

kmsrules_status kmsrules_ledger_load(kmsrules_ruleset *ruleset, const char *data, size_t size, kmsrules_ledger_fault *fault, kmsrules_ledger **ledger) {
    if (ruleset == NULL || (data == NULL && size > 0) || ledger == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct loading loading = {.ruleset = ruleset, .text = {data == NULL ? "" : data, size}};
    if (read_head(&loading))
        while (read_line(&loading)) {}
    if (loading.status == KMSRULES_INVALID_LEDGER && fault != NULL) *fault = loading.fault;
    if (loading.status != KMSRULES_OK) {
        kmsrules_ledger_free(loading.ledger);
        return loading.status;
    }
    for (uint32_t i = 0; i < ruleset->application_count; i++) kr_pool_expire(&loading.ledger->pools[i], loading.ledger->retention);
    *ledger = loading.ledger;
    return KMSRULES_OK;
}
