/* lib/fleet: machines out of JSON and NDJSON. Every text is read whole, byte by byte and in random pieces, and must give the same each time. */
#include "fleet/json_rows.h"
#include "base/memory.h"
#include "support/allocation.h"
#include "support/tables.h"

#include <CUnit/Basic.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_json_rows_register(void);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SLOW 1
#endif
#endif
#ifndef IS_SLOW
#define IS_SLOW 0
#endif

/* ---- Columns -------------------------------------------------------------------------------------------------------------------------------- */

static bool equal_ignoring_case(struct kr_text text, const char *lower) {
    size_t i = 0;
    for (; i < text.size && lower[i]; i++) {
        char c = text.data[i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != lower[i]) return false;
    }
    return i == text.size && !lower[i];
}

static bool find_column(const void *self, struct kr_text name, uint32_t *part, uint32_t *rank) {
    static const struct {
        const char *name;
        enum kr_part part;
        uint32_t rank;
    } columns[] = {
        {"ansible_hostname", KR_MACHINE_NAME, 0},     {"name", KR_MACHINE_NAME, 1},          {"ansible_os_name", KR_MACHINE_OS, 0},
        {"os", KR_MACHINE_OS, 1},                     {"operatingsystem", KR_MACHINE_OS, 2}, {"caption", KR_MACHINE_OS, 3},
        {"ansible_distribution", KR_MACHINE_OS, 4},   {"ansible_kernel", KR_MACHINE_BUILD, 0}, {"build", KR_MACHINE_BUILD, 1},
        {"buildnumber", KR_MACHINE_BUILD, 2},         {"version", KR_MACHINE_BUILD, 3},      {"sku", KR_MACHINE_SKU, 0},
        {"editionid", KR_MACHINE_EDITION_ID, 0},      {"ansible_os_product_type", KR_MACHINE_PRODUCT_TYPE, 0},
        {"producttype", KR_MACHINE_PRODUCT_TYPE, 1},
    };
    (void)self;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (!equal_ignoring_case(name, columns[i].name)) continue;
        *part = columns[i].part;
        *rank = columns[i].rank;
        return true;
    }
    return false;
}

static const struct kr_columns columns = {find_column, NULL, KR_MACHINE_PART_COUNT, 0, KR_MACHINE_OS, ""};

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

static uint64_t dice_state = 1;

static size_t dice(size_t sides) {
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(dice_state >> 33) % sides;
}

/* Everything that came out, a line each; texts over 40 bytes as their sizes. Fixed, so that it takes no memory in a sweep. */
static char transcript_storage[1 << 17];
static struct kr_buffer transcript;

static void write_place(const char *what, uint64_t line, uint64_t column) {
    kr_buffer_add_string(&transcript, what);
    kr_buffer_add_number(&transcript, line);
    kr_buffer_add_string(&transcript, ":");
    kr_buffer_add_number(&transcript, column);
}

static void write_part(struct kr_text text) {
    kr_buffer_add_string(&transcript, text.data ? "|" : "|-");
    if (text.size > 40) kr_buffer_add_number(&transcript, text.size);
    else kr_buffer_add_escaped(&transcript, text);
}

static void write_row(const struct kr_row_text *row) {
    write_place("row ", row->line, row->column);
    for (size_t part = 0; part < KR_MACHINE_PART_COUNT; part++) write_part(row->parts[part]);
    kr_buffer_add_string(&transcript, "\n");
}

static void write_fault(const char *what, const struct kr_read_fault *fault) {
    write_place(what, fault->line, fault->column);
    kr_buffer_add_string(&transcript, " ");
    kr_buffer_add_string(&transcript, fault->text);
    kr_buffer_add_string(&transcript, "\n");
}

static enum kr_read_result pull(struct kr_json_rows *rows) {
    struct kr_row_text row;
    struct kr_read_fault fault;
    for (;;) {
        enum kr_read_result result = kr_json_rows_next(rows, &row, &fault);
        if (result == KR_READ_ROW) write_row(&row);
        else if (result == KR_READ_BAD_ROW) write_fault("bad ", &fault);
        else if (result == KR_READ_STOPPED) write_fault("stop ", &fault);
        else if (result == KR_READ_END) kr_buffer_add_string(&transcript, "end\n");
        else if (result == KR_READ_NO_MEMORY) kr_buffer_add_string(&transcript, "no memory\n");
        if (result != KR_READ_ROW && result != KR_READ_BAD_ROW) return result;
    }
}

/* Pieces of at most `largest` bytes, of exactly 1 or at random, each gone as soon as it may be; 0: the text itself. */
static void feed_pieces(struct kr_json_rows *rows, struct kr_text text, size_t largest) {
    enum kr_read_result result = KR_READ_MORE;
    for (size_t offset = 0, size; offset < text.size && result == KR_READ_MORE; offset += size) {
        size = largest ? 1 + dice(largest) : text.size;
        if (size > text.size - offset) size = text.size - offset;
        char *piece = largest ? malloc(size) : NULL;
        if (piece) memcpy(piece, text.data + offset, size);
        kr_json_rows_feed(rows, (struct kr_text){piece ? piece : text.data + offset, size});
        result = pull(rows);
        free(piece);
    }
    kr_json_rows_finish(rows);
    if (result == KR_READ_MORE) pull(rows);
}

static const char *read_text(struct kr_text text, size_t largest) {
    transcript = kr_buffer_over(transcript_storage, sizeof transcript_storage);
    struct kr_json_rows *rows = kr_json_rows_new(&columns);
    if (!rows) return "no memory\n";
    feed_pieces(rows, text, largest);
    kr_json_rows_free(rows);
    return transcript_storage;
}

static bool is_said(struct kr_text text, size_t largest, const char *expected) {
    const char *said = read_text(text, largest);
    if (strcmp(said, expected) == 0) return true;
    printf("\n    in pieces of up to %zu, %.*s\n    expected:\n%s    found:\n%s", largest, (int)(text.size < 300 ? text.size : 300), text.data, expected, said);
    return false;
}

static bool text_says(struct kr_text text, const char *expected) {
    bool is_right = is_said(text, 0, expected);
    for (size_t times = 0; times < 3 && is_right; times++) is_right = is_said(text, 1 + times * times * 5, expected);
    return is_right;
}

static bool says(const char *text, const char *expected) { return text_says(kr_text_of(text), expected); }

#define SAYS(text, expected) CU_ASSERT(says(text, expected))
#define STRICT "; this must be strict JSON (RFC 8259)\n"
#define NO_SYSTEM " no operating system in this machine; looked for: the name of one, an edition id, a build with a SKU\n"

/* ---- What a file may be --------------------------------------------------------------------------------------------------------------------- */

static void nothing(void) {
    SAYS("", "end\n");
    SAYS(" \r\n\t", "end\n");
    SAYS("[]", "end\n");
    SAYS(" [ ] \n", "end\n");
    SAYS("{\"machines\":[]}", "end\n");
    SAYS("{\"value\":[],\"count\":0}\n", "end\n");
    SAYS("{}", "bad 1:1" NO_SYSTEM "end\n");
}

static void lists(void) {
    SAYS("[{\"os\":\"A\"},{\"name\":\"b\",\"os\":\"B\"}]", "row 1:2|-|A|-|-|-|-\nrow 1:13|b|B|-|-|-|-\nend\n");
    SAYS("[\n  {\"os\":\"A\"},\r\n\r  {\"os\":\"B\"}]\n", "row 2:3|-|A|-|-|-|-\nrow 4:3|-|B|-|-|-|-\nend\n");
    SAYS("[1,\"a\",null,true,[{\"os\":\"A\"}],{\"os\":\"B\"}]",
         "bad 1:2 a machine must be an object, is a number\nbad 1:4 a machine must be an object, is a string\nbad 1:8 a machine must be an object, is null\n"
         "bad 1:13 a machine must be an object, is true or false\nbad 1:18 a machine must be an object, is a list\nrow 1:31|-|B|-|-|-|-\nend\n");
    SAYS("[{\"os\":\"A\"}]\n[{\"os\":\"B\"}]", "row 1:2|-|A|-|-|-|-\nstop 2:1 text behind the list of machines\n");
}

static void lines_of_objects(void) {
    SAYS("{\"os\":\"A\"}\n{\"os\":\"B\"}\n\n{\"os\":\"C\"}", "row 1:1|-|A|-|-|-|-\nrow 2:1|-|B|-|-|-|-\nrow 4:1|-|C|-|-|-|-\nend\n");
    SAYS("{\"os\":\"A\"}\r\n{\"name\":\"b\"}\r\n{\"os\":\"C\"}\r\n", "row 1:1|-|A|-|-|-|-\nbad 2:1" NO_SYSTEM "row 3:1|-|C|-|-|-|-\nend\n");
    SAYS("{\"os\":\"A\"} {\"os\":\"B\"}", "row 1:1|-|A|-|-|-|-\nstop 1:12 expected a line end between two objects\n");
    SAYS("{\"os\":\"A\"}\n[]", "row 1:1|-|A|-|-|-|-\nstop 2:1 expected an object: one machine a line\n");
    SAYS("{\"os\":\"A\"}\n5", "row 1:1|-|A|-|-|-|-\nstop 2:1 expected an object: one machine a line\n");
    SAYS("{\"os\":\"A\"},\n{\"os\":\"B\"}", "row 1:1|-|A|-|-|-|-\nstop 1:11 unexpected ," STRICT);
    SAYS("{\"value\":[{\"os\":\"A\"}]}\n{\"value\":[{\"os\":\"B\"}]}\n", "row 1:11|-|A|-|-|-|-\nrow 2:11|-|B|-|-|-|-\nend\n");
    SAYS("{\"a\":{\"os\":\"A\"}}\n{\"os\":\"B\"}\n", "row 1:6|a|A|-|-|-|-\nrow 2:1|-|B|-|-|-|-\nend\n");
}

static void wrapped_lists(void) {
    SAYS("{\"count\":2,\"machines\":[{\"os\":\"A\"},{\"os\":\"B\"}],\"x\":[1]}", "row 1:24|-|A|-|-|-|-\nrow 1:35|-|B|-|-|-|-\nend\n");
    SAYS("{\"warnings\":[{\"a\":1}],\"\\u0076alue\":[{\"os\":\"A\"},7],\"m\":{\"n\":[{}]}}",
         "row 1:37|-|A|-|-|-|-\nbad 1:48 a machine must be an object, is a number\nend\n");
    SAYS("{\"pcs\":[{\"os\":\"A\"}],\"c\":[[{\"os\":\"B\"}]]}", "row 1:9|-|A|-|-|-|-\nend\n");
    SAYS("{\"pcs\":[{\"os\":\"A\"}],\"servers\":[{\"os\":\"B\"}]}", "bad 1:1 several lists that may be the machines; give one of them\nend\n");
    SAYS("{\"machines\":[{\"os\":\"A\"}],\"os\":\"B\"}", "bad 1:1 both a machine and a list of machines; give one of them\nend\n");
    SAYS("{\"os\":\"B\",\"machines\":[{\"os\":\"A\"}]}", "bad 1:1 both a machine and a list of machines; give one of them\nend\n");
    SAYS("{\"disks\":[{\"os\":\"A\"}],\"os\":\"B\"}", "row 1:1|-|B|-|-|-|-\nend\n");
}

static void machines_by_name(void) {
    SAYS("{\"host1\":{\"ansible_facts\":{\"os\":\"A\"}},\n \"h\\u00f62\":{\"name\":\"own\",\"os\":\"B\"},\"h3\":{\"unreachable\":true}}",
         "row 1:10|host1|A|-|-|-|-\nrow 2:13|own|B|-|-|-|-\nbad 2:42" NO_SYSTEM "end\n");
    SAYS("{\"h\\u00f6\":{\"os\":\"B\"}}", "row 1:12|hö|B|-|-|-|-\nend\n");
    SAYS("{\"ansible_facts\":{\"os\":\"A\"}}", "row 1:1|-|A|-|-|-|-\nend\n");
    SAYS("{\"a\":{\"os\":\"A\"},\"b\":{\"os\":[]}}", "row 1:6|a|A|-|-|-|-\nbad 1:27 os must be a string, is a list\nend\n");
}

static bool sample_says(const char *name, const char *expected) {
    char path[512];
    snprintf(path, sizeof path, KMSRULES_SOURCE_DIR "/tests/json/%s", name);
    struct kr_text text = file_text(path);
    bool is_right = text.data && text_says(text, expected);
    free((char *)text.data);
    return is_right;
}

static void samples(void) {
    CU_ASSERT(sample_says("ansible_setup_windows_10pro.json", "row 1:1|PC01|Microsoft Windows 10 Pro|10.0.17763.0|-|-|workstation\nend\n"));
    CU_ASSERT(sample_says("ansible_setup_windows_2022_fields.json", "row 1:1|SRV22|Microsoft Windows Server 2022 Standard|20348|-|-|-\nend\n"));
}

/* ---- Which member is taken ------------------------------------------------------------------------------------------------------------------ */

static void choice_of_members(void) {
    SAYS("[{\"x\":{\"ansible_os_name\":\"deep\"},\"os\":\"flat\"}]", "row 1:2|-|deep|-|-|-|-\nend\n");
    SAYS("[{\"x\":{\"os\":\"deep\"},\"os\":\"flat\"}]", "row 1:2|-|flat|-|-|-|-\nend\n");
    SAYS("[{\"os\":\"first\",\"OS\":\"second\"}]", "row 1:2|-|first|-|-|-|-\nend\n");
    SAYS("[{\"os\":null,\"caption\":\"C\",\"l\":[{\"os\":\"no\"}],\"name\":null}]", "row 1:2|-|C|-|-|-|-\nend\n");
    SAYS("[{\"a\":{\"b\":{\"build\":1}},\"c\":{\"build\":2,\"sku\":-4},\"producttype\":3}]", "row 1:2|-|-|2|-4|-|3\nend\n");
    SAYS("[{\"editionid\":\"E\"},{\"build\":\"1\"},{\"sku\":4},{\"os\":\"\"},{\"build\":\"1\",\"sku\":\"4\"}]",
         "row 1:2|-|-|-|-|E|-\nbad 1:20" NO_SYSTEM "bad 1:34" NO_SYSTEM "bad 1:44" NO_SYSTEM "row 1:54|-|-|1|4|-|-\nend\n");
}

static void several_in_one(void) {
    SAYS("[{\"h\":{\"os\":\"A\"},\"i\":{\"os\":\"A\"}},{\"os\":\"B\"}]",
         "bad 1:13 several machines in one: os is also given in another object at 1:28; give a list of machines\nrow 1:34|-|B|-|-|-|-\nend\n");
    SAYS("{\"all\":1,\"v\":{\"h\":{\"f\":{\"os\":\"A\"}},\n\"i\":{\"f\":{\"os\":\"B\"}}}}",
         "bad 1:30 several machines in one: os is also given in another object at 2:16; give a list of machines\nend\n");
    SAYS("[{\"h\":{\"os\":\"A\"},\"i\":{\"os\":null,\"caption\":\"C\"},\"j\":{\"k\":{\"os\":\"D\"}}}]", "row 1:2|-|A|-|-|-|-\nend\n");
}

/* ---- Faults, by their number in the catalogue ----------------------------------------------------------------------------------------------- */

static void f165_duplicate_keys(void) {
    SAYS("{\"os\":1,\"os\":2}", "stop 1:9 key os given twice\n");
    SAYS("{\"a\":{\"k\\\\\\\"k\":1,\n \"k\\\\\\\"k\":2}}", "stop 2:2 key k\\\\\\\"k given twice\n");
    SAYS("[{\"os\":\"A\"},\n{\"x\":[{\"a\":1,\"\\u0061\":2}]}]", "row 1:2|-|A|-|-|-|-\nstop 2:14 key \\u0061 given twice\n");
    SAYS("{\"h\":{\"os\":\"A\"},\"i\":{\"os\":1,\n\"x\":2,\"os\":2}}", "stop 2:7 key os given twice\n");
    SAYS("[{\"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\":1,\"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\":1}]", "stop 1:37 key (a product key) given twice\n");
}

static void f166_almost_json(void) {
    SAYS("[{\"os\":\"A\"},\n {\"os\":\"B\",\n  \"build\":\"1\",}]", "row 1:2|-|A|-|-|-|-\nstop 3:14 comma behind the last member of an object" STRICT);
    SAYS("[{\"os\":\"A\"},\n]", "row 1:2|-|A|-|-|-|-\nstop 1:12 comma behind the last item of a list" STRICT);
    SAYS("[ // all\n]", "stop 1:3 comment; JSON has none" STRICT);
    SAYS("[{\"a\" /* b */ : 1}]", "stop 1:7 comment; JSON has none" STRICT);
    SAYS("# a\n[]", "stop 1:1 comment; JSON has none" STRICT);
    SAYS("[{'os':'A'}]", "stop 1:3 single quote; write double quotes" STRICT);
    SAYS("[{os:\"A\"}]", "stop 1:3 key without double quotes" STRICT);
    SAYS("[{\"a\":NaN}]", "stop 1:7 NaN is no JSON value" STRICT);
    SAYS("[{\"a\":Infinity}]", "stop 1:7 Infinity is no JSON value" STRICT);
    SAYS("[{\"a\":-Infinity}]", "stop 1:7 -Infinity is no JSON value" STRICT);
    SAYS("[{\"a\":True}]", "stop 1:7 True is no JSON value" STRICT);
    SAYS("[{\"a\":undefinedundefined}]", "stop 1:7 undefinedundefin is no JSON value" STRICT);
    SAYS("[{\"a\":01}]", "stop 1:7 number with a leading zero" STRICT);
    SAYS("[{\"a\":-01}]", "stop 1:7 number with a leading zero" STRICT);
    SAYS("[{\"a\":+1}]", "stop 1:7 number with a plus sign" STRICT);
    SAYS("[{\"a\":.5}]", "stop 1:7 no digit in front of a point" STRICT);
    SAYS("[{\"a\":1.}]", "stop 1:9 a digit is missing" STRICT);
    SAYS("[{\"a\":1e+}]", "stop 1:10 a digit is missing" STRICT);
    SAYS("[{\"a\":0x1}]", "stop 1:8 unexpected x" STRICT);
}

static void f166_other_syntax(void) {
    SAYS("[{\"a\":1 \"b\":2}]", "stop 1:9 a comma is missing" STRICT);
    SAYS("[{\"a\" 1}]", "stop 1:7 a colon is missing behind a key" STRICT);
    SAYS("[{\"a\":}]", "stop 1:7 a value is missing" STRICT);
    SAYS("[{\"a\":1]", "stop 1:8 ] inside an object; a } is missing" STRICT);
    SAYS("[[1}]", "stop 1:4 } inside a list; a ] is missing" STRICT);
    SAYS("[,]", "stop 1:2 unexpected ," STRICT);
    SAYS("]", "stop 1:1 unexpected ]" STRICT);
    SAYS("[]]", "stop 1:3 unexpected ]" STRICT);
    SAYS("[{\"os\":\"A\"},\n{\"os\":\"B\"", "row 1:2|-|A|-|-|-|-\nstop 2:10 the text ends inside an object; was the file cut off?\n");
    SAYS("[{\"os\":\"A\"}\n", "row 1:2|-|A|-|-|-|-\nstop 2:1 the text ends inside a list; was the file cut off?\n");
    SAYS("[{\"os\":\"A\\", "stop 1:11 the text ends inside a string; was the file cut off?\n");
    SAYS("[{\"a\":“b”}]", "stop 1:7 character that is not ASCII outside of a string" STRICT);
}

static void f168_nesting(void) {
    static char text[100001];
    memset(text, '[', 100000);
    for (size_t depth = 65; depth <= 100000; depth = depth == 65 ? 5000 : depth * 20) {
        CU_ASSERT(text_says((struct kr_text){text, depth}, "stop 1:65 nested deeper than 64\n"));
    }
    struct kr_buffer deep = {0};
    for (size_t depth = 0; depth < 63; depth++) kr_buffer_add_string(&deep, depth ? "{\"a\":" : "[");
    size_t start = deep.size;
    kr_buffer_add_string(&deep, "{\"os\":\"A\"}");
    for (size_t depth = 63; depth; depth--) kr_buffer_add_string(&deep, depth > 1 ? "}" : "]");
    CU_ASSERT(text_says(text_view(&deep), "row 1:2|-|A|-|-|-|-\nend\n"));
    memcpy(deep.data + start, "{\"os\":1  }", 10);
    CU_ASSERT(text_says(text_view(&deep), "bad 1:318 os must be a string, is a number\nend\n"));
    kr_buffer_free(&deep);
}

static void f169_strings(void) {
    SAYS("[{\"os\":\"A\\u0000B\"},{\"os\":\"C\"}]", "stop 1:8 os holds \\u0000, which no name has\n");
    SAYS("[{\"x\":\"A\\u0000B\",\"os\":\"C\"}]", "row 1:2|-|C|-|-|-|-\nend\n");
    SAYS("[{\"o\\u0000s\":\"A\"}]", "stop 1:3 key o\\u0000s holds \\u0000, which no name has\n");
    SAYS("{\"o\\u0000s\":{\"os\":\"A\"}}", "stop 1:2 key o\\u0000s holds \\u0000, which no name has\n");
    SAYS("[{\"x\":\"a\x01\"}]", "stop 1:9 control character inside a string; write it as \\u00XX" STRICT);
    SAYS("[{\"x\":\"a\nb\"}]", "stop 1:9 line end inside a string; a quote is missing, or write \\n" STRICT);
    SAYS("[{\"x\":\"a\\ud800b\"}]", "stop 1:9 half of a surrogate pair, which is no character" STRICT);
    SAYS("[{\"x\":\"a\\ud800\\n\"}]", "stop 1:9 half of a surrogate pair, which is no character" STRICT);
    SAYS("[{\"x\":\"a\\ud800\\ud800\"}]", "stop 1:9 half of a surrogate pair, which is no character" STRICT);
    SAYS("[{\"x\":\"\\\\\\udc00\"}]", "stop 1:10 half of a surrogate pair, which is no character" STRICT);
    SAYS("[{\"x\":\"\\x41\"}]", "stop 1:8 unknown escape in a string; a backslash itself is written \\\\" STRICT);
    SAYS("[{\"x\":\"C:\\ufoo\"}]", "stop 1:10 \\u without four hexadecimal digits" STRICT);
    SAYS("[{\"os\":\"\\uD83D\\uDCBB \\\"\\/\\\\\"}]", "row 1:2|-|\xf0\x9f\x92\xbb \"/\\|-|-|-|-\nend\n");
    CU_ASSERT(text_says((struct kr_text){"[{\"x\":\"a\0\"}]", 12}, "stop 1:9 control character inside a string; write it as \\u00XX" STRICT));
    CU_ASSERT(text_says((struct kr_text){"[\0]", 3}, "stop 1:2 control character outside of a string" STRICT));
    SAYS("[{\"x\":\"ö\",\"os\":[]}]", "bad 1:17 os must be a string, is a list\nend\n");
}

#define BEYOND "a number with a point or exponent or beyond 64 bits\n"

static void f170_numbers(void) {
    SAYS("[{\"os\":\"A\",\"build\":9007199254740993}]", "row 1:2|-|A|9007199254740993|-|-|-\nend\n");
    SAYS("[{\"os\":\"A\",\"build\":9223372036854775807,\"sku\":-9223372036854775807}]", "row 1:2|-|A|9223372036854775807|-9223372036854775807|-|-\nend\n");
    SAYS("[{\"os\":\"A\",\"build\":9223372036854775808}]", "bad 1:20 build must be a string or a whole number, is " BEYOND "end\n");
    SAYS("[{\"os\":\"A\",\"build\":1e999},{\"os\":\"B\"}]", "bad 1:20 build must be a string or a whole number, is " BEYOND "row 1:27|-|B|-|-|-|-\nend\n");
    SAYS("[{\"os\":\"A\",\"sku\":4.0}]", "bad 1:18 sku must be a string or a whole number, is " BEYOND "end\n");
    SAYS("[{\"os\":\"A\",\"x\":[1e999,-1.5E+999,1e-999,-9223372036854775809,99999999999999999999999999,10e400,\"1e999\"]}]", "row 1:2|-|A|-|-|-|-\nend\n");
    SAYS("{\"m\":{\"os\":\"A\",\"x\":1e999},\"n\":{\"os\":\"B\",\"build\":1e5}}",
         "row 1:6|m|A|-|-|-|-\nbad 1:49 build must be a string or a whole number, is " BEYOND "end\n");
    char text[128];
    for (int digits = 63; digits <= 65; digits++) {
        snprintf(text, sizeof text, "[{\"os\":\"A\",\"x\":-%0*d}]", digits, 0);
        text[16] = '1';
        SAYS(text, digits > 64 ? "stop 1:16 number of more than 64 digits\n" : "row 1:2|-|A|-|-|-|-\nend\n");
    }
}

static void f171_types(void) {
    SAYS("[{\"os\":[\"A\"]},{\"os\":\"B\"}]", "bad 1:8 os must be a string, is a list\nrow 1:15|-|B|-|-|-|-\nend\n");
    SAYS("[\n{\"x\":{\"y\":[{},\"}\"],\"z\":{\n\"OS\" :  true}}}]", "bad 3:9 OS must be a string, is true or false\nend\n");
    SAYS("[{\"os\":7}]", "bad 1:8 os must be a string, is a number\nend\n");
    SAYS("[{\"os\":{\"a\":1}}]", "bad 1:8 os must be a string, is an object\nend\n");
    SAYS("[{\"os\":\"A\",\"name\":5.5}]", "bad 1:19 name must be a string, is " BEYOND "end\n");
    SAYS("[{\"os\":\"A\",\"name\":null,\"build\":17763}]", "row 1:2|-|A|17763|-|-|-\nend\n");
    SAYS("[{\"os\":\"A\",\"producttype\":false}]", "bad 1:26 producttype must be a string or a whole number, is true or false\nend\n");
}

static void f172_top_levels(void) {
    static const char *const texts[] = {"5", "\"a\"", "null", "true", "-1e5", "name,os\nPC1,Windows 10\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        SAYS(texts[i], "stop 1:1 expected a list of machines or an object with \"machines\"\n");
}

static void f174_keys(void) {
    SAYS("[{\"\\u006fs\":\"A\",\"a.os\":\"B\"}]", "row 1:2|-|A|-|-|-|-\nend\n");
    struct kr_buffer text = {0};
    kr_buffer_add_string(&text, "[{");
    for (uint64_t i = 0; i < 60000; i++) {
        kr_buffer_add_string(&text, "\"k");
        kr_buffer_add_number(&text, i);
        kr_buffer_add_string(&text, "\":0,");
    }
    kr_buffer_add_string(&text, "\"os\":\"A\"}]");
    CU_ASSERT(is_said(text_view(&text), 0, "row 1:2|-|A|-|-|-|-\nend\n"));
    kr_buffer_free(&text);
}

/* ---- Limits --------------------------------------------------------------------------------------------------------------------------------- */

/* A machine of `size` bytes between two texts. */
static struct kr_buffer machine_of(const char *before, size_t size, const char *after) {
    static const char start[] = "{\"os\":\"A\"";
    struct kr_buffer text = {0};
    size_t blank_count = size - (sizeof start - 1) - 1;
    char *blanks = malloc(blank_count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(blanks);
    memset(blanks, ' ', blank_count);
    kr_buffer_add_string(&text, before);
    kr_buffer_add_string(&text, start);
    kr_buffer_add(&text, (struct kr_text){blanks, blank_count});
    kr_buffer_add_string(&text, "}");
    kr_buffer_add_string(&text, after);
    free(blanks);
    return text;
}

static bool limit_says(const char *before, size_t size, const char *after, const char *expected) {
    struct kr_buffer text = machine_of(before, size, after);
    bool is_right = is_said(text_view(&text), 0, expected) && is_said(text_view(&text), 100000, expected);
    kr_buffer_free(&text);
    return is_right;
}

#define TOO_LARGE " a machine of more than 1048576 bytes; an inventory is a list of machines, or has one a line\n"

static void machine_size(void) {
    for (size_t size = KR_ROW_SIZE_LIMIT - 1; size <= KR_ROW_SIZE_LIMIT + 1; size++) {
        bool fits = size <= KR_ROW_SIZE_LIMIT;
        char expected[80];
        snprintf(expected, sizeof expected, "row 1:2|-|A|-|-|-|-\nrow 1:%zu|-|B|-|-|-|-\nend\n", size + 3);
        CU_ASSERT(limit_says("[", size, ",{\"os\":\"B\"}]", fits ? expected : "stop 1:2" TOO_LARGE));
        CU_ASSERT(limit_says("", size, "\n{\"os\":\"B\"}", fits ? "row 1:1|-|A|-|-|-|-\nrow 2:1|-|B|-|-|-|-\nend\n" : "stop 1:1" TOO_LARGE));
        CU_ASSERT(limit_says("{\"h\":", size, "\n}\n", fits ? "row 1:6|h|A|-|-|-|-\nend\n" : "stop 1:6" TOO_LARGE));
        CU_ASSERT(limit_says("{\"machines\":[", size, "\n],\"x\":1}\n", fits ? "row 1:14|-|A|-|-|-|-\nend\n" : "stop 1:14" TOO_LARGE));
    }
}

static void field_size(void) {
    static char text[KR_FIELD_SIZE_LIMIT + 64], expected[64];
    for (int size = KR_FIELD_SIZE_LIMIT - 1; size <= KR_FIELD_SIZE_LIMIT + 1; size++) {
        snprintf(text, sizeof text, "[{\"os\":\"%0*d\"}]", size, 0);
        snprintf(expected, sizeof expected, "row 1:2|-|%d|-|-|-|-\nend\n", size);
        CU_ASSERT(is_said(kr_text_of(text), 0, size > KR_FIELD_SIZE_LIMIT ? "bad 1:8 os is longer than 65536 bytes\nend\n" : expected));
    }
}

/* ---- Streams -------------------------------------------------------------------------------------------------------------------------------- */

/* A large inventory that never exists as a whole: `before`, then the same machine over and over with commas between, then `after`. With %07u in the machine
 * its number is written there. */
struct stream {
    const char *before, *machine, *after;
    size_t machine_count;
};

struct tally {
    size_t size, row_count, bad_count;
    enum kr_read_result last;
    struct kr_row_text last_row; /* its texts are gone */
    char last_name[32];
    struct kr_read_fault fault;
};

static bool count_results(struct kr_json_rows *rows, struct tally *tally) {
    struct kr_row_text row;
    for (;;) {
        tally->last = kr_json_rows_next(rows, &row, &tally->fault);
        if (tally->last == KR_READ_BAD_ROW) tally->bad_count++;
        if (tally->last == KR_READ_ROW) {
            tally->row_count++;
            tally->last_row = row;
            struct kr_text name = row.parts[KR_MACHINE_NAME];
            snprintf(tally->last_name, sizeof tally->last_name, "%.*s", (int)name.size, name.data ? name.data : "");
        }
        if (tally->last != KR_READ_ROW && tally->last != KR_READ_BAD_ROW) return tally->last == KR_READ_MORE;
    }
}

enum { PIECE_SIZE = 65536 };

/* What comes after machine number `number` was put out: it does, or else the end. */
static int next_part(const struct stream *stream, size_t number, char *part, size_t size) {
    if (number > stream->machine_count) return snprintf(part, size, "%s", number == stream->machine_count + 1 ? stream->after : "");
    if (number == 0) return snprintf(part, size, "%s", stream->before);
    int written = snprintf(part, size, "%s", number > 1 ? "," : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return written + snprintf(part + written, size - (size_t)written, stream->machine, (unsigned)number, 0);
#pragma GCC diagnostic pop
}

static struct tally read_stream(const struct stream *stream) {
    static char piece[PIECE_SIZE + 2048];
    struct tally tally = {.last = KR_READ_NO_MEMORY};
    struct kr_json_rows *rows = kr_json_rows_new(&columns);
    if (!rows) return tally;
    size_t size = 0;
    bool goes_on = true;
    for (size_t number = 0; number <= stream->machine_count + 1 && goes_on; number++) {
        size += (size_t)next_part(stream, number, piece + size, 2048);
        if (size < PIECE_SIZE && number <= stream->machine_count) continue;
        kr_json_rows_feed(rows, (struct kr_text){piece, size});
        goes_on = count_results(rows, &tally);
        tally.size += size;
        size = 0;
    }
    kr_json_rows_finish(rows);
    if (goes_on) count_results(rows, &tally);
    kr_json_rows_free(rows);
    return tally;
}

#define GROUP "\"CN=a group with a name that is rather long,OU=Groups of computers in the head office,DC=example,DC=com\""
#define FACTS \
    "\"build\":\"10.0.19045\",\"DistinguishedName\":\"CN=PC01,OU=Workstations,DC=example,DC=com\",\"domain\":{\"member\":true,\"fqdn\":\"example.com\"}," \
    "\"disks\":[{\"size\":512110190592,\"model\":\"Samsung SSD\"},{\"size\":1000204886016}],\"lastLogon\":\"2024-05-01T08:00:00Z\",\"managedBy\":null,\"%0100d\":1.5," \
    "\"memberOf\":[" GROUP "," GROUP "," GROUP "," GROUP "," GROUP "]"

static void objects_over_the_limit(void) {
    struct stream list = {"{\"count\":1,\"value\":[", "{\"name\":\"h%07u\",\"os\":\"A\"," FACTS "}", "],\"last\":1e999}\n{\"name\":\"alone\",\"os\":\"A\"}", 6000};
    struct tally tally = read_stream(&list);
    CU_ASSERT(tally.last == KR_READ_END && tally.row_count == 6001 && tally.bad_count == 0);
    CU_ASSERT_STRING_EQUAL(tally.last_name, "alone");
    CU_ASSERT(tally.last_row.line == 2 && tally.last_row.column == 1);
    struct stream by_name = {"{", "\"h%07u\":{\"os\":\"A\"," FACTS "}", ",\"b\":7}", 6000};
    tally = read_stream(&by_name);
    CU_ASSERT(tally.last == KR_READ_END && tally.row_count == 6000 && tally.bad_count == 1);
    CU_ASSERT_STRING_EQUAL(tally.last_name, "h0006000");
    struct stream neither = {"{\"a\":[", "\"%07u%0900d\"", "]}", 6000};
    tally = read_stream(&neither);
    CU_ASSERT(tally.last == KR_READ_STOPPED && tally.row_count == 0 && tally.fault.line == 1 && tally.fault.column == 1);
    struct stream twice = {"{\"a\":{\"os\":\"A\"},\"a\":{\"os\":\"A\"},\"b\":{", "\"h%07u%0900d\":1", "}}", 6000};
    tally = read_stream(&twice);
    CU_ASSERT(tally.last == KR_READ_STOPPED && tally.row_count == 0 && tally.fault.line == 1 && tally.fault.column == 17);
    CU_ASSERT_STRING_EQUAL(tally.fault.text, "key a given twice");
}

/* 64 MiB in 64 KiB pieces; less where the sanitizers watch. */
static void constant_memory(void) {
    struct stream list = {"[\n", "\n{\"name\":\"h%07u\",\"os\":\"A\"," FACTS "}", "]\n", IS_SLOW ? 5000 : 72000};
    allocation_watch();
    struct tally tally = read_stream(&list);
    size_t peak = allocation_peak();
    CU_ASSERT(tally.last == KR_READ_END && tally.row_count == list.machine_count && tally.bad_count == 0);
    CU_ASSERT(tally.last_row.line == list.machine_count + 2);
    CU_ASSERT(tally.size >= (IS_SLOW ? 4u << 20 : 64u << 20));
    CU_ASSERT(peak < 32u << 20);
    printf("(%zu MiB: peak of %zu KiB) ", tally.size >> 20, peak >> 10);
}

static void bounded_memory_over_the_limit(void) {
    struct stream by_name = {"{", "\"h%07u\":{\"os\":\"A\"," FACTS "}", "}", 6000};
    allocation_watch();
    struct tally tally = read_stream(&by_name);
    size_t peak = allocation_peak();
    CU_ASSERT(tally.row_count == by_name.machine_count && tally.size > KR_ROW_SIZE_LIMIT);
    CU_ASSERT(peak < 64u << 20);
    printf("(%zu MiB: peak of %zu KiB) ", tally.size >> 20, peak >> 10);
}

/* ---- Out of memory -------------------------------------------------------------------------------------------------------------------------- */

static const char *const sound_texts[] = {
    "[{\"name\":\"a-name-longer-than-fifteen\",\"os\":\"Microsoft Windows Server 2016 Standard\",\"x\":[1,2.5,1e999,{\"y\":{}}]},7,{\"os\":[]},\n{\"os\":\"B\"}]",
    "{\"count\":2,\"machines\":[{\"os\":\"A\",\"build\":17763},{\"name\":\"\\ud83d\\udcbb\",\"os\":\"B\\u0041\"}]}",
    "{\"host-that-has-a-name-of-its-own\":{\"ansible_facts\":{\"ansible_os_name\":\"A\"}},\"h2\":{\"os\":\"B\"},\"h3\":{\"os\":5}}",
    "{\"os\":\"A\",\"sku\":48}\n{\"name\":\"b\",\"editionid\":\"Professional\"}\n\n{\"os\":\"C\",\"n\":{\"build\":\"10.0.20348\"}}\n",
    "[{\"h\":{\"os\":\"A\"},\"i\":{\"os\":\"A\"}},{\"a-key-longer-than-fifteen\":1,\"a-key-longer-than-fifteen\":2}]",
};
enum { SOUND_TEXT_COUNT = sizeof sound_texts / sizeof sound_texts[0] };

/* All of it, or what was read before memory ran out. */
static bool is_beginning(const char *said, const char *whole) {
    static const char end[] = "no memory\n";
    size_t size = strlen(said);
    if (strcmp(said, whole) == 0) return true;
    if (size < sizeof end - 1 || strcmp(said + size - (sizeof end - 1), end) != 0) return false;
    return strncmp(said, whole, size - (sizeof end - 1)) == 0;
}

static void sweep(struct kr_text text, bool for_ever) {
    static char whole[4096];
    read_text(text, 0);
    snprintf(whole, sizeof whole, "%s", read_text(text, 0));
    size_t failure_count = 0;
    for (size_t nth = 1;; nth++) {
        long before = allocation_live();
        allocation_fail(nth, for_ever);
        const char *said = read_text(text, 0);
        if (!allocation_stop()) break;
        bool is_right = is_beginning(said, whole) && allocation_live() == before;
        if (!is_right && failure_count++ < 5) printf("\n    allocation %zu of %.40s: %ld left, %s", nth, text.data, allocation_live() - before, said);
    }
    CU_ASSERT_EQUAL(failure_count, 0);
    CU_ASSERT_STRING_EQUAL(read_text(text, 0), whole);
}

static void out_of_memory(void) {
    if (!allocation_can_fail()) return;
    for (size_t i = 0; i < SOUND_TEXT_COUNT; i++) {
        sweep(kr_text_of(sound_texts[i]), false);
        sweep(kr_text_of(sound_texts[i]), true);
    }
    for (size_t size = 10; size < 600; size += 7) { /* wherever jansson's token buffer must grow */
        char text[800];
        snprintf(text, sizeof text, "[{\"os\":\"%0*d\",\"%0*d\":1}]", (int)size, 0, (int)size / 2, 0);
        sweep(kr_text_of(text), false);
    }
}

/* A large object that is read again, with every `step`th allocation failing. */
static void out_of_memory_over_the_limit(void) {
    if (!allocation_can_fail()) return;
    struct kr_buffer text = machine_of("{\"b\":{\"os\":\"B\"},\"h\":", KR_ROW_SIZE_LIMIT, "}");
    CU_ASSERT(is_said(text_view(&text), 0, "row 1:6|b|B|-|-|-|-\nrow 1:21|h|A|-|-|-|-\nend\n"));
    sweep(text_view(&text), false);
    kr_buffer_free(&text);
}

/* ---- Mutations ------------------------------------------------------------------------------------------------------------------------------ */

static size_t mutate(char *text, size_t size) {
    static const char bytes[] = "{}[],:\"\\u0dD8ef019-+.eE tnr\n\ra'/\x01\x7f";
    for (size_t times = 1 + dice(3); times; times--) {
        size_t at = dice(size), way = dice(4);
        if (way == 0 && size > 1) memmove(text + at, text + at + 1, --size - at);
        else if (way == 1) memmove(text + at + 1, text + at, size++ - at);
        if (way > 1) text[at] = bytes[dice(sizeof bytes - 1)];
    }
    return size;
}

/* Whether jansson takes the text, or each of the texts in it. It gives up at large numbers, which we read over. */
enum verdict { SOUND, UNSOUND, UNDECIDED };

static enum verdict judge(struct kr_text text) {
    json_error_t error;
    while (text.size) {
        json_t *root = json_loadb(text.data, text.size, JSON_ALLOW_NUL | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
        if (!root) return json_error_code(&error) == json_error_numeric_overflow ? UNDECIDED : UNSOUND;
        json_decref(root);
        size_t used = (size_t)error.position;
        while (used < text.size && strchr(" \t\r\n", text.data[used])) used++;
        text = (struct kr_text){text.data + used, text.size - used};
    }
    return SOUND;
}

static bool is_refused_for_syntax(const char *said) { return strstr(said, "RFC 8259") || strstr(said, "was the file cut off?"); }

static void mutations(void) {
    static char text[1024], whole[sizeof transcript_storage];
    size_t sound_count = 0, rounds = IS_SLOW ? 6000 : 25000;
    for (size_t i = 0; i < rounds; i++) {
        const char *origin = sound_texts[i % SOUND_TEXT_COUNT];
        memcpy(text, origin, strlen(origin));
        struct kr_text mutant = {text, mutate(text, strlen(origin))};
        snprintf(whole, sizeof whole, "%s", read_text(mutant, 0));
        bool is_right = strcmp(whole, read_text(mutant, 1 + dice(9))) == 0;
        enum verdict verdict = judge(mutant);
        if (verdict == SOUND && is_refused_for_syntax(whole)) is_right = false;
        if (verdict == UNSOUND && !strstr(whole, "stop ")) is_right = false;
        sound_count += verdict == SOUND;
        if (!is_right) printf("\n    verdict %d, and we say\n%s    of %.*s\n", verdict, whole, (int)mutant.size, text);
        CU_ASSERT_FATAL(is_right);
    }
    CU_ASSERT(sound_count > rounds / 20 && sound_count < rounds);
}

void test_json_rows_register(void) {
    CU_TestInfo tests[] = {
        {"nothing", nothing},
        {"lists", lists},
        {"lines of objects", lines_of_objects},
        {"wrapped lists", wrapped_lists},
        {"machines by name", machines_by_name},
        {"samples", samples},
        {"choice of members", choice_of_members},
        {"several machines in one", several_in_one},
        {"F165 duplicate keys", f165_duplicate_keys},
        {"F166 almost JSON", f166_almost_json},
        {"F166 other syntax", f166_other_syntax},
        {"F168 nesting", f168_nesting},
        {"F169 strings", f169_strings},
        {"F170 numbers", f170_numbers},
        {"F171 types", f171_types},
        {"F172 top levels", f172_top_levels},
        {"F174 keys", f174_keys},
        {"size of a machine", machine_size},
        {"size of a field", field_size},
        {"objects over the limit", objects_over_the_limit},
        {"constant memory", constant_memory},
        {"bounded memory over the limit", bounded_memory_over_the_limit},
        {"out of memory", out_of_memory},
        {"out of memory over the limit", out_of_memory_over_the_limit},
        {"mutations", mutations},
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {{"json", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
