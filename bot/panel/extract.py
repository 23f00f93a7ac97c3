"""All sentences of the panel as a template for translators: `make panel-words` writes it to bot/panel/locale/panel.pot.

From the templates and from Python: what stands in `_()` or `said()`, and the tables of a module, whose words a page
says with `_`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
MARKS: Final = ("_", "said")
# Modules whose tables hold no words for people; what they mark is found all the same.
NO_TABLES: Final = (
    "browsers.py", "exports.py", "extract.py", "gate.py", "limits.py", "rq_pages.py", "typed.py", "web.py", "words.py",
)  # fmt: skip
WORDS: Final = re.compile(r"[A-Z][a-z]+|[A-Za-z(*][^/_<>|\\=]* [^_<>|\\=]*", re.DOTALL)
# As .po files begin; a language fills in its own name.
HEADER: Final = """# The sentences of the panel, for translators; `make panel-words` writes it.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def template() -> str:
    """The whole file."""
    catalog = Catalog(charset="utf-8")
    for path in sorted(HERE.rglob("*.html")):
        for sentence in _of_template(path):
            catalog.add(sentence, locations=[(str(path.relative_to(ROOT)), 0)])
    for path in sorted(HERE.rglob("*.py")):
        for sentence in _of_module(path):
            catalog.add(sentence, locations=[(str(path.relative_to(ROOT)), 0)])
    out = BytesIO()
    write_po(out, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER + out.getvalue().decode()


def _of_template(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for _line, _name, given, _comments in babel_extract(file, MARKS, (), {}):
            sentence = given[0] if isinstance(given, tuple) else given
            if sentence:
                yield sentence


def _of_module(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rpartition(".")[2] in MARKS:
            yield from _texts(node.args[0])
    if path.name not in NO_TABLES:
        for statement in tree.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) and not _is_docstring(statement):
                yield from (text for text in _texts(statement) if WORDS.fullmatch(text))


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


if __name__ == "__main__":
    sys.stdout.write(template())
