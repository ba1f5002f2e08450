/* Counters of this process and its archive, for monitoring. */
#ifndef GUILLEMET_API_METRICS_H
#define GUILLEMET_API_METRICS_H

#include "api/call.h"

call_handler service_metrics;

#endif
