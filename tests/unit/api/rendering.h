/* A format's renderer on a reply written by hand. */
#ifndef GUILLEMET_TESTS_UNIT_API_RENDERING_H
#define GUILLEMET_TESTS_UNIT_API_RENDERING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/formats.h"
#include "api/resources.h"

struct rendering {
    struct call call;
    struct buf out;
};

/* What `use`'s format makes of the reply; ended by a NUL. */
__attribute__((unused)) static const char *rendered(struct rendering *r, format_render *render,
                                                    const char *operation, const char *body)
{
    const struct resource_use *use = resource_use_find(operation);
    struct err e = {0};
    memset(r, 0, sizeof *r);
    r->call.arena = arena_new(0);
    buf_init(&r->out);
    assert_non_null(use);
    struct formatting f = {.call = &r->call,
                           .resource = use->resource,
                           .body = slice_cstr(body),
                           .is_list = use->is_list,
                           .first = true,
                           .out = &r->out};
    assert_int_equal(render(&f, &e), RC_OK);
    buf_char(&r->out, '\0');
    assert_false(r->out.failed);
    return r->out.data;
}

__attribute__((unused)) static void rendered_done(struct rendering *r)
{
    buf_done(&r->out);
    arena_free(r->call.arena);
}

#endif
