/* kmsrules identify [TEXT…]: which edition, release or key group a text means, by which step and row, or what would decide it. */
#include "asking.h"
#include "cells.h"
#include "inventory_file.h"
#include "messages.h"
#include "products.h"
#include "rulesets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = KMSRULES_EDITION | KMSRULES_RELEASE | KMSRULES_KEY_GROUP, NEAREST = 3 };

/* One text with what it was found to mean. */
struct item {
    const kmsrules_ruleset *ruleset;
    const char *text; /* or NULL */
    kmsrules_evidence evidence;
    kmsrules_status status;
    kmsrules_identity identity; /* unless unknown */
    const char *nearest[NEAREST];
    size_t nearest_count;
};

/* ---- Finding out ---------------------------------------------------------------------------------------------------------------------------- */

static bool refuse(const char *option, const char *value, const char *wanted) {
    fprintf(stderr, "kmsrules: %s: ", option);
    write_quoted(stderr, value);
    fprintf(stderr, " is not %s\n", wanted);
    return false;
}

static bool read_sku(const char *value, uint32_t *sku) {
    uint64_t number = 0;
    for (const char *digit = value; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9' || number > 99999999) return refuse("--sku", value, "a number such as 48");
        number = number * 10 + (uint64_t)(*digit - '0');
    }
    *sku = (uint32_t)number;
    return true;
}

/* What the options say of every text. */
static bool read_evidence(const struct arguments *arguments, const kmsrules_ruleset *ruleset, kmsrules_evidence *evidence) {
    kmsrules_kind kind;
    *evidence = (kmsrules_evidence)KMSRULES_NO_EVIDENCE;
    if (arguments->build != NULL && kmsrules_build_number(arguments->build, strlen(arguments->build), &evidence->build, NULL) != KMSRULES_OK)
        return refuse("--build", arguments->build, "a build such as 17763 or 10.0.17763.5329");
    if (arguments->sku != NULL && !read_sku(arguments->sku, &evidence->sku)) return false;
    if (arguments->edition_id != NULL) evidence->edition_id = arguments->edition_id, evidence->edition_id_size = strlen(arguments->edition_id);
    if (arguments->product_type == NULL) return true;
    if (kmsrules_product_type(ruleset, arguments->product_type, strlen(arguments->product_type), &kind) != KMSRULES_OK)
        return refuse("--product-type", arguments->product_type, "a product type such as workstation, server or 3");
    evidence->product_type = (int)kind;
    return true;
}

static bool has_evidence(const kmsrules_evidence *evidence) {
    return evidence->build != 0 || evidence->sku != KMSRULES_NONE || evidence->edition_id != NULL || evidence->product_type >= 0;
}

static struct item identify(const kmsrules_ruleset *ruleset, const char *text, const kmsrules_evidence *evidence) {
    struct item item = {.ruleset = ruleset, .text = text, .evidence = *evidence};
    item.evidence.text = text;
    item.evidence.text_size = text == NULL ? 0 : strlen(text);
    item.status = kmsrules_recognize(ruleset, KINDS, &item.evidence, &item.identity);
    return item;
}

static bool is_known(const struct item *item) { return item->status == KMSRULES_OK || item->status == KMSRULES_AMBIGUOUS_NAME; }

static const char *outcome_of(const struct item *item) {
    return item->status == KMSRULES_OK ? "recognised" : item->status == KMSRULES_AMBIGUOUS_NAME ? "ambiguous" : "unknown";
}

static size_t listed_candidates(const struct item *item) {
    if (!is_known(item)) return 0;
    return item->identity.candidate_count < KMSRULES_CANDIDATE_LIMIT ? item->identity.candidate_count : KMSRULES_CANDIDATE_LIMIT;
}

static const char *candidate_of(const struct item *item, size_t index) { return id_of(item->ruleset, item->identity.kind, item->identity.candidates[index]); }

static const char *id_or_null(const struct item *item) { return item->status == KMSRULES_OK ? id_of(item->ruleset, item->identity.kind, item->identity.id) : NULL; }

/* "data/vocabulary.xml:12:5", "" where no row decided. */
static const char *place_of(const struct item *item, char *room, size_t size) {
    const kmsrules_place *at = &item->identity.at;
    room[0] = '\0';
    if (is_known(item) && at->file != NULL) snprintf(room, size, "%s:%u:%u", at->file, (unsigned)at->line, (unsigned)at->column);
    return room;
}

/* How it was recognised, or why it was not. */
static const char *how_of(const struct item *item, char *room, size_t size) {
    if (is_known(item)) kmsrules_identity_text(item->ruleset, &item->identity, room, size);
    else snprintf(room, size, "%s", "no product the tables know");
    return room;
}

/* ---- Writing -------------------------------------------------------------------------------------------------------------------------------- */

static void write_text_item(FILE *out, const struct item *item) {
    char how[1024], place[512];
    fprintf(out, "%-10s ", is_known(item) && item->status == KMSRULES_OK ? kind_word(item->identity.kind) : outcome_of(item));
    if (item->status == KMSRULES_OK) fprintf(out, "%-36s ", id_or_null(item));
    if (item->text == NULL) fputs("(no text)", out);
    else fputc('"', out), write_escaped(out, item->text), fputc('"', out);
    fputs(": ", out);
    if (is_known(item) && item->status != KMSRULES_OK) {
        for (size_t i = 0; i < listed_candidates(item); i++) fprintf(out, "%s%s", i == 0 ? "" : ", ", candidate_of(item, i));
        if (item->identity.candidate_count > KMSRULES_CANDIDATE_LIMIT) fprintf(out, " and %zu more", item->identity.candidate_count - KMSRULES_CANDIDATE_LIMIT);
        if (item->identity.candidate_count > 0) fputs(" - ", out);
    }
    write_escaped(out, how_of(item, how, sizeof how));
    for (size_t i = 0; i < item->nearest_count; i++) {
        fputs(i == 0 ? "; nearest: " : ", ", out);
        write_quoted(out, item->nearest[i]);
    }
    if (item->text != NULL && item->status == KMSRULES_UNKNOWN_NAME && strchr(item->text, '?') != NULL) fputs("; a ? may stand where (R) was lost in an ASCII export", out);
    place_of(item, place, sizeof place);
    if (place[0] != '\0') fputs(" (", out), write_escaped(out, place), fputc(')', out);
    fputc('\n', out);
}

static void write_evidence_members(FILE *out, unsigned set) {
    static const char *const words[] = {"build", "sku", "edition-id", "product-type"};
    fputc('[', out);
    for (size_t i = 0, count = 0; i < sizeof words / sizeof words[0]; i++)
        if ((set >> i & 1u) != 0) fprintf(out, "%s\"%s\"", count++ == 0 ? "" : ",", words[i]);
    fputc(']', out);
}

static void write_number_or_null(FILE *out, uint32_t number, uint32_t none) {
    if (number == none) fputs("null", out);
    else fprintf(out, "%" PRIu32, number);
}

/* One line, without its end. */
static void write_json_item(FILE *out, const struct item *item) {
    char how[1024], place[512];
    fputs("{\"text\":", out);
    write_json(out, item->text);
    fputs(",\"build\":", out);
    write_number_or_null(out, item->evidence.build, 0);
    fputs(",\"sku\":", out);
    write_number_or_null(out, item->evidence.sku, KMSRULES_NONE);
    fprintf(out, ",\"outcome\":\"%s\",\"kind\":", outcome_of(item));
    write_json(out, is_known(item) ? kind_word(item->identity.kind) : NULL);
    fputs(",\"id\":", out);
    write_json(out, id_or_null(item));
    fputs(",\"candidates\":[", out);
    for (size_t i = 0; i < listed_candidates(item); i++) fputs(i == 0 ? "" : ",", out), write_json(out, candidate_of(item, i));
    fputs("],\"how\":", out);
    write_json(out, how_of(item, how, sizeof how));
    fputs(",\"at\":", out);
    place_of(item, place, sizeof place);
    write_json(out, place[0] == '\0' ? NULL : place);
    fputs(",\"step\":", out);
    write_json(out, is_known(item) ? item->identity.how : NULL);
    fputs(",\"contradicted\":", out);
    fputs(is_known(item) && item->identity.is_contradicted ? "true" : "false", out);
    fputs(",\"decides\":", out);
    write_evidence_members(out, is_known(item) ? item->identity.decides : 0);
    fputs(",\"nearest\":[", out);
    for (size_t i = 0; i < item->nearest_count; i++) fputs(i == 0 ? "" : ",", out), write_json(out, item->nearest[i]);
    fputs("]}", out);
}

/* ---- CSV ---- */

static const char *const csv_columns[] = {"text", "build", "sku", "outcome", "kind", "id", "candidates", "how", "at"};
enum { CSV_COLUMNS = sizeof csv_columns / sizeof csv_columns[0] };

static const char *candidates_of(const struct item *item, char *room, size_t size) {
    size_t length = 0;
    room[0] = '\0';
    for (size_t i = 0; i < listed_candidates(item) && length < size; i++) length += (size_t)snprintf(room + length, size - length, "%s%s", i == 0 ? "" : " ", candidate_of(item, i));
    return room;
}

static const char *number_or_null(uint32_t number, uint32_t none, char *room, size_t size) {
    if (number == none) return NULL;
    snprintf(room, size, "%" PRIu32, number);
    return room;
}

enum { FIELD_SIZE = KMSRULES_CANDIDATE_LIMIT * 65 + 1 }; /* an id has at most 64 bytes */

/* NULL or "": nothing. */
static const char *field_of(const struct item *item, const char *column, char *room, size_t size) {
    switch (column[0]) {
    case 't': return item->text;
    case 'b': return number_or_null(item->evidence.build, 0, room, size);
    case 's': return number_or_null(item->evidence.sku, KMSRULES_NONE, room, size);
    case 'o': return outcome_of(item);
    case 'k': return is_known(item) ? kind_word(item->identity.kind) : NULL;
    case 'i': return id_or_null(item);
    case 'c': return candidates_of(item, room, size);
    case 'h': return how_of(item, room, size);
    default: return place_of(item, room, size);
    }
}

/* A row of one empty field is quoted: an empty line is no row to many readers. */
static void write_csv_row(FILE *out, const struct item *item, const char *const *columns, size_t count) {
    char room[FIELD_SIZE];
    for (size_t i = 0; i < count; i++) {
        const char *field = field_of(item, columns[i], room, sizeof room);
        if (i > 0) fputc(',', out);
        if (count == 1 && (field == NULL || field[0] == '\0')) fputs("\"\"", out);
        else write_csv_cell(out, field);
    }
    fputs("\r\n", out);
}

/* The columns wanted, in order; `list` NULL: all. False when there is no such column. */
static bool choose_columns(const char *list, const char **columns, size_t *count) {
    *count = 0;
    if (list == NULL) {
        for (; *count < CSV_COLUMNS; ++*count) columns[*count] = csv_columns[*count];
        return true;
    }
    for (const char *word = list;; word++) {
        size_t size = strcspn(word, ","), i = 0;
        while (i < CSV_COLUMNS && (strlen(csv_columns[i]) != size || strncmp(csv_columns[i], word, size) != 0)) i++;
        if (i == CSV_COLUMNS || *count == CSV_COLUMNS) return refuse("--columns", list, "a list of text, build, sku, outcome, kind, id, candidates, how, at (or PART=COLUMN for a table on standard input)");
        columns[(*count)++] = csv_columns[i];
        word += size;
        if (*word == '\0') return true;
    }
}

/* PART=COLUMN: of a table on standard input, not of the result. */
static bool is_mapping(const struct arguments *arguments) { return arguments->columns != NULL && strchr(arguments->columns, '=') != NULL; }

/* An option that is about standard input, so that it is read; NULL: none. */
static const char *input_option_of(const struct arguments *arguments) {
    if (is_mapping(arguments)) return "--columns PART=COLUMN";
    if (arguments->encoding != NULL) return "--encoding";
    if (arguments->separator != NULL) return "--separator";
    return arguments->is_plain ? "--plain" : NULL;
}

/* ---- The command ---------------------------------------------------------------------------------------------------------------------------- */

struct identifying {
    const struct arguments *arguments;
    kmsrules_ruleset *ruleset;
    kmsrules_evidence evidence; /* of the options */
    FILE *out;
    const char *columns[CSV_COLUMNS];
    size_t column_count, item_count;
    int status;
};

static int status_of(const struct item *item) {
    switch (item->status) {
    case KMSRULES_OK: return EXIT_YES;
    case KMSRULES_AMBIGUOUS_NAME: return EXIT_UNDECIDED;
    case KMSRULES_UNKNOWN_NAME: return EXIT_NO;
    case KMSRULES_INVALID_ARGUMENT: return EXIT_WRONG_USE;
    default: return status_of_failure(item->status);
    }
}

static void write_item(struct identifying *identifying, const struct item *item) {
    FILE *out = identifying->out;
    switch (identifying->arguments->format) {
    case FORMAT_JSON: fputs(identifying->item_count == 0 ? "\n  " : ",\n  ", out), write_json_item(out, item); break;
    case FORMAT_NDJSON: write_json_item(out, item), fputc('\n', out); break;
    case FORMAT_CSV: write_csv_row(out, item, identifying->columns, identifying->column_count); break;
    default: write_text_item(out, item);
    }
    identifying->item_count++;
}

static void take_text(struct identifying *identifying, const char *text, const kmsrules_evidence *evidence) {
    struct item item = identify(identifying->ruleset, text, evidence);
    bool shows_nearest = !identifying->arguments->is_quiet && identifying->arguments->format != FORMAT_CSV; /* what is not shown is not looked for: it takes the most time */
    if (item.status == KMSRULES_UNKNOWN_NAME && text != NULL && shows_nearest) item.nearest_count = kmsrules_suggest(identifying->ruleset, KINDS, text, strlen(text), item.nearest, NEAREST);
    if (item.status == KMSRULES_NO_MEMORY) complain("%s", kmsrules_status_text(item.status));
    else write_item(identifying, &item);
    identifying->status = worse_status(identifying->status, status_of(&item));
}

/* A row's own evidence, with what the options say where it says nothing. */
static kmsrules_evidence merged(const kmsrules_evidence *own, const kmsrules_evidence *given) {
    kmsrules_evidence evidence = *own;
    if (evidence.build == 0) evidence.build = given->build;
    if (evidence.sku == KMSRULES_NONE) evidence.sku = given->sku;
    if (evidence.edition_id == NULL) evidence.edition_id = given->edition_id, evidence.edition_id_size = given->edition_id_size;
    if (evidence.product_type < 0) evidence.product_type = given->product_type;
    return evidence;
}

static void take_machine(struct identifying *identifying, const struct inventory_file *file, const kmsrules_machine *machine) {
    if (machine->status == KMSRULES_INVALID_ROW) {
        write_escaped(stderr, file->input.name);
        fprintf(stderr, ":%" PRIu64 ": %s\n", machine->line, machine->problem);
        identifying->status = worse_status(identifying->status, EXIT_INVALID);
        return;
    }
    char *text = machine->evidence.text == NULL ? NULL : string_of((kmsrules_text){machine->evidence.text, machine->evidence.text_size});
    kmsrules_evidence evidence = merged(&machine->evidence, &identifying->evidence);
    if (text == NULL && machine->evidence.text != NULL) {
        complain("out of memory");
        identifying->status = worse_status(identifying->status, EXIT_SYSTEM);
    } else {
        take_text(identifying, text == NULL && !has_evidence(&evidence) ? "" : text, &evidence);
    }
    free(text);
}

/* Standard input: lines, or with PART=COLUMN a table. */
static void take_input(struct identifying *identifying) {
    struct arguments arguments = *identifying->arguments;
    struct inventory_file file;
    const kmsrules_machine *machine = NULL;
    if (!is_mapping(&arguments)) arguments.is_plain = true;
    int status = inventory_file_open(&file, &arguments, identifying->ruleset, "-", NULL);
    file.input.is_quiet = true; /* what lines are needs no saying */
    while (status == EXIT_YES && (status = inventory_file_next(&file, &machine)) == EXIT_YES && machine != NULL) take_machine(identifying, &file, machine);
    identifying->status = worse_status(identifying->status, status);
    inventory_file_close(&file);
}

static void write_start(struct identifying *identifying) {
    FILE *out = identifying->out;
    if (identifying->arguments->format == FORMAT_JSON) fputs("{\"schema\": \"kmsrules/identity/1\",\n \"items\": [", out);
    if (identifying->arguments->format != FORMAT_CSV) return;
    for (size_t i = 0; i < identifying->column_count; i++) fprintf(out, "%s%s", i == 0 ? "" : ",", identifying->columns[i]);
    fputs("\r\n", out);
}

static void write_end(struct identifying *identifying) {
    if (identifying->arguments->format == FORMAT_JSON) fputs(identifying->item_count == 0 ? "]}\n" : "\n ]}\n", identifying->out);
}

static void take_all(struct identifying *identifying) {
    const struct strings *words = &identifying->arguments->words;
    write_start(identifying);
    for (size_t i = 0; i < words->count; i++) take_text(identifying, words->items[i], &identifying->evidence);
    if (words->count == 0 && has_evidence(&identifying->evidence) && input_option_of(identifying->arguments) == NULL) take_text(identifying, NULL, &identifying->evidence);
    else if (words->count == 0) take_input(identifying);
    write_end(identifying);
}

static bool are_options_right(const struct arguments *arguments) {
    const char *input_option = input_option_of(arguments);
    if (arguments->columns != NULL && !is_mapping(arguments) && arguments->format != FORMAT_CSV)
        return complain("--columns chooses columns of --format csv, or with PART=COLUMN those of a table on standard input"), false;
    if (arguments->words.count > 0 && input_option != NULL)
        return complain("%s is about standard input, which is not read where a TEXT is given", input_option), false;
    return true;
}

int run_identify(const struct arguments *arguments, struct result *result) {
    struct identifying identifying = {.arguments = arguments, .out = result->out, .status = EXIT_YES};
    if (!are_options_right(arguments) || !choose_columns(is_mapping(arguments) ? NULL : arguments->columns, identifying.columns, &identifying.column_count)) return EXIT_WRONG_USE;
    int status = load_ruleset(arguments, &identifying.ruleset);
    if (status != EXIT_YES) return status;
    if (!read_evidence(arguments, identifying.ruleset, &identifying.evidence)) identifying.status = EXIT_WRONG_USE;
    else take_all(&identifying);
    kmsrules_ruleset_free(identifying.ruleset);
    result->is_report = identifying.item_count > 0 && identifying.status != EXIT_SYSTEM;
    return identifying.status;
}
