/* What went wrong between us and a server, in words for whoever reads the log. */
#ifndef GUILLEMET_FETCH_FAILURE_H
#define GUILLEMET_FETCH_FAILURE_H

#include "fetch/fetch.h"
#include "fetch/libcurl.h"

enum fetch_failure failure_of(CURLcode code);
enum rc failure_rc(enum fetch_failure failure);
/* What the fault's rc says where there was no CURLcode. */
enum fetch_failure failure_of_rc(enum rc rc, enum fetch_failure otherwise);

#endif
