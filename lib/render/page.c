/* See page.h. */
#include "render/page.h"

#include <string.h>

void kr_page_indent(struct kr_page *page, size_t width) {
    for (size_t i = 0; i < width; i++) kr_buffer_add_string(&page->out, " ");
}

/* Characters, not bytes: good enough for names in scripts of single width. */
static size_t count_characters(struct kr_text text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

#define SHOWN_SIZE 2048 /* a name, every byte of it escaped; of a longer one only the bytes are counted */

size_t kr_page_width(const char *string) {
    char storage[SHOWN_SIZE];
    struct kr_buffer shown = kr_buffer_over(storage, sizeof storage);
    kr_buffer_add_escaped(&shown, kr_text_of(string));
    return shown.size < sizeof storage ? count_characters((struct kr_text){storage, shown.size}) : shown.size;
}

void kr_page_cell(struct kr_page *page, const char *string, size_t width) {
    size_t own = kr_page_width(string);
    kr_words_say(&page->out, "%", string);
    kr_page_indent(page, own < width ? width - own : 0);
}

void kr_page_colored(struct kr_page *page, const char *word, int rank, size_t width) {
    static const char *const colors[] = {"\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[31m"};
    size_t own = strlen(word);
    if (page->has_color) kr_buffer_add_string(&page->out, colors[rank]);
    kr_buffer_add_string(&page->out, word);
    if (page->has_color) kr_buffer_add_string(&page->out, "\x1b[0m");
    kr_page_indent(page, own < width ? width - own : 0);
}

void kr_page_heading(struct kr_page *page, const char *text) {
    kr_buffer_add_string(&page->out, page->has_color ? "\n\x1b[1m" : "\n");
    kr_buffer_add_string(&page->out, text);
    kr_buffer_add_string(&page->out, page->has_color ? "\x1b[0m\n" : "\n");
}

const char *kr_page_verdict_word(kmsrules_verdict verdict) {
    const char *word = kmsrules_verdict_text(verdict);
    return word == NULL ? "" : word;
}

kmsrules_status kr_page_finish(struct kr_page *page, char **text, size_t *size) {
    size_t written = page->out.size;
    char *finished = kr_buffer_finish(&page->out);
    if (finished == NULL) return KMSRULES_NO_MEMORY;
    *text = finished;
    *size = written;
    return KMSRULES_OK;
}
