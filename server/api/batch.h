/* GET /batch/articles, /batch/entities, /batch/quotes: many by id in one request, in the order asked.
 *
 * Shape:   a GET, so that its reply is cached and revalidated like any other. What is missing or gone is told
 *          in its place: one stale id doesn't cost the client the others.
 */
#ifndef GUILLEMET_API_BATCH_H
#define GUILLEMET_API_BATCH_H

#include "api/call.h"

call_handler batch_articles, batch_entities, batch_quotes;

#endif
