/* GET /entities/{entity}/related: who and what an entity is seen with. */
#ifndef GUILLEMET_API_RELATED_H
#define GUILLEMET_API_RELATED_H

#include "api/call.h"

call_handler related_list;

#endif
