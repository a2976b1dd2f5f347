"""The network looked at: every choice counts, is in the link, and goes along to other pages."""

import pytest
from streamlit.testing.v1 import AppTest

from app.routes import PageName, page
from core.runs.networks import BEST, shipped_networks
from tests.pages.opening import opened

pytestmark = pytest.mark.slow

SHIPPED = list(shipped_networks())


def choose(test: AppTest, network: str) -> AppTest:
    return test.selectbox[0].set_value(network).run()


def at(test: AppTest, name: PageName) -> AppTest:
    """The page, gone to by the navigation, which leaves the link's values behind."""
    test.query_params.clear()
    test.switch_page(page(name)).run()
    assert not test.exception, test.exception
    return test


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ["evaluate", "predict", "image"])
def test_five_networks_are_chosen_in_a_row(name: PageName) -> None:
    test = opened(name)
    for network in [*SHIPPED[1:5], SHIPPED[0]]:
        choose(test, network)
        assert test.selectbox[0].value == network
        assert test.query_params["run"] == network
    assert not test.exception and not test.error


@pytest.mark.usefixtures("store")
def test_a_link_opens_its_network_also_in_a_tab_that_showed_another_one() -> None:
    test = opened("evaluate", run=SHIPPED[1])
    assert test.selectbox[0].value == SHIPPED[1]
    test.query_params["run"] = SHIPPED[2]  # as the browser's Back does
    assert test.run().selectbox[0].value == SHIPPED[2]


def test_the_network_stays_chosen_from_page_to_page(trained: str) -> None:
    test = opened("predict")
    assert test.selectbox[0].value == BEST
    choose(test, SHIPPED[2])
    assert at(test, "evaluate").selectbox[0].value == SHIPPED[2]
    choose(test, trained)
    assert at(test, "predict").selectbox[0].value == trained
    assert test.query_params["run"] == trained


def test_an_empty_run_in_a_link_is_none(trained: str) -> None:
    assert opened("evaluate", run="").selectbox[0].value == trained
