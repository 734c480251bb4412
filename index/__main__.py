"""The command line: `python -m index`."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from index.articles.files import count_others, read
from index.commands import bars, console, inspecting, process, reporting, watching
from index.commands.chatting import converse
from index.commands.options import DATA, AsJson, DataAnywhere
from index.desk import Desk
from index.errors import QuestionError
from index.evaluation.drawing import draw
from index.evaluation.evaluate import ask_all
from index.evaluation.questions import Question, read_questions
from index.ingest import indexer
from index.settings import IndexSettings
from index.storage.store import Store
from index.types import Answer

app = typer.Typer(
    name="python -m index",
    cls=DataAnywhere,
    help="Index news articles and ask them questions. Every answer is made of verbatim excerpts, "
    "each cited to its article, or says that the coverage does not answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

# Whether a path can be read is found out later, so that it stops none of the others.
_PATHS = typer.Argument(
    help="Files (.md, .txt, .html, .json, .jsonl) or folders.", show_default=False, readable=False
)
Asked = Annotated[str | None, typer.Argument(help="In quotes.", show_default=False)]
Citations = Annotated[int, typer.Option("--k", min=1, max=100, help="Most citations.")]
Passages = Annotated[int, typer.Option("--k", min=1, max=100, help="Most passages.")]


@app.callback()
def configure(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            DATA, readable=False, help="Where the index lives; otherwise DATA_DIR, or `var`."
        ),
    ] = None,
) -> None:
    """Take the options that all commands have."""
    settings = IndexSettings.read()
    if data is not None:
        settings.data_dir = data
    context.obj = settings


@app.command()
def build(
    context: typer.Context,
    paths: Annotated[list[Path] | None, _PATHS] = None,
    as_json: AsJson = False,
) -> None:
    """Make the index say exactly what the paths say (by default: `corpus/`).

    Unchanged articles are not encoded again; articles that the paths no longer hold leave. An
    index built with another model is built anew, a damaged one set aside.
    """
    _index(context.obj, "build", paths or [Path("corpus")], as_json)


@app.command()
def add(
    context: typer.Context, paths: Annotated[list[Path], _PATHS], as_json: AsJson = False
) -> None:
    """Add articles, or put them in the place of earlier ones with the same ids."""
    _index(context.obj, "add", paths, as_json)


@app.command()
def remove(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Article ids, as `search` shows them.")],
    as_json: AsJson = False,
) -> None:
    """Remove articles, so that they are not quoted again."""
    removed = indexer.remove(context.obj.data_dir, ids)
    missing = sorted(set(ids) - set(removed))
    if as_json:
        console.print_json({"removed": removed, "missing": missing})
    elif removed:
        console.out.print(f"removed: {', '.join(removed)}", markup=False)
    if missing:
        process.fail(f"no such article: {', '.join(map(repr, missing))}")


@app.command()
def ask(
    context: typer.Context,
    question: Asked = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            readable=False,
            help="Ask every line of a JSONL file: `question`, and if need be `after` (the "
            "question before it) and `asked` (the ISO date it was asked on).",
        ),
    ] = None,
    k: Citations = 3,
    anywhere: Annotated[
        bool,
        typer.Option("--anywhere", help="In all the coverage, whatever outlet or time is named."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a question; the answer is cited excerpts, or that the coverage does not answer."""
    if (question is None) == (file is None):
        raise typer.BadParameter("give either a question or --file QUESTIONS.jsonl")
    if file is not None:
        asked = list(read_questions(file)) or process.fail(f"{file}: no question in it")
        _ask_each(context.obj, asked, k, anywhere, as_json)
        return
    with closing(_open_desk(context.obj)) as desk:
        _show(desk.ask(question or "", k=k, anywhere=anywhere), as_json)


@app.command()
def chat(context: typer.Context, k: Citations = 3) -> None:
    """Talk with the coverage, a question a line; the end of the input ends it."""
    with closing(_open_desk(context.obj)) as desk:
        converse(desk, k=k)


@app.command()
def evaluate(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            readable=False,
            help="JSONL: `question`, `answerable`, `gold` (strings of which an excerpt must hold "
            "one) or `evidence` (article ids), and if need be `after` and `asked`.",
        ),
    ],
    curve: Annotated[
        Path | None,
        typer.Option("--curve", readable=False, help="Draw risk against coverage: a PNG."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask judged questions and print how often the right thing is cited, and refusing is right."""
    judged = [one for one in read_questions(file) if one.answerable is not None]
    if not judged:
        process.fail(f"{file}: no judged question in it; say `answerable`: true or false")
    with closing(Store(context.obj.data_dir)) as store:
        lacking = {id_ for one in judged for id_ in one.evidence} - store.digests().keys()
    if lacking:
        named = ", ".join(map(repr, sorted(lacking)))
        console.complain(f"no such article, so missed: {named}", style="yellow")
    with closing(_open_desk(context.obj)) as desk:
        asked = ask_all(desk.ask, reporting.watched(judged))
    if as_json:
        console.print_json(reporting.report_as_dict(asked))
    else:
        reporting.print_report(asked)
    if curve is not None:  # last, so that what fails here costs no figures
        draw(asked, curve)


@app.command()
def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="In quotes.")],
    k: Passages = 10,
    as_json: AsJson = False,
) -> None:
    """Show the passages closest to a query, with their scores (0 to 1, higher is closer)."""
    with closing(_open_desk(context.obj)) as desk:
        hits = desk.search(query, k=k)
    if as_json:
        listed = [console.hit_as_dict(hit, article) for hit, article in hits]
        console.print_json({"query": query, "hits": listed})
    else:
        console.print_hits(hits)


app.command()(inspecting.stats)
app.command()(inspecting.history)
app.command()(inspecting.verify)
app.command()(watching.watch)
app.command()(watching.sources)


def main() -> None:
    """Run the command given."""
    process.run(lambda: app(prog_name=app.info.name))


def _index(settings: IndexSettings, command: str, paths: list[Path], as_json: bool) -> None:
    with process.working("Loading the model"):
        encoder = settings.load_encoder(threads=os.cpu_count() or 1)
    run = indexer.build if command == "build" else indexer.add
    articles = read(paths, beside=settings.data_dir)
    with bars.RunBar() as bar:
        changes = run(settings.data_dir, articles, encoder=encoder, progress=bar)
    if as_json:
        console.print_json(console.changes_as_dict(changes))
    else:
        console.print_changes(changes)
    console.print_others(count_others(paths, beside=settings.data_dir))
    if changes.errors:
        rest = (
            "; the rest is indexed"
            if changes.added or changes.changed or changes.unchanged
            else ""
        )
        process.fail(f"{len(changes.errors)} article(s) could not be read{rest}")


def _open_desk(settings: IndexSettings) -> Desk:
    Store(settings.data_dir).close()  # no index: say so before a model is loaded
    with process.working("Loading the models"):
        return Desk(settings.data_dir, settings.load_encoder(), settings.load_reader())


def _ask_each(
    settings: IndexSettings, asked: list[Question], k: int, anywhere: bool, as_json: bool
) -> None:
    refused = 0
    with closing(_open_desk(settings)) as desk:
        for question in asked:
            try:
                answer = desk.ask(
                    question.text,
                    after=question.after,
                    k=k,
                    today=question.asked,
                    anywhere=anywhere,
                )
                _show(answer, as_json)
            except QuestionError as error:
                refused += 1
                if as_json:
                    console.print_json({"question": question.text, "error": str(error)})
                else:
                    console.complain(f"error: {error}")
    if refused:
        process.fail(f"{refused} of {len(asked)} questions could not be asked")


def _show(answer: Answer, as_json: bool) -> None:
    if as_json:
        console.print_json(console.answer_as_dict(answer))
    else:
        console.print_answer(answer)


if __name__ == "__main__":
    main()
