/* Behind the index of names: words of other languages, words that may be left out, patterns. In: <word>, <ignore>, <pattern> rows. Out: the ruleset's kr_names;
 * what can never help, and what helps too much, are problems. Needs the index (spellings.c), against which samples are held. */
#include <stdlib.h>
#include <string.h>

#include "names/recognize.h"
#include "table/compile.h"

/* Steps that all samples took so far. */
struct effort {
    size_t step_count;
    bool is_used_up; /* and this was said */
};

struct vocabulary {
    struct kmsrules_ruleset *ruleset;
    const struct kr_tables *tables;
    const struct kr_model *model;
    struct kr_problems *problems;
    struct effort *effort;
};

static bool copy_text(const struct vocabulary *vocabulary, struct kr_text text, struct kr_text *copy) {
    char *data = kr_arena_copy(&vocabulary->ruleset->arena, text.data == NULL ? "" : text.data, text.size);
    *copy = (struct kr_text){data, text.size};
    return data != NULL;
}

/* False when out of memory; what is too long once it is folded is a problem. */
static bool copy_folded(const struct vocabulary *vocabulary, const struct kr_entry *entry, enum kr_attribute_kind attribute, struct kr_text *folded) {
    char room[KR_NAME_SIZE_LIMIT];
    size_t size = 0;
    struct kr_text text = kr_entry_get(entry, attribute);
    if (text.data != NULL && !kr_fold_text(&vocabulary->ruleset->names.fold, text, room, &size)) {
        kr_problems_add(vocabulary->problems, KR904_LIMIT, kr_model_at(vocabulary->model, entry, attribute, 0), "the <fold> rows make more than %d bytes of this", KR_NAME_SIZE_LIMIT);
        size = 0;
    }
    return copy_text(vocabulary, (struct kr_text){room, size}, folded);
}

/* ---- Words ---------------------------------------------------------------------------------------------------------------------------------- */

/* A phrase while it is sorted: equal ones stay in reading order. */
struct sorted_phrase {
    struct kr_phrase phrase;
    const struct kr_entry *entry;
    size_t number;
};

static int compare_phrases(const void *left, const void *right) {
    const struct sorted_phrase *a = left, *b = right;
    int order = kr_phrase_order(a->phrase.from, b->phrase.from);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static void check_twins(const struct vocabulary *vocabulary, const struct sorted_phrase *first, const struct sorted_phrase *second) {
    const struct kr_at *there = &first->entry->at;
    const char *path = vocabulary->ruleset->files[there->file].path;
    struct kr_text text = second->phrase.from;
    if (kr_text_equal(first->phrase.to, second->phrase.to))
        kr_problems_add(vocabulary->problems, KR955_DUPLICATE_ROW, second->entry->at, "this row says the same as %s:%u:%u", path, there->line, there->column);
    else
        kr_problems_add(vocabulary->problems, KR920_OVERLAPPING_NAMES, second->entry->at, "\"%.*s\" stands for something else at %s:%u:%u; write more of the words around it", (int)text.size,
                        text.data, path, there->line, there->column);
}

/* Of equal ones the first is kept. */
static bool keep_phrases(const struct vocabulary *vocabulary, struct sorted_phrase *sorted, size_t count, struct kr_phrases *phrases) {
    phrases->items = kr_arena_take(&vocabulary->ruleset->arena, count, sizeof *phrases->items);
    if (phrases->items == NULL) return false;
    qsort(sorted, count, sizeof *sorted, compare_phrases);
    for (size_t i = 0, first = 0; i < count && sorted[i].phrase.from.size > 0; i++) {
        bool is_twin = i > 0 && kr_text_equal(sorted[first].phrase.from, sorted[i].phrase.from);
        if (is_twin) check_twins(vocabulary, &sorted[first], &sorted[i]);
        else phrases->items[phrases->count++] = sorted[first = i].phrase;
    }
    return true;
}

static bool read_phrase(const struct vocabulary *vocabulary, const struct kr_entry *entry, struct sorted_phrase *phrase) {
    enum kr_attribute_kind attribute = kr_entry_get(entry, KR_ATTRIBUTE_WORD).data != NULL ? KR_ATTRIBUTE_WORD : KR_ATTRIBUTE_TEXT;
    size_t errors = vocabulary->problems->error_count;
    phrase->phrase.at = kr_ruleset_place(vocabulary->ruleset, entry);
    phrase->entry = entry;
    if (!copy_folded(vocabulary, entry, attribute, &phrase->phrase.from) || !copy_folded(vocabulary, entry, KR_ATTRIBUTE_TO, &phrase->phrase.to)) return false;
    if (phrase->phrase.from.size == 0 && vocabulary->problems->error_count == errors)
        kr_problems_add(vocabulary->problems, KR958_UNREACHABLE, entry->at, "nothing of this is left by the <fold> rows, so that it is never found");
    return true;
}

static bool compile_phrases(const struct vocabulary *vocabulary, enum kr_element_kind kind, struct kr_phrases *phrases) {
    size_t count = 0;
    struct sorted_phrase *sorted = kr_memory_take(kr_model_count(vocabulary->model, kind), sizeof *sorted);
    bool has_memory = sorted != NULL;
    for (size_t i = 0; has_memory && i < vocabulary->model->entry_count; i++) {
        const struct kr_entry *entry = &vocabulary->model->entries[i];
        if (entry->kind != kind) continue;
        if (count == KR_PHRASE_LIMIT) {
            kr_problems_add(vocabulary->problems, KR904_LIMIT, entry->at, "more than %d <%s> rows", KR_PHRASE_LIMIT, kr_element_name(kind));
            break;
        }
        sorted[count].number = count;
        has_memory = read_phrase(vocabulary, entry, &sorted[count++]);
    }
    has_memory = has_memory && (count == 0 || keep_phrases(vocabulary, sorted, count, phrases));
    kr_memory_free(sorted);
    return has_memory;
}

/* ---- EditionIDs ----------------------------------------------------------------------------------------------------------------------------- */

/* Room for every EditionID is more than is needed: normalisation changes few. */
static bool compile_folded_ids(const struct vocabulary *vocabulary, struct kr_phrases *folded_ids) {
    struct kmsrules_ruleset *ruleset = vocabulary->ruleset;
    size_t count = 0;
    struct kr_text word, folded;
    for (uint32_t i = 0; i < ruleset->edition_count; i++)
        for (size_t offset = 0; kr_text_next_word(ruleset->traits[i].edition_ids, &offset, &word);) count++;
    folded_ids->items = kr_arena_take(&ruleset->arena, count, sizeof *folded_ids->items);
    if (folded_ids->items == NULL) return false;
    for (uint32_t i = 0; i < ruleset->edition_count; i++)
        for (size_t offset = 0; kr_text_next_word(ruleset->traits[i].edition_ids, &offset, &word);) {
            char room[KR_NAME_SIZE_LIMIT];
            size_t size = 0;
            bool is_changed = kr_fold_text(&ruleset->names.fold, word, room, &size) && size > 0 && !kr_text_equal((struct kr_text){room, size}, word);
            if (is_changed && !copy_text(vocabulary, (struct kr_text){room, size}, &folded)) return false;
            if (is_changed) folded_ids->items[folded_ids->count++] = (struct kr_phrase){.from = folded, .to = word};
        }
    return true;
}

/* ---- Names given twice ---------------------------------------------------------------------------------------------------------------------- */

/* A row that says something of one name: what a version stands for, what a column holds, what kind a product type is. */
struct saying {
    struct kr_text name; /* ASCII lower case */
    const struct kr_entry *entry;
};

/* Of the compiled rows, which stand in reading order. */
static struct kr_text name_of(const struct kmsrules_ruleset *ruleset, enum kr_element_kind kind, size_t index) {
    if (kind == KR_ELEMENT_VERSION) return ruleset->names.versions[index].name;
    if (kind == KR_ELEMENT_EVENT_COLUMN) return ruleset->event_columns[index].name;
    if (kind == KR_ELEMENT_LICENSE_WORD) return ruleset->license_words[index].text;
    return kind == KR_ELEMENT_COLUMN ? ruleset->columns[index].name : ruleset->product_types[index].text;
}

static int compare_sayings(const void *left, const void *right) {
    const struct saying *a = left, *b = right;
    int order = kr_phrase_order(a->name, b->name);
    return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static void check_sayings(const struct vocabulary *vocabulary, const struct saying *first, const struct saying *second, enum kr_attribute_kind said) {
    const struct kr_at *there = &first->entry->at;
    const char *path = vocabulary->ruleset->files[there->file].path;
    bool is_same = kr_text_equal(kr_entry_get(first->entry, said), kr_entry_get(second->entry, said));
    if (is_same) kr_problems_add(vocabulary->problems, KR955_DUPLICATE_ROW, second->entry->at, "this row says the same as %s:%u:%u", path, there->line, there->column);
    else
        kr_problems_add(vocabulary->problems, KR920_OVERLAPPING_NAMES, second->entry->at, "\"%.*s\" stands for something else at %s:%u:%u", (int)second->name.size, second->name.data, path,
                        there->line, there->column);
}

static bool check_names_given_twice(const struct vocabulary *vocabulary, enum kr_element_kind kind, enum kr_attribute_kind said) {
    size_t count = 0;
    struct saying *sayings = kr_memory_take(kr_model_count(vocabulary->model, kind), sizeof *sayings);
    if (sayings == NULL) return false;
    for (size_t i = 0; i < vocabulary->model->entry_count; i++) {
        if (vocabulary->model->entries[i].kind != kind) continue;
        sayings[count] = (struct saying){name_of(vocabulary->ruleset, kind, count), &vocabulary->model->entries[i]};
        count++;
    }
    qsort(sayings, count, sizeof *sayings, compare_sayings);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (kr_text_equal(sayings[first].name, sayings[i].name)) check_sayings(vocabulary, &sayings[first], &sayings[i], said);
        else first = i;
    }
    kr_memory_free(sayings);
    return true;
}

/* ---- Patterns ------------------------------------------------------------------------------------------------------------------------------- */

static bool report_fault(const struct vocabulary *vocabulary, const struct kr_entry *entry, enum kr_pattern_result result, const struct kr_pattern_fault *fault) {
    if (result == KR_PATTERN_NO_MEMORY) return false;
    kr_problems_add(vocabulary->problems, result == KR_PATTERN_TOO_LARGE ? KR904_LIMIT : KR923_BAD_PATTERN, kr_model_at(vocabulary->model, entry, KR_ATTRIBUTE_MATCH, fault->offset), "%s",
                    fault->text);
    return true;
}

static kmsrules_status read_sample(const struct vocabulary *vocabulary, struct kr_text sample, struct kr_reading *reading) {
    kmsrules_status status = kr_read_name(vocabulary->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE | KMSRULES_KEY_GROUP | KMSRULES_UPDATE, sample, reading);
    vocabulary->effort->step_count += reading->step_count;
    return status;
}

/* Holds a sample against what comes before its pattern (the index, words, earlier patterns), then against the pattern, which is the last of the ruleset's so far. False when
 * out of memory. */
static bool check_sample(const struct vocabulary *vocabulary, const struct kr_entry *sample, bool *is_taken_before, kmsrules_place *taken_at) {
    struct kr_names *names = &vocabulary->ruleset->names;
    struct kr_text text = kr_entry_get(sample, KR_ATTRIBUTE_TEXT);
    struct kr_reading reading;
    names->pattern_count--;
    kmsrules_status before = read_sample(vocabulary, text, &reading);
    names->pattern_count++;
    if (before == KMSRULES_NO_MEMORY) return false;
    *is_taken_before = before == KMSRULES_OK;
    if (*is_taken_before) *taken_at = reading.at;
    kmsrules_status status = *is_taken_before ? KMSRULES_OK : read_sample(vocabulary, text, &reading);
    if (status == KMSRULES_AMBIGUOUS_NAME)
        kr_problems_add(vocabulary->problems, KR925_SAMPLE, sample->at, "matching this sample takes too many steps in the pattern at %s:%u:%u; make it narrower", reading.at.file, reading.at.line,
                        reading.at.column);
    else if (status == KMSRULES_UNKNOWN_NAME)
        kr_problems_add(vocabulary->problems, KR925_SAMPLE, sample->at, "the pattern does not take this sample, or what its named groups hold names nothing the tables know");
    return status != KMSRULES_NO_MEMORY;
}

static bool is_used_up(const struct vocabulary *vocabulary, const struct kr_entry *sample) {
    struct effort *effort = vocabulary->effort;
    if (effort->step_count <= KR_SAMPLE_STEP_LIMIT) return false;
    effort->is_used_up = true;
    kr_problems_add(vocabulary->problems, KR904_LIMIT, sample->at, "the samples above take more than %d steps in all; make the patterns narrower", KR_SAMPLE_STEP_LIMIT);
    return true;
}

/* Built-in tables are the ones that the tests have read from disk: their samples are not held against them at every start of a program. */
static bool check_samples(const struct vocabulary *vocabulary, uint32_t index) {
    if (vocabulary->model->files[vocabulary->model->entries[index].at.file].origin == KR_FILE_BUILT_IN) return true;
    const struct kr_entry *pattern = &vocabulary->model->entries[index];
    size_t count = 0, taken_count = 0; /* of this pattern */
    kmsrules_place first_taker = {NULL, 0, 0};
    for (size_t i = index + 1; i < vocabulary->model->entry_count && vocabulary->model->entries[i].parent == index; i++) {
        bool is_taken = false;
        kmsrules_place taker = {NULL, 0, 0};
        if (is_used_up(vocabulary, &vocabulary->model->entries[i])) return true;
        if (!check_sample(vocabulary, &vocabulary->model->entries[i], &is_taken, &taker)) return false;
        if (is_taken && first_taker.file == NULL) first_taker = taker;
        taken_count += is_taken;
        count++;
    }
    if (count == 0) kr_problems_add(vocabulary->problems, KR925_SAMPLE, pattern->at, "<pattern> has no <sample>; give it at least one name it is there for");
    else if (taken_count == count)
        kr_problems_add(vocabulary->problems, KR958_UNREACHABLE, pattern->at, "this pattern never matches: all of its samples are recognised before it%s%s", first_taker.file == NULL ? "" : ", the first by a row of ",
                        first_taker.file == NULL ? "" : first_taker.file);
    return true;
}

/* An error in a pattern is reported, and the pattern left out. False when out of memory. */
static bool compile_pattern(const struct vocabulary *vocabulary, const struct kr_table_spelling *row) {
    struct kr_names *names = &vocabulary->ruleset->names;
    const struct kr_entry *entry = &vocabulary->model->entries[row->entry];
    struct kr_name_pattern *pattern = &names->patterns[names->pattern_count];
    struct kr_pattern_fault fault;
    struct kr_text parts[KR_PART_COUNT], note = kr_entry_get(entry, KR_ATTRIBUTE_NOTE), note_copy = {NULL, 0};
    *pattern = (struct kr_name_pattern){.kind = row->kind, .id_count = row->ids.count, .at = kr_ruleset_place(vocabulary->ruleset, entry)};
    kmsrules_id *ids = kr_arena_take(&vocabulary->ruleset->arena, row->ids.count, sizeof *ids);
    if (ids == NULL || (note.data != NULL && !copy_text(vocabulary, note, &note_copy))) return false;
    if (row->ids.count > 0) memcpy(ids, row->ids.items, row->ids.count * sizeof *ids);
    pattern->ids = ids;
    pattern->note = note_copy.data;
    enum kr_pattern_result result = kr_pattern_compile(kr_entry_get(entry, KR_ATTRIBUTE_MATCH), &pattern->pattern, &fault);
    if (result != KR_PATTERN_COMPILED) return report_fault(vocabulary, entry, result, &fault);
    names->pattern_count++;
    if (pattern->kind != 0 && kr_pattern_has_part(pattern->pattern, KR_PART_NAME))
        kr_problems_add(vocabulary->problems, KR923_BAD_PATTERN, kr_model_at(vocabulary->model, entry, KR_ATTRIBUTE_MATCH, SIZE_MAX), "a pattern with a group <name> stands for what the group holds; leave out the group, or editions, releases and key-groups");
    enum kr_match_result empty = kr_pattern_match(pattern->pattern, (struct kr_text){"", 0}, parts);
    if (empty == KR_MATCH_NO_MEMORY) return false;
    if (empty != KR_MATCH_NO)
        kr_problems_add(vocabulary->problems, KR924_EMPTY_MATCH, kr_model_at(vocabulary->model, entry, KR_ATTRIBUTE_MATCH, SIZE_MAX), "this pattern also matches the empty name; make it narrower");
    return check_samples(vocabulary, row->entry);
}

/* A name that nothing knows is held against every pattern, and every sample against all that stand before it. */
static uint32_t count_within_limits(const struct vocabulary *vocabulary) {
    const struct kr_tables *tables = vocabulary->tables;
    size_t sample_count = kr_model_count(vocabulary->model, KR_ELEMENT_SAMPLE);
    if (tables->pattern_count > KR_NAME_PATTERN_LIMIT)
        kr_problems_add(vocabulary->problems, KR904_LIMIT, vocabulary->model->entries[tables->patterns[KR_NAME_PATTERN_LIMIT].entry].at, "more than %d <pattern> rows", KR_NAME_PATTERN_LIMIT);
    if (sample_count > KR_SAMPLE_LIMIT)
        kr_problems_add(vocabulary->problems, KR904_LIMIT, vocabulary->model->entries[tables->patterns[0].entry].at, "the patterns have %zu samples, the limit is %d", sample_count, KR_SAMPLE_LIMIT);
    return tables->pattern_count > KR_NAME_PATTERN_LIMIT || sample_count > KR_SAMPLE_LIMIT ? 0 : tables->pattern_count;
}

static bool compile_patterns(const struct vocabulary *vocabulary) {
    struct kr_names *names = &vocabulary->ruleset->names;
    names->patterns = kr_arena_take(&vocabulary->ruleset->arena, vocabulary->tables->pattern_count, sizeof *names->patterns);
    bool has_memory = names->patterns != NULL;
    uint32_t count = count_within_limits(vocabulary);
    for (uint32_t i = 0; has_memory && i < count && !kr_problems_is_full(vocabulary->problems); i++) {
        has_memory = compile_pattern(vocabulary, &vocabulary->tables->patterns[i]);
        if (vocabulary->effort->is_used_up) break;
    }
    return has_memory;
}

bool kr_ruleset_compile_vocabulary(struct kmsrules_ruleset *ruleset, const struct kr_tables *tables, const struct kr_model *model, struct kr_problems *problems) {
    struct effort effort = {0, false};
    struct vocabulary vocabulary = {ruleset, tables, model, problems, &effort};
    return check_names_given_twice(&vocabulary, KR_ELEMENT_VERSION, KR_ATTRIBUTE_BUILDS) && check_names_given_twice(&vocabulary, KR_ELEMENT_COLUMN, KR_ATTRIBUTE_HOLDS) &&
           check_names_given_twice(&vocabulary, KR_ELEMENT_PRODUCT_TYPE, KR_ATTRIBUTE_KIND) && check_names_given_twice(&vocabulary, KR_ELEMENT_EVENT_COLUMN, KR_ATTRIBUTE_HOLDS) &&
           check_names_given_twice(&vocabulary, KR_ELEMENT_LICENSE_WORD, KR_ATTRIBUTE_TO) && compile_phrases(&vocabulary, KR_ELEMENT_WORD, &ruleset->names.words) &&
           compile_phrases(&vocabulary, KR_ELEMENT_IGNORE, &ruleset->names.ignored) && compile_folded_ids(&vocabulary, &ruleset->names.folded_ids) && compile_patterns(&vocabulary);
}
