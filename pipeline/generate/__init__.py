"""Worked examples on price, volume and volatility indicators, correct by construction.

They belong to the starter's subject and need TA-Lib, the extra `examples`.
"""
