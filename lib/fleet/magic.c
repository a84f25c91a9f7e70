/* See magic.h. */
#include "fleet/magic.h"

#include <string.h>

#define EXPORT_CSV "Export-Csv -NoTypeInformation -Encoding UTF8"

#define EXPORT_XML "wevtutil qe LOG /f:xml"

#define NO_PRINT(what) "this is " what ", and not the text that the command prints: keep that in a file"

#define OPEN_DOCUMENT "this is an OpenDocument file: save the sheet as \"Text CSV\" with the character set UTF-8"

#define WORKBOOK "this is an Excel workbook: save it in Excel as \"CSV UTF-8 (Comma delimited)\""

struct magic {
    const char *start; /* what the file starts with, besides; NULL: nothing */
    size_t offset;
    const char *bytes;
    size_t size;
    const char *what[KR_WANTED_COUNT]; /* no inventory, no export of events, no printed text; NULL: it may be one */
};
#define IS(literal, ...) {NULL, 0, literal, sizeof literal - 1, {__VA_ARGS__}}
#define HAS(start, offset, literal, ...) {start, offset, literal, sizeof literal - 1, {__VA_ARGS__}}

/* The first that fits. In a zip archive the name of the first file starts at byte 30. */
static const struct magic of_bytes[] = {
    IS("\x1f\x8b", "this is gzip data: unpack it first (gunzip); inventories are CSV in UTF-8", "this is gzip data: unpack it first (gunzip)", "this is gzip data: unpack it first (gunzip)"),
    HAS("BZh", 4, "1AY&SY", "this is bzip2 data: unpack it first (bunzip2); inventories are CSV in UTF-8", "this is bzip2 data: unpack it first (bunzip2)", "this is bzip2 data: unpack it first (bunzip2)"),
    IS("\xfd" "7zXZ", "this is xz data: unpack it first (unxz); inventories are CSV in UTF-8", "this is xz data: unpack it first (unxz)", "this is xz data: unpack it first (unxz)"),
    IS("\x28\xb5\x2f\xfd", "this is zstd data: unpack it first (unzstd); inventories are CSV in UTF-8", "this is zstd data: unpack it first (unzstd)", "this is zstd data: unpack it first (unzstd)"),
    HAS("PK\x03\x04", 30, "mimetypeapplication/vnd.oasis", OPEN_DOCUMENT, OPEN_DOCUMENT, NO_PRINT("an OpenDocument file")),
    HAS("PK\x03\x04", 30, "[Content_Types].xml", WORKBOOK, WORKBOOK, NO_PRINT("an Excel workbook")),
    HAS("PK\x03\x04", 30, "_rels/", WORKBOOK, WORKBOOK, NO_PRINT("an Excel workbook")),
    HAS("PK\x03\x04", 30, "docProps/", WORKBOOK, WORKBOOK, NO_PRINT("an Excel workbook")),
    HAS("PK\x03\x04", 30, "xl/", WORKBOOK, WORKBOOK, NO_PRINT("an Excel workbook")),
    IS("PK\x03\x04", "this is a zip archive or a workbook: unpack it, or save the sheet as CSV in UTF-8", "this is a zip archive or a workbook: unpack it, or save the sheet as CSV in UTF-8", "this is a zip archive: unpack it first (unzip)"),
    IS("PK\x05\x06", "this is an empty zip archive: export the inventory as CSV in UTF-8", "this is an empty zip archive", "this is an empty zip archive"),
    IS("\xd0\xcf\x11\xe0", "this is an old Excel workbook (.xls): save it in Excel as \"CSV UTF-8 (Comma delimited)\"", "this is an old Excel workbook (.xls): save it in Excel as \"CSV UTF-8 (Comma delimited)\"", NO_PRINT("an old Excel workbook (.xls)")),
    IS("ElfFile\0", "this is an event log (.evtx), no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")", "this is an event log (.evtx): export it with wevtutil qe FILE /lf:true /f:xml", NO_PRINT("an event log (.evtx)")),
    IS("%PDF-", "this is a PDF: export the list as CSV in UTF-8 from the program that it comes from", "this is a PDF, no export of events: " EXPORT_XML, NO_PRINT("a PDF")),
    IS("SQLite format 3\0", "this is an SQLite database: export the table as CSV in UTF-8 (sqlite3 -header -csv FILE \"select ...\")", "this is an SQLite database, no export of events: " EXPORT_XML, NO_PRINT("an SQLite database")),
    HAS("regf", 20, "\x01\0\0\0", "this is a registry hive, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")", "this is a registry hive, no export of events: " EXPORT_XML, NO_PRINT("a registry hive")),
};

static const struct magic of_text[] = {
    IS("#< CLIXML", "this is CliXml: Import-Clixml FILE | " EXPORT_CSV " inventory.csv", "this is CliXml: " EXPORT_XML ", or Import-Clixml FILE | " EXPORT_CSV " events.csv", NO_PRINT("CliXml")),
    IS("<Objs", "this is CliXml: Import-Clixml FILE | " EXPORT_CSV " inventory.csv", "this is CliXml: " EXPORT_XML ", or Import-Clixml FILE | " EXPORT_CSV " events.csv", NO_PRINT("CliXml")),
    IS("<!DOCTYPE", "this is HTML or XML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV " instead of ConvertTo-Html)", NULL, NO_PRINT("HTML or XML")),
    IS("<html", "this is HTML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV " instead of ConvertTo-Html)", "this is HTML, no export of events: " EXPORT_XML, NO_PRINT("HTML")),
    IS("<", "this is XML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")", NULL, NO_PRINT("XML")),
    IS("Windows Registry Editor", "this is a registry export (.reg), no inventory: export the machines as CSV in UTF-8", "this is a registry export (.reg), no export of events: " EXPORT_XML, NO_PRINT("a registry export (.reg)")),
    IS("REGEDIT4", "this is a registry export (.reg), no inventory: export the machines as CSV in UTF-8", "this is a registry export (.reg), no export of events: " EXPORT_XML, NO_PRINT("a registry export (.reg)")),
};

static bool holds(struct kr_text text, size_t offset, const char *bytes, size_t size) {
    return text.size >= size && text.size - size >= offset && memcmp(text.data + offset, bytes, size) == 0;
}

static const char *find(const struct magic *magics, size_t count, struct kr_text text, enum kr_wanted wanted) {
    for (size_t i = 0; i < count; i++) {
        const struct magic *magic = &magics[i];
        if (magic->start && !holds(text, 0, magic->start, strlen(magic->start))) continue;
        const char *what = magic->what[wanted];
        if (what && holds(text, magic->offset, magic->bytes, magic->size)) return what;
    }
    return NULL;
}

const char *kr_magic_of_bytes(struct kr_text bytes, enum kr_wanted wanted) { return find(of_bytes, sizeof of_bytes / sizeof of_bytes[0], bytes, wanted); }

const char *kr_magic_of_text(struct kr_text text, enum kr_wanted wanted) {
    size_t start = 0, size;
    while (start < text.size && (text.data[start] == ' ' || (text.data[start] >= '\t' && text.data[start] <= '\r'))) start++;
    size = text.size - start;
    return size == 0 ? NULL : find(of_text, sizeof of_text / sizeof of_text[0], (struct kr_text){text.data + start, size}, wanted);
}
