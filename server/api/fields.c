#include "api/fields.h"

#include <jansson.h>

#include "base/cleanup.h"
#include "base/config.h"
#include "http/negotiate.h"

CLEANUP_DEFINE(json_decref, json_t)

static enum rc read_text(struct call *call, const struct field_text *field, const json_t *value,
                         struct slice *out, struct err *e)
{
    if (!json_is_string(value)) {
        return err_field(e, RC_INVALID, field->name, "'%s' must be %s", field->name,
                         field->most_items ? "a list of texts" : "a text");
    }
    struct slice text = slice_trim(slice_of(json_string_value(value), json_string_length(value)));
    if (text.len == 0 || text.len > field->most_bytes) {
        return err_field(e, RC_INVALID, field->name, "'%s' must have 1 to %zu bytes", field->name,
                         field->most_bytes);
    }
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127) {
            return err_field(e, RC_INVALID, field->name, "'%s' has a control character",
                             field->name);
        }
    }
    *out = arena_copy(call->arena, text);
    return slice_present(*out) ? RC_OK : err_nomem(e);
}

static enum rc read_list(struct call *call, struct field_text *field, const json_t *value,
                         struct err *e)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count == 0 || count > field->most_items) {
        return err_field(e, RC_INVALID, field->name, "'%s' must be a list of 1 to %zu texts",
                         field->name, field->most_items);
    }
    field->items = ARENA_ARRAY(call->arena, struct slice, count);
    enum rc rc = field->items ? RC_OK : err_nomem(e);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        rc = read_text(call, field, json_array_get(value, i), &field->items[i], e);
    }
    field->item_count = count;
    return rc;
}

static enum rc refuse_unknown(struct call *call, const struct field_text *fields, size_t count,
                              const char *name, struct err *e)
{
    const char *names[16];
    struct buf known;
    buf_init(&known);
    for (size_t i = 0; i < count && i < sizeof names / sizeof names[0]; i++) {
        names[i] = fields[i].name;
        buf_printf(&known, "%s%s", i ? ", " : "", fields[i].name);
    }
    const char *nearest = config_nearest(name, names, count);
    reply_problem(call->reply, "invalid", nearest);
    enum rc rc = err_field(e, RC_INVALID, name, "this takes no '%.60s'; it takes: %.*s", name,
                           SLICE_ARG(buf_view(&known)));
    buf_done(&known);
    return rc;
}

static enum rc read_object(struct call *call, json_t *object, struct field_text *fields,
                           size_t count, struct err *e)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        size_t i = 0;
        while (i < count && strcmp(fields[i].name, name) != 0) {
            i++;
        }
        if (i == count) {
            return refuse_unknown(call, fields, count, name, e);
        }
        if (json_is_null(value)) {
            continue;
        }
        fields[i].given = true;
        enum rc rc = fields[i].most_items ? read_list(call, &fields[i], value, e)
                                          : read_text(call, &fields[i], value, &fields[i].text, e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

enum rc fields_object(struct call *call, const char *example, json_t **object, struct err *e)
{
    struct slice type = request_content_type(call->request), body = request_body(call->request);
    if (!slice_is(type, "application/json") && !slice_is(type, "application/merge-patch+json")) {
        return err_field(e, RC_UNSUPPORTED, "Content-Type",
                         "send the change as application/json: {\"%s\": …}", example);
    }
    json_error_t fault;
    *object = json_loadb(body.len ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES, &fault);
    if (!*object) {
        return json_error_code(&fault) == json_error_out_of_memory
                   ? err_nomem(e)
                   : err_set(e, RC_INVALID, "the body is no JSON object: %s", fault.text);
    }
    return json_is_object(*object)
               ? RC_OK
               : err_set(e, RC_INVALID, "the body must be a JSON object: {\"%s\": …}", example);
}

enum rc fields_read(struct call *call, struct field_text *fields, size_t count, struct err *e)
{
    CLEANUP(json_decref_p)
    json_t *object = NULL;
    enum rc rc = fields_object(call, fields[0].name, &object, e);
    return rc == RC_OK ? read_object(call, object, fields, count, e) : rc;
}
