#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "store/integrity.h"
#include "store/jobs.h"
#include "store/migrate_run.h"

#define PATH_MOST  4200
#define STEP_PAGES 500

CLEANUP_DEFINE(db_close, struct db)

static enum rc system_fault(struct err *e, const char *what, const char *path)
{
    return err_set(e, errno == ENOSPC ? RC_FULL : RC_UNAVAILABLE, "can't %s %s: %s", what, path,
                   strerror(errno));
}

/* ---- one copy */

static bool tell(const struct store_copy *copy, sqlite3_backup *backup)
{
    uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);
    uint64_t left = (uint64_t)sqlite3_backup_remaining(backup);
    return copy->progress == NULL || copy->progress(copy->context, total - left, total);
}

/* A copy is an archive of its own: tokens and tags of the other say nothing of it, and what was accepted there to be
 * done later is done there. */
static void part_from(struct db *to)
{
    db_exec(to, "BEGIN IMMEDIATE; UPDATE versions SET value = abs(random() % 1000000000000000)"
                " WHERE name = 'archive'");
    if (db_value(to, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'job_bodies')", 0)) {
        sqlite3_stmt *s = db_use(to, "UPDATE jobs SET state = ?1, finished_ms = ?2, problem ="
                                     " 'the archive was copied before this job was done: send what"
                                     " is missing again' WHERE finished_ms IS NULL");
        db_bind_int(s, 1, STORE_JOB_FAILED);
        db_bind_int(s, 2, clock_now_ms());
        db_run(to, s);
        db_exec(to, "DELETE FROM job_bodies");
    }
    db_exec(to, "COMMIT");
}

static enum rc run_backup(struct db *from, struct db *to, const struct store_copy *copy,
                          struct err *e)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    int code = backup ? SQLITE_OK : sqlite3_errcode(to->handle);
    bool wanted = true;
    while (code == SQLITE_OK && wanted) {
        code = sqlite3_backup_step(backup, STEP_PAGES);
        wanted = code != SQLITE_OK || tell(copy, backup);
    }
    if (code == SQLITE_DONE) {
        tell(copy, backup);
    }
    int end = backup ? sqlite3_backup_finish(backup) : code;
    if (!wanted) {
        return err_set(e, RC_BUSY, "stopped: nothing was kept");
    }
    if (end != SQLITE_OK) {
        db_explain(end, sqlite3_errmsg(to->handle), e);
        return err_context(e, "copying to %s", copy->to);
    }
    /* One file: the copy needs no log beside it. */
    db_exec(to, "PRAGMA journal_mode=DELETE");
    part_from(to);
    return db_check(to, e);
}

/* `from` holds a read transaction, so that what others write doesn't make the copy begin anew. */
static enum rc copy_moment(struct db *from, const char *part, const struct store_copy *copy,
                           struct store_copied *out, struct err *e)
{
    CLEANUP(db_close_p) struct db *to = NULL;
    struct db_options options = {.path = part, .busy_timeout_ms = 1000, .cache_bytes = 8u << 20};
    db_exec(from, "BEGIN");
    out->version = (uint64_t)db_value(from, "SELECT value FROM versions WHERE name = 'data'", 0);
    out->articles =
        db_value(from, "SELECT value FROM counters WHERE name = 'articles' AND key = ''", 0);
    enum rc rc = db_check(from, e);
    rc = rc ? rc : db_open(&to, &options, e);
    rc = rc ? rc : run_backup(from, to, copy, e);
    db_exec(from, "COMMIT");
    db_clear(from);
    return rc;
}

static enum rc sync_path(const char *path, struct err *e)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    enum rc rc = synced ? RC_OK : system_fault(e, "write", path);
    if (descriptor >= 0) {
        close(descriptor);
    }
    return rc;
}

static enum rc sync_directory_of(const char *path, struct err *e)
{
    char directory[PATH_MOST];
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash == NULL) {
        return sync_path(".", e);
    }
    slash[slash == directory] = '\0';
    return sync_path(directory, e);
}

/* Copies into copy->to.part and checks that; removes it again when something is wrong. */
static enum rc make_part(struct db *from, const struct store_copy *copy, char part[PATH_MOST],
                         struct store_copied *out, struct err *e)
{
    struct stat status = {0};
    snprintf(part, PATH_MOST, "%s.part", copy->to);
    if (unlink(part) != 0 && errno != ENOENT) {
        return system_fault(e, "replace", part);
    }
    enum rc rc = copy_moment(from, part, copy, out, e);
    if (rc == RC_OK && (rc = integrity_check_file(part, e)) != RC_OK) {
        err_context(e, "the copy of %s is not whole", copy->from);
    }
    rc = rc ? rc : sync_path(part, e);
    if (rc == RC_OK && stat(part, &status) == 0) {
        out->bytes = (uint64_t)status.st_size;
    }
    if (rc) {
        unlink(part);
    }
    return rc;
}

static enum rc open_source(const char *path, struct db **out, struct err *e)
{
    struct db_options options = {
        .path = path, .read_only = true, .busy_timeout_ms = 10000, .cache_bytes = 8u << 20};
    int version = 0;
    if (access(path, R_OK) != 0) {
        return system_fault(e, "read", path);
    }
    enum rc rc = db_open(out, &options, e);
    if (rc == RC_OK && (rc = migrate_inspect(*out, migrations, migration_count, &version, e))) {
        return err_context(e, "%s", path);
    }
    if (rc == RC_OK && version == 0) {
        return err_set(e, RC_UNAVAILABLE, "%s is empty: it holds no archive", path);
    }
    return rc;
}

enum rc store_backup(const struct store_copy *copy, struct arena *arena, struct store_copied *out,
                     struct err *e)
{
    CLEANUP(db_close_p) struct db *from = NULL;
    char part[PATH_MOST];
    struct store_copied copied = {0};
    (void)arena;
    if (strlen(copy->to) > PATH_MOST - 64) {
        return err_set(e, RC_INVALID, "the file's name is too long");
    }
    if (!copy->force && access(copy->to, F_OK) == 0) {
        return err_set(e, RC_CONFLICT, "%s exists; --force overwrites it", copy->to);
    }
    enum rc rc = open_source(copy->from, &from, e);
    rc = rc ? rc : make_part(from, copy, part, &copied, e);
    if (rc == RC_OK && rename(part, copy->to) != 0) {
        rc = system_fault(e, "write", copy->to);
        unlink(part);
    }
    rc = rc ? rc : sync_directory_of(copy->to, e);
    if (rc == RC_OK) {
        *out = copied;
    }
    return rc;
}

/* ---- putting back */

/* Holds the archive that is to be replaced, alone: RC_BUSY while any other program has it open. Its log is folded in,
 * so that the one file is all of it. */
static enum rc seize(const char *path, struct db **out, struct err *e)
{
    struct db_options options = {.path = path, .busy_timeout_ms = 0};
    int version = 0;
    enum rc rc = db_open(out, &options, e);
    if (rc) {
        return rc;
    }
    if ((rc = migrate_inspect(*out, migrations, migration_count, &version, e))) {
        return err_context(e, "%s", path);
    }
    db_exec(*out, "PRAGMA journal_mode=DELETE; PRAGMA locking_mode=EXCLUSIVE;"
                  "BEGIN EXCLUSIVE");
    rc = db_check(*out, e);
    return rc == RC_BUSY
               ? err_set(e, RC_BUSY, "%s is in use: stop serve and whatever else has it open", path)
               : rc;
}

static enum rc refuse_newer(struct db *old, const struct store_copy *copy,
                            const struct store_copied *copied, struct err *e)
{
    int64_t version = db_value(old, "SELECT value FROM versions WHERE name = 'data'", 0);
    db_clear(old); /* an empty file has no such table */
    if (copy->force || version <= (int64_t)copied->version) {
        return RC_OK;
    }
    return err_set(e, RC_CONFLICT,
                   "%s was changed %lld times since that backup; --force restores nevertheless, "
                   "and keeps what is there beside it",
                   copy->to, (long long)(version - (int64_t)copied->version));
}

/* Under a second name first: at no moment is there neither the old archive nor the new one. */
static enum rc put_aside(const char *path, struct arena *arena, struct slice *kept, struct err *e)
{
    char aside[PATH_MOST + 64], stamp[32];
    time_t now = (time_t)(clock_now_ms() / 1000);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    snprintf(aside, sizeof aside, "%s.before-restore-%s", path, stamp);
    if (link(path, aside) != 0) {
        return system_fault(e, "keep the old archive as", aside);
    }
    *kept = arena_copy(arena, slice_cstr(aside));
    return slice_present(*kept) ? RC_OK : err_nomem(e);
}

static enum rc replace(const struct store_copy *copy, const char *part, struct arena *arena,
                       struct store_copied *copied, struct err *e)
{
    CLEANUP(db_close_p) struct db *old = NULL;
    enum rc rc = RC_OK;
    if (access(copy->to, F_OK) == 0) {
        rc = seize(copy->to, &old, e);
        rc = rc ? rc : refuse_newer(old, copy, copied, e);
        rc = rc ? rc : put_aside(copy->to, arena, &copied->kept, e);
    }
    if (rc == RC_OK && rename(part, copy->to) != 0) {
        rc = system_fault(e, "write", copy->to);
    }
    return rc ? rc : sync_directory_of(copy->to, e);
}

enum rc store_restore(const struct store_copy *copy, struct arena *arena, struct store_copied *out,
                      struct err *e)
{
    CLEANUP(db_close_p) struct db *from = NULL;
    char part[PATH_MOST];
    struct store_copied copied = {0};
    if (strlen(copy->to) > PATH_MOST - 64) {
        return err_set(e, RC_INVALID, "the file's name is too long");
    }
    enum rc rc = open_source(copy->from, &from, e);
    rc = rc ? rc : make_part(from, copy, part, &copied, e);
    if (rc == RC_OK && (rc = replace(copy, part, arena, &copied, e))) {
        unlink(part);
    }
    if (rc == RC_OK) {
        *out = copied;
    }
    return rc;
}
