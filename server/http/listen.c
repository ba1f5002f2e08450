#include "http/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/slice.h"

enum { BACKLOG = 1024 };

static enum rc cannot_bind(const char *address, int reason, struct err *e)
{
    if (reason == EADDRINUSE) {
        return err_field(
            e, RC_UNAVAILABLE, "listen",
            "%s is in use by another program: stop that program, or choose another address "
            "with --listen (port 0 takes any free port)",
            address);
    }
    if (reason == EACCES) {
        return err_field(
            e, RC_UNAVAILABLE, "listen",
            "not allowed to listen on %s: ports below 1024 and foreign directories need rights; "
            "choose another address with --listen",
            address);
    }
    if (reason == EADDRNOTAVAIL) {
        return err_field(e, RC_UNAVAILABLE, "listen",
                         "%s is not an address of this machine; choose another with --listen",
                         address);
    }
    return err_field(e, RC_UNAVAILABLE, "listen", "cannot listen on %s: %s", address,
                     strerror(reason));
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

/* ---- unix:/path */

/* A socket file that nobody answers on is a leftover of a killed server. */
static void remove_stale(const struct sockaddr_un *where)
{
    struct stat st;
    if (lstat(where->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        return;
    }
    CLEANUP(close_fd) int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe >= 0 && connect(probe, (const struct sockaddr *)where, sizeof *where) != 0 &&
        errno == ECONNREFUSED) {
        unlink(where->sun_path);
    }
}

static enum rc open_unix(const char *address, const char *path, int *out, char *bound,
                         struct err *e)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof where.sun_path) {
        return err_field(e, RC_INVALID, "listen", "the path in %s must have 1 to %zu bytes",
                         address, sizeof where.sun_path - 1);
    }
    memcpy(where.sun_path, path, len + 1);
    remove_stale(&where);
    CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&where, sizeof where) != 0 ||
        listen(fd, BACKLOG) != 0) {
        return cannot_bind(address, errno, e);
    }
    (void)snprintf(bound, LISTEN_ADDRESS_MAX, "unix:%s", path);
    *out = fd;
    fd = -1;
    return RC_OK;
}

/* ---- host:port */

struct host_port {
    char host[128], port[8];
};

static bool split_host_port(const char *address, struct host_port *out)
{
    const char *colon = strrchr(address, ':');
    if (!colon || colon[1] == '\0' || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        strlen(colon + 1) > 5 || strtol(colon + 1, NULL, 10) > 65535) {
        return false;
    }
    size_t host_len = (size_t)(colon - address);
    const char *host = address;
    if (host_len >= 2 && host[0] == '[' && host[host_len - 1] == ']') {
        host++;
        host_len -= 2;
    } else if (memchr(host, ':', host_len)) {
        return false; /* an IPv6 address without brackets is ambiguous */
    }
    if (host_len >= sizeof out->host) {
        return false;
    }
    memcpy(out->host, host, host_len);
    out->host[host_len] = '\0';
    (void)snprintf(out->port, sizeof out->port, "%s", colon + 1);
    return true;
}

static void write_bound(int fd, char *bound)
{
    struct sockaddr_storage where;
    socklen_t len = sizeof where;
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
    if (getsockname(fd, (struct sockaddr *)&where, &len) == 0) {
        (void)getnameinfo((struct sockaddr *)&where, len, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    }
    (void)snprintf(bound, LISTEN_ADDRESS_MAX, strchr(host, ':') ? "[%.100s]:%.8s" : "%.100s:%.8s",
                   host, port);
}

/* 0 and the socket, or the errno that stopped it. */
static int bind_one(const struct addrinfo *where, int *out)
{
    CLEANUP(close_fd)
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    int on = 1, off = 0;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
        return errno;
    }
    if (where->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        return errno;
    }
    *out = fd;
    fd = -1;
    return 0;
}

static enum rc open_tcp(const char *address, int *fd, char *bound, struct err *e)
{
    struct host_port split;
    if (!split_host_port(address, &split)) {
        return err_field(
            e, RC_INVALID, "listen",
            "can't read the address %s: write 127.0.0.1:8080, [::1]:8080, :8080, unix:/path or "
            "fd:3",
            address);
    }
    /* Every address: IPv6's wildcard serves IPv4 too; IPv4's is for machines without IPv6. */
    const char *wildcards[] = {"::", "0.0.0.0"};
    const char *hosts[] = {split.host};
    const char **tried = split.host[0] ? hosts : wildcards;
    size_t count = split.host[0] ? 1 : 2;
    int reason = 0;
    for (size_t i = 0; i < count; i++) {
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                 .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
        struct addrinfo *found = NULL;
        int failed = getaddrinfo(tried[i], split.port, &hints, &found);
        if (failed != 0) {
            return err_field(e, RC_INVALID, "listen", "can't resolve %s in the address %s: %s",
                             tried[i], address, gai_strerror(failed));
        }
        reason = bind_one(found, fd);
        freeaddrinfo(found);
        if (reason == 0) {
            write_bound(*fd, bound);
            return RC_OK;
        }
        if (reason != EAFNOSUPPORT && reason != EADDRNOTAVAIL) {
            break;
        }
    }
    return cannot_bind(address, reason, e);
}

/* ---- fd:number */

static bool is_listening(int fd)
{
    int listening = 0;
    socklen_t len = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening;
}

static void write_inherited(int fd, char *bound)
{
    struct sockaddr_un where = {.sun_family = AF_UNSPEC};
    socklen_t len = sizeof where;
    if (getsockname(fd, (struct sockaddr *)&where, &len) == 0 && where.sun_family == AF_UNIX) {
        (void)snprintf(bound, LISTEN_ADDRESS_MAX, "unix:%.*s", (int)sizeof where.sun_path,
                       where.sun_path);
    } else {
        write_bound(fd, bound);
    }
}

static enum rc open_inherited(const char *address, const char *number, int *out, char *bound,
                              struct err *e)
{
    char *end;
    errno = 0;
    long fd = strtol(number, &end, 10);
    if (*number < '0' || *number > '9' || *end != '\0' || errno != 0 || fd > INT_MAX) {
        return err_field(e, RC_INVALID, "listen", "%s names no file descriptor: write fd:3",
                         address);
    }
    if (!is_listening((int)fd)) {
        return err_field(e, RC_UNAVAILABLE, "listen",
                         "%s is no listening socket: the parent process must leave one open under "
                         "that number",
                         address);
    }
    if (fcntl((int)fd, F_SETFL, O_NONBLOCK) != 0 || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0) {
        return cannot_bind(address, errno, e);
    }
    write_inherited((int)fd, bound);
    *out = (int)fd;
    return RC_OK;
}

bool listen_is_inherited(const char *address)
{
    return strncmp(address, "fd:", 3) == 0;
}

enum rc listen_activation(const char **address, struct err *e)
{
    const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    *address = NULL;
    if (!process || !count || strtol(process, NULL, 10) != (long)getpid()) {
        return RC_OK;
    }
    if (strcmp(count, "1") != 0) {
        return err_field(e, RC_INVALID, "listen",
                         "started with %s sockets (LISTEN_FDS): one is all that is taken", count);
    }
    *address = "fd:3";
    return RC_OK;
}

/* ---- */

enum rc listen_open(const char *address, int *fd, char bound[LISTEN_ADDRESS_MAX], struct err *e)
{
    static const char unix_prefix[] = "unix:";
    size_t prefix_len = sizeof unix_prefix - 1;
    if (listen_is_inherited(address)) {
        return open_inherited(address, address + strlen("fd:"), fd, bound, e);
    }
    return strncmp(address, unix_prefix, prefix_len) == 0
               ? open_unix(address, address + prefix_len, fd, bound, e)
               : open_tcp(address, fd, bound, e);
}

void listen_forget(const char *bound)
{
    if (strncmp(bound, "unix:", 5) == 0) {
        unlink(bound + 5);
    }
}
