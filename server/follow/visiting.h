/* A visit under way, for visit.c and the files it is split into. */
#ifndef GUILLEMET_FOLLOW_VISITING_H
#define GUILLEMET_FOLLOW_VISITING_H

#include "follow/visit.h"
#include "ingest/ingest.h"

struct visiting {
    const struct visit_tools *tools;
    struct store_reader *reader;
    const struct store_source *source;
    struct host *host; /* of the source while it is ours */
    struct arena *arena;
    int64_t now_ms;
    struct visit_report *report;
    struct store_visit save;
    size_t pages;          /* asked for */
    bool unfinished;       /* something of the reply waits: it must be given again */
    bool no_validators;    /* what changes may be elsewhere than in the reply */
    bool removed;          /* nobody follows the source any more, or it is elsewhere now */
    bool ours;             /* what went wrong is no fault of the source's */
    struct slice page_url; /* of a page that is followed itself; else absent */
    uint64_t items[VISIT_ITEMS_MOST]; /* that were met in this visit */
    size_t item_count;
};

static inline bool visit_is_over(const struct visiting *v)
{
    return v->ours || v->removed;
}

/* RC_OK, or RC_INVALID with the words for the source: robots.txt forbids it or can't be read. `host` is taken. */
enum rc visit_rules_check(struct visiting *v, struct host *host, struct slice url, struct err *e);
/* One request; counts and notes it. `host` is taken. */
enum rc visit_ask(struct visiting *v, struct host *host, const struct fetch_request *request,
                  struct fetch_reply *reply, struct err *e);
/* The items of a 200. RC_INVALID: it is no such thing as the source should be, in words. */
enum rc visit_items(struct visiting *v, const struct fetch_reply *reply, struct err *e);

/* An item that was read: the document that it is, and what it is to its source. */
struct visit_item {
    struct arena *arena; /* of the document */
    struct document *document;
    struct store_followed followed;
};
/* Into the archive; counts what came of it. Owns the arena. */
void visit_store(struct visiting *v, struct visit_item *item);
void visit_refuse(struct visiting *v, const struct err *e);
/* Whether this visit had the item before; from now on it has. */
bool visit_was_met(struct visiting *v, uint64_t item);

/* visit_pages.c */
struct ingest_hints visit_hints(const struct visiting *v);
/* What people called the source is what its articles are of, whatever these call it. */
void visit_name(const struct visiting *v, struct document *document);
/* The page of an address, as a document in `arena`. *later: another try may have it. */
enum rc visit_page(struct visiting *v, struct slice url, struct arena *arena, struct document **out,
                   bool *later, struct err *e);

/* visit_sitemap.c; as visit_items */
enum rc visit_sitemap(struct visiting *v, const struct fetch_reply *reply, struct err *e);

#endif
