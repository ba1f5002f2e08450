/* Jobs: taken by one, given back, taken over; room, rejects, and what is forgotten when. */
#include "plans.h"

#include "base/clock.h"
#include "base/process.h"
#include "store/backup.h"
#include "store/jobs.h"

#define NOW   INT64_C(1770000000000)
#define DAY   INT64_C(86400000)
#define HERE  SLICE("elsewhere/1/1") /* names that nobody knows to be gone */
#define THERE SLICE("elsewhere/2/2")

/* The clock moves while no thread runs. */
static void at(struct archive *a, int64_t ms)
{
    archive_close(a);
    clock_fake_ms(ms);
    archive_open(a);
}

static uint64_t add(struct archive *a, const char *body)
{
    struct store_job job = {.body = slice_cstr(body), .bytes = (int64_t)strlen(body), .total = 3};
    struct err e = {0};
    assert_int_equal(store_job_add(a->store, &job, NULL, NULL, NULL, &e), RC_OK);
    return job.id;
}

static enum rc take(struct archive *a, struct slice owner, struct store_job *job)
{
    struct err e = {0};
    return store_job_take(a->store, a->reader, owner, a->arena, job, &e);
}

static enum rc save(struct archive *a, struct store_job *job, enum store_job_state state)
{
    struct err e = {0};
    job->state = state;
    return store_job_save(a->store, job, NULL, 0, &e);
}

static struct store_job get(struct archive *a, uint64_t id)
{
    struct store_job job = {0};
    struct err e = {0};
    assert_int_equal(store_job_get(a->reader, id, a->arena, &job, &e), RC_OK);
    return job;
}

static void one_takes_it(void **state)
{
    struct archive *a = *state;
    struct store_job job, other;
    struct err e = {0};
    assert_int_equal(store_job_waits(a->reader, &e), RC_NOT_FOUND);
    assert_int_equal(take(a, HERE, &job), RC_NOT_FOUND);
    uint64_t first = add(a, "first"), second = add(a, "second");
    assert_int_equal(store_job_waits(a->reader, &e), RC_OK);
    assert_int_equal(take(a, HERE, &job), RC_OK);
    assert_true(job.id == first && slice_is(job.body, "first"));
    assert_int_equal(job.state, STORE_JOB_RUNNING);
    assert_int_equal(take(a, THERE, &other), RC_BUSY); /* nor the second: they run in order */
    job.done = job.created = 2;
    assert_int_equal(save(a, &job, STORE_JOB_RUNNING), RC_OK);
    other = job;
    other.owner = THERE;
    assert_int_equal(save(a, &other, STORE_JOB_RUNNING), RC_CONFLICT);
    assert_int_equal(save(a, &job, STORE_JOB_QUEUED), RC_OK); /* given back */
    assert_int_equal(take(a, THERE, &other), RC_OK);
    assert_int_equal(other.done, 2);
    assert_int_equal(other.interruptions, 0);
    assert_int_equal(save(a, &job, STORE_JOB_RUNNING), RC_CONFLICT);
    assert_int_equal(save(a, &other, STORE_JOB_DONE), RC_OK);
    assert_int_equal(save(a, &other, STORE_JOB_DONE), RC_CONFLICT); /* once */
    assert_int_equal(take(a, HERE, &job), RC_OK);
    assert_true(job.id == second);
    assert_int_equal(plans_check_reader(a, "jobs"), 2);
    assert_true(plans_check_writer(a, "jobs") >= 6);
}

static void a_lease_ends(void **state)
{
    struct archive *a = *state;
    struct store_job job, other;
    at(a, NOW);
    uint64_t id = add(a, "x");
    assert_int_equal(take(a, HERE, &job), RC_OK);
    at(a, NOW + JOB_LEASE_MS - 1);
    assert_int_equal(take(a, THERE, &other), RC_BUSY);
    assert_int_equal(save(a, &job, STORE_JOB_RUNNING), RC_OK); /* renews it */
    at(a, NOW + JOB_LEASE_MS + 1000);
    assert_int_equal(take(a, THERE, &other), RC_BUSY);
    at(a, NOW + 3 * JOB_LEASE_MS);
    assert_int_equal(take(a, THERE, &other), RC_OK);
    assert_int_equal(get(a, id).interruptions, 1);
    assert_int_equal(save(a, &job, STORE_JOB_DONE), RC_CONFLICT); /* it came back too late */
    at(a, NOW); /* a clock set back holds nothing for longer than a lease */
    assert_int_equal(take(a, HERE, &job), RC_OK);
}

static void who_is_gone_holds_nothing(void **state)
{
    struct archive *a = *state;
    char name[PROCESS_NAME_MOST];
    struct store_job job;
    process_name(name);
    add(a, "x");
    assert_int_equal(take(a, slice_cstr(name), &job), RC_OK);
    assert_int_equal(take(a, THERE, &job), RC_BUSY);
    assert_int_equal(take(a, slice_cstr(name), &job), RC_OK); /* its own, after a fault */
    assert_int_equal(get(a, job.id).interruptions, 0);
    name[strlen(name) - 1] ^= 1; /* this number's process of another moment */
    job.owner = slice_cstr(name);
    add(a, "y");
    assert_int_equal(save(a, &job, STORE_JOB_DONE), RC_CONFLICT);
    process_name(name);
    job.owner = slice_cstr(name);
    assert_int_equal(save(a, &job, STORE_JOB_DONE), RC_OK);
    name[strlen(name) - 1] ^= 1;
    assert_int_equal(take(a, slice_cstr(name), &job), RC_OK);
    assert_int_equal(take(a, THERE, &job), RC_OK);
    assert_int_equal(get(a, job.id).interruptions, 1);
}

static void a_cancelled_one_is_nobodys(void **state)
{
    struct archive *a = *state;
    struct store_job job;
    struct err e = {0};
    uint64_t id = add(a, "x");
    assert_int_equal(take(a, HERE, &job), RC_OK);
    assert_int_equal(store_job_cancel(a->store, id, &e), RC_OK);
    assert_int_equal(save(a, &job, STORE_JOB_RUNNING), RC_CONFLICT);
    assert_int_equal(store_job_cancel(a->store, id, &e), RC_CONFLICT);
    assert_int_equal(store_job_cancel(a->store, id + 1, &e), RC_NOT_FOUND);
    assert_int_equal(get(a, id).state, STORE_JOB_CANCELLED);
    assert_int_equal(take(a, HERE, &job), RC_NOT_FOUND);
}

static void room_is_bounded(void **state)
{
    struct archive *a = *state;
    struct store_job job = {.body = SLICE("x"), .bytes = JOBS_WAITING_BYTES_MOST, .total = 1};
    struct err e = {0};
    assert_int_equal(store_job_add(a->store, &job, NULL, NULL, NULL, &e), RC_OK);
    uint64_t first = job.id;
    job.bytes = 1;
    job.body.len = JOB_BODY_MOST + 1; /* refused before it is read */
    assert_int_equal(store_job_add(a->store, &job, NULL, NULL, NULL, &e), RC_TOO_LARGE);
    job.body.len = 1;
    assert_int_equal(store_job_add(a->store, &job, NULL, NULL, NULL, &e), RC_BUSY);
    assert_int_equal(store_job_cancel(a->store, first, &e), RC_OK);
    for (int i = 0; i < JOBS_WAITING_MOST; i++) {
        add(a, "x");
    }
    assert_int_equal(store_job_add(a->store, &job, NULL, NULL, NULL, &e), RC_BUSY);
}

static void finished_ones_are_forgotten(void **state)
{
    struct archive *a = *state;
    struct store_job job;
    struct err e = {0};
    struct store_job_reject reject = {.item = 1, .code = SLICE("invalid"), .message = SLICE("no")};
    at(a, NOW);
    uint64_t old = add(a, "x");
    assert_int_equal(take(a, HERE, &job), RC_OK);
    job.state = STORE_JOB_DONE;
    assert_int_equal(store_job_save(a->store, &job, &reject, 1, &e), RC_OK);
    uint64_t waiting = add(a, "waits for ever");
    at(a, NOW + JOBS_KEPT_DAYS * DAY - 1);
    add(a, "y");
    assert_int_equal(get(a, old).state, STORE_JOB_DONE);
    at(a, NOW + JOBS_KEPT_DAYS * DAY);
    add(a, "z");
    assert_int_equal(store_job_get(a->reader, old, a->arena, &job, &e), RC_NOT_FOUND);
    assert_int_equal(db_value(a->reader->db, "SELECT count(*) FROM job_rejects", -1), 0);
    assert_int_equal(get(a, waiting).state, STORE_JOB_QUEUED); /* however old */
}

static void a_copy_has_none_to_run(void **state)
{
    struct archive *a = *state;
    struct store_job job;
    struct err e = {0};
    char to[128];
    uint64_t id = add(a, "x"), mine, its;
    snprintf(to, sizeof to, "%s/copy.db", a->directory);
    struct store_copied copied;
    struct store_copy copy = {.from = a->path, .to = to};
    assert_int_equal(store_backup(&copy, a->arena, &copied, &e), RC_OK);
    assert_int_equal(store_identity(a->reader, &mine, &e), RC_OK);
    assert_int_equal(take(a, HERE, &job), RC_OK); /* here it runs */
    archive_close(a);
    snprintf(a->path, sizeof a->path, "%s/copy.db", a->directory);
    archive_open(a);
    assert_int_equal(take(a, HERE, &job), RC_NOT_FOUND);
    job = get(a, id);
    assert_int_equal(job.state, STORE_JOB_FAILED);
    assert_true(job.problem.len > 0 && job.finished_ms > 0);
    assert_int_equal(store_identity(a->reader, &its, &e), RC_OK);
    assert_true(mine != its && mine != 0 && its != 0);
}

static int real_clock(void **state)
{
    clock_fake_ms(-1);
    return archive_setup(state);
}

int main(void)
{
#define IN_ARCHIVE(f) cmocka_unit_test_setup_teardown(f, real_clock, archive_teardown)
    const struct CMUnitTest tests[] = {
        IN_ARCHIVE(one_takes_it),
        IN_ARCHIVE(a_lease_ends),
        IN_ARCHIVE(who_is_gone_holds_nothing),
        IN_ARCHIVE(a_cancelled_one_is_nobodys),
        IN_ARCHIVE(room_is_bounded),
        IN_ARCHIVE(finished_ones_are_forgotten),
        IN_ARCHIVE(a_copy_has_none_to_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
