/* GET /articles/{id}/duplicates: who else prints the same text. */
#ifndef GUILLEMET_API_DUPLICATES_H
#define GUILLEMET_API_DUPLICATES_H

#include "api/call.h"

call_handler duplicates_list;

#endif
