/* Tables for tests: made in memory, loaded, and judged by the places and codes of what the load complains of. */
#ifndef TESTS_TABLES_H
#define TESTS_TABLES_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"

/* A small sound ruleset in pieces: a test puts its own rows between. Lines 1 and 2, then 3 to 12, then the end. */
#define TABLE_START "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ruleset xmlns=\"urn:kmsrules:1\" id=\"test\" revision=\"1\">\n"
#define TABLE_ROWS \
    "  <source id=\"s\" title=\"A source\" reliability=\"primary\"/>\n" \
    "  <application id=\"windows\" name=\"Windows\"/>\n" \
    "  <release id=\"r7\" name=\"Windows 7\" kind=\"client\" application=\"windows\">\n" \
    "    <edition id=\"pro\" name=\"Windows 7 Professional\" volume=\"yes\" source=\"s\"/>\n" \
    "  </release>\n" \
    "  <threshold kind=\"client\" minimum=\"25\" counts=\"client server\" source=\"s\"/>\n" \
    "  <key-group id=\"client\" name=\"Client\" kind=\"client\" application=\"windows\" source=\"s\">\n" \
    "    <covers editions=\"pro\" source=\"s\"/>\n" \
    "    <fits hosts=\"r7\" source=\"s\"/>\n" \
    "  </key-group>\n"
#define TABLE_END "</ruleset>\n"

/* One load. All zero is a legal start; load_end() frees. */
struct load {
    kmsrules_builder *builder;
    kmsrules_ruleset *ruleset; /* NULL unless `status` is KMSRULES_OK */
    kmsrules_status status; /* the worst so far */
};
void load_start(struct load *load, const kmsrules_limits *limits); /* NULL: the default ones */
void load_provide(struct load *load, const char *path, struct kr_text table);
void load_add(struct load *load, const char *path);
void load_build(struct load *load);
void load_end(struct load *load);
/* Starts, and loads and builds one table as "t.xml". */
void load_table(struct load *load, const kmsrules_limits *limits, struct kr_text table);

/* Whether the problems are exactly these, one "FILE:LINE:COLUMN: CODE" a line ("" for none); `prefix` is taken off the files' names. Says what differs. */
bool load_says(const struct load *load, const char *prefix, const char *expected);
/* Loads one table as "t.xml" and judges it. */
bool table_says(struct kr_text table, const kmsrules_limits *limits, const char *expected);

/* The bytes of a file, with a NUL behind them; `data` NULL when it cannot be read. Freed with free(). */
struct kr_text file_text(const char *path);
/* printf() at the end of a growing text. */
void text_add(struct kr_buffer *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct kr_text text_view(const struct kr_buffer *text);

#endif
