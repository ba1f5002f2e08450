/* GET /articles/{id}/revisions…: what an article said before, and what changed. */
#ifndef GUILLEMET_API_REVISIONS_H
#define GUILLEMET_API_REVISIONS_H

#include "api/call.h"

call_handler revisions_list, revisions_get, revisions_diff;

#endif
