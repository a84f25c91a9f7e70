/* lib/base: memory, text and SHA-256. */
#define _XOPEN_SOURCE 700

#include "base/file.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "base/text.h"
#include "kmsrules/kmsrules.h"
#include "support/allocation.h"

#include <CUnit/Basic.h>

#include <errno.h>
#include <libxml/xmlmemory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_base_register(void);

#define TEXT(literal) ((struct kr_text){"" literal, sizeof literal - 1})

/* ---- Memory --------------------------------------------------------------------------------------------------------------------------------- */

static bool is_zero(const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i]) return false;
    }
    return true;
}

static void blocks(void) {
    unsigned char *block = kr_memory_take(100, 7);
    CU_ASSERT_PTR_NOT_NULL_FATAL(block);
    CU_ASSERT(is_zero(block, 700));
    kr_memory_free(block);
    kr_memory_free(NULL);
    volatile size_t huge = SIZE_MAX / 2 + 1;
    CU_ASSERT_PTR_NULL(kr_memory_take(huge, 2));
    CU_ASSERT_PTR_NULL(kr_memory_take(2, huge));
    void *nothing = kr_memory_take(0, 8);
    CU_ASSERT_PTR_NOT_NULL(nothing);
    kr_memory_free(nothing);
}

static void growing_arrays(void) {
    uint32_t *items = NULL;
    size_t capacity = 0;
    for (uint32_t count = 0; count < 1000; count++) {
        CU_ASSERT_FATAL(kr_memory_reserve((void **)&items, &capacity, count, sizeof *items));
        CU_ASSERT_FATAL(count < capacity);
        CU_ASSERT(items[count] == 0);
        items[count] = count;
    }
    for (uint32_t i = 0; i < 1000; i++) CU_ASSERT(items[i] == i);
    size_t before = capacity;
    CU_ASSERT_FALSE(kr_memory_reserve((void **)&items, &capacity, capacity, SIZE_MAX / 3));
    CU_ASSERT_EQUAL(capacity, before);
    CU_ASSERT(items[999] == 999);
    kr_memory_free(items);
}

static void arenas(void) {
    struct kr_arena arena = {0};
    size_t expected = 0;
    for (size_t size = 0; size < 600; size++) {
        unsigned char *taken = kr_arena_take(&arena, size, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(taken);
        CU_ASSERT((uintptr_t)taken % _Alignof(max_align_t) == 0);
        CU_ASSERT(is_zero(taken, size));
        memset(taken, 0xAA, size);
        expected += size;
    }
    CU_ASSERT(arena.taken_size >= expected);
    unsigned char *large = kr_arena_take(&arena, 1000, 1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    CU_ASSERT(is_zero(large, 1000000));
    CU_ASSERT_STRING_EQUAL(kr_arena_copy(&arena, "abcdef", 3), "abc");
    CU_ASSERT_STRING_EQUAL(kr_arena_copy(&arena, NULL, 0), "");
    kr_arena_free(&arena);
    CU_ASSERT_EQUAL(arena.taken_size, 0);
    CU_ASSERT_PTR_NOT_NULL(kr_arena_take(&arena, 1, 1));
    kr_arena_free(&arena);
    kr_arena_free(&arena);
}

static void arena_overflow(void) {
    struct kr_arena arena = {0};
    volatile size_t most = SIZE_MAX;
    CU_ASSERT_PTR_NULL(kr_arena_take(&arena, most, 2));
    CU_ASSERT_PTR_NULL(kr_arena_take(&arena, most / 2, 3));
    CU_ASSERT_PTR_NULL(kr_arena_take(&arena, most, 1));
    CU_ASSERT_PTR_NULL(kr_arena_take(&arena, most - 16, 1));
    CU_ASSERT_PTR_NULL(kr_arena_copy(&arena, "", most));
    CU_ASSERT_EQUAL(arena.taken_size, 0);
    kr_arena_free(&arena);
}

/* The tool of the out-of-memory sweeps itself. */
static void failing_allocations(void) {
#if !defined(__clang__) && !defined(__SANITIZE_THREAD__)
    CU_ASSERT_FATAL(allocation_can_fail());
#endif
    if (!allocation_can_fail()) return;
    allocation_fail(2, false);
    void *first = kr_memory_take(1, 1), *second = kr_memory_take(1, 1), *third = kr_memory_take(1, 1);
    CU_ASSERT(allocation_stop());
    CU_ASSERT(first && !second && third);
    allocation_fail(1, true);
    void *fourth = xmlMalloc(1), *fifth = xmlMallocAtomic(1);
    char *sixth = strdup("made inside the C library");
    CU_ASSERT(allocation_stop());
    CU_ASSERT(!fourth && !fifth);
    allocation_fail(100, true);
    CU_ASSERT_FALSE(allocation_stop());
    kr_memory_free(first);
    kr_memory_free(third);
    free(sixth);
}

static void base_out_of_memory(void) {
    if (!allocation_can_fail()) return;
    struct kr_arena arena = {0};
    struct kr_buffer buffer = {0};
    struct kr_file file;
    void *items = NULL;
    size_t capacity = 0;
    allocation_fail(1, true);
    void *taken = kr_arena_take(&arena, 1, 1);
    bool has_room = kr_memory_reserve(&items, &capacity, 0, 1);
    kr_buffer_add_string(&buffer, "text");
    kr_buffer_add_string(&buffer, "more");
    char *finished = kr_buffer_finish(&buffer);
    char *empty = kr_buffer_finish(&buffer);
    enum kr_file_result result = kr_file_read("/etc/passwd", SIZE_MAX, &file);
    char *resolved = kr_file_resolve("/");
    int error = errno;
    allocation_stop();
    CU_ASSERT(!taken && !has_room && !finished && !empty && !resolved);
    CU_ASSERT_EQUAL(error, ENOMEM);
    CU_ASSERT(capacity == 0 && items == NULL);
    CU_ASSERT_EQUAL(result, KR_FILE_NO_MEMORY);
    CU_ASSERT_STRING_EQUAL(file.message, "out of memory");
    CU_ASSERT_PTR_NULL(file.data);
}

/* ---- Text ----------------------------------------------------------------------------------------------------------------------------------- */

static void views(void) {
    CU_ASSERT_EQUAL(kr_text_of(NULL).size, 0);
    CU_ASSERT(kr_text_equal(kr_text_of(NULL), kr_text_of("")));
    CU_ASSERT(kr_text_is(TEXT("client"), "client"));
    CU_ASSERT_FALSE(kr_text_is(TEXT("client"), "clients"));
    CU_ASSERT_FALSE(kr_text_is(TEXT("clients"), "client"));
    CU_ASSERT_FALSE(kr_text_is(TEXT("a\0b"), "a"));
}

static void hashes(void) {
    static const char letters[] = "windows-server-2008-r2-datacenter-without-hyper-v-windows-server-2008-r2";
    uint64_t seen[sizeof letters];
    for (size_t size = 0; size < sizeof letters; size++) {
        seen[size] = kr_text_hash((struct kr_text){letters, size});
        for (size_t i = 0; i < size; i++) CU_ASSERT(seen[i] != seen[size]);
    }
    char copy[sizeof letters];
    memcpy(copy, letters, sizeof copy);
    for (size_t i = 0; i < sizeof letters - 1; i++) {
        copy[i] ^= 1;
        CU_ASSERT(kr_text_hash((struct kr_text){copy, sizeof copy - 1}) != seen[sizeof letters - 1]);
        copy[i] ^= 1;
    }
    CU_ASSERT(kr_text_hash((struct kr_text){copy, 20}) == seen[20]);
    CU_ASSERT(kr_text_hash(TEXT("\0")) != kr_text_hash(TEXT("\0\0")));
    CU_ASSERT(kr_text_hash(TEXT("windows-7")) == UINT64_C(0x6211ec8c27446fcd)); /* the same on every machine */
}

static void words(void) {
    struct kr_text list = TEXT("  a bc\t\r\ndef "), word;
    size_t offset = 0;
    CU_ASSERT(kr_text_next_word(list, &offset, &word) && kr_text_is(word, "a"));
    CU_ASSERT(kr_text_next_word(list, &offset, &word) && kr_text_is(word, "bc"));
    CU_ASSERT(kr_text_next_word(list, &offset, &word) && kr_text_is(word, "def"));
    CU_ASSERT_FALSE(kr_text_next_word(list, &offset, &word));
    CU_ASSERT_FALSE(kr_text_next_word(list, &offset, &word));
    offset = 0;
    CU_ASSERT_FALSE(kr_text_next_word(kr_text_of(NULL), &offset, &word));
    CU_ASSERT(kr_text_next_word(TEXT("a\vb"), &offset, &word) && word.size == 3);
}

static bool reads(struct kr_text text, uint64_t minimum, uint64_t maximum, uint64_t expected) {
    uint64_t number = 77;
    return kr_text_number(text, minimum, maximum, &number) && number == expected;
}

static bool refuses(struct kr_text text, uint64_t minimum, uint64_t maximum) {
    uint64_t number = 77;
    return !kr_text_number(text, minimum, maximum, &number) && number == 77;
}

static void numbers(void) {
    CU_ASSERT(reads(TEXT("0"), 0, 9, 0));
    CU_ASSERT(reads(TEXT("1000"), 1, 1000, 1000));
    CU_ASSERT(reads(TEXT("18446744073709551615"), 0, UINT64_MAX, UINT64_MAX));
    CU_ASSERT(refuses(TEXT("18446744073709551616"), 0, UINT64_MAX));
    CU_ASSERT(refuses(TEXT("99999999999999999999999"), 0, UINT64_MAX));
    CU_ASSERT(refuses(TEXT("1001"), 1, 1000));
    CU_ASSERT(refuses(TEXT("0"), 1, 1000));
    CU_ASSERT(refuses(TEXT(""), 0, 9));
    CU_ASSERT(refuses(TEXT("00"), 0, 9));
    CU_ASSERT(refuses(TEXT("07"), 0, 9));
    CU_ASSERT(refuses(TEXT("+7"), 0, 9));
    CU_ASSERT(refuses(TEXT("-7"), 0, 9));
    CU_ASSERT(refuses(TEXT(" 7"), 0, 9));
    CU_ASSERT(refuses(TEXT("7 "), 0, 9));
    CU_ASSERT(refuses(TEXT("0x7"), 0, 9));
    CU_ASSERT(refuses(TEXT("7\0"), 0, 9));
    CU_ASSERT(refuses(TEXT("\xD9\xA7"), 0, 9)); /* Arabic-Indic seven */
}

static void product_keys(void) {
    CU_ASSERT(kr_text_has_product_key(TEXT("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")));
    CU_ASSERT(kr_text_has_product_key(TEXT("aaaaa-bbbbb-ccccc-ddddd-eeeee")));
    CU_ASSERT(kr_text_has_product_key(TEXT("the key (12345-BBBBB-CCCCC-DDDDD-EEEEE) is")));
    CU_ASSERT(kr_text_has_product_key(TEXT("key:AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")));
    CU_ASSERT(kr_text_has_product_key(TEXT("x-AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-y")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("AAAAA-BBBBB-CCCCC-DDDDD")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("AAAAA-BBBBB-CCCCC-DDDDD-EEEE")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("AAAAA-BBBBB-CCCCC-DDDDD-EEEEEE"))); /* A and E are in no key */
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("XAAAAA-BBBBB-CCCCC-DDDDD-EEEEE")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("AAAAA BBBBB-CCCCC-DDDDD-EEEEE")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("AAAAA--BBBBB-CCCCC-DDDDD-EEEEE")));
    CU_ASSERT_FALSE(kr_text_has_product_key(TEXT("03612-00206-471-452343-03-1033-7601.0000-2852014")));
}

/* A row of keys: how five groups are made one text. "%" in `around` is the key. */
struct key_row {
    const char *groups, *between, *around;
    bool is_key;
};

static const char *const key_groups[] = {"2B7QX", "GG4HJ", "KMN3P", "TVW6Y", "98RDC"};

static void write_key(const struct key_row *row, char *out, size_t size) {
    struct kr_buffer text = kr_buffer_over(out, size);
    const char *mark = strchr(row->around, '%');
    kr_buffer_add(&text, (struct kr_text){row->around, (size_t)(mark - row->around)});
    for (int i = 0; i < 5; i++) {
        kr_buffer_add_string(&text, i == 0 ? "" : row->between);
        if (row->groups == NULL) kr_buffer_add_string(&text, key_groups[i]);
        else kr_buffer_add(&text, (struct kr_text){row->groups + 5 * i, 5});
    }
    kr_buffer_add_string(&text, mark + 1);
}

/* The keys of these rows are put together here: none stands in a file. `groups` NULL: with letters and digits of keys. */
static void product_keys_in_disguise(void) {
    static const char vowels[] = "AAAAABBBBBCCCCCDDDDDEEEEE", hexadecimal[] = "23467FBCD9BBBBBCCCCCDDDDD", digits[] = "2346798762234679876223467", letters[] = "BBBBBCCCCCDDDDDFFFFFGGGGG",
                      words[] = "therewhichhostsserveusers", lower[] = "2b7qxgg4hjkmn3ptvw6y98rdc", zero[] = "2B7QXGG4HJKMN3PTVW6Y08RDC";
    static const struct key_row rows[] = {
        /* stuck to something */
        {NULL, "-", "x%", true}, {NULL, "-", "%x", true}, {NULL, "-", "1%0", true}, {NULL, "-", "KEY%KEY", true}, {lower, "-", "x%", true}, {letters, "-", "x%x", true},
        {NULL, "-", "a.b/%", true}, {NULL, "-", "\xC3\xA9%\xC3\xA9", true}, {NULL, "-", "3\xC3\x97%", true},
        /* other separators */
        {NULL, "\xE2\x80\x90", "%", true}, {NULL, "\xE2\x80\x91", "%", true}, {NULL, "\xE2\x80\x92", "%", true}, {NULL, "\xE2\x80\x93", "%", true},
        {NULL, "\xE2\x80\x94", "%", true}, {NULL, "\xE2\x80\x95", "%", true}, {NULL, "\xE2\x88\x92", "%", true}, {NULL, "\xC2\xAD", "%", true},
        {NULL, "\xEF\xBC\x8D", "%", true}, {NULL, "\xEF\xB9\xA3", "%", true}, {NULL, "\xC2\xA0", "%", true}, {NULL, "\xE2\x80\x89", "%", true}, {NULL, "\xE2\x80\x8B", "%", true},
        {NULL, "\x96", "%", true}, {NULL, "_", "%", true}, {NULL, ".", "%", true}, {NULL, " ", "%", true}, {NULL, "\t", "%", true}, {NULL, "--", "%", true},
        {NULL, " - ", "%", true}, {NULL, " \xE2\x80\x93 ", "x%x", true}, {lower, " ", "%", true}, {lower, "_", "host %.", true}, {letters, " ", "%", true},
        {vowels, "\xE2\x80\x93", "%", true}, {vowels, "\xC2\xAD", "(%)", true}, {vowels, "-", "\xE2\x80\x93%\xE2\x80\x93", true},
        /* none */
        {NULL, "", "%", true}, {NULL, "", "key=%;", true}, {lower, "", "%", true}, {NULL, "", "x-%-x", true}, {NULL, "", "\xC3\xA9%", true},
        /* and what is no key */
        {NULL, "----", "%", false}, {NULL, ",", "%", false}, {NULL, ";", "%", false}, {NULL, "\n", "%", false}, {NULL, ":", "%", false}, {NULL, "/", "%", false}, {NULL, "-a-", "%", false},
        {vowels, " ", "%", false}, {vowels, "_", "%", false}, {vowels, "-", "x%", false}, {vowels, "\xE2\x80\x93", "x%", false}, {words, " ", "%", false}, {words, "", "%", false},
        {words, "_", "%", false}, {words, ".", "%", false}, {zero, " ", "%", false}, {zero, "", "%", false}, {hexadecimal, " ", "%", false}, {hexadecimal, "", "%", false},
        {hexadecimal, ".", "%", false}, {digits, " ", "%", false}, {digits, ".", "%", false}, {letters, "", "%", false}, {NULL, "", "x%", false}, {NULL, "", "%a", false}, {NULL, "", "%0", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        write_key(&rows[i], text, sizeof text);
        if (kr_text_has_product_key(kr_text_of(text)) != rows[i].is_key) printf("\nrow %zu: %s\n", i, text);
        CU_ASSERT_EQUAL(kr_text_has_product_key(kr_text_of(text)), rows[i].is_key);
        CU_ASSERT_EQUAL(kmsrules_has_product_key(text, strlen(text)), rows[i].is_key);
    }
    CU_ASSERT_FALSE(kmsrules_has_product_key(NULL, 0));
}

/* The same in full-width characters. */
static void wide_product_keys(void) {
    char text[200], wide[600];
    for (int is_parted = 0; is_parted < 2; is_parted++) {
        struct kr_buffer out = kr_buffer_over(wide, sizeof wide);
        write_key(&(struct key_row){NULL, is_parted ? "-" : "", "%", true}, text, sizeof text);
        for (const char *c = text; *c != '\0'; c++) {
            unsigned folded = 0xFF00u + (unsigned char)*c - ' ';
            kr_buffer_add(&out, (struct kr_text){(char[]){(char)0xEF, (char)(0x80 | (folded >> 6 & 0x3F)), (char)(0x80 | (folded & 0x3F))}, 3});
        }
        CU_ASSERT(kr_text_has_product_key(kr_text_of(wide)));
    }
}

static void no_product_keys(void) {
    static const char *const texts[] = {
        "7dc26449-db21-4e09-ba37-28f2958506a6", "7DC26449-DB21-4E09-BA37-28F2958506A6", "{b92e9980-b9d5-4821-9c94-140f632f6312}", "7dc26449db214e09ba3728f2958506a6",
        "55041-00168-305-246209-03-1033-7600.0000-0532010", "03612-00206-471-452343-03-1033-7601.0000-2852014", "00371-OEM-8992671-00524", "76588-012-1234567-70400",
        "f5c64a4e3ad57bd9da3d62acad6b6a5e2ba2b2b3", "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9", "pc00001.contoso.example", "kms01.branch.europe.contoso.example",
        "WIN-7VQ2BKCD3TR", "desktop-7bqxg4h.corp.contoso.example", "CN=PC22,OU=Branch,DC=contoso,DC=example", "KB5034768 KB5036896, KB4467695;KB3172614", "KB2733773,KB2734687,KB2764642",
        "0x0,25,pc00001.contoso.example,00000001-0000-4000-8000-000000000001,2024/5/6 07:08,0,1,249120,00000001-0000-4000-8000-000000000001", "10.0.17763.5329",
        "Windows Server 2022 Datacenter: Azure Edition", "W269N", "_vlmcs._tcp.contoso.example.", "xn--bcher-kva.xn--contoso-jua.example", "fe80:2346:79bc:dfff:2346:79bc:dfff:2346",
        "----- ----- ----- ----- -----", "                                        ", "22222-33333-44444-66666", "VMBRK-22347-BRNCH-NRTH2",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (kr_text_has_product_key(kr_text_of(texts[i]))) printf("\n%s\n", texts[i]);
        CU_ASSERT_FALSE(kr_text_has_product_key(kr_text_of(texts[i])));
    }
}

/* At every place of a long text (of letters that no key has), and nowhere when a character of it is another. */
static void places_of_product_keys(void) {
    char key[40], text[400];
    write_key(&(struct key_row){NULL, "-", "%", true}, key, sizeof key);
    for (size_t at = 0; at + 29 <= 300; at++) {
        for (size_t i = 0; i < 300; i++) text[i] = "a sole, 001.oasis.aeolus; "[i % 26];
        memcpy(text + at, key, 29);
        CU_ASSERT_EQUAL(kr_text_find_product_key((struct kr_text){text, 300}), at);
        text[at + at % 29] = '%';
        CU_ASSERT_EQUAL(kr_text_find_product_key((struct kr_text){text, 300}), 300);
    }
}

/* ---- UTF-8 ---------------------------------------------------------------------------------------------------------------------------------- */

static void valid_utf8(void) {
    static const struct {
        struct kr_text text;
        uint32_t character;
    } rows[] = {
        {{"\x7F", 1}, 0x7F},
        {{"\xC2\x80", 2}, 0x80},
        {{"\xDF\xBF", 2}, 0x7FF},
        {{"\xE0\xA0\x80", 3}, 0x800},
        {{"\xED\x9F\xBF", 3}, 0xD7FF},
        {{"\xEE\x80\x80", 3}, 0xE000},
        {{"\xEF\xBF\xBF", 3}, 0xFFFF},
        {{"\xF0\x90\x80\x80", 4}, 0x10000},
        {{"\xF4\x8F\xBF\xBF", 4}, 0x10FFFF},
        {{"\0", 1}, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t offset = 0;
        CU_ASSERT_EQUAL(kr_utf8_valid_size(rows[i].text), rows[i].text.size);
        CU_ASSERT_EQUAL(kr_utf8_next(rows[i].text, &offset), rows[i].character);
        CU_ASSERT_EQUAL(offset, rows[i].text.size);
    }
}

static void invalid_utf8(void) {
    static const char *const rows[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x41",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xE2\x82",
        "\xE2\x82\x41",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF0\x9F\x98",
        "\xFE",
        "\xFF",
        "\xF8\x88\x80\x80\x80",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t offset = 0;
        CU_ASSERT_EQUAL(kr_utf8_valid_size(kr_text_of(rows[i])), 0);
        CU_ASSERT_EQUAL(kr_utf8_next(kr_text_of(rows[i]), &offset), 0xFFFD);
        CU_ASSERT_EQUAL(offset, 1);
    }
}

/* A fault is found wherever it stands among the eight bytes looked at together. */
static void utf8_positions(void) {
    char text[40];
    for (size_t place = 0; place < sizeof text; place++) {
        memset(text, 'a', sizeof text);
        text[place] = '\xFF';
        CU_ASSERT_EQUAL(kr_utf8_valid_size((struct kr_text){text, sizeof text}), place);
    }
    memset(text, 'a', sizeof text);
    memcpy(text + 5, "\xE2\x82\xAC", 3);
    CU_ASSERT_EQUAL(kr_utf8_valid_size((struct kr_text){text, sizeof text}), sizeof text);
    CU_ASSERT_EQUAL(kr_utf8_valid_size((struct kr_text){text, 7}), 5);
    CU_ASSERT_EQUAL(kr_utf8_valid_size(kr_text_of(NULL)), 0);
}

/* ---- Places --------------------------------------------------------------------------------------------------------------------------------- */

static bool is_at(struct kr_position *position, struct kr_text text, size_t offset, uint32_t line, uint32_t column) {
    kr_position_move(position, text, offset);
    return position->offset == offset && position->line == line && position->column == column;
}

static void positions(void) {
    struct kr_text text = TEXT("ab\ncd\r\nef\rgh\r\r\n\n");
    static const uint32_t expected[][2] = {{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {2, 3}, {2, 4}, {3, 1}, {3, 2},
                                           {3, 3}, {4, 1}, {4, 2}, {4, 3}, {5, 1}, {5, 2}, {6, 1}, {7, 1}};
    struct kr_position rising = {0, 1, 1};
    CU_ASSERT_EQUAL_FATAL(sizeof expected / sizeof expected[0], text.size + 1);
    for (size_t i = 0; i <= text.size; i++) {
        struct kr_position fresh = {0, 1, 1};
        CU_ASSERT(is_at(&rising, text, i, expected[i][0], expected[i][1]));
        CU_ASSERT(is_at(&fresh, text, i, expected[i][0], expected[i][1]));
    }
    CU_ASSERT(is_at(&rising, text, 4, 2, 2)); /* back */
    kr_position_move(&rising, text, 1000);
    CU_ASSERT_EQUAL(rising.offset, text.size);
    struct kr_position empty = {0};
    CU_ASSERT(is_at(&empty, kr_text_of(NULL), 0, 1, 1));
}

/* ---- Text being written --------------------------------------------------------------------------------------------------------------------- */

static void growing_buffers(void) {
    struct kr_buffer buffer = {0};
    for (unsigned i = 0; i < 1000; i++) kr_buffer_add_number(&buffer, i % 10);
    kr_buffer_add_string(&buffer, NULL);
    CU_ASSERT_EQUAL(buffer.size, 1000);
    char *text = kr_buffer_finish(&buffer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(strlen(text), 1000);
    CU_ASSERT(strncmp(text + 990, "0123456789", 11) == 0);
    kr_memory_free(text);
    text = kr_buffer_finish(&buffer);
    CU_ASSERT_STRING_EQUAL(text, "");
    kr_memory_free(text);
    kr_buffer_add_number(&buffer, UINT64_MAX);
    CU_ASSERT_STRING_EQUAL(buffer.data, "18446744073709551615");
    kr_buffer_free(&buffer);
    kr_buffer_free(&buffer);
}

static void fixed_buffers(void) {
    char storage[8];
    memset(storage, 'x', sizeof storage);
    struct kr_buffer buffer = kr_buffer_over(storage, sizeof storage);
    CU_ASSERT_STRING_EQUAL(storage, "");
    kr_buffer_add_string(&buffer, "abc");
    CU_ASSERT_STRING_EQUAL(storage, "abc");
    kr_buffer_add_string(&buffer, "defg");
    CU_ASSERT_STRING_EQUAL(storage, "abcdefg");
    kr_buffer_add_string(&buffer, "hij");
    kr_buffer_add_string(&buffer, "klm");
    CU_ASSERT_STRING_EQUAL(storage, "abcdefg");
    CU_ASSERT_EQUAL(buffer.size, 13);
    struct kr_buffer none = kr_buffer_over(NULL, 0);
    kr_buffer_add_string(&none, "abc");
    CU_ASSERT_EQUAL(none.size, 3);
    struct kr_buffer one = kr_buffer_over(storage, 1);
    kr_buffer_add_string(&one, "abc");
    CU_ASSERT_STRING_EQUAL(storage, "");
}

static bool escapes(struct kr_text text, const char *expected) {
    char storage[200];
    struct kr_buffer buffer = kr_buffer_over(storage, sizeof storage);
    kr_buffer_add_escaped(&buffer, text);
    return strcmp(storage, expected) == 0 && buffer.size == strlen(expected);
}

static void escaping(void) {
    CU_ASSERT(escapes(TEXT("Windows\xC2\xAE 10 – \xE4\xB8\xAD\xF0\x9F\x98\x80"), "Windows\xC2\xAE 10 – \xE4\xB8\xAD\xF0\x9F\x98\x80"));
    CU_ASSERT(escapes(TEXT("a\x1B[31mb\nc\0d\x7F"), "a\\x1b[31mb\\x0ac\\x00d\\x7f"));
    CU_ASSERT(escapes(TEXT("\xC2\x9B"), "\\u{9b}"));
    CU_ASSERT(escapes(TEXT("a\xE2\x80\xAE"
                           "b\xE2\x80\x8B"
                           "c\xE2\x80\xA8"),
                      "a\\u{202e}b\\u{200b}c\\u{2028}"));
    CU_ASSERT(escapes(TEXT("\xEF\xBB\xBF\xF3\xA0\x81\x81"), "\\u{feff}\\u{e0041}"));
    CU_ASSERT(escapes(TEXT("\xEE\x80\x80\xEF\xA3\xBF\xEF\xA4\x80\xF4\x80\x80\x80"), "\\u{e000}\\u{f8ff}\xEF\xA4\x80\\u{100000}")); /* private use, and the CJK letter behind it */
    CU_ASSERT(escapes(TEXT("\xFF\xC2z\xE2\x80"), "\\xff\\xc2z\\xe2\\x80"));
    CU_ASSERT(escapes(kr_text_of(NULL), ""));
}

/* ---- SHA-256 -------------------------------------------------------------------------------------------------------------------------------- */

static bool digests(const char *data, size_t size, size_t portion, const char *expected) {
    struct kr_sha256 hash;
    char hex[65];
    kr_sha256_start(&hash);
    for (size_t i = 0; i < size; i += portion) kr_sha256_add(&hash, data + i, size - i < portion ? size - i : portion);
    kr_sha256_finish(&hash, hex);
    return strcmp(hex, expected) == 0;
}

/* FIPS 180-4 and the vectors of NIST's example files. */
static void sha256_vectors(void) {
    static const char two_blocks[] =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
    CU_ASSERT(digests("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    CU_ASSERT(digests("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CU_ASSERT(digests("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 56,
                      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
    for (size_t portion = 1; portion <= 112; portion++) {
        CU_ASSERT(digests(two_blocks, 112, portion, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"));
    }
    char *million = malloc(1000000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(million);
    memset(million, 'a', 1000000);
    CU_ASSERT(digests(million, 1000000, 997, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    free(million);
}

/* Every length around the places where padding needs one block more. */
static void sha256_padding(void) {
    char zeros[130] = {0};
    CU_ASSERT(digests(zeros, 55, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"));
    CU_ASSERT(digests(zeros, 56, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"));
    CU_ASSERT(digests(zeros, 57, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"));
    CU_ASSERT(digests(zeros, 64, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"));
}

void test_base_register(void) {
    CU_TestInfo memory[] = {{"blocks", blocks},
                            {"growing arrays", growing_arrays},
                            {"arenas", arenas},
                            {"arena overflow", arena_overflow},
                            {"failing allocations", failing_allocations},
                            {"base out of memory", base_out_of_memory},
                            CU_TEST_INFO_NULL};
    CU_TestInfo text[] = {{"views", views},
                          {"hashes", hashes},
                          {"words", words},
                          {"numbers", numbers},
                          {"product keys", product_keys},
                          {"product keys in disguise", product_keys_in_disguise},
                          {"wide product keys", wide_product_keys},
                          {"no product keys", no_product_keys},
                          {"places of product keys", places_of_product_keys},
                          {"valid UTF-8", valid_utf8},
                          {"invalid UTF-8", invalid_utf8},
                          {"UTF-8 positions", utf8_positions},
                          {"positions", positions},
                          {"growing buffers", growing_buffers},
                          {"fixed buffers", fixed_buffers},
                          {"escaping", escaping},
                          {"SHA-256 vectors", sha256_vectors},
                          {"SHA-256 padding", sha256_padding},
                          CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"base: memory", NULL, NULL, NULL, NULL, memory}, {"base: text", NULL, NULL, NULL, NULL, text}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
