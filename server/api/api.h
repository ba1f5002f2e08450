/* The API: what `guillemet serve` puts on an HTTP server.
 *
 *   api_new(&options, &api, e);
 *   struct server_options http = { .listen = …, … };
 *   api_configure(api, &http);            // routes, context, threads' readers, authorisation, problem pages
 *   server_start(&http, &server, e);
 *   …
 *   server_stop(server, …); api_drain(api); pipeline_free(pipeline); store_close(store);
 *   server_free(server); api_free(api);
 *
 * The pipeline must have been made with view_article_render as its render callback.
 *
 * Errors:  api_new refuses a base URL that isn't one.
 * Memory:  options' strings and objects must outlive the api.
 * Threads: an api may be used from any thread.
 */
#ifndef GUILLEMET_API_API_H
#define GUILLEMET_API_API_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/jsonw.h"

struct store;
struct store_rights_table;
struct pipeline;
struct server_options;
struct http_server;
struct watcher;
struct api;

struct api_options {
    struct store *store;
    struct pipeline *pipeline;
    /* What links start with: "https://news.example/archive"; NULL: links are paths, right behind any proxy that
     * doesn't cut them. */
    const char *base_url;
    const char *base_path; /* as server_options.base_path; NULL: none */
    const char *lang;      /* of submitted documents that name none; NULL: detected */
    const struct store_rights_table *rights; /* what of texts leaves (store/rights.h); NULL: all */
    const char *
        rights_name; /* both settings as text: replies kept by clients don't outlive a change; NULL: none */
    bool open_writes;         /* writes need no token (but never from a foreign Origin) */
    bool private_reads;       /* reads need a token of scope read */
    uint32_t read_timeout_ms; /* one read of the archive; 0: 1,000 */
    uint32_t workers;         /* threads for searches and large pages; 0: 2 */
};

enum rc api_new(const struct api_options *options, struct api **out, struct err *e);
/* After server_stop, before the store closes: ends the API's own threads and readers. */
void api_drain(struct api *api);
void api_free(struct api *api); /* NULL is fine */
/* Fills routes, context, thread_open/close, version, authorise, base_path and public_url. */
void api_configure(struct api *api, struct server_options *http);
/* As api_configure, for a second server that answers probes and metrics alone, to whoever reaches it. */
void api_configure_admin(struct api *api, struct server_options *http);
/* Whose counters and state /metrics and /readyz tell. NULL: none any more. */
void api_attach(struct api *api, const struct http_server *server);

/* Whose visits /metrics tells. NULL: none any more. */
void api_attach_watch(struct api *api, struct watcher *watch);

#endif
