#include "http/cache.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_BUCKETS = 64, BYTES_PER_BUCKET = 4096, LARGEST_SHARE = 8 };

struct entry {
    struct entry *next_in_bucket;
    struct entry *newer, *older; /* by use */
    void *value;
    uint64_t hash, version;
    size_t bytes;
    size_t key_len;
    char key[];
};

struct cache {
    struct entry **buckets;
    size_t bucket_count; /* a power of two */
    struct entry *newest, *oldest;
    size_t limit_bytes, used_bytes, count;
    uint64_t seed;
    void (*drop)(void *value);
};

struct cache *cache_new(size_t limit_bytes, uint64_t seed, void (*drop)(void *value))
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache) {
        return NULL;
    }
    cache->bucket_count = LEAST_BUCKETS;
    while (cache->bucket_count < limit_bytes / BYTES_PER_BUCKET) {
        cache->bucket_count *= 2;
    }
    cache->buckets = calloc(cache->bucket_count, sizeof *cache->buckets);
    if (!cache->buckets) {
        free(cache);
        return NULL;
    }
    cache->limit_bytes = limit_bytes;
    cache->seed = seed | 1;
    cache->drop = drop;
    return cache;
}

/* Eight bytes at a time; each round multiplies and folds the high half down. */
static uint64_t hash_of(const struct cache *cache, struct slice key)
{
    uint64_t hash = cache->seed ^ key.len;
    for (size_t at = 0; at < key.len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, key.ptr + at, key.len - at < 8 ? key.len - at : 8);
        hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 32;
    }
    return hash * cache->seed ^ hash >> 29;
}

static struct entry **place_of(struct cache *cache, uint64_t hash, struct slice key)
{
    struct entry **place = &cache->buckets[hash & (cache->bucket_count - 1)];
    while (*place && ((*place)->hash != hash ||
                      !slice_equal(slice_of((*place)->key, (*place)->key_len), key))) {
        place = &(*place)->next_in_bucket;
    }
    return place;
}

static void unlink_use(struct cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void remove_at(struct cache *cache, struct entry **place)
{
    struct entry *entry = *place;
    *place = entry->next_in_bucket;
    unlink_use(cache, entry);
    cache->used_bytes -= entry->bytes;
    cache->count--;
    cache->drop(entry->value);
    free(entry);
}

static void remove_oldest(struct cache *cache)
{
    struct entry *oldest = cache->oldest;
    remove_at(cache, place_of(cache, oldest->hash, slice_of(oldest->key, oldest->key_len)));
}

void cache_free(struct cache *cache)
{
    if (!cache) {
        return;
    }
    while (cache->oldest) {
        remove_oldest(cache);
    }
    free(cache->buckets);
    free(cache);
}

void *cache_find(struct cache *cache, uint64_t version, struct slice key)
{
    struct entry *entry = *place_of(cache, hash_of(cache, key), key);
    if (!entry || entry->version != version) {
        return NULL;
    }
    if (cache->newest != entry) {
        unlink_use(cache, entry);
        link_newest(cache, entry);
    }
    return entry->value;
}

bool cache_put(struct cache *cache, uint64_t version, struct slice key, void *value, size_t bytes)
{
    size_t whole = bytes + key.len + sizeof(struct entry) + sizeof(struct entry *);
    struct entry *entry =
        whole <= cache->limit_bytes / LARGEST_SHARE ? malloc(sizeof *entry + key.len) : NULL;
    if (!entry) {
        return false;
    }
    uint64_t hash = hash_of(cache, key);
    struct entry **place = place_of(cache, hash, key);
    if (*place) {
        remove_at(cache, place);
    }
    while (cache->used_bytes + whole > cache->limit_bytes) {
        remove_oldest(cache);
    }
    *entry = (struct entry){
        .value = value, .hash = hash, .version = version, .bytes = whole, .key_len = key.len};
    memcpy(entry->key, key.ptr, key.len);
    struct entry **bucket = &cache->buckets[hash & (cache->bucket_count - 1)];
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    link_newest(cache, entry);
    cache->used_bytes += whole;
    cache->count++;
    return true;
}

size_t cache_used_bytes(const struct cache *cache)
{
    return cache->used_bytes;
}

size_t cache_count(const struct cache *cache)
{
    return cache->count;
}
