/* What came from the web: what it is, and what a page may say of itself when it is known where it was found.
 *
 * Shape:   the address that a page names as its own stands when it is of the same site; another site's would let a page
 *          take the place of that site's article in the archive, so the page is then known by where it was found.
 * Memory:  in the arena.
 */
#ifndef GUILLEMET_INGEST_FETCHED_H
#define GUILLEMET_INGEST_FETCHED_H

#include "base/arena.h"
#include "base/err.h"
#include "model/document.h"

/* The media type that bytes are of, whatever the server says; NULL: neither a feed nor a page. */
const char *fetched_type(struct slice body);
/* `address`: http or https, where the page came from. */
enum rc fetched_settle(struct document *document, struct slice address, struct arena *arena,
                       struct err *e);
/* Whether one is the other's, or both are of one domain: "amp.presse.example", "www.presse.example". */
bool fetched_is_one_site(struct slice url, struct slice other);

#endif
