/* A forecast as JSON (forecast-1) and as text. Decides nothing. */
#include "base/civil.h"
#include "base/guid.h"
#include "fleet/forecast.h"
#include "render/evidence.h"

enum { SHOWN_MACHINES = 8 };

/* ---- JSON ---- */

static void add_kinds(struct kr_json *json, const char *name, unsigned kinds) {
    kr_json_open_member(json, name, "[");
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if ((kinds >> kind & 1u) != 0) kr_json_string(json, kmsrules_kind_text((kmsrules_kind)kind));
    kr_json_close(json, "]");
}

/* The name, or where there is none the CMID. */
static void add_machine(struct kr_json *json, const kmsrules_asker *asker) {
    struct kr_buffer text = {0};
    if (asker->name == NULL) kr_guid_add(&text, &asker->cmid);
    else kr_buffer_add_string(&text, asker->name);
    kr_json_sentence(json, &text);
    kr_buffer_free(&text);
}

static void add_step(struct kr_json *json, const kmsrules_forecast_step *step) {
    kr_json_open(json, "{");
    kr_json_date_member(json, "date", step->time);
    kr_json_time_member(json, "time", step->time);
    kr_json_count_member(json, "count", (int64_t)step->count);
    add_kinds(json, "lost", step->lost);
    kr_json_open_member(json, "silent", "[");
    for (size_t i = 0; i < step->silent_count; i++) add_machine(json, &step->silent[i]);
    kr_json_close(json, "]");
    kr_json_open_member(json, "replaced", "[");
    for (size_t i = 0; i < step->silent_count; i++)
        if (step->silent[i].is_replaced) add_machine(json, &step->silent[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

static void add_lapse(struct kr_json *json, const kmsrules_lapse *lapse) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "name", lapse->asker.name);
    kr_json_guid_member(json, "cmid", &lapse->asker.cmid);
    kr_json_date_member(json, "date", lapse->time);
    kr_json_time_member(json, "time", lapse->time);
    kr_json_string_member(json, "kind", kmsrules_kind_text(lapse->asker.kind));
    kr_json_truth_member(json, "silent", lapse->is_silent);
    kr_json_time_member(json, "last", lapse->asker.last);
    kr_json_count_member(json, "names", (int64_t)lapse->asker.names);
    kr_json_truth_member(json, "replaced", lapse->asker.is_replaced);
    kr_json_close(json, "}");
}

static void add_avoid(struct kr_json *json, const kmsrules_forecast_pool *pool) {
    if (pool->avoid_machines == 0) {
        kr_json_string_member(json, "avoid", NULL);
        return;
    }
    kr_json_open_member(json, "avoid", "{");
    kr_json_count_member(json, "machines", (int64_t)pool->avoid_machines);
    if (pool->avoid_before == KMSRULES_NO_TIME) kr_json_string_member(json, "before", NULL);
    else kr_json_date_member(json, "before", pool->avoid_before);
    kr_json_string_member(json, "kind", kmsrules_kind_text(pool->avoid_kind));
    kr_json_close(json, "}");
}

static void add_pool(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_forecast_pool *pool) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "host", pool->host);
    kr_json_string_member(json, "application", kr_application_id(ruleset, pool->application));
    kr_json_count_member(json, "count", (int64_t)pool->count);
    kr_json_count_member(json, "cap", (int64_t)pool->capacity);
    kr_json_count_member(json, "assumed", (int64_t)pool->assumed);
    kr_json_count_member(json, "silent", (int64_t)pool->silent);
    kr_json_open_member(json, "steps", "[");
    for (size_t i = 0; i < pool->step_count; i++) add_step(json, &pool->steps[i]);
    kr_json_close(json, "]");
    kr_json_open_member(json, "lapses", "[");
    for (size_t i = 0; i < pool->lapse_count; i++) add_lapse(json, &pool->lapses[i]);
    kr_json_close(json, "]");
    kr_json_count_member(json, "lapsed", (int64_t)pool->lapsed);
    add_avoid(json, pool);
    kr_json_close(json, "}");
}

kmsrules_status kmsrules_forecast_json(const kmsrules_forecast *forecast, char **text, size_t *size) {
    struct kr_json json = {0};
    if (forecast == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_forecast_content *content = &forecast->content;
    kr_json_open(&json, "{");
    kr_json_evidence_head(&json, forecast->ruleset, "kmsrules/forecast/1", content->as_of);
    kr_json_count_member(&json, "silent_after", content->silent_after > INT64_MAX ? INT64_MAX : (int64_t)content->silent_after);
    if (content->end == KR_LAST_TIME) kr_json_string_member(&json, "until", NULL);
    else kr_json_time_member(&json, "until", content->end);
    kr_json_count_member(&json, "refused", (int64_t)content->refused);
    kr_json_open_member(&json, "pools", "[");
    for (size_t i = 0; i < content->pool_count; i++) add_pool(&json, forecast->ruleset, &content->pools[i]);
    kr_json_close(&json, "]");
    kr_json_gaps(&json, &content->gaps);
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}

/* ---- Text ---- */

static void say_machine(struct kr_page *page, const kmsrules_asker *asker) {
    if (asker->name == NULL) kr_guid_add(&page->out, &asker->cmid);
    else kr_words_say(&page->out, "%", asker->name);
    if (asker->names > 1) kr_words_say(&page->out, " and "), kr_words_number_of(&page->out, asker->names - 1, "other name");
    if (asker->is_replaced) kr_words_say(&page->out, " (an old CMID: the name asks with another)");
}

/* False once the rest has been summed up. */
static bool say_next(struct kr_page *page, size_t index, size_t count, const kmsrules_asker *asker) {
    if (index > 0) kr_words_say(&page->out, ", ");
    if (index == SHOWN_MACHINES && count > SHOWN_MACHINES + 1) {
        kr_page_number(page, count - index);
        kr_words_say(&page->out, " more");
        return false;
    }
    say_machine(page, asker);
    return true;
}

static const char *noun_of(kmsrules_kind kind) {
    static const char *const nouns[] = {"clients", "servers", "Office"};
    return nouns[kind];
}

static void say_step(struct kr_page *page, const kmsrules_forecast_pool *pool, const kmsrules_forecast_step *step) {
    kr_words_say(&page->out, "  ");
    kr_date_add(&page->out, step->time);
    kr_words_say(&page->out, "  ");
    kr_page_number(page, step->count);
    if (step->lost != 0) {
        kr_words_say(&page->out, ", ");
        kr_page_colored(page, "under the threshold", 3, 0);
    }
    for (int kind = 0, said = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        if ((step->lost >> kind & 1u) == 0) continue;
        kr_words_say(&page->out, said++ == 0 ? " of % (" : " and of % (", noun_of((kmsrules_kind)kind));
        kr_page_number(page, pool->minimums[kind]);
        kr_words_say(&page->out, ")");
    }
    if (step->lost != 0) kr_words_say(&page->out, ": no new one is activated, and none is renewed");
    kr_words_say(&page->out, "\n      without ");
    for (size_t i = 0; i < step->silent_count && say_next(page, i, step->silent_count, &step->silent[i]); i++) {}
    kr_words_say(&page->out, "\n");
}

static void say_avoid(struct kr_page *page, const kmsrules_forecast_pool *pool) {
    if (pool->avoid_machines == 0) return;
    if (pool->avoid_before == KMSRULES_NO_TIME) {
        kr_words_say(&page->out, "  The threshold of % is not met: ", noun_of(pool->avoid_kind));
        kr_words_number_of(&page->out, pool->avoid_machines, "more machine");
        kr_words_say(&page->out, " must ask, and go on asking, once the silent ones are gone\n");
        return;
    }
    kr_words_say(&page->out, "  To avoid it: any ");
    kr_page_number(page, pool->avoid_machines);
    kr_words_say(&page->out, " of these machines must ask again before ");
    kr_date_add(&page->out, pool->avoid_before);
    kr_words_say(&page->out, ", and go on asking\n");
}

/* Lapses of one day and of one cause together. */
static void say_lapses(struct kr_page *page, const kmsrules_forecast_pool *pool) {
    if (pool->lapse_count > 0) kr_words_say(&page->out, "  Activations that end:\n");
    for (size_t i = 0; i < pool->lapse_count;) {
        const kmsrules_lapse *first = &pool->lapses[i];
        size_t count = 1;
        while (i + count < pool->lapse_count && pool->lapses[i + count].time / KR_DAY == first->time / KR_DAY && pool->lapses[i + count].is_silent == first->is_silent) count++;
        kr_words_say(&page->out, "    ");
        kr_date_add(&page->out, first->time);
        kr_words_say(&page->out, "  ");
        kr_words_number_of(&page->out, count, "machine");
        kr_words_say(&page->out, first->is_silent ? ", silent: " : ", the count is too low for them: ");
        for (size_t j = 0; j < count && say_next(page, j, count, &pool->lapses[i + j].asker); j++) {}
        kr_words_say(&page->out, "\n");
        i += count;
    }
    if (pool->lapsed == 0) return;
    kr_words_say(&page->out, "  Ended by now: ");
    kr_words_number_of(&page->out, pool->lapsed, "activation");
    kr_words_say(&page->out, "\n");
}

static void say_pool(struct kr_page *page, const kmsrules_forecast *forecast, const kmsrules_forecast_pool *pool) {
    kr_page_pool(page, pool->host, pool->application);
    kr_words_say(&page->out, ": ");
    kr_page_number(page, pool->count);
    kr_words_say(&page->out, " counted, ");
    if (pool->count > pool->capacity) kr_words_say(&page->out, "of which the host shows "), kr_page_number(page, pool->capacity), kr_words_say(&page->out, ", ");
    kr_page_number(page, pool->silent);
    kr_words_say(&page->out, " of them silent for more than ");
    kr_words_duration(&page->out, forecast->content.silent_after);
    kr_words_say(&page->out, "\n");
    kr_page_assumed(page, pool->assumed);
    for (size_t i = 0; i < pool->step_count; i++) say_step(page, pool, &pool->steps[i]);
    if (pool->step_count == 0 && pool->count > 0) kr_words_say(&page->out, "  The count stays as it is.\n");
    say_avoid(page, pool);
    say_lapses(page, pool);
}

static void say_grounds(struct kr_page *page, const kmsrules_forecast_content *content) {
    kr_words_say(&page->out, "\nIf silent machines stay away and all others go on renewing. A log need not be complete: a threshold that it shows reached is taken to have been so before.\n");
    if (content->refused > 0) kr_words_number_of(&page->out, content->refused, "request"), kr_words_say(&page->out, " that the host refused: a machine that asks in vain is silent here.\n");
    if (content->end == KR_LAST_TIME) return;
    kr_words_say(&page->out, "Nothing later than ");
    kr_time_add(&page->out, content->end);
    kr_words_say(&page->out, " is told.\n");
}

kmsrules_status kmsrules_forecast_print(const kmsrules_forecast *forecast, bool color, char **text, size_t *size) {
    if (forecast == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = forecast->ruleset, .has_color = color};
    for (size_t i = 0; i < forecast->content.pool_count; i++) {
        if (i > 0) kr_words_say(&page.out, "\n");
        say_pool(&page, forecast, &forecast->content.pools[i]);
    }
    if (forecast->content.pool_count == 0) kr_words_say(&page.out, "No request was accepted until then: nothing is counted.\n");
    say_grounds(&page, &forecast->content);
    kr_page_gaps(&page, &forecast->content.gaps);
    kr_page_evidence_end(&page, forecast->content.as_of);
    return kr_page_finish(&page, text, size);
}
