#include "api/project.h"

#include <stdio.h>

#include "api/resources.h"

enum { DEPTH_MOST = 8 };

static enum rc refuse(struct call *call, struct slice path, struct slice wrong, const char *nearest,
                      struct slice known, struct err *e)
{
    reply_problem(call->reply, "invalid", nearest);
    int shown = (int)(path.len < 60 ? path.len : 60);
    if (known.len == 0) {
        return err_field(
            e, RC_INVALID, "fields", "'%.*s': nothing is below '%.*s'", shown, path.ptr,
            (int)(path.len > wrong.len ? (size_t)(wrong.ptr - path.ptr) - 1 : 0), path.ptr);
    }
    return err_field(e, RC_INVALID, "fields", "there is no field '%.*s'%s%s; there are: %.*s",
                     shown, path.ptr, nearest ? "; did you mean " : "", nearest ? nearest : "",
                     SLICE_ARG(known));
}

/* Where words of a search stand: to ask for them is to ask that they be looked for. */
static enum rc ask_highlights(struct call *call, struct slice path, struct err *e)
{
    struct slice rest = path, first = slice_cut(&rest, '.');
    if (!slice_is(first, "highlights") && !slice_is(first, "snippet")) {
        return RC_OK;
    }
    const struct param_value *highlight = call_param(call, P_HIGHLIGHT);
    if (!call_param(call, P_Q)->given) {
        return err_field(e, RC_INVALID, "fields",
                         "'%.*s' says where the words of a search stand: it needs a list and q=",
                         SLICE_ARG(first));
    }
    if (highlight->given && !highlight->number) {
        return err_field(e, RC_INVALID, "fields", "highlight=false leaves no '%.*s' to show",
                         SLICE_ARG(first));
    }
    call->params.values[P_HIGHLIGHT].number = 1;
    return RC_OK;
}

enum rc project_parse(struct call *call, const struct resource *resource, struct slice text,
                      struct field_paths *out, struct err *e)
{
    struct slice rest = text;
    out->count = 0;
    while (slice_present(rest)) {
        struct slice path = slice_trim(slice_cut(&rest, ',')), wrong, known;
        const char *nearest = NULL;
        if (out->count == FIELDS_MOST) {
            return err_field(e, RC_INVALID, "fields", "at most %d fields", FIELDS_MOST);
        }
        if (!resource_has_field(resource, path, call->arena, &wrong, &nearest, &known)) {
            return refuse(call, path, wrong, nearest, known, e);
        }
        enum rc rc = ask_highlights(call, path, e);
        if (rc != RC_OK) {
            return rc;
        }
        out->paths[out->count++] = path;
    }
    return RC_OK;
}

static void write(struct jsonw *w, struct slice value, const struct slice *rests, size_t count,
                  int depth);

/* The paths that begin with `key`, without it. *whole: one of them ends here. */
static size_t below(struct slice key, const struct slice *rests, size_t count, struct slice *out,
                    bool *whole)
{
    size_t found = 0;
    *whole = false;
    for (size_t i = 0; i < count; i++) {
        struct slice rest = rests[i];
        if (slice_equal(slice_cut(&rest, '.'), key)) {
            *whole = *whole || !slice_present(rest);
            out[found++] = rest;
        }
    }
    return found;
}

static void write_members(struct jsonw *w, struct slice value, const struct slice *rests,
                          size_t count, int depth)
{
    struct jsonr r = jsonr_open(value);
    struct slice key, member, left[FIELDS_MOST];
    jsonw_object(w);
    while (jsonr_member(&r, &key, &member)) {
        bool whole;
        size_t found = below(key, rests, count, left, &whole);
        char name[64];
        if (found == 0 || key.len >= sizeof name) {
            continue;
        }
        memcpy(name, key.ptr, key.len);
        name[key.len] = '\0';
        jsonw_key(w, name);
        if (whole) {
            jsonw_raw(w, member);
        } else {
            write(w, member, left, found, depth - 1);
        }
    }
    jsonw_end(w);
}

static void write(struct jsonw *w, struct slice value, const struct slice *rests, size_t count,
                  int depth)
{
    enum jsonr_kind kind = depth > 0 ? jsonr_kind(value) : JSONR_NONE;
    if (kind == JSONR_OBJECT) {
        write_members(w, value, rests, count, depth);
    } else if (kind == JSONR_ARRAY) {
        struct jsonr r = jsonr_open(value);
        struct slice item;
        jsonw_array(w);
        while (jsonr_item(&r, &item)) {
            write(w, item, rests, count, depth - 1);
        }
        jsonw_end(w);
    } else {
        jsonw_raw(w, value);
    }
}

void project_write(struct jsonw *w, struct slice value, const struct field_paths *fields)
{
    if (fields->count == 0) {
        jsonw_raw(w, value);
    } else {
        write(w, value, fields->paths, fields->count, DEPTH_MOST);
    }
}
