#include "cli/ingest_report.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "ingest/rejects.h"

static const char *const sum_names[SUMS] = {[SUM_CREATED] = "created",
                                            [SUM_REVISED] = "revised",
                                            [SUM_UNCHANGED] = "unchanged",
                                            [SUM_REFUSED] = "refused",
                                            [SUM_RESTORED] = "restored"};

/* Reading a file while it grows by what is refused of it would never end. */
static bool is_an_operand(const struct cli *cli, const char *path)
{
    struct stat rejects, operand;
    bool found = false;
    for (int i = 0; i < cli->operand_count && stat(path, &rejects) == 0; i++) {
        found = found || (stat(cli->operands[i], &operand) == 0 &&
                          operand.st_dev == rejects.st_dev && operand.st_ino == rejects.st_ino);
    }
    return found;
}

int report_open(struct report *report, const struct cli *cli)
{
    *report = (struct report){.lock = PTHREAD_MUTEX_INITIALIZER,
                              .verbose = cli_switch(cli, "verbose"),
                              .json = cli_switch(cli, "json"),
                              .dry = cli_switch(cli, "dry-run"),
                              .rejects_path = cli_value(cli, "rejects")};
    progress_start(&report->progress, "documents", cli_switch(cli, "quiet"));
    if (report->rejects_path && is_an_operand(cli, report->rejects_path)) {
        cli_complain("--rejects %s is also read from: name another file", report->rejects_path);
        return CLI_USAGE;
    }
    return CLI_OK;
}

void report_close(struct report *report)
{
    progress_clear(&report->progress);
    if (report->rejects && fclose(report->rejects)) {
        cli_complain("can't write %s: %s", report->rejects_path, strerror(errno));
        report->code = CLI_ENVIRONMENT;
    }
    report->rejects = NULL;
    pthread_mutex_destroy(&report->lock);
}

/* ---- lines for each item */

static void put_line(struct buf *line)
{
    buf_char(line, '\n');
    if (!line->failed) {
        fwrite(line->data, 1, line->len, stdout);
        fflush(stdout);
    }
    buf_done(line);
}

static void say_json(const struct report_place *place, enum report_sum sum, uint64_t id,
                     const struct err *e)
{
    struct buf line;
    struct jsonw w;
    char text[DIGEST_ID_CHARS + 1];
    buf_init(&line);
    jsonw_init(&w, &line, 0);
    jsonw_object(&w);
    jsonw_key_text(&w, "outcome", sum_names[sum]);
    if (id) {
        digest_format_id(id, text);
        jsonw_key_text(&w, "id", text);
    }
    jsonw_key_text(&w, "file", place->path);
    if (place->line) {
        jsonw_key_int(&w, "line", (int64_t)place->line);
    }
    if (e) {
        jsonw_key_text(&w, "code", rc_name(e->rc));
        jsonw_key_text(&w, "reason", e->message);
    }
    jsonw_end(&w);
    put_line(&line);
}

static void say_text(const struct report_place *place, enum report_sum sum, uint64_t id,
                     const struct document *document)
{
    struct buf line;
    char text[DIGEST_ID_CHARS + 1];
    buf_init(&line);
    digest_format_id(id, text);
    buf_printf(&line, "%-9s %s %s", sum_names[sum], text, place->path);
    if (place->line) {
        buf_printf(&line, ":%zu", place->line);
    }
    struct slice title = document ? document->title.text : SLICE_NONE;
    if (slice_present(title)) {
        buf_printf(&line, "  %.*s", SLICE_ARG(title));
    }
    put_line(&line);
}

void report_stored(struct report *report, const struct report_place *place, enum report_sum sum,
                   uint64_t id, const struct document *document)
{
    atomic_fetch_add(&report->sums[sum], 1);
    if (!report->verbose) {
        return;
    }
    pthread_mutex_lock(&report->lock);
    progress_clear(&report->progress);
    if (report->json) {
        say_json(place, sum, id, NULL);
    } else {
        say_text(place, sum, id, document);
    }
    pthread_mutex_unlock(&report->lock);
}

void report_restored(struct report *report)
{
    atomic_fetch_add(&report->sums[SUM_RESTORED], 1);
}

/* ---- what was refused */

static bool open_rejects(struct report *report)
{
    if (!report->rejects) {
        report->rejects = fopen(report->rejects_path, "ab");
    }
    return report->rejects != NULL;
}

static void keep_reject(struct report *report, const struct report_place *place,
                        const struct err *e)
{
    static const struct ingest_hints none;
    const struct ingest_origin *origin = &place->origin;
    struct reject reject = {.file = place->path,
                            .line = place->line,
                            .err = e,
                            .hints = origin->hints ? origin->hints : &none,
                            .content_type = origin->content_type,
                            .input = origin->bytes};
    /* Of a file that is one input (an array, a feed), or of a part of it, the first reject holds it all. */
    if (slice_present(origin->bytes) && !origin->alone) {
        reject.again =
            strcmp(report->kept_file, place->path) == 0 && report->kept_part == origin->part;
        snprintf(report->kept_file, sizeof report->kept_file, "%s", place->path);
        report->kept_part = origin->part;
    }
    reject.input = reject.again ? SLICE_NONE : reject.input;
    struct buf line;
    struct jsonw w;
    buf_init(&line);
    jsonw_init(&w, &line, 0);
    reject_write(&w, &reject);
    buf_char(&line, '\n');
    bool kept = !line.failed && open_rejects(report) &&
                fwrite(line.data, 1, line.len, report->rejects) == line.len &&
                fflush(report->rejects) == 0;
    buf_done(&line);
    if (!kept) {
        cli_complain("can't write %s: %s", report->rejects_path, strerror(errno));
        report->code = CLI_ENVIRONMENT;
        atomic_store(&report->broken, true);
    }
}

void report_refused(struct report *report, const struct report_place *place, const struct err *e)
{
    pthread_mutex_lock(&report->lock);
    progress_clear(&report->progress);
    int code = cli_fail_at(place->path, place->line, e);
    report->code = code > report->code ? code : report->code;
    atomic_fetch_add(&report->sums[SUM_REFUSED], 1);
    atomic_store(&report->refused, true);
    if (code == CLI_ENVIRONMENT) { /* it isn't the input's fault */
        atomic_store(&report->broken, true);
    } else if (report->rejects_path && !report->dry) {
        keep_reject(report, place, e);
    }
    if (report->verbose && report->json) {
        say_json(place, SUM_REFUSED, 0, e);
    }
    pthread_mutex_unlock(&report->lock);
}

void report_noted(struct report *report, const struct report_place *place, const struct err *e)
{
    pthread_mutex_lock(&report->lock);
    progress_clear(&report->progress);
    int code = cli_fail_at(place->path, place->line, e);
    report->code = code > report->code ? code : report->code;
    pthread_mutex_unlock(&report->lock);
}

void report_detail(const struct report *report, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (int i = 0; i < SUMS && len < size; i++) {
        uint64_t sum = report_sum(report, (enum report_sum)i);
        if (sum > 0) {
            len += (size_t)snprintf(out + len, size - len, "%s%llu %s", len ? ", " : " (",
                                    (unsigned long long)sum, sum_names[i]);
        }
    }
    if (len > 0 && len + 1 < size) {
        snprintf(out + len, size - len, ")");
    }
}

/* ---- the summary */

static void print_json(const struct report *report, uint64_t read, double seconds,
                       const struct report_times *times, bool interrupted)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_int(&w, "read", (int64_t)read);
    for (int i = 0; i < SUMS; i++) {
        jsonw_key_int(&w, sum_names[i], (int64_t)report_sum(report, (enum report_sum)i));
    }
    jsonw_key_bool(&w, "dry_run", report->dry);
    jsonw_key_bool(&w, "interrupted", interrupted);
    jsonw_key_real(&w, "seconds", seconds);
    jsonw_key_real(&w, "read_cpu_seconds", (double)times->read_us / 1e6);
    jsonw_key_real(&w, "analyse_cpu_seconds", (double)times->analyse_us / 1e6);
    jsonw_key_real(&w, "render_cpu_seconds", (double)times->render_us / 1e6);
    jsonw_key_real(&w, "store_cpu_seconds", (double)times->store_us / 1e6);
    jsonw_key_real(&w, "search_cpu_seconds", (double)times->search_us / 1e6);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

void report_summary(struct report *report, uint64_t read, const struct report_times *times,
                    bool interrupted)
{
    double seconds = (double)(clock_steady_ms() - report->progress.started_ms) / 1000;
    progress_clear(&report->progress);
    if (report->json) {
        print_json(report, read, seconds, times, interrupted);
        return;
    }
    if (report->dry) {
        printf("dry run, nothing stored: would be ");
    }
    printf("%llu created, %llu revised, %llu unchanged, %llu refused",
           (unsigned long long)report_sum(report, SUM_CREATED),
           (unsigned long long)report_sum(report, SUM_REVISED),
           (unsigned long long)report_sum(report, SUM_UNCHANGED),
           (unsigned long long)report_sum(report, SUM_REFUSED));
    if (report_sum(report, SUM_RESTORED)) {
        printf(", %llu lines of deletions, entities and corrections restored",
               (unsigned long long)report_sum(report, SUM_RESTORED));
    }
    printf(" in %.1f s\n", seconds);
}
