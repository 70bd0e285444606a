"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("keyguard", deadline=None)  # how long something takes is for benchmarks to say
settings.load_profile("keyguard")
