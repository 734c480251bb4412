"""Query → passages → sentences, judged → an answer of verbatim excerpts, or a refusal."""
