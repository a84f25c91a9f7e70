/* One clause about an identity: how a product was recognised, or what would tell it apart. In: an identity. Out: text. Decides nothing. */
#include <string.h>

#include "render/words.h"

static const struct {
    const char *how, *text;
} steps[] = {
    {"id", "by its id"},
    {"name", "by its full name"},
    {"spelling", "by a listed spelling"},
    {"word", "by a word of another language"},
    {"left-out", "without words that say nothing of the product"},
    {"edition-id", "by its EditionID"},
    {"pattern", "by a pattern"},
    {"sku", "by its SKU number"},
    {"build", "by its build"},
    {"product-type", "by its product type"},
};

static const struct {
    unsigned by;
    const char *text;
} evidence_words[] = {
    {KMSRULES_BY_BUILD, "build"},
    {KMSRULES_BY_SKU, "SKU number"},
    {KMSRULES_BY_EDITION_ID, "EditionID"},
    {KMSRULES_BY_PRODUCT_TYPE, "product type"},
};
enum { EVIDENCE_WORDS = sizeof evidence_words / sizeof evidence_words[0] };

/* "build", "build or SKU number", "build, SKU number or EditionID". */
static void say_evidence(struct kr_buffer *out, unsigned set, const char *last_join) {
    size_t count = 0, said = 0;
    for (size_t i = 0; i < EVIDENCE_WORDS; i++) count += (set & evidence_words[i].by) != 0;
    for (size_t i = 0; i < EVIDENCE_WORDS; i++) {
        if ((set & evidence_words[i].by) == 0) continue;
        kr_buffer_add_string(out, said == 0 ? "" : said + 1 == count ? last_join : ", ");
        kr_buffer_add_string(out, evidence_words[i].text);
        said++;
    }
}

static const char *step_text(const char *how) {
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strcmp(steps[i].how, how) == 0) return steps[i].text;
    return how;
}

static void say_unknown(struct kr_buffer *out, unsigned unknown) {
    if (unknown == 0) return;
    kr_buffer_add_string(out, "; no edition of the tables has this ");
    say_evidence(out, unknown, " or ");
    kr_buffer_add_string(out, ", which was left out of account");
}

static void say_recognised(struct kr_buffer *out, const kmsrules_identity *identity) {
    bool is_by_name = identity->at.file != NULL || strcmp(identity->how, "edition-id") == 0;
    kr_buffer_add_string(out, step_text(identity->how));
    if (identity->narrowed == 0 || !is_by_name) return;
    kr_buffer_add_string(out, ", told apart by its ");
    say_evidence(out, identity->narrowed, " and ");
}

static void say_ambiguous(struct kr_buffer *out, const kmsrules_identity *identity) {
    if (strcmp(identity->how, "undecided") == 0) kr_buffer_add_string(out, "comparing it with a pattern took too many steps");
    else if (identity->is_contradicted) kr_buffer_add_string(out, "the name and the rest of what is given name different products");
    else if (identity->note != NULL) kr_buffer_add_escaped(out, kr_text_of(identity->note));
    else kr_buffer_add_string(out, "several products fit");
    if (identity->decides == 0) return;
    kr_buffer_add_string(out, "; to tell them apart give the ");
    say_evidence(out, identity->decides, " or ");
}

size_t kmsrules_identity_text(const kmsrules_ruleset *ruleset, const kmsrules_identity *identity, char *buffer, size_t size) {
    struct kr_buffer out = kr_buffer_over(buffer, buffer == NULL ? 0 : size);
    if (ruleset == NULL || identity == NULL || identity->how == NULL) return out.size;
    if (identity->id == KMSRULES_NONE) say_ambiguous(&out, identity);
    else say_recognised(&out, identity);
    say_unknown(&out, identity->unknown);
    return out.size;
}
