/* `guillemet analyse`: a pure filter, documents in, analyses out, nothing stored. */
#include <stdlib.h>
#include <string.h>

#include "analyse/analyse.h"
#include "analyse/gazetteer.h"
#include "api/view_analysis.h"
#include "cli/commands.h"
#include "cli/files.h"

struct run {
    const struct cli *cli;
    struct gazetteer *gazetteer;
    bool lines, explain;
    int code; /* worst so far */
    size_t documents;
    int64_t cpu_us[ANALYSE_STAGES];
};

static void worsen(struct run *run, int code)
{
    run->code = code > run->code ? code : run->code;
}

static bool write_out(struct run *run, const struct buf *out)
{
    if (out->failed || fwrite(out->data, 1, out->len, stdout) != out->len || fflush(stdout)) {
        cli_complain(out->failed ? "out of memory" : "writing to standard output failed");
        worsen(run, CLI_ENVIRONMENT);
        return false;
    }
    return true;
}

/* A refused line keeps its place in the output, so that lines in and lines out stay in step. */
static bool write_refusal(struct run *run, const char *path, size_t line, const struct err *e)
{
    worsen(run, cli_fail_at(path, line, e));
    if (!run->lines) {
        return true;
    }
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_null(&w, "id");
    jsonw_key(&w, "error");
    jsonw_object(&w);
    jsonw_key_text(&w, "code", rc_name(e->rc));
    jsonw_key_text(&w, "message", e->message);
    jsonw_key_text(&w, "field", e->field[0] ? e->field : NULL);
    jsonw_key_int(&w, "line", (int64_t)line);
    jsonw_end(&w);
    jsonw_end(&w);
    buf_char(&out, '\n');
    bool written = write_out(run, &out);
    buf_done(&out);
    return written;
}

static enum rc analyse_one(struct run *run, const struct document *document, struct arena *arena,
                           struct buf *out, struct err *e)
{
    struct analyse_options options = {.gazetteer = run->gazetteer, .stage_cpu_us = run->cpu_us};
    struct analysis *analysis = NULL;
    enum rc rc = analyse_document(document, &options, arena, &analysis, e);
    if (rc) {
        return rc;
    }
    struct jsonw w;
    jsonw_init(&w, out, run->lines ? 0 : 2);
    (run->explain ? view_analysis_explain : view_analysis_write)(&w, document->external_id.text,
                                                                 document, analysis, arena);
    buf_char(out, '\n');
    run->documents++;
    return out->failed ? err_nomem(e) : RC_OK;
}

/* False ends the run. */
static bool analyse_next(struct run *run, struct ingest_source *source, const char *path,
                         struct arena *arena, struct buf *out, bool *more)
{
    struct document *document = NULL;
    struct err e = {0};
    arena_reset(arena);
    buf_clear(out);
    enum rc rc = ingest_next(source, arena, &document, &e);
    *more = rc != RC_OK || document;
    if (!*more) {
        return true;
    }
    if (rc == RC_OK && !run->lines && run->documents > 0) {
        rc = err_set(&e, RC_INVALID, "holds several documents: use --ndjson");
        *more = false;
    }
    if (rc == RC_OK) {
        rc = analyse_one(run, document, arena, out, &e);
    }
    if (rc) {
        return write_refusal(run, path, ingest_line(source), &e) && rc != RC_UNAVAILABLE;
    }
    return write_out(run, out);
}

static struct ingest_hints hints_for(const struct run *run, const char *path)
{
    struct ingest_hints hints = files_hints(run->cli);
    hints.name = slice_cstr(path);
    if (run->lines && !ingest_takes_file(path)) {
        hints.content_type = SLICE("application/x-ndjson");
    }
    return hints;
}

static bool analyse_file(void *context, const char *path)
{
    struct run *run = context;
    struct ingest_hints hints = hints_for(run, path);
    struct ingest_source *source = NULL;
    FILE *stream = NULL;
    struct err e = {0};
    enum rc rc = files_open(path, &stream, &e);
    if (rc == RC_OK) {
        rc = ingest_open_stream(stream, &hints, &source, &e);
    }
    if (rc) {
        bool going = write_refusal(run, path, 0, &e);
        files_close(stream);
        return going;
    }
    struct arena *arena = arena_new(0);
    struct buf out;
    buf_init(&out);
    bool going = arena != NULL, more = arena != NULL;
    while (going && more) {
        going = analyse_next(run, source, path, arena, &out, &more);
    }
    buf_done(&out);
    arena_free(arena);
    ingest_close(source);
    files_close(stream);
    return going;
}

static void print_timing(const struct run *run)
{
    static const char *const names[ANALYSE_STAGES] = {"tokens", "names", "quotes"};
    fprintf(stderr, "%zu documents, CPU", run->documents);
    for (size_t i = 0; i < ANALYSE_STAGES; i++) {
        fprintf(stderr, " %s %.1f ms", names[i], (double)run->cpu_us[i] / 1000);
    }
    fputc('\n', stderr);
}

static int run_analyse(struct cli *cli)
{
    struct run run = {
        .cli = cli, .lines = cli_switch(cli, "ndjson"), .explain = cli_switch(cli, "explain")};
    struct err e = {0};
    if (files_lang_pack(cli, &e) || files_models(cli, &e) ||
        files_gazetteer(cli, &run.gazetteer, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    for (int i = 0; i < cli->operand_count; i++) {
        if (!analyse_file(&run, cli->operands[i])) {
            break;
        }
    }
    if (cli_switch(cli, "timing")) {
        print_timing(&run);
    }
    gazetteer_free(run.gazetteer);
    return run.code;
}

static const struct cli_option options[] = {
    {"ndjson", 0, NULL, "a JSON document a line in, an analysis a line out, in order"},
    {"explain", 0, NULL, "say of each quote in plain words why it is one, and why this speaker"},
    {"timing", 0, NULL, "print CPU time by stage on stderr at the end"},
    FILES_HINT_OPTIONS,
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"gazetteer", "lang", "lang-pack", "model", "config", NULL};

const struct cli_command cmd_analyse = {
    .name = "analyse",
    .summary = "print what is in a text: entities, quotes, who said them",
    .usage = "[OPTION…] FILE|-",
    .about = "Prints the analysis of a document as JSON and stores nothing. FILE is a web "
             "page, plain text\n"
             "or a JSON document; offsets are Unicode code points of its \"text\". With --ndjson "
             "it is a "
             "filter: each\n"
             "line is a document such as {\"id\":…,\"text\":…,\"lang\":…}; a refused line is told "
             "on stderr and\n"
             "gives {\"id\":null,\"error\":{…}}, so lines in and out stay in step.",
    .examples = "  guillemet analyse article.txt\n"
                "  guillemet analyse --lang fr --published-at 2026-02-03 - < article.txt\n"
                "  guillemet analyse --ndjson dump.ndjson | jq -c '.quotes[]'",
    .options = options,
    .config = config,
    .least = 1,
    .most = -1,
    .run = run_analyse,
};
