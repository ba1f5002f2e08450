/* International host names as the DNS has them: "élysée.fr" is xn--lyse-9oad.fr.
 *
 * Errors: false for what is no such name (IDNA 2008), or too long; the output is then untouched.
 */
#ifndef GUILLEMET_TEXT_HOST_H
#define GUILLEMET_TEXT_HOST_H

#include <stdbool.h>

#include "base/slice.h"

enum { HOST_MOST = 256 };

bool host_ascii(struct slice host, char out[HOST_MOST]);

#endif
