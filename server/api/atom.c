/* Any list as a feed (RFC 4287), page by page (RFC 5005). */
#include "api/formats.h"
#include "api/links.h"
#include "api/markup.h"
#include "api/resources.h"
#include "api/urn.h"

static void write_id(struct buf *out, const char *kind, struct slice id)
{
    buf_text(out, "<id>");
    urn_write(out, kind, id);
    buf_text(out, "</id>");
}

/* A date is the beginning of its day; what is unknown is the beginning of time. */
static struct slice instant(struct slice moment, struct arena *arena)
{
    if (!slice_present(moment)) {
        return SLICE("1970-01-01T00:00:00Z");
    }
    return moment.len == 10 ? arena_printf(arena, "%.*sT00:00:00Z", SLICE_ARG(moment)) : moment;
}

static void write_link(struct buf *out, const char *rel, const char *type, struct slice href)
{
    if (href.len == 0) {
        return;
    }
    buf_printf(out, "<link rel=\"%s\"", rel);
    if (type) {
        buf_printf(out, " type=\"%s\"", type);
    }
    buf_text(out, " href=\"");
    markup_escape(out, href);
    buf_text(out, "\"/>");
}

static void write_author(struct buf *out, struct slice name)
{
    buf_text(out, "<author>");
    markup_element(out, "name", name);
    buf_text(out, "</author>");
}

static void write_entry(struct buf *out, const struct atom_entry *entry, struct arena *arena)
{
    buf_text(out, "<entry>");
    write_id(out, entry->kind, entry->id);
    markup_element(out, "title", entry->title);
    markup_element(out, "updated", instant(entry->updated, arena));
    if (slice_present(entry->published)) {
        markup_element(out, "published", instant(entry->published, arena));
    }
    if (entry->author.len > 0) {
        write_author(out, entry->author);
    }
    /* One "alternate" of a type: the page that a person reads, else our own. */
    write_link(out, "alternate", NULL, entry->related.len ? entry->related : entry->self);
    if (entry->related.len > 0) {
        write_link(out, "related", "application/json", entry->self);
    }
    markup_element(out, "summary", entry->summary.len ? entry->summary : entry->title);
    buf_text(out, "</entry>\n");
}

static void write_head(const struct formatting *f, struct slice updated)
{
    struct call *call = f->call;
    struct slice cursor = call_param(call, P_CURSOR)->text, self = links_page(call, cursor),
                 whole = links_page(call, SLICE_NONE);
    write_id(f->out, "feed", whole);
    buf_printf(f->out, "<title>%s</title>", f->resource->title);
    markup_element(f->out, "updated", updated);
    write_author(f->out, SLICE("guillemet"));
    buf_printf(f->out, "<generator uri=\"%.*s/\" version=\"%s\">guillemet</generator>",
               SLICE_ARG(call->base), GUILLEMET_VERSION);
    write_link(f->out, "self", "application/atom+xml", self);
    if (!slice_equal(self, whole)) {
        write_link(f->out, "first", "application/atom+xml", whole);
    }
    write_link(f->out, "next", "application/atom+xml",
               jsonr_get_string(f->body, "next", call->arena));
    buf_char(f->out, '\n');
}

/* Of the newest entry: it changes when the page does. */
static struct slice newest(const struct formatting *f)
{
    struct jsonr r = jsonr_open(jsonr_get(f->body, "items"));
    struct slice item, best = SLICE("1970-01-01T00:00:00Z");
    while (jsonr_item(&r, &item)) {
        struct atom_entry entry = {0};
        f->resource->atom(item, f->call->arena, &entry);
        struct slice updated = instant(entry.updated, f->call->arena);
        best = slice_compare(updated, best) > 0 ? updated : best;
    }
    return best;
}

enum rc atom_render(const struct formatting *f, struct err *e)
{
    (void)e;
    struct jsonr r = jsonr_open(jsonr_get(f->body, "items"));
    struct slice item;
    buf_text(f->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                     "<feed xmlns=\"http://www.w3.org/2005/Atom\">");
    write_head(f, newest(f));
    while (jsonr_item(&r, &item)) {
        struct atom_entry entry = {0};
        f->resource->atom(item, f->call->arena, &entry);
        write_entry(f->out, &entry, f->call->arena);
    }
    buf_text(f->out, "</feed>\n");
    return RC_OK;
}
