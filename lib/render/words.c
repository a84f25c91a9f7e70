/* See words.h. Texts of the tables are escaped wherever they enter a sentence. */
#include "render/words.h"

#include <stdarg.h>
#include <string.h>

#define SHOWN_NAMES 3 /* of a list; a release may have dozens of editions */

/* ---- Sentences ---- */

void kr_words_say(struct kr_buffer *out, const char *pattern, ...) {
    va_list words;
    va_start(words, pattern);
    for (const char *mark = strchr(pattern, '%'); mark != NULL; mark = strchr(pattern, '%')) {
        kr_buffer_add(out, (struct kr_text){pattern, (size_t)(mark - pattern)});
        kr_buffer_add_escaped(out, kr_text_of(va_arg(words, const char *)));
        pattern = mark + 1;
    }
    va_end(words);
    kr_buffer_add_string(out, pattern);
}

bool kr_words_item(struct kr_buffer *out, size_t index, size_t count) {
    bool is_rest = count > SHOWN_NAMES + 1 && index == SHOWN_NAMES; /* "and 1 more" would be no shorter than the name */
    if (index == 0) return true;
    kr_words_say(out, index + 1 == count || is_rest ? " and " : ", ");
    if (!is_rest) return true;
    kr_buffer_add_number(out, count - index);
    kr_words_say(out, " more");
    return false;
}

void kr_words_editions(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids editions) {
    for (uint32_t i = 0; i < editions.count && kr_words_item(out, i, editions.count); i++)
        kr_words_say(out, "%", ruleset->editions[editions.items[i]].name);
}

/* Of a long list the one that is spoken of, if it is there: "B and 12 more". */
static void add_members(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids members, kmsrules_id subject) {
    if (!kr_ids_hold(members, subject) || members.count <= SHOWN_NAMES + 1) {
        kr_words_editions(out, ruleset, members);
        return;
    }
    kr_words_say(out, "% and ", ruleset->editions[subject].name);
    kr_buffer_add_number(out, members.count - 1);
    kr_words_say(out, " more");
}

/* The one spoken of is in the set, or the row would not stand there. */
static void add_edition_set(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const uint64_t *set, kmsrules_id subject) {
    kmsrules_id shown[SHOWN_NAMES + 1];
    struct kr_ids editions = {shown, 0};
    for (kmsrules_id edition = 0; edition < ruleset->edition_count; edition++) {
        if (!kr_bit(set, edition)) continue;
        if (editions.count <= SHOWN_NAMES) shown[editions.count] = edition;
        editions.count++;
    }
    if (editions.count <= SHOWN_NAMES + 1) {
        kr_words_editions(out, ruleset, editions);
        return;
    }
    kr_words_say(out, "% and ", ruleset->editions[subject != KR_NONE ? subject : shown[0]].name);
    kr_buffer_add_number(out, editions.count - 1);
    kr_words_say(out, " more");
}

const char *kr_words_group(const struct kmsrules_ruleset *ruleset, kmsrules_id group) { return group == KR_NONE ? "" : ruleset->groups[group].name; }

void kr_words_groups(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids groups) {
    for (uint32_t i = 0; i < groups.count && kr_words_item(out, i, groups.count); i++)
        kr_words_say(out, "\"%\"", kr_words_group(ruleset, groups.items[i]));
}

/* ---- Updates ---- */

static uint32_t line_of(const struct kmsrules_ruleset *ruleset, kmsrules_id update) { return ruleset->update_orders[update].line; }

void kr_words_updates(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids any_of) {
    for (uint32_t i = 0; i < any_of.count; i++) {
        uint32_t line = line_of(ruleset, any_of.items[i]);
        if (i > 0) kr_words_say(out, i + 1 == any_of.count ? " or " : ", ");
        kr_words_say(out, "%", ruleset->updates[any_of.items[i]].id);
        if (line != KR_NONE) kr_words_say(out, " or any later of \"%\"", ruleset->lines[line].name);
    }
}

bool kr_words_are_same_requirement(const kmsrules_requirement *a, const kmsrules_requirement *b) {
    return a->any_of_count == b->any_of_count && memcmp(a->any_of, b->any_of, a->any_of_count * sizeof *a->any_of) == 0;
}

bool kr_words_prerequisites(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids any_of) {
    bool has_any = false;
    for (uint32_t i = 0; i < any_of.count; i++) {
        struct kr_ids before = ruleset->update_orders[any_of.items[i]].after_any_of;
        if (before.count == 0) continue;
        if (any_of.count == 1) kr_words_say(out, ", which itself needs ");
        else kr_words_say(out, ", where % needs ", ruleset->updates[any_of.items[i]].id);
        kr_words_updates(out, ruleset, before);
        has_any = true;
    }
    return has_any;
}

static void add_requirement(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_requirement *requirement) {
    bool is_alone = requirement->any_of_count == 1 && !requirement->or_later;
    kr_words_updates(out, ruleset, kr_words_any_of(requirement));
    bool has_prerequisites = kr_words_prerequisites(out, ruleset, kr_words_any_of(requirement));
    if (has_prerequisites)
        kr_words_say(out, requirement->is_known_missing ? "; not all of that is installed" : "; not all of that is known to be installed");
    else if (is_alone) kr_words_say(out, requirement->is_known_missing ? "; it is not installed" : "; it is not known to be installed");
    else kr_words_say(out, requirement->is_known_missing ? "; none of them is installed" : "; none of them is known to be installed");
}

/* ---- Numbers and places ---- */

void kr_words_revision(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const char *date) {
    const kmsrules_revision *revision = &ruleset->revision;
    kr_words_say(out, "Ruleset %, revision %, %", revision->id, revision->revision, revision->fingerprint);
    if (date != NULL) kr_words_say(out, "; as of %", date);
}

void kr_words_place(struct kr_buffer *out, kmsrules_place at) {
    kr_buffer_add_string(out, at.file);
    kr_buffer_add_string(out, ":");
    kr_buffer_add_number(out, at.line);
    kr_buffer_add_string(out, ":");
    kr_buffer_add_number(out, at.column);
}

void kr_words_number_of(struct kr_buffer *out, uint64_t count, const char *noun) {
    kr_buffer_add_number(out, count);
    kr_words_say(out, " %", noun);
    if (count != 1) kr_buffer_add_string(out, "s");
}

void kr_words_duration(struct kr_buffer *out, uint64_t seconds) {
    if (seconds % 86400 == 0) kr_words_number_of(out, seconds / 86400, "day");
    else if (seconds % 3600 == 0) kr_words_number_of(out, seconds / 3600, "hour");
    else if (seconds % 60 == 0) kr_words_number_of(out, seconds / 60, "minute");
    else kr_words_number_of(out, seconds, "second");
}

/* ---- Counts ---- */

static const char *machines_of(kmsrules_kind kind) {
    static const char *const names[] = {"clients", "servers", "Office computers"};
    return names[kind];
}
_Static_assert(KMSRULES_KIND_COUNT == 3, "every kind has a plural");

static unsigned count_bits(unsigned bits) { return (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1); }

void kr_words_kinds(struct kr_buffer *out, unsigned kinds, const char *last) {
    unsigned count = count_bits(kinds), index = 0;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        if ((kinds >> kind & 1) == 0) continue;
        if (index > 0) kr_words_say(out, index + 1 == count ? " % " : ", ", last);
        index++;
        kr_words_say(out, "%", machines_of((kmsrules_kind)kind));
    }
}

void kr_words_threshold(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, int kind) {
    const struct kr_threshold *threshold = &ruleset->thresholds[kind];
    kr_words_say(out, "% activate from a count of ", machines_of((kmsrules_kind)kind));
    kr_buffer_add_number(out, threshold->minimum);
    kr_words_say(out, " on (");
    kr_words_kinds(out, threshold->counts, "and");
    kr_words_say(out, " count)");
}

static unsigned kinds_not_given(const struct kr_asked_question *asked, unsigned kinds) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (asked->machines[kind] >= 0) kinds &= ~(1u << kind);
    return kinds;
}

static uint64_t counted(const struct kr_asked_question *asked, unsigned kinds) {
    uint64_t sum = 0;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if ((kinds >> kind & 1) != 0 && asked->machines[kind] > 0 && sum <= INT64_MAX) sum += (uint64_t)asked->machines[kind];
    return sum;
}

static void say_count(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_check *check) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    kmsrules_kind kind = ruleset->editions[check->edition].kind;
    unsigned kinds = ruleset->thresholds[kind].counts, missing = kinds_not_given(&answer->asked, kinds);
    kr_words_say(out, "the count given is ");
    if (missing != 0) kr_words_say(out, "at least ");
    kr_buffer_add_number(out, counted(&answer->asked, kinds));
    kr_words_say(out, "; ");
    kr_words_threshold(out, ruleset, (int)kind);
    if (check->outcome != KMSRULES_UNKNOWN) return;
    kr_words_say(out, "; the number of ");
    kr_words_kinds(out, missing, "and of");
    kr_words_say(out, " was not given");
}

/* ---- Checks ---- */

/* What a sentence speaks of, and the verbs that go with it. */
struct subjects {
    const char *host, *group, *edition, *application;
    const char *host_is, *host_needs, *host_has, *edition_is;
};

static kmsrules_id application_of(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) {
    return check->key_group == KR_NONE ? ruleset->editions[check->edition].application : ruleset->groups[check->key_group].application;
}

static struct subjects subjects_of(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check, struct kr_together together) {
    return (struct subjects){
        .host = together.hosts ? "these hosts" : ruleset->editions[check->host].name,
        .group = kr_words_group(ruleset, check->key_group),
        .edition = together.editions ? "these editions" : ruleset->editions[check->edition].name,
        .application = ruleset->applications[application_of(ruleset, check)].name,
        .host_is = together.hosts ? "are" : "is",
        .host_needs = together.hosts ? "need" : "needs",
        .host_has = together.hosts ? "have what they need" : "has what it needs",
        .edition_is = together.editions ? "are" : "is",
    };
}

/* Which sentence a check gets; KR105 and KR106 need more than one. */
enum finding { HOLDS, IS_SILENT, IS_EXCLUDED, IS_NOT_LISTED };

static enum finding finding_of(const kmsrules_check *check) {
    if (check->outcome == KMSRULES_FAIL) return check->basis == KMSRULES_NOT_LISTED ? IS_NOT_LISTED : IS_EXCLUDED;
    return check->outcome == KMSRULES_PASS ? HOLDS : IS_SILENT;
}

static void say_runs(struct kr_buffer *out, const struct subjects *of, enum finding finding) {
    switch (finding) {
    case HOLDS: kr_words_say(out, "% can serve as KMS host for %", of->host, of->application); break;
    case IS_SILENT: kr_words_say(out, "the sources do not settle whether % can serve as KMS host for %", of->host, of->application); break;
    case IS_EXCLUDED: kr_words_say(out, "a source says that % cannot serve as KMS host", of->host); break;
    case IS_NOT_LISTED:
        kr_words_say(out, "the sources list where % key groups can be installed, and % % not there", of->application, of->host, of->host_is);
        break;
    }
}

static void say_fits(struct kr_buffer *out, const struct subjects *of, enum finding finding) {
    switch (finding) {
    case HOLDS: kr_words_say(out, "key group \"%\" can be installed on %", of->group, of->host); break;
    case IS_SILENT: kr_words_say(out, "the sources do not settle whether key group \"%\" can be installed on %", of->group, of->host); break;
    case IS_EXCLUDED: kr_words_say(out, "a source says that key group \"%\" cannot be installed on %", of->group, of->host); break;
    case IS_NOT_LISTED:
        kr_words_say(out, "the sources list where key group \"%\" can be installed, and % % not there", of->group, of->host, of->host_is);
        break;
    }
}

static void say_uses(struct kr_buffer *out, const struct subjects *of, enum finding finding) {
    switch (finding) {
    case HOLDS: kr_words_say(out, "KMS activates %", of->edition); break;
    case IS_SILENT: kr_words_say(out, "the sources do not say whether KMS activates %", of->edition); break;
    case IS_EXCLUDED: kr_words_say(out, "a source says that KMS does not activate %", of->edition); break;
    case IS_NOT_LISTED: kr_words_say(out, "the sources list what KMS activates, and % % not there", of->edition, of->edition_is); break;
    }
}

void kr_words_uses(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, kmsrules_id edition) {
    kmsrules_check check = {.outcome = kr_cell_outcome(ruleset->uses[edition]), .basis = kr_cell_basis(ruleset->uses[edition])};
    struct subjects of = {.edition = ruleset->editions[edition].name, .edition_is = "is"};
    say_uses(out, &of, finding_of(&check));
}

static void say_covers(struct kr_buffer *out, const struct subjects *of, enum finding finding) {
    switch (finding) {
    case HOLDS: kr_words_say(out, "key group \"%\" covers %", of->group, of->edition); break;
    case IS_SILENT: kr_words_say(out, "the sources do not settle whether key group \"%\" covers %", of->group, of->edition); break;
    case IS_EXCLUDED: kr_words_say(out, "a source says that key group \"%\" does not cover %", of->group, of->edition); break;
    case IS_NOT_LISTED:
        kr_words_say(out, "the sources list what key group \"%\" covers, and % % not there", of->group, of->edition, of->edition_is);
        break;
    }
}

static const struct kr_row *row_of(const struct kmsrules_ruleset *ruleset, const kmsrules_fact *fact) {
    return fact->row < ruleset->row_count ? &ruleset->rows[fact->row] : NULL;
}

static bool has_relation(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check, enum kr_relation relation) {
    for (size_t i = 0; i < check->fact_count; i++) {
        const struct kr_row *row = row_of(ruleset, &check->facts[i]);
        if (row != NULL && row->relation == relation) return true;
    }
    return false;
}

static void say_updated(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_check *check, const struct subjects *of) {
    bool cannot_serve = check->outcome == KMSRULES_FAIL && has_relation(ruleset, check, KR_RELATION_CANNOT_SERVE);
    if (cannot_serve) kr_words_say(out, "no update lets % serve %", of->host, of->edition);
    else if (check->outcome == KMSRULES_PASS && check->fact_count == 0)
        kr_words_say(out, "no row asks for an update on % to serve %", of->host, of->edition);
    else if (check->outcome == KMSRULES_PASS) kr_words_say(out, "% % to serve %", of->host, of->host_has, of->edition);
    for (size_t i = 0; i < check->requirement_count; i++) {
        if (i > 0 || cannot_serve) kr_words_say(out, "; and ");
        kr_words_say(out, "% % ", of->host, of->host_needs);
        add_requirement(out, ruleset, &check->requirements[i]);
    }
}

void kr_words_check(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_check *check, struct kr_together together) {
    struct subjects of = subjects_of(answer->ruleset, check, together);
    switch (check->code) {
    case KMSRULES_KR101: say_runs(out, &of, finding_of(check)); break;
    case KMSRULES_KR102: say_fits(out, &of, finding_of(check)); break;
    case KMSRULES_KR103: say_uses(out, &of, finding_of(check)); break;
    case KMSRULES_KR104: say_covers(out, &of, finding_of(check)); break;
    case KMSRULES_KR105: say_updated(out, answer->ruleset, check, &of); break;
    case KMSRULES_KR106: say_count(out, answer, check); break;
    }
}

const char *kr_words_check_code(kmsrules_check_code code) {
    static const char *const codes[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106"};
    return codes[code - KMSRULES_KR101];
}

/* ---- Facts ---- */

/* A row, and of its members the ones that are spoken of; KR_NONE: none in particular. */
struct account {
    const struct kmsrules_ruleset *ruleset;
    const struct kr_row *row;
    uint32_t index;
    kmsrules_id host, edition;
};

static void say_volume(struct kr_buffer *out, const struct account *of) {
    kmsrules_volume volume = of->row->members.count == 0 ? KMSRULES_VOLUME_UNLISTED : of->ruleset->editions[of->row->members.items[0]].volume;
    kr_words_editions(out, of->ruleset, of->row->members);
    if (volume == KMSRULES_VOLUME_YES) kr_words_say(out, ": a volume edition");
    else if (volume == KMSRULES_VOLUME_NO) kr_words_say(out, ": no volume edition");
    else kr_words_say(out, ": in no list of volume editions");
}

static void say_threshold(struct kr_buffer *out, const struct account *of) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (of->ruleset->thresholds[kind].row == of->index) kr_words_threshold(out, of->ruleset, kind);
}

static void say_second_host(struct kr_buffer *out, const struct account *of) {
    kr_words_say(out, "a second host is advised for more than ");
    kr_buffer_add_number(out, of->row->above);
    kr_words_say(out, " ");
    kr_words_kinds(out, of->row->counts, "and");
}

static void say_requires(struct kr_buffer *out, const struct account *of) {
    add_members(out, of->ruleset, of->row->members, of->host);
    kr_words_say(out, of->row->members.count == 1 ? " needs " : " need ");
    kr_words_updates(out, of->ruleset, of->row->any_of);
    if (of->row->editions == NULL) return;
    kr_words_say(out, " to serve ");
    add_edition_set(out, of->ruleset, of->row->editions, of->edition);
}

static void say_cannot_serve(struct kr_buffer *out, const struct account *of) {
    kr_words_say(out, "no update lets ");
    add_members(out, of->ruleset, of->row->members, of->host);
    kr_words_say(out, " serve ");
    if (of->row->editions == NULL) kr_words_say(out, "anything");
    else add_edition_set(out, of->ruleset, of->row->editions, of->edition);
}

/* `before` may name the row's key group. */
static void say_members(struct kr_buffer *out, const struct account *of, kmsrules_id subject, const char *before, const char *after) {
    kr_words_say(out, before, kr_words_group(of->ruleset, of->row->group));
    add_members(out, of->ruleset, of->row->members, subject);
    kr_words_say(out, "%", after);
}

static void say_inheritance(struct kr_buffer *out, const struct account *of) {
    const char *group = kr_words_group(of->ruleset, of->row->group), *other = kr_words_group(of->ruleset, of->row->inherits);
    kr_words_say(out, "key group \"%\" covers what key group \"%\" covers", group, other);
}

static void say_row(struct kr_buffer *out, const struct account *of) {
    switch (of->row->relation) {
    case KR_RELATION_EDITION: say_volume(out, of); break;
    case KR_RELATION_GROUP: kr_words_say(out, "key group \"%\"", kr_words_group(of->ruleset, of->row->group)); break;
    case KR_RELATION_COVERS: say_members(out, of, of->edition, "key group \"%\" covers ", ""); break;
    case KR_RELATION_COVERS_GROUP: say_inheritance(out, of); break;
    case KR_RELATION_FITS: say_members(out, of, of->host, "key group \"%\" can be installed on ", ""); break;
    case KR_RELATION_EXCLUDES_EDITIONS: say_members(out, of, of->edition, "key group \"%\" does not cover ", ""); break;
    case KR_RELATION_EXCLUDES_HOSTS: say_members(out, of, of->host, "key group \"%\" cannot be installed on ", ""); break;
    case KR_RELATION_UNDOCUMENTED_EDITIONS: say_members(out, of, of->edition, "it is not settled whether key group \"%\" covers ", ""); break;
    case KR_RELATION_UNDOCUMENTED_HOSTS: say_members(out, of, of->host, "it is not settled whether key group \"%\" can be installed on ", ""); break;
    case KR_RELATION_NO_HOST: say_members(out, of, of->host, "", " cannot serve as KMS host"); break;
    case KR_RELATION_NO_CLIENT: say_members(out, of, of->edition, "KMS does not activate ", ""); break;
    case KR_RELATION_REQUIRES: say_requires(out, of); break;
    case KR_RELATION_CANNOT_SERVE: say_cannot_serve(out, of); break;
    case KR_RELATION_THRESHOLD: say_threshold(out, of); break;
    case KR_RELATION_SECOND_HOST: say_second_host(out, of); break;
    case KR_RELATION_WITHOUT_THRESHOLD: say_members(out, of, of->edition, "", " can be activated without a threshold"); break;
    }
}

void kr_words_fact(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_fact *fact, const kmsrules_check *check) {
    struct account of = {ruleset, row_of(ruleset, fact), fact->row, KR_NONE, KR_NONE};
    if (check != NULL) {
        of.host = check->host;
        of.edition = check->edition;
    }
    if (of.row != NULL) say_row(out, &of);
    if (fact->label != NULL) kr_words_say(out, " (%)", fact->label);
    if (fact->note != NULL) kr_words_say(out, "; note: %", fact->note);
}

void kr_words_prediction(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_prediction *prediction) {
    const kmsrules_error *error = &ruleset->errors[prediction->error];
    kr_words_say(out, prediction->is_on_host ? "the KMS host shows %: %" : "the client shows %: %", error->id, error->name);
}

/* ---- Going through an answer ---- */

const kmsrules_check *kr_words_next_check(const kmsrules_answer *answer, struct kr_check_place *place) {
    for (; place->host < answer->host_count; place->host++, place->edition = 0) {
        const kmsrules_host_answer *host = &answer->hosts[place->host];
        for (; place->edition < host->edition_count; place->edition++, place->check = 0) {
            const kmsrules_edition_answer *edition = &host->editions[place->edition];
            if (place->check < edition->check_count) return &edition->checks[place->check++];
        }
    }
    return NULL;
}

/* ---- Public form ---- */

static bool is_check_of(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) {
    bool has_group = check->key_group == KR_NONE || check->key_group < ruleset->group_count;
    return kmsrules_check_name(check->code) != NULL && check->host < ruleset->edition_count && check->edition < ruleset->edition_count && has_group;
}

size_t kmsrules_check_text(const kmsrules_answer *answer, const kmsrules_check *check, char *buffer, size_t size) {
    struct kr_buffer out = kr_buffer_over(buffer, buffer == NULL ? 0 : size);
    if (answer != NULL && check != NULL && is_check_of(answer->ruleset, check)) kr_words_check(&out, answer, check, (struct kr_together){false, false});
    return out.size;
}

/* The check that a lent fact belongs to. */
static const kmsrules_check *check_of(const kmsrules_answer *answer, const kmsrules_fact *fact) {
    struct kr_check_place place = {0, 0, 0};
    const kmsrules_check *check;
    while ((check = kr_words_next_check(answer, &place)) != NULL)
        for (size_t i = 0; i < check->fact_count; i++)
            if (&check->facts[i] == fact) return check;
    return NULL;
}

size_t kmsrules_fact_text(const kmsrules_answer *answer, const kmsrules_fact *fact, char *buffer, size_t size) {
    struct kr_buffer out = kr_buffer_over(buffer, buffer == NULL ? 0 : size);
    if (answer != NULL && fact != NULL) kr_words_fact(&out, answer->ruleset, fact, check_of(answer, fact));
    return out.size;
}
