/* The twenty cases of quotes, read from tests/golden/quotes (its README says how the files are written). */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyse/analyse.h"
#include "base/buf.h"

#define FOLDER        "tests/golden/quotes"
#define EXPECTED_MOST 24

struct example {
    const char *lang, *file;
    int line;
    struct slice text;
    struct slice expected[EXPECTED_MOST];
    size_t count;
};

static size_t examples_run, examples_failed;

#define CASES           20
#define POSITIVES_LEAST 5
#define NEAR_LEAST      2

/* Examples of each case by what they show: that the case is found, or that what only looks like it isn't. */
static size_t shown[CASES + 1], near_misses[CASES + 1];

/* "Q> " and "A> " in front of a paragraph: a question and an answer of an interview; "! ": a title. */
static enum block_kind kind_of(struct slice *line)
{
    static const struct {
        const char *prefix;
        enum block_kind kind;
    } prefixes[] = {{"! ", BLOCK_TITLE}, {"Q> ", BLOCK_QUESTION}, {"A> ", BLOCK_ANSWER}};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t len = strlen(prefixes[i].prefix);
        if (slice_starts(*line, slice_cstr(prefixes[i].prefix))) {
            *line = slice_of(line->ptr + len, line->len - len);
            return prefixes[i].kind;
        }
    }
    return BLOCK_PARAGRAPH;
}

static struct document *document_of(struct arena *arena, const struct example *e)
{
    struct document *d = ARENA_NEW(arena, struct document);
    struct buf text;
    buf_init(&text);
    d->blocks = ARENA_ARRAY(arena, struct block, e->text.len + 1);
    for (size_t from = 0; from < e->text.len;) {
        size_t mark = slice_find(e->text, SLICE("¶"), from);
        size_t end = mark == SIZE_MAX ? e->text.len : mark;
        struct slice line = slice_of(e->text.ptr + from, end - from);
        enum block_kind kind = kind_of(&line);
        uint32_t start = (uint32_t)text.len;
        buf_append(&text, line.ptr, line.len);
        d->blocks[d->block_count++] = (struct block){kind, {start, (uint32_t)text.len}};
        if (mark != SIZE_MAX) {
            buf_char(&text, '\n');
        }
        from = mark == SIZE_MAX ? end : mark + strlen("¶");
    }
    d->text = arena_copy(arena, buf_view(&text));
    buf_done(&text);
    d->lang = (struct field){slice_cstr(e->lang), ORIGIN_SUBMITTED};
    return d;
}

static void write_blanks_as_underscores(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool nbsp = i + 1 < s.len && memcmp(s.ptr + i, "\xc2\xa0", 2) == 0;
        buf_char(out, s.ptr[i] == ' ' || nbsp ? '_' : s.ptr[i]);
        i += nbsp;
    }
}

/* Everything that a line of expectation may say of a quote, blanks around each property. */
static struct slice properties(struct arena *arena, const struct analysis *a, const struct quote *q)
{
    struct buf b;
    buf_init(&b);
    buf_printf(&b, " %s%s%s%s%s ", q->negated ? "N " : "", q->hypothetical ? "H " : "",
               q->in_headline ? "T " : "", q->body_quote != NO_INDEX ? "B " : "",
               q->speaker.present ? speaker_kind_name(q->speaker.kind) : "");
    if (q->reported_by.present) {
        buf_text(&b, "by=");
        write_blanks_as_underscores(&b, q->reported_by.name);
        buf_char(&b, ' ');
    }
    if (q->cue.present) {
        buf_printf(&b, "class=%s ", cue_class_name(q->cue.class));
    }
    if (slice_present(q->channel)) {
        buf_text(&b, "to=");
        write_blanks_as_underscores(&b, q->channel);
        buf_char(&b, ' ');
    }
    if (q->addressee.present) {
        buf_text(&b, "addr=");
        write_blanks_as_underscores(&b, q->addressee.name);
        buf_char(&b, ' ');
    }
    for (size_t i = 0; i < q->about_count; i++) {
        buf_text(&b, "about=");
        write_blanks_as_underscores(&b, a->entities[q->about[i]].name);
        buf_char(&b, ' ');
    }
    buf_printf(&b, "rule=%s ", q->resolution ? q->resolution : "");
    struct slice out = arena_copy(arena, buf_view(&b));
    buf_done(&b);
    return out;
}

static struct slice summary(struct arena *arena, const struct quote *q)
{
    static const char letters[] = {'D', 'I', 'M'};
    bool named = q->speaker.present && slice_present(q->speaker.name) && q->speaker.name.len > 0;
    return arena_printf(arena, "%c %.*s | %.*s", letters[q->type], SLICE_ARG(q->text),
                        SLICE_ARG(named ? q->speaker.name : SLICE("-")));
}

/* "D words | speaker | flags": the first two must be the summary, each flag among the properties. */
static bool matches(struct arena *arena, struct slice expected, const struct analysis *a,
                    const struct quote *q)
{
    size_t bar = slice_find(expected, SLICE(" | "), 0);
    size_t more = bar == SIZE_MAX ? SIZE_MAX : slice_find(expected, SLICE(" | "), bar + 3);
    struct slice head = more == SIZE_MAX ? expected : slice_of(expected.ptr, more);
    if (!slice_equal(head, summary(arena, q))) {
        return false;
    }
    struct slice rest =
        more == SIZE_MAX ? SLICE_NONE : slice_of(expected.ptr + more + 3, expected.len - more - 3);
    struct slice has = properties(arena, a, q);
    bool negated = false, hypothetical = false;
    while (slice_present(rest)) {
        struct slice flag = slice_trim(slice_cut(&rest, ' '));
        negated |= slice_is(flag, "N");
        hypothetical |= slice_is(flag, "H");
        if (flag.len &&
            slice_find(has, arena_printf(arena, " %.*s ", SLICE_ARG(flag)), 0) == SIZE_MAX) {
            return false;
        }
    }
    return negated == q->negated && hypothetical == q->hypothetical;
}

static bool mark_found(struct arena *arena, const struct document *d, const struct analysis *a,
                       struct slice expected)
{
    for (size_t i = 0; i < a->mark_count; i++) {
        struct span s = a->marks[i].span;
        struct slice found =
            arena_printf(arena, "= %s %.*s", mark_use_name(a->marks[i].use),
                         (int)(s.end_byte - s.start_byte), d->text.ptr + s.start_byte);
        if (slice_equal(found, expected)) {
            return true;
        }
    }
    return false;
}

static void example_report(struct arena *arena, const struct example *e, const struct analysis *a)
{
    print_error("%s/%s:%d: %.*s\n", e->lang, e->file, e->line, SLICE_ARG(e->text));
    for (size_t i = 0; i < e->count; i++) {
        print_error("    expected %.*s\n", SLICE_ARG(e->expected[i]));
    }
    for (size_t i = 0; i < a->quote_count; i++) {
        print_error("    found    %.*s |%.*s(%s)\n", SLICE_ARG(summary(arena, &a->quotes[i])),
                    SLICE_ARG(properties(arena, a, &a->quotes[i])), a->quotes[i].rule);
    }
    for (size_t i = 0; i < a->mark_count; i++) {
        print_error("    mark     %s %u-%u\n", mark_use_name(a->marks[i].use),
                    a->marks[i].span.start_byte, a->marks[i].span.end_byte);
    }
}

/* Spans lie in the text, in order, disjoint; the text under them is what the quote says. */
static void check_spans(const struct document *d, const struct analysis *a)
{
    for (size_t i = 0; i < a->quote_count; i++) {
        uint32_t at = 0;
        assert_true(a->quotes[i].span_count > 0);
        for (size_t k = 0; k < a->quotes[i].span_count; k++) {
            struct span s = a->quotes[i].spans[k].span;
            assert_true(s.start_byte >= at && s.end_byte > s.start_byte &&
                        s.end_byte <= d->text.len);
            struct slice words = slice_of(d->text.ptr + s.start_byte, s.end_byte - s.start_byte);
            assert_true(slice_find(a->quotes[i].text, words, 0) != SIZE_MAX);
            at = s.end_byte;
        }
    }
}

static void example_run(const struct example *e)
{
    struct arena *arena = arena_new(0);
    struct document *d = document_of(arena, e);
    struct analysis *a = NULL;
    struct err err = {0};
    assert_int_equal(analyse_document(d, NULL, arena, &a, &err), RC_OK);
    check_spans(d, a);
    size_t quotes = 0;
    bool ok = true;
    for (size_t i = 0; i < e->count && ok; i++) {
        if (slice_is(e->expected[i], "-")) {
            continue;
        }
        if (slice_starts(e->expected[i], SLICE("= "))) {
            ok = mark_found(arena, d, a, e->expected[i]);
            continue;
        }
        ok = quotes < a->quote_count && matches(arena, e->expected[i], a, &a->quotes[quotes]);
        quotes++;
    }
    ok = ok && quotes == a->quote_count;
    examples_run++;
    if (!ok) {
        examples_failed++;
        example_report(arena, e, a);
    }
    arena_free(arena);
}

static char *file_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    struct buf b;
    buf_init(&b);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        buf_append(&b, chunk, n);
    }
    fclose(f);
    size_t len;
    return buf_take(&b, &len);
}

static void file_run(const char *lang, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, FOLDER "/%s/%s", lang, name);
    char *text = file_read(path);
    struct slice rest = slice_cstr(text);
    struct example e = {.lang = lang, .file = name};
    size_t failed = examples_failed;
    size_t number = strtoul(name, NULL, 10);
    assert_true(number >= 1 && number <= CASES);
    bool near = false;
    for (int line = 1; slice_present(rest); line++) {
        struct slice l = slice_cut(&rest, '\n');
        if (slice_starts(l, SLICE("  ")) && e.count < EXPECTED_MOST) {
            e.expected[e.count++] = slice_trim(l);
            continue;
        }
        if (e.count) {
            example_run(&e);
            ++*(near ? &near_misses[number] : &shown[number]);
            e.count = 0;
        }
        near = slice_starts(l, SLICE("#")) ? slice_starts(l, SLICE("# near-miss")) : near;
        e.text = l;
        e.line = line;
    }
    if (e.count) {
        example_run(&e);
        ++*(near ? &near_misses[number] : &shown[number]);
    }
    free(text);
    if (examples_failed > failed) {
        print_error("%s/%s: %zu examples wrong\n", lang, name, examples_failed - failed);
    }
}

static int is_case_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0;
}

static void language_run(const char *lang, size_t least)
{
    struct dirent **entries = NULL;
    char folder[256];
    snprintf(folder, sizeof folder, FOLDER "/%s", lang);
    int count = scandir(folder, &entries, is_case_file, alphasort);
    assert_true(count > 0);
    examples_run = examples_failed = 0;
    memset(shown, 0, sizeof shown);
    memset(near_misses, 0, sizeof near_misses);
    for (int i = 0; i < count; i++) {
        file_run(lang, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    print_message("%s: %zu examples, %zu wrong\n", lang, examples_run, examples_failed);
    assert_true(examples_run >= least);
    assert_int_equal(examples_failed, 0);
    bool enough = true;
    for (size_t i = 1; i <= CASES; i++) {
        if (shown[i] < POSITIVES_LEAST || near_misses[i] < NEAR_LEAST) {
            print_error("%s: case %zu has %zu examples and %zu near-misses\n", lang, i, shown[i],
                        near_misses[i]);
            enough = false;
        }
    }
    assert_true(enough);
}

static void test_french_cases(void **state)
{
    (void)state;
    language_run("fr", 230);
}

static void test_english_cases(void **state)
{
    (void)state;
    language_run("en", 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_french_cases),
        cmocka_unit_test(test_english_cases),
    };
    return cmocka_run_group_tests_name("quotes", tests, NULL, NULL);
}
