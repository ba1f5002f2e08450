#!/usr/bin/env python3
"""Builds the large name tables of a language pack from open gazetteers.

usage: gazetteers.py fr|en GAZ_DIR HAND_DIR COUNTS OUT_DIR

GAZ_DIR holds the gazetteers (licences in the source line of each table written here; for English also
the US Census lists dist.male.first, dist.female.first and dist.all.last), HAND_DIR
names compiled by hand (orgs_<lang>.txt with [kind] headings, people.txt), COUNTS a word list with the
times that each form was seen in lower case and with a capital inside a sentence (`form lower capital`).
Only names and counts pass through: no running text."""
import gettext, re, sys, unicodedata

lang, gaz, hand, counts, out = sys.argv[1:6]

def key(s):
    s = unicodedata.normalize('NFC', s).replace('’', "'").replace('\u00a0', ' ').lower()
    # A table's words are tokens: elided words and hyphens as the tokenizer cuts them.
    s = re.sub(r"\s+", ' ', s).strip()
    if lang == 'fr':
        s = re.sub(r"(^|[ ])(l|d|qu|j|n|s|c|m|t)'(?=\w)", r"\1\2' ", s)
    s = re.sub(r"([,!&()/])", r" \1 ", s)
    return re.sub(r"\s+", ' ', s).strip()

def rows(name):
    with open(f'{gaz}/{name}', encoding='utf-8') as f:
        for line in f:
            if not line.startswith('#') and line.strip():
                yield line.rstrip('\n').split('\t')

def write(name, source, table, columns):
    with open(f'{out}/{name}.tsv', 'w', encoding='utf-8') as f:
        f.write(f'# source: {source}; columns: {columns}\n')
        for k in sorted(table):
            v = table[k]
            f.write(k + ''.join('\t' + x for x in (v if isinstance(v, (list, tuple)) else [v] if v else [])) + '\n')
    print(name, len(table))

def first_names():
    t = {}
    gender = {'mas': 'm', 'fem': 'f', 'epi': 'e', 'm': 'm', 'f': 'f'}
    for r in rows('firstnames_fr_insee.tsv'):
        if int(r[1]) >= (60 if lang == 'fr' else 400) and len(r[0]) > 1:
            male = float(r[2]); t[key(r[0])] = 'm' if male > .9 else 'f' if male < .1 else 'e'
    for r in rows('hunspell_firstnames.tsv'):
        k = key(r[0]); t.setdefault(k, gender.get(r[1], 'e'))
    seen = {}
    for r in rows('football_players.tsv'):
        w = r[0].split()
        if len(w) == 2: seen[w[0]] = seen.get(w[0], 0) + 1
    for n, c in seen.items():
        if c >= 2 and n[0].isupper() and len(n) > 2: t.setdefault(key(n), 'm')
    if lang == 'en':
        for g in ('male', 'female'):
            for line in open(f'{gaz}/dist.{g}.first'):
                k = line.split()[0].lower(); t[k] = 'e' if t.get(k, g[0]) != g[0] else g[0]
    for line in open(f'{hand}/people.txt'):
        g, *names = line.rstrip('\n').split('|')
        for n in names:
            w = n.split()
            if len(w) > 1 and len(w[0]) > 3 and w[0].lower() not in ('pape', 'pope', 'queen', 'lady'): t.setdefault(key(w[0]), g)
    for bad in ('de', 'la', 'le', 'van', 'al', 'el', 'ben', 'da', 'dos', 'di', 'ne'): t.pop(bad, None)
    write('first_names', 'INSEE fichier des prénoms (Licence Ouverte 2.0); hunspell-fr 7.0 (MPL-2.0); openfootball/players (CC0)' + ('; US Census 1990 (public domain)' if lang == 'en' else ''), t, 'gender')
    return t

def surnames(first):
    t = {}
    for f in ('surnames_fr_namedb.tsv', 'hunspell_surnames.tsv'):
        if lang == 'fr' or f.startswith('sur'):
            for r in rows(f):
                if len(r[0]) > 2: t[key(r[0])] = ''
    for f in ('football_players.tsv', 'politicians_fr.tsv') if lang == 'fr' else ('football_players.tsv', 'politicians_us.tsv'):
        for r in rows(f):
            w = r[0].split()
            if len(w) >= 2 and w[-1][0].isupper() and len(w[-1]) > 2: t[key(w[-1])] = ''
    if lang == 'en':
        for i, line in enumerate(open(f'{gaz}/dist.all.last')):
            if i < 25000: t[line.split()[0].lower()] = ''
    for line in open(f'{hand}/people.txt'):
        for n in line.rstrip('\n').split('|')[1:]:
            w = n.split()
            if len(w) > 1 and not re.fullmatch('[IVX]+', w[-1]): t[key(w[-1])] = ''
    t = {k: v for k, v in t.items() if ' ' not in k}
    write('surnames', 'smashew/NameDatabases (Unlicense); openfootball/players (CC0)' + ('; hunspell-fr 7.0 (MPL-2.0); Répertoire national des élus (Licence Ouverte)' if lang == 'fr' else '; US Census 1990 (public domain); unitedstates/congress-legislators (CC0)'), t, '-')

def people():
    t = {}
    if lang == 'fr':
        for r in rows('politicians_fr.tsv'):
            if ' ' in r[0]: t[key(r[0])] = {'H': 'm', 'F': 'f'}.get(r[1], 'e')
    else:
        for r in rows('politicians_us.tsv'):
            if ' ' in r[0]: t[key(r[0])] = 'e'
    for line in open(f'{hand}/people.txt'):
        g, *names = line.rstrip('\n').split('|')
        for n in names:
            w = n.split()
            if w[0] in ('pape', 'Pope', 'Queen'): w = w[1:]
            if len(w) > 1: t[key(' '.join(w))] = g
    write('people', ('Répertoire national des élus (Licence Ouverte); nosdeputes.fr, regardscitoyens (ODbL)' if lang == 'fr' else 'unitedstates/congress-legislators (CC0)') + '; heads of state and of government compiled for guillemet', t, 'gender')

def places():
    t = {}
    def add(name, kind):
        k = key(name)
        if k in ('union européenne', 'nations unies', 'zone euro', 'european union', 'united nations', 'eurozone'): return
        if len(k) > 2 or len(k) == 2 and (kind == 'town' if lang == 'fr' else name in ('US', 'UK')): t.setdefault(k, kind)
    if lang == 'fr':
        for r in rows('places_world_fr.tsv'):
            if r[1] == 'country': add(re.sub(r' \(.*', '', r[0]), 'country')
        for r in rows('regions_departements_fr.tsv'): add(r[0], 'region')
        for r in rows('communes_fr.tsv'):
            if int(r[2] or 0) >= 20000: add(r[0], 'city')
        for r in rows('places_world_fr.tsv'): add(re.sub(r' \(.*', '', r[0]), r[1])
        for r in rows('communes_fr.tsv'): add(r[0], 'town')
        for r in EXTRA_FR.split('|'): add(r, 'region')
    else:
        for n in COUNTRIES_EN.split('|'): add(n, 'country')
        for n in STATES_US.split('|') + EXTRA_EN.split('|'): add(n, 'region')
        c = gettext.GNUTranslations(open('/usr/share/locale/en/LC_MESSAGES/geonames.mo', 'rb'))._catalog
        for n in c.values():
            if isinstance(n, str) and n[:1].isupper() and len(n) > 3: add(n, 'city')
    write('places', ('INSEE code officiel géographique (Licence Ouverte); ' if lang == 'fr' else '') + 'GeoNames (CC BY 4.0); CLDR 41 (Unicode licence); iso-codes (LGPL-2.1+)', t, 'kind')

EXTRA_FR = "Europe|Afrique|Asie|Amérique|Océanie|Antarctique|Amérique du Nord|Amérique du Sud|Amérique latine|Proche-Orient|Moyen-Orient|Extrême-Orient|Maghreb|Sahel|Caraïbes|Antilles|Balkans|Caucase|Méditerranée|Atlantique|Pacifique|Baltique|Manche|mer Noire|Mer Noire|mer du Nord|mer Rouge|mer Morte|Alpes|Pyrénées|Jura|Vosges|Massif central|Massif Central|Ardennes|Cévennes|Himalaya|Sahara|Sibérie|Crimée|Donbass|Tchétchénie|Kurdistan|Palestine|Cisjordanie|bande de Gaza|Gaza|Golan|Cachemire|Tibet|Xinjiang|Catalogne|Andalousie|Galice|Pays basque|Bavière|Saxe|Rhénanie|Wallonie|Flandre|Flandres|Écosse|Ecosse|Pays de Galles|Irlande du Nord|Angleterre|Grande-Bretagne|Royaume-Uni|Toscane|Lombardie|Sicile|Sardaigne|Corse|Bretagne|Normandie|Alsace|Lorraine|Champagne|Bourgogne|Franche-Comté|Savoie|Auvergne|Limousin|Aquitaine|Languedoc|Roussillon|Provence|Picardie|Poitou|Anjou|Touraine|Berry|Gascogne|Béarn|Périgord|Quercy|Rouergue|Camargue|Côte d'Azur|Midi|Nord-Pas-de-Calais|Rhône-Alpes|PACA|Paca|Poitou-Charentes|Midi-Pyrénées|Champagne-Ardenne|Île-de-France|Ile-de-France|Hauts-de-France|Grand Est|Grand-Est|Occitanie|Nouvelle-Aquitaine|Pays de la Loire|Centre-Val de Loire|Auvergne-Rhône-Alpes|Outre-mer|Nouvelle-Calédonie|Polynésie|Tahiti|Guyane|Mayotte|Gaspésie|Abitibi|Montérégie|Estrie|Outaouais|Saguenay|Mauricie|Ontario|Alberta|Manitoba|Saskatchewan|Colombie-Britannique|Nouveau-Brunswick|Nouvelle-Écosse|Terre-Neuve|Québec|Californie|Floride|Texas|Virginie|Caroline du Nord|Caroline du Sud|Géorgie|Louisiane|Pennsylvanie|Ohio|Michigan|Illinois|Massachusetts|New Jersey|Washington|Arizona|Nevada|Oregon|Colorado|Hawaï|Alaska|Silicon Valley|Manhattan|Brooklyn|Harlem|Bronx|Queens|Hollywood|Champs-Élysées|Champs-Elysées|Champs Elysées|Montmartre|Bastille|République|Nation|Tour Eiffel|tour Eiffel|Arc de Triomphe|Arc de triomphe|Notre-Dame|Notre-Dame de Paris|Louvre|Vaud|Valais|Genève|Fribourg|Neuchâtel|Tessin|Argovie|Thurgovie|Saint-Gall|Grisons|Bâle|Bâle-Ville|Kabylie|Aurès|Oranie|Constantinois|Rif|Sinaï|Rakka|Alep|Idleb|Mossoul|Guantanamo|Tchernobyl|Fukushima|Hiroshima|Auschwitz|Seine|Loire|Rhône|Garonne|Rhin|Danube|Nil|Mississippi|Amazonie|Amazone|Lac Léman|lac Léman|Léman|Mont-Blanc|mont Blanc|Everest|URSS|Union soviétique|Yougoslavie|Tchécoslovaquie|RDA|RFA|USA|Etats-Unis|États-Unis|Etats-Unis d'Amérique|Émirats|Émirats arabes unis|RDC|Pays-Bas|Hong Kong|Hongkong|Tel-Aviv|Jérusalem-Est|Taïwan|Corée du Nord|Corée du Sud|Corée|Birmanie|Biélorussie|Bélarus|Wall Street"
EXTRA_EN = "Europe|Africa|Asia|America|North America|South America|Latin America|Central America|Oceania|Antarctica|Middle East|Near East|Far East|Western Europe|Eastern Europe|Central Europe|Southern Europe|Central Asia|Southeast Asia|South Asia|East Asia|West Africa|East Africa|North Africa|Southern Africa|Horn of Africa|Maghreb|Sahel|Caribbean|Balkans|Caucasus|Mediterranean|Mediterranean Sea|Atlantic|Atlantic Ocean|Pacific|Pacific Ocean|Indian Ocean|Arctic|Arctic Ocean|Baltic|Baltic Sea|Black Sea|North Sea|Red Sea|Dead Sea|Caspian Sea|South China Sea|East China Sea|Persian Gulf|Gulf of Mexico|Gulf of Aden|English Channel|Bosphorus|Suez Canal|Panama Canal|Alps|Andes|Himalayas|Pyrenees|Rocky Mountains|Sahara|Siberia|Crimea|Donbas|Donbass|Chechnya|Dagestan|Kurdistan|Palestine|West Bank|Gaza|Gaza Strip|Golan Heights|Kashmir|Tibet|Xinjiang|Catalonia|Andalusia|Basque Country|Bavaria|Saxony|Lower Saxony|Saxony-Anhalt|Thuringia|Hesse|Brandenburg|North Rhine-Westphalia|Rhineland-Palatinate|Baden-Württemberg|Baden-Wuerttemberg|Schleswig-Holstein|Mecklenburg-Western Pomerania|Saarland|Wallonia|Flanders|Scotland|Wales|Northern Ireland|England|Great Britain|Britain|UK|U.K.|Tuscany|Lombardy|Sicily|Sardinia|Corsica|Brittany|Normandy|Provence|Burgundy|Silicon Valley|Manhattan|Brooklyn|Harlem|Bronx|Queens|Hollywood|Broadway|Times Square|Central Park|Ground Zero|Midwest|West Coast|East Coast|New England|Rhine|Danube|Elbe|Oder|Spree|Nile|Mississippi|Amazon|Thames|Euphrates|Tigris|Ganges|Brandenburg Gate|Tiananmen Square|Tahrir Square|Red Square|Gezi Park|Maidan|Auschwitz|Buchenwald|Dachau|Chernobyl|Fukushima|Hiroshima|Guantanamo|Guantanamo Bay|Abu Ghraib|Darfur|Biafra|Kosovo|Abkhazia|South Ossetia|Transnistria|Nagorno-Karabakh|Helmand|Kunduz|Waziristan|Punjab|Sindh|Balochistan|Kerala|Gujarat|Bengal|Tamil Nadu|Assam|Soviet Union|USSR|Yugoslavia|Czechoslovakia|East Germany|West Germany|GDR|USA|U.S.|US|U.S.A.|United States of America|East Berlin|West Berlin|East Jerusalem|Hong Kong|Macau|Quebec|Ontario|Alberta|British Columbia|Manitoba|Saskatchewan|Nova Scotia|New Brunswick|Newfoundland|New South Wales|Queensland|Tasmania|Western Australia|South Australia|UAE|DRC|DR Congo|Democratic Republic of Congo|Burma|Holland|Ivory Coast|The Hague|Cape Town|Mars|Moon|Earth|Kreuzberg|Kiev|Kyiv|Aleppo|Raqqa|Mosul|Idlib|Homs|Fallujah|Basra|Kandahar|Kabul|Benghazi|Misrata"
STATES_US = "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|Puerto Rico|Washington, D.C.|Washington D.C.|Washington DC|New York City"
COUNTRIES_EN = "Afghanistan|Albania|Algeria|Andorra|Angola|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|Benin|Bhutan|Bolivia|Bosnia|Bosnia and Herzegovina|Bosnia-Herzegovina|Botswana|Brazil|Brunei|Bulgaria|Burkina Faso|Burundi|Cambodia|Cameroon|Canada|Cape Verde|Central African Republic|Chad|Chile|China|Colombia|Comoros|Congo|Republic of Congo|Costa Rica|Croatia|Cuba|Cyprus|Northern Cyprus|Czech Republic|Czechia|Denmark|Djibouti|Dominica|Dominican Republic|East Timor|Ecuador|Egypt|El Salvador|Equatorial Guinea|Eritrea|Estonia|Eswatini|Ethiopia|Fiji|Finland|France|Gabon|Gambia|Georgia|Germany|Ghana|Greece|Grenada|Guatemala|Guinea|Guinea-Bissau|Guyana|Haiti|Honduras|Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Jamaica|Japan|Jordan|Kazakhstan|Kenya|Kiribati|Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|Macedonia|North Macedonia|Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Mauritania|Mauritius|Mexico|Micronesia|Moldova|Monaco|Mongolia|Montenegro|Morocco|Mozambique|Myanmar|Namibia|Nauru|Nepal|Netherlands|the Netherlands|New Zealand|Nicaragua|Niger|Nigeria|North Korea|South Korea|Korea|Norway|Oman|Pakistan|Palau|Panama|Papua New Guinea|Paraguay|Peru|Philippines|Poland|Portugal|Qatar|Romania|Russia|Rwanda|Samoa|San Marino|Saudi Arabia|Senegal|Serbia|Seychelles|Sierra Leone|Singapore|Slovakia|Slovenia|Solomon Islands|Somalia|South Africa|South Sudan|Spain|Sri Lanka|Sudan|Suriname|Swaziland|Sweden|Switzerland|Syria|Taiwan|Tajikistan|Tanzania|Thailand|Togo|Tonga|Trinidad and Tobago|Tunisia|Turkey|Türkiye|Turkmenistan|Tuvalu|Uganda|Ukraine|United Arab Emirates|United Kingdom|United States|Uruguay|Uzbekistan|Vanuatu|Venezuela|Vietnam|Yemen|Zambia|Zimbabwe|Vatican City|Greenland|Bermuda"

def organisations():
    t, caps = {}, {}
    kind = ''
    def add(n, k):
        x = key(n); t.setdefault(x, k)
        upper = n.replace('-', '').replace('.', '').isupper() and len(n) <= 6
        caps[x] = caps.get(x, True) and upper
    for line in open(f'{hand}/orgs_{lang}.txt', encoding='utf-8'):
        line = line.strip()
        if line.startswith('['): kind = line[1:-1]
        elif line: add(line, kind)
    for r in rows('football_clubs.tsv'):
        if len(r[0]) > 3 and (' ' in r[0] or lang == 'en') and key(r[0]).split()[0] not in ('los', 'city'):
            if ' ' in r[0]: add(r[0], 'club')
    for r in rows('companies.tsv'):
        if r[1] == 'sp500' and len(r[0]) > 3 and (' ' in r[0] or key(r[0]) not in COUNTS or COUNTS[key(r[0])][0] == 0): add(re.sub(r',? (Inc|Corp|Co|Ltd|plc|PLC|Corporation|Company|Incorporated|Companies|Group)\.?$', '', r[0].replace('&amp;', '&')), 'company')
    write('organisations', 'compiled for guillemet from common knowledge; openfootball/clubs (CC0); S&P 500 list (PDDL)', {k: [v, 'caps'] if caps[k] else [v] for k, v in t.items()}, 'kind, "caps" when only the all-capitals form is meant')

COUNTS = {}
for line in open(counts, encoding='utf-8'):
    w, a, b = line.rstrip('\n').split('\t'); COUNTS[w] = (int(a), int(b))

def common_words(source):
    t = {}
    for w, (low, cap) in COUNTS.items():
        if low >= 2 and len(w) > 1 or w in ('à', 'a', 'y', 'i'):
            r = low / (low + cap)
            t[w] = 'a' if r >= .98 else 'b' if r >= .8 else 'c' if r >= .3 else 'd' if r >= .05 else None
    write('common_words', source, {k: v for k, v in t.items() if v}, 'a … d: how sure it is a common word when it has a capital')

first = first_names(); surnames(first); people(); places(); organisations()
common_words('frequencies counted over French press, 2018–2023 (counts only)' if lang == 'fr' else 'SCOWL word lists (public domain)')
