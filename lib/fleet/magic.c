/* See magic.h. */
#include "fleet/magic.h"

#include <string.h>

#define EXPORT_CSV "Export-Csv -NoTypeInformation -Encoding UTF8"

#define EXPORT_XML "wevtutil qe LOG /f:xml"

#define OPEN_DOCUMENT "this is an OpenDocument file: save the sheet as \"Text CSV\" with the character set UTF-8"

#define WORKBOOK "this is an Excel workbook: save it in Excel as \"CSV UTF-8 (Comma delimited)\""

struct magic {
    const char *start; /* what the file starts with, besides; NULL: nothing */
    size_t offset;
    const char *bytes;
    size_t size;
    const char *what; /* no inventory */
    const char *what_of_events; /* no export of events; NULL: it may be one */
};
#define IS(literal, what, what_of_events) {NULL, 0, literal, sizeof literal - 1, what, what_of_events}
#define HAS(start, offset, literal, what, what_of_events) {start, offset, literal, sizeof literal - 1, what, what_of_events}

/* The first that fits. In a zip archive the name of the first file starts at byte 30. */
static const struct magic of_bytes[] = {
    IS("\x1f\x8b", "this is gzip data: unpack it first (gunzip); inventories are CSV in UTF-8", "this is gzip data: unpack it first (gunzip)"),
    HAS("BZh", 4, "1AY&SY", "this is bzip2 data: unpack it first (bunzip2); inventories are CSV in UTF-8", "this is bzip2 data: unpack it first (bunzip2)"),
    IS("\xfd" "7zXZ", "this is xz data: unpack it first (unxz); inventories are CSV in UTF-8", "this is xz data: unpack it first (unxz)"),
    IS("\x28\xb5\x2f\xfd", "this is zstd data: unpack it first (unzstd); inventories are CSV in UTF-8", "this is zstd data: unpack it first (unzstd)"),
    HAS("PK\x03\x04", 30, "mimetypeapplication/vnd.oasis", OPEN_DOCUMENT, OPEN_DOCUMENT),
    HAS("PK\x03\x04", 30, "[Content_Types].xml", WORKBOOK, WORKBOOK),
    HAS("PK\x03\x04", 30, "_rels/", WORKBOOK, WORKBOOK),
    HAS("PK\x03\x04", 30, "docProps/", WORKBOOK, WORKBOOK),
    HAS("PK\x03\x04", 30, "xl/", WORKBOOK, WORKBOOK),
    IS("PK\x03\x04", "this is a zip archive or a workbook: unpack it, or save the sheet as CSV in UTF-8", "this is a zip archive or a workbook: unpack it, or save the sheet as CSV in UTF-8"),
    IS("PK\x05\x06", "this is an empty zip archive: export the inventory as CSV in UTF-8", "this is an empty zip archive"),
    IS("\xd0\xcf\x11\xe0", "this is an old Excel workbook (.xls): save it in Excel as \"CSV UTF-8 (Comma delimited)\"", "this is an old Excel workbook (.xls): save it in Excel as \"CSV UTF-8 (Comma delimited)\""),
    IS("ElfFile\0", "this is an event log (.evtx), no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")", "this is an event log (.evtx): export it with wevtutil qe FILE /lf:true /f:xml"),
    IS("%PDF-", "this is a PDF: export the list as CSV in UTF-8 from the program that it comes from", "this is a PDF, no export of events: " EXPORT_XML),
    IS("SQLite format 3\0", "this is an SQLite database: export the table as CSV in UTF-8 (sqlite3 -header -csv FILE \"select ...\")", "this is an SQLite database, no export of events: " EXPORT_XML),
    HAS("regf", 20, "\x01\0\0\0", "this is a registry hive, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")", "this is a registry hive, no export of events: " EXPORT_XML),
};

static const struct magic of_text[] = {
    IS("#< CLIXML", "this is CliXml: Import-Clixml FILE | " EXPORT_CSV " inventory.csv", "this is CliXml: " EXPORT_XML ", or Import-Clixml FILE | " EXPORT_CSV " events.csv"),
    IS("<Objs", "this is CliXml: Import-Clixml FILE | " EXPORT_CSV " inventory.csv", "this is CliXml: " EXPORT_XML ", or Import-Clixml FILE | " EXPORT_CSV " events.csv"),
    IS("<!DOCTYPE", "this is HTML or XML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV " instead of ConvertTo-Html)", NULL),
    IS("<html", "this is HTML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV " instead of ConvertTo-Html)", "this is HTML, no export of events: " EXPORT_XML),
    IS("<", "this is XML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")", NULL),
    IS("Windows Registry Editor", "this is a registry export (.reg), no inventory: export the machines as CSV in UTF-8", "this is a registry export (.reg), no export of events: " EXPORT_XML),
    IS("REGEDIT4", "this is a registry export (.reg), no inventory: export the machines as CSV in UTF-8", "this is a registry export (.reg), no export of events: " EXPORT_XML),
};

static bool holds(struct kr_text text, size_t offset, const char *bytes, size_t size) {
    return text.size >= size && text.size - size >= offset && memcmp(text.data + offset, bytes, size) == 0;
}

static const char *find(const struct magic *magics, size_t count, struct kr_text text, bool is_for_events) {
    for (size_t i = 0; i < count; i++) {
        const struct magic *magic = &magics[i];
        if (magic->start && !holds(text, 0, magic->start, strlen(magic->start))) continue;
        const char *what = is_for_events ? magic->what_of_events : magic->what;
        if (what && holds(text, magic->offset, magic->bytes, magic->size)) return what;
    }
    return NULL;
}

const char *kr_magic_of_bytes(struct kr_text bytes, bool is_for_events) { return find(of_bytes, sizeof of_bytes / sizeof of_bytes[0], bytes, is_for_events); }

const char *kr_magic_of_text(struct kr_text text, bool is_for_events) {
    size_t start = 0, size;
    while (start < text.size && (text.data[start] == ' ' || (text.data[start] >= '\t' && text.data[start] <= '\r'))) start++;
    size = text.size - start;
    return size == 0 ? NULL : find(of_text, sizeof of_text / sizeof of_text[0], (struct kr_text){text.data + start, size}, is_for_events);
}
