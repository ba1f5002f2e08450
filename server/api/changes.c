#include "api/changes.h"

#include "api/articles.h"
#include "api/links.h"
#include "api/view_article.h"
#include "base/clock.h"
#include "store/changes.h"
#include "text/dates.h"

enum { INCLUDE_MOST = 100 };

/* A token is "v", a version and which archive's it is: what it means is nobody's business but ours. */
static bool read_token(struct slice text, int64_t *version, uint64_t *identity)
{
    struct slice number = slice_cut(&text, '-');
    int64_t value = 0;
    bool good = number.len > 1 && number.len < 20 && number.ptr[0] == 'v';
    for (size_t i = 1; good && i < number.len; i++) {
        good = number.ptr[i] >= '0' && number.ptr[i] <= '9';
        value = value * 10 + (good ? number.ptr[i] - '0' : 0);
    }
    *version = value;
    return good && slice_present(text) && digest_parse_id(text, identity);
}

static enum rc read_since(struct call *call, int64_t *since, struct err *e)
{
    const struct param_value *value = call_param(call, P_UPDATED_SINCE);
    uint64_t now, identity, given;
    int64_t ms;
    bool date_only;
    *since = -1;
    if (!value->given) {
        return RC_OK;
    }
    if (dates_parse_iso(value->text, &ms, &date_only)) {
        return store_changes_at(call->reader, ms, since, e);
    }
    if (!read_token(value->text, since, &given)) {
        return err_field(
            e, RC_INVALID, "updated_since",
            "updated_since is the sync_token of an earlier answer or an ISO 8601 time; "
            "leave it out to begin");
    }
    enum rc rc = store_version(call->reader, &now, e);
    rc = rc == RC_OK ? store_identity(call->reader, &identity, e) : rc;
    if (rc == RC_OK && (given != identity || *since > (int64_t)now)) {
        return err_field(e, RC_GONE, "updated_since",
                         "this token is of another archive, or of before a backup was restored: "
                         "begin anew, without updated_since");
    }
    return rc;
}

static enum rc write_change(struct call *call, struct jsonw *w, struct store_change *change,
                            unsigned include, struct err *e)
{
    struct store_record *record = &change->record;
    char time[32];
    clock_format_utc(record->deleted ? record->deleted_ms : record->article.updated_ms, time);
    jsonw_object(w);
    jsonw_key_text(w, "change", record->deleted ? "deleted" : "stored");
    links_write_id(w, "id", record->article.id);
    jsonw_key_int(w, "revision", record->article.revision);
    jsonw_key_text(w, "at", time);
    jsonw_key(w, "article");
    enum rc rc = RC_OK;
    if (record->deleted) {
        jsonw_null(w);
    } else {
        rc = articles_write(call, w, &record->article, include, e);
    }
    if (rc == RC_OK) { /* else the object stands open, and nobody sees it */
        jsonw_end(w);
    }
    return rc;
}

/* On the last page alone: on the others the next page comes first. */
static enum rc write_token(struct call *call, struct jsonw *w, bool last, int64_t version,
                           struct err *e)
{
    uint64_t identity;
    char archive[DIGEST_ID_CHARS + 1];
    enum rc rc = store_identity(call->reader, &identity, e);
    if (rc == RC_OK) {
        digest_format_id(identity, archive);
        jsonw_key_string(w, "sync_token",
                         last ? arena_printf(call->arena, "v%lld-%s", (long long)version, archive)
                              : SLICE_NONE);
    }
    return rc;
}

enum rc changes_list(struct call *call, struct err *e)
{
    unsigned include = (unsigned)call_param(call, P_INCLUDE_LIST)->number;
    uint32_t limit = (uint32_t)call_param(call, P_LIMIT)->number;
    struct store_change *rows;
    struct store_page page;
    size_t count;
    int64_t since, version;
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    if (include && limit > INCLUDE_MOST) {
        return err_field(e, RC_INVALID, "limit", "with include, limit is at most %d", INCLUDE_MOST);
    }
    rc = read_since(call, &since, e);
    rc = rc == RC_OK ? store_changes(call->reader, since, &call->params.after, limit,
                                     view_article_parts(include), call->arena, &rows, &count, &page,
                                     &version, e)
                     : rc;
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    rc = write_token(call, &w, !page.has_more, version, e);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        rc = write_change(call, &w, &rows[i], include, e);
    }
    return rc == RC_OK ? call_list_end(call, &w, &page, e) : rc;
}
