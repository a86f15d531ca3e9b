# SPDX-License-Identifier: GPL-3.0-or-later
"""The open head, and our network on its mean face."""

from __future__ import annotations

import pytest

from inference.emotion.emotion_keys import EmotionKeys, Person, emotion_keys
from inference.emotion.network import EmotionNetwork
from inference.emotion.shipped import shipped_network
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head


@pytest.fixture(scope="session")
def head() -> HeadModel:
    return load_open_head()


@pytest.fixture(scope="session")
def network(head: HeadModel) -> EmotionNetwork:
    return shipped_network(head)


@pytest.fixture(scope="session")
def person(head: HeadModel) -> Person:
    return Person(head, head.shape_mean)


@pytest.fixture(scope="session")
def keys(network: EmotionNetwork, person: Person) -> EmotionKeys:
    return emotion_keys(network, person)
