#include "api/param_lists.h"

#include "store/filter.h"

struct cutting {
    struct slice rest;
    struct arena *arena;
    const char *name;
};

static enum rc refuse_quotes(const char *name, struct err *e)
{
    return err_field(e, RC_INVALID, name,
                     "%s: a value in double quotes ends with one, and a comma follows or nothing; "
                     "within it \"\" is a quote",
                     name);
}

static void skip(struct cutting *c, size_t count)
{
    c->rest = slice_of(c->rest.ptr + count, c->rest.len - count);
}

/* What stands between double quotes; the rest begins with what follows. */
static enum rc cut_quoted(struct cutting *c, struct slice *out, struct err *e)
{
    char *text = arena_alloc(c->arena, c->rest.len);
    size_t len = 0, at = 1;
    if (text == NULL) {
        return err_nomem(e);
    }
    for (; at < c->rest.len; at++) {
        if (c->rest.ptr[at] == '"') {
            bool twice = at + 1 < c->rest.len && c->rest.ptr[at + 1] == '"';
            if (!twice) {
                break;
            }
            at++;
        }
        text[len++] = c->rest.ptr[at];
    }
    if (at >= c->rest.len) {
        return refuse_quotes(c->name, e);
    }
    skip(c, at + 1);
    *out = slice_of(text, len);
    return RC_OK;
}

static enum rc cut_one(struct cutting *c, struct slice *out, struct err *e)
{
    c->rest = slice_trim(c->rest);
    if (c->rest.len > 0 && c->rest.ptr[0] == '"') {
        enum rc rc = cut_quoted(c, out, e);
        c->rest = slice_trim(c->rest);
        bool ends = rc == RC_OK && (c->rest.len == 0 || c->rest.ptr[0] == ',');
        return rc != RC_OK ? rc : ends ? RC_OK : refuse_quotes(c->name, e);
    }
    size_t comma = slice_find(c->rest, SLICE(","), 0);
    size_t len = comma == SIZE_MAX ? c->rest.len : comma;
    *out = slice_trim(slice_of(c->rest.ptr, len));
    skip(c, len);
    return RC_OK;
}

enum rc param_lists_cut(const char *name, struct slice text, struct arena *arena,
                        struct param_clause *out, struct err *e)
{
    struct {
        struct slice *items;
        size_t count, capacity;
    } values = {0};
    struct cutting c = {slice_trim(text), arena, name};
    bool negated = c.rest.len > 0 && c.rest.ptr[0] == '-';
    if (negated) {
        skip(&c, 1);
    }
    for (;;) {
        struct slice value;
        enum rc rc = cut_one(&c, &value, e);
        if (rc != RC_OK) {
            return rc;
        }
        struct slice *slot = ARENA_PUSH(arena, &values);
        if (slot == NULL) {
            return err_nomem(e);
        }
        *slot = value;
        if (slice_trim(value).len == 0) {
            return err_field(
                e, RC_INVALID, name,
                "%s has an empty value: a comma stands between two, and a minus before "
                "one; double quotes make both ordinary",
                name);
        }
        if (values.count > STORE_VALUES_MOST) {
            return err_field(e, RC_INVALID, name, "%s takes at most %d values", name,
                             STORE_VALUES_MOST);
        }
        if (c.rest.len == 0) {
            break;
        }
        skip(&c, 1);
    }
    out->raw = text;
    out->negated = negated;
    out->values = values.items;
    out->count = values.count;
    return RC_OK;
}
