/* kmsrules explain CODE: the page of a check, of a table problem, or of an error that Windows shows. */
#include "code.h"

#include "asking.h"
#include "messages.h"
#include "rulesets.h"

enum { SUGGESTIONS = 3 };

static int refuse_code(const char *text) {
    const kmsrules_code *nearest[SUGGESTIONS];
    size_t count = kmsrules_code_suggest(text, nearest, SUGGESTIONS);
    fputs("kmsrules: unknown code ", stderr);
    write_quoted(stderr, text);
    for (size_t i = 0; i < count; i++) fprintf(stderr, "%s%s %s", i == 0 ? "; nearest: " : ", ", nearest[i]->code, nearest[i]->name);
    fputc('\n', stderr);
    return EXIT_WRONG_USE;
}

/* What a question would be asked with. */
static bool has_facts(const struct arguments *arguments) {
    bool has_count = false;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) has_count = has_count || arguments->machines[kind] >= 0;
    return has_count || arguments->keys.count > 0 || arguments->updates.count > 0 || arguments->updates_complete || arguments->host_build != NULL || arguments->accepted != 0;
}

bool names_code(const struct arguments *arguments) { return arguments->words.count == 1 && kmsrules_code_is_like(arguments->words.items[0]); }

static kmsrules_status render(const struct arguments *arguments, const kmsrules_ruleset *ruleset, const kmsrules_code *code, struct result *result) {
    char *text = NULL;
    size_t size = 0;
    if (arguments->format == FORMAT_MARKDOWN) return fputs(code->page, result->out), KMSRULES_OK;
    kmsrules_status status = arguments->format == FORMAT_JSON ? kmsrules_code_json(ruleset, code, &text, &size) : kmsrules_code_print(code, result->wants_color, &text, &size);
    if (status == KMSRULES_OK) fwrite(text, 1, size, result->out);
    kmsrules_string_free(text);
    return status;
}

int explain_code(const struct arguments *arguments, struct result *result) {
    const kmsrules_code *code = kmsrules_code_find(arguments->words.items[0]);
    kmsrules_ruleset *ruleset = NULL;
    if (code == NULL) return refuse_code(arguments->words.items[0]);
    if (has_facts(arguments)) return complain("explain %s: a code takes no options of a question, such as --key", code->code), EXIT_WRONG_USE;
    int exit_status = load_ruleset(arguments, &ruleset);
    if (exit_status != EXIT_YES) return exit_status;
    kmsrules_status status = render(arguments, ruleset, code, result);
    kmsrules_ruleset_free(ruleset);
    return status == KMSRULES_OK ? EXIT_YES : asking_refused(status);
}
