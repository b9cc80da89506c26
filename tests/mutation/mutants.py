"""Small faults that are put into a module, one at a time, to see whether a test notices.

A mutant is a place in the syntax tree and what stands there instead. What cannot change what the program decides is left alone:
annotations, decorators, docstrings, ``if TYPE_CHECKING`` and the sentences that people read. Everything else is fair game, in
functions and in the tables outside of them, because tables decide too.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Place = tuple[tuple[str, int | None], ...]
"""The way from the module to a node: the name of each field, and the position where the field is a list."""

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.Pow: ast.Mult,
}
_CONDITIONAL: Final = (ast.If, ast.While, ast.IfExp)
_DISPLAYS: Final = (ast.Tuple, ast.List, ast.Set)
_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
# A text with a word, a space and another word is for people; nothing is decided by it.
_SENTENCE: Final = re.compile(r"[A-Za-z0-9,;:.)}>'\"] [A-Za-z0-9({<'\"]")
# Arguments that hold words for people, or that only guard against mistakes of the programmer.
_WORDS: Final = frozenset({"detail", "message", "strict"})
_NEVER_ASSIGNED: Final = frozenset({"__slots__", "__all__", "__doc__", "__match_args__"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: its place, the statement around it (first and last line), what is there and what stands there instead.

    ``function`` is the innermost function around it, empty for what runs when the module is imported. ``put_in`` changes a
    fresh tree of the same source.
    """

    place: Place
    number: int
    line: int
    last_line: int
    function: str
    original: ast.AST
    replacement: ast.AST

    @property
    def before(self) -> str:
        """Return how it reads in the source."""
        return _short(ast.unparse(self.original))

    @property
    def after(self) -> str:
        """Return how it reads with the fault; of a table, what is left out."""
        replacement = ast.fix_missing_locations(copy.deepcopy(self.replacement))
        return _short(_left_out(self.original, self.replacement) or ast.unparse(replacement))

    @property
    def key(self) -> str:
        """Return a text that no other mutant of the same source has."""
        return f"{self.line}|{'.'.join(f'{name}{at}' for name, at in self.place)}|{self.number}"

    def put_in(self, tree: ast.Module) -> ast.Module:
        """Return ``tree`` with the fault in it."""
        parent: Any = tree
        for name, at in self.place[:-1]:
            parent = getattr(parent, name) if at is None else getattr(parent, name)[at]
        name, at = self.place[-1]
        replacement = copy.deepcopy(self.replacement)
        if at is None:
            ast.copy_location(replacement, getattr(parent, name))
            setattr(parent, name, replacement)
        else:
            ast.copy_location(replacement, getattr(parent, name)[at])
            getattr(parent, name)[at] = replacement
        return ast.fix_missing_locations(tree)


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines; the same source always gives the same ones."""
    return list(_in_node(ast.parse(source), (), _Around(1, 1, "")))


@dataclass(frozen=True, slots=True)
class _Around:
    """The statement that a node belongs to, by its lines, and the function."""

    line: int
    last_line: int
    function: str


def _in_node(node: ast.AST, place: Place, around: _Around) -> Iterator[Mutant]:
    """Yield the mutants inside a node; ``around`` is the statement that it is, or that it is part of."""
    for name, value in ast.iter_fields(node):
        if _left_alone(node, name):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _spared(child, node):
                here, inner = (*place, (name, at)), _inside(child, node, around)
                for number, replacement in enumerate(_faults(child, node, name)):
                    yield Mutant(here, number, inner.line, inner.last_line, inner.function, child, replacement)
                yield from _in_node(child, here, inner)


def _inside(child: ast.AST, parent: ast.AST, around: _Around) -> _Around:
    """Return the lines of a statement (of one that holds others, those of its head); other nodes share those of theirs.

    The head of a function (its defaults) runs where the function is made, its body inside of it.
    """
    if not isinstance(child, ast.stmt):
        return around
    body = getattr(child, "body", None)
    last = max(child.lineno, body[0].lineno - 1) if body else child.end_lineno or child.lineno
    return _Around(child.lineno, last, parent.name if isinstance(parent, _SCOPES) else around.function)


def _left_out(node: ast.AST, replacement: ast.AST) -> str:
    """Say which element of a display is missing, nothing for any other fault."""
    before, after = (
        piece.keys if isinstance(piece, ast.Dict) else piece.elts if isinstance(piece, _DISPLAYS) else []
        for piece in (node, replacement)
    )
    missing = [element for element in before if element is not None and element not in after]
    return f"without {ast.unparse(missing[0])}" if after and len(missing) == 1 else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else f"{line[:60]} … {line[-36:]}"


def _left_alone(node: ast.AST, field: str) -> bool:
    """Say whether a field holds only what cannot change a decision."""
    if field in {"annotation", "returns", "decorator_list", "bases", "keywords"}:
        return field != "keywords" or isinstance(node, ast.ClassDef)
    return (field == "cause" and isinstance(node, ast.Raise)) or (field == "values" and _is_sentence(node))


def _spared(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.keyword):
        return node.arg in _WORDS
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return (isinstance(target, ast.Name) and target.id in _NEVER_ASSIGNED) or _is_type(node.value)
    return isinstance(parent, ast.Call) and ast.unparse(parent.func) == "cast" and node is parent.args[0]


def _is_type(value: ast.expr | None) -> bool:
    """Say whether an expression outside annotations is a type all the same: ``A | B``, ``Literal[...]``, ``Callable[...]``."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return all(
            isinstance(part, ast.Name | ast.Attribute | ast.BinOp | ast.Subscript) for part in (value.left, value.right)
        ) and (ast.unparse(value).replace(".", "").replace("_", "").replace("|", "").replace(" ", "").isalnum())
    return isinstance(value, ast.Subscript) and ast.unparse(value.value) in {"Literal", "Callable", "Mapping", "dict"}


def _is_sentence(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        return bool(_SENTENCE.search(text))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_SENTENCE.search(node.value))


def _faults(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    """Yield what could stand in the place of ``node``."""
    for kind, faults in _FAULTS:
        if isinstance(node, kind):
            yield from faults(node)
    if field == "test" and isinstance(parent, _CONDITIONAL) and not isinstance(node, ast.Constant):
        yield from (ast.Constant(value=True), ast.Constant(value=False))
    if field == "ifs":
        yield ast.Constant(value=True)


def _of_compare(node: ast.Compare) -> Iterator[ast.AST]:
    for position, operator in enumerate(node.ops):
        ops = [*node.ops]
        ops[position] = _COMPARISONS[type(operator)]()
        yield ast.Compare(node.left, ops, node.comparators)


def _of_bool_op(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    for values in _without_one(node.values):
        yield values[0] if len(values) == 1 else ast.BoolOp(node.op, values)


def _of_unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _of_binary(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _OPERATORS and not _is_sentence(node.left) and not _is_sentence(node.right):
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(value=not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value=value + 1)
    elif isinstance(value, str) and value and not _is_sentence(node):
        yield ast.Constant(value=f"x{value}")
    elif isinstance(value, bytes) and value:
        yield ast.Constant(value=b"x" + value)


def _of_return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(value=None))


def _of_statement(_node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    for position, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in _WORDS:
            yield ast.Call(node.func, node.args, [*node.keywords[:position], *node.keywords[position + 1 :]])


def _of_elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    if isinstance(node, ast.Tuple | ast.List) and not isinstance(node.ctx, ast.Load):
        return
    for elements in _without_one(node.elts):
        if isinstance(node, ast.Set):
            yield ast.Set(elements) if elements else ast.Call(ast.Name("set", ast.Load()), [], [])
        else:
            yield type(node)(elements, ast.Load())


def _of_dict(node: ast.Dict) -> Iterator[ast.AST]:
    for keys, values in zip(_without_one(node.keys), _without_one(node.values), strict=True):
        yield ast.Dict(keys, values)


def _of_match(node: ast.Match) -> Iterator[ast.AST]:
    if len(node.cases) > 1:
        for cases in _without_one(node.cases):
            yield ast.Match(node.subject, cases)


def _without_one(items: list[Any]) -> Iterator[list[Any]]:
    for position in range(len(items)):
        yield [*items[:position], *items[position + 1 :]]


_FAULTS: Final[tuple[tuple[Any, Callable[[Any], Iterator[ast.AST]]], ...]] = (
    (ast.Compare, _of_compare),
    (ast.BoolOp, _of_bool_op),
    (ast.UnaryOp, _of_unary),
    (ast.BinOp, _of_binary),
    (ast.Constant, _of_constant),
    (ast.Return, _of_return),
    ((ast.Raise, ast.Expr, ast.AugAssign, ast.Continue, ast.Break, ast.Delete), _of_statement),
    (ast.Call, _of_call),
    ((ast.Tuple, ast.List, ast.Set), _of_elements),
    (ast.Dict, _of_dict),
    (ast.Match, _of_match),
)
