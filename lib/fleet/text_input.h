/* Bytes of a file, fed in any portions, become UTF-8 in a window. In: bytes and, if the caller knows it, the name of their encoding. Out: text in strict UTF-8
 * without NUL, control-Z and byte order marks (but is_for_events); or where and why there is none. No two ways of cutting the bytes differ in that.
 *
 *   kr_text_input_start(&input, encoding)      KR_TEXT_MORE, or why not
 *   for (;;) switch (kr_text_input_fill(&input)) {
 *   case KR_TEXT_ADDED:    look at input.window; kr_text_input_consume() what is done with
 *   case KR_TEXT_MORE:     kr_text_input_feed(), or kr_text_input_end()
 *   case KR_TEXT_END:      what is left in the window is all there is
 *   case KR_TEXT_STOPPED:  input.fault; what stood before the fault was added before
 *   case KR_TEXT_NO_MEMORY:
 *   }
 */
#ifndef KR_TEXT_INPUT_H
#define KR_TEXT_INPUT_H

#include "fleet/magic.h"
#include "fleet/reader.h"

enum kr_text_result { KR_TEXT_ADDED, KR_TEXT_MORE, KR_TEXT_END, KR_TEXT_STOPPED, KR_TEXT_NO_MEMORY };

/* Bytes behind the window that may be read, whatever they hold. */
enum { KR_TEXT_PADDING = 8 };

struct kr_text_place {
    uint64_t line, column; /* both from 1, the column in bytes of UTF-8; CRLF, LF and a lone CR end a line */
};

struct kr_text_input {
    /* To be read by the reader on top. It may change the bytes of the window, as long as line ends stay where they are. The window grows with what is not
     * consumed: how long that may become is for the reader to say. */
    char *window;
    size_t size;
    struct kr_read_fault fault; /* after KR_TEXT_STOPPED */
    bool is_for_events;         /* set after the start: XML may be read, and a byte order mark within a line is text; else an inventory is */
    bool is_for_print;          /* likewise: what a command printed is read */
    bool is_misnamed;           /* the fault lies in the encoding that the caller named */

    /* Private. */
    struct kr_text bytes; /* fed, not yet decoded */
    bool is_ended, is_known, is_opened, is_finished, has_fault;
    uint8_t encoding, unmarked; /* enum kr_encoding: how it is decoded, and what it looks like where it holds NULs */
    void *converter;            /* iconv_t; NULL: UTF-8, or not open yet */
    char encoding_name[64];
    char head[KR_MAGIC_SIZE];
    size_t head_size, head_used;
    char carry[16]; /* of a character that is not complete */
    size_t carry_size;
    char *storage; /* holds the window: [consumed|window|copied, not yet checked|free|padding] */
    size_t capacity, filled;
    struct kr_text_position {
        size_t offset;
        struct kr_text_place place;
        char previous; /* the byte before it */
    } start, recent;   /* of the window, and one in the window */
};

/* Starts anew, also after kr_text_input_free(). An empty name: by the byte order mark, UTF-8 without one. MORE, STOPPED (no such encoding) or NO_MEMORY. */
enum kr_text_result kr_text_input_start(struct kr_text_input *input, struct kr_text encoding);
/* Only after KR_TEXT_MORE. The bytes are not copied: they stay until the next KR_TEXT_MORE. */
void kr_text_input_feed(struct kr_text_input *input, const void *bytes, size_t size);
void kr_text_input_end(struct kr_text_input *input); /* there are no more bytes */
enum kr_text_result kr_text_input_fill(struct kr_text_input *input); /* the window may move; after NO_MEMORY it can be tried again */
void kr_text_input_consume(struct kr_text_input *input, size_t size);
struct kr_text_place kr_text_input_place(struct kr_text_input *input, size_t offset); /* of an offset in the window; cheap for rising ones */
void kr_text_input_free(struct kr_text_input *input);

#endif
