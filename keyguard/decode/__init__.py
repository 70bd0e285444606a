"""Shows text that is written in another way, with a map back to where it stands.

``walk`` is where to begin; ``view`` is the map; ``base64``, ``numbers`` and ``tokens`` know ways to write.
"""
