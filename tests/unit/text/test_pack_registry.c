#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "lang/packs.h"
#include "text/pack.h"

static struct err e;

static void compiled_in_packs_answer(void **state)
{
    (void)state;
    assert_int_equal(pack_count(), pack_blob_count);
    assert_true(pack_count() >= 2);
    for (size_t i = 0; i < pack_count(); i++) {
        assert_ptr_equal(pack_for(pack_lang(pack_at(i))), pack_at(i));
    }
    assert_null(pack_at(pack_count()));
}

static void regions_fall_back_to_their_language(void **state)
{
    (void)state;
    const struct pack *fr = pack_for(SLICE("fr"));
    assert_non_null(fr);
    assert_ptr_equal(pack_for(SLICE("fr-CA")), fr);
    assert_ptr_equal(pack_for(SLICE("FR_be")), fr);
    assert_ptr_equal(pack_for(SLICE("fr-Latn-CH")), fr);
    assert_null(pack_for(SLICE("frr")));
    assert_null(pack_for(SLICE("f")));
    assert_null(pack_for(SLICE("-fr")));
    assert_null(pack_for(SLICE("")));
    assert_null(pack_for(SLICE_NONE));
}

/* Start looks at headers only: here every compiled-in blob gets the whole check. */
static void compiled_in_packs_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < pack_blob_count; i++) {
        const struct pack_blob *b = &pack_blobs[i];
        struct pack *pack = NULL;
        struct slice bytes = slice_of((const char *)b->start, (size_t)(b->end - b->start));
        if (pack_open(bytes, &pack, &e) != RC_OK) {
            fail_msg("%s: %s", b->lang, e.message);
        }
        assert_true(slice_is(pack_lang(pack), b->lang));
        pack_close(pack);
    }
}

static void *ask(void *arg)
{
    (void)arg;
    return (void *)(uintptr_t)pack_for(SLICE("fr"));
}

static void threads_see_one_pack(void **state)
{
    (void)state;
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        pthread_create(&threads[i], NULL, ask, NULL);
    }
    for (int i = 0; i < 8; i++) {
        void *pack = NULL;
        pthread_join(threads[i], &pack);
        assert_ptr_equal(pack, pack_for(SLICE("fr")));
    }
}

static struct pack *make(struct buf *blob, const char *lang)
{
    struct pack_source file = {"t.tsv", SLICE("# source: x\nmine\n")};
    struct pack *pack = NULL;
    buf_init(blob);
    assert_int_equal(pack_compile(lang, &file, 1, blob, &e), RC_OK);
    assert_int_equal(pack_open(buf_view(blob), &pack, &e), RC_OK);
    return pack;
}

/* Last: what is registered stays so. */
static void registered_packs_come_first(void **state)
{
    (void)state;
    size_t before = pack_count();
    struct buf new_blob, fr_blob;
    struct pack *new_lang = make(&new_blob, "qx"), *fr = make(&fr_blob, "fr");
    assert_null(pack_for(SLICE("qx")));
    assert_int_equal(pack_register(new_lang, &e), RC_OK);
    assert_ptr_equal(pack_for(SLICE("qx-XX")), new_lang);
    assert_int_equal(pack_count(), before + 1);
    assert_int_equal(pack_register(fr, &e), RC_OK);
    assert_ptr_equal(pack_for(SLICE("fr-CA")), fr);
    assert_int_equal(pack_count(), before + 1); /* in place of the one compiled in */
    pack_close(new_lang);
    pack_close(fr);
    buf_done(&new_blob);
    buf_done(&fr_blob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_see_one_pack),
        cmocka_unit_test(compiled_in_packs_answer),
        cmocka_unit_test(regions_fall_back_to_their_language),
        cmocka_unit_test(compiled_in_packs_are_sound),
        cmocka_unit_test(registered_packs_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
