/* See elements.h. */
#include "table/elements.h"

#include "ruleset/step.h"
#include "table/policy.h"
#include "table/slmgr.h"

#define TOP (IN(KR_ELEMENT_RULESET) | IN(KR_ELEMENT_TABLE))
#define GROUPS (IN(KR_ELEMENT_GROUP) | IN(KR_ELEMENT_GROUP_REFERENCE))
#define OPTIONAL_ROW {KR_ATTRIBUTE_ROW, FORM_TEXT, false, 0}, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}
#define SOURCED {KR_ATTRIBUTE_SOURCE, FORM_SOURCES, true, 0}
#define REPLACES {KR_ATTRIBUTE_REPLACE, FORM_YES_NO, false, 0}

const struct kr_element_shape kr_shapes[] = {
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
    {KR_ELEMENT_SLMGR_BUILD, "slmgr-build", TOP,
     {{KR_ATTRIBUTE_BUILD, FORM_NUMBER, true, 999999}, {KR_ATTRIBUTE_BUILDS, FORM_NUMBERS, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 4, {0}, 0, false},
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
    {KR_ELEMENT_EVENT_PROVIDER, "event-provider", TOP, {{KR_ATTRIBUTE_NAME, FORM_TEXT, true, 0}, SOURCED, {KR_ATTRIBUTE_NOTE, FORM_NOTE, false, 0}}, 3, {0}, 0, false},
};
_Static_assert(KR_ELEMENT_KIND_COUNT <= 64, "a bit for each kind");
const size_t kr_shape_count = sizeof kr_shapes / sizeof kr_shapes[0];

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
const char *const kr_kind_words[] = {"client", "server", "office", NULL};
static const char *const reliabilities[] = {"primary", "secondary", "third-party", "unverified", NULL};
static const char *const volumes[] = {"yes", "no", "unlisted", NULL};
static const char *const holds[] = {"name", "os", "build", "sku", "edition-id", "product-type", NULL};
static const char *const checks[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106", NULL};
static const char *const sides[] = {"client", "host", NULL};
const char *const kr_scope_words[] = {"client", "kms", "kms-client", "kms-host", "mak", NULL};
static const char *const license_statuses[] = {"0", "1", "2", "3", "4", "5", "6", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};
static const char *const roles[] = {"client", "host", "other", NULL};
static const char *const levels[] = {"finding", "remark", NULL};
static const char *const *const closed_forms[] = {
    [FORM_KIND] = kr_kind_words, [FORM_RELIABILITY] = reliabilities, [FORM_VOLUME] = volumes, [FORM_HOLDS] = holds, [FORM_YES_NO] = yes_no,
    [FORM_PHASE] = kr_phase_words, [FORM_WHERE] = kr_where_words, [FORM_EACH] = kr_each_words, [FORM_PART] = kr_slmgr_part_words,
    [FORM_VALUE] = kr_slmgr_value_words, [FORM_ROLE] = roles, [FORM_OBSERVATION] = kr_observation_words, [FORM_LEVEL] = levels, [FORM_CHECK] = checks,
    [FORM_SIDE] = sides, [FORM_INTERVAL] = kr_interval_words, [FORM_EVENT_PART] = kr_event_part_words, [FORM_LICENSE_STATUS] = license_statuses,
    [FORM_TRANSITION] = kr_transition_words, [FORM_SELECTION] = kr_selection_words, [FORM_EXPIRY] = kr_expiry_words,
    [FORM_SHELL] = kr_shell_words, /* the last form */
};

const char *kr_attribute_name(enum kr_attribute_kind kind) { return attribute_names[kind]; }

const char *kr_element_name(enum kr_element_kind kind) {
    for (size_t i = 0; i < kr_shape_count; i++)
        if (kr_shapes[i].kind == kind) return kr_shapes[i].name;
    return "";
}

const char *const *kr_form_words(enum kr_form form) { return (size_t)form < sizeof closed_forms / sizeof closed_forms[0] ? closed_forms[form] : NULL; }
