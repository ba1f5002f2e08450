/* Addresses that end in a format: "/quotes.csv" is "/quotes" as CSV.
 *
 * Shape:   only for routes that say so (HTTP_SUFFIX) and for the formats that server_options.suffixes names: a literal
 *          path that ends in ".json" and a name with a dot in it stay what they are.
 */
#ifndef GUILLEMET_HTTP_SUFFIX_H
#define GUILLEMET_HTTP_SUFFIX_H

#include "http/internal.h"

/* After router_match: takes a suffix off the last segment and matches again where that leads somewhere. */
void suffix_match(struct http_request *request, size_t skip);
/* For an address that is nowhere: what it would be without its unknown suffix. False: nothing either. *nearest: the
 * format that may be meant, or NULL. */
bool suffix_guess(struct http_request *request, size_t skip, const char **nearest);

#endif
