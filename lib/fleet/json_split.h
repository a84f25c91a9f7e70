/* Strict JSON (RFC 8259), byte by byte: in come pieces of text cut anywhere, out come the places where keys and values begin and end, or the first fault with its
 * place. Allocates nothing, calls itself never; several JSON texts may follow each other.
 *
 *   { "machines" : [ { … } , { … } ] }        level 0: the object, 1: its keys and members, 2: the two machines */
#ifndef KR_JSON_SPLIT_H
#define KR_JSON_SPLIT_H

#include "fleet/reader.h"

#define KR_JSON_NUMBER_LIMIT 64 /* digits */

struct kr_json_place {
    uint64_t line, column;
};

enum kr_json_event {
    KR_JSON_MORE,  /* all was looked at */
    KR_JSON_KEY,   /* the opening quote of a key was taken */
    KR_JSON_VALUE, /* the first byte of a value was taken, which is `first` */
    KR_JSON_END,   /* the last byte of a value was taken */
    KR_JSON_FAULT  /* `fault` says why; there is no going on */
};

/* Where the text could be cut: behind a bracket, which left `depth` of them open. */
struct kr_json_cut {
    uint64_t offset, objects;
    uint32_t depth;
};

struct kr_json_split {
    uint32_t watch; /* keys and values of higher levels are passed over; may be changed at any time */
    /* Of the last event. */
    uint32_t level;
    char first;
    struct kr_json_place place;
    /* Of all that was looked at since the owner last set them to zero. */
    size_t longest_token;
    bool has_odd_number; /* one that has an exponent or may need more than 64 bits */
    struct kr_json_cut cut;
    struct kr_read_fault fault;
    /* Private. */
    uint64_t offset, line, line_start, return_end;
    uint64_t objects; /* bit n: the bracket number n that is open is a { */
    uint32_t depth;
    int state, number_state, digit_count, letter_count;
    bool is_key, is_taken, wants_low;
    uint32_t unit;
    struct kr_json_place comma, token;
    uint64_t token_offset, escape_offset;
    char word[16];
};

void kr_json_split_start(struct kr_json_split *split);
/* Looks at the text up to the next event; *used: bytes that were taken. */
enum kr_json_event kr_json_split_scan(struct kr_json_split *split, struct kr_text text, size_t *used);
/* No text follows: false, with a fault, when that is in the middle of something. */
bool kr_json_split_finish(struct kr_json_split *split);
/* The byte that is looked at next. */
struct kr_json_place kr_json_split_place(const struct kr_json_split *split);

#endif
