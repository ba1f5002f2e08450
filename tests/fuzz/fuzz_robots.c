/* Any bytes as robots.txt, its first line an address to ask for: read without a fault, within the limits, and an escape
 * of the address more or less never changes what is allowed. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "fetch/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

/* Every letter and digit escaped: the same address. */
static void escape(struct slice path, struct buf *out)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool after_percent = (i > 0 && path.ptr[i - 1] == '%') || (i > 1 && path.ptr[i - 2] == '%');
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain && !after_percent) {
            buf_printf(out, "%%%02x", (unsigned)c);
        } else {
            buf_char(out, c);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size), path = slice_cut(&text, '\n');
    struct arena *arena = arena_new(0);
    struct robots robots;
    struct buf escaped;
    buf_init(&escaped);
    must(robots_parse(slice_present(text) ? text : SLICE(""), SLICE("guillemet"), arena, &robots,
                      NULL) == RC_OK);
    must(robots.delay_s >= 0 && robots.delay_s <= ROBOTS_DELAY_MOST_S);
    must(robots.sitemaps.count <= ROBOTS_SITEMAPS_MOST);
    bool allowed = robots_allows(&robots, path);
    if (!slice_is(path, "/robots.txt")) {
        escape(path, &escaped);
        must(robots_allows(&robots, buf_view(&escaped)) == allowed);
    }
    robots_allows_url(&robots, path);
    must(robots.rules.count > 0 || allowed);
    buf_done(&escaped);
    arena_free(arena);
    return 0;
}
