/* See inventory_file.h. */
#include "inventory_file.h"

#include "messages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *string_of(kmsrules_text text) {
    char *string = malloc(text.size + 1);
    if (string == NULL) return NULL;
    if (text.size > 0) memcpy(string, text.data, text.size);
    string[text.size] = '\0';
    return string;
}

/* ---- Opening -------------------------------------------------------------------------------------------------------------------------------- */

bool inventory_can_be_read_again(const char *path) {
    struct stat status;
    int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);
    return failed != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode); /* opening it says what is wrong */
}

static int refuse_options(const struct arguments *arguments) {
    if (arguments->is_plain && arguments->columns != NULL) complain("--plain and --columns contradict each other");
    else if (arguments->is_plain && arguments->separator != NULL) complain("--plain and --separator contradict each other");
    else if (arguments->columns != NULL && arguments->encoding == NULL) complain_about("--columns:", arguments->columns, " is not a list such as name=Computer,os=System,build=Build");
    else complain("--columns is no list such as name=Computer,os=System,build=Build, or --encoding names no encoding that is known");
    return EXIT_WRONG_USE;
}

/* A comma, a semicolon or a tab; 0: not one of them. */
static char separator_of(const char *value) {
    if (strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0) return '\t';
    return strlen(value) == 1 && strchr(",;\t", value[0]) != NULL ? value[0] : 0;
}

static int open_inventory(struct inventory_file *file, const struct arguments *arguments, kmsrules_ruleset *ruleset) {
    bool is_mapping = arguments->columns != NULL && strchr(arguments->columns, '=') != NULL;
    kmsrules_inventory_options options = {arguments->encoding, is_mapping || arguments->command->reads_files ? arguments->columns : NULL, 0, arguments->is_plain};
    if (arguments->separator != NULL) options.separator = separator_of(arguments->separator);
    if (arguments->separator != NULL && options.separator == 0) {
        complain_about("--separator:", arguments->separator, " is not a comma, a semicolon or tab");
        return EXIT_WRONG_USE;
    }
    kmsrules_status status = kmsrules_inventory_new(ruleset, &options, &file->inventory);
    if (status == KMSRULES_OK) return EXIT_YES;
    if (status == KMSRULES_INVALID_ARGUMENT) return refuse_options(arguments);
    complain("%s", kmsrules_status_text(status));
    return status_of_failure(status);
}

int inventory_file_open(struct inventory_file *file, const struct arguments *arguments, kmsrules_ruleset *ruleset, const char *path, FILE *stream) {
    *file = (struct inventory_file){.input = input_file_named(path, stream, arguments->is_quiet, "rows")};
    int status = open_inventory(file, arguments, ruleset);
    return status == EXIT_YES ? input_file_open(&file->input, path, stream) : status;
}

void inventory_file_close(struct inventory_file *file) {
    kmsrules_inventory_free(file->inventory);
    input_file_close(&file->input);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------------- */

static void say_format(const struct inventory_file *file) {
    const kmsrules_inventory_format *format = kmsrules_inventory_what(file->inventory);
    input_file_say_format(&file->input, format->format, format->encoding, format->separator, format->columns);
}

static int report_fault(struct inventory_file *file) {
    input_file_show_progress(&file->input, true);
    return file->is_silent ? EXIT_INVALID : input_file_say_fault(&file->input, kmsrules_inventory_why(file->inventory));
}

/* EXIT_YES also at the end of the file, which the inventory was told. */
static int feed(struct inventory_file *file) {
    size_t size;
    int status = input_file_read(&file->input, &size);
    if (status != EXIT_YES) return status;
    if (size == 0) kmsrules_inventory_end(file->inventory);
    else kmsrules_inventory_feed(file->inventory, file->input.portion, size);
    return EXIT_YES;
}

int inventory_file_next(struct inventory_file *file, const kmsrules_machine **machine) {
    for (;;) {
        kmsrules_status status = kmsrules_inventory_next(file->inventory, machine);
        if (status == KMSRULES_INVALID_INVENTORY) return report_fault(file);
        if (status != KMSRULES_OK) {
            complain("%s", kmsrules_status_text(status));
            return status_of_failure(status);
        }
        if (*machine == NULL && !file->input.is_at_end) {
            int fed = feed(file);
            if (fed != EXIT_YES) return fed;
            continue;
        }
        if (file->input.items == 0) say_format(file);
        file->input.items += *machine != NULL;
        if (*machine == NULL) input_file_show_progress(&file->input, true);
        return EXIT_YES;
    }
}
