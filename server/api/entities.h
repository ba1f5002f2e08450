/* GET /entities…, and who the {entity} of a path is. */
#ifndef GUILLEMET_API_ENTITIES_H
#define GUILLEMET_API_ENTITIES_H

#include "api/call.h"

struct jsonw;
struct store_candidate;

/* *found NULL: several are called so, the reply is made (300 with candidates). */
enum rc entities_resolve(struct call *call, const struct store_candidate **found, struct err *e);
/* As above, with the ETag; *found NULL also when the client's copy is fresh (304). */
enum rc entities_open(struct call *call, const struct store_candidate **found, struct err *e);
/* The whole entity, with what its newest articles say. */
enum rc entities_write(struct call *call, struct jsonw *w, uint64_t id, struct slice resolved_from,
                       struct err *e);

call_handler entities_list, entities_get, entities_articles, entities_quotes;

#endif
