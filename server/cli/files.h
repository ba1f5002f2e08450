/* What commands do with FILE and DIR operands: reading them, walking directories, writing out. */
#ifndef GUILLEMET_CLI_FILES_H
#define GUILLEMET_CLI_FILES_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/cli.h"
#include "ingest/ingest.h"

struct gazetteer;

/* Opens a file, or standard input for "-". Directories are refused. */
enum rc files_open(const char *path, FILE **out, struct err *e);
/* Closes unless it is standard input. */
void files_close(FILE *stream);
enum rc files_read(const char *path, size_t most_bytes, struct buf *out, struct err *e);

/* Calls `visit` for each file that a reader takes below `path` (in name order), or for `path` itself whatever
 * its name. `visit` returns false to stop. Hidden entries are left out. */
typedef bool files_visit(void *context, const char *path);
enum rc files_walk(const char *path, files_visit *visit, void *context, struct err *e);

/* The user's gazetteer of the configuration, NULL when none is set. */
enum rc files_gazetteer(const struct cli *cli, struct gazetteer **out, struct err *e);

/* Makes the language of the folder that --lang-pack names known to every analysis from now on; nothing when it isn't
 * set. Before any thread starts. */
enum rc files_lang_pack(const struct cli *cli, struct err *e);
/* Loads the weights that --model names, after files_lang_pack; nothing when it isn't set. */
enum rc files_models(const struct cli *cli, struct err *e);

/* The metadata options --url, --external-id, --source, --title, --section, --lang, --published-at,
 * --modified-at, --charset of a command that has them in its table. */
struct ingest_hints files_hints(const struct cli *cli);
#define FILES_HINT_OPTIONS                                                                         \
    {"url", 0, "URL", "address of the article"}, {"external-id", 0, "ID", "your own id for it"},   \
        {"source", 0, "NAME", "publisher"}, {"title", 0, "TEXT", "headline, if not in the text"},  \
        {"section", 0, "NAME", "section of the paper"},                                            \
        {"published-at", 0, "DATE", "2026-02-03 or 2026-02-03T14:05:00Z"},                         \
        {"modified-at", 0, "DATE", "last change by the publisher"},                                \
    {                                                                                              \
        "charset", 0, "NAME", "of text files that aren't UTF-8"                                    \
    }

#endif
