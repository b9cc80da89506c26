"""The faults that are put into modules: which there are, and which places are left alone."""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from mutation.ledger import SURVIVED, Ledger
from mutation.mutants import mutants_of
from mutation.scope import EVERY_MUTANT, SEED, Trial, modules_of, trials_of

if TYPE_CHECKING:
    from pathlib import Path


def faults(source: str) -> set[tuple[str, str]]:
    """Return before and after of every mutant."""
    return {(mutant.before, mutant.after) for mutant in mutants_of(source)}


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("x = a < b", "a < b", "a <= b"),
        ("x = a in b", "a in b", "a not in b"),
        ("x = a and b", "a and b", "a or b"),
        ("x = a and b", "a and b", "a"),
        ("x = not a", "not a", "a"),
        ("x = a + 1", "a + 1", "a - 1"),
        ("x = 41", "41", "42"),
        ("x = True", "True", "False"),
        ("x = 'key-use'", "'key-use'", "'xkey-use'"),
        ("x = b'd'", "b'd'", "b'xd'"),
        ("x = {'p', 'q'}", "{'p', 'q'}", "without 'p'"),
        ("x = {'p': 1, 'q': 2}", "{'p': 1, 'q': 2}", "without 'q'"),
        ("x = f(a, b=c)", "f(a, b=c)", "f(a)"),
        ("x = [a for a in b if c(a)]", "c(a)", "True"),
        ("x = a if b else c", "b", "False"),
        ("def f():\n    return a", "return a", "return None"),
        ("def f():\n    if a:\n        raise b", "raise b", "pass"),
        ("def f():\n    if a:\n        raise b", "a", "False"),
        ("def f():\n    a.add(b)", "a.add(b)", "pass"),
        ("def f():\n    a += b", "a += b", "pass"),
        ("match a:\n    case 1:\n        b\n    case _:\n        c", "case 1: b", ""),
    ],
)
def test_each_kind_of_fault_is_made(source: str, before: str, after: str) -> None:
    """A comparison, a condition, a constant, an element, an argument, a statement: each can be wrong."""
    if after:
        assert (before, after) in faults(source)
    else:
        assert any(before in one and before not in other for one, other in faults(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring with (1, 2)."""',
        "if TYPE_CHECKING:\n    from a import b",
        "def f(a: int | None = None) -> dict[str, int]:\n    pass",
        "@dataclass(frozen=True)\nclass A:\n    pass",
        "Kind = Literal['a', 'b']",
        "Key = ed.PublicKey | rsa.PublicKey",
        "__slots__ = ('a',)",
        "x = 'The key is not one of ours.'",
        "x = f'more than {limit} characters'",
    ],
)
def test_what_decides_nothing_is_left_alone(source: str) -> None:
    """Documentation, types, decorators and sentences for people have no mutants."""
    assert faults(source) == set()


def test_a_mutant_knows_where_it_runs() -> None:
    """The head of a function runs when the module is imported, its body when it is called; a statement has all its lines."""
    source = "LIMIT = 1\ndef f(a=2):\n    if (\n        a > 3\n    ):\n        return g(\n            4,\n        )\n"
    found = {mutant.before: (mutant.function, mutant.line, mutant.last_line) for mutant in mutants_of(source)}
    assert found["1"] == ("", 1, 1)
    assert found["2"] == ("", 2, 2)
    assert found["3"] == ("f", 3, 5)
    assert found["4"] == ("f", 6, 8)


def test_every_mutant_is_a_program_of_its_own(checkout: Path) -> None:
    """Of real modules every mutant can be put in, has a name of its own and differs from the module (every fortieth is tried)."""
    for module in modules_of(checkout):
        assert len({mutant.key for mutant in module.mutants}) == len(module.mutants)
        plain = ast.unparse(ast.parse(module.source))
        for mutant in module.mutants[::40]:
            assert ast.unparse(mutant.put_in(ast.parse(module.source))) != plain, str(Trial(module, mutant))


def test_every_pattern_finds_a_module_and_the_sample_is_always_the_same(checkout: Path) -> None:
    """A module that is renamed does not drop out of the full trial unnoticed; the seed chooses among the others."""
    modules = modules_of(checkout)
    full = {module.path for module in modules if module.in_full}
    assert {"verification/checks.py", "credentials/strict_json.py", "credentials/keys.py"} <= full
    for pattern in EVERY_MUTANT:
        assert any(fnmatch(path, pattern) for path in full), pattern
    sampled = [trial for trial in trials_of(modules, sample=50) if not trial.module.in_full]
    assert len(sampled) == 50
    assert sampled == [trial for trial in trials_of(modules, sample=50, seed=SEED) if not trial.module.in_full]


def test_what_is_known_holds_as_long_as_what_it_rests_on(checkout: Path, tmp_path: Path) -> None:
    """Noticed: while the test's file stays; not noticed: while every test and module stays; nothing after a fresh start."""
    one, other = trials_of(modules_of(checkout), sample=2)[:2]
    (tmp_path / "test_a.py").write_text("1")
    file = tmp_path / "results.jsonl"
    ledger = Ledger(file, tmp_path, "now", fresh=False)
    ledger.write(one, "test_a.py::test_it")
    ledger.write(other, SURVIVED)
    assert [Ledger(file, tmp_path, "now", fresh=False).killer(trial) for trial in (one, other)] == [
        "test_a.py::test_it",
        SURVIVED,
    ]
    assert [Ledger(file, tmp_path, "later", fresh=False).killer(trial) for trial in (one, other)] == [
        "test_a.py::test_it",
        None,
    ]
    (tmp_path / "test_a.py").write_text("2")
    assert Ledger(file, tmp_path, "now", fresh=False).killer(one) is None
    assert Ledger(file, tmp_path, "now", fresh=True).killer(other) is None
