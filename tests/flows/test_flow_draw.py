"""The diagrams are those of the tables as they are now."""

import re

from flows import draw
from flows.flow import Screen
from flows.registry import FLOWS


def test_no_page_is_stale():
    assert draw.stale() == [], "run: flask --app app flows draw"


def test_there_is_a_page_for_every_conversation():
    assert set(draw.pages()) == {"README.md", *(f"{name}.md" for name in FLOWS)}


def test_a_page_shows_every_state_and_every_arrow():
    for flow in FLOWS.values():
        page = draw.pages()[f"{flow.name}.md"]
        drawn = set(re.findall(r"(?:as|state) (s_\w+)", page))
        arrows = set(re.findall(r"(s_\w+) --> (s_\w+)", page))

        assert len(drawn) == len(flow.states) + len(flow.exits)
        assert {each for arrow in arrows for each in arrow} <= drawn
        bases = {(flow.base(source), line.dest) for line in flow.table for source in line.sources}
        assert len(bases) <= len(arrows)


def test_a_screen_is_known_by_its_first_line():
    assert 'state "A3: What name does your group call you?" as s_A3' in draw.pages()["welcome.md"]


def test_no_label_breaks_the_diagram():
    for flow in FLOWS.values():
        labels = re.findall(r'state "(.*)" as', draw.pages()[f"{flow.name}.md"])
        assert labels
        assert all('"' not in label and "\n" not in label for label in labels)
        assert len(labels) >= sum(isinstance(state, Screen) for state in flow.states.values())


def test_a_page_that_is_stale_is_written_and_one_that_is_no_flow_goes(tmp_path):
    (tmp_path / "gone.md").write_text("# gone\n", encoding="utf-8")
    (tmp_path / "help.md").write_text("old\n", encoding="utf-8")

    assert set(draw.write(tmp_path)) == {"gone.md", *draw.pages()}
    assert draw.stale(tmp_path) == []
    assert not (tmp_path / "gone.md").exists()
