"""The form of a text in which names are sorted and searched."""

import unicodedata


def fold(text: str) -> str:
    """Return `text` as it is compared: compatibility forms unified, lower case, no accents, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).casefold().split())
