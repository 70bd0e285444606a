"""What other scanners were told to accept, taken over: one module for each kind of file.

These files have hashes and places of their own, so a scan has to say which keys they mean.
"""
