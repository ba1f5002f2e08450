#include <string.h>

#include "base/clock.h"
#include "http/internal.h"
#include "http/negotiate.h"

struct arena *request_arena(struct http_request *request)
{
    return request->arena;
}

void *request_context(const struct http_request *request)
{
    return request->server->options.context;
}

const struct http_server *request_server(const struct http_request *request)
{
    return request->server;
}

void *request_thread_state(struct http_request *request, struct err *e)
{
    const struct server_options *options = &request->server->options;
    struct http_thread *thread = thread_here(request->server);
    if (!thread) {
        err_nomem(e);
        return NULL;
    }
    if (!thread->state && options->thread_open) {
        thread->state = options->thread_open(options->context, e);
    }
    return thread->state;
}

const struct http_route *request_route(const struct http_request *request)
{
    return request->match.route;
}

const char *request_method(const struct http_request *request)
{
    return request->method;
}

bool request_is_head(const struct http_request *request)
{
    return request->is_head;
}

void request_set_caller(struct http_request *request, struct slice name)
{
    request->caller = name;
}

struct slice request_caller(const struct http_request *request)
{
    return request->caller;
}

struct slice request_path(const struct http_request *request)
{
    return request->target.path;
}

struct slice request_query_raw(const struct http_request *request)
{
    return request->target.query;
}

bool request_has_base_path(const struct http_request *request)
{
    return request->has_base_path;
}

/* ---- parameters */

static struct slice parameter_find(const struct http_parameter *list, size_t count,
                                   const char *name)
{
    struct slice wanted = slice_cstr(name);
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(list[i].name, wanted)) {
            return list[i].value;
        }
    }
    return SLICE_NONE;
}

struct slice request_path_parameter(const struct http_request *request, const char *name)
{
    return parameter_find(request->match.parameters, request->match.parameter_count, name);
}

struct slice request_suffix(const struct http_request *request)
{
    return request->suffix;
}

size_t request_query_count(const struct http_request *request)
{
    return request->target.parameter_count;
}

struct http_parameter request_query_at(const struct http_request *request, size_t index)
{
    return request->target.parameters[index];
}

struct slice request_query(const struct http_request *request, const char *name)
{
    return parameter_find(request->target.parameters, request->target.parameter_count, name);
}

/* ---- headers and body */

static enum MHD_Result keep_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    (void)kind;
    struct http_request *request = cls;
    if (request->header_count < REQUEST_MAX_HEADERS) {
        request->headers[request->header_count] = (struct request_header){
            slice_of(name, name_len), slice_of(value ? value : "", value ? value_len : 0)};
    }
    request->header_count++; /* one too many tells the caller that there were more */
    return request->header_count > REQUEST_MAX_HEADERS ? MHD_NO : MHD_YES;
}

void request_read_headers(struct http_request *request)
{
    (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, keep_header, request);
}

struct slice request_header(const struct http_request *request, const char *name)
{
    size_t len = strlen(name);
    size_t count =
        request->header_count < REQUEST_MAX_HEADERS ? request->header_count : REQUEST_MAX_HEADERS;
    for (size_t i = 0; i < count; i++) {
        if (request->headers[i].name.len == len &&
            negotiate_equal_nocase(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }
    return SLICE_NONE;
}

size_t request_body_limit(const struct http_request *request)
{
    return request->body_limit_bytes;
}

struct slice request_body(const struct http_request *request)
{
    return buf_view(&request->body);
}

static void read_content_type(struct http_request *request)
{
    if (!request->content_type_known) {
        request->content_type_known = true;
        (void)negotiate_media_type(request->arena, request_header(request, "Content-Type"),
                                   &request->content_type, &request->charset);
    }
}

struct slice request_content_type(struct http_request *request)
{
    read_content_type(request);
    return request->content_type;
}

struct slice request_charset(struct http_request *request)
{
    read_content_type(request);
    return request->charset;
}

/* ---- who and when */

static bool is_sane_id(struct slice id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        bool sane = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '.';
        if (!sane) {
            return false;
        }
    }
    return id.len > 0 && id.len <= REQUEST_ID_BYTES;
}

/* xorshift64*: ids need to differ, not to be secret. */
static uint64_t next_random(struct http_thread *thread)
{
    uint64_t x = thread->random ? thread->random : 1;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    thread->random = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

const char *request_id(struct http_request *request)
{
    static const char digits[] = "0123456789abcdef";
    if (request->id[0] != '\0') {
        return request->id;
    }
    struct slice given = request_header(request, "X-Request-Id");
    if (is_sane_id(given)) {
        memcpy(request->id, given.ptr, given.len);
        request->id[given.len] = '\0';
        return request->id;
    }
    struct http_thread *thread = thread_here(request->server);
    uint64_t number = thread ? next_random(thread) : (uint64_t)request->started_us;
    for (int i = 0; i < 16; i++, number >>= 4) {
        request->id[i] = digits[number & 15];
    }
    request->id[16] = '\0';
    return request->id;
}

/* 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 */
struct slice request_trace(const struct http_request *request)
{
    enum { VERSION_LEN = 3, TRACE_LEN = 32, LEN = 55 };
    struct slice parent = slice_trim(request_header(request, "traceparent"));
    if (parent.len < LEN || (parent.len > LEN && parent.ptr[LEN] != '-')) {
        return SLICE_NONE;
    }
    bool good = parent.ptr[2] == '-' && parent.ptr[35] == '-' && parent.ptr[52] == '-' &&
                !slice_starts(parent, SLICE("ff"));
    bool all_zero = true;
    for (size_t i = 0; good && i < LEN; i++) {
        char c = parent.ptr[i];
        bool separator = i == 2 || i == 35 || i == 52;
        good = separator || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        all_zero = all_zero && (i < VERSION_LEN || i >= VERSION_LEN + TRACE_LEN || c == '0');
    }
    return good && !all_zero ? slice_of(parent.ptr + VERSION_LEN, TRACE_LEN) : SLICE_NONE;
}

bool request_is_cross_origin(const struct http_request *request)
{
    struct slice origin = request_header(request, "Origin");
    if (!slice_present(origin)) {
        return false;
    }
    size_t scheme = slice_find(origin, SLICE("://"), 0);
    struct slice host = request_header(request, "Host");
    if (scheme == SIZE_MAX || !slice_present(host) || host.len >= 256) {
        return true;
    }
    char expected[256];
    memcpy(expected, host.ptr, host.len);
    expected[host.len] = '\0';
    struct slice authority = slice_of(origin.ptr + scheme + 3, origin.len - scheme - 3);
    return !negotiate_equal_nocase(authority, expected);
}

int64_t request_deadline_ms(const struct http_request *request)
{
    return request->deadline_ms;
}

bool request_is_expired(const struct http_request *request)
{
    return request->deadline_ms != 0 && clock_steady_ms() >= request->deadline_ms;
}

/* ---- */

void request_detach(struct http_request *request)
{
    if (request->headers_are_copied) {
        return;
    }
    request->headers_are_copied = true;
    (void)request_id(request);
    (void)request_client(request);
    request->method = request->is_head ? "HEAD" : request->match.route->method;
    for (size_t i = 0; i < request->header_count; i++) {
        struct request_header *header = &request->headers[i];
        header->name = arena_copy(request->arena, header->name);
        header->value = arena_copy(request->arena, header->value);
    }
}
