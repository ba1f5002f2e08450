/* Feeds from outside, for when they say that they needn't be asked: whatever they hold, pauses aren't negative, and
 * hours and days are those that there are. */
#include <stdlib.h>

#include "ingest/feed_rhythm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct feed_rhythm rhythm = feed_rhythm_read(slice_of((const char *)data, size));
    if (rhythm.ttl_ms < 0 || rhythm.skip_hours >> 24 || rhythm.skip_days >> 7) {
        abort();
    }
    return 0;
}
