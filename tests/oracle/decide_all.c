/* Puts a script of questions to the library and prints its answers in the words of transcript.py, which does the same with the oracle.
 *   decide-all [--facts SPEC] [--fast-only] FILE_OR_NAME…   everything about one ruleset
 *   decide-all [--fast-only] --script < SCRIPT              many rulesets; the commands stand at the top of transcript.py
 * Public API only. Exits 1 when it cannot go on; a ruleset that is refused is printed as such and the script goes on with the next one. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kmsrules/kmsrules.h>

enum { FIELD_LIMIT = 64, COUNT_OF_CHECKS = 6 };

typedef struct session {
    kmsrules_ruleset *ruleset;
    kmsrules_question *question;
    kmsrules_id *editions; /* in order of their ids' letters */
    size_t edition_count;
    kmsrules_id *key_groups;
    size_t key_group_count;
    char *facts_spec;
    kmsrules_facts facts;
    kmsrules_id *updates; /* those of `facts` */
    bool fast_only;
} session;

/* ---- small things ------------------------------------------------------------------------------------------------------------------------- */

static void give_up(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("decide-all: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void must(kmsrules_status status, const char *what) {
    if (status != KMSRULES_OK) give_up("%s: %s", what, kmsrules_status_text(status));
}

static void *allocate(size_t count, size_t size) {
    void *block = calloc(count > 0 ? count : 1, size);
    if (block == NULL) give_up("out of memory");
    return block;
}

static char *copy_text(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(allocate(size, 1), text, size);
}

/* Cuts `text` at the separators, in place; returns how many pieces. "-" is none. */
static size_t split(char *text, const char *separators, char **pieces, size_t capacity) {
    size_t count = 0;
    if (strcmp(text, "-") == 0) return 0;
    char *rest = NULL;
    for (char *piece = strtok_r(text, separators, &rest); piece != NULL; piece = strtok_r(NULL, separators, &rest)) {
        if (count == capacity) give_up("more than %zu pieces", capacity);
        pieces[count++] = piece;
    }
    return count;
}

static size_t count_pieces(const char *text, char separator) {
    size_t count = 1;
    for (; *text != '\0'; text++) count += *text == separator;
    return count;
}

static const char *edition_name(const session *s, kmsrules_id id) {
    const kmsrules_edition *edition = kmsrules_ruleset_edition(s->ruleset, id);
    return edition != NULL ? edition->id : "-";
}

static const char *key_group_name(const session *s, kmsrules_id id) {
    const kmsrules_key_group *group = kmsrules_ruleset_key_group(s->ruleset, id);
    return group != NULL ? group->id : "-";
}

static const char *application_name(const session *s, kmsrules_id id) {
    const kmsrules_application *application = kmsrules_ruleset_application(s->ruleset, id);
    return application != NULL ? application->id : "?";
}

static const char *verdict_name(kmsrules_verdict verdict) {
    const char *text = kmsrules_verdict_text(verdict);
    return text != NULL ? text : "none";
}

static char verdict_letter(kmsrules_verdict verdict) {
    return (unsigned)verdict < 4 ? "ycun"[verdict] : '!';
}

static int compare_texts(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Update ids in order of their letters, each once, joined by commas; "-" for none. */
static void print_updates(const session *s, const kmsrules_id *ids, size_t count) {
    const char **names = allocate(count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const kmsrules_update *update = kmsrules_ruleset_update(s->ruleset, ids[i]);
        names[i] = update != NULL ? update->id : "?";
    }
    if (count > 1) qsort(names, count, sizeof *names, compare_texts);
    for (size_t i = 0; i < count; i++) printf("%s%s", i > 0 ? "," : "", names[i]);
    if (count == 0) putchar('-');
    free(names);
}

static const char *status_name(kmsrules_status status) {
    switch (status) {
    case KMSRULES_OK: return "ok";
    case KMSRULES_TWO_KEYS: return "two-keys";
    case KMSRULES_WRONG_LINE: return "wrong-line";
    case KMSRULES_BELOW_UPDATE: return "below-update";
    default: return kmsrules_status_text(status);
    }
}

/* ---- rulesets ----------------------------------------------------------------------------------------------------------------------------- */

static void close_rules(session *s) {
    kmsrules_question_free(s->question);
    kmsrules_ruleset_free(s->ruleset);
    free(s->editions);
    free(s->key_groups);
    s->question = NULL;
    s->ruleset = NULL;
    s->editions = s->key_groups = NULL;
    s->edition_count = s->key_group_count = 0;
}

static void print_problems(const kmsrules_builder *builder) {
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(builder, i);
        if (problem->is_error)
            printf("problem %s:%" PRIu32 ":%" PRIu32 ": %s %s: %s\n", problem->place.file, problem->place.line, problem->place.column, problem->code,
                   problem->name, problem->text);
    }
}

/* Sorts ids 0 … count-1 by their names; small numbers, so by insertion. */
static kmsrules_id *sorted_ids(const session *s, size_t count, const char *(*name)(const session *, kmsrules_id)) {
    kmsrules_id *ids = allocate(count, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && strcmp(name(s, ids[at - 1]), name(s, (kmsrules_id)i)) > 0; at--) ids[at] = ids[at - 1];
        ids[at] = (kmsrules_id)i;
    }
    return ids;
}

static const char *volume_name(kmsrules_volume volume) {
    return volume == KMSRULES_VOLUME_YES ? "yes" : volume == KMSRULES_VOLUME_NO ? "no" : volume == KMSRULES_VOLUME_UNLISTED ? "unlisted" : "?";
}

static void print_declarations(const session *s) {
    for (size_t i = 0; i < s->edition_count; i++) {
        const kmsrules_edition *edition = kmsrules_ruleset_edition(s->ruleset, s->editions[i]);
        const kmsrules_release *release = kmsrules_ruleset_release(s->ruleset, edition->release);
        printf("edition %s %s %s %s %s %s\n", edition->id, kmsrules_kind_text(edition->kind), application_name(s, edition->application),
               release != NULL ? release->id : "-", volume_name(edition->volume), edition->can_host ? "host" : "-");
    }
    for (size_t i = 0; i < s->key_group_count; i++) {
        const kmsrules_key_group *group = kmsrules_ruleset_key_group(s->ruleset, s->key_groups[i]);
        printf("key-group %s %s %s\n", group->id, kmsrules_kind_text(group->kind), application_name(s, group->application));
    }
}

static void open_rules(session *s, char **files, size_t file_count) {
    kmsrules_builder *builder = NULL;
    close_rules(s);
    must(kmsrules_builder_new(&builder), "builder");
    for (size_t i = 0; i < file_count; i++) (void)kmsrules_builder_add(builder, files[i]);
    kmsrules_status status = kmsrules_builder_build(builder, &s->ruleset);
    if (status != KMSRULES_OK) {
        printf("refused: %s\n", kmsrules_status_text(status));
        print_problems(builder);
    }
    kmsrules_builder_free(builder);
    if (status != KMSRULES_OK) return;
    s->edition_count = kmsrules_ruleset_edition_count(s->ruleset);
    s->key_group_count = kmsrules_ruleset_key_group_count(s->ruleset);
    s->editions = sorted_ids(s, s->edition_count, edition_name);
    s->key_groups = sorted_ids(s, s->key_group_count, key_group_name);
    must(kmsrules_question_new(s->ruleset, &s->question), "question");
    print_declarations(s);
}

static kmsrules_id identify(const session *s, unsigned kind, const char *text) {
    kmsrules_identity identity;
    if (kmsrules_identify(s->ruleset, kind, text, strlen(text), &identity) != KMSRULES_OK) return KMSRULES_NONE;
    return identity.id;
}

static kmsrules_id must_identify(const session *s, unsigned kind, const char *text) {
    kmsrules_id id = identify(s, kind, text);
    if (id == KMSRULES_NONE) give_up("%s is not known", text);
    return id;
}

/* ---- facts -------------------------------------------------------------------------------------------------------------------------------- */

/* A bare number is that of a KB article. */
static kmsrules_id identify_update(const session *s, const char *text) {
    char article[64];
    if (text[strspn(text, "0123456789")] != '\0') return identify(s, KMSRULES_UPDATE, text);
    snprintf(article, sizeof article, "KB%s", text);
    return identify(s, KMSRULES_UPDATE, article);
}

static void read_updates(session *s, char *names) {
    char **pieces = allocate(count_pieces(names, ','), sizeof *pieces);
    size_t count = split(names, ",", pieces, count_pieces(names, ','));
    free(s->updates);
    s->updates = allocate(count, sizeof *s->updates);
    s->facts.update_count = 0;
    for (size_t i = 0; i < count; i++) {
        kmsrules_id update = identify_update(s, pieces[i]);
        if (update != KMSRULES_NONE) s->updates[s->facts.update_count++] = update;
    }
    s->facts.updates = s->updates;
    free(pieces);
}

static void read_build(session *s, const char *text) {
    char *end = NULL;
    if (strncmp(text, "10.0.", 5) == 0) text += 5;
    s->facts.host_build = (uint32_t)strtoul(text, &end, 10);
    if (*end == '.') s->facts.host_revision = (uint32_t)strtoul(end + 1, &end, 10);
    if (*end != '\0') give_up("build %s", text);
}

static const struct {
    const char *name;
    kmsrules_kind kind;
} counts[] = {{"clients=", KMSRULES_CLIENT}, {"servers=", KMSRULES_SERVER}, {"office=", KMSRULES_OFFICE}};

static void read_fact(session *s, char *part) {
    if (strcmp(part, "none") == 0) return;
    if (strcmp(part, "complete") == 0) s->facts.updates_complete = true;
    else if (strncmp(part, "updates=", 8) == 0) read_updates(s, part + 8);
    else if (strncmp(part, "build=", 6) == 0) read_build(s, part + 6);
    else {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            size_t size = strlen(counts[i].name);
            if (strncmp(part, counts[i].name, size) != 0) continue;
            s->facts.machines[counts[i].kind] = strtoll(part + size, NULL, 10);
            return;
        }
        give_up("fact %s", part);
    }
}

/* Sets `facts` for the form on ids; the question takes its facts from the text, by name. */
static void set_facts(session *s, const char *spec) {
    static const kmsrules_facts no_facts = KMSRULES_NO_FACTS;
    char *parts[8];
    char *text = copy_text(spec);
    free(s->facts_spec);
    s->facts_spec = copy_text(spec);
    s->facts = no_facts;
    size_t count = 0;
    for (char *part = text; part != NULL && count < 8;) {
        char *end = strchr(part, ';');
        if (end != NULL) *end++ = '\0';
        parts[count++] = part;
        part = end;
    }
    for (size_t i = 0; i < count; i++) read_fact(s, parts[i]);
    free(text);
}

static void add_updates(session *s, char *names) {
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest))
        must(kmsrules_question_add_update(s->question, name), name);
}

static void add_fact(session *s, char *part) {
    if (strcmp(part, "complete") == 0) must(kmsrules_question_set_updates_complete(s->question, true), part);
    else if (strncmp(part, "updates=", 8) == 0) add_updates(s, part + 8);
    else if (strncmp(part, "build=", 6) == 0) must(kmsrules_question_set_host_build(s->question, part + 6), part);
}

static void begin_question(session *s) {
    kmsrules_question_clear(s->question);
    char *text = copy_text(s->facts_spec);
    for (char *part = text; part != NULL;) {
        char *end = strchr(part, ';');
        if (end != NULL) *end++ = '\0';
        add_fact(s, part);
        part = end;
    }
    free(text);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (s->facts.machines[counts[i].kind] >= 0)
            must(kmsrules_question_set_count(s->question, counts[i].kind, s->facts.machines[counts[i].kind]), counts[i].name);
}

/* Returns the first refusal. */
static kmsrules_status add_all(session *s, kmsrules_status (*add)(kmsrules_question *, const char *), char *names) {
    kmsrules_status worst = KMSRULES_OK;
    if (strcmp(names, "-") == 0) return worst;
    char *rest = NULL;
    char *text = copy_text(names);
    for (char *name = strtok_r(text, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        kmsrules_status status = add(s->question, name);
        if (worst == KMSRULES_OK) worst = status;
    }
    free(text);
    return worst;
}

/* ---- the recorded form -------------------------------------------------------------------------------------------------------------------- */

static char finding_letter(const kmsrules_check *check) {
    static const char letters[4][3] = {{'p', '!', '!'}, {'k', '!', '!'}, {'u', '!', '!'}, {'!', 'x', 'l'}};
    if ((unsigned)check->outcome > 3 || (unsigned)check->basis > 2) return '!';
    return letters[check->outcome][check->basis];
}

/* "yppppp." */
static void write_code(const kmsrules_edition_answer *answer, char *code) {
    code[0] = verdict_letter(answer->verdict);
    memset(code + 1, '.', COUNT_OF_CHECKS);
    code[1 + COUNT_OF_CHECKS] = '\0';
    for (size_t i = 0; i < answer->check_count; i++) {
        unsigned place = (unsigned)answer->checks[i].code - 101U;
        bool is_odd = place >= COUNT_OF_CHECKS || code[1 + place] != '.';
        if (place < COUNT_OF_CHECKS) code[1 + place] = is_odd ? '!' : finding_letter(&answer->checks[i]);
    }
}

/* The code of a question with one host, one edition and at most one key group; "!" where the answer does not fit the question. */
static void print_answer_code(const session *s, const kmsrules_answer *answer, kmsrules_id key_group, kmsrules_id edition) {
    char code[2 + COUNT_OF_CHECKS];
    const kmsrules_host_answer *host = kmsrules_answer_host(answer, 0);
    bool fits = kmsrules_answer_host_count(answer) == 1 && host->edition_count == 1 && host->editions[0].edition == edition &&
                host->verdict == host->editions[0].verdict && kmsrules_answer_verdict(answer) == host->verdict;
    if (fits && key_group != KMSRULES_NONE) fits = host->key_group == key_group && !host->key_assumed;
    if (!fits) {
        fputs(" !!!!!!!", stdout);
        return;
    }
    write_code(&host->editions[0], code);
    printf(" %s", code);
    if (key_group == KMSRULES_NONE) printf("=%s", key_group_name(s, host->key_group));
}

static void print_recorded(session *s, kmsrules_id host, kmsrules_id key_group, kmsrules_id edition) {
    kmsrules_answer *answer = NULL;
    begin_question(s);
    must(kmsrules_question_set_host(s->question, edition_name(s, host)), "host");
    if (key_group != KMSRULES_NONE) must(kmsrules_question_add_key(s->question, key_group_name(s, key_group)), "key");
    must(kmsrules_question_add_edition(s->question, edition_name(s, edition)), "edition");
    must(kmsrules_ask(s->question, &answer), "ask");
    print_answer_code(s, answer, key_group, edition);
    kmsrules_answer_free(answer);
}

/* ---- everything --------------------------------------------------------------------------------------------------------------------------- */

static void print_row(session *s, kmsrules_id host, kmsrules_id key_group) {
    printf("row %s %s ", edition_name(s, host), key_group_name(s, key_group));
    for (size_t i = 0; i < s->edition_count; i++)
        putchar(verdict_letter(kmsrules_can(s->ruleset, host, key_group, &s->editions[i], 1, &s->facts)));
    for (size_t i = 0; i < s->edition_count && !s->fast_only; i++) print_recorded(s, host, key_group, s->editions[i]);
    putchar('\n');
}

static void print_rows_of_host(session *s, kmsrules_id host) {
    print_row(s, host, KMSRULES_NONE);
    for (size_t i = 0; i < s->key_group_count; i++) print_row(s, host, s->key_groups[i]);
}

static void print_all(session *s, char *hosts) {
    if (hosts == NULL) {
        for (size_t i = 0; i < s->edition_count; i++) print_rows_of_host(s, s->editions[i]);
        return;
    }
    char *rest = NULL;
    for (char *host = strtok_r(hosts, ",", &rest); host != NULL; host = strtok_r(NULL, ",", &rest))
        print_rows_of_host(s, must_identify(s, KMSRULES_EDITION, host));
}

/* ---- one question ------------------------------------------------------------------------------------------------------------------------- */

/* The form on ids, for the editions that the recorded answer names for this host. */
static void print_fast(const session *s, const kmsrules_answer *answer, kmsrules_id host, kmsrules_id key_group) {
    kmsrules_id *editions = allocate(s->edition_count, sizeof *editions);
    size_t count = 0;
    for (size_t i = 0; i < kmsrules_answer_host_count(answer); i++) {
        const kmsrules_host_answer *part = kmsrules_answer_host(answer, i);
        for (size_t j = 0; part->host == host && j < part->edition_count && count < s->edition_count; j++)
            editions[count++] = part->editions[j].edition;
    }
    printf("fast %s %s\n", edition_name(s, host), verdict_name(kmsrules_can(s->ruleset, host, key_group, editions, count, &s->facts)));
    free(editions);
}

static void print_requirements(const session *s, const kmsrules_host_answer *host, const kmsrules_edition_answer *edition) {
    for (size_t i = 0; i < edition->check_count; i++) {
        const kmsrules_check *check = &edition->checks[i];
        for (size_t j = 0; j < check->requirement_count; j++) {
            printf("open %s %s %s ", edition_name(s, host->host), edition_name(s, edition->edition),
                   check->requirements[j].is_known_missing ? "missing" : "unknown");
            print_updates(s, check->requirements[j].any_of, check->requirements[j].any_of_count);
            putchar('\n');
        }
    }
}

static void print_choices(const session *s, const kmsrules_host_answer *host) {
    for (size_t i = 0; i < host->choice_count; i++) {
        const kmsrules_choice *choice = &host->choices[i];
        printf("choice %s %s %s %s ", edition_name(s, host->host), application_name(s, host->application), key_group_name(s, choice->key_group),
               verdict_name(choice->verdict));
        print_updates(s, choice->needs, choice->need_count);
        putchar('\n');
    }
    printf("order %s %s ", edition_name(s, host->host), application_name(s, host->application));
    for (size_t i = 0; i < host->choice_count; i++) printf("%s%s", i > 0 ? "," : "", key_group_name(s, host->choices[i].key_group));
    puts(host->choice_count > 0 ? "" : "-");
}

static void print_host(const session *s, const kmsrules_host_answer *host) {
    const char *how = host->key_group == KMSRULES_NONE ? "-" : host->key_assumed ? "assumed" : "given";
    printf("host %s %s %s %s %s\n", edition_name(s, host->host), application_name(s, host->application), verdict_name(host->verdict),
           key_group_name(s, host->key_group), how);
    for (size_t i = 0; i < host->edition_count; i++) {
        char code[2 + COUNT_OF_CHECKS];
        write_code(&host->editions[i], code);
        printf("edition %s %s %s\n", edition_name(s, host->host), edition_name(s, host->editions[i].edition), code);
        print_requirements(s, host, &host->editions[i]);
    }
    print_choices(s, host);
}

static void print_answer(const session *s, const kmsrules_answer *answer, bool has_fast_form, kmsrules_id key_group) {
    printf("verdict %s\n", verdict_name(kmsrules_answer_verdict(answer)));
    for (size_t i = 0; i < kmsrules_answer_host_count(answer); i++) {
        const kmsrules_host_answer *host = kmsrules_answer_host(answer, i);
        bool is_first = true;
        for (size_t j = 0; j < i; j++) is_first = is_first && kmsrules_answer_host(answer, j)->host != host->host;
        if (has_fast_form && is_first) print_fast(s, answer, host->host, key_group);
        print_host(s, host);
    }
}

static void ask(session *s, char *host, char *keys, char *editions) {
    kmsrules_answer *answer = NULL;
    begin_question(s);
    must(kmsrules_question_set_host(s->question, host), host);
    must(add_all(s, kmsrules_question_add_edition, editions), editions);
    kmsrules_status status = add_all(s, kmsrules_question_add_key, keys);
    if (status == KMSRULES_OK) status = kmsrules_ask(s->question, &answer);
    printf("status %s\n", status_name(status));
    if (status == KMSRULES_OK) {
        bool has_fast_form = strchr(keys, ',') == NULL;
        kmsrules_id key_group = has_fast_form && strcmp(keys, "-") != 0 ? must_identify(s, KMSRULES_KEY_GROUP, keys) : KMSRULES_NONE;
        print_answer(s, answer, has_fast_form, key_group);
    }
    kmsrules_answer_free(answer);
}

/* ---- searches ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct shown {
    bool host, key_group, edition, verdict;
} shown;

static void print_item(const session *s, const kmsrules_list_item *item, shown show) {
    fputs("found", stdout);
    if (show.host) printf(" %s", edition_name(s, item->host));
    if (show.key_group) printf(" %s", key_group_name(s, item->key_group));
    if (show.edition) printf(" %s", edition_name(s, item->edition));
    if (show.verdict) {
        printf(" %s ", verdict_name(item->verdict));
        print_updates(s, item->needs, item->need_count);
    }
    putchar('\n');
}

static void search(session *s, kmsrules_search what, char *host, char *keys, char *editions, shown show) {
    kmsrules_list *list = NULL;
    begin_question(s);
    if (strcmp(host, "-") != 0) must(kmsrules_question_set_host(s->question, host), host);
    must(add_all(s, kmsrules_question_add_edition, editions), editions);
    kmsrules_status status = add_all(s, kmsrules_question_add_key, keys);
    if (status == KMSRULES_OK) status = kmsrules_find(s->question, what, &list);
    if (status != KMSRULES_OK) printf("status %s\n", status_name(status));
    for (size_t i = 0; i < kmsrules_list_count(list); i++) print_item(s, kmsrules_list_get(list, i), show);
    kmsrules_list_free(list);
}

/* ---- commands ----------------------------------------------------------------------------------------------------------------------------- */

static bool is_command(char **words, size_t count, const char *name, size_t arguments) {
    return strcmp(words[0], name) == 0 && count == arguments + 1;
}

static void put_question(session *s, char **words, size_t count) {
    char none[] = "-";
    if (strcmp(words[0], "all") == 0 && count <= 2) print_all(s, count == 2 ? words[1] : NULL);
    else if (is_command(words, count, "facts", 1)) set_facts(s, words[1]);
    else if (is_command(words, count, "ask", 3)) ask(s, words[1], words[2], words[3]);
    else if (is_command(words, count, "hosts", 1))
        search(s, KMSRULES_SEARCH_HOSTS, none, none, words[1], (shown){.host = true, .key_group = true, .verdict = true});
    else if (is_command(words, count, "editions", 2))
        search(s, KMSRULES_SEARCH_EDITIONS, words[1], words[2], none, (shown){.edition = true, .verdict = true});
    else if (is_command(words, count, "keys", 2))
        search(s, KMSRULES_SEARCH_KEYS, words[1], none, words[2], (shown){.key_group = true, .verdict = strcmp(words[2], "-") != 0});
    else if (is_command(words, count, "highest", 2)) search(s, KMSRULES_SEARCH_HIGHEST, words[1], words[2], none, (shown){.key_group = true});
    else give_up("command %s", words[0]);
}

static void run_command(session *s, char *line) {
    char *words[FIELD_LIMIT];
    line[strcspn(line, "\n")] = '\0';
    printf("> %s\n", line);
    size_t count = split(line, " ", words, FIELD_LIMIT);
    if (count == 0) give_up("empty command");
    if (strcmp(words[0], "rules") == 0) {
        open_rules(s, words + 1, count - 1);
        set_facts(s, "none");
    } else if (s->ruleset != NULL) {
        put_question(s, words, count);
    }
}

static void run_script(session *s) {
    enum { LINE_SIZE = 1 << 20 };
    char *line = allocate(LINE_SIZE, 1);
    while (fgets(line, LINE_SIZE, stdin) != NULL) run_command(s, line);
    free(line);
}

int main(int argument_count, char **arguments) {
    session s = {0};
    const char *spec = "none";
    bool is_script = false;
    int first = 1;
    for (; first < argument_count && strncmp(arguments[first], "--", 2) == 0; first++) {
        if (strcmp(arguments[first], "--fast-only") == 0) s.fast_only = true;
        else if (strcmp(arguments[first], "--script") == 0) is_script = true;
        else if (strcmp(arguments[first], "--facts") == 0 && first + 1 < argument_count) spec = arguments[++first];
        else give_up("option %s", arguments[first]);
    }
    if (is_script == (first < argument_count)) give_up("usage: decide-all [--facts SPEC] [--fast-only] FILE_OR_NAME… | decide-all --script");
    if (is_script) {
        run_script(&s);
    } else {
        open_rules(&s, arguments + first, (size_t)(argument_count - first));
        if (s.ruleset == NULL) return 1;
        set_facts(&s, spec);
        print_all(&s, NULL);
    }
    close_rules(&s);
    free(s.facts_spec);
    free(s.updates);
    if (fflush(stdout) != 0 || ferror(stdout)) give_up("the output was not delivered");
    return 0;
}
