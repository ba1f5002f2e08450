/* Sources as OPML: the list that readers of feeds exchange. */
#include "api/formats.h"
#include "base/clock.h"
#include "ingest/xml_opml.h"

enum rc opml_render(const struct formatting *f, struct err *e)
{
    struct opml opml = {.title = SLICE("Sources of guillemet")};
    struct arena *arena = f->call->arena;
    struct jsonr items = jsonr_open(jsonr_get(f->body, "items"));
    struct slice item;
    while (jsonr_item(&items, &item)) {
        struct opml_feed *feed = ARENA_PUSH(arena, &opml);
        if (!feed) {
            return err_nomem(e);
        }
        feed->url = jsonr_get_string(item, "url", arena);
        feed->title = jsonr_get_string(item, "name", arena);
    }
    opml_write(&opml, clock_now_ms(), f->out);
    return RC_OK;
}
