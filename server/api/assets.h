/* Files that the service shows: the API's description, its schemas, the pages that explain problems. Compiled into
 * the binary by api.mk; `path` is the address. */
#ifndef GUILLEMET_API_ASSETS_H
#define GUILLEMET_API_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path; /* "openapi.yaml", "schema/article.schema.json", "problems/gone.md" */
    const char *start, *end;
};

extern const struct asset assets[];
extern const size_t asset_count;

#endif
