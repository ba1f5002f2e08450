/* Any bytes as the lines that a server sends before its body: taken or refused, and what is told of them lies within
 * its bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "fetch/headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of((const char *)data, size);
    struct headers headers = {.status = 0};
    struct arena *arena = arena_new(0);
    enum rc rc = RC_OK;
    while (rc == RC_OK && slice_present(rest)) {
        rc = headers_line(&headers, slice_cut(&rest, '\n'), arena, NULL);
    }
    must(headers.status <= 999);
    must(!headers_are_redirect(&headers) || headers.values[HEADER_LOCATION].len > 0);
    must(headers_max_age_s(&headers) >= -1);
    must(headers_retry_after_s(&headers, 0) >= -1);
    must(headers_length(&headers) >= -1);
    for (int i = 0; i < HEADERS; i++) {
        must(headers.values[i].len <= HEADERS_MOST_BYTES * 2);
    }
    arena_free(arena);
    return 0;
}
