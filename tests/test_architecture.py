"""The shape of the code: who may import whom, what is public, and how long a module may be."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted([*ROOT.glob("index/*.py"), *ROOT.glob("bot/*.py")])
NAMED = [path for path in MODULES if path.name not in {"__init__.py", "__main__.py"}]
LONGEST = 300

# The rooms in the order in which they may be entered: each imports only from those before it.
ORDER = (
    {"links"},
    {"types", "models", "errors"},
    {"weights"},
    {"bert"},
    {"inference"},
    {
        "articles",
        "fields",
        "formats",
        "pages",
        "pasted",
        "passages",
        "encoder",
        "questions",
        "terms",
        "outlets",
        "grammar",
        "moments",
        "dates",
        "naming",
        "phrases",
        "years",
        "bylines",
        "clauses",
        "courtesies",
        "excluding",
        "newest",
        "spoken",
        "followups",
        "picking",
        "scope",
        "scoring",
        "altering",
        "apart",
        "archives",
        "decoding",
        "entries",
        "examples",
        "feeds",
        "fetching",
        "guard",
        "inflating",
        "known",
        "network",
        "reader",
        "identity",
        "walls",
        "likeness",
        "patience",
        "robots",
        "schema_org",
        "sitemaps",
        "sources",
        "taking",
        "transport",
    },
    {
        "rows",
        "versions",
        "migrating",
        "kin",
        "reaching",
        "seals",
        "turnover",
        "connection",
        "store",
        "vectors",
        "words",
        "query",
        "derived",
        "casing",
        "spelling",
        "audit",
        "ledger",
    },
    {"retriever", "judging"},
    {"citing", "alike"},
    {"excerpts"},
    {"answering", "amending", "reading", "several"},
    {"browsing", "topics"},
    {
        "recognising",
        "removals",
        "progress",
        "history",
        "indexer",
        "coverage",
        "asking",
        "desk",
        "visiting",
        "gathering",
        "handing",
        "vitals",
    },
    {"evaluate", "drawing"},
    {
        "settings",
        "refreshing",
        "changing",
        "submitting",
        "console",
        "bars",
        "reporting",
        "watching",
        "inspecting",
        "chatting",
        "process",
        "options",
        "__init__",
    },
    {"__main__"},
    {"training"},
    {"calibration"},
)

# Who are imported only where they are needed, for what they import at their top takes long: who
# teach and measure the reader, with torch and scikit-learn, and the networks as graphs.
LATE = {"network", "examples", "training", "calibration", "bert"}

# Who alone may import a library, and why nobody else.
ONLY = {
    "faiss": {"index/vectors.py"},  # aborts the process on misuse; kept behind one door
    "sentence_transformers": {"index/encoder.py"},  # takes seconds to import
    # No question needs these: where they are imported at all the memory triples.
    "torch": {"index/encoder.py", "index/network.py", "index/training.py"},
    "transformers": {"index/encoder.py", "index/network.py"},
    "onnxruntime": {"index/inference.py"},
    "onnx": {"index/bert.py"},
    "tokenizers": {"index/inference.py"},
    "safetensors": {"index/weights.py", "index/encoder.py", "index/network.py"},
    "sklearn": {"index/examples.py", "index/training.py", "index/calibration.py"},
    "matplotlib": {"index/drawing.py"},  # not installed with the rest
    "httpcore": {"index/transport.py"},  # where addresses are checked; nothing may go around it
    "feedparser": {"index/feeds.py"},
    "lxml": {"index/sitemaps.py"},  # reads files and the network unless it is told not to
    "pebble": {"index/apart.py"},
    "protego": {"index/robots.py"},
    "tenacity": {"index/patience.py"},
    "warcio": {"index/archives.py"},
    "sqlite3": {"index/connection.py"},
    "tantivy": {"index/words.py", "index/terms.py"},  # terms takes its lists of stop words
    "trafilatura": {"index/pages.py"},
    "htmldate": {"index/pages.py"},
    "datasketch": {"index/likeness.py"},
    "courlan": {"index/identity.py"},  # addresses are compared and kept by one norm
    "sentencex": {"index/passages.py"},
    "Stemmer": {"index/terms.py"},
    "filelock": {"index/derived.py", "bot/database.py"},
    "alembic": {"bot/database.py"},
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


ids = [name(path) for path in MODULES]


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names of modules that a module imports anywhere, types included."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            package = ROOT / Path(*node.module.split("."))
            for alias in node.names:
                is_module = (package / f"{alias.name}.py").exists()
                yield f"{node.module}.{alias.name}" if is_module else node.module


def own(path: Path, package: str) -> set[str]:
    """Return the modules of one of our packages that a module imports."""
    dotted = [module.split(".") for module in imported(path)]
    return {parts[1] if parts[1:] else "__init__" for parts in dotted if parts[0] == package}


def public_names(path: Path) -> set[str]:
    """Return what a module defines without a leading underscore."""
    found = set()
    for node in parse(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {one for one in found if not one.startswith("_")} - {"log"}  # every module's own


def listed(path: Path) -> list[str]:
    """Return a module's `__all__`."""
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            assert isinstance(names, list)
            return names
    pytest.fail(f"{name(path)} has no __all__")


@pytest.mark.parametrize("path", sorted(ROOT.glob("index/*.py")), ids=lambda path: path.name)
def test_module_imports_only_from_rooms_before_its_own(path: Path) -> None:
    rank = {module: at for at, room in enumerate(ORDER) for module in room}
    assert path.stem in rank, f"{name(path)} stands in no room of ORDER"
    later = {module for module in own(path, "index") if rank[module] > rank[path.stem]}
    assert not later


@pytest.mark.parametrize("package", ["index", "bot"])
def test_no_imports_go_in_circles(package: str) -> None:
    graph = {path.stem: own(path, package) - {"__init__"} for path in ROOT.glob(f"{package}/*.py")}
    graph.pop("__init__")
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("path", sorted(ROOT.glob("index/*.py")), ids=lambda path: path.name)
def test_index_knows_nothing_of_telegram_or_the_bot(path: Path) -> None:
    roots = {module.split(".")[0] for module in imported(path)}
    assert not roots & {"bot", "telegram", "tests"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("bot/*.py")), ids=lambda path: path.name)
def test_bot_uses_only_the_public_names_of_index(path: Path) -> None:
    assert own(path, "index") <= {"__init__"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("bot/*.py")), ids=lambda path: path.name)
def test_whoever_begins_a_transaction_may_not_be_broken_off_in_it(path: Path) -> None:
    """But for `_migrate`: whoever breaks that off ends the bot, and its connection with it."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.AsyncFunctionDef) and node.name != "_migrate":
            opened = {
                ast.unparse(item.context_expr).split(".")[-1]
                for each in ast.walk(node)
                if isinstance(each, ast.AsyncWith)
                for item in each.items
            }
            if opened & {"begin()", "connect()"}:
                decorators = [ast.unparse(one) for one in node.decorator_list]
                assert "unbroken" in decorators, f"{node.name} is not unbroken"


@pytest.mark.parametrize("library", ONLY)
def test_library_is_imported_only_in(library: str) -> None:
    users = {
        name(path)
        for path in MODULES
        if library in {module.split(".")[0] for module in imported(path)}
    }
    assert users <= ONLY[library]


def test_every_library_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"].values()
    declared = {
        re.split(r"[\[<>=]", line)[0].lower().replace("_", "-")
        for line in [*project["dependencies"], *chain.from_iterable(optional)]
    }
    packages = packages_distributions()
    used = {dotted.partition(".")[0] for path in MODULES for dotted in imported(path)}
    lacking = {
        library
        for library in used - sys.stdlib_module_names - {"bot", "index"}
        if not declared & {one.lower().replace("_", "-") for one in packages.get(library, [])}
    }
    assert not lacking


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_module_is_not_too_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", NAMED, ids=[name(path) for path in NAMED])
def test_all_lists_what_is_public_by_name(path: Path) -> None:
    names = listed(path)
    assert len(set(names)) == len(names)
    assert set(names) == public_names(path)


@pytest.mark.parametrize("package", ["index", "bot"])
def test_package_offers_only_what_it_imports(package: str) -> None:
    path = ROOT / package / "__init__.py"
    taken = {
        alias.asname or alias.name
        for node in parse(path).body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    assert taken == (set(listed(path)) if taken else set())


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_module_and_everything_public_in_it_has_a_docstring(path: Path) -> None:
    nodes: list[ast.Module | ast.stmt] = [parse(path)]
    for node in parse(path).body:
        if isinstance(node, ast.ClassDef):
            nodes += [node, *node.body]
        else:
            nodes.append(node)
    for one in nodes:
        if isinstance(one, ast.Module):
            assert ast.get_docstring(one)
        elif isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            public = not one.name.startswith("_")
            assert ast.get_docstring(one) or not public, f"{one.name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_docstrings_first_line_is_a_sentence(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            first = (docstring or ".").split("\n\n")[0]
            assert first.rstrip().endswith((".", ":", "?", "…")), first


def at_top(path: Path) -> set[str]:
    """Return the dotted names of what a module imports as soon as it is imported itself."""
    found = set()
    for node in parse(path).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {f"{node.module}"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_importing_index_loads_no_model(path: Path) -> None:
    """`stats`, `verify` and `--help` answer at once: what takes long is imported with a model."""
    if path.parent.name == "index" and path.stem in LATE:
        return
    found = at_top(path)
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "matplotlib"}
    heavy |= {"onnx", "onnxruntime"}
    assert not {module.split(".")[0] for module in found} & heavy
    assert not found & {f"index.{module}" for module in LATE}
