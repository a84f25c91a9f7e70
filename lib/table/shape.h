/* The vocabulary of the tables as data: which element stands where, with which attributes, of which form. docs/rule-tables.md says what they mean. */
#ifndef KR_SHAPE_H
#define KR_SHAPE_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"
#include "ruleset/ruleset.h"
#include "table/document.h"
#include "table/problems.h"

enum kr_element_kind {
    KR_ELEMENT_NONE = 0,
    KR_ELEMENT_RULESET,
    KR_ELEMENT_TABLE,
    KR_ELEMENT_INCLUDE,
    KR_ELEMENT_SOURCE,
    KR_ELEMENT_APPLICATION,
    KR_ELEMENT_RELEASE,
    KR_ELEMENT_EDITION,
    KR_ELEMENT_SET,
    KR_ELEMENT_GROUP,
    KR_ELEMENT_GROUP_REFERENCE, /* <key-group ref=> */
    KR_ELEMENT_COVERS,
    KR_ELEMENT_FITS,
    KR_ELEMENT_EXCLUDES,
    KR_ELEMENT_UNDOCUMENTED,
    KR_ELEMENT_NO_HOST,
    KR_ELEMENT_NO_CLIENT,
    KR_ELEMENT_LINE,
    KR_ELEMENT_UPDATE,
    KR_ELEMENT_REQUIRES,
    KR_ELEMENT_CANNOT_SERVE,
    KR_ELEMENT_THRESHOLD,
    KR_ELEMENT_SECOND_HOST,
    KR_ELEMENT_WITHOUT_THRESHOLD,
    KR_ELEMENT_FOLD,
    KR_ELEMENT_SPELLING,
    KR_ELEMENT_WORD,
    KR_ELEMENT_IGNORE,
    KR_ELEMENT_VERSION,
    KR_ELEMENT_PATTERN,
    KR_ELEMENT_SAMPLE,
    KR_ELEMENT_COLUMN,
    KR_ELEMENT_PRODUCT_TYPE,
    KR_ELEMENT_ERROR,
    KR_ELEMENT_PREDICTS,
    KR_ELEMENT_INTERVAL,
    KR_ELEMENT_CACHE,
    KR_ELEMENT_TRANSITION,
    KR_ELEMENT_VIRTUAL_MACHINES,
    KR_ELEMENT_EXPIRY,
    KR_ELEMENT_ACTIVATION_ID,
    KR_ELEMENT_EVENT_COLUMN,
    KR_ELEMENT_EVENT_FIELDS,
    KR_ELEMENT_LICENSE_WORD,
    KR_ELEMENT_KIND_COUNT
};

enum kr_attribute_kind {
    KR_ATTRIBUTE_ABOVE,
    KR_ATTRIBUTE_AFTER_ANY_OF,
    KR_ATTRIBUTE_ALIAS,
    KR_ATTRIBUTE_ANY_OF,
    KR_ATTRIBUTE_APPLICATION,
    KR_ATTRIBUTE_BUILD,
    KR_ATTRIBUTE_BUILDS,
    KR_ATTRIBUTE_CHECK,
    KR_ATTRIBUTE_COMMAND,
    KR_ATTRIBUTE_COUNTS,
    KR_ATTRIBUTE_DATE,
    KR_ATTRIBUTE_DURATION,
    KR_ATTRIBUTE_EDITION_IDS,
    KR_ATTRIBUTE_EDITIONS,
    KR_ATTRIBUTE_ERROR,
    KR_ATTRIBUTE_FACTOR,
    KR_ATTRIBUTE_HOLDS,
    KR_ATTRIBUTE_HOSTS,
    KR_ATTRIBUTE_HREF,
    KR_ATTRIBUTE_ID,
    KR_ATTRIBUTE_INTERVALS,
    KR_ATTRIBUTE_KEY_GROUP,
    KR_ATTRIBUTE_KEY_GROUPS,
    KR_ATTRIBUTE_KIND,
    KR_ATTRIBUTE_LANGUAGE,
    KR_ATTRIBUTE_LINE,
    KR_ATTRIBUTE_LOCATOR,
    KR_ATTRIBUTE_MATCH,
    KR_ATTRIBUTE_MINIMUM,
    KR_ATTRIBUTE_NAME,
    KR_ATTRIBUTE_NOTE,
    KR_ATTRIBUTE_ON,
    KR_ATTRIBUTE_OF,
    KR_ATTRIBUTE_POSITION,
    KR_ATTRIBUTE_PRODUCT_TYPE,
    KR_ATTRIBUTE_REF,
    KR_ATTRIBUTE_RELEASES,
    KR_ATTRIBUTE_RELIABILITY,
    KR_ATTRIBUTE_REPLACE,
    KR_ATTRIBUTE_RESTART,
    KR_ATTRIBUTE_REVISION,
    KR_ATTRIBUTE_ROW,
    KR_ATTRIBUTE_SCOPE,
    KR_ATTRIBUTE_SKUS,
    KR_ATTRIBUTE_SOURCE,
    KR_ATTRIBUTE_TEXT,
    KR_ATTRIBUTE_TITLE,
    KR_ATTRIBUTE_TO,
    KR_ATTRIBUTE_VOLUME,
    KR_ATTRIBUTE_WORD,
    KR_ATTRIBUTE_COUNT
};

const char *kr_element_name(enum kr_element_kind kind);       /* "key-group" */
const char *kr_attribute_name(enum kr_attribute_kind kind);   /* "any-of" */

/* The element kind that `element` is inside `parent` (KR_ELEMENT_NONE: at the root), with its attributes checked and laid out by kind (an attribute
 * that is not there has `data` NULL). Problems go to `problems`; KR_ELEMENT_NONE when the element itself cannot stand here. `is_sound` says
 * whether its values can be used: what is missing can be resolved around, so that one mistake does not hide another. */
enum kr_element_kind kr_shape_check(const struct kr_document *document, const struct kr_element *element, enum kr_element_kind parent,
                                    const kmsrules_limits *limits, struct kr_problems *problems, struct kr_text values[KR_ATTRIBUTE_COUNT],
                                    bool *is_sound);

#endif
