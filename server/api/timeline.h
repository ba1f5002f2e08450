/* GET /timeline: how many articles, mentions or quotes by hour, day, week, month or year. */
#ifndef GUILLEMET_API_TIMELINE_H
#define GUILLEMET_API_TIMELINE_H

#include "api/call.h"

call_handler timeline_get;

#endif
