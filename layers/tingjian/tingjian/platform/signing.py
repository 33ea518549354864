"""One secret, several uses: signed links, and keyed hashes by which a phone or e-mail is looked up.

A link's token is `payload.signature` in URL-safe base64. The payload says what it opens, for which id, until when, and
holds no personal data. Each use has its own key, derived from the secret, so that one cannot serve for another.
"""

import base64
import binascii
import functools
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tingjian.platform.errors import LinkExpiredError, LinkInvalidError
from tingjian.platform.times import epoch_seconds

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SIGNATURE_BYTES = 18
TOKEN_PARTS = 4


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and checks with a secret of at least 32 characters."""

    secret: bytes

    def token(self, use: str, identifier: str, *, expires_at: datetime) -> str:
        """The token that opens `identifier` for this use until the instant."""
        payload = f"1:{use}:{identifier}:{epoch_seconds(expires_at)}".encode()
        return f"{_encode(payload)}.{_encode(self._sign('link', payload))}"

    def open_token(self, use: str, token: str, *, now: datetime) -> str:
        """The identifier that a token opens. Raises LinkInvalidError if altered, LinkExpiredError after its time."""
        encoded, _, signature = token.partition(".")
        try:
            payload, signed = _decode(encoded), _decode(signature)
        except (ValueError, binascii.Error) as error:
            raise LinkInvalidError from error
        # Base64 has several spellings of the same bytes. Only the one that we issued is accepted.
        canonical = f"{_encode(payload)}.{_encode(signed)}" == token
        # Compared in constant time, so that the time of an answer tells nothing about the right signature.
        if not canonical or not hmac.compare_digest(signed, self._sign("link", payload)):
            raise LinkInvalidError
        parts = payload.decode().split(":")
        if len(parts) != TOKEN_PARTS or parts[0] != "1" or parts[1] != use:
            raise LinkInvalidError
        if epoch_seconds(now) >= int(parts[3]):
            raise LinkExpiredError
        return parts[2]

    def lookup(self, kind: str, value: str) -> str:
        """The keyed hash under which a normalised phone or e-mail is found; 24 hexadecimal digits."""
        return self._sign(f"lookup-{kind}", value.encode()).hex()[:24]

    def seal(self, reader: str, text: str) -> str:
        """The text, encrypted so that only `unseal` for the same reader gives it back."""
        plain = text.encode()
        mark = self._sign("seal", f"{len(reader)}:{reader}:{text}".encode())
        return _encode(mark + self._mix(mark, plain))

    def unseal(self, reader: str, sealed: str) -> str:
        """The text that was sealed for this reader. Raises LinkInvalidError for anything else."""
        try:
            raw = _decode(sealed)
            text = self._mix(raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]).decode()
        except (ValueError, binascii.Error) as error:
            raise LinkInvalidError from error
        if not hmac.compare_digest(self.seal(reader, text), sealed):
            raise LinkInvalidError
        return text

    def _mix(self, mark: bytes, text: bytes) -> bytes:
        """The text XORed with a key stream: the first time encrypts it, the second time decrypts it."""
        # A synthetic initialization vector (SIV): the mark is a hash of its text, so no two texts share a stream.
        blocks = (
            self._sign("seal stream", mark + number.to_bytes(4, "big"))
            for number in range(len(text) // SIGNATURE_BYTES + 1)
        )
        return bytes(one ^ other for one, other in zip(text, b"".join(blocks), strict=False))

    def _sign(self, use: str, payload: bytes) -> bytes:
        return hmac.new(_derived_key(self.secret, use), payload, hashlib.sha256).digest()[:SIGNATURE_BYTES]


@functools.lru_cache(maxsize=16)
def _derived_key(secret: bytes, use: str) -> bytes:
    return hmac.new(secret, b"tingjian:" + use.encode(), hashlib.sha256).digest()


def load_signer(client: "SecretsManagerClient", secret_id: str) -> Signer:
    """The signer of a deployment; one call, made when the first link or look-up needs it."""
    return Signer(client.get_secret_value(SecretId=secret_id)["SecretString"].encode())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
