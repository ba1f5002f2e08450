#include "store/tokens.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "store/list_sql.h"
#include "store/writer.h"

#define PREFIX  "glm_"
#define HOUR_MS (60 * 60 * 1000)

static struct digest hash_of(struct slice secret)
{
    return digest_sha256(&secret, 1);
}

/* 51 characters of 32: 255 bits. A table of 32 letters uses each random byte without bias. */
static enum rc make_secret(char secret[STORE_TOKEN_CHARS + 1], struct err *e)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t random[STORE_TOKEN_CHARS];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        return err_set(e, RC_UNAVAILABLE, "the system has no random numbers yet");
    }
    for (size_t i = 0; i < STORE_TOKEN_CHARS; i++) {
        secret[i] = letters[random[i] & 31];
    }
    memcpy(secret, PREFIX, sizeof PREFIX - 1);
    secret[STORE_TOKEN_CHARS] = '\0';
    return RC_OK;
}

struct creating {
    struct slice name, scopes;
    struct digest hash;
};

static enum rc job_create(struct writer *w, struct job *job, struct err *e)
{
    const struct creating *c = job->arg;
    sqlite3_stmt *s =
        db_use(w->db, "INSERT INTO tokens (name, hash, hash_start, scopes, created_ms)"
                      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO NOTHING");
    db_bind_text(s, 1, c->name);
    db_bind_blob(s, 2, c->hash.bytes, sizeof c->hash.bytes);
    db_bind_int(s, 3, db_id(digest_id(&c->hash)));
    db_bind_text(s, 4, c->scopes);
    db_bind_int(s, 5, w->now_ms);
    db_run(w->db, s);
    if (db_ok(w->db) && sqlite3_changes(w->db->handle) == 0) {
        return err_field(e, RC_CONFLICT, "name", "there is or was a token named '%.*s'",
                         SLICE_ARG(c->name));
    }
    writer_audit(w, &(struct audit_entry){.who = SLICE("guillemet token"),
                                          .action = "token_create",
                                          .target = c->name,
                                          .detail = c->scopes});
    return RC_OK;
}

enum rc store_token_create(struct store *store, struct slice name, struct slice scopes,
                           char secret[STORE_TOKEN_CHARS + 1], struct err *e)
{
    char made[STORE_TOKEN_CHARS + 1];
    if (name.len == 0 || name.len > 100) {
        return err_field(e, RC_INVALID, "name", "a token's name has 1 to 100 bytes");
    }
    enum rc rc = make_secret(made, e);
    if (rc == RC_OK) {
        struct creating c = {name, slice_present(scopes) ? scopes : SLICE(""),
                             hash_of(slice_cstr(made))};
        rc = writer_call(store, job_create, &c, e);
    }
    if (rc == RC_OK) {
        memcpy(secret, made, sizeof made);
    }
    return rc;
}

static enum rc job_revoke(struct writer *w, struct job *job, struct err *e)
{
    const struct slice *name = job->arg;
    sqlite3_stmt *s = db_use(w->db, "UPDATE tokens SET revoked_ms = ?2 WHERE name = ?1"
                                    " AND revoked_ms IS NULL");
    db_bind_text(s, 1, *name);
    db_bind_int(s, 2, w->now_ms);
    db_run(w->db, s);
    if (db_ok(w->db) && sqlite3_changes(w->db->handle) == 0) {
        return err_field(e, RC_NOT_FOUND, "name", "no token named '%.*s' is in force",
                         SLICE_ARG(*name));
    }
    writer_audit(w, &(struct audit_entry){.who = SLICE("guillemet token"),
                                          .action = "token_revoke",
                                          .target = *name});
    return RC_OK;
}

enum rc store_token_revoke(struct store *store, struct slice name, struct err *e)
{
    return writer_call(store, job_revoke, &name, e);
}

static void read_token(struct columns *c, struct store_token *out)
{
    out->name = next_text(c);
    out->scopes = next_text(c);
    out->created_ms = next_int(c);
    out->last_used_ms = next_int(c);
    out->revoked_ms = next_int(c);
}

enum rc store_token_list(struct store_reader *reader, struct arena *arena,
                         struct store_token **rows, size_t *count, struct err *e)
{
    struct {
        struct store_token *items;
        size_t count, capacity;
    } list = {0};
    struct db *db = reader->db;
    sqlite3_stmt *s = db_use(
        db, "SELECT name, scopes, created_ms, last_used_ms, revoked_ms FROM tokens ORDER BY id");
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_token *token = ARENA_PUSH(arena, &list);
        if (token == NULL) {
            db->nomem = true;
            break;
        }
        read_token(&c, token);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list.items;
        *count = list.count;
    }
    return rc;
}

/* ---- checking */

static enum rc job_used(struct writer *w, struct job *job, struct err *e)
{
    (void)e;
    sqlite3_stmt *s = db_use(w->db, "UPDATE tokens SET last_used_ms = ?2 WHERE hash_start = ?1");
    db_bind_int(s, 1, db_id(job->request.id));
    db_bind_int(s, 2, w->now_ms);
    db_run(w->db, s);
    return RC_OK;
}

static void forget(void *context, const struct store_result *result)
{
    (void)context;
    (void)result;
}

/* All bytes are looked at, whatever differs. */
static bool same_hash(struct slice stored, const struct digest *given)
{
    unsigned difference = stored.len != sizeof given->bytes;
    for (size_t i = 0; i < sizeof given->bytes && i < stored.len; i++) {
        difference |= (unsigned char)stored.ptr[i] ^ given->bytes[i];
    }
    return difference == 0;
}

enum rc store_token_check(struct store_reader *reader, struct slice secret, struct arena *arena,
                          struct store_token *out, struct err *e)
{
    struct db *db = reader->db;
    struct digest hash = hash_of(secret);
    struct store_token token = {0};
    bool found = false;
    sqlite3_stmt *s = db_use(db, "SELECT name, scopes, created_ms, last_used_ms, revoked_ms, hash"
                                 " FROM tokens WHERE hash_start = ?1");
    db_bind_int(s, 1, db_id(digest_id(&hash)));
    while (!found && db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        read_token(&c, &token);
        found = same_hash(db_blob(s, 5), &hash) && token.revoked_ms == 0;
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = err_set(e, RC_NOT_FOUND, "this token is unknown or was revoked");
    }
    if (rc == RC_OK) {
        if (token.last_used_ms + HOUR_MS < clock_now_ms()) {
            writer_post(reader->store, job_used, digest_id(&hash), forget);
        }
        *out = token;
    }
    return rc;
}
