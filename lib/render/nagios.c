/* Counts as one line of a monitoring plugin. In: counts, ranges. Out: a state, a line with performance data. */
#include <string.h>

#include "fleet/counts.h"
#include "render/evidence.h"
#include "render/words.h"

/* A range of the plugin guidelines, "[@][start:][end]"; what lies outside of it, or with @ inside, raises the alarm. A number alone is the start: counts are bad when low. */
struct range {
    uint64_t start, end; /* UINT64_MAX: no end */
    bool is_inverted;
    const char *text; /* NULL: none was given */
};

static bool read_range(const char *text, struct range *range) {
    *range = (struct range){0, UINT64_MAX, false, text};
    if (text == NULL) return true;
    if (*text == '@') range->is_inverted = true, text++;
    const char *colon = strchr(text, ':');
    struct kr_text start = {text, colon == NULL ? strlen(text) : (size_t)(colon - text)}, end = kr_text_of(colon == NULL ? "" : colon + 1);
    bool is_open = kr_text_is(start, "~") || (start.size == 0 && colon != NULL && end.size > 0);
    if (!is_open && !kr_text_number(start, 0, INT64_MAX, &range->start)) return false;
    if (kr_text_is(start, "~") && colon == NULL) return false;
    return end.size == 0 || (kr_text_number(end, 0, INT64_MAX, &range->end) && range->end >= range->start);
}

static bool raises_alarm(const struct range *range, uint64_t count) {
    bool is_inside = count >= range->start && count <= range->end;
    return range->text != NULL && is_inside == range->is_inverted;
}

/* The largest threshold that some machine asked for. */
static uint64_t asked_minimum(const kmsrules_counts_pool *pool) {
    uint64_t minimum = 0;
    for (size_t i = 0; i < pool->threshold_count; i++)
        if (pool->thresholds[i].is_asked_for && pool->thresholds[i].minimum > minimum) minimum = pool->thresholds[i].minimum;
    return minimum;
}

static bool is_short(const kmsrules_counts_pool *pool, bool is_sure) {
    for (size_t i = 0; i < pool->threshold_count; i++) {
        const kmsrules_counts_threshold *threshold = &pool->thresholds[i];
        if (threshold->is_asked_for && (is_sure ? threshold->sure : threshold->count) < threshold->minimum) return true;
    }
    return false;
}

/* `is_sure`: without what is assumed. */
static int state_of(const kmsrules_counts_pool *pool, const struct range *warning, const struct range *critical, bool is_sure) {
    uint64_t sure = pool->count - pool->assumed, shown = is_sure && sure < pool->shown ? sure : pool->shown;
    if (critical->text == NULL ? is_short(pool, is_sure) : raises_alarm(critical, shown)) return 2;
    return raises_alarm(warning, shown) ? 1 : 0;
}

static int worst_of(const kmsrules_counts_content *content, const struct range *warning, const struct range *critical, bool is_sure) {
    int worst = 0;
    for (size_t i = 0; i < content->pool_count; i++) {
        int own = state_of(&content->pools[i], warning, critical, is_sure);
        if (own > worst) worst = own;
    }
    return worst;
}

static void add_range(struct kr_buffer *out, const struct range *range) {
    kr_buffer_add_string(out, ";");
    if (range->text == NULL) return;
    kr_buffer_add_string(out, range->text);
    if (strchr(range->text, ':') == NULL) kr_buffer_add_string(out, ":");
}

/* Names of computers with characters of the form itself come out without them. */
static void add_plain(struct kr_buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        bool is_plain = (unsigned char)*text > ' ' && (unsigned char)*text < 0x7F && strchr("|'=;\"\\", *text) == NULL;
        kr_buffer_add(out, (struct kr_text){is_plain ? text : "_", 1});
    }
}

static void add_label(struct kr_buffer *out, const kmsrules_counts *counts, const kmsrules_counts_pool *pool) {
    add_plain(out, kr_application_id(counts->ruleset, pool->application));
    if (pool->host == NULL) return;
    kr_buffer_add_string(out, "@");
    add_plain(out, pool->host);
}

static void add_data(struct kr_buffer *out, const kmsrules_counts *counts, const struct range *warning, const struct range *critical) {
    for (size_t i = 0; i < counts->content.pool_count; i++) {
        const kmsrules_counts_pool *pool = &counts->content.pools[i];
        kr_buffer_add_string(out, i == 0 ? "|'" : " '");
        add_label(out, counts, pool);
        kr_buffer_add_string(out, "'=");
        kr_buffer_add_number(out, pool->shown);
        add_range(out, warning);
        add_range(out, critical);
        if (critical->text == NULL) kr_buffer_add_number(out, asked_minimum(pool)), kr_buffer_add_string(out, ":");
        kr_buffer_add_string(out, ";0;");
        kr_buffer_add_number(out, pool->capacity);
    }
}

static void add_counts(struct kr_buffer *out, const kmsrules_counts *counts) {
    for (size_t i = 0; i < counts->content.pool_count; i++) {
        const kmsrules_counts_pool *pool = &counts->content.pools[i];
        if (i > 0) kr_buffer_add_string(out, ", ");
        add_label(out, counts, pool);
        kr_buffer_add_string(out, " ");
        kr_buffer_add_number(out, pool->shown);
        kr_buffer_add_string(out, " of ");
        kr_buffer_add_number(out, asked_minimum(pool));
    }
    if (counts->content.pool_count == 0) kr_buffer_add_string(out, "no request was accepted");
}

/* What the count rests on, or lacks: too low a one is said all the same, but not that all is well. */
static void add_doubts(struct kr_buffer *out, const kmsrules_counts_content *content) {
    const kmsrules_gaps *gaps = &content->gaps;
    uint64_t assumed = 0;
    for (size_t i = 0; i < content->pool_count; i++) assumed += content->pools[i].assumed;
    if (assumed > 0) kr_buffer_add_string(out, "; "), kr_words_number_of(out, assumed, "server"), kr_buffer_add_string(out, " by the minimum alone, which Office has too");
    if (gaps->unreadable > 0) kr_buffer_add_string(out, "; "), kr_words_number_of(out, gaps->unreadable, "event"), kr_buffer_add_string(out, " could not be read");
    if (gaps->cut_short > 0) kr_buffer_add_string(out, "; "), kr_words_number_of(out, gaps->cut_short, "export"), kr_buffer_add_string(out, " could not be read, or not to the end");
    if (gaps->is_full) kr_buffer_add_string(out, "; a limit was exceeded");
}

kmsrules_status kmsrules_range_check(const char *range) {
    struct range ignored;
    return read_range(range, &ignored) ? KMSRULES_OK : KMSRULES_INVALID_ARGUMENT;
}

kmsrules_status kmsrules_counts_nagios(const kmsrules_counts *counts, const char *warning, const char *critical, int *state, char **text, size_t *size) {
    static const char *const words[] = {"KMS OK - ", "KMS WARNING - ", "KMS CRITICAL - ", "KMS UNKNOWN - "};
    struct range warns, fails;
    struct kr_buffer out = {0};
    if (counts == NULL || state == NULL || text == NULL || size == NULL || !read_range(warning, &warns) || !read_range(critical, &fails)) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_counts_content *content = &counts->content;
    int worst = worst_of(content, &warns, &fails, false);
    bool is_doubtful = content->pool_count == 0 || kr_has_gaps(&content->gaps) || worst_of(content, &warns, &fails, true) > worst;
    if (worst < 2 && is_doubtful) worst = 3;
    kr_buffer_add_string(&out, words[worst]);
    add_counts(&out, counts);
    add_doubts(&out, content);
    add_data(&out, counts, &warns, &fails);
    kr_buffer_add_string(&out, "\n");
    size_t written = out.size;
    char *finished = kr_buffer_finish(&out);
    if (finished == NULL) return KMSRULES_NO_MEMORY;
    *state = worst;
    *text = finished;
    *size = written;
    return KMSRULES_OK;
}
