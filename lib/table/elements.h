/* The vocabulary of the tables as data: which element stands where, with which attributes, of which form. docs/rule-tables.md says what they mean. */
#ifndef KR_ELEMENTS_H
#define KR_ELEMENTS_H

#include "table/shape.h"

/* Forms of attribute values. */
enum kr_form {
    FORM_TEXT,
    FORM_NOTE,
    FORM_ANY, /* may be empty, at most a name long */
    FORM_ID,
    FORM_LINE_ID,
    FORM_UPDATE_ID,
    FORM_IDS,
    FORM_MEMBERS, /* ids, each may have a leading dash */
    FORM_UPDATE_IDS,
    FORM_SOURCES,
    FORM_NUMBER,
    FORM_NUMBERS,
    FORM_WORDS,
    FORM_BUILD,
    FORM_DATE,
    FORM_KIND,
    FORM_KINDS,
    FORM_RELIABILITY,
    FORM_VOLUME,
    FORM_HOLDS,
    FORM_PATTERN,
    FORM_ERROR_ID,
    FORM_CHECK,
    FORM_SIDE,
    FORM_SCOPES,
    FORM_INTERVAL,
    FORM_EVENT_PART,
    FORM_EVENT_PARTS,
    FORM_LICENSE_STATUS,
    FORM_INTERVALS,
    FORM_DURATION,
    FORM_TRANSITION,
    FORM_EXPIRY,
    FORM_GUID,
    FORM_SELECTION,
    FORM_PART,
    FORM_VALUE,
    FORM_ROLE,
    FORM_OBSERVATION,
    FORM_LEVEL,
    FORM_YES_NO,
    FORM_TEMPLATE, /* text with {placeholders} */
    FORM_PHASE,
    FORM_WHERE,
    FORM_EACH,
    FORM_WHEN,
    FORM_SHELL
};

struct kr_attribute_shape {
    enum kr_attribute_kind kind;
    enum kr_form form;
    bool is_required;
    uint32_t maximum; /* of a number */
};

/* `choice`: attributes of which exactly one must be there (or with `choice_may_lack`: at most one). */
struct kr_element_shape {
    enum kr_element_kind kind;
    const char *name;
    uint64_t parents; /* bit per element kind */
    struct kr_attribute_shape attributes[16];
    size_t attribute_count;
    enum kr_attribute_kind choice[3];
    size_t choice_count;
    bool choice_may_lack;
};

#define IN(kind) (UINT64_C(1) << (kind)) /* a bit for each kind of element */

extern const struct kr_element_shape kr_shapes[];
extern const size_t kr_shape_count;
extern const char *const kr_kind_words[], *const kr_scope_words[]; /* of FORM_KINDS and FORM_SCOPES; NULL at the end */

const char *const *kr_form_words(enum kr_form form); /* of an attribute of one word out of several; NULL: its form is another */

#endif
