/* What is about the service itself: its index, health, description, schemas and problem pages. */
#ifndef GUILLEMET_API_SERVICE_H
#define GUILLEMET_API_SERVICE_H

#include "api/call.h"

call_handler service_index, service_health, service_ready, service_openapi_yaml,
    service_openapi_json, service_schema, service_problem;

#endif
