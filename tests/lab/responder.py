#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A DNS server that answers whatever it was told to, however wrong.

    responder.py ADDRESS FILE

FILE has a message without its id on each line, in hexadecimal. The first label of a question is
the number of the line that answers it, over UDP.
"""

import socket
import sys


def main(address, path):
    """Answer until killed."""
    with open(path, encoding="ascii") as lines:
        messages = [bytes.fromhex(line) for line in lines.read().split()]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((address, 53))
        while True:
            query, client = sock.recvfrom(4096)
            number = int(query[13:13 + query[12]])
            sock.sendto(query[:2] + messages[number], client)


if __name__ == "__main__":
    main(*sys.argv[1:])
