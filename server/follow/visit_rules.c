/* A visit goes by its host's robots.txt, which is read once a day. */
#include "follow/host_rules.h"
#include "follow/visiting.h"

static void read_rules(struct visiting *v, struct host *host)
{
    struct fetch_reply reply = {.status = 0};
    struct fetch_request request = host_rules_request(host, v->arena);
    struct err e = {0};
    enum rc rc =
        slice_present(request.url) ? visit_ask(v, host, &request, &reply, &e) : err_nomem(&e);
    host_learn(host, rc, &reply, v->now_ms, &e);
    fetch_reply_done(&reply);
}

enum rc visit_rules_check(struct visiting *v, struct host *host, struct slice url, struct err *e)
{
    if (v->tools->ignore_robots) {
        return RC_OK;
    }
    if (host->rules_until_ms <= v->now_ms) {
        read_rules(v, host);
    }
    if (v->ours) {
        host->rules_until_ms = 0;
        return err_set(e, RC_BUSY, "stopped");
    }
    return host_allows(host, url, e);
}
