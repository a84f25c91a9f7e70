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

static kmsrules_timeline *tell(struct gathering *gathering, kmsrules_id edition, uint32_t build, int64_t last_success) {
    kmsrules_timeline *timeline = NULL;
    gathering_refused(gathering, kmsrules_timeline_new(gathering->ruleset, edition, build, last_success, gathering->as_of, &timeline));
    return timeline;
}

/* Of a release its first edition that KMS activates, or its first where it activates none. */
static kmsrules_timeline *tell_product(struct gathering *gathering, const kmsrules_identity *product, uint32_t build, int64_t last_success) {
    if (product->kind == KMSRULES_EDITION) return tell(gathering, product->id, build, last_success);
    const kmsrules_release *release = kmsrules_ruleset_release(gathering->ruleset, product->id);
    kmsrules_timeline *timeline = tell(gathering, release->editions[0], build, last_success);
    for (size_t i = 1; i < release->edition_count && timeline != NULL && kmsrules_timeline_read(timeline)->by_kms == KMSRULES_NO; i++) {
        kmsrules_timeline *other = tell(gathering, release->editions[i], build, last_success);
        bool is_better = other == NULL || kmsrules_timeline_read(other)->by_kms != KMSRULES_NO;
        kmsrules_timeline_free(is_better ? timeline : other);
        if (is_better) timeline = other;
    }
    if (timeline == NULL || gathering->arguments->is_quiet) return timeline;
    const kmsrules_timeline_content *content = kmsrules_timeline_read(timeline);
    complain_about("timeline:", kmsrules_ruleset_edition(gathering->ruleset, content->edition)->name,
                   content->by_kms == KMSRULES_NO ? " is told, the first edition of the release; KMS activates none of them" : " is told, the first edition of the release that KMS activates");
    return timeline;
}

int run_timeline(const struct arguments *arguments, struct result *result) {
    struct gathering gathering = gathering_prepare(arguments);
    kmsrules_timeline *timeline = NULL;
    kmsrules_identity product;
    uint32_t build = 0;
    int64_t last_success = 0;
    bool is_right = gathering.census != NULL && find_product(&gathering, arguments->words.items[0], &product);
    is_right = is_right && read_build(&gathering, &build) && read_last_success(&gathering, &last_success);
    if (is_right) timeline = tell_product(&gathering, &product, build, last_success);
    if (timeline != NULL) print(&gathering, timeline, result);
    kmsrules_timeline_free(timeline);
    gathering_end(&gathering);
    return gathering.status;
}
