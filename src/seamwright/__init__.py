"""An integrations engineer you can run: it finds the seams of a system and proves them."""

__all__ = ["__version__"]

__version__ = "0.1.0"
