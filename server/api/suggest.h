/* GET /suggest: names by their beginning, for a field that completes what is typed. */
#ifndef GUILLEMET_API_SUGGEST_H
#define GUILLEMET_API_SUGGEST_H

#include "api/call.h"

call_handler suggest_list;

#endif
