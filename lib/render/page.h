/* A page of text for people being written: columns, headings, colors. In: words. Out: lines without control characters of others. */
#ifndef KR_PAGE_H
#define KR_PAGE_H

#include "render/words.h"

struct kr_page {
    struct kr_buffer out;
    const struct kmsrules_ruleset *ruleset;
    bool has_color;
};

void kr_page_indent(struct kr_page *page, size_t width);
size_t kr_page_width(const char *string); /* in characters, as it is shown */
void kr_page_cell(struct kr_page *page, const char *string, size_t width); /* padded */
/* A word of an outcome or a verdict in the color of its rank (0: the best), padded. */
void kr_page_colored(struct kr_page *page, const char *word, int rank, size_t width);
void kr_page_heading(struct kr_page *page, const char *text); /* after an empty line */
const char *kr_page_verdict_word(kmsrules_verdict verdict); /* never NULL */
/* The remedies of an answer, if it has any: a heading and the first of them, those that differ in their host alone as one. */
void kr_page_remedies(struct kr_page *page, const kmsrules_answer *answer);
/* Hands out the page, to be freed with kmsrules_string_free(); KMSRULES_NO_MEMORY. */
kmsrules_status kr_page_finish(struct kr_page *page, char **text, size_t *size);

#endif
