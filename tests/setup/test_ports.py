"""A taken port is named with its holder, before anything starts."""

from __future__ import annotations

import os
import socket

import pytest

from bot.supervision.errors import PortTaken
from bot.supervision.ports import require_free


def test_names_the_port_the_holder_and_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken) as refused:
            require_free("127.0.0.1", port, "网关", "GATEWAY_PORT")
    message = str(refused.value)
    assert f"端口 {port}（网关）已被占用：pid {os.getpid()}" in message
    assert f"GATEWAY_PORT={port + 100} make up" in message
    require_free("127.0.0.1", port, "网关", "GATEWAY_PORT")  # free again


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(PortTaken, match=r"网关不能在 192\.0\.2\.1:8189 上监听"):
        require_free("192.0.2.1", 8189, "网关", "GATEWAY_HOST")
