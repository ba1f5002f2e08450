/* Which fields an object can have: what its schema says, the same file that clients read. */
#include <string.h>

#include "api/assets.h"
#include "api/resources.h"
#include "base/buf.h"
#include "base/config.h"
#include "base/jsonr.h"

enum { DEPTH_MOST = 12, NAMES_MOST = 128 };

struct names {
    const char *names[NAMES_MOST];
    size_t count;
    struct arena *arena;
};

/* A place in a schema, and the file that its references start from. */
struct place {
    struct slice node, file;
};

static struct slice asset_of(struct slice path)
{
    for (size_t i = 0; i < asset_count; i++) {
        if (slice_is(path, assets[i].path)) {
            return slice_of(assets[i].start, (size_t)(assets[i].end - assets[i].start));
        }
    }
    return SLICE_NONE;
}

static struct slice trimmed(struct slice file)
{
    return slice_trim(file);
}

/* "#/$defs/id", "quote.schema.json", "common.schema.json#/$defs/id" */
static struct place follow(struct place at, struct slice reference, struct arena *arena)
{
    struct slice rest = reference, name = slice_cut(&rest, '#');
    struct place to = at;
    if (name.len > 0) {
        to.file = trimmed(asset_of(arena_printf(arena, "schema/%.*s", SLICE_ARG(name))));
    }
    to.node = to.file;
    while (slice_present(rest)) {
        struct slice step = slice_cut(&rest, '/');
        if (step.len > 0) {
            struct slice key = arena_copy(arena, step);
            to.node = slice_present(key) ? jsonr_get(to.node, key.ptr) : SLICE_NONE;
        }
    }
    return to;
}

static void note(struct names *names, struct slice name)
{
    struct slice copy = arena_copy(names->arena, name);
    for (size_t i = 0; i < names->count; i++) {
        if (slice_is(name, names->names[i])) {
            return;
        }
    }
    if (slice_present(copy) && names->count < NAMES_MOST) {
        names->names[names->count++] = copy.ptr;
    }
}

/* Finds a property wherever the place leads: references, items, alternatives. */
static bool find(struct place at, struct slice name, struct names *names, int depth,
                 struct place *out)
{
    static const char *const alternatives[] = {"oneOf", "anyOf", "allOf"};
    if (depth == 0 || jsonr_kind(at.node) != JSONR_OBJECT) {
        return false;
    }
    struct slice reference = jsonr_get_string(at.node, "$ref", names->arena), key, value;
    if (slice_present(reference) &&
        find(follow(at, reference, names->arena), name, names, depth - 1, out)) {
        return true;
    }
    struct jsonr r = jsonr_open(jsonr_get(at.node, "properties"));
    while (jsonr_member(&r, &key, &value)) {
        if (slice_equal(key, name)) {
            *out = (struct place){value, at.file};
            return true;
        }
        note(names, key);
    }
    struct place items = {jsonr_get(at.node, "items"), at.file};
    if (find(items, name, names, depth - 1, out)) {
        return true;
    }
    for (size_t i = 0; i < sizeof alternatives / sizeof alternatives[0]; i++) {
        r = jsonr_open(jsonr_get(at.node, alternatives[i]));
        while (jsonr_item(&r, &value)) {
            if (find((struct place){value, at.file}, name, names, depth - 1, out)) {
                return true;
            }
        }
    }
    return false;
}

static struct slice join(struct names *names)
{
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < names->count; i++) {
        buf_printf(&out, "%s%s", i ? ", " : "", names->names[i]);
    }
    struct slice text = out.failed ? SLICE_NONE : arena_copy(names->arena, buf_view(&out));
    buf_done(&out);
    return slice_present(text) ? text : SLICE("");
}

bool resource_has_field(const struct resource *resource, struct slice path, struct arena *arena,
                        struct slice *wrong, const char **nearest, struct slice *known)
{
    struct place at = {SLICE_NONE, trimmed(asset_of(slice_cstr(resource->schema)))};
    at.node = resource->schema_path ? jsonr_get(at.file, resource->schema_path) : at.file;
    struct slice rest = path;
    while (slice_present(rest)) {
        struct names names = {.arena = arena};
        struct slice name = slice_cut(&rest, '.');
        if (!find(at, name, &names, DEPTH_MOST, &at)) {
            struct slice copy = arena_copy(arena, name);
            *wrong = name;
            *nearest =
                slice_present(copy) ? config_nearest(copy.ptr, names.names, names.count) : NULL;
            *known = join(&names);
            return false;
        }
    }
    return true;
}
