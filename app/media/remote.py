"""Files on S3-compatible storage, where `HAWKER_MEDIA_URL` says so. Everything here blocks: call it in a thread.

The disk is then a cache in front of it: what is kept is written to both, what is missing on the disk is brought back.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.config import Settings


class StorageAway(ConnectionError):
    """The storage did not answer, or refused us; the text names the reason."""


class Remote:
    """One bucket, or the part of it below a prefix."""

    def __init__(self, settings: Settings) -> None:
        from minio import Minio

        address, place = urlsplit(settings.s3_endpoint), urlsplit(settings.media_url or "")
        self._bucket, self._prefix = place.netloc, place.path.strip("/")
        self._client = Minio(
            address.netloc,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            region=settings.s3_region,
            secure=address.scheme == "https",
        )

    def put(self, key: str, path: Path) -> None:
        """Write a file, also over the same one: its age then begins anew. Raises StorageAway."""
        self._ask("fput_object", key, str(path))

    def get(self, key: str, path: Path) -> None:
        """Bring a file to `path`. Raises FileNotFoundError, StorageAway."""
        self._ask("fget_object", key, str(path))

    def changed_at(self, key: str) -> datetime:
        """Return when a file was written last. Raises FileNotFoundError, StorageAway."""
        changed: datetime = self._ask("stat_object", key).last_modified
        return changed

    def remove(self, key: str) -> None:
        """Delete a file; one that is not there is no error. Raises StorageAway."""
        self._ask("remove_object", key)

    def _ask(self, verb: str, key: str, *given: str) -> Any:
        from minio.error import MinioException, S3Error
        from urllib3.exceptions import HTTPError

        name = f"{self._prefix}/{key}" if self._prefix else key
        try:
            return getattr(self._client, verb)(self._bucket, name, *given)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchObject", "ResourceNotFound"):
                raise FileNotFoundError(key) from None
            raise StorageAway(str(error.code)) from None
        except (MinioException, HTTPError) as error:
            raise StorageAway(type(error).__name__) from None


@lru_cache(maxsize=4)
def remote(settings: Settings) -> Remote | None:
    """Return the storage that is set, or None for the disk alone."""
    return None if settings.media_url is None else Remote(settings)
