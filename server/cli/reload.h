/* What `guillemet serve` does when it is told to read its settings anew (SIGHUP).
 *
 * Shape:   some settings take effect at once: see the table in reload.c. Others that have changed are named as waiting for a
 *          restart.
 * Errors:  logged, whichever setting they concern; what can't be read changes nothing.
 * Threads: the main thread, while the servers run.
 */
#ifndef GUILLEMET_CLI_RELOAD_H
#define GUILLEMET_CLI_RELOAD_H

#include "cli/backend.h"

struct http_server;

struct reload {
    const struct cli *cli;
    struct backend *backend;
    struct http_server *server;
};

void reload_settings(const struct reload *reload);

#endif
