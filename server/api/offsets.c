#include "api/offsets.h"

#include "api/routes.h"
#include "store/articles.h"
#include "text/utf8.h"

enum { DEPTH_MOST = 16 };

/* The fields that "highlights" and "snippet" count in. */
enum { FIELD_TITLE, FIELD_STANDFIRST, FIELD_TEXT, FIELD_COUNT };
static const char *const field_names[FIELD_COUNT] = {"title", "standfirst", "text"};

struct counting {
    const struct formatting *f;
    int64_t unit;
    struct err *e;
    enum rc rc;
    uint64_t article; /* whose text `index` is of; 0: none, or a text that is in the reply itself */
    struct store_article row;
    struct offsets *index;
    struct slice quote; /* the one that stands around; absent: none */
    struct {
        const char *text; /* that `index` is of */
        struct offsets *index;
    } fields[FIELD_COUNT];
};

static void load(struct counting *c, uint64_t article)
{
    struct call *call = c->f->call;
    if (article == c->article || c->rc != RC_OK) {
        return;
    }
    c->rc = store_article_get(call->reader, article,
                              STORE_META | STORE_TEXT | STORE_BLOCKS | STORE_WHOLE, call->arena,
                              &c->row, c->e);
    if (c->rc == RC_OK) {
        c->index = offsets_new(call->arena, c->row.document.text);
        c->rc = c->index ? RC_OK : err_nomem(c->e);
        c->article = article;
    }
}

/* /articles/{id}/revisions/{revision} counts in the text of then. */
static void load_revision(struct counting *c, uint64_t article)
{
    struct call *call = c->f->call;
    struct store_revision revision;
    int64_t number = jsonr_int(jsonr_get(c->f->body, "revision"), 0);
    if (c->rc != RC_OK || !slice_present(request_path_parameter(call->request, "revision"))) {
        return;
    }
    c->rc = store_article_revision_get(call->reader, article, (uint32_t)number, STORE_WHOLE,
                                       call->arena, &revision, c->e);
    if (c->rc == RC_OK) {
        c->index =
            offsets_new(call->arena, slice_present(revision.text) ? revision.text : SLICE(""));
        c->rc = c->index ? RC_OK : err_nomem(c->e);
    }
}

/* An object that is an article, or is about a place in one. */
static void find_article(struct counting *c, struct slice object)
{
    uint64_t id;
    struct arena *arena = c->f->call->arena;
    struct slice of = jsonr_get_string(object, "article.id", arena);
    if (slice_present(of)) {
        c->quote = object;
    } else if (slice_present(jsonr_get(object, "ingested_at"))) {
        of = jsonr_get_string(object, "id", arena);
        c->quote = SLICE_NONE;
    }
    if (slice_present(of) && digest_parse_id(of, &id)) {
        load(c, id);
    }
}

static struct slice text_of_field(const struct counting *c, int field)
{
    if (slice_present(c->quote)) {
        return jsonr_get_string(c->quote, "text", c->f->call->arena);
    }
    return field == FIELD_TITLE ? c->row.document.title.text : c->row.document.standfirst.text;
}

/* What a highlight counts in: its field, which is of the article or of the quote around it. */
static struct offsets *index_of_field(struct counting *c, int field)
{
    if (field == FIELD_TEXT && !slice_present(c->quote)) {
        return c->index;
    }
    const char *of = slice_present(c->quote) ? c->quote.ptr : c->row.document.text.ptr;
    if (c->fields[field].text != of) {
        struct slice text = text_of_field(c, field);
        c->fields[field].text = of;
        c->fields[field].index = slice_present(text) ? offsets_new(c->f->call->arena, text) : NULL;
    }
    return c->fields[field].index;
}

/* The text that an object's "start" and "end" count in. */
static struct offsets *index_of(struct counting *c, struct slice object)
{
    struct slice field = jsonr_get_string(object, "field", c->f->call->arena);
    for (int i = 0; c->article && slice_present(field) && i < FIELD_COUNT; i++) {
        if (slice_is(field, field_names[i])) {
            return index_of_field(c, i);
        }
    }
    /* /suggest: what matched counts in itself. POST /analyse: the text comes first, and its parts after it. */
    struct slice text =
        c->article || c->index ? SLICE_NONE : jsonr_get_string(object, "text", c->f->call->arena);
    return slice_present(text) ? offsets_new(c->f->call->arena, text) : c->index;
}

static int64_t count(const struct counting *c, const struct offsets *index, int64_t cp)
{
    uint32_t byte = offsets_byte(index, (uint32_t)cp);
    return c->unit == OFFSETS_BYTE ? byte : offsets_utf16(index, byte);
}

static void rewrite(struct counting *c, struct jsonw *w, struct slice value, int depth);

static void rewrite_members(struct counting *c, struct jsonw *w, struct slice value, int depth)
{
    struct jsonr r = jsonr_open(value);
    struct slice key, member;
    struct slice around = c->quote;
    struct offsets *outer = c->index;
    find_article(c, value);
    struct offsets *index = index_of(c, value);
    c->index = c->article ? c->index : index;
    jsonw_object(w);
    while (jsonr_member(&r, &key, &member)) {
        char name[64] = "";
        memcpy(name, key.ptr, key.len < sizeof name ? key.len : sizeof name - 1);
        jsonw_key(w, name);
        int64_t cp = slice_is(key, "start") || slice_is(key, "end") ? jsonr_int(member, -1) : -1;
        if (cp >= 0 && index) {
            jsonw_int(w, count(c, index, cp));
        } else {
            rewrite(c, w, member, depth - 1);
        }
    }
    c->quote = around;
    c->index = c->article ? c->index : outer;
    jsonw_end(w);
}

static void rewrite(struct counting *c, struct jsonw *w, struct slice value, int depth)
{
    enum jsonr_kind kind = depth > 0 && c->rc == RC_OK ? jsonr_kind(value) : JSONR_NONE;
    if (kind == JSONR_OBJECT) {
        rewrite_members(c, w, value, depth);
    } else if (kind == JSONR_ARRAY) {
        struct jsonr r = jsonr_open(value);
        struct slice item;
        jsonw_array(w);
        while (jsonr_item(&r, &item)) {
            rewrite(c, w, item, depth - 1);
        }
        jsonw_end(w);
    } else {
        jsonw_raw(w, value);
    }
}

enum rc offsets_convert(const struct formatting *f, struct err *e)
{
    struct counting c = {
        .f = f, .unit = call_param(f->call, P_OFFSETS)->number, .e = e, .rc = RC_OK};
    struct slice path = request_path_parameter(f->call->request, "id");
    uint64_t id;
    struct jsonw w;
    /* /articles/{id}/entities: its objects don't say whose they are. */
    if (slice_starts(slice_cstr(f->call->route->http.path), SLICE("/articles/{id}")) &&
        digest_parse_id(path, &id)) {
        load(&c, id);
        load_revision(&c, id);
    }
    jsonw_init(&w, f->out, 0);
    rewrite(&c, &w, f->body, DEPTH_MOST);
    return c.rc;
}
