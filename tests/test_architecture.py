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

MODULES = sorted([*ROOT.glob("index/**/*.py"), *ROOT.glob("bot/**/*.py")])
MODULES = [path for path in MODULES if "migrations" not in path.parts]  # alembic's, each alone
INDEX = [path for path in MODULES if ROOT / "index" in path.parents]
BOT = [path for path in MODULES if ROOT / "bot" in path.parents]
PACKAGES = [path for path in MODULES if path.name == "__init__.py"]
NAMED = [path for path in MODULES if path.name not in {"__init__.py", "__main__.py"}]
LONGEST = 300

# The rooms, packages and modules that stand alone, in the order in which they may be entered: each
# imports only from itself and from those before it.
ORDER = {
    "index": (
        "links",
        "types",
        "errors",
        "models",
        "text",
        "articles",
        "web",
        "neural",
        "storage",
        "understanding",
        "answers",
        "settings",
        "ingest",
        "desk",
        "__init__",
        "evaluation",
        "commands",
        "__main__",
    ),
    "bot": (
        "__init__",
        "settings",
        "threads",
        "metrics",
        "chats",
        "wording",
        "keeping",
        "sending",
        "updates",
        "newsroom",
        "handling",
        "jobs",
        "operation",
        "app",
        "running",
        "__main__",
    ),
}

# Who are imported only where they are needed, for what they import at their top takes long: who
# teach and measure the reader, with torch and scikit-learn, and the networks as graphs.
LATE = {
    "index.neural.network",
    "index.neural.examples",
    "index.neural.training",
    "index.neural.bert",
    "index.answers.calibration",
}

# Who alone may import a library, and why nobody else.
ONLY = {
    "faiss": {"index.storage.vectors"},  # aborts the process on misuse; kept behind one door
    "sentence_transformers": {"index.neural.encoder"},  # takes seconds to import
    # No question needs these: where they are imported at all the memory triples.
    "torch": {"index.neural.encoder", "index.neural.network", "index.neural.training"},
    "transformers": {"index.neural.encoder", "index.neural.network"},
    "onnxruntime": {"index.neural.inference"},
    "onnx": {"index.neural.bert"},
    "tokenizers": {"index.neural.inference"},
    "safetensors": {"index.neural.weights", "index.neural.encoder", "index.neural.network"},
    "sklearn": {"index.neural.examples", "index.neural.training", "index.answers.calibration"},
    "matplotlib": {"index.evaluation.drawing"},  # not installed with the rest
    "httpcore": {"index.web.transport"},  # where addresses are checked; nothing may go around it
    "feedparser": {"index.web.feeds"},
    "lxml": {"index.web.sitemaps"},  # reads files and the network unless it is told not to
    "pebble": {"index.web.apart"},
    "protego": {"index.web.robots"},
    "tenacity": {"index.web.patience"},
    "warcio": {"index.ingest.archives"},
    "sqlite3": {"index.storage.connection"},
    "tantivy": {"index.storage.words", "index.text.terms"},  # whose lists of stop words it takes
    "trafilatura": {"index.articles.pages"},
    "htmldate": {"index.articles.pages"},
    "datasketch": {"index.text.likeness"},
    "courlan": {"index.articles.identity"},  # addresses are compared and kept by one norm
    "sentencex": {"index.text.passages"},
    "Stemmer": {"index.text.terms"},
    "filelock": {"index.storage.derived", "bot.keeping.database"},
    "alembic": {"bot.keeping.database"},
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


def dotted(path: Path) -> str:
    """Return the name that a module is imported by."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def own(path: Path, package: str) -> set[str]:
    """Return the modules of one of our packages that a module imports."""
    return {module for module in imported(path) if module.split(".")[0] == package}


def room(module: str) -> str:
    """Return the room that a module of ours stands in."""
    return [*module.split("."), "__init__"][1]


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


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_module_imports_only_from_its_room_and_those_before(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    order = ORDER[package]
    rank = order.index(room(dotted(path)))
    later = {one for one in own(path, package) if order.index(room(one)) > rank}
    assert not later


@pytest.mark.parametrize("package", ["index", "bot"])
def test_no_imports_go_in_circles(package: str) -> None:
    graph = {dotted(path): own(path, package) - {package} for path in MODULES}
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("path", INDEX, ids=[name(path) for path in INDEX])
def test_index_knows_nothing_of_telegram_or_the_bot(path: Path) -> None:
    roots = {module.split(".")[0] for module in imported(path)}
    assert not roots & {"bot", "telegram", "tests"}


@pytest.mark.parametrize("path", BOT, ids=[name(path) for path in BOT])
def test_bot_uses_only_the_public_names_of_index(path: Path) -> None:
    assert own(path, "index") <= {"index"}


@pytest.mark.parametrize("path", BOT, ids=[name(path) for path in BOT])
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
        dotted(path)
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


@pytest.mark.parametrize("path", PACKAGES, ids=[dotted(path) for path in PACKAGES])
def test_package_offers_only_what_it_imports(path: Path) -> None:
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
    if dotted(path) in LATE:
        return
    found = at_top(path)
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "matplotlib"}
    heavy |= {"onnx", "onnxruntime"}
    assert not {module.split(".")[0] for module in found} & heavy
    assert not found & LATE
