#include "api/batch.h"

#include "api/articles.h"
#include "api/links.h"
#include "api/view_entity.h"
#include "api/view_quote.h"
#include "store/entities.h"
#include "store/quotes.h"

/* As in lists; aliases and titles too. */
enum { IDS_MOST = 1000, IDS_WITH_PARTS_MOST = 100, NAMES_MOST = 50 };

struct ids {
    uint64_t *items;
    size_t count, capacity;
};

static enum rc read_ids(struct call *call, struct ids *ids, struct err *e)
{
    struct slice rest = call_param(call, P_IDS)->text;
    if (!slice_present(rest)) {
        return err_field(e, RC_INVALID, "id", "say which: id=5q3hnjqcg7yzw,c6g3s6m4dbxqe");
    }
    while (slice_present(rest)) {
        struct slice piece = slice_trim(slice_cut(&rest, ','));
        uint64_t *id = ARENA_PUSH(call->arena, ids);
        if (!id) {
            return err_nomem(e);
        }
        if (!digest_parse_id(piece, id)) {
            return err_field(e, RC_INVALID, "id",
                             "'%.*s' is no id: ids are 13 letters a-z and digits 2-7, separated by "
                             "commas",
                             (int)(piece.len < 40 ? piece.len : 40), piece.ptr);
        }
    }
    if (ids->count > IDS_MOST) {
        return err_field(e, RC_INVALID, "id", "%zu ids; at most %d go into one request", ids->count,
                         IDS_MOST);
    }
    return RC_OK;
}

/* Writes "item" and the object, or fails before it wrote anything. */
typedef enum rc write_item(struct call *call, struct jsonw *w, uint64_t id, struct err *e);

static enum rc write_article(struct call *call, struct jsonw *w, uint64_t id, struct err *e)
{
    return articles_write_by_id(call, w, "item", id,
                                (unsigned)call_param(call, P_INCLUDE_LIST)->number, e);
}

static enum rc write_entity(struct call *call, struct jsonw *w, uint64_t id, struct err *e)
{
    struct store_candidate *found;
    struct store_entity row;
    char text[DIGEST_ID_CHARS + 1];
    size_t count;
    digest_format_id(id, text);
    /* By way of resolving, which knows what is gone. */
    enum rc rc =
        store_entity_resolve(call->reader, slice_cstr(text), call->arena, &found, &count, e);
    rc = rc == RC_OK ? store_entity_get(call->reader, id, NAMES_MOST, call->arena, &row, e) : rc;
    if (rc == RC_OK) {
        struct slice asked = row.id == id ? SLICE_NONE : arena_copy(call->arena, slice_cstr(text));
        jsonw_key(w, "item");
        view_entity_write(w, call->base, &row, NULL, asked);
    }
    return rc;
}

static enum rc write_quote(struct call *call, struct jsonw *w, uint64_t id, struct err *e)
{
    struct store_quote row;
    enum rc rc = store_quote_get(call->reader, id, call->arena, &row, e);
    if (rc == RC_OK) {
        jsonw_key(w, "item");
        view_quote_write(w, call->base, &row);
    }
    return rc;
}

static enum rc write_one(struct call *call, struct jsonw *w, uint64_t id, write_item *write,
                         struct err *e)
{
    jsonw_object(w);
    links_write_id(w, "id", id);
    enum rc rc = write(call, w, id, e);
    if (rc == RC_OK || rc == RC_NOT_FOUND || rc == RC_GONE) {
        int status = rc == RC_OK ? 200 : rc == RC_GONE ? 410 : 404;
        if (rc != RC_OK) {
            jsonw_key_null(w, "item");
        }
        jsonw_key_int(w, "status", status);
        jsonw_key_text(w, "detail", rc == RC_OK ? NULL : e->message);
        jsonw_end(w);
        return RC_OK;
    }
    return rc;
}

static enum rc write_all(struct call *call, size_t most, write_item *write, struct err *e)
{
    struct ids ids = {0};
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = read_ids(call, &ids, e);
    if (rc == RC_OK && ids.count > most) {
        rc = err_field(e, RC_INVALID, "id", "with include, at most %zu ids go into one request",
                       most);
    }
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < ids.count && rc == RC_OK; i++) {
        rc = write_one(call, &w, ids.items[i], write, e);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    return rc;
}

enum rc batch_articles(struct call *call, struct err *e)
{
    size_t most = call_param(call, P_INCLUDE_LIST)->number ? IDS_WITH_PARTS_MOST : IDS_MOST;
    return write_all(call, most, write_article, e);
}

enum rc batch_entities(struct call *call, struct err *e)
{
    return write_all(call, IDS_MOST, write_entity, e);
}

enum rc batch_quotes(struct call *call, struct err *e)
{
    return write_all(call, IDS_MOST, write_quote, e);
}
