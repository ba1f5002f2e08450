/* Entities as JSON: the archive's (schema/entity.schema.json) and as one article shows them
 * (schema/article-entity.schema.json). */
#ifndef GUILLEMET_API_VIEW_ENTITY_H
#define GUILLEMET_API_VIEW_ENTITY_H

#include "base/jsonw.h"
#include "store/articles.h"
#include "store/entities.h"

/* `recent`: NULL in lists. `resolved_from`: what was asked for when that was an alias or a merged id; absent
 * otherwise. */
void view_entity_write(struct jsonw *w, struct slice base, const struct store_entity *entity,
                       const struct store_entity_recent *recent, struct slice resolved_from);
void view_article_entity_write(struct jsonw *w, struct slice base,
                               const struct store_article_entity *entity);

#endif
