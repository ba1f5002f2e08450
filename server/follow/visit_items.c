/* What a reply holds, item by item: known already, or into the archive. */
#include <string.h>

#include "follow/place.h"
#include "follow/visiting.h"
#include "ingest/feed_rhythm.h"
#include "ingest/ingest.h"
#include "store/write.h"

/* An item that was read: the document that it is, and what it is to its source. */
struct item {
    struct arena *arena; /* of the document */
    struct document *document;
    struct store_followed followed;
};

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

static void refuse(struct visiting *v, const struct err *e)
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
        refuse(v, &result->err);
    } else {
        v->report->created += result->outcome == OUTCOME_CREATED;
        v->report->revised += result->outcome == OUTCOME_REVISED;
        v->report->unchanged += result->outcome == OUTCOME_UNCHANGED;
    }
}

/* Owns the arena. */
static void store_item(struct visiting *v, struct item *item)
{
    struct pipeline_job job = {
        .arena = item->arena, .document = item->document, .followed = &item->followed};
    struct pipeline_result result;
    struct err e = {0};
    pipeline_put(v->tools->pipeline, &job, &result, &e);
    note_result(v, &result);
}

/* ---- which are new */

static bool was_met(struct visiting *v, uint64_t item)
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
    struct store_write request = {.kind = STORE_PUT,
                                  .id = identity->id,
                                  .key_kind = identity->kind,
                                  .sent_url = identity->sent_url,
                                  .document = document,
                                  .content = identity->content,
                                  .revision = identity->revision};
    struct err e;
    v->ours = v->ours || store_article_outlook(v->reader, &request, &outlook, &e) != RC_OK;
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
static bool is_new(struct visiting *v, struct item *item, struct err *e)
{
    struct identity identity;
    bool known = false;
    uint64_t said = 0;
    enum rc rc = identity_of(item->document, item->arena, &identity, e);
    if (rc != RC_OK) {
        v->ours = v->ours || rc == RC_NOMEM;
        refuse(v, e);
        return false;
    }
    item->followed = (struct store_followed){.source = v->source->id,
                                             .item = identity.id,
                                             .said = digest_id(&identity.revision),
                                             .at_ms = moment_of(v, item->document)};
    if (was_met(v, identity.id)) {
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

/* ---- reading */

static struct ingest_hints hints_of(const struct visiting *v)
{
    const struct store_source_choice *choice = &v->source->choice;
    return (struct ingest_hints){
        .source = choice->name, .lang = choice->lang, .section = choice->section};
}

/* What people called the source is what its articles are of, whatever the feed calls itself. */
static void name_it(const struct visiting *v, struct document *document)
{
    if (slice_present(v->source->choice.name)) {
        document->source =
            (struct field){.text = v->source->choice.name, .origin = ORIGIN_SUBMITTED};
    }
}

static struct slice charset_of(struct slice content_type)
{
    size_t at = 0;
    while (at < content_type.len && content_type.ptr[at] != ';') {
        at++;
    }
    for (; at + 8 < content_type.len; at++) {
        if (strncasecmp(content_type.ptr + at, "charset=", 8) == 0) {
            struct slice rest = slice_of(content_type.ptr + at + 8, content_type.len - at - 8);
            rest = slice_trim(slice_cut(&rest, ';'));
            bool quoted = rest.len > 1 && rest.ptr[0] == '"' && rest.ptr[rest.len - 1] == '"';
            return quoted ? slice_of(rest.ptr + 1, rest.len - 2) : rest;
        }
    }
    return SLICE_NONE;
}

/* Servers seldom know what they send: the bytes tell. */
static const char *type_of(struct slice body)
{
    static const struct {
        const char *reader, *type;
    } types[] = {{"feed", "application/rss+xml"},
                 {"jsonfeed", "application/feed+json"},
                 {"html", "text/html"}};
    struct ingest_hints nothing = {.name = SLICE_NONE};
    struct err e;
    const struct ingest_reader *reader = ingest_reader_find(&nothing, body, &e);
    for (size_t i = 0; reader && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(ingest_reader_name(reader), types[i].reader) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

/* ---- pages */

/* The page of an address, as a document in `arena`. *later: another try may have it. */
static enum rc read_page(struct visiting *v, struct slice url, struct arena *arena,
                         struct document **out, bool *later, struct err *e)
{
    struct slice place;
    struct fetch_reply reply = {.retry_after_s = -1};
    struct fetch_request request = {.accept = FETCH_PAGE};
    enum rc rc = place_read(url, v->arena, &place, e);
    *later = false;
    if (rc != RC_OK) {
        return rc;
    }
    struct host *host = v->tools->enter(v->tools->context, place_origin(place));
    if (!host) {
        v->ours = true;
        return err_set(e, RC_BUSY, "stopping");
    }
    request.url = place;
    rc = visit_rules_check(v, host, place, e);
    rc = rc == RC_OK ? visit_ask(v, host, &request, &reply, e) : rc;
    v->tools->leave(v->tools->context, host);
    *later = rc != RC_OK ? rc == RC_BUSY : reply.status == 429 || reply.status >= 500;
    if (rc == RC_OK && reply.status != 200) {
        rc = err_set(e, RC_INVALID, "the page answers %u", reply.status);
    }
    struct slice body = buf_view(&reply.body);
    const char *type = rc == RC_OK ? type_of(body) : NULL;
    if (rc == RC_OK && (!type || strcmp(type, "text/html") != 0)) {
        rc = err_set(e, RC_INVALID, "what stands there is no web page");
    }
    if (rc == RC_OK) {
        struct ingest_hints hints = hints_of(v);
        hints.content_type = slice_cstr(type);
        hints.charset = charset_of(reply.content_type);
        hints.url = reply.final_url;
        rc = ingest_read(body, &hints, arena, out, e);
    }
    fetch_reply_done(&reply);
    return rc;
}

/* Puts the page's document in the place of the feed's, unless it says less: a wall before the article does. */
static void fill_from_page(struct visiting *v, struct item *item)
{
    struct document *page = NULL, *summary = item->document;
    struct err e = {0};
    bool later = true;
    if (v->pages >= VISIT_PAGES_MOST || !slice_present(summary->url.text)) {
        v->unfinished = v->unfinished || slice_present(summary->url.text);
        later = slice_present(summary->url.text);
    } else {
        v->pages++;
        if (read_page(v, summary->url.text, item->arena, &page, &later, &e) != RC_OK) {
            page = NULL;
        }
    }
    if (page && page->text.len >= summary->text.len) {
        page->published = page->published.present ? page->published : summary->published;
        name_it(v, page);
        item->document = page;
    } else if (!page && later) { /* for now the summary; the next visit tries again */
        v->unfinished = true;
        item->followed.said ^= 1;
    }
}

/* ---- the kinds */

/* Reads one item. False: there are no more, or no more can be taken now. */
static bool read_item(struct visiting *v, struct ingest_source *from, struct item *item,
                      bool *readable)
{
    struct err fault = {0};
    enum rc rc =
        item->arena ? ingest_next(from, item->arena, &item->document, &fault) : err_nomem(&fault);
    *readable = rc == RC_OK;
    v->ours = v->ours || rc == RC_NOMEM;
    if (rc != RC_OK && rc != RC_NOMEM) {
        refuse(v, &fault);
    }
    return rc != RC_NOMEM && (rc != RC_OK || item->document);
}

/* Owns the arena. */
static void take_item(struct visiting *v, struct item *item)
{
    struct err fault = {0};
    name_it(v, item->document);
    bool fresh = is_new(v, item, &fault);
    if (fresh && v->source->choice.full && v->source->choice.kind == SOURCE_FEED) {
        fill_from_page(v, item);
    }
    if (fresh && !visit_is_over(v)) {
        store_item(v, item);
    } else {
        arena_free(item->arena);
    }
}

static void take_documents(struct visiting *v, struct ingest_source *from)
{
    bool more = true;
    for (size_t count = 0; more && !visit_is_over(v); count++) {
        struct item item = {.arena = arena_new(0)};
        bool readable;
        more = read_item(v, from, &item, &readable);
        if (more && readable && count >= VISIT_ITEMS_MOST) {
            struct err fault = {0};
            err_set(&fault, RC_TOO_LARGE, "a reply has at most %d items", VISIT_ITEMS_MOST);
            refuse(v, &fault);
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
    struct ingest_hints hints = hints_of(v);
    hints.content_type = slice_cstr(type);
    hints.charset = charset_of(reply->content_type);
    hints.url = v->source->choice.kind == SOURCE_PAGE ? reply->final_url : SLICE_NONE;
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
    const char *type = type_of(buf_view(&reply->body));
    switch (v->source->choice.kind) {
    case SOURCE_FEED:
        return take_feed(v, reply, type, e);
    case SOURCE_PAGE:
        return take_page(v, reply, type, e);
    case SOURCE_SITEMAP:
        break;
    }
    return err_set(e, RC_INVALID, "sitemaps can't be read yet");
}
