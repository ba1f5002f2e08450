/* What a reply holds, item by item: known already, or into the archive. */
#include <string.h>

#include "follow/visiting.h"
#include "ingest/charset.h"
#include "ingest/feed_rhythm.h"
#include "ingest/fetched.h"
#include "ingest/ingest.h"
#include "ingest/known.h"
#include "store/write.h"

/* ---- what our side can't take now ends the visit; what is wrong with an item spoils no other */

static bool is_ours(enum rc rc)
{
    static const enum rc ours[] = {RC_BUSY, RC_UNAVAILABLE, RC_FULL, RC_READ_ONLY, RC_NOMEM};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (ours[i] == rc) {
            return true;
        }
    }
    return false;
}

void visit_refuse(struct visiting *v, const struct err *e)
{
    v->report->refused++;
    if (!slice_present(v->report->first_refusal)) {
        v->report->first_refusal =
            arena_printf(v->arena, "%s%s%s", e->where, e->where[0] ? ": " : "", e->message);
    }
}

static void note_result(struct visiting *v, const struct pipeline_result *result)
{
    if (result->rc != RC_OK && is_ours(result->rc)) {
        v->ours = true;
    } else if (result->rc == RC_NOT_FOUND) {
        v->removed = true;
    } else if (result->rc == RC_GONE) {
        v->report->unchanged++; /* somebody deleted it: so it stays */
    } else if (result->rc != RC_OK) {
        visit_refuse(v, &result->err);
    } else {
        v->report->created += result->outcome == OUTCOME_CREATED;
        v->report->revised += result->outcome == OUTCOME_REVISED;
        v->report->unchanged += result->outcome == OUTCOME_UNCHANGED;
    }
}

/* Owns the arena. */
void visit_store(struct visiting *v, struct visit_item *item)
{
    char source[DIGEST_ID_CHARS + 1];
    digest_format_id(v->source->id, source);
    struct pipeline_job job = {.arena = item->arena,
                               .document = item->document,
                               .followed = &item->followed,
                               .who = SLICE("guillemet watch"),
                               .request = slice_cstr(source)};
    struct pipeline_result result;
    struct err e = {0};
    pipeline_put(v->tools->pipeline, &job, &result, &e);
    note_result(v, &result);
}

/* ---- which are new */

bool visit_was_met(struct visiting *v, uint64_t item)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (v->items[i] == item) {
            return true;
        }
    }
    if (v->item_count < VISIT_ITEMS_MOST) {
        v->items[v->item_count++] = item;
    }
    return false;
}

/* Deleted by somebody: not even looked into again. */
static bool is_buried(struct visiting *v, const struct document *document,
                      const struct identity *identity)
{
    struct store_outlook outlook = {.outcome = OUTCOME_CREATED};
    struct err e;
    v->ours = v->ours || known_outlook(v->reader, document, identity, &outlook, &e) != RC_OK;
    return outlook.deleted;
}

static int64_t moment_of(const struct visiting *v, const struct document *document)
{
    if (document->published.present) {
        int64_t at_ms = document->published.time_ms;
        return at_ms < v->now_ms ? at_ms : v->now_ms;
    }
    return v->source->success_ms ? v->now_ms : 0; /* the first time they may be of any age */
}

/* False: it says nothing new, or can't be known now. */
static bool is_new(struct visiting *v, struct visit_item *item, struct err *e)
{
    struct identity identity;
    bool known = false;
    uint64_t said = 0;
    enum rc rc = identity_of(item->document, item->arena, &identity, e);
    if (rc != RC_OK) {
        v->ours = v->ours || rc == RC_NOMEM;
        visit_refuse(v, e);
        return false;
    }
    item->followed = (struct store_followed){.source = v->source->id,
                                             .item = identity.id,
                                             .said = digest_id(&identity.revision),
                                             .at_ms = moment_of(v, item->document)};
    if (visit_was_met(v, identity.id)) {
        return false; /* twice in one feed: the first counts */
    }
    rc = store_followed_look(v->reader, v->source->row, identity.id, &known, &said, e);
    v->ours = v->ours || rc != RC_OK;
    bool same = known && said == item->followed.said;
    if (v->ours || same || is_buried(v, item->document, &identity)) {
        v->report->unchanged += !v->ours;
        return false;
    }
    return !v->ours;
}

/* ---- pages */

/* Puts the page's document in the place of the feed's, unless it says less: a wall before the article does. */
static void fill_from_page(struct visiting *v, struct visit_item *item)
{
    struct document *page = NULL, *summary = item->document;
    struct err e = {0};
    bool later = true;
    if (v->pages >= VISIT_PAGES_MOST || !slice_present(summary->url.text)) {
        v->unfinished = v->unfinished || slice_present(summary->url.text);
        later = slice_present(summary->url.text);
    } else {
        v->pages++;
        if (visit_page(v, summary->url.text, item->arena, &page, &later, &e) != RC_OK) {
            page = NULL;
        }
    }
    if (page && page->text.len >= summary->text.len) {
        page->published = page->published.present ? page->published : summary->published;
        item->document = page;
    } else if (!page && later) { /* for now the summary; the next visit tries again */
        v->unfinished = true;
        item->followed.said ^= 1;
    }
}

/* ---- the kinds */

/* Reads one item. False: there are no more, or no more can be taken now. */
static bool read_item(struct visiting *v, struct ingest_source *from, struct visit_item *item,
                      bool *readable)
{
    struct err fault = {0};
    enum rc rc =
        item->arena ? ingest_next(from, item->arena, &item->document, &fault) : err_nomem(&fault);
    *readable = rc == RC_OK;
    v->ours = v->ours || rc == RC_NOMEM;
    if (rc != RC_OK && rc != RC_NOMEM) {
        visit_refuse(v, &fault);
    }
    return rc != RC_NOMEM && (rc != RC_OK || item->document);
}

/* Owns the arena. */
static void take_item(struct visiting *v, struct visit_item *item)
{
    struct err fault = {0};
    visit_name(v, item->document);
    if (slice_present(v->page_url) &&
        fetched_settle(item->document, v->page_url, item->arena, &fault) != RC_OK) {
        v->ours = true;
    }
    bool fresh = is_new(v, item, &fault);
    if (fresh && v->source->choice.full && v->source->choice.kind == SOURCE_FEED) {
        fill_from_page(v, item);
    }
    if (fresh && !visit_is_over(v)) {
        visit_store(v, item);
    } else {
        arena_free(item->arena);
    }
}

static void take_documents(struct visiting *v, struct ingest_source *from)
{
    bool more = true;
    for (size_t count = 0; more && !visit_is_over(v); count++) {
        struct visit_item item = {.arena = arena_new(0)};
        bool readable;
        more = read_item(v, from, &item, &readable);
        if (more && readable && count >= VISIT_ITEMS_MOST) {
            struct err fault = {0};
            err_set(&fault, RC_TOO_LARGE, "a reply has at most %d items", VISIT_ITEMS_MOST);
            visit_refuse(v, &fault);
            readable = false;
        }
        if (more && readable) {
            take_item(v, &item);
        } else {
            arena_free(item.arena);
        }
        v->ours = v->ours || v->tools->stopping(v->tools->context);
    }
}

static enum rc take_bytes(struct visiting *v, const struct fetch_reply *reply, const char *type,
                          struct err *e)
{
    struct ingest_source *from;
    struct ingest_hints hints = visit_hints(v);
    hints.content_type = slice_cstr(type);
    hints.charset = charset_served(reply->content_type, buf_view(&reply->body));
    v->page_url = v->source->choice.kind == SOURCE_PAGE ? reply->final_url : SLICE_NONE;
    hints.url = v->page_url;
    enum rc rc = ingest_open_bytes(buf_view(&reply->body), &hints, &from, e);
    if (rc != RC_OK) {
        return rc;
    }
    take_documents(v, from);
    ingest_close(from);
    return RC_OK;
}

static enum rc take_feed(struct visiting *v, const struct fetch_reply *reply, const char *type,
                         struct err *e)
{
    struct slice body = buf_view(&reply->body);
    if (!type || strcmp(type, "text/html") == 0) {
        return err_set(e, RC_INVALID, "the address answers with %s, and no feed",
                       !type ? "neither RSS, Atom nor JSON Feed" : "a web page");
    }
    struct feed_rhythm rhythm = feed_rhythm_read(body);
    enum rc rc = take_bytes(v, reply, type, e);
    if (rc == RC_OK) {
        v->save.rhythm = (struct store_rhythm){.ttl_ms = rhythm.ttl_ms,
                                               .skip_hours = rhythm.skip_hours,
                                               .skip_days = rhythm.skip_days};
    }
    return rc;
}

static enum rc take_page(struct visiting *v, const struct fetch_reply *reply, const char *type,
                         struct err *e)
{
    if (!type || strcmp(type, "text/html") != 0) {
        return err_set(e, RC_INVALID, "the address answers with something else than a web page");
    }
    return take_bytes(v, reply, type, e);
}

enum rc visit_items(struct visiting *v, const struct fetch_reply *reply, struct err *e)
{
    const char *type = fetched_type(buf_view(&reply->body));
    switch (v->source->choice.kind) {
    case SOURCE_FEED:
        return take_feed(v, reply, type, e);
    case SOURCE_PAGE:
        return take_page(v, reply, type, e);
    case SOURCE_SITEMAP:
        return visit_sitemap(v, reply, e);
    }
    return err_set(e, RC_INTERNAL, "a source of no known kind");
}
