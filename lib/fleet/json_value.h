/* The text of one JSON value, as a tree of jansson and as bytes. The text has gone through json_split.h: its syntax is sound. Knows nothing of machines. */
#ifndef KR_JSON_VALUE_H
#define KR_JSON_VALUE_H

#include "fleet/reader.h"

#include <jansson.h>

enum kr_json_parsing { KR_JSON_PARSED, KR_JSON_KEY_TWICE, KR_JSON_KEY_WITH_NUL, KR_JSON_NO_MEMORY };

/* The tree, to be given back with json_decref(); or where the bad key begins (in *offset) and what it is without its quotes.
 * `longest_token`: bytes of the longest string or number in the text. */
enum kr_json_parsing kr_json_value_parse(struct kr_text text, size_t longest_token, json_t **root, size_t *offset, struct kr_text *key);

/* Numbers that jansson would refuse (beyond 64 bits, beyond double) become numbers with a point or exponent, in as many bytes. Twice does no more than once. */
void kr_json_value_tame_numbers(char *data, size_t size);

/* Offset of the value of member number `member` (from 0) of the object at `object`. */
size_t kr_json_value_find(struct kr_text text, size_t object, size_t member);

#endif
