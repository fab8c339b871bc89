"""Formulas that a subject states as text: parsed once, calculated often, never executed."""

import ast
import math
import operator
from collections.abc import Callable, Mapping

from pipeline.core.errors import UserError

_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {"min": min, "max": max, "abs": abs}


def parsed_formula(text: str, names: set[str], place: str) -> ast.expr:
    """Return the tree of a formula of names, numbers, + - * / **, min, max and abs.

    Raises UserError, which begins with place, for anything else.
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise UserError(
            f"{place} {text!r} is no formula: write it as in (high + low) / 2"
        ) from None
    fault = _fault(tree, names)
    if fault:
        raise UserError(f"{place} {text!r} {fault}")
    return tree


def calculated(tree: ast.expr, given: Mapping[str, float]) -> float:
    """Return what a parsed formula comes to; raises ArithmeticError and ValueError."""
    if isinstance(tree, ast.Constant):
        return float(str(tree.value))
    if isinstance(tree, ast.Name):
        return given[tree.id]
    if isinstance(tree, ast.UnaryOp):
        return -calculated(tree.operand, given)
    if isinstance(tree, ast.Call):
        arguments = [calculated(argument, given) for argument in tree.args]
        assert isinstance(tree.func, ast.Name)  # `parsed_formula` lets nothing else pass
        return _FUNCTIONS[tree.func.id](*arguments)
    assert isinstance(tree, ast.BinOp)
    return _OPERATIONS[type(tree.op)](calculated(tree.left, given), calculated(tree.right, given))


def _fault(tree: ast.expr, names: set[str]) -> str | None:
    """Return what keeps a tree from being calculated, None where nothing does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if node.id not in names and node.id not in _FUNCTIONS:
                return f"names {node.id}, which is none of its inputs: {', '.join(sorted(names))}"
        elif isinstance(node, ast.Constant):
            if type(node.value) not in {int, float}:
                return "holds something else than numbers"
        elif not isinstance(node, _ALLOWED) or not _is_call_of_ours(node):
            return "takes + - * / **, min, max and abs alone"
    return None


_ALLOWED = (ast.BinOp, ast.UnaryOp, ast.USub, ast.Call, ast.Load, *_OPERATIONS)


def _is_call_of_ours(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return True
    is_known = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
    return is_known and bool(node.args) and not node.keywords
