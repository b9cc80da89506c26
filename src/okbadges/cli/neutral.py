"""The neutrality lint at the command line: it warns, and the writer decides (product.md, rule 1)."""

from __future__ import annotations

from okbadges.catalogue.neutrality import find_disclosing_words


def warn(*texts: str) -> None:
    """Warn about words that could tell why somebody was at a workshop."""
    for text in texts:
        for word in find_disclosing_words(text):
            print(f"warning: “{word}” in “{text}” could tell why somebody is there; others will read this")
