"""The machine a run was made on, for the head of a report."""

import os
import platform
import time


def _first(path, prefix):
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(prefix):
                    return line.split(":" if ":" in line else "=", 1)[1].strip().strip('"')
    except OSError:
        pass
    return "?"


def describe():
    """What of the machine matters for numbers."""
    memory = _first("/proc/meminfo", "MemTotal")
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "processor": _first("/proc/cpuinfo", "model name"),
        "processors": os.cpu_count(),
        "memory_mb": int(memory.split()[0]) // 1024 if memory != "?" else 0,
        "system": _first("/etc/os-release", "PRETTY_NAME"),
        "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 2),
    }


def text(machine):
    return (f"{machine['processor']}, {machine['processors']} processors, {machine['memory_mb']} MB, {machine['system']}, "
            f"Linux {machine['kernel']}, load {machine['load']} at the start, {machine['date']}")
