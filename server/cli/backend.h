/* Archive, user gazetteer and pipeline of a command: opened from the configuration, closed in order.
 *
 * Errors:  told on stderr; the int is an exit code (CLI_OK: opened).
 */
#ifndef GUILLEMET_CLI_BACKEND_H
#define GUILLEMET_CLI_BACKEND_H

#include "cli/cli.h"
#include "store/store.h"

struct pipeline;
struct gazetteer;

struct backend {
    struct store *store;
    struct gazetteer *gazetteer;
    struct pipeline *pipeline; /* NULL unless asked for */
};

enum backend_parts {
    BACKEND_READ = 1,     /* the archive must exist, nothing is written */
    BACKEND_PIPELINE = 2, /* with gazetteer and workers */
    BACKEND_EXISTING = 4, /* writes, but doesn't create the file */
    BACKEND_NOTHING = 8,  /* no archive at all: a dry run */
    BACKEND_BULK = 16     /* many writes that nobody waits for one by one: large commits */
};

int backend_open(struct backend *backend, const struct cli *cli, unsigned parts);
/* Reads the gazetteer anew for analyses to come; the old one stays in force when the file is bad. */
enum rc backend_reload(struct backend *backend, const struct cli *cli, struct err *e);
/* Lets accepted work finish. */
void backend_close(struct backend *backend);

#endif
