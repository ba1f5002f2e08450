/* The names of the rules that find quotes and speakers: stable, printed beside every quote, explained by
 * api/view_explain. A test holds the lists against what analyse/ says. */
#ifndef GUILLEMET_MODEL_RULES_H
#define GUILLEMET_MODEL_RULES_H

/* How a quote was found (quote.rule). */
#define QUOTE_RULES(X)                                                                             \
    X("incise")                                                                                    \
    X("verb_after")                                                                                \
    X("subject_verb_after")                                                                        \
    X("according_to")                                                                              \
    X("view_of")                                                                                   \
    X("signature")                                                                                 \
    X("impersonal")                                                                                \
    X("words_colon_name")                                                                          \
    X("colon")                                                                                     \
    X("that_clause")                                                                               \
    X("bare_clause")                                                                               \
    X("object")                                                                                    \
    X("noun")                                                                                      \
    X("name_colon")                                                                                \
    X("colon_subject")                                                                             \
    X("given_words")                                                                               \
    X("question")                                                                                  \
    X("infinitive")                                                                                \
    X("order")                                                                                     \
    X("floating")                                                                                  \
    X("interview")

/* How its speaker was found (quote.resolution); "correction" is the archive's. */
#define SPEAKER_RULES(X)                                                                           \
    X("name")                                                                                      \
    X("nearest_name")                                                                              \
    X("named_after")                                                                               \
    X("pronoun")                                                                                   \
    X("byline")                                                                                    \
    X("description")                                                                               \
    X("group")                                                                                     \
    X("subject")                                                                                   \
    X("printed")                                                                                   \
    X("last_speaker")                                                                              \
    X("same_source")                                                                               \
    X("only_speaker")                                                                              \
    X("body_quote")                                                                                \
    X("interview")                                                                                 \
    X("none")                                                                                      \
    X("correction")

#endif
