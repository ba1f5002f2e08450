/* The queue, groups, several threads and processes, and death in the midst of it. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "random_work.h"
#include "store/db.h"

struct tally {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    unsigned done, created, failed;
    uint64_t version;
};

static void count_result(void *context, const struct store_result *result)
{
    struct tally *tally = context;
    pthread_mutex_lock(&tally->lock);
    tally->done++;
    tally->created += result->rc == RC_OK && result->outcome == OUTCOME_CREATED;
    tally->failed += result->rc != RC_OK;
    tally->version = result->version;
    pthread_cond_broadcast(&tally->moved);
    pthread_mutex_unlock(&tally->lock);
}

static void wait_for(struct tally *tally, unsigned count)
{
    pthread_mutex_lock(&tally->lock);
    while (tally->done < count) {
        pthread_cond_wait(&tally->moved, &tally->lock);
    }
    pthread_mutex_unlock(&tally->lock);
}

static struct fixture *many(unsigned first, unsigned count)
{
    struct fixture *f = calloc(count, sizeof *f);
    for (unsigned i = 0; i < count; i++) {
        random_article(&f[i], first + i, 0);
        /* random_article's texts are shared: these need their own */
        char *url = arena_strdup(f[i].arena, f[i].document.url.text.ptr);
        f[i].document.url.text = f[i].document.canonical_url.text = slice_cstr(url);
        f[i].document.text = slice_of(f[i].text, f[i].document.text.len);
        f[i].document.title.text.ptr = f[i].text;
        for (size_t q = 0; q < f[i].analysis.quote_count; q++) {
            f[i].quotes[q].text = arena_copy(f[i].arena, f[i].quotes[q].text);
        }
        f[i].document.blocks = f[i].blocks;
        f[i].analysis.mentions = f[i].mentions;
        f[i].analysis.entities = f[i].entities;
        f[i].analysis.quotes = f[i].quotes;
        f[i].analysis.marks = f[i].marks;
    }
    return f;
}

static void many_end(struct fixture *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        fixture_end(&f[i]);
    }
    free(f);
}

static void test_queue_reports_after_the_commit(void **state)
{
    struct archive *a = *state;
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0};
    struct fixture *f = many(0, 200);
    struct err e = {0};
    unsigned accepted = 0;
    for (unsigned i = 0; i < 200; i++) {
        struct store_write request = fixture_request(&f[i]);
        request.done = count_result;
        request.context = &tally;
        while (store_write(a->store, &request, &e) == RC_BUSY) {
            usleep(1000);
        }
        accepted++;
    }
    wait_for(&tally, accepted);
    assert_int_equal(tally.created, 200);
    assert_int_equal(tally.failed, 0);
    assert_true(tally.version < 200); /* many to a commit */
    struct store_stats stats;
    assert_int_equal(store_stats(a->reader, a->arena, &stats, &e), RC_OK);
    assert_int_equal(stats.articles, 200);
    archive_check(a, true);
    many_end(f, 200);
}

/* With time to linger a group is as large as asked for, and an index is told of it once: a segment a commit, where
 * one an article would be merged over and over. */
static void test_groups_are_large_when_there_is_time(void **state)
{
    struct archive *a = *state;
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0};
    struct err e = {0};
    archive_close(a);
    struct store_options options = {
        .path = a->path, .group_least = 40, .group_most = 40, .linger_ms = 60000};
    assert_int_equal(store_open(&options, &a->store, &e), RC_OK);
    assert_int_equal(store_reader_open(a->store, &a->reader, &e), RC_OK);
    uint64_t before = 0;
    assert_int_equal(store_version(a->reader, &before, &e), RC_OK);
    struct fixture *f = many(0, 80);
    for (unsigned i = 0; i < 80; i++) {
        struct store_write request = fixture_request(&f[i]);
        request.done = count_result;
        request.context = &tally;
        assert_int_equal(store_write(a->store, &request, &e), RC_OK);
    }
    wait_for(&tally, 80);
    assert_int_equal(tally.version, before + 2);
    /* Who stands and waits isn't kept waiting. */
    fixture_put(&f[0], a->store);
    archive_check(a, true);
    many_end(f, 80);

    struct db *db = NULL;
    struct db_options again = {.path = a->path, .read_only = true, .busy_timeout_ms = 1000};
    assert_int_equal(db_open(&db, &again, &e), RC_OK);
    assert_int_equal(db_value(db, "SELECT count(DISTINCT segid) FROM article_search_idx", -1), 2);
    db_close(db);
}

/* ---- a transaction that stays open while writes keep coming */

struct chain {
    struct tally tally;
    struct archive *archive;
    struct fixture *fixtures;
    unsigned count, next, done_when_spared; /* writes posted; of `done`, at the last `spare` */
};

static void chain_done(void *context, const struct store_result *result)
{
    count_result(&((struct chain *)context)->tally, result);
}

static void chain_spare(void *context);

static void chain_post(struct chain *chain)
{
    struct err e = {0};
    struct store_write request = fixture_request(&chain->fixtures[chain->next++]);
    request.spare = chain_spare;
    request.done = chain_done;
    request.context = chain;
    assert_int_equal(store_write(chain->archive->store, &request, &e), RC_OK);
}

/* What the write was made of goes, and the next one comes: the queue is never seen empty. */
static void chain_spare(void *context)
{
    struct chain *chain = context;
    memset(chain->fixtures[chain->next - 1].text, 'x', 16);
    pthread_mutex_lock(&chain->tally.lock);
    chain->done_when_spared = chain->tally.done;
    pthread_mutex_unlock(&chain->tally.lock);
    if (chain->next < chain->count) {
        chain_post(chain);
    }
}

static void test_a_commit_waits_for_what_keeps_coming(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    archive_close(a);
    struct store_options options = {.path = a->path, .group_most = 25, .group_lasts_ms = 600000};
    assert_int_equal(store_open(&options, &a->store, &e), RC_OK);
    assert_int_equal(store_reader_open(a->store, &a->reader, &e), RC_OK);
    uint64_t before = 0;
    assert_int_equal(store_version(a->reader, &before, &e), RC_OK);
    struct chain chain = {{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0},
                          a,
                          many(0, 100),
                          100,
                          0,
                          0};
    chain_post(&chain);
    wait_for(&chain.tally, 100);
    assert_int_equal(chain.tally.created, 100);
    assert_int_equal(chain.tally.version, before + 4);
    assert_int_equal(chain.done_when_spared, 75); /* of its own group none was told yet */
    /* Who stands and waits isn't kept waiting. */
    struct fixture late;
    random_article(&late, 200, 0);
    fixture_put(&late, a->store);
    fixture_end(&late);
    archive_check(a, true);
    many_end(chain.fixtures, 100);
}

/* A full queue says so and loses nothing; a bad article in a group fails alone. */
static void test_back_pressure_and_savepoints(void **state)
{
    struct archive *a = *state;
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0};
    struct err e = {0};
    archive_close(a);
    struct store_options options = {.path = a->path, .queue_limit = 4, .group_most = 4};
    assert_int_equal(store_open(&options, &a->store, &e), RC_OK);
    assert_int_equal(store_reader_open(a->store, &a->reader, &e), RC_OK);
    struct fixture *f = many(0, 120);
    unsigned busy = 0, bad = 0;
    for (unsigned i = 0; i < 120; i++) {
        struct store_write request = fixture_request(&f[i]);
        request.done = count_result;
        request.context = &tally;
        if (i % 10 == 3) {
            request.if_revision = 5; /* conflicts: there is none */
            bad++;
        }
        enum rc rc;
        while ((rc = store_write(a->store, &request, &e)) == RC_BUSY) {
            busy++;
            usleep(200);
        }
        assert_int_equal(rc, RC_OK);
    }
    wait_for(&tally, 120);
    assert_true(busy > 0);
    assert_int_equal(tally.failed, bad);
    assert_int_equal(tally.created, 120 - bad);
    archive_check(a, false);
    many_end(f, 120);
}

static void test_close_drains(void **state)
{
    struct archive *a = *state;
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0};
    struct fixture *f = many(0, 100);
    struct err e = {0};
    for (unsigned i = 0; i < 100; i++) {
        struct store_write request = fixture_request(&f[i]);
        request.done = count_result;
        request.context = &tally;
        assert_int_equal(store_write(a->store, &request, &e), RC_OK);
    }
    archive_close(a);
    assert_int_equal(tally.created, 100);
    archive_open(a);
    archive_check(a, false);
    many_end(f, 100);
}

struct reading {
    struct store *store;
    bool stop;
    unsigned reads;
};

static void *read_on(void *arg)
{
    struct reading *r = arg;
    struct store_reader *reader;
    struct err e = {0};
    struct arena *arena = arena_new(0);
    int64_t before = 0;
    if (store_reader_open(r->store, &reader, &e) != RC_OK) {
        return (void *)1;
    }
    while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
        struct store_article_query q = {.limit = 10, .parts = STORE_SUMMARY};
        struct store_article *rows;
        struct store_page page;
        struct store_stats stats;
        size_t count;
        if (store_reader_begin(reader, &e) != RC_OK ||
            store_article_list(reader, &q, arena, &rows, &count, &page, &e) != RC_OK ||
            store_stats(reader, arena, &stats, &e) != RC_OK) {
            return (void *)1;
        }
        store_reader_end(reader);
        if (stats.articles != page.total || page.total < before) {
            return (void *)1; /* one moment, never going back */
        }
        before = page.total;
        arena_reset(arena);
        r->reads++;
    }
    arena_free(arena);
    store_reader_close(reader);
    return NULL;
}

static void *write_on(void *arg)
{
    struct archive *a = arg;
    static unsigned next = 1000;
    unsigned first = __atomic_fetch_add(&next, 100, __ATOMIC_RELAXED);
    struct fixture *f = many(first, 50);
    void *failed = NULL;
    for (unsigned i = 0; i < 50; i++) {
        struct store_write request = fixture_request(&f[i]);
        struct store_result result;
        struct err e = {0};
        if (store_write_wait(a->store, &request, &result, &e) != RC_OK) {
            failed = (void *)1;
        }
    }
    many_end(f, 50);
    return failed;
}

static void test_readers_beside_writers(void **state)
{
    struct archive *a = *state;
    struct reading reading = {a->store, false, 0};
    pthread_t reader, writer;
    void *failed;
    pthread_create(&reader, NULL, read_on, &reading);
    pthread_create(&writer, NULL, write_on, a);
    pthread_join(writer, &failed);
    assert_null(failed);
    assert_null(write_on(a));
    __atomic_store_n(&reading.stop, true, __ATOMIC_RELAXED);
    pthread_join(reader, &failed);
    assert_null(failed);
    assert_true(reading.reads > 0);
    archive_check(a, false);
}

/* ---- processes */

static void child_writes(const char *path, unsigned first, unsigned count, int acknowledge)
{
    struct store *store;
    struct err e = {0};
    struct store_options options = {.path = path, .busy_timeout_ms = 60000};
    if (store_open(&options, &store, &e) != RC_OK) {
        _exit(2);
    }
    for (unsigned i = 0; i < count; i++) {
        struct fixture f;
        struct store_result result;
        random_article(&f, first + i, 0);
        struct store_write request = fixture_request(&f);
        if (store_write_wait(store, &request, &result, &e) != RC_OK) {
            _exit(3);
        }
        if (acknowledge >= 0 &&
            write(acknowledge, &result.id, sizeof result.id) != sizeof result.id) {
            _exit(4);
        }
        fixture_end(&f);
    }
    store_close(store);
    _exit(0);
}

static void test_two_processes_lose_nothing(void **state)
{
    struct archive *a = *state;
    pid_t children[2];
    struct store_stats stats;
    struct err e = {0};
    archive_close(a);
    assert_int_equal(unlink(a->path), 0); /* they also race to make it */
    for (unsigned i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            child_writes(a->path, i * 60, 80, -1); /* twenty of them are the other's too */
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    archive_open(a);
    assert_int_equal(store_stats(a->reader, a->arena, &stats, &e), RC_OK);
    assert_int_equal(stats.articles, 140);
    archive_check(a, true);
}

/* Killed at any moment: what was acknowledged is there, and the archive is whole. */
static void test_kill(void **state)
{
    struct archive *a = *state;
    for (unsigned round = 0; round < 5; round++) {
        int pipes[2];
        uint64_t id;
        unsigned acknowledged = 0;
        archive_close(a);
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            close(pipes[0]);
            child_writes(a->path, round * 100000, 100000, pipes[1]);
        }
        close(pipes[1]);
        /* somewhere in a write, after some that were acknowledged */
        uint64_t ids[1000];
        while (acknowledged < 3 + round * 5 && read(pipes[0], &id, sizeof id) == sizeof id) {
            ids[acknowledged++] = id;
        }
        usleep(round * 1700);
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        archive_open(a);
        while (acknowledged < 1000 && read(pipes[0], &id, sizeof id) == sizeof id) {
            ids[acknowledged++] = id;
        }
        close(pipes[0]);
        assert_true(acknowledged >= 3);
        for (unsigned i = 0; i < acknowledged; i++) {
            uint32_t revision;
            struct err e = {0};
            if (store_article_revision(a->reader, ids[i], &revision, &e) != RC_OK) {
                fail_msg("an acknowledged article is gone: %s", e.message);
            }
        }
        archive_check(a, true);
    }
}

static void test_deadline(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_article_query q = {.limit = 10};
    struct store_article *rows;
    struct store_page page;
    struct store_difference *differences;
    size_t count;
    struct err e = {0};
    for (unsigned i = 0; i < 60; i++) {
        random_article(&f, i, 0);
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
    store_reader_deadline(a->reader, 1); /* long past */
    assert_int_equal(store_recount_check(a->reader, false, 10, a->arena, &differences, &count, &e),
                     RC_BUSY);
    store_reader_deadline(a->reader, 0);
    assert_int_equal(store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e), RC_OK);
    assert_int_equal(count, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

/* Whatever doesn't fit any more is refused as that, the rest stays, and room mends it. */
static void test_full_disk(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    struct store_result result;
    unsigned kept = 0;
    archive_close(a);
    struct store_options options = {.path = a->path, .pages_most = 120};
    assert_int_equal(store_open(&options, &a->store, &e), RC_OK);
    struct fixture *f = many(0, 400);
    enum rc rc = RC_OK;
    while (rc == RC_OK && kept < 400) {
        struct store_write request = fixture_request(&f[kept]);
        rc = store_write_wait(a->store, &request, &result, &e);
        kept += rc == RC_OK;
    }
    assert_int_equal(rc, RC_FULL);
    assert_non_null(strstr(e.message, "disk is full"));
    assert_in_range(kept, 1, 399);
    store_close(a->store);
    a->store = NULL;
    archive_open(a);
    struct store_stats stats;
    assert_int_equal(store_stats(a->reader, a->arena, &stats, &e), RC_OK);
    assert_int_equal(stats.articles, kept);
    struct store_write again = fixture_request(&f[kept]);
    assert_int_equal(store_write_wait(a->store, &again, &result, &e), RC_OK);
    archive_check(a, true);
    for (unsigned i = 0; i < 400; i++) {
        fixture_end(&f[i]);
    }
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_queue_reports_after_the_commit),
        TEST(test_groups_are_large_when_there_is_time),
        TEST(test_a_commit_waits_for_what_keeps_coming),
        TEST(test_back_pressure_and_savepoints),
        TEST(test_close_drains),
        TEST(test_readers_beside_writers),
        TEST(test_two_processes_lose_nothing),
        TEST(test_kill),
        TEST(test_deadline),
        TEST(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
