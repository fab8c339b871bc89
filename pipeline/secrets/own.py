"""Rules that the published ones lack: exchanges, wallets, databases, and forms that tell."""

import re
from collections.abc import Callable
from typing import Final

from pipeline.secrets.checksums import is_base58check, is_card
from pipeline.secrets.rule import Allowed, SecretRule

_SERVICES: Final = (
    "alchemy|ankr|arkham|binance|bingx|bitfinex|bitflyer|bitget|bithumb|bitmart|bitmex|bitpanda"
    "|bitso|bitstamp|bittrex|bitvavo|blockchair|blockcypher|bscscan|bybit|chainlink|coinapi"
    "|coinbase|coincheck|coinex|coingecko|coinglass|coinmarketcap|coinmetrics|covalent"
    "|crypto\\.?com|cryptocompare|cryptoquant|defillama|deribit|dexscreener|dune|dydx|etherscan"
    "|exmo|gate\\.?io|gemini|glassnode|helius|hitbtc|htx|huobi|hyperliquid|infura|intotheblock"
    "|kaiko|korbit|kraken|kucoin|lunarcrush|mexc|messari|moralis|nansen|nicehash|okex|okx"
    "|phemex|poloniex|polygonscan|probit|quicknode|santiment|taapi|tardis|thegraph|tradingview"
    "|upbit|whitebit|woo|zapper|zerion"
)
_PLACEHOLDER = Allowed(
    words=(
        *("example", "your", "placeholder", "changeme", "redacted", "dummy", "sample", "insert"),
        "6fe4476ee5a1832882e326b506d14126",  # a public key of a package registry's search
    ),
    patterns=(
        r"^[<{$%\[(]|^x{4,}|x{6,}|X{6,}|0{12,}|1234567890?$",
        r"(?i)^(?:abc(?:def|123)|test|foo|demo)",
    ),
)
_SIMPLE_PASSWORD = Allowed(
    patterns=(
        r"(?i)^(?:pass(?:word|wd)?|pw|pwd|secret|user(?:name)?|root|admin|token|key|\*+|\.+)$",
    )
)
_CHARS = r"[A-Za-z0-9_\-+/=.]"
_QUOTE = r"(?:[\"'`]|&quot;|&#34;|\\\")?"
_IS = rf"{_QUOTE}\s{{0,3}}(?:=>|:=|=|:\s?string\s?=|:|\||%3[AD]|\bis\b)\s{{0,3}}{_QUOTE}"
"""What stands between a name and its value, in code, in tables, and in either as pages spell it."""


def _is_mixed(secret: str) -> bool:
    """Return whether a token has digits and letters, as a key has and a name in prose has not."""
    return bool(re.search(r"\d", secret)) and bool(re.search(r"[A-Za-z]", secret))


def _is_random(secret: str) -> bool:
    """Return whether a token is mixed and changes between letters and digits several times."""
    return _is_mixed(secret) and len(re.findall(r"[A-Za-z]+|\d+", secret)) >= 4  # noqa: PLR2004 - like "a1b2"


def _is_model_key(secret: str) -> bool:
    """Return whether a text is a key of a model's provider; one of them has a form of its own."""
    return _is_mixed(secret) and not secret.startswith("sk-ant-")


def _rule(
    name: str,
    pattern: str,
    *keywords: str,
    entropy: float = 0.0,
    group: int = 0,
    allowed: tuple[Allowed, ...] = (),
    is_secret: Callable[[str], bool] | None = None,
) -> SecretRule:
    """Return a rule of ours, which leaves placeholders out whatever else it leaves out."""
    return SecretRule(
        name,
        pattern,
        keywords,
        entropy=entropy,
        group=group,
        allowed=(_PLACEHOLDER, *allowed),
        is_secret=is_secret,
    )


OWN: tuple[SecretRule, ...] = (
    # What exchanges and providers of data hand out, behind their names.
    _rule(
        "exchange-key",
        rf"(?i)(?:{_SERVICES})[\w .\-\"']{{0,40}}?(?:key|secret|token|pass(?:phrase|word)?)"
        rf"[\w ]{{0,12}}{_IS}({_CHARS}{{16,}})",
        *("key", "secret", "token", "pass"),
        is_secret=_is_random,
    ),
    _rule(
        "exchange-header",
        rf"(?i)(?:x-mbx-apikey|x-bapi-(?:api-key|sign)|ok-access-(?:key|sign|passphrase)"
        rf"|kc-api-(?:key|sign|passphrase)|cb-access-(?:key|sign|passphrase)|api-sign|x-cg-pro-api-key"
        rf"|x-cmc_pro_api_key|bfx-apikey|access-sign|apca-api-(?:key-id|secret-key))"
        rf"{_IS}({_CHARS}{{8,}})",
        *("x-mbx", "x-bapi", "ok-access", "kc-api", "cb-access", "api-sign", "x-cg-pro", "x-cmc"),
        *("bfx-api", "access-sign", "apca-api"),
        is_secret=_is_mixed,
    ),
    _rule(
        "provider-url",
        r"(?:infura\.io/(?:ws/)?v3/|alchemy(?:api)?\.(?:io|com)/v2/|quiknode\.pro/|getblock\.io/)"
        r"([A-Za-z0-9_-]{20,64})",
        *("infura.io", "alchemy", "quiknode", "getblock"),
    ),
    _rule(
        "key-in-query",
        rf"(?i)[?&](?:api_?key|apikey|x_cg_pro_api_key|access_?token|auth_?token|token|secret"
        rf"|signature)=({_CHARS}{{16,}})",
        *("key=", "token=", "secret=", "signature="),
        is_secret=_is_random,
    ),
    # Wallets.
    _rule(
        "wif", r"\b([5KL][1-9A-HJ-NP-Za-km-z]{50,51})\b", "5", "k", "l", is_secret=is_base58check
    ),
    _rule(
        "extended-private-key",
        r"\b([xyztuv]prv[1-9A-HJ-NP-Za-km-z]{100,})\b",
        "prv",
        is_secret=is_base58check,
    ),
    _rule(
        "hex-private-key",
        r"(?i)(?:priv(?:ate)?[ _-]?key|secret[ _-]?key|wallet[ _-]?key|signing[ _-]?key|\bpk|\bsk"
        r"|mnemonic|seed)\w{0,12}[^\n\w]{0,6}(?:[a-z]{1,8}[^\n\w]{1,3}){0,3}(?:0x)?([0-9a-f]{64})\b",
        *("key", "pk", "sk", "mnemonic", "seed"),
        is_secret=_is_mixed,
    ),
    _rule(
        "base58-private-key",
        r"(?i)(?:priv(?:ate)?[ _-]?key|secret[ _-]?key|wallet|keypair)[^\n]{0,30}?"
        r"\b([1-9A-HJ-NP-Za-km-z]{86,88})\b",
        *("key", "wallet"),
        is_secret=_is_random,
    ),
    _rule("byte-array-key", r"\[((?:\d{1,3},\s?){63}\d{1,3})\]", "["),
    # Databases and other addresses with a password; the password alone is hidden.
    _rule(
        "address-with-password",
        r"(?i)\b[a-z][a-z0-9+.-]{1,30}://[^\s:/@\"'<>]{0,64}:([^\s:/@\"'<>]{3,})@[\w.\[-]",
        "://",
        allowed=(_SIMPLE_PASSWORD,),
    ),
    _rule(
        "password-of-connection",
        r"(?i)(?:server|host|data source|dsn|jdbc:[a-z]+:)=?[^\n\"']{1,}?(?:password|pwd)="
        r"([^\s;&\"']{3,})",
        *("password=", "pwd="),
        allowed=(_SIMPLE_PASSWORD,),
    ),
    _rule(
        "password-of-a-command",
        r"(?:\b(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|SSHPASS)=[\"']?([^\s;\"']{6,})"
        r"|\bmysql(?:dump|admin)?\s[^\n|;]{0,80}?-p([^\s-][^\s]{5,})"
        r"|\bmachine\s\S{1,80}\slogin\s\S{1,80}\spassword\s(\S{6,}))",
        *("pgpassword", "mysql", "rediscli_auth", "sshpass", "machine "),
        allowed=(_SIMPLE_PASSWORD,),
        is_secret=_is_mixed,
    ),
    # Whatever stands where a credential stands.
    _rule(
        "bearer",
        rf"(?i)\b(?:bearer|token)[ \t]+[\"'`]?({_CHARS}{{20,}})",
        *("bearer", "token"),
        is_secret=_is_random,
    ),
    _rule(
        "basic",
        r"(?i)\bauthorization[\"']?\s?[:=]\s?[\"']?basic[ \t]+([A-Za-z0-9+/]{12,}={0,2})",
        "basic",
    ),
    _rule(
        "assigned",
        rf"(?i)(?:api|access|app|auth|client|consumer|private|secret|signing|trading|bot)[_ .-]?"
        rf"(?:key|secret|token|passw(?:or)?d|passphrase)\"?{_IS}({_CHARS}{{24,}})",
        *("key", "secret", "token", "passw", "passphrase"),
        entropy=3.2,
        is_secret=_is_random,
    ),
    # Forms that tell themselves.
    _rule("sk", r"(?:^|[^\w-])(sk-[\w-]{20,})", "sk-", is_secret=_is_model_key),
    _rule("aws", r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b", "akia", "asia", entropy=3.0),
    _rule("telegram-bot", r"(?:\b|bot)(\d{8,10}:AA[A-Za-z0-9_-]{33})", ":aa"),
    _rule(
        "discord",
        r"\b([MNO][A-Za-z\d_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}"
        r"|discord(?:app)?\.com/api/webhooks/\d{15,22}/[\w-]{60,80})",
        ".",
        is_secret=_is_random,
    ),
    _rule(
        "private-key-block",
        r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"[\s\\nr]*[A-Za-z0-9+/][A-Za-z0-9+/=:,. -]{15}[^-]*(?:-----END [A-Z0-9 ]{0,40}-----)?)",
        "private key",
    ),
    _rule(
        "putty-key",
        r"(?i)Private-Lines: \d{1,3}\s{1,2}([A-Za-z0-9+/=\s]{40,})",
        "private-lines:",
    ),
    _rule(
        "json-web-key",
        r"\"kty\"\s?:[^{}]{0,900}\"d\"\s?:\s?\"([\w-]{40,})\"",
        "kty",
        is_secret=_is_random,
    ),
    _rule(
        "card",
        r"(?:^|[^\w.,/:$€£-])([2-6]\d{3}(?:[ -]\d{4}){3}|3[47]\d{2}[ -]\d{6}[ -]\d{5}"
        r"|[456]\d{15}|5[1-5]\d{14}|3[47]\d{13})(?:$|[^\w/:%-])",
        *"23456",
        is_secret=is_card,
    ),
)
