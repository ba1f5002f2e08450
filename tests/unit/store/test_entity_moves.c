/* The rows of a merged or forbidden entity follow in parts: every commit on the way is a consistent archive, a process that
 * is killed between two parts loses nothing, and the end is what one transaction gives. */
#include "random_work.h"

#include <signal.h>
#include <sys/wait.h>

#include "store/corrections.h"
#include "store/entity_moves.h"
#include "store/reader.h"

#define ARTICLES 40

static int64_t one(struct archive *a, const char *sql)
{
    return db_value(a->reader->db, sql, -1);
}

static int64_t moving(struct archive *a)
{
    return one(a, "SELECT count(*) FROM entity_moves");
}

static void fill(struct archive *a)
{
    for (unsigned i = 0; i < ARTICLES; i++) {
        struct fixture f;
        random_article(&f, i, 0);
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
}

static uint64_t id_of(struct archive *a, const char *name)
{
    struct store_candidate *rows;
    size_t count;
    struct err e = {0};
    if (store_entity_resolve(a->reader, slice_cstr(name), a->arena, &rows, &count, &e) != RC_OK) {
        fail_msg("%s: %s", name, e.message);
    }
    return rows[0].id;
}

static struct store_entity get(struct archive *a, uint64_t id)
{
    struct store_entity entity = {0};
    struct err e = {0};
    if (store_entity_get(a->reader, id, 0, a->arena, &entity, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return entity;
}

static enum rc decide(struct store *store, enum correction_kind kind, uint64_t target,
                      uint64_t into, int64_t *number)
{
    char value[DIGEST_ID_CHARS + 1] = "";
    if (into != 0) {
        digest_format_id(into, value);
    }
    struct store_correction c = {
        .kind = kind, .target = target, .value = slice_cstr(value), .author = SLICE("desk")};
    int64_t affected;
    struct err e = {0};
    return store_correct(store, &c, number, &affected, &e);
}

static void reopen(struct archive *a, bool read_only, size_t moved_at_once)
{
    struct err e = {0};
    struct store_options options = {
        .path = a->path, .read_only = read_only, .moved_at_once = moved_at_once};
    archive_close(a);
    if (store_open(&options, &a->store, &e) != RC_OK ||
        store_reader_open(a->store, &a->reader, &e) != RC_OK) {
        fail_msg("open failed: %s", e.message);
    }
}

/* ---- what happens at a commit */

struct commits {
    int seen, at;
    struct store *store; /* NULL: killed at commit `at`; else an article is written then */
    struct db *db;
    int64_t left; /* parts are still to be moved when that article is committed; -1: it isn't */
    struct fixture f;
};

static void committed(void *context, const struct store_result *result)
{
    struct commits *c = context;
    c->left = result->rc == RC_OK ? db_value(c->db, "SELECT count(*) FROM entity_moves", -1) : -1;
}

static int at_commit(void *context)
{
    struct commits *c = context;
    if (++c->seen == c->at && c->store == NULL) {
        raise(SIGKILL);
    } else if (c->seen == c->at) {
        struct store_write request = fixture_request(&c->f);
        request.context = c;
        request.done = committed;
        assert_int_equal(store_write(c->store, &request, NULL), RC_OK);
    }
    return 0;
}

static enum rc watch(struct writer *w, struct job *job, struct err *e)
{
    struct commits *c = job->arg;
    c->db = w->db;
    sqlite3_commit_hook(w->db->handle, at_commit, c);
    return db_check(w->db, e);
}

/* ---- tests */

static struct store_entity whole(struct archive *a)
{
    assert_int_equal(moving(a), 0);
    archive_check(a, true);
    return get(a, id_of(a, "Marco Rubio"));
}

static void test_parts_give_the_whole(void **state)
{
    struct archive *a = *state;
    struct store_entity ends[2];
    int64_t titles[2], number;
    for (size_t i = 0; i < 2; i++) {
        void *other = NULL;
        assert_int_equal(archive_setup(&other), 0);
        struct archive *b = i == 0 ? a : other;
        reopen(b, false, i == 0 ? 1 : 1000);
        fill(b);
        uint64_t witkoff = id_of(b, "Steve Witkoff"), rubio = id_of(b, "Marco Rubio");
        assert_true(get(b, witkoff).articles > 5);
        assert_int_equal(decide(b->store, CORRECTION_ENTITY_MERGE, witkoff, rubio, &number), RC_OK);
        ends[i] = whole(b);
        titles[i] = one(b, "SELECT sum(articles) FROM entity_titles");
        assert_int_equal(decide(b->store, CORRECTION_ENTITY_FORBID, rubio, 0, &number), RC_OK);
        assert_int_equal(moving(b), 0);
        archive_check(b, true);
        archive_teardown(&other);
    }
    assert_int_equal(ends[0].articles, ends[1].articles);
    assert_int_equal(ends[0].mentions, ends[1].mentions);
    assert_int_equal(ends[0].quotes_by, ends[1].quotes_by);
    assert_int_equal(ends[0].alias_count, ends[1].alias_count);
    assert_int_equal(titles[0], titles[1]);
}

static void test_other_writes_pass(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    struct commits c = {.at = 4, .left = -1};
    int64_t number;
    reopen(a, false, 1);
    fill(a);
    uint64_t witkoff = id_of(a, "Steve Witkoff"), rubio = id_of(a, "Marco Rubio");
    random_article(&c.f, 1, 1); /* which may name it, too */
    c.store = a->store;
    assert_int_equal(writer_call(a->store, watch, &c, &e), RC_OK);
    assert_int_equal(decide(a->store, CORRECTION_ENTITY_MERGE, witkoff, rubio, &number), RC_OK);
    assert_int_equal(c.left, 1);
    whole(a);
    reopen(a, false, 0); /* without the hook */
    fixture_end(&c.f);
}

/* Dies in a commit when some parts are done and some are not. */
static void kill_midway(struct archive *a, enum correction_kind kind, uint64_t from, uint64_t into)
{
    archive_close(a);
    pid_t child = fork();
    if (child == 0) {
        struct store *store;
        struct err e = {0};
        struct store_options options = {.path = a->path, .moved_at_once = 1};
        static struct commits c = {.at = 5};
        int64_t number;
        if (store_open(&options, &store, &e) == RC_OK &&
            writer_call(store, watch, &c, &e) == RC_OK) {
            decide(store, kind, from, into, &number);
        }
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    reopen(a, true, 0);
    assert_int_equal(moving(a), 1);
    archive_check(a, true);
}

static void test_killed_midway(void **state)
{
    struct archive *a = *state;
    int64_t affected;
    struct err e = {0};
    fill(a);
    uint64_t witkoff = id_of(a, "Steve Witkoff"), rubio = id_of(a, "Marco Rubio");
    int64_t before = get(a, witkoff).mentions + get(a, rubio).mentions;
    kill_midway(a, CORRECTION_ENTITY_MERGE, witkoff, rubio);
    assert_true(get(a, witkoff).id == rubio);
    assert_true(get(a, rubio).mentions < before);
    reopen(a, false, 1);
    for (int i = 0; i < 500 && moving(a) != 0; i++) {
        usleep(20000);
    }
    assert_int_equal(whole(a).mentions, before);

    kill_midway(a, CORRECTION_ENTITY_FORBID, rubio, 0);
    reopen(a, false, 1); /* undone while its rows are on their way */
    assert_int_equal(store_correction_undo(a->store, one(a, "SELECT max(number) FROM corrections"),
                                           SLICE("desk"), SLICE_NONE, &affected, &e),
                     RC_OK);
    assert_true(affected > 0);
    assert_int_equal(moving(a), 0);
    archive_check(a, true);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, archive_setup, archive_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_parts_give_the_whole),
        TEST(test_other_writes_pass),
        TEST(test_killed_midway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
