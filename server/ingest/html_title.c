#include "ingest/html_title.h"

#include "text/fold.h"
#include "text/utf8.h"

#define WORDS_LEAST    3 /* of what is left of a title */
#define HEADING_WORDS  2
#define UNSPACED_BYTES 18   /* of a heading in a script without blanks: six signs */
#define REPEATS        0.75 /* share of words */

static size_t count_words(struct slice s)
{
    size_t words = 0;
    bool inside = false;
    for (size_t at = 0; at < s.len;) {
        bool blank = utf8_is_blank(utf8_decode(s, at, &at));
        words += !blank && !inside;
        inside = !blank;
    }
    return words;
}

static struct slice from(struct slice s, size_t at)
{
    return slice_trim(slice_of(s.ptr + at, s.len - at));
}

/* " | ", " - ", " – ", " » " and so on: its length, 0 when none begins at `at`. */
static size_t separator_at(struct slice s, size_t at)
{
    static const char *const marks[] = {"|", "-", "\\", "/",  ">",  "»", "·",
                                        "–", "—", "•",  "--", "::", "—"};
    if (s.ptr[at] != ' ') {
        return 0;
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t len = strlen(marks[i]);
        if (at + 1 + len < s.len && memcmp(s.ptr + at + 1, marks[i], len) == 0 &&
            s.ptr[at + 1 + len] == ' ') {
            return len + 2;
        }
    }
    return 0;
}

/* The title without its last part; without its first when hardly anything would be left. */
static struct slice without_site(struct slice title)
{
    size_t first = SIZE_MAX, last = SIZE_MAX, first_len = 0, count = 0;
    for (size_t at = 1; at + 2 < title.len; at++) {
        size_t len = separator_at(title, at);
        if (len > 0) {
            last = at;
            count++;
            first_len = first == SIZE_MAX ? len : first_len;
            first = first == SIZE_MAX ? at : first;
        }
    }
    if (last == SIZE_MAX) {
        return title;
    }
    struct slice head = slice_trim(slice_of(title.ptr, last));
    struct slice front = slice_trim(slice_of(title.ptr, first));
    if (count >= 2 && count_words(front) > WORDS_LEAST) { /* title » section » site */
        return front;
    }
    struct slice left = count_words(head) < WORDS_LEAST ? from(title, first + first_len) : head;
    return count_words(left) <= WORDS_LEAST && count_words(left) + 3 < count_words(title) ? title
                                                                                          : left;
}

/* "Le Courrier : Une usine ferme" when a heading doesn't have it so. */
static struct slice without_colon(struct slice title)
{
    size_t first = slice_find(title, SLICE(": "), 0), last = first;
    for (size_t at = first; at != SIZE_MAX; at = slice_find(title, SLICE(": "), at + 1)) {
        last = at;
    }
    if (first == SIZE_MAX) {
        return title;
    }
    struct slice tail = from(title, last + 2);
    if (count_words(tail) < WORDS_LEAST) {
        return from(title, first + 2);
    }
    return count_words(slice_of(title.ptr, first)) > 5 ? title : tail;
}

static bool is_heading(const struct html_fields *f, struct slice title)
{
    for (size_t i = 0; i < f->heading_count; i++) {
        if (slice_equal(f->headings[i], title)) {
            return true;
        }
    }
    return false;
}

/* "…-新华网", "…_Le Courrier": a sign without blanks, where what stands before it is a heading. A hyphen may be a word's own
 * among letters that words are parted by blanks in. */
static bool parts_tightly(struct slice s, size_t at)
{
    size_t next;
    uint32_t sign = utf8_decode(s, at, &next);
    if (sign == '|' || sign == '_' || sign == 0xFF5C) {
        return next < s.len;
    }
    bool hyphen = sign == '-' || sign == 0xFF0D || sign == 0x2013 || sign == 0x2014;
    return hyphen && at > 0 && next < s.len && utf8_decode_before(s, at, NULL) >= 0x2E80 &&
           utf8_decode(s, next, NULL) >= 0x2E80;
}

static bool is_telling(struct slice heading)
{
    return count_words(heading) >= HEADING_WORDS ||
           (heading.len >= UNSPACED_BYTES && utf8_decode(heading, 0, NULL) >= 0x2E80);
}

/* The heading that the title begins with, before a separator. */
static struct slice heading_in(const struct html_fields *f, struct slice title)
{
    for (size_t i = 0; i < f->heading_count; i++) {
        struct slice h = f->headings[i];
        if (h.len > 0 && h.len < title.len && is_telling(h) && slice_starts(title, h) &&
            (separator_at(title, h.len) > 0 || parts_tightly(title, h.len))) {
            return h;
        }
    }
    return SLICE_NONE;
}

static struct slice clean(const struct html_fields *f, struct slice title)
{
    struct slice left = without_site(title);
    if (left.len == title.len && !is_heading(f, title)) {
        left = without_colon(title);
    }
    bool odd = title.len > 150 || title.len < 15;
    if (left.len == title.len && odd && f->heading_count > 0 && f->headings[0].len > 15) {
        left = f->headings[0];
    }
    return count_words(left) <= 4 && left.len * 3 < title.len ? title : left;
}

/* The name without blanks and signs, as hosts are written: "The Daily Echo" and thedailyecho.co.uk. */
static struct slice squeezed(struct slice s, struct arena *arena)
{
    struct slice folded = fold_key(arena, s);
    char *out = arena_alloc(arena, folded.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < folded.len; i++) {
        if (folded.ptr[i] != ' ') {
            out[len++] = folded.ptr[i];
        }
    }
    return slice_of(out, len);
}

static bool names_site(const struct html_fields *f, struct slice part)
{
    struct slice name = squeezed(part, f->arena);
    struct slice site = squeezed(html_fields_get(f, FIELD_SITE), f->arena);
    struct slice url = html_fields_get(f, FIELD_CANONICAL);
    size_t scheme = slice_present(url) ? slice_find(url, SLICE("://"), 0) : SIZE_MAX;
    if (name.len < 2 || part.len > 60) {
        return false;
    }
    if (slice_equal(name, site)) {
        return true;
    }
    if (scheme == SIZE_MAX || name.len < 3) {
        return false;
    }
    struct slice rest = slice_of(url.ptr + scheme + 3, url.len - scheme - 3);
    struct slice host = squeezed(slice_cut(&rest, '/'), f->arena);
    return slice_find(host, name, 0) != SIZE_MAX;
}

/* "… | Le Courrier", "Le Courrier - …": without what the page or its address calls the site. */
static struct slice without_name(const struct html_fields *f, struct slice title)
{
    for (size_t at = title.len; at-- > 1;) {
        size_t len = separator_at(title, at);
        if (len > 0) {
            if (!names_site(f, from(title, at + len))) {
                break;
            }
            title = slice_trim(slice_of(title.ptr, at));
            at = title.len;
        }
    }
    for (size_t at = 1; at + 2 < title.len; at++) {
        size_t len = separator_at(title, at);
        if (len > 0) {
            return names_site(f, slice_of(title.ptr, at)) ? from(title, at + len) : title;
        }
    }
    return title;
}

/* "Title » Section » News": a trail, as against a dash that belongs to the sentence. */
static struct slice without_trail(struct slice title)
{
    static const char *const marks[] = {" » ", " > ", " | "};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t first = slice_find(title, slice_cstr(marks[i]), 0);
        struct slice head = first == SIZE_MAX ? title : slice_trim(slice_of(title.ptr, first));
        if (first != SIZE_MAX && count_words(head) > WORDS_LEAST &&
            slice_find(title, slice_cstr(marks[i]), first + 1) != SIZE_MAX) {
            return head;
        }
    }
    return title;
}

struct slice html_title_choose(struct html_fields *f)
{
    struct slice title = html_fields_get(f, FIELD_TITLE);
    if (slice_present(title)) {
        struct slice heading = heading_in(f, title);
        return slice_present(heading) ? heading : without_name(f, without_trail(title));
    }
    f->values[FIELD_TITLE].origin = ORIGIN_META;
    if (slice_present(f->page_title) && f->page_title.len > 0) {
        struct slice heading = heading_in(f, f->page_title);
        struct slice named = without_name(f, f->page_title);
        return slice_present(heading)          ? heading
               : named.len < f->page_title.len ? named
                                               : clean(f, f->page_title);
    }
    f->values[FIELD_TITLE].origin = ORIGIN_TEXT;
    return f->heading_count > 0 && f->headings[0].len > 0 ? f->headings[0] : SLICE_NONE;
}

static size_t shared_bytes(struct slice heading, struct slice title, size_t *bytes)
{
    size_t shared = 0;
    *bytes = 0;
    while (slice_present(heading)) {
        struct slice word = slice_cut(&heading, ' ');
        *bytes += word.len;
        for (size_t at = slice_find(title, word, 0); word.len > 0 && at != SIZE_MAX;
             at = slice_find(title, word, at + 1)) {
            bool starts = at == 0 || title.ptr[at - 1] == ' ';
            bool ends = at + word.len == title.len || title.ptr[at + word.len] == ' ';
            if (starts && ends) {
                shared += word.len;
                break;
            }
        }
    }
    return shared;
}

bool html_title_repeats(struct slice heading, struct slice title, struct arena *arena)
{
    if (heading.len == 0 || title.len == 0 || heading.len > 600 || title.len > 2000) {
        return false;
    }
    struct slice a = fold_key(arena, heading), b = fold_key(arena, title);
    size_t bytes = 0, of_title = 0;
    size_t shared = shared_bytes(a, b, &bytes);
    size_t back = shared_bytes(b, a, &of_title);
    return bytes > 0 && (double)shared >= REPEATS * (double)bytes &&
           (double)back >= REPEATS * (double)of_title;
}
