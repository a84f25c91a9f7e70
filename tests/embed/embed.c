/* What a program of somebody else looks like: one question on ids, one with the reasons recorded. */
#include <kmsrules/kmsrules.h>

#include <stdio.h>
#include <string.h>

static kmsrules_id find(const kmsrules_ruleset *ruleset, const char *name) {
    kmsrules_identity identity = {.id = KMSRULES_NONE};
    kmsrules_identify(ruleset, KMSRULES_EDITION, name, strlen(name), &identity);
    return identity.id;
}

static kmsrules_verdict ask_on_ids(const kmsrules_ruleset *ruleset, const char *host, const char *edition) {
    kmsrules_id id = find(ruleset, edition);
    return kmsrules_can(ruleset, find(ruleset, host), KMSRULES_NONE, &id, 1, NULL);
}

static int ask_with_reasons(kmsrules_ruleset *ruleset, const char *host, const char *edition) {
    kmsrules_question *question = NULL;
    kmsrules_answer *answer = NULL;
    char sentence[500];
    kmsrules_status status = kmsrules_question_new(ruleset, &question);
    if (!status) status = kmsrules_question_set_host(question, host);
    if (!status) status = kmsrules_question_add_edition(question, edition);
    if (!status) status = kmsrules_ask(question, &answer);
    if (!status && kmsrules_answer_summary(answer, sentence, sizeof sentence)) puts(sentence);
    kmsrules_question_free(question);
    kmsrules_answer_free(answer);
    if (status) fprintf(stderr, "embed: %s\n", kmsrules_status_text(status));
    return status ? 1 : 0;
}

int main(void) {
    kmsrules_ruleset *ruleset = NULL;
    if (kmsrules_ruleset_default(&ruleset)) return 1;
    kmsrules_verdict verdict = ask_on_ids(ruleset, "Windows Server 2008 R2 Enterprise", "Windows 7 Professional");
    printf("%s\n", kmsrules_verdict_text(verdict));
    int status = ask_with_reasons(ruleset, "Windows 7 Enterprise", "Windows Server 2008 R2 Enterprise");
    kmsrules_ruleset_free(ruleset);
    return verdict == KMSRULES_YES ? status : 1;
}
