/* POST /articles with many articles: one result per item, in order.
 *
 * Shape:   lines (NDJSON), a JSON array and feeds are bulks whatever their number of items; everything else is one
 *          article (writes.c). The reply is 200 when every item was taken, 207 when one or more were refused. A bulk runs
 *          on threads of its own, so that it holds up no other write.
 * Errors:  the whole is refused before anything is stored: JSON that doesn't parse, more than BULK_ITEMS_MOST
 *          items, parameters that belong to one article. Faults of single items are in their results.
 */
#ifndef GUILLEMET_API_BULK_H
#define GUILLEMET_API_BULK_H

#include "api/call.h"
#include "ingest/bulk.h"

#define BULK_ITEMS_MOST     10000
#define BULK_JOB_ITEMS_MOST 100000 /* of those that are done later */
#define BULK_THREADS        2
#define BULK_WAITING_MOST   16 /* requests; more are told to come back */

/* Takes over from writes_post. */
enum rc bulk_post(struct call *call, const struct ingest_hints *hints, struct slice body,
                  struct err *e);

/* "problem": the problem document of an item, or null. */
void bulk_write_problem(struct jsonw *w, struct slice base, const char *code,
                        const struct err *fault);
/* The code of problem.h for what an item met. */
const char *bulk_problem_code(enum rc rc, bool if_none);

#endif
