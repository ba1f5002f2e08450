/* schema.org: NewsArticle, Quotation (with spokenByCharacter), Person, Organization, Place, Thing.
 *
 * What isn't known is left out. sameAs is never written: that two names are one thing elsewhere is nothing that an
 * article's text says. */
#include "api/jsonld.h"

#include "api/formats.h"
#include "api/resources.h"

struct mapped {
    const char *key, *path;
};

static void copy(struct jsonw *w, struct slice object, const struct mapped *mapped, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice value = jsonr_get(object, mapped[i].path), first;
        enum jsonr_kind kind = jsonr_kind(value);
        struct jsonr r = jsonr_open(value);
        bool empty = kind == JSONR_NONE || kind == JSONR_NULL ||
                     (kind == JSONR_ARRAY && !jsonr_item(&r, &first));
        if (!empty) {
            jsonw_key(w, mapped[i].key);
            jsonw_raw(w, value);
        }
    }
}
#define COPY(w, object, mapped) copy(w, object, mapped, sizeof(mapped) / sizeof((mapped)[0]))

static const char *thing_type(struct slice type)
{
    return slice_is(type, "\"PER\"")   ? "Person"
           : slice_is(type, "\"ORG\"") ? "Organization"
           : slice_is(type, "\"LOC\"") ? "Place"
                                       : "Thing";
}

static void write_names(struct jsonw *w, const char *key, const char *type, struct slice names)
{
    struct jsonr r = jsonr_open(names), again = r;
    struct slice name;
    if (!jsonr_item(&r, &name)) {
        return;
    }
    jsonw_key(w, key);
    jsonw_array(w);
    while (jsonr_item(&again, &name)) {
        jsonw_object(w);
        jsonw_key_text(w, "@type", type);
        jsonw_key(w, "name");
        jsonw_raw(w, name);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_publisher(struct jsonw *w, struct slice source)
{
    if (jsonr_kind(source) == JSONR_STRING) {
        jsonw_key(w, "publisher");
        jsonw_object(w);
        jsonw_key_text(w, "@type", "Organization");
        jsonw_key(w, "name");
        jsonw_raw(w, source);
        jsonw_end(w);
    }
}

/* "text" of each of a list's objects. */
static void write_texts(struct jsonw *w, const char *key, struct slice list, struct slice but)
{
    struct jsonr r = jsonr_open(list);
    struct slice item;
    bool any = false;
    while (jsonr_item(&r, &item)) {
        struct slice text = jsonr_get(item, "text");
        if (jsonr_kind(text) != JSONR_STRING || slice_equal(text, but)) {
            continue;
        }
        if (!any) {
            jsonw_key(w, key);
            jsonw_array(w);
        }
        any = true;
        jsonw_raw(w, text);
    }
    if (any) {
        jsonw_end(w);
    }
}

void jsonld_entity(struct jsonw *w, struct slice object, struct arena *arena)
{
    (void)arena;
    static const struct mapped names[] = {
        {"@id", "links.self"}, {"identifier", "id"}, {"name", "name"}};
    struct slice type = jsonr_get(object, "type");
    jsonw_object(w);
    jsonw_key_text(w, "@type", thing_type(type));
    COPY(w, object, names);
    write_texts(w, "alternateName", jsonr_get(object, "aliases"), jsonr_get(object, "name"));
    if (slice_is(type, "\"PER\"")) {
        write_texts(w, "jobTitle", jsonr_get(object, "titles"), SLICE_NONE);
    }
    jsonw_end(w);
}

/* Who speaks is a person or an organization to schema.org: a place that speaks stands for those who govern it. NULL: whom
 * nothing says it of ("des riverains") is told in words. */
static const char *speaker_type(struct slice speaker)
{
    struct slice kind = jsonr_get(speaker, "kind"), type = jsonr_get(speaker, "type");
    if (jsonr_kind(type) == JSONR_STRING) {
        return slice_is(type, "\"PER\"") ? "Person" : "Organization";
    }
    return slice_is(kind, "\"person\"") || slice_is(kind, "\"author\"") ? "Person"
           : slice_is(kind, "\"organisation\"")                         ? "Organization"
                                                                        : NULL;
}

static void write_speaker(struct jsonw *w, struct slice speaker)
{
    static const struct mapped of_person[] = {{"identifier", "entity"}, {"jobTitle", "title"}},
                               of_other[] = {{"identifier", "entity"}};
    const char *type = speaker_type(speaker);
    struct slice name = jsonr_get(speaker, "name");
    if (jsonr_kind(name) != JSONR_STRING) {
        name = jsonr_get(speaker, "text");
    }
    if (jsonr_kind(name) != JSONR_STRING) {
        return;
    }
    jsonw_key(w, "spokenByCharacter");
    if (!type) {
        jsonw_raw(w, name);
        return;
    }
    jsonw_object(w);
    jsonw_key_text(w, "@type", type);
    jsonw_key(w, "name");
    jsonw_raw(w, name);
    if (strcmp(type, "Person") == 0) {
        COPY(w, speaker, of_person);
    } else {
        COPY(w, speaker, of_other);
    }
    jsonw_end(w);
}

static void write_about(struct jsonw *w, struct slice about)
{
    static const struct mapped fields[] = {{"identifier", "id"}, {"name", "name"}};
    struct jsonr r = jsonr_open(about), again = r;
    struct slice item;
    if (!jsonr_item(&r, &item)) {
        return;
    }
    jsonw_key(w, "about");
    jsonw_array(w);
    while (jsonr_item(&again, &item)) {
        jsonw_object(w);
        jsonw_key_text(w, "@type", "Thing");
        COPY(w, item, fields);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_part_of(struct jsonw *w, struct slice object)
{
    static const struct mapped fields[] = {{"identifier", "article.id"},
                                           {"headline", "article.title"},
                                           {"datePublished", "article.published_at"},
                                           {"url", "article.url"}};
    jsonw_key(w, "isPartOf");
    jsonw_object(w);
    jsonw_key_text(w, "@type", "NewsArticle");
    jsonw_key(w, "@id");
    jsonw_raw(w, jsonr_get(object, "links.article"));
    COPY(w, object, fields);
    write_publisher(w, jsonr_get(object, "article.source"));
    jsonw_end(w);
}

static void write_quote(struct jsonw *w, struct slice object, bool with_article)
{
    static const struct mapped fields[] = {
        {"@id", "links.self"}, {"identifier", "id"}, {"text", "text"}};
    jsonw_object(w);
    jsonw_key_text(w, "@type", "Quotation");
    COPY(w, object, fields);
    write_speaker(w, jsonr_get(object, "speaker"));
    write_about(w, jsonr_get(object, "about"));
    if (with_article) {
        write_part_of(w, object);
    }
    jsonw_end(w);
}

void jsonld_quote(struct jsonw *w, struct slice object, struct arena *arena)
{
    (void)arena;
    write_quote(w, object, true);
}

void jsonld_article(struct jsonw *w, struct slice object, struct arena *arena)
{
    static const struct mapped fields[] = {{"@id", "links.self"},
                                           {"identifier", "id"},
                                           {"url", "url"},
                                           {"headline", "title"},
                                           {"description", "standfirst"},
                                           {"datePublished", "published_at"},
                                           {"dateModified", "modified_at"},
                                           {"inLanguage", "lang"},
                                           {"articleSection", "section"},
                                           {"image", "image"},
                                           {"wordCount", "word_count"},
                                           {"keywords", "keywords"},
                                           {"articleBody", "text"}};
    struct slice item;
    jsonw_object(w);
    jsonw_key_text(w, "@type", "NewsArticle");
    COPY(w, object, fields);
    write_names(w, "author", "Person", jsonr_get(object, "bylines"));
    write_publisher(w, jsonr_get(object, "source"));
    struct jsonr r = jsonr_open(jsonr_get(object, "entities"));
    if (jsonr_kind(jsonr_get(object, "entities")) == JSONR_ARRAY) {
        jsonw_key(w, "mentions");
        jsonw_array(w);
        while (jsonr_item(&r, &item)) {
            jsonld_entity(w, item, arena);
        }
        jsonw_end(w);
    }
    r = jsonr_open(jsonr_get(object, "quotes"));
    if (jsonr_kind(jsonr_get(object, "quotes")) == JSONR_ARRAY) {
        jsonw_key(w, "hasPart");
        jsonw_array(w);
        while (jsonr_item(&r, &item)) {
            write_quote(w, item, false);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* One object gets the context as its first member; a list is a graph. */
enum rc jsonld_render(const struct formatting *f, struct err *e)
{
    (void)e;
    struct jsonw w;
    struct slice item;
    struct arena *arena = f->call->arena;
    if (!f->is_list) {
        struct buf one;
        buf_init(&one);
        jsonw_init(&w, &one, 0);
        f->resource->jsonld(&w, f->body, arena);
        buf_text(f->out, "{\"@context\":\"https://schema.org\",");
        if (one.len > 1 && !one.failed) {
            buf_append(f->out, one.data + 1, one.len - 1);
        }
        bool failed = one.failed;
        buf_done(&one);
        return failed ? err_nomem(e) : RC_OK;
    }
    jsonw_init(&w, f->out, 0);
    jsonw_object(&w);
    jsonw_key_text(&w, "@context", "https://schema.org");
    jsonw_key(&w, "@graph");
    jsonw_array(&w);
    struct jsonr r = jsonr_open(jsonr_get(f->body, "items"));
    while (jsonr_item(&r, &item)) {
        f->resource->jsonld(&w, item, arena);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    return RC_OK;
}
