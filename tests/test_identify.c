/* Recognition as a whole: a text with a build, a SKU, an EditionID and a product type, against the cases of tests/cases/identify. */
#include "kmsrules/kmsrules.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_identify_register(void);

enum { KINDS = KMSRULES_EDITION | KMSRULES_RELEASE | KMSRULES_KEY_GROUP, MOST_FIELDS = 9, MOST_IDS = KMSRULES_CANDIDATE_LIMIT };

static kmsrules_ruleset *rulesets[2]; /* windows, windows-2010 */

static int build_rulesets(void) {
    static const char *const names[] = {"windows", "windows-2010"};
    for (size_t i = 0; i < 2; i++) {
        kmsrules_builder *builder = NULL;
        if (kmsrules_builder_new(&builder) != KMSRULES_OK) return 1;
        kmsrules_builder_add(builder, names[i]);
        kmsrules_status status = kmsrules_builder_build(builder, &rulesets[i]);
        kmsrules_builder_free(builder);
        if (status != KMSRULES_OK) return 1;
    }
    return 0;
}

static int free_rulesets(void) {
    for (size_t i = 0; i < 2; i++) kmsrules_ruleset_free(rulesets[i]);
    return 0;
}

/* ---- Case files ------------------------------------------------------------------------------------------------------------------------------ */

/* One line of a case file, cut into fields; a field may hold NUL. */
struct line {
    const char *file;
    unsigned number;
    char *fields[MOST_FIELDS];
    size_t sizes[MOST_FIELDS], count;
};

static int hexadecimal(const char *text) {
    char digits[3] = {text[0], text[0] == '\0' ? '\0' : text[1], '\0'}, *end;
    long value = strtol(digits, &end, 16);
    return end == digits + 2 ? (int)value : -1;
}

/* Cuts a line in place: fields may be quoted, "" is a quote and \x1b a byte. False where a quote is not closed or there are too many. */
static bool cut(char *text, struct line *line) {
    for (char *read = text, *write = text;; read++) {
        bool is_quoted = *read == '"';
        if (line->count == MOST_FIELDS) return false;
        line->fields[line->count] = write;
        for (read += is_quoted; is_quoted ? *read != '"' || read[1] == '"' : *read != ',' && *read != '\0'; read++) {
            if (*read == '\0') return false;
            if (*read == '\\' && read[1] == 'x' && hexadecimal(read + 2) >= 0) *write++ = (char)hexadecimal(read + 2), read += 3;
            else *write++ = *read, read += is_quoted && *read == '"';
        }
        line->sizes[line->count] = (size_t)(write - line->fields[line->count]);
        line->count++;
        read += is_quoted;
        if (*read == '\0') return *write = '\0', true;
        if (*read != ',') return false;
        *write++ = '\0';
    }
}

/* Hands every line that is no remark to `check`; returns how many. */
static size_t read_cases(const char *file, size_t least_fields, bool (*check)(const struct line *line)) {
    char path[512], text[4096];
    size_t count = 0;
    snprintf(path, sizeof path, KMSRULES_SOURCE_DIR "/tests/cases/identify/%s", file);
    FILE *stream = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (unsigned number = 1; fgets(text, sizeof text, stream) != NULL; number++) {
        struct line line = {.file = path, .number = number};
        text[strcspn(text, "\n")] = '\0';
        if (text[0] == '#') continue;
        bool holds = cut(text, &line) && line.count >= least_fields && check(&line);
        CU_assertImplementation(holds, number, file, path, "", CU_FALSE);
        count++;
    }
    fclose(stream);
    return count;
}

/* ---- What is said ---------------------------------------------------------------------------------------------------------------------------- */

static const char *id_text(const kmsrules_ruleset *ruleset, int kind, kmsrules_id id) {
    switch (kind) {
    case KMSRULES_EDITION: return kmsrules_ruleset_edition(ruleset, id)->id;
    case KMSRULES_RELEASE: return kmsrules_ruleset_release(ruleset, id)->id;
    default: return kmsrules_ruleset_key_group(ruleset, id)->id;
    }
}

static int compare_strings(const void *left, const void *right) { return strcmp(*(const char *const *)left, *(const char *const *)right); }

/* "edition windows-10-pro windows-11-pro": the ids sorted, as both sides of a comparison. */
static void write_sorted(const char *kind, const char **ids, size_t count, char *said, size_t size) {
    qsort(ids, count, sizeof *ids, compare_strings);
    size_t length = (size_t)snprintf(said, size, "%s", kind);
    for (size_t i = 0; i < count && length < size; i++) length += (size_t)snprintf(said + length, size - length, " %s", ids[i]);
}

static void say_decides(unsigned decides, char *said, size_t size) {
    static const char *const words[] = {"build", "sku", "edition-id", "product-type"};
    size_t length = strlen(said);
    for (size_t i = 0; i < 4; i++)
        if ((decides >> i & 1) != 0 && length < size) length += (size_t)snprintf(said + length, size - length, " +%s", words[i]);
}

static void say(const kmsrules_ruleset *ruleset, kmsrules_status status, const kmsrules_identity *identity, char *said, size_t size) {
    const char *ids[MOST_IDS];
    size_t count = 0;
    snprintf(said, size, "%s", status == KMSRULES_UNKNOWN_NAME ? "unknown" : status == KMSRULES_INVALID_ARGUMENT ? "refused" : kmsrules_status_text(status));
    if (status != KMSRULES_OK && status != KMSRULES_AMBIGUOUS_NAME) return;
    for (; count < identity->candidate_count && count < MOST_IDS; count++) ids[count] = id_text(ruleset, identity->kind, identity->candidates[count]);
    const char *kind = identity->kind == KMSRULES_EDITION ? "edition" : identity->kind == KMSRULES_RELEASE ? "release" : "key-group";
    write_sorted(kind, ids, count, said, size);
    if (status == KMSRULES_AMBIGUOUS_NAME) say_decides(identity->decides, said, size);
    else if (count != 1 || identity->id != identity->candidates[0]) snprintf(said, size, "recognised, and yet ambiguous");
}

static size_t words_of(char *text, const char **words, size_t most) {
    size_t count = 0;
    for (char *word = strtok(text, " "); word != NULL && count < most; word = strtok(NULL, " ")) words[count++] = word;
    return count;
}

static void say_expected(const char *outcome, const char *kind, char *ids, char *decides, char *said, size_t size) {
    const char *words[MOST_IDS];
    snprintf(said, size, "%s", outcome);
    if (kind[0] == '\0') return;
    write_sorted(kind, words, words_of(ids, words, MOST_IDS), said, size);
    size_t count = words_of(decides, words, MOST_IDS), length = strlen(said);
    for (size_t i = 0; i < count; i++) length += (size_t)snprintf(said + length, size - length, " +%s", words[i]);
}

/* The text without a NUL behind it, so that a sanitizer sees what reads on. */
static bool is_said(const kmsrules_ruleset *ruleset, kmsrules_evidence evidence, const struct line *line, const char *expected) {
    char said[4096];
    kmsrules_identity identity = {.candidate_count = 0};
    char *copy = malloc(evidence.text_size + 1);
    if (copy == NULL) abort();
    if (evidence.text != NULL) memcpy(copy, evidence.text, evidence.text_size);
    if (evidence.text != NULL) evidence.text = copy = realloc(copy, evidence.text_size > 0 ? evidence.text_size : 1);
    say(ruleset, kmsrules_recognize(ruleset, KINDS, &evidence, &identity), &identity, said, sizeof said);
    free(copy);
    if (strcmp(said, expected) != 0) printf("\n    %s:%u: %s, not %s", line->file, line->number, said, expected);
    return strcmp(said, expected) == 0;
}

/* ---- Cases ----------------------------------------------------------------------------------------------------------------------------------- */

static bool read_build(const char *text, uint32_t *build) { return text[0] == '\0' || kmsrules_build_number(text, strlen(text), build, NULL) == KMSRULES_OK; }

static bool read_product_type(const char *text, int *product_type) {
    kmsrules_kind kind;
    if (text[0] == '\0') return true;
    if (kmsrules_product_type(rulesets[0], text, strlen(text), &kind) != KMSRULES_OK) return false;
    *product_type = (int)kind;
    return true;
}

static bool has_other_evidence(const kmsrules_evidence *evidence) {
    return evidence->build != 0 || evidence->sku != KMSRULES_NONE || evidence->edition_id != NULL || evidence->product_type >= 0;
}

/* text,EditionID,build,SKU,product type,outcome,kind,ids,decides */
static bool check_case(const struct line *line) {
    char expected[4096];
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    if (!read_build(line->fields[2], &evidence.build) || !read_product_type(line->fields[4], &evidence.product_type)) return false;
    if (line->sizes[1] > 0) evidence.edition_id = line->fields[1], evidence.edition_id_size = line->sizes[1];
    if (line->sizes[3] > 0) evidence.sku = (uint32_t)strtoul(line->fields[3], NULL, 10);
    bool is_product = strcmp(line->fields[6], "edition") == 0 || strcmp(line->fields[6], "release") == 0;
    bool has_text = line->sizes[0] > 0 || !has_other_evidence(&evidence);
    if (has_text) evidence.text = line->fields[0], evidence.text_size = line->sizes[0];
    say_expected(line->fields[5], line->fields[6], line->fields[7], line->fields[8], expected, sizeof expected);
    for (size_t i = 0; i < (is_product ? 2 : 1); i++)
        if (!is_said(rulesets[i], evidence, line, expected)) return false;
    return true;
}

static void derived(void) { CU_ASSERT(read_cases("derived.csv", 9, check_case) > 3500); }

static void by_hand(void) { CU_ASSERT(read_cases("by-hand.csv", 9, check_case) > 150); }

/* text,build,ids,language,source */
static bool check_localised(const struct line *line) {
    char expected[1024];
    const char *ids[MOST_IDS];
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    evidence.text = line->fields[0];
    evidence.text_size = line->sizes[0];
    if (!read_build(line->fields[1], &evidence.build)) return false;
    size_t count = words_of(line->fields[2], ids, MOST_IDS);
    write_sorted("edition", ids, count, expected, sizeof expected);
    if (count > 1) strcat(expected, " +build");
    return is_said(rulesets[0], evidence, line, expected) && is_said(rulesets[1], evidence, line, expected);
}

static void localised(void) { CU_ASSERT(read_cases("localised.csv", 3, check_localised) > 100); }

/* Without other evidence both functions say the same. */
static bool check_both(const struct line *line) {
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    kmsrules_identity one = {.candidate_count = 0}, other = {.candidate_count = 0};
    evidence.text = line->fields[0];
    evidence.text_size = line->sizes[0];
    if (kmsrules_identify(rulesets[0], KINDS, evidence.text, evidence.text_size, &one) != kmsrules_recognize(rulesets[0], KINDS, &evidence, &other)) return false;
    size_t count = one.candidate_count < MOST_IDS ? one.candidate_count : MOST_IDS;
    return one.kind == other.kind && one.id == other.id && one.candidate_count == other.candidate_count && one.decides == other.decides && one.at.line == other.at.line &&
           memcmp(one.candidates, other.candidates, count * sizeof one.candidates[0]) == 0;
}

static void both_functions(void) {
    read_cases("derived.csv", 1, check_both);
    read_cases("by-hand.csv", 1, check_both);
}

/* ---- Edges ----------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status recognize(kmsrules_evidence evidence, kmsrules_identity *identity) { return kmsrules_recognize(rulesets[0], KINDS, &evidence, identity); }

static void long_texts(void) {
    char text[300];
    kmsrules_identity identity;
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    memset(text, 'a', sizeof text);
    evidence.text = text;
    evidence.text_size = sizeof text;
    CU_ASSERT_EQUAL(recognize(evidence, &identity), KMSRULES_UNKNOWN_NAME);
    evidence.sku = 48, evidence.build = 19045; /* known by these alone */
    CU_ASSERT_EQUAL(recognize(evidence, &identity), KMSRULES_OK);
    evidence.edition_id = text, evidence.edition_id_size = sizeof text;
    CU_ASSERT_EQUAL(recognize(evidence, &identity), KMSRULES_OK);
    CU_ASSERT_EQUAL(identity.unknown, KMSRULES_BY_EDITION_ID);
    evidence = (kmsrules_evidence)KMSRULES_NO_EVIDENCE;
    CU_ASSERT_EQUAL(recognize(evidence, &identity), KMSRULES_UNKNOWN_NAME);
}

/* The places that tables alone decided have no row. */
static void places(void) {
    kmsrules_identity identity;
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    evidence.build = 17763, evidence.sku = 7;
    CU_ASSERT_EQUAL(recognize(evidence, &identity), KMSRULES_OK);
    CU_ASSERT(identity.at.file == NULL && identity.note == NULL && strcmp(identity.how, "sku") == 0);
    CU_ASSERT_EQUAL(identity.narrowed, KMSRULES_BY_BUILD | KMSRULES_BY_SKU);
    evidence.text = "Windows(R), ServerStandard edition", evidence.text_size = strlen(evidence.text);
    CU_ASSERT_EQUAL(recognize(evidence, &identity), KMSRULES_OK);
    CU_ASSERT(strcmp(identity.at.file, "data/vocabulary.xml") == 0 && strcmp(identity.how, "pattern") == 0);
}

void test_identify_register(void) {
    CU_TestInfo tests[] = {{"derived from the facts", derived}, {"by hand", by_hand}, {"localised", localised}, {"both functions", both_functions},
                           {"long texts", long_texts}, {"places", places}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"identify", build_rulesets, free_rulesets, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
