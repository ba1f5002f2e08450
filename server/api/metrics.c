/* GET /metrics: counters in the text format that Prometheus scrapes. Labels are bounded: routes by operationId, statuses,
 * outcomes, stages; nothing that a client chooses. */
#include "api/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "analyse/analyse.h"
#include "api/api_private.h"
#include "base/clock.h"
#include "follow/watcher.h"
#include "store/write.h"

#define PREFIX "guillemet_"
enum { US_PER_SECOND = 1000000 };

/* ---- the format: a family is announced once, then come its samples */

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

static void count(struct buf *out, const char *name, const char *labels, uint64_t value)
{
    buf_printf(out, PREFIX "%s%s %llu\n", name, labels, (unsigned long long)value);
}

static void seconds(struct buf *out, const char *name, const char *labels, int64_t us)
{
    buf_printf(out, PREFIX "%s%s %lld.%06lld\n", name, labels, (long long)(us / US_PER_SECOND),
               (long long)(us % US_PER_SECOND));
}

/* A family of one sample without labels. */
static void single(struct buf *out, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    family(out, name, type, help);
    count(out, name, "", value);
}

/* ---- HTTP */

static const char *route_name(const struct api *api, size_t index)
{
    return index < api->route_count ? api->routes[index].operation_id : "none";
}

static void write_statuses(struct buf *out, const char *route,
                           const struct server_route_counts *counts)
{
    for (size_t i = 0; i < counts->status_count; i++) {
        char labels[128];
        const struct server_status_count *status = &counts->statuses[i];
        (void)snprintf(labels, sizeof labels, "{route=\"%s\",status=\"%.3d\"}", route,
                       status->status);
        count(out, "http_requests_total", labels, status->count);
    }
}

static void write_latencies(struct buf *out, const char *route,
                            const struct server_route_counts *counts)
{
    uint64_t sum = 0;
    char labels[128];
    for (size_t i = 0; i < SERVER_LATENCY_BUCKETS - 1; i++) {
        sum += counts->buckets[i];
        (void)snprintf(labels, sizeof labels, "{route=\"%s\",le=\"%g\"}", route,
                       (double)server_latency_bounds_us[i] / US_PER_SECOND);
        count(out, "http_request_duration_seconds_bucket", labels, sum);
    }
    (void)snprintf(labels, sizeof labels, "{route=\"%s\",le=\"+Inf\"}", route);
    count(out, "http_request_duration_seconds_bucket", labels, counts->requests);
    (void)snprintf(labels, sizeof labels, "{route=\"%s\"}", route);
    seconds(out, "http_request_duration_seconds_sum", labels, (int64_t)counts->total_us);
    count(out, "http_request_duration_seconds_count", labels, counts->requests);
}

static void write_bytes(struct buf *out, const char *route,
                        const struct server_route_counts *counts)
{
    char labels[128];
    (void)snprintf(labels, sizeof labels, "{route=\"%s\"}", route);
    count(out, "http_response_bytes_total", labels, counts->bytes_sent);
}

/* One family over all routes that were asked for; the last place counts what matched none. */
static void each_route(struct buf *out, const struct api *api, const struct http_server *server,
                       void (*write)(struct buf *, const char *,
                                     const struct server_route_counts *))
{
    for (size_t i = 0; i <= api->route_count; i++) {
        struct server_route_counts counts;
        server_route_counts(server, i, &counts);
        if (counts.requests > 0) {
            write(out, route_name(api, i), &counts);
        }
    }
}

static void write_http(struct buf *out, const struct api *api, const struct http_server *server)
{
    struct server_counts now;
    server_counts(server, &now);
    family(out, "http_requests_total", "counter", "Requests answered, by operation and status.");
    each_route(out, api, server, write_statuses);
    family(out, "http_request_duration_seconds", "histogram",
           "From a request's first byte to its reply's last one.");
    each_route(out, api, server, write_latencies);
    family(out, "http_response_bytes_total", "counter", "Bytes of bodies sent.");
    each_route(out, api, server, write_bytes);
    single(out, "http_requests_in_flight", "gauge", "Requests being answered.", now.in_flight);
    single(out, "http_requests_deferred", "gauge", "Of those, waiting for a worker or a commit.",
           now.deferred);
    single(out, "http_worker_queue", "gauge", "Requests waiting for a worker.", now.worker_queued);
    single(out, "http_connections", "gauge", "Open connections.", now.connections);
    single(out, "http_connections_moved_total", "counter",
           "Idle connections closed to make room for others.", now.moved);
    single(out, "http_turned_away_total", "counter",
           "Requests refused because all connections were at work.", now.turned_away);
    single(out, "http_kept_replies_total", "counter", "Requests answered from kept replies.",
           now.recalled);
    single(out, "http_timeouts_total", "counter", "Connections cut by a deadline.", now.timeouts);
    single(out, "http_refused_framing_total", "counter", "Requests refused as ambiguous.",
           now.refused_framing);
    single(out, "http_limited_total", "counter",
           "Requests refused because their client asked too much.", now.limited);
    single(out, "draining", "gauge", "1 while this process is about to stop.",
           server_is_draining(server));
}

/* ---- documents and the archive */

static void write_pipeline(struct buf *out, struct pipeline *pipeline)
{
    struct pipeline_progress now = pipeline_progress(pipeline);
    family(out, "documents_total", "counter", "Documents taken in by this process, by outcome.");
    count(out, "documents_total", "{outcome=\"created\"}", now.created);
    count(out, "documents_total", "{outcome=\"revised\"}", now.revised);
    count(out, "documents_total", "{outcome=\"unchanged\"}", now.unchanged);
    count(out, "documents_total", "{outcome=\"failed\"}", now.failed);
    single(out, "document_text_bytes_total", "counter", "Bytes of their texts.", now.bytes);
    single(out, "documents_waiting", "gauge", "Documents taken in and not yet stored or refused.",
           now.waiting);
}

/* From a document's text to its rows: what analysis, rendering and writing each cost. */
static void write_stages(struct buf *out, struct pipeline *pipeline, struct store *store)
{
    static const char *const stages[ANALYSE_STAGES] = {[STAGE_TOKENS] = "{stage=\"tokens\"}",
                                                       [STAGE_NAMES] = "{stage=\"names\"}",
                                                       [STAGE_QUOTES] = "{stage=\"quotes\"}"};
    struct pipeline_progress now = pipeline_progress(pipeline);
    struct store_write_counts written;
    store_write_counts(store, &written);
    family(
        out, "stage_cpu_seconds_total", "counter",
        "CPU time by stage: of analysis (tokens, names, quotes), render, write, search (index).");
    for (size_t i = 0; i < ANALYSE_STAGES; i++) {
        seconds(out, "stage_cpu_seconds_total", stages[i], now.stage_cpu_us[i]);
    }
    seconds(out, "stage_cpu_seconds_total", "{stage=\"render\"}", now.render_cpu_us);
    seconds(out, "stage_cpu_seconds_total", "{stage=\"write\"}",
            written.cpu_us - written.search_cpu_us);
    seconds(out, "stage_cpu_seconds_total", "{stage=\"search\"}", written.search_cpu_us);
}

static void write_groups(struct buf *out, const struct store_write_counts *now)
{
    uint64_t sum = 0;
    family(out, "store_group_writes", "histogram", "Writes that shared a commit.");
    for (size_t i = 0; i < STORE_GROUP_BUCKETS - 1; i++) {
        char labels[32];
        sum += now->groups[i];
        (void)snprintf(labels, sizeof labels, "{le=\"%u\"}", store_group_bounds[i]);
        count(out, "store_group_writes_bucket", labels, sum);
    }
    sum += now->groups[STORE_GROUP_BUCKETS - 1];
    count(out, "store_group_writes_bucket", "{le=\"+Inf\"}", sum);
    count(out, "store_group_writes_sum", "", now->committed);
    count(out, "store_group_writes_count", "", sum);
}

static void write_store(struct buf *out, struct store *store)
{
    struct store_write_counts now;
    store_write_counts(store, &now);
    single(out, "store_commits_total", "counter", "Groups of writes committed.", now.commits);
    single(out, "store_writes_total", "counter", "Writes in those groups.", now.committed);
    write_groups(out, &now);
    single(out, "store_lost_groups_total", "counter", "Groups whose transaction failed.", now.lost);
    single(out, "store_write_queue", "gauge", "Writes waiting for the writer.", now.waiting);
    family(out, "store_busy_seconds_total", "counter", "Time that the writer was at work.");
    seconds(out, "store_busy_seconds_total", "", now.busy_us);
    if (now.database_bytes >= 0) {
        single(out, "database_bytes", "gauge", "Size of the database file.",
               (uint64_t)now.database_bytes);
    }
    if (now.log_bytes >= 0) {
        single(out, "database_log_bytes", "gauge", "Size of its write-ahead log.",
               (uint64_t)now.log_bytes);
    }
}

static void write_archive(struct buf *out, const struct store_stats *stats)
{
    single(out, "articles", "gauge", "Articles in the archive.", (uint64_t)stats->articles);
    single(out, "entities", "gauge", "Entities that some article names.",
           (uint64_t)stats->entities);
    single(out, "mentions", "gauge", "Mentions of entities.", (uint64_t)stats->mentions);
    single(out, "quotes", "gauge", "Quotes.", (uint64_t)stats->quotes);
}

/* ---- the process, under the names that every exporter gives them */

static int64_t count_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = -3; /* ".", ".." and the folder itself */
    if (!folder) {
        return -1;
    }
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count;
}

/* What a restart shows by, and how near the end of its files the process is. */
static void write_bounds(struct buf *out, const struct api *api)
{
    struct rlimit files;
    buf_printf(out,
               "# HELP process_start_time_seconds When the process began to serve, Unix time.\n"
               "# TYPE process_start_time_seconds gauge\n"
               "process_start_time_seconds %lld.%03lld\n",
               (long long)api->started_ms / 1000, (long long)api->started_ms % 1000);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
        buf_printf(out,
                   "# HELP process_max_fds Files that may be open.\n"
                   "# TYPE process_max_fds gauge\n"
                   "process_max_fds %llu\n",
                   (unsigned long long)files.rlim_cur);
    }
}

static void write_process(struct buf *out)
{
    struct timespec cpu;
    char line[128];
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        const char *second = fgets(line, sizeof line, file) ? strchr(line, ' ') : NULL;
        if (second) {
            buf_printf(out,
                       "# HELP process_resident_memory_bytes Resident memory.\n"
                       "# TYPE process_resident_memory_bytes gauge\n"
                       "process_resident_memory_bytes %lld\n",
                       strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE));
        }
        (void)fclose(file);
    }
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0) {
        buf_printf(out,
                   "# HELP process_cpu_seconds_total CPU time.\n"
                   "# TYPE process_cpu_seconds_total counter\n"
                   "process_cpu_seconds_total %lld.%06ld\n",
                   (long long)cpu.tv_sec, cpu.tv_nsec / 1000);
    }
    int64_t files = count_files();
    if (files >= 0) {
        buf_printf(out,
                   "# HELP process_open_fds Open files.\n"
                   "# TYPE process_open_fds gauge\n"
                   "process_open_fds %lld\n",
                   (long long)files);
    }
}

/* Of all sources together: their number is the archive's, and labels must not grow with it. */
static void write_sources(struct buf *out, const struct store_source_totals *totals)
{
    family(out, "sources", "gauge", "Followed sources by state; failing ones are active too.");
    count(out, "sources", "{state=\"active\"}", (uint64_t)totals->active);
    count(out, "sources", "{state=\"failing\"}", (uint64_t)totals->failing);
    count(out, "sources", "{state=\"paused\"}", (uint64_t)totals->paused);
    count(out, "sources", "{state=\"gone\"}", (uint64_t)totals->gone);
    family(out, "sources_overdue_seconds", "gauge",
           "How long the source that waits longest has been due.");
    seconds(out, "sources_overdue_seconds", "", totals->overdue_ms * 1000);
}

static void write_watch(struct buf *out, struct api *api)
{
    struct watcher_counts now;
    pthread_rwlock_rdlock(&api->watch_lock);
    if (api->watch) {
        watcher_counts(api->watch, &now);
        family(out, "visits_total", "counter", "Visits of sources by outcome.");
        for (unsigned i = 0; i < VISIT_OUTCOME_COUNT; i++) {
            char label[40];
            snprintf(label, sizeof label, "{outcome=\"%s\"}", visit_outcome_name(i));
            count(out, "visits_total", label, now.visits[i]);
        }
        family(out, "visit_items_total", "counter", "Items of sources by what became of them.");
        count(out, "visit_items_total", "{outcome=\"created\"}", now.created);
        count(out, "visit_items_total", "{outcome=\"revised\"}", now.revised);
        count(out, "visit_items_total", "{outcome=\"unchanged\"}", now.unchanged);
        count(out, "visit_items_total", "{outcome=\"refused\"}", now.refused);
        single(out, "visit_requests_total", "counter", "Requests made for sources.", now.requests);
        single(out, "visits_running", "gauge", "Visits under way.", now.running);
        single(out, "watching", "gauge", "1: this process follows the sources.", now.watching);
    }
    pthread_rwlock_unlock(&api->watch_lock);
}

enum rc service_metrics(struct call *call, struct err *e)
{
    struct buf *out = &call->reply->body;
    struct store_stats stats;
    const struct http_server *server = atomic_load(&call->api->server);
    struct store_source_totals sources;
    enum rc rc = store_stats(call->reader, call->arena, &stats, e);
    rc = rc == RC_OK ? store_source_totals(call->reader, clock_now_ms(), &sources, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    call->reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    call->reply->cache_control = "no-store";
    family(out, "build_info", "gauge", "What is running.");
    buf_printf(out, PREFIX "build_info{version=\"%s\",analyser=\"%s\"} 1\n", GUILLEMET_VERSION,
               ANALYSE_VERSION);
    if (server) {
        write_http(out, call->api, server);
    }
    write_pipeline(out, call_pipeline(call));
    write_stages(out, call_pipeline(call), call_store(call));
    write_store(out, call_store(call));
    write_archive(out, &stats);
    write_sources(out, &sources);
    write_watch(out, call->api);
    write_process(out);
    write_bounds(out, call->api);
    return RC_OK;
}
