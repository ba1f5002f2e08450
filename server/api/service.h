/* What is about the service itself: its index, health, description and schemas. */
#ifndef GUILLEMET_API_SERVICE_H
#define GUILLEMET_API_SERVICE_H

#include "api/call.h"

call_handler service_index, service_health, service_ready, service_openapi_yaml,
    service_openapi_json, service_schema;

/* A file of the binary; absent when there is none. */
struct slice service_asset(const char *folder, struct slice name, const char *suffix);
/* Sets a tag of the program, `content`, the base and what Accept chose. *fresh: as call_etag. */
enum rc service_etag(struct call *call, struct slice content, bool *fresh, struct err *e);
/* A file of /docs that the binary holds compressed. */
enum rc service_show_packed(struct call *call, const char *type, const char *name, struct err *e);

#endif
