/* Parameters of a URL that say nothing of what the page is: how its reader came, on which screen it is shown. */
#ifndef GUILLEMET_INGEST_IDENTITY_NOISE_H
#define GUILLEMET_INGEST_IDENTITY_NOISE_H

#include <stdbool.h>

#include "base/slice.h"

/* `name` and `value` with escapes levelled; case doesn't count. */
bool identity_is_noise(struct slice name, struct slice value);

#endif
