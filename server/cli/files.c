#include "cli/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyse/gazetteer.h"
#include "analyse/tagger.h"
#include "base/arena.h"
#include "text/pack.h"

#define GAZETTEER_MOST_BYTES (64u * 1024u * 1024u)
#define MODEL_MOST_BYTES     (256u * 1024u * 1024u)
#define DEPTH_MOST           64 /* of directories: a loop of links ends here */

static enum rc fail(const char *path, struct err *e)
{
    return err_set(e, errno == ENOENT ? RC_NOT_FOUND : RC_UNAVAILABLE, "can't read %s: %s", path,
                   strerror(errno));
}

enum rc files_open(const char *path, FILE **out, struct err *e)
{
    struct stat status;
    if (strcmp(path, "-") == 0) {
        *out = stdin;
        return RC_OK;
    }
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        return fail(path, e);
    }
    if (fstat(fileno(stream), &status) == 0 && S_ISDIR(status.st_mode)) {
        fclose(stream);
        return err_set(e, RC_INVALID, "%s is a directory", path);
    }
    *out = stream;
    return RC_OK;
}

void files_close(FILE *stream)
{
    if (stream && stream != stdin) {
        fclose(stream);
    }
}

enum rc files_read(const char *path, size_t most_bytes, struct buf *out, struct err *e)
{
    FILE *stream = NULL;
    enum rc rc = files_open(path, &stream, e);
    if (rc) {
        return rc;
    }
    char chunk[16384];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, stream)) > 0 && out->len <= most_bytes) {
        buf_append(out, chunk, got);
    }
    rc = ferror(stream) ? fail(path, e)
         : out->failed  ? err_nomem(e)
         : out->len > most_bytes
             ? err_set(e, RC_TOO_LARGE, "%s is longer than %zu bytes", path, most_bytes)
             : RC_OK;
    files_close(stream);
    return rc;
}

/* ---- directories */

struct walk {
    files_visit *visit;
    void *context;
    bool stopped;
    struct { /* directories that were entered: links lead to each once */
        dev_t device;
        ino_t inode;
    } * seen;
    size_t seen_count;
};

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum rc walk_directory(struct walk *walk, const char *path, int depth, struct err *e);

static enum rc walk_entry(struct walk *walk, const char *directory, const char *name, int depth,
                          struct err *e)
{
    struct stat status;
    struct buf path;
    buf_init(&path);
    buf_printf(&path, "%s%s%s", directory, directory[strlen(directory) - 1] == '/' ? "" : "/",
               name);
    buf_char(&path, '\0');
    enum rc rc = path.failed ? err_nomem(e) : RC_OK;
    if (rc == RC_OK &&
        (stat(path.data, &status) != 0 ||
         (S_ISDIR(status.st_mode) && walk_directory(walk, path.data, depth + 1, e)))) {
        /* Let the visitor meet the fault and tell it: one bad entry doesn't end the walk. */
        walk->stopped = !walk->visit(walk->context, path.data);
    } else if (rc == RC_OK && S_ISREG(status.st_mode) && ingest_takes_file(name)) {
        walk->stopped = !walk->visit(walk->context, path.data);
    }
    buf_done(&path);
    return rc;
}

/* RC_OK and *again: a link led back to a directory that was walked already. */
static enum rc note_directory(struct walk *walk, const char *path, bool *again, struct err *e)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return fail(path, e);
    }
    for (size_t i = 0; i < walk->seen_count && !*again; i++) {
        *again = walk->seen[i].device == status.st_dev && walk->seen[i].inode == status.st_ino;
    }
    void *grown =
        *again ? walk->seen : realloc(walk->seen, (walk->seen_count + 1) * sizeof *walk->seen);
    if (!grown) {
        return err_nomem(e);
    }
    walk->seen = grown;
    if (!*again) {
        walk->seen[walk->seen_count].device = status.st_dev;
        walk->seen[walk->seen_count++].inode = status.st_ino;
    }
    return RC_OK;
}

static enum rc walk_directory(struct walk *walk, const char *path, int depth, struct err *e)
{
    bool again = false;
    enum rc noted = note_directory(walk, path, &again, e);
    if (noted || again) {
        return noted;
    }
    struct dirent **entries = NULL;
    if (depth > DEPTH_MOST) {
        return err_set(e, RC_INVALID, "%s: directories are nested deeper than %d", path,
                       DEPTH_MOST);
    }
    int count = scandir(path, &entries, not_hidden, alphasort);
    if (count < 0) {
        return fail(path, e);
    }
    enum rc rc = RC_OK;
    for (int i = 0; i < count; i++) {
        if (rc == RC_OK && !walk->stopped) {
            rc = walk_entry(walk, path, entries[i]->d_name, depth, e);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

enum rc files_walk(const char *path, files_visit *visit, void *context, struct err *e)
{
    struct stat status;
    struct walk walk = {.visit = visit, .context = context};
    if (strcmp(path, "-") != 0 && stat(path, &status) != 0) {
        return fail(path, e);
    }
    if (strcmp(path, "-") != 0 && S_ISDIR(status.st_mode)) {
        enum rc rc = walk_directory(&walk, path, 0, e);
        free(walk.seen);
        return rc;
    }
    visit(context, path);
    return RC_OK;
}

/* ---- what the options name */

enum rc files_gazetteer(const struct cli *cli, struct gazetteer **out, struct err *e)
{
    const char *path = config_text(cli->config, "gazetteer");
    *out = NULL;
    if (!path) {
        return RC_OK;
    }
    struct buf file;
    buf_init(&file);
    enum rc rc = files_read(path, GAZETTEER_MOST_BYTES, &file, e);
    if (rc == RC_OK && (rc = gazetteer_parse(buf_view(&file), out, e)) != RC_OK) {
        err_context(e, "%s", path);
    }
    buf_done(&file);
    return rc;
}

/* "…/server/lang/oc/" → "oc" */
static enum rc lang_of_folder(const char *path, char lang[16], struct err *e)
{
    size_t end = strlen(path), start;
    while (end > 1 && path[end - 1] == '/') {
        end--;
    }
    for (start = end; start > 0 && path[start - 1] != '/'; start--) {
    }
    bool good = end - start >= 2 && end - start < 16;
    for (size_t i = start; i < end && good; i++) {
        good = (path[i] >= 'a' && path[i] <= 'z') || (i > start && path[i] == '-');
    }
    if (!good) {
        return err_set(e, RC_INVALID,
                       "%s: a language pack's folder is called by its language, as oc or "
                       "pt-br",
                       path);
    }
    memcpy(lang, path + start, end - start);
    lang[end - start] = '\0';
    return RC_OK;
}

static enum rc register_pack(struct slice blob, const char *path, struct err *e)
{
    struct pack *pack;
    struct tagger_model model;
    enum rc rc = pack_open(blob, &pack, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct slice section = pack_section(pack, "entities.model");
    if (slice_present(section)) {
        rc = tagger_open_for(section, pack_lang(pack), &model, e);
        if (rc != RC_OK) {
            err_context(e, "%s/entities.model", path);
        }
    }
    rc = rc == RC_OK ? pack_register(pack, e) : rc;
    if (rc != RC_OK) {
        pack_close(pack);
    }
    return rc;
}

enum rc files_lang_pack(const struct cli *cli, struct err *e)
{
    const char *path = config_text(cli->config, "lang-pack");
    char lang[16];
    struct buf blob; /* lives as long as the program, as what is compiled in */
    if (!path) {
        return RC_OK;
    }
    enum rc rc = lang_of_folder(path, lang, e);
    buf_init(&blob);
    rc = rc == RC_OK ? pack_compile_folder(lang, path, &blob, e) : rc;
    rc = rc == RC_OK ? register_pack(buf_view(&blob), path, e) : rc;
    if (rc != RC_OK) {
        buf_done(&blob);
    }
    return rc;
}

/* The weights stay in memory as long as the program, as what is compiled in. */
static enum rc load_model(const char *path, struct slice lang, struct err *e)
{
    struct tagger_model model;
    struct buf file;
    buf_init(&file);
    enum rc rc = files_read(path, MODEL_MOST_BYTES, &file, e);
    if (rc == RC_OK) {
        rc = lang.len > 0 ? tagger_open_for(buf_view(&file), lang, &model, e)
                          : tagger_open(buf_view(&file), true, &model, e);
        rc = rc == RC_OK ? tagger_use(&model, e) : rc;
        if (rc != RC_OK) {
            err_context(e, "%s", path);
        }
    }
    if (rc != RC_OK) {
        buf_done(&file);
    }
    return rc;
}

/* "fr" of "fr=weights.model", and the rest; a path that merely holds "=" stays whole. */
static struct slice lang_of_model(char **path)
{
    size_t length = strspn(*path, "abcdefghijklmnopqrstuvwxyz-");
    struct slice lang = slice_of(*path, length);
    if (length < 2 || length > 15 || (*path)[length] != '=') {
        return SLICE("");
    }
    *path += length + 1;
    return lang;
}

enum rc files_models(const struct cli *cli, struct err *e)
{
    const char *list = config_text(cli->config, "model");
    char *copy = list ? strdup(list) : NULL, *rest = NULL;
    if (!list) {
        return RC_OK;
    }
    enum rc rc = copy ? RC_OK : err_nomem(e);
    for (char *path = copy ? strtok_r(copy, ",", &rest) : NULL; path && rc == RC_OK;
         path = strtok_r(NULL, ",", &rest)) {
        path += strspn(path, " ");
        struct slice lang = lang_of_model(&path);
        rc = load_model(path, lang, e);
    }
    free(copy);
    return rc;
}

struct ingest_hints files_hints(const struct cli *cli)
{
    return (struct ingest_hints){
        .charset = cli_slice(cli, "charset"),
        .url = cli_slice(cli, "url"),
        .external_id = cli_slice(cli, "external-id"),
        .source = cli_slice(cli, "source"),
        .lang = slice_cstr(config_text(cli->config, "lang")),
        .title = cli_slice(cli, "title"),
        .section = cli_slice(cli, "section"),
        .published_at = cli_slice(cli, "published-at"),
        .modified_at = cli_slice(cli, "modified-at"),
    };
}
