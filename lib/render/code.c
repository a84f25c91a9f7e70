/* The page of a code: for a terminal, and as JSON with what the ruleset links it to. In: Markdown of docs/codes. Out: text, JSON. Decides nothing. */
#include "render/json_writer.h"
#include "render/page.h"

#include <string.h>

/* ---- For a terminal ---- */

/* The whole of a line of Markdown but what only marks it: back-quotes, and the target of a link. */
static void add_line(struct kr_page *page, struct kr_text line) {
    for (size_t i = 0; i < line.size; i++) {
        const char *rest = line.data + i;
        const char *target = rest[0] == ']' && i + 1 < line.size && rest[1] == '(' ? memchr(rest, ')', line.size - i) : NULL;
        if (target != NULL) i += (size_t)(target - rest);
        else if (rest[0] != '`' && rest[0] != '[') kr_buffer_add(&page->out, (struct kr_text){rest, 1});
    }
}

static void add_title(struct kr_page *page, struct kr_text line) {
    if (page->has_color) kr_buffer_add_string(&page->out, "\x1b[1m");
    add_line(page, line);
    if (page->has_color) kr_buffer_add_string(&page->out, "\x1b[0m");
    kr_buffer_add_string(&page->out, "\n");
}

static void add_markdown(struct kr_page *page, struct kr_text line, bool *is_example) {
    if (kr_text_starts_with(line, "```")) {
        *is_example = !*is_example;
    } else if (*is_example) {
        if (line.size > 0) kr_page_indent(page, 4);
        kr_buffer_add(&page->out, line);
        kr_buffer_add_string(&page->out, "\n");
    } else if (kr_text_starts_with(line, "#")) {
        size_t marks = kr_text_starts_with(line, "## ") ? 3 : 2;
        add_title(page, (struct kr_text){line.data + marks, line.size - marks});
    } else {
        add_line(page, line);
        kr_buffer_add_string(&page->out, "\n");
    }
}

kmsrules_status kmsrules_code_print(const kmsrules_code *code, bool color, char **text, size_t *size) {
    if (code == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.has_color = color};
    bool is_example = false;
    for (const char *line = code->page; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        add_markdown(&page, (struct kr_text){line, length}, &is_example);
        line += length + (line[length] != '\0');
    }
    return kr_page_finish(&page, text, size);
}

/* ---- JSON ---- */

/* "KR104" */
static bool is_check(const kmsrules_code *code, kmsrules_check_code check) {
    const char *name = kmsrules_check_name(check);
    return name != NULL && strncmp(code->code, "KR", 2) == 0 && strcmp(name, code->name) == 0;
}

static bool has_prediction(const kmsrules_error *error, const struct kmsrules_ruleset *ruleset, kmsrules_check_code check) {
    for (size_t i = 0; i < error->prediction_count; i++)
        if (ruleset->predictions[error->predictions[i]].check == check) return true;
    return false;
}

/* Pairs of a check and an error that the code is part of: of a check its errors, of an error its checks. */
static void add_links(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_code *code, bool wants_checks) {
    for (int number = KMSRULES_KR101; number <= KMSRULES_KR106; number++) {
        kmsrules_check_code check = (kmsrules_check_code)number;
        for (uint32_t i = 0; i < ruleset->error_count; i++) {
            const kmsrules_error *error = &ruleset->errors[i];
            bool is_of_code = wants_checks ? strcmp(error->id, code->code) == 0 : is_check(code, check);
            if (!is_of_code || !has_prediction(error, ruleset, check)) continue;
            kr_json_string(json, wants_checks ? kr_words_check_code(check) : error->id);
        }
    }
}

kmsrules_status kmsrules_code_json(const kmsrules_ruleset *ruleset, const kmsrules_code *code, char **text, size_t *size) {
    struct kr_json json = {0};
    if (ruleset == NULL || code == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kr_json_open(&json, "{");
    kr_json_string_member(&json, "schema", "kmsrules/code/1");
    kr_json_string_member(&json, "code", code->code);
    kr_json_string_member(&json, "name", code->name);
    kr_json_string_member(&json, "text", code->page);
    kr_json_open_member(&json, "checks", "[");
    add_links(&json, ruleset, code, true);
    kr_json_close(&json, "]");
    kr_json_open_member(&json, "errors", "[");
    add_links(&json, ruleset, code, false);
    kr_json_close(&json, "]");
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}
