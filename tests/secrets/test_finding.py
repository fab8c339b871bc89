"""Laws of finding secrets: what a form or a checksum proves is found, what is public is not."""

import itertools
import json
import re
import string
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from pipeline.quality.redaction import redacted
from pipeline.secrets.checksums import has_checksum
from pipeline.secrets.finding import secret_spans
from pipeline.secrets.hiding import REDACTED, masked
from pipeline.secrets.published import published

PHRASES = Mnemonic("english")
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MIXED = "kQ5vW8xT2mZ7pL4rN9sB3dF6gH1jC0yA"

SECRETS = {
    "exchange": f"Binance API secret = {MIXED * 2}",
    "kraken": f'KRAKEN_PRIVATE_KEY="{MIXED * 2}=="',
    "header": f"X-MBX-APIKEY: {MIXED * 2}",
    "okx": "OK-ACCESS-KEY: 37c541a1-1a2b-4e7c-9d0a-a4c9e0f12b57",
    "provider": "https://mainnet.infura.io/v3/9aa3d95b3bc440fa88ea12eaa4456161",
    "query": "https://api.example.org/v1?api_key=9aa3d95b3bc440fa88ea12eaa4456161",
    "ethereum": "private key: 0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
    "bytes": "[" + ", ".join(str(7 * n % 256) for n in range(64)) + "]",
    "postgres": "postgres://app:s3cr3tPw@db.example.org:5432/x",
    "mongodb": "mongodb+srv://u:p4ssw0rdX@cluster0.mongodb.net",
    "redis": "redis://:p4ssw0rdX@h:6379",
    "odbc": "Server=db;Database=x;User Id=u;Password=Tr0ub4dor9;",
    "bearer": f"Authorization: Bearer {MIXED}",
    "basic": "Authorization: Basic dXNlcjpodW50ZXIyaHVudGVyMg==",
    "assigned": f"client_secret: {MIXED}",
    "card": "4111 1111 1111 1111",
    "amex": "378282246310005",
    "npm": "npm_" + "a1B2c3D4e5F6" * 3,
    "telegram": "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx",
    "slack": "xoxb-123456789012-1234567890123-aB3dE5gH7jK9mN1pQ3sT5vW7",
    "telegram's address": "https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx/",
    "cell": f"| api_key | {MIXED} |",
    "page": f"api_key=&quot;{MIXED}&quot;",
    "typed": f"const apiKey: string = '{MIXED}'",
    "in an address": f"callback?state=api_key%3D{MIXED}",
    "jdbc": "jdbc:postgresql://db:5432/x?user=joe&password=Xk39dKe0sPq",
    "environment": "PGPASSWORD=Xk39dKe0sPq psql -h db",
    "command": "mysql -u root -pXk39dKe0sPq shop",
    "netrc": "machine api.example.org login joe password Xk39dKe0sPq",
    "putty": f"Private-Lines: 2\n{MIXED * 2}\n{MIXED}\nPrivate-MAC: 0a",
    "jwk": f'{{"kty":"OKP","crv":"Ed25519","d":"{MIXED}{MIXED[:11]}"}}',
    "pem": "-----BEGIN PRIVATE KEY-----\nMIIEow0123456789abcdefIBAAKCAQEA",
}
PUBLIC = [
    "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
    "the token 0x2260fac5e5542a773aa44fbcfedf7c193bc2c599 is wrapped bitcoin",
    "tx 0x4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
    "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa and bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh",
    'api_key = "YOUR_API_KEY_GOES_RIGHT_HERE"',
    "api_key=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "postgres://user:password@localhost/db",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7219462/ doi:10.1016/j.frl.2020.101712",
    "order 4111 1111 1111 1112 of 1700000000000 at 29,412.55",
    "an army of cats may use the same road they used last week when rain came over some hill",
    "-----BEGIN OPENSSH PRIVATE KEY----------END OPENSSH PRIVATE KEY-----",
    "slack_token = xoxp-4821-5930-7741-09ab34cd12ef56aa78bb90cc11dd22ee",
    "databricks_token: dapi98765432109876a1b2c3d4",
    "The public key is 02a1633cafcc01ebfb6d78e39f687a1f0995c62fc95f51ead10a02ee0be551b5dc.",
]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("around", ["{}", "I use {} every day.", "\n\n- `{}`\n", "é {} …"])
def test_a_secret_is_found_and_hidden_wherever_it_stands(name: str, around: str) -> None:
    """What a secret is known by is gone from the text that is shown; what is around it stays."""
    text = around.format(SECRETS[name])
    hidden = masked(text)
    assert REDACTED in hidden
    assert secret_spans(hidden) == []
    assert hidden.startswith(around.partition("{}")[0])
    assert redacted(text).count(REDACTED) >= 1


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_or_a_placeholder_stays(text: str) -> None:
    """Addresses, transactions, digests, placeholders and prose of short words are no secrets."""
    assert masked(text) == text


@given(st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32))
def test_every_seed_phrase_is_found(entropy: bytes) -> None:
    """Whatever the wallet, numbered or not, in any case, with anything before it."""
    phrase = PHRASES.to_mnemonic(entropy)
    numbered = " ".join(f"{n}. {word}" for n, word in enumerate(phrase.split(), start=1))
    listed = json.dumps(phrase.split())
    dashed = phrase.replace(" ", "-")
    around = f"my words are {phrase} and no more"
    for text in (phrase, around, numbered, phrase.upper(), listed, dashed):
        assert secret_spans(text) != []
        assert phrase.split()[5].lower() not in re.findall("[a-z]+", masked(text).lower())


@given(st.lists(st.integers(0, 2047), min_size=8, max_size=8), st.integers(4, 8))
def test_a_checksum_is_what_the_wallets_library_says(places: list[int], thirds: int) -> None:
    """Any words of the list, in any number that a phrase may have: the verdict is the same."""
    row = [place * (turn + 1) % 2048 for turn in range(3) for place in places][: 3 * thirds]
    phrase = " ".join(PHRASES.wordlist[place] for place in row)
    assert has_checksum(row) == PHRASES.check(phrase)


@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_every_private_key_of_bitcoin_is_found_by_its_checksum(key: bytes, is_short: bool) -> None:
    """A key in the form of wallets is found without a word around it, one letter off is not."""
    body = b"\x80" + key + (b"\x01" if is_short else b"")
    whole = int.from_bytes(body + sha256(sha256(body).digest()).digest()[:4], "big")
    text = ""
    while whole:
        whole, digit = divmod(whole, 58)
        text = BASE58[digit] + text
    assert secret_spans(text) == [(0, len(text))]
    spoiled = text[:-1] + BASE58[(BASE58.index(text[-1]) + 1) % 58]
    assert secret_spans(spoiled) == []


@given(st.text(st.sampled_from(string.printable + "é\ud800\U0001f600"), max_size=300))
def test_spans_are_in_order_apart_and_within_the_text(text: str) -> None:
    """Any text, half characters among them, gives spans that can be cut out."""
    spans = secret_spans(text + SECRETS["exchange"] + text)
    assert spans == sorted(spans)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert all(0 <= start < end <= 2 * len(text) + 200 for start, end in spans)


def test_the_published_rules_are_read_whole() -> None:
    """A newer file of rules that could not be read would hide nothing: its rules are counted."""
    rules, everywhere = published()
    assert len(rules) >= 200
    assert all(rule.keywords for rule in rules)
    assert everywhere
    for rule in rules:
        assert list(rule.spans("nothing to see", everywhere)) == []
