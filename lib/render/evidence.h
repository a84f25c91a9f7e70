/* What documents about events share. */
#ifndef KR_EVIDENCE_H
#define KR_EVIDENCE_H

#include "render/json_writer.h"
#include "render/page.h"

void kr_json_time_member(struct kr_json *json, const char *name, int64_t time);
void kr_json_date_member(struct kr_json *json, const char *name, int64_t time); /* its day alone */
void kr_json_guid_member(struct kr_json *json, const char *name, const kmsrules_guid *guid);
/* "schema", "ruleset", "as_of" */
void kr_json_evidence_head(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const char *schema, int64_t as_of);
const char *kr_application_id(const struct kmsrules_ruleset *ruleset, kmsrules_id application); /* "office" for KR_NONE */
void kr_page_number(struct kr_page *page, uint64_t number);
void kr_page_pool(struct kr_page *page, const char *host, kmsrules_id application); /* "Windows on kms01.contoso.example" */
void kr_page_assumed(struct kr_page *page, uint64_t assumed); /* a line of a pool */
void kr_json_gaps(struct kr_json *json, const kmsrules_gaps *gaps); /* "unreadable", "cut_short", "complete" */
void kr_page_gaps(struct kr_page *page, const kmsrules_gaps *gaps); /* nothing where there are none */
bool kr_has_gaps(const kmsrules_gaps *gaps);
void kr_page_evidence_end(struct kr_page *page, int64_t as_of);

#endif
