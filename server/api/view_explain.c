#include "api/view_explain.h"

struct sentence {
    const char *rule, *words;
};

static const struct sentence quote_sentences[] = {
    {"incise", "The saying is put in between the words, so they stand on both sides of it."},
    {"verb_after", "A verb of saying with its subject follows the words."},
    {"subject_verb_after", "A subject and its verb of saying follow the words."},
    {"according_to", "A preposition of attribution names the source of the clause."},
    {"view_of", "A weaker preposition names whose view the clause is."},
    {"signature", "A name stands behind the words, after a dash or in brackets, as a signature."},
    {"impersonal", "An impersonal phrase says that the words are to be heard or read somewhere."},
    {"words_colon_name", "The words, a colon, then a name: the way of headlines."},
    {"colon", "A subject with a verb of saying and a colon lead to the words."},
    {"that_clause", "A verb of saying leads to the words by a conjunction."},
    {"bare_clause", "A verb of saying leads to a clause without a conjunction."},
    {"object", "The words are the object of a verb of saying."},
    {"noun", "A noun of saying leads to the words."},
    {"name_colon", "A name and a colon lead to the words."},
    {"colon_subject", "A clause that ends with a colon has the speaker as its subject."},
    {"given_words", "The sentence gives the marked words to someone without a verb of saying."},
    {"question", "A verb of asking leads to an indirect question."},
    {"infinitive", "A verb of saying leads to an infinitive that tells what is said."},
    {"order", "A verb of ordering or asking leads to what shall be done."},
    {"floating",
     "Marked words that are a whole statement stand without an attribution of their own."},
    {"interview", "The words are an answer, or the line of a dialogue."},
};

static const struct sentence speaker_sentences[] = {
    {"name", "the attribution prints the name"},
    {"nearest_name", "nobody is said to speak; the name nearby that fits best was taken"},
    {"named_after", "the sentence behind names the words and whose they are"},
    {"pronoun", "a pronoun stands there; gender, number, distance and prominence led to the name"},
    {"byline", "a first person stands there, and the byline names one author"},
    {"description",
     "a description stands there; gender, number, distance and prominence led to the "
     "name"},
    {"group", "a pronoun stands there, and the group or body mentioned before it is meant"},
    {"subject", "the sentence beside the words is about someone, who is meant"},
    {"printed", "the attribution describes the source without a name"},
    {"last_speaker", "nobody else is named since the last speaker, who goes on"},
    {"same_source", "the same unnamed source goes on"},
    {"only_speaker", "nobody else speaks near it"},
    {"body_quote", "the body has the same words with their speaker"},
    {"interview", "the answers of an interview are the interviewee's"},
    {"none", "nothing says who speaks"},
    {"correction", "a person decided it"},
};

/* What the two kinds of quotes have in common. */
struct facts {
    enum quote_type type;
    struct slice rule, resolution;
    size_t spans, verbatim;
    bool has_cue;
    struct slice cue, lemma;
    enum cue_class class;
    bool has_speaker, implied;
    struct slice printed, name;
    bool negated, hypothetical, in_headline, corrected;
    size_t others;
};

static const char *find(const struct sentence *table, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(name, table[i].rule)) {
            return table[i].words;
        }
    }
    return NULL;
}

const char *view_explain_rule(struct slice name)
{
    return find(quote_sentences, sizeof quote_sentences / sizeof quote_sentences[0], name);
}

const char *view_explain_resolution(struct slice name)
{
    return find(speaker_sentences, sizeof speaker_sentences / sizeof speaker_sentences[0], name);
}

static void write_buf(struct jsonw *w, const char *key, struct buf *text)
{
    jsonw_key_string(w, key, buf_view(text));
    w->out->failed = w->out->failed || text->failed;
    buf_clear(text);
}

static void say_span(struct jsonw *w, const struct facts *f, struct buf *text)
{
    const char *sentence = view_explain_rule(f->rule);
    buf_text(text, sentence ? sentence : "A rule of another version found it.");
    if (f->spans > 1 && f->type != QUOTE_MIXED) {
        buf_printf(text, " It has %zu parts: what stands between them isn't said.", f->spans);
    }
    if (f->corrected) {
        buf_text(text, " A person corrected this quote.");
    }
    write_buf(w, "span", text);
}

static void say_type(struct jsonw *w, const struct facts *f, struct buf *text)
{
    switch (f->type) {
    case QUOTE_DIRECT:
        buf_text(text, "Direct: marked words, or a line of dialogue, that make a statement alone.");
        break;
    case QUOTE_INDIRECT:
        buf_text(text, "Indirect: the words are reported; nothing of them is marked as verbatim.");
        break;
    case QUOTE_MIXED:
        if (f->verbatim == f->spans) {
            buf_text(text, "Mixed: marked words that complete the narrator's own sentence.");
        } else {
            buf_printf(text, "Mixed: a reported clause; %zu of its %zu parts %s in marks.",
                       f->verbatim, f->spans, f->verbatim == 1 ? "is" : "are");
        }
        break;
    }
    write_buf(w, "type", text);
}

/* What a class of cues tells of the saying, in plain words. */
static const char *class_words(enum cue_class class)
{
    static const struct sentence classes[] = {
        {"neutral", "it says so without judging"},
        {"assert", "it insists"},
        {"distance", "it keeps the words at a distance"},
        {"concede", "it admits something"},
        {"announce", "it announces something"},
        {"ask", "it asks"},
        {"order", "it wants something done"},
        {"deny", "it denies something"},
        {"criticise", "it finds fault"},
        {"praise", "it approves"},
        {"warn", "it warns"},
        {"think", "it tells what someone thinks"},
    };
    const char *words =
        find(classes, sizeof classes / sizeof classes[0], slice_cstr(cue_class_name(class)));
    return words ? words : "it tells that something was said";
}

static void say_cue(struct jsonw *w, const struct facts *f, struct buf *text)
{
    if (!f->has_cue) {
        jsonw_key_null(w, "cue");
        return;
    }
    buf_printf(text, "“%.*s”", SLICE_ARG(f->cue));
    if (f->lemma.len) {
        buf_printf(text, " (%.*s)", SLICE_ARG(f->lemma));
    }
    buf_printf(text, " is the word for it, of class %s: %s.", cue_class_name(f->class),
               class_words(f->class));
    buf_text(text, f->negated ? " It is negated: this was not said." : "");
    buf_text(text, f->hypothetical ? " It is hypothetical: this is only said to be so." : "");
    write_buf(w, "cue", text);
}

static void say_speaker(const struct facts *f, struct buf *text)
{
    const char *sentence = view_explain_resolution(f->resolution);
    if (!f->has_speaker) {
        buf_text(text, "Nobody");
    } else {
        buf_printf(text, "%.*s", SLICE_ARG(f->name.len ? f->name : f->printed));
    }
    if (f->has_speaker && !f->name.len && !f->printed.len) {
        buf_text(text, "Someone unnamed");
    }
    buf_printf(text, ": %s.", sentence ? sentence : "a rule of another version found it");
    if (f->has_speaker && !f->implied && f->printed.len && !slice_equal(f->printed, f->name)) {
        buf_printf(text, " Printed there: “%.*s”.", SLICE_ARG(f->printed));
    }
    buf_text(text, f->others ? " Also weighed: " : "");
}

static void say_other(struct buf *text, struct slice name, float score, bool first)
{
    buf_printf(text, "%s%.*s (%.2f)", first ? "" : ", ", SLICE_ARG(name), (double)score);
}

static void begin(struct jsonw *w, const struct facts *f, struct buf *text)
{
    buf_init(text);
    jsonw_key(w, "explanation");
    jsonw_object(w);
    say_span(w, f, text);
    say_type(w, f, text);
    say_cue(w, f, text);
    say_speaker(f, text);
}

static void end(struct jsonw *w, const struct facts *f, struct buf *text)
{
    buf_text(text, f->others ? "." : "");
    buf_text(text, f->in_headline ? " It stands in a headline." : "");
    write_buf(w, "speaker", text);
    jsonw_end(w);
    buf_done(text);
}

void view_explain_stored(struct jsonw *w, const struct store_quote *quote)
{
    const struct store_speaker *speaker = &quote->speaker;
    struct facts f = {.type = quote->type,
                      .rule = quote->rule,
                      .resolution =
                          slice_present(quote->resolution) ? quote->resolution : SLICE("none"),
                      .spans = quote->span_count,
                      .has_cue = quote->has_cue,
                      .cue = quote->cue.text,
                      .lemma = quote->cue.lemma,
                      .class = quote->cue.class,
                      .has_speaker = speaker->present,
                      .implied = speaker->implied,
                      .printed = speaker->text,
                      .name = speaker->entity.present ? speaker->entity.name : speaker->name,
                      .negated = quote->negated,
                      .hypothetical = quote->hypothetical,
                      .in_headline = quote->in_headline,
                      .corrected = quote->corrected,
                      .others = quote->alternative_count};
    for (size_t i = 0; i < quote->span_count; i++) {
        f.verbatim += quote->spans[i].verbatim;
    }
    struct buf text;
    begin(w, &f, &text);
    for (size_t i = 0; i < quote->alternative_count; i++) {
        say_other(&text, quote->alternatives[i].entity.name, quote->alternatives[i].score, i == 0);
    }
    end(w, &f, &text);
}

void view_explain_found(struct jsonw *w, const struct view_source *source,
                        const struct quote *quote)
{
    const struct speaker *speaker = &quote->speaker;
    struct facts f = {.type = quote->type,
                      .rule = slice_cstr(quote->rule),
                      .resolution = slice_cstr(quote->resolution ? quote->resolution : "none"),
                      .spans = quote->span_count,
                      .has_cue = quote->cue.present,
                      .cue = quote->cue.text,
                      .lemma = quote->cue.lemma,
                      .class = quote->cue.class,
                      .has_speaker = speaker->present,
                      .implied = speaker->implied,
                      .printed = speaker->text,
                      .name = speaker->name,
                      .negated = quote->negated,
                      .hypothetical = quote->hypothetical,
                      .in_headline = quote->in_headline,
                      .others = quote->alternative_count};
    for (size_t i = 0; i < quote->span_count; i++) {
        f.verbatim += quote->spans[i].verbatim;
    }
    struct buf text;
    begin(w, &f, &text);
    for (size_t i = 0; i < quote->alternative_count; i++) {
        const struct entity *entity = view_entity(source, quote->alternatives[i].entity);
        say_other(&text, entity ? entity->name : SLICE("?"), quote->alternatives[i].score, i == 0);
    }
    end(w, &f, &text);
}
