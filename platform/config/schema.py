"""How operations are called in the schema of the interface for machines."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema


class NamedByAddress(AutoSchema):
    """An address that ends with a key names one thing, any other a list of them; our plain views do not say it."""

    def get_operation_id(self) -> str:
        """``networks_list`` for ``/networks/``, ``networks_retrieve`` for ``/networks/{slug}/``."""
        name: str = super().get_operation_id()
        if name.endswith("_retrieve") and not self.path.rstrip("/").endswith("}"):
            return f"{name.removesuffix('_retrieve')}_list"
        return name
