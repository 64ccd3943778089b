"""Briefs: what a comparison says, in fixed words, and how it leaves the house.

`content.brief_of` turns a Comparison into a `record.Brief`, frozen, which holds every number and
sentence. A deck (`deck.Deck`) says in which steps a brief is presented, `templates.deck` makes a
new one. `exports` lists the formats: `made` returns one as bytes, `write_brief` and `write_all`
write files. None of the `write_*` modules computes a number. Decks are kept by `decks.Decks`.
"""
