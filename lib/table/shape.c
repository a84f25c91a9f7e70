/* See shape.h. */
#include "table/shape.h"

#include <string.h>

#include "names/pattern.h"
#include "base/guid.h"
#include "table/policy.h"
#include "ruleset/step.h"
#include "table/forms.h"
#include "table/slmgr.h"

/* Forms of attribute values. */
enum form {
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

struct attribute_shape {
    enum kr_attribute_kind kind;
    enum form form;
    bool is_required;
    uint32_t maximum; /* of a number */
};

/* `choice`: attributes of which exactly one must be there (or with `choice_may_lack`: at most one). */
struct element_shape {
    enum kr_element_kind kind;
    const char *name;
    uint64_t parents; /* bit per element kind */
    struct attribute_shape attributes[16];
    size_t attribute_count;
    enum kr_attribute_kind choice[3];
    size_t choice_count;
    bool choice_may_lack;
};

#define IN(kind) (UINT64_C(1) << (kind))
#define TOP (IN(KR_ELEMENT_RULESET) | IN(KR_ELEMENT_TABLE))
#define GROUPS (IN(KR_ELEMENT_GROUP) | IN(KR_ELEMENT_GROUP_REFERENCE))
#define OPTIONAL_ROW {KR_ATTRIBUTE_ROW, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}
#define SOURCED {KR_ATTRIBUTE_SOURCE, FORM_SOURCES, true, 0}
#define REPLACES {KR_ATTRIBUTE_REPLACE, FORM_YES_NO, false, 0}

static const struct element_shape shapes[] = {
    {KR_ELEMENT_RULESET, "ruleset", IN(KR_ELEMENT_NONE),
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_REVISION, FORM_NUMBER, true, 999999}, {KR_ATTRIBUTE_TITLE, FORM_TEXT, false, 0}}, 3, {0}, 0, false},
    {KR_ELEMENT_TABLE, "table", IN(KR_ELEMENT_NONE), {{KR_ATTRIBUTE_TITLE, FORM_TEXT, false, 0}}, 1, {0}, 0, false},
    {KR_ELEMENT_INCLUDE, "include", TOP, {{KR_ATTRIBUTE_HREF, FORM_TEXT, true, 0}}, 1, {0}, 0, false},
    {KR_ELEMENT_SOURCE, "source", TOP,
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_TITLE, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_LOCATOR, FORM_TEXT, false, 0},
      {KR_ATTRIBUTE_DATE, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_RELIABILITY, FORM_RELIABILITY, true, 0}, REPLACES}, 6, {0}, 0, false},
    {KR_ELEMENT_APPLICATION, "application", TOP, {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, REPLACES}, 3, {0}, 0, false},
    {KR_ELEMENT_RELEASE, "release", TOP,
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_KIND, FORM_KIND, true, 0},
      {KR_ATTRIBUTE_APPLICATION, FORM_ID, true, 0}, REPLACES}, 5, {0}, 0, false},
    {KR_ELEMENT_EDITION, "edition", IN(KR_ELEMENT_RELEASE),
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_VOLUME, FORM_VOLUME, true, 0}, SOURCED,
      {KR_ATTRIBUTE_BUILDS, FORM_NUMBERS, false, 0}, {KR_ATTRIBUTE_SKUS, FORM_NUMBERS, false, 0}, {KR_ATTRIBUTE_EDITION_IDS, FORM_WORDS, false, 0},
      {KR_ATTRIBUTE_PRODUCT_TYPE, FORM_KIND, false, 0}, OPTIONAL_ROW, REPLACES}, 11, {0}, 0, false},
    {KR_ELEMENT_EDITION, "edition", TOP,
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_VOLUME, FORM_VOLUME, true, 0}, SOURCED,
      {KR_ATTRIBUTE_KIND, FORM_KIND, true, 0}, {KR_ATTRIBUTE_APPLICATION, FORM_ID, true, 0}, {KR_ATTRIBUTE_BUILDS, FORM_NUMBERS, false, 0},
      {KR_ATTRIBUTE_SKUS, FORM_NUMBERS, false, 0}, {KR_ATTRIBUTE_EDITION_IDS, FORM_WORDS, false, 0},
      {KR_ATTRIBUTE_PRODUCT_TYPE, FORM_KIND, false, 0}, OPTIONAL_ROW, REPLACES}, 13, {0}, 0, false},
    {KR_ELEMENT_SET, "set", TOP, {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, true, 0}, REPLACES}, 3, {0}, 0, false},
    {KR_ELEMENT_GROUP_REFERENCE, "key-group", TOP, {{KR_ATTRIBUTE_REF, FORM_ID, true, 0}}, 1, {0}, 0, false},
    {KR_ELEMENT_GROUP, "key-group", TOP,
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_KIND, FORM_KIND, true, 0},
      {KR_ATTRIBUTE_APPLICATION, FORM_ID, true, 0}, SOURCED, {KR_ATTRIBUTE_ABOVE, FORM_IDS, false, 0},
      {KR_ATTRIBUTE_ACTIVATION_ID, FORM_GUID, false, 0}, OPTIONAL_ROW, REPLACES}, 10, {0}, 0, false},
    {KR_ELEMENT_COVERS, "covers", GROUPS,
     {{KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, {KR_ATTRIBUTE_KEY_GROUP, FORM_ID, false, 0}, SOURCED, OPTIONAL_ROW}, 5,
     {KR_ATTRIBUTE_EDITIONS, KR_ATTRIBUTE_KEY_GROUP}, 2, false},
    {KR_ELEMENT_FITS, "fits", GROUPS, {{KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, true, 0}, SOURCED, OPTIONAL_ROW}, 4, {0}, 0, false},
    {KR_ELEMENT_EXCLUDES, "excludes", GROUPS,
     {{KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, {KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, false, 0}, SOURCED, OPTIONAL_ROW}, 5,
     {KR_ATTRIBUTE_EDITIONS, KR_ATTRIBUTE_HOSTS}, 2, false},
    {KR_ELEMENT_UNDOCUMENTED, "undocumented", GROUPS,
     {{KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, {KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, true, 0},
      {KR_ATTRIBUTE_ROW, FORM_TEXT, false, 0}}, 5, {KR_ATTRIBUTE_EDITIONS, KR_ATTRIBUTE_HOSTS}, 2, false},
    {KR_ELEMENT_NO_HOST, "no-host", TOP, {{KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, true, 0}, SOURCED, OPTIONAL_ROW}, 4, {0}, 0, false},
    {KR_ELEMENT_NO_CLIENT, "no-client", TOP, {{KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, true, 0}, SOURCED, OPTIONAL_ROW}, 4, {0}, 0, false},
    {KR_ELEMENT_LINE, "line", TOP,
     {{KR_ATTRIBUTE_ID, FORM_LINE_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, true, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}, REPLACES}, 6, {0}, 0, false},
    {KR_ELEMENT_UPDATE, "update", TOP,
     {{KR_ATTRIBUTE_ID, FORM_UPDATE_ID, true, 0}, SOURCED, {KR_ATTRIBUTE_NAME, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_ALIAS, FORM_UPDATE_IDS, false, 0},
      {KR_ATTRIBUTE_LINE, FORM_LINE_ID, false, 0}, {KR_ATTRIBUTE_BUILD, FORM_BUILD, false, 0}, {KR_ATTRIBUTE_POSITION, FORM_NUMBER, false, 999999},
      {KR_ATTRIBUTE_DATE, FORM_DATE, false, 0}, {KR_ATTRIBUTE_AFTER_ANY_OF, FORM_UPDATE_IDS, false, 0},
      {KR_ATTRIBUTE_RESTART, FORM_YES_NO, false, 0}, OPTIONAL_ROW, REPLACES}, 13, {0}, 0, false},
    {KR_ELEMENT_REQUIRES, "requires", TOP,
     {{KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, true, 0}, {KR_ATTRIBUTE_KEY_GROUPS, FORM_IDS, false, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0},
      {KR_ATTRIBUTE_ANY_OF, FORM_UPDATE_IDS, true, 0}, SOURCED, OPTIONAL_ROW}, 7, {0}, 0, false},
    {KR_ELEMENT_CANNOT_SERVE, "cannot-serve", TOP,
     {{KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, true, 0}, SOURCED, OPTIONAL_ROW}, 5, {0}, 0, false},
    {KR_ELEMENT_THRESHOLD, "threshold", TOP,
     {{KR_ATTRIBUTE_KIND, FORM_KIND, true, 0}, {KR_ATTRIBUTE_MINIMUM, FORM_NUMBER, true, 1000}, {KR_ATTRIBUTE_COUNTS, FORM_KINDS, true, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}, REPLACES}, 6, {0}, 0, false},
    {KR_ELEMENT_SECOND_HOST, "second-host", TOP,
     {{KR_ATTRIBUTE_ABOVE, FORM_NUMBER, true, 999999}, {KR_ATTRIBUTE_COUNTS, FORM_KINDS, true, 0}, SOURCED, OPTIONAL_ROW}, 5, {0}, 0, false},
    {KR_ELEMENT_WITHOUT_THRESHOLD, "without-threshold", TOP,
     {{KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, SOURCED, OPTIONAL_ROW}, 5, {0}, 0, false},
    {KR_ELEMENT_FOLD, "fold", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_WORD, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_TO, FORM_ANY, true, 0}}, 3,
     {KR_ATTRIBUTE_TEXT, KR_ATTRIBUTE_WORD}, 2, false},
    {KR_ELEMENT_SPELLING, "spelling", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_IDS, false, 0}, {KR_ATTRIBUTE_RELEASES, FORM_IDS, false, 0},
      {KR_ATTRIBUTE_KEY_GROUPS, FORM_IDS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 6,
     {KR_ATTRIBUTE_EDITIONS, KR_ATTRIBUTE_RELEASES, KR_ATTRIBUTE_KEY_GROUPS}, 3, false},
    {KR_ELEMENT_WORD, "word", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_TO, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_LANGUAGE, FORM_TEXT, true, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 5, {0}, 0, false},
    {KR_ELEMENT_IGNORE, "ignore", TOP, {{KR_ATTRIBUTE_TEXT, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_WORD, FORM_TEXT, false, 0}}, 2,
     {KR_ATTRIBUTE_TEXT, KR_ATTRIBUTE_WORD}, 2, false},
    {KR_ELEMENT_VERSION, "version", TOP,
     {{KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_BUILDS, FORM_NUMBERS, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_PATTERN, "pattern", TOP,
     {{KR_ATTRIBUTE_MATCH, FORM_PATTERN, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_IDS, false, 0}, {KR_ATTRIBUTE_RELEASES, FORM_IDS, false, 0},
      {KR_ATTRIBUTE_KEY_GROUPS, FORM_IDS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 6,
     {KR_ATTRIBUTE_EDITIONS, KR_ATTRIBUTE_RELEASES, KR_ATTRIBUTE_KEY_GROUPS}, 3, true},
    {KR_ELEMENT_SAMPLE, "sample", IN(KR_ELEMENT_PATTERN), {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}}, 1, {0}, 0, false},
    {KR_ELEMENT_COLUMN, "column", TOP,
     {{KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_HOLDS, FORM_HOLDS, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_PRODUCT_TYPE, "product-type", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_KIND, FORM_KIND, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_ERROR, "error", TOP,
     {{KR_ATTRIBUTE_ID, FORM_ERROR_ID, true, 0}, {KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_SCOPE, FORM_SCOPES, true, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}, REPLACES}, 6, {0}, 0, false},
    {KR_ELEMENT_PREDICTS, "predicts", TOP,
     {{KR_ATTRIBUTE_CHECK, FORM_CHECK, true, 0}, {KR_ATTRIBUTE_ERROR, FORM_ERROR_ID, true, 0}, {KR_ATTRIBUTE_ON, FORM_SIDE, true, 0},
      {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, {KR_ATTRIBUTE_ANY_OF, FORM_UPDATE_IDS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 7,
     {0}, 0, false},
    {KR_ELEMENT_INTERVAL, "interval", TOP,
     {{KR_ATTRIBUTE_OF, FORM_INTERVAL, true, 0}, {KR_ATTRIBUTE_DURATION, FORM_DURATION, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 5, {0}, 0, false},
    {KR_ELEMENT_CACHE, "cache", TOP, {{KR_ATTRIBUTE_FACTOR, FORM_NUMBER, true, 1000}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 3, {0}, 0, false},
    {KR_ELEMENT_TRANSITION, "transition", TOP,
     {{KR_ATTRIBUTE_OF, FORM_TRANSITION, true, 0}, {KR_ATTRIBUTE_TEXT, FORM_NOTE, true, 0}, {KR_ATTRIBUTE_COMMAND, FORM_TEXT, false, 0},
      {KR_ATTRIBUTE_ERROR, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_INTERVALS, FORM_INTERVALS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 7, {0}, 0, false},
    {KR_ELEMENT_STEP, "step", TOP,
     {{KR_ATTRIBUTE_ID, FORM_ID, true, 0}, {KR_ATTRIBUTE_PHASE, FORM_PHASE, true, 0}, {KR_ATTRIBUTE_WHERE, FORM_WHERE, true, 0},
      {KR_ATTRIBUTE_TITLE, FORM_TEMPLATE, true, 0}, {KR_ATTRIBUTE_CHECK, FORM_TEMPLATE, true, 0}, {KR_ATTRIBUTE_UNDO, FORM_TEMPLATE, true, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_TEMPLATE, false, 0}, {KR_ATTRIBUTE_EACH, FORM_EACH, false, 0}, {KR_ATTRIBUTE_WHEN, FORM_WHEN, false, 0},
      {KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, false, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, {KR_ATTRIBUTE_APPLICATIONS, FORM_IDS, false, 0},
      {KR_ATTRIBUTE_ELEVATED, FORM_YES_NO, false, 0}, {KR_ATTRIBUTE_ROW, FORM_TEXT, false, 0}, REPLACES}, 16, {0}, 0, false},
    {KR_ELEMENT_COMMAND, "command", IN(KR_ELEMENT_STEP),
     {{KR_ATTRIBUTE_TEXT, FORM_TEMPLATE, true, 0}, {KR_ATTRIBUTE_SHELL, FORM_SHELL, false, 0}, {KR_ATTRIBUTE_ALTERNATIVE, FORM_YES_NO, false, 0},
      {KR_ATTRIBUTE_MAY_FAIL, FORM_YES_NO, false, 0}}, 4,
     {0}, 0, false},
    {KR_ELEMENT_SLMGR_LINE, "slmgr-line", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_HOLDS, FORM_PART, true, 0}, {KR_ATTRIBUTE_VALUE, FORM_VALUE, false, 0},
      {KR_ATTRIBUTE_SINCE, FORM_NUMBER, false, 999999}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 6, {0}, 0, false},
    {KR_ELEMENT_SLMGR_CHANNEL, "slmgr-channel", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_ROLE, FORM_ROLE, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_OBSERVATION, "observation", TOP,
     {{KR_ATTRIBUTE_OF, FORM_OBSERVATION, true, 0}, {KR_ATTRIBUTE_LEVEL, FORM_LEVEL, true, 0}, {KR_ATTRIBUTE_TEXT, FORM_NOTE, true, 0},
      {KR_ATTRIBUTE_COMMAND, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_ERROR, FORM_TEXT, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 7, {0}, 0, false},
    {KR_ELEMENT_DISCOVERY, "discovery", TOP,
     {{KR_ATTRIBUTE_BY, FORM_SELECTION, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0}, SOURCED, {KR_ATTRIBUTE_AGAINST, FORM_IDS, false, 0},
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 5, {0}, 0, false},
    {KR_ELEMENT_SRV_RECORD, "srv-record", TOP,
     {{KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_PORT, FORM_NUMBER, true, 65535}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_VIRTUAL_MACHINES, "virtual-machines", TOP,
     {{KR_ATTRIBUTE_COUNTS, FORM_YES_NO, true, 0}, {KR_ATTRIBUTE_HOSTS, FORM_MEMBERS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_EXPIRY, "expiry", TOP,
     {{KR_ATTRIBUTE_TO, FORM_EXPIRY, true, 0}, {KR_ATTRIBUTE_TEXT, FORM_NOTE, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, false, 0},
      {KR_ATTRIBUTE_BUILDS, FORM_NUMBERS, false, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 6, {0}, 0, false},
    {KR_ELEMENT_ACTIVATION_ID, "activation-id", TOP,
     {{KR_ATTRIBUTE_ID, FORM_GUID, true, 0}, {KR_ATTRIBUTE_EDITIONS, FORM_MEMBERS, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_EVENT_COLUMN, "event-column", TOP,
     {{KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_HOLDS, FORM_EVENT_PART, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
    {KR_ELEMENT_EVENT_FIELDS, "event-fields", TOP,
     {{KR_ATTRIBUTE_ID, FORM_NUMBER, true, 65535}, {KR_ATTRIBUTE_MINIMUM, FORM_NUMBER, true, KR_EVENT_FIELD_LIMIT}, {KR_ATTRIBUTE_HOLDS, FORM_EVENT_PARTS, true, 0}, SOURCED,
      {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 5, {0}, 0, false},
    {KR_ELEMENT_LICENSE_WORD, "license-word", TOP,
     {{KR_ATTRIBUTE_TEXT, FORM_TEXT, true, 0}, {KR_ATTRIBUTE_TO, FORM_LICENSE_STATUS, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
};
_Static_assert(KR_ELEMENT_KIND_COUNT <= 64, "a bit for each kind");
#define SHAPE_COUNT (sizeof shapes / sizeof shapes[0])

static const char *const attribute_names[] = {
    [KR_ATTRIBUTE_ABOVE] = "above", [KR_ATTRIBUTE_ACTIVATION_ID] = "activation-id", [KR_ATTRIBUTE_AFTER_ANY_OF] = "after-any-of", [KR_ATTRIBUTE_AGAINST] = "against",
    [KR_ATTRIBUTE_ALIAS] = "alias", [KR_ATTRIBUTE_ALTERNATIVE] = "alternative", [KR_ATTRIBUTE_ANY_OF] = "any-of", [KR_ATTRIBUTE_APPLICATION] = "application",
    [KR_ATTRIBUTE_APPLICATIONS] = "applications", [KR_ATTRIBUTE_BUILD] = "build", [KR_ATTRIBUTE_BUILDS] = "builds", [KR_ATTRIBUTE_BY] = "by",
    [KR_ATTRIBUTE_CHECK] = "check", [KR_ATTRIBUTE_COMMAND] = "command", [KR_ATTRIBUTE_COUNTS] = "counts", [KR_ATTRIBUTE_DATE] = "date",
    [KR_ATTRIBUTE_DURATION] = "duration", [KR_ATTRIBUTE_EACH] = "each", [KR_ATTRIBUTE_EDITIONS] = "editions", [KR_ATTRIBUTE_EDITION_IDS] = "edition-ids",
    [KR_ATTRIBUTE_ELEVATED] = "elevated", [KR_ATTRIBUTE_ERROR] = "error", [KR_ATTRIBUTE_FACTOR] = "factor", [KR_ATTRIBUTE_HOLDS] = "holds",
    [KR_ATTRIBUTE_HOSTS] = "hosts", [KR_ATTRIBUTE_HREF] = "href", [KR_ATTRIBUTE_ID] = "id", [KR_ATTRIBUTE_INTERVALS] = "intervals",
    [KR_ATTRIBUTE_KEY_GROUP] = "key-group", [KR_ATTRIBUTE_KEY_GROUPS] = "key-groups", [KR_ATTRIBUTE_KIND] = "kind", [KR_ATTRIBUTE_LANGUAGE] = "language",
    [KR_ATTRIBUTE_LEVEL] = "level", [KR_ATTRIBUTE_LINE] = "line", [KR_ATTRIBUTE_LOCATOR] = "locator", [KR_ATTRIBUTE_MATCH] = "match",
    [KR_ATTRIBUTE_MAY_FAIL] = "may-fail", [KR_ATTRIBUTE_MINIMUM] = "minimum", [KR_ATTRIBUTE_NAME] = "name", [KR_ATTRIBUTE_NOTE] = "note", [KR_ATTRIBUTE_OF] = "of",
    [KR_ATTRIBUTE_ON] = "on", [KR_ATTRIBUTE_PHASE] = "phase", [KR_ATTRIBUTE_PORT] = "port", [KR_ATTRIBUTE_POSITION] = "position", [KR_ATTRIBUTE_ROLE] = "role",
    [KR_ATTRIBUTE_SHELL] = "shell", [KR_ATTRIBUTE_SINCE] = "since", [KR_ATTRIBUTE_UNDO] = "undo", [KR_ATTRIBUTE_VALUE] = "value", [KR_ATTRIBUTE_WHEN] = "when",
    [KR_ATTRIBUTE_WHERE] = "where",
    [KR_ATTRIBUTE_PRODUCT_TYPE] = "product-type", [KR_ATTRIBUTE_REF] = "ref", [KR_ATTRIBUTE_RELEASES] = "releases", [KR_ATTRIBUTE_RELIABILITY] = "reliability", [KR_ATTRIBUTE_REPLACE] = "replace",
    [KR_ATTRIBUTE_RESTART] = "restart", [KR_ATTRIBUTE_REVISION] = "revision", [KR_ATTRIBUTE_ROW] = "row", [KR_ATTRIBUTE_SCOPE] = "scope", [KR_ATTRIBUTE_SKUS] = "skus",
    [KR_ATTRIBUTE_SOURCE] = "source", [KR_ATTRIBUTE_TEXT] = "text", [KR_ATTRIBUTE_TITLE] = "title", [KR_ATTRIBUTE_TO] = "to",
    [KR_ATTRIBUTE_VOLUME] = "volume", [KR_ATTRIBUTE_WORD] = "word",
};
_Static_assert(sizeof attribute_names / sizeof attribute_names[0] == KR_ATTRIBUTE_COUNT, "every attribute has a name");

/* Allowed words of the closed forms; NULL ends each list. */
static const char *const kinds[] = {"client", "server", "office", NULL};
static const char *const reliabilities[] = {"primary", "secondary", "third-party", "unverified", NULL};
static const char *const volumes[] = {"yes", "no", "unlisted", NULL};
static const char *const holds[] = {"name", "os", "build", "sku", "edition-id", "product-type", NULL};
static const char *const checks[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106", NULL};
static const char *const sides[] = {"client", "host", NULL};
static const char *const scopes[] = {"client", "kms", "kms-client", "kms-host", "mak", NULL};
static const char *const license_statuses[] = {"0", "1", "2", "3", "4", "5", "6", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};
static const char *const roles[] = {"client", "host", "other", NULL};
static const char *const levels[] = {"finding", "remark", NULL};
static const char *const *const closed_forms[] = {
    [FORM_KIND] = kinds, [FORM_RELIABILITY] = reliabilities, [FORM_VOLUME] = volumes, [FORM_HOLDS] = holds, [FORM_YES_NO] = yes_no,
    [FORM_PHASE] = kr_phase_words, [FORM_WHERE] = kr_where_words, [FORM_EACH] = kr_each_words, [FORM_PART] = kr_slmgr_part_words,
    [FORM_VALUE] = kr_slmgr_value_words, [FORM_ROLE] = roles, [FORM_OBSERVATION] = kr_observation_words, [FORM_LEVEL] = levels, [FORM_CHECK] = checks,
    [FORM_SIDE] = sides, [FORM_INTERVAL] = kr_interval_words, [FORM_EVENT_PART] = kr_event_part_words, [FORM_LICENSE_STATUS] = license_statuses,
    [FORM_TRANSITION] = kr_transition_words, [FORM_SELECTION] = kr_selection_words, [FORM_EXPIRY] = kr_expiry_words,
    [FORM_SHELL] = kr_shell_words, /* the last form */
};

const char *kr_attribute_name(enum kr_attribute_kind kind) { return attribute_names[kind]; }

const char *kr_element_name(enum kr_element_kind kind) {
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        if (shapes[i].kind == kind) return shapes[i].name;
    return "";
}

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

static void check_id(struct inspection *seen, enum form form, struct kr_text word) {
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

static bool is_listed(struct kr_text word, const char *const *allowed) {
    for (size_t i = 0; allowed[i] != NULL; i++)
        if (kr_text_is(word, allowed[i])) return true;
    return false;
}

static void check_word(struct inspection *seen, struct kr_text word, const char *const *allowed) {
    if (is_listed(word, allowed)) return;
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

static void check_listed_word(struct inspection *seen, const struct attribute_shape *shape, struct kr_text word) {
    switch (shape->form) {
    case FORM_MEMBERS:
        if (word.size > 1 && word.data[0] == '-') word = (struct kr_text){word.data + 1, word.size - 1};
        check_id(seen, shape->form, word);
        break;
    case FORM_NUMBERS: check_number(seen, word, UINT32_MAX - 1); break;
    case FORM_KINDS: check_word(seen, word, kinds); break;
    case FORM_SCOPES: check_word(seen, word, scopes); break;
    case FORM_INTERVALS: check_word(seen, word, kr_interval_words); break;
    case FORM_WHEN: check_word(seen, word, kr_when_words); break;
    case FORM_EVENT_PARTS: check_word(seen, word, kr_event_part_words); break;
    case FORM_WORDS: break;
    default: check_id(seen, shape->form, word);
    }
}

static void check_list(struct inspection *seen, const struct attribute_shape *shape) {
    size_t offset = 0;
    struct kr_text word;
    while (kr_text_next_word(seen->value, &offset, &word)) check_listed_word(seen, shape, word);
}

static void check_text(struct inspection *seen, const struct attribute_shape *shape) {
    size_t limit = shape->form == FORM_NOTE || shape->form == FORM_TEMPLATE ? 4 * seen->limits->name_size : shape->form == FORM_PATTERN ? KR_PATTERN_SIZE_LIMIT : seen->limits->name_size;
    if (seen->value.size > limit)
        UNSOUND(seen, KR904_LIMIT, seen->value, "%s has %zu bytes, the limit is %zu", seen->attribute, seen->value.size, limit);
}

/* Braces that hold no placeholder. */
static void check_template(struct inspection *seen, const struct attribute_shape *shape) {
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

static void check_form(struct inspection *seen, const struct attribute_shape *shape) {
    if (closed_forms[shape->form] != NULL) {
        check_word(seen, seen->value, closed_forms[shape->form]);
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

static void check_value(struct inspection *seen, const struct attribute_shape *shape) {
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

static const struct attribute_shape *find_attribute(const struct element_shape *shape, struct kr_text name) {
    for (size_t i = 0; i < shape->attribute_count; i++)
        if (kr_text_is(name, attribute_names[shape->attributes[i].kind])) return &shape->attributes[i];
    return NULL;
}

static void report_unknown_attribute(struct inspection *seen, const struct element_shape *shape, const struct kr_attribute *attribute) {
    struct kr_text name = attribute->name;
    struct kr_at at = attribute->has_prefix ? kr_document_foreign_attribute_at(seen->document, seen->element->at, name)
                                            : kr_document_attribute_at(seen->document, seen->element->at, name, SIZE_MAX);
    char list[256];
    struct kr_buffer buffer = kr_buffer_over(list, sizeof list);
    for (size_t i = 0; i < shape->attribute_count; i++) {
        kr_buffer_add_string(&buffer, i == 0 ? "" : " ");
        kr_buffer_add_string(&buffer, attribute_names[shape->attributes[i].kind]);
    }
    kr_problems_add(seen->problems, KR906_UNKNOWN_ATTRIBUTE, at, "<%s> has no attribute \"%s%.*s\"; it takes: %s", shape->name,
                    attribute->has_prefix ? "…:" : "", (int)(name.size < 64 ? name.size : 64), name.data, list);
}

static void take_attributes(struct inspection *seen, const struct element_shape *shape, struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    for (size_t i = 0; i < seen->element->attribute_count; i++) {
        const struct kr_attribute *attribute = &seen->element->attributes[i];
        const struct attribute_shape *known = attribute->has_prefix ? NULL : find_attribute(shape, attribute->name);
        if (known == NULL) {
            report_unknown_attribute(seen, shape, attribute);
            continue;
        }
        seen->attribute = attribute_names[known->kind];
        seen->value = attribute->value;
        check_value(seen, known);
        values[known->kind] = attribute->value;
    }
}

static void require_attributes(struct inspection *seen, const struct element_shape *shape, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    for (size_t i = 0; i < shape->attribute_count; i++) {
        const struct attribute_shape *attribute = &shape->attributes[i];
        if (!attribute->is_required || values[attribute->kind].data != NULL) continue;
        if (attribute->form == FORM_SOURCES)
            kr_problems_add(seen->problems, KR915_MISSING_SOURCE, seen->element->at, "<%s> has no source; every fact names the document it comes from: source=\"…\"",
                            shape->name);
        else
            kr_problems_add(seen->problems, KR907_MISSING_ATTRIBUTE, seen->element->at, "<%s> needs the attribute %s", shape->name,
                            attribute_names[attribute->kind]);
    }
}

static void require_choice(struct inspection *seen, const struct element_shape *shape, const struct kr_text values[KR_ATTRIBUTE_COUNT]) {
    size_t given = 0;
    char list[64];
    struct kr_buffer buffer = kr_buffer_over(list, sizeof list);
    for (size_t i = 0; i < shape->choice_count; i++) {
        if (values[shape->choice[i]].data != NULL) given++;
        kr_buffer_add_string(&buffer, i == 0 ? "" : ", ");
        kr_buffer_add_string(&buffer, attribute_names[shape->choice[i]]);
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
        if (kr_text_is(element->attributes[i].name, attribute_names[kind])) return true;
    return false;
}

static const struct element_shape *find_shape(const struct kr_element *element, enum kr_element_kind parent) {
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        if (!kr_text_is(element->name, shapes[i].name) || (shapes[i].parents & IN(parent)) == 0) continue;
        if (shapes[i].kind == KR_ELEMENT_GROUP_REFERENCE && !has_attribute(element, KR_ATTRIBUTE_REF)) continue;
        return &shapes[i];
    }
    return NULL;
}

static bool is_element_name(struct kr_text name) {
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        if (kr_text_is(name, shapes[i].name)) return true;
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
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        if ((shapes[i].parents & IN(parent)) == 0 || strcmp(shapes[i].name, last) == 0) continue;
        kr_buffer_add_string(&buffer, buffer.size == 0 ? "" : " ");
        kr_buffer_add_string(&buffer, last = shapes[i].name);
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
    const struct element_shape *shape = find_shape(element, parent);
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
