#include "api/formats.h"

#include <stdio.h>

#include "api/export.h"
#include "api/offsets.h"
#include "api/page.h"
#include "api/project.h"
#include "api/resources.h"
#include "api/routes.h"
#include "api/view_article.h"
#include "http/negotiate.h"

static const struct format_spec specs[FORMAT_COUNT] = {
    [FORMAT_JSON] = {"json", "application/json", "application/json", false, true, true, 0, NULL,
                     NULL},
    [FORMAT_NDJSON] = {"ndjson", "application/x-ndjson", "application/x-ndjson; charset=utf-8",
                       true, true, true, 0, rows_ndjson, NULL},
    [FORMAT_CSV] = {"csv", "text/csv", "text/csv; charset=utf-8; header=present", true, true, true,
                    0, rows_csv, NULL},
    [FORMAT_JSONLD] = {"jsonld", "application/ld+json", "application/ld+json", false, false, false,
                       VIEW_ENTITIES | VIEW_QUOTES, jsonld_render, NULL},
    [FORMAT_ATOM] = {"atom", "application/atom+xml", "application/atom+xml", false, false, false, 0,
                     atom_render, NULL},
    [FORMAT_NINJS] = {"ninjs", "application/vnd.iptc.ninjs+json", "application/vnd.iptc.ninjs+json",
                      false, false, true, VIEW_TEXT | VIEW_ENTITIES | VIEW_QUOTES, ninjs_render,
                      NULL},
    [FORMAT_HTML] = {"html", "text/html", "text/html; charset=utf-8", false, false, false,
                     VIEW_TEXT | VIEW_BLOCKS | VIEW_ENTITIES | VIEW_QUOTES, page_render,
                     PAGE_POLICY},
    [FORMAT_OPML] = {"opml", "text/x-opml", "text/x-opml; charset=utf-8", false, false, false, 0,
                     opml_render, NULL},
};

const struct format_spec *format_spec(enum format format)
{
    return &specs[format];
}

const char *const *formats_suffixes(void)
{
    static const char *const suffixes[] = {"json",  "ndjson", "csv",  "jsonld", "atom",
                                           "ninjs", "html",   "opml", NULL};
    return suffixes;
}

param_set formats_params(const struct resource_use *use)
{
    if (!use) {
        return 0;
    }
    param_set offsets = use->resource->plain ? 0 : PARAM_BIT(P_OFFSETS);
    return PARAM_BIT(P_FORMAT) | PARAM_BIT(P_FIELDS) | offsets;
}

/* ---- which one */

static bool is_offered(const struct call *call, enum format format)
{
    unsigned offered = call->use ? call->use->formats : FORMAT_BIT(FORMAT_JSON);
    return offered & FORMAT_BIT(format);
}

/* "application/json, text/csv": names for ?format= or media types for Accept. */
static struct slice list_offers(const struct call *call, bool media)
{
    struct buf out;
    buf_init(&out);
    for (unsigned i = 0; i < FORMAT_COUNT; i++) {
        if (is_offered(call, i)) {
            buf_printf(&out, "%s%s", out.len ? ", " : "", media ? specs[i].media : specs[i].name);
        }
    }
    struct slice text = out.failed ? SLICE_NONE : arena_copy(call->arena, buf_view(&out));
    buf_done(&out);
    return slice_present(text) ? text : SLICE("");
}

static enum rc refuse_format(struct call *call, const char *name, struct err *e)
{
    struct slice offers = list_offers(call, false);
    reply_problem(call->reply, "not_acceptable", NULL);
    return err_field(e, RC_UNSUPPORTED, "format",
                     "this address doesn't come as %s; it comes as: %.*s", name, SLICE_ARG(offers));
}

static enum rc from_accept(struct call *call, enum format *format, struct err *e)
{
    const char *offers[FORMAT_COUNT];
    enum format formats[FORMAT_COUNT];
    size_t count = 0;
    for (unsigned i = 0; i < FORMAT_COUNT; i++) {
        if (is_offered(call, i)) {
            offers[count] = specs[i].media;
            formats[count++] = i;
        }
    }
    int best = negotiate_accept(request_header(call->request, "Accept"), offers, count);
    if (best >= 0) {
        *format = formats[best];
        return RC_OK;
    }
    struct slice all = list_offers(call, true);
    reply_problem(call->reply, "not_acceptable", NULL);
    return err_field(e, RC_UNSUPPORTED, "Accept", "this address answers in %.*s", SLICE_ARG(all));
}

/* The suffix, else ?format=, else what Accept likes best. */
static enum rc choose(struct call *call, enum format *format, struct err *e)
{
    const struct param_value *param = call_param(call, P_FORMAT);
    struct slice suffix = request_suffix(call->request);
    if (!slice_present(suffix) && !param->given) {
        return from_accept(call, format, e);
    }
    if (slice_present(suffix) && param->given && !slice_equal(suffix, param->text)) {
        return err_field(e, RC_INVALID, "format",
                         "the address ends in .%.*s: leave format out or let it say the same",
                         SLICE_ARG(suffix));
    }
    for (unsigned i = 0; i < FORMAT_COUNT; i++) {
        if (slice_is(slice_present(suffix) ? suffix : param->text, specs[i].name)) {
            *format = i;
        }
    }
    return is_offered(call, *format) ? RC_OK : refuse_format(call, specs[*format].name, e);
}

static enum rc check_shape(struct call *call, const struct format_spec *spec, struct err *e)
{
    if (call_param(call, P_FIELDS)->given && !spec->takes_fields) {
        return err_field(e, RC_INVALID, "fields",
                         "fields goes with json, ndjson and csv; %s is whole", spec->name);
    }
    if (call_param(call, P_OFFSETS)->given && !spec->takes_offsets) {
        return err_field(e, RC_INVALID, "offsets", "there are no offsets in %s", spec->name);
    }
    return RC_OK;
}

/* The parts of an article that a format or a field needs are read though `include` didn't say so. */
static void include_needed(struct call *call, const struct format_spec *spec)
{
    static const struct {
        const char *name;
        enum view_include part;
    } parts[] = {{"text", VIEW_TEXT},
                 {"blocks", VIEW_BLOCKS},
                 {"entities", VIEW_ENTITIES},
                 {"quotes", VIEW_QUOTES}};
    unsigned needed = call->use && !call->use->is_list ? spec->include : 0;
    for (size_t i = 0; i < call->fields->count; i++) {
        struct slice rest = call->fields->paths[i], first = slice_cut(&rest, '.');
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            needed |= slice_is(first, parts[p].name) ? (unsigned)parts[p].part : 0;
        }
    }
    param_set params = call->route->params;
    if (params & PARAM_BIT(P_INCLUDE)) {
        call->params.values[P_INCLUDE].number |= needed;
    }
    if (params & PARAM_BIT(P_INCLUDE_LIST)) {
        call->params.values[P_INCLUDE_LIST].number |= needed;
    }
}

/* An export's pages, whatever the standard size of a page is. */
static void size_pages(struct call *call)
{
    enum { ROWS = 500, ROWS_WITH_PARTS = 50 };
    if (formats_is_export(call) && (call->route->params & PARAM_BIT(P_LIMIT))) {
        bool parts = call_param(call, P_INCLUDE_LIST)->number != 0;
        call->params.values[P_LIMIT].number = parts ? ROWS_WITH_PARTS : ROWS;
    }
    if (formats_is_export(call) && (call->route->params & PARAM_BIT(P_LIMIT_SOME))) {
        call->params.values[P_LIMIT_SOME].number = param_spec(P_LIMIT_SOME)->most;
    }
}

enum rc formats_choose(struct call *call, struct err *e)
{
    enum format format = FORMAT_JSON;
    enum rc rc = choose(call, &format, e);
    const struct format_spec *spec = &specs[format];
    struct field_paths *fields = ARENA_NEW(call->arena, struct field_paths);
    if (!fields) {
        return err_nomem(e);
    }
    rc = rc == RC_OK ? check_shape(call, spec, e) : rc;
    if (rc == RC_OK && call_param(call, P_FIELDS)->given) {
        rc = project_parse(call, call->use->resource, call_param(call, P_FIELDS)->text, fields, e);
    }
    call->fields = fields;
    call->format = (int)format;
    if (rc == RC_OK) {
        include_needed(call, spec);
        size_pages(call);
    }
    return rc;
}

bool formats_is_export(const struct call *call)
{
    return call->use && call->use->is_list && specs[call->format].rows &&
           !call_param(call, P_LIMIT)->given && !call_param(call, P_LIMIT_WHOLE)->given &&
           !call_param(call, P_LIMIT_SOME)->given;
}

/* ---- making it */

static struct formatting formatting_of(struct call *call, struct slice body, struct buf *out)
{
    return (struct formatting){.call = call,
                               .resource = call->use ? call->use->resource : NULL,
                               .fields = call->fields,
                               .body = body,
                               .is_list = call->use && call->use->is_list,
                               .first = !call->continued,
                               .out = out};
}

/* A list's envelope stays; its objects are what fields= is about. */
static void write_projected(const struct formatting *f)
{
    struct jsonw w;
    jsonw_init(&w, f->out, 0);
    if (!f->is_list) {
        project_write(&w, f->body, f->fields);
        return;
    }
    struct jsonr r = jsonr_open(f->body), items;
    struct slice key, value, item;
    jsonw_object(&w);
    while (jsonr_member(&r, &key, &value)) {
        char name[64] = "";
        memcpy(name, key.ptr, key.len < sizeof name ? key.len : sizeof name - 1);
        jsonw_key(&w, name);
        if (!slice_is(key, resource_rows(f->resource))) {
            jsonw_raw(&w, value);
            continue;
        }
        jsonw_array(&w);
        items = jsonr_open(value);
        while (jsonr_item(&items, &item)) {
            project_write(&w, item, f->fields);
        }
        jsonw_end(&w);
    }
    jsonw_end(&w);
}

/* Replaces the body by what is made of it. */
static enum rc convert(struct call *call, enum rc (*make)(const struct formatting *, struct err *),
                       struct err *e)
{
    struct buf out;
    buf_init(&out);
    struct formatting f = formatting_of(call, buf_view(&call->reply->body), &out);
    enum rc rc = make(&f, e);
    if (rc != RC_OK) {
        buf_done(&out);
        return rc;
    }
    buf_done(&call->reply->body);
    call->reply->body = out;
    return RC_OK;
}

static enum rc make_projected(const struct formatting *f, struct err *e)
{
    (void)e;
    write_projected(f);
    return RC_OK;
}

static void describe(struct call *call, const struct format_spec *spec)
{
    call->reply->content_type = spec->content_type;
    if (spec->policy) {
        reply_header(call->reply, "Content-Security-Policy", "%s", spec->policy);
        reply_header(call->reply, "X-Content-Type-Options", "nosniff");
        reply_header(call->reply, "Referrer-Policy", "no-referrer");
    }
    if (call->format == FORMAT_CSV || call->format == FORMAT_OPML) {
        reply_header(call->reply, "Content-Disposition", "attachment; filename=\"%s.%s\"",
                     call->use->resource->name, spec->name);
    }
}

enum rc formats_apply(struct call *call, struct err *e)
{
    const struct format_spec *spec = &specs[call->format];
    enum rc rc = RC_OK;
    if (call->reply->status != 200 || call->reply->body.failed) {
        return RC_OK;
    }
    if (call_param(call, P_OFFSETS)->number != OFFSETS_CP) {
        rc = convert(call, offsets_convert, e);
    }
    if (!call->use) {
        return rc;
    }
    if (rc == RC_OK && call->format == FORMAT_JSON && call->fields->count > 0) {
        rc = convert(call, make_projected, e);
    }
    if (rc == RC_OK && spec->render) {
        rc = convert(call, spec->render, e);
    }
    if (rc == RC_OK && formats_is_export(call) && !call->continued) {
        rc = export_continue(call, call->next_cursor, e);
    }
    if (rc == RC_OK && spec->render) {
        describe(call, spec); /* a refusal is no attachment */
    }
    return rc;
}
