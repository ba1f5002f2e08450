#include "http/suffix.h"

#include <string.h>

#include "base/config.h"

/* "quotes.csv" → "quotes" and "csv". */
static bool split(struct slice segment, struct slice *stem, struct slice *suffix)
{
    size_t dot = segment.len;
    while (dot > 0 && segment.ptr[dot - 1] != '.') {
        dot--;
    }
    if (dot < 2 || dot == segment.len) {
        return false;
    }
    *stem = slice_of(segment.ptr, dot - 1);
    *suffix = slice_of(segment.ptr + dot, segment.len - dot);
    return true;
}

static bool is_format(const struct http_request *request, struct slice suffix)
{
    const char *const *known = request->server->options.suffixes;
    for (; known && *known; known++) {
        if (slice_is(suffix, *known)) {
            return true;
        }
    }
    return false;
}

/* Whether the path, with `last` as its last segment, is one whose GET takes a suffix. */
static bool leads_to_formats(const struct http_request *request, size_t skip, struct slice last)
{
    struct target target = request->target;
    struct router_match match;
    target.segments[target.segment_count - 1] = last;
    router_match(request->server->router, "GET", &target, skip, &match);
    return match.outcome == ROUTER_FOUND && (match.route->flags & HTTP_SUFFIX);
}

void suffix_match(struct http_request *request, size_t skip)
{
    struct slice stem, suffix;
    struct target *target = &request->target;
    const struct router_match *match = &request->match;
    bool here = match->outcome == ROUTER_FOUND && (match->route->flags & HTTP_SUFFIX);
    if (target->segment_count <= skip || !(here || match->outcome == ROUTER_NO_PATH) ||
        !split(target->segments[target->segment_count - 1], &stem, &suffix) ||
        !is_format(request, suffix)) {
        return;
    }
    stem = arena_copy(request->arena, stem); /* with a NUL of its own */
    if (!slice_present(stem) || !leads_to_formats(request, skip, stem)) {
        return;
    }
    target->segments[target->segment_count - 1] = stem;
    request->suffix = suffix;
    router_match(request->server->router, request->method, target, skip, &request->match);
}

bool suffix_guess(struct http_request *request, size_t skip, const char **nearest)
{
    struct slice stem, suffix;
    const struct target *target = &request->target;
    const char *const *known = request->server->options.suffixes;
    if (!known || target->segment_count <= skip ||
        !split(target->segments[target->segment_count - 1], &stem, &suffix) ||
        !leads_to_formats(request, skip, stem)) {
        return false;
    }
    size_t count = 0;
    while (known[count]) {
        count++;
    }
    *nearest = config_nearest(suffix.ptr, known, count);
    return true;
}
