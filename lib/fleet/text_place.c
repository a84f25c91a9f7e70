/* Lines and columns of the window of text_input.h. In: offsets. Out: places in the file as a whole. */
#include "fleet/text_input.h"

enum { LINE_END_BLOCK = 128 }; /* counted in a byte */

/* Line ends in data[1, size): each CR is one, and each LF that has none before it. */
static uint64_t count_line_ends(const char *data, size_t size) {
    uint64_t count = 0;
    for (size_t i = 1; i < size;) {
        size_t end = size - i < LINE_END_BLOCK ? size : i + LINE_END_BLOCK;
        unsigned char block = 0;
        for (; i < end; i++) block = (unsigned char)(block + ((data[i] == '\r') | ((data[i] == '\n') & (data[i - 1] != '\r'))));
        count += block;
    }
    return count;
}

static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

static void move(struct kr_text_position *position, const char *window, size_t offset) {
    size_t start = position->offset, line_start = offset;
    if (offset <= start) return;
    char first = window[start];
    position->place.line += first == '\r' || (first == '\n' && position->previous != '\r');
    position->place.line += count_line_ends(window + start, offset - start);
    while (line_start > start && !is_line_end(window[line_start - 1])) line_start--;
    bool is_same_line = line_start == start;
    position->place.column = offset - line_start + (is_same_line ? position->place.column : 1);
    position->previous = window[offset - 1];
    position->offset = offset;
}

struct kr_text_place kr_text_input_place(struct kr_text_input *input, size_t offset) {
    if (offset < input->recent.offset) input->recent = input->start;
    move(&input->recent, input->window, offset);
    return input->recent.place;
}

void kr_text_input_consume(struct kr_text_input *input, size_t size) {
    bool is_ahead = input->recent.offset > size;
    if (!is_ahead) input->start = input->recent;
    move(&input->start, input->window, size);
    input->start.offset = 0;
    if (is_ahead) input->recent.offset -= size;
    else input->recent = input->start;
    input->window += size;
    input->size -= size;
}
