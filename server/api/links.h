/* Every URL that the API gives out is built here.
 *
 * Shape:   a base ("" or a prefix or a full URL), then a path. Without a configured base URL links are
 *          path-absolute ("/articles/…"): right behind every proxy that keeps the path.
 */
#ifndef GUILLEMET_API_LINKS_H
#define GUILLEMET_API_LINKS_H

#include "api/call.h"
#include "base/jsonw.h"
#include "text/digest.h"

/* "<base>/<collection>/<id><tail>" as a value */
void links_write_url(struct jsonw *w, struct slice base, struct slice collection, uint64_t id,
                     struct slice tail);
/* "key":"<base>/<collection>/<id><tail>": here, where the lengths of the words are known */
/* The same of an id that is text already. */
void links_write_known(struct jsonw *w, struct slice base, struct slice collection,
                       const char id[DIGEST_ID_CHARS + 1], struct slice tail);
static inline void links_write(struct jsonw *w, struct slice base, const char *key,
                               const char *collection, uint64_t id, const char *tail)
{
    jsonw_key(w, key);
    links_write_url(w, base, slice_cstr(collection), id, slice_cstr(tail));
}

void links_write_id(struct jsonw *w, const char *key, uint64_t id);
/* This request's own address with another cursor, or (absent) of its first page; absent when memory is out. */
struct slice links_page(const struct call *call, struct slice cursor);

#endif
