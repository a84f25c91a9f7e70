/* Puts questions to the library and prints its remedies, one a line, for remedies.py. Public API only.
 *   ask-remedies < SCRIPT
 * SCRIPT   rules FILE_OR_NAME…                     the layers that all further questions are put to
 *          ask HOST KEYS EDITIONS FACTS            lists with commas, - for none; FACTS as in transcript.py
 * An answer  verdict VERDICT all|some
 *            remedy HOST|- KEYS|- CHANGE…          CHANGE: install:UPDATE key:GROUP host:EDITION learn:EDITION add:COUNT:KINDS
 * or         status WORDS                          and then a full stop. Exits 1 when it cannot go on. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kmsrules/kmsrules.h>

static void must(kmsrules_status status, const char *what) {
    if (status == KMSRULES_OK) return;
    fprintf(stderr, "ask-remedies: %s: %s\n", what, kmsrules_status_text(status));
    exit(1);
}

/* ---- Questions ------------------------------------------------------------------------------------------------------------------------------ */

typedef kmsrules_status add(kmsrules_question *question, const char *name);

static void add_all(kmsrules_question *question, add *add_one, char *names) {
    char *rest = NULL;
    if (strcmp(names, "-") == 0) return;
    for (char *name = strtok_r(names, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) must(add_one(question, name), name);
}

static void add_count(kmsrules_question *question, const char *part) {
    static const char *const names[] = {"clients=", "servers=", "office="};
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (strncmp(part, names[kind], strlen(names[kind])) == 0)
            must(kmsrules_question_set_count(question, (kmsrules_kind)kind, strtoll(part + strlen(names[kind]), NULL, 10)), part);
}

static void add_facts(kmsrules_question *question, char *facts) {
    char *rest = NULL;
    for (char *part = strtok_r(facts, ";", &rest); part != NULL; part = strtok_r(NULL, ";", &rest)) {
        if (strcmp(part, "complete") == 0) must(kmsrules_question_set_updates_complete(question, true), part);
        else if (strncmp(part, "updates=", 8) == 0) add_all(question, kmsrules_question_add_update, part + 8);
        else if (strncmp(part, "build=", 6) == 0) must(kmsrules_question_set_host_build(question, part + 6), part);
        else add_count(question, part);
    }
}

/* ---- Answers -------------------------------------------------------------------------------------------------------------------------------- */

static const char *edition_id(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    const kmsrules_edition *edition = kmsrules_ruleset_edition(ruleset, id);
    return edition != NULL ? edition->id : "-";
}

static const char *group_id(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    const kmsrules_key_group *group = kmsrules_ruleset_key_group(ruleset, id);
    return group != NULL ? group->id : "-";
}

static void print_added(const kmsrules_change *change) {
    printf(" add:%" PRIu64 ":", change->count);
    for (unsigned kind = 0, printed = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if ((change->kinds & 1u << kind) != 0) printf("%s%s", printed++ > 0 ? "," : "", kmsrules_kind_text((kmsrules_kind)kind));
}

static void print_change(const kmsrules_ruleset *ruleset, const kmsrules_change *change) {
    const kmsrules_update *update = kmsrules_ruleset_update(ruleset, change->update);
    switch (change->kind) {
    case KMSRULES_INSTALL_UPDATE: printf(" install:%s", update != NULL ? update->id : "?"); break;
    case KMSRULES_USE_KEY: printf(" key:%s", group_id(ruleset, change->key_group)); break;
    case KMSRULES_USE_HOST: printf(" host:%s", edition_id(ruleset, change->host)); break;
    case KMSRULES_LEARN: printf(" learn:%s", edition_id(ruleset, change->host)); break;
    case KMSRULES_ADD_MACHINES: print_added(change); break;
    default: printf(" ?"); break;
    }
}

static void print_remedy(const kmsrules_ruleset *ruleset, const kmsrules_remedy *remedy) {
    printf("remedy %s ", edition_id(ruleset, remedy->host));
    for (size_t i = 0; i < remedy->key_group_count; i++) printf("%s%s", i > 0 ? "," : "", group_id(ruleset, remedy->key_groups[i]));
    if (remedy->key_group_count == 0) putchar('-');
    for (size_t i = 0; i < remedy->change_count; i++) print_change(ruleset, &remedy->changes[i]);
    putchar('\n');
}

static void print_answer(const kmsrules_answer *answer) {
    printf("verdict %s %s\n", kmsrules_verdict_text(kmsrules_answer_verdict(answer)), kmsrules_answer_has_all_remedies(answer) ? "all" : "some");
    for (size_t i = 0; i < kmsrules_answer_remedy_count(answer); i++)
        print_remedy(kmsrules_answer_ruleset(answer), kmsrules_answer_remedy(answer, i));
}

static void ask(kmsrules_ruleset *ruleset, char **words) {
    kmsrules_question *question;
    kmsrules_answer *answer = NULL;
    must(kmsrules_question_new(ruleset, &question), "question");
    must(kmsrules_question_set_host(question, words[1]), words[1]);
    add_all(question, kmsrules_question_add_key, words[2]);
    add_all(question, kmsrules_question_add_edition, words[3]);
    add_facts(question, words[4]);
    must(kmsrules_question_set_remedies(question, true), "remedies");
    kmsrules_status status = kmsrules_ask(question, &answer);
    kmsrules_question_free(question);
    if (status == KMSRULES_OK) print_answer(answer);
    else printf("status %s\n", kmsrules_status_text(status));
    kmsrules_answer_free(answer);
}

static kmsrules_ruleset *open_rules(char **files, size_t count) {
    kmsrules_builder *builder;
    kmsrules_ruleset *ruleset = NULL;
    must(kmsrules_builder_new(&builder), "builder");
    for (size_t i = 0; i < count; i++) must(kmsrules_builder_add(builder, files[i]), files[i]);
    must(kmsrules_builder_build(builder, &ruleset), files[0]);
    kmsrules_builder_free(builder);
    return ruleset;
}

int main(void) {
    enum { WORD_LIMIT = 16 };
    kmsrules_ruleset *ruleset = NULL;
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        char *words[WORD_LIMIT], *rest = NULL;
        size_t count = 0;
        for (char *word = strtok_r(line, " \n", &rest); word != NULL && count < WORD_LIMIT; word = strtok_r(NULL, " \n", &rest)) words[count++] = word;
        if (count >= 2 && strcmp(words[0], "rules") == 0) {
            kmsrules_ruleset_free(ruleset);
            ruleset = open_rules(words + 1, count - 1);
        } else if (count == 5 && ruleset != NULL) ask(ruleset, words);
        else must(KMSRULES_INVALID_ARGUMENT, "script");
        puts(".");
    }
    free(line);
    kmsrules_ruleset_free(ruleset);
    return fflush(stdout) == 0 ? 0 : 1;
}
