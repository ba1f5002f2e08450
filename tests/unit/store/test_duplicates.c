/* Copies of one text find each other, whatever was cut, added or retitled; strangers of one template don't. */
#include "fixture.h"

#include "store/duplicate_rows.h"
#include "store/duplicates.h"

static const char *const sentences[] = {
    "Le conseil régional a adopté mardi soir un plan de soutien aux éleveurs touchés par la "
    "sécheresse.",
    "Quarante millions d'euros seront versés dès le mois de mai, selon un calendrier présenté aux "
    "syndicats.",
    "Les exploitations de moins de cinquante hectares recevront une avance avant la fin du "
    "printemps.",
    "Plusieurs élus de l'opposition ont jugé la somme insuffisante et demandé un fonds permanent.",
    "La chambre d'agriculture rappelle que trois étés de suite ont laissé toutes les prairies du "
    "plateau sans la moindre herbe.",
    "Une cellule d'écoute ouvrira à Rennes pour les familles qui ne savent plus régler leurs "
    "fournisseurs.",
    "Le préfet recevra les représentants des filières laitières au début de la semaine prochaine.",
    "Les laiteries, elles, promettent de relever leurs prix d'achat de deux centimes par litre.",
};
static const char *const others[] = {
    "Un incendie a détruit dans la nuit une ancienne filature au bord du canal, sans faire de "
    "blessé.",
    "Les pompiers ont lutté jusqu'à l'aube contre les flammes qui menaçaient deux immeubles "
    "voisins.",
    "Une enquête a été ouverte et l'accès au quai reste interdit jusqu'à nouvel ordre.",
    "La municipalité étudiait depuis des mois la transformation du bâtiment en logements.",
};

/* Sentences from..to of `list`, then `more`. */
static struct store_result put_text(struct archive *a, const char *url, const char *const *list,
                                    int from, int to, const char *more, int64_t published_ms)
{
    struct fixture f;
    char body[3500] = "", title[100];
    for (int i = from; i < to; i++) {
        snprintf(body + strlen(body), sizeof body - strlen(body), "%s ", list[i]);
    }
    snprintf(body + strlen(body), sizeof body - strlen(body), "%s", more);
    snprintf(title, sizeof title, "Titre de %s", url);
    fixture_begin(&f, url, title, body);
    f.document.published.present = published_ms != 0;
    f.document.published.time_ms = published_ms;
    struct store_result result = fixture_put(&f, a->store);
    fixture_end(&f);
    return result;
}

static struct store_result put_part(struct archive *a, const char *url, int from, int to,
                                    int64_t published_ms)
{
    return put_text(a, url, sentences, from, to, "", published_ms);
}

static struct store_article get(struct archive *a, uint64_t id)
{
    struct store_article article;
    struct err e = {0};
    if (store_article_get(a->reader, id, STORE_SUMMARY, a->arena, &article, &e) != RC_OK) {
        fail_msg("get failed: %s", e.message);
    }
    return article;
}

static size_t copies(struct archive *a, uint64_t id, struct store_duplicate **rows)
{
    struct store_cursor start = {0};
    struct store_page page;
    struct err e = {0};
    size_t count = 0;
    if (store_duplicate_list(a->reader, id, STORE_SUMMARY, &start, 100, a->arena, rows, &count,
                             &page, &e) != RC_OK) {
        fail_msg("list failed: %s", e.message);
    }
    assert_int_equal(page.total, count);
    return count;
}

static int64_t listed(struct archive *a, bool collapse)
{
    struct store_article_query query = {
        .limit = 100, .parts = STORE_SUMMARY, .filter = {.collapse = collapse}};
    struct store_article *rows;
    struct store_page page, first;
    size_t count;
    struct err e = {0};
    assert_int_equal(store_article_list(a->reader, &query, a->arena, &rows, &count, &page, &e),
                     RC_OK);
    assert_int_equal(page.total, count);
    for (size_t i = 0; i < count && collapse; i++) {
        assert_false(rows[i].is_duplicate);
    }
    query.limit = 1; /* a total that is counted, not read off the page */
    assert_int_equal(store_article_list(a->reader, &query, a->arena, &rows, &count, &first, &e),
                     RC_OK);
    assert_int_equal(first.total, page.total);
    return page.total;
}

static void delete (struct archive *a, uint64_t id)
{
    struct store_write request = {.kind = STORE_DELETE, .has_id = true, .id = id};
    struct store_result result;
    struct err e = {0};
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
}

static void test_copies_cluster(void **state)
{
    struct archive *a = *state;
    uint64_t wire = put_part(a, "https://wire.example/1", 0, 8, 2000).id;
    uint64_t cut = put_part(a, "https://one.example/1", 0, 5, 3000).id;
    uint64_t longer = put_text(a, "https://two.example/1", sentences, 0, 8, others[2], 4000).id;
    uint64_t stranger = put_text(a, "https://two.example/2", others, 0, 4, "", 2500).id;

    struct store_article article = get(a, cut);
    assert_true(article.is_duplicate);
    assert_int_equal(article.duplicate_of, wire);
    assert_int_equal(article.duplicates, 2);
    assert_false(get(a, wire).is_duplicate);
    assert_int_equal(get(a, wire).duplicates, 2);
    assert_int_equal(get(a, stranger).duplicates, 0);

    struct store_duplicate *rows;
    assert_int_equal(copies(a, longer, &rows), 2);
    assert_int_equal(rows[0].article.id, wire);
    assert_true(rows[0].first);
    assert_true(rows[0].similarity > 0.95f);
    assert_int_equal(rows[1].article.id, cut);
    assert_false(rows[1].first);
    assert_true(rows[1].resemblance < rows[0].resemblance);
    assert_int_equal(copies(a, stranger, &rows), 0);
    assert_int_equal(listed(a, false), 4);
    assert_int_equal(listed(a, true), 2);
    archive_check(a, true);
}

/* Whoever came in first, the one that was published first stands for all; a day counts when it is over. */
static void test_first_publisher(void **state)
{
    struct archive *a = *state;
    uint64_t late = put_part(a, "https://one.example/1", 0, 8, 9000).id;
    uint64_t early = put_part(a, "https://two.example/1", 0, 8, 5000).id;
    assert_int_equal(get(a, late).duplicate_of, early);
    put_part(a, "https://three.example/1", 0, 8, 0); /* undated: now */
    assert_int_equal(get(a, late).duplicate_of, early);

    struct fixture f;
    char body[2000] = "";
    for (int i = 0; i < 8; i++) {
        snprintf(body + strlen(body), sizeof body - strlen(body), "%s ", sentences[i]);
    }
    fixture_begin(&f, "https://day.example/1", "Un jour", body);
    f.document.published = (struct moment){true, true, 0, ORIGIN_SUBMITTED};
    uint64_t day = fixture_put(&f, a->store).id;
    fixture_end(&f);
    assert_int_equal(get(a, day).duplicate_of, early);
    assert_int_equal(listed(a, true), 1);
    archive_check(a, false);
}

static void test_deletion_elects_anew(void **state)
{
    struct archive *a = *state;
    uint64_t first = put_part(a, "https://wire.example/1", 0, 8, 1000).id;
    uint64_t second = put_part(a, "https://one.example/1", 0, 8, 2000).id;
    uint64_t third = put_part(a, "https://two.example/1", 0, 8, 3000).id;
    delete (a, first);
    assert_false(get(a, second).is_duplicate);
    assert_int_equal(get(a, third).duplicate_of, second);
    assert_int_equal(listed(a, true), 1);
    archive_check(a, false);
    delete (a, third);
    assert_int_equal(get(a, second).duplicates, 0);
    assert_int_equal(listed(a, true), 1);
    archive_check(a, true);
}

static void test_revision_is_compared_anew(void **state)
{
    struct archive *a = *state;
    uint64_t first = put_part(a, "https://wire.example/1", 0, 8, 1000).id;
    struct store_result second = put_part(a, "https://one.example/1", 0, 8, 2000);
    assert_int_equal(get(a, second.id).duplicate_of, first);
    struct store_result revised = put_text(a, "https://one.example/1", others, 0, 4, "", 2000);
    assert_int_equal(revised.outcome, OUTCOME_REVISED);
    assert_int_equal(get(a, second.id).duplicates, 0);
    assert_int_equal(get(a, first).duplicates, 0);
    put_part(a, "https://one.example/1", 0, 8, 500);
    assert_int_equal(get(a, first).duplicate_of, second.id);
    archive_check(a, true);
}

/* Beginning and end have too little in common: what held them together was the whole. */
static void test_cluster_is_parted(void **state)
{
    struct archive *a = *state;
    uint64_t head = put_part(a, "https://one.example/1", 0, 5, 1000).id;
    uint64_t head2 = put_part(a, "https://two.example/1", 0, 5, 2000).id;
    uint64_t tail = put_part(a, "https://three.example/1", 3, 8, 3000).id;
    uint64_t tail2 = put_part(a, "https://four.example/1", 3, 8, 4000).id;
    assert_int_equal(get(a, tail).duplicates, 1);
    uint64_t whole = put_part(a, "https://wire.example/1", 0, 8, 5000).id;
    assert_int_equal(get(a, tail2).duplicate_of, head);
    assert_int_equal(get(a, whole).duplicates, 4);
    assert_int_equal(listed(a, true), 1);
    archive_check(a, false);
    delete (a, whole);
    assert_int_equal(get(a, tail2).duplicate_of, tail);
    assert_int_equal(get(a, head2).duplicate_of, head);
    assert_int_equal(get(a, head).duplicates, 1);
    archive_check(a, true);
}

/* The news of the day print two stories in full: a copy of each, and no reason to join them. */
static void test_a_roundup_joins_nobody(void **state)
{
    struct archive *a = *state;
    char both[2000] = "";
    for (int i = 0; i < 4; i++) {
        snprintf(both + strlen(both), sizeof both - strlen(both), "%s ", others[i]);
    }
    put_text(a, "https://day.example/1", sentences, 0, 4, both, 9000);
    uint64_t one = put_part(a, "https://one.example/1", 0, 4, 1000).id;
    uint64_t two = put_text(a, "https://two.example/1", others, 0, 4, "", 2000).id;
    put_part(a, "https://three.example/1", 0, 4, 3000);
    assert_int_equal(get(a, one).duplicates, 2);
    assert_int_equal(get(a, two).duplicates, 0);
    archive_check(a, false);
}

/* Copies with a head and a tail of their own are like the original and little like each other: whichever of the three
 * comes last, they are of one story. */
static void test_order_decides_nothing(void **state)
{
    struct archive *a = *state;
    const char *const names[] = {"head", "tail", "whole"};
    for (int last = 0; last < 3; last++) {
        uint64_t ids[3];
        for (int turn = 1; turn <= 3; turn++) {
            int n = (last + turn) % 3;
            char url[64];
            snprintf(url, sizeof url, "https://%s%d.example/1", names[n], last);
            ids[n] = n == 0   ? put_text(a, url, sentences, 0, 5, others[0], 1000).id
                     : n == 1 ? put_text(a, url, sentences, 3, 8, others[1], 2000).id
                              : put_part(a, url, 0, 8, 3000).id;
        }
        assert_int_equal(get(a, ids[1]).duplicate_of, ids[0]);
        assert_int_equal(get(a, ids[2]).duplicate_of, ids[0]);
        assert_int_equal(get(a, ids[0]).duplicates, 2);
        for (int n = 0; n < 3; n++) {
            delete (a, ids[n]);
        }
    }
    archive_check(a, true);
}

/* Half of the words of a notice are those of every notice; of a long text that would be a copy. */
static void test_notices_of_one_template(void **state)
{
    struct archive *a = *state;
    const char *const notices[] = {
        "À Dinan, la fête du port aura lieu samedi 4 juin à partir de 14 heures, place du Marché. "
        "Entrée 5 euros, gratuite pour les moins de 12 ans. Au programme, un concert de fanfare et "
        "un repas animé par Paul Riou. Réservations auprès de Claire Morvan au comité des fêtes, "
        "rue Pasteur, tous les matins sauf le lundi.",
        "À Redon, la fête du port aura lieu samedi 25 juin à partir de 14 heures, place du Marché. "
        "Entrée 3 euros, gratuite pour les moins de 12 ans. Au programme, un concert de fanfare et "
        "un repas animé par Marc Tanguy. Réservations auprès de Louise Guégan au comité des fêtes, "
        "rue de Brest, tous les matins sauf le mercredi."};
    uint64_t one = put_text(a, "https://one.example/1", sentences, 0, 0, notices[0], 1000).id;
    uint64_t two = put_text(a, "https://two.example/1", sentences, 0, 0, notices[1], 2000).id;
    uint64_t copy = put_text(a, "https://copy.example/1", sentences, 0, 0, notices[1], 3000).id;
    assert_int_equal(get(a, one).duplicates, 0);
    assert_int_equal(get(a, copy).duplicate_of, two);
}

static void test_short_texts_stand_alone(void **state)
{
    struct archive *a = *state;
    put_text(a, "https://one.example/1", sentences, 0, 0, "Article réservé aux abonnés.", 1);
    uint64_t id =
        put_text(a, "https://two.example/1", sentences, 0, 0, "Article réservé aux abonnés.", 2).id;
    assert_int_equal(get(a, id).duplicates, 0);
}

/* A formula that everyone prints costs a bounded look and joins nobody. */
static void test_many_with_one_formula(void **state)
{
    struct archive *a = *state;
    char url[64], body[1200];
    uint64_t id = 0;
    for (int i = 0; i < 80; i++) {
        size_t len = 0;
        for (int k = 0; k < 60; k++) {
            len += (size_t)snprintf(body + len, sizeof body - len, "mot%d ", i * 1000 + k);
        }
        snprintf(url, sizeof url, "https://site.example/%d", i);
        id = put_text(a, url, sentences, 7, 8, body, 1000 + i).id;
    }
    assert_int_equal(get(a, id).duplicates, 0);
    assert_int_equal(listed(a, true), 80);
    archive_check(a, false);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, archive_setup, archive_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_copies_cluster),          CASE(test_first_publisher),
        CASE(test_deletion_elects_anew),    CASE(test_revision_is_compared_anew),
        CASE(test_cluster_is_parted),       CASE(test_a_roundup_joins_nobody),
        CASE(test_short_texts_stand_alone), CASE(test_many_with_one_formula),
        CASE(test_order_decides_nothing),   CASE(test_notices_of_one_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
