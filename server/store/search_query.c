#include "store/search_query.h"

#include "base/buf.h"
#include "store/tokenizer.h"
#include "text/utf8.h"

#define WORDS_MOST 32

struct compiling {
    struct buf out;
    size_t words; /* in all */
    size_t in_phrase;
};

/* A folded word holds letters and digits alone, so quotes around it are all the escaping there is. */
static int add_word(void *context, struct slice folded, int start_byte, int end_byte)
{
    struct compiling *c = context;
    (void)start_byte;
    (void)end_byte;
    c->words++;
    if (c->in_phrase++ == 0) {
        buf_text(&c->out, c->out.len ? " AND \"" : "\"");
    } else {
        buf_char(&c->out, ' ');
    }
    buf_slice(&c->out, folded);
    return 0;
}

static void add_phrase(struct compiling *c, struct slice piece, bool prefix)
{
    c->in_phrase = 0;
    tokenizer_walk(piece, add_word, c);
    if (c->in_phrase > 0) {
        buf_text(&c->out, prefix ? "\" *" : "\"");
    }
}

static bool is_quote_mark(uint32_t cp)
{
    return cp == '"' || cp == 0x201C || cp == 0x201D || cp == 0x201E || cp == 0xAB || cp == 0xBB;
}

/* The next piece of `q` at *at: what stands between quotation marks or blanks. */
static struct slice next_piece(struct slice q, size_t *at, bool *prefix)
{
    size_t next = *at;
    uint32_t cp = utf8_decode(q, *at, &next);
    bool quoted = is_quote_mark(cp);
    size_t start = quoted ? next : *at;
    size_t end = start;
    *at = start;
    while (*at < q.len) {
        cp = utf8_decode(q, *at, &next);
        if (is_quote_mark(cp) || (!quoted && utf8_is_blank(cp))) {
            break;
        }
        *at = next;
    }
    end = *at;
    if (*at < q.len && quoted) {
        *at = next; /* the closing mark */
    }
    *prefix = !quoted && end > start && q.ptr[end - 1] == '*';
    return slice_of(q.ptr + start, end - start);
}

enum rc search_query_compile(struct slice q, const char *columns, struct arena *arena,
                             const char **out, struct err *e)
{
    struct compiling c = {0};
    buf_init(&c.out);
    for (size_t at = 0; at < q.len && c.words <= WORDS_MOST;) {
        size_t next = at;
        if (utf8_is_blank(utf8_decode(q, at, &next))) {
            at = next;
            continue;
        }
        bool prefix = false;
        struct slice piece = next_piece(q, &at, &prefix);
        add_phrase(&c, piece, prefix);
    }
    enum rc rc = RC_OK;
    if (c.words == 0) {
        rc = err_field(e, RC_INVALID, "q", "no word to search for");
    } else if (c.words > WORDS_MOST) {
        rc = err_field(e, RC_TOO_LARGE, "q", "at most %d words can be searched for", WORDS_MOST);
    } else {
        struct slice expression =
            columns ? arena_printf(arena, "{%s} : (%.*s)", columns, SLICE_ARG(buf_view(&c.out)))
                    : arena_copy(arena, buf_view(&c.out));
        rc = c.out.failed || !slice_present(expression) ? err_nomem(e) : RC_OK;
        if (rc == RC_OK) {
            *out = expression.ptr;
        }
    }
    buf_done(&c.out);
    return rc;
}
