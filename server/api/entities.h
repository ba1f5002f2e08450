/* GET /entities… */
#ifndef GUILLEMET_API_ENTITIES_H
#define GUILLEMET_API_ENTITIES_H

#include "api/call.h"

call_handler entities_list, entities_get, entities_articles, entities_quotes;

#endif
