"""A list of common questions as a file, row by row."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from geodata.rules.table_cells import truth
from survey.rules.faq import ANSWER_MOST, QUESTION_MOST, checked_text, question_key


def entries_from(frame: pd.DataFrame, mapping: Mapping[str, str]) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into questions and answers that may be kept, and a reason for each row that may not.

    Parameters
    ----------
    mapping
        ``question`` and ``answer`` are required; ``category`` names what an unanswered question is reported under, by
        code or name; ``retired``.

    Returns
    -------
    tuple
        A GeoDataFrame without places: ``question, answer, category`` (as written), ``retired`` (bool), ``row``; and
        the refusals: ``faq.bad_question``, ``faq.bad_answer`` (most), ``row.repeated`` (rows) for one question twice,
        ``cell.*``.
    """
    check_mapping(frame, mapping, ("question", "answer"))
    rows = Rows(frame, mapping)
    texts = {"question": rows.texts("question", QUESTION_MOST), "answer": rows.texts("answer", ANSWER_MOST)}
    columns: dict[str, list[object]] = {
        "question": rows.each("question", texts["question"], lambda text: checked_text(text, "question")),
        "answer": rows.each("answer", texts["answer"], lambda text: checked_text(text, "answer")),
        "category": list(rows.texts("category", 80)),
        "retired": truth(rows.texts("retired", 40)).tolist(),
    }
    rows.refuse_repeats([question_key(text) for text in texts["question"]], "question", "row.repeated")
    return rows.kept(columns), rows.finished()
