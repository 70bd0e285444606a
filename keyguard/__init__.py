"""keyguard keeps AWS access keys out of code."""

__version__ = "0.1.0"
