#include "names/pattern.h"
#include "base/memory.h"
struct kr_pattern { int unused; };
enum kr_pattern_result kr_pattern_compile(struct kr_text text, struct kr_pattern **pattern, struct kr_pattern_fault *fault) { (void)text; (void)fault; *pattern = kr_memory_take(1, sizeof **pattern); return *pattern ? KR_PATTERN_COMPILED : KR_PATTERN_NO_MEMORY; }
void kr_pattern_free(struct kr_pattern *pattern) { kr_memory_free(pattern); }
enum kr_match_result kr_pattern_match(const struct kr_pattern *pattern, struct kr_text subject, struct kr_text parts[KR_PART_COUNT]) { (void)pattern; (void)subject; (void)parts; return KR_MATCH_NO; }
