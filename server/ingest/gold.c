#include "ingest/gold.h"

#include <stdio.h>

#include "ingest/ingest.h"
#include "ingest/jsondoc.h"
#include "text/utf8.h"

struct reading_gold {
    struct arena *arena;
    struct gold *gold;
    struct slice lang;
    size_t code_points;
    struct err *e;
};

static enum rc bad(struct reading_gold *r, const char *pointer, const char *wanted)
{
    return err_field(r->e, RC_INVALID, pointer, "%s must be %s", pointer, wanted);
}

static enum rc read_span(struct reading_gold *r, json_t *start, json_t *end, const char *pointer,
                         struct gold_span *out)
{
    json_int_t from = json_integer_value(start), to = json_integer_value(end);
    if (!json_is_integer(start) || !json_is_integer(end)) {
        return bad(r, pointer, "a span of two whole numbers");
    }
    if (from < 0 || to < from || (uint64_t)to > r->code_points) {
        return err_field(r->e, RC_INVALID, pointer,
                         "span %" JSON_INTEGER_FORMAT "…%" JSON_INTEGER_FORMAT
                         " lies outside a text of %zu code points",
                         from, to, r->code_points);
    }
    *out = (struct gold_span){(uint32_t)from, (uint32_t)to};
    return RC_OK;
}

static enum rc read_spans(struct reading_gold *r, json_t *value, const char *pointer,
                          struct gold_spans *out)
{
    if (!value || json_is_null(value)) {
        return RC_OK;
    }
    if (!json_is_array(value)) {
        return bad(r, pointer, "an array of spans");
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *pair = json_array_get(value, i);
        struct gold_span *span = ARENA_PUSH(r->arena, out);
        enum rc rc =
            span ? read_span(r, json_array_get(pair, 0), json_array_get(pair, 1), pointer, span)
                 : err_nomem(r->e);
        if (rc) {
            return rc;
        }
    }
    return RC_OK;
}

/* A string, or an array of strings; null and anything else that isn't one is no name. */
static enum rc read_names(struct reading_gold *r, json_t *value, struct gold_names *out)
{
    size_t count = json_is_string(value) ? 1 : json_array_size(value);
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_is_string(value) ? value : json_array_get(value, i);
        if (json_is_string(item) && json_string_length(item) > 0) {
            struct slice *name = ARENA_PUSH(r->arena, out);
            if (!name) {
                return err_nomem(r->e);
            }
            *name = arena_copy(r->arena, jsondoc_slice(item));
        }
    }
    return RC_OK;
}

static enum rc read_entities(struct reading_gold *r, json_t *items)
{
    struct gold *g = r->gold;
    g->entities = ARENA_ARRAY(r->arena, struct gold_entity, json_array_size(items));
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i), *type = json_object_get(item, "type");
        struct gold_entity *entity = &g->entities[g->entity_count++];
        char pointer[48];
        snprintf(pointer, sizeof pointer, "/entities/%zu", i);
        if (!json_is_string(type)) {
            return bad(r, pointer, "an object with start, end and type");
        }
        entity->type = arena_copy(r->arena, jsondoc_slice(type));
        enum rc rc = read_span(r, json_object_get(item, "start"), json_object_get(item, "end"),
                               pointer, &entity->span);
        if (rc) {
            return rc;
        }
    }
    return RC_OK;
}

static enum rc read_quote(struct reading_gold *r, json_t *item, const char *pointer,
                          struct gold_quote *quote)
{
    json_t *type = json_object_get(item, "type");
    if (!json_is_string(type) || !quote_type_parse(jsondoc_slice(type), &quote->type)) {
        return bad(r, pointer, "a quote with type direct, indirect or mixed");
    }
    enum rc rc = read_spans(r, json_object_get(item, "content"), pointer, &quote->content);
    rc = rc ? rc : read_names(r, json_object_get(item, "speaker_full"), &quote->full);
    rc = rc ? rc : read_names(r, json_object_get(item, "speaker_alt"), &quote->full);
    rc = rc ? rc : read_names(r, json_object_get(item, "speaker_text"), &quote->printed);
    return rc ? rc : read_names(r, json_object_get(item, "source_text"), &quote->printed);
}

static enum rc read_quotes(struct reading_gold *r, json_t *items)
{
    struct gold *g = r->gold;
    g->quotes = ARENA_ARRAY(r->arena, struct gold_quote, json_array_size(items));
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        char pointer[48];
        snprintf(pointer, sizeof pointer, "/quotes/%zu", i);
        enum rc rc = read_quote(r, item, pointer, &g->quotes[g->quote_count++]);
        if (rc) {
            return rc;
        }
        g->fragments |= json_object_get(item, "quoted_span") != NULL;
    }
    return RC_OK;
}

/* The text goes the way of every submitted document, so that what is scored is what users get. */
static enum rc read_document(struct reading_gold *r, json_t *object)
{
    struct gold *g = r->gold;
    static const char *const members[] = {"id", "text", "lang"};
    json_t *plain = json_object();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_object_set(plain, members[i], json_object_get(object, members[i]));
    }
    if (!json_is_string(json_object_get(plain, "lang"))) {
        json_object_set_new(plain, "lang", json_stringn(r->lang.ptr, r->lang.len));
    }
    struct ingest_hints none = {.archive = NULL};
    g->document = ARENA_NEW(r->arena, struct document);
    enum rc rc = plain && g->document ? jsondoc_read(plain, &none, r->arena, g->document, r->e)
                                      : err_nomem(r->e);
    json_decref(plain);
    g->id = rc ? SLICE_NONE : g->document->external_id.text;
    return rc;
}

static enum rc read_object(struct reading_gold *r, json_t *object)
{
    enum rc rc = read_document(r, object);
    if (rc) {
        return rc;
    }
    r->code_points = utf8_count(r->gold->document->text);
    r->gold->fragments = json_object_get(object, "not_quotes") != NULL;
    rc = read_entities(r, json_object_get(object, "entities"));
    rc = rc ? rc : read_quotes(r, json_object_get(object, "quotes"));
    rc = rc ? rc
            : read_spans(r, json_object_get(object, "not_quotes"), "/not_quotes",
                         &r->gold->not_quotes);
    return rc ? rc : read_spans(r, json_object_get(object, "ignore"), "/ignore", &r->gold->ignore);
}

enum rc gold_read(struct slice line, struct slice lang, struct arena *arena, struct gold *out,
                  struct err *e)
{
    json_error_t fault;
    json_t *object = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &fault);
    struct gold gold = {.document = NULL};
    struct reading_gold r = {.arena = arena, .gold = &gold, .lang = lang, .e = e};
    if (!json_is_object(object)) {
        json_decref(object);
        return err_set(e, RC_INVALID, "not a JSON object: %s",
                       object ? "another value" : fault.text);
    }
    enum rc rc = read_object(&r, object);
    json_decref(object);
    if (rc == RC_OK) {
        *out = gold;
    }
    return rc;
}
