/* PATCH /quotes/{id}: what people know better. */
#ifndef GUILLEMET_API_QUOTE_CHANGES_H
#define GUILLEMET_API_QUOTE_CHANGES_H

#include "api/call.h"

call_handler quote_changes_patch;

#endif
