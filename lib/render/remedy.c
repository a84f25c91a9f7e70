/* Remedies in words. In: remedies of an answer. Out: sentences, and the section of a page. Decides nothing. */
#include "render/page.h"
#include "render/words.h"

enum { SHOWN_HOSTS = 6, LINES = 8, MOST_LINES = 40 };

/* ---- Hosts ---- */

/* Whether all hosts of a release are there, so that it stands for them; one that has a single host says no more than that. */
static bool is_whole_release(const struct kmsrules_ruleset *ruleset, struct kr_ids hosts, kmsrules_id release) {
    size_t count = 0;
    for (size_t i = 0; release != KR_NONE && i < ruleset->releases[release].edition_count; i++) {
        kmsrules_id edition = ruleset->releases[release].editions[i];
        if (!ruleset->editions[edition].can_host) continue;
        if (!kr_ids_hold(hosts, edition)) return false;
        count++;
    }
    return count > 1;
}

static bool is_first_of_release(const struct kmsrules_ruleset *ruleset, struct kr_ids hosts, uint32_t index) {
    kmsrules_id release = ruleset->editions[hosts.items[index]].release;
    for (uint32_t i = 0; i < index; i++)
        if (ruleset->editions[hosts.items[i]].release == release) return false;
    return true;
}

/* Names to say, servers first: a release for its hosts, an edition where some of its release are missing. */
static size_t name_hosts(const struct kmsrules_ruleset *ruleset, struct kr_ids hosts, const char **names, size_t capacity) {
    size_t count = 0;
    for (uint32_t i = 0; i < 2 * hosts.count; i++) {
        kmsrules_id host = hosts.items[i % hosts.count], release = ruleset->editions[host].release;
        bool is_turn = (ruleset->editions[host].kind == KMSRULES_SERVER) == (i < hosts.count), is_whole = is_whole_release(ruleset, hosts, release);
        if (!is_turn || (is_whole && !is_first_of_release(ruleset, hosts, i % hosts.count))) continue;
        if (count < capacity) names[count] = is_whole ? ruleset->releases[release].name : ruleset->editions[host].name;
        count++;
    }
    return count;
}

static void say_hosts(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, struct kr_ids hosts) {
    const char *names[SHOWN_HOSTS];
    size_t count = name_hosts(ruleset, hosts, names, SHOWN_HOSTS), shown = count < SHOWN_HOSTS ? count : SHOWN_HOSTS;
    kr_words_say(out, "use another host: ");
    for (size_t i = 0; i < shown; i++) kr_words_say(out, i == 0 ? "%" : i + 1 == count ? " or %" : ", %", names[i]);
    if (shown == count) return;
    kr_words_say(out, " or one of ");
    kr_buffer_add_number(out, count - shown);
    kr_words_say(out, " more");
}

/* ---- Sentences ---- */

/* In the place of the one given for its application, or beside those of others. */
static void say_key(struct kr_buffer *out, const kmsrules_answer *answer, kmsrules_id group) {
    bool is_in_place = false;
    for (uint32_t i = 0; i < answer->asked.keys.count; i++)
        is_in_place = is_in_place || answer->ruleset->group_applications[answer->asked.keys.items[i]] == answer->ruleset->group_applications[group];
    kr_words_say(out, is_in_place ? "use key group \"%\"" : "add key group \"%\"", kr_words_group(answer->ruleset, group));
}

/* `may_be_there`: what is installed is not all known. */
static void say_change(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_change *change, struct kr_ids hosts, bool may_be_there) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    switch (change->kind) {
    case KMSRULES_INSTALL_UPDATE:
        kr_words_say(out, may_be_there ? "install (or confirm) " : "install ");
        kr_words_updates(out, ruleset, (struct kr_ids){&change->update, 1});
        break;
    case KMSRULES_USE_KEY: say_key(out, answer, change->key_group); break;
    case KMSRULES_USE_HOST: say_hosts(out, ruleset, hosts); break;
    case KMSRULES_LEARN: kr_words_say(out, "make sure that the host is %", ruleset->editions[change->host].name); break;
    case KMSRULES_ADD_MACHINES:
        kr_words_say(out, "add ");
        kr_buffer_add_number(out, change->count);
        kr_words_say(out, change->count == 1 ? " machine (" : " machines (");
        kr_words_kinds(out, change->kinds, "or");
        kr_words_say(out, " count)");
        break;
    }
}

/* The key groups that the changes leave to be chosen. */
static void say_groups(struct kr_buffer *out, const struct kmsrules_ruleset *ruleset, const kmsrules_remedy *remedy) {
    if (remedy->key_group_count > 0) kr_words_say(out, ", with key group ");
    for (size_t i = 0; i < remedy->key_group_count; i++)
        kr_words_say(out, i == 0 ? "\"%\"" : " and \"%\"", kr_words_group(ruleset, remedy->key_groups[i]));
}

/* Whether the answer assumed the same groups: then they were named. */
static bool is_assumed(const kmsrules_answer *answer, const kmsrules_remedy *remedy) {
    for (size_t i = 0; i < remedy->key_group_count; i++)
        for (size_t j = 0; j < answer->host_count; j++)
            if (answer->hosts[j].application == answer->ruleset->group_applications[remedy->key_groups[i]] && answer->hosts[j].key_group != remedy->key_groups[i]) return false;
    return true;
}

/* Whether the key groups are left to be chosen and a change bears on which. */
static bool leaves_groups(const kmsrules_answer *answer, const kmsrules_remedy *remedy) {
    bool is_open = answer->asked.keys.count == 0, matters = !is_assumed(answer, remedy);
    for (size_t i = 0; i < remedy->change_count; i++) {
        if (remedy->changes[i].kind == KMSRULES_USE_HOST) is_open = true;
        if (remedy->changes[i].kind != KMSRULES_ADD_MACHINES) matters = true;
    }
    return is_open && matters;
}

static bool stays_on_host(const kmsrules_remedy *remedy) {
    for (size_t i = 0; i < remedy->change_count; i++)
        if (remedy->changes[i].kind == KMSRULES_USE_HOST) return false;
    return true;
}

/* `hosts`: of this remedy and of those that differ in their host alone. */
static void say_remedy(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_remedy *remedy, struct kr_ids hosts) {
    bool says_groups = leaves_groups(answer, remedy), may_be_there = !answer->asked.updates_complete || !stays_on_host(remedy);
    for (size_t i = 0; i < remedy->change_count; i++) {
        if (i > 0) kr_words_say(out, "; ");
        say_change(out, answer, &remedy->changes[i], hosts, may_be_there);
        if (!says_groups || remedy->changes[i].kind != KMSRULES_USE_HOST) continue;
        say_groups(out, answer->ruleset, remedy);
        says_groups = false;
    }
    if (says_groups) say_groups(out, answer->ruleset, remedy);
}

void kr_words_remedy(struct kr_buffer *out, const kmsrules_answer *answer, const kmsrules_remedy *remedy) {
    say_remedy(out, answer, remedy, (struct kr_ids){&remedy->host, 1});
}

/* ---- The section of a page ---- */

static bool are_same_changes(const kmsrules_change *a, const kmsrules_change *b) {
    bool is_other_host = a->kind == KMSRULES_USE_HOST && b->kind == KMSRULES_USE_HOST;
    return a->kind == b->kind && (is_other_host || a->host == b->host) && a->key_group == b->key_group && a->update == b->update && a->count == b->count &&
           a->kinds == b->kinds;
}

static bool differ_in_host_alone(const kmsrules_remedy *a, const kmsrules_remedy *b) {
    if (a->change_count != b->change_count || a->key_group_count != b->key_group_count) return false;
    for (size_t i = 0; i < a->change_count; i++)
        if (!are_same_changes(&a->changes[i], &b->changes[i])) return false;
    for (size_t i = 0; i < a->key_group_count; i++)
        if (a->key_groups[i] != b->key_groups[i]) return false;
    return true;
}

static bool is_shown(const kmsrules_answer *answer, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (differ_in_host_alone(&answer->remedies[i], &answer->remedies[index])) return true;
    return false;
}

/* What a line speaks of: the hosts of the remedy at `index` and of those like it. False when there is no memory for it. */
static bool collect_hosts(const kmsrules_answer *answer, size_t index, struct kr_ids *hosts) {
    kmsrules_id *items = kr_memory_take(answer->remedy_count - index, sizeof *items);
    *hosts = (struct kr_ids){items, 0};
    for (size_t i = index; items != NULL && i < answer->remedy_count; i++)
        if (differ_in_host_alone(&answer->remedies[index], &answer->remedies[i])) items[hosts->count++] = answer->remedies[i].host;
    return items != NULL;
}

static void add_line(struct kr_page *page, const kmsrules_answer *answer, size_t index, size_t *told) {
    struct kr_ids hosts;
    if (!collect_hosts(answer, index, &hosts)) {
        page->out.has_failed = true;
        return;
    }
    kr_words_say(&page->out, "  - ");
    say_remedy(&page->out, answer, &answer->remedies[index], hosts);
    kr_words_say(&page->out, "\n");
    *told += hosts.count;
    kr_memory_free((void *)hosts.items);
}

/* "and 12 more of 2 changes" */
static void add_rest(struct kr_page *page, const kmsrules_answer *answer, const size_t *shown, size_t line_count) {
    for (size_t size = 1, left = 1; left > 0; size++) {
        size_t count = 0;
        left = 0;
        for (size_t i = 0; i < answer->remedy_count; i++) {
            bool is_told = false;
            for (size_t line = 0; line < line_count; line++) is_told = is_told || differ_in_host_alone(&answer->remedies[shown[line]], &answer->remedies[i]);
            if (answer->remedies[i].change_count > size) left++;
            if (!is_told && answer->remedies[i].change_count == size) count++;
        }
        if (count == 0) continue;
        kr_words_say(&page->out, "  - and ");
        kr_buffer_add_number(&page->out, count);
        kr_words_say(&page->out, " more of ");
        kr_buffer_add_number(&page->out, size);
        kr_words_say(&page->out, size == 1 ? " change\n" : " changes\n");
    }
}

/* The first one that does not ask for another host: so far the page goes at least. */
static size_t first_on_host(const kmsrules_answer *answer) {
    for (size_t i = 0; i < answer->remedy_count; i++)
        if (stays_on_host(&answer->remedies[i])) return i;
    return 0;
}

void kr_page_remedies(struct kr_page *page, const kmsrules_answer *answer) {
    size_t shown[MOST_LINES], line_count = 0, told = 0, least = first_on_host(answer);
    bool is_partial = answer->has_remedies && !answer->has_all_remedies;
    if (answer->remedy_count == 0 && !is_partial) return;
    kr_page_heading(page, "What would make it a yes, each by itself");
    for (size_t i = 0; i < answer->remedy_count && line_count < MOST_LINES && (line_count < LINES || i <= least); i++) {
        if (is_shown(answer, i)) continue;
        add_line(page, answer, i, &told);
        shown[line_count++] = i;
    }
    if (told < answer->remedy_count) add_rest(page, answer, shown, line_count);
    if (is_partial) kr_words_say(&page->out, "  - there may be more; these tables have too many ways to find them all\n");
}

/* ---- Public form ---- */

size_t kmsrules_remedy_text(const kmsrules_answer *answer, const kmsrules_remedy *remedy, char *buffer, size_t size) {
    struct kr_buffer out = kr_buffer_over(buffer, buffer == NULL ? 0 : size);
    if (answer != NULL && remedy != NULL) kr_words_remedy(&out, answer, remedy);
    return out.size;
}
