#include "cli/reload.h"

#include <string.h>

#include "base/log.h"
#include "http/server.h"

/* ---- settings that take effect at once */

static enum rc take_log(const struct reload *reload, struct err *e)
{
    (void)e;
    cli_configure_log(reload->cli->config);
    return RC_OK;
}

static enum rc take_access_log(const struct reload *reload, struct err *e)
{
    (void)e;
    server_set_access_log(reload->server, config_bool(reload->cli->config, "access-log"));
    return RC_OK;
}

static enum rc take_limits(const struct reload *reload, struct err *e)
{
    const struct config *config = reload->cli->config;
    const struct limits_options limits = {
        .per_second = (uint32_t)config_int(config, "rate-limit"),
        .burst = (uint32_t)config_int(config, "rate-burst"),
        .at_once = (uint32_t)config_int(config, "client-requests"),
    };
    return server_set_limits(reload->server, &limits, e);
}

/* Those of one `take` are of one kind: when the last of them is taken, all are in place. The log level comes last: what
 * else has changed is said under the old one. */
static const struct {
    const char *name;
    enum rc (*take)(const struct reload *reload, struct err *e); /* NULL: below, or with another */
} live[] = {
    {"gazetteer", NULL},         {"access-log", take_access_log},  {"rate-burst", take_limits},
    {"rate-limit", take_limits}, {"client-requests", take_limits}, {"log-format", take_log},
    {"log-level", take_log}};
enum { LIVE_COUNT = sizeof live / sizeof live[0] };

static bool is_live(const char *name)
{
    size_t i = 0;
    while (i < LIVE_COUNT && strcmp(live[i].name, name) != 0) {
        i++;
    }
    return i < LIVE_COUNT;
}

/* ---- what has changed */

static const char *shown(const struct config *config, const char *name)
{
    const char *text = config_text(config, name);
    return !text ? "" : config_find(config, name)->secret ? "***" : text;
}

static bool differ(const struct config *a, const struct config *b, const char *name)
{
    const char *mine = config_text(a, name), *other = config_text(b, name);
    return !mine != !other || (mine && strcmp(mine, other) != 0);
}

static void take_live(const struct reload *reload, struct config *fresh, size_t index)
{
    struct config *config = reload->cli->config;
    const char *name = live[index].name;
    struct err e = {0};
    config_swap(config, fresh, name);
    if (live[index].take && live[index].take(reload, &e)) {
        config_swap(config, fresh, name);
        log_write(LOG_ERROR, "setting not changed", "name", name, "reason", e.message,
                  (char *)NULL);
        return;
    }
    log_write(LOG_INFO, "setting changed", "name", name, "from", shown(fresh, name), "to",
              shown(config, name), "where", config_origin(config, name), (char *)NULL);
}

static void name_waiting(const struct config *config, const struct config *fresh)
{
    for (size_t i = 0; i < config_count(config); i++) {
        const char *name = config_at(config, i)->name;
        if (!is_live(name) && differ(config, fresh, name)) {
            log_write(LOG_WARN, "setting changes at the next restart", "name", name, "from",
                      shown(config, name), "to", shown(fresh, name), "where",
                      config_origin(fresh, name), (char *)NULL);
        }
    }
}

/* A bad file is told and changes nothing: the service goes on with the names that it has. */
static void take_gazetteer(const struct reload *reload, struct config *fresh)
{
    struct config *config = reload->cli->config;
    struct err e = {0};
    bool moved = fresh && differ(config, fresh, "gazetteer");
    if (moved) {
        config_swap(config, fresh, "gazetteer");
    }
    const char *path = config_text(config, "gazetteer");
    if (backend_reload(reload->backend, reload->cli, &e)) {
        log_write(LOG_ERROR, "gazetteer not reloaded", "reason", e.message, "where", e.where,
                  "path", path ? path : "", (char *)NULL);
        if (moved) {
            config_swap(config, fresh, "gazetteer");
        }
    } else if (path || moved) {
        log_write(LOG_INFO, path ? "gazetteer reloaded" : "gazetteer dropped", "path",
                  path ? path : shown(fresh, "gazetteer"), (char *)NULL);
    }
}

void reload_settings(const struct reload *reload)
{
    struct config *fresh = NULL;
    struct err e = {0};
    if (cli_config_again(reload->cli, &fresh, &e)) {
        log_write(LOG_ERROR, "configuration not reloaded", "reason", e.message, (char *)NULL);
    } else {
        name_waiting(reload->cli->config, fresh);
    }
    take_gazetteer(reload, fresh);
    for (size_t i = 0; fresh && i < LIVE_COUNT; i++) {
        if (live[i].take && differ(reload->cli->config, fresh, live[i].name)) {
            take_live(reload, fresh, i);
        }
    }
    config_free(fresh);
    log_write(LOG_INFO, "reloaded", (char *)NULL);
}
