#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"

static bool is_zero(const char *memory, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (memory[i]) {
            return false;
        }
    }
    return true;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    char *all[200];
    for (size_t i = 0; i < 200; i++) {
        size_t size = i * 37 % 5000;
        all[i] = arena_alloc(arena, size);
        assert_non_null(all[i]);
        assert_int_equal((uintptr_t)all[i] % alignof(max_align_t), 0);
        assert_true(is_zero(all[i], size));
        memset(all[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t at = 0; at < i * 37 % 5000; at++) {
            assert_int_equal((unsigned char)all[i][at], i % 255 + 1);
        }
    }
    arena_free(arena);
}

static void reset_gives_zeroed_memory_again(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    for (int round = 0; round < 3; round++) {
        char *small = arena_alloc(arena, 100), *large = arena_alloc(arena, 300000);
        assert_true(is_zero(small, 100));
        assert_true(is_zero(large, 300000));
        memset(small, 7, 100);
        memset(large, 7, 300000);
        assert_true(arena_used_bytes(arena) >= 300100);
        arena_reset(arena);
        assert_int_equal(arena_used_bytes(arena), 0);
    }
    arena_free(arena);
}

static void the_limit_is_kept(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1000);
    assert_non_null(arena_alloc(arena, 500));
    assert_null(arena_alloc(arena, 600));
    assert_non_null(arena_alloc(arena, 400));
    assert_null(arena_alloc(arena, 200));
    assert_true(arena_used_bytes(arena) <= 1000);
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, 900));
    arena_free(arena);
}

static void absurd_sizes_fail(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX / 2));
    assert_null(arena_array(arena, SIZE_MAX / 4, 8));
    assert_null(arena_grow(arena, NULL, 0, SIZE_MAX / 4, 8));
    assert_non_null(arena_alloc(arena, 0));
    arena_free(arena);
}

static void the_escape_is_taken(void **state)
{
    (void)state;
    struct arena *arena = arena_new(4096);
    jmp_buf outer, inner;
    volatile int jumps = 0;
    if (setjmp(outer)) {
        jumps++;
    } else {
        assert_null(arena_escape(arena, &outer));
        if (setjmp(inner)) {
            jumps += 10;
            assert_ptr_equal(arena_escape(arena, &outer), &inner);
            (void)arena_array(arena, SIZE_MAX, 2);
        }
        assert_ptr_equal(arena_escape(arena, &inner), &outer);
        for (;;) {
            assert_non_null(arena_alloc(arena, 1000));
        }
    }
    assert_int_equal(jumps, 11);
    arena_escape(arena, NULL);
    assert_null(arena_alloc(arena, 100000));
    arena_free(arena);
}

static void grow_keeps_content(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    int *numbers = ARENA_ARRAY(arena, int, 4);
    for (int i = 0; i < 4; i++) {
        numbers[i] = i;
    }
    int *same = arena_grow(arena, numbers, 4, 8, sizeof *numbers);
    assert_ptr_equal(same, numbers); /* the last allocation grows in place */
    assert_true(is_zero((char *)(same + 4), 4 * sizeof *same));
    (void)arena_alloc(arena, 1);
    int *moved = arena_grow(arena, same, 8, 100000, sizeof *same);
    assert_ptr_not_equal(moved, same);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(moved[i], i);
    }
    assert_true(is_zero((char *)(moved + 8), (100000 - 8) * sizeof *moved));
    arena_free(arena);
}

struct numbers {
    int *items;
    size_t count, capacity;
};

static void push_appends_zeroed_slots(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct numbers a = {NULL, 0, 0}, b = {NULL, 0, 0};
    for (int i = 0; i < 5000; i++) {
        int *slot = ARENA_PUSH(arena, &a);
        assert_int_equal(*slot, 0);
        *slot = i;
        *ARENA_PUSH(arena, &b) = -i;
    }
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(a.items[i], i);
        assert_int_equal(b.items[i], -i);
    }
    a.count--;
    assert_int_equal(*ARENA_PUSH(arena, &a), 0);
    arena_free(arena);
}

static void push_fails_at_the_limit(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1024);
    struct numbers v = {NULL, 0, 0};
    size_t pushed = 0;
    while (ARENA_PUSH(arena, &v)) {
        pushed++;
    }
    assert_true(pushed > 0);
    assert_int_equal(v.count, pushed);
    arena_free(arena);
}

static void copies_are_closed_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    char original[] = "abc";
    char *text = arena_strdup(arena, original);
    struct slice copy = arena_copy(arena, slice_of(original, 2));
    original[0] = 'x';
    assert_string_equal(text, "abc");
    assert_true(slice_is(copy, "ab"));
    assert_int_equal(copy.ptr[2], 0);
    assert_false(slice_present(arena_copy(arena, SLICE_NONE)));
    assert_true(slice_present(arena_copy(arena, SLICE(""))));
    struct slice printed = arena_printf(arena, "%s-%d", "n", 12);
    assert_true(slice_is(printed, "n-12"));
    assert_int_equal(printed.ptr[4], 0);
    arena_free(arena);
}

static void copies_are_absent_when_memory_is_out(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16);
    assert_false(slice_present(arena_copy(arena, SLICE("more than sixteen bytes of text"))));
    assert_false(slice_present(arena_printf(arena, "%40d", 1)));
    assert_null(arena_strdup(arena, "more than sixteen bytes of text"));
    arena_free(arena);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(reset_gives_zeroed_memory_again),
        cmocka_unit_test(the_limit_is_kept),
        cmocka_unit_test(absurd_sizes_fail),
        cmocka_unit_test(the_escape_is_taken),
        cmocka_unit_test(grow_keeps_content),
        cmocka_unit_test(push_appends_zeroed_slots),
        cmocka_unit_test(push_fails_at_the_limit),
        cmocka_unit_test(copies_are_closed_and_apart),
        cmocka_unit_test(copies_are_absent_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
