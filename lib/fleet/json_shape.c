/* See json_shape.h. */
#include "fleet/json_shape.h"

#include <string.h>

#define FACTS "ansible_"

static bool is_known_list_name(struct kr_text name) {
    static const char *const names[] = {"machines", "value", "devices", "computers", "hosts", "results"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (kr_text_is(name, names[i])) return true;
    return false;
}

/* What the members are, counted. */
struct members {
    size_t objects, others, facts;
    size_t known_lists, known_lists_of_objects, other_lists_of_objects;
    size_t known_list, other_list; /* the last one's number */
};

static void count_list(struct members *members, json_t *list, struct kr_text name, size_t member) {
    bool has_objects = json_is_object(json_array_get(list, 0));
    if (is_known_list_name(name)) {
        members->known_lists++;
        members->known_lists_of_objects += has_objects;
        members->known_list = member;
    } else if (has_objects) {
        members->other_lists_of_objects++;
        members->other_list = member;
    }
}

static struct members count_members(json_t *object) {
    struct members members = {0};
    size_t member = 0;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at), member++) {
        struct kr_text name = {json_object_iter_key(at), json_object_iter_key_len(at)};
        json_t *value = json_object_iter_value(at);
        if (json_is_array(value)) count_list(&members, value, name, member);
        if (json_is_object(value)) members.objects++;
        else members.others++;
        members.facts += name.size >= sizeof FACTS - 1 && memcmp(name.data, FACTS, sizeof FACTS - 1) == 0;
    }
    return members;
}

enum kr_json_shape kr_json_shape_of(json_t *object, bool has_system, size_t *member) {
    struct members members = count_members(object);
    if (members.objects && !members.others && !members.facts) return KR_JSON_BY_NAME;
    if (has_system) return members.known_lists_of_objects ? KR_JSON_MACHINE_AND_LIST : KR_JSON_MACHINE;
    *member = members.known_lists ? members.known_list : members.other_list;
    size_t lists = members.known_lists ? members.known_lists : members.other_lists_of_objects;
    return lists == 0 ? KR_JSON_MACHINE : lists == 1 ? KR_JSON_LIST : KR_JSON_SEVERAL_LISTS;
}
