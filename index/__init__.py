"""Articles in, answers out: verbatim excerpts, each cited, or an honest refusal.

`Desk` is what a bot needs; `indexer` fills what it reads. See `python -m index --help`.
"""

from index.amending import Amendment, Shown
from index.browsing import News, Surroundings
from index.desk import Desk
from index.errors import ClipdeskError, QuestionError
from index.models import Encoder
from index.refreshing import Refreshed, Watching, refresh
from index.settings import IndexSettings
from index.types import Answer, Citation, Reach, Scope, Span
from index.vitals import Health, health

__all__ = [
    "Amendment",
    "Answer",
    "Citation",
    "ClipdeskError",
    "Desk",
    "Encoder",
    "Health",
    "IndexSettings",
    "News",
    "QuestionError",
    "Reach",
    "Refreshed",
    "Scope",
    "Shown",
    "Span",
    "Surroundings",
    "Watching",
    "health",
    "refresh",
]
