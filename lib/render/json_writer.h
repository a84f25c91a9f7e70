/* A JSON document being written, indented. In: values in their order. Out: valid UTF-8, in which nothing hides or turns around what a reader sees. */
#ifndef KR_JSON_WRITER_H
#define KR_JSON_WRITER_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"

#define KR_JSON_DEPTH 24

/* All zero is an empty document. Where a comma or a new line is due follows from what stands before. */
struct kr_json {
    struct kr_buffer out;
    size_t depth;
    bool has_items[KR_JSON_DEPTH]; /* the list or object open at this depth holds something */
    bool is_after_name; /* a member's value comes next */
};

void kr_json_open(struct kr_json *json, const char *bracket); /* "{" or "[" */
void kr_json_close(struct kr_json *json, const char *bracket);
void kr_json_name(struct kr_json *json, const char *name); /* of a member whose value comes next */
void kr_json_word(struct kr_json *json, const char *word); /* null, true, false or a number, as it is */
void kr_json_string(struct kr_json *json, const char *string); /* NULL: null */
void kr_json_sentence(struct kr_json *json, struct kr_buffer *words); /* a string that `words` holds; empties it */

/* A member with its value. */
void kr_json_open_member(struct kr_json *json, const char *name, const char *bracket);
void kr_json_string_member(struct kr_json *json, const char *name, const char *string);
void kr_json_truth_member(struct kr_json *json, const char *name, bool value);
void kr_json_count_member(struct kr_json *json, const char *name, int64_t count); /* below 0: null */

/* Hands out the document, to be freed with kmsrules_string_free(); KMSRULES_NO_MEMORY. */
kmsrules_status kr_json_finish(struct kr_json *json, char **text, size_t *size);

#endif
