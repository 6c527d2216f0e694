"""What of Python's syntax decides what code does: its form without prose, and what it mentions."""

import ast
from collections.abc import Iterable

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITION = FUNCTION | ast.ClassDef
IMPORT = ast.Import | ast.ImportFrom
ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign
LITERAL = ast.Constant | ast.Tuple | ast.UnaryOp | ast.unaryop | ast.BinOp | ast.operator | ast.Load

# Stands for an attribute: the thing itself, with all that it has.
ALL = "*"

# For each name, the attributes that are asked of it; ALL where it is used for itself.
Mentions = dict[str, frozenset[str]]


def form(node) -> str:
    """A text that is equal for equal code, in every version of Python; ast.dump's is not."""
    if isinstance(node, ast.AST):
        fields = [(name, getattr(node, name, None)) for name in node._fields]
        told = [f"{name}={form(value)}" for name, value in fields if value not in (None, [])]
        return f"{type(node).__name__}({','.join(told)})"
    return f"[{','.join(map(form, node))}]" if isinstance(node, list) else repr(node)


def remove_prose(nodes: Iterable[ast.AST]) -> None:
    """Take out docstrings, and annotations of functions that no decorator could read them of."""
    for node in nodes:
        if isinstance(getattr(node, "body", None), list):
            node.body = [part for part in node.body if not _is_text(part)]
        if isinstance(node, FUNCTION) and not node.decorator_list:
            node.returns = None
            for part in ast.iter_child_nodes(node.args):
                if isinstance(part, ast.arg):
                    part.annotation = None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def mentions(nodes: Iterable[ast.AST]) -> Mentions:
    """The names among `nodes`, where owners stand before what they own, and what is asked of them.

    `global` counts as the name `globals`.
    """
    found: dict[str, set[str]] = {}
    owned = set()
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owned.add(node.value)
            found.setdefault(node.value.id, set()).add(node.attr)
        elif isinstance(node, ast.Name) and node not in owned:
            found.setdefault(node.id, set()).add(ALL)
        elif isinstance(node, ast.Global):
            found["globals"] = {ALL}
    return {name: frozenset(attributes) for name, attributes in found.items()}


def words(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The attributes asked of any value, and the texts: what a part or a file may be called."""
    fields = ((node, "attr" if isinstance(node, ast.Attribute) else "value") for node in nodes)
    texts = (getattr(node, field, None) for node, field in fields)
    return frozenset(text for text in texts if isinstance(text, str))


def read(nodes: Iterable[ast.AST]) -> set[str]:
    """The names whose values are used, where they may be used as a text, too."""
    nodes = list(nodes)
    loaded = (node for node in nodes if isinstance(node, ast.Name))
    return {node.id for node in loaded if isinstance(node.ctx, ast.Load)} | words(nodes)


def bound(node: ast.stmt, nodes: list[ast.AST]) -> set[str]:
    """The names that a top-level statement, made of `nodes`, binds, but for those it imports."""
    if isinstance(node, DEFINITION):
        return {node.name}
    names = (part for part in nodes if isinstance(part, ast.Name))
    stored = {part.id for part in names if isinstance(part.ctx, ast.Store)}
    return stored | {part.name for part in nodes if isinstance(part, DEFINITION)}


def calls(node: ast.stmt, nodes: list[ast.AST]) -> bool:
    """Whether a top-level statement is an assignment whose value is computed by a call."""
    return isinstance(node, ASSIGNMENT) and any(isinstance(part, ast.Call) for part in nodes)


def acts(node: ast.stmt) -> bool:
    """Whether a top-level statement may do more than bind names."""
    if isinstance(node, ASSIGNMENT):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = (part for target in targets for part in ast.walk(target))
        return any(isinstance(part, ast.Attribute | ast.Subscript) for part in parts)
    return not isinstance(node, DEFINITION | IMPORT)


def called(node: ast.stmt) -> Mentions:
    """What a definition or an assignment mentions where it calls something at its import."""
    if isinstance(node, FUNCTION):
        roots = node.decorator_list
    elif isinstance(node, ast.ClassDef):
        roots = [*node.decorator_list, *node.bases, *node.keywords]
        for part in node.body:
            roots += part.decorator_list if isinstance(part, FUNCTION) else [part]
    else:
        roots = [node] if calls(node, list(ast.walk(node))) else []
    return mentions(part for root in roots for part in ast.walk(root))


def keeps_state(node: ast.stmt) -> bool:
    """Whether a call may change what a statement binds: no literal, a decorated function (which may
    be one that others register with), a class that keeps something or hears of its subclasses."""
    if isinstance(node, ASSIGNMENT):
        value = node.value or ast.Tuple()
        return not all(isinstance(part, LITERAL) for part in ast.walk(value))
    if isinstance(node, ast.ClassDef):
        kept = (part for part in node.body if isinstance(part, ASSIGNMENT))
        hears = (getattr(part, "name", "") == "__init_subclass__" for part in node.body)
        return bool(node.keywords) or any(hears) or any(map(keeps_state, kept))
    return isinstance(node, FUNCTION) and bool(node.decorator_list)
