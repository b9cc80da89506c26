"""From the folder to the models: every file is read, and one mistake never hides another.

Where a file breaks its model, what is broken is left out and the rest is still handed on, so that the checks that follow can say
everything else that is wrong. Such a file is remembered in `Findings.broken`, and rules that need the whole of it are not applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from okbadges.catalogue.badge_files import (
    AllowedWord,
    AreaMapping,
    BadgeDefinition,
    Catalogue,
    FamiliesFile,
    IssuerDefinition,
    IssuersFile,
    MapsTo,
    RetiredFile,
)
from okbadges.catalogue.findings import Findings
from okbadges.catalogue.mistakes import CatalogueMistakes, Mistake, field_path, in_words
from okbadges.catalogue.published import CommonWords, GenerationName
from okbadges.catalogue.second_person import SecondPerson
from okbadges.catalogue.units import (
    Area,
    EscoFacts,
    EscoFile,
    Generation,
    Generations,
    NationalFile,
    Qualification,
    TuvaFile,
    VocationalFile,
)
from okbadges.catalogue.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from okbadges.catalogue.yaml_files import Value

Model = TypeVar("Model", bound=BaseModel)

PLACEHOLDER = "…"
"""Stands for a missing Finnish text while the rest of its file is checked; never leaves this room."""

GENERATION_FILES = {name: f"units/common-{name}.yaml" for name in get_args(GenerationName)}
TUVA, VOCATIONAL, NATIONAL = "units/tuva.yaml", "units/vocational.yaml", "units/national-badges.yaml"
FAMILIES, ISSUERS, WORDS, RETIRED, ESCO = "families.yaml", "issuers.yaml", "words.yaml", "retired.yaml", "esco.yaml"
EXPECTED = {
    *GENERATION_FILES.values(),
    TUVA,
    VOCATIONAL,
    NATIONAL,
    FAMILIES,
    ISSUERS,
    WORDS,
    RETIRED,
    ESCO,
    "README.md",
}

_FIELD_NAMES = {
    name
    for model in (
        BadgeDefinition,
        SecondPerson,
        MapsTo,
        AreaMapping,
        AllowedWord,
        IssuerDefinition,
        Generation,
        Area,
        EscoFacts,
        Qualification,
    )
    for name in model.model_fields
} | {"fi", "sv", "en", "se"}


def read_folder(folder: Path, findings: Findings) -> Catalogue:
    """Read the whole folder; what cannot be read is missing in the catalogue that is returned, and said in ``findings``."""
    findings.mistakes += [
        Mistake(name, "", "is not a file of the catalogue; remove it or mend its name")
        for name in _files(folder)
        if name not in EXPECTED and not (name.startswith("badges/") and name.endswith(".yaml"))
    ]
    badges = {
        path.stem: _read(BadgeDefinition, folder, f"badges/{path.name}", findings)
        for path in sorted((folder / "badges").glob("*.yaml"))
    }
    if not badges:
        findings.at("badges").say("holds no badges")
    generations = [_generation(name, folder, findings) for name in GENERATION_FILES]
    return Catalogue(
        badges={slug: badge for slug, badge in badges.items() if badge},
        families=_whole(FamiliesFile, folder, FAMILIES, findings).families,
        issuers=_whole(IssuersFile, folder, ISSUERS, findings).issuers,
        words=_whole(CommonWords, folder, WORDS, findings),
        retired=_whole(RetiredFile, folder, RETIRED, findings).retired,
        generations=Generations(tuple(sorted(filter(None, generations), key=lambda each: each.applies_from))),
        tuva=_whole(TuvaFile, folder, TUVA, findings),
        vocational=_whole(VocationalFile, folder, VOCATIONAL, findings),
        national=_whole(NationalFile, folder, NATIONAL, findings),
        esco=_whole(EscoFile, folder, ESCO, findings),
    )


def read_units(folder: Path) -> Generations:
    """Return the generations of the common units, all that a running service needs of the folder. Raises `CatalogueMistakes`."""
    findings = Findings()
    generations = [_generation(name, folder, findings) for name in GENERATION_FILES]
    if findings.mistakes:
        raise CatalogueMistakes(findings.mistakes)
    return Generations(tuple(sorted(filter(None, generations), key=lambda each: each.applies_from)))


def _generation(name: str, folder: Path, findings: Findings) -> Generation | None:
    file = GENERATION_FILES[name]
    generation = _read(Generation, folder, file, findings)
    if generation is None or generation.generation == name:
        return generation
    findings.at(file, "generation").say(f"must be '{name}', as in the name of the file")
    findings.broken.add(file)
    return None


def generations_are_whole(findings: Findings) -> bool:
    """Tell whether all generations of the common units could be read: only then is it known who follows whom."""
    return not any(file in findings.broken for file in GENERATION_FILES.values())


def _files(folder: Path) -> Iterator[str]:
    """Go through the names of all files but the artwork and hidden ones."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("artwork/") and not path.name.startswith("."):
            yield name


def _whole(model: type[Model], folder: Path, name: str, findings: Findings) -> Model:
    """Read a file that there is once; an empty one stands for it when it cannot be read at all."""
    return _read(model, folder, name, findings) or model.model_construct(None, **dict.fromkeys(model.model_fields, ()))


def _read(model: type[Model], folder: Path, name: str, findings: Findings) -> Model | None:
    before = len(findings.mistakes)
    fields = read_yaml(folder / name, name, findings.mistakes)
    read = None if fields is None else _validated(model, fields, name, findings)
    if read is None or len(findings.mistakes) > before:
        findings.broken.add(name)
    return read


def _validated(model: type[Model], fields: dict[str, Value], name: str, findings: Findings) -> Model | None:
    """Validate the fields; say what is wrong with them, take it out and try again with the rest. None: nothing is left of it."""
    said = False
    while True:
        try:
            return model.model_validate(fields)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if not said:
            findings.mistakes += [
                Mistake(name, field_path(each["loc"]), in_words(each, _FIELD_NAMES)) for each in errors
            ]
            said = True
        repaired = [_repair(fields, each) for each in errors]
        if not all(repaired):
            return None


def _repair(fields: dict[str, Value], error: ErrorDetails) -> bool:
    """Put a placeholder for a missing Finnish text; take any other broken field out. False: the file as a whole is broken.

    A list with a broken item is taken out whole, so that the places of the others do not shift; so is what misses a field.
    """
    at = error["loc"]
    is_text = at[-1] == "fi" and error["type"] in {"missing", "string_type", "string_too_short"}
    if not is_text and error["type"] != "extra_forbidden":
        at = at[:-1] if error["type"] == "missing" else at
        at = at[: next((place for place, part in enumerate(at) if isinstance(part, int)), len(at))]
    if not at:
        return False
    holder: Value = fields
    for part in at[:-1]:
        if isinstance(holder, tuple) and isinstance(part, int) and part < len(holder):
            holder = holder[part]
        elif isinstance(holder, dict):
            holder = holder.get(str(part))
    if isinstance(holder, dict):
        if is_text:
            holder[str(at[-1])] = PLACEHOLDER
        else:
            holder.pop(str(at[-1]), None)
    return True
