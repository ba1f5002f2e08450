/* The same questions to a real server: conditional requests, compression, redirects of its own. Skipped without nginx. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch/fetch.h"

static char folder[64], text[4096];
static unsigned port;
static pid_t nginx;
static struct fetcher *fetcher;

static void write_file(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool is_up(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool up = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return up;
}

static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void configure(void)
{
    char conf[2048];
    snprintf(conf, sizeof conf,
             "daemon off; master_process off; pid %s/pid; error_log %s/error.log;\n"
             "events { worker_connections 64; }\n"
             "http { access_log off; default_type text/plain; types { application/rss+xml rss; }\n"
             "  client_body_temp_path %s/b; proxy_temp_path %s/p; fastcgi_temp_path %s/f;\n"
             "  uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n"
             "  gzip on; gzip_types application/rss+xml; gzip_min_length 1;\n"
             "  server { listen 127.0.0.1:%u; root %s/www; absolute_redirect off; expires 10m;\n"
             "    location = /old.rss { return 301 /feed.rss; }\n"
             "    location = /busy { add_header Retry-After 30 always; return 503; } } }\n",
             folder, folder, folder, folder, folder, folder, folder, port, folder);
    write_file("nginx.conf", conf);
}

static int start(void **state)
{
    (void)state;
    char conf[128], www[128];
    struct fetch_policy policy = fetch_policy_defaults();
    if (access("/usr/sbin/nginx", X_OK) != 0) {
        return 0;
    }
    strcpy(folder, "/tmp/guillemet-nginx-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(www, sizeof www, "%s/www", folder);
    snprintf(conf, sizeof conf, "%s/nginx.conf", folder);
    assert_int_equal(mkdir(www, 0755), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    port = free_port();
    configure();
    for (size_t len = 0; len + 32 < sizeof text; len = strlen(text)) {
        snprintf(text + len, sizeof text - len, "<item>%zu</item>\n", len);
    }
    write_file("www/feed.rss", text);
    nginx = fork();
    if (nginx == 0) {
        execl("/usr/sbin/nginx", "nginx", "-e", "stderr", "-c", conf, (char *)NULL);
        _exit(127);
    }
    while (!is_up() && waitpid(nginx, NULL, WNOHANG) == 0) {
        usleep(10000);
    }
    assert_int_equal(fetch_policy_allow(&policy, "fetch-allow", "127.0.0.1", NULL), RC_OK);
    return fetcher_open(&policy, &fetcher, NULL) == RC_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    char command[128];
    if (nginx > 0) {
        fetcher_close(fetcher);
        kill(nginx, SIGTERM);
        waitpid(nginx, NULL, 0);
        snprintf(command, sizeof command, "rm -rf %s", folder);
        return system(command);
    }
    return 0;
}

static struct fetch_reply get(const char *path, struct slice etag, struct slice last_modified)
{
    char url[128];
    struct fetch_reply reply;
    struct err e = {.message = ""};
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
    struct fetch_request request = {
        .url = slice_cstr(url), .etag = etag, .last_modified = last_modified, .accept = FETCH_FEED};
    if (fetch_run(fetcher, &request, &reply, &e) != RC_OK) {
        fail_msg("%s: %s", path, e.message);
    }
    return reply;
}

static void what_is_unchanged_isn_t_sent_again(void **state)
{
    (void)state;
    if (nginx <= 0) {
        skip();
    }
    struct fetch_reply first = get("/feed.rss", SLICE_NONE, SLICE_NONE);
    assert_int_equal(first.status, 200);
    assert_true(slice_is(buf_view(&first.body), text)); /* that came as gzip */
    assert_true(slice_is(first.content_type, "application/rss+xml"));
    assert_int_equal(first.max_age_s, 600);
    assert_true(slice_starts(first.etag, SLICE("W/"))); /* because of gzip */
    struct fetch_reply again = get("/feed.rss", first.etag, SLICE_NONE);
    assert_int_equal(again.status, 304);
    assert_int_equal(again.body.len, 0);
    fetch_reply_done(&again);
    again = get("/feed.rss", SLICE_NONE, first.last_modified);
    assert_int_equal(again.status, 304);
    fetch_reply_done(&again);
    again = get("/feed.rss", SLICE("\"another\""), SLICE_NONE);
    assert_int_equal(again.status, 200);
    fetch_reply_done(&again);
    fetch_reply_done(&first);
}

/* Through a redirect for good, and with what the new address said. */
static void a_feed_that_moved_is_unchanged_too(void **state)
{
    (void)state;
    if (nginx <= 0) {
        skip();
    }
    struct fetch_reply first = get("/old.rss", SLICE_NONE, SLICE_NONE);
    assert_int_equal(first.status, 200);
    assert_true(slice_present(first.moved_to));
    struct fetch_reply again = get("/old.rss", first.etag, first.last_modified);
    assert_int_equal(again.status, 304);
    assert_true(slice_equal(again.moved_to, first.moved_to));
    fetch_reply_done(&again);
    fetch_reply_done(&first);
}

static void what_changed_is_sent(void **state)
{
    (void)state;
    if (nginx <= 0) {
        skip();
    }
    struct fetch_reply first = get("/feed.rss", SLICE_NONE, SLICE_NONE);
    write_file("www/feed.rss", "<rss>autre chose</rss>");
    struct fetch_reply again = get("/feed.rss", first.etag, SLICE_NONE);
    assert_int_equal(again.status, 200);
    assert_true(slice_is(buf_view(&again.body), "<rss>autre chose</rss>"));
    fetch_reply_done(&again);
    fetch_reply_done(&first);
    again = get("/busy", SLICE_NONE, SLICE_NONE);
    assert_int_equal(again.status, 503);
    assert_int_equal(again.retry_after_s, 30);
    fetch_reply_done(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_unchanged_isn_t_sent_again),
        cmocka_unit_test(a_feed_that_moved_is_unchanged_too),
        cmocka_unit_test(what_changed_is_sent),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
