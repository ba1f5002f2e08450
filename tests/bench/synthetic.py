"""Articles that nobody wrote, the same for the same number: French and English reports whose people, organisations and
places come up as often as a Zipf distribution says.

write():    the dense form, 1.5 KB of text with some twenty names and seven quotes; what has to do with names and quotes
            costs more than in life.
reports():  3 KB of text with about fifteen names and four quotes, as reports have; the rest are sentences without any, of
            words as rare as words are."""
import bisect
import itertools
import json
import random

ONSETS = "b br c ch cl d dr f fl g gr j l m n p pl r s t tr v".split()
VOWELS = "a e é i o ou u an in on au".split()
CODAS = ["", "", "", "l", "n", "r", "rt", "s", "t", "ld", "nd"]
FIRST = ("Anne Paul Claire Marc Julie Hugues Louise Simon Irène Victor Nadia Karim Léa Thomas Alice Bruno Jeanne Samir Odile "
         "Denis Emma Peter Susan James Laura Helen Martin Grace Oliver Ruth").split()
KINDS = ["Syndicat de {}", "Groupe {}", "Banque de {}", "Union {}", "Institut {}", "Fédération de {}"]
TITLES = {"fr": ["maire", "ministre", "préfet", "directrice", "porte-parole", "président"],
          "en": ["mayor", "minister", "director", "spokesman", "chairman"]}
NOUNS = {"fr": ["budget", "projet", "port", "chantier", "accord", "marché", "train", "collège", "barrage", "musée", "quartier", "fleuve"],
         "en": ["budget", "project", "harbour", "agreement", "market", "railway", "school", "dam", "museum", "district", "river"]}
CLAUSES = {
    "fr": ["le {n} de {place} sera terminé avant la fin de l'année", "la ville de {place} ne peut plus payer le {n}",
           "les habitants de {place} attendent ce {n} depuis dix ans", "le {n} coûtera deux fois plus que prévu",
           "rien ne sera décidé sans l'avis de {org}", "personne à {place} ne croit plus à ce {n}"],
    "en": ["the {n} of {place} will be finished before the end of the year", "the town of {place} can no longer pay for the {n}",
           "people in {place} have waited for this {n} for ten years", "the {n} will cost twice as much as planned",
           "nothing will be decided without {org}", "nobody in {place} believes in this {n} any more"]}
PARAGRAPHS = {
    "fr": ["« {c} », a déclaré {person}, {title} de {place}. L'annonce a surpris {org}, qui n'avait pas été consulté.",
           "{person} a affirmé que {c}. Dans les rues de {place}, l'affaire occupe toutes les conversations depuis lundi.",
           "Selon {person}, {c}. Les chiffres publiés par {org} montrent pourtant une situation plus contrastée.",
           "« {c} », a répondu {person}. « {c2} », a ajouté {person}, sans donner de calendrier.",
           "À {place}, les travaux ont repris mercredi matin sous une pluie fine, après trois semaines d'arrêt complet."],
    "en": ["“{c},” said {person}, the {title} of {place}. The announcement surprised {org}, which had not been asked.",
           "{person} said that {c}. In the streets of {place} people have talked of little else since Monday.",
           "According to {person}, {c}. Figures published by {org} tell a more mixed story.",
           "“{c},” replied {person}. “{c2},” {person} added, without giving any date.",
           "In {place} the works began again on Wednesday morning in a thin rain, after three weeks of silence."]}


class Zipf:
    """Picks the n-th of a list with a chance proportional to 1/n."""

    def __init__(self, deal, names):
        self.deal, self.names = deal, names
        self.sums = list(itertools.accumulate(1 / (n + 1) for n in range(len(names))))

    def pick(self):
        return self.names[bisect.bisect_left(self.sums, self.deal.random() * self.sums[-1])]


def _word(deal, syllables):
    return "".join(deal.choice(ONSETS) + deal.choice(VOWELS) + deal.choice(CODAS) for _ in range(syllables)).capitalize()


def _distinct(count, make):
    found = {}
    while len(found) < count:
        found[make()] = None
    return list(found)


FILLER = {"fr": "le {} de la {} reste {} pour les {} du {}, et la {} des {} ne change rien au {} de {}",
          "en": "the {} of the {} stays {} for those {} of {}, and a {} of {} changes nothing in the {} of {}"}


def articles(count, paragraphs=(6, 11), name="bench"):
    """`count` articles as they are submitted, each of some `paragraphs`. Another name: other articles on the same people."""
    deal = random.Random(7)
    places = Zipf(deal, _distinct(400, lambda: _word(deal, 2) + deal.choice(["", "", "-sur-" + _word(deal, 1)])))
    people = Zipf(deal, _distinct(3000, lambda: f"{deal.choice(FIRST)} {_word(deal, deal.choice([1, 2, 2, 3]))}"))
    bodies = Zipf(deal, _distinct(300, lambda: deal.choice(KINDS).format(_word(deal, 2))))
    if name != "bench":
        deal.seed(name)
    for n in range(count):
        lang = "fr" if n % 3 else "en"

        def fill(text, person):
            clause = lambda: deal.choice(CLAUSES[lang]).format(n=deal.choice(NOUNS[lang]), place=places.pick(), org=bodies.pick())
            c, c2 = clause(), clause()
            return text.format(c=c[0].upper() + c[1:] if text[0] in "«“" else c, c2=c2[0].upper() + c2[1:], person=person,
                               title=deal.choice(TITLES[lang]), place=places.pick(), org=bodies.pick())

        speakers = [people.pick() for _ in range(3)]
        text = [fill(deal.choice(PARAGRAPHS[lang]), deal.choice(speakers)) for _ in range(deal.randint(*paragraphs))]
        place = places.pick()
        title = f"{place} : {speakers[0]} relance le {deal.choice(NOUNS[lang])}" if lang == "fr" else \
                f"{place}: {speakers[0]} defends the {deal.choice(NOUNS[lang])}"
        yield {"external_id": f"{name}-{n}", "source": f"Journal {n % 40}", "lang": lang, "title": title,
               "published_at": f"{2020 + n % 6}-{1 + n % 12:02d}-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}:00Z",
               "text": "\n\n".join(text)}


def write(path, count):
    """`count` articles as NDJSON."""
    with open(path, "w", encoding="utf-8") as out:
        for document in articles(count):
            out.write(json.dumps(document, ensure_ascii=False) + "\n")


def reports(count, text_bytes=3000, name="bench"):
    """`count` articles of that length."""
    deal = random.Random(11)
    words = ["".join(deal.choice(ONSETS) + deal.choice(VOWELS) for _ in range(deal.randint(2, 4))) for _ in range(20_000)]
    often = list(itertools.accumulate(1 / (n + 20) for n in range(len(words))))
    for document in articles(count, (4, 6), name):
        paragraphs = document["text"].split("\n\n")
        left = text_bytes - len(document["text"].encode())
        while left > 0:
            picked = iter(deal.choices(words, cum_weights=often, k=27))
            sentences = [FILLER[document["lang"]].format(*itertools.islice(picked, 9)) for _ in range(3)]
            filler = ". ".join(s[0].upper() + s[1:] for s in sentences) + "."
            paragraphs.insert(deal.randint(1, len(paragraphs)), filler)
            left -= len(filler.encode()) + 2
        document["text"] = "\n\n".join(paragraphs)
        yield document
