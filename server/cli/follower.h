/* Following sources as the configuration says: what `watch` and `serve --watch` share.
 *
 * Shape:   a follower holds the fetcher and the watch. Each visit is told in `on_visit`; NULL logs it, with the source's
 *          id and no address, which may be private.
 * Errors:  told on stderr, as exit codes.
 */
#ifndef GUILLEMET_CLI_FOLLOWER_H
#define GUILLEMET_CLI_FOLLOWER_H

#include <signal.h>

#include "cli/backend.h"
#include "cli/web.h"
#include "follow/watcher.h"

/* Names of configuration options, for the tables of commands that follow. */
#define FOLLOWER_CONFIG WEB_CONFIG, "watch-slots", "watch-min-interval", "watch-max-interval"

struct follower {
    struct fetcher *fetcher;
    struct watcher *watch; /* NULL: it isn't open */
};

struct follower_tell {
    void (*on_visit)(void *context, const struct visit_report *report);
    void *context;
    bool quiet;                        /* not a word of whether it is this process that follows */
    const volatile sig_atomic_t *stop; /* not 0: ends by itself; may be NULL */
};

/* An exit code; nothing to close unless CLI_OK. `tell` may be NULL. */
int follower_open(struct follower *follower, const struct cli *cli, const struct backend *backend,
                  const struct follower_tell *tell);
/* Stops it first. */
void follower_close(struct follower *follower);

#endif
