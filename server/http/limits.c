#include "http/limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A client may stand in one of WAYS places, chosen by its hash: finding one is bounded work. */
enum {
    WAYS = 8,
    SETS = LIMITS_CLIENTS / WAYS,
    TOKEN = 1000 /* what a request takes, in thousandths */
};

struct client {
    uint64_t key; /* 0: a free place */
    int64_t seen_ms;
    int64_t tokens; /* thousandths */
    uint32_t in_flight;
};

struct limits {
    struct limits_options options;
    uint64_t seed; /* so that nobody can choose whom to collide with */
    pthread_mutex_t lock;
    struct client clients[LIMITS_CLIENTS];
};

static void take_options(struct limits *limits, const struct limits_options *options)
{
    limits->options = *options;
    if (limits->options.burst == 0) {
        limits->options.burst = 2 * options->per_second;
    }
}

enum rc limits_new(const struct limits_options *options, struct limits **out, struct err *e)
{
    *out = NULL;
    if (options->per_second == 0 && options->at_once == 0) {
        return RC_OK;
    }
    struct limits *limits = calloc(1, sizeof *limits);
    if (!limits) {
        return err_nomem(e);
    }
    take_options(limits, options);
    if (getrandom(&limits->seed, sizeof limits->seed, 0) != (ssize_t)sizeof limits->seed) {
        limits->seed = (uint64_t)(uintptr_t)limits;
    }
    pthread_mutex_init(&limits->lock, NULL);
    *out = limits;
    return RC_OK;
}

void limits_free(struct limits *limits)
{
    if (limits) {
        pthread_mutex_destroy(&limits->lock);
        free(limits);
    }
}

void limits_set(struct limits *limits, const struct limits_options *options)
{
    pthread_mutex_lock(&limits->lock);
    take_options(limits, options);
    pthread_mutex_unlock(&limits->lock);
}

static uint64_t mix(uint64_t hash, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    hash ^= hash >> 32;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

static uint64_t key_of(const struct limits *limits, struct slice client)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct in6_addr v6;
    memcpy(text, client.ptr, client.len < sizeof text ? client.len : sizeof text - 1);
    uint64_t key = inet_pton(AF_INET6, text, &v6) == 1
                       ? mix(limits->seed, v6.s6_addr, sizeof v6.s6_addr / 2)
                       : mix(~limits->seed, (const unsigned char *)text, strlen(text));
    return key ? key : 1;
}

/* Its own place, else the one that has been idle for longest; NULL when all have requests in flight. */
static struct client *find(struct limits *limits, uint64_t key, int64_t now_ms)
{
    struct client *set = &limits->clients[key % SETS * WAYS], *oldest = NULL;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) {
            return &set[i];
        }
        bool may_go = set[i].key == 0 || set[i].in_flight == 0;
        if (may_go && (!oldest || set[i].key == 0 || set[i].seen_ms < oldest->seen_ms)) {
            oldest = oldest && oldest->key == 0 ? oldest : &set[i];
        }
    }
    if (oldest) {
        *oldest = (struct client){
            .key = key, .seen_ms = now_ms, .tokens = (int64_t)limits->options.burst * TOKEN};
    }
    return oldest;
}

static void refill(const struct limits_options *options, struct client *client, int64_t now_ms)
{
    int64_t most = (int64_t)options->burst * TOKEN;
    int64_t passed_ms = now_ms > client->seen_ms ? now_ms - client->seen_ms : 0;
    /* A thousandth of a token flows in each millisecond for each token a second. */
    int64_t room = most - client->tokens, rate = options->per_second;
    client->tokens =
        rate > 0 && passed_ms >= room / rate + 1 ? most : client->tokens + passed_ms * rate;
    client->tokens = client->tokens < most ? client->tokens : most;
    client->seen_ms = now_ms;
}

/* Whole seconds until `missing` thousandths have flowed in. */
static uint32_t seconds_for(const struct limits_options *options, int64_t missing)
{
    int64_t flow = (int64_t)options->per_second * TOKEN;
    return flow > 0 && missing > 0 ? (uint32_t)((missing + flow - 1) / flow) : 0;
}

static struct limits_verdict judge(struct limits *limits, struct client *client)
{
    const struct limits_options *options = &limits->options;
    struct limits_verdict verdict = {.limit = options->per_second, .at_once = options->at_once};
    bool rate_ok = options->per_second == 0 || client->tokens >= TOKEN;
    verdict.too_many_at_once =
        rate_ok && options->at_once > 0 && client->in_flight >= options->at_once;
    verdict.granted = rate_ok && !verdict.too_many_at_once;
    if (verdict.granted) {
        client->in_flight++;
        client->tokens -= options->per_second > 0 ? TOKEN : 0;
        verdict.place = (uint32_t)(client - limits->clients);
    }
    verdict.remaining = client->tokens > 0 ? (uint32_t)(client->tokens / TOKEN) : 0;
    int64_t missing =
        rate_ok ? (int64_t)options->burst * TOKEN - client->tokens : TOKEN - client->tokens;
    verdict.reset_s = seconds_for(options, missing);
    if (!verdict.granted && verdict.reset_s == 0) {
        verdict.reset_s = 1;
    }
    return verdict;
}

struct limits_verdict limits_begin(struct limits *limits, struct slice client, int64_t steady_ms)
{
    uint64_t key = key_of(limits, client);
    pthread_mutex_lock(&limits->lock);
    struct client *found = find(limits, key, steady_ms);
    struct limits_verdict verdict = {.too_many_at_once = true, .reset_s = 1};
    if (found) {
        refill(&limits->options, found, steady_ms);
        verdict = judge(limits, found);
    }
    pthread_mutex_unlock(&limits->lock);
    return verdict;
}

void limits_end(struct limits *limits, uint32_t place)
{
    pthread_mutex_lock(&limits->lock);
    limits->clients[place].in_flight--;
    pthread_mutex_unlock(&limits->lock);
}
