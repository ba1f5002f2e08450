#include "api/entries.h"

#include "base/jsonr.h"

static struct slice either(struct slice a, struct slice b)
{
    return a.len > 0 ? a : b;
}

void entry_article(struct slice object, struct arena *arena, struct atom_entry *out)
{
    out->kind = "article";
    out->id = jsonr_get_string(object, "id", arena);
    out->title = either(jsonr_get_string(object, "title", arena), SLICE("(untitled)"));
    out->summary = jsonr_get_string(object, "standfirst", arena);
    out->author = jsonr_get_string(object, "source", arena);
    out->updated = jsonr_get_string(object, "updated_at", arena);
    out->published = jsonr_get_string(object, "published_at", arena);
    out->self = jsonr_get_string(object, "links.self", arena);
    out->related = jsonr_get_string(object, "url", arena);
}

void entry_quote(struct slice object, struct arena *arena, struct atom_entry *out)
{
    struct slice speaker = either(jsonr_get_string(object, "speaker.name", arena),
                                  jsonr_get_string(object, "speaker.text", arena)),
                 title = jsonr_get_string(object, "article.title", arena);
    out->kind = "quote";
    out->id = jsonr_get_string(object, "id", arena);
    out->title = arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(speaker),
                              speaker.len > 0 && title.len > 0 ? " — " : "", SLICE_ARG(title));
    out->title = either(out->title, SLICE("(unknown speaker)"));
    out->summary = jsonr_get_string(object, "text", arena);
    out->author = jsonr_get_string(object, "article.source", arena);
    out->published = jsonr_get_string(object, "article.published_at", arena);
    out->updated = jsonr_get_string(object, "article.at", arena);
    out->self = jsonr_get_string(object, "links.self", arena);
    out->related = jsonr_get_string(object, "article.url", arena);
}

void entry_entity(struct slice object, struct arena *arena, struct atom_entry *out)
{
    out->kind = "entity";
    out->id = jsonr_get_string(object, "id", arena);
    out->title = either(jsonr_get_string(object, "name", arena), SLICE("(unnamed)"));
    out->summary = arena_printf(
        arena, "%.*s articles, %.*s mentions, %.*s quotes by, %.*s quotes about",
        SLICE_ARG(jsonr_get(object, "articles")), SLICE_ARG(jsonr_get(object, "mentions")),
        SLICE_ARG(jsonr_get(object, "quotes_by")), SLICE_ARG(jsonr_get(object, "quotes_about")));
    out->author = SLICE_NONE;
    out->updated = jsonr_get_string(object, "last_seen", arena);
    out->published = jsonr_get_string(object, "first_seen", arena);
    out->self = jsonr_get_string(object, "links.self", arena);
    out->related = SLICE_NONE;
}
