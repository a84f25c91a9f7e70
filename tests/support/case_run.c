/* See case_run.h. */
#include "support/case_run.h"
#include "support/case_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rulesets ------------------------------------------------------------------------------------------------------------------------------- */

static struct known_ruleset {
    char key[1024];
    kmsrules_ruleset *ruleset;
} * known;
static size_t known_count;

static kmsrules_ruleset *build(const char *name, const char *folder, const struct case_words *overlays) {
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset *ruleset = NULL;
    char path[1024];
    kmsrules_builder_new(&builder);
    kmsrules_builder_add(builder, name);
    for (size_t i = 0; i < overlays->count; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", KMSRULES_SOURCE_DIR, folder, overlays->items[i]);
        kmsrules_builder_add(builder, path);
    }
    kmsrules_builder_build(builder, &ruleset);
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(builder, i);
        if (problem->is_error) printf("\n    %s:%u:%u: %s", problem->place.file, problem->place.line, problem->place.column, problem->text);
    }
    kmsrules_builder_free(builder);
    return ruleset;
}

kmsrules_ruleset *case_ruleset(const char *name, const char *folder, const struct case_words *overlays) {
    char key[1024];
    int size = snprintf(key, sizeof key, "%s", name);
    for (size_t i = 0; i < overlays->count; i++) size += snprintf(key + size, sizeof key - (size_t)size, "|%s/%s", folder, overlays->items[i]);
    for (size_t i = 0; i < known_count; i++)
        if (strcmp(known[i].key, key) == 0) return known[i].ruleset;
    known = realloc(known, (known_count + 1) * sizeof *known);
    if (known == NULL) abort();
    strcpy(known[known_count].key, key);
    known[known_count].ruleset = build(name, folder, overlays);
    return known[known_count++].ruleset;
}

void case_rulesets_free(void) {
    for (size_t i = 0; i < known_count; i++) kmsrules_ruleset_free(known[i].ruleset);
    free(known);
    known = NULL;
    known_count = 0;
}

/* ---- Rows decided --------------------------------------------------------------------------------------------------------------------------- */

static struct case_rows rows;

bool case_rows_decided(const kmsrules_ruleset *ruleset, const kmsrules_place *place) {
    for (size_t i = 0; i < rows.count; i++) {
        const kmsrules_place *other = &rows.places[i];
        if (rows.rulesets[i] == ruleset && other->line == place->line && other->column == place->column && strcmp(other->file, place->file) == 0)
            return true;
    }
    return false;
}

void case_rows_add(const kmsrules_ruleset *ruleset, const kmsrules_place *place) {
    if (case_rows_decided(ruleset, place)) return;
    if (rows.count == rows.capacity) {
        rows.capacity = rows.capacity * 2 + 64;
        rows.rulesets = realloc(rows.rulesets, rows.capacity * sizeof(const kmsrules_ruleset *));
        rows.places = realloc(rows.places, rows.capacity * sizeof *rows.places);
        if (rows.rulesets == NULL || rows.places == NULL) abort();
    }
    rows.rulesets[rows.count] = ruleset;
    rows.places[rows.count++] = *place;
}

void case_rows_free(void) {
    free(rows.rulesets);
    free(rows.places);
    rows = (struct case_rows){NULL, NULL, 0, 0};
}

/* ---- One question --------------------------------------------------------------------------------------------------------------------------- */

/* What is asked this time: the item of each list that is taken, SIZE_MAX for all of them. */
struct taken {
    size_t host, key, edition;
};

typedef kmsrules_status add_function(kmsrules_question *question, const char *name);

static kmsrules_status add_words(struct case_asking *asking, const struct case_words *words, size_t taken, add_function *add) {
    for (size_t i = 0; i < words->count; i++) {
        if (taken != SIZE_MAX && taken != i) continue;
        kmsrules_status status = add(asking->question, words->items[i]);
        if (status != KMSRULES_OK) {
            asking->refused = words->items[i];
            return status;
        }
    }
    return KMSRULES_OK;
}

static kmsrules_status set_facts(struct case_asking *asking) {
    const struct test_case *asked = asking->asked;
    kmsrules_status status = add_words(asking, &asked->updates, SIZE_MAX, kmsrules_question_add_update);
    if (status == KMSRULES_OK && asked->complete) status = kmsrules_question_set_updates_complete(asking->question, true);
    if (status == KMSRULES_OK && asked->host_build != NULL) status = kmsrules_question_set_host_build(asking->question, asked->host_build);
    for (int kind = 0; kind < KMSRULES_KIND_COUNT && status == KMSRULES_OK; kind++)
        status = kmsrules_question_set_count(asking->question, (kmsrules_kind)kind, asked->machines[kind]);
    return status;
}

static kmsrules_status set_question(struct case_asking *asking, const struct taken *taken) {
    const struct test_case *asked = asking->asked;
    kmsrules_status status = add_words(asking, &asked->hosts.words, taken->host, kmsrules_question_set_host);
    if (status == KMSRULES_OK) status = add_words(asking, &asked->editions.words, taken->edition, kmsrules_question_add_edition);
    if (status == KMSRULES_OK) status = add_words(asking, &asked->keys.words, taken->key, kmsrules_question_add_key);
    if (status == KMSRULES_OK) status = add_words(asking, &asked->owned, SIZE_MAX, kmsrules_question_add_key);
    return status == KMSRULES_OK ? set_facts(asking) : status;
}

static void describe(struct case_asking *asking, const struct taken *taken) {
    const struct test_case *asked = asking->asked;
    const char *host = asked->hosts.is_each ? asked->hosts.words.items[taken->host] : "";
    const char *key = asked->keys.is_each ? asked->keys.words.items[taken->key] : "";
    const char *edition = asked->editions.is_each ? asked->editions.words.items[taken->edition] : "";
    snprintf(asking->title, sizeof asking->title, "%s%s%s%s%s%s%s", asked->title, *host ? " | host " : "", host, *key ? " | key " : "", key,
             *edition ? " | edition " : "", edition);
}

static void ask(const struct test_case *asked, kmsrules_ruleset *ruleset, const struct taken *taken) {
    struct case_asking asking = {.asked = asked, .ruleset = ruleset};
    describe(&asking, taken);
    if (kmsrules_question_new(ruleset, &asking.question) != KMSRULES_OK) abort();
    asking.status = set_question(&asking, taken);
    bool is_question = asked->hosts.words.count > 0 && asked->editions.words.count > 0 && asked->owned.count == 0;
    if (asking.status == KMSRULES_OK && is_question) asking.status = kmsrules_ask(asking.question, &asking.answer);
    for (size_t i = 0; i < asked->expectation_count; i++) case_check(&asking, &asked->expectations[i]);
    if (asking.answer != NULL && asked->overlays.count == 0) case_collect_rows(&asking);
    kmsrules_answer_free(asking.answer);
    kmsrules_question_free(asking.question);
}

static size_t times(const struct case_list *list) { return list->is_each ? list->words.count : 1; }

void case_run(const struct test_case *asked) {
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", asked->file);
    *strrchr(folder, '/') = '\0';
    kmsrules_ruleset *ruleset = asked->ruleset == NULL ? NULL : case_ruleset(asked->ruleset, folder, &asked->overlays);
    case_assert(ruleset != NULL, asked->file, asked->line, "the ruleset of this case cannot be built");
    if (ruleset == NULL) return;
    for (size_t host = 0; host < times(&asked->hosts); host++)
        for (size_t key = 0; key < times(&asked->keys); key++)
            for (size_t edition = 0; edition < times(&asked->editions); edition++) {
                struct taken taken = {asked->hosts.is_each ? host : SIZE_MAX, asked->keys.is_each ? key : SIZE_MAX,
                                      asked->editions.is_each ? edition : SIZE_MAX};
                ask(asked, ruleset, &taken);
            }
}
