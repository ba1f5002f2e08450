/* A query string → parameters and cursor: the first byte chooses the route, the rest is the query. What is accepted must lie within what the table promises, and a cursor
 * that we write must be read again. */
#include <stdint.h>
#include <stdlib.h>

#include "api/cursor.h"
#include "api/routes.h"
#include "base/cleanup.h"

CLEANUP_DEFINE(arena_free, struct arena)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_values(const struct api_route *route, const struct params *params)
{
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        const struct param_spec *spec = param_spec(p);
        const struct param_value *value = &params->values[p];
        if (!(route->params & PARAM_BIT(p))) {
            check(!value->given && !slice_present(value->text));
        } else if (spec->kind == PARAM_INT && slice_present(value->text)) {
            check(value->number >= spec->least && value->number <= spec->most);
        } else if (spec->kind == PARAM_TEXT && value->given) {
            check(value->text.len >= 1 && value->text.len <= (size_t)spec->most);
        }
    }
}

static void check_round_trip(struct arena *arena, const struct params *params, struct slice query)
{
    struct store_cursor at = {true, (int64_t)query.len * 7919, -(int64_t)query.len, SLICE_NONE},
                        back;
    struct err e;
    struct slice word = cursor_write(arena, &at, params->filters);
    check(cursor_read(word, params->filters, arena, &back, &e) == RC_OK);
    check(back.key == at.key && back.row == at.row);
    check(cursor_read(word, params->filters ^ 1, arena, &back, &e) == RC_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct api_route *routes = api_routes(&count);
    CLEANUP(arena_free_p) struct arena *arena = arena_new(64u << 20);
    if (size < 1 || !arena) {
        return 0;
    }
    const struct api_route *route = &routes[data[0] % count];
    struct slice query = slice_of((const char *)data + 1, size - 1);
    struct slice raw = arena_printf(arena, "/x?%.*s", SLICE_ARG(query));
    struct target target;
    struct err e = {.rc = RC_OK};
    if (target_parse(arena, raw, &target, &e) != RC_OK) {
        return 0;
    }
    struct params params;
    struct params_fault fault;
    enum rc rc = params_parse(route->http.operation_id, route->params, target.parameters,
                              target.parameter_count, arena, &params, &fault, &e);
    if (rc == RC_OK) {
        check_values(route, &params);
        check_round_trip(arena, &params, query);
    } else {
        check(rc == RC_INVALID && e.field[0] != '\0' && e.message[0] != '\0' && fault.code);
    }
    struct store_cursor back;
    (void)cursor_read(query, params.filters, arena, &back, &e);
    return 0;
}
