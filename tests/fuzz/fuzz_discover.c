/* Any bytes as a page that names feeds: what is found are addresses to ask for, each once, the surest first. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "ingest/fetched.h"
#include "ingest/html_discover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ingest_hints hints = {.url = SLICE("https://www.presse.example/une/")};
    struct arena *arena = arena_new(0);
    struct discoveries found;
    struct err e = {.message = ""};
    if (discover_in_page(slice_of((const char *)data, size), &hints, arena, &found, &e) != RC_OK) {
        must(e.message[0] != '\0');
        arena_free(arena);
        return 0;
    }
    must(found.count <= DISCOVER_MOST);
    for (size_t i = 0; i < found.count; i++) {
        const struct discover_hit *hit = &found.items[i];
        must(hit->url.len > 7 && strncasecmp(hit->url.ptr, "http", 4) == 0);
        must(i == 0 || found.items[i - 1].sign <= hit->sign);
        must(hit->sign != SIGN_ANCHOR || fetched_is_one_site(hit->url, hints.url));
        for (size_t j = 0; j < i; j++) {
            must(!slice_equal(found.items[j].url, hit->url));
        }
    }
    arena_free(arena);
    return 0;
}
