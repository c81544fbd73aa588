"""Benchmarks: what this machine does, as a ratio to a bare floor measured in the same run, and in absolute numbers."""
