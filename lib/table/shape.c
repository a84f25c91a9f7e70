/* See shape.h. */
#include "table/shape.h"

#include <string.h>

#include "base/guid.h"
#include "names/pattern.h"
#include "ruleset/step.h"
#include "table/elements.h"
#include "table/forms.h"
#include "table/policy.h"
#include "table/slmgr.h"

/* What the helpers below need to say where something is wrong. */
struct inspection {
    const struct kr_document *document;
    const struct kr_element *element;
    const kmsrules_limits *limits;
    struct kr_problems *problems;
    const char *attribute; /* the one being checked */
    struct kr_text value;
    bool is_sound;
};

static struct kr_at value_at(const struct inspection *seen, size_t offset) {
    return kr_document_attribute_at(seen->document, seen->element->at, kr_text_of(seen->attribute), offset);
}

static size_t offset_in(struct kr_text whole, struct kr_text part) { return (size_t)(part.data - whole.data); }

#define UNSOUND(seen, problem, part, ...) \
    ((seen)->is_sound = false, kr_problems_add((seen)->problems, problem, value_at(seen, offset_in((seen)->value, part)), __VA_ARGS__))
#define SHOWN(text) (int)((text).size < 64 ? (text).size : 64), (text).data
#define BAD_VALUE(seen, part, ...) UNSOUND(seen, KR908_BAD_VALUE, part, __VA_ARGS__)

static void check_id(struct inspection *seen, enum kr_form form, struct kr_text word) {
    bool is_good = kr_is_id(word) || (form == FORM_LINE_ID && kr_is_digits(word)) || ((form == FORM_UPDATE_ID || form == FORM_UPDATE_IDS) && kr_is_kb_number(word));
    if (word.size > seen->limits->id_size)
        UNSOUND(seen, KR904_LIMIT, word, "%s \"%.*s…\" has %zu bytes, the limit is %zu", seen->attribute, (int)(word.size < 40 ? word.size : 40), word.data,
                word.size, seen->limits->id_size);
    else if (!is_good)
        BAD_VALUE(seen, word, "%s \"%.*s\" may hold only a-z 0-9 - _ . and starts with a letter%s", seen->attribute, (int)word.size, word.data,
                  form == FORM_LINE_ID                                   ? ", or is a build number"
                  : form == FORM_UPDATE_ID || form == FORM_UPDATE_IDS ? ", or is KB and digits"
                                                                         : "");
}

static void check_word(struct inspection *seen, struct kr_text word, const char *const *allowed) {
    if (allowed[kr_text_index(word, allowed)] != NULL) return;
    char list[640];
    struct kr_buffer buffer = kr_buffer_over(list, sizeof list);
    for (size_t i = 0; allowed[i] != NULL; i++) {
        kr_buffer_add_string(&buffer, i == 0 ? "" : ", ");
        kr_buffer_add_string(&buffer, allowed[i]);
    }
    BAD_VALUE(seen, word, "%s is \"%.*s\"; allowed: %s", seen->attribute, SHOWN(word), list);
}

static void check_number(struct inspection *seen, struct kr_text word, uint64_t maximum) {
    uint64_t number;
    if (!kr_text_number(word, 1, maximum, &number))
        BAD_VALUE(seen, word, "%s is \"%.*s\", expected a whole number from 1 to %llu in ASCII digits without sign or leading zero", seen->attribute,
                  SHOWN(word), (unsigned long long)maximum);
}

/* An error has one spelling, so that it is declared once. */
static void check_error_id(struct inspection *seen, struct kr_text word) {
    bool is_good = word.size == 10 && memcmp(word.data, "0x", 2) == 0;
    for (size_t i = 2; is_good && i < word.size; i++) is_good = (word.data[i] >= '0' && word.data[i] <= '9') || (word.data[i] >= 'A' && word.data[i] <= 'F');
    if (!is_good)
        BAD_VALUE(seen, word, "%s is \"%.*s\", expected 0x and eight hexadecimal digits in upper case, such as 0x80070005", seen->attribute,
                  SHOWN(word));
}

static void check_duration(struct inspection *seen) {
    uint64_t seconds;
    if (!kr_duration_of(seen->value, &seconds))
        BAD_VALUE(seen, seen->value, "%s is \"%.*s\", expected a duration such as P7D, PT2H or P1DT12H30M", seen->attribute,
                  (int)(seen->value.size < 64 ? seen->value.size : 64), seen->value.data);
}

static void check_guid(struct inspection *seen) {
    kmsrules_guid guid;
    if (!kr_guid_of(seen->value, &guid))
        BAD_VALUE(seen, seen->value, "%s is \"%.*s\", expected 32 hexadecimal digits with four dashes, such as 00000000-0000-4000-8000-000000000001", seen->attribute,
                  (int)(seen->value.size < 64 ? seen->value.size : 64), seen->value.data);
}

static void check_listed_word(struct inspection *seen, const struct kr_attribute_shape *shape, struct kr_text word) {
    switch (shape->form) {
    case FORM_MEMBERS:
        if (word.size > 1 && word.data[0] == '-') word = (struct kr_text){word.data + 1, word.size - 1};
        check_id(seen, shape->form, word);
        break;
    case FORM_NUMBERS: check_number(seen, word, UINT32_MAX - 1); break;
    case FORM_KINDS: check_word(seen, word, kr_kind_words); break;
    case FORM_SCOPES: check_word(seen, word, kr_scope_words); break;
    case FORM_INTERVALS: check_word(seen, word, kr_interval_words); break;
    case FORM_WHEN: check_word(seen, word, kr_when_words); break;
    case FORM_EVENT_PARTS: check_word(seen, word, kr_event_part_words); break;
    case FORM_WORDS: break;
    default: check_id(seen, shape->form, word);
    }
}

static void check_list(struct inspection *seen, const struct kr_attribute_shape *shape) {
    size_t offset = 0;
    struct kr_text word;
    while (kr_text_next_word(seen->value, &offset, &word)) check_listed_word(seen, shape, word);
}

static void check_text(struct inspection *seen, const struct kr_attribute_shape *shape) {
    size_t limit = shape->form == FORM_NOTE || shape->form == FORM_TEMPLATE ? 4 * seen->limits->name_size : shape->form == FORM_PATTERN ? KR_PATTERN_SIZE_LIMIT : seen->limits->name_size;
    if (seen->value.size > limit)
        UNSOUND(seen, KR904_LIMIT, seen->value, "%s has %zu bytes, the limit is %zu", seen->attribute, seen->value.size, limit);
}

/* Braces that hold no placeholder. */
static void check_template(struct inspection *seen, const struct kr_attribute_shape *shape) {
    struct kr_text literal;
    enum kr_placeholder placeholder;
    size_t offset = 0;
    check_text(seen, shape);
    while (kr_template_next(seen->value, &offset, &literal, &placeholder)) {}
    if (offset == seen->value.size) return;
    struct kr_text rest = {seen->value.data + offset, seen->value.size - offset};
    BAD_VALUE(seen, rest, "%s: \"%.*s\" begins no placeholder such as {zone}; braces stand for nothing else", seen->attribute,
              (int)(rest.size < 24 ? kr_utf8_valid_size(rest) : kr_utf8_valid_size((struct kr_text){rest.data, 24})), rest.data);
}

static void check_form(struct inspection *seen, const struct kr_attribute_shape *shape) {
    const char *const *allowed = kr_form_words(shape->form);
    if (allowed != NULL) {
        check_word(seen, seen->value, allowed);
        return;
    }
    switch (shape->form) {
    case FORM_TEXT:
    case FORM_NOTE:
    case FORM_PATTERN:
    case FORM_ANY: check_text(seen, shape); break;
    case FORM_ID:
    case FORM_LINE_ID:
    case FORM_UPDATE_ID: check_id(seen, shape->form, seen->value); break;
    case FORM_NUMBER: check_number(seen, seen->value, shape->maximum); break;
    case FORM_BUILD:
        if (!kr_is_build(seen->value)) BAD_VALUE(seen, seen->value, "%s is \"%.*s\", expected BUILD.REVISION such as 17763.1999", seen->attribute, SHOWN(seen->value));
        break;
    case FORM_ERROR_ID: check_error_id(seen, seen->value); break;
    case FORM_DURATION: check_duration(seen); break;
    case FORM_DATE:
        if (!kr_is_date(seen->value)) BAD_VALUE(seen, seen->value, "%s is not a date such as 2024-02-13", seen->attribute);
        break;
    case FORM_TEMPLATE: check_template(seen, shape); break;
    case FORM_GUID: check_guid(seen); break;
    default: check_list(seen, shape);
    }
}

static void check_value(struct inspection *seen, const struct kr_attribute_shape *shape) {
    if (seen->value.size > seen->limits->attribute_size) {
        seen->is_sound = false;
        kr_problems_add(seen->problems, KR904_LIMIT, value_at(seen, SIZE_MAX), "attribute %s has %zu bytes, the limit is %zu", seen->attribute,
                        seen->value.size, seen->limits->attribute_size);
    } else if (kr_text_has_product_key(seen->value)) {
        seen->is_sound = false;
        kr_problems_add(seen->problems, KR918_PRODUCT_KEY, value_at(seen, SIZE_MAX), "%s looks like a product key; tables hold no keys", seen->attribute);
    } else if (shape->form == FORM_SOURCES && kr_is_blank(seen->value)) {
        seen->is_sound = false;
        kr_problems_add(seen->problems, KR915_MISSING_SOURCE, value_at(seen, SIZE_MAX), "attribute source is empty; name the document this fact comes from");
    } else if (shape->form != FORM_ANY && kr_is_blank(seen->value)) {
        BAD_VALUE(seen, seen->value, "attribute %s is empty", seen->attribute);
    } else {
        check_form(seen, shape);
    }
}

static const struct kr_attribute_shape *find_attribute(const struct kr_element_shape *shape, struct kr_text name) {
    for (size_t i = 0; i < shape->attribute_count; i++)
        if (kr_text_is(name, kr_attribute_name(shape->attributes[i].kind))) return &shape->attributes[i];
    return NULL;
}

static void report_unknown_attribute(struct inspection *seen, const struct kr_element_shape *shape, const struct kr_attribute *attribute) {
    struct kr_text name = attribute->name;
    struct kr_at at = attribute->has_prefix ? kr_document_foreign_attribute_at(seen->document, seen->element->at, name)
                                            : kr_document_attribute_at(seen->document, seen->element->at, name, SIZE_MAX);
    char list[256];
    struct kr_buffer buffer = kr_buffer_over(list, sizeof list);
    for (size_t i = 0; i < shape->attribute_count; i++) {
        kr_buffer_add_string(&buffer, i == 0 ? "" : " ");
        kr_buffer_add_string(&buffer, kr_attribute_name(shape->attributes[i].kind));
    }
    kr_problems_add(seen->problems, KR906_UNKNOWN_ATTRIBUTE, at, "<%s> has no attribute \"%s%.*s\"; it takes: %s", shape->name,
                    attribute->has_prefix ? "…:" : "", (int)(name.size < 64 ? name.size : 64), name.data, list);
}

static void take_attributes(struct inspection *seen, const struct kr_element_shape *shape, struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    for (size_t i = 0; i < seen->element->attribute_count; i++) {
        const struct kr_attribute *attribute = &seen->element->attributes[i];
        const struct kr_attribute_shape *known = attribute->has_prefix ? NULL : find_attribute(shape, attribute->name);
        if (known == NULL) {
            report_unknown_attribute(seen, shape, attribute);
            continue;
        }
        seen->attribute = kr_attribute_name(known->kind);
        seen->value = attribute->value;
        check_value(seen, known);
        values[known->kind] = attribute->value;
    }
}

static void require_attributes(struct inspection *seen, const struct kr_element_shape *shape, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    for (size_t i = 0; i < shape->attribute_count; i++) {
        const struct kr_attribute_shape *attribute = &shape->attributes[i];
        if (!attribute->is_required || values[attribute->kind].data != NULL) continue;
        if (attribute->form == FORM_SOURCES)
            kr_problems_add(seen->problems, KR915_MISSING_SOURCE, seen->element->at, "<%s> has no source; every fact names the document it comes from: source=\"…\"",
                            shape->name);
        else
            kr_problems_add(seen->problems, KR907_MISSING_ATTRIBUTE, seen->element->at, "<%s> needs the attribute %s", shape->name,
                            kr_attribute_name(attribute->kind));
    }
}

static void require_choice(struct inspection *seen, const struct kr_element_shape *shape, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    size_t given = 0;
    char list[64];
    struct kr_buffer buffer = kr_buffer_over(list, sizeof list);
    for (size_t i = 0; i < shape->choice_count; i++) {
        if (values[shape->choice[i]].data != NULL) given++;
        kr_buffer_add_string(&buffer, i == 0 ? "" : ", ");
        kr_buffer_add_string(&buffer, kr_attribute_name(shape->choice[i]));
    }
    if (shape->choice_count == 0 || given == 1 || (given == 0 && shape->choice_may_lack)) return;
    seen->is_sound = false;
    kr_problems_add(seen->problems, KR907_MISSING_ATTRIBUTE, seen->element->at, "<%s> takes %s one of: %s", shape->name,
                    shape->choice_may_lack ? "at most" : "exactly", list);
}

/* An update of a line has its place in it: a build in a line named by a build number, a position in any other. */
static void require_place_in_line(struct inspection *seen, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    bool has_line = values[KR_ATTRIBUTE_LINE].data != NULL, has_build = values[KR_ATTRIBUTE_BUILD].data != NULL,
         has_position = values[KR_ATTRIBUTE_POSITION].data != NULL;
    bool line_has_builds = has_line && kr_is_digits(values[KR_ATTRIBUTE_LINE]);
    if (has_build == line_has_builds && has_position == (has_line && !line_has_builds)) return;
    seen->is_sound = false;
    kr_problems_add(seen->problems, KR907_MISSING_ATTRIBUTE, seen->element->at,
                    "<update> %s", !has_line         ? "takes build or position only together with line"
                                   : line_has_builds ? "in a line of builds takes build and no position"
                                                     : "in a line without builds takes position and no build");
}

/* A form that the shape table cannot say: the build belongs to the line it names. */
static void require_build_of_line(struct inspection *seen, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    struct kr_text line = values[KR_ATTRIBUTE_LINE], build = values[KR_ATTRIBUTE_BUILD];
    if (line.data == NULL || build.data == NULL || !kr_is_digits(line)) return;
    if (build.size > line.size && memcmp(build.data, line.data, line.size) == 0 && build.data[line.size] == '.') return;
    seen->attribute = "build";
    seen->value = build;
    BAD_VALUE(seen, build, "build \"%.*s\" is not of line %.*s", (int)(build.size < 64 ? build.size : 64), build.data, (int)line.size, line.data);
}

/* Only the check of updates tells which of them is missing. */
static void require_check_of_updates(struct inspection *seen, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    if (values[KR_ATTRIBUTE_ANY_OF].data == NULL || kr_text_is(values[KR_ATTRIBUTE_CHECK], "KR105")) return;
    seen->is_sound = false;
    kr_problems_add(seen->problems, KR907_MISSING_ATTRIBUTE, seen->element->at, "<predicts> takes any-of only together with check=\"KR105\"");
}

/* A line that is all of its value says which one; any other has its value behind the colon. */
static void require_value_of_part(struct inspection *seen, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    struct kr_text part = values[KR_ATTRIBUTE_HOLDS], value = values[KR_ATTRIBUTE_VALUE];
    if (!seen->is_sound || part.data == NULL || kr_slmgr_value_fits(part, value)) return;
    seen->is_sound = false;
    kr_problems_add(seen->problems, KR907_MISSING_ATTRIBUTE, seen->element->at, "<slmgr-line> holding \"%.*s\" takes %s", (int)part.size, part.data, kr_slmgr_values_of(part));
}

static bool has_attribute(const struct kr_element *element, enum kr_attribute_kind kind) {
    for (size_t i = 0; i < element->attribute_count; i++)
        if (kr_text_is(element->attributes[i].name, kr_attribute_name(kind))) return true;
    return false;
}

static const struct kr_element_shape *find_shape(const struct kr_element *element, enum kr_element_kind parent) {
    for (size_t i = 0; i < kr_shape_count; i++) {
        if (!kr_text_is(element->name, kr_shapes[i].name) || (kr_shapes[i].parents & IN(parent)) == 0) continue;
        if (kr_shapes[i].kind == KR_ELEMENT_GROUP_REFERENCE && !has_attribute(element, KR_ATTRIBUTE_REF)) continue;
        return &kr_shapes[i];
    }
    return NULL;
}

static bool is_element_name(struct kr_text name) {
    for (size_t i = 0; i < kr_shape_count; i++)
        if (kr_text_is(name, kr_shapes[i].name)) return true;
    return false;
}

static void report_misplaced(const struct kr_element *element, enum kr_element_kind parent, struct kr_problems *problems) {
    int size = (int)(element->name.size < 64 ? element->name.size : 64);
    if (parent == KR_ELEMENT_NONE) {
        kr_problems_add(problems, KR905_UNKNOWN_ELEMENT, element->at, "root element is <%.*s>, expected <ruleset> or <table>; is this a rule table?", size,
                        element->name.data);
        return;
    }
    char list[512];
    struct kr_buffer buffer = kr_buffer_over(list, sizeof list);
    const char *last = "";
    for (size_t i = 0; i < kr_shape_count; i++) {
        if ((kr_shapes[i].parents & IN(parent)) == 0 || strcmp(kr_shapes[i].name, last) == 0) continue;
        kr_buffer_add_string(&buffer, buffer.size == 0 ? "" : " ");
        kr_buffer_add_string(&buffer, last = kr_shapes[i].name);
    }
    kr_problems_add(problems, KR905_UNKNOWN_ELEMENT, element->at, "%s <%.*s> in <%s>; allowed here: %s",
                    is_element_name(element->name) ? "misplaced element" : "unknown element", size, element->name.data, kr_element_name(parent),
                    buffer.size == 0 ? "nothing" : list);
}

static const char *const namespace_name = "urn:kmsrules:1";

enum kr_element_kind kr_shape_check(const struct kr_document *document, const struct kr_element *element, enum kr_element_kind parent,
                                    const kmsrules_limits *limits, struct kr_problems *problems, struct kr_text values[KR_ATTRIBUTE_COUNT],
                                    bool *is_sound) {
    *is_sound = false;
    if (!kr_text_is(element->namespace_name, namespace_name)) {
        struct kr_text name = element->namespace_name;
        kr_problems_add(problems, KR905_UNKNOWN_ELEMENT, element->at, "<%.*s> is in namespace \"%.*s\", expected \"%s\": write xmlns=\"%s\" on the root",
                        (int)(element->name.size < 64 ? element->name.size : 64), element->name.data, (int)(name.size < 64 ? name.size : 64),
                        name.size == 0 ? "" : name.data, namespace_name, namespace_name);
        return KR_ELEMENT_NONE;
    }
    const struct kr_element_shape *shape = find_shape(element, parent);
    if (shape == NULL) {
        report_misplaced(element, parent, problems);
        return KR_ELEMENT_NONE;
    }
    struct inspection seen = {.document = document, .element = element, .limits = limits, .problems = problems, .is_sound = true};
    for (size_t i = 0; i < KR_ATTRIBUTE_COUNT; i++) values[i] = (struct kr_text){NULL, 0};
    take_attributes(&seen, shape, values);
    require_attributes(&seen, shape, values);
    require_choice(&seen, shape, values);
    if (shape->kind == KR_ELEMENT_UPDATE) {
        require_place_in_line(&seen, values);
        require_build_of_line(&seen, values);
    }
    if (shape->kind == KR_ELEMENT_PREDICTS) require_check_of_updates(&seen, values);
    if (shape->kind == KR_ELEMENT_SLMGR_LINE) require_value_of_part(&seen, values);
    *is_sound = seen.is_sound;
    return shape->kind;
}
