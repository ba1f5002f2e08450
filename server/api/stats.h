/* GET /stats: how much of what the archive holds. */
#ifndef GUILLEMET_API_STATS_H
#define GUILLEMET_API_STATS_H

#include "api/call.h"

call_handler stats_get;

#endif
