#include "api/docs.h"

#include <stdio.h>

#include "api/markup.h"
#include "api/service.h"
#include "base/config.h"
#include "http/negotiate.h"
#include "http/problem.h"

/* The renderer runs under it as it is: no inline script or style, nothing from elsewhere. */
#define DOCS_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

static void secure(struct call *call)
{
    reply_header(call->reply, "Content-Security-Policy", "%s", DOCS_POLICY);
    reply_header(call->reply, "X-Content-Type-Options", "nosniff");
}

static void begin_page(struct call *call, const char *title)
{
    struct buf *out = &call->reply->body;
    buf_text(out, "<!DOCTYPE html>\n<html lang=\"en\" data-base=\"");
    markup_escape(out, call->base);
    buf_text(out, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    buf_text(out, "<link rel=\"icon\" href=\"data:,\">\n"); /* none is asked for */
    markup_element(out, "title", slice_cstr(title));
}

static void link_style(struct call *call, const char *name)
{
    buf_text(&call->reply->body, "\n<link rel=\"stylesheet\" href=\"");
    markup_escape(&call->reply->body, call->base);
    buf_printf(&call->reply->body, "/docs/%s\">", name);
}

static void link_script(struct call *call, const char *name)
{
    buf_text(&call->reply->body, "\n<script defer src=\"");
    markup_escape(&call->reply->body, call->base);
    buf_printf(&call->reply->body, "/docs/%s\"></script>", name);
}

enum rc docs_page(struct call *call, struct err *e)
{
    bool fresh;
    enum rc rc = service_etag(call, SLICE("docs"), &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct buf *out = &call->reply->body;
    call->reply->content_type = "text/html; charset=utf-8";
    secure(call);
    begin_page(call, "guillemet: the API");
    link_style(call, "swagger-ui.css");
    link_style(call, "docs.css");
    link_script(call, "swagger-ui-bundle.js");
    link_script(call, "docs.js");
    buf_text(out, "\n</head>\n<body>\n<noscript>This page needs a script of its own. The same is "
                  "in <a href=\"");
    markup_escape(out, call->base);
    buf_text(out, "/openapi.yaml\">openapi.yaml</a>.</noscript>\n<div "
                  "id=\"reference\"></div>\n</body>\n</html>\n");
    return RC_OK;
}

enum rc docs_file(struct call *call, struct err *e)
{
    static const struct {
        const char *name, *type;
    } files[] = {{"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
                 {"swagger-ui.css", "text/css; charset=utf-8"},
                 {"docs.js", "text/javascript; charset=utf-8"},
                 {"docs.css", "text/css; charset=utf-8"}};
    struct slice name = request_path_parameter(call->request, "name");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (slice_is(name, files[i].name)) {
            reply_header(call->reply, "X-Content-Type-Options", "nosniff");
            call->reply->cache_control = HTTP_KEEP;
            return service_show_packed(call, files[i].type, files[i].name, e);
        }
    }
    return err_field(e, RC_NOT_FOUND, "name", "the reference has no such file");
}

/* ---- problems: pages in Markdown of the simplest kind, shown as text, HTML or JSON */

enum page_format { PAGE_TEXT, PAGE_HTML, PAGE_JSON };

static enum rc choose(struct call *call, enum page_format *format, struct err *e)
{
    static const char *const offers[] = {"text/plain", "text/html", "application/json"};
    int best = negotiate_accept(request_header(call->request, "Accept"), offers, 3);
    call->reply->vary = "Accept";
    if (best < 0) {
        reply_problem(call->reply, "not_acceptable", NULL);
        return err_field(e, RC_UNSUPPORTED, "Accept",
                         "this page comes as text/plain, text/html and application/json");
    }
    *format = (enum page_format)best;
    return RC_OK;
}

/* `words` between backticks. */
static void write_inline(struct buf *out, struct slice text)
{
    bool code = false;
    while (slice_present(text)) {
        struct slice piece = slice_cut(&text, '`');
        markup_escape(out, piece);
        if (slice_present(text)) {
            buf_text(out, code ? "</code>" : "<code>");
            code = !code;
        }
    }
    buf_text(out, code ? "</code>" : "");
}

static void write_paragraph(struct buf *out, struct slice text)
{
    int level = slice_starts(text, SLICE("# ")) ? 1 : slice_starts(text, SLICE("## ")) ? 2 : 0;
    if (level) {
        text = slice_of(text.ptr + level + 1, text.len - (size_t)level - 1);
        buf_printf(out, "<h%d>", level);
    } else {
        buf_text(out, "<p>");
    }
    write_inline(out, text);
    level ? buf_printf(out, "</h%d>\n", level) : buf_text(out, "</p>\n");
}

/* The next of a page's paragraphs: between empty lines. */
static struct slice next_paragraph(struct slice *rest)
{
    size_t end = slice_find(*rest, SLICE("\n\n"), 0);
    struct slice piece = end == SIZE_MAX ? *rest : slice_of(rest->ptr, end);
    *rest = end == SIZE_MAX ? SLICE_NONE : slice_of(rest->ptr + end + 2, rest->len - end - 2);
    return slice_trim(piece);
}

static void write_html(struct call *call, const struct problem_kind *kind, struct slice text)
{
    struct buf *out = &call->reply->body;
    call->reply->content_type = "text/html; charset=utf-8";
    secure(call);
    begin_page(call, kind->title);
    link_style(call, "docs.css");
    buf_text(out, "\n</head>\n<body>\n<main class=\"page\">\n");
    while (slice_present(text)) {
        write_paragraph(out, next_paragraph(&text));
    }
    buf_text(out, "<p><a href=\"");
    markup_escape(out, call->base);
    buf_text(out, "/problems\">All problems</a></p>\n</main>\n</body>\n</html>\n");
}

static void write_kind(struct call *call, struct jsonw *w, const struct problem_kind *kind)
{
    jsonw_key_text(w, "code", kind->code);
    jsonw_key_int(w, "status", kind->status);
    jsonw_key_text(w, "title", kind->title);
    struct slice type =
        arena_printf(call->arena, "%.*s/problems/%s", SLICE_ARG(call->base), kind->code);
    jsonw_key_string(w, "type", type);
}

/* What stands before "What to do" below the line of the code, and what stands behind. */
static void write_json(struct call *call, const struct problem_kind *kind, struct slice text)
{
    struct jsonw w = reply_jsonw(call->reply);
    size_t split = slice_find(text, SLICE("## What to do"), 0);
    struct slice meaning = split == SIZE_MAX ? text : slice_of(text.ptr, split),
                 advice =
                     split == SIZE_MAX ? SLICE_NONE : slice_of(text.ptr + split, text.len - split);
    (void)next_paragraph(&meaning);
    if (slice_present(meaning)) {
        (void)next_paragraph(&meaning);
    }
    if (slice_present(advice)) {
        (void)next_paragraph(&advice);
    }
    jsonw_object(&w);
    write_kind(call, &w, kind);
    jsonw_key_string(&w, "meaning", slice_present(meaning) ? slice_trim(meaning) : SLICE(""));
    jsonw_key_string(&w, "what_to_do", slice_present(advice) ? slice_trim(advice) : SLICE(""));
    jsonw_end(&w);
}

/* The codes whose spelling is close, for a mistyped address. */
static const char *nearest_code(struct arena *arena, struct slice code)
{
    size_t count;
    const struct problem_kind *kinds = problem_kinds(&count);
    const char **names = ARENA_ARRAY(arena, const char *, count);
    struct slice given = arena_printf(arena, "%.*s", SLICE_ARG(code));
    if (!names || !slice_present(given)) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = kinds[i].code;
    }
    return config_nearest(given.ptr, names, count);
}

enum rc docs_problem(struct call *call, struct err *e)
{
    enum page_format format = PAGE_TEXT;
    bool fresh;
    struct slice code = request_path_parameter(call->request, "code");
    struct slice text = service_asset("problems/", code, ".md"),
                 name = arena_copy(call->arena, code);
    if (!slice_present(text) || !slice_present(name)) {
        reply_problem(call->reply, "not_found", nearest_code(call->arena, code));
        return err_field(e, RC_NOT_FOUND, "code", "no problem has this code");
    }
    enum rc rc = choose(call, &format, e);
    call->reply->cache_control = HTTP_KEEP;
    rc = rc == RC_OK ? service_etag(call, text, &fresh, e) : rc;
    if (rc != RC_OK || fresh) {
        return rc;
    }
    switch (format) {
    case PAGE_TEXT:
        reply_stored(call->reply, "text/plain; charset=utf-8", text);
        break;
    case PAGE_HTML:
        write_html(call, problem_find(name.ptr), text);
        break;
    case PAGE_JSON:
        write_json(call, problem_find(name.ptr), text);
        break;
    }
    return RC_OK;
}

static void write_list(struct call *call, const struct problem_kind *kinds, size_t count)
{
    struct buf *out = &call->reply->body;
    call->reply->content_type = "text/html; charset=utf-8";
    secure(call);
    begin_page(call, "Problems");
    link_style(call, "docs.css");
    buf_text(out, "\n</head>\n<body>\n<main class=\"page\">\n<h1>Problems</h1>\n<ul>\n");
    for (size_t i = 0; i < count; i++) {
        buf_text(out, "<li><a href=\"");
        markup_escape(out, call->base);
        buf_printf(out, "/problems/%s\"><code>%s</code></a> %d ", kinds[i].code, kinds[i].code,
                   kinds[i].status);
        markup_escape(out, slice_cstr(kinds[i].title));
        buf_text(out, "</li>\n");
    }
    buf_text(out, "</ul>\n</main>\n</body>\n</html>\n");
}

enum rc docs_problems(struct call *call, struct err *e)
{
    static const char *const offers[] = {"application/json", "text/html"};
    size_t count;
    bool fresh;
    const struct problem_kind *kinds = problem_kinds(&count);
    int best = negotiate_accept(request_header(call->request, "Accept"), offers, 2);
    call->reply->vary = "Accept";
    if (best < 0) {
        reply_problem(call->reply, "not_acceptable", NULL);
        return err_field(e, RC_UNSUPPORTED, "Accept",
                         "this list comes as application/json and text/html");
    }
    call->reply->cache_control = HTTP_KEEP;
    enum rc rc = service_etag(call, SLICE("problems"), &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    if (best == 1) {
        write_list(call, kinds, count);
        return RC_OK;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(&w);
        write_kind(call, &w, &kinds[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key_int(&w, "total", (int64_t)count);
    jsonw_end(&w);
    return RC_OK;
}
