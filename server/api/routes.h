/* THE route table: every address that the service answers.
 *
 * From it come dispatch, 404, 405 + Allow, body limits, authorisation and what runs on a worker; a test
 * checks it against openapi.yaml both ways. */
#ifndef GUILLEMET_API_ROUTES_H
#define GUILLEMET_API_ROUTES_H

#include "api/call.h"
#include "base/jsonw.h"
#include "http/router.h"

struct api_route {
    struct http_route http; /* its handler is api_dispatch */
    call_handler *handler;
    param_set params;   /* PARAM_BITs */
    bool reads_archive; /* needs a reader */
};

const struct api_route *api_routes(size_t *count);
/* Those of the table, and what an address takes for its formats. */
param_set api_route_params(const struct api_route *route);
/* The table as JSON: [{"method","path","operation_id","auth","params":[…]}]. */
void api_routes_write(struct jsonw *w);

#endif
