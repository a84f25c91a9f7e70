/* What an object at the top of an inventory is: the rules stand in json_rows.h. */
#ifndef KR_JSON_SHAPE_H
#define KR_JSON_SHAPE_H

#include "fleet/json_value.h"

enum kr_json_shape { KR_JSON_MACHINE, KR_JSON_BY_NAME, KR_JSON_LIST, KR_JSON_MACHINE_AND_LIST, KR_JSON_SEVERAL_LISTS };

/* `has_system`: it says, outside of lists, which Windows it is. *member: number of the member that is the list. */
enum kr_json_shape kr_json_shape_of(json_t *object, bool has_system, size_t *member);

#endif
