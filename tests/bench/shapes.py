"""Odd texts of any length, for the benchmark and the test that ask whether analysing them takes time in proportion.

SHAPES maps a name to a function of n; n is 1 for about 4 KB. Nothing here is taken from anywhere; the same n gives the
same text."""
import random

SYLLABLES = "ba ré mi lo ta vu ko né sa di pro gal ten mar".split()
TEAMS = ["Nantes", "Rennes", "Lille", "Metz", "Brest", "Lens", "Nice", "Reims"]
FRENCH = (
    "Le maire de Kerzel, Yann Tréguer, a présenté lundi le budget de la commune devant trente habitants. « Nous avons réduit "
    "la dette d'un tiers », a-t-il déclaré, avant de céder la parole à Anne Lescop, sénatrice du Finistère. Selon la Cour des "
    "comptes, la ville de Brest et l'Agence des berges (ADB) ont dépensé 4,2 millions d'euros en 2024. « C'est trop », juge "
    "M. Tréguer. ")
ENGLISH = ("The minister said on Monday that London would wait. “We have time,” Anna Brown told the BBC. According to the EU, "
           "the talks in Geneva will resume. ")


def name(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(3)).capitalize()


def drawn(piece, count):
    """count × n pieces made with a generator of their own."""
    def text(n):
        rng = random.Random(3)
        return "".join(piece(rng) for _ in range(count * n))
    return text


def repeated(piece, count):
    return lambda n: piece * (count * n)


SHAPES = {
    "all capitals": repeated(FRENCH.upper(), 8),
    "no capitals": repeated(FRENCH.lower(), 8),
    "one paragraph": repeated(FRENCH, 8),
    "mixed languages": repeated(FRENCH + ENGLISH, 6),
    "no spaces": repeated(FRENCH.replace(" ", ""), 9),
    "private use": repeated("\ue000\uf8ff Le maire \ue001 ", 250),
    "football table": drawn(lambda r: f"{r.choice(TEAMS)} - {r.choice(TEAMS)} {r.randrange(5)}-{r.randrange(5)} "
                                      f"({name(r)} 12e, {name(r)} 45e)\n", 80),
    "A A A": repeated("A ", 2000),
    "opening marks": repeated("« ", 1800),
    "quotes": repeated("« A » \"B\" ", 330),
    "capitalised words": drawn(lambda r: name(r) + " ", 500),
    "distinct people": drawn(lambda r: f"Le maire {name(r)} {name(r)} a parlé. ", 110),
    "one surname": drawn(lambda r: f"{name(r)} Durand a parlé, dit-il. ", 120),
    "lines of one name": repeated("Paris\n", 650),
    "acronyms": drawn(lambda r: f"l'Organisation {name(r)} du {name(r)} ({name(r)[:3].upper()}) a dit. ", 70),
    "list of names": repeated("Paul, Jean, ", 330),
    "one hyphenated word": lambda n: "Saint-" * (650 * n) + "Denis",
    "apostrophes": lambda n: "l'" * (2000 * n) + "Élysée",
    "brackets": repeated("(", 4000),
    "particles": repeated("Jean de ", 500),
    "heads": repeated("président du conseil de ", 170),
    "offices": repeated("le ministre des Affaires étrangères et ", 100),
    "initials": repeated("J. D. ", 660),
    "que": repeated("a déclaré que ", 280),
    "selon": repeated("selon Jean Martin, ", 210),
    "coordinated": repeated("Emmanuel et Brigitte et ", 160),
    "dialogue": repeated("- Bonjour Paul Martin ?\n- Oui.\n", 120),
    "one word": repeated("é", 2000),
    "blank lines": repeated("Paris\n \n \n", 400),
}
