/* An article as IPTC's ninjs 3.1, with what was said in it as an extension: "quotes", the API's own objects.
 *
 * ninjs names things by absolute URIs; ours are URNs, and `literal` holds the archive's id. What isn't known is left out: ninjs
 * has no null. */
#include "api/formats.h"
#include "api/urn.h"
#include "base/jsonw.h"

static const char schema_address[] = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#";

static void write_urn(struct jsonw *w, const char *key, const char *kind, struct slice id)
{
    struct buf urn;
    buf_init(&urn);
    urn_write(&urn, kind, id);
    jsonw_key_string(w, key, buf_view(&urn));
    buf_done(&urn);
}

static bool has_text(struct slice value)
{
    return jsonr_kind(value) == JSONR_STRING && value.len > 2;
}

/* {"value": …} in a list of one: headlines, descriptions, bodies. */
static void write_value(struct jsonw *w, const char *key, struct slice value, struct slice words)
{
    if (!has_text(value)) {
        return;
    }
    jsonw_key(w, key);
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_text(w, "role", "main");
    jsonw_key_text(w, "contentType", "text/plain");
    if (jsonr_kind(words) == JSONR_NUMBER) {
        jsonw_key(w, "wordCount");
        jsonw_raw(w, words);
    }
    jsonw_key(w, "value");
    jsonw_raw(w, value);
    jsonw_end(w);
    jsonw_end(w);
}

/* ninjs has no dates without a time. */
static void write_date(struct jsonw *w, const char *key, struct slice moment, struct arena *arena)
{
    struct slice text = jsonr_string(moment, arena);
    if (slice_present(text)) {
        jsonw_key_string(
            w, key, text.len == 10 ? arena_printf(arena, "%.*sT00:00:00Z", SLICE_ARG(text)) : text);
    }
}

static void write_bylines(struct jsonw *w, struct slice bylines, struct arena *arena)
{
    struct jsonr r = jsonr_open(bylines);
    struct slice name;
    struct buf all;
    buf_init(&all);
    while (jsonr_item(&r, &name)) {
        buf_text(&all, all.len ? ", " : "");
        buf_slice(&all, jsonr_string(name, arena));
    }
    if (all.len > 0) {
        jsonw_key_string(w, "by", buf_view(&all));
    }
    buf_done(&all);
}

static void write_named(struct jsonw *w, struct slice entity, struct arena *arena)
{
    struct slice id = jsonr_get_string(entity, "id", arena);
    jsonw_object(w);
    jsonw_key(w, "name");
    jsonw_raw(w, jsonr_get(entity, "name"));
    jsonw_key_text(w, "rel", "mentions");
    write_urn(w, "uri", "entity", id);
    jsonw_key_string(w, "literal", id);
    jsonw_end(w);
}

static void write_entities(struct jsonw *w, const char *key, const char *type,
                           struct slice entities, struct arena *arena)
{
    struct jsonr r = jsonr_open(entities);
    struct slice entity;
    bool any = false;
    while (jsonr_item(&r, &entity)) {
        if (!slice_is(jsonr_get_string(entity, "type", arena), type)) {
            continue;
        }
        if (!any) {
            jsonw_key(w, key);
            jsonw_array(w);
        }
        any = true;
        write_named(w, entity, arena);
    }
    if (any) {
        jsonw_end(w);
    }
}

static void write_alt_ids(struct jsonw *w, struct slice article)
{
    static const struct {
        const char *role, *path;
    } ids[] = {{"guillemet", "id"},
               {"canonical", "canonical_url"},
               {"url", "url"},
               {"external", "external_id"}};
    jsonw_key(w, "altIds");
    jsonw_array(w);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct slice value = jsonr_get(article, ids[i].path);
        if (has_text(value)) {
            jsonw_object(w);
            jsonw_key_text(w, "role", ids[i].role);
            jsonw_key(w, "value");
            jsonw_raw(w, value);
            jsonw_end(w);
        }
    }
    jsonw_end(w);
}

static void write_standard(struct jsonw *w)
{
    jsonw_key(w, "standard");
    jsonw_object(w);
    jsonw_key_text(w, "name", "ninjs");
    jsonw_key_text(w, "version", "3.1");
    jsonw_key_text(w, "schema", schema_address);
    jsonw_end(w);
}

static void write_head(struct jsonw *w, struct slice article, struct arena *arena)
{
    struct slice revision = jsonr_get(article, "revision"), lang = jsonr_get(article, "lang"),
                 source = jsonr_get(article, "source");
    write_standard(w);
    write_urn(w, "uri", "article", jsonr_get_string(article, "id", arena));
    jsonw_key_text(w, "type", "text");
    jsonw_key_text(w, "profile", "guillemet-quotes");
    jsonw_key_string(w, "version", revision);
    write_date(w, "firstCreated", jsonr_get(article, "ingested_at"), arena);
    write_date(w, "versionCreated", jsonr_get(article, "updated_at"), arena);
    write_date(w, "contentCreated", jsonr_get(article, "published_at"), arena);
    if (has_text(lang)) {
        jsonw_key(w, "language");
        jsonw_raw(w, lang);
    }
    write_value(w, "headlines", jsonr_get(article, "title"), SLICE_NONE);
    write_value(w, "descriptions", jsonr_get(article, "standfirst"), SLICE_NONE);
    write_value(w, "bodies", jsonr_get(article, "text"), jsonr_get(article, "word_count"));
    write_bylines(w, jsonr_get(article, "bylines"), arena);
    if (has_text(source)) {
        jsonw_key(w, "infoSources");
        jsonw_array(w);
        jsonw_object(w);
        jsonw_key(w, "name");
        jsonw_raw(w, source);
        jsonw_key_text(w, "role", "publisher");
        jsonw_end(w);
        jsonw_end(w);
    }
    write_alt_ids(w, article);
}

enum rc ninjs_render(const struct formatting *f, struct err *e)
{
    static const struct {
        const char *key, *type;
    } kinds[] = {
        {"people", "PER"}, {"organisations", "ORG"}, {"places", "LOC"}, {"subjects", "MISC"}};
    (void)e;
    struct jsonw w;
    struct slice entities = jsonr_get(f->body, "entities"), quotes = jsonr_get(f->body, "quotes");
    jsonw_init(&w, f->out, 0);
    jsonw_object(&w);
    write_head(&w, f->body, f->call->arena);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        write_entities(&w, kinds[i].key, kinds[i].type, entities, f->call->arena);
    }
    jsonw_key(&w, "quotes");
    jsonw_raw(&w, slice_present(quotes) ? quotes : SLICE("[]"));
    jsonw_end(&w);
    return RC_OK;
}
