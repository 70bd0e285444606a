"""The layers: who may import whom, and who may touch files, processes, the environment and the screen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "keyguard"
MODULES = {
    ".".join(("keyguard", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
LEAVES = ("model", "errors", "randomness", "keyid", "spans", "guards", "digests", "moments", "awserrors")
PURE = (
    "anchors",
    "guards",
    "spans",
    "traces",
    "reach",
    "leads",
    "engine",
    "matching",
    "decode",
    "context",
    "pairing",
    "suppress",
    "placeholders",
    "advice",
    "findings",
    "judge",
    "nesting",
    "owning",
    "ses",
    "tokens",
    "vicinity",
    "text",
    "explain",
    "silence",
    "witness",
    "awserrors",
)
VERIFY_PURE = (
    "deep",
    "model",
    "outcome",
    "partitions",
    "plan",
    "policies",
    "recall",
    "replies",
    "triage",
    "verdicts",
)
EFFECTS = {
    "subprocess",
    "socket",
    "multiprocessing",
    "concurrent",
    "shutil",
    "tempfile",
    "urllib",
    "http",
    "ssl",
}


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text())


def imports(module: str) -> set[str]:
    """Every name that a module imports when it runs, wherever in it; not what is for types only."""
    found: set[str] = set()
    for node in outside_type_checking(tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def outside_type_checking(node: ast.AST) -> list[ast.AST]:
    nodes: list[ast.AST] = []
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            continue
        nodes += [child, *outside_type_checking(child)]
    return nodes


def ours(module: str) -> set[str]:
    """Our modules that a module imports."""
    names = imports(module)
    return {
        other
        for other in MODULES
        if other != "keyguard" and (other in names or any(n.startswith(other + ".") for n in names))
    }


def roots(module: str) -> set[str]:
    return {name.split(".")[0] for name in imports(module)}


def names(module: str) -> set[str]:
    """Every ``a.b`` and bare name that a module mentions."""
    found = {node.id for node in ast.walk(tree(module)) if isinstance(node, ast.Name)}
    attributes = (node for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute))
    return found | {f"{node.value.id}.{node.attr}" for node in attributes if isinstance(node.value, ast.Name)}


@pytest.mark.parametrize("leaf", LEAVES)
def test_leaves_import_nothing_of_ours(leaf: str) -> None:
    assert ours(f"keyguard.{leaf}") <= {"keyguard.model", "keyguard.errors"} - {f"keyguard.{leaf}"}


@pytest.mark.parametrize(
    "module", [name for name in MODULES if name.split(".")[1:2] in ([pure] for pure in (*PURE, "reporters"))]
)
def test_the_core_is_pure(module: str) -> None:
    assert not roots(module) & (EFFECTS | {"os", "sys"})
    assert not names(module) & {"open", "print", "input"}


@pytest.mark.parametrize("name", VERIFY_PURE)
def test_what_decides_about_verification_is_pure(name: str) -> None:
    module = f"keyguard.verify.{name}"
    assert not roots(module) & (EFFECTS | {"os", "sys", "time", "threading", "botocore"})
    assert not names(module) & {"open", "print", "input"}


@pytest.mark.parametrize("module", MODULES)
def test_two_modules_speak_to_aws_and_only_commands_ask_for_it(module: str) -> None:
    if module not in ("keyguard.verify.transport", "keyguard.account.calls"):
        assert "botocore" not in roots(module)
    for package in ("keyguard.verify", "keyguard.account"):
        if not module.startswith((package, "keyguard.cli.")):
            assert not {name for name in ours(module) if name.startswith(package)}
    assert "keyguard.verify.run" not in ours("keyguard.cli.hook")


@pytest.mark.parametrize("module", MODULES)
def test_only_the_edges_have_effects(module: str) -> None:
    in_cli = module.startswith(("keyguard.cli", "keyguard.__main__"))
    if module != "keyguard.git":
        assert "subprocess" not in roots(module)
    if module != "keyguard.processes":
        assert not roots(module) & {"concurrent", "multiprocessing", "signal"}
    assert not roots(module) & {"socket", "ssl", "urllib", "http"}
    if not in_cli:
        assert not names(module) & {"print", "sys.exit", "sys.argv", "sys.stdout", "sys.stdin", "sys.stderr"}
    if not in_cli and module != "keyguard.git":
        assert not names(module) & {"os.environ", "os.getenv", "os.chdir"}


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("keyguard.cli")])
def test_nothing_imports_the_command_line(module: str) -> None:
    if module != "keyguard.__main__":
        assert not {name for name in ours(module) if name.startswith("keyguard.cli")}


def test_there_is_no_cycle() -> None:
    graph = {module: ours(module) for module in MODULES}
    while graph:
        ends = {module for module, needs in graph.items() if not needs & graph.keys()}
        assert ends, f"a cycle among {sorted(graph)}"
        graph = {module: needs for module, needs in graph.items() if module not in ends}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_small_and_says_why_it_exists(module: str) -> None:
    lines = MODULES[module].read_text().splitlines()
    assert len(lines) <= 400
    assert ast.get_docstring(tree(module))
