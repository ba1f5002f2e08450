/* What was answered before, by request and version: bounded memory, least recently used leaves first.
 *
 * Shape:   a table of values under (key, version); a key has one value, of one version: an older or newer version
 *          doesn't find it, and putting one replaces it. Values are the caller's; `drop` lets go of one.
 * Units:   bytes count what the caller says a value takes, its key, and the table's own share.
 * Memory:  cache_find's value is the cache's and good until the next put or free.
 * Threads: one thread at a time.
 */
#ifndef GUILLEMET_HTTP_CACHE_H
#define GUILLEMET_HTTP_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct cache;

/* `seed` makes the table's order unforeseeable to whoever chooses keys. NULL: out of memory. */
struct cache *cache_new(size_t limit_bytes, uint64_t seed, void (*drop)(void *value));
void cache_free(struct cache *cache); /* NULL is fine */

void *cache_find(struct cache *cache, uint64_t version, struct slice key); /* NULL: not there */
/* False: too large (more than an eighth of the limit) or out of memory; the value stays the caller's. */
bool cache_put(struct cache *cache, uint64_t version, struct slice key, void *value, size_t bytes);

size_t cache_used_bytes(const struct cache *cache);
size_t cache_count(const struct cache *cache);

#endif
