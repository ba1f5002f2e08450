# The name tagger's trainer and its model (server/train/MODEL_CARD.md):
#   make model LANG=fr DATA=dir [OUT=file]    dir holds corpus-fr.txt and clusters-fr.tsv
TRAIN_LANG := $(if $(filter model,$(MAKECMDGOALS)),$(LANG),)
TRAIN_OBJECTS := $(B)/server/train/names_train.o $(B)/server/train/names_corpus.o

$(B)/names_train: $(TRAIN_OBJECTS) $(B)/libanalyse.a $(B)/libtext.a $(B)/liblang.a $(B)/libbase.a
	$(CC) $(LDFLAGS) -o $@ $^ -lutf8proc -lmd -lm

.PHONY: model
model: $(B)/names_train
	@test -n "$(DATA)" || { echo 'usage: make model LANG=fr DATA=directory'; exit 2; }
	$(B)/names_train $(TRAIN_LANG) $(DATA)/corpus-$(TRAIN_LANG).txt $(DATA)/clusters-$(TRAIN_LANG).tsv $(or $(OUT),server/lang/$(TRAIN_LANG)/entities.model)

# Names beside spaCy on the same files, with its models when they are installed.
.PHONY: bench-entities
bench-entities: build ## names: scores beside spaCy, on the data in GUILLEMET_CORPUS
	@test -n "$(GUILLEMET_CORPUS)" || { echo 'bench-entities: set GUILLEMET_CORPUS to the data directory'; exit 2; }
	$(or $(PYTHON),python3) tests/bench/entities.py $(GUILLEMET_CORPUS) $(B)/guillemet

# Odd texts, ten and a hundred times as long.
.PHONY: bench-linear
bench-linear: build ## CPU time over odd texts of 4 KB to 2 MB: does it grow in proportion?
	python3 tests/bench/linear.py $(B)/guillemet

# Who said what: the targets beside the figures.
.PHONY: bench-quotes
bench-quotes: build ## quotes: scores beside their targets, on the data in GUILLEMET_CORPUS
	@test -n "$(GUILLEMET_CORPUS)" || { echo 'bench-quotes: set GUILLEMET_CORPUS to the data directory'; exit 2; }
	$(or $(PYTHON),python3) tests/bench/quotes.py $(GUILLEMET_CORPUS) $(B)/guillemet
