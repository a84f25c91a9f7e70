/* kmsrules timeline EDITION --last-success DATE: what happens to a machine, and when. */
#include <string.h>

#include "asking.h"
#include "census.h"
#include "messages.h"

static void refuse(struct gathering *gathering) { gathering->status = worse_status(gathering->status, EXIT_WRONG_USE); }

static bool find_product(struct gathering *gathering, const char *name, kmsrules_identity *identity) {
    struct asking asking = {.ruleset = gathering->ruleset, .status = EXIT_YES};
    kmsrules_status status = kmsrules_identify(gathering->ruleset, KMSRULES_EDITION | KMSRULES_RELEASE, name, strlen(name), identity);
    asking_check_name(&asking, KMSRULES_EDITION | KMSRULES_RELEASE, "edition", name, status);
    gathering->status = worse_status(gathering->status, asking.status);
    return status == KMSRULES_OK;
}

static bool read_build(struct gathering *gathering, uint32_t *build) {
    const char *text = gathering->arguments->build;
    if (text == NULL || kmsrules_build_number(text, strlen(text), build, NULL) == KMSRULES_OK) return true;
    complain_about("--build", text, " is no build such as 6000 or 10.0.17763");
    return refuse(gathering), false;
}

static bool read_last_success(struct gathering *gathering, int64_t *time) {
    const char *text = gathering->arguments->last_success;
    if (text == NULL) complain("timeline: --last-success DATE is missing; usage: kmsrules timeline EDITION --last-success DATE");
    else if (kmsrules_time_read(text, strlen(text), false, time) != KMSRULES_OK) complain_about("--last-success", text, " is no date such as 2026-11-21 or 2026-11-21T12:00:00Z");
    else if (*time > gathering->as_of) complain_about("--last-success", text, " is later than --as-of");
    else return true;
    return refuse(gathering), false;
}

static void print(struct gathering *gathering, const kmsrules_timeline *timeline, struct result *result) {
    const kmsrules_timeline_content *content = kmsrules_timeline_read(timeline);
    char *text = NULL;
    size_t size = 0;
    kmsrules_status status = gathering->arguments->format == FORMAT_JSON ? kmsrules_timeline_json(timeline, &text, &size) : kmsrules_timeline_print(timeline, result->wants_color, &text, &size);
    gathering_print(gathering, result, status, text, size);
    if (content->by_kms == KMSRULES_NO) gathering->status = worse_status(gathering->status, EXIT_NO);
    for (size_t i = 0; i < content->moment_count; i++)
        if (content->moments[i].kind == KMSRULES_MOMENT_END && content->moments[i].time <= content->as_of) gathering->status = worse_status(gathering->status, EXIT_NO);
}

/* Which edition of a release was told of. */
static void say_edition(const struct gathering *gathering, const kmsrules_timeline *timeline) {
    const kmsrules_timeline_content *content = kmsrules_timeline_read(timeline);
    if (gathering->arguments->is_quiet) return;
    complain_about("timeline:", kmsrules_ruleset_edition(gathering->ruleset, content->edition)->name,
                   content->by_kms == KMSRULES_NO ? " is told, the first edition of the release; KMS activates none of them" : " is told, the first edition of the release that KMS activates");
}

/* A build that no row tells of, such as one of another product. */
static void say_build(const struct gathering *gathering, const kmsrules_timeline *timeline) {
    const kmsrules_timeline_content *content = kmsrules_timeline_read(timeline);
    bool is_told = content->by_kms == KMSRULES_NO || (content->left_out >> KMSRULES_MOMENT_EXPIRED & 1u) != 0;
    for (size_t i = 0; i < content->moment_count; i++) is_told = is_told || content->moments[i].kind == KMSRULES_MOMENT_EXPIRED;
    if (!is_told) complain_about("--build", gathering->arguments->build, ": the tables do not say what this edition is like at the end in that build");
}

int run_timeline(const struct arguments *arguments, struct result *result) {
    struct gathering gathering = gathering_prepare(arguments);
    kmsrules_timeline *timeline = NULL;
    kmsrules_identity product;
    uint32_t build = 0;
    int64_t last_success = 0;
    bool is_right = gathering.census != NULL && find_product(&gathering, arguments->words.items[0], &product);
    is_right = is_right && read_build(&gathering, &build) && read_last_success(&gathering, &last_success);
    if (is_right) gathering_refused(&gathering, kmsrules_timeline_new(gathering.ruleset, product.kind, product.id, build, last_success, gathering.as_of, &timeline));
    if (timeline != NULL && product.kind == KMSRULES_RELEASE) say_edition(&gathering, timeline);
    if (timeline != NULL && arguments->build != NULL && !arguments->is_quiet) say_build(&gathering, timeline);
    if (timeline != NULL) print(&gathering, timeline, result);
    kmsrules_timeline_free(timeline);
    gathering_end(&gathering);
    return gathering.status;
}
