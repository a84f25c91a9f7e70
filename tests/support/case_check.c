/* See case_check.h. What is expected and what came out are both written in one canonical form and compared as text. */
#define _XOPEN_SOURCE 700

#include "support/case_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Text that grows ------------------------------------------------------------------------------------------------------------------------ */

struct text {
    char data[4096];
    size_t size;
};

static void put(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text->data + text->size, sizeof text->data - text->size, format, arguments);
    va_end(arguments);
    text->size += (size_t)size;
    if (text->size >= sizeof text->data) abort();
}

/* ---- Verdict and checks --------------------------------------------------------------------------------------------------------------------- */

#define CODE_COUNT 6
#define NEED_LIMIT 32

/* What the checks of a code say that is not "pass", over all editions and hosts of an answer. */
struct finding {
    bool is_there, is_unknown, is_silent, is_excluded, is_not_listed;
    const char *needs[NEED_LIMIT];
    size_t need_count;
};

struct findings {
    kmsrules_verdict verdict;
    struct finding codes[CODE_COUNT];
};

static int compare_words(const void *left, const void *right) { return strcmp(*(const char *const *)left, *(const char *const *)right); }

static void add_need(struct finding *finding, const char *need) {
    for (size_t i = 0; i < finding->need_count; i++)
        if (strcmp(finding->needs[i], need) == 0) return;
    if (finding->need_count == NEED_LIMIT) abort();
    finding->needs[finding->need_count++] = need;
}

static void add_check(const kmsrules_ruleset *ruleset, const kmsrules_check *check, struct findings *findings) {
    struct finding *finding = &findings->codes[check->code - KMSRULES_KR101];
    if (check->outcome == KMSRULES_PASS) return;
    finding->is_there = true;
    finding->is_unknown |= check->outcome == KMSRULES_UNKNOWN;
    finding->is_silent |= check->outcome == KMSRULES_SILENT;
    finding->is_excluded |= check->basis == KMSRULES_EXCLUDED;
    finding->is_not_listed |= check->basis == KMSRULES_NOT_LISTED;
    for (size_t i = 0; i < check->requirement_count; i++)
        for (size_t j = 0; j < check->requirements[i].any_of_count; j++)
            add_need(finding, kmsrules_ruleset_update(ruleset, check->requirements[i].any_of[j])->id);
}

typedef void check_visitor(const kmsrules_ruleset *ruleset, const kmsrules_check *check, void *context);

static void visit_checks(const struct case_asking *asking, check_visitor *visit, void *context) {
    for (size_t i = 0; i < kmsrules_answer_host_count(asking->answer); i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(asking->answer, i);
        for (size_t j = 0; j < host->edition_count; j++)
            for (size_t k = 0; k < host->editions[j].check_count; k++) visit(asking->ruleset, &host->editions[j].checks[k], context);
    }
}

static void visit_finding(const kmsrules_ruleset *ruleset, const kmsrules_check *check, void *context) { add_check(ruleset, check, context); }

static void write_findings(struct findings *findings, struct text *text) {
    put(text, "%s", kmsrules_verdict_text(findings->verdict));
    for (int i = 0; i < CODE_COUNT; i++) {
        struct finding *finding = &findings->codes[i];
        if (!finding->is_there) continue;
        put(text, " KR10%d", i + 1);
        if (finding->is_excluded) put(text, " excluded");
        if (finding->is_not_listed) put(text, " not-listed");
        if (finding->is_silent) put(text, " undocumented");
        if (finding->is_unknown) put(text, " unknown");
        qsort(finding->needs, finding->need_count, sizeof *finding->needs, compare_words);
        for (size_t j = 0; j < finding->need_count; j++) put(text, " %s", finding->needs[j]);
    }
}

static bool verdict_from(const char *word, kmsrules_verdict *verdict) {
    for (int i = KMSRULES_YES; i <= KMSRULES_NO; i++) {
        *verdict = (kmsrules_verdict)i;
        if (strcmp(word, kmsrules_verdict_text(*verdict)) == 0) return true;
    }
    return false;
}

static bool is_code(const char *word) { return strncmp(word, "KR10", 4) == 0 && word[4] >= '1' && word[4] <= '6' && word[5] == '\0'; }

static void add_expected_word(struct finding *finding, const char *word) {
    if (strcmp(word, "excluded") == 0) finding->is_excluded = true;
    else if (strcmp(word, "not-listed") == 0) finding->is_not_listed = true;
    else if (strcmp(word, "undocumented") == 0) finding->is_silent = true;
    else if (strcmp(word, "unknown") == 0) finding->is_unknown = true;
    else add_need(finding, word);
}

/* A code without a word for its outcome has the one that the verdict says. */
static bool complete_finding(struct finding *finding, kmsrules_verdict verdict) {
    if (!finding->is_there || finding->is_excluded || finding->is_not_listed || finding->is_silent || finding->is_unknown) return true;
    finding->is_unknown = verdict == KMSRULES_CONDITIONAL;
    finding->is_silent = verdict == KMSRULES_UNDOCUMENTED;
    return finding->is_unknown || finding->is_silent;
}

/* "no KR104 not-listed"; false when it is not of this form. */
static bool read_findings(char *text, struct findings *findings) {
    struct finding *finding = NULL;
    char *rest = NULL, *word = strtok_r(text, " \t", &rest);
    *findings = (struct findings){KMSRULES_NO_VERDICT, {{false, false, false, false, false, {NULL}, 0}}};
    if (word == NULL || !verdict_from(word, &findings->verdict)) return false;
    while ((word = strtok_r(NULL, " \t", &rest)) != NULL) {
        if (is_code(word)) {
            finding = &findings->codes[word[4] - '1'];
            finding->is_there = true;
        } else if (finding == NULL) {
            return false;
        } else {
            add_expected_word(finding, word);
        }
    }
    for (int i = 0; i < CODE_COUNT; i++)
        if (!complete_finding(&findings->codes[i], findings->verdict)) return false;
    return true;
}

static bool check_verdict(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    struct findings found = {kmsrules_answer_verdict(asking->answer), {{false, false, false, false, false, {NULL}, 0}}}, wished;
    if (!read_findings(expected, &wished)) return false;
    visit_checks(asking, visit_finding, &found);
    write_findings(&wished, wanted);
    write_findings(&found, got);
    return true;
}

/* ---- Keys and choices ----------------------------------------------------------------------------------------------------------------------- */

static const char *group_name(const struct case_asking *asking, kmsrules_id group) {
    return group == KMSRULES_NONE ? "none" : kmsrules_ruleset_key_group(asking->ruleset, group)->id;
}

/* "key GROUP": the group that was assumed, for each host and application the same words once. */
static bool check_key(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    put(wanted, "%s", expected);
    for (size_t i = 0; i < kmsrules_answer_host_count(asking->answer); i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(asking->answer, i);
        char name[128];
        snprintf(name, sizeof name, "%s%s", host->key_assumed ? "" : "given ", group_name(asking, host->key_group));
        if (strstr(got->data, name) == NULL) put(got, "%s%s", got->size > 0 ? ", " : "", name);
    }
    return true;
}

static void put_choice(struct case_asking *asking, const kmsrules_choice *choice, struct text *text) {
    put(text, "%s %s", group_name(asking, choice->key_group), kmsrules_verdict_text(choice->verdict));
    for (size_t i = 0; i < choice->need_count; i++) put(text, " %s", kmsrules_ruleset_update(asking->ruleset, choice->needs[i])->id);
}

/* "choice GROUP VERDICT [UPDATE…]": of the first entry that has the group. */
static bool check_choice(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    put(wanted, "%s", expected);
    size_t size = strcspn(expected, " ");
    for (size_t i = 0; i < kmsrules_answer_host_count(asking->answer) && got->size == 0; i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(asking->answer, i);
        for (size_t j = 0; j < host->choice_count; j++) {
            const char *name = group_name(asking, host->choices[j].key_group);
            if (strlen(name) == size && strncmp(name, expected, size) == 0) put_choice(asking, &host->choices[j], got);
        }
    }
    return true;
}

/* "choices GROUP, GROUP": all, highest first; "choices none". */
static bool check_choices(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    put(wanted, "%s", expected);
    for (size_t i = 0; i < kmsrules_answer_host_count(asking->answer); i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(asking->answer, i);
        for (size_t j = 0; j < host->choice_count; j++) put(got, "%s%s", got->size > 0 ? ", " : "", group_name(asking, host->choices[j].key_group));
    }
    if (got->size == 0) put(got, "none");
    return true;
}

/* ---- What was answered ---------------------------------------------------------------------------------------------------------------------- */

/* "asked EDITION, EDITION": the single editions that were decided for the first host. */
static bool check_asked(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    put(wanted, "%s", expected);
    const kmsrules_host_answer *first = kmsrules_answer_host(asking->answer, 0);
    for (size_t i = 0; i < first->edition_count; i++)
        put(got, "%s%s", i > 0 ? ", " : "", kmsrules_ruleset_edition(asking->ruleset, first->editions[i].edition)->id);
    return true;
}

/* "hosts HOST, HOST": the single hosts that were decided. */
static bool check_hosts(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    kmsrules_id last = KMSRULES_NONE;
    put(wanted, "%s", expected);
    for (size_t i = 0; i < kmsrules_answer_host_count(asking->answer); i++) {
        kmsrules_id host = kmsrules_answer_host(asking->answer, i)->host;
        if (host != last) put(got, "%s%s", got->size > 0 ? ", " : "", kmsrules_ruleset_edition(asking->ruleset, host)->id);
        last = host;
    }
    return true;
}

/* "edition EDITION VERDICT": one of several. */
static bool check_edition(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    put(wanted, "%s", expected);
    size_t size = strcspn(expected, " ");
    for (size_t i = 0; i < kmsrules_answer_host_count(asking->answer); i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(asking->answer, i);
        for (size_t j = 0; j < host->edition_count; j++) {
            const char *id = kmsrules_ruleset_edition(asking->ruleset, host->editions[j].edition)->id;
            if (got->size == 0 && strlen(id) == size && strncmp(id, expected, size) == 0)
                put(got, "%s %s", id, kmsrules_verdict_text(host->editions[j].verdict));
        }
    }
    return true;
}

/* "note TEXT": some note has this text in it. */
static bool check_note(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    char note[1024];
    put(wanted, "a note with \"%s\"", expected);
    for (size_t i = 0; i < kmsrules_answer_note_count(asking->answer); i++) {
        kmsrules_answer_note(asking->answer, i, note, sizeof note);
        if (strstr(note, expected) != NULL) put(got, "%s", wanted->data);
        if (got->size > 0) return true;
    }
    put(got, "%zu notes without it", kmsrules_answer_note_count(asking->answer));
    return true;
}

struct source_search {
    int code;
    const char *id;
    bool is_found;
};

static void find_source(const kmsrules_ruleset *ruleset, const kmsrules_check *check, void *context) {
    struct source_search *search = context;
    for (size_t i = 0; i < check->fact_count && (int)check->code == search->code; i++)
        for (size_t j = 0; j < check->facts[i].source_count; j++)
            search->is_found |= strcmp(kmsrules_ruleset_source(ruleset, check->facts[i].sources[j])->id, search->id) == 0;
}

/* "source KR104 SOURCE…": the facts of this check name all these documents. */
static bool check_source(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    char *rest = NULL, *code = strtok_r(expected, " \t", &rest);
    if (code == NULL || !is_code(code)) return false;
    for (char *id; (id = strtok_r(NULL, " \t", &rest)) != NULL;) {
        struct source_search search = {100 + (code[4] - '0'), id, false};
        visit_checks(asking, find_source, &search);
        put(wanted, "%s ", id);
        put(got, "%s%s ", search.is_found ? "" : "no ", id);
    }
    return wanted->size > 0;
}

/* ---- The inverse questions ------------------------------------------------------------------------------------------------------------------ */

static bool find(struct case_asking *asking, kmsrules_search search, kmsrules_list **list) {
    return asking->status == KMSRULES_OK && (asking->status = kmsrules_find(asking->question, search, list)) == KMSRULES_OK;
}

/* A group is known to be above others when it is left and others are not: that is its row decided, and theirs. */
static void collect_authority(const struct case_asking *asking, const struct text *got) {
    bool is_choice = strchr(got->data, ',') == NULL && asking->asked->owned.count > 1 && strcmp(got->data, "none") != 0;
    for (size_t i = 0; is_choice && i < asking->asked->owned.count; i++) {
        kmsrules_identity identity;
        const char *name = asking->asked->owned.items[i];
        if (kmsrules_identify(asking->ruleset, KMSRULES_KEY_GROUP, name, strlen(name), &identity) == KMSRULES_OK &&
            strcmp(group_name(asking, identity.id), got->data) == 0)
            case_rows_add(asking->ruleset, &kmsrules_ruleset_key_group(asking->ruleset, identity.id)->at);
    }
}

/* "highest GROUP, GROUP" of the groups owned (that fit the host); "highest none". */
static bool check_highest(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    kmsrules_list *list = NULL;
    put(wanted, "%s", expected);
    if (!find(asking, KMSRULES_SEARCH_HIGHEST, &list)) return true;
    for (size_t i = 0; i < kmsrules_list_count(list); i++)
        put(got, "%s%s", i > 0 ? ", " : "", group_name(asking, kmsrules_list_get(list, i)->key_group));
    if (got->size == 0) put(got, "none");
    kmsrules_list_free(list);
    collect_authority(asking, got);
    return true;
}

/* "keys GROUP VERDICT, …": what the host can hold, or what covers the editions. */
static bool check_keys(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    kmsrules_list *list = NULL;
    put(wanted, "%s", expected);
    if (!find(asking, KMSRULES_SEARCH_KEYS, &list)) return true;
    for (size_t i = 0; i < kmsrules_list_count(list); i++) {
        const kmsrules_list_item *item = kmsrules_list_get(list, i);
        put(got, "%s%s %s", i > 0 ? ", " : "", group_name(asking, item->key_group), kmsrules_verdict_text(item->verdict));
    }
    if (got->size == 0) put(got, "none");
    kmsrules_list_free(list);
    return true;
}

/* "pair HOST GROUP VERDICT" is among the pairs that can activate the editions; "pair HOST GROUP no": it is not. */
static bool check_pair(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    kmsrules_list *list = NULL;
    char host[128], group[128], verdict[32];
    if (sscanf(expected, "%127s %127s %31s", host, group, verdict) != 3) return false;
    put(wanted, "%s %s %s", host, group, verdict);
    if (!find(asking, KMSRULES_SEARCH_HOSTS, &list)) return true;
    for (size_t i = 0; i < kmsrules_list_count(list) && got->size == 0; i++) {
        const kmsrules_list_item *item = kmsrules_list_get(list, i);
        if (strcmp(kmsrules_ruleset_edition(asking->ruleset, item->host)->id, host) == 0 && strcmp(group_name(asking, item->key_group), group) == 0)
            put(got, "%s %s %s", host, group, kmsrules_verdict_text(item->verdict));
    }
    if (got->size == 0) put(got, "%s %s no", host, group);
    kmsrules_list_free(list);
    return true;
}

/* "activates EDITION VERDICT": in the list of what this host can activate; "activates EDITION no": it is not there. */
static bool check_activates(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    kmsrules_list *list = NULL;
    char edition[128], verdict[32];
    if (sscanf(expected, "%127s %31s", edition, verdict) != 2) return false;
    put(wanted, "%s %s", edition, verdict);
    if (!find(asking, KMSRULES_SEARCH_EDITIONS, &list)) return true;
    for (size_t i = 0; i < kmsrules_list_count(list) && got->size == 0; i++) {
        const kmsrules_list_item *item = kmsrules_list_get(list, i);
        if (strcmp(kmsrules_ruleset_edition(asking->ruleset, item->edition)->id, edition) == 0)
            put(got, "%s %s", edition, kmsrules_verdict_text(item->verdict));
    }
    if (got->size == 0) put(got, "%s no", edition);
    kmsrules_list_free(list);
    return true;
}

/* ---- Refusals ------------------------------------------------------------------------------------------------------------------------------- */

static const char *status_word(kmsrules_status status) {
    switch (status) {
    case KMSRULES_OK: return "accepted";
    case KMSRULES_INVALID_ARGUMENT: return "invalid-argument";
    case KMSRULES_UNKNOWN_NAME: return "unknown-name";
    case KMSRULES_AMBIGUOUS_NAME: return "ambiguous-name";
    case KMSRULES_TWO_KEYS: return "two-keys";
    case KMSRULES_WRONG_LINE: return "wrong-line";
    case KMSRULES_BELOW_UPDATE: return "below-update";
    case KMSRULES_NOTHING_ASKED: return "nothing-asked";
    default: return "another error";
    }
}

/* "error unknown-name" */
static bool check_error(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    put(wanted, "error %s", expected);
    put(got, "error %s", status_word(asking->status));
    return true;
}

/* "suggest NAME, NAME": the nearest full names to the one refused, the first ones of them. */
static bool check_suggest(struct case_asking *asking, char *expected, struct text *wanted, struct text *got) {
    const char *names[3];
    put(wanted, "%s", expected);
    if (asking->refused == NULL) return true;
    size_t count = kmsrules_suggest(asking->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, asking->refused, strlen(asking->refused), names, 3);
    size_t wished = 1;
    for (const char *comma = expected; (comma = strchr(comma, ',')) != NULL; comma++) wished++;
    for (size_t i = 0; i < count && i < wished; i++) put(got, "%s%s", i > 0 ? ", " : "", names[i]);
    return true;
}

/* ---- One expectation ------------------------------------------------------------------------------------------------------------------------ */

static const struct form {
    const char *word;
    bool needs_answer;
    bool (*check)(struct case_asking *asking, char *expected, struct text *wanted, struct text *got);
} forms[] = {
    {"key ", true, check_key},          {"choice ", true, check_choice},    {"choices ", true, check_choices}, {"asked ", true, check_asked},
    {"hosts ", true, check_hosts},      {"edition ", true, check_edition},  {"note ", true, check_note},       {"source ", true, check_source},
    {"highest ", false, check_highest}, {"keys ", false, check_keys},       {"pair ", false, check_pair},      {"activates ", false, check_activates},
    {"error ", false, check_error},     {"suggest ", false, check_suggest}, {"", true, check_verdict},
};

static const struct form *form_of(const char *text) {
    const struct form *form = forms;
    while (strncmp(text, form->word, strlen(form->word)) != 0) form++;
    return form;
}

void case_check(struct case_asking *asking, const struct case_expectation *expectation) {
    static struct text wanted, got;
    static char expected[2048], message[10240];
    const struct form *form = form_of(expectation->text);
    wanted.size = got.size = 0;
    wanted.data[0] = got.data[0] = '\0';
    snprintf(expected, sizeof expected, "%s", expectation->text + strlen(form->word));
    bool is_form = true;
    if (form->needs_answer && asking->answer == NULL) {
        put(&wanted, "%s", expectation->text);
    } else {
        is_form = form->check(asking, expected, &wanted, &got);
    }
    if (got.size == 0)
        put(&got, "%s%s%s", asking->status == KMSRULES_OK ? "nothing of that kind" : kmsrules_status_text(asking->status),
            asking->refused != NULL ? ": " : "", asking->refused != NULL ? asking->refused : "");
    snprintf(message, sizeof message, "%s: expected \"%s\", got \"%s\"", asking->title, wanted.data, got.data);
    if (!is_form) snprintf(message, sizeof message, "this is no expectation: %s", expectation->text);
    case_assert(is_form && strcmp(wanted.data, got.data) == 0, asking->asked->file, expectation->line, message);
}

static void collect_rows(const kmsrules_ruleset *ruleset, const kmsrules_check *check, void *context) {
    (void)context;
    if (check->outcome == KMSRULES_FAIL && check->basis == KMSRULES_NOT_LISTED && check->code != KMSRULES_KR103) return;
    for (size_t i = 0; i < check->fact_count; i++) case_rows_add(ruleset, &check->facts[i].at);
}

void case_collect_rows(const struct case_asking *asking) { visit_checks(asking, collect_rows, NULL); }
