/* Addresses in documents are often relative: what they mean, by RFC 3986. */
#ifndef GUILLEMET_INGEST_XML_URL_H
#define GUILLEMET_INGEST_XML_URL_H

#include "base/arena.h"

#define XML_URL_MOST 4096u

/* `reference` as seen from `base` (may be absent). Absent when the result isn't an http or https address, or too
 * long: javascript:, data: and the like are no addresses of articles. */
struct slice xml_url_join(struct slice base, struct slice reference, struct arena *arena);

#endif
