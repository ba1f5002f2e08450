/* POST /articles, PUT and DELETE /articles/{id}. Answers come after the commit. */
#ifndef GUILLEMET_API_WRITES_H
#define GUILLEMET_API_WRITES_H

#include "api/call.h"

call_handler writes_post, writes_put, writes_delete;

#endif
