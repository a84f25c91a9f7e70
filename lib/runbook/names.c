/* What the host and the zones are called. In: names as given. Out: names that are safe wherever a runbook puts them. See runbook.h. */
#include "runbook/runbook.h"

#include <string.h>

enum { NAME_SIZE = 253, LABEL_SIZE = 63 };
#define EXAMPLE_ZONE "contoso.example"
#define EXAMPLE_HOST "kms01." EXAMPLE_ZONE

static bool is_label(struct kr_text label) {
    if (label.size == 0 || label.size > LABEL_SIZE || label.data[0] == '-' || label.data[label.size - 1] == '-') return false;
    for (size_t i = 0; i < label.size; i++)
        if (!kr_is_digit(label.data[i]) && !kr_is_letter(label.data[i]) && label.data[i] != '-') return false;
    return true;
}

/* The part up to the next dot from *offset on; false at the end. */
static bool next_part(struct kr_text name, size_t *offset, struct kr_text *part) {
    if (*offset > name.size) return false;
    const char *start = name.data + *offset, *dot = memchr(start, '.', name.size - *offset);
    *part = (struct kr_text){start, dot == NULL ? name.size - *offset : (size_t)(dot - start)};
    *offset += part->size + 1;
    return true;
}

/* Letters, digits and dashes between dots; nothing that looks like a product key. */
static bool is_dns_name(struct kr_text name) {
    struct kr_text label;
    if (name.size == 0 || name.size > NAME_SIZE || kr_text_has_product_key(name)) return false;
    for (size_t offset = 0; next_part(name, &offset, &label);)
        if (!is_label(label)) return false;
    return true;
}

static bool is_ipv4(struct kr_text name) {
    struct kr_text part;
    uint64_t number;
    size_t count = 0;
    for (size_t offset = 0; next_part(name, &offset, &part); count++)
        if (!kr_text_number(part, 0, 255, &number)) return false;
    return count == 4;
}

/* Digits and dots alone are an address, if a wrong one. */
static bool has_letter(struct kr_text name) {
    for (size_t i = 0; i < name.size; i++)
        if (kr_is_letter(name.data[i])) return true;
    return false;
}

static char *join(struct kr_arena *arena, struct kr_text first, const char *between, struct kr_text second) {
    size_t middle = strlen(between);
    char *joined = kr_arena_take(arena, first.size + middle + second.size + 1, 1);
    if (joined == NULL) return NULL;
    memcpy(joined, first.data, first.size);
    memcpy(joined + first.size, between, middle);
    memcpy(joined + first.size + middle, second.data, second.size);
    return joined;
}

static kmsrules_status take_zones(kmsrules_runbook *runbook, const kmsrules_runbook_options *options, struct kr_text derived) {
    size_t count = options->zone_count == 0 ? 1 : options->zone_count;
    const char **zones = kr_arena_take(&runbook->arena, count, sizeof *zones);
    if (zones == NULL) return KMSRULES_NO_MEMORY;
    for (size_t i = 0; i < options->zone_count; i++) {
        struct kr_text zone = kr_text_of(options->zones[i]);
        if (!is_dns_name(zone) || !has_letter(zone)) return KMSRULES_INVALID_ARGUMENT;
        for (size_t j = 0; j < i; j++)
            if (kr_text_equal_ignoring_case(zone, kr_text_of(options->zones[j]))) return KMSRULES_INVALID_ARGUMENT;
        zones[i] = kr_arena_copy(&runbook->arena, zone.data, zone.size);
        if (zones[i] == NULL) return KMSRULES_NO_MEMORY;
    }
    if (options->zone_count == 0) zones[0] = kr_arena_copy(&runbook->arena, derived.data, derived.size);
    if (zones[0] == NULL) return KMSRULES_NO_MEMORY;
    runbook->zones = zones;
    runbook->zone_count = count;
    return KMSRULES_OK;
}

/* The zone that a host's name ends in; without a dot the example's. */
static struct kr_text zone_of(struct kr_text host) {
    const char *dot = memchr(host.data, '.', host.size);
    return dot == NULL ? kr_text_of(EXAMPLE_ZONE) : (struct kr_text){dot + 1, host.size - (size_t)(dot + 1 - host.data)};
}

/* A name without a dot lies in the first zone. */
static kmsrules_status take_host_name(kmsrules_runbook *runbook, struct kr_text host) {
    const char *dot = memchr(host.data, '.', host.size);
    struct kr_text label = {host.data, dot == NULL ? host.size : (size_t)(dot - host.data)};
    runbook->address = "<IPv4 address>";
    runbook->netbios = kr_arena_copy(&runbook->arena, label.data, label.size);
    runbook->fqdn = dot == NULL ? join(&runbook->arena, host, ".", kr_text_of(runbook->zones[0])) : kr_arena_copy(&runbook->arena, host.data, host.size);
    return runbook->netbios == NULL || runbook->fqdn == NULL ? KMSRULES_NO_MEMORY : KMSRULES_OK;
}

static kmsrules_status take_address(kmsrules_runbook *runbook, struct kr_text host) {
    runbook->netbios = "<NetBIOS name>";
    runbook->address = runbook->fqdn = kr_arena_copy(&runbook->arena, host.data, host.size);
    return runbook->address == NULL ? KMSRULES_NO_MEMORY : KMSRULES_OK;
}

kmsrules_status kr_runbook_name(kmsrules_runbook *runbook, const kmsrules_runbook_options *options) {
    struct kr_text host = kr_text_of(options->host_name == NULL ? EXAMPLE_HOST : options->host_name);
    bool is_address = is_ipv4(host);
    if (!is_address && (!is_dns_name(host) || !has_letter(host))) return KMSRULES_INVALID_ARGUMENT;
    if (is_address && options->dns == KMSRULES_DNS_MANUAL) return KMSRULES_INVALID_ARGUMENT; /* an SRV record points to a name */
    kmsrules_status status = take_zones(runbook, options, is_address ? kr_text_of(EXAMPLE_ZONE) : zone_of(host));
    if (status != KMSRULES_OK) return status;
    return is_address ? take_address(runbook, host) : take_host_name(runbook, host);
}
