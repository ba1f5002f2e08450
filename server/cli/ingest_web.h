/* `guillemet ingest https://…`: what stands at an address, and with --full the pages of what is listed there.
 *
 * Shape:   ingest_web_open asks for an address; what came is bytes for the readers, or a sitemap. ingest_web_page puts a
 *          page's document in the place of a feed's item, when the page says at least as much; the two are one article.
 *          Each page is asked for once in a run.
 * Threads: one.
 */
#ifndef GUILLEMET_CLI_INGEST_WEB_H
#define GUILLEMET_CLI_INGEST_WEB_H

#include "cli/web.h"
#include "ingest/known.h"
#include "ingest/xml_sitemap.h"

struct ingest_web;

enum rc ingest_web_new(const struct cli *cli, struct ingest_web **out, struct err *e);
void ingest_web_free(struct ingest_web *web); /* NULL is fine */

/* What came from an address: of one at a time, until the next. */
struct ingest_found {
    struct slice body, address; /* address: after redirects */
    bool is_page, is_sitemap;
};
enum rc ingest_web_ask(struct ingest_web *web, const char *address, struct ingest_hints *hints,
                       struct ingest_found *out, struct err *e);
/* Words for a page that holds no article: where its feeds are, when it says so. */
void ingest_web_advise(const struct ingest_found *found, struct err *e);

/* *again: it was met before in this run, and nothing is to be done. `known` may be NULL. A page that can't be had is a
 * fault that `e` tells; *document is then as it was. */
enum rc ingest_web_page(struct ingest_web *web, const struct ingest_hints *hints,
                        struct known *known, struct arena *arena, struct document **document,
                        bool *again, struct err *e);
/* The same for an entry of a sitemap, where there is no item: *document is made. */
enum rc ingest_web_entry(struct ingest_web *web, const struct ingest_hints *hints,
                         const struct sitemap_entry *entry, struct arena *arena,
                         struct document **document, bool *again, struct err *e);

#endif
