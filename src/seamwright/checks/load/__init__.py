"""Objectives under a declared rate, measured with an open model: latency from the intended time, and errors."""
