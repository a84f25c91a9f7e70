/* See expression.h. */
#include "runbook/expression.h"

static void close_string(struct kr_expression *value) {
    if (value->is_in_string) kr_buffer_add_string(&value->out, "'");
    value->is_in_string = false;
}

static void start_part(struct kr_expression *value) {
    close_string(value);
    if (value->part_count++ > 0) kr_buffer_add_string(&value->out, " + ");
}

static void add_hexadecimal(struct kr_buffer *out, uint32_t number) {
    char digits[8];
    size_t start = sizeof digits;
    do digits[--start] = "0123456789abcdef"[number & 0xF];
    while ((number >>= 4) != 0);
    kr_buffer_add(out, (struct kr_text){digits + start, sizeof digits - start});
}

/* The script may be read in any encoding of bytes: in some of them bytes of UTF-8 are quotes. */
static void add_character(struct kr_expression *value, uint32_t character) {
    if (value->part_count == 0) kr_expression_add_text(value, (struct kr_text){"", 0});
    start_part(value);
    kr_buffer_add_string(&value->out, character < 0x10000 ? "[char]0x" : "[char]::ConvertFromUtf32(0x");
    add_hexadecimal(&value->out, character);
    if (character >= 0x10000) kr_buffer_add_string(&value->out, ")");
}

static void open_string(struct kr_expression *value) {
    if (value->is_in_string) return;
    start_part(value);
    kr_buffer_add_string(&value->out, "'");
    value->is_in_string = true;
}

static bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

void kr_expression_add_text(struct kr_expression *value, struct kr_text text) {
    if (text.size == 0) open_string(value);
    for (size_t offset = 0; offset < text.size;) {
        char c = text.data[offset];
        if (!is_plain(c)) {
            add_character(value, kr_utf8_next(text, &offset));
            continue;
        }
        open_string(value);
        kr_buffer_add(&value->out, (struct kr_text){&c, 1});
        if (c == '\'') kr_buffer_add_string(&value->out, "'");
        offset++;
    }
}

static void add_variable(struct kr_expression *value, const char *variable) {
    if (value->part_count == 0) value->starts_with_variable = true;
    start_part(value);
    kr_buffer_add_string(&value->out, variable);
}

/* What the script itself knows or asks for; false: the value is a text. */
static bool add_known(struct kr_expression *value, const struct kr_planned_step *step, const kmsrules_runbook *runbook, enum kr_placeholder placeholder, enum kr_use use) {
    switch (placeholder) {
    case KR_FILL_FQDN: add_variable(value, "$HostName"); return true;
    case KR_FILL_ZONE: add_variable(value, step->scene.zone == NULL ? "$Zone[0]" : "$OneZone"); return true;
    case KR_FILL_ZONES: add_variable(value, "($Zone -join ', ')"); return true;
    case KR_FILL_ZONE_LIST: add_variable(value, "($Zone -join '\\0')"); return true;
    case KR_FILL_NETBIOS:
        if (runbook->netbios[0] != '<') add_variable(value, "$HostName.Split('.')[0]");
        return runbook->netbios[0] != '<';
    case KR_FILL_SYSTEM:
        if (use == KR_FOR_READING) return false;
        add_variable(value, "$env:SystemRoot");
        kr_expression_add_text(value, kr_text_of("\\System32"));
        return true;
    case KR_FILL_KEY:
        if (use == KR_FOR_RUNNING) add_variable(value, "$HostKey");
        return use == KR_FOR_RUNNING;
    case KR_FILL_CONFIRMATION_ID:
        if (use == KR_FOR_RUNNING) add_variable(value, "$ConfirmationId");
        return use == KR_FOR_RUNNING;
    case KR_FILL_ACTIVATION_ID:
        if (use == KR_FOR_READING || kr_runbook_activation_id(runbook, &step->scene) != NULL) return false;
        add_variable(value, "$ActivationId");
        return true;
    default: return false;
    }
}

void kr_expression_add_template(struct kr_expression *value, const struct kr_planned_step *step, const kmsrules_runbook *runbook, struct kr_text template, enum kr_use use) {
    struct kr_text literal;
    enum kr_placeholder placeholder;
    for (size_t offset = 0; kr_template_next(template, &offset, &literal, &placeholder);) {
        struct kr_buffer words = {0};
        if (placeholder == KR_FILL_COUNT) kr_buffer_add_escaped(&words, literal);
        else if (!add_known(value, step, runbook, placeholder, use)) kr_runbook_add_value(&words, runbook, &step->scene, placeholder);
        if (words.has_failed) value->out.has_failed = true;
        if (words.size > 0) kr_expression_add_text(value, (struct kr_text){words.data, words.size});
        kr_buffer_free(&words);
    }
}

void kr_expression_finish(struct kr_expression *value, struct kr_buffer *script) {
    if (value->part_count == 0) open_string(value);
    close_string(value);
    if (value->part_count > 1) kr_buffer_add_string(script, value->starts_with_variable ? "('' + " : "(");
    kr_buffer_add(script, (struct kr_text){value->out.data, value->out.size});
    if (value->part_count > 1) kr_buffer_add_string(script, ")");
    if (value->out.has_failed) script->has_failed = true;
    kr_buffer_free(&value->out);
    *value = (struct kr_expression){0};
}
