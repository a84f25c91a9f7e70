/* Puts a script of fleets to the library's planner and prints the plans for plan.py to judge. Public API only.
 *   plan-all < SCRIPT      rules FILE_OR_NAME…
 *                          plan HOSTS OWNED UPDATES MOST_HOSTS PRODUCT=MACHINES,…      lists by commas; "-": none given
 * Exits 1 when it cannot go on. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kmsrules/kmsrules.h>

enum { WORD_LIMIT = 8 };

static kmsrules_ruleset *ruleset;

static void must(kmsrules_status status, const char *what) {
    if (status == KMSRULES_OK) return;
    fprintf(stderr, "plan-all: %s: %s\n", what, kmsrules_status_text(status));
    exit(1);
}

static const char *edition_name(kmsrules_id id) { return id == KMSRULES_NONE ? "-" : kmsrules_ruleset_edition(ruleset, id)->id; }

static const char *group_name(kmsrules_id id) { return id == KMSRULES_NONE ? "-" : kmsrules_ruleset_key_group(ruleset, id)->id; }

static const char *update_name(kmsrules_id id) { return kmsrules_ruleset_update(ruleset, id)->id; }

static const char *product_name(const kmsrules_planned *product) {
    return product->kind == KMSRULES_RELEASE ? kmsrules_ruleset_release(ruleset, product->id)->id : edition_name(product->id);
}

static void print_names(const char *(*name_of)(kmsrules_id), const kmsrules_id *ids, size_t count) {
    printf(" ");
    for (size_t i = 0; i < count; i++) printf("%s%s", i > 0 ? "," : "", name_of(ids[i]));
    if (count == 0) printf("-");
}

static void print_products(const kmsrules_planned *products, size_t count) {
    printf(" ");
    for (size_t i = 0; i < count; i++) printf("%s%s=%" PRIu64, i > 0 ? "," : "", product_name(&products[i]), products[i].machines);
    if (count == 0) printf("-");
}

static void print_placement(const kmsrules_placement *placement) {
    printf("placement %s %s", edition_name(placement->host), group_name(placement->key_group));
    print_names(update_name, placement->updates, placement->update_count);
    print_products(placement->covers, placement->cover_count);
    printf(" %" PRIu64, placement->machines);
    print_products(placement->because, placement->because_count);
    printf(" %s\n", placement->is_lowest ? "lowest" : "not-lowest");
    for (size_t i = 0; i < placement->threshold_count; i++) {
        const kmsrules_plan_threshold *threshold = &placement->thresholds[i];
        printf("threshold %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", kmsrules_kind_text(threshold->kind), threshold->minimum, threshold->certain, threshold->possible);
    }
}

static void print_uncovered(const kmsrules_uncovered *uncovered) {
    static const char *const obstacles[] = {"not-by-kms", "no-candidate", "not-to-choose", "not-documented", "too-few-hosts"};
    printf("uncovered %s %" PRIu64 " %s %s %s %s\n", product_name(&uncovered->product), uncovered->product.machines, kmsrules_verdict_text(uncovered->verdict),
           obstacles[uncovered->obstacle], edition_name(uncovered->host), group_name(uncovered->key_group));
}

static void print_alternative(const kmsrules_plan_alternative *alternative) {
    printf("alternative");
    print_names(edition_name, alternative->hosts, alternative->host_count);
    print_names(group_name, alternative->key_groups, alternative->key_group_count);
    print_names(update_name, alternative->updates, alternative->update_count);
    printf(" %" PRIu64, alternative->machines);
    print_products(alternative->uncovered, alternative->uncovered_count);
    printf("\n");
}

static void print_plan(const kmsrules_plan_content *content) {
    printf("content %s %" PRIu64 " %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", content->is_optimal ? "optimal" : "not-optimal", content->tie_count,
           content->host_count, content->machines, content->covered, content->unrecognised);
    for (size_t i = 0; i < content->option_count; i++) {
        printf("option\n");
        for (size_t j = 0; j < content->options[i].placement_count; j++) print_placement(&content->options[i].placements[j]);
    }
    for (size_t i = 0; i < content->uncovered_count; i++) print_uncovered(&content->uncovered[i]);
    for (size_t i = 0; i < content->alternative_count; i++) print_alternative(&content->alternatives[i]);
}

static void add_product(kmsrules_planner *planner, char *word) {
    char *number = strchr(word, '=');
    *number++ = '\0';
    kmsrules_identity identity;
    must(kmsrules_identify(ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, word, strlen(word), &identity), word);
    must(kmsrules_planner_add_machines(planner, identity.kind, identity.id, strtoull(number, NULL, 10)), "machines");
}

/* Calls `add` with each of the words between commas. */
static void each(char *list, void *object, kmsrules_status (*add)(void *object, const char *word)) {
    char *rest = NULL;
    if (strcmp(list, "-") == 0) return;
    for (char *word = strtok_r(list, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) must(add(object, word), word);
}

static kmsrules_status add_host(void *planner, const char *word) { return kmsrules_planner_add_host(planner, word); }
static kmsrules_status add_key(void *question, const char *word) { return kmsrules_question_add_key(question, word); }
static kmsrules_status add_update(void *question, const char *word) { return kmsrules_question_add_update(question, word); }
static kmsrules_status add_machines(void *planner, const char *word) {
    char copy[512];
    snprintf(copy, sizeof copy, "%s", word);
    add_product(planner, copy);
    return KMSRULES_OK;
}

static void plan(char **words) {
    kmsrules_question *question = NULL;
    kmsrules_planner *planner = NULL;
    kmsrules_plan *made = NULL;
    must(kmsrules_question_new(ruleset, &question), "question");
    each(words[1], question, add_key);
    each(words[2], question, add_update);
    must(kmsrules_planner_new(question, &planner), "planner");
    each(words[0], planner, add_host);
    if (strcmp(words[3], "-") != 0) must(kmsrules_planner_set_most_hosts(planner, (uint32_t)strtoul(words[3], NULL, 10)), "hosts");
    each(words[4], planner, add_machines);
    must(kmsrules_planner_plan(planner, &made), "plan");
    print_plan(kmsrules_plan_read(made));
    kmsrules_plan_free(made);
    kmsrules_planner_free(planner);
    kmsrules_question_free(question);
}

static void load(char **words, size_t count) {
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset_free(ruleset);
    ruleset = NULL;
    must(kmsrules_builder_new(&builder), "builder");
    for (size_t i = 0; i < count; i++) must(kmsrules_builder_add(builder, words[i]), words[i]);
    must(kmsrules_builder_build(builder, &ruleset), "build");
    kmsrules_builder_free(builder);
}

static void obey(char *line) {
    char *words[WORD_LIMIT] = {NULL}, *rest = NULL;
    size_t count = 0;
    for (char *word = strtok_r(line, " ", &rest); word != NULL && count < WORD_LIMIT; word = strtok_r(NULL, " ", &rest)) words[count++] = word;
    if (count >= 2 && strcmp(words[0], "rules") == 0) load(words + 1, count - 1);
    else if (count == 6 && strcmp(words[0], "plan") == 0) plan(words + 1);
    else must(KMSRULES_INVALID_ARGUMENT, "a line of the script");
}

int main(void) {
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t size; (size = getline(&line, &capacity, stdin)) > 0;) {
        line[size - 1] = '\0';
        printf("> %s\n", line);
        obey(line);
    }
    free(line);
    kmsrules_ruleset_free(ruleset);
    return fflush(stdout) == 0 ? 0 : 1;
}
