"""Common questions found by the meaning of their words, and nothing found where nothing fits."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pandas as pd
import pytest

from geodata.rules.problems import Problem
from survey.actions.wording import cut
from survey.rules import faq
from survey.rules.faq import Entry, Index, ask, make_index
from survey.rules.faq_rows import entries_from
from survey.rules.faq_words import SAYS_NOTHING, SAYS_THE_SAME

LIST = {
    "路灯坏了找谁修": "拨打村委会电话，或在三长图上报“路灯”，一般2天内修好。",
    "医保怎么交": "每年9月至12月，在手机上缴纳，也可请邻长代办。",
    "养老金认证怎么做": "手机上人脸认证，或到村服务站办理。",
    "低保怎么申请": "本人向村委会提出书面申请，带上身份证、户口本、收入证明。",
    "宅基地怎么审批": "向村委会申请，镇里审批，一户一宅。",
    "高龄补贴多少钱": "80至89岁每月50元，90岁以上每月100元。",
    "残疾证去哪里办": "到县残联评定，带身份证和照片。",
    "垃圾什么时候收": "每周一、三、五上午收。",
    "停水了怎么办": "先看停水公告，再拨打自来水公司电话。",
    "停电找谁": "拨打供电所电话。",
    "欠薪怎么维权": "到县劳动监察大队投诉。",
    "身份证丢了怎么补办": "到派出所户籍窗口，带户口本。",
    "结婚登记需要带什么": "双方身份证、户口本、照片，到县民政局婚姻登记处。",
}


@pytest.fixture(scope="module")
def index() -> Index:
    """The list made ready once."""
    return make_index([Entry(question, question, answer) for question, answer in LIST.items()], cut)


def test_the_examples_in_docstrings_are_true() -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(faq).failed == 0


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("我家门口的路灯不亮了，谁来修", "路灯坏了找谁修"),
        ("新农合在哪里缴费", "医保怎么交"),
        ("社保人脸认证", "养老金认证怎么做"),
        ("老人80岁有补贴吗", "高龄补贴多少钱"),
        ("身份证掉了", "身份证丢了怎么补办"),
        ("家里没水了", "停水了怎么办"),
        ("拖欠工资怎么办", "欠薪怎么维权"),
        ("怎么起房子", "宅基地怎么审批"),
        ("登记结婚要什么材料", "结婚登记需要带什么"),
        ("垃圾车几点来", "垃圾什么时候收"),
    ],
)
def test_a_question_in_other_words_is_answered(index: Index, asked: str, found: str) -> None:
    """People do not ask in the words of the list; words that mean the same are one."""
    answers = ask(index, asked, cut, 3)
    assert answers[0].id == found
    assert answers[0].share >= faq.LEAST_SHARE
    assert [one.score for one in answers] == sorted((one.score for one in answers), reverse=True)


@pytest.mark.parametrize(
    "asked", ["狗咬人了怎么办", "今天天气怎么样", "公交几点有", "电费怎么交", "你好", "", "？？", "我要离婚"]
)
def test_a_question_about_something_else_has_no_answer(index: Index, asked: str) -> None:
    """BM25 always has a best answer; one that holds less than half of the question is none."""
    assert ask(index, asked, cut, 3) == []


def test_an_empty_list_answers_nothing() -> None:
    """A county that has written no answers, or one without a word in it, is asked in vain and says so."""
    assert ask(make_index([], cut), "医保怎么交", cut, 3) == []
    assert ask(make_index([Entry("1", "？", "！")], cut), "医保怎么交", cut, 3) == []


def test_the_words_of_the_lists_agree() -> None:
    """A word that stands for others is none that says nothing, and none stands for itself."""
    assert not {one for _, one in SAYS_THE_SAME} & SAYS_NOTHING
    assert all(word != one for word, one in SAYS_THE_SAME)


def test_a_file_of_questions_is_read_row_by_row() -> None:
    """A question is known again by its letters; one without an answer, or said twice, is refused."""
    frame = pd.DataFrame({"问": ["医保怎么交？", "医保 怎么交", "停水了", " ", "低保"], "答": ["a", "b", " ", "c", "d"],
                          "停用": ["", "", "", "", "是"]})  # fmt: skip
    rows, refusals = entries_from(frame, {"question": "问", "answer": "答", "retired": "停用"})
    assert rows[["question", "answer", "retired"]].to_numpy().tolist() == [["低保", "d", True]]
    assert [(one.row, one.code) for one in refusals] == [
        (2, "row.repeated"), (3, "row.repeated"), (4, "faq.bad_answer"), (5, "faq.bad_question"),
    ]  # fmt: skip
    with pytest.raises(Problem, match=r"faq\.bad_answer"):
        faq.checked_text("字" * 4_001, "answer")


def test_the_server_starts_without_dictionaries() -> None:
    """Dictionary and ranking load when somebody asks, not when a worker starts; and they load without a word."""
    line = "import sys, webmap.app; sys.exit(bool({'jieba', 'bm25s'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", line], check=False).returncode == 0
    quiet = "from survey.actions.wording import cut; print(cut('路灯'))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", quiet], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("['路灯']", "")
