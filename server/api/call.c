#include "api/call.h"

#include <stdio.h>

#include "api/api_private.h"
#include "api/cursor.h"
#include "api/facets.h"
#include "api/filters.h"
#include "api/formats.h"
#include "api/links.h"
#include "api/routes.h"
#include "store/entities.h"
#include "text/digest.h"

enum { LISTED_CANDIDATES = 5 };

/* A hash (FNV-1a) of what shapes the reply beside the archive: the program, where links lead, what is asked for. A tag
 * needs to tell versions of one address apart: a digest would cost more than it says. */
static uint64_t hash_request(const struct call *call)
{
    struct slice parts[] = {slice_cstr(GUILLEMET_VERSION),
                            slice_cstr(call->api->options.rights_name),
                            call->base,
                            request_path(call->request),
                            request_query_raw(call->request),
                            slice_cstr(format_spec((enum format)call->format)->name)};
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (size_t k = 0; k < parts[i].len; k++) {
            hash = (hash ^ (unsigned char)parts[i].ptr[k]) * UINT64_C(0x100000001b3);
        }
        hash = (hash ^ 0xff) * UINT64_C(0x100000001b3); /* an end that no part holds */
    }
    return hash;
}

/* W/"RESOURCE.VERSION-HASH"; every reply has one. */
static const char *write_etag(struct arena *arena, const char *resource, uint64_t version,
                              const char hash[DIGEST_ID_CHARS + 1])
{
    char digits[20];
    size_t first = sizeof digits, len = strlen(resource);
    do {
        digits[--first] = (char)('0' + version % 10);
    } while ((version /= 10) > 0);
    char *out = arena_alloc(arena, len + sizeof digits + DIGEST_ID_CHARS + 8);
    if (out == NULL) {
        return NULL;
    }
    char *to = out;
    memcpy(to, "W/\"", 3);
    memcpy(to += 3, resource, len);
    memcpy(to += len, digits + first, sizeof digits - first);
    *(to += sizeof digits - first) = '-';
    memcpy(to + 1, hash, DIGEST_ID_CHARS);
    memcpy(to + 1 + DIGEST_ID_CHARS, "\"", 2);
    return out;
}

enum rc call_etag(struct call *call, const char *resource, bool *fresh, struct err *e)
{
    uint64_t version;
    enum rc rc = store_version(call->reader, &version, e);
    if (rc != RC_OK) {
        return rc;
    }
    uint64_t identity = 0;
    if ((rc = store_identity(call->reader, &identity, e)) != RC_OK) {
        return rc;
    }
    char hash[DIGEST_ID_CHARS + 1];
    uint64_t request = hash_request(call) ^ identity * UINT64_C(0x9e3779b97f4a7c15);
    if (call->params.relative) { /* it answers otherwise when time has passed */
        request ^= (uint64_t)call->params.now_ms * UINT64_C(0x9e3779b97f4a7c15);
        call->reply->passing = true;
    }
    digest_format_id(request, hash);
    const char *etag = write_etag(call->arena, resource, version, hash);
    if (etag == NULL) {
        return err_nomem(e);
    }
    *fresh = reply_not_modified(call->request, call->reply, etag);
    return RC_OK;
}

enum rc call_path_id(const struct call *call, const char *what, uint64_t *id, struct err *e)
{
    struct slice text = request_path_parameter(call->request, "id");
    if (!digest_parse_id(text, id)) {
        return err_field(e, RC_NOT_FOUND, "id",
                         "'%.*s' is no %s's id: ids are 13 letters a-z and digits 2-7",
                         (int)(text.len < 40 ? text.len : 40), text.ptr, what);
    }
    return RC_OK;
}

static enum rc refuse_ambiguous(struct call *call, const char *name, struct slice text,
                                const struct store_candidate *rows, size_t count, struct err *e)
{
    struct buf list;
    buf_init(&list);
    for (size_t i = 0; i < count && i < LISTED_CANDIDATES; i++) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(rows[i].id, id);
        buf_printf(&list, "%s%s (%.*s, %s)", i ? ", " : "", id, SLICE_ARG(rows[i].name),
                   entity_type_name(rows[i].type));
    }
    reply_problem(call->reply, "ambiguous", NULL);
    enum rc rc = err_field(e, RC_INVALID, name, "'%.*s' means %zu entities; say which by id: %.*s",
                           (int)(text.len < 80 ? text.len : 80), text.ptr, count,
                           SLICE_ARG(buf_view(&list)));
    buf_done(&list);
    return rc;
}

enum rc call_entity_refuse(struct call *call, struct slice asked, enum rc rc, struct err *e)
{
    if (rc != RC_NOT_FOUND) {
        return rc;
    }
    struct slice nearest = store_entity_nearest(call->reader, asked, call->arena);
    if (slice_present(nearest)) {
        reply_problem(call->reply, "not_found", nearest.ptr);
        err_set(e, RC_NOT_FOUND, "no entity is known as '%.*s'; did you mean '%.*s'?",
                (int)(asked.len < 100 ? asked.len : 100), asked.ptr,
                (int)(nearest.len < 100 ? nearest.len : 100), nearest.ptr);
    }
    return rc;
}

enum rc call_entity(struct call *call, const char *field, struct slice text, uint64_t *id,
                    struct err *e)
{
    struct store_candidate *rows;
    size_t count;
    enum rc rc = store_entity_resolve(call->reader, text, call->arena, &rows, &count, e);
    if (rc != RC_OK) {
        return call_entity_refuse(call, text, rc, e);
    }
    if (count > 1) {
        return refuse_ambiguous(call, field, text, rows, count, e);
    }
    *id = rows[0].id;
    return RC_OK;
}

unsigned call_choices(const struct call *call, enum param param)
{
    unsigned left = ~0u;
    const struct param_clause *given = call_param(call, param)->clauses;
    for (; given; given = given->next) {
        left &= given->negated ? ~given->choices : given->choices;
    }
    return left;
}

enum rc call_if_match(struct call *call, const char *address, uint32_t *revision, struct err *e)
{
    struct slice rest = slice_trim(request_header(call->request, "If-Match"));
    *revision = 0;
    if (!slice_present(rest) || slice_is(rest, "*")) {
        return RC_OK;
    }
    if (slice_starts(rest, SLICE("W/"))) {
        rest = slice_of(rest.ptr + 2, rest.len - 2);
    }
    uint32_t value = 0;
    size_t at = 1;
    while (at < rest.len && at < 10 && rest.ptr[at] >= '0' && rest.ptr[at] <= '9') {
        value = value * 10 + (uint32_t)(rest.ptr[at++] - '0');
    }
    bool good = rest.len > 2 && rest.ptr[0] == '"' && value > 0 && at < rest.len &&
                (rest.ptr[at] == '"' || rest.ptr[at] == '.') && rest.ptr[rest.len - 1] == '"';
    if (!good) {
        reply_problem(call->reply, "precondition_failed", NULL);
        return err_field(e, RC_CONFLICT, "If-Match",
                         "If-Match takes one revision (\"3\") or the ETag of GET %s", address);
    }
    *revision = value;
    return RC_OK;
}

bool call_if_none(const struct call *call)
{
    return slice_is(slice_trim(request_header(call->request, "If-None-Match")), "*");
}

enum rc call_order(const struct call *call, bool ascending, enum store_sort *sort, bool *reversed,
                   struct err *e)
{
    enum { ASC, DESC }; /* P_ORDER's choices */
    const struct param_value *order = call_param(call, P_ORDER);
    *reversed = false;
    if (!order->given) {
        return RC_OK;
    }
    if (*sort == STORE_OLDEST && order->number == DESC) {
        return err_field(e, RC_INVALID, "order",
                         "sort=oldest has the oldest first: order=desc is sort=newest");
    }
    if (*sort == STORE_NEWEST) {
        *sort = order->number == ASC ? STORE_OLDEST : STORE_NEWEST;
        return RC_OK;
    }
    *reversed = *sort != STORE_OLDEST && (order->number == ASC) != ascending;
    return RC_OK;
}

struct jsonw call_list_begin(struct call *call)
{
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    return w;
}

static void add_link(struct call *call, struct slice next)
{
    struct buf link;
    buf_init(&link);
    buf_reserve(&link, next.len + 16);
    buf_char(&link, '<');
    buf_slice(&link, next);
    buf_text(&link, ">; rel=\"next\"");
    if (!link.failed) {
        reply_header_text(call->reply, "Link", buf_view(&link));
    }
    buf_done(&link);
}

enum rc call_list_end(struct call *call, struct jsonw *w, const struct store_page *found,
                      struct err *e)
{
    struct store_page settled = *found;
    const struct store_page *page = &settled;
    enum rc rc = facets_find(call, &settled, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct slice cursor = SLICE_NONE, next = SLICE_NONE;
    if (page->has_more) {
        cursor = cursor_write(call->arena, &page->last, call->params.filters);
        next = slice_present(cursor) ? links_page(call, cursor) : SLICE_NONE;
        if (!slice_present(next)) {
            return err_nomem(e);
        }
        if (!formats_is_export(call)) {
            add_link(call, next);
        }
    }
    call->next_cursor = cursor;
    jsonw_end(w);
    jsonw_key_int(w, "total", page->total);
    jsonw_key_bool(w, "total_is_exact", page->total_is_exact);
    jsonw_key_string(w, "next_cursor", cursor);
    jsonw_key_string(w, "next", next);
    if (page->ranked > 0) {
        jsonw_key_int(w, "ranked", page->ranked);
    }
    filters_write_hints(w, &page->hints);
    facets_write(call, w);
    jsonw_end(w);
    return RC_OK;
}

enum rc call_list_empty(struct call *call, struct err *e)
{
    struct store_page page = {.total_is_exact = true};
    struct jsonw w = call_list_begin(call);
    return call_list_end(call, &w, &page, e);
}
