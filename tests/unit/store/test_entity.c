/* Who is who across articles, and who is meant by a name. */
#include "fixture.h"

struct named {
    const char *name, *printed; /* printed NULL: as the name */
    enum entity_type type;
    enum gender gender;
};

static int articles;

/* An article in which these are named. */
static void put_names(struct archive *a, const struct named *names, size_t count)
{
    struct fixture f;
    char url[64], body[1000] = "";
    snprintf(url, sizeof url, "https://example.org/n%d", articles++);
    for (size_t i = 0; i < count; i++) {
        strcat(body, names[i].name);
        strcat(body, " parle. ");
        if (names[i].printed != NULL) {
            strcat(body, names[i].printed);
            strcat(body, " se tait. ");
        }
    }
    fixture_begin(&f, url, "Titre", body);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = fixture_entity(&f, names[i].name, names[i].type);
        f.entities[at].gender = names[i].gender;
        fixture_mention(&f, at, names[i].name);
        if (names[i].printed != NULL) {
            fixture_mention(&f, at, names[i].printed);
        }
    }
    fixture_put(&f, a->store);
    fixture_end(&f);
}

static void put_name(struct archive *a, const char *name, const char *printed,
                     enum entity_type type)
{
    struct named one = {name, printed, type, GENDER_UNKNOWN};
    put_names(a, &one, 1);
}

static size_t resolve(struct archive *a, const char *text, struct store_candidate *first)
{
    struct store_candidate *rows;
    size_t count = 0;
    struct err e = {0};
    if (store_entity_resolve(a->reader, slice_cstr(text), a->arena, &rows, &count, &e) != RC_OK) {
        assert_int_equal(e.rc, RC_NOT_FOUND);
        return 0;
    }
    *first = rows[0];
    return count;
}

static void test_one_person_over_articles(void **state)
{
    struct archive *a = *state;
    struct store_candidate found, other;
    put_name(a, "Volodymyr Zelensky", "Zelensky", ENTITY_PER);
    put_name(a, "Volodymyr Zelenskyy", NULL, ENTITY_PER);
    put_name(a, "VOLODYMYR ZELENSKY", NULL, ENTITY_PER);
    put_name(a, "Zelensky", NULL, ENTITY_PER); /* the one Zelensky known */
    assert_int_equal(resolve(a, "volodymyr-zelensky", &found), 1);
    assert_int_equal(found.articles, 4);
    assert_int_equal(found.match, STORE_MATCH_SLUG);
    assert_int_equal(resolve(a, "ZELENSKY", &other), 1);
    assert_int_equal(other.id, found.id);
    assert_int_equal(other.match, STORE_MATCH_ALIAS);
    struct store_entity entity;
    struct err e = {0};
    assert_int_equal(store_entity_get(a->reader, found.id, 0, a->arena, &entity, &e), RC_OK);
    assert_true(slice_is(entity.name, "Volodymyr Zelensky"));
    assert_int_equal(entity.alias_count, 4);
    assert_true(slice_is(entity.aliases[0].text, "Zelensky"));
    assert_int_equal(entity.aliases[0].count, 2);
    archive_check(a, true);
}

static void test_types_keep_apart(void **state)
{
    struct archive *a = *state;
    struct store_candidate found;
    put_name(a, "Washington", NULL, ENTITY_LOC);
    put_name(a, "Washington", NULL, ENTITY_PER);
    assert_int_equal(resolve(a, "washington", &found), 2);
    assert_int_equal(resolve(a, "Nobody Atall", &found), 0);
}

static void test_surname_of_two(void **state)
{
    struct archive *a = *state;
    struct store_candidate found;
    put_name(a, "Emmanuel Macron", "Macron", ENTITY_PER);
    put_name(a, "Brigitte Macron", "Macron", ENTITY_PER);
    assert_int_equal(resolve(a, "macron", &found), 2); /* ambiguous */
    put_name(a, "Macron", NULL, ENTITY_PER);           /* neither: its own entry */
    assert_int_equal(resolve(a, "emmanuel macron", &found), 1);
    assert_int_equal(found.articles, 1);
    /* once one of them is printed so ten times as often, a surname alone is that one */
    for (int i = 0; i < 30; i++) {
        put_name(a, "Emmanuel Macron", "Macron", ENTITY_PER);
    }
    archive_check(a, false);
}

static void test_dominant_surname(void **state)
{
    struct archive *a = *state;
    struct store_candidate found;
    for (int i = 0; i < 25; i++) {
        put_name(a, "Donald Trump", "Trump", ENTITY_PER);
    }
    put_name(a, "Melania Trump", "Trump", ENTITY_PER);
    put_name(a, "Trump", NULL, ENTITY_PER);
    assert_int_equal(resolve(a, "donald trump", &found), 1);
    assert_int_equal(found.articles, 26);
}

static void test_surname_met_first(void **state)
{
    struct archive *a = *state;
    struct store_candidate found;
    struct named madame = {"Durand", NULL, ENTITY_PER, GENDER_FEMININE};
    struct named sir = {"Paul Durand", "Durand", ENTITY_PER, GENDER_MASCULINE};
    put_name(a, "Villepin", NULL, ENTITY_PER);
    put_name(a, "Dominique de Villepin", "Villepin", ENTITY_PER);
    assert_int_equal(resolve(a, "Dominique de Villepin", &found), 1);
    assert_int_equal(found.articles, 2);
    assert_true(slice_is(found.name, "Dominique de Villepin")); /* a full name beats a surname */
    put_names(a, &madame, 1);
    put_names(a, &sir, 1); /* not the same person */
    assert_int_equal(resolve(a, "Paul Durand", &found), 1);
    assert_int_equal(found.articles, 1);
    archive_check(a, false);
}

static void test_ids_are_stable(void **state)
{
    struct archive *a = *state;
    struct store_candidate before, after, by_id;
    char id[DIGEST_ID_CHARS + 1];
    put_name(a, "L'Haÿ-les-Roses", NULL, ENTITY_LOC);
    assert_int_equal(resolve(a, "l'hay les roses", &before), 1);
    assert_int_equal(resolve(a, "L'HAŸ-LES-ROSES", &after), 1);
    assert_int_equal(before.id, after.id);
    digest_format_id(before.id, id);
    assert_int_equal(resolve(a, id, &by_id), 1);
    assert_int_equal(by_id.match, STORE_MATCH_ID);
    /* the last article goes: the entity leaves lists, is still found, and comes back with its id */
    struct store_article *rows;
    struct store_page page;
    size_t count;
    struct err e = {0};
    struct store_article_query q = {.limit = 5};
    assert_int_equal(store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e), RC_OK);
    struct store_write gone = {.kind = STORE_DELETE, .has_id = true, .id = rows[0].id};
    struct store_result result;
    assert_int_equal(store_write_wait(a->store, &gone, &result, &e), RC_OK);
    struct store_entity_query all = {.limit = 5};
    struct store_entity *entities;
    assert_int_equal(store_entity_list(a->reader, &all, a->arena, &entities, &count, &page, &e),
                     RC_OK);
    assert_int_equal(count, 0);
    assert_int_equal(page.total, 0);
    assert_int_equal(resolve(a, id, &by_id), 1);
    put_name(a, "L'Haÿ-les-Roses", NULL, ENTITY_LOC);
    assert_int_equal(resolve(a, "L'Haÿ-les-Roses", &after), 1);
    assert_int_equal(after.id, before.id);
    archive_check(a, true);
}

static void test_titles_have_dates(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_candidate found;
    struct store_entity entity;
    struct err e = {0};
    char url[64];
    for (int i = 0; i < 3; i++) {
        snprintf(url, sizeof url, "https://example.org/t%d", i);
        fixture_begin(&f, url, "Titre",
                      i < 2 ? "Anne Leroy, ministre de la Santé, parle."
                            : "Anne Leroy, ancienne ministre, parle.");
        f.document.published.time_ms += i * 1000;
        uint32_t anne = fixture_entity(&f, "Anne Leroy", ENTITY_PER);
        fixture_mention(&f, anne, "Anne Leroy");
        fixture_title(&f, anne, i < 2 ? "ministre de la Santé" : "ancienne ministre");
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
    assert_int_equal(resolve(a, "Anne Leroy", &found), 1);
    assert_int_equal(store_entity_get(a->reader, found.id, 0, a->arena, &entity, &e), RC_OK);
    assert_int_equal(entity.title_count, 2);
    assert_true(slice_is(entity.titles[0].text, "ministre de la Santé"));
    assert_int_equal(entity.titles[0].count, 2);
    assert_int_equal(entity.titles[0].first_seen_ms, 1770000000000);
    assert_int_equal(entity.titles[0].last_seen_ms, 1770000001000);
    assert_int_equal(entity.last_seen_ms, 1770000002000);
    archive_check(a, false);
}

static int64_t articles_of(struct archive *a, const char *name)
{
    struct store_candidate found;
    return resolve(a, name, &found) == 1 ? found.articles : -1;
}

/* "Marie" alone is not the one Marie that is known by her full name; "Dupont" is. */
static void test_first_name_alone(void **state)
{
    struct archive *a = *state;
    put_name(a, "Marie Dupont", "Marie", ENTITY_PER);
    put_name(a, "Marie", NULL, ENTITY_PER);
    assert_int_equal(articles_of(a, "marie dupont"), 1);
    assert_int_equal(articles_of(a, "marie"), 1);
    put_name(a, "Marie Dupont", "Dupont", ENTITY_PER);
    put_name(a, "Dupont", NULL, ENTITY_PER);
    assert_int_equal(articles_of(a, "marie dupont"), 3);
    archive_check(a, false);
}

/* The archive met the acronym first, or the full name, or each by itself. */
static void test_acronyms(void **state)
{
    struct archive *a = *state;
    struct store_candidate found;
    put_name(a, "OMS", NULL, ENTITY_ORG);
    put_name(a, "Organisation mondiale de la santé", "OMS", ENTITY_ORG);
    put_name(a, "OMS", NULL, ENTITY_ORG);
    put_name(a, "Organisation mondiale de la santé", NULL, ENTITY_ORG);
    assert_int_equal(articles_of(a, "oms"), 4);
    assert_int_equal(articles_of(a, "organisation mondiale de la sante"), 4);
    put_name(a, "Banque centrale européenne", NULL, ENTITY_ORG);
    put_name(a, "BCE", NULL, ENTITY_ORG);
    assert_int_equal(articles_of(a, "bce"), 1); /* nobody said so yet */
    assert_int_equal(resolve(a, "banque centrale europeenne", &found), 1);
    struct named both[] = {{"BCE", NULL, ENTITY_ORG, GENDER_UNKNOWN},
                           {"Banque centrale européenne", "B.C.E.", ENTITY_ORG, GENDER_UNKNOWN}};
    put_names(a, both, 2); /* two of one article, which become one with it */
    assert_int_equal(articles_of(a, "bce"), 3);
    assert_int_equal(articles_of(a, "banque centrale europeenne"), 3);
    archive_check(a, true);
    /* near misses: another expansion, a name beside that is no acronym, another type */
    put_name(a, "Office municipal des sports", "OMS", ENTITY_ORG);
    assert_int_equal(articles_of(a, "office municipal des sports"), 1);
    put_name(a, "AFP", NULL, ENTITY_ORG);
    put_name(a, "Bloomberg News", "AFP", ENTITY_ORG);
    assert_int_equal(articles_of(a, "bloomberg news"), 1);
    put_name(a, "Ain", NULL, ENTITY_ORG);
    put_name(a, "Association internationale du Nord", "Ain", ENTITY_ORG);
    assert_int_equal(articles_of(a, "association internationale du nord"), 1);
    put_name(a, "SNCF", NULL, ENTITY_LOC);
    put_name(a, "Société nationale des chemins de fer", "SNCF", ENTITY_ORG);
    assert_int_equal(articles_of(a, "societe nationale des chemins de fer"), 1);
    archive_check(a, true);
}

/* One article about a person with a title among places. */
static void put_person(struct archive *a, const char *name, const char *title, enum gender gender,
                       const char *const around[4])
{
    struct fixture f;
    char url[64], body[1000];
    snprintf(url, sizeof url, "https://example.org/p%d", articles++);
    snprintf(body, sizeof body, "%s, %s, parle. On y voit %s, %s, %s et %s.", name, title,
             around[0], around[1], around[2], around[3]);
    fixture_begin(&f, url, "Titre", body);
    uint32_t at = fixture_entity(&f, name, ENTITY_PER);
    f.entities[at].gender = gender;
    fixture_mention(&f, at, name);
    if (title[0] != '-') {
        fixture_title(&f, at, title);
    }
    for (size_t i = 0; i < 4 && around[i][0]; i++) {
        fixture_mention(&f, fixture_entity(&f, around[i], ENTITY_LOC), around[i]);
    }
    fixture_put(&f, a->store);
    fixture_end(&f);
}

static const char *const north[] = {"Dieppe", "Rouen", "Le Havre", "Eu"},
                         *const west[] = {"Nantes", "Rezé", "Clisson", "Le Croisic"},
                         *const mixed[] = {"Dieppe", "Lyon", "Bron", "Oullins"},
                         *const little[] = {"Pau", "Tarbes", "Foix", ""};

static void test_homonyms(void **state)
{
    struct archive *a = *state;
    put_person(a, "Jean Martin", "maire de Dieppe", GENDER_MASCULINE, north);
    put_person(a, "Jean Martin", "ancien maire", GENDER_MASCULINE, west); /* a title in common */
    assert_int_equal(articles_of(a, "jean martin"), 2);
    put_person(a, "Paul Roux", "maire de Dieppe", GENDER_UNKNOWN, north);
    put_person(a, "Paul Roux", "sénateur", GENDER_UNKNOWN, mixed); /* a town in common */
    assert_int_equal(articles_of(a, "paul roux"), 2);
    put_person(a, "Paul Roux", "-", GENDER_UNKNOWN, west); /* nothing speaks against */
    assert_int_equal(articles_of(a, "paul roux"), 3);
    put_person(a, "Luc Petit", "maire de Dieppe", GENDER_UNKNOWN, north);
    put_person(a, "Luc Petit", "entraîneur", GENDER_UNKNOWN, west); /* title, surroundings */
    assert_int_equal(articles_of(a, "luc petit"), -1);
    put_person(a, "Luc Petit", "-", GENDER_UNKNOWN, west); /* the one among these */
    put_person(a, "Luc Petit", "-", GENDER_UNKNOWN, north);
    put_person(a, "Luc Petit", "-", GENDER_UNKNOWN, north);
    struct store_candidate *rows;
    size_t count;
    struct err e = {0};
    assert_int_equal(
        store_entity_resolve(a->reader, SLICE("luc petit"), a->arena, &rows, &count, &e), RC_OK);
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].articles, 3);
    assert_int_equal(rows[1].articles, 2);
    put_person(a, "Guy Faure", "maire de Dieppe", GENDER_UNKNOWN, north);
    put_person(a, "Guy Faure", "entraîneur", GENDER_UNKNOWN, little); /* too little to go by */
    assert_int_equal(articles_of(a, "guy faure"), 2);
    put_person(a, "Dominique Blanc", "-", GENDER_MASCULINE, north);
    put_person(a, "Dominique Blanc", "-", GENDER_FEMININE, west); /* gender, surroundings */
    assert_int_equal(articles_of(a, "dominique blanc"), -1);
    put_person(a, "Claude Noir", "-", GENDER_MASCULINE, north);
    put_person(a, "Claude Noir", "-", GENDER_FEMININE, mixed); /* an article may err */
    assert_int_equal(articles_of(a, "claude noir"), 2);
    archive_check(a, true);
}

/* Seen with: by shared articles, of the newest ones alone. */
static void test_recent(void **state)
{
    struct archive *a = *state;
    struct store_candidate anne;
    struct store_entity entity;
    struct store_entity_recent recent;
    struct err e = {0};
    for (int i = 0; i < 3; i++) {
        struct named with[] = {{"Anne Lebrun", NULL, ENTITY_PER, GENDER_FEMININE},
                               {"Dieppe", NULL, ENTITY_LOC, GENDER_UNKNOWN},
                               {"Bercy", NULL, ENTITY_ORG, GENDER_UNKNOWN}};
        put_names(a, with, i == 2 ? 3 : 2);
    }
    assert_int_equal(resolve(a, "anne lebrun", &anne), 1);
    assert_int_equal(store_entity_whole(a->reader, anne.id, 0, a->arena, &entity, &recent, &e),
                     RC_OK);
    assert_int_equal(recent.articles, 3);
    assert_int_equal(recent.gender, GENDER_FEMININE);
    assert_int_equal(recent.speaks, 0);
    assert_int_equal(recent.companion_count, 2);
    assert_true(slice_is(recent.companions[0].name, "Dieppe"));
    assert_int_equal(recent.companions[0].articles, 3);
    assert_int_equal(recent.companions[1].articles, 1);
    assert_int_equal(store_entity_whole(a->reader, 4711, 0, a->arena, &entity, &recent, &e),
                     RC_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_recent),
        TEST(test_first_name_alone),
        TEST(test_acronyms),
        TEST(test_homonyms),
        TEST(test_one_person_over_articles),
        TEST(test_types_keep_apart),
        TEST(test_surname_of_two),
        TEST(test_dominant_surname),
        TEST(test_surname_met_first),
        TEST(test_ids_are_stable),
        TEST(test_titles_have_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
