#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One order at a CA, to see what it says of each of many challenges.

Usage: order.py DIRECTORY CA-FILE TYPE NAME...

Prints "NAME TOKEN KEY-AUTHORIZATION" for the challenge of that type of each name, and waits for a
line of input. Then it has all of them looked at, and prints "NAME valid" or "NAME invalid TEXT".
"""

import os
import sys
import time

from acme import client, crypto_util, messages
from cryptography.hazmat.backends import default_backend
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
import josepy


def key():
    return rsa.generate_private_key(65537, 2048, default_backend())


def connect(directory, ca):
    os.environ["REQUESTS_CA_BUNDLE"] = ca
    net = client.ClientNetwork(josepy.JWKRSA(key=key()), user_agent="acmehook-tests")
    ca = client.ClientV2(client.ClientV2.get_directory(directory, net), net)
    ca.new_account(messages.NewRegistration.from_data(email=None, terms_of_service_agreed=True))
    return ca, net.key


def main(directory, ca_file, kind, *names):
    ca, account = connect(directory, ca_file)
    pem = key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    order = ca.new_order(crypto_util.make_csr(pem, names))
    challenges = []
    for authorization in order.authorizations:
        name = authorization.body.identifier.value
        body = next(c for c in authorization.body.challenges if c.chall.typ == kind)
        print(name, body.chall.encode("token"), body.chall.key_authorization(account), flush=True)
        challenges.append((name, authorization, body))
    print(flush=True)
    sys.stdin.readline()
    for _, _, body in challenges:
        ca.answer_challenge(body, body.response(account))
    for name, authorization, _ in challenges:
        while True:
            authorization, _ = ca.poll(authorization)
            if authorization.body.status not in (messages.STATUS_PENDING, messages.STATUS_PROCESSING):
                break
            time.sleep(0.1)
        error = [c.error.detail for c in authorization.body.challenges if c.error]
        print(name, authorization.body.status.name, *error, flush=True)


main(*sys.argv[1:])
