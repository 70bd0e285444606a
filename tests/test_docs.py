from __future__ import annotations
import pytest
import docs_examples
from docs_examples import DOCS, Reader, blocks
@pytest.mark.parametrize("page", DOCS, ids=lambda p: p.name)
def test_page(page, tmp_path):
    r = Reader(tmp_path)
    for b in blocks(page): r.follow(b)
