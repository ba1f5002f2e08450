#include "api/offsets.h"

#include "api/routes.h"
#include "store/articles.h"
#include "text/utf8.h"

enum { DEPTH_MOST = 16 };

struct counting {
    const struct formatting *f;
    int64_t unit;
    struct err *e;
    enum rc rc;
    uint64_t article; /* whose text `index` is of; 0: none */
    struct offsets *index;
};

static void load(struct counting *c, uint64_t article)
{
    struct store_article row;
    struct call *call = c->f->call;
    if (article == c->article || c->rc != RC_OK) {
        return;
    }
    c->rc =
        store_article_get(call->reader, article, STORE_TEXT | STORE_WHOLE, call->arena, &row, c->e);
    if (c->rc == RC_OK) {
        c->index = offsets_new(call->arena, row.document.text);
        c->rc = c->index ? RC_OK : err_nomem(c->e);
        c->article = article;
    }
}

/* An object that is an article, or is about a place in one. */
static void find_article(struct counting *c, struct slice object)
{
    uint64_t id;
    struct arena *arena = c->f->call->arena;
    struct slice of = jsonr_get_string(object, "article.id", arena);
    if (!slice_present(of) && slice_present(jsonr_get(object, "ingested_at"))) {
        of = jsonr_get_string(object, "id", arena);
    }
    if (slice_present(of) && digest_parse_id(of, &id)) {
        load(c, id);
    }
}

static int64_t count(const struct counting *c, int64_t cp)
{
    uint32_t byte = offsets_byte(c->index, (uint32_t)cp);
    return c->unit == OFFSETS_BYTE ? byte : offsets_utf16(c->index, byte);
}

static void rewrite(struct counting *c, struct jsonw *w, struct slice value, int depth);

static void rewrite_members(struct counting *c, struct jsonw *w, struct slice value, int depth)
{
    struct jsonr r = jsonr_open(value);
    struct slice key, member;
    find_article(c, value);
    jsonw_object(w);
    while (jsonr_member(&r, &key, &member)) {
        char name[64] = "";
        memcpy(name, key.ptr, key.len < sizeof name ? key.len : sizeof name - 1);
        jsonw_key(w, name);
        int64_t cp = slice_is(key, "start") || slice_is(key, "end") ? jsonr_int(member, -1) : -1;
        if (cp >= 0 && c->index) {
            jsonw_int(w, count(c, cp));
        } else {
            rewrite(c, w, member, depth - 1);
        }
    }
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
    }
    jsonw_init(&w, f->out, 0);
    rewrite(&c, &w, f->body, DEPTH_MOST);
    return c.rc;
}
