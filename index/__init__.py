"""Articles in, answers out: verbatim excerpts, each cited, or an honest refusal.

`Desk` is what a bot needs; `indexer` fills what it reads. See `python -m index --help`.
"""

from index.amending import Amendment, Shown
from index.browsing import Surroundings
from index.changing import Mended, change, mend
from index.desk import Desk
from index.errors import ClipdeskError, DamagedStoreError, LockedError, QuestionError
from index.handing import Handed
from index.models import Encoder
from index.query import MAX_QUESTION
from index.refreshing import Refreshed, refresh
from index.settings import IndexSettings
from index.submitting import (
    Proposal,
    Proposed,
    look_up,
    propose_file,
    propose_link,
    propose_text,
)
from index.topics import News
from index.types import Answer, Article, Citation, Reach, Scope, Span
from index.vitals import Health, health, health_if_any

__all__ = [
    "MAX_QUESTION",
    "Amendment",
    "Answer",
    "Article",
    "Citation",
    "ClipdeskError",
    "DamagedStoreError",
    "Desk",
    "Encoder",
    "Handed",
    "Health",
    "IndexSettings",
    "LockedError",
    "Mended",
    "News",
    "Proposal",
    "Proposed",
    "QuestionError",
    "Reach",
    "Refreshed",
    "Scope",
    "Shown",
    "Span",
    "Surroundings",
    "change",
    "health",
    "health_if_any",
    "look_up",
    "mend",
    "propose_file",
    "propose_link",
    "propose_text",
    "refresh",
]
