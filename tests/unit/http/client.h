/* A raw-socket HTTP client for the tests of http/: sends exactly the bytes it is given. */
#ifndef GUILLEMET_TESTS_HTTP_CLIENT_H
#define GUILLEMET_TESTS_HTTP_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "http/server.h"

enum { CLIENT_TIMEOUT_S = 20, ANSWER_BYTES = 256 * 1024 };

struct answer {
    int status; /* 0: the connection ended without a reply */
    char head[16 * 1024];
    char body[ANSWER_BYTES];
    size_t body_len;
    bool closed; /* the server closed after it */
};

static inline int client_connect(const struct http_server *server)
{
    const char *address = server_address(server);
    struct timeval patience = {.tv_sec = CLIENT_TIMEOUT_S};
    int fd;
    if (strncmp(address, "unix:", 5) == 0) {
        struct sockaddr_un where = {.sun_family = AF_UNIX};
        (void)snprintf(where.sun_path, sizeof where.sun_path, "%s", address + 5);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof where), 0);
    } else {
        struct sockaddr_in where = {.sin_family = AF_INET};
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        where.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
        fd = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof where), 0);
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

/* False when the server has closed. */
static inline bool client_send_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static inline bool client_send(int fd, const char *text)
{
    return client_send_bytes(fd, text, strlen(text));
}

/* Reads one byte at a time: the next reply on the connection stays unread. */
static inline bool client_read_head(int fd, struct answer *out)
{
    size_t len = 0;
    out->status = 0;
    out->body_len = 0;
    out->head[0] = '\0';
    while (len < sizeof out->head - 1) {
        ssize_t got = recv(fd, out->head + len, 1, 0);
        if (got <= 0) {
            return false;
        }
        out->head[++len] = '\0';
        if (len >= 4 && memcmp(out->head + len - 4, "\r\n\r\n", 4) == 0) {
            out->status = atoi(out->head + strlen("HTTP/1.1 "));
            return true;
        }
    }
    return false;
}

/* The value of a header in `out` (static storage), or NULL. */
static inline const char *answer_header(const struct answer *answer, const char *name)
{
    static char value[1024];
    size_t name_len = strlen(name);
    const char *line = strstr(answer->head, "\r\n");
    for (; line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        const char *start = line + 2;
        if (strncasecmp(start, name, name_len) == 0 && start[name_len] == ':') {
            start += name_len + 1;
            start += strspn(start, " ");
            (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(start, "\r"), start);
            return value;
        }
    }
    return NULL;
}

static inline void client_read(int fd, struct answer *out, bool has_body)
{
    if (!client_read_head(fd, out)) {
        return;
    }
    const char *length = answer_header(out, "Content-Length");
    size_t expected = length && has_body ? strtoul(length, NULL, 10) : 0;
    assert_true(expected < sizeof out->body);
    while (out->body_len < expected) {
        ssize_t got = recv(fd, out->body + out->body_len, expected - out->body_len, 0);
        if (got <= 0) {
            break;
        }
        out->body_len += (size_t)got;
    }
    assert_int_equal(out->body_len, expected);
    out->body[out->body_len] = '\0';
}

/* True when nothing more comes: the server has closed its side. */
static inline bool client_is_closed(int fd)
{
    char byte;
    return recv(fd, &byte, 1, 0) <= 0 && errno != EAGAIN;
}

/* One request on a connection of its own. */
static inline struct answer *client_ask(const struct http_server *server, const char *request)
{
    static struct answer answer;
    int fd = client_connect(server);
    (void)client_send(fd, request);
    client_read(fd, &answer, strncmp(request, "HEAD ", 5) != 0);
    close(fd);
    return &answer;
}

/* GET of a target, with Host. */
static inline struct answer *client_get(const struct http_server *server, const char *target)
{
    char request[32 * 1024];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: t\r\n\r\n", target);
    return client_ask(server, request);
}

static inline void sleep_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}

/* Until the server has begun with so many requests since it started, answered ones included. */
static inline void server_wait_begun(const struct http_server *server, size_t route_count,
                                     uint64_t least)
{
    uint64_t begun = 0;
    for (int tries = 0; begun < least && tries < CLIENT_TIMEOUT_S * 1000; tries++) {
        struct server_counts now;
        server_counts(server, &now);
        begun = now.in_flight;
        for (size_t i = 0; i <= route_count; i++) {
            struct server_route_counts route;
            server_route_counts(server, i, &route);
            begun += route.requests;
        }
        sleep_ms(1);
    }
    assert_true(begun >= least);
}

static inline struct http_server *server_must_start(const struct server_options *options)
{
    struct http_server *server = NULL;
    struct err e = {.message = ""};
    if (server_start(options, &server, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return server;
}

#endif
