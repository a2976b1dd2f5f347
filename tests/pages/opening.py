"""Pages, opened as by their links and read as their visitors do."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from app.routes import PageName
from core.files import PROJECT

PAGES: list[PageName] = [
    *("home", "train", "runs", "studies", "evaluate", "compare", "results"),
    *("predict", "image", "inside"),
]


def opened(name: PageName, **query: str) -> AppTest:
    """The page after its first run; fails when it raised anything."""
    test = AppTest.from_file(str(PROJECT / "app" / "navigation.py"), default_timeout=60)
    test._page_hash = calc_hash(name)  # as switch_page knows no addresses before the first run
    for key, value in query.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception
    return test


def sentences(test: AppTest) -> str:
    return " ".join(str(error.value) for error in test.error)
