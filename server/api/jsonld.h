/* The archive's objects in schema.org's words (JSON-LD). */
#ifndef GUILLEMET_API_JSONLD_H
#define GUILLEMET_API_JSONLD_H

#include "base/arena.h"
#include "base/jsonw.h"

void jsonld_article(struct jsonw *w, struct slice object, struct arena *arena);
void jsonld_quote(struct jsonw *w, struct slice object, struct arena *arena);
void jsonld_entity(struct jsonw *w, struct slice object, struct arena *arena);

#endif
