/* Words of other languages, words left out, patterns and their samples: what the load says of them and where, what their limits are, and that hostile rows
 * are refused or cost little. Expected places are counted by hand: a row of these tests begins at line 13, column 1. */
#include "names/recognize.h"
#include "support/tables.h"

#include <CUnit/Basic.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void test_vocabulary_register(void);

#define ANY (KMSRULES_EDITION | KMSRULES_RELEASE | KMSRULES_KEY_GROUP | KMSRULES_UPDATE)
#define WORD(text, to) "<word text=\"" text "\" to=\"" to "\" language=\"x\" source=\"s\"/>\n"
#define PATTERN(match, attributes, samples) "<pattern match=\"" match "\" " attributes " source=\"s\">\n" samples "</pattern>\n"
#define PRO "editions=\"pro\""
#define SAMPLE(text) "<sample text=\"" text "\"/>\n"

static bool rows_say(const char *rows, const char *expected) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    kr_buffer_add_string(&table, rows);
    kr_buffer_add_string(&table, TABLE_END);
    bool is_right = table_says(text_view(&table), NULL, expected);
    kr_buffer_free(&table);
    return is_right;
}

#define SAYS(rows, expected) CU_assertImplementation(rows_say(rows, expected), __LINE__, rows, __FILE__, "", CU_FALSE)

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Patterns ------------------------------------------------------------------------------------------------------------------------------- */

/* The value begins at column 17. */
static void check_match(const char *match, const char *expected) {
    struct kr_buffer row = {0};
    kr_buffer_add_string(&row, "<pattern match=\"");
    kr_buffer_add_string(&row, match);
    kr_buffer_add_string(&row, "\" editions=\"pro\" source=\"s\"><sample text=\"w7 pro\"/></pattern>\n");
    kr_buffer_add(&row, (struct kr_text){"", 1});
    CU_assertImplementation(rows_say(row.data, expected), __LINE__, match, __FILE__, "", CU_FALSE);
    kr_buffer_free(&row);
}

/* F113, F118 to F121: the column is that of the byte in the attribute value, also behind references. */
static void bad_patterns(void) {
    check_match("w7 pro", "");
    check_match("w7 (pro", "t.xml:13:20: KR923\n");
    check_match("w7 pro)", "t.xml:13:23: KR923\n");
    check_match("w7 [pro", "t.xml:13:20: KR923\n");
    check_match("(?&lt;name&gt;.+) (x", "t.xml:13:35: KR923\n");
    check_match("é(x", "t.xml:13:19: KR923\n");
    check_match("&#xE9;(x", "t.xml:13:23: KR923\n");
    check_match("&#233;(x", "t.xml:13:23: KR923\n");
    check_match("&#x4E13;&#97;(x", "t.xml:13:30: KR923\n");
    check_match("&#x1F600;&amp;(x", "t.xml:13:31: KR923\n");
    check_match("w7\n (pro", "t.xml:14:2: KR923\n");
    check_match("w7 (o+)+", "t.xml:13:21: KR923\n");
    check_match("^w7 pro$", "t.xml:13:17: KR923\n");
    check_match("w7 pro$", "t.xml:13:23: KR923\n");
    check_match("(*UTF)w7 pro", "t.xml:13:17: KR923\n");
    check_match("(*LIMIT_MATCH=1)w7 pro", "t.xml:13:17: KR923\n");
    check_match("(*NO_JIT)w7 pro", "t.xml:13:17: KR923\n");
    check_match("W7 pro", "t.xml:13:17: KR923\n");
    check_match("(?&lt;host&gt;w7) pro", "t.xml:13:23: KR923\n");
    check_match("(w)7 \\1", "t.xml:13:22: KR923\n");
    static const char *const outside[] = {"(?R)", "(?1)", "(?=a)", "(?!a)", "(?&lt;=a)", "(?&lt;!a)", "(?(1)a)", "\\K", "\\X", "\\C", "\\Q", "\\b", "(?C1)", "(*COMMIT)", "(?i)a", "(?>a)"};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        char match[64];
        snprintf(match, sizeof match, "w7 %s", outside[i]);
        check_match(match, "t.xml:13:20: KR923\n");
    }
}

static void check_repeated(const char *part, size_t count, const char *rest, const char *expected) {
    struct kr_buffer match = {0};
    for (size_t i = 0; i < count; i++) kr_buffer_add_string(&match, part);
    kr_buffer_add_string(&match, rest);
    kr_buffer_add(&match, (struct kr_text){"", 1});
    check_match(match.data, expected);
    kr_buffer_free(&match);
}

/* F115, F117: 512 bytes, 16 groups deep, 16 KiB compiled. */
static void large_patterns(void) {
    check_repeated("w", 505, "|w7 pro", "");
    check_repeated("w", 506, "|w7 pro", "t.xml:13:17: KR904\n");
    check_repeated("w", 60000, "|w7 pro", "t.xml:13:17: KR904\n");
    check_repeated("(", 16, "w7 pro))))))))))))))))", "");
    check_repeated("(", 17, "w7 pro)))))))))))))))))", "t.xml:13:33: KR904\n");
    check_match("(?:w7 pro){1000}", "t.xml:13:17: KR904\n");
    check_match("((a{100}){100}){100}", "t.xml:13:19: KR923\n"); /* quantifiers within each other come first */
}

/* F092 */
static void empty_match(void) {
    check_match(".*", "t.xml:13:10: KR924\n");
    check_match("(?:|w7 pro)", "t.xml:13:10: KR924\n");
    check_match("w7 pro|", "t.xml:13:10: KR924\n");
    check_match(".+", "");
}

/* F093: stricter than the fault asks, as a pattern must take what it is there for. */
static void samples(void) {
    SAYS(PATTERN("w7 pro", PRO, ""), "t.xml:13:1: KR925\n");
    SAYS(PATTERN("w7 pro", PRO, SAMPLE("W7 Pro") SAMPLE("W8 Pro") SAMPLE("w7  PRO")), "t.xml:15:1: KR925\n");
    SAYS(PATTERN("w7 pro", PRO, "<!-- a comment -->" SAMPLE("W7(R) Pro")), "t.xml:14:19: KR925\n");
    SAYS("<fold text=\"(r)\" to=\"\"/>" PATTERN("w7 pro", PRO, SAMPLE("W7(R) Pro")), "");
    SAYS(PATTERN("build (?&lt;build&gt;[0-9]+)", "", SAMPLE("Build 7601") SAMPLE("Build 0") SAMPLE("Build 99999999999")), "t.xml:15:1: KR925\nt.xml:16:1: KR925\n");
    SAYS(PATTERN("(?&lt;name&gt;.+) v[0-9]", "", SAMPLE("Windows 7 v1") SAMPLE("Windows 9 v1")), "t.xml:15:1: KR925\n");
    SAYS(PATTERN("v (?&lt;version&gt;[0-9h]+)", "", SAMPLE("v 22H2")), "t.xml:14:1: KR925\n");
    SAYS(PATTERN("v (?&lt;version&gt;[0-9h]+)", "", SAMPLE("v 22H2")) "<version name=\"22H2\" builds=\"19045\" source=\"s\"/>", "");
    SAYS(PATTERN("e (?&lt;edition_id&gt;[a-z]+)", "", SAMPLE("e Professional")), "t.xml:14:1: KR925\n");
}

/* A row that says nothing would only be in the way of those behind it; one that says two things would not say which counts. */
static void patterns_that_say_nothing(void) {
    SAYS(PATTERN("w7 pro", "", SAMPLE("w7 pro")), "t.xml:14:1: KR925\n");
    SAYS(PATTERN("w7 pro(?:|(?&lt;build&gt; [0-9]+))", "", SAMPLE("w7 pro")), "t.xml:14:1: KR925\n");
    SAYS(PATTERN("(?&lt;name&gt;.+) v1", PRO, SAMPLE("Windows 7 v1")), "t.xml:13:10: KR923\n");
    SAYS(PATTERN("w7 (?&lt;build&gt;[0-9]+)", PRO, SAMPLE("w7 7601")), "");
}

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEAVY "(?:a|a)*[0-9]" /* exponential on a run of a that no digit ends */

/* F123 */
static void undecided_samples(void) {
    SAYS(PATTERN(HEAVY "|" "a*", PRO, SAMPLE("a1") SAMPLE(A64)), "t.xml:13:10: KR924\nt.xml:15:1: KR925\n");
    SAYS(PATTERN(HEAVY "|a+", PRO, SAMPLE("a1") SAMPLE(A64)), "t.xml:15:1: KR925\n");
    SAYS(PATTERN(HEAVY, PRO, SAMPLE("a1") SAMPLE(A64)), "t.xml:15:1: KR925\n");
    SAYS(PATTERN(HEAVY, PRO, SAMPLE("a1")) PATTERN("a+", PRO, SAMPLE(A64)), ""); /* what the first one cannot decide, the second one takes */
}

static void unreachable_patterns(void) {
    static const char never[] = "t.xml:14:1: KR958\n";
    SAYS("\n" PATTERN("windows 7 .+", PRO, SAMPLE("Windows 7 Professional")), never);
    SAYS("\n" PATTERN("windows 7 .+", PRO, SAMPLE("Windows 7 Professional") SAMPLE("WINDOWS 7 Professional")), never);
    SAYS("\n" PATTERN("windows 7 .+", PRO, SAMPLE("Windows 7 Professional") SAMPLE("Windows 7 P")), "");
    SAYS("\n" PATTERN("windows 7 .+", PRO, SAMPLE("Windows 7 P") SAMPLE("Windows 7 Professional")), "");
    SAYS("<spelling text=\"Seven\" " PRO " source=\"s\"/>\n" PATTERN("seven", PRO, SAMPLE("seven")), never);
    SAYS(WORD("Profi", "Professional") PATTERN("windows 7 profi", PRO, SAMPLE("Windows 7 Profi")), never);
    SAYS("<ignore word=\"x64\"/>\n" PATTERN("windows 7 x64", "releases=\"r7\"", SAMPLE("Windows 7 x64")), never);
    SAYS("<pattern match=\"w7 .+\" " PRO " source=\"s\"><sample text=\"w7 x\"/></pattern>\n" PATTERN("w7 pro", PRO, SAMPLE("W7 Pro")), never);
    SAYS("<pattern match=\"w7 pro\" " PRO " source=\"s\"><sample text=\"w7 pro\"/></pattern>\n" PATTERN("w7 .+", PRO, SAMPLE("W7 x") SAMPLE("W7 Pro")), "");
    SAYS("<edition id=\"e\" name=\"E\" kind=\"client\" application=\"windows\" volume=\"no\" edition-ids=\"Professional\" source=\"s\"/>\n" PATTERN("prof.*", PRO, SAMPLE("Professional")), never);
}

/* ---- Words ---------------------------------------------------------------------------------------------------------------------------------- */

static void words_given_twice(void) {
    SAYS(WORD("Profi", "Professional") WORD("Haus", "Home"), "");
    SAYS(WORD("Profi", "Professional") WORD("Profi", "Professional"), "t.xml:14:1: KR955\n");
    SAYS(WORD("Profi", "Professional") WORD("PROFI", " professional "), "t.xml:14:1: KR955\n");
    SAYS(WORD("Profi", "Professional") WORD("Profi", "Home"), "t.xml:14:1: KR920\n");
    SAYS(WORD("Profi", "Professional") WORD("Profi", "Home") WORD("profi", "Professional"), "t.xml:14:1: KR920\nt.xml:15:1: KR955\n");
    SAYS(WORD("Profi", "a") WORD("Profi x", "b") WORD("x Profi", "c"), "");
    SAYS("<fold text=\"-\" to=\" \"/>" WORD("a-b", "c") WORD("a b", "d"), "t.xml:14:1: KR920\n");
    SAYS("<ignore word=\"x64\"/>\n<ignore text=\"X64\"/>\n<ignore text=\"x64 x\"/>\n", "t.xml:14:1: KR955\n");
    SAYS(WORD("x64", "a") "<ignore word=\"x64\"/>\n", ""); /* another step */
}

static void words_of_nothing(void) {
    SAYS("<fold word=\"microsoft\" to=\"\"/>\n" WORD("Microsoft", "Pro"), "t.xml:14:1: KR958\n");
    SAYS("<fold word=\"microsoft\" to=\"\"/>\n" WORD("Microsoft", "Pro") WORD("MICROSOFT", "Home"), "t.xml:14:1: KR958\nt.xml:15:1: KR958\n");
    SAYS("<fold word=\"microsoft\" to=\"\"/>\n" WORD("Mikrosoft", "Microsoft"), "");
    SAYS("<fold text=\"(r)\" to=\" \"/>\n<ignore text=\"(R)\"/>\n", "t.xml:14:1: KR958\n");
}

#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* The first column is that of the value: 13 for text, 20 for to. 256 bytes are a name, 257 are none. */
static void words_too_long(void) {
    static const char fold[] = "<fold text=\"a\" to=\"" B64 "\"/>\n";
    char rows[512];
    snprintf(rows, sizeof rows, "%s%s", fold, WORD("aaaa", "Pro"));
    SAYS(rows, "");
    snprintf(rows, sizeof rows, "%s%s", fold, WORD("aaaab", "Pro"));
    SAYS(rows, "t.xml:14:13: KR904\n");
    snprintf(rows, sizeof rows, "%s%s", fold, WORD("x", "aaaab"));
    SAYS(rows, "t.xml:14:20: KR904\n");
    snprintf(rows, sizeof rows, "%s%s", fold, "<ignore word=\"aaaab\"/>\n");
    SAYS(rows, "t.xml:14:15: KR904\n");
    snprintf(rows, sizeof rows, "%s%s", fold, "<pattern match=\"b+\" " PRO " source=\"s\">\n<sample text=\"aaaab\"/></pattern>");
    SAYS(rows, "t.xml:15:1: KR925\n");
}

static void names_given_twice(void) {
    SAYS("<spelling text=\"Seven\" " PRO " source=\"s\"/>\n<spelling text=\"SEVEN\" " PRO " source=\"s\"/>\n", "");
    SAYS("<spelling text=\"Windows 7\" releases=\"r7\" source=\"s\"/>\n", "");
    SAYS("<release id=\"r8\" name=\"Windows 8\" kind=\"client\" application=\"windows\"><edition id=\"p8\" name=\"P8\" volume=\"no\" source=\"s\"/></release>\n"
         "<spelling text=\"windows 7\" releases=\"r8\" source=\"s\"/>\n<spelling text=\"7 or 8\" releases=\"r7 r8\" source=\"s\"/>\n", "t.xml:14:1: KR920\n");
    SAYS("<version name=\"22H2\" builds=\"1 2\" source=\"s\"/>\n<version name=\"22h2\" builds=\"1 2\" source=\"s\"/>\n<version name=\"22H2\" builds=\"3\" source=\"s\"/>\n",
         "t.xml:14:1: KR955\nt.xml:15:1: KR920\n");
    SAYS("<column name=\"OS\" holds=\"os\" source=\"s\"/>\n<column name=\"os\" holds=\"os\" source=\"s\"/>\n<column name=\"Os\" holds=\"build\" source=\"s\"/>\n",
         "t.xml:14:1: KR955\nt.xml:15:1: KR920\n");
    SAYS("<product-type text=\"3\" kind=\"server\" source=\"s\"/>\n<product-type text=\"3\" kind=\"client\" source=\"s\"/>\n", "t.xml:14:1: KR920\n");
}

/* ---- Layers --------------------------------------------------------------------------------------------------------------------------------- */

#define OVERLAY(rows) "<ruleset xmlns=\"urn:kmsrules:1\" id=\"site\" revision=\"7\">\n" rows TABLE_END

static void load_layers(struct load *load, const char *first, const char *second) {
    load_start(load, NULL);
    load_provide(load, "a.xml", kr_text_of(first));
    load_provide(load, "b.xml", kr_text_of(second));
    load_add(load, "a.xml");
    load_add(load, "b.xml");
    load_build(load);
}

/* "edition 0 word": kind, candidates and step; "unknown", or the status. */
static bool reads(const kmsrules_ruleset *ruleset, unsigned kinds, const char *text, const char *expected) {
    kmsrules_identity identity;
    char said[256];
    kmsrules_status status = kmsrules_identify(ruleset, kinds, text, strlen(text), &identity);
    bool is_found = status == KMSRULES_OK || status == KMSRULES_AMBIGUOUS_NAME;
    size_t length = (size_t)snprintf(said, sizeof said, "%s", status == KMSRULES_UNKNOWN_NAME ? "unknown" : !is_found ? kmsrules_status_text(status)
                                                        : identity.kind == KMSRULES_EDITION ? "edition" : identity.kind == KMSRULES_RELEASE ? "release" : "other");
    for (size_t i = 0; is_found && i < identity.candidate_count; i++) length += (size_t)snprintf(said + length, sizeof said - length, " %u", identity.candidates[i]);
    if (is_found) snprintf(said + length, sizeof said - length, " %s", identity.how);
    if (strcmp(said, expected) != 0) printf("\n    \"%.80s\": %s, not %s", text, said, expected);
    return strcmp(said, expected) == 0;
}

#define LAYER TABLE_START TABLE_ROWS WORD("Profi", "Professional") "<ignore word=\"x64\"/>\n" PATTERN("w7 pro", PRO, SAMPLE("W7 Pro")) TABLE_END

static void layers_beside_each_other(void) {
    struct load load;
    load_layers(&load, LAYER, OVERLAY(WORD("Fenster", "Windows") "<ignore word=\"amd64\"/>\n" PATTERN("w7 [a-z]+", "releases=\"r7\"", SAMPLE("W7 any") SAMPLE("W7 Pro"))));
    CU_ASSERT(load_says(&load, "", ""));
    CU_ASSERT(reads(load.ruleset, ANY, "Windows 7 Profi", "edition 0 word"));
    CU_ASSERT(reads(load.ruleset, ANY, "Fenster 7 Profi", "edition 0 word"));
    CU_ASSERT(reads(load.ruleset, ANY, "Fenster 7 Profi x64 amd64", "edition 0 left-out"));
    CU_ASSERT(reads(load.ruleset, ANY, "W7 Pro", "edition 0 pattern"));
    CU_ASSERT(reads(load.ruleset, ANY, "W7 Prof", "release 0 pattern"));
    load_end(&load);
}

static void layers_against_each_other(void) {
    struct load load;
    load_layers(&load, LAYER, OVERLAY(WORD("profi", "Home") "<ignore word=\"X64\"/>\n" PATTERN("w7 pro|w7 p", PRO, SAMPLE("W7 Pro"))));
    CU_ASSERT(load_says(&load, "", "b.xml:2:1: KR920\nb.xml:3:1: KR955\nb.xml:4:1: KR958\n"));
    load_end(&load);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

/* Editions 0 pro of release 0; 1 ten-pro and 2 ten-ent of release 1. */
#define TEN \
    "<release id=\"r10\" name=\"Windows 10\" kind=\"client\" application=\"windows\">\n" \
    "<edition id=\"ten-pro\" name=\"Windows 10 Professional\" volume=\"no\" builds=\"10240 19045\" skus=\"48\" edition-ids=\"Professional\" source=\"s\"/>\n" \
    "<edition id=\"ten-ent\" name=\"Windows 10 Enterprise\" volume=\"no\" builds=\"10240 19045\" skus=\"4\" edition-ids=\"Enterprise\" source=\"s\"/></release>\n"

static void load_rows(struct load *load, const char *rows) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    kr_buffer_add_string(&table, rows);
    kr_buffer_add_string(&table, TABLE_END);
    load_table(load, NULL, text_view(&table));
    CU_ASSERT_PTR_NOT_NULL_FATAL(load->ruleset);
    kr_buffer_free(&table);
}

static void phrases(void) {
    struct load load;
    load_rows(&load, TEN WORD("Pro fi", "Professional") WORD("Pro", "Enterprise") WORD("专业版", "Professional") WORD("fi", "wrong"));
    const kmsrules_ruleset *ruleset = load.ruleset;
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 Pro fi", "edition 1 word")); /* the longest */
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 Pro", "edition 2 word"));
    CU_ASSERT(reads(ruleset, ANY, "Windows 10Pro", "unknown")); /* whole words */
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 Prof", "unknown"));
    CU_ASSERT(reads(ruleset, ANY, "Windows 10专业版", "edition 1 word")); /* but where another script begins */
    CU_ASSERT(reads(ruleset, ANY, "专业版Windows 10", "unknown"));         /* Professional Windows 10 */
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 专业版版", "unknown"));
    CU_ASSERT(reads(ruleset, ANY, "", "unknown"));
    CU_ASSERT(reads(ruleset, ANY, "Professional Pro fi", "unknown"));
    load_end(&load);
}

/* What replaced text may grow to: a name. What stands between words is one blank, for which there is room. */
static void replaced_text_at_the_limit(void) {
    char name[257], text[300], rows[2048];
    struct load load;
    memset(name, 'x', 253);
    strcpy(name + 253, " en");
    snprintf(rows, sizeof rows, "<edition id=\"x\" name=\"%s\" kind=\"client\" application=\"windows\" volume=\"no\" source=\"s\"/>\n%s%s<ignore word=\"or\"/>\n", name, WORD("de", "en"),
             WORD("a", B64 B64));
    load_rows(&load, rows);
    snprintf(text, sizeof text, "%.253s de", name);
    CU_ASSERT(reads(load.ruleset, ANY, text, "edition 1 word"));
    CU_ASSERT(reads(load.ruleset, ANY, "a a", "unknown")); /* 257 bytes */
    CU_ASSERT(reads(load.ruleset, ANY, "a", "unknown"));
    memset(text, 0, sizeof text);
    for (size_t i = 0; i < 256; i++) text[i] = i % 2 ? ' ' : 'a';
    CU_ASSERT(reads(load.ruleset, ANY, text, "unknown"));
    for (size_t i = 0; i < 255; i += 3) memcpy(text + i, "or ", 3);
    CU_ASSERT(reads(load.ruleset, ANY, text, "unknown"));
    load_end(&load);
}

/* Fewer words are left out before more; of more than four, all are. */
static void words_left_out(void) {
    struct load load;
    load_rows(&load, TEN "<spelling text=\"Windows 10 a\" editions=\"ten-ent\" source=\"s\"/><ignore word=\"a\"/><ignore word=\"b\"/><ignore text=\"b c\"/><ignore word=\"d\"/>"
                         "<ignore word=\"e\"/><ignore word=\"f\"/>");
    const kmsrules_ruleset *ruleset = load.ruleset;
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 a", "edition 2 spelling"));
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 a b", "edition 2 left-out"));
    CU_ASSERT(reads(ruleset, ANY, "b c Windows d 10 a e", "edition 2 left-out"));
    CU_ASSERT(reads(ruleset, ANY, "b c Windows d 10 a e f", "release 1 left-out"));
    CU_ASSERT(reads(ruleset, ANY, "c Windows 10", "unknown"));
    load_end(&load);
}

/* A group beside <name> or ids narrows them; it is never dropped. */
static void groups_beside_names(void) {
    struct load load;
    load_rows(&load, TEN PATTERN("(?&lt;name&gt;.+) is (?&lt;edition_id&gt;[a-z]+)", "", SAMPLE("Windows 10 is Enterprise"))
                         PATTERN("ten as (?&lt;edition_id&gt;[a-z]+)", "releases=\"r10\"", SAMPLE("Ten as Enterprise"))
                         PATTERN("both (?&lt;build&gt;[0-9]+)", "editions=\"ten-pro ten-ent\"", SAMPLE("Both 19045"))
                         PATTERN("sku (?&lt;sku&gt;[0-9]+)", "", SAMPLE("SKU 4")));
    const kmsrules_ruleset *ruleset = load.ruleset;
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 is Enterprise", "edition 2 pattern"));
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 is Professional", "edition 1 pattern"));
    CU_ASSERT(reads(ruleset, ANY, "Windows 10 is Home", "unknown"));
    CU_ASSERT(reads(ruleset, ANY, "Enterprise is Enterprise", "edition 2 pattern"));
    CU_ASSERT(reads(ruleset, ANY, "Enterprise is Professional", "unknown"));
    CU_ASSERT(reads(ruleset, ANY, "ten as Professional", "edition 1 pattern"));
    CU_ASSERT(reads(ruleset, ANY, "both 10240", "edition 1 2 pattern"));
    CU_ASSERT(reads(ruleset, ANY, "sku 48", "edition 1 pattern"));
    CU_ASSERT(reads(ruleset, KMSRULES_RELEASE, "sku 48", "release 1 pattern"));
    CU_ASSERT(reads(ruleset, KMSRULES_KEY_GROUP | KMSRULES_UPDATE, "sku 48", "unknown")); /* no edition was asked for */
    kmsrules_evidence evidence = KMSRULES_NO_EVIDENCE;
    kmsrules_identity identity;
    evidence.sku = 48;
    CU_ASSERT_EQUAL(kmsrules_recognize(ruleset, KMSRULES_KEY_GROUP, &evidence, &identity), KMSRULES_UNKNOWN_NAME);
    CU_ASSERT_EQUAL(kmsrules_recognize(ruleset, KMSRULES_EDITION, &evidence, &identity), KMSRULES_OK);
    load_end(&load);
}

/* A name within a name within a name, and no further. */
static void names_within_names(void) {
    struct load load;
    load_rows(&load, TEN PATTERN("x (?&lt;name&gt;.+)", "", SAMPLE("x Windows 10")));
    CU_ASSERT(reads(load.ruleset, ANY, "x x Windows 10", "release 1 pattern"));
    CU_ASSERT(reads(load.ruleset, ANY, "x x x Windows 10", "unknown"));
    load_end(&load);
}

/* What looks like a product key is no name, whatever a pattern would take. A name that the <fold> rows leave nothing of is known as written only. */
static void names_that_are_none(void) {
    struct load load;
    load_rows(&load, "<fold word=\"microsoft\" to=\"\"/>\n<spelling text=\"Microsoft\" " PRO " source=\"s\"/>\n" PATTERN("seven .+", PRO, SAMPLE("seven x")));
    CU_ASSERT(reads(load.ruleset, ANY, "Seven ABCDE-12345-FGHIJ-67890-KLMNO", kmsrules_status_text(KMSRULES_INVALID_ARGUMENT)));
    CU_ASSERT(reads(load.ruleset, ANY, "Seven ABCDE-12345-FGHIJ-67890", "edition 0 pattern"));
    CU_ASSERT(reads(load.ruleset, ANY, "Microsoft", "edition 0 spelling"));
    CU_ASSERT(reads(load.ruleset, ANY, "microsoft microsoft", "unknown"));
    CU_ASSERT(reads(load.ruleset, ANY, "", "unknown"));
    load_end(&load);
}

static void undecided_names(void) {
    struct load load;
    load_rows(&load, PATTERN(HEAVY, PRO, SAMPLE("a1")) PATTERN("a+b", PRO, SAMPLE("ab")) PATTERN("in (?&lt;name&gt;.+)", "", SAMPLE("in Windows 7"))
                         PATTERN("in .+", "releases=\"r7\"", SAMPLE("in any")));
    CU_ASSERT(reads(load.ruleset, ANY, A64 "1", "edition 0 pattern"));
    CU_ASSERT(reads(load.ruleset, ANY, A64 "b", "edition 0 pattern"));
    CU_ASSERT(reads(load.ruleset, ANY, A64 "c", "edition undecided"));
    CU_ASSERT(reads(load.ruleset, ANY, "in " A64 "c", "release 0 pattern")); /* undecided within, then taken by another */
    load_end(&load);
}

/* ---- Limits and hostile rows ------------------------------------------------------------------------------------------------------------------ */

enum { FOLDS, WORDS, IGNORED, PATTERNS, SAMPLES };

static void add_rows(struct kr_buffer *table, int kind, size_t count) {
    if (kind == SAMPLES) kr_buffer_add_string(table, "<pattern match=\"p [0-9]+\" " PRO " source=\"s\">\n");
    for (size_t i = 0; i < count; i++) {
        switch (kind) {
        case FOLDS: text_add(table, "<fold text=\"f%zu\" to=\"f\"/>\n", i); break;
        case WORDS: text_add(table, "<word text=\"w%zu\" to=\"w\" language=\"x\" source=\"s\"/>\n", i); break;
        case IGNORED: text_add(table, "<ignore word=\"i%zu\"/>\n", i); break;
        case PATTERNS: text_add(table, "<pattern match=\"p%zu\" " PRO " source=\"s\"><sample text=\"p%zu\"/></pattern>\n", i, i); break;
        default: text_add(table, "<sample text=\"p %zu\"/>\n", i);
        }
    }
    if (kind == SAMPLES) kr_buffer_add_string(table, "</pattern>\n");
}

/* Loads `count` rows; gives how long it took. */
static double load_many(int kind, size_t count, const char *expected) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    add_rows(&table, kind, count);
    kr_buffer_add_string(&table, TABLE_END);
    double start = seconds();
    CU_ASSERT(table_says(text_view(&table), NULL, expected));
    kr_buffer_free(&table);
    return seconds() - start;
}

static void limits_of_rows(void) {
    static const struct {
        int kind;
        size_t limit;
        const char *refused; /* the row that is one too many; of samples the first pattern */
    } cases[] = {
        {FOLDS, KR_FOLD_LIMIT, "t.xml:269:1: KR904\n"},        {WORDS, KR_PHRASE_LIMIT, "t.xml:10013:1: KR904\n"},  {IGNORED, KR_PHRASE_LIMIT, "t.xml:10013:1: KR904\n"},
        {PATTERNS, KR_NAME_PATTERN_LIMIT, "t.xml:269:1: KR904\n"}, {SAMPLES, KR_SAMPLE_LIMIT, "t.xml:13:1: KR904\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        load_many(cases[i].kind, cases[i].limit - 1, "");
        load_many(cases[i].kind, cases[i].limit, "");
        load_many(cases[i].kind, cases[i].limit + 1, cases[i].refused);
    }
}

static void very_many_rows(void) {
    CU_ASSERT(load_many(FOLDS, 100000, "t.xml:269:1: KR904\n") < 5);
    CU_ASSERT(load_many(WORDS, 100000, "t.xml:10013:1: KR904\n") < 5);
    CU_ASSERT(load_many(IGNORED, 100000, "t.xml:10013:1: KR904\n") < 5);
    CU_ASSERT(load_many(PATTERNS, 80000, "t.xml:13:1: KR904\nt.xml:269:1: KR904\n") < 5);
    CU_ASSERT(load_many(SAMPLES, 100000, "t.xml:13:1: KR904\n") < 5);
}

/* The most folds, words, and samples of one-letter words, which each may begin a phrase: as slow as rows within the limits were made. */
static void most_of_everything(void) {
    struct kr_buffer table = {0};
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 0; i < KR_FOLD_LIMIT; i++) text_add(&table, "<fold word=\"f%d\" to=\"f\"/>\n", i);
    for (int i = 0; i < KR_PHRASE_LIMIT; i++) {
        int size = 2 * (i % 120);
        text_add(&table, "<word text=\"%.*sw%d\" to=\"w\" language=\"x\" source=\"s\"/>\n", size, "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
                 "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a", i);
    }
    kr_buffer_add_string(&table, "<pattern match=\"[a-z ]+[0-9]+\" " PRO " source=\"s\">\n");
    for (int i = 0; i < KR_SAMPLE_LIMIT; i++) {
        for (int j = 0; j < 120; j++) kr_buffer_add_string(&table, j == 0 ? "<sample text=\"" : "a ");
        text_add(&table, "%d\"/>\n", i);
    }
    kr_buffer_add_string(&table, "</pattern>\n" TABLE_END);
    double start = seconds();
    CU_ASSERT(table_says(text_view(&table), NULL, ""));
    double taken = seconds() - start;
    if (taken > 20) printf("\n    %.1f s", taken);
    CU_ASSERT(taken < 60); /* some 1 s, and a sanitizer on a busy machine */
    kr_buffer_free(&table);
}

/* Patterns that each hand the whole name on to all of them would try it in 256 * 256 * 256 ways. */
static void patterns_within_patterns(void) {
    struct load load;
    struct kr_buffer rows = {0};
    for (int i = 0; i < KR_NAME_PATTERN_LIMIT; i++)
        text_add(&rows, "<pattern match=\"(?&lt;name&gt;.+)|x{%d}\" source=\"s\"><sample text=\"Windows 7\"/></pattern>\n", i + 1);
    kr_buffer_add(&rows, (struct kr_text){"", 1});
    load_rows(&load, rows.data);
    double start = seconds();
    CU_ASSERT(reads(load.ruleset, ANY, "nobody knows this", "edition undecided"));
    double taken = seconds() - start;
    if (taken > 0.1) printf("\n    %.3f s", taken);
    CU_ASSERT(taken < 5);
    load_end(&load);
    kr_buffer_free(&rows);
}

/* Heavy patterns on heavy samples: every reading ends at its limit. */
static void heavy_samples(void) {
    struct kr_buffer table = {0};
    struct load load;
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 0; i < KR_NAME_PATTERN_LIMIT; i++)
        text_add(&table, "<pattern match=\"(?:a|a)*[0-9]|x%d\" " PRO " source=\"s\"><sample text=\"x%d\"/><sample text=\"" A64 "%d\"/><sample text=\"" A64 "x\"/></pattern>\n", i, i, i);
    kr_buffer_add_string(&table, TABLE_END);
    double start = seconds();
    load_table(&load, NULL, text_view(&table));
    double taken = seconds() - start;
    CU_ASSERT_EQUAL(load.status, KMSRULES_INVALID_TABLE);
    if (taken > 20) printf("\n    %.1f s", taken);
    CU_ASSERT(taken < 60);
    load_end(&load);
    kr_buffer_free(&table);
}

/* Nine patterns that each take all their steps on every sample of a tenth: the steps of a load come to an end. */
static void all_steps(void) {
    struct kr_buffer table = {0};
    struct load load;
    kr_buffer_add_string(&table, TABLE_START TABLE_ROWS);
    for (int i = 0; i < 9; i++) text_add(&table, "<pattern match=\"(?:a|a)*[0-8]\" " PRO " source=\"s\"><sample text=\"%.*s1\"/></pattern>\n", i, "aaaaaaaaa");
    kr_buffer_add_string(&table, "<pattern match=\"a+(?:|9+)\" " PRO " source=\"s\">\n");
    for (int i = 0; i < KR_SAMPLE_LIMIT - 9; i++) text_add(&table, "<sample text=\"%s%.*s\"/>\n", A64, i % 64, A64);
    kr_buffer_add_string(&table, "</pattern>\n" TABLE_END);
    double start = seconds();
    load_table(&load, NULL, text_view(&table));
    double taken = seconds() - start;
    CU_ASSERT_EQUAL(load.status, KMSRULES_INVALID_TABLE);
    CU_ASSERT_EQUAL(kmsrules_builder_problem_count(load.builder), 9); /* eight patterns are in vain, and the limit */
    CU_ASSERT_STRING_EQUAL(kmsrules_builder_problem(load.builder, 8)->code, "KR904");
    if (taken > 20) printf("\n    %.1f s", taken);
    CU_ASSERT(taken < 60);
    load_end(&load);
    kr_buffer_free(&table);
}

void test_vocabulary_register(void) {
    CU_TestInfo problems[] = {{"bad patterns", bad_patterns},
                              {"large patterns", large_patterns},
                              {"empty match", empty_match},
                              {"samples", samples},
                              {"patterns that say nothing", patterns_that_say_nothing},
                              {"undecided samples", undecided_samples},
                              {"unreachable patterns", unreachable_patterns},
                              {"words given twice", words_given_twice},
                              {"words of nothing", words_of_nothing},
                              {"words too long", words_too_long},
                              {"names given twice", names_given_twice},
                              {"layers beside each other", layers_beside_each_other},
                              {"layers against each other", layers_against_each_other},
                              CU_TEST_INFO_NULL};
    CU_TestInfo reading[] = {{"phrases", phrases},
                             {"replaced text at the limit", replaced_text_at_the_limit},
                             {"words left out", words_left_out},
                             {"groups beside names", groups_beside_names},
                             {"names within names", names_within_names},
                             {"names that are none", names_that_are_none},
                             {"undecided names", undecided_names},
                             CU_TEST_INFO_NULL};
    CU_TestInfo hostile[] = {{"limits of rows", limits_of_rows},
                             {"very many rows", very_many_rows},
                             {"most of everything", most_of_everything},
                             {"patterns within patterns", patterns_within_patterns},
                             {"heavy samples", heavy_samples},
                             {"all steps", all_steps},
                             CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"vocabulary: problems", NULL, NULL, NULL, NULL, problems},
                             {"vocabulary: reading", NULL, NULL, NULL, NULL, reading},
                             {"vocabulary: hostile rows", NULL, NULL, NULL, NULL, hostile},
                             CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
