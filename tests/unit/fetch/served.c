#include "served.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUESTS_MOST 65536

struct served {
    const struct answer *answers;
    size_t count;
    int listener, stop[2];
    unsigned port, connections;
    pthread_t thread;
    pthread_mutex_t lock;
    char url[256], log[REQUESTS_MOST], shown[REQUESTS_MOST];
    size_t logged;
};

/* False when the server is to stop. */
static bool wait_for(const struct served *s, int fd)
{
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = s->stop[0], .events = POLLIN}};
    return poll(fds, 2, -1) > 0 && !fds[1].revents;
}

/* 0: the peer went, or the server is to stop. */
static size_t read_request(struct served *s, int fd, char *out, size_t size)
{
    size_t len = 0;
    while (len + 1 < size && wait_for(s, fd)) {
        ssize_t got = recv(fd, out + len, size - 1 - len, 0);
        if (got <= 0) {
            return 0;
        }
        len += (size_t)got;
        out[len] = '\0';
        if (strstr(out, "\r\n\r\n")) {
            return len;
        }
    }
    return 0;
}

static const struct answer *find(const struct served *s, const char *request)
{
    char start[256];
    for (size_t i = 0; i < s->count; i++) {
        snprintf(start, sizeof start, "GET %s HTTP/1.1\r\n", s->answers[i].path);
        if (strncmp(request, start, strlen(start)) == 0 &&
            (!s->answers[i].wants || strstr(request, s->answers[i].wants))) {
            return &s->answers[i];
        }
    }
    return NULL;
}

static void note(struct served *s, const char *request, size_t len)
{
    pthread_mutex_lock(&s->lock);
    if (s->logged + len < REQUESTS_MOST) {
        memcpy(s->log + s->logged, request, len);
        s->logged += len;
    }
    pthread_mutex_unlock(&s->lock);
}

static void send_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes = slice_of(bytes.ptr + sent, bytes.len - (size_t)sent);
    }
}

static void serve(struct served *s, int fd)
{
    const struct slice none =
        SLICE("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    char request[16384], byte;
    size_t len;
    bool keeps = true;
    while (keeps && (len = read_request(s, fd, request, sizeof request)) > 0) {
        note(s, request, len);
        const struct answer *answer = find(s, request);
        send_all(fd, answer ? slice_of(answer->bytes, answer->len) : none);
        keeps = answer && answer->keeps;
        while (answer && answer->hangs && wait_for(s, fd) && recv(fd, &byte, 1, 0) > 0) {
        }
    }
    close(fd);
}

static void *run(void *context)
{
    struct served *s = context;
    while (wait_for(s, s->listener)) {
        int fd = accept(s->listener, NULL, NULL);
        if (fd >= 0) {
            pthread_mutex_lock(&s->lock);
            s->connections++;
            pthread_mutex_unlock(&s->lock);
            serve(s, fd);
        }
    }
    return NULL;
}

struct served *served_start(const struct answer *answers, size_t count)
{
    struct served *s = calloc(1, sizeof *s);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    assert_non_null(s);
    s->answers = answers;
    s->count = count;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s->listener, 16), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &size), 0);
    s->port = ntohs(address.sin_port);
    assert_int_equal(pipe(s->stop), 0);
    pthread_mutex_init(&s->lock, NULL);
    assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
    return s;
}

unsigned served_port(const struct served *s)
{
    return s->port;
}

struct slice served_url(struct served *s, const char *path)
{
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u%s", s->port, path);
    return slice_cstr(s->url);
}

unsigned served_connections(struct served *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned connections = s->connections;
    pthread_mutex_unlock(&s->lock);
    return connections;
}

const char *served_requests(struct served *s)
{
    pthread_mutex_lock(&s->lock);
    memcpy(s->shown, s->log, s->logged);
    s->shown[s->logged] = '\0';
    pthread_mutex_unlock(&s->lock);
    return s->shown;
}

void served_stop(struct served *s)
{
    assert_int_equal(write(s->stop[1], "", 1), 1);
    pthread_join(s->thread, NULL);
    close(s->listener);
    close(s->stop[0]);
    close(s->stop[1]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
