#include "api/corrections.h"

#include "api/links.h"
#include "api/view.h"
#include "ingest/renew.h"
#include "store/corrections.h"

static void write_correction(struct call *call, struct jsonw *w, const struct store_correction *c)
{
    bool quote = correction_about_quote(c->kind);
    struct slice value = store_correction_words(c, call->arena);
    jsonw_object(w);
    jsonw_key_int(w, "number", c->number);
    jsonw_key_text(w, "kind", correction_kind_name(c->kind));
    links_write_id(w, "target", c->target);
    jsonw_key_string(w, "value", value.len ? value : SLICE_NONE);
    if (c->article != 0) {
        links_write_id(w, "article", c->article);
    } else {
        jsonw_key_null(w, "article");
    }
    jsonw_key_string(w, "evidence", quote ? c->words : c->alias_key);
    jsonw_key_string(w, "author", c->author);
    jsonw_key_string(w, "note", c->note);
    view_time(w, "created_at", c->created_ms != 0, c->created_ms);
    jsonw_key_bool(w, "orphaned", c->orphaned);
    view_time(w, "undone_at", c->undone_ms != 0, c->undone_ms);
    jsonw_key_string(w, "undone_by", c->undone_by);
    jsonw_key(w, "links");
    jsonw_object(w);
    struct slice self = arena_printf(call->arena, "%.*s/corrections/%lld", SLICE_ARG(call->base),
                                     (long long)c->number);
    jsonw_key_string(w, "self", self);
    links_write(w, call->base, "target", quote ? "quotes" : "entities", c->target, "");
    jsonw_end(w);
    jsonw_end(w);
}

enum rc corrections_list(struct call *call, struct err *e)
{
    const struct param_value *kind = call_param(call, P_CORRECTION_KIND),
                             *target = call_param(call, P_TARGET),
                             *article = call_param(call, P_ARTICLE),
                             *orphaned = call_param(call, P_ORPHANED),
                             *undone = call_param(call, P_UNDONE);
    struct store_correction_query query = {.has_kind = kind->given,
                                           .has_target = target->given,
                                           .target = target->id,
                                           .has_article = article->given,
                                           .article = article->id,
                                           .has_orphaned = orphaned->given,
                                           .orphaned = orphaned->number,
                                           .has_undone = undone->given,
                                           .undone = undone->number,
                                           .limit = (uint32_t)call_param(call, P_LIMIT)->number,
                                           .after = call->params.after};
    struct store_correction *rows;
    struct store_page page;
    size_t count;
    bool fresh;
    if (kind->given) {
        correction_kind_parse(kind->text, &query.kind);
    }
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = store_correction_search(call->reader, &query, call->arena, &rows, &count, &page, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        write_correction(call, &w, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}

static enum rc path_number(const struct call *call, int64_t *number, struct err *e)
{
    struct slice text = request_path_parameter(call->request, "number");
    int64_t value = 0;
    bool good = text.len > 0 && text.len <= 15 && text.ptr[0] != '0';
    for (size_t i = 0; good && i < text.len; i++) {
        good = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        value = value * 10 + (text.ptr[i] - '0');
    }
    if (!good) {
        return err_field(e, RC_NOT_FOUND, "number", "'%.*s' is no correction's number",
                         (int)(text.len < 40 ? text.len : 40), text.ptr);
    }
    *number = value;
    return RC_OK;
}

enum rc corrections_get(struct call *call, struct err *e)
{
    struct store_correction correction;
    int64_t number;
    bool fresh;
    enum rc rc = path_number(call, &number, e);
    rc = rc == RC_OK ? call_etag(call, "", &fresh, e) : rc;
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = store_correction_get(call->reader, number, call->arena, &correction, e);
    if (rc == RC_OK) {
        struct jsonw w = reply_jsonw(call->reply);
        write_correction(call, &w, &correction);
    }
    return rc;
}

/* ---- undoing */

enum rc corrections_undo(struct call *call, struct err *e)
{
    struct store_correction correction;
    int64_t number, waiting = 0;
    enum rc rc = path_number(call, &number, e);
    if (rc == RC_OK) {
        rc = store_correction_undo(call_store(call), number, request_caller(call->request),
                                   slice_cstr(request_id(call->request)), &waiting, e);
    }
    if (rc == RC_OK) {
        call_reads_anew(call);
        rc = store_correction_get(call->reader, number, call->arena, &correction, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    renew_after_undo(call_pipeline(call), call->reader, &correction, request_caller(call->request),
                     call->arena, &waiting);
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "correction");
    write_correction(call, &w, &correction);
    jsonw_key_int(&w, "waiting", waiting);
    jsonw_end(&w);
    return RC_OK;
}
