#include "api/export.h"

#include <stdlib.h>

#include "api/api_private.h"
#include "api/cursor.h"
#include "api/formats.h"

struct export
{
    struct call call; /* of the request, with the export's own arena and reply */
    struct http_reply reply;
    struct arena *arena;
    struct buf cursor; /* where the next page begins */
};

static void export_free(void *arg)
{
    struct export *export = arg;
    buf_done(&export->reply.body);
    buf_done(&export->cursor);
    arena_free(export->arena);
    free(export);
}

static bool keep_cursor(struct export *export, struct slice cursor)
{
    buf_clear(&export->cursor);
    buf_slice(&export->cursor, cursor);
    return !export->cursor.failed;
}

/* The page's JSON into the scratch reply. */
static enum rc read_page(struct export *export, struct http_request *request, struct err *e)
{
    struct call *call = &export->call;
    struct api_thread *thread = request_thread_state(request, e);
    if (!thread) {
        return e->rc;
    }
    arena_reset(export->arena);
    call->next_cursor = SLICE_NONE;
    reply_reset(&export->reply);
    call->params.after = (struct store_cursor){.present = false};
    enum rc rc = cursor_read(buf_view(&export->cursor), call->params.filters, export->arena,
                             &call->params.after, e);
    return rc == RC_OK ? call_run(call, thread->reader, e) : rc;
}

/* What went wrong, for readers of lines: the last one is no row. */
static void write_error(struct export *export, struct buf *out, const struct err *e)
{
    if (export->call.format != FORMAT_NDJSON) {
        return;
    }
    buf_text(out, "{\"error\":");
    problem_write(out, problem_of(e->rc), e, export->call.base, NULL, NULL);
    buf_text(out, ",\"next_cursor\":\"");
    buf_slice(out, buf_view(&export->cursor));
    buf_text(out, "\"}\n");
}

static enum rc export_next(void *arg, struct http_request *request, struct buf *out, bool *last,
                           struct err *e)
{
    struct export *export = arg;
    enum rc rc = read_page(export, request, e);
    if (rc == RC_OK && export->reply.body.failed) {
        rc = err_nomem(e);
    }
    if (rc != RC_OK) {
        write_error(export, out, e);
        return rc;
    }
    struct slice cursor = export->call.next_cursor;
    buf_slice(out, buf_view(&export->reply.body));
    *last = !slice_present(cursor);
    return *last || keep_cursor(export, cursor) ? RC_OK : err_nomem(e);
}

enum rc export_continue(struct call *call, struct slice cursor, struct err *e)
{
    if (!slice_present(cursor)) {
        return RC_OK;
    }
    struct export *export = calloc(1, sizeof *export);
    if (!export) {
        return err_nomem(e);
    }
    export->arena = arena_new(0);
    export->call = *call;
    export->call.arena = export->arena;
    export->call.reply = &export->reply;
    export->call.continued = true;
    buf_init(&export->cursor);
    reply_init(&export->reply, export->arena);
    if (!export->arena || !keep_cursor(export, cursor)) {
        export_free(export);
        return err_nomem(e);
    }
    enum rc rc = reply_stream(call->request, call->reply, export_next, export_free, export, e);
    if (rc != RC_OK) {
        export_free(export);
    }
    return rc;
}
