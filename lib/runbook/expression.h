/* A value in PowerShell: literals and variables, joined. In: text of any kind. Out: ASCII in which nothing of the text is read as more than text.
 *
 *   it's {fqdn}   ──▶   ('it''s ' + $HostName)         U+2019, which PowerShell takes for a quote, as any other beyond ASCII: [char]0x2019 */
#ifndef KR_EXPRESSION_H
#define KR_EXPRESSION_H

#include "runbook/runbook.h"

/* A template is put on a page for reading, or typed at a prompt: then keys and confirmation ids are asked for. */
enum kr_use { KR_FOR_READING, KR_FOR_RUNNING };

/* All zero is the empty value. */
struct kr_expression {
    struct kr_buffer out;
    size_t part_count;
    bool is_in_string, starts_with_variable;
};

/* Single-quoted, with quotes doubled. */
void kr_expression_add_text(struct kr_expression *value, struct kr_text text);
void kr_expression_add_template(struct kr_expression *value, const struct kr_planned_step *step, const kmsrules_runbook *runbook, struct kr_text template, enum kr_use use);
/* Adds the value to a script, in parentheses where it has several parts, and empties it. */
void kr_expression_finish(struct kr_expression *value, struct kr_buffer *script);

#endif
