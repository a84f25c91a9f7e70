/* See magic.h. */
#include "fleet/magic.h"

#include <string.h>

#define EXPORT_CSV "Export-Csv -NoTypeInformation -Encoding UTF8"

#define WORKBOOK "this is an Excel workbook: save it in Excel as \"CSV UTF-8 (Comma delimited)\""

struct magic {
    const char *start; /* what the file starts with, besides; NULL: nothing */
    size_t offset;
    const char *bytes;
    size_t size;
    const char *what;
};
#define IS(literal, what) {NULL, 0, literal, sizeof literal - 1, what}
#define HAS(start, offset, literal, what) {start, offset, literal, sizeof literal - 1, what}

/* The first that fits. In a zip archive the name of the first file starts at byte 30. */
static const struct magic of_bytes[] = {
    IS("\x1f\x8b", "this is gzip data: unpack it first (gunzip); inventories are CSV in UTF-8"),
    HAS("BZh", 4, "1AY&SY", "this is bzip2 data: unpack it first (bunzip2); inventories are CSV in UTF-8"),
    IS("\xfd" "7zXZ", "this is xz data: unpack it first (unxz); inventories are CSV in UTF-8"),
    IS("\x28\xb5\x2f\xfd", "this is zstd data: unpack it first (unzstd); inventories are CSV in UTF-8"),
    HAS("PK\x03\x04", 30, "mimetypeapplication/vnd.oasis", "this is an OpenDocument file: save the sheet as \"Text CSV\" with the character set UTF-8"),
    HAS("PK\x03\x04", 30, "[Content_Types].xml", WORKBOOK),
    HAS("PK\x03\x04", 30, "_rels/", WORKBOOK),
    HAS("PK\x03\x04", 30, "docProps/", WORKBOOK),
    HAS("PK\x03\x04", 30, "xl/", WORKBOOK),
    IS("PK\x03\x04", "this is a zip archive or a workbook: unpack it, or save the sheet as CSV in UTF-8"),
    IS("PK\x05\x06", "this is an empty zip archive: export the inventory as CSV in UTF-8"),
    IS("\xd0\xcf\x11\xe0", "this is an old Excel workbook (.xls): save it in Excel as \"CSV UTF-8 (Comma delimited)\""),
    IS("ElfFile\0", "this is an event log (.evtx), no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")"),
    IS("%PDF-", "this is a PDF: export the list as CSV in UTF-8 from the program that it comes from"),
    IS("SQLite format 3\0", "this is an SQLite database: export the table as CSV in UTF-8 (sqlite3 -header -csv FILE \"select ...\")"),
    HAS("regf", 20, "\x01\0\0\0", "this is a registry hive, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")"),
};

static const struct magic of_text[] = {
    IS("#< CLIXML", "this is CliXml: Import-Clixml FILE | " EXPORT_CSV " inventory.csv"),
    IS("<Objs", "this is CliXml: Import-Clixml FILE | " EXPORT_CSV " inventory.csv"),
    IS("<!DOCTYPE", "this is HTML or XML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV " instead of ConvertTo-Html)"),
    IS("<html", "this is HTML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV " instead of ConvertTo-Html)"),
    IS("<", "this is XML, no inventory: export the machines as CSV in UTF-8 (PowerShell: " EXPORT_CSV ")"),
    IS("Windows Registry Editor", "this is a registry export (.reg), no inventory: export the machines as CSV in UTF-8"),
    IS("REGEDIT4", "this is a registry export (.reg), no inventory: export the machines as CSV in UTF-8"),
};

static bool holds(struct kr_text text, size_t offset, const char *bytes, size_t size) {
    return text.size >= size && text.size - size >= offset && memcmp(text.data + offset, bytes, size) == 0;
}

static const char *find(const struct magic *magics, size_t count, struct kr_text text) {
    for (size_t i = 0; i < count; i++) {
        const struct magic *magic = &magics[i];
        if (magic->start && !holds(text, 0, magic->start, strlen(magic->start))) continue;
        if (holds(text, magic->offset, magic->bytes, magic->size)) return magic->what;
    }
    return NULL;
}

const char *kr_magic_of_bytes(struct kr_text bytes) { return find(of_bytes, sizeof of_bytes / sizeof of_bytes[0], bytes); }

const char *kr_magic_of_text(struct kr_text text) {
    size_t start = 0, size;
    while (start < text.size && (text.data[start] == ' ' || (text.data[start] >= '\t' && text.data[start] <= '\r'))) start++;
    size = text.size - start;
    return size == 0 ? NULL : find(of_text, sizeof of_text / sizeof of_text[0], (struct kr_text){text.data + start, size});
}
