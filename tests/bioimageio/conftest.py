"""A tiny model that bioimageio.spec takes, made without any framework: nobody runs it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

DESCRIPTION = """\
# A model as somebody wrote it.
type: model
format_version: 0.5.4
name: Tiny nuclei model  # shown on the card
{identifier}description: "Finds nuclei: or would, if it were trained."
authors: [{{name: Josiah Carberry, github_user: githubuser2}}]
cite:
  - {{text: A paper, doi: 10.1242/jcs.033340}}
license: MIT
documentation: README.md
git_repo: https://example.com/code
tags:
- nuclei
inputs:
  - id: raw
    axes:
      - {{type: batch}}
      - {{type: channel, channel_names: [dapi]}}
      - {{type: space, id: y, size: 8}}
      - {{type: space, id: x, size: 8}}
    test_tensor: {{source: in.npy}}
outputs:
  - id: nuclei
    axes:
      - {{type: batch}}
      - {{type: channel, channel_names: [nucleus]}}
      - {{type: space, id: y, size: 8}}
      - {{type: space, id: x, size: 8}}
    test_tensor: {{source: out.npy}}
# The weights are last.
weights:
  onnx:
    source: weights.onnx
    opset_version: 15  # of the exporter
{end}"""


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection: bioimageio.spec looks at addresses, and takes those that it cannot reach."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the folder of a model."""

    def make(identifier: str | None = "affable-shark", end: str = "", name: str = "model") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        text = DESCRIPTION.format(identifier=f"id: {identifier}\n" if identifier else "", end=end)
        (folder / "rdf.yaml").write_text(text, encoding="utf-8")
        (folder / "README.md").write_text("# Tiny\n")
        (folder / "weights.onnx").write_bytes(b"\x08\x08" + bytes(2000))
        for tensor in ("in", "out"):
            np.save(folder / f"{tensor}.npy", np.full((1, 1, 8, 8), 2e5, np.float32))
        return folder

    return make
