"""The names of rules in model/rules.h are those that analyse/ gives, so that each has its sentence in an explanation."""
import re

# Where a rule's name is written: assigned, passed on, or given back as what leads to the words.
PLACES = [r"\b(?:rule|resolution)\s*=[^;]*;", r"\battribution_verb\([^;]*;", r"\btake_(?:last|speaker)\([^;]*;",
          r"\(struct content\)\s*\{[^}]*\}"]
LEADS = {"attributions_before.c": [r"\breturn\b[^;]*;"]}


def listed(root, name):
    text = (root / "server/model/rules.h").read_text(encoding="utf-8")
    body = re.search(rf"#define {name}\(X\)((?:.*\\\n)*.*\n)", text).group(1)
    return set(re.findall(r'X\("([a-z_]+)"\)', body))


def given(root):
    names, everything = set(), ""
    for path in sorted((root / "server/analyse").glob("*.c")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        everything += text
        for place in PLACES + LEADS.get(path.name, []):
            for match in re.findall(place, text, flags=re.S):
                match = re.sub(r"str(?:n?)cmp\([^()]*\)|slice_is\([^()]*\)", "", match)
                names |= set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', match))
    return names, everything


def test_lists_are_complete(root):
    names, everything = given(root)
    known = listed(root, "QUOTE_RULES") | listed(root, "SPEAKER_RULES")
    assert len(known) > 25
    assert names - known == set(), "a rule without an entry in server/model/rules.h and a sentence in server/api/view_explain.c"
    unused = {name for name in known - {"correction"} if f'"{name}"' not in everything}
    assert unused == set(), "listed in server/model/rules.h, but no rule is called so any more"
