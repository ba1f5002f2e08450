#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "store/entity_refs.h"
#include "store/migrate_run.h"
#include "store/reader.h"
#include "store/search_renew.h"
#include "store/writer.h"
#include "text/digest.h"
#include "text/fold.h"

CLEANUP_DEFINE(store_close, struct store)

static size_t or_else(size_t value, size_t standard)
{
    return value ? value : standard;
}

static enum rc new_store(const struct store_options *options, struct store **out, struct err *e)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL || (store->path = strdup(options->path)) == NULL) {
        free(store);
        return err_nomem(e);
    }
    store->options = *options;
    store->options.path = store->path;
    store->options.queue_limit = or_else(options->queue_limit, 512);
    store->options.group_most = or_else(options->group_most, 128);
    store->options.moved_at_once = or_else(options->moved_at_once, 64);
    store->options.cache_bytes = or_else(options->cache_bytes, 32u << 20);
    store->options.reader_cache_bytes = or_else(options->reader_cache_bytes, 4u << 20);
    store->options.mmap_bytes = or_else(options->mmap_bytes, (size_t)1 << 30);
    if (store->options.busy_timeout_ms == 0) {
        store->options.busy_timeout_ms = 10000;
    }
    pthread_mutex_init(&store->queue.lock, NULL);
    pthread_cond_init(&store->queue.filled, NULL);
    pthread_cond_init(&store->queue.emptied, NULL);
    pthread_cond_init(&store->queue.finished, NULL);
    *out = store;
    return RC_OK;
}

/* What SQLite would only call "unable to open database file". */
static enum rc check_place(const struct store_options *options, struct err *e)
{
    struct stat file;
    char directory[4096];
    const char *slash = strrchr(options->path, '/');
    size_t len = slash ? (size_t)(slash - options->path) : 0;
    if (options->path[0] == '\0' || len >= sizeof directory - 1) {
        return err_field(e, RC_INVALID, "db", "'%.80s' is no usable file name", options->path);
    }
    memcpy(directory, slash ? options->path : ".", slash ? (len ? len : 1) : 1);
    directory[slash && len ? len : 1] = '\0';
    if (stat(directory, &file) != 0) {
        return err_field(e, RC_UNAVAILABLE, "db",
                         "the directory %s doesn't exist: create it or choose "
                         "another --db file",
                         directory);
    }
    bool exists = stat(options->path, &file) == 0;
    if (exists && S_ISDIR(file.st_mode)) {
        return err_field(e, RC_UNAVAILABLE, "db", "%s is a directory, not a database file",
                         options->path);
    }
    if (!exists && (options->read_only || options->must_exist)) {
        return err_field(e, RC_UNAVAILABLE, "db",
                         "there is no database at %s: `guillemet ingest` and "
                         "`guillemet serve` create one",
                         options->path);
    }
    if (exists && access(options->path, R_OK) != 0) {
        return err_field(e, RC_UNAVAILABLE, "db", "%s can't be read: %s", options->path,
                         strerror(errno));
    }
    if (options->read_only) {
        return RC_OK;
    }
    if (exists && access(options->path, W_OK) != 0) {
        return err_field(e, RC_UNAVAILABLE, "db",
                         "%s may not be written to: %s; check owner and mode", options->path,
                         strerror(errno));
    }
    if (access(directory, W_OK | X_OK) != 0) {
        return err_field(
            e, RC_UNAVAILABLE, "db",
            "the directory %s may not be written to (%s): SQLite keeps its log beside the "
            "database",
            directory, strerror(errno));
    }
    return RC_OK;
}

/* While another process makes the same change SQLite answers "busy" at once, whatever the timeout: two that wait
 * for each other would wait for ever. */
static void enter_wal(struct db *db, int timeout_ms)
{
    int64_t until_ms = clock_steady_ms() + timeout_ms;
    for (;;) {
        db_exec(db, "PRAGMA journal_mode=WAL");
        if ((db->code & 0xff) != SQLITE_BUSY || clock_steady_ms() >= until_ms) {
            return;
        }
        db_clear(db);
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
}

static enum rc prepare_for_writing(struct store *store, struct err *e)
{
    struct db *db = store->writer.db;
    int version;
    enum rc rc = migrate_inspect(db, migrations, migration_count, &version, e);
    if (rc != RC_OK) {
        return rc;
    }
    /* A group of articles is a few MB of log: a checkpoint every 16 MB keeps it off the commits' back. */
    enter_wal(db, store->options.busy_timeout_ms);
    db_exec(db, "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864");
    rc = db_check(db, e);
    if (rc == RC_OK) {
        rc = migrate_run(db, store->path, migrations, migration_count, NULL, NULL, e);
    }
    if (rc == RC_OK) {
        search_renew(db, version);
        rc = db_check(db, e);
    }
    return rc == RC_OK ? writer_start(store, e) : rc;
}

static enum rc check_for_reading(struct store *store, struct err *e)
{
    int version;
    enum rc rc = migrate_inspect(store->writer.db, migrations, migration_count, &version, e);
    if (rc == RC_OK && version < migrations[migration_count - 1].number) {
        rc = err_set(e, RC_UNAVAILABLE,
                     "its schema is %d, this program reads %d: run `guillemet migrate "
                     "up` first",
                     version, migrations[migration_count - 1].number);
    }
    return rc;
}

enum rc store_open(const struct store_options *options, struct store **out, struct err *e)
{
    CLEANUP(store_close_p) struct store *store = NULL;
    enum rc rc = check_place(options, e);
    if (rc == RC_OK) {
        rc = new_store(options, &store, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    struct db_options db_options = {
        .path = store->path,
        .read_only = options->read_only,
        .cache_bytes = store->options.cache_bytes,
        .mmap_bytes = store->options.mmap_bytes,
        .pages_most = options->pages_most,
        .busy_timeout_ms = store->options.busy_timeout_ms,
    };
    rc = db_open(&store->writer.db, &db_options, e);
    if (rc == RC_OK) {
        store->writer.db->notice = options->notice;
        rc = options->read_only ? check_for_reading(store, e) : prepare_for_writing(store, e);
        if (rc != RC_OK) {
            err_context(e, "%s", options->path);
        }
    }
    if (rc == RC_OK) {
        struct stat file;
        store->file_known = stat(store->path, &file) == 0;
        store->device = store->file_known ? (uint64_t)file.st_dev : 0;
        store->inode = store->file_known ? (uint64_t)file.st_ino : 0;
        *out = take(store);
    }
    return rc;
}

enum rc store_file_stands(const struct store *store, struct err *e)
{
    struct stat file;
    bool there = stat(store->path, &file) == 0;
    if (!store->file_known || (there && (uint64_t)file.st_dev == store->device &&
                               (uint64_t)file.st_ino == store->inode)) {
        return RC_OK;
    }
    return err_set(e, RC_UNAVAILABLE,
                   "%s was %s while it was open, and what is written now would be lost: restart to "
                   "go on with %s",
                   store->path, there ? "replaced" : "removed",
                   there ? "the file that is there" : "a new one, or put it back first");
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    writer_stop(store);
    db_close(store->writer.db);
    pthread_mutex_destroy(&store->queue.lock);
    pthread_cond_destroy(&store->queue.filled);
    pthread_cond_destroy(&store->queue.emptied);
    pthread_cond_destroy(&store->queue.finished);
    free(store->path);
    free(store);
}

const char *store_path(const struct store *store)
{
    return store->path;
}

/* ---- readers */

enum rc store_reader_open(struct store *store, struct store_reader **out, struct err *e)
{
    struct store_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return err_nomem(e);
    }
    struct db_options options = {
        .path = store->path,
        .read_only = true,
        .cache_bytes = store->options.reader_cache_bytes,
        .mmap_bytes = store->options.mmap_bytes,
        .busy_timeout_ms = store->options.busy_timeout_ms,
    };
    reader->store = store;
    enum rc rc = store_file_stands(store, e);
    rc = rc == RC_OK ? db_open(&reader->db, &options, e) : rc;
    if (rc != RC_OK) {
        free(reader);
        return rc;
    }
    reader->db->names = entity_names_new();
    *out = reader;
    return RC_OK;
}

void store_reader_close(struct store_reader *reader)
{
    if (reader != NULL) {
        sqlite3_finalize(reader->moment);
        entity_names_free(reader->db->names);
        db_close(reader->db);
        free(reader);
    }
}

enum rc reader_article(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e)
{
    struct db *db = reader->db;
    sqlite3_stmt *s =
        db_use(db, "SELECT id, deleted_ms IS NOT NULL FROM articles WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(db, s), deleted = false;
    if (found) {
        *row = db_int(s, 0);
        deleted = db_int(s, 1) != 0;
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    if (rc == RC_OK && !found) {
        rc = err_set(e, RC_NOT_FOUND, "there is no article %s", text);
    } else if (rc == RC_OK && deleted) {
        rc = err_set(e, RC_GONE, "article %s was deleted", text);
    }
    return rc;
}

enum rc reader_entity(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e)
{
    struct db *db = reader->db;
    sqlite3_stmt *s =
        db_use(db, "SELECT coalesce(merged_into, id) FROM entities WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(db, s);
    if (found) {
        *row = db_int(s, 0);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        char text[DIGEST_ID_CHARS + 1];
        digest_format_id(id, text);
        rc = err_set(e, RC_NOT_FOUND, "there is no entity %s", text);
    }
    return rc;
}

/* A person types "le monde": sources are few, and the exact name has been looked for. Of several that fold alike
 * the first that was known. */
static int64_t source_folded(struct store_reader *reader, struct slice name)
{
    struct arena *arena = arena_new(0);
    struct slice key = arena ? fold_key(arena, name) : SLICE_NONE;
    int64_t row = 0;
    sqlite3_stmt *s = db_use(reader->db, "SELECT id, name FROM sources ORDER BY id");
    while (row == 0 && key.len > 0 && db_step(reader->db, s)) {
        row = slice_equal(fold_key(arena, db_text(s, 1)), key) ? db_int(s, 0) : 0;
    }
    db_done(s);
    arena_free(arena);
    return row;
}

int64_t reader_source(struct store_reader *reader, struct slice name)
{
    sqlite3_stmt *s = db_use(reader->db, "SELECT id FROM sources WHERE name = ?1");
    db_bind_text(s, 1, name);
    int64_t row = db_step(reader->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return row != 0 || !db_ok(reader->db) ? row : source_folded(reader, name);
}

enum rc store_free_bytes(struct store_reader *reader, int64_t *bytes, struct err *e)
{
    int64_t free_bytes = db_value(reader->db, "PRAGMA freelist_count", 0) *
                         db_value(reader->db, "PRAGMA page_size", 0);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        *bytes = free_bytes;
    }
    return rc;
}
