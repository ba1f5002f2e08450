/* The moment of the archive that a reader sees. The statement that reads the data version is left standing on its row:
 * that keeps the read transaction open, as BEGIN and COMMIT around the others would with two statements more, and
 * the version is at hand. */
#include "store/reader.h"

#include "store/entity_refs.h"
#include "store/writer.h"

static bool open_moment(struct store_reader *reader)
{
    struct db *db = reader->db;
    if (!db_ok(db)) {
        return false;
    }
    int code = SQLITE_OK;
    if (reader->moment == NULL) {
        code = sqlite3_prepare_v3(db->handle, "SELECT value FROM versions WHERE name = 'data'", -1,
                                  SQLITE_PREPARE_PERSISTENT, &reader->moment, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(reader->moment);
    }
    if (code == SQLITE_ROW) {
        reader->version = sqlite3_column_int64(reader->moment, 0);
        entity_names_at(db->names, reader->version);
        return true;
    }
    db_note(db, code == SQLITE_DONE ? SQLITE_CORRUPT : code); /* the row is there for ever */
    sqlite3_reset(reader->moment);
    return false;
}

bool reader_enter(struct store_reader *reader)
{
    if (reader->depth == 0 && !open_moment(reader)) {
        return false;
    }
    reader->depth++;
    return true;
}

void reader_leave(struct store_reader *reader, bool entered)
{
    if (entered && --reader->depth == 0) {
        sqlite3_reset(reader->moment);
    }
}

void store_reader_deadline(struct store_reader *reader, int64_t steady_ms)
{
    reader->db->deadline_ms = steady_ms;
}

enum rc store_reader_begin(struct store_reader *reader, struct err *e)
{
    return reader_enter(reader) ? RC_OK : db_check(reader->db, e);
}

void store_reader_end(struct store_reader *reader)
{
    reader_leave(reader, true);
    db_clear(reader->db);
}

enum rc store_version(struct store_reader *reader, uint64_t *version, struct err *e)
{
    bool entered = reader_enter(reader);
    reader_leave(reader, entered);
    if (!entered) {
        return db_check(reader->db, e);
    }
    *version = (uint64_t)reader->version;
    return RC_OK;
}

enum rc store_identity(struct store_reader *reader, uint64_t *identity, struct err *e)
{
    if (reader->identity == 0) { /* it never changes while the archive is open */
        reader->identity =
            (uint64_t)db_value(reader->db, "SELECT value FROM versions WHERE name = 'archive'", 0);
    }
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        *identity = reader->identity;
    }
    return rc;
}

enum rc store_healthy(struct store_reader *reader, struct err *e)
{
    uint64_t version;
    enum rc rc = store_version(reader, &version, e);
    return rc == RC_OK ? store_file_stands(reader->store, e) : rc;
}
