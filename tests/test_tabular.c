/* lib/fleet: text becomes rows (faults F138, F145 to F157). */
#include "base/memory.h"
#include "fleet/columns.h"
#include "fleet/tabular.h"
#include "support/allocation.h"
#include "support/portions.h"

#include <CUnit/Basic.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_tabular_register(void);

enum { SEEDS = 5 };

/* ---- Names of columns ----------------------------------------------------------------------------------------------------------------------- */

static bool is_called(struct kr_text name, const char *lower) {
    size_t i = 0;
    for (; i < name.size && lower[i]; i++) {
        char c = name.data[i] >= 'A' && name.data[i] <= 'Z' ? (char)(name.data[i] - 'A' + 'a') : name.data[i];
        if (c != lower[i]) return false;
    }
    return i == name.size && lower[i] == '\0';
}

static bool find_column(const void *self, struct kr_text name, uint32_t *part, uint32_t *rank) {
    static const struct {
        const char *name;
        enum kr_part part;
        uint32_t rank;
    } known[] = {
        {"name", KR_MACHINE_NAME, 0},           {"computername", KR_MACHINE_NAME, 1}, {"os", KR_MACHINE_OS, 0},   {"operatingsystem", KR_MACHINE_OS, 1},
        {"caption", KR_MACHINE_OS, 2},          {"build", KR_MACHINE_BUILD, 0},       {"sku", KR_MACHINE_SKU, 0}, {"operatingsystemversion", KR_MACHINE_BUILD, 1},
        {"editionid", KR_MACHINE_EDITION_ID, 0}, {"producttype", KR_MACHINE_PRODUCT_TYPE, 0},
        {"operating_system_name_and0", KR_MACHINE_OS, 3},
    };
    (void)self;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!is_called(name, known[i].name)) continue;
        *part = known[i].part;
        *rank = known[i].rank;
        return true;
    }
    return false;
}

/* ---- Reading a whole input into one text ---------------------------------------------------------------------------------------------------- */

/* "3 name=PC os=Windows 7|", "4:0 bad 3 fields, header has 4|", "end|" */
static void add_row(struct kr_buffer *log, const struct kr_row_text *row) {
    static const char *const names[] = {"name", "os", "build", "sku", "edition", "type"};
    kr_buffer_add_number(log, row->line);
    for (size_t i = 0; i < KR_MACHINE_PART_COUNT; i++) {
        if (!row->parts[i].data) continue;
        kr_buffer_add_string(log, " ");
        kr_buffer_add_string(log, names[i]);
        kr_buffer_add_string(log, "=");
        kr_buffer_add(log, row->parts[i]);
    }
    kr_buffer_add_string(log, "|");
}

static void add_fault(struct kr_buffer *log, const char *what, const struct kr_read_fault *fault) {
    kr_buffer_add_number(log, fault->line);
    kr_buffer_add_string(log, ":");
    kr_buffer_add_number(log, fault->column);
    kr_buffer_add_string(log, what);
    kr_buffer_add_string(log, fault->text);
    kr_buffer_add_string(log, "|");
}

struct setting {
    struct kr_tabular_choice choice;
    bool falls_back; /* to plain lines, when there are no columns */
};

static enum kr_read_result pull(struct kr_tabular *tabular, struct portions *portions, const struct setting *setting, struct kr_buffer *log) {
    struct kr_row_text row;
    struct kr_read_fault fault;
    for (;;) {
        enum kr_read_result result = kr_tabular_next(tabular, &row, &fault);
        if (result == KR_READ_ROW) add_row(log, &row);
        else if (result == KR_READ_BAD_ROW) add_fault(log, " bad ", &fault);
        else if (result == KR_READ_MORE) portions_feed(portions, tabular->input);
        else if (result == KR_READ_NO_COLUMNS && setting->falls_back) kr_tabular_read_lines(tabular);
        else break;
    }
    enum kr_read_result last = kr_tabular_next(tabular, &row, &fault);
    if (last == KR_READ_STOPPED) add_fault(log, " stopped ", &fault);
    if (last == KR_READ_NO_COLUMNS) add_fault(log, " none ", &fault);
    if (last == KR_READ_END) kr_buffer_add_string(log, "end|");
    return last;
}

static struct kr_buffer read_portions(struct portions portions, const struct setting *setting) {
    struct kr_buffer log = {0};
    struct kr_text_input input;
    struct kr_tabular tabular;
    kr_text_input_start(&input, (struct kr_text){0});
    kr_tabular_start(&tabular, &input, kr_machine_columns(find_column, NULL), &setting->choice);
    pull(&tabular, &portions, setting, &log);
    kr_tabular_free(&tabular);
    kr_text_input_free(&input);
    portions_free(&portions);
    return log;
}

static struct kr_text text_of(const struct kr_buffer *buffer) { return (struct kr_text){buffer->data, buffer->size}; }

/* However the bytes come, the same comes out; this. */
static struct kr_buffer read_all(struct kr_text bytes, const struct setting *setting, bool is_large) {
    struct kr_buffer whole = read_portions((struct portions){.bytes = bytes, .seed = 1}, setting);
    for (unsigned kind = PORTIONS_BYTES; kind < PORTIONS_KINDS; kind++) {
        if (is_large && kind != PORTIONS_RANDOM && (kind != PORTIONS_BYTES || bytes.size > 300000)) continue;
        for (uint32_t seed = 1; seed <= (kind == PORTIONS_BYTES || is_large ? 1 : SEEDS); seed++) {
            struct kr_buffer other = read_portions((struct portions){.bytes = bytes, .kind = kind, .seed = seed}, setting);
            bool is_same = kr_text_equal(text_of(&whole), text_of(&other));
            if (!is_same && bytes.size < 1000) printf("\n    %.*s:\n    %s\n    %s", (int)bytes.size, bytes.data, whole.data, other.data);
            CU_ASSERT(is_same);
            kr_buffer_free(&other);
        }
    }
    return whole;
}

static void expect_with(struct kr_text bytes, const struct setting *setting, const char *expected) {
    struct kr_buffer log = read_all(bytes, setting, false);
    bool is_right = kr_text_is(text_of(&log), expected);
    if (!is_right) printf("\n    %.*s:\n    %s\n    expected %s", (int)bytes.size, bytes.data, log.data, expected);
    CU_ASSERT(is_right);
    kr_buffer_free(&log);
}

static void expect(const char *bytes, const char *expected) { expect_with(kr_text_of(bytes), &(struct setting){0}, expected); }

static void expect_lines(const char *bytes, const char *expected) { expect_with(kr_text_of(bytes), &(struct setting){.choice.is_lines = true}, expected); }

static void expect_separated(char separator, const char *bytes, const char *expected) {
    expect_with(kr_text_of(bytes), &(struct setting){.choice.separator = separator}, expected);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------------------------------- */

static void rows(void) {
    expect("Name,OS\r\nPC1,Windows 7\r\nPC2,Windows 10\r\n", "2 name=PC1 os=Windows 7|3 name=PC2 os=Windows 10|end|");
    expect("Name,OS\nPC1,Windows 7", "2 name=PC1 os=Windows 7|end|");
    expect("Name,OS\rPC1,Windows 7\rPC2,x\r", "2 name=PC1 os=Windows 7|3 name=PC2 os=x|end|");
    expect("Name,OS\n\rPC1,x\n\r", "3 name=PC1 os=x|end|");
    expect("\"Name\",\"OS\"\n\"PC1\",\"Windows, 7\"\n", "2 name=PC1 os=Windows, 7|end|");
    expect("Name,OS\n\n \t\r\n\"PC1\",x\n\n", "4 name=PC1 os=x|end|"); /* blank lines */
    expect("Name,OS\n,\n\"\",\"\"\nPC1,", "2 name= os=|3 name= os=|4 name=PC1 os=|end|");
    expect("OS,Note,Name\nWindows 7,\"a \"\"b\"\" c\",\"the \"\"PC\"\"\"\nx,\"\"\"\"\"\",\"\"\"\"\n", "2 name=the \"PC\" os=Windows 7|3 name=\" os=x|end|");
    expect("Name,OS\na 19\" rack,Windows \"7\"\n", "2 name=a 19\" rack os=Windows \"7\"|end|"); /* quotes within a field that has none around */
    expect("Name,OS\n\"P\nC\r\n1\r\",x\nPC2,y\n", "2 name=P\nC\r\n1\r os=x|6 name=PC2 os=y|end|"); /* F155 */
    expect("OS,Name\nx,\"a\"\"\n\"\nx,b\n", "2 name=a\"\n os=x|4 name=b os=x|end|");
    expect("OS,Build\nWindows 10\t22H2,10.0 (19045)\n", "2 os=Windows 10\t22H2 build=10.0 (19045)|end|");
    expect("SKU,EditionID,ProductType\n48,Professional,1\n", "2 sku=48 edition=Professional type=1|end|");
    expect("OS\nWindows 10, 22H2; x\n\"Windows \"\"7\"\"\"\n\n", "2 os=Windows 10, 22H2; x|3 os=Windows \"7\"|end|"); /* one column: nothing separates */
    expect("\xEF\xBB\xBF\"Name\";\"OS\"\nPC\xC3\xA9;Windows\xC2\xAE 7\n", "2 name=PC\xC3\xA9 os=Windows\xC2\xAE 7|end|"); /* F134 */
    expect("", "end|"); /* F145 */
    expect("\n\r\n \n", "end|");
    expect("Name,OS", "end|");
    expect("Name,OS\r\n", "end|");
    expect("Name,OS\r\n\n\n", "end|");
}

static void bad_rows(void) {
    expect("Name,Note,OS\na,b\nc,d,e,f\ng,h,i\nj\n",
           "2:0 bad 2 fields, header has 3|3:0 bad 4 fields, header has 3|4 name=g os=i|5:0 bad 1 field, header has 3|end|"); /* F152 */
    expect("Name,OS\n\"a\"b,c\n\"d\" ,e\nf,\"g\"\"\"h\ni,j\n",
           "2:4 bad text behind the closing quote; quotes within a field are doubled|3:4 bad text behind the closing quote; quotes within a field are doubled|"
           "4:8 bad text behind the closing quote; quotes within a field are doubled|5 name=i os=j|end|");
    expect("Name,OS\n\"a\n\"b,c,d\ne,f\n", "3:2 bad text behind the closing quote; quotes within a field are doubled|4 name=e os=f|end|");
    expect("Name,OS\n\"a\"b,\"c\"d\n", "2:4 bad text behind the closing quote; quotes within a field are doubled|end|"); /* the first */
    expect("OS,Note\n\"a\"\"\"\"\nb\",x\n\"c\"d,e\n", "2 os=a\"\"\nb|4:4 bad text behind the closing quote; quotes within a field are doubled|end|");
    expect("Name,OS\na,b\nc,\"d\ne,f\n", "2 name=a os=b|3:3 stopped quote opened here is not closed|"); /* F153 */
    expect("Name,OS\n\"x\ny\",\"", "3:4 stopped quote opened here is not closed|");
    expect("Name,OS\na,b\nc,d\xFF\ne,f\n", "2 name=a os=b|3:4 stopped byte 0xFF is not UTF-8; looks like windows-1252: say --encoding windows-1252|"); /* F138 */
    expect("Name,OS\ra,b\r\x1A,", "2 name=a os=b|3:1 stopped control character U+001A; remove it|");
    expect("Name,OS\na,b\nc,d\x1A", "2 name=a os=b|3 name=c os=d|end|");
    expect("Name,OS\na,b\n\xEF\xBB\xBFName,OS\nc,d\n",
           "2 name=a os=b|3:1 stopped byte order mark in the middle of the text: two files were joined here; give them one by one, or remove the mark|");
}

static void plain_lines(void) {
    static const struct setting falls_back = {.falls_back = true};
    expect_lines("Windows 7\r\n\r\n  \nWindows 10, \"22H2\"; x\t\rlast", "1 os=Windows 7|4 os=Windows 10, \"22H2\"; x\t|5 os=last|end|");
    expect_lines("Name,OS\n", "1 os=Name,OS|end|");
    expect_lines("", "end|");
    expect_lines("\n\n", "end|");
    expect_lines("a\nb\xFF", "1 os=a|2:2 stopped byte 0xFF is not UTF-8; looks like windows-1252: say --encoding windows-1252|");
    expect_with(kr_text_of("Windows 7\nWindows 10, x\n"), &falls_back, "1 os=Windows 7|2 os=Windows 10, x|end|");
    expect_with(kr_text_of("\n#TYPE x\nWindows 7, y"), &falls_back, "3 os=Windows 7, y|end|");
    expect_with(kr_text_of("Name,OS\na,b\n"), &falls_back, "2 name=a os=b|end|");
}

/* ---- The header ----------------------------------------------------------------------------------------------------------------------------- */

static void headers(void) {
    expect("#TYPE Selected.Microsoft.ActiveDirectory.Management.ADComputer\r\n\"Name\",\"OS\"\r\n\"a\",\"b\"\r\n", "3 name=a os=b|end|"); /* F150 */
    expect("sep=;\r\nName;OS\r\na,1;b\r\n", "3 name=a,1 os=b|end|");
    expect("sep=|\nName|OS\na,1|b\n", "3 name=a,1 os=b|end|");
    expect("sep=;\n#TYPE x\n\nName;OS\na;b\n", "5 name=a os=b|end|");
    expect("sep=x\nb\n", "1:1 none no column for os; found: sep=x|"); /* no separator */
    expect("# a comment\nName,OS\n", "1:1 none no column for os; found: # a comment|");
    expect("Name;OS\na,1;b\n", "2 name=a,1 os=b|end|"); /* F151 */
    expect("Name\tOS\tNote\na\tb\t\n\t\t\n", "2 name=a os=b|3 name= os=|end|");
    expect("Name;OS;Build, Version\na;b;c,d\n", "2 name=a os=b|end|");
    expect("\n\n Name , \"OS\" , OS \na,b,c\n", "4 name=a os=c|end|"); /* blanks around names; a quote behind a blank is no quote */
    expect("\"Na\nme\",\"OS\"\na,b\n", "3 os=b|end|");
    expect("Caption,OperatingSystem,ComputerName\na,b,c\n", "2 name=c os=b|end|"); /* the lowest rank */
    expect("OperatingSystem,Caption,OS\na,b,c\n", "2 os=c|end|");
    expect("Caption,Caption,OS\na,b,c\n", "2 os=c|end|"); /* twice, but not taken */
    expect("Name,Owner\na,b\n", "1:1 none no column for os; found: Name, Owner|"); /* F146 */
    expect("\nName;\"Own\"\"er\";\xE2\x80\xAE\n", "2:1 none no column for os; found: Name, Own\"\"er, \\u{202e}|");
    expect("\"Name\",\"Owner\"\n\"a\",\"b\"\n", "1:1 none no column for os; found: Name, Owner|");
    expect("\"Name\";\"Owner\"\n\"a\";\"b\"\n", "1:1 none no column for os; found: Name, Owner|");
    expect("\"Windows\" 7\n", "1:10 stopped text behind the closing quote; quotes within a field are doubled|");
    expect("Name\n", "1:1 none no column for os; found: Name|");
    expect("Name, OS,\"x\",os\na,b,c,d\n", "1:14 stopped column OS appears twice (1:6)|"); /* F147 */
    expect("\"x\ny\",OS,Name,name\n", "2:12 stopped column Name appears twice (2:7)|");
    expect("OS,Name;Build\n", "1:0 stopped ',' and ';' may both separate the columns: say --separator|");
    expect("OS\tName;Build\n", "1:0 stopped ';' and tab may both separate the columns: say --separator|");
    expect("OS,SKU;Build,x\n1,2,3\n", "2 os=1|end|");
    expect("OS,Build,SKU;Build\n1,2,3\n", "2 os=1 build=2|end|"); /* more is known under the comma */
    expect("Name,\"OS\n", "1:6 stopped quote opened here is not closed|");
    expect("Name;\"x\"y,OS\na,b\n", "2 os=b|end|"); /* under the comma nothing is wrong */
    expect("Name;\"x\"y\na,b\n", "1:9 stopped text behind the closing quote; quotes within a field are doubled|");
}

static void choices(void) {
    static const struct setting second = {.choice.numbers[KR_MACHINE_OS] = 2}, third = {.choice.numbers[KR_MACHINE_OS] = 3};
    static const struct setting both = {.choice.numbers = {[KR_MACHINE_NAME] = 1, [KR_MACHINE_OS] = 2}};
    expect_separated('|', "Name|OS\na,b|c\n", "2 name=a,b os=c|end|");
    expect_separated(';', "OS,Name;Build\na;b\n", "2 build=b|end|");
    expect_separated(';', "sep=,\nOS;Name\na;b\n", "3 name=b os=a|end|");
    expect_separated(';', "OS,Name\na,b\n", "1:1 none no column for os; found: OS,Name|");
    expect_separated(',', "OS\na,b\n", "2:0 bad 2 fields, header has 1|end|");
    expect_with(kr_text_of("OS,OS\na,b\n"), &second, "2 os=b|end|"); /* --map os=#2 */
    expect_with(kr_text_of("Which;What\na;b\n"), &second, "2 os=b|end|");
    expect_with(kr_text_of("Which;OS\na;b\n"), &both, "2 name=a os=b|end|");
    expect_with(kr_text_of("Build,OS\na,b\n"), &third, "1:0 stopped no column #3: the header has 2|");
    expect_with(kr_text_of("Name,OS\na,b\n"), &third, "1:0 stopped no column #3: the header has 2|");
}

/* What is told about the header. */
static void told(void) {
    static const char bytes[] = "sep=;\n#TYPE x\nComputerName; \"Operating\" ;\"OperatingSystem\";Owner\na;b;c;d\n";
    struct kr_text_input input;
    struct kr_tabular tabular;
    struct kr_row_text row;
    struct kr_read_fault fault;
    kr_text_input_start(&input, (struct kr_text){0});
    kr_tabular_start(&tabular, &input, kr_machine_columns(find_column, NULL), &(struct kr_tabular_choice){0});
    kr_text_input_feed(&input, bytes, sizeof bytes - 1);
    kr_text_input_end(&input);
    CU_ASSERT_EQUAL(kr_tabular_next(&tabular, &row, &fault), KR_READ_ROW);
    CU_ASSERT(tabular.separator == ';' && tabular.column_count == 4 && tabular.has_separator_line && tabular.has_type_line && !tabular.is_lines);
    CU_ASSERT(kr_text_is(tabular.columns[KR_MACHINE_NAME].name, "ComputerName") && tabular.columns[KR_MACHINE_NAME].number == 1);
    CU_ASSERT(kr_text_is(tabular.columns[KR_MACHINE_OS].name, "OperatingSystem") && tabular.columns[KR_MACHINE_OS].number == 3);
    CU_ASSERT(tabular.columns[KR_MACHINE_BUILD].number == 0 && !tabular.columns[KR_MACHINE_BUILD].name.data);
    CU_ASSERT(row.column == 1 && row.line == 4);
    kr_tabular_free(&tabular);
    kr_text_input_free(&input);
}

/* ---- Limits --------------------------------------------------------------------------------------------------------------------------------- */

static char *repeat(char *at, const char *text, size_t count) {
    size_t size = strlen(text);
    for (size_t i = 0; i < count; i++, at += size) memcpy(at, text, size);
    return at;
}

static char *put(char *at, const char *text) { return repeat(at, text, 1); }

static void expect_large(const char *bytes, const char *end, const struct setting *setting, const char *expected) {
    struct kr_buffer log = read_all((struct kr_text){bytes, (size_t)(end - bytes)}, setting, true);
    size_t size = strlen(expected);
    bool is_right = log.size >= size && memcmp(log.data + log.size - size, expected, size) == 0;
    if (!is_right) printf("\n    ...%s\n    expected ...%s", log.data + (log.size > 200 ? log.size - 200 : 0), expected);
    CU_ASSERT(is_right);
    kr_buffer_free(&log);
}

/* F156 */
static void field_limit(void) {
    static const struct setting table = {0}, lines = {.choice.is_lines = true};
    char *bytes = malloc(2 * KR_FIELD_SIZE_LIMIT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (int more = -1; more <= 1; more++) {
        size_t size = (size_t)(KR_FIELD_SIZE_LIMIT + more);
        char *end = put(repeat(put(bytes, "OS,Name\n"), "x", size), ",a\nb,c\n");
        expect_large(bytes, end, &table, more > 0 ? "2:65537 stopped field longer than 65536 bytes|" : "x|3 name=c os=b|end|");
        end = put(repeat(put(bytes, "OS,Name\na,\""), "x", size), "\"\nb,c\n");
        expect_large(bytes, end, &table, more > 0 ? "2:65540 stopped field longer than 65536 bytes|" : " os=a|3 name=c os=b|end|");
        end = repeat(put(bytes, "OS,Name\na,"), "x", size);
        expect_large(bytes, end, &table, more > 0 ? "2:65539 stopped field longer than 65536 bytes|" : " os=a|end|");
        end = repeat(put(bytes, "OS,Name\na,\""), "x", size);
        expect_large(bytes, end, &table, more > 0 ? "2:65540 stopped field longer than 65536 bytes|" : "2:3 stopped quote opened here is not closed|");
        end = put(repeat(put(bytes, "a\n"), "x", size), "\nb\n");
        expect_large(bytes, end, &lines, more > 0 ? "2:65537 stopped line longer than 65536 bytes|" : "x|3 os=b|end|");
        end = repeat(bytes, "x", size);
        expect_large(bytes, end, &table, more > 0 ? "1:65537 stopped field longer than 65536 bytes|" : "xxx...|");
        end = put(repeat(bytes, " ", size), "\nOS\nb\n");
        expect_large(bytes, end, &table, more > 0 ? "1:65537 stopped field longer than 65536 bytes|" : "3 os=b|end|");
        end = put(repeat(put(bytes, "#TYPE "), "x", size - 6), "\nOS\nb\n");
        expect_large(bytes, end, &table, more > 0 ? "1:65537 stopped field longer than 65536 bytes|" : "3 os=b|end|");
    }
    free(bytes);
}

/* F157 */
static void column_limit(void) {
    static const struct setting table = {0};
    char *bytes = malloc(200 * KR_COLUMN_LIMIT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (int more = -1; more <= 1; more++) {
        size_t count = (size_t)(KR_COLUMN_LIMIT + more - 1);
        char *end = put(repeat(repeat(bytes, "x,", count), "OS\n", 1), "");
        end = put(repeat(end, ",", count), "Windows 7\n1,2\n");
        expect_large(bytes, end, &table,
                     more < 0 ? "2 os=Windows 7|3:0 bad 2 fields, header has 1023|end|"
                     : more > 0 ? "1:0 stopped more than 1024 columns|"
                                : "3:0 bad 2 fields, header has 1024|end|");
        end = put(repeat(put(bytes, "OS\tName\na\tb\n"), "y\t", count), "z\nc\td\n"); /* a row may have as many as it likes */
        expect_large(bytes, end, &table, "fields, header has 2|4 name=d os=c|end|");
    }
    char *end = put(repeat(put(bytes, "OS"), ",a column of a name so long that all are larger than a field may be", KR_COLUMN_LIMIT - 1), "\n\n");
    expect_large(bytes, end, &table, "end|");
    end = repeat(put(bytes, "OS"), ",", 10000);
    expect_large(bytes, end, &table, "1:0 stopped more than 1024 columns|");
    free(bytes);
}

static void row_limit(void) {
    enum { FIELD_COUNT = 128, FIELD_SIZE = KR_ROW_SIZE_LIMIT / FIELD_COUNT }; /* with its separator */
    static const struct setting table = {0};
    char *bytes = malloc(KR_ROW_SIZE_LIMIT + 4096);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (int more = -1; more <= 1; more++) {
        char *end = put(repeat(put(bytes, "OS"), ",x", FIELD_COUNT - 1), "\n");
        for (size_t i = 0; i + 1 < FIELD_COUNT; i++) end = put(repeat(end, "y", FIELD_SIZE - 1), ",");
        end = put(repeat(end, "z", (size_t)(FIELD_SIZE + more)), "\n");
        expect_large(bytes, end, &table, more > 0 ? "2:0 stopped row longer than 1048576 bytes|" : "y|end|");
    }
    char *end = repeat(put(bytes, "OS,Name\n"), ",", KR_ROW_SIZE_LIMIT - KR_FIELD_SIZE_LIMIT + 36); /* a field that is too long only behind this limit */
    end = put(repeat(end, "z", KR_FIELD_SIZE_LIMIT + 500), "\n");
    expect_large(bytes, end, &table, "2:0 stopped row longer than 1048576 bytes|");
    end = repeat(put(bytes, "OS,Name\n"), ",", KR_ROW_SIZE_LIMIT - KR_FIELD_SIZE_LIMIT - 1); /* and one that is before */
    end = put(repeat(end, "z", KR_FIELD_SIZE_LIMIT + 500), "\n");
    expect_large(bytes, end, &table, "2:1048576 stopped field longer than 65536 bytes|");
    free(bytes);
}

/* A stray text, and fields that nobody counts, end at the limit of the row. */
static void endless_rows(void) {
    static const struct setting table = {0};
    char *bytes = malloc(KR_ROW_SIZE_LIMIT + 4096);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    char *end = repeat(put(bytes, "OS,Name\n\"a\""), "b", KR_ROW_SIZE_LIMIT);
    expect_large(bytes, end, &table, "2:0 stopped row longer than 1048576 bytes|");
    end = repeat(put(bytes, "OS,Name\n"), ",", KR_ROW_SIZE_LIMIT + 1);
    expect_large(bytes, end, &table, "2:0 stopped row longer than 1048576 bytes|");
    end = repeat(put(bytes, "OS,Name\n"), "\"\"", KR_ROW_SIZE_LIMIT / 2 + 1);
    expect_large(bytes, end, &table, "field longer than 65536 bytes|");
    free(bytes);
}

/* ---- Properties ----------------------------------------------------------------------------------------------------------------------------- */

static void random_tables(void) {
    static const char *const seedlings[] = {
        "Name,OS,Build\r\n\"PC\"\"1\"\"\",\"Windows\n10\",\"1\r\"\r\nPC2,,\r\n\r\na,b,c",
        "sep=;\n#TYPE x\n\"OS\";Name\r\"\"\"\n\"\"\r\n\";b\rc;d\r\n\"e\"f;g\n",
        "OS\nWindows \"7\"\n\"Windows\"\n\t\n\xC3\xA9\n",
        "OS\tName,Build;SKU\na\tb\n\"\"\"\"\t\"\r\n\"",
    };
    static const struct setting settings[] = {
        {.falls_back = true}, {.falls_back = false}, {.choice.is_lines = true}, {.choice.separator = ';'}, {.choice.numbers[KR_MACHINE_OS] = 2}};
    uint32_t seed = 4711;
    for (unsigned round = 0; round < 4000; round++) {
        char bytes[300];
        const char *seedling = seedlings[round % 4];
        size_t size = strlen(seedling);
        memcpy(bytes, seedling, size);
        for (unsigned i = 0; i <= round % 3; i++) size = portions_mutate(bytes, size, &seed);
        struct kr_buffer log = read_all((struct kr_text){bytes, size}, &settings[round % 5], false);
        kr_buffer_free(&log);
    }
}

/* The line of a row is the one that the text input says, whatever stands in the cells. */
static void lines(void) {
    static const char bytes[] = "OS,Note\r\na,\"\"\"\n\"\"\r\n\"\"\"\nb,\r\r\"c\r\n\",\"\"\n\nd,\n\"bad\n\"x,\n\"\n\"\"\n\",\"e\"\rf,g";
    expect(bytes, "2 os=a|5 os=b|7 os=c\r\n|10 os=d|12:2 bad text behind the closing quote; quotes within a field are doubled|13 os=\n\"\n|16 os=f|end|");
}

static bool is_start_of(const struct kr_buffer *part, const struct kr_buffer *whole) {
    return part->size <= whole->size && (part->size == 0 || memcmp(part->data, whole->data, part->size) == 0);
}

/* One failure: it is told, what came before is right, and the next call goes on as if nothing had been. */
static void out_of_memory(void) {
    char bytes[100000];
    char *end = put(repeat(put(bytes, "Name,OS\n"), "PC1,Windows 7\n", 5), "\"");
    end = put(repeat(end, "y", 60000), "\",z\na,b\n");
    struct kr_text text = {bytes, (size_t)(end - bytes)};
    struct setting setting = {0};
    struct kr_buffer whole = read_portions((struct portions){.bytes = text}, &setting);
    bool has_failed = allocation_can_fail();
    for (size_t nth = 1; has_failed; nth++) {
        long before = allocation_live();
        static char storage[200000];
        struct kr_buffer log = kr_buffer_over(storage, sizeof storage);
        struct kr_text_input input;
        struct kr_tabular tabular;
        struct portions portions = {.bytes = text};
        kr_text_input_start(&input, (struct kr_text){0});
        kr_tabular_start(&tabular, &input, kr_machine_columns(find_column, NULL), &setting.choice);
        kr_text_input_feed(&input, text.data, text.size);
        kr_text_input_end(&input);
        allocation_fail(nth, true);
        enum kr_read_result result = pull(&tabular, &portions, &setting, &log);
        has_failed = allocation_stop();
        CU_ASSERT_EQUAL(result, has_failed ? KR_READ_NO_MEMORY : KR_READ_END);
        CU_ASSERT(is_start_of(&log, &whole));
        if (has_failed) result = pull(&tabular, &portions, &setting, &log);
        CU_ASSERT_EQUAL(result, KR_READ_END);
        CU_ASSERT(kr_text_equal(text_of(&log), text_of(&whole)));
        kr_tabular_free(&tabular);
        kr_text_input_free(&input);
        CU_ASSERT_EQUAL(allocation_live(), before);
    }
    kr_buffer_free(&whole);
}

void test_tabular_register(void) {
    CU_TestInfo tests[] = {{"rows", rows},
                           {"bad rows", bad_rows},
                           {"plain lines", plain_lines},
                           {"headers", headers},
                           {"choices", choices},
                           {"what is told", told},
                           {"limit of a field", field_limit},
                           {"limit of columns", column_limit},
                           {"limit of a row", row_limit},
                           {"endless rows", endless_rows},
                           {"random tables", random_tables},
                           {"lines", lines},
                           {"out of memory", out_of_memory},
                           CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"tabular", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
