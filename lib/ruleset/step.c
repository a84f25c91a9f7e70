/* See step.h. */
#include "ruleset/step.h"

const char *const kr_phase_words[] = {"prepare", "install", "activate", "service", "firewall", "dns", "verify", "client", NULL};
const char *const kr_where_words[] = {"host", "client", "dns-server", NULL};
const char *const kr_each_words[] = {"update", "key-group", "zone", NULL};
const char *const kr_when_words[] = {
    "online",        "offline",      "dns",        "dns-automatic",  "dns-manual",     "no-dns",          "one-zone",
    "several-zones", "default-port", "other-port", "update-unknown", "update-missing", "update-restarts", NULL,
};
const char *const kr_shell_words[] = {"cmd", "powershell", NULL};
static const char *const placeholder_words[] = {
    "activation-id", "address", "application", "confirmation-id", "editions", "fqdn",        "key",  "key-group", "netbios",
    "port",          "system",  "thresholds",  "update",          "update-note", "zone", "zone-list", "zones", NULL,
};
_Static_assert(sizeof placeholder_words / sizeof placeholder_words[0] == KR_FILL_COUNT + 1, "every placeholder has its word");
_Static_assert(sizeof kr_when_words / sizeof kr_when_words[0] == KR_WHEN_UPDATE_RESTARTS + 2, "every condition has its word");
_Static_assert(sizeof kr_each_words / sizeof kr_each_words[0] == KR_ONCE + 1, "every repetition has its word");

static bool is_brace(char c) { return c == '{' || c == '}'; }

bool kr_template_next(struct kr_text template, size_t *offset, struct kr_text *literal, enum kr_placeholder *placeholder) {
    size_t start = *offset, end = start;
    if (start == template.size) return false;
    while (end < template.size && !is_brace(template.data[end])) end++;
    *literal = (struct kr_text){template.data + start, end - start};
    *placeholder = KR_FILL_COUNT;
    if (end > start) return *offset = end, true;
    const char *close = template.data[start] == '{' ? memchr(template.data + start, '}', template.size - start) : NULL;
    if (close == NULL) return false;
    struct kr_text word = {template.data + start + 1, (size_t)(close - template.data) - start - 1};
    *placeholder = (enum kr_placeholder)kr_text_index(word, placeholder_words);
    if (*placeholder != KR_FILL_COUNT) *offset = (size_t)(close - template.data) + 1;
    return *placeholder != KR_FILL_COUNT;
}
