/* POST /articles, PUT and DELETE /articles/{id}: answers come after the commit. POST /analyse keeps nothing. */
#ifndef GUILLEMET_API_WRITES_H
#define GUILLEMET_API_WRITES_H

#include "api/call.h"

call_handler writes_post, writes_put, writes_delete, writes_analyse;

#endif
