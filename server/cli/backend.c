#include "cli/backend.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/gazetteer.h"
#include "api/view_article.h"
#include "api/view_quote.h"
#include "base/log.h"
#include "cli/files.h"
#include "ingest/pipeline.h"

/* A document under way holds about half a megabyte: this many keep the writer busy without filling the memory. */
#define QUEUE_STANDARD  80
/* A commit costs as much as some articles: half of the queue goes at once, unless it takes long to fill. */
#define LINGER_MS       200
/* The larger a commit, the more of its rows share a page, which is logged and written once; what it holds back is others
 * who write to the archive, so a slow machine commits earlier. */
#define GROUP_MOST      512
#define GROUP_LASTS_MS  2000
/* What is mapped counts as resident, and a bulk write touches all of the archive in time. */
#define BULK_MMAP_BYTES ((size_t)16 << 20)
/* Blocks of arenas (base/arena.c) that go back to the system with their document, and don't lie in a heap between others'. */
#define RETURNED_BYTES  (128 * 1024)

static size_t queue_limit(const struct config *config)
{
    bool standard = strcmp(config_origin(config, "queue"), "default") == 0;
    return standard ? QUEUE_STANDARD : (size_t)config_int(config, "queue");
}

static int open_pipeline(struct backend *backend, const struct cli *cli, bool bulk)
{
    struct err e = {0};
    if (files_lang_pack(cli, &e) || files_models(cli, &e) ||
        files_gazetteer(cli, &backend->gazetteer, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    struct pipeline_options options = {
        .store = backend->store,
        .gazetteer = backend->gazetteer,
        .render = view_article_render,
        .threads = (size_t)config_int(cli->config, "workers"),
        .queue_limit = queue_limit(cli->config),
        .spares = bulk,
    };
    backend->pipeline = pipeline_new(&options, &e);
    return backend->pipeline ? CLI_OK : cli_fail(NULL, &e);
}

/* An operator who sees nothing for a minute takes the program for stuck, and kills it. */
static void tell_step(const void *context, const char *step, int64_t seconds)
{
    const char *path = context;
    char since[24];
    snprintf(since, sizeof since, "%lld", (long long)seconds);
    log_write(LOG_INFO, "bringing the archive up to date", "db", path, "step", step, "seconds",
              since, (char *)NULL);
}

int backend_open(struct backend *backend, const struct cli *cli, unsigned parts)
{
    struct err e = {0};
    struct store_options options = {
        .path = config_text(cli->config, "db"),
        .read_only = parts & BACKEND_READ,
        .must_exist = parts & (BACKEND_READ | BACKEND_EXISTING),
    };
    options.view = view_quote_store;
    options.notice = (struct store_notice){tell_step, options.path};
    if (parts & BACKEND_PIPELINE) {
        options.audit_most = (size_t)config_int(cli->config, "audit-keep");
    }
    if (parts & BACKEND_BULK) {
        options.group_least = queue_limit(cli->config) / 2;
        options.linger_ms = LINGER_MS;
        options.group_most = GROUP_MOST;
        options.group_lasts_ms = GROUP_LASTS_MS;
        options.mmap_bytes = BULK_MMAP_BYTES;
        mallopt(M_MMAP_THRESHOLD, RETURNED_BYTES);
    }
    *backend = (struct backend){.store = NULL};
    if (!(parts & BACKEND_NOTHING) && store_open(&options, &backend->store, &e)) {
        cli_report(NULL, &e);
        return CLI_ENVIRONMENT;
    }
    int code =
        parts & BACKEND_PIPELINE ? open_pipeline(backend, cli, parts & BACKEND_BULK) : CLI_OK;
    if (code) {
        backend_close(backend);
    }
    return code;
}

enum rc backend_reload(struct backend *backend, const struct cli *cli, struct err *e)
{
    struct gazetteer *fresh;
    enum rc rc = files_gazetteer(cli, &fresh, e);
    if (rc == RC_OK) {
        pipeline_set_gazetteer(backend->pipeline, fresh);
        gazetteer_free(backend->gazetteer);
        backend->gazetteer = fresh;
    }
    return rc;
}

void backend_close(struct backend *backend)
{
    if (backend->pipeline) {
        pipeline_free(backend->pipeline);
    }
    gazetteer_free(backend->gazetteer);
    store_close(backend->store);
    *backend = (struct backend){.store = NULL};
}
