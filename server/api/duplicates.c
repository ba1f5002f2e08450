#include "api/duplicates.h"

#include "api/articles.h"
#include "api/view_article.h"
#include "store/duplicates.h"

static enum rc write_item(struct call *call, struct jsonw *w, struct store_duplicate *item,
                          struct err *e)
{
    jsonw_object(w);
    jsonw_key_bool(w, "first", item->first);
    jsonw_key_real(w, "similarity", (double)item->similarity);
    jsonw_key_real(w, "resemblance", (double)item->resemblance);
    jsonw_key(w, "article");
    enum rc rc = articles_write(call, w, &item->article, 0, e);
    if (rc == RC_OK) { /* else the object stands open, and nobody sees it */
        jsonw_end(w);
    }
    return rc;
}

enum rc duplicates_list(struct call *call, struct err *e)
{
    uint64_t id;
    bool fresh;
    enum rc rc = articles_open(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct store_duplicate *rows;
    size_t count;
    struct store_page page;
    rc = store_duplicate_list(call->reader, id, view_article_parts(0), &call->params.after,
                              (uint32_t)call_param(call, P_LIMIT)->number, call->arena, &rows,
                              &count, &page, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        rc = write_item(call, &w, &rows[i], e);
    }
    return rc == RC_OK ? call_list_end(call, &w, &page, e) : rc;
}
