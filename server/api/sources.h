/* The sources that are followed: /sources and what is below it, reading. */
#ifndef GUILLEMET_API_SOURCES_H
#define GUILLEMET_API_SOURCES_H

#include "api/call.h"
#include "store/sources.h"

call_handler sources_list, sources_get;

/* One of them into the reply, with its ETag. */
enum rc sources_show(struct call *call, uint64_t id, struct err *e);

#endif
