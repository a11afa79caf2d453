#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the DNS messages of captures as seeds of fuzz_message.

    tests/fuzz/seeds.py FOLDER CAPTURE...

A seed is two bytes, how many bytes were captured (all), and the message. Messages that differ only
in their ID are one. tshark finds them, so no parser of ours chooses what it will be tried with.
Real traffic is not ours to keep: the folder belongs outside of the tree.
"""

import hashlib
import os
import subprocess
import sys

MESSAGE_BYTES_MAX = 1500


def messages(capture):
    run = subprocess.run(
        ["tshark", "-n", "-r", capture, "-Y", "dns and udp.payload", "-T", "fields", "-e",
         "udp.payload"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    for field in run.stdout.replace(",", "\n").split():
        yield bytes.fromhex(field)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for capture in sys.argv[2:]:
        for message in messages(capture):
            if len(message) > MESSAGE_BYTES_MAX:
                continue
            name = hashlib.sha1(message[2:]).hexdigest()
            with open(os.path.join(folder, name), "wb") as seed:
                seed.write(len(message).to_bytes(2, "big") + message)
    print(f"{len(os.listdir(folder))} seeds in {folder}")


main()
