"""How long the desk makes a reviewer wait: proposals decided by keys alone, then the rest in bulk.

    python benchmarks/desk_keys.py WORKSPACE --proposals 100

WORKSPACE is written to: take a copy. Needs a Chromium, and the packages of the group `dev`.
"""

import argparse
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

KEYS = "odwm"


def decide(page: Any, key: str) -> float:
    """Press a verdict's key; return the seconds until the next proposal is there to be read."""
    shown = [
        f":has(input[name={name}][value='{page.input_value(f'input[name={name}]')}'])"
        for name in ("pair_id", "other_id")
    ]
    start = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_selector(f"#decide:not({''.join(shown)})", state="attached", timeout=60_000)
    return time.perf_counter() - start


def decide_the_rest(page: Any) -> float:
    """Decide all that is left in bulk, by keys; return the seconds from the preview to the end."""
    start = time.perf_counter()
    page.keyboard.press("B")
    page.wait_for_url("**/review/many?**")
    page.keyboard.press("O")
    page.keyboard.press("O")
    page.wait_for_selector("text=verdicts written", timeout=60_000)
    return time.perf_counter() - start


def cpu_s(process: subprocess.Popen[str]) -> float:
    """Return the CPU seconds that a process has used, all of its threads together."""
    used = psutil.Process(process.pid).cpu_times()
    return float(used.user + used.system)


def main() -> None:
    """Open the desk, press the keys, print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--proposals", type=int, default=100)
    asked = parser.parse_args()
    command = [str(Path(sys.executable).with_name("faucet")), "desk", "--no-browser", "--port", "0"]
    desk = subprocess.Popen(
        [*command, "--who", "keys"], cwd=asked.workspace, stdout=subprocess.PIPE, text=True
    )
    assert desk.stdout is not None
    address = re.findall(r"http://\S+", desk.stdout.readline())[0]
    origin = address.partition("/?")[0]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(address)
        page.goto(f"{origin}/review?kind=proposal")
        before_s = cpu_s(desk)
        keys = itertools.islice(itertools.cycle(KEYS), asked.proposals)
        waits = [decide(page, key) for key in keys]
        print(f"{len(waits)} proposals one by one: {sum(waits):.1f} s of waiting in all,")
        each_s = (cpu_s(desk) - before_s) / len(waits)
        print(f"{statistics.median(waits):.2f} s each (median), {max(waits):.2f} s at most;")
        print(f"{each_s:.2f} CPU s of the desk each; load {os.getloadavg()[0]:.0f} at the end")
        print(f"the rest in bulk: {decide_the_rest(page):.1f} s")
        browser.close()
    desk.terminate()
    desk.wait()


if __name__ == "__main__":
    main()
