/* Any bytes as a sitemap: refused with a message, or read so that every entry has an address to ask for. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "ingest/xml_sitemap.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of((const char *)data, size);
    struct ingest_hints hints = {.url = SLICE("https://presse.example/plans/a.xml"),
                                 .unpacked_most_bytes = 1u << 20};
    struct arena *arena = arena_new(0);
    struct sitemap sitemap;
    struct err e = {.message = ""};
    sitemap_sniff(bytes);
    if (sitemap_read(bytes, &hints, arena, &sitemap, &e) != RC_OK) {
        must(e.message[0] != '\0');
        arena_free(arena);
        return 0;
    }
    must(sitemap.count <= SITEMAP_ENTRIES_MOST && sitemap.news <= sitemap.count);
    for (size_t i = 0; i < sitemap.count; i++) {
        const struct sitemap_entry *entry = &sitemap.items[i];
        must(entry->url.len > 7 && strncasecmp(entry->url.ptr, "http", 4) == 0);
        must(utf8_valid(entry->url, NULL) && !memchr(entry->url.ptr, '\n', entry->url.len));
        must(!slice_present(entry->title) || utf8_valid(entry->title, NULL));
    }
    arena_free(arena);
    return 0;
}
