#include "cli/ingest_web.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/fetched.h"
#include "ingest/html_discover.h"
#include "ingest/identity.h"

struct ingest_web {
    struct web *web;
    struct arena *arena; /* of `seen` */
    struct {
        uint64_t *items; /* ids of articles whose pages were asked for */
        size_t count, capacity;
    } seen;
    struct fetch_reply reply; /* of the address under way */
};

enum rc ingest_web_new(const struct cli *cli, struct ingest_web **out, struct err *e)
{
    struct ingest_web *web = calloc(1, sizeof *web);
    if (!web || !(web->arena = arena_new(0))) {
        ingest_web_free(web);
        return err_nomem(e);
    }
    enum rc rc = web_open(cli, &web->web, e);
    if (rc) {
        ingest_web_free(web);
        return rc;
    }
    *out = web;
    return RC_OK;
}

void ingest_web_free(struct ingest_web *web)
{
    if (web) {
        fetch_reply_done(&web->reply);
        web_close(web->web);
        arena_free(web->arena);
        free(web);
    }
}

/* ---- an address of the command line */

enum rc ingest_web_ask(struct ingest_web *web, const char *address, struct ingest_hints *hints,
                       struct ingest_found *out, struct err *e)
{
    struct fetch_request request = {.url = slice_cstr(address)};
    fetch_reply_done(&web->reply);
    enum rc rc = web_get(web->web, &request, &web->reply, e);
    if (rc) {
        return rc;
    }
    if (slice_present(web->reply.moved_to)) {
        cli_complain("%s has moved for good to %.*s", address, SLICE_ARG(web->reply.moved_to));
    }
    struct slice given = hints->content_type;
    *out =
        (struct ingest_found){.body = buf_view(&web->reply.body), .address = web->reply.final_url};
    web_type(&web->reply, hints);
    hints->content_type = slice_present(given) ? given : hints->content_type;
    out->is_page = slice_is(hints->content_type, "text/html");
    out->is_sitemap = sitemap_sniff(out->body);
    if (out->is_page && !slice_present(hints->url)) {
        hints->url = out->address;
    }
    return RC_OK;
}

void ingest_web_advise(const struct ingest_found *found, struct err *e)
{
    struct discoveries feeds;
    struct ingest_hints hints = {.url = found->address};
    struct arena *arena = found->is_page ? arena_new(0) : NULL;
    struct err ignored, told = *e;
    if (arena && discover_in_page(found->body, &hints, arena, &feeds, &ignored) == RC_OK &&
        feeds.count > 0) {
        err_set(e, told.rc, "%s; a feed of its site may be at %.*s", told.message,
                SLICE_ARG(feeds.items[0].url));
    }
    arena_free(arena);
}

/* ---- pages of what is listed */

static bool was_seen(struct ingest_web *web, uint64_t id)
{
    for (size_t i = 0; i < web->seen.count; i++) {
        if (web->seen.items[i] == id) {
            return true;
        }
    }
    uint64_t *kept = ARENA_PUSH(web->arena, &web->seen);
    if (kept) {
        *kept = id;
    }
    return false;
}

/* The page of an address as a document in `arena`. */
static enum rc read_page(struct ingest_web *web, struct slice url, const struct ingest_hints *hints,
                         struct arena *arena, struct document **out, struct err *e)
{
    struct fetch_request request = {.url = url, .accept = FETCH_PAGE};
    struct fetch_reply reply;
    struct ingest_hints own = *hints;
    own.content_type = own.charset = own.content_encoding = own.url = own.external_id = SLICE_NONE;
    own.archive = NULL;
    enum rc rc = web_get_politely(web->web, &request, &reply, e);
    if (rc == RC_OK) {
        web_type(&reply, &own);
        own.url = reply.final_url;
        rc = slice_is(own.content_type, "text/html")
                 ? ingest_read(buf_view(&reply.body), &own, arena, out, e)
                 : err_set(e, RC_INVALID, "what stands there is no web page");
    }
    rc = rc ? rc : fetched_settle(*out, reply.final_url, arena, e);
    fetch_reply_done(&reply);
    return rc ? err_context(e, "the page %.*s", SLICE_ARG(url)) : RC_OK;
}

/* What the list knows and the page doesn't say. */
static void complete(struct document *page, const struct document *item)
{
    page->published = page->published.present ? page->published : item->published;
    bool guessed = page->source.origin == ORIGIN_DETECTED; /* its host */
    if (slice_present(item->source.text) && (guessed || !slice_present(page->source.text))) {
        page->source = item->source;
    }
    page->section = slice_present(page->section.text) ? page->section : item->section;
    page->external_id =
        slice_present(page->external_id.text) ? page->external_id : item->external_id;
    if (page->byline_count == 0) {
        page->bylines = item->bylines;
        page->byline_count = item->byline_count;
    }
}

/* An archive that has the item under the address that the feed gave it keeps that address. */
static void keep_known_address(struct known *known, const struct document *item,
                               const struct identity *identity, struct document *page)
{
    struct store_outlook outlook = {.outcome = OUTCOME_CREATED};
    struct err ignored;
    if (known && known_look(known, item, identity, &outlook, &ignored) == RC_OK &&
        outlook.outcome != OUTCOME_CREATED) {
        page->url = item->url;
        page->canonical_url = item->canonical_url;
    }
}

enum rc ingest_web_page(struct ingest_web *web, const struct ingest_hints *hints,
                        struct known *known, struct arena *arena, struct document **document,
                        bool *again, struct err *e)
{
    struct document *item = *document, *page = NULL;
    struct identity identity;
    *again = false;
    if (!slice_present(item->url.text)) {
        return RC_OK;
    }
    enum rc rc = identity_of(item, arena, &identity, e);
    if (rc == RC_OK && was_seen(web, identity.id)) {
        *again = true;
        return RC_OK;
    }
    rc = rc ? rc : read_page(web, item->url.text, hints, arena, &page, e);
    if (rc) {
        return rc;
    }
    if (page->text.len < item->text.len) {
        return RC_OK; /* a wall before the article says less than the feed */
    }
    complete(page, item);
    keep_known_address(known, item, &identity, page);
    *document = page;
    return RC_OK;
}

static struct moment moment_of(const struct sitemap_moment *told)
{
    return (struct moment){.present = told->present,
                           .date_only = told->date_only,
                           .time_ms = told->time_ms,
                           .origin = ORIGIN_META};
}

enum rc ingest_web_entry(struct ingest_web *web, const struct ingest_hints *hints,
                         const struct sitemap_entry *entry, struct arena *arena,
                         struct document **document, bool *again, struct err *e)
{
    struct document *page = NULL;
    struct document listed = {.published = moment_of(&entry->published),
                              .source = {.text = SLICE_NONE, .origin = ORIGIN_META}};
    struct slice canonical, key;
    *again = false;
    enum rc rc = identity_canonical_url(entry->url, arena, &canonical, e);
    rc = rc ? rc : identity_url_key(canonical, arena, &key, e);
    if (rc == RC_OK && was_seen(web, digest_article_id("url", key))) {
        *again = true;
        return RC_OK;
    }
    rc = rc ? rc : read_page(web, entry->url, hints, arena, &page, e);
    if (rc == RC_OK) {
        if (slice_present(entry->source)) {
            listed.source.text = arena_copy(arena, entry->source);
        }
        complete(page, &listed);
        *document = page;
    }
    return rc;
}
