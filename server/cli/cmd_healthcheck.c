/* `guillemet healthcheck`: asks the server of this machine whether it is well, so that a container needs no curl. */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/commands.h"

enum { PATIENCE_S = 3, REPLY_BYTES = 512, CHECK_FAILED = 1 };

static int open_unix(const char *path)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof where.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(where.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&where, sizeof where) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* "[::1]:8080" → "::1", "8080"; every address (":8080", 0.0.0.0, ::) is asked on loopback. */
static bool split(const char *address, char host[128], const char **port)
{
    const char *colon = strrchr(address, ':');
    if (!colon) {
        return false;
    }
    struct slice name = slice_of(address, (size_t)(colon - address));
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']') {
        name = slice_of(name.ptr + 1, name.len - 2);
    }
    /* Numbers: a container may have no /etc/hosts. */
    if (name.len == 0 || slice_is(name, "0.0.0.0")) {
        name = SLICE("127.0.0.1");
    } else if (slice_is(name, "::")) {
        name = SLICE("::1");
    }
    *port = colon + 1;
    return snprintf(host, 128, "%.*s", SLICE_ARG(name)) < 128;
}

static int open_tcp(const char *address)
{
    char host[128];
    const char *port;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    if (!split(address, host, &port) || getaddrinfo(host, port, &hints, &found) != 0) {
        errno = EINVAL;
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* The status of a GET, or 0. */
static int ask(int fd, const char *path)
{
    char text[REPLY_BYTES];
    struct timeval patience = {.tv_sec = PATIENCE_S};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int len = snprintf(text, sizeof text,
                       "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (send(fd, text, (size_t)len, MSG_NOSIGNAL) != len) {
        return 0;
    }
    size_t used = 0;
    ssize_t got;
    while (used < sizeof text - 1 && (got = recv(fd, text + used, sizeof text - 1 - used, 0)) > 0) {
        used += (size_t)got;
    }
    text[used] = '\0';
    enum { STATUS_AT = 9 }; /* "HTTP/1.1 200 OK" */
    bool is_http = used > STATUS_AT && strncmp(text, "HTTP/1.", strlen("HTTP/1.")) == 0;
    return is_http ? (int)strtol(text + STATUS_AT, NULL, 10) : 0;
}

static int run_healthcheck(struct cli *cli)
{
    const char *admin = config_text(cli->config, "admin-listen");
    const char *address = admin ? admin : config_text(cli->config, "listen");
    const char *path = cli_switch(cli, "ready") ? "/readyz" : "/healthz";
    if (strncmp(address, "fd:", 3) == 0) {
        cli_complain("an inherited socket can't be asked: say where the server is with --listen");
        return CLI_USAGE;
    }
    bool is_unix = strncmp(address, "unix:", 5) == 0;
    int fd = is_unix ? open_unix(address + 5) : open_tcp(address);
    if (fd < 0) {
        cli_complain("nobody answers at %s: %s", address, strerror(errno));
        return CHECK_FAILED;
    }
    int status = ask(fd, path);
    close(fd);
    if (status != 200) {
        cli_complain(status ? "%s at %s answers %d" : "%s at %s doesn't answer", path, address,
                     status);
        return CHECK_FAILED;
    }
    printf("ok\n");
    return CLI_OK;
}

static const struct cli_option options[] = {
    {"ready", 0, NULL, "ask /readyz, which also fails while the server is about to stop"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"listen", "admin-listen", "config", NULL};

const struct cli_command cmd_healthcheck = {
    .name = "healthcheck",
    .summary = "ask a running server on this machine whether it is well",
    .usage = "[OPTION…]",
    .about = "Asks /healthz at the address that serve is configured to listen on (the admin "
             "listener's when there\n"
             "is one), and exits with 0 when it answers 200, else with 1 and the reason. Made for "
             "containers'\n"
             "health checks: reads the same configuration as serve, needs no other program.",
    .examples = "  guillemet healthcheck\n  guillemet healthcheck --ready --listen "
                "unix:/run/guillemet/http.sock",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_healthcheck,
};
