/* Which feeds and sitemaps a site has: asked for, read, counted.
 *
 * Shape:   the page says; then robots.txt, for sitemaps, of which those of news are looked for; the usual places when there
 *          is no feed yet. At most DISCOVER_REQUESTS requests are made.
 * Errors:  the page itself must be had. What else can't be is listed with what went wrong, except in places that were
 *          guessed.
 * Memory:  in the arena.
 */
#ifndef GUILLEMET_CLI_DISCOVER_H
#define GUILLEMET_CLI_DISCOVER_H

#include "cli/web.h"

#define DISCOVER_REQUESTS 24

enum source_found_kind { SOURCE_FOUND_FEED, SOURCE_FOUND_NEWS, SOURCE_FOUND_SITEMAP };
enum source_found_by {
    FOUND_GIVEN,
    FOUND_BY_PAGE,
    FOUND_BY_ROBOTS,
    FOUND_BY_INDEX,
    FOUND_BY_GUESS
};

struct source_found {
    struct slice url, title; /* title absent: none */
    enum source_found_kind kind;
    enum source_found_by by;
    size_t items;
    struct slice error; /* absent: it was read */
};

struct sources_found {
    struct source_found *items;
    size_t count, capacity;
};

const char *discover_kind_name(enum source_found_kind kind);
const char *discover_by_name(enum source_found_by by);

enum rc discover_sources(struct web *web, struct slice url, struct arena *arena,
                         struct sources_found *out, struct err *e);

#endif
