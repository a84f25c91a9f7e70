/* See json_writer.h. */
#include "render/json_writer.h"

/* Characters that JSON may hold as they are, but that change or hide what a reader sees of the others. */
static bool needs_escape(uint32_t c) {
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || c >= 0xE0000;
}

static void add_unit(struct kr_buffer *out, uint32_t unit) {
    char text[6] = {'\\', 'u', 0, 0, 0, 0};
    for (int i = 0; i < 4; i++) text[5 - i] = "0123456789abcdef"[unit >> (4 * i) & 0xF];
    kr_buffer_add(out, (struct kr_text){text, sizeof text});
}

static void add_character_escape(struct kr_buffer *out, uint32_t c) {
    if (c == '"') kr_buffer_add_string(out, "\\\"");
    else if (c == '\\') kr_buffer_add_string(out, "\\\\");
    else if (c < 0x10000) add_unit(out, c);
    else {
        add_unit(out, 0xD7C0 + (c >> 10));
        add_unit(out, 0xDC00 + (c & 0x3FF));
    }
}

static void add_quoted(struct kr_buffer *out, struct kr_text text) {
    kr_buffer_add_string(out, "\"");
    size_t plain = 0;
    for (size_t offset = 0; offset < text.size;) {
        size_t start = offset;
        uint32_t c = kr_utf8_next(text, &offset);
        bool is_invalid = c == 0xFFFD && offset - start == 1;
        if (!is_invalid && !needs_escape(c)) continue;
        kr_buffer_add(out, (struct kr_text){text.data + plain, start - plain});
        add_character_escape(out, c);
        plain = offset;
    }
    if (plain < text.size) kr_buffer_add(out, (struct kr_text){text.data + plain, text.size - plain});
    kr_buffer_add_string(out, "\"");
}

static void add_line(struct kr_json *json) {
    kr_buffer_add_string(&json->out, "\n");
    for (size_t i = 0; i < json->depth; i++) kr_buffer_add_string(&json->out, " ");
}

static void start_value(struct kr_json *json) {
    if (!json->is_after_name && json->depth > 0) {
        if (json->has_items[json->depth]) kr_buffer_add_string(&json->out, ",");
        json->has_items[json->depth] = true;
        add_line(json);
    }
    json->is_after_name = false;
}

void kr_json_open(struct kr_json *json, const char *bracket) {
    start_value(json);
    kr_buffer_add_string(&json->out, bracket);
    json->has_items[++json->depth] = false;
}

void kr_json_close(struct kr_json *json, const char *bracket) {
    bool has_items = json->has_items[json->depth--];
    if (has_items) add_line(json);
    kr_buffer_add_string(&json->out, bracket);
}

void kr_json_name(struct kr_json *json, const char *name) {
    start_value(json);
    add_quoted(&json->out, kr_text_of(name));
    kr_buffer_add_string(&json->out, ": ");
    json->is_after_name = true;
}

void kr_json_word(struct kr_json *json, const char *word) {
    start_value(json);
    kr_buffer_add_string(&json->out, word);
}

void kr_json_string(struct kr_json *json, const char *string) {
    if (string == NULL) {
        kr_json_word(json, "null");
        return;
    }
    start_value(json);
    add_quoted(&json->out, kr_text_of(string));
}

void kr_json_string_member(struct kr_json *json, const char *name, const char *string) {
    kr_json_name(json, name);
    kr_json_string(json, string);
}

void kr_json_truth_member(struct kr_json *json, const char *name, bool value) {
    kr_json_name(json, name);
    kr_json_word(json, value ? "true" : "false");
}

void kr_json_count_member(struct kr_json *json, const char *name, int64_t count) {
    kr_json_name(json, name);
    start_value(json);
    if (count < 0) kr_buffer_add_string(&json->out, "null");
    else kr_buffer_add_number(&json->out, (uint64_t)count);
}

void kr_json_open_member(struct kr_json *json, const char *name, const char *bracket) {
    kr_json_name(json, name);
    kr_json_open(json, bracket);
}

/* A sentence that `words` holds; empties it. */
void kr_json_sentence(struct kr_json *json, struct kr_buffer *words) {
    start_value(json);
    add_quoted(&json->out, (struct kr_text){words->data, words->size});
    if (words->has_failed) json->out.has_failed = true;
    kr_buffer_free(words);
}

kmsrules_status kr_json_finish(struct kr_json *json, char **text, size_t *size) {
    kr_buffer_add_string(&json->out, "\n");
    size_t written = json->out.size;
    char *finished = kr_buffer_finish(&json->out);
    if (finished == NULL) return KMSRULES_NO_MEMORY;
    *text = finished;
    *size = written;
    return KMSRULES_OK;
}
