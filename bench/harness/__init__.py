"""The benchmark harness behind ./dev bench: one module for one idea, bench/run starts it."""
