/* Sentences about a plan. In: what was planned. Out: text without control characters. Decides nothing. */
#include "render/words.h"

const char *kr_words_product(const struct kmsrules_ruleset *ruleset, int kind, kmsrules_id id) {
    return kind == KMSRULES_RELEASE ? ruleset->releases[id].name : ruleset->editions[id].name;
}

void kr_words_planned(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_planned *products, size_t count) {
    for (size_t i = 0; i < count && kr_words_item(out, i, count); i++) {
        kr_buffer_add_number(out, products[i].machines);
        kr_words_say(out, " × %", kr_words_product(ruleset, products[i].kind, products[i].id));
    }
}

void kr_words_placement(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_placement *placement) {
    const char *group = kr_words_group(ruleset, placement->key_group);
    if (placement->is_lowest) {
        kr_words_say(out, "\"%\" is the lowest key group to choose from", group);
    } else if (placement->because_count > 0) {
        kr_words_say(out, "needs \"%\" because of ", group);
        kr_words_planned(out, ruleset, placement->because, placement->because_count);
    } else {
        kr_words_say(out, "\"%\": lower key groups cover parts of it, none all", group);
    }
}

void kr_words_uncovered(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_uncovered *uncovered) {
    const char *host = uncovered->host == KR_NONE ? "" : ruleset->editions[uncovered->host].name;
    switch (uncovered->obstacle) {
    case KMSRULES_NOT_BY_KMS:
        kr_words_say(out, uncovered->verdict == KMSRULES_NO ? "KMS does not activate it (KR103)" : "no source says that KMS activates it (KR103)");
        break;
    case KMSRULES_NO_CANDIDATE: kr_words_say(out, "no host of these tables activates all of it with a single key group"); break;
    case KMSRULES_NOT_TO_CHOOSE:
        kr_words_say(out, "nothing to choose from activates it; % with key group \"%\" does", host, kr_words_group(ruleset, uncovered->key_group));
        break;
    case KMSRULES_NOT_DOCUMENTED:
        kr_words_say(out, "the sources do not settle whether % with key group \"%\" activates it", host, kr_words_group(ruleset, uncovered->key_group));
        break;
    case KMSRULES_NOT_FOUND: kr_words_say(out, "the search was given up before it found how: these tables have too many ways, or ask for too many updates or key groups"); break;
    case KMSRULES_TOO_FEW_HOSTS: kr_words_say(out, "it takes more hosts than allowed"); break;
    }
}

void kr_words_advice(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_plan_advice *advice) {
    const struct kr_row *row = &ruleset->rows[advice->fact.row];
    if (advice->kind == KMSRULES_SECOND_HOST) {
        kr_words_say(out, "one host for ");
        kr_buffer_add_number(out, advice->machines);
        kr_words_say(out, " machines: above ");
        kr_buffer_add_number(out, row->above);
        kr_words_say(out, " a second host is advised");
    } else {
        kr_words_say(out, "a threshold is not reached; % has none and activates ", row->name);
        kr_words_planned(out, ruleset, advice->products, advice->product_count);
    }
    if (advice->fact.note != NULL) kr_words_say(out, "; note: %", advice->fact.note);
    for (size_t i = 0; i < advice->fact.source_count; i++)
        kr_words_say(out, i == 0 ? " (source: %" : "; %", ruleset->sources[advice->fact.sources[i]].title);
    kr_words_say(out, ")");
}
