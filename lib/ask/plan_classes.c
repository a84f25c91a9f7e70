/* Hosts that are alike and products that are alike are searched as one. In: candidates. Out: host classes, kinds of candidates, classes of products. */
#include <stdlib.h>
#include <string.h>

#include "ask/plan.h"

/* A candidate to be compared; among alike ones of a host the first declared stands for all. */
struct compared {
    struct kr_candidate *candidate;
    uint32_t words;
};

/* The candidates of one host: all of them, and those that differ in more than which updates they take. */
struct host_offer {
    kmsrules_id host;
    const struct compared *all, *first;
    uint32_t all_count, count;
};

static int compare_numbers(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

static int compare_bits(const uint64_t *a, const uint64_t *b, uint32_t words) {
    int order = 0;
    for (uint32_t i = 0; order == 0 && i < words; i++) order = compare_numbers(a[i], b[i]);
    return order;
}

/* Whatever the host. */
static int compare_offers(const struct compared *a, const struct compared *b) {
    int order = compare_numbers(a->candidate->group, b->candidate->group);
    if (order == 0) order = compare_numbers(a->candidate->updates.count, b->candidate->updates.count);
    return order != 0 ? order : compare_bits(a->candidate->covers, b->candidate->covers, a->words);
}

/* Sets of equally many updates. */
static int compare_updates(const struct compared *a, const struct compared *b) {
    int order = 0;
    for (uint32_t i = 0; order == 0 && i < a->candidate->updates.count; i++)
        order = compare_numbers(a->candidate->updates_by_id[i], b->candidate->updates_by_id[i]);
    return order;
}

static int compare_candidates(const void *left, const void *right) {
    const struct compared *a = left, *b = right;
    int order = compare_numbers(a->candidate->host, b->candidate->host);
    if (order == 0) order = compare_offers(a, b);
    if (order == 0) order = compare_updates(a, b);
    return order != 0 ? order : (a->candidate < b->candidate ? -1 : a->candidate > b->candidate);
}

/* Hosts are alike when the very same updates let the same key groups cover the same products. */
static int compare_contents(const struct host_offer *a, const struct host_offer *b) {
    int order = compare_numbers(a->all_count, b->all_count);
    for (uint32_t i = 0; order == 0 && i < a->all_count; i++) {
        order = compare_offers(&a->all[i], &b->all[i]);
        if (order == 0) order = compare_updates(&a->all[i], &b->all[i]);
    }
    return order;
}

static int compare_host_offers(const void *left, const void *right) {
    const struct host_offer *a = left, *b = right;
    int order = compare_contents(a, b);
    return order != 0 ? order : compare_numbers(a->host, b->host);
}

/* The newest, which is the last declared, first. */
static int compare_classes(const void *left, const void *right) {
    const struct kr_host_class *a = left, *b = right;
    return compare_numbers(b->hosts[b->count - 1], a->hosts[a->count - 1]);
}

/* ---- Hosts ---- */

/* Candidates by host, and of alike ones of a host the first alone; all of them say which of the host's kinds they are, from 0. */
static uint32_t sort_candidates(struct kr_planning *planning, struct compared *compared, struct compared *different, struct host_offer *offers) {
    uint32_t kept = 0, host_count = 0, within = 0;
    for (size_t i = 0; i < planning->candidate_count; i++) compared[i] = (struct compared){&planning->candidates[i], planning->product_words};
    if (planning->candidate_count > 1) qsort(compared, planning->candidate_count, sizeof *compared, compare_candidates);
    for (size_t i = 0; i < planning->candidate_count; i++) {
        bool is_new_host = i == 0 || compared[i].candidate->host != compared[i - 1].candidate->host;
        bool is_new = is_new_host || compare_offers(&compared[i], &compared[i - 1]) != 0;
        if (is_new_host) offers[host_count++] = (struct host_offer){compared[i].candidate->host, &compared[i], &different[kept], 0, 0};
        within = is_new_host ? 0 : within + is_new;
        compared[i].candidate->kind = within;
        offers[host_count - 1].all_count++;
        if (is_new) offers[host_count - 1].count++;
        if (is_new) different[kept++] = compared[i];
    }
    return host_count;
}

/* Alike hosts together; *starts says where each class begins among the sorted offers. */
static bool make_host_classes(struct kr_planning *planning, struct host_offer *offers, uint32_t host_count) {
    kmsrules_id *hosts = kr_arena_take(planning->arena, host_count, sizeof *hosts);
    planning->host_classes = kr_arena_take(&planning->scratch, host_count, sizeof *planning->host_classes);
    if (hosts == NULL || planning->host_classes == NULL) return false;
    if (host_count > 1) qsort(offers, host_count, sizeof *offers, compare_host_offers);
    for (uint32_t i = 0; i < host_count; i++) {
        hosts[i] = offers[i].host;
        bool is_new = i == 0 || compare_contents(&offers[i - 1], &offers[i]) != 0;
        if (is_new) planning->host_classes[planning->host_class_count++] = (struct kr_host_class){&hosts[i], 0};
        planning->host_classes[planning->host_class_count - 1].count++;
    }
    if (planning->host_class_count > 1) qsort(planning->host_classes, planning->host_class_count, sizeof *planning->host_classes, compare_classes);
    return true;
}

static uint32_t application_place(const struct kr_planning *planning, kmsrules_id group) {
    uint32_t place = 0;
    while (planning->applications.items[place] != planning->ruleset->group_applications[group]) place++;
    return place;
}

static const struct host_offer *offer_of(const struct host_offer *offers, kmsrules_id host) {
    while (offers->host != host) offers++;
    return offers;
}

/* Kinds by host class; `covers` is over the products until the products have classes. */
static bool make_kinds(struct kr_planning *planning, const struct host_offer *offers, uint32_t *kind_starts) {
    planning->kinds = kr_arena_take(&planning->scratch, planning->candidate_count, sizeof *planning->kinds);
    if (planning->kinds == NULL) return false;
    for (uint32_t class = 0; class < planning->host_class_count; class++) {
        const struct host_offer *offer = offer_of(offers, planning->host_classes[class].hosts[0]);
        kind_starts[class] = planning->kind_count;
        for (uint32_t i = 0; i < offer->count; i++) {
            const struct kr_candidate *candidate = offer->first[i].candidate;
            planning->kinds[planning->kind_count++] = (struct kr_candidate_kind){
                .host_class = class, .application = application_place(planning, candidate->group), .update_count = candidate->updates.count,
                .authority = candidate->authority, .covers = candidate->covers};
        }
    }
    return true;
}

/* From a host's own numbers to those of all kinds. */
static bool number_candidates(struct kr_planning *planning, const uint32_t *kind_starts) {
    uint32_t *class_of = kr_arena_take(&planning->scratch, planning->ruleset->edition_count, sizeof *class_of);
    if (class_of == NULL) return false;
    for (uint32_t class = 0; class < planning->host_class_count; class++)
        for (uint32_t i = 0; i < planning->host_classes[class].count; i++) class_of[planning->host_classes[class].hosts[i]] = class;
    for (size_t i = 0; i < planning->candidate_count; i++) {
        struct kr_candidate *candidate = &planning->candidates[i];
        uint32_t class = class_of[candidate->host];
        candidate->kind += kind_starts[class];
        if (planning->host_classes[class].hosts[0] == candidate->host) planning->kinds[candidate->kind].variants++;
    }
    return true;
}

/* ---- Products ---- */

struct column {
    uint32_t product, words;
    uint64_t *kinds; /* bit set over the kinds that cover the product */
};

static int compare_columns(const void *left, const void *right) {
    const struct column *a = left, *b = right;
    int order = compare_bits(a->kinds, b->kinds, a->words);
    return order != 0 ? order : compare_numbers(a->product, b->product);
}

static bool fill_columns(struct kr_planning *planning, struct column *columns, bool *is_covered) {
    uint32_t words = planning->kind_count / 64 + 1;
    for (uint32_t i = 0; i < planning->product_count; i++) {
        uint64_t *kinds = kr_arena_take(&planning->scratch, words, sizeof *kinds);
        if (kinds == NULL) return false;
        columns[i] = (struct column){i, words, kinds};
        for (uint32_t kind = 0; kind < planning->kind_count; kind++) {
            if (!kr_bit(planning->kinds[kind].covers, i)) continue;
            kinds[kind / 64] |= 1ull << (kind % 64);
            is_covered[i] = true;
        }
    }
    if (planning->product_count > 1) qsort(columns, planning->product_count, sizeof *columns, compare_columns);
    return true;
}

static bool classify_products(struct kr_planning *planning) {
    struct column *columns = kr_arena_take(&planning->scratch, planning->product_count, sizeof *columns);
    bool *is_covered = kr_arena_take(&planning->scratch, planning->product_count, sizeof *is_covered);
    planning->class_machines = kr_arena_take(&planning->scratch, planning->product_count, sizeof *planning->class_machines);
    if (columns == NULL || is_covered == NULL || planning->class_machines == NULL || !fill_columns(planning, columns, is_covered)) return false;
    for (uint32_t i = 0; i < planning->product_count; i++) {
        struct kr_planned *product = &planning->products[columns[i].product];
        if (!is_covered[columns[i].product]) continue;
        bool is_new = planning->class_count == 0 || compare_bits(columns[i - 1].kinds, columns[i].kinds, columns[i].words) != 0;
        if (is_new) planning->class_count++;
        product->class = planning->class_count - 1;
        planning->class_machines[product->class] += product->machines;
    }
    planning->class_words = planning->class_count / 64 + 1;
    return true;
}

/* What the kinds cover, by class. */
static bool cover_classes(struct kr_planning *planning) {
    for (uint32_t kind = 0; kind < planning->kind_count; kind++) {
        uint64_t *covers = kr_arena_take(&planning->scratch, planning->class_words, sizeof *covers);
        if (covers == NULL) return false;
        for (uint32_t i = 0; i < planning->product_count; i++)
            if (kr_bit(planning->kinds[kind].covers, i)) covers[planning->products[i].class / 64] |= 1ull << (planning->products[i].class % 64);
        planning->kinds[kind].covers = covers;
    }
    return true;
}

bool kr_plan_classify(struct kr_planning *planning) {
    struct compared *compared = kr_arena_take(&planning->scratch, planning->candidate_count, sizeof *compared);
    struct compared *different = kr_arena_take(&planning->scratch, planning->candidate_count, sizeof *different);
    struct host_offer *offers = kr_arena_take(&planning->scratch, planning->hosts.count, sizeof *offers);
    uint32_t *kind_starts = kr_arena_take(&planning->scratch, planning->hosts.count, sizeof *kind_starts);
    if (compared == NULL || different == NULL || offers == NULL || kind_starts == NULL) return false;
    uint32_t host_count = sort_candidates(planning, compared, different, offers);
    return make_host_classes(planning, offers, host_count) && make_kinds(planning, offers, kind_starts) && number_candidates(planning, kind_starts) &&
           classify_products(planning) && cover_classes(planning);
}
