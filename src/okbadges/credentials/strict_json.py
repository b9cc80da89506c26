"""The only reader of untrusted JSON, and its writer.

RFC 8259 and nothing beside it: UTF-8 without a byte order mark, no duplicate names (two readers would see two credentials), no
NaN, no number that overflows, no whole number beyond 2^53, no lone surrogate, no trailing data; bounded in bytes, in nesting, in
the number of values and in the length of names.

How it is fast: orjson reads; what it writes again with the same bytes had no name twice. Where something is spelt otherwise, the
names that are written in the bytes are counted, and the names that are left in the result: equal counts mean the same. A document
that is refused, or that cannot be counted so simply, is read once more, slowly and exactly, to say why and where.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

import orjson

from okbadges.credentials.places import everything, pointer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.credentials.places import Steps

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""Any JSON value."""

_LARGEST_EXACT: Final = 2**53
_WHITE_SPACE: Final = (b" ", b"\n", b"\t", b"\r")
_STRANGERS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


@dataclass(frozen=True, slots=True)
class Limits:
    """How much JSON is read at most."""

    bytes: int = 256 * 1024
    depth: int = 32
    """Objects and arrays inside each other."""
    values: int = 100_000
    """Members and elements of all objects and arrays; whoever does much for each of them sets a lower number."""
    name: int = 1_000
    """Characters in the name of a member. Names stand in every pointer to what is inside, texts stand only once."""


DEFAULT_LIMITS: Final = Limits()


def loads(data: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> Json:
    """Read one JSON document; what is not strictly allowed is a ``CredentialError``.

    Codes: ``json-too-large``, ``json-not-utf8``, ``json-byte-order-mark``, ``json-malformed``, ``json-too-deep``,
    ``too-many-values``, ``json-name-too-long`` (at the object that has the name), ``json-duplicate-key``, ``json-number-range``,
    ``json-lone-surrogate``; ``where`` is a JSON pointer where one can be given.
    """
    if len(data) > limits.bytes:
        raise _too_large(limits)
    raw = data if isinstance(data, bytes) else _encoded(data, limits)
    try:
        value: Json = orjson.loads(raw)
    except orjson.JSONDecodeError:
        _explain(raw, limits)
    names, doubtful = _survey(value, limits)
    if doubtful or not _is_read_whole(raw, value, names):
        _examine(raw, limits)
    return value


def _is_read_whole(raw: bytes, value: Json, names: int) -> bool:
    """Say whether it is plain that ``value``, in which there are so many ``names``, is all that ``raw`` says, no name being doubled.

    It is when the result is written with the same bytes, since a doubled name would be written once. Otherwise, where no white
    space is before a colon, `":` stands at least once for every name that is written: as often as there are names, and none was.
    """
    if orjson.dumps(value) == raw:
        return True
    return raw.count(b'":') == names and not any(space in raw and space + b":" in raw for space in _WHITE_SPACE)


def dumps(value: Json) -> bytes:
    """Write compact UTF-8 JSON, keys in the order they have.

    Raises ``ValueError`` for NaN and infinities, and ``TypeError`` for everything else that JSON cannot say.
    """
    written = orjson.dumps(value, option=_STRANGERS)
    # orjson writes NaN as null. No credential holds a null, so this look is rarely taken.
    if b"null" in written and _holds_no_number(value):
        raise ValueError("JSON has no NaN and no infinity")
    return written


def copy_of(written: bytes) -> Any:  # noqa: ANN401 - the caller knows what it wrote
    """Return what `dumps` wrote, as a value of its own; nothing is looked for, because nothing can be wrong."""
    return orjson.loads(written)


def _holds_no_number(value: Json) -> bool:
    """Say whether a NaN or an infinity is anywhere inside."""
    waiting = [value]
    for item in waiting:  # grows as it is gone through
        kind = type(item)
        if kind is str or item is None:
            continue
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, float) and not math.isfinite(item):
            return True
    return False


def _encoded(text: str, limits: Limits) -> bytes:
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise CredentialError("json-lone-surrogate", "The text holds half a character (a lone surrogate).") from None
    if len(raw) > limits.bytes:
        raise _too_large(limits)
    return raw


def _too_large(limits: Limits) -> CredentialError:
    return CredentialError("json-too-large", f"The document is larger than {limits.bytes} bytes.")


def _too_deep(limits: Limits) -> CredentialError:
    return CredentialError("json-too-deep", f"Objects and arrays are nested deeper than {limits.depth} levels.")


def _too_many(limits: Limits) -> CredentialError:
    return CredentialError("too-many-values", f"The document holds more than {limits.values} values.")


class _Doubled(dict[str, Any]):
    """An object in which the name ``name`` stood twice."""

    name = ""


_CONTAINERS: Final = frozenset({dict, list, _Doubled})


def _survey(value: Json, limits: Limits) -> tuple[int, bool]:
    """Count the names in all objects, level by level; also say whether a number needs a closer look.

    Raises for what is over a limit, before anything is made of the document that could be larger than it.
    """
    names, values, depth, doubtful = 0, 0, 0, False
    level: list[dict[str, Json] | list[Json]] = [value] if isinstance(value, dict | list) else []
    if not level:
        doubtful = type(value) in {int, float}
    while level:
        depth += 1
        values += sum(map(len, level))
        _require_within(limits, depth, values)
        below: list[dict[str, Json] | list[Json]] = []
        for container in level:
            items: Iterable[Any] = container
            if isinstance(container, dict):
                names += len(container)
                # all of them together are seldom as long as one may be
                if len("".join(container)) > limits.name and any(len(name) > limits.name for name in container):
                    raise _name_too_long(value, limits)
                items = container.values()
            for item in items:
                kind = type(item)
                if kind is str:
                    continue
                if kind in _CONTAINERS:
                    below.append(item)
                elif (kind is int or kind is float) and not -_LARGEST_EXACT <= item <= _LARGEST_EXACT:
                    doubtful = True
        level = below
    return names, doubtful


def _require_within(limits: Limits, depth: int, values: int) -> None:
    if depth > limits.depth:
        raise _too_deep(limits)
    if values > limits.values:
        raise _too_many(limits)


def _name_too_long(value: Json, limits: Limits) -> CredentialError:
    """Return the error for the first name that is over the limit; so the names that lead to it are not."""
    where = next(
        pointer(steps)
        for steps, item in everything(value)
        if isinstance(item, dict) and any(len(name) > limits.name for name in item)
    )
    return CredentialError("json-name-too-long", f"A name is longer than {limits.name} characters.", where=where)


class _Inexact(int):
    """A whole number that a double cannot hold exactly."""


class _Infinite(float):
    """A number that overflows."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) == len(members):
        return result
    doubled = _Doubled(result)
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            doubled.name = name
        seen.add(name)
    return doubled


def _whole(digits: str) -> int:
    if len(digits) > len(str(-_LARGEST_EXACT)):
        return _Inexact(0)
    number = int(digits)
    return number if -_LARGEST_EXACT <= number <= _LARGEST_EXACT else _Inexact(0)


def _broken(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _Infinite(number)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _examine(raw: bytes, limits: Limits) -> None:
    """Read again, exactly, and raise the first fault; a document without one passes."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=_whole, parse_float=_broken, parse_constant=_no_constant
    )
    try:
        value = decoder.decode(raw.decode())
    except UnicodeDecodeError as error:
        raise CredentialError("json-not-utf8", f"The document is not UTF-8 (byte {error.start}).") from None
    except RecursionError:
        raise _too_deep(limits) from None
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg}, line {error.lineno} column {error.colno}") from None
    except ValueError as error:
        raise _malformed(str(error)) from None
    _survey(value, limits)
    for steps, item in everything(value):
        _check(item, steps)


def _check(item: Json, steps: Steps) -> None:
    """Raise for a fault of the value that ``steps`` lead to."""
    if isinstance(item, _Doubled):
        raise CredentialError(
            "json-duplicate-key", f"The name {item.name!r} stands twice in one object.", where=pointer(steps)
        )
    if isinstance(item, _Inexact | _Infinite):
        raise CredentialError(
            "json-number-range", "The number cannot be held exactly by a double.", where=pointer(steps)
        )
    texts: Iterable[str] = item if isinstance(item, dict) else [item] if isinstance(item, str) else ()
    if not all(_is_text(text) for text in texts):
        raise CredentialError(
            "json-lone-surrogate", "The text holds half a character (a lone surrogate).", where=pointer(steps)
        )


def _explain(raw: bytes, limits: Limits) -> NoReturn:
    """Raise the reason why ``raw``, which orjson refused, is refused."""
    if raw.startswith(b"\xef\xbb\xbf"):
        raise CredentialError("json-byte-order-mark", "The document begins with a byte order mark; send it without.")
    _examine(raw, limits)
    raise _malformed("the document is not JSON")


def _malformed(why: str) -> CredentialError:
    return CredentialError("json-malformed", f"This is not JSON: {why}.")


def _is_text(text: str) -> bool:
    """Say whether a string has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
