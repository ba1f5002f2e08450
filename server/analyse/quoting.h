/* The quote engine's own working state: what its files share, seen by nobody else.
 *
 * Shape:  `words` runs parallel to reading.tokens. A pair is an opening and a closing mark with what
 *         stands between; a frame is a sentence as the narrator sees it: marked words count as one block
 *         in it, however many sentences they hold. A cue is a reporting verb with its auxiliaries. A phrase
 *         is a nominal group that can be a source: "le porte-parole du Kremlin", "Dmitri Peskov", "-t-il".
 * Units:  tokens unless a name says bytes; ranges are end-exclusive.
 * Memory: the reading's arena.
 * Speed:  every search looks at most QUOTING_REACH tokens far, so that all is linear in the text.
 */
#ifndef GUILLEMET_ANALYSE_QUOTING_H
#define GUILLEMET_ANALYSE_QUOTING_H

#include "analyse/reading.h"

#define QUOTING_REACH 64u

/* What the closed-class tables say of a word. */
enum word_flag {
    WORD_DET = 0,
    WORD_MASCULINE,
    WORD_FEMININE,
    WORD_SINGULAR,
    WORD_PLURAL,
    WORD_POSSESSIVE,
    WORD_INDEFINITE,
    WORD_DEMONSTRATIVE,
    WORD_PREPOSITION,
    WORD_OF,
    WORD_TO,
    WORD_CONTRACTED,
    WORD_THAT,
    WORD_RELATIVE,
    WORD_RELATIVE_SUBJECT,
    WORD_COORDINATES,
    WORD_AND,
    WORD_SUBORDINATES,
    WORD_WHETHER,
    WORD_NEGATES,
    WORD_NEGATION_PART,
    WORD_NEGATES_FULLY,
    WORD_OBJECT,
    WORD_REFLEXIVE,
    WORD_HAVE,
    WORD_BE,
    WORD_FINITE,
    WORD_CONDITIONAL,
    WORD_BEEN,
    WORD_NOT_FINITE,
    WORD_ADVERB,
    WORD_TIME,
    WORD_MODAL,
    WORD_REFUSES,
    WORD_SELF,
    WORD_AS,
    WORD_BY,
    WORD_BEFORE,
    WORD_INFINITIVE_PREPOSITION,
    WORD_TITLE,
    WORD_NOMINAL,
    WORD_GENITIVE,
    WORD_EXPLETIVE,
    WORD_SUBJECT_LIKE,
    WORD_NUMERAL,
    WORD_INFINITIVE_MARK,
    WORD_BUT,
    WORD_IMPERSONAL,
    WORD_ANAPHOR,
    WORD_SAME,
    /* from other tables */
    WORD_PRONOUN,
    WORD_PERSON,
    WORD_ANONYMOUS,
    WORD_ANONYMOUS_STRONG,
    WORD_COLLECTIVE,
    WORD_BODY,
    WORD_DOCUMENT,
    WORD_SURVEY,
    WORD_FINITE_VERB,
    WORD_CUE_NOUN,
    WORD_INFINITIVE_FORM,
    WORD_FINITE_FORM,
    WORD_GERUND_FORM
};
_Static_assert(WORD_GERUND_FORM < 64, "the flags of a word fill one integer");
#define HAS(flags, flag) (((flags) >> (flag)) & 1u)

struct word {
    uint64_t flags;
    uint8_t starts; /* bits of grammar.c: which tables have an entry that begins with this word */
    uint32_t
        pair; /* the innermost pair that holds the token, as mark or as content; NO_INDEX: none */
    uint32_t cue; /* the cue whose group covers the token; NO_INDEX: none */
};

enum pair_kind { PAIR_GUILLEMETS, PAIR_DOUBLE, PAIR_SINGLE, PAIR_ASCII, PAIR_DASH };

struct pair {
    uint32_t open, close; /* mark tokens; NO_INDEX when there is none on that side */
    uint32_t first, end;  /* the content's tokens */
    uint32_t parent;      /* NO_INDEX: outermost */
    uint32_t block;
    uint8_t kind;
    bool broken;    /* one mark is missing and its place was guessed */
    bool reopened;  /* goes on with the words of the paragraph before */
    bool continues; /* goes on in the next paragraph */
    bool done;      /* has become a quote or a classified mark */
    uint32_t quote; /* NO_INDEX: none */
};

struct pairs {
    struct pair *items;
    size_t count, capacity;
};

enum cue_form { CUE_FINITE, CUE_COMPOUND, CUE_INFINITIVE, CUE_GERUND, CUE_PASSIVE, CUE_PARTICIPLE };

/* Syntax letters of the table cue_verbs as bits: 'a' is bit 0. */
#define LETTER(c) (1u << ((c) - 'a'))

struct verb_cue {
    uint32_t group;      /* first token of the verb group: negation, pronouns, auxiliary */
    uint32_t first, end; /* auxiliary to verb: what is printed as the cue */
    uint32_t clitic;     /* an inverted pronoun ("dit-il"), NO_INDEX: none */
    uint32_t letters;
    uint8_t form;
    uint8_t person; /* 0: any */
    bool plural, singular;
    bool reflexive, negated, conditional;
    bool restricted; /* "ne rapporte que": not a que-clause */
    struct slice lemma;
    enum cue_class class;
};

struct verb_cues {
    struct verb_cue *items;
    size_t count, capacity;
};

struct frame {
    uint32_t first, end;
    uint32_t block;
};

struct frames {
    struct frame *items;
    size_t count, capacity;
};

/* A nominal group. `name` is its head when a name is (index into reading.names), else NO_INDEX. */
struct phrase {
    uint32_t first, end;
    uint32_t name;
    bool present, pronoun;
};

/* Who is made responsible for words, and by what. `first`, `end`: the tokens that say so. */
struct attribution {
    bool present;
    uint32_t first, end;
    uint32_t verb;               /* index of a verb_cue, or NO_INDEX */
    uint32_t cue_first, cue_end; /* printed cue when it is no verb */
    struct slice lemma;
    enum cue_class class;
    struct phrase source, reporter;
    const char *rule;
    float score;
};

struct quoting {
    struct reading *r;
    struct word *words;
    struct pairs pairs;
    struct verb_cues cues;
    struct frames frames;
    struct pack_table grammar, pronouns, finite_verbs, person_nouns, functions, anonymous,
        collectives, documents, cue_verbs, cue_nouns, cue_prepositions, cue_phrases, channels,
        not_quotes, conventions, relays, media, person_titles, callings, anonymity;
    struct slice infinitive_endings, adverb_endings, finite_endings, gerund_endings, plural_ending;
    struct slice inhabitant_endings[2]; /* of a man, of a woman */
    bool joins_halves;                  /* “A,” said X. “B.” is one quote */
    bool bare_subjects;                 /* "officials said" */
    bool that_may_lack;                 /* "X said the man left" */
    uint32_t interviewee;     /* entity, NO_INDEX: no interview, or nobody is named before it */
    uint32_t anchor;          /* the pair whose quote is being read: its words are the quote's */
    uint16_t *repeats;        /* by a hash of short marked words: how often they occur */
    struct quote_note *notes; /* parallel to reading.quotes: what speakers need to know */
    size_t note_count, note_capacity;
};

/* What the finder of a quote knows about its source and speakers.c needs. */
struct quote_note {
    struct phrase source, reporter, addressee;
    uint32_t frame;
    uint32_t verb;
    uint32_t end;    /* token behind the attribution, NO_INDEX: none */
    uint32_t entity; /* known from elsewhere (an interview), NO_INDEX: not */
    bool floating;   /* no attribution: ask the neighbourhood */
    bool reopened;
};

/* grammar.c */
void grammar_read(struct quoting *q);
static inline uint64_t word_flags(const struct quoting *q, uint32_t token)
{
    return token < q->r->tokens.count ? q->words[token].flags : 0;
}
static inline bool word_has(const struct quoting *q, uint32_t token, enum word_flag flag)
{
    return HAS(word_flags(q, token), flag) != 0;
}
bool word_is_mark(const struct quoting *q, uint32_t token, const char *mark);
bool word_is_any(const struct quoting *q, uint32_t token, const char *marks);
bool word_ends_sentence(const struct quoting *q, uint32_t token);
bool word_is_plain(const struct quoting *q, uint32_t token); /* a word or number */
bool word_is_capital(const struct quoting *q, uint32_t token);
bool word_is_finite(const struct quoting *q, uint32_t token);
/* Longest entry of `table` that starts at `token`: its number of tokens (0: none) and value. */
uint32_t table_match(const struct quoting *q, const struct pack_table *table, uint32_t token,
                     uint32_t end, struct slice *value);
struct span tokens_span(const struct quoting *q, uint32_t first, uint32_t end);

/* marks.c */
void marks_pair(struct quoting *q);

/* cues.c */
void cues_find(struct quoting *q);

/* phrases.c */
/* A nominal group that starts at `token`; stops before a person's name after a noun when `bare` is set. */
struct phrase phrase_at(const struct quoting *q, uint32_t token, uint32_t end);
/* The subject that follows a verb, past adverbs, dates and channels; *after is the token behind it. */
struct phrase phrase_after_verb(const struct quoting *q, uint32_t token, uint32_t end);
/* The subject in front of the verb group at `verb`, not before `start`. */
struct phrase phrase_before_verb(const struct quoting *q, uint32_t verb, uint32_t start,
                                 bool main_clause);
bool phrase_verb_by_form(const struct quoting *q, uint32_t i);
/* With an apposition: "le ministre, Laurent Fabius," is Laurent Fabius. */
struct phrase phrase_with_apposition(const struct quoting *q, struct phrase p, uint32_t end);
/* Whether "le ministre, X" or "le distributeur, X" makes X the description's name. */
bool phrase_may_name(const struct quoting *q, const struct phrase *description, uint32_t name);
bool phrase_is_source(const struct quoting *q, const struct phrase *p); /* can speak or write */
bool phrase_is_human(const struct quoting *q, const struct phrase *p);
bool phrase_is_survey(const struct quoting *q, const struct phrase *p);
uint32_t phrase_head(const struct quoting *q, const struct phrase *p);

/* attributions.c */
#define ATTRIBUTION_DOUBTFUL 0.72F /* score of a verb whose subject may be its object */
struct attribution attribution_after(const struct quoting *q, uint32_t token, uint32_t end,
                                     bool inside);
/* A reporting verb right behind the words whose subject can't be made out. */
struct attribution attribution_unsourced(const struct quoting *q, uint32_t token, uint32_t end);
/* The verb stands at or after `floor`, its subject at or after `start`. */
struct attribution attribution_before(const struct quoting *q, uint32_t token, uint32_t start,
                                      uint32_t floor);
struct phrase attribution_reporter(const struct quoting *q, const struct phrase *source,
                                   uint32_t end);
struct attribution attribution_preposition(const struct quoting *q, uint32_t token, uint32_t end);

/* marked.c, indirect.c: quotes of one frame */
void marked_read(struct quoting *q, uint32_t frame);
void indirect_read(struct quoting *q, uint32_t frame);
void interviews_read(struct quoting *q);

/* uses.c: what marks are for when nobody is reported as saying the words */
void uses_count(struct quoting *q);
/* Marks that name something wherever they stand: a title, a nickname, words that are marked again and again behind an
 * article (« gilets jaunes ») and not said here. A narrated clause around them keeps them narrated. */
bool uses_named(const struct quoting *q, uint32_t pair, enum mark_use *use);
enum mark_use uses_weak(const struct quoting *q, uint32_t pair);

/* clauses.c */
uint32_t clause_end(const struct quoting *q, uint32_t token, uint32_t end);
uint32_t clause_words(const struct quoting *q, uint32_t first,
                      uint32_t end); /* words outside marks */
bool clause_has_finite(const struct quoting *q, uint32_t first, uint32_t end);
bool clause_has(const struct quoting *q, uint32_t first, uint32_t end, enum word_flag flag);
/* Steps from a verb over adverbs, dates, channels and (when `object`) one group to what it governs. */
uint32_t clause_lead(const struct quoting *q, uint32_t i, uint32_t end, bool object);
/* Behind an apposition that follows `comma` ("chargée de communication au Comité"); `comma` when none does. */
uint32_t clause_apposition(const struct quoting *q, uint32_t comma, uint32_t end);
/* Where an incise that starts with attribution `a` inside marks ends; the token behind it. */
uint32_t incise_end(const struct quoting *q, const struct attribution *a, uint32_t end);
/* The outermost pair at or after `token`, NO_INDEX: none before `end`. */
uint32_t clause_pair(const struct quoting *q, uint32_t token, uint32_t end);
uint32_t pair_outermost(const struct quoting *q, uint32_t token);

/* drafts.c: writing a quote down */
struct draft {
    enum quote_type type;
    struct quote_span *spans;
    size_t span_count, span_capacity;
    struct attribution by;
    const char *rule;
    uint32_t block, frame;
    bool floating, reopened;
    float confidence;
};
void draft_span(struct quoting *q, struct draft *d, uint32_t first, uint32_t end, bool verbatim);
/* first..end with every outermost pair in it verbatim and the rest narrated. */
void draft_mixed(struct quoting *q, struct draft *d, uint32_t first, uint32_t end);
uint32_t draft_write(struct quoting *q, struct draft *d);
void draft_extend(struct quoting *q, uint32_t quote, const struct draft *d);
/* Makes the quote written last the rest of quote `into`, with its speaker. */
void quote_merge_back(struct quoting *q, uint32_t into);
void mark_write(struct quoting *q, uint32_t pair, enum mark_use use);

/* confidences.c: scores become shares that hold, as the language's convention says. */
void confidences_calibrate(struct quoting *q);

/* details.c */
void details_read(struct quoting *q);
/* The first name that starts at or behind `byte`. */
uint32_t details_name_from(const struct quoting *q, uint32_t byte);

/* descriptions.c */
void descriptions_take(const struct quoting *q, struct speaker *s, const struct phrase *p);
enum gender descriptions_gender(const struct quoting *q, const struct phrase *p, uint32_t head);
bool descriptions_definite(const struct quoting *q, const struct phrase *p);
bool descriptions_capitals(const struct quoting *q, struct speaker *s, const struct phrase *p,
                           uint32_t head);
bool descriptions_point_back(const struct quoting *q, const struct phrase *p, uint32_t head);
bool descriptions_objected(const struct quoting *q, uint32_t verb);

/* narration.c: whom the narrator talks about beside the words; not present when nobody. */
struct phrase narration_subject(const struct quoting *q, uint32_t frame, uint32_t before);
struct phrase narration_lead(const struct quoting *q, uint32_t frame);
struct phrase narration_named(const struct quoting *q, uint32_t frame);
struct phrase narration_next(const struct quoting *q, uint32_t frame);

/* antecedents.c: the entity that "le quotidien", "the developer" stands for, NO_INDEX: none. */
uint32_t antecedent_body(const struct quoting *q, uint32_t head, uint32_t before);

/* fits.c */
/* How well one of the entity's titles fits the description with this head noun: 0 not, 1 by the noun alone, more when other
 * words agree too ("le président français"), less when they don't. */
float fits_title(const struct quoting *q, const struct entity *e, uint32_t first, uint32_t head);
/* Whether the noun can be said of somebody to whom no title gives it; `known`: he is heard or talked about here. */
bool fits_entity(const struct quoting *q, const struct name *name, uint32_t first, uint32_t head,
                 bool known);

/* antecedents.c */
struct candidates {
    struct alternative items[8]; /* best first */
    size_t count;
    const char *rule;
};
struct wanted { /* what a pronoun or description asks of its antecedent */
    enum gender gender;
    bool plural, any_number;
    bool latest;     /* "ce dernier": the one named last */
    bool oblique;    /* "selon lui": may be named in the same sentence */
    uint32_t before; /* token */
    uint32_t block;
    uint32_t head;         /* noun of a description, NO_INDEX: pronoun */
    uint32_t last_speaker; /* entity, NO_INDEX: none */
    uint32_t last_speaker_block;
    bool last_speaker_far; /* in a long paragraph: heard many sentences ago */
    uint32_t inside[8];    /* entities that the words themselves name */
    size_t inside_count;
};
void antecedents_find(const struct quoting *q, const struct wanted *w, struct candidates *out);
/* "Ils": the nearest plural group or body named before, within two paragraphs. */
struct phrase antecedent_group(const struct quoting *q, uint32_t before, const struct wanted *w);

#endif
