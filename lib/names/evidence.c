/* A reading held against the other evidence: what is left of what a name may stand for. In: a ruleset, a text, a build, a SKU, an EditionID, a product type. Out: an identity. */
#include <string.h>

#include "names/recognize.h"

/* ---- Which editions have what ---------------------------------------------------------------------------------------------------------------- */

static bool any_number(struct kr_numbers numbers, struct kr_numbers wanted) {
    for (uint32_t i = 0; i < wanted.count; i++)
        if (kr_numbers_hold(numbers, wanted.items[i])) return true;
    return false;
}

/* Evidence of one kind against one edition. An edition of which no builds (SKUs, EditionIDs) are known is not ruled out by them where it was named. */
static bool passes(const struct kr_traits *traits, const struct kr_filter *filter, unsigned by, bool is_named) {
    switch (by) {
    case KMSRULES_BY_BUILD:
        if (traits->builds.count == 0 && is_named) return true;
        return (filter->build == 0 || kr_numbers_hold(traits->builds, filter->build)) && (filter->version_builds.count == 0 || any_number(traits->builds, filter->version_builds));
    case KMSRULES_BY_SKU: return filter->sku == KR_NONE || (traits->skus.count == 0 && is_named) || kr_numbers_hold(traits->skus, filter->sku);
    case KMSRULES_BY_EDITION_ID:
        if (traits->edition_ids.size == 0 && is_named) return true;
        for (size_t i = 0; i < 2; i++)
            if (filter->edition_ids[i].size > 0 && !kr_has_edition_id(traits, filter->edition_ids[i])) return false;
        return true;
    default: return filter->product_type < 0 || (int)traits->product_type == filter->product_type;
    }
}

static const unsigned kinds_of_evidence[] = {KMSRULES_BY_BUILD, KMSRULES_BY_SKU, KMSRULES_BY_EDITION_ID, KMSRULES_BY_PRODUCT_TYPE};
enum { EVIDENCE_KINDS = sizeof kinds_of_evidence / sizeof kinds_of_evidence[0] };

static bool passes_all(const struct kr_traits *traits, const struct kr_filter *filter, bool is_named) {
    for (size_t i = 0; i < EVIDENCE_KINDS; i++)
        if (!passes(traits, filter, kinds_of_evidence[i], is_named)) return false;
    return true;
}

static unsigned given(const struct kr_filter *filter) {
    return (filter->build != 0 || filter->version_builds.count > 0 ? KMSRULES_BY_BUILD : 0u) | (filter->sku != KR_NONE ? KMSRULES_BY_SKU : 0u) |
           (filter->edition_ids[0].size + filter->edition_ids[1].size > 0 ? KMSRULES_BY_EDITION_ID : 0u) | (filter->product_type >= 0 ? KMSRULES_BY_PRODUCT_TYPE : 0u);
}

/* Takes what no edition has out of the filter: it can tell nothing apart. */
static unsigned drop_unknown(const struct kmsrules_ruleset *ruleset, struct kr_filter *filter) {
    bool has_build = filter->build == 0, has_sku = filter->sku == KR_NONE;
    for (uint32_t i = 0; i < ruleset->edition_count; i++) {
        has_build = has_build || kr_numbers_hold(ruleset->traits[i].builds, filter->build);
        has_sku = has_sku || kr_numbers_hold(ruleset->traits[i].skus, filter->sku);
    }
    bool has_edition_id = filter->edition_ids[0].size == 0 || kr_is_edition_id(ruleset, filter->edition_ids[0]);
    if (!has_build) filter->build = 0;
    if (!has_sku) filter->sku = KR_NONE;
    if (!has_edition_id) filter->edition_ids[0].size = 0;
    return (has_build ? 0u : KMSRULES_BY_BUILD) | (has_sku ? 0u : KMSRULES_BY_SKU) | (has_edition_id ? 0u : KMSRULES_BY_EDITION_ID);
}

/* ---- Collecting candidates ------------------------------------------------------------------------------------------------------------------- */

static void add_candidate(kmsrules_identity *identity, kmsrules_id id) {
    size_t listed = identity->candidate_count < KMSRULES_CANDIDATE_LIMIT ? identity->candidate_count : KMSRULES_CANDIDATE_LIMIT;
    for (size_t i = 0; i < listed; i++)
        if (identity->candidates[i] == id) return;
    if (listed < KMSRULES_CANDIDATE_LIMIT) identity->candidates[listed] = id;
    identity->candidate_count++;
}

/* Releases are told apart by builds and product types; a SKU or an EditionID is one of an edition. */
static bool wants_releases(const struct kr_reading *reading, unsigned evidence, unsigned kinds) {
    bool is_of_editions = reading->id_count > 0 && reading->kind == KMSRULES_EDITION;
    return (kinds & KMSRULES_RELEASE) != 0 && ((kinds & KMSRULES_EDITION) == 0 || (!is_of_editions && (evidence & (KMSRULES_BY_SKU | KMSRULES_BY_EDITION_ID)) == 0));
}

static bool is_left(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_id edition) {
    return kr_is_named(ruleset, reading, edition) && passes_all(&ruleset->traits[edition], &reading->filter, reading->id_count > 0);
}

static void collect_editions(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_identity *identity) {
    for (uint32_t i = 0; i < ruleset->edition_count; i++)
        if (is_left(ruleset, reading, i)) add_candidate(identity, i);
}

/* Those of which an edition is left. */
static void collect_releases(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_identity *identity) {
    for (uint32_t i = 0; i < ruleset->release_count; i++) {
        const kmsrules_release *release = &ruleset->releases[i];
        size_t j = 0;
        while (j < release->edition_count && !is_left(ruleset, reading, release->editions[j])) j++;
        if (j < release->edition_count) add_candidate(identity, i);
    }
}

/* ---- Contradictions -------------------------------------------------------------------------------------------------------------------------- */

static bool share_edition_id(const struct kr_traits *a, const struct kr_traits *b) {
    struct kr_text word;
    for (size_t offset = 0; kr_text_next_word(a->edition_ids, &offset, &word);)
        if (kr_has_edition_id(b, word)) return true;
    return false;
}

static bool share_trait(const struct kr_traits *a, const struct kr_traits *b) { return share_edition_id(a, b) || any_number(a->skus, b->skus); }

/* Whether an edition is another release's version of a named one, or another edition of a named release. */
static bool is_akin(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_id edition) {
    for (uint32_t i = 0; i < ruleset->edition_count; i++) {
        if (!kr_is_named(ruleset, reading, i)) continue;
        bool is_of_release = ruleset->editions[i].release != KR_NONE && ruleset->editions[i].release == ruleset->editions[edition].release;
        if (is_of_release || share_trait(&ruleset->traits[i], &ruleset->traits[edition])) return true;
    }
    return false;
}

/* What the name says, and what the rest says that is akin to it. */
static void collect_both_sides(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, bool as_releases, kmsrules_identity *identity) {
    struct kr_reading other = {.filter = reading->filter};
    other.filter.edition_ids[1] = (struct kr_text){NULL, 0};
    for (size_t i = 0; i < reading->id_count; i++) add_candidate(identity, reading->ids[i]);
    for (uint32_t i = 0; i < ruleset->edition_count; i++) {
        if (!passes_all(&ruleset->traits[i], &other.filter, false) || !is_akin(ruleset, reading, i)) continue;
        if (reading->kind == KMSRULES_EDITION && reading->id_count > 0) add_candidate(identity, i);
        else if (as_releases && ruleset->editions[i].release != KR_NONE) add_candidate(identity, ruleset->editions[i].release);
    }
    identity->is_contradicted = true;
}

/* ---- The result ------------------------------------------------------------------------------------------------------------------------------ */

/* Whether some value of that evidence is of both; true as well where it is not known of one of them. */
static bool has_in_common(const struct kr_traits *a, const struct kr_traits *b, unsigned by) {
    switch (by) {
    case KMSRULES_BY_BUILD: return a->builds.count == 0 || b->builds.count == 0 || any_number(a->builds, b->builds);
    case KMSRULES_BY_SKU: return a->skus.count == 0 || b->skus.count == 0 || any_number(a->skus, b->skus);
    case KMSRULES_BY_EDITION_ID: return a->edition_ids.size == 0 || b->edition_ids.size == 0 || share_edition_id(a, b);
    default: return a->product_type == b->product_type;
    }
}

/* The editions that stand for a candidate: itself, or those of the release that the evidence leaves. */
struct members {
    const kmsrules_id *ids;
    size_t count;
};

static struct members members_of(const struct kmsrules_ruleset *ruleset, int kind, const kmsrules_id *candidate) {
    if (kind == KMSRULES_EDITION) return (struct members){candidate, 1};
    return (struct members){ruleset->releases[*candidate].editions, ruleset->releases[*candidate].edition_count};
}

static bool tells_apart(const struct kmsrules_ruleset *ruleset, struct members a, struct members b, const struct kr_filter *filter, unsigned by) {
    bool is_known = false;
    for (size_t i = 0; i < a.count; i++) {
        const struct kr_traits *one = &ruleset->traits[a.ids[i]];
        if (!passes_all(one, filter, true)) continue;
        for (size_t j = 0; j < b.count; j++) {
            const struct kr_traits *other = &ruleset->traits[b.ids[j]];
            if (!passes_all(other, filter, true)) continue;
            if (has_in_common(one, other, by)) return false;
            is_known = true;
        }
    }
    return is_known;
}

/* The evidence that, whatever its value, is of one only of some two candidates. */
static unsigned deciding(const struct kmsrules_ruleset *ruleset, const kmsrules_identity *identity, const struct kr_filter *filter) {
    size_t count = identity->candidate_count < KMSRULES_CANDIDATE_LIMIT ? identity->candidate_count : KMSRULES_CANDIDATE_LIMIT;
    unsigned evidence = given(filter), decides = 0;
    for (size_t k = 0; k < EVIDENCE_KINDS; k++)
        for (size_t i = 1; i < count && ((evidence | decides) & kinds_of_evidence[k]) == 0; i++)
            for (size_t j = 0; j < i && (decides & kinds_of_evidence[k]) == 0; j++) {
                struct members a = members_of(ruleset, identity->kind, &identity->candidates[i]), b = members_of(ruleset, identity->kind, &identity->candidates[j]);
                if (tells_apart(ruleset, a, b, filter, kinds_of_evidence[k])) decides |= kinds_of_evidence[k];
            }
    return decides;
}

static const char *how_without_name(unsigned evidence) {
    if ((evidence & KMSRULES_BY_EDITION_ID) != 0) return "edition-id";
    if ((evidence & KMSRULES_BY_SKU) != 0) return "sku";
    return (evidence & KMSRULES_BY_BUILD) != 0 ? "build" : "product-type";
}

/* A release of which the evidence rules out all editions but one says less than that edition: Windows 10 as a server is multi-session. */
static void take_last_edition(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_identity *identity) {
    const kmsrules_release *release = &ruleset->releases[identity->candidates[0]];
    kmsrules_id last = KR_NONE;
    for (size_t i = 0; i < release->edition_count; i++) {
        if (!passes_all(&ruleset->traits[release->editions[i]], &reading->filter, reading->id_count > 0)) continue;
        if (last != KR_NONE) return;
        last = release->editions[i];
    }
    if (last == KR_NONE || release->edition_count == 1) return;
    identity->kind = KMSRULES_EDITION;
    identity->candidates[0] = last;
}

/* Editions and releases only: what the evidence leaves of what was named. */
static kmsrules_status narrow(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_reading *reading, unsigned unknown, kmsrules_identity *identity) {
    unsigned evidence = given(&reading->filter);
    bool as_releases = wants_releases(reading, evidence, kinds);
    kmsrules_identity found = {.kind = as_releases ? KMSRULES_RELEASE : KMSRULES_EDITION, .id = KMSRULES_NONE, .at = reading->at, .note = reading->note, .unknown = unknown};
    found.how = reading->how != NULL ? reading->how : how_without_name(evidence);
    if (as_releases) collect_releases(ruleset, reading, &found);
    else collect_editions(ruleset, reading, &found);
    if (as_releases && found.candidate_count == 1 && (kinds & KMSRULES_EDITION) != 0) take_last_edition(ruleset, reading, &found);
    if (found.candidate_count == 0 && reading->id_count > 0) {
        found.kind = reading->kind;
        collect_both_sides(ruleset, reading, reading->kind == KMSRULES_RELEASE, &found);
    }
    if (found.candidate_count == 0) return KMSRULES_UNKNOWN_NAME;
    if (found.candidate_count != reading->id_count || reading->id_count == 0 || found.kind != reading->kind) found.narrowed = evidence;
    if (found.candidate_count == 1 && !found.is_contradicted) found.id = found.candidates[0];
    else if (!found.is_contradicted) found.decides = deciding(ruleset, &found, &reading->filter);
    *identity = found;
    return found.id == KMSRULES_NONE ? KMSRULES_AMBIGUOUS_NAME : KMSRULES_OK;
}

static const struct kr_filter no_filter = KR_NO_FILTER;

/* A name that no evidence is held against. Members are set one by one: this is the way of nearly every name, and candidates that are not there cost nothing. */
static kmsrules_status take_reading(const struct kmsrules_ruleset *ruleset, const struct kr_reading *reading, kmsrules_identity *identity) {
    bool is_alone = reading->id_count == 1, is_product = reading->kind == KMSRULES_EDITION || reading->kind == KMSRULES_RELEASE;
    identity->kind = reading->kind;
    identity->id = is_alone ? reading->ids[0] : KMSRULES_NONE;
    identity->candidate_count = 0;
    for (size_t i = 0; i < reading->id_count; i++) add_candidate(identity, reading->ids[i]);
    identity->how = reading->how;
    identity->at = reading->at;
    identity->note = reading->note;
    identity->narrowed = identity->unknown = 0;
    identity->decides = is_alone || !is_product ? 0 : deciding(ruleset, identity, &no_filter);
    identity->is_contradicted = false;
    return is_alone ? KMSRULES_OK : KMSRULES_AMBIGUOUS_NAME;
}

static kmsrules_status conclude(const struct kmsrules_ruleset *ruleset, unsigned kinds, struct kr_reading *reading, kmsrules_identity *identity) {
    unsigned unknown = given(&reading->filter) == 0 ? 0 : drop_unknown(ruleset, &reading->filter);
    bool is_product = reading->kind == KMSRULES_EDITION || reading->kind == KMSRULES_RELEASE;
    if (is_product && (kinds & (KMSRULES_EDITION | KMSRULES_RELEASE)) == 0) return KMSRULES_UNKNOWN_NAME;
    if (is_product && given(&reading->filter) != 0) return narrow(ruleset, kinds, reading, unknown, identity);
    if (reading->id_count == 0) return KMSRULES_UNKNOWN_NAME;
    kmsrules_status status = take_reading(ruleset, reading, identity);
    if (is_product) identity->unknown = unknown;
    return status;
}

/* ---- Public ---------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status refuse(struct kr_text text) {
    /* No table holds a name of that shape, so that what is known needs no look. */
    return text.data != NULL && kr_text_has_product_key(text) ? KMSRULES_INVALID_ARGUMENT : KMSRULES_UNKNOWN_NAME;
}

static kmsrules_status take_undecided(const struct kr_reading *reading, kmsrules_identity *identity) {
    *identity = (kmsrules_identity){.kind = reading->kind, .id = KMSRULES_NONE, .how = reading->how, .at = reading->at, .note = reading->note};
    return KMSRULES_AMBIGUOUS_NAME;
}

kmsrules_status kmsrules_identify(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, size_t size, kmsrules_identity *identity) {
    if (ruleset == NULL || text == NULL || identity == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_reading reading;
    kmsrules_status status = kr_read_name(ruleset, kinds, (struct kr_text){text, size}, &reading);
    if (status == KMSRULES_OK && !reading.has_filter) return take_reading(ruleset, &reading, identity);
    if (status == KMSRULES_OK) status = conclude(ruleset, kinds, &reading, identity);
    else if (status == KMSRULES_AMBIGUOUS_NAME) return take_undecided(&reading, identity);
    return status == KMSRULES_UNKNOWN_NAME ? refuse((struct kr_text){text, size}) : status;
}

static void add_evidence(const kmsrules_evidence *evidence, struct kr_text edition_id, struct kr_filter *filter) {
    if (evidence->build != 0) filter->build = evidence->build;
    if (evidence->sku != KMSRULES_NONE) filter->sku = evidence->sku;
    filter->edition_ids[0] = edition_id;
    filter->product_type = evidence->product_type;
}

/* False where there is nothing but blanks. One that is too long stands for something that no edition has. */
static bool lower_edition_id(struct kr_text text, char *lower, size_t *size) {
    if (kr_lower(text, lower, size)) return *size > 0;
    lower[0] = '\0';
    *size = 1;
    return true;
}

kmsrules_status kmsrules_recognize(const kmsrules_ruleset *ruleset, unsigned kinds, const kmsrules_evidence *evidence, kmsrules_identity *identity) {
    if (ruleset == NULL || evidence == NULL || identity == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_text text = {evidence->text, evidence->text == NULL ? 0 : evidence->text_size};
    struct kr_reading reading = {.kind = KMSRULES_EDITION, .filter = KR_NO_FILTER};
    char lower[KR_NAME_SIZE_LIMIT];
    struct kr_text edition_id = {lower, 0};
    bool has_edition_id = evidence->edition_id != NULL && lower_edition_id((struct kr_text){evidence->edition_id, evidence->edition_id_size}, lower, &edition_id.size);
    kmsrules_status status = text.data == NULL ? KMSRULES_OK : kr_read_name(ruleset, kinds, text, &reading);
    if (status == KMSRULES_AMBIGUOUS_NAME) return take_undecided(&reading, identity);
    if (status == KMSRULES_UNKNOWN_NAME && (has_edition_id || evidence->sku != KMSRULES_NONE) && refuse(text) == KMSRULES_UNKNOWN_NAME) {
        reading = (struct kr_reading){.kind = KMSRULES_EDITION, .filter = KR_NO_FILTER};
        status = KMSRULES_OK;
    }
    if (status == KMSRULES_OK) {
        add_evidence(evidence, edition_id, &reading.filter);
        status = conclude(ruleset, kinds, &reading, identity);
    }
    return status == KMSRULES_UNKNOWN_NAME ? refuse(text) : status;
}

/* ---- Builds and product types ----------------------------------------------------------------------------------------------------------------- */

static struct kr_text without(struct kr_text text, size_t count) { return (struct kr_text){text.data + count, text.size - count}; }

/* "OS Build 17763": what may stand before the number. */
static struct kr_text without_words(struct kr_text text) {
    static const char *const words[] = {"os ", "version ", "build "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char lower[KR_NAME_SIZE_LIMIT];
        size_t size, word_size = strlen(words[i]);
        if (text.size > word_size && kr_lower((struct kr_text){text.data, word_size}, lower, &size) && size == word_size - 1 && memcmp(lower, words[i], size) == 0 && text.data[size] == ' ')
            text = kr_text_trim(without(text, word_size));
    }
    return text;
}

/* Numbers with dots between them; false when there is anything else, or more than four. */
static bool dotted_numbers(struct kr_text text, uint32_t numbers[4], size_t *count) {
    for (*count = 0; *count < 4; ++*count) {
        const char *dot = text.size == 0 ? NULL : memchr(text.data, '.', text.size);
        struct kr_text part = {text.data, dot == NULL ? text.size : (size_t)(dot - text.data)};
        uint64_t number;
        if (!kr_text_number(part, 0, UINT32_MAX - 1, &number)) return false;
        numbers[*count] = (uint32_t)number;
        if (dot == NULL) return ++*count, true;
        text = without(text, part.size + 1);
    }
    return false;
}

enum { LEAST_BUILD = 100 }; /* a first number below is the major version */

/* "10.0 (17763)" → "17763". */
static struct kr_text within_parentheses(struct kr_text text) {
    const char *open = text.size == 0 ? NULL : memchr(text.data, '(', text.size);
    uint32_t numbers[4];
    size_t count;
    if (open == NULL || text.data[text.size - 1] != ')') return text;
    struct kr_text version = kr_text_trim((struct kr_text){text.data, (size_t)(open - text.data)});
    if (!dotted_numbers(version, numbers, &count) || count != 2 || numbers[0] >= LEAST_BUILD) return text;
    return kr_text_trim((struct kr_text){open + 1, (size_t)(text.data + text.size - 1 - (open + 1))});
}

kmsrules_status kmsrules_build_number(const char *text, size_t size, uint32_t *build, uint32_t *revision) {
    uint32_t numbers[4];
    size_t count;
    if (text == NULL || build == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_text number = within_parentheses(without_words(kr_text_trim((struct kr_text){text, size})));
    if (!dotted_numbers(number, numbers, &count)) return KMSRULES_INVALID_ARGUMENT;
    size_t first = numbers[0] < LEAST_BUILD ? 2 : 0;
    if (count <= first || count > first + 2 || numbers[first] < LEAST_BUILD) return KMSRULES_INVALID_ARGUMENT;
    *build = numbers[first];
    if (revision != NULL) *revision = count == first + 2 ? numbers[first + 1] : KMSRULES_NONE;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_product_type(const kmsrules_ruleset *ruleset, const char *text, size_t size, kmsrules_kind *kind) {
    char lower[KR_NAME_SIZE_LIMIT];
    size_t lower_size;
    if (ruleset == NULL || text == NULL || kind == NULL) return KMSRULES_INVALID_ARGUMENT;
    if (!kr_lower((struct kr_text){text, size}, lower, &lower_size)) return KMSRULES_UNKNOWN_NAME;
    for (uint32_t i = 0; i < ruleset->product_type_count; i++) {
        if (!kr_text_equal(ruleset->product_types[i].text, (struct kr_text){lower, lower_size})) continue;
        *kind = ruleset->product_types[i].kind;
        return KMSRULES_OK;
    }
    return KMSRULES_UNKNOWN_NAME;
}
