# SPDX-License-Identifier: GPL-2.0
"""Each test has a fifo.ko of its own."""

import gc

import guest
import pytest


@pytest.fixture
def modules():
    """What a test loads is unloaded after it."""
    yield
    gc.collect()
    guest.unload(*guest.MODULES)


@pytest.fixture
def ring(modules):
    """Queue 0 can be mapped, and has room for 16 items. Queue 1, too."""
    guest.load("fifo", engine="ring", size="16,16")
