"""openbadgeslib as a peer that takes turns; run by the Python of its own environment. The protocol is that of `peer.mjs`."""

import json
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.ldp import OB3LdpVerifier

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def key_of(multibase: str) -> str:
    """Return an Ed25519 key, given as multikey, as PEM."""
    number = 0
    for character in multibase[1:]:
        number = number * 58 + _ALPHABET.index(character)
    raw = number.to_bytes(34, "big")[2:]
    public = Ed25519PublicKey.from_public_bytes(raw)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def main() -> None:
    """Answer every line."""
    material = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    verifier = OB3LdpVerifier(key_of(material["ed25519"]["publicKeyMultibase"]))
    turn = 0
    for line in sys.stdin:
        asked = json.loads(line)
        texts = material["texts"][asked["texts"]]
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            for _ in range(asked["times"]):
                verifier.verify(texts[turn % len(texts)])
                turn += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the other side shows it
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
            continue
        spent, passed = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"cpu": spent * 1e6 / asked["times"], "wall": passed * 1e6 / asked["times"]}), flush=True)


main()
