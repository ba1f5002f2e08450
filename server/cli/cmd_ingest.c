/* `guillemet ingest`: files, directories and streams into the archive. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/ingest_address.h"
#include "cli/ingest_run.h"
#include "cli/ingest_web.h"
#include "cli/stop.h"

/* ---- files */

static uint64_t size_of(const char *path)
{
    struct stat status;
    bool known =
        strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) == 0 : stat(path, &status) == 0;
    return known && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

static bool add_size(void *context, const char *path)
{
    struct ingest_run *run = context;
    run->bytes_total += size_of(path);
    return !stop_signal;
}

static bool ingest_file(void *context, const char *path)
{
    struct ingest_run *run = context;
    struct ingest_reading reading = {.run = run, .path = path, .archive = {.kind = ARCHIVE_NONE}};
    struct ingest_hints hints = files_hints(run->cli);
    FILE *stream = NULL;
    struct err e = {0};
    hints.name = slice_cstr(path);
    hints.content_type = cli_slice(run->cli, "type");
    hints.archive = &reading.archive;
    hints.rejects = true;
    hints.stop = &stop_signal;
    reading.hints = &hints;
    enum rc rc = files_open(path, &stream, &e);
    if (rc == RC_OK) {
        rc = ingest_open_stream(stream, &hints, &reading.source, &e);
    }
    if (rc) {
        struct report_place place = {.path = path};
        run->read++;
        report_refused(&run->report, &place, &e);
        files_close(stream);
        return !ingest_run_stops(run);
    }
    while (ingest_run_next(&reading)) {
    }
    ingest_close(reading.source);
    files_close(stream);
    run->bytes_past += size_of(path);
    return !ingest_run_stops(run);
}

static void ingest_operand(struct ingest_run *run, const char *operand)
{
    struct err e = {0};
    if (web_is_address(operand)) {
        ingest_address(run, operand);
    } else if (files_walk(operand, ingest_file, run, &e)) {
        struct report_place place = {.path = operand};
        run->read++;
        report_refused(&run->report, &place, &e);
    }
}

static void ingest_operands(struct ingest_run *run)
{
    struct err e = {0};
    for (int i = 0; i < run->cli->operand_count && !stop_signal; i++) {
        if (!web_is_address(run->cli->operands[i])) {
            files_walk(run->cli->operands[i], add_size, run, &e); /* faults are told below */
        }
    }
    for (int i = 0; i < run->cli->operand_count && !ingest_run_stops(run); i++) {
        ingest_operand(run, run->cli->operands[i]);
    }
}

/* ---- the command */

/* --jobs is the configuration's `workers` by the name that other programs have for it. */
static int set_jobs(struct cli *cli)
{
    struct err e = {0};
    const char *jobs = cli_value(cli, "jobs");
    if (jobs && config_set_flag(cli->config, "workers", jobs, &e)) {
        cli_complain("--jobs takes a whole number from 0 to 256, not \"%s\"", jobs);
        return CLI_USAGE;
    }
    return CLI_OK;
}

static bool has_addresses(const struct cli *cli)
{
    bool any = false;
    for (int i = 0; i < cli->operand_count; i++) {
        any = any || web_is_address(cli->operands[i]);
    }
    return any;
}

static int check_options(struct cli *cli)
{
    bool one = cli_value(cli, "url") || cli_value(cli, "external-id");
    if (one && cli->operand_count > 1) {
        cli_complain("--url and --external-id name one article: give one FILE");
        return CLI_USAGE;
    }
    if (cli_switch(cli, "keep-going") && cli_switch(cli, "stop-on-error")) {
        cli_complain("--keep-going and --stop-on-error are opposites: give one of them");
        return CLI_USAGE;
    }
    if (cli_switch(cli, "full") && !has_addresses(cli)) {
        cli_complain("--full is for what is listed at an address: none of the operands is one");
        return CLI_USAGE;
    }
    return set_jobs(cli);
}

/* Before the archive is made: what is wrong with the options leaves nothing behind. */
static int open_web(struct ingest_run *run)
{
    struct err e = {0};
    if (!has_addresses(run->cli) || ingest_web_new(run->cli, &run->web, &e) == RC_OK) {
        return CLI_OK;
    }
    cli_report(NULL, &e);
    return e.rc == RC_NOMEM ? CLI_ENVIRONMENT : CLI_USAGE;
}

/* A dry run reads the archive when there is one. */
static int open_backend(struct ingest_run *run)
{
    struct err e = {0};
    unsigned parts = BACKEND_PIPELINE | BACKEND_BULK;
    if (run->dry) {
        struct stat status;
        bool exists = stat(config_text(run->cli->config, "db"), &status) == 0;
        parts = BACKEND_PIPELINE | (exists ? BACKEND_READ : BACKEND_NOTHING);
    }
    stop_mask(); /* signals are for this thread: it is the one that waits for input */
    int code = backend_open(&run->backend, run->cli, parts);
    stop_unmask();
    if (code == CLI_OK && run->backend.store) {
        run->known = known_new(run->backend.store, &e);
        code = run->known ? CLI_OK : cli_fail(NULL, &e);
    }
    return code;
}

static int finish(struct ingest_run *run)
{
    pipeline_drain(run->backend.pipeline);
    struct pipeline_progress spent = pipeline_progress(run->backend.pipeline);
    struct store_write_counts writes = {.cpu_us = 0};
    if (run->backend.store) {
        store_write_counts(run->backend.store, &writes);
    }
    struct report_times times = {.read_us = clock_cpu_us(),
                                 .analyse_us = spent.analyse_cpu_us,
                                 .render_us = spent.render_cpu_us,
                                 .store_us = writes.cpu_us,
                                 .search_us = writes.search_cpu_us};
    report_close(&run->report);
    if (run->read == 0 && !stop_signal) {
        cli_complain("no document found; \"guillemet ingest --help\" says which files are read");
    }
    report_summary(&run->report, run->read, &times, stop_signal != 0);
    if (stop_signal) {
        cli_complain(
            "stopped; what is counted above is stored. The same command again goes on: what is "
            "stored as it is takes little time");
        return stop_code();
    }
    if (run->stop_on_error && atomic_load(&run->report.refused)) {
        cli_complain("stopped at the first error, as --stop-on-error asks");
    }
    return run->report.code;
}

static int run_ingest(struct cli *cli)
{
    struct ingest_run run = {.cli = cli,
                             .dry = cli_switch(cli, "dry-run"),
                             .revive = cli_switch(cli, "revive"),
                             .stop_on_error = cli_switch(cli, "stop-on-error"),
                             .full = cli_switch(cli, "full"),
                             .keeps_origins = cli_value(cli, "rejects") != NULL};
    int code = check_options(cli);
    code = code ? code : open_web(&run);
    code = code ? code : report_open(&run.report, cli);
    code = code ? code : open_backend(&run);
    if (code == CLI_OK) {
        stop_listen();
        ingest_operands(&run);
        code = finish(&run);
    }
    ingest_web_free(run.web);
    known_free(run.known);
    backend_close(&run.backend);
    return code;
}

static const struct cli_option options[] = {
    {"dry-run", 'n', NULL, "say what would be created, revised, refused; store nothing"},
    {"verbose", 'v', NULL, "a line for each item once it is stored: outcome, id, place"},
    {"jobs", 'j', "N", "analyse N documents at a time (0: one a core); as --workers"},
    {"full", 'f', NULL, "of a feed or sitemap at an address: the pages that it lists"},
    {"keep-going", 'k', NULL, "go on after what is refused (the default)"},
    {"stop-on-error", 0, NULL, "stop at the first that is refused"},
    {"rejects", 0, "FILE", "append what is refused, with the reason; ingest reads it again"},
    {"json", 0, NULL, "the summary (and the lines of --verbose) as JSON, one object a line"},
    {"quiet", 'q', NULL, "no progress on stderr"},
    {"revive", 0, NULL, "bring deleted articles back"},
    {"type", 0, "TYPE", "media type of the input, such as application/x-ndjson"},
    FILES_HINT_OPTIONS,
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {
    "db",        "gazetteer",  "lang",       "lang-pack", "model",    "workers", "queue",
    "log-level", "log-format", "audit-keep", "config",    WEB_CONFIG, NULL};

const struct cli_command cmd_ingest = {
    .name = "ingest",
    .summary = "analyse and store articles from files, directories, standard input or the web",
    .usage = "[OPTION…] FILE|DIR|URL|-…",
    .about = "Reads documents, analyses them and stores them in the archive, which is created when "
             "missing.\n"
             "FILE is a web page (.html), a feed (.rss, .atom, .xml), plain text (.txt), a JSON "
             "document "
             "or an array\n"
             "of them (.json), or one document a line (.ndjson, .jsonl), packed or not (.gz, "
             ".zst); a DIR is "
             "searched\n"
             "for such files. The metadata options are for "
             "what the\n"
             "input itself doesn't say. An article that is there already, by its URL, its external "
             "id or its\n"
             "text, becomes a new revision or stays as it is. What is refused is told with file "
             "and line,\n"
             "the rest goes on.\n\n"
             "URL is the address of a page, a feed or a sitemap (https://…). --full asks for the "
             "pages that a\n"
             "feed or sitemap lists, each once, and puts them in the place of the feed's "
             "summaries: robots.txt\n"
             "is obeyed, and there is a pause between two requests to one host. Only addresses of "
             "the public\n"
             "internet are connected to, unless --fetch-allow names others. \"guillemet discover\" "
             "finds feeds.\n\n"
             "What is reported is stored: an item is counted, and told by --verbose, after its "
             "commit. Ctrl-C\n"
             "(or SIGTERM) stores what was read and says so; the same command again skips what is "
             "stored\n"
             "as it is, and goes on. --rejects FILE keeps what was refused, whole and with the "
             "reason, as\n"
             "JSON lines: after mending them, or the program, give that file to ingest as it is. "
             "Progress is\n"
             "a bar on a terminal (NO_COLOR is honoured) and a line a second elsewhere.\n"
             "Exit code 130 or 143: stopped by Ctrl-C or SIGTERM.",
    .examples = "  guillemet ingest articles/\n"
                "  guillemet ingest --source \"Le Courrier\" --published-at 2026-02-03 \\\n"
                "      --url https://courrier.example/paix article.txt\n"
                "  guillemet ingest dump.ndjson.gz page.html feed.xml\n"
                "  guillemet ingest --rejects rejects.ndjson dump.ndjson\n"
                "  guillemet ingest rejects.ndjson\n"
                "  guillemet ingest --full https://presse.example/rss",
    .options = options,
    .config = config,
    .least = 1,
    .most = -1,
    .run = run_ingest,
};
