/* The floor: libmicrohttpd, two epoll threads, one constant body made once. Nothing is looked up, parsed or written.
 *
 * usage: constant PORT BYTES */
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum MHD_Result answer(void *constant, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **seen)
{
    (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
    static int marked;
    if (*seen == NULL) {
        *seen = &marked;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, (struct MHD_Response *)constant);
}

int main(int argc, char **argv)
{
    int port = argc == 3 ? atoi(argv[1]) : 0;
    size_t size = argc == 3 ? (size_t)strtoul(argv[2], NULL, 10) : 0;
    char *body = size > 0 ? malloc(size) : NULL;
    if (port <= 0 || port > 65535 || body == NULL) {
        fprintf(stderr, "usage: constant PORT BYTES\n");
        return 2;
    }
    memset(body, '1', size);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, (uint16_t)port, NULL, NULL,
                         answer, response, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "constant: port %d can't be had\n", port);
        return 1;
    }
    int got;
    sigwait(&stop, &got);
    MHD_stop_daemon(daemon);
    MHD_destroy_response(response);
    return 0;
}
