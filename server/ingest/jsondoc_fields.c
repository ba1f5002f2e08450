#include <stdio.h>

#include "base/config.h"
#include "ingest/jsondoc.h"
#include "ingest/metadata.h"
#include "text/utf8.h"

#define WARNINGS_MOST 100

enum field_shape {
    SHAPE_META,
    SHAPE_ID,
    SHAPE_MOMENT,
    SHAPE_LIST,
    SHAPE_TEXT,
    SHAPE_BLOCKS,
    SHAPE_ORIGINS,
    SHAPE_CANONICAL
};

static const struct shape {
    const char *name;
    enum field_shape shape;
    int target; /* enum metadata_field for SHAPE_META */
} shapes[] = {
    {"text", SHAPE_TEXT, 0},
    {"blocks", SHAPE_BLOCKS, 0},
    {"title", SHAPE_META, METADATA_TITLE},
    {"standfirst", SHAPE_META, METADATA_STANDFIRST},
    {"url", SHAPE_META, METADATA_URL},
    {"canonical_url", SHAPE_CANONICAL, 0},
    {"external_id", SHAPE_ID, 1},
    {"id", SHAPE_ID, 0},
    {"source", SHAPE_META, METADATA_SOURCE},
    {"section", SHAPE_META, METADATA_SECTION},
    {"image", SHAPE_META, METADATA_IMAGE},
    {"dateline", SHAPE_META, METADATA_DATELINE},
    {"lang", SHAPE_META, METADATA_LANG},
    {"published_at", SHAPE_MOMENT, 0},
    {"modified_at", SHAPE_MOMENT, 1},
    {"bylines", SHAPE_LIST, 0},
    {"authors", SHAPE_LIST, 0},
    {"keywords", SHAPE_LIST, 1},
    {"credits", SHAPE_LIST, 2},
    {"origins", SHAPE_ORIGINS, 0},
};
#define SHAPE_COUNT (sizeof shapes / sizeof shapes[0])

enum rc jsondoc_wrong_type(const char *pointer, json_t *value, const char *wanted, struct err *e)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "a boolean",
        [JSON_FALSE] = "a boolean",  [JSON_NULL] = "null"};
    return err_field(e, RC_INVALID, pointer, "%s must be %s, not %s",
                     pointer[0] ? pointer : "the document", wanted, names[json_typeof(value)]);
}

static enum rc read_text(struct jsondoc *j, json_t *value, const char *pointer, struct err *e)
{
    if (!json_is_string(value)) {
        return jsondoc_wrong_type(pointer, value, "a string", e);
    }
    struct slice text = jsondoc_slice(value);
    if (text.len > DOCUMENT_TEXT_MOST) {
        return err_field(e, RC_TOO_LARGE, pointer, "the text is longer than %u bytes",
                         DOCUMENT_TEXT_MOST);
    }
    j->document->text = arena_copy(j->arena, text);
    j->has_text = true;
    return slice_present(j->document->text) ? RC_OK : err_nomem(e);
}

/* A submitted id is a string; numbers are common in dumps and taken as their digits. */
static enum rc read_id(struct jsondoc *j, json_t *value, bool wins, const char *pointer,
                       struct err *e)
{
    char digits[24];
    struct slice id;
    if (json_is_string(value)) {
        id = jsondoc_slice(value);
    } else if (json_is_integer(value)) {
        int len =
            snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        id = slice_of(digits, (size_t)len);
    } else {
        return jsondoc_wrong_type(pointer, value, "a string", e);
    }
    if (!wins && slice_present(j->document->external_id.text)) {
        return RC_OK;
    }
    return metadata_set(j->document, METADATA_EXTERNAL_ID, id, ORIGIN_SUBMITTED, pointer, j->arena,
                        e);
}

static enum rc read_list(struct jsondoc *j, json_t *value, int target, const char *pointer,
                         struct err *e)
{
    struct document *d = j->document;
    struct {
        struct slice **items;
        size_t *count;
    } lists[] = {{&d->bylines, &d->byline_count},
                 {&d->keywords, &d->keyword_count},
                 {&d->credits, &d->credit_count}};
    struct slice **items = lists[target].items;
    size_t *count = lists[target].count;
    if (json_is_string(value)) {
        return metadata_list(items, count, jsondoc_slice(value), pointer, j->arena, e);
    }
    if (!json_is_array(value)) {
        return jsondoc_wrong_type(pointer, value, "an array of strings", e);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        char at[96];
        json_t *item = json_array_get(value, i);
        snprintf(at, sizeof at, "%s/%zu", pointer, i);
        if (!json_is_string(item)) {
            return jsondoc_wrong_type(at, item, "a string", e);
        }
        enum rc rc = metadata_list(items, count, jsondoc_slice(item), at, j->arena, e);
        if (rc) {
            return rc;
        }
    }
    return RC_OK;
}

static enum rc read_canonical(struct jsondoc *j, json_t *value, const char *pointer, struct err *e)
{
    struct slice canonical = SLICE_NONE;
    if (!json_is_string(value)) {
        return jsondoc_wrong_type(pointer, value, "a string", e);
    }
    enum rc rc = identity_canonical_url(jsondoc_slice(value), j->arena, &canonical, e);
    if (rc) {
        if (e) {
            snprintf(e->field, sizeof e->field, "%s", pointer);
        }
        return rc;
    }
    j->document->canonical_url = (struct field){canonical, ORIGIN_SUBMITTED};
    return RC_OK;
}

static enum rc read_moment(struct jsondoc *j, json_t *value, bool modified, const char *pointer,
                           struct err *e)
{
    if (!json_is_string(value)) {
        return jsondoc_wrong_type(pointer, value, "a string", e);
    }
    return metadata_moment(modified ? &j->document->modified : &j->document->published,
                           jsondoc_slice(value), ORIGIN_SUBMITTED, pointer, e);
}

static enum rc read_shape(struct jsondoc *j, const struct shape *shape, json_t *value,
                          struct err *e)
{
    char pointer[64];
    snprintf(pointer, sizeof pointer, "/%s", shape->name);
    switch (shape->shape) {
    case SHAPE_TEXT:
        return read_text(j, value, pointer, e);
    case SHAPE_ID:
        return read_id(j, value, shape->target != 0, pointer, e);
    case SHAPE_MOMENT:
        return read_moment(j, value, shape->target != 0, pointer, e);
    case SHAPE_LIST:
        return read_list(j, value, (int)shape->target, pointer, e);
    case SHAPE_CANONICAL:
        return read_canonical(j, value, pointer, e);
    case SHAPE_BLOCKS:
        j->blocks = json_array_size(value) > 0 ? value : NULL;
        return json_is_array(value) ? RC_OK : jsondoc_wrong_type(pointer, value, "an array", e);
    case SHAPE_ORIGINS:
        j->origins = value;
        return json_is_object(value) ? RC_OK : jsondoc_wrong_type(pointer, value, "an object", e);
    case SHAPE_META:
        break;
    }
    if (!json_is_string(value)) {
        return jsondoc_wrong_type(pointer, value, "a string", e);
    }
    return metadata_set(j->document, (enum metadata_field)shape->target, jsondoc_slice(value),
                        ORIGIN_SUBMITTED, pointer, j->arena, e);
}

/* RFC 6901: '~' and '/' in a key are escaped. */
static struct slice pointer_to(struct arena *arena, const char *key)
{
    struct slice s = slice_cstr(key);
    size_t most = s.len < 60 ? s.len : 60;
    while (most > 0 && most < s.len && ((unsigned char)s.ptr[most] & 0xC0) == 0x80) {
        most--;
    }
    char *out = arena_alloc(arena, most * 2 + 2);
    if (!out) {
        return SLICE_NONE;
    }
    size_t len = 0;
    out[len++] = '/';
    for (size_t i = 0; i < most; i++) {
        bool escaped = s.ptr[i] == '~' || s.ptr[i] == '/';
        out[len++] = escaped ? '~' : s.ptr[i];
        if (escaped) {
            out[len++] = s.ptr[i] == '~' ? '0' : '1';
        }
    }
    return slice_of(out, len);
}

static enum rc warn_unknown(struct jsondoc *j, const char *key, struct err *e)
{
    const char *names[SHAPE_COUNT];
    if (j->document->warning_count >= WARNINGS_MOST) {
        return RC_OK;
    }
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        names[i] = shapes[i].name;
    }
    const char *nearest = config_nearest(key, names, SHAPE_COUNT);
    struct slice pointer = pointer_to(j->arena, key);
    struct slice detail =
        slice_present(pointer)
            ? arena_printf(j->arena, "%.*s is no field of a document: ignored%s%s%s",
                           SLICE_ARG(pointer), nearest ? " (did you mean \"" : "",
                           nearest ? nearest : "", nearest ? "\"?)" : "")
            : SLICE_NONE;
    return slice_present(detail) && metadata_warn(j->document, j->arena, "unknown_field", detail)
               ? RC_OK
               : err_nomem(e);
}

enum rc jsondoc_fields(struct jsondoc *j, json_t *object, struct err *e)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        size_t i = 0;
        while (i < SHAPE_COUNT && strcmp(shapes[i].name, key) != 0) {
            i++;
        }
        enum rc rc = RC_OK;
        if (i == SHAPE_COUNT) {
            rc = warn_unknown(j, key, e);
        } else if (!json_is_null(value)) { /* null says "not known" */
            rc = read_shape(j, &shapes[i], value, e);
        }
        if (rc) {
            return rc;
        }
    }
    return RC_OK;
}

enum rc jsondoc_origins(struct jsondoc *j, struct err *e)
{
    struct document *d = j->document;
    const struct {
        const char *name;
        enum origin *origin;
    } places[] = {
        {"title", &d->title.origin},
        {"standfirst", &d->standfirst.origin},
        {"url", &d->url.origin},
        {"canonical_url", &d->canonical_url.origin},
        {"external_id", &d->external_id.origin},
        {"source", &d->source.origin},
        {"section", &d->section.origin},
        {"image", &d->image.origin},
        {"dateline", &d->dateline.origin},
        {"lang", &d->lang.origin},
        {"published_at", &d->published.origin},
        {"modified_at", &d->modified.origin},
    };
    const char *key;
    json_t *value;
    if (!j->origins) {
        return RC_OK;
    }
    json_object_foreach(j->origins, key, value)
    {
        enum origin origin;
        struct slice name = json_is_string(value) ? jsondoc_slice(value) : SLICE("");
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            if (strcmp(places[i].name, key) == 0) {
                if (!origin_parse(name, &origin)) {
                    return err_field(e, RC_INVALID, "/origins", "no origin is called \"%.*s\"",
                                     name.len > 40 ? 40 : (int)name.len, name.ptr);
                }
                *places[i].origin = origin;
            }
        }
    }
    return RC_OK;
}
