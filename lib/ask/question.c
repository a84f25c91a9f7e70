/* See question.h. */
#include "ask/question.h"

#include <string.h>

static const kmsrules_facts nothing_known = KMSRULES_NO_FACTS;

static size_t update_words(const struct kmsrules_ruleset *ruleset) { return (ruleset->update_count + 63) / 64; }

kmsrules_status kmsrules_question_new(kmsrules_ruleset *ruleset, kmsrules_question **question) {
    if (ruleset == NULL || question == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_question *made = kr_memory_take(1, sizeof *made);
    if (made == NULL) return KMSRULES_NO_MEMORY;
    made->known_updates = kr_memory_take(update_words(ruleset), sizeof *made->known_updates);
    if (made->known_updates == NULL) {
        kr_memory_free(made);
        return KMSRULES_NO_MEMORY;
    }
    made->ruleset = kmsrules_ruleset_retain(ruleset);
    made->facts = nothing_known;
    *question = made;
    return KMSRULES_OK;
}

void kmsrules_question_free(kmsrules_question *question) {
    if (question == NULL) return;
    kmsrules_ruleset_free(question->ruleset);
    kr_memory_free(question->editions);
    kr_memory_free(question->keys);
    kr_memory_free(question->updates);
    kr_memory_free(question->known_updates);
    kr_memory_free(question->update_names);
    kr_arena_free(&question->arena);
    kr_memory_free(question);
}

void kmsrules_question_clear(kmsrules_question *question) {
    if (question == NULL) return;
    kr_arena_free(&question->arena);
    for (size_t i = 0; i < update_words(question->ruleset); i++) question->known_updates[i] = 0;
    question->host = (struct kr_asked){0, 0};
    question->edition_count = question->key_count = question->update_count = question->update_name_count = 0;
    question->facts = nothing_known;
    question->host_build = question->date = NULL;
    question->wants_remedies = false;
}

static kmsrules_status identify(const kmsrules_question *question, unsigned kinds, const char *name, struct kr_asked *asked) {
    kmsrules_identity identity;
    kmsrules_status status = kmsrules_identify(question->ruleset, kinds, name, strlen(name), &identity);
    if (status == KMSRULES_OK) *asked = (struct kr_asked){identity.kind, identity.id};
    return status;
}

kmsrules_status kmsrules_question_set_host(kmsrules_question *question, const char *name) {
    if (question == NULL || name == NULL) return KMSRULES_INVALID_ARGUMENT;
    return identify(question, KMSRULES_EDITION | KMSRULES_RELEASE, name, &question->host);
}

static bool append_id(kmsrules_id **ids, size_t *count, size_t *capacity, kmsrules_id id) {
    void *items = *ids;
    for (size_t i = 0; i < *count; i++)
        if ((*ids)[i] == id) return true;
    if (!kr_memory_reserve(&items, capacity, *count, sizeof **ids)) return false;
    *ids = items;
    (*ids)[(*count)++] = id;
    return true;
}

kmsrules_status kmsrules_question_add_key(kmsrules_question *question, const char *name) {
    if (question == NULL || name == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_asked asked = {0, KMSRULES_NONE};
    kmsrules_status status = identify(question, KMSRULES_KEY_GROUP, name, &asked);
    if (status != KMSRULES_OK) return status;
    return append_id(&question->keys, &question->key_count, &question->key_capacity, asked.id) ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

kmsrules_status kmsrules_question_add_edition(kmsrules_question *question, const char *name) {
    if (question == NULL || name == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_asked asked;
    kmsrules_status status = identify(question, KMSRULES_EDITION | KMSRULES_RELEASE, name, &asked);
    if (status != KMSRULES_OK) return status;
    for (size_t i = 0; i < question->edition_count; i++)
        if (question->editions[i].kind == asked.kind && question->editions[i].id == asked.id) return KMSRULES_OK;
    void *items = question->editions;
    if (!kr_memory_reserve(&items, &question->edition_capacity, question->edition_count, sizeof asked)) return KMSRULES_NO_MEMORY;
    question->editions = items;
    question->editions[question->edition_count++] = asked;
    return KMSRULES_OK;
}

#define SHORTEST_KB_NUMBER 5 /* digits; a shorter one that the tables do not know is rather a slip */

/* "kb5036896" and "5036896" → "KB5036896"; false when it is no KB number. */
static bool kb_number(const char *name, char *number, size_t size) {
    size_t prefix = (name[0] == 'K' || name[0] == 'k') && (name[1] == 'B' || name[1] == 'b') ? 2 : 0;
    size_t digits = strspn(name + prefix, "0123456789");
    if (digits < 1 || digits > 8 || name[prefix + digits] != '\0' || digits + 3 > size) return false;
    memcpy(number, "KB", 2);
    memcpy(number + 2, name + prefix, digits + 1);
    return true;
}

static bool append_update_name(kmsrules_question *question, const char *name) {
    void *names = question->update_names;
    if (name == NULL || !kr_memory_reserve(&names, &question->update_name_capacity, question->update_name_count, sizeof *question->update_names)) return false;
    question->update_names = names;
    question->update_names[question->update_name_count++] = name;
    return true;
}

/* Each once: a list of installed updates may be long, and name a thousand that the tables know. */
static kmsrules_status add_known_update(kmsrules_question *question, kmsrules_id update) {
    const struct kmsrules_ruleset *ruleset = question->ruleset;
    void *updates = question->updates;
    if (kr_bit(question->known_updates, update)) return KMSRULES_OK;
    if (!kr_memory_reserve(&updates, &question->update_capacity, question->update_count, sizeof *question->updates)) return KMSRULES_NO_MEMORY;
    question->updates = updates;
    if (!append_update_name(question, ruleset->updates[update].id)) return KMSRULES_NO_MEMORY;
    question->updates[question->update_count++] = update;
    question->known_updates[update / 64] |= 1ull << (update % 64);
    return KMSRULES_OK;
}

/* One that the tables do not know is kept as it was given, however often. */
kmsrules_status kmsrules_question_add_update(kmsrules_question *question, const char *name) {
    if (question == NULL || name == NULL) return KMSRULES_INVALID_ARGUMENT;
    char number[16];
    struct kr_asked asked = {0, KMSRULES_NONE};
    bool is_number = kb_number(name, number, sizeof number);
    kmsrules_status status = identify(question, KMSRULES_UPDATE, is_number ? number : name, &asked);
    if (status == KMSRULES_OK) return add_known_update(question, asked.id);
    if (!is_number || strlen(number) < 2 + SHORTEST_KB_NUMBER) return status;
    return append_update_name(question, kr_arena_copy(&question->arena, number, strlen(number))) ? KMSRULES_OK : KMSRULES_NO_MEMORY;
}

kmsrules_status kmsrules_question_set_updates_complete(kmsrules_question *question, bool complete) {
    if (question == NULL) return KMSRULES_INVALID_ARGUMENT;
    question->facts.updates_complete = complete;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_question_set_host_build(kmsrules_question *question, const char *build) {
    if (question == NULL || build == NULL) return KMSRULES_INVALID_ARGUMENT;
    uint32_t number, revision;
    bool is_plain = strspn(build, "0123456789.") == strlen(build); /* as Windows prints it, and nothing around it */
    if (!is_plain || kmsrules_build_number(build, strlen(build), &number, &revision) != KMSRULES_OK) return KMSRULES_INVALID_ARGUMENT;
    const char *copy = kr_arena_copy(&question->arena, build, strlen(build));
    if (copy == NULL) return KMSRULES_NO_MEMORY;
    question->host_build = copy;
    question->facts.host_build = number;
    question->facts.host_revision = revision;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_question_set_count(kmsrules_question *question, kmsrules_kind kind, int64_t machines) {
    if (question == NULL || kmsrules_kind_text(kind) == NULL || machines < -1) return KMSRULES_INVALID_ARGUMENT;
    question->facts.machines[kind] = machines;
    return KMSRULES_OK;
}

static bool matches(const char *text, const char *form) {
    for (; *form != '\0'; text++, form++)
        if (*form == '9' ? *text < '0' || *text > '9' : *text != *form) return false;
    return *text == '\0';
}

static unsigned two_digits(const char *text) { return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0'); }

static bool is_date(const char *text) {
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool has_time = matches(text, "9999-99-99T99:99:99Z");
    if (!has_time && !matches(text, "9999-99-99")) return false;
    unsigned year = two_digits(text) * 100 + two_digits(text + 2), month = two_digits(text + 5), day = two_digits(text + 8);
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1] + (month == 2 && is_leap)) return false;
    return !has_time || (two_digits(text + 11) < 24 && two_digits(text + 14) < 60 && two_digits(text + 17) < 60);
}

kmsrules_status kmsrules_question_set_date(kmsrules_question *question, const char *date) {
    if (question == NULL || date == NULL || !is_date(date)) return KMSRULES_INVALID_ARGUMENT;
    const char *copy = kr_arena_copy(&question->arena, date, strlen(date));
    if (copy == NULL) return KMSRULES_NO_MEMORY;
    question->date = copy;
    return KMSRULES_OK;
}

/* ---- Questions about a fleet ---- */

static bool clone_strings(const kmsrules_question *question, kmsrules_question *clone) {
    bool has_memory = true;
    for (size_t i = 0; i < question->update_name_count && has_memory; i++)
        has_memory = append_update_name(clone, kr_arena_copy(&clone->arena, question->update_names[i], strlen(question->update_names[i])));
    clone->host_build = kr_arena_copy_string(&clone->arena, question->host_build, &has_memory);
    clone->date = kr_arena_copy_string(&clone->arena, question->date, &has_memory);
    return has_memory;
}

static bool clone_ids(const kmsrules_question *question, kmsrules_question *clone) {
    bool has_memory = true;
    for (size_t i = 0; i < question->key_count && has_memory; i++) has_memory = append_id(&clone->keys, &clone->key_count, &clone->key_capacity, question->keys[i]);
    for (size_t i = 0; i < question->update_count && has_memory; i++) {
        kmsrules_id update = question->updates[i];
        clone->known_updates[update / 64] |= 1ull << (update % 64);
        has_memory = append_id(&clone->updates, &clone->update_count, &clone->update_capacity, update);
    }
    return has_memory;
}

kmsrules_status kr_question_clone(const kmsrules_question *question, kmsrules_question **clone) {
    kmsrules_question *made = NULL;
    kmsrules_status status = kmsrules_question_new(question->ruleset, &made);
    if (status != KMSRULES_OK) return status;
    made->host = question->host;
    made->facts = question->facts;
    if (clone_strings(question, made) && clone_ids(question, made)) {
        *clone = made;
        return KMSRULES_OK;
    }
    kmsrules_question_free(made);
    return KMSRULES_NO_MEMORY;
}

bool kr_question_set_product(kmsrules_question *question, struct kr_asked product) {
    void *items = question->editions;
    if (!kr_memory_reserve(&items, &question->edition_capacity, 0, sizeof product)) return false;
    question->editions = items;
    question->editions[0] = product;
    question->edition_count = 1;
    return true;
}

bool kr_question_set_key(kmsrules_question *question, kmsrules_id group) {
    question->key_count = 0;
    return group == KR_NONE || append_id(&question->keys, &question->key_count, &question->key_capacity, group);
}

kmsrules_status kr_question_add_update_id(kmsrules_question *question, kmsrules_id update) { return add_known_update(question, update); }

kmsrules_status kmsrules_question_set_remedies(kmsrules_question *question, bool wanted) {
    if (question == NULL) return KMSRULES_INVALID_ARGUMENT;
    question->wants_remedies = wanted;
    return KMSRULES_OK;
}

/* ---- What the decision reads ---- */

kmsrules_facts kr_question_facts(const kmsrules_question *question) {
    kmsrules_facts facts = question->facts;
    facts.updates = question->updates;
    facts.update_count = question->update_count;
    return facts;
}

kmsrules_status kr_question_check_build(const kmsrules_question *question, kmsrules_id host) {
    const struct kmsrules_ruleset *ruleset = question->ruleset;
    uint32_t line = ruleset->host_lines[host];
    if (question->host_build == NULL || line == KR_NONE) return KMSRULES_OK;
    if (question->facts.host_build != ruleset->lines[line].build) return KMSRULES_WRONG_LINE;
    for (size_t i = 0; i < question->update_count && question->facts.host_revision != KMSRULES_NONE; i++) {
        const struct kr_update_order *order = &ruleset->update_orders[question->updates[i]];
        if (order->line == line && order->order > question->facts.host_revision) return KMSRULES_BELOW_UPDATE;
    }
    return KMSRULES_OK;
}

kmsrules_id kr_question_key_for(const kmsrules_question *question, kmsrules_id application) {
    for (size_t i = 0; i < question->key_count; i++)
        if (question->ruleset->group_applications[question->keys[i]] == application) return question->keys[i];
    return question->keys[0];
}

bool kr_question_has_two_keys(const kmsrules_question *question) {
    const kmsrules_key_group *groups = question->ruleset->groups;
    for (size_t i = 0; i < question->key_count; i++)
        for (size_t j = 0; j < i; j++)
            if (groups[question->keys[i]].application == groups[question->keys[j]].application) return true;
    return false;
}

static void *copy_array(struct kr_arena *arena, const void *items, size_t count, size_t size, bool *has_memory) {
    void *copy = kr_arena_take(arena, count, size);
    if (copy == NULL) *has_memory = false;
    else if (count > 0) memcpy(copy, items, count * size);
    return copy;
}

bool kr_question_copy(const kmsrules_question *question, struct kr_arena *arena, struct kr_asked_question *asked) {
    bool has_memory = true;
    *asked = (struct kr_asked_question){.host = question->host, .edition_count = question->edition_count, .update_count = question->update_name_count,
                                        .updates_complete = question->facts.updates_complete};
    asked->editions = copy_array(arena, question->editions, question->edition_count, sizeof *question->editions, &has_memory);
    asked->keys = (struct kr_ids){copy_array(arena, question->keys, question->key_count, sizeof *question->keys, &has_memory), (uint32_t)question->key_count};
    const char **updates = kr_arena_take(arena, question->update_name_count, sizeof *updates);
    if (updates == NULL) return false;
    for (size_t i = 0; i < question->update_name_count; i++) updates[i] = kr_arena_copy_string(arena, question->update_names[i], &has_memory);
    asked->updates = updates;
    asked->host_build = kr_arena_copy_string(arena, question->host_build, &has_memory);
    asked->date = kr_arena_copy_string(arena, question->date, &has_memory);
    memcpy(asked->machines, question->facts.machines, sizeof asked->machines);
    return has_memory;
}

static bool has_volume_edition(const struct kmsrules_ruleset *ruleset, const kmsrules_release *release, bool covered_only) {
    for (size_t i = 0; i < release->edition_count; i++) {
        kmsrules_id edition = release->editions[i];
        if (ruleset->editions[edition].volume == KMSRULES_VOLUME_YES && (!covered_only || kr_bit(ruleset->covered, edition))) return true;
    }
    return false;
}

bool kr_release_takes(const struct kmsrules_ruleset *ruleset, const kmsrules_release *release, kmsrules_id edition) {
    bool is_volume = ruleset->editions[edition].volume == KMSRULES_VOLUME_YES;
    if (has_volume_edition(ruleset, release, true)) return is_volume && kr_bit(ruleset->covered, edition);
    return has_volume_edition(ruleset, release, false) ? is_volume : true;
}

/* Editions being collected: room for all there are, each once. */
struct collection {
    kmsrules_id *items;
    uint32_t count;
    uint64_t *seen;
};

static void collect(struct collection *collection, kmsrules_id edition) {
    if (kr_bit(collection->seen, edition)) return;
    collection->seen[edition / 64] |= 1ull << (edition % 64);
    collection->items[collection->count++] = edition;
}

static size_t count_single_editions(const kmsrules_question *question) {
    size_t count = 0;
    for (size_t i = 0; i < question->edition_count; i++)
        count += question->editions[i].kind == KMSRULES_RELEASE ? question->ruleset->releases[question->editions[i].id].edition_count : 1;
    return count;
}

bool kr_question_editions(const kmsrules_question *question, struct kr_arena *arena, struct kr_ids *editions) {
    const struct kmsrules_ruleset *ruleset = question->ruleset;
    struct collection collection = {.items = kr_arena_take(arena, count_single_editions(question), sizeof(kmsrules_id)),
                                    .seen = kr_arena_take(arena, ruleset->edition_words, sizeof(uint64_t))};
    if (collection.items == NULL || collection.seen == NULL) return false;
    for (size_t i = 0; i < question->edition_count; i++) {
        struct kr_asked asked = question->editions[i];
        const kmsrules_release *release = asked.kind == KMSRULES_RELEASE ? &ruleset->releases[asked.id] : NULL;
        if (release == NULL) collect(&collection, asked.id);
        for (size_t j = 0; release != NULL && j < release->edition_count; j++)
            if (kr_release_takes(ruleset, release, release->editions[j])) collect(&collection, release->editions[j]);
    }
    *editions = (struct kr_ids){collection.items, collection.count};
    return true;
}

bool kr_question_hosts(const kmsrules_question *question, struct kr_arena *arena, struct kr_ids *hosts) {
    const struct kmsrules_ruleset *ruleset = question->ruleset;
    const kmsrules_release *release = question->host.kind == KMSRULES_RELEASE ? &ruleset->releases[question->host.id] : NULL;
    kmsrules_id *items = kr_arena_take(arena, release == NULL ? 1 : release->edition_count, sizeof *items);
    uint32_t count = 0;
    if (items == NULL) return false;
    if (release == NULL) items[count++] = question->host.id;
    for (size_t i = 0; release != NULL && i < release->edition_count; i++)
        if (ruleset->editions[release->editions[i]].can_host) items[count++] = release->editions[i];
    for (size_t i = 0; release != NULL && count == 0 && i < release->edition_count; i++) items[i] = release->editions[i];
    if (count == 0) count = (uint32_t)release->edition_count;
    *hosts = (struct kr_ids){items, count};
    return true;
}
