/* A step of a procedure as compiled: what a runbook is made of. The words of its closed forms stand here once, for the load and for the runbook.
 *
 *   <step phase="dns" where="host" each="zone" when="dns-manual" …>        text with {placeholders}: literals and what is known of one runbook
 *     <command text="nslookup -type=srv _vlmcs._tcp.{zone}"/> */
#ifndef KR_STEP_H
#define KR_STEP_H

#include "base/text.h"
#include "kmsrules/kmsrules.h"

enum kr_phase { KR_PREPARE, KR_INSTALL, KR_ACTIVATE, KR_SERVICE, KR_FIREWALL, KR_DNS, KR_VERIFY, KR_CLIENT };
enum kr_where { KR_ON_HOST, KR_ON_CLIENT, KR_ON_DNS_SERVER };
enum kr_each { KR_EACH_UPDATE, KR_EACH_KEY_GROUP, KR_EACH_ZONE, KR_ONCE };

/* Conditions on what was asked; a step that names several waits for all of them. */
enum kr_when {
    KR_WHEN_ONLINE,
    KR_WHEN_OFFLINE,
    KR_WHEN_DNS, /* automatic or manual */
    KR_WHEN_DNS_AUTOMATIC,
    KR_WHEN_DNS_MANUAL,
    KR_WHEN_NO_DNS,
    KR_WHEN_ONE_ZONE,
    KR_WHEN_SEVERAL_ZONES,
    KR_WHEN_DEFAULT_PORT,
    KR_WHEN_OTHER_PORT,
    KR_WHEN_UPDATE_UNKNOWN,
    KR_WHEN_UPDATE_MISSING,
    KR_WHEN_UPDATE_RESTARTS
};

enum kr_placeholder {
    KR_FILL_ACTIVATION_ID,   /* of the key group's license */
    KR_FILL_ADDRESS,         /* the host's IPv4 address */
    KR_FILL_APPLICATION,
    KR_FILL_CONFIRMATION_ID, /* what the activation centre reads out */
    KR_FILL_EDITIONS,        /* asked for, as far as the step is about them */
    KR_FILL_FQDN,            /* the host's name in DNS */
    KR_FILL_KEY,             /* stands for the key, which nobody tells us */
    KR_FILL_KEY_GROUP,
    KR_FILL_NETBIOS,
    KR_FILL_PORT,
    KR_FILL_SYSTEM,          /* the folder of slmgr.vbs */
    KR_FILL_THRESHOLDS,
    KR_FILL_UPDATE,          /* the alternatives, "or any later" included */
    KR_FILL_UPDATE_NOTE,
    KR_FILL_ZONE,
    KR_FILL_ZONE_LIST,       /* as reg.exe wants a list: joined by \0 */
    KR_FILL_ZONES,
    KR_FILL_COUNT
};

/* In the order of the enums; NULL ends each list. */
extern const char *const kr_phase_words[], *const kr_where_words[], *const kr_each_words[], *const kr_when_words[], *const kr_shell_words[];

/* A piece of a template from *offset on: literal text, or a placeholder (KR_FILL_COUNT: none, and `literal` is the text). False at the end, and at a brace
 * that opens or closes no placeholder: *offset then stays below the end. */
bool kr_template_next(struct kr_text template, size_t *offset, struct kr_text *literal, enum kr_placeholder *placeholder);

struct kr_command {
    struct kr_text text; /* template, as typed at a prompt; ends in NUL */
    bool is_powershell;
    bool is_alternative; /* instead of the one before */
    bool may_fail;       /* which is no reason to stop */
};

struct kr_step {
    const char *id;
    struct kr_text title, check, undo, note; /* templates; `note` may be empty */
    enum kr_phase phase;
    enum kr_where where;
    enum kr_each each;
    unsigned when; /* bit per enum kr_when */
    bool is_elevated;
    const uint64_t *hosts, *editions; /* bit sets; NULL means all */
    const kmsrules_id *applications;
    uint32_t application_count; /* 0: all */
    const struct kr_command *commands;
    uint32_t command_count; /* 0: done by hand */
    const kmsrules_id *sources;
    uint32_t source_count;
    kmsrules_place at;
};

#endif
