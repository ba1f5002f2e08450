/* Which part of the archive an export is about: --from, --to, --source. */
#ifndef GUILLEMET_CLI_EXPORT_FILTER_H
#define GUILLEMET_CLI_EXPORT_FILTER_H

#include "base/arena.h"
#include "cli/cli.h"
#include "store/filter.h"

#define EXPORT_FILTER_OPTIONS                                                                      \
    {"from", 0, "TIME", "published from then on: 2026-02-03, 2026-02-03T14:00Z, or -7d"},          \
        {"to", 0, "TIME", "published before that"},                                                \
    {                                                                                              \
        "source", 0, "NAME", "of this publisher alone"                                             \
    }

/* Adds what the command line asks to a filter without clauses. Told on stderr when it can't be. */
int export_filter_read(const struct cli *cli, enum store_list list, struct arena *arena,
                       struct store_filter *out);
/* Of a page: a source that the archive doesn't have is told on stderr. */
void export_filter_hint(const struct store_page *page);

#endif
