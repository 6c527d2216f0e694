"""A list of every sentence of a summary, and below it the cells of the tables that it rests on:

python tests/audit/audited_list.py docs/results/quickstart digits > tests/audit/quickstart.md
"""

import sys
from pathlib import Path

from audited_page import Page, read_summary
from audited_sentences import audited


def listed(page: Page) -> str:
    """The list, in Markdown."""
    lines = []
    for sentence, remade in audited(page):
        lines += [f"{sentence}\n", *(f"    {cell}" for cell in dict.fromkeys(remade.cells)), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(listed(read_summary(Path(sys.argv[1]), sys.argv[2])), end="")
