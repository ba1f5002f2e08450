/* What each address gives: the kind of its objects, one or a list, and in which formats.
 *
 * Shape:   a resource is a kind of object with a schema of its own (schema/): what fields= may name, the columns of its
 *          CSV. A use is an address that gives it.
 */
#ifndef GUILLEMET_API_RESOURCES_H
#define GUILLEMET_API_RESOURCES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/jsonw.h"
#include "base/slice.h"

struct atom_entry {
    const char *kind;   /* of its id: "quote" */
    struct slice id;    /* within the kind */
    struct slice title; /* any text */
    struct slice summary;
    struct slice author;
    struct slice updated, published; /* RFC 3339; a date is the day's beginning; absent: unknown */
    struct slice self, related;      /* addresses; related may be absent */
};

struct resource {
    const char *name;   /* "quotes": of files and feeds */
    const char *title;  /* "Quotes" */
    const char *schema; /* "schema/quote.schema.json" */
    const char
        *schema_path; /* within it: "" or where the object's schema is, "properties.items.items" */
    const char *columns; /* of CSV: paths separated by commas */
    const char *rows;    /* of a list: where its objects are; NULL: in "items" */
    bool plain;          /* nothing in it points into a text: there are no offsets */
    /* One object as schema.org sees it; NULL: it doesn't. */
    void (*jsonld)(struct jsonw *w, struct slice object, struct arena *arena);
    void (*atom)(struct slice object, struct arena *arena, struct atom_entry *out); /* or NULL */
};

struct resource_use {
    const char *operation_id;
    const struct resource *resource;
    bool is_list;
    unsigned formats; /* FORMAT_BITs */
};

/* NULL: it has one format, its handler's. */
const struct resource_use *resource_use_find(const char *operation_id);
const struct resource_use *resource_uses(size_t *count);

/* The member of a list's envelope that has its objects. */
static inline const char *resource_rows(const struct resource *resource)
{
    return resource->rows ? resource->rows : "items";
}

/* Whether a resource's objects can have this field. If not: *wrong is the step that isn't there, *nearest a name that
 * is, or NULL, *known all names there. */
bool resource_has_field(const struct resource *resource, struct slice path, struct arena *arena,
                        struct slice *wrong, const char **nearest, struct slice *known);

#endif
