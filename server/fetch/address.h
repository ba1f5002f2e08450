/* An address as it may be asked for: http or https, with a host, without user name, zone or fragment.
 *
 * Shape:  one parser, libcurl's, reads it and asks for it, so that nothing is read in two ways. Hosts are ASCII
 *         afterwards; 0x7f.1 and 2130706433 are IPv4 addresses as it takes them, and looked at as such (reach.h).
 * Errors: RC_INVALID in words; *url is then not to be used.
 */
#ifndef GUILLEMET_FETCH_ADDRESS_H
#define GUILLEMET_FETCH_ADDRESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "fetch/libcurl.h"

#define ADDRESS_MOST 4096u

/* `reference` as seen from what *url holds; absolute when it holds nothing. */
enum rc address_go(CURLU *url, struct slice reference, struct err *e);
bool address_is_secure(CURLU *url);
/* Absent when memory is out. */
struct slice address_text(CURLU *url, struct arena *arena);
struct slice address_host(CURLU *url, struct arena *arena);

#endif
