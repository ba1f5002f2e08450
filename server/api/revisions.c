#include "api/revisions.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/articles.h"
#include "api/view_revision.h"
#include "base/clock.h"
#include "model/analysis.h"

/* ---- the list: each with what changed since the one before */

/* NULL: there is nothing to compare with. */
static enum rc compare(struct call *call, uint64_t id, const struct store_revision *rows,
                       size_t count, size_t at, struct arena *arena, struct revision_diff **out,
                       struct err *e)
{
    struct store_revision from, to;
    *out = NULL;
    if (at == 0 || count == 0) {
        return RC_OK;
    }
    enum rc rc = store_article_revision_get(call->reader, id, rows[at - 1].revision, STORE_WHOLE,
                                            arena, &from, e);
    rc = rc == RC_OK ? store_article_revision_get(call->reader, id, rows[at].revision, STORE_WHOLE,
                                                  arena, &to, e)
                     : rc;
    if (rc != RC_OK || !slice_present(from.text) || !slice_present(to.text)) {
        return rc; /* its text was taken out of the archive */
    }
    struct revision_diff *diff = ARENA_NEW(call->arena, struct revision_diff);
    if (!diff) {
        return err_nomem(e);
    }
    rc = revision_diff(&from, &to, arena, diff, e);
    if (rc == RC_OK) {
        diff->items = NULL; /* counts alone outlive the arena */
        *out = diff;
    }
    return rc;
}

static enum rc write_row(struct call *call, struct jsonw *w, uint64_t id,
                         const struct store_revision *rows, size_t count, size_t at, struct err *e)
{
    struct arena *arena = arena_new(0);
    struct revision_diff *diff = NULL;
    enum rc rc = arena ? compare(call, id, rows, count, at, arena, &diff, e) : err_nomem(e);
    if (rc == RC_OK) {
        view_revision_summary(w, call->base, id, &rows[at], diff);
    }
    arena_free(arena);
    return rc;
}

/* Newest first; the cursor is the number of the last one given. */
static enum rc write_rows(struct call *call, uint64_t id, const struct store_revision *rows,
                          size_t count, struct err *e)
{
    int64_t limit = call_param(call, P_LIMIT)->number, shown = 0;
    struct store_page page = {.total = (int64_t)count, .total_is_exact = true};
    struct jsonw w = call_list_begin(call);
    for (size_t at = count; at-- > 0;) {
        if (call->params.after.present && (int64_t)rows[at].revision >= call->params.after.key) {
            continue;
        }
        if (shown++ == limit) {
            page.has_more = true;
            break;
        }
        enum rc rc = write_row(call, &w, id, rows, count, at, e);
        if (rc != RC_OK) {
            return rc;
        }
        page.last = (struct store_cursor){.present = true, .key = rows[at].revision};
    }
    return call_list_end(call, &w, &page, e);
}

static enum rc name_current(struct call *call, uint64_t id, struct store_revision *rows,
                            size_t count, struct err *e)
{
    struct store_article article;
    enum rc rc = store_article_get(call->reader, id, STORE_META, call->arena, &article, e);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        if (rows[i].current) {
            rows[i].title = article.document.title.text;
        }
    }
    return rc;
}

enum rc revisions_list(struct call *call, struct err *e)
{
    uint64_t id;
    bool fresh;
    struct store_revision *rows;
    size_t count;
    enum rc rc = articles_open(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = store_article_revisions(call->reader, id, false, call->arena, &rows, &count, e);
    rc = rc == RC_OK ? name_current(call, id, rows, count, e) : rc;
    return rc == RC_OK ? write_rows(call, id, rows, count, e) : rc;
}

/* ---- one */

/* The {revision} of the path. */
static enum rc read_number(struct call *call, uint32_t *number, struct err *e)
{
    struct slice text = request_path_parameter(call->request, "revision");
    uint32_t value = 0;
    bool good = text.len > 0 && text.len < 10;
    for (size_t i = 0; good && i < text.len; i++) {
        good = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        value = value * 10 + (good ? (uint32_t)(text.ptr[i] - '0') : 0);
    }
    if (!good || value == 0) {
        return err_field(e, RC_NOT_FOUND, "revision", "revisions are numbers from 1");
    }
    *number = value;
    return RC_OK;
}

enum rc revisions_get(struct call *call, struct err *e)
{
    uint64_t id;
    uint32_t number = 0;
    bool fresh;
    struct store_revision revision;
    enum rc rc = articles_open(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = read_number(call, &number, e);
    rc = rc == RC_OK
             ? store_article_revision_get(call->reader, id, number, 0, call->arena, &revision, e)
             : rc;
    if (rc == RC_OK) {
        char recorded[32];
        clock_format_http(revision.recorded_ms, recorded);
        reply_header(call->reply, "Last-Modified", "%s", recorded);
        struct jsonw w = reply_jsonw(call->reply);
        view_revision_whole(&w, call->base, id, &revision);
    }
    return rc;
}

/* ---- two */

static enum rc read_pair(struct call *call, uint64_t id, uint32_t *from, uint32_t *to,
                         struct err *e)
{
    const struct param_value *first = call_param(call, P_REVISION_FROM),
                             *second = call_param(call, P_REVISION_TO);
    uint32_t current;
    enum rc rc = store_article_revision(call->reader, id, &current, e);
    if (rc != RC_OK) {
        return rc;
    }
    *to = second->given ? (uint32_t)second->number : current;
    *from = first->given ? (uint32_t)first->number : *to - 1;
    if (*from == 0) {
        return err_field(e, RC_NOT_FOUND, "from", "revision 1 has none before it");
    }
    return RC_OK;
}

/* What the analysis of today sees in it: quotes of older revisions aren't kept. */
static enum rc find_quotes(struct call *call, const struct store_article *article,
                           const struct store_revision *revision, struct revision_quote **out,
                           size_t *count, struct err *e)
{
    struct document document = article->document;
    struct analysis *analysis;
    document.text = revision->text;
    document.blocks = revision->blocks;
    document.block_count = revision->block_count;
    document.title.text = revision->title;
    document.standfirst.text = revision->standfirst;
    enum rc rc = pipeline_analyse(call_pipeline(call), &document, call->arena, &analysis, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct revision_quote *quotes =
        ARENA_ARRAY(call->arena, struct revision_quote, analysis->quote_count);
    if (!quotes) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < analysis->quote_count; i++) {
        const struct quote *quote = &analysis->quotes[i];
        const struct speaker *speaker = &quote->speaker;
        bool known = speaker->present && speaker->entity < analysis->entity_count;
        quotes[i].text = quote->text;
        quotes[i].speaker = known ? analysis->entities[speaker->entity].name : SLICE_NONE;
    }
    *out = quotes;
    *count = analysis->quote_count;
    return RC_OK;
}

static enum rc write_diff(struct call *call, uint64_t id, const struct store_revision *from,
                          const struct store_revision *to, struct err *e)
{
    struct store_article article;
    struct revision_diff diff;
    struct revision_quotes quotes;
    struct revision_quote *before, *after;
    size_t before_count, after_count;
    enum rc rc = store_article_get(call->reader, id, STORE_META, call->arena, &article, e);
    rc = rc == RC_OK ? revision_diff(from, to, call->arena, &diff, e) : rc;
    rc = rc == RC_OK ? find_quotes(call, &article, from, &before, &before_count, e) : rc;
    rc = rc == RC_OK ? find_quotes(call, &article, to, &after, &after_count, e) : rc;
    rc = rc == RC_OK
             ? revision_quotes(before, before_count, after, after_count, call->arena, &quotes, e)
             : rc;
    if (rc == RC_OK) {
        struct view_revisions view = {.article = id,
                                      .from = from,
                                      .to = to,
                                      .diff = &diff,
                                      .from_quotes = before,
                                      .to_quotes = after,
                                      .quotes = &quotes};
        struct jsonw w = reply_jsonw(call->reply);
        view_revision_diff(&w, call->base, &view);
    }
    return rc;
}

/* `name`: the parameter that asked for it. */
static enum rc read_side(struct call *call, uint64_t id, uint32_t number, const char *name,
                         struct store_revision *out, struct err *e)
{
    enum rc rc =
        store_article_revision_get(call->reader, id, number, STORE_WHOLE, call->arena, out, e);
    if (rc == RC_NOT_FOUND) {
        snprintf(e->field, sizeof e->field, "%s", name);
    }
    return rc;
}

enum rc revisions_diff(struct call *call, struct err *e)
{
    uint64_t id;
    uint32_t first = 0, second = 0;
    bool fresh;
    struct store_revision from, to;
    enum rc rc = articles_open(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = read_pair(call, id, &first, &second, e);
    rc = rc == RC_OK ? read_side(call, id, first, "from", &from, e) : rc;
    rc = rc == RC_OK ? read_side(call, id, second, "to", &to, e) : rc;
    if (rc == RC_OK && (!slice_present(from.text) || !slice_present(to.text))) {
        rc = err_set(e, RC_GONE, "the text of one of these revisions was taken out of the archive");
    }
    return rc == RC_OK ? write_diff(call, id, &from, &to, e) : rc;
}
