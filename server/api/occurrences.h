/* GET /quotes/{id}/occurrences: the same words in several articles. */
#ifndef GUILLEMET_API_OCCURRENCES_H
#define GUILLEMET_API_OCCURRENCES_H

#include "api/call.h"

call_handler occurrences_list;

#endif
