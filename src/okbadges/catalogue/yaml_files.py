"""The only reader of the catalogue's YAML: a small, unsurprising part of the language.

Plain scalars mean what they look like: ``true`` and ``false``, whole numbers, decimals (exact, never binary floats), dates as
2026-08-01, ``null``, and everything else is text (so ``no`` and ``on`` are words, and 08 is not a number). Refused, each with its
place: the same key twice, anchors and aliases, tags, keys that are not text, more than one document, files over 256 KiB or not UTF-8.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import yaml

from okbadges.catalogue.mistakes import Mistake, field_path

if TYPE_CHECKING:
    from pathlib import Path

Value: TypeAlias = "bool | int | str | Decimal | date | tuple[Value, ...] | dict[str, Value] | None"

MAX_BYTES = 256 * 1024

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where PyYAML has it: ten times faster. Only its events and nodes are used; it makes no objects."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


def read_yaml(path: Path, name: str, mistakes: list[Mistake]) -> dict[str, Value] | None:
    """Return the named fields of the file, or None when it cannot be read; every mistake is added to ``mistakes``.

    ``name`` is how the mistakes call the file. A key that comes twice keeps its first value, so that the rest is still checked.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        mistakes.append(Mistake(name, "", f"cannot be read: {error.strerror}"))
        return None
    except UnicodeDecodeError:
        mistakes.append(Mistake(name, "", "is not UTF-8 text"))
        return None
    if len(raw) > MAX_BYTES:
        mistakes.append(Mistake(name, "", f"is over {MAX_BYTES // 1024} KiB"))
        return None
    return _fields(text, name, mistakes)


def _fields(text: str, name: str, mistakes: list[Mistake]) -> dict[str, Value] | None:
    try:
        surprises = _surprises(text)
        if surprises:
            mistakes += [Mistake(name, "", surprise) for surprise in surprises]
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mistakes.append(Mistake(name, "", f"is not readable YAML: {' '.join(str(error).split())}"))
        return None
    if not isinstance(node, yaml.MappingNode):
        mistakes.append(Mistake(name, "", "must hold named fields"))
        return None
    return _mapping(node, name, (), mistakes)


def _surprises(text: str) -> list[str]:
    """Return what is legal YAML and refused here. Raises `yaml.YAMLError`."""
    surprises = []
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = _line(event)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent):
            surprises.append(f"line {line}: aliases (*{event.anchor}) are not used here; write it out")
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            surprises.append(f"line {line}: anchors (&{event.anchor}) are not used here; write it out")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
            surprises.append(f"line {line}: tags ({event.tag}) are not used here")
    if documents > 1:
        surprises.append("holds more than one document")
    return surprises


def _mapping(node: yaml.MappingNode, name: str, at: tuple[str | int, ...], mistakes: list[Mistake]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for key_node, value_node in node.value:
        key = _scalar(key_node, name, at, mistakes) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            where = field_path(at)
            mistakes.append(Mistake(name, where, f"line {_line(key_node)}: a key must be text; put it in quotes"))
        elif key in fields:
            mistakes.append(Mistake(name, field_path((*at, key)), f"line {_line(key_node)}: is here twice"))
        else:
            fields[key] = _value(value_node, name, (*at, key), mistakes)
    return fields


def _value(node: yaml.Node, name: str, at: tuple[str | int, ...], mistakes: list[Mistake]) -> Value:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, name, at, mistakes)
    if isinstance(node, yaml.SequenceNode):
        return tuple(_value(item, name, (*at, place), mistakes) for place, item in enumerate(node.value))
    return _scalar(node, name, at, mistakes)


def _scalar(node: yaml.Node, name: str, at: tuple[str | int, ...], mistakes: list[Mistake]) -> Value:
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style:  # quoted or a block: text, whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            mistakes.append(Mistake(name, field_path(at), f"there is no day {text}"))
    return text


def _line(place: yaml.Node | yaml.Event) -> int:
    """Return the line, counted from 1."""
    return place.start_mark.line + 1 if place.start_mark else 1
