/* From one host to another: changes of verdicts, keys, needs and fleets; against the decision on ids, and read backwards. */
#include "kmsrules/kmsrules.h"
#include "support/tables.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_difference_register(void);

static kmsrules_ruleset *windows, *windows_2010;

static kmsrules_ruleset *built_in(const char *name) {
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset *ruleset = NULL;
    if (kmsrules_builder_new(&builder) == KMSRULES_OK && kmsrules_builder_add(builder, name) == KMSRULES_OK) kmsrules_builder_build(builder, &ruleset);
    kmsrules_builder_free(builder);
    return ruleset;
}

static int open_rulesets(void) {
    windows = built_in("windows");
    windows_2010 = built_in("windows-2010");
    return windows == NULL || windows_2010 == NULL;
}

static int close_rulesets(void) {
    kmsrules_ruleset_free(windows);
    kmsrules_ruleset_free(windows_2010);
    return 0;
}

/* A question about a host with keys, NULL at their end. */
static kmsrules_question *question_of(kmsrules_ruleset *ruleset, const char *host, const char *first_key, const char *second_key) {
    kmsrules_question *question = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(ruleset, &question), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_set_host(question, host), KMSRULES_OK);
    if (first_key != NULL) CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_key(question, first_key), KMSRULES_OK);
    if (second_key != NULL) CU_ASSERT_EQUAL_FATAL(kmsrules_question_add_key(question, second_key), KMSRULES_OK);
    return question;
}

static kmsrules_difference *difference_of(const kmsrules_question *from, const kmsrules_question *to) {
    kmsrules_difference *difference = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_compare(from, to, &difference), KMSRULES_OK);
    return difference;
}

static const kmsrules_difference_product *find_product(const kmsrules_difference_summary *summary, kmsrules_id edition) {
    for (size_t i = 0; i < summary->product_count; i++)
        if (summary->products[i].kind == KMSRULES_EDITION && summary->products[i].id == edition) return &summary->products[i];
    return NULL;
}

static kmsrules_id edition_of(const char *id) {
    kmsrules_identity identity = {.id = KMSRULES_NONE};
    CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, id, strlen(id), &identity), KMSRULES_OK);
    return identity.id;
}

/* ---- Changes -------------------------------------------------------------------------------------------------------------------------------- */

static void every_pair_of_verdicts(void) {
    static const char *const expected[KMSRULES_NO_VERDICT][KMSRULES_NO_VERDICT] = {
        {"unchanged", "unsettled", "fallen", "lost"},
        {"settled", "unchanged", "fallen", "lost"},
        {"gained", "gained", "unchanged", "denied"},
        {"gained", "gained", "opened", "unchanged"},
    };
    for (int before = 0; before < KMSRULES_NO_VERDICT; before++)
        for (int after = 0; after < KMSRULES_NO_VERDICT; after++)
            CU_ASSERT_STRING_EQUAL(kmsrules_shift_text(kmsrules_shift_of((kmsrules_verdict)before, (kmsrules_verdict)after)), expected[before][after]);
    CU_ASSERT_EQUAL(kmsrules_shift_of(KMSRULES_NO_VERDICT, KMSRULES_YES), KMSRULES_UNCHANGED);
    CU_ASSERT_EQUAL(kmsrules_shift_of(KMSRULES_YES, KMSRULES_NO_VERDICT), KMSRULES_UNCHANGED);
    CU_ASSERT_PTR_NULL(kmsrules_shift_text((kmsrules_shift)KMSRULES_SHIFT_COUNT));
    CU_ASSERT_PTR_NULL(kmsrules_shift_text((kmsrules_shift)-1));
}

/* ---- The example: from the published rows of the two keys ----------------------------------------------------------------------------------- */

struct expectation {
    kmsrules_shift change;
    const char *editions; /* "*" in front: and its N variant */
};

static const struct expectation example[] = {
    {KMSRULES_GAINED, "*windows-10-pro *windows-10-enterprise *windows-10-pro-for-workstations *windows-10-education"},
    {KMSRULES_GAINED, "*windows-10-enterprise-ltsb-2015 *windows-10-enterprise-ltsb-2016 *windows-10-enterprise-ltsc-2019 *windows-10-enterprise-ltsc-2021"},
    {KMSRULES_GAINED, "*windows-11-pro *windows-11-enterprise *windows-11-pro-for-workstations *windows-11-education"},
    {KMSRULES_GAINED, "windows-server-2016-standard windows-server-2016-datacenter windows-server-2016-essentials"},
    {KMSRULES_GAINED, "windows-server-2019-standard windows-server-2019-datacenter windows-server-2019-essentials"},
    {KMSRULES_GAINED, "windows-server-2022-standard windows-server-2022-datacenter windows-server-version-1809-datacenter windows-server-version-20h2-standard"},
    {KMSRULES_FALLEN, "*windows-vista-business *windows-vista-enterprise *windows-8-pro *windows-8-enterprise"},
    {KMSRULES_UNCHANGED, "*windows-7-professional *windows-7-enterprise *windows-8.1-pro *windows-8.1-enterprise"},
    {KMSRULES_UNCHANGED, "windows-server-2008-standard windows-server-2008-r2-enterprise windows-server-2012-standard windows-server-2012-r2-datacenter"},
};

static void check_edition(const kmsrules_difference_summary *summary, const char *id, kmsrules_shift change) {
    kmsrules_id edition = edition_of(id);
    const kmsrules_difference_product *product = find_product(summary, edition);
    bool is_right = product != NULL && product->change == change;
    CU_assertImplementation(is_right, __LINE__, id, __FILE__, "", CU_FALSE);
}

static void check_expectation(const kmsrules_difference_summary *summary, const struct expectation *expected) {
    struct kr_text list = kr_text_of(expected->editions), word;
    for (size_t offset = 0; kr_text_next_word(list, &offset, &word);) {
        char id[128];
        bool has_variant = word.data[0] == '*';
        snprintf(id, sizeof id, "%.*s", (int)word.size - has_variant, word.data + has_variant);
        check_edition(summary, id, expected->change);
        if (!has_variant) continue;
        const char *channel = strstr(id, "-lts") != NULL ? strstr(id, "-lts") : ""; /* windows-10-enterprise-n-ltsc-2019 */
        char variant[160];
        snprintf(variant, sizeof variant, "%.*s-n%s", (int)(strlen(id) - strlen(channel)), id, channel);
        check_edition(summary, variant, expected->change);
    }
}

static void example_of_the_issue(void) {
    kmsrules_question *from = question_of(windows, "Windows Server 2012 R2 Standard", "windows-server-2012-r2", NULL);
    kmsrules_question *to = question_of(windows, "Windows Server 2022 Standard", "windows-server-2022", NULL);
    kmsrules_difference *difference = difference_of(from, to);
    const kmsrules_difference_summary *summary = kmsrules_difference_sum_up(difference);
    for (size_t i = 0; i < sizeof example / sizeof example[0]; i++) check_expectation(summary, &example[i]);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_LOST], 0);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_GAINED], 3 * 8 + 3 * 3 + 14); /* above, with Azure Edition and the 14 of the Semi-Annual Channel */
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_FALLEN], 8); /* the eight above: Vista and Windows 8, and nothing else */
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_DENIED] + summary->rows[KMSRULES_UNSETTLED] + summary->rows[KMSRULES_SETTLED], 0);
    for (size_t i = 0; i < summary->product_count; i++)
        if (summary->products[i].change == KMSRULES_GAINED) {
            CU_ASSERT_EQUAL(summary->products[i].before.code, KMSRULES_KR104);
            CU_ASSERT_EQUAL(summary->products[i].before.basis, KMSRULES_NOT_LISTED);
            CU_ASSERT_EQUAL(summary->products[i].after.verdict, KMSRULES_YES);
        }
    CU_ASSERT_FALSE(summary->is_fleet);
    CU_ASSERT_EQUAL(summary->need_count, 0);
    CU_ASSERT_EQUAL(summary->threshold_count, 0);
    kmsrules_difference_free(difference);
    kmsrules_question_free(from);
    kmsrules_question_free(to);
}

/* ---- Any two pairs -------------------------------------------------------------------------------------------------------------------------- */

struct pair {
    kmsrules_id host, group;
};

struct pairs {
    struct pair items[4096];
    size_t count;
};

/* Every host with every key group that it can hold. */
static void list_pairs(kmsrules_ruleset *ruleset, struct pairs *pairs) {
    pairs->count = 0;
    for (kmsrules_id host = 0; host < kmsrules_ruleset_edition_count(ruleset); host++) {
        kmsrules_list *list = NULL;
        if (!kmsrules_ruleset_edition(ruleset, host)->can_host) continue;
        kmsrules_question *question = question_of(ruleset, kmsrules_ruleset_edition(ruleset, host)->id, NULL, NULL);
        CU_ASSERT_EQUAL_FATAL(kmsrules_find(question, KMSRULES_SEARCH_KEYS, &list), KMSRULES_OK);
        for (size_t i = 0; i < kmsrules_list_count(list) && pairs->count < 4096; i++) pairs->items[pairs->count++] = (struct pair){host, kmsrules_list_get(list, i)->key_group};
        kmsrules_list_free(list);
        kmsrules_question_free(question);
    }
    CU_ASSERT(pairs->count > 20 && pairs->count < 4096);
}

static kmsrules_question *question_of_pair(kmsrules_ruleset *ruleset, struct pair pair) {
    return question_of(ruleset, kmsrules_ruleset_edition(ruleset, pair.host)->id, kmsrules_ruleset_key_group(ruleset, pair.group)->id, NULL);
}

/* Every edition is in it with the verdicts of the decision on ids, or is no on both sides. */
static void check_verdicts(const kmsrules_ruleset *ruleset, const kmsrules_difference_summary *summary, struct pair from, struct pair to) {
    uint64_t rows[KMSRULES_SHIFT_COUNT] = {0}, left_out = 0;
    bool is_right = true;
    for (kmsrules_id edition = 0; edition < kmsrules_ruleset_edition_count(ruleset); edition++) {
        kmsrules_verdict before = kmsrules_can(ruleset, from.host, from.group, &edition, 1, NULL), after = kmsrules_can(ruleset, to.host, to.group, &edition, 1, NULL);
        const kmsrules_difference_product *product = find_product(summary, edition);
        bool is_left_out = before == KMSRULES_NO && after == KMSRULES_NO;
        left_out += is_left_out;
        is_right = is_right && (product == NULL) == is_left_out;
        if (product == NULL) continue;
        rows[product->change]++;
        is_right = is_right && product->before.verdict == before && product->after.verdict == after && product->change == kmsrules_shift_of(before, after);
    }
    CU_ASSERT(is_right);
    CU_ASSERT_EQUAL(summary->no_before_and_after, left_out);
    CU_ASSERT_EQUAL(memcmp(rows, summary->rows, sizeof rows), 0);
    CU_ASSERT_EQUAL(memcmp(rows, summary->machines, sizeof rows), 0);
}

static bool mirrors(kmsrules_shift there, kmsrules_shift back) {
    switch (there) {
    case KMSRULES_GAINED: return back == KMSRULES_LOST || back == KMSRULES_FALLEN;
    case KMSRULES_LOST:
    case KMSRULES_FALLEN: return back == KMSRULES_GAINED;
    case KMSRULES_UNSETTLED: return back == KMSRULES_SETTLED;
    case KMSRULES_SETTLED: return back == KMSRULES_UNSETTLED;
    case KMSRULES_OPENED: return back == KMSRULES_DENIED;
    case KMSRULES_DENIED: return back == KMSRULES_OPENED;
    default: return back == KMSRULES_UNCHANGED;
    }
}

static void check_mirror(const kmsrules_difference_summary *there, const kmsrules_difference_summary *back) {
    bool is_right = there->product_count == back->product_count;
    for (size_t i = 0; is_right && i < there->product_count; i++) {
        const kmsrules_difference_product *product = &there->products[i], *other = &back->products[i];
        is_right = product->id == other->id && mirrors(product->change, other->change) && product->before.verdict == other->after.verdict &&
                   product->before.code == other->after.code && product->before.basis == other->after.basis && strcmp(product->before.reason, other->after.reason) == 0;
    }
    CU_ASSERT(is_right);
}

static void check_two(kmsrules_ruleset *ruleset, struct pair from, struct pair to) {
    kmsrules_question *before = question_of_pair(ruleset, from), *after = question_of_pair(ruleset, to);
    kmsrules_difference *there = difference_of(before, after), *back = difference_of(after, before);
    check_verdicts(ruleset, kmsrules_difference_sum_up(there), from, to);
    check_mirror(kmsrules_difference_sum_up(there), kmsrules_difference_sum_up(back));
    kmsrules_difference_free(there);
    kmsrules_difference_free(back);
    kmsrules_question_free(before);
    kmsrules_question_free(after);
}

static void check_same(kmsrules_ruleset *ruleset, struct pair pair) {
    kmsrules_question *question = question_of_pair(ruleset, pair);
    kmsrules_difference *difference = difference_of(question, question);
    const kmsrules_difference_summary *summary = kmsrules_difference_sum_up(difference);
    CU_ASSERT(summary->product_count > 0);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_UNCHANGED], summary->product_count);
    kmsrules_difference_free(difference);
    kmsrules_question_free(question);
}

/* Every pair takes part, with partners far and near. */
static void check_ruleset(kmsrules_ruleset *ruleset) {
    static struct pairs pairs;
    list_pairs(ruleset, &pairs);
    for (size_t i = 0; i < pairs.count; i++) {
        check_same(ruleset, pairs.items[i]);
        check_two(ruleset, pairs.items[i], pairs.items[(i * 7 + 3) % pairs.count]);
    }
}

static void every_host_and_key(void) {
    check_ruleset(windows);
    check_ruleset(windows_2010);
}

/* ---- Keys and facts ------------------------------------------------------------------------------------------------------------------------- */

static const kmsrules_difference_key *find_key(const kmsrules_difference_summary *summary, const char *application) {
    for (size_t i = 0; i < summary->key_count; i++)
        if (strcmp(kmsrules_ruleset_application(windows, summary->keys[i].application)->id, application) == 0) return &summary->keys[i];
    return NULL;
}

/* A move takes along only the keys that are named. */
static void lost_application(void) {
    kmsrules_question *from = question_of(windows, "Windows Server 2022 Standard", "windows-server-2022", "office-ltsc-2021");
    kmsrules_question *to = question_of(windows, "Windows Server 2022 Datacenter", "windows-server-2022", NULL);
    kmsrules_difference *difference = difference_of(from, to);
    const kmsrules_difference_summary *summary = kmsrules_difference_sum_up(difference);
    const kmsrules_difference_key *office = find_key(summary, "office-ltsc-2021"), *system = find_key(summary, "windows");
    const kmsrules_difference_product *product = find_product(summary, edition_of("office-ltsc-2021-volume-editions"));
    CU_ASSERT_FATAL(office != NULL && system != NULL && product != NULL);
    CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_key_group(windows, office->before)->id, "office-ltsc-2021");
    CU_ASSERT_EQUAL(office->after, KMSRULES_NONE);
    CU_ASSERT(!office->before_assumed && !office->after_assumed);
    CU_ASSERT(system->before == system->after && !system->after_assumed);
    CU_ASSERT_EQUAL(product->change, KMSRULES_LOST);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_LOST], 1);
    kmsrules_difference_free(difference);
    kmsrules_question_free(from);
    kmsrules_question_free(to);
}

/* The assumed group is one under which no fewer editions are no, then undocumented, then conditional. */
static void check_assumed(kmsrules_id host, const kmsrules_difference_key *key) {
    uint64_t best[KMSRULES_NO_VERDICT] = {0}, own[KMSRULES_NO_VERDICT];
    bool is_first = true;
    for (kmsrules_id group = 0; group < kmsrules_ruleset_key_group_count(windows); group++) {
        uint64_t rows[KMSRULES_NO_VERDICT] = {0};
        if (kmsrules_ruleset_key_group(windows, group)->application != key->application) continue;
        for (kmsrules_id edition = 0; edition < kmsrules_ruleset_edition_count(windows); edition++)
            if (kmsrules_ruleset_edition(windows, edition)->application == key->application) rows[kmsrules_can(windows, host, group, &edition, 1, NULL)]++;
        bool is_better = is_first;
        for (int verdict = KMSRULES_NO; !is_better && verdict > KMSRULES_YES; verdict--) {
            if (rows[verdict] > best[verdict]) break;
            is_better = rows[verdict] < best[verdict];
        }
        if (is_better) memcpy(best, rows, sizeof best);
        if (group == key->after) memcpy(own, rows, sizeof own);
        is_first = false;
    }
    CU_ASSERT_FATAL(key->after != KMSRULES_NONE && key->after_assumed);
    CU_ASSERT_EQUAL(memcmp(own, best, sizeof own), 0);
}

static void assumed_keys(void) {
    static const char *const hosts[] = {"Windows Server 2012 R2 Standard", "Windows Server 2019 Datacenter", "Windows 10 Enterprise", "Windows Server 2008 R2 Enterprise"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        kmsrules_question *question = question_of(windows, hosts[i], NULL, NULL);
        kmsrules_difference *difference = difference_of(question, question);
        kmsrules_identity identity;
        CU_ASSERT_EQUAL_FATAL(kmsrules_identify(windows, KMSRULES_EDITION, hosts[i], strlen(hosts[i]), &identity), KMSRULES_OK);
        const kmsrules_difference_key *key = find_key(kmsrules_difference_sum_up(difference), "windows");
        CU_ASSERT_PTR_NOT_NULL_FATAL(key);
        check_assumed(identity.id, key);
        kmsrules_difference_free(difference);
        kmsrules_question_free(question);
    }
}

/* What is known of one host says nothing of the other. */
static void facts_of_one_side(void) {
    kmsrules_question *from = question_of(windows, "Windows Server 2019 Standard", "windows-server-2022", NULL);
    kmsrules_question *to = question_of(windows, "Windows Server 2019 Standard", "windows-server-2022", NULL);
    kmsrules_id edition = edition_of("windows-10-pro");
    CU_ASSERT_EQUAL(kmsrules_question_add_update(to, "KB5003646"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_question_set_date(to, "2026-11-21"), KMSRULES_OK);
    kmsrules_difference *there = difference_of(from, to), *back = difference_of(to, from);
    CU_ASSERT_EQUAL(find_product(kmsrules_difference_sum_up(there), edition)->change, KMSRULES_SETTLED);
    CU_ASSERT_EQUAL(find_product(kmsrules_difference_sum_up(back), edition)->change, KMSRULES_UNSETTLED);
    CU_ASSERT_EQUAL(kmsrules_difference_sum_up(there)->need_count, 0);
    CU_ASSERT_EQUAL_FATAL(kmsrules_difference_sum_up(back)->need_count, 1);
    const kmsrules_fleet_need *need = kmsrules_difference_sum_up(back)->needs;
    CU_ASSERT_STRING_EQUAL(kmsrules_ruleset_update(windows, need->requirement.any_of[0])->id, "KB5003646");
    CU_ASSERT(need->requirement.or_later);
    kmsrules_difference_free(there);
    kmsrules_difference_free(back);
    kmsrules_question_free(from);
    kmsrules_question_free(to);
}

static void releases_as_hosts(void) {
    kmsrules_question *from = question_of(windows, "Windows Server 2012 R2", "windows-server-2012-r2", NULL);
    kmsrules_question *to = question_of(windows, "Windows Server 2022", "windows-server-2022", NULL);
    kmsrules_difference *difference = difference_of(from, to);
    const kmsrules_difference_summary *summary = kmsrules_difference_sum_up(difference);
    CU_ASSERT_EQUAL(find_product(summary, edition_of("windows-11-pro"))->change, KMSRULES_GAINED);
    CU_ASSERT_EQUAL(find_product(summary, edition_of("windows-vista-business"))->change, KMSRULES_FALLEN);
    kmsrules_difference_free(difference);
    kmsrules_question_free(from);
    kmsrules_question_free(to);
}

/* ---- Fleets --------------------------------------------------------------------------------------------------------------------------------- */

struct two_fleets {
    kmsrules_question *from, *to;
    kmsrules_fleet *before, *after;
};

static struct two_fleets open_fleets(void) {
    struct two_fleets fleets = {.from = question_of(windows, "Windows Server 2012 R2 Standard", "windows-server-2012-r2", NULL),
                                .to = question_of(windows, "Windows Server 2022 Standard", "windows-server-2022", NULL)};
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_new(fleets.from, &fleets.before), KMSRULES_OK);
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_new(fleets.to, &fleets.after), KMSRULES_OK);
    return fleets;
}

static void close_fleets(struct two_fleets *fleets) {
    kmsrules_fleet_free(fleets->before);
    kmsrules_fleet_free(fleets->after);
    kmsrules_question_free(fleets->from);
    kmsrules_question_free(fleets->to);
}

static void add_rows(struct two_fleets *fleets, const char *edition, const char *prefix, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s%zu", prefix, i);
        int kind = edition == NULL ? 0 : KMSRULES_EDITION;
        kmsrules_id id = edition == NULL ? 0 : edition_of(edition);
        CU_ASSERT_EQUAL(kmsrules_fleet_add(fleets->before, NULL, 0, 0, i + 1, kind, id, NULL), KMSRULES_OK);
        CU_ASSERT_EQUAL(kmsrules_fleet_add(fleets->after, name, strlen(name), 0, i + 1, kind, id, NULL), KMSRULES_OK);
    }
}

/* 26 clients of two generations and one of them twice, 3 servers, one Windows XP, two of nothing that is known. */
static void fleet(void) {
    struct two_fleets fleets = open_fleets();
    kmsrules_difference *difference = NULL;
    add_rows(&fleets, "windows-10-enterprise", "new", 20);
    add_rows(&fleets, "windows-10-enterprise", "new", 1);
    add_rows(&fleets, "windows-8-pro", "old", 6);
    add_rows(&fleets, "windows-server-2012-r2-standard", "server", 3);
    add_rows(&fleets, "windows-xp-professional", "dust", 1);
    add_rows(&fleets, NULL, "what", 2);
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_compare(fleets.before, fleets.after, &difference), KMSRULES_OK);
    close_fleets(&fleets); /* a difference needs nothing else */
    const kmsrules_difference_summary *summary = kmsrules_difference_sum_up(difference);
    CU_ASSERT(summary->is_fleet);
    CU_ASSERT_EQUAL(summary->product_count, 4);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_GAINED], 21);
    CU_ASSERT_EQUAL(summary->machines[KMSRULES_GAINED], 20);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_FALLEN], 6);
    CU_ASSERT_EQUAL(summary->rows[KMSRULES_UNCHANGED], 4);
    CU_ASSERT_EQUAL(summary->no_before_and_after, 1);
    CU_ASSERT_EQUAL(summary->unrecognised, 2);
    CU_ASSERT_EQUAL_FATAL(summary->threshold_count, 2);
    CU_ASSERT_EQUAL(summary->thresholds[0].minimum, 25);
    CU_ASSERT_EQUAL(summary->thresholds[0].certain, 23);  /* 20 and 3: clients and servers count together */
    CU_ASSERT_EQUAL(summary->thresholds[0].possible, 29); /* and 6 that are undocumented */
    CU_ASSERT_EQUAL(summary->thresholds[1].minimum, 5);
    const kmsrules_difference_product *dust = find_product(summary, edition_of("windows-xp-professional"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(dust);
    CU_ASSERT_EQUAL(dust->change, KMSRULES_UNCHANGED);
    CU_ASSERT_EQUAL(dust->after.code, KMSRULES_KR103);
    CU_ASSERT(strlen(dust->after.reason) > 0);
    kmsrules_difference_free(difference);
}

static void empty_fleet(void) {
    struct two_fleets fleets = open_fleets();
    kmsrules_difference *difference = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_fleet_compare(fleets.before, fleets.after, &difference), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_difference_sum_up(difference)->product_count, 0);
    CU_ASSERT_EQUAL(kmsrules_difference_sum_up(difference)->key_count, 0);
    kmsrules_difference_free(difference);
    close_fleets(&fleets);
}

/* ---- Wrong use ------------------------------------------------------------------------------------------------------------------------------ */

static void wrong_use(void) {
    kmsrules_question *good = question_of(windows, "Windows Server 2022 Standard", NULL, NULL), *other = question_of(windows_2010, "Windows 7 Enterprise", NULL, NULL);
    kmsrules_question *two = question_of(windows, "Windows Server 2022 Standard", "windows-server-2022", "windows-server-2019"), *none = NULL;
    kmsrules_difference *difference = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_question_new(windows, &none), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_compare(NULL, good, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_compare(good, NULL, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_compare(good, good, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_compare(good, other, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_compare(good, none, &difference), KMSRULES_NOTHING_ASKED);
    CU_ASSERT_EQUAL(kmsrules_compare(two, good, &difference), KMSRULES_TWO_KEYS);
    CU_ASSERT_EQUAL(kmsrules_question_set_host_build(good, "10.0.17763.1"), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_compare(good, good, &difference), KMSRULES_WRONG_LINE);
    CU_ASSERT_PTR_NULL(difference);
    CU_ASSERT_PTR_NULL(kmsrules_difference_sum_up(NULL));
    kmsrules_difference_free(NULL);
    kmsrules_question_free(good);
    kmsrules_question_free(other);
    kmsrules_question_free(two);
    kmsrules_question_free(none);
}

static void wrong_fleets(void) {
    struct two_fleets fleets = open_fleets();
    kmsrules_difference *difference = NULL;
    char *text = NULL;
    size_t size = 0;
    add_rows(&fleets, "windows-7-enterprise", "a", 2);
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleets.after, NULL, 0, 0, 3, 0, 0, NULL), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_fleet_compare(fleets.before, fleets.after, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_add(fleets.before, NULL, 0, 0, 3, KMSRULES_EDITION, 0, NULL), KMSRULES_OK);
    CU_ASSERT_EQUAL(kmsrules_fleet_compare(fleets.before, fleets.after, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_compare(NULL, fleets.after, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_compare(fleets.before, NULL, &difference), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_fleet_compare(fleets.before, fleets.before, NULL), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(difference);
    CU_ASSERT_EQUAL(kmsrules_difference_json(NULL, &text, &size), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_difference_print(NULL, false, &text, &size), KMSRULES_INVALID_ARGUMENT);
    close_fleets(&fleets);
}

/* ---- Names ------------------------------------------------------------------------------------------------------------------------------------ */

/* Tables without transitions, and with names that a terminal would obey. */
static void hostile_names(void) {
    struct load load = {0};
    kmsrules_question *question = NULL;
    kmsrules_difference *difference = NULL;
    char *text = NULL;
    size_t size = 0;
    load_table(&load, NULL,
               kr_text_of(TABLE_START TABLE_ROWS "  <release id=\"r8\" name=\"Evil &#x9b;31m&#x202e;8\" kind=\"client\" application=\"windows\">\n"
                                                 "    <edition id=\"evil\" name=\"Evil &#x9b;2J &#x2028;%s %n\" volume=\"yes\" source=\"s\"/>\n  </release>\n"
                                                 "  <key-group id=\"bad\" name=\"Bad &#x9b;0m\" kind=\"client\" application=\"windows\" source=\"s\">\n"
                                                 "    <covers editions=\"evil\" source=\"s\"/>\n    <fits hosts=\"r7 r8\" source=\"s\"/>\n  </key-group>\n" TABLE_END));
    CU_ASSERT_EQUAL_FATAL(load.status, KMSRULES_OK);
    question = question_of(load.ruleset, "evil", "bad", NULL);
    difference = difference_of(question, question);
    CU_ASSERT_EQUAL_FATAL(kmsrules_difference_print(difference, false, &text, &size), KMSRULES_OK);
    CU_ASSERT_EQUAL(strlen(text), size);
    CU_ASSERT_PTR_NULL(strstr(text, "\xC2\x9b"));
    CU_ASSERT_PTR_NULL(strstr(text, "\xE2\x80\xAE"));
    CU_ASSERT_PTR_NULL(strstr(text, "\xE2\x80\xA8"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "do not say what clients do meanwhile"));
    kmsrules_string_free(text);
    kmsrules_difference_free(difference);
    kmsrules_question_free(question);
    load_end(&load);
}

void test_difference_register(void) {
    CU_TestInfo tests[] = {{"every pair of verdicts", every_pair_of_verdicts},
                           {"the example", example_of_the_issue},
                           {"every host and key", every_host_and_key},
                           {"lost application", lost_application},
                           {"assumed keys", assumed_keys},
                           {"facts of one side", facts_of_one_side},
                           {"releases as hosts", releases_as_hosts},
                           {"fleet", fleet},
                           {"empty fleet", empty_fleet},
                           {"wrong use", wrong_use},
                           {"wrong fleets", wrong_fleets},
                           {"hostile names", hostile_names},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"difference", open_rulesets, close_rulesets, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
