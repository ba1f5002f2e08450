#include <stdint.h>

#include "cli/cli.h"

#define KIB 1024
#define MIB (1024 * 1024)

/* Every name is a flag, an environment variable (GUILLEMET_…) and a line of the configuration file. */
const struct config_option cli_config_options[] = {
    {.name = "config", .kind = CONFIG_TEXT, .help = "configuration file"},
    {.name = "db", .kind = CONFIG_TEXT, .standard = "guillemet.db", .help = "the archive: one SQLite file"},
    {.name = "gazetteer", .kind = CONFIG_TEXT,
     .help = "file of your own names: add, forbid, retype, alias"},
    {.name = "lang", .kind = CONFIG_TEXT,
     .help = "language of documents that name none (default: detected)"},
    {.name = "log-level", .kind = CONFIG_CHOICE, .standard = "info", .choices = "debug|info|warn|error",
     .help = "least important messages to log"},
    {.name = "log-format", .kind = CONFIG_CHOICE, .standard = "logfmt", .choices = "logfmt|json",
     .help = "how log lines are written"},
    {.name = "listen", .kind = CONFIG_TEXT, .standard = "127.0.0.1:8080",
     .help = "HOST:PORT, [IPv6]:PORT or unix:/path; port 0 takes any free one"},
    {.name = "open-writes", .kind = CONFIG_BOOL, .standard = "false",
     .help = "let anyone who reaches the port write, without a token"},
    {.name = "private-reads", .kind = CONFIG_BOOL, .standard = "false",
     .help = "reads need a token of scope read"},
    {.name = "cors-origin", .kind = CONFIG_TEXT, .standard = "*",
     .help = "origins whose pages may read, blank-separated; * for any, none for no one"},
    {.name = "base-path", .kind = CONFIG_TEXT,
     .help = "path prefix behind a proxy, such as /guillemet"},
    {.name = "public-url", .kind = CONFIG_TEXT,
     .help = "what links in replies start with, such as https://news.example/archive"},
    {.name = "body-limit", .kind = CONFIG_BYTES, .standard = "16MiB", .least = KIB, .most = 256 * MIB,
     .help = "longest request body"},
    {.name = "threads", .kind = CONFIG_INT, .standard = "0", .least = 0, .most = 256,
     .help = "threads that answer requests; 0: one a core, at least 2"},
    {.name = "workers", .kind = CONFIG_INT, .standard = "0", .least = 0, .most = 256,
     .help = "threads that analyse and search; 0: one a core"},
    {.name = "queue", .kind = CONFIG_INT, .standard = "256", .least = 1, .most = 65536,
     .help = "documents that may wait; more are told to come back (503)"},
    {.name = "connections", .kind = CONFIG_INT, .standard = "1024", .least = 8, .most = 65536,
     .help = "most connections at a time"},
    {.name = "read-timeout", .kind = CONFIG_DURATION_MS, .standard = "2s", .least = 10, .most = 600000,
     .help = "longest time for one read of the archive"},
    {.name = "write-timeout", .kind = CONFIG_DURATION_MS, .standard = "10s", .least = 100,
     .most = 600000, .help = "longest time from a write's arrival to its answer"},
    {.name = "drain", .kind = CONFIG_DURATION_MS, .standard = "10s", .least = 0, .most = 600000,
     .help = "time for requests in flight when told to stop"},
    {.name = "gzip", .kind = CONFIG_BOOL, .standard = "true", .help = "compress replies when asked to"},
    {.name = "access-log", .kind = CONFIG_BOOL, .standard = "false", .help = "log every request"},
};
const size_t cli_config_option_count = sizeof cli_config_options / sizeof cli_config_options[0];
