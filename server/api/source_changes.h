/* Changes of the sources that are followed: added (one, or an OPML list of many), changed, removed, asked at once. */
#ifndef GUILLEMET_API_SOURCE_CHANGES_H
#define GUILLEMET_API_SOURCE_CHANGES_H

#include "api/call.h"

call_handler source_changes_post, source_changes_patch, source_changes_delete, source_changes_fetch;

#endif
