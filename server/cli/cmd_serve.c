/* `guillemet serve`: archive, pipeline, API and HTTP server put together, and taken apart in order. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyse/analyse.h"
#include "api/api.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/process.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/follower.h"
#include "cli/reload.h"
#include "http/listen.h"
#include "http/server.h"
#include "ingest/pipeline.h"
#include "store/rights.h"
#include "store/tokens.h"

struct service {
    const struct cli *cli;
    struct backend backend;
    struct store_rights_table *rights;
    char rights_name[4096];
    struct api *api;
    struct http_server *server, *admin; /* admin: NULL unless asked for */
    struct follower follower;
    sigset_t signals;
};

/* Blocked before any thread starts, so that the main thread alone takes them, in wait_for_end. */
static void block_signals(struct service *service)
{
    sigemptyset(&service->signals);
    sigaddset(&service->signals, SIGINT);
    sigaddset(&service->signals, SIGTERM);
    sigaddset(&service->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &service->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int open_api(struct service *service)
{
    const struct config *config = service->cli->config;
    struct err e = {0};
    const char *standard = config_text(config, "serve-text");
    const char *of = config_text(config, "serve-text-of");
    if (store_rights_read(standard, of, &service->rights, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    snprintf(service->rights_name, sizeof service->rights_name, "%s;%s", standard, of ? of : "");
    struct api_options options = {
        .store = service->backend.store,
        .rights = service->rights,
        .rights_name = service->rights_name,
        .pipeline = service->backend.pipeline,
        .base_url = config_text(config, "public-url"),
        .base_path = config_text(config, "base-path"),
        .lang = config_text(config, "lang"),
        .open_writes = config_bool(config, "open-writes"),
        .private_reads = config_bool(config, "private-reads"),
        .read_timeout_ms = (uint32_t)config_int(config, "read-timeout"),
        .workers = (uint32_t)config_int(config, "workers"),
    };
    if (api_new(&options, &service->api, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    return CLI_OK;
}

static int start_failed(const struct err *e)
{
    cli_report(NULL, e);
    return e->rc == RC_INVALID ? CLI_USAGE : CLI_ENVIRONMENT;
}

/* A few threads of its own: what fills the main listener doesn't reach them. */
static int start_admin(struct service *service)
{
    struct err e = {0};
    struct server_options options = {.listen = config_text(service->cli->config, "admin-listen"),
                                     .server_name = "guillemet",
                                     .threads = 1,
                                     .workers = 1,
                                     .connection_limit = 64};
    if (!options.listen) {
        return CLI_OK;
    }
    api_configure_admin(service->api, &options);
    return server_start(&options, &service->admin, &e) ? start_failed(&e) : CLI_OK;
}

/* Each connection is an open file, each thread's reader has two or three. */
static void provide_files(const struct config *config)
{
    enum { OTHER_FILES = 256 };
    uint64_t connections = (uint64_t)config_int(config, "connections");
    uint64_t wanted = connections + connections / 16 + OTHER_FILES;
    uint64_t most = process_files_most(wanted);
    if (most < wanted) {
        char have[24], need[24];
        (void)snprintf(have, sizeof have, "%llu", (unsigned long long)most);
        (void)snprintf(need, sizeof need, "%llu", (unsigned long long)wanted);
        log_write(LOG_WARN, "too few open files for --connections: raise nofile or lower it",
                  "nofile", have, "needed", need, (char *)NULL);
    }
}

static int start_server(struct service *service)
{
    const struct config *config = service->cli->config;
    const char *cors = config_text(config, "cors-origin");
    struct err e = {0};
    struct server_options options = {
        .listen = config_text(config, "listen"),
        .trusted_proxies = config_text(config, "trusted-proxies"),
        .cors_origins = cors && strcmp(cors, "none") != 0 ? cors : NULL,
        .server_name = "guillemet",
        .threads = (size_t)config_int(config, "threads"),
        .workers = (size_t)config_int(config, "workers"),
        .worker_queue = (size_t)config_int(config, "queue"),
        .connection_limit = (size_t)config_int(config, "connections"),
        .limits = {.per_second = (uint32_t)config_int(config, "rate-limit"),
                   .burst = (uint32_t)config_int(config, "rate-burst"),
                   .at_once = (uint32_t)config_int(config, "client-requests")},
        .body_limit_bytes = (size_t)config_int(config, "body-limit"),
        .worker_deadline_ms = (uint32_t)config_int(config, "write-timeout"),
        .cache_bytes = (size_t)config_int(config, "cache-size"),
        .gzip_min_bytes = config_bool(config, "gzip") ? 1024 : 0,
        .access_log = config_bool(config, "access-log"),
        .access_log_level = LOG_INFO,
    };
    const char *handed_over;
    if (listen_activation(&handed_over, &e)) {
        return start_failed(&e);
    }
    options.listen = handed_over ? handed_over : options.listen;
    api_configure(service->api, &options);
    provide_files(config);
    if (server_start(&options, &service->server, &e)) {
        return start_failed(&e);
    }
    api_attach(service->api, service->server);
    return start_admin(service);
}

/* Once requests are answered: a network that is slow to reach holds up nobody. */
static int start_follower(struct service *service)
{
    struct err e = {0};
    if (!config_bool(service->cli->config, "watch")) {
        return CLI_OK;
    }
    int code = follower_open(&service->follower, service->cli, &service->backend, NULL);
    if (code == CLI_OK && watcher_start(service->follower.watch, &e)) {
        code = start_failed(&e);
    }
    if (code == CLI_OK) {
        api_attach_watch(service->api, service->follower.watch);
    }
    return code;
}

static void close_service(struct service *service)
{
    if (service->api) {
        api_attach_watch(service->api, NULL);
    }
    follower_close(&service->follower);
    if (service->api) {
        api_drain(service->api);
    }
    if (service->admin) {
        (void)server_stop(service->admin, 0);
    }
    backend_close(&service->backend); /* the writer may still answer requests: before server_free */
    server_free(service->admin);
    server_free(service->server);
    api_free(service->api);
    store_rights_table_free(service->rights);
}

/* ---- what a person at a terminal wants to know */

static bool has_tokens(struct store *store)
{
    struct store_reader *reader = NULL;
    struct store_token *rows = NULL;
    struct arena *arena = arena_new(0);
    struct err e;
    size_t count = 0;
    if (arena && store_reader_open(store, &reader, &e) == RC_OK) {
        store_token_list(reader, arena, &rows, &count, &e);
        store_reader_close(reader);
    }
    arena_free(arena);
    return count > 0;
}

static long long count_articles(struct store *store)
{
    struct store_reader *reader = NULL;
    struct store_stats stats = {0};
    struct arena *arena = arena_new(0);
    struct err e;
    if (arena && store_reader_open(store, &reader, &e) == RC_OK) {
        store_stats(reader, arena, &stats, &e);
        store_reader_close(reader);
    }
    arena_free(arena);
    return (long long)stats.articles;
}

static void greet(const struct service *service)
{
    const char *address = server_address(service->server);
    const char *path = config_text(service->cli->config, "base-path");
    bool unix_socket = strncmp(address, "unix:", 5) == 0;
    char base[256];
    if (unix_socket) {
        snprintf(base, sizeof base, "--unix-socket %s http://localhost%s", address + 5,
                 path ? path : "");
    } else {
        snprintf(base, sizeof base, "http://%s%s", address, path ? path : "");
    }
    printf("guillemet %s listens on %s, archive %s holds %lld articles\n\n", GUILLEMET_VERSION,
           unix_socket ? address : base, store_path(service->backend.store),
           count_articles(service->backend.store));
    printf("  curl %s/articles\n  curl '%s/quotes?limit=5'\n  curl %s/entities\n", base, base,
           base);
    if (config_bool(service->cli->config, "open-writes")) {
        printf("  curl -X POST -H 'Content-Type: text/plain' --data-binary @article.txt "
               "%s/articles\n\n"
               "Writes are open to anyone who reaches this address (--open-writes).\n",
               base);
    } else if (!has_tokens(service->backend.store)) {
        printf("\nWrites need a token: guillemet token create NAME\n");
    }
    printf("Stop with Ctrl-C.\n");
    fflush(stdout);
}

/* The next signal; until then a service manager that wants to hear so is told that all is well. */
static int wait_for_signal(const struct service *service)
{
    int64_t every_ms = notify_watchdog_ms() / 2;
    struct timespec patience = {.tv_sec = every_ms / 1000, .tv_nsec = every_ms % 1000 * 1000000L};
    int signal_number = 0;
    if (every_ms == 0) {
        sigwait(&service->signals, &signal_number);
        return signal_number;
    }
    while ((signal_number = sigtimedwait(&service->signals, NULL, &patience)) < 0) {
        notify_send("WATCHDOG=1");
    }
    return signal_number;
}

static int wait_for_end(struct service *service)
{
    int signal_number = wait_for_signal(service);
    while (signal_number == SIGHUP) { /* a terminal that closes is no reason to stop serving */
        const struct reload reload = {service->cli, &service->backend, service->server};
        notify_reloading();
        reload_settings(&reload);
        notify_send("READY=1");
        signal_number = wait_for_signal(service);
    }
    log_write(LOG_INFO, "stopping", "signal", signal_number == SIGINT ? "INT" : "TERM",
              (char *)NULL);
    notify_send("STOPPING=1");
    server_announce_stop(service->server);
    if (service->follower.watch) {
        watcher_end(
            service->follower.watch); /* ends what is under way while requests are answered */
    }
    /* A second Ctrl-C ends at once: nothing acknowledged can be lost. */
    pthread_sigmask(SIG_UNBLOCK, &service->signals, NULL);
    int64_t delay_ms = config_int(service->cli->config, "drain-delay");
    nanosleep(&(struct timespec){.tv_sec = delay_ms / 1000, .tv_nsec = delay_ms % 1000 * 1000000L},
              NULL);
    uint32_t drain_ms = (uint32_t)config_int(service->cli->config, "drain");
    bool whole = server_stop(service->server, drain_ms);
    log_write(whole ? LOG_INFO : LOG_WARN, whole ? "stopped" : "stopped with requests unanswered",
              (char *)NULL);
    return CLI_OK;
}

static int run_serve(struct cli *cli)
{
    struct service service = {.cli = cli};
    block_signals(&service);
    int code = backend_open(&service.backend, cli, BACKEND_PIPELINE);
    if (code) {
        return code;
    }
    code = open_api(&service);
    if (code == CLI_OK) {
        code = start_server(&service);
    }
    if (code == CLI_OK) {
        code = start_follower(&service);
    }
    if (code == CLI_OK) {
        greet(&service);
        log_write(LOG_INFO, "listening", "address", server_address(service.server), "db",
                  store_path(service.backend.store), "version", GUILLEMET_VERSION, (char *)NULL);
        notify_send("READY=1");
        code = wait_for_end(&service);
    }
    close_service(&service);
    return code;
}

static const char *const config[] = {
    "listen",        "db",          "open-writes",     "private-reads", "serve-text",
    "serve-text-of", "cors-origin", "base-path",       "public-url",    "trusted-proxies",
    "body-limit",    "threads",     "workers",         "queue",         "connections",
    "rate-limit",    "rate-burst",  "client-requests", "read-timeout",  "write-timeout",
    "drain",         "drain-delay", "admin-listen",    "gzip",          "cache-size",
    "access-log",    "watch",       FOLLOWER_CONFIG,   "audit-keep",    "gazetteer",
    "lang",          "lang-pack",   "model",           "log-level",     "log-format",
    "config",        NULL,
};

const struct cli_command cmd_serve = {
    .name = "serve",
    .summary = "answer HTTP requests about the archive, and take new articles",
    .usage = "[OPTION…]",
    .about =
        "Serves the archive as a REST API (GET /articles, /entities, /quotes; its description "
        "is at\n"
        "/openapi.yaml). The archive is created when it is missing. SIGTERM or Ctrl-C answers "
        "what is\n"
        "in flight and stops. With --watch the archive's sources are followed meanwhile "
        "(guillemet watch\n--help). SIGHUP reads the configuration file and the gazetteer anew: "
        "log-level,\n"
        "log-format, access-log, rate-limit, rate-burst, client-requests and gazetteer take "
        "effect, the\nlog says what else waits for a restart. Tokens need no signal. "
        "\"guillemet ingest\" may run\nbeside it on the same archive.",
    .examples =
        "  guillemet serve\n"
        "  guillemet serve --listen :8080 --db /var/lib/guillemet/news.db\n"
        "  GUILLEMET_PUBLIC_URL=https://news.example/archive guillemet serve --base-path /archive",
    .config = config,
    .most = 0,
    .run = run_serve,
};
