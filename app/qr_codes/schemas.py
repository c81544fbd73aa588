"""What the API takes about QR codes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.api import Input


class QrCodePost(Input):
    """`scene` is what the platform gives back with everybody who scans it; `expires_in_s` is left out for a code that lasts for ever."""

    scene: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_.:-]+$")]
    name: Annotated[str, Field(max_length=200)] = ""
    expires_in_s: Annotated[int, Field(ge=60, le=366 * 24 * 3600)] | None = None
