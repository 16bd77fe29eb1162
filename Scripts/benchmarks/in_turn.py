#!/usr/bin/env python3
"""Compares the speed of two builds of godwit, in turn, as a machine's speed changes from second to second.

    in_turn.py benchmarks OLD NEW [--filter REGEX] [--pairs 6] [--seconds 0.1]
    in_turn.py command OLD NEW [--rounds 4] -- train Sources --steps 300 --out OUT

`benchmarks` runs each benchmark by itself, first one build and then the other, then the other way round, and prints the
ratio NEW / OLD: the median over pairs of the least times, and the ratio of the medians. `command` starts both builds with the same
arguments and lets them run for 0.4 s each in turn (SIGSTOP, SIGCONT), and prints the ratio of the times that they needed; the
word OUT becomes a new folder for each.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time


def names(build, pattern):
    listed = subprocess.run([build, "benchmark", "--list"], capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if re.search(pattern, name)]


def measured(build, name, seconds):
    """The median and the least time of a benchmark."""
    command = [build, "benchmark", "--filter", f"^{re.escape(name)}$", "--seconds", str(seconds), "--json", "--quiet"]
    result = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return result["medianSeconds"], result["minSeconds"]


def in_order(pair, round_):
    return pair if round_ % 2 == 0 else pair[::-1]


def compare_benchmarks(old, new, pattern, pairs, seconds):
    known = set(names(new, pattern))
    common = [name for name in names(old, pattern) if name in known]
    if not common:
        sys.exit(f"no benchmark of both builds matches '{pattern}'")
    for name in common:
        times = {old: [], new: []}
        for round_ in range(pairs):
            for build in in_order([old, new], round_):
                times[build].append(measured(build, name, seconds))
        least = statistics.median(b[1] / a[1] for a, b in zip(times[old], times[new]))
        median = statistics.median(t[0] for t in times[new]) / statistics.median(t[0] for t in times[old])
        print(f"{name:55} {least:.3f} least, {median:.3f} median", flush=True)


def active_seconds(builds, arguments, turn=0.4):
    """How long each build took while it was its turn."""
    processes, seconds = {}, dict.fromkeys(builds, 0.0)
    for build in builds:
        given = [argument.replace("OUT", tempfile.mkdtemp() + "/run") for argument in arguments]
        processes[build] = subprocess.Popen([build, *given], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.kill(processes[build].pid, signal.SIGSTOP)
    running = list(builds)
    try:
        while running:
            for build in list(running):
                process = processes[build]
                os.kill(process.pid, signal.SIGCONT)
                start = time.perf_counter()
                while process.poll() is None and time.perf_counter() < start + turn:
                    time.sleep(0.004)
                seconds[build] += time.perf_counter() - start
                if process.poll() is None:
                    os.kill(process.pid, signal.SIGSTOP)
                elif process.returncode:
                    sys.exit(f"{build} {' '.join(arguments)}: exit code {process.returncode}")
                else:
                    running.remove(build)
    finally:
        for build in running:
            processes[build].kill()
    return seconds


def compare_command(old, new, rounds, arguments):
    ratios = []
    for round_ in range(rounds):
        seconds = active_seconds(in_order([old, new], round_), arguments)
        ratios.append(seconds[new] / seconds[old])
        print(f"{seconds[old]:.2f} s, {seconds[new]:.2f} s: {ratios[-1]:.3f}", flush=True)
    print(f"median {statistics.median(ratios):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("benchmarks", "command"):
        sub = kinds.add_parser(kind)
        sub.add_argument("old", help="the program of one build")
        sub.add_argument("new", help="the program of the other build")
        if kind == "benchmarks":
            sub.add_argument("--filter", default="")
            sub.add_argument("--pairs", type=int, default=6)
            sub.add_argument("--seconds", type=float, default=0.1)
        else:
            sub.add_argument("--rounds", type=int, default=4)
            sub.add_argument("arguments", nargs="+")
    given = parser.parse_args()
    builds = [os.path.abspath(given.old), os.path.abspath(given.new)]
    if builds[0] == builds[1]:
        sys.exit("OLD and NEW are one program")
    if given.kind == "benchmarks":
        compare_benchmarks(*builds, given.filter, given.pairs, given.seconds)
    else:
        compare_command(*builds, given.rounds, given.arguments)


if __name__ == "__main__":
    main()
