/* GET /articles/changes: what a mirror asks for, again and again. */
#ifndef GUILLEMET_API_CHANGES_H
#define GUILLEMET_API_CHANGES_H

#include "api/call.h"

call_handler changes_list;

#endif
