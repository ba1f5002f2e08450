/* Where a request comes from and under which address it was asked: the peer of the connection, and, when that is a
 * trusted proxy, what it says of the client. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/forwarded.h"
#include "http/internal.h"

static void write_peer(struct http_request *request, char out[CLIENT_BYTES])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    const char *written = NULL;
    if (address && address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        written = inet_ntop(AF_INET, &v4->sin_addr, out, CLIENT_BYTES);
    } else if (address && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
        const void *bytes = mapped ? (const void *)&v6->sin6_addr.s6_addr[12] : &v6->sin6_addr;
        written = inet_ntop(mapped ? AF_INET : AF_INET6, bytes, out, CLIENT_BYTES);
    }
    if (!written) {
        memcpy(out, "unix", sizeof "unix");
    }
}

bool origin_is_trusted(struct http_request *request)
{
    const struct networks *trusted = &request->server->trusted;
    if (networks_is_empty(trusted)) {
        return false;
    }
    if (!request->trust_known) {
        char peer[CLIENT_BYTES];
        write_peer(request, peer);
        request->trust_known = true;
        request->trusted = networks_hold(trusted, slice_cstr(peer));
    }
    return request->trusted;
}

static struct forwarded read_forwarded(struct http_request *request)
{
    struct forwarded forwarded = {.client = SLICE_NONE};
    if (origin_is_trusted(request)) {
        size_t count = request->header_count < REQUEST_MAX_HEADERS ? request->header_count
                                                                   : REQUEST_MAX_HEADERS;
        forwarded_read(request->headers, count, &request->server->trusted, &forwarded);
    }
    return forwarded;
}

const char *request_client(struct http_request *request)
{
    if (request->client[0] != '\0') {
        return request->client;
    }
    struct slice client = read_forwarded(request).client;
    if (slice_present(client) && client.len < sizeof request->client) {
        memcpy(request->client, client.ptr, client.len);
        request->client[client.len] = '\0';
    } else {
        write_peer(request, request->client);
    }
    return request->client;
}

static struct slice find_base(struct http_request *request)
{
    const struct server_options *options = &request->server->options;
    if (options->public_url) {
        return slice_cstr(options->public_url);
    }
    struct slice own = request->has_base_path ? slice_cstr(request->server->base_path) : SLICE("");
    struct forwarded forwarded = read_forwarded(request);
    struct slice prefix = slice_present(forwarded.prefix) ? forwarded.prefix : own;
    if (!slice_present(forwarded.host)) {
        return prefix;
    }
    const char *proto = slice_is(forwarded.proto, "https") ? "https" : "http";
    struct slice base = arena_printf(request->arena, "%s://%.*s%.*s", proto,
                                     SLICE_ARG(forwarded.host), SLICE_ARG(prefix));
    return slice_present(base) ? base : prefix;
}

void origin_find_base(struct http_request *request)
{
    request->base = find_base(request);
}

struct slice request_base(const struct http_request *request)
{
    return request->base;
}
