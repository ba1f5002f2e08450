#include "api/quote_changes.h"

#include <jansson.h>
#include <stdio.h>

#include "api/fields.h"
#include "api/quotes.h"
#include "base/cleanup.h"
#include "base/config.h"
#include "store/corrections.h"
#include "text/digest.h"

enum { NAME_MOST = 512, NOTE_MOST = 1000, SPANS_MOST = 64 };

CLEANUP_DEFINE(json_decref, json_t)

/* Each reads one member of the body into the change. */
typedef enum rc read_member(struct call *call, const json_t *value,
                            struct store_quote_change *change, struct err *e);

static struct slice text_of(struct call *call, const json_t *value)
{
    return arena_copy(call->arena,
                      slice_trim(slice_of(json_string_value(value), json_string_length(value))));
}

static enum rc read_speaker(struct call *call, const json_t *value,
                            struct store_quote_change *change, struct err *e)
{
    change->has_speaker = true;
    change->nobody = json_is_null(value);
    if (change->nobody) {
        return RC_OK;
    }
    if (!json_is_string(value) || json_string_length(value) > NAME_MOST) {
        return err_field(e, RC_INVALID, "speaker",
                         "speaker is an entity's id, slug, name or alias, or null for nobody");
    }
    struct slice name = text_of(call, value);
    enum rc rc = slice_present(name) ? call_entity(call, "speaker", name, &change->speaker, e)
                                     : err_nomem(e);
    if (rc == RC_NOT_FOUND || rc == RC_GONE) {
        return err_field(e, RC_INVALID, "speaker", "no entity is known as '%.*s'",
                         (int)(name.len < 100 ? name.len : 100), name.ptr);
    }
    return rc;
}

static enum rc read_type(struct call *call, const json_t *value, struct store_quote_change *change,
                         struct err *e)
{
    (void)call;
    struct slice text = slice_of(json_string_value(value), json_string_length(value));
    change->has_type = json_is_string(value) && quote_type_parse(text, &change->type);
    return change->has_type ? RC_OK
                            : err_field(e, RC_INVALID, "type", "type is direct, indirect or mixed");
}

static bool read_offset(const json_t *value, uint32_t *out)
{
    json_int_t number = json_integer_value(value);
    *out = (uint32_t)number;
    return json_is_integer(value) && number >= 0 && number <= UINT32_MAX;
}

static enum rc read_span(const json_t *value, size_t index, struct store_chosen_span *out,
                         struct err *e)
{
    const json_t *verbatim = json_object_get(value, "verbatim");
    char field[32];
    snprintf(field, sizeof field, "spans/%zu", index);
    bool good =
        json_is_object(value) && read_offset(json_object_get(value, "start"), &out->start_cp) &&
        read_offset(json_object_get(value, "end"), &out->end_cp) &&
        (!verbatim || json_is_boolean(verbatim)) && json_object_size(value) == (verbatim ? 3 : 2);
    out->verbatim = !verbatim || json_is_true(verbatim);
    return good ? RC_OK
                : err_field(e, RC_INVALID, field,
                            "a span is {\"start\":…,\"end\":…,\"verbatim\":true} in code points of "
                            "the article's text");
}

static enum rc read_spans(struct call *call, const json_t *value, struct store_quote_change *change,
                          struct err *e)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count == 0 || count > SPANS_MOST) {
        return err_field(e, RC_INVALID, "spans", "spans is a list of 1 to %d spans", SPANS_MOST);
    }
    struct store_chosen_span *spans = ARENA_ARRAY(call->arena, struct store_chosen_span, count);
    enum rc rc = spans ? RC_OK : err_nomem(e);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        rc = read_span(json_array_get(value, i), i, &spans[i], e);
    }
    change->spans = spans;
    change->span_count = count;
    return rc;
}

static enum rc read_reject(struct call *call, const json_t *value,
                           struct store_quote_change *change, struct err *e)
{
    (void)call;
    change->reject = json_is_true(value);
    return json_is_boolean(value) ? RC_OK
                                  : err_field(e, RC_INVALID, "reject", "reject is true or false");
}

static enum rc read_note(struct call *call, const json_t *value, struct store_quote_change *change,
                         struct err *e)
{
    if (json_is_null(value)) {
        return RC_OK;
    }
    if (!json_is_string(value) || json_string_length(value) > NOTE_MOST) {
        return err_field(e, RC_INVALID, "note", "note is a text of at most %d bytes", NOTE_MOST);
    }
    change->note = text_of(call, value);
    return slice_present(change->note) ? RC_OK : err_nomem(e);
}

static const struct {
    const char *name;
    read_member *read;
} members[] = {{"speaker", read_speaker},
               {"type", read_type},
               {"spans", read_spans},
               {"reject", read_reject},
               {"note", read_note}};
enum { MEMBERS = sizeof members / sizeof members[0] };

static enum rc refuse_member(struct call *call, const char *name, struct err *e)
{
    const char *names[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++) {
        names[i] = members[i].name;
    }
    reply_problem(call->reply, "invalid", config_nearest(name, names, MEMBERS));
    return err_field(e, RC_INVALID, name,
                     "this takes no '%.60s'; it takes: speaker, type, spans, reject, note", name);
}

static enum rc read_object(struct call *call, json_t *object, struct store_quote_change *change,
                           struct err *e)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        size_t i = 0;
        while (i < MEMBERS && strcmp(members[i].name, name) != 0) {
            i++;
        }
        enum rc rc =
            i < MEMBERS ? members[i].read(call, value, change, e) : refuse_member(call, name, e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    bool changes = change->has_speaker || change->has_type || change->spans;
    if (change->reject && changes) {
        return err_field(e, RC_INVALID, "reject", "what is no quote has nothing else to change");
    }
    return change->reject || changes
               ? RC_OK
               : err_field(e, RC_INVALID, "speaker",
                           "say what changes: speaker, type, spans or reject");
}

static enum rc read_body(struct call *call, struct store_quote_change *change, struct err *e)
{
    CLEANUP(json_decref_p)
    json_t *object = NULL;
    enum rc rc = fields_object(call, "speaker", &object, e);
    return rc == RC_OK ? read_object(call, object, change, e) : rc;
}

/* The quote's state is what its ETag begins with: W/"<13 characters>.…". */
static enum rc read_if_match(struct call *call, struct store_quote_change *change, struct err *e)
{
    struct slice rest = slice_trim(request_header(call->request, "If-Match"));
    if (!slice_present(rest) || slice_is(rest, "*")) {
        return RC_OK;
    }
    if (slice_starts(rest, SLICE("W/"))) {
        rest = slice_of(rest.ptr + 2, rest.len - 2);
    }
    change->has_state = rest.len > DIGEST_ID_CHARS + 2 && rest.ptr[0] == '"' &&
                        rest.ptr[DIGEST_ID_CHARS + 1] == '.' && rest.ptr[rest.len - 1] == '"' &&
                        digest_parse_id(slice_of(rest.ptr + 1, DIGEST_ID_CHARS), &change->state);
    if (!change->has_state) {
        reply_problem(call->reply, "precondition_failed", NULL);
        return err_field(e, RC_CONFLICT, "If-Match", "If-Match takes the ETag of GET /quotes/{id}");
    }
    return RC_OK;
}

static enum rc write_done(struct call *call, const struct store_quote_change *change,
                          const int64_t *numbers, size_t count, struct err *e)
{
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "corrections");
    jsonw_array(&w);
    for (size_t i = 0; i < count; i++) {
        jsonw_int(&w, numbers[i]);
    }
    jsonw_end(&w);
    jsonw_key(&w, "quote");
    enum rc rc = RC_OK;
    if (change->reject) {
        jsonw_null(&w);
    } else {
        call_reads_anew(call);
        rc = quotes_write(call, &w, change->quote, e);
    }
    if (rc == RC_OK) { /* else the object stands open, and nobody sees it */
        jsonw_end(&w);
    }
    return rc;
}

enum rc quote_changes_patch(struct call *call, struct err *e)
{
    struct store_quote_change change = {.author = request_caller(call->request),
                                        .request = slice_cstr(request_id(call->request))};
    int64_t numbers[STORE_CHANGES_MOST];
    size_t count = 0;
    enum rc rc = call_path_id(call, "quote", &change.quote, e);
    rc = rc == RC_OK ? read_if_match(call, &change, e) : rc;
    rc = rc == RC_OK ? read_body(call, &change, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    /* Waits for the commit: corrections are rare, and this runs on a worker. */
    rc = store_change_quote(call_store(call), &change, numbers, &count, e);
    if (rc == RC_CONFLICT && change.has_state) {
        reply_problem(call->reply, "precondition_failed", NULL);
    }
    return rc == RC_OK ? write_done(call, &change, numbers, count, e) : rc;
}
