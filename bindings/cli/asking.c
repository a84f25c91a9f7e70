/* See asking.h. */
#include "asking.h"

#include "messages.h"
#include "products.h"
#include "rulesets.h"

#include <string.h>

enum { NAMED_KINDS = KMSRULES_EDITION | KMSRULES_RELEASE, SUGGESTIONS = 3 };

/* ---- Names that are not known ---- */

static void print_names(const char *before, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? before : ", ", stderr);
        write_quoted(stderr, names[i]);
    }
}

static void print_suggestions(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text) {
    const char *names[SUGGESTIONS];
    print_names("; nearest: ", names, kmsrules_suggest(ruleset, kinds, text, strlen(text), names, SUGGESTIONS));
}

static void print_candidates(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text) {
    kmsrules_identity identity;
    char why[512];
    if (kmsrules_identify(ruleset, kinds, text, strlen(text), &identity) != KMSRULES_AMBIGUOUS_NAME) return;
    for (size_t i = 0; i < identity.candidate_count && i < KMSRULES_CANDIDATE_LIMIT; i++) {
        const char *name = full_name_of(ruleset, identity.kind, identity.candidates[i]);
        print_names(i == 0 ? "; it may be " : ", ", &name, 1);
    }
    kmsrules_identity_text(ruleset, &identity, why, sizeof why);
    fprintf(stderr, ": %s", why);
}

/* What follows `kmsrules: ` or `file:line:column: `. */
static int refuse_name(const kmsrules_ruleset *ruleset, unsigned kinds, const char *what, const char *text, kmsrules_status status) {
    bool is_ambiguous = status == KMSRULES_AMBIGUOUS_NAME;
    if (status != KMSRULES_UNKNOWN_NAME && !is_ambiguous) {
        fprintf(stderr, "%s\n", kmsrules_status_text(status));
        return status_of_failure(status);
    }
    fprintf(stderr, "%s %s ", is_ambiguous ? "ambiguous" : "unknown", what);
    write_quoted(stderr, text);
    if (is_ambiguous) print_candidates(ruleset, kinds, text);
    else print_suggestions(ruleset, kinds, text);
    fputc('\n', stderr);
    return EXIT_WRONG_USE;
}

void asking_check_name(struct asking *asking, unsigned kinds, const char *what, const char *text, kmsrules_status status) {
    if (status == KMSRULES_OK) return;
    fputs("kmsrules: ", stderr);
    asking->status = worse_status(asking->status, refuse_name(asking->ruleset, kinds, what, text, status));
}

/* ---- Words ---- */

void asking_set_host(struct asking *asking, const char *name) {
    if (asking->question != NULL) asking_check_name(asking, NAMED_KINDS, "edition", name, kmsrules_question_set_host(asking->question, name));
}

void asking_add_edition(struct asking *asking, const char *name) {
    if (asking->question != NULL) asking_check_name(asking, NAMED_KINDS, "edition", name, kmsrules_question_add_edition(asking->question, name));
}

void asking_add_key(struct asking *asking, const char *name) {
    if (asking->question != NULL) asking_check_name(asking, KMSRULES_KEY_GROUP, "key group", name, kmsrules_question_add_key(asking->question, name));
}

void asking_miss(struct asking *asking, const struct command *command, const char *operand) {
    complain("%s: %s is missing; usage: kmsrules %s %s", command->name, operand, command->name, command->synopsis);
    asking->status = worse_status(asking->status, EXIT_WRONG_USE);
}

/* ---- Facts ---- */

static void check_value(struct asking *asking, const char *option, const char *value, const char *wanted, kmsrules_status status) {
    if (status == KMSRULES_OK) return;
    asking->status = worse_status(asking->status, status == KMSRULES_INVALID_ARGUMENT ? EXIT_WRONG_USE : status_of_failure(status));
    fprintf(stderr, "kmsrules: %s: ", option);
    write_quoted(stderr, value);
    if (status == KMSRULES_INVALID_ARGUMENT) fprintf(stderr, " is not %s\n", wanted);
    else fprintf(stderr, ": %s\n", kmsrules_status_text(status));
}

static void set_counts(struct asking *asking, const struct arguments *arguments) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (arguments->machines[kind] >= 0) (void)kmsrules_question_set_count(asking->question, (kmsrules_kind)kind, arguments->machines[kind]);
}

static void set_facts(struct asking *asking, const struct arguments *arguments) {
    const char *date = arguments->as_of, *build = arguments->host_build;
    check_value(asking, "--as-of", date, "a date such as 2026-11-21 or 2026-11-21T12:00:00Z", kmsrules_question_set_date(asking->question, date));
    if (build != NULL)
        check_value(asking, "--host-build", build, "a build such as 10.0.17763.5329", kmsrules_question_set_host_build(asking->question, build));
    (void)kmsrules_question_set_updates_complete(asking->question, arguments->updates_complete);
    for (size_t i = 0; i < arguments->keys.count; i++) asking_add_key(asking, arguments->keys.items[i]);
    for (size_t i = 0; i < arguments->updates.count; i++) asking_add_updates(asking, arguments->updates.items[i]);
    set_counts(asking, arguments);
}

struct asking asking_start(const struct arguments *arguments) {
    struct asking asking = {NULL, NULL, EXIT_YES};
    asking.status = load_ruleset(arguments, &asking.ruleset);
    if (asking.status != EXIT_YES) return asking;
    kmsrules_status status = kmsrules_question_new(asking.ruleset, &asking.question);
    if (status == KMSRULES_OK) set_facts(&asking, arguments);
    else asking.status = asking_refused(status);
    return asking;
}

void asking_end(struct asking *asking) {
    kmsrules_question_free(asking->question);
    kmsrules_ruleset_free(asking->ruleset);
}

/* ---- Asking ---- */

int asking_refused(kmsrules_status status) {
    const char *option = status == KMSRULES_TWO_KEYS ? "--key: " : "";
    if (status == KMSRULES_WRONG_LINE || status == KMSRULES_BELOW_UPDATE) option = "--host-build: ";
    complain("%s%s", option, kmsrules_status_text(status));
    return status_of_failure(status);
}

struct asking asking_of(const struct arguments *arguments) {
    struct asking asking = asking_start(arguments);
    if (arguments->words.count > 0) asking_set_host(&asking, arguments->words.items[0]);
    for (size_t i = 1; i < arguments->words.count; i++) asking_add_edition(&asking, arguments->words.items[i]);
    if (arguments->words.count < 2) asking_miss(&asking, arguments->command, arguments->command->operands[1]);
    return asking;
}

int ask(const struct arguments *arguments, bool wants_remedies, kmsrules_answer **answer) {
    struct asking asking = asking_of(arguments);
    if (asking.status == EXIT_YES) {
        if (wants_remedies) (void)kmsrules_question_set_remedies(asking.question, true);
        kmsrules_status status = kmsrules_ask(asking.question, answer);
        if (status != KMSRULES_OK) asking.status = asking_refused(status);
    }
    asking_end(&asking);
    return asking.status;
}

int status_of_verdict(const struct arguments *arguments, kmsrules_verdict verdict) {
    switch (verdict) {
    case KMSRULES_YES: return EXIT_YES;
    case KMSRULES_NO: return EXIT_NO;
    case KMSRULES_CONDITIONAL:
    case KMSRULES_UNDOCUMENTED: return (arguments->accepted >> verdict & 1) != 0 ? EXIT_YES : EXIT_UNDECIDED;
    default: return EXIT_INTERNAL;
    }
}

/* ---- Lists ---- */

/* The best of its items counts. */
static int status_of_list(const struct arguments *arguments, const kmsrules_list *list) {
    int best = EXIT_NO;
    for (size_t i = 0; i < kmsrules_list_count(list); i++) {
        int own = status_of_verdict(arguments, kmsrules_list_get(list, i)->verdict);
        if (own == EXIT_YES || best == EXIT_NO) best = own;
    }
    return best;
}

static int print_list(const struct arguments *arguments, const kmsrules_list *list, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status =
        arguments->format == FORMAT_JSON ? kmsrules_list_json(list, &text, &size) : kmsrules_list_print(list, result->wants_color, &text, &size);
    if (status != KMSRULES_OK) return asking_refused(status);
    fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    return status_of_list(arguments, list);
}

int find(const struct arguments *arguments, struct asking *asking, kmsrules_search search, struct result *result) {
    kmsrules_list *list = NULL;
    if (asking->status != EXIT_YES) return asking->status;
    kmsrules_status status = kmsrules_find(asking->question, search, &list);
    if (status != KMSRULES_OK) return asking_refused(status);
    int exit_status = print_list(arguments, list, result);
    kmsrules_list_free(list);
    return exit_status;
}
