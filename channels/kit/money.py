"""Turn decimal prices into exact minor units."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, DecimalException

# ISO 4217 list one (Jan 2026): every active currency that does not have two decimals. CLDR's digits differ from ISO's for some
# twenty currencies (IQD, LBP, RSD …), and payment providers follow ISO.
_DECIMALS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_LARGEST_MINOR = 2**63 - 1


def decimals(currency: str) -> int:
    return _DECIMALS.get(currency, 2)


def minor_units(amount: object, currency: str) -> int | None:
    """Return e.g. 1990 for 19.9 EUR; None for what is no amount, is negative, or does not fit 64 bits.

    A float is read by its shortest decimal form, which is what the platform wrote.
    """
    if isinstance(amount, bool) or not isinstance(amount, (int, float, str)):
        return None
    try:
        minor = Decimal(str(amount)).scaleb(decimals(currency)).to_integral_value(ROUND_HALF_UP)
    except DecimalException:
        return None
    return int(minor) if minor.is_finite() and 0 <= minor <= _LARGEST_MINOR else None
