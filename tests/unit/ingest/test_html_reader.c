#include "given.h"

#include <stdlib.h>
#include <time.h>

#include "base/buf.h"

static struct given given_html(const char *html)
{
    return given_with(slice_cstr(html), (struct ingest_hints){.content_type = SLICE("text/html")});
}

#define LONG_ONE                                                                                   \
    "Le conseil municipal a voté mardi soir, par vingt voix contre neuf, la rénovation de la "   \
    "halle, un chantier de quatre millions d’euros, attendu depuis longtemps par les "           \
    "commerçants, les riverains et les associations."
#define LONG_TWO                                                                                     \
    "« Nous y tenions tous », a déclaré la maire, Odile Perrin, à la sortie de la séance, en " \
    "remerciant les services, qui ont travaillé pendant deux ans sur ce dossier difficile, "        \
    "coûteux, et souvent contesté."

static const char page[] =
    "<!DOCTYPE html><html lang='fr'><head><meta charset='utf-8'>"
    "<title>La halle sera rénovée | Le Courrier d’Orbe</title>"
    "<meta property='og:site_name' content=\"Le Courrier d’Orbe\">"
    "<link rel=canonical href='https://www.courrier-orbe.example/ville/halle?utm_source=x'>"
    "<meta name=author content='Par Jeanne Vidal et Hugo Roux'>"
    "<meta property='article:section' content='Ville'></head><body>"
    "<header class=site-header><nav><a href='/'>Accueil</a> <a "
    "href='/sport'>Sport</a></nav></header>"
    "<main><article><h1>La halle sera rénovée</h1>"
    "<p class='article__chapo'>Quatre millions d’euros, deux ans de travaux : la ville se "
    "lance.</p>"
    "<div class=date>Publié le 3 février 2026 à 14h05</div>"
    "<div class=article-body>"
    "<p>" LONG_ONE "</p>"
    "<h2>Un vote serré</h2>"
    "<p>« Nous y te<b>nions</b>&nbsp;<i>tous</i> », a dé&shy;claré la maire, Odile Perrin, à la "
    "sortie, "
    "en remerciant les services, qui ont travaillé deux ans sur ce dossier difficile.</p>"
    "<div class='newsletter-box'><p>Recevez notre lettre, chaque matin, gratuitement, dans votre "
    "boîte."
    "</p></div>"
    "<ul><li>Début des travaux : mars</li><li>Fin : 2028</li></ul>"
    "<figure><img src='/h.jpg'><figcaption>La halle, en 1932.</figcaption></figure>"
    "<blockquote><p>Une décision juste, attendue, et durable.</p></blockquote>"
    "<p>" LONG_TWO "</p><p>Lire aussi : <a href='/x'>Le marché déménage</a></p>"
    "</div></article></main><footer><p>© Le Courrier d’Orbe, tous droits réservés.</p></footer>"
    "</body></html>";

static bool has(const struct given *g, const char *words)
{
    return slice_find(g->document->text, slice_cstr(words), 0) != SIZE_MAX;
}

static void test_a_whole_page(void **state)
{
    (void)state;
    struct given g = given_html(page);
    const struct document *d = g.document;
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(given_kinds(&g),
                        "title standfirst paragraph subheading paragraph list_item "
                        "list_item caption blockquote paragraph");
    assert_slice(d->title.text, "La halle sera rénovée");
    assert_slice(d->standfirst.text,
                 "Quatre millions d’euros, deux ans de travaux : la ville se lance.");
    assert_slice(d->source.text, "Le Courrier d’Orbe");
    assert_slice(d->section.text, "Ville");
    assert_slice(d->lang.text, "fr");
    assert_slice(d->canonical_url.text, "https://www.courrier-orbe.example/ville/halle");
    assert_int_equal(d->byline_count, 2);
    assert_slice(d->bylines[0], "Jeanne Vidal");
    assert_slice(d->bylines[1], "Hugo Roux");
    assert_true(d->published.present && !d->published.date_only);
    assert_int_equal(d->published.time_ms, 1770127500000); /* 2026-02-03T14:05Z */
    assert_int_equal(d->published.origin, ORIGIN_TEXT);
    assert_int_equal(d->source.origin, ORIGIN_OPENGRAPH);
    assert_true(has(&g, "« Nous y tenions\u00A0tous », a déclaré la maire"));
    assert_false(has(&g, "Accueil"));
    assert_false(has(&g, "notre lettre"));
    assert_false(has(&g, "droits"));
    assert_false(has(&g, "Lire aussi"));
    given_done(&g);
}

static void test_json_ld_wins(void **state)
{
    (void)state;
    struct given g = given_html(
        "<html lang=en><head><script "
        "type='application/ld+json'>{\"@context\":\"https://schema.org\","
        "\"@graph\":[{\"@type\":\"WebSite\",\"name\":\"x\"},{\"@type\":[\"NewsArticle\"],"
        "\"headline\":\"Harbour wall to be "
        "rebuilt\",\"datePublished\":\"2026-02-03T14:05:00+01:00\","
        "\"author\":[{\"@id\":\"#jd\"},\"Tom Reed\"],\"publisher\":{\"name\":\"The Echo\"},"
        "\"keywords\":\"harbour, walls\",\"image\":{\"url\":\"https://e.example/i.jpg\"}},"
        "{\"@type\":\"Person\",\"@id\":\"#jd\",\"name\":\"Jane Doe\"}]}</script>"
        "<meta property='og:title' content='Other title'></head>"
        "<body><p>" LONG_ONE "</p><p>" LONG_TWO "</p></body></html>");
    const struct document *d = g.document;
    assert_int_equal(g.rc, RC_OK);
    assert_slice(d->title.text, "Harbour wall to be rebuilt");
    assert_int_equal(d->title.origin, ORIGIN_JSON_LD);
    assert_int_equal(d->byline_count, 2);
    assert_slice(d->bylines[0], "Jane Doe");
    assert_slice(d->bylines[1], "Tom Reed");
    assert_slice(d->source.text, "The Echo");
    assert_slice(d->image.text, "https://e.example/i.jpg");
    assert_int_equal(d->keyword_count, 2);
    assert_int_equal(d->published.time_ms, 1770123900000);
    given_done(&g);
}

static void test_breaks_and_interviews(void **state)
{
    (void)state;
    struct given g = given_html(
        "<html lang=fr><body><article><div>" LONG_ONE "<br><br>" LONG_TWO "</div>"
        "<p><strong>Pourquoi avez-vous attendu deux ans ?</strong></p><p>" LONG_ONE "</p>"
        "<p><b>Et maintenant, que se passe-t-il ?</b></p><p>" LONG_TWO "</p></article></body>");
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(given_kinds(&g), "paragraph paragraph interview_question interview_answer "
                                         "interview_question interview_answer");
    given_done(&g);
}

static void test_charsets(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t len;
    } pages[] = {
#define PAGE(meta, e, o)                                                                           \
    "<html lang=fr><head>" meta "<title>T</title></head><body><p>La soci" e "t" e " a vot" e       \
    ", dit-on, la r" e "novation de la c" o "te, longtemps attendue.</p></body>"
#define ROW(text) {text, sizeof(text) - 1}
        ROW(PAGE("<meta charset=iso-8859-1>", "\xE9", "\xF4")),
        ROW(PAGE("<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>", "\xE9",
                 "\xF4")),
        ROW(PAGE("", "\xE9", "\xF4")),
        ROW(PAGE("<meta charset=utf-8>", "\xE9", "\xF4")), /* a lie */
        ROW(PAGE("<meta charset=utf-16>", "é", "ô")),      /* another */
        ROW("\xEF\xBB\xBF" PAGE("<meta charset=iso-8859-1>", "é", "ô")),
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct given g = given_with(slice_of(pages[i].bytes, pages[i].len),
                                    (struct ingest_hints){.name = SLICE("a.html")});
        assert_int_equal(g.rc, RC_OK);
        assert_true(has(&g, "La société a voté, dit-on, la rénovation de la côte"));
        given_done(&g);
    }
}

static void test_one_foreign_byte(void **state)
{
    (void)state;
    struct buf html;
    buf_init(&html);
    buf_text(&html, "<html><head><meta charset=utf-8></head><body><p>" LONG_ONE " " LONG_TWO
                    "</p><p>Caf\xE9 ferm");
    buf_text(&html, "é, dit-on, à jamais, hélas, et sans retour.</p></body>");
    struct given g = given_with(buf_view(&html), (struct ingest_hints){.name = SLICE("a.html")});
    buf_done(&html);
    assert_int_equal(g.rc, RC_OK);
    assert_true(has(&g, "Café fermé, dit-on"));
    given_done(&g);
}

/* ---- bad input */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct given given_repeated(const char *before, const char *piece, size_t times,
                                   const char *after)
{
    struct buf html;
    buf_init(&html);
    buf_text(&html, before);
    for (size_t i = 0; i < times; i++) {
        buf_text(&html, piece);
    }
    buf_text(&html, after);
    struct given g =
        given_with(buf_view(&html), (struct ingest_hints){.content_type = SLICE("text/html")});
    buf_done(&html);
    return g;
}

static void test_deep_nesting(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<div>",      "<b>",     "<table><tr><td>", "<ul><li>",
                                         "<a href=x>", "</b><i>", "<p><blockquote>", "<font><div>"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        double start = seconds();
        struct given g =
            given_repeated("<html><body><p>" LONG_ONE "</p>", pieces[i], 200000, "fin</b></html>");
        assert_true(g.rc == RC_OK || g.rc == RC_INVALID);
        assert_true(seconds() - start <
                    20); /* generous: sanitizers, a shared machine; quadratic takes hours */
        given_done(&g);
    }
}

static void test_many_strays(void **state)
{
    (void)state;
    double start = seconds();
    struct given g = given_repeated("<html><body><p>" LONG_ONE "</p>",
                                    "</span></div><br><p class='a b c'>", 100000, "");
    assert_int_equal(g.rc, RC_OK);
    assert_true(seconds() - start < 20);
    given_done(&g);
}

static void test_a_long_text_node(void **state)
{
    (void)state;
    struct given g = given_repeated("<html><body><p>", "mot, ", 2000000, "</p></body>");
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->text.len, 2000000 * 5 - 1);
    given_done(&g);
    g = given_repeated("<html><body><p>", "mots, ", 2000000, "</p></body>");
    assert_int_equal(g.rc, RC_TOO_LARGE);
    given_done(&g);
}

static void test_entities_are_not_expanded(void **state)
{
    (void)state;
    struct given g = given_html("<!DOCTYPE html [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'><!ENTITY "
                                "f SYSTEM 'file:///etc/passwd'>]>"
                                "<html><body><p>&b;&f; " LONG_ONE "</p></body></html>");
    assert_int_equal(g.rc, RC_OK);
    assert_false(has(&g, "lollol"));
    assert_false(has(&g, "root:"));
    given_done(&g);
}

static void test_binary_and_nul(void **state)
{
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\1\0";
    struct ingest_hints hints = {.content_type = SLICE("text/html")};
    struct given g = given_with(slice_of(png, sizeof png - 1), hints);
    assert_refused(g, RC_INVALID, "", "NUL");
    g = given_with(SLICE("<html><body><p>a\0b</p>"), hints);
    assert_refused(g, RC_INVALID, "", "byte 16 is NUL");
    g = given_with(SLICE("<html><body></body></html>"), hints);
    assert_refused(g, RC_INVALID, "", "no article");
    g = given_with(SLICE(""), hints);
    assert_int_equal(g.rc, RC_INVALID);
    given_done(&g);
}

static bool warned(const struct given *g, const char *code)
{
    for (size_t i = 0; i < g->document->warning_count; i++) {
        if (strcmp(g->document->warnings[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void test_absurd_fields(void **state)
{
    (void)state;
    struct given g = given_repeated("<html><head><meta property='og:title' content='", "Titre ",
                                    20000, "'></head><body><p>" LONG_ONE "</p></body></html>");
    assert_int_equal(g.rc, RC_OK);
    assert_true(g.document->title.text.len <= 2000);
    assert_true(warned(&g, "title_cut"));
    given_done(&g);
    g = given_repeated("<html><head><link rel=canonical href='http://e.example/", "chemin/", 15000,
                       "'></head><body><p>" LONG_ONE "</p></body></html>");
    assert_int_equal(g.rc, RC_OK);
    assert_false(slice_present(g.document->canonical_url.text));
    assert_true(warned(&g, "address_dropped"));
    given_done(&g);
    g = given_html("<html><head><link rel=canonical href='javascript:alert(1)'>"
                   "<meta property='og:image' content='data:image/png;base64,AAAA'>"
                   "<meta name=date content='1601-01-01T00:00:00Z'></head><body><p>" LONG_ONE "</p>"
                   "<time datetime='9999-12-31'>un jour</time></body></html>");
    assert_int_equal(g.rc, RC_OK);
    assert_false(slice_present(g.document->url.text));
    assert_false(slice_present(g.document->image.text));
    assert_false(g.document->published.present);
    given_done(&g);
}

static void test_hints_win(void **state)
{
    (void)state;
    struct given g =
        given_with(slice_cstr(page), (struct ingest_hints){.name = SLICE("page.html"),
                                                           .title = SLICE("Autre titre"),
                                                           .url = SLICE("https://m.example/a"),
                                                           .published_at = SLICE("2020-01-02")});
    assert_int_equal(g.rc, RC_OK);
    assert_slice(g.document->title.text, "Autre titre");
    assert_int_equal(g.document->title.origin, ORIGIN_SUBMITTED);
    assert_slice(g.document->url.text, "https://m.example/a");
    assert_slice(g.document->canonical_url.text, "https://www.courrier-orbe.example/ville/halle");
    assert_true(g.document->published.date_only);
    given_done(&g);
}

static void test_sniffing(void **state)
{
    (void)state;
    static const char *const pages[] = {"<!doctype HTML><p>", "  \n<html lang=fr>",
                                        "<!-- x --><html>",
                                        "<?xml version='1.0'?><!DOCTYPE html PUBLIC ''><html>"};
    struct ingest_hints hints = {.name = SLICE("-")};
    struct err e;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        assert_string_equal(
            ingest_reader_name(ingest_reader_find(&hints, slice_cstr(pages[i]), &e)), "html");
    }
    assert_string_equal(ingest_reader_name(ingest_reader_find(&hints, SLICE("Un <b> texte"), &e)),
                        "plain");
    assert_true(ingest_takes_file("a.HTM"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_page),
        cmocka_unit_test(test_json_ld_wins),
        cmocka_unit_test(test_breaks_and_interviews),
        cmocka_unit_test(test_charsets),
        cmocka_unit_test(test_one_foreign_byte),
        cmocka_unit_test(test_deep_nesting),
        cmocka_unit_test(test_many_strays),
        cmocka_unit_test(test_a_long_text_node),
        cmocka_unit_test(test_entities_are_not_expanded),
        cmocka_unit_test(test_binary_and_nul),
        cmocka_unit_test(test_absurd_fields),
        cmocka_unit_test(test_hints_win),
        cmocka_unit_test(test_sniffing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
