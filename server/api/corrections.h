/* GET /corrections…, DELETE /corrections/{number}: what people corrected, and taking it back. */
#ifndef GUILLEMET_API_CORRECTIONS_H
#define GUILLEMET_API_CORRECTIONS_H

#include "api/call.h"

call_handler corrections_list, corrections_get, corrections_undo;

#endif
