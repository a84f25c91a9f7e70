/* lib/fleet: bytes of any encoding become text (faults F131 to F144). */
#include "base/memory.h"
#include "fleet/encoding.h"
#include "support/allocation.h"
#include "support/portions.h"

#include <CUnit/Basic.h>

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_text_input_register(void);

#define TEXT(literal) {"" literal, sizeof literal - 1}
enum { SEEDS = 6 };

static bool is_for_events;

/* ---- Reading a whole input ------------------------------------------------------------------------------------------------------------------ */

struct outcome {
    enum kr_text_result result;
    struct kr_buffer text;
    struct kr_read_fault fault;
    bool is_misnamed;
};

/* Consumes by fits and starts, so that the window grows and moves. */
static void look(struct kr_text_input *input, struct kr_buffer *text, size_t *seen, uint32_t *seed) {
    kr_buffer_add(text, (struct kr_text){input->window + *seen, input->size - *seen});
    *seen = input->size;
    if (portions_random(seed) % 3 == 0) return;
    size_t size = portions_random(seed) % 2 ? input->size : portions_random(seed) % (input->size + 1);
    kr_text_input_consume(input, size);
    *seen -= size;
}

static struct outcome read_portions(struct portions portions, const char *encoding) {
    struct outcome outcome = {0};
    struct kr_text_input input;
    size_t seen = 0;
    uint32_t seed = portions.seed + 77;
    outcome.result = kr_text_input_start(&input, kr_text_of(encoding));
    input.is_for_events = is_for_events;
    while (outcome.result == KR_TEXT_MORE || outcome.result == KR_TEXT_ADDED) {
        if (outcome.result == KR_TEXT_ADDED) look(&input, &outcome.text, &seen, &seed);
        else if (portions.bytes.data) portions_feed(&portions, &input);
        outcome.result = kr_text_input_fill(&input);
    }
    outcome.is_misnamed = input.is_misnamed;
    if (outcome.result == KR_TEXT_STOPPED) {
        outcome.fault = input.fault;
        CU_ASSERT_EQUAL(kr_text_input_fill(&input), KR_TEXT_STOPPED); /* for good */
    }
    kr_text_input_free(&input);
    portions_free(&portions);
    return outcome;
}

static bool is_same(const struct outcome *a, const struct outcome *b) {
    bool has_same_text = kr_text_equal((struct kr_text){a->text.data, a->text.size}, (struct kr_text){b->text.data, b->text.size});
    return a->result == b->result && has_same_text && a->fault.line == b->fault.line && a->fault.column == b->fault.column &&
           strcmp(a->fault.text, b->fault.text) == 0 && a->is_misnamed == b->is_misnamed;
}

/* However the bytes come, the same comes out; this. */
static struct outcome read_all(struct kr_text bytes, const char *encoding) {
    struct outcome whole = read_portions((struct portions){.bytes = bytes, .seed = 1}, encoding);
    for (unsigned kind = PORTIONS_BYTES; kind < PORTIONS_KINDS; kind++) {
        for (uint32_t seed = 1; seed <= (kind == PORTIONS_BYTES ? 1 : SEEDS); seed++) {
            struct outcome other = read_portions((struct portions){.bytes = bytes, .kind = kind, .seed = seed}, encoding);
            CU_ASSERT(is_same(&whole, &other));
            kr_buffer_free(&other.text);
        }
    }
    return whole;
}

static void expect_text(struct kr_text bytes, const char *encoding, struct kr_text expected) {
    struct outcome outcome = read_all(bytes, encoding);
    bool is_right = outcome.result == KR_TEXT_END && kr_text_equal((struct kr_text){outcome.text.data, outcome.text.size}, expected);
    if (!is_right)
        printf("\n    %.*s: %d, \"%.*s\", %s", (int)bytes.size, bytes.data, outcome.result, (int)outcome.text.size, outcome.text.data, outcome.fault.text);
    CU_ASSERT(is_right);
    kr_buffer_free(&outcome.text);
}

static void expect_fault(struct kr_text bytes, const char *encoding, size_t text_size, uint64_t line, uint64_t column, const char *part) {
    struct outcome outcome = read_all(bytes, encoding);
    bool is_right = outcome.result == KR_TEXT_STOPPED && outcome.text.size == text_size && outcome.fault.line == line && outcome.fault.column == column &&
                    strstr(outcome.fault.text, part) != NULL;
    if (!is_right)
        printf("\n    %s: %d, %zu bytes, %u:%u: %s", part, outcome.result, outcome.text.size, (unsigned)outcome.fault.line,
               (unsigned)outcome.fault.column, outcome.fault.text);
    CU_ASSERT(is_right);
    CU_ASSERT(strlen(outcome.fault.text) < sizeof outcome.fault.text - 1); /* not cut */
    CU_ASSERT(strchr(outcome.fault.text, '\n') == NULL);
    kr_buffer_free(&outcome.text);
}

/* ---- Encodings ------------------------------------------------------------------------------------------------------------------------------ */

static void decoding(void) {
    static const struct {
        struct kr_text bytes;
        const char *encoding;
        struct kr_text text;
    } rows[] = {
        {TEXT(""), NULL, TEXT("")},
        {TEXT("a"), NULL, TEXT("a")},
        {TEXT("Name,OS\r\nPC,Windows\xC2\xAE\r\n"), NULL, TEXT("Name,OS\r\nPC,Windows\xC2\xAE\r\n")},
        {TEXT("\xEF\xBB\xBFName"), NULL, TEXT("Name")}, /* F134 */
        {TEXT("\xEF\xBB\xBF"), NULL, TEXT("")},
        {TEXT("\xEF\xBB\xBFName"), "utf-8", TEXT("Name")},
        {TEXT("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "UTF8", TEXT("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")},
        {TEXT("\xFF\xFEN\0a\0\xAE\0\n\0"), NULL, TEXT("Na\xC2\xAE\n")}, /* F131 */
        {TEXT("\xFF\xFE"), NULL, TEXT("")},
        {TEXT("\xFE\xFF\0N\0a\xD8\x3D\xDE\x00"), NULL, TEXT("Na\xF0\x9F\x98\x80")}, /* F132 */
        {TEXT("N\0a\0"), "utf-16le", TEXT("Na")},
        {TEXT("N\0a\0"), "utf-16", TEXT("Na")},
        {TEXT("\xFE\xFF\0N\0a"), "UTF-16", TEXT("Na")},
        {TEXT("\0N\0a"), "utf_16be", TEXT("Na")},
        {TEXT("\xFF\xFEN\0"), "Unicode", TEXT("N")},
        {TEXT("\xFF\xFE\0\0N\0\0\0"), "utf-32", TEXT("N")},
        {TEXT("\xE9t\xE9 \xAE \x80"), "windows-1252", TEXT("\xC3\xA9t\xC3\xA9 \xC2\xAE \xE2\x82\xAC")}, /* F135 */
        {TEXT("\x81\x82"), "cp850", TEXT("\xC3\xBC\xC3\xA9")},
        {TEXT("\x82\xA0\x83n"), "shift_jis", TEXT("\xE3\x81\x82\xE3\x83\x8F")},
        {TEXT("a,b\r\n\x1A"), NULL, TEXT("a,b\r\n")}, /* F140 */
        {TEXT("\x1A"), NULL, TEXT("")},
        {TEXT("a\0\x1A\0"), "utf-16le", TEXT("a")},
        {TEXT("a\tb\rc\x7F\xC2\x9B\xE2\x80\xAE"), NULL, TEXT("a\tb\rc\x7F\xC2\x9B\xE2\x80\xAE")}, /* F142 */
        {TEXT("a\xC2\xA0\xC2\xAD\xE2\x80\x8B" "e\xCC\x81"), NULL, TEXT("a\xC2\xA0\xC2\xAD\xE2\x80\x8B" "e\xCC\x81")}, /* F141: kept; what it means is for others */
        {TEXT("Windows? 10"), NULL, TEXT("Windows? 10")}, /* F136 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) expect_text(rows[i].bytes, rows[i].encoding, rows[i].text);
}

static void refusing(void) {
    static const struct {
        struct kr_text bytes;
        const char *encoding;
        size_t text_size;
        uint64_t line, column;
        const char *part;
    } rows[] = {
        {TEXT("N\0a\0m\0e\0"), NULL, 1, 1, 2, "NUL byte; looks like UTF-16LE without a byte order mark: say --encoding utf-16le"}, /* F132 */
        {TEXT("\0N\0a\0m\0e"), NULL, 0, 1, 1, "looks like UTF-16BE"},
        {TEXT("Name,OS\nPC\0,x\n"), NULL, 10, 2, 3, "NUL byte; this is no text"},
        {TEXT("\0\0\0\0"), NULL, 0, 1, 1, "NUL byte; this is no text"},
        {TEXT("Name,OS\r\nPC,Windows\xAE 7\r\n"), NULL, 19, 2, 11, "byte 0xAE is not UTF-8; looks like windows-1252: say --encoding windows-1252"}, /* F135 */
        {TEXT("a\rb\r\r\nc\x81"), NULL, 7, 4, 2, "console"},
        {TEXT("caf\xC3"), NULL, 3, 1, 4, "byte 0xC3 is not UTF-8"}, /* ends within a character */
        {TEXT("a\xE2\x82"), NULL, 1, 1, 2, "byte 0xE2 is not UTF-8"},
        {TEXT("a\xE0\x80z"), NULL, 1, 1, 2, "byte 0xE0 is not UTF-8"},
        {TEXT("a\xED\xA0\x80"), NULL, 1, 1, 2, "byte 0xED is not UTF-8"},
        {TEXT("a\xC2" "b"), NULL, 1, 1, 2, "byte 0xC2 is not UTF-8"},
        {TEXT("\xC3\xA9\n\xC3\xA9\xFF"), NULL, 5, 2, 3, "byte 0xFF is not UTF-8"}, /* F138: what came before is there; the column is in bytes */
        {TEXT("a\x1A\n"), NULL, 1, 1, 2, "control character U+001A"}, /* F140 */
        {TEXT("a\x1A\x1A"), NULL, 1, 1, 2, "control character U+001A"},
        {TEXT("a\x1A\xC3"), NULL, 1, 1, 2, "control character U+001A"},
        {TEXT("a\n\xEF\xBB\xBF" "b"), NULL, 2, 2, 1, "two files were joined here"}, /* F134 */
        {TEXT("\xEF\xBB\xBF\xEF\xBB\xBF" "b"), NULL, 0, 1, 1, "byte order mark in the middle"},
        {TEXT("ab\xEF\xBB\xBF"), NULL, 2, 1, 3, "byte order mark in the middle"},
        {TEXT("\xFF\xFE" "a\0\xFF\xFE"), NULL, 1, 1, 2, "byte order mark in the middle"},
        {TEXT("\xFF\xFE" "a\0\n\0\x00\xD8" "b\0"), NULL, 2, 2, 1, "byte 0x00 is not UTF-16LE"},
        {TEXT("\xFF\xFE" "a\0\x1A\0\x00\xDC"), NULL, 1, 1, 2, "control character U+001A"},
        {TEXT("\xFF\xFE" "a\0b"), NULL, 1, 1, 2, "byte 0x62 is not UTF-16LE: the file is damaged, ends too early"},
        {TEXT("\xFF\xFE" "a\0\0\0"), NULL, 1, 1, 2, "NUL byte"},
        {TEXT("ab\x81"), "windows-1252", 2, 1, 3, "byte 0x81 is not windows-1252"},
        {TEXT("\xFF\xFE\0\0N\0\0\0"), NULL, 0, 0, 0, "this is UTF-32 text: save it as UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_fault(rows[i].bytes, rows[i].encoding, rows[i].text_size, rows[i].line, rows[i].column, rows[i].part);
}

static void expect_misnamed(struct kr_text bytes, const char *encoding, const char *part) {
    struct outcome outcome = read_portions((struct portions){.bytes = bytes, .seed = 1}, encoding);
    CU_ASSERT(outcome.is_misnamed && outcome.fault.line == 0);
    expect_fault(bytes, encoding, 0, 0, 0, part);
    kr_buffer_free(&outcome.text);
}

/* A mark within a line is a character of a name, and another file begins with one at the start of a line. */
static void marks_in_events(void) {
    is_for_events = true;
    expect_text((struct kr_text)TEXT("a\n\xC3\xA9" "b\xEF\xBB\xBF" "c\n"), NULL, (struct kr_text)TEXT("a\n\xC3\xA9" "b\xEF\xBB\xBF" "c\n"));
    expect_text((struct kr_text)TEXT("\xFF\xFE" "a\0\xFF\xFE"), NULL, (struct kr_text)TEXT("a\xEF\xBB\xBF"));
    expect_fault((struct kr_text)TEXT("a\n\xEF\xBB\xBF" "b"), NULL, 2, 2, 1, "two files were joined here");
    expect_fault((struct kr_text)TEXT("a\xEF\xBB\xBF\r\xEF\xBB\xBF" "b"), NULL, 5, 2, 1, "two files were joined here");
    expect_fault((struct kr_text)TEXT("\xEF\xBB\xBF\xEF\xBB\xBF" "b"), NULL, 0, 1, 1, "byte order mark in the middle");
    is_for_events = false;
}

static void misnaming(void) {
    char slashes[] = "windows-1252//TRANSLIT", long_name[] = "a234567890123456789012345678901234567890123456789012345678901234";
    expect_misnamed((struct kr_text)TEXT("\xEF\xBB\xBFName"), "utf-16le", "the file has a UTF-8 byte order mark, but --encoding utf-16le was given"); /* F137 */
    expect_misnamed((struct kr_text)TEXT("\xFF\xFEN\0"), "utf-8", "has a UTF-16LE byte order mark, but --encoding utf-8");
    expect_misnamed((struct kr_text)TEXT("\xFF\xFEN\0"), "UTF-16BE", "has a UTF-16LE byte order mark");
    expect_misnamed((struct kr_text)TEXT("\xFE\xFF\0N"), "windows-1252", "has a UTF-16BE byte order mark");
    expect_misnamed((struct kr_text)TEXT("\xFF\xFE\0\0"), "utf-16le", "has a UTF-32LE byte order mark");
    expect_misnamed((struct kr_text)TEXT("x"), "klingon", "unknown encoding klingon: known are utf-8");
    expect_misnamed((struct kr_text)TEXT("x"), slashes, "unknown encoding windows-1252//TRANSLIT");
    expect_misnamed((struct kr_text)TEXT("x"), "utf-8,", "unknown encoding utf-8,");
    expect_misnamed((struct kr_text)TEXT("x"), "wchar_t", "unknown encoding");
    expect_misnamed((struct kr_text)TEXT("x"), "INTERNAL", "unknown encoding");
    expect_misnamed((struct kr_text)TEXT("x"), "\x1B[1m", "unknown encoding \\x1b[1m");
    expect_misnamed((struct kr_text)TEXT("x"), long_name, "unknown encoding a234");
    long_name[63] = '\0';
    expect_misnamed((struct kr_text)TEXT("x"), long_name, "unknown encoding a234");
}

static void foreign_files(void) {
    static const struct {
        struct kr_text bytes;
        const char *part;
    } rows[] = {
        {TEXT("\x1f\x8b\x08\0"), "gzip"},
        {TEXT("BZh91AY&SY123"), "bzip2"},
        {TEXT("\xfd" "7zXZ\0"), "xz data"},
        {TEXT("\x28\xb5\x2f\xfd"), "zstd"},
        {TEXT("PK\x03\x04" "12345678901234567890123456[Content_Types].xml"), "this is an Excel workbook: save it in Excel as \"CSV UTF-8"},
        {TEXT("PK\x03\x04" "12345678901234567890123456xl/workbook.xml"), "Excel"},
        {TEXT("PK\x03\x04" "12345678901234567890123456mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"},
        {TEXT("PK\x03\x04"), "zip archive or a workbook"},
        {TEXT("PK\x05\x06"), "empty zip"},
        {TEXT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "old Excel workbook"},
        {TEXT("ElfFile\0\0\0"), "event log (.evtx)"},
        {TEXT("%PDF-1.7\n"), "PDF"},
        {TEXT("SQLite format 3\0\x10"), "SQLite"},
        {TEXT("regf\x01\0\0\0\x01\0\0\0xxxxxxxx\x01\0\0\0"), "registry hive"},
        {TEXT("#< CLIXML\r\n<Objs"), "CliXml"},
        {TEXT("<Objs Version="), "Import-Clixml"},
        {TEXT("\xFF\xFE<\0O\0b\0j\0s\0 \0"), "Import-Clixml"},
        {TEXT("<?xml version=\"1.0\"?>"), "this is XML, no inventory"},
        {TEXT("\xEF\xBB\xBF\r\n <Events><Event/>"), "this is XML"},
        {TEXT("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>"), "this is XML"},
        {TEXT("<html>"), "HTML"},
        {TEXT("<!DOCTYPE html>"), "ConvertTo-Html"},
        {TEXT("\xFF\xFEW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0E\0d\0i\0t\0o\0r\0 \0V\0"), "registry export (.reg)"},
        {TEXT("REGEDIT4\r\n"), "registry export"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) expect_fault(rows[i].bytes, NULL, 0, 0, 0, rows[i].part);
    expect_fault(rows[0].bytes, "windows-1252", 0, 0, 0, "gzip");
    expect_text((struct kr_text)TEXT("BZhost"), NULL, (struct kr_text)TEXT("BZhost"));
    expect_text((struct kr_text)TEXT("PK001"), NULL, (struct kr_text)TEXT("PK001"));
    expect_text((struct kr_text)TEXT("regfile"), NULL, (struct kr_text)TEXT("regfile"));
    expect_text((struct kr_text)TEXT(" \r\n\t"), NULL, (struct kr_text)TEXT(" \r\n\t"));
}

/* ---- Properties ----------------------------------------------------------------------------------------------------------------------------- */

/* As kr_position_move() counts, but for the place between a CR and its LF, where nothing can be wrong. */
static void places(void) {
    static const char text[] = "ab\ncd\r\nef\rgh\r\r\n\n\xC3\xA9x\n\r\ny";
    for (size_t consumed = 0; consumed < sizeof text - 1; consumed++) {
        struct kr_text_input input;
        kr_text_input_start(&input, (struct kr_text){0});
        kr_text_input_feed(&input, text, sizeof text - 1);
        kr_text_input_end(&input);
        CU_ASSERT_EQUAL_FATAL(kr_text_input_fill(&input), KR_TEXT_ADDED);
        if (consumed % 3 == 0) kr_text_input_place(&input, sizeof text - 1);
        if (consumed % 3 == 1) kr_text_input_place(&input, consumed / 2);
        kr_text_input_consume(&input, consumed / 2);
        kr_text_input_consume(&input, consumed - consumed / 2);
        for (size_t i = consumed; i < sizeof text; i++) {
            size_t offset = i % 5 == 0 ? consumed : i; /* back, now and then */
            struct kr_position expected = {0};
            struct kr_text_place place = kr_text_input_place(&input, offset - consumed);
            kr_position_move(&expected, (struct kr_text){text, sizeof text - 1}, offset);
            if (offset > 0 && text[offset - 1] == '\r' && text[offset] == '\n') continue;
            CU_ASSERT(place.line == expected.line && place.column == expected.column);
        }
        kr_text_input_free(&input);
    }
}

/* Larger than a piece and than the first storage; faults at every place around the ends of pieces. */
static void long_inputs(void) {
    enum { SIZE = 200000 };
    char *bytes = malloc(SIZE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (size_t i = 0; i < SIZE; i++) bytes[i] = i % 61 == 60 ? '\n' : 'a';
    expect_text((struct kr_text){bytes, SIZE}, NULL, (struct kr_text){bytes, SIZE});
    expect_text((struct kr_text){bytes, SIZE}, "us-ascii", (struct kr_text){bytes, SIZE});
    for (size_t i = 1; i + 1 < SIZE; i += 2) memcpy(bytes + i, "\xC3\xA9", 2);
    expect_text((struct kr_text){bytes, SIZE - 1}, NULL, (struct kr_text){bytes, SIZE - 1});
    for (size_t at = 32764; at < 32772; at++) {
        char saved = bytes[at];
        bytes[at] = '\x1A';
        expect_fault((struct kr_text){bytes, SIZE - 1}, NULL, at % 2 ? at : at - 1, 1, at % 2 ? at + 1 : at, at % 2 ? "U+001A" : "byte 0xC3");
        bytes[at] = saved;
    }
    free(bytes);
}

/* F144 */
static void random_bytes(void) {
    static const char *const encodings[] = {NULL, NULL, "utf-16le", "windows-1252", "cp850", "utf-7", "iso-2022-jp", "gb18030", "big5-hkscs", "euc-kr"};
    static const char seedling[] = "Name,OS\r\nPC\xC3\xA9,\"Windows \xE2\x82\xAC 10\"\r\nPC2,Windows 7\r\n\x1B$B$\"\x1B(B+AOk-\r\n";
    uint32_t seed = 20240509;
    for (unsigned round = 0; round < 1500; round++) {
        char bytes[300];
        size_t size = portions_random(&seed) % sizeof bytes;
        for (size_t i = 0; i < size; i++) bytes[i] = (char)portions_random(&seed);
        if (round % 2) {
            memcpy(bytes, seedling, sizeof seedling - 1);
            size = portions_mutate(bytes, sizeof seedling - 1, &seed);
        }
        struct outcome outcome = read_all((struct kr_text){bytes, size}, encodings[round % 10]);
        CU_ASSERT(outcome.result == KR_TEXT_END || outcome.result == KR_TEXT_STOPPED);
        CU_ASSERT_EQUAL(kr_utf8_valid_size((struct kr_text){outcome.text.data, outcome.text.size}), outcome.text.size);
        kr_buffer_free(&outcome.text);
    }
}

static enum kr_text_result read_once(struct kr_text bytes, const char *encoding, size_t *size) {
    struct kr_text_input input;
    enum kr_text_result result = kr_text_input_start(&input, kr_text_of(encoding));
    kr_text_input_feed(&input, bytes.data, bytes.size);
    kr_text_input_end(&input);
    *size = 0;
    for (; result == KR_TEXT_MORE || result == KR_TEXT_ADDED; result = kr_text_input_fill(&input)) {
        *size += input.size;
        kr_text_input_consume(&input, input.size);
    }
    kr_text_input_free(&input);
    return result;
}

static void sweep(struct kr_text bytes, const char *encoding, bool for_ever) {
    size_t whole_size, size;
    iconv_t kept = iconv_open("UTF-8", encoding ? encoding : "UTF-16LE"); /* so that glibc neither loads nor unloads the encoding meanwhile */
    for (int i = 0; i < 8; i++) read_once(bytes, encoding ? encoding : "UTF-16LE", &size); /* nor unloads what others opened */
    enum kr_text_result whole = read_once(bytes, encoding, &whole_size);
    bool has_failed = allocation_can_fail();
    for (size_t nth = 1; has_failed; nth++) {
        long before = allocation_live();
        allocation_fail(nth, for_ever);
        enum kr_text_result result = read_once(bytes, encoding, &size);
        has_failed = allocation_stop();
        CU_ASSERT(result == KR_TEXT_NO_MEMORY || (result == whole && size == whole_size));
        CU_ASSERT_EQUAL(allocation_live(), before);
    }
    if (kept != (iconv_t)-1) iconv_close(kept);
}

static void out_of_memory(void) {
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        sweep((struct kr_text)TEXT("Name,OS\n"), NULL, for_ever);
        sweep((struct kr_text)TEXT("\xFF\xFEN\0a\0"), NULL, for_ever);
        sweep((struct kr_text)TEXT("N\xE9\n"), "windows-1252", for_ever);
    }
}

/* Each encoding is loaded for the first time: no failure may look like a wrong name. */
static void out_of_memory_while_loading(void) {
    static const char *const encodings[] = {"iso-8859-2", "iso-8859-3", "iso-8859-4",  "iso-8859-5",  "iso-8859-6",  "iso-8859-7", "iso-8859-8", "iso-8859-9",
                                            "iso-8859-10", "iso-8859-11", "iso-8859-13", "iso-8859-14", "iso-8859-16", "koi8-r",     "koi8-u",     "cp1250",
                                            "cp1251",      "cp1253",      "cp1254",      "cp1255",      "cp1256",      "cp1257",     "cp1258",     "cp866"};
    size_t size;
    if (!allocation_can_fail()) return;
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        allocation_fail(1 + i / 2, i % 2);
        enum kr_text_result result = read_once((struct kr_text)TEXT("Na"), encodings[i], &size);
        allocation_stop();
        CU_ASSERT(result == KR_TEXT_NO_MEMORY || (result == KR_TEXT_END && size == 2));
    }
}

void test_text_input_register(void) {
    CU_TestInfo tests[] = {{"decoding", decoding},
                           {"refusing", refusing},
                           {"marks in events", marks_in_events},
                           {"misnaming", misnaming},
                           {"foreign files", foreign_files},
                           {"places", places},
                           {"long inputs", long_inputs},
                           {"random bytes", random_bytes},
                           {"out of memory", out_of_memory},
                           {"out of memory while loading", out_of_memory_while_loading},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"text input", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
