#include "follow/opml.h"

#include <stdbool.h>

#include "follow/place.h"
#include "ingest/xml_opml.h"
#include "store/sources.h"

#define NAME_MOST 256

static void refuse(struct opml_import *import, struct arena *arena, const char *why)
{
    import->refused++;
    if (!slice_present(import->first_refusal)) {
        import->first_refusal = arena_copy(arena, slice_cstr(why));
    }
}

/* How many of the list can be followed; `choices` has room for all. */
static size_t choose(const struct opml *opml, struct arena *arena,
                     struct store_source_choice *choices, struct opml_import *import)
{
    size_t count = 0;
    for (size_t i = 0; i < opml->count; i++) {
        struct store_source_choice *choice = &choices[count];
        struct err fault = {0};
        *choice = (struct store_source_choice){.kind = SOURCE_FEED};
        if (place_read(opml->items[i].url, arena, &choice->url, &fault) != RC_OK) {
            refuse(import, arena, fault.message);
            continue;
        }
        struct slice title =
            slice_present(opml->items[i].title) ? slice_trim(opml->items[i].title) : SLICE("");
        /* Lists give feeds without a title their address for one. */
        bool named = title.len > 0 && title.len <= NAME_MOST &&
                     !slice_equal(title, slice_trim(opml->items[i].url));
        choice->name = named ? title : SLICE_NONE;
        count++;
    }
    return count;
}

enum rc opml_import(struct store *store, struct slice bytes, struct slice content_type,
                    struct store_actor by, struct arena *arena, struct opml_import *out,
                    struct err *e)
{
    struct ingest_hints hints = {.content_type = content_type};
    struct opml_import import = {.added = 0};
    struct opml opml = {.items = NULL};
    enum rc rc = opml_read(bytes, &hints, arena, &opml, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct store_source_choice *choices =
        ARENA_ARRAY(arena, struct store_source_choice, opml.count);
    bool *added = ARENA_ARRAY(arena, bool, opml.count);
    if (!choices || !added) {
        return err_nomem(e);
    }
    size_t count = choose(&opml, arena, choices, &import);
    rc = store_source_add_many(store, choices, count, by, added, e);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        import.added += added[i];
        import.existing += !added[i];
    }
    for (size_t i = 0; i < opml.left_out; i++) {
        refuse(&import, arena, "an outline's xmlUrl is no address of http or https");
    }
    if (rc == RC_OK) {
        *out = import;
    }
    return rc;
}
