/* Text from outside in the forms that results are written in: each writer escapes what its reader would obey. */
#ifndef CLI_CELLS_H
#define CLI_CELLS_H

#include <stdio.h>

/* One field of CSV: quoted where it must be, with ' before what a spreadsheet would take for a formula (also behind a semicolon, which separates columns in many
 * languages), controls as \x1b. NULL: empty. */
void write_csv_cell(FILE *out, const char *text);
/* One cell of a Markdown table: | ` * _ < > [ ] \ & escaped, controls as \x1b. NULL: empty. */
void write_markdown(FILE *out, const char *text);
/* Text or the value of an attribute in XML; what XML cannot hold comes out as \x1b. NULL: empty. */
void write_xml(FILE *out, const char *text);

#endif
